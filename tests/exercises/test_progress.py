"""Progress in one file: there and back, brought together, and hostile files refused."""

import functools
import io
import json
import random
import stat
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from samples import made_up_run, npz, other_task, progress_parts, twin_of, zipped

from mnist_lesson import exercises, progress
from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.hand import add_drawing, learn_hand, load_hand, undo_drawing
from mnist_lesson.look import HISTORY
from mnist_lesson.model import build_model
from mnist_lesson.network.saved import current_model, current_network, practised_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.preprocess import to_input
from mnist_lesson.progress import progress_file as capsule
from mnist_lesson.shared.workspace import run_folder, write_atomic
from mnist_lesson.test import openings
from mnist_lesson.train import train
from mnist_lesson.training.replay import Replay
from mnist_lesson.training.settings import Settings
from mnist_lesson.widgets.drawing_pad import readers

Files = dict[str, bytes]
ALL = sum(len(exercises.exercises_of(page)) for page in exercises.PAGES)


@functools.cache  # the second copy would have another time in it
def run_files(number: int) -> Files:
    """Return the files of a run, told apart by a number."""
    return {
        "run.json": json.dumps({"status": "finished", "number": number}).encode(),
        "model.npz": network(number).packed(),
        "replay.npz": npz(**replay(number).arrays()),
    }


def network(number: int) -> Twin:
    """Return a small network, told apart by a number."""
    weights = {"kernel": np.full((784, 10), number, "f4"), "bias": np.zeros(10, "f4")}
    output = ("out", "Dense", "softmax", {}, weights)
    return twin_of("a network", ("flat", "Flatten", "linear", {}, {}), output)


def replay(number: int) -> Replay:
    """Return what a run of one epoch leaves to be watched, on two digits."""
    two = np.full(2, number, "u1")
    shown = {"images": np.zeros((2, 28, 28), "u1"), "labels": two, "truth": two, "read": two}
    opinions = [np.full((2, 10), 0.1, "f2")]
    made = {"epochs": [1.0], "opinions": opinions, "confusions": [np.eye(10, dtype="i4")]}
    return Replay(
        **shown, **made, filters=[np.zeros((1, 1, 0), "f2")], moments=[], changes=[], scales=[]
    )


def put_run(workspace: Path, name: str, number: int) -> None:
    folder = workspace / "runs" / name
    folder.mkdir(parents=True)
    for part, data in run_files(number).items():
        (folder / part).write_bytes(data)


def runs(workspace: Path) -> dict[str, Files]:
    return {
        folder.name: {path.name: path.read_bytes() for path in folder.iterdir()}
        for folder in (workspace / "runs").glob("*")
    }


def contents(workspace: Path) -> Files:
    """Return every file in the learner's folder, locks apart."""
    files = [path for path in workspace.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {str(path.relative_to(workspace)): path.read_bytes() for path in files}


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Path]:
    """Return what moves the learner to another machine: a folder without anything in it."""

    def move() -> Path:
        folder = tmp_path / "another machine"
        monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(folder))
        return folder

    return move


@pytest.fixture
def saved(workspace: Path, tmp_path: Path) -> Path:
    """Return a progress file with answers, a guess, two runs and an opened test set."""
    exercises.load.pixels.check(7_840)
    exercises.load.pixels.hint()
    exercises.load.pixels.check(7_840_000)
    exercises.load.memoriser.guess(answer="c", sure=80)
    exercises.load.memoriser.reveal()
    put_run(workspace, "model", 1)
    put_run(workspace, "wide", 2)
    (workspace / "test_set_opened.json").write_text('{"opened": 3}\n')
    progress.save(tmp_path / "progress.zip")
    return tmp_path / "progress.zip"


def test_there_and_back(saved: Path, workspace: Path, elsewhere: Callable[[], Path]) -> None:
    """All of it is on the other machine, and loading it again changes nothing."""
    there = elsewhere()
    reply = progress.load(saved)
    assert f"The whole lesson: 1 of {ALL} exercises. You've trained your own network." in reply.text
    before = contents(there)
    assert json.loads(before.pop("answers.json")) == json.loads(contents(workspace)["answers.json"])
    here = contents(workspace)
    del here["answers.json"]
    assert before == here
    progress.load(str(saved))
    assert contents(there).keys() == {*before, "answers.json"}
    assert exercises.load.pixels.mine().code == "7840000"
    assert exercises.calibration() == [(0.8, True)]


def test_in_a_conflict_nothing_of_either_side_is_lost(saved, elsewhere) -> None:
    """Answers of both, and a run of the same name gets another one."""
    there = elsewhere()
    exercises.load.pixels.check(10_000)
    exercises.one_hot.seven.check([0, 0, 0, 0, 0, 0, 0, 1, 0, 0])
    put_run(there, "model", 9)
    (there / "test_set_opened.json").write_text('{"opened": 5}\n')
    for _ in range(2):
        reply = progress.load(saved)
    assert runs(there) == {"model": run_files(9), "model_2": run_files(1), "wide": run_files(2)}
    assert "`model` came in as `model_2`" in reply.text
    assert openings() == 5
    states = [(e["key"], e.get("answer")) for e in journal.known() if e["kind"] == "check"]
    wanted = [("load.pixels", answer) for answer in ("7840", "7840000", "10000")]
    assert sorted(states, key=str) == sorted([*wanted, states[-1]], key=str)
    said = f"This page: 1 of 3 exercises. The whole lesson: 2 of {ALL}"
    assert progress.line("load").text.startswith(said)


def test_the_hand_comes_along_and_meets_the_one_that_is_there(elsewhere, workspace, tmp_path):
    """Each drawing is there once; a hand taken back is restored."""
    add_drawing([[70, 70, 210, 70, 130, 230]], 7)
    add_drawing([[140, 60, 140, 220]], 1)
    kept = load_hand()
    progress.save(tmp_path / "p.zip")
    undo_drawing()
    progress.load(tmp_path / "p.zip")
    assert load_hand() == kept
    elsewhere()
    add_drawing([[140, 60, 140, 200]], 1)
    for _ in range(2):
        progress.load(tmp_path / "p.zip")
        assert [drawing.label for drawing in load_hand().drawings] == [1, 7, 1]


def test_the_table_of_runs_comes_along(elsewhere, workspace, tmp_path) -> None:
    """The runs of both sides; a line that is no run is named."""
    failed = {"status": "failed", "reason": "It fell over.", "judged": 0, "right": ""}
    lines = [replace(made_up_run(seed), **failed).line() for seed in (1, 2)]
    workspace.mkdir()
    (workspace / "runs.jsonl").write_text(lines[0])
    progress.save(tmp_path / "progress.zip")
    parts = {"runs.jsonl": lines[0].encode() + b"no run\n"}
    assert capsule.unpack(tmp_path / "progress.zip").lost == 0
    (tmp_path / "progress.zip").write_bytes(with_files(parts))
    there = elsewhere()
    there.mkdir()
    (there / "runs.jsonl").write_text(lines[1])
    for _ in range(2):
        assert "aren't runs and were left out: 1." in progress.load(tmp_path / "progress.zip").text
    assert (there / "runs.jsonl").read_text() == lines[1] + lines[0]


def test_runs_without_room_are_named(workspace: Path, monkeypatch, tmp_path: Path) -> None:
    """One's own network comes first."""
    for number, name in enumerate(["older", "model"]):
        put_run(workspace, name, number)
    monkeypatch.setattr(
        "mnist_lesson.progress.your_progress.ROOM", sum(map(len, run_files(1).values()))
    )
    assert "There was no room for these runs: older." in progress.save(tmp_path / "p.zip").text
    assert list(capsule.unpack(tmp_path / "p.zip").runs) == ["model"]


def test_half_made_and_foreign_runs_stay_behind(workspace: Path) -> None:
    """A checkpoint, a run without facts and a stray file are no part of it."""
    put_run(workspace, "model", 1)
    (workspace / "runs" / "model" / "checkpoint.npz").write_bytes(b"large")
    (workspace / "runs" / "unfinished").mkdir()
    (workspace / "runs" / "unfinished" / "model.npz").write_bytes(b"")
    assert "my_progress.zip" in progress.save().text  # beside the pages, without a name
    assert capsule.unpack(workspace / "my_progress.zip").runs == {"model": run_files(1)}


def test_what_a_hostile_file_says_is_shown_as_text(tmp_path: Path) -> None:
    """An answer with markup in it stays what it is."""
    event = {"id": "1", "time": 1, "kind": "check", "key": "load.pixels"}
    event |= {"state": "<b>", "answer": "<img>"}
    path = tmp_path / "p.zip"
    path.write_bytes(capsule.pack(capsule.Capsule([event])))
    progress.load(path)
    shown = exercises.load.pixels.mine()._repr_html_()
    assert "&lt;img&gt;" in shown
    assert "<img>" not in shown
    assert "&lt;b&gt;" in shown


ANSWERS = journal.dumps([])


def with_files(more: Files, **changed: object) -> bytes:
    """Return good progress with more files in it, or with others in place of its own."""
    return zipped(progress_parts(more, **changed))


def named(name: str, data: bytes = b"{}") -> Callable[[], bytes]:
    """Return what makes good progress with one more file of this name."""
    return lambda: with_files({name: data})


def answering(**event: object) -> Callable[[], bytes]:
    """Return what makes progress with one record in it."""
    return named("answers.json", journal.dumps([event]))


def special(name: str, content: bytes = b"{}", **facts: object) -> Callable[[], bytes]:
    """Return what makes a good file in which one more has special facts, such as being a link."""

    def make() -> bytes:
        parts = progress_parts({name: content})
        del parts[name]
        packed = io.BytesIO(zipped(parts))
        with zipfile.ZipFile(packed, "a") as archive:
            member = zipfile.ZipInfo(name)
            for fact, value in facts.items():
                setattr(member, fact, value)
            archive.writestr(member, content)
        return packed.getvalue()

    return make


def twice() -> bytes:
    """Return a file that holds two files of one name."""
    packed = io.BytesIO(zipped(progress_parts({})))
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("answers.json", ANSWERS)
    return packed.getvalue()


def lying(size: int) -> bytes:
    """Return a file that claims another size than it has for what is packed in it."""
    data = bytearray(with_files({"runs/a/run.json": b"{" + b" " * 100_000 + b"}"}))
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", size)
    return bytes(data)


def locked() -> bytes:
    """Return a file that says that it is encrypted."""
    data = bytearray(with_files({}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def ragged_history() -> bytes:
    """Return facts of a run with one number too many in a column."""
    history = {name: [1.0] for name in HISTORY} | {"loss": [1.0, 2.0]}
    return json.dumps({"history": history}).encode()


def about(**changed: object) -> Callable[[], bytes]:
    """Return what makes progress that says other things about itself."""
    return lambda: with_files({}, **changed)


# Up and out, absolute, hidden, too deep, endless: names that have no place in a progress file.
NAMES = ("../evil.json", "runs/../../evil/run.json", "runs/../run.json", "/tmp/evil")
NAMES += ("C:\\evil\\run.json", "runs\\a\\run.json", "runs/.hidden/run.json", "runs/a/b/run.json")
NAMES += ("runs/a\n/run.json", f"runs/{'a' * 200}/run.json", "runs/a/evil.py")
FORGED = json.dumps({"network": "another"}).encode()
HOSTILE: dict[str, Callable[[], bytes]] = {name: named(name) for name in NAMES}
HOSTILE |= {
    "a link": special("runs/a/run.json", external_attr=(stat.S_IFLNK | 0o777) << 16),
    "a device": special("runs/a/run.json", external_attr=(stat.S_IFCHR | 0o666) << 16),
    "two of one name": twice,
    "many files": lambda: with_files({f"runs/r{n}/run.json": b"{}" for n in range(500)}),
    "many runs": lambda: with_files(
        {f"runs/r{n}/run.json": b"{}" for n in range(capsule.MOST_RUNS + 1)}
    ),
    "a large note": named("runs/a/run.json", b" " * 3_000_000),
    "a bomb in a bomb": named("runs/a/replay.npz", zipped({"a.npy": b"\0" * 30_000_000})),
    "a network of another task": named("runs/a/model.npz", other_task(14, 14, 196)),
    "another network than its facts tell of": lambda: with_files(
        {"runs/a/run.json": FORGED, "runs/a/model.npz": network(1).packed()}
    ),
    "drawings that are none": named("hand.json"),  # test_hand has more of them
    "infinity": about(opened=float("inf")),
    "a ragged history": named("runs/a/run.json", ragged_history()),
    "smaller than it says": lambda: lying(10**9),
    "larger than it says": lambda: lying(10),
    "locked": locked,
    "a pickle": named("runs/a/replay.npz", npz(a=np.array([{"a": 1}], dtype=object))),
    "a network without layers": named("runs/a/model.npz", zipped({})),
    "facts that are none": named("runs/a/run.json", b"[]"),
    "deep facts": named("runs/a/run.json", b"[" * 500_000),
    "no about": lambda: zipped({"answers.json": ANSWERS}),
    "no answers": lambda: zipped({"progress.json": progress_parts({})["progress.json"]}),
    "another program's": about(format="another"),
    "a strange version": about(version="1"),
    "a strange count": about(opened=[]),
    "strange answers": named("answers.json", b"{}"),
    "a huge number": lambda: zipped(
        progress_parts({}) | {"progress.json": b'{"format": ' + b"9" * 6000 + b"}"}
    ),
    "an event from nowhere": answering(id="1", evil=1),
    "a long answer": answering(id="1", time=1, kind="check", key="a", answer="x" * 9000),
    "an unknown kind": answering(id="1", time=1, kind="evil", key="a"),
    "a part that is missing": lambda: zipped(
        {n: d for n, d in progress_parts({"runs/a/run.json": b"{}"}).items() if "runs" not in n}
    ),
    "a huge table": lambda: zipped(progress_parts({"runs.jsonl": b"x" * 20_000_001})),
    "no zip": lambda: b"This is my progress." * 100,
    "a newer file": about(version=2),
    "newer answers": named("answers.json", ANSWERS.replace(b'"version": 1', b'"version": 2')),
}
SAID = {"locked": "locked"} | dict.fromkeys(("a newer file", "newer answers"), "newer version of")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_changes_nothing(name: str, saved, workspace) -> None:
    before = contents(workspace)
    saved.write_bytes(HOSTILE[name]())
    with pytest.raises(progress.ProgressError, match=SAID.get(name, "Nothing was changed")):
        progress.load(saved)
    assert contents(workspace) == before
    assert sorted(path.name for path in workspace.parent.iterdir()) == ["progress.zip", "workspace"]


def test_what_hostile_files_are_made_from_is_good(tmp_path: Path) -> None:
    """Else the tests above would pass for the wrong reason."""
    path = tmp_path / "p.zip"
    path.write_bytes(with_files({f"runs/a/{name}": data for name, data in run_files(3).items()}))
    assert capsule.unpack(path).runs == {"a": run_files(3)}
    path.write_bytes(special("runs/a/run.json", external_attr=(stat.S_IFREG | 0o644) << 16)())
    assert capsule.unpack(path).runs == {"a": {"run.json": b"{}"}}
    path.write_bytes(answering(id="1", time=1, kind="check", key="a")())
    assert len(capsule.unpack(path).events) == 1


def test_unpacked_by_a_mac_and_packed_again(saved, tmp_path, elsewhere) -> None:
    """A folder with what was in the file, and a file with that folder and what a Mac adds."""
    good = capsule.unpack(saved)
    folder = tmp_path / "my_progress"
    with zipfile.ZipFile(saved) as archive:
        archive.extractall(folder)
    files = {
        f"my_progress/{path.relative_to(folder).as_posix()}": path for path in folder.rglob("*")
    }
    parts = {name: path.read_bytes() for name, path in files.items() if path.is_file()}
    mac = {"my_progress/runs/": b"", "__MACOSX/._my_progress": b"x", "my_progress/.DS_Store": b"x"}
    saved.write_bytes(zipped(parts | mac))
    assert capsule.unpack(folder) == capsule.unpack(saved) == good
    elsewhere()
    assert "Brought back from `my_progress`" in progress.load(folder).text


def test_a_run_that_is_broken_on_disk_stays_behind_and_is_named(saved, workspace) -> None:
    (workspace / "runs" / "wide" / "model.npz").write_bytes(b"cut short")
    assert "broken and were left out: wide." in progress.save(saved).text
    assert list(capsule.unpack(saved).runs) == ["model"]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(progress.ProgressError, match=r"nowhere\.zip is not there"):
        progress.load(tmp_path / "nowhere.zip")


def test_damage_anywhere_is_noticed_or_harmless(saved: Path, elsewhere: Callable[[], Path]) -> None:
    """Refused, or read as it was. (Parts of a zip are never looked at.)"""
    whole, chance = saved.read_bytes(), random.Random(0)
    good = capsule.unpack(saved)
    refused = 0
    for number in range(400):
        data = bytearray(whole)
        if number % 4:
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        else:
            del data[chance.randrange(len(data)) :]
        saved.write_bytes(data)
        try:
            assert capsule.unpack(saved) == good
        except progress.ProgressError:
            refused += 1
    assert refused > 300


def test_a_folder_that_cannot_be_written(saved: Path, no_workspace: Path) -> None:
    with pytest.raises(progress.ProgressError, match="could be brought back"):
        progress.load(saved)
    with pytest.raises(progress.ProgressError, match="could not be saved"):
        progress.save()


def test_the_line_counts_this_page_and_the_lesson_and_warns_on_binder(monkeypatch) -> None:
    assert progress.line("look").text == (
        f"This page: 0 of 3 exercises. The whole lesson: 0 of {ALL} exercises. "
        "You haven't trained your own network yet."
    )
    for name, said in {"fast": "page 09's network.", "model": "your own network."}.items():
        for file in ("run.json", "model.npz"):  # as page 09 leaves them, and then page 06
            write_atomic(run_folder(name) / file, b"")
        assert said in progress.line().text
    assert "awaits" not in progress.line().text
    exercises.look.lazy.check(10)
    exercises.look.lazy.check(11.2)
    assert progress.line("look").text.startswith(
        f"This page: 1 of 3 exercises. The whole lesson: 1 of {ALL}"
    )
    assert progress.line().text.startswith(f"The whole lesson: 1 of {ALL}")
    assert "Binder" not in progress.line().text
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://example.org/")  # where nothing is kept
    assert "progress.save()" in progress.line().text


def test_a_real_network_comes_along(elsewhere, tmp_path, digits) -> None:
    """Trained here, it reads digits there, as the NumPy twin and as the Keras model."""
    (x_train, y_train), _ = digits  # type: ignore[misc]
    x, y = to_input(x_train[:600]), y_train[:600].astype(int)
    train(build_model(filters=(2, 2), dense_units=8), x, y, Settings(epochs=1))
    here = current_network().predict(x[:20])

    def learned(base: Twin) -> str:
        return learn_hand(base, *load_hand().images()).digest

    progress.save(tmp_path / "p.zip")
    elsewhere()
    assert not run_folder("model").exists()
    add_drawing([[70, 70, 210, 70, 130, 230]], 7)
    assert readers()["yours"].digest == learned(practised_network())
    progress.load(tmp_path / "p.zip")
    assert np.array_equal(current_network().predict(x[:20]), here)
    # The newer network has learned the drawing by itself.
    assert readers()["yours"].digest == learned(current_network())
    assert np.allclose(current_model()[0].predict(x[:20], verbose=0), here, atol=1e-4)
