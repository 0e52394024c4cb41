"""What all panels share: how a figure becomes a picture, and how a panel is named in a saved page."""

from __future__ import annotations

import io
import threading
from html import escape

import ipywidgets
from matplotlib.figure import Figure

_DRAWING = threading.Lock()  # two threads must not draw at once: matplotlib shares its fonts


def png(figure: Figure, dpi: int = 96) -> bytes:
    """Draw a figure into PNG bytes, without pyplot. Safe from any thread."""
    drawn = io.BytesIO()
    with _DRAWING:
        figure.savefig(drawn, format="png", dpi=dpi, bbox_inches="tight")
    return drawn.getvalue()


def text(words: str = "", *, strong: bool = False) -> ipywidgets.HTML:
    """Return a line of text for a panel; screen readers are told when it changes. `words` may hold any character."""
    line = ipywidgets.HTML()
    say(line, words, strong=strong)
    return line


def say(line: ipywidgets.HTML, words: str, *, strong: bool = False) -> None:
    """Put other words into a line of text."""
    weight = "600" if strong else "400"
    line.value = (
        f'<div role="status" style="line-height: 1.4; font-weight: {weight}">{escape(words)}</div>'
    )


def table(header: list[str], rows: list[list[str]], caption: str = "") -> str:
    """Return a plain HTML table: the text twin of a picture."""
    head = "".join(
        f'<th scope="col" style="text-align: right; padding: 0 0.8em">{escape(cell)}</th>'
        for cell in header
    )
    body = "".join(
        "<tr>"
        + "".join(
            f'<td style="text-align: right; padding: 0 0.8em">{escape(cell)}</td>' for cell in row
        )
        + "</tr>"
        for row in rows
    )
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Panel(ipywidgets.VBox):
    """A panel. Its repr never changes, so that a saved page can be compared with a fresh run."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}: run this page in JupyterLab to use it"
