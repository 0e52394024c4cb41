"""11 · Take home: a certificate and a poster, to print and hang up."""

from __future__ import annotations

import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import font_manager
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike, NDArray

from mnist_lesson.exercise_engine import journal
from mnist_lesson.exercise_engine.calibration import calibration
from mnist_lesson.handwriting.borrowed import strokes_of
from mnist_lesson.handwriting.hand import load_hand, your_network
from mnist_lesson.handwriting.strokes import draw_strokes
from mnist_lesson.load import load_data
from mnist_lesson.look import show_confusion
from mnist_lesson.network.saved import YOURS, networks_for_drawings
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.shared.checks import CLASSES, PlainError, check_numbers, describe
from mnist_lesson.shared.colours import BLUE, INK, PALE, SIGNED
from mnist_lesson.shared.picture import Picture
from mnist_lesson.shared.words import a_digit, today
from mnist_lesson.shared.workspace import write_atomic
from mnist_lesson.test import count_confusions, predict

LONG, SHORT = 11.69, 8.27  # inches: A4
LONGEST_NAME = 80  # of which each letter can still be read
MORE = 5  # slips of a kind, so many more than before: that's no rounding, but your signs
SERIF = ("STIXGeneral", "DejaVu Serif", "DejaVu Sans")  # Matplotlib's own, each with more letters
NO_LETTERS = ("Last Resort", "Emoji")  # fonts of boxes, and of pictures that can't be printed
PAPER, QUIET = "#FFFDF8", "#6B665D"
TILE, DEEP = "#E8EFF4", "#003A5D"
INKS = LinearSegmentedColormap.from_list("ink", [PAPER, DEEP])
MAPS = LinearSegmentedColormap.from_list("maps", [TILE, "#7FA8C9", DEEP])


class UnprintableNameError(PlainError, ValueError):
    """A name doesn't fit, or can't be printed."""


def certificate(name: str = "", *, counts: ArrayLike | None = None) -> Figure:
    """Draw a certificate, A4 across: a name, ten digits as drawn, and how well the network reads.

    It looks for your drawings, exercises and guesses in your folder, and leaves out what isn't
    there. Until you've trained a network of your own, it's a specimen, and says so.

    Parameters
    ----------
    name
        Whose it is: at most 80 letters of any script.
    counts
        Your network's confusion matrix, (10, 10), if you have it already.

    Raises
    ------
    TypeError, ValueError
        `name` is too long, or no font on this computer has its letters; or `counts` isn't a
        confusion matrix.
    """
    who = _check_name(name)
    base = networks_for_drawings()[0]
    specimen = base.name != YOURS
    network = your_network(base)
    table = _table_of(network, counts)
    pictures = _own_digits()
    columns = [_score_in_words(table), *_work_in_words()]
    figure = _sheet(LONG, SHORT)
    facts = ", ".join(f"{number} {what}" for number, what, _ in columns)
    figure.alt = f"A certificate for {who or 'somebody'}, who trained a neural network: {facts}."
    _text(figure, 0.5, 0.845, " ".join("SPECIMEN" if specimen else "CERTIFICATE"), 15, color=BLUE)
    plain = any(_font_with(letter) != SERIF[0] for letter in who)
    slant = "normal" if plain else "italic"  # few fonts have all their letters in italics
    _text(figure, 0.5, 0.735, who or "Somebody", 46, widest=0.8, style=slant)
    done = "built a neural network, trained it, and taught it to read."
    hint = "Train your own network on page 06, and this becomes real."
    _text(figure, 0.5, 0.655, hint if specimen else done, 19)
    for place, picture in enumerate(pictures):
        left = 0.5 + 0.08 * (place - len(pictures) / 2)
        box = (left + 0.009, 0.485, 0.062, 0.108)
        _picture(figure, box, _cropped(picture), INKS, interpolation="bicubic")
    for place, (number, what, more) in enumerate(columns):
        x = 0.5 + 0.28 * (place - (len(columns) - 1) / 2)
        _text(figure, x, 0.36, number, 30, color=BLUE)
        _text(figure, x, 0.315, what, 13)
        _text(figure, x, 0.283, more, 11, color=QUIET)
    _seal(figure, network)
    _text(figure, 0.22, 0.125, today(), 14)
    _text(figure, 0.22, 0.085, "date", 11, color=QUIET)
    _text(figure, 0.78, 0.085, "a witness whose digit it has read", 11, color=QUIET)
    for left, y, width in ((0.26, 0.712, 0.48), (0.13, 0.115, 0.18), (0.69, 0.115, 0.18)):
        figure.add_artist(Rectangle((left, y), width, 0, edgecolor=PALE, lw=0.8))
    return figure


def poster(name: str = "", *, counts: ArrayLike | None = None) -> Figure:
    """Draw an A4 poster of your network: its first filters, a digit's way, its confusion matrix.

    The digit is a drawing of yours that only your network reads, such as a secret sign. Without
    one, it's your last drawing, or a test digit.

    Parameters
    ----------
    name, counts
        As for `certificate()`.

    Raises
    ------
    TypeError, ValueError
        As `certificate()`; or the network doesn't start with filters.
    """
    who = _check_name(name)
    base = networks_for_drawings()[0]
    network = your_network(base)
    table = _table_of(network, counts)
    picture = _own_sign(base, network)
    filters = np.moveaxis(network.first_filters()[1], -1, 0)[:32]
    steps = network.layers(to_input(picture))
    answer = int(steps[-1][2].argmax())
    figure = _sheet(SHORT, LONG)
    title = f"My network reads {a_digit(answer)}"
    signed = f", by {who}" if who else ""
    figure.alt = (
        f"A poster{signed}. {title}: its filters, the digit's way, and its confusion matrix."
    )
    _text(figure, 0.5, 0.919, title, 34, widest=0.82)
    # Below the title and not in it, because not every name takes an 's.
    _text(figure, 0.5, 0.892, who, 15, color=QUIET, widest=0.82)
    # The digit is as tall as the rows of filters beside it; together they're as wide as the text.
    rows = -(-len(filters) // 8)
    pitch = 0.78 / (7.9 + rows)
    right = 0.13 + rows * pitch
    height = pitch * SHORT / LONG
    tall = (rows - 0.1) * height
    top = 0.676 + tall
    for x, y, text in (
        (0.09, top + 0.01, "what it gets"),
        (right, top + 0.01, "the windows it looks through"),
        (0.09, 0.653, "what it makes of it, layer by layer"),
        (0.09, 0.393, "what it answers"),
        (0.42, 0.393, f"{_share(table)} of {table.sum():,} test digits, and the slips"),
    ):
        _text(figure, x, y, text, 12, color=QUIET, ha="left")
    _picture(figure, (0.09, top - tall, tall * LONG / SHORT, tall), picture, MAPS)
    # One scale for all windows, as far below 0 as above, so you can compare them.
    most = float(np.abs(filters).max()) or 1.0
    for place, window in enumerate(filters):
        down, across = divmod(place, 8)
        corner = (right + pitch * across, top - (down + 0.9) * height)
        box = (*corner, 0.9 * pitch, 0.9 * height)
        _picture(figure, box, window, SIGNED, vmin=-most, vmax=most)
    # Show a layer's sums only once they've been bent, or pooled.
    bent = [spec["activation"] != "linear" or "pool_size" in spec for spec in network.specs]
    maps = [step[2] for step, shows in zip(steps, bent, strict=True) if shows and step[2].ndim == 3]
    for down, output in enumerate(maps[:3]):
        # The eight that vary most, because some maps are blank.
        for across, number in enumerate(output.std(axis=(0, 1)).argsort()[::-1][:8]):
            box = (0.09 + 0.104 * across, 0.575 - 0.0735 * down, 0.092, 0.065)
            _picture(figure, box, output[..., number], MAPS)
    axis = figure.add_axes((0.11, 0.1, 0.21, 0.28), facecolor=PAPER)
    axis.barh(range(CLASSES), 1, 0.55, color=TILE)
    axis.barh(range(CLASSES), steps[-1][2], 0.55, color=BLUE)
    axis.set(yticks=range(CLASSES), xticks=[], xlim=(0, 1), ylim=(9.5, -0.5))
    axis.spines[:].set_visible(False)
    matrix = figure.add_axes((0.42, 0.1, 0.49, 0.28))
    show_confusion(table, ax=matrix)
    matrix.set_title("", loc="left")
    for written in (*matrix.texts, matrix.xaxis.label, matrix.yaxis.label):
        written.set_fontfamily(SERIF)
    for axes in (axis, matrix):
        axes.tick_params(length=0, labelsize=12, labelfontfamily=SERIF[0])
    _text(figure, 0.09, 0.072, today(), 12, color=QUIET, ha="left")
    _text(figure, 0.42, 0.048, _new_slips(base, table), 11, color=QUIET, ha="left")
    return figure


def save_sheet(figure: Figure, file: str | Path) -> list[Path]:
    """Save a sheet as PNG, and as PDF beside it; return both files, or raise WorkspaceError."""
    files = [Path(file).with_suffix(ending) for ending in (".png", ".pdf")]
    for path in files:
        # Into memory first, so a drawing that fails doesn't leave half a file behind.
        drawn = io.BytesIO()
        figure.savefig(drawn, format=path.suffix[1:], dpi=200)
        write_atomic(path, drawn.getvalue())
    return files


# What's on them


def _table_of(network: Twin, counts: Any) -> NDArray[np.int64]:
    """Return a network's confusion matrix: the one that's given, checked, or a new one."""
    if counts is None:
        images, labels = load_data()[1]
        counts = count_confusions(labels, predict(network, to_input(images)).labels)
    wanted = "a confusion matrix of shape (10, 10), as count_confusions() gives it"
    table = check_numbers(counts, "counts", (2,), wanted).astype(np.int64)
    if table.shape != (CLASSES, CLASSES) or table.min() < 0 or not table.sum():
        raise ValueError(f"counts came as {describe(np.asarray(counts))}, but {wanted} is needed.")
    return table


def _score_in_words(table: NDArray[Any]) -> tuple[str, str, str]:
    total = int(table.sum())
    return _share(table), f"of {total:,} test digits read", "none of which it had seen before"


def _work_in_words() -> list[tuple[str, str, str]]:
    solved = len({event["key"] for event in journal.known() if event.get("state") == "right"})
    pairs = calibration()
    columns = []
    if solved:
        columns.append((f"{solved}", f"exercise{'s' * (solved > 1)} solved", "in Python"))
    hits = sum(bool(right) for _, right in pairs)
    if 2 * hits > len(pairs):  # nobody hangs up the others
        columns.append((f"{hits} of {len(pairs)}", "guesses were right", "before the result"))
    return columns


def _share(table: NDArray[Any]) -> str:
    return f"{100 * table.trace() / table.sum():.2f}%"


def _check_name(name: Any) -> str:
    """Return a name that can be printed, or raise TypeError or ValueError."""
    if not isinstance(name, str):
        raise TypeError(f"name came as {describe(name)}, but text is needed, as in name='Ada'.")
    tidy = " ".join(name.split())
    if len(tidy) > LONGEST_NAME:
        raise UnprintableNameError(
            f"name came with {len(tidy)} letters, but at most {LONGEST_NAME} fit. Shorten it."
        )
    if not tidy.isprintable():
        raise UnprintableNameError(
            f"name came as {name!r}, which has characters that cannot be printed."
        )
    for letter in sorted(set(tidy)):  # sorted, so it names the same one each time
        if not _font_with(letter):
            raise UnprintableNameError(
                f"name has {letter!r} in it, which no font on this computer has. Write it with "
                "other letters, or install a font that has it."
            )
    return tidy


@functools.cache
def _font_with(letter: str) -> str:
    """Return the name of a font that has a letter, Matplotlib's own first, or "" if none does."""
    upright = [f for f in font_manager.fontManager.ttflist if f.style == "normal"]
    fonts = [f for f in upright if not any(word in f.name for word in NO_LETTERS)]
    fonts.sort(key=lambda font: SERIF.index(font.name) if font.name in SERIF else len(SERIF))
    return next((f.name for f in fonts if FT2Font(f.fname).get_char_index(ord(letter))), "")


def _own_digits() -> NDArray[np.uint8]:
    """Draw your newest drawing of each digit, large; if you have none, a made-up writer's."""
    newest = {drawing.label: drawing for drawing in load_hand().drawings}
    if newest:
        return np.stack([draw_strokes(newest[d].strokes, newest[d].pen) for d in sorted(newest)])
    return np.stack([draw_strokes(strokes_of(digit)) for digit in range(CLASSES)])


def _own_sign(base: Twin, network: Twin) -> NDArray[np.uint8]:
    """Return the drawing that your network is surest of, of those that it had to learn."""
    hand = load_hand()
    if not hand.drawings:
        return np.asarray(load_data()[1][0][0])
    drawn, labels = hand.images()
    before, after = (reader.predict(to_input(drawn)) for reader in (base, network))
    learned = (before.argmax(axis=1) != labels) & (after.argmax(axis=1) == labels)
    place = np.where(learned, after.max(axis=1), 0).argmax() if learned.any() else -1
    picture: NDArray[np.uint8] = drawn[place]
    return picture


def _new_slips(base: Twin, table: NDArray[np.int64]) -> str:
    """Name the slip that grew most when the network learned your hand, or return ""."""
    if not load_hand().drawings:
        return ""
    before = _table_of(base, None)
    more = table - before
    np.fill_diagonal(more, 0)
    true, read = (int(place) for place in np.unravel_index(more.argmax(), more.shape))
    if more[true, read] < MORE:
        return ""
    slip = f"{table[true, read]} times, it took {a_digit(true)} for {a_digit(read)}"
    return f"{slip}. Before it learned your hand: {before[true, read]}."


def _cropped(picture: NDArray[Any]) -> NDArray[Any]:
    """Crop a picture to its ink, and put that in the middle of a square."""
    rows, columns = (np.flatnonzero(picture.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return picture
    ink = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    missing = max(ink.shape) - np.array(ink.shape)
    return np.pad(ink, [(n // 2, n - n // 2) for n in missing])


# How they're drawn


def _sheet(width: float, height: float) -> Picture:
    """Make a sheet with a double frame."""
    figure = Picture(figsize=(width, height), facecolor=PAPER)
    for inches, line in ((0.3, 2.5), (0.38, 0.7)):
        x, y = inches / width, inches / height
        box = Rectangle((x, y), 1 - 2 * x, 1 - 2 * y, fill=False, edgecolor=BLUE, lw=line)
        figure.add_artist(box)
    return figure


def _text(
    figure: Figure, x: float, y: float, text: str, size: float, *, widest: float = 1.0, **look: Any
) -> None:
    """Write a line, smaller if it would be wider than a share of the sheet."""
    others = sorted({_font_with(letter) for letter in text} - {*SERIF, ""})
    style: dict[str, Any] = {"ha": "center", "color": INK, "family": [*SERIF, *others]} | look
    line = figure.text(x, y, text, size=size, parse_math=False, **style)  # a $ isn't a formula
    too_wide = line.get_window_extent().width / (widest * figure.bbox.width)
    line.set_fontsize(size / max(1, too_wide))


def _picture(figure: Figure, box: Any, picture: NDArray[Any], colours: Any, **how: Any) -> None:
    axis = figure.add_axes(box)
    axis.imshow(picture, cmap=colours, **how)
    axis.set_axis_off()


def _seal(figure: Figure, network: Twin) -> None:
    """Stamp the sheet with sixteen of the network's filters, if it has any: only it has those."""
    if network.specs[0]["kind"] != "Conv2D":
        return
    axis = figure.add_axes((0.44, 0.08, 0.12, 0.12 * LONG / SHORT))
    for radius, line in ((0.98, 2), (0.9, 0.7)):
        axis.add_patch(Circle((0, 0), radius, fill=False, edgecolor=BLUE, lw=line))
    for place, window in enumerate(np.moveaxis(network.first_filters()[1], -1, 0)[:16]):
        x, y = -0.6 + 0.3 * (place % 4), 0.3 - 0.3 * (place // 4)
        axis.imshow(window, cmap=MAPS, extent=(x + 0.02, x + 0.28, y + 0.02, y + 0.28))
    axis.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal")
    axis.set_axis_off()
