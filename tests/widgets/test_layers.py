"""A digit's way through a network, as the layer viewer shows it."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import numpy as np
import pytest
from PIL import Image

from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.model import build_model
from mnist_lesson.network.layer_outputs import (
    FILTERS,
    drop,
    layer_names,
    look_inside,
    tabulate,
    way_through,
)
from mnist_lesson.network.saved import plain_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.widgets.layer_viewer import LayerViewer

LAYERS = ["conv_1", "conv_2", "pool", "dropout_1", "flatten", "dense", "dropout_2", "output"]


@pytest.fixture(scope="module")
def twin() -> Twin:
    return plain_network()


@pytest.fixture(scope="module")
def some(digits: ImagesAndLabels) -> np.ndarray:
    return digits[0][0][:20]


def alts(html: str) -> list[str]:
    return re.findall(r'alt="([^"]*)"', html)


def cells(html: str) -> list[str]:
    return re.findall(r"<td[^>]*>([^<]*)</td>", html)


def picture(html: str, alt: str) -> np.ndarray:
    """Unpack the last picture with this alternative text, as its red part."""
    packed = re.findall(rf'base64,([^"]*)" alt="{alt}"', html)[-1]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(packed))))[..., 0].astype(int)


@pytest.mark.parametrize("layer", LAYERS)
def test_each_step_is_the_networks_own(layer: str, twin: Twin, some: np.ndarray) -> None:
    digit = to_input(some[3])[0]
    step = look_inside(twin, way_through(twin, digit), layer)
    wanted = {name: output for name, _, output in twin.layers(digit)}[layer]
    assert np.array_equal(step.output, wanted)
    assert step.words.startswith(f"{layer} (")
    assert " × ".join(map(str, wanted.shape)) in step.words


def test_the_first_filters_are_the_networks_weights(twin: Twin, some: np.ndarray) -> None:
    step = look_inside(twin, way_through(twin, to_input(some[0])[0]), FILTERS)
    assert np.array_equal(step.output, twin.weights["conv_1"]["kernel"][:, :, 0, :])
    assert "32 windows of its first layer, 3 × 3 weights each" in step.words


def test_pooling_halves_and_says_so(twin: Twin, some: np.ndarray) -> None:
    step = look_inside(twin, way_through(twin, to_input(some[0])[0]), "pool")
    assert step.before is not None
    assert np.array_equal(step.output[5, 6], step.before[10:12, 12:14].max(axis=(0, 1)))
    assert "36,864 numbers become 9,216" in step.words


def test_dropout_changes_nothing_in_use_and_hides_its_share_in_training(
    twin: Twin, some: np.ndarray
) -> None:
    way = way_through(twin, to_input(some[0])[0])
    in_use, training = (look_inside(twin, way, "dropout_2", training=now) for now in (False, True))
    assert np.array_equal(in_use.output, look_inside(twin, way, "dense").output)
    hidden = np.isnan(training.output)
    assert 0.3 < hidden.mean() < 0.7
    assert np.allclose(training.output[~hidden], 2 * in_use.output[~hidden])
    assert f"Here {hidden.sum()} are hidden" in training.words


def test_dropout_keeps_the_average() -> None:
    assert np.nansum(drop(np.ones(100_000, np.float32), 0.25)) == pytest.approx(100_000, rel=0.01)


def test_the_output_is_told_as_an_answer(twin: Twin, some: np.ndarray) -> None:
    digit = to_input(some[0])[0]
    chances = twin.predict(digit[np.newaxis])[0]
    words = look_inside(twin, way_through(twin, digit), "output").words
    assert f"The highest is {chances.max():.1%}, so the answer is 5." in words


def test_the_table_tells_of_each_map() -> None:
    maps = np.zeros((2, 2, 2), np.float32)
    maps[0, 0, 1], maps[1, 1, 1] = 3, np.nan
    assert tabulate(maps) == [["0", "0", "0", "0%"], ["1", "3", "1", "33%"]]


def test_all_maps_are_shown_with_their_numbers_and_the_chosen_one_large(
    twin: Twin, some: np.ndarray
) -> None:
    panel = LayerViewer(some, twin=twin)
    panel.layer.value, panel.map.value, panel.digit.value = "conv_2", 9, 4
    assert alts(panel.picture.value) == ["the digit", "map 9", *map(str, range(64))]
    assert panel.map.max == 63
    output = look_inside(twin, way_through(twin, to_input(some[4])[0]), "conv_2").output
    ink = 255 - picture(panel.picture.value, "map 9")
    assert np.allclose(ink, 255 * output[..., 9] / output.max(), atol=3)  # all maps share one scale
    assert np.allclose(255 - picture(panel.picture.value, "the digit"), some[4], atol=1)


def test_pooling_and_dropout_show_before_and_after(twin: Twin, some: np.ndarray) -> None:
    panel = LayerViewer(some, twin=twin)
    for layer in ("pool", "dropout_1"):
        panel.layer.value = layer
        assert alts(panel.picture.value)[:3] == ["the digit", "map 0 before", "map 0"]
    before = panel.picture.value
    panel.training.value = True
    assert panel.picture.value != before
    assert "are hidden" in panel.words.value
    assert panel.training.layout.display == ""
    panel.layer.value = "pool"
    assert panel.training.layout.display == "none"


def test_the_first_layer_shows_the_chosen_window(twin: Twin, some: np.ndarray) -> None:
    panel = LayerViewer(some, twin=twin)
    panel.map.value = 7
    assert [float(cell.replace("−", "-")) for cell in cells(panel.picture.value)] == pytest.approx(
        twin.weights["conv_1"]["kernel"][:, :, 0, 7].ravel(), abs=0.006
    )


def test_the_first_filters_are_shown_without_a_digit(twin: Twin, some: np.ndarray) -> None:
    panel = LayerViewer(some, twin=twin)
    panel.layer.value, panel.map.value = FILTERS, 31
    assert alts(panel.picture.value) == [*map(str, range(32))]
    assert len(cells(panel.picture.value)) == 9
    assert panel.digit.layout.display == "none"


def test_rows_of_numbers_are_written_or_drawn(twin: Twin, some: np.ndarray) -> None:
    panel = LayerViewer(some, twin=twin)
    panel.layer.value = "dense"
    assert len(cells(panel.picture.value)) == 128
    assert panel.map.layout.display == "none"
    panel.layer.value, panel.training.value = "dropout_2", True
    assert cells(panel.picture.value).count("") > 30
    panel.layer.value = "flatten"
    assert alts(panel.picture.value) == ["the digit", "9216 numbers, line by line"]
    panel.layer.value = "output"
    assert panel.picture.value.count("<tr") == 10


def test_the_table_comes_and_goes(twin: Twin, some: np.ndarray) -> None:
    panel = LayerViewer(some, twin=twin)
    assert panel.table.value == ""
    panel.as_table.value = True
    assert panel.table.value.count("<tr>") == 33
    panel.layer.value = "output"
    assert panel.table.value == ""


def test_it_says_whose_network_it_is(some: np.ndarray, twin: Twin) -> None:
    assert "In the ready-trained network: conv_1" in LayerViewer(some).words.value
    twin.save(run_folder("model") / "model.npz")
    assert "In your own network: conv_1" in LayerViewer(some).words.value


def test_one_picture_will_do_and_no_picture_will_not(some: np.ndarray, twin: Twin) -> None:
    assert LayerViewer(some[0], twin=twin).digit.max == 0
    with pytest.raises(TypeError, match="dtype uint8"):
        LayerViewer(some / 255, twin=twin)


def drawn(*shape: int) -> np.ndarray:
    return np.random.default_rng(len(shape)).normal(0, 0.2, shape).astype(np.float32)


def small_twin(*layers: tuple[str, str, dict, dict[str, np.ndarray]]) -> Twin:
    """Build a network with weights drawn by chance: name, kind, settings and weights of each layer."""
    specs = [
        {"name": name, "kind": kind, "activation": "linear"} | settings
        for name, kind, settings, _ in layers
    ]
    return Twin(
        specs, {name: weights for name, _, _, weights in layers}, (28, 28, 1), "a small network"
    )


def test_a_network_without_convolutions_is_shown_too(some: np.ndarray) -> None:
    answer = {"kernel": drawn(784, 10), "bias": drawn(10)}
    twin = small_twin(
        ("flat", "Flatten", {}, {}), ("answer", "Dense", {"activation": "softmax"}, answer)
    )
    assert layer_names(twin) == ["flat", "answer"]
    panel = LayerViewer(some, twin=twin)
    panel.layer.value = "answer"
    assert "In a small network: answer (Dense), shape 10." in panel.words.value


def test_dropout_hides_as_much_as_the_learners_own_network_does(some: np.ndarray) -> None:
    twin = Twin.from_keras(build_model(filters=(2, 3), dropout_conv=0.1, dropout_dense=0.8, seed=1))
    way = way_through(twin, to_input(some[0])[0])
    for layer, share in (("dropout_1", 0.1), ("dropout_2", 0.8)):
        assert np.isnan(
            look_inside(twin, way, layer, training=True).output
        ).mean() == pytest.approx(share, abs=0.1)


@pytest.mark.parametrize("rate", [None, 1.0, -3.0, "half", float("nan")])
def test_a_dropout_layer_from_a_file_may_say_anything_of_its_rate(
    some: np.ndarray, rate: object
) -> None:
    twin = small_twin(("flat", "Flatten", {}, {}), ("drop", "Dropout", {"rate": rate}, {}))
    panel = LayerViewer(some, twin=twin)
    panel.layer.value, panel.training.value = "drop", True
    assert "are hidden" in panel.words.value


def test_a_thousand_random_actions(some: np.ndarray, random_actions: Callable[..., None]) -> None:
    plain = {"strides": (1, 1), "padding": "valid"}
    twin = small_twin(
        (
            "conv",
            "Conv2D",
            plain | {"activation": "relu"},
            {"kernel": drawn(3, 3, 1, 5), "bias": drawn(5)},
        ),
        ("pool", "MaxPooling2D", {"pool_size": (2, 2), "strides": (2, 2), "padding": "valid"}, {}),
        ("dropout", "Dropout", {"rate": 0.25}, {}),
        ("mean", "GlobalAveragePooling2D", {}, {}),
        ("output", "Dense", {"activation": "softmax"}, {"kernel": drawn(5, 10), "bias": drawn(10)}),
    )
    random_actions(LayerViewer(some, twin=twin), make=lambda: LayerViewer(some, twin=twin))
