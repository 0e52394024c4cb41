"""`tools/notebooks.py`: what it mends, what it leaves alone, and that it never hides a failure."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest
from page_runs import ROOT, page_of
from PIL import Image
from samples import picture_file

import notebooks as tool

V4 = nbformat.v4
NOISE = np.random.default_rng(0).integers(0, 256, (300, 300, 3)).astype("uint8")


def png(pixels: np.ndarray) -> str:
    return base64.b64encode(picture_file(pixels)).decode()


def untidy() -> nbformat.NotebookNode:
    """Return a page with every fault that an editor or a run leaves behind."""
    shown = {"text/plain": "Pad", tool.WIDGET_VIEW: {"model_id": "1f"}}
    fault = {"ename": "ValueError", "evalue": "no", "traceback": ["a file of this machine"]}
    cell = V4.new_code_cell("pad", metadata={"collapsed": True, "tags": ["keep"]})
    cell.execution_count = 7
    cell.outputs = [
        V4.new_output("stream", name="stdout", text="a"),
        V4.new_output("stream", name="stderr", text="W0000 a log line"),
        V4.new_output("stream", name="stdout", text="b"),
        V4.new_output("execute_result", shown, execution_count=7),
        V4.new_output("display_data", {"text/plain": "Figure", "image/png": png(NOISE)}),
        V4.new_output("error", **fault),
    ]
    page = V4.new_notebook(cells=[V4.new_markdown_cell("# Title here"), cell])
    page.cells[0].pop("id")
    kernel = {"name": "conda-env", "display_name": "mine"}
    page.metadata = {"widgets": {"state": {}}, "kernelspec": kernel}
    return page


def test_normal_form_is_reached_in_one_step() -> None:
    """Everything is mended, and mending it again changes nothing."""
    text, faults = tool.normalise(json.dumps(untidy()))
    page = nbformat.reads(text, as_version=4)
    cell = page.cells[1]
    assert faults
    assert tool.normalise(text) == (text, [])
    assert page.cells[0].id == "title-here"
    assert (cell.execution_count, cell.metadata) == (1, {"tags": ["keep"]})
    kinds = ["stream", "execute_result", "display_data", "error"]
    assert [output.output_type for output in cell.outputs] == kinds
    assert cell.outputs[0].text == "ab"
    assert (cell.outputs[1].data, cell.outputs[1].execution_count) == ({"text/plain": "Pad"}, 1)
    assert cell.outputs[3].traceback == ["ValueError: no"]
    assert page.metadata == {"kernelspec": tool.KERNELSPEC, "language_info": tool.LANGUAGE}


def test_ids_stay_and_twins_part() -> None:
    """An id is what a review comment hangs on; two cells must not share one."""
    page = V4.new_notebook(cells=[V4.new_markdown_cell("one"), V4.new_markdown_cell("two")])
    page.cells[0].id = page.cells[1].id = "same"
    ids = [
        cell.id for cell in nbformat.reads(tool.normalise(json.dumps(page))[0], as_version=4).cells
    ]
    assert ids == ["same", "two"]


def test_pictures_shrink_and_look_the_same() -> None:
    """A smooth picture with thousands of colours gets a palette, and no pixel moves far."""
    ramp = np.add.outer(np.linspace(0, 127, 400), np.linspace(0, 127, 400))
    pixels = np.stack([ramp, ramp[::-1], 255 - ramp], axis=-1).astype("uint8")
    pixels += np.random.default_rng(0).integers(0, 3, pixels.shape).astype("uint8")
    before = png(pixels)
    after = tool.slim_picture(before)
    shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(after))).convert("RGB"))
    assert len(after) < len(before) / 2
    assert np.abs(shown.astype(int) - pixels).mean() < 8
    assert tool.slim_picture(after) == after


@pytest.mark.parametrize("fault", [{"outputs": [V4.new_output("stream", name="stderr")]}, {}])
def test_check_fails_on_each_fault(tmp_path: Path, fault: dict[str, Any], capsys) -> None:
    """On what is mended above; here, a line on stderr, and a cell that was not run."""
    page = V4.new_notebook(cells=[V4.new_code_cell("1", id="a", execution_count=1)])
    page = nbformat.reads(tool.normalise(json.dumps(page))[0], as_version=4)
    page.cells[0].update(fault or {"execution_count": None})
    path = tmp_path / "page.ipynb"
    path.write_text(nbformat.writes(page) + "\n")
    assert tool.main(["check", str(path)]) == 1
    assert capsys.readouterr().err.startswith("page: ")


def test_run_writes_what_the_cells_show(tmp_path: Path) -> None:
    """In rehearsal, with a workspace that is gone afterwards; the saved page is in normal form."""
    names = ("MNIST_LESSON_REHEARSAL", "MNIST_LESSON_WORKSPACE")
    source = f"import os\nprint(*map(os.environ.get, {names}))"
    path = tmp_path / "page.ipynb"
    page_of(path, source, "6 * 7")
    command = [sys.executable, str(ROOT / "tools" / "notebooks.py"), "run", str(path)]
    assert subprocess.run(command, capture_output=True).returncode == 0
    assert tool.main(["check", str(path)]) == 0
    first, second = nbformat.read(path, as_version=4).cells
    rehearsal, workspace = first.outputs[0].text.split()
    assert rehearsal == "1"
    assert not Path(workspace).exists()
    assert second.outputs[0].data["text/plain"] == "42"


def test_a_cell_that_fails_leaves_the_file_alone(tmp_path: Path, capsys) -> None:
    """The old page is worth more than half a new one."""
    path = page_of(tmp_path / "page.ipynb", "undefined_name")
    before = path.read_bytes()
    assert tool.main(["run", str(path)]) == 1
    assert "undefined_name" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_page_that_is_not_there_is_an_error() -> None:
    with pytest.raises(SystemExit, match="no_such_page"):
        tool.main(["check", "no_such_page"])
