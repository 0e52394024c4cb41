"""06 · Train: a run that was recorded, to be watched again: whose it is, and what it says in words and tables."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.saved import ASSETS, ModelFileError, check_digest
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.training.history import History
from mnist_lesson.training.replay import Replay, load_replay

LARGEST = 50_000_000  # bytes, unpacked; a recording takes about 2 million


@dataclass(frozen=True)
class Recording:
    """A run that can be watched again: `whose` it is, in words; its `replay`; its `history`, epoch by epoch."""

    whose: str
    replay: Replay
    history: History

    @cached_property
    def most_changed_first(self) -> NDArray[np.int64]:
        """The places of the held-out digits: first the one about which the network changed its opinion most."""
        opinions = np.array(self.replay.opinions, np.float64)
        return np.argsort(-np.abs(np.diff(opinions, axis=0)).sum(axis=(0, 2)), kind="stable")

    def verdict(self, step: int, place: int) -> str:
        """Say how good the network was after the epoch number `step` (from 0), and what it made of one digit."""
        replay = self.replay
        table, chances, truth = (
            replay.confusions[step],
            replay.opinions[step][place],
            int(replay.labels[place]),
        )
        slips = np.where(np.eye(CLASSES, dtype=bool), 0, table)
        row, column = np.unravel_index(slips.argmax(), slips.shape)
        often = f": most often {row} as {column}, {slips.max()} times" if slips.any() else ""
        read = int(chances.argmax())
        end = "right" if read == truth else f"wrong; {truth} gets {chances[truth]:.1%}"
        return (
            f"After epoch {replay.epochs[step]:g} of {replay.epochs[-1]:g} the network reads "
            f"{table.trace() / table.sum():.2%} of {table.sum():,} held-out digits correctly and misreads "
            f"{slips.sum()}{often}. The chosen digit, truly {truth}, is read as {read} with {chances[read]:.1%}: {end}."
        )

    def course(self, place: int) -> NDArray[np.float64]:
        """Return the probabilities of one digit, shape (epochs, 10)."""
        return np.array([opinions[place] for opinions in self.replay.opinions], np.float64)

    def numbers(self, step: int, place: int) -> list[tuple[str, list[str], list[list[str]]]]:
        """Return what the panel draws as tables: a caption, a header and rows for each."""
        digits = [str(digit) for digit in range(CLASSES)]
        course = [
            [f"{epoch:g}", *(f"{p:.1%}" for p in row)]
            for epoch, row in zip(self.replay.epochs, self.course(place), strict=True)
        ]
        slips = [
            [digit, *map(str, row)]
            for digit, row in zip(digits, self.replay.confusions[step], strict=True)
        ]
        curves = [
            [f"{number:.4g}" for number in row] for row in zip(*self.history.values(), strict=True)
        ]
        return [
            (
                "The chosen digit: the probability of each answer, epoch by epoch",
                ["epoch", *digits],
                course,
            ),
            (
                "All held-out digits after this epoch: how often each was read as …",
                ["true digit", *digits],
                slips,
            ),
            ("The curves", [*self.history], curves),
        ]


def load_recording(name: str = "model") -> Recording:
    """Load the recording of your own run `name` if there is one, else that of the ready-trained network's run.

    Raises
    ------
    ModelFileError
        A file of the recording is damaged. The other one never takes its place in silence.
    """
    folder = run_folder(name)
    if (folder / "replay.npz").exists():
        return _read(folder / "replay.npz", folder / "run.json", "your own run")
    check_digest(ASSETS / "ready_replay.npz")
    whose = "the run of the ready-trained network (you have not trained your own yet: that is notebook 06)"
    return _read(ASSETS / "ready_replay.npz", ASSETS / "ready.json", whose)


def _read(file: Path, facts: Path, whose: str) -> Recording:
    try:
        with zipfile.ZipFile(file) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise ValueError("it would unpack to too much")
        recording = Recording(whose, load_replay(file), json.loads(facts.read_bytes())["history"])
        _check(recording)
    except Exception as error:  # a damaged or foreign file can set off any
        reason = str(error) if isinstance(error, ValueError) else type(error).__name__
        raise ModelFileError(
            f"{file} holds no recording of a run ({reason}). Delete it, and train again in notebook 06."
        ) from error
    return recording


def _check(recording: Recording) -> None:
    replay, epochs = recording.replay, len(recording.replay.epochs)
    digits = len(replay.labels)
    shapes = {
        replay.images.shape,
        np.shape(replay.opinions),
        np.shape(replay.confusions),
        np.shape(replay.filters)[:1],
    }
    wanted = {(digits, 28, 28), (epochs, digits, CLASSES), (epochs, CLASSES, CLASSES), (epochs,)}
    if shapes != wanted or not digits or not epochs:
        raise ValueError("its arrays do not belong together")
    if recording.history["epoch"][-1] != replay.epochs[-1]:
        raise ValueError("it ends after another epoch than the history in run.json")
