#!/usr/bin/env python3
"""What does each package of the lock weigh, once it is installed?

    python benchmarks/sizes.py

Counts the files of each package that requirements.lock installs here, in MB (10**6 bytes), and our own package and
its assets. A package that the lesson names itself counts with those that come only because of it: "alone" is its own
weight, "with" the weight that would be saved without it. Writes benchmarks/sizes.json.
"""

from __future__ import annotations

import json
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]


def weight(name: str) -> float:
    """Return the bytes of an installed package's files."""
    files = metadata.files(name) or []
    return float(
        sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())
    )


def needs(name: str) -> set[str]:
    """Return the names of the packages that one needs here."""
    found = set()
    for line in metadata.requires(name) or []:
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found.add(canonicalize_name(requirement.name))
    return found


def reach(roots: set[str], installed: set[str]) -> set[str]:
    """Return these packages with all that they need."""
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
    assets = ROOT / "mnist_lesson" / "assets"
    found = {
        "packages": len(locked),
        "installed_mb": round(sum(weights.values())),
        "assets_mb": round(
            sum(file.stat().st_size for file in assets.rglob("*") if file.is_file()) / 1e6, 1
        ),
        "direct": packages,
        "heaviest": dict(
            sorted(((n, round(w, 1)) for n, w in weights.items()), key=lambda item: -item[1])[:12]
        ),
    }
    Path(__file__).with_suffix(".json").write_text(
        json.dumps(found, indent=1) + "\n", encoding="utf-8"
    )
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
