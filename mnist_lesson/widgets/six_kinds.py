"""00 · Six kinds of network, and six jobs: who gets which?"""

from __future__ import annotations

from functools import partial

import ipywidgets

from mnist_lesson.introduction.figures import KINDS, show_networks
from mnist_lesson.shared.kit import Panel, Still, big_answer, button, row, show_if
from mnist_lesson.shared.picture import alt_of, png, shown

# Each job, and who can do it: the first is the one we'd take.
JOBS = (
    ("Find the cat in a holiday photo.", ("Convolutional",)),
    ("Guess a flat's price from its size, floor and age.", ("Feed-forward",)),
    ("Chat with you about your homework.", ("Transformer",)),
    ("Squeeze a face into twelve numbers, and draw it again.", ("Autoencoder",)),
    ("Finish a sentence that began half a page ago.", ("LSTM", "Transformer")),
    ("Hear a tune, and hum the next note.", ("Recurrent", "LSTM", "Transformer")),
)


class SixKinds(Panel):
    """Give each of six jobs to the kind of network that's good at it; a star for a first try."""

    def __init__(self) -> None:
        self.picture = ipywidgets.HTML()
        self.picture.add_class("lm-live")
        self.job = ipywidgets.HTML()
        self.kinds = [button(name, partial(self.choose, name)) for name in KINDS]
        self.again = button("Play again", self.start, main=True)
        self.said = ipywidgets.HTML()
        super().__init__(
            "Who gets the job?",
            [self.job, row(*self.kinds, self.again), self.said, self.picture],
            lead="Six jobs are waiting. Press the network that's made for each.",
        )
        self.start()

    def start(self) -> None:
        """Begin with the first job, and no stars."""
        self.done = 0
        self.stars = 0
        self._slipped = False
        self._explain([])
        self._show("There's a star for each one you get on the first try.")

    def choose(self, name: str) -> None:
        """Give the job to this kind of network, and say whether it's the one."""
        if self.done == len(JOBS):  # a second click came too late
            return
        fits = JOBS[self.done][1]
        if name not in fits:
            self._slipped = True
            made_for = KINDS[name][1].split(":")[0]
            self._show(f"{name} is {made_for}. Try another for job {self.done + 1}!")
            return
        self.done += 1
        self.stars += not self._slipped
        self._slipped = False
        self._explain([job[1][0] for job in JOBS[: self.done]])
        better = "" if name == fits[0] else f", though we'd have sent the simpler {fits[0]}"
        self._show(f"{name}: hired{better}!", cheers=True)

    def _explain(self, kinds: list[str]) -> None:
        """Draw the networks; what they're good for would give the jobs away that are still open."""
        figure = show_networks(kinds)
        self.picture.value = shown(png(figure), alt_of(figure), figure)

    def _show(self, sentence: str, *, cheers: bool = False) -> None:
        over = self.done == len(JOBS)
        for kind in self.kinds:
            kind.disabled = over
        show_if(over, self.again)
        number = f"Job {self.done + 1} of 6"
        job = "All six have found work!" if over else f"{number}: {JOBS[self.done][0]}"
        self.job.value = f'<div class="lm-title">{job}</div>'
        if over:
            sentence += f" {self.stars} of {self.done} on the first try."
        self.said.value = big_answer(f"★ {self.stars}", sentence, cheers=cheers)

    def still(self) -> Still:
        """Draw the six kinds."""
        return Still.of(show_networks())
