"""The memoriser: it answers with the label of what's nearest among the digits it remembers."""

from __future__ import annotations

import random

import pytest
from samples import FOUR, SEVEN, words

from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.widgets.match_pad import Memoriser


@pytest.fixture(scope="module")
def some(digits: ImagesAndLabels) -> ImagesAndLabels:
    return digits[0][0][:10_000], digits[0][1][:10_000]


def test_with_a_memory_of_one_it_gives_one_answer_to_everything(some) -> None:
    panel = Memoriser(*some)
    panel.memory.value = 1
    assert panel.match.answers[0] == some[1][0]  # the example is looked up again, too
    for strokes in (SEVEN, FOUR):
        panel.pad.strokes = strokes
        assert panel.match.answers[0] == some[1][0]
        assert "sees it everywhere" in words(panel.live.status)
    panel.memory.value = 10_000
    assert panel.match.answers[0] == 4
    assert words(panel.live.status) == ""
    panel.pad.strokes = []
    assert panel.match.answers[0] == 3  # the example, which is nobody's 5


def test_it_shows_the_nearest_first(some) -> None:
    images, labels = some
    panel = Memoriser(images, labels)
    panel.pad.strokes = SEVEN
    sums = ((images[:1000].astype(int) - panel.picture) ** 2).sum(axis=(1, 2))
    nearest = labels[sums.argsort()[:5]]
    assert panel.number == nearest[0]
    assert (
        f"6 handwritten digits: drawn, {', '.join(map(str, nearest))}." in panel.live.picture.value
    )


def test_random_actions(some, random_actions) -> None:
    panel = Memoriser(some[0][:100], some[1][:100])

    def draw(chance: random.Random) -> None:
        panel.pad.strokes = chance.choice([[], SEVEN, FOUR])

    random_actions(panel, extra=(draw,))
