"""Page 09's steps at full length: short ones (0.001), long ones (0.01), and one cycle up to 0.02.

    python benchmarks/shape.py

The fast network with five seeds each, 54,000 digits, two epochs, batches of 256, in turns, judged
on the 6,000 held-out digits. Writes benchmarks/shape.json: how many of them each run read.
"""

from __future__ import annotations

import os
from dataclasses import replace

from measuring import keep

from mnist_lesson import load_data, to_input
from mnist_lesson.model import build_fast_model
from mnist_lesson.train import Settings
from mnist_lesson.training.race import race

SHORT = Settings(batch_size=256, epochs=2, learning_rate=0.001)
WAYS = {
    "short": SHORT,
    "long": replace(SHORT, learning_rate=0.01),
    "one cycle": replace(SHORT, learning_rate=0.02, schedule="one_cycle"),
}


def main() -> None:
    """Race all of them with each seed."""
    os.environ.pop("MNIST_LESSON_REHEARSAL", None)
    (x, y), _ = load_data()
    x = to_input(x)
    right: dict[str, list[int]] = {name: [] for name in WAYS}
    for seed in range(5):
        for name, settings in WAYS.items():
            tried = race(build_fast_model(), x, y, replace(settings, seed=seed))
            right[name].append(tried.right)
            print(f"{name}, seed {seed}: {tried}", flush=True)
    keep(__file__, {"digits": tried.digits, "judged": tried.judged, "right": right})


if __name__ == "__main__":
    main()
