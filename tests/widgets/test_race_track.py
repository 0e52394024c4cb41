"""The race track: lanes that share the computer, a winner by the stopwatch, and a soft landing."""

import json
import time
from dataclasses import asdict
from html import unescape
from typing import Any

import pytest
from samples import words

from mnist_lesson import to_input
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.shared.workspace import folder
from mnist_lesson.test import score
from mnist_lesson.training.race import race, tries
from mnist_lesson.training.settings import Settings
from mnist_lesson.training.turns import Runner, Turns
from mnist_lesson.widgets import race_track
from mnist_lesson.widgets.race_track import NETWORKS, ORIGINAL, RaceTrack

QUICK = Settings(epochs=1, digits=1000, batch_size=32, learning_rate=0.003)
WILD = {"network": "fast, but slim", "learning_rate": 50.0}


@pytest.fixture(scope="module")
def data(digits) -> tuple[Any, Any]:
    return to_input(digits[0][0][:6000]), digits[0][1][:6000]


def raced(panel: RaceTrack) -> RaceTrack:
    panel.go()
    panel.wait()
    return panel


def test_each_lane_is_a_race_and_the_quickest_of_those_who_read_enough_wins(data) -> None:
    lanes = [{"network": ORIGINAL}, {"network": "fast"}, WILD, {"network": "fast, but slim"}]
    began = time.perf_counter()
    panel = raced(RaceTrack(*data, QUICK, goal=0.7, lanes=lanes))
    took = time.perf_counter() - began
    original, fast, wild, _ = panel.entries
    assert original.result is not None
    assert fast.result is not None
    # Each is on its own stopwatch, so together they can't have run for longer than the race.
    assert sum(entry.runner.seconds for entry in panel.entries) <= took
    alone = race(NETWORKS["fast"](), *data, fast.settings)
    assert (fast.result.right, fast.result.digits) == (alone.right, 1000)
    assert wild.runner.lost
    assert "crashed!" in words(panel.lanes[2])
    home = [entry for entry in panel.entries if entry.reached(0.7)]
    assert fast in home
    winner = min(home, key=lambda entry: entry.result.seconds)
    assert f"{winner.animal} wins in lane {winner.number}" in words(panel.answer)
    assert "the quickest!" in words(panel.lanes[winner.number - 1])
    if winner is not original:
        times = original.result.seconds / winner.result.seconds
        digits = 0 if times >= 3 else 1
        than = f"about {times:.{digits}f} times as fast as lane 1"
        assert than in words(panel.answer)
    times = original.result.seconds / fast.result.seconds
    digits = 0 if times >= 3 else 1
    assert (
        f"it was roughly {times:.{digits}f} times as fast" in panel.compared
    )  # what the guess's answer adds
    assert tries().rows == []  # a sprint isn't kept
    panel.controls[0]["network"].value = "fast, but slim"
    assert "ready" in words(panel.lanes[0])  # the old result isn't this runner's
    raced(panel)
    assert panel.entries[0].lane["network"] == "fast, but slim"


def test_nobody_wins_who_has_not_read_enough_and_kept_tries_are_listed(data) -> None:
    slow = {"network": "fast, but slim", "learning_rate": 0.0001, "digits": 320}
    panel = raced(RaceTrack(*data, QUICK, goal=0.99, lanes=[slow], keep=True))
    assert "No flag" in words(panel.answer)
    assert "digits short" in words(panel.lanes[0])
    assert "parrot" in words(panel.lanes[0])  # it learned nothing, and not because of long steps
    how = "fast, but slim, learning rate 0.0001, 32 digits per step"
    assert [row.name for row in tries().rows] == [f"Otter: {how}"]
    raced(panel)  # the next one has another name, or the two would look the same
    assert {row.called for row in tries().rows} == {"Otter", "Puma"}
    assert f"{how}, 320 digits in all" in words(panel.best)
    assert "Puma" in words(panel.best)


def test_who_alone_reads_enough_is_not_called_the_quickest(data) -> None:
    slow = {"network": "fast, but slim", "learning_rate": 0.0001}
    panel = raced(RaceTrack(*data, QUICK, goal=0.7, lanes=[slow, {"network": "fast"}]))
    assert "the only one!" in words(panel.lanes[1])
    assert "the quickest!" not in words(panel.lanes[1])


def test_a_new_record_is_cheered_and_the_first_or_a_slower_one_is_not(data, monkeypatch) -> None:
    slow = {"network": "fast, but slim", "learning_rate": 0.0001, "digits": 320}
    lanes = [slow, {"network": "fast", "digits": 1000}]
    panel = RaceTrack(*data, QUICK, goal=0.5, lanes=lanes, keep=True)
    assert "RECORD" not in words(raced(panel).answer)
    quick = panel.entries[1].result
    path = folder() / "tries.jsonl"
    for seconds, cheered in ((1000.0, True), (0.01, False)):
        path.write_text(json.dumps({**asdict(quick), "seconds": seconds}) + "\n")
        assert ("NEW RECORD!" in words(raced(panel).answer)) == cheered
        assert "A gap that small" not in words(panel.answer)
    monkeypatch.setattr(race_track, "CLOSE", 1e6)  # now even a wide gap counts as a small one
    path.write_text(json.dumps({**asdict(quick), "seconds": 1000.0}) + "\n")
    assert "A gap that small" in words(raced(panel).answer)
    path.write_text(json.dumps({**asdict(quick), "seconds": 1000.0}) + "\n")
    alone = RaceTrack(*data, QUICK, goal=0.5, lanes=lanes[1:], keep=True)
    assert "RECORD" not in words(raced(alone).answer)  # the first lane's time is the one to beat


def test_the_quickest_winner_reads_the_test_set_once(data) -> None:
    slow, quick = {"network": ORIGINAL, "digits": 1000}, {"network": "fast", "digits": 1000}
    panel = RaceTrack(*data, QUICK, goal=0.5, lanes=[slow], keep=True)
    assert panel.envelope.layout.display == "none"
    raced(panel)
    panel.controls[0]["network"].value = quick["network"]
    raced(panel)
    quickest = min(tries(goal=0.5).rows, key=lambda row: row.seconds)
    assert panel.champion.result == quickest
    panel.envelope.click()
    images, labels = sealed_digits()
    read = score(panel.champion.model, to_input(images), labels)
    assert words(panel.exam).startswith(f"{read.accuracy:.2%} of the test set")
    assert "{:.2%} to {:.2%}".format(*read.interval) in words(panel.exam)
    assert f"{quickest.accuracy:.2%}" in words(panel.exam)
    opened = panel.exam.value
    raced(panel)
    assert panel.envelope.layout.display == "none"
    panel.open_envelope()
    assert panel.exam.value == opened


def test_they_are_off_once_all_have_moved_and_until_then_each_says_what_it_does(data) -> None:
    panel = RaceTrack(*data, QUICK, lanes=[{"network": "fast"}, {"network": "fast"}, WILD])
    said, shown = [], []

    def note(_change: Any) -> None:
        text, runners = unescape(words(panel.answer)), [entry.runner for entry in panel.entries]
        farthest = max(runner.done for runner in runners if not runner.lost)
        said.append((text, [runner.done for runner in runners], farthest))

    panel.answer.observe(note, "value")
    panel.lanes[0].observe(lambda change: shown.append(change["new"]), "value")
    raced(panel)
    assert [text.partition("…")[0].strip() for text, _, _ in said[:2]] == [
        "On your marks",
        "Get set",
    ]
    assert [sum(done) for _, done, _ in said[:2]] == [0, 0]
    off = [line for line in said if "They're off!" in line[0]]
    for text, done, farthest in off:
        ahead = next(entry for entry in panel.entries if entry.animal in text)
        assert 0 not in done
        assert done[ahead.number - 1] == farthest  # whoever has crashed leads nobody
    assert "the first to finish: did it read enough?" in off[-1][0]
    assert "stretches its legs" in shown[0]
    program = next(lane for lane in shown if "turned into a program" in lane)
    assert "lm-clock" in program  # its stopwatch is seen to run
    assert "lm-clock" not in shown[-1]


def test_a_close_second_is_named_as_what_may_have_been_luck(data) -> None:
    """In a first race, that's one that took less than two and a half times as long."""
    panel = raced(RaceTrack(*data, QUICK, goal=0.1, lanes=[{"network": "fast"}] * 2))
    first, second = sorted(panel.entries, key=lambda entry: entry.result.seconds)
    near = second.result.seconds < race_track.CLOSE_AT_FIRST * first.result.seconds
    named = f"Lane {second.number} was so close that it may be luck"
    assert (named in words(panel.answer)) == near


def test_where_a_lane_names_its_optimizer_the_readers_can_choose_another(data) -> None:
    lane = {"network": "fast, but slim", "optimizer": "sgd", "learning_rate": 0.0001}
    panel = raced(RaceTrack(*data, QUICK, goal=0.5, lanes=[lane]))
    assert "No flag" in words(panel.answer)
    panel.controls[0]["optimizer"].value = "adam"
    panel.controls[0]["learning_rate"].value = 0.003
    how = "fast, but slim, learning rate 0.003, 32 digits per step, adam!"
    assert f"wins in lane 1: {how}" in words(raced(panel).answer)


def test_stop_calls_it_off_and_the_next_race_can_start(data) -> None:
    panel = RaceTrack(*data, Settings(epochs=1000, digits=500), lanes=[{"network": "fast"}] * 2)
    panel.go()
    thread = panel._thread
    panel.go()  # once more: it's on already
    assert panel._thread is thread
    while not all(entry.runner.done for entry in panel.entries):
        time.sleep(0.01)
    panel.stop()
    panel.wait()
    assert "Called off" in words(panel.answer)
    assert "stopped" in words(panel.lanes[0])
    assert "lm-warming" not in panel.lanes[0].value  # it stands still
    panel.settings = QUICK
    assert raced(panel).entries[0].result is not None


@pytest.mark.usefixtures("no_threads")
def test_where_no_thread_can_start_they_run_one_after_the_other(data) -> None:
    panel = raced(RaceTrack(*data, QUICK, lanes=[{"network": "fast"}, WILD]))
    assert panel.entries[0].result is not None
    assert panel.entries[1].runner.lost


def test_a_lane_that_breaks_down_holds_nobody_up(data) -> None:
    x, y = data
    panel = raced(RaceTrack(x[:5], y, QUICK, lanes=[{"network": "fast"}] * 2))
    assert all("broke down" in words(lane) for lane in panel.lanes)
    assert "No flag" in words(panel.answer)
    assert not panel.go_button.disabled


def test_whoever_has_run_for_the_shortest_time_is_next() -> None:
    turns = Turns()
    slow, quick = (Runner(turns, lambda _: None) for _ in range(2))
    slow.seconds, quick.seconds = 2.0, 1.0
    turns.take(slow)  # alone in the race
    turns._spent[quick] = quick.seconds
    assert not turns._is_next(quick)  # one at a time
    turns._running = None
    assert turns._is_next(quick)
    assert not turns._is_next(slow)
    turns.leave(quick)
    assert turns._is_next(slow)


def test_random_choices_and_two_races_at_once(data, random_actions) -> None:
    panel, other = (RaceTrack(*data, QUICK, lanes=[{"network": "fast"}, WILD]) for _ in range(2))
    for button in (panel.go_button, panel.stop_button):  # the controls alone: 150 races take long
        button.disabled = True
    random_actions(panel)
    panel.go_button.disabled = False
    panel.go()
    raced(other)
    panel.wait()
    assert all(entry.result or entry.runner.lost for entry in other.entries)
    assert all(entry.result or entry.runner.lost for entry in panel.entries)
