"""05 and 07 · Layer viewer: a digit's way through the trained network, layer by layer and map by map."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.load import load_data
from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.layer_outputs import Step, layer_names, look_inside, tabulate, way_through
from mnist_lesson.network.saved import current_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.bars import bars
from mnist_lesson.shared.checks import check_images
from mnist_lesson.shared.colours import ORANGE
from mnist_lesson.shared.html import FLOW, SIGN, WIDE, gallery, number_table, tile
from mnist_lesson.shared.panel import Panel, say, table, text

BIG = 7  # screen pixels for each number: so a layer that makes its maps smaller is seen to do so
SMALL = 56  # about how many screen pixels a small map is wide


class LayerViewer(Panel):
    """Shows what each layer of a network makes of a digit: images uint8 (n, 28, 28); by default, training digits.

    The network is `current_network()`, or another `twin`; the panel says which. Raises TypeError, ValueError or
    ModelFileError where the pictures or the network cannot be used.
    """

    def __init__(self, images: Any = None, *, twin: Twin | None = None) -> None:
        images = (
            load_data()[0][0][:100].copy() if images is None else images
        )  # a view would keep all 60,000
        self._images = check_images(
            np.asarray(images)[np.newaxis] if np.ndim(images) == 2 else images
        )
        self.twin = twin or current_network()
        self._number, self._way = -1, list[Floats]()
        self.layer = ipywidgets.ToggleButtons(
            options=layer_names(self.twin), value=self.twin.specs[0]["name"], description="Layer"
        )
        self.layer.style.button_width = "auto"
        self.digit = ipywidgets.BoundedIntText(
            0, 0, len(self._images) - 1, description="Digit number", style=WIDE
        )
        self.map = ipywidgets.IntSlider(0, 0, 0, description="Map number", style=WIDE)
        self.training = ipywidgets.Checkbox(description="Hide some, as in training", indent=False)
        self.as_table = ipywidgets.Checkbox(description="Show a table of the maps", indent=False)
        self.words, self.picture, self.table = text(), ipywidgets.HTML(), ipywidgets.HTML()
        controls = [self.digit, self.map, self.training, self.as_table]
        for control in (self.layer, *controls):
            control.observe(self._draw, "value")
        self._draw()
        super().__init__(
            [
                self.layer,
                ipywidgets.HBox(controls, layout=FLOW),
                self.words,
                self.picture,
                self.table,
            ]
        )

    def _draw(self, _change: Any = None) -> None:
        number, layer = self.digit.value, self.layer.value
        if number != self._number:
            self._number, self._way = (
                number,
                way_through(self.twin, to_input(self._images[number])[0]),
            )
        step = look_inside(self.twin, self._way, layer, training=self.training.value)
        maps = step.output.ndim == 3
        kinds = {spec["name"]: spec["kind"] for spec in self.twin.specs}
        self.digit.layout.display = "" if layer in kinds else "none"
        self.map.layout.display = self.as_table.layout.display = "" if maps else "none"
        self.training.layout.display = "" if kinds.get(layer) == "Dropout" else "none"
        self.map.max = step.output.shape[-1] - 1 if maps else 0
        say(self.words, f"In {self.twin.name}: {step.words}")
        self.picture.value = (
            _maps(self._images[number], step, self.map.value)
            if maps
            else _row(self._images[number], step)
        )
        rows = tabulate(step.output) if maps and self.as_table.value else []
        self.table.value = table(["map", "largest", "average", "not 0"], rows) if rows else ""


def _maps(image: Any, step: Step, chosen: int) -> str:
    """Draw the chosen map large, beside what it was made from, and below it all maps, small."""
    colour: dict[str, Any] = {
        "most": np.nanmax(np.abs(step.output)),
        "signed": bool(np.nanmin(step.output) < 0),
    }
    large = []
    if step.filters is not step.output:
        large += [
            _tile(image, "the digit", BIG, most=255),
            SIGN.format("⋯" if step.filters is None else "→"),
        ]
    if step.filters is not None:
        large += [
            number_table(
                step.filters[..., chosen], f"window {chosen}", most=np.abs(step.filters).max()
            )
        ]
    if step.before is not None:
        large += [_tile(step.before[..., chosen], f"map {chosen} before", BIG, **colour)]
    if step.filters is not step.output:
        large += [SIGN.format("→"), _tile(step.output[..., chosen], f"map {chosen}", BIG, **colour)]
    small = []
    for number in range(step.output.shape[-1]):
        numbers = step.output[..., number]
        piece = _tile(numbers, str(number), max(1, SMALL // numbers.shape[1]), **colour)
        small.append(
            f'<div style="outline: 3px solid {ORANGE}">{piece}</div>' if number == chosen else piece
        )
    return gallery(large, gap=12) + '<div style="height: 8px"></div>' + gallery(small, gap=8)


def _tile(numbers: Any, caption: str, scale: int, **colour: Any) -> str:
    return tile(numbers, caption, width=scale * numbers.shape[1], caption=caption, **colour)


def _row(image: Any, step: Step) -> str:
    """Draw a row of numbers: ten probabilities as bars, up to 256 as a table, more as a picture, line by line."""
    numbers: Floats = step.output
    lines = max(n for n in range(1, math.isqrt(len(numbers)) + 1) if len(numbers) % n == 0)
    block = numbers.reshape(lines, -1)
    if step.probabilities:
        drawn = bars(numbers, width=300)
    elif len(numbers) <= 256:
        drawn = number_table(block)
    else:
        drawn = tile(block, f"{len(numbers)} numbers, line by line", width=4 * block.shape[1])
    return gallery([_tile(image, "the digit", BIG, most=255), SIGN.format("⋯"), drawn], gap=12)
