"""The form of a page: what a reader, GitHub and nbval may count on. Nothing is run here."""

import copy
import json
import re
import statistics
from pathlib import Path
from urllib.parse import unquote

import nbformat
from nbformat import NotebookNode
from page_runs import ROOT

import notebooks as tool

CEILING = 0.15  # the share of a page's code cells that nbval may run without comparing
MOST_BYTES = 600_000
MEDIAN_LINES, MOST_LINES = 5, 12
WITHOUT_PICTURE = {"python_first", "class"}
BOLD = re.compile(r"\*\*(.+?)\*\*")
ENTRY = re.compile(r"^- \*\*(.+?)\*\* \(\[\d\d\]\((.+?)\)\): [A-Z\d].+[.)]$", re.MULTILINE)
# In bold for another reason: buttons, what an exercise asks for, numbers, the lesson's own names.
NOT_WORDS = {
    *("shift + enter", "play", "down", "to the right", "5 × 5", "fewer than 100,000", "98.5%"),
    *("learning", "stalled", "diverged", "chooses", "report", "x", "y", "plain", "practised"),
    *("yours", "the memoriser", "about 47 times as fast"),
}
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)|(?:href|src)=[\"']([^\"']+)")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose(notebook: NotebookNode) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def links(markdown: str) -> list[str]:
    """Return where the links and pictures in a Markdown text lead."""
    return [first or second for first, second in LINK.findall(markdown)]


def neighbours(page: Path) -> tuple[Path | None, Path | None]:
    """Return the pages before and after one, in its own folder."""
    if not page.stem[:2].isdecimal() and page.parent == tool.PAGES:
        return None, None  # a page beside the path, such as python_first
    numbered = "[0-9][0-9]_*.ipynb" if page.parent == tool.PAGES else "*.ipynb"
    shelf = sorted(page.parent.glob(numbered))
    here = shelf.index(page)
    return (shelf[here - 1] if here else None), (shelf[here + 1] if here + 1 < len(shelf) else None)


def lines_of_code(cell: NotebookNode) -> int:
    """Count the lines of a cell that do something: not the empty ones, not the comments."""
    lines = [line.strip() for line in cell.source.splitlines()]
    return sum(1 for line in lines if line and not line.startswith("#"))


def test_page_is_in_normal_form(page: Path) -> None:
    """`python tools/notebooks.py run` leaves it so."""
    assert tool.normalise(page.read_text(encoding="utf-8"))[1] == []


def test_outputs_come_from_this_code(notebook: NotebookNode) -> None:
    """`python tools/notebooks.py run` saves a digest of the code with its outputs."""
    assert not tool.is_stale(notebook)
    changed = copy.deepcopy(notebook)
    code_cells(changed)[0].source += "\nx = 1"
    assert tool.is_stale(changed)


def test_every_code_cell_was_run_and_says_something_to_nbval(notebook: NotebookNode) -> None:
    """nbval passes a cell without a count whatever it prints."""
    cells = code_cells(notebook)
    assert cells
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert [cell.id for cell in cells if not cell.source.strip()] == []


def test_no_saved_errors_or_stderr(notebook: NotebookNode) -> None:
    """An error belongs in a page only where it is the point; then it is saved and compared."""
    for cell in code_cells(notebook):
        kinds = [output.get("name", output.output_type) for output in cell.outputs]
        assert "stderr" not in kinds, cell.id
        assert ("error" in kinds) == ("raises-exception" in tags(cell)), cell.id


def test_few_cells_escape_comparison(notebook: NotebookNode) -> None:
    """At most 15% are ignored, each for a reason that stands beside its tag; none is skipped."""
    cells = code_cells(notebook)
    ignored = [cell for cell in cells if "nbval-ignore-output" in tags(cell)]
    for cell in cells:
        assert not set(tags(cell)) & {"nbval-skip", "nbval-raises-exception"}, cell.id
        assert not re.search(r"#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source), f"{cell.id}: use a tag"
    for cell in ignored:
        reason = cell.metadata.get("mnist_lesson", {}).get("reason", "")
        assert len(reason.split()) >= 3, f"{cell.id}: why? Say it in metadata.mnist_lesson.reason"
    # One cell may be ignored on any page: the line that says how far this learner is.
    allowed = max(1, CEILING * len(cells))
    assert len(ignored) <= allowed, [cell.id for cell in ignored]


def test_page_is_small_and_has_a_picture(page: Path, notebook: NotebookNode) -> None:
    """GitHub shows no page that is much larger, and the lesson is one in pictures."""
    assert page.stat().st_size < MOST_BYTES
    pictures = [
        o for cell in code_cells(notebook) for o in cell.outputs if "image/png" in o.get("data", {})
    ]
    assert pictures or page.stem in WITHOUT_PICTURE
    if pictures:
        assert code_cells(notebook)[0].source.startswith("%matplotlib inline")


def test_every_panel_leaves_a_still_that_says_what_it_shows(
    page: Path, notebook: NotebookNode
) -> None:
    """Without one, GitHub, exported HTML and print would have nothing in the panel's place."""
    if page.stem in WITHOUT_PICTURE:
        return
    for cell in code_cells(notebook):
        for output in cell.outputs:
            if "run this page in JupyterLab" in output.get("data", {}).get("text/plain", ""):
                assert output.data.get("image/png"), cell.id
                assert output.metadata["image/png"]["alt"], cell.id


def test_cells_are_small(notebook: NotebookNode) -> None:
    """One small step at a time, and more prose than code."""
    lengths = {cell.id: lines_of_code(cell) for cell in code_cells(notebook)}
    assert {name: length for name, length in lengths.items() if length > MOST_LINES} == {}
    assert statistics.median(lengths.values()) <= MEDIAN_LINES
    code = sum(len(cell.source.split()) for cell in code_cells(notebook))
    assert len(prose(notebook).split()) > code


def test_page_opens_with_title_and_navigation(page: Path, notebook: NotebookNode) -> None:
    """The first cell has one title, and leads to the pages before and after."""
    first = notebook.cells[0]
    assert first.cell_type == "markdown"
    assert re.match(r"# \S", first.source)
    assert len(re.findall(r"^# \S", prose(notebook), re.MULTILINE)) == 1
    for neighbour in neighbours(page):
        assert neighbour is None or neighbour.name in links(first.source)


def test_page_ends_with_the_way_onward(page: Path, notebook: NotebookNode) -> None:
    """And it says to close tabs: that shuts a kernel down, so Binder's memory is enough."""
    last = notebook.cells[-1]
    assert last.cell_type == "markdown"
    ends = notebook.cells[0].source + last.source
    assert re.search(r"\bclose\b.*\btab\b", ends, re.IGNORECASE)
    onward = neighbours(page)[1]
    assert links(last.source)
    assert onward is None or onward.name in links(last.source)


def test_links_lead_somewhere(page: Path, notebook: NotebookNode) -> None:
    """Files exist in the checkout, also as GitHub sees it; so do headings that are linked to."""
    headings = {
        re.sub(r"\s", "-", title.strip())
        for title in re.findall(r"^#+ (.*)$", prose(notebook), re.MULTILINE)
    }
    for link in links(prose(notebook)):
        if re.match(r"(https?|mailto|attachment):", link):
            continue
        path, _, anchor = unquote(link).partition("#")
        assert not path or (page.parent / path).exists(), link
        assert not path or (page.parent / path).resolve().is_relative_to(ROOT), link
        assert path or anchor in headings, link


def test_nothing_of_this_machine_is_saved(notebook: NotebookNode) -> None:
    """No folder of the machine that ran a page last, and no address in memory."""
    saved = json.dumps([output for cell in code_cells(notebook) for output in cell.outputs])
    traces = [str(ROOT), str(Path.home()), " at 0x"]
    assert [trace for trace in traces if len(trace) > 1 and trace in saved] == []


def first_pages() -> dict[str, str]:
    """Return, for each word that a page sets in bold, the first page that does.

    What ends like a sentence or a heading is none.
    """
    first: dict[str, str] = {}
    for page in sorted(tool.PAGES.glob("[0-9][0-9]_*.ipynb")):
        for word in BOLD.findall(prose(nbformat.read(page, as_version=4))):
            first.setdefault(word.lower(), page.name)
    words = {word for word in first if word[-1] not in ".?!:"} - NOT_WORDS
    return {word: first[word] for word in words}


def test_the_glossary_explains_every_word_in_bold_and_says_where_it_comes_first() -> None:
    glossary = prose(nbformat.read(tool.PAGES / "glossary.ipynb", as_version=4))
    entries = ENTRY.findall(glossary)
    assert len(entries) == glossary.count("\n- ")
    # It may hold more words than those, such as the names in a picture.
    assert first_pages().items() - {(word.lower(), page) for word, page in entries} == set()
    assert [page for _, page in entries if not (tool.PAGES / page).is_file()] == []
    words = [word.lower().removeprefix("95% ") for word, _ in entries]
    assert words == sorted(words)


def test_no_cell_only_says_true_or_false() -> None:
    """A reader sees the thing itself; whether it's right is a test's business."""
    bare = [
        (path.stem, cell.id)
        for path in tool.all_pages()
        for cell in code_cells(nbformat.read(path, as_version=4))
        if len(cell.outputs) == 1
        and cell.outputs[0].get("data", {}).get("text/plain") in ("True", "False")
    ]
    assert bare == []


def test_the_living_picture_is_on_four_pages_and_three_of_them_show_it_learning() -> None:
    """Page 05 shows the plain network, which was trained long ago."""
    sources = {
        page.stem[:2]: "\n".join(cell.source for cell in code_cells(nbformat.read(page, 4)))
        for page in tool.PAGES.glob("[0-9][0-9]_*.ipynb")
    }
    shown = re.compile(r"NetworkMap\([^\n]*")
    maps = {number: shown.findall(source) for number, source in sources.items()}
    assert {number for number, found in maps.items() if found} == {"00", "05", "07", "10"}
    learning = {number for number, found in maps.items() if "snapshots=" in "".join(found)}
    assert learning == {"00", "07", "10"}
