"""05 · Model: the arithmetic of each layer, in plain NumPy."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import scipy
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Pair = tuple[int, int]


def relu(x: Floats) -> Floats:
    """Keep what is above 0; the rest becomes 0. Explained in notebook 05."""
    return np.maximum(x, 0)


def softmax(x: Floats) -> Floats:
    """Turn each row of scores into probabilities, which add up to 1. See notebook 05."""
    # exp(1000) overflows. Subtracting the largest score first prevents that, and changes no share.
    below_largest = x - x.max(axis=-1, keepdims=True)
    powers: Floats = np.exp(below_largest)
    powers /= powers.sum(axis=-1, keepdims=True)
    return powers


def _gelu(x: Floats) -> Floats:
    return np.asarray(x * (1 + scipy.special.erf(x / math.sqrt(2))) / 2, np.float32)


# By Keras's names for them. The lesson uses three; the rest are there for your own ideas.
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


def conv2d_at(
    image: Floats, kernel: Floats, bias: Floats, row: int, column: int
) -> NDArray[np.float64]:
    """Do one place of a convolution in loops.

    image (h, w, c), kernel (kh, kw, c, f) and bias (f,) give (f,).
    """
    # Slow on purpose: this is the definition, for reading. `conv2d` does the same, fast.
    height, width, channels, filters = kernel.shape
    sums = np.zeros(filters)
    for f in range(filters):
        sums[f] = bias[f]
        for i in range(height):
            for j in range(width):
                for c in range(channels):
                    sums[f] += image[row + i, column + j, c] * kernel[i, j, c, f]
    return sums


def conv2d(
    x: Floats, kernel: Floats, bias: Floats, *, strides: Pair = (1, 1), padding: str = "valid"
) -> Floats:
    """Slide all filters over all pictures.

    x (n, h, w, c), kernel (kh, kw, c, f) and bias (f,) give (n, h', w', f). The windows become the
    rows of one table. Then one matrix product does all at once what `conv2d_at` does place by
    place. With `padding="same"`, zeros around the picture let a window fit on each pixel.
    """
    height, width, channels, filters = kernel.shape
    x = _pad(x, (height, width), strides, padding, 0)
    # Numbers of a pixel's channels lie side by side in memory, and so do those of a window's line.
    # Seen as flat lines, each window is a plain rectangle that we can cut out without copying.
    lines = x.reshape(*x.shape[:2], -1)
    windows = sliding_window_view(lines, (height, width * channels), axis=(1, 2))
    windows = windows[:, :: strides[0], :: strides[1] * channels]
    # This reshape is what copies: from here on, each window is one row of a large table.
    sums = windows.reshape(-1, height * width * channels) @ kernel.reshape(-1, filters)
    sums += bias
    return np.asarray(sums.reshape(*windows.shape[:3], filters), np.float32)


def max_pool(
    x: Floats, size: Pair = (2, 2), *, strides: Pair | None = None, padding: str = "valid"
) -> Floats:
    """Keep the largest number of each block: (n, h, w, c) to (n, h', w', c). See notebook 05."""
    down, across = strides or size
    x = _pad(x, size, (down, across), padding, -np.inf)
    rows = (x.shape[1] - size[0]) // down + 1
    columns = (x.shape[2] - size[1]) // across + 1
    corners = itertools.product(range(size[0]), range(size[1]))
    views = (
        x[:, i : i + rows * down : down, j : j + columns * across : across] for i, j in corners
    )
    # Not block by block, but all first corners at once, then all second ones, …
    largest = next(views)
    for view in views:
        largest = np.maximum(largest, view)
    return largest


def dense(x: Floats, kernel: Floats, bias: Floats) -> Floats:
    """Give each output a weighted sum of inputs: x (n, i), kernel (i, o), bias (o,) to (n, o)."""
    return np.asarray(x @ kernel + bias, np.float32)


def _pad(x: Floats, size: Pair, strides: Pair, padding: str, value: float) -> Floats:
    """For padding="same", put `value` around the pictures, an odd row or column below or right."""
    if padding == "valid":
        return x
    margins = [(0, 0)]
    # As Keras does it: just enough that a window can stop on every stride-th pixel, up to the last.
    for length, side, stride in zip(x.shape[1:3], size, strides, strict=True):
        total = max((math.ceil(length / stride) - 1) * stride + side - length, 0)
        margins.append((total // 2, total - total // 2))
    return np.pad(x, (*margins, (0, 0)), constant_values=value)


def cross_entropy(probabilities: NDArray[np.float32], y: NDArray[np.int64]) -> float:
    """Return the mean of −ln(the true digit's probability): Keras's categorical cross-entropy."""
    # Never exactly 0 or 1: the logarithm of 0 is minus infinity.
    given = probabilities[np.arange(len(y)), y].astype(np.float64)
    return float(-np.log(np.clip(given, 1e-7, 1 - 1e-7)).mean())
