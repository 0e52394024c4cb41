"""Panels for a function of the reader's own, which gets a drawing or numbers, and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.shared.checks import check_number, describe
from mnist_lesson.shared.kit import Panel, Status, Still, column, row
from mnist_lesson.shared.picture import PAGE, png, shown
from mnist_lesson.widgets.drawing_pad import Pad

BESIDE = 0.8 * PAGE  # inches: the room for a figure beside a sheet or sliders


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
        figure, as `show_digits()` does; with `counts`, a number and a figure.
    example
        Strokes, as `draw_strokes()` takes them, to show at first and in the still; by default, a 3.
    title
        The panel's title; by default, it has the function's name in it.
    who
        Who looks at the drawing, in the panel's first sentence.

    Raises
    ------
    TypeError
        `show` returned something else for an example.
    """

    def __init__(
        self,
        show: Callable[[NDArray[np.uint8]], Any],
        *,
        example: list[list[float]] | None = None,
        counts: bool = False,
        title: str = "",
        who: str = "the function above looks at",
    ) -> None:
        self._example = example or strokes_of(3)
        self.pad = Pad()
        self.live = Live(show, self.picture, counts=counts)
        self.pad.observe(self._drawn, "strokes")
        self.draw()
        self.sheet = ipywidgets.VBox([self.pad])
        self.seen = column(self.live.picture, self.live.status)
        lead = f"Your drawing: {who} it after every stroke."
        title = title or f"Play with {name_of(show)}"
        super().__init__(title, [row(self.sheet, self.seen)], lead=lead)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the function gets: uint8 (28, 28), centred as in MNIST."""
        return center_drawing(draw_strokes(self.pad.strokes or self._example))

    @property
    def is_example(self) -> bool:
        """Whether what's on show is the example, as it was at first."""
        return not self.pad.strokes

    def draw(self) -> bool:
        """Show what the function makes of the drawing; False if it fails."""
        if self.is_example:
            self.live.start_again()
            self.live.status.say("Somebody else's drawing, as an example. Now you!")
        elif self.live.draw(self.picture):
            self.live.status.say(self.comment())
        else:
            return False
        return True

    def comment(self) -> str:
        """Return what to say of the drawing; nothing, unless a panel of another kind does."""
        return ""

    def _drawn(self, _change: Any) -> None:
        self.draw()

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
            f"Play with {name_of(show)}",
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


def name_of(show: Callable[..., Any]) -> str:
    """Return a function's name, as it's called; one without a name is "your function"."""
    name: str = getattr(show, "__name__", "")
    return f"{name}()" if name.isidentifier() else "your function"


def alt_of(figure: Figure) -> str:
    """Return a figure's own alternative text; one made by hand may have none."""
    alt: str = getattr(figure, "alt", "")
    return alt or "What the function drew"
