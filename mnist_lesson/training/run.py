"""06 · Train: what a run leaves behind, on screen and in the learner's folder."""

from __future__ import annotations

import io
import json
import platform
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.shared.workspace import write_atomic
from mnist_lesson.training.history import History, Status, is_kept
from mnist_lesson.training.replay import Replay

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

    from mnist_lesson.training.settings import Settings


@dataclass(frozen=True, repr=False)
class Run:
    """What a training leaves behind.

    Attributes
    ----------
    history
        Lists "epoch", "loss", "accuracy", "val_loss" and "val_accuracy", one entry an epoch. A run that was stopped
        within an epoch ends with a broken number of epochs, such as 2.4.
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
        Under this name it lies in the learner's folder.
    """

    history: History
    model: keras.Model
    settings: Settings
    seconds: float
    status: Status
    digits: tuple[int, int]
    rehearsal: bool
    name: str

    @property
    def kept(self) -> bool:
        """Is it saved? See `is_kept()`."""
        return self.status != "diverged" and is_kept(self.history)

    @property
    def accuracy(self) -> float:
        """Accuracy on the validation digits at the end, from 0 to 1."""
        return self.history["val_accuracy"][-1]

    def summary(self) -> str:
        """Say in a sentence or two what was trained, and how good it is."""
        from mnist_lesson.shared.words import say_seconds

        epochs, (trained, judged) = self.history["epoch"][-1], self.digits
        small = "Rehearsal. " if self.rehearsal else ""
        whose = "test" if self.settings.validate_on == "test" else "held-out"
        return (
            f"{small}{self.status.capitalize()}: {epochs:g} epoch{'s' * (epochs != 1)} on {trained:,} digits in "
            f"{say_seconds(self.seconds)}. {self.accuracy:.2%} of {judged:,} {whose} digits are read correctly."
        )

    def plot(self) -> Figure:
        """Draw accuracy and loss, epoch by epoch, on training and validation digits."""
        from mnist_lesson.look import show_history

        return show_history(self.history)

    def __repr__(self) -> str:  # the same for every run, for saved pages compare it
        return "Run: see .summary(), .plot(), .accuracy, .history, .model"


def save(run: Run, folder: Path, replay: Replay) -> None:
    """Write a run's network, facts and replay into `folder`; each file whole or not at all."""
    from mnist_lesson.network.saved import save_model

    save_model(run.model, folder / "model.keras")
    packed = io.BytesIO()
    np.savez_compressed(packed, **replay.arrays())  # type: ignore[arg-type]
    write_atomic(folder / "replay.npz", packed.getvalue())
    write_atomic(folder / "run.json", json.dumps(facts_of(run), indent=1).encode())


def facts_of(run: Run) -> dict[str, Any]:
    """Return what is known of a run, as plain values for JSON."""
    return {
        "name": run.name,
        "status": run.status,
        "seconds": round(run.seconds, 1),
        "digits": list(run.digits),
        "rehearsal": run.rehearsal,
        "settings": asdict(run.settings),
        "history": run.history,
        "parameters": int(run.model.count_params()),
        "versions": {name: _version(name) for name in ("keras", "tensorflow", "numpy")}
        | {"python": platform.python_version()},
    }


def _version(name: str) -> str:
    for package in (name, f"{name}-cpu"):
        try:
            return version(package)
        except ModuleNotFoundError:
            continue
    return "unknown"
