"""The twin gives what Keras gives, layer by layer, and refuses what it does not know."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import npy, python, unzipped, zipped

from mnist_lesson import build_model, to_input
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.model import ACTIVATIONS, build_fast_model
from mnist_lesson.network.arithmetic import conv2d, conv2d_at, max_pool, relu, softmax
from mnist_lesson.network.keras_copy import to_keras
from mnist_lesson.network.saved import (
    ASSETS,
    ModelFileError,
    load_network,
    networks_for_drawings,
    plain_network,
    save_network,
)
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.shared.workspace import run_folder

SMALL = {"filters": (3, 5), "dense_units": 7}


def network(*layers: Any) -> Any:
    """Chain layers, with weights that no layer would have at first, so that each of them counts."""
    keras = import_keras()
    return drawn(keras.Sequential([keras.Input((28, 28, 1)), *layers]))


def drawn(model: Any) -> Any:
    rng = np.random.default_rng(1)
    shapes = [weights.shape for weights in model.get_weights()]
    values = [rng.uniform(0.1, 0.6, size) * rng.choice([-1, 1, 1], size) for size in shapes]
    model.set_weights(values)
    for layer in model.layers:
        if type(layer).__name__ == "BatchNormalization":
            layer.moving_variance.assign(np.abs(layer.moving_variance))
    return model


def assert_same(model: Any, x: np.ndarray, copy: Twin | None = None) -> None:
    """Compare each layer's output, for each picture."""
    copy = copy or Twin.from_keras(model)
    names = [name for name, _, _ in copy.layers(x[:1])]
    assert names == [layer.name for layer in model.layers]
    seen = [copy.layers(picture[np.newaxis]) for picture in x]
    expected = x
    for place, layer in enumerate(model.layers):
        expected = layer(expected, training=False).numpy()
        ours = np.stack([steps[place][2] for steps in seen])
        assert ours.dtype == np.float32
        assert ours.shape == expected.shape
        np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-4, err_msg=layer.name)
    whole = model(x, training=False).numpy()
    np.testing.assert_allclose(copy.predict(x), whole, rtol=1e-4, atol=1e-4)


@pytest.fixture(scope="module")
def x(digits: ImagesAndLabels) -> np.ndarray:
    return to_input(digits[0][0][:6])


NETWORKS: list[dict[str, Any]] = [{}]
NETWORKS += [{**SMALL, "activation": activation} for activation in ACTIVATIONS]
NETWORKS += [{**SMALL, "kernel_size": size} for size in (1, 2, 4, 5, 13)]
NETWORKS += [{"filters": (1, 1), "dense_units": 1, "dropout_conv": 0, "dropout_dense": 0.9}]


@pytest.mark.parametrize("arguments", NETWORKS, ids=str)
def test_every_network_of_the_lesson(arguments: dict[str, Any], x: np.ndarray) -> None:
    assert_same(build_model(seed=3, **arguments), x)


def test_pictures_in_colour_and_the_fast_network(x: np.ndarray) -> None:
    assert_same(drawn(build_fast_model()), x)
    colour = np.random.default_rng(0).random((3, 17, 21, 3), np.float32)
    layers = import_keras().layers
    parts = [layers.Conv2D(2, 3, activation="relu"), layers.MaxPooling2D(2), layers.Flatten()]
    start = import_keras().Input((17, 21, 3))
    assert_same(drawn(import_keras().Sequential([start, *parts, layers.Dense(4)])), colour)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2, 3, (2, 1)])
@pytest.mark.parametrize("size", [2, 5, (4, 1)])
def test_strides_and_padding(padding: str, strides: Any, size: Any, x: np.ndarray) -> None:
    layers = import_keras().layers
    options = {"strides": strides, "padding": padding}
    first = layers.Conv2D(3, size, **options)
    pool = layers.MaxPooling2D(size, **options)
    assert_same(network(first, pool, layers.Conv2D(2, 2, padding=padding)), x)


def test_the_other_layers(x: np.ndarray) -> None:
    layers = import_keras().layers
    norm = layers.BatchNormalization
    chain = [layers.Conv2D(4, 5, strides=2, use_bias=False), norm(), layers.ReLU()]
    chain += [layers.Conv2D(3, 3), norm(center=False, epsilon=0.1), layers.Activation("gelu")]
    chain += [norm(scale=False, axis=3), layers.GlobalAveragePooling2D()]
    chain += [layers.Dense(10, use_bias=False), norm(), layers.Softmax()]
    assert_same(network(*chain), x)


def test_the_ready_trained_network_reads_as_its_keras_model_does(digits: ImagesAndLabels) -> None:
    copy, model = plain_network(), to_keras(plain_network())
    x = to_input(digits[0][0][54_000:54_100])
    assert_same(model, x[:5], copy)
    np.testing.assert_allclose(copy.predict(x), model(x, training=False).numpy(), atol=1e-4)
    assert (copy.predict(x).argmax(1) == digits[0][1][54_000:54_100]).mean() > 0.97


def test_batches_make_no_difference(x: np.ndarray, monkeypatch) -> None:
    model = build_model(seed=0, **SMALL)
    whole = Twin.from_keras(model).predict(x)
    assert whole.dtype == np.float32
    assert whole.shape == (6, 10)
    # One picture at a time, and a few.
    for room in (1, 100_000):
        monkeypatch.setattr("mnist_lesson.network.twin.TABLE_BYTES", room)
        np.testing.assert_allclose(Twin.from_keras(model).predict(x), whole, atol=1e-6)
    assert Twin.from_keras(model).predict(x[:0]).shape == (0, 10)


def test_the_fast_form_does_what_the_loops_do(x: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    image = rng.normal(size=(7, 6, 2)).astype(np.float32)
    kernel = rng.normal(size=(3, 2, 2, 4)).astype(np.float32)
    bias = rng.normal(size=4).astype(np.float32)
    fast = conv2d(image[np.newaxis], kernel, bias)[0]
    assert fast.shape == (5, 5, 4)
    for row in range(5):
        for column in range(5):
            slow = conv2d_at(image, kernel, bias, row, column)
            np.testing.assert_allclose(fast[row, column], slow, atol=1e-5)


def test_pooling_and_softmax_by_hand() -> None:
    block = np.float32([[1, 5, 2], [7, 3, 9], [0, 0, 0]]).reshape(1, 3, 3, 1)
    assert max_pool(block).tolist() == [[[[7]]]]
    assert max_pool(block, strides=(1, 1))[0, ..., 0].tolist() == [[7, 9], [7, 9]]
    assert relu(np.float32([-2, 0, 3])).tolist() == [0, 0, 3]
    assert softmax(np.float32([[1000, 1000]])).tolist() == [[0.5, 0.5]]


def twice(x: Any) -> Any:
    return x * 2


UNKNOWN = {
    "deep": lambda layers: layers.SeparableConv2D(2, 3, name="deep"),
    "mean": lambda layers: layers.AveragePooling2D(2, name="mean"),
    "wide": lambda layers: layers.Conv2D(2, 3, dilation_rate=2, name="wide"),
    "capped": lambda layers: layers.ReLU(max_value=6, name="capped"),
    "bend": lambda layers: layers.Conv2D(2, 3, activation="mish", name="bend"),
    "own": lambda layers: layers.Conv2D(2, 3, activation=twice, name="own"),
    "flip": lambda layers: layers.Softmax(axis=1, name="flip"),
    "noise": lambda layers: layers.GaussianNoise(0.1, name="noise"),
    "strange": lambda layers: type("Dense", (layers.Dense,), {})(3, name="strange"),
    "nested": lambda layers: import_keras().Sequential([layers.Flatten()], name="nested"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_an_unknown_layer_is_named(name: str) -> None:
    layers = import_keras().layers
    model = network(layers.Conv2D(2, 3), UNKNOWN[name](layers))
    with pytest.raises(ValueError, match=f"layer '{name}'"):
        Twin.from_keras(model)


def test_chains_are_copied_and_branches_refused(x: np.ndarray) -> None:
    keras = import_keras()
    entry = keras.Input((28, 28, 1))
    flat = keras.layers.Flatten()(entry)
    one = keras.layers.Dense(3, name="one")(flat)
    two = keras.layers.Dense(2, name="two")(one)
    aside = keras.layers.Dense(2, name="aside")(flat)
    chain = keras.Model(entry, two)
    np.testing.assert_allclose(Twin.from_keras(chain).predict(x), chain(x).numpy(), atol=1e-4)
    with pytest.raises(ValueError, match=r"'aside'|'two'"):
        Twin.from_keras(keras.Model(entry, [two, aside]))
    with pytest.raises(ValueError, match=r"keras\.Input"):
        Twin.from_keras(keras.Sequential([keras.layers.Dense(3)]))


def test_one_picture_may_come_in_three_shapes(x: np.ndarray) -> None:
    copy = plain_network()
    steps = [copy.layers(image) for image in (x[0, ..., 0], x[0], x[:1])]
    assert [(name, kind, out.shape) for name, kind, out in steps[0]][::2] == [
        ("conv_1", "Conv2D", (26, 26, 32)),
        ("pool", "MaxPooling2D", (12, 12, 64)),
        ("flatten", "Flatten", (9216,)),
        ("dropout_2", "Dropout", (128,)),
    ]
    for other in steps[1:]:
        assert all(np.array_equal(a[2], b[2]) for a, b in zip(steps[0], other, strict=True))


def test_it_is_saved_and_loaded_to_the_last_bit(tmp_path: Path, x: np.ndarray) -> None:
    before = Twin.from_keras(build_model(seed=4, **SMALL))
    save_network(before, tmp_path / "deep" / "network.npz")
    after = load_network(tmp_path / "deep" / "network.npz")
    assert np.array_equal(before.predict(x), after.predict(x))
    assert after == before != Twin.from_keras(build_model(seed=5, **SMALL))
    assert after.name == "the network in network.npz"
    assert after.weights["conv_1"]["kernel"].shape == (3, 3, 1, 3)
    with pytest.raises(ValueError, match="read-only"):
        after.weights["conv_1"]["kernel"][0] = 0


def test_which_networks_read_drawings() -> None:
    """Until there is one's own, the one trained for handwriting comes first."""
    names = ["the practised network", "the plain network"]
    assert [one.name for one in networks_for_drawings()] == names
    save_network(Twin.from_keras(build_model(seed=4, **SMALL)), run_folder("model") / "model.npz")
    assert [one.name for one in networks_for_drawings()] == ["your own network", names[0]]


def changed(part: str, content: Any) -> bytes:
    """Return the plain network's file with one part changed, or added."""
    return zipped(unzipped((ASSETS / "ready.npz").read_bytes()) | {part: npy(content)})


def about(**change: Any) -> bytes:
    with np.load(ASSETS / "ready.npz") as arrays:
        facts = json.loads(str(arrays["about"])) | change
    return changed("about.npy", json.dumps(facts))


# Each by itself; `test_foreign` tries thousands more, and bombs among them.
HOSTILE = {
    "no zip": lambda: b"PK\x03\x04 not a zip file",
    "other arrays": lambda: (ASSETS / "mnist.npz").read_bytes(),
    "pickled": lambda: changed("conv_1/kernel.npy", np.array([{"a": 1}], object)),
    "one weight not a number": lambda: changed("conv_1/bias.npy", np.full(32, np.nan, np.float32)),
    "another shape": lambda: changed("conv_1/kernel.npy", np.zeros((3, 3, 2, 32), np.float32)),
    "another dtype": lambda: changed("conv_1/bias.npy", np.zeros(32)),
    "weights of no layer": lambda: changed("extra/kernel.npy", np.zeros(2, np.float32)),
    "no layers": lambda: about(layers=[]),
    "a foreign layer": lambda: about(layers=[{"name": "x", "kind": "eval", "activation": "relu"}]),
    "a huge picture": lambda: about(input_shape=[10**6, 10**6, 1]),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_foreign_and_damaged_files_are_refused_in_words(kind: str, tmp_path: Path) -> None:
    file = tmp_path / "network.npz"
    file.write_bytes(HOSTILE[kind]())
    with pytest.raises(ModelFileError, match=r"network\.npz[\s\S]*page 06"):
        load_network(file)


def test_no_tensorflow_and_little_memory() -> None:
    """400 digits without Keras, in less memory than one table of all their windows."""
    code = """if True:
        import resource, sys
        from mnist_lesson import load_data, to_input
        from mnist_lesson.network.saved import plain_network
        x, twin = to_input(load_data()[1][0][:400]), plain_network()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        assert twin.predict(x).shape == (400, 10)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        grown /= 1024 if sys.platform == "darwin" else 1
        assert not {"keras", "tensorflow", "matplotlib"} & set(sys.modules), "a heavy import"
        assert grown < 100_000, grown  # KiB; the table would be 260,000
    """
    pytest.importorskip("resource")
    python(code)
