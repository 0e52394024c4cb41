"""The exercises' panels: a guess with buttons, and the verdict with Check · Hint · Solution.

They know nothing of exercises: each is given what to call, and shows the `Reply` that comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import ipywidgets

from mnist_lesson.exercise_engine.reply import Reply
from mnist_lesson.shared.kit import Panel, Status, row

WIDE = ipywidgets.Layout(width="auto")


def _button(label: str, press: Callable[[], None], *, main: bool = False) -> ipywidgets.Button:
    style = "primary" if main else ""
    button = ipywidgets.Button(description=label, layout=WIDE, button_style=style)
    button.on_click(lambda _: press())
    return button


class AskPanel(Panel):
    """A question with its choices (or a box for a number), and how sure one is.

    `take(answer, sure)` gets the guess and says what became of it.
    """

    def __init__(
        self, question: str, options: Mapping[str, str], take: Callable[[Any, Any], Reply]
    ) -> None:
        self._take = take
        self._chosen: str | None = None
        self.choices = {
            letter: _button(words, partial(self._choose, letter))
            for letter, words in options.items()
        }
        self.number = ipywidgets.Text(placeholder="a number", description="your guess")
        self.sure = ipywidgets.IntSlider(
            50, min=0, max=100, step=5, description="how sure?", readout_format="d"
        )
        self.press = _button("That's my guess", self._guess, main=True)
        self.card = ipywidgets.HTML()
        self.status = Status()
        answer = row(*self.choices.values()) if options else row(self.number)
        below = [answer, row(self.sure, ipywidgets.Label("%"), self.press), self.card, self.status]
        plain = question.replace("`", "")  # a panel's heading knows no marks for code
        super().__init__("Guess first", below, lead=plain)

    def _choose(self, letter: str) -> None:
        self._chosen = letter
        for other, button in self.choices.items():
            # The sign says it, too: colour alone would not reach everybody.
            button.description = button.description.removeprefix("✓ ")
            button.button_style = ""
            if other == letter:
                button.description = f"✓ {button.description}"
                button.button_style = "info"

    def _guess(self) -> None:
        answer: Any = self._chosen if self.choices else _as_typed(self.number.value)
        if answer is None:
            self.status.fault("Choose an answer first.")
            return
        self.status.say("")
        self.card.value = self._take(answer, self.sure.value)._repr_html_()


def _as_typed(text: str) -> Any:
    """Return a typed number as a number; commas between thousands are fine in a box."""
    try:
        return float(text.replace(",", "").strip())
    except ValueError:
        return text or None


class CardPanel(Panel):
    """A card that can be replaced when there is more to say."""

    def __init__(self, heading: str, reply: Reply, *, above: Sequence[Any] = ()) -> None:
        self.card = ipywidgets.HTML()
        self.card.add_class("lm-reply")
        super().__init__(heading, [*above, self.card])
        self.tell(reply)

    def tell(self, reply: Reply) -> None:
        """Show this card."""
        self.card.value = reply._repr_html_()
        if reply:
            self.add_class("lm-solved")  # a quiet glow
        else:
            self.remove_class("lm-solved")


class CheckPanel(CardPanel):
    """The verdict on an answer, with the buttons Check · Hint · Solution above it."""

    def __init__(self, heading: str, reply: Reply, actions: Mapping[str, Callable[[], Reply]]):
        self.buttons = {
            label: _button(label, partial(self._act, action)) for label, action in actions.items()
        }
        super().__init__(heading, reply, above=[row(*self.buttons.values())])

    def _act(self, action: Callable[[], Reply]) -> None:
        self.tell(action())
