"""Work that takes longer than a blink: done beside the page, only for the newest wish."""

import threading
from collections.abc import Callable, Iterator
from typing import Any


def in_background(work: Callable[[], None]) -> threading.Thread | None:
    """Begin some work in a thread, so the page doesn't wait for it; return the thread.

    Where no thread can start, as in a browser's Python, the work is done right here: None.
    """
    # A daemon, so a kernel that's shutting down doesn't wait for it.
    thread = threading.Thread(target=work, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        work()
        return None
    return thread


class Latest:
    """Does what was asked last, in a thread of its own; what isn't done yet is dropped.

    `work(*request)` is a generator: after each `yield` it may be broken off. So a slider that is
    pulled along never builds up a queue, and the last picture is always that of the last value.
    """

    def __init__(self, work: Callable[..., Iterator[None]]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._busy = False
        self._wanted: tuple[Any, ...] | None = None
        self._thread: threading.Thread | None = None

    def ask(self, *request: Any) -> None:
        """Do this next, and nothing you were asked before."""
        with self._lock:
            self._wanted = request
            if self._busy:
                return  # it sees the new request at its next yield
            self._busy = True
        self._thread = in_background(self._run)

    def wait(self) -> None:
        """Return when everything asked is done."""
        while self._busy:  # another may have begun since
            if (thread := self._thread) is not None:
                thread.join()

    def _next(self) -> tuple[Any, ...] | None:
        # Take a request, or end, under one lock: one that came in between would go unheard.
        with self._lock:
            request, self._wanted = self._wanted, None
            if request is None:
                self._busy = False
            return request

    def _run(self) -> None:
        while (request := self._next()) is not None:
            try:
                for _ in self._work(*request):
                    if self._wanted is not None:
                        break
            except BaseException:  # a dead thread would keep every later request waiting
                with self._lock:
                    self._busy = False
                raise
