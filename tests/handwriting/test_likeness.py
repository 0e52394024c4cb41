"""What isn't a digit is doubted on the pad, and digits of many hands are not."""

from collections.abc import Callable

import numpy as np
import photos
import pytest
from samples import SEVEN

from mnist_lesson.handwriting.borrowed import borrowed_hand
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.likeness import DOUBT, is_like_a_digit, likeness
from mnist_lesson.handwriting.number import read_number
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.load import ImagesAndLabels, split
from mnist_lesson.widgets.drawing_pad import DrawingPad

COUNT = 20


def on_the_pad(shape: Callable[[photos.Chance], photos.Strokes], seed: int) -> list[list[float]]:
    """Draw a shape as strokes of the pad, which has 280 units for 400 pixels."""
    chance = np.random.default_rng([seed, 31])
    return [(0.7 * stroke).ravel().tolist() for stroke in photos.shaken(chance, shape(chance))]


@pytest.mark.parametrize("kind", photos.SHAPES)
def test_a_shape_is_doubted(kind: str) -> None:
    drawings = [on_the_pad(photos.SHAPES[kind], seed) for seed in range(COUNT)]
    pictures = [center_drawing(draw_strokes(strokes)) for strokes in drawings]
    doubted = sum(not is_like_a_digit(picture) for picture in pictures)
    # A wave that leaves its axis is much like a 2 or a 6.
    least = 0.7 if kind == "axes and curves" else 0.9
    assert doubted >= least * COUNT


def test_digits_are_not_doubted(digits: ImagesAndLabels) -> None:
    """Held-out digits of MNIST, on which the level was set; test digits; digits drawn by rule."""
    (images, labels), (test_images, _) = digits
    assert (likeness(images[split(labels)[1]]) < 0).mean() < 0.012
    assert (likeness(test_images) < 0).mean() < 0.025
    drawn = [
        center_drawing(
            (255 * photos.digit_ink(np.random.default_rng(n), n % 10, pen=20)).astype("uint8")
        )
        for n in range(60)
    ]
    assert (likeness(np.array(drawn)) < 0).mean() < 0.05
    assert np.mean([likeness(borrowed_hand(seed=day)[0]) < 0 for day in range(10)]) < 0.1


def test_the_doubt_is_said_on_the_pad_and_the_reading_stays(workspace) -> None:
    pad = DrawingPad()
    pad.pad.strokes = SEVEN
    assert DOUBT not in pad.answer.value
    pad.steps["fit"].value = False  # what the network gets looks odd now, but it is a seven
    assert DOUBT not in pad.answer.value
    pad.pad.strokes = on_the_pad(photos.SHAPES["hearts"], 1)
    assert DOUBT in pad.answer.value
    assert "if it has to be one" in pad.answer.value


def test_a_number_says_which_of_its_digits_may_be_none() -> None:
    heart = on_the_pad(photos.SHAPES["hearts"], 1)
    assert DOUBT in read_number(heart).sentence
    half = [(np.reshape(stroke, (-1, 2)) / 2 + (130, 70)).ravel().tolist() for stroke in heart]
    one = [[60, 70, 60, 210]]
    assert "may not be a digit" in read_number([*one, *half]).sentence
