"""How much longer does `load_data()` take than `np.load` of the same compressed arrays?

    python benchmarks/load.py [--rounds 15]

Alternates between the two, in one process; `load_data()` also checks the file's SHA-256. Prints
the median ratio of neighbouring pairs, and writes benchmarks/load.json.
"""

from __future__ import annotations

import statistics

import numpy as np
from measuring import keep_and_print, parser, seconds

from mnist_lesson.load import MNIST, load_data


def plain() -> None:
    """Read all four arrays, and check nothing."""
    with np.load(MNIST) as arrays:
        for name in arrays.files:
            arrays[name]


def main() -> None:
    """Time both in turn."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=15)
    rounds = options.parse_args().rounds
    plain(), load_data()  # so both find the file in memory
    pairs = [(seconds(plain), seconds(load_data)) for _ in range(rounds)]
    ratios = [ours / theirs for theirs, ours in pairs]
    found = {
        "np_load_seconds": round(statistics.median(theirs for theirs, _ in pairs), 3),
        "load_data_seconds": round(statistics.median(ours for _, ours in pairs), 3),
        "ratio_median": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
    }
    keep_and_print(__file__, found)


if __name__ == "__main__":
    main()
