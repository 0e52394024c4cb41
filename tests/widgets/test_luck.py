"""The games of luck: every dot is a game, and the answers count them as one would by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from samples import words

from mnist_lesson.shared.colours import ORANGE
from mnist_lesson.widgets.luck import MANY, MOST, TRIAL, Luck, pile_up


def dealt(numbers: list[int]) -> Luck:
    """Return a panel of 20 coins in which the games after the trial come out like this."""
    turns: Iterator[int] = iter([10] * TRIAL + numbers)
    return Luck("Toss", lambda: next(turns), "heads", coins=20)


def dots(luck: Luck, colour: str = "") -> int:
    return len(re.findall(rf"<circle[^>]+var\(--lm-{colour}", luck.picture.value))


def test_a_split_counts_what_is_as_uneven_on_either_side() -> None:
    luck = dealt([12, 8, 11, 10, 2] * 20)
    luck.split.value = 12
    luck.once.click()
    assert words(luck.answer) == "12 : 8 or more unevenly: 1 of 1 game"
    luck.toss(MANY - 1)
    assert "60 of 100 games, or 60.0%. Luck alone does that easily." in words(luck.answer)
    assert (dots(luck, "orange"), dots(luck, "blue")) == (60, 40)
    luck.split.value = 13
    assert "20 of 100 games" in words(luck.answer)
    luck.split.value = 10
    assert "100 of 100 games" in words(luck.answer)  # no split is more even than that


@pytest.mark.parametrize(
    ("rare", "said"), [(10, "easily"), (9, "rare"), (2, "rare"), (1, "hardly ever")]
)
def test_the_rarer_a_split_the_less_it_looks_like_luck(rare: int, said: str) -> None:
    luck = dealt([15] * rare + [10] * (MANY - rare))
    luck.split.value = 15
    luck.often.click()
    assert said in words(luck.answer)
    assert ("lm-wrong" in luck.answer.value) == (rare == 1)


def test_the_middle_of_the_games_is_blue_and_its_ends_are_said() -> None:
    chance = np.random.default_rng(0)
    luck = Luck("Draw", lambda: int(chance.integers(1000)), "mistakes", game="set")
    assert luck.often.description == "100 sets"
    assert luck.split.layout.display == "none"
    luck.toss(20)
    assert (dots(luck, "blue"), dots(luck)) == (20, 20)  # too few to say which are far out
    luck.toss(380)
    inside = sorted(luck.numbers)[10:-10]
    assert words(luck.answer).startswith(f"{inside[0]} to {inside[-1]} mistakes")
    assert (dots(luck, "blue"), dots(luck, "orange")) == (380, 20)


def test_only_the_new_dots_fall_and_each_in_its_turn() -> None:
    luck = dealt([7, 3, 5, 9])
    luck.toss(1)
    luck.toss(3)
    turns = re.findall(r"--turn: ([\d.]+)[^>]+cx=\"([\d.]+)", luck.picture.value)
    in_turn = [float(across) for _, across in sorted(turns)]
    assert len(in_turn) == 3
    assert in_turn[0] < in_turn[1] < in_turn[2]  # 3, 5, 9
    luck.split.value = 14
    assert "--turn" not in luck.picture.value


def test_the_table_is_full_one_day_and_can_be_cleared() -> None:
    luck = dealt([10] * (MOST + 1))
    for _ in range(MOST // MANY):
        luck.often.click()
    assert luck.once.disabled
    assert dots(luck) == MOST
    luck.again.click()
    assert (dots(luck), luck.numbers) == (0, [])
    luck.once.click()
    assert dots(luck) == 1


@pytest.mark.parametrize("spread", [3, 40, 400])
def test_a_pile_has_a_dot_for_each_number_and_no_two_share_a_spot(spread: int) -> None:
    numbers = np.sort(np.random.default_rng(0).integers(-spread, spread + 1, 300)).astype(float)
    x, y, _ = pile_up(numbers, numbers[0], numbers[-1], 450, 130)
    assert len({(round(a, 6), round(b, 6)) for a, b in zip(x, y, strict=True)}) == 300
    # In the order of the numbers, and each close to its own: neighbours share a pile if need be.
    share = -(-(2 * spread + 1) // 70)
    assert np.abs(x - numbers).max() <= share


def test_a_thousand_presses(random_actions) -> None:
    chance = np.random.default_rng(0)
    luck = Luck("Toss", lambda: int(chance.binomial(20, 0.5)), "heads", coins=20)
    random_actions(luck)
    assert dots(luck) == len(luck.numbers) <= MOST
    figure, alt = luck.still()
    colours = [colour[:3] for colour in figure.axes[0].collections[0].get_facecolors()]
    outside = sum(np.allclose(colour, to_rgb(ORANGE)) for colour in colours)
    assert f"{TRIAL} dots" in alt
    assert f"and {outside} of them are outside" in alt
