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
INK = 100  # of 255: brighter pixels are ink
TURNS = np.radians(np.arange(0, 360, 3))
RINGS = (0.48, 0.56, 0.64)  # of the way from the middle to the farthest ink


def is_like_a_digit(picture: NDArray[np.uint8]) -> bool:
    """Say whether a picture looks like some training digit, whichever.

    `picture` is uint8 (28, 28), as `center_drawing()` gives it. A network cannot say so: it must choose one
    of ten, and is often sure of a letter. So this compares with digits themselves, a little blurred.
    """
    return bool(not is_cross(picture) and likeness(picture[np.newaxis])[0] > LIKE)


def is_cross(picture: NDArray[np.uint8]) -> bool:
    """Say whether a picture, uint8 (28, 28), is a plus sign or an x: four straight arms, evenly around.

    Each ring around the middle meets the four arms, at the same angles as the next ring. Of 6,000 test
    digits, three are like that.
    """
    ink = picture > INK
    # Arms enclose no paper, as the loops of an 8 do; up to two pixels are let pass.
    if not ink.any() or (ndimage.binary_fill_holes(ink) & ~ink).sum() > 2:
        return False
    middle = np.array(ndimage.center_of_mass(ink))
    farthest = np.hypot(*(np.argwhere(ink) - middle).T).max()
    arms = [_arms(picture, middle, ring * farthest) for ring in RINGS]
    if any(len(angles) != 4 for angles in arms):
        return False
    apart = np.diff(arms[1], append=arms[1][0] + 2 * np.pi)
    # On a circle 359° and 1° are 2° apart, which a plain difference would not see.
    strayed = np.abs(np.angle(np.exp(1j * (arms[0] - arms[-1]))))
    return bool(np.abs(apart - np.pi / 2).max() < np.radians(25) and strayed.max() < np.radians(15))


def _arms(
    picture: NDArray[np.uint8], middle: NDArray[np.float64], radius: float
) -> NDArray[np.float64]:
    """Find at which angles a circle meets ink: from 0 to 2 π, in order, one for each stroke that it meets."""
    circle = middle[:, np.newaxis] + radius * np.stack([np.sin(TURNS), np.cos(TURNS)])
    met = ndimage.map_coordinates(picture.astype(float), circle, order=1) > INK
    strokes, count = ndimage.label(met)
    if met[0] and met[-1] and count > 1:  # one stroke, where the circle begins and ends
        strokes[strokes == count] = 1
        count -= 1
    ways = [np.exp(1j * TURNS[strokes == stroke]).sum() for stroke in range(1, count + 1)]
    return np.sort(np.angle(ways) % (2 * np.pi))


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
