"""Few marks: the panel says what NumPy says of a network with so many marks."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
from samples import SEVEN, words

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.take_home import rounded_bytes
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.few_marks import FewMarks


def by_hand(network: Twin, half: int) -> Twin:
    """Fold the practised network's factors into its filters, and round these to -half..half."""
    weights = {name: {k: a.copy() for k, a in w.items()} for name, w in network.weights.items()}
    for conv, norm in (("conv_2", "norm_2"), ("conv_3", "norm_3")):
        for key in weights[conv]:
            weights[conv][key] *= weights[norm]["scale"]
        weights[conv]["bias"] += weights[norm]["shift"]
        weights[norm] = {key: np.full_like(a, key == "scale") for key, a in weights[norm].items()}
    for arrays in weights.values():
        if "kernel" in arrays:
            kernel = arrays["kernel"]
            step = np.abs(kernel).max(axis=tuple(range(kernel.ndim - 1))) / half
            arrays["kernel"] = np.round(kernel / step) * step
    return Twin(network.specs, weights, network.input_shape, "by hand")


def test_three_marks_are_counted_and_read_as_by_hand() -> None:
    panel = FewMarks(practised_network())
    panel.marks.value = 3
    panel.work.wait()
    images, labels = load_data()[1]
    answers = by_hand(practised_network(), 1).predict(to_input(images[:1000])).argmax(axis=1)
    right = (answers == labels[:1000]).mean()
    assert right < 0.5  # or the panel would ruin nothing
    assert f"{right:.1%} of 1,000" in words(panel.share)
    assert panel.ruler.marks == 3
    assert "lm-wrong" in panel.share.value


def test_the_edge_is_found_once_both_of_its_sides_are_counted() -> None:
    panel = FewMarks(practised_network())
    panel.work.wait()
    panel._known.update({3: 0.27})
    panel._find_edge()
    assert words(panel.status) == ""
    panel._known.update({5: 0.95})
    panel._find_edge()
    assert "With 5 marks it still reads 95.0%, and with 3 only 27.0%." in words(panel.status)


def test_a_score_is_shown_from_the_first_piece_on() -> None:
    panel = FewMarks(practised_network())
    panel.work.wait()
    next(panel._count(7))
    images, labels = load_data()[1]
    answers = by_hand(practised_network(), 3).predict(to_input(images[:100])).argmax(axis=1)
    assert f"{(answers == labels[:100]).mean():.0%} of the first 100" in words(panel.share)


def test_the_example_is_read_until_the_first_stroke() -> None:
    """It stands on the sheet as a ghost, and isn't among the strokes, so nothing is drawn on it."""
    panel = FewMarks(practised_network())
    assert panel.pad.strokes == []
    assert panel.pad.example == [list(stroke) for stroke in strokes_of(3)]
    assert words(panel.answer).startswith("3 ")
    assert "the faint example" in words(panel.answer)
    panel.pad.strokes = SEVEN
    assert words(panel.answer).startswith("7 ")
    assert "example" not in words(panel.answer)


def test_the_size_is_counted_in_bits() -> None:
    # Weights; then biases, and a scale for each filter and neuron, of four bytes each.
    kernels = (25 * 24, 9 * 24 * 48, 9 * 48 * 92, 828 * 10)
    rest = 4 * 2 * (24 + 48 + 92 + 10)
    for marks, bits in ((255, 8), (15, 4), (5, 3), (3, 2)):
        assert rounded_bytes(practised_network(), marks) == sum(kernels) * bits / 8 + rest


def test_the_ruler_has_the_chosen_filters_weights() -> None:
    network = practised_network()
    panel = FewMarks(network)
    panel.filter.value = 5
    assert panel.ruler.weights == network.weights["conv_1"]["kernel"][..., 5].ravel().tolist()


def test_random_actions(random_actions: Callable[..., None]) -> None:
    panel = FewMarks(practised_network())

    def draw(chance: random.Random) -> None:
        panel.pad.strokes = chance.choice([[], SEVEN, [[chance.randrange(281) for _ in range(6)]]])

    def settle(panel: FewMarks) -> None:
        panel.work.wait()

    def make() -> FewMarks:
        return FewMarks(practised_network())

    # The curve grows, and the edge stays found.
    random_actions(panel, make=make, extra=(draw,), settle=settle, history=("curve", "status"))
