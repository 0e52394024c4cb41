"""A stick for a room without internet: packed, tried, and installed from where there is none."""

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_lesson.commands import pack

ROOT = Path(__file__).resolve().parents[2]
PYTHON = "{}.{}".format(*sys.version_info)
HERE = f"{pack.NAMES[platform.system()]} {PYTHON}"


def start(root: Path, *arguments: str, before: tuple[str, ...] = ()) -> tuple[int, str]:
    """Run a folder's start.py, and return its exit code and all that it said."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    command = [*before, sys.executable, str(root / "start.py"), *arguments]
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    done = subprocess.run(command, cwd=root, env=kept, timeout=900, **both)
    return done.returncode, done.stdout


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """Return a small stick for this computer: one true file and one wheel, which is only bytes."""
    for name in ("start.py", "mnist_lesson/commands/pack.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "wheels").mkdir()
    (tmp_path / "wheels" / "a.whl").write_bytes(b"a wheel")
    write_manifest(tmp_path, HERE)
    return tmp_path


def write_manifest(stick: Path, computer: str) -> None:
    """Note the small stick's files, as packed for one kind of computer."""
    wheel, code = (hashlib.sha256((stick / n).read_bytes()) for n in ("wheels/a.whl", "start.py"))
    files = {"wheels/a.whl": (wheel, [computer]), "start.py": (code, [])}
    about = {name: {"sha256": d.hexdigest(), "for": who} for name, (d, who) in files.items()}
    (stick / pack.MANIFEST).write_text(json.dumps(about))


def test_each_system_gets_its_part_of_the_lock() -> None:
    """The conditions of the lock are those of the laptop, not of the computer that packs."""
    own_ones = {"windows": "colorama", "macos": "appnope", "linux": "tensorflow-cpu"}
    for system, own in own_ones.items():
        names = {line.split("==")[0] for line in pack.pins(system, "3.12")}
        assert {"colorama", "appnope"} & names == {own} - {"tensorflow-cpu"}
        assert ("tensorflow-cpu" in names) == (system != "macos")


def test_a_damaged_a_foreign_and_no_stick_are_told_apart(stick: Path) -> None:
    """Before anything is installed, and with nothing but Python."""
    assert start(stick, "check-stick")[0] == 1  # all as packed; but pip finds no packages there
    (stick / "wheels" / "a.whl").write_bytes(b"a wheeL")
    code, said = start(stick, "check-stick")
    assert (code, "damaged (1): wheels/a.whl" in said) == (1, True), said
    write_manifest(stick, "plan9 3.12")
    code, said = start(stick, "check-stick")
    assert (code, f"packed for plan9 3.12. This is {HERE}" in said) == (1, True), said
    (stick / pack.MANIFEST).unlink()
    assert "isn't a stick" in start(stick, "check-stick")[1]


@pytest.mark.parametrize("folder", [ROOT / "stick", Path(__file__).parent])
def test_it_is_not_packed_where_other_files_are(folder: Path) -> None:
    """Neither into the lesson itself, nor among somebody's files; and nothing is fetched."""
    with pytest.raises(SystemExit, match="Name"):
        pack.pack(folder, ["linux"], [PYTHON])


def test_the_lesson_is_packed_and_nothing_that_lies_beside_it(clone, tmp_path, monkeypatch) -> None:
    """No answers for the teacher, no files of learners; all that Git knows but its own files."""
    stick = tmp_path / "stick"
    known = {path.name for path in clone.iterdir() if not path.name.startswith(".")}
    for name in ("my_papers/answers.pdf", "class/my_progress_Ada.zip", "notebooks/my_work/a.json"):
        (clone / name).parent.mkdir(exist_ok=True)
        (clone / name).touch()
    monkeypatch.setattr(pack, "ROOT", clone)
    assert pack.pack(stick, [], []) == 0
    assert {path.name for path in stick.iterdir()} == known | {"wheels"}
    assert not (stick / "notebooks" / "my_work").exists()


def test_a_stick_whose_packing_was_broken_off_says_so_and_is_packed_again(tmp_path, monkeypatch):
    def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(pack, "fetch", cut_off)
        with pytest.raises(KeyboardInterrupt):
            pack.pack(tmp_path / "stick", ["linux"], [PYTHON])
    assert "didn't finish" in start(tmp_path / "stick", "check-stick")[1]
    assert pack.pack(tmp_path / "stick", [], []) == 0
    assert "didn't finish" not in start(tmp_path / "stick", "check-stick")[1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can take the network away")
def test_a_linux_stick_installs_with_the_network_cut_off(tmp_path: Path) -> None:
    """In a network namespace of its own, in which there is no network."""
    cut = ("unshare", "--net", "--map-root-user")
    if shutil.which("unshare") is None or subprocess.run([*cut, "true"]).returncode:
        pytest.skip("no network namespace may be made here")
    assert pack.pack(tmp_path / "stick", ["linux"], [PYTHON]) == 0
    laptop = tmp_path / "laptop é"
    shutil.copytree(tmp_path / "stick", laptop)
    for command in ("check-stick", "check"):
        code, said = start(laptop, command, before=cut)
        assert (code, "All is well" in said) == (0, True), said


@pytest.mark.slow
@pytest.mark.parametrize("python", pack.PYTHONS)
@pytest.mark.parametrize("system", pack.SYSTEMS)
def test_every_wheel_of_the_lock_is_found(system: str, python: str, tmp_path: Path) -> None:
    """For systems that are not here, too: pip names each wheel that it would fetch."""
    report = ["--dry-run", "--ignore-installed", "--target", tmp_path, "--report", "-"]
    command = [*pack.pip_command("install", system, python), *report]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    wheels = [item["download_info"]["url"] for item in json.loads(done.stdout)["install"]]
    assert all(url.split("#")[0].endswith(".whl") for url in wheels)
    assert len(wheels) == len(pack.pins(system, python))
