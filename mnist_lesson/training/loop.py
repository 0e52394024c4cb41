"""06 · Train: around Keras's `fit()`. It reports, saves after each epoch, stops on request, and repeats exactly.

To repeat a run exactly after a break, everything that chance decides must follow from the seed and the number of the
epoch alone: `batches()` draws the order of the digits so, and `Loop` sets the dropout layers so.
"""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.model import draw_weights
from mnist_lesson.network.arithmetic import cross_entropy
from mnist_lesson.shared.quiet_keras import import_keras, predict_in_batches
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training.batches import TrainingData, feed
from mnist_lesson.training.checkpoint import (
    Checkpoint,
    broken,
    identity,
    load_checkpoint,
    save_checkpoint,
)
from mnist_lesson.training.history import History, Status, empty_history
from mnist_lesson.training.replay import Replay
from mnist_lesson.training.reports import Progress, Watcher

if TYPE_CHECKING:
    import keras

    from mnist_lesson.training.settings import Settings

REPORTS = 0.25  # seconds between two reports to the watcher
PATIENCE = 15.0  # seconds after a first Ctrl-C in which another one is taken for impatience


class Loop:
    """One training under way."""

    def __init__(
        self,
        model: keras.Model,
        digits: TrainingData,
        settings: Settings,
        folder: Path,
        watcher: Watcher,
    ) -> None:
        self.model, self.digits, self.settings, self.watcher = model, digits, settings, watcher
        self.file = folder / "checkpoint.npz"
        self.epochs = min(settings.epochs, 2) if rehearsal() else settings.epochs
        self.steps = math.ceil(len(digits.places) / settings.batch_size)
        self.history: History = empty_history()
        self.replay = Replay.begin(digits.x_val, digits.y_val)
        self.status: Status = "finished"
        self.seconds_before = 0.0
        self._done = 0  # whole epochs
        self._batch = 0
        self._validation_seconds = 0.0
        self._started = self._epoch_started = self._reported = time.monotonic()

    def prepare(self, *, resume: bool, keep_weights: bool) -> None:
        """Compile the model, give it its first or its saved weights, and tell the watcher."""
        compile_model(self.model, self.settings, self.steps * self.epochs)
        digits = self.digits
        settings = asdict(self.settings) | {"keep_weights": keep_weights}
        self._identity = identity(self.model, settings, *vars(digits).values())
        saved = load_checkpoint(self.file, self._identity) if resume else None
        if saved is not None:
            self._restore(saved)
        elif not keep_weights:
            draw_weights(self.model, self.settings.seed)
        note = "Rehearsal: a tenth of the digits, two epochs. " if rehearsal() else ""
        note += f"Training on {len(self.digits.places):,} digits, judged on {len(self.digits.y_val):,} others."
        if self._done:
            note += f" It goes on after epoch {self._done}."
        self.watcher.begin(note, self.epochs)
        if self._done:
            self.watcher.epoch(self.history)

    def run(self) -> None:
        """Train until the last epoch, a Stop, or a loss that is no number."""
        if self._done >= self.epochs:
            return
        callback = import_keras().callbacks.LambdaCallback(
            on_epoch_begin=self._on_epoch_begin,
            on_train_batch_end=self._on_batch_end,
            on_epoch_end=self._on_epoch_end,
        )
        self.model.fit(
            feed(self.digits, self.settings, self._done),
            steps_per_epoch=self.steps,
            epochs=self.epochs,
            initial_epoch=self._done,
            shuffle=False,  # batches() has shuffled already
            verbose=0,
            callbacks=[callback],
        )

    def _on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._batch, self._epoch_started = 0, time.monotonic()
        for place, layer in enumerate(self.model.layers):
            if getattr(layer, "seed_generator", None) is not None:
                drawn = np.random.SeedSequence([self.settings.seed, epoch, place]).generate_state(
                    1
                )[0]
                layer.seed_generator.state.assign(np.array([drawn >> 1, 0], dtype=np.uint32))

    def _on_batch_end(self, batch: int, logs: dict[str, float]) -> None:
        self._batch = batch + 1
        if not math.isfinite(logs["loss"]):
            self.status, self.model.stop_training = "diverged", True
        elif self.watcher.stop.is_set():
            self.status, self.model.stop_training = "stopped", True
        now = time.monotonic()
        if now - self._reported >= REPORTS:
            self._reported = now
            self.watcher.batch(self._progress(logs, now))

    def _on_epoch_end(self, epoch: int, logs: dict[str, float]) -> None:
        started = time.monotonic()
        self.watcher.validating(epoch + 1)
        probabilities = predict_in_batches(self.model, self.digits.x_val)
        self._validation_seconds = time.monotonic() - started
        whole = self._batch == self.steps
        row = {
            "epoch": epoch + 1
            if whole
            else epoch + min(0.99, max(0.01, round(self._batch / self.steps, 2))),
            "loss": float(logs["loss"]),
            "accuracy": float(logs["accuracy"]),
            "val_loss": cross_entropy(probabilities, self.digits.y_val),
            "val_accuracy": float((probabilities.argmax(axis=1) == self.digits.y_val).mean()),
        }
        for name, value in row.items():
            self.history[name].append(value)
        if not math.isfinite(row["val_loss"]):
            self.status, self.model.stop_training = "diverged", True
        self.replay.add(self.model, row["epoch"], probabilities)
        if whole and self.status != "diverged":
            self._done = epoch + 1
            self._save()
        self.watcher.epoch(self.history)
        if self.watcher.stop.is_set() and self._done < self.epochs:
            self.status, self.model.stop_training = "stopped", True

    def _progress(self, logs: dict[str, float], now: float) -> Progress:
        epoch = self._done + 1
        a_batch = (now - self._epoch_started) / max(1, self._batch)
        batches_left = (self.epochs - epoch + 1) * self.steps - self._batch
        left = a_batch * batches_left + self._validation_seconds * (self.epochs - epoch + 1)
        return Progress(
            epoch, self.epochs, self._batch, self.steps, logs["loss"], logs["accuracy"], left
        )

    def _save(self) -> None:
        seconds = self.seconds_before + time.monotonic() - self._started
        weights = self.model.get_weights()
        state = [np.asarray(variable) for variable in self.model.optimizer.variables]
        save_checkpoint(
            self.file,
            Checkpoint(
                self._identity, self._done, seconds, self.history, weights, state, self.replay
            ),
        )

    def _restore(self, saved: Checkpoint) -> None:
        variables = self.model.optimizer.variables
        shapes = [list(map(np.shape, arrays)) for arrays in (saved.weights, saved.optimizer)]
        if saved.done > self.epochs or shapes != [
            [w.shape for w in self.model.get_weights()],
            [tuple(v.shape) for v in variables],
        ]:
            raise broken(self.file)
        self.model.set_weights(saved.weights)
        for variable, value in zip(variables, saved.optimizer, strict=True):
            variable.assign(value)
        self._done, self.seconds_before = saved.done, saved.seconds
        self.history, self.replay = saved.history, saved.replay


def compile_model(model: keras.Model, settings: Settings, steps: int) -> None:
    """Compile `model` as `settings` say; `steps` is the number of updates in the whole run."""
    keras = import_keras()
    rate: Any = settings.learning_rate
    if settings.schedule == "one_cycle":
        warm_up = max(1, steps // 4)
        rate = keras.optimizers.schedules.CosineDecay(
            rate / 25, max(1, steps - warm_up), warmup_target=rate, warmup_steps=warm_up
        )
    optimizer = (
        keras.optimizers.Adam(rate) if settings.optimizer == "adam" else keras.optimizers.SGD(rate)
    )
    # What is made before `fit()` need not be made within it, where TensorFlow would have to compile twice.
    optimizer.build(model.trainable_variables)
    accuracy = keras.metrics.CategoricalAccuracy(name="accuracy")
    model.compile(optimizer=optimizer, loss=settings.loss, metrics=[accuracy])


@contextmanager
def interrupt_sets(stop: threading.Event) -> Iterator[None]:
    """Let Ctrl-C or Kernel → Interrupt set `stop` instead of breaking off.

    Another one breaks off as usual, but not within `PATIENCE`: so long the held-out digits may take.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
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
