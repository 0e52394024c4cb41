"""Every page, run by nbval and compared: offline, in a home that cannot be written."""

import base64
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import sandbox
from page_runs import ROOT, Outcome, nbval, page_of, printed
from samples import picture_file

import notebooks as tool

LESSON = ["00_introduction", "01_load", "02_preprocess", "03_look", "04_one_hot"]
LESSON += ["05_model", "06_train", "07_test"]
WITHOUT_TENSORFLOW = [*LESSON[:4], "08_your_digits", "10_your_hand"]
HOME = 'lambda: pathlib.Path.home().joinpath("file").touch(),'
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


def test_page_reproduces_its_saved_outputs(page: Path, outcome: Outcome) -> None:
    """nbval ran every code cell, and each output equals the saved one."""
    code = [cell for cell in nbformat.read(page, as_version=4).cells if cell.cell_type == "code"]
    assert outcome.failed == 0, outcome.report
    assert (outcome.cells, outcome.skipped) == (len(code), 0), outcome.report


def test_page_loads_tensorflow_only_where_it_is_the_subject(page: Path, outcome: Outcome) -> None:
    """00–03, 08 and 10 answer at once; 05 shows that the witness does see TensorFlow."""
    if page.stem in WITHOUT_TENSORFLOW:
        assert outcome.heavy == set()
    if page.stem == "05_model":
        assert "tensorflow" in outcome.heavy


def test_page_leaves_nothing_at_home(outcome: Outcome) -> None:
    """Where namespaces cannot be had, root could have written there all the same."""
    assert list(outcome.home.iterdir()) == []


# A training sends its panel thousands of messages before nbval listens to the first.
TALK = """\
from ipywidgets import HTML

words = HTML()
for number in range(4000):
    words.value = f"{number} " * 1500
print("done")"""
PICTURE = "from PIL import Image\n\nImage.linear_gradient('L')"


def test_what_nbval_must_find_and_what_it_must_bear(tmp_path: Path) -> None:
    """One character of an output changed, and a picture gone red: these two cells fail, alone.

    The others say much, show the right picture, and try the outside, which refuses them.
    """
    path = page_of(tmp_path / "page.ipynb", PICTURE, PICTURE)
    assert tool.run(path)
    page = nbformat.read(path, as_version=4)
    red = picture_file(np.full((256, 256, 3), (255, 0, 0), np.uint8))
    page.cells[1].outputs[0].data["image/png"] = base64.b64encode(red).decode()
    closed = not sandbox.why_not()  # else pages run in a home without write permission
    outside = OUTSIDE if closed else OUTSIDE.replace(HOME, "")
    texts = {"print(41 + 1)": "43\n", TALK: "done\n", outside: f"{[True] * (2 + closed)}\n"}
    cells = [printed(source, output) for source, output in texts.items()]
    outcome = nbval(page_of(path, *page.cells, *cells), tmp_path / "scratch")
    assert outcome.cells == 5, outcome.report
    assert re.findall(r"^FAILED .*::Cell (\d)", outcome.report, re.M) == ["1", "2"], outcome.report
    assert "Picture 1 looks different" in outcome.report
    assert "Cell outputs differ" in outcome.report


def test_without_namespaces_sockets_are_refused(tmp_path: Path, monkeypatch) -> None:
    """The other way to be offline, for systems without namespaces, refuses as well."""
    monkeypatch.setattr(sandbox, "why_not", lambda: "as on a system without namespaces")
    page = page_of(tmp_path / "page.ipynb", printed(OUTSIDE.replace(HOME, ""), "[True, True]\n"))
    outcome = nbval(page, tmp_path / "scratch")
    assert outcome.failed == 0, outcome.report


def test_page_07_takes_the_network_that_page_06_trained(walk_outcome: Outcome) -> None:
    """In one workspace, 07 uses the reader's own network, and says so."""
    assert walk_outcome.failed == 0, walk_outcome.report


def test_plain_nbval_collects_every_page() -> None:
    """The command that CONTRIBUTING gives finds them; they are run above."""
    options = "--nbval --nbval-current-env --collect-only -q notebooks"
    command = [sys.executable, "-m", "pytest", *options.split()]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    pages = tool.all_pages()
    assert pages
    assert [page.name for page in pages if f"{page.name}::" not in listed] == []
