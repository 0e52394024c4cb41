"""A learner's own pages: clean copies, renewed without losing what the learner did."""

import json
import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from samples import python

from mnist_lesson.commands import cli, pages

ROOT = Path(__file__).resolve().parents[1]
EDITION = ROOT / "notebooks"
NAMES = sorted(path.relative_to(EDITION).as_posix() for path in EDITION.rglob("[0-9t]*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def edit(path: Path, number: int, source: str) -> None:
    """Change a cell's text, as a learner does."""
    page = read(path)
    page.cells[number].source = source
    nbformat.write(page, path)


@pytest.fixture
def edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with two pages that stands for the lesson's, to make an update."""
    folder = tmp_path / "clone" / "notebooks"
    folder.mkdir(parents=True)
    for name in ("00_introduction", "06_train"):
        cells = [nbformat.v4.new_markdown_cell("# Title"), nbformat.v4.new_code_cell("1 + 1")]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), folder / f"{name}.ipynb")
    monkeypatch.setattr(pages, "CHECKOUT", folder)
    monkeypatch.chdir(tmp_path)
    return folder


# ---- Copies of the real pages ----


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of copies that no test changes."""
    folder = tmp_path_factory.mktemp("laid")
    pages.lay(folder)
    return folder


def test_a_copy_is_the_page_without_outputs(laid: Path) -> None:
    """The same cells in the same order; nothing but outputs and counts is gone."""
    assert NAMES
    for name in NAMES:
        page, copy = (json.loads((folder / name).read_text()) for folder in (EDITION, laid))
        for cell in page["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        assert page == copy, name


def test_links_of_copies_lead_to_copies(laid: Path) -> None:
    """Those of the express list and of the instructor's guide, too."""
    for file in [*laid.rglob("*.ipynb"), *laid.rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+?\.(?:ipynb|md))", file.read_text()):
            assert link.startswith("http") or (file.parent / link).is_file(), (file.name, link)
    assert "00_introduction.ipynb" in (laid / "express.ipynb").read_text()
    for file in laid.rglob("*.ipynb"):  # or JupyterLab asks for a kernel first
        assert read(file).metadata.kernelspec.name == "python3", file.name


def test_copies_for_colab_install_first_and_link_nowhere(tmp_path: Path) -> None:
    """The first code cell does nothing elsewhere; no link leads to what Colab lacks."""
    assert cli.main(["pages", str(tmp_path), "--for", "colab"]) == 0
    for path in sorted(tmp_path.glob("0*.ipynb")):
        cells = read(path).cells
        code = next(cell.source for cell in cells if cell.cell_type == "code")
        exec(code.replace("%pip", "raise SystemExit  # %pip"), {})
        assert "--no-deps" in code
        assert "enable_custom_widget_manager" in code
        prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
        assert re.findall(r"\]\((?!https?:|#)[^)]*\.ipynb", prose) == []
        assert "Runtime → Interrupt" in prose


# ---- Updates ----


def test_an_update_replaces_untouched_pages_only(edition: Path, tmp_path: Path) -> None:
    """A page that was edited stays; the new one is laid beside it, once, and it is said."""
    folder = tmp_path / "mine"
    assert pages.lay(folder) == []
    edit(folder / "06_train.ipynb", 1, "my own code")
    for name in ("00_introduction", "06_train"):
        edit(edition / f"{name}.ipynb", 0, "# New title")
    said = pages.lay(folder)
    assert said == [
        "06_train.ipynb has your work in it and stays. The new one is 06_train_new.ipynb."
    ]
    assert read(folder / "00_introduction.ipynb").cells[0].source == "# New title"
    assert read(folder / "06_train.ipynb").cells[1].source == "my own code"
    assert read(folder / "06_train_new.ipynb").cells[0].source == "# New title"
    assert pages.lay(folder) == []


def test_a_page_that_was_run_counts_as_touched_and_one_that_was_saved_does_not(edition, tmp_path):
    """JupyterLab writes the kernel's name into a page that is only looked at."""
    folder = tmp_path / "mine"
    pages.lay(folder)
    seen, run = folder / "00_introduction.ipynb", folder / "06_train.ipynb"
    page = read(seen)
    page.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(page, seen)
    page = read(run)
    page.cells[1].outputs = [nbformat.v4.new_output("stream", text="2")]
    nbformat.write(page, run)
    for path in (edition / seen.name, edition / run.name):
        edit(path, 0, "# New title")
    pages.lay(folder)
    assert read(seen).cells[0].source == "# New title"
    assert read(run).cells[0].source == "# Title"


@pytest.mark.parametrize(
    "record", ["", "{", "[]", '{"pages": 3}', '{"pages": {"x": {}}}', "[" * 9999]
)
def test_a_damaged_record_loses_nothing(edition: Path, tmp_path: Path, record: str) -> None:
    """Then every page that is not the new one counts as the learner's."""
    folder = tmp_path / "mine"
    pages.lay(folder)
    edit(folder / "06_train.ipynb", 1, "my own code")
    (folder / ".mnist_lesson.json").write_text(record)
    pages.lay(folder)
    assert read(folder / "06_train.ipynb").cells[1].source == "my own code"


def test_a_new_group_gets_clean_pages_in_a_folder_of_its_own(edition, tmp_path) -> None:
    assert cli.main(["pages", "first"]) == 0
    edit(tmp_path / "first" / "06_train.ipynb", 1, "my own code")
    assert cli.main(["pages", "first", "--new"]) == 0
    (second,) = tmp_path.glob("first_*")
    assert read(second / "06_train.ipynb").cells[1].source == "1 + 1"


def test_reset_sets_the_learners_page_aside(edition: Path, tmp_path: Path, capsys) -> None:
    """Under a dated name; and the clean page counts as untouched afterwards."""
    assert cli.main(["pages", "mine"]) == 0
    edit(tmp_path / "mine" / "06_train.ipynb", 1, "my own code")
    assert cli.main(["pages", "mine", "--reset", "06"]) == 0
    (aside,) = (tmp_path / "mine").glob("06_train_20*.ipynb")
    assert read(aside).cells[1].source == "my own code"
    assert aside.name in capsys.readouterr().out
    edit(edition / "06_train.ipynb", 0, "# New title")
    assert pages.lay(tmp_path / "mine") == []
    capsys.readouterr()
    assert cli.main(["pages", "mine", "--reset", "99"]) == 1
    assert capsys.readouterr().out == "There is no page '99'. Type a number, such as --reset 06.\n"
    assert cli.main(["pages", "mine", "--reset", "6"]) == 0
    assert len(list((tmp_path / "mine").glob("06_train_20*.ipynb"))) == 2


def test_where_pages_go(edition: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder in use comes first; without one, after pip, a folder here, which is named."""
    monkeypatch.setattr(pages, "CHECKOUT", tmp_path / "no checkout")
    assert pages.default_folder() == tmp_path / "mnist_lesson"
    monkeypatch.setattr(pages, "CHECKOUT", edition)
    pages.lay(tmp_path / "mine")
    monkeypatch.chdir(tmp_path / "mine")
    assert pages.default_folder() == tmp_path / "mine"


def test_from_the_checkout_copies_lie_beside_it_unseen_by_git(monkeypatch) -> None:
    """Also for whoever stands in the lesson's own folder of pages."""
    for place in (ROOT, EDITION, Path(ROOT.anchor)):
        monkeypatch.chdir(place)
        assert pages.default_folder() == ROOT / "my_lesson"
    command = ["git", "check-ignore", "my_lesson/06_train.ipynb", "my_lesson_2026-11-26/x"]
    ignored = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert ignored.split() == command[2:]


def test_a_folder_that_cannot_be_is_refused_in_a_sentence(tmp_path: Path, capsys) -> None:
    (tmp_path / "file").touch()
    assert cli.main(["pages", str(tmp_path / "file")]) == 1
    assert "could not be written" in capsys.readouterr().out


def test_laying_pages_loads_nothing_that_takes_long(tmp_path: Path) -> None:
    code = """if True:
        import sys
        from mnist_lesson.commands import cli
        cli.main(["pages", sys.argv[1]])
        sys.exit(", ".join({"numpy", "nbformat", "jsonschema"} & set(sys.modules)) or 0)"""
    python(code, tmp_path)
