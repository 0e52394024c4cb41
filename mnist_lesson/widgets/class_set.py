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
from mnist_lesson.widgets.guided_sheet import GuidedSheet, Strokes


class ClassSet(Panel):
    """Draw ten digits into a file, and read a folder of such files.

    Parameters
    ----------
    place
        The folder; by default `class` in your own.
    network
        The one that reads; by default yours, or the practised one until you have one.
    """

    def __init__(self, place: str | Path | None = None, network: Twin | None = None) -> None:
        self.network = network or networks_for_drawings()[0]
        self.place = Path(place) if place else folder() / "class"
        self.sheet = GuidedSheet(heading="")
        self.nickname = ipywidgets.Text(description="nickname", placeholder="any, or none")
        self.save = button("Save my digits", self._save, main=True)
        # Not read while you type: half a path is no folder.
        self.folder = ipywidgets.Text(
            str(self.place), description="folder", continuous_update=False, layout={"width": "30em"}
        )
        self.read = button("Read the folder", self._read)
        self.folder.observe(lambda _: self._read(), "value")
        self.status = Status()
        self.answer = ipywidgets.HTML()
        self.table = SortableTable(["writer", "read right", "95% interval"])
        # Where something looks odd, the first click on Save asks, and a second one is the answer.
        self._asked: set[str] = set()
        super().__init__(
            "The class as a test set",
            [
                self.sheet,
                row(self.nickname, self.save),
                self.status,
                row(self.folder, self.read),
                self.answer,
                self.table,
            ],
            lead=f"Everyone draws ten digits; then {self.network.name} reads them all.",
        )
        self._read()

    def _save(self) -> None:
        strokes = dict(self.sheet.drawings)
        if not strokes:
            self.status.fault("Nothing is drawn yet, so there is nothing to save.")
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
            self.status.fault(f"It was not saved: {error}")
            return
        self._asked.clear()
        self.status.say(f"Saved as {file.name}. Give that file to your teacher.")
        # After the sentence, which it leaves alone unless a file is wrong.
        self._read()

    def _questions(self, strokes: dict[int, Strokes]) -> Iterator[str]:
        """Ask about digits that are missing, and about a name that somebody has already."""
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
            # Your own folder comes with the first file: that it is not there yet is no fault.
            nothing_yet = place == self.place and not place.exists()
            score = ClassScore([], []) if nothing_yet else score_class(self.network, place)
        except (ClassFileError, OSError, ValueError) as error:
            # Or the numbers of the folder before would stand beside the fault.
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
