"""What a zip package lists: its parts, their sizes and places, checked before any is inflated.

A list written the usual way, as nearly all are, is read here, in half the time; any other, and
every one that looks the least odd, is read by the library.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from xlplan.workbook.read.bounds import MB, TRUNCATED, Bounds, Refused, damaged, too_large, unsafe
from xlplan.workbook.read.kinds import Refusal

if TYPE_CHECKING:
    from zipfile import ZipInfo

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s2xBx2H4x3L4H6xL")
_LOCAL = struct.Struct("<26x2H")
"""A part's own header: how long its name is, and what follows it."""
LOCAL_HEADER = _LOCAL.size
STORED, DEFLATED = 0, 8
_ENCRYPTED, _UTF8 = 0x1, 0x800
_USUAL_FLAGS = 0x2 | 0x4 | 0x8 | _UTF8
_NEWEST = 45
"""The version of the format, in tenths, that large files need; workbooks need nothing newer."""
_LARGE = 0xFFFFFFFF
"""Says that the number stands elsewhere."""


class Part(NamedTuple):
    """One part as listed; `size` and `packed` are bytes, `at` is where its own header is."""

    name: str
    spelled: bytes
    flags: int
    method: int
    checksum: int
    packed: int
    size: int
    at: int

    @property
    def is_folder(self) -> bool:
        """Whether it stands for a folder: it has a name and no bytes."""
        return self.name.endswith("/")


Listed = list[tuple[Part, int]]
"""The parts of a package, and where the packed bytes of each begin."""


def list_parts(data: bytes, bounds: Bounds) -> Listed:
    """What a zip holds, checked by its own list alone: nothing is inflated yet.

    Raises `Refused` for a list that no program would write.
    """
    parts, end = usual_list(data) or any_list(data)
    _check(parts, bounds)
    return list(zip(parts, _places(data, parts, end), strict=True))


def usual_list(data: bytes) -> tuple[list[Part], int] | None:
    """The parts, and where the list of them begins; None where the list is not written the usual
    way: at the end of the file, without remarks, extras or large sizes, names in UTF-8."""
    end = len(data) - _END.size
    if end < 0:
        return None
    mark, disk, first, here, count, length, start, remark = _END.unpack_from(data, end)
    if (mark, disk, first, here, remark) != (b"PK\x05\x06", 0, 0, count, 0):
        return None
    if start + length != end:
        return None
    try:
        parts = list(_entries(data, start, count, end))
    except (ValueError, struct.error):
        return None
    return parts, start


def _entries(data: bytes, at: int, count: int, end: int) -> Iterator[Part]:
    """The entries of a list from `at` to `end`; raises `ValueError` for what is not usual."""
    for _ in range(count):
        mark, version, *entry = _ENTRY.unpack_from(data, at)
        flags, method, checksum, packed, size, length, extra, remark, disk, place = entry
        at += _ENTRY.size + length
        spelled = data[at - length : at]
        name = spelled.decode("utf-8" if flags & _UTF8 else "ascii")
        if mark != b"PK\x01\x02" or flags & ~_USUAL_FLAGS or extra or remark or disk:
            raise ValueError(name)
        if version > _NEWEST or _LARGE in (packed, size, place):
            raise ValueError(name)
        if at > end or "\0" in name or "\\" in name:
            raise ValueError(name)
        yield Part(name, spelled, flags, method, checksum, packed, size, place)
    if at != end:
        raise ValueError(at)


def any_list(data: bytes) -> tuple[list[Part], int]:
    """The parts, and where the list of them begins, as the library reads it. Raises `Refused`."""
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return [_part(info) for info in package.infolist()], package.start_dir
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError):
        raise Refused(TRUNCATED) from None


def _part(info: ZipInfo) -> Part:
    encoding = "utf-8" if info.flag_bits & _UTF8 else "cp437"
    return Part(
        info.filename,
        info.orig_filename.encode(encoding, "replace"),
        info.flag_bits,
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.file_size,
        info.header_offset,
    )


def _check(parts: Sequence[Part], bounds: Bounds) -> None:
    """Names and declared sizes, before anything is inflated."""
    total = 0
    for name, _, flags, method, _, packed, size, _ in parts:
        folded = _folded(name)
        steps = folded.split("/")
        if folded.startswith("/") or ".." in steps or ":" in steps[0] or not folded:
            raise Refused(unsafe(f'the part "{name}" points outside the file'))
        if flags & _ENCRYPTED:
            raise Refused(_PASSWORD_ZIP)
        if method not in (STORED, DEFLATED):
            raise Refused(unsafe(f'the part "{name}" is packed in an unknown way'))
        total += size
        if size > bounds.part_bytes:
            raise Refused(too_large(f'over {bounds.part_bytes // MB} MB in "{name}"'))
        if size > bounds.ratio_above and size // max(packed, 1) > bounds.ratio:
            raise Refused(too_large(f'{size // max(packed, 1)} times its size in "{name}"'))
        if total > bounds.total_bytes:
            raise Refused(too_large(f"over {bounds.total_bytes // MB} MB"))
    if len(parts) > bounds.parts:
        raise Refused(too_large(f"more than {bounds.parts:,} parts"))


def _folded(name: str) -> str:
    return name.casefold().replace("\\", "/").rstrip("/")


def check_names(listed: Listed) -> None:
    """Raise `Refused` for a document that has two parts of one name, which readers would take
    differently. Two files in an archive may be called alike: each is its own."""
    seen: set[str] = set()
    for part, _ in listed:
        folded = _folded(part.name)
        if folded in seen:
            raise Refused(unsafe(f'it lists the part "{part.name}" twice'))
        seen.add(folded)


_PASSWORD_ZIP = Refusal(
    "GATE-006",
    "This file is protected with a password, so nothing in it can be read. "
    "Ask its sender to save it without a password and to send it again.",
)


def _places(data: bytes, parts: Sequence[Part], end: int) -> list[int]:
    """Where each part's packed bytes start; no two parts may share a byte."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    for name, spelled, _, _, _, packed, _, at in parts:
        if not 0 <= at <= len(data) - LOCAL_HEADER or not data.startswith(b"PK\x03\x04", at):
            raise Refused(damaged(name))
        name_length, extra_length = _LOCAL.unpack_from(data, at)
        start = at + LOCAL_HEADER + name_length + extra_length
        if name_length != len(spelled) or not data.startswith(spelled, at + LOCAL_HEADER):
            raise Refused(unsafe(f'the part "{name}" has two names'))
        starts.append(start)
        spans.append((at, start + packed))
    spans.sort()
    for (_, stop), (following, _) in zip(spans, [*spans[1:], (end, end)], strict=True):
        if stop > following:
            raise Refused(unsafe("its parts overlap"))
    return starts
