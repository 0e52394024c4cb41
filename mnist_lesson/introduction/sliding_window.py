"""00 and 05 · A window slides over a digit: the ins and outs of convolution, ReLU and pooling."""

from __future__ import annotations

import math
import re
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from mnist_lesson.network.arithmetic import Floats, conv2d, max_pool, relu
from mnist_lesson.shared.checks import check_numbers
from mnist_lesson.shared.words import write_number

CONVOLUTION, RELU, POOLING = STAGES = ("1 · Convolution", "2 · ReLU", "3 · Pooling")
LARGEST_WEIGHT = 1000
KERNELS = {
    "vertical edges": "-1 0 1, -1 0 1, -1 0 1",
    "horizontal edges": "-1 -1 -1, 0 0 0, 1 1 1",
    "outline": "-1 -1 -1, -1 8 -1, -1 -1 -1",
    "blur": "1/9 1/9 1/9, 1/9 1/9 1/9, 1/9 1/9 1/9",
}


class Stage(NamedTuple):
    """From one picture to the next.

    At each place, `size` × `size` numbers of `source` give one of `result`.
    """

    source: Floats
    size: int
    stride: int
    result: Floats
    noun: str
    verb: str
    colour_before: dict[str, Any]
    colour_after: dict[str, Any]
    kernel: Floats | None = None
    bias: float = 0.0

    def window(self, row: int, column: int) -> Floats:
        """Return the numbers under the window when it gives `result[row, column]`."""
        top, left = row * self.stride, column * self.stride
        return self.source[top : top + self.size, left : left + self.size]

    def sentence(self, row: int, column: int) -> str:
        """Say what happens to these numbers."""
        numbers, answer = self.window(row, column), write_number(self.result[row, column])
        if self.kernel is not None:
            parts = " + ".join(write_number(product) for product in (numbers * self.kernel).ravel())
            bias = f", and the bias {write_number(self.bias)}" if self.bias else ""
            return (
                f"The {numbers.size} products added up{bias}: "
                f"{parts.replace('+ −', '− ')} = {answer}."
            )
        if self.size > 1:
            return f"The largest of {', '.join(map(write_number, numbers.ravel()))} is {answer}."
        what = "below 0: it becomes 0" if numbers[0, 0] < 0 else "not below 0: it stays"
        return f"{write_number(numbers[0, 0])} is {what}."


def slide(pixels: ArrayLike, kernel: ArrayLike, bias: float = 0.0) -> dict[str, Stage]:
    """Slide a kernel (k, k) over a picture (h, w); then ReLU; then pooling by 2 × 2.

    Explained in notebook 05.
    """
    picture, weights = np.asarray(pixels, np.float32), np.asarray(kernel, np.float32)
    # conv2d() slides many filters over many pictures. Here there is one of each.
    sums = conv2d(
        picture[np.newaxis, :, :, np.newaxis],
        weights[:, :, np.newaxis, np.newaxis],
        np.array([bias], np.float32),
    )
    kept = relu(sums)
    flat_sums, flat_kept, flat_pooled = (maps[0, :, :, 0] for maps in (sums, kept, max_pool(kept)))
    ink = {"most": 1 if picture.max() <= 1 else 255, "signed": False}
    # The same for all three, so a colour means the same number in each.
    colour = {"most": float(np.abs(sums).max()), "signed": bool(sums.min() < 0)}
    return {
        CONVOLUTION: Stage(
            picture, len(weights), 1, flat_sums, "pixels", "sum", ink, colour, weights, bias
        ),
        RELU: Stage(flat_sums, 1, 1, flat_kept, "number", "ReLU", colour, colour),
        POOLING: Stage(flat_kept, 2, 2, flat_pooled, "numbers", "largest", colour, colour),
    }


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
