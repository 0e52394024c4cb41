"""00 · Best fit: two sliders move a line through points, and the squares of its errors follow."""

from __future__ import annotations

import math
from collections.abc import Iterator

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.introduction.figures import show_line_fit
from mnist_lesson.introduction.line_fit import Line, best_line, check_points, loss
from mnist_lesson.shared.html import img
from mnist_lesson.shared.kit import Panel, Still, big_answer, row
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.panel import png

# Page 00's eight people: how many digits each of them wrote, and how many seconds that took.
X = (1, 2, 3, 4, 5, 6, 7, 8)
Y = (1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1)


class BestFit(Panel):
    """Move a line through points with two sliders, and make the squares of its errors small.

    Parameters
    ----------
    x, y
        The points, each of shape (n,); by default those of page 00.

    Raises
    ------
    TypeError, ValueError
        No line can be drawn through the points.
    """

    def __init__(self, x: ArrayLike = X, y: ArrayLike = Y) -> None:
        self._x, self._y = check_points(x, y)
        self.best = best_line(self._x, self._y)
        height = float(np.ptp(self._y)) or 1.0
        steepest = 2 * height / float(np.ptp(self._x))
        middle = float(self._y.mean())
        self.slope = _slider("slope", -steepest, steepest, 0)
        self.intercept = _slider("intercept", middle - 2 * height, middle + 2 * height, middle)
        self.show_best = ipywidgets.ToggleButton(
            description="Show the best line", layout={"width": "auto"}
        )
        self.answer = ipywidgets.HTML()
        self.picture = ipywidgets.HTML()
        self.work = Latest(self._draw)
        for control in (self.slope, self.intercept, self.show_best):
            control.observe(lambda _: self._ask(), "value")
        self._ask()
        super().__init__(
            "Find the line",
            [row(self.slope, self.intercept, self.show_best), self.answer, self.picture],
            lead="Drag the sliders and make the squares as small as you can.",
        )

    @property
    def line(self) -> Line:
        """The line as the sliders stand."""
        return Line(self.slope.value, self.intercept.value)

    def _ask(self) -> None:
        self.work.ask(self.line, self.show_best.value)

    def _draw(self, line: Line, show_best: bool) -> Iterator[None]:
        sentence = self._in_words(line, show_best)
        self.answer.value = big_answer(f"{loss(self._x, self._y, line):.2f}", sentence)
        yield
        best = self.best if show_best else None
        figure = show_line_fit(self._x, self._y, *line, x_label="digits", y_label="seconds")
        if best is not None:
            axis = figure.axes[0]
            ends = np.array(axis.get_xlim())
            axis.plot(ends, best.at(ends), "--", color="#009E73", lw=2, scalex=False)
        self.picture.value = img(png(figure), sentence)

    def _in_words(self, line: Line, show_best: bool) -> str:
        sentence = f"is what the squares of your line, {line}, add up to."
        if not show_best:
            return sentence
        least = loss(self._x, self._y, self.best)
        return f"{sentence} The best line (dashed) is {self.best}, with {least:.2f}."

    def still(self) -> Still:
        """Draw the line as the sliders stand."""
        figure = show_line_fit(self._x, self._y, *self.line, x_label="digits", y_label="seconds")
        return Still(figure, f"Eight points, a line, and a square for each error. {self.line}.")


def _slider(name: str, low: float, high: float, start: float) -> ipywidgets.FloatSlider:
    """Make a slider of about 200 round steps."""
    step = 10.0 ** math.floor(math.log10((high - low) / 100))
    step *= max(factor for factor in (1, 2, 5) if factor * step <= (high - low) / 100)
    return ipywidgets.FloatSlider(
        step * round(start / step),
        min=step * math.floor(low / step),
        max=step * math.ceil(high / step),
        step=step,
        description=name,
        layout={"width": "340px"},
        readout_format=".2f",
    )
