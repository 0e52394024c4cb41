"""A run is saved as a whole: broken off anywhere, the old one is there or the new one."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from mnist_lesson import build_model, to_input
from mnist_lesson.load import ImagesAndLabels
from mnist_lesson.network.saved import (
    ModelFileError,
    current_model,
    current_network,
    load_network,
    save_model,
)
from mnist_lesson.network.twin import Twin
from mnist_lesson.shared.quiet_keras import import_keras
from mnist_lesson.shared.workspace import WorkspaceError, run_files, run_folder
from mnist_lesson.train import train
from mnist_lesson.training.replay import Replay, load_recording
from mnist_lesson.training.reports import Watcher
from mnist_lesson.training.run import Run, holding, save_run
from mnist_lesson.training.settings import Settings

# The calls that change a disk, and the files of Python's and of the lesson that make them.
WRITING = {"open", "write", "flush", "fsync", "close", "truncate", "ftruncate", "link"}
WRITING |= {"rename", "replace", "remove", "unlink", "mkdir", "rmdir"}
WRITERS = ("workspace.py", "run.py", "pathlib.py", "shutil.py", "_unix.py", "_local.py")


def save_and_be_killed(run: Run, replay: Replay, kill_at: int) -> bool:
    """Save a run in a process that is killed at the n-th call that writes; say if it ended."""
    child = os.fork()
    if child == 0:
        calls = itertools.count(1)

        def killing(frame: FrameType, event: str, called: Any) -> None:
            # Before each call and after it. What Keras writes to a scratch folder does not count.
            writes = event in ("c_call", "c_return") and called.__name__ in WRITING
            if writes and frame.f_code.co_filename.endswith(WRITERS) and next(calls) == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.setprofile(killing)
        with holding("model") as files:
            save_run(run, files, replay)
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


def digests() -> set[str]:
    """The networks that the lesson finds, and the one for other programs: all must be the same."""
    run = run_files("model")
    facts = json.loads((run_folder("model") / run.facts.name).read_text())
    assert load_recording().history == facts["history"]
    kept = import_keras().saving.load_model(run_folder("model") / run.model.name)
    assert not kept.compiled, "an optimizer came along"
    return {current_network().digest, Twin.from_keras(kept).digest, facts["network"]}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process can be forked")
@pytest.mark.parametrize("step", [25, pytest.param(1, marks=pytest.mark.slow)])
def test_killed_at_any_call_that_writes_the_old_run_is_there_or_the_new_one(
    workspace: Path, tmp_path: Path, digits: ImagesAndLabels, step: int
) -> None:
    x, y = to_input(digits[0][0][:200]), digits[0][1][:200]
    model = build_model(filters=(2, 2), dense_units=4)
    run = train(model, x, y, Settings(epochs=1, seed=2), watcher=Watcher())
    replay = load_recording().replay
    (new,) = digests()
    train(build_model(filters=(2, 2), dense_units=4), x, y, Settings(epochs=1), watcher=Watcher())
    (old,) = digests()
    shutil.copytree(workspace, tmp_path / "before")
    outcomes = []
    for kill_at in range(1, 1000, step):
        shutil.rmtree(workspace)
        shutil.copytree(tmp_path / "before", workspace)
        whole = save_and_be_killed(run, replay, kill_at)
        (digest,) = digests()
        outcomes.append(digest)
        with holding("model"):  # whoever trains next mends what was broken off
            assert digests() == {digest}
        if whole:
            break
    assert new != old
    assert outcomes == sorted(outcomes, key=[old, new].index), "first the old one, then the new"
    assert (outcomes[0], outcomes[-1]) == (old, new)
    assert len(outcomes) * step > 90, "before and after each call that writes"


def test_a_second_kernel_with_the_same_name_is_told() -> None:
    code = """if True:
        import sys
        from mnist_lesson.training.run import holding
        with holding("model"):
            print("held", flush=True)
            sys.stdin.read()
    """
    ends = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    other = subprocess.Popen([sys.executable, "-c", code], **ends)
    assert other.stdout is not None
    assert other.stdout.readline() == "held\n"
    with pytest.raises(WorkspaceError, match="name='model_2'"), holding("model"):
        pass
    with holding("another"):
        pass
    other.communicate("")
    with holding("model"):
        pass


def test_files_of_two_runs_are_not_taken_for_one(workspace: Path) -> None:
    """As where somebody has copied one of them by hand."""
    files = run_files("model")
    twin = save_model(build_model(filters=(2, 2), dense_units=4, seed=1), files.model)
    files.facts.write_text(json.dumps({"network": twin.digest}))
    assert current_network().digest == twin.digest
    assert current_model()[1] == "your own network"
    save_model(build_model(filters=(2, 2), dense_units=4, seed=2), files.model)
    for load in (current_network, current_model):
        with pytest.raises(ModelFileError, match="is not the network of the run"):
            load()
    assert load_network(files.network).digest != twin.digest  # by its own name it can still be had
