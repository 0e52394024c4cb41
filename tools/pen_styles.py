"""Digits drawn by rule, in more styles than MNIST has: barred sevens, ones with an upstroke.

MNIST was written by Americans, so a network that has seen nothing else takes a one with a long
upstroke for a seven. Here each digit is a few points that a pen passes through, moved at random
within what people do. They're drawn with MNIST's pen and centred like MNIST's digits.

Points are (x, y) in a box from 0 to 1, y downwards. The ranges weren't measured from anyone's hand:
we set them by looking at handwriting, and widened them until networks trained on them could read
strangers.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from scipy.interpolate import CubicSpline

from mnist_lesson.handwriting.center import BOX, CENTER
from mnist_lesson.shared.checks import SIDE

Path = NDArray[np.float64]  # (n, 2): the points that a pen passes through
Style = tuple[list[Path], float]  # the strokes of a digit, and its width for a height of 1
Chance = np.random.Generator

PEN = 2.35  # MNIST's stroke, in its pixels
FINER = 4  # drawn this many times larger and then averaged, for smooth edges


def curve(*points: Any, fine: int = 6) -> Path:
    """Draw a smooth line through the points; through two, a straight one."""
    path = np.array(points, float)
    if len(path) < 3:
        return path
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    # The root stops the curve from swinging out where a short piece follows a long one.
    ways = np.concatenate([[0], np.cumsum(np.sqrt(lengths + 1e-6))])
    smooth = CubicSpline(ways, path)(np.linspace(0, ways[-1], fine * (len(path) - 1) + 1))
    return np.asarray(smooth)


def corner(*paths: Any) -> Path:
    """Join paths without lifting the pen."""
    return np.concatenate([np.array(path, float) for path in paths])


def zero(chance: Chance) -> Style:
    """Draw a ring that does not quite close, or overlaps."""
    start = chance.uniform(-130, -50)
    sweep = 360 + chance.uniform(-25, 40)
    angles = np.radians(np.linspace(start, start - sweep, 30))
    if chance.random() < 0.25:
        angles = np.radians(np.linspace(start, start + sweep, 30))
    ring = np.stack([np.cos(angles), np.sin(angles)], 1) / 2
    spiral = np.linspace(1, chance.uniform(0.75, 1.1), 30)[:, np.newaxis]
    return [ring * spiral], chance.uniform(0.45, 0.95)


def one(chance: Chance) -> Style:
    """Draw a bare line, or one with an upstroke, sometimes with a foot."""
    kind = chance.choice(["bare", "upstroke", "foot"], p=[0.12, 0.6, 0.28])
    top = np.array([chance.uniform(0.4, 0.6), 0])
    end = np.array([top[0] + chance.uniform(-0.12, 0.1), 1])
    if kind == "bare":
        return [np.array([top, end])], 0.6
    # A seven's bar runs level; an upstroke climbs by at least 22 degrees.
    angle = math.radians(chance.uniform(22, 75))
    along = np.array([-math.cos(angle), math.sin(angle)])
    start = top + chance.uniform(0.2, 0.75) * along
    bow = (start + top) / 2 + chance.uniform(-0.07, 0.09) * np.abs(along[::-1])
    if chance.random() < 0.3:  # the upstroke runs round into the stem
        strokes = [curve(start, bow, top + np.array([0, 0.01]), top + np.array([0.02, 0.12]), end)]
    else:
        sag = (top[0] / 2 + end[0] / 2 + chance.uniform(-0.05, 0.05), 0.5)
        strokes = [corner(curve(start, bow, top), curve(top, sag, end))]
    if kind == "foot":
        tilt = chance.uniform(-0.08, 0.08)
        left = (end[0] - chance.uniform(0.15, 0.5), 1 + tilt)
        right = (end[0] + chance.uniform(0.1, 0.6), 1 - tilt)
        strokes.append(np.array([left, right]))
    return strokes, chance.uniform(0.7, 1.05)


def two(chance: Chance) -> Style:
    """Draw a hook and a base line, with a loop between them or a corner."""
    start = (chance.uniform(0, 0.15), chance.uniform(0.15, 0.4))
    right = (chance.uniform(0.75, 0.95), chance.uniform(0.15, 0.32))
    left = chance.uniform(0, 0.15)
    hook = curve(start, (0.25, 0.06), (0.55, 0), right, (0.6, 0.55), (left, 0.93))
    if chance.random() < 0.35:
        end = (1, chance.uniform(0.85, 1.05))
        loop = [(left, 0.93), (left - 0.08, 0.8), (left + 0.12, 0.8), (left + 0.4, 0.95)]
        base = curve(*loop, end)
    else:
        middle = (left + 0.45, 0.93 + chance.uniform(-0.06, 0.04))
        end = (chance.uniform(0.75, 1.2), chance.uniform(0.88, 1.03))
        base = curve((left, 0.93), middle, end)
    return [corner(hook, base)], chance.uniform(0.45, 0.85)


def three(chance: Chance) -> Style:
    """Draw a round or a flat top, and a belly."""
    upper = chance.uniform(0.55, 0.95)
    lower = chance.uniform(0.6, 1)
    waist = chance.uniform(0.34, 0.5)
    middle = (chance.uniform(0.3, 0.6), waist)
    left = chance.uniform(-0.05, 0.15)
    if chance.random() < 0.3:
        top = corner([(left, chance.uniform(0, 0.06)), (upper, 0)], [middle])
    else:
        right = (upper, waist * chance.uniform(0.4, 0.6))
        top = curve((left, chance.uniform(0.05, 0.22)), (0.4, 0), right, middle)
    side = (lower, waist + chance.uniform(0.15, 0.32))
    end = (chance.uniform(-0.1, 0.2), chance.uniform(0.8, 1))
    return [corner(top, curve(middle, side, (chance.uniform(0.4, 0.6), 1), end))], chance.uniform(
        0.35, 0.75
    )


def four(chance: Chance) -> Style:
    """Draw a four: mostly open, in two strokes; sometimes closed, or in a single stroke."""
    kind = chance.choice(["open", "closed", "in one"], p=[0.68, 0.1, 0.22])
    level = chance.uniform(0.42, 0.75)
    if kind == "open":
        return _open_four(chance, level)
    x = chance.uniform(0.55, 0.75)
    if kind == "closed":
        arm = np.array([(x, 0), (0, level), (1, level + chance.uniform(-0.06, 0.04))])
        stem = np.array([(x, chance.uniform(0, 0.15)), (x, 1)])
        return [arm, stem], chance.uniform(0.6, 0.9)
    start = (chance.uniform(0, 0.2), chance.uniform(0, 0.12))
    cup = curve(start, (chance.uniform(0, 0.1), level * 0.6), (0.25, level), (x, level * 0.8))
    top = (x + chance.uniform(0.05, 0.2), chance.uniform(0, 0.1))
    end = (x + chance.uniform(-0.1, 0.1), 1)
    return [corner(cup, [top], [end])], chance.uniform(0.45, 0.8)


def _open_four(chance: Chance, level: float) -> Style:
    start = (chance.uniform(0.05, 0.5), 0)
    bend = (chance.uniform(0, 0.12), level)
    out = (chance.uniform(0.5, 1.1), level + chance.uniform(-0.14, 0.08))
    side = ((start[0] + bend[0]) / 2 + chance.uniform(-0.1, 0.03), level * 0.55)
    arm = corner(curve(start, side, bend), [out])
    if chance.random() < 0.4:
        arm = curve(start, side, bend, (bend[0] + 0.15, level + 0.02), out)
    x = chance.uniform(0.4, 0.95) * out[0]
    high = chance.uniform(0.02, level - 0.1)
    if chance.random() < 0.4:  # the stem begins just above the arm
        high = level - chance.uniform(0, 0.2)
    top = (x + chance.uniform(-0.02, 0.12), high)
    end = (x + chance.uniform(-0.15, 0.05), chance.uniform(0.85, 1.05))
    return [arm, np.array([top, end])], chance.uniform(0.38, 0.85)


def five(chance: Chance) -> Style:
    """Draw a belly under a bar, in one stroke or in two."""
    x = chance.uniform(0.08, 0.25)
    waist = chance.uniform(0.32, 0.45)
    end = (chance.uniform(-0.1, 0.1), chance.uniform(0.82, 1))
    belly = curve((x * 0.6, waist), (0.5, waist - 0.05), (0.95, waist + 0.22), (0.6, 0.97), end)
    right = (chance.uniform(0.7, 1.15), chance.uniform(-0.06, 0.06))
    width = chance.uniform(0.5, 0.85)
    if chance.random() < 0.5:
        return [corner([right, (x, 0)], belly)], width
    left = (x - chance.uniform(-0.03, 0.06), chance.uniform(-0.03, 0.05))
    return [corner([(x, 0)], belly), np.array([left, right])], width


def six(chance: Chance) -> Style:
    """Draw a stem and a loop, which may be as small as a comma's."""
    half = chance.uniform(0.12, 0.25)
    reach = chance.uniform(0.2, 0.5)
    x = chance.uniform(0.35, 0.5)
    y = 1 - half
    start = chance.uniform(0.35, 0.95)
    stem = [(start, 0), ((start + x - reach) / 2 - chance.uniform(0, 0.18), 0.38)]
    loop = [
        (x - reach, y - 0.02),
        (x, 1),
        (x + reach, y),
        (x + chance.uniform(-0.1, 0.15), 1 - 2 * half),
    ]
    end = (x - reach + chance.uniform(-0.2, 0.15), y + chance.uniform(-0.05, 0.15))
    return [curve(*stem, *loop, end)], chance.uniform(0.35, 0.75)


def seven(chance: Chance) -> Style:
    """Draw a plain, a hooked or a curled start, and mostly a bar across the stem."""
    kind = chance.choice(["plain", "hooked", "curled"], p=[0.35, 0.25, 0.4])
    right = (chance.uniform(0.8, 1), chance.uniform(-0.04, 0.1))
    end = (chance.uniform(0.05, 0.55), 1)
    left = chance.uniform(0, 0.1)
    if kind == "plain":
        start = np.array([(left, chance.uniform(-0.03, 0.1))])
    elif kind == "hooked":
        start = np.array([(left / 2, chance.uniform(0.1, 0.24)), (left, 0)])
    else:
        curl = (chance.uniform(0.08, 0.2), chance.uniform(0, 0.05))
        start = curve(
            (1.5 * left, chance.uniform(0.12, 0.34)), curl, (0.5, chance.uniform(0.02, 0.12))
        )
    bow = ((right[0] + end[0]) / 2 + chance.uniform(-0.12, 0.12), chance.uniform(0.4, 0.5))
    strokes = [corner(start, curve(right, bow, end))]
    if chance.random() < 0.25:
        strokes = [curve(*start[:: len(start) // 2 or 1], right, bow, end)]
    if chance.random() < 0.75:
        y = chance.uniform(0.38, 0.7)
        x = np.interp(y, [right[1], bow[1], 1], [right[0], bow[0], end[0]])
        tilt = chance.uniform(-0.12, 0.06)
        ends = (x - chance.uniform(0.18, 0.5), y - tilt), (x + chance.uniform(0.15, 0.55), y + tilt)
        strokes.append(curve(ends[0], (x, y + chance.uniform(-0.03, 0.03)), ends[1]))
    return strokes, chance.uniform(0.5, 0.95)


def eight(chance: Chance) -> Style:
    """Draw two loops in one stroke; either may be narrow, and the upper one may stay open."""
    waist = chance.uniform(0.33, 0.58)
    upper = chance.uniform(0.12, 0.48)
    lower = chance.uniform(0.15, 0.5)
    start = (chance.uniform(0.55, 1.05), chance.uniform(-0.02, 0.18))
    top = [start, (0.5, chance.uniform(-0.02, 0.03)), (0.5 - upper, waist / 2), (0.5, waist)]
    low = (1 + waist) / 2
    bottom = [(0.5 + lower, low), (0.5, 1), (0.5 - lower, low)]
    back = [(0.5, waist + chance.uniform(-0.05, 0.05)), (0.5 + upper, waist / 2)]
    end = (chance.uniform(0.5, 1.05), chance.uniform(-0.05, 0.2))
    if chance.random() < 0.5:
        end = (0.5 + chance.uniform(-0.05, 0.2), chance.uniform(-0.02, 0.06))
    path = curve(*top, *bottom, *back, end)
    if chance.random() < 0.15:
        path[:, 0] = 1 - path[:, 0]
    return [path], chance.uniform(0.35, 0.75)


def nine(chance: Chance) -> Style:
    """Draw a loop, which may be small or flat, and a straight or a curled tail."""
    height = chance.uniform(0.2, 0.55)
    reach = chance.uniform(0.12, 0.45)
    right = 0.5 + reach
    y = height / 2
    start = (right - chance.uniform(-0.1, 0.12), y * chance.uniform(0.2, 0.9))
    low = (0.5 - chance.uniform(-0.1, 0.1), height)
    joint = (right, y * chance.uniform(0.7, 1.2))
    loop = [start, (0.5, chance.uniform(0, 0.06)), (0.5 - reach, y), low, joint]
    if chance.random() < 0.65:
        side = (right + chance.uniform(-0.05, 0.12), chance.uniform(0.6, 0.8))
        end = (chance.uniform(-0.35, 0.25), chance.uniform(0.75, 1))
        tail = curve(joint, side, (0.5 + chance.uniform(-0.2, 0.15), 1), end)
    else:
        side = (right + chance.uniform(-0.15, 0.05), 0.6)
        tail = curve(joint, side, (right + chance.uniform(-0.5, 0.05), 1))
    strokes = [corner(curve(*loop), tail)]
    if chance.random() < 0.3:
        strokes = [curve(*loop, *tail[6::6])]
    return strokes, chance.uniform(0.4, 0.8)


DIGITS = (zero, one, two, three, four, five, six, seven, eight, nine)


def strokes_of(digit: int, chance: Chance) -> list[Path]:
    """Draw a digit's strokes in a random style, slanted, turned and shaken a little."""
    strokes, width = DIGITS[digit](chance)
    width *= chance.uniform(0.85, 1.15)
    slant = chance.normal(0.14, 0.24)
    turn = math.radians(chance.normal(0, 6))
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    way = np.array([[width, 0], [-slant, 1]]) @ turned
    return [(stroke + _shake(len(stroke), chance)) @ way for stroke in strokes]


def _shake(count: int, chance: Chance) -> Path:
    wave = curve(*chance.normal(0, 0.03, (4, 2)))
    return np.asarray(wave[np.linspace(0, len(wave) - 1, count).round().astype(int)])


def picture(strokes: list[Path], pen: float = PEN) -> NDArray[np.uint8]:
    """Draw strokes as MNIST shows a digit: uint8 (28, 28), longer side 20, mass in the middle."""
    points = np.concatenate(strokes)
    low = points.min(0)
    scale = (BOX - pen) / max(points.max(0) - low)
    strokes = [(stroke - low) * scale for stroke in strokes]
    pieces = [np.linalg.norm(np.diff(stroke, axis=0), axis=1) for stroke in strokes]
    middles = [(stroke[1:] + stroke[:-1]) / 2 for stroke in strokes]
    mass = np.average(np.concatenate(middles), axis=0, weights=np.concatenate(pieces))
    image = Image.new("L", (SIDE * FINER, SIDE * FINER))
    ink = ImageDraw.Draw(image)
    radius = pen * FINER / 2
    for stroke in strokes:
        places = [tuple(place) for place in (stroke - mass + CENTER) * FINER]
        ink.line(places, fill=255, width=round(pen * FINER), joint="curve")
        for x, y in (places[0], places[-1]):
            ink.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.reduce(FINER))


def draw_styles(count: int, seed: int) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Draw digits in random styles: uint8 (count, 28, 28), and labels 0, 1, … 9, 0, 1, …"""
    chance = np.random.default_rng(seed)
    labels = np.arange(count) % 10
    # Two in five with another pen than MNIST's, thin or bold.
    pens = np.where(chance.random(count) < 0.6, PEN, chance.uniform(1.7, 3.3, count))
    images = [
        picture(strokes_of(digit, chance), pen) for digit, pen in zip(labels, pens, strict=True)
    ]
    return np.array(images), labels
