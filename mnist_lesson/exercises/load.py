"""01 · Load: shapes, counts and the numbers that fit into a uint8."""

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

commonest = Guess(
    "load.commonest",
    question="Which digit comes up most often among the 60,000 to learn from?",
    options={"a": "0", "b": "1", "c": "7", "d": "none: it's 6,000 of each"},
    truth="b",
    why="""6,742 of them are ones, and only 5,421 are fives, the rarest. Nobody's left out, though:
        that's plenty of each.""",
)


memoriser = Guess(
    "load.memoriser",
    question="""The memoriser keeps 1,000 of the training digits with their labels. When a new
        digit comes along, it looks up the one most like it and repeats that label. Of 100 digits
        it has never seen, how many will it read right?""",
    options={"a": "about 10, no better than chance", "b": "about 50", "c": "80 or more"},
    truth="c",
    why="""New digits look a lot like old ones, so looking them up works most of the time. But its
        perfect score is gone, and all it took was digits it hadn't seen.""",
)


pixels = Exercise(
    "load.pixels",
    title="How many pixels?",
    task="""One picture has 28 rows of 28 pixels. How many pixels do all the test pictures have
        together?""",
    blank="pixels = 1 * 28 * 28  # that's one picture: change one number",
    solution="pixels = 10_000 * 28 * 28",
    hints=(
        "The shape tells you: 10,000 pictures, each with 28 rows of 28 pixels.",
        "How many pixels are there in one picture? Once you know that, think of all the pictures.",
        """Put 10000 in place of the 1. Or ask the array itself, because `x_test.size`
        knows.""",
    ),
    why="""Multiply the numbers of a shape and you know how much an array holds: 10,000 · 28 · 28 =
        7,840,000. That's nearly eight million numbers to read before breakfast.""",
    slips={
        "10_000 * 28": """You've used one 28 where you need two: each picture has 28 rows, and each
        row has 28 pixels.""",
        "10_000": "That's how many pictures there are. Each of them has lots of pixels.",
        "10_000 + 28 + 28": """You added where you should multiply: 10,000 pictures, times 28 rows,
        times 28 pixels.""",
        # 60,000 · 28 · 28, and 70,000 · 28 · 28: the wrong set, and both of them.
        "47_040_000": """That's the training set, which has 60,000 pictures. The test set has
        10,000.""",
        "54_880_000": """That's the training set and the test set together. I only want the test
        set.""",
        "3": "The shape is made of three numbers, that's true. Now multiply those three.",
    },
)


count_digits = FunctionExercise(
    "load.count_digits",
    title="How many of each digit?",
    task="""This function counts how many zeros there are in an array of labels, how many ones, and
        so on up to nine. `labels == 3` is `True` wherever there's a 3, and `.sum()` counts
        those places. Fill in the two gaps.""",
    blank='''
def count_digits(labels):
    """Return ten counts: how often each of the digits 0 to 9 comes up in labels."""
    counts = []
    for digit in range(...):
        counts.append((labels == ...).sum())
    return counts
''',
    solution='''
def count_digits(labels):
    """Return ten counts: how often each of the digits 0 to 9 comes up in labels."""
    counts = []
    for digit in range(10):
        counts.append((labels == digit).sum())
    return counts
''',
    hints=(
        "The loop runs once for each digit. How many digits are there?",
        """`range(10)` gives 0, 1 and so on, up to 9. Each time round, `digit` is the one to
        count.""",
        "The first gap is `10`, and the second one is `digit`.",
    ),
    why="""Each digit gets its own place, even one that never comes up. NumPy can do all of it at
        once with `np.bincount(labels, minlength=10)`.""",
    slips={
        # The most tempting one: it's right whenever all ten digits come up, as in MNIST.
        "np.unique(labels, return_counts=True)[1]": """Your list skips the digits that never come
        up. They need their places too, with a 0 in each.""",
        "np.bincount(labels)": """Your list ends too soon, because it stops at the largest label.
        There should always be ten counts.""",
        "[(labels == d).sum() for d in range(9)]": """Poor old 9 got left out: `range(9)` stops at
        8. Use `range(10)`.""",
        "[(labels == d).sum() for d in range(1, 10)]": """You left out the 0, and it's a digit like
        all the others: use `range(10)`.""",
        "[(labels == d).sum() for d in range(1, 11)]": """Your counts are one place off, because
        you began with the ones. Begin with the zeros: `range(10)`.""",
        "np.bincount(labels, minlength=10) / len(labels)": """That's the share of each digit. I
        only want to know how many there are, so you don't need to divide.""",
        "sorted(np.bincount(labels, minlength=10))": """You've sorted the counts, so nobody can
        tell whose they are. Keep them in the order of the digits: 0, 1, 2, …, 9.""",
    },
    cases=[
        (np.array([0]),),  # the digits at the two ends first: that's where `range` goes wrong
        (np.array([9]),),
        (np.array([1, 1, 0]),),
        (np.array([3, 5, 3, 9, 0, 3]),),  # out of order, and some digits never come up
        (np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 9]),),  # all of them do
    ],
)


darker = FunctionExercise(
    "load.darker",
    title="Darker, but not too dark",
    task="""A `uint8` holds 0 to 255 and nothing else, so what happens to 250 when you add 10? The
        next page has the answer, and it isn't pretty. This function makes a picture darker without
        that accident: it adds `amount` to each pixel, and whatever would go past 255 stays at 255.
        Fill in the two gaps. (`np.minimum` keeps the smaller of two numbers.)""",
    blank='''
def darker(image, amount):
    """Return the image with amount added to each pixel, 255 at most, as uint8."""
    roomy = image.astype(int)  # the same numbers, with room for much larger ones
    added = ...
    cut = np.minimum(added, ...)
    return cut.astype("uint8")
''',
    solution='''
def darker(image, amount):
    """Return the image with amount added to each pixel, 255 at most, as uint8."""
    roomy = image.astype(int)  # the same numbers, with room for much larger ones
    added = roomy + amount
    cut = np.minimum(added, 255)
    return cut.astype("uint8")
''',
    hints=(
        """Watch it go wrong first: type `np.array([250], dtype='uint8') + 10` into a cell of your
        own.""",
        "Add the amount to `roomy`: with all that room, no sum starts again at 0.",
        "The first gap is `roomy + amount`, and the second one is `255`.",
    ),
    why="""Make room, add, cut, and go back. As long as you're adding, the numbers are `int`, so
        none of them can wrap around.""",
    slips={
        # The mistake this exercise is about: the sum has wrapped around before anything is cut.
        "image + np.uint8(amount)": """A sum went past 255 and started again at 0, and once that
        has happened it's too late to cut. Make room before you add: `image.astype(int)`.""",
        "image.astype(int) + amount": """Making room was the right idea. Now cut off everything
        above 255: `np.minimum(..., 255)`.""",
        "(image.astype(int) + amount) % 255": """With `%` the numbers start again at 0, so the
        blackest ink turns into paper. They should stop at 255: `np.minimum(..., 255)`.""",
        "np.maximum(image.astype(int) + amount, 255)": """`np.maximum` keeps the larger of two
        numbers. To stay at 255 or below, you want the smaller one: `np.minimum`.""",
        "np.maximum(image.astype(int) - amount, 0)": """Your picture gets paler! Paper is 0 and ink
        is 255, so to make it darker you have to add.""",
        "image": "The picture came back exactly as it was. Add `amount` to each pixel.",
    },
    cases=[
        (np.array([[100]], dtype="uint8"), 10),
        (np.array([[250]], dtype="uint8"), 10),  # the first sum past 255
        (np.array([[0, 255]], dtype="uint8"), 0),  # nothing may change
        (np.array([[0, 128], [200, 255]], dtype="uint8"), 100),
        (np.array([[0, 1, 254, 255]], dtype="uint8"), 255),  # all black
    ],
    dtype="uint8",  # right numbers in another dtype get a sentence of their own
)
