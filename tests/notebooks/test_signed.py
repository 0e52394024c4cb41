"""What the pages say about luck: each number in the text, worked out again."""

import math
import re
from pathlib import Path

import nbformat
import numpy as np
from scipy.stats import binomtest

from mnist_lesson.network.saved import practised_network
from mnist_lesson.test import wilson_interval

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def said(page: str, words: str) -> tuple[str, ...]:
    """The numbers in a page's sentence; `words` is a regular expression that catches them."""
    cells = nbformat.read(next(NOTEBOOKS.glob(f"{page}_*.ipynb")), as_version=4).cells
    prose = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    (found,) = re.findall(words, prose)
    return (found,) if isinstance(found, str) else found


def test_how_often_an_interval_holds_the_next_score() -> None:
    """Each set has its own luck, so the two scores differ by more than one of them alone."""
    (share,) = said("07", r"lands in the blue only about (\d+)% of the time")
    chance = np.random.default_rng(0)
    first, following = chance.binomial(10_000, 0.9915, (2, 4_000))
    low, high = np.array([wilson_interval(int(right), 10_000) for right in first]).T
    held = (low <= following / 10_000) & (following / 10_000 <= high)
    assert abs(100 * held.mean() - int(share)) < 1.5


def test_how_coins_split() -> None:
    games, more, fewer = map(int, said("07", r"about 1 game in (\d+) ends (\d+) to (\d+)"))
    assert abs(1 / binomtest(more, more + fewer).pvalue - games) < 1.5
    assert said("07", r"(12) to (8), or more unevenly") == ("12", "8")
    assert said("07", r"Coins split at least 12 to 8 in about (half) the games")
    assert abs(binomtest(12, 20).pvalue - 0.5) < 0.05


def test_which_splits_might_be_the_toss_of_a_coin() -> None:
    """The smallest splits beyond luck, and the next smaller ones, which aren't."""
    splits = said("10", r"anything short of (\d) to (\d) or (\d) to (\d)")
    for more, fewer in np.array(splits, dtype=int).reshape(2, 2).tolist():
        assert binomtest(more, more + fewer).pvalue < 0.05
        assert binomtest(more - 1, more + fewer - 1).pvalue > 0.05


def test_how_often_two_groups_of_five_come_apart_by_luck() -> None:
    (ways,) = said("09", r"two groups of five in (\d+) ways, and only 2")
    (times,) = said("09", r"luck alone does it about once in (\d+) times")
    assert int(ways) == math.comb(10, 5)
    assert int(times) == int(ways) // 2


def test_how_many_numbers_a_hand_changes() -> None:
    few, all_of_them = said("10", r"make which digit: ([\d,]+) numbers of ([\d,]+)")
    layers = [
        sum(array.size for array in arrays.values())
        for arrays in practised_network().weights.values()
    ]
    assert (few, all_of_them) == (f"{layers[-1]:,}", f"{sum(layers):,}")
