"""08 · Your digits: ten digits of your own in a small file, and a folder of such files as a test set."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import check_strokes, draw_strokes
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.workspace import WorkspaceError, write_atomic
from mnist_lesson.test import predict, wilson_interval

KIND = "mnist_lesson digits"
LARGEST = 2_000_000  # bytes of one file; ten digits take about 10,000
MOST_FILES = 500
ENDING = ".digits.json"


class ClassFileError(Exception):
    """A file is not one of ten digits; the message says what it is, and how to go on."""


@dataclass(frozen=True)
class Writer:
    """One learner's digits: the strokes of each digit 0 to 9 that was drawn."""

    nickname: str
    strokes: dict[int, list[list[int]]]
    pen: int

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the digits as pictures (n, 28, 28) uint8, made like MNIST's, and their labels (n,)."""
        labels = sorted(self.strokes)
        pictures = [center_drawing(draw_strokes(self.strokes[digit], self.pen)) for digit in labels]
        return np.array(pictures, np.uint8).reshape(-1, 28, 28), np.array(labels, np.int64)


@dataclass(frozen=True)
class ClassScore:
    """How a network reads a class. `rows` are (nickname, right, count); `refused` tells which files were left out."""

    rows: list[tuple[str, int, int]]
    refused: list[str]

    @property
    def right(self) -> int:
        """How many digits are read correctly."""
        return sum(right for _, right, _ in self.rows)

    @property
    def count(self) -> int:
        """How many digits there are."""
        return sum(count for _, _, count in self.rows)

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % confidence interval of the accuracy."""
        return wilson_interval(self.right, self.count)

    def __str__(self) -> str:
        if not self.count:
            return "There are no digits yet."
        low, high = self.interval
        return (
            f"{self.right} of {self.count} digits by {len(self.rows)} writer{'s' * (len(self.rows) != 1)} are read "
            f"correctly: {self.right / self.count:.1%} (95 % interval {low:.1%} to {high:.1%})."
        )


def save_writer(writer: Writer, folder: str | Path) -> Path:
    """Write a learner's digits into `folder` and return the file. One of the same name is never replaced."""
    place = Path(folder)
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", writer.nickname).strip("_") or "writer"
    numbers = (f"-{n}" if n else "" for n in range(MOST_FILES))
    file = next((f for n in numbers if not (f := place / f"{stem}{n}{ENDING}").exists()), None)
    if file is None:
        raise WorkspaceError(
            f"{place} holds {MOST_FILES} files named {stem}. Choose another nickname."
        )
    digits = {str(digit): check_strokes(strokes) for digit, strokes in writer.strokes.items()}
    facts = {
        "kind": KIND,
        "version": 1,
        "nickname": writer.nickname[:40],
        "pen": writer.pen,
        "digits": digits,
    }
    write_atomic(file, json.dumps(facts, separators=(",", ":")).encode())
    return file


def load_writer(file: str | Path) -> Writer:
    """Read a file that `save_writer()` wrote. Nothing in it is run, and its size and contents are bounded.

    Raises
    ------
    ClassFileError
        The file is missing, too large, damaged, foreign, or from a newer version of the lesson.
    """
    path = Path(file)
    try:
        with path.open("rb") as opened:
            packed = opened.read(LARGEST + 1)
    except OSError as error:
        raise ClassFileError(f"{path.name} cannot be read ({error.strerror}).") from error
    if len(packed) > LARGEST:
        raise ClassFileError(
            f"{path.name} is larger than {LARGEST:,} bytes, so it is no file of ten digits."
        )
    try:
        return _unpack(json.loads(packed))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ClassFileError(
            f"{path.name} is damaged or is no file of ten digits. Ask for it again."
        ) from error


def score_class(network: Any, folder: str | Path) -> ClassScore:
    """Let a network read every file of digits in `folder`, in the order of their names.

    Parameters
    ----------
    network
        A `Twin` or a Keras model.
    folder
        Where the files lie. Files that are none of ours are left out and named in `.refused`.

    Raises
    ------
    ClassFileError
        `folder` is no folder.
    """
    place = Path(folder)
    if not place.is_dir():
        raise ClassFileError(
            f"{place} is no folder. Make it, and put the class's {ENDING} files into it."
        )
    rows, refused = [], []
    for file in sorted(place.glob(f"*{ENDING}"))[:MOST_FILES]:
        try:
            writer = load_writer(file)
        except ClassFileError as error:
            refused.append(str(error))
            continue
        images, labels = writer.images()
        right = int((predict(network, to_input(images)).labels == labels).sum())
        rows.append((writer.nickname or file.name.removesuffix(ENDING), right, len(labels)))
    return ClassScore(rows, refused)


def _unpack(facts: dict[str, Any]) -> Writer:
    if facts["kind"] != KIND or facts["version"] != 1:
        raise ValueError("foreign, or newer")
    nickname, pen = facts["nickname"], facts["pen"]
    if (
        not isinstance(nickname, str)
        or len(nickname) > 40
        or not isinstance(pen, int)
        or not 1 <= pen <= 60
    ):
        raise ValueError("nickname or pen")
    digits = {int(digit): check_strokes(strokes) for digit, strokes in facts["digits"].items()}
    if not digits or not set(digits) <= set(range(CLASSES)) or not all(digits.values()):
        raise ValueError("digits")
    return Writer("".join(c for c in nickname if c.isprintable()), digits, pen)
