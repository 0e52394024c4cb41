"""The code behind a run: a cell of plain Keras that makes exactly the same one."""

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from mnist_lesson.instructor.records import DEFAULTS, complete, split_options
from mnist_lesson.load import SPLIT_SEED
from mnist_lesson.shared.templates import fill
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training import augment
from mnist_lesson.training.batches import choose_few, count_epochs
from mnist_lesson.training.settings import Settings

MNIST_DIGITS = 60_000  # in the training set


def show_code(options: Mapping[str, Any] | Settings | None = None) -> str:
    """Return a cell of plain Keras that makes exactly the run of these options on MNIST.

    Parameters
    ----------
    options
        What differs from the original, as for `run_one()`; or the `options` of a run.

    Raises
    ------
    TypeError, ValueError
        A name or a value is wrong.

    Notes
    -----
    The cell needs Keras and NumPy (and SciPy if digits are varied), but not the lesson. On the
    same machine with the same number of threads the results are identical; elsewhere, the last
    digits may differ.
    """
    settings, network = split_options(complete(options))
    one = f"x[order[start : start + {settings.batch_size}]]"
    one = f"shift_each({one}, {settings.shift}, chance)" if settings.shift else one
    one = f"vary({one}, chance)" if settings.augment else one
    # A Keras dropout with a rate of 0 draws no random numbers.
    shares = {3: network["dropout_conv"], 6: network["dropout_dense"]}
    return fill(
        "plain_keras.py",
        s=settings,
        n=network,
        one=one,
        source=_source_of_changes(settings),
        epochs=count_epochs(settings),
        few=_few(settings),
        rehearsal=rehearsal(),
        split_seed=SPLIT_SEED,
        optimizer=_optimizer(settings),
        dropouts=[place for place, share in shares.items() if share > 0],
    )


def _optimizer(settings: Settings) -> str:
    """Write the optimizer the way one would type it, without what Keras does anyway."""
    if settings.optimizer == "sgd":
        return "SGD(rate)"
    usual = settings.beta_2 == DEFAULTS["beta_2"]
    return "Adam(rate)" if usual else f"Adam(rate, beta_2={settings.beta_2})"


def _source_of_changes(settings: Settings) -> str:
    """Return the lesson's code that varies digits, to paste into the cell; "" if none are."""
    # Straight from the lesson's own file, so the two can't drift apart.
    if settings.augment:
        whole = inspect.getsource(augment)
        return whole[whole.index("TURN =") :]
    return inspect.getsource(augment.shift_each) if settings.shift else ""


def _few(settings: Settings) -> int | None:
    """Return how many digits a run learns from, as `choose_digits()` counts; None means all."""
    held_out = 0 if settings.validate_on == "test" else settings.validation_split
    count = MNIST_DIGITS - round(MNIST_DIGITS * held_out)
    few = len(choose_few(np.arange(count), settings.digits))
    return few if few < count else None
