"""Run a learner's function in its own process, which can be ended whatever the function does.

The process starts once and stays warm, with NumPy but without TensorFlow. cloudpickle sends the
function, with the globals it uses. What can't be sent (something that can't be pickled, a Keras
network) has to be judged in the page. Nothing is forked, so it works the same on every system.
"""

import contextlib
import faulthandler
import importlib
import linecache
import os
import pickle
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from typing import IO, Any

import cloudpickle
import numpy as np
import psutil

LIMIT = 2.0  # seconds for one check
MOST_MEMORY = 1_000_000_000  # bytes on top of what the idle process uses
MOST_SENT = 100_000_000  # bytes
PATIENCE = 60.0  # seconds to unpack what was sent: it may need a library that loads slowly
HEAVY = (b"tensorflow", b"keras")  # they'd take seconds to load there

Example = tuple[tuple[str, str], ...]  # what the function is called with: names and values
Judge = Callable[[Any, Callable[[Example], None]], Any]

_helper: subprocess.Popen[bytes] | None = None
_one_at_a_time = threading.Lock()


class NotSentError(Exception):
    """The helper process can't judge this function, so the page has to."""


class CutOffError(Exception):
    """The function came to no end with this example. `cause` is "time", "memory" or "exit"."""

    def __init__(self, cause: str, example: Example) -> None:
        super().__init__(cause)
        self.cause = cause
        self.example = example


def run(look_at: Judge, answer: Callable[..., Any]) -> Any:
    """Return `look_at(answer, trying)`, for which the helper process has 2 s and 1 GB at most.

    `look_at` calls `trying(example)` before each call of the learner's function, `answer`.

    Raises
    ------
    NotSentError
        It can't be done there.
    CutOffError
        The function took too long or too much memory, or ended Python.
    ValueError
        `look_at` itself has failed: what the function gives can't be judged.
    """
    global _helper
    request = _packed(look_at, answer)
    with _one_at_a_time:
        helper = _helper or _start()
        try:
            news, result = _ask(helper, request)
        except BaseException:  # even when the learner interrupts the kernel
            helper.kill()
            helper.wait()
            _helper = None
            with contextlib.suppress(NotSentError):
                _helper = _start()  # warm again by the next check
            raise
        _helper = helper
    if news == "failed":
        raise ValueError("it cannot be judged")
    return result


def _start() -> subprocess.Popen[bytes]:
    start = "from mnist_lesson.exercise_engine.helper_process import serve; serve()"
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        return subprocess.Popen(
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # It finds modules where the page does; one core, so the page keeps the others.
            env={**os.environ, "PYTHONPATH": paths, "OMP_NUM_THREADS": "1"},
        )
    except (OSError, RuntimeError) as error:  # as in a browser's Python
        raise NotSentError from error


def _packed(look_at: Judge, answer: Callable[..., Any]) -> bytes:
    try:
        with _by_value(answer):
            function = cloudpickle.dumps(answer)
        request = pickle.dumps((look_at, function, _lines_of(answer)))
    except Exception as error:  # pickling runs code of anything the function uses
        raise NotSentError from error
    # A pickle names the modules it needs.
    if len(request) > MOST_SENT or any(name in function for name in HEAVY):
        raise NotSentError
    return request


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


def _ask(helper: subprocess.Popen[bytes], request: bytes) -> tuple[str, Any]:
    """Send the work, and follow it to its end: the process has a clock, and ends itself."""
    to_it: Any = helper.stdin
    from_it: Any = helper.stdout
    example: Example = ()
    begun: float | None = None
    try:
        pickle.dump(request, to_it)  # bytes in one piece: there, they are looked at with care
        to_it.flush()
        while True:
            # Unpickling can run code, but here it's all the learner's own.
            news, what = pickle.load(from_it)
            if news == "begun":
                begun = time.monotonic()
            elif news == "trying":
                example = what
            elif news == "full":
                raise CutOffError("memory", example)
            else:  # "done" or "failed"
                return news, what
    except (OSError, EOFError, pickle.UnpicklingError) as error:  # the process has ended
        if begun is None:
            raise NotSentError from error
        # Its clock had started a moment before we heard that it began.
        took_long = time.monotonic() - begun > 0.9 * LIMIT
        raise CutOffError("time" if took_long else "exit", example) from error


def serve() -> None:
    """Be the helper process: judge whatever comes in until the page is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Interrupt is for the page, which will kill us
    requests, page = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = open(os.devnull, "r+b", buffering=0)  # noqa: SIM115  (for as long as we live)
    os.dup2(nowhere.fileno(), 0)  # what the learner's code reads and prints mustn't get in the way
    os.dup2(nowhere.fileno(), 1)
    _limit_memory()
    while requests.peek(1):  # nothing, once the page is gone
        _judge(pickle.load(requests), page, nowhere)


def _judge(request: bytes, page: IO[bytes], nowhere: IO[bytes]) -> None:
    def tell(news: str, what: Any = None) -> None:
        page.write(pickle.dumps((news, what)))  # packed first: half a message would be no use
        page.flush()

    # This clock runs outside Python, so it ends even code that never lets Python go.
    faulthandler.dump_traceback_later(PATIENCE, exit=True, file=nowhere)
    look_at, function, lines = pickle.loads(request)
    answer = pickle.loads(function)
    linecache.cache.update(lines)
    faulthandler.dump_traceback_later(LIMIT, exit=True, file=nowhere)
    tell("begun")
    try:
        with np.errstate(all="ignore"):
            tell("done", look_at(answer, lambda example: tell("trying", example)))
    except MemoryError:
        tell("full")
    except BaseException:
        tell("failed")
    faulthandler.cancel_dump_traceback_later()


def _limit_memory() -> None:
    """Have the system refuse more memory, so the code gets a MemoryError.

    Where it can't (on Windows and macOS), the clock has to do: nothing grows for more than 2 s.
    """
    with contextlib.suppress(ImportError, ValueError, OSError):
        resource: Any = importlib.import_module("resource")  # not on Windows
        now = psutil.Process().memory_info().vms
        resource.setrlimit(resource.RLIMIT_AS, (now + MOST_MEMORY,) * 2)
