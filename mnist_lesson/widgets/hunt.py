"""02, 05 · A hunt: which of these pictures is it? Click on it, and be cheered or given a hint."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.look import show_maps, show_numbers
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import check_numbers, check_whole
from mnist_lesson.widgets.wall import NOTHING, Wall

FEW, SMALL = 16, 56  # pictures; screen pixels of a side of one, and of one among few:
LARGE, LARGEST = 118, 152  # with others beside them, and without
FULL = 99  # percent of the weights keep their shade: a few large ones would make the others pale


class Hunt(kit.Panel):
    """Click on the pictures that a question asks for.

    Parameters
    ----------
    question
        The panel's title, such as "Which one is the intruder?".
    pictures
        Shape (n, side, side); all are drawn to one scale. If some numbers are below 0, those are
        purple and the others green. Single numbers, side 1, stand in blocks of two by two if there
        are four columns, as pooling takes them.
    right
        Which of them are meant: n times True or False, at least one of them True.
    cheer, hint
        What to say when all are found, and after a wrong click.
    labels
        What stands below each picture. By default letters, or numbers if there are more than 26.
    behind
        Pictures of shape (n, side, side), too: a click shows the one that belongs to it.
    columns
        How many pictures go in a row. By default as many as there's room for.
    """

    def __init__(
        self,
        question: str,
        pictures: ArrayLike,
        right: ArrayLike,
        *,
        cheer: str,
        hint: str,
        labels: Any = None,
        behind: Any = None,
        columns: int = 0,
    ) -> None:
        self._pictures = check_numbers(pictures, "pictures", (3,), "shape (n, side, side)")
        count = len(self._pictures)
        self._cheer, self._hint = cheer, hint
        letters = ascii_uppercase[:count] if count <= len(ascii_uppercase) else range(count)
        names = letters if labels is None else labels
        self._labels = [str(name) for name in names]
        self._behind = None if behind is None else np.asarray(behind, float)
        large = LARGEST if behind is None else LARGE
        self.grid = Wall(
            self._show,
            side=large if count < FEW else SMALL,
            columns=check_whole("columns", columns, 0, count),
        )
        signed = self._pictures.min() < 0
        most = float(np.percentile(np.abs(self._pictures), FULL)) if signed else None
        self.grid.put(self._pictures, _places(right, count), self._labels, most=most)
        self.grid.add_class("lm-grow")
        if self._pictures[0].size == 1:
            self.grid.add_class("lm-blocks")
        self.seen = ipywidgets.HTML()
        self.said = ipywidgets.HTML()
        self._show()
        beside = [] if behind is None else [self.seen]
        super().__init__(question, [kit.row(self.grid, *beside), self.said])

    def _show(self) -> None:
        self.said.value = self._verdict()
        chosen = self.grid.chosen
        if self._behind is not None:
            blank = np.full_like(self._behind[0], np.nan)
            picture = blank if chosen == NOTHING else self._behind[chosen]
            name = "click one" if chosen == NOTHING else f"what {self._labels[chosen]} sees"
            most = float(np.abs(self._behind).max())
            self.seen.value = kit.digit_tile(picture, name, width=232, most=most)

    def _verdict(self) -> str:
        found, wanted = len(self.grid.found), len(self.grid.wanted)
        if self.grid.over:
            heading = "Found!" if wanted == 1 else "All found!"
            return kit.cheer(heading, self._cheer, misses=len(self.grid.missed))
        if self.grid.chosen == NOTHING:
            return ""
        if self.grid.chosen in self.grid.found:
            return kit.verdict("right-so-far", "Yes!", f"That's {found} of {wanted}.")
        return kit.verdict("not-yet", "Not that one.", self._hint)

    def still(self) -> kit.Still:
        """Draw the pictures, with nothing found yet."""
        if self._pictures[0].size == 1:
            figure = show_numbers(self._pictures.reshape(-1, self.grid.columns or 1))
        else:
            maps = np.moveaxis(self._pictures, 0, -1)
            figure = show_maps(maps, self._labels, columns=8 if len(maps.T) > FEW else 5)
        return kit.Still.of(figure)


def _places(right: ArrayLike, count: int) -> list[int]:
    """Return the places at which `right` is True; complain if there are none, or too many of it."""
    mask: NDArray[np.bool_] = np.ravel(np.asarray(right, bool))
    if len(mask) != count or not mask.any():
        raise ValueError(
            f"right has {len(mask)} answers, {mask.sum()} of them True; it needs one for each of "
            f"the {count} pictures, and at least one True."
        )
    return [int(place) for place in np.flatnonzero(mask)]
