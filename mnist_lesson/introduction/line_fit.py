"""00 · Introduction: a line through points, how wrong it is, and the line that's least wrong."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike


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


def loss(x: ArrayLike, y: ArrayLike, line: Line) -> float:
    """Add up the squares of a line's errors at some points, x and y of shape (n,)."""
    errors = np.asarray(y) - line.at(np.asarray(x))
    return float(np.sum(errors**2))


def best_line(x: ArrayLike, y: ArrayLike) -> Line:
    """Return the line with the smallest loss, by least squares: x and y of shape (n,)."""
    slope, intercept = np.polyfit(np.asarray(x, float), np.asarray(y, float), 1)
    return Line(float(slope), float(intercept))
