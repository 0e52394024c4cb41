"""07 · Mistakes: what is taken for what, and behind each number exactly the digits that it counts."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure

from mnist_lesson.look import show_digits
from mnist_lesson.mistakes.test_set_answers import readings_of
from mnist_lesson.shared.bars import bars
from mnist_lesson.shared.colours import BLUE, INK, PALE
from mnist_lesson.shared.html import gallery, tile
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.panel import Panel, say, text
from mnist_lesson.test import Prediction

PAGE = 12  # digits at once
SHADES = ("white", "#fee8d0", "#fdcd9b", "#fdae6b", "#f98c3c")  # no mistakes, few … many
LOOKS = (
    *((shade, INK) for shade in SHADES),
    ("#dcebf6", BLUE),
)  # the last one is for right answers
BOX = {"width": "46px", "height": "28px", "margin": "1px", "padding": "0"}
GRID = {
    "grid_template_columns": "20px repeat(10, 48px)",
    "align_items": "center",
    "overflow": "auto hidden",
}
NARROW = {"layout": {"width": "160px"}}


class MistakeBrowser(Panel):
    """The confusion of the 10,000 test digits as buttons: choose one, and see its digits with the ten probabilities.

    `prediction` is what `predict()` gave for the test digits; without it,
    `current_network()` reads them while you look.
    """

    def __init__(self, prediction: Prediction | None = None) -> None:
        self.readings = readings_of(prediction)
        truth, answer = self.readings.worst()
        self.truth = ipywidgets.Dropdown(
            options=list(range(10)), value=truth, description="True digit", **NARROW
        )
        self.answer = ipywidgets.Dropdown(
            options=list(range(10)), value=answer, description="Read as", **NARROW
        )
        self.page = ipywidgets.IntSlider(1, 1, 1, description="Page")
        self._boxes = [
            ipywidgets.Layout(**BOX, border=border)
            for border in (f"1px solid {PALE}", f"3px solid {INK}")
        ]
        self._styles = [
            ipywidgets.ButtonStyle(button_color=paper, text_color=ink) for paper, ink in LOOKS
        ]
        # Not tabbable: the Tab key should not have to pass a hundred buttons. The two lists above do the same.
        self.cells = {
            cell: ipywidgets.Button(layout=self._boxes[0], tabbable=False)
            for cell in np.ndindex(10, 10)
        }
        self.note, self.words, self.shown = text(), text(strong=True), ipywidgets.HTML()
        self.work = Latest(self._draw)
        for cell, button in self.cells.items():
            button.on_click(partial(self._choose, cell))
        for control, follow in (
            (self.truth, self._turn_back),
            (self.answer, self._turn_back),
            (self.page, self._ask),
        ):
            control.observe(follow, "value")
        self._ask()
        row = ipywidgets.HBox(
            [self.truth, self.answer, self.page], layout={"flex_flow": "row wrap"}
        )
        super().__init__([self.note, row, self._grid(), self.words, self.shown])

    def _grid(self) -> ipywidgets.GridBox:
        heads = [
            ipywidgets.HTML(f'<b style="display: block; text-align: center">{digit}</b>')
            for digit in range(10)
        ]
        rows = [
            [ipywidgets.HTML(f"<b>{i}</b>"), *(self.cells[i, j] for j in range(10))]
            for i in range(10)
        ]
        return ipywidgets.GridBox([ipywidgets.HTML(), *heads, *chain(*rows)], layout=GRID)

    def _choose(self, cell: tuple[int, int], _button: Any) -> None:
        self.truth.value, self.answer.value = cell

    def _turn_back(self, _change: Any) -> None:
        self.page.value = 1
        self._ask()

    def _ask(self, _change: Any = None) -> None:
        self.work.ask((self.truth.value, self.answer.value), self.page.value)

    def _draw(self, cell: tuple[int, int], page: int) -> Iterator[None]:
        for place, button in self.cells.items():
            button.layout = self._boxes[place == cell]
        while True:
            self._count()
            self._show(cell, page)
            yield
            if self.readings.done:
                return
            self.readings.go_on()

    def _count(self) -> None:
        readings, counts = self.readings, self.readings.confusion()
        how = (
            "A row for each true digit, a column for each answer."
            if readings.done
            else "It reads on …"
        )
        say(self.note, f"{readings.count:,} test digits, read by {readings.whose}. {how}")
        most = max(1, np.where(np.eye(10, dtype=bool), 0, counts).max())
        for (i, j), button in self.cells.items():
            button.description, button.tooltip = str(counts[i, j]), readings.about(i, j)
            button.style = self._styles[
                -1 if i == j else -(-counts[i, j] * (len(SHADES) - 1) // most)
            ]

    def _show(self, cell: tuple[int, int], page: int) -> None:
        places = self.readings.cell(*cell)
        self.page.max = max(1, -(-len(places) // PAGE))
        say(self.words, self.readings.about(*cell), strong=True)
        self.shown.value = gallery(
            map(self._digit, places[(page - 1) * PAGE : page * PAGE]), gap=12
        )

    def _digit(self, place: int) -> str:
        name, truth = f"test digit {place}", int(self.readings.labels[place])
        picture = tile(self.readings.images[place], name, width=130, caption=name)
        return f"<div>{picture}{bars(self.readings.chances[place], truth=truth)}</div>"


def still(prediction: Prediction | None = None, *, cell: tuple[int, int] | None = None) -> Figure:
    """Draw up to ten digits of a cell, (true digit, answer); by default of the most frequent mistake."""
    readings = readings_of(prediction)
    readings.finish()
    truth, answer = cell or readings.worst()
    places = readings.cell(truth, answer)[:10]
    if not len(places):
        raise ValueError(f"There is nothing to draw: {readings.about(truth, answer)}")
    names = [
        f"truly {truth}\nread {answer}\n{readings.chances[place, answer]:.0%}" for place in places
    ]
    figure = Figure(
        figsize=(9, 2), dpi=100, layout="constrained"
    )  # always as large: a saved page compares the size
    return show_digits(readings.images[places], names, columns=10, ax=figure.subplots())
