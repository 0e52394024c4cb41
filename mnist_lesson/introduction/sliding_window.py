"""00 · A window slides over a digit: what goes in, its nine products, and their sum."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.network.arithmetic import Floats, conv2d
from mnist_lesson.shared.checks import check_numbers
from mnist_lesson.shared.words import write_number

LARGEST_WEIGHT = 1000
KERNELS = {
    "vertical edges": "-1 0 1, -1 0 1, -1 0 1",
    "horizontal edges": "-1 -1 -1, 0 0 0, 1 1 1",
    "outline": "-1 -1 -1, -1 8 -1, -1 -1 -1",
    "blur": "1/9 1/9 1/9, 1/9 1/9 1/9, 1/9 1/9 1/9",
}


class Slide(NamedTuple):
    """A kernel slid over a picture: at each place, a window of `source` gives a sum of `sums`."""

    source: Floats
    kernel: Floats
    bias: float
    sums: Floats

    def window(self, row: int, column: int) -> Floats:
        """Return the numbers under the window when it gives `sums[row, column]`."""
        height, width = self.kernel.shape
        return self.source[row : row + height, column : column + width]

    def sentence(self, row: int, column: int) -> str:
        """Say what happens to these numbers."""
        products = (self.window(row, column) * self.kernel).ravel()
        parts = " + ".join(map(write_number, products)).replace("+ −", "− ")
        bias = f", and the bias {write_number(self.bias)}" if self.bias else ""
        answer = write_number(self.sums[row, column])
        return f"The {len(products)} products added up{bias}: {parts} = {answer}."


def slide(pixels: ArrayLike, kernel: ArrayLike, bias: float = 0.0) -> Slide:
    """Slide a kernel (k, k) over a picture (h, w). Explained in notebook 05."""
    picture, weights = np.asarray(pixels, np.float32), np.asarray(kernel, np.float32)
    # conv2d() slides many filters over many pictures. Here there is one of each.
    maps = conv2d(
        picture[np.newaxis, :, :, np.newaxis],
        weights[:, :, np.newaxis, np.newaxis],
        np.array([bias], np.float32),
    )
    return Slide(picture, weights, bias, maps[0, :, :, 0])


def parse_kernel(words: str) -> Floats:
    """Read nine typed numbers, row by row, as a kernel (3, 3); a ValueError says what's wrong."""
    weights = [_weight(part) for part in re.split(r"[\s,;]+", words.replace("−", "-")) if part]
    if len(weights) != 9:
        raise ValueError(
            f"Type nine numbers, with spaces between them: {KERNELS['horizontal edges']}. "
            f"I found {len(weights)}."
        )
    return np.array(weights, np.float32).reshape(3, 3)


def _weight(word: str) -> float:
    """Read a number such as -2, 0.5 or 1/9."""
    over, _, under = word.partition("/")
    try:
        weight = float(over) / float(under) if under else float(word)
    except (ValueError, ZeroDivisionError):  # 1/0 is easily typed
        raise ValueError(
            f"“{word[:20]}” is not a number that I can read. Type it like -1, 0.5 or 1/9."
        ) from None
    if not (math.isfinite(weight) and abs(weight) <= LARGEST_WEIGHT):
        raise ValueError(
            f"“{word[:20]}” is too large: a weight goes from -{LARGEST_WEIGHT} to {LARGEST_WEIGHT}."
        )
    return weight


def to_pixels(image: ArrayLike) -> Floats:
    """Return one picture as (h, w), 0..255: it may come as (1, h, w, 1), or floats in 0..1."""
    wanted = "one digit of 28 by 28 pixels, as x_train[0]"
    numbers = check_numbers(np.squeeze(np.asarray(image)), "image", (2,), wanted)
    if (
        min(numbers.shape) < 13
        or max(numbers.shape) > 64
        or numbers.min() < 0
        or numbers.max() > 255
    ):
        raise ValueError(
            f"image came with {numbers.shape} numbers from {numbers.min():g} to "
            f"{numbers.max():g}, but {wanted} is needed."
        )
    # As `to_input()` gives them, or as loaded.
    unit = np.asarray(image).dtype.kind == "f" and numbers.max() <= 1
    return np.round(255 * numbers if unit else numbers).astype(np.float32)
