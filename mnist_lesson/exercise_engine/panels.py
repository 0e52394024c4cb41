"""Panels for exercises: a guess, the verdict with Check · Hint · Solution, and progress.

They know nothing about exercises: each is told what to call, and shows the `Reply` it gets back.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import ipywidgets

from mnist_lesson.exercise_engine.reply import Reply
from mnist_lesson.shared.kit import Panel, Status, big_answer, button, row

# The titles of each page's exercises, in order, and whether they're solved.
Steps = Mapping[str, Mapping[str, bool]]
ICONS = ("check", "lightbulb-o", "key")  # of Check, Hint and Solution


class AskPanel(Panel):
    """A question with its choices (or a box for a number), and how sure you are.

    `take(answer, sure)` gets the guess and returns what to say.
    """

    def __init__(
        self, question: str, options: Mapping[str, str], take: Callable[[Any, Any], Reply]
    ) -> None:
        self._take = take
        self._chosen: str | None = None
        self.choices = {
            # With its letter, because the replies, and guesses in code, go by letters.
            letter: button(f"{letter}: {words}", partial(self._choose, letter))
            for letter, words in options.items()
        }
        self.number = ipywidgets.Text(placeholder="a number", description="your guess")
        self.number.on_msg(self._entered)
        self.sure = ipywidgets.IntSlider(
            50, min=0, max=100, step=5, description="how sure, in %?", readout_format="d"
        )
        self.press = button("That's my guess", self._guess, main=True)
        self.card = ipywidgets.HTML()
        self.status = Status()
        answer = row(*self.choices.values()) if options else row(self.number)
        below = [answer, row(self.sure, self.press), self.card, self.status]
        plain = question.replace("`", "")  # a panel's heading can't show code
        super().__init__("Guess first", below, lead=plain)

    def _choose(self, letter: str) -> None:
        self._chosen = letter
        for other, choice in self.choices.items():
            # A dot as well as the colour, for people who can't tell the colours apart. A tick would
            # look as if the answer were right.
            choice.description = choice.description.removeprefix("● ")
            choice.button_style = ""
            if other == letter:
                choice.description = f"● {choice.description}"
                choice.button_style = "info"

    def _entered(self, _box: Any, message: Any, _buffers: Any) -> None:
        """Take Enter in the box for a press on the button."""
        if message.get("event") == "submit":
            self._guess()

    def _guess(self) -> None:
        answer: Any = self._chosen if self.choices else _as_typed(self.number.value)
        if answer is None:
            ask = "Choose an answer first." if self.choices else "Type a number first, in digits."
            self.status.fault(ask)
            return
        self.status.say("")
        self.card.value = _card(self._take(answer, self.sure.value))


def _card(reply: Reply) -> str:
    """Return a reply as a card that the panels' style can colour by its state."""
    state = reply.state.replace(" ", "-")
    return f'<div class="lm-said lm-is-{state}">{reply._repr_html_()}</div>'


def _as_typed(text: str) -> float | None:
    """Return what was typed as a number, or None if it isn't; "10,000" or "75%" is fine."""
    try:
        return float(text.replace(",", "").strip(" %"))
    except ValueError:
        return None


class CardPanel(Panel):
    """A card that can be replaced when there is more to say."""

    def __init__(self, heading: str, reply: Reply, *, above: Sequence[Any] = ()) -> None:
        self.card = ipywidgets.HTML()
        super().__init__(heading, [*above, self.card])
        self.tell(reply)

    def tell(self, reply: Reply) -> None:
        """Show this card."""
        self.card.value = _card(reply)


class CheckPanel(CardPanel):
    """The verdict on an answer, a star to win, and the buttons Check, Hint and Solution."""

    def __init__(self, heading: str, reply: Reply, actions: Mapping[str, Callable[[], Reply]]):
        # One checks again and again, so that's the main one.
        self.buttons = {
            label: button(label, partial(self._act, action), main=label == "Check", icon=icon)
            for (label, action), icon in zip(actions.items(), ICONS, strict=True)
        }
        super().__init__(heading, reply, above=[row(*self.buttons.values())])
        self.add_class("lm-check")

    def tell(self, reply: Reply) -> None:
        """Show this card; a right answer wins the star, for good."""
        if reply:
            self.add_class("lm-starred")
        # Who has the buttons needn't type a call.
        text = reply.text.replace("`.solution()` shows", "**Solution** shows")
        super().tell(replace(reply, text=text.replace("Then run this one", "Then press **Check**")))

    def _act(self, action: Callable[[], Reply]) -> None:
        self.tell(action())


def count_solved(steps: Steps) -> tuple[int, int]:
    """Return how many exercises are solved, and how many there are."""
    every = [solved for page in steps.values() for solved in page.values()]
    return sum(every), len(every)


class ProgressPanel(Panel):
    """How far a learner has got: a ring for each page, with an arc for each exercise.

    `here` is the page to mark, and to count in large figures; None counts the whole lesson. The
    sentence goes beside the number.
    """

    def __init__(self, steps: Steps, here: str | None, sentence: str) -> None:
        solved, total = count_solved(steps if here is None else {here: steps[here]})
        track = "".join(
            _stop(number, name, page, here=name == here)
            for number, (name, page) in enumerate(steps.items())
            if page
        )
        answer = big_answer(f"{solved} of {total}", sentence)
        # Hidden from screen readers: the numbers are read out already, and the rings add nothing.
        shown = ipywidgets.HTML(f'{answer}<div class="lm-track" aria-hidden="true">{track}</div>')
        super().__init__("Your progress", [shown])
        if solved == total:
            self.add_class("lm-solved")


def _stop(number: int, name: str, page: Mapping[str, bool], *, here: bool) -> str:
    """Draw one page as a stop on the way: its number in a ring, its name below."""
    solved = sum(page.values())
    look = "lm-leg" + " lm-here" * here + " lm-full" * (solved == len(page))
    titles = "\n".join(f"{'✓' if done else '○'} {title}" for title, done in page.items())
    sign = "✓" if solved == len(page) else f"{number:02}"
    ring = f'<b style="--done: {solved}; --all: {len(page)}">{sign}</b>'
    label = escape(name.replace("_", " "))
    return f'<div class="{look}" title="{escape(titles)}">{ring}{label}</div>'
