"""A drawing pad that's read by a function of your own: what it returns is drawn again and again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.mistakes.distortions import shift
from mnist_lesson.shared.checks import describe
from mnist_lesson.shared.kit import Panel, Status, Still, button, column, row
from mnist_lesson.shared.picture import png, shown
from mnist_lesson.widgets.drawing_pad import Pad

ARROWS = {"←": (-1, 0), "↑": (0, -1), "↓": (0, 1), "→": (1, 0)}  # pixels to the right, and down
DIRECTIONS = {"←": "left", "↑": "up", "↓": "down", "→": "right"}


class LivePad(Panel):
    """Draw a digit: after every stroke, `show` draws what it makes of it.

    Parameters
    ----------
    show
        A function that takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and
        returns a figure, as `show_digits()` does.
    nudge
        Have four buttons that move the drawing by a pixel. The next stroke puts it back.

    Raises
    ------
    TypeError
        If `show` doesn't return a figure for an example drawing. What it raises itself comes
        through, so that a slip shows in the cell that made it.
    """

    def __init__(self, show: Callable[[NDArray[np.uint8]], Figure], *, nudge: bool = False) -> None:
        self._show = show
        # Also tries the function out before anybody draws.
        self._example = self._figure(center_drawing(draw_strokes(strokes_of(3))))
        # A figure takes longer to draw than a pen to move on, so it waits for the pen to lift.
        self.pad = Pad(live=False)
        self.moved = (0, 0)
        self.seen = ipywidgets.HTML()
        self.seen.add_class("lm-live")
        self.status = Status()
        arrows = [
            button(arrow, partial(self.nudge, *move), tooltip=f"Move it {DIRECTIONS[arrow]}")
            for arrow, move in ARROWS.items()
        ]
        nudges = [row(ipywidgets.HTML("Nudge it:"), *arrows)] if nudge else []
        self.pad.observe(self._drawn, "strokes")
        self._draw()
        super().__init__(
            "Now you",
            [row(ipywidgets.VBox([self.pad, *nudges]), column(self.seen, self.status))],
            lead="Draw a digit, and see what the function above makes of it.",
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

    def _figure(self, picture: NDArray[np.uint8]) -> Figure:
        figure = self._show(picture)
        if not isinstance(figure, Figure):
            raise TypeError(
                f"The function returned {describe(figure)}; a figure is needed, as in "
                "`return show_digits(...)`."
            )
        return figure

    def _draw(self) -> None:
        if not self.pad.strokes:
            # Room for the drawing to come, and a first idea of what will be seen.
            self._put(self._example)
            self.status.say("Somebody else's 3, as an example. Draw your own!")
            return
        try:
            figure = self._figure(self.picture)
        except Exception as error:  # it's the learner's own function: anything may happen in it
            self.status.fault(f"{type(error).__name__}: {error}")
            return
        self._put(figure)
        self.status.say(self._in_words())

    def _put(self, figure: Figure) -> None:
        self.seen.value = shown(png(figure), alt_of(figure))

    def _in_words(self) -> str:
        right, down = self.moved
        parts = []
        if right:
            parts.append(f"{abs(right)} to the {'right' if right > 0 else 'left'}")
        if down:
            parts.append(f"{abs(down)} {'down' if down > 0 else 'up'}")
        return f"Moved {', '.join(parts)}." if parts else ""

    def still(self) -> Still:
        """Return what the function makes of an example, for places where nobody can draw."""
        return Still(self._example, alt_of(self._example))


def alt_of(figure: Figure) -> str:
    """Return a figure's own alternative text; one made by hand may have none."""
    alt: str = getattr(figure, "alt", "")
    return alt or "What the function drew"
