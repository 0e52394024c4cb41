"""A wall of pictures to click on, for games: what's right gets a ✓, and what's wrong a ✗, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from numpy.typing import NDArray

from mnist_lesson.shared.kit import DigitGrid, sign

NOTHING = -1  # no picture is chosen


class Wall(DigitGrid):
    """Pictures, some of which are wanted; `clicked()` is called after each click that counts.

    Attributes
    ----------
    closed
        While it is, no click counts.
    missed
        The wrong pictures that were clicked on.
    """

    def __init__(self, clicked: Callable[[], None], **look: Any) -> None:
        super().__init__(chosen=NOTHING, **look)
        self.add_class("lm-wall")
        self.closed = False
        self._clicked = clicked
        self.observe(lambda _: self._take(), "chosen")

    def put(
        self,
        pictures: NDArray[Any],
        wanted: Iterable[int],
        names: Sequence[str],
        *,
        answers: Sequence[str] | None = None,
        most: float | None = None,
    ) -> None:
        """Begin with these pictures, (n, h, w), of which those in the places `wanted` are right.

        A click turns a picture's name into its answer, by default the same.
        """
        self.wanted = set(wanted)
        self.missed: list[int] = []
        self._answers = names if answers is None else answers
        self.chosen = NOTHING
        self.hang(pictures, names, most=most)

    @property
    def over(self) -> bool:
        """Whether all that's wanted is found."""
        return self.wanted == set(self.found)

    def _take(self) -> None:
        place = self.chosen
        if place == NOTHING:
            return
        if self.closed or place >= len(self.labels):
            self.chosen = NOTHING  # or the same click wouldn't be heard later on
            return
        right = place in self.wanted
        if right or not self.over:  # what's looked at after that is no mistake
            labels = list(self.labels)
            labels[place] = f"{self._answers[place]} {sign(right)}"
            with self.hold_sync():
                self.labels = labels
                if right:
                    self.found = sorted({*self.found, place})
                elif place not in self.missed:
                    self.missed.append(place)
        self._clicked()
