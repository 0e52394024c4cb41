"""06 · Train: settings, and a training that can be watched, stopped and resumed."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson import runs
from mnist_lesson.checks import check_choice, check_inputs, check_labels, check_number, check_whole, describe
from mnist_lesson.loop import Digits, Loop, interrupt_sets
from mnist_lesson.model import check_model
from mnist_lesson.runs import Run
from mnist_lesson.watching import Watcher, how_is_it_going, pick_watcher
from mnist_lesson.workspace import check_writable, rehearsal, run_folder

if TYPE_CHECKING:
    import keras

__all__ = ["Run", "Settings", "how_is_it_going", "split", "train"]

SPLIT_SEED = 2026  # of the split alone: every run is judged on the same digits, whatever its own seed
WHOLE = {  # from, to, and an example of what to type
    "batch_size": (1, 60_000, 128),
    "epochs": (1, 1_000, 12),
    "seed": (0, 2**31 - 1, 0),
    "digits": (10, 60_000, 10_000),
    "shift": (0, 4, 1),
}
NUMBERS = {  # the same, and whether both ends are left out
    "learning_rate": (0, 10, 0.001, True),
    "validation_split": (0, 1, 0.1, True),
    "label_smoothing": (0, 0.5, 0.1, False),
}
CHOICES = {
    "optimizer": ("adam", "sgd"),
    "schedule": ("constant", "one_cycle"),
    "loss": ("categorical_crossentropy", "mean_squared_error"),
    "validate_on": ("held_out", "test"),
}


@dataclass(frozen=True)
class Settings:
    """What an instructor turns. The defaults are the original lesson's, but for the validation set.

    Parameters
    ----------
    batch_size
        How many digits are looked at before the weights change, from 1 to 60,000.
    epochs
        How often all training digits are gone through, from 1 to 1,000.
    optimizer
        "adam" or "sgd" (plain gradient descent).
    learning_rate
        How far each step goes, between 0 and 10.
    schedule
        "constant", or "one_cycle": the learning rate rises to `learning_rate`, then falls to nothing.
    loss
        "categorical_crossentropy" or "mean_squared_error": what training lowers.
    validation_split
        Which share of the training set is held out to judge on, between 0 and 1.
    validate_on
        "held_out"; or "test", as the original did, with the test set given to `train()` as `validation_data`.
    seed
        Governs the first weights, the order of the digits and the dropout.
    digits
        Train on this many digits only, at least 10; None means all.
    label_smoothing
        How much of the answer to be learned is shared out over all ten digits, from 0 to 0.5: with 0.1, a network is
        taught to be 91 % sure of its answer, never more.
    augment
        Turn, stretch, slant, shift, thin or thicken each digit a little, anew in each epoch (`vary()`).
    shift
        Move each digit by up to so many pixels, from 0 to 4, up or down and to a side, anew in each epoch (`shift()`).

    Raises
    ------
    TypeError, ValueError
        A field is of the wrong kind or out of its range.
    """

    batch_size: int = 128
    epochs: int = 12
    optimizer: str = "adam"
    learning_rate: float = 0.001
    schedule: str = "constant"
    loss: str = "categorical_crossentropy"
    validation_split: float = 0.1
    validate_on: str = "held_out"
    seed: int = 0
    digits: int | None = None
    label_smoothing: float = 0.0
    augment: bool = False
    shift: int = 0

    def __post_init__(self) -> None:
        for name, (low, high, example) in WHOLE.items():
            if name != "digits" or self.digits is not None:
                self._keep(name, check_whole(name, getattr(self, name), low, high, as_in=f"{name}={example}"))
        for name, (least, most, usual, open_ends) in NUMBERS.items():
            as_in = f"{name}={usual}"
            self._keep(name, check_number(name, getattr(self, name), least, most, open_ends=open_ends, as_in=as_in))
        for name, choices in CHOICES.items():
            check_choice(name, getattr(self, name), choices)
        if not isinstance(self.augment, bool | np.bool_):
            raise TypeError(f"augment came as {self.augment!r}, but True or False is needed, as in augment=True.")
        self._keep("augment", bool(self.augment))

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # as a plain Python value: NumPy's own cannot be saved as JSON

    @classmethod
    def original(cls) -> Settings:
        """Replay the original lesson to the letter: train on all 60,000 digits and watch the test set meanwhile."""
        return cls(validate_on="test")

    @classmethod
    def fast(cls) -> Settings:
        """Make the lesson's own network as good as the original, in a fraction of its time. See notebook 09."""
        return cls(epochs=3, learning_rate=0.003, schedule="one_cycle", label_smoothing=0.1, shift=1)

    @classmethod
    def for_fast_model(cls) -> Settings:
        """Train `build_fast_model()`, which bears long steps and large batches. See notebook 09."""
        return cls(256, 2, learning_rate=0.025, schedule="one_cycle", label_smoothing=0.1, shift=1)

    @classmethod
    def for_one_epoch(cls) -> Settings:
        """Train `build_fast_model()` on each digit once; smaller batches make up for some of it. See notebook 09."""
        return replace(cls.for_fast_model(), batch_size=128, epochs=1)

    @classmethod
    def for_handwriting(cls) -> Settings:
        """Train `build_fast_model(filters=FOR_HANDWRITING)` on digits as by many hands. See notebook 09."""
        return replace(cls.for_fast_model(), batch_size=128, epochs=5, learning_rate=0.01, augment=True, shift=0)


def split(labels: Any, validation_split: float = 0.1) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose which training digits are held out for validation: the same share of each digit, always the same ones.

    Parameters
    ----------
    labels
        Whole numbers 0 to 9 of shape (n,).
    validation_split
        The share to hold out, between 0 and 1.

    Returns
    -------
    train, validation
        int64 arrays of places in `labels`, in rising order.

    Raises
    ------
    TypeError, ValueError
        `labels` are no labels, or one of the two parts would be empty.
    """
    digits = check_labels(labels)
    share = check_number("validation_split", validation_split, 0, 1, open_ends=True, as_in="validation_split=0.1")
    chance = np.random.default_rng(SPLIT_SEED)
    due = np.bincount(digits, minlength=10) * share
    take = np.floor(due).astype(int)
    missing = round(len(digits) * share) - take.sum()
    take[np.argsort(take - due, kind="stable")[:missing]] += 1  # the digits that rounding down has cut most
    held_out = np.zeros(len(digits), dtype=bool)
    for digit in range(10):
        held_out[chance.permutation(np.flatnonzero(digits == digit))[: take[digit]]] = True
    if held_out.all() or not held_out.any():
        raise ValueError(f"validation_split={share:g} of {len(digits)} digits leaves one part empty: take more digits.")
    return np.flatnonzero(~held_out), np.flatnonzero(held_out)


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
        raise TypeError(f"settings came as {settings!r}, but Settings are needed, as in Settings(epochs=3).")
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


def choose_digits(x: Any, y: Any, settings: Settings, validation_data: tuple[Any, Any] | None = None) -> Digits:
    """Check the data and say which of them are trained on and which are judged on."""
    x, y = check_inputs(x), check_labels(y, len(x), "y")
    if settings.validate_on == "test" and validation_data is None:
        raise ValueError(
            "These settings watch the test set while training, as the original did, so it is needed. "
            "Type train(model, x_train, y_train, settings, validation_data=(x_test, y_test))."
        )
    if validation_data is None:
        places, held_out = split(y, settings.validation_split)
        x_val, y_val = x[held_out], y[held_out]
    else:
        if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
            raise TypeError(
                f"validation_data came as {describe(validation_data)}, but pictures and their labels are needed. "
                "Type validation_data=(x_test, y_test)."
            )
        places = np.arange(len(y))
        x_val = check_inputs(validation_data[0], "validation_data[0]")
        y_val = check_labels(validation_data[1], len(x_val), "validation_data[1]")
    few = settings.digits
    if few is not None and few < len(places):
        places = np.sort(np.random.default_rng(SPLIT_SEED).permutation(places)[:few])
    if rehearsal():
        places, x_val, y_val = places[::10], x_val[::10], y_val[::10]
    return Digits(x, y, places, x_val, y_val)
