"""09 · Faster: short trainings against the clock, and a table of one's own tries."""

from __future__ import annotations

import gc
import json
import math
import time
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from mnist_lesson.load import split
from mnist_lesson.model import draw_weights
from mnist_lesson.shared.checks import check_inputs, check_labels
from mnist_lesson.shared.quiet_keras import predict_in_batches
from mnist_lesson.shared.workspace import folder, rehearsal, write_atomic
from mnist_lesson.test import wilson_interval
from mnist_lesson.training.batches import TrainingData, feed
from mnist_lesson.training.loop import compile_model
from mnist_lesson.training.settings import Settings

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Try:
    """One training against the clock.

    Attributes
    ----------
    name
        What you called it.
    accuracy
        The share of the held-out digits that it reads, from 0 to 1.
    right, judged
        How many it reads, of how many.
    seconds
        How long the training took: the digits were there, and nothing was drawn or saved.
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

    def __post_init__(self) -> None:
        numbers = (
            self.accuracy,
            self.right,
            self.judged,
            self.seconds,
            self.parameters,
            self.digits,
        )
        if not isinstance(self.name, str) or not all(
            isinstance(n, int | float) and math.isfinite(n) for n in numbers
        ):
            raise ValueError("not a try")

    def __str__(self) -> str:
        return f"{self.accuracy:.1%} of {self.judged:,} digits, in {self.seconds:.1f} s."


def race(model: keras.Model, x: Any, y: Any, settings: Settings, *, name: str = "") -> Try:
    """Train `model` as fast as it goes, and judge it on held-out digits.

    Parameters
    ----------
    model
        As from `build_model()` or `build_fast_model()`. It starts from new weights, drawn from the settings' seed.
    x
        float32 of shape (n, 28, 28, 1) in 0..1, as from `to_input()`.
    y
        Whole numbers 0 to 9 of shape (n,).
    settings
        As for `train()`; with `Settings(digits=6000)` it takes a few seconds.
    name
        If given, the try is kept in the table of `tries()` under this name.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above.

    Notes
    -----
    A panel, a saved network and its curves take time, too. Here there are none: to keep a network, use `train()`. In
    rehearsal, a try on all digits takes the first tenth of them.
    """
    if not isinstance(settings, Settings):
        raise TypeError(
            f"settings came as {settings!r}, but Settings are needed, as in Settings.for_fast_model()."
        )
    x, y = check_inputs(x), check_labels(y, len(x), "y")
    places, held_out = split(y, settings.validation_split)
    few = places[: settings.digits or (len(places) // 10 if rehearsal() else None)]
    steps = math.ceil(len(few) / settings.batch_size)
    began = time.perf_counter()
    compile_model(model, settings, steps * settings.epochs)
    draw_weights(model, settings.seed)
    digits = TrainingData(x, y, few, x[held_out], y[held_out])
    model.fit(
        feed(digits, settings),
        steps_per_epoch=steps,
        epochs=settings.epochs,
        shuffle=False,
        verbose=0,
    )
    seconds = time.perf_counter() - began
    gc.collect()  # Keras leaves what it compiled in circles
    right = int((predict_in_batches(model, digits.x_val).argmax(axis=1) == digits.y_val).sum())
    judged = len(held_out)
    made = Try(
        name, right / judged, right, judged, round(seconds, 2), model.count_params(), len(few)
    )
    if name:
        _keep(made)
    return made


@dataclass(frozen=True)
class Tries:
    """The tries that were given a name, the best first. A notebook shows them as a table."""

    rows: list[Try]

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{name}</th>' for name in HEADER)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _row(one))}</tr>"
            for one in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def __str__(self) -> str:
        return "\n".join("  ".join(row) for row in (HEADER, *map(_row, self.rows)))


HEADER = ("try", "accuracy", "95 % interval", "seconds", "parameters", "trained on")


def _row(one: Try) -> tuple[str, ...]:
    low, high = wilson_interval(one.right, one.judged)
    return (
        one.name,
        f"{one.accuracy:.2%}",
        f"{low:.2%} to {high:.2%}",
        f"{one.seconds:.1f}",
        f"{one.parameters:,}",
        f"{one.digits:,}",
    )


def tries() -> Tries:
    """Return the tries kept in the learner's folder, the most accurate first; a damaged line is passed over."""
    file = _file()
    found = []
    for line in (
        file.read_text(encoding="utf-8", errors="replace").splitlines() if file.exists() else ()
    ):
        try:
            found.append(Try(**json.loads(line)))
        except (ValueError, TypeError):
            continue
    return Tries(sorted(found, key=lambda one: (-one.accuracy, one.seconds)))


def _file() -> Path:
    return folder() / "tries.jsonl"


def _keep(one: Try) -> None:
    file = _file()
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock"), timeout=60):
        before = file.read_bytes() if file.exists() else b""
        ended = b"" if not before or before.endswith(b"\n") else b"\n"
        write_atomic(file, before + ended + (json.dumps(asdict(one)) + "\n").encode())
