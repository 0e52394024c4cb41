"""06 · Train: what `train()`, `race()` and a sweep of many runs have in common.

    make_ready(model, data, settings)                       loss, optimizer, first weights
    for learned in fit_epochs(model, data, settings, …):    an epoch: a step for each batch
        course.add(learned, judge(model, data))             how well does it read new digits now?

Keras's own `fit()` takes the steps. Everything random follows from the seed, so you can repeat a
run, and after a break it goes on exactly.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.model import draw_weights
from mnist_lesson.network.arithmetic import cross_entropy
from mnist_lesson.shared.quiet_keras import import_keras, predict_in_batches
from mnist_lesson.training.batches import TrainingData, count_epochs, count_steps, feed
from mnist_lesson.training.history import History, Status, empty_history
from mnist_lesson.training.reports import Progress, Watcher
from mnist_lesson.training.settings import Settings

if TYPE_CHECKING:
    import keras

PATIENCE = 15.0  # seconds after a first Ctrl-C in which another one counts as impatience


@dataclass(frozen=True)
class Learned:
    """One epoch of steps: its number from 0, the share of it that was done, and its averages."""

    epoch: int
    share: float
    loss: float
    accuracy: float


@dataclass
class Course:
    """How a training run has gone so far: `history`, and how it last `read` the held-out digits."""

    epochs: int  # how many are planned
    history: History = field(default_factory=empty_history)
    read: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    done: int = 0  # whole epochs
    diverged: bool = False

    @property
    def status(self) -> Status:
        """Whether it got to the end."""
        if self.diverged:
            return "diverged"
        return "finished" if self.done == self.epochs else "stopped"

    def add(
        self, learned: Learned, probabilities: NDArray[np.float32], y_val: NDArray[np.int64]
    ) -> None:
        """Write down an epoch, and what the network made of the held-out digits after it."""
        self.read = probabilities.argmax(axis=1)
        # A run stopped partway through an epoch ends with a fraction of one, such as 2.4.
        share = 1 if learned.share == 1 else min(0.99, max(0.01, round(learned.share, 2)))
        row = {
            "epoch": learned.epoch + share,
            "loss": learned.loss,
            "accuracy": learned.accuracy,
            "val_loss": cross_entropy(probabilities, y_val),
            "val_accuracy": float((self.read == y_val).mean()),
        }
        for name, value in row.items():
            self.history[name].append(value)
        self.diverged = not (math.isfinite(row["loss"]) and math.isfinite(row["val_loss"]))
        if learned.share == 1 and not self.diverged:
            self.done = learned.epoch + 1


def make_ready(
    model: keras.Model,
    data: TrainingData,
    settings: Settings,
    *,
    keep_compiled: bool = False,
) -> None:
    """Compile `model`, and draw its first weights and its dropout from the settings' seed.

    With `keep_compiled`, a model of an earlier run keeps its compiled step. Its optimizer forgets
    everything but its kind and gets this run's learning rate, which must be a constant one.
    """
    if keep_compiled:
        for variable in model.optimizer.variables:
            variable.assign(np.zeros(variable.shape))
        model.optimizer.learning_rate = settings.learning_rate
    else:
        compile_model(model, settings, count_steps(data, settings) * count_epochs(settings))
    draw_weights(model, settings.seed)
    # Dropout hides different neurons in each batch: which ones must follow from the seed, too.
    random = import_keras().random
    for place, layer in enumerate(model.layers):
        if getattr(layer, "seed_generator", None) is not None:
            drawn = np.random.SeedSequence([settings.seed, place]).generate_state(1)[0] >> 1
            layer.seed_generator.state.assign(random.SeedGenerator(int(drawn)).state)


def compile_model(model: keras.Model, settings: Settings, steps: int) -> None:
    """Compile `model` as `settings` say; `steps` is the number of updates in the whole run."""
    keras = import_keras()
    rate: Any = settings.learning_rate
    if settings.schedule == "one_cycle":
        # The rate climbs for a quarter of the way, so the first weights aren't thrown about. Then
        # it falls, and the network settles.
        warm_up = max(1, steps // 4)
        rate = keras.optimizers.schedules.CosineDecay(
            rate / 25, max(1, steps - warm_up), warmup_target=rate, warmup_steps=warm_up
        )
    if settings.optimizer == "adam":
        optimizer = keras.optimizers.Adam(rate, beta_2=settings.beta_2)
    else:
        optimizer = keras.optimizers.SGD(rate)
    # Building it inside `fit()` would make TensorFlow compile the step twice.
    optimizer.build(model.trainable_variables)
    # Named as in the history. Just "accuracy" would leave the choice to Keras.
    accuracy = keras.metrics.CategoricalAccuracy(name="accuracy")
    model.compile(optimizer=optimizer, loss=settings.loss, metrics=[accuracy])


def fit_epochs(
    model: keras.Model,
    data: TrainingData,
    settings: Settings,
    watcher: Watcher,
    *,
    first: int = 0,
    each_step: Callable[[float, float, float], None] | None = None,
) -> Iterator[Learned]:
    """Train, and hand over after each epoch, so the caller can judge it, or leave the loop.

    The model was made ready by `make_ready()`, and `first` epochs are done already. The watcher
    hears how it goes, and may stop it: then the epoch ends after the current batch, and is the
    last. After each batch, `each_step` gets the epochs done so far, such as 0.25, and the loss and
    the accuracy, which are averages over this epoch so far.
    """
    clock = _Clock(count_epochs(settings), count_steps(data, settings), watcher)
    for epoch in range(first, clock.epochs):
        # Stopped while the digits were being judged. The first epoch takes at least one step.
        if watcher.stop.is_set() and epoch > first:
            return
        yield _fit_epoch(model, data, settings, epoch, clock, each_step)
        clock.judged()


def _fit_epoch(
    model: keras.Model,
    data: TrainingData,
    settings: Settings,
    epoch: int,
    clock: _Clock,
    each_step: Callable[[float, float, float], None] | None,
) -> Learned:
    """Take the steps of one epoch: for each batch, the loss, its gradient, and new weights."""
    averages = {"loss": math.nan, "accuracy": math.nan}  # over the epoch so far
    steps = 0

    def after_step(batch: int, logs: dict[str, float]) -> None:
        nonlocal steps
        steps = batch + 1
        averages.update(logs)
        if each_step:
            each_step(epoch + steps / clock.steps, averages["loss"], averages["accuracy"])
        # Once a loss isn't a number, no later one will be.
        if clock.watcher.stop.is_set() or not math.isfinite(averages["loss"]):
            model.stop_training = True
        clock.tell(epoch, steps, averages)

    clock.begin()
    model.fit(
        feed(data, settings, epoch),
        steps_per_epoch=clock.steps,
        initial_epoch=epoch,
        epochs=epoch + 1,
        shuffle=False,  # batches() has shuffled already
        verbose=0,
        callbacks=[import_keras().callbacks.LambdaCallback(on_train_batch_end=after_step)],
    )
    clock.watcher.validating(epoch + 1)
    return Learned(epoch, steps / clock.steps, float(averages["loss"]), float(averages["accuracy"]))


class _Clock:
    """Tells the watcher a few times a second how far the training is, and how long it has left."""

    def __init__(self, epochs: int, steps: int, watcher: Watcher) -> None:
        self.epochs = epochs
        self.steps = steps
        self.watcher = watcher
        self._judging = 0.0  # seconds after the last epoch
        self._told = 0.0

    def begin(self) -> None:
        """Note the time an epoch begins."""
        # The monotonic clock never jumps, even if someone sets the computer's clock.
        self._began = self._ended = time.monotonic()

    def judged(self) -> None:
        """Note how long judging took, after the epoch."""
        self._judging = time.monotonic() - self._ended

    def tell(self, epoch: int, step: int, averages: dict[str, float]) -> None:
        """Report, unless we did a moment ago; an epoch's last step is always told."""
        now = self._ended = time.monotonic()
        if step == 1 < self.steps:
            self._began = now  # TensorFlow's first step takes seconds, and says nothing of the next
            return
        if step < self.steps and now - self._told < self.watcher.pause:
            return
        # Epochs are much alike: the rest will take as long as this one.
        epochs_left = self.epochs - epoch
        a_step = (now - self._began) / max(1, step - 1)
        left = a_step * (epochs_left * self.steps - step) + self._judging * epochs_left
        progress = Progress(
            epoch=epoch + 1,
            epochs=self.epochs,
            batch=step,
            batches=self.steps,
            loss=averages["loss"],
            accuracy=averages["accuracy"],
            seconds_left=left,
        )
        self.watcher.batch(progress)
        self._told = time.monotonic()  # it may have held the training up


def judge(model: keras.Model, data: TrainingData) -> NDArray[np.float32]:
    """Let the network read the held-out digits: ten probabilities for each, float32 (n, 10)."""
    # Not compiled, though that would take a quarter less: TensorFlow's compiled ReLU turns what is
    # no longer a number into 0, and a network that broke down would look sound.
    return predict_in_batches(model, data.x_val)


@contextmanager
def told_if_broken_off(watcher: Watcher) -> Iterator[None]:
    """Tell the watcher if an error, or an impatient Ctrl-C, breaks the training off."""
    try:
        yield
    except BaseException:
        watcher.broken_off()
        raise


@contextmanager
def interrupt_sets(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C or Kernel → Interrupt set `stop` instead of breaking off.

    A later one breaks off as usual, but not within `PATIENCE`: the held-out digits may take that
    long.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # Python lets only the main thread listen for signals
        return
    before = signal.getsignal(signal.SIGINT)
    asked = list[float]()

    def handle(number: int, frame: Any) -> None:
        asked.append(time.monotonic())
        if asked[-1] - asked[0] > PATIENCE:
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
