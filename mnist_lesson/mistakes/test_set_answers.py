"""07 · Test: how a network read each test digit, and where its mistakes are."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.load import load_data
from mnist_lesson.network.saved import current_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, describe
from mnist_lesson.test import Prediction, count_confusions


@lru_cache(maxsize=1)
def sealed_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the 10,000 test images and their labels, loaded once for all panels, read-only."""
    images, labels = load_data()[1]
    # All panels share these arrays: if one changed them, they'd all show it.
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


class Readings:
    """What `whose` network read in each test digit, and how probable it found each answer.

    Raises ValueError if `prediction` isn't what `predict()` gives for the 10,000 test digits.
    """

    def __init__(self, prediction: Any) -> None:
        self.images, self.labels = sealed_digits()
        count = len(self.labels)
        if not isinstance(prediction, Prediction) or len(prediction.labels) != count:
            raise ValueError(
                f"prediction came as {describe(prediction)}, but that of all 10,000 test digits "
                "is needed. Type predict(network, to_input(x_test))."
            )
        self.read = prediction.labels
        self.probabilities = prediction.probabilities
        self.confusion = count_confusions(self.labels, self.read)
        # Twenty answers are enough to tell whether it's this network's prediction.
        network = current_network()
        answers = network.predict(to_input(self.images[:20]))
        is_its = np.allclose(answers, self.probabilities[:20], atol=1e-3)
        self.whose = network.name if is_its else "the network whose prediction you gave"

    def cell(self, truth: int, answer: int) -> NDArray[np.int64]:
        """Return the places of the digits `truth` that were read as `answer`, the strangest first.

        Those are mistakes that the network was sure of, and right answers that it wasn't.
        """
        places = np.flatnonzero((self.labels == truth) & (self.read == answer))
        sure = self.probabilities[places, answer]
        return places[np.argsort(sure if truth == answer else -sure, kind="stable")]

    def about(self, truth: int, answer: int) -> str:
        """Say what a cell counts."""
        count = int(self.confusion[truth, answer])
        times = f"{truth}, read as {answer}: {count} time{'s' * (count != 1)}."
        if not count:
            return f"{times} Choose another number."
        first = "least sure answers" if truth == answer else "surest mistakes"
        return f"{times} The {first} come first."

    def worst(self) -> tuple[int, int]:
        """Return the most frequent mistake, as (true digit, answer)."""
        # Without the diagonal, only mistakes are left.
        slips = np.where(np.eye(CLASSES, dtype=bool), 0, self.confusion)
        row, column = np.unravel_index(slips.argmax(), slips.shape)
        return (int(row), int(column)) if slips.any() else (4, 9)  # a likely one
