"""11 · Take home: your network in one HTML file that reads handwriting on any phone, offline."""

from __future__ import annotations

import base64
import datetime
import hashlib
import json
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.hand import your_network
from mnist_lesson.load import load_data
from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.saved import ASSETS, networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, SIDE, describe
from mnist_lesson.shared.workspace import write_atomic

SCRIPTS = ("net.js", "center.js", "learn.js", "page.js")
KINDS = {
    "Conv2D": "conv",
    "MaxPooling2D": "pool",
    "GlobalAveragePooling2D": "average",
    "BatchNormalization": "scale",
    "Dense": "dense",
    "Flatten": "flatten",
}
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")
LONGEST = 80  # letters of a name or a title
SAMPLE = 1000  # training digits that show what all digits have in common

Step = dict[str, Any]  # one layer: its kind and settings, and its arrays


def take_home(
    file: str | Path = "my_reader.html",
    *,
    network: Twin | None = None,
    name: str | None = None,
    title: str | None = None,
) -> Path:
    """Write a network into one HTML file that reads drawn digits in any browser, offline.

    The file holds a drawing pad, the network with its weights rounded to eight bits, and all the
    arithmetic. It asks nothing of any server, so it can be mailed and opened on a phone.

    Parameters
    ----------
    file
        Where to write it. A file of that name is replaced.
    network
        A `Twin` that ends in a dense softmax over the ten digits. By default your own with your
        hand in it, or the practised one until you have trained one.
    name
        Whose network it is, at most 80 letters; the page shows it.
    title
        The page's title, at most 80 letters.

    Returns
    -------
    The path of the file.

    Raises
    ------
    TypeError, ValueError
        An argument is not as above, or the network has a layer that the page cannot compute.
    WorkspaceError
        The file cannot be written.

    Notes
    -----
    Explained in notebook 11. The page names the accuracy of the rounded network on MNIST's 10,000
    test digits.
    """
    network = your_network(networks_for_drawings()[0]) if network is None else network
    owner, heading = _check_text("name", name), _check_text("title", title)
    steps = _steps(network)
    small = _as_twin(network, steps)
    texts = {
        "title": heading or (f"{owner}’s digit reader" if owner else "My digit reader"),
        "greeting": "I taught this network to read"
        if "your" in network.name
        else "This network can read",
        "about": _about(small, owner),
    }
    usual, usual_scale = to_int8(_usual_features(small)[:, np.newaxis])
    facts = {
        "layers": [_packed(step) for step in steps],
        "shape": network.input_shape,
        "usual": _base64(usual, "i1"),
        "usualScale": float(usual_scale[0]),
        "key": f"mnist_lesson {network.digest}",
    }
    path = Path(file)
    write_atomic(path, _page(facts, texts).encode())
    return path


def to_int8(weights: Floats) -> tuple[NDArray[np.int8], Floats]:
    """Round weights to whole numbers from -127 to 127, with one scale for each output channel.

    Parameters
    ----------
    weights
        float32 of shape (..., n), as the kernel of n filters or n outputs.

    Returns
    -------
    int8 of the same shape, and float32 (n,): `whole * scales` is close to `weights`.
    """
    largest = np.abs(weights).reshape(-1, weights.shape[-1]).max(axis=0)
    scales = np.where(largest > 0, largest / 127, 1).astype(np.float32)
    return np.rint(weights / scales).astype(np.int8), scales


def rounded(network: Twin) -> Twin:
    """Return a network as the take-home page has it: each weight rounded to eight bits.

    Raises TypeError or ValueError where the page cannot compute it.
    """
    return _as_twin(network, _steps(network))


def _steps(network: Twin) -> list[Step]:
    """List a network's layers as the page needs them: what can be folded is, kernels are rounded."""
    if not isinstance(network, Twin) or network.input_shape != (SIDE, SIDE, 1):
        hint = "For a Keras model, type Twin.from_keras(model)."
        raise TypeError(f"network came as {describe(network)}, but a Twin is needed. {hint}")
    *body, head = [{**spec, **network.weights[spec["name"]]} for spec in network.specs]
    if (
        head["kind"] != "Dense"
        or head["activation"] != "softmax"
        or head["bias"].shape != (CLASSES,)
    ):
        raise ValueError(f"{network.name} must end in Dense(10, activation='softmax').")
    steps: list[Step] = []
    for step in body:
        _add(steps, step)
    steps.append(head)
    for step in steps:
        if "kernel" in step:
            step["whole"], step["scales"] = to_int8(step["kernel"])
            step["kernel"] = step["whole"] * step["scales"]
    return steps


def _add(steps: list[Step], step: Step) -> None:
    """Append a layer, or fold it into the one before: there it costs the page nothing."""
    before = steps[-1] if steps else {}
    open_ended = before.get("activation") == "linear" and ("kernel" in before or "scale" in before)
    known = step["kind"] in (*KINDS, "Dropout", "Activation") and step["activation"] in ACTIVATIONS
    if not known or (step["kind"] == "Activation" and not open_ended):
        raise ValueError(
            f"The layer {step['name']!r} ({step['kind']}, activation {step['activation']}) cannot "
            f"go into the take-home page, which knows {', '.join(KINDS)}, Dropout, and the "
            f"activations {', '.join(ACTIVATIONS)} right behind a layer with weights."
        )
    if step["kind"] == "BatchNormalization" and open_ended and "kernel" in before:
        before["kernel"] = before["kernel"] * step["scale"]
        before["bias"] = before["bias"] * step["scale"] + step["shift"]
        before["activation"] = step["activation"]
    elif step["kind"] == "Activation":
        before["activation"] = step["activation"]
    elif step["kind"] != "Dropout":  # it hides numbers in training only
        steps.append(step)


def _as_twin(network: Twin, steps: list[Step]) -> Twin:
    arrays = ("kernel", "bias", "scale", "shift")
    specs = [{k: v for k, v in step.items() if not isinstance(v, np.ndarray)} for step in steps]
    weights = {
        step["name"]: {key: np.array(step[key], np.float32) for key in arrays if key in step}
        for step in steps
    }
    return Twin(specs, weights, network.input_shape, f"{network.name}, rounded")


def _packed(step: Step) -> dict[str, Any]:
    """Give a layer as the page's JavaScript reads it (net.js)."""
    layer: dict[str, Any] = {"kind": KINDS[step["kind"]], "activation": step["activation"]}
    if "kernel" in step:
        layer |= {name: _base64(step[name]) for name in ("scales", "bias")}
        layer["kernel"] = _base64(step["whole"], "i1")
        layer["filters"] = step["kernel"].shape[-1]
        layer["size"] = step["kernel"].shape[:2] if step["kernel"].ndim == 4 else (1, 1)
    if "pool_size" in step:
        layer["size"] = step["pool_size"]
    if "scale" in step:
        layer |= {"factors": _base64(step["scale"]), "shifts": _base64(step["shift"])}
    layer["strides"] = step.get("strides") or layer.get("size")
    layer["same"] = step.get("padding") == "same"
    return layer


def _base64(numbers: Any, dtype: str = "<f4") -> str:
    return base64.b64encode(np.asarray(numbers, dtype).tobytes()).decode()


def _usual_features(network: Twin) -> Floats:
    """Average what reaches the last layer over some training digits: the page learns beside it."""
    images = load_data()[0][0][:SAMPLE]
    body = Twin(network.specs[:-1], network.weights, network.input_shape, "features")
    return np.asarray(body.predict(to_input(images)).mean(axis=0), np.float32)


def _about(network: Twin, owner: str) -> str:
    """Say whose network it is and how well it reads. No choice hangs on these test digits any more."""
    images, labels = load_data()[1]
    right = float((network.predict(to_input(images)).argmax(axis=1) == labels).mean())
    today = datetime.date.today()
    whose = f"Made by {owner} on" if owner else "Made on"
    return (
        f"{whose} {today.day} {today:%B %Y}. Of the 10,000 digits in MNIST’s test set, it reads "
        f"{100 * right:.2f} % correctly. It reads digits only: whatever else you draw, it takes for a digit."
    )


def _page(facts: dict[str, Any], texts: dict[str, str]) -> str:
    """Fill in the template. The page may run its own script, known by its hash, and nothing else."""
    folder = ASSETS / "take_home"
    sources = [ASSETS / "drawing_surface.js", *(folder / name for name in SCRIPTS)]
    script = "\n".join(source.read_text("utf-8") for source in sources)
    style = (folder / "page.css").read_text("utf-8")
    safe = json.dumps(facts, separators=(",", ":")).replace("<", "\\u003c")
    parts = {name: escape(text) for name, text in texts.items()} | {
        "script": f'"use strict";\n{{\n{script}}}\n',
        "style": style,
        "network": safe,
    }
    hashes = {f"{name}_hash": _hash(parts[name]) for name in ("script", "style")}
    return Template((folder / "page.html").read_text("utf-8")).substitute(parts | hashes)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _check_text(what: str, text: str | None) -> str:
    if text is not None and (not isinstance(text, str) or len(text) > LONGEST):
        raise ValueError(f"{what} came as {text!r:.60}, but at most {LONGEST} letters are needed.")
    return "".join(letter for letter in text or "" if letter.isprintable()).strip()
