"""The living picture on paper: a network with one digit in it, where no panel can run."""

import math
from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.collections import LineCollection
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.stages import Stages
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.colours import BLUE, GREEN, INK, PALE
from mnist_lesson.shared.kit import Still
from mnist_lesson.shared.words import a_digit, say_probability

WIDTH, HEIGHT, HEAD = 1180, 440, 46  # hundredths of an inch; the head is for the names
GAMMA = 0.6  # draws small numbers darker than they are, as in the panel
LINES = 50  # between two stages, at most
LIT = LinearSegmentedColormap.from_list("lit", ["white", "#a9d2ec", BLUE, "#071f33"])
Box = tuple[float, float, float, float]  # left, top, width, height
Places = tuple[Box, NDArray[np.float64]]  # a stage's box, and the middle of each tile


def network_still(network: Twin, x: Floats) -> Still:
    """Draw a network reading a picture, float (28, 28, 1) in 0..1: its maps, neurons, answers."""
    plan = Stages(network)
    shown = zip(plan.outputs(network, x), plan.stages, strict=True)
    outputs = [output.reshape(stage["shape"]) for output, stage in shown]
    mosaics = [_mosaic(output, is_digit=not number) for number, output in enumerate(outputs)]
    figure = Figure(figsize=(WIDTH / 100, HEIGHT / 100), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    places = _place(mosaics, outputs)
    for stage, output, (picture, _), (box, _middles) in zip(
        plan.stages, outputs, mosaics, places, strict=True
    ):
        left, top, width, height = box
        axes.imshow(picture, extent=(left, left + width, top + height, top), zorder=3)
        tall, wide, count = output.shape
        size = f"{count} neurons" if tall * wide == 1 else f"{count} maps, {tall} × {wide}"
        size = size.removeprefix("1 maps, ")
        axes.text(left + width / 2, 16, stage["name"], ha="center", weight="bold", color=INK)
        axes.text(left + width / 2, 35, size, ha="center", color=INK, fontsize=8)
    for number in range(1, len(outputs)):
        ends = (places[number - 1], places[number])
        axes.add_collection(_lines(plan, number, outputs, ends))
    answers = outputs[-1].ravel()
    best = int(answers.argmax())
    for digit, (_, y) in enumerate(places[-1][1]):
        look = {"color": BLUE, "weight": "bold", "size": 17} if digit == best else {"color": INK}
        axes.text(WIDTH - 52, y, str(digit), va="center", **look)
    axes.set(xlim=(0, WIDTH), ylim=(HEIGHT, 0), aspect="auto")  # y runs downward, as on a screen
    axes.set_axis_off()
    names = ", ".join(f"{stage['name']} ({stage['shape'][2]})" for stage in plan.stages[1:])
    sure = say_probability(answers[best], decimals=1)
    alt = f"{network.name} reads {a_digit(best)}, {sure} sure. From left to right: {names}."
    return Still(figure, alt)


def _mosaic(output: Floats, *, is_digit: bool) -> tuple[NDArray[Any], tuple[int, int]]:
    """Colour a stage's maps and lay them in columns; return the picture, its rows and columns."""
    tall, wide, count = output.shape
    zoom = 4 if is_digit else max(1, 36 // wide)  # so frames, a pixel thick, look thin
    rows = count if count <= 12 else math.ceil(math.sqrt(1.9 * count))
    columns = -(-count // rows)
    rows = -(-count // columns)  # so the last column is as full as possible
    share = (np.abs(output) / (np.abs(output).max() or 1)) ** GAMMA
    shades = colormaps["gray_r"] if is_digit else LIT
    tiles = shades(np.kron(np.moveaxis(share, -1, 0), np.ones((zoom, zoom))))
    if tall * wide == 1:  # a neuron is round
        y, x = np.mgrid[-1 : 1 : zoom * 1j, -1 : 1 : zoom * 1j]
        tiles[:, np.hypot(x, y) > 1] = 0
        tiles[:, np.abs(np.hypot(x, y) - 0.92) < 0.08] = to_rgba(PALE)
    else:
        tiles = np.pad(tiles, ((0, 0), (1, 1), (1, 1), (0, 0)))
        for edge in (tiles[:, 0], tiles[:, -1], tiles[:, :, 0], tiles[:, :, -1]):
            edge[:] = to_rgba(PALE)
    tiles = np.pad(tiles, ((0, rows * columns - count), (1, 1), (1, 1), (0, 0)))
    grid = tiles.reshape(columns, rows, *tiles.shape[1:])
    return grid.transpose(1, 2, 0, 3, 4).reshape(rows * tiles.shape[1], -1, 4), (rows, columns)


def _place(mosaics: list[Any], outputs: list[Floats]) -> list[Places]:
    """Put the stages side by side, as tall as there's room for, with equal gaps."""
    room = HEIGHT - HEAD - 12
    sizes = []
    for (picture, (rows, _)), output in zip(mosaics, outputs, strict=True):
        high = min(room, rows * (150 if rows == 1 else 46 if output.shape[0] > 1 else 30))
        sizes.append((high * picture.shape[1] / picture.shape[0], high))
    shrink = min(1, 0.72 * WIDTH / sum(width for width, _ in sizes))
    sizes = [(width * shrink, high * shrink) for width, high in sizes]
    gap = (WIDTH - 70 - sum(width for width, _ in sizes)) / (len(sizes) - 1)
    places = []
    left = 10.0
    for (width, high), (_, (rows, columns)), output in zip(sizes, mosaics, outputs, strict=True):
        top = HEAD + (room - high) / 2
        column, row = np.divmod(np.arange(output.shape[2]), rows)
        x = left + (column + 0.5) * width / columns
        y = top + (row + 0.5) * high / rows
        places.append(((left, top, width, high), np.stack([x, y], axis=1)))
        left += width + gap
    return places


def _lines(plan: Stages, number: int, outputs: list[Floats], ends: tuple[Places, Places]) -> Any:
    """Return the strongest lines into a stage: what fed the largest number of each of its maps."""
    stage, before, output = plan.stages[number], outputs[number - 1], outputs[number]
    wide, count = output.shape[1:]
    # In pooling, each map is made from just one map, the one with the same number.
    shares = np.eye(count, before.shape[2])
    if stage["kind"] == "conv":
        size = (*stage["window"], before.shape[2], count)
        kernel = plan.weights[stage["kernel"] :][: np.prod(size)].reshape(size)
        padded = np.pad(before, [(side, side) for side in (*stage["margin"], 0)])
        for number, place in enumerate(output.reshape(-1, count).argmax(axis=0)):
            top, left = np.multiply(divmod(place, wide), stage["strides"])
            window = padded[top:, left:][: size[0], : size[1]]
            part = kernel[: window.shape[0], : window.shape[1], :, number]
            shares[number] = (window * part).sum(axis=(0, 1))
    glow = output.max(axis=(0, 1)) / (output.max() or 1)
    largest = np.maximum(shares.max(axis=1), 1e-9)
    strength = np.clip(shares / largest[:, None] * glow[:, None], 0, 1)
    strongest = np.argsort(strength, axis=None)[-LINES:]
    (_, sources), (_, targets) = ends
    t = np.linspace(0, 1, 20)[:, None]
    step = t * t * (3 - 2 * t)  # leaves and arrives level
    paths = []
    for target, source in zip(*np.unravel_index(strongest, strength.shape), strict=True):
        start, end = sources[source], targets[target]
        bend = np.concatenate([t, step], axis=1)
        paths.append(start + bend * (end - start))
    power = strength.ravel()[strongest]
    colours = [to_rgba(GREEN, 0.08 + 0.7 * float(share)) for share in power]
    return LineCollection(paths, colors=colours, linewidths=0.4 + 1.6 * power**2, zorder=2)
