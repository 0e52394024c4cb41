"""The instructor's workbench: how quickly an estimate follows, and what two processes gain.

    python benchmarks/bench.py

estimate   milliseconds from turning a control to the updated line (median and worst of 200)
sweep      8 short runs one after the other with all cores, against the same on two processes
same       whether both make the same runs: digits read right, and how far apart the losses are;
           and bit for bit, if both use one thread per run
play       six presses of Train on page 06's tuner, one thing changed in each: seconds until the run
           is in the table, and seconds that processors worked, which others' work doesn't lengthen
worker     peak memory of a worker that makes a run of the lesson's own network, in MB

Writes benchmarks/bench.json.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import keep_and_print, machine

GRID = {"seed": [*range(8)], "digits": [3000], "epochs": [1]}
GRID |= {"filters": [(8, 16)], "dense_units": [32]}
PAGE = {"digits": 2000, "epochs": 2, "validation_split": 0.05}  # as on page 06
PLAY: dict[str, dict[str, Any]] = {
    "nothing": {},
    "the seed: 1 in place of 0": {"seed": 1},
    "batches of 32 in place of 128": {"batch_size": 32},
    "a learning rate of 0.01 in place of 0.001": {"learning_rate": 0.01},
    "twice the filters: 64": {"filters 1": 64},
    "more digits: 5,000": {"digits": 5000},
}


def estimate() -> dict[str, float]:
    """Turn a control 200 times."""
    from mnist_lesson.instructor.panel import Tuner

    panel, took = Tuner(), []
    for turn in range(200):
        began = time.perf_counter()
        panel.controls["filters 1"].value = 8 + turn
        took.append(1000 * (time.perf_counter() - began))
    return {"median ms": round(statistics.median(took), 2), "worst ms": round(max(took), 2)}


def timed(folder: Path, name: str, executor: Any = None) -> tuple[float, Any]:
    """Sweep into a separate file, and return the seconds and the runs."""
    from mnist_lesson.instructor.sweeps import sweep

    began = time.perf_counter()
    runs = sweep(GRID, file=folder / f"{name}.jsonl", executor=executor)
    return time.perf_counter() - began, runs


def sweeps(folder: Path) -> dict[str, Any]:
    """Make eight runs three ways."""
    from mnist_lesson.instructor.sweeps import pool, run_one

    # This loads TensorFlow and warms it up; the pool's loading counts towards its time.
    run_one({"digits": 100, "epochs": 1})
    alone, first = timed(folder, "alone")
    with pool(2) as two:
        together, second = timed(folder, "together", two)
    with pool(2) as two:
        list(two.map(_peak, range(2)))
        warm, third = timed(folder, "warm", two)
    apart = [abs(a.loss / b.loss - 1) for a, b in zip(first, second, strict=True)]
    return {
        "one after the other s": round(alone, 1),
        "two processes s": round(together, 1),
        "two processes, already started s": round(warm, 1),
        "ratio": round(alone / together, 2),
        "ratio, already started": round(alone / warm, 2),
        "same digits read right": sum(
            a.right == b.right for a, b in zip(first, second, strict=True)
        ),
        "losses apart at most": max(apart),
        "two pools bit for bit": all(
            a.history == b.history for a, b in zip(second, third, strict=True)
        ),
    }


def _peak(_turn: int) -> float:
    import psutil

    from mnist_lesson.instructor.sweeps import run_one

    run_one({"digits": 1000, "epochs": 1})
    used = psutil.Process().memory_info()
    return max(used.rss, getattr(used, "peak_wset", 0)) / 1e6


def play(start: dict[str, Any]) -> list[dict[str, Any]]:
    """Press Train six times. The first press loads TensorFlow, as nobody has seen the panel."""
    from mnist_lesson.instructor.panel import Tuner

    made = []
    panel = Tuner(short=True, start=start)
    for words, changes in PLAY.items():
        for name, control in panel.controls.items():
            control.value = changes.get(name, panel.start[name])
        began, worked = time.perf_counter(), time.process_time()
        panel.train()
        panel.wait()
        took = {
            "seconds": round(time.perf_counter() - began, 1),
            "processor seconds": round(time.process_time() - worked, 1),
        }
        made.append({"what": words, "accuracy": panel.runs[-1].accuracy, **took})
    return made


def worker() -> dict[str, float]:
    """Let one worker make a run of the lesson's own network, and ask what it took."""
    from mnist_lesson.instructor.sweeps import pool

    with pool(1) as one:
        return {"MB": round(one.submit(_peak, 0).result())}


def main() -> None:
    """Measure, print, and keep the figures."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MNIST_LESSON_WORKSPACE"] = folder
        os.environ.pop("MNIST_LESSON_REHEARSAL", None)
        # Others' work on this machine.
        load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
        found = {
            "machine": machine(),
            "load before": load,
            "estimate": estimate(),
            "play": play(PAGE),
            "worker": worker(),
            "sweep": sweeps(Path(folder)),
        }
    keep_and_print(__file__, found)


if __name__ == "__main__":
    main()
