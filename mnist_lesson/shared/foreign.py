"""Files from elsewhere, read as if hostile: nothing is trusted, run or unpacked without a limit.

    facts = read_json(read_file(path, 1_000_000))
    check(facts, fields({"epochs": whole(1, 1000), "name": text(80)}))

All of this raises `ForeignError` with a message that says what's wrong, such as "it is nested too
deeply".
"""

import io
import json
import math
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, get_type_hints

import numpy as np
from numpy.typing import NDArray

MOST_MEMBERS = 400
MOST_CONTENTS = 200_000  # bytes of a zip's table of contents, which is read before anything else
CHUNK = 1 << 16  # bytes unpacked at a time, so we find out early if it's too large
LONGEST_HEADING = 400  # bytes; NumPy writes about 120
LONGEST_SIDE = 1 << 30  # of an array: NumPy itself stops at some size
DEEPEST = 20  # lists in lists in a JSON file
MOST_JSON = 2_500_000  # bytes
MOST_LISTS = 250_000  # in a JSON file: "[]" takes two letters there, and 64 bytes in memory
LONGEST_NUMBER = 25  # digits: Python would read a million of them, and float() couldn't hold it

# What a damaged zip file can raise in Python's own reader, from a wrong checksum to a place before
# the start of the file.
DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)

Limits = Callable[[str], int | None]
Check = Callable[[Any, str], None]


class ForeignError(ValueError):
    """A file from elsewhere is damaged, or holds something it shouldn't; the message says what."""


def read_file(path: Path, most: int) -> bytes:
    """Read a plain file of at most `most` bytes. Raises OSError or ForeignError.

    A named pipe would keep us waiting forever, so we check what kind of file it is first.
    """
    try:
        facts = path.stat()
    except ValueError as error:  # a character that no file name can have
        raise ForeignError("no file can have that name") from error
    if not stat.S_ISREG(facts.st_mode):
        raise ForeignError("it isn't a plain file")
    if facts.st_size > most:
        raise ForeignError(f"it is larger than {most:,} bytes")
    with path.open("rb") as file:
        return file.read(facts.st_size)  # no more, even if it grows meanwhile


# Zip files


def read_zip(data: bytes, limit_of: Limits, most: int) -> dict[str, bytes]:
    """Unpack a zip file in memory: the bytes of each member, by its name, `most` bytes in all.

    `limit_of` says how many bytes a member of this name may have; None refuses the whole file, 0
    leaves the member out. Raises ForeignError if a member is unknown, doubled, too large, a link,
    locked, damaged, or larger than its heading says.
    """
    parts = dict[str, bytes]()
    for archive, member in _members(data):
        limit = limit_of(member.filename)
        if limit is None:
            raise ForeignError(f"it holds {member.filename[:80]!r}, which has no place there")
        if limit:
            parts[member.filename] = _unpack(archive, member, min(limit, most))
            most -= len(parts[member.filename])
    return parts


def read_names(data: bytes) -> list[str]:
    """List the names in a zip file; nothing is unpacked."""
    return [member.filename for _, member in _members(data)]


def _members(data: bytes) -> list[tuple[zipfile.ZipFile, zipfile.ZipInfo]]:
    """List what a zip file says it holds, once we know how long that list is."""
    # The last 22 bytes (before a comment) say how long the table of contents is. A second, larger
    # kind of ending is for files above 4 GB, and none of ours is that large: a file that has one
    # wants to be read in two ways.
    end = data.rfind(b"PK\5\6", max(0, len(data) - 65_557))
    if end < 0 or len(data) < end + 22:
        raise ForeignError("it is cut short, or isn't a zip file")
    count, size = struct.unpack("<HL", data[end + 10 : end + 16])
    if count > MOST_MEMBERS or size > MOST_CONTENTS or data[end - 20 : end - 16] == b"PK\6\7":
        raise ForeignError("it holds too many files")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        members = archive.infolist()
    except DAMAGE as error:
        raise ForeignError("it is damaged, or isn't a zip file") from error
    if len(members) > MOST_MEMBERS or len({m.filename for m in members}) < len(members):
        raise ForeignError("it holds too many files, or two of one name")
    for member in members:
        kind = stat.S_IFMT(member.external_attr >> 16)  # here Unix notes it; Windows leaves a 0
        plain = member.compress_type in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if kind not in (0, stat.S_IFREG, stat.S_IFDIR) or not plain or member.flag_bits & 1:
            raise ForeignError(
                f"{member.filename[:80]!r} is a link, or locked, or packed strangely"
            )
    return [(archive, member) for member in members]


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, limit: int) -> bytes:
    """Unpack one member piece by piece, and stop at the limit, whatever its heading says."""
    unpacked = io.BytesIO()  # unlike a list of pieces, it needn't be copied at the end
    size = 0
    try:
        with archive.open(member) as stream:
            while piece := stream.read(CHUNK):
                unpacked.write(piece)
                size += len(piece)
                if size > limit:
                    raise ForeignError(f"{member.filename[:80]!r} is too large")
    except ForeignError:
        raise
    except DAMAGE as error:
        raise ForeignError(f"{member.filename[:80]!r} is damaged") from error
    if size != member.file_size:
        raise ForeignError(f"{member.filename[:80]!r} is not as long as it says")
    return unpacked.getvalue()


# Arrays

# By the version of the file's form; the third is for names of columns, and ours have none.
HEADINGS: dict[Any, Callable[..., Any]] = {
    (1, 0): np.lib.format.read_array_header_1_0,
    (2, 0): np.lib.format.read_array_header_2_0,
}


def read_array(data: bytes) -> NDArray[Any]:
    """Read an .npy file of plain numbers or text, exactly as many as its heading promises."""
    begin = io.BytesIO(data)
    try:
        read = HEADINGS[np.lib.format.read_magic(begin)]
        shape, fortran, dtype = read(begin, max_header_size=LONGEST_HEADING)
    except Exception as error:  # NumPy uses Python's own parser, which has errors of every kind
        raise ForeignError("it holds something that isn't an array") from error
    # Any count of numbers with no size would fit; and so would any sides next to a side of 0.
    sides = all(0 <= side <= LONGEST_SIDE for side in shape) and len(shape) <= 8
    if dtype.kind not in "biufU" or not dtype.itemsize or not sides:
        raise ForeignError(f"it holds an array of an unknown kind, {str(dtype)[:40]!r}")
    # Not np.load(), which would make room for whatever the heading promises.
    count, start = math.prod(shape), begin.tell()
    if start + count * dtype.itemsize != len(data):
        raise ForeignError("it holds an array that is not as long as it says")
    array = np.frombuffer(data, dtype, count, start)
    return array.reshape(shape, order="F" if fortran else "C")


def read_arrays(data: bytes, *, most: int) -> dict[str, NDArray[Any]]:
    """Read an .npz file of at most `most` bytes, unpacked: its arrays, read-only, by name."""
    parts = read_zip(data, lambda name: most if name.endswith(".npy") else None, most)
    return {name.removesuffix(".npy"): read_array(part) for name, part in parts.items()}


def check_array(
    arrays: Mapping[str, NDArray[Any]], name: str, kinds: str, shape: tuple[int | None, ...]
) -> NDArray[Any]:
    """Return the array `name` if it has one of these `dtype.kind`s and this shape (None: any).

    Also raises ForeignError if a float is NaN or infinite.
    """
    array = arrays.get(name)
    if array is None:
        raise ForeignError(f"it lacks {name!r}")
    fits = array.ndim == len(shape) and all(
        want in (None, side) for side, want in zip(array.shape, shape, strict=True)
    )
    if array.dtype.kind not in kinds or not fits:
        came = f"{array.dtype} of shape {array.shape}"
        raise ForeignError(f"{name!r} is {came}, which does not fit")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise ForeignError(f"{name!r} has NaN (“not a number”) or infinity in it")
    return array


# JSON


def read_json(data: bytes | str) -> Any:
    """Read JSON without NaN, infinity, endless numbers, duplicate names or deep nesting."""
    if len(data) > MOST_JSON:
        raise ForeignError("it is far too long")
    try:
        text = data.decode() if isinstance(data, bytes) else data
        if text.count("[") + text.count("{") > MOST_LISTS:
            raise ForeignError("it holds far too many lists")
        content = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_number,  # NaN and Infinity, which JSON doesn't have
            object_pairs_hook=_without_doubles,
        )
    except ForeignError:
        raise
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is a ValueError
        raise ForeignError("it isn't JSON, or it's cut short") from error
    _check_depth(content)
    return content


def _number(written: str) -> int | float:
    if len(written) > LONGEST_NUMBER:
        raise ForeignError("it holds a number that is far too long")
    value = int(written) if written.lstrip("-").isdigit() else float(written)
    if not math.isfinite(value):  # 1e999, too, is infinite to Python
        raise ForeignError(f"it holds {written}, which isn't a finite number")
    return value


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):  # json would keep the last, other readers the first
        raise ForeignError("it says one thing twice")
    return table


def _check_depth(content: Any) -> None:
    level = [content]  # level by level: deep files break functions that call themselves
    for _ in range(DEEPEST):
        inner = [value for value in level if isinstance(value, dict | list)]
        level = [
            v for value in inner for v in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise ForeignError("it is nested too deeply")


# What a value must be. Each of these returns a check, and checks nest the way the values do.


def check(value: Any, wanted: Check, name: str = "it") -> Any:
    """Return `value` if it passes `wanted`, or raise a ForeignError that calls it `name`."""
    wanted(value, name)
    return value


def _want(fits: Callable[[Any], bool], wanted: str) -> Check:
    def look(value: Any, name: str) -> None:
        if not fits(value):
            raise ForeignError(f"{name} is {show(value)}, not {wanted}")

    return look


def whole(low: int, high: int) -> Check:
    """Want a whole number from `low` to `high`."""
    wanted = f"a whole number from {low:,} to {high:,}"
    return _want(lambda value: type(value) is int and low <= value <= high, wanted)


def number(low: float = -1e12, high: float = 1e12) -> Check:
    """Want a number from `low` to `high`."""
    wanted = f"a number from {low:g} to {high:g}"
    # NaN is nowhere between them, and True is no number.
    return _want(lambda value: type(value) in (int, float) and low <= value <= high, wanted)


def text(most: int) -> Check:
    """Want text of at most `most` letters."""

    def fits(value: Any) -> bool:
        if not isinstance(value, str) or len(value) > most:
            return False
        # Half of a surrogate pair counts as a letter in JSON, but not for any file or screen.
        return not re.search("[\ud800-\udfff]", value)

    return _want(fits, "a text that fits there")


def choice(*options: Any) -> Check:
    """Want one of these values; True doesn't count as 1."""
    wanted = f"one of {', '.join(map(repr, options))}"

    def fits(value: Any) -> bool:
        return any(type(value) is type(option) and value == option for option in options)

    return _want(fits, wanted)


flag = _want(lambda value: isinstance(value, bool), "true or false")


def maybe(wanted: Check) -> Check:
    """Want null, or what `wanted` wants."""

    def look(value: Any, name: str) -> None:
        if value is not None:
            wanted(value, name)

    return look


def list_of(wanted: Check, most: int, least: int = 0) -> Check:
    """Want a list of `least` to `most` values that each pass `wanted`."""

    def look(value: Any, name: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            raise ForeignError(f"{name} is not a list of {least:,} to {most:,}")
        for place, item in enumerate(value):
            wanted(item, f"{name}[{place}]")

    return look


def fields(
    needed: Mapping[str, Check], optional: Mapping[str, Check] | None = None, *, more: bool = False
) -> Check:
    """Want names and values: all `needed`, some `optional`, and others only with `more`."""
    known = {**needed, **(optional or {})}

    def look(value: Any, name: str) -> None:
        if not isinstance(value, dict):
            raise ForeignError(f"{name} is {show(value)}, not names with values")
        if lacking := needed.keys() - value.keys():
            raise ForeignError(f"{name} lacks {min(lacking)!r}")
        if not more and (unknown := value.keys() - known.keys()):
            raise ForeignError(f"{name} has {min(unknown)[:80]!r}, which has no place there")
        for key in value.keys() & known.keys():
            known[key](value[key], key if name == "it" else f"{name}.{key}")

    return look


def fields_of(record: type) -> dict[str, Check]:
    """Return what each field of a dataclass may hold: the check that's noted beside its type."""
    hints = get_type_hints(record, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items()}


def printable(text: str, most: int = 80) -> str:
    """Cut text short, and leave out anything that moves the cursor or can't be printed."""
    return "".join(letter for letter in text if letter.isprintable())[:most]


def show(value: Any) -> str:
    """Write a value from elsewhere in a few letters, or name its type."""
    # In ASCII, because a letter from elsewhere may move the cursor, or not print at all.
    said = repr(value)[:60] if isinstance(value, str | int | float | None) else type(value).__name__
    return said.encode("ascii", "backslashreplace").decode()
