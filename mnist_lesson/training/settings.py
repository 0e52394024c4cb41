"""06 · Train: the settings of a training."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mnist_lesson.shared.checks import check_choice, check_number, check_whole

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
                self._keep(
                    name,
                    check_whole(name, getattr(self, name), low, high, as_in=f"{name}={example}"),
                )
        for name, (least, most, usual, open_ends) in NUMBERS.items():
            as_in = f"{name}={usual}"
            self._keep(
                name,
                check_number(
                    name, getattr(self, name), least, most, open_ends=open_ends, as_in=as_in
                ),
            )
        for name, choices in CHOICES.items():
            check_choice(name, getattr(self, name), choices)
        if not isinstance(self.augment, bool | np.bool_):
            raise TypeError(
                f"augment came as {self.augment!r}, but True or False is needed, as in augment=True."
            )
        self._keep("augment", bool(self.augment))

    def _keep(self, name: str, value: Any) -> None:
        object.__setattr__(
            self, name, value
        )  # as a plain Python value: NumPy's own cannot be saved as JSON

    @classmethod
    def original(cls) -> Settings:
        """Replay the original lesson to the letter: train on all 60,000 digits and watch the test set meanwhile."""
        return cls(validate_on="test")

    @classmethod
    def fast(cls) -> Settings:
        """Make the lesson's own network as good as the original, in a fraction of its time. See notebook 09."""
        return cls(
            epochs=3, learning_rate=0.003, schedule="one_cycle", label_smoothing=0.1, shift=1
        )

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
        return replace(
            cls.for_fast_model(),
            batch_size=128,
            epochs=5,
            learning_rate=0.01,
            augment=True,
            shift=0,
        )
