"""00 · Best fit: two sliders move a line through points; the squares of its errors follow."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from mnist_lesson.introduction.line_fit import Line, best_line, check_points, loss
from mnist_lesson.shared.colours import BLUE, GREEN, INK, ORANGE, PALE
from mnist_lesson.shared.panel import Panel, say, table, text

WIDTH, HEIGHT = 480, 360  # of the drawing, without its numbers
X = (1, 2, 3, 4, 5, 6, 7, 8)
Y = (1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1)


class BestFit(Panel):
    """Two sliders move a line through points x, y of shape (n,); by default, through those of notebook 00.

    A button shows the best line, to compare. Raises TypeError or ValueError where no line can be drawn.
    """

    def __init__(self, x: ArrayLike = X, y: ArrayLike = Y) -> None:
        self._x, self._y = check_points(x, y)
        self.best = best_line(self._x, self._y)
        height = np.ptp(self._y) or 1.0
        steep, around = 2 * height / np.ptp(self._x), (*self._y, self.best.intercept)
        self.slope = _slider("Slope", -steep, steep, 0)
        self.intercept = _slider(
            "Intercept", min(around) - height, max(around) + height, float(self._y.mean())
        )
        self.show_best = ipywidgets.ToggleButton(
            description="Show the best line", icon="magic", layout={"width": "auto"}
        )
        self.words, self.picture, self.numbers = (
            text(strong=True),
            ipywidgets.HTML(),
            ipywidgets.HTML(),
        )
        for control in (self.slope, self.intercept, self.show_best):
            control.observe(self._draw, "value")
        self._draw()
        side_by_side = {"flex_flow": "row wrap", "align_items": "center"}
        controls = ipywidgets.HBox(
            [self.slope, self.intercept, self.show_best], layout=side_by_side
        )
        shown = ipywidgets.HBox([self.picture, self.numbers], layout=side_by_side)
        super().__init__([controls, self.words, shown])

    @property
    def line(self) -> Line:
        """The line as the sliders stand."""
        return Line(self.slope.value, self.intercept.value)

    def _draw(self, _change: Any = None) -> None:
        mine, least = (loss(self._x, self._y, line) for line in (self.line, self.best))
        words = f"Your line: {self.line}. Its squares add up to {mine:.2f}."
        if self.show_best.value:
            close = (
                "Yours is as good."
                if f"{mine:.2f}" == f"{least:.2f}"
                else f"Yours has {mine - least:.2f} more."
            )
            words += f" The best line (dashed): {self.best}, with {least:.2f}. {close}"
        say(self.words, words, strong=True)
        errors = self._y - self.line.at(self._x)
        rows = [
            [f"{a:g}", f"{b:g}", *(f"{number:.2f}".replace("-", "−") for number in row)]
            for a, b, *row in zip(
                self._x, self._y, self.line.at(self._x), errors, errors**2, strict=True
            )
        ]
        self.numbers.value = table(["x", "y", "line", "error", "square"], rows)
        self.picture.value = _svg(
            self._x, self._y, self.line, self.best if self.show_best.value else None, words
        )


def _slider(name: str, low: float, high: float, start: float) -> ipywidgets.FloatSlider:
    """Make a slider of about 200 round steps."""
    step = 10.0 ** math.floor(math.log10((high - low) / 100))
    step *= max(factor for factor in (1, 2, 5) if factor * step <= (high - low) / 100)
    low, high, start = (
        step * part
        for part in (math.floor(low / step), math.ceil(high / step), round(start / step))
    )
    return ipywidgets.FloatSlider(
        start,
        min=low,
        max=high,
        step=step,
        description=name,
        layout={"width": "300px"},
        readout_format=".2f",
    )


def _svg(x: Any, y: Any, line: Line, best: Line | None, alt: str) -> str:
    """Draw the picture as SVG: quick enough to follow a slider while it moves."""
    left, right = x.min() - np.ptp(x) / 12, x.max() + np.ptp(x) / 12
    bottom, top = (
        min(y.min() - 0.2 * np.ptp(y), 0 if y.min() > 0 else y.min() - 1),
        y.max() + 0.2 * np.ptp(y) + 0.01,
    )

    def place(a: float, b: float) -> tuple[float, float]:
        return round(WIDTH * (a - left) / (right - left), 1), round(
            HEIGHT * (top - b) / (top - bottom), 1
        )

    def ticks(low: float, high: float) -> list[float]:
        return [
            tick
            for tick in MaxNLocator(9, steps=(1, 2, 5, 10)).tick_values(low, high)
            if low <= tick <= high
        ]

    axes, squares, dots, lines = "", "", "", ""
    for tick in ticks(left, right):
        axes += (
            f'<text x="{place(tick, 0)[0]}" y="{HEIGHT + 20}" text-anchor="middle">{tick:g}</text>'
        )
    for tick in ticks(bottom, top):
        down = place(0, tick)[1]
        axes += f'<path d="M0 {down}H{WIDTH}" stroke="{PALE}" stroke-width="0.5"/>'
        axes += f'<text x="-8" y="{down + 5}" text-anchor="end">{tick:g}</text>'
    for a, b in zip(x, y, strict=True):
        (across, down), on_line = place(a, b), place(a, line.at(a))[1]
        side = round(abs(down - on_line), 1)
        corner = (
            across - side if down < on_line else across
        )  # beside its point, where it does not hide the line
        squares += f'<rect x="{corner}" y="{min(down, on_line)}" width="{side}" height="{side}" fill="{ORANGE}40"/>'
        squares += f'<path d="M{across} {down}V{on_line}" stroke="{ORANGE}" stroke-width="2.5"/>'
        dots += f'<circle cx="{across}" cy="{down}" r="5.5" fill="{INK}"/>'
    for drawn, style in ((best, f'"{GREEN}" stroke-dasharray="9 6"'), (line, f'"{BLUE}"')):
        if drawn:
            ends = "L".join("{} {}".format(*place(edge, drawn.at(edge))) for edge in (left, right))
            lines += f'<path d="M{ends}" stroke={style} stroke-width="3"/>'
    return (
        f'<svg role="img" aria-label="{alt}" viewBox="-50 -5 {WIDTH + 60} {HEIGHT + 50}" width="{WIDTH + 60}" '
        f'style="max-width: 100%; background: white" font-size="14" fill="{INK}">{axes}'
        f'<text x="{WIDTH / 2}" y="{HEIGHT + 38}">x</text><text x="-44" y="{HEIGHT / 2}">y</text>'
        f'<svg width="{WIDTH}" height="{HEIGHT}">{squares}{lines}{dots}</svg></svg>'
    )
