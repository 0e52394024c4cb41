"""Every page, run by nbval and compared: offline, in a home that cannot be written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
import sandbox
from page_runs import ROOT, Outcome, nbval, page_of

import notebooks as tool

LESSON = ["00_introduction", "01_load", "02_preprocess", "03_look", "04_one_hot"]
LESSON += ["05_model", "06_train", "07_test"]
WITHOUT_TENSORFLOW = LESSON[:4]
OUTSIDE = """\
import os, pathlib, socket, urllib.request
failures = []
for attempt in (
    lambda: pathlib.Path.home().joinpath("file").touch(),
    lambda: socket.create_connection(("192.0.2.1", 80), timeout=2),
    lambda: urllib.request.urlopen("http://example.org", timeout=2),
):
    try:
        attempt()
    except OSError as error:
        failures.append(not isinstance(error, TimeoutError))
print(failures)
"""


def test_the_whole_lesson_is_there() -> None:
    """Parametrised tests pass over an empty folder in silence; this one does not."""
    assert [page for page in LESSON if page not in {path.stem for path in tool.all_pages()}] == []


@pytest.mark.training
def test_page_reproduces_its_saved_outputs(page: Path, outcome: Outcome) -> None:
    """nbval ran every code cell, and each output equals the saved one."""
    code = [cell for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "code"]
    assert outcome.failed == 0, outcome.report
    assert (outcome.cells, outcome.skipped) == (len(code), 0), outcome.report


@pytest.mark.training
def test_page_loads_tensorflow_only_where_it_is_the_subject(page: Path, outcome: Outcome) -> None:
    """00–03 open at once; 05 shows that the witness does see TensorFlow."""
    if page.stem in WITHOUT_TENSORFLOW:
        assert outcome.heavy == set()
    if page.stem == "05_model":
        assert "tensorflow" in outcome.heavy


@pytest.mark.training
def test_page_leaves_nothing_at_home(outcome: Outcome) -> None:
    """Where namespaces cannot be had, root could have written there all the same."""
    assert list(outcome.home.iterdir()) == []


def test_the_run_has_no_network_and_a_home_that_cannot_be_written(tmp_path: Path) -> None:
    """A page that tries the outside gets refusals only."""
    if why := sandbox.why_not():
        pytest.skip(
            f"{why}; pages run with sockets refused and a home without write permission instead"
        )
    page = page_of(tmp_path / "outside.ipynb", OUTSIDE, "[True, True, True]\n")
    outcome = nbval(page, tmp_path / "scratch")
    assert outcome.failed == 0, outcome.report


def test_without_namespaces_sockets_are_refused(tmp_path: Path, monkeypatch) -> None:
    """The other way to be offline, for systems without namespaces, refuses as well."""
    monkeypatch.setattr(sandbox, "why_not", lambda: "as on a system without namespaces")
    source = OUTSIDE.replace('lambda: pathlib.Path.home().joinpath("file").touch(),', "")
    outcome = nbval(
        page_of(tmp_path / "outside.ipynb", source, "[True, True]\n"), tmp_path / "scratch"
    )
    assert outcome.failed == 0, outcome.report


def test_tampered_output_fails(tmp_path: Path) -> None:
    """One character of a saved output changed. No page may skip a comparison (test_form)."""
    outcome = nbval(page_of(tmp_path / "page.ipynb", "print(41 + 1)", "43\n"), tmp_path / "scratch")
    assert outcome.failed == 1, outcome.report
    assert "Cell outputs differ" in outcome.report


@pytest.mark.training
def test_page_07_takes_the_network_that_page_06_trained(walk_outcome: Outcome) -> None:
    """In one workspace, 07 uses the reader's own network, and says so."""
    assert walk_outcome.failed == 0, walk_outcome.report


TALK = """\
from ipywidgets import HTML

words = HTML()
for number in range(4000):
    words.value = f"{number} " * 1500
print("done")"""


def test_a_cell_that_says_much_is_heard_to_its_end(tmp_path: Path) -> None:
    """A training sends its panel thousands of messages before nbval listens to the first."""
    outcome = nbval(page_of(tmp_path / "talk.ipynb", TALK, "done\n"), tmp_path / "scratch")
    assert outcome.failed == 0, outcome.report


def test_plain_nbval_collects_every_page() -> None:
    """The command that CONTRIBUTING gives finds them; they are run above."""
    options = "--nbval --nbval-current-env --collect-only -q notebooks"
    command = [sys.executable, "-m", "pytest", *options.split()]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    pages = tool.all_pages()
    assert pages
    assert [page.name for page in pages if f"{page.name}::" not in listed] == []
