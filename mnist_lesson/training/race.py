"""09 · Faster: short training runs against the clock, and a scoreboard of your own tries."""

from __future__ import annotations

import gc
import math
import time
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from mnist_lesson.shared import foreign
from mnist_lesson.shared.html import table
from mnist_lesson.shared.kit import style
from mnist_lesson.shared.store import append, read
from mnist_lesson.shared.workspace import folder
from mnist_lesson.training.batches import choose_digits, count_epochs
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
    name: Annotated[str, foreign.text(500)]
    accuracy: Annotated[float, foreign.number(0, 1)]
    right: Annotated[int, COUNT]
    judged: Annotated[int, foreign.whole(1, 10**9)]
    seconds: Annotated[float, foreign.number(0)]
    parameters: Annotated[int, COUNT]
    digits: Annotated[int, COUNT]

    @property
    def called(self) -> str:
        """Its name, without the settings that may follow a colon."""
        return self.name.partition(": ")[0]

    @property
    def facts(self) -> str:
        """Its settings, if its name holds any, and its sizes."""
        sizes = f"{self.digits:,} digits in all, {self.parameters:,} parameters"
        return ", ".join(filter(None, [self.name.partition(": ")[2], sizes]))

    def missing(self, goal: float) -> int:
        """Count the digits that it reads too few; 0 or less, and it has reached the goal."""
        # Rounded first, or a product that comes out a hair too large would ask for one more.
        return math.ceil(round(goal * self.judged, 6)) - self.right

    def shortfall(self, goal: float) -> str:
        """Say how many digits it reads too few, as "3 digits short"; empty if it's at the goal."""
        missing = max(0, self.missing(goal))
        return f"{missing:,} digit{'s' * (missing > 1)} short" if missing else ""


def race(
    model: keras.Model,
    x: Any,
    y: Any,
    settings: Settings,
    *,
    name: str = "",
    watcher: Watcher | None = None,
) -> Try:
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
    watcher
        What follows the training, such as a lane of `widgets/race_track.py`.

    Raises
    ------
    TypeError, ValueError
        `x`, `y` or `settings` is of another kind; the message says what to type.

    Notes
    -----
    A panel, a saved network and its curves take time, too. Here there aren't any: to keep a
    network, use `train()`.
    """
    data = choose_digits(x, y, check_settings(settings))
    watcher = watcher or Watcher()
    watcher.begin(f"Racing on {len(data.places):,} digits.", count_epochs(settings))
    # The clock starts once the digits are there. Compiling counts: you have to wait for it.
    began = time.perf_counter()
    make_ready(model, data, settings)
    for _ in fit_epochs(model, data, settings, watcher):
        pass  # unlike in `train()`, nothing is judged along the way
    seconds = time.perf_counter() - began - watcher.held_up
    watcher.judged()
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
    # A race that was called off says nothing about its settings.
    if name and not watcher.stop.is_set():
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
        """Draw the scoreboard."""
        header = ["place", "runner", "seconds", "held-out digits", "how it ran"]
        rows = []
        for place, row in enumerate(self.rows, start=1):
            read = f"{row.accuracy:.2%}, {row.shortfall(self.goal) or 'goal!'}"
            rows.append([f"{place}", row.called, f"{row.seconds:.2f}", read, row.facts])
        return (
            f'{style()}<div class="lm-panel lm-race"><div class="lm-title">'
            f'The race to {100 * self.goal:g}%</div><div class="lm-lead">{self._headline()}</div>'
            f"{table(header, rows) * bool(rows)}</div>"
        )

    def _headline(self) -> str:
        if not self.rows:
            return "Nobody's on the track yet: give a race a name, and it starts here."
        first = self.rows[0]
        short = first.shortfall(self.goal)
        if short:
            return f"No flag yet! “{escape(first.called)}” came closest: {short}."
        return f"“{escape(first.called)}” is the one to beat, with {first.seconds:.2f} seconds."


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
    # Whoever is at the goal races for time; the others are ranked by how near they came.
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
