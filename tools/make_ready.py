"""Make the plain network that comes with the lesson.

    python tools/make_ready.py

It's the lesson's own run of 12 epochs with default settings: about a quarter of an hour on two
cores. It writes ready.npz and ready_replay.npz to the assets, and ready.json, which describes them:
history, settings, seed, versions, test accuracy, digests. If it's interrupted, it goes on after the
last complete epoch. `make_practised.py` makes the other network.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from mnist_lesson import build_model, load_data, to_input
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.test import score
from mnist_lesson.train import train
from mnist_lesson.training.run import facts_of

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "mnist_lesson" / "assets"
FILES = {"model.npz": "ready.npz", "replay.npz": "ready_replay.npz"}
LEAST_ACCURACY = 0.99
RUN = "ready-lesson"


def make() -> dict[str, Any]:
    """Train, test once, write the files to the assets, and return the facts about the network."""
    (x_train, y_train), (x_test, y_test) = load_data()
    run = train(build_model(), to_input(x_train), y_train, name=RUN, resume=True)
    if run.status != "finished":
        sys.exit("Broken off. Type the same command to go on.")
    tested = score(run.model, to_input(x_test), y_test)
    print(tested)
    if tested.accuracy < LEAST_ACCURACY:
        sys.exit(f"That is below {LEAST_ACCURACY:.1%}: nothing was written.")
    digests = {}
    for source, target in FILES.items():
        shutil.copyfile(run_folder(RUN) / source, ASSETS / target)
        digests[target] = hashlib.sha256((ASSETS / target).read_bytes()).hexdigest()
    test = {"accuracy": tested.accuracy, "loss": tested.loss, "interval": [*tested.interval]}
    return facts_of(run) | {"name": "ready", "test": test, "sha256": digests}


def main() -> None:
    """Make the network, and add the facts about it to those about the other one."""
    os.environ["MNIST_LESSON_WORKSPACE"] = str(ROOT / "my_work" / "ready")
    os.environ.pop("MNIST_LESSON_REHEARSAL", None)
    file = ASSETS / "ready.json"
    facts = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"sha256": {}}
    ready = make()
    digests = facts["sha256"] | ready.pop("sha256")
    text = json.dumps(facts | ready | {"sha256": digests}, indent=1) + "\n"
    file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
