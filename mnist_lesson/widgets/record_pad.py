"""A pad that keeps the best number a function has given a drawing, and the drawings themselves."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import arc
from mnist_lesson.shared.kit import Card, button, cards, digit_tile, row, show_if, tiles
from mnist_lesson.widgets.live import LivePad

MOST_TROPHIES = 10
TROPHY = 92  # screen pixels
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
        self._trophies: list[tuple[int, NDArray[np.uint8]]] = []  # the best one first
        self.cards = ipywidgets.HTML()
        self.wall = ipywidgets.HTML()
        self.done = button("Done", self.finish, main=True)
        self.again = button("Draw another", self.clear, main=True)
        lead = "The number changes with every stroke, and counts once you press Done."
        super().__init__(show, title, lead, example)
        self.live.status.add_class("lm-lesson")  # the record is what one draws for
        buttons = row(self.done, self.again)
        self.seen.children = (self.cards, buttons, self.live.status, self.live.picture)
        self.set_trait("children", (*self.children, self.wall))

    @property
    def best(self) -> int:
        """The highest number that counted."""
        return self._trophies[0][0] if self._trophies else 0

    def draw(self) -> bool:
        """Show the number of the drawing as it is now; False if the function fails."""
        drawn = super().draw()
        self._counted = False
        self._offer(drawn and not self.is_example)
        return drawn

    def finish(self) -> None:
        """Count the drawing, put it on the wall, and cheer if it's the best so far."""
        if self.done.disabled or self._counted:  # a second click came too late
            return
        points = round(self.number)
        before = self.best
        self._counted = True
        if points > 0:
            trophies = [*self._trophies, (points, self.picture)]
            trophies.sort(key=lambda trophy: trophy[0], reverse=True)
            self._trophies = trophies[:MOST_TROPHIES]
            self._hang()
        if points > before:
            self.live.status.cheer(f"{points} {self._unit}!", "That's your best so far.")
        else:
            best = f"Your best is still {before}." if before else "Try another!"
            self.live.status.say(f"{points} {self._unit}. {best}")
        self._offer(False)

    def _offer(self, finishing: bool) -> None:
        self.done.disabled = not finishing
        show_if(not self._counted, self.done)
        show_if(self._counted, self.again)
        mine = "The example" if self.is_example else "This one"
        note = f"<span>{escape(self._unit)}</span>"
        sides = Card(mine, round(self.number), note=note), Card("Your best", self.best, note=note)
        self.cards.value = cards(sides)

    def _hang(self) -> None:
        """Hang up the wall's tiles: a star is on the best."""
        captions = [f"{points} {self._unit}" for points, _ in self._trophies]
        captions[0] = f"★ {captions[0]}"
        drawings = [
            digit_tile(picture, caption, alt=f"A drawing of yours: {caption}", width=TROPHY)
            for caption, (_, picture) in zip(captions, self._trophies, strict=True)
        ]
        self.wall.value = f'<p class="lm-note">Your best drawings</p>{tiles(drawings)}'
