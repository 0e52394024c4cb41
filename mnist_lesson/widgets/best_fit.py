"""00 · Best fit: two sliders move a line through points, and the squares of its errors follow."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.introduction.figures import show_line_fit
from mnist_lesson.introduction.line_fit import Line, best_line, loss
from mnist_lesson.shared.kit import Panel, Still, big_answer, column, row

# Page 00's eight people: how many digits each of them wrote, and how many seconds that took.
X = np.arange(1, 9)
Y = np.array([1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1])
BEST = best_line(X, Y)


class BestFit(Panel):
    """Move a line through points with two sliders, and make the squares of its errors small."""

    def __init__(self) -> None:
        # It starts level, at the points' average height: in view, and with work left to do.
        self.slope = _slider("slope", 0, -1.5, 1.5, 0.02)
        self.intercept = _slider("intercept", 4.4, -6, 15, 0.1)
        self.show_best = ipywidgets.ToggleButton(
            description="Show the best line", layout={"width": "auto"}
        )
        self.answer = ipywidgets.HTML()
        self.picture = ipywidgets.HTML()
        for control in (self.slope, self.intercept, self.show_best):
            control.observe(lambda _: self._draw(), "value")
        self._draw()
        beside = column(
            self.slope, self.intercept, row(self.show_best), self.answer, look="lm-side"
        )
        super().__init__(
            "Find the line",
            [row(beside, column(self.picture))],
            lead="Drag the sliders and make the squares as small as you can.",
        )

    @property
    def line(self) -> Line:
        """The line that the sliders give."""
        return Line(self.slope.value, self.intercept.value)

    def _draw(self) -> None:
        line = self.line
        best = BEST if self.show_best.value else None
        sentence = f"is what the squares add up to. Your line: {line}."
        if best is not None:
            least = loss(X, Y, best)
            sentence += f" The best line (dashed): {best}, with {least:.2f}."
        self.answer.value = big_answer(f"{loss(X, Y, line):.2f}", sentence)
        self.picture.value = draw_fit(X, Y, line, best)

    def still(self) -> Still:
        """Draw the line that the sliders give."""
        figure = show_line_fit(X, Y, *self.line, x_label="digits", y_label="seconds")
        return Still(figure, f"Eight points, a line, and a square for each error. {self.line}.")


def draw_fit(x: NDArray[Any], y: NDArray[Any], line: Line, best: Line | None = None) -> str:
    """Draw points, a line, and each error as a whole square, as an SVG in the page's colours."""
    # SVG, not Matplotlib: it keeps up with a slider, and var(--lm-…) follows the page's theme.
    errors = y - line.at(x)
    ends = np.array([x.min() - 0.5, x.max() + 0.5])
    sides = [ends, x, x - errors]  # each square goes on the side where it doesn't hide the line
    left, right = min(map(np.min, sides)) - 0.4, max(map(np.max, sides)) + 1
    heights = [y, line.at(ends)] + ([best.at(ends)] if best else [])
    low, high = min(0, *map(np.min, heights)) - 0.7, max(map(np.max, heights)) + 0.6
    unit = min(560 / (right - left), 440 / (high - low))  # a unit is the same length up and across

    def at(across: float, up: float) -> str:
        return f"{unit * (across - left):.1f} {unit * (high - up):.1f}"

    parts = [_text(at(left + 0.05, high - 0.25), "seconds")]
    parts.append(_text(at(right - 0.05, -0.5), "digits", "end"))
    for number in range(math.ceil(low + 0.6), math.floor(high - 0.6) + 1):
        parts.append(f'<path d="M{at(left, number)}H{unit * right:.1f}" stroke="var(--lm-line)"/>')
        parts.append(_text(at(left + 0.05, number + 0.08), str(number)))
    parts += [_text(at(number, -0.5), f"{number:g}", "middle") for number in x]
    for across, up, error in zip(x, y, errors, strict=True):
        corners = (at(across, up), at(across - error, up), at(across - error, up - error))
        square = f"M{' L'.join((*corners, at(across, up - error)))}Z"
        parts.append(f'<path d="{square}" fill="var(--lm-orange)" fill-opacity="0.25"/>')
        parts.append(
            f'<path d="M{corners[0]} L{at(across, up - error)}" stroke="var(--lm-orange)"/>'
        )
    # The best line is dashed and comes second: where they overlap, yours shows through the gaps.
    for drawn, colour, dash in ((line, "blue", ""), (best, "green", "9 6")):
        if drawn:
            path = " L".join(at(*end) for end in zip(ends, drawn.at(ends), strict=True))
            style = f'stroke="var(--lm-{colour})" stroke-width="4" stroke-dasharray="{dash}"'
            parts.append(f'<path d="M{path}" {style}/>')
    # The points come last, so nothing covers them.
    for across, up in zip(x, y, strict=True):
        place = at(across, up).split()
        parts.append(f'<circle cx="{place[0]}" cy="{place[1]}" r="6" fill="var(--lm-ink)"/>')
    alt = (
        f"{len(x)} points, your line and a square for each error; they add up to "
        f"{loss(x, y, line):.2f}."
    )
    width, height = unit * (right - left), unit * (high - low)
    look = (
        f'class="lm-chart" style="max-width: calc({width:.0f} * var(--lm-u))" '
        f'viewBox="0 0 {width:.0f} {height:.0f}"'
    )
    return f'<svg {look} role="img" aria-label="{alt}">{"".join(parts)}</svg>'


def _text(place: str, words: str, anchor: str = "start") -> str:
    x, y = place.split()
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{words}</text>'


def _slider(
    name: str, start: float, low: float, high: float, step: float
) -> ipywidgets.FloatSlider:
    return ipywidgets.FloatSlider(
        start,
        min=low,
        max=high,
        step=step,
        description=name,
        layout={"width": "100%"},
        readout_format=".2f",
    )
