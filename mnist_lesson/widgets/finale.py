"""11 · Take home: the end. Your network's score writes itself, in your own hand."""

from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.hand import load_hand, your_network
from mnist_lesson.look import new_axes
from mnist_lesson.network.saved import YOURS, networks_for_drawings
from mnist_lesson.shared.colours import BLUE
from mnist_lesson.shared.kit import Panel, Still, cheer, verdict
from mnist_lesson.shared.picture import PAGE

PACE = 0.5  # seconds for a stroke
WIDTH = 230  # from digit to digit; a sheet is 280 wide, but nobody writes from edge to edge


class Finale(Panel):
    """Write how many test digits your network reads, and say whose work that is.

    Parameters
    ----------
    counts
        Your network's confusion matrix, (10, 10).
    """

    def __init__(self, counts: NDArray[np.int64]) -> None:
        base = networks_for_drawings()[0]
        hand = {drawing.label: drawing.strokes for drawing in load_hand().drawings}
        right = int(counts.trace())
        whose = "your own hand" if hand else "the made-up writer's hand (draw yours on page 10)"
        lead = f"How many of {counts.sum():,} test digits it reads, written in {whose}."
        if base.name == YOURS:
            weights = sum(a.size for w in your_network(base).weights.values() for a in w.values())
            end = cheer(
                "You taught a machine to read.",
                f"It has {weights:,} weights, and nobody set a single one by hand: they came from "
                f"examples{', the last of them yours' if hand else ''}.",
            )
        else:
            end = verdict(
                "not-yet",
                "This one's ours.",
                "Train your own on page 06 and run this page again: then it's your score.",
            )
        self.number, self.strokes = str(right), _strokes_of(str(right), hand)
        written = ipywidgets.HTML(_written(self.number, self.strokes))
        super().__init__("The last word", [written, ipywidgets.HTML(end)], lead=lead)

    def still(self) -> Still:
        """Draw the score as it stands once it's written."""
        axis = new_axes(PAGE, 1.6)[0]
        for points in self.strokes:
            axis.plot(*points.T, color=BLUE, lw=8, solid_capstyle="round")
        axis.set(xlim=(0, WIDTH * len(self.number)), ylim=(280, 0), aspect="equal")
        axis.set_axis_off()
        return Still(axis.figure, f"{self.number}, written by hand.")


def _strokes_of(number: str, hand: dict[int, Any]) -> list[NDArray[Any]]:
    """Return the strokes of a number, each (n, 2), with its digits side by side."""
    return [
        np.reshape(stroke, (-1, 2)) + np.array([WIDTH * place, 0])
        for place, digit in enumerate(map(int, number))
        for stroke in hand.get(digit) or strokes_of(digit)
    ]


def _written(number: str, strokes: list[NDArray[Any]]) -> str:
    """Return a number as a picture that writes itself, stroke after stroke."""
    paths = ""
    for place, points in enumerate(strokes):
        line = "M" + "L".join(f"{x:.0f} {y:.0f}" for x, y in [*points, points[-1]])
        delay = f"animation-delay: {PACE * place:.1f}s"
        paths += f'<path pathLength="1" d="{line}" style="{delay}"/>'
    box = f"0 0 {WIDTH * len(number)} 280"
    head = f'<svg class="lm-written" viewBox="{box}" role="img" aria-label="{number}">'
    return f"{head}{paths}</svg>"
