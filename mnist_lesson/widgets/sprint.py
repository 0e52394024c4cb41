"""01, 03, 04 · A sprint: find digits in a crowd, all of one kind or the one that's different."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.exercise_engine import journal
from mnist_lesson.look import show_digits
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import check_images, check_labels
from mnist_lesson.shared.words import a_digit
from mnist_lesson.widgets.wall import Wall

CROWD = 45  # digits: three rows of the panel's width
HIDDEN = 6  # of these, the ones to find
STRANGERS = 300  # digits of other kinds, from which the one that hides best is taken
PENALTY = 5  # seconds for each miss, or clicking everywhere would win
STARS = (40, 20, 12)  # seconds a crowd: below each, there's one more star
SEED = 7  # everybody searches the same digits, so that friends can compare their times
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
READY, RUNNING, ENDED = "ready", "running", "ended"  # ended: all in this crowd are found


def plural(kind: int) -> str:
    """Name digits: sixes, sevens."""
    return f"{NAMES[kind]}{'es' if kind == 6 else 's'}"


class Sprint(kit.Panel):
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
        self._key = f"sprint.{''.join(map(str, kinds))}"
        times = [e.get("seconds", np.inf) for e in journal.known() if e["key"] == self._key]
        self.best = min(times, default=np.inf)
        self.says, self.clock = ipywidgets.HTML(), ipywidgets.HTML()
        few = len(self._labels) < CROWD  # they're shown larger, and still fill the width
        self.grid = Wall(self._click, side=88 if few else 56)
        self.next = kit.button("Start", self.go_on, main=True)
        _, two, three = self._limits = [limit * len(kinds) for limit in STARS]
        lead = (
            f"Click on what you find. A miss costs you {PENALTY} seconds. "
            f"Under {two} s, you get two stars; under {three} s, three."
        )
        above = kit.row(kit.column(self.says), self.next, self.clock)
        super().__init__(self.heading, [above, self.grid], lead=lead)
        self.add_class("lm-sprint")
        if few:
            self.add_class("lm-few")
        self._begin()

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
        self.grid.closed = False
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
        labels = self._labels[self.places]
        wanted = np.flatnonzero(self._is_wanted(labels)).tolist()
        blank = ["\u00a0"] * len(labels)
        crowd = self._images[self.places]
        self.grid.closed = True
        self.grid.put(crowd, wanted, blank, answers=labels.astype(str).tolist(), most=255)

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

    def _click(self) -> None:
        if self.grid.over:
            self._end_crowd()
        self._show()

    def _end_crowd(self) -> None:
        self.seconds += time.perf_counter() - self._began
        self.misses += len(self.grid.missed)
        self.grid.closed = True
        self.stage = ENDED
        if self.over:
            self.seconds += PENALTY * self.misses
            self._result = self._ending()
            if self.seconds < self.best:
                self.best = self.seconds
                journal.note("best", self._key, seconds=round(self.best, 1))

    def _show(self) -> None:
        (self.add_class if self.stage == READY else self.remove_class)("lm-blurred")
        kit.show_if(self.stage != RUNNING, self.next)
        kit.show_if(self.stage == RUNNING, self.clock)
        labels = {READY: "Start", RUNNING: "", ENDED: "Play again" if self.over else "Next"}
        self.next.description = labels[self.stage]
        self.clock.value = self._time() if self.stage == RUNNING else ""
        self.says.value = self._result if self.over else self._asking()

    def _time(self) -> str:
        """Show the time so far, misses included, and what the last one has cost."""
        going = time.perf_counter() - self._began
        lost = PENALTY * (self.misses + len(self.grid.missed))
        late = f'<b class="lm-penalty">+{PENALTY} s</b>' if self._missed else ""
        return f"{late}{kit.clock(self.seconds + going + lost)}"

    @property
    def _missed(self) -> bool:
        """Was the last click a miss?"""
        return self.grid.chosen in self.grid.missed

    def _asking(self) -> str:
        count = len(self._kinds)
        crowd = f"Crowd {self.turn + 1} of {count}: " if count > 1 else ""
        wanted, found = len(self.grid.wanted), len(self.grid.found)
        words = f"{crowd}find all {wanted} {plural(self.kind)}. Found so far: {found}."
        if self.stage == READY:
            words += self._say_best()
        if self.stage == ENDED:
            following = plural(self._kinds[self.turn + 1])
            words = f"{crowd}all {plural(self.kind)} found! On to the {following}."
        return kit.big_answer(self.kind, f"{words[0].upper()}{words[1:]}")

    def _ending(self) -> str:
        stars = sum(self.seconds < limit for limit in self._limits)
        lost = f"{self.misses} miss{'es' * (self.misses != 1)} cost you {PENALTY * self.misses} s."
        words = f"All found, but {lost}" if self.misses else "All found, without a miss!"
        if stars < len(STARS):
            words += f" For {'★' * (stars + 1)}, be under {self._limits[stars]} s."
        words += " A new best!" if self.seconds < self.best < np.inf else self._say_best()
        time_taken = f"{self.seconds:.1f} s"
        if not stars:
            return kit.verdict("not-yet", time_taken, words)
        return kit.cheer(time_taken, words, misses=kit.MOST_STARS - stars)

    def _say_best(self) -> str:
        return f" Your best: {self.best:.1f} s." if self.best < np.inf else ""

    def still(self) -> kit.Still:
        """Draw the crowd."""
        kind = plural(self.kind)
        alt = f"A crowd of {len(self.places)} digits, {len(self.grid.wanted)} of them {kind}."
        return kit.Still(show_digits(self._images[self.places], columns=16), alt)


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
            told = f"{crowd}: all {plural(self.kind)} except one."
            told += f" Not that one: its writer swears it's {a_digit(self.kind)}." * self._missed
            return kit.big_answer("?", told)
        label = self._labels[self.places[next(iter(self.grid.wanted))]]
        return kit.big_answer(
            label, f"{crowd}: {a_digit(label)} among the {plural(self.kind)}. Got it!"
        )
