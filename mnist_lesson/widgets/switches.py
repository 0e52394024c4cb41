"""04 · Ten switches, and a safe: flip a vector's numbers, and hear which digit that is, if any."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets
import numpy as np

from mnist_lesson.look import show_numbers
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.kit import Panel, Still, big_answer, cheer
from mnist_lesson.shared.words import a_digit

# What each bolt asks for, and whether the hot places are that.
BOLTS: tuple[tuple[str, Callable[[list[int]], bool]], ...] = (
    ("say 7.", lambda hot: hot == [7]),
    ("make the sixth number hot, and no other.", lambda hot: hot == [5]),
    ("be a 3 and an 8 at once.", lambda hot: hot == [3, 8]),
    ("don't be one-hot, but let the argmax be 6.", lambda hot: hot[:1] == [6] != hot),
    ("let the argmax be 0, but leave switch 0 cold.", lambda hot: not hot),
)
OPEN = "Inside are ten potatoes, and one of them is hot."


class Switches(Panel):
    """Flip ten switches: which digit does the vector say, or why is it none? Five bolts ask."""

    def __init__(self) -> None:
        self.drawn = 0  # how many bolts
        self.switches = [ipywidgets.ToggleButton(description=str(n)) for n in range(CLASSES)]
        keys = ipywidgets.Box(self.switches)
        keys.add_class("lm-keys")
        self.safe, self.vector, self.says = (ipywidgets.HTML() for _ in range(3))
        lead = "Each switch makes one number hot. Do what the five bolts ask, and the safe opens."
        super().__init__("Crack the safe", [self.safe, keys, self.vector, self.says], lead=lead)
        self.add_class("lm-safe")
        for switch in self.switches:
            switch.observe(self._flip, "value")
        self._show()

    @property
    def hot(self) -> list[int]:
        """The places whose number is 1."""
        return [place for place, switch in enumerate(self.switches) if switch.value]

    def _flip(self, _change: Any) -> None:
        if self.drawn < len(BOLTS) and BOLTS[self.drawn][1](self.hot):
            self.drawn += 1
        self._show()

    def _show(self) -> None:
        self.safe.value = self._bolts()
        numbers = "".join(f"<span>{int(switch.value)}</span>" for switch in self.switches)
        self.vector.value = f'<div class="lm-vector">{numbers}</div>'
        said = len(self.hot) == 1
        # What the argmax of nothing is, the last bolt asks.
        told = self.hot or self.drawn == len(BOLTS)
        words = explain(self.hot) if told else "Nothing's hot, so that's no digit."
        self.says.value = big_answer(self.hot[0] if said else "?", words, wrong=not said)

    def _bolts(self) -> str:
        bolts = "".join(f'<i class="lm-drawn-{place < self.drawn}"></i>' for place in range(5))
        if self.drawn == len(BOLTS):
            words = cheer("Open!", OPEN)
        else:
            clack = "Clack! " if self.drawn else ""
            words = f"{clack}<b>Bolt {self.drawn + 1}:</b> {BOLTS[self.drawn][0]}"
        door = _safe(is_open=self.drawn == len(BOLTS))
        return f'<div class="lm-bolts" role="status">{door}{bolts}<div>{words}</div></div>'

    def still(self) -> Still:
        """Draw the vectors that say a digit."""
        alt = "A table of ten vectors: row n has a 1 in place n, and zeros everywhere else."
        return Still(show_numbers(np.eye(CLASSES)), alt)


def _safe(*, is_open: bool) -> str:
    """Draw the safe: ten potatoes behind a door, which swings open."""
    potatoes = "".join(
        f'<ellipse cx="{34 + 18 * across}" cy="{94 - 17 * up}" rx="10" ry="8"/>'
        for up, count in enumerate((4, 3, 2, 1))
        for across in (n + up / 2 for n in range(count))
    )
    steam = '<path class="lm-steam" d="M55 31q-5-5 0-10t0-10M65 31q-5-5 0-10t0-10"/>'
    inside = f'<rect class="lm-hollow" x="14" y="6" width="94" height="98"/>{potatoes}{steam}'
    handle = '<circle cx="61" cy="55" r="20"/><path d="M61 35V75M41 55H81"/>'
    door = f'<g class="lm-door"><rect x="14" y="6" width="94" height="98" rx="4"/>{handle}</g>'
    case = '<rect x="6" y="0.5" width="110" height="110" rx="8"/>'
    look = "lm-open" if is_open else ""
    return (
        f'<svg class="{look}" viewBox="0 0 122 112" aria-hidden="true">{case}{inside}{door}</svg>'
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
