"""Labels to vectors and back."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lesson.one_hot import from_one_hot, one_hot
from mnist_lesson.shared.quiet_keras import import_keras


def test_five_is_one_at_the_place_of_five() -> None:
    assert one_hot([5]).tolist() == [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0]]


def test_it_is_what_keras_gives(digits) -> None:
    labels = digits[0][1]
    theirs = import_keras().utils.to_categorical(labels, 10)
    ours = one_hot(labels)
    assert ours.shape == theirs.shape
    np.testing.assert_array_equal(ours, theirs)


def test_there_and_back(digits) -> None:
    np.testing.assert_array_equal(from_one_hot(one_hot(digits[0][1])), digits[0][1])


def test_back_from_probabilities() -> None:
    assert from_one_hot([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0]]).tolist() == [1, 0]


@pytest.mark.parametrize(("labels", "words"), [([10], "0 to 9"), (np.eye(10), "from_one_hot")])
def test_labels_that_do_not_fit(labels, words) -> None:
    """All that is checked stands in test_checks."""
    with pytest.raises(ValueError, match=words):
        one_hot(labels)


@pytest.mark.parametrize(
    ("classes", "error"), [(1, ValueError), (11, ValueError), ("10", TypeError), (True, TypeError)]
)
def test_num_classes_that_do_not_fit(classes, error) -> None:
    with pytest.raises(error, match="num_classes"):
        one_hot([0], classes)


def test_a_label_without_a_place() -> None:
    with pytest.raises(ValueError, match="from 0 to 2"):
        one_hot([3], 3)


@pytest.mark.parametrize(
    ("vectors", "error", "words"),
    [
        ([0, 1], ValueError, r"\[vector\]"),
        (np.zeros((0, 10)), ValueError, r"\(n, 10\)"),
        ([[np.nan, 1]], ValueError, "NaN"),
        ("5", TypeError, "table of numbers"),
        ([["a", "b"]], TypeError, "table of numbers"),
        ([[1, 0], [1]], ValueError, "different lengths"),
    ],
)
def test_vectors_that_do_not_fit(vectors, error, words) -> None:
    with pytest.raises(error, match=words):
        from_one_hot(vectors)
