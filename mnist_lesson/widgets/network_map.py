"""The living picture: a whole network with one digit in it, from the pixels to the ten answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.handwriting.center import center_drawing
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import PLAIN, YOURS, current_network
from mnist_lesson.network.stages import Stages
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import check_images, check_labels
from mnist_lesson.shared.kit import ASSETS, Panel, Still, row, script
from mnist_lesson.shared.words import a_digit
from mnist_lesson.training.replay import MOST_KEPT
from mnist_lesson.widgets.drawing_pad import Pad
from mnist_lesson.widgets.network_still import network_still


class NetworkView(anywidget.AnyWidget):
    """The picture itself: Python sends a network once, then each digit's outputs, as float32."""

    _esm = script("network_sums.js", "network_layout.js", "network_map.js")
    _css = ASSETS / "network_map.css"
    network: Any = traitlets.Dict().tag(sync=True)
    # Bytes, not lists: in JSON, each number would become a long string.
    weights = traitlets.Bytes().tag(sync=True)
    outputs = traitlets.Bytes().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    snapshots: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    snapshot = traitlets.Int().tag(sync=True)

    # The browser sets it too, and mustn't point past the end of the list.
    @traitlets.validate("snapshot")
    def _in_range(self, proposal: Any) -> int:
        return max(0, min(int(proposal["value"]), len(self.snapshots) - 1))


class NetworkMap(Panel):
    """Look into a whole network while it reads one digit.

    Parameters
    ----------
    network
        Which one; by default `current_network()`.
    images, labels
        The digits to choose from, uint8 (n, 28, 28), and what they are; by default the test set.
    snapshots
        The same network at moments of its training, the earliest first: scrub through them.
    strokes
        A drawing to begin with, as from a pad; if there's none, it begins with the first digit.

    Raises
    ------
    TypeError, ValueError, ModelFileError
        The digits or the network can't be used.
    """

    def __init__(
        self,
        network: Twin | None = None,
        *,
        images: ArrayLike | None = None,
        labels: ArrayLike | None = None,
        snapshots: Sequence[Twin] = (),
        strokes: Sequence[list[int]] = (),
    ) -> None:
        if images is None:
            images, labels = load_data()[1]
        self._images = check_images(np.asarray(images))
        self._labels = None if labels is None else check_labels(labels, len(self._images))
        self._networks = list(snapshots) or [network or current_network()]
        self.source = ipywidgets.ToggleButtons(
            options=[("digits", "digits"), ("draw your own", "draw")],
            value="draw" if strokes else "digits",
            style={"button_width": "auto"},
        )
        last = len(self._images) - 1
        self.number = ipywidgets.BoundedIntText(
            0, 0, last, description="picture", layout={"width": "160px"}
        )
        self.pad = Pad(strokes=list(strokes))
        names = [twin.name for twin in self._networks]
        layout = {"flex": "1 1 700px", "min_width": "0"}
        self.view = NetworkView(snapshots=names, snapshot=len(names) - 1, layout=layout)
        # The network first: digits are shown in its stages.
        self._use_network()
        self._use_source()
        self.source.observe(self._use_source, "value")
        self.number.observe(self._show, "value")
        self.pad.observe(self._show, "strokes")
        self.view.observe(self._use_network, "snapshot")
        side_by_side = {"flex_flow": "row wrap", "grid_gap": "16px"}
        self.note = ipywidgets.HTML(self._why_no_training(), layout={"flex": "1 0 100%"})
        if not self.note.value:
            self.note.layout.display = "none"
        picture = ipywidgets.HBox([self.pad, self.view, self.note], layout=side_by_side)
        name = "a network as it learned" if len(names) > 1 else self.network.name
        super().__init__(f"Inside {name}", [row(self.source, self.number), picture])
        self.add_class("lm-inside")

    def still(self) -> Still:
        """Draw the network with the chosen digit in it."""
        return network_still(self.network, to_input(self.picture)[0])

    @property
    def network(self) -> Twin:
        """The network on show."""
        return self._networks[self.view.snapshot]

    @property
    def picture(self) -> NDArray[np.uint8]:
        """The digit that the network reads, uint8 (28, 28)."""
        if self.source.value == "draw":
            return center_drawing(draw_strokes(self.pad.strokes))
        image: NDArray[np.uint8] = self._images[self.number.value]
        return image

    def _why_no_training(self) -> str:
        """Say why you can't watch this network learn here: it's too large, or isn't yours."""
        name = self.network.name
        arrays = [array for layer in self.network.weights.values() for array in layer.values()]
        count = sum(array.size for array in arrays)
        why = ""
        if name == PLAIN:
            why = "This network was trained before you came. You can only watch your own learn."
        elif name == YOURS and count > MOST_KEPT:
            why = (
                f"Your network has {count:,} parameters: too many to keep them all again and "
                "again while it learns, so only page 06 can replay its training."
            )
        return f'<p class="lm-note">{why}</p>' if why and len(self._networks) == 1 else ""

    def _use_source(self, _change: Any = None) -> None:
        drawing = self.source.value == "draw"
        self.number.layout.display = "none" if drawing else ""
        # Hidden, not removed: what you drew is still there when you come back.
        self.pad.layout.display = "" if drawing else "none"
        self._show()

    def _use_network(self, _change: Any = None) -> None:
        self._stages = Stages(self.network)
        # In one message: the browser draws when outputs come, and needs their network by then.
        with self.view.hold_sync():
            self.view.network = {"name": self.network.name, "stages": self._stages.stages}
            self.view.weights = self._stages.weights.tobytes()
            self._show()

    def _show(self, _change: Any = None) -> None:
        outputs = self._stages.outputs(self.network, to_input(self.picture)[0])
        # Together, or the label would still be about the digit before.
        with self.view.hold_sync():
            self.view.label = self._label()
            self.view.outputs = np.concatenate([np.ravel(numbers) for numbers in outputs]).tobytes()

    def _label(self) -> str:
        if self.source.value == "draw":
            return "" if self.pad.strokes else "The sheet is blank: draw a digit."
        number = self.number.value
        truth = "" if self._labels is None else f": really {a_digit(self._labels[number])}"
        return f"Picture {number}{truth}."
