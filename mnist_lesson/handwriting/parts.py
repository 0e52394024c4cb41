"""08 · Your digits: which spots of ink belong together, and how many digits they make."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.spatial import cKDTree

from mnist_lesson.handwriting.center import path, pen_width

Picture = NDArray[np.uint8]

AROUND = np.ones((3, 3))  # pixels that touch at a corner hang together


def count_digits(drawing: Picture) -> int:
    """Count the digits on a drawing, uint8 (h, w), ink bright: 0 if blank. Digits that touch count as one."""
    spots, _ = ndimage.label(ndimage.binary_closing(np.pad(drawing > 127, 3), iterations=2))
    boxes = np.array(
        [[(side.start, side.stop) for side in box] for box in ndimage.find_objects(spots)]
    )
    if not len(boxes):
        return 0
    heights = boxes[:, 0, 1] - boxes[:, 0, 0]
    boxes = boxes[heights >= 0.4 * heights.max()]  # the bar of a 5 may stand apart, but is no digit
    return max(_groups(boxes[:, 0], 0.2 * heights.max()), _groups(boxes[:, 1], 0.1 * heights.max()))


def _groups(spans: NDArray[Any], gap: float) -> int:
    """Count the groups of spans (start, stop) that have more than `gap` between them."""
    spans = spans[np.argsort(spans[:, 0])]
    reached = np.maximum.accumulate(spans[:, 1])
    return 1 + int((spans[1:, 0] - reached[:-1] > gap).sum())


def close_gaps(drawing: Picture) -> Picture:
    """Join strokes that a dry pen left apart: gaps of up to a pen's width, and of two beside a short dash.

    `drawing` is uint8 (h, w), ink bright; the result is a drawing, too.
    """
    depth = ndimage.distance_transform_edt(drawing > 127)
    spots, count = ndimage.label(depth > 0, AROUND)
    if not 1 < count <= 60:
        return drawing
    pen = pen_width(depth)
    middle = path(depth)
    areas = np.bincount(spots.ravel())[1:]
    rows = [box[0] for box in ndimage.find_objects(spots)]
    heights = np.array([side.stop - side.start for side in rows])
    short = heights < 0.4 * (max(side.stop for side in rows) - min(side.start for side in rows))
    points = [np.argwhere(middle & (spots == spot)) for spot in range(1, count + 1)]
    gaps = []
    for here, there in itertools.combinations(
        np.flatnonzero(areas >= pen**2 / 2), 2
    ):  # the rest is dust
        far, nearest = cKDTree(points[there]).query(points[here])
        start = int(far.argmin())
        if far[start] < pen * (
            3.2 if short[here] or short[there] else 2.2
        ):  # from middle to middle
            gaps.append(
                (far[start], here, there, points[here][start], points[there][nearest[start]])
            )
    canvas = Image.fromarray(drawing)
    stroke = np.arange(count)  # two dashes of one stroke need no second bridge
    for _, here, there, start, stop in sorted(gaps, key=lambda gap: gap[0]):
        if stroke[here] != stroke[there]:
            stroke[stroke == stroke[there]] = stroke[here]
            ends = [(int(column), int(row)) for row, column in (start, stop)]
            ImageDraw.Draw(canvas).line(ends, fill=255, width=round(pen))
    return np.asarray(canvas)
