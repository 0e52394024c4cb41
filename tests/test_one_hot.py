"""Labels to vectors and back."""

import numpy as np

from mnist_lesson.one_hot import from_one_hot, one_hot
from mnist_lesson.shared.quiet_keras import import_keras


def test_it_is_what_keras_gives_there_and_back(digits) -> None:
    labels = digits[0][1]
    ours = one_hot(labels)
    np.testing.assert_array_equal(ours, import_keras().utils.to_categorical(labels, 10))
    np.testing.assert_array_equal(from_one_hot(ours), labels)
    assert one_hot([5]).tolist() == [[0, 0, 0, 0, 0, 1, 0, 0, 0, 0]]
    assert from_one_hot([[0.1, 0.7, 0.2], [0.5, 0.5, 0.0]]).tolist() == [1, 0]  # probabilities, too
