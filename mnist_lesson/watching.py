"""06 · Train: what a training tells to whoever watches, and what its numbers say in plain words."""

from __future__ import annotations

import math
import sys
import threading
import time
from dataclasses import dataclass
from typing import Protocol

from mnist_lesson.runs import History, Status, is_kept

AS_GOOD_AS_GUESSING = 0.2  # ten answers: guessing is right one time in ten


@dataclass(frozen=True)
class Progress:
    """Where a training is. `loss` and `accuracy` are the averages over this epoch so far."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    seconds_left: float


class Watcher(Protocol):
    """Whoever watches a training. Every call comes from the thread that trains, a few a second at most."""

    stop: threading.Event  # set it, and the training ends after the current batch

    def begin(self, note: str, epochs: int) -> None:
        """The training starts, or goes on; `note` says on what."""

    def batch(self, progress: Progress) -> None:
        """Some batches were done."""

    def validating(self, epoch: int) -> None:
        """An epoch was trained; now the held-out digits are read."""

    def epoch(self, history: History) -> None:
        """An epoch is whole, and saved."""

    def end(self, status: Status, sentence: str, history: History) -> None:
        """The training is over. If at least one epoch is whole, it is saved."""


def how_is_it_going(history: History) -> tuple[str, str]:
    """Read a history as a teacher would.

    Parameters
    ----------
    history
        Lists "epoch", "loss", "accuracy", "val_loss" and "val_accuracy", one entry an epoch; they may be empty.

    Returns
    -------
    kind, sentence
        kind is "starting", "diverged", "stalled", "overfitting" or "learning".

    Notes
    -----
    Rules, first match wins. Diverged: a loss is not a finite number. Stalled: no better than guessing, or in three
    epochs neither loss fell by 1 %. Overfitting: the validation loss was lowest two or more epochs ago, is 5 % above
    that now, and the training loss still falls.
    """
    loss, val_loss, val_accuracy = history["loss"], history["val_loss"], history["val_accuracy"]
    if not val_loss:
        return "starting", "It has just begun: the first epoch will show how it goes."
    if not (math.isfinite(loss[-1]) and math.isfinite(val_loss[-1])):
        return (
            "diverged",
            "The loss is no longer a number: the steps were too large. Try a smaller learning_rate.",
        )
    right = f"{val_accuracy[-1]:.1%} of the held-out digits are read correctly"
    if val_accuracy[-1] < AS_GOOD_AS_GUESSING:
        return "stalled", f"It does no better than guessing: {right}. Try another learning_rate."
    best = min(range(len(val_loss)), key=val_loss.__getitem__)
    if len(val_loss) - 1 - best >= 2 and val_loss[-1] > 1.05 * val_loss[best] and loss[-1] < loss[best]:
        return "overfitting", (
            f"It is learning its own digits by heart: since epoch {history['epoch'][best]:g} the loss falls on them, "
            f"but rises on the held-out ones. {right}."
        )
    if len(loss) >= 4 and min(loss[-3:]) > 0.99 * loss[-4] and min(val_loss[-3:]) > 0.99 * val_loss[-4]:
        return "stalled", f"It has stopped getting better: {right}, and three epochs changed little."
    return "learning", f"It is learning: {right}."


def what_is_kept(status: Status, history: History) -> str:
    """Say what becomes of a run that is over."""
    if status == "diverged":
        return "This network is of no use, so it was not saved. If you had one, it is still there."
    if not is_kept(history):
        return "What was learned is in use on this page. It was not saved: for that, let one epoch come to its end."
    return "What was learned is in use, and saved."


def pick_watcher() -> Watcher:
    """Return a panel if this runs in a notebook, else a line in the terminal."""
    if "IPython" in sys.modules:
        from IPython import get_ipython

        if getattr(get_ipython(), "kernel", None) is not None:
            from mnist_lesson.widgets.training import TrainingPanel

            panel = TrainingPanel()
            panel.show()
            return panel
    return Line()


class Line:
    """One line in a terminal that is written over again; where the output is no terminal, a line an epoch."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._started = time.monotonic()

    def begin(self, note: str, epochs: int) -> None:
        print(f"{note} Ctrl-C stops after the current batch and keeps what was learned.")

    def batch(self, progress: Progress) -> None:
        if sys.stdout.isatty():
            share = progress.batch / progress.batches
            self._write(
                f"epoch {progress.epoch} of {progress.epochs}  {share:4.0%}  loss {progress.loss:.3f}  "
                f"accuracy {progress.accuracy:.1%}  {say_seconds(progress.seconds_left)} left"
            )

    def validating(self, epoch: int) -> None:
        if sys.stdout.isatty():
            self._write(f"epoch {epoch}: reading the held-out digits …")

    def epoch(self, history: History) -> None:
        row = {name: values[-1] for name, values in history.items()}
        self._write(
            f"epoch {row['epoch']:g}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.2%}; held-out digits: "
            f"loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.2%}"
        )
        print(flush=True)

    def end(self, status: Status, sentence: str, history: History) -> None:
        took = say_seconds(time.monotonic() - self._started)
        self._write(f"{status.capitalize()} after {took}. {what_is_kept(status, history)} {sentence}")
        print(flush=True)

    def _write(self, text: str) -> None:
        clear = "\r\x1b[K" if sys.stdout.isatty() else ""
        print(clear + text, end="", flush=True)


def say_seconds(seconds: float) -> str:
    """Say a time as a person would: 42 s, 3 min 5 s, 2 h 10 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
