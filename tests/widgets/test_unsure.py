"""The threshold: what it says is what a count gives, and it is tried on held-out digits only."""

import numpy as np
import pytest
from samples import words

from mnist_lesson.load import load_data, split
from mnist_lesson.widgets.unsure import COUNT, KINDS, Unsure, left_at


@pytest.fixture(scope="module")
def panel() -> Unsure:
    return Unsure()


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.95, 1.0])
def test_what_it_says_is_what_a_count_gives(panel, threshold) -> None:
    panel.threshold.value = threshold
    answers = panel.probabilities.argmax(axis=1)
    answered = panel.probabilities.max(axis=1) >= threshold
    wrong = int((answered & (answers != panel.labels)).sum())
    unanswered = int((~answered).sum())
    assert words(panel.answer).split()[0] == f"{50 * wrong + unanswered:,}"
    assert f"{wrong} wrong answer" in words(panel.answer)
    assert f" and {unanswered:,} “I" in words(panel.answer)


def test_the_bank_keeps_the_cheapest_threshold_and_cheers_when_none_is_cheaper() -> None:
    panel = Unsure()
    costs = [int(words(panel.answer).split()[0].replace(",", ""))]  # it opens at one half
    for threshold in np.arange(101) / 100:
        panel.threshold.value = threshold
        costs.append(int(words(panel.answer).split()[0].replace(",", "")))
        if "lm-is-guessed" not in panel.bank.value:
            assert f"Cheapest so far: {min(costs):,} coins" in words(panel.bank)
    panel.threshold.value = float(np.argmin(costs[1:])) / 100
    assert "No threshold is cheaper" in words(panel.bank)
    panel.threshold.value = 1
    assert f"Cheapest so far: {min(costs):,} coins" in words(panel.bank)


@pytest.mark.parametrize("kind", KINDS)
def test_how_many_strangers_it_takes_for_digits(panel, kind) -> None:
    panel.kind.value = kind
    panel.threshold.value = 0.9
    fooled = int((panel.readings[kind].max(axis=1) >= 0.9).sum())
    assert words(panel.fooled).startswith(f"{fooled} taken for digits")


def test_the_curves_are_the_shares_of_the_held_out_digits_that_it_answers(panel) -> None:
    _, labels = load_data()[0]
    np.testing.assert_array_equal(panel.labels, labels[split(labels)[1][:COUNT]])
    curves = left_at(panel.probabilities, panel.labels)
    drawn = panel.still().figure.axes[0].lines[1].get_ydata()
    np.testing.assert_array_equal(drawn, [share for _, share in curves["mistakes"]][::5])
    sure = panel.probabilities.max(axis=1)
    right = panel.probabilities.argmax(axis=1) == panel.labels
    for name, counted in (("right", right), ("mistakes", ~right)):
        threshold, share = curves[name][90]
        assert threshold == 0.9
        assert share == pytest.approx((counted & (sure >= 0.9)).sum() / counted.sum())


def test_random_actions(random_actions) -> None:
    random_actions(Unsure(), make=Unsure, history=("bank",))  # it keeps the cheapest so far
