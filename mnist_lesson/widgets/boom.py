"""02 · The explosion: a neuron's loss after each step, written out with all its zeros."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

import ipywidgets
import numpy as np

from mnist_lesson.look import show_curves
from mnist_lesson.shared import kit

BLACK = 255  # what the blackest ink is, as it comes
INKS = (1, 2, 4, 8, 16, 32, 64, 128, BLACK)  # few, so that a click at either end hits the end
HUGE = 1e6  # a loss from which on it's an explosion


class Boom(kit.Panel):
    """Take one step after another: does the loss shrink, or does it explode?

    Parameters
    ----------
    losses
        Takes what the blackest ink becomes, 1 to 255, and returns the loss before each step.
    """

    def __init__(self, losses: Callable[[int], Sequence[float]]) -> None:
        self._losses = losses
        self.taken = 0  # steps
        self.ink = ipywidgets.SelectionSlider(options=INKS, value=BLACK, description="blackest ink")
        self.ink.observe(lambda _: self._read(), "value")
        self.go = kit.button("One step", self.step, main=True)
        self.all = kit.button("All steps", self.finish)
        self.number, self.said = ipywidgets.HTML(), ipywidgets.HTML()
        self.number.add_class("lm-boom")
        self._read()
        controls = kit.column(self.ink, kit.row(self.go, self.all), look="lm-controls")
        lead = "Take a few steps, then drag the slider: when does the loss turn calm?"
        super().__init__("Does it learn?", [controls, self.number, self.said], lead=lead)

    def step(self) -> None:
        """Take a step; after the last one, begin again."""
        self.taken = (self.taken + 1) % len(self._course)
        self._show()

    def finish(self) -> None:
        """Take all steps that are left."""
        self.taken = len(self._course) - 1
        self._show()

    def _read(self) -> None:
        self._course = list(self._losses(self.ink.value))
        self._show()

    def _show(self) -> None:
        loss, steps = self._course[self.taken], len(self._course)
        now = self.taken + 1
        self.go.description = "Once more" if now == steps else "One step"
        self.number.value = f"Loss at step {now} of {steps}: <b>{_written(loss)}</b>"
        self.said.value = self._verdict()

    def _verdict(self) -> str:
        if not self.taken:
            return ""
        before, loss = self._course[self.taken - 1], self._course[self.taken]
        if loss < before:
            return kit.verdict("right", "Calm.", "The loss is smaller than a step ago.")
        if loss < HUGE:
            return kit.verdict("not-yet", "Careful!", "The loss is larger than a step ago.")
        heading = f"B{'o' * (self.taken + 1)}m!"  # the longer, the louder
        digits = len(f"{loss:.0f}")
        return kit.verdict("not-yet", heading, f"The loss is {digits} digits long.")

    def still(self) -> kit.Still:
        """Draw how many zeros the loss gets with the ink as it comes."""
        zeros = {f"ink up to {BLACK}": np.log10(self._losses(BLACK))}
        return kit.Still.of(show_curves(zeros, title="How many zeros the loss has", x_label="step"))


def _written(loss: float) -> str:
    """Write a loss out; from 100 on to three digits and zeros, as more would only be noise."""
    if loss < 100:
        return f"{loss:.3f}"
    return f"{int(Decimal(f'{loss:.2e}')):,}".replace(",", ",<wbr>")  # a line may end there
