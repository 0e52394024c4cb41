"""What a learner has done, in `answers.json` in their folder: one small record for each step.

Records are only ever added. So if two pages write at once, or two copies of a folder are merged,
nothing gets lost: the result is every record of both, once.
"""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

from mnist_lesson.shared import foreign, store, workspace
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.workspace import WorkspaceError

Event = dict[str, Any]

FILE = "answers.json"
VERSION = 1
MOST_PER_KEY = 100  # records of one exercise; a check in a loop mustn't fill the disk
MOST_EVENTS = 20_000
MOST_BYTES = foreign.MOST_JSON
KINDS = ("check", "hint", "solution", "guess", "reveal", "best")  # best: a game's time
RECORD = foreign.fields(
    {
        "id": foreign.text(64),
        "time": foreign.number(),
        "kind": foreign.choice(*KINDS),
        "key": foreign.text(80),
    },
    {
        "state": foreign.text(32),
        "answer": foreign.text(8_000),
        "step": foreign.whole(0, 1000),
        "sure": foreign.number(0, 100),
        "right": foreign.flag,
        "seconds": foreign.number(0, 1e6),
    },
)


class JournalError(WorkspaceError):
    """The records can't be read or written; the message says why, and what to do."""


class NewerError(JournalError):
    """A newer version of the lesson made the file."""


def look() -> tuple[list[Event], str]:
    """Return all records, oldest first, and "" or what is wrong with the file."""
    try:
        try:
            return _read(), ""
        except ForeignError:
            said = update(lambda before: before)  # it's broken: that sets it aside
            return _read(), said
    except WorkspaceError as error:
        return [], f"(Your earlier answers aren't counted. {error})"


def known() -> list[Event]:
    """Return all records that can be read, oldest first."""
    return look()[0]


def note(kind: str, key: str, **details: Any) -> str:
    """Add a record. Return "" if it's saved, else a sentence that says what went wrong."""
    event = {
        "id": uuid.uuid4().hex,
        "time": round(time.time(), 3),
        "kind": kind,
        "key": key,
        **{name: _writable(item) for name, item in details.items()},
    }

    def add(before: list[Event]) -> list[Event]:
        # Running a cell twice with the same answer is one try.
        same = [old for old in before if old["key"] == key and old["kind"] == kind]
        seen = ("state", "answer", "sure", "step", "seconds")
        again = bool(same) and all(same[-1].get(name) == event.get(name) for name in seen)
        return before if again or len(same) >= MOST_PER_KEY else [*before, event]

    reason = "The lesson can't find your folder"
    try:
        reason = f"The lesson can't write to the folder {workspace.folder()}"
        return update(add)
    except JournalError as error:
        return f"(This could not be kept. {error})"
    except WorkspaceError:
        return f"(This could not be kept. {reason}. You can go on.)"


def _writable(item: Any) -> Any:
    # A Python string may hold half of a surrogate pair, but no file can.
    return item.encode(errors="backslashreplace").decode() if isinstance(item, str) else item


def update(change: Callable[[list[Event]], list[Event]]) -> str:
    """Read, change and write the records under a lock; say if a broken file was set aside."""
    path = workspace.check_writable() / FILE
    said = ""
    with store.locked(path):
        try:
            before = _read()
        except ForeignError as error:
            before = []
            said = (
                f"(The file with your answers was broken: {error}. It is now called "
                f"{workspace.set_aside(path).name}. You have a new one now.)"
            )
        after = change(before)
        if after != before:
            data = dumps(after)
            if len(after) > MOST_EVENTS or len(data) > MOST_BYTES:
                raise JournalError(
                    f"The file {path} is full. Move it to another folder, and the lesson will "
                    "start a new one."
                )
            workspace.write_atomic(path, data)
    return said


def merged(one: list[Event], other: list[Event]) -> list[Event]:
    """Return every record of both, once, sorted by time."""
    both = {event["id"]: event for event in [*other, *one]}  # each record has a random id
    return sorted(both.values(), key=lambda event: (event["time"], event["id"]))


def dumps(records: list[Event]) -> bytes:
    """Return the records as the bytes of a file."""
    packed = {"format": "mnist_lesson answers", "version": VERSION, "events": records}
    return json.dumps(packed, indent=0).encode()


def loads(data: bytes) -> list[Event]:
    """Return the records in a file's bytes, with every field checked; or raise ForeignError."""
    packed = foreign.read_json(data)
    if not isinstance(packed, dict) or packed.get("format") != "mnist_lesson answers":
        raise ForeignError("it holds no answers to this lesson")
    version = packed.get("version")
    if isinstance(version, int) and version > VERSION:
        raise NewerError("A newer version of the lesson made it. Update the lesson, then try again")
    foreign.check(version, foreign.choice(VERSION), "version")
    foreign.check(packed.get("events"), foreign.list_of(RECORD, MOST_EVENTS), "events")
    records: list[Event] = packed["events"]
    return records


def _read() -> list[Event]:
    """Read the file. A broken one raises ForeignError, one that's closed to us JournalError."""
    path = workspace.folder() / FILE
    try:
        return loads(foreign.read_file(path, MOST_BYTES))
    except (FileNotFoundError, NotADirectoryError):  # if the folder's no good, writing will say so
        return []
    except NewerError as error:
        raise JournalError(f"Look at the file {path}. {error}.") from error
    except OSError as error:
        raise JournalError(f"{path} can't be read ({error.strerror}).") from error
