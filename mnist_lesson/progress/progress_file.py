"""The file that carries progress to another machine. We don't trust it, whoever made it.

It's a zip with `progress.json`, `answers.json`, `runs.jsonl` (the tuner's table of runs) and, for
each run with a network, `runs/<name>/` with at most three files. All of it is checked before any of
it is used, and nothing is unpacked to disk.
"""

import hashlib
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.drawings import LARGEST, Drawing, pack_drawings, unpack_drawings
from mnist_lesson.instructor.records import Record, newest_of_each, parse_record
from mnist_lesson.network.saved import unpack_network
from mnist_lesson.shared import foreign, store
from mnist_lesson.shared.foreign import ForeignError, printable
from mnist_lesson.shared.workspace import FACTS_FILE, NETWORK_FILE, REPLAY_FILE, RUN_NAME
from mnist_lesson.test import MOST_OPENINGS
from mnist_lesson.training.history import check_history
from mnist_lesson.training.replay import MOST_BYTES, Replay

FORMAT, VERSION = "mnist_lesson progress", 1
ABOUT, ANSWERS, TABLE, HAND = "progress.json", "answers.json", "runs.jsonl", "hand.json"
SMALL = (".json", ".jsonl")  # everything but the networks, which take up nearly all the bytes
LONGEST_NICKNAME = 24  # characters
# The parts a file may hold, and the most bytes of each; nothing else is ever read.
MOST = 64_000_000  # bytes, packed or unpacked
SIZES = {
    FACTS_FILE: foreign.MOST_JSON,
    NETWORK_FILE: MOST,
    REPLAY_FILE: MOST_BYTES,
}
NO_MORE = {"model.keras": 0}  # in files of earlier versions, and left there
TOP_SIZES = {ABOUT: 100_000, ANSWERS: journal.MOST_BYTES, TABLE: store.MOST, HAND: LARGEST}
MOST_RUNS = 100
MAC_FOLDER = "__MACOSX/"

FACTS = foreign.fields(
    {},
    {
        "status": foreign.text(20),
        "network": foreign.text(64),
        "history": check_history,
    },
    more=True,
)
SAYS = foreign.fields(
    {
        "format": foreign.choice(FORMAT),
        "version": foreign.choice(VERSION),
        "opened": foreign.whole(0, MOST_OPENINGS),
        "digests": foreign.fields({}, more=True),
    },
    {"nickname": foreign.text(LONGEST_NICKNAME)},
)

Files = dict[str, bytes]


class ProgressError(Exception):
    """A progress file can't be used; the message says why, and what to do."""


@dataclass(frozen=True)
class Capsule:
    """What a progress file holds: the records, the runs, and how often the test set was opened.

    `table` is the table of runs, and `lost` counts the lines in it that aren't runs.
    `drawings` are the learner's hand. `nickname` is what the class board calls them.
    """

    events: list[journal.Event]
    runs: dict[str, Files] = field(default_factory=dict)
    opened: int = 0
    table: list[Record] = field(default_factory=list)
    lost: int = 0
    drawings: tuple[Drawing, ...] = ()
    nickname: str = ""


def pack(capsule: Capsule) -> bytes:
    """Return a capsule as the bytes of a zip file."""
    parts = {ANSWERS: journal.dumps(capsule.events)}
    if capsule.table:
        parts[TABLE] = "".join(run.line() for run in capsule.table).encode()
    if capsule.drawings:
        parts[HAND] = pack_drawings(capsule.drawings)
    for run, files in capsule.runs.items():
        parts |= {f"runs/{run}/{name}": data for name, data in files.items()}
    about = {
        "format": FORMAT,
        "version": VERSION,
        "opened": capsule.opened,
        "nickname": capsule.nickname,
        "digests": _digests(parts),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {ABOUT: json.dumps(about).encode(), **parts}.items():
            archive.writestr(name, data)
    return packed.getvalue()


def _digests(parts: Files) -> dict[str, str]:
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


def unpack(path: Path, *, networks: bool = True) -> Capsule:
    """Read a progress file (or the folder it was unpacked into), and check everything in it.

    Nothing is changed on disk. Without the networks, reading a file takes milliseconds. Raises
    ProgressError if it's missing, damaged, not one of ours, or from a newer version of the lesson.
    """
    name = printable(str(path), 300)
    try:
        read = _read_folder if (path / ABOUT).is_file() else _read_zip
        return _understood(read(path, networks), networks)
    except journal.NewerError as error:
        raise ProgressError(
            f"{name} was made by a newer version of the lesson. Nothing was changed. Update the "
            "lesson, then load the file."
        ) from error
    except FileNotFoundError as error:
        raise ProgressError(
            f"{name} is not there. Look for its name in the list of files on the left."
        ) from error
    except OSError as error:
        raise ProgressError(
            f"{name} can't be read ({error.strerror}). Look for its name in the list of files on "
            "the left."
        ) from error
    except ForeignError as error:
        raise ProgressError(
            f"{name} is damaged, or isn't a progress file ({error}). Nothing was changed. Try "
            "another copy of it."
        ) from error


def _read_zip(path: Path, networks: bool) -> Files:
    """Unpack the file. A Mac may have packed it inside a folder, and added files of its own."""
    data = foreign.read_file(path, MOST)
    # Wherever progress.json is, the other parts are next to it.
    place = re.compile(rf"(?!{MAC_FOLDER})([^/]*/)?{ABOUT}")
    abouts = [name for name in foreign.read_names(data) if place.fullmatch(name)]
    if len(abouts) != 1:
        raise ForeignError(f"it holds {len(abouts)} files {ABOUT}, where one is needed")
    top = abouts[0].removesuffix(ABOUT)

    def limit_of(name: str) -> int | None:
        # 0: skip it, that's fine. None: it doesn't belong there, so refuse the whole file.
        if name.startswith(MAC_FOLDER) or name.endswith((".DS_Store", "/")):
            return 0
        limit = _limit(name.removeprefix(top)) if name.startswith(top) else None
        return limit if networks or limit is None or name.endswith(SMALL) else 0

    parts = foreign.read_zip(data, limit_of, MOST)
    return {name.removeprefix(top): part for name, part in parts.items()}


def _read_folder(folder: Path, networks: bool) -> Files:
    """Read a file that's been unpacked: Safari usually does that with downloads."""
    # Only the names we know; anything else in the folder isn't ours.
    runs = sorted((folder / "runs").glob("*"))[: MOST_RUNS + 1]  # one too many is reported later
    files = [folder / name for name in TOP_SIZES]
    files += [run / name for run in runs for name in SIZES]
    parts: Files = {}
    room = MOST
    for file in files:
        name = file.relative_to(folder).as_posix()
        limit = _limit(name)
        if file.is_file() and limit and (networks or name.endswith(SMALL)):
            parts[name] = foreign.read_file(file, min(limit, room))
            room -= len(parts[name])
    return parts


def _limit(name: str) -> int | None:
    """Return how many bytes a part of this name may have, or None if it doesn't belong here."""
    run, _, file = name.removeprefix("runs/").partition("/")
    if name.startswith("runs/"):
        return (SIZES | NO_MORE).get(file) if RUN_NAME.fullmatch(run) else None
    return TOP_SIZES.get(name)


def _understood(parts: Files, networks: bool) -> Capsule:
    """Check each part, and put them together as a capsule."""
    about = foreign.read_json(parts.pop(ABOUT))
    # The version first: a newer file may look quite different without being damaged.
    version = about.get("version") if isinstance(about, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise journal.NewerError
    foreign.check(about, SAYS)
    promised = {
        name: digest
        for name, digest in about["digests"].items()
        if name.endswith(SMALL) or (networks and _limit(name) != 0)
    }
    # This catches damage, but not forgery (anyone can compute digests), so we check the rest, too.
    if promised != _digests(parts) or ANSWERS not in parts:
        raise ForeignError("parts of it are missing or changed")
    events = journal.loads(parts.pop(ANSWERS))
    lines = parts.pop(TABLE, b"")
    if lines.count(b"\n") > store.MOST_LINES:  # before we take the time to read them
        raise ForeignError(f"its table has more than {store.MOST_LINES:,} runs")
    table, broken = store.parse_lines(lines, parse_record)
    drawings = _drawings(parts.pop(HAND)) if HAND in parts else ()
    nickname = clean_nickname(about.get("nickname", ""))
    # What is left belongs to runs: other names were refused when the file was opened.
    runs: dict[str, Files] = {}
    for name, data in parts.items():
        _, run, file = name.split("/")
        runs.setdefault(run, {})[file] = data
    if len(runs) > MOST_RUNS:
        raise ForeignError(f"it holds more than {MOST_RUNS} runs")
    for files in runs.values():
        check_run(files)
    table = newest_of_each(table)
    return Capsule(events, runs, about["opened"], table, len(broken), drawings, nickname)


def _drawings(data: bytes) -> tuple[Drawing, ...]:
    try:
        return unpack_drawings(data)
    except (TypeError, ValueError) as error:
        raise ForeignError(f"the drawings in it can't be used: {error}") from error


def clean_nickname(text: str) -> str:
    """Return a nickname cut short, without line breaks and the like."""
    return printable(text, len(text)).strip()[:LONGEST_NICKNAME]


def check_run(files: Files) -> None:
    """Check the files of a run, or raise ForeignError. No code in them is run."""
    try:
        facts = foreign.read_json(files.get(FACTS_FILE, b"{}"))
        foreign.check(facts, FACTS)
        for name, data in files.items():
            if name == NETWORK_FILE:
                network = unpack_network(data, name, most=MOST)
                # Runs from earlier versions don't have this digest.
                if facts.get("network", network.digest) != network.digest:
                    raise ForeignError(f"{name} isn't the network that run.json describes")
            if name == REPLAY_FILE:
                Replay.from_arrays(foreign.read_arrays(data, most=MOST_BYTES))
    except ForeignError as error:
        raise ForeignError(f"a run in it can't be used: {error}") from error
