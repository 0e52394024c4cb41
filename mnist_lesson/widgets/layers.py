"""05 and 07 · Layer viewer: a digit's way through the trained network, layer by layer and map by map."""

from __future__ import annotations

import math
from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.checks import check_images
from mnist_lesson.inside import Step, layer_names, look_inside, tabulate, way_through
from mnist_lesson.load import load_data
from mnist_lesson.look import ORANGE
from mnist_lesson.preprocess import to_input
from mnist_lesson.twin import Floats, Twin
from mnist_lesson.widgets.bars import bars
from mnist_lesson.widgets.panel import Panel, say, table, text
from mnist_lesson.widgets.tiles import gallery, number_table, tile

BIG, SMALL = 180, 56  # about how wide a picture is on screen, in pixels
WIDE = {"description_width": "initial"}
FLOW = {"flex_flow": "row wrap", "align_items": "center", "grid_gap": "2px 16px"}
ARROW = '<span style="font-size: 20px" aria-hidden="true">→</span>'


class LayerViewer(Panel):
    """Shows what each layer of a network makes of a digit: images uint8 (n, 28, 28); by default, training digits.

    The network is `Twin.current()`, or another `twin`; the panel says which. Raises TypeError, ValueError or
    ModelFileError where the pictures or the network cannot be used.
    """

    def __init__(self, images: Any = None, *, twin: Twin | None = None) -> None:
        images = load_data()[0][0][:100] if images is None else images
        self._images = check_images(np.asarray(images)[np.newaxis] if np.ndim(images) == 2 else images)
        self.twin = twin or Twin.current()
        self._number, self._way = -1, list[Floats]()
        self.layer = ipywidgets.ToggleButtons(
            options=layer_names(self.twin),
            value=self.twin.specs[0]["name"],
            description="Layer",
            style={"button_width": "auto"},
        )
        self.digit = ipywidgets.BoundedIntText(0, 0, len(self._images) - 1, description="Digit number", style=WIDE)
        self.map = ipywidgets.IntSlider(0, 0, 0, description="Map number", style=WIDE)
        self.training = ipywidgets.Checkbox(description="Hide some, as in training", indent=False)
        self.as_table = ipywidgets.Checkbox(description="Show a table of the maps", indent=False)
        self.words, self.picture, self.table = text(), ipywidgets.HTML(), ipywidgets.HTML()
        controls = [self.digit, self.map, self.training, self.as_table]
        for control in (self.layer, *controls):
            control.observe(self._draw, "value")
        self._draw()
        super().__init__([self.layer, ipywidgets.HBox(controls, layout=FLOW), self.words, self.picture, self.table])

    def _draw(self, _change: Any = None) -> None:
        number, layer = self.digit.value, self.layer.value
        if number != self._number:
            self._number, self._way = number, way_through(self.twin, to_input(self._images[number])[0])
        step = look_inside(self.twin, self._way, layer, training=self.training.value)
        maps = step.output.ndim == 3
        kinds = {spec["name"]: spec["kind"] for spec in self.twin.specs}
        for control, fits in ((self.map, maps), (self.as_table, maps), (self.training, kinds.get(layer) == "Dropout")):
            control.layout.display = "" if fits else "none"
        self.map.max = step.output.shape[-1] - 1 if maps else 0
        say(self.words, f"In {self.twin.name}: {step.words}")
        self.picture.value = _maps(self._images[number], step, self.map.value) if maps else _row(step)
        rows = tabulate(step.output) if maps and self.as_table.value else []
        self.table.value = table(["map", "largest", "average", "not 0"], rows) if rows else ""


def _maps(image: Any, step: Step, chosen: int) -> str:
    """Draw the chosen map large, beside what it was made from, and below it all maps, small."""
    most, signed = float(np.nanmax(np.abs(step.output))) or 1.0, bool(np.nanmin(step.output) < 0)
    large = [_tile(image, "the digit", BIG, most=255)]
    if step.filters is not None:
        large += [ARROW, number_table(step.filters[..., chosen], f"window {chosen}")]
    if step.before is not None:
        large += [ARROW, _tile(step.before[..., chosen], f"map {chosen} before", BIG, most=most, signed=signed)]
    large += [ARROW, _tile(step.output[..., chosen], f"map {chosen}", BIG, most=most, signed=signed)]
    small = []
    for number in range(step.output.shape[-1]):
        piece = _tile(step.output[..., number], str(number), SMALL, most=most, signed=signed)
        small.append(f'<div style="outline: 3px solid {ORANGE}">{piece}</div>' if number == chosen else piece)
    return gallery(large, gap=12) + '<div style="height: 8px"></div>' + gallery(small, gap=8)


def _tile(numbers: Any, caption: str, width: int, **colour: Any) -> str:
    """Draw numbers about so wide: each pixel takes the same whole number of screen pixels."""
    return tile(numbers, caption, width=numbers.shape[1] * max(1, width // numbers.shape[1]), caption=caption, **colour)


def _row(step: Step) -> str:
    """Draw a row of numbers: ten probabilities as bars, up to 256 as a table, more as a picture, line by line."""
    numbers: Floats = step.output
    if step.probabilities:
        return bars(numbers, width=300)
    lines = max(n for n in range(1, math.isqrt(len(numbers)) + 1) if len(numbers) % n == 0)
    block = numbers.reshape(lines, -1)
    if len(numbers) <= 256:
        return number_table(block, side=48)
    return tile(block, f"{len(numbers)} numbers, line by line", width=4 * block.shape[1])
