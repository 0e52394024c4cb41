"""08 · Your digits: whether a drawing looks like any digit at all, or is a cross, a letter, a plot."""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnist_lesson.load import load_data
from mnist_lesson.network.twin import blas

Floats = NDArray[np.float32]

EVERY = 3  # the training digit that is compared with: all 60,000 would take three times as long
LIKE = 0.885  # 997 of 1,000 test digits are at least so much like a training digit
CROSS = 0.86  # how much a plus sign is like itself turned by a quarter; a digit hardly ever is


def is_like_a_digit(picture: NDArray[np.uint8]) -> bool:
    """Say whether a picture looks like some training digit, whichever.

    `picture` is uint8 (28, 28), as `center_drawing()` gives it. A network cannot say so: it must choose one
    of ten, and is often sure of a letter. So this compares with digits themselves, a little blurred.
    """
    this = _blurred(picture[np.newaxis])[0]
    turned = _blurred(np.rot90(picture)[np.newaxis])[0]
    is_cross = picture[12:16, 12:16].mean() > 127 and this @ turned > CROSS
    return bool(not is_cross and likeness(picture[np.newaxis])[0] > LIKE)


def likeness(pictures: NDArray[np.uint8]) -> Floats:
    """Say how much each picture, uint8 (n, 28, 28), is like the training digit nearest to it: 1 is the same."""
    with blas().limit(limits=1):
        return np.asarray((_blurred(pictures) @ _training_digits().T).max(axis=1), np.float32)


@functools.cache
def _training_digits() -> Floats:
    return _blurred(load_data()[0][0][::EVERY])


@functools.cache
def _blur() -> Floats:
    """Make the matrix that blurs a column of 28 pixels and keeps every second one."""
    blur = ndimage.gaussian_filter1d(np.eye(28, dtype=np.float32), 1.2, axis=0)
    return np.asarray(blur[::2], np.float32)


def _blurred(pictures: NDArray[np.uint8]) -> Floats:
    """Blur pictures and halve their sides: a row of length 1 each, so that a product says how alike two are."""
    smooth = _blur() @ pictures.astype(np.float32) @ _blur().T
    rows = smooth.reshape(len(pictures), -1)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)
