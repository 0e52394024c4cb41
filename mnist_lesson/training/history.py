"""06 · Train: the numbers of a training, epoch by epoch, and what they say."""

from __future__ import annotations

import math
from typing import Literal

History = dict[str, list[float]]


Status = Literal["finished", "stopped", "diverged"]


COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")


def is_kept(history: History) -> bool:
    """Say whether a run is saved: one epoch at least is whole, and its last numbers are numbers."""
    last = [column[-1] for column in history.values() if column]
    return bool(last) and history["epoch"][-1] >= 1 and all(map(math.isfinite, last))


def empty_history() -> History:
    """Return a history without epochs."""
    return {name: [] for name in COLUMNS}


AS_GOOD_AS_GUESSING = 0.2  # ten answers: guessing is right one time in ten


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
    if (
        len(val_loss) - 1 - best >= 2
        and val_loss[-1] > 1.05 * val_loss[best]
        and loss[-1] < loss[best]
    ):
        return "overfitting", (
            f"It is learning its own digits by heart: since epoch {history['epoch'][best]:g} the loss falls on them, "
            f"but rises on the held-out ones. {right}."
        )
    if (
        len(loss) >= 4
        and min(loss[-3:]) > 0.99 * loss[-4]
        and min(val_loss[-3:]) > 0.99 * val_loss[-4]
    ):
        return (
            "stalled",
            f"It has stopped getting better: {right}, and three epochs changed little.",
        )
    return "learning", f"It is learning: {right}."


def what_is_kept(status: Status, history: History) -> str:
    """Say what becomes of a run that is over."""
    if status == "diverged":
        return "This network is of no use, so it was not saved. If you had one, it is still there."
    if not is_kept(history):
        return "What was learned is in use on this page. It was not saved: for that, let one epoch come to its end."
    return "What was learned is in use, and saved."
