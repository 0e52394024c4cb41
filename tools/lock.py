"""Make both locks again from pyproject.toml: `python tools/lock.py`.

Locked versions that still fit stay; `--upgrade` takes the newest of everything. One version of each
package serves Python 3.11 to 3.13 on Windows, macOS and Linux.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ONE_FOR_ALL = ["--universal", "--python-version", "3.11", "--fork-strategy", "fewest"]
BARE = ["--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]
LEARNER = ["--extra", "cpu", "--extra", "start"]
LOCKS = {
    "requirements.lock": LEARNER,
    "requirements-test.lock": [*LEARNER, "--extra", "test", "-c", "requirements.lock"],
}


def command(lock: str, *, upgrade: bool) -> list[str]:
    """Return the uv command that writes one lock."""
    whole = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *LOCKS[lock]]
    whole += [*ONE_FOR_ALL, *BARE, "-o", lock]
    return [*whole, "--upgrade"] if upgrade else whole


def main(arguments: list[str]) -> int:
    """Write both locks, the learner's first, because the tests' lock takes its versions."""
    for lock in LOCKS:
        done = subprocess.run(command(lock, upgrade="--upgrade" in arguments), cwd=ROOT)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
