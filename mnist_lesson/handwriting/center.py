"""Your own digits, made to look like MNIST's: what's behind `preprocess.center_drawing()`."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import scipy  # it loads `scipy.ndimage` at its first use: a page opens sooner
from numpy.typing import NDArray
from PIL import Image

from mnist_lesson.shared.checks import SIDE, describe

Picture = NDArray[np.uint8]
Field = NDArray[np.float64]

BOX = 20  # the longer side of MNIST's digits, in their pixels
STROKE = 2.3  # the usual width of MNIST's strokes, in the same pixels; see center_drawing()
CENTER = 14.5  # where MNIST's centres of mass lie, down and across: the middle of pixel 14
FINE = 120  # the longer side of the ink on the fine grid, where it's measured and redrawn
# Ink has at least this share of the greatest brightness, and half of the greatest nearby.
FAINT = 0.25
SPECK = 0.02  # a spot with a smaller share of the ink than this is dust
LARGEST_SIDE = 4096  # the longer side of a drawing, in pixels
SHEET = 1024  # a larger drawing is shrunk to this before anything else
STEPS = ("your drawing", "ink found", "stroke width", "fitted", "centred")


class Ink(NamedTuple):
    """The ink on the fine grid.

    `depth` says how far a fine pixel of ink is from the paper, and is 0 on paper. `pixel` is the
    side of a fine pixel, `corner` the place of the grid's top left corner, in pixels of the
    drawing.
    """

    depth: Field
    pixel: float
    corner: tuple[float, float]


def center_drawing(
    drawing: Any, *, fit: bool = True, center: bool = True, stroke: bool = True
) -> Picture:
    """Make a drawing of a digit look like MNIST's, by the same steps that made MNIST.

    It finds the ink, without the dust, and gives its strokes MNIST's usual width, 2.35 pixels. It
    fits the ink into 20 × 20 pixels, keeping its proportions and making its edges smooth, and puts
    that into 28 × 28 with its centre of mass in the middle. So it doesn't matter where you draw,
    how large, or how thick your pen is.

    Explained in notebook 08. The 2.35 is what this module measures (`pen_width`) on training digits
    enlarged six times; at their edge, ink is half as bright as inside.

    Parameters
    ----------
    drawing
        uint8 of shape (h, w), up to 4096 × 4096: bright ink (255) on a dark ground (0). For a
        photo, which is dark on light, use `ink_from_photo()` first.
    fit, center, stroke
        False leaves a step out, to show what it's worth. Without `fit`, the whole sheet is shrunk
        to 28 × 28; without `center`, the digit stays where you drew it on the sheet; without
        `stroke`, the pen keeps its width.

    Returns
    -------
    uint8 of shape (28, 28). A blank drawing gives a blank picture; a dot, a dot in the middle.

    Raises
    ------
    TypeError, ValueError
        `drawing` has a different dtype or shape, is empty or too large.
    """
    return drawing_steps(drawing, fit=fit, center=center, stroke=stroke)[-1][1]


def drawing_steps(
    drawing: Any, *, fit: bool = True, center: bool = True, stroke: bool = True
) -> list[tuple[str, Picture]]:
    """Return the pictures on the way from a drawing to its `center_drawing()`, each with its name.

    The names are STEPS; all pictures are uint8, the last two 28 × 28, the others larger. Arguments
    and errors are as in `center_drawing()`.
    """
    drawing = check_drawing(drawing)
    # Average blocks of pixels; keeping only every n-th would lose thin lines.
    sheet = np.asarray(Image.fromarray(drawing).reduce(math.ceil(max(drawing.shape) / SHEET)))
    ink = _find_ink(sheet)
    if ink is None:
        blank = np.zeros((SIDE, SIDE), np.uint8)
        return list(zip(STEPS, (drawing, blank, blank, blank, blank), strict=True))
    shrink = SIDE / max(sheet.shape)
    width, scale = _pen_and_scale(ink, fitted=stroke)
    if not fit:
        scale = shrink * ink.pixel
    # Change the pen before shrinking: a width of STROKE / scale now becomes STROKE then.
    cover = redraw(ink.depth, width, STROKE / scale if stroke else width)
    middle = [c + ink.pixel * n / 2 for c, n in zip(ink.corner, ink.depth.shape, strict=True)]
    drawn = [SIDE / 2 + shrink * (m - n / 2) for m, n in zip(middle, sheet.shape, strict=True)]
    fitted = place(cover, scale, [n / 2 for n in cover.shape], drawn)
    centred = fitted
    if center:
        # SciPy counts from the middle of the first pixel, and place() from its edge.
        mass = [n + 0.5 for n in scipy.ndimage.center_of_mass(cover)]
        centred = place(cover, scale, mass, [CENTER, CENTER])
    pictures = (drawing, _bytes(ink.depth), _bytes(cover), fitted, centred)
    return list(zip(STEPS, pictures, strict=True))


def _pen_and_scale(ink: Ink, *, fitted: bool) -> tuple[float, float]:
    """Measure the pen, in fine pixels, and how much the ink must shrink to fit MNIST's box."""
    width = pen_width(ink.depth)
    side = int(max(np.ptp(np.nonzero(ink.depth), axis=1))) + 1
    if not fitted:
        return width, BOX / side
    # A disc is two depths wide, a stroke many; and within four pixels you can't make out a path.
    if side < max(3 * ink.depth.max(), 4 / ink.pixel):  # a dot: it's all pen and no path
        return side, STROKE / side
    # Fit the path, not the ink, so a thicker pen doesn't make the digit smaller.
    return width, (BOX - STROKE) / (side - width)


def _find_ink(sheet: Picture) -> Ink | None:
    """Find the ink, without dust, and bring it onto the fine grid; None if there isn't any."""
    if not sheet.any():
        return None
    grey = sheet.astype(np.float32) / sheet.max()
    spots, count = scipy.ndimage.label(grey >= FAINT, np.ones((3, 3)))
    areas = np.bincount(spots.ravel(), minlength=count + 1)[1:]
    # The largest spot is never dust, even if there are so many that none reaches SPECK.
    kept = np.array([False, *(areas >= min(SPECK * areas.sum(), areas.max()))])[spots]
    grey[(spots > 0) & ~kept] = 0
    top, left = np.min(np.nonzero(kept), axis=1)
    bottom, right = np.max(np.nonzero(kept), axis=1) + 1
    # Depth is measured from paper, so ink at the very edge of the sheet needs paper next to it.
    crop = np.pad(grey, 2)[top : bottom + 4, left : right + 4]
    # A pixel of the drawing becomes at most eight fine ones.
    pixel = max(bottom - top, right - left, FINE / 8) / FINE
    # At least three: a hairline across a large sheet would be one row, with no slope to measure.
    size = [max(3, round(n / pixel)) for n in crop.shape]
    fine = np.asarray(Image.fromarray(crop).resize(size[::-1], Image.Resampling.BILINEAR))
    # A faint line away from a bold one is ink.
    nearby = scipy.ndimage.maximum_filter(fine, FINE // 8)
    mask = fine >= np.maximum(nearby, fine.max() / 2) / 2
    return Ink(scipy.ndimage.distance_transform_edt(mask), pixel, (top - 2, left - 2))


def path(depth: Field) -> NDArray[np.bool_]:
    """Find the pen's path: where the ink is deepest, with ever shallower ink on either side."""
    down, across = np.gradient(depth)
    # On the path, the rise on one side and the fall on the other cancel. 0.36 is a slope of 0.6.
    level = (depth > 0) & (down**2 + across**2 < 0.36)
    return np.asarray(level | (depth == depth.max()))


def pen_width(depth: Field) -> float:
    """Measure the pen, in fine pixels: twice the usual depth of its path."""
    # A pixel of ink next to paper has depth 1, but its middle is only 0.5 away from the paper.
    return 2 * float(np.median(depth[path(depth)])) - 0.5


def redraw(depth: Field, width: float, target: float) -> Field:
    """Move the ink's edge so that a pen of `width` becomes one of `target`: 1 is ink, 0 paper."""
    # Without `fit`, a tiny digit on a huge sheet would get a stroke wider than the whole grid.
    grow = min((target - width) / 2, FINE)
    depth = np.pad(depth, math.ceil(max(grow, 0)) + 2)
    outside = scipy.ndimage.distance_transform_edt(depth == 0)
    edge = np.where(depth > 0, depth - 0.5, 0.5 - outside) + grow
    if grow < 0:  # if the line was thin in places, keep it at the new width there
        edge = np.maximum(edge, target / 2 - scipy.ndimage.distance_transform_edt(~path(depth)))
    return np.clip(edge + 0.5, 0, 1)


def place(cover: Field, scale: float, anchor: list[float], target: list[float]) -> Picture:
    """Shrink the ink onto 28 × 28 pixels, `anchor` on `target`, or as near as it fits.

    Each pixel becomes as bright as the share of it that's ink. That makes smooth edges.
    """
    shares = []
    for axis in (0, 1):
        ink = np.flatnonzero(cover.any(1 - axis))
        low, high = scale * ink[0], scale * (ink[-1] + 1)
        shift = target[axis] - scale * anchor[axis]
        if high - low > SIDE:
            shift = (SIDE - high - low) / 2  # too large anyway: lose the same on either side
        else:
            shift = min(max(shift, -low), SIDE - high)
        edges = shift + scale * np.arange(cover.shape[axis] + 1)
        # The area that two upright squares share is a product of lengths, so go axis by axis.
        pixels = np.arange(SIDE)[:, np.newaxis]
        shared = np.minimum(edges[1:], pixels + 1) - np.maximum(edges[:-1], pixels)
        shares.append(np.maximum(shared, 0))
    return _bytes(shares[0] @ cover @ shares[1].T)


def _bytes(share: NDArray[Any]) -> Picture:
    return np.asarray(np.round(255 * np.clip(share, 0, 1)), np.uint8)


def check_drawing(drawing: Any) -> Picture:
    """Return a drawing, uint8 (h, w) of at most 4096 × 4096, or raise TypeError or ValueError."""
    sheet: NDArray[Any] = np.asarray(drawing)
    if sheet.dtype != np.uint8:
        raise TypeError(
            f"drawing came as {describe(sheet)}, but whole numbers from 0 (paper) to 255 (ink), "
            "dtype uint8, are needed. If it goes from 0 to 1, type (255 * drawing).astype('uint8')."
        )
    if sheet.ndim != 2 or not sheet.size or max(sheet.shape) > LARGEST_SIDE:
        raise ValueError(
            f"drawing came as {describe(sheet)}, but shape (height, width), each from 1 to "
            f"{LARGEST_SIDE}, is needed. For a photo or a picture in colour, type "
            "ink_from_photo(drawing) first."
        )
    return sheet
