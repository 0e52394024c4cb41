"""09 · Faster: trainings that race side by side, and share the computer fairly."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

from mnist_lesson.training.reports import Progress, Watcher, lately

TURN = 0.12  # seconds: short enough to look like running side by side
EARLY = 0.3  # the share of its way before which nobody counts as lost
WILD = 5.0  # twice a guesser's loss, ln 10, and more: only long steps throw a network so far off
FEW = 0.3  # accuracy below which a network with such a loss is lost


class WavedOffError(Exception):
    """A training was ended before it could be judged."""


class Turns:
    """Lets one runner train at a time: whoever has had the computer for the shortest time."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._spent: dict[Runner, float] = {}  # seconds of those who're still in the race
        self._running: Runner | None = None

    def take(self, runner: Runner) -> None:
        """Wait until it's this runner's turn."""
        with self._changed:
            self._spent[runner] = runner.seconds
            if self._running is runner:
                self._running = None
                self._changed.notify_all()
            self._changed.wait_for(lambda: self._is_next(runner))
            self._running = runner

    def leave(self, runner: Runner) -> None:
        """Let the others run: this one is done."""
        with self._changed:
            self._spent.pop(runner, None)
            if self._running is runner:
                self._running = None
            self._changed.notify_all()

    def _is_next(self, runner: Runner) -> bool:
        return self._running is None and runner is min(self._spent, key=self._spent.__getitem__)


class Runner(Watcher):
    """Follows one training of a race, and holds it up while the others have their turn.

    Parameters
    ----------
    turns
        Of all who're in this race.
    tell
        Called with the runner before its first turn, after each one, and before it's judged.
    """

    pause = TURN

    def __init__(self, turns: Turns, tell: Callable[[Runner], None]) -> None:
        super().__init__()
        self._turns, self._tell = turns, tell
        self._since = 0.0
        self._steps: list[tuple[float, float]] = []  # epochs done, and the epoch's accuracy so far
        self.done = 0.0  # the share of its way, 0 to 1
        self.seconds = 0.0  # on its own stopwatch
        self.loss = 0.0
        self.warming = False  # its training step is being compiled: nobody moves meanwhile
        self.judging = False

    @property
    def accuracy(self) -> float:
        """The share it has lately read correctly, before it learned from it."""
        return lately(self._steps)[-1][1] if self._steps else 0.0

    @property
    def lost(self) -> bool:
        """Whether its steps were so long that it does far worse than guessing."""
        if not math.isfinite(self.loss):
            return True
        return self.done > EARLY and self.loss > WILD and self.accuracy < FEW

    def begin(self, note: str, epochs: int) -> None:
        self._turns.take(self)
        self._since = time.perf_counter()
        self._check_stop()
        self.warming = True
        self._tell(self)

    def batch(self, progress: Progress) -> None:
        now = time.perf_counter()
        self.seconds += now - self._since
        self.done = progress.done / progress.epochs
        self.loss = progress.loss
        self._steps.append((progress.done, progress.accuracy))
        self.warming = False
        if self.lost:
            self.stop.set()
        self._tell(self)
        self._turns.take(self)
        self._since = time.perf_counter()
        self.held_up += self._since - now

    def validating(self, epoch: int) -> None:
        self._check_stop()

    def judged(self) -> None:
        """It's home, and the held-out digits are next."""
        self.done, self.judging = 1.0, True
        self._tell(self)

    def _check_stop(self) -> None:
        if self.stop.is_set():
            raise WavedOffError
