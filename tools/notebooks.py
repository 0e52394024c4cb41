#!/usr/bin/env python3
"""Run the lesson's pages and keep them in one normal form.

    python tools/notebooks.py run              # every page, in rehearsal (short trainings)
    python tools/notebooks.py run 03 07        # these two
    python tools/notebooks.py run 06 --full    # with full training
    python tools/notebooks.py check            # are all pages in normal form? (runs nothing)

Each page runs on a fresh kernel, in a throwaway workspace. `pytest --nbval` compares with its saved
outputs, so a page is written only if every cell ran. Normal form means: execution counts 1, 2,
3, …; one kernelspec; no widget state, timings, stderr or editor metadata; readable cell ids that
never change; small pictures; and the JSON layout that nbformat writes. A digest of the code that
ran is saved with the page, so `check` notices if a cell has been changed or added since.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from PIL import Image

from mnist_lesson.commands.run_page import PageRun, run_page

ROOT = Path(__file__).resolve().parents[1]
PAGES = ROOT / "notebooks"
KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"name": "python"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KEPT_METADATA = {"tags", "mnist_lesson", "jupyter"}
BIG_PICTURE = 20_000  # bytes; below that, a palette saves too little to bother
COLOURS = 256


def all_pages() -> list[Path]:
    """Return every page with code, the lesson's in order, then the instructor's."""
    pages = sorted(PAGES.glob("*.ipynb")) + sorted((PAGES / "instructor").glob("*.ipynb"))
    return [page for page in pages if page.stem != "glossary"]  # it has no code


def choose(names: list[str]) -> list[Path]:
    """Return the pages that `names` mean (`03`, `03_look` or a path); without names, all of them.

    If a page doesn't exist, or the folder has none, the program stops: running nothing is never a
    success.
    """
    chosen: list[Path] = []
    for name in names:
        if name.endswith(".ipynb"):
            found = [path for path in [Path(name)] if path.is_file()]
        else:
            found = [path for path in all_pages() if f"{path.stem}_".startswith(f"{name}_")]
        if not found:
            stems = ", ".join(path.stem for path in all_pages())
            raise SystemExit(f"There is no page {name!r}. Pages: {stems}.")
        chosen += found
    chosen = chosen or ([] if names else all_pages())
    if not chosen:
        raise SystemExit(f"There is no page (*.ipynb) in {PAGES}.")
    return chosen


def readable_id(cell: dict, number: int, taken: set[str]) -> str:
    """Name a cell after its first words, so people reading the file can find it."""
    first_line = next((line for line in cell["source"].splitlines() if line.strip()), "")
    words = re.findall(r"[a-z0-9]+", first_line.lower())[:5]
    name = "-".join(words)[:40] or f"cell-{number}"
    return name if name not in taken else f"{name}-{number}"


def slim_picture(data: str) -> str:
    """Return a base64 PNG with at most 256 colours, if that makes it clearly smaller.

    A picture that already has a palette is left alone, so doing this twice changes nothing.
    """
    data = "".join(data.split())
    raw = base64.b64decode(data)
    picture = Image.open(io.BytesIO(raw))
    if picture.mode == "P" or len(raw) < BIG_PICTURE:
        return data
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A") if picture.mode == "RGBA" else None)
    # Median cut puts the colours where the pixels are; without dithering, flat areas stay flat.
    small = flat.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    small.save(buffer, "PNG", optimize=True)
    return base64.b64encode(buffer.getvalue()).decode() if buffer.tell() < 0.8 * len(raw) else data


def tidy_output(output: dict, count: int | None) -> Iterator[str]:
    """Put one saved output into normal form, in place, and yield what was wrong with it."""
    if output["output_type"] == "execute_result" and output.get("execution_count") != count:
        output["execution_count"] = count
        yield "a result's number differs from its cell's"
    if output["output_type"] == "error":
        # The frames name files on one machine, and nbval only compares the name and the message.
        short = [f"{output['ename']}: {output['evalue']}"]
        if output["traceback"] != short:
            output["traceback"] = short
            yield "an error carries a long traceback"
    data = output.get("data", {})
    # Without its kernel a widget shows as an error; its text stays, and reads well anywhere.
    if len(data) > 1 and data.pop(WIDGET_VIEW, None):
        yield "an output points to a widget that is gone"
    # The alternative text stays beside the picture; the picture need not be there twice.
    if "image/png" in data and data.pop("text/html", None):
        yield "a picture is kept as HTML, too"
    if "image/png" in data and data["image/png"] != (slim := slim_picture(data["image/png"])):
        data["image/png"] = slim
        yield "a picture can be smaller"


def merge_streams(outputs: list[dict]) -> list[dict]:
    """Drop stderr, and join consecutive pieces of stdout."""
    merged: list[dict] = []
    for output in outputs:
        if output["output_type"] == "stream" and output["name"] == "stderr":
            continue
        last = merged[-1] if merged else {}
        if output["output_type"] == "stream" == last.get("output_type"):
            last["text"] += output["text"]
        else:
            merged.append(output)
    return merged


def tidy_code(cell: dict, count: int) -> Iterator[str]:
    """Put a code cell into normal form, in place, and yield what was wrong with it."""
    if cell.get("execution_count") != count:
        ran = cell.get("execution_count") is not None
        yield f"its number is {cell['execution_count']}, not {count}" if ran else "it was never run"
        # A cell that never ran keeps its empty number; it takes `run` to fix that.
        cell["execution_count"] = count if ran else None
    merged = merge_streams(cell["outputs"])
    if merged != cell["outputs"]:
        cell["outputs"] = merged
        yield "it has stderr, or stdout in pieces"
    for output in cell["outputs"]:
        yield from tidy_output(output, cell["execution_count"])


def tidy_cell(cell: dict, number: int, taken: set[str]) -> Iterator[str]:
    """Put what all cells share into normal form, in place, and yield what was wrong with it."""
    if not cell.get("id") or cell["id"] in taken:
        cell["id"] = readable_id(cell, number, taken)
        yield "it has no id of its own"
    taken.add(cell["id"])
    metadata = cell["metadata"]
    unwanted = [key for key in metadata if key not in KEPT_METADATA or not metadata[key]]
    for key in sorted(unwanted):
        del cell["metadata"][key]
        yield f"it has {key!r} in its metadata"


def normalise(text: str) -> tuple[str, list[str]]:
    """Return a page's text in normal form, and sentences that say what wasn't.

    Parameters
    ----------
    text : str
        A notebook file's text (nbformat 4).

    Returns
    -------
    tuple of (str, list of str)
        The text as it should be. If the list is empty, the page is in normal form.
    """
    page = nbformat.from_dict(json.loads(text))
    page = nbformat.v4.rwbase.rejoin_lines(page)
    faults: list[str] = []
    metadata = {"kernelspec": KERNELSPEC, "language_info": LANGUAGE}
    if "mnist_lesson" in page.metadata:
        metadata["mnist_lesson"] = page.metadata["mnist_lesson"]
    if page.metadata != metadata or (page.nbformat, page.nbformat_minor) != (4, 5):
        faults.append("The page's own metadata is not the house's.")
    page.metadata, page.nbformat, page.nbformat_minor = nbformat.from_dict(metadata), 4, 5
    taken: set[str] = set()
    count = 0
    for number, cell in enumerate(page.cells, 1):
        problems = list(tidy_cell(cell, number, taken))
        if cell.cell_type == "code":
            count += 1
            problems += tidy_code(cell, count)
        faults += [f"Cell {number} ({cell.id}): {problem}." for problem in problems]
    nbformat.validate(page)
    tidy = nbformat.writes(page) + "\n"
    if tidy != text and not faults:
        faults.append("The JSON is laid out otherwise than nbformat writes it.")
    return tidy, faults


def sources_digest(page: nbformat.NotebookNode) -> str:
    """Return a short digest of a page's code, cell by cell, to be saved with its outputs."""
    sources = [cell.source for cell in page.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps(sources).encode()).hexdigest()[:16]


def is_stale(page: nbformat.NotebookNode) -> bool:
    """Say whether a page's code has changed since it made the outputs."""
    return page.metadata.get("mnist_lesson", {}).get("code_that_ran") != sources_digest(page)


def write(path: Path, text: str) -> None:
    """Replace a page in one step, so an interrupted run leaves the old one intact."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8", newline="\n")
    os.replace(part, path)


def execute(path: Path, *, full: bool = False) -> PageRun:
    """Run a page from top to bottom on a fresh kernel, in a throwaway workspace."""
    text, _ = normalise(path.read_text(encoding="utf-8"))
    return run_aside(nbformat.reads(text, as_version=4), path.parent, full=full)


def run_aside(
    page: nbformat.NotebookNode, folder: Path, *, full: bool, timing: bool = False
) -> PageRun:
    """Run a page as it would run in a folder, in a throwaway workspace."""
    with tempfile.TemporaryDirectory(prefix="mnist_lesson_", ignore_cleanup_errors=True) as scratch:
        return run_page(page, folder, Path(scratch), full=full, timing=timing)


def run(path: Path, *, full: bool = False) -> bool:
    """Run a page and save it in normal form; if a cell fails, leave the file alone."""
    done = execute(path, full=full)
    if done.error:
        print(f"{path.stem}: stopped, and the file is as it was.\n{done.error}", file=sys.stderr)
        return False
    page = done.notebook
    for cell in page.cells:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                said = output.text.strip()[:300]
                print(f"{path.stem}: cell {cell.id} wrote to stderr (not saved): {said}")
    page.metadata["mnist_lesson"] = {"code_that_ran": sources_digest(page)}
    text, _ = normalise(nbformat.writes(page))
    write(path, text)
    print(
        f"{path.stem}: {len(page.cells)} cells in {done.seconds:.1f} s,"
        f" {len(text.encode()) / 1000:.0f} KB"
    )
    return True


def check(path: Path) -> bool:
    """Say what in a page isn't in normal form, without running or writing anything."""
    text = path.read_text(encoding="utf-8")
    _, faults = normalise(text)
    if is_stale(nbformat.reads(text, as_version=4)):
        faults.append("Its code changed after it was run: its outputs may be of another code.")
    for fault in faults:
        print(f"{path.stem}: {fault}", file=sys.stderr)
    return not faults


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return 0 when all is well, 1 when a page failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = parser.add_subparsers(dest="command", required=True)
    parts = {"run": "run pages and save them in normal form", "check": "check the form"}
    for name, help_text in parts.items():
        command = commands.add_parser(name, help=help_text)
        about = "03, 03_look or a path; none means all"
        command.add_argument("pages", nargs="*", metavar="NN", help=about)
        if name == "run":
            command.add_argument("--full", action="store_true", help="trainings in full")
    options = parser.parse_args(arguments)
    pages = choose(options.pages)
    if options.command == "run":
        good = [run(path, full=options.full) for path in pages]
        return 0 if all(good) else 1
    faulty = [path for path in pages if not check(path)]
    if faulty:
        mend = "To mend: python tools/notebooks.py run (it runs and rewrites the pages)."
        print(mend, file=sys.stderr)
        return 1
    print(f"{len(pages)} pages are in normal form.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
