"""Taking it to a class: papermill, the rehearsal, and the settings of a JupyterHub."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import yaml

from mnist_lesson.commands import rehearse

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "docs" / "jupyterhub.md"


def gigabytes(text: str) -> float:
    return float(re.fullmatch(r"([\d.]+)Gi?", text)[1])


def test_settings_files_of_the_hub_are_whole_and_leave_room_for_a_training() -> None:
    little = yaml.safe_load((ROOT / "docs" / "tljh.yaml").read_text())
    large = yaml.safe_load((ROOT / "docs" / "zero-to-jupyterhub.yaml").read_text())["singleuser"]
    most = 1.3  # GB, page 06: `mnist-lesson rehearse 06`
    for limit in (little["limits"]["memory"], large["memory"]["limit"]):
        assert gigabytes(limit) > most, "a page would be ended in the middle of its training"
    assert gigabytes(large["memory"]["guarantee"]) <= gigabytes(large["memory"]["limit"])
    class_hub = SimpleNamespace(Spawner=SimpleNamespace())  # test_hub.py tries it
    code = (ROOT / "docs" / "jupyterhub_config.py").read_text()
    exec(code, {"get_config": lambda: class_hub})
    assert large["cmd"] == class_hub.Spawner.cmd
    assert large["defaultUrl"] == class_hub.Spawner.default_url
    assert set(little) == {"limits", "user_environment", "services"}


def test_each_setting_of_the_small_hub_is_in_the_text_as_a_command() -> None:
    def flat(settings: object, name: str = "") -> dict[str, str]:
        if not isinstance(settings, dict):
            return {name[1:]: str(settings).lower()}
        inner = [flat(value, f"{name}.{key}") for key, value in settings.items()]
        return {key: value for part in inner for key, value in part.items()}

    said = dict(re.findall(r"(?m)^sudo tljh-config set (\S+) (\S+)$", HUB.read_text()))
    wanted = flat(yaml.safe_load((ROOT / "docs" / "tljh.yaml").read_text()))
    assert {name: value.lower() for name, value in said.items()} == wanted


def test_links_of_the_hub_page_lead_somewhere() -> None:
    for text in (HUB, ROOT / "notebooks" / "instructor" / "guide.md"):
        for link in re.findall(r"\]\(([^)#]+)", text.read_text()):
            assert link.startswith("https://") or (text.parent / link).exists(), link


def papermill(page: str, scratch: Path, *parameters: str) -> nbformat.NotebookNode:
    """Run a page in rehearsal with an instructor's parameters, and return it as it came out."""
    made = scratch / "made.ipynb"
    command = [sys.executable, "-m", "papermill", f"notebooks/{page}.ipynb", str(made)]
    command += ["-k", "python3", "--cwd", "notebooks", "--no-progress-bar", *parameters]
    settings = {"MNIST_LESSON_WORKSPACE": str(scratch / "work"), "MNIST_LESSON_REHEARSAL": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | settings, capture_output=True, text=True, timeout=500
    )
    assert done.returncode == 0, done.stderr[-2000:]
    notebook = nbformat.read(made, as_version=4)
    assert [c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])]
    return notebook


def said(notebook: nbformat.NotebookNode, cell_id: str) -> str:
    (cell,) = (cell for cell in notebook.cells if cell.id == cell_id)
    return json.dumps(cell.outputs)


@pytest.mark.slow  # whole pages with their trainings; the other tests of pages run these pages, too
def test_papermill_turns_the_parameters_of_page_06(tmp_path: Path) -> None:
    papermill("06_train", tmp_path, "-p", "batch_size", "200", "-p", "epochs", "1")
    facts = json.loads((tmp_path / "work" / "runs" / "model" / "run.json").read_text())
    assert (facts["settings"]["batch_size"], facts["settings"]["epochs"]) == (200, 1)


@pytest.mark.slow
def test_papermill_turns_the_parameters_of_page_09(tmp_path: Path) -> None:
    made = papermill("09_faster", tmp_path, "-p", "digits", "700")
    assert "out of 100, after 700" in said(made, "step-size")


@pytest.mark.slow
def test_papermill_turns_the_parameters_of_the_tuning_page(tmp_path: Path) -> None:
    quick = "quick: {digits: 700, epochs: 1, filters: [4, 8], dense_units: 16}"
    made = papermill("instructor/tuning", tmp_path, "-y", quick)
    assert "Conv2D(4, 3" in said(made, "c6c3027c")
    runs = (tmp_path / "work" / "instructor_runs.jsonl").read_text().splitlines()
    assert {json.loads(line)["options"]["digits"] for line in runs} == {700}


# ---- rehearse ----

PAGE = """
import json, os, pathlib
place = pathlib.Path(os.environ["MNIST_LESSON_WORKSPACE"], "runs", "model")
place.mkdir(parents=True)
facts = {"seconds": 10, "rehearsal": True, "settings": {"epochs": 12}, "history": {"epoch": [1, 2]}}
(place / "run.json").write_text(json.dumps(facts))
"""


def page(folder: Path, name: str, *cells: str) -> None:
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    nbformat.write(made, folder / name)


def test_rehearse_gives_a_verdict(tmp_path: Path, capsys, monkeypatch) -> None:
    """What a class waits for, whether memory lasts, and what to change."""
    monkeypatch.setattr(rehearse, "free_memory", lambda: 1_000_000_000_000)
    page(tmp_path, "00_introduction.ipynb", "1 + 1")
    page(tmp_path, "01_long.ipynb", PAGE)
    page(tmp_path, "02_broken.ipynb", "no_such_name")
    (tmp_path / "instructor").mkdir()
    page(tmp_path / "instructor", "tuning.ipynb", PAGE)
    assert rehearse.rehearse(tmp_path) == 1
    said = capsys.readouterr().out
    # 10 s × 10 × 6, less 10
    assert re.search(r"^01_long .* 9 min 5\d s +\d+ MB$", said, flags=re.MULTILINE)
    assert re.search(r"^tuning ", said, flags=re.MULTILINE)
    assert re.search(r"the class waits about (9|10) min", said)  # not for the instructor's page
    verdict = said.partition("Verdict: ")[2]
    assert verdict.startswith("not ready yet.\n- 02_broken stops: NameError: name 'no_such_name'")
    assert "Start the training of 01_long before the break" in verdict
    assert not (tmp_path / "my_work").exists()
    children = psutil.Process().children(recursive=True)
    assert not [child for child in children if "ipykernel_launcher" in child.cmdline()]
    assert rehearse.rehearse(tmp_path, ["00"]) == 0
    assert "Verdict: this machine is ready." in capsys.readouterr().out
    assert rehearse.rehearse(tmp_path, ["99"]) == 1
    assert "no page 99" in capsys.readouterr().out


NEEDED = "Needed: 2.0 GB for one page, and 1 GB for the browser. Free here: 1.9 GB."
LARGE = [(30, 10_000, "Let at most 8 train at once"), (30, 500, "Take a larger server")]


@pytest.mark.parametrize(
    ("learners", "free", "said"), [(1, 2100, ""), (1, 1900, NEEDED), (30, 32_000, ""), *LARGE]
)
def test_memory_is_held_against_the_machine(
    learners: int, free: int, said: str, tmp_path: Path, capsys, monkeypatch
) -> None:
    """For a page that takes 1 GB."""
    page(tmp_path, "00_introduction.ipynb", "")
    monkeypatch.setattr(rehearse, "free_memory", lambda: free * 1_000_000)
    monkeypatch.setattr(rehearse, "measure", lambda path: rehearse.Page(path.stem, 1, 1000, "", 0))
    assert rehearse.rehearse(tmp_path, learners=learners) == bool(said)
    assert said in capsys.readouterr().out
