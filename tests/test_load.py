"""The digits are MNIST's, and a broken file is named, never used."""

from __future__ import annotations

import hashlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_lesson import DataError, load_data
from mnist_lesson import load as module
from mnist_lesson.shared import words

# Of the four original files, as their authors published them: the MD5 of header and data together.
ORIGINALS = {
    "x_train": (
        "6bbc9ace898e44ae57da46a324031adb",
        bytes.fromhex("00000803 0000ea60 0000001c 0000001c"),
    ),
    "y_train": ("a25bea736e30d166cdddb491f175f624", bytes.fromhex("00000801 0000ea60")),
    "x_test": (
        "2646ac647ad5339dbf082846283269ea",
        bytes.fromhex("00000803 00002710 0000001c 0000001c"),
    ),
    "y_test": ("27ae3e4e09519cfbb04c329615203637", bytes.fromhex("00000801 00002710")),
}


def test_every_byte_is_the_original_files() -> None:
    (x_train, y_train), (x_test, y_test) = load_data()
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    for name, (md5, header) in ORIGINALS.items():
        assert (
            hashlib.md5(header + arrays[name].tobytes(), usedforsecurity=False).hexdigest() == md5
        ), name


def test_shapes_and_dtypes_are_those_of_the_keras_loader() -> None:
    (x_train, y_train), (x_test, y_test) = load_data()
    assert [a.shape for a in (x_train, y_train, x_test, y_test)] == [
        (60000, 28, 28),
        (60000,),
        (10000, 28, 28),
        (10000,),
    ]
    assert {a.dtype for a in (x_train, y_train, x_test, y_test)} == {np.dtype("uint8")}


def test_the_file_is_small_enough_and_its_licence_stands_beside_it() -> None:
    assert module.MNIST.stat().st_size <= 12_000_000
    licence = (module.MNIST.parent / "LICENSE-MNIST.txt").read_text(encoding="utf-8")
    assert "LeCun" in licence
    assert "Cortes" in licence
    assert "Burges" in licence
    assert "CC BY-SA 3.0" in licence


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    file = tmp_path / "mnist.npz"
    file.write_bytes(module.MNIST.read_bytes())
    return file


def test_a_whole_copy_elsewhere_loads(copy: Path) -> None:
    assert load_data(copy)[0][1][0] == 5


def test_one_damaged_bit_is_noticed(copy: Path) -> None:
    packed = bytearray(copy.read_bytes())
    packed[5_000_000] ^= 1
    copy.write_bytes(packed)
    _refused(copy, "damaged")


def test_a_truncated_file_is_noticed(copy: Path) -> None:
    copy.write_bytes(copy.read_bytes()[:-1])
    _refused(copy, "damaged")


def test_a_swapped_file_is_noticed(copy: Path) -> None:
    np.savez(
        copy,
        x_train=np.zeros((60000, 28, 28), np.uint8),
        y_train=np.zeros(60000),
        x_test=[],
        y_test=[],
    )
    _refused(copy, "another file")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    _refused(tmp_path / "nothing.npz", "cannot be read")


def test_the_line_repairs_a_copy(copy: Path) -> None:
    copy.write_bytes(b"")
    with pytest.raises(DataError) as caught:
        load_data(copy)
    exec(str(caught.value).rsplit("type this in Python: ")[1])
    assert load_data(copy)[0][0].shape == (60000, 28, 28)


def test_the_line_repairs_a_checkout(tmp_path: Path) -> None:
    """Made for real: a clone of the package, its file damaged, and the line typed."""
    package = tmp_path / "mnist_lesson"
    shutil.copytree(
        Path(module.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__")
    )
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "all"]):
        subprocess.run([*git, *command], cwd=tmp_path, check=True)
    load = [sys.executable, "-c", "import mnist_lesson as m; print(m.load_data()[1][1].shape)"]
    (package / "assets" / "mnist.npz").write_bytes(b"half")
    told = subprocess.run(load, cwd=tmp_path, capture_output=True, text=True)
    assert str(package / "assets" / "mnist.npz") in told.stderr
    line = told.stderr.strip().rsplit("in the lesson's folder: ")[1]
    assert line.startswith("git ")
    subprocess.run(shlex.split(line), cwd=tmp_path, check=True)
    assert subprocess.run(load, cwd=tmp_path, capture_output=True, text=True).stdout == "(10000,)\n"


def test_a_download_and_an_installation_are_repaired_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a download, the damaged file is the only one there is; pip would install it again."""
    monkeypatch.setattr(words, "__file__", str(tmp_path / "mnist_lesson" / "shared" / "words.py"))
    assert words.repair_advice().endswith(
        "-m pip install --force-reinstall --no-deps --no-build-isolation ."
    )
    (tmp_path / "pyproject.toml").touch()
    assert "download the lesson again" in words.repair_advice()


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    _refused(tmp_path, "cannot be read")


def _refused(file: Path, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        load_data(file)
    assert str(file) in str(caught.value)
    assert f"shutil.copy(mnist_lesson.load.MNIST, {str(file)!r})" in str(caught.value)
