"""Small pictures for panels, as HTML: crisp at any size, drawn in a millisecond.

Each has a text for screen readers. `ipywidgets.Image` has no alternative text, and drawing 64 maps
with matplotlib takes a second.
"""

import base64
import io
from functools import cache
from html import escape
from typing import Any

import numpy as np
from matplotlib import colormaps
from numpy.typing import NDArray
from PIL import Image

from mnist_lesson.shared.colours import SIGNED
from mnist_lesson.shared.words import write_number

Frame = tuple[int, int, int, int]  # row and column of a corner, height and width, in pixels


def colours(
    numbers: NDArray[Any], most: float | None = None, signed: bool | None = None
) -> NDArray[np.uint8]:
    """Colour numbers (…) as (…, 4) red, green, blue and cover, 0..255; NaN becomes see-through.

    Dark ink on white paper; if `signed` (by default, if some are below 0), purple below and green
    above. `most` is the number that gets the full colour.
    """
    array = np.asarray(numbers, float)
    known = array[np.isfinite(array)]
    most = most or (np.abs(known).max(initial=0) or 1)  # a blank picture has no largest number
    signed = known.min(initial=0) < 0 if signed is None else signed
    share = (array / most + 1) / 2 if signed else array / most
    steps = np.nan_to_num(255 * np.clip(share, 0, 1)).round().astype(np.uint8)
    painted = _shades(SIGNED if signed else "gray_r")[steps]
    painted[~np.isfinite(array)] = 0  # see-through, so the stripes below show
    return painted


@cache  # or matplotlib would work these 256 shades out again for each picture
def _shades(name: str) -> NDArray[np.uint8]:
    shades: NDArray[np.uint8] = colormaps[name](np.arange(256), bytes=True)
    return shades


def png_of(painted: NDArray[np.uint8]) -> bytes:
    """Pack colours (h, w, 4) into PNG bytes, a pixel each."""
    packed = io.BytesIO()
    # A slider asks for many a second: packing them fast matters more than packing them small.
    Image.fromarray(painted).save(packed, format="PNG", compress_level=1)
    return packed.getvalue()


def base64_of(png: bytes) -> str:
    """Write PNG bytes as text."""
    return base64.b64encode(png).decode()


def data_url(png: bytes) -> str:
    """Write PNG bytes as an address that a page can show."""
    return f"data:image/png;base64,{base64_of(png)}"


def img(png: bytes, alt: str, style: str = "max-width: 100%") -> str:
    """Return a picture as HTML with its alternative text; `png` can be a figure's, too."""
    return f'<img src="{data_url(png)}" alt="{escape(alt)}" style="{style}">'


def number_table(
    numbers: NDArray[Any],
    caption: str = "",
    *,
    side: int = 42,
    font: int = 13,
    most: float | None = None,
    signed: bool | None = None,
) -> str:
    """Write numbers (h, w) into a table of coloured cells, each `side` pixels wide."""
    painted = colours(numbers, most, signed)
    # As the eye sees them: green is bright, blue is dark; from 0.18 on, black is read better.
    light = (painted[..., :3] / 255) ** 2.2 @ (0.2126, 0.7152, 0.0722)
    rows = []
    for row, row_colours, row_light in zip(numbers, painted, light, strict=True):
        cells = ""
        for number, (red, green, blue, _), bright in zip(row, row_colours, row_light, strict=True):
            ink = "#000" if bright > 0.18 else "#fff"
            if not number and bright > 0.9:
                ink = "#6b6b6b"  # softer, so that hundreds of zeros don't drown a digit
            look = f"background: #{red:02x}{green:02x}{blue:02x}; color: {ink}"
            cells += f'<td style="{look}">{write_number(number, 2)}</td>'
        rows.append(f"<tr>{cells}</tr>")
    # Sizes grow with a wide panel, as all pictures do.
    width = f"width: calc({side * numbers.shape[1]} * var(--lm-u, 1px))"
    style = f"{width}; font-size: calc({font} * var(--lm-u, 1px))"
    below = f"<caption>{escape(caption)}</caption>" if caption else ""
    body = f"<tbody>{''.join(rows)}</tbody>"
    return f'<table class="lm-window" style="{style}">{below}{body}</table>'


def table(header: list[str], rows: list[list[str]]) -> str:
    """Return a plain HTML table: the text twin of a picture."""
    side = 'style="text-align: right; padding: 0 0.8em"'
    head = "".join(f'<th scope="col" {side}>{escape(cell)}</th>' for cell in header)
    lines = ["".join(f"<td {side}>{escape(cell)}</td>" for cell in cells) for cells in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
