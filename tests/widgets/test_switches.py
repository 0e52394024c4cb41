"""The safe: each riddle has its answer, and what is said of a vector is what NumPy says."""

import html

import numpy as np
import pytest
from samples import words

from mnist_lesson.widgets.switches import BOLTS, Switches, explain

ANSWERS = ([7], [5], [3, 8], [6, 9], [])


def set_to(panel: Switches, hot) -> None:
    for place, switch in enumerate(panel.switches):
        switch.value = place in hot


def test_each_riddle_draws_one_bolt_and_the_fifth_opens_the_safe() -> None:
    panel = Switches()
    for drawn, answer in enumerate(ANSWERS):
        assert BOLTS[drawn][0] in words(panel.safe)
        set_to(panel, [1, 2])  # solves none of them
        assert panel.drawn == drawn
        assert "Clack!" not in words(panel.safe)  # that was for the bolt before
        set_to(panel, answer)
        assert panel.drawn == drawn + 1
        assert ("Clack!" in words(panel.safe)) == (drawn < 4)
        assert panel.door.value.count("lm-drawn") == drawn + 1
        assert ("lm-open" in panel.door.value) == (drawn == 4)
    assert "Open!" in words(panel.safe)
    set_to(panel, [4])
    assert words(panel.says).startswith("4 ")  # one may play on
    assert "Open!" in words(panel.safe)


def test_who_counts_from_one_hears_why_the_bolt_stays_shut() -> None:
    panel = Switches()
    set_to(panel, [6])
    assert words(panel.says).startswith("6 One-hot")  # it's only the second bolt that asks
    set_to(panel, [7])
    set_to(panel, [6])
    assert "That's the seventh number" in html.unescape(words(panel.says))
    assert "lm-wrong" in panel.says.value


@pytest.mark.parametrize("hot", [*ANSWERS, [0], [1, 2, 3], list(range(10))])
def test_what_is_said_of_the_argmax_is_true(hot) -> None:
    vector = np.zeros(10)
    vector[hot] = 1
    said = explain(hot)
    assert ("One-hot" in said) == (vector.sum() == 1)
    if vector.sum() != 1:
        assert str(np.argmax(vector)) in said.partition("argmax")[2]


def test_random_actions(random_actions) -> None:
    random_actions(Switches())
