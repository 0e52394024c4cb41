"""Keras, loaded without the messages that TensorFlow prints while it starts."""

from __future__ import annotations

import contextlib
import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 250  # pictures read at once: few enough for Binder's memory


def import_keras() -> ModuleType:
    """Do what `import keras` does, but keep TensorFlow's start-up messages out of the page, and return keras.

    The messages are no faults: they tell which processor instructions are used. They come from C++ code, past
    Python's own output, so for these few seconds the process's error stream is led away.

    Raises
    ------
    ImportError
        TensorFlow is not installed, or Keras is told to use another engine; the message says what to type.
    """
    if (engine := os.environ.get("KERAS_BACKEND", "tensorflow")) != "tensorflow":
        raise ImportError(
            f"KERAS_BACKEND is {engine!r} on this computer, but the lesson needs tensorflow. Restart the kernel, and "
            "type this first: import os; os.environ['KERAS_BACKEND'] = 'tensorflow'"
        )
    if "tensorflow" not in sys.modules:
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
        os.environ.setdefault("KERAS_BACKEND", "tensorflow")
        with _silent_stderr():
            try:
                importlib.import_module("tensorflow").constant(0)
            except ImportError as error:
                raise ImportError(
                    "TensorFlow is not installed. Type: python -m pip install '.[cpu]'"
                ) from error
    return importlib.import_module("keras")


def predict_in_batches(model: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a Keras model makes of pictures (n, 28, 28, 1), as its `predict()` does, as float32.

    It calls the model batch by batch. `predict()` would compile for every model and every new size of a batch, which
    takes longer than reading some digits does, and TensorFlow warns of it on the page.
    """
    parts = [
        np.asarray(model(x[at : at + BATCH], training=False), np.float32)
        for at in range(0, len(x), BATCH)
    ]
    return np.concatenate(parts)


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
