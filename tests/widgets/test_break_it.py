"""Break it: it opens whole, turning right is clockwise, and the curve shows only what was tried."""

import re

import numpy as np
import pytest
from samples import words

from mnist_lesson.mistakes import accuracy_curves
from mnist_lesson.mistakes.accuracy_curves import AMOUNTS, WAYS, break_network
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets import break_it
from mnist_lesson.widgets.break_it import NETWORK, BreakIt


@pytest.fixture
def panel(monkeypatch) -> BreakIt:
    monkeypatch.setattr(break_it, "current_network", practised_network)
    panel = BreakIt()
    panel.work.wait()
    return panel


def test_it_opens_with_nothing_broken_and_a_digit_out_of_range_is_named(panel) -> None:
    assert panel.amount.value == 0
    assert "Still right" in words(panel.answer)
    assert "Dots on the curve so far: 1." in words(panel.share)
    panel.digit.value = 5000
    assert "no test digit 5,000" in words(panel.status)


def test_the_record_is_the_smallest_change_that_fooled_it(panel) -> None:
    """Checked against every turn of test digit 0, in an order that goes back and forth."""
    assert "No record for “Turn” yet" in words(panel.record)
    image, label = (part[0] for part in sealed_digits())
    degrees = [value for _, value in panel.amount.options]
    turned = np.concatenate([WAYS["Turn"].change(image[None], value) for value in degrees])
    read = practised_network().predict(to_input(turned)).argmax(axis=1)
    fooled = [value for value, answer in zip(degrees, read, strict=True) if answer != label]
    for value in sorted(fooled, key=lambda value: -abs(value)) + degrees[::-1]:
        panel.amount.value = value
        panel.work.wait()
    smallest = min(map(abs, fooled))
    assert re.match(rf"−?{smallest}° is your record for “Turn”", words(panel.record))
    panel.way.value = "Blur"
    panel.work.wait()
    assert "No record for “Blur” yet" in words(panel.record)


def test_a_digit_that_is_misread_as_it_is_makes_no_record(panel) -> None:
    images, labels = (part[:1000] for part in sealed_digits())
    both = (images, WAYS["Turn"].change(images, 15))
    read = [practised_network().predict(to_input(each)).argmax(axis=1) for each in both]
    panel.digit.value = int(np.flatnonzero((read != labels).all(axis=0))[0])
    panel.amount.value = 15
    panel.work.wait()
    assert "Wrong" in words(panel.answer)
    assert "No record" in words(panel.record)


def test_right_is_clockwise() -> None:
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, 4, 12:16] = 255  # ink at the top
    turned = WAYS["Turn"].change(image, 90)[0]
    assert turned[12:16, 20:].sum() > 0.9 * turned.sum()  # now it is on the right


@pytest.mark.parametrize("way", list(WAYS))
def test_each_way_shows_what_the_network_makes_of_the_changed_digit(panel, way) -> None:
    panel.way.value = way
    value = panel.amount.options[-1][1]
    panel.amount.value = value
    panel.work.wait()
    changed = WAYS[way].change(sealed_digits()[0][:1], value)
    expected = practised_network().predict(to_input(changed))[0].argmax()
    assert words(panel.answer).split()[0] == str(expected)


def test_the_share_is_what_a_count_gives(panel) -> None:
    panel.amount.value = 45
    panel.work.wait()
    images, labels = (part[:1000] for part in sealed_digits())
    turned = WAYS["Turn"].change(images, 45)
    right = (practised_network().predict(to_input(turned)).argmax(axis=1) == labels).mean()
    assert f"{right:.1%}" in words(panel.share)


def test_the_axis_is_there_before_the_count_is_done(panel, monkeypatch) -> None:
    seen = []
    count = accuracy_curves.count_right

    def watched(*given):
        seen.append(panel.curve.value)
        yield from count(*given)

    monkeypatch.setattr(accuracy_curves, "count_right", watched)
    panel.way.value = "Noise"
    panel.work.wait()
    assert "pixels noisy" in seen[0]
    assert "<circle" not in seen[0]
    assert panel.curve.value.count("<circle") == 1


def test_the_network_itself_can_be_broken(panel) -> None:
    panel.target.value = NETWORK
    assert list(panel.way.options) == list(AMOUNTS)
    panel.way.value = "Filters off"
    panel.amount.value = 100
    panel.work.wait()
    share = float(re.search(r"([\d.]+)%", words(panel.share))[1])
    assert share < 30  # without filters, it can only guess


def test_each_way_opens_unbroken_and_keeps_its_own_amount(panel) -> None:
    panel.amount.value = 90
    panel.way.value = "Noise"
    panel.work.wait()
    assert panel.amount.value == 0
    assert "Dots on the curve so far: 1." in words(panel.share)  # nobody has chosen another one
    panel.amount.value = 30
    panel.way.value = "Shrink"
    assert panel.amount.value == WAYS["Shrink"].nothing
    panel.way.value = "Turn"
    assert panel.amount.value == 90


def test_a_right_answer_that_it_doubts_is_no_triumph(panel) -> None:
    images, labels = (part[:1000] for part in sealed_digits())
    probabilities = practised_network().predict(to_input(images))
    doubted = (probabilities.argmax(axis=1) == labels) & (probabilities.max(axis=1) < 0.5)
    panel.digit.value = int(np.flatnonzero(doubted)[0])
    panel.work.wait()
    sure = probabilities[panel.digit.value].max()
    assert f"Still right, but only {sure:.0%} sure!" in words(panel.answer)


def test_a_damaged_network_is_a_copy() -> None:
    network = practised_network()
    before = network.digest
    for way, amounts in AMOUNTS.items():
        assert break_network(network, way, 0).digest == before
        assert break_network(network, way, amounts[-1]).digest != before
    assert network.digest == before


def test_a_network_that_begins_without_filters_can_be_broken_too() -> None:
    """Then the neurons of its first dense layer fall silent."""
    flat = {"name": "flat", "kind": "Flatten", "activation": "linear"}
    dense = {"name": "dense", "kind": "Dense", "activation": "softmax"}
    arrays = {"kernel": np.ones((784, 10), np.float32), "bias": np.ones(10, np.float32)}
    network = Twin([flat, dense], {"flat": {}, "dense": arrays}, (28, 28, 1), "flat first")
    broken = break_network(network, "Filters off", 50).weights["dense"]
    assert (broken["kernel"] == 0).all(axis=0).sum() == 5
    assert (broken["bias"] == 0).sum() == 5


def test_random_actions(panel, random_actions) -> None:
    def settle(panel: BreakIt) -> None:
        panel.work.wait()

    # The curve grows, and a record stays: they tell of more than the controls.
    history = ("curve", "share", "record")
    random_actions(panel, make=BreakIt, settle=settle, history=history)
