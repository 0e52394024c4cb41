"""The panels of exercises: whatever is pressed, in whatever order, they go on."""

from collections.abc import Callable
from typing import Any

from samples import words

from mnist_lesson.exercise_engine.panels import AskPanel, CheckPanel
from mnist_lesson.exercise_engine.reply import Reply


def note(answer: Any, sure: Any) -> Reply:
    return Reply("guess", f"Noted: {answer}, {sure}%.")


def test_random_guesses(random_actions: Callable[..., None]) -> None:
    choices = AskPanel("Which?", {"a": "one", "b": "two", "c": "three"}, note)
    random_actions(choices)
    choices.choices["b"].click()
    choices.press.click()
    assert f"Noted: b, {choices.sure.value}%." in words(choices.card)
    number = AskPanel("How many?", {}, note)
    random_actions(number)
    number.number.value = "7"
    number.press.click()
    assert f"Noted: 7.0, {number.sure.value}%." in words(number.card)


def test_random_checks_hints_and_solutions(random_actions: Callable[..., None]) -> None:
    replies = {"Check": Reply("not yet", "Try."), "Hint": Reply("hint", "Look.")}
    replies["Solution"] = Reply("solution", "So.")
    actions = {name: lambda reply=reply: reply for name, reply in replies.items()}
    panel = CheckPanel("Pixels", replies["Check"], actions)
    random_actions(panel)
    panel.buttons["Hint"].click()
    assert "Look." in words(panel.card)
