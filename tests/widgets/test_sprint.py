"""The sprint: what is asked for is what counts, misses cost, and a game ends."""

import random
import re

import numpy as np
import pytest
from samples import words

from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.widgets import sprint
from mnist_lesson.widgets.sprint import OddOneOut, Sprint


@pytest.fixture(scope="module")
def some(digits: ImagesAndLabels) -> ImagesAndLabels:
    return digits[0][0][:5000], digits[0][1][:5000]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Stop the clock: its last entry is the time."""
    times = [0.0]
    monkeypatch.setattr(sprint.time, "perf_counter", lambda: times[-1])
    return times


def click(panel: Sprint, places) -> None:
    for place in places:
        panel.grid.chosen = int(place)


def labels_of(panel: Sprint, some: ImagesAndLabels) -> np.ndarray:
    return some[1][panel.places]


def test_a_game_asks_for_one_kind_after_another_and_each_miss_costs(some, clock) -> None:
    panel = Sprint(*some, [7, 5])
    click(panel, range(45))
    assert set(panel.grid.labels) == {"\u00a0"}  # nothing counts before Start
    for kind, seconds in ((7, 10), (5, 14)):
        panel.next.click()
        labels = labels_of(panel, some)
        wanted = np.flatnonzero(labels == kind)
        assert len(labels) == 45
        assert len(wanted) == 6
        wrong = np.flatnonzero(labels != kind)[0]
        click(panel, [wrong, wrong])  # twice the same: one miss
        assert panel.grid.labels[wrong] == f"{labels[wrong]} ✗"
        click(panel, wanted[:5])
        assert "Found so far: 5." in words(panel.says)
        assert panel.next.layout.display == "none"
        clock.append(clock[-1] + seconds)
        click(panel, wanted[5:])
        assert [panel.grid.labels[place] for place in wanted] == [f"{kind} ✓"] * 6
        assert panel.grid.found == wanted.tolist()
        clock.append(clock[-1] + 100)  # between two crowds, the clock stands still
    said = words(panel.says)  # 10 + 14 + 2 · 5: under 40 s, but not under 24
    assert said == "★★ 34.0 s All found, but 2 misses cost you 10 s. For ★★★, be under 24 s."


def test_stars_are_for_being_quick_and_clicking_everywhere_wins_none(some, clock) -> None:
    panel = Sprint(*some, [7])
    assert "Under 20 s, you get two stars; under 12 s, three." in panel.children[0].lead
    for seconds, stars in ((11, "★★★"), (12, "★★"), (39, "★"), (40, "")):
        panel.next.click()
        clock.append(clock[-1] + seconds)
        click(panel, np.flatnonzero(labels_of(panel, some) == 7))
        assert words(panel.says).startswith(f"{stars} {seconds:.1f} s All found, without".strip())
        panel.next.click()
    panel.next.click()
    click(panel, np.flatnonzero(labels_of(panel, some) != 7))
    click(panel, np.flatnonzero(labels_of(panel, some) == 7))
    assert words(panel.says).startswith("195.0 s All found, but 39 misses cost you 195 s.")


def test_a_second_game_has_other_digits_and_a_best_time(some, clock) -> None:
    panel = Sprint(*some, [7])
    assert np.array_equal(panel.places, Sprint(*some, [7]).places)  # everybody's first is the same
    before = panel.places
    for seconds in (20, 12, 15):
        panel.next.click()
        clock.append(clock[-1] + seconds)
        click(panel, np.flatnonzero(labels_of(panel, some) == 7))
        best = re.findall(r"A new best|Your best: [\d.]+", words(panel.says))
        assert best == {20: [], 12: ["A new best"], 15: ["Your best: 12.0"]}[seconds]
        panel.next.click()
    assert not np.array_equal(before, panel.places)
    # It's still there in the next kernel, for this game alone.
    assert "Your best: 12.0 s." in words(Sprint(*some, [7]).says)
    assert "best" not in words(Sprint(*some, [7, 5]).says)


def test_a_few_digits_are_one_crowd_as_they_are(some) -> None:
    images, labels = some
    panel = Sprint(images[:8], labels[:8], [1])
    panel.next.click()
    click(panel, np.flatnonzero(labels[:8] == 1)[:1])
    assert panel.stage == "running"
    click(panel, np.flatnonzero(labels[:8] == 1))
    assert panel.over


def test_the_intruder_is_the_one_of_another_kind(some) -> None:
    panel = OddOneOut(*some, [7, 3])
    for kind in (7, 3):
        panel.next.click()
        labels = labels_of(panel, some)
        [intruder] = np.flatnonzero(labels != kind)
        assert str(labels[intruder]) not in words(panel.says)
        click(panel, [intruder])
    assert panel.over


@pytest.mark.parametrize("make", [Sprint, OddOneOut])
def test_random_actions(make, some, random_actions) -> None:
    panel = make(*some, [7, 5])

    def press(chance: random.Random) -> None:
        panel.grid.chosen = chance.choice([chance.randrange(60), *panel.grid.wanted])

    random_actions(panel, extra=(press, press, press))
