"""start.py, run as a learner runs it: in a copy of the lesson, and stopped, cut off or misled on the way."""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUPTOOLS = next(
    line
    for line in (ROOT / "requirements.lock").read_text().splitlines()
    if line.startswith("setuptools==")
)
posix = pytest.mark.skipif(os.name == "nt", reason="sends signals as a POSIX terminal does")


@pytest.fixture(scope="module")
def start() -> ModuleType:
    """Return start.py as a module."""
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Return a copy of what start.py needs, in a folder whose name a careless script trips over."""
    root = tmp_path / "my lesson é"
    root.mkdir()
    for name in (
        "start.py",
        "pyproject.toml",
        "requirements.lock",
        "requirements-test.lock",
        "README.md",
        "LICENSE",
    ):
        shutil.copy(ROOT / name, root / name)
    skip = shutil.ignore_patterns("__pycache__", "*.npz", "*.keras")
    shutil.copytree(ROOT / "mnist_lesson", root / "mnist_lesson", ignore=skip)
    return root


@pytest.fixture
def silent_registry() -> Iterator[str]:
    """Return the address of a registry that takes calls and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/simple"


@pytest.fixture
def small_lock(lesson: Path) -> Path:
    """Cut the copy's lock down to the one package that an install needs, and return a folder with it."""
    wheels = lesson.parent / "wheels"
    download = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "-q",
        "--no-deps",
        "-d",
        str(wheels),
        SETUPTOOLS,
    ]
    done = subprocess.run(download, capture_output=True, text=True)
    if done.returncode:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no network: " + done.stderr[-300:])
    (lesson / "requirements.lock").write_text(SETUPTOOLS + "\n")
    return wheels


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without pip's own settings, but with these."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))
    }
    return kept | {"PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "*"} | settings


def run(lesson: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run start.py in the copy, to its end."""
    command = [sys.executable, "start.py", *arguments]
    return subprocess.run(
        command,
        cwd=lesson,
        env=environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
    )


def begin(lesson: Path, **settings: str) -> subprocess.Popen[str]:
    """Start start.py in the copy and wait until pip is at work."""
    child = subprocess.Popen(
        [sys.executable, "start.py", "check"],
        cwd=lesson,
        env=environment(**settings),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout
    for line in child.stdout:
        if line.startswith("Installing the packages"):
            time.sleep(0.5)  # so that we stop pip itself, not the moment before it
            return child
    raise AssertionError(f"start.py ended with {child.wait()} before it installed anything")


def nothing_runs_in(lesson: Path) -> bool:
    """Say whether no process still uses the copy's environment."""
    import psutil

    names = ["".join(process.info["cmdline"] or []) for process in psutil.process_iter(["cmdline"])]
    return not any(str(lesson / ".venv") in name for name in names)


# ---- which Python ----


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13), (3, 14, 0)])
@pytest.mark.parametrize("system", ["Windows", "Darwin", "Linux", "FreeBSD"])
def test_wrong_python_gets_one_line_to_type(
    start: ModuleType, version: tuple[int, int, int], system: str
) -> None:
    """With a fitting Python at hand, that one; without, the line that installs one."""
    with_one = start.python_trouble(version, lambda command: True, system)
    assert ("py -3.12" if system == "Windows" else "python3.12") + " start.py" in with_one
    without = start.python_trouble(version, lambda command: False, system)
    assert "{}.{}".format(*version[:2]) in without
    assert any(
        tool in without for tool in ("winget", "brew", "conda env create -f environment.yml")
    )


def test_on_linux_the_line_installs_what_there_is(start: ModuleType) -> None:
    """Debian 12 has 3.11, Fedora has dnf, and some have none that fits."""

    def offers(*wanted: str) -> object:
        return lambda command: command[0] in ("apt-cache", "dnf") and " ".join(command) in wanted

    debian = start.python_trouble((3, 14), offers("apt-cache show python3.11"), "Linux")
    assert "    sudo apt install python3.11 python3.11-venv\nThen: python3.11 start.py" in debian
    fedora = start.python_trouble(
        (3, 14), offers("dnf -q info python3.13", "dnf -q info python3.12"), "Linux"
    )
    assert "    sudo dnf install python3.12\nThen: python3.12 start.py" in fedora


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 4), (3, 13, 9)])
def test_right_python_gets_none(start: ModuleType, version: tuple[int, int, int]) -> None:
    """Every version that the package allows may start."""
    assert start.python_trouble(version, lambda command: False, "Linux") is None


def test_loads_on_old_pythons() -> None:
    """An old Python must get as far as the message: no new syntax, and no character that it cannot read."""
    source = (ROOT / "start.py").read_bytes()
    tree = ast.parse(source.decode("ascii"), feature_version=(3, 4))
    new = (ast.JoinedStr, ast.NamedExpr, ast.AnnAssign, ast.Nonlocal, ast.Starred)
    assert [
        node.lineno for node in ast.walk(tree) if isinstance(node, new) and not in_call(tree, node)
    ] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [f.name for f in functions if f.returns or any(a.annotation for a in f.args.args)] == []
    assert [f.name for f in functions if f.args.kwonlyargs] == []


def in_call(tree: ast.AST, node: ast.AST) -> bool:
    """Say whether a star stands in a call, where every Python allows it."""
    return any(isinstance(call, ast.Call) and node in call.args for call in ast.walk(tree))


OTHERS = sorted(Path(sys.base_prefix).parent.glob("[23].*/bin/python"))


@pytest.mark.skipif(not OTHERS, reason="there are no other Pythons beside this one")
def test_real_old_pythons_say_so(tmp_path: Path) -> None:
    """Each older Python that this machine has is refused in words, and nothing is made."""
    shutil.copy(ROOT / "start.py", tmp_path)
    for python in OTHERS:
        ask = [str(python), "-c", "import sys; print(sys.version_info[:2] < (3, 11))"]
        if subprocess.run(ask, capture_output=True, text=True).stdout.strip() != "True":
            continue
        done = subprocess.run(
            [str(python), "start.py"], cwd=tmp_path, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (1, ""), python
        assert "needs Python 3.11, 3.12 or 3.13" in done.stdout
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("system", "machine", "bits", "word"),
    [
        ("Darwin", "x86_64", 64, "Intel"),
        ("Windows", "ARM64", 64, "ARM"),
        ("Linux", "i686", 32, "32-bit"),
    ],
)
def test_computer_without_tensorflow_is_told(
    start: ModuleType, system: str, machine: str, bits: int, word: str
) -> None:
    """Before anything is fetched."""
    assert word in start.computer_trouble(system, machine, bits)


@pytest.mark.parametrize(
    "computer", [("Darwin", "arm64"), ("Windows", "AMD64"), ("Linux", "aarch64")]
)
def test_other_computers_may_start(start: ModuleType, computer: tuple[str, str]) -> None:
    """TensorFlow comes for these."""
    assert start.computer_trouble(*computer, 64) is None


def test_without_ensurepip_one_line_to_type(lesson: Path) -> None:
    """Debian's python3 comes so."""
    code = "import sys, runpy; sys.modules['ensurepip'] = None; sys.argv = ['start.py']; "
    code += "runpy.run_path('start.py', run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", code], cwd=lesson, capture_output=True, text=True)
    assert done.returncode == 1
    assert "-venv" in done.stdout or "conda" in done.stdout
    assert not (lesson / ".venv").exists()


# ---- what is left behind ----


@posix
def test_interrupted_install_leaves_nothing(lesson: Path, silent_registry: str) -> None:
    """Ctrl-C: pip is ended, waited for, and what it made is gone. Meanwhile, a second start waits."""
    first = begin(lesson, PIP_INDEX_URL=silent_registry)
    command = [sys.executable, "start.py", "check"]
    second = subprocess.Popen(
        command, cwd=lesson, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert second.stdout
    assert "Another start.py" in second.stdout.readline()
    second.terminate()
    second.communicate(timeout=30)
    assert (lesson / ".venv" / "pyvenv.cfg").exists()  # the first one's, untouched

    first.send_signal(signal.SIGINT)
    said, _ = first.communicate(timeout=60)
    assert (first.returncode, second.returncode) == (130, 130)
    assert "Stopped" in said
    assert not (lesson / ".venv").exists()
    assert nothing_runs_in(lesson)


@posix
def test_killed_install_is_not_trusted_and_a_failed_one_leaves_nothing(
    lesson: Path, silent_registry: str
) -> None:
    """After kill -9 the next start makes the environment anew, and fails here for want of packages."""
    child = begin(lesson, PIP_INDEX_URL=silent_registry, PIP_TIMEOUT="4", PIP_RETRIES="0")
    child.kill()
    child.communicate()
    assert (lesson / ".venv" / "pyvenv.cfg").exists()

    done = run(lesson, PIP_NO_INDEX="1")
    assert done.returncode == 1
    assert "Waiting" in done.stdout  # pip outlives our kill -9, and is waited for
    assert "did not finish" in done.stdout
    assert "No matching distribution" in done.stdout  # pip's last words
    assert "conda env create" in done.stdout  # the remedy
    assert "Traceback" not in done.stdout + done.stderr
    assert not (lesson / ".venv").exists()


@posix
def test_a_second_signal_does_not_stop_the_tidying(lesson: Path, silent_registry: str) -> None:
    """Somebody else's environment is back in its place, and nothing of ours is left."""
    (lesson / ".venv").mkdir()
    (lesson / ".venv" / "mine.txt").write_text("mine")
    child = begin(lesson, PIP_INDEX_URL=silent_registry)
    for number in range(5_000):  # so that tidying takes a moment
        (lesson / ".venv" / str(number)).touch()
    for sign in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM, signal.SIGINT):
        child.send_signal(sign)
        time.sleep(0.1)
    said, _ = child.communicate(timeout=60)
    assert child.returncode == 130, said
    assert [path.name for path in lesson.glob(".venv*")] == [".venv"]
    assert [path.name for path in (lesson / ".venv").iterdir()] == ["mine.txt"]


def test_environment_of_somebody_else_is_kept(lesson: Path) -> None:
    """A .venv that start.py did not make is never removed; after a failure it is back in its place."""
    (lesson / ".venv").mkdir()
    (lesson / ".venv" / "mine.txt").write_text("mine")
    assert "start.py did not make" in run(lesson, PIP_NO_INDEX="1").stdout
    assert (lesson / ".venv" / "mine.txt").read_text() == "mine"
    assert not (lesson / ".venv-yours").exists()


def test_finished_environment_is_used_again_until_its_lock_changes(
    lesson: Path, small_lock: Path
) -> None:
    """A second start installs nothing; an update that fails puts the old environment back, unharmed."""
    from_wheels = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(small_lock)}
    first = run(lesson, "check", **from_wheels)
    assert "Installing the lesson itself" in first.stdout, first.stdout
    made = (lesson / ".venv" / "pyvenv.cfg").stat().st_mtime_ns

    second = run(lesson, "check", PIP_NO_INDEX="1")
    assert "Installing" not in second.stdout
    assert "mnist-lesson" not in second.stderr

    [pip] = (lesson / ".venv").rglob(
        "site-packages/pip"
    )  # as where the system's Python has become a newer one
    pip.rename(pip.with_name("gone"))
    assert "made anew" in run(lesson, "check", **from_wheels).stdout
    made = (lesson / ".venv" / "pyvenv.cfg").stat().st_mtime_ns

    lock = lesson / "requirements.lock"
    before = lock.read_text()
    lock.write_text(before + "a-package-that-is-not-there==1.0\n")
    assert "made anew" in run(lesson, "check", **from_wheels).stdout
    lock.write_text(before)
    assert "Installing" not in run(lesson, "check", PIP_NO_INDEX="1").stdout
    assert (lesson / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made

    moved = lesson.rename(lesson.with_name("moved"))
    again = run(moved, "check", **from_wheels)
    assert "was moved" in again.stdout
    assert not (moved / ".venv-old").exists()


# ---- what it understands ----


def test_help_has_examples(lesson: Path) -> None:
    """`--help` makes nothing."""
    done = run(lesson, "--help")
    assert done.returncode == 0
    assert "python3 start.py test --full" in done.stdout
    assert not (lesson / ".venv").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        ["lab", "--prot", "9"],
        ["tests"],
        ["--port", "many"],
        ["--port", "99999"],
        ["lab", "--full"],
        ["check", "--port", "9000"],
        ["test", "--no-browser"],
    ],
)
def test_misspelt_arguments_make_nothing(lesson: Path, wrong: list[str]) -> None:
    """Exit code 2, before anything is installed."""
    assert run(lesson, *wrong).returncode == 2
    assert not (lesson / ".venv").exists()
