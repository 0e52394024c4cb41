"""08 · Your digits: ten digits of your own in a file, and a folder of such files as a test set."""

import json
import os
import re
from dataclasses import dataclass, field, replace
from itertools import chain, count
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import STROKES, WIDEST_PEN, check_strokes, draw_strokes
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.foreign import ForeignError, printable
from mnist_lesson.shared.workspace import first_free, write_atomic
from mnist_lesson.test import predict, wilson_interval

KIND = "mnist_lesson digits"
LARGEST = 200_000  # bytes of one file; ten digits take about 10,000
MOST_FILES = 500
ENDING = ".digits.json"
WRITER = foreign.fields(
    {
        "kind": foreign.choice(KIND),
        "version": foreign.choice(1),
        "nickname": foreign.text(40),
        "pen": foreign.whole(1, WIDEST_PEN),
        "digits": foreign.fields({}, {str(digit): STROKES for digit in range(CLASSES)}),
    }
)


class ClassFileError(Exception):
    """This isn't a file of ten digits; the message says what it is, and what to do."""


@dataclass(frozen=True)
class Writer:
    """One learner's digits: the strokes of each digit they drew, 0 to 9."""

    nickname: str
    strokes: dict[int, list[list[int]]]
    pen: int

    def images(self) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Return the digits as pictures like MNIST's, uint8 (n, 28, 28), and labels (n,)."""
        labels = sorted(self.strokes)
        pictures = [center_drawing(draw_strokes(self.strokes[digit], self.pen)) for digit in labels]
        return np.array(pictures, np.uint8).reshape(-1, 28, 28), np.array(labels, np.int64)


class Misread(NamedTuple):
    """A drawing, uint8 (28, 28), that was read as another digit."""

    nickname: str
    picture: NDArray[np.uint8]
    label: int
    read: int


@dataclass(frozen=True)
class ClassScore:
    """How a network reads a class.

    `rows` are (nickname, right, count); `refused` says which files were left out.
    """

    rows: list[tuple[str, int, int]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    misread: list[Misread] = field(default_factory=list)

    @property
    def right(self) -> int:
        """How many digits the network reads correctly."""
        return sum(right for _, right, _ in self.rows)

    @property
    def count(self) -> int:
        """How many digits there are."""
        return sum(count for _, _, count in self.rows)

    def add(self, network: Any, writer: Writer) -> None:
        """Let a network read one writer's digits, too."""
        images, labels = writer.images()
        read = predict(network, to_input(images)).labels
        self.rows.append((writer.nickname, int((read == labels).sum()), len(labels)))
        for at in np.flatnonzero(read != labels):
            missed = Misread(writer.nickname, images[at], int(labels[at]), int(read[at]))
            self.misread.append(missed)

    def __str__(self) -> str:
        if not self.count:
            return "There are no digits yet."
        low, high = wilson_interval(self.right, self.count)
        writers = "writer" if len(self.rows) == 1 else "writers"
        return (
            f"{self.right} of {self.count} digits by {len(self.rows)} {writers} are read "
            f"correctly: {self.right / self.count:.1%} (95% interval {low:.1%} to {high:.1%})."
        )


def file_of(nickname: str, folder: str | Path) -> Path:
    """Return the file in `folder` for a nickname's digits, whether it exists or not."""
    # No slash, dot or colon from a nickname may get into the path.
    stem = re.sub(r"[^A-Za-z0-9_-]+", "_", nickname).strip("_") or "writer"
    return Path(folder) / f"{stem}{ENDING}"


def save_writer(writer: Writer, folder: str | Path) -> Path:
    """Write a learner's digits into `folder`, under a new name, and return the file."""
    usual = file_of(writer.nickname, folder)
    place, stem = usual.parent, usual.name.removesuffix(ENDING)
    # A second Ada mustn't overwrite the first one's digits.
    others = (place / f"{stem}-{n}{ENDING}" for n in count(1))
    file = first_free(chain([usual], others))
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
    """Read a file that `save_writer()` wrote, up to a certain size, without running any of it.

    Raises ClassFileError if it's missing, too large, damaged, not one of ours, or from a newer
    version of the lesson.
    """
    path = Path(file)
    name = printable(path.name)
    try:
        facts = foreign.read_json(foreign.read_file(path, LARGEST))
        foreign.check(facts, WRITER)
        # Their form is right by now, but there may be far too many points, or strays.
        digits = {int(digit): check_strokes(drawn) for digit, drawn in facts["digits"].items()}
        if not digits:
            raise ForeignError("it holds no digits")
    except OSError as error:
        raise ClassFileError(f"{name} can't be read ({error.strerror}).") from error
    except ValueError as error:  # a ForeignError is one
        raise ClassFileError(
            f"{name} is damaged or isn't a file of ten digits ({error}). Ask for it again."
        ) from error
    return Writer(printable(facts["nickname"]), digits, facts["pen"])


def holds_digits(folder: Path) -> bool:
    """Say whether a folder holds at least one file of digits."""
    return os.path.isdir(folder) and any(folder.glob(f"*{ENDING}"))


def score_class(network: Any, folder: str | Path) -> ClassScore:
    """Let a network read every file of digits in `folder`, in the order of their names.

    Files that aren't ours are left out, and named in `.refused`. Raises ClassFileError if `folder`
    isn't one.
    """
    place = Path(folder)
    if not os.path.isdir(place):  # Path.is_dir() raises an error if the name is too long
        raise ClassFileError(
            f"{printable(str(place))} isn't a folder. Make it, and put the class's {ENDING} files "
            "into it."
        )
    # Sorted, because every system lists a folder in an order of its own.
    files = sorted(place.glob(f"*{ENDING}"))
    score = ClassScore()
    if len(files) > MOST_FILES:
        more = len(files) - MOST_FILES
        score.refused.append(f"{more} more files, since {MOST_FILES} are read at most.")
    for file in files[:MOST_FILES]:
        try:
            writer = load_writer(file)
        except ClassFileError as error:
            # One broken file mustn't cost the whole class its result.
            score.refused.append(str(error))
            continue
        name = writer.nickname or printable(file.name.removesuffix(ENDING))
        score.add(network, replace(writer, nickname=name))
    return score
