"""Races: a short training, judged on held-out digits; and a track of tries that lasts."""

import json
import re
from dataclasses import asdict

import numpy as np
import pytest

from mnist_lesson import to_input
from mnist_lesson.instructor.sweeps import run_one
from mnist_lesson.load import ImagesAndLabels, split
from mnist_lesson.model import build_fast_model
from mnist_lesson.shared.store import append
from mnist_lesson.shared.workspace import folder
from mnist_lesson.training import race as clock
from mnist_lesson.training.batches import feed
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings

SHORT = Settings(epochs=1, digits=600, batch_size=100, learning_rate=0.01, schedule="one_cycle")
ONE = clock.Try("one", 0.9, 5400, 6000, 2.5, 46_858, 6000)


@pytest.fixture(scope="module")
def data(digits: ImagesAndLabels) -> tuple[np.ndarray, np.ndarray]:
    return to_input(digits[0][0][:6000]), digits[0][1][:6000]


def test_a_race_trains_and_is_judged_on_digits_that_it_has_not_seen(data) -> None:
    model = build_fast_model()
    made = clock.race(model, *data, SHORT, name="first")
    held_out = split(data[1])[1]
    right = model.predict(data[0][held_out], verbose=0).argmax(axis=1) == data[1][held_out]
    assert (made.right, made.judged, made.digits) == (right.sum(), len(held_out), 600)
    assert made.accuracy == right.mean() > 0.3
    assert made.parameters == 46_858
    assert clock.tries().rows == [made]


def test_the_same_seed_gives_the_same_race_and_an_unnamed_one_is_not_kept(data) -> None:
    model = build_fast_model()
    first, again = (clock.race(model, *data, SHORT) for _ in range(2))
    assert first.right == again.right
    assert clock.tries().rows == []
    with pytest.raises(TypeError, match="Settings are needed"):
        clock.race(model, *data, {"epochs": 1})


def keep(*tries: clock.Try) -> None:
    append(folder() / "tries.jsonl", *map(asdict, tries))


def lines(tries: clock.Tries) -> list[str]:
    """Return what each line of the scoreboard says, without its tags."""
    html = tries._repr_html_().partition("<tbody")[2]
    return [re.sub("<[^>]+>", " ", line) for line in html.split("<tr")[1:]]


def test_the_winner_is_on_top_of_the_scoreboard() -> None:
    """Among those that reach the goal the quickest, and then the most accurate of the others."""
    others = (("<b>: slim, 64", 5700, 1.0), ("slow", 5940, 9.0), ("quick", 5910, 8.0))
    keep(ONE, *(clock.Try(name, n / 6000, n, 6000, s, 1000, 6000) for name, n, s in others))
    table = clock.tries(goal=0.985)
    assert [row.name for row in table.rows] == ["quick", "slow", "<b>: slim, 64", "one"]
    assert "The race to 98.5%" in table._repr_html_()
    quick, slow, tag, one = lines(table)
    assert "8.00" in quick
    assert "98.50%, goal!" in quick
    assert "goal!" in slow
    assert "&lt;b&gt;  " in tag  # its name, without the settings after it
    assert "95.00%, 210 digits short" in tag
    assert "slim, 64, 6,000 digits in all, 1,000 parameters" in tag
    assert "90.00%" in one
    assert " 6,000 digits in all, 46,858 parameters" in one


def test_the_scoreboard_says_how_the_race_stands() -> None:
    """Nobody has won before the flag."""
    assert "Nobody's on the track yet" in clock.tries()._repr_html_()
    nearly = clock.Try("nearly", 5909 / 6000, 5909, 6000, 5.0, 1000, 6000)
    html = clock.Tries([nearly, ONE], 0.985)._repr_html_()
    assert "No flag yet! “nearly” came closest: 1 digit short." in html


@pytest.mark.parametrize(
    "wrong", [{"seconds": 1e400}, {"accuracy": "0.9"}, {"name": None}, {"right": 6001}, {"more": 1}]
)
def test_a_line_with_impossible_numbers_is_set_aside(wrong) -> None:
    keep(ONE)
    file = folder() / "tries.jsonl"
    file.write_text(file.read_text() + json.dumps(asdict(ONE) | wrong) + "\n")
    assert clock.tries().rows == [ONE]
    assert (folder() / "tries.jsonl.damaged").exists()


def test_a_race_learns_from_the_digits_that_train_learns_from(digits, monkeypatch) -> None:
    """And so do sweeps and the shown code, which choose in the same way."""
    from mnist_lesson.train import train
    from mnist_lesson.training import loop

    fed = []

    def remember(data, settings, epoch):
        fed.append((data.places, data.x_val))
        return feed(data, settings, epoch)

    monkeypatch.setattr(loop, "feed", remember)
    all_digits = to_input(digits[0][0]), digits[0][1]
    clock.race(build_fast_model(), *all_digits, SHORT)
    train(build_fast_model(), *all_digits, SHORT, watcher=Watcher())
    run_one(SHORT)
    assert len(fed) == 3
    for places, x_val in fed[1:]:
        np.testing.assert_array_equal(places, fed[0][0])
        np.testing.assert_array_equal(x_val, fed[0][1])
