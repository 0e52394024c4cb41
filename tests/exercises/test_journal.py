"""The file of answers: two pages at once, a kill, a damaged file: nothing is lost."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mnist_lesson import exercises, progress
from mnist_lesson.exercise_engine import journal

WRITER = """
import sys
from mnist_lesson.exercise_engine import journal
for number in range(int(sys.argv[2])):
    key = f"{sys.argv[1]}.{number}"
    said = journal.note("check", key, state="right", answer="x" * 500)
    print(key if not said else said, flush=True)
"""


def writer(name: str, count: int) -> subprocess.Popen[str]:
    """Start another page's kernel that notes `count` answers and prints each one that is safe."""
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen([sys.executable, "-c", WRITER, name, str(count)], **both)


def keys() -> list[str]:
    return [event["key"] for event in journal.known()]


def test_two_pages_at_once_lose_nothing() -> None:
    """Three kernels write into one folder; every answer that was called safe is there, once."""
    kernels = [writer(name, 60) for name in ("first", "second", "third")]
    said = [key for kernel in kernels for key in kernel.communicate(timeout=120)[0].split()]
    assert len(said) == 180
    assert sorted(keys()) == sorted(said)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no kill -9")
def test_a_kill_in_the_middle_of_a_write_loses_nothing(workspace: Path) -> None:
    """Killed at many moments: what was called safe is there, and the next kernel can write."""
    safe: list[str] = []
    for round_number in range(8):
        kernel = writer(f"round{round_number}", 100_000)
        assert kernel.stdout is not None
        safe += [kernel.stdout.readline().strip() for _ in range(3 + round_number)]
        time.sleep(0.003 * round_number)
        kernel.kill()
        safe += kernel.stdout.read().splitlines()
        kernel.wait()
        found = keys()
        assert [key for key in safe if key not in found] == []
    assert len(safe) > 40
    assert not list(workspace.glob("*.broken*"))


def test_a_check_is_noted_with_its_answer() -> None:
    """Wrong, then right; the same again is not noted twice."""
    pixels = exercises.load.pixels
    for answer in (280_000, 280_000, 7_840_000, 7_840_000):
        pixels.check(answer)
    assert [(e["state"], e["answer"]) for e in journal.known()] == [
        ("not yet", "280000"),
        ("right", "7840000"),
    ]
    assert pixels.mine().code == "7840000"
    pixels.hint()
    pixels.solution()  # an instructor sees where a class got stuck
    assert [event["kind"] for event in journal.known()][2:] == ["hint", "solution"]


def test_a_function_is_kept_as_its_text_and_never_run() -> None:
    """Learners on Binder get back what they wrote."""

    def count_digits(labels):
        return [(labels == digit).sum() for digit in range(10)]

    exercises.load.count_digits.check(count_digits)
    assert "for digit in range(10)]" in exercises.load.count_digits.mine().code
    assert exercises.load.darker.mine().text.startswith("You haven't answered this one yet")


def test_a_loop_of_checks_does_not_fill_the_disk() -> None:
    """A hundred notes of one exercise are plenty."""
    for number in range(journal.MOST_PER_KEY + 20):
        exercises.load.pixels.check(number)
    assert len(journal.known()) == journal.MOST_PER_KEY


ANSWERS = b'{"format": "mnist_lesson answers", "version": 1, "events": '
DAMAGED = (b"", b"\x00\xff garbage", b"[1, 2]", b'{"format": "another"}', b"[" * 100_000)


@pytest.mark.parametrize("damage", [*DAMAGED, ANSWERS + b'[{"id": 1}]}', ANSWERS + b"7}"])
def test_a_damaged_file_is_set_aside_and_named(workspace: Path, damage: bytes) -> None:
    """It is kept beside; the learner goes on, and is told."""
    workspace.mkdir()
    (workspace / journal.FILE).write_bytes(damage)
    reply = exercises.load.pixels.check(7_840_000)
    assert reply.state == "right"
    assert "answers.json.broken-1" in reply.text
    assert (workspace / "answers.json.broken-1").read_bytes() == damage
    assert keys() == ["load.pixels"]
    # The line is the first to read the file, on most pages.
    (workspace / journal.FILE).write_bytes(damage)
    assert "answers.json.broken-2" in progress.line("load").text
    assert "broken" not in progress.line("load").text


def test_a_newer_lessons_file_is_left_alone(workspace: Path) -> None:
    """Neither read nor overwritten nor set aside."""
    workspace.mkdir()
    newer = json.dumps({"format": "mnist_lesson answers", "version": 2, "events": {}}).encode()
    (workspace / journal.FILE).write_bytes(newer)
    reply = exercises.load.pixels.check(7_840_000)
    assert reply.state == "right"
    assert "newer version" in reply.text
    assert progress.line("load").text.startswith("This page: 0 of 3")
    assert [path.name for path in workspace.glob("answers*")] == ["answers.json"]
    assert (workspace / journal.FILE).read_bytes() == newer


@pytest.mark.usefixtures("no_workspace")
def test_a_folder_that_cannot_be_written_stops_no_one() -> None:
    """The verdict comes all the same, with one sentence more."""
    reply = exercises.load.pixels.check(280_000)
    assert "need two" in reply.text
    assert "could not be kept" in reply.text
    assert progress.line("load").text.startswith("This page: 0 of 3 exercises.")
    assert exercises.load.pixels.hint().heading.startswith("Hint")
    assert exercises.load.pixels.mine().text.endswith("or your answer wasn't kept.")


def test_merging_keeps_every_note_of_both_once() -> None:
    """In the order of time, whichever side comes first."""
    first, second, third = (
        {"id": str(time), "time": time, "kind": "hint", "key": "a"} for time in (1, 2, 3)
    )
    for both in ([first, third], [second, first]), ([second, first], [first, third]):
        assert journal.merged(*both) == [first, second, third]
