"""03 · Look: averages of digits, and a first classifier made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

averages_read = Guess(
    "look.averages_read",
    question="A program knows only ten blurred pictures, the average of each digit. It says which of "
    "them a new digit is nearest to. "
    "Out of 100 digits that were kept apart, how many will it read right?",
    truth=None,
    within=5,
    unit="out of 100",
    why="Ten blurred pictures are enough for most digits. A network has to do better than that.",
)


lazy = Exercise(
    "look.lazy",
    title="The lazy program",
    task="""In the training set, 6,742 of the 60,000 digits are ones. No other digit comes up so
        often. A lazy program never looks at a picture and always says “1”. What percentage of
        the training digits does it get right? Give one decimal, as in 12.3.""",
    blank="lazy = 0  # change the number",
    solution="lazy = 100 * 6742 / 60000",
    hints=(
        """The program is right for each digit that is a 1, and wrong for all others. How many
        does it get right?""",
        "It is right 6,742 times out of 60,000. Divide, then multiply by 100 to get percent.",
    ),
    why="""6,742 / 60,000 is about 0.112, which is 11.2 %. A program that learned something must
        do better than that.""",
    slips={
        "6742 / 60000": """That is the share, as a number from 0 to 1. Percent are asked for, so
        multiply by 100.""",
        "11": """Very nearly: that is rounded to a whole number. Give one decimal more, as in
        12.3.""",
        "10": """It would be 10 % if each digit came up equally often. But ones come up more
        often. Divide 6,742 by 60,000.""",
        "100 - 674200 / 60000": "That is how often it is wrong. How often is it right?",
        "6742": """That is how many it gets right. Percent are asked for: how many of each 100 is
        that?""",
        "60000 / 6742": """You divided the other way round. Divide 6,742 by 60,000, and make
        percent of it.""",
    },
    within=0.06,
)


_LABELS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1])
_TINY = np.array(
    [[[10 * d, 250 - d]] for d in range(10)] + [[[200, 10]], [[255, 1]]], dtype="uint8"
)
_MIX = np.array([7, 3, 3, 0, 1, 2, 4, 5, 6, 8, 9, 0, 7, 7, 3])
_SMALL = ((np.arange(len(_MIX) * 4).reshape(-1, 2, 2) * 37) % 256).astype("uint8")


def _wrapping(images: Any, labels: Any) -> Any:
    sums = [np.add.reduce(images[labels == d], axis=0, dtype="uint8") for d in range(10)]
    return np.array([total / (labels == d).sum() for d, total in enumerate(sums)])


def _right_averages(images: Any, labels: Any) -> Any:
    return np.array([images[labels == d].mean(axis=0) for d in range(10)])


average_each = FunctionExercise(
    "look.average_each",
    title="The average of each digit",
    task="""Write a function that takes pictures of shape `(n, height, width)` and their labels,
        and returns ten pictures: the average zero, the average one, and so on. So the result has
        the shape `(10, height, width)`. Each digit comes up at least once.""",
    blank='''
def average_each(images, labels):
    """Return the average picture of each digit, shape (10, height, width)."""
    ...
''',
    solution='''
def average_each(images, labels):
    """Return the average picture of each digit, shape (10, height, width)."""
    return np.array([images[labels == digit].mean(axis=0) for digit in range(10)])
''',
    hints=(
        "`images[labels == 3]` picks out all the threes.",
        """`.mean(axis=0)` averages over the first axis, which counts the pictures. Rows and
        columns stay.""",
        """Do that for each digit in `range(10)`, put the ten results in a list, and make it an
        array with `np.array`.""",
    ),
    why="""For each digit: pick its pictures, then average over the axis that counts them.
        `axis=0` keeps rows and columns apart.""",
    slips={
        "np.array([images[labels == d].mean() for d in range(10)])": """You averaged over all
        pixels. So one number is left for each digit. With `.mean(axis=0)`, a picture is left.""",
        "images.mean(axis=0)": """That is the average of all pictures, of every digit. Pick out
        each digit first: `images[labels == digit]`.""",
        "np.array([images[labels == d].astype(float).sum(axis=0) for d in range(10)])": """You
        only added up the pictures. Now divide by how many there are, or use `.mean(axis=0)`.""",
        "_wrapping(images, labels)": """A sum went past 255 and started again at 0, because the
        pictures are `uint8`. Use `.mean(axis=0)`, which has more room.""",
        "_right_averages(images, labels).astype('uint8')": """The fractions are cut off. Leave
        the averages as they are: no `int`, no `uint8`.""",
        "np.array([images[labels == d][0] for d in range(10)])": """You took the first picture of
        each digit. The average of all of them is asked for.""",
        "np.array([np.median(images[labels == d], axis=0) for d in range(10)])": """That is the
        median, the number in the middle. The mean is asked for: `.mean(axis=0)`.""",
        "np.roll(_right_averages(images, labels), -1, axis=0)": """Your pictures are one place
        off, as they begin with the ones. Begin with the zeros: `range(10)`.""",
    },
    helpers=(
        _right_averages,
        _wrapping,
    ),
    cases=[(_TINY, _LABELS), (_SMALL, _MIX)],
)


_THREE = np.array([[[0.0, 10.0]], [[10.0, 0.0]], [[6.0, 5.0]]])
_TEN = np.array(
    [[[(d * 53) % 200, (d * 91) % 210], [(d * 17) % 190, 20 * d]] for d in range(10)], dtype=float
)


def _distances(image: Any, averages: Any) -> Any:
    return ((averages - image) ** 2).sum(axis=(1, 2))


nearest = FunctionExercise(
    "look.nearest",
    title="Which average is nearest?",
    task="""Write the reader of this page. It takes one `image` and the `averages`, and returns
        the digit whose average is nearest: subtract, square each difference, add up the squares,
        and take the place of the smallest sum.""",
    blank='''
def nearest(image, averages):
    """Return the digit whose average picture is nearest to the image."""
    ...
''',
    solution='''
def nearest(image, averages):
    """Return the digit whose average picture is nearest to the image."""
    distances = ((averages - image) ** 2).sum(axis=(1, 2))
    return np.argmin(distances)
''',
    hints=(
        "`averages - image` subtracts the image from each average at once.",
        """Square with `** 2`. Then `.sum(axis=(1, 2))` adds up rows and columns: one number is
        left for each average.""",
        "`np.argmin` gives the place of the smallest. (`np.min` would give the smallest itself.)",
    ),
    why="""There are ten distances, one for each digit. `argmin` tells where the smallest one
        stands, and that place is the digit.""",
    slips={
        "np.argmax(_distances(image, averages))": """You took the place of the largest distance.
        That is the digit least like it. Use `argmin`.""",
        "np.min(_distances(image, averages))": """That is the smallest distance itself. Its place
        is asked for: `np.argmin`.""",
        "np.argmin((averages - image).sum(axis=(1, 2)))": """You added up the differences without
        squaring them. Then those above and below 0 cancel out. Square first.""",
        "np.argmin(np.abs((averages - image).sum(axis=(1, 2))))": """You added up first, and
        dropped the minus sign after. But differences above and below 0 have cancelled out by
        then. Square each one first.""",
        "np.argmin((averages - image) ** 2)": """`argmin` looked at single pixels. First add up
        the squares of each picture: `.sum(axis=(1, 2))`.""",
        "np.argmin(_distances(image, averages)) + 1": """Your answer is one too large. Places
        count from 0, so do not add 1.""",
        "_distances(image, averages)": """You have the distances. Now return the place of the
        smallest: `np.argmin`.""",
        "np.argmax((averages * image).sum(axis=(1, 2)))": """You multiplied. So the average with
        the most ink wins, near or not. Subtract, then square.""",
    },
    helpers=(_distances,),
    cases=[
        (np.array([[9, 1]], dtype="uint8"), _THREE),
        (np.array([[0, 10]], dtype="uint8"), _THREE),
        (np.array([[6, 4]], dtype="uint8"), _THREE),
        *((_TEN[d].round().astype("uint8"), _TEN) for d in (9, 4)),
    ],
    dtype="whole",
)
