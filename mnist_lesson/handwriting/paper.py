"""08 · Your digits: what else is in a photo: printed lines, a frame, a table, a shadow."""

import math

import numpy as np
import scipy  # it loads a part at its first use: a page opens sooner
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]
Mask = NDArray[np.bool_]

PHOTO = 480  # pixels: photos are shrunk to this on their longer side
THIN = 15  # pixels: a printed line is thinner than this, blurred edges included
SLANT = 0.1  # how far a printed line may slant: about 6 degrees
# A sheet or frame fills this share of its bounding rectangle; an ellipse fills 0.79.
RECTANGLE = 0.88
CORNERS = ([1, 1, -2, -2], [1, -2, 1, -2])


def remove_lines(grey: Grey) -> Grey:
    """Take away printed lines: anything thin, dark and straight from one edge to the other.

    `grey` is a photo, float32 (h, w) in 0..255, dark on light, and so is the result. Lines count
    as darker paper, so ink that crosses them stays whole.
    """
    for _ in range(2):  # lines across, then lines down
        # Divide, don't paint over: ink that crosses a line stays darker than its surroundings.
        clean = grey / (1 - np.minimum(_lines_across(grey), 0.9))
        grey = np.minimum(
            clean, scipy.ndimage.grey_closing(grey, (THIN, 1))
        ).T  # no brighter than paper
    return grey


def _lines_across(grey: Grey) -> Grey:
    """Find how much light the printed lines take away at each pixel, as a share of the paper's."""
    height, width = grey.shape
    columns = np.arange(width)
    thin = 1 - grey / np.maximum(scipy.ndimage.grey_closing(grey, (THIN, 1)), 1)
    broad = 1 - grey / np.maximum(scipy.ndimage.grey_closing(grey, (8 * THIN + 1, 1)), 1)
    # Under a broad stroke you can't see whether a line goes on, so assume that it does.
    seen = np.where(broad > thin + 0.1, 1, thin)[:, 3::6]  # every sixth column is enough
    printed = np.zeros_like(grey)
    # Steps so small that, from slope to slope, a line's ends move by less than a pixel.
    for slope in np.arange(-SLANT, SLANT, 1.5 / max(width, THIN)):
        aslant = np.round(slope * (columns - width / 2)).astype(int)
        rows = np.arange(height)[:, np.newaxis] + aslant[3::6]
        along = seen[np.clip(rows, 0, height - 1), np.arange(seen.shape[1])]
        lines = np.flatnonzero((along > 0.02).mean(axis=1) > 0.9)
        if not len(lines):
            continue
        least, usual = np.percentile(along[lines], (10, 30), axis=1)
        even = (least > 0.5 * usual) & (usual < 0.7)  # a pen's stroke is darker, or ends on the way
        rows = lines[:, np.newaxis] + aslant
        dark = np.where(even, usual, 0)[:, np.newaxis] * ((rows >= 0) & (rows < height))
        where = np.clip(rows, 0, height - 1), np.broadcast_to(columns, dark.shape)
        printed[where] = np.maximum(printed[where], dark)
    return printed


def cut_out_sheet(grey: Grey) -> Grey | None:
    """Cut out the smallest sheet, frame or plot with ink on it; None if the picture has none.

    `grey` is float32 (h, w) in 0..255. What's cut out is enlarged until its longer side has 480
    pixels.
    """
    steep = np.hypot(*np.gradient(grey))
    spots, _ = scipy.ndimage.label(steep < max(4, 0.1 * steep.max()))
    areas = np.bincount(spots.ravel())
    areas[0] = 0
    contrast = 0.25 * np.ptp(np.percentile(grey, (0.5, 99.5)))
    sheets = []
    for spot in np.flatnonzero(areas > 0.04 * grey.size):
        sheet = scipy.ndimage.binary_fill_holes(spots == spot)
        ink = sheet & (spots != spot)
        share = ink.sum() / sheet.sum()
        if not 0.08 < sheet.mean() < 0.97 or not 0.004 < share < 0.6 or not _is_rectangle(sheet):
            continue
        shades = np.percentile(grey[ink], (5, 95)) - np.median(grey[spots == spot])
        if np.abs(shades).max() > contrast:  # and isn't just what's left of a line
            sheets.append(sheet)
    if not sheets:
        return None
    # Cut off the rim, where the blurred photo mixes the sheet with what's around it.
    inner = scipy.ndimage.binary_erosion(min(sheets, key=np.sum), iterations=4)
    # Fill the corners around a tilted sheet with its nearest shade, or the table looks like ink.
    nearest = scipy.ndimage.distance_transform_edt(
        ~inner, return_distances=False, return_indices=True
    )
    rows, columns = scipy.ndimage.find_objects(inner.astype(np.int8))[0]
    cut = np.asarray(grey[tuple(nearest)][rows, columns], np.float32)
    size = [math.ceil(n * PHOTO / max(cut.shape)) for n in cut.shape[::-1]]
    return np.asarray(Image.fromarray(cut).resize(size, Image.Resampling.BILINEAR))


def _is_rectangle(shape: Mask) -> bool:
    """Say whether a shape fills a rectangle around it, at any angle."""
    rows, columns = np.nonzero(shape & ~scipy.ndimage.binary_erosion(shape))
    smallest = shape.size
    for turn in np.radians(np.arange(0, 90, 3)):  # after a quarter turn, it's the same rectangle
        across = np.ptp(columns * np.cos(turn) - rows * np.sin(turn)) + 1
        down = np.ptp(rows * np.cos(turn) + columns * np.sin(turn)) + 1
        smallest = min(smallest, across * down)
    return bool(shape.sum() > RECTANGLE * smallest)


def ink_of_two_shades(grey: Grey) -> Grey | None:
    """Find the ink in a photo of just two shades, however broad the pen: 0 is paper, 1 is ink.

    None unless the photo has two shades, in a light that changes evenly: a shadow's edge or a
    table, for instance, makes a third.
    """
    light = np.log(grey + 64)  # so half the light is about the same step everywhere
    rows, columns = np.mgrid[: grey.shape[0], : grey.shape[1]] / PHOTO
    powers = [np.ones_like(rows), rows, columns, rows**2, rows * columns, columns**2]
    for terms in (3, 6):  # a plane of light first, then a curved one
        paper = np.dstack(powers[:terms])
        bright = grey > _middle_shade(grey)
        # What counts as ink depends on the light, and the light on what isn't ink, so take turns.
        for _ in range(6):
            table = np.dstack([paper, bright])[::4, ::4].reshape(-1, terms + 1)
            *slopes, step = np.linalg.lstsq(table, light[::4, ::4].ravel(), rcond=None)[0]
            shade = (light - paper @ np.array(slopes)) / (step if abs(step) > 0.02 else 0.02)
            bright = shade > 0.5
        beyond = ((shade < -0.55) | (shade > 1.55)).mean()
        between = ((shade > 0.3) & (shade < 0.7)).mean()
        # Edges lie in between. A broad digit of few pixels has a lot of them; so has a cropped 1.
        slack = 0.1 if _is_narrow(grey) else 0
        least = min(bright.mean(), 1 - bright.mean())
        if step > 0.1 and beyond < 0.01 + slack and between < 0.05 + 0.4 * least + slack:
            return _ink_of(np.clip(shade, 0, 1).astype(np.float32))
    return None


def _ink_of(shade: Grey) -> Grey | None:
    """Say which of two shades is ink: it's in fewer pieces, and less at edges and corners."""
    weight = []
    pieces = []
    for mask in (shade < 0.5, shade > 0.5):
        edges = (mask[:2], mask[-2:], mask[:, :2], mask[:, -2:])
        weight.append(
            np.concatenate([edge.ravel() for edge in edges]).mean() + mask[CORNERS].mean()
        )
        areas = np.bincount(scipy.ndimage.label(mask)[0].ravel())[1:]
        pieces.append((areas > 30).sum())
    weight = np.array(weight) + np.array(pieces) / sum(pieces)
    ink = 1 - shade if weight[0] < weight[1] else shade
    sides = [(ink > 0.5)[side].mean() for side in (np.s_[2], np.s_[-3], np.s_[:, 2], np.s_[:, -3])]
    # A shadow or a table fills a side, but so does a cropped 1.
    return ink if max(sides) < 0.99 or _is_narrow(ink) else None


def _middle_shade(grey: Grey) -> float:
    """Find the grey that splits the pixels into the two most different groups (Otsu, 1979)."""
    counts, edges = np.histogram(grey, 64)
    light = counts * (edges[1:] + edges[:-1]) / 2
    below = np.cumsum(counts)[:-1]
    above = counts.sum() - below
    apart = np.cumsum(light)[:-1] / np.maximum(below, 1) - (
        light.sum() - np.cumsum(light)[:-1]
    ) / np.maximum(above, 1)
    return float(edges[1 + np.argmax(below * above * apart**2)])


def _is_narrow(picture: Grey) -> bool:
    return bool(max(picture.shape) > 2 * min(picture.shape))
