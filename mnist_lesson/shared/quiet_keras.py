"""Keras, loaded without the messages that TensorFlow prints as it starts."""

import contextlib
import importlib
import os
import sys
import threading
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

REPAIR = (
    "On Windows, install Microsoft's Visual C++ runtime "
    "(https://aka.ms/vs/17/release/vc_redist.x64.exe). It also needs a processor with AVX (any "
    "since 2013). If both are there, install TensorFlow again: python -m pip install "
    "--force-reinstall '.[cpu]'"
)
_loading = threading.Lock()  # a page may load it in the background, and need it meanwhile
BATCH = 250  # pictures read at once: few enough for Binder's memory


def import_keras() -> ModuleType:
    """Do what `import keras` does, quietly, and with the settings that the lesson needs.

    TensorFlow's start-up messages aren't faults: they say which processor instructions it uses.
    They come from C++ code and bypass Python's own output, so for these few seconds we redirect the
    process's error stream.

    Raises
    ------
    ImportError
        TensorFlow isn't there or won't load, or Keras uses another backend; the message says what
        to type.
    """
    engine = os.environ.setdefault("KERAS_BACKEND", "tensorflow")  # Keras looks only once
    if engine == "tensorflow" and "keras" in sys.modules:
        engine = importlib.import_module("keras").backend.backend()
    if engine != "tensorflow":
        raise ImportError(
            f"Keras uses {engine!r} on this computer (see KERAS_BACKEND), but the lesson needs "
            "tensorflow. Restart the kernel, and type this first: import os; "
            "os.environ['KERAS_BACKEND'] = 'tensorflow'"
        )
    with _loading:
        if "tensorflow" not in sys.modules:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only
            with _silent_stderr():
                _load_tensorflow()
        keras = importlib.import_module("keras")
    # An earlier course may have left other settings in the home folder, in .keras/keras.json: they
    # could keep the lesson's networks from being built, or make them less precise.
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")
    keras.config.set_epsilon(1e-7)
    _plain_summaries()
    return keras


def _plain_summaries() -> None:
    """Let `model.summary()` write in the page's own ink: Keras's colours are too pale to read."""
    summaries = importlib.import_module("keras.src.utils.summary_utils")
    for painter in ("highlight_number", "highlight_symbol"):
        if hasattr(summaries, painter):  # it's Keras's own business, and may go away
            setattr(summaries, painter, str)


def _load_tensorflow() -> None:
    try:
        # Its first number makes it look for processors, and print messages about them.
        importlib.import_module("tensorflow").constant(0)
    except ModuleNotFoundError as error:
        if error.name != "tensorflow":
            raise ImportError(f"TensorFlow lacks a part of itself ({error}). {REPAIR}") from error
        raise ImportError(
            "TensorFlow is not installed. Type: python -m pip install '.[cpu]'"
        ) from error
    except (ImportError, OSError) as error:
        raise ImportError(
            f"TensorFlow is installed, but this computer cannot load it: {error}. {REPAIR}"
        ) from error


def predict_in_batches(model: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a Keras model makes of pictures (n, 28, 28, 1), as `predict()` does.

    It calls the model batch by batch. `predict()` would compile for every model and every new batch
    size, which takes longer than reading a few digits, and TensorFlow warns about it on the page.
    """
    parts = [
        np.asarray(model(x[at : at + BATCH], training=False), np.float32)
        for at in range(0, len(x), BATCH)
    ]
    return np.concatenate(parts)


@contextlib.contextmanager
def _silent_stderr() -> Iterator[None]:
    sys.stderr.flush()
    # C++ writes to 2. Replacing sys.stderr would silence only Python.
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
