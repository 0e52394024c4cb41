"""The class's folder: what the board says of learners, and of hostile files."""

import asyncio
import csv
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from mnist_lesson import exercises, progress
from mnist_lesson.commands.cli import main
from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.borrowed import HER_DIGITS
from mnist_lesson.handwriting.class_files import Writer, save_writer
from mnist_lesson.handwriting.drawings import Drawing
from mnist_lesson.network.saved import ASSETS, plain_network, practised_network
from mnist_lesson.progress import class_board, class_folder, contest
from mnist_lesson.progress.class_folder import ClassFolderError, Room, read_class
from mnist_lesson.progress.progress_file import Capsule, pack

DRAWN = tuple(
    Drawing(digit, tuple(tuple(round(v) for point in stroke for v in point) for stroke in strokes))
    for digit, strokes in HER_DIGITS.items()
)


def check(key: str, state: str, time: float, who: str = "") -> dict:
    """Return the record of an answer."""
    return {"id": f"{who}{key}{time}", "time": time, "kind": "check", "key": key, "state": state}


def hand_in(folder: Path, file: str, events: list[dict], **more: object) -> None:
    """Put a progress file into the class's folder."""
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    (folder / file).write_bytes(pack(Capsule(events, **more)))


def stuck_at(key: str, who: str = "", count: int = 4) -> list[dict]:
    """Return so many different answers, all of them wrong."""
    return [check(key, "not yet", time, who) for time in range(count)]


def test_the_board_says_who_has_done_what_and_who_is_stuck(workspace: Path, tmp_path: Path) -> None:
    """Ada by the lesson itself; Ben from records: four wrong answers, not three, are stuck."""
    exercises.load.pixels.check(7)
    exercises.load.pixels.check(784 * 10_000)
    exercises.load.memoriser.guess(answer="c", sure=80)
    exercises.load.memoriser.reveal()
    journal.note("best", "sprint.754", seconds=31.5)  # a game is no page
    assert "my_progress_Ada.zip" in progress.save(nickname="Ada").text
    place = tmp_path / "class"
    (place / "homes" / "ada").mkdir(parents=True)
    (workspace / "my_progress_Ada.zip").rename(place / "homes" / "ada" / "my_progress_Ada.zip")
    begun = stuck_at("load.count_digits", count=3)
    hand_in(place, "b.zip", [*begun, *stuck_at("load.pixels")], nickname="Ben")
    room = read_class(place)
    ada, ben = room.learners
    assert (ada.name, ada.states, ada.guesses) == ("Ada", {"load.pixels": "done"}, [(0.8, True)])
    assert (ada.page, ada.stuck_on) == ("load", "")
    assert ben.states == {"load.pixels": "stuck", "load.count_digits": "tried"}
    said = class_board.summary(room)
    assert said.startswith("2 learners, 1 exercise done. Stuck just now: Ben on “How many pixels?”")
    page = class_board.board_page(room)
    assert page.count("<tr>") == 5
    assert page.count("stuck (4)") == 2  # the cell's words, and its title
    assert "1 of 1" in page


def test_a_right_answer_after_many_is_done_and_another_exercise_is_no_longer_stuck(tmp_path):
    """Stuck just now is who works on it now."""
    solved = [*stuck_at("load.pixels"), check("load.pixels", "right", 9)]
    went_on = [*stuck_at("load.pixels", "b"), check("load.darker", "not yet", 9, "b")]
    hand_in(tmp_path, "a.zip", solved)
    hand_in(tmp_path, "b.zip", went_on)
    room = read_class(tmp_path)
    assert [one.states["load.pixels"] for one in room.learners] == ["done", "stuck"]
    assert [one.stuck_on for one in room.learners] == ["", ""]


def test_the_newest_file_of_a_learner_counts_and_the_other_is_named(tmp_path: Path) -> None:
    """One learner's files share records; two of one nickname that share none are two people."""
    early = stuck_at("load.pixels")
    late = [*early, check("load.pixels", "right", 99)]
    hand_in(tmp_path, "new/my_progress_Ada.zip", late, nickname="Ada")
    hand_in(tmp_path, "old/my_progress.zip", early)
    hand_in(tmp_path, "other/my_progress_Ada.zip", stuck_at("load.pixels", "x"), nickname="ada")
    hand_in(tmp_path, "pair.zip", early, nickname="Ben")  # a laptop that two shared
    room = read_class(tmp_path)
    assert [one.name for one in room.learners] == ["Ada", "ada (2)", "Ben"]
    assert room.learners[0].states == {"load.pixels": "done"}
    assert [file for file, _ in room.left_out] == ["old/my_progress.zip"]
    assert "new/my_progress_Ada.zip is newer" in room.left_out[0][1]
    both = "Ada is new/my_progress_Ada.zip; ada (2) is other/my_progress_Ada.zip"
    assert f"Of one nickname: {both}." in class_board.summary(room)
    assert [one.called for one in room.learners] == ["Ada", "ada", "Ben"]  # as on a certificate


def test_hostile_and_damaged_files_are_named_and_the_others_stay(tmp_path: Path) -> None:
    """Nothing that a file says becomes markup, a formula or a command of the terminal."""
    evil = "=<img src=x>\x1b[2J"
    hand_in(tmp_path, "good.zip", stuck_at("load.pixels"), nickname=evil)
    (tmp_path / "cut.zip").write_bytes((tmp_path / "good.zip").read_bytes()[:-30])
    (tmp_path / "<b>.digits.json").write_text("[" * 100_000)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    room = read_class(tmp_path)
    assert len(room.learners) == 1
    assert sorted(file for file, _ in room.left_out) == ["<b>.digits.json", "cut.zip"]
    page = class_board.board_page(room)
    assert "<img" not in page
    assert "<b>" not in page
    (line,) = csv.DictReader(io.StringIO(class_board.gradebook(room)))
    assert line["name"].startswith("'=")
    assert (line["points"], line["stuck"], line["load.pixels"]) == ("0", "1", "stuck")
    assert "\x1b" not in class_board.in_words(room)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_file_that_arrives_appears_and_one_that_has_not_changed_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the panel by itself, as long as a notebook runs."""
    hand_in(tmp_path, "a.zip", [check("load.pixels", "right", 1)])

    async def wait_for_the_second() -> class_board.ClassBoard:
        monkeypatch.setattr(class_board, "PAUSE", 0.01)
        panel = class_board.ClassBoard(tmp_path)
        assert "1 learner," in panel.status.value
        assert panel.comm is not None, "the browser would not find it"
        read, unpack = [], class_folder.unpack
        watched = lambda path, **how: read.append(path.name) or unpack(path, **how)  # noqa: E731
        monkeypatch.setattr(class_folder, "unpack", watched)
        hand_in(tmp_path, "b.zip", [check("load.pixels", "right", 1, "b")])
        while "2 learners" not in panel.status.value:
            await asyncio.sleep(0.01)
        assert "a.zip" not in read, "it was read again"
        return panel

    panel = asyncio.run(asyncio.wait_for(wait_for_the_second(), 30))
    panel.folder.value = str(tmp_path / "nowhere")
    assert "a folder. Make it" in panel.status.value
    assert panel.table.value == ""


def test_a_folder_of_a_hub_is_searched_but_not_what_is_hidden(tmp_path: Path) -> None:
    """Homes are large; a link could lead anywhere."""
    hand_in(tmp_path, "ada/my_lesson/my_work/my_progress.zip", stuck_at("load.pixels"))
    hand_in(tmp_path, "ada/.cache/x.zip", stuck_at("load.pixels", "x"))
    (tmp_path / "loop").symlink_to(tmp_path)
    hand_in(tmp_path, "Ben.zip", stuck_at("load.pixels", "b"))
    with zipfile.ZipFile(tmp_path / "Ben.zip") as archive:
        archive.extractall(tmp_path / "Ben")  # as Safari does with what it downloads
    (tmp_path / "Ben.zip").unlink()
    assert [one.name for one in read_class(tmp_path).learners] == ["ada", "Ben"]
    with pytest.raises(ClassFolderError, match="isn't a folder"):
        read_class(tmp_path / "ada.zip")


def test_who_reads_whom_is_honest(tmp_path: Path) -> None:
    """No network is judged on drawings that it was taught, but on the digits from page 08."""
    hand_in(tmp_path, "a.zip", stuck_at("load.pixels"), nickname="Ada", drawings=DRAWN)
    hand_in(tmp_path, "b.zip", stuck_at("load.pixels", "b"), nickname="Ben", drawings=DRAWN)
    (seven,) = (list(map(list, one.strokes)) for one in DRAWN if one.label == 7)
    save_writer(Writer("ben", {7: seven}, 18), tmp_path)
    readings = contest.who_reads_whom(read_class(tmp_path))
    assert readings.readers == ["Ada", "Ben", "(practised)"]
    assert readings.right("Ada", "Ada") is None
    assert readings.right("Ben", "Ben") == 1
    assert readings.right("Ben", "Ada") == 10  # taught with the same strokes
    assert "Reads others best: " in str(readings)
    page = contest.contest_page(readings, [])
    assert page.count("<details>") == 2
    other = {"run.json": b"{}", "model.npz": b"none"}
    hand_in(tmp_path, "c.zip", [], nickname="Cy", drawings=DRAWN, runs={"model": other})
    assert contest.who_reads_whom(read_class(tmp_path)).broken == ["Cy"]
    assert "Nobody yet" in page
    empty = contest.who_reads_whom(Room([], [])).table()
    assert empty.endswith("(practised)  –               –             –")


def facts(seconds: float, **settings: object) -> bytes:
    """Return what a run says of itself."""
    said = {"seconds": seconds, "status": "finished", "settings": {"seed": 3} | settings}
    return json.dumps(said).encode()


def test_the_fastest_is_who_truly_reads_the_test_set(tmp_path, digits, monkeypatch) -> None:
    """A file may boast: the network itself is asked."""
    few = (digits[1][0][:500], digits[1][1][:500])
    monkeypatch.setattr(contest, "load_data", lambda: (digits[0], few))
    good, ready = practised_network().packed(), (ASSETS / "ready.npz").read_bytes()
    last = plain_network().specs[-1]["name"]
    weights = {name: dict(arrays) for name, arrays in plain_network().weights.items()}
    weights[last]["bias"] = np.float32(1e3) * np.arange(10, dtype=np.float32)
    bad = type(plain_network())(plain_network().specs, weights, (28, 28, 1), "bad").packed()
    came = {"Boaster": (0.1, bad), "Slow": (50.0, ready), "Quick": (9.0, good), "No": (1.0, b"no")}
    for name, (seconds, network) in came.items():
        run = {"run.json": facts(seconds), "model.npz": network}
        hand_in(tmp_path, f"{name}.zip", [], nickname=name, runs={"model": run})
    found = contest.fastest(read_class(tmp_path))
    entries = [(entry.name, entry.seconds, entry.seed) for entry in found]
    assert entries == [("Quick", 9.0, 3), ("Slow", 50.0, 3)]
    assert "1. Quick: 9.0 s, " in contest.in_words(found)


def test_the_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """They print, write what is asked for, and say what is wrong with a folder."""
    place = tmp_path / "class"
    hand_in(place, "a.zip", stuck_at("load.pixels"), nickname="Ada", drawings=DRAWN)
    (place / "cut.zip").write_bytes(b"PK")
    page, points = tmp_path / "board.html", tmp_path / "points.csv"
    assert main(["class", str(place), "--html", str(page), "--csv", str(points)]) == 0
    said = capsys.readouterr().out
    assert "Stuck just now: Ada" in said
    assert "Left out: cut.zip" in said
    assert "<h1>The class</h1>" in page.read_text(encoding="utf-8")
    assert points.read_bytes().startswith(b"\xef\xbb\xbfname,file,points,max_points")
    assert main(["contest", str(place), "--html", str(page)]) == 0
    assert "Who reads whom" in capsys.readouterr().out
    assert "hardest digit" in page.read_text(encoding="utf-8")
    assert main(["class", str(tmp_path / "nowhere")]) == 1
    assert "isn't a folder. Make it" in capsys.readouterr().out
