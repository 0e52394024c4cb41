"""A competition for the class: who reads whom, who trains fastest, and the hardest digit.

readings = who_reads_whom(room)     each learner's network reads everybody's drawings
fastest(room)                       the shortest training runs that reach 98.5% of the test set
hardest(readings)                   drawings that most networks misread; people are the judges
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.class_files import Writer
from mnist_lesson.handwriting.hand import Hand, learn_hand
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import practised_network, unpack_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.progress.class_folder import Learner, Room
from mnist_lesson.progress.progress_file import Capsule, ProgressError
from mnist_lesson.shared import foreign
from mnist_lesson.shared.foreign import ForeignError, printable
from mnist_lesson.shared.kit import ASSETS, digit_tile, style
from mnist_lesson.shared.templates import fill
from mnist_lesson.shared.words import in_columns
from mnist_lesson.shared.workspace import FACTS_FILE, NETWORK_FILE
from mnist_lesson.test import score
from mnist_lesson.training.settings import Settings

GOAL = 0.985  # of the test set
PLACES = 3
SHOWN = 10  # how many of the hardest drawings to show, one per learner

Digits = tuple[NDArray[np.uint8], NDArray[np.int64]]
FACTS = foreign.fields(
    {"seconds": foreign.number(0, 1e7), "settings": foreign.fields({}, more=True)}, more=True
)


# Who reads whom


def network_of(capsule: Capsule, taught: Digits | None) -> Twin | None:
    """Return the network in a progress file, after it has learned its owner's hand.

    If the file has no network, the practised one learns the hand. None if it has neither.
    """
    data = capsule.runs.get("model", {}).get(NETWORK_FILE)
    network = None
    if data is not None:
        with contextlib.suppress(ForeignError):  # then the practised one stands in
            network = unpack_network(data, "your own network")
    if taught is None:
        return network
    try:
        return learn_hand(network or practised_network(), *taught)
    except ValueError:  # its last layer can't learn a hand
        return network


def drawings_of(capsule: Capsule, writer: Writer | None) -> tuple[Digits | None, Digits | None]:
    """Return a learner's drawings to teach with, and those to judge with.

    The drawings of page 10 teach, and the ten digits of page 08 judge; if there are none, the
    drawings of page 10 do both.
    """
    drawn, labels = Hand(capsule.drawings).images()
    taught = (drawn, labels) if len(labels) else None
    return taught, writer.images() if writer else taught


@dataclass(frozen=True)
class Readings:
    """What each network makes of everybody's drawings.

    `readers` are the owners of networks, `drawings` the pictures and labels of each writer, and
    `read` the probabilities of each digit, (n, 10), for a (reader, writer): no network reads what
    it was taught with. For the `broken` networks, the practised one stands in.
    """

    readers: list[str]
    drawings: dict[str, Digits]
    read: dict[tuple[str, str], NDArray[np.float32]]
    broken: list[str]

    def right(self, reader: str, writer: str) -> int | None:
        """Count the drawings of a hand that a network reads as meant; None if it read none."""
        if (read := self.read.get((reader, writer))) is None:
            return None
        return int((read.argmax(axis=1) == self.drawings[writer][1]).sum())

    def share(
        self, *, reader: str | None = None, writer: str | None = None
    ) -> tuple[float, float] | None:
        """Return the share read right by one network, or of one hand, and a tie-breaker.

        None if there's nothing to read; a network's own hand doesn't count. The tie-breaker is the
        mean probability of the right digits.
        """
        right: list[bool] = []
        sure: list[float] = []
        for (r, w), read in self.read.items():
            if r != w and reader in (None, r) and writer in (None, w):
                labels = self.drawings[w][1]
                right.extend(read.argmax(axis=1) == labels)
                sure.extend(read[np.arange(len(labels)), labels])
        return (float(np.mean(right)), float(np.mean(sure))) if right else None

    def __str__(self) -> str:
        if not self.drawings:
            return "No drawings yet: they come with progress files, and with files from page 08."
        readers = {name: self.share(reader=name) for name in self.readers}
        writers = {name: self.share(writer=name) for name in self.drawings}
        said = f"Reads others best: {_best(readers)}. Is read best by others: {_best(writers)}."
        if self.broken:
            said += f" Broken networks: {', '.join(self.broken)}."
        return f"{said} (In a tie, how sure the networks were decides.)"

    def table(self) -> str:
        """Sum it up for a terminal: how well each network reads, and each hand is read."""
        rows = [["name", "reads own hand", "reads others", "is read by others"]]
        for name in dict.fromkeys([*self.readers, *self.drawings]):
            reads, is_read = self.share(reader=name), self.share(writer=name)
            others = [f"{share[0]:.1%}" if share else "–" for share in (reads, is_read)]
            rows.append([printable(name), self.cell(name, name), *others])
        return in_columns(rows)

    def cell(self, reader: str, writer: str) -> str:
        """Write how many of a hand's digits a network reads; "–" if it didn't read that hand."""
        right = self.right(reader, writer)
        return "–" if right is None else f"{right}/{len(self.drawings[writer][1])}"

    def percent_missed(self, reader: str, writer: str) -> int:
        """Return which percentage of a hand's digits a network misreads; 0 if it read none."""
        right = self.right(reader, writer)
        return 0 if right is None else round(100 - 100 * right / len(self.drawings[writer][1]))

    def _repr_html_(self) -> str:
        return fill("readings.html", r=self)


def _best(shares: dict[str, tuple[float, float] | None]) -> str:
    """Name the best; the second number of each pair breaks a tie."""
    share, best = max(((share, name) for name, share in shares.items() if share))
    return f"{best} ({share[0]:.1%})"


def who_reads_whom(room: Room) -> Readings:
    """Let each learner's network read everybody's drawings, and the practised network, too."""
    readers: dict[str, Twin] = {}
    drawings: dict[str, Digits] = {}
    taught_by: dict[str, Digits | None] = {}
    broken = []
    for learner in room.learners:
        try:
            capsule = learner.whole()
        except ProgressError:  # its drawings are fine all the same
            capsule = learner.capsule
            broken.append(learner.name)
        taught, judges = drawings_of(capsule, learner.writer)
        taught_by[learner.name] = taught
        network = network_of(capsule, taught)
        if network is not None:
            readers[learner.name] = network
        if judges is not None:
            drawings[learner.name] = judges
    readers["(practised)"] = practised_network()  # in brackets, since it isn't a learner's
    read = {
        (reader, writer): network.predict(to_input(digits[0]))
        for reader, network in readers.items()
        for writer, digits in drawings.items()
        # It would get these right only because it was taught with them.
        if digits is not taught_by.get(reader)
    }
    return Readings(list(readers), drawings, read, broken)


# The fastest


@dataclass(frozen=True)
class Entry:
    """One training run in the competition: whose it is, how long it took, and how good it is."""

    name: str
    run: str
    seconds: float
    accuracy: float
    seed: int
    opened: int

    def __str__(self) -> str:
        return (
            f"{self.name}: {self.seconds:.1f} s, {self.accuracy:.2%} of the test set, seed "
            f"{self.seed} (run {self.run}; test set opened {self.opened} times before)"
        )


def fastest(room: Room) -> list[Entry]:
    """Find the shortest saved training runs whose networks read 98.5% of the sealed test set.

    Each learner enters with the shortest run that passes. The seconds come from the files, so it's
    only fair if the machines are alike.
    """
    x, y = _test_digits()
    passed: dict[str, Entry] = {}
    entries = [entry for learner in room.learners for entry in _runs_of(learner)]
    # Shortest first, so we can stop as soon as three have passed.
    for entry, learner in sorted(entries, key=lambda found: found[0].seconds):
        if entry.name in passed:
            continue
        try:
            files = learner.whole().runs[entry.run]
            network = unpack_network(files[NETWORK_FILE], entry.run)
            accuracy = score(network, x, y).accuracy
        except (ForeignError, ProgressError, KeyError, ValueError):  # it doesn't read digits
            continue
        if accuracy >= GOAL:
            passed[entry.name] = replace(entry, accuracy=accuracy)
        if len(passed) == PLACES:
            break
    return list(passed.values())


def _runs_of(learner: Learner) -> Iterator[tuple[Entry, Learner]]:
    for name, files in learner.capsule.runs.items():
        try:
            facts = foreign.read_json(files[FACTS_FILE])
            foreign.check(facts, FACTS)
            seed = Settings(**facts["settings"]).seed
        except (KeyError, TypeError, ValueError):  # no run.json, or not one from a run
            continue
        seconds = float(facts["seconds"])
        yield Entry(learner.name, name, seconds, 0.0, seed, learner.capsule.opened), learner


def _test_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    images, labels = load_data()[1]
    return to_input(images), labels.astype(np.int64)


# The hardest


def hardest(readings: Readings) -> list[tuple[str, int, str]]:
    """Find each learner's drawing that most networks misread: can people read it?

    Returns its tile as HTML, what was meant, and by whom, the hardest first.
    """
    entries = []
    for writer, (images, labels) in readings.drawings.items():
        wrong = [
            read.argmax(axis=1) != labels
            for (_, name), read in readings.read.items()
            if name == writer
        ]
        if wrong:
            missed = np.sum(wrong, axis=0)
            place = int(missed.argmax())
            entries.append((missed[place] / len(wrong), writer, images[place], int(labels[place])))
    entries.sort(key=lambda entry: (-entry[0], entry[1]))
    found = []
    for number, (share, writer, image, label) in enumerate(entries[:SHOWN], start=1):
        tile = digit_tile(image, f"{number}: misread by {share:.0%}", alt="a digit drawn by hand")
        found.append((tile, label, writer))
    return found


# As a page


def in_words(winners: list[Entry]) -> str:
    """Say who was fastest."""
    places = "\n".join(f"{place}. {entry}" for place, entry in enumerate(winners, start=1))
    return f"Fastest to {GOAL:.1%} of the test set\n{places or 'Nobody yet.'}"


def contest_page(readings: Readings, winners: list[Entry]) -> str:
    """Return the whole competition as a page to show on a large screen."""
    return fill(
        "contest.html",
        title="The competition",
        style=class_style(),
        r=readings,
        winners=in_words(winners).split("\n"),
        hardest=hardest(readings),
    )


def class_style() -> str:
    """Return the style of the class's tables and pages as `<style>` elements."""
    return f"{style()}<style>{(ASSETS / 'class_board.css').read_text(encoding='utf-8')}</style>"
