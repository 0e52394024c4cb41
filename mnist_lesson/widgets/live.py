"""Panels for a function of the reader's own, which gets a drawing or numbers, and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import arc, strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.mistakes.distortions import shift
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import SIDE, check_number, describe
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    Still,
    button,
    column,
    digit_tile,
    row,
    tiles,
)
from mnist_lesson.shared.picture import PAGE, png, shown
from mnist_lesson.widgets.drawing_pad import Pad, readers
from mnist_lesson.widgets.match import Match

ARROWS = {"←": (-1, 0), "↑": (0, -1), "↓": (0, 1), "→": (1, 0)}  # pixels to the right, and down
DIRECTIONS = {"←": "left", "↑": "up", "↓": "down", "→": "right"}
MOST_TROPHIES = 12
TROPHY = 64  # screen pixels
BESIDE = 0.8 * PAGE  # inches: the room for a figure beside a sheet or sliders
SNOWMAN = [  # which networks take for an 8, and surely so
    np.ravel(stroke).tolist()
    for stroke in (
        arc(140, 185, 55, 55, -90, 270),
        arc(140, 95, 35, 35, -90, 270),
        [(100, 62), (180, 62)],
        [(120, 60), (120, 25), (160, 25), (160, 60)],
    )
]


class Live:
    """Where the figure stands that a function returns, and what went wrong when it returned none.

    `show` returns a figure, as `show_digits()` does, and gets the example first. What it raises
    then comes through (TypeError, if it returns something else), so that a slip shows in the cell
    that made it; later, a panel just says what happened. With `counts`, `show` returns a number and
    a figure, and `number` is the one that came last.
    """

    def __init__(
        self,
        show: Callable[..., Any],
        *example: Any,
        numbers: Mapping[str, float] = MappingProxyType({}),
        counts: bool = False,
    ) -> None:
        self._show = show
        self._counts = counts
        self.number = 0.0
        self.picture = ipywidgets.HTML()
        self.picture.add_class("lm-live")
        self.status = Status()
        self.first = self._figure(*example, **numbers)
        self.first_number = self.number

    def draw(self, *given: Any, **numbers: Any) -> bool:
        """Show what the function returns; if it fails, say so, and return False."""
        try:
            self.put(self._figure(*given, **numbers))
        except Exception as error:  # it's the reader's own function: anything may happen in it
            self.status.fault(f"{type(error).__name__}: {error}")
            return False
        return True

    def put(self, figure: Figure) -> None:
        """Show a figure, drawn for the room it has: shrunk, its words would be hard to read."""
        width, height = figure.get_size_inches()
        scale = min(1, BESIDE / width)
        figure.set_size_inches(scale * width, scale * height)
        self.picture.value = shown(png(figure), alt_of(figure))
        figure.set_size_inches(width, height)  # a still has a page's whole width

    def start_again(self) -> None:
        """Show the example once more."""
        self.number = self.first_number
        self.put(self.first)

    def still(self) -> Still:
        """Return the first figure, for places where nobody can draw or drag."""
        return Still(self.first, alt_of(self.first))

    def _figure(self, *given: Any, **numbers: Any) -> Figure:
        result = self._show(*given, **numbers)
        needed, as_in = "a figure is", "return show_digits(...)"
        figure = result
        if self._counts:
            needed, as_in = "a number and a figure are", "return 7, show_digits(...)"
            self.number, figure = _pair(result)
        if not isinstance(figure, Figure):
            raise TypeError(
                f"The function returned {describe(result)}; {needed} needed, as in `{as_in}`."
            )
        return figure


class LivePad(Panel):
    """Draw a digit, and see what a function makes of it, stroke by stroke.

    Parameters
    ----------
    show
        Takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns a
        figure, as `show_digits()` does.
    reads
        What `show` is called if it's a reader, as in "the memoriser". It then returns the digit
        that it reads, too, as in `return 7, show_digits(...)`, and plays against your network.
    best
        What `show` counts, as in "points". It then returns a number, too, and the best one so far
        stays on show. Drawings with more than 0 go on a wall when the sheet is cleared.
    nudge
        Have four buttons that move the drawing by a pixel. The next stroke puts it back.
    example
        Strokes, as `draw_strokes()` takes them, to show at first and in the still; by default, a 3.

    Raises
    ------
    TypeError
        `show` returned something else for an example.
    """

    def __init__(
        self,
        show: Callable[[NDArray[np.uint8]], Any],
        *,
        reads: str = "",
        best: str = "",
        nudge: bool = False,
        example: list[list[float]] | None = None,
    ) -> None:
        self._example = example or strokes_of(3)
        self.moved = (0, 0)
        self.pad = Pad()
        self.live = Live(show, self.picture, counts=bool(reads or best))
        self._best_of = best
        self._best = 0.0
        self._last: str = ""  # the drawing on the sheet, as a tile, if it's worth keeping
        self._trophies: list[str] = []
        self.wall = ipywidgets.HTML()
        self._fewest = 0  # pixels it took to change the reader's answer; 0, they never did
        self._unmoved = 0.0  # the number before any nudge
        name, self.network = list(readers().items())[-1]
        rival = "your network" if name == "yours" else f"the {name} network"
        readers_of = f"{reads} and {rival} both read" if reads else "the function above looks at"
        self.match = Match(reads, rival) if reads else None
        arrows = [
            button(arrow, partial(self.nudge, *move), tooltip=f"Move it {DIRECTIONS[arrow]}")
            for arrow, move in ARROWS.items()
        ]
        nudges = row(ipywidgets.Label("Nudge it"), *arrows)
        nudges.add_class("lm-tight")
        self.pad.observe(self._drawn, "strokes")
        self._draw()
        # The answers first, or the figure would push them off a small screen.
        answers = [self.match] if self.match else []
        seen = column(*answers, self.live.picture, self.live.status)
        super().__init__(
            "Now you",
            [row(ipywidgets.VBox([self.pad, nudges] if nudge else [self.pad]), seen), self.wall],
            lead=f"Your drawing: {readers_of} it after every stroke.",
        )

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the function gets: uint8 (28, 28), centred as in MNIST, and then nudged."""
        centred = center_drawing(draw_strokes(self.pad.strokes or self._example))
        nudged: NDArray[np.uint8] = shift(centred[None], *self.moved)[0]
        return nudged

    def nudge(self, right: int, down: int) -> None:
        """Move the drawing by so many pixels, until it has left the sheet."""
        across, along = np.clip(np.add(self.moved, (right, down)), -SIDE, SIDE).tolist()
        self._move(across, along)
        self._draw()

    def _move(self, right: int, down: int) -> None:
        self.moved = (right, down)
        self.pad.moved = [right, down]  # the sheet slides along

    def _drawn(self, _change: Any) -> None:
        if not self.pad.strokes and self._last:
            self._trophies = [self._last, *self._trophies][:MOST_TROPHIES]
            self.wall.value = tiles(self._trophies)
            self._last = ""
        self._move(0, 0)
        if self.match and not self.pad.strokes:
            self.match.start_again()
        self._draw()

    def _draw(self) -> None:
        picture = self.picture
        unmoved = self.moved == (0, 0)
        if unmoved and not self.pad.strokes:
            self.live.start_again()
            words = ["Somebody else's drawing, as an example. Now you!"]
        elif self.live.draw(picture):
            words = [self._where(), self._fooled(), self._record()]
        else:
            return
        number = self.live.number
        if unmoved:
            self._unmoved = number
        self.live.status.say(" ".join(filter(None, words)))
        if self.match:
            answer = int(self.network.predict(to_input(picture))[0].argmax())
            yours = unmoved and bool(self.pad.strokes)
            self.match.read((int(number), answer), asking=yours)

    def _where(self) -> str:
        right, down = self.moved
        parts = []
        if right:
            parts.append(f"{abs(right)} to the {'right' if right > 0 else 'left'}")
        if down:
            parts.append(f"{abs(down)} {'down' if down > 0 else 'up'}")
        return f"Moved {', '.join(parts)}." if parts else ""

    def _fooled(self) -> str:
        """Say whether nudges have changed the answer, and how few pixels were ever enough."""
        changed = self.moved != (0, 0) and self.live.number != self._unmoved
        if not self.match or not self.pad.strokes or not changed:
            return ""
        pixels = sum(map(abs, self.moved))
        self._fewest = min(pixels, self._fewest or pixels)
        return f"New answer! Pixels moved: {pixels}. Fewest so far: {self._fewest}."

    def _record(self) -> str:
        """Say what the best number so far is, and cheer for a new one."""
        if not self._best_of or not self.pad.strokes:
            return ""
        number = self.live.number
        self._last = ""
        if round(number) > 0:
            caption = f"{number:.0f}"
            alt = f"A drawing of yours: {caption} {self._best_of}"
            self._last = digit_tile(self.picture, caption, alt=alt, width=TROPHY)
        is_new = round(number) > round(self._best)
        self._best = max(number, self._best)
        return f"{'★ ' * is_new}Your best so far: {self._best:.0f} {self._best_of}."

    def still(self) -> Still:
        """Return what the function makes of an example."""
        return self.live.still()


class LiveSliders(Panel):
    """Drag sliders, and see what a function makes of their numbers.

    Parameters
    ----------
    show
        Takes the numbers by their sliders' names, and returns a figure.
    **ranges
        For each slider its lowest number, its highest and the one it starts at. If all three are
        whole, so are its steps; otherwise a step is 0.1.

    Raises
    ------
    TypeError
        `show` returned something else for the numbers at the start.
    """

    def __init__(self, show: Callable[..., Figure], **ranges: tuple[float, float, float]) -> None:
        self.sliders = {name: _slider(name, *numbers) for name, numbers in ranges.items()}
        self.live = Live(show, numbers=self.numbers)
        for slider in self.sliders.values():
            slider.observe(lambda _: self._draw(), "value")
        self._draw()
        controls = column(*self.sliders.values(), look="lm-controls")
        super().__init__(
            "Now you",
            [row(controls, column(self.live.picture, self.live.status))],
            lead="Drag, and see what the function above makes of it.",
        )

    @property
    def numbers(self) -> dict[str, float]:
        """What the function gets."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _draw(self) -> None:
        if self.live.draw(**self.numbers):
            self.live.status.say("")

    def still(self) -> Still:
        """Return what the function makes of the first numbers."""
        return self.live.still()


def _slider(name: str, low: float, high: float, start: float) -> Any:
    whole = all(isinstance(number, int) for number in (low, high, start))
    make = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    step = 1 if whole else 0.1
    words = name.replace("_", " ")
    return make(start, min=low, max=high, step=step, description=words)


def _pair(result: Any) -> tuple[float, Any]:
    """Return a function's number and figure; where they aren't a pair, no figure."""
    if not isinstance(result, tuple) or len(result) != 2:
        return 0.0, None
    number, figure = result
    return check_number("the number", number, -1e9, 1e9), figure


def alt_of(figure: Figure) -> str:
    """Return a figure's own alternative text; one made by hand may have none."""
    alt: str = getattr(figure, "alt", "")
    return alt or "What the function drew"
