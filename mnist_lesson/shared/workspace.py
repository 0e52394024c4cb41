"""The learner's own folder, and the one way to write files: whole, or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path

FIRST_PAGE = "00_introduction.ipynb"
# A learner's copies beside a checkout, and after pip; then the lesson's own pages, as run.
PAGE_FOLDERS = ("my_lesson", "mnist_lesson", "notebooks")
# A run's name. No slash, so it stays in the folder; no dot in front, which the lesson's own have.
RUN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}")
# Of a run's files, those that a progress file carries, too.
NETWORK_FILE, FACTS_FILE, REPLAY_FILE = "model.npz", "run.json", "replay.npz"


class WorkspaceError(Exception):
    """The learner's folder can't be used; the message says what to do."""


def folder() -> Path:
    """Return the folder of the learner's work, `MNIST_LESSON_WORKSPACE` if that is set.

    Else it is `my_work` beside the pages; where there are none, it is `my_work` in the current
    folder. Nothing is made or written.

    Raises
    ------
    WorkspaceError
        The current folder was deleted, or the name begins with a home folder that nobody has.
    """
    named = os.environ.get("MNIST_LESSON_WORKSPACE")
    if named:
        return full_path(named)
    here = full_path(".")
    return (pages_near(here) or here) / "my_work"


def full_path(name: str) -> Path:
    """Return a path from the root on, `~` for a home folder; WorkspaceError if there is none."""
    try:
        return Path(name).expanduser().absolute()
    except RuntimeError as error:
        raise WorkspaceError(
            f"{name} cannot be found: nobody on this computer has that home folder. Name the whole "
            "path of a folder of yours."
        ) from error
    except OSError as error:
        raise WorkspaceError(
            "The folder that you are in was deleted or renamed. Go to another folder, and begin "
            "again there."
        ) from error


@contextlib.contextmanager
def throwaway_folder() -> Iterator[Path]:
    """Let the lesson work in an empty folder for a while, away from the learner's own."""
    before = os.environ.get("MNIST_LESSON_WORKSPACE")
    with tempfile.TemporaryDirectory() as empty:
        os.environ["MNIST_LESSON_WORKSPACE"] = empty
        try:
            yield Path(empty)
        finally:
            del os.environ["MNIST_LESSON_WORKSPACE"]
            if before is not None:
                os.environ["MNIST_LESSON_WORKSPACE"] = before


def pages_near(start: Path) -> Path | None:
    """Return the folder of pages in or above `start`, a learner's own first; None without any."""
    for place in (start, *start.parents):
        for pages in (place, *(place / name for name in PAGE_FOLDERS)):
            if os.path.isfile(pages / FIRST_PAGE):  # False, too, if we aren't allowed to look
                return pages
    return None


def run_files(name: str) -> RunFolder:
    """Return the files of the run called `name` (letters, digits, `-_.`), without making them."""
    if not isinstance(name, str) or not RUN_NAME.fullmatch(name):
        raise ValueError(
            f"name came as {name!r}, but a short name is needed, as in name='my_first_run'."
        )
    return RunFolder(folder() / "runs" / name)


def run_folder(name: str) -> Path:
    """Return the folder to read the run called `name` from; there may be none yet."""
    run = run_files(name)
    # If a save was killed in the middle of its switch, the run before it is still there, set aside.
    # Unlike `Path.exists()`, this says False for a folder that's closed to us.
    stands_aside = os.path.exists(run.before.path) and not os.path.exists(run.path)
    return run.before.path if stands_aside else run.path


class RunFolder:
    """The one place that knows the names of a run's files."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.network = path / NETWORK_FILE  # the network
        self.model = path / "model.keras"  # the same for other programs; the lesson never reads it
        # Settings, history, versions, and the digest of the network that goes with them.
        self.facts = path / FACTS_FILE
        self.replay = path / REPLAY_FILE  # what it takes to watch the training again
        self.checkpoint = path / "checkpoint.npz"  # … and to go on after the last whole epoch

    @property
    def making(self) -> RunFolder:
        """The folder next to it where the next run with this name is put together."""
        return RunFolder(self.path.with_name(f".{self.path.name}.new"))

    @property
    def before(self) -> RunFolder:
        """The folder next to it that holds the old run, for the moment of the switch."""
        return RunFolder(self.path.with_name(f".{self.path.name}.old"))

    def switch(self) -> None:
        """Put the folder `making` in this one's place: others see the old run or the new one.

        Raises WorkspaceError if the folder can't be renamed. The old run is still there.
        """
        try:
            # In two steps, because no system replaces a folder that has files in it.
            shutil.rmtree(self.before.path, ignore_errors=True)
            if self.path.exists():
                self.path.rename(self.before.path)
            self.making.path.rename(self.path)
        except OSError as error:
            self.mend()
            raise WorkspaceError(
                f"{self.path} could not be replaced ({error.strerror}). Close programs that use "
                "it, and run again."
            ) from error
        shutil.rmtree(self.before.path, ignore_errors=True)

    def mend(self) -> None:
        """Put the old run back if a `switch()` was cut short; only the lock's holder may."""
        if self.before.path.exists() and not self.path.exists():
            self.before.path.rename(self.path)


def check_writable(place: Path | None = None) -> Path:
    """Make the learner's folder (or `place` in it) if needed, try to write there, and return it.

    Raises WorkspaceError if it can't be written to.
    """
    place = place or folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        # Tried, not asked: a network drive may give permission and then refuse.
        tempfile.TemporaryFile(dir=place).close()
    except OSError as error:
        raise WorkspaceError(
            f"The lesson cannot write in {place} ({error.strerror}), so a trained network could "
            "not be kept. Choose another folder before you train, in a cell of its own: import os; "
            "os.environ['MNIST_LESSON_WORKSPACE'] = '/a/folder/of/yours'"
        ) from error
    return place


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all, even if the power goes halfway.

    Raises WorkspaceError if the folder can't be written to, or is full: then what was there before
    is untouched.
    """
    # In the same folder, so on the same disk; under a name no other kernel will take meanwhile.
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # or the new name could reach the disk before the data
        temporary.replace(path)  # one step: others see the old file or the new one
    except OSError as error:
        raise WorkspaceError(
            f"{path} could not be written ({error.strerror}). Free some space, or choose another "
            "folder."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def set_aside(path: Path) -> Path:
    """Rename a broken file so it's kept but no longer used, and return its new path."""
    return path.rename(first_free(path.with_name(f"{path.name}.broken-{n}") for n in count(1)))


def first_free(paths: Iterable[Path]) -> Path:
    """Return the first of these paths that nobody uses."""
    return next(path for path in paths if not path.exists())


def rehearsal() -> bool:
    """Say whether trainings are to be small: `MNIST_LESSON_REHEARSAL=1`, before class."""
    return os.environ.get("MNIST_LESSON_REHEARSAL", "") not in ("", "0")
