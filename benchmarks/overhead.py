"""What does `train()` cost over Keras's bare `model.fit()` on the same digits?

    python benchmarks/overhead.py [--rounds 5] [--digits 10000]

Three epochs of each in turn, in the same process, on the lesson's own network; the validation digits are read in both.
Prints the median of the ratios of neighbours, and writes benchmarks/overhead.json.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from pathlib import Path


def main() -> None:
    """Time both in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--digits", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as workspace:
        os.environ["MNIST_LESSON_WORKSPACE"] = workspace
        os.environ.pop("MNIST_LESSON_REHEARSAL", None)
        found = measure(options.rounds, options.digits)
    print(json.dumps(found, indent=1))
    (Path(__file__).parent / "overhead.json").write_text(
        json.dumps(found, indent=1) + "\n", encoding="utf-8"
    )


def measure(rounds: int, digits: int) -> dict[str, object]:
    """Return seconds of `fit()` and of `train()`, and the median of their ratios."""
    from mnist_lesson import build_model, load_data, to_input
    from mnist_lesson.load import split
    from mnist_lesson.one_hot import one_hot
    from mnist_lesson.train import train
    from mnist_lesson.training.settings import Settings
    from mnist_lesson.widgets.training_panel import TrainingPanel

    (images, labels), _ = load_data()
    images, labels = images[:digits], labels[:digits]
    x, (places, held_out) = to_input(images), split(labels)
    bare = build_model()
    training = (x[places], one_hot(labels[places]))
    validation = (x[held_out], one_hot(labels[held_out]))
    watched = build_model()
    fit_seconds, train_seconds = [], []
    for _ in range(rounds + 1):  # the first round compiles, and is thrown away
        started = time.perf_counter()
        bare.compile(
            optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"]
        )  # as train() does
        bare.fit(*training, batch_size=128, epochs=3, validation_data=validation, verbose=0)
        fit_seconds.append(time.perf_counter() - started)
        started = time.perf_counter()
        train(watched, x, labels, Settings(epochs=3), watcher=TrainingPanel())
        train_seconds.append(time.perf_counter() - started)
    ratios = [t / f for f, t in zip(fit_seconds[1:], train_seconds[1:], strict=True)]
    return {
        "digits": digits,
        "epochs": 3,
        "fit_seconds": [round(s, 2) for s in fit_seconds[1:]],
        "train_seconds": [round(s, 2) for s in train_seconds[1:]],
        "ratio_median": round(statistics.median(ratios), 4),
        "ratio_range": [round(min(ratios), 4), round(max(ratios), 4)],
    }


if __name__ == "__main__":
    main()
