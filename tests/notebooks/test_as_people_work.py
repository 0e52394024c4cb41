"""Pages as people work with them: run twice, out of order, in two tabs, restarted."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

import notebooks as tool
from mnist_lesson.commands.pages import clear_outputs
from mnist_lesson.commands.run_page import PageRun, run_page

QUICK = "01_load"
PAGES = [
    path.stem if path.stem == QUICK else pytest.param(path.stem, marks=pytest.mark.slow)
    for path in tool.all_pages()
    if path.parent == tool.PAGES
]
each_page = pytest.mark.parametrize("name", PAGES)
# From here on the learner's folder is a file, so that nothing can be written or read there.
FOLDER_FAILS = """\
import os, pathlib, shutil
place = pathlib.Path(os.environ["MNIST_LESSON_WORKSPACE"])
shutil.rmtree(place, ignore_errors=True)
place.touch()"""


def clean(name: str) -> NotebookNode:
    """Return a page as a learner opens it."""
    page = nbformat.read(tool.PAGES / f"{name}.ipynb", as_version=4)
    clear_outputs(page)
    return page


def run(cells: list[NotebookNode], scratch: Path) -> PageRun:
    """Run cells, one after the other, on a fresh kernel; `scratch` keeps what they write."""
    cells = [deepcopy(cell) for cell in cells]  # one by one: a cell may come twice
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"  # a cell that comes twice has one id, which a page must not
    return run_page(nbformat.v4.new_notebook(cells=cells), tool.PAGES, scratch)


@each_page
def test_cells_out_of_order_do_no_harm(name: str, tmp_path: Path) -> None:
    """From the last cell to the first, most fail, for want of a name; then in order, all run.

    And once more: nothing that a page makes stands in its own way. If the folder fails half way,
    reading and exercising go on; the page says what could not be kept.
    """
    cells = clean(name).cells
    middle = len(cells) // 2 if name == QUICK else len(cells)
    fails = nbformat.v4.new_code_cell(FOLDER_FAILS)
    again = [*cells[:middle], fails, *cells[middle:]]
    backwards = deepcopy(cells[::-1])
    for cell in backwards:
        cell.metadata["tags"] = ["raises-exception"]
    assert run(backwards + cells + again, tmp_path).fault == ""
    assert (tmp_path / "my_work").is_file()


@pytest.mark.slow  # four kernels; the quick run has what they share: locked files, answers in order
@each_page
def test_a_restart_in_the_middle_and_two_tabs_of_a_page(name: str, tmp_path: Path) -> None:
    """A kernel leaves half a page. Two more run at the same time in one folder, and then a last.

    Where a page trains under a name, one of the two may be told that the other is at it.
    """
    cells = clean(name).cells
    assert run(cells[: len(cells) // 2], tmp_path).fault == ""
    with ThreadPoolExecutor(2) as pool:
        both = list(pool.map(lambda _: run(cells, tmp_path), range(2)))
    faults = [one.fault for one in both if one.fault]
    assert all("another" in fault.lower() for fault in faults), faults
    assert len(faults) < 2
    assert run(cells, tmp_path).fault == ""
    assert list((tmp_path / "my_work").rglob("*.broken-*")) == []
