"""11 · Few marks: weights snap to a ruler with fewer and fewer marks, until nothing is read."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.hand import load_hand, your_network
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.handwriting.take_home import rounded, rounded_bytes, to_int8
from mnist_lesson.look import new_axes, tidy
from mnist_lesson.mistakes.accuracy_curves import COUNT, PIECE, count_right
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.colours import BLUE, ORANGE, PALE
from mnist_lesson.shared.kit import Panel, Status, Still, big_answer, column, row, script
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.picture import PAGE
from mnist_lesson.shared.words import a_digit, say_probability
from mnist_lesson.widgets.drawing_pad import Pad

MARKS = (3, 5, 7, 15, 31, 63, 127, 255)
USABLE = 0.9  # a reader that gets less than this share right is broken


class Ruler(anywidget.AnyWidget):
    """A filter's weights as dots on a ruler: each glides to its nearest mark."""

    _esm = script("ruler.js")
    weights: Any = traitlets.List().tag(sync=True)
    marks = traitlets.Int(MARKS[-1]).tag(sync=True)


class FewMarks(Panel):
    """Take marks away from the rulers of a network's weights, until it can't read any more.

    Parameters
    ----------
    network
        By default yours, or the practised one until you've trained one.
    """

    def __init__(self, network: Twin | None = None) -> None:
        self.network = network or your_network(networks_for_drawings()[0])
        first = next(w["kernel"] for w in self.network.weights.values() if "kernel" in w)
        self._filters = first.reshape(-1, first.shape[-1]).T
        wide = {"flex": "1 1 300px"}
        self.marks = ipywidgets.SelectionSlider(
            options=MARKS, value=MARKS[-1], description="marks", layout=wide
        )
        last = len(self._filters) - 1
        self.filter = ipywidgets.IntSlider(
            0, 0, last, description="a filter of the first layer", layout=wide
        )
        self.ruler = Ruler()
        drawings = load_hand().drawings
        self._example = drawings[-1].strokes if drawings else strokes_of(3)
        self.pad = Pad(example=[list(stroke) for stroke in self._example])
        self.answer, self.size, self.share, self.curve = (ipywidgets.HTML() for _ in range(4))
        self.status = Status()
        self._known: dict[int, float] = {}
        self.work = Latest(self._count)  # in a thread, so the slider stays alive
        super().__init__(
            "How few marks can it live with?",
            [
                row(self.pad, column(self.answer, self.share, self.size)),
                row(self.marks),
                self.status,
                self.curve,
                row(self.filter),
                self.ruler,
            ],
            lead="Draw a digit, then take marks away. Find the step where it falls apart.",
        )
        self.marks.observe(self._round, "value")
        self.filter.observe(self._show_filter, "value")
        self.pad.observe(self._read, "strokes")
        self._show_filter()
        self._round()

    def _show_filter(self, _change: Any = None) -> None:
        self.ruler.weights = self._filters[self.filter.value].tolist()

    def _round(self, _change: Any = None) -> None:
        marks = self.marks.value
        self.ruler.marks = marks
        self._rounded = rounded(self.network, marks)
        kilobytes = rounded_bytes(self.network, marks) / 1000
        floats = 4 * sum(a.size for w in self.network.weights.values() for a in w.values()) / 1000
        bits = (marks - 1).bit_length()
        self.size.value = big_answer(
            f"{kilobytes:.0f} kB",
            f"for all weights, at {bits} bits each. As floats, they take {floats:.0f} kB.",
        )
        self._read()
        self.work.ask(marks)

    def _read(self, _change: Any = None) -> None:
        picture = center_drawing(draw_strokes(self.pad.strokes or self._example, self.pad.pen))
        before, after = (n.predict(to_input(picture))[0] for n in (self.network, self._rounded))
        best, usual = int(after.argmax()), int(before.argmax())
        said = (
            f"is what it reads with {self.marks.value} marks, {say_probability(after[best])} sure."
        )
        if best != usual:
            said += f" Before the rounding, it read {a_digit(usual)}."
        if not self.pad.strokes:
            said += " That's the faint example: now you!"
        self.answer.value = big_answer(best, said, probability=after[best], wrong=best != usual)

    def _count(self, marks: int) -> Iterator[None]:
        """Count how many test digits are read correctly, and add a point to the curve."""
        if marks not in self._known:
            self.share.value = big_answer("…", f"Reading {COUNT:,} test digits with these marks.")
            for piece, right in enumerate(count_right(rounded(self.network, marks)), 1):
                reached = right / (piece * PIECE)
                # A first idea, in grey, of what the score will be.
                words = f"of the first {piece * PIECE} test digits, and it's still reading."
                self.share.value = big_answer(f"{reached:.0%}", words, probability=0)
                yield
            self._known[marks] = reached
        share = self._known[marks]
        broken = share < USABLE
        said = f"of {COUNT:,} test digits are read correctly{': it broke!' if broken else '.'}"
        self.share.value = big_answer(f"{share:.1%}", said, wrong=broken)
        self._find_edge()
        points = sorted((MARKS.index(known), reached) for known, reached in self._known.items())
        self.curve.value = chart(
            [Curve("", points)],
            {place: str(number) for place, number in enumerate(MARKS)},
            title=f"Read correctly, of {COUNT:,} test digits",
            x_name="marks on each ruler",
            alt="; ".join(f"{MARKS[place]} marks: {reached:.1%}" for place, reached in points),
            here=MARKS.index(marks),
            height=130,
        )

    def _find_edge(self) -> None:
        """Celebrate once both the fewest marks it can live with and the next fewer are counted."""
        for fewer, more in pairwise(MARKS):
            if self._known.get(fewer, 1) < USABLE <= self._known.get(more, 0):
                self.status.cheer(
                    "You've found the edge!",
                    f"With {more} marks it still reads {self._known[more]:.1%}, and with "
                    f"{fewer} only {self._known[fewer]:.1%}.",
                )

    def still(self) -> Still:
        """Draw a filter's weights above a ruler with seven marks, and where each of them goes."""
        weights = self._filters[self.filter.value]
        whole, scales = to_int8(weights[:, np.newaxis], 7)
        axis = new_axes(PAGE, 1.8)[0]
        for weight, mark in zip(weights, whole[:, 0] * scales[0], strict=True):
            axis.plot([weight, mark], [1, 0.1], color=PALE, lw=1, zorder=1)
        axis.plot(weights, np.ones(len(weights)), "o", color=BLUE, ms=7)
        axis.plot(np.arange(-3, 4) * scales[0], np.zeros(7), "|", color=ORANGE, ms=22, mew=2)
        tidy(axis, "", "", "")
        axis.set(yticks=[], ylim=(-0.3, 1.3))
        alt = f"{len(weights)} weights of a filter, each with a line to the nearest of seven marks."
        return Still(axis.figure, alt)
