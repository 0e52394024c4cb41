"""00 · Introduction: a line through points, and what a sliding window works out."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.answers import as_array, show
from mnist_lesson.exercise_engine.exercise import Exercise, Finding, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess

POINTS = ((0, 1), (1, 3), (2, 5))

places = Guess(
    "introduction.places",
    question="A window 3 pixels wide slides along a row of 28 pixels, one pixel at a time. It never "
    "leaves the row. "
    "How many places can it stop at?",
    options={"a": "9", "b": "26", "c": "28"},
    truth="b",
    why="The window's left edge can stand on pixel 0, 1, 2 and so on up to 25. That makes 26 places, since 0 "
    "counts as well.",
)


def _judge_line(answer: Any) -> Finding | None:
    pair = as_array(answer)
    if isinstance(pair, str):
        return Finding(f"{pair} Give two numbers, as in `(3, 4)`.")
    if pair.shape != (2,):
        return Finding(
            "Give two numbers in brackets: first the slope, then the intercept, as in `(3, 4)`."
        )
    slope, intercept = (float(number) for number in pair)
    missed = next(((x, y) for x, y in POINTS if not abs(slope * x + intercept - y) < 0.01), None)
    if missed is None:
        return None
    x, y = missed
    here = f"{slope:g} · {x} + {intercept:g} = {slope * x + intercept:g}"
    example = (
        ("You gave", show(answer)),
        (f"your line at x = {x}", here),
        ("the point's y", str(y)),
    )
    known: dict[tuple[float, float], str] = {
        (1, 2): "Those are the two right numbers, but in the wrong order. The slope comes first.",
        (
            2.5,
            0,
        ): "You divided y by x at the last point. That works only for a line whose intercept is 0.",
        (
            -2,
            1,
        ): "The intercept is right. But y grows from point to point, so the slope is above 0.",
    }
    return Finding(
        known.get(
            (slope, intercept),
            "Your line misses the point below. Change the slope or the intercept, and try again.",
        ),
        example,
    )


line = Exercise(
    "introduction.line",
    title="A line through three points",
    task="""Three points lie on one line: at x = 0, y is 1. At x = 1, y is 3. At x = 2, y is 5.
        Which line is it? Give two numbers: its **slope** (how much y grows when x grows by 1) and
        its **intercept** (what y is at x = 0).""",
    blank="line = (1, 0)  # (slope, intercept): change both numbers",
    solution="line = (2, 1)",
    hints=(
        "Begin with the intercept: look for the point with x = 0.",
        "Go from x = 0 to x = 1. How much does y grow? That is the slope.",
        "From x = 0 to x = 1, y goes from 1 to 3. So the slope is 3 − 1.",
    ),
    why="""The intercept is 1, since y is 1 at x = 0. And y grows by 2 for each step of x. So the
        line is y = 2 · x + 1. You have found a function from x to y.""",
    judge=_judge_line,
)


_EDGE = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
_DOT = np.array([[0, 0, 0], [0, 9, 0], [0, 0, 0]])
_CORNER = np.array([[9, 0, 0], [0, 0, 0], [0, 0, 0]])
_COUNT = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


slide = FunctionExercise(
    "introduction.slide",
    title="What one window gives",
    task="""Write the step that the window takes at each place. `window` holds nine pixels and
        `weights` nine weights, both as arrays of 3 × 3. Multiply each pixel by its own weight,
        add up the nine products, and return that one number.""",
    blank='''
def slide(window, weights):
    """Return the sum of the nine products of a window and its weights."""
    ...
''',
    solution='''
def slide(window, weights):
    """Return the sum of the nine products of a window and its weights."""
    return (window * weights).sum()
''',
    hints=(
        "For arrays, `window * weights` multiplies each number by the one in the same place.",
        "That gives nine products. One number is asked for. So add them up.",
        "`(window * weights).sum()` does both. Put `return` before it.",
    ),
    why="""Nine products and one sum: that is all that a window does at one place. Then it moves
        on, and does the same at the next place.""",
    slips={
        "window * weights": """You have the nine products. Now add them up, and one number is
        left: `.sum()`.""",
        "window @ weights": """`@` multiplies rows by columns. Here, `*` is needed: each pixel
        times its own weight.""",
        "(window @ weights).sum()": """`@` multiplies rows by columns. Here, `*` is needed: each
        pixel times its own weight.""",
        "(window * weights).mean()": """You took the mean of the nine products. Their sum is
        asked for: `.sum()`.""",
        "window.sum() * weights.sum()": """You added first and multiplied after. First multiply,
        place by place. Then add.""",
        "(window * weights).sum(axis=0)": """You added up each column, so three numbers are left.
        Add up all nine: `.sum()`.""",
        "(window + weights).sum()": """You added each weight to its pixel. Multiply them: `*`,
        not `+`.""",
        "(window * weights).max()": """You kept only the largest product. Add up all nine:
        `.sum()`.""",
    },
    cases=[
        (_DOT, _COUNT),
        (_CORNER, _EDGE),
        (_COUNT, np.ones((3, 3), dtype=int)),
        (_COUNT, _EDGE),
        (_COUNT, _COUNT * 0.5),
    ],
)
