"""The lesson on a real JupyterHub, as docs/jupyterhub.md says: two learners log in."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hub import Learner, hub

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE = "00_introduction.ipynb"
SETTING = "/lab/api/settings/@jupyterlab/notebook-extension:tracker"
TRY = "from mnist_lesson.shared.workspace import check_writable; check_writable()"
TRY_PAGE = {
    "cells": [{"cell_type": "code", "source": TRY, "metadata": {}, "outputs": []}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 4,
}
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("configurable-http-proxy") is None,
        reason="a hub needs its proxy: npm install --global configurable-http-proxy",
    ),
]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with a hub and the lesson, which is installed, not editable."""
    folder = tmp_path_factory.mktemp("hub")
    clone, made = folder / "clone", folder / "env"
    uv = [sys.executable, "-m", "uv"]
    install = [*uv, "pip", "install", "-q", "--python", made]
    for command in (
        ["git", "clone", "--quiet", ROOT, clone],
        [*uv, "venv", "-q", "--python", sys.executable, made],
        [*install, "jupyterhub", "-r", clone / "requirements.lock"],
        [*install, "--no-deps", "--no-build-isolation", clone],
    ):
        subprocess.run(list(map(str, command)), check=True)
    return made


def test_two_learners_have_pages_of_their_own(environment: Path, tmp_path: Path) -> None:
    """Laid at the start; what is made is kept beside them; closing a page ends its kernel."""
    with hub(environment, tmp_path) as (url, _):
        ana, ben = Learner(url, "ana"), Learner(url, "ben")
        for one in (ana, ben):
            one.log_in()
            assert one.get("").url == f"{one.server}/lab/tree/mnist_lesson/{FIRST_PAGE}"
            home = tmp_path / "homes" / one.name / "mnist_lesson"
            assert (home / FIRST_PAGE).is_file()
            (home / "try.ipynb").write_text(json.dumps(TRY_PAGE))
        ana.run("mnist_lesson/01_load.ipynb")
        ana.run("mnist_lesson/try.ipynb")
        kept = [path.parent for path in tmp_path.rglob("my_work")]
        assert kept == [tmp_path / "homes" / "ana" / "mnist_lesson"]
        setting = ana.get(SETTING).json()["schema"]["properties"]["kernelShutdown"]
        assert setting["default"] is True
        assert not ben.get("/api/contents", ana.server).ok


def test_one_folder_for_all(environment: Path, tmp_path: Path) -> None:
    """The lines that stand as a comment in the configuration; work goes into the home folder."""
    shared = tmp_path / "shared"
    subprocess.run([environment / "bin" / "mnist-lesson", "pages", shared], check=True)
    (shared / "try.ipynb").write_text(json.dumps(TRY_PAGE))
    ours = (ROOT / "docs" / "jupyterhub_config.py").read_text(encoding="utf-8").splitlines()
    more = "\n".join(line[2:] for line in ours if line.startswith("# c."))
    with hub(environment, tmp_path, more.replace("/srv/mnist_lesson", str(shared))) as (url, _):
        ana = Learner(url, "ana")
        ana.log_in()
        assert ana.get("").url == f"{ana.server}/lab/tree/{FIRST_PAGE}"
        ana.run("try.ipynb")
    assert list(tmp_path.rglob("my_work")) == [tmp_path / "homes" / "ana" / "my_work"]
