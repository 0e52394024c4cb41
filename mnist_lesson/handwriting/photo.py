"""A digit on paper: a picture file, or a photo, and the ink that is on it."""

from __future__ import annotations

import io
import math
import struct
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps
from scipy import ndimage

from mnist_lesson.shared.checks import describe

Picture = NDArray[np.uint8]
Field = NDArray[np.float32]

LARGEST_FILE = 20_000_000  # bytes
LARGEST_PHOTO = 50_000_000  # pixels
PHOTO = 480  # the longer side, in pixels, at which a photo is looked at
STROKE = 60  # pixels of such a photo: a spot of ink with less is a speck
CONTRAST = 0.1  # ink takes away at least this share of the paper's light
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")


def read_picture(data: bytes) -> Picture:
    """Read a picture file (PNG, JPEG, WebP, GIF or BMP) and find the ink of the one digit on it.

    Parameters
    ----------
    data
        The bytes of the file: at most 20 million, for at most 50 million pixels.

    Returns
    -------
    uint8 of shape (h, w), its longer side 480, as `center_drawing()` wants it: bright ink on a dark ground.

    Raises
    ------
    ValueError
        It is no such file, is damaged or too large; or it shows no digit, or several.

    Notes
    -----
    Used in notebook 08. A file's pixels are counted before a single one is unpacked.
    """
    if len(data) > LARGEST_FILE:
        raise ValueError(
            f"This file has {len(data):,} bytes; {LARGEST_FILE:,} is the most. Make the picture smaller."
        )
    too_many = f"This picture has more than {LARGEST_PHOTO:,} pixels. Make it smaller."
    try:
        with warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning):
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
        if picture.width * picture.height > LARGEST_PHOTO:
            raise ValueError(too_many)
        picture.draft(
            "RGB", (2 * PHOTO, 2 * PHOTO)
        )  # a large JPEG is unpacked at half its size, or less
        pixels = np.asarray(ImageOps.exif_transpose(picture).convert("RGBA"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValueError(too_many) from error
    except (OSError, SyntaxError, EOFError, struct.error) as error:
        raise ValueError(
            f"This is no picture that I can read. I read whole {', '.join(FORMATS)} files."
        ) from error
    return ink_from_photo(pixels)


def ink_from_photo(image: Any) -> Picture:
    """Find the ink on a photo of one digit: pencil or pen on paper, dark on light or light on dark.

    The light may be uneven: how bright the paper is, is found out for each place on its own.

    Parameters
    ----------
    image
        uint8 of shape (h, w), (h, w, 3) for colour, or (h, w, 4) with transparency; up to 50 million pixels.

    Returns
    -------
    uint8 of shape (h, w), its longer side 480, as `center_drawing()` wants it: bright ink on a dark ground.

    Raises
    ------
    TypeError, ValueError
        `image` has another dtype or shape, is blank, or shows several digits.

    Notes
    -----
    Used in notebook 08.
    """
    grey = ndimage.gaussian_filter(_grey(image), 1.5)
    unusual = grey - ndimage.gaussian_filter(grey, PHOTO / 20)
    if (
        unusual**3
    ).sum() > 0:  # the third power counts thin strokes, and hardly the light and shadow around
        grey = 255 - grey
    reach = PHOTO // 5  # wider than a stroke, narrower than a shadow
    around = np.pad(grey, reach, mode="edge")
    paper = ndimage.grey_closing(around, (reach, reach))[reach:-reach, reach:-reach]
    ink = (paper - grey) / np.maximum(
        paper, 100
    )  # a share of the light, so that a shadow changes nothing
    ink -= np.median(ink)  # what the grain of paper and camera makes
    level = max(CONTRAST, 8 * float(np.median(np.abs(ink))))
    ink = _without_edges(ink, ink > level)
    spots, _ = ndimage.label(ink > level, np.ones((3, 3)))
    areas = np.bincount(spots.ravel())[1:]
    if not areas[areas >= STROKE].sum() > areas.sum() / 2:  # specks, but no stroke
        raise ValueError(
            "I see no digit on this picture. Use a darker pen or more light, or go nearer."
        )
    top = np.percentile(ink[spots > 0], 75)
    drawing = np.asarray(np.clip(255 * (ink / top - 0.2) / 0.6, 0, 255), np.uint8)
    if count_digits(drawing) > 1:
        raise ValueError(
            "I see more than one digit on this picture. Cut out the one that I am to read."
        )
    return drawing


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


def _without_edges(ink: Field, found: NDArray[np.bool_]) -> Field:
    """Leave out what runs over the picture's edge, such as a shadow or a table, if a tenth is left without it."""
    spots, count = ndimage.label(found, np.ones((3, 3)))
    cut = np.zeros(count + 1, bool)
    cut[np.concatenate([spots[0], spots[-1], spots[:, 0], spots[:, -1]])] = True
    cut[0] = False
    areas = np.bincount(spots.ravel(), minlength=count + 1)[1:]
    if areas[~cut[1:]].sum() < 0.1 * areas.sum():
        return ink
    return np.where(ndimage.binary_dilation(cut[spots], iterations=3), np.float32(0), ink)


def _grey(image: Any) -> Field:
    """Bring a photo to grey, 0 to 255, its longer side to 480; the transparent gets the colour of paper."""
    pixels: NDArray[Any] = np.asarray(image)
    if pixels.dtype != np.uint8:
        raise TypeError(
            f"image came as {describe(pixels)}, but whole numbers from 0 to 255, dtype uint8, are needed."
        )
    if pixels.ndim not in (2, 3) or pixels.shape[2:] not in ((), (3,), (4,)) or not pixels.size:
        raise ValueError(
            f"image came as {describe(pixels)}, but (h, w), (h, w, 3) or (h, w, 4) is needed."
        )
    height, width = pixels.shape[:2]
    if height * width > LARGEST_PHOTO or max(height, width) > 50 * min(height, width):
        raise ValueError(
            f"image came as {describe(pixels)}: too large, or too narrow. Cut out the digit."
        )
    size = [math.ceil(n * PHOTO / max(height, width)) for n in (width, height)]
    photo = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BILINEAR), np.float32)
    if photo.ndim == 2:
        return photo
    grey = photo[..., :3] @ np.array([0.299, 0.587, 0.114])
    if photo.shape[2] == 4:
        seen = photo[..., 3] / 255
        light = (
            grey * seen
        ).sum() > 127.5 * seen.sum()  # light ink is taken to lie on black, dark ink on white
        grey = grey * seen + (0 if light else 255) * (1 - seen)
    return np.asarray(grey, np.float32)
