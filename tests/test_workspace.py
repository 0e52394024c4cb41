"""The learner's folder: where it is, and that nothing in it is ever half-written."""

from pathlib import Path

import pytest

from mnist_lesson.shared import workspace as w


def test_without_it_the_folder_is_beside_the_notebooks_or_here(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv("MNIST_LESSON_WORKSPACE")
    monkeypatch.chdir(tmp_path)
    assert w.folder() == tmp_path / "my_work"
    pages = tmp_path / "notebooks"
    (pages / "instructor").mkdir(parents=True)
    (pages / w.FIRST_PAGE).touch()
    for here in (pages, pages / "instructor", tmp_path):
        monkeypatch.chdir(here)
        assert w.folder() == pages / "my_work"


def test_write_replaces_whole_files_and_leaves_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "file"
    w.write_atomic(file, b"one")
    before = tmp_path / "before"
    before.hardlink_to(file)  # whoever has the old file open goes on reading it
    w.write_atomic(file, b"two")
    assert (file.read_bytes(), before.read_bytes()) == (b"two", b"one")
    with pytest.raises(w.WorkspaceError, match="could not be written"):
        w.write_atomic(tmp_path / "deep", b"a folder cannot be replaced by a file")
    assert {*tmp_path.rglob("*")} == {before, file.parent, file}


def test_where_the_last_step_fails_the_old_file_is_still_there(monkeypatch, tmp_path) -> None:
    file = tmp_path / "file"
    w.write_atomic(file, b"one")

    def held_open(*_: object) -> None:  # as Windows says while another program reads the file
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", held_open)
    with pytest.raises(w.WorkspaceError, match="Permission denied"):
        w.write_atomic(file, b"two")
    assert file.read_bytes() == b"one"
    assert list(tmp_path.iterdir()) == [file]


def test_a_broken_file_is_kept_under_another_name(tmp_path: Path) -> None:
    for content in ("a", "b"):
        (tmp_path / "f").write_text(content)
        w.set_aside(tmp_path / "f")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f.broken-1", "f.broken-2"]


@pytest.mark.parametrize(
    ("value", "meaning"), [("1", True), ("yes", True), ("0", False), ("", False)]
)
def test_rehearsal(monkeypatch, value, meaning) -> None:
    monkeypatch.setenv("MNIST_LESSON_REHEARSAL", value)
    assert w.rehearsal() is meaning
