"""What the browser tests share: a copy of the lesson to open, and when to skip."""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from lab import Lab, chromium, lab

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def open_lab(tmp_path: Path) -> Iterator[Callable[..., AbstractContextManager[Lab]]]:
    """Return a function that opens a page, such as "06_train", of a copy of the lesson.

    Without Chromium or Playwright the test is skipped, unless MNIST_LESSON_REQUIRE_BROWSER=1 (as in CI).
    """
    missing = [
        name
        for name, there in [("chromium", chromium()), ("playwright", importlib.util.find_spec("playwright"))]
        if not there
    ]
    if missing:
        say = pytest.fail if os.environ.get("MNIST_LESSON_REQUIRE_BROWSER") == "1" else pytest.skip
        say(f"the browser tests need {' and '.join(missing)}")
    root = tmp_path / "lesson"
    shutil.copytree(ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns("my_work", ".*"))

    def opened(page: str, **options: Any) -> AbstractContextManager[Lab]:
        return lab(root, f"notebooks/{page}.ipynb", scratch=tmp_path / "scratch", **options)

    return opened
