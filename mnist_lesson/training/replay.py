"""06 · Train: what is needed to watch a run again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras


REPLAY_DIGITS = 1000  # of how many validation digits the network's opinion is kept


REPLAY_EPOCHS = 50  # of how many epochs: from there on every second one is dropped, so that a replay stays small


REPLAY_FILTERS = 32


@dataclass
class Replay:
    """What is needed to watch a run again: at most 3 MB.

    images (d, 28, 28) uint8 and labels (d,) of at most 1,000 validation digits; for each kept epoch the network's
    opinions of them (d, 10), its confusion (10, 10) on all validation digits and its first filters (k, k, f); and
    the last reading of every validation digit, `read` (n,), beside `truth` (n,).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    truth: NDArray[np.uint8]
    read: NDArray[np.uint8]
    epochs: list[float]
    opinions: list[NDArray[np.float16]]
    confusions: list[NDArray[np.int32]]
    filters: list[NDArray[np.float16]]

    @classmethod
    def begin(cls, x_val: NDArray[np.float32], y_val: NDArray[np.int64]) -> Replay:
        """Start a replay on these validation digits."""
        images = np.rint(x_val[:REPLAY_DIGITS, :, :, 0] * 255).astype(np.uint8)
        truth = y_val.astype(np.uint8)
        return cls(images, truth[:REPLAY_DIGITS], truth, np.zeros(0, np.uint8), [], [], [], [])

    def add(self, model: keras.Model, epoch: float, probabilities: NDArray[np.float32]) -> None:
        """Keep what the network makes of the validation digits after this epoch."""
        self.read = probabilities.argmax(axis=1).astype(np.uint8)
        confusion = np.zeros((10, 10), np.int32)
        np.add.at(confusion, (self.truth, self.read), 1)
        kernels = [w for layer in model.layers for w in layer.get_weights() if w.ndim == 4]
        first = kernels[0][:, :, 0, :REPLAY_FILTERS] if kernels else np.zeros((1, 1, 0))
        self.epochs.append(epoch)
        self.opinions.append(probabilities[: len(self.labels)].astype(np.float16))
        self.confusions.append(confusion)
        self.filters.append(first.astype(np.float16))
        if len(self.epochs) > REPLAY_EPOCHS:
            for kept in (self.epochs, self.opinions, self.confusions, self.filters):
                del kept[-2:0:-2]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return {name: np.asarray(value) for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Replay:
        """Make a replay from what `arrays()` gave."""
        whole: dict[str, Any] = {
            name: arrays[name] for name in ("images", "labels", "truth", "read")
        }
        lists: dict[str, Any] = {
            name: list(arrays[name]) for name in ("opinions", "confusions", "filters")
        }
        return cls(**whole, **lists, epochs=arrays["epochs"].tolist())


def load_replay(file: Path) -> Replay:
    """Read a run's `replay.npz`."""
    with np.load(file, allow_pickle=False) as stored:
        return Replay.from_arrays({name: stored[name] for name in stored.files})
