"""Python loads this wherever this folder is on PYTHONPATH: in the kernels of page tests.

It notes each heavy import the moment it happens (a kernel may be killed at the end, so there is no
later), and, where no network namespace can be had, refuses connections to the outside.
"""

import os
import sys

HEAVY = {"tensorflow", "keras"}
seen = set()
LOOPBACK = ("127.", "::1", "localhost")


def watch(event: str, arguments: tuple) -> None:
    """Look at what Python is about to do."""
    # Python does not tell of a package that importlib loads, but of the parts that follow.
    package = arguments[0].partition(".")[0] if event == "import" else ""
    if package in HEAVY - seen:
        seen.add(package)
        with open(os.environ["LESSON_WITNESS"], "a", encoding="utf-8") as file:
            file.write(f"{package}\n")
    elif event in ("socket.connect", "socket.getaddrinfo") and "LESSON_OFFLINE" in os.environ:
        to_address = event == "socket.connect" and isinstance(arguments[1], tuple)
        host = arguments[1][0] if to_address else arguments[0]
        if isinstance(host, str) and not host.startswith(LOOPBACK):
            raise OSError(f"This test has no network, and something asked for {host}.")


if "LESSON_WITNESS" in os.environ:
    sys.addaudithook(watch)
