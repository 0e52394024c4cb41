"""Is one as often right as one is sure? The learner's guesses, and the network's beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.exercise_engine import guess, journal
from mnist_lesson.look import new_axes, tidy
from mnist_lesson.shared.checks import check_labels
from mnist_lesson.shared.colours import BLUE, ORANGE, PALE
from mnist_lesson.shared.picture import described, list_few

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS = (0, 40, 60, 80, 100)  # a learner has made a handful of guesses: four groups are plenty
FEWEST = 10  # answers that a dot of the network's stands for: fewer would show chance


def calibration(events: list[journal.Event] | None = None) -> list[tuple[float, bool]]:
    """Return how sure you were (0 to 1) and whether you were right, for each revealed guess.

    `events` are somebody else's records, such as those in a progress file.
    """
    pairs: dict[str, tuple[float, bool]] = {}
    events = journal.known() if events is None else events
    for event in events:
        if event["kind"] == "reveal" and "right" in event:
            counts, _ = guess.standing(events, event["key"])
            if counts:  # a result revealed on two machines counts once: the first time
                pairs.setdefault(event["key"], (float(counts["sure"]) / 100, bool(event["right"])))
    return list(pairs.values())


def grouped(sure: Any, right: Any, edges: Any) -> list[tuple[float, float, int]]:
    """Put answers that were about equally sure together.

    Returns
    -------
    list of (how sure on average, share that was right, how many), one for each group that is not
    empty. `edges` are the groups' ends, from 0 to 1.
    """
    sure, right = np.asarray(sure, float), np.asarray(right, float)
    # Clipped, since who is quite sure stands on the last edge, and belongs to the last group.
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
        (n, 10), the network's answers to n pictures.
    labels
        (n,), the true digits.

    Returns
    -------
    matplotlib Figure. On the dashed line one is right just as often as one is sure.

    Notes
    -----
    Explained in notebook 07.
    """
    labels = check_labels(labels, len(probabilities))
    sure, right = probabilities.max(axis=1), probabilities.argmax(axis=1) == labels
    ax = new_axes(9, 4.2)[0]
    ax.plot([0, 100], [0, 100], "--", color=PALE, label="as often right as sure")
    network = [group for group in grouped(sure, right, np.linspace(0, 1, 11)) if group[2] >= FEWEST]
    _draw(ax, network, "o-", BLUE, "the network")
    mine = calibration()
    if mine:
        groups = grouped([s for s, _ in mine], [r for _, r in mine], np.array(GROUPS) / 100)
        _draw(ax, groups, "s", ORANGE, "you")
        for x, y, count in groups:
            text = f"{count} guess{'es' * (count > 1)}"
            # Left of a dot that stands far right, so that it stays in the picture.
            side = {"xytext": (7, -13)} if x < 0.8 else {"xytext": (-7, -13), "ha": "right"}
            ax.annotate(text, (100 * x, 100 * y), textcoords="offset points", fontsize=9, **side)
    tidy(ax, "How sure, and how often right", "how sure (%)", "how often right (%)")
    ax.set(xlim=(0, 106), ylim=(-6, 106))
    ax.legend(frameon=False, fontsize=10)
    shares = [f"at {x:.0%} sure, {y:.0%} are right" for x, y, _ in network]
    guesses = f" Your own {len(mine)} guesses are drawn beside it." if mine else ""
    return described(ax, f"A line chart of the network: {list_few(shares)}.{guesses}")


def _draw(
    ax: Any, groups: list[tuple[float, float, int]], style: str, color: str, label: str
) -> None:
    sure, right = ([100 * group[place] for group in groups] for place in (0, 1))
    ax.plot(sure, right, style, color=color, label=label)
