"""The command line and the doctor, each fault made for real."""

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_lesson import load
from mnist_lesson.commands import check as doctor
from mnist_lesson.commands import cli

ROOT = Path(__file__).resolve().parents[1]


def program(code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run some Python in a process of its own."""
    both = {"capture_output": True, "text": True, "timeout": 120}
    return subprocess.run([sys.executable, "-c", code], env=os.environ | settings, **both)


# Loading TensorFlow takes seconds; a few tests below do it for all.
WITHOUT_TENSORFLOW = """
from mnist_lesson.commands import check, cli
check.tensorflow = lambda: check.Result("not looked at")
"""


@pytest.fixture
def _without_tensorflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "tensorflow", lambda: doctor.Result("not looked at"))


without_tensorflow = pytest.mark.usefixtures("_without_tensorflow")


# ---- the command line ----


def test_help_has_examples_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` ends well and shows what to type."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["--help"])
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert "mnist-lesson lab --no-browser --port 9000" in said
    assert "exit codes" in said


@pytest.mark.parametrize(
    "wrong", ["", "lap", "lab --port many", "lab --port 99999", "lab --port -5", "check now"]
)
def test_what_is_not_understood_ends_with_2(wrong: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(wrong.split())
    assert ended.value.code == 2
    assert "usage: mnist-lesson" in capsys.readouterr().err


def test_help_and_check_load_no_tensorflow() -> None:
    code = "import sys; from mnist_lesson.commands import cli\n"
    code += "try: cli.main(['--help'])\nexcept SystemExit: pass\n"
    code += "heavy = {'tensorflow', 'keras', 'matplotlib', 'scipy', 'ipywidgets', 'jupyterlab'}\n"
    code += "heavy &= set(sys.modules)\n"
    code += "assert not heavy, heavy\n"
    code += WITHOUT_TENSORFLOW + "cli.main(['check'])\n"
    code += "assert not {'tensorflow', 'keras'} & set(sys.modules)"
    done = program(code)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("by_name", [True, False])
def test_the_command_and_python_m_are_this_packages(by_name: bool) -> None:
    """`python -m mnist_lesson` needs no script on the path."""
    command = [shutil.which("mnist-lesson", path=str(Path(sys.executable).parent))]
    if not by_name:
        command = [sys.executable, "-m", "mnist_lesson"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True)
    assert re.fullmatch(r"mnist-lesson \d+\.\d+\.\d+\n", done.stdout)


# ---- lab ----


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a screen")
def test_screen_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display: no browser. A display at the other end of an SSH line is none."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION"):
        monkeypatch.delenv(name, raising=False)
    assert not cli.has_screen()
    monkeypatch.setenv("DISPLAY", ":0")
    assert cli.has_screen()
    monkeypatch.setenv("SSH_CONNECTION", "there here")
    assert not cli.has_screen()


def test_port_is_exact_when_given_and_root_is_let_in(tmp_path: Path) -> None:
    """A server's port must not be another than was asked for."""
    given = cli.lab_arguments(tmp_path, browser=False, port=9000)
    assert {"--ServerApp.port=9000", "--ServerApp.port_retries=0", "--no-browser"} <= set(given)
    assert ("--allow-root" in given) == (hasattr(os, "geteuid") and os.geteuid() == 0)
    free = cli.lab_arguments(tmp_path, browser=True, port=None)
    assert not [one for one in free if one.startswith(("--ServerApp.port", "--no-browser"))]


def test_a_port_in_use_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """And another is proposed, before JupyterLab starts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = taken.getsockname()[1]
        assert cli.main(["lab", "--no-browser", "--port", str(number)]) == 1
    said = capsys.readouterr().out
    assert said.startswith(f"Port {number} is in use. Name another, as in --port ")


def test_another_courses_kernel_in_the_home_folder_does_not_hide_ours(
    monkeypatch, tmp_path
) -> None:
    """Nor panels' code of another version; wherever Python lies, in an environment or not."""
    monkeypatch.delenv("JUPYTER_PREFER_ENV_PATH", raising=False)
    preferred = []
    monkeypatch.setattr(
        "jupyterlab.labapp.main",
        lambda arguments: preferred.append(os.environ["JUPYTER_PREFER_ENV_PATH"]),
    )
    assert cli.main(["lab", str(tmp_path / "mine"), "--no-browser"]) == 0
    assert preferred == ["1"]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Start `mnist-lesson lab` and return the address that it prints."""
    command = [sys.executable, "-m", "mnist_lesson", "lab", str(tmp_path / "mine"), "--no-browser"]
    names = ["JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"]
    names += ["JUPYTERLAB_WORKSPACES_DIR", "JUPYTERLAB_SETTINGS_DIR"]
    env = os.environ | dict.fromkeys(names, str(tmp_path))
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    server = subprocess.Popen(command, cwd=ROOT, env=env, **both)
    said = ""
    assert server.stdout
    for line in server.stdout:
        said += line
        if "http://127.0.0.1" in line:
            break
    port = int(re.findall(r":(\d+)/", line)[0])
    while server.poll() is None:  # it says where it will be a moment before it listens
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            break
        time.sleep(0.05)
    yield line.strip()
    server.send_signal(signal.SIGTERM)
    server.communicate(timeout=30)
    assert "Open the last address below" in said
    assert "Traceback" not in said


def test_lab_opens_the_first_page_with_the_lessons_settings(address: str) -> None:
    """The address leads to page 00; JupyterLab has our settings, and a mended kernel."""
    site, token = address.split("/lab/tree/00_introduction.ipynb?")
    proxies = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with proxies.open(address) as page:
        assert page.status == 200
    with proxies.open(f"{site}/api/contents/00_introduction.ipynb?content=0&{token}") as page:
        assert json.load(page)["type"] == "notebook"

    def default(plugin: str, setting: str) -> object:
        with proxies.open(f"{site}/lab/api/settings/@jupyterlab/{plugin}?{token}") as answer:
            return json.load(answer)["schema"]["properties"][setting]["default"]

    assert default("notebook-extension:tracker", "kernelShutdown") is True
    assert default("apputils-extension:notification", "fetchNews") == "false"
    assert default("apputils-extension:kernels-settings", "commsOverSubshells") == "perCommTarget"
    with proxies.open(f"{site}/api/kernelspecs/python3?{token}") as answer:
        assert "--ext=mnist_lesson.shared.kernel" in json.load(answer)["spec"]["argv"]


# ---- the doctor ----


@without_tensorflow
def test_all_is_well_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["check"]) == 0, capsys.readouterr().out
    said = capsys.readouterr().out
    names = ("Python", "packages", "memory", "cores", "data", "your folder", "widgets")
    for name in names:
        assert re.search(rf"^ok +{name} ", said, flags=re.MULTILINE), said
    assert said.endswith("All is well.\n")


@without_tensorflow
def test_a_fault_is_printed_with_its_remedy_and_ends_with_1(monkeypatch, capsys) -> None:
    monkeypatch.setattr(doctor, "MEMORY_NEEDED", 1e18)
    assert cli.main(["check"]) == 1
    said = capsys.readouterr().out
    assert re.search(r"(?m)^FAULT +memory +.* free\n +What to do: .*Close other programs", said)
    assert re.search(r"(?m)^ok +widgets ", said)
    assert "Faults found: 1" in said


def test_wrong_and_missing_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==1.0\nno-such-package==2.0\nnot-for-us==1 ; sys_platform == 'never'\n")
    monkeypatch.setattr(doctor, "LOCK", lock)
    finding = doctor.packages()
    wanted = r"numpy is [\d.]+, not ==1.0; no-such-package is missing, not ==2.0"
    assert re.search(wanted, finding.found)
    assert "not-for-us" not in finding.found
    assert f'-m pip install -r "{lock}"' in finding.remedy


def test_outside_a_checkout_the_asked_for_ranges_count(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "LOCK", tmp_path / "nothing")
    names = {one.name for one in doctor.wanted_packages()}
    assert {"numpy", "keras", "ipywidgets"} <= names
    assert "pytest" not in names
    assert doctor.packages().remedy == ""


@pytest.mark.parametrize(
    ("first_line", "found", "remedy"),
    [
        ("raise ImportError('DLL load failed')", "can't be loaded", "DLL load failed.*vc_redist"),
        ("import os; os._exit(132)", "can't be loaded", "processor with AVX"),
        ("import time; time.sleep(60)", "not loaded after", "virus scanner"),
    ],
)
def test_tensorflow_is_there_but_cannot_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first_line: str, found: str, remedy: str
) -> None:
    """It says so, or it ends Python at once, or it never comes back."""
    (tmp_path / "tensorflow.py").write_text(first_line)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), str(ROOT)]))
    if "sleep" in first_line:
        monkeypatch.setattr(doctor, "PATIENCE", 1)
    finding = doctor.tensorflow()
    assert found in finding.found
    assert re.search(remedy, finding.remedy)


def test_another_engine_of_keras_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    assert "KERAS_BACKEND" in doctor.tensorflow().remedy


def test_damaged_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The loader's own words are the remedy."""
    broken = tmp_path / "mnist.npz"
    broken.write_bytes(load.MNIST.read_bytes()[:-100])
    monkeypatch.setattr(load, "MNIST", broken)
    finding = doctor.data()
    assert finding.found == "damaged or missing"
    assert str(broken) in finding.remedy


@pytest.mark.parametrize("missing", ["packaging", "psutil", "jupyter_core"])
def test_a_package_that_is_missing_is_named_with_what_to_do(tmp_path: Path, missing: str) -> None:
    """Also one that the lesson or the doctor needs."""
    fault = f"raise ModuleNotFoundError('No module', name='{missing}')"
    (tmp_path / f"{missing}.py").write_text(fault)
    (tmp_path / "tensorflow.py").write_text("raise ImportError('not looked at')")
    places = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = program("from mnist_lesson.commands import cli; cli.main(['check'])", PYTHONPATH=places)
    assert "Traceback" not in done.stderr, done.stderr
    assert re.search(rf"^FAULT .*({missing}|No module)", done.stdout, flags=re.MULTILINE)
    assert "What to do: " in done.stdout


def test_a_narrow_terminal_is_no_fault(tmp_path: Path) -> None:
    code = WITHOUT_TENSORFLOW + "raise SystemExit(cli.main(['check']))"
    done = program(code, PYTHONIOENCODING="ascii", MNIST_LESSON_WORKSPACE=str(tmp_path / "é"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_folder_is_that_of_the_pages_that_lab_opens(tmp_path: Path, monkeypatch) -> None:
    """Also from elsewhere; and looking leaves nothing behind, there or here."""
    monkeypatch.delenv("MNIST_LESSON_WORKSPACE")
    monkeypatch.chdir(tmp_path)
    before = (ROOT / "my_lesson").exists()
    assert doctor.workspace() == doctor.Result(str(ROOT / "my_lesson" / "my_work"))
    assert list(tmp_path.iterdir()) == []
    assert (ROOT / "my_lesson").exists() == before


def test_little_memory_little_disk_and_a_closed_folder(monkeypatch, no_workspace: Path) -> None:
    finding = doctor.workspace()
    assert finding.found == f"{no_workspace} can't be written to"
    assert "MNIST_LESSON_WORKSPACE" in finding.remedy
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(no_workspace.parents[1] / "open"))
    assert doctor.memory().remedy == ""
    monkeypatch.setattr(doctor, "MEMORY_NEEDED", 1e18)
    monkeypatch.setattr(doctor, "DISK_NEEDED", 1e18)
    assert "Close other programs" in doctor.memory().remedy
    assert "Free some space" in doctor.workspace().remedy


def test_panels_code_that_jupyterlab_cannot_find(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "jupyter_path", lambda: ["nowhere"])
    finding = doctor.widgets()
    assert "can't find @jupyter-widgets" in finding.found
    assert "--force-reinstall --no-deps jupyterlab-widgets" in finding.remedy


def test_a_check_that_breaks_down_is_a_finding() -> None:
    finding = doctor.examine(lambda: doctor.Result(str(1 // 0)))
    assert "ZeroDivisionError" in finding.found
    assert "python3 start.py" in finding.remedy


@pytest.mark.skipif(sys.platform != "linux", reason="/proc stands for a home that is closed")
def test_a_home_that_cannot_be_written_is_no_obstacle(tmp_path: Path) -> None:
    """Schools and containers have such homes; the kernel of `check` must start all the same."""
    code = "from mnist_lesson.commands import cli; cli.main(['check'])"
    done = program(code, HOME="/proc", MNIST_LESSON_WORKSPACE=str(tmp_path))
    assert "home folder can't be written" in done.stdout
    assert re.search(r"^ok +TensorFlow +2\.\d+", done.stdout, flags=re.MULTILINE), done.stdout
    assert "couldn't be checked" not in done.stdout, done.stdout
