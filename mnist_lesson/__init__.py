"""From "what is machine learning?" to a network that reads your own handwriting.

Each module belongs to the notebook of the same name: `load`, `preprocess`, `look`, `one_hot`, `model`,
`train`, `test`. The folders beside them hold what a page needs more of.
"""

from mnist_lesson.load import DataError, load_data
from mnist_lesson.model import build_model
from mnist_lesson.preprocess import to_input

__all__ = ["DataError", "build_model", "load_data", "to_input"]
__version__ = "0.1.0"
