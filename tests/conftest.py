"""What all tests share: the digits, a throw-away workspace, and the order in which tests run."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_lesson.load import ImagesAndLabels, load_data

TESTS = Path(__file__).parent
# Some folders take minutes, and come last: what fails soon is seen soon. But where two workers
# share the tests, one begins with the pages, and the other with the browser, which leaves the
# processor to it.
TWO = "PYTEST_XDIST_WORKER" in os.environ
ORDER = ("notebooks", "browser", "", "exercises") if TWO else ("", "setup", "notebooks", "browser")

# Before anything loads TensorFlow: its log lines are no faults, and tests of output would see them.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(TESTS).parts[0]
        return ORDER.index(folder if folder in ORDER else "")

    items.sort(key=place)


@pytest.fixture(scope="session", autouse=True)
def _session_workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lead what serves many tests to a folder of its own: nothing is written in the checkout."""
    before = os.environ.get("MNIST_LESSON_WORKSPACE")
    os.environ["MNIST_LESSON_WORKSPACE"] = str(tmp_path_factory.mktemp("workspace"))
    yield
    os.environ.pop("MNIST_LESSON_WORKSPACE")
    if before is not None:
        os.environ["MNIST_LESSON_WORKSPACE"] = before


@pytest.fixture(autouse=True)
def workspace(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch) -> Path:
    """Give each test a workspace of its own, and trainings of the length that it asks for."""
    folder = tmp_path / "workspace"
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(folder))
    if request.path.relative_to(TESTS).parts[0] not in ("notebooks", "browser"):
        monkeypatch.delenv("MNIST_LESSON_REHEARSAL", raising=False)
    return folder


@pytest.fixture
def no_workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lead the learner's folder to below a file: nobody can make it there, not even root."""
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "work"
    monkeypatch.setenv("MNIST_LESSON_WORKSPACE", str(folder))
    return folder


@pytest.fixture(scope="session")
def digits() -> ImagesAndLabels:
    """Return MNIST, loaded once; its arrays cannot be written."""
    both = load_data()
    for arrays in both:
        for array in arrays:
            array.setflags(write=False)
    return both
