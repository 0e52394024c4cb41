"""06 · Train: a run after a whole epoch, kept so that it can go on."""

from __future__ import annotations

import hashlib
import io
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mnist_lesson.shared.workspace import set_aside, write_atomic
from mnist_lesson.training.history import COLUMNS, History
from mnist_lesson.training.replay import Replay

if TYPE_CHECKING:
    import keras


LARGEST_CHECKPOINT = 2_000_000_000


@dataclass(frozen=True)
class Checkpoint:
    """A run after a whole epoch: enough to go on as if nothing had happened."""

    identity: dict[str, Any]
    done: int
    seconds: float
    history: History
    weights: list[NDArray[Any]]
    optimizer: list[NDArray[Any]]
    replay: Replay


def identity(model: keras.Model, settings: dict[str, Any], *digits: NDArray[Any]) -> dict[str, Any]:
    """Say what makes a run this run: its settings, its layers, its digits."""
    digest = hashlib.sha256()
    for array in digits:
        digest.update(np.ascontiguousarray(array).data)
    layers = hashlib.sha256(
        "\n".join(_layer_text(layer) for layer in model.layers).encode()
    ).hexdigest()
    return {"settings": settings, "layers": layers, "digits": digest.hexdigest()}


def _layer_text(layer: keras.layers.Layer) -> str:
    config = {
        key: value
        for key, value in layer.get_config().items()
        if isinstance(value, str | int | float | tuple | list)
    }
    return f"{type(layer).__name__} {config}"


def save_checkpoint(file: Path, point: Checkpoint) -> None:
    """Write a checkpoint, whole or not at all."""
    facts = {
        "identity": point.identity,
        "done": point.done,
        "seconds": point.seconds,
        "history": point.history,
    }
    arrays: dict[str, NDArray[Any]] = {"facts": np.array(json.dumps(facts))}
    arrays |= {f"weights_{i}": w for i, w in enumerate(point.weights)}
    arrays |= {f"optimizer_{i}": w for i, w in enumerate(point.optimizer)}
    arrays |= {f"replay_{name}": value for name, value in point.replay.arrays().items()}
    packed = io.BytesIO()
    np.savez(packed, **arrays)  # type: ignore[arg-type]
    write_atomic(file, packed.getvalue())


def load_checkpoint(file: Path, wanted: dict[str, Any]) -> Checkpoint | None:
    """Read a checkpoint of the run `wanted`; None if there is none, ValueError if it is another run's."""
    if not file.exists():
        return None
    try:
        if file.stat().st_size > LARGEST_CHECKPOINT:
            raise ValueError("too large")
        with np.load(file, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        facts = json.loads(str(arrays["facts"]))
        _check_facts(**facts)
        point = Checkpoint(
            **facts,
            weights=_numbered(arrays, "weights_"),
            optimizer=_numbered(arrays, "optimizer_"),
            replay=Replay.from_arrays(
                {k.removeprefix("replay_"): v for k, v in arrays.items() if k.startswith("replay_")}
            ),
        )
    except Exception as error:
        raise broken(file) from error
    _same_run(point.identity, wanted, file)
    return point


def broken(file: Path) -> ValueError:
    """Set a checkpoint that is not whole aside, and return the error that says so."""
    return ValueError(
        f"{file.name} is broken, so this run cannot go on. It was set aside as {set_aside(file)}. "
        "Run the cell again: it then starts from the first epoch."
    )


def _check_facts(identity: Any, done: Any, seconds: Any, history: Any) -> None:
    wanted = {"settings": dict, "layers": str, "digits": str}
    right = all(isinstance(identity[name], kind) for name, kind in wanted.items())
    right &= isinstance(done, int) and done >= 1 and math.isfinite(seconds)
    right &= tuple(history) == COLUMNS and {len(column) for column in history.values()} == {done}
    if not right:
        raise ValueError("these facts are not of a run")


def _numbered(arrays: dict[str, NDArray[Any]], prefix: str) -> list[NDArray[Any]]:
    return [arrays[f"{prefix}{i}"] for i in range(sum(name.startswith(prefix) for name in arrays))]


def _same_run(found: dict[str, Any], wanted: dict[str, Any], file: Path) -> None:
    differing = [
        f"{name} was {found['settings'].get(name)!r} and now is {value!r}"
        for name, value in wanted["settings"].items()
        if found["settings"].get(name) != value
    ]
    if found["layers"] != wanted["layers"]:
        differing.append("the network has other layers")
    if found["digits"] != wanted["digits"]:
        differing.append("the digits are others")
    if differing:
        raise ValueError(
            f"resume=True would go on with the run in {file.parent}, but {'; '.join(differing)}. Make them equal "
            "again, or start a new run: leave resume=True out, or add name='another_name'."
        )
