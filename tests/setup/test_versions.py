"""The versions that pyproject allows: the lowest, Google Colab's, and the lock on each Python.

Each leg installs an environment of its own, and runs the library's tests and some pages in it.
"""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXTRAS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
TOOLS = [line for line in EXTRAS["test"] if line.startswith(("pytest>", "hypothesis", "pyyaml"))]
# As found in Colab's runtime in August 2026. It has no JupyterLab, and its kernel is an old one.
COLAB = """tensorflow-cpu==2.20.0 keras==3.13.2 numpy==2.1.3 ipywidgets==7.7.1 ipykernel==6.17.1
ipython==7.34.0 traitlets==5.7.1 jupyter-client==7.4.9 anywidget==0.9.21 matplotlib==3.10.0
scipy==1.16.3 pillow==11.3.0 psutil==5.9.5 threadpoolctl==3.6.0 nbclient nbformat filelock
packaging setuptools cloudpickle"""
LIBRARY = "load preprocess look one_hot model test twin workspace"
PAGES = """
import sys
from pathlib import Path
import nbformat
from mnist_lesson.commands.run_page import run_page
scratch, *pages = map(Path, sys.argv[1:])
for page in pages:
    run = run_page(nbformat.read(page, as_version=4), page.parent, scratch / page.stem)
    if run.fault:
        sys.exit(f"{page.name}: {run.error}")
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name == "nt", reason="paths differ")]


def call(*command: str | Path, cwd: Path = ROOT, **settings: str) -> str:
    """Run a command that must end well, and return what it said."""
    kept = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=kept | settings, **both)
    assert done.returncode == 0, done.stdout[-6000:]
    return done.stdout


def install(folder: Path, python: str, *requirements: str | Path) -> Path:
    """Make an environment and return its Python."""
    uv = [sys.executable, "-m", "uv"]
    call(*uv, "venv", "-q", "--python", python, "--no-python-downloads", folder / "env")
    program = folder / "env" / "bin" / "python"
    call(*uv, "pip", "install", "-q", "--python", program, *requirements)
    return program


def try_lesson(program: Path, *pages: str) -> None:
    """Run the library's tests and some pages, panels and all, with the Python of an environment."""
    files = [f"tests/test_{name}.py" for name in LIBRARY.split()]
    call(program, "-m", "pytest", "-q", "-x", "-W", "ignore", "-p", "no:cacheprovider", *files)
    found = [next((ROOT / "notebooks").glob(f"{page}_*.ipynb")) for page in pages]
    call(program, "-c", PAGES, program.parents[2], *found)


def test_lowest_versions_that_pyproject_allows(tmp_path: Path) -> None:
    """Whoever has older packages may keep them, down to the bounds and not below."""
    lowest = ["--resolution", "lowest-direct", "-e", f"{ROOT}[cpu]", *TOOLS]
    try_lesson(install(tmp_path, sys.executable, *lowest), "00", "04", "06", "07")


def test_colabs_versions(tmp_path: Path) -> None:
    """The package comes without its dependencies, as the first cell of a page for Colab does it."""
    program = install(tmp_path, sys.executable, *COLAB.split(), *TOOLS)
    uv = [sys.executable, "-m", "uv", "pip", "install", "-q", "--python", program]
    call(*uv, "--no-deps", "--no-build-isolation", "-e", ROOT)
    try_lesson(program, "00", "01", "05", "07", "08")


@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_lock_on_each_python(version: str, tmp_path: Path) -> None:
    """One lock serves them all. A Python that this machine lacks is left out."""
    beside = sorted(Path(sys.base_prefix).parent.glob(f"{version}.*/bin/python"))
    python = beside[-1] if beside else shutil.which(f"python{version}")
    if python is None:
        pytest.skip(f"Python {version} is not on this machine")
    lock = ["-r", ROOT / "requirements-test.lock", "-e", ROOT]
    program = install(tmp_path, str(python), *lock)
    assert "All is well" in call(program, "-m", "mnist_lesson", "check")
    try_lesson(program, "00", "06")
