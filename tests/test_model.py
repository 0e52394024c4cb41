"""The network is the original lesson's, and only whole, known files are loaded."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_lesson import build_model
from mnist_lesson import model as m
from mnist_lesson.model import build_fast_model
from mnist_lesson.network import saved as s
from mnist_lesson.network.keras_copy import to_keras
from mnist_lesson.network.saved import ASSETS, ModelFileError, current_model, save_model
from mnist_lesson.shared.quiet_keras import import_keras

ORIGINAL = [
    ("conv_1", "Conv2D", 320),
    ("conv_2", "Conv2D", 18_496),
    ("pool", "MaxPooling2D", 0),
    ("dropout_1", "Dropout", 0),
    ("flatten", "Flatten", 0),
    ("dense", "Dense", 1_179_776),
    ("dropout_2", "Dropout", 0),
    ("output", "Dense", 1_290),
]


def same_weights(model, other) -> bool:
    return all(map(np.array_equal, model.get_weights(), other.get_weights()))


def test_it_is_the_original_network_to_the_last_parameter() -> None:
    model = build_model()
    found = [(layer.name, type(layer).__name__, layer.count_params()) for layer in model.layers]
    assert found == ORIGINAL
    assert model.count_params() == 1_199_882
    names = ("conv_1", "dense", "output")
    used = [model.get_layer(name).activation.__name__ for name in names]
    assert used == ["relu", "relu", "softmax"]
    assert [model.get_layer(f"dropout_{i}").rate for i in (1, 2)] == [0.25, 0.5]
    assert not model.compiled


def test_every_argument_does_what_it_says() -> None:
    sizes = {"filters": (3, 5), "kernel_size": 5, "dense_units": 7}
    rest = {"dropout_conv": 0.1, "dropout_dense": 0.2, "activation": "tanh"}
    model = build_model(**sizes, **rest)
    assert model.get_layer("conv_1").kernel.shape == (5, 5, 1, 3)
    assert model.get_layer("conv_2").filters == 5
    assert model.get_layer("dense").units == 7
    assert [model.get_layer(f"dropout_{i}").rate for i in (1, 2)] == [0.1, 0.2]
    assert model.get_layer("conv_2").activation.__name__ == "tanh"


@pytest.mark.parametrize(
    "make", [build_model, build_fast_model, lambda: build_model(dropout_conv=0)]
)
def test_the_weights_are_those_that_keras_draws(make) -> None:
    """As after `random.seed(7)`, where nothing else draws meanwhile."""
    import keras

    model, state = make(), random.getstate()
    m.draw_weights(model, 7)
    assert random.getstate() == state, "the reader's own chance is left alone"
    random.seed(7)
    theirs = keras.models.clone_model(model)
    random.setstate(state)
    assert same_weights(model, theirs)


def test_the_fast_network_has_the_layers_that_its_page_counts() -> None:
    model = build_fast_model(seed=3)
    assert model.count_params() == 46_858
    assert [layer.name for layer in model.layers][:4] == ["conv_1", "conv_2", "norm_2", "relu_2"]
    sides = [layer.output.shape[1] for layer in model.layers if layer.name.startswith("conv")]
    assert sides == [12, 5, 3]
    assert model.output_shape == (None, 10)
    assert same_weights(model, build_fast_model(seed=3))
    assert not same_weights(model, build_fast_model(seed=4))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"filters": 32}, r"filters=\(32, 64\)"),
        ({"filters": (0, 64)}, "from 1 to 512"),
        ({"filters": ("32", 64)}, r"whole number .* as in filters=\(32, 64\)"),
        ({"kernel_size": (3, 3)}, r"\(3, 3\) .* as in kernel_size=3"),
        ({"kernel_size": 14}, "from 1 to 13"),
        ({"dense_units": -1}, "from 1 to 4,096"),
        ({"dropout_conv": 1.0}, "from 0 to 0.99"),
        ({"dropout_dense": "0.5"}, "number"),
        ({"activation": "rely"}, "'relu'"),
        ({"seed": -1}, "seed"),
    ],
    ids=str,
)
def test_arguments_that_do_not_fit(arguments, words) -> None:
    with pytest.raises((TypeError, ValueError), match=words):
        build_model(**arguments)


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    file = tmp_path_factory.mktemp("models") / "model.keras"
    model = build_model(filters=(2, 3), dense_units=4, seed=1)
    model.compile(optimizer="adam", loss="mse")
    save_model(model, file)
    return file


def test_what_learners_build_is_kept_and_read_again(tmp_path: Path) -> None:
    """Each kind of layer, in a row and as a function, with settings that the twin need not know."""
    keras = import_keras()
    layers = keras.layers
    chain = [
        layers.Conv2D(2, 3, use_bias=False, kernel_initializer=keras.initializers.HeNormal(3)),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
        layers.Dropout(0.2, seed=1),
        layers.Conv2D(3, 3, activation="gelu", padding="same", strides=2),
        layers.Flatten(),
        layers.Dense(5, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.01)),
        layers.Dense(10, kernel_constraint="max_norm"),
        layers.Softmax(),
    ]
    first = keras.Input((28, 28, 1))
    output = first
    for layer in chain:
        output = layer(output)
    chain[1].set_weights([np.float32(pair) for pair in ((2, 3), (1, -1), (0.5, 0), (1, 1))])
    x = np.linspace(0, 1, 784, dtype=np.float32).reshape(1, 28, 28, 1)
    for model in (keras.Model(first, output), keras.Sequential([first, *chain])):
        save_model(model, tmp_path / "model.keras")
        again = to_keras(s.load_network(tmp_path / "model.npz"))
        np.testing.assert_allclose(again(x), model(x), atol=1e-6)
        assert [again.layers[place].momentum for place in (1, 4)] == [0.9, 0.99]
        assert again.count_params() == model.count_params()


def test_the_practised_network_goes_on_as_the_fast_one_does() -> None:
    """Its file doesn't say what its momentum was."""
    fast, practised = build_fast_model(), to_keras(s.practised_network())
    for name in ("norm_2", "norm_3"):
        assert practised.get_layer(name).momentum == fast.get_layer(name).momentum


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """Bad files of other kinds are in test_foreign."""
    with pytest.raises(ModelFileError, match="does not exist") as caught:
        s.load_network(tmp_path / "model.npz")
    assert str(tmp_path / "model.npz") in str(caught.value)


def test_the_learners_own_network_comes_first_and_a_broken_one_is_said(saved, workspace) -> None:
    """Only its .npz is read: a .keras file could bring code along."""
    place = workspace / "runs" / "model"
    place.mkdir(parents=True)
    shutil.copy(saved.with_suffix(".npz"), place / "model.npz")
    (place / "model.keras").write_bytes(b"from elsewhere")
    model, which = current_model()
    assert which == s.current_network().name == "your own network"
    assert model.get_layer("conv_1").filters == 2
    assert s.current_network().digest == s.load_network(place / "model.npz").digest
    (place / "model.npz").write_bytes(b"PK half")
    for load in (current_model, s.current_network):
        with pytest.raises(ModelFileError, match="train again on page 06"):
            load()


def test_the_ready_trained_network_is_the_lessons_own_run() -> None:
    facts = s.plain_facts()
    assert facts["settings"]["epochs"] == len(facts["history"]["epoch"]) == 12
    assert facts["test"]["accuracy"] >= 0.99
    assert facts["parameters"] == 1_199_882
    assert {"keras", "tensorflow", "numpy", "python"} <= set(facts["versions"])
    assert facts["settings"]["seed"] == 0
    assert (ASSETS / "ready.npz").stat().st_size <= 5_000_000
    model, which = current_model()
    assert which.startswith("the plain network")
    assert s.current_network().name == "the plain network"
    assert not model.compiled


def test_the_ready_trained_network_reads_the_test_digits(digits) -> None:
    from mnist_lesson import to_input
    from mnist_lesson.test import predict

    images, labels = digits[1]
    read = predict(to_keras(s.plain_network()), to_input(images)).labels
    assert (read == labels).mean() == pytest.approx(s.plain_facts()["test"]["accuracy"], abs=0.0005)


def test_a_damaged_ready_trained_network_is_not_used(tmp_path: Path, monkeypatch) -> None:
    shutil.copy(ASSETS / "ready.json", tmp_path)
    (tmp_path / "ready.npz").write_bytes((ASSETS / "ready.npz").read_bytes() + b"x")
    monkeypatch.setattr(s, "ASSETS", tmp_path)
    with pytest.raises(ModelFileError, match="not the file that came with the lesson"):
        s.plain_network()


@pytest.mark.parametrize("text", ["{}", "[]", "null", "3", '{"sha256": null}', "{", ""])
def test_foreign_facts_of_the_ready_trained_network(tmp_path: Path, monkeypatch, text: str) -> None:
    monkeypatch.setattr(s, "ASSETS", tmp_path)
    (tmp_path / "ready.json").write_text(text)
    with pytest.raises(ModelFileError, match=r"ready.json holds no network .* To repair it"):
        s.plain_network()


def test_a_layer_that_the_twin_does_not_know_is_refused_before_writing(tmp_path: Path) -> None:
    import keras

    odd = keras.layers.LayerNormalization(name="odd")
    end = [keras.layers.Flatten(), keras.layers.Dense(10)]
    model = keras.Sequential([keras.Input((28, 28, 1)), odd, *end])
    with pytest.raises(ValueError, match="odd"):
        save_model(model, tmp_path / "model.keras")
    assert list(tmp_path.iterdir()) == []


def test_another_engine_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    with pytest.raises(ImportError, match=r"os.environ\['KERAS_BACKEND'\] = 'tensorflow'"):
        build_model()


BUILD = """
from mnist_lesson import build_model
first = build_model().weights[0]
print(first.dtype, first.shape)"""


def test_what_an_earlier_course_left_in_the_home_folder_changes_nothing(tmp_path: Path) -> None:
    left = {"backend": "jax", "image_data_format": "channels_first", "floatx": "float16"}
    (tmp_path / ".keras").mkdir()
    (tmp_path / ".keras" / "keras.json").write_text(json.dumps(left))
    env = os.environ | {"HOME": str(tmp_path), "USERPROFILE": str(tmp_path)}
    env.pop("KERAS_HOME", None)
    env.pop("KERAS_BACKEND", None)
    done = subprocess.run([sys.executable, "-c", BUILD], env=env, capture_output=True, text=True)
    assert done.stdout == "float32 (3, 3, 1, 32)\n", done.stderr


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("ImportError('DLL load failed')", "cannot load it: DLL load failed. On Windows"),
        ("ModuleNotFoundError(name='tensorflow')", "is not installed. Type: "),
        ("ModuleNotFoundError(name='absl')", "lacks a part of itself"),
    ],
)
def test_tensorflow_that_cannot_be_loaded_says_why(tmp_path: Path, fault: str, told: str) -> None:
    (tmp_path / "tensorflow.py").write_text(f"raise {fault}")
    env = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", BUILD], env=env, capture_output=True, text=True)
    assert told in done.stderr
