"""A paragraph that waits for a click, so that nobody reads the answer before they have thought."""

from __future__ import annotations

from typing import Any

from mnist_lesson.exercise_engine.reply import Reply


class Reveal:
    """A paragraph behind a button; for guesses that are not counted.

    Parameters
    ----------
    key
        Its name in the lesson, such as "load.why_copies".
    text
        What is shown after the click; `code` and **bold** words are marked up.
    label
        What stands on the button.
    """

    def __init__(self, key: str, text: str, *, label: str = "Show me") -> None:
        self.key, self.label = key, label
        self.text = " ".join(text.split())

    def __repr__(self) -> str:
        return f"Reveal {self.key}. It knows .show()."

    def show(self) -> Reply:
        """Show the button in a running notebook; elsewhere, and in saved pages, the paragraph."""

        def panel() -> Any:
            from mnist_lesson.exercise_engine.panels import ShowPanel

            return ShowPanel("", self.label, lambda: reply)

        reply = Reply("reveal", self.text, panel=panel)
        return reply
