"""How far you've got: shown on each page, and carried to another machine in one small file.

progress.line("load")              this page, and the whole lesson, in one line
progress.save()                    everything you did and trained, in my_progress.zip
progress.load("my_progress.zip")   brings it back, beside what is already there
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_lesson.progress.your_progress import ProgressError, line, load, save

__all__ = ["ProgressError", "line", "load", "save"]


def __getattr__(name: str) -> Any:
    """Load it only when asked for: every page imports this, and needs it in its last cell."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.your_progress"), name)
