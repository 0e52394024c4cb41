"""08 · How sure must a network be to answer? A threshold, and what it costs."""

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.unsure import Doubt, strangers, with_threshold
from mnist_lesson.load import load_data, split
from mnist_lesson.look import show_curves
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.kit import (
    Panel,
    Status,
    Still,
    big_answer,
    column,
    digit_tile,
    row,
    tiles,
)
from mnist_lesson.shared.words import say_probability

TITLE = "What is left of all its answers"
ALT = "Two curves over the threshold: mistakes fall sooner than right answers."
KINDS = ("letters", "scribbles", "blank paper", "noise")
SHOWN = 8
MISTAKE = 50  # coins that a wrong answer costs the bank; “I don't know” costs one
COUNT = 2000  # held-out digits: a threshold is a choice, and we don't choose by the test set


class Unsure(Panel):
    """Set a threshold: if no digit gets that much, the network says “I don't know”.

    Mistakes and refusals cost a bank coins, and the cheapest threshold is cheered. The network is
    yours, or the practised one until you've trained one.
    """

    def __init__(self) -> None:
        self.network = networks_for_drawings()[0]
        (images, labels), _ = load_data()
        held_out = split(labels)[1][:COUNT]
        self.labels = labels[held_out]
        # Everything is read here, once; the slider then only compares numbers.
        self.probabilities = self.network.predict(to_input(images[held_out]))
        self.strangers = {kind: strangers(kind) for kind in KINDS}
        self.readings = {
            kind: self.network.predict(to_input(pictures))
            for kind, pictures in self.strangers.items()
        }
        self.threshold = ipywidgets.FloatSlider(
            0.5,
            min=0,
            max=1,
            step=0.01,
            description="threshold",
            layout={"width": "min(100%, 560px)"},
        )
        self.kind = ipywidgets.Dropdown(options=KINDS, description="and show it")
        self.answer = ipywidgets.HTML()
        self.bank = Status()
        self.curves = ipywidgets.HTML()
        self.fooled = ipywidgets.HTML()
        self.pictures = ipywidgets.HTML()
        for control in (self.threshold, self.kind):
            control.observe(lambda _: self._draw(), "value")
        self._left = left_at(self.probabilities, self.labels)
        steps = np.linspace(0, 1, 101)
        self._least = min(coins(self._at(threshold)) for threshold in steps)
        self._cheapest = len(self.labels)  # coins, so far: what it costs to answer nothing
        self._draw()
        super().__init__(
            "“I don't know”",
            [
                row(self.threshold, self.kind),
                row(
                    column(self.answer, self.bank, self.curves),
                    column(self.fooled, self.pictures),
                ),
            ],
            lead=f"Below the threshold, {self.network.name} doesn't answer. Which one is cheapest?",
        )

    @property
    def doubt(self) -> Doubt:
        """What the threshold does with the digits."""
        return self._at(self.threshold.value)

    def _at(self, threshold: float) -> Doubt:
        return with_threshold(self.probabilities, self.labels, threshold)

    def _draw(self) -> None:
        doubt = self.doubt
        wrong = doubt.answered - doubt.right
        cost = coins(doubt)
        self.answer.value = big_answer(
            f"{cost:,}",
            f"coins: {wrong} wrong answer{'s' * (wrong != 1)} and "
            f"{doubt.count - doubt.answered:,} “I\u00a0don't\u00a0know”, on {doubt.count:,} "
            "held-out digits.",
        )
        self._cheapest = min(cost, self._cheapest)
        if cost == self._least:
            self.bank.cheer("You're hired!", "No threshold is cheaper than this one.")
        else:
            self.bank.say(f"Cheapest so far: {self._cheapest:,} coins.")
        self.curves.value = chart(
            [Curve(name, points, dots=False) for name, points in self._left.items()],
            {0: "0", 0.25: "0.25", 0.5: "0.50", 0.75: "0.75", 1: "1"},
            title=TITLE,
            x_name="threshold",
            alt=ALT,
            here=self.threshold.value,
            height=260,
        )
        kind = self.kind.value
        readings = self.readings[kind]
        fooled = int((readings.max(axis=1) >= self.threshold.value).sum())
        self.fooled.value = big_answer(
            fooled, f"taken for digits, of {len(readings)} pictures of {kind}. None of them are."
        )
        self.pictures.value = tiles(
            self._tile(picture, probabilities)
            for picture, probabilities in zip(
                self.strangers[kind][:SHOWN], readings[:SHOWN], strict=False
            )
        )

    def _tile(self, picture: NDArray[np.uint8], probabilities: NDArray[np.float32]) -> str:
        best = int(probabilities.argmax())
        sure = float(probabilities.max())
        answered = sure >= self.threshold.value
        says = f"“{best}”, {say_probability(sure)}" if answered else "“I don't know”"
        tile = digit_tile(picture, says, alt=f"{self.kind.value}: it says {says}", width=112)
        return tile if answered else f'<div class="lm-silent">{tile}</div>'

    def still(self) -> Still:
        """Draw the same curves: they show what every threshold would do."""
        points = np.array(list(self._left.values()))[:, ::5]  # so many dots are enough
        curves = dict(zip(self._left, points[..., 1], strict=True))
        figure = show_curves(curves, x=points[0, :, 0], title=TITLE, x_label="threshold")
        return Still(figure, ALT)


def coins(doubt: Doubt) -> int:
    """Return what a threshold costs the bank."""
    return MISTAKE * (doubt.answered - doubt.right) + doubt.count - doubt.answered


def left_at(probabilities: NDArray[Any], labels: Any) -> dict[str, list[tuple[float, float]]]:
    """Return, for thresholds from 0 to 1, the shares of right answers and mistakes that are left.

    They're shares of those that the network gives without a threshold.
    """
    doubts = [with_threshold(probabilities, labels, step / 100) for step in range(101)]
    right = [(doubt.threshold, doubt.right) for doubt in doubts]
    wrong = [(doubt.threshold, doubt.answered - doubt.right) for doubt in doubts]
    return {
        name: [(threshold, count / (counts[0][1] or 1)) for threshold, count in counts]
        for name, counts in (("right", right), ("mistakes", wrong))
    }
