"""The parts of a zip package, inflated within bounds and never written to disk.

Every guard of FIELD-NOTES 5 that concerns the archive itself is here: sizes and ratio, checksums,
overlapping, duplicate and unsafe names, document type declarations.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Mapping
from functools import lru_cache

from xlplan.workbook.read.bounds import BOMB, Refused, damaged
from xlplan.workbook.read.kinds import Refusal, remembered
from xlplan.workbook.read.listing import LOCAL_HEADER, STORED, Listed, Part

_ABOUT = struct.Struct("<5H3L2H")
_PLACE = struct.Struct("<3H2L")
_END = struct.Struct("<4s4H2LH")
_KEPT = (".xml", ".rels", ".bin", "mimetype")
_ALIKE = frozenset(
    {
        "[Content_Types].xml",
        "_rels/.rels",
        "docProps/app.xml",
        "xl/_rels/workbook.xml.rels",
        "xl/styles.xml",
        "xl/theme/theme1.xml",
        "xl/workbook.xml",
    }
)
"""Parts in which returns of one plan that the same program saved say the same, byte for byte."""
_SMALL = 1 << 12
_LOOKS = re.compile(
    rb"<(fonts|fills|borders|cellStyleXfs|cellStyles|dxfs|colors)(?: [^>]*)?(?<!/)>.*?</\1>",
    re.DOTALL,
)
_BETWEEN_CELLS = re.compile(rb"(</?table:[^<>]*>)\s+(?=<)")
_DOCTYPES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_PLAIN_START = re.compile(
    rb"<\?xml(?: [a-z]+=(?:\"[A-Za-z0-9.-]{1,20}\"|'[A-Za-z0-9.-]{1,20}'))* ?\?>\s*<[A-Za-z]"
)
"""A document whose first element comes at once: a declaration of its type can only stand before."""


def open_parts(data: bytes, listed: Listed) -> dict[str, bytes]:
    """The parts of a package by name, all of them checked; pictures and the like are not kept.

    Raises `Refused` for anything that a spreadsheet program would not write.
    """
    parts: dict[str, bytes] = {}
    for part, start in listed:
        name = part.name
        if part.is_folder and not part.size:
            continue
        if name in _ALIKE and part.packed <= _SMALL and part.size <= 16 * _SMALL:
            packed = data[start : start + part.packed]
            content = _opened_again(packed, name, part.method, part.size, part.checksum)
        else:
            content = _opened(data, part, start)
        parts[name] = content if name.lower().endswith(_KEPT) else b""
    return parts


@lru_cache(maxsize=64)
def _opened_again(packed: bytes, name: str, method: int, size: int, checksum: int) -> bytes:
    """`_opened`, remembered for the next file that holds the very same part."""
    part = Part(name, b"", 0, method, checksum, len(packed), size, 0)
    return _opened(packed, part, 0)


def _opened(data: bytes, part: Part, start: int) -> bytes:
    content = inflate(data, part, start)
    if not _PLAIN_START.match(content) and _declares_type(part.name.lower(), content):
        raise Refused(
            Refusal(
                "GATE-009",
                f'The part "{part.name}" of this file declares a document type, '
                f"which no spreadsheet program does. {BOMB}.",
            )
        )
    return content


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


def inflate(data: bytes, part: Part, start: int) -> bytes:
    """One part's bytes: never more than its declared size, and its checksum must agree."""
    packed = memoryview(data)[start : start + part.packed]
    if part.method == STORED:
        content = bytes(packed)
    else:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            # One byte more than declared, so that a longer part is noticed.
            content = inflater.decompress(packed, part.size + 1)
        except zlib.error:
            raise Refused(damaged(part.name)) from None
    if len(content) != part.size or zlib.crc32(content) != part.checksum:
        raise Refused(damaged(part.name))
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


@remembered(8, 1 << 18)
def number_formats_alone(styles: bytes) -> bytes:
    """Styles as a reader needs them, to tell dates from numbers: without fonts, fills and lines."""
    return styles if b"<!" in styles else _LOOKS.sub(b"", styles)


def is_tidy(data: bytes) -> bool:
    """Whether an OpenDocument package begins with its "mimetype", as its reader wants it."""
    return data.startswith(b"mimetype", LOCAL_HEADER)


def tidied_ods(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of an OpenDocument package as its reader wants them: "mimetype" first, and no
    white space between cells.

    Programs that write it otherwise make workbooks that others open without a word.
    """
    tidied = {name: parts[name] for name in sorted(parts, key=lambda each: each != "mimetype")}
    if next(iter(parts), "") != "mimetype" and "content.xml" in parts:
        tidied["content.xml"] = _BETWEEN_CELLS.sub(rb"\1", parts["content.xml"])
    return tidied
