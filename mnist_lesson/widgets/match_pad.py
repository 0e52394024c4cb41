"""A pad on which a reader of one's own, or page 01's memoriser, plays against one's network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.look import show_digits
from mnist_lesson.mistakes.distortions import shift
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import SIDE
from mnist_lesson.shared.kit import button, column, row
from mnist_lesson.widgets.drawing_pad import readers
from mnist_lesson.widgets.live import LivePad
from mnist_lesson.widgets.match import Match

ARROWS = {"←": (-1, 0), "↑": (0, -1), "↓": (0, 1), "→": (1, 0)}  # pixels to the right, and down
SURE = 0.99
MEMORIES = [(f"{size:,}", size) for size in (1, 10, 100, 1000, 10_000)]  # digits
NEAREST = 5  # neighbours that the memoriser shows
DIRECTIONS = {"←": "left", "↑": "up", "↓": "down", "→": "right"}


class MatchPad(LivePad):
    """Let a reader and a network read each drawing, and keep the score.

    Parameters
    ----------
    show
        Takes a drawing as MNIST would have it, uint8 (28, 28) with bright ink, and returns the
        digit that it reads and a figure, as in `return 7, show_digits(...)`.
    name
        What `show` is called, as in "the memoriser".
    nudge
        Have four buttons that move the drawing by a pixel. The next stroke puts it back.

    Raises
    ------
    TypeError
        `show` returned something else for an example.
    """

    def __init__(
        self,
        show: Callable[[NDArray[np.uint8]], tuple[int, Figure]],
        name: str,
        *,
        nudge: bool = False,
    ) -> None:
        whose, self.network = list(readers().items())[-1]
        rival = "your network" if whose == "yours" else f"the {whose} network"
        self.match = Match(name, rival, self.clear)
        self.moved = (0, 0)  # pixels to the right, and down
        self._unmoved = 0.0  # what was read before any nudge
        self._fewest = 0  # pixels it took to change the reader's answer; 0, they never did
        title = f"{name.capitalize()} against {rival}"
        super().__init__(
            show,
            title,
            "Whoever reads your digit gets a point. If it fools both, the point's yours: draw one "
            "lying down! First to five wins.",
        )
        # Once a drawing is judged, the next stroke begins a new one.
        traitlets.dlink((self.match, "judged"), (self.pad, "fresh"))
        # The answers come first, or the figure would push them off a small screen.
        self.seen.children = (self.match, *self.seen.children)
        if nudge:
            arrows = [
                button(arrow, partial(self.nudge, *move), tooltip=f"Move it {DIRECTIONS[arrow]}")
                for arrow, move in ARROWS.items()
            ]
            nudges = row(ipywidgets.Label("Nudge it"), *arrows)
            nudges.add_class("lm-tight")
            self.sheet.children = (self.pad, nudges)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the two get: uint8 (28, 28), centred as in MNIST, and then nudged."""
        nudged: NDArray[np.uint8] = shift(super().picture[None], *self.moved)[0]
        return nudged

    @property
    def is_example(self) -> bool:
        """Whether what's on show is the example, where it was at first."""
        return super().is_example and self.moved == (0, 0)

    def nudge(self, right: int, down: int) -> None:
        """Move the drawing by so many pixels, until it has left the sheet."""
        across, along = np.clip(np.add(self.moved, (right, down)), -SIDE, SIDE).tolist()
        self._move(across, along)
        self.draw()

    def draw(self) -> bool:
        """Show what both make of the drawing, and ask who's right if it lies as it was drawn."""
        if not super().draw():
            return False
        unmoved = self.moved == (0, 0)
        if unmoved:
            self._unmoved = self.number
        picture = self.picture
        probabilities = self.network.predict(to_input(picture))[0]
        answers = int(self.number), int(probabilities.argmax())
        drawn = bool(self.pad.strokes)
        sure = bool(probabilities.max() > SURE)
        self.match.read(answers, picture, asking=unmoved and drawn, sure=sure)
        if drawn and not unmoved:
            self._praise_nudge()
        return True

    def _praise_nudge(self) -> None:
        """Cheer if the nudges have changed the reader's answer, and say what they don't do."""
        if not self.match.judged:
            self.match.score.say("Pushed digits win no points: push yours back to claim one.")
        if self.number == self._unmoved:
            return
        pixels = sum(map(abs, self.moved))
        self._fewest = min(pixels, self._fewest or pixels)
        fewest = f"New answer! Fewest so far: {self._fewest}."
        self.live.status.cheer(f"{pixels} pixel{'s' * (pixels != 1)}!", fewest)

    def comment(self) -> str:
        """Say where the drawing was pushed."""
        right, down = self.moved
        parts = []
        if right:
            parts.append(f"{abs(right)} to the {'right' if right > 0 else 'left'}")
        if down:
            parts.append(f"{abs(down)} {'down' if down > 0 else 'up'}")
        return f"Moved {', '.join(parts)}." if parts else ""

    def _drawn(self, change: Any) -> None:
        self._move(0, 0)
        begun = self.match.judged and not self.pad.fresh  # by the first stroke after a round
        if begun or not self.pad.strokes:
            self.match.start_again()
        super()._drawn(change)

    def _move(self, right: int, down: int) -> None:
        self.moved = (right, down)
        self.pad.moved = [right, down]  # the sheet slides along


class Memoriser(MatchPad):
    """Draw for a program that repeats the label of your drawing's nearest neighbour.

    Parameters
    ----------
    images, labels
        uint8 (n, 28, 28), and (n,): what it remembers, from the first one on.
    """

    def __init__(self, images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> None:
        self._images, self._labels = images, labels
        self.memory: Any = ipywidgets.SelectionSlider(
            options=MEMORIES, value=1000, description="digits it remembers"
        )
        super().__init__(self._look_up, "the memoriser")
        self.memory.observe(lambda _: self._remember(), "value")
        self.sheet.children = (self.pad, column(self.memory, look="lm-controls"))

    def comment(self) -> str:
        """Smile at a memory of one."""
        return "It knows one digit, and sees it everywhere." if self.memory.value == 1 else ""

    def _remember(self) -> None:
        """Look up again, the example too."""
        self.live.first = self._figure(center_drawing(draw_strokes(self._example)))
        self._first_number = self.number
        self.draw()

    def _look_up(self, drawing: NDArray[np.uint8]) -> tuple[int, Figure]:
        known = self._images[: self.memory.value].astype("int32")  # room for squares
        sums = ((known - drawing) ** 2).sum(axis=(1, 2))
        nearest = sums.argsort()[:NEAREST]
        labels = self._labels[nearest].tolist()
        empty = NEAREST - len(labels)  # a small memory leaves places empty
        pictures = [drawing, *self._images[nearest], *[0 * drawing] * empty]
        names = ["drawn", *labels, *[""] * empty]
        return labels[0], show_digits(pictures, names, columns=1 + NEAREST)
