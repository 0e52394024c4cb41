"""08 · Your digits: does a drawing look like any digit at all, or is it a heart, a letter, a plot?

A network that reads digits can't say: it must choose one of ten, and is often sure about a heart.
So it has a judge beside it, two dense layers that have learned to tell digits from shapes, letters
and words (`tools/make_digit_judge.py`). The judge sees what an early layer of the practised network
sees. Later layers won't do: they've learned to look for digits, and see little else.
"""

import functools

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.saved import ASSETS, check_digest, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input

LAST = "relu_2"  # the layer of the practised network that gets judged
DOUBT = "This may not be a digit at all"


def is_like_a_digit(picture: NDArray[np.uint8]) -> bool:
    """Say whether a picture, uint8 (28, 28) from `center_drawing()`, looks like some digit.

    Seven in 1,000 of MNIST's held-out digits don't. A ring or a bare line does, and so do letters
    that are written like digits, such as O, l and S.
    """
    return bool(likeness(picture[np.newaxis])[0] >= 0)


def likeness(pictures: NDArray[np.uint8]) -> Floats:
    """Say how much pictures, uint8 (n, 28, 28), look like digits: log odds, float32 (n,)."""
    return _judge().predict(to_input(pictures))[:, 0]


def first_layers() -> Twin:
    """Take the layers of the practised network whose output is judged."""
    return practised_network().up_to(LAST)


@functools.cache
def _judge() -> Twin:
    first = first_layers()
    specs = [
        *first.specs,
        {"name": "flat", "kind": "Flatten", "activation": "linear"},
        {"name": "hidden", "kind": "Dense", "activation": "relu"},
        {"name": "likeness", "kind": "Dense", "activation": "linear"},
    ]
    weights = {**first.weights, "flat": {}, "hidden": {}, "likeness": {}}
    check_digest(ASSETS / "digit_judge.npz")
    with np.load(ASSETS / "digit_judge.npz", allow_pickle=False) as arrays:
        for name in arrays.files:
            layer, _, key = name.partition("_")
            # Saved with half the bits of the network's, which is enough.
            weights[layer][key] = arrays[name].astype(np.float32)
    # As one network, it looks at a picture in a single go.
    return Twin(specs, weights, first.input_shape, "the judge")
