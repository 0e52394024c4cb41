"""The class's files in one folder: who has done what, where they are, and who is stuck.

    room = read_class("class")             every learner, and every file that can't be used
    room.learners[0].states                {"load.pixels": "done", "load.border": "stuck", …}

Learners hand in their progress (`progress.save()`) and their ten digits (page 08). We trust
neither kind of file, and never move or change them.
"""

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path

from mnist_lesson import exercises
from mnist_lesson.exercise_engine.calibration import calibration
from mnist_lesson.exercise_engine.exercise import Exercise
from mnist_lesson.exercise_engine.journal import Event
from mnist_lesson.handwriting.class_files import ENDING, ClassFileError, Writer, load_writer
from mnist_lesson.progress.progress_file import ABOUT, Capsule, ProgressError, unpack
from mnist_lesson.shared.foreign import printable, read_json
from mnist_lesson.shared.workspace import FACTS_FILE, WorkspaceError

MOST_FILES = 500
DEEPEST = 6  # levels of folders; on a hub, homes are two or three levels down
STUCK = 4  # different answers to an exercise, none of them right

DONE, TRYING, IS_STUCK = "done", "tried", "stuck"


class ClassFolderError(WorkspaceError):
    """The class folder can't be used; the message says what to type."""


@dataclass(frozen=True)
class Learner:
    """What one learner has handed in: the newest progress file, and ten digits for the class."""

    called: str  # the nickname, as on a certificate
    file: str
    path: Path
    changed: float = 0.0  # when the file was written, in seconds since 1970
    capsule: Capsule = field(default_factory=lambda: Capsule([]))
    writer: Writer | None = None
    namesake: int = 1  # 2 for the second learner with the same nickname, and so on

    @property
    def name(self) -> str:
        """The nickname, with a number if somebody else has it, too, so every name is unique."""
        return self.called if self.namesake == 1 else f"{self.called} ({self.namesake})"

    def whole(self) -> Capsule:
        """Read the file again, with networks; we don't keep a whole class's in memory."""
        return self.capsule if self.path.name.endswith(ENDING) else unpack(self.path)

    @cached_property
    def records(self) -> set[str]:
        """The random ids of everything this learner did; no two learners share one."""
        return {event["id"] for event in self.capsule.events}

    @property
    def last(self) -> float:
        """When the learner last did something, in seconds since 1970."""
        return max((event["time"] for event in self.capsule.events), default=0.0)

    @property
    def page(self) -> str:
        """The page the learner worked on last, such as "load"; "" if there's none."""
        events = sorted(self.capsule.events, key=lambda event: event["time"])
        pages = [event["key"].partition(".")[0] for event in events]  # a game's key names none
        return next((page for page in reversed(pages) if page in exercises.PAGES), "")

    @cached_property
    def checks(self) -> list[Event]:
        """The records of the learner's answers to exercises; a repeat in a row is there once."""
        return [event for event in self.capsule.events if event["kind"] == "check"]

    @cached_property
    def tries(self) -> Counter[str]:
        """How many answers the learner gave to each exercise."""
        return Counter(event["key"] for event in self.checks)

    @cached_property
    def states(self) -> dict[str, str]:
        """Each exercise the learner has begun: "done", "tried" or "stuck" (four wrong answers)."""
        states = {key: IS_STUCK if count >= STUCK else TRYING for key, count in self.tries.items()}
        states |= {event["key"]: DONE for event in self.checks if event.get("state") == "right"}
        return {key: state for key, state in states.items() if key in all_exercises()}

    def keys(self, state: str) -> list[str]:
        """Return the exercises in one of the three states, in the lesson's order."""
        return [key for key in all_exercises() if self.states.get(key) == state]

    @property
    def stuck_on(self) -> str:
        """The exercise the learner is on right now and stuck on; "" if there's none."""
        newest = max(self.checks, key=lambda event: event["time"], default={"key": ""})
        key = str(newest["key"])
        return key if self.states.get(key) == IS_STUCK else ""

    @cached_property
    def guesses(self) -> list[tuple[float, bool]]:
        """How sure each guess was, from 0 to 1, and whether it was right."""
        return calibration(self.capsule.events)

    @property
    def accuracy(self) -> float | None:
        """The accuracy of the learner's network, as the file says, usually on held-out digits."""
        try:
            facts = read_json(self.capsule.runs["model"][FACTS_FILE])
            accuracy = float(facts["history"]["val_accuracy"][-1])
        except (KeyError, IndexError, TypeError, ValueError):
            return None
        return accuracy if 0 <= accuracy <= 1 else None


@dataclass(frozen=True)
class Room:
    """A class: its learners by name, and the files left out, each with the reason."""

    learners: list[Learner]
    left_out: list[tuple[str, str]]

    def namesakes(self) -> list[str]:
        """Say whose file is whose when several learners share a nickname."""
        files: dict[str, list[str]] = {}
        for learner in self.learners:
            whose = f"{learner.name} is {learner.file}"
            files.setdefault(learner.called.casefold(), []).append(whose)
        return ["; ".join(shared) for shared in files.values() if len(shared) > 1]


def all_exercises() -> dict[str, Exercise]:
    """Return every exercise of the lesson by its key, in the lesson's order."""
    every = (step for page in exercises.PAGES for step in exercises.exercises_of(page))
    return {step.key: step for step in every}


def read_class(place: str | Path) -> Room:
    """Read a class folder. Do it as often as you like: unchanged files aren't opened again.

    Raises ClassFolderError if `place` isn't a folder.
    """
    place = Path(os.path.expanduser(place))  # unchanged if there's no such user
    if not os.path.isdir(place):
        raise ClassFolderError(
            f"{place} isn't a folder. Make it, and put the class's progress files into it."
        )
    learners = []
    left_out = []
    for number, path in enumerate(files_in(place)):
        # The board shows it, and can't show a broken character.
        name = printable(path.relative_to(place).as_posix(), 300)
        if number >= MOST_FILES:
            left_out.append((name, f"more than {MOST_FILES} files"))
            break
        try:
            facts = path.stat()
        except OSError:  # it's gone by now
            continue
        found = _open(path, name, facts.st_mtime, facts.st_size)
        if isinstance(found, Learner):
            learners.append(found)
        else:
            left_out.append((name, found))
    return together(learners, left_out)


@lru_cache(MOST_FILES)  # the board looks every few seconds, and most files haven't changed by then
def _open(path: Path, name: str, changed: float, size: int) -> Learner | str:
    """Read one file, or say why it can't be used; `size` only tells a changed file apart."""
    try:
        if path.name.endswith(ENDING):
            writer = load_writer(path)
            called = writer.nickname or printable(path.name.removesuffix(ENDING))
            return Learner(called, name, path, changed, writer=writer)
        capsule = unpack(path, networks=False)
        called = capsule.nickname or _name_of_file(name)
        return Learner(called, name, path, changed, capsule)
    except (ClassFileError, ProgressError) as error:
        return str(error).replace(str(path), path.name)


def files_in(place: Path) -> Iterator[Path]:
    """Find progress files and files of ten digits in a folder and its sub-folders, by name.

    Skips hidden folders and links: a home folder holds thousands of files that aren't ours.
    """
    for folder, inner, names in os.walk(place):
        depth = len(Path(folder).relative_to(place).parts)
        # os.walk() goes through whatever we leave in this list, in this order.
        visible = sorted(name for name in inner if not name.startswith("."))
        inner[:] = visible if depth < DEEPEST else []
        if ABOUT in names:  # a progress file that Safari has unpacked
            yield Path(folder)
            inner.clear()
            continue
        for name in sorted(names):
            if name.endswith((".zip", ENDING)) and not name.startswith("."):
                yield Path(folder, name)


def together(found: list[Learner], left_out: list[tuple[str, str]]) -> Room:
    """Put each learner's files together. If there are several progress files, the newest counts.

    Two progress files belong to the same learner if they share a record, because each record has a
    random id. (Two people who share a laptop but give two nicknames stay two.) A file of ten
    digits belongs to the learner with its nickname.
    """
    chosen: list[Learner] = []  # filled newest first, so the first file of a learner stays
    newest_first = sorted(found, key=lambda learner: (learner.last, learner.changed), reverse=True)
    for learner in (learner for learner in newest_first if learner.writer is None):
        newer = next((other for other in chosen if _same(learner, other)), None)
        if newer is None:
            chosen.append(learner)
        else:
            left_out.append((learner.file, f"{newer.file} is newer, and by the same learner"))
    for learner in (learner for learner in newest_first if learner.writer is not None):
        name = learner.called.casefold()
        owners = [place for place, other in enumerate(chosen) if other.called.casefold() == name]
        if len(owners) > 1:
            left_out.append((learner.file, f"several learners are called {learner.called[:40]}"))
        elif owners and chosen[owners[0]].writer is not None:
            left_out.append(
                (learner.file, f"there are other digits by {learner.called[:40]} already")
            )
        elif owners:
            chosen[owners[0]] = replace(chosen[owners[0]], writer=learner.writer)
        else:
            chosen.append(learner)
    chosen.sort(key=lambda learner: (learner.called.casefold(), learner.file))
    # The board and the contest tell learners apart by name.
    counts = Counter[str]()
    for place, learner in enumerate(chosen):
        counts[learner.called.casefold()] += 1
        chosen[place] = replace(learner, namesake=counts[learner.called.casefold()])
    return Room(chosen, sorted(left_out))


def _same(learner: Learner, other: Learner) -> bool:
    nicknames = {learner.capsule.nickname.casefold(), other.capsule.nickname.casefold()} - {""}
    return len(nicknames) < 2 and not learner.records.isdisjoint(other.records)


def _name_of_file(name: str) -> str:
    """Name a learner who gave no nickname: after the home folder with the file, or the file."""
    path = Path(name)
    if path.stem == "my_progress" and len(path.parts) > 1:
        return path.parts[0]
    return path.stem.removeprefix("my_progress_")
