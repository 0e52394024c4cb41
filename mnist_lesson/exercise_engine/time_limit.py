"""Run a learner's code safely: with a time limit, and with prints and errors kept inside.

The code runs in its own thread, at full speed. When time is up, Python raises an error inside that
thread. Unlike signals and alarms, this works on every system. What it can't stop is a single step
that never hands back to Python, such as `9**9**9`. That's why functions are judged in a process of
their own (`helper_process`), and only here if that isn't possible.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TextIO, cast

import numpy as np

LIMIT = 2.0  # seconds for one check
GRACE = 50  # how often a thread is asked to stop, 0.02 s apart
LONGEST_PRINT = 2_000  # characters; a loop that prints forever mustn't fill the memory


class TooLong(BaseException):
    """Raised in code whose time is up. Not an Exception, or `except Exception` would catch it."""


@dataclass
class Box:
    """What became of a piece of code.

    Attributes
    ----------
    value, error, printed
        What it returned, raised and printed.
    cut, stuck, full
        Its time was up; it couldn't be stopped; it took too much memory.
    last
        The example it was working on, as noted by `trying`.
    """

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    cut: bool = False
    stuck: bool = False
    full: bool = False
    last: Any = None

    def trying(self, example: Any) -> None:
        """Note which example comes next, so we can name it if it never ends."""
        self.last = example


class _HeldBack:
    """Stands in for sys.stdout: keeps what one thread prints, and passes on everything else."""

    def __init__(self, thread: threading.Thread, box: Box, others: Any) -> None:
        self.thread, self.box, self.others = thread, box, others

    def write(self, text: str) -> int:
        if threading.current_thread() is not self.thread:
            return int(self.others.write(text))
        self.box.printed = (self.box.printed + text)[:LONGEST_PRINT]
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.others, name)


_one_at_a_time = threading.Lock()  # there is one sys.stdout to stand in for


def run(work: Callable[[Box], Any], seconds: float = LIMIT) -> Box:
    """Call `work(box)` in a thread, for `seconds` at most, and return the box; raise nothing."""
    box, over = Box(), threading.Event()

    def target() -> None:
        # _do() catches errors, too, but TooLong may arrive while it's noting one.
        with contextlib.suppress(BaseException):
            _do(work, box)
            over.set()

    thread = threading.Thread(target=target, name="exercise", daemon=True)
    with _one_at_a_time, _holding_back(thread, box):
        try:
            thread.start()
        except RuntimeError:  # Python in a browser has no threads: run it here, with no limit
            return run_here(work, box)
        try:
            end = time.monotonic() + seconds
            # Not `thread.join()`: once interrupted, it thinks the thread has ended (CPython issue
            # 90882). Short waits, because not every system lets you interrupt a long one.
            while thread.is_alive() and time.monotonic() < end:
                over.wait(0.05)
        finally:  # even when the learner interrupts the kernel
            box.cut = thread.is_alive()
            if box.cut:
                box.stuck = not _stop(thread, over)
    return box


def run_here(work: Callable[[Box], Any], box: Box) -> Box:
    """Call `work(box)` right here, without a time limit."""
    with _holding_back(threading.current_thread(), box):
        _do(work, box)
    return box


def _do(work: Callable[[Box], Any], box: Box) -> None:
    try:
        with np.errstate(all="ignore"):  # NumPy's warnings would clutter the page
            box.value = work(box)
    except BaseException as error:
        box.error = error


@contextlib.contextmanager
def _holding_back(thread: threading.Thread, box: Box) -> Iterator[None]:
    before = sys.stdout
    sys.stdout = cast(TextIO, _HeldBack(thread, box, before))
    try:
        yield
    finally:
        sys.stdout = before


def _stop(thread: threading.Thread, over: threading.Event) -> bool:
    """Ask a thread to stop, and say whether it did."""
    for _ in range(GRACE):  # again and again, since a bare `except:` can swallow it
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(TooLong)
            )
        over.wait(0.02)
        if not thread.is_alive():
            return True
    return False
