"""What exercises and guesses say about the digits and the network, worked out from the digits and the network."""

from __future__ import annotations

import numpy as np
import pytest

from mnist_lesson import exercises
from mnist_lesson.exercises.train import CURVES, READINGS
from mnist_lesson.load import Digits


def test_facts_of_the_training_set(digits: Digits) -> None:
    """The counts in the exercises of 01 and 03."""
    (x_train, y_train), (x_test, _) = digits
    assert exercises.load.pixels.solve() == x_train.size
    slips = [wrong for wrong, _ in exercises.load.pixels.slips]
    assert {x_test.size, x_train.size + x_test.size, len(x_train), x_train.ndim} <= set(slips)
    counts = np.bincount(y_train)
    assert (counts.argmax(), counts.max(), len(y_train)) == (1, 6742, 60_000)


def test_float32_takes_four_times_the_memory(digits: Digits) -> None:
    """The guess of 02."""
    (x_train, _), _ = digits
    some = x_train[:100]
    assert some.astype("float32").nbytes == 4 * some.nbytes
    assert exercises.preprocess.memory.options[exercises.preprocess.memory.truth] == "4 times as much"


def test_the_memoriser_reads_most_new_digits(digits: Digits) -> None:
    """The guess of 01, with few digits to remember: with more it is better still."""
    (x_train, y_train), _ = digits
    known, new = x_train[:2000].reshape(2000, -1).astype(float), x_train[-500:].reshape(500, -1).astype(float)
    distances = (new**2).sum(1)[:, None] - 2 * new @ known.T + (known**2).sum(1)
    assert (y_train[:2000][distances.argmin(axis=1)] == y_train[-500:]).mean() > 0.82
    assert exercises.load.memoriser.options["c"] == "80 or more"


def test_one_hot_vectors_are_equally_far_apart() -> None:
    """The guess of 04."""
    three, four, nine = np.eye(10)[[3, 4, 9]]
    assert np.linalg.norm(three - four) == np.linalg.norm(three - nine)


def test_places_of_a_window() -> None:
    """The guess of 00, and the function of 05."""
    assert exercises.introduction.places.options["b"] == str(len(range(28 - 3 + 1)))
    assert exercises.model.output_size.solve(28, 3) == 26


def test_the_runs_to_read_fit_their_words() -> None:
    """By the rules that the training panel itself goes by."""
    from mnist_lesson.watching import how_is_it_going

    for name, losses in CURVES.items():
        count = len(losses["loss"])
        accuracy = [0.1 if name in "CD" else 0.9] * count
        history = {"epoch": list(range(1, count + 1)), **losses, "accuracy": accuracy, "val_accuracy": accuracy}
        kind = how_is_it_going(history)[0]
        # A loss that grows for ever is not yet "diverged" there: it still is a number.
        assert kind == READINGS[name] or (name, kind) == ("D", "stalled")
    assert exercises.train.readings.solve() == READINGS
    assert len(exercises.train.draw_curves().axes) == 4


@pytest.mark.training
def test_facts_of_the_network() -> None:
    """The counts in 05 and 06."""
    from mnist_lesson.exercises.model import ORIGINAL
    from mnist_lesson.model import build_model
    from mnist_lesson.train import Settings, split

    model = build_model()
    assert model.count_params() == ORIGINAL
    assert exercises.model.second_conv.solve() == model.get_layer("conv_2").count_params()
    assert max(model.layers, key=lambda layer: layer.count_params()).name == "dense"
    settings = Settings()
    kept, _ = split(np.repeat(np.arange(10), 6000), settings.validation_split)
    assert len(kept) == 54_000
    assert exercises.train.updates.solve() == -(-len(kept) // settings.batch_size)


def test_the_network_is_often_sure_of_letters() -> None:
    """The guess of 08: the ready-trained network, shown capital letters."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    from mnist_lesson.preprocess import to_input
    from mnist_lesson.twin import Twin

    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 22)
    letters = []
    for letter in "ABCDEFGHJKLMNPQRTUVWXYZ":  # without I, O and S, which could be digits
        paper = Image.new("L", (28, 28))
        ImageDraw.Draw(paper).text((14, 14), letter, fill=255, font=font, anchor="mm")
        letters.append(np.asarray(paper))
    surest = Twin.ready_trained().predict(to_input(np.array(letters))).max(axis=1)
    print(f"{(surest > 0.9).mean():.0%} of letters are read as a digit with more than 90 %")
    assert (surest > 0.9).mean() > 0.4
    assert surest.min() > 0.2  # option a, “about 10 % each”, is nowhere near
    assert exercises.your_digits.strangers.truth == "b"
