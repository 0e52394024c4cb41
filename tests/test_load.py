"""The digits are MNIST's, and a broken file is named, never used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from mnist_lesson import DataError, load_data
from mnist_lesson import load as module

# Of the four original files, as their authors published them: the MD5 of header and data together.
ORIGINALS = {
    "x_train": ("6bbc9ace898e44ae57da46a324031adb", bytes.fromhex("00000803 0000ea60 0000001c 0000001c")),
    "y_train": ("a25bea736e30d166cdddb491f175f624", bytes.fromhex("00000801 0000ea60")),
    "x_test": ("2646ac647ad5339dbf082846283269ea", bytes.fromhex("00000803 00002710 0000001c 0000001c")),
    "y_test": ("27ae3e4e09519cfbb04c329615203637", bytes.fromhex("00000801 00002710")),
}


def test_every_byte_is_the_original_files() -> None:
    (x_train, y_train), (x_test, y_test) = load_data()
    arrays = {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}
    for name, (md5, header) in ORIGINALS.items():
        assert hashlib.md5(header + arrays[name].tobytes(), usedforsecurity=False).hexdigest() == md5, name


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
    np.savez(copy, x_train=np.zeros((60000, 28, 28), np.uint8), y_train=np.zeros(60000), x_test=[], y_test=[])
    _refused(copy, "another file")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    _refused(tmp_path / "nothing.npz", "cannot be read")


def test_the_line_that_repairs_does_so_in_a_checkout_and_elsewhere(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "__file__", str(tmp_path / "mnist_lesson" / "load.py"))
    assert "pip install --force-reinstall" in module.repair()
    (tmp_path / ".git").mkdir()
    assert module.repair() == "git checkout -- mnist_lesson/assets"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    _refused(tmp_path, "cannot be read")


def _refused(file: Path, why: str) -> None:
    with pytest.raises(DataError, match=why) as caught:
        load_data(file)
    assert str(file) in str(caught.value)
    assert module.repair() in str(caught.value)
