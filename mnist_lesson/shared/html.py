"""Small pictures for panels, as HTML: crisp at any size, drawn in a millisecond, each with a text for screen readers.

`ipywidgets.Image` has no alternative text, and drawing 64 maps with matplotlib takes a second.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from functools import cache
from html import escape
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from mnist_lesson.shared.colours import ORANGE, PALE, SIGNED
from mnist_lesson.shared.words import write_number

Frame = tuple[int, int, int, int]  # row and column of a corner, height and width, in pixels
WIDE = {"description_width": "initial"}  # as wide as a control's name needs
SIGN = '<span style="font-size: 20px" aria-hidden="true">{}</span>'
NOT_YET = "repeating-linear-gradient(45deg, #e4e4e4, #e4e4e4 4px, #f4f4f4 4px, #f4f4f4 8px)"  # shows through NaN


def colours(
    numbers: NDArray[Any], most: float | None = None, signed: bool | None = None
) -> NDArray[np.uint8]:
    """Colour numbers (…) as (…, 4) red, green, blue and cover, 0..255; NaN becomes see-through.

    Dark ink on white paper; if `signed` (by default, if some are below 0), purple below and green above. `most` is
    the number that gets the full colour.
    """
    array = np.asarray(numbers, float)
    known = array[np.isfinite(array)]
    most = most or (np.abs(known).max(initial=0) or 1)  # a blank picture has no largest number
    signed = known.min(initial=0) < 0 if signed is None else signed
    share = (array / most + 1) / 2 if signed else array / most
    steps = np.nan_to_num(255 * np.clip(share, 0, 1)).round().astype(np.uint8)
    painted = _shades(SIGNED if signed else "gray_r")[steps]
    painted[~np.isfinite(array)] = 0  # without cover: the stripes below show through
    return painted


@cache  # matplotlib works these 256 shades out anew for each picture
def _shades(name: str) -> NDArray[np.uint8]:
    shades: NDArray[np.uint8] = colormaps[name](np.arange(256), bytes=True)
    return shades


def png_of(painted: NDArray[np.uint8]) -> bytes:
    """Pack colours (h, w, 4) into PNG bytes, a pixel each."""
    packed = io.BytesIO()
    # A slider asks for many a second: quick to pack counts, not small.
    Image.fromarray(painted).save(packed, format="PNG", compress_level=1)
    return packed.getvalue()


def base64_of(png: bytes) -> str:
    """Write PNG bytes as text."""
    return base64.b64encode(png).decode()


def data_url(png: bytes) -> str:
    """Write PNG bytes as an address that a page can show."""
    return f"data:image/png;base64,{base64_of(png)}"


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
    signed: bool | None = None,
    frame: Frame | None = None,
) -> str:
    """Return numbers (h, w) as a picture, so many screen pixels wide, with an orange frame around some of them."""
    style = "width: 100%; display: block; image-rendering: pixelated"
    picture = img(png_of(colours(numbers, most, signed)), alt, style)
    around = ""
    if frame:
        tall, wide = numbers.shape
        top, left, height, breadth = (
            f"{100 * part / whole:.3f}%"
            for part, whole in zip(frame, (tall, wide, tall, wide), strict=True)
        )
        # An outline takes no room, so the picture stays where it is.
        around = (
            f'<div style="position: absolute; top: {top}; left: {left}; height: {height}; width: {breadth}; '
            f'outline: 3px solid {ORANGE}"></div>'
        )
    words = ""
    if caption:
        look = "text-align: center; line-height: 1.3"
        words = f'<figcaption style="{look}">{escape(caption)}</figcaption>'
    return (
        f'<figure style="margin: 0; width: {_grown(width)}; max-width: 100%"><div style="position: relative; '
        f'border: 1px solid {PALE}; background: {NOT_YET}">{picture}{around}</div>{words}</figure>'
    )


def _grown(pixels: float) -> str:
    """Return a length in screen pixels that grows with a wide panel."""
    return f"calc({pixels} * var(--lm-u, 1px))"


def gallery(
    pieces: Iterable[str], *, gap: int = 6, align: str = "center", wrap: bool = True
) -> str:
    """Put pieces of HTML side by side; if `wrap`, in as many rows as the page's width needs."""
    style = f"display: flex; flex-wrap: {'wrap' if wrap else 'nowrap'}; gap: {gap}px; align-items: {align}"
    return f'<div style="{style}">{"".join(pieces)}</div>'


def number_table(
    numbers: NDArray[Any],
    caption: str = "",
    *,
    side: int = 40,
    font: int = 12,
    decimals: int = 2,
    most: float | None = None,
    signed: bool | None = None,
) -> str:
    """Write numbers (h, w) into a table whose cells have their colours, each so many pixels wide and half as high."""
    painted = colours(numbers, most, signed)
    rows = []
    for row, row_colours in zip(numbers, painted, strict=True):
        cells = ""
        for number, (red, green, blue, cover) in zip(row, row_colours, strict=True):
            # The eye sees green as bright and blue as dark.
            ink = "#000" if 0.3 * red + 0.6 * green + 0.1 * blue > 120 else "#fff"
            paper = f"#{red:02x}{green:02x}{blue:02x}" if cover else NOT_YET
            words = write_number(number, decimals) if cover else ""
            cells += f'<td style="border:1px solid {PALE};padding:0;background:{paper};color:{ink}">{words}</td>'
        rows.append(f"<tr>{cells}</tr>")
    style = (
        f"border-collapse: collapse; text-align: center; font-size: {_grown(font)}; "
        f"font-variant-numeric: tabular-nums; line-height: 1.7; table-layout: fixed; "
        f"width: {_grown(side * numbers.shape[1])}"
    )
    return f'<table style="{style}"><caption>{escape(caption)}</caption><tbody>{"".join(rows)}</tbody></table>'


def table(header: list[str], rows: list[list[str]], caption: str = "") -> str:
    """Return a plain HTML table: the text twin of a picture."""
    side = 'style="text-align: right; padding: 0 0.8em"'
    head = "".join(f'<th scope="col" {side}>{escape(cell)}</th>' for cell in header)
    lines = ["".join(f"<td {side}>{escape(cell)}</td>" for cell in cells) for cells in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
