"""From "what is machine learning?" to a network that reads your own handwriting.

Each module belongs to the notebook of the same name: `load`, `preprocess`, `look`, `one_hot`,
`model`, `train`, `test`. The folders beside them hold the rest of what each page needs.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_lesson.load import DataError, load_data
    from mnist_lesson.model import build_model
    from mnist_lesson.preprocess import to_input

__all__ = ["DataError", "build_model", "load_data", "to_input"]
__version__ = "0.1.0"
HOMES = {"DataError": "load", "load_data": "load", "build_model": "model", "to_input": "preprocess"}


def __getattr__(name: str) -> Any:
    """Load a part of the lesson only when asked for it: opening JupyterLab needs no NumPy."""
    if name not in HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{HOMES[name]}"), name)
