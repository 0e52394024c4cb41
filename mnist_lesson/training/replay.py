"""06 · Train: notes taken while a network learns, so you can watch its training again."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.saved import ASSETS, ModelFileError, check_digest
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.words import a_digit
from mnist_lesson.shared.workspace import RunFolder, run_folder
from mnist_lesson.test import count_confusions
from mnist_lesson.training.history import COLUMNS, History, check_history

if TYPE_CHECKING:
    import keras

REPLAY_DIGITS = 1000  # how many validation digits we keep the network's opinion of
REPLAY_EPOCHS = 50  # and for how many epochs: past that, every second one is dropped
REPLAY_FILTERS = 32
MOST_BYTES = 20_000_000  # unpacked; a replay takes about 1 million


@dataclass
class Replay:
    """All it takes to watch a run again: at most 1 MB.

    images (d, 28, 28) uint8 and labels (d,) of at most 1,000 validation digits; and for each kept
    epoch the network's opinions of them (d, 10), its confusion (10, 10) on all validation digits
    and its first filters (k, k, f).
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    epochs: list[float]
    opinions: list[NDArray[np.float16]]
    confusions: list[NDArray[np.int32]]
    filters: list[NDArray[np.float16]]

    @classmethod
    def begin(cls, x_val: NDArray[np.float32], y_val: NDArray[np.int64]) -> Replay:
        """Start a replay on these validation digits."""
        # Back to whole numbers, 0 to 255: a quarter of the bytes.
        images = np.rint(x_val[:REPLAY_DIGITS, :, :, 0] * 255).astype(np.uint8)
        return cls(images, y_val[:REPLAY_DIGITS].astype(np.uint8), [], [], [], [])

    def add(
        self,
        model: keras.Model,
        epoch: float,
        probabilities: NDArray[np.float32],
        y_val: NDArray[np.int64],
    ) -> None:
        """Keep what the network makes of the validation digits after this epoch."""
        # The first weights with four axes are those of the first convolution.
        kernels = [w for layer in model.layers for w in layer.get_weights() if w.ndim == 4]
        first = kernels[0][:, :, 0, :REPLAY_FILTERS] if kernels else np.zeros((1, 1, 0))
        most = float(np.finfo(np.float16).max)  # beyond it, half precision knows only infinity
        self.epochs.append(epoch)
        self.opinions.append(probabilities[: len(self.labels)].astype(np.float16))
        table = count_confusions(y_val, probabilities.argmax(axis=1))
        self.confusions.append(table.astype(np.int32))
        self.filters.append(np.clip(first, -most, most).astype(np.float16))
        # The first and the last stay; every second one of the others goes.
        if len(self.epochs) > REPLAY_EPOCHS:
            for kept in (self.epochs, self.opinions, self.confusions, self.filters):
                del kept[-2:0:-2]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays, to be saved."""
        return {name: np.asarray(value) for name, value in vars(self).items()}

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> Replay:
        """Check what `arrays()` gave, and make it a replay again; raises ForeignError.

        Other arrays are left out: earlier versions kept more.
        """
        digits, epochs = (len(np.atleast_1d(arrays.get(n, 0))) for n in ("labels", "epochs"))
        shapes: dict[str, tuple[str, tuple[int | None, ...]]] = {
            "images": ("u", (digits, SIDE, SIDE)),
            "labels": ("u", (digits,)),
            "epochs": ("fi", (epochs,)),
            "opinions": ("f", (epochs, digits, CLASSES)),
            "confusions": ("i", (epochs, CLASSES, CLASSES)),
            "filters": ("f", (epochs, None, None, None)),
        }
        given = {
            name: foreign.check_array(arrays, name, kinds, shape)
            for name, (kinds, shape) in shapes.items()
        }
        # Each array is sound by itself. But do they make sense together?
        counts = given["confusions"]
        wrong = not digits or not epochs or given["labels"].max() >= CLASSES
        if wrong or counts.min() < 0 or counts.sum(axis=(1, 2)).min() < 1:
            raise ForeignError("its arrays do not belong together")
        # An array an epoch.
        rows = {name: list(given[name]) for name in ("opinions", "confusions", "filters")}
        return cls(**{**given, **rows, "epochs": given["epochs"].tolist()})


@dataclass(frozen=True)
class Recording:
    """A run you can watch again: `whose` it is, in words, its `replay` and its `history`."""

    whose: str
    replay: Replay
    history: History

    @cached_property
    def most_changed_first(self) -> NDArray[np.int64]:
        """The places of the held-out digits, those it changed its mind about most first."""
        # How far ten probabilities moved from epoch to epoch, added up over the whole run.
        opinions = np.array(self.replay.opinions, np.float64)
        return np.argsort(-np.abs(np.diff(opinions, axis=0)).sum(axis=(0, 2)), kind="stable")

    def verdict(self, step: int, place: int) -> str:
        """Say how good the network was after epoch `step` (from 0), and how it read one digit."""
        replay = self.replay
        table = replay.confusions[step]
        probabilities = replay.opinions[step][place]
        truth = int(replay.labels[place])
        # Without the diagonal, only mistakes are left in the table.
        slips = np.where(np.eye(CLASSES, dtype=bool), 0, table)
        row, column = np.unravel_index(slips.argmax(), slips.shape)
        often = f": most often {row} as {column}, {slips.max()} times" if slips.any() else ""
        read = int(probabilities.argmax())
        end = "right" if read == truth else f"wrong; {truth} gets {probabilities[truth]:.1%}"
        return (
            f"After epoch {replay.epochs[step]:g} of {replay.epochs[-1]:g} the network reads "
            f"{table.trace() / table.sum():.2%} of {table.sum():,} held-out digits correctly "
            f"and misreads {slips.sum()}{often}. The chosen digit is {a_digit(truth)}, "
            f"and is read as {read} with {probabilities[read]:.1%}: {end}."
        )

    def course(self, place: int) -> NDArray[np.float64]:
        """Return the probabilities of one digit, shape (epochs, 10)."""
        return np.array([opinions[place] for opinions in self.replay.opinions], np.float64)


def load_recording(name: str = "model") -> Recording:
    """Load the recording of your own run if there is one, else that of the plain network's run.

    Raises
    ------
    ModelFileError
        A file of the recording is damaged. The other one never quietly takes its place.
    """
    run = RunFolder(run_folder(name))
    if os.path.exists(run.replay):  # or closed to us
        return _read(run.replay, run.facts, "your own run")
    check_digest(ASSETS / "ready_replay.npz")
    whose = "the run of the plain network (you haven't trained your own yet: see page 06)"
    return _read(ASSETS / "ready_replay.npz", ASSETS / "ready.json", whose)


def _read(file: Path, facts_file: Path, whose: str) -> Recording:
    try:
        data = foreign.read_file(file, MOST_BYTES)
        replay = Replay.from_arrays(foreign.read_arrays(data, most=MOST_BYTES))
        facts = foreign.read_json(foreign.read_file(facts_file, 2_000_000))
        foreign.check(facts, foreign.fields({"history": check_history}, more=True))
        if facts["history"]["epoch"][-1] != replay.epochs[-1]:
            raise ForeignError("it ends after another epoch than the history in run.json")
    except (ForeignError, OSError) as error:
        reason = f"{error.strerror}" if isinstance(error, OSError) else str(error)
        raise ModelFileError(
            f"{file} holds no recording of a run ({reason}). Delete it, and train again on page 06."
        ) from error
    # In the order of the panel's columns, whatever the file's was.
    ordered = {name: facts["history"][name] for name in COLUMNS}
    return Recording(whose, replay, ordered)
