"""Runs as lines in a file: each run's options, how good it is, and which digits it read right."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from html import escape
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.model import build_model, check_network
from mnist_lesson.shared import foreign, store, workspace
from mnist_lesson.shared.checks import check_choice
from mnist_lesson.shared.html import table
from mnist_lesson.test import wilson_interval
from mnist_lesson.training.history import empty_history
from mnist_lesson.training.settings import Settings

NETWORK: dict[str, Any] = {
    name: parameter.default
    for name, parameter in inspect.signature(build_model).parameters.items()
    if name != "seed"  # Settings has it
}
# Every option that decides a run, as the original lesson has it.
DEFAULTS: dict[str, Any] = asdict(Settings()) | NETWORK
STATUSES = ("finished", "diverged", "stopped", "failed", "lost")
MOST_JUDGED = 60_000  # digits
LARGEST_NUMBER = 1e12  # number in an option
LONGEST_OPTION = 500  # characters
FINAL = ("finished", "diverged", "failed")  # a stopped or lost run is made again


def complete(changes: Mapping[str, Any] | Settings | None = None) -> dict[str, Any]:
    """Fill in a run's options: all those of `Settings` and `build_model()`, with your changes.

    Raises TypeError or ValueError if `changes` are neither a mapping nor `Settings`, or if there's
    no option of that name. (Values are checked where they're used.)
    """
    given = asdict(changes) if isinstance(changes, Settings) else {} if changes is None else changes
    if not isinstance(given, Mapping):
        raise TypeError(
            f'options came as {given!r}, but names and values are needed, as in {{"epochs": 3}}.'
        )
    for name in given:
        if name not in DEFAULTS:
            raise ValueError(f"There is no option {name!r}. There are: {', '.join(DEFAULTS)}.")
    return {name: _plain(given.get(name, usual), usual) for name, usual in DEFAULTS.items()}


def _plain(value: Any, usual: Any) -> Any:
    # 1, 1.0 and NumPy's 1 ask for the same run, so they must give the same key.
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) and not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        return "no such number"  # this catches NaN, too, which JSON can't hold
    if isinstance(usual, float) and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if isinstance(usual, tuple) and isinstance(value, list | tuple):
        return tuple(_plain(one, 0) for one in value)
    if isinstance(value, str):
        return value[:LONGEST_OPTION]
    return value if isinstance(value, int | float | tuple | None) else repr(value)[:LONGEST_OPTION]


def split_options(options: Mapping[str, Any]) -> tuple[Settings, dict[str, Any]]:
    """Split complete options into `Settings` and the arguments of `build_model()`."""
    settings = Settings(**{one.name: options[one.name] for one in fields(Settings)})
    return settings, {name: options[name] for name in NETWORK}


def key_of(options: Mapping[str, Any], rehearsal: bool = False) -> str:
    """Return a run's key: 16 hexadecimal digits that follow from everything that decides it."""
    # Only what isn't the default, so a new option in a later version won't change old keys.
    unusual = {name: value for name, value in options.items() if value != DEFAULTS[name]}
    # "" stood for other digits than MNIST's, None for a time limit: so old runs keep their keys.
    text = json.dumps([unusual, "", rehearsal, None], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def say_changes(options: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """List what differs from other options, as in ["seed=1", "epochs=2"]."""
    return [f"{name}={options[name]!r}" for name in DEFAULTS if options[name] != other[name]]


def _option(value: Any, name: str) -> None:
    """Check that a value is of an option's kind; the code that uses it checks the rest."""
    if isinstance(value, list):
        foreign.check(value, foreign.list_of(_option, 10), name)
    elif isinstance(value, str):
        foreign.check(value, foreign.text(LONGEST_OPTION), name)
    elif not isinstance(value, bool | None):
        foreign.check(value, foreign.number(-LARGEST_NUMBER, LARGEST_NUMBER), name)


# None stands for NaN and infinity, which JSON lacks; a run that diverged has such losses.
_ANY_NUMBER = foreign.maybe(foreign.number(-1e300, 1e300))
_COLUMN = foreign.list_of(_ANY_NUMBER, 1000)
_HISTORY = foreign.fields({}, dict.fromkeys(empty_history(), _COLUMN))
_OPTIONS = foreign.fields({}, dict.fromkeys(DEFAULTS, _option))


@dataclass(frozen=True)
class Record:
    """One run, as saved in the file.

    Attributes
    ----------
    key
        Follows from everything that decides the run: see `key_of()`.
    options
        All fields of `Settings` and all arguments of `build_model()`.
    status, reason
        "finished", "diverged" or "stopped"; or "failed" or "lost" (its worker died), and then
        `reason` says why.
    accuracy, loss
        On the digits that it was judged on; None if there is none.
    seconds
        How long it took, getting ready included.
    trained, judged
        How many digits it was trained on and judged on.
    judged_on
        A digest of the digits it was judged on; only runs that share it can be compared digit by
        digit.
    right
        Which of them it read right, one bit per digit, packed as text: see `read_right()`.
    history
        Like a `Run`'s.
    parameters
        How many weights the network has.
    rehearsal
        Whether it was one.
    name
        What you called it, if anything.
    """

    # Beside each type is what a file may hold there.
    key: Annotated[str, foreign.text(16)]
    options: Annotated[dict[str, Any], _OPTIONS]
    status: Annotated[str, foreign.choice(*STATUSES)]
    reason: Annotated[str, foreign.text(1000)] = ""
    accuracy: Annotated[float | None, foreign.maybe(foreign.number(0, 1))] = None
    loss: Annotated[float | None, _ANY_NUMBER] = None
    seconds: Annotated[float, foreign.number(0)] = 0.0
    trained: Annotated[int, foreign.whole(0, 10**9)] = 0
    judged: Annotated[int, foreign.whole(0, MOST_JUDGED)] = 0
    judged_on: Annotated[str, foreign.text(64)] = ""
    right: Annotated[str, foreign.text(MOST_JUDGED)] = ""  # base64: six digits a character
    history: Annotated[dict[str, list[float | None]], _HISTORY] = field(default_factory=dict)
    parameters: Annotated[int, foreign.whole(0, 10**12)] = 0
    rehearsal: Annotated[bool, foreign.flag] = False
    name: Annotated[str, foreign.text(200)] = ""

    def read_right(self) -> NDArray[np.bool_]:
        """Return which of the digits it was judged on were read right, as bool (judged,)."""
        packed = np.frombuffer(base64.b64decode(self.right), np.uint8)
        return np.unpackbits(packed, count=self.judged).astype(bool)

    @property
    def label(self) -> str:
        """What to call it in a sentence: its name, or the first six characters of its key."""
        return self.name or self.key[:6]

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95% confidence interval of the accuracy."""
        return wilson_interval(int(self.read_right().sum()), self.judged) if self.judged else None

    def line(self) -> str:
        """Return the run as one line of JSON."""
        return json.dumps(asdict(self)) + "\n"


_CHECKS = foreign.fields_of(Record)
RECORD = foreign.fields(
    {name: _CHECKS[name] for name in ("key", "options", "status")},
    _CHECKS | {"time_box": foreign.maybe(_ANY_NUMBER), "data": foreign.choice("")},  # once in use
)


def parse_record(facts: Any) -> Record:
    """Turn an untrusted line of JSON into a run, or raise ValueError or TypeError."""
    # First each field by itself; below, whether they can belong to one run.
    foreign.check(facts, RECORD)
    given = {name: value for name, value in facts.items() if name in _CHECKS}
    options = complete(given["options"])  # an earlier version's file may lack some
    run = Record(**given | {"options": options})
    columns = {len(column) for column in run.history.values()}
    bits = len(base64.b64decode(run.right, validate=True))
    # Columns of equal length, one bit per digit, and a key that follows from the rest.
    whole = len(columns) <= 1 and bits == math.ceil(run.judged / 8)
    if not whole or run.key != key_of(options, run.rehearsal):
        raise foreign.ForeignError("its parts don't belong together")
    if run.status in ("finished", "diverged", "stopped"):
        check_network(split_options(options)[1])  # its network was built, so its options must work
    return run


def finite(number: float) -> float | None:
    """Return a number, or None for NaN and infinity, which JSON doesn't have."""
    return float(number) if math.isfinite(number) else None


def pack_bits(right: NDArray[np.bool_]) -> str:
    """Pack booleans, one bit each, into text."""
    return base64.b64encode(np.packbits(right).tobytes()).decode()


def runs_file(file: str | Path | None = None) -> Path:
    """Return `file` as a path; by default, the file of the instructor's runs."""
    return Path(file) if file is not None else workspace.folder() / "instructor_runs.jsonl"


def learner_runs_file() -> Path:
    """Return the file of a learner's runs on page 06."""
    return workspace.folder() / "runs.jsonl"


def append(file: Path, *records: Record) -> None:
    """Add runs to the file: all or nothing, and one process at a time."""
    store.append(file, *map(asdict, records))


def merge(rows: Iterable[Record], file: str | Path | None = None) -> None:
    """Add the runs that the file doesn't have yet, or has only unfinished."""
    place = runs_file(file)
    here = {run.key: run.status for run in Runs.load(place)}
    new = [
        run
        for run in rows
        if run.key not in here or (run.status in FINAL and here[run.key] not in FINAL)
    ]
    if new:
        append(place, *new)


@dataclass(frozen=True)
class Runs:
    """A list of runs: `runs[0]`, `len(runs)`, `for run in runs`.

    A notebook shows it as a table. `note` says if lines in the file were damaged.
    """

    rows: list[Record]
    note: str = ""

    @classmethod
    def load(cls, file: str | Path | None = None) -> Runs:
        """Read a file of runs, by default the instructor's; damaged lines are set aside."""
        rows, note = store.read(runs_file(file), parse_record)
        return cls(newest_of_each(rows), note)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.rows)

    def __getitem__(self, place: int) -> Record:
        return self.rows[place]

    def sorted(self, order: str) -> Runs:
        """Sort by "accuracy", "loss" or "seconds": the best first, runs without one last."""
        check_choice("order", order, ("accuracy", "loss", "seconds"))

        def rank(run: Record) -> tuple[bool, float]:
            value = getattr(run, order)
            if value is None:
                return True, 0
            return False, -value if order == "accuracy" else value

        return Runs(sorted(self.rows, key=rank), self.note)

    def table(self) -> list[list[str]]:
        """Return a row for each run, with the columns of `HEADER` as text."""
        return [_row(run) for run in self.rows]

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.note)}</p>{table(HEADER, self.table())}"


HEADER = ["run", "accuracy", "95% interval", "loss", "seconds", "differs from the original in"]


def _row(run: Record) -> list[str]:
    changed = say_changes(run.options, DEFAULTS)
    if run.rehearsal:
        changed.append("rehearsal")
    if run.status != "finished":
        changed.append(f"{run.status} {run.reason}".strip())
    accuracy = "–" if run.accuracy is None else f"{run.accuracy:.2%}"
    interval = "–" if run.interval is None else "{:.2%} to {:.2%}".format(*run.interval)
    loss = "–" if run.loss is None else f"{run.loss:.4f}"
    return [run.label, accuracy, interval, loss, f"{run.seconds:.1f}", ", ".join(changed)]


def newest_of_each(rows: Iterable[Record]) -> list[Record]:
    """Keep the last line of each run, in order, because a stopped run is made again."""
    newest: dict[str, Record] = {}
    for run in rows:
        newest.pop(run.key, None)  # or the dict would keep the old position
        newest[run.key] = run
    return list(newest.values())
