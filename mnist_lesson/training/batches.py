"""06 · Train: which digits are trained on, and in which order."""

from __future__ import annotations

import itertools
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.load import SPLIT_SEED, split
from mnist_lesson.one_hot import one_hot
from mnist_lesson.shared.checks import CLASSES, SIDE, check_inputs, check_labels, describe
from mnist_lesson.shared.workspace import rehearsal
from mnist_lesson.training.augment import shift, vary
from mnist_lesson.training.settings import Settings


def choose_digits(
    x: Any, y: Any, settings: Settings, validation_data: tuple[Any, Any] | None = None
) -> TrainingData:
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
    return TrainingData(x, y, places, x_val, y_val)


@dataclass(frozen=True)
class TrainingData:
    """What a run trains on, x[places] and y[places], and what it is judged on."""

    x: NDArray[np.float32]
    y: NDArray[np.int64]
    places: NDArray[np.int64]
    x_val: NDArray[np.float32]
    y_val: NDArray[np.int64]


def batches(
    digits: TrainingData, settings: Settings, first_epoch: int
) -> Iterator[tuple[Any, Any]]:
    """Yield one batch after the other, epoch after epoch, in an order that seed and epoch decide."""
    targets = (
        one_hot(digits.y) * (1 - settings.label_smoothing) + settings.label_smoothing / CLASSES
    )
    for epoch in itertools.count(first_epoch):
        rng = np.random.default_rng([settings.seed, epoch])
        order = rng.permutation(digits.places)
        for start in range(0, len(order), settings.batch_size):
            chosen = order[start : start + settings.batch_size]
            x = digits.x[chosen]
            if settings.shift:
                x = shift(x, settings.shift, rng)
            yield vary(x, rng) if settings.augment else x, targets[chosen]


def feed(digits: TrainingData, settings: Settings, first_epoch: int = 0) -> Any:
    """Return the `batches()` as the `tf.data.Dataset` that `fit()` takes. The caller keeps `digits` meanwhile."""
    import tensorflow as tf

    held = weakref.ref(
        digits
    )  # TensorFlow never forgets a data set: it must not hold the digits for good

    def drawn() -> Iterator[tuple[Any, Any]]:
        return batches(cast(TrainingData, held()), settings, first_epoch)

    kinds = (
        tf.TensorSpec((None, SIDE, SIDE, 1), tf.float32),
        tf.TensorSpec((None, CLASSES), tf.float32),
    )
    data = tf.data.Dataset.from_generator(drawn, output_signature=kinds)
    options = tf.data.Options()
    # TensorFlow's tuning of data sets has nothing to tune here, and keeps a `fit()` that has ended waiting for its
    # next turn: after 2.6 seconds, 5.1, 10.2, 20.5, …
    options.autotune.enabled = False
    return data.prefetch(2).with_options(options)
