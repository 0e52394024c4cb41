"""One look for all panels: their parts, and the still that stands for one on paper."""

from collections.abc import Callable, Iterable
from functools import cache, partial
from html import escape
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import ipywidgets
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.html import Frame, colours, data_url, png_of
from mnist_lesson.shared.picture import alt_of, bundle_of
from mnist_lesson.shared.words import a_digit, say_probability

ASSETS = Path(__file__).parents[1] / "assets"
MOST_STARS = 3  # in a game, without a miss
UNSURE = 0.6  # below this probability the large answer is grey: the network hesitates


class Still(NamedTuple):
    """A picture of a panel where none can run, and what it shows, for those who cannot see it."""

    figure: Figure
    alt: str

    @classmethod
    def of(cls, figure: Figure) -> "Still":
        """Take a figure that says itself what it shows."""
        return cls(figure, alt_of(figure))


class Panel(ipywidgets.VBox):
    """A panel in the lesson's one look: title, lead sentence, then its parts.

    A subclass that has a `still()` leaves it in the page beside the running panel: GitHub, exported
    HTML and print show the picture, JupyterLab shows the panel.
    """

    def __init__(self, heading: str, children: Iterable[Any], *, lead: str = "") -> None:
        super().__init__([Heading(heading=heading, lead=lead), *children])
        self.add_class("lm-panel")

    def still(self) -> Still | None:
        """Draw the panel as it is now; None if a picture would say nothing."""
        return None

    def __repr__(self) -> str:  # the same each time, so saved pages can be compared
        return f"{type(self).__name__}: run this page in JupyterLab to use it"

    def _repr_mimebundle_(self, **options: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**options), self.still())


def with_still(bundle: dict[str, Any] | None, still: Still | None) -> Any:
    """Put a still into a widget's MIME bundle, as image/png with alternative text.

    `bundle` is what the widget's own `_repr_mimebundle_()` gave. Returns data and metadata, as
    IPython expects them; without a still, the bundle as it came.
    """
    if bundle is None or still is None:
        return bundle
    data, metadata = bundle_of(still.figure, still.alt)
    return {**bundle, **data}, metadata


@cache
def style() -> str:
    """Return the style file as a `<style>` element, for HTML that is outside a panel."""
    return f"<style>{(ASSETS / 'panels.css').read_text(encoding='utf-8')}</style>"


def script(*names: str) -> str:
    """Return a widget's JavaScript from these files, all in one text.

    What's sent to the browser has no other files to import from. `late.js` comes with each.
    """
    return "\n".join((ASSETS / name).read_text(encoding="utf-8") for name in ("late.js", *names))


class Heading(anywidget.AnyWidget):
    """A panel's title line, and a sentence that says what to do; it brings the style along.

    It also names, for screen readers, those controls of its panel that have no name of their own,
    and keeps plain keys pressed in the panel from JupyterLab, whose x would cut the cell out.
    """

    _esm = script("heading.js")
    css = traitlets.Unicode((ASSETS / "panels.css").read_text(encoding="utf-8")).tag(sync=True)
    heading = traitlets.Unicode().tag(sync=True)
    lead = traitlets.Unicode().tag(sync=True)


def row(*controls: Any) -> ipywidgets.Box:
    """Put controls side by side, in as many lines as the page's width needs."""
    line = ipywidgets.Box(controls)
    line.add_class("lm-row")
    return line


def column(*parts: Any, look: str = "lm-grow") -> ipywidgets.Box:
    """Put parts below one another; in a row, the column takes up the space that's left."""
    below = ipywidgets.VBox(parts)
    below.add_class(look)
    return below


def button(
    label: str, press: Callable[[], Any], *, main: bool = False, icon: str = "", tooltip: str = ""
) -> ipywidgets.Button:
    """Return a button that calls `press()`, as wide as its label; a panel's main one is blue."""
    made = ipywidgets.Button(
        description=label,
        button_style="primary" if main else "",
        icon=icon,
        layout={"width": "auto"},
    )
    # ipywidgets 7, which Colab has, doesn't take None for "no tooltip".
    if tooltip:
        made.tooltip = tooltip
    made.on_click(lambda _: press())
    return made


def digit_buttons(press: Callable[[int], Any], tooltip: str = "") -> list[ipywidgets.Button]:
    """Return ten buttons, 0 to 9, that call `press(digit)`; the tooltip is for "{a digit}"."""
    return [
        button(str(digit), partial(press, digit), tooltip=tooltip.format(a_digit(digit)))
        for digit in range(CLASSES)
    ]


def show_if(shows: object, *parts: Any) -> None:
    """Show these parts of a panel, or hide them, so that they take up no room."""
    for part in parts:
        part.layout.display = None if shows else "none"


class Status(ipywidgets.HTML):
    """The line at the foot of a panel. Screen readers hear it when it changes."""

    def __init__(self, sentence: str = "") -> None:
        super().__init__()
        self.say(sentence)

    def say(self, sentence: str) -> None:
        """Say how things stand."""
        self._show(sentence, "lm-status", "status")  # a screen reader finishes its sentence first

    def fault(self, sentence: str) -> None:
        """Say what went wrong, and what to do about it."""
        self._show(f"⚠ {sentence}", "lm-status lm-fault", "alert")  # interrupts what's being read

    def cheer(self, heading: str, sentence: str) -> None:
        """Celebrate: something was won."""
        self.value = cheer(heading, sentence)

    def _show(self, sentence: str, look: str, role: str) -> None:
        self.value = f'<div class="{look}" role="{role}">{escape(sentence)}</div>'


def big_answer(
    answer: object,
    sentence: str = "",
    *,
    probability: float = 1,
    wrong: bool = False,
    meaning: str = "",
    cheers: bool = False,
) -> str:
    """Return the answer as HTML, 56 pixels tall or more, with a sentence beside it.

    A wrong one is orange, and one that `cheers` sparkles once. `meaning` is what the sentence
    means, for who points at it.
    """
    look = "lm-answer-sign" + (" lm-unsure" if probability < UNSURE else "")
    look += " lm-wrong" if wrong else ""
    words = (
        f'<span title="{escape(meaning)}">{escape(sentence)}</span>'
        if meaning
        else escape(sentence)
    )
    return (
        f'<div class="lm-answer{" lm-cheer" * cheers}" role="status">'
        f'<span class="{look}">{escape(str(answer))}</span>'
        f'<span class="lm-answer-words">{words}</span></div>'
    )


def verdict(look: str, heading: str, sentence: str) -> str:
    """Return a card that says how it went; `look` is a state of the style, such as "not-yet"."""
    words = f"<b>{escape(heading)}</b> {escape(sentence)}"
    return f'<div class="lm-said lm-is-{look}" role="status"><div>{words}</div></div>'


def cheer(heading: str, sentence: str, *, misses: int = MOST_STARS - 1) -> str:
    """Return a card for something that was won: its heading is large, and sparkles once.

    It has a star; in a game that counts misses, up to three.
    """
    stars = "★" * max(1, MOST_STARS - misses)
    return verdict("guessed", f"{stars} {heading}", sentence)


def sign(right: object) -> str:
    """Return the sign of a right answer, or of a wrong one: no colour stands alone."""
    return "✓" if right else "✗"


def clock(seconds: float = 0) -> str:
    """Return a clock that ticks by itself; it goes on from so many seconds."""
    going = f'style="animation-delay: -{seconds:.1f}s"'
    return f'<div class="lm-answer lm-clock" aria-hidden="true" {going}></div>'


class Card(NamedTuple):
    """A sign, shown large, between a name and a note; the note is HTML."""

    name: str
    sign: object
    wrong: bool = False
    note: str = ""


def cards(side_by_side: Iterable[Card], *, turned: bool = False) -> str:
    """Put cards side by side; with `turned`, they turn over one after the other."""
    parts = [
        f'<div class="{"lm-wrong" * card.wrong} {"lm-you" * (card.name == "You")}">'
        f"{escape(card.name)}"
        f"<b>{escape(str(card.sign))}</b>{card.note}</div>"
        for card in side_by_side
    ]
    look = "lm-turned" if turned else "lm-turned lm-still"
    return f'<div class="{look}">{"".join(parts)}</div>'


def bar_of_ten(probabilities: NDArray[Any], *, truth: int | None = None, most: int = 10) -> str:
    """Return ten probabilities, shape (10,), as an HTML table of bars.

    `truth` marks the true digit. With `most` below 10, only so many of the likeliest are shown,
    and the true one.
    """
    # A blank sheet's ten zeros have no best, and nothing to say.
    blank = not np.any(probabilities)
    best = None if blank else int(np.argmax(probabilities))
    shown = {*np.argsort(-np.asarray(probabilities))[:most].tolist(), truth}
    lines = []
    for digit, probability in enumerate(np.asarray(probabilities, float).tolist()):
        if digit not in shown:
            continue
        mark = "◂<span> true</span>" if digit == truth else ""
        said = "" if blank else say_probability(probability, decimals=1)
        lines.append(
            f'<tr class="{"lm-best" if digit == best else ""}"><th scope="row">{digit}</th>'
            f'<td><span class="lm-bar" style="width: {100 * probability:.1f}%"></span></td>'
            f'<td class="lm-number">{said}</td><td class="lm-mark">{mark}</td></tr>'
        )
    return f'<table class="lm-ten"><tbody>{"".join(lines)}</tbody></table>'


def image(
    numbers: NDArray[Any], alt: str, *, most: float | None = None, signed: bool | None = None
) -> str:
    """Return numbers (h, w) as an HTML picture, in the colours of `digit_tile()`."""
    address = data_url(png_of(colours(numbers, most, signed)))
    return f'<img src="{address}" alt="{escape(alt)}">'


def digit_tile(
    numbers: NDArray[Any],
    caption: str = "",
    *,
    alt: str = "",
    width: int = 112,
    most: float | None = None,
    signed: bool | None = None,
    frame: Frame | None = None,
) -> str:
    """Return numbers (h, w) as an HTML picture with its caption close below.

    It's dark ink on white paper; NaN, not known yet, becomes striped. `alt` is what a screen reader
    says, by default the caption. `width` is in screen pixels, and grows in a wide panel. `most` is
    the number that gets the full colour, by default the largest; with `signed`, by default if some
    are below zero, those are purple and the others green. `frame` draws an orange frame around
    (row, column, height, width).
    """
    height, breadth = numbers.shape
    around = ""
    if frame:
        top, left, tall, wide = frame
        place = f"top: {top / height:.3%}; left: {left / breadth:.3%}"
        size = f"height: {tall / height:.3%}; width: {wide / breadth:.3%}"
        around = f'<div class="lm-frame" style="{place}; {size}"></div>'
    picture = image(numbers, alt or caption, most=most, signed=signed)
    below = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    paper = f'<div class="lm-paper">{picture}{around}</div>'
    size = f"width: calc({width} * var(--lm-u, 1px))"
    return f'<figure class="lm-tile" style="{size}">{paper}{below}</figure>'


def tiles(pieces: Iterable[str]) -> str:
    """Put tiles side by side, in as many rows as the page's width needs."""
    return f'<div class="lm-tiles">{"".join(pieces)}</div>'


class SortableTable(anywidget.AnyWidget):
    """A table that sorts by the column whose heading is clicked; a click on a row selects it.

    `rows` are lists of cells: texts, numbers, or `cell(…)` for a number with its own text and bar.
    `selected` holds the numbers of the selected rows, the last `most_selected` that were clicked.
    """

    _esm = script("table.js")
    columns = traitlets.List(traitlets.Unicode()).tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    selected = traitlets.List(traitlets.Int()).tag(sync=True)
    most_selected = traitlets.Int(2).tag(sync=True)
    sort_by = traitlets.Int(-1).tag(sync=True)  # -1: in the order they came
    descending = traitlets.Bool(False).tag(sync=True)


class ConfusionMatrix(anywidget.AnyWidget):
    """How often each digit (rows) was read as which (columns); clicks or arrow keys select a cell.

    `counts` are lists of whole numbers, ten by ten; `selected` is [true digit, answer].
    """

    _esm = script("matrix.js")
    # Lists, because the browser gets JSON, which has no arrays.
    counts: Any = traitlets.List([[0] * 10] * 10).tag(sync=True)
    selected: Any = traitlets.List(traitlets.Int(), [0, 0]).tag(sync=True)


class DigitGrid(anywidget.AnyWidget):
    """Buttons with a picture on each: `labels` and `numbers` of the pictures in `strip`."""

    _esm = script("digit_grid.js")
    strip = traitlets.Unicode().tag(sync=True)  # one below another: one picture to send, not 48
    labels = traitlets.List(traitlets.Unicode()).tag(sync=True)
    numbers = traitlets.List(traitlets.Int()).tag(sync=True)
    chosen = traitlets.Int().tag(sync=True)
    # Numbers: these are framed in green.
    found: Any = traitlets.List(traitlets.Int()).tag(sync=True)
    side = traitlets.Int(56).tag(sync=True)  # of a picture, in screen pixels
    columns = traitlets.Int(0).tag(sync=True)  # 0: as many as there's room for

    def hang(
        self,
        pictures: NDArray[Any],
        labels: Iterable[str],
        *,
        numbers: Iterable[int] | None = None,
        most: float | None = None,
    ) -> None:
        """Show other pictures, (n, h, w); `most` is the number that gets the full colour."""
        # A PNG needs at least one pixel, so an empty page gets one, which no button shows.
        below = np.concatenate(pictures) if len(pictures) else np.zeros((1, 1))
        # In one message, or the new pictures would have the old labels for a moment.
        with self.hold_sync():
            self.strip = data_url(png_of(colours(below, most)))
            self.labels = list(labels)
            self.numbers = list(range(len(pictures)) if numbers is None else numbers)
            self.found = []


def cell(
    value: float,
    text: str,
    *,
    share: float | None = None,
    interval: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Return a cell that sorts by `value` and shows `text`, and `share` (0 to 1) as a dot.

    A bar below the dot spans the `interval`, two shares.
    """
    bar = {} if share is None else {"share": min(max(share, 0), 1), "interval": interval}
    return {"value": value, "text": text, **bar}


class Keys(anywidget.AnyWidget):
    """Lets the keys 0 to 9 press a panel's digit buttons, and keeps the focus in the panel.

    While a button has the class lm-any-key, they press that one.
    """

    _esm = script("keys.js")


class CopyText(anywidget.AnyWidget):
    """Text to take away, such as code, with a button that copies it. If empty, it shows nothing."""

    _esm = script("copy_text.js")
    text = traitlets.Unicode().tag(sync=True)
