#!/usr/bin/env python3
"""How many digits are read on hard photos: lined paper, close cuts, dry pens, frames?

    python benchmarks/photos.py                 # 400 photos of each kind
    python benchmarks/photos.py --photos 20     # a quick look

The photos are made here. The digits are drawn by rule, as one learns them at school, bent a little
as hands do; each maker takes a random generator and a digit, and gives a picture, uint8 (h, w).
The network trained for handwriting reads them as page 08 does, from a file. Tests read a few of
each kind.
"""

from __future__ import annotations

import functools
import io
import statistics
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
from measuring import parser
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage
from scipy.interpolate import CubicSpline

from mnist_lesson import to_input
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.number import read_number
from mnist_lesson.handwriting.photo import read_picture
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import practised_network

Picture = NDArray[np.uint8]
Chance = np.random.Generator
Path2D = NDArray[np.float64]  # (n, 2): the points that a pen passes, x and y
Strokes = list[Path2D]
SIDE = 400  # of a picture, before it is cut


def arc(
    x: float, y: float, across: float, down: float, start: float, stop: float
) -> NDArray[np.float64]:
    """Go round an ellipse, in degrees clockwise from the right."""
    turn = np.radians(np.linspace(start, stop, 40))
    return np.stack([x + across * np.cos(turn), y + down * np.sin(turn)], axis=1)


def line(*points: tuple[float, float]) -> NDArray[np.float64]:
    """Join points (x, y) by straight lines."""
    return np.array(points, float)


# In a box of about 1 × 1.5; x to the right, y downwards.
DIGITS: dict[int, Strokes] = {
    0: [arc(0.5, 0.75, 0.45, 0.75, -90, 270)],
    1: [line((0.5, 0), (0.42, 1.5))],
    2: [np.concatenate([arc(0.5, 0.4, 0.42, 0.4, -170, 40), line((0.05, 1.5), (0.95, 1.5))])],
    3: [arc(0.4, 0.37, 0.4, 0.37, -150, 90), arc(0.4, 1.1, 0.48, 0.4, -90, 150)],
    4: [line((0.35, 0), (0.1, 0.85), (0.95, 0.85)), line((0.75, 0.2), (0.7, 1.5))],
    5: [
        np.concatenate([line((0.2, 0), (0.15, 0.6)), arc(0.4, 1, 0.5, 0.48, -110, 150)]),
        line((0.2, 0), (0.9, 0)),
    ],
    6: [np.concatenate([line((0.7, 0), (0.2, 0.7)), arc(0.5, 1.1, 0.4, 0.4, -170, 200)])],
    7: [line((0.05, 0.05), (0.95, 0), (0.35, 1.5))],
    8: [arc(0.5, 0.36, 0.34, 0.36, 90, 450), arc(0.5, 1.12, 0.42, 0.4, -90, 270)],
    9: [np.concatenate([arc(0.45, 0.42, 0.4, 0.4, 0, -360), line((0.85, 0.42), (0.75, 1.5))])],
}


def digit_ink(
    rng: Chance, digit: int, *, pen: float, height: float = 270, gaps: float = 0
) -> NDArray[np.float64]:
    """Draw a digit on a sheet of SIDE × SIDE: 1 is ink, 0 is paper; all lengths in pixels.

    With `gaps`, the pen leaves the paper once or more, for so long a way.
    """
    slant, stretch = rng.uniform(-0.15, 0.2), rng.uniform(0.85, 1.15)
    strokes = [
        np.stack([stretch * s[:, 0] - slant * s[:, 1], s[:, 1]], axis=1) for s in DIGITS[digit]
    ]
    low = np.concatenate(strokes).min(0)
    size = np.ptp(np.concatenate(strokes), axis=0)
    scale = (height - pen) / size.max()
    corner = (SIDE - scale * size) / 2 + rng.uniform(-1, 1, 2) * (SIDE - height) / 4
    canvas = Image.new("L", (2 * SIDE, 2 * SIDE))
    draw = ImageDraw.Draw(canvas)
    for stroke in strokes:
        path = 2 * ((stroke - low) * scale + corner)
        way = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
        steps = np.arange(0, way[-1], 1)
        keep = np.ones(len(steps), bool)
        if gaps:  # the round ends of both dashes reach into a gap
            for start in np.arange(rng.uniform(60, 200), way[-1] - 60, rng.uniform(150, 320)):
                keep[int(start) : int(start + 2 * (gaps + pen))] = False
        for step in steps[keep]:
            x, y = (np.interp(step, way, path[:, axis]) for axis in (0, 1))
            draw.ellipse((x - pen, y - pen, x + pen, y + pen), fill=255)
    return np.asarray(canvas.reduce(2)) / 255


def light(rng: Chance, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Light a sheet of paper unevenly: how bright each place is, 0 to 255."""
    down, across = np.mgrid[: shape[0], : shape[1]] / max(shape)
    fall = rng.uniform(-0.3, 0.3, 2)
    share = 1 - np.abs(fall).sum() / 2 + fall[0] * down + fall[1] * across
    return rng.uniform(170, 245) * np.clip(share, 0, 1)


def snap(rng: Chance, sheet: NDArray[np.float64]) -> Picture:
    """Take the photo: a little blur, and a camera's grain."""
    blurred = ndimage.gaussian_filter(sheet, rng.uniform(0, 0.8))
    return np.clip(blurred + rng.normal(0, rng.uniform(0, 4), sheet.shape), 0, 255).astype(np.uint8)


def plain(rng: Chance, digit: int) -> Picture:
    """A digit on blank paper, with any usual pen."""
    ink = digit_ink(rng, digit, pen=rng.uniform(8, 34), height=rng.uniform(140, 330))
    return snap(rng, light(rng, ink.shape) * (1 - rng.uniform(0.4, 0.9) * ink))


def white_on_black(rng: Chance, digit: int) -> Picture:
    """A digit drawn in light on dark: chalk, or a picture as MNIST has it."""
    ink = digit_ink(rng, digit, pen=rng.uniform(8, 40), height=rng.uniform(140, 350))
    board = rng.uniform(0, 60)
    return snap(rng, board + rng.uniform(100, 190) * ink)


def on_lines(rng: Chance, digit: int) -> Picture:
    """A digit on printed lines or squares that take away up to half of the light."""
    ink = digit_ink(rng, digit, pen=rng.uniform(8, 24), height=rng.uniform(140, 330))
    rows, columns = np.mgrid[:SIDE, :SIDE]
    turn = np.radians(rng.uniform(-3, 3))
    step, thick = rng.uniform(24, 90), rng.uniform(1, 3)
    away = rng.uniform(0.05, 0.5)
    printed = np.zeros(ink.shape)
    for place, other in ((rows, columns), (columns, -rows))[: rng.integers(1, 3)]:
        along = place * np.cos(turn) + other * np.sin(turn) + rng.uniform(0, step)
        far = np.abs(along % step - step / 2)
        printed = np.maximum(printed, np.clip(thick / 2 - far + 0.5, 0, 1))
    return snap(
        rng, light(rng, ink.shape) * (1 - away * printed) * (1 - rng.uniform(0.6, 0.95) * ink)
    )


def cut_close(rng: Chance, digit: int) -> Picture:
    """A digit cut to its ink, with 0 to 10 pixels around it."""
    ink = digit_ink(rng, digit, pen=rng.uniform(10, 55))
    margin = int(rng.integers(0, 11))
    rows, columns = (np.flatnonzero((ink > 0.5).any(axis)) for axis in (1, 0))
    down = slice(max(rows[0] - margin, 0), rows[-1] + 1 + margin)
    ink = ink[down, max(columns[0] - margin, 0) : columns[-1] + 1 + margin]
    return snap(rng, light(rng, ink.shape) * (1 - rng.uniform(0.6, 1) * ink))


def thick_pen(rng: Chance, digit: int) -> Picture:
    """A pen from an eighth to a quarter of the picture."""
    ink = digit_ink(rng, digit, pen=rng.uniform(50, 100), height=rng.uniform(330, 385))
    return snap(rng, light(rng, ink.shape) * (1 - rng.uniform(0.6, 1) * ink))


def with_gaps(rng: Chance, digit: int) -> Picture:
    """A dry pen: gaps of up to the pen's width."""
    pen = rng.uniform(9, 24)
    ink = digit_ink(
        rng, digit, pen=pen, height=rng.uniform(200, 330), gaps=pen * rng.uniform(0.2, 1)
    )
    return snap(rng, light(rng, ink.shape) * (1 - rng.uniform(0.6, 0.95) * ink))


def in_a_frame(rng: Chance, digit: int) -> Picture:
    """A frame, or the axes of a plot, around the digit; light on dark within it, now and then."""
    ink = digit_ink(rng, digit, pen=rng.uniform(8, 26), height=rng.uniform(140, 260))
    sheet = 245 * (1 - 0.9 * ink) if rng.random() < 0.6 else 20 + 220 * ink
    canvas = Image.new("L", (SIDE + 160, SIDE + 120), int(rng.uniform(225, 256)))
    canvas.paste(Image.fromarray(sheet.astype(np.uint8)), (80, 50))
    draw = ImageDraw.Draw(canvas)
    draw.rectangle(
        (80, 50, 80 + SIDE, 50 + SIDE),
        outline=int(rng.uniform(0, 90)),
        width=int(rng.integers(1, 6)),
    )
    if rng.random() < 0.5:
        for n in range(0, SIDE, SIDE // int(rng.integers(4, 9))):
            draw.line((74, 50 + n, 80, 50 + n), fill=0)
            draw.line((80 + n, 50 + SIDE, 80 + n, 56 + SIDE), fill=0)
            draw.text((50, 45 + n), str(n), fill=0)
            draw.text((75 + n, 60 + SIDE), str(n), fill=0)
    return snap(rng, np.asarray(canvas, float))


def on_a_table(rng: Chance, digit: int) -> Picture:
    """A sheet on a darker table with a grain, askew, perhaps with a corner out of the picture."""
    ink = digit_ink(rng, digit, pen=rng.uniform(10, 24), height=rng.uniform(150, 260))
    sheet = Image.fromarray((light(rng, ink.shape) * (1 - 0.8 * ink)).astype(np.uint8))
    sheet = sheet.resize((SIDE, int(SIDE * rng.uniform(0.8, 1.3))))
    width, height = (int(SIDE * rng.uniform(1.15, 2)) for _ in range(2))
    wood = rng.uniform(15, 90) + 4 * ndimage.gaussian_filter(
        rng.normal(0, 5, (height, width)), (1, 20)
    )
    canvas = Image.fromarray(np.clip(wood, 0, 255).astype(np.uint8))
    turn = rng.uniform(-12, 12)
    turned, mask = (
        picture.rotate(turn, Image.Resampling.BILINEAR, expand=True)
        for picture in (sheet, Image.new("L", sheet.size, 255))
    )
    at = [
        int(rng.uniform(-0.08, 0.9) * max(whole - part, 20))
        for whole, part in zip(canvas.size, turned.size, strict=True)
    ]
    canvas.paste(turned, (at[0], at[1]), mask)
    return snap(rng, np.asarray(canvas, float))


def marked(rng: Chance, digit: int) -> Picture:
    """An underlined digit on a sheet with punched holes."""
    ink = digit_ink(rng, digit, pen=rng.uniform(8, 16), height=rng.uniform(140, 200))
    sheet = Image.fromarray((light(rng, ink.shape) * (1 - 0.8 * ink)).astype(np.uint8))
    draw = ImageDraw.Draw(sheet)
    low = np.flatnonzero(ink.any(axis=1))[-1] + rng.uniform(40, 60)
    draw.line((110, low, 290, low + rng.uniform(-4, 4)), fill=40, width=8)
    size = rng.uniform(5, 11)
    for hole in np.arange(rng.uniform(20, 60), SIDE - 20, rng.uniform(40, 200)):
        draw.ellipse((20 - size, hole - size, 20 + size, hole + size), fill=50)
    return snap(rng, np.asarray(sheet, float))


def sixteen_bits(rng: Chance, digit: int) -> NDArray[np.uint16]:
    """As scanners save it: 16 bits a pixel."""
    return plain(rng, digit).astype(np.uint16) * 257


KINDS: dict[str, Callable[[Chance, int], NDArray[np.generic]]] = {
    "plain": plain,
    "white on black": white_on_black,
    "lines and squares": on_lines,
    "cut close": cut_close,
    "thick pen": thick_pen,
    "gaps": with_gaps,
    "frames": in_a_frame,
    "tables": on_a_table,
    "16 bits": sixteen_bits,
    "holes and lines": marked,
}


def make_number(rng: Chance, images: Picture, *, least: int, most: int) -> Picture:
    """Set MNIST's digits in a row, `least` to `most` pixels apart; six times as large."""
    row = np.zeros((34, 28 * len(images) + most * len(images) + 12), np.uint8)
    at = 6
    for image in images:
        columns = np.flatnonzero(image.any(axis=0))
        ink = image[:, columns[0] : columns[-1] + 1]
        top = int(rng.integers(1, 6))
        place = np.s_[top : top + 28, at : at + ink.shape[1]]
        row[place] = np.maximum(row[place], ink)
        at += ink.shape[1] + int(rng.integers(least, most + 1))
    size = (6 * row.shape[1], 6 * row.shape[0])
    return np.asarray(Image.fromarray(row).resize(size, Image.Resampling.BICUBIC))


# Pictures of no digit


def heart(rng: Chance) -> Strokes:
    """A heart, wide or narrow."""
    wide = rng.uniform(80, 130)
    left = arc(200 - wide / 2, 150, wide / 2, 60, 180, 350)
    right = arc(200 + wide / 2, 150, wide / 2, 60, 190, 360)
    return [np.concatenate([[(200, 330)], left, right, [(200, 330)]])]


def polygon(corners: int) -> Callable[[Chance], Strokes]:
    """Draw a triangle, a square …, standing on one side."""

    def draw(rng: Chance) -> Strokes:
        turns = np.arange(corners + 1) * 2 * np.pi / corners + np.pi / corners
        wide, high = rng.uniform(100, 150, 2)
        return [np.stack([200 + wide * np.sin(turns), 200 + high * np.cos(turns)], axis=1)]

    return draw


def star(_rng: Chance) -> Strokes:
    """A star in one stroke."""
    turns = np.radians(144) * np.arange(6)
    return [np.stack([200 + 140 * np.sin(turns), 200 - 140 * np.cos(turns)], axis=1)]


def face(rng: Chance) -> Strokes:
    """A face: two eyes and a mouth in a ring."""
    eyes = [line((place, 150), (place, 170)) for place in (150, 250)]
    mouth = arc(200, rng.uniform(200, 240), 60, 50, 20, 160)
    return [arc(200, 200, 130, rng.uniform(120, 160), 0, 360), mouth, *eyes]


def house(_rng: Chance) -> Strokes:
    """A house with a door."""
    walls = line((100, 330), (100, 190), (200, 80), (300, 190), (300, 330), (100, 330))
    return [walls, line((180, 330), (180, 250), (225, 250), (225, 330))]


def plot(rng: Chance) -> Strokes:
    """Two axes and a curve."""
    along = np.linspace(75, 350, 40)
    curve = 200 + rng.uniform(50, 90) * np.sin(along / rng.uniform(20, 60))
    return [line((60, 50), (60, 340), (360, 340)), np.stack([along, curve], axis=1)]


# How each is drawn, in a box of 1 × 1.5.
LETTERS = {
    "A": [line((0, 1.5), (0.5, 0), (1, 1.5)), line((0.2, 0.9), (0.8, 0.9))],
    "E": [line((1, 0), (0, 0), (0, 1.5), (1, 1.5)), line((0, 0.7), (0.8, 0.7))],
    "F": [line((1, 0), (0, 0), (0, 1.5)), line((0, 0.7), (0.8, 0.7))],
    "H": [line((0, 0), (0, 1.5)), line((1, 0), (1, 1.5)), line((0, 0.7), (1, 0.7))],
    "K": [line((0, 0), (0, 1.5)), line((0.9, 0), (0, 0.8), (1, 1.5))],
    "M": [line((0, 1.5), (0, 0), (0.5, 0.9), (1, 0), (1, 1.5))],
    "N": [line((0, 1.5), (0, 0), (1, 1.5), (1, 0))],
    "R": [
        line((0, 1.5), (0, 0)),
        np.concatenate([arc(0.4, 0.35, 0.5, 0.35, -90, 90), line((0, 0.7), (1, 1.5))]),
    ],
    "W": [line((0, 0), (0.25, 1.5), (0.5, 0.5), (0.75, 1.5), (1, 0))],
    "X": [line((0, 0), (1, 1.5)), line((1, 0), (0, 1.5))],
    "a": [arc(0.4, 1.1, 0.4, 0.4, 0, 360), line((0.8, 0.7), (0.8, 1.5))],
    "e": [np.concatenate([line((0, 1.1), (0.9, 1.1)), arc(0.45, 1.1, 0.45, 0.4, 0, -320)])],
    "h": [
        line((0, 0), (0, 1.5)),
        np.concatenate([arc(0.4, 0.95, 0.4, 0.3, -170, 0), line((0.8, 1.5))]),
    ],
    "k": [line((0, 0), (0, 1.5)), line((0.7, 0.6), (0, 1), (0.8, 1.5))],
    "m": [
        line((0, 1.5), (0, 0.7)),
        np.concatenate([arc(0.3, 0.9, 0.25, 0.25, -160, 0), line((0.55, 1.5))]),
        np.concatenate([arc(0.8, 0.9, 0.25, 0.25, -160, 0), line((1.05, 1.5))]),
    ],
}


def letter(rng: Chance) -> Strokes:
    """A letter that nobody writes as a digit."""
    return word(rng, str(rng.choice(list("AEFHKMNRWXkmh"))))


def word(rng: Chance, text: str = "") -> Strokes:
    """A short word."""
    text = text or str(rng.choice(["Ham", "ARK", "make", "AHA", "Emma", "NEW"]))
    size = min(160, 220 / len(text))
    return [
        [200 + 1.3 * size * (n - (len(text) - 1) / 2) - size / 2, 200 - 0.75 * size] + size * stroke
        for n, sign in enumerate(text)
        for stroke in LETTERS[sign]
    ]


# Drawn with a pen, in a box of 400 × 400. The judge of what is a digit learned from none of these
# (`tools/not_digits.py`), save that a printed letter may be like a drawn one.
SHAPES: dict[str, Callable[[Chance], Strokes]] = {
    "hearts": heart,
    "triangles": polygon(3),
    "squares": polygon(4),
    "stars": star,
    "faces": face,
    "houses": house,
    "plus signs": lambda _: [line((200, 80), (200, 320)), line((80, 200), (320, 200))],
    "times signs": lambda _: [line((90, 90), (310, 310)), line((90, 310), (310, 90))],
    "arrows": lambda _: [line((70, 200), (330, 200)), line((260, 130), (330, 200), (260, 270))],
    "axes and curves": plot,
    "drawn letters": letter,
    "words": word,
}


def shaken(rng: Chance, strokes: Strokes) -> Strokes:
    """Draw strokes as a hand does: turned a little, each bent by up to some ten of 400 pixels."""
    turn = np.radians(rng.normal(0, 4))
    turned = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    drawn = []
    for stroke in strokes:
        corners = np.linspace(0, 1, len(stroke))
        along = np.union1d(corners, np.linspace(0, 1, 12))
        fine = np.stack([np.interp(along, corners, side) for side in stroke.T], axis=1)
        bend = CubicSpline(np.linspace(0, 1, 4), rng.normal(0, 6, (4, 2)))(along)
        drawn.append((fine - 200) @ turned + 200 + bend)
    return drawn


def on_paper(shape: Callable[[Chance], Strokes]) -> Callable[[Chance], Picture]:
    """Take a photo of a shape that was drawn on paper."""

    def photo(rng: Chance) -> Picture:
        canvas = Image.new("L", (SIDE, SIDE), 235)
        width = int(rng.uniform(6, 20))
        for stroke in shaken(rng, shape(rng)):
            ImageDraw.Draw(canvas).line(list(map(tuple, stroke)), 30, width, joint="curve")
        return snap(rng, np.asarray(canvas, float))

    return photo


def plot_in_a_box(rng: Chance) -> Picture:
    """A curve in a box."""
    canvas = Image.new("L", (SIDE, SIDE), 235)
    draw = ImageDraw.Draw(canvas)
    along = np.linspace(62, 358, 60)
    curve = 200 + rng.uniform(60, 90) * np.sin(along / rng.uniform(15, 40))
    draw.rectangle((60, 40, 360, 350), outline=30, width=4)
    draw.line(list(zip(along, curve, strict=True)), 30, 4, joint="curve")
    return snap(rng, np.asarray(canvas, float))


def hand(rng: Chance) -> Picture:
    """A hand, as a shade on paper."""
    canvas = Image.new("L", (SIDE, SIDE), 235)
    draw = ImageDraw.Draw(canvas)
    draw.ellipse((130, 190, 280, 390), fill=120)
    for finger, angle in enumerate((-55, -20, 0, 18, 38)):
        turn = np.radians(angle + rng.uniform(-6, 6))
        long = rng.uniform(130, 180) * (0.75 if finger == 0 else 1)
        x, y = 150 + 28 * finger, 240
        draw.line((x, y, x + long * np.sin(turn), y - long * np.cos(turn)), fill=120, width=28)
    return snap(rng, np.asarray(canvas, float))


def printed_letter(rng: Chance) -> Picture:
    """A printed capital that is unlike any digit."""
    canvas = Image.new("L", (SIDE, SIDE), 235)
    font = ImageFont.load_default(260)
    ImageDraw.Draw(canvas).text((200, 200), rng.choice(list("EFKMNW")), 30, font, anchor="mm")
    return snap(rng, np.asarray(canvas, float))


def text(rng: Chance) -> Picture:
    """A page of text."""
    canvas = Image.new("L", (SIDE, SIDE), 235)
    for row in range(10, SIDE, int(rng.integers(18, 26))):
        words = "".join(rng.choice(list("abdefghkmnprstuw    "), 60))
        ImageDraw.Draw(canvas).text((15, row), words, 30, ImageFont.load_default(13))
    return snap(rng, np.asarray(canvas, float))


def blank(rng: Chance) -> Picture:
    """Paper."""
    return snap(rng, light(rng, (SIDE, SIDE)))


NO_DIGITS: dict[str, Callable[[Chance], Picture]] = {
    **{kind: on_paper(shape) for kind, shape in SHAPES.items()},
    "plots in a box": plot_in_a_box,
    "hands": hand,
    "printed letters": printed_letter,
    "blank paper": blank,
    "pages of text": text,
}


# Reading them


def read(picture: NDArray[Any]) -> int | None:
    """Read a picture as a file; None where it is refused."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=1)
    try:
        drawing = read_picture(file.getvalue())
    except ValueError:
        return None
    return int(_network().predict(to_input(center_drawing(drawing))).argmax())


@functools.cache
def _network() -> Any:
    return practised_network()


def measure(photos: int) -> None:
    """Read so many photos of each kind, and count what is right, wrong and refused."""
    seconds = []
    for number, (kind, maker) in enumerate(KINDS.items()):
        counts: Counter[str] = Counter(right=0, wrong=0, refused=0)
        for count in range(photos):
            digit = count % 10
            picture = maker(np.random.default_rng([number, count]), digit)
            start = time.perf_counter()
            answer = read(picture)
            seconds.append(time.perf_counter() - start)
            counts["refused" if answer is None else "right" if answer == digit else "wrong"] += 1
        print(f"  {kind:18}", dict(counts), flush=True)
    for number, (kind, no_digit) in enumerate(NO_DIGITS.items()):
        made = (no_digit(np.random.default_rng([100 + number, n])) for n in range(photos // 10))
        refused = sum(read(picture) is None for picture in made)
        print(f"  {kind:18} refused: {refused} of {photos // 10}", flush=True)
    print(f"  {1000 * statistics.median(seconds):.0f} ms a photo")


def measure_numbers(count: int) -> None:
    """Read numbers of five test digits, each of which is read rightly alone."""
    images, labels = (part[:2000] for part in load_data()[1])
    centred = to_input(np.stack([center_drawing(image) for image in images]))
    readable = np.flatnonzero(_network().predict(centred).argmax(axis=1) == labels)
    for name, (least, most) in {"apart": (1, 8), "touching, too": (-1, 6)}.items():
        right = 0
        for number in range(count):
            rng = np.random.default_rng([number, 7])
            chosen = rng.choice(readable, 5)
            text = read_number(make_number(rng, images[chosen], least=least, most=most)).text
            right += text == "".join(map(str, labels[chosen]))
        print(f"  numbers, {name}: {right} of {count} right", flush=True)
    single = sum(len(read_number(image).text) == 1 for image in images[:count])
    print(f"  single digits left whole: {single} of {count}")


def main() -> None:
    """Measure, and print the figures."""
    command = parser(__doc__)
    command.add_argument("--photos", type=int, default=400, help="photos of each kind")
    photos = command.parse_args().photos
    measure(photos)
    measure_numbers(photos)


if __name__ == "__main__":
    main()
