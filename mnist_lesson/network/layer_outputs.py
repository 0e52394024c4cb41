"""05 and 07 · What each layer makes of one digit, in numbers and in words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.plan import Spec
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.words import write_number

FILTERS = "first filters"


class Step(NamedTuple):
    """What a layer gives, (h, w, maps) or (n,), and in words; `before` and `filters` where map n belongs to their n."""

    output: Floats
    words: str
    before: Floats | None = None
    filters: Floats | None = None
    probabilities: bool = False


def drop(output: Floats, rate: float, seed: int = 0) -> Floats:
    """Do what dropout does in training: a share of the numbers becomes NaN, the others grow to make up for it."""
    kept = np.random.default_rng(seed).random(output.shape) >= rate
    return np.where(kept, output / np.float32(1 - rate), np.float32(np.nan))


def layer_names(twin: Twin) -> list[str]:
    """Return what `look_inside` can show: the network's layers, and before them its first filters, if it has any."""
    names = [spec["name"] for spec in twin.specs]
    return (
        [FILTERS, *names]
        if twin.specs[0]["kind"] == "Conv2D" and twin.input_shape[-1] == 1
        else names
    )


def way_through(twin: Twin, image: Floats) -> list[Floats]:
    """Return one picture, float (28, 28, 1) in 0..1, and after it what each layer makes of it."""
    return [image, *(output for _, _, output in twin.layers(image))]


def look_inside(twin: Twin, way: list[Floats], layer: str, *, training: bool = False) -> Step:
    """Show what a layer does to the picture whose `way_through()` this is. Explained in notebook 05.

    With `training`, a dropout layer hides some numbers (as NaN), as it does while the network
    learns.
    """
    weights = first_filters(twin)[1] if FILTERS in layer_names(twin) else None
    if layer == FILTERS and weights is not None:
        height, width, count = weights.shape
        words = f"The {count} windows of its first layer, {height} × {width} weights each: green above 0, purple below."
        return Step(weights, words, filters=weights)
    place = [spec["name"] for spec in twin.specs].index(layer)
    spec, before, output = twin.specs[place], way[place], way[place + 1]
    words = f"{layer} ({spec['kind']}), shape {' × '.join(map(str, output.shape))}. {_explain(spec, before, output)}"
    if spec["kind"] == "Dropout" and training:
        rate = spec.get("rate")  # a file may lack it
        output = drop(output, rate if isinstance(rate, float) and 0 <= rate < 1 else 0.5)
        words += f" Here {np.isnan(output).sum():,} are hidden, and the others are made larger to make up for it."
    same = (
        before.ndim == output.ndim == 3
        and before.shape[-1] == output.shape[-1] > 1
        and spec["kind"] != "Conv2D"
    )
    first = weights if place == 0 else None
    return Step(output, words, before if same else None, first, spec["activation"] == "softmax")


def _explain(spec: Spec, before: Floats, output: Floats) -> str:
    quiet = (
        f" {np.mean(output == 0):.0%} of the numbers are 0." if spec["activation"] == "relu" else ""
    )
    if spec["activation"] == "softmax":
        return f"{output.size} probabilities. The highest is {output.max():.1%}, so the answer is {output.argmax()}."
    match spec["kind"]:
        case "Conv2D":
            seen = (
                "the digit" if before.shape[-1] == 1 else f"all {before.shape[-1]} maps before it"
            )
            return f"Each window slid over {seen} and made a map: dark where it found what it looks for.{quiet}"
        case "MaxPooling2D":
            block = " × ".join(map(str, spec["pool_size"]))
            return f"Of each {block} block the largest number stays: {before.size:,} numbers become {output.size:,}."
        case "Dropout":
            return "In use it changes nothing. In training it hides some of the numbers, others each time."
        case "Flatten":
            return "The same numbers in one long row. To fit here, the row is broken into lines."
        case "Dense":
            return f"Each number is a sum of all {before.size:,} numbers before it, times its weights.{quiet}"
    return f"Each of the {output.size:,} numbers is changed by itself."


def tabulate(maps: Floats) -> list[list[str]]:
    """For each map of (h, w, n), return its number, largest, average, and share that is not 0; NaN is left out."""
    rows = []
    for number, numbers in enumerate(np.moveaxis(maps, -1, 0)):
        known: Any = numbers[np.isfinite(numbers)] if np.isfinite(numbers).any() else np.zeros(1)
        row = (
            write_number(known.max(), 2),
            write_number(known.mean(), 2),
            f"{np.mean(known != 0):.0%}",
        )
        rows.append([str(number), *row])
    return rows


def first_filters(twin: Twin) -> tuple[str, Floats, Floats]:
    """Return a network's first layer: its name, its filters (k, k, f) and their biases (f,).

    Raises ValueError where the first layer is no convolution over pictures with one channel.
    """
    spec = twin.specs[0]
    if spec["kind"] != "Conv2D" or twin.input_shape[-1] != 1:
        raise ValueError(
            f"There is no filter to show: {twin.name} begins with {spec['name']}, a {spec['kind']} "
            "layer."
        )
    weights = twin.weights[spec["name"]]
    return spec["name"], weights["kernel"][:, :, 0, :], weights["bias"]
