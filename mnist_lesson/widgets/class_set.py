"""The class's own test set: ten digits by each learner, and how a network reads them all."""

from collections.abc import Iterator
from pathlib import Path

import ipywidgets

from mnist_lesson.handwriting.borrowed import borrowed_strokes
from mnist_lesson.handwriting.class_files import (
    ClassFileError,
    ClassScore,
    Misread,
    Writer,
    file_of,
    holds_digits,
    save_writer,
    score_class,
)
from mnist_lesson.handwriting.strokes import PEN, check_strokes
from mnist_lesson.network.saved import networks_for_drawings
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.kit import (
    Panel,
    SortableTable,
    Status,
    Still,
    big_answer,
    button,
    cell,
    digit_tile,
    row,
    tiles,
)
from mnist_lesson.shared.words import a_digit
from mnist_lesson.shared.workspace import WorkspaceError, folder
from mnist_lesson.test import wilson_interval
from mnist_lesson.widgets.guided_sheet import LEAD, GuidedSheet, Strokes

DAYS = 5  # on which the made-up stranger draws
MOST_MISREAD = 12  # drawings shown


class ClassSet(Panel):
    """Draw ten digits and save them as a file, and let a network read a folder of such files.

    The network is yours, or the practised one until you've trained one; the folder is `class` in
    your own folder, until you choose another.
    """

    def __init__(self) -> None:
        self.network = networks_for_drawings()[0]
        self.place = folder() / "class"
        self.sheet = GuidedSheet(heading="")
        self.nickname = ipywidgets.Text(description="nickname", placeholder="any, or none")
        self.save = button("Save my digits", self._save)
        # What to do next is blue: first the sheet's own Next, and once all is drawn, this.
        self.sheet.drawn.observe(lambda _: self._offer_save(), "value")
        # Not read while you type: half a path isn't a folder.
        self.folder = ipywidgets.Combobox(
            description="folder with the class's files",
            placeholder="your own, or another, such as class_7b",
            options=[file.name for file in sorted(Path.cwd().glob("*")) if holds_digits(file)],
            continuous_update=False,
            layout={"width": "36em"},
        )
        self.read = button("Read the folder", self._read)
        self.invite = button("Alone? Invite a stranger", self._invite)
        self.folder.observe(lambda _: self._read(), "value")
        self.status = Status()
        self.answer = ipywidgets.HTML()
        self.misread = ipywidgets.HTML()
        self.table = SortableTable(columns=["writer", "read right", "95% interval"])
        # If something looks odd, the first click on Save asks, and a second one means yes.
        self._asked: set[str] = set()
        self._stranger = ClassScore()
        super().__init__(
            "The class as a test set",
            [
                self.sheet,
                row(self.nickname, self.save),
                row(self.folder, self.read, self.invite),
                self.status,
                self.answer,
                self.misread,
                self.table,
            ],
            lead=f"Everyone draws ten digits; then {self.network.name} reads them all. {LEAD}",
        )
        self._read()

    def still(self) -> Still:
        """Draw the sheet with its ten digits."""
        return self.sheet.still()

    def _offer_save(self) -> None:
        self.save.button_style = "primary" if self.sheet.complete else ""

    def _save(self) -> None:
        strokes = dict(self.sheet.drawings)
        if not strokes:
            self.status.fault("Nothing is drawn yet, so there's nothing to save.")
            return
        for question in self._questions(strokes):
            if question not in self._asked:
                self._asked.add(question)
                self.status.fault(question)
                return
        try:
            file = save_writer(Writer(self.nickname.value[:40], strokes, PEN), self._chosen)
        except (WorkspaceError, OSError, ValueError) as error:
            self.status.fault(f"It wasn't saved: {error}")
            return
        self._asked.clear()
        place = _beside_the_page(file.parent)
        self.status.say(f"Saved as {file.name} in {place}. Give that file to your teacher.")
        # After the message, which it leaves alone unless there's something wrong with a file.
        self._read()

    def _invite(self) -> None:
        """Let a made-up writer draw ten digits on each of some days, and compare yours."""
        self.status.say("The stranger is coming …")
        self._stranger = ClassScore()
        for day in range(1, DAYS + 1):
            drawn = borrowed_strokes(seed=day).items()
            strokes = {digit: check_strokes(lines) for digit, lines in drawn}
            self._stranger.add(self.network, Writer(f"stranger, day {day}", strokes, PEN))
        self._read()
        self._duel()

    def _duel(self) -> None:
        """Say who writes more clearly, you or the stranger."""
        who = f"one made-up person with odd habits, who drew on {DAYS} days."
        if not self.sheet.complete:
            self.status.say(f"The stranger is {who} Draw all ten: can you beat her?")
            return
        images, labels = self.sheet.images()
        right = int((self.network.predict(to_input(images)).argmax(axis=1) == labels).sum())
        hers = f"{self._stranger.right / DAYS:.1f} of the stranger's ten a day"
        scores = f"{right} of your ten are read right, and {hers}. She's {who}"
        if right * DAYS > self._stranger.right:
            self.status.cheer("You write more clearly!", scores)
        elif right * DAYS == self._stranger.right:
            self.status.say(f"It's a draw: {scores}")
        else:
            self.status.say(f"The stranger writes more clearly: {scores} Press Back to retry!")

    def _questions(self, strokes: dict[int, Strokes]) -> Iterator[str]:
        """Ask about missing digits, and about a name that's already taken."""
        missing = [str(digit) for digit in range(10) if digit not in strokes]
        if missing:
            yield (
                f"Still missing: {', '.join(missing)}. Draw them, or press Save again to leave "
                "them out."
            )
        if file_of(self.nickname.value, self._chosen).exists():
            yield (
                f"There are digits by “{self.nickname.value}” already. Press Save again to keep "
                "both, or choose another nickname."
            )

    @property
    def _chosen(self) -> Path:
        """The folder that's typed in or picked; if none is, your own."""
        return Path(self.folder.value) if self.folder.value else self.place

    def _read(self) -> None:
        place = self._chosen
        try:
            # Your own folder is made with the first file, so it's fine if it isn't there yet.
            nothing_yet = place == self.place and not place.exists()
            score = ClassScore() if nothing_yet else score_class(self.network, place)
        except (ClassFileError, OSError, ValueError) as error:
            # Otherwise, the last folder's numbers would still be there, next to the error.
            self._show(ClassScore())
            self.status.fault(str(error))
            return
        self._show(score)
        if not score.rows:
            self.status.say("No digits there yet: yours can be the first.")
        if score.refused:
            self.status.fault(f"Left out: {' '.join(score.refused)}")

    def _show(self, score: ClassScore) -> None:
        """Show how a folder is read, and below it the stranger, if she's been invited."""
        share = f"{score.right / score.count:.0%}" if score.count else ""
        self.answer.value = big_answer(share, str(score)) if share else ""
        guest = self._stranger
        self.misread.value = _show_misread(score.misread + guest.misread)
        # One person: as five rows, she'd look like five.
        hers = [(f"stranger, on {DAYS} days", guest.right, guest.count)] if guest.count else []
        self.table.rows = [_row(*line) for line in score.rows + hers]


def _beside_the_page(place: Path) -> str:
    """Write a path as short as it can be read from the page's folder."""
    here = Path.cwd()
    return str(place.relative_to(here) if place.is_relative_to(here) else place)


def _show_misread(misread: list[Misread]) -> str:
    """Show the drawings that were misread: whose fault was it?"""
    if not misread:
        return ""
    shown = [
        digit_tile(m.picture, f"{m.nickname}: {m.label}\nread as {a_digit(m.read)}", width=136)
        for m in misread[:MOST_MISREAD]
    ]
    return f'<p class="lm-note">Misread. Whose fault is it?</p>{tiles(shown)}'


def _row(nickname: str, right: int, count: int) -> list[object]:
    low, high = wilson_interval(right, count)
    share = right / count
    read = cell(share, f"{right} of {count}", share=share, interval=(low, high))
    return [nickname, read, f"{low:.0%} to {high:.0%}"]
