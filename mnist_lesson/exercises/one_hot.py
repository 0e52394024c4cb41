"""04 · One-hot: a digit as ten numbers, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

apart = Guess(
    "one_hot.apart",
    question="As numbers, 3 and 4 are close together, and 3 and 9 are far apart. Which pair is farther "
    "apart when each "
    "digit is a one-hot vector?",
    options={"a": "3 and 4", "b": "3 and 9", "c": "both are equally far apart"},
    truth="c",
    why="Any two one-hot vectors differ in two places. So all pairs of digits are equally far apart. A 4 is not "
    "“almost a 3” any more.",
)


seven = Exercise(
    "one_hot.seven",
    title="Seven, by hand",
    task="""Write the digit 7 as a one-hot vector: a list of ten numbers, in square brackets,
        with commas.""",
    blank="seven = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0]  # this is a 0: make it a 7",
    solution="seven = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0]",
    hints=(
        "Ten numbers: nine are 0, and one is 1. Where does the 1 stand?",
        """The places are counted from 0. So the first is for the digit 0, and the eighth is for
        the digit 7.""",
    ),
    why="The 1 stands at place 7. Counted from 0, that is the eighth number.",
    slips={
        "[0, 0, 0, 0, 0, 0, 1, 0, 0, 0]": """Your 1 stands at place 6. The first place is 0, not
        1. So go one further to the right.""",
        "[0, 0, 0, 0, 0, 0, 0, 0, 1, 0]": """Your 1 stands at place 8, which is one too far.
        Count again: the first place is 0.""",
        "[0, 0, 0, 0, 0, 0, 0, 7, 0, 0]": """The place is right, but put a 1 there. The place
        alone says which digit it is.""",
        "[0] * 10": "All are 0. Put a 1 at the place that stands for 7.",
        "[1, 1, 1, 1, 1, 1, 1, 0, 0, 0]": """You wrote seven ones. One-hot means that only one
        place is 1: the place of the 7.""",
        "[1, 1, 1, 1, 1, 1, 1, 0, 1, 1]": """It must be the other way round. The place of the 7
        is 1, and all others are 0.""",
        "[7]": """That is a list with the digit in it. Ten numbers are asked for: nine are 0, and
        one is 1.""",
    },
)


def _table(labels: Any) -> Any:
    return np.eye(10)[labels]


encode = FunctionExercise(
    "one_hot.encode",
    title="Many digits at once",
    task="""Write a function that takes an array of labels and returns their one-hot vectors as a
        table: one row for each label, ten columns, so the shape is `(n, 10)`. It holds numbers, 0
        and 1.""",
    blank='''
def encode(labels):
    """Return the one-hot vectors of the labels, shape (n, 10)."""
    ...
''',
    solution='''
def encode(labels):
    """Return the one-hot vectors of the labels, shape (n, 10)."""
    return np.eye(10)[labels]
''',
    hints=(
        "Start with all zeros: `vectors = np.zeros((len(labels), 10))`.",
        """Then go through the rows: `for i in range(len(labels)):`. In row i, the place of the
        label becomes 1: `vectors[i, labels[i]] = 1`.""",
        """There is a shorter way. `np.eye(10)` is a table with ones from corner to corner. Its
        row 7 is the vector of 7. So `np.eye(10)[labels]` picks the right row for each label.""",
    ),
    why="""Each label has a row, with a single 1 in it. `np.eye(10)` holds the vectors of all ten
        digits, one in each row. `[labels]` picks the rows that we need.""",
    slips={
        "np.roll(_table(labels), -1, axis=1)": """Each 1 stands one place too far to the left.
        Places count from 0. So the 1 stands at place `label`, not `label - 1`.""",
        "np.roll(_table(labels), 1, axis=1)": """Each 1 stands one place too far to the right.
        Places count from 0. So the 1 stands at place `label`, not `label + 1`.""",
        "_table(labels).T": """Rows and columns have changed places. Each label needs a row: `(n,
        10)`, not `(10, n)`.""",
        "_table(labels) * np.asarray(labels)[:, None]": """The place is right, but put a 1 there,
        not the digit itself.""",
        "np.eye(labels.max() + 1)[labels]": """You made only as many columns as these labels
        need. Always make ten. Else two tables may not fit together.""",
        "np.eye(9)[labels % 9]": """You made nine columns. With the 0, there are ten digits. Make
        ten columns.""",
        "1 - _table(labels)": """It must be the other way round. The place of the digit is 1, and
        all others are 0.""",
        "_table(labels).ravel()": """All your numbers stand in one long row. Give each label a
        row of its own.""",
        "np.tri(10)[labels]": """You set all places up to the digit to 1. Only the digit's own
        place is 1.""",
    },
    helpers=(_table,),
    cases=[
        (np.array([0]),),
        (np.array([7]),),
        (np.array([2, 0, 9]),),
        (np.array([5, 5, 1, 8, 3, 9, 0, 4, 6, 7, 2]),),
    ],
)


_SURE = np.eye(10)[[3]]
_UNSURE = np.array([[0.05, 0.05, 0.05, 0.05, 0.05, 0.4, 0.05, 0.05, 0.2, 0.05]])
_MANY = np.array([np.roll(_UNSURE[0], shift) for shift in (0, 4, 1)])


decode = FunctionExercise(
    "one_hot.decode",
    title="And back again",
    task="""A network's ten numbers are seldom plain 0 and 1. The place of the largest is the
        digit that it means. Write a function that takes a table of shape `(n, 10)` and returns
        the `n` digits as whole numbers.""",
    blank='''
def decode(vectors):
    """Return the digit that each row of ten numbers means."""
    ...
''',
    solution='''
def decode(vectors):
    """Return the digit that each row of ten numbers means."""
    return np.argmax(vectors, axis=1)
''',
    hints=(
        "`np.argmax` finds the place of the largest number. Try it on one row.",
        "In a table, it must look along each row. That is `axis=1`.",
        """`return np.argmax(vectors, axis=1)`. It works for one-hot vectors, and for the answers
        of a network.""",
    ),
    why="""`argmax` along axis 1 gives the place of the largest number of each row. That place is
        the digit.""",
    slips={
        "np.argmax(vectors)": """Without an axis, `argmax` looks at the whole table as one long
        row. With `axis=1`, it looks at each row.""",
        "np.argmax(vectors, axis=0)": """`axis=0` looks down the columns. To look along the rows,
        use `axis=1`.""",
        "np.max(vectors, axis=1)": """That is the largest number itself. Its place is asked for:
        `np.argmax`.""",
        "np.argmin(vectors, axis=1)": """You took the place of the smallest number. For the
        largest, use `argmax`.""",
        "np.argmax(vectors, axis=1) + 1": """Your digits are one too large. Places count from 0,
        so do not add 1.""",
        "np.where(vectors == 1)[1]": """You looked for an exact 1. A network seldom gives one.
        Look for the largest: `argmax`.""",
        "vectors @ np.arange(10)": """You multiplied each place by its number, and added up. That
        is right only for plain 0 and 1. Look for the largest: `argmax`.""",
        "np.round(vectors).argmax(axis=1)": """You rounded first. If the largest number is below
        0.5, it turns into 0 and is lost. Do not round.""",
        "np.argmax(vectors[:1], axis=1)": """You answered for the first row only. Each row needs
        its digit: `axis=1`.""",
    },
    cases=[(_SURE,), (_UNSURE,), (np.eye(10)[[0, 9]],), (_MANY,)],
    dtype="whole",
)
