"""The file that carries progress to another machine. Whoever made it, it is read as if it were hostile.

It is a zip with `progress.json`, `answers.json`, `runs.jsonl` (the bench's table of runs) and, for each run with a
network, `runs/<name>/` with at most four files.
Nothing in it is unpacked to disk or believed before all of it was looked at: names, links, sizes (of what is
packed, too), pickles, versions.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mnist_lesson.exercise_engine import journal

FORMAT, VERSION = "mnist_lesson progress", 1
ABOUT, ANSWERS, TABLE = "progress.json", "answers.json", "runs.jsonl"
# What a file may hold, and how many bytes of it at most: nothing else is ever read.
SIZES = {
    "run.json": 2_000_000,
    "model.npz": 64_000_000,
    "model.keras": 64_000_000,
    "replay.npz": 8_000_000,
}
TOP_SIZES = {ABOUT: 10_000, ANSWERS: journal.MOST_BYTES, TABLE: 8_000_000}
RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
KERAS_PARTS = {"metadata.json", "config.json", "model.weights.h5"}
MOST_MEMBERS, MOST_PACKED, MOST_UNPACKED = 400, 100_000_000, 200_000_000
PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    json.JSONDecodeError,
    UnicodeError,
    EOFError,
    RuntimeError,  # RecursionError is one, and so is an encrypted member
    MemoryError,
    ValueError,
    TypeError,
    KeyError,
)

Runs = dict[str, dict[str, bytes]]


class RefusedError(ValueError):
    """Something in a progress file must not be there; the message says what."""


class ProgressError(Exception):
    """A progress file cannot be used; the message says why and how to go on. Nothing was changed."""


@dataclass(frozen=True)
class Capsule:
    """What a progress file holds: the records, the runs, and how often the test set was opened."""

    events: list[journal.Event]
    runs: Runs = field(default_factory=dict)
    opened: int = 0
    table: bytes = b""  # lines, each of which is checked when it is brought in


def pack(capsule: Capsule) -> bytes:
    """Return a capsule as the bytes of a zip file."""
    parts = {ANSWERS: journal.dumps(capsule.events)} | (
        {TABLE: capsule.table} if capsule.table else {}
    )
    for run, files in capsule.runs.items():
        parts |= {f"runs/{run}/{name}": data for name, data in files.items()}
    about = {
        "format": FORMAT,
        "version": VERSION,
        "opened": capsule.opened,
        "digests": _digests(parts),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {ABOUT: json.dumps(about).encode(), **parts}.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _digests(parts: dict[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


def unpack(path: Path) -> Capsule:
    """Read a progress file and check all of it; or raise ProgressError."""
    try:
        if path.stat().st_size > MOST_PACKED:
            raise ProgressError(
                f"{path} is far too large for a progress file. Nothing was changed. Is it the right file?"
            )
        with zipfile.ZipFile(path) as archive:
            _check_members(archive.infolist(), MOST_UNPACKED)
            parts = {member.filename: archive.read(member) for member in archive.infolist()}
        return _understood(parts)
    except journal.NewerError as error:
        raise ProgressError(
            f"{path} was made by a newer version of the lesson. Nothing was changed. Update the lesson, "
            "then load the file."
        ) from error
    except OSError as error:
        reason = (
            "is not there"
            if isinstance(error, FileNotFoundError)
            else f"cannot be read ({error.strerror})"
        )
        raise ProgressError(
            f"{path} {reason}. Look for its name in the list of files on the left."
        ) from error
    except (*DAMAGE, journal.JournalError) as error:
        ours = isinstance(error, RefusedError | journal.JournalError)
        why = f" ({error})" if ours else ""
        raise ProgressError(
            f"{path} is damaged, or is no progress file{why}. Nothing was changed. Take another copy of it."
        ) from error


def _understood(parts: dict[str, bytes]) -> Capsule:
    about = json.loads(parts.pop(ABOUT, b"{}"))
    if about["format"] != FORMAT or not isinstance(about["version"], int):
        raise RefusedError("it comes from another program")
    if about["version"] > VERSION:
        raise journal.NewerError
    if about["digests"] != _digests(parts):
        raise RefusedError("parts of it are missing or changed")
    events, table = journal.loads(parts.pop(ANSWERS)), parts.pop(TABLE, b"")
    runs: Runs = {}
    for name, data in parts.items():
        _, run, file = name.split("/")
        _check_content(file, data)
        runs.setdefault(run, {})[file] = data
    return Capsule(events, runs, min(max(int(about["opened"]), 0), 1_000_000), table)


def _check_members(members: list[zipfile.ZipInfo], most: int) -> None:
    """Look at a progress file's list of contents: only known names, plain files, bounded sizes."""
    if len(members) > MOST_MEMBERS or len({member.filename for member in members}) < len(members):
        raise RefusedError("it holds too many files, or two of one name")
    for member in members:
        head, _, tail = member.filename.rpartition("/")
        known = member.filename in TOP_SIZES or (
            tail in SIZES
            and head.startswith("runs/")
            and RUN_NAME.fullmatch(head.removeprefix("runs/"))
        )
        if not known:
            raise RefusedError(f"it holds {member.filename[:80]!r}, which has no place there")
        if member.file_size > (TOP_SIZES | SIZES)[tail]:
            raise RefusedError(f"{tail} is too large")
        _check_plain(member)
    if sum(member.file_size for member in members) > most:
        raise RefusedError("unpacked, it is too large")


def _check_plain(member: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or member.compress_type not in PLAIN or member.flag_bits & 1:
        raise RefusedError(
            f"{member.filename[:80]!r} is a link, is locked, or is packed in a strange way"
        )


def _check_content(file: str, data: bytes) -> None:
    """Look inside one file of a run. Nothing in it is run."""
    if file == "run.json":
        if not isinstance(json.loads(data), dict):
            raise RefusedError("a run's facts make no sense")
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > SIZES[file]:
            raise RefusedError(f"{file} is too large inside")
        for member in members:
            _check_plain(member)
            if file.endswith(".npz"):
                _check_array(archive, member)
        names = {member.filename for member in members}
        if file == "model.keras" and not (names <= KERAS_PARTS and "config.json" in names):
            raise RefusedError(f"{file} is not a Keras model")


def _check_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read an array's heading: no pickle, and no more numbers promised than there are bytes."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        if version not in ((1, 0), (2, 0)):
            raise RefusedError(f"{member.filename[:80]!r} is an array of an unknown kind")
        read = (
            np.lib.format.read_array_header_1_0
            if version == (1, 0)
            else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(stream)
        if (
            dtype.hasobject
            or min(shape, default=0) < 0
            or math.prod(shape) * dtype.itemsize > member.file_size
        ):
            raise RefusedError(f"{member.filename[:80]!r} is not a plain array")
        while stream.read(1 << 20):  # to the end, where the checksum is compared
            pass
