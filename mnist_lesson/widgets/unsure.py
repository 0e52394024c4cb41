"""08 · Your digits: how sure must the network be to answer?"""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.unsure import Doubt, reliability, strangers, with_threshold
from mnist_lesson.load import load_data
from mnist_lesson.look import new_axes, tidy
from mnist_lesson.network.saved import networks_for_drawings, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.colours import BLUE, INK, ORANGE
from mnist_lesson.shared.html import gallery, img, tile
from mnist_lesson.shared.panel import Panel, png, say, text

KINDS = ("letters", "scribbles", "blank paper", "noise")
SHOWN = 10


class Unsure(Panel):
    """A threshold: where the likeliest digit is below it, the network says “I don't know”.

    `images` and `labels` are digits whose answers are known, by default the first 2,000 test digits.
    """

    def __init__(
        self,
        images: NDArray[np.uint8] | None = None,
        labels: Any = None,
        network: Twin | None = None,
    ) -> None:
        self.network = network or networks_for_drawings()[0]
        if images is None:
            images, labels = (part[:2000] for part in load_data()[1])
        self.labels = labels
        self.probabilities = self.network.predict(to_input(images))
        self.strange = {kind: strangers(kind) for kind in KINDS}
        self.opinions = {
            kind: self.network.predict(to_input(pictures))
            for kind, pictures in self.strange.items()
        }
        self.threshold = ipywidgets.FloatSlider(
            0.5,
            min=0,
            max=1,
            step=0.01,
            description="at least this sure",
            style={"description_width": "initial"},
        )
        self.kind = ipywidgets.Dropdown(options=KINDS, description="show it")
        self.answer, self.other = text(strong=True), text()
        self.diagram, self.tiles = ipywidgets.HTML(), ipywidgets.HTML()
        self.threshold.observe(self._changed, "value")
        self.kind.observe(self._changed, "value")
        figure, points = (
            reliability_figure(self.probabilities, labels),
            reliability(self.probabilities, labels),
        )
        words = "; ".join(f"{sure:.0%} sure, {right:.0%} right" for sure, right, _ in points)
        self.diagram.value = img(png(figure), f"Reliability diagram. {words}.")
        self._changed()
        super().__init__(
            [
                text(f"Read by {self.network.name}."),
                self.threshold,
                self.answer,
                self.diagram,
                self.kind,
                self.other,
                self.tiles,
            ]
        )

    @property
    def doubt(self) -> Doubt:
        """What the threshold does on the digits."""
        return with_threshold(self.probabilities, self.labels, self.threshold.value)

    def _changed(self, _change: Any = None) -> None:
        doubt, threshold = self.doubt, self.threshold.value
        how_often = (
            f"it is right on {doubt.accuracy:.2%} of those"
            if doubt.answered
            else "so it is never wrong"
        )
        say(
            self.answer,
            f"It answers {doubt.answered:,} of {doubt.count:,} digits ({doubt.coverage:.1%}); {how_often}.",
            strong=True,
        )
        kind, opinions = self.kind.value, self.opinions[self.kind.value]
        fooled = int((opinions.max(axis=1) >= threshold).sum())
        say(
            self.other,
            f"Of {len(opinions)} pictures of {kind}, it takes {fooled} for a digit. None of them is one.",
        )
        pieces = []
        for picture, chances in zip(self.strange[kind][:SHOWN], opinions[:SHOWN], strict=False):
            best, chance = int(chances.argmax()), float(chances.max())
            says = f"“{best}”, {chance:.0%}" if chance >= threshold else "“I don't know”"
            pieces.append(tile(picture, f"{kind}: it says {says}", width=84, caption=says))
        self.tiles.value = gallery(pieces, align="start")


def reliability_figure(probabilities: Any, labels: Any) -> Figure:
    """Draw how sure the network was against how often it was right."""
    points = reliability(probabilities, labels)
    (axes,) = new_axes(4.2, 3.2)
    axes.plot([0, 1], [0, 1], "--", color=INK, label="as sure as right")
    axes.plot(
        [p[0] for p in points], [p[1] for p in points], "o-", color=BLUE, label="this network"
    )
    for sure, right, count in points:
        axes.annotate(
            f"{count}",
            (sure, right),
            (5, -11),
            textcoords="offset points",
            fontsize=9,
            color=ORANGE,
        )
    tidy(axes, "small numbers: how many digits", "how sure it was", "how often it was right")
    axes.legend(loc="upper left", frameon=False)
    figure: Figure = axes.figure
    return figure


def still(network: Twin | None = None) -> Figure:
    """Draw what the panel shows first: the reliability diagram on 2,000 test digits."""
    images, labels = (part[:2000] for part in load_data()[1])
    return reliability_figure((network or practised_network()).predict(to_input(images)), labels)
