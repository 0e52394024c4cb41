"""08 · Your digits: draw ten digits into a file, and let a folder of such files be a test set."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ipywidgets
from matplotlib.figure import Figure

from mnist_lesson.handwriting.class_files import (
    ClassFileError,
    ClassScore,
    Writer,
    save_writer,
    score_class,
)
from mnist_lesson.handwriting.strokes import PEN
from mnist_lesson.look import show_digits
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.panel import Panel, say, table, text
from mnist_lesson.shared.workspace import WorkspaceError, folder
from mnist_lesson.test import wilson_interval
from mnist_lesson.widgets.drawing_pad import Pad

NARROW = {"layout": {"width": "auto"}}


class ClassSet(Panel):
    """Ten digits by each learner, and how the network reads them all. The files lie in `place`."""

    def __init__(self, place: str | Path | None = None, network: Twin | None = None) -> None:
        self.network, self.place = (
            network or networks_for_drawings()[0],
            Path(place) if place else folder() / "class",
        )
        self.strokes: dict[int, list[list[int]]] = {}
        self.digit = ipywidgets.ToggleButtons(
            options=list(range(10)), description="draw a", style={"button_width": "34px"}
        )
        self.pad = Pad()
        self.nickname = ipywidgets.Text(description="nickname", placeholder="any, or none")
        self.save = ipywidgets.Button(description="Save my digits", icon="save", **NARROW)
        self.folder = ipywidgets.Text(
            str(self.place), description="folder", continuous_update=False, layout={"width": "30em"}
        )
        self.read = ipywidgets.Button(description="Read the folder", icon="refresh", **NARROW)
        self.drawn, self.words, self.fault, self.rows = (
            text(),
            text(strong=True),
            text(),
            ipywidgets.HTML(),
        )
        self.digit.observe(self._turn, "value")
        self.pad.observe(self._keep, "strokes")
        self.save.on_click(self._save)
        self.read.on_click(lambda _button: self._read())
        self.folder.observe(lambda _change: self._read(), "value")
        self._say_drawn()
        self._read()
        super().__init__(
            [
                self.digit,
                ipywidgets.HBox(
                    [self.pad, ipywidgets.VBox([self.drawn, self.nickname, self.save, self.fault])],
                    layout={"flex_flow": "row wrap"},
                ),
                ipywidgets.HBox([self.folder, self.read], layout={"flex_flow": "row wrap"}),
                text(f"Read by {self.network.name}."),
                self.words,
                self.rows,
            ]
        )

    def _turn(self, _change: Any) -> None:
        self.pad.strokes = self.strokes.get(self.digit.value, [])

    def _keep(self, _change: Any) -> None:
        if self.pad.strokes:
            self.strokes[self.digit.value] = list(self.pad.strokes)
        else:
            self.strokes.pop(self.digit.value, None)
        self._say_drawn()

    def _say_drawn(self) -> None:
        missing = [str(digit) for digit in range(10) if digit not in self.strokes]
        say(
            self.drawn, f"Still to draw: {', '.join(missing)}." if missing else "All ten are drawn."
        )

    def _save(self, _button: Any) -> None:
        if not self.strokes:
            say(self.fault, "Nothing is drawn yet, so there is nothing to save.")
            return
        try:
            file = save_writer(
                Writer(self.nickname.value[:40], dict(self.strokes), PEN), Path(self.folder.value)
            )
        except (WorkspaceError, OSError, ValueError) as error:
            say(self.fault, f"It was not saved: {error}")
            return
        say(self.fault, f"Saved as {file.name}. Give that file to your teacher.")
        self._read()

    def _read(self) -> None:
        try:
            place = Path(self.folder.value)
            score = (
                score_class(self.network, place)
                if place != self.place or place.exists()
                else ClassScore([], [])
            )
        except (ClassFileError, OSError, ValueError) as error:
            say(self.words, str(error), strong=True)
            self.rows.value = ""
            return
        left_out = f" Left out: {' '.join(score.refused)}" if score.refused else ""
        say(self.words, f"{score}{left_out}", strong=True)
        self.rows.value = writer_table(score)


def writer_table(score: ClassScore) -> str:
    """Return a line for each writer: how many of their digits are read correctly, with its interval."""
    rows = []
    for nickname, right, count in score.rows:
        low, high = wilson_interval(right, count)
        rows.append([nickname, f"{right} of {count}", f"{low:.0%} to {high:.0%}"])
    return table(["writer", "right", "95 % interval"], rows) if rows else ""


def still(writer: Writer) -> Figure:
    """Draw one writer's digits as the network sees them."""
    return show_digits(*writer.images())
