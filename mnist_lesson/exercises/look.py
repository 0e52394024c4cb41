"""03 · Look: averages of digits, and a first classifier made of them."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

averages_read = Guess(
    "look.averages_read",
    question="""A program knows nothing but ten blurred pictures, the average of each digit, and it
        picks the one a new digit is nearest to. Of 100 digits that were held out, how many
        will it read right?""",
    truth=None,  # the learner's own result: the page passes it to `reveal`
    within=5,
    out_of=100,
    why="""Most digits look more like their own average than like anybody else's, even when the
        average is this blurred.""",
)


shifted = Guess(
    "look.shifted",
    question="""Every digit moves three pixels to the right. Of 100, how many will the reader made
        of averages still read?""",
    truth=None,
    within=10,
    out_of=100,
    why="""Three pixels, and the reader falls to pieces! A stroke that has moved lies where the
        average has no ink, and is as wrong as if it had never been written.""",
)


lazy = Exercise(
    "look.lazy",
    title="The lazy program",
    task="""Of the 60,000 training digits, 6,742 are ones, and no other digit comes up as often. So
        here's a lazy program: it never looks at the picture and always says "1". What percentage
        of the training digits does it get right?""",
    blank="lazy = 100 * 0 / 60000  # 0 right so far: change that number",
    solution="lazy = 100 * 6742 / 60000",
    hints=(
        """It's right whenever the digit happens to be a 1, and wrong the rest of the time. So how
        many does it get right?""",
        "It's right 6,742 times out of 60,000. Divide, and multiply by 100 to get a percentage.",
    ),
    why="""6,742 / 60,000 is about 0.112, so it gets 11.2% without opening its eyes. Anything that
        claims to have learned something has to do better than that.""",
    slips={
        "6742 / 60000": """That's the right share, written as a number from 0 to 1. To make a
        percentage of it, multiply by 100.""",
        "11": """Very nearly! You've rounded to a whole number. Give me one decimal place, as
        in 12.3.""",
        "10": """It would be 10% if all digits came up equally often, but there are more ones than
        that. Divide 6,742 by 60,000.""",
        "100 - 674200 / 60000": "That's how often it's wrong. How often is it right?",
        "6742": """That's how many it gets right. I'd like a percentage: how many is that out of
        every 100?""",
        "60000 / 6742": """You divided the other way round. Divide 6,742 by 60,000, and multiply by
        100.""",
    },
    within=0.06,  # 11.2 is fine, and so is 11.24 or 11.237
)


# Pictures of two pixels. There are three ones, and their ink adds up to more than a uint8 holds.
_LABELS = np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 1])
_TINY = np.array(
    [[[10 * d, 250 - d]] for d in range(10)] + [[[200, 10]], [[255, 1]]], dtype="uint8"
)
# Pictures of 2 × 2 pixels with their labels out of order; some digits come up more than once.
_MIX = np.array([7, 3, 3, 0, 1, 2, 4, 5, 6, 8, 9, 0, 7, 7, 3])
_SMALL = ((np.arange(len(_MIX) * 4).reshape(-1, 2, 2) * 37) % 256).astype("uint8")


# What a loop gives that adds `uint8` pictures up: each sum starts again at 0 after 255.
def _wrapping(images: Any, labels: Any) -> Any:
    sums = [np.add.reduce(images[labels == d], axis=0, dtype="uint8") for d in range(10)]
    return np.array([total / (labels == d).sum() for d, total in enumerate(sums)])


def _right_averages(images: Any, labels: Any) -> Any:
    return np.array([images[labels == d].mean(axis=0) for d in range(10)])


average_each = FunctionExercise(
    "look.average_each",
    title="The average of each digit",
    task="""This function takes pictures and their labels, and makes ten ghosts: the average zero,
        the average one and so on. Fill in the two gaps.""",
    blank='''
def average_each(images, labels):
    """Return the average picture of each digit, shape (10, height, width)."""
    averages = []
    for digit in range(10):
        pictures = images[labels == ...]  # all the pictures of this digit
        averages.append(pictures.mean(axis=...))
    return np.array(averages)
''',
    solution='''
def average_each(images, labels):
    """Return the average picture of each digit, shape (10, height, width)."""
    averages = []
    for digit in range(10):
        pictures = images[labels == digit]  # all the pictures of this digit
        averages.append(pictures.mean(axis=0))
    return np.array(averages)
''',
    hints=(
        "`images[labels == 3]` picks out all the threes. Which digit do you want here?",
        """`.mean(axis=0)` averages over the first axis, the one that counts the pictures. Rows and
        columns stay as they are.""",
        "The first gap is `digit`, and the second one is `0`.",
    ),
    why="""Pick out the pictures of one digit, average them on top of each other, and do it ten
        times. Because of `axis=0` the rows and columns stay apart, so each average is still a
        picture.""",
    slips={
        "np.array([images[labels == d].mean() for d in range(10)])": """You averaged over all the
        pixels too, so each digit is down to a single number. With `.mean(axis=0)` you keep a
        picture.""",
        "images.mean(axis=0)": """That's the average of everything, all ten digits in one blur.
        Pick out one digit at a time: `images[labels == digit]`.""",
        "np.array([images[labels == d].astype(float).sum(axis=0) for d in range(10)])": """You've
        added the pictures up. Now divide by how many there are, or let `.mean(axis=0)` do
        both.""",
        "_wrapping(images, labels)": """A sum went past 255 and started again at 0, because the
        pictures are `uint8`. Use `.mean(axis=0)`, which makes room for itself.""",
        "_right_averages(images, labels).astype('uint8')": """Your fractions got cut off. Leave the
        averages as they are, without any `int` or `uint8`.""",
        "np.array([images[labels == d][0] for d in range(10)])": """That's the first picture of
        each digit. I'd like the average of all of them.""",
        "np.array([np.median(images[labels == d], axis=0) for d in range(10)])": """That's the
        median, the number in the middle. You want the mean: `.mean(axis=0)`.""",
        "np.roll(_right_averages(images, labels), -1, axis=0)": """Your pictures are one place off,
        because you began with the ones. Begin with the zeros: `range(10)`.""",
    },
    helpers=(
        _right_averages,
        _wrapping,
    ),
    cases=[(_TINY, _LABELS), (_SMALL, _MIX)],
)


# Ten averages of two pixels each: the first three to work out by hand, the others far away. And
# ten averages of 2 × 2 pixels.
_PAIRS = np.array(
    [[[0.0, 10.0]], [[10.0, 0.0]], [[6.0, 5.0]]] + [[[90.0, 90 + d]] for d in range(7)]
)
_TEN = np.array(
    [[[(d * 53) % 200, (d * 91) % 210], [(d * 17) % 190, 20 * d]] for d in range(10)], dtype=float
)


def _distances(image: Any, averages: Any) -> Any:
    return ((averages - image) ** 2).sum(axis=(1, 2))


nearest = FunctionExercise(
    "look.nearest",
    title="Which average is nearest?",
    task="""Finish this page's reader yourself. It takes one `image` and the `averages`, and
        returns the digit whose average is nearest: subtract, square each difference, add up the
        squares, and find the place of the smallest sum.""",
    blank='''
def nearest(image, averages):
    """Return the digit whose average picture is nearest to the image."""
    squares = ...
    distances = squares.sum(axis=(1, 2))  # one for each average
    return ...
''',
    solution='''
def nearest(image, averages):
    """Return the digit whose average picture is nearest to the image."""
    squares = (averages - image) ** 2
    distances = squares.sum(axis=(1, 2))  # one for each average
    return np.argmin(distances)
''',
    hints=(
        "`averages - image` subtracts the image from all ten averages at once.",
        """Square with `** 2`: `(averages - image) ** 2`. For the last line, `np.argmin` tells you
        where the smallest number is.""",
        """The first gap is `(averages - image) ** 2`, and the second one is
        `np.argmin(distances)`.""",
    ),
    why="""You've got ten distances, one for each digit. `argmin` says where the smallest one is,
        and that place is the digit.""",
    slips={
        "np.argmax(_distances(image, averages))": """You found the place of the largest distance,
        which is the digit that's least like it. Use `argmin`.""",
        "np.min(_distances(image, averages))": """That's the smallest distance itself. I want to
        know where it is: `np.argmin`.""",
        # Two ways of adding before squaring: with the sign, and with the sign dropped too late.
        "np.argmin((averages - image).sum(axis=(1, 2)))": """You added up the differences without
        squaring them, so the ones above 0 and the ones below 0 cancel out. Square first.""",
        "np.argmin(np.abs((averages - image).sum(axis=(1, 2))))": """You added up first and dropped
        the minus sign afterwards, but by then the differences have already cancelled out. Square
        each one before you add.""",
        "np.argmin((averages - image) ** 2)": """Here `argmin` searched through single pixels. Add
        up the squares of each picture first: `.sum(axis=(1, 2))`.""",
        "np.argmin(_distances(image, averages)) + 1": """Your answer is one too large. Places count
        from 0 already, so there's no need to add 1.""",
        "_distances(image, averages)": """You've got the distances. Now return the place of the
        smallest one: `np.argmin`.""",
        "np.argmax((averages * image).sum(axis=(1, 2)))": """You multiplied, so the average with
        the most ink wins, whether it fits or not. Subtract, and then square.""",
    },
    helpers=(_distances,),
    cases=[
        (np.array([[9, 1]], dtype="uint8"), _PAIRS),
        (np.array([[0, 10]], dtype="uint8"), _PAIRS),
        (np.array([[6, 4]], dtype="uint8"), _PAIRS),  # nearest to the 2
        # Each average itself, rounded: the answer must be its own digit.
        *((_TEN[d].round().astype("uint8"), _TEN) for d in (9, 4)),
    ],
    dtype="whole",
)
