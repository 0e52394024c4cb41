"""Many runs: one after the other, on all cores, or on a cluster. A stopped sweep goes on where it was."""

from __future__ import annotations

import contextlib
import itertools
import logging
import multiprocessing
import os
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from filelock import FileLock, Timeout
from numpy.typing import NDArray

from mnist_lesson.instructor.records import (
    FINAL,
    Record,
    Runs,
    append,
    complete,
    finite,
    key_of,
    pack_bits,
    runs_file,
    split_options,
)
from mnist_lesson.load import load_data
from mnist_lesson.model import build_model
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.words import say_seconds
from mnist_lesson.shared.workspace import WorkspaceError, check_writable, rehearsal
from mnist_lesson.training.batches import TrainingData, choose_digits
from mnist_lesson.training.loop import Loop
from mnist_lesson.training.reports import Line, Progress, Watcher
from mnist_lesson.training.settings import Settings

MEMORY_A_WORKER = 1_300_000_000  # bytes; benchmarks/bench.py measures it
AT_ONCE = 64  # runs handed to an executor that does not tell how many workers it has
Data = tuple[Any, Any]


def sweep(
    grid: Mapping[str, Iterable[Any]] | Iterable[Mapping[str, Any] | Settings],
    data: Any = None,
    *,
    file: str | Path | None = None,
    executor: Executor | None = None,
    watcher: Watcher | None = None,
) -> Runs:
    """Make all runs of a grid that are not in the file yet, and return all of the grid's runs.

    Parameters
    ----------
    grid
        Names and the values to try, as in `{"batch_size": [32, 128], "seed": [0, 1]}`: every mixture is run. Or a list
        of options or `Settings`. Names are those of `Settings` and of the arguments of `build_model()`.
    data
        Images and labels, or both pairs that `load_data()` returns. None: MNIST, loaded once in each worker.
    file
        Where the runs are kept, a line of JSON each. None: `runs.jsonl` in the learner's folder.
    executor
        None: one after the other. `pool()`: on all cores of this machine. Or any other `concurrent.futures.Executor`,
        as a Dask cluster's, `Client.get_executor()`.
    watcher
        Who watches in place of the bar, and may stop it; but for an executor's runs, which only end.

    Returns
    -------
    Runs
        Also those that failed: their `reason` says why. The rest goes on without them.

    Raises
    ------
    TypeError, ValueError
        A name in `grid` is not known. A wrong value makes a failed run.

    Notes
    -----
    Two processes may sweep into the same file: whoever begins a run holds a lock for it until its line is written.
    """
    place = runs_file(file)
    if file is None:
        check_writable()
    small, digest = rehearsal(), data_digest(data)
    wanted = {key_of(options, digest, small): options for options in expand(grid)}
    _Sweep(wanted, data, place, executor, watcher).run()
    found = {run.key: run for run in Runs.load(place)}
    return Runs([found[key] for key in wanted if key in found])


def expand(grid: Any) -> list[dict[str, Any]]:
    """Return the options of all runs that a grid stands for."""
    if isinstance(grid, Mapping):
        for name, values in grid.items():
            if isinstance(values, str) or not isinstance(values, Iterable):
                raise TypeError(
                    f"{name} came as {values!r}, but a list of values is needed, as in {{{name!r}: [{values!r}]}}."
                )
        mixtures = itertools.product(*(list(values) for values in grid.values()))
        return [complete(dict(zip(grid, mixture, strict=True))) for mixture in mixtures]
    if isinstance(grid, Settings) or not isinstance(grid, Iterable):
        raise TypeError(f"grid came as {grid!r}, but a list is needed. Type sweep([{grid!r}]).")
    return [complete(one) for one in grid]


def pool(workers: int | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes for `sweep()`, with the cores divided among them; by default as many as have room.

    Use it in a `with` block: `with pool(2) as executor: sweep(grid, executor=executor)`.
    """
    cores = (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )
    room = max(1, int(psutil.virtual_memory().available // MEMORY_A_WORKER))
    count = min(workers or cores, room)
    spawn = multiprocessing.get_context("spawn")  # a forked TensorFlow hangs
    threads = (max(1, cores // count),)
    # TensorFlow does not give all memory of a run back, about 10 MB: now and then a fresh process takes over.
    return ProcessPoolExecutor(
        count, spawn, initializer=divide_threads, initargs=threads, max_tasks_per_child=40
    )


def divide_threads(threads: int) -> None:
    """Let TensorFlow use so many threads in this process. It must not have begun yet."""
    os.environ["TF_NUM_INTRAOP_THREADS"] = os.environ["TF_NUM_INTEROP_THREADS"] = str(threads)


class Quiet(Line):
    """A watcher that says nothing, with a time limit if need be."""

    def begin(self, note: str, epochs: int) -> None:
        pass

    def batch(self, progress: Progress) -> None:
        pass

    def validating(self, epoch: int) -> None:
        pass

    def epoch(self, history: dict[str, list[float]]) -> None:
        pass


def run_one(
    options: Mapping[str, Any] | Settings | None = None,
    data: Any = None,
    *,
    watcher: Watcher | None = None,
) -> Record:
    """Make one run and return its line. It saves no network and never raises: what goes wrong is the line's `reason`.

    Parameters
    ----------
    options
        What is not as in the original: fields of `Settings`, arguments of `build_model()`.
    data
        As for `sweep()`.
    watcher
        Who watches, and may stop it.
    """
    started, full = time.monotonic(), complete(options)
    key, digest = key_of(full, data_digest(data), rehearsal()), data_digest(data)
    try:
        digits, model, settings = prepare(full, data)
        return judge(full, digits, model, settings, watcher or Quiet(), started, digest)
    except Exception as error:
        reason = (
            "There was not enough memory."
            if _no_memory(error)
            else f"{type(error).__name__}: {error}"
        )
        seconds = round(time.monotonic() - started, 2)
        return Record(
            key, full, "failed", reason[:400], seconds=seconds, data=digest, rehearsal=rehearsal()
        )


def prepare(options: Mapping[str, Any], data: Any) -> tuple[TrainingData, Any, Settings]:
    """Choose the digits and build the network that complete options stand for."""
    settings, network = split_options(options)
    model = build_model(**network)
    (x, y), test = _inputs(data, settings.validate_on == "test")
    return choose_digits(x, y, settings, test), model, settings


def judge(
    options: dict[str, Any],
    digits: TrainingData,
    model: Any,
    settings: Settings,
    watcher: Watcher,
    started: float,
    digest: str,
    time_box: float | None = None,
) -> Record:
    """Train, and write down how it went."""
    with (
        _no_retracing_alarm(),
        tempfile.TemporaryDirectory() as scratch,
    ):  # its checkpoints are of no use to anyone
        loop = Loop(model, digits, settings, Path(scratch), watcher)
        loop.prepare(resume=False, keep_weights=False)
        loop.run()
    right = loop.replay.read == loop.replay.truth
    judged_on = sha256(np.ascontiguousarray(digits.x_val).data)
    judged_on.update(np.ascontiguousarray(digits.y_val).data)
    return Record(
        key_of(options, digest, rehearsal(), time_box),
        options,
        loop.status,
        "The loss is no longer a number: the steps were too large."
        if loop.status == "diverged"
        else "",
        accuracy=float(right.mean()),
        loss=finite(loop.history["val_loss"][-1]),
        seconds=round(time.monotonic() - started, 2),
        trained=len(digits.places),
        judged=len(right),
        judged_on=judged_on.hexdigest()[:16],
        right=pack_bits(right),
        history={
            name: [finite(value) for value in values] for name, values in loop.history.items()
        },
        parameters=int(model.count_params()),
        data=digest,
        rehearsal=rehearsal(),
        time_box=time_box,
    )


@contextlib.contextmanager
def _no_retracing_alarm() -> Iterator[None]:
    """Keep one warning of TensorFlow's out of the page: each run is a new network, so it is prepared anew."""
    logger = logging.getLogger("tensorflow")
    calm = _Calm()
    logger.addFilter(calm)
    try:
        yield
    finally:
        logger.removeFilter(calm)


class _Calm(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return "retracing" not in record.getMessage()


def _no_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError"


@cache
def _mnist(which: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    images, labels = load_data()[which]
    return to_input(images), labels.astype(np.int64)


def _inputs(data: Any, with_test: bool) -> tuple[Data, Data | None]:
    if data is None:
        return _mnist(0), _mnist(1) if with_test else None
    ready = [(to_input(x) if np.ndim(x) == 3 else x, y) for x, y in _pairs(data)]
    return ready[0], ready[1] if with_test and len(ready) > 1 else None


def _pairs(data: Any) -> tuple[Data, ...]:
    return tuple(data) if isinstance(data[0], tuple) else (data,)


def data_digest(data: Any) -> str:
    """Name the digits that were given: "" for MNIST, else 16 hexadecimal digits."""
    if data is None:
        return ""
    digest = sha256()
    for pair in _pairs(data):
        for part in pair:
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()[:16]


class _Here(Executor):
    """Runs what it is given at once, in this thread."""

    _max_workers = 1

    def __init__(self, watcher: Watcher | None) -> None:
        self.watcher = watcher

    def submit(self, work: Any, /, *args: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(work(*args, **named, watcher=self.watcher))
        return done


class _Sweep:
    """One sweep under way in this process: what is still to do, what it has begun, and the locks of that."""

    def __init__(
        self,
        wanted: dict[str, dict[str, Any]],
        data: Any,
        file: Path,
        executor: Executor | None,
        watcher: Watcher | None,
    ) -> None:
        self.wanted, self.data, self.file, self.executor = (
            wanted,
            data,
            file,
            executor or _Here(watcher),
        )
        self.silent, self.stop = watcher is not None, watcher.stop if watcher else threading.Event()
        self.digest = data_digest(data)
        self.claims = file.with_name(f".{file.name}.claims")
        self.at_once = getattr(self.executor, "_max_workers", AT_ONCE)
        self.begun: dict[Future[Record], tuple[str, FileLock]] = {}
        self.lost: set[str] = set()  # these workers died; the next sweep tries them again
        self.started, self.made = time.monotonic(), 0

    def run(self) -> None:
        """Go on until every run is in the file, or until a stop."""
        self.claims.mkdir(parents=True, exist_ok=True)
        left = self._left()
        self._say(left)
        try:
            while left and not self.stop.is_set():
                self._begin(left)
                if self.begun:
                    self._end(wait(self.begun, timeout=0.5, return_when=FIRST_COMPLETED).done)
                else:
                    time.sleep(0.2)  # all that is left is under way in another process
                left = self._left()
        finally:
            for future, (_, lock) in self.begun.items():
                future.cancel()
                lock.release()
        for key in (
            self.wanted.keys() - self.lost - set(left)
        ):  # whoever waits for one of these locks finds the run in the file
            self.claims.joinpath(key).unlink(missing_ok=True)
        if not self.silent:
            print(flush=True)

    def _left(self) -> list[str]:
        done = {run.key for run in Runs.load(self.file) if run.status in FINAL}
        return [key for key in self.wanted if key not in done | self.lost]

    def _begin(self, left: list[str]) -> None:
        under_way = {key for key, _ in self.begun.values()}
        for key in left:
            if len(self.begun) >= self.at_once:
                return
            if key not in under_way and (lock := self._claim(key)):
                try:
                    future = self.executor.submit(run_one, self.wanted[key], self.data)
                except BaseException as error:
                    lock.release()
                    if not isinstance(error, BrokenExecutor):
                        raise
                    self._lose(key, error)
                else:
                    self.begun[future] = key, lock

    def _claim(self, key: str) -> FileLock | None:
        lock = FileLock(self.claims / key)
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        if key in self._left():
            return lock
        lock.release()  # another process has made it in the meantime
        return None

    def _end(self, done: Iterable[Future[Record]]) -> None:
        for future in done:
            key, lock = self.begun.pop(future)
            try:
                append(self.file, future.result())
                self.made += 1
            except (Exception, CancelledError) as error:
                if isinstance(error, WorkspaceError):
                    raise
                self._lose(key, error)
            finally:
                lock.release()
            self._say(self._left())

    def _lose(self, key: str, error: BaseException) -> None:
        self.lost.add(key)
        reason = f"Its worker died, perhaps for want of memory ({type(error).__name__}). Sweep again to try again."
        append(
            self.file,
            Record(key, self.wanted[key], "lost", reason, data=self.digest, rehearsal=rehearsal()),
        )

    def _say(self, left: list[str]) -> None:
        if self.silent:
            return
        done, whole = len(self.wanted) - len(left), len(self.wanted)
        share = round(20 * done / whole) if whole else 20
        each = (time.monotonic() - self.started) / self.made if self.made else 0
        time_left = f" · about {say_seconds(each * len(left))} left" if each and left else ""
        words = f"{'█' * share}{'░' * (20 - share)} {done} of {whole} runs{time_left}"
        print(
            f"\r{words:70}", end="", flush=True
        )  # at its full width, so that nothing of the line before is left
