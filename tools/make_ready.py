"""Make the ready-trained network: the lesson's own run of 12 epochs at default settings.

    python tools/make_ready.py

It takes about a quarter of an hour on two cores. Broken off, it goes on after its last whole epoch. It writes
ready.keras, ready.npz, ready_replay.npz and ready.json (history, settings, seed, versions, test accuracy, digests)
into mnist_lesson/assets.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / "mnist_lesson" / "assets"
FILES = {"model.keras": "ready.keras", "model.npz": "ready.npz", "replay.npz": "ready_replay.npz"}
LEAST_ACCURACY = 0.99


def main() -> None:
    """Train, test once, and write the assets."""
    os.environ["MNIST_LESSON_WORKSPACE"] = str(Path(__file__).resolve().parents[1] / "my_work" / "ready")
    os.environ.pop("MNIST_LESSON_REHEARSAL", None)
    from mnist_lesson import build_model, load_data, to_input
    from mnist_lesson.runs import facts_of
    from mnist_lesson.test import score
    from mnist_lesson.train import Settings, train
    from mnist_lesson.workspace import run_folder

    (x_train, y_train), (x_test, y_test) = load_data()
    run = train(build_model(), to_input(x_train), y_train, Settings(), name="ready", resume=True)
    if run.status != "finished":
        sys.exit("Broken off. Type the same command to go on.")
    tested = score(run.model, to_input(x_test), y_test)
    print(tested)
    if tested.accuracy < LEAST_ACCURACY:
        sys.exit(f"That is below {LEAST_ACCURACY:.1%}: nothing was written.")
    digests = {}
    for source, target in FILES.items():
        shutil.copyfile(run_folder("ready") / source, ASSETS / target)
        digests[target] = hashlib.sha256((ASSETS / target).read_bytes()).hexdigest()
    facts = facts_of(run) | {
        "name": "ready",
        "test": {"accuracy": tested.accuracy, "loss": tested.loss, "interval": list(tested.interval)},
        "sha256": digests,
    }
    (ASSETS / "ready.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
