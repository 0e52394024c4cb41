"""00 · Introduction: a line through points, how wrong it is, and the line that is least wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.shared.checks import Float64s, check_numbers


class Line(NamedTuple):
    """The line y = slope · x + intercept."""

    slope: float
    intercept: float

    def __str__(self) -> str:
        sign = "+" if self.intercept >= 0 else "−"
        return f"y = {self.slope:.2f} · x {sign} {abs(self.intercept):.2f}".replace("-", "−")

    def at(self, x: Any) -> Any:
        """Return the line's y for `x`, a number or an array."""
        return self.slope * x + self.intercept


def check_points(x: ArrayLike, y: ArrayLike) -> tuple[Float64s, Float64s]:
    """Return both as floats of shape (n,), n ≥ 2 and not all at the same x, or raise TypeError or ValueError."""
    xs = check_numbers(x, "x", (1,), "a list of numbers")
    ys = check_numbers(y, "y", (1,), "a list of numbers")
    if len(xs) != len(ys):
        raise ValueError(
            f"x has {len(xs)} numbers and y has {len(ys)}: each point needs one of both."
        )
    if np.ptp(xs) == 0:
        raise ValueError(
            "A line needs at least two points that are not above each other: x = [1, 2, 3]."
        )
    return xs, ys


def loss(x: ArrayLike, y: ArrayLike, line: Line) -> float:
    """Add up the squares of the errors: x and y of shape (n,) to one number, 0 or more. Explained in notebook 00."""
    xs, ys = check_points(x, y)
    return float(np.sum((ys - line.at(xs)) ** 2))


def best_line(x: ArrayLike, y: ArrayLike) -> Line:
    """Return the line whose loss is smallest, by least squares: x and y of shape (n,). Explained in notebook 00."""
    xs, ys = check_points(x, y)
    # The best line always goes through the middle of the points: only its slope is to be found.
    from_middle_x, from_middle_y = xs - xs.mean(), ys - ys.mean()
    slope = float((from_middle_x * from_middle_y).sum() / (from_middle_x**2).sum())
    return Line(slope, float(ys.mean() - slope * xs.mean()))
