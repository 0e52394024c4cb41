"""08 · Your digits: bringing a drawing to the middle, and saying “I don't know”."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercises.engine import function, value
from mnist_lesson.exercises.guess import Guess

strangers = Guess(
    __name__,
    "strangers",
    question="The network has only ever seen digits. Now it is shown letters and scribbles. How does it answer?",
    options={
        "a": "it gives each digit about 10 %, since nothing fits",
        "b": "it is often more than 90 % sure of some digit",
        "c": "it stops with an error",
    },
    truth="b",
    why="Its ten numbers must add up to 1, whatever it is shown. There is no eleventh box for “none of these”.",
)


@value(
    title="How far to the middle?",
    task="The ink of a drawing has its centre at row 10, column 18. We want it at row 14, column 14. By "
    "how many rows **down** and how many "
    "columns **to the right** must it move? A move the other way is a number below 0.",
    form="(down, right)",
    hints=(
        "Rows count from the top. From row 10 to row 14, is that down or up?",
        "Wanted minus present, for each: 14 − 10 down, and 14 − 18 to the right.",
    ),
    why="Wanted minus present: 14 − 10 = 4 down, and 14 − 18 = −4 to the right, which is 4 to the left.",
    slips=[
        ((-4, 4), "Both signs are the wrong way round. Take wanted minus present, as in 14 − 10."),
        ((4, 4), "The rows are right. The column must go from 18 to 14, which is to the left: below 0."),
        ((-4, -4), "The columns are right. Row 14 is further down than row 10, so that number is above 0."),
        ((14, 14), "That is where it should go. How far it must move is asked for."),
        ((10, 18), "That is where it is. How far it must move is asked for."),
    ],
)
def how_far() -> Any:
    return (4, -4)


def _drawing(*rows: tuple[int, ...]) -> Any:
    return np.array(rows, dtype="uint8")


_BLOT = _drawing((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 200))
_TWO = _drawing((0, 0, 0), (100, 0, 100), (0, 0, 0), (0, 0, 0))
_UNEVEN = _drawing((0, 60, 0, 180), (0, 0, 0, 0), (0, 0, 0, 0))
_SEVEN = np.pad(_drawing((255, 255, 255, 255), (0, 0, 120, 200), (0, 40, 230, 0), (0, 220, 30, 0)), ((3, 9), (8, 4)))


def _center(image: Any) -> Any:
    rows, columns = np.indices(image.shape)
    return (image * rows).sum() / image.sum(), (image * columns).sum() / image.sum()


def _ink_only(image: Any) -> Any:
    return tuple(places.mean() for places in np.nonzero(image))


def _box(image: Any) -> Any:
    return tuple((places.min() + places.max()) / 2 for places in np.nonzero(image))


def _wrapped(image: Any) -> Any:
    rows, columns = np.indices(image.shape).astype("uint8")
    return (image * rows).sum() / image.sum(), (image * columns).sum() / image.sum()


@function(
    title="The centre of the ink",
    task="MNIST puts each digit where its **centre of mass** is in the middle. Write the function that "
    "finds it. The row of the centre is the mean of all "
    "row numbers, where a pixel counts as much as it is bright. The same goes for the column. Return "
    "both: `(row, column)`. "
    "There is always some ink in the picture.",
    hints=(
        "`rows, columns = np.indices(image.shape)` gives each pixel's row number and column number, as "
        "two arrays of the picture's shape.",
        "A weighted mean: multiply each row number by the pixel's brightness, add it all up, and divide "
        "by the sum of all brightness.",
        "`(image * rows).sum() / image.sum()` is the row. The column goes the same way. Return the two "
        "with a comma between.",
    ),
    why="A bright pixel pulls the centre more than a dim one. So each place is weighted by its ink, and "
    "the sum is divided by all the ink.",
    cases=[(_BLOT,), (_TWO,), (_UNEVEN,), (_SEVEN,)],
    slips=[
        (
            lambda image: _center(image)[::-1],
            "You gave the column first. The row comes first, as in every array.",
        ),
        (
            _box,
            "You took the middle of the box around the ink. The centre of mass leans to where most ink is.",
        ),
        (
            _ink_only,
            "You counted all pixels with ink the same. A bright one counts for more than a dim one: weight by `image`.",
        ),
        (
            lambda image: tuple(np.add(_center(image), 1)),
            "Your numbers are one too large. Rows and columns count from 0.",
        ),
        (
            _wrapped,
            "A `uint8` holds 255 at most, so your products started again at 0. Make room first: `image.astype(float)`.",
        ),
        (
            lambda image: np.unravel_index(image.argmax(), image.shape),
            "You found the brightest pixel. All the ink has a say in the centre.",
        ),
        (
            lambda image: tuple(side / 2 for side in image.shape),
            "That is the middle of the paper. Where is the ink?",
        ),
        (
            lambda image: tuple((side - 1) / 2 for side in image.shape),
            "That is the middle of the paper. Where is the ink?",
        ),
        (
            lambda image: tuple(np.multiply(_center(image), image.sum())),
            "You have the weighted sums. Now divide by all the ink: `image.sum()`.",
        ),
    ],
)
def center_of_mass(image: Any) -> Any:
    """Return the row and the column of the centre of the ink."""
    rows, columns = np.indices(image.shape)
    ink = image.sum()
    return (image * rows).sum() / ink, (image * columns).sum() / ink


def _rows(*rows: tuple[float, ...]) -> Any:
    return np.array(rows)


_SURE = _rows((0.05, 0.9, 0.05))
_TORN = _rows((0.1, 0.4, 0.5))
_EDGE = _rows((0.25, 0.75, 0.0))
_MIXED = _rows((0.98, 0.01, 0.01), (0.4, 0.3, 0.3), (0.1, 0.2, 0.7), (0.3, 0.6, 0.1))


def _answers(probabilities: Any, sure_enough: Any) -> Any:
    return np.where(sure_enough, probabilities.argmax(axis=1), -1)


@function(
    title="“I don't know”",
    task="Write a function that lets the network say “I don't know”. It takes `probabilities` (one row a "
    "picture) and a `threshold`. "
    "Where the largest of a row is at least the threshold, the answer is that digit. Where it is less, "
    "the answer is −1. Digits are whole numbers.",
    dtype="whole",
    hints=(
        "You need two things for each row: how large its largest number is, and where it stands.",
        "`probabilities.max(axis=1)` and `probabilities.argmax(axis=1)` give them for all rows at once.",
        "`np.where(sure, digits, -1)` takes the digit where `sure` is true, and -1 elsewhere.",
    ),
    why="`max` tells how sure the network is, `argmax` tells of what. Below the threshold, silence is "
    "the better answer.",
    cases=[(_SURE, 0.8), (_TORN, 0.8), (_EDGE, 0.75), (_MIXED, 0.65), (_MIXED, 0.2)],
    slips=[
        (
            lambda probabilities, threshold: probabilities.argmax(axis=1),
            "You answer each time. Below the threshold, the answer is -1. (Both numbers go from 0 to 1: no percent.)",
        ),
        (
            lambda probabilities, threshold: _answers(probabilities, probabilities.max(axis=1) > threshold),
            "“At least” takes in the threshold itself: use `>=`, not `>`.",
        ),
        (
            lambda probabilities, threshold: _answers(probabilities, probabilities.max(axis=1) < threshold),
            "It is the wrong way round: you answer where it is unsure.",
        ),
        (
            lambda probabilities, threshold: _answers(probabilities, probabilities.max(axis=1) >= 0.8),
            "Your threshold is fixed at 0.8. Use the one that is given.",
        ),
        (
            lambda probabilities, threshold: np.where(
                probabilities.max(axis=1) >= threshold, probabilities.argmax(axis=1), 0
            ),
            "For “I don't know”, 0 will not do: 0 is a digit. Use -1.",
        ),
        (
            lambda probabilities, threshold: (probabilities >= threshold).argmax(axis=1),
            "Where none reaches the threshold, `argmax` of all False is 0, so it says “zero”. Say -1 there.",
        ),
        (
            lambda probabilities, threshold: np.where(
                probabilities.max(axis=1) >= threshold, probabilities.max(axis=1), -1
            ),
            "You return how sure it is. The digit is asked for: `argmax`.",
        ),
        (
            lambda probabilities, threshold: probabilities.argmax(axis=1)[probabilities.max(axis=1) >= threshold],
            "You left out the unsure rows. Each row needs an answer, and theirs is -1.",
        ),
    ],
)
def dont_know(probabilities: Any, threshold: Any) -> Any:
    """Return the digit of each row, or -1 where the largest probability is below the threshold."""
    sure = probabilities.max(axis=1) >= threshold
    return np.where(sure, probabilities.argmax(axis=1), -1)
