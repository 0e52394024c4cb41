"""07 · Test: seven ways to change digits, and how many of 1,000 are still read correctly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.mistakes.distortions import blur, cover, noise, shift, shrink, thicken, turn
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.words import say_probability
from mnist_lesson.test import predict

PIECE = 100  # digits to read before checking whether the curve is still wanted
COUNT = 1000  # each curve is measured on this many test digits, the first ones


class Way(NamedTuple):
    """A way to change digits: `change(images, value)`, and the values that a slider goes through.

    `begin` is where it starts, and `nothing` is the value that changes nothing. `words` say what a
    value does, with {0} in its place; `mark` is the unit to write after it, for short.
    """

    change: Callable[[NDArray[np.uint8], Any], NDArray[np.uint8]]
    values: Sequence[float]
    begin: float
    nothing: float
    words: str
    mark: str

    def short(self, value: float) -> str:
        """Write a value with its mark, as "−30°"."""
        return f"{value:g}{self.mark}".replace("-", "−")

    def say(self, value: float | None = None) -> str:
        """Say what a value does to a digit: "turned by −30 degrees", or "by … degrees" for None."""
        return self.words.format("…" if value is None else f"{value:g}".replace("-", "−"))


WAYS = {
    "Shift": Way(
        lambda x, n: shift(x, n, 0),
        range(-9, 10),
        3,
        0,
        "shifted to the right by {0} pixels",
        " px",
    ),
    "Turn": Way(
        lambda x, n: turn(x, -n),
        range(-90, 91, 15),
        30,
        0,
        "turned to the right by {0} degrees",
        "°",
    ),
    "Shrink": Way(
        lambda x, n: shrink(x, n / 100), range(30, 101, 5), 60, 100, "shrunk to {0} percent", "%"
    ),
    "Thicken": Way(thicken, range(-2, 7), 2, 0, "with strokes thicker by {0} pixels", " px"),
    "Blur": Way(blur, [n / 2 for n in range(9)], 1.5, 0, "blurred over {0} pixels", " px"),
    "Noise": Way(
        lambda x, n: noise(x, n / 100),
        range(0, 101, 10),
        30,
        0,
        "with {0} percent of its pixels noisy",
        "%",
    ),
    "Cover": Way(cover, range(0, 21, 2), 8, 0, "with a square of {0} × {0} pixels covered", " px"),
}

# What's been measured, by network and way.
_KNOWN: dict[tuple[str, str], dict[float, float]] = {}


def measure(network: Twin, name: str, first: float) -> Iterator[Mapping[float, float]]:
    """Measure a way's curve, {value: accuracy}, from `first` on; keep yielding what's known."""
    way, (images, labels) = WAYS[name], sealed_digits()
    known = _KNOWN.setdefault((network.digest, name), {})
    yield known
    # First the value on screen and the one that changes nothing; then outward from there.
    order = sorted(
        way.values, key=lambda value: (value not in (first, way.nothing), abs(value - first))
    )
    for value in (value for value in order if value not in known):
        right = 0
        for start in range(0, COUNT, PIECE):
            piece = slice(start, start + PIECE)
            read = predict(network, to_input(way.change(images[piece], value))).labels
            right += int((read == labels[piece]).sum())
            yield known  # nothing new, but it can stop here if the slider has moved on
        known[value] = right / COUNT
    yield known


def in_words(probabilities: NDArray[np.float32]) -> str:
    """Say which digit is read, and how surely: "7 (99.9%)"."""
    sure = say_probability(float(probabilities.max()), decimals=1)
    return f"{int(probabilities.argmax())} ({sure})"
