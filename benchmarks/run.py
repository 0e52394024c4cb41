#!/usr/bin/env python3
"""The original lesson's training and ours, timed in turn, and all figures that the texts quote.

    python benchmarks/run.py              # measure what's missing, then write everything
    python benchmarks/run.py --again      # measure everything from scratch (about 70 minutes)
    python benchmarks/run.py --texts      # measure nothing: just rewrite results.json and texts

side by side   The original's code, as published, on our digits, once in full (12 epochs). After
               each epoch, it waits while one or two of our trainings run. So if the machine is
               fast one minute and slow the next, that affects both: each of ours is compared with
               the original's epochs just before and just after it. Ours: the lesson's own
               network with Settings.fast() and less dropout, three seeds; the fast network with
               for_fast_model() and for_one_epoch(), five seeds each; one a little wider with
               for_handwriting(), three seeds.
again          The original twice more, for its accuracy only (Keras draws other weights each time).
others         The other benchmarks here have their own results; we copy their figures.

Each training runs in its own process, and shares nothing with the others. The seconds are for
`fit()` and `train()`, without imports and reading the digits. The test set is read once, after a
training, to report.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import machine, parser

HERE = Path(__file__).resolve().parent
RESULTS, STATE = HERE / "results.json", HERE / "runs.json"
SETTINGS = {
    "fast": "fast",
    "ten_second": "for_fast_model",
    "one_epoch": "for_one_epoch",
    "handwriting": "for_handwriting",
}
SHORT = ("ten_second", "one_epoch")
BETWEEN = [SHORT, ("fast",), ("handwriting",)] * 3 + [
    SHORT,
    SHORT,
]  # which of ours run after each of 11 epochs


# In a separate process


def original(_seed: int) -> dict[str, Any]:
    """Train like the published lesson, and wait for a line on stdin after each epoch."""
    from mnist_lesson import load_data
    from mnist_lesson.shared.quiet_keras import import_keras

    keras = import_keras()
    (x_train, y_train), (x_test, y_test) = load_data()
    x_train, x_test = (x.reshape(-1, 28, 28, 1).astype("float32") / 255 for x in (x_train, x_test))
    y_train, y_test = (keras.utils.to_categorical(y, 10) for y in (y_train, y_test))
    model = keras.models.Sequential()
    model.add(
        keras.layers.Conv2D(32, kernel_size=(3, 3), activation="relu", input_shape=(28, 28, 1))
    )
    model.add(keras.layers.Conv2D(64, (3, 3), activation="relu"))
    model.add(keras.layers.MaxPooling2D(pool_size=(2, 2)))
    model.add(keras.layers.Dropout(0.25))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dropout(0.5))
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile(
        loss=keras.losses.categorical_crossentropy,
        optimizer=keras.optimizers.Adam(),
        metrics=["accuracy"],
    )
    seconds: list[float] = []
    accuracies: list[float] = []
    began = time.perf_counter()

    def pause(epoch: int, logs: Any) -> None:
        nonlocal began
        seconds.append(time.perf_counter() - began)
        accuracies.append(float(logs["val_accuracy"]))
        say({"epoch": epoch + 1, "seconds": seconds[-1], "accuracy": accuracies[-1]})
        sys.stdin.readline()
        began = time.perf_counter()

    waiting = keras.callbacks.LambdaCallback(on_epoch_end=pause)
    model.fit(
        x_train,
        y_train,
        batch_size=128,
        epochs=12,
        verbose=0,
        validation_data=(x_test, y_test),
        callbacks=[waiting],
    )
    return {
        "accuracy": accuracies[-1],
        "seconds": sum(seconds),
        "epochs": seconds,
        "accuracies": accuracies,
    }


def ours(name: str, seed: int) -> dict[str, Any]:
    """Run one of our trainings as a reader would, and test it once."""
    from dataclasses import replace

    from mnist_lesson import build_model, load_data, to_input
    from mnist_lesson.model import FOR_HANDWRITING, build_fast_model
    from mnist_lesson.shared.quiet_keras import import_keras
    from mnist_lesson.test import score
    from mnist_lesson.train import train
    from mnist_lesson.training.settings import Settings

    import_keras()
    (x_train, y_train), (x_test, y_test) = load_data()
    x_train, settings = to_input(x_train), replace(getattr(Settings, SETTINGS[name])(), seed=seed)
    wider = {"filters": FOR_HANDWRITING} if name == "handwriting" else {}
    if name == "fast":
        # With a quarter and a half of the numbers hidden, one epoch isn't enough.
        model = build_model(dropout_conv=0, dropout_dense=0.2)
    else:
        model = build_fast_model(**wider)
    began = time.perf_counter()
    run = train(model, x_train, y_train, settings)
    seconds = time.perf_counter() - began
    tested = score(run.model, to_input(x_test), y_test)
    return {
        "accuracy": tested.accuracy,
        "seconds": seconds,
        "validation": run.accuracy,
        "epochs": settings.epochs,
    }


def say(found: dict[str, Any]) -> None:
    """Hand a result to the process that's waiting for it."""
    print("RESULT " + json.dumps(found), flush=True)


# Around them


class Worker:
    """One task in its own process, with an empty workspace."""

    def __init__(self, *task: str) -> None:
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        environment = {k: v for k, v in os.environ.items() if k != "MNIST_LESSON_REHEARSAL"}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--task", *task],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment | {"MNIST_LESSON_WORKSPACE": self.folder.name},
        )

    def next(self) -> dict[str, Any]:
        """Wait for the next result."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("RESULT "):
                found: dict[str, Any] = json.loads(line.removeprefix("RESULT "))
                return found
        raise SystemExit(f"A task ended without a result (exit code {self.process.wait()}).")

    def go_on(self) -> None:
        """Let a waiting task go on."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def close(self) -> None:
        """Wait for the task to end."""
        self.process.communicate()
        self.folder.cleanup()


def whole(*task: str) -> dict[str, Any]:
    """Run one task until it's done."""
    worker = Worker(*task)
    found = worker.next()
    while "epoch" in found:
        worker.go_on()
        found = worker.next()
    worker.close()
    return found


def side_by_side() -> dict[str, Any]:
    """Run the original in full, and ours between its epochs."""
    found: dict[str, Any] = {name: [] for name in SETTINGS}
    latest: list[dict[str, Any]] = []
    worker = Worker("original", "0")
    while "epoch" in (step := worker.next()):
        print(
            f"  original, epoch {step['epoch']}: {step['seconds']:.0f} s, {step['accuracy']:.2%}",
            flush=True,
        )
        for run in latest:
            run["epoch_after"] = step["seconds"]
        latest = []
        for name in BETWEEN[step["epoch"] - 1] if step["epoch"] <= len(BETWEEN) else ():
            seed = len(found[name])
            run = whole(name, str(seed)) | {"seed": seed, "epoch_before": step["seconds"]}
            found[name].append(run)
            latest.append(run)
            print(
                f"  {name}, seed {seed}: {run['seconds']:.1f} s, {run['accuracy']:.2%}", flush=True
            )
        worker.go_on()
    worker.close()
    return found | {"original": step}


PARTS = {
    "side by side": side_by_side,
    "again 1": lambda: whole("original", "1"),
    "again 2": lambda: whole("original", "2"),
}


def measured() -> dict[str, Any]:
    """Return the saved results of earlier measurements."""
    found: dict[str, Any] = {}
    if STATE.exists():
        found = json.loads(STATE.read_text(encoding="utf-8"))
    return found


def main() -> None:
    """Measure what's missing, and save it."""
    command = parser(__doc__)
    command.add_argument("parts", nargs="*", help=f"measure these again: {', '.join(PARTS)}")
    command.add_argument("--again", action="store_true")
    command.add_argument("--texts", action="store_true")
    command.add_argument("--task", nargs=2, help=argparse.SUPPRESS)
    options = command.parse_args()
    if options.task:
        name, seed = options.task
        say(original(int(seed)) if name == "original" else ours(name, int(seed)))
        return
    if unknown := set(options.parts) - set(PARTS):
        command.error(f"unknown part {', '.join(sorted(unknown))}")
    state = {} if options.again else measured()
    parts = options.parts or [name for name in PARTS if name not in state]
    for name in () if options.texts else parts:
        print(name, flush=True)
        found = PARTS[name]() | {"machine": machine()}
        # Beside what another process has measured meanwhile.
        state = (state if options.again else measured()) | {name: found}
        STATE.write_text(json.dumps(state, indent=1) + "\n", encoding="utf-8")
    if "side by side" not in state:
        return
    import figures

    text = json.dumps(figures.results(state), indent=1, ensure_ascii=False) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    figures.write_texts()


if __name__ == "__main__":
    main()
