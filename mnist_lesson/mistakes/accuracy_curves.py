"""07 · Test: ways to change digits, or the network, and how many of 1,000 it still reads."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.mistakes.distortions import blur, cover, noise, shift, shrink, thicken, turn
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input

PIECE = 100  # digits to read before checking whether the count is still wanted
COUNT = 1000  # each accuracy is measured on this many test digits, the first ones
Change = Callable[[NDArray[np.uint8], Any], NDArray[np.uint8]]


class Way(NamedTuple):
    """A way to change digits: `change(images, value)`, and the values that a slider goes through.

    `nothing` is the value that changes nothing. `words` say what a value does, with … in its place;
    `mark` is the unit to write after it, for short.
    """

    change: Change
    values: Sequence[float]
    nothing: float
    words: str
    mark: str

    def short(self, value: float) -> str:
        """Write a value with its mark, as "−30°"."""
        return f"{value:g}{self.mark}".replace("-", "−")


def _share(change: Change) -> Change:
    """Take the value in percent, for a change that wants a share."""
    return lambda images, percent: change(images, percent / 100)


PERCENT, DEGREES = range(0, 101, 10), range(-90, 91, 15)
WAYS = {
    "Shift": Way(
        lambda x, n: shift(x, n, 0), range(-9, 10), 0, "shifted to the right by … pixels", " px"
    ),
    "Turn": Way(lambda x, n: turn(x, -n), DEGREES, 0, "turned to the right by … degrees", "°"),
    "Shrink": Way(_share(shrink), range(30, 101, 5), 100, "shrunk to … percent", "%"),
    "Thicken": Way(thicken, range(-2, 7), 0, "with strokes thicker by … pixels", " px"),
    "Blur": Way(blur, [n / 2 for n in range(9)], 0, "blurred over … pixels", " px"),
    "Noise": Way(_share(noise), PERCENT, 0, "with … percent of its pixels noisy", "%"),
    "Cover": Way(cover, range(0, 21, 2), 0, "with a square of … × … pixels covered", " px"),
}


# What a slider goes through, in percent, for each way to damage the network itself.
NOISE, SILENCE, NO_BIAS = "Noisy weights", "Filters off", "No biases"
AMOUNTS = {NOISE: tuple(PERCENT), SILENCE: tuple(PERCENT), NO_BIAS: (0, 100)}


def break_network(network: Twin, way: str, percent: float) -> Twin:
    """Return a copy of a network with part of it damaged, by 0 (not at all) to 100 percent.

    "Noisy weights" adds noise to every weight; its spread is this many percent of the spread of the
    layer's weights. "Filters off" makes this many percent of the first layer's filters give 0,
    whatever they see. "No biases" sets all biases to 0, at 100.
    """
    rng = np.random.default_rng(0)  # always the same noise, and the same filters
    weights = {
        layer: {key: array.copy() for key, array in arrays.items()}
        for layer, arrays in network.weights.items()
    }
    if way == NOISE:
        for arrays in weights.values():
            for array in arrays.values():
                # Relative to the layer, because some layers have far smaller weights.
                array += rng.normal(0, percent / 100 * array.std(), array.shape)
    elif way == SILENCE:
        # A network of one's own may begin with a layer that has no filters, such as Flatten.
        first = next(arrays for arrays in weights.values() if "kernel" in arrays)
        count = first["bias"].size
        # A higher percentage switches off the same filters and some more.
        off = rng.permutation(count)[: round(percent / 100 * count)]
        first["kernel"][..., off] = 0
        first["bias"][off] = 0  # or it would always give the same number
    elif percent:
        for arrays in weights.values():
            if "bias" in arrays:
                arrays["bias"][:] = 0
    return Twin(network.specs, weights, network.input_shape, f"{network.name}, damaged")


def count_right(network: Twin, change: Change | None = None, value: float = 0) -> Iterator[int]:
    """Let a network read the first test digits, changed or not, and count its right answers.

    It yields the count so far after each piece: a slider that has moved on can stop it.
    """
    images, labels = sealed_digits()
    right = 0
    for start in range(0, COUNT, PIECE):
        piece = slice(start, start + PIECE)
        changed = images[piece] if change is None else change(images[piece], value)
        right += int((network.predict(to_input(changed)).argmax(axis=1) == labels[piece]).sum())
        yield right
