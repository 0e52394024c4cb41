"""A pad that keeps the best number a function has given a drawing, and the drawings themselves."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import arc
from mnist_lesson.shared.kit import Card, button, cards, column, digit_tile, row, show_if, tiles
from mnist_lesson.widgets.live import LivePad

MOST_TROPHIES = 6  # a line of them, beside the sheet: all that's played with fits a laptop's screen
TROPHY = 64  # screen pixels
GOAL = "Try another: half the example's score earns a star."
CAT = [
    np.ravel(stroke).tolist()
    for stroke in (
        arc(140, 150, 70, 60, 0, 360),
        [(85, 110), (80, 50), (120, 92)],
        [(160, 92), (200, 50), (195, 110)],
        arc(115, 140, 6, 6, 0, 360),
        arc(165, 140, 6, 6, 0, 360),
        [(130, 165), (150, 165), (140, 178), (130, 165)],
    )
]


class RecordPad(LivePad):
    """Draw for the highest number: it counts once you press Done, and the best go on a wall.

    The best has a star if it's at least half as high as the example's number.

    Parameters
    ----------
    show
        Takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns a number
        and a figure, as in `return 7, show_digits(...)`.
    title
        What to do, as in "Keep it guessing".
    unit
        What the number counts, as in "points".
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
        title: str,
        unit: str,
        *,
        example: list[list[float]] | None = None,
    ) -> None:
        self._unit = unit
        self._counted = False  # was Done pressed for the drawing on the sheet?
        self._last: float | None = None  # the number before the last change
        self._peak: tuple[float, NDArray[np.uint8]] | None = None  # this drawing's best so far
        self._trophies: list[tuple[float, NDArray[np.uint8]]] = []  # the best one first
        self.cards = ipywidgets.HTML()
        self.wall = ipywidgets.HTML()
        self.done = button("Done", self.finish, main=True)
        self.again = button("Draw another", self.clear, main=True)
        lead = "The number changes with every stroke. Press Done, and your highest one counts."
        super().__init__(show, title, lead, example)
        self.live.status.add_class("lm-lesson")  # the record is what one draws for
        buttons = row(self.done, self.again)
        said = column(self.live.status, self.wall)
        self.seen.children = (self.cards, buttons, said, self.live.picture)

    @property
    def best(self) -> float:
        """The highest number that counted."""
        return self._trophies[0][0] if self._trophies else 0.0

    @property
    def _shines(self) -> bool:
        """Whether the best one is worth a star."""
        return 2 * self.best >= self._first_number

    def draw(self) -> bool:
        """Show the number of the drawing as it is now; False if the function fails."""
        drawn = super().draw()
        self._counted = False
        finishing = drawn and not self.is_example
        if finishing and (self._peak is None or self.number >= self._peak[0]):
            self._peak = self.number, self.picture
        self._offer(finishing)
        return drawn

    def finish(self) -> None:
        """Count the drawing, put it on the wall, and cheer if it's the best so far."""
        if self.done.disabled or self._counted or not self._peak:  # a second click came too late
            return
        self._counted = True
        self._count(*self._peak)
        self._peak = None  # what's drawn on top of it is a new drawing
        self._offer(False)

    def comment(self) -> str:
        """Say whether the last change was a good one."""
        before, self._last = self._last, self.number
        if before is None or before == self.number:
            return ""
        return "Warmer!" if self.number > before else "Colder, but the peak still counts."

    def _drawn(self, change: Any) -> None:
        if not self.pad.strokes:
            self._peak = None
        super()._drawn(change)
        if not self.pad.strokes:
            self._last = None

    def _count(self, number: float, picture: NDArray[np.uint8]) -> None:
        before = self.best
        points = in_figures(number)
        if points != "0":
            trophies = [*self._trophies, (number, picture)]
            trophies.sort(key=lambda trophy: trophy[0], reverse=True)
            self._trophies = trophies[:MOST_TROPHIES]
            self._hang()
        if self.best > before and self._shines:
            self.live.status.cheer(f"{points} {self._unit}!", "That's your best so far.")
        else:
            best = f"Your best is still {in_figures(before)}." if self.best == before > 0 else GOAL
            self.live.status.say(f"{points} {self._unit}. {best}")

    def _offer(self, finishing: bool) -> None:
        self.done.disabled = not finishing
        show_if(not self._counted, self.done)
        show_if(self._counted, self.again)
        mine = "The example" if self.is_example else "This one"
        unit = escape(self._unit)
        highest = self._peak[0] if self._peak else self.number
        peak = f" (it was {in_figures(highest)})" if highest > self.number else ""
        self.cards.value = cards(
            [
                Card(mine, in_figures(self.number), note=f"<span>{unit}{peak}</span>"),
                Card("Your best", in_figures(self.best), note=f"<span>{unit}</span>"),
            ]
        )

    def _hang(self) -> None:
        """Hang up the wall's tiles, the best one first."""
        captions = [in_figures(number) for number, _ in self._trophies]
        captions[0] = f"★ {captions[0]}" if self._shines else captions[0]
        self.wall.value = tiles(
            digit_tile(picture, caption, alt=f"Your drawing: {caption} {self._unit}", width=TROPHY)
            for caption, (_, picture) in zip(captions, self._trophies, strict=True)
        )


def in_figures(number: float) -> str:
    """Write a number whole, but with a decimal if it's small, so one sees it move."""
    return str(round(number)) if number >= 10 else f"{number:.1f}".removesuffix(".0")
