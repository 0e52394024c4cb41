"""11 · Take home: a certificate and a poster, made to be printed."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.look import show_confusion
from mnist_lesson.network.layer_outputs import first_filters
from mnist_lesson.network.saved import current_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import check_images
from mnist_lesson.shared.colours import BLUE, INK, PALE
from mnist_lesson.test import Score

A4 = (8.27, 11.69)  # inches, upright
LONGEST_NAME = 40


def certificate(
    name: str,
    drawings: ArrayLike,
    score: Score,
    *,
    exercises: tuple[int, int] | None = None,
    day: date | None = None,
) -> Figure:
    """Draw a certificate: a name, the digits as drawn, and what the network reads.

    Parameters
    ----------
    name
        Whose it is; at most 40 letters are printed.
    drawings
        Up to ten digits, uint8 (n, 28, 28).
    score
        Of the network, as `score()` gives it.
    exercises
        How many were solved, and how many there are.
    day
        By default today.
    """
    images = check_images(np.asarray(drawings), "drawings")[:10]
    figure = _sheet((A4[1], A4[0]))
    _centred(figure, 0.86, "This is to say that", 16)
    _centred(figure, 0.765, str(name).strip()[:LONGEST_NAME] or "somebody", 40, bold=True)
    _centred(figure, 0.69, "built a neural network, trained it, and taught it to read.", 18)
    for place, image in enumerate(images):
        axis = figure.add_axes((0.5 + 0.078 * (place - len(images) / 2), 0.5, 0.07, 0.13))
        _ink(axis, image)
    low, high = score.interval
    _centred(figure, 0.4, f"{score.accuracy:.2%}", 44, bold=True, color=BLUE)
    _centred(
        figure,
        0.335,
        f"of {score.count:,} digits by strangers read correctly (95 % interval {low:.1%} to {high:.1%})",
        13,
    )
    if exercises is not None:
        _centred(figure, 0.27, f"{exercises[0]} of {exercises[1]} exercises solved", 13)
    day = day or date.today()
    _centred(figure, 0.14, f"mnist_lesson · {day.day} {day:%B %Y}", 12, color="#555555")
    return figure


def poster(network: Twin | None = None, *, image: NDArray[Any], counts: ArrayLike) -> Figure:
    """Draw an A4 poster of a network: its first filters, a digit's way, and its confusion matrix.

    Parameters
    ----------
    network
        By default `current_network()`.
    image
        The digit to send through it, uint8 (28, 28).
    counts
        Its confusion matrix, (10, 10).
    """
    network = network or current_network()
    figure = _sheet(A4)
    _centred(figure, 0.94, "What my network sees", 28, bold=True)
    filters = first_filters(network)[1]
    most = float(np.abs(filters).max()) or 1.0
    for place in range(min(32, filters.shape[-1])):
        line, column = divmod(place, 8)
        axis = figure.add_axes((0.1 + 0.102 * column, 0.83 - 0.068 * line, 0.085, 0.06))
        axis.imshow(filters[..., place], cmap="PRGn", vmin=-most, vmax=most)
        axis.set_axis_off()
    _centred(figure, 0.605, "the windows it looks through, found by training", 12)
    maps = [output for _, _, output in network.layers(to_input(image)) if output.ndim == 3]
    shown = [np.asarray(image, float), *(m[..., int(m.mean(axis=(0, 1)).argmax())] for m in maps)]
    for place, picture in enumerate(shown[:5]):
        _ink(figure.add_axes((0.1 + 0.164 * place, 0.47, 0.15, 0.106)), picture)
    _centred(figure, 0.455, "one digit on its way, layer by layer", 12)
    show_confusion(counts, ax=figure.add_axes((0.16, 0.09, 0.72, 0.31)))
    return figure


def save_sheet(figure: Figure, file: str | Path) -> list[Path]:
    """Save a sheet as PNG and as PDF beside it, and return both files."""
    stem = Path(file).with_suffix("")
    files = [stem.with_suffix(".png"), stem.with_suffix(".pdf")]
    for path in files:
        figure.savefig(path, dpi=150)
    return files


def _sheet(size: tuple[float, float]) -> Figure:
    figure = Figure(figsize=size, facecolor="white")
    frame = figure.add_axes((0.03, 0.03, 0.94, 0.94))
    frame.set(xticks=[], yticks=[])
    for spine in frame.spines.values():
        spine.set(color=BLUE, linewidth=3)
    return figure


def _centred(
    figure: Figure, y: float, text: str, size: float, *, bold: bool = False, color: str = INK
) -> None:
    weight = "bold" if bold else "normal"
    # A name with a $ in it is a name, not a formula.
    figure.text(0.5, y, text, ha="center", size=size, weight=weight, color=color, parse_math=False)


def _ink(axis: Any, picture: NDArray[Any]) -> None:
    axis.imshow(picture, cmap="gray_r")
    axis.set(xticks=[], yticks=[])
    for spine in axis.spines.values():
        spine.set(color=PALE)
