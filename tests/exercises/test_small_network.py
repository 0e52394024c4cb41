"""The exercise whose answer is a Keras network: judged by what every network says of itself."""

import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from mnist_lesson.exercises.model import ORIGINAL, small_network
from mnist_lesson.model import build_model

keras = pytest.importorskip("keras")
layers = keras.layers


def stack(*parts: object) -> object:
    return keras.Sequential(list(parts))


def functional() -> object:
    start = keras.Input((28, 28, 1))
    x = layers.Flatten()(layers.Conv2D(4, 5, strides=2)(start))
    return keras.Model(start, layers.Softmax()(layers.Dense(10)(x)))


def sized(filters: tuple[int, int], units: int, **options: object) -> object:
    """Return what builds a network of the lesson's own form."""
    return lambda: build_model(filters=filters, dense_units=units, **options)


def other(picture: tuple[int, ...], answers: int) -> object:
    """Return what builds a network for other pictures, or other answers."""
    convolution = layers.Conv2D(4, 5, strides=2)
    last = layers.Dense(answers, activation="softmax")
    return lambda: stack(keras.Input(picture), convolution, layers.Flatten(), last)


DIGIT = keras.Input((28, 28, 1))
RIGHT = {
    "smaller numbers": sized((8, 16), 32),
    "another kernel": sized((4, 8), 16, kernel_size=5, activation="tanh"),
    "layer by layer": lambda: stack(
        DIGIT, layers.Conv2D(8, 3), layers.Flatten(), layers.Dense(10), layers.Softmax()
    ),
    "functional": functional,
}
WRONG = {
    "too large": (sized((16, 32), 128), "are in the layer `dense`"),
    "nine answers": (other((28, 28, 1), 9), "Ten numbers must come out"),
    "colour": (other((28, 28, 3), 10), "A digit does not fit in"),
    "no softmax": (
        lambda: stack(DIGIT, layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(10)),
        "add up to 1",
    ),
    "no convolution": (
        lambda: stack(DIGIT, layers.Flatten(), layers.Dense(10, activation="softmax")),
        "no convolution in your network",
    ),
    "no input": (lambda: stack(layers.Conv2D(4, 3), layers.Flatten()), "has no sizes yet"),
    "unchanged": (build_model, "Change the numbers"),
    "not called": (lambda: build_model, "Call it, with brackets"),
    "a number": (lambda: 99_999, "I need a network"),
    "a layer": (lambda: layers.Dense(10), "I need a network"),
}


@pytest.mark.parametrize("name", RIGHT)
def test_right_networks(name: str) -> None:
    """Compiled or not, and whatever their weights are."""
    network = RIGHT[name]()
    assert small_network.check(network), repr(small_network.check(network))
    network.compile(loss="categorical_crossentropy")
    network.set_weights([np.full_like(weights, np.nan) for weights in network.get_weights()])
    assert small_network.check(network)


def test_praise_says_by_what_factor_it_shrank() -> None:
    said = small_network.check(build_model(filters=(1, 1), dense_units=1)).text
    assert "Yours has 185, which makes it 6,485 times smaller!" in said


@pytest.mark.parametrize("name", WRONG)
def test_wrong_networks(name: str) -> None:
    make, words = WRONG[name]
    reply = small_network.check(make())
    assert not reply
    assert words in reply.text


def test_the_words_of_the_solution_are_true() -> None:
    """Nearly all parameters are in the dense layer: in the smaller network as in the lesson's."""
    assert build_model().count_params() == ORIGINAL
    space = {"build_model": build_model}
    exec(small_network.solution_text, space)
    assert "Nearly all the parameters are in the dense layer" in small_network.why
    for network in (build_model(), space["small_network"]):
        assert network.get_layer("dense").count_params() > 0.95 * network.count_params()


def test_no_filters_get_a_sentence_and_no_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    """As the exercise's cell would show it."""
    shell = InteractiveShell()
    shell.user_ns["build_model"] = build_model
    shell.run_cell("build_model(filters=(0, 64))")
    said = capsys.readouterr().out
    assert said.startswith("filters[0] came as 0, but it must be from 1 to 512")
    assert "Traceback" not in said
