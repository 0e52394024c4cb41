"""06 · Down in the fog: gradient descent as a game, played in the browser while Python trains."""

from collections.abc import Callable
from typing import Any, NamedTuple

import anywidget
import numpy as np
import traitlets
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from mnist_lesson.look import new_axes, tidy
from mnist_lesson.shared.colours import BLUE, INK, ORANGE, PALE
from mnist_lesson.shared.kit import ASSETS, Panel, Still, script
from mnist_lesson.shared.picture import PAGE
from mnist_lesson.widgets.best_fit import X, Y

Numbers = NDArray[np.float64]
# The slider's steps: each is about half as large again as the one before.
RATES = (0.001, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15)
HUT = 0.04  # she's there when she is this close to the lowest place
POINTS = 301  # of a hill that the browser gets; it fills in between them
TINY = 1e-5
LEAD = (
    "All she feels is how steep the ground is. From each start, get her to the hut in the fewest "
    "steps possible to win a star."
)


def line_loss(w: Numbers) -> Numbers:
    """Return page 06's loss: the average square for a line of slope w through page 00's people."""
    errors: Numbers = Y - np.multiply.outer(w, X)
    return np.asarray((errors**2).mean(axis=-1))


def ravine(w: Numbers) -> Numbers:
    """Return heights of slopes that don't say how far it is: they are as steep anywhere."""
    return np.asarray(1.4 * np.sqrt(1 + ((w - 1.62) / 0.09) ** 2))


def hollows(w: Numbers) -> Numbers:
    """Return heights of a valley with a hollow above it, in which small steps end."""
    return np.asarray(12 * (w - 1.7) ** 2 - 9 * np.exp(-(((w - 0.8) / 0.18) ** 2)))


def misses(w: Numbers) -> Numbers:
    """Return which share of page 00's people the line misses by 1 or more: 1 - accuracy."""
    errors: Numbers = Y - np.multiply.outer(w, X)
    return np.asarray((abs(errors) >= 1).mean(axis=-1))


class Hill(NamedTuple):
    """A loss with one knob w from 0 to `end`, and where she may be set down on it."""

    name: str
    loss: Callable[[Numbers], Numbers]
    end: float
    starts: tuple[float, ...]

    @property
    def places(self) -> Numbers:
        """Return every w of which the browser gets the height and the slope."""
        return np.linspace(0, self.end, POINTS)

    @property
    def slopes(self) -> Numbers:
        """Return how steep it is at these places; below 0, the ground falls to the right."""
        return (self.loss(self.places + TINY) - self.loss(self.places - TINY)) / (2 * TINY)

    @property
    def hut(self) -> float:
        """Return the w of the lowest place, where the slope changes its sign."""
        heights = self.loss(self.places)
        lowest = int(heights.argmin())
        if not self.slopes[lowest]:  # a flat floor: in its middle
            return float(self.places[heights == heights[lowest]].mean())
        around = slice(lowest - 1, lowest + 2)
        return float(np.interp(0, self.slopes[around], self.places[around]))

    def fewest(self, start: float) -> int:
        """Return how few steps from `start` to the hut are possible with the slider's rates.

        On level ground there's no way to the hut: 0.
        """
        reached = np.array([start])
        steps = 0
        if not np.interp(start, self.places, self.slopes):
            return 0
        while np.abs(reached - self.hut).min() > HUT:
            slopes = np.interp(reached, self.places, self.slopes)
            reached = (reached[:, np.newaxis] - np.outer(slopes, RATES)).round(4)
            reached = np.unique(reached[(reached >= 0) & (reached <= self.end)])
            steps += 1
        return steps

    def told(self) -> dict[str, Any]:
        """Return all that the browser needs to know."""
        told = {"heights": self.loss(self.places).tolist(), "slopes": self.slopes.tolist()}
        told["fewest"] = [self.fewest(start) for start in self.starts]
        return {**told, "name": self.name, "end": self.end, "starts": self.starts, "hut": self.hut}


HILLS = (
    Hill("1 · A valley", line_loss, 2, (0.15, 1.75)),
    Hill("2 · A ravine", ravine, 2.4, (0.3, 2.2, 0.9, 0.1)),
    Hill("3 · Two hollows", hollows, 2.4, (0.45, 2.3, 0.6, 0.95)),
    Hill("4 · Accuracy", misses, 1.99, (0.3, 0.7, 1.3)),
)


class Game(anywidget.AnyWidget):
    """The game itself: Python hands over the hills, and then it's the browser's."""

    _esm = script("foggy_hill.js")
    _css = ASSETS / "foggy_hill.css"
    hills: Any = traitlets.List().tag(sync=True)
    rates: Any = traitlets.List(list(RATES)).tag(sync=True)
    close = traitlets.Float(HUT).tag(sync=True)
    game: Any = traitlets.Dict().tag(sync=True)  # how things stand, for all views of one game


class FoggyHill(Panel):
    """Get a hiker down a hill in thick fog: all that she feels is how steep it is."""

    def __init__(self) -> None:
        game = Game(hills=[hill.told() for hill in HILLS])
        super().__init__("Down in the fog", [game], lead=LEAD)

    def still(self) -> Still:
        """Draw the first hill, with fog over all of it but the place where she stands."""
        hill = HILLS[0]
        axis = new_axes(PAGE, 2.8)[0]
        heights = hill.loss(hill.places)
        axis.fill_between(hill.places, heights, color=BLUE, alpha=0.3, linewidth=0)
        axis.margins(0)
        start = hill.starts[0]
        for left, right in ((0, start - 0.08), (start + 0.08, hill.end)):
            fog = Rectangle((left, 0), right - left, 1.3 * heights.max(), color=PALE)
            axis.add_patch(fog)
        axis.text(hill.end / 2, heights.max() / 2, "thick fog", fontsize=16, color=INK, ha="center")
        axis.plot(start, hill.loss(np.array(start)), "o", color=ORANGE, ms=9)
        tidy(axis, "", "", "")
        axis.set(xticks=[], yticks=[])
        return Still(axis.figure, "A hiker on a hillside. All but the ground under her is fog.")
