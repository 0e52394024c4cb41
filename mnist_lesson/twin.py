"""A trained network in plain NumPy: the same answers as Keras, a hundred times sooner for one digit."""

from __future__ import annotations

import functools
import hashlib
import io
import itertools
import json
import math
import os
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

from mnist_lesson.checks import check_whole, describe
from mnist_lesson.model import ASSETS, LARGEST_FILE, ModelFileError, check_digest
from mnist_lesson.workspace import run_folder, write_atomic

Floats = NDArray[np.float32]
Pair = tuple[int, int]
Spec = dict[str, Any]
TABLE_BYTES = 6_000_000  # the windows of one batch, laid side by side: so few that they stay near the processor


def relu(x: Floats) -> Floats:
    """Keep what is above 0; the rest becomes 0. Explained in notebook 05."""
    return np.maximum(x, 0)


def softmax(x: Floats) -> Floats:
    """Turn each row of scores into probabilities: none below 0, together 1. Explained in notebook 05."""
    powers: Floats = np.exp(x - x.max(axis=-1, keepdims=True))  # minus the largest, so that exp() cannot overflow
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _gelu(x: Floats) -> Floats:
    from scipy.special import erf  # NumPy has none

    return np.asarray(x * (1 + erf(x / math.sqrt(2))) / 2, np.float32)


ACTIVATIONS: dict[str, Callable[[Floats], Any]] = {
    "linear": lambda x: x,
    "relu": relu,
    "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "selu": lambda x: 1.05070098 * np.where(x > 0, x, 1.67326324 * np.expm1(np.minimum(x, 0))),
    "gelu": _gelu,
    "sigmoid": lambda x: np.tanh(x / 2) / 2 + 0.5,  # 1 / (1 + exp(-x)), without its overflow
    "silu": lambda x: x * (np.tanh(x / 2) / 2 + 0.5),
    "softplus": lambda x: np.logaddexp(x, 0),
    "tanh": np.tanh,
    "softmax": softmax,
}


class Window(NamedTuple):
    """One place of the sliding window: `pixels` times `weights` gives `products`; added up, `total`."""

    pixels: NDArray[Any]
    weights: NDArray[Any]
    products: NDArray[Any]
    total: float


def window(image: NDArray[Any], kernel: NDArray[Any], row: int, column: int) -> Window:
    """Lay a kernel (kh, kw) on an image (h, w), its top left corner at (row, column), or raise ValueError."""
    height, width = kernel.shape
    check_whole("row", row, 0, image.shape[0] - height)
    check_whole("column", column, 0, image.shape[1] - width)
    pixels = image[row : row + height, column : column + width]
    products = pixels * kernel
    return Window(pixels, kernel, products, float(products.sum()))


def conv2d_at(image: Floats, kernel: Floats, bias: Floats, row: int, column: int) -> NDArray[np.float64]:
    """Do one place of a convolution in loops: image (h, w, c), kernel (kh, kw, c, f), bias (f,) to (f,)."""
    height, width, channels, filters = kernel.shape
    sums = np.zeros(filters)
    for f in range(filters):
        sums[f] = bias[f]
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    sums[f] += image[row + i, column + j, c] * kernel[i, j, c, f]
    return sums


def conv2d(x: Floats, kernel: Floats, bias: Floats, *, strides: Pair = (1, 1), padding: str = "valid") -> Floats:
    """Slide all filters over all pictures: x (n, h, w, c), kernel (kh, kw, c, f), bias (f,) to (n, h', w', f).

    The windows become the rows of one table. Then one matrix product does at once what `conv2d_at` does
    for each place. With `padding="same"`, zeros around the picture let a window fit on each pixel.
    """
    height, width, channels, filters = kernel.shape
    x = _pad(x, (height, width), strides, padding, 0)
    lines = x.reshape(*x.shape[:2], -1)  # a line holds its pixels' channels one after the other, as a window's does
    windows = sliding_window_view(lines, (height, width * channels), axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1] * channels]
    sums = windows.reshape(-1, height * width * channels) @ kernel.reshape(-1, filters)
    sums += bias
    return np.asarray(sums.reshape(*windows.shape[:3], filters), np.float32)


def max_pool(x: Floats, size: Pair = (2, 2), *, strides: Pair | None = None, padding: str = "valid") -> Floats:
    """Keep the largest number of each block: (n, h, w, c) to (n, h', w', c). Explained in notebook 05."""
    down, across = strides or size
    x = _pad(x, size, (down, across), padding, -np.inf)
    rows, columns = (x.shape[1] - size[0]) // down + 1, (x.shape[2] - size[1]) // across + 1
    corners = itertools.product(range(size[0]), range(size[1]))
    views = (x[:, i : i + rows * down : down, j : j + columns * across : across] for i, j in corners)
    largest = next(views)
    for view in views:
        largest = np.maximum(largest, view)
    return largest


def dense(x: Floats, kernel: Floats, bias: Floats) -> Floats:
    """Give each output a weighted sum of all inputs: x (n, i), kernel (i, o), bias (o,) to (n, o)."""
    return np.asarray(x @ kernel + bias, np.float32)


def _pad(x: Floats, size: Pair, strides: Pair, padding: str, value: float) -> Floats:
    """For padding="same", put `value` around the pictures; the odd row or column goes bottom or right."""
    if padding == "valid":
        return x
    margins = [(0, 0)]
    for length, side, stride in zip(x.shape[1:3], size, strides, strict=True):
        total = max((math.ceil(length / stride) - 1) * stride + side - length, 0)
        margins.append((total // 2, total - total // 2))
    return np.pad(x, (*margins, (0, 0)), constant_values=value)


# What each kind of layer does with its input, its settings and its weights.
LAYERS: dict[str, Callable[[Floats, Spec, dict[str, Floats]], Floats]] = {
    "Conv2D": lambda x, s, w: conv2d(x, w["kernel"], w["bias"], strides=s["strides"], padding=s["padding"]),
    "MaxPooling2D": lambda x, s, w: max_pool(x, s["pool_size"], strides=s["strides"], padding=s["padding"]),
    "GlobalAveragePooling2D": lambda x, s, w: x.mean(axis=(1, 2)),
    "BatchNormalization": lambda x, s, w: x * w["scale"] + w["shift"],
    "Dense": lambda x, s, w: dense(x, w["kernel"], w["bias"]),
    "Flatten": lambda x, s, w: x.reshape(len(x), -1),
    "Dropout": lambda x, s, w: x,  # it hides numbers in training only
    "Activation": lambda x, s, w: x,
}
PLAIN = {"groups": 1, "dilation_rate": (1, 1), "data_format": "channels_last", "keepdims": False}
PLAIN |= {"max_value": None, "negative_slope": 0, "threshold": 0}  # with other settings Keras does something else


class Twin:
    """A trained network without Keras. `Twin.current()` is the one to use; explained in notebook 05.

    Attributes
    ----------
    name
        Which network it is, in words: "your own network", "the ready-trained network".
    specs
        A dict a layer: its `name`, its `kind` (Keras's word, as "Conv2D"), its `activation` …
    weights
        By layer name, read-only float32: {"conv_1": {"kernel": (3, 3, 1, 32), "bias": (32,)}, "pool": {}, …}.
    input_shape, output_shape
        (h, w, c) of a picture, and the shape of an answer: (10,).
    digest
        Twelve letters and digits, the same only for the same network.
    """

    def __init__(
        self, specs: list[Spec], weights: dict[str, dict[str, Floats]], input_shape: tuple[int, ...], name: str
    ) -> None:
        self.name, self.specs, self.weights, self.input_shape = name, specs, weights, tuple(input_shape)
        steps = self.layers(np.zeros(self.input_shape, np.float32))  # a layer that does not fit, fails here
        self.output_shape = steps[-1][2].shape
        tables = [math.prod(o.shape[:2]) * weights[n]["kernel"][..., 0].nbytes for n, k, o in steps if k == "Conv2D"]
        self._batch_size = max(1, TABLE_BYTES // max(tables, default=4096))
        for array in (array for layer in weights.values() for array in layer.values()):
            array.flags.writeable = False
        self.digest = hashlib.sha256(self._packed()).hexdigest()[:12]

    def __repr__(self) -> str:
        return f"<Twin: {self.name}>"

    def predict(self, x: Any, *, batch_size: int | None = None) -> Floats:
        """Give each picture's ten probabilities: x float (n, h, w, c) in 0..1 to float32 (n, 10).

        `batch_size` pictures go through at a time: if None, as many as are quickest. Raises TypeError or
        ValueError where `x` has another kind of numbers, another shape, or leaves 0..1.
        """
        x = self._check(x)
        step = self._batch_size if batch_size is None else check_whole("batch_size", batch_size, 1, 100_000)
        answers = np.empty((len(x), *self.output_shape), np.float32)

        def answer(start: int) -> None:
            for _, output in self._walk(x[start : start + step]):
                last = output
            answers[start : start + step] = last

        starts = range(0, len(x), step)
        with _blas().limit(limits=1):
            if len(starts) < 2:
                list(map(answer, starts))
            else:
                with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:  # more would need more memory
                    list(pool.map(answer, starts))
        return answers

    def layers(self, image: Any) -> list[tuple[str, str, Floats]]:
        """Show one picture's way through the network: a (name, kind, output) for each layer.

        `image` is float in 0..1, (h, w) or (h, w, c) or (1, h, w, c); an output is float32, as (26, 26, 32).
        """
        x = np.asarray(image)
        x = x.reshape(1, *self.input_shape) if x.size == math.prod(self.input_shape) else x
        with _blas().limit(limits=1):
            return [(spec["name"], spec["kind"], output[0]) for spec, output in self._walk(self._check(x))]

    def save(self, path: str | Path) -> None:
        """Write the network as .npz, whole or not at all. `Twin.load(path)` reads it."""
        write_atomic(Path(path), self._packed())

    @classmethod
    def load(cls, path: str | Path, *, name: str | None = None) -> Twin:
        """Read a network that `save()` wrote; nothing in the file is run.

        Raises ModelFileError where the file is missing, damaged, too large, or holds something else.
        """
        file = Path(path)
        try:
            return cls(*_read(file), name or f"the network in {file.name}")
        except FileNotFoundError as error:
            raise ModelFileError(f"{file} does not exist. Notebook 06 trains a network and writes it.") from error
        except Exception as error:  # a damaged or foreign file can set off any
            reason = str(error) if isinstance(error, ValueError) else type(error).__name__
            raise ModelFileError(
                f"{file} holds no network that the lesson can use ({reason}). "
                "Delete or rename it, and train again in notebook 06."
            ) from error

    @classmethod
    def from_keras(cls, model: Any, *, name: str = "your network") -> Twin:
        """Copy the weights of a Keras model whose layers follow one another.

        Raises ValueError, naming the layer, where the twin does not know a layer, or where layers branch.
        """
        layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
        if not model.built or not layers:
            raise ValueError("The model has no weights yet: begin its layers with keras.Input((28, 28, 1)).")
        specs = [_spec(layer) for layer in layers]
        for before, layer in itertools.pairwise(layers):
            if type(model).__name__ != "Sequential" and getattr(layer, "input", None) is not before.output:
                raise ValueError(
                    f"The layer {layer.name!r} does not follow {before.name!r}: the twin knows no branches."
                )
        return cls(specs, {layer.name: _weights(layer) for layer in layers}, model.input_shape[1:], name)

    @classmethod
    def ready_trained(cls) -> Twin:
        """Load the network that reads best what people draw: the fast one of notebook 09, trained for handwriting.

        Raises ModelFileError where its file is damaged.
        """
        return cls._asset("handwriting.npz", "the network trained for handwriting")

    @classmethod
    def lesson_trained(cls) -> Twin:
        """Load the lesson's own network, trained for 12 epochs, or raise ModelFileError where its file is damaged."""
        return cls._asset("ready.npz", "the ready-trained network")

    @classmethod
    def current(cls) -> Twin:
        """Load your own network if notebook 06 has trained one, else the ready-trained one; `.name` says which.

        Raises ModelFileError where the file is broken: the other one never takes its place in silence.
        """
        own = run_folder("model") / "model.npz"
        return cls.load(own, name="your own network") if own.exists() else cls.lesson_trained()

    @classmethod
    def for_drawings(cls) -> tuple[Twin, ...]:
        """Load the networks of page 08: your own if notebook 06 has trained one, and the one trained for handwriting.

        Until you have trained one, the lesson's ready-trained one stands for yours, and comes second.
        """
        own, practised = cls.current(), cls.ready_trained()
        return (own, practised) if (run_folder("model") / "model.npz").exists() else (practised, own)

    @classmethod
    def _asset(cls, file: str, name: str) -> Twin:
        check_digest(ASSETS / file)
        return cls.load(ASSETS / file, name=name)

    def _walk(self, x: Floats) -> Iterator[tuple[Spec, Floats]]:
        for spec in self.specs:
            x = ACTIVATIONS[spec["activation"]](LAYERS[spec["kind"]](x, spec, self.weights[spec["name"]]))
            yield spec, x

    def _check(self, x: Any) -> Floats:
        x, shape = np.asarray(x), ", ".join(map(str, self.input_shape))
        if x.dtype.kind != "f":
            raise TypeError(f"x came as {describe(x)}, but floats in 0..1 are needed. Type x = to_input(images).")
        if x.ndim != 4 or x.shape[1:] != self.input_shape:
            raise ValueError(f"x came as {describe(x)}, but (n, {shape}) is needed. Type x = to_input(images).")
        if x.size and not (x.min() >= 0 and x.max() <= 1):
            raise ValueError(f"x goes from {x.min():g} to {x.max():g}, not 0 to 1. Type x = to_input(images).")
        return np.asarray(x, np.float32)

    def _packed(self) -> bytes:
        buffer = io.BytesIO()
        about = json.dumps({"layers": self.specs, "input_shape": self.input_shape})
        arrays = {f"{layer}/{key}": a for layer, named in self.weights.items() for key, a in named.items()}
        np.savez(buffer, allow_pickle=False, about=np.array(about), **arrays)
        return buffer.getvalue()


def practised_network() -> Twin:
    """Load the network that reads strangers: the fast one of notebook 09, trained for handwriting.

    Raises ModelFileError where its file is damaged.
    """
    return Twin.ready_trained()


@functools.cache
def _blas() -> ThreadpoolController:
    """Get hold of the library that does NumPy's matrix products.

    Its threads wait for one another without a rest: beside another busy program, that makes a prediction 50 times
    slower. So it gets one thread, and where there is much to do, batches share the processor.
    """
    return ThreadpoolController().select(user_api="blas")


def _read(file: Path) -> tuple[list[Spec], dict[str, dict[str, Floats]], tuple[int, ...]]:
    """Unpack a saved network, with a look at the sizes that it claims."""
    with zipfile.ZipFile(file) as archive:
        if sum(member.file_size for member in archive.infolist()) > LARGEST_FILE:
            raise ValueError("it would unpack to too much")
    with np.load(file, allow_pickle=False) as arrays:
        about = json.loads(str(arrays["about"]))
        weights: dict[str, dict[str, Floats]] = {str(spec["name"]): {} for spec in about["layers"]}
        for path in arrays.files[1:]:  # the first is "about"
            layer, _, key = path.rpartition("/")
            array = weights[layer][key] = arrays[path]
            if array.dtype != np.float32 or not np.isfinite(array).all():
                raise ValueError(f"the weights of {layer!r} are damaged")
    sizes = [n for spec in about["layers"] for key in ("strides", "pool_size") for n in spec.get(key) or ()]
    if not all(isinstance(n, int) and 0 < n <= 1024 for n in [*sizes, *about["input_shape"]]):
        raise ValueError("its sizes make no sense")
    return about["layers"], weights, about["input_shape"]


def _spec(layer: Any) -> Spec:
    """Take a Keras layer's settings, or raise ValueError where the twin does not know such a layer."""
    kind, config = type(layer).__name__, layer.get_config()
    keep = {key: config[key] for key in ("strides", "padding", "pool_size", "rate") if key in config}
    spec = {"name": layer.name, "kind": kind, "activation": config.get("activation", "linear"), **keep}
    if kind in ("ReLU", "Softmax"):
        spec |= {"kind": "Activation", "activation": kind.lower()}
    known = spec["kind"] in LAYERS and type(layer).__module__.startswith("keras.")
    plain = all(config.get(key, value) == value for key, value in PLAIN.items()) and config.get("axis", -1) in (-1, 3)
    if not known or not plain or not isinstance(spec["activation"], str) or spec["activation"] not in ACTIVATIONS:
        raise ValueError(
            f"The layer {layer.name!r} is a {kind} with settings that the NumPy twin does not know. "
            f"It knows {', '.join(LAYERS)}, plain, with one of the activations {', '.join(ACTIVATIONS)}."
        )
    return spec


def _weights(layer: Any) -> dict[str, Floats]:
    """Copy a Keras layer's weights; batch normalisation's four rows become a factor and a shift a channel."""
    config, arrays = layer.get_config(), layer.get_weights()
    named = {}
    if type(layer).__name__ == "BatchNormalization":
        *learned, mean, variance = arrays
        beta = learned.pop() if config["center"] else 0
        scale = (learned.pop() if config["scale"] else 1) / np.sqrt(variance.astype(float) + config["epsilon"])
        named = {"scale": scale, "shift": beta - mean * scale}
    elif arrays:
        named = {"kernel": arrays[0], "bias": arrays[1] if config["use_bias"] else np.zeros(arrays[0].shape[-1])}
    return {key: np.array(array, np.float32) for key, array in named.items()}
