"""The panel that may say “I don't know”."""

from __future__ import annotations

import re

import pytest

from mnist_lesson.handwriting.unsure import with_threshold
from mnist_lesson.network.saved import practised_network
from mnist_lesson.widgets.unsure import Unsure, still


def words(line) -> str:
    return re.sub("<[^>]+>", "", line.value)


@pytest.fixture(scope="module")
def panel(digits) -> Unsure:
    return Unsure(digits[1][0][:300], digits[1][1][:300], practised_network())


def test_the_threshold_changes_what_it_says(panel) -> None:
    for threshold in (0.0, 0.9, 1.0):
        panel.threshold.value = threshold
        expected = with_threshold(panel.probabilities, panel.labels, threshold)
        assert f"{expected.answered:,} of 300" in words(panel.answer)
        if expected.answered:
            assert f"{expected.accuracy:.2%}" in words(panel.answer)


def test_strangers_are_put_to_it(panel) -> None:
    panel.threshold.value = 0
    for kind in panel.kind.options:
        panel.kind.value = kind
        assert f"20 pictures of {kind}, it takes 20" in words(panel.other)
        assert panel.tiles.value.count("<img") == 10
    panel.threshold.value = 1
    panel.kind.value = "blank paper"
    assert "it takes 0" in words(panel.other)
    assert "I don’t know" in panel.tiles.value or "I don&#x27;t know" in panel.tiles.value


def test_a_thousand_random_actions(digits, random_actions) -> None:
    random_actions(Unsure(digits[1][0][:50], digits[1][1][:50], practised_network()))


def test_its_still_picture() -> None:
    assert still().axes[0].get_xlabel() == "how sure it was"
