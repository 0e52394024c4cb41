"""What exercises say about the digits and the network, worked out from these."""

import re
from pathlib import Path

import numpy as np

from mnist_lesson import exercises
from mnist_lesson.exercises.train import CURVES, READINGS
from mnist_lesson.introduction.one_neuron import learn
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.network.saved import practised_network


def test_facts_of_the_training_set(digits: ImagesAndLabels) -> None:
    """The counts in the exercises of 01 and 03."""
    (x_train, y_train), (x_test, _) = digits
    assert exercises.load.pixels.right == x_test.size
    slips = [wrong for wrong, _ in exercises.load.pixels.wrong]
    assert {x_train.size, x_train.size + x_test.size, len(x_test), x_test.ndim} <= set(slips)
    counts = np.bincount(y_train)
    assert (counts.argmax(), counts.max(), len(y_train)) == (1, 6742, 60_000)
    assert (counts.argmin(), counts.min()) == (5, 5421)
    assert exercises.load.commonest.options[exercises.load.commonest.truth] == "1"


def test_ten_neurons_read_together(digits: ImagesAndLabels) -> None:
    """The other guess of 02."""
    (x_train, y_train), _ = digits
    pixels = x_train[:2000].reshape(2000, 784) / 255
    known, new = pixels[:1000], pixels[1000:]
    ten = [learn(known, y_train[:1000] == digit, steps=60)[0] for digit in range(10)]
    right = ((new @ np.transpose(ten)).argmax(axis=1) == y_train[1000:2000]).sum()
    assert right == exercises.preprocess.vote.truth


def test_the_memoriser_reads_most_new_digits(digits: ImagesAndLabels) -> None:
    """The guess of 01, with few digits to remember: with more it is better still."""
    (x_train, y_train), _ = digits
    known, new = (some.reshape(len(some), -1) / 1.0 for some in (x_train[:2000], x_train[-500:]))
    distances = (new**2).sum(1)[:, None] - 2 * new @ known.T + (known**2).sum(1)
    assert (y_train[:2000][distances.argmin(axis=1)] == y_train[-500:]).mean() > 0.82
    assert exercises.load.memoriser.options["c"] == "80 or more"


def test_guesses_that_are_sums(digits: ImagesAndLabels) -> None:
    """Places of a window (00 and 05), memory of float32 (02), distances of vectors (04)."""
    some, memory = digits[0][0][:100], exercises.preprocess.memory
    assert some.astype("float32").nbytes == 4 * some.nbytes
    assert memory.options[memory.truth] == "4 times as much"
    three, four, nine = np.eye(10)[[3, 4, 9]]
    assert np.linalg.norm(three - four) == np.linalg.norm(three - nine)
    assert exercises.introduction.places.options["b"] == str(len(range(28 - 3 + 1)))
    assert exercises.model.output_size.right(28, 3) == 26


def test_the_runs_to_read_fit_their_words() -> None:
    """By the rules that the training panel itself goes by."""
    from mnist_lesson.training.history import how_is_it_going

    for name, losses in CURVES.items():
        count = len(losses["loss"])
        accuracy = [0.1 if name in "CD" else 0.9] * count
        history = {"epoch": list(range(1, count + 1)), **losses}
        history |= {"accuracy": accuracy, "val_accuracy": accuracy}
        assert how_is_it_going(history)[0] == READINGS[name], name
    assert exercises.train.readings.right == READINGS
    assert len(exercises.train.draw_curves().axes) == 4


def test_verdicts_follow_from_the_dots() -> None:
    """Better or worse only if the two groups lie apart, by the last exercise's own rule."""
    from mnist_lesson.exercises.faster import RUNS, VERDICTS, gap

    for name, groups in RUNS.items():
        better = gap.right(groups["before"], groups["after"]) > 0
        worse = gap.right(groups["after"], groups["before"]) > 0
        assert VERDICTS[name] == ("better" if better else "worse" if worse else "don't know"), name
    assert len(exercises.faster.draw_experiments().axes) == 3


def test_the_diet_ends_where_the_fast_network_is() -> None:
    """Page 09 counts the same multiplications, layer by layer; as few of them earn the cheer."""
    from mnist_lesson.exercises.faster import FAST, draw_diet

    page = (Path(__file__).parents[2] / "notebooks" / "09_faster.ipynb").read_text("utf-8")
    assert f"{FAST:,} multiplications; the original does 19.9 times that" in page
    picture = np.zeros((28, 28))
    assert draw_diet(picture, 2, 13 * 50_000).won is None
    assert draw_diet(picture, 2, 614_432).won, "it's drawn as 12 squares, too"
    assert "with a stride of 2?" in draw_diet(picture, 3, FAST).won[1]
    assert "169 stops" in draw_diet(picture, 2, FAST).alt


def batches(count: int, size: int) -> int:
    """Deal digits out in batches, one after the other, and count the batches."""
    return sum(1 for _ in range(0, count, size))


def test_updates_are_batches_and_each_known_mistake_is_what_its_words_say() -> None:
    """The first exercise of 06."""
    updates, said = exercises.train.updates, dict(exercises.train.updates.wrong)
    assert updates.right == batches(20_000, 96) == said_number(updates.why, "updates")
    assert 20_000 - 208 * 96 == 32
    assert "batches of 128" in said[batches(20_000, 128)]
    assert "54,000" in said[batches(54_000, 96)]
    assert "the number on this page" in said[batches(54_000, 128)]
    assert "held out" in said[batches(20_000 - 2_000, 96)]
    assert "twelve epochs" in said[12 * batches(20_000, 96)]
    assert updates.right not in said


def said_number(text: str, unit: str) -> int:
    """Return the number that stands before a word."""
    found = re.search(rf"([\d,]+) {unit}", text)
    assert found, text
    return int(found[1].replace(",", ""))


def test_a_convolution_is_counted_as_keras_counts_it() -> None:
    """The second exercise of 05, and its known mistakes that are true counts of something else."""
    from mnist_lesson.model import build_model
    from mnist_lesson.shared.quiet_keras import import_keras

    layers = import_keras().layers
    exercise, said = exercises.model.second_conv, dict(exercises.model.second_conv.wrong)

    def count(filters: int, maps: int, **words: bool) -> int:
        layer = layers.Conv2D(filters, 5, **words)
        layer.build((None, 12, 12, maps))
        return int(layer.count_params())

    own = build_model(kernel_size=5).get_layer("conv_2").count_params()
    assert exercise.right == count(64, 32) == own
    assert "forgot the bias" in said[count(64, 32, use_bias=False)]
    assert "You counted one map." in said[count(64, 1)]
    assert "one map, and no bias" in said[count(64, 1, use_bias=False)]
    assert "first convolution" in said[count(32, 1)]
    assert "right for one filter" in said[count(1, 32)]
    assert "one filter without its bias" in said[count(1, 32, use_bias=False)]
    assert exercise.run_text(exercise.blank) == build_model().get_layer("conv_2").count_params()
    assert f"{exercise.right:,}" in exercise.why
    assert exercise.right not in said


def test_the_network_is_often_sure_of_letters() -> None:
    """The guess of 08: the ready-trained network, shown capital letters."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    from mnist_lesson.preprocess import to_input

    font = ImageFont.truetype(f"{matplotlib.get_data_path()}/fonts/ttf/DejaVuSans.ttf", 22)
    letters = []
    for letter in "ABCDEFGHJKLMNPQRTUVWXYZ":  # without I, O and S, which could be digits
        paper = Image.new("L", (28, 28))
        ImageDraw.Draw(paper).text((14, 14), letter, fill=255, font=font, anchor="mm")
        letters.append(np.asarray(paper))
    surest = practised_network().predict(to_input(np.array(letters))).max(axis=1)
    print(f"{(surest > 0.9).mean():.0%} of letters are read as a digit with more than 90%")
    assert (surest > 0.9).mean() > 0.4
    assert surest.min() > 0.2  # option a, “about 10% each”, is nowhere near
    assert exercises.your_digits.strangers.truth == "b"


def test_a_hikers_stops_keep_their_names_apart() -> None:
    """At learning rate 0.02 she stands at one place from her first step on."""
    axis = exercises.train.draw_valley(np.arange(3), np.arange(3), [0, 0.9, 0.91, 0.91]).axes[0]
    # An arrow is an annotation, too, without a text.
    heights = {note.get_text(): note.xyann[1] for note in axis.texts if note.get_text()}
    assert heights["1"] < heights["2"] - 10 < heights["3"] - 20
