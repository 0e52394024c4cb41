"""10 · Your hand: a made-up writer, whose digits stand in until you have drawn your own."""

import math

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes

Points = list[tuple[float, float]]


def arc(x: float, y: float, wide: float, high: float, begin: float, end: float) -> Points:
    """Return points on an ellipse around (x, y), from one angle to another, in degrees.

    0 is on the right and 90 at the bottom, because y grows downwards.
    """
    angles = np.radians(np.linspace(begin, end, 12))
    return [(x + wide * math.cos(a), y + high * math.sin(a)) for a in angles]


# How this writer draws each digit, in the units of the pad. Ones with a long upstroke and sevens
# with a bar are common in many parts of the world, and rarer in MNIST. We also crossed her twos,
# closed her fours and curled the tails of her nines, until the practised network misread most of
# these: page 10 needs a writer from whom there's something to learn.
HER_DIGITS: dict[int, list[Points]] = {
    0: [[(168, 46), *arc(136, 140, 60, 92, -70, -400), (176, 70)]],
    1: [[(30, 150), (164, 52), (158, 232)]],
    2: [[(80, 80), (100, 56), (200, 62), (80, 226), (206, 224)], [(100, 150), (190, 140)]],
    3: [[*arc(134, 92, 50, 42, 200, 440), *arc(134, 184, 58, 50, -80, 160)]],
    4: [[(176, 232), (190, 56), (110, 70), (84, 146), (186, 152)]],
    5: [[(112, 62), (104, 130), *arc(134, 176, 58, 54, -120, 140)], [(110, 60), (200, 54)]],
    6: [[(128, 40), (104, 140), *arc(138, 196, 36, 36, 190, 520)]],
    7: [
        [(78, 92), (86, 62), *arc(140, 70, 50, 12, 160, 10), (196, 64), (120, 236)],
        [(88, 156), (206, 134)],
    ],
    8: [[*arc(140, 94, 42, 42, 60, -240), *arc(140, 186, 54, 50, -60, 240), (162, 128)]],
    9: [[*arc(142, 92, 42, 40, 0, -350), (186, 92), *arc(100, 190, 86, 50, -10, 250)]],
}
WOBBLE = 3.0  # how far a point strays, in the units of the pad, so no two digits are alike


def borrowed_hand(*, seed: int = 0) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Let a made-up writer draw each digit once, as pictures like MNIST's.

    Returns them, uint8 (10, 28, 28), and their labels, 0 to 9. A different seed is like another
    day: the same habits, but different wobbles.
    """
    sheets = [draw_strokes(strokes) for strokes in borrowed_strokes(seed=seed).values()]
    return np.stack([center_drawing(sheet) for sheet in sheets]), np.arange(10)


def borrowed_strokes(*, seed: int = 0) -> dict[int, list[list[float]]]:
    """Let the made-up writer draw each digit once, as strokes for `draw_strokes()`."""
    rng = np.random.default_rng(seed)
    return {digit: _wobbled(strokes, rng) for digit, strokes in HER_DIGITS.items()}


def strokes_of(digit: int) -> list[list[float]]:
    """Return how the writer draws a digit with a steady hand, as `draw_strokes()` takes it."""
    return [np.ravel(stroke).tolist() for stroke in HER_DIGITS[digit]]


def _wobbled(strokes: list[Points], rng: np.random.Generator) -> list[list[float]]:
    """Slant and stretch a digit a little, and make the hand shake."""
    slant = rng.normal(0, 0.08)
    wide, high = rng.normal(1, 0.06, 2)
    drawn = []
    for stroke in strokes:
        # Measured from the middle of the pad, or a wider digit would drift to the right.
        x, y = np.array(stroke).T - 140
        points = np.stack([140 + wide * x - slant * y, 140 + high * y], axis=1)
        points += rng.normal(0, WOBBLE, points.shape)
        drawn.append(points.ravel().tolist())
    return drawn
