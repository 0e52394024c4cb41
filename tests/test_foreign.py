"""Files from elsewhere: each is used or refused in a sentence, and costs little memory."""

import contextlib
import io
import itertools
import json
import os
import random
import struct
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from samples import made_up_run, npy, npz, other_task, progress_parts, python, unzipped, zipped

from mnist_lesson import build_model, look
from mnist_lesson.exercise_engine import journal
from mnist_lesson.handwriting.class_files import ENDING, KIND, ClassFileError, load_writer
from mnist_lesson.instructor import Runs
from mnist_lesson.instructor.records import complete, key_of
from mnist_lesson.network.saved import ASSETS, ModelFileError, load_network, save_network
from mnist_lesson.network.twin import Twin
from mnist_lesson.progress.progress_file import ProgressError, unpack
from mnist_lesson.shared import foreign
from mnist_lesson.shared.foreign import ForeignError
from mnist_lesson.training.replay import Replay

WRONG = (None, True, -1, 2**70, 10**30, 1e308, 1.5, "", "x" * 2000, [], [[]], {}, "\ud800")
Input = bytes | Callable[[], bytes]  # what is long to make is made only when it is used
RAW = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 5000, "[" * 100_000, '"\\ud800"')


def heading(text: str, body: bytes = b"") -> bytes:
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text.encode() + body


def altered(value: Any) -> Iterator[Any]:
    """A value of JSON with each part in turn wrong, missing or double."""
    yield from WRONG
    if isinstance(value, dict):
        for key, inner in value.items():
            rest = {k: v for k, v in value.items() if k != key}
            yield rest
            yield {**value, "more": 1}
            for other in altered(inner):
                yield {**value, key: other}
    if isinstance(value, list):
        yield value + value
        for place, inner in enumerate(value[:3]):
            for other in altered(inner):
                yield [*value[:place], other, *value[place + 1 :]]


def altered_text(value: Any) -> Iterator[bytes]:
    for other in altered(value):
        yield json.dumps(other).encode()
    whole = json.dumps(value)
    for raw in RAW:
        for number in ("1", "28", "3"):
            yield whole.replace(number, raw, 1).encode()
    yield from (whole[:cut].encode() for cut in range(0, len(whole), max(1, len(whole) // 20)))


def altered_arrays(array: np.ndarray) -> Iterator[bytes]:
    good = npy(array)
    for kind in ("f8", "f2", "i8", "U3", "?", "c8"):
        yield npy(np.zeros(array.shape, kind))
    for shape in ((), (0,), (1,), (*array.shape, 1), array.shape[1:], (2, *array.shape)):
        yield npy(np.zeros(shape, array.dtype))
    if array.dtype.kind == "f":
        yield from (npy(np.full_like(array, bad)) for bad in (np.nan, np.inf, -3e38))
    if array.dtype.kind in "iu":
        yield npy(np.full_like(array, np.iinfo(array.dtype).max))
    yield from (good[:cut] for cut in (0, 5, 9, 60, len(good) - 1))
    yield good + b"more"
    shapes = ("(99999999999,)", "(-1,)", "(1,", "(1)", "(" * 90, "(1.5,)", f"({'9' * 60},)")
    for shape in (*shapes, f"(0, {2**62})", f"(0, {10**20})", f"(0, {2**31}, {2**31}, {2**31})"):
        yield heading(f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n")
    for kind in ("|O", "<f4', 'x': '", "[('a','<f4')]", "<f400", "|V8", "<U999999"):
        yield heading(f"{{'descr': '{kind}', 'fortran_order': False, 'shape': (1,), }}\n", b"0000")


def altered_zips(parts: dict[str, bytes]) -> Iterator[bytes]:
    whole = zipped(parts)
    yield from (whole[:cut] for cut in range(0, len(whole), max(1, len(whole) // 60)))
    rng = random.Random(0)
    for _ in range(2400):
        spoiled = bytearray(whole)
        for _ in range(rng.choice((1, 1, 2, 8))):
            spoiled[rng.randrange(len(spoiled))] = rng.randrange(256)
        yield bytes(spoiled)
    for name in parts:
        yield zipped({n: d for n, d in parts.items() if n != name})
        yield zipped({**parts, f"{name}x": b"", "../evil": b""})
        # The size that the table of contents claims: next to nothing, and 4 GB.
        for claim in (1, 0xFFFFFFF0):
            lying = bytearray(whole)
            entry = whole.rindex(b"PK\1\2", 0, whole.rindex(name.encode()))
            lying[entry + 24 : entry + 28] = struct.pack("<L", claim)
            yield bytes(lying)


def altered_npz(parts: dict[str, bytes]) -> Iterator[Input]:
    """An .npz with each of its parts altered: bytes, the JSON that tells of it, arrays."""
    yield from altered_zips(parts)
    for text in altered_text(json.loads(str(np.load(io.BytesIO(parts["about.npy"]))))):
        yield partial(zipped, {**parts, "about.npy": npy(np.array(text.decode()))})
    for name in parts:
        for part in altered_arrays(np.load(io.BytesIO(parts[name]))):
            yield partial(zipped, {**parts, name: part})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("foreign") / "model.npz"
    save_network(Twin.from_keras(build_model(filters=(2, 3), dense_units=4, seed=1)), file)
    return file


# One in twenty of the inputs with every change, all of them with --full.
SHARES = pytest.mark.parametrize("share", [20, pytest.param(1, marks=pytest.mark.slow)])


def try_all(
    inputs: Iterator[Input], use: Callable[[bytes], object], refused: type, share: int = 1
) -> int:
    """Use each input: it may do, or be refused in a sentence. Return how many there were."""
    said: list[str | None] = []
    for data in itertools.islice(inputs, 0, None, share):
        try:
            said.append(None)
            use(data() if callable(data) else data)
        except refused as error:
            said[-1] = str(error)
    for sentence in filter(None, said):
        assert " " in sentence
        assert len(sentence.encode()) < 600
    return len(said)


@SHARES
def test_networks_of_the_twin(small: Path, tmp_path: Path, share: int) -> None:
    file = tmp_path / "network.npz"
    parts = unzipped(small.read_bytes())

    def use(data: bytes) -> None:
        file.write_bytes(data)
        network = load_network(file)
        assert network.input_shape == (28, 28, 1)
        assert network.predict(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 10)

    assert try_all(altered_npz(parts), use, ModelFileError, share) > 2800 // share


@SHARES
def test_replays(digits: Any, share: int) -> None:
    x = digits[0][0][:20, ..., np.newaxis] / np.float32(255)
    model = build_model(filters=(2, 3), dense_units=4, seed=1)
    replay = Replay.begin(model, x, digits[0][1][:20].astype(np.int64), 1)
    replay.add(model, 1, np.full((20, 10), 0.1, np.float32))
    assert [network.output_shape for network in replay.networks()] == [(10,)]
    parts = unzipped(npz(**replay.arrays()))

    def use(data: bytes) -> None:
        came = Replay.from_arrays(foreign.read_arrays(data, most=50_000_000))
        for network in came.networks():
            assert network.predict(np.zeros((1, 28, 28, 1), np.float32)).shape == (1, 10)

    assert try_all(altered_npz(parts), use, ForeignError, share) > 2800 // share


HISTORY = {name: [1.0, 0.5] for name in look.HISTORY}


@SHARES
def test_progress_files(small: Path, tmp_path: Path, share: int) -> None:
    """Whatever is in one, it is taken whole or not at all, and looking at it changes nothing."""
    file = tmp_path / "progress.zip"
    answer = {"id": "1", "time": 3, "kind": "check", "key": "load.pixels", "answer": "7"}
    guess = {"id": "2", "time": 3, "kind": "guess", "key": "load.memoriser", "sure": 80}
    facts = {"status": "finished", "history": HISTORY}
    parts = {
        "answers.json": journal.dumps([answer, guess]),
        "runs.jsonl": made_up_run(1, history=HISTORY).line().encode(),
        "runs/model/run.json": json.dumps(facts).encode(),
        "runs/model/model.npz": small.read_bytes(),
        "runs/model/model.keras": b"as earlier versions packed it",
    }

    def progress(**change: bytes) -> dict[str, bytes]:
        return progress_parts({**parts, **change}, opened=3)

    def inputs() -> Iterator[Input]:
        yield from altered_zips(progress())
        yield zipped({f"__MACOSX/{name}": data for name, data in progress().items()})
        for text in altered_text(json.loads(progress()["progress.json"])):
            yield partial(zipped, {**progress(), "progress.json": text})
        for name in ("answers.json", "runs.jsonl", "runs/model/run.json"):
            for text in altered_text(json.loads(parts[name])):
                yield lambda name=name, text=text: zipped(progress(**{name: text}))
        for name in ("runs/model/model.npz", "runs/model/replay.npz"):
            inner = altered_zips(unzipped(parts.get(name, zipped({}))))
            for data in itertools.islice(inner, 0, None, 5):
                yield lambda name=name, data=data: zipped(progress(**{name: data}))

    file.write_bytes(zipped(progress()))
    assert len(unpack(file).table) == 1

    def use(data: bytes) -> None:
        file.write_bytes(data)
        unpack(file)

    assert try_all(inputs(), use, ProgressError, share) > 3000 // share


@SHARES
def test_tables_of_runs(tmp_path: Path, share: int) -> None:
    """One bad line is set aside, and the runs around it can be shown, sorted and compared."""
    file = tmp_path / "runs.jsonl"
    good = [made_up_run(seed, history=HISTORY).line().encode() for seed in (1, 2, 3)]
    facts = json.loads(good[1])

    def inputs() -> Iterator[bytes]:
        for text in altered_text(facts):
            yield text
            # Its key is right again, so that only its values are wrong.
            with contextlib.suppress(Exception):
                other = json.loads(text)
                options = complete(other["options"])
                yield json.dumps({**other, "options": options, "key": key_of(options)}).encode()

    def use(data: bytes) -> None:
        file.write_bytes(good[0] + data + b"\n" + good[2])
        runs = Runs.load(file)
        assert {run.options["seed"] for run in runs} >= {1, 3}
        for order in ("accuracy", "loss", "seconds"):
            runs.sorted(order)
        runs._repr_html_()

    assert try_all(inputs(), use, ForeignError, share) > 1500 // share


@SHARES
def test_files_of_ten_digits(tmp_path: Path, share: int) -> None:
    file = tmp_path / f"x{ENDING}"
    facts = {"kind": KIND, "version": 1, "nickname": "Ada", "pen": 18}
    whole = {**facts, "digits": {"1": [[140, 50, 140, 230]], "7": [[70, 70, 210, 70, 130, 230]]}}
    good = json.dumps(whole).encode()
    odd = [good.decode().encode(code) for code in ("utf-16", "utf-8-sig", "utf-32")]

    def use(data: bytes) -> None:
        file.write_bytes(data)
        load_writer(file).images()

    inputs = itertools.chain(altered_text(whole), odd, (good[:n] + b"\0" for n in range(len(good))))
    assert try_all(inputs, use, ClassFileError, share) > 400 // share


def progress_with(more: dict[str, bytes]) -> bytes:
    return zipped(progress_parts(more))


def drawings(stroke: list[Any]) -> bytes:
    drawing = {"label": 1, "strokes": [stroke], "pen": 18}
    return json.dumps({"kind": "mnist_lesson hand", "version": 1, "drawings": [drawing]}).encode()


# A small file in which 60 million zeros are packed.
NESTED = zipped({"read.npy": npy(np.zeros(60_000_000, np.uint8))})
BOMBS: dict[str, Callable[[], bytes]] = {
    "a.npz": lambda: other_task(1024, 1024, 100),
    "b.npz": lambda: other_task(28, 28, 1),
    "c.npz": lambda: zipped(
        unzipped((ASSETS / "ready.npz").read_bytes())
        | {"bomb.npy": npy(np.zeros(300_000_000, np.uint8))}
    ),
    "f.zip": lambda: progress_with({"runs/a/model.npz": other_task(1024, 1024, 100)}),
    "g.zip": lambda: progress_with({"answers.json": b"[" + b"[]," * 800_000 + b"[]]"}),
    "h.zip": lambda: progress_with({f"runs/{n}/replay.npz": NESTED for n in range(90)}),
    "i.zip": lambda: progress_with({"runs.jsonl": b'{"key":1}\n' * 800_000}),
    "j.json": lambda: b"[" * 499_999,
    # One long text among many short ones: as an array, each of them would be as wide.
    "l.zip": lambda: progress_with({"hand.json": drawings(["x" * 10**6, *[""] * 10**5])}),
}
MEASURE = """if True:
    import sys
    from pathlib import Path
    from mnist_lesson.handwriting.class_files import ClassFileError, load_writer
    from mnist_lesson.network.saved import ModelFileError, load_network
    from mnist_lesson.progress.progress_file import ProgressError, unpack
    def peak():
        # Unlike getrusage(), this does not begin with what the parent process has taken.
        (line,) = (s for s in open("/proc/self/status") if s.startswith("VmHWM"))
        return int(line.split()[1])
    before = peak()
    for file in sys.argv[1:]:
        try:
            kind = file.rpartition(".")[2]
            kinds = {"npz": load_network, "zip": unpack, "json": load_writer}
            kinds[kind](Path(file))
        except (ModelFileError, ProgressError, ClassFileError) as error:
            print(peak() - before, file[-7:], str(error)[-150:])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_what_a_few_bytes_promise_is_never_fetched(tmp_path: Path) -> None:
    """All together they cost less than one of them asks for."""
    for name, make in BOMBS.items():
        (tmp_path / name).write_bytes(make())
    said = python(MEASURE, *(tmp_path / name for name in BOMBS))
    grown = [int(line.split()[0]) for line in said.splitlines()]
    assert len(grown) == len(BOMBS), said
    assert grown[-1] < 64_000, said


def test_pipes_folders_and_large_files_are_not_read(tmp_path: Path) -> None:
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ForeignError, match="a plain file"):
            foreign.read_file(tmp_path / "pipe", 100)
    with pytest.raises(ForeignError, match="a plain file"):
        foreign.read_file(tmp_path, 100)
    (tmp_path / "large").write_bytes(bytes(101))
    with pytest.raises(ForeignError, match="larger than 100 bytes"):
        foreign.read_file(tmp_path / "large", 100)
