"""08 · Your digits: a drawing pad, what the network makes of the drawing, and each step between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.center import drawing_steps
from mnist_lesson.handwriting.photo import read_picture
from mnist_lesson.handwriting.strokes import PEN, check_strokes, draw_strokes
from mnist_lesson.network.saved import networks_for_drawings, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.bars import bars
from mnist_lesson.shared.html import gallery, tile
from mnist_lesson.shared.panel import Panel, say, text

STEPS = {
    "fit": "fit into 20 × 20",
    "center": "centre by mass",
    "stroke": "bring the pen to MNIST's width",
}
HOW = (
    "Draw one digit with mouse, finger or pen. By keyboard: arrows move the pen, Space puts it down or lifts it, "
    "Backspace undoes, Delete clears."
)
ASSETS = Path(__file__).parents[1] / "assets"
SEVEN = [[70, 70, 210, 70, 130, 230]]  # the strokes of the still picture


class Pad(anywidget.AnyWidget):
    """The sheet itself. `strokes` are lists x0, y0, x1, y1, … from 0 to 280; it follows the pen as one draws."""

    _esm = "\n".join(
        (ASSETS / name).read_text("utf-8") for name in ("drawing_surface.js", "pad.js")
    )
    strokes: Any = traitlets.List().tag(sync=True)
    pen = traitlets.Int(PEN).tag(sync=True)

    @traitlets.validate("strokes")
    def _checked(self, proposal: Any) -> list[list[int]]:
        return check_strokes(proposal["value"])


class DrawingPad(Panel):
    """Draw a digit: the network reads it after each stroke, and the steps between pen and network are shown.

    `.drawing` is what is read, uint8 with bright ink; `.picture` is what the network sees, (28, 28) uint8. Without a
    `network`, one chooses between one's own and the one trained for handwriting.
    """

    def __init__(self, network: Twin | None = None) -> None:
        networks = (network,) if network else networks_for_drawings()
        self.reader = ipywidgets.ToggleButtons(
            options=[(one.name, one) for one in networks],
            description="read by",
            style={"button_width": "auto"},
        )
        self.pad = Pad()
        self.width = ipywidgets.IntSlider(
            PEN, 4, 44, 2, description="pen width", continuous_update=False
        )
        self.file = ipywidgets.FileUpload(
            description="or a picture file", accept="image/*", layout={"width": "auto"}
        )
        self.steps = {
            name: ipywidgets.Checkbox(
                True, description=label, indent=False, layout={"width": "auto"}
            )
            for name, label in STEPS.items()
        }
        self.words, self.fault, self.chances, self.xray = (
            text(strong=True),
            text(),
            ipywidgets.HTML(),
            ipywidgets.HTML(),
        )
        self._from_file: NDArray[np.uint8] | None = None
        self.pad.observe(self._drawn, "strokes")
        self.width.observe(self._drawn, "value")
        self.file.observe(self._uploaded, "value")
        self.reader.observe(lambda _change: self._read(), "value")
        for step in self.steps.values():
            step.observe(lambda _change: self._read(), "value")
        self._read()
        left = ipywidgets.VBox([self.pad, self.width, self.file], layout={"min_width": "310px"})
        right = ipywidgets.VBox([self.reader, self.words, self.chances, self.fault])
        switches = ipywidgets.HBox(list(self.steps.values()), layout={"flex_flow": "row wrap"})
        super().__init__(
            [
                text(HOW),
                ipywidgets.HBox([left, right], layout={"flex_flow": "row wrap"}),
                self.xray,
                switches,
            ]
        )

    @property
    def network(self) -> Twin:
        """The network that reads."""
        chosen: Twin = self.reader.value
        return chosen

    @property
    def drawing(self) -> NDArray[np.uint8]:
        """What is read: the strokes, or else the picture file."""
        if self._from_file is not None and not self.pad.strokes:
            return self._from_file
        return draw_strokes(self.pad.strokes, self.width.value)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the network sees, (28, 28) uint8."""
        return self._pictures()[-1][1]

    def _pictures(self) -> list[tuple[str, NDArray[np.uint8]]]:
        return drawing_steps(
            self.drawing, **{name: step.value for name, step in self.steps.items()}
        )

    def _drawn(self, _change: Any) -> None:
        self.pad.pen = self.width.value
        if self.pad.strokes:
            self._from_file = None
        self._read()

    def _uploaded(self, _change: Any) -> None:
        if not self.file.value:
            return
        try:
            found = read_picture(bytes(self.file.value[0]["content"]))
        except ValueError as error:
            say(self.fault, f"This file was not used: {error}")
            return
        finally:
            self.file.value = ()  # so that the same file can be chosen again
        self._from_file, self.pad.strokes = found, []
        self._read()

    def _read(self) -> None:
        pictures = self._pictures()
        say(self.fault, "")
        if not pictures[-1][1].any():
            self.chances.value, self.xray.value = "", ""
            say(self.words, "The sheet is blank: draw a digit.", strong=True)
            return
        chances = self.network.predict(to_input(pictures[-1][1]))[0]
        best = int(chances.argmax())
        say(self.words, f"It reads a {best}, and is {chances[best]:.0%} sure.", strong=True)
        self.chances.value = bars(chances, width=140)
        self.xray.value = gallery(
            (
                tile(
                    small(step),
                    f"{name}: a picture of your digit at this step",
                    width=120,
                    caption=name,
                )
                for name, step in pictures
            ),
            align="end",
        )


def small(picture: NDArray[np.uint8], most: int = 140) -> NDArray[np.uint8]:
    """Thin a large picture out, for the screen."""
    every = -(-max(picture.shape) // most)
    return picture[::every, ::every]


def still(strokes: list[list[int]] | None = None, network: Twin | None = None) -> Figure:
    """Draw what the pad shows for some strokes: each step, and the answer."""
    pictures = drawing_steps(draw_strokes(strokes or SEVEN))
    figure = Figure(figsize=(9, 2.3), layout="constrained")
    axes = figure.subplots(1, 6, gridspec_kw={"width_ratios": [1] * 5 + [2]})
    for ax, (name, picture) in zip(axes, pictures, strict=False):
        ax.imshow(picture, cmap="gray_r", vmin=0, vmax=255)
        ax.set_title(name, fontsize=10)
        ax.set(xticks=[], yticks=[])
    chances = (network or practised_network()).predict(to_input(pictures[-1][1]))[0]
    axes[5].bar(range(10), chances)
    axes[5].set(xticks=range(10), ylim=(0, 1), yticks=[])
    axes[5].set_title(f"it reads a {chances.argmax()}", fontsize=10)
    return figure
