"""03 · Look: pictures of digits, numbers and networks, each returned as a matplotlib Figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from numpy.typing import NDArray

from mnist_lesson.checks import describe

BLUE, ORANGE, INK, GREY = "#0072B2", "#D55E00", "#333333", "#767676"  # told apart by colour-blind eyes too
DPI = 100  # a figure 9 inches wide fills a notebook page
HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy")


def show_history(
    history: Mapping[str, Sequence[float]], *, epochs: int | None = None, ax: Any = None
) -> Figure:
    """Draw how a training went: accuracy on the left, loss on the right, after each epoch.

    Parameters
    ----------
    history
        Lists of equal length under "epoch", "loss", "accuracy", "val_loss", "val_accuracy"; may be empty.
    epochs
        How many epochs are planned, so that the picture leaves room for those to come.
    ax
        Two axes to draw on. By default, a new figure.

    Raises
    ------
    ValueError
        A list is missing, or the lists differ in length.

    Notes
    -----
    Explained in notebook 06.
    """
    curves = _check_history(history)
    axes = _axes(9, 3.2, 1, 2) if ax is None else np.ravel(ax)
    for axis, name, title in zip(
        axes, ("accuracy", "loss"), ("Accuracy (high is good)", "Loss (low is good)"), strict=True
    ):
        axis.plot(curves["epoch"], curves[name], "o-", color=BLUE, label="training", ms=5)
        axis.plot(curves["epoch"], curves[f"val_{name}"], "s--", color=ORANGE, label="validation", ms=5)
        axis.set_xlim(0, max(epochs or 1, *curves["epoch"], 2) + 0.5)
        if not len(curves["epoch"]):
            axis.set_ylim(0, 1)
        axis.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=12))
        _tidy(axis, title, "epoch")
        axis.legend(frameon=False, fontsize=10)
    axes[0].yaxis.set_major_formatter(PercentFormatter(1, symbol=" %"))
    return _figure_of(axes[0])


def _check_history(history: Mapping[str, Sequence[float]]) -> dict[str, NDArray[np.float64]]:
    given = history if isinstance(history, Mapping) else {}
    if missing := [name for name in HISTORY if name not in given]:
        raise ValueError(
            f"history came as {describe(history)} without {', '.join(missing)}. "
            "train() gives what is needed: type show_history(run.history)."
        )
    curves = {name: np.array(given[name], dtype=float) for name in HISTORY}
    lengths = {name: len(curve) for name, curve in curves.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"the lists in history differ in length ({lengths}): each needs one number an epoch."
        )
    return curves


def _axes(width: float, height: float, rows: int = 1, columns: int = 1) -> NDArray[Any]:
    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    axes: NDArray[Any] = figure.subplots(rows, columns, squeeze=False).ravel()
    return axes


def _figure_of(ax: Any) -> Figure:
    figure: Figure = ax.figure
    return figure


def _tidy(ax: Any, title: str = "", x_label: str = "", y_label: str = "") -> None:
    ax.set_title(title, loc="left", fontsize=12, color=INK)
    ax.set_xlabel(x_label, fontsize=11, color=INK)
    ax.set_ylabel(y_label, fontsize=11, color=INK)
    ax.tick_params(labelsize=10, colors=INK)
    ax.spines[["top", "right"]].set_visible(False)
    ax.grid(alpha=0.25)
