"""06 · Train: a training run that you can watch, stop and resume.

`train()` does what every training run does, in this order. Each step has a home of its own:

    choose_digits()     which digits to learn from, and which to hold out     training/batches.py
    make_ready()        the first weights, the loss, the optimizer            training/loop.py
    fit_epochs()        an epoch: batch after batch, a step for each          training/loop.py
    judge()             how many held-out digits does it read right now?      training/loop.py
    save_checkpoint()   how far it has got, in case it's cut short            training/checkpoint.py
    save_run()          the trained network, and the story of its training    training/run.py
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

from mnist_lesson.network.saved import check_model
from mnist_lesson.shared.machine import in_notebook
from mnist_lesson.shared.workspace import RunFolder, rehearsal
from mnist_lesson.training.batches import TrainingData, choose_digits, count_epochs
from mnist_lesson.training.checkpoint import identity, load_checkpoint, save_checkpoint
from mnist_lesson.training.history import how_is_it_going
from mnist_lesson.training.loop import (
    Course,
    fit_epochs,
    interrupt_sets,
    judge,
    make_ready,
    told_if_broken_off,
)
from mnist_lesson.training.replay import Replay
from mnist_lesson.training.reports import Printer, Watcher
from mnist_lesson.training.run import Run, holding, save_run
from mnist_lesson.training.settings import Settings, check_settings
from mnist_lesson.widgets.training_panel import TrainingPanel

if TYPE_CHECKING:
    import keras

__all__ = ["Run", "Settings", "how_is_it_going", "train"]


def train(
    model: keras.Model,
    x: Any,
    y: Any,
    settings: Settings | None = None,
    *,
    validation_data: tuple[Any, Any] | None = None,
    name: str = "model",
    resume: bool = False,
    watcher: Watcher | None = None,
) -> Run:
    """Train `model`, show how it goes, and keep what was learned. Explained in notebook 06.

    Parameters
    ----------
    model
        A Keras model from (28, 28, 1) to ten probabilities, as from `build_model()`. It starts from
        new weights, drawn from `settings.seed`, so running a cell twice gives the same run twice.
        The NumPy twin must know all its layers, because it's saved as a twin, too.
    x
        float32 of shape (n, 28, 28, 1) in 0..1, as from `to_input()`; or the pixels as they were
        loaded, uint8 (n, 28, 28), which take a quarter of the memory.
    y
        Whole numbers 0 to 9 of shape (n,).
    settings
        By default `Settings()`, as in the original lesson.
    validation_data
        Pictures and labels to judge on, instead of some held out of `x` and `y`.
    name
        The name to save the run under, in the learner's folder.
    resume
        Go on from the last whole epoch of the run with this name, if there is one.
    watcher
        What shows how it goes. By default a panel in a notebook, printed lines elsewhere.

    Returns
    -------
    Run
        Also after Stop or Kernel → Interrupt: both end the training after the current batch. The
        run is saved if at least one epoch is complete and its numbers are finite, so a run stopped
        straight away never replaces a good one.

    Raises
    ------
    TypeError, ValueError
        `model`, `x`, `y` or `settings` is of another kind, and the message says what to type; or
        `resume` finds a run with other settings, digits or layers.
    WorkspaceError
        The learner's folder can't be written to, or another page is training under this name. Both
        come to light before the training starts.
    """
    # If anything's wrong, say so now, not after the training.
    settings = check_settings(settings if settings is not None else Settings())
    check_model(model)
    with holding(name) as files:
        # It learns from most of the digits. Some are held out: they'll show what it makes of digits
        # it has never met.
        data = choose_digits(x, y, settings, validation_data)

        # The first weights are random numbers. The optimizer, Adam or plain gradient descent, will
        # change them.
        make_ready(model, data, settings)
        this_run = identity(model, settings, data)
        # If this run was cut short, it can go on with the weights of its last whole epoch.
        course, seconds, replay = _begin(model, data, settings, files, this_run, resume)

        watcher = watcher or pick_watcher(model)
        watcher.begin(_note(data, course), course.epochs)
        if course.done:
            watcher.epoch(course.history)
        started = time.monotonic() - seconds
        steps: list[tuple[float, float, float]] = []

        def after_step(done: float, loss: float, accuracy: float) -> None:
            replay.glance(model, done)
            steps.append((done, loss, accuracy))

        with interrupt_sets(watcher.stop), told_if_broken_off(watcher):
            # An epoch shows all digits once, in batches. Each batch makes one step: read it,
            # measure the loss, work out which way each weight would lower it (the gradient), and
            # move each weight a little that way.
            for learned in fit_epochs(
                model,
                data,
                settings,
                watcher,
                first=course.done,
                each_step=after_step,
            ):
                # Then it reads the held-out digits. It learns nothing from them.
                probabilities = judge(model, data)
                course.add(learned, probabilities, data.y_val)
                replay.add(model, course.history["epoch"][-1], probabilities)
                if course.done > learned.epoch:  # the epoch is whole
                    so_far = time.monotonic() - started
                    save_checkpoint(
                        files.making.checkpoint, model, this_run, course, so_far, replay
                    )
                watcher.epoch(course.history)
                if course.diverged:
                    break  # it won't learn anything any more

            # What it learned is saved as a whole: the network, and the story of its training.
            run = Run(
                history=course.history,
                model=model,
                settings=settings,
                seconds=time.monotonic() - started,
                status=course.status,
                digits=(len(data.places), len(data.y_val)),
                rehearsal=rehearsal(),
                name=name,
                steps=steps,
            )
            if run.kept:  # if not, the network from an earlier run stays
                save_run(run, files, replay)
            watcher.end(run.status, how_is_it_going(run.history, over=True)[1], run.history)
    return run


def _begin(
    model: keras.Model,
    data: TrainingData,
    settings: Settings,
    files: RunFolder,
    this_run: dict[str, Any],
    resume: bool,
) -> tuple[Course, float, Replay]:
    """Return how far the run has got, its seconds so far, and its replay: new, or resumed."""
    epochs = count_epochs(settings)
    course = Course(epochs)
    new = files.making.checkpoint
    if resume:
        file = new if new.exists() else files.checkpoint
        before = load_checkpoint(file, model, this_run, course)
        if before is not None:
            save_checkpoint(new, model, this_run, *before)
            return before
    shutil.rmtree(files.making.path, ignore_errors=True)
    return course, 0.0, Replay.begin(model, data.x_val, data.y_val, epochs)


def _note(data: TrainingData, course: Course) -> str:
    small = "Rehearsal: a tenth of the digits, two epochs. " if rehearsal() else ""
    goes_on = f" It goes on after epoch {course.done}." if course.done else ""
    learned = f"Training on {len(data.places):,} digits"
    return f"{small}{learned}, judged on {len(data.y_val):,} others.{goes_on}"


def pick_watcher(model: keras.Model) -> Watcher:
    """Return a panel if this runs in a notebook, else what prints a line for each epoch."""
    if not in_notebook():
        return Printer()
    panel = TrainingPanel(model)
    panel.show()
    return panel
