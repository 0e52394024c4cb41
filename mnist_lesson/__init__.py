"""From "what is machine learning?" to a network that reads your own handwriting.

Each module belongs to the notebook of the same name: `load`, `preprocess`, `look`, `one_hot`, `model`,
`train`, `test`. The functions whose names differ from their module's can be had from here; the others
come from the module, as in `from mnist_lesson.one_hot import one_hot`.
"""

from typing import Any

from mnist_lesson.load import DataError, load_data
from mnist_lesson.model import build_model
from mnist_lesson.preprocess import to_input

__all__ = ["DataError", "build_model", "center_drawing", "load_data", "to_input"]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name == "center_drawing":  # only when asked for: it needs SciPy, which takes a moment to load
        from mnist_lesson.drawing import center_drawing

        return center_drawing
    raise AttributeError(f"module 'mnist_lesson' has no attribute {name!r}")
