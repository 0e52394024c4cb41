"""Are you right as often as you're sure? Your guesses, with the network's beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.exercise_engine import guess, journal
from mnist_lesson.look import new_axes, tidy, write
from mnist_lesson.shared.checks import check_labels
from mnist_lesson.shared.colours import BLUE, ORANGE, PALE
from mnist_lesson.shared.picture import described, list_few

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = (0, 40, 60, 80, 100)  # percent; four groups are plenty for a handful of guesses
FEWEST = 10  # answers behind each of the network's dots: with fewer, it would be chance
FEWEST_GUESSES = 5  # of yours, in all: from fewer, nobody could tell how well you judge yourself


def calibration(events: list[journal.Event] | None = None) -> list[tuple[float, bool]]:
    """Return how sure you were (0 to 1) and whether you were right, for each revealed guess.

    Pass `events` for somebody else's records, such as those in a progress file.
    """
    pairs: dict[str, tuple[float, bool]] = {}
    events = journal.known() if events is None else events
    for event in events:
        if event["kind"] == "reveal" and "right" in event:
            counts, _ = guess.standing(events, event["key"])
            if counts:  # if it was revealed on two machines, only the first time counts
                pairs.setdefault(event["key"], (float(counts["sure"]) / 100, bool(event["right"])))
    return list(pairs.values())


def grouped(sure: Any, right: Any, edges: Any) -> list[tuple[float, float, int]]:
    """Put answers that were about equally sure together; `edges` are the groups' limits, 0 to 1.

    Returns how sure they were on average, the share that was right, and how many there are, for
    each group that isn't empty.
    """
    sure, right = np.asarray(sure, float), np.asarray(right, float)
    # Clipped, because 100% sure lies on the last edge, and belongs in the last group.
    group = np.clip(np.digitize(sure, edges) - 1, 0, len(edges) - 2)
    return [
        (float(sure[group == g].mean()), float(right[group == g].mean()), int((group == g).sum()))
        for g in range(len(edges) - 1)
        if (group == g).any()
    ]


def draw_calibration(probabilities: NDArray[Any], labels: Any) -> Figure:
    """Draw how often the network is right against how sure it is, and your own guesses beside it.

    Parameters
    ----------
    probabilities
        (n, 10), the network's output for n pictures.
    labels
        (n,), the true digits.

    Returns
    -------
    matplotlib Figure. On the dashed line you'd be right exactly as often as you're sure.

    Notes
    -----
    Explained in notebook 07.
    """
    labels = check_labels(labels, len(probabilities))
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    ax = new_axes(9, 4.2)[0]
    guesses = ""
    ax.plot([0, 100], [0, 100], "--", color=PALE, label="as often right as sure")
    network = [group for group in grouped(sure, right, np.linspace(0, 1, 11)) if group[2] >= FEWEST]
    _draw(ax, network, "o-", BLUE, "the network")
    mine = calibration()
    if len(mine) >= FEWEST_GUESSES:
        groups = grouped([s for s, _ in mine], [r for _, r in mine], np.array(GROUPS) / 100)
        guesses = f" Your own {len(mine)} guesses are drawn beside it."
        _draw(ax, groups, "s", ORANGE, "you, and how many guesses", size=15)
        for x, y, count in groups:
            # Inside the square: beside it, other dots and the axis are in the way.
            write(ax, 100 * x, 100 * y, str(count), color="white", fontsize=9, bold=True)
    tidy(ax, "How sure, and how often right", "how sure (%)", "how often right (%)")
    ax.set(xlim=(0, 106), ylim=(-6, 106))
    ax.legend(frameon=False, fontsize=10)
    shares = [f"at {x:.0%} sure, {y:.0%} are right" for x, y, _ in network]
    return described(ax, f"A line chart of the network: {list_few(shares)}.{guesses}")


def _draw(
    ax: Any,
    groups: list[tuple[float, float, int]],
    style: str,
    color: str,
    label: str,
    size: float = 6,
) -> None:
    sure, right = ([100 * group[place] for group in groups] for place in (0, 1))
    ax.plot(sure, right, style, color=color, label=label, ms=size)
