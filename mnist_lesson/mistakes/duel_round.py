"""07 · A round of you against the network: who read which digits, and how quickly."""

from __future__ import annotations

import time
from typing import Any

from mnist_lesson.mistakes.test_set_answers import sealed_digits
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.words import say_seconds


class Round:
    """A few test digits, what the network reads in them, and your answers so far.

    `seconds` is how long you took, and `network_seconds` how long the network did.
    """

    def __init__(self, network: Twin, places: Any) -> None:
        images, labels = sealed_digits()
        self.images = images[places]
        self.labels = labels[places]
        x = to_input(self.images)
        began = time.perf_counter()
        probabilities = network.predict(x)
        self.network_seconds = time.perf_counter() - began
        self.read = probabilities.argmax(axis=1)
        self.sure = probabilities.max(axis=1)
        self.answers: list[int] = []
        self.seconds = 0.0
        self._began = time.perf_counter()

    @property
    def over(self) -> bool:
        """Is every digit answered?"""
        return len(self.answers) == len(self.labels)

    def answer(self, digit: int) -> None:
        """Note what you read in the next digit."""
        self.answers.append(digit)
        self.seconds = time.perf_counter() - self._began

    def score(self) -> tuple[int, int]:
        """Count how many you and the network got right, of those you've answered."""
        truth = self.labels[: len(self.answers)]
        return int((truth == self.answers).sum()), int((truth == self.read[: len(truth)]).sum())

    def verdict(self) -> str:
        """Say in words how the last digit went."""
        last = len(self.answers) - 1
        you, it, label = self.answers[last], self.read[last], self.labels[last]
        if you == label:
            return "You both have it." if it == label else "Your point!"
        if it == label:
            return "The network's point."
        return "You side with it, against the label!" if you == it else "Three different answers!"

    @property
    def rank(self) -> tuple[int, float]:
        """The larger, the better you were: your right answers, then your speed."""
        return self.score()[0], -self.seconds

    def yours(self) -> str:
        """Say your own result, as "11 of 12 in 14 s"."""
        return f"{self.score()[0]} of {len(self.labels)} in {say_seconds(self.seconds)}"

    def result(self) -> str:
        """Say who won, and how quickly."""
        you, it = self.score()
        if you > it:
            ending = "This round's yours! (Twelve digits can't say who reads better, though.)"
        elif you < it:
            ending = "It wins, and it isn't even tired. Once more?"
        else:
            ending = "It's a draw. Well, apart from the clock."
        took = f"You {you} in {say_seconds(self.seconds)}"
        return f"{took}, network {it} in {self.network_seconds:.3f} s. {ending}"
