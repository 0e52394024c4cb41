"""01 · Load: shapes, counts and the numbers that fit into a uint8."""

from __future__ import annotations

from collections import Counter

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

memoriser = Guess(
    "load.memoriser",
    question="The memoriser keeps 1,000 of the training digits, and their labels. For a new digit, it looks up the "
    "one most like it and repeats its label. Out of 100 digits that it has never seen, how many will it read right?",
    options={"a": "about 10, no better than chance", "b": "about 50", "c": "80 or more"},
    truth="c",
    why="New digits look much like old ones. So looking them up works for most of them. But on new digits, the "
    "memoriser is not perfect any more.",
)


pixels = Exercise(
    "load.pixels",
    title="How many pixels?",
    task="""The test pictures have the shape `(10000, 28, 28)`. Each pixel is one number. How
        many numbers is that in all? Let Python work it out, or use your head.""",
    blank="pixels = 0  # change the number",
    solution="pixels = 10_000 * 28 * 28",
    hints=(
        "The shape says: 10,000 pictures, each with 28 rows of 28 pixels.",
        "First work out how many pixels one picture has. Then think of all pictures.",
        "Multiply all three: `10000 * 28 * 28`. Or ask the array: `x_test.size` says the same.",
    ),
    why="""Multiply the numbers of a shape, and you know how many numbers the array holds: 10,000
        · 28 · 28 = 7,840,000.""",
    slips={
        "784": "That is one picture: 28 · 28. There are 10,000 of them.",
        "10_000 * 28": "You took one 28. Each picture has 28 rows, and each row has 28 pixels.",
        "10_000": "That is the number of pictures. Each has many pixels.",
        "10_000 + 28 + 28": """You added. Multiply instead: so many pictures, times 28 rows,
        times 28 pixels.""",
        "47_040_000": "That is the training set, with 60,000 pictures. The test set has 10,000.",
        "54_880_000": "That is training and test set together. The test set alone is asked for.",
        "3": "That is how many numbers the shape has. Multiply these three numbers.",
    },
)


count_digits = FunctionExercise(
    "load.count_digits",
    title="How many of each digit?",
    task="""Write a function that takes an array of labels and returns ten counts: how many zeros
        there are, how many ones, and so on up to nine. A digit that never comes up has the count
        0.""",
    blank='''
def count_digits(labels):
    """Return ten counts: how often each of the digits 0 to 9 comes up in labels."""
    ...
''',
    solution='''
def count_digits(labels):
    """Return ten counts: how often each of the digits 0 to 9 comes up in labels."""
    return np.bincount(labels, minlength=10)
''',
    hints=(
        """For one digit it is short: `labels == 3` is true where a 3 stands, and `.sum()` counts
        what is true.""",
        "Now do that for each digit in `range(10)` and collect the ten numbers in a list.",
        """`return [(labels == digit).sum() for digit in range(10)]` does it all. NumPy has
        `np.bincount` for this, too.""",
    ),
    why="""There are ten counts, and each digit has its own place, even one that never comes up.
        NumPy can do it all at once: `np.bincount(labels, minlength=10)`.""",
    slips={
        "np.unique(labels, return_counts=True)[1]": """Digits that never come up are missing from
        your list. Each of the ten needs its place, with a 0.""",
        "np.bincount(labels)": """Your list ends too soon: it stops at the largest label. Ten
        counts are asked for, always.""",
        "[(labels == d).sum() for d in range(9)]": """You left out the 9. `range(9)` stops at 8.
        Use `range(10)`.""",
        "[(labels == d).sum() for d in range(1, 10)]": """You left out the 0. It is a digit as
        well: use `range(10)`.""",
        "[(labels == d).sum() for d in range(1, 11)]": """Your counts are one place off, as they
        begin with the ones. Begin with the zeros: `range(10)`.""",
        "np.roll(np.bincount(labels, minlength=10), -1)": """Each count stands one place too
        early. Places count from 0. So the zeros belong at place 0, the ones at place 1, and so
        on.""",
        "np.roll(np.bincount(labels, minlength=10), 1)": """Each count stands one place too late.
        Places count from 0. So the zeros belong at place 0, the ones at place 1, and so on.""",
        "np.bincount(labels, minlength=10) / len(labels)": """You gave the share of each digit.
        Only the count is asked for, so do not divide.""",
        "[c for _, c in Counter(labels.tolist()).most_common()]": """Your counts are sorted by
        size, and digits that never come up are missing. The order must be 0, 1, 2, …, 9.""",
        "sorted(np.bincount(labels, minlength=10))": """You sorted the counts. The order must be
        that of the digits: 0, 1, 2, …, 9.""",
        "np.bincount(labels, minlength=10).astype(bool).astype(int)": """You noted only whether a
        digit comes up. Count how often it does.""",
    },
    helpers=(Counter,),
    cases=[
        (np.array([0]),),
        (np.array([9]),),
        (np.array([1, 1, 0]),),
        (np.array([3, 5, 3, 9, 0, 3]),),
        (np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]),),
    ],
)


darker = FunctionExercise(
    "load.darker",
    title="Darker, but not too dark",
    task="""A `uint8` holds 0 to 255 and nothing else. If a sum goes past 255, it starts again at
        0, as a clock does after 12. Write a function that makes a picture darker: it adds
        `amount` (a whole number from 0 to 255) to each pixel, but what would go past 255 stays at
        255. The result is again `uint8`. Two tools: `.astype(int)` turns an array into whole
        numbers with far more room, and `.astype('uint8')` turns it back.""",
    blank='''
def darker(image, amount):
    """Return the image with amount added to each pixel, 255 at most, as uint8."""
    ...
''',
    solution='''
def darker(image, amount):
    """Return the image with amount added to each pixel, 255 at most, as uint8."""
    return np.minimum(image.astype(int) + amount, 255).astype("uint8")
''',
    hints=(
        "First see it go wrong: type `np.array([250], dtype='uint8') + 10` in a cell.",
        "Make room before you add: `image.astype(int) + amount`. Now no sum starts again at 0.",
        """Then cut what is too large: `np.minimum(..., 255)` keeps the smaller of two numbers.
        Last, go back with `.astype('uint8')`.""",
    ),
    why="""Make room, add, cut, go back. While you add, the numbers are `int`. So no sum starts
        again at 0.""",
    slips={
        "image + np.uint8(amount)": """A sum went past 255 and started again at 0. After that, it
        is too late to cut. Make room first: `image.astype(int)`.""",
        "image.astype(int) + amount": """You made room, which is right. Now cut what is above
        255: `np.minimum(..., 255)`.""",
        "(image.astype(int) + amount) % 255": """`%` makes the numbers start again at 0, so ink
        turns into paper. They must stay at 255: `np.minimum(..., 255)`.""",
        "np.maximum(image.astype(int) + amount, 255)": """`np.maximum` keeps the larger of two
        numbers. To stay at 255 or below, keep the smaller one: `np.minimum`.""",
        "np.maximum(image.astype(int) - amount, 0)": """Your picture gets paler. 0 is paper and
        255 is ink. So to make it darker, add.""",
        "np.minimum(image.astype(int) * amount, 255)": """You multiplied each pixel by `amount`.
        Add `amount` instead.""",
        "image": "The picture comes back as it was. Add `amount` to each pixel.",
    },
    cases=[
        (np.array([[100]], dtype="uint8"), 10),
        (np.array([[250]], dtype="uint8"), 10),
        (np.array([[0, 255]], dtype="uint8"), 0),
        (np.array([[0, 128], [200, 255]], dtype="uint8"), 100),
        (np.array([[0, 1, 254, 255]], dtype="uint8"), 255),
    ],
    dtype="uint8",
)
