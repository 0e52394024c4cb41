"""08 · Your digits: a quick look at each stretch of ink that may be a digit, where several touch.

It takes a few milliseconds to make one stretch look like MNIST's digits, and a scribble has
hundreds of stretches. So here, the pen gets MNIST's width just once, on a small copy of the whole
piece, and the stretches are taken from that. They come close to what `center_drawing()` makes of
each: close enough to choose which ones to read properly.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from mnist_lesson.handwriting.center import BOX, CENTER, STROKE, pen_width, place, redraw
from mnist_lesson.handwriting.parts import Picture
from mnist_lesson.shared.checks import SIDE

SMALL = 40  # rows of the small copy: twice as many as MNIST's digits have


@dataclass(frozen=True)
class Stretches:
    """Stretches of ink, each from strip `start` up to, but not including, strip `stop`.

    `starts`, `stops`, `heights` and `widths` have shape (n,), the last two in pixels of the
    drawing; `pictures` is uint8 (n, 28, 28).
    """

    starts: NDArray[np.intp]
    stops: NDArray[np.intp]
    heights: NDArray[np.intp]
    widths: NDArray[np.intp]
    pictures: Picture


def look_at_stretches(ink: Picture, strips: NDArray[np.intp]) -> Stretches:
    """Make a picture of each stretch that's tall enough for a digit of its piece, and not too wide.

    `ink` is uint8 (h, w). `strips` has the same shape and gives the number of each pixel's strip,
    from 1, with 0 on paper.
    """
    cover, strip_of = _small_copy(ink, strips)
    boxes = _boxes(strip_of, int(strips.max()))
    chosen = []
    pictures = []
    for start, stop, height, width in _like_digits(strips):
        top, left, rows, columns = _around(boxes[start:stop])
        if rows <= 0:  # too little ink to show on the small copy
            continue
        here = np.s_[top : top + rows, left : left + columns]
        inside = (strip_of[here] > start) & (strip_of[here] <= stop)
        part = np.where(inside, cover[here], 0)
        mass = [middle + 0.5 for middle in ndimage.center_of_mass(part)]
        chosen.append((start, stop, height, width))
        pictures.append(place(part, BOX / max(part.shape), mass, [CENTER, CENTER]))
    starts, stops, heights, widths = np.array(chosen, np.intp).reshape(-1, 4).T
    together = np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE)
    return Stretches(starts, stops, heights, widths, together)


def _like_digits(strips: NDArray[np.intp]) -> Iterator[tuple[int, int, int, int]]:
    """Find the stretches that may be a digit: start, stop, height, width."""
    tall = strips.shape[0]
    count = int(strips.max())
    boxes = _boxes(strips, count)
    areas = np.bincount(strips.ravel(), minlength=count + 1)[1:]
    for start in range(count):
        for stop in range(start + 1, count + 1):
            _, _, height, width = _around(boxes[start:stop])
            if width >= 1.5 * tall:
                break  # more strips only make it wider
            if height > 0.4 * tall and areas[start:stop].sum() >= 0.02 * areas.sum():
                yield start, stop, height, width


def _small_copy(
    ink: Picture, strips: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Redraw a piece of ink in SMALL rows, with MNIST's pen: its cover, and each pixel's strip."""
    height, width = ink.shape
    size = (max(1, round(width * SMALL / height)), SMALL)
    grey = np.asarray(Image.fromarray(ink).resize(size, Image.Resampling.BILINEAR))
    # Don't blend strip numbers: 2 and 4 would give 3, which is another strip.
    number = Image.fromarray(strips.astype(np.int32)).resize(size, Image.Resampling.NEAREST)
    depth = ndimage.distance_transform_edt(np.pad(grey >= grey.max() / 2, 1))
    pen = pen_width(depth)
    # As in center.py, fit the pen's path: SMALL - pen rows become BOX - STROKE.
    cover = redraw(depth, pen, STROKE * max(SMALL - pen, 1) / (BOX - STROKE))
    margin = (cover.shape[0] - SMALL) // 2
    strip_of = np.pad(np.asarray(number), margin)
    # Where the pen has grown, the new ink belongs to the nearest strip.
    nearest = ndimage.distance_transform_edt(
        strip_of == 0, return_distances=False, return_indices=True
    )
    return cover, np.where(cover > 0, strip_of[tuple(nearest)], 0)


def _boxes(strips: NDArray[np.integer], count: int) -> NDArray[np.intp]:
    """Find the top, left, bottom and right of each strip: (count, 4)."""
    # A strip without ink starts after everything and ends before it, so it never widens a box.
    boxes = np.tile([*strips.shape, 0, 0], (count, 1))
    for box, found in zip(boxes, ndimage.find_objects(strips, count), strict=True):
        if found is not None:
            down, across = found
            box[:] = down.start, across.start, down.stop, across.stop
    return boxes


def _around(boxes: NDArray[np.intp]) -> tuple[int, int, int, int]:
    """Put one box around several: return its top and left, its height and width."""
    top, left = (int(n) for n in boxes[:, :2].min(axis=0))
    bottom, right = (int(n) for n in boxes[:, 2:].max(axis=0))
    return top, left, bottom - top, right - left
