"""05 · Model: the lesson's networks, built but not yet trained."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from mnist_lesson.shared.checks import CLASSES, SIDE, check_whole
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.shared.ranges import Choice, Number, Range, Whole

if TYPE_CHECKING:
    import keras

ACTIVATIONS = (
    "relu",
    "tanh",
    "sigmoid",
    "elu",
    "selu",
    "gelu",
    "softplus",
    "silu",
    "leaky_relu",
    "linear",
)
FILTERS = Whole(1, 512, 32)  # of one convolution
# What each argument of `build_model()` may be, besides its filters.
NETWORK_RANGES: dict[str, Range] = {
    "kernel_size": Whole(1, 13, 3),
    "dense_units": Whole(1, 4096, 128),
    "dropout_conv": Number(0, 0.99, 0.25),
    "dropout_dense": Number(0, 0.99, 0.5),
    "activation": Choice(ACTIVATIONS),
}
# The practised network has more filters: its digits vary more than MNIST's.
FOR_HANDWRITING = (24, 48, 96)  # filters of `build_fast_model()`, for `Settings.for_handwriting()`


def build_model(
    *,
    filters: tuple[int, int] = (32, 64),
    kernel_size: int = 3,
    dense_units: int = 128,
    dropout_conv: float = 0.25,
    dropout_dense: float = 0.5,
    activation: str = "relu",
    seed: int | None = None,
) -> keras.Sequential:
    """Build the original lesson's network, untrained: by default with 1,199,882 parameters.

    Explained in notebook 05.

    Parameters
    ----------
    filters
        How many filters the first and the second convolution have, from 1 to 512 each.
    kernel_size
        The side of the sliding window in pixels, from 1 to 13.
    dense_units
        How many numbers the hidden dense layer gives, from 1 to 4096.
    dropout_conv, dropout_dense
        The share of numbers hidden at each training step, from 0 to 0.99.
    activation
        One of `ACTIVATIONS`.
    seed
        Draw the first weights from this seed; None draws them at random. (`train()` draws its own.)

    Returns
    -------
    keras.Sequential with the layers conv_1, conv_2, pool, dropout_1, flatten, dense, dropout_2 and
    output.

    Raises
    ------
    TypeError, ValueError
        An argument has the wrong type or is out of its range; the message says which.
    """
    network = check_network(
        {
            "filters": filters,
            "kernel_size": kernel_size,
            "dense_units": dense_units,
            "dropout_conv": dropout_conv,
            "dropout_dense": dropout_dense,
            "activation": activation,
        }
    )
    first, second = network["filters"]
    kernel_size = network["kernel_size"]

    keras = import_keras()
    layers = keras.layers

    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            # Two convolutions look for strokes, and for what strokes make together.
            layers.Conv2D(first, kernel_size, activation=activation, name="conv_1"),
            layers.Conv2D(second, kernel_size, activation=activation, name="conv_2"),
            # The largest number of each 2 × 2 block stays: exactly where a stroke is matters less.
            layers.MaxPooling2D(2, name="pool"),
            layers.Dropout(network["dropout_conv"], name="dropout_1"),
            # Nearly all of the weights sit between this row of numbers and the next layer.
            layers.Flatten(name="flatten"),
            layers.Dense(network["dense_units"], activation=activation, name="dense"),
            layers.Dropout(network["dropout_dense"], name="dropout_2"),
            # Softmax turns the last sums into probabilities: never negative, and adding up to 1.
            layers.Dense(CLASSES, activation="softmax", name="output"),
        ],
        name="lesson",
    )
    if seed is not None:
        draw_weights(model, seed)
    return model


def build_fast_model(
    *, filters: tuple[int, int, int] = (32, 32, 96), seed: int | None = None
) -> keras.Sequential:
    """Build a network that learns as much in a fraction of the time: 46,858 parameters, untrained.

    Windows that move two pixels at a time do the work of pooling; batch normalisation lets it learn
    in large steps; its only dense layer is the last one. `Settings.for_fast_model()` goes with it.
    Explained in notebook 09.

    Parameters
    ----------
    filters
        How many filters each of the three convolutions has, from 1 to 512.
    seed
        Draw the first weights from this seed; None draws them at random. (`train()` draws its own.)

    Returns
    -------
    keras.Sequential with the layers conv_1, conv_2, norm_2, relu_2, conv_3, norm_3, relu_3, flatten
    and output.

    Raises
    ------
    TypeError, ValueError
        An argument is of the wrong kind or out of its range.
    """
    first, second, third = _check_filters(filters, (32, 32, 96))
    keras = import_keras()
    layers = keras.layers

    model = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 1)),
            # Moving two pixels at a time leaves only a quarter of the places to compute.
            layers.Conv2D(first, 5, strides=2, activation="relu", name="conv_1"),
            # Batch normalisation adds a shift of its own, so the convolution needs no bias.
            layers.Conv2D(second, 3, strides=2, use_bias=False, name="conv_2"),
            # A shorter memory than Keras's own 0.99: in such a short run, weights change fast.
            layers.BatchNormalization(momentum=0.9, name="norm_2"),
            layers.ReLU(name="relu_2"),
            layers.Conv2D(third, 3, use_bias=False, name="conv_3"),
            layers.BatchNormalization(momentum=0.9, name="norm_3"),
            layers.ReLU(name="relu_3"),
            layers.Flatten(name="flatten"),
            layers.Dense(CLASSES, activation="softmax", name="output"),
        ],
        name="fast",
    )
    if seed is not None:
        draw_weights(model, seed)
    return model


def check_network(arguments: dict[str, Any]) -> dict[str, Any]:
    """Return these arguments of `build_model()` as plain values, or raise if one won't do."""
    return {
        name: _check_filters(value)
        if name == "filters"
        else NETWORK_RANGES[name].check(name, value)
        for name, value in arguments.items()
    }


def draw_weights(model: keras.Model, seed: int) -> None:
    """Draw new first weights for `model`: the same seed (0 to 2³¹), the same weights."""
    # Keras would draw each layer's seeds from `random`, but so do other threads: the same seed
    # wouldn't always give the same weights. So each layer gets its own here, the very seeds Keras
    # would draw after `random.seed(seed)`.
    chance = random.Random(check_whole("seed", seed, 0, 2**31))

    def anew(layer: keras.layers.Layer) -> keras.layers.Layer:
        config = layer.get_config()
        initializers = [
            value["config"]
            for value in config.values()
            if isinstance(value, dict) and "config" in value
        ]
        for part in (config, *initializers):
            # As in Keras, dropout that hides nothing draws nothing.
            if part.get("seed", 0) is None and getattr(layer, "rate", 1) > 0:
                part["seed"] = chance.randint(1, 10**9)
        return type(layer).from_config(config)

    model.set_weights(import_keras().models.clone_model(model, clone_function=anew).get_weights())


def _check_filters(filters: Any, example: tuple[int, ...] = (32, 64)) -> tuple[int, ...]:
    if not isinstance(filters, tuple | list) or len(filters) != len(example):
        raise ValueError(
            f"filters came as {filters!r}, but {len(example)} whole numbers are needed, as in "
            f"filters={example}."
        )
    as_in = f"filters={example}"
    return tuple(
        check_whole(f"filters[{place}]", count, FILTERS.low, FILTERS.high, as_in=as_in)
        for place, count in enumerate(filters)
    )
