"""Where we run, and what this computer has free for us: processor cores and memory."""

import os
import sys
from pathlib import Path

import psutil

CONTAINER = Path("/sys/fs/cgroup")  # where Linux keeps a container's limits


def in_notebook() -> bool:
    """Say whether this is running in a notebook, which can show widgets."""
    # If IPython isn't loaded, this isn't a notebook; and we won't load it just to find that out.
    ipython = sys.modules.get("IPython")
    return ipython is not None and hasattr(ipython.get_ipython(), "kernel")


def cores() -> int:
    """Count the processor cores that we may use, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def free_memory() -> int:
    """Return how many bytes are free: this computer's, or its container's if that's less."""
    free = int(psutil.virtual_memory().available)
    limit, used = CONTAINER / "memory.max", CONTAINER / "memory.stat"
    if limit.exists() and used.exists() and (most := limit.read_text().strip()).isdigit():
        # The first line there is "anon": bytes that no file could give back.
        free = min(free, int(most) - int(used.read_text().split()[1]))
    return free
