"""06 · Train: which digits the network trains on, and the batches they come in."""

import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.load import SPLIT_SEED, split
from mnist_lesson.one_hot import one_hot
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import (
    CLASSES,
    SIDE,
    check_images,
    check_inputs,
    check_labels,
    describe,
)
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training.augment import shift_each, vary
from mnist_lesson.training.settings import Settings


@dataclass(frozen=True)
class TrainingData:
    """What a run trains on, x[places] and y[places], and what it is judged on.

    `x` may also be the pixels as they were loaded, uint8 (n, 28, 28).
    """

    x: NDArray[Any]
    y: NDArray[np.int64]
    places: NDArray[np.int64]
    x_val: NDArray[np.float32]
    y_val: NDArray[np.int64]


def choose_digits(
    x: Any, y: Any, settings: Settings, validation_data: tuple[Any, Any] | None = None
) -> TrainingData:
    """Check the data, and choose which digits to train on and which to judge on.

    x is float32 (n, 28, 28, 1) in 0..1, or the pixels themselves, uint8 (n, 28, 28); y whole
    numbers 0 to 9, (n,). `validation_data` are pictures and labels to judge on, instead of some
    held out of these. Raises TypeError or ValueError if a picture or label isn't, or if the
    settings need a test set and didn't get one.
    """
    # Pixels take a quarter of the memory, so they stay as they are until their batch comes.
    x = check_images(x) if _are_pixels(x) else check_inputs(x)
    y = check_labels(y, len(x), "y")
    if settings.validate_on == "test" and validation_data is None:
        raise ValueError(
            "These settings watch the test set while training, as the original did, so it is "
            "needed. Type train(model, x_train, y_train, settings, "
            "validation_data=(x_test, y_test))."
        )
    if validation_data is None:
        # The same share of each digit, and always the same ones, so runs can be compared.
        places, held_out = split(y, settings.validation_split)
        x_val, y_val = _inputs(x[held_out]), y[held_out]
    else:
        places = np.arange(len(y))
        x_val, y_val = _check_validation(validation_data)
    if rehearsal():
        # A tenth. The held-out digits are in no special order, so every tenth is a fair sample.
        x_val, y_val = x_val[::10], y_val[::10]
    return TrainingData(x, y, choose_few(places, settings.digits), x_val, y_val)


def _are_pixels(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype == np.uint8 and x.ndim == 3


def _inputs(x: NDArray[Any]) -> NDArray[np.float32]:
    return to_input(x) if _are_pixels(x) else x


def choose_few(places: NDArray[np.int64], count: int | None) -> NDArray[np.int64]:
    """Choose `count` of these places in the training set, or all; in a rehearsal, at most a tenth.

    Every training run in the lesson follows this rule, so they all meet the same digits: chosen at
    random, but always the same ones, whatever the run's own seed.
    """
    few = len(places) if count is None else min(count, len(places))
    if rehearsal():
        few = min(few, max(1, len(places) // 10))
    if few == len(places):
        return places
    return np.sort(np.random.default_rng(SPLIT_SEED).permutation(places)[:few])


def count_epochs(settings: Settings) -> int:
    """Return how many epochs a run has: two at most in a rehearsal."""
    return min(settings.epochs, 2) if rehearsal() else settings.epochs


def count_steps(data: TrainingData, settings: Settings) -> int:
    """Return how often the weights change in an epoch: once for each batch."""
    return -(-len(data.places) // settings.batch_size)


def batches(data: TrainingData, settings: Settings, epoch: int) -> Iterator[tuple[Any, Any]]:
    """Yield an epoch's batches: digits (b, 28, 28, 1) and the answers to learn (b, 10), float32.

    Only the seed and the epoch decide the order, so a run that was cut short can go on as if
    nothing had happened.
    """
    rng = np.random.default_rng([settings.seed, epoch])
    # Shuffled again in each epoch, so no two steps ever use the same batch.
    order = rng.permutation(data.places)
    # Label smoothing takes a little from the right answer and gives each of the ten its share.
    smooth = settings.label_smoothing
    targets = one_hot(data.y) * (1 - smooth) + smooth / CLASSES
    for start in range(0, len(order), settings.batch_size):
        chosen = order[start : start + settings.batch_size]
        x = _inputs(data.x[chosen])
        # Changed differently in each epoch, so the network never meets the same picture twice.
        if settings.shift:
            x = shift_each(x, settings.shift, rng)
        if settings.augment:
            x = vary(x, rng)
        yield x, targets[chosen]


def feed(data: TrainingData, settings: Settings, epoch: int) -> Any:
    """Return an epoch's `batches()` the way `fit()` takes them; hold on to `data` until it ends."""
    import tensorflow as tf

    # TensorFlow never lets go of a data set, so the data set mustn't hold on to the digits.
    held = weakref.ref(data)

    def draw() -> Iterator[tuple[Any, Any]]:
        return batches(cast(TrainingData, held()), settings, epoch)

    # The last batch may be smaller, so the number of digits is left open.
    kinds = (
        tf.TensorSpec((None, SIDE, SIDE, 1), tf.float32),
        tf.TensorSpec((None, CLASSES), tf.float32),
    )
    dataset = tf.data.Dataset.from_generator(draw, output_signature=kinds)
    options = tf.data.Options()
    # TensorFlow's tuning of data sets has nothing to tune here, and makes a finished `fit()` wait
    # for its next turn: after 2.6 seconds, 5.1, 10.2, 20.5, …
    options.autotune.enabled = False
    # While the network learns from one batch, the next two get ready.
    return dataset.prefetch(2).with_options(options)


def _check_validation(given: Any) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise TypeError(
            f"validation_data came as {describe(given)}, but pictures and their labels are needed. "
            "Type validation_data=(x_test, y_test)."
        )
    x_val = check_inputs(given[0], "validation_data[0]")
    return x_val, check_labels(given[1], len(x_val), "validation_data[1]")
