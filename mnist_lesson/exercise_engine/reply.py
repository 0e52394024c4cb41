"""What an exercise says back: a short card in a notebook, plain text elsewhere."""

from __future__ import annotations

import html
import re
import textwrap
from dataclasses import dataclass

# A word and a sign for each state, so that the colour of the edge never carries the meaning alone.
LOOKS = {
    "right": ("✔ Right", "#1b7837"),
    "not yet": ("✘ Not yet", "#b35806"),
    "not attempted yet": ("○ Not attempted yet", "#737373"),
    "hint": ("Hint", "#2166ac"),
    "solution": ("Solution", "#2166ac"),
    "answer": ("Your answer", "#2166ac"),
    "guess": ("Guess", "#6a51a3"),
    "progress": ("Progress", "#737373"),
}


@dataclass(frozen=True)
class Reply:
    """One answer of the lesson to the learner. It is true (as in `if reply:`) when it says “right”."""

    state: str
    text: str
    example: tuple[tuple[str, str], ...] = ()
    code: str = ""
    title: str = ""

    @property
    def heading(self) -> str:
        """The first words of the card."""
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
            f"<tr><td style='text-align:left'>{html.escape(label)}</td>"
            f"<td style='text-align:left'><code>{html.escape(value)}</code></td></tr>"
            for label, value in self.example
        )
        table = f"<table style='margin:0.3em 0'>{rows}</table>" if rows else ""
        code = (
            f"<pre style='margin:0.5em 0'>{html.escape(self.code.rstrip())}</pre>"
            if self.code
            else ""
        )
        edge = f"border-left:4px solid {LOOKS[self.state][1]};padding:0.2em 0.8em"
        return f"<div style='{edge}'><b>{html.escape(self.heading)}.</b> {_inline(self.text)}{table}{code}</div>"


def _inline(text: str) -> str:
    """Escape a sentence for HTML; only `code` and line breaks get marked up."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
    return marked.replace("\n", "<br>")


class Table(list[dict[str, object]]):
    """Rows that show themselves as a table, in a notebook and in plain text."""

    def _cells(self) -> list[list[str]]:
        names = list(dict.fromkeys(name for row in self for name in row))
        rows = [[row.get(name, "") for name in names] for row in self]
        return [
            names,
            *(
                [f"{cell:g}" if isinstance(cell, float) else str(cell) for cell in row]
                for row in rows
            ),
        ]

    def __repr__(self) -> str:
        cells = self._cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        rows = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            for row in cells
        )
        return "\n".join(row.rstrip() for row in rows)

    def _repr_html_(self) -> str:
        head, *rows = [
            "".join(f"<td style='text-align:left'>{html.escape(cell)}</td>" for cell in row)
            for row in self._cells()
        ]
        head = head.replace("<td", "<th").replace("</td", "</th")
        return f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
