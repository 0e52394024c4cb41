"""A trained network in plain NumPy: Keras's answers, much faster for a single digit."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import itertools
import json
import math
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from mnist_lesson.network.arithmetic import ACTIVATIONS, Floats, conv2d, dense, max_pool
from mnist_lesson.network.plan import Shape, Spec, plan
from mnist_lesson.shared.checks import describe

# The windows of one batch, laid side by side, take at most this many bytes: few enough to stay
# close to the processor.
TABLE_BYTES = 6_000_000

# What each kind of layer does with its input, its settings and its weights.
LAYERS: dict[str, Callable[[Floats, Spec, dict[str, Floats]], Floats]] = {
    "Conv2D": lambda x, s, w: conv2d(
        x, w["kernel"], w["bias"], strides=s["strides"], padding=s["padding"]
    ),
    "MaxPooling2D": lambda x, s, w: max_pool(
        x, s["pool_size"], strides=s["strides"], padding=s["padding"]
    ),
    "GlobalAveragePooling2D": lambda x, s, w: x.mean(axis=(1, 2)),
    "BatchNormalization": lambda x, s, w: x * w["scale"] + w["shift"],
    "Dense": lambda x, s, w: dense(x, w["kernel"], w["bias"]),
    "Flatten": lambda x, s, w: x.reshape(len(x), -1),
    "Dropout": lambda x, s, w: x,  # it hides numbers only in training
    "Activation": lambda x, s, w: x,
}
# With any other settings, Keras and the twin would part ways.
PLAIN = {
    "groups": 1,
    "dilation_rate": (1, 1),
    "data_format": "channels_last",
    "keepdims": False,
    "noise_shape": None,
    "renorm": False,
    "max_value": None,
    "negative_slope": 0,
    "threshold": 0,
}
# What to note of a layer that has it; the last two are for whoever trains the network again.
NOTED = ("strides", "padding", "pool_size", "rate", "use_bias", "momentum")


class Twin:
    """A trained network without Keras; `current_network()` loads the one to use. See notebook 05.

    Attributes
    ----------
    name
        Which network it is, in words: "your own network", "the plain network".
    specs
        One dict per layer: its `name`, `kind` (Keras's word, such as "Conv2D"), `activation` …
    weights
        By layer name, read-only float32: {"conv_1": {"kernel": (3, 3, 1, 32), "bias": (32,)},
        "pool": {}, …}.
    input_shape, output_shape
        (h, w, c) of a picture, and the shape of an answer: (10,).

    Raises
    ------
    ValueError
        A layer doesn't fit the one before it, or the network is too large.
    """

    def __init__(
        self,
        specs: list[Spec],
        weights: dict[str, dict[str, Floats]],
        input_shape: Shape,
        name: str,
    ) -> None:
        self.name = name
        self.specs = specs
        self.weights = weights
        self.input_shape = tuple(input_shape)
        shapes = {
            layer: {key: array.shape for key, array in named.items()}
            for layer, named in weights.items()
        }
        steps = plan(specs, shapes, self.input_shape)
        self.output_shape = steps[-1].output
        widest = max(step.table for step in steps) * np.dtype(np.float32).itemsize
        self._batch_size = max(1, TABLE_BYTES // max(widest, 4096))
        # A network may be shared, so nobody should change it by accident.
        for named in weights.values():
            for array in named.values():
                array.flags.writeable = False

    @functools.cached_property
    def digest(self) -> str:
        """Twelve letters and digits, the same only for the same network."""
        return hashlib.sha256(self.packed()).hexdigest()[:12]

    # By what they compute, so what was worked out for a network holds when it's loaded again.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Twin) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Twin: {self.name}>"

    def predict(self, x: Any) -> Floats:
        """Give each picture's ten probabilities: x float (n, h, w, c) in 0..1 to float32 (n, 10).

        Raises TypeError or ValueError if `x` isn't floats, has the wrong shape, or goes outside
        0..1.
        """
        x = self._check(x)
        step = self._batch_size
        # Made beforehand, so each thread can write its own part.
        answers = np.empty((len(x), *self.output_shape), np.float32)

        def answer(start: int) -> None:
            for _, output in self._walk(x[start : start + step]):
                last = output
            answers[start : start + step] = last

        starts = range(0, len(x), step)
        with blas().limit(limits=1):
            _for_each(answer, starts)
        return answers

    def layers(self, image: Any) -> list[tuple[str, str, Floats]]:
        """Follow one picture through the network: a (name, kind, output) for each layer.

        `image` is float in 0..1, (h, w) or (h, w, c) or (1, h, w, c); an output is float32, of a
        shape such as (26, 26, 32).
        """
        x = np.asarray(image)
        x = x.reshape(1, *self.input_shape) if x.size == math.prod(self.input_shape) else x
        with blas().limit(limits=1):
            return [
                (spec["name"], spec["kind"], output[0])
                for spec, output in self._walk(self._check(x))
            ]

    def first_filters(self) -> tuple[str, Floats, Floats]:
        """Return the first layer: its name, its filters (k, k, f) and their biases (f,).

        Raises ValueError if it isn't a convolution over pictures with one channel.
        """
        # Deeper filters look at 32 maps at once: only the first layer's can be drawn as pictures.
        spec = self.specs[0]
        if spec["kind"] != "Conv2D" or self.input_shape[-1] != 1:
            raise ValueError(
                f"There is no filter to show: {self.name} begins with {spec['name']}, "
                f"a {spec['kind']} layer."
            )
        weights = self.weights[spec["name"]]
        return spec["name"], weights["kernel"][:, :, 0, :], weights["bias"]

    def up_to(self, layer: str) -> Twin:
        """Return the front part of the network: its answer is what this layer gives."""
        end = [spec["name"] for spec in self.specs].index(layer) + 1
        weights = {spec["name"]: self.weights[spec["name"]] for spec in self.specs[:end]}
        return Twin(self.specs[:end], weights, self.input_shape, f"{self.name} up to {layer}")

    @classmethod
    def from_keras(cls, model: Any) -> Twin:
        """Copy the weights of a Keras model whose layers follow one another.

        Raises ValueError, naming the layer, if the twin doesn't know a layer, or if layers branch.
        """
        layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
        if not model.built or not layers:
            raise ValueError(
                "The model has no weights yet: begin its layers with keras.Input((28, 28, 1))."
            )
        specs = [_spec(layer) for layer in layers]
        # In a Sequential each layer follows the one before it; other models must prove it.
        in_a_row = type(model).__name__ == "Sequential"
        for before, layer in itertools.pairwise(layers):
            if not in_a_row and getattr(layer, "input", None) is not before.output:
                raise ValueError(
                    f"The layer {layer.name!r} does not follow {before.name!r}: the twin knows no "
                    "branches."
                )
        weights = {layer.name: _weights(layer) for layer in layers}
        return cls(specs, weights, model.input_shape[1:], "your network")

    def _walk(self, x: Floats) -> Iterator[tuple[Spec, Floats]]:
        # This is all a trained network does: each layer works on what the one before it gave.
        for spec in self.specs:
            sums = LAYERS[spec["kind"]](x, spec, self.weights[spec["name"]])
            x = ACTIVATIONS[spec["activation"]](sums)
            yield spec, x

    def _check(self, x: Any) -> Floats:
        x = np.asarray(x)
        shape = ", ".join(map(str, self.input_shape))
        if x.dtype.kind != "f":
            raise TypeError(
                f"x came as {describe(x)}, but floats in 0..1 are needed. Type x = "
                "to_input(images)."
            )
        if x.ndim != 4 or x.shape[1:] != self.input_shape:
            raise ValueError(
                f"x came as {describe(x)}, but (n, {shape}) is needed. Type x = to_input(images)."
            )
        # "not (… and …)" also refuses NaN, for which every comparison is false.
        if x.size and not (x.min() >= 0 and x.max() <= 1):
            raise ValueError(
                f"x goes from {x.min():g} to {x.max():g}, not 0 to 1. Type x = to_input(images)."
            )
        return np.asarray(x, np.float32)

    def packed(self) -> bytes:
        """Pack settings and weights as the bytes of an .npz file."""
        buffer = io.BytesIO()
        about = json.dumps({"layers": self.specs, "input_shape": self.input_shape})
        arrays = {
            f"{layer}/{key}": a for layer, named in self.weights.items() for key, a in named.items()
        }
        np.savez(buffer, about=np.array(about), **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()


def _for_each(work: Callable[[int], None], starts: range) -> None:
    """Do a piece of work for each start, on several threads if there are any, else in turn."""
    with contextlib.suppress(RuntimeError):  # a browser's Python has no threads
        # For one batch, starting threads would take longer than the answer.
        if len(starts) > 1:
            # Four at most, because each thread holds a table of windows.
            with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
                list(pool.map(work, starts))
                return
    for start in starts:
        work(start)


@functools.cache
def blas() -> ThreadpoolController:
    """Get hold of the library that does NumPy's matrix products.

    Its threads never rest while they wait for each other: next to another busy program, that makes
    a prediction 50 times slower. So it gets one thread, and when there's a lot to do, batches share
    the processor.
    """
    return ThreadpoolController().select(user_api="blas")


def _spec(layer: Any) -> Spec:
    """Take what the twin needs from a Keras layer, or raise ValueError if it doesn't know it."""
    name = layer.name
    config = layer.get_config()
    # A class of your own may be called Dense, too, and do something else.
    ours = type(layer).__module__.startswith("keras.")
    kind = type(layer).__name__ if ours else f"{type(layer).__name__} of your own"
    spec = {"name": name, "kind": kind, "activation": config.get("activation", "linear")}
    spec |= {key: config[key] for key in NOTED if key in config}
    # In Keras, an activation can be a layer of its own; to the twin, it's the same thing.
    if kind in ("ReLU", "Softmax"):
        spec |= {"kind": "Activation", "activation": kind.lower()}
    plain = all(config.get(key, value) == value for key, value in PLAIN.items())
    plain = plain and config.get("axis", -1) in (-1, 3)
    activation = spec["activation"]
    known = isinstance(activation, str) and activation in ACTIVATIONS and spec["kind"] in LAYERS
    if not known or not plain:
        raise ValueError(
            f"The layer {name!r} is a {kind} with settings that the NumPy twin does not know. "
            f"It knows {', '.join(LAYERS)}, plain, with one of the activations "
            f"{', '.join(ACTIVATIONS)}."
        )
    return spec


def _weights(layer: Any) -> dict[str, Floats]:
    """Copy a Keras layer's weights; batch normalisation becomes a scale and shift per channel."""
    config = layer.get_config()
    arrays = layer.get_weights()
    named = {}
    # (x − mean) / √(variance + ε) · γ + β is one factor and one shift, once the averages are fixed.
    if type(layer).__name__ == "BatchNormalization":
        # Keras lists what was learned first, γ and then β (each may be missing), then the averages.
        *learned, mean, variance = arrays
        beta = learned.pop() if config["center"] else 0
        scale = (learned.pop() if config["scale"] else 1) / np.sqrt(
            variance.astype(float) + config["epsilon"]
        )
        named = {"scale": scale, "shift": beta - mean * scale}
    elif arrays:
        named = {
            "kernel": arrays[0],
            "bias": arrays[1] if config["use_bias"] else np.zeros(arrays[0].shape[-1]),
        }
    return {key: np.array(array, np.float32) for key, array in named.items()}
