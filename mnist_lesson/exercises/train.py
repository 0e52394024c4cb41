"""06 · Train: updates, curves, and the epoch to stop at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.patches import Circle

from mnist_lesson.exercise_engine.exercise import Exercise, FunctionExercise
from mnist_lesson.exercise_engine.findings import judge_words
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.look import new_axes, show_curves, tidy, write
from mnist_lesson.shared.colours import BLUE, ORANGE, PALE
from mnist_lesson.shared.picture import PAGE, described

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

adam = Guess(
    "train.adam",
    question="""Two identical networks get the same digits and the same number of updates. One
        walks with plain gradient descent, and the other with Adam. Which one then gets more of 500
        other digits right?""",
    options={"a": "plain gradient descent", "b": "Adam", "c": "about the same"},
    truth="b",
    why="""Adam won when we ran it, at least. It gives each weight its own step size, and got a
        long way in its first few steps. Plain gradient descent at this learning rate is slower;
        with a larger one it might catch up.""",
)

overfit = Guess(
    "train.overfit",
    question="""It goes through its 200 digits again and again. What happens to its loss on 300
        digits it doesn't learn from?""",
    options={"a": "it falls all the way", "b": "it falls, then rises", "c": "it hardly moves"},
    truth="b",
    why="""It did when we ran it, at least. Its accuracy soon stopped moving, but it got surer and
        surer of everything, even of its mistakes on those other digits, and a sure mistake costs a
        lot.""",
)


def draw_valley(x: NDArray[Any], y: NDArray[Any], visited: Sequence[float]) -> Figure:
    """Draw the loss of a line for every slope, and a hiker's walk: her start and numbered stops."""

    def loss(w: float) -> float:
        return float(((y - w * x) ** 2).mean())

    axis = new_axes(PAGE, 3.2)[0]
    slopes = np.linspace(min(0, *visited), max(2, *visited), 200)
    ground = [loss(w) for w in slopes]
    axis.plot(slopes, ground, color=BLUE, lw=2)
    axis.fill_between(slopes, ground, -0.1 * max(ground), color=BLUE, alpha=0.12, linewidth=0)
    axis.margins(x=0.01, y=0)
    # Hops go through the air, so they need some sky.
    axis.set_ylim(-0.1 * max(ground), 1.5 * max(ground))
    heights = [loss(w) for w in visited]
    names = ["start", *map(str, range(1, len(visited)))]  # as in the game
    close = 0.04 * (slopes[-1] - slopes[0])
    for number, place in enumerate(zip(visited, heights, strict=True)):
        # A name stands above those of the stops at the same place, or they'd hide one another.
        below = sum(abs(earlier - place[0]) < close for earlier in visited[:number])
        _mark_stop(axis, names[number], place, 10 + 12 * below)
        if number:
            _draw_hop(axis, (visited[number - 1], heights[number - 1]), place)
    tidy(axis, "", "slope w", "loss")
    steps = [f"{n} at a loss of {height:.3g}" for n, height in zip(names, heights, strict=True)]
    walk = f"A walk down it: {', '.join(steps)}."
    return described(axis, f"The loss for each slope: a valley. {walk}")


def _mark_stop(axis: Any, name: str, place: tuple[float, float], above: int) -> None:
    """Draw a hiker's stop, and its name so many points above it."""
    axis.plot(*place, "o", color=ORANGE, ms=7, zorder=3)
    # A word begins at its stop, or it would lie across the axis.
    side = "center" if len(name) == 1 else "left"
    style = {"color": ORANGE, "fontsize": 10, "fontweight": "bold", "ha": side}
    axis.annotate(name, place, (0, above), textcoords="offset points", **style)


def _draw_hop(axis: Any, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw the arrow of one step through the air."""
    bend = -0.25 if end[0] > start[0] else 0.25
    arrow = {
        "arrowstyle": "->",
        "color": ORANGE,
        "shrinkB": 5,
        "connectionstyle": f"arc3,rad={bend}",
    }
    axis.annotate("", end, start, arrowprops=arrow)


def draw_knobs(
    start: float, settings: Mapping[str, tuple[float, float]], *, wanted: float
) -> Figure:
    """Draw a number on its way through two knobs, in a row for each name; turned knobs are orange.

    Parameters
    ----------
    start
        The number that goes in.
    settings
        What each of the two knobs multiplies by, for each name; the first row is the one to compare
        with.
    wanted
        The number that ought to come out of the last row's knobs.
    """
    axis = new_axes(PAGE, 0.75 * len(settings))[0]
    axis.set(xlim=(0, 11), ylim=(-0.5 - 0.9 * (len(settings) - 1), 0.5), aspect="equal")
    axis.set_axis_off()
    before = next(iter(settings.values()))
    told = []
    for row, (name, knobs) in enumerate(settings.items()):
        height = -0.9 * row
        write(axis, 0, height, name, ha="left", fontsize=12)
        number = start
        write(axis, 3.1, height, f"{number:.3g}", fontsize=14)
        for place, (knob, usual) in enumerate(zip(knobs, before, strict=True)):
            turned = knob != usual
            x = 4.7 + 2.9 * place
            _draw_knob(axis, x, height, f"× {knob:g}", ORANGE if turned else BLUE)
            number *= knob
            last = place == len(knobs) - 1
            result = f"{number:.3g}"
            write(axis, x + 1.45, height, result, fontsize=16 if last else 14, bold=last)
        told.append(f"{name}: {start:g} × {knobs[0]:g} × {knobs[1]:g} = {number:.3g}")
    verdict = "that's it!" if np.isclose(number, wanted) else f"we want {wanted:g}"
    write(axis, 9.9, height, verdict, ha="left", fontsize=12, color=ORANGE)
    return described(axis, f"A number goes through two knobs. {'; '.join(told)}: {verdict}.")


def _draw_knob(axis: Any, x: float, y: float, label: str, colour: str) -> None:
    """Draw a round knob with what it multiplies by, and an arrow into it and out of it."""
    axis.add_patch(Circle((x, y), 0.42, facecolor=colour, edgecolor="none"))
    write(axis, x, y, label, color="white", fontsize=9, bold=True)
    for end, start in ((x - 0.45, x - 1.1), (x + 1.1, x + 0.45)):
        axis.annotate("", (end, y), (start, y), arrowprops={"arrowstyle": "->", "color": PALE})


updates = Exercise(
    "train.updates",
    title="How many updates?",
    task="""Suppose you train on 20,000 digits in batches of 96. The weights change once after each
        batch, and that's called one **update**. How many updates are there in one epoch?""",
    blank="updates = 0  # change the number",
    solution="updates = -(-20_000 // 96)",
    hints=(
        "Divide, and you see how many batches there are. Does it come out even?",
        """20,000 / 96 is about 208.3, so there are 208 full batches, and a few digits are left
        over.""",
        "The leftover digits make one more batch. `np.ceil` rounds up for you.",
    ),
    why="""208 full batches take care of 19,968 digits. The 32 that are left over make one more,
        smaller batch, so there are 209 updates in one epoch.""",
    # The page's own numbers (54,000 digits, batches of 128) are easy to mix in, so those sums are
    # here, too: rounded up, rounded down, and as they come out of the division.
    slips={
        "208": """So close! After 208 full batches there are 32 digits left over, and they make one
        last batch, which counts.""",
        "20_000 / 96": """There's no such thing as a third of an update. The last batch is smaller,
        but it makes a whole one.""",
        "157": """You used batches of 128, the way this page does. Here there are 96 digits in a
        batch.""",
        "20_000 / 128": """You used batches of 128, the way this page does. Here there are 96
        digits in a batch.""",
        "156": """You used batches of 128, and left out the last one. Here there are 96 digits in a
        batch.""",
        "563": "You took 54,000 digits, the way this page does. Here there are only 20,000.",
        "54_000 / 96": """You took 54,000 digits, the way this page does. Here there are only
        20,000.""",
        "188": """You held out a tenth of the digits. That's a good habit, but here all 20,000 are
        trained on.""",
        "18_000 / 96": """You held out a tenth of the digits. That's a good habit, but here all
        20,000 are trained on.""",
        "422": """That's the number on this page, 54,000 digits in batches of 128. Both of those
        are different here.""",
        "2508": "That's for twelve epochs. I only want one.",
        "20_000": """The weights don't change after every digit. They change after every batch of
        96.""",
        "20_000 * 96": "You multiplied. How many batches of 96 fit into 20,000? Divide.",
        "96": "That's how many digits there are in one batch. How many batches are there?",
        "96 / 20_000": "You divided the other way round. Divide the digits by the size of a batch.",
    },
)


# Losses of four made-up runs: one of each kind, and each as clear as can be. 2.3 is ln 10, the
# loss of a network that gives every digit the same probability.
CURVES: dict[str, dict[str, list[float]]] = {
    "A": {
        "loss": [0.90, 0.45, 0.30, 0.22, 0.17, 0.14],
        "val_loss": [0.60, 0.36, 0.27, 0.22, 0.19, 0.17],
    },
    "B": {
        "loss": [0.80, 0.35, 0.18, 0.08, 0.03, 0.01],
        "val_loss": [0.55, 0.38, 0.34, 0.37, 0.45, 0.56],
    },
    "C": {
        "loss": [2.31, 2.30, 2.30, 2.31, 2.30, 2.30],
        "val_loss": [2.30, 2.31, 2.30, 2.30, 2.30, 2.31],
    },
    "D": {"loss": [1.2, 1.9, 3.5, 8.0, 21.0, 60.0], "val_loss": [1.9, 3.1, 6.2, 14.0, 38.0, 110.0]},
}
WORDS = ("learning", "overfitting", "stalled", "diverged")
READINGS = {"A": "learning", "B": "overfitting", "C": "stalled", "D": "diverged"}
SIGNS = {  # what to look at in each run, for a learner who has picked another word
    "A": "Both losses fall, and they stay close together.",
    "B": """The training loss keeps falling, but the held-out loss was lowest in the third epoch
        and has been rising ever since.""",
    "C": "Both losses sit near 2.3 and go nowhere, which is what pure guessing gives.",
    "D": "Both losses grow and grow. The steps are too large.",
}


def draw_curves() -> Figure:
    """Draw the losses of the four runs of the exercise `readings`."""
    axes = new_axes(9, 2.8, len(CURVES))
    for ax, (name, losses) in zip(axes, CURVES.items(), strict=True):
        named = {"training": losses["loss"], "held out": losses["val_loss"]}
        figure = show_curves(named, title=f"Run {name}: loss", x_label="epoch", ax=ax)
        # Each on its own scale: next to D, the others would be flat lines.
        ax.set_ylim(0, 1.3 * max(max(curve) for curve in losses.values()))
    return figure


readings = Exercise(
    "train.readings",
    title="Read the curves",
    task="""Here are the losses of four runs, A to D. Match each with a word: **learning**
        (both losses fall), **overfitting** (the loss on other digits turns and rises),
        **stalled** (nothing moves) or **diverged** (the loss grows out of control).""",
    blank="""
readings = {
    "A": ...,  # "learning", "overfitting", "stalled" or "diverged"
    "B": ...,
    "C": ...,
    "D": ...,
}
""",
    solution='readings = {"A": "learning", "B": "overfitting", "C": "stalled", "D": "diverged"}',
    hints=(
        "Look at where each curve ends. Is that lower than where it began?",
        """Now compare the two curves of each run. If the training loss falls while the held-out
        loss rises, the network is overfitting.""",
        """A loss near 2.3 means that it's guessing among ten digits. And a loss that ends far
        above its start is out of control.""",
    ),
    why="""It takes both curves to tell. While both of them fall, the network learns what helps
        with others, too. When the training loss falls and the held-out loss rises, it's memorising
        its own.""",
    judge=partial(judge_words, right=READINGS, words=WORDS, signs=SIGNS, shown=CURVES),
)


best_epoch = FunctionExercise(
    "train.best_epoch",
    title="The best epoch",
    task="""`val_loss` is a list of a run's losses on held-out digits, one for each epoch. Finish
        the function that returns the epoch with the lowest loss. Epochs count from 1, as people
        do.""",
    blank='''
def best_epoch(val_loss):
    """Return the epoch, counted from 1, with the lowest loss on held-out digits."""
    position = np.argmin(...)  # where the lowest number is, counted from 0
    return position + ...
''',
    solution='''
def best_epoch(val_loss):
    """Return the epoch, counted from 1, with the lowest loss on held-out digits."""
    position = np.argmin(val_loss)  # where the lowest number is, counted from 0
    return position + 1
''',
    hints=(
        "`np.argmin` needs a list to look in. Which one?",
        "Positions count from 0, but epochs count from 1. How much do you have to add?",
        "The first gap is `val_loss`, and the second one is `1`.",
    ),
    why="""`argmin` finds the position of the lowest loss. Positions count from 0 and epochs from 1,
        so we add 1. In a real training you might keep the weights of that epoch and forget the ones
        after it.""",
    slips={
        "np.argmin(val_loss)": """You're off by one, because places count from 0 and epochs from 1.
        Add 1.""",
        "np.argmax(val_loss) + 1": """That's the highest loss. With a loss, low is good: use
        `argmin`.""",
        "np.argmax(val_loss)": """That's the highest loss, and its place is counted from 0. Use
        `argmin`, and add 1.""",
        "np.min(val_loss)": """That's the lowest loss itself. I want to know in which epoch it was:
        use `argmin`, and add 1.""",
        "len(val_loss)": """You took the last epoch, but the lowest loss may have come earlier: use
        `argmin`.""",
        # Early stopping without patience: it stops before the first epoch that's worse.
        "next((i for i in range(1, len(val_loss)) if val_loss[i] > val_loss[i - 1]), "
        "len(val_loss))": """You
        gave up the first time the loss rose. It might fall even lower later on, so look at the
        whole list.""",
        "np.argmin(val_loss) + 2": "You're one epoch too late. Add 1 to the place and not 2.",
        "1": "Yours always says 1. Find the lowest loss in the list: use `argmin`, and add 1.",
    },
    cases=[
        ([0.9],),
        ([0.5, 0.3],),  # the last epoch is the best
        ([0.5, 0.3, 0.4],),  # it isn't any more
        ([0.5, 0.3, 0.4, 0.2, 0.25, 0.26],),  # it rises, and then falls even lower
        ([0.4, 0.6, 0.9],),
    ],
    dtype="whole",
)
