"""06 · Train: what a training run reports as it goes, and what its numbers say in plain words."""

import threading
import time
from dataclasses import dataclass

import numpy as np

from mnist_lesson.shared.words import say_seconds
from mnist_lesson.training.history import History, Status, what_is_kept


@dataclass(frozen=True)
class Progress:
    """Where a training run is. `loss` and `accuracy` are the averages over this epoch so far."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float
    seconds_left: float

    @property
    def done(self) -> float:
        """How many epochs are done, such as 0.25."""
        return self.epoch - 1 + self.batch / self.batches


LATELY = 0.15  # epochs: long enough for a smooth curve, short enough to see it move


def lately(averages: list[tuple[float, float]], most: float = 1) -> list[tuple[float, float]]:
    """Turn averages over each epoch so far into averages over the last `LATELY` epochs.

    An epoch's average remembers the clumsy start and begins afresh with the next epoch, so that its
    curve has stairs in it that the network never climbed. Both lists hold (epochs done, accuracy),
    or losses, which have no `most`.
    """
    if not averages:
        return []
    done, average = np.array(averages).T
    epoch = np.ceil(done) - 1
    # The last average of an epoch sums it up; before an epoch, all the earlier ones count whole.
    ends = dict(zip(epoch.tolist(), average.tolist(), strict=True))
    before = np.array([sum(end for e, end in ends.items() if e < now) for now in epoch])
    total = before + (done - epoch) * average  # how much it had read right since the start
    back = np.maximum(done - LATELY, epoch[0])
    gained = total - np.interp(back, [epoch[0], *done], [0, *total])
    recent = np.clip(gained / (done - back), 0, most)
    return list(zip(done.tolist(), recent.tolist(), strict=True))


class Watcher:
    """Follows a training run, which calls it a few times a second; this one says nothing.

    Set its `stop`, and the training ends after the current batch.
    """

    pause = 0.25  # seconds between two reports

    def __init__(self) -> None:
        self.stop = threading.Event()  # an Event, because a click may come in another thread
        self.held_up = 0.0  # seconds for which it kept a race waiting: no stopwatch counts them

    def begin(self, note: str, epochs: int) -> None:
        """The training starts, or goes on; `note` says on what."""

    def batch(self, progress: Progress) -> None:
        """Some more batches are done."""

    def validating(self, epoch: int) -> None:
        """An epoch's training is done; now the network reads the held-out digits."""

    def judged(self) -> None:
        """A race's last step is done; now the network reads the held-out digits."""

    def epoch(self, history: History) -> None:
        """An epoch is whole, and saved."""

    def end(self, status: Status, sentence: str, history: History) -> None:
        """The training is over. If at least one epoch is whole, it is saved."""

    def broken_off(self) -> None:
        """The training has ended with an error; `end()` won't be called."""


# The panel in a notebook (widgets/training_panel.py) is another one.


class Printer(Watcher):
    """Prints a line for each epoch, where no notebook can show a panel."""

    def __init__(self) -> None:
        super().__init__()
        self._started = time.monotonic()

    def begin(self, note: str, epochs: int) -> None:
        print(f"{note} Ctrl-C stops after the current batch and keeps what was learned.")

    def epoch(self, history: History) -> None:
        row = {name: values[-1] for name, values in history.items()}
        print(
            f"epoch {row['epoch']:g}: loss {row['loss']:.4f}, accuracy {row['accuracy']:.2%}; "
            f"held-out digits: loss {row['val_loss']:.4f}, accuracy {row['val_accuracy']:.2%}",
            flush=True,
        )

    def end(self, status: Status, sentence: str, history: History) -> None:
        took = say_seconds(time.monotonic() - self._started)
        print(f"{status.capitalize()} after {took}. {what_is_kept(status, history)} {sentence}")
