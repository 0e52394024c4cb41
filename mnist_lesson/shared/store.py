"""A file of lines that several kernels may add to at once: tries, runs, openings …

Each line is one JSON object. Lines are only ever added; a broken line is set aside, and the others
stay.
"""

import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from mnist_lesson.shared.foreign import ForeignError, printable, read_file, read_json
from mnist_lesson.shared.workspace import WorkspaceError, write_atomic

MOST = 20_000_000  # bytes: thousands of runs
MOST_LINES = 20_000
PATIENCE = 30  # seconds: another kernel needs only milliseconds for its line
Entry = TypeVar("Entry")


def append(file: Path, *entries: Mapping[str, Any]) -> None:
    """Add one line of JSON for each entry.

    Raises
    ------
    WorkspaceError
        The file can't be written to. What was there before is untouched.
    """
    lines = "".join(json.dumps(entry, allow_nan=False) + "\n" for entry in entries)
    with locked(file):
        before = _bytes_of(file)
        # Written from scratch, not added to: on a full disk, that could leave half a line. And a
        # line that was cut short mustn't spoil the next one.
        ended = b"" if not before or before.endswith(b"\n") else b"\n"
        write_atomic(file, before + ended + lines.encode())


def read(file: Path, parse: Callable[[Any], Entry]) -> tuple[list[Entry], str]:
    """Read a file's lines. Those that `parse` refuses are moved to a file next to it, and named.

    Parameters
    ----------
    file
        It needn't exist.
    parse
        Turns what a line of JSON holds into an entry, or raises ValueError, TypeError or KeyError.
    """
    rows, broken = parse_lines(_bytes_of(file), parse)
    return rows, _set_aside(file, parse) if broken else ""


@contextlib.contextmanager
def locked(
    file: Path, *, kind: str = "lock", patience: float = PATIENCE, busy: str = ""
) -> Iterator[None]:
    """Keep other kernels away from `file` for as long as this lasts.

    The system lets go of the lock when its holder dies, so a crash locks nobody out. Two locks of
    different kinds don't know of each other. Raises WorkspaceError if the folder can't be written
    to, or if another kernel doesn't let go within so many seconds; `busy` is what to say then.
    """
    lock = FileLock(file.with_name(f".{file.name}.{kind}"), timeout=patience)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        usual = f"Another program holds {file} and won't let go. Stop it, or restart the kernels "
        raise WorkspaceError(busy or f"{usual}of other pages.") from error
    except OSError as error:
        raise WorkspaceError(f"{file} cannot be written ({error.strerror}).") from error
    try:
        yield
    finally:
        lock.release()


def _bytes_of(file: Path) -> bytes:
    try:
        data = read_file(file, MOST)
        if data.count(b"\n") > MOST_LINES:  # counted before any is read
            raise ForeignError(f"it has more than {MOST_LINES:,} lines")
        return data
    except (FileNotFoundError, NotADirectoryError):  # if the folder's no good, writing will say so
        return b""
    except (OSError, ForeignError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WorkspaceError(
            f"{file} cannot be read ({reason}). Rename it to start again."
        ) from error


def parse_lines(
    data: bytes, parse: Callable[[Any], Entry]
) -> tuple[list[Entry], list[tuple[int, bytes]]]:
    """Return what good lines hold, and the numbers and bytes of the broken ones."""
    rows, broken = list[Entry](), list[tuple[int, bytes]]()
    for number, line in enumerate(data.split(b"\n"), start=1):
        try:
            if line.strip():
                rows.append(parse(read_json(line)))
        except (ValueError, TypeError, KeyError):  # ForeignError is a ValueError
            broken.append((number, line))
    return rows, broken


def _set_aside(file: Path, parse: Callable[[Any], Entry]) -> str:
    """Move a file's broken lines into one beside it, and say so."""
    aside = file.with_name(f"{file.name}.damaged")
    try:
        with locked(file):
            data = _bytes_of(file)  # again: another kernel may have been here
            _, broken = parse_lines(data, parse)
            if not broken:
                return ""
            numbers = {number for number, _ in broken}
            good = [line for n, line in enumerate(data.split(b"\n"), start=1) if n not in numbers]
            # The copy first: stopping in between leaves a line in both files, never in neither.
            write_atomic(aside, _bytes_of(aside) + b"\n".join(line for _, line in broken) + b"\n")
            write_atomic(file, b"\n".join(good))
        where = f"set aside in {aside.name}"
    except WorkspaceError:
        where = "passed over"
    starts = (printable(line[:30].decode(errors="replace")) for _, line in broken[:3])
    begins = ", ".join(f"“{start}…”" for start in starts)
    count = f"{len(broken)} broken line{'s' * (len(broken) > 1)}"
    return f"{file.name} had {count} ({begins}), {where}. The others stay."
