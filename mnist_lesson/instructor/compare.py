"""Is one run better than another, or was it luck? McNemar's test, and a seed lottery."""

import math
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from mnist_lesson.instructor.records import Record, Runs, complete
from mnist_lesson.instructor.sweeps import sweep
from mnist_lesson.look import new_axes, show_curves, show_dots
from mnist_lesson.shared.checks import check_number, check_whole
from mnist_lesson.shared.picture import described
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings

SURE = 0.05  # the significance level: below this, we don't put it down to chance
POWER = 0.8  # how often a true difference should be found
MOST_RUNS = 1000


@dataclass(frozen=True)
class Comparison:
    """Two runs, judged on the same digits.

    `only_first` and `only_second` count the digits that only one of them reads right. `chance` says
    how often chance alone would split them this unevenly, from 0 to 1: the p-value of McNemar's
    exact test, two-sided.
    """

    first: Record
    second: Record
    only_first: int
    only_second: int
    chance: float

    def __str__(self) -> str:
        parted = self.only_first + self.only_second
        if not parted:
            return "Both read exactly the same digits right: there is no difference at all."
        said = (
            f"Of {self.first.judged:,} digits, {self.only_first:,} are read right by "
            f"{self.first.label} only, and {self.only_second:,} by {self.second.label} only. "
        )
        often = "less than 1 time in 10,000" if self.chance < 1e-4 else _times(self.chance)
        if self.chance >= SURE:
            return said + (
                f"Chance alone separates two equal networks by this much or more {often}: it "
                "may be luck."
            )
        better = self.first if self.only_first > self.only_second else self.second
        return said + (
            f"Chance alone does that {often}: on digits like these, {better.label} is the better "
            "network. Only several seeds can tell whether its settings are better."
        )

    def plot(self) -> Figure:
        """Draw the accuracy and the loss of both, on the same axes."""
        axes = new_axes(9.0, 3.2, 2)
        runs = (self.first, self.second)
        epochs = max((run.history["epoch"] for run in runs), key=len)
        # Both, since a loss can rise while the accuracy still climbs: a network grows too sure.
        for axis, (name, title) in zip(axes, TITLES.items(), strict=True):
            curves = {run.label: _padded(run.history[name], len(epochs)) for run in runs}
            show_curves(curves, x=epochs, title=title, x_label="epoch", ax=axis)
            if len(epochs) == 1:  # or Matplotlib would mark hundredths of an epoch
                axis.set_xticks(epochs)
        return described(axes[0], str(self))


TITLES = {
    "val_accuracy": "Accuracy on the held-out digits",
    "val_loss": "Loss on the held-out digits",
}


def _padded(values: list[float | None], length: int) -> list[float]:
    given = [math.nan if value is None else value for value in values]
    return given + [math.nan] * (length - len(given))  # both curves must be as long as the axis


def _times(chance: float) -> str:
    if chance >= 0.095:  # below that, whole hundredths are too coarse
        return f"{100 * chance:.0f} times in 100"
    return f"{1000 * chance:.2g} times in 1,000"


def compare(first: Record, second: Record) -> Comparison:
    """Say whether two runs differ by more than chance, from the digits only one of them got right.

    It's the exact test of Q. McNemar (1947). It compares two trained networks, not two settings:
    for settings, see `seed_lottery()`.

    Parameters
    ----------
    first, second
        Two runs that `sweep()` or `run_one()` returned.

    Raises
    ------
    TypeError, ValueError
        They aren't runs, have no result, or were judged on different digits.
    """
    for run in (first, second):
        if not isinstance(run, Record):
            raise TypeError(
                f"A run came as {type(run).__name__}, but one of the table is needed: "
                "compare(runs[0], runs[1])."
            )
        if not run.judged:
            raise ValueError(
                f"Run {run.label} has no result ({run.status}), so there is nothing to compare. "
                f"{run.reason}"
            )
    # To compare digit by digit, they have to be the same digits.
    if first.judged_on != second.judged_on:
        raise ValueError(
            f"These runs were judged on different digits: {first.label} on {first.judged:,}, "
            f"{second.label} on {second.judged:,} others. One may have had the easier ones, so "
            "that wouldn't be fair. Run both with the same validation_split and validate_on, "
            "and both in rehearsal or neither."
        )
    right, other = first.read_right(), second.read_right()
    only_first, only_second = int((right & ~other).sum()), int((other & ~right).sum())
    return Comparison(first, second, only_first, only_second, mcnemar(only_first, only_second))


def mcnemar(only_first: int, only_second: int) -> float:
    """Return how often a fair coin would come out at least this uneven, from 0 to 1."""
    from scipy.stats import binomtest  # takes half a second to import, so only when it's needed

    # Digits that both read right, or both wrong, don't tell us which is better.
    parted = only_first + only_second
    return float(binomtest(only_first, parted, 0.5).pvalue) if parted else 1.0


@dataclass(frozen=True)
class Lottery:
    """The same settings with several seeds: how far does luck alone carry a run?"""

    runs: Runs

    @property
    def accuracies(self) -> list[float]:
        """The accuracy of each run that has one and wasn't stopped early."""
        return [
            run.accuracy
            for run in self.runs
            if run.accuracy is not None and run.status != "stopped"
        ]

    @property
    def spread(self) -> float:
        """The standard deviation of the accuracies; NaN for fewer than two."""
        return float(np.std(self.accuracies, ddof=1)) if len(self.accuracies) > 1 else math.nan

    def runs_needed(self, difference: float) -> int | None:
        """Say how many runs of each of two settings it takes to believe a difference.

        Parameters
        ----------
        difference
            Between the two mean accuracies, from 0 to 1: 0.002 is a fifth of a percentage point.

        Returns
        -------
        int
            With this many, you'd find a true difference of this size 4 times in 5, and see one
            that isn't there 1 time in 20 (two-sided t-test). None if it takes more than 1,000, or
            if there are too few runs to know the spread.
        """
        from scipy.stats import nct, t  # also slow to import

        check_number("difference", difference, 0, 1, open_ends=True)
        if math.isnan(self.spread):
            return None
        for count in range(2, MOST_RUNS + 1):
            # The power of a t-test, from the degrees of freedom and how many standard errors apart
            # the means are. max(), because equal results have no spread, and we can't divide by 0.
            free, apart = 2 * count - 2, difference / max(self.spread, 1e-9) * math.sqrt(count / 2)
            if apart > 30 or nct.sf(t.isf(SURE / 2, free), free, apart) >= POWER:
                return count
        return None

    def __str__(self) -> str:
        found = self.accuracies
        if len(found) < 2:
            return "At least two seeds have to finish before you can see how much is luck."
        low, high = min(found), max(found)
        gap = max(high - low, 1e-4)
        needed = self.runs_needed(gap) or f"more than {MOST_RUNS:,}"
        return (
            f"{len(found)} seeds, the same settings: from {low:.2%} to {high:.2%}, "
            f"{np.mean(found):.2%} on average. So one run each tells you little about a "
            f"difference smaller than that. To believe one of {gap:.2%} between two settings, "
            f"make about {needed} runs of each."
        )

    def plot(self) -> Figure:
        """Draw a dot for each run, and a line for the average."""
        percent = [100 * accuracy for accuracy in self.accuracies]
        title = f"{len(percent)} runs that differ only in their seed: % of held-out digits"
        return show_dots({"runs": percent}, title=title)


def seed_lottery(
    options: Mapping[str, Any] | Settings | None = None,
    seeds: int = 5,
    *,
    file: str | Path | None = None,
    executor: Executor | None = None,
    watcher: Watcher | None = None,
) -> Lottery:
    """Make the same run with several seeds.

    Parameters
    ----------
    options
        What differs from the original, as for `run_one()`.
    seeds
        How many, from 2 to 1,000, counting up from the seed in `options`.
    file, executor, watcher
        As for `sweep()`. Runs that are already in the file aren't made again.
    """
    check_whole("seeds", seeds, 2, MOST_RUNS)
    full = complete(options)
    first = check_whole("seed", full["seed"], 0, 2**31 - 1 - seeds)  # the last must be valid, too
    wanted = [full | {"seed": first + more} for more in range(seeds)]
    return Lottery(sweep(wanted, file=file, executor=executor, watcher=watcher))
