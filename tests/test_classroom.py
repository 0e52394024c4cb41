"""A class's own digits: small files, checked before they are used."""

import json
from pathlib import Path

import numpy as np
import pytest
from samples import ONE, SEVEN

from mnist_lesson.handwriting.class_files import (
    ENDING,
    KIND,
    ClassFileError,
    Writer,
    load_writer,
    save_writer,
    score_class,
)

ADA = Writer("Ada", {1: ONE, 7: SEVEN}, 18)


class AlwaysSeven:
    def predict(self, x):
        return np.eye(10, dtype=np.float32)[np.full(len(x), 7)]


def test_saved_and_read_it_is_the_same(tmp_path: Path) -> None:
    file = save_writer(ADA, tmp_path)
    assert file.name == f"Ada{ENDING}"
    assert load_writer(file) == ADA
    odd = tmp_path / f"x{ENDING}"
    odd.write_text(json.dumps(facts(nickname="a\x1b[31m\n<b>")))
    assert load_writer(odd).nickname == "a[31m<b>"  # without what cannot be printed
    assert file.stat().st_size < 10_000
    images, labels = load_writer(file).images()
    assert (images.shape, images.dtype, labels.tolist()) == ((2, 28, 28), np.uint8, [1, 7])


def test_a_second_file_of_the_same_name_replaces_nothing(tmp_path: Path) -> None:
    names = ("Ada", "Ada", "", "../up", "ad/a")
    files = [save_writer(Writer(name, {1: ONE}, 18), tmp_path) for name in names]
    assert len(set(files)) == 5
    assert {file.parent for file in files} == {tmp_path}


def test_a_class_is_scored_by_writer_and_what_is_foreign_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClassFileError, match="isn't a folder"):
        score_class(AlwaysSeven(), tmp_path / "nothing")
    assert str(score_class(AlwaysSeven(), tmp_path)) == "There are no digits yet."
    save_writer(ADA, tmp_path)
    save_writer(Writer("Bo", {7: SEVEN}, 18), tmp_path)
    (tmp_path / f"broken{ENDING}").write_text('{"kind": "mnist_less')
    (tmp_path / "notes.txt").write_text("not ours")
    score = score_class(AlwaysSeven(), tmp_path)
    assert score.rows == [("Ada", 1, 2), ("Bo", 1, 1)]
    assert (score.right, score.count) == (2, 3)
    assert len(score.refused) == 1
    assert f"broken{ENDING}" in score.refused[0]
    assert "2 of 3 digits by 2 writers are read correctly: 66.7% (95% interval 20.8" in str(score)


def facts(**changes):
    return {"kind": KIND, "version": 1, "nickname": "x", "pen": 18, "digits": {"1": ONE}} | changes


WRONG = [{"kind": "other"}, {"version": 2}, {"nickname": 3}, {"nickname": "x" * 41}]
WRONG += [{"pen": 10**9}, {"pen": "wide"}, {"digits": {}}, {"digits": {"10": ONE}}]
WRONG += [{"digits": {"one": ONE}}, {"digits": [ONE]}]
WRONG += [{"digits": {"1": s}} for s in ([], [[1, 2, 3]], [["a", "b"]], [[0] * 50_000])]
TEXTS = ["", "[]", "null", "7", "\x80\x04pickle", "[" * 100_000, json.dumps({"kind": KIND})]


@pytest.mark.parametrize("content", TEXTS + [json.dumps(facts(**wrong)) for wrong in WRONG])
def test_damaged_foreign_and_hostile_files(tmp_path: Path, content) -> None:
    file = tmp_path / f"file{ENDING}"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(ClassFileError, match=f"file{ENDING}"):
        load_writer(file)
