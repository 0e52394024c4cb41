"""03 · Look: pictures of digits, numbers and networks, each returned as a matplotlib Figure.

Each function takes `ax`, the axes to draw on; by default it makes a new figure. A bad argument
raises a TypeError or ValueError that says what's needed. Digits are dark ink on white paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.collections import PatchCollection, PathCollection
from matplotlib.colors import LinearSegmentedColormap, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.path import Path
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, PercentFormatter
from matplotlib.transforms import Affine2D
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.shared.checks import (
    CLASSES,
    Float64s,
    check_labels,
    check_numbers,
    check_whole,
    describe,
)
from mnist_lesson.shared.colours import BLUE, INK, ORANGE, PALE, SIGNED, STYLES
from mnist_lesson.shared.picture import PAGE, TILES, Picture, described, list_few
from mnist_lesson.shared.words import say_probability

# A grid line doesn't run through words on white paper.
ON_PAPER = {"facecolor": "white", "edgecolor": "none", "pad": 1}
FIRST_CLIMB = 0.3  # epochs
HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")


def show_digit(image: ArrayLike, label: object = None, *, ax: Any = None) -> Figure:
    """Draw one digit, with its label above it. Explained in notebook 03.

    Parameters
    ----------
    image
        Shape (28, 28) or (1, 28, 28, 1), or any other size; 0..255, or 0..1 if they're floats.
    label
        Anything you can write: a digit, a few words.
    """
    names = [] if label is None else [str(label)]
    alt = "A handwritten digit" if label is None else f"A handwritten digit, {label}"
    return _mosaic(_pictures(image, "image", one=True), names, 1, ax, f"{alt}.", tile=2.4)


def show_digits(
    images: ArrayLike,
    labels: Any = None,
    *,
    columns: int = 10,
    highlight: int | None = None,
    ax: Any = None,
) -> Figure:
    """Draw many digits as a grid, row by row, each with its label above. Explained in notebook 03.

    Parameters
    ----------
    images
        Shape (n, 28, 28) or (n, 28, 28, 1), or any other size; 0..255, or 0..1 if they're floats.
        With three channels they're in colour: red, green and blue light, on black.
    labels
        One for each picture: a digit, a few words, on several lines if need be.
    columns
        How many go in a row, from 1 to 30.
    highlight
        The number of a picture to draw a frame around, from 0.
    """
    pictures = _pictures(images, "images")
    names = _names(labels, len(pictures))
    tile = 1.6 if len(pictures) <= 4 else 1.1
    alt = f"{len(pictures)} handwritten digits"
    alt += f": {list_few(names, 30)}." if names else "."
    columns = check_whole("columns", columns, 1, 30)
    return _mosaic(pictures, names, columns, ax, alt, tile=tile, highlight=highlight)


def show_readings(
    images: ArrayLike, labels: ArrayLike, readings: Mapping[str, ArrayLike], *, ax: Any = None
) -> Figure:
    """Draw digits in a row, and below them what each network read. Explained in notebook 10.

    Mistakes are orange and have a cross; the title counts them.

    Parameters
    ----------
    images
        Up to 12 digits, as for `show_digits()`.
    labels
        The true digits, shape (n,).
    readings
        The name of each network, and the digits that it read, shape (n,).
    """
    pictures = _pictures(images, "images")
    count = check_whole("the number of images", len(pictures), 1, 12)
    truth = check_labels(labels, count)
    axis = new_axes(PAGE, 1.5 + 0.3 * len(readings))[0] if ax is None else ax
    for place, picture in enumerate(pictures):
        extent = (place + 0.04, place + 0.96, 0.92, 0)
        axis.imshow(picture, cmap="gray_r", vmin=0, vmax=1, extent=extent)
        corner = (place + 0.04, 0)
        axis.add_patch(Rectangle(corner, 0.92, 0.92, fill=False, edgecolor=PALE, lw=0.8))
    mistakes = []
    for row, (name, given) in enumerate(readings.items()):
        answers, height = check_labels(given, count, name), 1.18 + 0.33 * row
        wrong = answers != truth
        mistakes.append(f"{wrong.sum()} {name}")
        write(axis, -0.1, height, name, ha="right", fontsize=12)
        for place, (answer, missed) in enumerate(zip(answers, wrong, strict=True)):
            look = {"color": ORANGE if missed else BLUE, "fontsize": 14}
            text = f"{answer} ✗" if missed else f"{answer}"
            write(axis, place + 0.5, height, text, bold=bool(missed), **look)
    title = f"Mistakes: {', '.join(mistakes)}"
    write(axis, 0.04, -0.3, title, ha="left", fontsize=16)
    axis.set(xlim=(-1, max(count, 10)), ylim=(1.02 + 0.33 * len(readings), -0.55))
    axis.set_axis_off()
    return described(axis, f"{count} handwritten digits. {title}.")


def show_maps(
    maps: ArrayLike,
    labels: Any = None,
    *,
    columns: int = 8,
    highlight: int | None = None,
    ax: Any = None,
) -> Figure:
    """Draw what one layer makes of a picture: its maps, numbered from 0. Explained in notebook 05.

    All maps share one scale, so one with little in it looks empty. If some numbers are negative, as
    a filter's weights are, those are purple and the rest green.

    Parameters
    ----------
    maps
        Shape (h, w, n), as from `Twin.layers()`; or (n,), drawn as one wide block, row by row.
    labels
        What to write above the maps, one for each, in place of their numbers.
    columns
        How many go in a row, from 1 to 30.
    highlight
        The number of a map to frame, from 0.
    """
    array, tile = check_numbers(maps, "maps", (1, 3), "shape (h, w, n), n maps,"), 2.4
    if array.ndim == 1:
        # At least four times as wide as it's high: so many rows fill a page's width.
        most = max(1, int((len(array) / 4) ** 0.5))
        height = max(side for side in range(1, most + 1) if len(array) % side == 0)
        array = array.reshape(height, -1, 1)
        tile = PAGE
    pictures, total = np.moveaxis(array, -1, 0), array.shape[-1]
    names = _names(range(total) if labels is None and total > 1 else labels, total)
    count = min(check_whole("columns", columns, 1, 30), len(pictures))
    shares = pictures / (np.abs(pictures).max() or 1)
    sizes = f"{total} map{'s' * (total != 1)} of {pictures.shape[1]} by {pictures.shape[2]} numbers"
    brightest = int(shares.mean(axis=(1, 2)).argmax())
    alt = f"{sizes}, from {array.min():.2f} to {array.max():.2f}"
    alt += f"; number {brightest} is the strongest on average." if total > 1 else "."
    tile = min(PAGE / count, tile)
    return _mosaic(shares, names, count, ax, alt, tile=tile, highlight=highlight)


def show_numbers(numbers: ArrayLike, *, shaded: bool = True, ax: Any = None) -> Figure:
    """Draw a picture with its numbers written in. Explained in notebook 03.

    The larger a number, the darker. If some are negative, those are purple, the rest green, and 0
    is white.

    Parameters
    ----------
    numbers
        Shape (h, w), at most 28 by 28: a digit, a piece of one, a few weights. Whole numbers are
        written as they are, others with one decimal, or with two if none reaches 1.
    shaded
        Without shades, the numbers stand on white paper.
    """
    table = check_numbers(numbers, "numbers", (2,), "shape (h, w), at most 28 by 28,")
    if max(table.shape) > 28:
        raise ValueError(
            f"numbers came as {describe(table)}, too many to read. Cut: numbers[:28, :28]."
        )
    most, side = np.abs(table).max() or 1, max(table.shape)
    cell, size = max(0.5, 2.4 / side), 9 if side > 4 else 12
    if side > 9:
        cell, size = (0.26, 9) if side > 16 else (0.31, 9)  # a whole digit fits on a screen
    axis = new_axes(cell * table.shape[1], cell * table.shape[0])[0] if ax is None else ax
    low, colours = (-most, SIGNED) if table.min() < 0 else (0, "gray_r")
    shades = axis.imshow(table, cmap=colours, vmin=low, vmax=most, interpolation="nearest")
    # How bright a square looks: to the eye, green is bright and blue is dark.
    if not shaded:
        shades.set_cmap(ListedColormap(["white"]))
    light = shades.to_rgba(table)[..., :3] ** 2.2 @ (0.2126, 0.7152, 0.0722)
    inks = np.where(light < 0.24, "white", INK)
    decimals = 0 if np.array_equal(table, table.round()) else 1 if most >= 1 else 2
    rounded = table.round(decimals) + 0.0  # -0.0 becomes 0.0
    written = [f"{number:.{decimals}f}".replace("-", "−") for number in rounded.flat]
    _stamp(axis, written, inks.ravel().tolist(), size)
    axis.set_axis_off()
    sizes = f"{table.shape[0]} rows of {table.shape[1]} numbers"
    inked = f"{np.count_nonzero(table)} of them are not 0"
    alt = f"{sizes}, from {table.min():.4g} to {table.max():.4g}; {inked}."
    return described(axis, alt)


def _stamp(axis: Any, words: Sequence[str], inks: Sequence[str], size: float) -> None:
    """Write a word in the middle of each square of a table, row by row, `size` points high.

    As shapes, all at once: hundreds of texts, each laid out by itself, would take a second.
    """
    shapes = {}
    for word in set(words):
        shape = TextPath((0, 0), word, size=size)
        across = shape.vertices[shape.codes != Path.CLOSEPOLY, 0]
        centre = (across.min() + across.max()) / 2
        # Half a figure's height below the middle, so that they all stand on one line.
        shapes[word] = shape.transformed(Affine2D().translate(-centre, -0.365 * size))
    rows, columns = axis.images[0].get_array().shape
    stamps = PathCollection(
        [shapes[word] for word in words],
        offsets=[(column, row) for row in range(rows) for column in range(columns)],
        offset_transform=axis.transData,
        facecolors=inks,
        linewidths=0,
    )
    # The shapes are in points, 72 to an inch.
    stamps.set_transform(Affine2D().scale(1 / 72) + axis.figure.dpi_scale_trans)
    stamps.set_in_layout(False)
    axis.add_collection(stamps, autolim=False)


def show_probabilities(
    probabilities: ArrayLike,
    *,
    label: int | None = None,
    picture: ArrayLike | None = None,
    ax: Any = None,
) -> Figure:
    """Draw ten probabilities as bars, values on top, the highest bold. Explained in notebook 07.

    Parameters
    ----------
    probabilities
        Ten numbers from 0 to 1, shape (10,) or (1, 10).
    label
        The true digit, 0 to 9, if you know it; it's marked above its bar.
    picture
        What they were given for, (height, width), to stand beside the bars.
    """
    bars = check_numbers(
        np.ravel(np.asarray(probabilities)), "probabilities", (1,), "ten numbers, shape (10,),"
    )
    if len(bars) != CLASSES or bars.min() < 0 or bars.max() > 1:
        raise ValueError(
            f"probabilities came as {bars.round(3)}; ten numbers from 0 to 1 are needed."
        )
    truth = None if label is None else check_whole("label", label, 0, CLASSES - 1)
    axis = new_axes(PAGE, 2.6)[0] if ax is None else ax
    best, digits = int(bars.argmax()), range(CLASSES)
    certain = np.count_nonzero(bars) == 1  # a one-hot vector; no network ever is
    shares = [
        "100%" if certain and height else say_probability(height, decimals=1, brief=True)
        for height in bars
    ]
    axis.bar(digits, bars, color=[BLUE if digit == best else PALE for digit in digits])
    for digit, height in enumerate(bars):
        # "0.0%" nine times over would say nothing but "look elsewhere".
        if height >= 0.0005:
            write(axis, digit, height + 0.06, shares[digit], bold=digit == best, bbox=ON_PAPER)
    tidy(axis, "", "", "probability")
    axis.set_ylim(0, 1.25)  # room for the words above a bar of 100%
    axis.spines["left"].set_bounds(0, 1)
    axis.set(xticks=digits, yticks=np.linspace(0, 1, 6))
    if truth is not None:
        # Below the bar, it would look like the name of the axis.
        write(axis, truth, bars[truth] + 0.16, "true digit", bbox=ON_PAPER)
    if picture is not None:
        axis.set_xlim(-0.6, 12.2)
        beside = axis.inset_axes((9.7, 0, 2.4, 1.2), transform=axis.transData)
        beside.imshow(np.asarray(picture), cmap="gray_r")
        beside.set(xticks=[], yticks=[])
        beside.spines[:].set_color(PALE)
    axis.yaxis.set_major_formatter(PercentFormatter(1))
    order = np.argsort(-bars, kind="stable").tolist()
    listed = [f"{digit} at {shares[digit]}" for digit in order]
    true = "" if truth is None else f" The true digit is {truth}."
    alt = f"A bar chart of ten probabilities: {', '.join(listed[:3])}, the rest below.{true}"
    alt += "" if picture is None else " Beside them is the picture they're for."
    return described(axis, alt)


def show_bars(
    numbers: Mapping[str, float],
    *,
    title: str = "",
    highlight: Collection[str] = (),
    pictures: Sequence[NDArray[Any]] = (),
    ax: Any = None,
) -> Figure:
    """Draw a bar for each number, its name on the left, its value on the right. See notebook 09.

    Parameters
    ----------
    numbers
        Names, and numbers of 0 or more. Whole numbers and those from 100 up are written without
        decimals, others with three digits.
    title
        What the numbers are.
    highlight
        The names of the bars to draw in blue, or one name. By default none.
    pictures
        To make each bar of, instead of a colour: as many as fit, shape (n, h, w), at least 25.
    """
    if not isinstance(numbers, Mapping) or not numbers:
        raise ValueError(
            f"numbers came as {describe(numbers)}; names and numbers are needed, as in "
            "{'conv_1': 3.5}."
        )
    lengths = check_numbers(list(numbers.values()), "numbers", (1,), "numbers from 0 on,")
    if lengths.min() < 0:
        raise ValueError(f"numbers came with {lengths.min():g}; a bar cannot be shorter than 0.")
    blue = {highlight} if isinstance(highlight, str) else set(highlight)
    if unknown := blue - set(numbers):
        raise ValueError(f"highlight names {list_few(unknown)}; the bars are {list_few(numbers)}.")
    room = 0.37 if len(lengths) < 10 else 0.25  # a long list stands closer
    axis = new_axes(PAGE, 0.6 + room * len(lengths))[0] if ax is None else ax
    colours = [BLUE if name in blue else PALE for name in numbers]
    bars = axis.barh(list(numbers), lengths, color="none" if len(pictures) else colours)
    bottom, top = axis.get_ylim()  # before pictures change it
    for place, (length, some) in enumerate(zip(lengths, pictures, strict=False)):
        strip = np.concatenate(some[: max(1, round(25 * length / lengths.max()))], axis=1)
        ink = BLUE if colours[place] == BLUE else INK
        shades = LinearSegmentedColormap.from_list("ink", ["white", ink])
        extent = (0, length, place + 0.4, place - 0.4)
        axis.imshow(strip, cmap=shades, extent=extent, aspect="auto", interpolation="nearest")
    written = [
        f"{n:,.0f}" if n >= 100 or n == round(n) else f"{n:#.3g}".rstrip(".") for n in lengths
    ]
    axis.bar_label(bars, written, padding=4)
    tidy(axis, title, "", "")
    axis.set_ylim(top, bottom)  # the first on top
    axis.set_xlim(0, 1.15 * (lengths.max() or 1))  # room for the numbers after the bars
    # The numbers say how long each bar is: an axis would just be one more line.
    axis.set_xticks([])
    axis.spines["bottom"].set_visible(False)
    axis.tick_params(length=0)
    axis.grid(False)
    listed = (f"{name}: {number}" for name, number in zip(numbers, written, strict=True))
    return described(axis, f"A bar chart. {_sentence(title)}{list_few(listed)}.")


def show_dots(groups: Mapping[str, ArrayLike], *, title: str = "", ax: Any = None) -> Figure:
    """Draw groups of numbers as dots, a row for each group: they have no order, so no line.

    Parameters
    ----------
    groups
        The name of each group, and its numbers.
    title
        What the numbers are.
    """
    if not isinstance(groups, Mapping) or not 0 < len(groups) <= 8:
        raise ValueError(
            f'groups came as {describe(groups)}; one to eight are needed: {{"name": numbers}}.'
        )
    axis = new_axes(PAGE, 0.9 + 0.5 * len(groups))[0] if ax is None else ax
    for place, (name, numbers) in enumerate(groups.items()):
        values = check_numbers(numbers, name, (1,), "a list of numbers")
        axis.plot(values, np.full(len(values), place), "o", color=BLUE, ms=9, alpha=0.6)
        if len(values) > 1:  # one number is its own average
            axis.plot(values.mean(), place, "|", color=ORANGE, ms=24, mew=3)
    averaged = any(np.size(numbers) > 1 for numbers in groups.values())
    tidy(axis, title, "orange: the average" if averaged else "", "")
    axis.set_yticks(range(len(groups)), list(groups))
    axis.set_ylim(len(groups) - 0.5, -0.5)  # the first on top
    means = (f"{name}: {np.mean(np.asarray(n, float)):.4g}" for name, n in groups.items())
    alt = f"A row of dots for each group. {_sentence(title)}The averages are {list_few(means)}."
    return described(axis, alt)


def show_confusion(table: ArrayLike, *, ax: Any = None) -> Figure:
    """Draw how often each digit was read as which, common mistakes darkest. See notebook 07.

    Parameters
    ----------
    table
        Counts of shape (10, 10), as from `count_confusions()`: a row for each true digit, a column
        for each answer.
    """
    counts = check_numbers(table, "table", (2,), "shape (10, 10)")
    if counts.shape != (CLASSES, CLASSES) or counts.min() < 0:
        raise ValueError(
            f"table came as {describe(counts)}, but counts of shape (10, 10) are needed."
        )
    axis = new_axes(PAGE, 4.4)[0] if ax is None else ax
    # Without the diagonal: next to its large counts, no mistake would be dark enough to see.
    mistakes = np.where(np.eye(CLASSES, dtype=bool), 0, counts)
    # 1.8 keeps the number in the darkest square readable.
    most = 1.8 * (mistakes.max() or 1)
    edges, squares = np.arange(CLASSES + 1) - 0.5, {"edgecolors": "white", "lw": 2}
    axis.pcolormesh(edges, edges, mistakes, cmap="Oranges", vmin=0, vmax=most, **squares)
    # NaN is see-through, so this tints only the right answers a pale blue.
    diagonal, blue = np.where(np.eye(CLASSES), 1.0, np.nan), ListedColormap([BLUE])
    axis.pcolormesh(edges, edges, diagonal, cmap=blue, alpha=0.16, **squares)
    for (row, column), count in np.ndenumerate(counts):
        colour = BLUE if row == column else INK if count else PALE
        write(axis, column, row, f"{count:.0f}", bold=row == column, color=colour)
    tidy(axis, "Right answers: bold, on the diagonal", "the answer given", "the true digit")
    axis.set(xticks=range(CLASSES), yticks=range(CLASSES), ylim=(CLASSES - 0.5, -0.5))
    axis.grid(visible=False)
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    right, total = int(counts.trace()), int(counts.sum())
    truth, answer = divmod(int(mistakes.argmax()), CLASSES)
    worst = f"the commonest is {truth}, read as {answer}, {mistakes.max():.0f} times"
    alt = f"A confusion matrix: {right:,} of {total:,} right. Of the mistakes, {worst}."
    return described(axis, alt)


def show_curves(
    curves: Mapping[str, ArrayLike],
    *,
    x: Any = None,
    title: str = "",
    x_label: str = "",
    ax: Any = None,
) -> Figure:
    """Draw up to four curves, each with its name. Explained in notebook 06.

    Parameters
    ----------
    curves
        The name of each curve, and its numbers, NaN where there are none.
    x
        Where they go, shape (n,). By default 1, 2, 3, … If all are whole, the axis shows only whole
        numbers.
    """
    if not isinstance(curves, Mapping) or not 0 < len(curves) <= len(STYLES):
        raise ValueError(
            f'curves came as {describe(curves)}; one to four are needed: {{"name": numbers}}.'
        )
    axis, whole = new_axes(PAGE, 3.2)[0] if ax is None else ax, True
    for (name, numbers), (colour, style) in zip(curves.items(), STYLES, strict=False):
        places = np.arange(1, np.size(numbers) + 1) if x is None else np.asarray(x, dtype=float)
        whole = whole and bool((places == places.round()).all())
        axis.plot(places, np.asarray(numbers, dtype=float), style, color=colour, label=name, ms=5)
    tidy(axis, title, x_label, "")
    axis.xaxis.set_major_locator(MaxNLocator(integer=whole, nbins=12, steps=[1, 2, 5, 10]))
    if len(curves) > 1:
        axis.legend(frameon=False, fontsize=10)
    else:
        axis.set_ylabel(next(iter(curves)), fontsize=11, color=INK)
    courses = (_course(name, numbers) for name, numbers in curves.items())
    return described(axis, f"A line chart. {_sentence(title)}{' '.join(courses)}")


def show_history(
    history: Mapping[str, Sequence[float]],
    *,
    way: Mapping[str, Sequence[tuple[float, float]]] | None = None,
    ax: Any = None,
) -> Figure:
    """Draw how training went: accuracy and loss after each epoch. Explained in notebook 06.

    Parameters
    ----------
    history
        Lists of equal length under "epoch", "loss", "accuracy", "val_loss", "val_accuracy"; may be
        empty.
    way
        For "accuracy" and "loss", the training's whole way, batch by batch, as (epochs done,
        number). Without it, training has a dot an epoch, too.
    ax
        Two axes.
    """
    given = history if isinstance(history, Mapping) else {}
    if missing := [name for name in HISTORY if name not in given]:
        raise ValueError(
            f"history lacks {', '.join(missing)}. Type show_history(run.history), with "
            "run = train(…)."
        )
    if len({len(given[name]) for name in HISTORY}) > 1:
        raise ValueError(
            "the lists in history differ in length, but each needs one number an epoch."
        )
    axes = new_axes(PAGE, 3.2, 2) if ax is None else np.ravel(ax)
    titles = {"accuracy": "Accuracy (high is good)", "loss": "Loss (low is good)"}
    for axis, (name, title) in zip(axes, titles.items(), strict=True):
        curves = {"training": given[name], "held out": given[f"val_{name}"]}
        show_curves(curves, x=given["epoch"], title=title, x_label="epoch", ax=axis)
        # A stopped run ends partway through an epoch, and show_curves() would write 2.5 there.
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        axis.set_xlim(0, max([*given["epoch"], 2]) + 0.5)
        if way:
            _draw_way(axis, np.array(way[name]), given[f"val_{name}"])
        # With no epochs yet, there are no numbers to give the axis its range.
        if not given["epoch"]:
            axis.set_ylim(0, 1)
    axes[0].yaxis.set_major_formatter(lambda share, _: f"{100 * share:.4g}%")
    return described(axes[0], "")


def _draw_way(axis: Any, way: Float64s, held_out: Sequence[float]) -> None:
    """Draw the training's curve batch by batch, instead of an epoch's average at its end."""
    line = axis.get_lines()[0]
    # A run that was resumed has only its epochs from before.
    before = line.get_xydata()[line.get_xdata() <= way[0, 0]]
    done, numbers = np.concatenate([before, way]).T
    line.set(xdata=done, ydata=numbers, marker="")
    axis.legend(frameon=False, fontsize=10)
    # The first steps climb from nothing: next to them, all that follows would be a flat line.
    seen = np.array([*numbers[done > min(FIRST_CLIMB, done[-1] / 2)], *held_out], dtype=float)
    seen = seen[np.isfinite(seen)]
    if seen.size:
        room = 0.08 * (seen.max() - seen.min()) or 0.01
        axis.set_ylim(seen.min() - room, seen.max() + room)


def _course(name: str, numbers: ArrayLike) -> str:
    """Say where a curve begins and ends, and how low and high it gets in between."""
    known = np.asarray(numbers, dtype=float) + 0.0  # −0.0 becomes 0.0
    known = known[np.isfinite(known)]  # a curve may end early, or diverge
    if not known.size:
        return f"{name}: nothing yet."
    ends = f"from {known[0]:.3g} to {known[-1]:.3g}"
    return f"{name}: {ends}, between {known.min():.3g} and {known.max():.3g}."


def _sentence(title: str) -> str:
    return f"{title.strip()}. " if title.strip() else ""


def _pictures(value: Any, name: str, *, one: bool = False) -> Float64s:
    wanted = (
        "28 by 28 pixels, as x_train[0] has," if one else "shape (n, 28, 28), as x_train[:10] has,"
    )
    array = check_numbers(value, name, (2, 3, 4), wanted)
    array = np.squeeze(array)[np.newaxis] if one else array
    channels = array.shape[3] if array.ndim == 4 else 0
    array = array[..., 0] if channels == 1 else array
    pictures = array if channels == 3 else check_numbers(array, name, (3,), wanted)
    if pictures.min() < 0 or pictures.max() > 255:
        raise ValueError(
            f"{name} goes from {pictures.min():g} to {pictures.max():g}, not 0..255 or 0..1."
        )
    # Whole numbers from 0 to 1 are a nearly blank picture in 0..255; only floats are shares.
    return pictures / (1 if np.asarray(value).dtype.kind == "f" and pictures.max() <= 1 else 255)


def _names(labels: Any, count: int) -> list[str]:
    """Return the labels of `count` pictures as texts; complain if some are missing."""
    names = [] if labels is None else [str(label) for label in labels]
    if labels is not None and len(names) != count:
        raise ValueError(f"there are {count} pictures but {len(names)} labels: each needs one.")
    return names


def _mosaic(
    pictures: Float64s,
    names: list[str],
    columns: int,
    ax: Any,
    alt: str,
    *,
    tile: float = 1.1,
    highlight: int | None = None,
) -> Figure:
    """Draw all pictures into one axes: subplots would take seconds. Numbers: 0..1, or -1..1."""
    count, height, width = pictures.shape[:3]
    if highlight is not None:
        alt += f" Number {check_whole('highlight', highlight, 0, count - 1)} is framed."
    rows, columns = -(-count // columns), min(columns, count)
    gap = 0.08 * min(width, height)
    tile = min(tile, PAGE / 1.08 / columns)  # 1.08: with its gap
    header = gap + max((name.count("\n") + 1 for name in names), default=0) * 0.19 * width / tile
    # A name sits closer to its own picture than to the one above.
    between = gap if names else 0
    near = gap - min(gap / 2, 0.04 * width / tile)
    step_x, step_y = width + gap, height + header + between
    tall = rows * step_y - between
    if ax is None:
        ax = new_axes(tile * step_x / width * columns, tile * tall / width)[0]
    low, colours = (-1, SIGNED) if pictures.min() < 0 else (0, "gray_r")
    # All pictures are one image with gaps in it: an image each would take several times as long.
    paper = np.nan if pictures.ndim == 3 else 1.0  # see-through, or white light
    canvas = np.full((rows, height + 1, columns, width + 1, *pictures.shape[3:]), paper)
    frames = []
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        left, top = column * step_x, row * step_y + header
        canvas[row, :height, column, :width] = picture
        colour, thick = (ORANGE, 3.5) if number == highlight else (PALE, 0.8)
        frames.append(Rectangle((left, top), width, height, fill=False, ec=colour, lw=thick))
        if names:
            middle = left + width / 2
            write(ax, middle, top - near, names[number], va="bottom", bold=number == highlight)
    x_edges = np.add.outer(np.arange(columns) * step_x, np.arange(width + 1)).ravel()
    y_edges = np.add.outer(np.arange(rows) * step_y + header, np.arange(height + 1)).ravel()
    canvas = canvas.reshape(len(y_edges), len(x_edges), *pictures.shape[3:])[:-1, :-1]
    if canvas.ndim == 2:
        painted = np.ma.masked_invalid(canvas)
    else:  # this kind of image takes colours as whole numbers only
        painted = np.rint(255 * canvas).astype(np.uint8)
    ax.pcolorfast(x_edges, y_edges, painted, cmap=colours, vmin=low, vmax=1)
    ax.add_collection(PatchCollection(frames, match_original=True, gid=TILES))
    ax.set_aspect("equal")
    ax.set(xlim=(-gap / 2, columns * step_x - gap / 2), ylim=(tall + gap / 2, 0))
    ax.set_axis_off()
    return described(ax, alt)


def new_axes(width: float, height: float, columns: int = 1) -> NDArray[Any]:
    """Make a figure, its width and height in inches; return its axes, from left to right."""
    figure = Picture(figsize=(width, height), dpi=100, layout="constrained")
    return figure.subplots(1, columns, squeeze=False)[0]  # type: ignore[no-any-return]


def write(ax: Any, x: float, y: float, text: str, *, bold: bool = False, **style: Any) -> None:
    """Write text, its middle at (x, y)."""
    look = {"color": INK, "fontsize": 10, "fontweight": "bold" if bold else "normal"}
    ax.text(x, y, text, **(look | {"ha": "center", "va": "center"} | style))


def tidy(ax: Any, title: str, x_label: str, y_label: str) -> None:
    """Give axes their title and labels in the lesson's style."""
    ax.set_title(title, loc="left", fontsize=12, color=INK)
    ax.set_xlabel(x_label, fontsize=11, color=INK)
    ax.set_ylabel(y_label, fontsize=11, color=INK)
    ax.tick_params(labelsize=10, colors=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.set_axisbelow(True)
    ax.grid(axis="y", alpha=0.3)
