"""07 · Test: ways to make digits harder to read. All take and return uint8 (n, 28, 28)."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from mnist_lesson.shared.checks import SIDE, check_images, check_number, check_whole

Images = NDArray[np.uint8]


def shift(images: Any, right: float, down: float) -> Images:
    """Move the digits `right` and `down`, -28 to 28 pixels. What leaves the picture is lost."""
    move = (0, check_number("down", down, -SIDE, SIDE), check_number("right", right, -SIDE, SIDE))
    # Order 1 mixes neighbours; a higher one would make ink darker than black.
    return _bytes(ndimage.shift(_floats(images), move, order=1))


def turn(images: Any, degrees: float) -> Images:
    """Turn the digits about the middle, to the left or, below 0, to the right: -360 to 360."""
    check_number("degrees", degrees, -360, 360)
    return _bytes(ndimage.rotate(_floats(images), degrees, axes=(2, 1), reshape=False, order=1))


def shrink(images: Any, factor: float) -> Images:
    """Shrink the digits to `factor` of their size, from 0.1 to 2, about the picture's middle."""
    step = 1 / check_number("factor", factor, 0.1, 2)
    middle = (SIDE - 1) / 2 * (1 - step)
    x = _floats(images)
    if step > 1:  # a small picture shows an average of the large one, not a few of its pixels
        x = ndimage.gaussian_filter(x, (0, (step - 1) / 2, (step - 1) / 2))
    return _bytes(ndimage.affine_transform(x, [1, step, step], [0, middle, middle], order=1))


def thicken(images: Any, pixels: float) -> Images:
    """Make all strokes wider by -8 to 8 `pixels`; below 0, narrower."""
    x, radius = _floats(images), abs(check_number("pixels", pixels, -8, 8)) / 2
    change = ndimage.grey_dilation if pixels > 0 else ndimage.grey_erosion
    low = int(radius)
    less, more = (change(x, footprint=_disc(r)) if r else x for r in (low, low + 1))
    # Part of a pixel lies between two whole ones.
    return _bytes(less + (radius - low) * (more - less))


def blur(images: Any, pixels: float) -> Images:
    """Blur the digits, like a lens out of focus: each pixel spreads over 0 to 10 `pixels`."""
    width = check_number("pixels", pixels, 0, 10)
    return _bytes(ndimage.gaussian_filter(_floats(images), (0, width, width)))


def noise(images: Any, share: float) -> Images:
    """Give this share of all pixels, from 0 to 1, a different brightness, drawn at random.

    It's always the same noise; with a larger share, more pixels join the noisy ones.
    """
    images = check_images(images)
    # Drawn for every pixel, whatever the share, so the noisy ones stay noisy.
    drawn = np.random.default_rng(0).random((len(images), 2, SIDE, SIDE), np.float32)
    chance, grey = np.moveaxis(drawn, 1, 0)
    return np.where(chance < check_number("share", share, 0, 1), _bytes(255 * grey), images)


def cover(images: Any, side: int) -> Images:
    """Cover a square of `side` × `side` pixels, 0 to 28, in the middle with paper."""
    low = (SIDE - check_whole("side", side, 0, SIDE)) // 2
    covered = check_images(images).copy()
    covered[:, low : low + side, low : low + side] = 0
    return covered


def _disc(radius: int) -> NDArray[np.bool_]:
    """Make a round brush, `2 * radius + 1` pixels wide, that works on each picture by itself."""
    across = np.arange(-radius, radius + 1) ** 2
    return np.asarray(across[np.newaxis, :, np.newaxis] + across < (radius + 0.3) ** 2)


def _floats(images: Any) -> NDArray[np.float32]:
    return check_images(images).astype(np.float32)


def _bytes(images: NDArray[Any]) -> Images:
    return np.asarray(np.round(np.clip(images, 0, 255)), np.uint8)
