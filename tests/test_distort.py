"""Each way to make digits harder to read does what it says, and at its neutral value nothing."""

from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.mistakes import distortions as distort


@pytest.fixture(scope="module")
def images(digits: ImagesAndLabels) -> np.ndarray:
    return digits[0][0][:50]


def ink(images: np.ndarray) -> float:
    return float(images.sum(dtype=float))


# What changes nothing, what changes much, and what is out of range.
WAYS: dict[str, tuple[tuple[Any, ...], ...]] = {
    "shift": ((0, 0), (3.5, -4), (29, 0)),
    "turn": ((0,), (-70,), (1000,)),
    "shrink": ((1,), (0.5,), (0,)),
    "thicken": ((0,), (3,), (float("nan"),)),
    "blur": ((0,), (2,), (-1,)),
    "noise": ((0,), (0.5,), (2,)),
    "cover": ((0,), (9,), (29,)),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_neutral_value_changes_nothing_and_another_each_digit_by_itself(name: str, images):
    change = getattr(distort, name)
    neutral, much, _ = WAYS[name]
    before = images.copy()
    assert np.array_equal(change(images, *neutral), images)
    strong = change(images, *much)
    assert strong.dtype == np.uint8
    assert strong.shape == images.shape
    assert (strong != images).any(axis=(1, 2)).all()
    assert np.array_equal(images, before)
    assert np.array_equal(change(images[:1], *much)[0], strong[0])


def test_shift_right_and_down(images: np.ndarray) -> None:
    moved = distort.shift(images, 2, 3)
    assert np.array_equal(moved[:, 3:, 2:], images[:, :-3, :-2])
    assert not moved[:, :3].any()
    assert not distort.shift(images, 28, 0).any()


def test_turn_is_to_the_left_and_four_make_one_round(images: np.ndarray) -> None:
    assert np.array_equal(distort.turn(images, 90), np.rot90(images, axes=(1, 2)))
    assert np.array_equal(distort.turn(images, -180), images[:, ::-1, ::-1])


def test_shrink_keeps_the_middle_and_the_proportions(images: np.ndarray) -> None:
    block = np.zeros((1, 28, 28), np.uint8)
    block[:, 4:24, 8:20] = 255
    small = distort.shrink(block, 0.5)[0]
    np.testing.assert_allclose(ndimage.center_of_mass(small), (13.5, 13.5), atol=0.01)
    assert (small > 127).any(axis=1).sum() == 10
    assert (small > 127).any(axis=0).sum() == 6
    assert ink(small) == pytest.approx(ink(block) / 4, rel=0.05)
    assert ink(distort.shrink(images, 2)) > 2 * ink(images)


def test_thicken_by_so_many_pixels() -> None:
    line = np.zeros((1, 28, 28), np.uint8)
    line[:, 4:24, 12:15] = 200
    thick = [(distort.thicken(line, n)[0, 14] > 100).sum() for n in (-2, 0, 2, 4, 6)]
    assert thick == [1, 3, 5, 7, 9]
    widths = [ink(distort.thicken(line, n)[:, 14]) / 200 for n in (-1, 1, 3)]
    assert widths == pytest.approx([2, 4, 6])


def test_blur_keeps_the_ink(images: np.ndarray) -> None:
    blurred = distort.blur(images, 1)
    assert ink(blurred) == pytest.approx(ink(images), rel=0.01)
    assert blurred.max() < images.max()


def test_noise_is_of_the_share_asked_for_and_the_same_each_time(images: np.ndarray) -> None:
    weak, strong = distort.noise(images, 0.2), distort.noise(images, 0.6)
    assert (weak != images).mean() == pytest.approx(0.2, abs=0.01)
    assert (strong != images).mean() == pytest.approx(0.6, abs=0.01)
    assert np.array_equal(weak[weak != images], strong[weak != images])
    assert np.array_equal(weak, distort.noise(images, 0.2))


def test_cover_is_a_square_in_the_middle() -> None:
    full = np.full((1, 28, 28), 9, np.uint8)
    for side in range(2, 29, 2):
        holes = np.argwhere(distort.cover(full, side)[0] == 0)
        assert len(holes) == side**2
        assert holes.min(0).tolist() == [14 - side // 2] * 2
        assert holes.max(0).tolist() == [13 + side // 2] * 2


@pytest.mark.parametrize("name", WAYS)
def test_values_out_of_range_are_refused_in_words(name: str, images: np.ndarray) -> None:
    change = getattr(distort, name)
    neutral, _, outside = WAYS[name]
    with pytest.raises(ValueError, match="must be from"):
        change(images, *outside)
    with pytest.raises(TypeError, match="number is needed"):
        change(images, *("3" for _ in outside))
    with pytest.raises(TypeError, match="0 to 255"):
        change(images / 255, *neutral)
