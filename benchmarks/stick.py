#!/usr/bin/env python3
"""How large is a USB stick for a room without internet?

    python3 start.py pack STICK
    python benchmarks/stick.py STICK

Counts a packed stick's files in MB (10**6 bytes), for all systems and for each alone, and writes
stick.json.
"""

from __future__ import annotations

import json
from pathlib import Path

from measuring import keep, parser

from mnist_lesson.commands.pack import MANIFEST, PYTHONS, SYSTEMS


def main() -> None:
    """Count what was packed, and write it down."""
    options = parser(__doc__)
    options.add_argument("stick", type=Path, metavar="STICK")
    stick = options.parse_args().stick
    files = json.loads((stick / MANIFEST).read_text(encoding="utf-8"))
    sizes = {name: (stick / name).stat().st_size for name in files}
    wanted = {"all three systems, three Pythons each": ""}
    wanted |= {f"{system} only, three Pythons": f"{system} " for system in SYSTEMS}
    wanted |= {
        f"{system} only, Python {PYTHONS[-1]}": f"{system} {PYTHONS[-1]}" for system in SYSTEMS
    }
    found = []
    for words, computer in wanted.items():
        # The lesson's own files are for no computer in particular: every stick has them.
        needed = [
            size
            for name, size in sizes.items()
            if not files[name]["for"] or any(one.startswith(computer) for one in files[name]["for"])
        ]
        found.append({"packed for": words, "MB": round(sum(needed) / 1e6)})
        print(f"{found[-1]['MB']:6,} MB  {words}")
    keep(__file__, {"sticks": found})


if __name__ == "__main__":
    main()
