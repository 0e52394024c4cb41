"""Pictures hold what they were given, on any axes, and refuse what they cannot draw."""

import base64
import io
import re
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image
from samples import python

from mnist_lesson.introduction.figures import (
    show_cake,
    show_fits,
    show_line_fit,
    show_networks,
    show_one_hot,
    show_window,
)
from mnist_lesson.look import (
    show_bars,
    show_confusion,
    show_curves,
    show_digit,
    show_digits,
    show_history,
    show_maps,
    show_numbers,
    show_probabilities,
    show_readings,
)
from mnist_lesson.shared.colours import ORANGE
from mnist_lesson.widgets.sliding_window import SlidingWindow

RNG = np.random.default_rng(0)
DIGITS = RNG.integers(0, 256, (7, 28, 28)).astype(np.uint8)
TEN = np.array([0.02, 0.03, 0.0, 0.7, 0.05, 0.05, 0.05, 0.05, 0.03, 0.02])
HISTORY = {"epoch": [1, 2, 2.4], "loss": [0.3, 0.1, 0.08], "accuracy": [0.91, 0.97, 0.98]}
HISTORY |= {"val_loss": [0.1, 0.06, None], "val_accuracy": [0.97, 0.98, None]}
EVERY = {
    "digit": lambda **k: show_digit(DIGITS[0], 5, **k),
    "digits": lambda **k: show_digits(DIGITS, range(7), **k),
    "maps": lambda **k: show_maps(RNG.random((26, 26, 32)), **k),
    "numbers": lambda **k: show_numbers(DIGITS[0], **k),
    "probabilities": lambda **k: show_probabilities(TEN, label=8, **k),
    "readings": lambda **k: show_readings(DIGITS, range(7), {"now": [0, 1, 2, 3, 4, 5, 9]}, **k),
    "bars": lambda **k: show_bars({"a": 3, "b": 0.1234}, title="two", **k),
    "confusion": lambda **k: show_confusion(np.eye(10, dtype=int) + 1, **k),
    "curves": lambda **k: show_curves({"a": [1, 2], "b": [2, np.nan]}, **k),
    "line_fit": lambda **k: show_line_fit([1, 2, 3], [2, 2, 5], 1.5, 0, **k),
}
MORE = {
    "history": lambda: show_history(HISTORY),
    "no history yet": lambda: show_history({name: [] for name in HISTORY}),
    "window": lambda: show_window(DIGITS[0], np.ones((3, 3)), 5, 6),
    "networks": show_networks,
    "one-hot": lambda: show_one_hot(DIGITS, np.eye(10)[3:]),
    "cake": lambda: show_cake({"large": 3, "small": 1}),
    "exploding": lambda: show_curves({"loss": [1, 1e9, 1e30]}),
    "fits": lambda: show_fits([1, 2], [2, 0], {"hit": [2, 0], "missed": [2, 3]}),
    "sliding window": lambda: SlidingWindow(DIGITS[0]).still().figure,
}


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for axis in figure.axes for text in axis.texts]


def drawn(figure: Figure, **options: Any) -> np.ndarray:
    """The figure's pixels as it leaves for the page, grey."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", **options)
    return np.asarray(Image.open(buffer).convert("L"))


SAYS = {
    "digits": ("7 handwritten digits", "0, 1, 2, 3, 4, 5, 6"),
    "readings": ("7 handwritten digits", "Mistakes: 1 now"),
    "maps": ("32 maps of 26 by 26",),
    "numbers": ("28 rows of 28 numbers",),
    "probabilities": ("The true digit is 8",),
    "bars": ("two", "a: 3, b: 0.123"),
    "confusion": ("20 of 110 right", "0, read as 1, 1 times"),
    "curves": ("a: from 1 to 2", "b: from 2 to 2"),
    "line_fit": ("(1, 2), (2, 2), (3, 5)", "add up to 1.50"),
    "window": ("row 5, column 6",),
    "one-hot": ("7 digits", "at place: 3, 4, 5, 6, 7, 8, 9"),
    "cake": ("large: 75%", "small: 25%"),
    "exploding": ("from 1 to 1e+30",),
    "fits": ("hit misses by 0", "missed misses by 3", "missed hits 1 of 2 points"),
    "networks": ("Feed-forward", "Recurrent: hears", "LSTM", "Autoencoder", "Transformer"),
}


@pytest.mark.parametrize("name", SAYS)
def test_a_figure_says_what_it_shows(name: str) -> None:
    figure = (EVERY | MORE)[name]()
    data, metadata = figure._repr_mimebundle_()
    assert all(words in figure.alt for words in SAYS[name]), figure.alt
    assert metadata["image/png"]["alt"] == figure.alt
    assert f'alt="{figure.alt}"' in data["text/html"]


def test_on_a_dark_page_a_figure_is_inverted_but_for_its_digits() -> None:
    """The layer has a hole for each digit, up to its frame; a chart's has none."""
    figure = show_digits(np.zeros((2, 28, 28)), ["a", "b"])
    data, _ = figure._repr_mimebundle_()
    shape = re.findall(r"polygon\(evenodd, (.*?)\)", data["text/html"])[0]
    corners = np.array(re.findall(r"([\d.]+)% ([\d.]+)%", shape), float) / 100
    np.testing.assert_array_equal(corners[:4], [(0, 0), (1, 0), (1, 1), (0, 1)])
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).convert("L"))
    height, width = pixels.shape
    inside = np.zeros_like(pixels)
    steps = np.diff(corners[3:], axis=0)
    assert (np.abs(steps).min(axis=1) == 0).all(), "a slanting line would leave a trace"
    for hole in corners[4:].reshape(2, 7, 2):
        (left, top), (right, bottom) = hole[1:6].min(0), hole[1:6].max(0)
        across, along = sorted({*hole[1:6, 0]}), sorted({*hole[1:6, 1]})
        assert (across, along) == ([left, right], [top, bottom])
        x, y = round(left * width), round((top + bottom) / 2 * height)
        assert pixels[y, x - 3 : x + 4].min() < 200, "a hole begins at a digit's frame"
        inside[round(top * height) : round(bottom * height), x : round(right * width)] = 1
    assert 0.4 < inside.mean() < 0.95
    chart = show_confusion(np.eye(10))._repr_mimebundle_()[0]["text/html"]
    assert "polygon(evenodd, 0.00% 0.00%, 100.00% 0.00%, 100.00% 100.00%, 0.00% 100.00%)" in chart


@pytest.mark.parametrize("name", [*EVERY, *MORE])
def test_a_figure_fits_the_page_can_be_read_and_is_not_cut(name: str) -> None:
    figure = (EVERY | MORE)[name]()
    pixels = drawn(figure)
    assert pixels.shape[1] <= 900
    assert pixels.shape[0] <= 880
    assert pixels.min() < 100, "something dark is drawn"
    edges = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert name == "numbers" or edges.min() > 180, "nothing dark touches the edge"
    labels = [text for axis in figure.axes for text in (*axis.texts, axis.title, axis.xaxis.label)]
    labels += [tick for axis in figure.axes if axis.axison for tick in axis.get_xticklabels()]
    assert min(text.get_fontsize() for text in labels) >= 9


@pytest.mark.parametrize("name", EVERY)
def test_a_figure_can_be_drawn_on_given_axes(name: str) -> None:
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert EVERY[name](ax=right) is figure
    assert right.has_data()
    assert not left.has_data()


def test_drawing_touches_nothing_global() -> None:
    code = """if True:
        import io, sys, matplotlib as m; before = m.rcParams.copy()
        from mnist_lesson import look
        look.show_digit([[0, 255], [9, 0]], 1).savefig(io.BytesIO(), format="png")
        print([*{"matplotlib.pyplot", "tensorflow", "keras"} & set(sys.modules)])
        assert m.rcParams.copy() == before"""
    assert python(code) == "[]\n"


@pytest.mark.parametrize(
    "images", [DIGITS / 255, (DIGITS / 255)[..., np.newaxis], DIGITS.astype(float)]
)
def test_all_the_ways_to_give_digits_look_the_same(images: np.ndarray) -> None:
    assert np.array_equal(drawn(show_digits(images)), drawn(show_digits(DIGITS)))


def test_three_channels_are_red_green_and_blue_light() -> None:
    picture = np.zeros((28, 28, 3))
    picture[:14, :, 0] = 0.6  # of full light, which is 255
    picture[:, 14:, 2] = 1
    png = show_digits([picture])._repr_mimebundle_()[0]["image/png"]
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB"))
    quarters = [
        pixels[len(pixels) * y // 4, pixels.shape[1] * x // 4] for y in (1, 3) for x in (1, 3)
    ]
    assert np.array(quarters).tolist() == [[153, 0, 0], [153, 0, 255], [0, 0, 0], [0, 0, 255]]
    with pytest.raises(ValueError, match=r"\(n, 28, 28\)"):
        show_digits(np.zeros((1, 28, 28, 2)))


def written(figure: Figure, words: list[str]) -> list[str]:
    """Which of some words stands in each square of a table, row by row: the likest of them."""
    axis = figure.axes[0]
    picture = axis.images[0]
    table = np.asarray(picture.get_array())
    # White paper under black words, so that only the words' shapes count.
    picture.set_visible(False)
    axis.collections[0].set_facecolor("black")
    found = squares(figure, table.shape, off=4)
    axis.collections[0].set_visible(False)
    likeness = []
    for word in words:
        here = [axis.text(x, y, word, ha="center", va="center") for y, x in np.ndindex(table.shape)]
        for text in here:
            text.set(fontsize=12 if max(table.shape) <= 4 else 9, in_layout=False)
        alike = map(similar, found, squares(figure, table.shape))
        likeness.append(list(alike))
        for text in here:
            text.remove()
    return [words[place] for place in np.argmax(likeness, axis=0)]


def squares(figure: Figure, shape: tuple[int, ...], off: float = 60) -> list[np.ndarray]:
    """The ink in each square of a table, cut out; it's at most `off` pixels off the middle."""
    cut = []
    pixels = 255.0 - drawn(figure, dpi=400)
    height, width = pixels.shape
    (x0, y0), (x1, y1) = figure.axes[0].get_position().get_points()
    table = pixels[round((1 - y1) * height) : round((1 - y0) * height)]
    table = table[:, round(x0 * width) : round(x1 * width)]
    for row in np.array_split(table, shape[0]):
        for square in np.array_split(row, shape[1], axis=1):
            down, across = (np.flatnonzero(square.max(axis=axis) > 127) for axis in (1, 0))
            top, bottom, left, right = down[0], down[-1] + 1, across[0], across[-1] + 1
            assert abs(top + bottom - square.shape[0]) / 2 < off
            assert abs(left + right - square.shape[1]) / 2 < off
            cut.append(square[top:bottom, left:right])
    return cut


def similar(one: np.ndarray, other: np.ndarray) -> float:
    """How much of the ink of two pictures lies in the same place, 0..1."""
    sheets = np.zeros((2, *np.maximum(one.shape, other.shape)))
    for sheet, ink in zip(sheets, (one, other), strict=True):
        sheet[: ink.shape[0], : ink.shape[1]] = ink
    return float(sheets.min(axis=0).sum() / sheets.max(axis=0).sum())


def test_numbers_are_written_where_they_belong() -> None:
    figure = show_numbers([[0, 7], [250, 3], [0, 1]])
    axis = figure.axes[0]
    assert (axis.get_xlim(), axis.get_ylim()) == ((-0.5, 1.5), (2.5, -0.5))
    words = ["0", "1", "3", "7", "8", "25", "250", "258", "7.0"]
    assert written(figure, words) == ["0", "7", "250", "3", "0", "1"]
    figure = show_numbers([[0.25, -0.04], [-1.0, 2.0]])
    words = ["0.2", "0.25", "-0.0", "0.0", "−1.0", "1.0", "2.0", "2"]
    assert written(figure, words) == ["0.2", "0.0", "−1.0", "2.0"]
    figure = show_numbers([[0.25, -0.04]])
    assert written(figure, ["0.2", "0.25", "0.26", "−0.04", "0.04"]) == ["0.25", "−0.04"]
    assert painted(show_numbers(DIGITS[0], shaded=False)).min() == 1


def painted(figure: Figure) -> np.ndarray:
    """The colours of the first picture's fields: red, green and blue, each 0..1."""
    image = figure.axes[0].images[0]
    return image.to_rgba(image.get_array())[..., :3]


def test_numbers_below_zero_have_a_colour_of_their_own() -> None:
    small, large, none = (painted(show_numbers([[-size, size, 0.0]]))[0] for size in (0.3, 30, 0))
    assert np.allclose(small, large)
    (red, green, blue), above, zero = small
    assert min(red, blue) > green, "purple"
    assert above[1] > max(above[0], above[2]), "green"
    assert zero.min() > 0.95, "white"
    assert np.allclose(painted(show_numbers([[-1, 3, 0]]))[0, 2], zero), "0 is always white"
    assert np.allclose(none, 1), "nothing is black where all is 0"
    grey = painted(show_numbers([[0, 1], [2, 3]])).reshape(4, 3)
    assert np.ptp(grey, axis=1).max() < 1e-6
    assert (np.diff(grey[:, 0]) < 0).all(), "the larger, the darker"


@pytest.mark.parametrize(
    "numbers", [np.linspace(0, 1, 25).reshape(5, 5), np.linspace(-1, 1, 25).reshape(5, 5)]
)
def test_numbers_stand_out_from_their_field(numbers: np.ndarray) -> None:
    figure = show_numbers(numbers)
    inks = figure.axes[0].collections[0].get_facecolor()
    for ink, colour in zip(inks, painted(figure).reshape(-1, 3), strict=True):
        weights = (0.2126, 0.7152, 0.0722)
        both = (np.array(one) ** 2.2 @ weights for one in (colour, ink[:3]))
        dark, light = sorted(both)
        assert (light + 0.05) / (dark + 0.05) > 3.5, (ink, colour)


@pytest.mark.parametrize("shape", [(2, 2), (3, 3), (4, 4), (5, 5)])
def test_a_small_table_can_be_read(shape: tuple[int, int]) -> None:
    assert 240 <= min(drawn(show_numbers(np.ones(shape))).shape) <= 260


def test_maps_share_one_scale_and_show_signs() -> None:
    maps = np.zeros((2, 2, 3))
    maps[0, 0, 1], maps[0, 0, 2] = 4, 1
    (image,) = show_maps(maps).axes[0].images
    side_by_side = image.get_array()
    assert [side_by_side[:, left : left + 2].max() for left in (0, 3, 6)] == [0, 1, 0.25]
    assert side_by_side.mask[:, [2, 5]].all(), "the gaps between them are paper"
    assert image.get_cmap().name == "gray_r"
    assert show_maps(maps - 1).axes[0].images[0].get_clim() == (-1, 1)
    assert show_maps(np.arange(128)).axes[0].images[0].get_array().shape == (4, 32)
    assert show_maps(np.zeros(9216)).axes[0].images[0].get_array().shape == (48, 192)
    assert 800 < drawn(show_maps(np.arange(128))).shape[1] <= 900
    assert 800 < drawn(show_maps(np.zeros(9216))).shape[1] <= 900


def test_a_bar_can_be_made_of_pictures_and_is_as_long_as_without() -> None:
    many = np.repeat(DIGITS[:1], 25, axis=0)
    axis = show_bars({"a": 100, "b": 40}, pictures=[many, many]).axes[0]
    assert [tuple(drawn.get_extent()[:2]) for drawn in axis.images] == [(0, 100), (0, 40)]
    assert [drawn.get_array().shape[1] / 28 for drawn in axis.images] == [25, 10]
    plain = show_bars({"a": 100, "b": 40}).axes[0]
    assert (axis.get_xlim(), axis.get_ylim()) == (plain.get_xlim(), plain.get_ylim())


@pytest.mark.parametrize(
    "draw", [lambda n: show_bars({"a": n, "b": 1}), lambda n: show_curves({"a": [n, 1]})]
)
def test_nothing_is_never_written_as_less_than_nothing(draw) -> None:
    figure = draw(-np.log(1.0))
    written = [text.get_text() for text in figure.axes[0].texts]
    assert "-0" not in " ".join([figure.alt, *written])


def test_probabilities_are_written_and_the_best_and_the_true_one_marked() -> None:
    axis = show_probabilities(TEN[np.newaxis], label=8).axes[0]
    written = {round(text.get_position()[0]): text for text in axis.texts[:-1]}
    assert [written[digit].get_text() for digit in (0, 1, 3)] == ["2.0%", "3.0%", "70.0%"]
    assert 2 not in written  # nothing, rather than "0.0%"
    assert [n for n, text in written.items() if text.get_fontweight() == "bold"] == [3]
    assert [bar.get_height() for bar in axis.patches] == list(TEN)
    assert [tick.get_text() for tick in axis.get_xticklabels()] == [str(n) for n in range(10)]
    true = axis.texts[-1]
    assert (true.get_text(), true.get_position()[0]) == ("true digit", 8)
    assert true.get_position()[1] > written[8].get_position()[1]
    assert axis.spines["left"].get_bounds() == (0, 1)
    assert axis.get_yticks().max() == 1
    # Only a one-hot vector is certain: a network never is.
    nearly = np.array([1 - 9e-8, *[1e-8] * 9])
    for bars, said in ((nearly, ">99.9%"), (np.eye(10)[0], "100%")):
        figure = show_probabilities(bars)
        assert [text.get_text() for text in figure.axes[0].texts] == [said]
        assert f"0 at {said}" in figure.alt


def test_confusion_shades_mistakes_only() -> None:
    table = np.diag(np.full(10, 900))
    table[3, 5] = 4
    axis = show_confusion(table).axes[0]
    shades = axis.collections[0].get_array()
    assert (np.argmax(shades), shades.sum()) == (35, 4)
    assert axis.texts[35].get_text() == "4"
    assert axis.texts[33].get_fontweight() == "bold"


def test_window_writes_the_products_and_adds_them_up() -> None:
    kernel = np.array([[-1, 0, 1]] * 3)
    axes = show_window(DIGITS[0], kernel, 2, 4).axes
    products = DIGITS[0].astype(int)[2:5, 4:7] * kernel
    assert [text.get_text().split("= ")[1] for text in axes[1].texts] == [
        str(product).replace("-", "−") for product in products.ravel()
    ]
    assert axes[2].get_title() == f"added up: {products.sum()}".replace("-", "−")
    sums = axes[2].images[0].get_array()
    assert sums.shape == (26, 26)
    assert sums[2, 4] == products.sum()


def test_all_sums_at_once_and_a_minus_on_those_clearly_below_zero() -> None:
    """Colours apart, what is below zero must be told from what is above."""
    kernel = np.array([[-1, 0, 1]] * 3)
    whole = show_window(DIGITS[0], kernel, 2, 4).axes[2]
    sums = whole.images[0].get_array()
    assert np.isfinite(sums).sum() == 26 * 26
    marked = {(int(row), int(column)) for column, row in whole.collections[0].get_offsets()}
    assert marked == {(row, column) for row, column in np.argwhere(sums < -np.abs(sums).max() / 8)}


def test_below_a_curve_stand_whole_numbers_only_where_all_are_whole() -> None:
    def ticks(figure: Figure) -> list[float]:
        return [tick for axis in figure.axes for tick in axis.get_xticks()]

    losses = {"a": [1, 2, 3]}
    # An epoch is whole, even of a stopped run.
    for figure in (show_curves(losses), show_curves(losses, x=[1.0, 2, 3]), show_history(HISTORY)):
        assert all(tick == round(tick) for tick in ticks(figure))
    assert sum(0 < tick < 1 for tick in ticks(show_curves(losses, x=[0, 0.1, 1]))) >= 3


def test_history_shows_training_and_validation_apart_without_colour() -> None:
    figure = show_history(HISTORY)
    assert [axis.get_title(loc="left").split()[0] for axis in figure.axes] == ["Accuracy", "Loss"]
    training, validation = figure.axes[0].lines
    assert (training.get_linestyle(), training.get_marker()) == ("-", "o")
    assert (validation.get_linestyle(), validation.get_marker()) == ("--", "s")
    assert list(training.get_xdata()) == HISTORY["epoch"]
    assert list(training.get_ydata()) == HISTORY["accuracy"]
    assert np.isnan(validation.get_ydata()[2])
    way = {"accuracy": [(0.1, 0.1), (0.5, 0.7), (1.0, 0.8)], "loss": [(0.1, 2.3), (1.0, 0.3)]}
    training, validation = show_history(HISTORY, way=way).axes[0].lines
    assert training.get_xydata().tolist() == [[0.1, 0.1], [0.5, 0.7], [1.0, 0.8]]
    assert list(validation.get_xdata()) == HISTORY["epoch"]
    assert training.axes.get_ylim()[0] > 0.1  # the climb is off the picture
    given = Figure()
    assert show_history(HISTORY, ax=given.subplots(1, 2)) is given
    assert len(given.axes[1].lines) == 2


BAD: list[tuple[Any, type[Exception], str]] = [
    (lambda: show_digit("5"), TypeError, r"'5' \(str\)"),
    (lambda: show_digit(None), TypeError, "None"),
    (lambda: show_digit(DIGITS), ValueError, "28 by 28"),
    (lambda: show_digits(DIGITS[0]), ValueError, r"\(n, 28, 28\)"),
    (lambda: show_digits(DIGITS[:0]), ValueError, r"\(0, 28, 28\)"),
    (lambda: show_digits(np.full((1, 28, 28), np.nan)), ValueError, "not a number"),
    (lambda: show_digits(DIGITS.astype(int) + 900), ValueError, "not 0..255"),
    (lambda: show_digits(DIGITS, [1, 2]), ValueError, "7 pictures but 2 labels"),
    (lambda: show_digits(DIGITS, columns=0), ValueError, "from 1 to 30"),
    (lambda: show_readings(DIGITS, range(7), {"now": [1, 2]}), ValueError, "now"),
    (lambda: show_readings(np.repeat(DIGITS, 2, 0), range(14), {}), ValueError, "from 1 to 12"),
    (lambda: show_digits(DIGITS, columns="3"), TypeError, "without quotes"),
    (lambda: show_maps(np.zeros((1, 26, 26, 32))), ValueError, r"\(h, w, n\)"),
    (lambda: show_numbers(np.zeros((29, 3))), ValueError, "numbers.:28"),
    (lambda: show_numbers([1, 2, 3]), ValueError, r"\(h, w\)"),
    (lambda: show_probabilities(TEN * 9), ValueError, "from 0 to 1"),
    (lambda: show_probabilities(TEN[:9]), ValueError, "ten numbers"),
    (lambda: show_probabilities(TEN, label=10), ValueError, "from 0 to 9"),
    (lambda: show_bars([1, 2]), ValueError, "names and numbers"),
    (lambda: show_bars({}), ValueError, "names and numbers"),
    (lambda: show_bars({"a": -1}), ValueError, "-1"),
    (lambda: show_bars({"a": 1}, highlight="b"), ValueError, "highlight names b; the bars are a"),
    (lambda: show_bars({"a": np.nan}), ValueError, "not a number"),
    (lambda: show_confusion(np.eye(9)), ValueError, r"\(10, 10\)"),
    (lambda: show_one_hot(DIGITS, np.eye(10)), ValueError, "7 images and 10 vectors"),
    (lambda: show_cake({"none": 0}), ValueError, "above 0"),
    (lambda: show_line_fit([1, 2], [1], 1, 0), ValueError, "x has 2 numbers and y has 1"),
    (lambda: show_curves({}), ValueError, "one to four"),
    (lambda: show_curves([1, 2, 3]), ValueError, "one to four"),
    (lambda: show_history(None), ValueError, "run.history"),
    (lambda: show_history({"epoch": [1], "loss": [2]}), ValueError, "lacks accuracy"),
    (lambda: show_history(HISTORY | {"loss": [1]}), ValueError, "differ in length"),
    (lambda: show_window(DIGITS[0], np.ones((3, 3)), 26, 0), ValueError, "row came as 26"),
    (lambda: show_window(DIGITS[0], np.ones(9), 0, 0), ValueError, r"shape \(3, 3\)"),
]


def test_the_names_of_two_crumbs_of_a_cake_do_not_cover_each_other() -> None:
    figure = show_cake({"a": 98, "b": 1, "c": 1})
    figure.draw_without_rendering()
    boxes = [text.get_window_extent() for text in figure.findobj(Text) if "%" in text.get_text()]
    assert len(boxes) == 3
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


def test_only_the_mistakes_among_readings_have_a_cross_and_another_colour() -> None:
    readings = {"before": [0, 7, 2, 3, 4, 5, 6], "after": range(7)}
    written = show_readings(DIGITS, range(7), readings).axes[0].texts
    crossed = [(text.get_text(), text.get_color()) for text in written if "✗" in text.get_text()]
    assert crossed == [("7 ✗", ORANGE)]
    assert "Mistakes: 1 before, 0 after" in [text.get_text() for text in written]


@pytest.mark.parametrize(
    "figure",
    [
        show_maps(RNG.random((5, 5, 4)), highlight=2),
        show_digits(RNG.random((4, 5, 5)), range(4), highlight=2),
    ],
)
def test_the_picture_that_is_pointed_out_has_a_frame_of_its_own(figure) -> None:
    frames = figure.axes[0].collections[0]
    names = figure.axes[0].texts
    orange = (frames.get_edgecolors()[:, :3] == to_rgb(ORANGE)).all(axis=1)
    assert orange.tolist() == [False, False, True, False]
    left = frames.get_paths()[2].get_extents().x0
    assert left == figure.axes[0].images[0]._Ax[2 * 6], "where the third picture begins"
    assert [name.get_text() for name in names if name.get_fontweight() == "bold"] == ["2"]
    assert "Number 2 is framed" in figure.alt
    with pytest.raises(ValueError, match="highlight"):
        show_maps(RNG.random((5, 5, 4)), highlight=4)


@pytest.mark.parametrize(("draw", "error", "words"), BAD)
def test_what_cannot_be_drawn_is_said(draw: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        draw()
