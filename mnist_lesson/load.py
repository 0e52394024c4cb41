"""01 · Load: the 70,000 digits, read from the file that came with the lesson."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Digits = tuple[NDArray[np.uint8], NDArray[np.uint8]]

MNIST = Path(__file__).parent / "assets" / "mnist.npz"
MNIST_SHA256 = "ee068f36682cba7f38bafdedc77b0f873ebbcf877036f7ebde566966146ac146"
SHAPES = {"x_train": (60000, 28, 28), "y_train": (60000,), "x_test": (10000, 28, 28), "y_test": (10000,)}


class DataError(Exception):
    """The file of digits is missing, or is not the file that the lesson was made with."""


def load_data(path: str | Path | None = None) -> tuple[Digits, Digits]:
    """Load MNIST as `keras.datasets.mnist.load_data()` does, but from disk: no network is needed.

    Parameters
    ----------
    path
        Another copy of `mnist.npz`. By default, the one inside the package.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        uint8 arrays of shape (60000, 28, 28), (60000,), (10000, 28, 28) and (10000,).
        Pixels go from 0 (paper) to 255 (ink), labels from 0 to 9.

    Raises
    ------
    DataError
        The file is missing, damaged, or another file. It is never replaced in silence.

    Notes
    -----
    Explained in notebook 01. MNIST is by Yann LeCun, Corinna Cortes and Christopher Burges, CC BY-SA 3.0.
    """
    file = Path(path) if path is not None else MNIST
    try:
        packed = file.read_bytes()
    except OSError as error:
        raise DataError(_broken(file, f"cannot be read ({error.strerror})")) from error
    if hashlib.sha256(packed).hexdigest() != MNIST_SHA256:
        raise DataError(_broken(file, f"is damaged or is another file: {len(packed):,} bytes with a wrong SHA-256"))
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        x_train, y_train, x_test, y_test = (arrays[name] for name in SHAPES)
    return (x_train, y_train), (x_test, y_test)


def _broken(file: Path, what: str) -> str:
    copy = f"import shutil, mnist_lesson.load; shutil.copy(mnist_lesson.load.MNIST, {str(file)!r})"
    way = repair() if file.absolute() == MNIST.absolute() else f"To repair it, type this in Python: {copy}"
    return f"The file of digits {file} {what}. {way}"


def repair() -> str:
    """Say how to bring the package's own files back: from Git, by a new download, or by installing again."""
    house, assets = Path(__file__).parents[1], f"mnist_lesson/{MNIST.parent.name}"
    if (house / ".git").exists():
        return f"To repair it, type this in the lesson's folder: git checkout -- {assets}"
    if (house / "pyproject.toml").exists():  # unpacked from a download: the damaged file is the only one here
        return f"To repair it, download the lesson again, and put its folder {assets} in the place of {MNIST.parent}"
    from mnist_lesson.doctor import INSTALL

    options = "--force-reinstall --no-deps --no-build-isolation ."
    return f"To repair it, type this in the lesson's folder: {INSTALL}{options}"
