"""Make the practised network, which reads strangers: handwriting.npz among the assets.

    python tools/make_practised.py

It is the fast network of notebook 09, a little narrower, trained for five epochs on MNIST's digits
and on digits drawn by rule (`pen_styles.py`), each changed a little: about a minute on two cores.
It also makes borderline.npz, with the training digits it's least sure of. We need those to teach
it a hand, because it would forget them first. ready.json describes both.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pen_styles import draw_styles

from mnist_lesson import load_data, to_input
from mnist_lesson.load import split
from mnist_lesson.model import build_fast_model
from mnist_lesson.network.arithmetic import cross_entropy
from mnist_lesson.network.saved import save_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.quiet_keras import predict_in_batches
from mnist_lesson.test import score
from mnist_lesson.training.augment import vary
from mnist_lesson.training.loop import compile_model
from mnist_lesson.training.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
ASSETS = ROOT / "mnist_lesson" / "assets"
FILTERS = (24, 48, 92)  # to keep the file under 250 KB
EPOCHS = 5
BATCH = 128
SHARE = 0.15  # digits drawn by rule, for one of MNIST's
SMOOTHING = 0.05  # of the labels, half as much as in notebook 09
PIECES = 8  # parts of 1,000 drawings, made in parallel
BORDERLINE = 2000  # digits it's least sure of, saved for teaching it a hand …
BY_CHANCE = 1000  # … and others
LEAST_ACCURACY = 0.994


def learn(seed: int) -> tuple[Any, dict[str, Any]]:
    """Train the network on both kinds of digits; return the model and the facts about it."""
    started = time.monotonic()
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        pieces = list(workers.map(draw_styles, [1000] * PIECES, range(PIECES)))
    styles = to_input(np.concatenate([images for images, _ in pieces]))
    styles_labels = np.concatenate([labels for _, labels in pieces])
    images, labels = load_data()[0]
    ours = split(labels)[0]
    x, y = to_input(images[ours]), labels[ours]
    drawn = int(SHARE * len(x))
    steps = (len(x) + drawn) // BATCH
    settings = Settings(
        BATCH, EPOCHS, learning_rate=0.01, schedule="one_cycle", augment=True, seed=seed
    )
    model = build_fast_model(filters=FILTERS, seed=seed)
    compile_model(model, settings, steps * EPOCHS)
    targets = np.eye(10, dtype=np.float32) * (1 - SMOOTHING) + SMOOTHING / 10
    rng = np.random.default_rng(seed)
    for epoch in range(EPOCHS):
        chosen = rng.integers(0, len(styles), drawn)
        order = rng.permutation(len(x) + drawn)[: steps * BATCH]
        inputs = vary(np.concatenate([x, styles[chosen]])[order], rng)
        answers = targets[np.concatenate([y, styles_labels[chosen]])[order]]
        model.fit(inputs, answers, batch_size=BATCH, shuffle=False, verbose=0)
        print(f"epoch {epoch + 1} of {EPOCHS}", flush=True)
    facts = {
        "name": "handwriting",
        "filters": FILTERS,
        "settings": {"epochs": EPOCHS, "batch_size": BATCH, "learning_rate": 0.01, "seed": seed},
        "drawn_by_rule": {"share": SHARE, "drawings": len(styles)},
        "seconds": round(time.monotonic() - started, 1),
    }
    return model, facts


def sharpen(model: Any) -> float:
    """Make a network that label smoothing has left too unsure as sure as it is right.

    This is temperature scaling (Guo and others, 2017): all scores are multiplied by one number,
    chosen on held-out digits. No answer changes.
    """
    images, labels = load_data()[0]
    held_out = split(labels)[1]
    probabilities = predict_in_batches(model, to_input(images[held_out]))
    scores = np.log(np.maximum(probabilities, 1e-12))

    def loss(factor: float) -> float:
        powers = np.exp(factor * scores)
        return cross_entropy(powers / powers.sum(axis=1, keepdims=True), labels[held_out])

    best = min((round(factor, 2) for factor in np.arange(0.5, 4, 0.05)), key=loss)
    output = model.get_layer("output")
    output.set_weights([best * weights for weights in output.get_weights()])
    return float(best)


def borderline(network: Any) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Choose the training digits that the network is least sure of, and some at random.

    Held-out digits stay out, because page 10 uses them to count what was forgotten.
    """
    images, labels = load_data()[0]
    ours = split(labels)[0]
    images = images[ours]
    labels = labels[ours]
    answers = np.sort(np.log(network.predict(to_input(images)) + 1e-30), axis=1)
    nearest = np.argsort(answers[:, -1] - answers[:, -2], kind="stable")
    rest = np.random.default_rng(0).permutation(nearest[BORDERLINE:])
    chosen = np.sort(np.concatenate([nearest[:BORDERLINE], rest[:BY_CHANCE]]))
    return images[chosen], labels[chosen].astype(np.uint8)


def main() -> None:
    """Train, test once, and write the files and the facts about them."""
    model, facts = learn(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
    facts["sharpened"] = sharpen(model)
    network = Twin.from_keras(model)
    images, labels = load_data()[1]
    tested = score(network, to_input(images), labels)
    print(tested, f"after {facts['seconds']} s")
    facts["test"] = {"accuracy": tested.accuracy, "loss": tested.loss, "interval": tested.interval}
    if tested.accuracy < LEAST_ACCURACY:
        sys.exit(f"That is below {LEAST_ACCURACY:.1%}: nothing was written.")
    save_network(network, ASSETS / "handwriting.npz")
    packed = io.BytesIO()
    chosen, chosen_labels = borderline(network)
    np.savez_compressed(packed, images=chosen, labels=chosen_labels)
    (ASSETS / "borderline.npz").write_bytes(packed.getvalue())
    file = ASSETS / "ready.json"
    ready = json.loads(file.read_text(encoding="utf-8"))
    for name in ("handwriting.npz", "borderline.npz"):
        ready["sha256"][name] = hashlib.sha256((ASSETS / name).read_bytes()).hexdigest()
    ready["handwriting"] = facts
    file.write_text(json.dumps(ready, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
