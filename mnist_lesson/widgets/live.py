"""Panels for a function of the reader's own, which gets a drawing or numbers, and draws."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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
from mnist_lesson.shared.picture import PAGE, alt_of, png, shown
from mnist_lesson.widgets.drawing_pad import Pad

BESIDE = 0.8 * PAGE  # inches: the room for a figure beside a sheet or sliders


class Live:
    """Where the figure stands that a function returns, and what went wrong when it returned none.

    `show` returns a figure, as `show_digits()` does, or yields several, each as soon as it's ready,
    and gets the example first. What it raises then comes through (TypeError, if it returns
    something else), so that a slip shows in the cell that made it; later, a panel just says what
    happened.
    """

    def __init__(self, show: Callable[..., Any], *example: Any, **numbers: float) -> None:
        self._show = show
        self.picture = ipywidgets.HTML()
        self.picture.add_class("lm-live")
        self.status = Status()
        *_, self.first = self._figures(*example, **numbers)

    def draw(self, *given: Any, **numbers: Any) -> bool:
        """Show what the function returns; if it fails, say so, and return False."""
        try:
            for figure in self._figures(*given, **numbers):
                self.put(figure)
        except Exception as error:  # it's the reader's own function: anything may happen in it
            self.status.fault(f"{type(error).__name__}: {error}")
            return False
        return True

    def put(self, figure: Figure) -> None:
        """Show a figure, drawn for the room it has: shrunk, its words would be hard to read."""
        width, height = figure.get_size_inches()
        # A digit or two find room beside their controls; a chart, or a row of digits, doesn't.
        (self.picture.add_class if width < 2 * height else self.picture.remove_class)("lm-square")
        scale = min(1, BESIDE / width)
        figure.set_size_inches(scale * width, scale * height)
        self.picture.value = shown(png(figure), alt_of(figure), figure)
        self.won = getattr(figure, "won", None)
        figure.set_size_inches(width, height)  # a still has a page's whole width

    def still(self) -> Still:
        """Return the first figure, for places where nobody can draw or drag."""
        return Still.of(self.first)

    def _figures(self, *given: Any, **numbers: Any) -> Iterator[Figure]:
        result = self._show(*given, **numbers)
        several = isinstance(result, Iterator)
        if several:
            self.status.say("Working on it …")
        for figure in result if several else [result]:
            if not isinstance(figure, Figure):
                raise TypeError(
                    f"The function returned {describe(figure)}; a figure is needed, as in "
                    "`return show_digits(...)`."
                )
            yield figure


class LivePad(Panel):
    """Draw a digit, and see what a function makes of it: what `MatchPad` and `RecordPad` share.

    `show` takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns a
    number and a figure; `number` is the one that came last. `example` are strokes to show at first
    and in the still, by default a 3.
    """

    def __init__(
        self,
        show: Callable[[NDArray[np.uint8]], tuple[float, Figure]],
        title: str,
        lead: str,
        example: list[list[float]] | None = None,
    ) -> None:
        self._show = show
        self._example = example or strokes_of(3)
        self.pad = Pad(example=self._example)
        self.live = Live(self._figure, self.picture)
        self._first_number = self.number
        self.pad.observe(self._drawn, "strokes")
        self.draw()
        self.sheet = ipywidgets.VBox([self.pad])
        self.seen = column(self.live.picture, self.live.status)
        super().__init__(title, [row(self.sheet, self.seen)], lead=lead)

    def _figure(self, drawing: NDArray[np.uint8]) -> Any:
        """Keep the number, and return what should be a figure: `Live` checks that it is one."""
        result: Any = self._show(drawing)
        if not isinstance(result, tuple) or len(result) != 2:
            raise TypeError(
                f"The function returned {describe(result)}; a number and a figure are needed, as "
                "in `return 7, show_digits(...)`."
            )
        number, figure = result
        self.number = check_number("the number", number, -1e9, 1e9)
        return figure

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
            self.number = self._first_number
            self.live.put(self.live.first)
            self.live.status.say("Somebody else's drawing, as an example. Now you!")
        elif self.live.draw(self.picture):
            self.live.status.say(self.comment())
        else:
            return False
        return True

    def comment(self) -> str:
        """Return what to say of the drawing; nothing, unless a panel of another kind does."""
        return ""

    def clear(self) -> None:
        """Wipe the sheet, for the next drawing."""
        self.pad.strokes = []

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
        Takes the numbers by their sliders' names, and returns a figure, or yields several.
    **ranges
        For each slider its lowest number, its highest and the one it starts at. If all three are
        whole, so are its steps; otherwise a step is 0.1. More numbers are the slider's stops, and
        it starts at the first.
    """

    LEAD = "See what the function above makes of these numbers."

    def __init__(self, show: Callable[..., Any], **ranges: Sequence[float]) -> None:
        self.sliders = {name: _slider(name, numbers) for name, numbers in ranges.items()}
        self.live = Live(show, **self.numbers)
        for slider in self.sliders.values():
            slider.observe(lambda _: self._draw(), "value")
        self._draw()
        controls = column(*self.sliders.values(), look="lm-controls")
        super().__init__(
            "Drag and watch",
            [row(controls, column(self.live.picture, self.live.status))],
            lead=self.LEAD,
        )

    @property
    def numbers(self) -> dict[str, float]:
        """What the function gets."""
        return {name: slider.value for name, slider in self.sliders.items()}

    def _draw(self) -> None:
        if not self.live.draw(**self.numbers):
            return
        if self.live.won:
            self.live.status.cheer(*self.live.won)
        else:
            self.live.status.say("")

    def still(self) -> Still:
        """Return what the function makes of the first numbers."""
        return self.live.still()


def _slider(name: str, numbers: Sequence[float]) -> Any:
    words = name.replace("_", " ")
    if len(numbers) > 3:
        return ipywidgets.SelectionSlider(options=numbers, description=words)
    low, high, start = numbers
    whole = all(isinstance(number, int) for number in numbers)
    make = ipywidgets.IntSlider if whole else ipywidgets.FloatSlider
    return make(start, min=low, max=high, step=1 if whole else 0.1, description=words)
