"""07 · Test: which set is for what, accuracy, and the table of confusions."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercises.compare import show
from mnist_lesson.exercises.engine import Finding, function, value
from mnist_lesson.exercises.guess import Guess

SETS = ("training", "validation", "test")

test_right = Guess(
    __name__,
    "test_right",
    question="Now the sealed test set is opened. Out of 100 test digits, how many will the network read right?",
    truth=None,
    within=1,
    unit="out of 100",
    why="You were asked for a hard thing: to foresee a number to within 1.",
)


def _judge_sets(answer: Any) -> Finding | None:
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        return Finding(f"You gave {show(answer)}. Two words in brackets are asked for, as in `('training', 'test')`.")
    said = tuple(word.strip().lower().removesuffix(" set") if isinstance(word, str) else None for word in answer)
    if any(word not in SETS for word in said):
        return Finding("Use two of these words, in quotes: training, validation, test.", (("You gave", show(answer)),))
    chooses, reports = said
    example = (("You gave", show(answer)),)
    if said == ("test", "validation"):
        return Finding("You have the right two, the wrong way round. What was used for choosing is used up.", example)
    if chooses == "training":
        return Finding("The training set cannot choose: a network that learned it by heart would win.", example)
    if chooses == "test":
        return Finding(
            "If the test set chooses, the winner is partly the luckiest one on just these digits. Then "
            "no fresh digits are left to report on.",
            example,
        )
    if reports == "training":
        return Finding(
            "You would report on training digits. The network has seen them, so the number says nothing "
            "about new ones.",
            example,
        )
    if reports == "validation":
        return Finding(
            "The validation set has chosen the winner, so it flatters the winner. Report on digits that had no say.",
            example,
        )
    return None


@value(
    title="Which set for what?",
    task="You have trained 20 networks. One set of digits **chooses** the best of them. Another set "
    "gives the number that you "
    "**report** to others. Which sets are they? Use the words training, validation and test.",
    judge=_judge_sets,
    form="('the set that chooses', 'the set that gives the reported number')",
    hints=(
        "Which digits has each network already seen? They cannot judge it.",
        "Whatever you choose by gets a little too good: some of the winner's lead is luck. So what you "
        "report must come from digits that did not choose.",
    ),
    why="The validation set chooses, as often as you like. The test set is opened once, at the end, so "
    "its number is honest.",
)
def two_sets() -> Any:
    return ("validation", "test")


_GUESSES = np.array([[0.1, 0.7, 0.2], [0.5, 0.3, 0.2], [0.3, 0.3, 0.4], [0.2, 0.45, 0.35]])


def _digits(probabilities: Any) -> Any:
    return np.argmax(probabilities, axis=1)


@function(
    title="Accuracy",
    task="Write a function that takes the network's `probabilities` (one row a picture) and the true "
    "`labels`, and returns the "
    "**accuracy**: the share of pictures for which the largest probability stands at the true label. It "
    "is a number from 0 to 1.",
    hints=(
        "First get the digit that each row means: `np.argmax(probabilities, axis=1)`.",
        "Compare it with the labels: `==` gives `True` where they agree.",
        "The mean of `True` and `False` is the share of `True`. So `.mean()` ends it.",
    ),
    why="`argmax` makes a digit of each row, `==` marks the right ones, and their mean is the share that is right.",
    cases=[
        (_GUESSES[:1], np.array([1])),
        (_GUESSES[:1], np.array([0])),
        (_GUESSES[:2], np.array([1, 2])),
        (_GUESSES, np.array([1, 0, 0, 1])),
    ],
    slips=[
        (
            lambda probabilities, labels: (_digits(probabilities) == labels).sum(),
            "You counted how many are right. The share is asked for: divide by how many there are.",
        ),
        (
            lambda probabilities, labels: 100 * (_digits(probabilities) == labels).mean(),
            "You gave percent. A number from 0 to 1 is asked for.",
        ),
        (
            lambda probabilities, labels: (_digits(probabilities) != labels).mean(),
            "That is the share that is wrong. Use `==` in place of `!=`.",
        ),
        (
            lambda probabilities, labels: (np.argmax(probabilities) == labels).mean(),
            "`argmax` looked at the whole table as one long row. Say `axis=1`: one answer a row.",
        ),
        (
            lambda probabilities, labels: probabilities[np.arange(len(labels)), labels].mean(),
            "That is how sure it was of the true digit, on average. Accuracy only asks whether its first "
            "choice was right.",
        ),
        (
            lambda probabilities, labels: probabilities.max(axis=1).mean(),
            "That is how sure it was, on average. You have not looked at the labels.",
        ),
        (
            lambda probabilities, labels: _digits(probabilities) == labels,
            "You have marked the right ones. Now take the share of them: `.mean()`.",
        ),
        (
            lambda probabilities, labels: (_digits(probabilities) == labels).all(),
            "You asked whether all are right. The share of right ones is asked for: `.mean()`.",
        ),
    ],
)
def accuracy_of(probabilities: Any, labels: Any) -> Any:
    """Return the share of rows whose largest probability stands at the label."""
    return (np.argmax(probabilities, axis=1) == labels).mean()


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


@function(
    title="Who is taken for whom?",
    task="Write a function that makes the **confusion** table, 10 × 10. In row r and column c stands how "
    "often a digit that is "
    "truly r was read as c. So the rows are the `labels`, and the columns are the `predictions`.",
    hints=(
        "Start with zeros: `table = np.zeros((10, 10), dtype=int)`.",
        "Walk through both at once: `for label, prediction in zip(labels, predictions):`. Each pair adds 1 in one box.",
        "In the loop: `table[label, prediction] += 1`. After the loop: `return table`.",
    ),
    why="Each picture adds 1 in one box: its row is the truth, its column is what was read. What is "
    "right lands on the diagonal.",
    cases=[
        (np.array([1]), np.array([1])),
        (np.array([4]), np.array([9])),
        (np.array([4, 4]), np.array([9, 9])),
        (np.array([0, 7, 7, 2, 9, 9, 9]), np.array([0, 7, 1, 2, 4, 9, 9])),
    ],
    slips=[
        (
            lambda labels, predictions: _count(labels, predictions).T,
            "Rows and columns have changed places. The true digit says the row, the one that was read says the column.",
        ),
        (
            _last_wins,
            "`table[labels, predictions] += 1`, all at once, counts equal pairs only once. Use a loop, or `np.add.at`.",
        ),
        (_shares, "You gave shares. Plain counts are asked for, so do not divide."),
        (
            lambda labels, predictions: _count(labels, predictions) / len(labels),
            "You gave shares. Plain counts are asked for, so do not divide.",
        ),
        (
            lambda labels, predictions: _count(labels, predictions) * (1 - np.eye(10, dtype=int)),
            "You left out what was read right. It belongs on the diagonal.",
        ),
        (
            lambda labels, predictions: np.diag(np.diag(_count(labels, predictions))),
            "You counted only what was read right. The mistakes are what makes this table worth having.",
        ),
        (
            lambda labels, predictions: np.diag(_count(labels, predictions)),
            "You have one number for each digit. A table of 10 × 10 is asked for: truth against what was read.",
        ),
        (
            lambda labels, predictions: _count(labels, predictions)[
                np.ix_(np.union1d(labels, predictions), np.union1d(labels, predictions))
            ],
            "Your table has only the digits that came up. All ten need a row and a column.",
        ),
    ],
)
def confusion_table(labels: Any, predictions: Any) -> Any:
    """Return the (10, 10) table: how often each true digit (row) was read as each digit (column)."""
    table = np.zeros((10, 10), dtype=int)
    for i in range(len(labels)):
        table[labels[i], predictions[i]] += 1
    return table
