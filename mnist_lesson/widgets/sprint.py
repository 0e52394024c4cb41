"""01, 03, 04 · A sprint: find digits in a crowd, all of one kind or the one that's different."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.look import show_digits
from mnist_lesson.shared.checks import SIDE, check_images, check_labels
from mnist_lesson.shared.html import colours, data_url, png_of
from mnist_lesson.shared.kit import Panel, Still, big_answer, button, column, row
from mnist_lesson.shared.words import a_digit
from mnist_lesson.widgets.digit_browser import DigitGrid

CROWD = 45  # digits: three rows of the panel's width
HIDDEN = 6  # of these, the ones to find
STRANGERS = 300  # digits of other kinds, from which the one that hides best is taken
PENALTY = 3  # seconds for each miss, or clicking everywhere would win
SEED = 7  # everybody searches the same digits, so that friends can compare their times
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
READY, RUNNING, ENDED = "ready", "running", "ended"  # ended: all in this crowd are found


def plural(kind: int) -> str:
    """Name digits: sixes, sevens."""
    return f"{NAMES[kind]}{'es' if kind == 6 else 's'}"


class Sprint(Panel):
    """Find all the digits of one kind in a crowd, by the clock; then, in others, the next kinds.

    Parameters
    ----------
    images, labels
        uint8 (n, 28, 28), and (n,). Up to 45 are one crowd as they are; from more, each crowd is
        taken by chance, with six to find.
    kinds
        What to find in each crowd, 0 to 9.
    """

    heading = "Find them all"

    def __init__(self, images: Any, labels: Any, kinds: Sequence[int]) -> None:
        self._images = check_images(images)
        self._labels = check_labels(labels, len(self._images))
        self._kinds = kinds
        self.stage = READY
        self._chance = np.random.default_rng(SEED)
        self.best = 0.0  # seconds; 0, before the first game is over
        self.says, self.clock = ipywidgets.HTML(), ipywidgets.HTML()
        self.grid = DigitGrid(chosen=-1)
        self.next = button("Start", self.go_on, main=True)
        lead = f"Click on what you find. A miss costs you {PENALTY} seconds."
        above = row(column(self.says), self.next, self.clock)
        super().__init__(self.heading, [above, self.grid], lead=lead)
        self.add_class("lm-sprint")
        self._begin()
        self.grid.observe(self._click, "chosen")

    def go_on(self) -> None:
        """Start the clock; after a crowd, bring the next one, and after the last a new game."""
        if self.stage == RUNNING:
            return
        if self.over:
            self._begin()
            return
        if self.stage == ENDED:
            self.turn += 1
            self._gather()
        self.stage = RUNNING
        self._began = time.perf_counter()
        self._show()

    @property
    def kind(self) -> int:
        """The digit that this crowd is about."""
        return self._kinds[self.turn]

    @property
    def over(self) -> bool:
        """Is everything found, in all the crowds?"""
        return self.stage == ENDED and self.turn == len(self._kinds) - 1

    def _begin(self) -> None:
        self.turn = 0
        self.misses = 0
        self.seconds = 0.0
        self.stage = READY
        self._gather()
        self._show()

    def _gather(self) -> None:
        """Bring a new crowd."""
        self.places = self._choose()
        self.wanted = set(np.flatnonzero(self._is_wanted(self._labels[self.places])).tolist())
        self.clicked: set[int] = set()
        strip = colours(self._images[self.places].reshape(-1, SIDE), 255)
        # In one message, or the new pictures would have the old labels for a moment.
        with self.grid.hold_sync():
            self.grid.strip = data_url(png_of(strip))
            self.grid.labels = ["\u00a0"] * len(self.places)
            self.grid.numbers = list(range(len(self.places)))
            self.grid.found = []

    def _choose(self) -> NDArray[np.intp]:
        """Return the crowd: places among the pictures."""
        if len(self._labels) <= CROWD:
            return np.arange(len(self._labels))
        same = self._labels == self.kind
        hidden = self._chance.choice(np.flatnonzero(same), HIDDEN, replace=False)
        others = self._chance.choice(np.flatnonzero(~same), CROWD - HIDDEN, replace=False)
        return self._chance.permutation(np.concatenate([hidden, others]))

    def _is_wanted(self, labels: NDArray[Any]) -> NDArray[np.bool_]:
        return np.asarray(labels == self.kind)

    def _click(self, change: Any) -> None:
        place = change["new"]
        if place < 0:
            return
        self.grid.chosen = -1  # nothing is chosen: what was clicked shows its label from now on
        if self.stage != RUNNING or place in self.clicked or place >= len(self.places):
            return
        self.clicked.add(place)
        right = place in self.wanted
        self.misses += not right
        labels = list(self.grid.labels)
        labels[place] = f"{self._labels[self.places[place]]} {'✓' if right else '✗'}"
        with self.grid.hold_sync():
            self.grid.labels = labels
            self.grid.found = sorted(self.wanted & self.clicked)
        if self.wanted <= self.clicked:
            self._end_crowd()
        self._show()

    def _end_crowd(self) -> None:
        self.seconds += time.perf_counter() - self._began
        self.stage = ENDED
        if self.over:
            self.seconds += PENALTY * self.misses
            self._result = self._ending()
            self.best = min(self.seconds, self.best or self.seconds)

    def _show(self) -> None:
        (self.add_class if self.stage == READY else self.remove_class)("lm-blurred")
        self.next.layout.display = "none" if self.stage == RUNNING else None
        labels = {READY: "Start", RUNNING: "", ENDED: "Once more" if self.over else "Next"}
        self.next.description = labels[self.stage]
        self.clock.layout.display = None if self.stage == RUNNING else "none"
        # It goes on from where it stood after the crowd before.
        going = f'style="animation-delay: -{self.seconds:.1f}s"'
        self.clock.value = f'<div class="lm-answer lm-clock" aria-hidden="true" {going}></div>'
        self.says.value = self._result if self.over else self._asking()

    def _asking(self) -> str:
        count = len(self._kinds)
        crowd = f"Crowd {self.turn + 1} of {count}: " if count > 1 else ""
        found = len(self.wanted & self.clicked)
        words = f"{crowd}find all {len(self.wanted)} {plural(self.kind)}. Found so far: {found}."
        if self.stage == ENDED:
            following = plural(self._kinds[self.turn + 1])
            words = f"{crowd}all {plural(self.kind)} found! On to the {following}."
        return big_answer(self.kind, f"{words[0].upper()}{words[1:]}")

    def _ending(self) -> str:
        misses = f"{self.misses or 'no'} miss{'es' * (self.misses != 1)}"
        words = f"All found, with {misses}. {_cheer(self.misses)}"
        if self.best:
            better = self.seconds < self.best
            words += " A new best!" if better else f" Your best: {self.best:.1f} s."
        card = f"<div><b>{self.seconds:.1f} s</b> {words}</div>"
        return f'<div class="lm-said lm-is-right" role="status">{card}</div>'

    def still(self) -> Still:
        """Draw the crowd."""
        kind = plural(self.kind)
        alt = f"A crowd of {len(self.places)} digits, {len(self.wanted)} of them {kind}."
        return Still(show_digits(self._images[self.places], columns=16), alt)


class OddOneOut(Sprint):
    """Find the one digit that's different: of another kind, and close to the crowd's average."""

    heading = "Find the intruder"

    def _choose(self) -> NDArray[np.intp]:
        same = self._labels == self.kind
        crowd = self._chance.choice(np.flatnonzero(same), CROWD - 1, replace=False)
        strangers = self._chance.choice(np.flatnonzero(~same), STRANGERS, replace=False)
        average = self._images[crowd].mean(axis=0)
        distances = ((self._images[strangers] - average) ** 2).sum(axis=(1, 2))
        return self._chance.permutation([*crowd, strangers[distances.argmin()]])

    def _is_wanted(self, labels: NDArray[Any]) -> NDArray[np.bool_]:
        return np.asarray(labels != self.kind)

    def _asking(self) -> str:
        crowd = f"Crowd {self.turn + 1} of {len(self._kinds)}"
        if self.stage != ENDED:
            return big_answer("?", f"{crowd}: all {plural(self.kind)} except one.")
        label = self._labels[self.places[next(iter(self.wanted))]]
        return big_answer(
            label, f"{crowd}: {a_digit(label)} among the {plural(self.kind)}. Got it!"
        )


def _cheer(misses: int) -> str:
    if misses == 0:
        return "Not one miss: the post office wants you!"
    if misses < 3:
        return "Nearly every letter arrives."
    return "Somebody's birthday card is on its way to the wrong town."
