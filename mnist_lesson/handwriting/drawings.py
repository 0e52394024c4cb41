"""10 · Your hand: your drawings as a small file, in your folder and in your progress file.

Not in hand.py, which needs SciPy, because every page that can save your progress imports this.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mnist_lesson.handwriting.strokes import PEN, STROKES, WIDEST_PEN, check_strokes
from mnist_lesson.shared import foreign
from mnist_lesson.shared.checks import CLASSES, check_whole
from mnist_lesson.shared.workspace import folder, set_aside, write_atomic

KIND = "mnist_lesson hand"
LARGEST = foreign.MOST_JSON  # bytes in the file of drawings; each drawing takes about 1,000
MOST_DRAWINGS = 500
DRAWINGS = foreign.fields(
    {
        "kind": foreign.choice(KIND),
        "version": foreign.choice(1),
        "drawings": foreign.list_of(
            foreign.fields(
                {
                    "label": foreign.whole(0, CLASSES - 1),
                    "strokes": STROKES,
                    "pen": foreign.whole(1, WIDEST_PEN),
                }
            ),
            MOST_DRAWINGS,
        ),
    }
)


class HandError(Exception):
    """A drawing can't be added; the message says why, and what to do."""


@dataclass(frozen=True)
class Drawing:
    """One of your drawings: its strokes, the width of the pen, and the digit you say it is."""

    label: int
    strokes: tuple[tuple[int, ...], ...]
    pen: int = PEN


def load_drawings() -> tuple[tuple[Drawing, ...], str]:
    """Read your saved drawings, and return "" or which broken file was set aside."""
    file = hand_folder() / "drawings.json"
    try:
        return unpack_drawings(foreign.read_file(file, LARGEST)), ""
    except FileNotFoundError:
        return (), ""
    except (ValueError, TypeError, OSError):  # a ForeignError is a ValueError
        pass
    try:
        # Set aside, never deleted: somebody drew these.
        kept = f"It is kept as hand/{set_aside(file).name}, and you start from scratch."
        return (), f"The file of your drawings was broken. {kept}"
    except OSError as error:
        return (), f"Your drawings can't be read: {file} ({error.strerror})."


def keep_drawings(drawings: tuple[Drawing, ...]) -> None:
    """Save the drawings, all or nothing. Raises HandError if there are too many."""
    # Looked at before it's written: what's too large could never be read back.
    packed = pack_drawings(drawings)
    if len(packed) > LARGEST or len(drawings) > MOST_DRAWINGS:
        raise HandError(
            "There's no room for more of your drawings. Delete the folder hand/ to start again."
        )
    write_atomic(hand_folder() / "drawings.json", packed)


def add_missing(drawings: Iterable[Drawing]) -> None:
    """Add the drawings that aren't here yet, such as those from another machine."""
    here = load_drawings()[0]
    # Compared by content, so opening the same progress file twice adds nothing.
    new = [drawing for drawing in drawings if drawing not in here]
    if new:
        keep_drawings((*here, *new))


def pack_drawings(drawings: tuple[Drawing, ...]) -> bytes:
    """Return drawings as the bytes of a file."""
    facts = {"kind": KIND, "version": 1, "drawings": [asdict(drawing) for drawing in drawings]}
    return json.dumps(facts, separators=(",", ":")).encode()


def unpack_drawings(packed: bytes) -> tuple[Drawing, ...]:
    """Read what `pack_drawings()` gave, every part checked, or raise ValueError."""
    # Checked before NumPy sees it: given one long string in a list, it would make a huge array.
    facts = foreign.check(foreign.read_json(packed), DRAWINGS)
    return tuple(make_drawing(**drawing) for drawing in facts["drawings"])


def make_drawing(label: Any, strokes: Any, pen: Any) -> Drawing:
    """Check the parts and make a drawing of them, or raise TypeError or ValueError."""
    label = check_whole("label", label, 0, CLASSES - 1)
    pen = check_whole("pen", pen, 1, WIDEST_PEN)
    return Drawing(label, tuple(map(tuple, check_strokes(strokes))), pen)


def hand_folder() -> Path:
    """Return the folder for your hand, inside your own folder."""
    return folder() / "hand"
