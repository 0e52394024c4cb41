"""From "what is machine learning?" to a network that reads your own handwriting.

Each module belongs to the notebook of the same name: `load`, `preprocess`, `look`, `one_hot`, `model`,
`train`, `test`. The functions whose names differ from their module's can be had from here; the others
come from the module, as in `from mnist_lesson.one_hot import one_hot`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mnist_lesson.drawing import center_drawing
    from mnist_lesson.load import DataError, load_data
    from mnist_lesson.model import build_model
    from mnist_lesson.preprocess import to_input

__all__ = ["DataError", "build_model", "center_drawing", "load_data", "to_input"]
__version__ = "0.1.0"

HOME = {
    "DataError": "load",
    "load_data": "load",
    "to_input": "preprocess",
    "center_drawing": "drawing",
    "build_model": "model",
}


def __getattr__(name: str) -> Any:
    """Fetch a function when it is asked for, so that what needs only one module loads only that."""
    if name in HOME:
        return getattr(import_module(f"mnist_lesson.{HOME[name]}"), name)
    raise AttributeError(f"module 'mnist_lesson' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
