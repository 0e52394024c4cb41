"""05 · A network as the living picture shows it: stages of maps, and where their weights are."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.plan import Spec
from mnist_lesson.network.twin import Twin

MAKES_MAPS = {"Conv2D": "conv", "Dense": "conv", "MaxPooling2D": "max"}
MAKES_MAPS |= {"GlobalAveragePooling2D": "mean"}


class Stages:
    """A network's stages, laid out for a browser.

    A stage is a layer that makes new maps, with the layers after it that change each number by
    itself (batch normalisation, ReLU, dropout). A dense layer's neurons are maps of one pixel.
    `stages` has a dict for each, for JSON; `assets/network_sums.js` explains its entries. `weights`
    are all the weights they point into, float32, one after the other.
    """

    def __init__(self, network: Twin) -> None:
        start = {"name": "your digit", "kind": "input", "shape": list(network.input_shape)}
        self.stages: list[dict[str, Any]] = [start | {"after": [], "says": ""}]
        self._last_layers = [-1]  # the layer that gives each stage's output; -1 is the digit itself
        arrays = [np.zeros(0, np.float32)]
        # Any picture will do here: we only want the shapes of what the layers give.
        layers = network.layers(np.zeros(network.input_shape, np.float32))
        flat = False
        for number, (spec, (_, kind, output)) in enumerate(zip(network.specs, layers, strict=True)):
            places = {}
            for key, array in network.weights[spec["name"]].items():
                places[key] = sum(map(len, arrays))
                arrays.append(np.ravel(array))
            if kind in MAKES_MAPS:
                # A new stage begins, and the layers that follow may be added to it.
                kernel = network.weights[spec["name"]].get("kernel")
                stage = _stage(spec, self.stages[-1]["shape"], output.shape, kernel, flat)
                self.stages.append(stage | places)
                self._last_layers.append(number)
            elif kind == "BatchNormalization":
                step = ["norm", places["scale"], places["shift"], len(arrays[-1])]
                self.stages[-1]["after"].append(step)
            if spec["activation"] != "linear":
                self.stages[-1]["after"].append([spec["activation"]])
            self._last_layers[-1] = number
            flat = output.ndim == 1
        self.weights: Floats = np.concatenate(arrays)

    def outputs(self, network: Twin, x: Floats) -> list[Floats]:
        """Return what each stage makes of one picture (28, 28, 1), the picture itself first."""
        layers = network.layers(x)
        return [x if number < 0 else layers[number][2] for number in self._last_layers]


def _stage(
    spec: Spec, before: list[int], after: tuple[int, ...], kernel: NDArray[Any] | None, flat: bool
) -> dict[str, Any]:
    """Describe one stage, without its weights; `before` is the shape of the stage before it."""
    kind = spec["kind"]
    shape = list(after) if len(after) == 3 else [1, 1, after[0]]
    # Keras flattens maps in the order row, column, map. So a dense layer works like a convolution
    # with the whole map as its window; if it reads maps unflattened, its window is one pixel.
    window = before[:2] if flat or kind == "GlobalAveragePooling2D" else [1, 1]
    strides = [1, 1]
    if kind == "Conv2D" and kernel is not None:
        window, strides = list(kernel.shape[:2]), list(spec["strides"])
    elif kind == "MaxPooling2D":
        # As in Keras, blocks lie side by side unless it says otherwise.
        window, strides = list(spec["pool_size"]), list(spec["strides"] or spec["pool_size"])
    margin = [0, 0]
    if spec.get("padding") == "same":
        # How far the first window reaches past the top and left edges.
        sizes = zip(before, shape, window, strides, strict=False)
        margin = [max((made - 1) * step + side - size, 0) // 2 for size, made, side, step in sizes]
    return {
        "name": spec["name"],
        "kind": MAKES_MAPS[kind],
        "shape": shape,
        "after": [],
        "window": window,
        "strides": strides,
        "margin": margin,
        "says": _say(spec, shape[2], window, before[2]),
    }


def _say(spec: Spec, count: int, window: list[int], depth: int) -> str:
    """Say in a sentence or two what a layer does, for the film."""
    tall, wide = window
    if spec["kind"] == "MaxPooling2D":
        return f"Of each {tall} × {wide} block, only the largest number goes on."
    if spec["kind"] == "GlobalAveragePooling2D":
        return "Each map becomes one number: its average."
    if spec["kind"] == "Conv2D":
        over = "the digit" if depth == 1 else f"all {depth} maps at once"
        return f"{count} filters of {tall} × {wide} slide over {over}. Each one makes a map."
    if spec["activation"] == "softmax":
        return f"{count} neurons, one for each answer. The one with the largest sum wins."
    return f"{count} neurons. Each one weighs all {tall * wide * depth:,} numbers before it."
