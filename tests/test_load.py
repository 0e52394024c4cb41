"""The digits are MNIST's, and a broken file is named, never used."""

import hashlib
import itertools
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
ORIGINALS = (
    ((60_000, 28, 28), "6bbc9ace898e44ae57da46a324031adb", "00000803 0000ea60 0000001c 0000001c"),
    ((60_000,), "a25bea736e30d166cdddb491f175f624", "00000801 0000ea60"),
    ((10_000, 28, 28), "2646ac647ad5339dbf082846283269ea", "00000803 00002710 0000001c 0000001c"),
    ((10_000,), "27ae3e4e09519cfbb04c329615203637", "00000801 00002710"),
)


def test_the_arrays_are_those_of_the_keras_loader_and_every_byte_the_original_files() -> None:
    for array, (shape, md5, header) in zip(itertools.chain(*load_data()), ORIGINALS, strict=True):
        assert (array.shape, array.dtype) == (shape, np.uint8)
        whole = bytes.fromhex(header) + array.tobytes()
        assert hashlib.md5(whole, usedforsecurity=False).hexdigest() == md5


def test_the_file_is_small_enough_and_its_licence_stands_beside_it() -> None:
    assert module.MNIST.stat().st_size <= 12_000_000
    licence = (module.MNIST.parent / "LICENSE-MNIST.txt").read_text(encoding="utf-8")
    assert all(name in licence for name in ("LeCun", "Cortes", "Burges", "CC BY-SA 3.0"))


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the file that stands for it."""
    file = tmp_path / "mnist.npz"
    file.write_bytes(module.MNIST.read_bytes())
    monkeypatch.setattr(module, "MNIST", file)
    return file


def swap(file: Path) -> None:
    arrays = {"x_train": np.zeros((60000, 28, 28), np.uint8), "y_train": np.zeros(60000)}
    np.savez(file, **arrays, x_test=[], y_test=[])


def flip_a_bit(file: Path) -> None:
    packed = bytearray(file.read_bytes())
    packed[5_000_000] ^= 1
    file.write_bytes(packed)


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (flip_a_bit, "damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "damaged"),
        (swap, "another file"),
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: (file.unlink(), file.mkdir()), "cannot be read"),
    ],
)
def test_what_is_not_the_file_is_named_with_what_to_type(copy: Path, damage, why: str) -> None:
    damage(copy)
    with pytest.raises(DataError, match=why) as caught:
        load_data()
    assert str(copy) in str(caught.value)
    assert "To repair it, " in str(caught.value)


def test_the_line_repairs_a_checkout(tmp_path: Path) -> None:
    """Made for real: a clone of the package, its file damaged, and the line typed."""
    package = tmp_path / "mnist_lesson"
    caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(module.__file__).parent, package, ignore=caches)
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


def test_a_download_and_an_installation_are_repaired_otherwise(tmp_path: Path, monkeypatch) -> None:
    """In a download, the damaged file is the only one there is; pip would install it again."""
    monkeypatch.setattr(words, "__file__", str(tmp_path / "mnist_lesson" / "shared" / "words.py"))
    again = "-m pip install --force-reinstall --no-deps --no-build-isolation ."
    assert words.repair_advice().endswith(again)
    (tmp_path / "pyproject.toml").touch()
    assert "download the lesson again" in words.repair_advice()
