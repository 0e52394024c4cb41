"""02, 05 · A hunt: which of these pictures is it? Click on it, and be cheered or given a hint."""

from __future__ import annotations

from string import ascii_uppercase
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.look import show_maps, show_numbers
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import check_numbers
from mnist_lesson.widgets.wall import Wall

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
        Feature maps of shape (n, side, side): a click shows the one that belongs to it. Where that
        is NaN, what was there before stays. Single numbers hide numbers, too.
    before
        A picture to show there before the first click, and what stands below it.
    columns
        How many pictures go in a row; they fill its width.
    lit
        Whether the pictures are feature maps, which are blue.
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
        before: tuple[ArrayLike, str] | None = None,
        columns: int = 5,
        lit: bool = False,
    ) -> None:
        self._pictures = check_numbers(pictures, "pictures", (3,), "shape (n, side, side)")
        count = len(self._pictures)
        self._cheer, self._hint = cheer, hint
        letters = ascii_uppercase[:count] if count <= len(ascii_uppercase) else range(count)
        names = letters if labels is None else labels
        self._labels = [str(name) for name in names]
        self.grid = Wall(self._show, columns=columns)
        if lit:
            self.grid.add_class("lm-lit")
        signed = self._pictures.min() < 0
        most = float(np.percentile(np.abs(self._pictures), FULL)) if signed else None
        self.grid.put(self._pictures, _places(right, count), self._labels, most=most)
        self.grid.add_class("lm-grow")
        self._in_blocks = self._pictures[0].size == 1
        if self._in_blocks:
            self.grid.add_class("lm-blocks")
        self.seen, self.said = ipywidgets.HTML(), ipywidgets.HTML()
        self.seen.add_class("lm-seen")
        self._behind = np.zeros((count, 1, 1)) if behind is None else np.asarray(behind, float)
        first, caption = before or (np.full_like(self._behind[0], np.nan), "click one")
        self._tile(np.asarray(first, float), caption)
        beside = [] if behind is None else [self.seen]
        super().__init__(question, [kit.row(self.grid, *beside), self.said])

    def _show(self) -> None:
        self.said.value = self._verdict()
        picture = self._behind[self.grid.chosen]
        picture = np.where(np.isnan(picture), self._shown, picture)
        self.seen.add_class("lm-lit")
        self._tile(picture, f"what {self._labels[self.grid.chosen]} sees")

    def _tile(self, picture: NDArray[np.float64], caption: str) -> None:
        self._shown = picture
        most = float(np.nanmax(self._behind))
        if self._in_blocks:  # a smaller map, of numbers as large as those beside it
            names = ["?" if np.isnan(number) else f"{number:g}" for number in picture.ravel()]
            numbers = zip(picture.reshape(-1, 1, 1), names, strict=True)
            self.seen.value = kit.tiles(kit.digit_tile(*each, most=most) for each in numbers)
        else:
            self.seen.value = kit.digit_tile(picture, caption, width=232, most=most)

    def _verdict(self) -> str:
        found, wanted = len(self.grid.found), len(self.grid.wanted)
        if self.grid.over:
            heading = "Found!" if wanted == 1 else "All found!"
            return kit.cheer(heading, self._cheer, misses=len(self.grid.missed))
        if self.grid.chosen in self.grid.found:
            return kit.verdict("right-so-far", "Yes!", f"That's {found} of {wanted}.")
        return kit.verdict("not-yet", "Not that one.", self._hint)

    def still(self) -> kit.Still:
        """Draw the pictures, with nothing found yet."""
        if self._in_blocks:
            figure = show_numbers(self._pictures.reshape(-1, self.grid.columns))
        else:
            maps = np.moveaxis(self._pictures, 0, -1)
            figure = show_maps(maps, self._labels, columns=self.grid.columns)
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
