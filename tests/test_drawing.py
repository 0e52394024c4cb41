"""However a digit is drawn, where and how large: the network sees the same picture."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from photos import DIGITS, Strokes, line
from PIL import Image, ImageDraw
from samples import practised, read_digit
from scipy import ndimage

from mnist_lesson import to_input
from mnist_lesson.handwriting.center import LARGEST_SIDE, center_drawing, drawing_steps
from mnist_lesson.load import ImagesAndLabels

MIDDLE, SHEET = (0.5, 0.5), (280, 280)


def draw(strokes: Strokes, *, height, pen, at=MIDDLE, sheet=SHEET, square=False) -> np.ndarray:
    """Draw with a pen; `height` and `pen` in pixels, with the ink; `at`: 0..1 of the free room."""
    finer = max(2, int(8 // pen))
    points = np.concatenate(strokes)
    low, size = points.min(0), np.ptp(points, axis=0)
    scale = (height - pen) / size.max()
    room = np.array(sheet[::-1]) - size * scale - pen
    canvas = Image.new("L", (sheet[1] * finer, sheet[0] * finer))
    ink, half = ImageDraw.Draw(canvas), pen * finer / 2
    stamp = ink.rectangle if square else ink.ellipse
    for stroke in strokes:
        path = ((stroke - low) * scale + pen / 2 + np.array(at) * room) * finer
        steps = np.linspace(0, len(path) - 1, 1 + int(len(path) * max(height * finer / 30, 40)))
        along = [np.interp(steps, np.arange(len(path)), side) for side in path.T]
        for x, y in zip(*along, strict=True):
            stamp((x - half, y - half, x + half, y + half), fill=255)
    return np.asarray(canvas.reduce(finer))


def alike(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one.ravel().astype(float), other.ravel().astype(float))[0, 1])


@st.composite
def hands(draw_value: st.DrawFn) -> tuple[int, Strokes, dict[str, Any]]:
    """Choose a digit, slanted and bent a little as a hand does, and a way to draw it."""
    digit = draw_value(st.integers(0, 9))
    slant, stretch = draw_value(st.floats(-0.2, 0.2)), draw_value(st.floats(0.8, 1.2))
    strokes = [
        np.stack([stretch * s[:, 0] - slant * s[:, 1], s[:, 1]], axis=1) for s in DIGITS[digit]
    ]
    height = draw_value(st.floats(28, 275))
    pen = height * draw_value(st.floats(1 / 25, 1 / 8))
    at = (draw_value(st.floats(0, 1)), draw_value(st.floats(0, 1)))
    return digit, strokes, {"height": height, "pen": pen, "at": at}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(hands())
def test_moved_scaled_or_thickened_it_is_the_same_digit(hand) -> None:
    digit, strokes, way = hand
    usual = center_drawing(draw(strokes, height=200, pen=16))
    other = center_drawing(draw(strokes, **way))
    assert alike(usual, other) >= 0.9
    assert read_digit(other) == read_digit(usual) == digit


@pytest.mark.parametrize("digit", DIGITS)
def test_other_pens_sheets_and_brightness(digit: int) -> None:
    strokes = DIGITS[digit]
    usual = center_drawing(draw(strokes, height=200, pen=16))
    jagged = draw(strokes, height=150, pen=9) > 127
    others = {
        "a square pen": draw(strokes, height=200, pen=12, square=True),
        "a broad brush": draw(strokes, height=220, pen=40),
        "a wide sheet": draw(strokes, height=150, pen=12, sheet=(200, 900), at=(0.9, 0.1)),
        "a large sheet": draw(strokes, height=900, pen=60, sheet=(1500, 1200)),
        "a faint pencil": draw(strokes, height=200, pen=10) // 5,
        "no smooth edges": 255 * jagged.astype(np.uint8),
    }
    for name, other in others.items():
        assert alike(usual, center_drawing(other)) >= (0.75 if "brush" in name else 0.9), name
        assert read_digit(center_drawing(other)) == digit, name


def test_dust_and_a_faint_end_do_no_harm() -> None:
    clean = draw(DIGITS[2], height=150, pen=12)
    dusty = clean.copy()
    dusty[2:5, 3:6] = 255
    dusty[270:272, 100] = 200
    assert np.array_equal(center_drawing(clean), center_drawing(dusty))
    fading = (clean * np.linspace(1, 0.4, 280)).astype(np.uint8)
    assert alike(center_drawing(clean), center_drawing(fading)) > 0.9
    assert read_digit(center_drawing(fading)) == 2


def test_ink_along_the_edge_and_full_sheets() -> None:
    frame = np.pad(np.zeros((256, 256), np.uint8), 12, constant_values=255)
    framed = center_drawing(frame)
    assert framed[14, 14] == 0
    assert (framed[14] > 127).sum() in (4, 5, 6)
    assert center_drawing(np.full((50, 50), 255, np.uint8)).any()


def test_mnist_itself_comes_out_as_it_went_in(digits: ImagesAndLabels) -> None:
    """It is MNIST's own size, place, stroke and amount of ink that drawings are brought to."""
    images, labels = (array[::400] for array in digits[0])
    pictures = np.stack([center_drawing(digit) for digit in images])
    assert pictures.mean() == pytest.approx(images.mean(), rel=0.05)
    assert (pictures.max((1, 2)) > 200).all()
    for axis in (1, 2):
        theirs, ours = ((array > 127).any(axis).sum(1) for array in (images, pictures))
        assert np.median(ours) == np.median(theirs)
    centres = np.array([ndimage.center_of_mass(picture) for picture in pictures])
    assert np.abs(centres - 14).max() < 0.6
    assert np.median([alike(a, b) for a, b in zip(images, pictures, strict=True)]) > 0.9
    network = practised()
    right = [(network.predict(to_input(x)).argmax(1) == labels).mean() for x in (images, pictures)]
    assert right[1] >= right[0] - 0.02


def test_the_digit_fits_into_20_by_20_with_its_proportions() -> None:
    for digit, strokes in DIGITS.items():
        for pen in (8, 16, 24):
            ink = center_drawing(draw(strokes, height=200, pen=pen)) > 127
            sides = ink.any(1).sum(), ink.any(0).sum()
            assert max(sides) in (19, 20, 21), digit
    tall = center_drawing(draw([line((0, 0), (0, 1))], height=200, pen=16)) > 127
    assert tall.any(0).sum() in (2, 3)


@pytest.mark.parametrize("radius", [0, 1, 5, 40])
@pytest.mark.parametrize("at", [(140, 140), (3, 270), (0, 0)])
def test_a_dot_becomes_a_dot_in_the_middle(radius: int, at: tuple[int, int]) -> None:
    rows, columns = np.mgrid[:280, :280]
    sheet = (255 * ((rows - at[0]) ** 2 + (columns - at[1]) ** 2 <= radius**2)).astype(np.uint8)
    picture = center_drawing(sheet)
    np.testing.assert_allclose(ndimage.center_of_mass(picture), (14, 14), atol=0.1)
    assert 2 < picture.sum(dtype=float) / 255 < 8


def test_what_the_switches_leave_out() -> None:
    sheet = draw(DIGITS[7], height=70, pen=4, at=(0.9, 0.1))
    squashed = center_drawing(sheet, fit=False, center=False, stroke=False)
    assert alike(squashed, np.asarray(Image.fromarray(sheet).reduce(10))) > 0.98
    rows, columns = np.nonzero(squashed > 60)
    assert rows.max() < 12
    assert columns.min() > 16
    unplaced = center_drawing(sheet, center=False)
    assert (unplaced > 127).any(1).sum() in (19, 20, 21)
    assert ndimage.center_of_mass(unplaced)[1] > 15
    assert unplaced.sum() == pytest.approx(center_drawing(sheet).sum(), rel=0.01)
    small = center_drawing(sheet, fit=False, stroke=False)
    np.testing.assert_allclose(ndimage.center_of_mass(small), (14, 14), atol=0.1)
    assert (small > 60).any(1).sum() < 9
    thin = center_drawing(sheet, stroke=False)
    assert thin.sum() < 0.7 * center_drawing(sheet).sum()


@pytest.mark.parametrize("on", list(itertools.product((True, False), repeat=3)))
def test_the_steps_lead_to_the_picture(on: tuple[bool, bool, bool]) -> None:
    sheet = draw(DIGITS[4], height=90, pen=9, at=(0.2, 0.8))
    switches = dict(zip(("fit", "center", "stroke"), on, strict=True))
    names, pictures = zip(*drawing_steps(sheet, **switches), strict=True)
    assert names == ("your drawing", "ink found", "stroke width", "fitted", "centred")
    assert all(picture.dtype == np.uint8 and picture.ndim == 2 for picture in pictures)
    assert np.array_equal(pictures[0], sheet)
    assert np.array_equal(pictures[-1], center_drawing(sheet, **switches))
    assert pictures[-2].shape == (28, 28)
    assert np.array_equal(pictures[-2], pictures[-1]) != switches["center"]


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.uint8, array_shapes(min_dims=2, max_dims=2, max_side=40)),
    st.fixed_dictionaries(dict.fromkeys(("fit", "center", "stroke"), st.booleans())),
)
@example(np.zeros((3, 4000), np.uint8), {"fit": True, "center": True, "stroke": True})
@example(
    np.zeros((LARGEST_SIDE, LARGEST_SIDE), np.uint8), {"fit": True, "center": True, "stroke": True}
)
def test_any_sheet_gives_a_picture(sheet: np.ndarray, switches: dict[str, bool]) -> None:
    before = sheet.copy()
    picture = center_drawing(sheet, **switches)
    assert picture.dtype == np.uint8
    assert picture.shape == (28, 28)
    assert sheet.any() or not picture.any()
    if switches["fit"]:  # fitted, even a single pixel becomes a dot
        assert picture.any() == sheet.any()
    assert np.array_equal(sheet, before)
    assert np.array_equal(picture, center_drawing(np.asfortranarray(sheet), **switches))
