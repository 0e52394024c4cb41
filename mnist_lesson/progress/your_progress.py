"""Tell a learner how far they've got, and pack all of it into one file, or bring it back."""

import os
import re
import uuid
from pathlib import Path

from mnist_lesson import exercises
from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.panels import ProgressPanel, count_solved
from mnist_lesson.exercise_engine.reply import Reply
from mnist_lesson.handwriting.drawings import HandError, add_missing, load_drawings
from mnist_lesson.instructor.records import Runs, learner_runs_file, merge
from mnist_lesson.progress.progress_file import (
    MOST_RUNS,
    SIZES,
    Capsule,
    Files,
    ProgressError,
    check_run,
    clean_nickname,
    pack,
    unpack,
)
from mnist_lesson.shared import workspace
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.shared.workspace import FACTS_FILE, NETWORK_FILE, RUN_NAME
from mnist_lesson.test import note_opening, openings

__all__ = ["ProgressError", "line", "load", "save"]

# Bytes of runs that save() packs: the learner's own network first, then the newest runs. Answers
# and table included, that's still less than a file may hold.
ROOM = 38_000_000


def line(page: str | None = None) -> Reply:
    """Say in one line how far you've got on a page, such as "load", and in the whole lesson.

    A running notebook shows a panel: a ring for each page, with an arc for each exercise.
    """
    events, trouble = journal.look()
    right = {
        event["key"]
        for event in events
        if event["kind"] == "check" and event.get("state") == "right"
    }
    steps = {
        name: {one.title: one.key in right for one in exercises.exercises_of(name)}
        for name in exercises.PAGES
    }
    solved, total = count_solved(steps)
    parts = [f"The whole lesson: {solved} of {total} exercises."]
    here = page if page in steps else None
    if here is not None:
        solved, total = count_solved({here: steps[here]})
        parts.insert(0, f"This page: {solved} of {total} exercises.")
    parts.append(_say_trained())
    if "BINDER_LAUNCH_HOST" in os.environ:  # Binder sets this, and saves nothing
        parts.append("Binder will forget you: run `progress.save()`, and download the file.")
    said = " ".join([*parts, trouble]).strip()
    return Reply("progress", said, panel=lambda: ProgressPanel(steps, here, said))


def _say_trained() -> str:
    """Say whether the learner has trained the network that the pads call theirs, or another."""
    if os.path.exists(workspace.run_folder("model") / NETWORK_FILE):
        return "You've trained your own network."
    if os.path.exists(workspace.run_folder("fast") / NETWORK_FILE):  # page 09's
        return (
            "You've trained page 09's network. "
            "To have your own on the pads, train on page 00 or 06."
        )
    return "You haven't trained your own network yet."


def save(file: str | Path | None = None, *, nickname: str = "") -> Reply:
    """Put everything you did into one file: exercises, guesses, runs, networks and drawings.

    Parameters
    ----------
    file
        Where to write it; by default `my_progress.zip` in your folder.
    nickname
        What the class board calls you, if you hand the file in: any name, or none. It goes into
        the file's name, too, as in `my_progress_Ada.zip`.

    Raises
    ------
    ProgressError
        Your folder can't be read, or the file can't be written.
    """
    called = clean_nickname(str(nickname))
    ending = re.sub(r"\W+", "_", called).strip("_")
    usual = f"my_progress_{ending}.zip" if ending else "my_progress.zip"
    target = Path(file) if file is not None else workspace.folder() / usual
    events, trouble = journal.look()
    try:
        runs, left_out, broken = _pack_runs()
        table = Runs.load(learner_runs_file()).rows
        hand, broken_hand = load_drawings()
        data = pack(Capsule(events, runs, openings(), table, 0, hand, called))
        workspace.write_atomic(target, data)
    except (OSError, workspace.WorkspaceError) as error:
        raise ProgressError(f"Your progress could not be saved. {_reason(error)}") from error
    how = (
        "To take it with you, find it in the list of files on the left, right-click it and choose "
        "Download."
    )
    place = f"in the folder `{target.absolute().parent.name}`, {max(len(data) / 1e6, 0.1):.1f} MB"
    said = [f"Saved as `{target.name}` {place}.", how]
    if left_out:
        said.append(f"There was no room for these runs: {', '.join(left_out)}. They stay here.")
    if broken:
        said.append(f"These runs are broken and were left out: {', '.join(broken)}.")
    return Reply("progress", " ".join(filter(None, [*said, trouble, broken_hand])))


def load(file: str | Path) -> Reply:
    """Bring back what `save()` packed, and keep everything that's already in your folder.

    Raises
    ------
    ProgressError
        The file is missing, damaged, not one of ours, or from a newer version of the lesson, and
        nothing was changed. Or your folder can't be written.
    """
    capsule = unpack(Path(file))
    # Each step only adds what's missing, so if one fails, you can load the same file again.
    try:
        trouble = journal.update(lambda before: journal.merged(before, capsule.events))
        names = [_add_run(name, files) for name, files in capsule.runs.items()]
        merge(capsule.table, learner_runs_file())
        add_missing(capsule.drawings)
        if capsule.opened > openings():  # the larger, not the sum: they may count the same ones
            note_opening(capsule.opened - openings())
    except (HandError, workspace.WorkspaceError, OSError) as error:
        raise ProgressError(
            f"Not all of {file} could be brought back. {_reason(error)} Then load it again."
        ) from error
    renamed = [
        f"`{old}` came in as `{new}`"
        for old, new in zip(capsule.runs, names, strict=True)
        if old != new
    ]
    said = [f"Brought back from `{Path(file).name}`."]
    if renamed:
        said.append(f"You already had a run with the same name, so {', '.join(renamed)}.")
    if capsule.lost:
        said.append(
            f"Lines in its table of runs that aren't runs and were left out: {capsule.lost}."
        )
    return Reply("progress", " ".join(filter(None, [*said, trouble, line().text])))


def _reason(error: Exception) -> str:
    """Say what went wrong, and what to do."""
    if isinstance(error, journal.JournalError | HandError):
        return str(error)
    why = error.strerror if isinstance(error, OSError) else None
    return (
        f"The lesson can't write there{f' ({why})' if why else ''}. Free some space on the disk, "
        "or choose another folder: import os; os.environ['MNIST_LESSON_WORKSPACE'] = "
        "'/a/folder/of/yours'"
    )


def _pack_runs() -> tuple[dict[str, Files], list[str], list[str]]:
    """Read the learner's runs while there's room; also name those that don't fit or are broken."""
    taken: dict[str, Files] = {}
    left_out = []
    broken = []
    room = ROOM
    for place in _runs_here():
        sizes = {name: (place / name).stat().st_size for name in SIZES if (place / name).is_file()}
        # One file that's too large, and load() would refuse the whole capsule.
        fits = all(size <= SIZES[name] for name, size in sizes.items())
        if not fits or sum(sizes.values()) > room or len(taken) == MOST_RUNS:
            left_out.append(place.name)
            continue
        files = {name: (place / name).read_bytes() for name in sizes}
        try:  # one broken run, and load() would refuse it, too
            check_run(files)
        except ForeignError:
            broken.append(place.name)
            continue
        taken[place.name] = files
        room -= sum(sizes.values())
    return taken, left_out, broken


def _runs_here() -> list[Path]:
    """Return the folders of the learner's complete runs: their own network, then newest first."""
    found = [file.parent for file in (workspace.folder() / "runs").glob(f"*/{FACTS_FILE}")]
    found = [place for place in found if RUN_NAME.fullmatch(place.name)]
    found.sort(key=lambda place: (place.name != "model", -(place / FACTS_FILE).stat().st_mtime))
    return found


def _add_run(name: str, files: Files) -> str:
    """Put a run into the learner's folder under a free name, and return that name."""
    number, free = 1, name
    while (target := workspace.run_folder(free)).exists():
        if all(
            (target / part).is_file() and (target / part).read_bytes() == files[part]
            for part in files
        ):
            return free  # it's here already
        number += 1
        free = f"{name[:70]}_{number}"  # a name has at most 80 letters
    # Put together under a hidden name, so nobody sees half a run.
    making = target.with_name(f".loading-{uuid.uuid4().hex}")
    for part, data in files.items():
        workspace.write_atomic(making / part, data)
    making.rename(target)
    return free
