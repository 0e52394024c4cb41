"""What an exercise says back: a short card in a notebook, plain text anywhere else."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from mnist_lesson.shared.machine import in_notebook

# Each state has a word and a sign, so you never have to rely on the colour of the edge.
LOOKS = {
    "right": ("✔ Right", "#1b7837"),
    "not yet": ("✘ Not yet", "#b35806"),
    "not attempted yet": ("○ Not attempted yet", "#737373"),
    "hint": ("Hint", "#2166ac"),
    "solution": ("Solution", "#2166ac"),
    "answer": ("Your answer", "#2166ac"),
    "guess": ("Your guess", "#6a51a3"),
    "reveal": ("Here's why", "#6a51a3"),
    "guessed": ("✔ You guessed it", "#1b7837"),
    "missed": ("✘ Not this time", "#b35806"),
    "progress": ("Progress", "#737373"),
}


@dataclass(frozen=True)
class Reply:
    """What the lesson answers a learner. It's true (as in `if reply:`) if the answer was right.

    `state` is a key of `LOOKS`. In `text`, `code` and **bold** are marked up. `example` holds pairs
    of a label and a value, shown as a small table, and `code` goes below it. With `large`, the
    heading gets a line of its own, in large letters. A running notebook shows the widget that
    `panel` makes; saved pages and GitHub show `on_paper`, by default this reply.
    """

    state: str
    text: str
    example: tuple[tuple[str, str], ...] = ()
    code: str = ""
    title: str = ""
    large: bool = False
    panel: Callable[[], Any] | None = field(default=None, compare=False)
    on_paper: Reply | None = field(default=None, compare=False)

    @property
    def heading(self) -> str:
        """The card's heading."""
        return self.title or LOOKS[self.state][0]

    def __bool__(self) -> bool:
        return self.state == "right"

    def __repr__(self) -> str:
        lines = [textwrap.fill(f"{self.heading}. {self.text}".strip(), 100)]
        lines += [f"  {label}: {value}" for label, value in self.example]
        if self.code:
            lines += ["", textwrap.indent(self.code.rstrip(), "    ")]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td style='text-align:left;padding-right:1.5em'>{html.escape(label)}</td>"
            f"<td style='text-align:left'><code>{html.escape(value)}</code></td></tr>"
            for label, value in self.example
        )
        table = f"<table style='margin:0.3em 0'>{rows}</table>" if rows else ""
        code = f"<pre style='margin:0.5em 0'>{html.escape(self.code.rstrip())}</pre>"
        edge = f"border-left:4px solid {LOOKS[self.state][1]};padding:0.2em 0.8em"
        heading = html.escape(self.heading)
        if self.large:
            title = f"<b style='display:block;font-size:2em;line-height:1.3'>{heading}</b>"
        else:
            title = f"<b>{heading}.</b>"
        words = f"{title} {_inline(self.text)}"
        return f"<div style='{edge}'>{words}{table}{code if self.code else ''}</div>"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        """Give a running notebook the panel, and saved pages the text."""
        view = self.panel()._repr_mimebundle_() if self.panel and in_notebook() else None
        if not view:
            return {}  # then Jupyter uses the plain text and the HTML
        paper = self if self.on_paper is None else self.on_paper
        return {**view, "text/plain": repr(paper), "text/html": paper._repr_html_()}


def _inline(text: str) -> str:
    """Escape a sentence for HTML, then mark up `code`, **bold** and line breaks."""
    # Escape first, because the learner's answer may be in it.
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    marked = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", marked)
    return marked.replace("\n", "<br>")
