"""A competition for the class: who reads whom, who trains fastest, and the hardest digit.

readings = who_reads_whom(room)     each learner's network reads everybody's drawings
fastest(room)                       the shortest training runs that reach 98.5% of the test set
hardest(readings)                   drawings that most networks misread; people are the judges
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html import escape

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.handwriting.class_files import Writer
from mnist_lesson.handwriting.hand import Hand, learn_hand
from mnist_lesson.load import load_data
from mnist_lesson.network.saved import (
    ModelFileError,
    load_model,
    practised_network,
    unpack_network,
)
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.progress.class_folder import Learner, Room
from mnist_lesson.progress.progress_file import Capsule, ProgressError
from mnist_lesson.shared import foreign
from mnist_lesson.shared.foreign import ForeignError, printable
from mnist_lesson.shared.kit import ASSETS, digit_tile, style, tiles
from mnist_lesson.shared.words import in_columns
from mnist_lesson.shared.workspace import throwaway_folder
from mnist_lesson.test import score
from mnist_lesson.train import train
from mnist_lesson.training.reports import Silent
from mnist_lesson.training.settings import Settings

GOAL = 0.985  # of the test set
PLACES = 3
SHOWN = 10  # of the hardest drawings, one of each learner

Digits = tuple[NDArray[np.uint8], NDArray[np.int64]]
FACTS = foreign.fields(
    {"seconds": foreign.number(0, 1e7), "settings": foreign.fields({}, more=True)}, more=True
)


# Who reads whom


def network_of(capsule: Capsule, taught: Digits | None) -> Twin | None:
    """Return the network in a progress file, after it has learned its owner's hand.

    Without a network in the file, the practised one learns the hand. None: there is neither.
    """
    data = capsule.runs.get("model", {}).get("model.npz")
    network = None
    if data is not None:
        with contextlib.suppress(ForeignError):  # then the practised one stands in for it
            network = unpack_network(data, "your own network")
    if taught is None:
        return network
    try:
        return learn_hand(network or practised_network(), *taught)
    except ValueError:  # its last layer is none that can learn a hand
        return network


def drawings_of(
    capsule: Capsule, writer: Writer | None
) -> tuple[Digits | None, Digits | None, bool]:
    """Return a learner's drawings: to teach with, to judge with, and whether both are the same.

    The ten digits of page 08 judge, if there are any, and the hand of page 10 teaches. Without
    them, the first drawing of each digit teaches, and the others judge.
    """
    drawn, labels = Hand(capsule.drawings).images()
    judges = writer.images() if writer else None
    if not len(labels):
        return None, judges, False
    if judges is not None:
        return (drawn, labels), judges, False
    first = np.unique(labels, return_index=True)[1]
    others = np.setdiff1d(np.arange(len(labels)), first)
    taught = drawn[first], labels[first]
    return taught, (drawn[others], labels[others]) if len(others) else taught, not len(others)


@dataclass(frozen=True)
class Readings:
    """What each network makes of everybody's drawings.

    Attributes
    ----------
    readers
        Whose networks read.
    drawings
        The pictures and labels of each writer.
    read
        By reader and writer, the probabilities of each digit, (n, 10). No network is asked
        about drawings that it was taught.
    broken
        Whose own network cannot be used, so that the practised one stands in for it.
    """

    readers: list[str]
    drawings: dict[str, Digits]
    read: dict[tuple[str, str], NDArray[np.float32]]
    broken: list[str]

    def right(self, reader: str, writer: str) -> int | None:
        """Count the drawings of a hand that a network reads as meant; None: it was not asked."""
        if (read := self.read.get((reader, writer))) is None:
            return None
        return int((read.argmax(axis=1) == self.drawings[writer][1]).sum())

    def share(
        self, *, reader: str | None = None, writer: str | None = None
    ) -> tuple[float, float] | None:
        """Return the share read right by one network, or of one hand; None if there is none to read.

        A network's own hand does not count. Beside it is the probability given to the right
        digits, on average: it decides a tie.
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
            return "No drawings yet: they come with progress files, and with page 08's files."
        readers = {name: self.share(reader=name) for name in self.readers}
        writers = {name: self.share(writer=name) for name in self.drawings}
        said = f"Reads others best: {_best(readers)}. Is read best by others: {_best(writers)}."
        if self.broken:
            said += f" Networks that are broken: {', '.join(self.broken)}."
        return f"{said} (In a tie, how sure the networks were decides.)"

    def table(self) -> str:
        """Sum it up for a terminal: what each network reads, and how each hand is read."""
        rows = [["name", "reads own hand", "reads others", "is read by others"]]
        for name in dict.fromkeys([*self.readers, *self.drawings]):
            reads, is_read = self.share(reader=name), self.share(writer=name)
            others = [f"{share[0]:.1%}" if share else "–" for share in (reads, is_read)]
            rows.append([printable(name), self._cell(name, name), *others])
        return in_columns(rows)

    def _cell(self, reader: str, writer: str) -> str:
        """Write how many of a hand's digits a network reads; "–" if it was not asked."""
        right = self.right(reader, writer)
        return "–" if right is None else f"{right}/{len(self.drawings[writer][1])}"

    def _repr_html_(self) -> str:
        if not self.drawings:
            return f"<p>{self}</p>"
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in self.drawings)
        body = ""
        for reader in self.readers:
            body += f'<tr><th scope="row">{escape(reader)}</th>'
            for writer, (_, labels) in self.drawings.items():
                right = self.right(reader, writer)
                missed = 0 if right is None else 100 * (1 - right / len(labels))
                own = " lm-own" if reader == writer else ""
                body += f'<td class="lm-heat{own}" style="--heat: {missed:.0f}%">'
                body += f"{self._cell(reader, writer)}</td>"
            body += "</tr>"
        caption = (
            "A row for each network, a column for each hand: how many digits are read as meant"
        )
        return (
            '<div class="lm-class-scroll" tabindex="0" role="region" aria-label="Who reads whom">'
            f'<table class="lm-class"><caption>{caption}</caption><thead><tr><td></td>{head}</tr>'
            f"</thead><tbody>{body}</tbody></table></div><p>{escape(str(self))}</p>"
        )


def _best(shares: dict[str, tuple[float, float] | None]) -> str:
    """Name the best; since shares are pairs, how sure the networks were decides a tie."""
    share, best = max(((share, name) for name, share in shares.items() if share))
    return f"{best} ({share[0]:.1%})"


def who_reads_whom(room: Room) -> Readings:
    """Let each learner's network read everybody's drawings, and the practised one beside them."""
    readers: dict[str, Twin] = {}
    drawings: dict[str, Digits] = {}
    own_teachers = set()
    broken = []
    for one in room.learners:
        try:
            capsule = one.whole()
        except ProgressError:  # its drawings can be read all the same
            capsule = one.capsule
            broken.append(one.name)
        taught, judges, same = drawings_of(capsule, one.writer)
        network = network_of(capsule, taught)
        if network is not None:
            readers[one.name] = network
        if judges is not None:
            drawings[one.name] = judges
        if same:  # read by its own network, they would come out as they were taught
            own_teachers.add(one.name)
    readers["(practised)"] = practised_network()  # in brackets, since it is nobody's
    read = {
        (reader, writer): network.predict(to_input(images))
        for reader, network in readers.items()
        for writer, (images, _) in drawings.items()
        if not (reader == writer and writer in own_teachers)
    }
    return Readings(list(readers), drawings, read, broken)


# The fastest


@dataclass(frozen=True)
class Entry:
    """One training run in the competition: whose it is, how long it took, and what came of it."""

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


def fastest(room: Room, *, again: bool = False) -> list[Entry]:
    """Find the shortest saved training runs whose networks read 98.5% of the sealed test set.

    Each learner has one place: that of the shortest run that passes. The seconds are those in the
    files, so machines must be alike; `again` trains the winners once more, here, one after the
    other, from their saved settings and seed, and takes the seconds and the accuracy of that.
    """
    x, y = _test_digits()
    passed: dict[str, tuple[Entry, Capsule]] = {}
    entries = [entry for one in room.learners for entry in _runs_of(one)]
    # The shortest first: then three that pass are enough, and the other networks need read nothing.
    for entry, one in sorted(entries, key=lambda found: found[0].seconds):
        if entry.name in passed:
            continue
        try:
            capsule = one.whole()
            network = unpack_network(capsule.runs[entry.run]["model.npz"], entry.run)
            accuracy = score(network, x, y).accuracy
        except (ForeignError, ProgressError, KeyError, ValueError):  # it is none that reads digits
            continue
        if accuracy >= GOAL:
            passed[entry.name] = replace(entry, accuracy=accuracy), capsule
        if len(passed) == PLACES:
            break
    found = [_once_more(entry, capsule) if again else entry for entry, capsule in passed.values()]
    return sorted((e for e in found if e.accuracy >= GOAL), key=lambda entry: entry.seconds)


def _runs_of(one: Learner) -> Iterator[tuple[Entry, Learner]]:
    for name, files in one.capsule.runs.items():
        try:
            facts = foreign.read_json(files["run.json"])
            foreign.check(facts, FACTS)
            seed = Settings(**facts["settings"]).seed
        except (KeyError, TypeError, ValueError):  # it has no facts, or they are no run's
            continue
        yield Entry(one.name, name, float(facts["seconds"]), 0.0, seed, one.capsule.opened), one


def _once_more(entry: Entry, capsule: Capsule) -> Entry:
    """Train a winner's network once more, as its file says, in a folder that is thrown away."""
    x, y = load_data()[0]
    files = capsule.runs[entry.run]  # all of them hostile until load_model() has looked
    with throwaway_folder() as folder:
        try:
            (folder / "model.keras").write_bytes(files["model.keras"])
            model = load_model(folder / "model.keras")
            settings = Settings(**foreign.read_json(files["run.json"])["settings"])
            # It starts anew, from the seed's weights: what a file brings along does not count.
            run = train(model, to_input(x), y.astype(int), settings, watcher=Silent())
        except (KeyError, TypeError, ValueError, ModelFileError):
            return replace(entry, accuracy=0.0)
        accuracy = score(Twin.from_keras(run.model), *_test_digits()).accuracy
    return replace(entry, seconds=run.seconds, accuracy=accuracy)


def _test_digits() -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    images, labels = load_data()[1]
    return to_input(images), labels.astype(np.int64)


# The hardest


def hardest(readings: Readings) -> str:
    """Show, as HTML, each learner's drawing that most networks misread: which can people read?

    What was meant waits behind a click, so that the class can read aloud first.
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
            entries.append((missed[place] / len(wrong), writer, images[place], labels[place]))
    entries.sort(key=lambda entry: (-entry[0], entry[1]))
    pieces = []
    for number, (share, writer, image, label) in enumerate(entries[:SHOWN], start=1):
        tile = digit_tile(image, f"{number}: misread by {share:.0%}", alt="a digit drawn by hand")
        answer = f"<details><summary>meant as …</summary>{label}, by {escape(writer)}</details>"
        pieces.append(f"<div>{tile}{answer}</div>")
    return tiles(pieces)


# As a page


def in_words(winners: list[Entry]) -> str:
    """Say who was fastest."""
    places = "\n".join(f"{place}. {entry}" for place, entry in enumerate(winners, start=1))
    return f"Fastest to {GOAL:.1%} of the test set\n{places or 'Nobody yet.'}"


def contest_page(readings: Readings, winners: list[Entry]) -> str:
    """Return the whole competition as a page to show on a large screen."""
    heading, *places = in_words(winners).split("\n")
    lines = "".join(f"<p>{escape(line)}</p>" for line in places)
    ask = "Read each of them aloud, then click. The first one that the class reads as meant wins."
    return class_page(
        "The competition",
        f"<h2>Who reads whom</h2>{readings._repr_html_()}<h2>{heading}</h2>{lines}"
        f"<h2>The hardest digit that people still read</h2><p>{ask}</p>{hardest(readings)}",
    )


def class_style() -> str:
    """Return the look of the class's tables as a `<style>` element."""
    return f"<style>{(ASSETS / 'class_board.css').read_text(encoding='utf-8')}</style>"


def class_page(title: str, body: str) -> str:
    """Return a whole HTML page, light or dark as the system is, that loads and runs nothing."""
    # Even if a name slipped through escape(), a browser would load nothing for it, and run nothing.
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width">'
        f'{style()}{class_style()}</head><body class="lm-panel"><main><h1>{title}</h1>{body}'
        "</main></body></html>\n"
    )
