"""10 · The lesson in your hand, in slow motion: each drawing turns when the network has got it."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.look import show_readings
from mnist_lesson.shared.checks import check_images, check_labels
from mnist_lesson.shared.kit import Panel, Still, big_answer, button, image, row
from mnist_lesson.shared.words import a_digit

SECONDS = 5  # how long the slow motion takes to the last drawing that turns
WOBBLE = 0.5  # seconds for each way and back


class HandLesson(Panel):
    """Take notes while a network learns some drawings, and show when it got each of them.

    Pass its `note` to `learn_hand()`.

    Parameters
    ----------
    drawings, labels
        uint8 (n, 28, 28), and the digits that they are, (n,).
    """

    def __init__(self, drawings: Any, labels: Any) -> None:
        self.drawings = check_images(drawings, "drawings")
        self.labels = check_labels(labels, len(self.drawings))
        self._read: list[NDArray[np.int64]] = []
        self.tiles = ipywidgets.HTML()
        self.again = button("Watch it again", self._draw)
        super().__init__(
            "It learns your hand",
            [self.tiles, row(self.again)],
            lead="In slow motion: while a drawing wobbles, the network is making up its mind.",
        )

    def note(self, probabilities: NDArray[Any]) -> None:
        """Note what the network makes of the drawings now, (n, 10); called after each step."""
        self._read.append(probabilities.argmax(axis=1))

    def learned_at(self) -> list[int | None]:
        """Return for each drawing the step from which it stays read right; None, it never does."""
        wrong = np.array(self._read) != self.labels
        steps = len(wrong) - 1
        lasts = [np.flatnonzero(column).max(initial=-1) for column in wrong.T]
        return [None if last == steps else int(last) + 1 for last in lasts]

    def _draw(self) -> None:
        if not self._read:
            raise ValueError("nothing was noted: pass watch=lesson.note to learn_hand() first.")
        at = self.learned_at()
        known = [step for step in at if step is not None]
        last = max(known, default=0)
        before = int((self._read[0] == self.labels).sum())
        said = f"of {len(at)} read right now, and {before} before."
        if last:
            slowest = self.labels[at.index(last)]
            said += f" Your {slowest} came last: it took {last} of {len(self._read) - 1} steps."
        tiles = [self._tile(place, step, last) for place, step in enumerate(at)]
        self.tiles.value = ""  # or the browser would see no change, and show no motion
        self.tiles.value = (
            f'<div class="lm-late" style="--at: {SECONDS if last else 0}s">'
            f'{big_answer(len(known), said)}</div><div class="lm-places">{"".join(tiles)}</div>'
        )

    def _tile(self, place: int, step: int | None, last: int) -> str:
        label, first = int(self.labels[place]), int(self._read[0][place])
        final = int(self._read[-1][place])
        alt = f"Your {label}, read as {a_digit(first)} before, and as {a_digit(final)} now"
        picture = image(self.drawings[place], alt)
        marks = "" if first == label else f'<b class="lm-wrong" aria-hidden="true">✗ {first}</b>'
        # One that is never got wobbles to the end.
        seconds = SECONDS * (1 if step is None else step / (last or 1))
        settles = f'style="--at: {seconds:.2f}s; --wobbles: {seconds / WOBBLE:.2f}"'
        if step is None:
            return f'<div class="lm-place lm-wobbles" {settles}>{picture}{marks}</div>'
        return (
            f'<div class="lm-place lm-wobbles lm-got" {settles}>{picture}'
            f'{marks}<b aria-hidden="true">✓</b></div>'
        )

    def _repr_mimebundle_(self, **options: Any) -> Any:
        self._draw()  # the motion begins when it's shown
        return super()._repr_mimebundle_(**options)

    def still(self) -> Still:
        """Draw what was read before and after."""
        rows = {"before": self._read[0], "after": self._read[-1]}
        figure = show_readings(self.drawings, self.labels, rows)
        return Still.of(figure)
