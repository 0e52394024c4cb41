"""What holds for every file that is kept: its layout, its types, and what it must not name."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# In pieces, so that this file does not name what no file may name.
ENDS = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("npmjs", "com")]
ENDS += [("deb", "debian"), ("anaconda", "org"), ("yarnpkg", "com"), ("jsdelivr", "net")]
HOSTS = [*map(".".join, ENDS), "unp" + "kg"]
ROOTS = (("work", "main"), ("root", ""), ("opt", "pypi"), ("opt", "wheels"))
FOLDERS = ["/" + "/".join(parts) for parts in ROOTS]
FOLDERS += [
    r"/home/(?!\$)\w+/",
    r"/Users/\w+/",
    r"C:\\\\?Users",
    r"/tmp/ipykernel_\d",
    r"file:///\w",
]


def tracked() -> list[Path]:
    """Return the files that git keeps, and those that are about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Where packages come from is each reader's own affair; one machine's paths help nobody."""
    unwanted = re.compile("|".join([*map(re.escape, HOSTS), *FOLDERS]))
    files = {path: path.read_bytes() for path in tracked()}
    assert len(files) > 20
    texts = {path: data.decode() for path, data in files.items() if b"\0" not in data[:8000]}
    found = [f"{path}: {hit.group()}" for path in texts for hit in unwanted.finditer(texts[path])]
    assert found == []


@pytest.mark.parametrize("command", ["ruff check .", "ruff format --check .", "mypy"])
def test_code_is_clean(command: str) -> None:
    """ruff for slips and layout, mypy in strict mode for the library's types."""
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
