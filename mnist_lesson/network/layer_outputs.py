"""05 · What parts of a network look for: its first filters, and the digits that wake a neuron."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.twin import Twin


def first_filters(twin: Twin) -> tuple[str, Floats, Floats]:
    """Return a network's first layer: its name, its filters (k, k, f) and their biases (f,).

    Raises ValueError if the first layer isn't a convolution over pictures with one channel.
    """
    # Deeper filters look at 32 maps at once: only the first layer's can be drawn as pictures.
    spec = twin.specs[0]
    if spec["kind"] != "Conv2D" or twin.input_shape[-1] != 1:
        raise ValueError(
            f"There is no filter to show: {twin.name} begins with {spec['name']}, "
            f"a {spec['kind']} layer."
        )
    weights = twin.weights[spec["name"]]
    return spec["name"], weights["kernel"][:, :, 0, :], weights["bias"]


def strongest(network: Twin, layer: str, neuron: int, x: Floats) -> NDArray[np.int64]:
    """Order pictures by how strongly they wake one neuron of a dense layer, the strongest first.

    Parameters
    ----------
    network
        The trained network.
    layer, neuron
        The name of a dense layer, and the number of a neuron in it, from 0.
    x
        float32 (n, 28, 28, 1) in 0..1, as from `to_input()`.

    Returns
    -------
    int64 (n,): places in `x`.

    Raises
    ------
    ValueError
        There is no such dense layer, or no such neuron in it.
    """
    dense = [spec["name"] for spec in network.specs if spec["kind"] == "Dense"]
    if layer not in dense:
        raise ValueError(
            f"layer came as {layer!r}, but one of the dense layers is needed: {', '.join(dense)}."
        )
    # A dense layer's weights have a column for each neuron.
    count = network.weights[layer]["kernel"].shape[1]
    if not 0 <= neuron < count:
        raise ValueError(f"neuron came as {neuron}, but {layer} has those from 0 to {count - 1}.")
    # Sorting what is negated puts the largest first; equal ones keep the order of the pictures.
    return np.argsort(-network.up_to(layer).predict(x)[:, neuron], kind="stable")
