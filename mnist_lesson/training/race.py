"""09 · Faster: short training runs against the clock, and a table of your own tries."""

from __future__ import annotations

import gc
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mnist_lesson.shared import foreign
from mnist_lesson.shared.html import table
from mnist_lesson.shared.store import append, read
from mnist_lesson.shared.workspace import folder
from mnist_lesson.test import wilson_interval
from mnist_lesson.training.batches import choose_digits
from mnist_lesson.training.loop import fit_epochs, judge, make_ready
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings, check_settings

if TYPE_CHECKING:
    import keras

# What a line of the table must look like. The file may come from another computer.
COUNT = foreign.whole(0, 10**9)
TRY = foreign.fields(
    {
        "name": foreign.text(500),
        "accuracy": foreign.number(0, 1),
        "right": COUNT,
        "judged": foreign.whole(1, 10**9),
        "seconds": foreign.number(0),
        "parameters": COUNT,
        "digits": COUNT,
    }
)


@dataclass(frozen=True)
class Try:
    """One training run against the clock.

    Attributes
    ----------
    name
        What you called it.
    accuracy
        The share of the held-out digits that it reads, from 0 to 1.
    right, judged
        How many it reads, out of how many.
    seconds
        How long the training took, with the digits already loaded, and nothing drawn or saved.
    parameters
        How many numbers the network learns.
    digits
        How many digits it was trained on.
    """

    name: str
    accuracy: float
    right: int
    judged: int
    seconds: float
    parameters: int
    digits: int

    def __str__(self) -> str:
        return f"{self.accuracy:.1%} of {self.judged:,} digits, in {self.seconds:.1f} s."


def race(model: keras.Model, x: Any, y: Any, settings: Settings, *, name: str = "") -> Try:
    """Train `model` as fast as it goes, and judge it on held-out digits.

    Parameters
    ----------
    model
        As from `build_model()` or `build_fast_model()`. It starts from new weights, drawn from the
        settings' seed.
    x
        float32 of shape (n, 28, 28, 1) in 0..1, as from `to_input()`.
    y
        Whole numbers 0 to 9 of shape (n,).
    settings
        As for `train()`, which learns from the same digits; with `Settings(digits=6000)` it takes a
        few seconds.
    name
        If given, the try is kept in the table of `tries()` under this name.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above.

    Notes
    -----
    A panel, a saved network and its curves take time, too. Here there aren't any: to keep a
    network, use `train()`.
    """
    data = choose_digits(x, y, check_settings(settings))
    # The clock starts once the digits are there. Compiling counts: you have to wait for it.
    began = time.perf_counter()
    make_ready(model, data, settings)
    for _ in fit_epochs(model, data, settings, Watcher()):
        pass  # unlike in `train()`, nothing is judged along the way
    seconds = time.perf_counter() - began
    # Keras leaves compiled functions that point at each other. Python frees those only when asked.
    gc.collect()
    # Ten probabilities for each digit; the largest one is the answer.
    right = int((judge(model, data).argmax(axis=1) == data.y_val).sum())
    judged = len(data.y_val)
    result = Try(
        name=name,
        accuracy=right / judged,
        right=right,
        judged=judged,
        seconds=round(seconds, 2),
        parameters=model.count_params(),
        digits=len(data.places),
    )
    if name:
        append(_tries_file(), asdict(result))
    return result


@dataclass(frozen=True)
class Tries:
    """The tries that were given a name: the quickest that read enough, then the most accurate.

    Attributes
    ----------
    rows
        The tries.
    goal
        The share of the held-out digits to read, from 0 to 1.
    """

    rows: list[Try]
    goal: float

    def _repr_html_(self) -> str:
        return table(self._header(), [self._cells(row) for row in self.rows])

    def __str__(self) -> str:
        return "\n".join("  ".join(row) for row in (self._header(), *map(self._cells, self.rows)))

    def _header(self) -> list[str]:
        goal = f"{100 * self.goal:g}% reached?"
        return ["try", goal, "seconds", "accuracy", "95% interval", "parameters", "trained on"]

    def _cells(self, row: Try) -> list[str]:
        missing = _missing(row, self.goal)
        # A bare score would look more certain than it is.
        low, high = wilson_interval(row.right, row.judged)
        return [
            row.name,
            f"{missing} digits short" if missing > 0 else "✔ yes",
            f"{row.seconds:.1f}",
            f"{row.accuracy:.2%}",
            f"{low:.2%} to {high:.2%}",
            f"{row.parameters:,}",
            f"{row.digits:,}",
        ]


def _missing(row: Try, goal: float) -> int:
    """Count the digits that a try reads too few; 0 or less, and it has reached the goal."""
    return math.ceil(round(goal * row.judged, 6)) - row.right


def tries(*, goal: float = 0.985) -> Tries:
    """Return the tries you kept, winners first; a damaged line is set aside.

    Parameters
    ----------
    goal
        The share of the held-out digits to read, from 0 to 1. Of the tries that reach it, the
        quickest stands first; the others follow, the most accurate first.
    """
    rows = read(_tries_file(), _parse).rows
    won = [row for row in rows if _missing(row, goal) <= 0]
    lost = [row for row in rows if _missing(row, goal) > 0]
    won.sort(key=lambda row: (row.seconds, -row.accuracy))
    lost.sort(key=lambda row: (-row.accuracy, row.seconds))
    return Tries(won + lost, goal)


def _parse(line: Any) -> Try:
    foreign.check(line, TRY)
    # Each number may make sense by itself, and the line still be nonsense.
    if line["right"] > line["judged"]:
        raise ValueError("more were read right than were read")
    return Try(**line)


def _tries_file() -> Path:
    return folder() / "tries.jsonl"
