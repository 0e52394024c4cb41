"""09 · Faster: short training runs against the clock, and a table of your own tries."""

from __future__ import annotations

import gc
import math
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from mnist_lesson.shared import foreign
from mnist_lesson.shared.html import table
from mnist_lesson.shared.store import append, read
from mnist_lesson.shared.words import in_columns
from mnist_lesson.shared.workspace import folder
from mnist_lesson.test import wilson_interval
from mnist_lesson.training.batches import choose_digits
from mnist_lesson.training.loop import fit_epochs, judge, make_ready
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings, check_settings

if TYPE_CHECKING:
    import keras

COUNT = foreign.whole(0, 10**9)


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

    # Beside each type is what a file may hold there: it may come from another computer.
    name: Annotated[str, foreign.text(500)]  # what you called it
    accuracy: Annotated[float, foreign.number(0, 1)]  # the share of the held-out digits it reads
    right: Annotated[int, COUNT]  # how many it reads …
    judged: Annotated[int, foreign.whole(1, 10**9)]  # … out of how many
    seconds: Annotated[float, foreign.number(0)]  # with the digits loaded, and nothing drawn
    parameters: Annotated[int, COUNT]  # how many numbers the network learns
    digits: Annotated[int, COUNT]  # how many it was trained on

    def __str__(self) -> str:
        return f"{self.accuracy:.1%} of {self.judged:,} digits, in {self.seconds:.1f} s."

    def missing(self, goal: float) -> int:
        """Count the digits that it reads too few; 0 or less, and it has reached the goal."""
        return math.ceil(round(goal * self.judged, 6)) - self.right


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
        header, *rows = self._table()
        return table(header, rows)

    def __str__(self) -> str:
        return in_columns(self._table())

    def _table(self) -> list[list[str]]:
        goal = f"{100 * self.goal:g}% reached?"
        lines = [["try", goal, "seconds", "accuracy", "95% interval", "parameters", "trained on"]]
        for row in self.rows:
            missing = row.missing(self.goal)
            reached = f"{missing} digits short" if missing > 0 else "✔ yes"
            # A bare score would look more certain than it is.
            low, high = wilson_interval(row.right, row.judged)
            interval = f"{low:.2%} to {high:.2%}"
            numbers = [f"{row.parameters:,}", f"{row.digits:,}"]
            accuracy = f"{row.accuracy:.2%}"
            lines.append([row.name, reached, f"{row.seconds:.1f}", accuracy, interval, *numbers])
        return lines


def tries(*, goal: float = 0.985) -> Tries:
    """Return the tries you kept, winners first; a damaged line is set aside.

    Parameters
    ----------
    goal
        The share of the held-out digits to read, from 0 to 1. Of the tries that reach it, the
        quickest stands first; the others follow, the most accurate first.
    """
    won, lost = list[Try](), list[Try]()
    rows, _ = read(_tries_file(), _parse)
    for row in rows:
        (lost if row.missing(goal) > 0 else won).append(row)
    won.sort(key=lambda row: (row.seconds, -row.accuracy))
    lost.sort(key=lambda row: (-row.accuracy, row.seconds))
    return Tries(won + lost, goal)


def _parse(line: Any) -> Try:
    foreign.check(line, foreign.fields(foreign.fields_of(Try)))
    # Each number may make sense by itself, and the line still be nonsense.
    if line["right"] > line["judged"]:
        raise ValueError("more were read right than were read")
    return Try(**line)


def _tries_file() -> Path:
    return folder() / "tries.jsonl"
