"""04 · Ten switches, and a safe: flip a vector's numbers, and hear which digit that is, if any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.look import show_numbers
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.kit import Panel, Still, big_answer, cheer, column, row
from mnist_lesson.shared.words import a_digit

# What each bolt asks for, and whether the hot places are that.
BOLTS: tuple[tuple[str, Callable[[list[int]], bool]], ...] = (
    ("say 7.", lambda hot: hot == [7]),
    ("make the sixth number hot, and no other.", lambda hot: hot == [5]),
    ("be a 3 and an 8 at once.", lambda hot: hot == [3, 8]),
    ("don't be one-hot, but let the argmax be 6.", lambda hot: hot[:1] == [6] != hot),
    ("let the argmax be 0, but leave switch 0 cold.", lambda hot: not hot),
)
SIXTH = 1  # the bolt for which many count from 1
_DRAWN = 'class="lm-drawn"'
OPEN = "Inside are ten potatoes, and one of them is hot."


class Switches(Panel):
    """Flip ten switches: which digit does the vector say, or why is it none? Five bolts ask."""

    def __init__(self) -> None:
        self.drawn = 0  # how many bolts
        self.switches = [ipywidgets.ToggleButton(description=str(n)) for n in range(CLASSES)]
        keys = ipywidgets.Box(self.switches)
        keys.add_class("lm-keys")
        self.door, self.safe, self.vector, self.says = (ipywidgets.HTML() for _ in range(4))
        lead = "Press for hot, and again for cold. Do what the five bolts ask, and the safe opens."
        above = row(self.door, column(self.safe, self.says))
        super().__init__("Crack the safe", [above, keys, self.vector], lead=lead)
        self.add_class("lm-safe")
        for switch in self.switches:
            switch.observe(self._flip, "value")
        self._show()

    @property
    def hot(self) -> list[int]:
        """The places whose number is 1."""
        return [place for place, switch in enumerate(self.switches) if switch.value]

    def _flip(self, _change: Any) -> None:
        solved = self.drawn < len(BOLTS) and BOLTS[self.drawn][1](self.hot)
        self.drawn += solved
        self._show("Clack! " if solved else "")

    def _show(self, clack: str = "") -> None:
        self.door.value = _safe(self.drawn)
        self.safe.value = self._bolt(clack)
        numbers = "".join(f"<span>{int(switch.value)}</span>" for switch in self.switches)
        self.vector.value = f'<div class="lm-vector">{numbers}</div>'
        said = len(self.hot) == 1
        # What the argmax of nothing is, the last bolt asks.
        told = self.hot or self.drawn == len(BOLTS)
        words = explain(self.hot) if told else "Nothing's hot, so that's no digit."
        trapped = self.drawn == SIXTH and self.hot == [6]
        if trapped:
            words = "Nearly! That's the seventh number: Python counts from 0."
        answer = self.hot[0] if said else "?"
        self.says.value = big_answer(answer, words, wrong=trapped or not said)

    def _bolt(self, clack: str) -> str:
        if self.drawn == len(BOLTS):
            words = cheer("Open!", OPEN)
        else:
            words = f"{clack}<b>Bolt {self.drawn + 1}:</b> {BOLTS[self.drawn][0]}"
        return f'<div class="lm-bolt" role="status">{words}</div>'

    def still(self) -> Still:
        """Draw the vectors that say a digit."""
        alt = "A table of ten vectors: row n has a 1 in place n, and zeros everywhere else."
        return Still(show_numbers(np.eye(CLASSES)), alt)


def _safe(drawn: int) -> str:
    """Draw the safe: ten potatoes behind a door, which swings open once its bolts are drawn."""
    potatoes = "".join(
        f'<ellipse cx="{46 + 18 * across}" cy="{96 - 17 * up}" rx="10" ry="8"/>'
        for up, count in enumerate((4, 3, 2, 1))
        for across in (n + up / 2 for n in range(count))
    )
    steam = '<path class="lm-steam" d="M67 33q-5-5 0-10t0-10M77 33q-5-5 0-10t0-10"/>'
    bolts = "".join(
        f'<rect {_DRAWN * (place < drawn)} x="108" y="{16 + 18 * place}" width="40" height="10"/>'
        for place in range(len(BOLTS))
    )
    handle = '<circle cx="62" cy="57" r="22"/><path d="M62 30V84M35 57H89"/>'
    turned = f'<g class="lm-handle" style="rotate: {72 * drawn}deg">{handle}</g>'
    front = '<rect x="16" y="8" width="112" height="98" rx="4"/>'
    opened = "lm-open" if drawn == len(BOLTS) else ""
    return (
        f'<svg class="lm-vault {opened}" viewBox="0 0 156 116" aria-hidden="true">'
        '<rect class="lm-case" x="2" y="1" width="152" height="112" rx="8"/>'
        f'<rect class="lm-hollow" x="16" y="8" width="112" height="98"/>{potatoes}{steam}'
        f'<g class="lm-door">{front}<g class="lm-slides">{bolts}</g>{turned}</g></svg>'
    )


def explain(hot: list[int]) -> str:
    """Say which digit is meant if these places are hot, or why that's none."""
    if len(hot) == 1:
        return f"One-hot: {a_digit(hot[0])}, and nothing else."
    if not hot:
        return "Nothing's hot, so that's no digit. The argmax is 0: in a tie, it takes the first."
    first = f"The argmax doesn't mind: in a tie, it takes the first, the {hot[0]}."
    if len(hot) == 2:
        return f"A digit can't be {a_digit(hot[0])} and {a_digit(hot[1])} at once! {first}"
    if len(hot) == CLASSES:
        return f"That's no digit, that's an oven. {first}"
    return f"{len(hot)} digits at once? Only a scribble can do that. {first}"
