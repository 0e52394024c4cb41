"""Many runs of the same training: a sweep makes those that aren't in its file yet."""

from __future__ import annotations

import itertools
import json
import logging
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor, as_completed
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.instructor import records
from mnist_lesson.instructor.records import Record, Runs
from mnist_lesson.load import load_data
from mnist_lesson.model import build_model
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.machine import cores, free_memory
from mnist_lesson.shared.store import locked
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.shared.workspace import check_writable, rehearsal
from mnist_lesson.training.batches import choose_digits, count_epochs
from mnist_lesson.training.loop import Course, fit_epochs, judge, make_ready
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.settings import Settings

if TYPE_CHECKING:
    import keras

MEMORY_A_WORKER = 1_300_000_000  # bytes, measured: TensorFlow, the digits and one training
# The network of the last run that came to its end, under how it was built and compiled.
_last_network: dict[str, keras.Model] = {}


def sweep(
    grid: Mapping[str, Iterable[Any]] | Iterable[Mapping[str, Any] | Settings],
    *,
    file: str | Path | None = None,
    executor: Executor | None = None,
    watcher: Watcher | None = None,
) -> Runs:
    """Make every run of a grid that isn't in the file yet, and return all runs of the grid.

    Parameters
    ----------
    grid
        Names and the values to try, as in `{"batch_size": [32, 128], "seed": [0, 1]}`: every
        combination is run. Or a list of options or `Settings`. The names are those of `Settings`
        and of the arguments of `build_model()`.
    file
        Where to save the runs, one line of JSON each. None: `instructor_runs.jsonl` in your
        folder.
    executor
        None: one run after the other. `pool()`: on all cores of this machine. Any other
        `concurrent.futures.Executor` will do, such as a Dask cluster's `Client.get_executor()`.
    watcher
        Follows each run instead of the progress bar, and may stop the sweep. (You can't watch
        runs that an executor makes; stop those with Kernel → Interrupt.)

    Returns
    -------
    Runs
        Failed runs, too: their `reason` says what happened. They don't stop the others.

    Raises
    ------
    TypeError, ValueError
        A name in `grid` is unknown. (A value that can't be used gives a failed run.)
    WorkspaceError
        The file can't be written, or another sweep is writing to it.
    """
    place = records.runs_file(file)
    check_writable(place.parent)
    wanted = {records.key_of(options, rehearsal()): options for options in expand(grid)}
    # Two at once would make the same runs twice; and the other one may take hours.
    busy = (
        f"Another sweep is writing to {place}. Wait until it's done and run this again, or give "
        "this one its own file: sweep(grid, file='other_runs.jsonl')."
    )
    with locked(place, kind="sweep", patience=0, busy=busy):
        done = {run.key for run in Runs.load(place) if run.status in records.FINAL}
        left = [options for key, options in wanted.items() if key not in done]
        if executor is None:
            new_runs = _one_by_one(left, watcher)
        else:
            new_runs = _all_at_once(left, executor)
        before = len(wanted) - len(left)
        began = time.monotonic()
        if watcher is None:
            _show_bar(before, len(wanted))
        for new, run in enumerate(new_runs, start=1):
            records.append(place, run)  # right away, so nothing is lost if the sweep stops here
            if watcher is None:
                # Count new runs only, because those in the file took no time.
                seconds_a_run = (time.monotonic() - began) / new
                _show_bar(before + new, len(wanted), seconds_a_run * (len(left) - new))
    # Read them back from the file, because some are from earlier sweeps.
    runs = {run.key: run for run in Runs.load(place)}
    return Runs([runs[key] for key in wanted if key in runs])


def _one_by_one(left: list[dict[str, Any]], watcher: Watcher | None) -> Iterator[Record]:
    for options in left:
        yield run_one(options, watcher=watcher)
        if watcher is not None and watcher.stop.is_set():
            return


def _all_at_once(left: list[dict[str, Any]], executor: Executor) -> Iterator[Record]:
    futures: list[Future[Record]] = []
    lost = 0
    try:
        futures = [executor.submit(run_one, options) for options in left]
        for future in as_completed(futures):
            try:
                yield future.result()
            except (BrokenExecutor, OSError, EOFError) as error:
                # No record of it: so the next sweep makes this run.
                lost += 1
                reason = type(error).__name__
    except BrokenExecutor as error:
        # A worker died while we were still handing out runs; the rest never started.
        lost += len(left) - len(futures)
        reason = type(error).__name__
    finally:  # on Interrupt, too: don't start what hasn't started yet
        for future in futures:
            future.cancel()
    if lost:
        print(
            f"\n{lost} of {len(left)} runs were lost with their worker ({reason}), most likely "
            "because memory ran out. Run the sweep again: it makes only those."
        )


def _show_bar(done: int, total: int, seconds_left: float = 0) -> None:
    """Update the line that shows how far the sweep has got."""
    filled = round(20 * done / max(1, total))
    line = f"{'█' * filled}{'░' * (20 - filled)} {done} of {total} runs"
    if seconds_left:
        line += f" · about {say_seconds(seconds_left)} left"
    # Wide enough to cover the old line.
    print(f"\r{line:70}", end="\n" if done == total else "", flush=True)


def expand(grid: Any) -> list[dict[str, Any]]:
    """Return the complete options of every run in a grid."""
    if isinstance(grid, Mapping):
        for name, values in grid.items():
            # A string is iterable, too, but it would give single letters.
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise TypeError(
                    f"{name} came as {values!r}, but a list of values is needed, as in "
                    f"{{{name!r}: [{values!r}]}}."
                )
        combinations = itertools.product(*(list(values) for values in grid.values()))
        return [records.complete(dict(zip(grid, values, strict=True))) for values in combinations]
    if isinstance(grid, Settings) or not isinstance(grid, Iterable):
        raise TypeError(f"grid came as {grid!r}, but a list is needed. Type sweep([{grid!r}]).")
    return [records.complete(options) for options in grid]


def pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return a process pool for `sweep()`, as large as this machine's cores and memory allow.

    Use it in a `with` block: `with pool(2) as executor: sweep(grid, executor=executor)`.
    """
    room = max(1, free_memory() // MEMORY_A_WORKER)
    count = min(workers or cores(), room)
    return ProcessPoolExecutor(
        count,
        multiprocessing.get_context("spawn"),  # a forked TensorFlow hangs
        initializer=limit_threads,
        initargs=(max(1, cores() // count),),
        # TensorFlow leaks about 10 MB per run, so a fresh process takes over now and then.
        max_tasks_per_child=40,
    )


def limit_threads(threads: int) -> None:
    """Set how many threads TensorFlow may use in this process. Call it before TensorFlow loads."""
    # Otherwise every worker takes all the cores, and they all slow each other down.
    os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
    os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)


def run_one(
    options: Mapping[str, Any] | Settings | None = None, *, watcher: Watcher | None = None
) -> Record:
    """Make one run and return its record. If it fails, the record's `reason` says why.

    Parameters
    ----------
    options
        What differs from the original: fields of `Settings`, arguments of `build_model()`.
    watcher
        Follows the run, and may stop it.
    """
    started = time.monotonic()
    full = records.complete(options)
    try:
        result = _fit(full, watcher or Watcher())
    except Exception as error:  # one bad run mustn't stop a sweep in the middle of the night
        result = {"status": "failed", "reason": _reason(error)}
    return Record(
        records.key_of(full, rehearsal()),
        full,
        seconds=round(time.monotonic() - started, 2),
        rehearsal=rehearsal(),
        **result,
    )


def _fit(options: dict[str, Any], watcher: Watcher) -> dict[str, Any]:
    """Train a network with complete options, and return the fields for its record."""
    # The steps of train.py, with nothing saved: hundreds of networks would fill the disk.
    settings, network = records.split_options(options)
    test = _mnist(1) if settings.validate_on == "test" else None
    digits = choose_digits(*_mnist(0), settings, test)
    logging.getLogger("tensorflow").addFilter(_not_retracing)  # the same one counts once
    # Compiling takes longer than an epoch on a few hundred digits, so if the last run's network was
    # built like this one, it's used again. It's taken out, because another thread may train, too.
    kind = json.dumps([network, settings.optimizer, settings.loss])
    last = _last_network.pop(kind, None)
    model = build_model(**network) if last is None else last
    make_ready(model, digits, settings, keep_compiled=last is not None)
    course = Course(count_epochs(settings))
    watcher.begin(f"Training on {len(digits.places):,} digits.", course.epochs)
    for learned in fit_epochs(model, digits, settings, watcher):
        course.add(learned, judge(model, digits), digits.y_val)
        watcher.epoch(course.history)
        if course.diverged:
            break
    _last_network.clear()
    if settings.schedule == "constant":  # another schedule is compiled for its number of steps
        _last_network[kind] = model
    right = course.read == digits.y_val
    return {
        "status": course.status,
        "reason": "The loss is no longer a number: the steps were too large."
        if course.diverged
        else "",
        "accuracy": float(right.mean()),
        "loss": records.finite(course.history["val_loss"][-1]),
        "trained": len(digits.places),
        "judged": len(right),
        "judged_on": _digest(digits.x_val, digits.y_val),
        "right": records.pack_bits(right),
        "history": {
            name: [records.finite(value) for value in values]
            for name, values in course.history.items()
        },
        "parameters": int(model.count_params()),
    }


def _reason(error: Exception) -> str:
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "There wasn't enough memory."
    return f"{type(error).__name__}: {error}"[:400]


def _not_retracing(record: logging.LogRecord) -> bool:
    """Say no to TensorFlow's retracing warning: here, every run has a new network to trace."""
    return "retracing" not in record.getMessage()


@cache  # a worker makes many runs, and prepares the digits only once
def _mnist(which: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    images, labels = load_data()[which]
    return to_input(images), labels.astype(np.int64)


def _digest(*arrays: Any) -> str:
    digest = sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).data)  # no copy as bytes
    return digest.hexdigest()[:16]
