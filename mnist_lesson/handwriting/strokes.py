"""08 · Your digits: what a pen did, as a list of strokes, and the picture it makes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from mnist_lesson.shared import foreign

PAD = 280  # the side of the drawing pad, in its own units
PEN = 18  # the width of its pen
WIDEST_PEN = 60
MOST_POINTS = 20_000
# What strokes must be in a file from elsewhere.
STROKES = foreign.list_of(foreign.list_of(foreign.number(), 2 * MOST_POINTS, 2), MOST_POINTS, 1)
FINER = 2  # drawn twice as large and then averaged, for smooth edges

Stroke = list[int]


def check_strokes(strokes: Any) -> list[Stroke]:
    """Return strokes as lists of numbers x0, y0, x1, y1, …, or raise TypeError or ValueError."""
    if not isinstance(strokes, list | tuple):
        raise TypeError(
            f"strokes came as a {type(strokes).__name__}, but a list of strokes is needed."
        )
    checked = []
    for stroke in strokes:
        numbers = np.asarray(stroke)
        if (
            numbers.dtype.kind not in "iuf"
            or numbers.ndim != 1
            or len(numbers) < 2
            or len(numbers) % 2
        ):
            raise ValueError("each stroke must be a flat list of numbers: x0, y0, x1, y1, …")
        if not np.isfinite(numbers).all():
            raise ValueError("a stroke has a number in it that isn't finite.")
        # A finger may slide off the pad, so move such points to its edge.
        checked.append([int(v) for v in np.clip(np.rint(numbers), 0, PAD)])
    if sum(map(len, checked)) > 2 * MOST_POINTS:
        raise ValueError(f"the strokes have more than {MOST_POINTS:,} points.")
    return checked


def draw_strokes(strokes: Any, pen: float = PEN) -> NDArray[np.uint8]:
    """Draw strokes with a round pen.

    Parameters
    ----------
    strokes
        Lists of whole numbers x0, y0, x1, y1, … from 0 to 280; x to the right, y downwards.
    pen
        The width of the pen, in the same units.

    Returns
    -------
    uint8 array of shape (280, 280), bright ink (255) on a dark ground (0), with smooth edges.

    Raises
    ------
    TypeError, ValueError
        A stroke isn't a flat list of numbers, or there are more than 20,000 points.
    """
    image = Image.new("L", (PAD * FINER, PAD * FINER), 0)
    ink = ImageDraw.Draw(image)
    radius = pen * FINER / 2
    for stroke in check_strokes(strokes):
        points = [(x * FINER, y * FINER) for x, y in zip(stroke[::2], stroke[1::2], strict=True)]
        ink.line(points, fill=255, width=round(pen * FINER), joint="curve")
        # Pillow's lines have flat ends, and it doesn't draw a line of one point at all.
        for x, y in (points[0], points[-1]):
            ink.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(FINER))
