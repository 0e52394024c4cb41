"""11 · Take home: your network in one HTML file that reads handwriting on most phones, offline."""

from __future__ import annotations

import base64
import hashlib
import math
from pathlib import Path
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
from mnist_lesson.shared.templates import fill
from mnist_lesson.shared.words import today
from mnist_lesson.shared.workspace import write_atomic

# In this order, as each uses what those before it define.
SCRIPTS = ("net.js", "center.js", "learn.js", "page.js")
KINDS = (
    "Conv2D",
    "MaxPooling2D",
    "GlobalAveragePooling2D",
    "BatchNormalization",
    "Dense",
    "Flatten",
)
ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid")
LONGEST = 80  # characters in a name or a title
SAMPLE = 1000  # training digits, enough to see what all digits have in common

Step = dict[str, Any]  # one layer: its kind and settings, and its arrays


def take_home(
    file: str | Path = "my_reader.html",
    *,
    network: Twin | None = None,
    name: str | None = None,
    title: str | None = None,
) -> Path:
    """Write a network into one HTML file that reads drawn digits in any browser, offline.

    Explained in notebook 11. The accuracy on the page is the rounded network's.

    Parameters
    ----------
    file
        Where to write it. It replaces any file of that name.
    network
        A `Twin` that ends in a dense softmax over the ten digits. By default your own with your
        hand in it, or the practised one until you have trained one.
    name, title
        Whose network it is, and what the page is called: at most 80 characters each.

    Returns
    -------
    The path of the file. It never contacts a server, so you can email it, and open it on a phone.

    Raises
    ------
    TypeError, ValueError
        A text is too long, or the network is no such `Twin`, or the page can't compute a layer.
    WorkspaceError
        The file can't be written.
    """
    network = your_network(networks_for_drawings()[0]) if network is None else network
    owner, heading = _check_text("name", name), _check_text("title", title)
    steps = _steps(network)
    # From here on, what the page will compute: its accuracy is the rounded network's.
    small = _as_twin(network, steps)
    texts = {
        "title": heading or (f"{owner}’s digit reader" if owner else "My digit reader"),
        "greeting": "I taught it to read" if "your" in network.name else "It has learned to read",
        "about": _about(small, owner),
    }
    # As a single column, so that one scale serves them all.
    usual, usual_scale = to_int8(_usual_features(small)[:, np.newaxis])
    facts = {
        "layers": [_packed(step) for step in steps],
        "shape": network.input_shape,
        "usual": _base64(usual, "i1"),
        "usualScale": float(usual_scale[0]),
        # The browser keeps what it learns under this: a newer network begins afresh.
        "key": f"mnist_lesson {network.digest}",
    }
    path = Path(file)
    write_atomic(path, _page(facts, texts).encode())
    return path


def to_int8(weights: Floats, marks: int = 255) -> tuple[NDArray[np.int8], Floats]:
    """Round weights to whole numbers from -127 to 127, with one scale for each output channel.

    Takes float32 of shape (..., n), such as the kernel of n filters. Returns int8 of the same
    shape, and n scales: `whole * scales` is close to `weights`. Fewer `marks`, an odd number of
    them, make smaller whole numbers: with 3, they are -1, 0 and 1.
    """
    half = marks // 2
    largest = np.abs(weights).reshape(-1, weights.shape[-1]).max(axis=0)
    # A filter of nothing but zeros has no largest weight, and any scale will do.
    scales = np.where(largest > 0, largest / half, 1).astype(np.float32)
    return np.rint(weights / scales).astype(np.int8), scales


def rounded(network: Twin, marks: int = 255) -> Twin:
    """Return a network as the take-home page has it, or with fewer marks for its weights.

    Raises TypeError or ValueError if the page can't compute it.
    """
    return _as_twin(network, _steps(network, marks))


def rounded_bytes(network: Twin, marks: int = 255) -> int:
    """Return how many bytes a rounded network takes, if each weight gets just the bits it needs.

    The biases, and each filter's scale, stay floats of four bytes.
    """
    bits = (marks - 1).bit_length()  # as many as the number of the last mark has, counted from 0
    total = 0
    for step in _steps(network, marks):
        for key in {"kernel", "bias", "scales", "scale", "shift"} & set(step):
            count = np.size(step[key])
            total += math.ceil(count * bits / 8) if key == "kernel" else 4 * count
    return total


def _steps(network: Twin, marks: int = 255) -> list[Step]:
    """List a network's layers as the page needs them: folded where possible, and rounded."""
    if not isinstance(network, Twin) or network.input_shape != (SIDE, SIDE, 1):
        hint = "For a Keras model, type Twin.from_keras(model)."
        raise TypeError(f"network came as {describe(network)}, but a Twin is needed. {hint}")
    *body, head = [{**spec, **network.weights[spec["name"]]} for spec in network.specs]
    if (head["kind"], head["activation"], network.output_shape) != ("Dense", "softmax", (CLASSES,)):
        raise ValueError(f"{network.name} must end in Dense(10, activation='softmax').")
    steps: list[Step] = []
    for step in body:
        _add(steps, step)
    steps.append(head)
    for step in steps:
        if "kernel" in step:
            step["whole"], step["scales"] = to_int8(step["kernel"], marks)
            step["kernel"] = step["whole"] * step["scales"]
    return steps


def _add(steps: list[Step], step: Step) -> None:
    """Append a layer, or fold it into the one before, where it costs the page nothing extra."""
    before = steps[-1] if steps else {}
    kind, weighted = step["kind"], "kernel" in before or "scale" in before
    is_open = weighted and before["activation"] == "linear"
    known = kind in (*KINDS, "Dropout") or (kind == "Activation" and is_open)
    if not known or step["activation"] not in ACTIVATIONS:
        raise ValueError(
            f"The layer {step['name']!r} ({kind}, activation {step['activation']}) can't go into "
            f"the take-home page, which knows {', '.join(KINDS)}, Dropout, and the activations "
            f"{', '.join(ACTIVATIONS)} right after a layer with weights."
        )
    if kind == "BatchNormalization" and is_open and "kernel" in before:
        # Scaling a sum is the same as scaling each of its weights.
        before["kernel"] = before["kernel"] * step["scale"]
        before["bias"] = before["bias"] * step["scale"] + step["shift"]
        before["activation"] = step["activation"]
    elif kind == "Activation":
        before["activation"] = step["activation"]
    elif kind != "Dropout":  # it only hides numbers during training
        steps.append(step)


def _as_twin(network: Twin, steps: list[Step]) -> Twin:
    specs = [{k: v for k, v in step.items() if not isinstance(v, np.ndarray)} for step in steps]
    weights: dict[str, dict[str, Floats]] = {step["name"]: {} for step in steps}
    for step in steps:
        for key in {"kernel", "bias", "scale", "shift"} & set(step):
            weights[step["name"]][key] = np.array(step[key], np.float32)
    return Twin(specs, weights, network.input_shape, f"{network.name}, rounded")


def _packed(step: Step) -> dict[str, Any]:
    """Return a layer in the form that the page's JavaScript reads (net.js)."""
    layer: dict[str, Any] = {key: step[key] for key in ("kind", "activation")}
    if "kernel" in step:
        # A dense layer is a convolution whose window is one pixel.
        *size, _, filters = (1, 1, *step["kernel"].shape)[-4:]
        layer |= {"size": size, "filters": filters, "kernel": _base64(step["whole"], "i1")}
        layer |= {"scales": _base64(step["scales"]), "bias": _base64(step["bias"])}
    if "scale" in step:
        layer |= {"factors": _base64(step["scale"]), "shifts": _base64(step["shift"])}
    layer.setdefault("size", step.get("pool_size"))
    layer["strides"] = step.get("strides") or layer["size"]
    return layer | {"same": step.get("padding") == "same"}


def _base64(numbers: Any, dtype: str = "<f4") -> str:
    return base64.b64encode(np.asarray(numbers, dtype).tobytes()).decode()


def _usual_features(network: Twin) -> Floats:
    """Average what reaches the last layer over some training digits; the page learns with it."""
    body = network.up_to(network.specs[-2]["name"])
    features = body.predict(to_input(load_data()[0][0][:SAMPLE]))
    return np.asarray(features.mean(axis=0), np.float32)


def _about(network: Twin, owner: str) -> str:
    """Say whose network it is and how well it reads; nothing is chosen by the test set any more."""
    images, labels = load_data()[1]
    right = float((network.predict(to_input(images)).argmax(axis=1) == labels).mean())
    return (
        f"Made {f'by {owner} ' if owner else ''}on {today()}. Of the 10,000 digits in "
        f"MNIST’s test set, it reads {100 * right:.2f}% correctly. It only reads digits: whatever "
        "else you draw, it takes for a digit."
    )


def _page(facts: dict[str, Any], texts: dict[str, str]) -> str:
    """Fill in the template. The page may run its own script, known by its hash, nothing else."""
    folder = ASSETS / "take_home"
    sources = [ASSETS / "drawing_surface.js", *(folder / name for name in SCRIPTS)]
    script = "\n".join(source.read_text("utf-8") for source in sources)
    # In braces, so that its names can't clash with the browser's own.
    script = f'"use strict";\n{{\n{script}}}\n'
    style = (folder / "page.css").read_text("utf-8")
    hashes = {"script_hash": _hash(script), "style_hash": _hash(style)}
    return fill("take_home.html", network=facts, script=script, style=style, **hashes, **texts)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _check_text(what: str, text: str | None) -> str:
    if text is not None and (not isinstance(text, str) or len(text) > LONGEST):
        raise ValueError(f"{what} came as {text!r:.60}, but at most {LONGEST} letters are needed.")
    return "".join(letter for letter in text or "" if letter.isprintable()).strip()
