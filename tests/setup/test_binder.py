"""Binder's recipe, rendered by repo2docker itself, without Docker."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("repo2docker") is None, reason="repo2docker does not run on Windows"
)


@pytest.fixture(scope="module")
def recipe(clone: Path) -> str:
    """Return the Dockerfile, and what repo2docker says before it."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", str(clone)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_conda_gives_the_python_that_is_tested_and_our_script_is_run(recipe: str) -> None:
    """Any other way to write the version silently gives an older Python.

    The whole repository goes in, and then postBuild runs in its root.
    """
    assert "Building conda environment for python=3.11" in recipe
    assert 'env update -p ${NB_PYTHON_PREFIX} --file "binder/environment.yml"' in recipe
    copied = recipe.index("COPY --chown=0:0 src/ ${REPO_DIR}/")
    assert copied < recipe.index("RUN ./binder/postBuild")
    assert "RUN chmod +x binder/postBuild" in recipe
    assert not (ROOT / ".dockerignore").exists()


def test_post_build_installs_the_lock_and_fetches_nothing_else(clone: Path) -> None:
    """It can be run, has Unix line ends, and installs in the two ways that we know."""
    script = clone / "binder" / "postBuild"
    command = ["git", "ls-files", "-s", "binder/postBuild", ".ci/run"]
    modes = subprocess.run(command, cwd=clone, capture_output=True, text=True).stdout
    assert [line.split()[0] for line in modes.splitlines()] == ["100755", "100755"]
    assert b"\r" not in script.read_bytes()
    lines = script.read_text("utf-8").splitlines()
    installs = [line for line in lines if "install " in line and not line.startswith("#")]
    assert [line.split("install ")[1] for line in installs] == [
        "--no-cache-dir -r requirements.lock",
        "--no-cache-dir --no-deps --no-build-isolation .",
    ]
    assert [line for line in lines if "curl" in line or "wget" in line or "://" in line] == []
