"""The class's own test set: ten digits by each learner, and how a network reads them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import ipywidgets

from mnist_lesson.handwriting.class_files import (
    ClassFileError,
    ClassScore,
    Writer,
    file_of,
    save_writer,
    score_class,
)
from mnist_lesson.handwriting.strokes import PEN
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.kit import Panel, SortableTable, Status, big_answer, button, cell, row
from mnist_lesson.shared.workspace import WorkspaceError, folder
from mnist_lesson.test import wilson_interval
from mnist_lesson.widgets.guided_sheet import LEAD, GuidedSheet, Strokes


class ClassSet(Panel):
    """Draw ten digits and save them as a file, and let a network read a folder of such files.

    Parameters
    ----------
    place
        The folder; by default, `class` in your own folder.
    network
        The network that reads; by default yours, or the practised one until you have your own.
    """

    def __init__(self, place: str | Path | None = None, network: Twin | None = None) -> None:
        self.network = network or networks_for_drawings()[0]
        self.place = Path(place) if place else folder() / "class"
        self.sheet = GuidedSheet(heading="")
        self.nickname = ipywidgets.Text(description="nickname", placeholder="any, or none")
        self.save = button("Save my digits", self._save, main=True)
        # Not read while you type: half a path isn't a folder.
        self.folder = ipywidgets.Text(
            str(self.place), description="folder", continuous_update=False, layout={"width": "30em"}
        )
        self.read = button("Read the folder", self._read)
        self.folder.observe(lambda _: self._read(), "value")
        self.status = Status()
        self.answer = ipywidgets.HTML()
        self.table = SortableTable(columns=["writer", "read right", "95% interval"])
        # If something looks odd, the first click on Save asks, and a second one means yes.
        self._asked: set[str] = set()
        super().__init__(
            "The class as a test set",
            [
                self.sheet,
                row(self.nickname, self.save, self.status),
                row(self.folder, self.read),
                self.answer,
                self.table,
            ],
            lead=f"Everyone draws ten digits; then {self.network.name} reads them all. {LEAD}",
        )
        self._read()

    def _save(self) -> None:
        strokes = dict(self.sheet.drawings)
        if not strokes:
            self.status.fault("Nothing is drawn yet, so there's nothing to save.")
            return
        for question in self._questions(strokes):
            if question not in self._asked:
                self._asked.add(question)
                self.status.fault(question)
                return
        try:
            file = save_writer(
                Writer(self.nickname.value[:40], strokes, PEN), Path(self.folder.value)
            )
        except (WorkspaceError, OSError, ValueError) as error:
            self.status.fault(f"It wasn't saved: {error}")
            return
        self._asked.clear()
        self.status.say(f"Saved as {file.name}. Give that file to your teacher.")
        # After the message, which it leaves alone unless there's something wrong with a file.
        self._read()

    def _questions(self, strokes: dict[int, Strokes]) -> Iterator[str]:
        """Ask about missing digits, and about a name that's already taken."""
        missing = [str(digit) for digit in range(10) if digit not in strokes]
        if missing:
            yield (
                f"Still missing: {', '.join(missing)}. Draw them, or press Save again to leave "
                "them out."
            )
        if file_of(self.nickname.value, self.folder.value).exists():
            yield (
                f"There are digits by “{self.nickname.value}” already. Press Save again to keep "
                "both, or choose another nickname."
            )

    def _read(self) -> None:
        place = Path(self.folder.value)
        try:
            # Your own folder is made with the first file, so it's fine if it isn't there yet.
            nothing_yet = place == self.place and not place.exists()
            score = ClassScore([], []) if nothing_yet else score_class(self.network, place)
        except (ClassFileError, OSError, ValueError) as error:
            # Otherwise, the last folder's numbers would still be there, next to the error.
            self.answer.value = ""
            self.table.rows = []
            self.status.fault(str(error))
            return
        share = f"{score.right / score.count:.0%}" if score.count else ""
        self.answer.value = big_answer(share, str(score)) if share else ""
        if score.refused:
            self.status.fault(f"Left out: {' '.join(score.refused)}")
        self.table.rows = [_row(*line) for line in score.rows]


def _row(nickname: str, right: int, count: int) -> list[object]:
    low, high = wilson_interval(right, count)
    share = right / count
    read = cell(share, f"{right} of {count}", share=share, interval=(low, high))
    return [nickname, read, f"{low:.0%} to {high:.0%}"]
