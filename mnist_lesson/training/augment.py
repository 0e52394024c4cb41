"""09 · Faster: small random changes, as if many hands had written each digit."""

import math

import numpy as np
import scipy
from numpy.typing import NDArray

TURN = 10  # degrees, to either side
SIZE = (0.9, 1.1)  # of the digit's own height and width, drawn separately
SLANT = 0.2  # pixels sideways for each pixel down, to either side
SHIFT = 1.0  # pixels, in each direction
# How far strokes go towards one pixel thinner, or one pixel thicker, on each side.
WIDTH = (-0.3, 0.5)


def vary(x: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Turn, stretch, slant, shift, and thin or thicken each picture a little, each in its own way.

    The changes are those of Simard, Steinkraus and Platt (2003), minus the elastic one, plus the
    stroke's width. Explained in notebook 09.

    Parameters
    ----------
    x
        float32 of shape (n, 28, 28, 1) in 0..1. It is not changed.
    rng
        The random numbers to use: the same state gives the same pictures.

    Returns
    -------
    float32 array with the shape and range of `x`.
    """
    pictures = x[..., 0]
    width = rng.uniform(*WIDTH, (len(x), 1, 1)).astype(np.float32)
    # A pixel and its four neighbours: the largest of them thickens a stroke, the smallest thins it.
    cross = scipy.ndimage.generate_binary_structure(2, 1)[np.newaxis]
    thicker = scipy.ndimage.grey_dilation(pictures, footprint=cross) - pictures
    thinner = scipy.ndimage.grey_erosion(pictures, footprint=cross) - pictures
    # Going only part of the way gives widths between whole pixels.
    pictures = pictures + np.maximum(width, 0) * thicker + np.maximum(-width, 0) * thinner
    # A digit should turn about its middle. SciPy turns about the corner, so a move makes up for it.
    middle = (np.array(pictures.shape[1:]) - 1) / 2
    varied = np.empty_like(pictures)
    for place, way in enumerate(_ways(len(x), rng)):
        move = middle - way @ (middle + rng.uniform(-SHIFT, SHIFT, 2))
        scipy.ndimage.affine_transform(pictures[place], way, move, output=varied[place], order=1)
    return np.asarray(varied[..., np.newaxis])


def shift_each(
    x: NDArray[np.float32], pixels: int, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Move each picture by up to `pixels`, up or down and sideways; blank paper fills the gap.

    Parameters
    ----------
    x
        float32 of shape (n, 28, 28, 1) in 0..1. It is not changed.
    pixels
        How far at most, 0 or more.
    rng
        The random numbers to use: the same state gives the same pictures.

    Returns
    -------
    float32 array with the shape and range of `x`.
    """
    # Cut a window out of a picture with a wide margin: where we cut decides how far it moves.
    count, height, width = x.shape[:3]
    padded = np.pad(x[..., 0], ((0, 0), (pixels, pixels), (pixels, pixels)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    down, right = rng.integers(0, 2 * pixels, (2, count), endpoint=True)
    return np.asarray(windows[np.arange(count), down, right, ..., np.newaxis])


def _ways(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw (count, 2, 2) matrices from a place in the new picture to one in the old."""
    # Backwards: for each new pixel we look up where it came from, so none is left empty.
    angle = rng.uniform(-TURN, TURN, count) * math.pi / 180
    slant = rng.uniform(-SLANT, SLANT, count)
    ways = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    ways[:, 1] += slant * ways[:, 0]
    return np.moveaxis(ways / rng.uniform(*SIZE, (1, 2, count)), -1, 0)
