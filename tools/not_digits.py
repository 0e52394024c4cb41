"""Pictures of what isn't a digit: shapes drawn by rule, letters, signs, words, pairs of digits.

They teach the lesson to say "this may not be a digit" (`make_digit_judge.py`). No shape is drawn on
purpose, no heart and no house: there are lines, corners, bows and rings put together by chance, so
that what is learned is what digits have in common, and not a list of other things.
"""

from __future__ import annotations

import functools
import unicodedata
from pathlib import Path

import matplotlib
import numpy as np
from fontTools.ttLib import TTFont
from numpy.typing import NDArray
from pen_styles import Chance, curve, picture
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from mnist_lesson.handwriting.center import BOX, CENTER
from mnist_lesson.shared.checks import SIDE

Path2D = NDArray[np.float64]  # (n, 2): the points that a pen passes
Picture = NDArray[np.uint8]

FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# As thick as MNIST's pen, for their size; between them they have the letters of forty scripts.
NAMES = (
    "DejaVuSans",
    "DejaVuSans-Oblique",
    "DejaVuSerif",
    "DejaVuSansMono",
    "STIXGeneral",
    "cmmi10",
)
LOOKALIKES = "OoIlSsZzbgq|"  # people write some digit just so
LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIZE = 60  # of a letter, before it is made small
PENS = (1.7, 3.3)  # MNIST's is 2.35


def shapes(count: int, chance: Chance) -> Picture:
    """Draw shapes of one to six strokes put together by chance: uint8 (count, 28, 28)."""
    return np.array([picture(_shape(chance), chance.uniform(*PENS)) for _ in range(count)])


def _shape(chance: Chance) -> list[Path2D]:
    number = int(chance.choice(6, p=[0.4, 0.2, 0.15, 0.1, 0.1, 0.05])) + 1
    parts = [_stroke(chance) for _ in range(number)]
    way = chance.choice(["anywhere", "joined", "in a row", "mirrored"], p=[0.25, 0.4, 0.15, 0.2])
    if way == "joined":  # each grows out of some point of the one before
        for part, before in zip(parts[1:], parts, strict=False):
            part *= chance.uniform(0.3, 1)
            part += before[chance.integers(len(before))] - part[0]
    elif way == "in a row":
        parts = [part * [0.8 / number, 1] + [n / number, 0] for n, part in enumerate(parts)]
    elif way == "mirrored":
        parts += [part * [-1, 1] for part in parts]
    stretch = [chance.uniform(0.6, 1.3), 1]
    return [part * stretch for part in parts]


def _stroke(chance: Chance) -> Path2D:
    """Draw one stroke in a box of about 1 × 1: straight, bent, with corners, or a closed line."""
    points = chance.uniform(0, 1, (chance.integers(2, 7), 2))
    kind = chance.choice(["line", "zigzag", "curve", "arc", "corners", "blob"])
    if kind == "line":
        if chance.random() < 0.5:  # upright or level, as most people draw
            points[1, chance.integers(2)] = points[0].min()
        return np.linspace(points[0], points[1], 9)
    if kind == "zigzag":
        return points
    if kind == "curve":
        return curve(*points, fine=8)
    turns = np.linspace(0, 2 * np.pi, 60)
    middle, radius = points[0], chance.uniform(0.1, 0.5)
    if kind == "arc":
        turns = chance.uniform(0, 7) + turns * chance.uniform(0.3, 1.05)
        return middle + radius * np.stack([np.cos(turns), np.sin(turns)], 1)
    if kind == "corners":
        return middle + radius * _with_corners(chance)
    # A ring that swings in and out; with few swings it has dents, as a bean has.
    far = 1 + sum(
        chance.normal(0, 0.5 / swings) * np.cos(swings * turns + chance.uniform(0, 7))
        for swings in range(1, 6)
    )
    return middle + radius * np.stack([far * np.cos(turns), far * np.sin(turns)], 1)


def _with_corners(chance: Chance) -> Path2D:
    """Draw a closed line with two to eight corners, its sides straight, or bowed out or in."""
    number = int(chance.integers(2, 9))
    turns = chance.uniform(0, 7) + np.arange(number) * 2 * np.pi / number
    turns += chance.normal(0, 0.15, number)
    corners = np.stack([np.cos(turns), np.sin(turns)], 1) * chance.normal(1, 0.1, (number, 1))
    if chance.random() < 0.2:  # as a star has them, far and near by turns
        corners[::2] *= chance.uniform(0.3, 0.7)
    bow = chance.normal(0, 0.4, number) * (chance.random() < 0.5)
    along = np.linspace(0, 1, 9)[:, np.newaxis]
    sides = [
        here + (there - here) * along + 4 * along * (1 - along) * bowed * (here + there) / 2
        for here, there, bowed in zip(corners, np.roll(corners, -1, 0), bow, strict=True)
    ]
    return np.concatenate(sides)


def letters(count: int, chance: Chance) -> Picture:
    """Print letters and signs, each a different one: uint8 (count, 28, 28)."""
    signs = _signs()
    chosen = (signs[n] for n in chance.choice(len(signs), count, replace=False))
    return np.array([_printed(sign, name, chance) for name, sign in chosen])


def words(count: int, chance: Chance) -> Picture:
    """Print words of two to four letters, made by chance: uint8 (count, 28, 28)."""
    made = ("".join(chance.choice(list(LETTERS), chance.integers(2, 5))) for _ in range(count))
    return np.array([_printed(word, str(chance.choice(NAMES)), chance) for word in made])


def pairs(images: Picture, count: int, chance: Chance) -> Picture:
    """Set two or three of MNIST's digits, (n, 28, 28), side by side, at times touching."""
    sheets = []
    for _ in range(count):
        row = np.zeros((SIDE, 3 * SIDE), np.uint8)
        at = 0
        for image in images[chance.integers(0, len(images), chance.choice([2, 2, 3]))]:
            columns = np.flatnonzero(image.any(axis=0))
            ink = image[:, columns[0] : columns[-1] + 1]
            place = row[:, at : at + ink.shape[1]]
            np.maximum(place, ink, out=place)
            at += ink.shape[1] + int(chance.integers(-3, 5))
        sheets.append(_fitted(Image.fromarray(row)))
    return np.array(sheets)


@functools.cache
def _signs() -> list[tuple[str, str]]:
    """List fonts and their letters and signs; no digits, and nothing that people write as one."""
    found = []
    for name in NAMES:
        for code in TTFont(FONTS / f"{name}.ttf").getBestCmap():
            sign = chr(code)
            parts = unicodedata.normalize("NFKD", sign)
            title = unicodedata.name(sign, "")
            # Hearts stay out, to see whether they are doubted all the same.
            known = "DIGIT" in title or "BRAILLE" in title or "HEART" in title
            numbers = any(unicodedata.category(part)[0] == "N" for part in parts)
            plain = unicodedata.category(sign)[0] in "LPS" and not known and not numbers
            if not plain or parts[0] in LOOKALIKES:
                continue
            ink = _font(name).getmask(sign).getbbox()
            if ink and max(ink[2] - ink[0], ink[3] - ink[1]) > SIZE / 3:  # not a dot or a dash
                found.append((name, sign))
    return found


@functools.cache
def _font(name: str) -> ImageFont.FreeTypeFont:
    font = str(FONTS / f"{name}.ttf")
    return ImageFont.truetype(font, SIZE, layout_engine=ImageFont.Layout.BASIC)


def _printed(text: str, font: str, chance: Chance) -> Picture:
    sheet = Image.new("L", (SIZE * (len(text) + 2), 3 * SIZE))
    middle = (sheet.width / 2, sheet.height / 2)
    ImageDraw.Draw(sheet).text(middle, text, 255, _font(font), anchor="mm")
    return _fitted(sheet.rotate(chance.normal(0, 7), Image.Resampling.BILINEAR))


def _fitted(sheet: Image.Image) -> Picture:
    """Shrink what is on a sheet as MNIST shows a digit: the longer side 20, mass in the middle."""
    crop = sheet.crop(sheet.getbbox())
    shrink = BOX / max(crop.size)
    size = [max(1, round(shrink * side)) for side in crop.size]
    ink = np.asarray(crop.resize((size[0], size[1]), Image.Resampling.BOX))
    # Thin lines fade when they are made small; MNIST's are bright.
    ink = ink * (255 / max(ink.max(), 1))
    move = [
        int(np.clip(round(CENTER - 0.5 - mass), 0, SIDE - side))
        for mass, side in zip(ndimage.center_of_mass(ink), ink.shape, strict=True)
    ]
    room = [(start, SIDE - start - side) for start, side in zip(move, ink.shape, strict=True)]
    return np.pad(ink, room).astype(np.uint8)
