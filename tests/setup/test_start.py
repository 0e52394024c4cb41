"""start.py, run as a learner runs it: in a copy of the lesson, stopped, cut off or misled."""

import ast
import functools
import http.server
import os
import runpy
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text().splitlines()
SMALL_LOCK = [line for line in LOCK if line.startswith(("setuptools==", "uv=="))]
posix = pytest.mark.skipif(os.name == "nt", reason="sends signals as a POSIX terminal does")


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    """Return a small lesson, in a folder whose name a careless script trips over.

    Its package only says how it was called, and its lock has two lines of the true one.
    """
    root = tmp_path / "my lesson é"
    root.mkdir()
    names = "start.py pyproject.toml requirements-test.lock README.md LICENSE setup.py"
    for name in names.split():
        shutil.copy(ROOT / name, root / name)
    package = root / "mnist_lesson"
    (package / "assets").mkdir(parents=True)
    shutil.copy(ROOT / "mnist_lesson" / "assets" / "LICENSE-MNIST.txt", package / "assets")
    (package / "__main__.py").write_text("import sys\nprint('called with', sys.argv[1:])\n")
    (root / "requirements.lock").write_text("\n".join(SMALL_LOCK))
    return root


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the two packages of the small lock, laid out as a registry's pages."""
    folder = tmp_path_factory.mktemp("registry")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d"]
    for line in SMALL_LOCK:
        here = folder / line.split("==")[0]
        done = subprocess.run([*command, here, line], capture_output=True, text=True)
        if done.returncode:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(done.stderr[-300:])
    return folder


class Registry(http.server.SimpleHTTPRequestHandler):
    """A registry that notes who asked for what. While `silent`, it does not answer."""

    asked: ClassVar[list[tuple[str, str]]] = []
    silent = False

    def do_GET(self) -> None:
        self.asked.append((self.headers["User-Agent"].split("/")[0], self.path))
        if self.silent:
            time.sleep(60)
        super().do_GET()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def registry(wheels: Path) -> Iterator[str]:
    """Return the address of a registry on this computer that has the two packages."""
    handler = functools.partial(Registry, directory=wheels)
    Registry.asked, Registry.silent = [], False
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads, server.block_on_close = True, False
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()


def environment(**settings: str) -> dict[str, str]:
    """Return this process's environment without pip's and uv's settings, but with these."""
    away = ("PIP_", "PYTHON", "UV_", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(away)}
    return kept | {"PIP_CONFIG_FILE": os.devnull, "NO_PROXY": "*"} | settings


def begin(lesson: Path, *arguments: str, **settings: str) -> subprocess.Popen[str]:
    command = [sys.executable, "start.py", *arguments]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.Popen(command, cwd=lesson, env=environment(**settings), text=True, **both)


def run(lesson: Path, *arguments: str, **settings: str) -> str:
    """Run start.py in the copy to its end, and return what it said."""
    said, _ = begin(lesson, *arguments, **settings).communicate(timeout=600)
    assert "Traceback" not in said
    return said


def wait_for(child: subprocess.Popen[str], words: str) -> None:
    assert child.stdout
    assert any(words in line for line in child.stdout), f"ended with {child.wait()}"
    time.sleep(0.5)  # so that it has begun what it announced


def test_old_pythons_get_as_far_as_the_message(tmp_path: Path) -> None:
    """No newer syntax than Python 3.6's; and each other Python of this machine is told in words."""
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 6))
    shutil.copy(ROOT / "start.py", tmp_path)
    for python in Path(sys.base_prefix).parent.glob("3.*/bin/python"):
        if python.parents[1].name.split(".")[1] not in ("11", "12", "13"):
            start = [python, "start.py"]
            done = subprocess.run(start, cwd=tmp_path, capture_output=True, text=True)
            assert done.returncode == 1
            assert done.stderr.startswith("The lesson needs a 64-bit Python 3.11, 3.12 or 3.13.")
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("HINT: ... does not have Windows Long Path support enabled.", "C:\\lesson"),
        ("error: failed to copy: The filename is too long. (os error 206)", "C:\\lesson"),
        ("Command '[python.exe, -m, ensurepip]' returned non-zero exit status 101.", "python.org"),
        ("ERROR: an OSError: [WinError 5] Access is denied: 'x.pyd'", "virus scanner"),
        ("error: failed to rename: Access is denied. (os error 5)", "virus scanner"),
        ("[WinError 32] ... because it is being used by another process", "in use"),
        ("error: No space left on device (os error 28)", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]", "PIP_CERT"),
        ("  Caused by: invalid peer certificate: UnknownIssuer", "PIP_CERT"),
        ("error sending request for url: dns error (os error 11)", "internet"),
        ("ERROR: No matching distribution found for tensorflow-cpu==2.21.0", "Binder"),
        ("something that nobody has seen", "show them"),
    ],
)
def test_each_failure_has_its_remedy(output: str, remedy: str) -> None:
    """The tool's words are kept, and the last line says what to do."""
    start = runpy.run_path(str(ROOT / "start.py"))
    said = start["failure"]("installing the packages", ["first\n", output + "\n"])
    assert output in said
    assert remedy in said.splitlines()[-1]


def test_uv_asks_pips_registry_and_where_it_fails_pip_does_it(lesson: Path, registry: str) -> None:
    """A school's pip.conf names its mirror; uv cannot read it, and asks there all the same.

    But uv has settings of its own that may keep it from the network.
    """
    config = lesson.parent / "pip.conf"
    config.write_text(f"[global]\nindex-url = {registry}nothing/\nextra-index-url = {registry}\n")
    no_cache = {"UV_NO_CACHE": "1", "PIP_NO_CACHE_DIR": "1"}
    said = run(lesson, "check", PIP_CONFIG_FILE=str(config), **no_cache)
    assert "Installing the lesson" in said
    assert "called with ['check']" in said
    assert "Trying with pip" not in said
    fetched = {(who, path.split("/")[1]) for who, path in Registry.asked if path.endswith(".whl")}
    assert fetched == {("pip", "uv"), ("uv", "setuptools")}

    again = run(lesson, "--port", "9000", PIP_NO_INDEX="1")
    assert again == "called with ['lab', '--port', '9000']\n"  # the second start installs nothing
    moved = lesson.rename(lesson.with_name("moved"))
    said = run(moved, "check", PIP_INDEX_URL=registry, UV_OFFLINE="1", UV_NO_CACHE="1")
    assert "Installing it again" in said
    assert "Trying with pip" in said
    assert "called with ['check']" in said


def test_wheels_beside_start_are_enough(lesson: Path, wheels: Path) -> None:
    """A copy of a stick asks no registry, whatever the settings say.

    And a .venv that is a link to somebody else's is left alone.
    """
    if os.name != "nt":
        (lesson.parent / "theirs").mkdir()
        (lesson / ".venv").symlink_to(lesson.parent / "theirs")
    (lesson / "wheels").mkdir()
    for wheel in wheels.rglob("*.whl"):
        shutil.copy(wheel, lesson / "wheels")
    said = run(lesson, "rehearse", PIP_INDEX_URL="http://127.0.0.1:9/", UV_NO_CACHE="1")
    assert "Trying with pip" not in said
    assert "called with ['rehearse']" in said
    if os.name != "nt":
        assert (lesson / ".venv").is_symlink()
        assert list((lesson / ".venv").iterdir()) == []


@posix
def test_ctrl_c_leaves_nothing_and_another_start_waits(lesson: Path, registry: str) -> None:
    """What was begun is ended, waited for and removed, although Ctrl-C is pressed twice.

    But a .venv that start.py did not make stays as it is.
    """
    Registry.silent = True
    (lesson / ".venv").mkdir()
    before = (lesson / ".venv").lstat()
    first = begin(lesson, PIP_INDEX_URL=registry)
    wait_for(first, "few minutes")
    second = begin(lesson, PIP_INDEX_URL=registry)
    wait_for(second, "Another start.py")
    second.send_signal(signal.SIGINT)
    assert "Stopped" in second.communicate(timeout=60)[0]
    assert (lesson / ".venv-lesson" / "made-by-start.py").exists()  # the first one's, untouched
    first.send_signal(signal.SIGINT)
    time.sleep(0.1)
    first.send_signal(signal.SIGINT)
    assert "Nothing half-made is left" in first.communicate(timeout=60)[0]
    assert first.returncode == 130
    assert [path.name for path in lesson.glob(".venv*")] == [".venv"]
    assert (lesson / ".venv").lstat() == before


@posix
def test_after_a_kill_the_next_start_begins_again(lesson: Path, registry: str) -> None:
    """What was not finished is never trusted; and a failure, too, leaves nothing."""
    Registry.silent = True
    child = begin(lesson, PIP_INDEX_URL=registry, PIP_RETRIES="0", PIP_TIMEOUT="3")
    wait_for(child, "few minutes")
    child.kill()
    child.communicate()
    assert (lesson / ".venv").exists()
    said = run(lesson, PIP_NO_INDEX="1")
    assert "A start was cut short" in said
    assert "isn't made for" in said.splitlines()[-1]
    assert not list(lesson.glob(".venv*"))
