"""What does `train()` cost over Keras's bare `model.fit()` on the same digits?

    python benchmarks/overhead.py [--rounds 12] [--digits 10000]

One epoch of each per round, in one process, on the lesson's own network, judged on the same
held-out digits. Both are compiled and warm, and they take turns going first, so a machine that
slows down favours neither. Prints the median of the rounds' ratios with its 95% confidence interval
(from the order of the ratios alone), and writes benchmarks/overhead.json. We may claim a figure
only if the whole interval is below it.
"""

from __future__ import annotations

import os
import statistics
import tempfile

from measuring import keep_and_print, parser, seconds
from scipy.stats import binom


def main() -> None:
    """Time both in turn."""
    command = parser(__doc__)
    command.add_argument("--rounds", type=int, default=12)
    command.add_argument("--digits", type=int, default=10_000)
    options = command.parse_args()
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["MNIST_LESSON_WORKSPACE"] = workspace
        os.environ.pop("MNIST_LESSON_REHEARSAL", None)
        found = measure(options.rounds, options.digits)
    keep_and_print(__file__, found)


def measure(rounds: int, digits: int) -> dict[str, object]:
    """Return seconds of `fit()` and of `train()`, and their ratios' median with its interval."""
    from mnist_lesson import build_model, load_data, to_input
    from mnist_lesson.load import split
    from mnist_lesson.one_hot import one_hot
    from mnist_lesson.train import train
    from mnist_lesson.training.settings import Settings
    from mnist_lesson.widgets.training_panel import TrainingPanel

    (images, labels), _ = load_data()
    x, labels = to_input(images[:digits]), labels[:digits]
    places, held_out = split(labels)
    bare, watched = build_model(), build_model()
    training = (x[places], one_hot(labels[places]))
    validation = (x[held_out], one_hot(labels[held_out]))

    def fit() -> None:
        # `train()` compiles each time, so this does, too.
        bare.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
        bare.fit(*training, batch_size=128, epochs=1, validation_data=validation, verbose=0)

    def ours() -> None:
        train(watched, x, labels, Settings(epochs=1), watcher=TrainingPanel())

    taken: dict[str, list[float]] = {"fit": [], "train": []}
    runs = {"fit": fit, "train": ours}
    for turn in range(rounds + 1):
        for name in ("fit", "train") if turn % 2 else ("train", "fit"):
            taken[name].append(seconds(runs[name]))
    # The first round loads what both need, so don't count it.
    fits, trains = taken["fit"][1:], taken["train"][1:]
    ratios = sorted(t / f for f, t in zip(fits, trains, strict=True))
    # How many ratios may be beyond each end of the interval.
    cut = int(binom.ppf(0.025, rounds, 0.5))
    return {
        "digits": digits,
        "epochs": 1,
        "fit_seconds": [round(s, 2) for s in fits],
        "train_seconds": [round(s, 2) for s in trains],
        "ratio_median": round(statistics.median(ratios), 4),
        "ratio_interval": [round(ratios[cut - 1], 4), round(ratios[rounds - cut], 4)],
    }


if __name__ == "__main__":
    main()
