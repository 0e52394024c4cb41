"""Run a learner's code without risk: with a time limit, and nothing printed or raised gets out.

The code runs in a thread of its own, at full speed. When its time is up, Python is asked to raise
an error inside that thread. This works on every system, where signals and alarms do not. What it
cannot cut is a single step that never hands back to Python, such as `9**9**9`: functions are
therefore judged in a process of their own (`helper_process`), and here only where that is not
possible.
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
GRACE = 50  # times that a thread is asked to stop, 0.02 s apart
LONGEST_PRINT = 2_000  # characters; a loop that prints for ever must not fill the memory


class TooLong(BaseException):
    """Raised inside code whose time is up; no Exception, or `except Exception` would catch it."""


@dataclass
class Box:
    """What became of a piece of code.

    Attributes
    ----------
    value, error, printed
        What it gave, raised and printed.
    cut, stuck, full
        Its time was up; it could not be stopped; it took too much memory.
    last
        What it was busy with last, as told to `trying`.
    """

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    cut: bool = False
    stuck: bool = False
    full: bool = False
    last: Any = None

    def trying(self, example: Any) -> None:
        """Note what comes next, so that it can be told if it never ends."""
        self.last = example


class _HeldBack:
    """Stands in for sys.stdout: keeps what one thread prints, and passes on all else."""

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
        # Twice, since the order to stop may come while the first error is being written down.
        with contextlib.suppress(BaseException):
            _do(work, box)
            over.set()

    thread = threading.Thread(target=target, name="exercise", daemon=True)
    with _one_at_a_time, _holding_back(thread, box):
        try:
            thread.start()
        except RuntimeError:  # a browser's Python has no threads: then at once, without a limit
            return run_here(work, box)
        try:
            end = time.monotonic() + seconds
            # Not `thread.join()`: once interrupted, it takes the thread for ended (CPython's issue
            # 90882). And in short waits, since one long wait cannot be interrupted on every system.
            while thread.is_alive() and time.monotonic() < end:
                over.wait(0.05)
        finally:  # also when the learner interrupts the kernel
            box.cut = thread.is_alive()
            if box.cut:
                box.stuck = not _stop(thread, over)
    return box


def run_here(work: Callable[[Box], Any], box: Box) -> Box:
    """Call `work(box)` at once, without a time limit."""
    with _holding_back(threading.current_thread(), box):
        _do(work, box)
    return box


def _do(work: Callable[[Box], Any], box: Box) -> None:
    try:
        with np.errstate(all="ignore"):  # its warnings would come between page and verdict
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
    for _ in range(GRACE):  # more than once, since a bare `except:` can swallow it
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(TooLong)
            )
        over.wait(0.02)
        if not thread.is_alive():
            return True
    return False
