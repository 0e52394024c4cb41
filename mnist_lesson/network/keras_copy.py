"""A trained network as a Keras model again, made of what the NumPy twin knows of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.plan import Spec
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.quiet_keras import import_keras

if TYPE_CHECKING:
    import keras


def to_keras(network: Twin) -> keras.Sequential:
    """Build a Keras model of the same layers and weights, not compiled.

    Its answers are the network's. For batch normalisation it has a factor and a shift, no longer
    the averages that they come from, so the first steps of a training that goes on may stumble.
    """
    layers = import_keras().layers
    model = import_keras().Sequential([layers.Input(network.input_shape)], name="lesson")
    for spec in network.specs:
        weights = network.weights[spec["name"]]
        options = _options(spec, weights)
        if spec["kind"] != "Activation":
            model.add(getattr(layers, spec["kind"])(**options))
            model.layers[-1].set_weights(_weights(spec, weights, model.layers[-1]))
        # Keras bends the sums in the layer that makes them, or in a layer of its own.
        if "activation" not in options and spec["activation"] != "linear":
            model.add(layers.Activation(spec["activation"]))
    return model


def _options(spec: Spec, weights: dict[str, Floats]) -> dict[str, Any]:
    """Return the arguments of a Keras layer."""
    options = {name: value for name, value in spec.items() if name not in ("kind", "activation")}
    if spec["kind"] == "BatchNormalization":
        # Files that don't say, such as the practised network's, are of `build_fast_model()`.
        options.setdefault("momentum", 0.9)
    if "kernel" in weights:
        *size, _, count = weights["kernel"].shape
        options["activation"] = spec["activation"]
        options |= {"filters": count, "kernel_size": size} if size else {"units": count}
    return options


def _weights(spec: Spec, weights: dict[str, Floats], layer: Any) -> list[Floats]:
    """Return a layer's weights in Keras's order."""
    if spec["kind"] != "BatchNormalization":
        return list(weights.values())[: len(layer.weights)]  # without the bias, where it has none
    scale = weights["scale"] * np.sqrt(1 + layer.epsilon)  # Keras divides by that root
    return [scale, weights["shift"], np.zeros_like(scale), np.ones_like(scale)]
