"""00, 04 and 05: figures of lines, windows, neurons, networks, one-hot vectors, a cake."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike

from mnist_lesson.introduction.line_fit import Line
from mnist_lesson.look import new_axes, tidy, write
from mnist_lesson.shared.checks import check_numbers, check_whole, describe
from mnist_lesson.shared.colours import BLUE, INK, ORANGE, PALE, SIGNED, STYLES
from mnist_lesson.shared.picture import PAGE, Picture, described, list_few

Point = tuple[float, float]
GREY = "#8A8A8A"  # what isn't ours
CRUMB = 0.01  # of a cake: a smaller slice is only a crumb
# What each kind does, and what for.
KINDS = {
    "Feed-forward": ("straight through", "for tables of numbers"),
    "Recurrent": ("hears its own last answer", "for sounds and sentences"),
    "LSTM": ("keeps a memory for longer", "for long sentences"),
    "Autoencoder": ("squeezes, then rebuilds", "for finding what matters"),
    "Convolutional": ("slides a small window", "for pictures: this one is ours"),
    "Transformer": ("each word looks back", "for chatbots"),
}
SEVEN = (
    "00000000",
    "01111110",
    "00000110",
    "00001100",
    "00011000",
    "00110000",
    "00110000",
    "00000000",
)


def show_line_fit(
    x: ArrayLike,
    y: ArrayLike,
    slope: float,
    intercept: float,
    *,
    x_label: str = "x",
    y_label: str = "y",
    ax: Any = None,
) -> Figure:
    """Draw points and a line, and each error as a square; the title adds them up.

    Explained in notebook 00.

    Parameters
    ----------
    x, y
        The points, each of shape (n,).
    slope, intercept
        The line y = slope · x + intercept.
    x_label, y_label
        What the numbers are, in words.
    """
    xs = check_numbers(x, "x", (1,), "a list of numbers")
    ys = check_numbers(y, "y", (1,), "a list of numbers")
    if len(xs) != len(ys):
        raise ValueError(
            f"x has {len(xs)} numbers and y has {len(ys)}: each point needs one of both."
        )
    axis = new_axes(PAGE, 4)[0] if ax is None else ax
    line = Line(slope, intercept)
    errors = ys - line.at(xs)
    title = f"{line}      the squares add up to {np.sum(errors**2):.2f}"
    for left, top, side in zip(xs, ys, errors, strict=True):
        # Beside its point, on the side where it doesn't hide the line.
        corner = (left - max(side, 0), min(top, top - side))
        axis.add_patch(Rectangle(corner, abs(side), abs(side), facecolor=ORANGE, alpha=0.25))
    axis.vlines(xs, ys, ys - errors, color=ORANGE, lw=2, label="error, and its square")
    ends = np.array([xs.min() - 0.5, xs.max() + 0.5])
    axis.plot(ends, line.at(ends), "-", color=BLUE, lw=2, label="line")
    axis.legend(frameon=False, fontsize=10, loc="upper left")
    axis.plot(xs, ys, "o", color=INK, ms=7)
    tidy(axis, title, x_label, y_label)
    axis.set_aspect("equal", adjustable="datalim")  # or the squares wouldn't look square
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    listed = list_few((f"({left:g}, {top:g})" for left, top in zip(xs, ys, strict=True)), 20)
    return described(axis, f"Points at {listed}, a line, and a square for each error: {title}.")


def show_fits(x: ArrayLike, y: ArrayLike, fits: Mapping[str, ArrayLike]) -> Figure:
    """Draw points, and lines with bends that may run through them. Explained in notebook 00.

    Parameters
    ----------
    x, y
        The points, each of shape (n,).
    fits
        The name of each line, and its height at each x, shape (n,). It counts how many points the
        last one hits.
    """
    xs = check_numbers(x, "x", (1,), "a list of numbers")
    axis = new_axes(PAGE, 3.4)[0]
    for (name, heights), (colour, style) in zip(fits.items(), reversed(STYLES[:2]), strict=False):
        axis.plot(xs, np.asarray(heights), style[1:], color=colour, lw=3, label=name)
    # On top and dark: a line that hits its points must not hide them.
    axis.plot(xs, np.asarray(y), "o", color=INK, ms=8, zorder=3, label="the points")
    tidy(axis, "", "x", "")
    # As the points want it, not the lines: a line that's dragged mustn't make the points jump.
    low, high = np.min(y), np.max(y)
    axis.set_ylim(low - 0.25 * (high - low), high + 0.5 * (high - low))
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.yaxis.set_major_locator(MaxNLocator(integer=True))
    axis.legend(frameon=False, fontsize=11, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1))
    found = list(fits)[-1]
    hits = int(np.isclose(fits[found], y, atol=1e-6).sum())
    perfect = " ★ A perfect fit!" if hits == len(xs) else ""
    words = f"{found} hits {hits} of {len(xs)} points.{perfect}"
    axis.text(0.02, 0.9, words, fontsize=13, color=INK, transform=axis.transAxes)
    missed = {name: float(np.abs(np.subtract(heights, y)).max()) for name, heights in fits.items()}
    listed = list_few(f"{name} misses by {most:g} at most" for name, most in missed.items())
    return described(axis, f"{len(xs)} points and {len(fits)} lines: {listed}. {words}")


def show_window(image: ArrayLike, kernel: ArrayLike, row: int, column: int) -> Figure:
    """Draw one step of a sliding window: where it is, what it multiplies, the sums everywhere.

    Explained in notebook 00.

    Parameters
    ----------
    image
        Numbers of shape (h, w), a digit.
    kernel
        The window's weights, as shape (3, 3).
    row, column
        Where the window's top left corner is, counted from 0. The window mustn't stick out.
    """
    pixels = check_numbers(image, "image", (2,), "one digit, shape (28, 28),")
    weights = check_numbers(kernel, "kernel", (2,), "a window's weights, shape (3, 3),")
    height, width = weights.shape
    check_whole("row", row, 0, pixels.shape[0] - height)
    check_whole("column", column, 0, pixels.shape[1] - width)
    here = pixels[row : row + height, column : column + width]
    products = here * weights
    axes = new_axes(9, 3.4, 3)
    axes[0].imshow(pixels, cmap="gray_r")
    axes[0].add_patch(_frame(column, row, width, height))
    # Pale, so you can read the numbers on it.
    axes[1].imshow(here, cmap="gray_r", vmin=0, vmax=3 * (pixels.max() or 1))
    for (i, j), product in np.ndenumerate(products + 0.0):  # + 0.0 makes -0.0 plain 0.0
        text = f"{here[i, j]:g}\n× {weights[i, j]:g}\n= {product:g}"
        write(axes[1], j, i, text.replace("-", "−"))
    sums = np.einsum("rcij,ij->rc", sliding_window_view(pixels, weights.shape), weights)
    most = np.abs(sums).max() or 1
    axes[2].imshow(sums, cmap=SIGNED, vmin=-most, vmax=most)
    # Purple and green print as one grey: a minus tells them apart.
    rows, columns = np.nonzero(sums < -most / 8)
    axes[2].scatter(columns, rows, s=9, marker="_", color="white", linewidths=0.8)
    axes[2].add_patch(_frame(column, row, 1, 1))
    total = f"{products.sum():g}".replace("-", "−")
    for ax, title in zip(axes, ("the window", "pixel × weight", f"added up: {total}"), strict=True):
        ax.set(xticks=[], yticks=[])
        ax.set_title(title, fontsize=12, color=INK)
    lies = f"A digit with a window at row {row}, column {column}"
    return described(
        axes[0], f"{lies}; its products, added up: {total}; and the picture of all sums."
    )


def _frame(column: float, row: float, width: float, height: float) -> Rectangle:
    return Rectangle((column - 0.5, row - 0.5), width, height, fill=False, edgecolor=ORANGE, lw=2.5)


def show_neuron(inputs: ArrayLike, weights: ArrayLike, bias: float) -> Figure:
    """Draw one neuron at work: inputs times weights, their sum, the bend.

    Explained in notebook 00.

    Parameters
    ----------
    inputs, weights
        The numbers that come in, and a weight for each; both of shape (n,), n from 1 to 6.
    bias
        The number that's added to the sum.
    """
    numbers = check_numbers(inputs, "inputs", (1,), "a list of numbers")
    factors = check_numbers(weights, "weights", (1,), "a list of numbers")
    if len(numbers) != len(factors) or not 0 < len(numbers) <= 6:
        raise ValueError(
            f"inputs has {len(numbers)} numbers and weights has {len(factors)}: give one weight "
            "for each input, at most six."
        )
    total = float(numbers @ factors + bias)
    axis = new_axes(9, 3.2)[0]
    axis.set(xlim=(0, 10), ylim=(0, 6))
    axis.axis("off")
    # A single input stands in the middle, not at the top.
    heights = np.linspace(5.2, 0.8, len(numbers)) if len(numbers) > 1 else [3.0]
    for height, number, factor in zip(heights, numbers, factors, strict=True):
        _arrow(axis, (1.1, height), (4.0, 3.0), color=ORANGE if factor < 0 else BLUE)
        _circle(axis, 0.6, height, f"{number:g}", "white")
        middle = 1.1 + 0.42 * (4.0 - 1.1), height + 0.42 * (3.0 - height)
        label = f"× {factor:g}".replace("-", "−")
        # On white, so the arrow doesn't run through the words.
        paper = {"facecolor": "white", "edgecolor": "none", "pad": 2}
        axis.text(*middle, label, ha="center", va="center", fontsize=12, color=INK, bbox=paper)
    _circle(axis, 4.6, 3.0, f"{total:.2g}".replace("-", "−"), "white")
    axis.text(4.6, 1.75, f"added up,\nplus a bias of {bias:g}".replace("-", "−"), **_CAPTION)
    _arrow(axis, (5.2, 3.0), (6.4, 3.0))
    axis.plot([6.5, 7.1, 7.7], [2.6, 2.6, 3.5], color=BLUE, lw=3)
    axis.text(7.1, 1.75, "the bend:\nbelow 0 becomes 0", **_CAPTION)
    _arrow(axis, (7.8, 3.0), (8.8, 3.0))
    # Lit up, or asleep.
    _circle(axis, 9.4, 3.0, f"{max(total, 0):.2g}", BLUE if total > 0 else "white")
    axis.text(9.4, 1.75, "what\ncomes out", **_CAPTION)
    pairs = " + ".join(f"{n:g} × {f:g}" for n, f in zip(numbers, factors, strict=True))
    alt = (
        f"One neuron: {pairs}, plus a bias of {bias:g}, is {total:.2g}; "
        f"out comes {max(total, 0):.2g}."
    )
    return described(axis, alt)


_CAPTION: dict[str, Any] = {"ha": "center", "va": "top", "fontsize": 11, "color": INK}


def _circle(axis: Any, x: float, y: float, text: str, paper: str) -> None:
    axis.plot(x, y, "o", ms=38, mfc=paper, mec=INK, mew=1.5, zorder=3)
    pen = "white" if paper == BLUE else INK
    axis.text(x, y, text, ha="center", va="center", fontsize=13, color=pen, zorder=4)


def show_networks(explain: Collection[str] = tuple(KINDS)) -> Figure:
    """Draw six kinds of network and what each does. See notebook 00.

    Only those to `explain` have below them what they're good for; of these, ours is blue.
    """
    # Room between the rows: a caption sits closer to its own drawing than to the next one.
    layout = ConstrainedLayoutEngine(h_pad=0.12, hspace=0.1)
    figure = Picture(figsize=(PAGE, 5.6), dpi=100, layout=layout)
    axes = figure.subplots(2, 3).ravel()
    for ax, (name, (does, purpose)) in zip(axes, KINDS.items(), strict=True):
        ax.set(xlim=(-0.4, 10.4), ylim=(-1.6, 7.2), aspect="equal")
        ax.set_axis_off()
        ours = name == "Convolutional" and name in explain
        ax.set_title(name, fontsize=13, color=BLUE if ours else INK, fontweight="bold")
        write(ax, 5, 0, does, fontsize=11)
        if name in explain:
            write(ax, 5, -1.1, purpose, fontsize=11, color=BLUE if ours else INK, bold=ours)
    _circles(axes[0], (3, 5, 5, 2))
    for x, y in _circles(axes[1], (3, 4, 2))[1]:  # the middle ones hear their own last answer
        _arrow(axes[1], (x + 0.3, y + 0.2), (x - 0.3, y + 0.2), color=ORANGE, bend=1.6)
    _memory(axes[2])
    _circles(axes[3], (5, 3, 2, 3, 5))
    _convolution(axes[4], BLUE if "Convolutional" in explain else GREY)
    _looking_back(axes[5])
    kinds = (
        f"{name}: {does}, {purpose}." if name in explain else f"{name}: {does}."
        for name, (does, purpose) in KINDS.items()
    )
    figure.alt = "Six kinds of networks. " + " ".join(kinds)
    return figure


def _circles(
    ax: Any, sizes: tuple[int, ...], left: float = 1, right: float = 9, color: str = GREY
) -> list[list[Point]]:
    """Draw columns of circles, each joined to all of the next column; return where they are."""
    places = [
        [(float(x), 4 + (size - 1) / 2 * 1.2 - 1.2 * i) for i in range(size)]
        for x, size in zip(np.linspace(left, right, len(sizes)), sizes, strict=True)
    ]
    # All lines first, so none crosses out a circle.
    for column, following in pairwise(places):
        for x, y in column:
            for to_x, to_y in following:
                ax.plot((x, to_x), (y, to_y), color=PALE, lw=0.9, zorder=1)
    for column in places:
        ax.plot(*zip(*column, strict=True), "o", color=color, ms=11)
    return places


def _arrow(ax: Any, start: Point, end: Point, *, color: str = INK, bend: float = 0) -> None:
    curve = f"arc3,rad={bend}"
    arrow = FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=11, color=color, connectionstyle=curve
    )
    ax.add_patch(arrow)


def _memory(ax: Any) -> None:
    ax.add_patch(Rectangle((1.6, 1.4), 6.8, 5, facecolor="#F2F2F2", edgecolor=PALE))
    _arrow(ax, (0, 5.2), (10.1, 5.2), color=ORANGE)
    write(ax, 5, 5.8, "memory", color=ORANGE)
    for x, word in ((2.9, "forget"), (5, "write"), (7.1, "read")):
        start, end = (5.1, 3.5) if word == "read" else (3.5, 5.1)  # from the memory, or up to it
        _arrow(ax, (x, start), (x, end))
        ax.plot(x, 3.1, "s", color=GREY, ms=14)
        write(ax, x, 2.1, word)
    _arrow(ax, (0, 3.1), (2.4, 3.1))
    _arrow(ax, (7.7, 3.1), (10.1, 3.1))


def _convolution(ax: Any, color: str) -> None:
    ink = [[int(pixel) for pixel in row] for row in SEVEN]
    ax.imshow(ink, cmap="gray_r", vmin=0, vmax=1.6, extent=(0, 4, 2, 6))  # grey: lines cross it
    ax.add_patch(Rectangle((0, 2), 4, 4, fill=False, edgecolor=PALE))
    ax.add_patch(Rectangle((2, 4), 1.5, 1.5, fill=False, edgecolor=ORANGE, lw=2.5))
    for shift in (1.2, 0.6, 0):  # the foremost last
        corner = (4.7 + shift, 2.2 + shift)
        ax.add_patch(Rectangle(corner, 2.4, 2.4, facecolor="white", edgecolor=color))
    ax.add_patch(Rectangle((5.6, 3.3), 0.4, 0.4, facecolor=ORANGE))
    for top in (5.5, 4):
        ax.plot((3.5, 5.6), (top, 3.5), color=ORANGE, lw=1, zorder=4)
    _circles(ax, (3, 2), left=8.8, right=9.9, color=color)
    ax.set(xlim=(-0.4, 10.4), ylim=(-1.6, 7.2))  # imshow() has set its own limits


def _looking_back(ax: Any) -> None:
    places = {"the": 1.3, "cat": 3.6, "lost": 6.0, "its": 8.5}
    for word, x in places.items():
        ax.add_patch(Rectangle((x - 0.95, 1.9), 1.9, 1.3, facecolor="white", edgecolor=GREY))
        write(ax, x, 2.5, word, fontsize=11)
    # Whose? The cat's, so that's where the last word looks the hardest.
    for word, width in (("the", 0.8), ("cat", 3.5), ("lost", 1.2)):
        curve = FancyArrowPatch(
            (places["its"], 3.3),
            (places[word], 3.3),
            arrowstyle="-|>",
            mutation_scale=10 + 2 * width,
            lw=width,
            color=ORANGE,
            connectionstyle="arc3,rad=0.45",
        )
        ax.add_patch(curve)


def show_one_hot(images: ArrayLike, vectors: ArrayLike) -> Figure:
    """Draw each digit beside its one-hot vector, the ten places named above. See notebook 04.

    Parameters
    ----------
    images
        Shape (n, 28, 28), at most 20 digits.
    vectors
        A row of ten numbers for each, shape (n, 10), from 0 to 1.
    """
    pictures = check_numbers(images, "images", (3,), "shape (n, 28, 28)")
    rows = check_numbers(vectors, "vectors", (2,), "shape (n, 10)")
    if not len(pictures) == len(rows) <= 20:
        raise ValueError(
            f"there are {len(pictures)} images and {len(rows)} vectors: give one vector for each "
            "image, at most 20."
        )
    count, places = rows.shape
    axis = new_axes(PAGE, 0.5 + 0.42 * count)[0]
    for row, picture in enumerate(pictures):
        axis.imshow(picture, cmap="gray_r", extent=(-2, -1, row + 0.46, row - 0.46))
    for (row, place), number in np.ndenumerate(rows):
        corner = (place * 1.2 - 0.57, row - 0.45)
        axis.add_patch(Rectangle(corner, 1.14, 0.9, facecolor=BLUE if number else "#F2F2F2"))
        write(
            axis,
            place * 1.2,
            row,
            f"{number:g}",
            bold=bool(number),
            fontsize=11,
            color="white" if number else INK,
        )
    for place in range(places):
        write(axis, place * 1.2, -0.8, str(place), fontsize=11, color=BLUE, bold=True)
    write(axis, -1.5, -0.8, "digit")
    axis.set(xlim=(-2.4, places * 1.2 - 0.4), ylim=(count - 0.4, -1.2), aspect="auto")
    axis.set_axis_off()
    hot = list_few(rows.argmax(axis=1), 20)
    return described(axis, f"{count} digits, each with its ten numbers. The 1 is at place: {hot}.")


def show_cake(shares: Mapping[str, float]) -> Figure:
    """Draw numbers as slices of one cake, each with its percentage. See notebook 05.

    Parameters
    ----------
    shares
        The name of each slice, up to six, and a number above 0. If all but one are crumbs, smaller
        than 1%, that's worth a cheer.
    """
    sizes = check_numbers(list(shares.values()), "shares", (1,), "numbers above 0")
    if not 0 < len(sizes) <= 6 or sizes.min() <= 0:
        raise ValueError(
            f"shares came as {describe(sizes)}; one to six numbers above 0 are needed."
        )
    percent = sizes / sizes.sum()
    labels = [
        f"{name}: {share:.0%}" if share >= CRUMB else f"{name}: a crumb"
        for name, share in zip(shares, percent, strict=True)
    ]
    axis = new_axes(PAGE, 2.6)[0]
    *crumbs, largest = sorted(sizes)
    if crumbs and crumbs[-1] < CRUMB * sizes.sum():
        times = largest / crumbs[-1]
        axis.figure.won = (
            "Nothing but crumbs!",
            f"The largest slice is {times:.0f} times the next.",
        )
    slices, _ = axis.pie(
        sizes,
        colors=[BLUE, ORANGE, PALE, "#7FB8D8", "#DDDDDD", INK],
        startangle=90,
        counterclock=False,
    )
    # Beside the cake, not around it, where the names of two crumbs would cover each other.
    axis.legend(
        slices,
        labels,
        loc="center left",
        bbox_to_anchor=(1, 0.5),
        frameon=False,
        fontsize=14,
        labelcolor=INK,
    )
    return described(axis, f"A cake in {len(sizes)} slices. {list_few(labels)}.")
