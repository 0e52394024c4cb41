"""06 · Train: a run saved after a whole epoch, so it can go on as if nothing had happened."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mnist_lesson.shared import foreign
from mnist_lesson.shared.workspace import set_aside, write_atomic
from mnist_lesson.training.batches import TrainingData
from mnist_lesson.training.history import History, check_history
from mnist_lesson.training.loop import Course
from mnist_lesson.training.replay import MOST_BYTES, Replay
from mnist_lesson.training.settings import Settings

if TYPE_CHECKING:
    import keras


# The file is the learner's own, but disks fail, and folders get copied around.
FACTS = foreign.fields(
    {
        "settings": foreign.fields({}, more=True),
        "layers": foreign.text(64),
        "digits": foreign.text(64),
        "done": foreign.whole(1, 1000),
        "seconds": foreign.number(0),
        "history": check_history,
    }
)


def identity(model: keras.Model, settings: Settings, data: TrainingData) -> dict[str, Any]:
    """Say what makes a run this run: its settings, its layers, its digits."""
    digits = hashlib.sha256()
    # The digits themselves: counting them wouldn't show that a set was mixed up.
    for array in (data.x, data.y, data.places, data.x_val, data.y_val):
        digits.update(np.ascontiguousarray(array).data)
    layers = hashlib.sha256("\n".join(map(_describe, model.layers)).encode())
    return {
        "settings": asdict(settings),
        "layers": layers.hexdigest(),
        "digits": digits.hexdigest(),
    }


def _describe(layer: keras.layers.Layer) -> str:
    # Only plain settings: objects, such as initialisers, have no name that lasts.
    config: dict[str, Any] = layer.get_config()
    config = {k: v for k, v in config.items() if isinstance(v, str | int | float | tuple | list)}
    return f"{type(layer).__name__} {config}"


def save_checkpoint(
    file: Path,
    model: keras.Model,
    identity: dict[str, Any],
    course: Course,
    seconds: float,
    replay: Replay,
) -> None:
    """Save a run as it stands: weights, dropout's random state, Adam's memory, and its story."""
    facts = {**identity, "done": course.done, "seconds": seconds, "history": course.history}
    arrays: dict[str, Any] = {
        f"state_{n}": np.asarray(variable) for n, variable in enumerate(_state(model))
    }
    arrays |= {f"replay_{name}": array for name, array in replay.arrays().items()}
    packed = io.BytesIO()
    np.savez(packed, facts=np.array(json.dumps(facts)), **arrays)
    write_atomic(file, packed.getvalue())


def load_checkpoint(
    file: Path, model: keras.Model, identity: dict[str, Any], course: Course
) -> tuple[Course, float, Replay] | None:
    """Put `model` back where the run was, and return its course, seconds and replay, or None.

    Raises ValueError if the checkpoint is another run's, or is broken: then it's set aside.
    """
    if not file.exists():
        return None  # nothing to go on with: start from the beginning
    state = _state(model)
    try:
        # We know the network, so we know how large its checkpoint may be.
        most = sum(np.asarray(variable).nbytes for variable in state) + 2 * MOST_BYTES
        arrays = foreign.read_arrays(foreign.read_file(file, most), most=most)
        facts = foreign.read_json(str(foreign.check_array(arrays, "facts", "U", ())))
        foreign.check(facts, FACTS)
        history: History = facts["history"]
        if facts["done"] > course.epochs or len(history["epoch"]) != facts["done"]:
            raise foreign.ForeignError("its epochs do not fit together")
        replay = Replay.from_arrays(
            {k.removeprefix("replay_"): a for k, a in arrays.items() if k.startswith("replay_")}
        )
        # Before the shapes: if you've changed the network, you should hear that, not that the file
        # is broken.
        _check_same_run(facts, identity, file)
        values = [
            foreign.check_array(arrays, f"state_{n}", np.asarray(v).dtype.kind, tuple(v.shape))
            for n, v in enumerate(state)
        ]
    except OSError as error:
        raise ValueError(
            f"{file} cannot be read ({error.strerror}), so this run cannot go on. Leave "
            "resume=True out, and it starts from the first epoch."
        ) from error
    except foreign.ForeignError as error:
        raise ValueError(
            f"{file.name} is broken ({error}), so this run cannot go on. It was set aside as "
            f"{set_aside(file)}. Run the cell again, and it starts from the first epoch."
        ) from error
    # Only now, with everything checked, does anything change.
    for variable, value in zip(state, values, strict=True):
        variable.assign(value)
    return Course(course.epochs, history, done=facts["done"]), facts["seconds"], replay


def _state(model: keras.Model) -> list[Any]:
    # Keras counts the seeds of dropout layers among a model's variables, so dropout goes on where
    # it left off, too.
    return [*model.variables, *model.optimizer.variables]


def _check_same_run(stored: dict[str, Any], wanted: dict[str, Any], file: Path) -> None:
    before = stored["settings"]
    differing = [
        f"{name} was {foreign.show(before.get(name))} and is now {value!r}"
        for name, value in wanted["settings"].items()
        if before.get(name) != value
    ]
    if stored["layers"] != wanted["layers"]:
        differing.append("the network has different layers")
    if stored["digits"] != wanted["digits"]:
        differing.append("the digits are different")
    if differing:
        raise ValueError(
            f"resume=True would go on with the run in {file.parent}, but {'; '.join(differing)}. "
            "Make them the same again, or start a new run: leave resume=True out, or add "
            "name='another_name'."
        )
