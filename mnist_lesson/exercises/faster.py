"""09 · Faster: how many times as fast, fewer and quicker rounds, and gains to believe."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.collections import PatchCollection
from matplotlib.patches import Rectangle

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.findings import judge_words
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.look import new_axes, show_dots, write
from mnist_lesson.shared.colours import BLUE, ORANGE, PALE
from mnist_lesson.shared.picture import PAGE, described

if TYPE_CHECKING:
    from matplotlib.figure import Figure

twenty = Guess(
    "faster.twenty",
    question="""The fast network does only a twentieth of the multiplications. When both networks
        learned from the same 10,000 digits once, how many times as fast was it on our computer?""",
    options={"a": "less than 20 times", "b": "about 20 times", "c": "more than 20 times"},
    truth="a",
    why="""Getting ready takes time, however small the network is, and with only 10,000 digits
        that's much of the fast one's time. Over two full rounds, it was only about ten:
        small layers may leave a computer waiting for its next numbers.""",
)


hold = Guess(
    "faster.hold",
    question="Will long steps still beat short ones with all 54,000 digits?",
    options={
        "a": "yes, every time",
        "b": "the two groups will overlap",
        "c": "short ones will win",
    },
    truth="b",
    why="""With 3,000 digits, 256 per step, your two rounds were only 24 steps, and nobody gets
        down a mountain in 24 short ones. All 54,000 make more than 400, so trust a gain only as
        far as you've measured it.""",
)


# The multiplications of `build_fast_model()` for one digit, a layer at a time.
FAST = 12**2 * 5**2 * 32 + 5**2 * 9 * 32 * 32 + 3**2 * 9 * 32 * 96 + 3**2 * 96 * 10


def draw_diet(digit: Any, stride: int, count: int) -> Figure:
    """Draw where a 3 × 3 window stops, and `count` multiplications beside the fast network's."""
    left, right = new_axes(PAGE, 2.6, 2)
    left.get_gridspec().set_width_ratios([1, 2.5])
    stops = np.arange(1, 27, stride)
    left.imshow(digit, cmap="gray_r", vmin=0, vmax=1)
    left.scatter(*np.meshgrid(stops, stops), s=9, color=ORANGE, linewidths=0)
    left.set(title=f"First layer: {len(stops) ** 2} stops", xticks=[], yticks=[])
    described(left, f"A digit, with a dot for each of {len(stops) ** 2} stops.")
    blocks = {"yours": count / 50_000, "the fast network": FAST / 50_000}
    if round(count / 50_000) <= round(FAST / 50_000):
        more = "Can you do it with a stride of 2?" if stride > 2 else "How well would it read?"
        right.figure.won = ("As lean as the fast network!", more)
    return draw_squares(blocks, "50,000 multiplications", "yours", axis=right)


def draw_squares(
    counts: Mapping[str, float], square: str, highlight: str, *, axis: Any = None
) -> Figure:
    """Draw each count as that many squares, ten to a column, so that a small one stays visible.

    Parameters
    ----------
    counts
        The name of each block of squares, and how many it has.
    square
        What one square stands for, such as "1 second".
    """
    blocks = {name: round(count) for name, count in counts.items()}
    axis = new_axes(PAGE, 2.3)[0] if axis is None else axis
    left = 0
    for name, count in blocks.items():
        column, row = np.divmod(np.arange(count), 10)
        colour = BLUE if name == highlight else PALE
        corners = zip(left + column, row, strict=True)
        tiles = [Rectangle(corner, 0.8, 0.8) for corner in corners]
        axis.add_collection(PatchCollection(tiles, facecolor=colour, edgecolor="none"))
        write(axis, left, -1.5, f"{name}: {count:,}", ha="left", fontsize=11)
        # Room for the name, too, where there are few squares.
        left += max(-(-count // 10), 14) + 3
    axis.set(xlim=(-0.5, max(left, 55)), ylim=(10.3, -4.5), aspect="equal")
    write(axis, 0, -3.6, f"One square is {square}", ha="left", fontsize=12)
    axis.set_axis_off()
    told = "; ".join(f"{name}: {count:,}" for name, count in blocks.items())
    return described(axis, f"Blocks of squares. One square is {square}. {told}.")


# How many of 6,000 held-out digits each hiker's five runs read, on all 54,000 others.
HIKERS = {
    "short steps, 0.001": [5897, 5906, 5882, 5876, 5888],
    "long steps, 0.01": [5901, 5869, 5884, 5898, 5904],
    "changing steps": [5927, 5932, 5929, 5922, 5930],
}

# A dozen steps of each hiker on page 09, from its first update to its last.
WALKS = {
    "short steps, 0.001": np.full(12, 0.001),
    "long steps, 0.01": np.full(12, 0.01),
    "changing steps": 0.02 * np.interp(range(12), [0, 3, 11], [0.1, 1, 0.05]),
}


def draw_walks() -> Figure:
    """Draw each hiker's walk: a hop for each of her steps, all of them to one scale."""
    axis = new_axes(PAGE, 0.8 * len(WALKS))[0]
    farthest = max(float(np.sum(lengths)) for lengths in WALKS.values())
    turn = np.linspace(0, np.pi, 30)
    for row, (name, lengths) in enumerate(WALKS.items()):
        stops = np.concatenate([[0], np.cumsum(lengths)]) / farthest
        for start, end in itertools.pairwise(stops):
            # Half an ellipse from stop to stop; the longer the step, the higher the hop.
            x = (start + end) / 2 - (end - start) / 2 * np.cos(turn)
            axis.plot(x, 3.5 * (end - start) * np.sin(turn) - row, color=BLUE, lw=1.5)
        # Short steps need small dots, or they'd run together.
        size = 4 if stops[-1] > 0.5 else 2.2
        axis.plot(stops, np.full(len(stops), -row), "o", color=ORANGE, ms=size)
        write(axis, -0.02, -row, name, ha="right", fontsize=11)
    axis.set(xlim=(-0.25, 1.02), ylim=(0.3 - len(WALKS), 0.7))
    axis.set_axis_off()
    far = [f"{name} gets {np.sum(way) / farthest:.0%} of the way" for name, way in WALKS.items()]
    return described(axis, f"Hikers hop from left to right. {'; '.join(far)}.")


seconds = Exercise(
    "faster.seconds",
    title="Fewer rounds, and quicker ones",
    task="""A network trains for 12 rounds of 40 seconds each. You make each round ten times as
        quick, and 2 rounds turn out to be enough. How long does it take now, in seconds?""",
    blank="seconds = 12 * 40  # before: change both numbers",
    solution="seconds = 2 * 4",
    hints=(
        "If a round took 40 seconds, and is ten times as quick now, how long does it take?",
        "A round takes 4 seconds now, and there are 2 of them.",
    ),
    why="""2 rounds of 4 seconds are 8 seconds. Ten times as quick, and six times fewer rounds:
        together that's 60 times as fast, because gains like these multiply.""",
    slips={
        "48": "That's with 12 quick rounds, but 2 are enough.",
        "80": "That's with 2 slow rounds, but each of them is ten times as quick.",
        "4": "That's one round, and there are 2.",
        "30": "You divided by 10 + 6. But gains multiply: divide by 10, and then by 6.",
        "8 / 60": "You took off too much. How long is one round now, and how many are there?",
    },
)


# Five runs each, made up: far apart, side by side, and nearly the same.
RUNS: dict[str, dict[str, list[float]]] = {
    "A": {"before": [91.0, 91.6, 92.1, 91.3, 91.9], "after": [94.2, 93.6, 94.9, 93.9, 94.4]},
    "B": {"before": [92.4, 93.3, 92.0, 93.8, 92.9], "after": [93.1, 92.6, 94.1, 92.2, 93.6]},
    "C": {"before": [95.3, 95.9, 95.0, 95.6, 96.1], "after": [93.0, 93.7, 94.1, 93.4, 92.8]},
}
WORDS = ("better", "worse", "don't know")
VERDICTS = {"A": "better", "B": "don't know", "C": "worse"}
SIGNS = {  # what to look at, for a learner who has picked another word
    "A": "Every dot of “after” is to the right of every dot of “before”.",
    "B": "The two groups overlap, so luck alone could have done it.",
    "C": "Every dot of “after” is to the left of every dot of “before”.",
}


def draw_experiments() -> Figure:
    """Draw the three experiments of the exercise `verdicts`."""
    axes = new_axes(9, 1.9, len(RUNS))
    for ax, (name, groups) in zip(axes, RUNS.items(), strict=True):
        figure = show_dots(groups, title=f"{name}: read correctly, of 100", ax=ax)
        ax.set_xlim(90, 97)
    return figure


verdicts = Exercise(
    "faster.verdicts",
    title="A gain, or luck?",
    task="""Three people each changed one setting, and trained with five seeds before and after.
        What did the change do? (The dots are made up.)""",
    blank="""
verdicts = {
    "A": ...,  # "better", "worse" or "don't know"
    "B": ...,
    "C": ...,
}
""",
    solution='verdicts = {"A": "better", "B": "don\'t know", "C": "worse"}',
    hints=(
        "Look for an experiment whose two groups overlap. What can you say about that one?",
        "In the other two the groups lie apart. Which way did the dots move, right or left?",
    ),
    why="""Luck alone hardly ever pulls two groups of five apart. If they overlap,
        looking isn't enough, and a good researcher says so.""",
    judge=partial(judge_words, right=VERDICTS, words=WORDS, signs=SIGNS, shown=RUNS),
)


gap = FunctionExercise(
    "faster.gap",
    title="How far apart?",
    task="""This function takes two groups of scores, and returns how far the lowest score of `after`
        is above the highest score of `before`. If it's above 0, every run with the
        change beat every run without it; if not, the groups overlap, or the change made things
        worse. Fill in the two gaps.""",
    blank='''
def gap(before, after):
    """Return how far the lowest score after lies above the highest score before."""
    lowest = min(after)
    highest = ...
    return ...
''',
    solution='''
def gap(before, after):
    """Return how far the lowest score after lies above the highest score before."""
    lowest = min(after)
    highest = max(before)
    return lowest - highest
''',
    hints=(
        "`min` finds the lowest score of a group. What do you think finds the highest?",
        "The first gap is `max(before)`. How far is it from there up to `lowest`?",
        "The second gap is `lowest - highest`.",
    ),
    why="""Two numbers settle it: the worst run with the change, and the best run without it. Only
        a gap above 0 means that every run with the change beat every run without it.""",
    slips={
        "max(before) - min(after)": """The other way round: take the lowest score after, and
        subtract the highest one before.""",
        "min(after) - max(after)": "You took the highest of `after`. You need the highest of `before`.",
        "min(after) - min(before)": """You subtracted the lowest score before. Take the highest one,
        with `max`.""",
        "max(after) - max(before)": """You took the highest score after. Take the lowest one, with
        `min`.""",
        "max(before)": "That's the highest score before. Subtract it from `lowest`.",
        "min(after) > max(before)": """That's a yes or a no. I'd like to know how far apart they
        are: subtract.""",
    },
    cases=[
        ([1.0, 3.0], [7.0, 9.0]),  # apart
        ([5.0, 2.0], [4.0, 8.0]),  # they overlap
        ([6.0, 8.0, 7.0], [1.0, 2.0]),  # apart, but worse
    ],
)
