"""Pictures become what the network takes in."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lesson import to_input


def test_shape_dtype_and_range(digits) -> None:
    x = to_input(digits[0][0][:100])
    assert (x.shape, x.dtype) == ((100, 28, 28, 1), np.float32)
    assert (x.min(), x.max()) == (0, 1)


def test_each_number_is_divided_by_255(digits) -> None:
    images = digits[0][0][:5]
    np.testing.assert_allclose(to_input(images)[..., 0] * 255, images, rtol=1e-6)


def test_the_pictures_given_are_not_changed() -> None:
    images = np.full((2, 28, 28), 255, np.uint8)
    to_input(images)
    assert images.min() == 255


def test_one_picture_becomes_a_batch_of_one() -> None:
    assert to_input(np.zeros((28, 28), np.uint8)).shape == (1, 28, 28, 1)


def test_what_does_not_fit_is_refused_in_words() -> None:
    """All that is checked stands in test_checks."""
    with pytest.raises(TypeError, match="leave to_input"):
        to_input(np.zeros((5, 28, 28)))
