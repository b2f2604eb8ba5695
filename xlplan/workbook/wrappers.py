"""Files within files: archives, and messages with attachments, opened to what is in them.

Everything here is called in a child process: what a message may hold is as hostile as a workbook.
Names are given as they stand in the file; nothing is ever written by them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from xlplan.errors import Problem
from xlplan.workbook.book import Book, Enclosed
from xlplan.workbook.bounds import Refused, too_large
from xlplan.workbook.compound import MALFORMED, Compound
from xlplan.workbook.gate import Bounds, admit, refused
from xlplan.workbook.kinds import (
    ARCHIVE,
    MESSAGE,
    OTHER_DOCUMENT,
    PDF,
    PICTURE,
    UNKNOWN,
    Refusal,
    ole_kind,
    plain_kind,
)
from xlplan.workbook.listing import list_parts
from xlplan.workbook.parts import inflate

if TYPE_CHECKING:
    from email.message import Message

WRAPPERS = frozenset({ARCHIVE.code, MESSAGE.code})
"""The codes by which the gate says that a file may have others in it."""
_TABLES = (
    ".csv", ".tsv", ".tab", ".xls", ".xlsx", ".xlsm", ".xlsb", ".xlt", ".xltx", ".xltm", ".ods",
    ".ots", ".fods", ".numbers",
)  # fmt: skip
"""How the name of a table ends."""
_CLUTTER = frozenset({"thumbs.db", "desktop.ini"})
_DEEPEST = 8
"""Messages within messages."""
_LONGEST = 2_000
"""Characters of a message that are told."""
_BARE_MESSAGE = Refusal(
    MESSAGE.code,
    "This e-mail has no workbook attached. Ask its sender to attach the template that was issued.",
)
_BARE_ARCHIVE = Refusal(
    ARCHIVE.code,
    "There is no workbook in this archive. Ask its sender for the template that was issued.",
)


def is_wrapper(book: Book) -> bool:
    """Whether the gate turned this file away as one that may have others in it."""
    return not book.sheets and any(problem.code in WRAPPERS for problem in book.problems)


def open_wrapper(data: bytes, name: str, bounds: Bounds) -> Book:
    """The files in an archive or a message, as `Book.enclosed`; notes say what was left out.

    Nothing is raised for a bad file: a problem of level ``error`` says why it cannot be opened.
    What is evidence (pictures, documents) is passed over where there is a workbook beside it,
    unless it has the name of one.
    """
    found = admit(data, name, bounds)
    if not isinstance(found, Problem) or found.code not in WRAPPERS:
        return Book(name, "", problems=(found,) if isinstance(found, Problem) else ())
    try:
        if plain_kind(data) == "zip":
            return _book(name, "zip", _zip(data, bounds), "", _BARE_ARCHIVE)
        if plain_kind(data) == "ole":
            files, said = _outlook(data, bounds)
            return _book(name, "msg", files, said, _BARE_MESSAGE)
        if found.code == MESSAGE.code:
            files, said = _mail(data, bounds)
            return _book(name, "eml", files, said, _BARE_MESSAGE)
    except Refused as refusal:
        found = refused(refusal.refusal, name)
    except (MemoryError, RecursionError):
        found = refused(too_large("more than fits in memory"), name)
    return Book(name, "", problems=(found,))


def _book(name: str, kind: str, files: Sequence[Enclosed], said: str, bare: Refusal) -> Book:
    returns = [file for file in files if not _is_evidence(file)]
    evidence = [file for file in files if _is_evidence(file)] if returns else []
    enclosed = returns or list(files)
    if not enclosed:
        return Book(name, kind, problems=(refused(bare, name),))
    notes = []
    if said:
        notes.append(Problem("GATE-035", name, f"The message says: {said}", level="note"))
    if evidence:
        listed = ", ".join(f'"{file.name[:80]}"' for file in evidence[:20])
        text = f"Also enclosed, and not read because they are no workbooks: {listed}."
        notes.append(Problem("GATE-034", name, text, level="note"))
    return Book(name, kind, problems=tuple(notes), enclosed=tuple(enclosed))


def _is_evidence(file: Enclosed) -> bool:
    """Whether a file is company for a workbook. What is called one was meant as one, and is
    refused for what it is; one that is called something else is known by its bytes."""
    if file.name.lower().endswith(_TABLES):
        return False
    kind: str | Refusal = plain_kind(file.data)
    if kind == "ole":
        kind = ole_kind(file.data)
    if kind == "zip":
        return b"word/document" in file.data or b"ppt/presentation" in file.data
    return kind in ("csv", PDF, PICTURE, OTHER_DOCUMENT, UNKNOWN)


class _Bag:
    """The files found so far, within bounds."""

    def __init__(self, bounds: Bounds) -> None:
        self.bounds = bounds
        self.files: list[Enclosed] = []
        self.room = bounds.enclosed_bytes

    def check(self, size: int) -> None:
        """Raise `Refused` where one more file of this size is too much."""
        if len(self.files) >= self.bounds.enclosed:
            raise Refused(too_large(f"more than {self.bounds.enclosed:,} files"))
        if size > self.room:
            raise Refused(too_large(f"over {self.bounds.enclosed_bytes >> 20} MB of files"))

    def add(self, name: str, data: bytes) -> None:
        """Put a file in."""
        self.check(len(data))
        self.room -= len(data)
        self.files.append(Enclosed(name, data))


def _zip(data: bytes, bounds: Bounds) -> list[Enclosed]:
    bag = _Bag(bounds)
    for part, start in list_parts(data, bounds):
        if part.is_folder or _is_clutter(part.name):
            continue
        bag.check(part.size)
        bag.add(part.name, inflate(data, part, start))
    return bag.files


def _is_clutter(name: str) -> bool:
    """What programs put into archives beside what people did."""
    last = posixpath.basename(name.replace("\\", "/")).lower()
    return last.startswith((".", "~$")) or last in _CLUTTER or name.startswith("__MACOSX/")


def _mail(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], str]:
    """The attachments of a message, those of messages attached to it too, and its text."""
    from email import message_from_bytes

    bag = _Bag(bounds)
    said = ""
    for part in _leaves(message_from_bytes(data)):
        name = _file_name(part)
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name or part.get_content_maintype() == "application":
            if not (_is_inline(part) and part.get_content_maintype() == "image"):
                bag.add(name or "attachment", content)
        elif not said and part.get_content_type() == "text/plain":
            said = _words(content, part.get_content_charset() or "utf-8")
    return bag.files, said


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of a message that have no parts, in their order."""
    todo = [(message, 0)]
    while todo:
        part, depth = todo.pop()
        inner = part.get_payload()
        if not isinstance(inner, list):
            yield part
        elif depth < _DEEPEST:
            todo += [(each, depth + 1) for each in reversed(inner) if not isinstance(each, str)]


def _is_inline(part: Message) -> bool:
    return part.get_content_disposition() == "inline" or "Content-ID" in part


def _file_name(part: Message) -> str:
    """The name of an attachment, with the encoded words that mailers put into it decoded."""
    from email.header import decode_header, make_header

    try:
        name = part.get_filename("")
        return str(make_header(decode_header(name))) if "=?" in name else name
    except (LookupError, ValueError, TypeError):
        return "attachment"


def _words(content: bytes, charset: str) -> str:
    """The text of a message on one line, without what it answers."""
    try:
        text = content.decode(charset, "replace")
    except LookupError:
        text = content.decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
    return " ".join(" ".join(lines).split())[:_LONGEST]


_ATTACHED = "__attach_version1.0_"
_DATA, _WIDE, _NARROW = "__substg1.0_37010102", "001F", "001E"
_LONG_NAME, _SHORT_NAME, _CONTENT_ID, _BODY = "3707", "3704", "3712", "1000"
"""Properties of attachments and messages (MS-OXPROPS), in streams named by them (MS-OXMSG)."""


def _outlook(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], str]:
    """The attachments of an Outlook message, those of messages in it too, and its text."""
    try:
        file = Compound(data)
        found = dict(file.streams())
        texts = {
            path: file.stream(entry)
            for path, entry in sorted(found.items())
            if path[-1].endswith((_WIDE, _NARROW)) and entry.length < 65536
        }
        bag = _Bag(bounds)
        for path, entry in sorted(found.items()):
            if path[-1] != _DATA or len(path) < 2 or not path[-2].startswith(_ATTACHED):
                continue
            bag.check(entry.length)
            content = file.stream(entry)
            shown_in_text = _text(texts, path[:-1], _CONTENT_ID)
            if not (shown_in_text and plain_kind(content) == PICTURE):
                names = (_text(texts, path[:-1], each) for each in (_LONG_NAME, _SHORT_NAME))
                bag.add(next(filter(None, names), "attachment"), content)
    except MALFORMED:
        raise Refused(MESSAGE) from None
    return bag.files, " ".join(_text(texts, (), _BODY).split())[:_LONGEST]


def _text(texts: dict[tuple[str, ...], bytes], folder: tuple[str, ...], wanted: str) -> str:
    """A text property of a message or an attachment, or ``""``."""
    for suffix, encoding in ((_WIDE, "utf-16-le"), (_NARROW, "cp1252")):
        if content := texts.get((*folder, f"__substg1.0_{wanted}{suffix}")):
            return content.decode(encoding, "replace").rstrip("\0")
    return ""
