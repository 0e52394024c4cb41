"""Pictures become what the network takes in."""

import numpy as np
import pytest

from mnist_lesson import to_input


def test_each_number_is_divided_by_255_and_the_pictures_given_stay(digits) -> None:
    """One picture becomes a batch of one."""
    images = digits[0][0][:100].copy()
    x = to_input(images)
    assert (x.shape, x.dtype) == ((100, 28, 28, 1), np.float32)
    assert (x.min(), x.max()) == (0, 1)
    np.testing.assert_allclose(x[..., 0] * 255, images, rtol=1e-6)
    np.testing.assert_array_equal(images, digits[0][0][:100])
    np.testing.assert_array_equal(to_input(images[0]), x[:1])


def test_what_does_not_fit_is_refused_in_words() -> None:
    """All that is checked stands in test_checks."""
    with pytest.raises(TypeError, match="leave to_input"):
        to_input(np.zeros((5, 28, 28)))
