"""A built wheel, away from the checkout: what somebody gets who installs the library alone.

With `--full`, a clean environment is made for it, and that goes through Binder's postBuild, too.
"""

import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_lesson import __version__

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="postBuild is a shell script, and paths differ"
)


# Closing a page stops its kernel; no news; the second message thread stays.
SETTINGS = """
import sys
from jupyterlab_server.settings_utils import get_settings

lab = sys.prefix + "/share/jupyter/lab/"
for name, setting in [
    ("notebook-extension:tracker", "kernelShutdown"),
    ("apputils-extension:notification", "fetchNews"),
    ("apputils-extension:kernels-settings", "commsOverSubshells"),
]:
    found, _ = get_settings(lab + "settings", lab + "schemas", lab + "user", "@jupyterlab/" + name)
    print(found["schema"]["properties"][setting]["default"])
"""


Done = subprocess.CompletedProcess[str]


def call(*command: str | Path, cwd: Path, python: Path | None = None) -> Done:
    """Run a command in `cwd`, with `python` first on the path and nothing of this environment."""
    away = ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_CONFIG_PATH")
    kept = {name: value for name, value in os.environ.items() if name not in away}
    if python:
        kept["PATH"] = os.pathsep.join([str(python.parent), kept["PATH"]])
    both = {"capture_output": True, "text": True, "timeout": 900}
    return subprocess.run(list(map(str, command)), cwd=cwd, env=kept, **both)


@pytest.fixture(scope="module")
def wheel(clone: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out]
    done = call(*build, clone, cwd=out)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Install the wheel with `[cpu]`, at the locked versions, and pytest, to test it."""
    folder = tmp_path_factory.mktemp("clean")
    venv.create(folder / "env", with_pip=True)
    program = folder / "env" / "bin" / "python"
    lock = ROOT / "requirements-test.lock"
    install = [program, "-m", "pip", "install", "-q", "--no-compile", "-c", lock]
    done = call(*install, f"{wheel}[cpu]", "pytest", cwd=folder)
    if done.returncode and not os.environ.get("CI"):
        pytest.skip("no network: " + done.stderr[-300:])
    assert done.returncode == 0, done.stderr
    yield program
    shutil.rmtree(folder)  # more than a gigabyte


def test_wheel_carries_the_library_and_its_files(wheel: Path, clone: Path) -> None:
    """The digits and their licence, the settings, the pages; no tests, no tools."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    lab = "jupyter/labconfig/default_setting_overrides.d/mnist_lesson.json"
    carried = {f"assets/{asset}" for asset in ("mnist.npz", "LICENSE-MNIST.txt", lab)}
    pages = (page.relative_to(clone / "notebooks") for page in clone.glob("notebooks/**/*.ipynb"))
    carried |= {f"assets/pages/{page.as_posix()}" for page in pages} | {"py.typed"}
    sources = clone.glob("mnist_lesson/**/*.py")
    carried |= {path.relative_to(clone / "mnist_lesson").as_posix() for path in sources}
    assert {f"mnist_lesson/{name}" for name in carried} - set(names) == set()
    beside = {name for name in names if ".data/" in name}
    data = f"mnist_lesson-{__version__}.data/data/etc"
    assert beside == {f"{data}/{lab}", f"{data}/ipython/ipython_kernel_config.json"}
    assert {name.split("/")[0].split("-")[0] for name in names} == {"mnist_lesson"}


def test_an_index_shows_the_readme_whole(wheel: Path) -> None:
    """Nothing in it leads into the repository, and no mark of ours shows."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/METADATA"))
        text = archive.read(name).decode()
    assert "Description-Content-Type: text/markdown" in text
    assert "## How fast" in text
    assert re.findall(r"\]\((?!https:)|<!--|!\[", text) == []


def test_wheel_lays_all_pages_in_an_empty_folder(wheel: Path, clone: Path, tmp_path: Path) -> None:
    """Without a name into `mnist_lesson` here, which is said; nothing of the checkout is in use."""
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    empty = tmp_path / "empty"
    empty.mkdir()
    # -I and a path of our own: neither this folder nor the editable installation is looked into.
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r})\n"
    code += "from mnist_lesson.commands import cli; sys.exit(cli.main(['pages']))"
    laid = call(sys.executable, "-I", "-c", code, cwd=empty)
    assert (laid.returncode, laid.stderr) == (0, "")
    assert laid.stdout.startswith(f"Your pages are in {empty / 'mnist_lesson'}")
    for page in (clone / "notebooks").rglob("*.ipynb"):
        assert (empty / "mnist_lesson" / page.relative_to(clone / "notebooks")).is_file()


@pytest.mark.slow
def test_wheel_passes_the_loaders_and_the_models_tests(python: Path, tmp_path: Path) -> None:
    """Copied outside the checkout, so that nothing but the wheel can be what is tested."""
    for name in ("conftest.py", "test_load.py", "test_model.py"):
        shutil.copy(ROOT / "tests" / name, tmp_path / name)
    where = call(python, "-c", "import mnist_lesson; print(mnist_lesson.__file__)", cwd=tmp_path)
    assert where.stdout.startswith(str(python.parents[1])), where.stdout + where.stderr
    done = call(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_wheel_has_the_command(python: Path, tmp_path: Path) -> None:
    command = python.parent / "mnist-lesson"
    checked = call(command, "check", cwd=tmp_path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "as asked for" in checked.stdout


@pytest.mark.slow
def test_post_build_runs_and_jupyterlab_finds_the_settings(python: Path, clone: Path) -> None:
    """Binder's script, in the repository's root; then JupyterLab's own reading of its settings."""
    done = call(clone / "binder" / "postBuild", cwd=clone, python=python)
    assert done.returncode == 0, done.stdout + done.stderr
    asked = call(python, "-c", SETTINGS, cwd=clone)
    assert asked.stdout.split() == ["True", "false", "perCommTarget"], asked.stdout + asked.stderr
    versions = call(python, "-m", "mnist_lesson.commands.cli", "check", cwd=clone)
    assert "as asked for" in versions.stdout
    # As a hub's disk over the folder hides it.
    shutil.move(clone / "mnist_lesson", clone / "hidden")
    beside = call(python, "-c", "import mnist_lesson; print(mnist_lesson.__file__)", cwd=clone)
    shutil.move(clone / "hidden", clone / "mnist_lesson")
    assert "site-packages" in beside.stdout, beside.stderr
