"""As good as it gets in 20 seconds: measure this machine, choose what fits, stop on time, say what was used."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from mnist_lesson.instructor.records import Record, complete
from mnist_lesson.instructor.sweeps import Quiet, data_digest, judge, prepare
from mnist_lesson.model import draw_weights
from mnist_lesson.shared.checks import check_number
from mnist_lesson.shared.quiet_keras import import_keras, predict_in_batches
from mnist_lesson.training.batches import TrainingData, batches
from mnist_lesson.training.loop import compile_model
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings

TRIED = 6  # batches, after the first, which compiles
SPARE = 1.15  # so much more than seems to fit is planned: the clock ends the run, not the plan
JUDGING = 0.25  # at most this share of the time goes into reading held-out digits


class Clock(threading.Event):
    """An event that sets itself when the time is up."""

    def __init__(self, until: float, other: threading.Event) -> None:
        super().__init__()
        self.until, self.other = until, other

    def is_set(self) -> bool:
        return time.monotonic() >= self.until or self.other.is_set()


def train_for(
    seconds: float,
    options: Mapping[str, Any] | Settings | None = None,
    data: Any = None,
    *,
    watcher: Watcher | None = None,
) -> Record:
    """Train for so many seconds, all included, and return the run; its `reason` says what was used.

    Parameters
    ----------
    seconds
        From 10 to 3,600. The loading of TensorFlow and the digits counts, if that is still to be done.
    options
        What is not as in the original, as for `run_one()`; but `digits` and `epochs` follow from the time.
    data
        As for `sweep()`.
    watcher
        Who watches, and may stop it earlier.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above.
    """
    started, seconds = time.monotonic(), check_number("seconds", seconds, 10, 3600)
    full, watcher = complete(options), watcher or Quiet()
    digits, model, settings = prepare(full | {"digits": None, "epochs": 1}, data)
    start_up, a_batch, a_reading = measure(model, digits, settings)
    left = started + seconds - time.monotonic() - start_up
    judged = int(min(len(digits.y_val), max(10, JUDGING * left / a_reading)))
    steps = max(1, SPARE * (left - judged * a_reading) / a_batch)
    epochs = max(1, math.ceil(steps * settings.batch_size / len(digits.places)))
    trained = int(min(len(digits.places), max(10, steps * settings.batch_size / epochs)))
    chance = np.random.default_rng(settings.seed)
    places = np.sort(chance.permutation(digits.places)[:trained])
    chosen = TrainingData(digits.x, digits.y, places, digits.x_val[:judged], digits.y_val[:judged])
    used = full | {"digits": trained, "epochs": epochs}
    before, until = watcher.stop, started + seconds - judged * a_reading - 0.3
    watcher.stop = Clock(until, before)
    try:
        run = judge(
            used,
            chosen,
            model,
            replace(settings, epochs=epochs),
            watcher,
            started,
            data_digest(data),
            seconds,
        )
    finally:
        watcher.stop = before
    return replace(
        run,
        status="diverged"
        if run.status == "diverged"
        else "stopped"
        if before.is_set()
        else "finished",
        reason=report(run, len(digits.y_val)),
    )


def measure(model: Any, digits: TrainingData, settings: Settings) -> tuple[float, float, float]:
    """Return the seconds that `fit()` takes to get ready, that a batch takes, and the reading of a held-out digit."""
    import_keras()
    compile_model(model, settings, 1)
    draw_weights(model, settings.seed)
    few = batches(digits, settings, 0)
    times = [time.monotonic()]
    for _ in range(TRIED + 1):
        model.train_on_batch(*next(few))
        times.append(time.monotonic())
    took = np.diff(times)
    shown = digits.x_val[:500]
    predict_in_batches(model, shown[:250])
    reading = time.monotonic()
    predict_in_batches(model, shown)
    a_batch = float(np.median(took[1:]))
    return max(0.5, float(took[0]) - a_batch), a_batch, (time.monotonic() - reading) / len(shown)


def report(run: Record, held_out: int) -> str:
    """Say what a run in a time box used."""
    epochs = run.history["epoch"][-1] or 0
    seen = round(epochs * run.trained)
    parts = f"{run.seconds:.1f} s: about {seen:,} digits shown, {min(seen, run.trained):,} of them different"
    few = (
        ""
        if run.judged == held_out
        else f" (only {run.judged:,} of the {held_out:,} held-out digits fitted in)"
    )
    return (
        f"{parts}; {run.accuracy or 0:.1%} of {run.judged:,} held-out digits are read right{few}."
    )
