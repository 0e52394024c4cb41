"""The whole class on one page: names, exercises, guesses, networks, and who's stuck.

    ClassBoard("class")                    in JupyterLab; it refreshes as files arrive
    board_page(room)                       the same as an HTML page
    gradebook(room)                        the same as CSV, with points

Names and file names come from learners, so they're all escaped: `fill()` sees to it.
"""

import asyncio
import contextlib
import csv
import io
import time
from datetime import datetime
from pathlib import Path
from statistics import fmean

import ipywidgets

from mnist_lesson import exercises
from mnist_lesson.progress.class_folder import (
    DONE,
    IS_STUCK,
    STUCK,
    TRYING,
    ClassFolderError,
    Learner,
    Room,
    all_exercises,
    read_class,
)
from mnist_lesson.progress.contest import class_style, who_reads_whom
from mnist_lesson.shared.kit import Panel, Status, button, row
from mnist_lesson.shared.templates import fill
from mnist_lesson.shared.words import in_columns, today
from mnist_lesson.shared.workspace import check_writable, folder

# A sign for each state, for people who can't tell the colours apart.
SIGNS = {DONE: "✔", TRYING: "~", IS_STUCK: "!", "": "·"}
PAUSE = 5.0  # seconds between two looks at the folder
LONGEST_NAME = 30
ENDS = {  # the last columns, and what each of them shows
    "done": "exercises solved",
    "guesses right": "of the guesses whose result they’ve seen, how many were right",
    "how sure": "how sure they were of these guesses, on average",
    "network": "how many held-out digits the learner’s own network reads, according to the file",
    "last": "the page they worked on last, and when",
}


def summary(room: Room) -> str:
    """Say in a sentence how far the class has got, and who needs a visit."""
    if not room.learners:
        return "No progress files yet. They'll appear here as they arrive in the folder."
    count = len(room.learners)
    done = sum(len(learner.keys(DONE)) for learner in room.learners)
    stuck = [
        f"{_short(learner.name)} on “{all_exercises()[learner.stuck_on].title}” "
        f"({learner.tries[learner.stuck_on]} answers)"
        for learner in room.learners
        if learner.stuck_on
    ]
    people = f"{count} learner{'s' * (count != 1)}"
    said = f"{people}, {done} exercise{'s' * (done != 1)} done. "
    said += f"Stuck just now: {'; '.join(stuck)}." if stuck else "Nobody is stuck just now."
    return said + "".join(f" Of one nickname: {named}." for named in room.namesakes())


def board(room: Room) -> str:
    """Return the class as an HTML table: a row for each learner, a column for each exercise."""
    # As in "01 · Load", and the exercises of that page.
    pages = [
        (getattr(exercises, page).__doc__.partition(":")[0], exercises.exercises_of(page))
        for page in exercises.PAGES
    ]
    return fill(
        "board.html",
        room=room,
        pages=[(about, steps) for about, steps in pages if steps],
        rows=[(learner, _short(learner.name), _ends(learner)) for learner in room.learners],
        solved_by=[
            sum(learner.states.get(key) == DONE for learner in room.learners)
            for key in all_exercises()
        ],
        all_guesses=_guesses([guess for learner in room.learners for guess in learner.guesses]),
        signs=SIGNS,
        stuck=STUCK,
        ends=ENDS,
    )


def _ends(learner: Learner) -> list[str]:
    """Return the last columns of a row, in the order of `ENDS`."""
    accuracy = "–" if learner.accuracy is None else f"{learner.accuracy:.1%}"
    last = "–"
    if learner.page:
        # A file could hold any number here, and too large a one is no date.
        clock = datetime.fromtimestamp(min(max(learner.last, 0), 4e9))
        last = f"{getattr(exercises, learner.page).__doc__[:2]}, {clock:%H:%M}"
    solved = f"{len(learner.keys(DONE))} of {len(all_exercises())}"
    return [solved, *_guesses(learner.guesses), accuracy, last]


def _guesses(guesses: list[tuple[float, bool]]) -> tuple[str, str]:
    """Say how many guesses were right, and how sure they were."""
    if not guesses:
        return "–", "–"
    right = sum(right for _, right in guesses)
    return f"{right} of {len(guesses)}", f"{fmean(sure for sure, _ in guesses):.0%}"


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def board_page(room: Room) -> str:
    """Return the board as a page to open in a browser or print."""
    return fill(
        "board_page.html",
        title="The class",
        style=class_style(),
        summary=summary(room),
        time=f"{today()}, {datetime.now():%H:%M}",
        board=board(room),
    )


def gradebook(room: Room) -> str:
    """Return the board as CSV: points for solved exercises, and the state of each exercise."""
    keys = list(all_exercises())
    head = ["name", "file", "points", "max_points", "tried", "stuck", "guesses", "guesses_right"]
    lines: list[list[object]] = [[*head, "how_sure", "network_accuracy", *keys]]
    for learner in room.learners:
        right = sum(right for _, right in learner.guesses)
        sure = f"{fmean(sure for sure, _ in learner.guesses):.2f}" if learner.guesses else ""
        accuracy = "" if learner.accuracy is None else f"{learner.accuracy:.4f}"
        points, tried, stuck = (len(learner.keys(state)) for state in (DONE, TRYING, IS_STUCK))
        states = [learner.states.get(key, "") for key in keys]
        counts = [points, len(keys), tried, stuck, len(learner.guesses), right]
        lines.append([_plain(learner.name), _plain(learner.file), *counts, sure, accuracy, *states])
    written = io.StringIO()
    csv.writer(written).writerows(lines)
    return written.getvalue()


def _plain(text: str) -> str:
    """Stop a spreadsheet from taking a name for a formula."""
    # With a quote in front, all spreadsheets take it for text.
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def in_words(room: Room) -> str:
    """Return the board as a plain table, for a terminal."""
    head = ["name", *ENDS, "stuck on"]
    rows = [[_short(learner.name), *_ends(learner), learner.stuck_on] for learner in room.learners]
    return in_columns([head, *rows])


class ClassBoard(Panel):
    """The class board on the teacher's laptop: it checks the folder every few seconds.

    Parameters
    ----------
    place
        The folder with the learners' files; sub-folders count, too. By default `class` in your
        own folder, which is created if it's missing.

    Raises
    ------
    WorkspaceError
        Your own folder can't be written.
    """

    def __init__(self, place: str | Path | None = None) -> None:
        place = Path(place) if place else check_writable(folder() / "class")
        self.folder = ipywidgets.Text(
            str(place), description="folder", continuous_update=False, layout={"width": "30em"}
        )
        self.folder.observe(lambda _: self.refresh(), "value")
        self.readers = button("Who reads whom", self.read_each_other)
        self.table = ipywidgets.HTML()
        self.matrix = ipywidgets.HTML()
        self.status = Status()
        self.room = Room([], [])
        parts = [row(self.folder, self.readers), self.status, self.table, self.matrix]
        super().__init__(
            "The class",
            [ipywidgets.HTML(class_style()), *parts],
            lead=("Put the learners’ progress files into the folder, and they’ll show up here."),
        )
        self.refresh()
        self._watch: asyncio.Task[None] | None = None
        with contextlib.suppress(RuntimeError):  # outside a notebook, call refresh() yourself
            self._watch = asyncio.get_running_loop().create_task(self._keep_looking())

    def refresh(self) -> None:
        """Look into the folder that the box names, and show what's new."""
        try:
            room = read_class(self.folder.value)
        except (ClassFolderError, OSError) as error:
            self.room = Room([], [])
            self.table.value = ""
            self.status.fault(str(error))
            return
        self.room = room
        self.table.value = board(room) if room.learners or room.left_out else ""
        self.status.say(summary(room))

    def read_each_other(self) -> None:
        """Let every network read everybody's drawings: takes tenths of a second per learner."""
        self.matrix.value = who_reads_whom(self.room)._repr_html_()

    def close(self) -> None:
        """Close the panel, and stop looking."""
        if self._watch is not None:
            self._watch.cancel()
        super().close()

    async def _keep_looking(self) -> None:
        while True:
            begun = time.monotonic()
            self.refresh()
            # On a slow disk, rest for nine tenths of the time so the page stays responsive.
            await asyncio.sleep(max(PAUSE, 10 * (time.monotonic() - begun)))
