"""The checks behind `mnist-lesson check`: each says what it found and, if it's bad, what to do."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from jupyter_core.paths import jupyter_path
from packaging.requirements import Requirement

from mnist_lesson.commands.pages import default_folder
from mnist_lesson.load import DataError, load_data
from mnist_lesson.network.saved import ModelFileError, plain_network, practised_network
from mnist_lesson.shared import machine
from mnist_lesson.shared.quiet_keras import REPAIR
from mnist_lesson.shared.words import INSTALL
from mnist_lesson.shared.workspace import WorkspaceError, check_writable, folder

# If it wasn't start.py that installed the packages, any versions in our ranges are fine.
BY_START = (Path(sys.prefix) / "made-by-start.py").exists()
LOCK = (Path(__file__).parents[2] if BY_START else Path(sys.prefix)) / "requirements.lock"
IN_VENV, IN_CONDA = Path(sys.prefix).name == ".venv", (Path(sys.prefix) / "conda-meta").exists()
FROM_START = "delete the folder .venv and type: python3 start.py"
ANEW = "Make the environment again: " + (
    FROM_START
    if IN_VENV
    else "conda env create --yes"
    if IN_CONDA
    else "delete it, and install the lesson in a new one"
)
TENSORFLOWS = ("tensorflow", "tensorflow-cpu")
MEMORY_NEEDED = 1.5e9  # bytes, for a page that trains, and JupyterLab next to it
DISK_NEEDED = 2e8  # bytes
LOAD_TENSORFLOW = """
from mnist_lesson.shared.quiet_keras import import_keras
try:
    import_keras()
except ImportError as error:
    raise SystemExit(error)
import tensorflow
gpus = tensorflow.config.list_physical_devices("GPU")
print(tensorflow.__version__, "with", f"{len(gpus)} GPU" if gpus else "no GPU, which is fine")
"""
PATIENCE = 120  # seconds: the first time, a virus scanner may check its thousand files one by one
EXTENSIONS = {"jupyterlab-widgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}


@dataclass(frozen=True)
class Result:
    """What one check found, and what to do ("" if all is well)."""

    found: str
    remedy: str = ""


def python() -> Result:
    """Check the Python that runs the lesson."""
    good = (3, 11) <= sys.version_info[:2] <= (3, 13)
    remedy = "" if good else "Install Python 3.11, 3.12 or 3.13 and type: python3 start.py"
    return Result(".".join(map(str, sys.version_info[:3])), remedy)


def packages() -> Result:
    """Compare the packages with the lock or, outside a checkout, with our ranges."""
    all_wanted = list(wanted_packages())
    if wrong := [wanted for wanted in all_wanted if not satisfied(wanted)]:
        names = "; ".join(
            f"{r.name} is {installed(r.name) or 'missing'}, not {r.specifier}" for r in wrong
        )
        pins = " ".join(f'"{wanted.name}{wanted.specifier}"' for wanted in wrong)
        return Result(names, INSTALL + (f'-r "{LOCK}"' if LOCK.exists() else pins))
    # Two builds of TensorFlow overwrite each other's files.
    if (count := sum(bool(installed(name)) for name in TENSORFLOWS)) != 1:
        return Result(f"{' and '.join(TENSORFLOWS)}: {count} of them; there must be one", ANEW)
    return Result(f"{len(all_wanted)} as {'locked' if LOCK.exists() else 'asked for'}")


def wanted_packages() -> Iterator[Requirement]:
    """Yield what should be installed on this computer; of the TensorFlows, the one that is."""
    if LOCK.exists():
        lines = LOCK.read_text("utf-8").splitlines()
    else:
        lines = metadata.requires("mnist-lesson") or []
    for wanted in map(Requirement, lines):
        here = wanted.marker is None or wanted.marker.evaluate({"extra": "cpu"})
        if here and (wanted.name not in TENSORFLOWS or installed(wanted.name)):
            yield wanted


def installed(name: str) -> str:
    """Return the installed version of a package, or an empty string."""
    return next((found.version for found in metadata.distributions(name=name)), "")


def satisfied(wanted: Requirement) -> bool:
    """Say whether the installed version meets the requirement."""
    version = installed(wanted.name)
    # Nobody gets a pre-release without asking for one.
    return bool(version) and wanted.specifier.contains(version, prereleases=True)


def tensorflow() -> Result:
    """Load TensorFlow in its own process: on a computer it doesn't suit, it may crash."""
    command = [sys.executable, "-c", LOAD_TENSORFLOW]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
        )
    except subprocess.TimeoutExpired:
        way = "Have the virus scanner skip this folder, close other programs, and check again."
        return Result(f"not loaded after {PATIENCE} s", way)
    if done.returncode:
        last = (done.stderr.strip() or REPAIR).splitlines()[-1]
        return Result("can't be loaded on this computer", last)
    return Result(done.stdout.strip())


def memory() -> Result:
    """Check how much memory is free."""
    free = machine.free_memory()
    remedy = (
        f"Training needs {MEMORY_NEEDED / 1e9} GB. Close other programs, and pages you've finished."
    )
    return Result(f"{free / 1e9:.1f} GB free", "" if free >= MEMORY_NEEDED else remedy)


def cores() -> Result:
    """Count the processor cores we may use. One is slow, but enough, so it's never a fault."""
    return Result(str(machine.cores()))


def data() -> Result:
    """Read the digits and the networks that come with the lesson, which checks their digests."""
    try:
        (x_train, _), (x_test, _) = load_data()
        plain_network(), practised_network()
    except (DataError, ModelFileError, OSError) as error:
        return Result("damaged or missing", str(error))
    return Result(f"{len(x_train) + len(x_test):,} digits, and two trained networks")


def workspace() -> Result:
    """Try to write to the learner's folder."""
    way = "Make it yours, or name another in the environment variable MNIST_LESSON_WORKSPACE."
    try:
        place = folder()
        if "MNIST_LESSON_WORKSPACE" not in os.environ:
            place = default_folder() / "my_work"  # next to the pages that `mnist-lesson lab` opens
    except WorkspaceError as error:
        return Result("can't be found", str(error))
    existing = next(above for above in (place, *place.parents) if os.path.lexists(above))
    try:
        with contextlib.suppress(FileNotFoundError):  # fine: it will be created
            place.stat()
        check_writable(existing)
    except (OSError, WorkspaceError):
        return Result(f"{str(place)[:200]} can't be written to", way)
    free = shutil.disk_usage(existing).free
    return Result(
        str(place),
        "" if free > DISK_NEEDED else f"Free some space there: {free / 1e6:.0f} MB left.",
    )


def widgets() -> Result:
    """Check that JupyterLab finds the panels' extensions: `packages()` has looked for the rest."""
    for name, extension in EXTENSIONS.items():
        package = f"labextensions/{extension}/package.json"
        if not any(Path(place, package).exists() for place in jupyter_path()):
            return Result(
                f"JupyterLab can't find {extension}",
                f"{INSTALL}--force-reinstall --no-deps {name}",
            )
    return Result(
        ", ".join(f"{name} {installed(name)}" for name in ("ipywidgets", "anywidget", "jupyterlab"))
    )


CHECKS: dict[str, Callable[[], Result]] = {
    "Python": python,
    "packages": packages,
    "memory": memory,
    "cores": cores,
    "data": data,
    "your folder": workspace,
    "widgets": widgets,
}


def examine(check: Callable[[], Result]) -> Result:
    """Make one check; if the check itself fails, that's the finding."""
    try:
        return check()
    except Exception as error:  # whatever it is, go on with the other checks
        return Result(f"couldn't be checked ({type(error).__name__}: {error})", ANEW)


def report() -> int:
    """Print each finding, and what to do about faults; return 0, or 1 for any fault."""
    faults = 0
    with ThreadPoolExecutor(1) as beside:
        loading = beside.submit(tensorflow)  # takes seconds; meanwhile, check everything else
        checks = CHECKS | {"TensorFlow": loading.result}
        for name, check in checks.items():
            finding = examine(check)
            faults += bool(finding.remedy)
            print(f"{'FAULT' if finding.remedy else 'ok':6} {name:13} {finding.found}", flush=True)
            if finding.remedy:
                print(f"{'':20} What to do: {finding.remedy}")
    print(f"Faults found: {faults}. See above for what to do." if faults else "All is well.")
    return min(faults, 1)
