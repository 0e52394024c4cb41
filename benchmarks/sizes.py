#!/usr/bin/env python3
"""How large is each package in the lock, once it's installed?

    python benchmarks/sizes.py

Counts the files of each package that requirements.lock installs here, in MB (10**6 bytes), and our
own package and its assets. For each package that the lesson asks for, "alone" is its own size, and
"with" is what we'd save without it, counting the packages that are there only because of it. Writes
benchmarks/sizes.json.
"""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

from measuring import keep_and_print
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def weight(name: str) -> float:
    """Return the bytes of an installed package's files."""
    paths = (Path(str(file.locate())) for file in metadata.files(name) or [])
    return float(sum(path.stat().st_size for path in paths if path.is_file()))


def needs(name: str) -> set[str]:
    """Return the names of the packages that one needs here."""
    found = set()
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.add(canonicalize_name(requirement.name))
    return found


def reach(roots: set[str], installed: set[str]) -> set[str]:
    """Return these packages and everything they need."""
    seen: set[str] = set()
    due = roots & installed
    while due:
        seen |= due
        due = set().union(*map(needs, due)) & installed - seen
    return seen


def main() -> None:
    """Weigh, write and print."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = map(Requirement, (ROOT / "requirements.lock").read_text("utf-8").splitlines())
    locked = {
        canonicalize_name(one.name)
        for one in lines
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }
    weights = {name: weight(name) / 1e6 for name in sorted(locked)}
    asked = map(Requirement, [*project["dependencies"], *project["optional-dependencies"]["cpu"]])
    direct = {canonicalize_name(one.name) for one in asked} & locked
    packages = {}
    for name in sorted(direct):
        saved = reach(direct, locked) - reach(direct - {name}, locked)
        packages[name] = {
            "alone": round(weights[name], 1),
            "with": round(sum(weights[one] for one in saved), 1),
        }
    assets = (file for file in (ROOT / "mnist_lesson" / "assets").rglob("*") if file.is_file())
    rounded = {name: round(mb, 1) for name, mb in weights.items()}
    found = {
        "packages": len(locked),
        "installed_mb": round(sum(weights.values())),
        "assets_mb": round(sum(file.stat().st_size for file in assets) / 1e6, 1),
        "direct": packages,
        "heaviest": dict(sorted(rounded.items(), key=lambda item: -item[1])[:12]),
    }
    keep_and_print(__file__, found)


if __name__ == "__main__":
    main()
