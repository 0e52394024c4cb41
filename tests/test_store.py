"""A file of lines: several processes add to it at once, and a broken line spoils no other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from mnist_lesson.shared.foreign import check, fields, whole
from mnist_lesson.shared.store import append, read
from mnist_lesson.shared.workspace import WorkspaceError

ADD = """if True:
    import sys
    from pathlib import Path
    from mnist_lesson.shared.store import append
    for n in range(20):
        append(Path(sys.argv[1]), {"n": n})
"""


def parse(line: object) -> int:
    return check(line, fields({"n": whole(0, 99)}))["n"]


def test_three_processes_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "lines.jsonl"
    command = [sys.executable, "-c", ADD, str(file)]
    others = [subprocess.Popen(command) for _ in range(3)]
    assert [other.wait() for other in others] == [0, 0, 0]
    assert sorted(read(file, parse)[0]) == sorted([*range(20)] * 3)


BROKEN = ['{"n": 100}', '{"n": NaN}', '{"n": 1e999}', '{"n": 1', "null", "\x00"]


@pytest.mark.parametrize("broken", [*BROKEN, "[" * 99_999, "9" * 500])
def test_a_broken_line_is_set_aside_and_named(tmp_path: Path, broken: str) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_text(f'{{"n": 1}}\n{broken}\n{{"n": 2}}\n')
    rows, note = read(file, parse)
    assert rows == [1, 2]
    assert "lines.jsonl had 1 broken line" in note
    assert note.isprintable()
    assert (tmp_path / "lines.jsonl.damaged").read_text() == broken + "\n"
    append(file, {"n": 3})
    assert read(file, parse)[0] == [1, 2, 3]
    assert read(file, parse)[1] == ""


def test_a_line_that_was_cut_short_does_not_spoil_the_next(tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    append(file, {"n": 1}, {"n": 2})
    whole_file = file.read_bytes()
    for cut in range(len(whole_file)):
        file.write_bytes(whole_file[:cut])
        append(file, {"n": 7})
        kept = whole_file[:cut].count(b"}")
        assert read(file, parse)[0] == [*[1, 2][:kept], 7]


def test_what_is_no_file_or_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="cannot be written"):
        append(tmp_path / "file" / "lines.jsonl", {"n": 1})
    (tmp_path / "many.jsonl").write_text("{}\n" * 20_001)
    with pytest.raises(WorkspaceError, match="20,000 lines"):
        read(tmp_path / "many.jsonl", parse)
    with pytest.raises(ValueError, match="JSON"):
        append(tmp_path / "lines.jsonl", {"n": float("nan")})
    assert json.dumps(read(tmp_path / "nothing.jsonl", parse)[0]) == "[]"
