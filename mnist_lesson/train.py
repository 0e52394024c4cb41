"""06 · Train: settings, and a training that can be watched, stopped and resumed."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from mnist_lesson.network.saved import check_model
from mnist_lesson.shared.workspace import check_writable, rehearsal, run_folder
from mnist_lesson.training import run as runs
from mnist_lesson.training.batches import choose_digits
from mnist_lesson.training.history import how_is_it_going
from mnist_lesson.training.loop import Loop, interrupt_sets
from mnist_lesson.training.reports import Line, Watcher
from mnist_lesson.training.run import Run
from mnist_lesson.training.settings import Settings

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
    keep_weights: bool = False,
    watcher: Watcher | None = None,
) -> Run:
    """Train `model`, show how it goes, and keep what was learned.

    Parameters
    ----------
    model
        A Keras model from (28, 28, 1) to ten probabilities, as from `build_model()`. Its weights change. Its layers
        must be such as the NumPy twin knows: it is saved as a twin, too.
    x
        float32 of shape (n, 28, 28, 1) in 0..1, as from `to_input()`.
    y
        Whole numbers 0 to 9 of shape (n,).
    settings
        By default `Settings()`: those of the original lesson.
    validation_data
        Pictures and labels to judge on, instead of some held out of `x` and `y`.
    name
        The run is saved under this name in the learner's folder, after each epoch.
    resume
        Go on from the last whole epoch of the run of this name, if there is one.
    keep_weights
        Start from the weights that the model has. By default it starts anew, from weights drawn from `settings.seed`,
        so that running a cell twice gives the same run twice.
    watcher
        Who watches. By default a panel in a notebook, a line in a terminal.

    Returns
    -------
    Run
        Also after a Stop or a Kernel → Interrupt: both end the training after the current batch. It is saved if at
        least one epoch is whole and its numbers are numbers, so that a run stopped at once replaces no good one.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above; or `resume` finds a run with other settings, digits or layers.
    WorkspaceError
        The learner's folder cannot be written. That is found out before the training.

    Notes
    -----
    Explained in notebook 06.
    """
    settings = settings if settings is not None else Settings()
    if not isinstance(settings, Settings):
        raise TypeError(
            f"settings came as {settings!r}, but Settings are needed, as in Settings(epochs=3)."
        )
    check_model(model)
    folder = check_writable(run_folder(name))
    digits = choose_digits(x, y, settings, validation_data)
    loop = Loop(model, digits, settings, folder, watcher or pick_watcher())
    loop.prepare(resume=resume, keep_weights=keep_weights)
    started = time.monotonic()
    with interrupt_sets(loop.watcher.stop):
        loop.run()
        run = Run(
            history=loop.history,
            model=model,
            settings=settings,
            seconds=loop.seconds_before + time.monotonic() - started,
            status=loop.status,
            digits=(len(digits.places), len(digits.y_val)),
            rehearsal=rehearsal(),
            name=name,
        )
        if run.kept:
            runs.save(run, folder, loop.replay)
        loop.watcher.end(run.status, how_is_it_going(run.history)[1], run.history)
    return run


def pick_watcher() -> Watcher:
    """Return a panel if this runs in a notebook, else a line in the terminal."""
    if "IPython" in sys.modules:
        from IPython import get_ipython

        if getattr(get_ipython(), "kernel", None) is not None:
            from mnist_lesson.widgets.training_panel import TrainingPanel

            panel = TrainingPanel()
            panel.show()
            return panel
    return Line()
