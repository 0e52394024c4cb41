"""07 · Break the network itself: noise on its weights, filters switched off, biases gone."""

import numpy as np

from mnist_lesson.network.twin import Twin

NOISE, SILENCE, NO_BIAS = "Noisy weights", "Filters off", "No biases"
AMOUNTS = {
    NOISE: tuple(range(0, 101, 10)),
    SILENCE: tuple(range(0, 101, 10)),
    NO_BIAS: (0, 100),
}


def break_network(network: Twin, way: str, percent: float) -> Twin:
    """Return a copy of a network with part of it damaged, by 0 (not at all) to 100 percent.

    "Noisy weights" adds noise to every weight; its spread is this many percent of the spread of the
    layer's weights. "Filters off" makes this many percent of the first layer's filters give 0,
    whatever they see. "No biases" sets all biases to 0, at 100.
    """
    rng = np.random.default_rng(0)  # always the same noise, and the same filters
    weights = {
        layer: {key: array.copy() for key, array in arrays.items()}
        for layer, arrays in network.weights.items()
    }
    if way == NOISE:
        for arrays in weights.values():
            for array in arrays.values():
                # Relative to the layer, because some layers have far smaller weights.
                array += rng.normal(0, percent / 100 * array.std(), array.shape)
    elif way == SILENCE:
        first = weights[network.specs[0]["name"]]
        count = first["bias"].size
        # A higher percentage switches off the same filters and some more.
        off = rng.permutation(count)[: round(percent / 100 * count)]
        first["kernel"][..., off] = 0
        first["bias"][off] = 0  # or it would always give the same number
    elif percent:
        for arrays in weights.values():
            if "bias" in arrays:
                arrays["bias"][:] = 0
    return Twin(network.specs, weights, network.input_shape, f"{network.name}, damaged")
