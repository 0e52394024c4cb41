"""A pad that keeps the best number a function has given a drawing, and the drawings themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import arc
from mnist_lesson.shared.kit import digit_tile, tiles
from mnist_lesson.widgets.live import LivePad, name_of

MOST_TROPHIES = 12
TROPHY = 64  # screen pixels
SNOWMAN = [  # which networks take for an 8, and surely so
    np.ravel(stroke).tolist()
    for stroke in (
        arc(140, 185, 55, 55, -90, 270),
        arc(140, 95, 35, 35, -90, 270),
        [(100, 62), (180, 62)],
        [(120, 60), (120, 25), (160, 25), (160, 60)],
    )
]


class RecordPad(LivePad):
    """Draw for the highest number: the best so far stays on show, and drawings go on a wall.

    Parameters
    ----------
    show
        Takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns a number
        and a figure, as in `return 7, show_digits(...)`.
    unit
        What the number counts, as in "points". Drawings with more than 0 of them go on the wall
        when the sheet is cleared.
    example
        Strokes, as `draw_strokes()` takes them, to show at first and in the still; by default, a 3.

    Raises
    ------
    TypeError
        `show` returned something else for an example.
    """

    def __init__(
        self,
        show: Callable[[NDArray[np.uint8]], tuple[float, Figure]],
        unit: str,
        *,
        example: list[list[float]] | None = None,
    ) -> None:
        self._unit = unit
        self._best = 0.0
        self._latest = ""  # the drawing on the sheet, as a tile, if it's worth keeping
        self._trophies: list[str] = []
        self.wall = ipywidgets.HTML()
        title = f"Play with {name_of(show)}"
        super().__init__(show, title, "the function above looks at", example)
        self.live.status.add_class("lm-lesson")  # the record is what one draws for
        self.set_trait("children", (*self.children, self.wall))

    def comment(self) -> str:
        """Say what this drawing's number is, and the best so far; cheer for a new one."""
        number = self.number
        self._latest = ""
        if round(number) > 0:
            caption = f"{number:.0f}"
            alt = f"A drawing of yours: {caption} {self._unit}"
            self._latest = digit_tile(self.picture, caption, alt=alt, width=TROPHY)
        is_new = round(number) > round(self._best)
        self._best = max(number, self._best)
        best = f"{'★ ' * is_new}Your best so far: {self._best:.0f} {self._unit}."
        return f"This one: {number:.0f}. {best}"

    def _drawn(self, change: Any) -> None:
        if not self.pad.strokes and self._latest:
            self._trophies = [self._latest, *self._trophies][:MOST_TROPHIES]
            self.wall.value = tiles(self._trophies)
            self._latest = ""
        super()._drawn(change)
