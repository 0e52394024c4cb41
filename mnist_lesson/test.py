"""07 · Test: how good is it, where does it err, and how sure can we be of that?"""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
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
from mnist_lesson.shared.quiet_keras import predict_in_batches
from mnist_lesson.shared.workspace import WorkspaceError, folder, set_aside, write_atomic

TEST_LABELS_SHA256 = "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5"


@dataclass(frozen=True)
class Score:
    """How many digits a network reads correctly.

    Attributes
    ----------
    accuracy
        The share read correctly, from 0 to 1.
    loss
        Categorical cross-entropy, from 0 (sure and right) upward; ln 10 ≈ 2.3 for one who knows nothing.
    interval
        The 95 % confidence interval of the accuracy (Wilson's): on other digits like these, expect it in here.
    count
        How many digits were read.
    opened
        How often the sealed test set has been opened, this time included; 0 if these digits are not the whole of it.
    """

    accuracy: float
    loss: float
    interval: tuple[float, float]
    count: int
    opened: int

    def __str__(self) -> str:
        low, high = self.interval
        seal = (
            f" The test set has been opened {self.opened} time{'s' * (self.opened != 1)}."
            if self.opened
            else ""
        )
        return (
            f"{self.accuracy:.2%} of {self.count:,} digits are read correctly "
            f"(95 % interval {low:.2%} to {high:.2%}); loss {self.loss:.4f}.{seal}"
        )


@dataclass(frozen=True)
class Prediction:
    """What a network makes of n pictures: `labels` int64 (n,), and `probabilities` float32 (n, 10)."""

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]


@dataclass(frozen=True)
class Mistakes:
    """Misread digits, the surest first: where they are, what was read, what is true, how sure the network was."""

    places: NDArray[np.int64]
    read: NDArray[np.int64]
    truth: NDArray[np.int64]
    sureness: NDArray[np.float32]


def predict(model: Any, x: Any) -> Prediction:
    """Let a network read pictures.

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
        `x` is not as above, or `model` cannot predict.

    Notes
    -----
    Explained in notebook 07.
    """
    if isinstance(x, np.ndarray) and x.shape == (SIDE, SIDE, 1):
        x = x[np.newaxis]
    probabilities = _probabilities(model, check_inputs(x))
    return Prediction(probabilities.argmax(axis=1), probabilities)


def score(model: Any, x: Any, y: Any) -> Score:
    """Let a network read pictures whose labels are known, and count. Opening the test set is noted.

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
        An argument is not as above.

    Notes
    -----
    Explained in notebook 07.
    """
    x = check_inputs(x)
    y = check_labels(y, len(x), "y")
    probabilities = _probabilities(model, x)
    right = int((probabilities.argmax(axis=1) == y).sum())
    opened = _note_opening() if _is_test_set(y) else 0
    return Score(
        right / len(y),
        cross_entropy(probabilities, y),
        wilson_interval(right, len(y)),
        len(y),
        opened,
    )


def confusion(model: Any, x: Any, y: Any) -> NDArray[np.int64]:
    """Count what is taken for what: row = the true digit, column = the digit read.

    Parameters
    ----------
    model, x, y
        As for `score()`.

    Returns
    -------
    int64 array of shape (10, 10); its sum is n, its diagonal what was read correctly.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above.
    """
    x = check_inputs(x)
    y = check_labels(y, len(x), "y")
    table = np.zeros((CLASSES, CLASSES), dtype=np.int64)
    np.add.at(table, (y, predict(model, x).labels), 1)
    return table


def worst_mistakes(model: Any, x: Any, y: Any, count: int = 12) -> Mistakes:
    """Find the digits that a network misreads while being surest of itself.

    Parameters
    ----------
    model, x, y
        As for `score()`.
    count
        How many to return at most, from 1.

    Returns
    -------
    Mistakes
        Arrays of at most `count` entries, the surest mistake first.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above.
    """
    count = check_whole("count", count, 1, 100_000)
    x = check_inputs(x)
    y = check_labels(y, len(x), "y")
    prediction = predict(model, x)
    sureness = prediction.probabilities.max(axis=1)
    wrong = np.flatnonzero(prediction.labels != y)
    places = wrong[np.argsort(-sureness[wrong], kind="stable")][:count]
    return Mistakes(places, prediction.labels[places], y[places], sureness[places])


def wilson_interval(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % confidence interval of a share, `right` of `count` (E. B. Wilson, 1927).

    Raises
    ------
    TypeError, ValueError
        `count` is not a whole number from 1, or `right` not one from 0 to `count`.
    """
    check_whole("count", count, 1, 2**62)
    check_whole("right", right, 0, count)
    z = 1.959964
    share, spread = right / count, z * z / count
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * float(np.sqrt(share * (1 - share) / count + spread / (4 * count)))
    return max(0.0, middle - half), min(1.0, middle + half)


def _probabilities(model: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    if not callable(getattr(model, "predict", None)):
        raise TypeError(
            f"model came as {describe(model)}, but a trained network is needed. {model_hint(model)}"
        )
    found = (
        predict_in_batches(model, x)
        if hasattr(model, "compile")
        else np.asarray(model.predict(x), dtype=np.float32)
    )
    if found.shape != (len(x), CLASSES):
        raise ValueError(
            f"model gave {describe(found)}, but ten probabilities a picture are needed. Type model = build_model() for "
            "a network that gives them."
        )
    sums = found.sum(axis=1)
    if not (found.min() >= 0 and np.abs(sums - 1).max() < 0.01):  # NaN is neither
        raise ValueError(
            f"model gave numbers from {found.min():g} to {found.max():g} that are no probabilities. Its last layer "
            "needs activation='softmax'; if it has that, its weights are damaged: train it again."
        )
    return found


def _is_test_set(y: NDArray[np.int64]) -> bool:
    return hashlib.sha256(y.astype(np.uint8).tobytes()).hexdigest() == TEST_LABELS_SHA256


def _note_opening() -> int:
    """Count one more opening of the test set in the learner's folder; 1 where that cannot be written."""
    file = folder() / "test_set_opened.json"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(file.with_suffix(".lock"), timeout=5):
            before = _openings(file)
            write_atomic(file, json.dumps({"opened": before + 1}).encode())
    except (OSError, WorkspaceError, TimeoutError):
        return 1
    return before + 1


def _openings(file: Path) -> int:
    try:
        return check_whole(
            "opened", json.loads(file.read_text(encoding="utf-8"))["opened"], 0, 10**9
        )
    except FileNotFoundError:
        return 0
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        warnings.warn(
            f"{file} is broken, so the count starts anew. It is kept as {set_aside(file)}.",
            stacklevel=4,
        )
        return 0
