"""Small pictures for panels, as HTML: crisp at any size, drawn in a millisecond, each with its text for who cannot see.

`ipywidgets.Image` has no alternative text, and drawing 64 maps with matplotlib takes a second.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from html import escape
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from mnist_lesson.look import ORANGE, PALE, SIGNED

Frame = tuple[int, int, int, int]  # the row and column of its corner, its height and its width, in pixels
NOT_YET = "repeating-linear-gradient(45deg, #e4e4e4, #e4e4e4 4px, #f4f4f4 4px, #f4f4f4 8px)"  # shows through NaN


def colours(numbers: NDArray[Any], most: float | None = None) -> NDArray[np.uint8]:
    """Colour numbers (…) as (…, 4) red, green, blue and cover, 0..255; NaN becomes see-through.

    Dark ink on white paper; where some are below 0, purple below and green above. `most` is drawn in the full colour.
    """
    array = np.asarray(numbers, float)
    known = array[np.isfinite(array)]
    most = most or (np.abs(known).max(initial=0) or 1)
    signed = known.min(initial=0) < 0
    share = (array / most + 1) / 2 if signed else array / most
    painted: NDArray[np.uint8] = colormaps[SIGNED if signed else "gray_r"](np.clip(share, 0, 1), bytes=True)
    painted[~np.isfinite(array)] = 0
    return painted


def png_of(painted: NDArray[np.uint8]) -> bytes:
    """Pack colours (h, w, 4) into PNG bytes, a pixel each."""
    packed = io.BytesIO()
    Image.fromarray(painted).save(packed, format="PNG", compress_level=1)
    return packed.getvalue()


def data_url(png: bytes) -> str:
    """Write PNG bytes as an address that a page can show."""
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def img(png: bytes, alt: str, style: str = "max-width: 100%") -> str:
    """Return a picture as HTML with its alternative text; `png` may come from a figure, too."""
    return f'<img src="{data_url(png)}" alt="{escape(alt)}" style="{style}">'


def tile(
    numbers: NDArray[Any],
    alt: str,
    *,
    width: int = 280,
    caption: str = "",
    most: float | None = None,
    frame: Frame | None = None,
) -> str:
    """Return numbers (h, w) as a picture, so many screen pixels wide, with an orange frame around some of them."""
    picture = img(png_of(colours(numbers, most)), alt, "width: 100%; display: block; image-rendering: pixelated")
    around = ""
    if frame:
        tall, wide = numbers.shape
        top, left, height, breadth = (
            f"{100 * part / whole:.3f}%" for part, whole in zip(frame, (tall, wide, tall, wide), strict=True)
        )
        around = (
            f'<div style="position: absolute; top: {top}; left: {left}; height: {height}; width: {breadth}; '
            f'outline: 3px solid {ORANGE}"></div>'
        )
    words = (
        f'<figcaption style="text-align: center; line-height: 1.3">{escape(caption)}</figcaption>' if caption else ""
    )
    return (
        f'<figure style="margin: 0; width: {width}px; max-width: 100%"><div style="position: relative; '
        f'border: 1px solid {PALE}; background: {NOT_YET}">{picture}{around}</div>{words}</figure>'
    )


def gallery(tiles: Iterable[str], *, gap: int = 6) -> str:
    """Lay pieces of HTML side by side, in as many rows as the page's width needs."""
    return f'<div style="display: flex; flex-wrap: wrap; gap: {gap}px; align-items: flex-start">{"".join(tiles)}</div>'
