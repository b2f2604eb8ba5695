"""The parts of a zip package, inflated within bounds and never written to disk.

Every guard of FIELD-NOTES 5 that concerns the archive itself is here: sizes and ratio, checksums,
overlapping, duplicate and unsafe names, document type declarations.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from xlplan.workbook.kinds import Refusal

MB = 1 << 20
_LOCAL_HEADER = 30
_STORED, _DEFLATED = 0, 8
_ABOUT = struct.Struct("<5H3L2H")
_PLACE = struct.Struct("<3H2L")
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED = 0x1
_KEPT = (".xml", ".rels", ".bin", "mimetype")
_BETWEEN_CELLS = re.compile(rb"(</?table:[^<>]*>)\s+(?=<)")
_DOCTYPES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_PLAIN_START = re.compile(
    rb"<\?xml(?: [a-z]+=(?:\"[A-Za-z0-9.-]{1,20}\"|'[A-Za-z0-9.-]{1,20}'))* ?\?>\s*<[A-Za-z]"
)
"""A document whose first element comes at once: a declaration of its type can only stand before."""


@dataclass(frozen=True)
class Bounds:
    """How much of anything a file may hold; sizes in bytes."""

    file_bytes: int = 128 * MB
    part_bytes: int = 256 * MB
    total_bytes: int = 512 * MB
    ratio: int = 200
    ratio_above: int = 4 * MB
    """Parts up to this size may be compressed as well as they like."""
    parts: int = 2_000
    rows: int = 100_000
    columns: int = 2_000
    cells: int = 2_000_000
    """Of one sheet's used area, empty cells included, and of all sheets together."""
    merges: int = 20_000
    text: int = 256 * MB
    """Characters in all cells together: one long text may stand behind many cells."""
    sheets: int = 200
    enclosed: int = 200
    """Files in an archive or a message."""
    enclosed_bytes: int = 128 * MB
    """Of all files in an archive or a message together."""


DEFAULT = Bounds()
"""What a template, a master plan or a csv of either never exceeds."""


TRUNCATED = Refusal(
    "GATE-004",
    "This file is incomplete or damaged: its end is missing. Ask for it to be sent again.",
)
_BOMB = "Nothing in it was read. Ask its sender to copy the cells into a new workbook and send that"


def damaged(part: str) -> Refusal:
    """The refusal of a package in which a part is damaged."""
    return Refusal(
        "GATE-005",
        f'The part "{part}" of this file is damaged, so its cells cannot be trusted. '
        "Ask for the file to be sent again.",
    )


def too_large(what: str) -> Refusal:
    """The refusal of a package that would unpack to too much."""
    return Refusal("GATE-008", f"This file unpacks to {what}. {_BOMB}.")


def unsafe(what: str) -> Refusal:
    """The refusal of a package whose list of parts was tampered with."""
    return Refusal("GATE-010", f"This file was not made by a spreadsheet program: {what}. {_BOMB}.")


class Refused(Exception):  # noqa: N818  (a refusal is an answer about the file, not our error)
    """Raised inside the gate only; carries the refusal that becomes a `Problem`."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(refusal.message)


Listed = list[tuple[zipfile.ZipInfo, int]]
"""The parts of a package, and where the packed bytes of each begin."""


def list_parts(data: bytes, bounds: Bounds) -> Listed:
    """What a zip holds, checked by its own list alone: nothing is inflated yet.

    Raises `Refused` for a list that no program would write.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            infos, end = package.infolist(), package.start_dir
    except (zipfile.BadZipFile, ValueError, OverflowError, struct.error, NotImplementedError):
        raise Refused(TRUNCATED) from None
    _check_list(infos, bounds)
    return list(zip(infos, _places(data, infos, end), strict=True))


def open_parts(data: bytes, listed: Listed) -> dict[str, bytes]:
    """The parts of a package by name, all of them checked; pictures and the like are not kept.

    Raises `Refused` for anything that a spreadsheet program would not write.
    """
    parts: dict[str, bytes] = {}
    for info, start in listed:
        if info.is_dir() and not info.file_size:
            continue
        content = inflate(data, info, start)
        lowered = info.filename.lower()
        if not _PLAIN_START.match(content) and _declares_type(lowered, content):
            raise Refused(
                Refusal(
                    "GATE-009",
                    f'The part "{info.filename}" of this file declares a document type, '
                    f"which no spreadsheet program does. {_BOMB}.",
                )
            )
        parts[info.filename] = content if lowered.endswith(_KEPT) else b""
    return parts


def _declares_type(name: str, content: bytes) -> bool:
    """Whether a part holds a document type declaration, in any encoding that a parser guesses."""
    start = content[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    is_xml = name.endswith((".xml", ".rels", ".vml")) or start.startswith(b"<")
    return is_xml and any(mark in content for mark in _DOCTYPES)


def part_named(parts: Mapping[str, bytes], usual: str) -> bytes:
    """The part with this name, whatever its case; nearly all programs spell it the usual way."""
    if usual in parts:
        return parts[usual]
    return next((parts[name] for name in parts if name.lower() == usual.lower()), b"")


def _check_list(infos: Iterable[zipfile.ZipInfo], bounds: Bounds) -> None:
    """Names and declared sizes, before anything is inflated."""
    seen: set[str] = set()
    total = 0
    for info in infos:
        name = info.filename
        folded = name.casefold().replace("\\", "/").rstrip("/")
        if folded in seen:
            raise Refused(unsafe(f'it lists the part "{name}" twice'))
        seen.add(folded)
        steps = folded.split("/")
        if folded.startswith("/") or ".." in steps or ":" in steps[0] or not folded:
            raise Refused(unsafe(f'the part "{name}" points outside the file'))
        if info.flag_bits & _ENCRYPTED:
            raise Refused(_PASSWORD_ZIP)
        if info.compress_type not in (_STORED, _DEFLATED):
            raise Refused(unsafe(f'the part "{name}" is packed in an unknown way'))
        total += info.file_size
        if info.file_size > bounds.part_bytes:
            raise Refused(too_large(f'over {bounds.part_bytes // MB} MB in "{name}"'))
        packed = max(info.compress_size, 1)
        if info.file_size > bounds.ratio_above and info.file_size // packed > bounds.ratio:
            raise Refused(too_large(f'{info.file_size // packed} times its size in "{name}"'))
        if total > bounds.total_bytes:
            raise Refused(too_large(f"over {bounds.total_bytes // MB} MB"))
        if len(seen) > bounds.parts:
            raise Refused(too_large(f"more than {bounds.parts:,} parts"))


_PASSWORD_ZIP = Refusal(
    "GATE-006",
    "This file is protected with a password, so nothing in it can be read. "
    "Ask its sender to save it without a password and to send it again.",
)


def _places(data: bytes, infos: list[zipfile.ZipInfo], end: int) -> list[int]:
    """Where each part's packed bytes start; no two parts may share a byte."""
    starts: list[int] = []
    spans: list[tuple[int, int]] = []
    for info in infos:
        at = info.header_offset
        header = data[at : at + _LOCAL_HEADER]
        if at < 0 or len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise Refused(damaged(info.filename))
        name_length, extra_length = struct.unpack_from("<HH", header, 26)
        start = at + _LOCAL_HEADER + name_length + extra_length
        listed = info.orig_filename.encode(
            "utf-8" if info.flag_bits & 0x800 else "cp437", "replace"
        )
        named = data[at + _LOCAL_HEADER : at + _LOCAL_HEADER + name_length]
        if named != listed:
            raise Refused(unsafe(f'the part "{info.filename}" has two names'))
        starts.append(start)
        spans.append((at, start + info.compress_size))
    spans.sort()
    for (_, stop), (following, _) in zip(spans, [*spans[1:], (end, end)], strict=True):
        if stop > following:
            raise Refused(unsafe("its parts overlap"))
    return starts


def inflate(data: bytes, info: zipfile.ZipInfo, start: int) -> bytes:
    """One part's bytes: never more than its declared size, and its checksum must agree."""
    packed = memoryview(data)[start : start + info.compress_size]
    if info.compress_type == _STORED:
        content = bytes(packed)
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # One byte more than declared, so that a longer part is noticed.
            content = inflater.decompress(packed, info.file_size + 1)
        except zlib.error:
            raise Refused(damaged(info.filename)) from None
    if len(content) != info.file_size or zlib.crc32(content) != info.CRC:
        raise Refused(damaged(info.filename))
    return content


def checked_package(parts: Mapping[str, bytes]) -> bytes:
    """These parts as a package without compression, for a reader: so it reads the very bytes that
    were checked, whatever else the file holds, and need not inflate them again."""
    files: list[bytes] = []
    listed: list[bytes] = []
    at = 0
    for name, content in parts.items():
        spelled = name.encode("utf-8", "surrogateescape")
        size = len(content)
        # Version, flags (names are UTF-8), stored, time and date, checksum, sizes, lengths.
        about = _ABOUT.pack(20, 0x800, 0, 0, 0x21, zlib.crc32(content), size, size, len(spelled), 0)
        files += (b"PK\x03\x04", about, spelled, content)
        listed += (b"PK\x01\x02\x14\x00", about, _PLACE.pack(0, 0, 0, 0, at), spelled)
        at += 30 + len(spelled) + size
    directory = b"".join(listed)
    count = len(parts)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    return b"".join((*files, directory, end))


def tidied_ods(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of an OpenDocument package as its reader wants them: "mimetype" first, and no
    white space between cells.

    Programs that write it otherwise make workbooks that others open without a word.
    """
    tidied = {name: parts[name] for name in sorted(parts, key=lambda each: each != "mimetype")}
    if next(iter(parts), "") != "mimetype" and "content.xml" in parts:
        tidied["content.xml"] = _BETWEEN_CELLS.sub(rb"\1", parts["content.xml"])
    return tidied
