"""The parts of a zip package, inflated within bounds and never written to disk.

The library reads the zip; every guard that concerns the archive itself is here:
sizes and ratio, checksums, overlapping, duplicate and unsafe names, encryption, document type
declarations.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping

from xlplan.codes.gate_codes import GATE_004, GATE_005, GATE_006, GATE_008, GATE_009, GATE_010
from xlplan.late import regex
from xlplan.workbook.read.file_kinds import remembered
from xlplan.workbook.read.inbox import MB, Bounds, Refused

_ABOUT = struct.Struct("<5H3L2H")
_PLACE = struct.Struct("<3H2L")
_END = struct.Struct("<4s4H2LH")
_LOCAL = struct.Struct("<4s22x2H")
"""A part's own header: its mark, how long its name is, and what follows it."""
_ENCRYPTED, _UTF8 = 0x1, 0x800
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, OverflowError,
    RuntimeError, ValueError,
)  # fmt: skip
"""What the library raises for an archive that is not as it should be."""
_TEXTS = (".xml", ".rels")
_NEW_LINES = bytes.maketrans(b"\x0b\x0c", b"\n\n")
_UNSEEN = bytes({*range(0x20)} - {*b"\t\n\r\x0b\x0c"})
_NOT_ALLOWED = _UNSEEN + b"\x0b\x0c"
_ELSEWISE = regex(
    rb"(<\?xml\b[^>]*?\sencoding\s*=\s*[\"'])(?!utf-8[\"'])([\w.:-]{1,40})", re.IGNORECASE
)
"""How a part begins that says that it is in letters of another code than nearly all are."""
_LETTERS = regex(
    r"utf-?16(?:[bl]e)?|us-ascii|iso-?8859-\d{1,2}|(?:windows-|cp)125\d|latin-?1", re.IGNORECASE
)
_TWO_BYTES = (
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)
_BY_NUMBER = regex(rb"&#(?:x0{0,6}([01]?[0-9A-Fa-f])|0{0,6}([12]?[0-9]|3[01]));")
_KEPT = (".xml", ".rels", ".bin", ".vml", "mimetype")
_LOOKS = regex(
    rb"<(fonts|fills|borders|cellStyleXfs|cellStyles|dxfs|colors)(?: [^>]*)?(?<!/)>.*?</\1>",
    re.DOTALL,
)
_BETWEEN_CELLS = regex(rb"(</?(?:table|office):[^<>]*>|</text:p>)\s+(?=<)")
_DOCTYPES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_PLAIN_START = regex(
    rb"(?:<\?xml(?: [a-z]+=(?:\"[A-Za-z0-9.-]{1,20}\"|'[A-Za-z0-9.-]{1,20}'))* ?\?>\s*)?<[A-Za-z]"
)
"""A document whose first element comes at once, as openpyxl writes it without even saying that it
is XML: a declaration of its type can only stand before."""


def open_package(data: bytes, bounds: Bounds) -> zipfile.ZipFile:
    """The archive, checked by its list and the headers of its parts: nothing is inflated yet.

    Raises `Refused` for a list that no program would write.
    """
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN:
        raise Refused(GATE_004.fill()) from None
    listed = package.infolist()
    _check_list(listed, bounds)
    _check_places(data, listed, package.start_dir)
    return package


def _check_list(listed: Iterable[zipfile.ZipInfo], bounds: Bounds) -> None:
    """Names and declared sizes, before anything is inflated."""
    total = 0
    for number, info in enumerate(listed):
        name, size = info.filename, info.file_size
        folded = _folded(name)
        steps = folded.split("/")
        if folded.startswith("/") or ".." in steps or steps[0][1:2] == ":" or not folded:
            raise Refused(GATE_010.fill("outside", part=name))
        if info.flag_bits & _ENCRYPTED:
            raise Refused(GATE_006.fill())
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Refused(GATE_010.fill("packed", part=name))
        total += size
        times = size // max(info.compress_size, 1)
        if size > bounds.part_bytes:
            raise Refused(GATE_008.fill("part", mb=bounds.part_bytes // MB, part=name))
        if size > bounds.ratio_above and times > bounds.ratio:
            raise Refused(GATE_008.fill("ratio", times=times, part=name))
        if total > bounds.total_bytes:
            raise Refused(GATE_008.fill("bytes", mb=bounds.total_bytes // MB))
        if number >= bounds.parts:
            raise Refused(GATE_008.fill("parts", parts=bounds.parts))


def _folded(name: str) -> str:
    return name.casefold().replace("\\", "/").rstrip("/")


def _check_places(data: bytes, listed: Iterable[zipfile.ZipInfo], end: int) -> None:
    """No two parts may share a byte, nor one have two names."""
    spans: list[tuple[int, int]] = []
    for info in listed:
        at = info.header_offset
        if not 0 <= at <= len(data) - _LOCAL.size:
            raise Refused(GATE_005.fill("part", part=info.filename))
        mark, name_length, extra_length = _LOCAL.unpack_from(data, at)
        if mark != b"PK\x03\x04":
            raise Refused(GATE_005.fill("part", part=info.filename))
        encoding = "utf-8" if info.flag_bits & _UTF8 else "cp437"
        spelled = info.orig_filename.encode(encoding, "replace")
        start = at + _LOCAL.size + name_length
        if data[at + _LOCAL.size : start] != spelled:
            raise Refused(GATE_010.fill("names", part=info.filename))
        spans.append((at, start + extra_length + info.compress_size))
    spans.sort()
    for (_, stop), (following, _) in zip(spans, [*spans[1:], (end, end)], strict=True):
        if stop > following:
            raise Refused(GATE_010.fill("overlap"))


def check_names(package: zipfile.ZipFile) -> None:
    """Raise `Refused` for a document that has two parts of one name, which readers would take
    differently. Two files in an archive may be called alike: each is its own."""
    names: set[str] = set()
    for name in package.namelist():
        folded = _folded(name)
        if folded in names:
            raise Refused(GATE_010.fill("twice", part=name))
        names.add(folded)


def open_parts(package: zipfile.ZipFile) -> dict[str, bytes]:
    """The parts of a package by name, all of them checked; pictures and the like are not kept.

    Raises `Refused` for anything that a spreadsheet program would not write.
    """
    parts: dict[str, bytes] = {}
    for info in package.infolist():
        if info.is_dir() and not info.file_size:
            continue
        content = inflate(package, info)
        name = _spelled(info.filename)
        if name.lower().endswith(_TEXTS):
            # First: what is taken out, or the letters of another code, could hide a declaration.
            content = as_xml_allows(in_usual_code(content))
        if not _PLAIN_START.match(content) and _declares_type(name.lower(), content):
            raise Refused(GATE_009.fill(part=name))
        parts[name] = content if name.lower().endswith(_KEPT) else b""
    return parts


def _spelled(name: str) -> str:
    """The name of a part as all but a few programs spell it: one that stands in folders, and which
    of them hold relations."""
    if "\\" in name:
        name = name.replace("\\", "/")
    if name.endswith(".rels") or not name.lower().endswith(".rels"):
        return name
    folder, _, last = name.rpartition("/")
    return f"{folder[: -len('_rels')]}_rels/{last[: -len('.rels')]}.rels"


def in_usual_code(content: bytes) -> bytes:
    """A part in UTF-8, as readers look for it, whatever code it is in; as it is where that is not
    known. What says that it is in UTF-16 and is not was written by a program that wrote texts."""
    code = next((code for mark, code in _TWO_BYTES if content.startswith(mark)), "")
    declared = None if code else _ELSEWISE.match(content[:200])
    if declared is not None and _LETTERS.fullmatch(declared[2].decode()):
        code = declared[2].decode().lower()
        code = "utf-8" if code.startswith("utf") else code
    if not code:
        return content
    try:
        content = content.decode(code).encode()
    except (UnicodeError, LookupError):
        return content
    return _ELSEWISE.sub(rb"\1UTF-8", content, count=1)


def as_xml_allows(content: bytes) -> bytes:
    """A part without the signs that XML does not allow, which some programs write as they were
    typed and others pass over: a vertical tab is a new line, and nobody sees the rest."""
    if b"\0" in content[:4]:
        return content  # two bytes a letter
    if len(content.translate(None, _NOT_ALLOWED)) != len(content):
        content = content.translate(_NEW_LINES, _UNSEEN)
    return _BY_NUMBER.sub(_allowed, content) if b"&#" in content else content


def _allowed(found: re.Match[bytes]) -> bytes:
    number = int(found[1], 16) if found[1] else int(found[2])
    if number not in _NOT_ALLOWED:
        return found[0]
    return bytes([number]).translate(_NEW_LINES, _UNSEEN)


def inflate(package: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    """One part's bytes: never more than its declared size, and its checksum must agree."""
    size = info.file_size
    info.file_size += 1  # the library stops there: so that a longer part is noticed
    try:
        with package.open(info) as part:
            content = part.read(size + 1)  # all that is asked for at once is all that is inflated
    except _BROKEN:
        content = None
    finally:
        info.file_size = size
    if content is None or len(content) != size:
        raise Refused(GATE_005.fill("part", part=info.filename))
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
        at += _LOCAL.size + len(spelled) + size
    directory = b"".join(listed)
    count = len(parts)
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), at, 0)
    return b"".join((*files, directory, end))


@remembered(8, 1 << 18)
def number_formats_alone(styles: bytes) -> bytes:
    """Styles as a reader needs them, to tell dates from numbers: without fonts, fills and lines."""
    return styles if b"<!" in styles else _LOOKS.sub(b"", styles)


_READ_OF_ODS = ("content.xml", "META-INF/manifest.xml")
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"


def flat_parts(data: bytes) -> dict[str, bytes]:
    """An OpenDocument spreadsheet that is one text (.fods) as the parts of a package. Raises
    `Refused` where it declares a document type."""
    data = as_xml_allows(data)
    if _declares_type("content.xml", data):
        raise Refused(GATE_009.fill(part="content.xml"))
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/>'
        "</manifest:manifest>"
    )
    return {
        "mimetype": _MIMETYPE.encode(),
        "content.xml": data,
        "styles.xml": data,
        "meta.xml": data,
        "META-INF/manifest.xml": manifest.encode(),
    }


def is_tidy(data: bytes) -> bool:
    """Whether an OpenDocument package begins with its "mimetype", as its reader wants it."""
    return data.startswith(b"mimetype", _LOCAL.size)


def tidied_ods(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts of an OpenDocument package as its reader wants them: "mimetype" first, and no
    white space between cells.

    Programs that write it otherwise make workbooks that others open without a word.
    """
    tidied = {"mimetype": parts.get("mimetype") or _MIMETYPE.encode()}
    tidied |= {name: content for name, content in parts.items() if name in _READ_OF_ODS}
    if _BETWEEN_CELLS.search(parts.get("content.xml", b"")):
        tidied["content.xml"] = _BETWEEN_CELLS.sub(rb"\1", parts["content.xml"])
    return tidied
