"""06 · Train: the numbers of a training run, epoch by epoch, and what they say."""

import math
from typing import Any, Literal

from mnist_lesson.look import HISTORY
from mnist_lesson.shared import foreign

History = dict[str, list[float]]
Status = Literal["finished", "stopped", "diverged"]

_COLUMN = foreign.list_of(foreign.number(-1e300, 1e300), 1000, 1)
AS_GOOD_AS_GUESSING = 0.2  # ten answers: guessing is right one time in ten


def empty_history() -> History:
    """Return a history with no epochs yet."""
    return {name: [] for name in HISTORY}


def check_history(value: Any, name: str = "history") -> None:
    """Raise ForeignError unless this is the history of a run: five columns of one length."""
    foreign.check(value, foreign.fields(dict.fromkeys(HISTORY, _COLUMN)), name)
    if len({len(column) for column in value.values()}) > 1:
        raise foreign.ForeignError(f"{name} has columns of different lengths")


def is_kept(history: History) -> bool:
    """Say whether to save a run: at least one epoch is whole, and its last numbers are finite."""
    # Part of an epoch mustn't take the place of an earlier run's whole ones.
    last = [column[-1] for column in history.values() if column]
    return bool(last) and history["epoch"][-1] >= 1 and all(map(math.isfinite, last))


def how_is_it_going(history: History, *, over: bool = False) -> tuple[str, str]:
    """Read a history as a teacher would, and say in a word and a sentence how the training goes.

    The word is "starting", "diverged", "stalled", "overfitting" or "learning"; if it's `over`, the
    sentence says what came out.

    Rules, first match wins. Diverged: a loss is not a finite number; or the training loss rises,
    has more than doubled since it was lowest, and is above where it began. Stalled: no better than
    guessing, or neither loss fell by 1% in three epochs. Overfitting: the validation loss was
    lowest two or more epochs ago, is 5% above that now, and the training loss is still falling.
    """
    loss, val_loss = history["loss"], history["val_loss"]
    if not val_loss:
        ended, begun = (
            "It ended before",
            "It has just begun: the first epoch will show how it goes.",
        )
        return "starting", f"{ended} it had read any held-out digits." if over else begun
    smaller = "the steps were too large. Try a smaller learning_rate."
    if not (math.isfinite(loss[-1]) and math.isfinite(val_loss[-1])):
        return "diverged", f"The loss is no longer a number: {smaller}"
    if _explodes(loss):
        return (
            "diverged",
            f"The loss {'kept' if over else 'keeps'} growing, from {min(loss):.3g} to "
            f"{loss[-1]:.3g}: {smaller}",
        )
    # Check for guessing after exploding: a network that explodes may do no better than guessing.
    right = f"{history['val_accuracy'][-1]:.1%} of the held-out digits are read correctly"
    if history["epoch"][-1] < 1:  # so early, a low accuracy says nothing about the learning rate
        return "starting", f"It ended before it had seen every digit once: {right}."
    if history["val_accuracy"][-1] < AS_GOOD_AS_GUESSING:
        return "stalled", f"It does no better than guessing: {right}. Try another learning_rate."
    # Before standing still: whoever overfits may stand still on the held-out digits.
    lowest = val_loss.index(min(val_loss))
    if _overfits(loss, val_loss, lowest):
        best = f"{history['epoch'][lowest]:g}"
        is_overfitting = (
            f"It is overfitting: since epoch {best} the loss has been falling on its own digits, "
            f"but rising on the held-out ones. {right}."
        )
        was_overfitting = (
            f"It was overfitting: after epoch {best} the loss went on falling on its own digits, "
            f"but rose on the held-out ones. {right}."
        )
        return "overfitting", was_overfitting if over else is_overfitting
    if _stands_still(loss) and _stands_still(val_loss):
        stopped = f"It {'had' if over else 'has'} stopped getting better: {right}"
        little = "the last three epochs changed" if over else "three epochs have changed"
        return "stalled", f"{stopped}, and {little} little."
    return "learning", f"It {'has learned' if over else 'is learning'}: {right}."


def _explodes(loss: list[float]) -> bool:
    # A loss may jump for a while and come down again; one that climbs past where it began won't.
    return len(loss) > 1 and loss[-1] > loss[-2] and loss[-1] > max(2 * min(loss), loss[0])


def _overfits(loss: list[float], val_loss: list[float], lowest: int) -> bool:
    # One bad epoch is chance. Two in a row, and 5% worse, aren't.
    long_ago = len(val_loss) - 1 - lowest >= 2
    return long_ago and val_loss[-1] > 1.05 * val_loss[lowest] and loss[-1] < loss[lowest]


def _stands_still(loss: list[float]) -> bool:
    return len(loss) >= 4 and min(loss[-3:]) > 0.99 * loss[-4]


def what_is_kept(status: Status, history: History) -> str:
    """Say what happens to a run that's over."""
    if status == "diverged":
        return (
            "This network is no use, so it wasn't saved. If you had one before, it's still there."
        )
    if not is_kept(history):
        return (
            "What was learned lasts until this page is closed. It wasn't saved: "
            "for that, let at least one epoch finish."
        )
    return "What was learned is saved."
