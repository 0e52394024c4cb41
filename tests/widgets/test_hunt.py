"""The hunt: a click on what was asked for is cheered, another gets a hint, and all is counted."""

from __future__ import annotations

import html
import random
import re

import numpy as np
import pytest
from samples import words

from mnist_lesson.widgets import hunts
from mnist_lesson.widgets.hunt import Hunt

PICTURES = np.arange(12 * 9).reshape(12, 3, 3) - 20
RIGHT = np.isin(range(12), [3, 8])


def make(**more: object) -> Hunt:
    return Hunt("Which?", PICTURES, RIGHT, cheer="Hooray for D and I!", hint="Colder.", **more)


def click(hunt: Hunt, *places: int) -> str:
    for place in places:
        hunt.grid.chosen = place
    return html.unescape(words(hunt.said))


def test_each_click_is_answered_and_the_last_one_cheered() -> None:
    hunt = make()
    assert words(hunt.said) == ""
    assert click(hunt, 0) == "Not that one. Colder."
    assert click(hunt, 8) == "Yes! That's 1 of 2."
    assert click(hunt, 3) == "★★ All found! Hooray for D and I!"
    assert hunt.grid.labels == ["A ✗", "B", "C", "D ✓", *"EFGH", "I ✓", *"JKL"]
    assert hunt.grid.found == [3, 8]
    # What's looked at after that is no mistake.
    assert click(hunt, 5) == "★★ All found! Hooray for D and I!"
    assert hunt.grid.labels[5] == "F"


@pytest.mark.parametrize(
    ("clicks", "stars"), [((3, 8), 3), ((0, 3, 0, 8), 2), ((0, 3, 1, 8), 1), ((0, 1, 2, 3, 8), 1)]
)
def test_each_wrong_picture_costs_a_star_once_and_the_last_star_stays(clicks, stars) -> None:
    hunt = make()
    assert click(hunt, *clicks).count("★") == stars


def test_a_click_shows_what_belongs_to_the_picture() -> None:
    behind = np.zeros((12, 2, 2))
    behind[4, 0, 1] = 1
    hunt = make(behind=behind)
    before = hunt.seen.value
    assert "click one" in before
    pictures = {place: click(hunt, place) and hunt.seen.value for place in (4, 5)}
    assert "what E sees" in pictures[4]
    assert "the whole" in make(behind=behind, before=(behind[4], "the whole")).seen.value
    png = re.compile(r'src="([^"]+)')
    assert len({png.search(shown)[1] for shown in (before, *pictures.values())}) == 3


def test_the_labels_are_letters_while_there_are_enough_of_them() -> None:
    many = Hunt("Which?", np.ones((27, 2, 2)), np.arange(27) == 26, cheer="Yes", hint="No")
    assert many.grid.labels == [str(place) for place in range(27)]
    assert "27 maps" in many.still().alt


@pytest.mark.parametrize("right", [RIGHT[:11], np.zeros(12)])
def test_a_hunt_for_nothing_or_for_what_is_not_there_is_refused(right) -> None:
    with pytest.raises(ValueError, match="at least one True"):
        Hunt("Which?", PICTURES, right, cheer="Yes", hint="No")


def test_numbers_stand_in_their_blocks_and_the_still_is_their_table() -> None:
    numbers = np.arange(16).reshape(16, 1, 1)
    hunt = Hunt("Which?", numbers, np.arange(16) == 3, columns=4, cheer="Yes", hint="No")
    assert hunt.grid.columns == 4
    assert "lm-blocks" in hunt.grid._dom_classes
    assert "4 rows of 4 numbers" in hunt.still().alt


def test_a_thousand_clicks(random_actions) -> None:
    hunt = make(behind=PICTURES)

    def anywhere(chance: random.Random) -> None:
        hunt.grid.chosen = chance.randrange(12)
        assert hunt.grid.over == (set(hunt.grid.found) == {3, 8})

    random_actions(hunt, extra=(anywhere,))


def test_the_pages_hunts_want_what_their_question_asks_for() -> None:
    weights = np.arange(10)[:, None] * np.ones(784)
    zero = hunts.the_zero(weights)
    (place,) = zero.grid.wanted
    assert not zero._pictures[place].any()

    edges = np.zeros((3, 3, 4))
    edges[0, :, [1, 3]] = 1  # ink above
    edges[2, :, [1, 3]] = -1  # and paper below
    assert hunts.lower_edges(edges, np.ones((5, 5, 4)), np.ones((28, 28))).grid.wanted == {1, 3}

    maps = np.eye(6)[:, :, None] * [1, 0, 0.1, 0]
    assert hunts.the_sleepers(maps).grid.wanted == {1, 3}

    survivors = hunts.the_survivors([[1, 5, 2, 0], [3, 4, 0, 1], [0, 0, 7, 6], [2, 1, 8, 3]])
    assert survivors.grid.wanted == {1, 2, 12, 14}
    # Each survivor takes its place in the smaller map and stays there; who's lost has none.
    assert words(survivors.seen).split() == ["?"] * 4
    click(survivors, 1, 0, 14)
    assert words(survivors.seen).split() == ["5", "?", "?", "8"]
    np.testing.assert_array_equal(survivors._shown, [[5, np.nan], [np.nan, 8]])
    assert "5 and 2 above, 2 and 8 below" in click(survivors, 2, 12)
    assert survivors._shown.tolist() == [[5, 2], [2, 8]]

    intruder = hunts.the_intruder(np.zeros((3, 28, 28)), [5, 3, 5])
    assert "It's labelled 3" in click(intruder, 1)
