"""07 · Test: how a network reads each test digit, piece by piece, and where its mistakes are."""

import threading
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.load import load_data
from mnist_lesson.network.saved import current_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, describe
from mnist_lesson.test import Prediction, count_confusions

PIECE = 1000  # digits; they take half a second


@lru_cache(maxsize=1)
def sealed_digits() -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the 10,000 test images and their labels, loaded once for all panels, read-only."""
    images, labels = load_data()[1]
    # All panels share these arrays: if one changed them, they'd all show it.
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


class Readings:
    """The ten probabilities of each test digit; `whose` network has read `count` of them so far."""

    def __init__(self, network: Twin, chances: NDArray[np.float32] | None = None) -> None:
        self.network, self.whose = network, network.name
        self.images, self.labels = sealed_digits()
        self.count = 0 if chances is None else len(chances)
        if chances is None:
            chances = np.zeros((len(self.labels), CLASSES), np.float32)
        # Twenty answers are enough to tell whether it's this network's prediction.
        elif not np.allclose(network.predict(self._inputs(slice(20))), chances[:20], atol=1e-3):
            self.whose = "the network whose prediction you gave"
        self.chances = chances
        self._lock = threading.Lock()

    @property
    def done(self) -> bool:
        """Whether all digits have been read."""
        return self.count == len(self.labels)

    def go_on(self) -> None:
        """Read the next piece. Two threads may take turns at it."""
        with self._lock:
            piece = slice(self.count, self.count + PIECE)
            if not self.done:
                self.chances[piece] = self.network.predict(self._inputs(piece))
                self.count = min(piece.stop, len(self.labels))

    def finish(self) -> None:
        """Read all that's left."""
        while not self.done:
            self.go_on()

    def _inputs(self, piece: slice) -> NDArray[np.float32]:
        return to_input(self.images[piece])

    def confusion(self) -> NDArray[np.int64]:
        """Count what's been taken for what so far: row = the true digit, column = the answer."""
        read = self.chances[: self.count].argmax(axis=1)
        return count_confusions(self.labels[: self.count], read)

    def cell(self, truth: int, answer: int) -> NDArray[np.int64]:
        """Return the places of the digits `truth` that were read as `answer`, the strangest first.

        Those are mistakes that the network was sure of, and right answers that it wasn't.
        """
        count = self.count  # once: another thread may read on meanwhile
        chances = self.chances[:count]
        places = np.flatnonzero((self.labels[:count] == truth) & (chances.argmax(axis=1) == answer))
        sure = chances[places, answer]
        return places[np.argsort(sure if truth == answer else -sure, kind="stable")]

    def about(self, truth: int, answer: int) -> str:
        """Say what a cell counts."""
        count = len(self.cell(truth, answer))
        times = f"{truth}, read as {answer}: {count} time{'s' * (count != 1)}."
        if not count:
            return f"{times} Choose another number."
        first = "least sure answers" if truth == answer else "surest mistakes"
        return f"{times} The {first} come first."

    def worst(self) -> tuple[int, int]:
        """Return the most frequent mistake, as (true digit, answer)."""
        # Without the diagonal, only mistakes are left.
        slips = np.where(np.eye(CLASSES, dtype=bool), 0, self.confusion())
        row, column = np.unravel_index(slips.argmax(), slips.shape)
        return (int(row), int(column)) if slips.any() else (4, 9)  # a likely one


_LAST: dict[str, Readings] = {}


def readings_of(prediction: Prediction | None = None) -> Readings:
    """Return the readings in `prediction`; without it, your own network's, shared by all panels.

    If you haven't trained one, they're the plain network's. Raises ValueError if `prediction` isn't
    what `predict()` gives for the 10,000 test digits.
    """
    if prediction is not None:
        count = len(sealed_digits()[1])
        if not isinstance(prediction, Prediction) or len(prediction.labels) != count:
            raise ValueError(
                f"prediction came as {describe(prediction)}, but that of all 10,000 test digits "
                "is needed. Type predict(network, to_input(x_test))."
            )
        return Readings(current_network(), prediction.probabilities)
    network = current_network()
    if network.digest not in _LAST:
        _LAST.clear()  # keep one network, not every one you've ever trained
        _LAST[network.digest] = Readings(network)
    return _LAST[network.digest]
