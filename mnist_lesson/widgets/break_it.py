"""07 · Break it: how far can a digit be changed before the network errs, and on which part of it does it rely?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from mnist_lesson.look import show_curves, show_digits
from mnist_lesson.mistakes.accuracy_curves import COUNT, WAYS, in_words, measure, tell
from mnist_lesson.mistakes.occlusion import occlusion_map, where_it_hangs
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import current_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.bars import bars
from mnist_lesson.shared.colours import INK
from mnist_lesson.shared.html import colours, gallery, img, png_of, tile
from mnist_lesson.shared.latest import Latest
from mnist_lesson.shared.panel import Panel, png, say, table, text

SIZE = 150  # screen pixels


class BreakIt(Panel):
    """Change a test digit: the prediction follows, and a curve tells how many of 1,000 digits are still read correctly.

    A map shows on which part of the digit the answer hangs. The network is `current_network()`; the panel says which.
    """

    def __init__(self) -> None:
        self.network = current_network()
        looks = {"style": {"button_width": "80px"}, "layout": {"width": "auto"}}
        self.way = ipywidgets.ToggleButtons(
            options=list(WAYS), value="Turn", description="Way", **looks
        )
        self.amount = ipywidgets.SelectionSlider(
            options=[0], description="How much", layout={"width": "420px"}
        )
        self.digit = ipywidgets.BoundedIntText(
            0, 0, COUNT - 1, description="Test digit", layout={"width": "160px"}
        )
        self.words, self.relies, self.counted = text(), text(), text()
        self.shown, self.curve = ipywidgets.HTML(), ipywidgets.HTML()
        self.work = Latest(self._draw)
        self._switch()
        self.way.observe(self._switch, "value")
        self.amount.observe(self._ask, "value")
        self.digit.observe(self._ask, "value")
        note = text(f"You try what {self.network.name} can stand.", strong=True)
        row = ipywidgets.HBox([self.amount, self.digit], layout={"flex_flow": "row wrap"})
        super().__init__(
            [note, self.way, row, self.words, self.shown, self.relies, self.counted, self.curve]
        )

    def _switch(self, _change: Any = None) -> None:
        way = WAYS[self.way.value]
        self.amount.options = [(way.short(value), value) for value in way.values]
        self.amount.value = way.begin
        self._ask()

    def _ask(self, _change: Any = None) -> None:
        self.work.ask(self.way.value, self.amount.value, self.digit.value)

    def _draw(self, name: str, value: float, number: int) -> Iterator[None]:
        way, (images, labels) = WAYS[name], sealed_digits()
        image, changed = images[number], way.change(images[number : number + 1], value)[0]
        before, after = self.network.predict(to_input(np.stack([image, changed])))
        now = f"{way.say(value).capitalize()}, it is read as {in_words(after)}."
        say(self.words, f"As it is, this {labels[number]} is read as {in_words(before)}. {now}")
        digits = [
            tile(image, f"test digit {number}", width=SIZE, caption="as it is"),
            tile(
                changed,
                f"test digit {number}, {way.say(value)}",
                width=SIZE,
                caption=way.short(value),
            ),
            bars(after, truth=int(labels[number])),
        ]
        self.shown.value = gallery(digits, gap=20)
        yield
        fall = occlusion_map(self.network, changed)
        say(self.relies, where_it_hangs(fall))
        painted = colours(fall, max(0.05, float(np.abs(fall).max())), signed=True)
        painted[..., :3] = painted[..., :3] * (
            1 - 0.6 * changed[..., np.newaxis] / 255
        )  # the digit shows through
        covered = img(
            png_of(painted), where_it_hangs(fall), "width: 100%; image-rendering: pixelated"
        )
        figure = f'<figure style="margin: 0; width: {SIZE}px; text-align: center">{covered}what it hangs on</figure>'
        self.shown.value = gallery([*digits, figure], gap=20)
        drawn = -1
        for known in measure(self.network, name, value):
            yield
            if len(known) > drawn:
                drawn, (words, rows) = len(known), tell(name, known, value)
                say(self.counted, words)
                picture = img(png(curve(name, known, value)), words)
                numbers = f'<div style="line-height: 1.3">{table(["value", "read correctly"], rows)}</div>'
                self.curve.value = gallery([picture, numbers], gap=20)


def curve(
    name: str, known: Mapping[float, float], value: float | None = None, *, ax: Any = None
) -> Figure:
    """Draw the accuracy over all values of a way, as far as it is known; a line marks `value`."""
    way, title = WAYS[name], f"How many of {COUNT:,} test digits are read correctly"
    shares = {"read correctly": [known.get(value, np.nan) for value in way.values]}
    figure = show_curves(shares, x=way.values, title=title, x_label=way.say(), ax=ax)
    axis, room = ax or figure.axes[0], np.ptp(way.values) / 25
    axis.set(xlim=(min(way.values) - room, max(way.values) + room), ylim=(0, 1.03))
    axis.yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    axis.axvline(way.nothing if value is None else value, color=INK, lw=1, ls=":")
    return figure


def still(name: str = "Turn", *, number: int = 0) -> Figure:
    """Draw a test digit changed more and more, each with what it is read as, and the curve below."""
    network, way, images = current_network(), WAYS[name], sealed_digits()[0]
    shown = way.values[:: len(way.values) // 6]
    changed = np.concatenate([way.change(images[number : number + 1], value) for value in shown])
    answers = [in_words(chances) for chances in network.predict(to_input(changed))]
    *_, known = measure(network, name, way.nothing)
    figure = Figure(figsize=(9, 5), dpi=100, layout="constrained")
    top, bottom = figure.subplots(2, 1, height_ratios=(1, 1.6))
    names = [f"{way.short(value)}\n{answer}" for value, answer in zip(shown, answers, strict=True)]
    show_digits(changed, names, columns=len(shown), ax=top)
    return curve(name, known, ax=bottom)
