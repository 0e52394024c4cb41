"""What the browser tests share: a copy of the lesson to open, and when to skip."""

import contextlib
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lab import CHROMIUM_FLAGS, Lab, OpenLab, chromium, lab

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def need_browser() -> None:
    """Skip where Chromium or Playwright is missing; with MNIST_LESSON_REQUIRE_BROWSER=1, fail."""
    needed = {"chromium": chromium(), "playwright": importlib.util.find_spec("playwright")}
    missing = [name for name, found in needed.items() if not found]
    if missing:
        say = pytest.fail if os.environ.get("MNIST_LESSON_REQUIRE_BROWSER") == "1" else pytest.skip
        say(f"the browser tests need {' and '.join(missing)}")


@pytest.fixture(scope="module")
def browser(need_browser: None) -> Iterator[Any]:
    """Return a Chromium, for pages that need no JupyterLab."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)


@pytest.fixture
def lesson(need_browser: None, tmp_path: Path) -> Path:
    """Return a copy of the lesson's pages (in `notebooks/`), which a test may change."""
    root = tmp_path / "lesson"
    shutil.copytree(
        ROOT / "notebooks", root / "notebooks", ignore=shutil.ignore_patterns("my_work", ".*")
    )
    return root


@pytest.fixture
def open_lab(lesson: Path, tmp_path: Path) -> OpenLab:
    """Return a function that opens a page, such as "06_train", with the options of `lab.lab()`."""

    def opened(page: str, **options: Any) -> contextlib.AbstractContextManager[Lab]:
        return lab(lesson, f"notebooks/{page}.ipynb", scratch=tmp_path / "scratch", **options)

    return opened
