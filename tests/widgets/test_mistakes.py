"""The confusion as buttons: each counts what it says, and shows exactly its digits with the ten probabilities."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from mnist_lesson import to_input
from mnist_lesson.mistakes.test_set_answers import Readings, readings_of, sealed_digits
from mnist_lesson.network.saved import plain_network
from mnist_lesson.shared.bars import bars
from mnist_lesson.test import Prediction, confusion, predict
from mnist_lesson.widgets.mistake_browser import PAGE, MistakeBrowser, still


def settle(panel: MistakeBrowser) -> None:
    panel.work.wait()


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    """What the ready-trained network makes of the test digits, read once."""
    readings = readings_of()
    readings.finish()
    return Prediction(readings.chances.argmax(axis=1), readings.chances)


@pytest.fixture
def panel(prediction: Prediction) -> MistakeBrowser:
    made = MistakeBrowser(prediction)
    settle(made)
    return made


def places_shown(panel: MistakeBrowser) -> list[int]:
    return [int(place) for place in re.findall(r'alt="test digit (\d+)"', panel.shown.value)]


def test_the_readings_are_the_networks() -> None:
    readings = readings_of()
    readings.finish()
    x, y = to_input(readings.images[4000:4300]), readings.labels[4000:4300]
    twin = plain_network()
    assert np.allclose(readings.chances[4000:4300], twin.predict(x), atol=1e-5)
    part = np.zeros((10, 10), int)
    np.add.at(part, (y, readings.chances[4000:4300].argmax(axis=1)), 1)
    assert np.array_equal(part, confusion(twin, x, y))
    assert np.array_equal(readings.confusion().sum(axis=1), np.bincount(readings.labels))


def test_without_a_prediction_it_reads_by_itself_and_says_with_which_network() -> None:
    panel = MistakeBrowser()
    settle(panel)
    assert "10,000 test digits, read by the ready-trained network. A row" in panel.note.value
    assert sum(int(button.description) for button in panel.cells.values()) == 10_000


def test_while_it_reads_it_shows_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_lesson.mistakes.test_set_answers._LAST", {})
    readings = readings_of()
    readings.go_on()
    assert (readings.count, readings.done) == (1000, False)
    assert readings.confusion().sum() == 1000
    assert readings.cell(7, 7).max() < 1000
    assert readings_of() is readings, (
        "a second panel, or a cell that is run again, does not begin anew"
    )


def test_the_same_network_read_before_gets_its_name_and_another_does_not(
    prediction: Prediction,
) -> None:
    assert readings_of(prediction).whose == "the ready-trained network"
    other = Prediction(prediction.labels, np.roll(prediction.probabilities, 1, axis=1))
    assert readings_of(other).whose == "the network whose prediction you gave"


def test_it_begins_with_the_most_frequent_mistake(panel: MistakeBrowser) -> None:
    table = panel.readings.confusion()
    chosen = table[panel.truth.value, panel.answer.value]
    assert chosen == (table - np.diag(np.diag(table))).max()
    assert panel.truth.value != panel.answer.value
    assert len(places_shown(panel)) == chosen


def test_every_button_counts_its_digits(panel: MistakeBrowser, prediction: Prediction) -> None:
    labels = sealed_digits()[1]
    for (truth, answer), button in panel.cells.items():
        count = ((labels == truth) & (prediction.labels == answer)).sum()
        assert button.description == str(count)
        assert button.tooltip.startswith(f"{truth}, read as {answer}: {count} time")


@pytest.mark.parametrize("cell", [(7, 2), (4, 9), (9, 4), (0, 1), (8, 8)])
def test_a_button_shows_exactly_its_digits(
    panel: MistakeBrowser, prediction: Prediction, cell: tuple[int, int]
) -> None:
    panel.cells[cell].click()
    settle(panel)
    found = []
    for page in range(1, panel.page.max + 1):
        panel.page.value = page
        settle(panel)
        found += places_shown(panel)
    wanted = np.flatnonzero((sealed_digits()[1] == cell[0]) & (prediction.labels == cell[1]))
    assert sorted(found) == wanted.tolist()
    sure = prediction.probabilities[found, cell[1]]
    assert np.all(np.diff(sure) >= 0 if cell[0] == cell[1] else np.diff(sure) <= 0), (
        "the strangest first"
    )


def test_each_digit_comes_with_its_ten_probabilities(
    panel: MistakeBrowser, prediction: Prediction
) -> None:
    panel.cells[7, 2].click()
    settle(panel)
    first = places_shown(panel)[0]
    ten = bars(prediction.probabilities[first], truth=7)
    assert ten in panel.shown.value
    assert re.findall(r">([\d.]+%)<", ten) == [
        f"{chance:.1%}" for chance in prediction.probabilities[first]
    ]
    assert re.findall(r"font-weight: 700.*?padding: 0\">(\d)", ten) == ["2"], (
        "the likeliest is bold"
    )


def test_the_lists_do_the_same_as_the_buttons_and_mark_the_button(panel: MistakeBrowser) -> None:
    panel.truth.value, panel.answer.value = 9, 4
    settle(panel)
    by_list = panel.shown.value
    assert "9, read as 4" in panel.words.value
    assert [cell for cell, button in panel.cells.items() if "3px" in button.layout.border_top] == [
        (9, 4)
    ]
    panel.cells[0, 0].click()
    panel.cells[9, 4].click()
    settle(panel)
    assert panel.shown.value == by_list


def test_another_cell_begins_with_its_first_page(panel: MistakeBrowser) -> None:
    panel.cells[3, 3].click()
    settle(panel)
    panel.page.value = panel.page.max
    panel.cells[5, 5].click()
    settle(panel)
    assert panel.page.value == 1
    assert len(places_shown(panel)) == PAGE


def test_an_empty_cell_says_so(panel: MistakeBrowser) -> None:
    empty = next(cell for cell, button in panel.cells.items() if button.description == "0")
    panel.cells[empty].click()
    settle(panel)
    assert "0 times. Choose another number." in panel.words.value
    assert places_shown(panel) == []


def test_a_prediction_of_other_digits_is_refused_in_words(prediction: Prediction) -> None:
    few = Prediction(prediction.labels[:10], prediction.probabilities[:10])
    for wrong in (few, prediction.probabilities, "yes"):
        with pytest.raises(ValueError, match=r"Type predict\(network, to_input\(x_test\)\)"):
            MistakeBrowser(wrong)


def test_a_network_without_mistakes_has_a_panel_too() -> None:
    labels = sealed_digits()[1]
    perfect = Readings(plain_network(), np.eye(10, dtype=np.float32)[labels])
    assert perfect.worst() == (4, 9)
    panel = MistakeBrowser(Prediction(labels.astype(int), perfect.chances))
    settle(panel)
    assert panel.cells[4, 4].description == str((labels == 4).sum())


def test_the_still_picture_shows_the_same_digits(
    panel: MistakeBrowser, prediction: Prediction
) -> None:
    axis = still(prediction, cell=(7, 2)).axes[0]
    panel.cells[7, 2].click()
    settle(panel)
    places = places_shown(panel)[:10]
    assert np.allclose(
        [image.get_array() * 255 for image in axis.images], sealed_digits()[0][places]
    )
    assert (
        axis.texts[0].get_text() == f"truly 7\nread 2\n{prediction.probabilities[places[0], 2]:.0%}"
    )


def test_the_still_picture_is_always_as_large_and_never_empty(prediction: Prediction) -> None:
    table = readings_of(prediction).confusion()
    cells = [
        tuple(map(int, cell)) for cell in (np.argwhere(table == 1)[0], np.argwhere(table > 900)[0])
    ]
    assert {tuple(still(prediction, cell=cell).get_size_inches()) for cell in cells} == {(9, 2)}
    with pytest.raises(ValueError, match=r"There is nothing to draw: ., read as .: 0 times"):
        still(prediction, cell=tuple(map(int, np.argwhere(table == 0)[0])))


def test_it_agrees_with_predict(prediction: Prediction) -> None:
    again = predict(plain_network(), to_input(sealed_digits()[0][:50]))
    assert np.array_equal(again.labels, prediction.labels[:50])


def test_its_name_never_changes(panel: MistakeBrowser) -> None:
    assert repr(panel) == "MistakeBrowser: run this page in JupyterLab to use it"


def test_a_thousand_random_actions(
    prediction: Prediction, random_actions: Callable[..., None]
) -> None:
    random_actions(
        MistakeBrowser(prediction), make=lambda: MistakeBrowser(prediction), settle=settle
    )
