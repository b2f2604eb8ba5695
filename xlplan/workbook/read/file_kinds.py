"""What kind of file some bytes are, decided by the bytes and never by the name."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import lru_cache, wraps
from typing import TypeVar

from xlplan.codes.gate_codes import (
    GATE_001,
    GATE_002,
    GATE_006,
    GATE_007,
    GATE_013,
    GATE_014,
    GATE_015,
    GATE_016,
    GATE_017,
    GATE_018,
    GATE_019,
    GATE_020,
    GATE_021,
    GATE_022,
)
from xlplan.codes.gate_codes_inside import GATE_033, GATE_038
from xlplan.codes.message import Filled
from xlplan.late import regex

Found = TypeVar("Found")
Finder = Callable[..., Found]


def remembered(count: int, most: int = 1 << 13) -> Callable[[Finder[Found]], Finder[Found]]:
    """Keep what a function of bytes found for the last `count` of them, of up to `most` bytes each:
    a large part is not worth the memory. What was found must never be changed."""

    def with_memory(find: Finder[Found]) -> Finder[Found]:
        kept = lru_cache(maxsize=count)(find)

        @wraps(find)
        def recall(part: bytes, *rest: object) -> Found:
            return (kept if len(part) <= most else find)(part, *rest)

        return recall

    return with_memory


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


EMPTY, NOT_DOWNLOADED = GATE_001.fill(), GATE_002.fill()
PASSWORD, LABELLED = GATE_006.fill(), GATE_007.fill()
PDF, PICTURE, HTML = GATE_013.fill(), GATE_014.fill(), GATE_015.fill()
NUMBERS, SHORTCUT = GATE_016.fill(), GATE_017.fill()
OTHER_DOCUMENT, OLD_DOCUMENT = GATE_018.fill(), GATE_018.fill("old")
MESSAGE, ARCHIVE = GATE_019.fill(), GATE_020.fill()
OLD_SPREADSHEET, UNKNOWN, TNEF = GATE_021.fill(), GATE_022.fill(), GATE_033.fill()
XML_SPREADSHEET, ENCRYPTED, WEB_ARCHIVE = GATE_021.fill("xml"), GATE_038.fill(), GATE_015.fill()
"""Why a kind of file cannot be read, and what to do."""

_PACKED = b"\x1f\x8b"
_MAGIC: tuple[tuple[bytes, Filled], ...] = (
    (b"%PDF", PDF),
    (b"\xff\xd8\xff", PICTURE),
    (b"\x89PNG", PICTURE),
    (b"GIF8", PICTURE),
    (b"II*\x00", PICTURE),
    (b"MM\x00*", PICTURE),
    (b"{\\rtf", OTHER_DOCUMENT),
    (_PACKED, ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"PK\x05\x06", GATE_020.fill("bare")),  # with nothing in it
    *((b"BZh%d1AY&SY" % size, ARCHIVE) for size in range(1, 10)),
    (b"\xfd7zXZ\x00", ARCHIVE),
    (b"\x28\xb5\x2f\xfd", ARCHIVE),  # Zstandard
    (b"MSCF\x00", ARCHIVE),  # a cabinet of Windows
    (b"\x78\x9f\x3e\x22", TNEF),
    (b"-----BEGIN PGP MESSAGE-----", ENCRYPTED),
    (b"\x76\xe8\x04\x60\xc4\x11\xe3\x86", ENCRYPTED),  # of Outlook, by rights (.rpmsg)
    (b"[InternetShortcut]", SHORTCUT),
    (b"L\x00\x00\x00\x01\x14\x02\x00", UNKNOWN),  # a shortcut of Windows, to a file of its own
    (b"!BDN", UNKNOWN),  # the mailbox of Outlook itself
    *((b"ID3" + bytes([version, 0]), UNKNOWN) for version in (2, 3, 4)),  # sound
    (b"%!PS", OTHER_DOCUMENT),
    (b"<svg", PICTURE),
    (b"\x00\x00\x02\x00\x04\x04", OLD_SPREADSHEET),  # Lotus 1-2-3
    (b"\x00\x00\x02\x00\x06\x04", OLD_SPREADSHEET),
    (b"\x09\x08", OLD_SPREADSHEET),
    (b"\x09\x04", OLD_SPREADSHEET),
    (b"\x09\x02", OLD_SPREADSHEET),
    (b"\x09\x00\x04\x00", OLD_SPREADSHEET),
)
_PICTURE_BRANDS = frozenset({
    b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis",
})  # fmt: skip
_BINARY_LIST = b"bplist00"
"""How Apple keeps a link, and what stands for a file that iCloud has not downloaded."""
_TAPE = b"ustar"
_WEB = regex(rb"<(!doctype html|html|head|body|table|meta|style)\b", re.IGNORECASE)
_FLAT = regex(rb'office:mimetype="application/vnd\.oasis\.opendocument\.spreadsheet')
"""An OpenDocument spreadsheet that is one text and no package."""
_XML_2003 = regex(
    rb"urn:schemas-microsoft-com:office:spreadsheet|progid=.Excel\.Sheet", re.IGNORECASE
)
_EXCHANGED = regex(
    rb"ID;P[A-Za-z0-9]+(?:;[A-Z]\w*)*\r?\n(?:P;P|B;[XY]|C;[XYK]|[FO];|N[NE];)|TABLE\r?\n0,1\r?\n"
)
"""How the texts begin in which programs once exchanged spreadsheets (SYLK, DIF). A table of other
texts may well begin with "ID;P", as in "ID;Progress": its next line tells."""
_OF_GNUMERIC = b"<gnm:Workbook"
_HEADER = regex(rb"[!-9;-~]+:[ \t]")
_MAIL = regex(rb"^(from|date|subject|received|return-path): ", re.IGNORECASE | re.MULTILINE)
_MAIL_SURE = regex(rb"^(mime-version|message-id|content-type): ", re.IGNORECASE | re.MULTILINE)
_MAIL_FIRST = regex(rb"(?:mime-version|content-type): ", re.IGNORECASE)
_RELATED = regex(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
MAILBOX = b"From "
MAILBOX_START = regex(rb"From [^\r\n]{3,200}\r?\n[!-9;-~]+:[ \t]")
APPLE_MAIL = regex(rb"(\d{1,9}) *\r?\n(?=[!-9;-~]+:[ \t])")
"""How a message of Apple Mail (.emlx) begins: its length, then its head."""
SPELLED_OUT = regex(
    rb"(?:data:[\w.+/-]{0,120};base64,|begin-base64 [^\r\n]{1,260}\r?\n)?"
    rb"((?:UEsDB|0M8R4KGxGuE)[A-Za-z0-9+/=\s]{50,}+)"
)
"""A workbook or a message whose bytes stand in a text by letters alone (base64)."""
_IN_LINES = regex(rb"begin [0-7]{3,4} [^\r\n]{1,255}\r?\n[!-`][ -`]{0,84}\r?\n")
"""The same in the lines of old mailers (uuencode)."""
_SEQUENCE = 0x30
_LENGTH = rb"(?:[\x00-\x80]|\x81.|\x82..|\x83...|\x84....)"
_CMS = rb"\x30" + _LENGTH + rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07"
_SIGNED, _ENCRYPTED = (regex(_CMS + kind, re.DOTALL) for kind in (rb"\x02", rb"[\x03\x06]"))
_WITHIN = regex(
    rb"\x30(?!\x0b)" + _LENGTH + rb"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0", re.DOTALL
)
"""Signed data that stand in the envelope itself; a signature beside them has none."""
_LONGEST_HEAD = 1 << 17
"""Bytes in which the head of a message ends: servers add a good deal to it on the way."""
_CLOUD = regex(rb'\s*\{[^{}]{0,2000}"(doc_id|url)"\s*:')
_CONTROL = regex(rb"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")


def plain_kind(data: bytes) -> str | Filled:
    """``"zip"``, ``"ole"``, ``"fods"`` or ``"csv"``, or why these bytes cannot be read.

    Whatever its name says, text that is nothing else is read as csv.
    """
    if not data:
        return EMPTY
    if data.startswith(ZIP):
        return "zip"
    if data.startswith(OLE):
        return "ole"
    if not data.strip(b"\0"):
        return NOT_DOWNLOADED
    if data.startswith(UTF16_MARKS):
        return "csv"
    if data[0] == _SEQUENCE and (enveloped := _enveloped(data)):
        return enveloped
    if MAILBOX_START.match(data) or APPLE_MAIL.match(data):
        return MESSAGE
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if data.startswith(_PACKED) and _OF_GNUMERIC in _unpacked_start(data):
        return OLD_SPREADSHEET
    for magic, refusal in _MAGIC:
        if data.startswith(magic) or start.startswith(magic):
            return refusal
    if data[4:8] == b"ftyp":  # of one family with films and sounds
        return PICTURE if data[8:12] in _PICTURE_BRANDS else UNKNOWN
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return PICTURE
    if data.startswith(_BINARY_LIST) and b"URL" in data:
        return SHORTCUT
    if data[257:262] == _TAPE and b"\0" in data[:257]:
        return ARCHIVE
    return _text_kind(data, start)


def _unpacked_start(data: bytes) -> bytes:
    """How a packed file (gzip) begins, unpacked."""
    with suppress(zlib.error):
        return zlib.decompressobj(31).decompress(data[:4096], 1024)
    return b""


def _text_kind(data: bytes, start: bytes) -> str | Filled:
    if start.startswith(b"<?xml") or start.startswith(b"<!--"):
        if b"URL" in start and b"<plist" in start:
            return SHORTCUT
        if _FLAT.search(data, 0, _LONGEST_HEAD):
            return "fods"
        if _XML_2003.search(start):
            return XML_SPREADSHEET
        return HTML if _WEB.search(start) else OLD_SPREADSHEET
    if _WEB.match(start):
        return HTML
    if _EXCHANGED.match(start):
        return OLD_SPREADSHEET
    if _CLOUD.match(start):
        return SHORTCUT
    if _HEADER.match(start) and _is_mail(data[:_LONGEST_HEAD]):
        return WEB_ARCHIVE if _is_web_archive(data[:_LONGEST_HEAD]) else MESSAGE
    if SPELLED_OUT.match(start) or _IN_LINES.match(start):
        return MESSAGE
    sample = data[:65536]
    if looks_utf16(sample):
        return "csv"
    if len(_CONTROL.findall(sample)) * 100 > len(sample):
        return UNKNOWN
    return "csv"


def _is_mail(data: bytes) -> bool:
    """Whether a text begins as a message does: lines that say from whom, when and in what form."""
    head = data.replace(b"\r\n", b"\n").lstrip(b"\xef\xbb\xbf\n\t ").partition(b"\n\n")[0]
    return bool(_MAIL_SURE.search(head) and (_MAIL.search(head) or _MAIL_FIRST.match(head)))


def _is_web_archive(data: bytes) -> bool:
    """Whether a text in the form of a message is a page that a program saved in one file (.mht)."""
    head, _, body = data.replace(b"\r\n", b"\n").lstrip(b"\xef\xbb\xbf\n\t ").partition(b"\n\n")
    related = _RELATED.search(head) is not None
    return related and b"Content-Location:" in data and b"attachment" not in body


def is_signed_around(data: bytes) -> bool:
    """Whether these bytes are a signature with what it signs inside (S/MIME, opaque)."""
    return _SIGNED.match(data) is not None and _WITHIN.search(data, 0, 4096) is not None


def _enveloped(data: bytes) -> Filled | None:
    """A message in an envelope of cryptography: signed, or not to be read."""
    if is_signed_around(data):
        return MESSAGE
    return ENCRYPTED if _ENCRYPTED.match(data) else None


def looks_utf16(data: bytes) -> str:
    """The UTF-16 that text without a mark is most likely in, or ``""``."""
    half = len(data) // 2
    if half >= 4:
        for encoding, zeros in (("utf-16-le", data[1::2]), ("utf-16-be", data[0::2])):
            if zeros.count(0) * 10 > half * 9:
                return encoding
    return ""


def ole_kind(data: bytes) -> str | Filled:
    """``"xls"``, or why this compound file cannot be read; streams are known by their names."""

    def holds(name: str) -> bool:
        return name.encode("utf-16-le") in data

    if holds("EncryptedPackage"):
        return LABELLED if holds("DRMEncrypted") else PASSWORD
    if holds("__substg1.0") or holds("__properties_version1.0"):
        return MESSAGE
    if holds("WordDocument") or holds("PowerPoint Document"):
        return OTHER_DOCUMENT
    if holds("Workbook\0") or holds("Book\0"):
        return "xls"
    return UNKNOWN


def is_old_document(data: bytes) -> bool:
    """Whether these bytes are a document of Word before .docx, or one in rich text (.rtf)."""
    if data.startswith(OLE):
        return ole_kind(data) == OTHER_DOCUMENT and "WordDocument".encode("utf-16-le") in data
    return data.startswith(b"{\\rtf")


_SHEET_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"sheet.binary.macroEnabled.main", "xlsb"),
    (b"ms-excel.sheet.macroEnabled.main", "xlsm"),
    (b"ms-excel.template.macroEnabled.main", "xlsm"),
    (b"ms-excel.addin.macroEnabled.main", "xlsm"),
    (b"spreadsheetml.sheet.main", "xlsx"),
    (b"spreadsheetml.template.main", "xlsx"),
)


_WORD_TYPES: tuple[tuple[bytes, str], ...] = (
    (b"wordprocessingml.document.main", "docx"),
    (b"ms-word.document.macroEnabled.main", "docx"),
    (b"wordprocessingml.template.main", "docx"),
)


_OPEN_TEXT = b"application/vnd.oasis.opendocument.text"


def declares(names: frozenset[str]) -> bool:
    """Whether an archive with these parts is a document, which says of itself what it is."""
    lowered = {name.lower() for name in names}
    if not lowered.isdisjoint(_DECLARATIONS) or lowered >= _OPEN_DOCUMENT:
        return True
    return any(n.startswith("xl/") for n in lowered)


_OPEN_DOCUMENT = frozenset({"content.xml", "meta-inf/manifest.xml"})
"""What an OpenDocument has, also from a program that leaves out its "mimetype"."""
_WHOLE = regex(rb"<(?:\w+:)?file-entry\b(?=[^>]*full-path=\"/\")[^>]*media-type=\"([^\"]*)\"")


def manifest_type(manifest: bytes) -> bytes:
    """What an OpenDocument says in its list of parts that it is."""
    found = _WHOLE.search(manifest)
    return found[1] if found else b""


_DECLARATIONS = frozenset({"[content_types].xml", "mimetype"})
_DECLARING = ("[content_types].xml", "meta-inf/manifest.xml")


def unpacked_folders(names: Iterable[str]) -> tuple[str, ...]:
    """The folders of an archive, each with "/" behind it, in which the parts of a document lie: one
    that a program or a person had unpacked."""
    lowered = ((name, name.lower()) for name in names)
    found = {
        name[: -len(end)] for name, low in lowered for end in _DECLARING if low.endswith("/" + end)
    }
    return tuple(sorted(found))


def undeclared(names: frozenset[str]) -> Filled:
    """Why an archive that is no document cannot be read itself."""
    if any(name.endswith(".iwa") or name.lower() == "index.zip" for name in names):
        return NUMBERS
    return ARCHIVE


_OVERRIDE = regex(rb"<(?:\w+:)?Override\b[^>]*>")


@remembered(64)
def _declared_kind(content_types: bytes) -> str | Filled | None:
    # What a part is said to be counts before what all parts of its ending are: SheetJS says of
    # every ".bin" that it is a binary workbook.
    said = b" ".join(_OVERRIDE.findall(content_types))
    for declared in (said, content_types):
        for mark, kind in (*_SHEET_TYPES, *_WORD_TYPES):
            if mark in declared:
                return kind
    if b"wordprocessingml" in content_types or b"presentationml" in content_types:
        return OTHER_DOCUMENT
    return None


def zip_kind(names: frozenset[str], mimetype: bytes, content_types: bytes) -> str | Filled:
    """The kind of a document, from the names of its parts and the two parts that declare it."""
    if mimetype:
        if mimetype.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
            return "ods"
        if mimetype.startswith(_OPEN_TEXT):
            return "odt"
        if mimetype.startswith(b"application/vnd.oasis.opendocument"):
            return OTHER_DOCUMENT
    if kind := _declared_kind(content_types):
        return kind
    lowered = frozenset(name.lower() for name in names)
    if "xl/workbook.xml" in lowered:
        return "xlsx"
    if "xl/workbook.bin" in lowered:
        return "xlsb"
    return UNKNOWN
