"""07 · Test: which set is for what, accuracy, and the table of confusions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.answers import show
from mnist_lesson.exercise_engine.exercise import Exercise, Finding, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

SETS = ("training", "validation", "test")

test_right = Guess(
    "test.test_right",
    question="Now the sealed test set is opened. Out of 100 test digits, how many will the network read right?",
    truth=None,
    within=1,
    unit="out of 100",
    why="To guess a number to within 1 is hard. The validation digits of page 06 were a good hint.",
)


def _judge_sets(answer: Any) -> Finding | None:
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return Finding(
            f"You gave {show(answer)}. Two words in brackets are asked for, as in `('training', 'test')`."
        )
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
            "You have the right two words, but the wrong way round. First comes the set that chooses.",
            example,
        )
    if chooses == "training":
        return Finding(
            "The training set cannot choose. A network that has learned it by heart would win.",
            example,
        )
    if chooses == "test":
        return Finding(
            "If the test set chooses, some of the winner's score is luck on these digits. And then no fresh "
            "digits are left for an honest number.",
            example,
        )
    if reports == "training":
        return Finding(
            "You would report on training digits. The network has seen them. So the number says nothing "
            "about new ones.",
            example,
        )
    if reports == "validation":
        return Finding(
            "The validation set has chosen the winner. So on these digits, the winner looks better than it is. "
            "Report on digits that did not choose.",
            example,
        )
    return None


mistakes_left = Exercise(
    "test.mistakes_left",
    title="How many mistakes?",
    task="""A network's accuracy on the 10,000 test digits is 99.2 %. How many of them does it read
        wrong?""",
    blank="mistakes_left = 0  # change the number",
    solution="mistakes_left = 10_000 * (100 - 99.2) / 100",
    hints=(
        "99.2 % are right. What percentage is wrong?",
        "0.8 % are wrong. How many of 10,000 are that?",
    ),
    why="0.8 % of 10,000 are 80 digits. That sounds few, until one of them is on your cheque.",
    slips={
        "9920": "That's how many it reads right. How many does that leave?",
        "0.8": "That's the percentage that is wrong. How many of 10,000 digits are that?",
        "8": "That would be 0.8 % of 1,000 digits. There are 10,000.",
        "800": "That would be 8 %. It's 0.8 %, a tenth of that.",
    },
)


two_sets = Exercise(
    "test.two_sets",
    title="Which set for what?",
    task="""You have trained 20 networks. One set of digits **chooses** the best of them. Another
        set gives the number that you **report** to others. Which sets are they? Use the words
        training, validation and test.""",
    blank="two_sets = ...  # ('the set that chooses', 'the set that gives the reported number')",
    solution='two_sets = ("validation", "test")',
    hints=(
        "Which digits has each network seen in its training? Those digits cannot judge it.",
        """On the digits that chose it, the winner looks a little too good: some of that is luck.
        So the number that you report must come from other digits.""",
    ),
    why="""The validation set may choose, as often as you like. The test set is opened once, at
        the end. So its number is honest.""",
    judge=_judge_sets,
)


_GUESSES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.2, 0.45, 0.35]])


def _digits(probabilities: Any) -> Any:
    return np.argmax(probabilities, axis=1)


accuracy_of = FunctionExercise(
    "test.accuracy_of",
    title="Accuracy",
    task="""Write a function that takes the network's `probabilities` (one row for each picture)
        and the true `labels`. It returns the **accuracy**: the share of pictures for which the
        place of the largest probability is the label. The share is a number from 0 to 1.""",
    blank='''
def accuracy_of(probabilities, labels):
    """Return the share of rows whose largest probability stands at the label."""
    ...
''',
    solution='''
def accuracy_of(probabilities, labels):
    """Return the share of rows whose largest probability stands at the label."""
    return (np.argmax(probabilities, axis=1) == labels).mean()
''',
    hints=(
        "First get the digit that each row means: `np.argmax(probabilities, axis=1)`.",
        "Compare these digits with the labels. `==` gives `True` where they agree.",
        "`True` counts as 1, and `False` as 0. So their mean is the share of `True`: `.mean()`.",
    ),
    why="""`argmax` makes a digit of each row. `==` marks those that are right. And the mean is
        their share.""",
    slips={
        "(_digits(probabilities) == labels).sum()": """You counted how many are right. The share
        is asked for, so divide by how many there are in all.""",
        "100 * (_digits(probabilities) == labels).mean()": """You gave percent. A number from 0
        to 1 is asked for, so do not multiply by 100.""",
        "(_digits(probabilities) != labels).mean()": """That is the share that is wrong. Use `==`
        in place of `!=`.""",
        "(np.argmax(probabilities) == labels).mean()": """`argmax` looked at the whole table as
        one long row. With `axis=1`, it looks at each row.""",
        "probabilities[np.arange(len(labels)), labels].mean()": """That is how sure the network
        was of the true digit, on average. Accuracy asks only whether the largest probability
        stands at the true digit.""",
        "probabilities.max(axis=1).mean()": """That is how sure the network was, on average. You
        have not looked at the labels yet.""",
        "_digits(probabilities) == labels": """You have marked the right ones. Now take the share
        of them: `.mean()`.""",
        "(_digits(probabilities) == labels).all()": """You asked whether all are right. The share
        of the right ones is asked for: `.mean()`.""",
    },
    helpers=(_digits,),
    cases=[
        (_GUESSES[:1], np.array([1])),
        (_GUESSES[:1], np.array([0])),
        (_GUESSES[:2], np.array([1, 2])),
        (_GUESSES, np.array([1, 0, 0, 1])),
    ],
)


def _count(labels: Any, predictions: Any) -> Any:
    table = np.zeros((10, 10), dtype=int)
    np.add.at(table, (labels, predictions), 1)
    return table


def _last_wins(labels: Any, predictions: Any) -> Any:
    table = np.zeros((10, 10), dtype=int)
    table[labels, predictions] += 1
    return table


def _shares(labels: Any, predictions: Any) -> Any:
    table = _count(labels, predictions)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


confusion_table = FunctionExercise(
    "test.confusion_table",
    title="Who is taken for whom?",
    task="""Write a function that makes the confusion matrix, a table of 10 × 10. The `labels`
        say what the digits are, and the `predictions` say what they were read as. Row 4, column 9
        holds how many fours were read as nines.""",
    blank='''
def confusion_table(labels, predictions):
    """Return the (10, 10) table: how often each true digit (row) was read as each digit (column)."""
    ...
''',
    solution='''
def confusion_table(labels, predictions):
    """Return the (10, 10) table: how often each true digit (row) was read as each digit (column)."""
    table = np.zeros((10, 10), dtype=int)
    for i in range(len(labels)):
        table[labels[i], predictions[i]] += 1
    return table
''',
    hints=(
        "Start with zeros: `table = np.zeros((10, 10), dtype=int)`.",
        """Go through both lists at once: `for label, prediction in zip(labels, predictions):`.
        Each pair adds 1 in one field.""",
        "In the loop: `table[label, prediction] += 1`. After the loop: `return table`.",
    ),
    why="""Each picture adds 1 in one field of the table. The row is the true digit, and the
        column is what was read. What was read correctly stands on the diagonal.""",
    slips={
        "_count(labels, predictions).T": """Rows and columns have changed places. The true digit
        says the row. The digit that was read says the column.""",
        "_last_wins(labels, predictions)": """`table[labels, predictions] += 1` counts equal
        pairs only once. Use a loop that goes from pair to pair.""",
        "_shares(labels, predictions)": "You gave shares. Counts are asked for, so do not divide.",
        "_count(labels, predictions) / len(labels)": """You gave shares. Counts are asked for, so
        do not divide.""",
        "_count(labels, predictions) * (1 - np.eye(10, dtype=int))": """You left out what was
        read right. Count it, too: it stands on the diagonal.""",
        "np.diag(np.diag(_count(labels, predictions)))": """You counted only what was read right.
        Count the mistakes, too: that is what the table is for.""",
        "np.diag(_count(labels, predictions))": """You have one number for each digit. A table of
        10 × 10 is asked for, with all that was read.""",
        "_count(labels, predictions)[np.ix_(np.union1d(labels, predictions), np.union1d(labels, predictions))]": """Your
        table has only the digits that came up. Each of the ten needs a row and a column.""",
    },
    helpers=(
        _count,
        _last_wins,
        _shares,
    ),
    cases=[
        (np.array([1]), np.array([1])),
        (np.array([4]), np.array([9])),
        (np.array([4, 4]), np.array([9, 9])),
        (np.array([0, 7, 7, 2, 9, 9, 9]), np.array([0, 7, 1, 2, 4, 9, 9])),
    ],
)
