"""00 · Best fit: two sliders move a line through points, and the squares of its errors follow."""

import math
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.introduction.figures import show_line_fit
from mnist_lesson.introduction.line_fit import Line, best_line, loss
from mnist_lesson.shared.kit import Panel, Still, big_answer, button, column, row

# Page 00's eight people: how many digits each of them wrote, and how many seconds that took.
X = np.arange(1, 9)
Y = np.array([1.9, 2.2, 3.6, 3.6, 4.7, 5.9, 5.6, 7.1])
BEST = best_line(X, Y)
LEAST = loss(X, Y, BEST)
MOVES = 150  # shown in the curve of your moves
# Level, at the points' average height: in view, and with work left to do.
START = Line(0, 4.4)
STARS = (3.0, 1.5, 1.0)  # the squares add up to less than that: a star for each


class BestFit(Panel):
    """Move a line through points with two sliders, and make the squares of its errors small.

    Below the sliders, a curve shows how small the squares got, move by move.
    """

    def __init__(self) -> None:
        self.slope = _slider("slope", START.slope, -1.5, 1.5, 0.02)
        self.intercept = _slider("intercept", START.intercept, -6, 15, 0.1)
        self.show_best = ipywidgets.ToggleButton(
            description="Show the best line", layout={"width": "auto"}
        )
        self.again = button("Start over", self.start_over)
        self.answer = ipywidgets.HTML()
        self.moves = ipywidgets.HTML()
        self.picture = ipywidgets.HTML()
        self.forget()
        for control in (self.slope, self.intercept, self.show_best):
            control.observe(lambda _: self._draw(), "value")
        beside = column(
            self.slope,
            self.intercept,
            row(self.show_best, self.again),
            self.answer,
            self.moves,
            look="lm-side",
        )
        super().__init__(
            "Find the line",
            [row(beside, column(self.picture))],
            lead="Drag the sliders and shrink the squares: there are three stars to win.",
        )

    @property
    def line(self) -> Line:
        """The line that the sliders give."""
        return Line(self.slope.value, self.intercept.value)

    def start_over(self) -> None:
        """Put the line back to where it started."""
        self.slope.value, self.intercept.value = START
        self.show_best.value = False
        self.forget()

    def forget(self) -> None:
        """Begin a new curve of moves, with the line as it is."""
        self._sums: list[float] = []
        self._smallest = math.inf
        self._draw()

    def _draw(self) -> None:
        line = self.line
        total = loss(X, Y, line)
        # The button moves nothing, so it's no new try.
        if not self._sums or total != self._sums[-1]:
            self._sums = [*self._sums[-MOVES:], total]
        self._smallest = min(self._smallest, total)
        # By the best so far: a star that was won on the way stays.
        won = sum(self._smallest < limit for limit in STARS)
        is_best = total < STARS[-1]
        goal = "All stars are yours." if won == len(STARS) else f"Get it below {STARS[won]:g}!"
        sentence = f"is what the squares add up to. {goal}"
        if is_best:
            sentence = f"As good as found! No line gets below {LEAST:.2f}."
        lines = [f"{'★' * won:☆<3} Your line: {line}."]
        if self.show_best.value:
            lines.append(f"The best line (dashed): {BEST}, with {LEAST:.2f}.")
        notes = "".join(f"<div>{words}</div>" for words in lines)
        answer = big_answer(f"{total:.2f}", sentence, cheers=is_best)
        self.answer.value = f'{answer}<div class="lm-note">{notes}</div>'
        self.moves.value = draw_moves(self._sums, self._smallest)
        self.picture.value = draw_fit(X, Y, line, BEST if self.show_best.value else None)

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


def draw_moves(sums: Sequence[float], smallest: float) -> str:
    """Draw what the squares added up to, move by move, and the smallest of it, as an SVG."""
    width, height, foot = 530, 190, 24
    # Each halving is as high as the last: the end is where it gets hard, and interesting.
    heights = np.log(sums)
    low, high = math.log(LEAST) - 0.1, max(heights.max(), math.log(30)) + 0.2
    across = np.linspace(0, width - 12, max(len(sums), 2))[: len(sums)] + 6
    down = foot + (high - heights) / (high - low) * (height - foot - 8)
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, down, strict=True))
    level = foot + (high - math.log(smallest)) / (high - low) * (height - foot - 8)
    parts = [
        '<text class="lm-chart-title" x="0" y="14">Move by move</text>',
        f'<text x="{width}" y="14" text-anchor="end">smallest so far: {smallest:.2f}</text>',
        f'<path d="M0 {height - 1}H{width}" stroke="var(--lm-line)"/>',
        f'<path d="M0 {level:.1f}H{width}" stroke="var(--lm-soft)" stroke-dasharray="3 5"/>',
        f'<polyline points="{points}" fill="none" stroke="var(--lm-orange)" stroke-width="3" '
        'stroke-linejoin="round"/>',
        f'<circle cx="{across[-1]:.1f}" cy="{down[-1]:.1f}" r="5" fill="var(--lm-orange)"/>',
    ]
    alt = f"The sum of the squares after each of your moves; the smallest so far is {smallest:.2f}."
    size = f'style="margin-top: 14px" viewBox="0 0 {width} {height}"'
    look = f'class="lm-chart" {size} role="img" aria-label="{alt}"'
    return f"<svg {look}>{''.join(parts)}</svg>"


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
