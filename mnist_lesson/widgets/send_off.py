"""05 · Dropout, to be seen: send feature maps off like players; does the network still read it?"""

from __future__ import annotations

import ipywidgets
import numpy as np

from mnist_lesson.look import show_maps
from mnist_lesson.network.arithmetic import Floats
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared import kit
from mnist_lesson.shared.words import a_digit, say_probability
from mnist_lesson.widgets.wall import NOTHING

STARS = (25, 12)  # players off: with no more than that, a second star, and a third


class SendOff(kit.Panel):
    """Send maps of the second convolution off, and see how `network` reads a digit without them.

    The network has the layers of `build_model()`; `digit` is float (1, 28, 28, 1) in 0..1.
    """

    def __init__(self, network: Twin, digit: Floats) -> None:
        self._network, self._digit = network, digit
        outputs = {name: output for name, _, output in network.layers(digit)}
        self._maps = outputs["pool"]
        self._truth = int(outputs["output"].argmax())
        self._players = range(self._maps.shape[-1])
        self.team = kit.DigitGrid(chosen=NOTHING, columns=16)
        names = map(str, self._players)
        # Darker than to scale, as they are small.
        self.team.hang(np.moveaxis(self._maps, -1, 0), names, most=0.6 * float(self._maps.max()))
        self.team.observe(self._click, "chosen")
        self.team.add_class("lm-team")
        self.says, self.said = ipywidgets.HTML(), ipywidgets.HTML()
        train = kit.button("Training day", self.train, main=True)
        back = kit.button("All back", lambda: self.send(set()))
        self.send(set())
        lead = "Each map is a player. Click to send one off, and again to call it back."
        parts = [kit.row(train, back, self.says), self.team, self.said]
        super().__init__("Who can stay at home?", parts, lead=lead)

    def train(self) -> None:
        """Let a quarter of the players stay at home, picked at random."""
        shuffled = np.random.default_rng().permutation(self._players).tolist()
        self.send(set(shuffled[: len(shuffled) // 4]))

    def send(self, off: set[int]) -> None:
        """Send these players off, and no others; say what the team reads now."""
        self.off = off
        plays = np.isin(self._players, [*off], invert=True)
        weights = dict(self._network.weights)
        weights["conv_2"] = {name: array * plays for name, array in weights["conv_2"].items()}
        team = Twin(self._network.specs, weights, self._network.input_shape, "the team")
        answers = team.predict(self._digit)[0]
        best = int(answers.argmax())
        beaten = best != self._truth
        here = f"{len(off)} of {len(plays)} players off" if off else f"all {len(plays)} players"
        words = f"{say_probability(answers[best], decimals=1)} sure, with {here}"
        self.says.value = kit.big_answer(best, words, wrong=beaten)
        misses = sum(len(off) > few for few in STARS)
        reads = f"With {len(off)} players off, our {self._truth} becomes {a_digit(best)}."
        self.said.value = kit.cheer("Beaten!", reads, misses=misses) if beaten else ""
        self.team.labels = [f"{n} {kit.sign(False)}" if n in off else f"{n}" for n in self._players]

    def _click(self, change: dict[str, int]) -> None:
        if change["new"] != NOTHING:
            self.send(self.off ^ {change["new"]})
            self.team.chosen = NOTHING  # or a second click on it wouldn't be heard

    def still(self) -> kit.Still:
        """Draw the whole team."""
        return kit.Still.of(show_maps(self._maps, columns=16))
