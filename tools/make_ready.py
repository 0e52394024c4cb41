"""Make the trained networks that come with the lesson.

    python tools/make_ready.py                 # both
    python tools/make_ready.py handwriting     # only this one; the other stays as it is

lesson        The lesson's own run of 12 epochs at default settings: about a quarter of an hour on two cores. It gives
              ready.keras, ready.npz and ready_replay.npz.
handwriting   The fast network, trained for handwriting, with which page 08 reads: about a minute.
              It gives handwriting.npz.

Broken off, a run goes on after its last whole epoch. ready.json tells of both: history, settings, seed, versions, test
accuracy, digests. All are written into mnist_lesson/assets.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "mnist_lesson" / "assets"
FILES = {
    "lesson": {
        "model.keras": "ready.keras",
        "model.npz": "ready.npz",
        "replay.npz": "ready_replay.npz",
    },
    "handwriting": {"model.npz": "handwriting.npz"},
}
LEAST_ACCURACY = {"lesson": 0.99, "handwriting": 0.993}


def make(name: str) -> dict[str, Any]:
    """Train one network, test it once, put its files among the assets, and return what is known of it."""
    from mnist_lesson import build_model, load_data, to_input
    from mnist_lesson.model import FOR_HANDWRITING, build_fast_model
    from mnist_lesson.network.saved import save_network
    from mnist_lesson.network.twin import Twin
    from mnist_lesson.shared.workspace import run_folder
    from mnist_lesson.test import score
    from mnist_lesson.train import train
    from mnist_lesson.training.run import facts_of
    from mnist_lesson.training.settings import Settings

    (x_train, y_train), (x_test, y_test) = load_data()
    lesson = name == "lesson"
    model = build_model() if lesson else build_fast_model(filters=FOR_HANDWRITING)
    settings = Settings() if lesson else Settings.for_handwriting()
    run = train(model, to_input(x_train), y_train, settings, name=f"ready-{name}", resume=True)
    if run.status != "finished":
        sys.exit("Broken off. Type the same command to go on.")
    facts = facts_of(run)
    if not lesson:
        facts["sharpened"] = sharpen(run.model, to_input(x_train), y_train)
    tested = score(run.model, to_input(x_test), y_test)
    print(tested)
    if tested.accuracy < LEAST_ACCURACY[name]:
        sys.exit(f"That is below {LEAST_ACCURACY[name]:.1%}: nothing was written.")
    digests = {}
    for source, target in FILES[name].items():
        if lesson:
            shutil.copyfile(run_folder(f"ready-{name}") / source, ASSETS / target)
        else:
            save_network(Twin.from_keras(run.model), ASSETS / target)
        digests[target] = hashlib.sha256((ASSETS / target).read_bytes()).hexdigest()
    return facts | {
        "name": "ready" if lesson else name,
        "test": {
            "accuracy": tested.accuracy,
            "loss": tested.loss,
            "interval": list(tested.interval),
        },
        "sha256": digests,
    }


def sharpen(model: Any, x: Any, y: Any) -> float:
    """Make a network that label smoothing has taught to be unsure as sure as it is right, on the held-out digits.

    It is temperature scaling (Guo and others, 2017): all scores are multiplied by one number. No answer changes.
    """
    import numpy as np

    from mnist_lesson.load import split
    from mnist_lesson.network.arithmetic import cross_entropy
    from mnist_lesson.shared.quiet_keras import predict_in_batches

    held_out = split(y)[1]
    scores = np.log(np.maximum(predict_in_batches(model, x[held_out]), 1e-12))

    def loss(factor: float) -> float:
        powers = np.exp(factor * scores)
        return cross_entropy(powers / powers.sum(axis=1, keepdims=True), y[held_out])

    best = min((round(factor, 2) for factor in np.arange(0.5, 4, 0.05)), key=loss)
    output = model.get_layer("output")
    output.set_weights([best * weights for weights in output.get_weights()])
    return float(best)


def main() -> None:
    """Make what is asked for, and write down what is known of both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "names", nargs="*", metavar="NETWORK", help="lesson, handwriting; none means both"
    )
    names = parser.parse_args().names or list(FILES)
    if unknown := set(names) - set(FILES):
        parser.error(f"unknown network {', '.join(sorted(unknown))}")
    os.environ["MNIST_LESSON_WORKSPACE"] = str(ROOT / "my_work" / "ready")
    os.environ.pop("MNIST_LESSON_REHEARSAL", None)
    file = ASSETS / "ready.json"
    facts = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"sha256": {}}
    for name in names:
        made = make(name)
        digests = facts["sha256"] | made.pop("sha256")
        facts = facts | (made if name == "lesson" else {name: made}) | {"sha256": digests}
    file.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
