"""A number of several digits is read digit by digit; one digit stays one, however it is drawn."""

import numpy as np
import pytest
from photos import digit_ink, make_number
from samples import FOUR, TWO, picture_file, practised

from mnist_lesson.handwriting import number as number_module
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.number import read_number
from mnist_lesson.handwriting.parts import digit_parts, stretches_of
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.load import ImagesAndLabels, load_data
from mnist_lesson.preprocess import to_input

# One digit each, in strokes that do not meet.
APART = {
    "4 whose strokes leave a gap": [[60, 50, 40, 150, 135, 150], [165, 60, 160, 230]],
    "5 with its hat apart": [
        [90, 85, 85, 130, 140, 125, 165, 170, 130, 215, 75, 205],
        [110, 50, 180, 48],
    ],
    "7 with a bar": [[70, 60, 190, 55, 115, 220], [95, 140, 185, 135]],
    "1 with a gap": [[140, 40, 138, 120], [136, 150, 134, 230]],
}


def test_42_on_the_pad() -> None:
    number = read_number(FOUR + TWO)
    assert number.text == "42"
    assert number.probabilities.shape == (2, 10)
    assert "42" in number.sentence
    assert len(digit_parts(draw_strokes(FOUR + TWO))) == 2


@pytest.mark.parametrize("name", APART)
def test_a_digit_in_several_strokes_stays_one(name: str) -> None:
    number = read_number(APART[name])
    assert number.text == name[0]
    assert number.sentence.startswith(f"It reads a {name[0]}")


def test_numbers_of_test_digits(digits: ImagesAndLabels) -> None:
    """Five digits with gaps: each must read as it does alone."""
    images, labels = digits[1]
    answers = (
        practised().predict(to_input(np.stack([center_drawing(x) for x in images[:200]]))).argmax(1)
    )
    alone = np.flatnonzero(answers == labels[:200])
    right = 0
    for seed in range(12):
        chance = np.random.default_rng(seed)
        chosen = chance.choice(alone, 5)
        drawing = make_number(chance, images[chosen], least=1, most=8)
        right += read_number(drawing, network=practised()).text == "".join(map(str, labels[chosen]))
    assert right >= 11


def test_digits_that_touch_are_cut_apart_and_that_is_said() -> None:
    joined = [*FOUR, [80, 215, 150, 215], *TWO, [150, 215, 165, 215]]
    number = read_number(joined)
    assert number.text == "42"
    assert "touched" in number.sentence


@pytest.mark.parametrize("digits_touch", [True, False])
def test_touching_digits_are_read_once_and_a_scribble_is_not_cut(digits_touch, monkeypatch) -> None:
    """On the pad, every stroke waits for this: a scribble's hundreds of pieces would take long."""
    asked = []
    monkeypatch.setattr(
        number_module, "center_drawing", lambda ink: asked.append(1) or center_drawing(ink)
    )
    images, labels = load_data()[1]
    drawing = make_number(np.random.default_rng(0), images[[3, 2, 1, 18, 4]], least=-2, most=-1)
    if not digits_touch:
        drawing = np.zeros((150, 1200), np.uint8)
        drawing[np.abs(75 + 60 * np.sin(np.arange(1200) / 4) - np.arange(150)[:, None]) < 9] = 255
    text = read_number(drawing, network=practised()).text
    assert (text == "".join(map(str, labels[[3, 2, 1, 18, 4]]))) is digits_touch
    assert len(asked) <= (100 if digits_touch else 1)
    # After a stroke, what it did not touch is not read again.
    asked.clear()
    assert read_number(drawing, network=practised()).text == text
    assert not asked


def test_two_cuts_without_ink_between_them_make_no_stretch() -> None:
    strips = np.zeros((20, 28), int)
    strips[:, :10], strips[:, 15:] = 1, 3
    assert stretches_of(strips) == [(0, 1), (0, 2), (0, 3), (1, 3), (2, 3)]


def test_a_number_on_a_photo() -> None:
    chance = np.random.default_rng(3)
    ink = np.hstack([digit_ink(chance, digit, pen=16)[:, 90:310] for digit in (7, 0, 3)])
    file = picture_file((220 * (1 - 0.8 * ink)).astype(np.uint8))
    assert read_number(file).text == "703"


def test_an_unsure_digit_is_named() -> None:
    scribble = [[150, 60, 240, 200, 160, 190, 235, 70, 150, 130, 240, 140]]
    number = read_number(FOUR + scribble)
    assert "unsure of digit 2" in number.sentence
