"""A sheet that asks for one digit after another: "Draw a 3"."""

from __future__ import annotations

from collections.abc import Iterable

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    big_answer,
    button,
    column,
    digit_tile,
    row,
    tiles,
)
from mnist_lesson.shared.words import a_digit
from mnist_lesson.widgets.drawing_pad import Pad

PAUSE = 1600  # ms: long enough to lift the pen and put the bar on a 7
LEAD = "Lift your pen and wait a moment, or press Enter, and the next one comes."
SIZE = 98  # screen pixels of a drawn digit
BLANK = np.zeros((28, 28), np.uint8)
DOUBTFUL = 0.9  # if it's this sure that you drew another digit, it asks

Strokes = list[list[int]]


class GuidedSheet(Panel):
    """Draw the digits that it asks for, one by one; the sheet moves on by itself.

    It won't take a blank sheet, and asks first about a drawing that looks like another digit.

    Parameters
    ----------
    labels
        The digits to ask for, in order.
    heading
        Title of the panel.

    Attributes
    ----------
    drawings
        What's drawn so far: pairs of a label and its strokes.
    """

    def __init__(
        self,
        labels: Iterable[int] = range(10),
        *,
        heading: str = "Draw each digit once",
    ) -> None:
        self.labels = [int(label) for label in labels]
        self.drawings: list[tuple[int, Strokes]] = []
        self._reader = practised_network()
        self.pad = Pad(pause=PAUSE)
        # A count, not a switch: each rest of the pen is a change, and nothing needs resetting.
        self.pad.observe(lambda _: self.take(), "finished")
        # Once it changes, it's a new drawing, and any question about the old one is over.
        self.pad.observe(lambda _: self._pen_moved(), "strokes")
        self.task = ipywidgets.HTML()
        # Two rows of five.
        self.drawn = ipywidgets.HTML(layout={"max_width": "calc(560 * var(--lm-u))"})
        self.status = Status()
        self.next = button("Next", self.take)
        self.back = button("Back", self.go_back)
        self.keep = button("Keep it", lambda: self.take(sure=True))
        self.again = button("Draw it again", self.clear)
        buttons = row(self.next, self.keep, self.again, self.back)
        beside = column(self.task, self.status, buttons, self.drawn)
        super().__init__(heading, [row(self.pad, beside)], lead=LEAD)
        self._ask()

    @property
    def complete(self) -> bool:
        """Is every digit drawn?"""
        return len(self.drawings) == len(self.labels)

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the drawings as pictures like MNIST's, uint8 (n, 28, 28), and labels (n,)."""
        pictures = [center_drawing(draw_strokes(strokes)) for _, strokes in self.drawings]
        labels = [label for label, _ in self.drawings]
        return np.array(pictures, np.uint8).reshape(-1, 28, 28), np.array(labels, np.int64)

    def take(self, *, sure: bool = False) -> None:
        """Take what's on the sheet as the digit that was asked for, and ask for the next one."""
        if self.complete:
            return
        label = self.labels[len(self.drawings)]
        strokes = [list(stroke) for stroke in self.pad.strokes]
        picture = center_drawing(draw_strokes(strokes))
        if not picture.any():
            self.status.fault(f"The sheet is still blank. Draw {a_digit(label)}.")
            return
        # It only asks: you drew it, so you know best, and `sure` says so.
        seen = self._looks_like(picture)
        if seen is not None and seen != label and not sure:
            self.status.fault(
                f"That looks like {a_digit(seen)} to me, and I asked for {a_digit(label)}. Keep it?"
            )
            self._offer_doubt(True)
            return
        self.drawings.append((label, strokes))
        self.clear()

    def go_back(self) -> None:
        """Put the last drawing back onto the sheet."""
        if self.drawings:
            _, strokes = self.drawings.pop()
            self._ask()
            self.pad.strokes = strokes

    def clear(self) -> None:
        """Wipe the sheet, and ask for the digit that comes next."""
        self.pad.strokes = []
        self._ask()

    def _looks_like(self, picture: NDArray[np.uint8]) -> int | None:
        probabilities = self._reader.predict(to_input(picture))[0]
        # A weak opinion doesn't count: it would hold up anyone with unusual handwriting.
        return int(probabilities.argmax()) if probabilities.max() >= DOUBTFUL else None

    def _pen_moved(self) -> None:
        self._offer_doubt(False)

    def _offer_doubt(self, doubt: bool) -> None:
        # Hide Next while there's a question: you can only go on by answering it.
        self.next.layout.display = "none" if doubt else None
        for choice in (self.keep, self.again):
            choice.layout.display = None if doubt else "none"

    def _ask(self) -> None:
        done = len(self.drawings)
        self._offer_doubt(False)
        self.next.disabled = self.complete
        # Once everything is drawn, a sheet would only invite you to draw more.
        self.pad.layout.display = "none" if self.complete else None
        self.back.disabled = not done
        if self.complete:
            self.task.value = big_answer("✓", "All drawn. Thank you!")
            self.status.say("")
        else:
            label = self.labels[done]
            self.task.value = big_answer(f"Draw {a_digit(label)}")
            self.status.say(f"{done + 1} of {len(self.labels)}")
        pictures, labels = self.images()
        drawn = [
            digit_tile(picture, str(label), alt=f"Your {label}", width=SIZE)
            for picture, label in zip(pictures, labels, strict=True)
        ]
        to_come = [
            digit_tile(BLANK, str(label), alt=f"No {label} yet", width=SIZE)
            for label in self.labels[done:]
        ]
        self.drawn.value = tiles(drawn + to_come)
