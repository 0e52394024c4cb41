"""07 · Test: which set is for what, accuracy, and the table of confusions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.exercise_engine.answers import show
from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.findings import Finding
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.look import new_axes
from mnist_lesson.shared.picture import described

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SETS = ("training", "validation", "test")
# A percent sign, as a pen would write it: two rings and a line.
PERCENT = [
    [200, 50, 80, 230],
    *(
        [
            round(n)
            for turn in np.linspace(0, 2 * np.pi, 17)
            for n in (x + 32 * np.cos(turn), y + 36 * np.sin(turn))
        ]
        for x, y in ((85, 90), (195, 190))
    ),
]

test_right = Guess(
    "test.test_right",
    question="""Time to open the envelope. Out of 100 test digits, how many will the network read
        right?""",
    truth=None,  # the learner's own result: the page passes it to `reveal`
    within=1,
    out_of=100,
    why="""The best clue you had was the held-out digits of page 06: the test digits are like
        them, only a little easier.""",
)


def draw_score(percent: str, images: Any, labels: Any) -> Figure:
    """Write a score such as 99.14% in one picture, with digits that were read correctly."""
    signs = {".": np.zeros((28, 14), "uint8"), "%": center_drawing(draw_strokes(PERCENT))}
    signs["."][20:24, 5:9] = 255
    # Each digit is another one of its kind, so a score such as 99.14% shows two different nines.
    pieces = [
        images[labels == int(sign)][place] if sign.isdigit() else signs[sign]
        for place, sign in enumerate(percent)
    ]
    written = np.pad(np.hstack([piece[:, 3:-3] for piece in pieces]), ((0, 0), (3, 3)))
    axis = new_axes(1.6 * written.shape[1] / len(written), 1.6)[0]
    axis.imshow(written, cmap="gray_r")
    axis.set(xticks=[], yticks=[])
    return described(axis, f"{percent}, in handwritten digits.")


# Of nine pairs of words one is right, and each of the others gets the reason why it isn't.
def _judge_sets(answer: Any) -> Finding | None:
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return Finding(
            f"You gave {show(answer)}. I need two words in brackets, as in `('training', 'test')`."
        )
    # “Test set” is as good as “test”.
    said = tuple(
        word.strip().lower().removesuffix(" set") if isinstance(word, str) else None
        for word in answer
    )
    if any(word not in SETS for word in said):
        return Finding(
            "Use two of these words, in quotes: training, validation, test.",
            (("You gave", show(answer)),),
        )
    chooses, reports = said
    example = (("You gave", show(answer)),)
    if said == ("test", "validation"):
        return Finding(
            """You've got the right two words, but the wrong way round. The set that chooses comes
        first.""",
            example,
        )
    if chooses == "training":
        return Finding(
            """The training set cannot choose, because the winner might be a network that has only
        memorised it.""",
            example,
        )
    if chooses == "test":
        return Finding(
            """If the test set chooses, some of the winner's score is luck with these very digits.
        And then there are no fresh digits left for an honest number.""",
            example,
        )
    if reports == "training":
        return Finding(
            """You'd report on training digits, which the network has seen before. That says
        nothing about new ones.""",
            example,
        )
    if reports == "validation":
        return Finding(
            """The validation set has chosen the winner, so on these digits the winner looks better
        than it is. Report on digits that had no say in it.""",
            example,
        )
    return None


mistakes_left = Exercise(
    "test.mistakes_left",
    title="How many mistakes?",
    task="A network scores 99.2% on the 10,000 test digits. How many of them does it read wrong?",
    blank="mistakes_left = 0  # change the number",
    solution="mistakes_left = 10_000 * (100 - 99.2) / 100",
    hints=(
        "99.2% are right. What percentage is left?",
        "0.8% are wrong. How many is that out of 10,000?",
    ),
    why="""0.8% of 10,000 is 80 digits. That doesn't sound like much, until one of them is on your
        cheque.""",
    slips={
        "9920": "That's how many it reads right. How many does that leave?",
        "0.8": "That's the percentage it gets wrong. How many digits is that, out of 10,000?",
        "8": "That would be 0.8% of 1,000 digits, but there are 10,000.",
        "800": "That would be 8%. It's 0.8%, a tenth of that.",
    },
)


two_sets = Exercise(
    "test.two_sets",
    title="Which set for what?",
    task="""You've trained 20 networks. One set of digits **chooses** the best of them, and another
        gives the number that you **report** to the world. Which is which? Pick from training,
        validation and test.""",
    blank="two_sets = ...  # ('the set that chooses', 'the set that gives the reported number')",
    solution='two_sets = ("validation", "test")',
    hints=(
        "Which digits has each network seen while it trained? Those can't judge it.",
        """On the digits that chose it, the winner looks a little too good, because some of its
        score is luck. So the number you report has to come from other digits.""",
    ),
    why="""The validation set may choose as often as it likes. The test set is opened once, at the
        very end, and that's why people can believe its number.""",
    judge=_judge_sets,
)


# Four rows of three digits, to check by hand: they mean 1, 0, 2 and 1. In the last row the winner
# has less than half.
_GUESSES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.2, 0.45, 0.35]])


def _digits(probabilities: Any) -> Any:
    return np.argmax(probabilities, axis=1)


accuracy_of = FunctionExercise(
    "test.accuracy_of",
    title="Accuracy",
    task="""This function takes the network's `probabilities` (one row for each picture) and the
        true `labels`. It returns the accuracy, a number from 0 to 1: the share of pictures that
        were read right. Fill in the two gaps.""",
    blank='''
def accuracy_of(probabilities, labels):
    """Return the share of rows whose largest probability is at the label."""
    answers = np.argmax(probabilities, axis=...)  # one answer for each row
    right = answers == ...
    return right.mean()
''',
    solution='''
def accuracy_of(probabilities, labels):
    """Return the share of rows whose largest probability is at the label."""
    answers = np.argmax(probabilities, axis=1)  # one answer for each row
    right = answers == labels
    return right.mean()
''',
    hints=(
        "With `axis=1`, `argmax` looks at each row by itself.",
        "An answer is right if it equals the true digit. Which of the two arguments holds those?",
        "The first gap is `1`, and the second one is `labels`.",
    ),
    why="""`argmax` turns each row into a digit, `==` marks the ones that are right, and the mean
        is their share.""",
    slips={
        "(_digits(probabilities) == labels).sum()": """You counted how many are right. For the
        share, divide by how many there are in all.""",
        "100 * (_digits(probabilities) == labels).mean()": """That's a percentage. I'd like a
        number from 0 to 1, so leave out the 100.""",
        "(_digits(probabilities) != labels).mean()": """That's the share it gets wrong. Use `==`
        instead of `!=`.""",
        "(np.argmax(probabilities) == labels).mean()": """Without an axis, `argmax` treats the
        whole table as one long row. With `axis=1` it looks at each row.""",
        "probabilities[np.arange(len(labels)), labels].mean()": """That's how sure the network was
        of the true digit, on average. Accuracy is stricter: is the largest probability at the true
        digit, yes or no?""",
        "probabilities.max(axis=1).mean()": """That's how sure the network was, on average. You
        haven't asked the labels yet whether it was right.""",
        "_digits(probabilities) == labels": """You've marked the right ones. Now take their share:
        `.mean()`.""",
        "(_digits(probabilities) == labels).all()": """You asked whether they're all right, and
        that's a yes or a no. The share of right ones is `.mean()`.""",
    },
    helpers=(_digits,),
    cases=[
        (_GUESSES[:1], np.array([1])),  # all right
        (_GUESSES[:1], np.array([0])),  # none
        (_GUESSES[:2], np.array([1, 2])),  # half
        (_GUESSES, np.array([1, 0, 0, 1])),  # three quarters
    ],
)


def _count(labels: Any, predictions: Any) -> Any:
    table = np.zeros((10, 10), dtype=int)
    np.add.at(table, (labels, predictions), 1)
    return table


# NumPy's trap: when a pair comes up twice in the index, `+=` adds to its square only once.
def _last_wins(labels: Any, predictions: Any) -> Any:
    table = np.zeros((10, 10), dtype=int)
    table[labels, predictions] += 1
    return table


def _shares(labels: Any, predictions: Any) -> Any:
    table = _count(labels, predictions)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


confusion_table = FunctionExercise(
    "test.confusion_table",
    title="What gets mistaken for what?",
    task="""Finish the function that makes the confusion matrix, a 10 × 10 table. The `labels` say
        what the digits are, and the `predictions` say what they were read as. So row 4, column 9
        holds how many fours were read as nines.""",
    blank='''
def confusion_table(labels, predictions):
    """Return the (10, 10) table: how often each true digit (row) was read as each digit (column)."""
    table = np.zeros((10, 10), dtype=int)
    for label, prediction in zip(labels, predictions):
        table[label, prediction] += ...
    return ...
''',
    solution='''
def confusion_table(labels, predictions):
    """Return the (10, 10) table: how often each true digit (row) was read as each digit (column)."""
    table = np.zeros((10, 10), dtype=int)
    for label, prediction in zip(labels, predictions):
        table[label, prediction] += 1
    return table
''',
    hints=(
        "`zip` hands you a true digit and what it was read as, pair by pair. How much does a pair count?",
        "Each pair adds 1 to one square. And what should the function hand back in the end?",
        "The first gap is `1`, and the second one is `table`.",
    ),
    why="""Each picture adds 1 to one square: the row is what it is, and the column is what it was
        read as. Everything that was read correctly lands on the diagonal.""",
    slips={
        "_count(labels, predictions).T": """Your rows and columns have swapped places. The true
        digit picks the row, and the digit that was read picks the column.""",
        "_last_wins(labels, predictions)": """`table[labels, predictions] += 1` counts a pair
        only once, even if it comes up again. Use a loop that goes from pair to pair.""",
        "_shares(labels, predictions)": """Those are shares, and a confusion matrix counts, so
        there's no need to divide.""",
        "_count(labels, predictions) / len(labels)": """Those are shares, and a confusion matrix
        counts, so there's no need to divide.""",
        "_count(labels, predictions) * (1 - np.eye(10, dtype=int))": """You left out everything
        that was read right. Count it too: it belongs on the diagonal.""",
        "np.diag(np.diag(_count(labels, predictions)))": """You counted only what was read right.
        Count the mistakes too, since they're what the table is for.""",
        "np.diag(_count(labels, predictions))": """You have one number for each digit. Make it a
        table of 10 × 10, with everything that was read.""",
        # What scikit-learn's confusion_matrix() gives, if it isn't told the labels.
        "_count(labels, predictions)[np.ix_(np.union1d(labels, predictions), np.union1d(labels, "
        "predictions))]": """Your
        table only has the digits that came up. All ten need a row and a column.""",
    },
    helpers=(
        _count,
        _last_wins,
        _shares,
    ),
    cases=[
        (np.array([1]), np.array([1])),
        (np.array([4]), np.array([9])),  # off the diagonal: row and column can't be swapped
        (np.array([4, 4]), np.array([9, 9])),  # the same pair twice
        (np.array([0, 7, 7, 2, 9, 9, 9]), np.array([0, 7, 1, 2, 4, 9, 9])),
    ],
)
