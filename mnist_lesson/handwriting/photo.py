"""08 · Your digits: find the ink of a digit on paper, in a picture file or a photo."""

from __future__ import annotations

import io
import math
import struct
import warnings
from typing import Any

import numpy as np
import scipy  # it loads a part at its first use: a page opens sooner
from numpy.typing import NDArray
from PIL import Image, ImageOps

from mnist_lesson.handwriting import paper, parts
from mnist_lesson.handwriting.center import center_drawing, pen_width
from mnist_lesson.handwriting.likeness import is_like_a_digit
from mnist_lesson.handwriting.paper import PHOTO, Grey, Mask
from mnist_lesson.handwriting.parts import Picture
from mnist_lesson.shared.checks import describe

LARGEST_FILE = 20_000_000  # bytes
LARGEST_PHOTO = 50_000_000  # pixels
LEAST_INK = 60  # pixels of a photo: a smaller spot of ink is a speck
CONTRAST = 0.1  # ink takes away at least this share of the paper's light
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")

NO_DIGIT = "I can't see a digit in this picture. Use a darker pen or more light, or move closer."
SEVERAL = "I see more than one digit in this picture. Crop it to the one I should read."
UNLIKE = "What I see in this picture doesn't look like a digit. Is it cut off, or something else?"
A_SPOT = "I see a spot in this picture, but no strokes. Use a thinner pen, or draw larger."
LINES = (
    "I see lines that run from edge to edge of this picture. Write on blank paper, or crop the "
    "lines out."
)
NO_PICTURE = f"I can't read this picture. I read complete {', '.join(FORMATS)} files."
HEIC = (
    "This is an HEIC photo, the kind that iPhones take, and I can't read it. Take a screenshot of "
    "it (that's a PNG), or set Settings › Camera › Formats › Most Compatible, and take the photo "
    "again."
)


def read_picture(data: bytes, *, several: bool = False) -> Picture:
    """Read a picture file (PNG, JPEG, WebP, GIF or BMP) and find the ink of the digit in it.

    It counts the file's pixels before it unpacks a single one: at most 20 million bytes, for at
    most 50 million pixels. For `several` and what comes back, see `ink_from_photo()`. Raises
    ValueError if it isn't such a file, is damaged or too large, or shows no digit, or several.
    """
    if len(data) > LARGEST_FILE:
        raise ValueError(
            f"This file has {len(data):,} bytes; {LARGEST_FILE:,} is the most. Make the picture "
            "smaller."
        )
    too_many = f"This picture has more than {LARGEST_PHOTO:,} pixels. Make it smaller."
    try:
        # A small file may unpack to gigabytes; Pillow warns about that before it reads a pixel.
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > LARGEST_PHOTO:
            raise ValueError(too_many)
        # A large JPEG is then unpacked at half its size, or less. It has to be said before the next
        # step, which may read the pixels.
        picture.draft("RGB", (2 * PHOTO, 2 * PHOTO))
        ImageOps.exif_transpose(picture, in_place=True)
        small: Image.Image = picture
        factor = max(picture.size) // (2 * PHOTO)
        if factor > 1 and picture.mode in ("L", "LA", "RGB", "RGBA", "CMYK"):
            small = picture.reduce(factor)  # now, because each full-size copy takes up to 200 MB
        pixels = _eight_bits(small)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(too_many) from error
    except (OSError, SyntaxError, EOFError, struct.error) as error:
        # HEIC files have "ftyp" there, whatever the file's name.
        raise ValueError(HEIC if data[4:8] == b"ftyp" else NO_PICTURE) from error
    return ink_from_photo(pixels, several=several)


def ink_from_photo(image: Any, *, several: bool = False) -> Picture:
    """Find the ink in a photo of one digit: pencil or pen on paper, dark on light or light on dark.

    It takes away printed lines, cuts out a sheet on a table, a frame or a plot, and closes the gaps
    that a dry pen leaves. The light may be uneven: it measures the paper's brightness at each place
    by itself.

    The photo is uint8 (h, w), (h, w, 3) for colour, or (h, w, 4) with transparency, up to 50
    million pixels. What comes back is as `center_drawing()` wants it: uint8 (h, w), bright ink on a
    dark ground, its longer side 480. Raises TypeError or ValueError if the photo is something else,
    is blank, or shows several digits (unless they're welcome) or lines that can't be taken away.
    """
    ink, level = _find_ink(scipy.ndimage.gaussian_filter(_grey(image), 1.5))
    spots, _ = scipy.ndimage.label(ink > level, parts.AROUND)
    areas = np.bincount(spots.ravel())[1:]
    if not areas[areas >= LEAST_INK].sum() > areas.sum() / 2:  # specks, but no stroke
        raise ValueError(NO_DIGIT)
    # Not the darkest ink: next to one blot, everything else would look faint.
    top = np.percentile(ink[spots > 0], 75)
    drawing = np.asarray(np.clip(255 * (ink / top - 0.2) / 0.6, 0, 255), np.uint8)
    drawing = parts.leave_out_holes(drawing)
    _check_shape(drawing)
    closed = parts.leave_out_underline(parts.close_gaps(drawing))
    count = len(parts.digit_parts(closed))
    if count == 1 and is_like_a_digit(center_drawing(closed)):
        return closed
    if several and parts.may_be_several(closed):
        # Not `closed`: a bridge over a gap may also join two digits.
        return drawing
    raise ValueError(SEVERAL if count > 1 else UNLIKE)


def _find_ink(grey: Grey) -> tuple[Grey, float]:
    """Find the ink in a grey photo, without what's printed or around it, and ink's lowest level."""
    grey = paper.remove_lines(grey)
    for _ in range(3):  # a plot on a sheet on a table
        sheet = paper.cut_out_sheet(grey)
        if sheet is None:
            break
        grey = paper.remove_lines(sheet)
    ink = paper.ink_of_two_shades(grey)
    level = 0.5
    if ink is not None:  # if printed lines hid a sheet's edge, two plain shades show it
        plain = np.where(ink < level, np.float32(255), np.float32(0))
        sheet = paper.cut_out_sheet(scipy.ndimage.gaussian_filter(plain, 1))
        ink = ink if sheet is None else paper.ink_of_two_shades(sheet)
    if ink is None:
        ink = _ink_in_uneven_light(grey)
        # The median is the usual grain of paper and camera; eight times as much can't be grain.
        level = max(CONTRAST, 8 * float(np.median(np.abs(ink))))
    return _without_edges(ink, ink > level), level


def _check_shape(drawing: Picture) -> None:
    """Refuse what isn't a digit, with the reason: a spot, or lines from edge to edge."""
    depth = scipy.ndimage.distance_transform_edt(np.pad(drawing > 127, 1))
    spots, _ = scipy.ndimage.label(depth > 0, parts.AROUND)
    long = 0
    for box in scipy.ndimage.find_objects(spots):
        sides = [side.stop - side.start for side in box]
        if min(sides) < 3:  # dust
            continue
        pen = pen_width(depth[box])
        solid = pen > 0.5 * max(sides) or depth[box].max() > 1.6 * pen  # such as a hand
        if solid and min(sides) > LEAST_INK:
            raise ValueError(A_SPOT)
        reach = max(side / whole for side, whole in zip(sides, drawing.shape, strict=True))
        long += reach > 0.98 and pen < PHOTO / 60
    if long > 1:
        raise ValueError(LINES)


def _ink_in_uneven_light(grey: Grey) -> Grey:
    """Find thin strokes in any light: the share of the paper's light that's missing."""
    unusual = grey - scipy.ndimage.gaussian_filter(grey, PHOTO / 20)
    # The third power picks out thin strokes, and almost ignores light and shadow around them.
    if (unusual**3).sum() > 0:
        grey = 255 - grey
    reach = PHOTO // 5  # wider than a stroke, narrower than a shadow
    around = np.pad(grey, reach, mode="edge")
    white = scipy.ndimage.grey_closing(around, (reach, reach))[reach:-reach, reach:-reach]
    # A share of the light, so a shadow makes no difference.
    ink = (white - grey) / np.maximum(white, 100)
    # The median is the grain of paper and camera.
    return np.asarray(ink - np.median(ink), np.float32)


def _eight_bits(picture: Image.Image) -> NDArray[np.uint8]:
    """Return a picture's pixels as uint8, even from scanners, which write 16 bits."""
    if not picture.mode.startswith("I"):
        return np.asarray(picture.convert("RGBA"))
    deep = np.asarray(picture, np.float64)
    return np.asarray(np.clip(deep * 255 / max(deep.max(), 255), 0, 255), np.uint8)


def _without_edges(ink: Grey, found: Mask) -> Grey:
    """Leave out what runs off the edge, as a shadow does, if a tenth of the ink is left then."""
    spots, count = scipy.ndimage.label(found, np.ones((3, 3)))
    cut = np.zeros(count + 1, bool)
    cut[np.concatenate([spots[0], spots[-1], spots[:, 0], spots[:, -1]])] = True
    cut[0] = False
    areas = np.bincount(spots.ravel(), minlength=count + 1)[1:]
    if areas[~cut[1:]].sum() < 0.1 * areas.sum():
        return ink
    return np.where(scipy.ndimage.binary_dilation(cut[spots], iterations=3), np.float32(0), ink)


def _grey(image: Any) -> Grey:
    """Make a photo grey, 0 to 255, and its longer side 480; what's transparent is paper."""
    pixels: NDArray[Any] = np.asarray(image)
    if pixels.dtype != np.uint8:
        raise TypeError(
            f"image came as {describe(pixels)}, but whole numbers from 0 to 255, dtype uint8, are "
            "needed."
        )
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,), (4,)) or not pixels.size:
        raise ValueError(
            f"image came as {describe(pixels)}, but (h, w), (h, w, 3) or (h, w, 4) is needed."
        )
    height, width = pixels.shape[:2]
    # Beyond 50 to 1, the shorter side would have at most ten pixels left.
    if height * width > LARGEST_PHOTO or max(height, width) > 50 * min(height, width):
        raise ValueError(
            f"image came as {describe(pixels)}: too large, or too narrow. Crop it to the digit."
        )
    size = [math.ceil(n * PHOTO / max(height, width)) for n in (width, height)]
    photo = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR), np.float32)
    if photo.ndim == 2:
        return photo
    # How bright red, green and blue look to the eye (ITU-R BT.601).
    grey = photo[..., :3] @ np.array([0.299, 0.587, 0.114])
    if photo.shape[2] == 4:
        seen = photo[..., 3] / 255
        # Put light ink on black and dark ink on white, where it shows.
        grey = max((grey * seen + ground * (1 - seen) for ground in (255, 0)), key=np.std)
    return np.asarray(grey, np.float32)
