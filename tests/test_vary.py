"""Random changes leave a digit a digit, and move it by no more than was said."""

import itertools

import numpy as np
import pytest

from mnist_lesson import to_input
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.training import augment as vary


@pytest.fixture(scope="module")
def x(digits: ImagesAndLabels) -> np.ndarray:
    return to_input(digits[0][0][:200])


def center(picture: np.ndarray) -> np.ndarray:
    rows, columns = np.indices(picture.shape)
    return np.array([(rows * picture).sum(), (columns * picture).sum()]) / picture.sum()


def test_the_same_chance_gives_the_same_pictures_and_the_input_stays(x: np.ndarray) -> None:
    before = x.copy()
    first, again = (vary.vary(x, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(x, before)
    assert first.dtype == np.float32
    assert first.shape == x.shape
    assert first.min() >= 0
    assert first.max() <= 1
    assert not np.array_equal(first, vary.vary(x, np.random.default_rng(4)))


def test_each_picture_is_changed_in_its_own_way_but_none_beyond_recognition(x: np.ndarray) -> None:
    same = np.repeat(x[:1], 100, axis=0)
    varied = vary.vary(same, np.random.default_rng(0))[..., 0]
    assert len({picture.tobytes() for picture in varied}) == 100
    moved = np.array([center(picture) - center(x[0, ..., 0]) for picture in varied])
    # A shift of 1, and what turning and slanting about the middle add.
    assert np.abs(moved).max() < 4
    assert np.abs(moved.mean(axis=0)).max() < 0.5  # to all sides alike
    ink = varied.sum(axis=(1, 2)) / x[0].sum()
    assert 0.5 < ink.min() < 0.9 < 1.1 < ink.max() < 2  # thinner and thicker


def test_a_shift_moves_whole_pixels_to_all_sides_and_no_further(x: np.ndarray) -> None:
    dot = np.zeros((1000, 28, 28, 1), np.float32)
    dot[:, 10, 20] = 0.7
    moved = vary.shift_each(dot, 2, np.random.default_rng(0))
    _, rows, columns, _ = np.nonzero(moved)
    assert len(rows) == 1000
    assert {*zip(rows, columns, strict=True)} == {*itertools.product(range(8, 13), range(18, 23))}
    assert moved.dtype == np.float32
    assert moved.max() == dot[0, 10, 20, 0] == np.float32(0.7)
    np.testing.assert_array_equal(vary.shift_each(x, 0, np.random.default_rng(0)), x)
    # What is shifted out is gone, and paper comes in.
    left = vary.shift_each(np.ones((50, 28, 28, 1), "f4"), 4, np.random.default_rng(1)).sum(
        (1, 2, 3)
    )
    assert set(left) <= {(28 - a) * (28 - b) for a in range(5) for b in range(5)}
    assert left.sum() < 50 * 28 * 28


def test_a_turn_goes_as_far_as_it_says_and_does_nothing_else(x: np.ndarray, monkeypatch) -> None:
    """A dot to the right of the middle, turned by a quarter, stands above or below it."""
    still = {"TURN": 0, "SIZE": (1, 1), "SLANT": 0, "SHIFT": 0, "WIDTH": (0, 0)}
    for name, value in still.items():
        monkeypatch.setattr(vary, name, value)
    np.testing.assert_allclose(vary.vary(x, np.random.default_rng(0)), x, atol=1e-6)

    class Quarter:
        def uniform(self, low: float, high: float, size: object = None) -> np.ndarray:
            return np.full(size or (), high)

    monkeypatch.setattr(vary, "TURN", 90)
    dot = np.zeros((1, 28, 28, 1), np.float32)
    dot[0, 13:15, 20:22] = 1
    row, column = center(vary.vary(dot, Quarter())[0, ..., 0])
    assert column == pytest.approx(13.5, abs=0.1)
    assert abs(row - 13.5) == pytest.approx(7, abs=0.1)
