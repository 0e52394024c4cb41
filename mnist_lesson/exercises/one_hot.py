"""04 · One-hot: a digit as ten numbers, and back."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

apart = Guess(
    "one_hot.apart",
    question="""As numbers, 3 and 4 are neighbours, and 3 and 9 live far apart. Write each of them
        as a one-hot vector: which pair is farther apart now?""",
    options={"a": "3 and 4", "b": "3 and 9", "c": "both are equally far apart"},
    truth="c",
    why="""Any two one-hot vectors differ in exactly two places, so all digits are equally far
        apart: 1.414, which is √2, the diagonal of a square with sides of 1. Nobody can say any
        more that a 4 is "almost a 3".""",
)


seven = Exercise(
    "one_hot.seven",
    title="Seven, by hand",
    task="""Write the digit 7 as a one-hot vector: a list of ten numbers in square brackets, with
        commas between them.""",
    blank="seven = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]  # this says 0: make it say 7",
    solution="seven = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]",
    hints=(
        "You need ten numbers, and nine of them are 0. Where does the 1 go?",
        """Places count from 0. So the first place belongs to the digit 0, and the eighth belongs
        to the digit 7.""",
    ),
    why="""The 1 sits at place 7, which is the eighth number from the left because Python starts at
        0.""",
    slips={
        "[0, 0, 0, 0, 0, 0, 1, 0, 0, 0]": """Your 1 is at place 6, because the first place is
        called 0 and not 1. Move it one to the right.""",
        "[0, 0, 0, 0, 0, 0, 0, 0, 1, 0]": """Your 1 is at place 8, one too far. Count again, and
        remember that the first place is 0.""",
        "[0, 0, 0, 0, 0, 0, 0, 7, 0, 0]": """The place is right, but put a 1 there. The place alone
        says which digit it is.""",
        "[0] * 10": "They're all 0! Put a 1 in the 7's position.",
        # Unary instead of one-hot: seven ones make a 7.
        "[1, 1, 1, 1, 1, 1, 1, 0, 0, 0]": """You wrote seven ones, the way you'd count on your
        fingers. One-hot means that only one place is hot: the 7's.""",
        "[1, 1, 1, 1, 1, 1, 1, 0, 1, 1]": """It's the other way round: a 1 in the 7's position,
        and 0 everywhere else.""",
        "[7]": """That's a list with the digit in it. Make it ten numbers, nine of them 0 and one
        of them 1.""",
    },
)


def _table(labels: Any) -> Any:
    return np.eye(10)[labels]


encode = FunctionExercise(
    "one_hot.encode",
    title="Many digits at once",
    task="""This function turns many labels into one-hot vectors, a row for each label. Fill in the
        gap: at which place in its row does the 1 go?""",
    blank='''
def encode(labels):
    """Return the one-hot vectors of the labels, shape (n, 10)."""
    vectors = np.zeros((len(labels), 10))
    for row in range(len(labels)):
        place = ...
        vectors[row, place] = 1
    return vectors
''',
    solution='''
def encode(labels):
    """Return the one-hot vectors of the labels, shape (n, 10)."""
    vectors = np.zeros((len(labels), 10))
    for row in range(len(labels)):
        place = labels[row]
        vectors[row, place] = 1
    return vectors
''',
    hints=(
        "If the label of this row is a 7, the 1 goes to place 7.",
        "So the place is the row's own label. How do you pick one label out of `labels`?",
        "Replace the `...` with `labels[row]`.",
    ),
    why="""Each label gets a row with a single 1 in it. The shortcut is `np.eye(10)[labels]`: the
        table holds the vectors of all ten digits, and `[labels]` picks the rows you need.""",
    slips={
        "np.roll(_table(labels), -1, axis=1)": """Each 1 is one place too far to the left. Places
        count from 0, so the 1 goes to place `label`, not `label - 1`.""",
        "np.roll(_table(labels), 1, axis=1)": """Each 1 is one place too far to the right. Places
        count from 0, so the 1 goes to place `label`, not `label + 1`.""",
        "_table(labels).T": """Your rows and columns have swapped places. Each label gets a row, so
        the shape is `(n, 10)` and not `(10, n)`.""",
        "_table(labels) * np.asarray(labels)[:, None]": """The place is right, but put a 1 there
        instead of the digit itself.""",
        # Right whenever a 9 is among the labels, so the small cases have to find it.
        "np.eye(labels.max() + 1)[labels]": """You've made only as many columns as these labels
        need, and then two tables may not fit together. Always make ten.""",
        "np.eye(9)[labels % 9]": """You made nine columns, but there are ten digits, because 0 is
        one of them.""",
        "1 - _table(labels)": """It's the other way round: a 1 in the digit's position, and 0
        everywhere else.""",
        "_table(labels).ravel()": """All your numbers are in one long row. Give each label a row of
        its own.""",
        "np.tri(10)[labels]": """You set every place up to the digit to 1. Only the digit's own
        place should be hot.""",
    },
    helpers=(_table,),
    cases=[
        (np.array([0]),),  # one label, and there must be ten columns all the same
        (np.array([7]),),
        (np.array([2, 0, 9]),),
        (np.array([5, 5, 1, 8, 3, 9, 0, 4, 6, 7, 2]),),  # every digit, and one of them twice
    ],
)


# The largest number in `_UNSURE` is 0.4: it isn't a clean 1, and rounding would make it 0.
_SURE = np.eye(10)[[3]]
_UNSURE = np.array([[0.05, 0.05, 0.05, 0.05, 0.05, 0.4, 0.05, 0.05, 0.2, 0.05]])
_MANY = np.array([np.roll(_UNSURE[0], shift) for shift in (0, 4, 1)])


decode = FunctionExercise(
    "one_hot.decode",
    title="And back again",
    task="""A network's ten numbers are hardly ever clean 0s and 1s, so look for the largest of them:
        its place is the digit. `vectors` is a table with a row for each picture. Which way does
        `argmax` have to look, along axis 0 or along axis 1?""",
    blank='''
def decode(vectors):
    """Return the digit that each row of ten numbers means."""
    return np.argmax(vectors, axis=...)
''',
    solution='''
def decode(vectors):
    """Return the digit that each row of ten numbers means."""
    return np.argmax(vectors, axis=1)
''',
    hints=(
        "`np.argmax` finds out where the largest number is. Try it on one row.",
        "In a table it has to look along each row. That's what `axis=1` is for.",
        "Replace the `...` with `1`.",
    ),
    why="""Along axis 1, `argmax` says where the largest number of each row is, and that place is
        the digit. Every answer your network gives goes through this line.""",
    slips={
        "np.argmax(vectors)": """Without an axis, `argmax` treats the whole table as one long row.
        With `axis=1` it looks at each row.""",
        "np.argmax(vectors, axis=0)": """`axis=0` looks down the columns. You want to look along
        the rows, and that's `axis=1`.""",
        "np.max(vectors, axis=1)": """That's the largest number itself. I want to know where it
        is: `np.argmax`.""",
        "np.argmin(vectors, axis=1)": """You found the place of the smallest number. For the
        largest, use `argmax`.""",
        "np.argmax(vectors, axis=1) + 1": """Your digits are one too large. Places count from 0
        already, so there's no need to add 1.""",
        "np.where(vectors == 1)[1]": """You looked for an exact 1, and a network hardly ever gives
        one. Look for the largest number instead: `argmax`.""",
        "vectors @ np.arange(10)": """You multiplied each number by its place and added up. That
        only works with a clean 0 and 1, so look for the largest number instead: `argmax`.""",
        "np.round(vectors).argmax(axis=1)": """You rounded first, and if the largest number is
        below 0.5, rounding wipes it out. Don't round at all.""",
        "np.argmax(vectors[:1], axis=1)": """You've answered for the first row only. Every row
        wants its digit: `axis=1`.""",
    },
    cases=[(_SURE,), (_UNSURE,), (np.eye(10)[[0, 9]],), (_MANY,)],
    dtype="whole",  # any integer dtype will do
)
