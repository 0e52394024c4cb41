"""What tests of several folders are made of: strokes, packed files, and what a panel says."""

import ast
import functools
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from mnist_lesson.exercise_engine import journal
from mnist_lesson.instructor.records import Record, complete, key_of, pack_bits
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.progress.progress_file import FORMAT

ONE = [[140, 50, 140, 230]]
SEVEN = [[70, 70, 210, 70, 130, 230]]
# Side by side they make the number 42.
FOUR = [[40, 60, 25, 160, 110, 160], [85, 90, 80, 220]]
TWO = [[160, 90, 185, 60, 220, 70, 225, 110, 165, 215, 240, 215]]


practised = functools.cache(practised_network)


def read_digit(picture: np.ndarray) -> int:
    """Let the practised network read a picture, uint8 (28, 28)."""
    return int(practised().predict(to_input(picture)).argmax())


def picture_file(picture: np.ndarray, kind: str = "PNG") -> bytes:
    """Save a picture as a file of a kind that cameras and browsers make."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, kind)
    return file.getvalue()


def python(code: str, *arguments: str | Path) -> str:
    """Run code in a Python of its own, which must end well, and return what it printed."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def words(*widgets: Any) -> str:
    """Return what a panel's lines say, without their markup."""
    said = " ".join(widget.value for widget in widgets)
    return " ".join(re.sub("<[^>]+>", " ", said).split())


def zipped(files: dict[str, bytes]) -> bytes:
    """Pack files as a zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """Return the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def twin_of(name: str, *layers: tuple[str, str, str, dict[str, Any], dict[str, Any]]) -> Twin:
    """Build a network from its layers: name, kind, activation, settings and weights of each."""
    specs = [{"name": n, "kind": kind, "activation": a, **more} for n, kind, a, more, _ in layers]
    return Twin(specs, {layer[0]: layer[4] for layer in layers}, (28, 28, 1), name)


def npy(array: Any) -> bytes:
    """Pack an array as an .npy file."""
    packed = io.BytesIO()
    np.save(packed, array)
    return packed.getvalue()


def npz(**arrays: Any) -> bytes:
    """Pack arrays as an .npz file."""
    return zipped({f"{name}.npy": npy(array) for name, array in arrays.items()})


def other_task(*input_shape: int) -> bytes:
    """Pack a network that reads pictures of another shape, in a few hundred bytes."""
    layer = {"name": "a", "kind": "Flatten", "activation": "softmax"}
    return npz(about=np.array(json.dumps({"layers": [layer], "input_shape": input_shape})))


def progress_parts(more: dict[str, bytes], **changed: Any) -> dict[str, bytes]:
    """Return the files of good progress with more beside them, all of their digests right."""
    parts = {"answers.json": journal.dumps([])} | more
    about = {"format": FORMAT, "version": 1, "opened": 0} | changed
    about["digests"] = {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}
    return {"progress.json": json.dumps(about).encode()} | parts


def made_up_run(
    seed: int = 0, right: Sequence[bool] = (True, False, True), **changed: Any
) -> Record:
    """Return the record of a run that nobody made: which of its digits it read, and more."""
    options = complete({"seed": seed})
    share = sum(right) / len(right)
    figures = (share, 0.5, 1.0, 10, len(right), "abc", pack_bits(np.array(right)))
    return replace(Record(key_of(options), options, "finished", "", *figures), **changed)


def names(code: str) -> tuple[set[str], set[str]]:
    """Return the names that a page's cell makes, and those that it uses."""
    tree = ast.parse(re.sub(r"^%.*$", "", code, flags=re.MULTILINE))
    named = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    made = {node.id for node in named if isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef):
            made |= {node.name, *(argument.arg for argument in node.args.args)}
            made |= {argument.arg for argument in [node.args.kwarg] if argument}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            made.add(node.name)
    return made, {node.id for node in named if isinstance(node.ctx, ast.Load)}
