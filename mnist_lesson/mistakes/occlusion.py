"""07 · Test: which part of a digit does the network's answer depend on?"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import SIDE, check_images, check_whole
from mnist_lesson.test import predict

PARTS = (("top", "middle", "bottom"), ("left", "centre", "right"))
# Pixels from one covered square to the next: a quarter of the work, for almost the same map.
STRIDE = 2


def occlusion_map(network: Any, image: Any, *, side: int = 9) -> NDArray[np.float32]:
    """Cover a square of a digit, place by place: how much less sure of its answer is the network?

    Returns, for each pixel, how far the probability of the answer falls, on average, when it's
    covered: float32 (28, 28), from -1 to 1, below 0 where covering makes the network surer. The
    network is a `Twin` or a trained Keras model; the image is uint8 (28, 28), ink bright; `side`
    says how many pixels wide the square of paper is, from 1 to 27. Explained in notebook 07.
    """
    check_whole("side", side, 1, SIDE - 1)
    digit = check_images(np.asarray(image)[np.newaxis], "image")[0]
    middles = range(STRIDE // 2, SIDE, STRIDE)
    # All squares at once: one call that reads 196 pictures is far faster than 196 calls.
    covers = np.zeros((len(middles) ** 2, SIDE, SIDE), dtype=bool)
    for number, (row, column) in enumerate((row, column) for row in middles for column in middles):
        top, left = row - side // 2, column - side // 2
        covers[number, max(top, 0) : top + side, max(left, 0) : left + side] = True
    before = predict(network, to_input(digit))
    after = predict(network, to_input(np.where(covers, np.uint8(0), digit))).probabilities
    # How much the answer loses to each square; then each pixel averages the squares that cover it.
    fall = before.probabilities.max() - after[:, before.labels[0]]
    # Small squares leave pixels uncovered: divide 0 by 1 there, not 0 by 0.
    return np.asarray(np.tensordot(fall, covers, 1) / np.maximum(covers.sum(axis=0), 1), np.float32)


def where_it_hangs(fall: NDArray[Any]) -> str:
    """Say in words which part of the digit the answer depends on, going by its occlusion map."""
    most, place = float(fall.max()), np.unravel_index(fall.argmax(), fall.shape)
    if most < 0.01:  # then the largest may just be chance
        return (
            "No part alone decides: whichever square is covered, the network stays about as sure."
        )
    row, column = (names[middle * 3 // SIDE] for names, middle in zip(PARTS, place, strict=True))
    part = f"{row} {column}"
    return f"The answer depends most on the {part}: cover that, and it loses {most:.0%} on average."
