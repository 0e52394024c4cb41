"""Places that name versions and packages agree: pyproject, locks, conda, Binder, the code."""

import ast
import itertools
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import mnist_lesson

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
NEEDED = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {
    name: [Requirement(line) for line in lines]
    for name, lines in PROJECT["optional-dependencies"].items()
}
PYTHONS = ["3.11", "3.12", "3.13"]
COMPUTERS = [
    ("linux", "Linux", "posix", "x86_64"),
    ("linux", "Linux", "posix", "aarch64"),
    ("darwin", "Darwin", "posix", "arm64"),
    ("win32", "Windows", "nt", "AMD64"),
]
KEYS = ("sys_platform", "platform_system", "os_name", "platform_machine")
PLACES = [
    dict(zip(KEYS, computer, strict=True))
    | {"python_version": python, "python_full_version": f"{python}.5"}
    | {"implementation_name": "cpython"}
    for computer, python in itertools.product(COMPUTERS, PYTHONS)
]
each_place = pytest.mark.parametrize(
    "place", PLACES, ids=lambda place: "{platform_machine}-{python_version}".format(**place)
)


def lock(name: str) -> list[Requirement]:
    return [Requirement(line) for line in (ROOT / name).read_text("utf-8").splitlines()]


def wanted(lines: list[Requirement], place: dict[str, str]) -> list[Requirement]:
    """Return the requirements that hold on one kind of computer."""
    here = place | {"extra": ""}
    return [line for line in lines if line.marker is None or line.marker.evaluate(here)]


def pins(name: str, place: dict[str, str]) -> dict[str, str]:
    """Return what a lock installs on one kind of computer: the version of each package."""
    lines = wanted(lock(name), place)
    assert len({line.name for line in lines}) == len(lines), f"{name} names a package twice"
    return {line.name: pin.version for line in lines for pin in line.specifier}


# ---- pyproject and the locks ----


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_lock_is_plain(name: str) -> None:
    """One version of each package for all; no hashes, no addresses, no options."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    plain = re.compile(r"[a-z0-9-]+==[\w.+!]+( ; [^@#]+)?")
    assert [line for line in lines if not plain.fullmatch(line)] == []
    names = [line.split("==")[0] for line in lines]
    assert names == sorted(set(names))


@each_place
def test_locks_give_what_pyproject_asks(place: dict[str, str]) -> None:
    """On every computer and Python; and the tests' lock gives a learner's versions, and more."""
    learner, tests = pins("requirements.lock", place), pins("requirements-test.lock", place)
    for requirement in wanted(NEEDED + EXTRAS["cpu"], place):
        assert requirement.specifier.contains(learner[requirement.name]), requirement
    for requirement in wanted(EXTRAS["test"], place):
        assert requirement.specifier.contains(tests[requirement.name]), requirement
    assert learner.items() <= tests.items()


@each_place
def test_one_tensorflow_and_only_from_the_extras(place: dict[str, str]) -> None:
    """`cpu` and `gpu` each bring one; the lesson's own dependencies bring none."""
    for extra in ("cpu", "gpu"):
        names = [one.name for one in wanted(EXTRAS[extra], place)]
        assert len(names) == 1
        assert names[0].startswith("tensorflow")
    assert [one for one in NEEDED if "tensorflow" in one.name] == []
    assert len({"tensorflow", "tensorflow-cpu"} & pins("requirements.lock", place).keys()) == 1


def test_pythons_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    """The range that pip enforces is the one that is classified and that start.py lets in."""
    start = runpy.run_path(str(ROOT / "start.py"))

    def starts(minor: int) -> bool:
        with monkeypatch.context() as other:
            other.setattr(sys, "version_info", (3, minor, 1))
            return start["main"](["--help"]) is None

    assert re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"])) == PYTHONS
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert [f"3.{n}" for n in range(8, 20) if allowed.contains(f"3.{n}.1")] == PYTHONS
    assert [f"3.{n}" for n in range(8, 20) if starts(n)] == PYTHONS


def test_what_is_installed_here_fits() -> None:
    """pip finds no conflict, and the packages of the lock have its versions."""
    here = [one for one in lock("requirements.lock") if not one.marker or one.marker.evaluate()]
    assert [str(one) for one in here if metadata.version(one.name) not in one.specifier] == []
    done = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


# ---- conda and Binder ----


def environment(path: str) -> dict[str, object]:
    """Return a conda environment as conda reads it."""
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def test_conda_and_binder_have_the_same_python_and_leave_the_rest_to_the_lock() -> None:
    """repo2docker knows only the form `python=3.11`, and reads nothing beside binder/."""
    python = ["python=3.11", "pip"]
    given = {"channels": ["conda-forge"], "dependencies": python}
    lock = {"pip": ["-r requirements.lock", "-e ."]}
    whole = given | {"name": "mnist-lesson", "dependencies": [*python, lock]}
    assert environment("environment.yml") == whole
    assert environment("binder/environment.yml") == given
    assert {path.name for path in (ROOT / "binder").iterdir()} == {"environment.yml", "postBuild"}
    assert not (ROOT / ".binder").exists()


# ---- workflows, dev container and version ----


def test_workflow_tries_every_system_and_python() -> None:
    """As pyproject promises them; and actionlint, where it is installed, finds no fault."""
    file = ROOT / ".github" / "workflows" / "test.yml"
    jobs = yaml.safe_load(file.read_text("utf-8"))["jobs"]
    matrix = jobs["locked"]["strategy"]["matrix"]
    assert matrix["python"] == PYTHONS
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    assert all(job["steps"][-1]["run"] == "python start.py test" for job in jobs.values())
    if actionlint := shutil.which("actionlint"):
        files = sorted(file.parent.glob("*.yml"))
        done = subprocess.run([actionlint, *files], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout


def test_dev_container_installs_the_lock() -> None:
    given = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8"))
    assert given["image"].rsplit(":")[-1] in PYTHONS
    assert "-r requirements.lock" in given["postCreateCommand"]


def test_one_version_everywhere() -> None:
    """The package, its citation and the newest entry of the change log."""
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {citation["version"], mnist_lesson.__version__, versions[0]} == {PROJECT["version"]}
    assert f"version {PROJECT['version']}," in (ROOT / "README.md").read_text("utf-8")


# ---- reasons, and the code itself ----


def test_each_dependency_has_a_reason() -> None:
    """CONTRIBUTING names each direct dependency once, with a reason, and no other."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("### Why each one is here")[1]
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", text, flags=re.MULTILINE)
    direct = {one.name for lines in (NEEDED, *EXTRAS.values()) for one in lines}
    assert sorted(name for name, _ in rows) == sorted(direct)
    assert [name for name, reason in rows if len(reason.split()) < 3] == []


def imports(path: Path) -> set[str]:
    """Return the top-level modules that a file imports, wherever in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize(
    ("folders", "extras"),
    [(["mnist_lesson"], ["cpu"]), (["tests", "tools", "benchmarks"], ["cpu", "test", "site"])],
)
def test_what_is_imported_is_declared(folders: list[str], extras: list[str]) -> None:
    """A package that only happens to be there, as another's dependency, may be gone tomorrow."""
    given = NEEDED + [one for extra in extras for one in EXTRAS[extra]]
    declared = {canonicalize_name(one.name) for one in given} | {"mnist-lesson"}
    owners = metadata.packages_distributions()
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert files
    undeclared = set()
    for path in files:
        for module in imports(path) - set(sys.stdlib_module_names):
            packages = {canonicalize_name(name) for name in owners.get(module, [])}
            if packages and not packages & declared:
                undeclared.add(f"{path.name} imports {module}, of {', '.join(packages)}")
    assert undeclared == set()


def test_start_needs_only_the_standard_library() -> None:
    assert imports(ROOT / "start.py") <= set(sys.stdlib_module_names)
