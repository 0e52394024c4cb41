"""What a network will give, hold and compute for one picture, before it computes anything."""

import math
from typing import Any, NamedTuple

Spec = dict[str, Any]
Shape = tuple[int, ...]

# The most a network may be, so a file of a few bytes can't ask for a machine's whole memory, or
# an hour of its time.
MOST_WEIGHTS = 40_000_000  # the lesson's own network has 1.2 million
# Numbers that a layer gives for one picture, and numbers in all the windows it looks through.
MOST_NUMBERS = 10_000_000
# Multiplications for one picture; the lesson's own network takes 12 million.
MOST_PRODUCTS = 2_000_000_000


class Step(NamedTuple):
    """What a layer gives for one picture, and what it costs: numbers in windows, and products."""

    output: Shape
    table: int = 0
    products: int = 0


def plan(specs: list[Spec], shapes: dict[str, dict[str, Shape]], input_shape: Shape) -> list[Step]:
    """Follow one picture through the layers by its shape alone: nothing is computed.

    Parameters
    ----------
    specs
        As in `Twin.specs`.
    shapes
        The shapes of `Twin.weights`.
    input_shape
        (h, w, c) of a picture.

    Raises
    ------
    ValueError
        A layer doesn't fit the one before it, or the network is too large.
    """
    steps = list[Step]()
    shape = input_shape
    for spec in specs:
        weights = shapes.get(spec["name"], {})
        try:
            step = _step(spec, weights, shape)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            raise ValueError(
                f"the layer {spec['name']!r} does not fit what comes before it"
            ) from error
        numbers = max(math.prod(step.output), step.table)
        if min(step.output, default=0) < 1 or numbers > MOST_NUMBERS:
            raise ValueError(f"the layer {spec['name']!r} gives nothing, or far too much")
        steps.append(step)
        shape = step.output  # what one layer gives, the next one takes
    count = sum(math.prod(s) for spec in specs for s in shapes.get(spec["name"], {}).values())
    if not steps or count > MOST_WEIGHTS or sum(step.products for step in steps) > MOST_PRODUCTS:
        raise ValueError(
            f"the network has {count:,} weights in {len(steps)} layers, and the lesson allows "
            f"{MOST_WEIGHTS:,}: use fewer filters or units"
        )
    return steps


def _step(spec: Spec, weights: dict[str, Shape], shape: Shape) -> Step:
    """Plan one layer, or raise one of the errors that come of sizes that don't fit."""
    match spec["kind"]:
        case "Conv2D":
            height, width, channels, filters = weights["kernel"]
            _must(weights, {"kernel": (height, width, shape[2], filters), "bias": (filters,)})
            # Each window is a row of a table; the table times the filters gives the maps.
            rows, columns = _places(shape, (height, width), spec["strides"], spec["padding"])
            table = rows * columns * height * width * channels
            return Step((rows, columns, filters), table, table * filters)
        case "MaxPooling2D":
            _must(weights, {})
            strides = spec["strides"] or spec["pool_size"]
            return Step((*_places(shape, spec["pool_size"], strides, spec["padding"]), shape[2]))
        case "GlobalAveragePooling2D":
            _must(weights, {})
            _, _, channels = shape
            return Step((channels,))
        case "BatchNormalization":
            _must(weights, {"scale": shape[-1:], "shift": shape[-1:]})
            return Step(shape)
        case "Dense":
            _, units = weights["kernel"]
            _must(weights, {"kernel": (shape[-1], units), "bias": (units,)})
            return Step((*shape[:-1], units), 0, math.prod(shape) * units)
        case "Flatten":
            _must(weights, {})
            return Step((math.prod(shape),))
    # Dropout and activations: they have no weights, and don't change the shape.
    _must(weights, {})
    return Step(shape)


def _must(came: dict[str, Shape], wanted: dict[str, Shape]) -> None:
    if came != wanted:
        raise ValueError(f"weights of shapes {came} where {wanted} are needed")


def _places(shape: Shape, size: Shape, strides: Shape, padding: str) -> Shape:
    """Return how many rows and columns of places a window of this size has."""
    # Without padding, a window has to fit into the picture as a whole.
    height, width, _ = shape
    room = (height, width) if padding == "same" else (height - size[0] + 1, width - size[1] + 1)
    # -(-a // b) divides and rounds up, in whole numbers only.
    rows, columns = (-(-length // stride) for length, stride in zip(room, strides, strict=True))
    return rows, columns
