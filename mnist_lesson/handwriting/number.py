"""08 · Your digits: a number of several digits. Where is each one, and what is it?"""

import functools
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from mnist_lesson.handwriting.center import center_drawing, check_drawing
from mnist_lesson.handwriting.likeness import DOUBT, is_like_a_digit, likeness
from mnist_lesson.handwriting.paper import PHOTO
from mnist_lesson.handwriting.parts import (
    Mask,
    Picture,
    box_of,
    digit_parts,
    stretches_of,
    strips_of,
)
from mnist_lesson.handwriting.photo import read_picture
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.words import a_digit, say_probability

SURE = 0.9  # below this probability, a digit is mentioned as unsure
MOST = 20  # digits
MOST_STRETCHES = 100  # five digits in one piece have up to 80; with more, it's a scribble
# What makes a reading worse, on the scale of a probability's logarithm. On numbers made of five
# held-out training digits (gaps of -1 to 8 of their pixels), these read 50 of 50 apart and 47 of 50
# that may touch. Without the limit, more that touch are read, but drawings of other things cut up.
CUT = 2.0  # for each digit
UNLIKE, LIKELY = 0.5, 3.0  # for each unit of likeness below this,
MOST_UNLIKE = 2.5  # up to so much in all: else a heart would be cut into two halves
WIDE = 8.0  # for each height by which it's wider than high
NARROW = 0.5  # ink that's narrower than this share of its height is one digit

Row = NDArray[np.float32]
Digit = tuple[Mask, Row, Picture]  # where it is, its ten probabilities, and what the network sees


@dataclass(frozen=True)
class Number:
    """What was read, from left to right.

    `text` are the digits, as "1042", and the `sentence` also says which ones are unsure.
    `probabilities` have shape (n, 10), a row for each digit; `pictures`, uint8 (n, 28, 28), are
    each digit as the network saw it.
    """

    text: str
    probabilities: NDArray[np.float32]
    pictures: NDArray[np.uint8]
    sentence: str


def read_number(picture: Any, *, network: Twin | None = None) -> Number:
    """Read a number of one or more digits, written in one row.

    The picture can be strokes, as the drawing pad gives them; or a drawing, uint8 (h, w), bright
    ink on a dark ground; or the bytes of a picture file. The practised network reads it, unless
    another is given. Digits that touch are cut apart where both halves read best, if that reads
    better than one digit. Raises TypeError or ValueError if the picture is something else, is
    blank, or shows several rows or more than 20 pieces.
    """
    drawing = _drawing(picture)
    parts = digit_parts(drawing)
    if not parts:
        raise ValueError("I can't see a digit: the drawing is blank.")
    rows_of_ink = [box_of(part)[0] for part in parts]
    # If it's one row, there's a horizontal line that crosses every piece.
    if max(rows.start for rows in rows_of_ink) > min(rows.stop for rows in rows_of_ink):
        raise ValueError("I see more than one row of digits. Show me a single row.")
    if len(parts) > MOST:
        raise ValueError(f"I see {len(parts)} digits; {MOST} is the most. Show me fewer of them.")
    digits = _read_parts(drawing, parts, network or practised_network())
    rows = np.stack([row for _, row, _ in digits])
    pictures = np.stack([picture for _, _, picture in digits])
    text = "".join(map(str, rows.argmax(axis=1)))
    cut = len(digits) > len(parts)
    return Number(text, rows, pictures, _say(text, rows, pictures, cut=cut))


def _read_parts(drawing: Picture, parts: list[Mask], network: Twin) -> list[Digit]:
    """Read each part, or two neighbours as one digit if that reads better, as with an open 4."""
    digits: list[Digit] = []
    before = -np.inf
    for part in parts:
        score, chain = _read(drawing, part, network)
        if np.isfinite(before) and _near(digits[-1][0], part):
            together, digit = _read(drawing, digits[-1][0] | part, network, cut=False)
            if together > before + score:
                score, chain = together, digit
                digits.pop()
        digits += chain
        # If we cut it, it's already several digits, and the next piece can't be part of it.
        before = score if len(chain) == 1 else -np.inf
    return digits


def _near(left: Mask, right: Mask) -> bool:
    """Say whether two pieces may be one digit: close, and together narrower than they're high."""
    (down, across), (other, further) = box_of(left), box_of(right)
    height = max(down.stop, other.stop) - min(down.start, other.start)
    width = max(across.stop, further.stop) - min(across.start, further.start)
    return bool(further.start - across.stop < 0.15 * height and width < height)


def _read(
    drawing: Picture, piece: Mask, network: Twin, *, cut: bool = True
) -> tuple[float, list[Digit]]:
    """Read a piece of ink as one digit or, with `cut`, as several that touch, if that reads better.

    Returns how good the reading is, at best -CUT for each digit, and the digits.
    """
    box = box_of(piece)
    ink = np.where(piece[box], drawing[box], 0)
    # As bytes, because the cache can't use an array as a key.
    score, chain = _read_ink(ink.tobytes(), ink.shape, network, cut)
    digits = []
    for part, row, picture in chain:
        mask = np.zeros_like(piece)
        mask[box] = part & piece[box]
        digits.append((mask, row, picture))
    return score, digits


@functools.lru_cache(maxsize=64)  # from stroke to stroke, most of a number stays the same
def _read_ink(
    packed: bytes, shape: tuple[int, int], network: Twin, cut: bool
) -> tuple[float, list[Digit]]:
    """Read ink, the bytes of uint8 (h, w), as `_read()` does; masks have that shape, too.

    Ink is cut wherever there's little of it in the way. Each stretch from cut to cut that may be a
    digit is read, and of all chains of stretches we take the best.
    """
    ink = np.frombuffer(packed, np.uint8).reshape(shape)
    score, digit = _read_digit(ink, np.ones(shape, bool), network)
    height, width = shape
    # Two digits cost at least two cuts, so if it's already better than that, don't try.
    if not cut or width < NARROW * height or score > -2 * CUT:
        return score, [digit]
    strips = strips_of(ink > 0)
    stretches = stretches_of(strips)
    if len(stretches) > MOST_STRETCHES:
        return score, [digit]
    count = int(strips.max())
    scores = np.full((count + 1, count + 1), -np.inf)
    read = {}
    for start, stop in [*stretches, (0, count)]:
        inside = (strips > start) & (strips <= stop)
        scores[start, stop], read[start, stop] = _read_digit(ink, inside, network)
    chain = _best_chain(scores)
    return float(sum(scores[stretch] for stretch in chain)), [read[s] for s in chain]


def _best_chain(scores: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Find the chain of stretches whose scores, (n, n) by start and stop, add up to the most."""
    best = [0.0]
    came = [0]
    for stop in range(1, len(scores)):
        # The best chain up to here is the best one to an earlier cut, plus one stretch.
        through = np.array(best) + scores[:stop, stop]
        came.append(int(through.argmax()))
        best.append(float(through.max()))
    chain = []
    stop = len(scores) - 1
    while stop:
        chain.append((came[stop], stop))
        stop = came[stop]
    return chain[::-1]


def _read_digit(ink: Picture, mask: Mask, network: Twin) -> tuple[float, Digit]:
    """Read the ink in a mask as one digit: how good that is, at best -CUT, and the digit."""
    box = box_of(mask & (ink > 0))
    picture = center_drawing(np.where(mask, ink, 0)[box])
    row = network.predict(to_input(picture))[0]
    height, width = ink[box].shape
    wide = max(0, width / height - 1)
    # Part of a digit, or two that touch, look little like a digit. (The kink is rounded off.)
    unlike = float(np.logaddexp(0, LIKELY - likeness(picture[np.newaxis])[0]))
    # Logarithms, because probabilities of several digits multiply, and scores add up.
    score = math.log(row.max()) - min(UNLIKE * unlike, MOST_UNLIKE) - WIDE * wide - CUT
    return score, (mask, row, picture)


def _drawing(picture: Any) -> Picture:
    """Turn any of the three kinds of input into a drawing of moderate size."""
    if isinstance(picture, bytes):
        return read_picture(picture, several=True)
    if isinstance(picture, list | tuple):
        return draw_strokes(picture)
    sheet = check_drawing(picture)
    return np.asarray(Image.fromarray(sheet).reduce(math.ceil(max(sheet.shape) / PHOTO)))


def _say(text: str, rows: Row, pictures: Picture, *, cut: bool) -> str:
    """Say in a sentence what was read, and which digits are unsure."""
    sure = rows.max(axis=1)
    strange = [not is_like_a_digit(picture) for picture in pictures]
    if len(text) == 1:
        how = say_probability(sure[0])
        if strange[0]:
            return f"{DOUBT}; if it has to be one, it's {how} sure it's {a_digit(text)}."
        return f"It reads {a_digit(text)}, and is {how} sure."
    doubts = []
    for n, digit in enumerate(text):
        if strange[n] or sure[n] < SURE:
            doubt = "it may not be a digit" if strange[n] else f"{sure[n]:.0%}"
            doubts.append(f"digit {n + 1} ({a_digit(digit)}? {doubt})")
    least = say_probability(sure.min())
    at_least = least if least.startswith("more than") else f"at least {least}"
    sentence = f"It reads {text}, and is {at_least} sure of each digit."
    if doubts:
        sentence = f"It reads {text}, but is unsure of {', '.join(doubts)}."
    return sentence + (" Some digits touched, and were cut apart." if cut else "")
