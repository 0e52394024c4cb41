"""A USB stick for a room without internet: `pack` fills it, `check-stick` tests it.

The stick is a copy of the lesson, with a folder wheels/ that start.py installs from. `check_stick`
runs on a laptop before anything is installed, so at the top we import only the standard library.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = Path("wheels") / "manifest.json"
LOCK = "requirements.lock"
PYTHONS = ("3.11", "3.12", "3.13")
# One by one, so nothing else gets packed by accident, such as answers or learners' files.
PACKED = """mnist_lesson notebooks docs binder benchmarks tests tools
start.py setup.py pyproject.toml requirements.lock requirements-test.lock environment.yml
conftest.py MANIFEST.in README.md LICENSE CHANGELOG.md CITATION.cff CONTRIBUTING.md"""
NOT_PACKED = "my_work __pycache__ *.egg-info .ipynb_checkpoints"
NAMES = {"Windows": "windows", "Darwin": "macos", "Linux": "linux"}
# What the lock's markers ask about each system, and which wheels run there.
SYSTEMS = {
    "windows": {"sys_platform": "win32", "platform_system": "Windows", "platform_machine": "AMD64"},
    "macos": {"sys_platform": "darwin", "platform_system": "Darwin", "platform_machine": "arm64"},
    "linux": {"sys_platform": "linux", "platform_system": "Linux", "platform_machine": "x86_64"},
}
TAGS = {
    "windows": ["win_amd64"],
    "macos": ["macosx_12_0_arm64"],
    "linux": ["manylinux2014_x86_64", *(f"manylinux_2_{n}_x86_64" for n in range(28, 4, -1))],
}


def pins(system: str, python: str) -> list[str]:
    """Return the lock's lines for one system and Python version, without their markers."""
    from packaging.requirements import Requirement

    about = {**SYSTEMS[system], "python_version": python, "python_full_version": f"{python}.1"}
    lines = [Requirement(line) for line in (ROOT / LOCK).read_text("utf-8").splitlines()]
    hold = [line for line in lines if line.marker is None or line.marker.evaluate(about)]
    return [f"{line.name}{line.specifier}" for line in hold]


def pip_command(verb: str, system: str, python: str) -> list[str]:
    """Return the pip command that gets the wheels for one system and Python, from any computer."""
    # Wheels only: a room without a network often has no compiler, either.
    command = [sys.executable, "-m", "pip", verb, "-q", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--python-version", python, "--implementation", "cp"]
    for abi in (f"cp{python.replace('.', '')}", "abi3", "none"):
        command += ["--abi", abi]
    for tag in TAGS[system]:
        command += ["--platform", tag]
    return [*command, *pins(system, python)]


def fetch(wheels: Path, system: str, python: str) -> list[str]:
    """Download the wheels for one system and Python, and return their file names."""
    # Into a separate folder first, to find out which wheels this system needs.
    with tempfile.TemporaryDirectory(dir=wheels) as scratch:
        command = [*pip_command("download", system, python), "--find-links", str(wheels)]
        done = subprocess.run([*command, "--dest", scratch], stderr=subprocess.PIPE, text=True)
        if done.returncode:
            raise SystemExit(f"{system}, Python {python}: pip couldn't get it all.\n{done.stderr}")
        names = sorted(path.name for path in Path(scratch).iterdir())
        for name in names:
            (Path(scratch) / name).replace(wheels / name)
    size = sum((wheels / name).stat().st_size for name in names) / 1e6
    print(f"{system}, Python {python}: {len(names)} packages, {size:.0f} MB", flush=True)
    return names


def pack(folder: Path, systems: list[str], pythons: list[str]) -> int:
    """Copy the lesson into a folder, with the wheels it needs on these systems."""
    if not (ROOT / "start.py").exists():
        raise SystemExit("To pack a stick, you need the lesson's own folder, with start.py in it.")
    if folder.is_relative_to(ROOT):
        raise SystemExit(f"{folder} is in the lesson's own folder. Name one somewhere else.")
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).exists():
        raise SystemExit(f"{folder} isn't empty. Name a new folder, such as {folder / 'lesson'}.")
    # Start with an empty list, so we can tell if packing never finished.
    (folder / MANIFEST).parent.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).write_text("{}\n", encoding="utf-8")
    ignore = shutil.ignore_patterns(*NOT_PACKED.split())
    for name in PACKED.split():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=ignore, dirs_exist_ok=True)
        else:
            shutil.copy2(ROOT / name, folder / name)
    needed_by: dict[str, list[str]] = {}
    for system in systems:
        for python in pythons:
            for name in fetch(folder / "wheels", system, python):
                needed_by.setdefault(f"wheels/{name}", []).append(f"{system} {python}")
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and (not name.startswith("wheels/") or name in needed_by):
            files[name] = {"sha256": digest(path), "for": needed_by.get(name, [])}
    (folder / MANIFEST).write_text(json.dumps(files, indent=1) + "\n", encoding="utf-8")
    size = sum((folder / name).stat().st_size for name in files) / 1e6
    print(f"Packed: {len(files)} files, {size:.0f} MB in {folder}.")
    print("On a laptop, copy that folder to the disk, and type in it: python3 start.py check-stick")
    return 0


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def trouble_with(root: Path) -> str:
    """Say why the lesson can't be installed from this stick on this computer; "" if it can."""
    if not (root / MANIFEST).exists():
        return "This folder isn't a stick. To fill one, type: python3 start.py pack FOLDER"
    files: dict[str, Any] = json.loads((root / MANIFEST).read_text("utf-8"))
    if not files:
        return "Packing didn't finish here. Type the same line again: python3 start.py pack FOLDER"
    # Wheels are made for one system and one Python: which are these?
    system, python = platform.system(), "{}.{}".format(*sys.version_info)
    here = f"{NAMES.get(system, system)} {python}"
    computers = sorted({name for about in files.values() for name in about["for"]})
    if here not in computers:
        return f"It was packed for {', '.join(computers)}. This is {here}."
    # The lesson's own files aren't for any one system: every computer needs them.
    needed = [name for name, about in files.items() if here in (about["for"] or [here])]
    bad = [n for n in needed if not (root / n).is_file() or digest(root / n) != files[n]["sha256"]]
    if bad:
        return f"Missing or damaged ({len(bad)}): {', '.join(bad[:5])}. Copy the folder again."
    if shutil.disk_usage(root).free < 3e9:
        return "Less than 3 GB of disk is free here. Free some."
    print(f"{len(needed)} files for {here} are as they were packed. Trying them ...", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        venv.create(scratch, with_pip=True)  # let pip itself say what it could install
        program = "Scripts/python.exe" if system == "Windows" else "bin/python"
        # No index: whatever is not on the stick is missing.
        command = [f"{scratch}/{program}", "-m", "pip", "install", "-q", "--dry-run", "--no-index"]
        command += ["--find-links", (root / "wheels").as_uri(), "-r", str(root / LOCK)]
        done = subprocess.run(command, capture_output=True, text=True)
    return done.stderr.strip() if done.returncode else ""


def check_stick(root: Path) -> int:
    """Say whether the lesson can be installed from this folder without internet."""
    trouble = trouble_with(root)
    well = "All is well. To install and open the lesson, type: python3 start.py"
    print(trouble or f"{well}\n(For the one-hour plan: python3 start.py lab --express)")
    return 1 if trouble else 0


def add_parser(commands: Any) -> None:
    """Add `pack` to the commands of `mnist-lesson`."""
    parser = commands.add_parser("pack", help="fill a USB stick for a room without internet")
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="where it goes: a new folder")
    parser.add_argument("--for", default=",".join(SYSTEMS), help="windows,macos,linux")
    parser.add_argument("--python", default=",".join(PYTHONS), help="3.11,3.12,3.13")

    def do(given: argparse.Namespace) -> int:
        systems, pythons = vars(given)["for"].split(","), given.python.split(",")
        if unknown := {*systems, *pythons} - {*SYSTEMS, *PYTHONS}:
            parser.error(f"{sorted(unknown)[0]} isn't one of {', '.join([*SYSTEMS, *PYTHONS])}")
        return pack(given.folder.resolve(), systems, pythons)

    parser.set_defaults(do=do)
