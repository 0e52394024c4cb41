"""Players sent off: a team that trained with dropout copes with many missing, but not with any."""

import random

import numpy as np
import pytest
from samples import words

from mnist_lesson.load import load_data
from mnist_lesson.network.saved import plain_network
from mnist_lesson.preprocess import to_input
from mnist_lesson.widgets.send_off import SendOff

SEVEN = (30, 8, 40, 5, 14, 60, 33)  # enough, as the page says


@pytest.fixture
def team() -> SendOff:
    (images, _), _ = load_data()
    return SendOff(plain_network(), to_input(images[0]))


def click(team: SendOff, *players: int) -> None:
    for player in players:
        team.team.chosen = player


def test_seven_players_are_enough_to_beat_the_team_and_one_called_back_saves_it(team) -> None:
    assert words(team.says) == "5 99.6% sure, with all 64 players"
    click(team, *SEVEN[:-1])
    assert words(team.says).startswith("5 ")
    assert words(team.said) == ""
    click(team, SEVEN[-1])
    assert "7 of 64 players off" in words(team.says)
    assert words(team.said) == "★★★ Beaten! With 7 players off, our 5 becomes a 3."
    click(team, SEVEN[0])
    assert team.off == {*SEVEN[1:]}
    assert words(team.said) == ""
    assert team.team.labels[30] == "30"
    assert team.team.labels[8] == "8 ✗"


def test_who_sends_more_off_gets_fewer_stars(team) -> None:
    stars = []
    for size in (12, 13, 25, 26):
        others = [n for n in range(64) if n not in SEVEN]
        team.send({*SEVEN, *others[: size - 7]})
        stars.append(words(team.said).count("★"))
    assert stars[0] == 3
    assert set(stars[1:3]) <= {0, 2}
    assert stars == sorted(stars, reverse=True)


def test_who_is_off_counts_for_nothing_at_all(team) -> None:
    """The same answer as from the pool's maps with those players' numbers set to 0."""
    team.send({3, 14, 15})
    here = np.isin(range(64), [3, 14, 15], invert=True)
    weights = team._network.weights
    row = (team._maps * here).ravel()
    dense = np.maximum(row @ weights["dense"]["kernel"] + weights["dense"]["bias"], 0)
    sizes = np.exp(dense @ weights["output"]["kernel"] + weights["output"]["bias"])
    assert f"{sizes[5] / sizes.sum():.1%} sure" in words(team.says)


def test_on_a_training_day_a_quarter_stays_at_home_and_the_team_hardly_ever_minds(team) -> None:
    still_fives = 0
    for _ in range(40):
        team.train()
        assert len(team.off) == 16
        still_fives += words(team.says).startswith("5 ")
    assert still_fives >= 38


def test_a_thousand_clicks(random_actions, team) -> None:
    def anybody(chance: random.Random) -> None:
        team.team.chosen = chance.randrange(64)
        assert team.team.chosen == -1

    random_actions(team, extra=(anybody,))
