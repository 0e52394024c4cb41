"""06 · Train: the settings of a training run."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields, replace
from typing import Any

from mnist_lesson.shared.ranges import Choice, Number, Range, Whole, YesNo


def _setting(default: Any, allowed: Range) -> Any:
    """Return a field that knows what it may be, for checks, panels and anyone who asks."""
    return field(default=default, metadata={"range": allowed})


@dataclass(frozen=True)
class Settings:
    """What you can tune. The defaults are the original lesson's, except for the validation set.

    Parameters
    ----------
    batch_size
        How many digits it looks at before the weights change, 1 to 60,000 digits.
    epochs
        How often it goes through all the training digits, 1 to 1,000.
    optimizer
        'adam' or 'sgd' (plain gradient descent).
    learning_rate
        How far each step goes, between 0 and 100.
    beta_2
        How much of what Adam remembers about each weight's gradients it keeps at each step, between
        0 and 1. 0.999, the usual value, remembers about a thousand steps; 0.9, about ten. 'sgd'
        remembers nothing.
    schedule
        'constant' or 'one_cycle': the learning rate rises to `learning_rate`, then falls to
        nothing.
    loss
        'categorical_crossentropy' or 'mean_squared_error': what training lowers.
    validation_split
        What share of the training set to hold out and judge on, between 0 and 1.
    validate_on
        'held_out', or 'test' as in the original: give `train()` the test set as `validation_data`.
    seed
        Decides the first weights, the order of the digits and the dropout.
    digits
        Train on only this many digits, 10 to 60,000 digits; None means all.
    label_smoothing
        How much of the right answer to share out among all ten digits, 0 to 0.5: with 0.1, a
        network is taught to be 91% sure of its answer, never more.
    augment
        Turn, stretch, slant, shift, thin or thicken each digit a little, differently in each epoch
        (`vary()`).
    shift
        Move each digit by up to this much, 0 to 4 pixels, up or down and sideways, differently in
        each epoch.

    Raises
    ------
    TypeError, ValueError
        A field is of the wrong kind or out of its range.
    """

    # Each line holds a default, and what else it may be.
    batch_size: int = _setting(128, Whole(1, 60_000, 128))
    epochs: int = _setting(12, Whole(1, 1_000, 12))
    optimizer: str = _setting("adam", Choice(("adam", "sgd")))
    learning_rate: float = _setting(0.001, Number(0, 100, 0.001, open_ends=True))
    beta_2: float = _setting(0.999, Number(0, 1, 0.999, open_ends=True))
    schedule: str = _setting("constant", Choice(("constant", "one_cycle")))
    loss: str = _setting(
        "categorical_crossentropy", Choice(("categorical_crossentropy", "mean_squared_error"))
    )
    validation_split: float = _setting(0.1, Number(0, 1, 0.1, open_ends=True))
    validate_on: str = _setting("held_out", Choice(("held_out", "test")))
    seed: int = _setting(0, Whole(0, 2**31 - 1, 0))
    digits: int | None = _setting(None, Whole(10, 60_000, 10_000))
    label_smoothing: float = _setting(0.0, Number(0, 0.5, 0.1))
    augment: bool = _setting(False, YesNo())
    shift: int = _setting(0, Whole(0, 4, 1))

    def __post_init__(self) -> None:
        for name, allowed in RANGES.items():
            value = getattr(self, name)
            if name != "digits" or value is not None:  # None means all digits
                # As a plain Python value: NumPy's own numbers can't be saved as JSON. A frozen
                # dataclass only lets you set its fields like this.
                object.__setattr__(self, name, allowed.check(name, value))

    @classmethod
    def fast(cls) -> Settings:
        """Make the lesson's own network as good in one epoch as in twelve. See notebook 09.

        So short a training needs little dropout: `build_model(dropout_conv=0, dropout_dense=0.2)`.
        """
        # Small batches make up for fewer rounds: 54,000 digits are some 1,700 steps.
        return cls.for_fast_model(batch_size=32, epochs=1, learning_rate=0.003, beta_2=0.99)

    @classmethod
    def for_fast_model(cls, **changes: Any) -> Settings:
        """Train `build_fast_model()`, which copes with big steps and batches. See notebook 09.

        `changes` are settings that you'd rather have otherwise, such as `epochs=1`.
        """
        best = cls(
            batch_size=256,
            epochs=2,
            learning_rate=0.025,
            # The weights change fast in so short a run: what Adam knew is soon out of date.
            beta_2=0.9,
            schedule="one_cycle",
            label_smoothing=0.1,
            shift=1,
        )
        return replace(best, **changes)

    @classmethod
    def for_one_epoch(cls) -> Settings:
        """Train `build_fast_model()` on each digit once, in smaller batches. See notebook 09."""
        # Half the batch makes twice the steps: there is only one round to learn in.
        return cls.for_fast_model(batch_size=128, epochs=1)

    @classmethod
    def for_handwriting(cls) -> Settings:
        """Train the practised network on digits varied as if by many hands. See notebook 09."""
        return cls.for_fast_model(
            batch_size=128, epochs=5, learning_rate=0.01, beta_2=0.999, augment=True, shift=0
        )


def _range_of(setting: Field[Any]) -> Range:
    allowed: Range = setting.metadata["range"]
    return allowed


# What each setting may be.
RANGES: dict[str, Range] = {setting.name: _range_of(setting) for setting in fields(Settings)}


def check_settings(settings: Any) -> Settings:
    """Return `settings` if they are Settings, or raise TypeError."""
    if not isinstance(settings, Settings):
        raise TypeError(
            f"settings came as {settings!r}, but Settings are needed, as in Settings(epochs=3)."
        )
    return settings
