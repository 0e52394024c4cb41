"""The window that slides over a digit: its numbers are the twin's, and the panel's."""

import re
from collections.abc import Callable

import numpy as np
import pytest

from mnist_lesson.introduction.sliding_window import (
    KERNELS,
    parse_kernel,
    slide,
)
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.network.arithmetic import conv2d_at
from mnist_lesson.network.saved import ModelFileError, current_network, plain_network, save_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.words import write_number
from mnist_lesson.shared.workspace import run_folder
from mnist_lesson.widgets.drawing_pad import DrawingPad
from mnist_lesson.widgets.sliding_window import DRAWN, GIVEN, OWN, TRAINED, SlidingWindow


@pytest.fixture(scope="module")
def five(digits: ImagesAndLabels) -> np.ndarray:
    return digits[0][0][0]


@pytest.mark.parametrize("kernel", KERNELS.values())
def test_each_number_of_the_map_is_the_sum_of_the_products(kernel: str, five: np.ndarray) -> None:
    weights, pixels = parse_kernel(kernel), five.astype(float)
    sums = slide(pixels, weights).sums
    for row, column in ((0, 0), (10, 10), (13, 7), (25, 25)):
        products = pixels[row : row + 3, column : column + 3] * weights
        assert sums[row, column] == pytest.approx(products.sum(), abs=1e-3)


@pytest.mark.parametrize("number", [0, 3, 31])
def test_a_trained_filter_gives_the_networks_own_map(number: int, five: np.ndarray) -> None:
    twin = plain_network()
    _, filters, biases = twin.first_filters()
    sums = slide(to_input(five)[0, :, :, 0], filters[..., number], float(biases[number])).sums
    first_map = twin.layers(to_input(five)[0])[0][2][..., number]
    assert np.allclose(np.maximum(sums, 0), first_map, atol=1e-6)
    one = conv2d_at(to_input(five)[0], filters[:, :, None, :], biases, 10, 10)[number]
    assert sums[10, 10] == pytest.approx(one, abs=1e-6)


def test_kernels_are_read_as_people_type_them() -> None:
    assert np.array_equal(parse_kernel("1 2 3\n4,5;6  7 8 −9"), [[1, 2, 3], [4, 5, 6], [7, 8, -9]])
    assert np.allclose(parse_kernel("1/9 " * 9), 1 / 9)
    assert parse_kernel("0.5 .5 -2 1e1 0 0 0 0 0")[1, 0] == 10


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("", "I found 0"),
        ("1 2 3", "I found 3"),
        ("0,5 " * 9, "I found 18"),
        ("one 2 3 4 5 6 7 8 9", "“one” is not a number"),
        ("1/0 2 3 4 5 6 7 8 9", "“1/0” is not a number"),
        ("nan 2 3 4 5 6 7 8 9", "too large"),
        ("1e999999999 2 3 4 5 6 7 8 9", "too large"),
        ("1001 2 3 4 5 6 7 8 9", "too large"),
        ("<script> 2 3 4 5 6 7 8 9", "“<script>” is not a number"),
        ("1/2/3 2 3 4 5 6 7 8 9", "not a number"),
        ("9" * 100_000, "too large"),
    ],
)
def test_what_is_no_kernel_gets_a_sentence_in_the_panel_and_nothing_is_lost(
    words: str, complaint: str, five: np.ndarray
) -> None:
    panel = SlidingWindow(five)
    before = panel.picture.value
    panel.weights.value = words
    assert complaint.replace("<", "&lt;").replace(">", "&gt;") in panel.about.value
    assert len(panel.about.value) < 400
    assert panel.weights.value == words
    assert "lm-fault" in panel.about.value
    panel.weights.value = KERNELS["vertical edges"]
    assert panel.picture.value == before


def test_the_panel_shows_pixels_weights_their_products_and_the_sum(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.row.value, panel.column.value = 10, 12
    cells = re.findall(r"<td[^>]*>([^<]*)</td>", panel.picture.value)
    under, weights = five[10:13, 12:15].astype(int), parse_kernel(KERNELS["vertical edges"])
    wanted = [*under.ravel(), *weights.ravel(), *(under * weights).ravel(), (under * weights).sum()]
    assert cells == [write_number(number) for number in wanted]
    assert "= −624." in panel.words.value
    assert "273 of its 26 × 26 numbers" in panel.words.value
    assert re.findall(r'alt="([^"]*)"', panel.picture.value) == [
        "The picture that goes in; the window is at row 10, column 12",
        "The new picture, filled in up to row 10, column 12",
    ]


def test_stepping_goes_place_by_place_and_stops_at_the_ends(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.row.value, panel.column.value = 3, 25
    panel.step.click()
    assert (panel.row.value, panel.column.value) == (4, 0)
    panel.back.click()
    panel.back.click()
    assert (panel.row.value, panel.column.value) == (3, 24)
    panel.end.click()
    panel.step.click()
    assert (panel.row.value, panel.column.value) == (25, 25)
    assert "676 of its 26 × 26" in panel.words.value


def test_play_moves_the_window_as_its_clock_ticks(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.playing.value = True
    assert panel.clock.playing
    assert 'aria-live="off"' in panel.words.value  # or a screen reader would talk without end
    panel.clock.value += 1
    assert (panel.row.value, panel.column.value) == (10, 11)
    panel.clock.playing = False  # as the front end does at the last place
    assert panel.playing.value is False
    assert 'aria-live="polite"' in panel.words.value


def test_choosing_a_kernel_types_it_and_typing_chooses_ones_own(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.kernel.value = "outline"
    assert panel.weights.value == KERNELS["outline"]
    panel.weights.value = "0 0 0, 0 1 0, 0 0 0"
    assert panel.kernel.value == OWN
    own = slide(five, parse_kernel(panel.weights.value)).sums
    assert np.array_equal(own, five[1:-1, 1:-1])


def test_trained_filters_are_the_current_networks_and_it_says_whose(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.kernel.value = TRAINED
    panel.filter.value = 4
    assert "Filter 4 of conv_1, learned by the plain network" in panel.about.value
    assert (panel.weights.layout.display, panel.filter.layout.display) == ("none", "")
    assert "and the bias" in panel.words.value
    save_network(plain_network(), run_folder("model") / "model.npz")
    panel = SlidingWindow(five)
    panel.kernel.value = TRAINED
    assert "learned by your own network" in panel.about.value


def test_a_broken_network_is_a_sentence_in_the_panel(five: np.ndarray) -> None:
    file = run_folder("model") / "model.npz"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no network")
    panel = SlidingWindow(five)
    panel.kernel.value = TRAINED
    assert "holds no network" in panel.about.value
    panel.kernel.value = "blur"
    assert "pixels go from 0" in panel.about.value
    with pytest.raises(ModelFileError):
        current_network()


def test_the_window_goes_where_one_points(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    for place, there in (
        ([0, 8, 12], (7, 11)),  # the middle of the window
        ([0, 27, 0], (25, 0)),  # at the edge, the last window that fits
        ([1, 5, 6], (5, 6)),  # a number of the new picture
        ([1, 99, -3], (25, 0)),  # a browser can send anything
    ):
        panel.pointing.place = place
        assert (panel.row.value, panel.column.value) == there, place
    panel.weights.value = "one two"
    panel.pointing.place = [0, 3, 3]
    assert "“one” is not a number" in panel.about.value


def test_random_actions(five: np.ndarray, random_actions: Callable[..., None]) -> None:
    # Without `make`: under a kernel that it cannot read, the last picture stays.
    random_actions(SlidingWindow(five))


def test_the_still_shows_the_place_and_all_sums(five: np.ndarray) -> None:
    panel = SlidingWindow(five)
    panel.kernel.value = "horizontal edges"
    panel.row.value, panel.column.value = 7, 9
    still = panel.still()
    assert "row 7, column 9" in still.alt
    assert "horizontal edges" in still.alt
    differences = five[2:].astype(float) - five[:-2]
    sums = differences[:, :-2] + differences[:, 1:-1] + differences[:, 2:]
    np.testing.assert_array_equal(still.figure.axes[2].images[0].get_array(), sums)


@pytest.mark.parametrize("kernel", [*KERNELS, TRAINED])
def test_the_large_sum_has_room_for_its_digits(kernel: str, five: np.ndarray) -> None:
    """In the widest place: a bold figure is at most 0.7 times as wide as its font is high."""
    panel = SlidingWindow(five)
    panel.kernel.value = kernel
    written = [write_number(number, 2) for number in panel._work_out().sums.ravel()]
    panel.clock.value = int(np.argmax([len(text) for text in written]))
    table = panel.picture.value.rpartition("<table")[2]
    width, font = map(int, re.findall(r"calc\((\d+)", table)[:2])
    (text,) = re.findall(r"<td[^>]*>([^<]*)</td>", table)
    assert 0.7 * font * len(text) <= width


def test_it_slides_over_the_drawing_on_a_pad_and_follows_it(five: np.ndarray) -> None:
    pad = DrawingPad(steps=False)
    panel = SlidingWindow(five, pad)
    panel.digit.value = DRAWN
    assert "Your pad is blank" in panel.about.value
    assert panel.digit.value == GIVEN, "it goes on with the digit it had"
    weights = parse_kernel(panel.weights.value)
    for stroke in ([60, 60, 200, 60, 120, 230], [140, 40, 140, 240]):
        pad.pad.strokes = [stroke]
        panel.digit.value = DRAWN
        sums = slide(pad.picture.astype(np.float32), weights).sums
        np.testing.assert_allclose(panel.still().figure.axes[2].images[0].get_array(), sums)
    panel.digit.value = GIVEN
    sums = slide(five.astype(np.float32), weights).sums
    np.testing.assert_allclose(panel.still().figure.axes[2].images[0].get_array(), sums)
    assert SlidingWindow(five).digit.layout.display == "none", "without a pad, nothing to choose"
