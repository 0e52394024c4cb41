"""The mistake browser: the matrix counts, and a square shows exactly the digits that it counts."""

import re

import numpy as np
import pytest
from samples import words

from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.saved import practised_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.test import Prediction, count_confusions, predict
from mnist_lesson.widgets.mistake_browser import PAGE, MistakeBrowser


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    return predict(practised_network(), to_input(sealed_digits()[0]))


@pytest.fixture
def panel(prediction) -> MistakeBrowser:
    return MistakeBrowser(prediction)


def test_the_matrix_is_the_confusion_matrix(panel) -> None:
    images, labels = sealed_digits()
    read = practised_network().predict(to_input(images)).argmax(axis=1)
    table = count_confusions(labels, read)
    assert panel.matrix.counts == table.tolist()
    mistakes = np.where(np.eye(10, dtype=bool), 0, table)
    assert mistakes[panel.cell] == 0  # it opens on right answers: the reader is the detective
    times = f"{mistakes.max()} times"
    assert times in panel.still().alt  # where nobody can click, the commonest mistake is told
    assert times not in words(panel.answer)


def test_a_field_shows_exactly_its_digits(panel, prediction) -> None:
    labels = sealed_digits()[1]
    for truth, answer in ((7, 7), panel.readings.worst()):
        panel.matrix.selected = [truth, answer]
        places = np.flatnonzero((labels == truth) & (prediction.labels == answer))
        assert words(panel.answer).split()[0] == str(len(places))
        shown = [int(n) for n in re.findall(r"<figcaption>test digit (\d+)<", panel.digits.value)]
        assert len(shown) == min(PAGE, len(places))
        assert set(shown) <= set(places.tolist())


def test_pages_turn_and_start_again_with_another_field(panel) -> None:
    panel.matrix.selected = [7, 7]
    panel.page.value = 3
    panel.matrix.selected = [1, 1]
    assert panel.page.value == 1


def test_random_actions(panel, prediction, random_actions) -> None:
    def choose(chance) -> None:
        panel.matrix.selected = [chance.randrange(10), chance.randrange(10)]

    random_actions(panel, make=lambda: MistakeBrowser(prediction), extra=(choose,) * 3)
