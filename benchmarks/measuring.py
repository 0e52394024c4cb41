"""What the benchmarks share: a command line, a clock, the machine's name, a results file."""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def parser(text: str | None) -> argparse.ArgumentParser:
    """Return a command line that shows a file's docstring as it is laid out."""
    layout = argparse.RawDescriptionHelpFormatter
    return argparse.ArgumentParser(description=text, formatter_class=layout)


def machine() -> str:
    """Describe the machine by what matters here."""
    name = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{name}, Python {platform.python_version()}"


def seconds(work: Callable[[], Any]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def keep(script: str, found: Any) -> None:
    """Save figures in the JSON file next to the script that measured them."""
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    Path(script).with_suffix(".json").write_text(text, encoding="utf-8")


def keep_and_print(script: str, found: Any) -> None:
    """Save figures, and print them."""
    keep(script, found)
    print(json.dumps(found, indent=1, ensure_ascii=False))
