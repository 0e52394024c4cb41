"""00 · Introduction: a line through points, and what a sliding window works out."""

from typing import Any

import numpy as np

from mnist_lesson.exercise_engine.answers import NotAnAnswerError, as_array, show
from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.findings import Finding
from mnist_lesson.exercise_engine.guess import Guess

POINTS = ((0, 1), (1, 3), (2, 5))  # (x, y), all on y = 2 · x + 1

places = Guess(
    "introduction.places",
    question="""A window 3 pixels wide slides along a row of 28 pixels, one pixel at a time, and it
        never sticks out over the edge. At how many places can it stop?""",
    options={"a": "9", "b": "26", "c": "28"},
    truth="b",
    why="""The window's left edge can be on pixel 0, on pixel 1, and so on up to 25. With pixel
        0 that makes 26 places, and the new picture comes out two pixels narrower than the old
        one.""",
)


# The answer is a pair, which the engine can't compare by itself: this looks at which point is
# missed, so the learner sees where the line goes wrong.
def _judge_line(answer: Any) -> Finding | None:
    try:
        pair = as_array(answer)
    except NotAnAnswerError as error:  # it isn't made of numbers
        return Finding(f"{error} Give me two numbers, as in `(3, 4)`.")
    if pair.shape != (2,):
        return Finding(
            """I need two numbers in brackets, first the slope and then the intercept, as in `(3,
        4)`."""
        )
    slope, intercept = (float(number) for number in pair)
    # Rounded answers are fine. `not <` instead of `>=`, so a line through nan misses, too.
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
    # Wrong pairs that have a story: swapped, 5 / 2 from the last point, and the sign of the slope.
    known: dict[tuple[float, float], str] = {
        (1, 2): """So close! Those are the right two numbers in the wrong order: the slope comes
        first.""",
        (
            2.5,
            0,
        ): """It looks as if you divided y by x at the last point. That only works for a line whose
        intercept is 0, and this one's isn't.""",
        (
            -2,
            1,
        ): """Your intercept is right. But y grows from point to point, so the line goes uphill,
        and its slope can't be below 0.""",
    }
    return Finding(
        known.get(
            (slope, intercept),
            """Your line misses the point below. Turn one of the knobs, slope or intercept, and try
        again.""",
        ),
        example,
    )


line = Exercise(
    "introduction.line",
    title="A line through three points",
    task="""Three points lie on one line: y is 1 when x is 0, y is 3 when x is 1, and y is 5 when x
        is 2. Which line is it? Give two numbers: its **slope** (how much y grows when x grows by
        1) and its **intercept** (what y is at x = 0).""",
    blank="line = (1, 0)  # (slope, intercept): change both numbers",
    solution="line = (2, 1)",
    hints=(
        "Start with the intercept, because you can read it straight off the point where x is 0.",
        "Now walk from x = 0 to x = 1. How much does y grow on the way? That's the slope.",
        "Between x = 0 and x = 1, y goes from 1 to 3, so the slope is 3 − 1.",
    ),
    why="""y is 1 where x is 0, so the intercept is 1, and each step to the right adds 2. That
        makes y = 2 · x + 1: you've found a function from x to y, and nobody told you the rule.""",
    judge=_judge_line,
)


# Windows and weights for the cases, small enough to work through by hand.
_EDGE = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
_DOT = np.array([[0, 0, 0], [0, 9, 0], [0, 0, 0]])
_CORNER = np.array([[9, 0, 0], [0, 0, 0], [0, 0, 0]])
_COUNT = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]])


slide = FunctionExercise(
    "introduction.slide",
    title="What one window gives",
    task="""Here's what the window does at one place, in code, with one gap. `window` holds nine
        pixels and `weights` nine weights, both as 3 × 3 arrays. Replace the `...` with
        something that multiplies each pixel by the weight on top of it.""",
    blank='''
def slide(window, weights):
    """Return the sum of the nine products of a window and its weights."""
    products = ...
    return products.sum()
''',
    solution='''
def slide(window, weights):
    """Return the sum of the nine products of a window and its weights."""
    products = window * weights
    return products.sum()
''',
    hints=(
        """Begin with one place: a pixel of 2 and a weight of 10 give 20. How do you write 2 times
        10 in Python?""",
        """Arrays make this short: a `*` between two of them multiplies each number by the one in
        the same place.""",
        "Replace the `...` with `window * weights`.",
    ),
    why="""Nine products and a sum: that's all a window ever does. Then it moves on by a pixel and
        does it again, 676 times for one digit.""",
    slips={
        "window * weights": """You've got the nine products, so you're nearly there. Add them up
        with `.sum()`.""",
        # The same mistake twice: some stop at the matrix, and some add it up.
        "window @ weights": """`@` multiplies whole rows by whole columns. Here you want each pixel
        times its own weight, and that's `*`.""",
        "(window @ weights).sum()": """`@` multiplies whole rows by whole columns. Here you want
        each pixel times its own weight, and that's `*`.""",
        "(window * weights).mean()": """You took the mean of the nine products, but the window
        wants their sum: `.sum()`.""",
        "window.sum() * weights.sum()": """You added first and multiplied afterwards. Do it the
        other way round: multiply place by place, and then add.""",
        # Python's own sum() does the same as an axis.
        "(window * weights).sum(axis=0)": """You added up each column, so three numbers are left.
        `products.sum()`, without an `axis`, adds up all nine.""",
        "(window + weights).sum()": """You added each weight to its pixel. They need multiplying:
        `*` and not `+`.""",
        "(window * weights).max()": """You kept the largest product and threw eight away. Add up
        all nine: `.sum()`.""",
    },
    cases=[
        (_DOT, _COUNT),  # a single pixel of ink: 9 · 5
        (_CORNER, _EDGE),  # the sum is below 0, so `max` gives itself away
        (_COUNT, np.ones((3, 3), dtype=int)),
        (_COUNT, _EDGE),
        (_COUNT, _COUNT * 0.5),  # weights with fractions, which `int` would cut off
    ],
)
