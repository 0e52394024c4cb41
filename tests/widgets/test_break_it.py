"""The prediction follows the slider, the curve is measured once and to its end, and what is superseded is dropped."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from mnist_lesson import to_input
from mnist_lesson.mistakes.accuracy_curves import COUNT, WAYS, measure
from mnist_lesson.mistakes.occlusion import occlusion_map, where_it_hangs
from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import plain_network
from mnist_lesson.widgets import break_it
from mnist_lesson.widgets.break_it import BreakIt, curve, still


def settle(panel: BreakIt) -> None:
    panel.work.wait()


KNOWN: dict[tuple[str, str], dict[float, float]] = {}


@pytest.fixture(autouse=True)
def few_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Curves on 100 digits here, for speed; `test_the_curve_is_of_1000_digits` has them all."""
    for module in ("breaking", "widgets.break_it"):
        monkeypatch.setattr(f"mnist_lesson.{module}.COUNT", 100)
    monkeypatch.setattr("mnist_lesson.mistakes.accuracy_curves._KNOWN", KNOWN)


@pytest.fixture
def nothing_known() -> None:
    KNOWN.clear()


@pytest.fixture
def panel() -> BreakIt:
    made = BreakIt()
    settle(made)
    return made


@pytest.mark.parametrize("name", WAYS)
def test_the_prediction_follows(panel: BreakIt, name: str) -> None:
    images, labels = sealed_digits()
    way, network = WAYS[name], plain_network()
    panel.way.value, panel.digit.value = name, 17
    for value in (way.values[0], way.values[-1], way.begin):
        panel.amount.value = value
        settle(panel)
        before, after = network.predict(
            to_input(np.stack([images[17], way.change(images[17:18], value)[0]]))
        )
        assert (
            f"this {labels[17]} is read as {before.argmax()} ({before.max():.1%})"
            in panel.words.value
        )
        assert f"it is read as {after.argmax()} ({after.max():.1%})." in panel.words.value
        assert way.say(value)[1:] in panel.words.value
        assert re.findall(r">([\d.]+%)<", panel.shown.value) == [
            f"{chance:.1%}" for chance in after
        ]


@pytest.mark.parametrize("name", WAYS)
def test_each_way_has_a_value_that_changes_nothing_and_more_that_do(name: str) -> None:
    way, images = WAYS[name], sealed_digits()[0][:20]
    assert way.nothing in way.values
    assert way.begin in way.values
    assert np.abs(way.change(images, way.nothing).astype(int) - images).mean() < 1
    for value in set(way.values) - {way.nothing}:
        assert not np.array_equal(way.change(images, value), images), value
    assert len(way.values) <= 19


@pytest.mark.parametrize("name", WAYS)
def test_the_furthest_value_breaks_it(name: str) -> None:
    way, network = WAYS[name], plain_network()
    images, labels = (array[:100] for array in sealed_digits())

    def accuracy(value: float) -> float:
        return float(
            (network.predict(to_input(way.change(images, value))).argmax(axis=1) == labels).mean()
        )

    assert accuracy(way.nothing) > 0.97
    assert min(accuracy(way.values[0]), accuracy(way.values[-1])) < 0.8, "else the slider is no fun"


def test_another_way_brings_its_own_values(panel: BreakIt) -> None:
    panel.way.value = "Noise"
    settle(panel)
    assert panel.amount.value == WAYS["Noise"].begin
    assert [value for _, value in panel.amount.options] == list(WAYS["Noise"].values)
    assert "With 30 percent of its pixels noisy, it is read as" in panel.words.value
    assert "with 30 percent of its pixels noisy." in panel.counted.value


def test_the_curve_is_measured_to_its_end_and_stands_in_a_table(panel: BreakIt) -> None:
    network, way = panel.network, WAYS["Turn"]
    images, labels = (array[:100] for array in sealed_digits())
    for value in way.values:
        share = (
            network.predict(to_input(way.change(images, value))).argmax(axis=1) == labels
        ).mean()
        cells = rf">{way.short(value)}</td><td[^>]*>{share:.1%}<"
        assert re.search(cells, panel.curve.value), value
    assert "…%" not in panel.curve.value


def test_the_sentence_is_of_the_value_on_the_slider(panel: BreakIt) -> None:
    *_, known = measure(panel.network, "Turn", 0)
    for value in (-90, 45):
        panel.amount.value = value
        settle(panel)
        assert (
            f"correctly as they are, and {known[value]:.1%} {WAYS['Turn'].say(value)}."
            in panel.counted.value
        )


def test_the_curve_is_of_1000_digits() -> None:
    assert COUNT == 1000


@pytest.mark.usefixtures("nothing_known")
def test_a_curve_is_measured_once_for_all_panels_and_the_value_on_the_slider_first() -> None:
    panel = BreakIt()
    settle(panel)
    assert len(list(measure(panel.network, "Turn", 0))) == 2, "nothing is left to do"
    first = next(known for known in measure(panel.network, "Blur", 1.5) if known)
    assert list(first) == [1.5]


@pytest.mark.usefixtures("nothing_known")
def test_what_is_no_longer_wanted_is_broken_off() -> None:
    panel = BreakIt()
    for name in ("Shift", "Blur", "Noise", "Cover"):
        panel.way.value = name
    settle(panel)
    known = {
        name: len(dict(next(measure(panel.network, name, 0))))
        for name in ("Shift", "Blur", "Noise", "Cover")
    }
    assert known["Cover"] == len(WAYS["Cover"].values)
    assert sum(known.values()) < sum(len(WAYS[name].values) for name in known)


def test_a_curve_that_grows_leaves_out_what_is_not_known() -> None:
    figure = curve("Turn", {0: 0.9, 15: 0.8}, 15)
    numbers = figure.axes[0].lines[0].get_ydata()
    assert np.isfinite(numbers).sum() == 2
    assert numbers[list(WAYS["Turn"].values).index(15)] == 0.8


def test_the_map_shows_on_what_the_answer_hangs(panel: BreakIt) -> None:
    panel.digit.value, panel.amount.value = 8, 0
    settle(panel)
    words = where_it_hangs(occlusion_map(panel.network, sealed_digits()[0][8]))
    assert words in panel.relies.value
    assert f'alt="{words}"' in panel.shown.value
    before = panel.shown.value
    panel.amount.value = 45
    settle(panel)
    assert panel.shown.value != before


def test_it_says_whose_network_it_is(panel: BreakIt) -> None:
    assert "what the ready-trained network can stand" in panel.children[0].value
    assert break_it.current_network().digest == panel.network.digest


def test_two_panels_do_not_disturb_each_other() -> None:
    one, other = BreakIt(), BreakIt()
    one.way.value, other.way.value = "Cover", "Blur"
    settle(one)
    settle(other)
    assert "covered" in one.words.value
    assert "Blurred" in other.words.value


def test_the_still_picture_shows_answers_and_curve() -> None:
    top, bottom = still("Turn", number=4).axes
    network, way = plain_network(), WAYS["Turn"]
    image = sealed_digits()[0][4:5]
    for value, words in zip(way.values[::2], top.texts, strict=True):
        answer = network.predict(to_input(way.change(image, value)))[0]
        assert words.get_text() == f"{way.short(value)}\n{answer.argmax()} ({answer.max():.1%})"
    assert np.isfinite(bottom.lines[0].get_ydata()).all()


def test_its_name_never_changes(panel: BreakIt) -> None:
    assert repr(panel) == "BreakIt: run this page in JupyterLab to use it"


def test_a_thousand_random_actions(random_actions: Callable[..., None]) -> None:
    random_actions(BreakIt(), make=BreakIt, settle=settle)
