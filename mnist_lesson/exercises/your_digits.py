"""08 · Your digits: bringing a drawing to the middle, and saying “I don't know”."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

strangers = Guess(
    "your_digits.strangers",
    question="""All its life, the network has seen nothing but digits. Now you show it letters.
        What does it say?""",
    options={
        "a": "it gives each digit about 10%, since nothing fits",
        "b": "it is often more than 90% sure of some digit",
        "c": "it stops with an error",
    },
    truth="b",
    why="""The ten numbers have to add up to 1, whatever the picture is, and there's no eleventh
        number for “none of these”. So it picks a digit, and it may well be very sure of it.""",
)


how_far = Exercise(
    "your_digits.how_far",
    title="How far to the middle?",
    task="""The ink of a drawing has its centre at row 10, column 18, and it should be at row 14,
        column 14. How many rows **down** and how many columns **to the right** does it have to
        move? If it has to go the other way, use a number below 0.""",
    blank="how_far = (0, 0)  # (down, right): change both numbers",
    solution="how_far = (4, -4)",
    hints=(
        "Rows count from the top. So is it up or down from row 10 to row 14?",
        """Take where it should be and subtract where it is: that's 14 − 10 down, and 14 − 18 to
        the right.""",
    ),
    why="""Where it should be, minus where it is: 14 − 10 = 4 down, and 14 − 18 = −4 to the right,
        which is 4 to the left.""",
    slips={
        "(-4, 4)": """Both signs are the wrong way round. Take where it should be and subtract
        where it is: 14 − 10, not 10 − 14.""",
        "(4, 4)": """The rows are right. But from column 18 to column 14 you go left, so that
        number is below 0.""",
        "(-4, -4)": """The columns are right. But from row 10 to row 14 you go down, so that number
        is above 0.""",
        "(14, 14)": """That's where the ink should end up. How far does it have to move? Subtract
        where it is now.""",
        "(10, 18)": """That's where the ink is now. How far does it have to move to get to row 14,
        column 14?""",
    },
)


def _drawing(*rows: tuple[int, ...]) -> Any:
    return np.array(rows, dtype="uint8")


# Made for the slips: a blot away from the middle of the paper; two blots with no ink between them;
# one blot three times as dark as the other; and a small 7 on a large sheet.
_BLOT = _drawing((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 200))
_TWO = _drawing((0, 0, 0), (100, 0, 100), (0, 0, 0), (0, 0, 0))
_UNEVEN = _drawing((0, 60, 0, 180), (0, 0, 0, 0), (0, 0, 0, 0))
_SEVEN = np.pad(
    _drawing((255, 255, 255, 255), (0, 0, 120, 200), (0, 40, 230, 0), (0, 220, 30, 0)),
    ((3, 9), (8, 4)),
)


def _center(image: Any) -> Any:
    rows, columns = np.indices(image.shape)
    return (image * rows).sum() / image.sum(), (image * columns).sum() / image.sum()


# Every pixel with ink counts the same, pale or dark.
def _ink_only(image: Any) -> Any:
    return tuple(places.mean() for places in np.nonzero(image))


# The middle of the box around the ink.
def _box(image: Any) -> Any:
    return tuple((places.min() + places.max()) / 2 for places in np.nonzero(image))


# Products in `uint8`, which start again at 0 after 255.
def _wrapped(image: Any) -> Any:
    rows, columns = np.indices(image.shape).astype("uint8")
    return (image * rows).sum() / image.sum(), (image * columns).sum() / image.sum()


center_of_mass = FunctionExercise(
    "your_digits.center_of_mass",
    title="The centre of the ink",
    task="""Finish the function that finds the centre of mass. Its row is the average of all the
        row numbers, where a row with more ink counts for more. The column works the same way.""",
    blank='''
def center_of_mass(image):
    """Return the row and the column of the centre of the ink."""
    rows, columns = np.indices(image.shape)  # each pixel's row, and its column
    ink = image.sum()
    row = (image * rows).sum() / ink
    column = ...
    return row, column
''',
    solution='''
def center_of_mass(image):
    """Return the row and the column of the centre of the ink."""
    rows, columns = np.indices(image.shape)  # each pixel's row, and its column
    ink = image.sum()
    row = (image * rows).sum() / ink
    column = (image * columns).sum() / ink
    return row, column
''',
    hints=(
        """Read the line above the gap. Each row number is multiplied by the ink of its pixel, all
        the products are added up, and the sum is divided by all the ink.""",
        "For the column, do the same with `columns` in place of `rows`.",
        "The gap is `(image * columns).sum() / ink`.",
    ),
    why="""It's like finding the point where a plate balances: a pixel with a lot of ink pulls
        harder than a pale one. So each row number is multiplied by its ink, and in the end you
        divide by all the ink.""",
    slips={
        "_center(image)[::-1]": "You gave the column first. In arrays the row always comes first.",
        "_box(image)": """You took the middle of the box around the ink. The centre of mass is
        closer to where most of the ink is, so multiply by `image`.""",
        "_ink_only(image)": """You let every inky pixel count the same, but one with more ink
        should count for more. Multiply by `image`.""",
        "tuple(np.add(_center(image), 1))": """Your numbers are one too large. Rows and columns
        count from 0 already, so there's no need to add 1.""",
        "_wrapped(image)": """A `uint8` only goes up to 255, so your products started again at 0.
        Make room first: `image.astype(float)`.""",
        "np.unravel_index(image.argmax(), image.shape)": """You found the pixel with the most ink.
        But all the ink counts, each pixel by how much it has.""",
        # Counted from the paper's edge, and from the middle of its first pixel.
        "tuple((side / 2 for side in image.shape))": """That's the middle of the paper. Where is
        the ink?""",
        "tuple(((side - 1) / 2 for side in image.shape))": """That's the middle of the paper. Where
        is the ink?""",
        "tuple(np.multiply(_center(image), image.sum()))": """You have the two sums. Now divide
        each of them by all the ink: `image.sum()`.""",
    },
    helpers=(
        _box,
        _center,
        _ink_only,
        _wrapped,
    ),
    cases=[(_BLOT,), (_TWO,), (_UNEVEN,), (_SEVEN,)],
)


def _rows(*rows: tuple[float, ...]) -> Any:
    return np.array(rows)


# `_EDGE` reaches a threshold of 0.75 exactly; a float holds 0.75 without rounding.
_SURE = _rows((0.05, 0.9, 0.05))
_TORN = _rows((0.1, 0.4, 0.5))
_EDGE = _rows((0.25, 0.75, 0.0))
_MIXED = _rows((0.98, 0.01, 0.01), (0.4, 0.3, 0.3), (0.1, 0.2, 0.7), (0.3, 0.6, 0.1))


def _answers(probabilities: Any, sure_enough: Any) -> Any:
    return np.where(sure_enough, probabilities.argmax(axis=1), -1)


dont_know = FunctionExercise(
    "your_digits.dont_know",
    title='"I don\'t know"',
    task="""Finish the function that takes `probabilities` (one row for each picture) and a
        `threshold`. If the largest number of a row reaches the threshold, it answers with its
        digit. If not, it answers −1, which means "I don't know".""",
    blank='''
def dont_know(probabilities, threshold):
    """Return the digit of each row, or -1 where the largest probability is below the threshold."""
    digits = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= ...
    return np.where(sure, digits, ...)  # digits where it's sure, and what everywhere else?
''',
    solution='''
def dont_know(probabilities, threshold):
    """Return the digit of each row, or -1 where the largest probability is below the threshold."""
    digits = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= threshold
    return np.where(sure, digits, -1)  # digits where it's sure, and what everywhere else?
''',
    hints=(
        "A row is sure if its largest number reaches a limit. What is that limit called here?",
        """`np.where(sure, digits, ...)` takes the digit where `sure` is true, and the last thing
        everywhere else. What stands for "I don't know"?""",
        "The first gap is `threshold`, and the second one is `-1`.",
    ),
    why="""`max` says how sure the network is, and `argmax` says of what. Below the threshold, “I
        don't know” is the better answer. Plenty of people could use that function.""",
    slips={
        "probabilities.argmax(axis=1)": """You always name a digit. Where the largest number is
        below the threshold, answer -1. (The threshold goes from 0 to 1; it isn't a
        percentage.)""",
        "_answers(probabilities, probabilities.max(axis=1) > threshold)": """If the threshold
        is 0.75, exactly 0.75 is enough. So use `>=`, not `>`.""",
        "_answers(probabilities, probabilities.max(axis=1) < threshold)": """It's the wrong way
        round: you name a digit when the network is unsure. Use `>=`, not `<`.""",
        "_answers(probabilities, probabilities.max(axis=1) >= 0.8)": """Your threshold is always
        0.8. Use the one that your function is given.""",
        "np.where(probabilities.max(axis=1) >= threshold, probabilities.argmax(axis=1), 0)": """You
        say 0 for “I don't know”, but 0 is a digit, and it might be confused with one. Use -1.""",
        "(probabilities >= threshold).argmax(axis=1)": """When no number reaches the threshold,
        your function says 0, and 0 is a digit. Say -1 there, with `np.where`.""",
        "np.where(probabilities.max(axis=1) >= threshold, probabilities.max(axis=1), -1)": """You
        return how sure the network is. I'd like to know the digit: `argmax`.""",
        "probabilities.argmax(axis=1)[probabilities.max(axis=1) >= threshold]": """You left out the
        unsure rows. Every row needs an answer, and for an unsure one it's -1.""",
    },
    helpers=(_answers,),
    # Several thresholds, so nobody gets by with a fixed one. At 0.2, every row is sure enough.
    cases=[(_SURE, 0.8), (_TORN, 0.8), (_EDGE, 0.75), (_MIXED, 0.65), (_MIXED, 0.2)],
    dtype="whole",
)
