"""08 · Your digits: things that aren't digits, and what it costs to say “I don't know”."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import PAD, draw_strokes
from mnist_lesson.shared.checks import SIDE, check_choice, check_labels, check_number

LETTERS = "ABCDEFGHJKLMNPRTUVWXY"  # without those that could be digits: I, O, Q, S, Z


@dataclass(frozen=True)
class Doubt:
    """What a threshold does: how many digits get an answer, and how many of those are right."""

    threshold: float
    answered: int
    right: int
    count: int

    @property
    def accuracy(self) -> float:
        """The share of answers that are right; NaN if there are none."""
        return self.right / self.answered if self.answered else float("nan")


def with_threshold(probabilities: Any, y: Any, threshold: float) -> Doubt:
    """Answer only if the likeliest digit has at least this probability, and count the answers.

    Explained in notebook 08.

    Parameters
    ----------
    probabilities
        Shape (n, 10), from 0 to 1.
    y
        The true digits, whole numbers of shape (n,).
    threshold
        From 0 to 1.
    """
    chances, truth = _check_probabilities(probabilities), check_labels(y, len(probabilities), "y")
    sure = chances.max(axis=1) >= check_number("threshold", threshold, 0, 1)
    # An answer that isn't given is neither right nor wrong.
    right = (chances.argmax(axis=1) == truth) & sure
    return Doubt(float(threshold), int(sure.sum()), int(right.sum()), len(truth))


def strangers(kind: str) -> NDArray[np.uint8]:
    """Make 20 pictures of things the network has never seen: uint8 (20, 28, 28), bright ink.

    `kind` is "letters", "scribbles", "blank paper" or "noise". Letters and scribbles are centred
    as drawings are.
    """
    makers = {"letters": _letter, "scribbles": _scribble, "blank paper": _blank, "noise": _noise}
    make = makers[check_choice("kind", kind, tuple(makers))]
    chance = np.random.default_rng(0)  # always the same ones
    return np.stack([make(chance, number) for number in range(20)])


def _letter(_chance: np.random.Generator, number: int) -> NDArray[np.uint8]:
    sheet = Image.new("L", (120, 120))
    letter = LETTERS[number % len(LETTERS)]
    ImageDraw.Draw(sheet).text(
        (60, 60), letter, fill=255, anchor="mm", font=ImageFont.load_default(80)
    )
    return center_drawing(np.asarray(sheet))


def _scribble(chance: np.random.Generator, _number: int) -> NDArray[np.uint8]:
    corners = chance.integers(40, PAD - 40, size=(7, 2))
    # Straight from corner to corner: no digit has seven of them.
    along = np.linspace(0, 6, 60)
    curve = np.stack([np.interp(along, range(7), corners[:, axis]) for axis in (0, 1)], axis=1)
    return center_drawing(draw_strokes([[int(v) for v in curve.ravel()]]))


def _blank(_chance: np.random.Generator, _number: int) -> NDArray[np.uint8]:
    return np.zeros((SIDE, SIDE), np.uint8)


def _noise(chance: np.random.Generator, _number: int) -> NDArray[np.uint8]:
    return chance.integers(0, 256, size=(SIDE, SIDE), dtype=np.uint8)


def _check_probabilities(probabilities: Any) -> NDArray[np.float64]:
    table = np.asarray(probabilities, dtype=float)
    if table.ndim != 2 or table.shape[1] != 10 or not len(table):
        raise ValueError(
            f"probabilities came with shape {table.shape}, but (n, 10) is needed, as from "
            "predict()."
        )
    # In float32, a probability may be rounded to a hair above 1.
    if not ((table >= 0) & (table <= 1.0001)).all():
        raise ValueError("probabilities must be from 0 to 1, as from predict(...).probabilities.")
    return table
