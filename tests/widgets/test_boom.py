"""The explosion: each step's loss is written out, and praised only if it got smaller."""

from __future__ import annotations

import pytest
from samples import words

from mnist_lesson.widgets.boom import Boom


def losses(ink: int) -> list[float]:
    return [0.5 * ink**step if ink > 1 else 0.5 / (step + 1) for step in range(20)]


@pytest.mark.parametrize(
    ("ink", "steps", "number", "verdict"),
    [
        (255, 0, "0.500", ""),
        (2, 5, "16.000", "Careful! The loss is larger than a step ago."),
        (255, 3, "8,290,000", "Boooom! The loss is 7 digits long."),
        (255, 19, f"2,650{',000' * 14}", f"B{'o' * 20}m! The loss is 46 digits long."),
        (1, 4, "0.100", "Calm. The loss is smaller than a step ago."),
    ],
)
def test_a_step_shows_the_loss_and_whether_it_grew(ink, steps, number, verdict) -> None:
    panel = Boom(losses)
    panel.ink.value = ink
    for _ in range(steps):  # one at a time
        panel.go.click()
    shown = words(panel.number).replace(", ", ",")  # a line may end after each comma
    assert shown == f"Loss at step {steps + 1} of 20: {number}"
    assert words(panel.said) == verdict
    assert ("lm-is-right" in panel.said.value) == verdict.startswith("Calm")


def test_after_the_last_step_it_begins_again() -> None:
    panel = Boom(losses)
    panel.all.click()
    assert words(panel.number).startswith("Loss at step 20 of 20")
    assert panel.go.description == "Once more"
    panel.go.click()
    assert (panel.taken, words(panel.said)) == (0, "")


def test_a_thousand_actions(random_actions) -> None:
    random_actions(Boom(losses))
