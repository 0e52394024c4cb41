"""What a run will cost, before it is made: weights, seconds, memory; and what is wrong with its options."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterable, Mapping
from typing import Any

import psutil

from mnist_lesson.instructor.records import NETWORK, Record
from mnist_lesson.model import check_network
from mnist_lesson.shared import workspace
from mnist_lesson.shared.checks import CLASSES, SIDE
from mnist_lesson.training.settings import Settings

SPEED = (
    9e9  # multiplications of a forward pass a second, on two cores; each finished run tells better
)
EACH_BATCH, START_UP, VARYING = (
    0.004,
    3.0,
    8e-5,
)  # seconds; the last for each digit, where `augment` is on
DISK_NEEDED = 50_000_000  # bytes


def problems(options: Mapping[str, Any]) -> dict[str, str]:
    """Return a sentence for each option that cannot be, under its name."""
    found = {}
    for name, value in options.items():
        try:
            if name in NETWORK:
                check_network({name: value})
            else:
                Settings(**{name: value})
        except (TypeError, ValueError) as error:
            found[name] = str(error)
    return found


def parameters(options: Mapping[str, Any]) -> int:
    """Return how many weights the network has, without building it."""
    (first, second), side, units = (
        options["filters"],
        options["kernel_size"],
        options["dense_units"],
    )
    convolutions = (side**2 + 1) * first + (side**2 * first + 1) * second
    return int(convolutions + (_flat(options) + 1) * units + (units + 1) * CLASSES)


def _flat(options: Mapping[str, Any]) -> int:
    return int(((SIDE - 2 * (options["kernel_size"] - 1)) // 2) ** 2 * options["filters"][1])


def work(options: Mapping[str, Any]) -> float:
    """Return how many multiplications a whole run takes, counting the forward pass only."""
    (first, second), side = options["filters"], options["kernel_size"]
    places = [(SIDE - turn * (side - 1)) ** 2 for turn in (1, 2)]
    one = places[0] * (side**2 + 30) * first + places[1] * (side**2 * first + 30) * second
    return float((one + _flat(options) * options["dense_units"]) * _shown(options))


def _shown(options: Mapping[str, Any]) -> float:
    most = 60_000 * (1 - options["validation_split"] if options["validate_on"] == "held_out" else 1)
    few = options["digits"] or most
    small = workspace.rehearsal()
    return float(
        min(few, most)
        / (10 if small else 1)
        * (min(options["epochs"], 2) if small else options["epochs"])
    )


def seconds(options: Mapping[str, Any], runs: Iterable[Record] = ()) -> float:
    """Guess how long a run will take, from the newest runs that were made here."""
    ended = [
        run for run in runs if run.status == "finished" and not run.data and run.time_box is None
    ][-5:]
    speeds = [
        work(run.options) / max(0.1, run.seconds - _overhead(run.options))
        for run in ended
        if run.seconds > 6
    ]
    return float(
        _overhead(options) + work(options) / (statistics.median(speeds) if speeds else SPEED)
    )


def _overhead(options: Mapping[str, Any]) -> float:
    each = EACH_BATCH / options["batch_size"] + VARYING * options["augment"]
    return float(START_UP + each * _shown(options))


def memory(options: Mapping[str, Any]) -> float:
    """Guess how many bytes a run takes at its peak: the weights four times over, and a batch on its way."""
    (first, second), side = options["filters"], options["kernel_size"]
    maps = (SIDE - side + 1) ** 2 * first + (SIDE - 2 * side + 2) ** 2 * second
    batch = min(options["batch_size"], 60_000)
    return float(4 * (4 * parameters(options) + 6 * maps * max(batch, 250)) + 4e8)


def room(options: Mapping[str, Any]) -> str:
    """Say what is short for this run on this machine: memory, or disk for the file of runs; "" if nothing is."""
    free, needed = psutil.virtual_memory().available, memory(options)
    if needed > free:
        return (
            f"This needs about {needed / 1e9:.1f} GB of memory, and {free / 1e9:.1f} GB are free. "
            "Take a smaller batch, fewer filters or fewer dense units."
        )
    try:
        place = workspace.check_writable()
    except workspace.WorkspaceError as error:
        return str(error)
    if shutil.disk_usage(place).free < DISK_NEEDED:
        return f"Less than 50 MB are free on the disk of {place}: the run could not be kept. Free some space first."
    return ""
