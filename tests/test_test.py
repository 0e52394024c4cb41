"""Scores, intervals, confusion, mistakes, and the seal on the test set."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from mnist_lesson import test as t
from mnist_lesson.model import build_model


class FirstPixels:
    """A network whose ten probabilities stand in the picture's first ten pixels."""

    def predict(self, x):
        return x.reshape(len(x), -1)[:, :10]


X, Y = np.zeros((4, 28, 28, 1), np.float32), np.array([0, 0, 0, 9])
X[:3, 0, :2, 0] = [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]]
X[3, 0, 9] = 1
NETWORK = FirstPixels()


def test_what_four_pictures_give() -> None:
    """The score, the labels, the confusion with the truth in rows, the surest mistake first."""
    score = t.score(NETWORK, X, Y)
    assert (score.accuracy, score.count) == (0.5, 4)
    assert score.loss == pytest.approx(-np.mean(np.log([0.9, 0.2, 0.4, 1])), abs=1e-6)
    assert "50.00% of 4 digits" in str(score)
    many = t.predict(NETWORK, X)
    assert (many.labels.tolist(), many.probabilities.shape) == ([0, 1, 1, 9], (4, 10))
    assert t.predict(NETWORK, X[1]).labels.tolist() == [1]
    table = t.count_confusions(Y, many.labels)
    assert table.sum() == 4
    assert (table[0, 0], table[0, 1], table[9, 9], table[1, 0]) == (1, 2, 1, 0)
    assert score.prediction.labels.tolist() == [0, 1, 1, 9]
    worst = t.worst_mistakes(many, Y)
    assert np.array([worst.places, worst.read, worst.truth]).tolist() == [[1, 2], [1, 1], [0, 0]]
    assert len(t.worst_mistakes(many, Y, 1).places) == 1


@pytest.mark.parametrize(("right", "count"), [(5, 4), (-1, 4), (0, 0), (1.5, 4), ("1", 4)])
def test_an_interval_of_nothing(right, count) -> None:
    with pytest.raises((TypeError, ValueError)):
        t.wilson_interval(right, count)


def test_scoring_writes_nothing_and_openings_are_counted_when_noted(workspace) -> None:
    t.score(NETWORK, X, Y)
    assert not workspace.exists()
    assert [t.note_opening() for _ in range(3)] == [1, 2, 3]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: t.note_opening(), range(5)))
    assert t.openings() == 8


def test_whoever_opens_the_envelope_again_is_told_off(workspace) -> None:
    said = [t.open_envelope() for _ in range(3)]
    assert "for the first time" in said[0]
    assert "Peeking again? That makes twice." in said[1]
    assert "That makes 3 times." in said[2]
    assert t.openings() == 3
    assert max(len(line) for text in said for line in text.splitlines()) <= 100


@pytest.mark.parametrize(
    "text", ['{"opened": "many"', '{"opened": Infinity}', '{"opened": -3}', "[]", "[" * 100_000]
)
def test_a_broken_count_is_set_aside_and_the_rest_counts_on(workspace, text: str) -> None:
    """A lesson of before kept one number, which still counts."""
    workspace.mkdir(parents=True)
    (workspace / "test_set_opened.json").write_text('{"opened": 4}\n' + text)
    assert t.note_opening() == 5
    assert t.openings() == 5
    assert text in (workspace / "test_set_opened.json.damaged").read_text()


@pytest.mark.parametrize(
    ("x", "y", "words"),
    [
        (X, Y[:2], "4 pictures but 2"),
        (X * 2, Y, "between 0 and 1"),
        (X, Y.astype(float), "whole numbers"),
    ],
)
def test_what_does_not_fit(x, y, words) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        t.score(NETWORK, x, y)


def test_mistakes_need_a_label_for_each_picture() -> None:
    with pytest.raises(ValueError, match="4 pictures but 2"):
        t.worst_mistakes(t.predict(NETWORK, X), Y[:2])


NO_SOFTMAX = ([-3.0, 4, *[0] * 8], [0.5] * 10, [np.nan] * 10)


@pytest.mark.parametrize(
    ("row", "words"), [([0.5, 0.5], "ten probabilities"), *((row, "softmax") for row in NO_SOFTMAX)]
)
def test_scores_that_are_no_ten_probabilities(row, words) -> None:
    """As from a network whose last layer has no softmax, or whose weights are NaN."""

    class Raw:
        def predict(self, x):
            return np.tile(np.float32(row), (len(x), 1))

    with pytest.raises(ValueError, match=words):
        t.score(Raw(), X, Y)


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (None, "trained network"),
        ("model", "trained network"),
        (object(), "trained network"),
        ((NETWORK, "your own network"), "model, which = current_model"),
        (build_model, r"build_model\(\)"),
    ],
)
def test_no_network_is_named_with_what_to_type(network, words) -> None:
    with pytest.raises(TypeError, match=words):
        t.predict(network, X)
