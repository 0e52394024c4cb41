"""What every run of pytest here needs: the option --full, and nbval that looks at pictures, too."""

import os
from pathlib import Path

import pytest

# More than a hundred processes load the same packages: they share what Python compiles, or each
# spends 13 seconds on TensorFlow alone. Two workers fill two cores: a second thread of NumPy's
# would only wait for the other one's.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
else:
    lighter = str(Path(__file__).parent / "tests" / "lighter")
    search = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([lighter, search] if search else [lighter])

pytest_plugins = ["nbval_pictures"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Give pytest the option that `python3 start.py test --full` passes on."""
    parser.addoption("--full", action="store_true", help="slow tests, too, and trainings in full")


def pytest_configure(config: pytest.Config) -> None:
    """Without --full, shorten the trainings and leave out the slow tests (unless -m chooses)."""
    if config.getoption("--full"):
        os.environ["MNIST_LESSON_REHEARSAL"] = "0"
        return
    os.environ.setdefault("MNIST_LESSON_REHEARSAL", "1")
    config.option.markexpr = config.option.markexpr or "not slow"
