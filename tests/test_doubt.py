"""Thresholds, and pictures that are no digits."""

import numpy as np
import pytest

from mnist_lesson.handwriting.unsure import strangers, with_threshold

# How sure, and of what: three digits 0, and a 1 that is taken for a 0.
CHANCES = np.array([[0.9, 0.1], [0.6, 0.4], [0.5, 0.5], [0.8, 0.2]])
CHANCES = np.hstack([CHANCES, np.zeros((4, 8))])
TRUTH = np.array([0, 0, 0, 1])


@pytest.mark.parametrize(
    ("threshold", "answered", "right"), [(0, 4, 3), (0.6, 3, 2), (0.85, 1, 1), (0.95, 0, 0)]
)
def test_the_threshold(threshold, answered, right) -> None:
    doubt = with_threshold(CHANCES, TRUTH, threshold)
    assert (doubt.answered, doubt.right, doubt.count) == (answered, right, 4)
    assert np.isnan(doubt.accuracy) == (answered == 0)  # no answer is neither right nor wrong


@pytest.mark.parametrize("kind", ["letters", "scribbles", "blank paper", "noise"])
def test_strangers_are_pictures_and_always_the_same(kind) -> None:
    pictures = strangers(kind)
    assert (pictures.shape, pictures.dtype) == ((20, 28, 28), np.uint8)
    assert pictures.any() == (kind != "blank paper")
    np.testing.assert_array_equal(pictures, strangers(kind))
