"""10 · It changes its mind about you: networks between the untaught one and the taught one."""

from __future__ import annotations

from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.handwriting.between import STEPS, Between, worst_drawing
from mnist_lesson.look import show_curves, show_digit
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import kit
from mnist_lesson.shared.chart import Curve, chart
from mnist_lesson.shared.checks import check_images, check_labels
from mnist_lesson.shared.picture import Picture
from mnist_lesson.shared.words import a_digit, say_probability

COUNT = 6000  # held-out digits
TOPS = (0.06, 0.12, 0.3, 0.6, 1)  # heights of the chart: few, so that two can be compared


class ChangeOfMind(kit.Panel):
    """Drag from the untaught network to the taught one, and watch how it reads your drawings.

    It opens on the drawing that the untaught network misread most surely.

    Parameters
    ----------
    untaught, taught
        Two networks that differ in their last layer alone, as `learn_hand()` leaves them.
    drawings, labels
        uint8 (n, 28, 28), and the digits that they are, (n,).
    heading
        Title of the panel.
    """

    def __init__(
        self,
        untaught: Twin,
        taught: Twin,
        drawings: Any,
        labels: Any,
        *,
        heading: str = "It changes its mind about you",
    ) -> None:
        self.drawings = check_images(drawings, "drawings")
        self.labels = check_labels(labels, len(self.drawings))
        # Everything is read here, once; dragging then only looks it up.
        between = Between(untaught, taught)
        self.readings = between.read(to_input(self.drawings))
        self.misread = between.misread()
        self.slider = ipywidgets.IntSlider(
            0, 0, STEPS, description="untaught", readout=False, layout={"flex": "1 1 280px"}
        )
        self.grid = kit.DigitGrid(chosen=worst_drawing(self.readings[0], self.labels))
        self.grid.hang(self.drawings, map(str, self.labels))
        self.mix = kit.Status()
        self.picture = ipywidgets.HTML()
        self.answer = ipywidgets.HTML()
        self.bars = ipywidgets.HTML()
        self.forgotten = ipywidgets.HTML()
        self.forgotten.add_class("lm-beside")
        self.curve = ipywidgets.HTML()
        self.slider.observe(lambda _: self._draw(), "value")
        self.grid.observe(lambda _: self._draw(), "chosen")
        self._draw()
        super().__init__(
            heading,
            [
                kit.row(self.slider, ipywidgets.Label("taught")),
                self.mix,
                kit.row(self.picture, kit.column(self.answer, self.bars)),
                kit.row(self.grid),
                kit.row(kit.column(self.curve), self.forgotten),
            ],
            lead="Drag from untaught to taught. Click on a drawing to enlarge it.",
        )

    def _draw(self) -> None:
        step = self.slider.value
        chosen = self.grid.chosen
        label = int(self.labels[chosen])
        read = self.readings[step].argmax(axis=1)
        pairs = zip(read, self.labels, strict=True)
        self.grid.labels = [f"{digit} {kit.sign(digit == truth)}" for digit, truth in pairs]
        self.mix.say(explain_mix(step))
        self.picture.value = kit.digit_tile(
            self.drawings[chosen], f"drawn as {a_digit(label)}", width=208
        )
        sure = self.readings[step, chosen].max()
        self.answer.value = kit.big_answer(
            read[chosen],
            f"It's {say_probability(sure)} sure.",
            probability=sure,
            wrong=bool(read[chosen] != label),
        )
        self.bars.value = kit.bar_of_ten(self.readings[step, chosen], truth=label)
        misread = self.misread[step]
        self.forgotten.value = kit.big_answer(
            f"{misread:,}",
            f"of {COUNT:,} held-out digits by other people are misread at this point.",
        )
        points = [(at, number / COUNT) for at, number in enumerate(self.misread)]
        top = next(top for top in TOPS if top >= max(self.misread) / COUNT)
        self.curve.value = chart(
            [Curve("", points, dots=False)],
            {0: "untaught", STEPS: "taught"},
            title="Other people's digits, misread",
            x_name="",
            alt=f"A curve. Misread: {self.misread[0]:,} untaught, {self.misread[-1]:,} taught.",
            shares=(0, top / 2, top),
            stretch=lambda share: share / top,
            here=step,
            height=90,
        )

    def still(self) -> kit.Still:
        """Draw the drawing that it opens on, and the two digits between which it changes."""
        chosen = worst_drawing(self.readings[0], self.labels)
        courses = self.readings[:, chosen]
        label = int(self.labels[chosen])
        rival = int(courses[0].argmax())
        digits = sorted({label, rival})
        few = slice(None, None, STEPS // 10)
        first, last = self.misread[0], self.misread[-1]
        figure = Picture(figsize=(9, 2.6), dpi=100, layout="constrained")
        left, right = figure.subplots(1, 2, width_ratios=(1, 2.6))
        show_digit(self.drawings[chosen], f"drawn as {a_digit(label)}", ax=left)
        show_curves(
            {str(digit): courses[few, digit] for digit in digits},
            x=np.arange(STEPS + 1)[few],
            title=f"How sure it is (other people's digits, misread: {first:,} → {last:,})",
            x_label="% taught",
            ax=right,
        )
        ways = [
            f"{d}: from {say_probability(courses[0, d])} to {say_probability(courses[-1, d])}"
            for d in digits
        ]
        return kit.Still(
            figure,
            f"A drawing of {a_digit(label)}, and how sure the network is of it, from untaught to "
            f"taught. {', '.join(ways)}. Of {COUNT:,} other digits, {first:,} are misread "
            f"untaught and {last:,} taught.",
        )


def explain_mix(step: int) -> str:
    """Say in plain words what network stands at this point."""
    if step == 0:
        return "The network as it was before it saw your drawings."
    if step == STEPS:
        return "The network after it has learned them."
    return (
        "Nobody trained this one. Each weight in its last layer is a mix: "
        f"{STEPS - step}% of the untaught network's plus {step}% of the taught one's."
    )
