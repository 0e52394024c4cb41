"""What the tests of the pages share: which pages there are, and one nbval run of each."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from page_runs import Outcome, PageRuns

import notebooks as tool

PAGES = tool.all_pages()
WALK = (tool.PAGES / "06_train.ipynb", tool.PAGES / "07_test.ipynb")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `page` every page there is, one test each."""
    if "page" in metafunc.fixturenames:
        metafunc.parametrize("page", PAGES, ids=[path.stem for path in PAGES], scope="session")


@pytest.fixture(scope="session")
def notebook(page: Path) -> nbformat.NotebookNode:
    """Return a page as it is saved, read once for all tests: who changes it takes a copy."""
    return nbformat.read(page, as_version=4)


@pytest.fixture(scope="session")
def runs(request, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PageRuns]:
    """Return the session's nbval runs; those that the chosen tests will ask for start at once."""
    folder = tmp_path_factory.mktemp("pages")
    # On its first start Matplotlib looks through the fonts and may say so: let it do so here.
    os.environ.setdefault("MPLCONFIGDIR", str(folder / "matplotlib"))
    subprocess.run([sys.executable, "-c", "import matplotlib.font_manager"], check=True)
    # `start.py test --full` says so by switching rehearsal off in words.
    runs = PageRuns(folder, full=os.environ.get("MNIST_LESSON_REHEARSAL") == "0")
    # The last pages train, and take longest: they come first.
    items = [i for i in request.session.items if "outcome" in getattr(i, "fixturenames", ())]
    for page in sorted({item.callspec.params["page"] for item in items}, reverse=True):
        runs.whole(page)
    if any("walk_outcome" in getattr(item, "fixturenames", ()) for item in request.session.items):
        runs.walked(*WALK)
    yield runs
    runs.pool.shutdown(cancel_futures=True)


@pytest.fixture
def outcome(page: Path, runs: PageRuns) -> Outcome:
    """Return what came of a page's one run."""
    return runs.whole(page).result()


@pytest.fixture
def walk_outcome(runs: PageRuns) -> Outcome:
    """Return what came of 07, run after 06 in the same workspace."""
    return runs.walked(*WALK).result()
