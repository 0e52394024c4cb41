"""06 · Train: updates, curves, and the epoch to stop at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mnist_lesson.exercise_engine.answers import show
from mnist_lesson.exercise_engine.exercise import Exercise, Finding, FunctionExercise
from mnist_lesson.exercise_engine.guess import Guess
from mnist_lesson.look import new_axes, show_curves

if TYPE_CHECKING:
    from matplotlib.figure import Figure

adam = Guess(
    "train.adam",
    question="Two equal networks get the same digits and the same number of updates. One uses plain "
    "gradient descent, the "
    "other uses Adam. Which one reads more digits right after these few seconds?",
    options={"a": "plain gradient descent", "b": "Adam", "c": "about the same"},
    truth="b",
    why="Adam gives each weight a step size of its own, so it gets far in its first steps. Plain "
    "gradient descent gets there too, but later.",
)


updates = Exercise(
    "train.updates",
    title="How many updates?",
    task="""A smaller training: 20,000 digits, in batches of 96. After each batch the weights
        change once, which is one **update**. How many updates are there in one epoch? (The last
        batch may be smaller. It counts as well.)""",
    blank="updates = 0  # change the number",
    solution="updates = -(-20_000 // 96)",
    hints=(
        "Divide to see how many batches there are. Does it come out even?",
        "20,000 / 96 is about 208.3. So there are 208 full batches, and some digits are left.",
        "The digits that are left make one more batch. `np.ceil` rounds up.",
    ),
    why="""There are 208 full batches. The last 32 digits make a smaller one. So there are 209
        updates in one epoch.""",
    slips={
        "208": """After 208 full batches, 32 digits are left. They make one last batch, and it
        counts.""",
        "20_000 / 96": """There is no third of an update. The last batch is smaller, but it makes
        one whole update.""",
        "157": "You took batches of 128, as on this page. Here there are 96 digits in a batch.",
        "20_000 / 128": """You took batches of 128, as on this page. Here there are 96 digits in
        a batch.""",
        "156": """You took batches of 128, and left out the last one. Here there are 96 digits in
        a batch.""",
        "563": "You took 54,000 digits, as on this page. Here there are 20,000.",
        "54_000 / 96": "You took 54,000 digits, as on this page. Here there are 20,000.",
        "188": "You held out a tenth of the digits. Here all 20,000 are trained on.",
        "18_000 / 96": "You held out a tenth of the digits. Here all 20,000 are trained on.",
        "422": """That is the number on this page: 54,000 digits in batches of 128. Here both
        numbers are others.""",
        "2508": "That is for twelve epochs. One epoch is asked for.",
        "20_000": """The weights do not change after each digit. They change after each batch of
        96.""",
        "20_000 * 96": "You multiplied. How many batches of 96 are there in 20,000? Divide.",
        "96": "That is how many digits are in one batch. How many batches are there?",
        "96 / 20_000": """You divided the other way round. Divide the digits by the size of a
        batch.""",
    },
)


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
SIGNS = {
    "A": "Both losses fall, and they stay close together.",
    "B": "The training loss keeps falling. But the validation loss was lowest in the third epoch, and rises "
    "after that.",
    "C": "Both losses stay near 2.3 and go nowhere. That is what pure guessing gives.",
    "D": "Both losses grow and grow. The steps are too large.",
}


def draw_curves() -> Figure:
    """Draw the losses of the four runs of the exercise `readings`."""
    axes = new_axes(9.5, 2.8, len(CURVES))
    for ax, (name, losses) in zip(axes, CURVES.items(), strict=True):
        named = {"training": losses["loss"], "validation": losses["val_loss"]}
        figure = show_curves(named, title=f"Run {name}: loss", x_label="epoch", ax=ax)
        ax.set_ylim(0, 1.3 * max(max(curve) for curve in losses.values()))
    return figure


def _judge_curves(answer: Any) -> Finding | None:
    if not isinstance(answer, dict):
        return Finding(
            "Keep the form of the cell, from `{` to `}`. In it, put a word in quotes in place of each `...`.",
            (("You gave", show(answer)),),
        )
    for name, right in READINGS.items():
        word = answer.get(name)
        if word is None:
            return Finding(f"There is no word for {name} yet. Each of A, B, C and D needs a word.")
        said = word.strip().lower() if isinstance(word, str) else None
        if said not in WORDS:
            return Finding(
                f"For {name}, use one of the four words, in quotes: {', '.join(WORDS)}.",
                (("You gave", show(word)),),
            )
        if said != right:
            lines = tuple((key, show(numbers)) for key, numbers in CURVES[name].items())
            return Finding(
                f"Look at run {name} again, where you say “{said}”. {SIGNS[name]}", lines
            )
    return None


readings = Exercise(
    "train.readings",
    title="Read the curves",
    task="""Four runs, A to D. Look at their losses, and find the word for each: **learning**
        (both losses fall), **overfitting** (the loss on others turns and rises), **stalled**
        (nothing moves) or **diverged** (the loss grows out of control).""",
    blank="""
readings = {
    "A": ...,
    "B": ...,
    "C": ...,
    "D": ...,
}
""",
    solution='readings = {"A": "learning", "B": "overfitting", "C": "stalled", "D": "diverged"}',
    hints=(
        "First look at where each curve ends. Is that lower than where it began?",
        """Then compare the two curves of a run. Where the training loss falls and the validation
        loss rises, the network learns by heart.""",
        """A loss near 2.3 is pure guessing among ten digits. A loss that ends far above its
        start is out of control.""",
    ),
    why="""Look at both curves together. While both fall, the network learns what holds for all
        digits. When only the training loss falls, it learns by heart.""",
    judge=_judge_curves,
)


best_epoch = FunctionExercise(
    "train.best_epoch",
    title="The best epoch",
    task="""`val_loss` is a list of the validation losses of a run, one number for each epoch.
        Write a function that returns the epoch with the lowest loss. Epochs count from 1.""",
    blank='''
def best_epoch(val_loss):
    """Return the epoch, counted from 1, with the lowest validation loss."""
    ...
''',
    solution='''
def best_epoch(val_loss):
    """Return the epoch, counted from 1, with the lowest validation loss."""
    return np.argmin(val_loss) + 1
''',
    hints=(
        "`np.argmin` gives the place of the smallest number in a list.",
        "Places count from 0, but epochs count from 1.",
        "`return np.argmin(val_loss) + 1`. Without NumPy: `val_loss.index(min(val_loss)) + 1`.",
    ),
    why="""`argmin` finds the place of the lowest loss. Places count from 0, but epochs count
        from 1. So we add 1.""",
    slips={
        "np.argmin(val_loss)": """You are off by one. Places count from 0, but epochs count from
        1. Add 1.""",
        "np.argmax(val_loss) + 1": """That is the highest loss. A loss is good when it is low:
        use `argmin`.""",
        "np.argmax(val_loss)": """That is the highest loss, and its place is counted from 0. Use
        `argmin`, and add 1.""",
        "np.min(val_loss)": """That is the lowest loss itself. Its epoch is asked for: use
        `argmin`, and add 1.""",
        "len(val_loss)": """You took the last epoch. The lowest loss may come earlier: use
        `argmin`.""",
        "next((i for i in range(1, len(val_loss)) if val_loss[i] > val_loss[i - 1]), len(val_loss))": """You
        stopped where the loss first rises. But a lower one may come later. Look at all of them.""",
        "np.argmin(val_loss) + 2": "You are one epoch too late. Add 1 to the place, not 2.",
        "1": "Your answer is always 1. Find the lowest loss in the list: use `argmin`, and add 1.",
    },
    cases=[
        ([0.9],),
        ([0.5, 0.3],),
        ([0.5, 0.3, 0.4],),
        ([0.5, 0.3, 0.4, 0.2, 0.25, 0.26],),
        ([0.4, 0.6, 0.9],),
    ],
    dtype="whole",
)
