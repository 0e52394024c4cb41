"""The drawing pad: draw, and a network reads it; correct it, and it learns your hand."""

import itertools
from collections.abc import Sequence
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import traitlets
from matplotlib.figure import Figure
from numpy.typing import NDArray

from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.center import center_drawing, drawing_steps
from mnist_lesson.handwriting.drawings import HandError
from mnist_lesson.handwriting.hand import add_drawing, load_hand, undo_drawing, your_network
from mnist_lesson.handwriting.likeness import DOUBT, is_like_a_digit, likeness
from mnist_lesson.handwriting.number import Number, read_number
from mnist_lesson.handwriting.parts import may_be_several
from mnist_lesson.handwriting.photo import read_picture
from mnist_lesson.handwriting.strokes import PEN, check_strokes, draw_strokes
from mnist_lesson.network.saved import (
    YOURS,
    networks_for_drawings,
    plain_network,
    practised_network,
)
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared import kit
from mnist_lesson.shared.checks import CLASSES
from mnist_lesson.shared.colours import BLUE, INK, PALE
from mnist_lesson.shared.kit import Panel, Status, Still
from mnist_lesson.shared.words import a_digit, say_probability
from mnist_lesson.shared.workspace import WorkspaceError

STEPS = {
    "stroke": "bring the pen to MNIST's width",
    "fit": "fit it into 20 × 20 pixels",
    "center": "centre it by its mass",
}
# Which step makes which picture; if you switch the step off, the caption says so.
MADE_BY = {"stroke width": "stroke", "fitted": "fit", "centred": "center"}
# What a reader is called until you have trained a network of your own.
LABELS = {"yours": "yours: practised, taught by you"}
LEAD = "By mouse, finger or pen: it's read as you draw. A longer number works, too."
# The strokes of the still pictures: a small 5 far from the middle, which shows what each step does;
# a 4 that's nearly a 9; and for pads that can be taught, a 3, and then a 9 that's misread.
SMALL = [
    [196, 40, 192, 66, 214, 60, 236, 74, 236, 98, 214, 112, 190, 104],
    [196, 40, 238, 36],
]
DOUBTFUL = [[100, 56, 80, 130, 96, 156, 192, 146], [162, 58, 196, 62, 184, 236]]
IN_TURN = itertools.cycle([strokes_of(3), strokes_of(9)])
AUTO = {"width": "auto"}


class Pad(anywidget.AnyWidget):
    """The sheet itself. `strokes` are lists x0, y0, x1, y1, … from 0 to 280, as you draw them.

    With `pause` above 0, `finished` counts up when the pen has rested for that many milliseconds,
    and when Enter is pressed.
    """

    _esm = kit.script("drawing_surface.js", "pad.js")
    strokes: Any = traitlets.List().tag(sync=True)
    example: Any = traitlets.List().tag(sync=True)  # faint strokes on a blank sheet; if none, a 3
    pen = traitlets.Int(PEN).tag(sync=True)
    pause = traitlets.Int(0).tag(sync=True)
    finished = traitlets.Int(0).tag(sync=True)
    # The next stroke wipes the sheet, and this with it.
    fresh = traitlets.Bool(False).tag(sync=True)
    # How many of MNIST's pixels the sheet is pushed to the right, and down.
    moved: Any = traitlets.List(traitlets.Int(), [0, 0]).tag(sync=True)

    # They come from a browser, so check them like anything from outside.
    @traitlets.validate("strokes")
    def _checked(self, proposal: Any) -> list[list[int]]:
        return check_strokes(proposal["value"])


def readers() -> dict[str, Twin]:
    """Load the networks that can read a drawing: plain, practised and, if you have it, yours.

    Yours is your network from page 06, or else the practised one, once it has learned your hand.
    """
    practised = practised_network()
    networks = {"plain": plain_network(), "practised": practised}
    yours = your_network(networks_for_drawings()[0])
    return networks if yours == practised else networks | {"yours": yours}


class DrawingPad(Panel):
    """Draw a digit: a network reads it after each stroke, and learns your hand if you correct it.

    `.drawing` is what gets read, uint8 with bright ink; `.picture` is what the network sees, uint8
    (28, 28); `.network` is the network that reads.

    Parameters
    ----------
    steps
        Show each step between your pen and the network.
    """

    def __init__(self, *, steps: bool = True) -> None:
        self._networks = readers()
        self._from_file: NDArray[np.uint8] | None = None
        self._shows_steps = steps
        self.reader = ipywidgets.ToggleButtons(
            description="read by", style={"button_width": "auto"}
        )
        self._offer_readers()
        self.pad = Pad()
        self.width = ipywidgets.IntSlider(
            PEN, 4, 44, 2, description="pen width", continuous_update=False, layout=AUTO
        )
        self.file = ipywidgets.FileUpload(
            description="or read a photo", accept="image/*", layout=AUTO
        )
        self.steps = {
            name: ipywidgets.Checkbox(True, description=label, indent=False, layout=AUTO)
            for name, label in STEPS.items()
        }
        self.answer = ipywidgets.HTML()
        # As tall as ten bars, so nothing jumps when a number's few pictures take their place.
        self.probabilities = ipywidgets.HTML(layout={"min_height": "calc(200 * var(--lm-u))"})
        self.xray = ipywidgets.HTML()
        self.status = Status()
        self.lesson = Status()  # right below the buttons that teach, where one is looking
        self.lesson.add_class("lm-lesson")
        self.knows = Status()
        self.corrections = [self._correction(digit) for digit in range(CLASSES)]
        self.undo_button = kit.button("Forget that", self.undo, tooltip="Take the last lesson back")
        # No sooner: a change would be drawn into parts that don't exist yet.
        self._follow_controls()

        sheet = ipywidgets.VBox([self.pad, self.width, self.file])
        self.teaching = self._teaching()
        reading = [self.reader, self.answer, self.probabilities, self.teaching]
        self._switches = kit.row(*self.steps.values())
        self._switches.add_class("lm-steps")  # each stands under the picture it makes
        below = [self.xray, self._switches] if steps else []
        super().__init__(
            "Draw a digit",
            [kit.row(sheet, kit.column(*reading)), self.status, *below],
            lead=LEAD,
        )
        self.add_class("lm-writing")
        self._say_what_it_knows()
        self._read()

    def _correction(self, digit: int) -> ipywidgets.Button:
        tooltip = f"That was {a_digit(digit)}: learn it"
        small = kit.button(str(digit), lambda: self.teach(digit), tooltip=tooltip)
        small.layout.min_width = "0"
        return small

    def _teaching(self) -> ipywidgets.Box:
        digits = kit.row(ipywidgets.HTML("That was a …"), *self.corrections)
        digits.add_class("lm-tight")
        return ipywidgets.VBox([digits, self.lesson, kit.row(self.undo_button, self.knows)])

    def _follow_controls(self) -> None:
        self.pad.observe(self._drawn, "strokes")
        self.width.observe(self._drawn, "value")
        self.file.observe(self._uploaded, "value")
        self.reader.observe(lambda _: self._read(), "value")
        for step in self.steps.values():
            step.observe(lambda _: self._read(), "value")

    def _offer_readers(self) -> None:
        # Who plain is, is explained where the steps are shown.
        names = [name for name in self._networks if self._shows_steps or name != "plain"]
        own = networks_for_drawings()[0].name == YOURS
        self.reader.options = [(name if own else LABELS.get(name, name), name) for name in names]
        self.reader.layout.display = "" if len(names) > 1 else "none"
        self.reader.value = names[-1]  # the best comes last

    @property
    def network(self) -> Twin:
        """The network that reads."""
        return self._networks[self.reader.value]

    @property
    def drawing(self) -> NDArray[np.uint8]:
        """What gets read: the strokes or, if there are none, the picture file."""
        if self._from_file is not None and not self.pad.strokes:
            return self._from_file
        return draw_strokes(self.pad.strokes, self.width.value)

    @property
    def picture(self) -> NDArray[np.uint8]:
        """What the network sees, uint8 (28, 28)."""
        return self._pictures()[-1][1]

    def reload(self) -> None:
        """Look again for a network of yours, and let the best one read."""
        self._networks = readers()
        self._say_what_it_knows()
        self._offer_readers()
        self._read()

    def teach(self, digit: int) -> None:
        """Tell the network which digit the drawing was; it learns at once."""
        read = int(self.network.predict(to_input(self.picture))[0].argmax())
        self.lesson.say("Learning …")  # the first time, it takes a second or two
        try:
            add_drawing(self.pad.strokes, digit, pen=self.width.value)
        except (HandError, WorkspaceError, ValueError) as error:
            self.lesson.fault(str(error))
            return
        oops = f"Oops, I took it for {a_digit(read)}! " if read != digit else ""
        self._learned(f"{oops}Got it: that was {a_digit(digit)}. Draw it again and see.")

    def undo(self) -> None:
        """Take the last lesson back."""
        try:
            undo_drawing()
        except WorkspaceError as error:
            self.lesson.fault(str(error))
            return
        self._learned("Forgotten.")

    def _learned(self, sentence: str) -> None:
        self.reload()
        # Last, because reading again clears this line.
        self.lesson.say(sentence)

    def _say_what_it_knows(self) -> None:
        self._hand = load_hand()
        self.undo_button.disabled = not self._hand.drawings
        if self._hand.trouble:
            self.knows.fault(self._hand.trouble)
        else:
            self.knows.say(str(self._hand))

    def _taught_a_sign_for(self, digit: int) -> bool:
        """Say whether the network that reads has learned a drawing that looks like no digit."""
        images, labels = self._hand.images()
        signs = images[labels == digit]
        return self.reader.value == "yours" and len(signs) > 0 and bool(likeness(signs).min() < 0)

    def _pictures(self) -> list[tuple[str, NDArray[np.uint8]]]:
        switches = {name: step.value for name, step in self.steps.items()}
        return drawing_steps(self.drawing, **switches)

    def _drawn(self, _change: Any) -> None:
        # Strokes look as thick on the sheet as in what gets read.
        self.pad.pen = self.width.value
        # A stroke replaces a photo; a new pen width on an empty sheet doesn't.
        if self.pad.strokes:
            self._from_file = None
        self._read()

    def _uploaded(self, _change: Any) -> None:
        uploads = self.file.value
        if not uploads:
            return
        # ipywidgets 7, which Colab has, gives a dictionary that can't be emptied.
        old = isinstance(uploads, dict)
        first = next(iter(uploads.values())) if old else uploads[0]
        try:
            drawing = read_picture(bytes(first["content"]), several=True)
        except ValueError as error:
            self.status.fault(f"I couldn't use this file: {error}")
            return
        finally:
            if not old:
                self.file.value = ()  # so you can choose the same file again
        self._from_file = drawing
        # Strokes win over a file, so clear the sheet.
        self.pad.strokes = []
        # If it was blank already, no change was observed.
        self._read()

    def _read(self) -> None:
        self.status.say("")
        self.lesson.say("")
        drawing = self.drawing
        number = self._number(drawing)
        pictures = self._pictures()
        blank = not pictures[-1][1].any()
        # A lesson is saved as one digit's strokes: a photo has none, a number too many.
        for correction in self.corrections:
            correction.disabled = blank or number is not None or not self.pad.strokes
        # With nothing drawn and nothing learned, it would only be in the way.
        hidden = blank and self.undo_button.disabled
        self.teaching.layout.visibility = "hidden" if hidden else "visible"
        if blank:
            self.answer.value = kit.big_answer("?", "Go on, draw something!", probability=0)
            self.probabilities.value = kit.bar_of_ten(np.zeros(CLASSES))
            self.xray.value = ""
        elif number is not None:
            self._show_number(number)
        else:
            self._show_digit(pictures)
        kit.show_if(self.xray.value, self._switches)

    def _number(self, drawing: NDArray[np.uint8]) -> Number | None:
        """Read a number of several digits; None where the drawing is of one."""
        if not may_be_several(drawing):
            return None
        try:
            number = read_number(drawing, network=self.network)
        except ValueError as error:  # several rows of digits, or too many
            self.status.fault(str(error))
            return None
        return number if len(number.text) > 1 else None

    def _show_number(self, number: Number) -> None:
        # A number is only as sure as its least sure digit.
        surest = number.probabilities.max(axis=1)
        self.answer.value = kit.big_answer(
            number.text, number.sentence, probability=float(surest.min())
        )
        self.probabilities.value = kit.tiles(
            kit.digit_tile(
                picture, f"{digit}: {sure}", alt=f"{a_digit(digit)}, {sure} sure", width=118
            )
            for picture, digit, sure in zip(
                number.pictures, number.text, map(say_probability, surest), strict=True
            )
        )
        self.xray.value = ""
        self.lesson.say("To teach it, draw just one digit.")

    def _show_digit(self, pictures: list[tuple[str, NDArray[np.uint8]]]) -> None:
        probabilities = self.network.predict(to_input(pictures[-1][1]))[0]
        best = int(probabilities.argmax())
        probability = float(probabilities[best])
        sentence = in_words(probabilities)
        picture = pictures[-1][1]
        # Judge it with all steps, or a digit would be doubted just because you left one out.
        if not all(step.value for step in self.steps.values()):
            picture = center_drawing(self.drawing)
        if not is_like_a_digit(picture):
            sure = say_probability(probability)
            sentence = f"{DOUBT}; if it has to be one, I'm {sure} sure it's {a_digit(best)}."
            probability = 0.0  # shown in grey, so that the sign doesn't claim what the words doubt
            if self._taught_a_sign_for(best):
                probability = float(probabilities[best])
                sentence = f"Going by what you taught me, it's {a_digit(best)}: {sure} sure."
        self.answer.value = kit.big_answer(best, sentence, probability=probability)
        self.probabilities.value = kit.bar_of_ten(probabilities)
        shown = "".join(self._tile(name, picture) for name, picture in pictures)
        self.xray.value = f'<div class="lm-steps">{shown}</div>'

    def _tile(self, name: str, picture: NDArray[np.uint8]) -> str:
        step = MADE_BY.get(name)
        left_out = step is not None and not self.steps[step].value
        caption = f"{name}: left out" if left_out else name
        return kit.digit_tile(
            small(picture), caption, alt=f"Your digit at this step: {caption}", width=300
        )

    def still(self) -> Still:
        """Draw what the pad shows, for places where no pad can run."""
        # A blank sheet would tell you nothing on paper. Two pads on one page take turns, so that
        # they don't show the same picture.
        strokes = self.pad.strokes or (SMALL if self._shows_steps else next(IN_TURN))
        return Still(*show_reading(strokes, self.network, steps=self._shows_steps))


def in_words(probabilities: NDArray[Any]) -> str:
    """Say how sure a network is of its answer, and what else it thought of; probabilities (10,)."""
    order = np.argsort(-probabilities)
    best, second = int(order[0]), int(order[1])
    if probabilities[best] > 0.9:
        return f"That's {a_digit(best)}. I'm {say_probability(probabilities[best])} sure."
    if probabilities[best] > 0.6:
        return (
            f"I think it's {a_digit(best)}: {probabilities[best]:.0%}. "
            f"It could be {a_digit(second)}."
        )
    return (
        f"Hard to say: {a_digit(best)} or {a_digit(second)}? Only {probabilities[best]:.0%} sure."
    )


def show_reading(
    strokes: Sequence[Sequence[float]], network: Twin, *, steps: bool = True
) -> tuple[Figure, str]:
    """Draw the way from strokes to the answer, and describe it; without `steps`, only its ends."""
    pictures = drawing_steps(draw_strokes(strokes))
    shown = pictures if steps else [pictures[0], ("what it sees", pictures[-1][1])]
    figure = Figure(figsize=(9, 1.9 if steps else 2.6), layout="constrained")
    widths = [*[1.0] * len(shown), 0.6, 2 if steps else 1.6]
    axes = figure.subplots(1, len(widths), width_ratios=widths)
    for ax, (name, picture) in zip(axes, shown, strict=False):
        ax.imshow(small(picture), cmap="gray_r", vmin=0, vmax=255)
        ax.set_title(name, fontsize=11, color=INK)
        ax.set(xticks=[], yticks=[], anchor="N")  # so that all headings are on one line
        ax.spines[:].set_color(PALE)
    probabilities = network.predict(to_input(pictures[-1][1]))[0]
    best = int(probabilities.argmax())
    axes[-2].text(
        0.5, 0.5, str(best), fontsize=48, color=BLUE, weight="bold", ha="center", va="center"
    )
    axes[-2].set_axis_off()
    colours = [BLUE if digit == best else PALE for digit in range(CLASSES)]
    axes[-1].barh(range(CLASSES), probabilities, color=colours)
    axes[-1].set(yticks=range(CLASSES), ylim=(9.6, -0.6), xlim=(0, 1), xticks=[])
    axes[-1].tick_params(length=0, labelsize=9, labelcolor=INK)
    axes[-1].spines[["top", "right", "bottom"]].set_visible(False)
    axes[-1].spines["left"].set_color(PALE)
    sure = say_probability(probabilities[best])
    axes[-1].set_title(f"it reads {a_digit(best)}: {sure}", fontsize=11, color=INK)
    alt = (
        f"A drawing on its way: {', '.join(name for name, _ in shown)}; "
        f"and ten bars, of which the one for {best} is the longest, {sure}."
    )
    return figure, alt


def small(picture: NDArray[np.uint8], most: int = 140) -> NDArray[np.uint8]:
    """Thin out a large picture for the screen and make it square, so all steps look equally big."""
    every = -(-max(picture.shape) // most)
    thin = picture[::every, ::every]
    (height, width), side = thin.shape, max(thin.shape)
    top, left = (side - height) // 2, (side - width) // 2
    return np.pad(thin, ((top, side - height - top), (left, side - width - left)))
