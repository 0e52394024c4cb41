"""Run a learner's function in its own process, which can be killed whatever the function does.

The process starts once and stays warm, with NumPy but without TensorFlow. cloudpickle sends the
function, with the globals it uses. What can't be sent (something that can't be pickled, a Keras
network) is left to `time_limit`. Nothing is forked, so it works the same on every system.
"""

from __future__ import annotations

import contextlib
import faulthandler
import importlib
import linecache
import math
import os
import pickle
import queue
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import cloudpickle
import psutil

from mnist_lesson.exercise_engine.time_limit import LIMIT, Box, run_here

MOST_MEMORY = 1_000_000_000  # bytes on top of what the idle process uses
MOST_SENT = 100_000_000  # bytes
PATIENCE = 60.0  # seconds for the process to start and to unpack what it was sent
FORSAKEN = 10.0  # seconds until the process gives up by itself, in case the page has died
HEAVY = (b"tensorflow", b"keras")  # they'd take seconds to load there
_one_at_a_time = threading.Lock()


class _Helper:
    """The process, as seen from the page."""

    def __init__(self) -> None:
        start = "from mnist_lesson.exercise_engine.helper_process import serve; serve()"
        paths = os.pathsep.join(path for path in sys.path if path)
        self.process = subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # It finds modules where the page does; one core, so the page keeps the others.
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        )
        self._to: Any = self.process.stdin
        self._from: Any = self.process.stdout
        self.started = False
        self.busy = True  # starting, or running code that may never end
        self.allowed = math.inf  # bytes of memory; set once the process has started
        self.news: queue.Queue[tuple[str, Any]] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(Exception):
            while True:  # until the process is gone, and its stream has come to an end
                # Unpickling can run code, but here it's all the learner's own.
                self.news.put(pickle.load(self._from))
        self.news.put(("gone", None))

    def hear(self, until: float) -> tuple[str, Any]:
        """Return the next piece of news, or ("late", None)."""
        while time.monotonic() < until:
            # In short waits, so Interrupt gets through.
            with contextlib.suppress(queue.Empty):
                return self.news.get(timeout=0.02)
            if self._memory() > self.allowed:
                return ("full", None)
        return ("late", None)

    def is_ready(self) -> bool:
        """Wait for the process to start, if it hasn't yet."""
        if not self.started and self.hear(time.monotonic() + PATIENCE)[0] == "ready":
            self.started, self.busy = True, False
            self.allowed = self._memory() + MOST_MEMORY
        return self.started

    def _memory(self) -> int:
        with contextlib.suppress(psutil.Error):
            return int(psutil.Process(self.process.pid).memory_info().rss)
        return 0

    def send(self, data: bytes) -> None:
        pickle.dump(data, self._to)  # bytes in one piece: there, they are looked at with care
        self._to.flush()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


_helper: _Helper | None = None


def run(look_at: Callable[[Any, Box], Any], answer: Callable[..., Any]) -> Box | None:
    """Call `look_at(answer, box)` in the helper process, for 2 s and with 1 GB of memory at most.

    `answer` is the learner's function. Returns None if it can't be done there.
    """
    global _helper
    data = _packed(look_at, answer)
    if data is None:
        return None
    with _one_at_a_time:
        try:
            _helper = _helper or _Helper()
            return _ask(_helper, data) if _helper.is_ready() else None
        except (OSError, RuntimeError):  # no processes or no threads here
            return None
        finally:  # even when the learner interrupts the kernel
            if _helper and _helper.busy:
                _helper.end()
                _helper = _Helper() if _helper.started else None  # warm again by the next check


def _packed(look_at: Callable[[Any, Box], Any], answer: Callable[..., Any]) -> bytes | None:
    try:
        with _by_value(answer):
            function = cloudpickle.dumps(answer)
        data = pickle.dumps((look_at, function, _lines_of(answer)))
    except Exception:  # pickling runs code of anything the function uses
        return None
    heavy = any(name in function for name in HEAVY)  # a pickle names the modules it needs
    return None if heavy or len(data) > MOST_SENT else data


@contextlib.contextmanager
def _by_value(answer: Callable[..., Any]) -> Iterator[None]:
    """Send the code of the learner's own functions, but only the names of libraries' functions."""
    module = sys.modules.get(answer.__module__)
    file = os.path.abspath(getattr(module, "__file__", None) or "")
    library = file.startswith((sysconfig.get_path("purelib"), sysconfig.get_path("stdlib")))
    if module is None or module.__name__ == "__main__" or library:
        yield
        return
    cloudpickle.register_pickle_by_value(module)
    try:
        yield
    finally:
        cloudpickle.unregister_pickle_by_value(module)


def _lines_of(answer: Callable[..., Any]) -> dict[str, Any]:
    """Return the cell's text, so the helper process can show the line with an error."""
    name = answer.__code__.co_filename
    lines = linecache.getlines(name)
    return {name: (sum(map(len, lines)), None, lines, name)}


def _ask(helper: _Helper, data: bytes) -> Box | None:
    """Send the work, and follow it. Returns None if it couldn't be unpacked there."""
    helper.busy = True  # until it has answered; if it never does, run() ends it
    helper.send(data)
    news = helper.hear(time.monotonic() + PATIENCE)[0]
    if news != "begun":
        helper.busy = news != "unreadable"
        return None
    box, until = Box(), time.monotonic() + LIMIT
    while True:
        news, what = helper.hear(until)
        if news == "trying":
            box.last = what
            continue
        if news in ("done", "error"):
            helper.busy = False
            box.value = what
            box.error = ValueError("it cannot be judged") if news == "error" else None
            return box
        box.cut = news == "late"
        box.full = news in ("full", "no memory")
        if not box.cut and not box.full:
            box.error = ChildProcessError("the learner's code ended Python itself")
        return box


class _FarBox(Box):
    """The box on the helper's side: tells the page which example it's working on."""

    def trying(self, example: Any) -> None:
        _tell("trying", example)


_out: Any = None


def serve() -> None:
    """Be the helper process: do whatever comes in until the page is gone."""
    global _out
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Interrupt is for the page, which will kill us
    requests, _out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = open(os.devnull, "r+b", buffering=0)  # noqa: SIM115  (for as long as we live)
    os.dup2(nowhere.fileno(), 0)  # what the learner's code reads and prints mustn't get in the way
    os.dup2(nowhere.fileno(), 1)
    _limit_memory()
    _tell("ready", None)
    while requests.peek(1):  # nothing, once the page is gone
        request = pickle.load(requests)
        # This timer runs outside Python, so it ends even code that never lets Python go.
        faulthandler.dump_traceback_later(FORSAKEN, exit=True, file=nowhere)
        _serve_one(request)
        faulthandler.cancel_dump_traceback_later()


def _serve_one(request: bytes) -> None:
    try:
        look_at, function, lines = pickle.loads(request)
        answer = pickle.loads(function)
        linecache.cache.update(lines)
    except BaseException:
        _tell("unreadable", None)
        return
    _tell("begun", None)
    box = run_here(lambda box: look_at(answer, box), _FarBox())
    if isinstance(box.error, MemoryError):
        _tell("no memory", None)
    else:
        _tell("done" if box.error is None else "error", box.value)


def _limit_memory() -> None:
    """Ask the system for a limit, too, where it has one: then the code gets a MemoryError."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        resource: Any = importlib.import_module("resource")  # not on Windows
        now = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (now + MOST_MEMORY,) * 2)


def _tell(news: str, what: Any) -> None:
    _out.write(pickle.dumps((news, what)))  # packed first: half a message would spoil the next
    _out.flush()
