"""Panels for a function of the reader's own, which gets a drawing or numbers, and draws."""

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import arc, strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.mistakes.distortions import shift
from mnist_lesson.shared.checks import describe
from mnist_lesson.shared.kit import Panel, Status, Still, button, column, row
from mnist_lesson.shared.picture import PAGE, png, shown
from mnist_lesson.widgets.drawing_pad import Pad

ARROWS = {"←": (-1, 0), "↑": (0, -1), "↓": (0, 1), "→": (1, 0)}  # pixels to the right, and down
DIRECTIONS = {"←": "left", "↑": "up", "↓": "down", "→": "right"}
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
    that made it; later, a panel just says what happened.
    """

    def __init__(self, show: Callable[..., Figure], *example: Any, **numbers: Any) -> None:
        self._show = show
        self.picture = ipywidgets.HTML()
        self.picture.add_class("lm-live")
        self.status = Status()
        self.first = self._figure(*example, **numbers)

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
        size = figure.get_size_inches()
        figure.set_size_inches(size * min(1, BESIDE / size[0]))
        self.picture.value = shown(png(figure), alt_of(figure))
        figure.set_size_inches(size)  # a still has a page's whole width

    def still(self) -> Still:
        """Return the first figure, for places where nobody can draw or drag."""
        return Still(self.first, alt_of(self.first))

    def _figure(self, *given: Any, **numbers: Any) -> Figure:
        figure = self._show(*given, **numbers)
        if not isinstance(figure, Figure):
            raise TypeError(
                f"The function returned {describe(figure)}; a figure is needed, as in "
                "`return show_digits(...)`."
            )
        return figure


class LivePad(Panel):
    """Draw a digit, and see what a function makes of it, stroke by stroke.

    Parameters
    ----------
    show
        Takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns a
        figure, as `show_digits()` does.
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
        show: Callable[[NDArray[np.uint8]], Figure],
        *,
        nudge: bool = False,
        example: list[list[float]] | None = None,
    ) -> None:
        self.live = Live(show, center_drawing(draw_strokes(example or strokes_of(3))))
        self.pad = Pad()
        self.moved = (0, 0)
        arrows = [
            button(arrow, partial(self.nudge, *move), tooltip=f"Move it {DIRECTIONS[arrow]}")
            for arrow, move in ARROWS.items()
        ]
        nudges = row(ipywidgets.Label("Nudge it"), *arrows)
        nudges.add_class("lm-tight")
        self.pad.observe(self._drawn, "strokes")
        self._draw()
        seen = column(self.live.picture, self.live.status)
        super().__init__(
            "Now you",
            [row(ipywidgets.VBox([self.pad, nudges] if nudge else [self.pad]), seen)],
            lead="Draw, and see what the function above makes of it.",
        )

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the function gets: uint8 (28, 28), centred as in MNIST, and then nudged."""
        centred = center_drawing(draw_strokes(self.pad.strokes))
        nudged: NDArray[np.uint8] = shift(centred[None], *self.moved)[0]
        return nudged

    def nudge(self, right: int, down: int) -> None:
        """Move the drawing by so many pixels."""
        self.moved = (self.moved[0] + right, self.moved[1] + down)
        self._draw()

    def _drawn(self, _change: Any) -> None:
        self.moved = (0, 0)
        self._draw()

    def _draw(self) -> None:
        if not self.pad.strokes:
            # Room for the drawing to come, and a first idea of what will be seen.
            self.live.put(self.live.first)
            self.live.status.say("Somebody else's drawing, as an example. Now you!")
        elif self.live.draw(self.picture):
            self.live.status.say(self._in_words())

    def _in_words(self) -> str:
        right, down = self.moved
        parts = []
        if right:
            parts.append(f"{abs(right)} to the {'right' if right > 0 else 'left'}")
        if down:
            parts.append(f"{abs(down)} {'down' if down > 0 else 'up'}")
        return f"Moved {', '.join(parts)}." if parts else ""

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
        self.live = Live(show, **self.numbers)
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


def alt_of(figure: Figure) -> str:
    """Return a figure's own alternative text; one made by hand may have none."""
    alt: str = getattr(figure, "alt", "")
    return alt or "What the function drew"
