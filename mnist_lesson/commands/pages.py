"""Put clean copies of the pages into a learner's folder, and update them without losing work."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from mnist_lesson.shared.workspace import (
    FIRST_PAGE,
    WorkspaceError,
    first_free,
    full_path,
    pages_near,
    write_atomic,
)

Notebook = dict[str, Any]  # plain JSON, because nbformat would take seconds to load
PACKAGE = Path(__file__).parents[1]
CHECKOUT = PACKAGE.parent / "notebooks"
LAID = ".mnist_lesson.json"  # in a learner's folder: digests of the pages we put there
EXPRESS_PAGE = "express.ipynb"
EXPRESS_TOP = """\
# The lesson in an hour

Six pages. Run every box on your way with **Shift + Enter**, and come back here for the next page.
"""
EXPRESS_END = """
That's it: you've trained a network, taught it your hand, and it's on your phone. Well done! The
whole lesson goes on with [page 01](01_load.ipynb).
"""
# For each page, the most minutes it should take (as in the instructor's plan) and what to do there.
EXPRESS = {
    "00": (
        17,
        "draw, train your own, and find a line by hand. Stop at *From a line to a network*.",
    ),
    "03": (
        8,
        "see what the computer sees, and whose handwriting it is. "
        "Stop at *The average of each digit*.",
    ),
    "06": (
        10,
        "turn `fast = False` into `fast = True`, and train. Read *Downhill, one step at a time* as "
        "far as the picture of the valley. Then jump to *Your run*, and stop at *Tune it*.",
    ),
    "08": (
        7,
        "draw, and find out why a drawing isn't enough. Stop once you've pushed the seven about.",
    ),
    "10": (
        8,
        "teach it your hand, as far as *What has changed?*. Then jump to *Swap seats*, and stop at "
        "*Your turn*.",
    ),
    "11": (4, "take it home. Stop at *Make it small*."),
}
COLAB = """\
# Only on Google Colab: install the lesson, and let its panels show.
import os, sys

if "google.colab" in sys.modules:
    %pip install --quiet --no-deps mnist-lesson
    from google.colab import drive, output

    output.enable_custom_widget_manager()
    # To keep your work in your Drive, delete the # in the next two lines.
    # drive.mount("/content/drive")
    # os.environ["MNIST_LESSON_WORKSPACE"] = "/content/drive/MyDrive/mnist_lesson"
"""
COLAB_NOTE = (
    "**On Google Colab**: run the next cell first. To stop training, choose **Runtime → "
    "Interrupt**; the *Stop* button doesn't respond there while a cell runs. Open other pages with "
    "**File → Open**."
)


def edition() -> Path:
    """Return the folder of the pages with their outputs: the checkout's, or else the package's."""
    return CHECKOUT if (CHECKOUT / FIRST_PAGE).is_file() else PACKAGE / "assets" / "pages"


def default_folder() -> Path:
    """Return where copies go: the folder in use, a checkout's `my_lesson`, or `mnist_lesson`."""
    here = full_path(".")
    pages = pages_near(here)
    if pages and (pages / LAID).is_file():
        return pages
    return PACKAGE.parent / "my_lesson" if edition() == CHECKOUT else here / "mnist_lesson"


def as_text(page: Notebook) -> str:
    """Return a notebook as text, the way Jupyter saves it."""
    return json.dumps(page, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def cell(kind: str, source: str, name: str) -> dict[str, Any]:
    """Return a new notebook cell."""
    new = {"cell_type": kind, "id": name, "metadata": {}, "source": source.splitlines(True)}
    return new if kind == "markdown" else new | {"execution_count": None, "outputs": []}


def clear_outputs(page: Notebook) -> None:
    """Remove a page's outputs and execution counts, and nothing else."""
    for one in page["cells"]:
        if one["cell_type"] == "code":
            one.update(outputs=[], execution_count=None)


def prepare_for_colab(page: Notebook) -> None:
    """Add a cell at the top that installs the lesson; turn links to other pages into text."""
    for one in page["cells"]:
        if one["cell_type"] == "markdown":
            text = without_links("".join(one["source"]), r"(?!https?:|#)[^)\s]+")
            one["source"] = text.splitlines(True)
    note = cell("markdown", COLAB_NOTE, "on-colab")
    page["cells"][:0] = [note, cell("code", COLAB, "install-on-colab")]


def without_links(markdown: str, target: str) -> str:
    """Return a text whose links to `target` (a regular expression) are plain words."""
    # With a ! in front, it's a picture.
    return re.sub(rf"(?<!!)\[([^\]]*)\]\({target}\)", r"\1", markdown)


def express_page(names: Sequence[str]) -> Notebook:
    """Return a page that lists, with links, what to read in one hour."""
    listed = [(name, EXPRESS[name[:2]]) for name in names if name[:2] in EXPRESS]
    lines = [
        f"- [Page {name[:2]}]({name}), at most {minutes} minutes: {part}"
        for name, (minutes, part) in listed
    ]
    text = "\n".join([EXPRESS_TOP, *lines, EXPRESS_END])
    cells = [cell("markdown", text, "express")]
    # Without a kernel's name, JupyterLab first asks which one to use.
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    metadata = {"kernelspec": kernel}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def digest(text: str) -> str:
    """Return a digest of what a reader could have changed in a page.

    That's the cells, and whether they have outputs, but not what JupyterLab itself adds when it
    saves. If the text isn't a notebook, all of it counts.
    """
    try:
        cells = json.loads(text)["cells"]
        seen: Any = [
            (cell["cell_type"], "".join(cell["source"]), bool(cell.get("outputs")))
            for cell in cells
        ]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # not a notebook
        seen = text
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()


def texts(purpose: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and text of each file to put in a folder, for "colab" or ""."""
    source = edition()
    files = sorted(source.glob("*.ipynb")) + sorted(source.glob("instructor/[a-z]*.*"))
    if not files:
        raise WorkspaceError("The pages are missing here. Install mnist-lesson again.")
    for file in files:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".ipynb":
            page = json.loads(text)
            clear_outputs(page)
            if purpose == "colab":
                prepare_for_colab(page)
            text = as_text(page)
        else:
            text = without_links(text, r"\.\./\.\./[^)\s]+")  # these lead out of the copies
        yield file.relative_to(source).as_posix(), text
    # Made here, so it lists exactly the pages we put there.
    if not (source / EXPRESS_PAGE).exists():
        yield EXPRESS_PAGE, as_text(express_page([file.name for file in files]))


def free_name(path: Path, word: str) -> Path:
    """Return a free name next to `path`, with `word` in it."""
    numbers = ("", *(f"_{number}" for number in range(2, 1000)))
    return first_free(
        path.with_name(f"{path.stem}_{word}{number}{path.suffix}") for number in numbers
    )


def read_laid(folder: Path) -> dict[str, str]:
    """Return the digests of what we put in a folder; empty if the record is missing or damaged."""
    try:
        laid = json.loads((folder / LAID).read_text(encoding="utf-8"))["pages"]
        return {str(name): str(value) for name, value in laid.items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return {}


def note_laid(folder: Path, laid: dict[str, str]) -> None:
    """Save the digests of what we put in a folder."""
    write_atomic(folder / LAID, json.dumps({"pages": laid}, indent=1).encode())


def lay(folder: Path, purpose: str = "") -> list[str]:
    """Put the pages into a folder, update those nobody has touched, and say what's left to say.

    A page that's been edited or run stays as it is. If there's a newer version of it, that goes
    next to it, once.

    Raises
    ------
    WorkspaceError
        The folder can't be written to.
    """
    laid = read_laid(folder)
    said = []
    for name, text in texts(purpose):
        path = folder / name
        new = digest(text)
        now = digest(path.read_text(encoding="utf-8", errors="replace")) if path.exists() else None
        # It's missing, or it's untouched and out of date.
        if now is None or (now == laid.get(name) and now != new):
            write_atomic(path, text.encode())
        # There's work in it, and we haven't put this new version next to it before.
        elif now != new and new != laid.get(name):
            beside = free_name(path, "new")
            write_atomic(beside, text.encode())
            said.append(f"{name} has your work in it and stays. The new one is {beside.name}.")
        laid[name] = new
    note_laid(folder, laid)
    return said


def reset(folder: Path, number: str) -> list[str]:
    """Rename a learner's version of a page, with the date; put a clean one in its place; say so.

    Raises
    ------
    ValueError
        There is no such page.
    WorkspaceError
        The folder cannot be written.
    """
    number = number.zfill(2) if number.isdecimal() else number  # 6 is meant as 06
    # "06", "06_train" and "instructor/tuning" are all understood.
    asked = re.compile(rf"(.*/)?{re.escape(number.removesuffix('.ipynb'))}(_.*)?\.ipynb")
    name, text = next((file for file in texts() if asked.fullmatch(file[0])), ("", ""))
    if not name:
        raise ValueError(f"There is no page {number!r}. Type a number, such as --reset 06.")
    path = folder / name
    said = [f"A clean {name} is in {folder}."]
    if path.exists():
        aside = free_name(path, datetime.now().strftime("%Y-%m-%d_%H%M"))
        path.rename(aside)
        said.insert(0, f"Your {name} is now {aside.name}.")
    write_atomic(path, text.encode())
    note_laid(folder, read_laid(folder) | {name: digest(text)})
    return said
