"""10 · It forgets the others: networks between the untaught one and the one taught you alone."""

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
MOST_TAKEN = 12  # digits by other people, shown as taken for yours
TOPS = (0.06, 0.12, 0.3, 0.6, 1)  # heights of the chart: few, so that two can be compared


class ChangeOfMind(kit.Panel):
    """Drag from the untaught network to the taught one, and watch how it reads your drawings.

    It opens on the drawing that the untaught network misread most surely. Of other people's digits,
    it shows those that are now taken for yours.

    Parameters
    ----------
    untaught, taught
        Two networks that differ in their last layer alone, as `learn_hand()` leaves them.
    drawings, labels
        uint8 (n, 28, 28), and the digits that they are, (n,).
    """

    def __init__(
        self,
        untaught: Twin,
        taught: Twin,
        drawings: Any,
        labels: Any,
    ) -> None:
        self.drawings = check_images(drawings, "drawings")
        self.labels = check_labels(labels, len(self.drawings))
        # Everything is read here, once; dragging then only looks it up.
        between = Between(untaught, taught)
        self.readings = between.read(to_input(self.drawings))
        self.answers, self.others, self.other_labels = between.read_others()
        self.misread = (self.answers != self.other_labels).sum(axis=1).tolist()
        self._snapped = False  # has the slider passed the point where the drawing turns?
        self.slider = ipywidgets.IntSlider(
            0, 0, STEPS, description="untaught", readout=False, layout={"flex": "1 1 280px"}
        )
        self.grid = kit.DigitGrid(chosen=worst_drawing(self.readings[0], self.labels))
        self.grid.hang(self.drawings, map(str, self.labels))
        self.mix = kit.Status()
        self.picture = ipywidgets.HTML()
        self.answer = ipywidgets.HTML()
        self.bars = ipywidgets.HTML()
        self.curve = ipywidgets.HTML()
        self.forgotten = ipywidgets.HTML()
        self.taken = ipywidgets.HTML()
        self.slider.observe(lambda _: self._draw(), "value")
        self.grid.observe(lambda _: self._draw(), "chosen")
        self._draw()
        super().__init__(
            "It forgets the others",
            [
                kit.row(self.slider, ipywidgets.Label("taught")),
                self.mix,
                kit.row(self.picture, kit.column(self.answer, self.bars)),
                kit.row(self.grid),
                self.curve,
                self.forgotten,
                self.taken,
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
        turn = self.turn(chosen)
        snapped = 0 < turn <= step
        self.answer.value = kit.big_answer(
            read[chosen],
            f"{f'It snapped at {turn}%! ' * snapped}It's {say_probability(sure)} sure.",
            probability=sure,
            wrong=bool(read[chosen] != label),
            cheers=snapped and not self._snapped,  # once, however far it's dragged on
        )
        self._snapped = snapped
        self.bars.value = kit.bar_of_ten(self.readings[step, chosen], truth=label)
        self.forgotten.value = kit.big_answer(
            f"{self.misread[step]:,}",
            f"of {COUNT:,} held-out digits by other people are misread at this point.",
        )
        self.curve.value = self._forgotten_curve(step)
        self.taken.value = self._taken_for(label, step)

    def turn(self, chosen: int) -> int:
        """Return the step from which a drawing stays read right; 0, it never turns to that."""
        wrong = self.readings[:, chosen].argmax(axis=1) != self.labels[chosen]
        last = int(np.flatnonzero(wrong).max(initial=-1))
        return (last + 1) % (STEPS + 1)

    def _rivals(self, chosen: int) -> list[int]:
        """Return the digit that a drawing is, and the one that the untaught network read."""
        return sorted({int(self.labels[chosen]), int(self.readings[0, chosen].argmax())})

    def _forgotten_curve(self, step: int) -> str:
        points = [(at, number / COUNT) for at, number in enumerate(self.misread)]
        top = next(top for top in TOPS if top >= max(self.misread) / COUNT)
        return chart(
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

    def _taken_for(self, label: int, step: int) -> str:
        """Show the digits that were read right by the untaught network, and as `label` now."""
        lost = (self.answers[0] == self.other_labels) & (self.answers[step] == label)
        places = np.flatnonzero(lost & (self.other_labels != label))
        if not len(places):
            return ""
        digits = f"{len(places):,} digit{'s' * (len(places) > 1)}"
        note = f"{digits} by other people, read right before, and as {a_digit(label)} now:"
        shown = (
            kit.digit_tile(self.others[at], f"{self.other_labels[at]}", width=72)
            for at in places[:MOST_TAKEN]
        )
        return f'<p class="lm-note">{note}</p>{kit.tiles(shown)}'

    def still(self) -> kit.Still:
        """Draw the drawing that it opens on, and the two digits between which it changes."""
        chosen = worst_drawing(self.readings[0], self.labels)
        courses = self.readings[:, chosen]
        label = int(self.labels[chosen])
        digits = self._rivals(chosen)
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
        return kit.Still(
            figure,
            f"A drawing of {a_digit(label)}. "
            f"{_say_courses({digit: courses[:, digit] for digit in digits})} "
            f"Of {COUNT:,} other digits, {first:,} are misread "
            f"untaught and {last:,} taught.",
        )


def _say_courses(courses: dict[int, Any]) -> str:
    """Say how sure the network is of each digit at first and in the end."""
    ways = [
        f"{digit}: from {say_probability(course[0])} to {say_probability(course[-1])}"
        for digit, course in courses.items()
    ]
    return f"How sure the network is, from untaught to taught. {', '.join(ways)}."


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
