"""The living picture, as Python sends it: the browser's part is in tests/browser."""

import random
from collections.abc import Callable

import numpy as np
import pytest
from samples import SEVEN

from mnist_lesson.network.saved import YOURS, plain_network, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.network_map import NetworkMap


@pytest.fixture(scope="module")
def fast() -> Twin:
    return practised_network()


def sent(panel: NetworkMap) -> list[np.ndarray]:
    """Unpack what the browser gets: the numbers of each stage."""
    numbers = np.frombuffer(panel.view.outputs, np.float32)
    shapes = [stage["shape"] for stage in panel.view.network["stages"]]
    ends = np.cumsum([np.prod(shape) for shape in shapes])
    assert ends[-1] == len(numbers)
    return [part.reshape(s) for part, s in zip(np.split(numbers, ends[:-1]), shapes, strict=True)]


PLAIN = {name: name for name in ("conv_1", "conv_2", "pool", "dense", "output")}
# What only changes each number by itself belongs to the stage before it.
FAST = {"conv_1": "conv_1", "conv_2": "relu_2", "conv_3": "relu_3", "output": "output"}


@pytest.mark.parametrize(("load", "last"), [(plain_network, PLAIN), (practised_network, FAST)])
def test_each_stage_is_sent_as_the_network_gives_it(load: Callable[[], Twin], last: dict[str, str]):
    panel = NetworkMap(load())
    panel.number.value = 5
    layers = {name: output for name, _, output in load().layers(to_input(panel.picture)[0])}
    stages = [stage["name"] for stage in panel.view.network["stages"]]
    assert stages == ["your digit", *last]
    for name, output in zip(stages[1:], sent(panel)[1:], strict=True):
        assert np.array_equal(output.ravel(), layers[last[name]].ravel()), name


def test_a_digit_comes_from_the_pad_or_the_test_set(fast: Twin, digits) -> None:
    panel = NetworkMap(fast)
    panel.number.value = 3
    assert np.array_equal(panel.picture, digits[1][0][3])
    assert panel.view.label == f"Picture 3: really a {digits[1][1][3]}."
    panel.source.value, panel.pad.strokes = "draw", SEVEN
    assert sent(panel)[-1].argmax() == 7
    assert np.array_equal(sent(panel)[0], to_input(panel.picture)[0])


def test_it_begins_with_a_drawing_if_there_is_one(fast: Twin) -> None:
    panel = NetworkMap(fast, strokes=SEVEN)
    assert sent(panel)[-1].argmax() == 7
    assert NetworkMap(fast, strokes=[]).source.value == "digits"


def test_the_same_digit_goes_through_every_snapshot(fast: Twin) -> None:
    noise = np.random.default_rng(0)
    weights = {
        layer: {key: noise.normal(0, 0.1, array.shape).astype("f4") for key, array in named.items()}
        for layer, named in fast.weights.items()
    }
    untrained = Twin(fast.specs, weights, fast.input_shape, "untrained")
    panel = NetworkMap(snapshots=[untrained, fast])
    assert panel.network is fast
    panel.view.snapshot = 0
    answers = untrained.predict(to_input(panel.picture))[0]
    assert np.allclose(sent(panel)[-1].ravel(), answers)
    kernel = panel.view.network["stages"][1]["kernel"]
    first = np.frombuffer(panel.view.weights, np.float32)[kernel]
    assert first == weights["conv_1"]["kernel"].ravel()[0]


def test_it_says_why_one_cannot_watch_a_network_learn(fast: Twin) -> None:
    plain = plain_network()
    own = Twin(plain.specs, plain.weights, plain.input_shape, YOURS)
    assert "only watch your own" in NetworkMap(plain).note.value
    shown = NetworkMap(fast), NetworkMap(own), NetworkMap(snapshots=[plain, own])
    assert [panel.note.value for panel in shown] == [""] * 3


def test_it_leaves_a_still_that_says_what_it_shows(fast: Twin) -> None:
    data, metadata = NetworkMap(fast)._repr_mimebundle_()
    assert "image/png" in data
    assert metadata["image/png"]["alt"].startswith("the practised network reads a 7")


def test_nothing_upsets_it(fast: Twin, random_actions: Callable[..., None]) -> None:
    panel = NetworkMap(fast, snapshots=[fast, fast])

    def draw(chance: random.Random) -> None:
        panel.pad.strokes = [[chance.randint(0, 280) for _ in range(6)]]
        panel.view.snapshot = chance.randint(-1, 3)

    random_actions(panel, extra=(draw,))
    answers = fast.predict(to_input(panel.picture))[0]
    assert np.allclose(sent(panel)[-1].ravel(), answers, atol=1e-6)
