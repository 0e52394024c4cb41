"""Down in the fog, at random: the game in the browser goes where its numbers say, and not further.

It's played in the browser alone, so Python's random actions don't reach it.
"""

import random
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from lab import Lab, OpenLab, write_page

from mnist_lesson.widgets.foggy_hill import HILLS, HUT, RATES

ACTIONS = ("step", "step", "step", "again", "rate", "hill")
STUCK = 0.02
PLAY = """(actions) => {
    const game = document.querySelector(".lm-hill");
    const slider = game.querySelector("input");
    return actions.map(([kind, number]) => {
        if (kind === "rate") {
            slider.value = number;
            slider.dispatchEvent(new Event("input"));
        } else if (kind === "hill") game.querySelector(`[data-hill="${number}"]`).click();
        else game.querySelector(`[data-do="${kind}"]`).click();
        const text = (look) => game.querySelector(look).textContent;
        return [+text(".lm-answer-sign"), text(".lm-answer-words"), text(".lm-hill-rate b")];
    });
}"""


class Walk:
    """Where the hiker should be, by the hills' own numbers."""

    def __init__(self) -> None:
        self.rate = 3
        self.begin(0, 0)

    def begin(self, hill: int, turn: int) -> None:
        self.number, self.hill, self.turn = hill, HILLS[hill], turn
        self.walk, self.end = [self.hill.starts[turn]], ""

    def slope(self, w: float) -> float:
        return float(np.interp(w, self.hill.places, self.hill.slopes))

    def act(self, kind: str, number: int) -> None:
        if kind == "rate":
            self.rate = number
        elif kind == "hill":
            self.begin(number, 0)
        elif kind == "again":
            self.begin(self.number, (self.turn + (self.end == "down")) % len(self.hill.starts))
        elif not self.end:
            self.step()

    def step(self) -> None:
        here = self.walk[-1]
        there = here - RATES[self.rate] * self.slope(here)
        self.walk.append(there)
        if not 0 <= there <= self.hill.end:
            self.end = "off she sails"
        elif abs(there - self.hill.hut) <= HUT:
            self.end = "down"
        elif abs(RATES[-1] * self.slope(there)) < STUCK:
            self.end = "She's stuck"

    def assert_shown(self, steps: int, words: str, rate: str) -> None:
        assert steps == len(self.walk) - 1
        assert float(rate) == RATES[self.rate]
        if self.end:
            assert self.end in words.replace("Down in", "down in")
        else:
            steepness = float(words.split("Steepness: ")[1].rstrip("."))
            assert steepness == pytest.approx(abs(self.slope(self.walk[-1])), abs=0.051)


def counted(jupyter: Lab) -> dict[str, int]:
    """Count what the page keeps: nodes and listeners."""
    browser = jupyter.page.context.new_cdp_session(jupyter.page)
    browser.send("HeapProfiler.collectGarbage")
    return dict(browser.send("Memory.getDOMCounters"))


def test_random_actions(lesson: Path, open_lab: OpenLab, request: pytest.FixtureRequest) -> None:
    fog = "from mnist_lesson.widgets.foggy_hill import FoggyHill\nFoggyHill()"
    write_page(lesson / "notebooks" / "fog.ipynb", {"fog": fog})
    chance, walk = random.Random(2026), Walk()
    number = {"rate": len(RATES), "hill": len(HILLS)}
    kinds = chance.choices(ACTIONS, k=1000 if request.config.getoption("--full") else 60)
    actions = [(kind, chance.randrange(number.get(kind, 1))) for kind in kinds]
    with open_lab("fog") as jupyter:
        jupyter.run_cell("fog")
        jupyter.page.locator(".lm-hill").wait_for()
        jupyter.page.emulate_media(reduced_motion="reduce")  # she lands at once
        for action, shown in zip(actions, jupyter.page.evaluate(PLAY, actions), strict=True):
            walk.act(*action)
            walk.assert_shown(*shown)
        jupyter.page.emulate_media(reduced_motion="no-preference")
        kept = []
        for _ in range(3):
            again = Walk()
            jupyter.page.evaluate(PLAY, [("hill", 0), ("rate", again.rate)])
            kept.append(counted(jupyter))
            jupyter.page.evaluate(PLAY, actions)  # each in the middle of the last one's hop
            for action in actions:
                again.act(*action)
            jupyter.page.wait_for_timeout(1000)  # she lands
            [shown] = jupyter.page.evaluate(PLAY, [("rate", again.rate)])
            again.assert_shown(*shown)
        # JupyterLab may still load something in one of them, but not in each.
        for what in ("nodes", "jsEventListeners"):
            assert any(later[what] <= earlier[what] for earlier, later in pairwise(kept)), what
        assert not [error for error in jupyter.console_errors if "widget" in error.lower()]
