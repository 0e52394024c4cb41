"""06 · Train: what a run leaves behind, on screen and in the learner's folder."""

from __future__ import annotations

import contextlib
import io
import json
import math
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure

from mnist_lesson.look import show_history
from mnist_lesson.network.saved import save_model
from mnist_lesson.shared.store import locked
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.shared.workspace import RunFolder, check_writable, run_files, write_atomic
from mnist_lesson.training.history import History, Status, is_kept
from mnist_lesson.training.replay import Replay
from mnist_lesson.training.reports import lately
from mnist_lesson.training.settings import Settings

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, repr=False)
class Run:
    """What a training run leaves behind.

    Attributes
    ----------
    history
        Lists "epoch", "loss", "accuracy", "val_loss" and "val_accuracy", one entry an epoch. A run
        stopped partway through an epoch ends with a fraction of one, such as 2.4.
    model
        The trained Keras model.
    settings
        What it was trained with.
    seconds
        How long it took.
    status
        "finished", "stopped" or "diverged".
    digits
        How many digits it was trained on, and how many it was judged on.
    rehearsal
        True if `MNIST_LESSON_REHEARSAL` made it small.
    name
        Its name in the learner's folder.
    steps
        After each batch: the epochs done, and the averages over this epoch so far of the loss and
        the accuracy.
    """

    history: History
    model: keras.Model
    settings: Settings
    seconds: float
    status: Status
    digits: tuple[int, int]
    rehearsal: bool
    name: str
    steps: list[tuple[float, float, float]] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        """Whether it's saved. See `is_kept()`."""
        # A diverged network would only replace a good one.
        return self.status != "diverged" and is_kept(self.history)

    @property
    def accuracy(self) -> float:
        """Accuracy on the validation digits at the end, from 0 to 1."""
        return self.history["val_accuracy"][-1]

    def summary(self) -> str:
        """Say in a sentence or two what was trained, and how good it is."""
        trained, judged = self.digits
        epochs = self.history["epoch"][-1]
        small = "Rehearsal. " if self.rehearsal else ""
        judges = "test" if self.settings.validate_on == "test" else "held-out"
        return (
            f"{small}{self.status.capitalize()}: {epochs:g} epoch{'s' * (epochs != 1)} on "
            f"{trained:,} digits in {say_seconds(self.seconds)}. "
            f"{self.accuracy:.2%} of {judged:,} {judges} digits are read correctly."
        )

    def plot(self) -> Figure:
        """Draw accuracy and loss: on training digits all the way, on others after each epoch."""
        way: dict[str, list[tuple[float, float]]] = {}
        if self.steps:
            done, loss, accuracy = zip(*self.steps, strict=True)
            # An accuracy ends at 1, but a loss has no upper limit.
            way["loss"] = lately(list(zip(done, loss, strict=True)), most=math.inf)
            way["accuracy"] = lately(list(zip(done, accuracy, strict=True)))
        return show_history(self.history, way=way)

    def __repr__(self) -> str:  # the same for every run, because saved pages compare it
        return "Run: see .summary(), .plot(), .accuracy, .history, .model"


@contextlib.contextmanager
def holding(name: str) -> Iterator[RunFolder]:
    """Lock the name of a run while one training uses it, and hand over its files.

    Raises ValueError if the name isn't short and plain, and WorkspaceError if the folder can't be
    written to, or another kernel is training under this name.
    """
    files = run_files(name)
    check_writable(files.path.parent)
    busy = (
        f"Another page is training under the name {name!r} right now, and would write to the same "
        "files. Stop it there, or wait until it's done, or type another name here: "
        f"train(…, name='{name[:70]}_2')."
    )
    with locked(files.path, patience=0, busy=busy):
        files.mend()  # if the last save was killed halfway
        yield files


def save_run(run: Run, files: RunFolder, replay: Replay) -> None:
    """Write a run into a new folder, and swap it for the old one in one move.

    Whenever it's cut short, either the old run or the new one is there, with all its own files.
    """
    # All of it goes into a folder of its own first, next to the run that's there.
    new = files.making
    twin = save_model(run.model, new.model)
    packed = io.BytesIO()
    np.savez_compressed(packed, **replay.arrays())  # type: ignore[arg-type]
    write_atomic(new.replay, packed.getvalue())
    # The network is checked against this digest when it's loaded.
    facts = facts_of(run) | {"network": twin.digest}
    write_atomic(new.facts, json.dumps(facts, indent=1).encode())
    # One move, which happens or doesn't: there is no moment with half a run.
    files.switch()


def facts_of(run: Run) -> dict[str, Any]:
    """Return what is known about a run, as plain values for JSON."""
    return {
        "name": run.name,
        "status": run.status,
        "seconds": round(run.seconds, 1),
        "digits": list(run.digits),
        "rehearsal": run.rehearsal,
        "settings": asdict(run.settings),
        "history": run.history,
        "parameters": int(run.model.count_params()),
        # With other versions, the same seed may draw other weights.
        "versions": {name: _version(name) for name in ("keras", "tensorflow", "numpy")}
        | {"python": platform.python_version()},
    }


def _version(name: str) -> str:
    # TensorFlow comes under two names; inside, both are the same.
    for package in (name, f"{name}-cpu"):
        try:
            return version(package)
        except ModuleNotFoundError:
            continue
    return "unknown"
