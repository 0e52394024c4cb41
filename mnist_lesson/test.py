"""07 · Test: how good is it, where does it go wrong, and how sure can we be?"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.arithmetic import cross_entropy
from mnist_lesson.shared.checks import (
    CLASSES,
    SIDE,
    check_inputs,
    check_labels,
    check_whole,
    describe,
    model_hint,
)
from mnist_lesson.shared.foreign import check, fields, whole
from mnist_lesson.shared.quiet_keras import predict_in_batches
from mnist_lesson.shared.store import append, read
from mnist_lesson.shared.workspace import folder

MOST_OPENINGS = 1_000_000  # a file from elsewhere may claim any number


@dataclass(frozen=True)
class Score:
    """How many digits a network reads correctly.

    Attributes
    ----------
    accuracy
        The share read correctly, from 0 to 1.
    loss
        Categorical cross-entropy, from 0 (sure and right) upward; ln 10 ≈ 2.3 for a network that
        knows nothing.
    interval
        A 95% confidence interval (Wilson's). Test it on more digits like these, again and again,
        and about 95 in 100 such intervals will hold its true accuracy, the one on endlessly many
        digits. It doesn't promise where the next score lands, nor what a network trained from
        another seed would reach.
    count
        How many digits were read.
    prediction
        What the network read. Reading them all takes seconds, so nobody should have to do it twice.
    """

    accuracy: float
    loss: float
    interval: tuple[float, float]
    count: int
    prediction: Prediction = field(repr=False, compare=False)

    def __str__(self) -> str:
        low, high = self.interval
        return (
            f"{self.accuracy:.2%} of {self.count:,} digits are read correctly "
            f"(95% interval {low:.2%} to {high:.2%}); loss {self.loss:.4f}."
        )


@dataclass(frozen=True)
class Prediction:
    """What a network makes of n pictures: `labels` int64 (n,), `probabilities` float32 (n, 10)."""

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Mistakes:
    """Misread digits, the surest first: their places, what was read, what's true, how sure."""

    places: NDArray[np.int64]
    read: NDArray[np.int64]
    truth: NDArray[np.int64]
    sureness: NDArray[np.float32]


def predict(model: Any, x: Any) -> Prediction:
    """Let a network read pictures. Explained in notebook 07.

    Parameters
    ----------
    model
        A trained Keras model, or a NumPy `Twin` of one.
    x
        float32 of shape (n, 28, 28, 1) in 0..1, as from `to_input()`; or one picture, (28, 28, 1).

    Returns
    -------
    Prediction
        n digits, and ten probabilities for each picture.

    Raises
    ------
    TypeError, ValueError
        `x` holds no such pictures, or `model` gives no ten probabilities for each.
    """
    if isinstance(x, np.ndarray) and x.shape == (SIDE, SIDE, 1):
        x = x[np.newaxis]  # networks always read a batch, even if it's a batch of one
    probabilities = _probabilities(model, check_inputs(x))
    # The answer is the digit with the highest probability.
    return Prediction(probabilities.argmax(axis=1), probabilities)


def score(model: Any, x: Any, y: Any) -> Score:
    """Let a network read pictures with known labels, and count how many it gets right.

    Explained in notebook 07.

    Parameters
    ----------
    model, x
        As for `predict()`.
    y
        Whole numbers 0 to 9 of shape (n,).

    Returns
    -------
    Score

    Raises
    ------
    TypeError, ValueError
        As `predict()`; or `y` doesn't hold one digit for each picture.
    """
    x = check_inputs(x)
    y = check_labels(y, len(x), "y")  # before the reading, which takes long
    prediction = predict(model, x)
    right = int((prediction.labels == y).sum())
    loss = cross_entropy(prediction.probabilities, y)
    return Score(right / len(y), loss, wilson_interval(right, len(y)), len(y), prediction)


def count_confusions(truth: NDArray[np.integer], read: NDArray[np.integer]) -> NDArray[np.int64]:
    """Count which digit was read as which: labels and answers (n,), 0 to 9, give int64 (10, 10)."""
    table = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    # table[truth, read] += 1 would count a pair just once, however often it comes up.
    np.add.at(table, (truth, read), 1)
    return table


def worst_mistakes(prediction: Prediction, y: Any, count: int = 12) -> Mistakes:
    """Find the digits a network misreads while it's surest of itself.

    Parameters
    ----------
    prediction
        What the network read, as from `predict()`.
    y
        Whole numbers 0 to 9 of shape (n,): the true digits.
    count
        How many to return at most, 1 or more.

    Returns
    -------
    Mistakes
        Arrays of at most `count` entries, the surest mistake first.

    Raises
    ------
    TypeError, ValueError
        `y` doesn't hold one digit for each picture, or `count` isn't a whole number of 1 or more.
    """
    count = check_whole("count", count, 1, 100_000)
    y = check_labels(y, len(prediction.labels), "y")
    sureness = prediction.probabilities.max(axis=1)
    # Sure and wrong is worth a look: a smudge, a strange hand, or a wrong label.
    wrong = np.flatnonzero(prediction.labels != y)
    # Stable, so ties come in the same order on every machine.
    places = wrong[np.argsort(-sureness[wrong], kind="stable")][:count]
    return Mistakes(places, prediction.labels[places], y[places], sureness[places])


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Return the 95% confidence interval of a share, `right` of `count` (E. B. Wilson, 1927).

    Raises
    ------
    TypeError, ValueError
        `count` isn't a whole number of 1 or more, or `right` isn't one from 0 to `count`.
    """
    from scipy.stats import binomtest  # takes half a second: pages without a score needn't wait

    check_whole("count", count, 1, 2**62)
    check_whole("right", right, 0, count)
    interval = binomtest(right, count).proportion_ci(method="wilson")
    return float(interval.low), float(interval.high)


def note_opening(times: int = 1) -> int:
    """Note in your folder that the sealed test set was opened; return how often that makes.

    If you keep looking at the test set and changing something, you've begun to train on it. So the
    lesson keeps count. Explained in notebook 07.

    Raises
    ------
    WorkspaceError
        The folder can't be written to.
    """
    check_whole("times", times, 1, MOST_OPENINGS)
    append(_openings_file(), {"opened": times})
    return openings()


def open_envelope() -> str:
    """Note an opening; return what to say: a kind word, and from the second time on a warning."""
    times = note_opening()
    if times == 1:
        return "The envelope is open, for the first time: one look is all an honest score needs."
    count = "twice" if times == 2 else f"{times:,} times"
    return (
        f"Peeking again? That makes {count}. It does no harm, as long as you don't change\n"
        "anything because of what you see: that would be practising on the exam itself."
    )


def openings() -> int:
    """Return how often the test set was opened, by `note_opening()`'s count."""
    counts, _ = read(_openings_file(), _count_in)
    return min(sum(counts), MOST_OPENINGS)


def _openings_file() -> Path:
    return folder() / "test_set_opened.json"  # a line of JSON for each opening


def _count_in(line: Any) -> int:
    check(line, fields({"opened": whole(0, MOST_OPENINGS)}))
    return int(line["opened"])


def _probabilities(model: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    if not callable(getattr(model, "predict", None)):
        raise TypeError(
            f"model came as {describe(model)}, but a trained network is needed. {model_hint(model)}"
        )
    if hasattr(model, "compile"):  # Keras's own; the twin has nothing to compile
        answers = predict_in_batches(model, x)  # its own predict() would compile first
    else:
        answers = np.asarray(model.predict(x), dtype=np.float32)
    if answers.shape != (len(x), CLASSES):
        raise ValueError(
            f"model gave {describe(answers)}, but ten probabilities a picture are needed. "
            "Type model = build_model() for a network that gives them."
        )
    # Rounding leaves sums a little off 1. Any further off, and softmax never saw these scores.
    sums = answers.sum(axis=1)
    if not (answers.min() >= 0 and np.abs(sums - 1).max() < 0.01):  # NaN is neither
        raise ValueError(
            f"model gave numbers from {answers.min():g} to {answers.max():g} that aren't "
            "probabilities. Its last layer needs activation='softmax'; if it has that, its weights "
            "are damaged: train it again."
        )
    return answers
