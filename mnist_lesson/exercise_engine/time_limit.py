"""Run a learner's code without risk: a time limit, ears for what it prints, and no error that gets out.

The code runs in a thread of its own, at full speed. When its time is up, Python is asked to raise an
error inside that thread. This works on every system, where signals and alarms do not.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TextIO, cast

import numpy as np

LIMIT = 2.0  # seconds for one check
GRACE = 50  # times that a thread is asked to stop, 0.02 s apart
MOST_HEARD = 2_000  # characters; a loop that prints for ever must not fill the memory


class TooLong(BaseException):
    """Raised inside code whose time is up. Not an Exception, so that `except Exception` lets it through."""


@dataclass
class Box:
    """One piece of code, running or run: what it gave, printed or raised, and what it was busy with."""

    value: Any = None
    error: BaseException | None = None
    printed: str = ""
    cut: bool = False
    stuck: bool = False
    last: Any = field(default=None)


class _Ear:
    """A stand-in for sys.stdout that hears one thread and passes on what all others print."""

    def __init__(self, thread: threading.Thread, box: Box, others: Any) -> None:
        self.thread, self.box, self.others = thread, box, others

    def write(self, text: str) -> int:
        if threading.current_thread() is not self.thread:
            return int(self.others.write(text))
        self.box.printed = (self.box.printed + text)[:MOST_HEARD]
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.others, name)


_one_at_a_time = threading.Lock()


def run(work: Callable[[Box], Any], seconds: float = LIMIT) -> Box:
    """Call `work(box)` in a thread for `seconds` at most. Return the box; never raise what `work` raises."""
    box, over = Box(), threading.Event()

    def target() -> None:
        # Twice, since the order to stop may come while the first error is being written down.
        with contextlib.suppress(BaseException):
            try:
                with np.errstate(all="ignore"):
                    box.value = work(box)
            except BaseException as error:
                box.error = error
            over.set()

    thread = threading.Thread(target=target, name="exercise", daemon=True)
    with _one_at_a_time, _listening(thread, box):
        thread.start()
        try:
            end = time.monotonic() + seconds
            # Not `thread.join()`: once interrupted, it takes the thread for ended (CPython's issue 90882). And in short
            # waits, since one long wait cannot be interrupted on every system.
            while thread.is_alive() and time.monotonic() < end:
                over.wait(0.05)
        finally:  # also when the learner interrupts the kernel
            box.cut = thread.is_alive()
            if box.cut:
                box.stuck = not _stop(thread, over)
    return box


@contextlib.contextmanager
def _listening(thread: threading.Thread, box: Box) -> Iterator[None]:
    before = sys.stdout
    sys.stdout = cast(TextIO, _Ear(thread, box, before))
    try:
        yield
    finally:
        sys.stdout = before


def _stop(thread: threading.Thread, over: threading.Event) -> bool:
    """Ask a thread to stop, more than once, since a bare `except:` can swallow it. Say whether it did."""
    for _ in range(GRACE):
        if thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(thread.ident), ctypes.py_object(TooLong)
            )
        over.wait(0.02)
        if not thread.is_alive():
            return True
    return False
