"""Files within files: archives, and messages with attachments, opened to what is in them.

Everything here is called in a child process: what a message may hold is as hostile as a workbook.
Names are given as they stand in the file; nothing is ever written by them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from xlplan.codes.gate_codes import GATE_008, GATE_019, GATE_020
from xlplan.codes.gate_codes_inside import GATE_034, GATE_035
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.read.book import Book, Enclosed
from xlplan.workbook.read.compound import MALFORMED, Compound, Entry
from xlplan.workbook.read.file_kinds import (
    ARCHIVE,
    MESSAGE,
    OTHER_DOCUMENT,
    PDF,
    PICTURE,
    UNKNOWN,
    ole_kind,
    plain_kind,
)
from xlplan.workbook.read.gate import Bounds, admit
from xlplan.workbook.read.inbox import MB, Refused
from xlplan.workbook.read.parts import inflate, open_package
from xlplan.workbook.read.texts import decode_text

if TYPE_CHECKING:
    from email.message import Message

Path = tuple[str, ...]
"""Where a stream is in a compound file: the folders, then its name."""
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
_PLAIN, _PAGE = _SPOKEN = ("text/plain", "text/html")
"""In what forms a message has its text, the better first."""


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
            return _book(name, "zip", _zip(data, bounds), (), GATE_020.fill("bare"))
        if plain_kind(data) == "ole":
            files, words = _outlook(data, bounds)
            return _book(name, "msg", files, words, GATE_019.fill("bare"))
        if found.code == MESSAGE.code:
            files, words = _mail(data, bounds)
            return _book(name, "eml", files, words, GATE_019.fill("bare"))
    except Refused as refusal:
        found = refusal.refusal.at(name)
    except (MemoryError, RecursionError):
        found = GATE_008.problem(name, "memory")
    return Book(name, "", problems=(found,))


def _book(
    name: str, kind: str, files: Sequence[Enclosed], words: Sequence[str], bare: Filled
) -> Book:
    returns = [file for file in files if not _is_evidence(file)]
    evidence = [file for file in files if _is_evidence(file)] if returns else []
    enclosed = returns or list(files)
    if not enclosed:
        return Book(name, kind, problems=(bare.at(name),))
    notes = list(_notes(words, name))
    if evidence:
        notes.append(GATE_034.problem(name, names=[file.name[:80] for file in evidence]))
    return Book(name, kind, problems=tuple(notes), enclosed=tuple(enclosed))


def _is_evidence(file: Enclosed) -> bool:
    """Whether a file is company for a workbook. What is called one was meant as one, and is
    refused for what it is; one that is called something else is known by its bytes."""
    if file.name.lower().endswith(_TABLES):
        return False
    kind: str | Filled = plain_kind(file.data)
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
            raise Refused(GATE_008.fill("files", files=self.bounds.enclosed))
        if size > self.room:
            raise Refused(GATE_008.fill("enclosed", mb=self.bounds.enclosed_bytes // MB))

    def add(self, name: str, data: bytes) -> None:
        """Put a file in."""
        self.check(len(data))
        self.room -= len(data)
        self.files.append(Enclosed(name, data))


def _zip(data: bytes, bounds: Bounds) -> list[Enclosed]:
    bag = _Bag(bounds)
    package = open_package(data, bounds)
    for info in package.infolist():
        if info.is_dir() or _is_clutter(info.filename):
            continue
        bag.check(info.file_size)
        bag.add(info.filename, inflate(package, info))
    return bag.files


def _is_clutter(name: str) -> bool:
    """What programs put into archives beside what people did."""
    last = posixpath.basename(name.replace("\\", "/")).lower()
    return last.startswith((".", "~$")) or last in _CLUTTER or name.startswith("__MACOSX/")


def _mail(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], list[str]]:
    """The attachments of a message and of those forwarded in it, and the text of each message."""
    from email import message_from_bytes

    bag = _Bag(bounds)
    texts: dict[int, dict[str, str]] = {}
    for owner, part in _leaves(message_from_bytes(data)):
        name = _file_name(part)
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes):
            continue
        if name or part.get_content_maintype() == "application":
            if not (_is_inline(part) and part.get_content_maintype() == "image"):
                bag.add(name or "attachment", content)
        elif (kind := part.get_content_type()) in _SPOKEN:
            text = _decoded(content, part.get_content_charset() or "utf-8")
            words = _words(text) if kind == _PLAIN else _of_page(text)
            if words:
                known = texts.setdefault(owner, {})
                known[kind] = f"{known[kind]} {words}" if kind in known else words
    return bag.files, [each.get(_PLAIN) or each[_PAGE] for _, each in sorted(texts.items())]


def _leaves(message: Message) -> Iterator[tuple[int, Message]]:
    """The parts of a message that have no parts, in their order, each with the number of the
    message that it belongs to: 0, or more for those that were forwarded in it."""
    todo = [(0, message, 0)]
    messages = 0
    while todo:
        owner, part, depth = todo.pop()
        inner = part.get_payload()
        if not isinstance(inner, list):
            yield owner, part
        elif depth < _DEEPEST:
            if part.get_content_type() == "message/rfc822":
                messages += 1
                owner = messages
            parts = [each for each in reversed(inner) if not isinstance(each, str)]
            todo += [(owner, each, depth + 1) for each in parts]


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


def _decoded(content: bytes, charset: str) -> str:
    try:
        return content.decode(charset, "replace")
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _words(text: str) -> str:
    """The text of a message on one line, without what it answers."""
    lines = (line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return _flat(" ".join(lines))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _of_page(page: str) -> str:
    from xlplan.workbook.read.texts import page_text

    return _flat(page_text(page))


def _notes(messages: Sequence[str], name: str) -> Iterator[Problem]:
    """The words of a message, and those of each that was forwarded in it."""
    for number, text in enumerate(messages):
        more = len(text) - _LONGEST
        if number and more > 0:
            yield GATE_035.problem(
                name, "forwarded-cut", text=text[:_LONGEST], more=more, file=name
            )
        elif number:
            yield GATE_035.problem(name, "forwarded", text=text)
        elif more > 0:
            yield GATE_035.problem(name, "message-cut", text=text[:_LONGEST], more=more, file=name)
        else:
            yield GATE_035.problem(name, "message", text=text)


_ATTACHED = "__attach_version1.0_"
_DATA, _WIDE, _NARROW = "__substg1.0_37010102", "001F", "001E"
_LONG_NAME, _SHORT_NAME, _CONTENT_ID, _BODY, _HTML = "3707", "3704", "3712", "1000", "1013"
_HTML_BYTES, _INNER = "__substg1.0_10130102", "__substg1.0_3701000D"
"""Properties of attachments and messages (MS-OXPROPS), in streams named by them (MS-OXMSG)."""


def _outlook(data: bytes, bounds: Bounds) -> tuple[list[Enclosed], list[str]]:
    """The attachments of an Outlook message and of those in it, and the text of each message."""
    try:
        file = Compound(data)
        found = dict(file.streams())
        texts = {
            path: file.stream(entry)
            for path, entry in sorted(found.items())
            if path[-1].endswith((_WIDE, _NARROW)) and entry.length < 65536
        }
        words = [_outlook_words(file, found, folder) for folder in _outlook_messages(found)]
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
    return bag.files, list(filter(None, words))


def _outlook_messages(found: Mapping[Path, Entry]) -> list[Path]:
    """The folders of a message and of those in it, the outermost first."""
    inner = {path[:-1] for path in found if path[-2:-1] == (_INNER,)}
    return [(), *sorted(inner, key=lambda folder: (len(folder), folder))]


def _outlook_words(file: Compound, found: Mapping[Path, Entry], folder: Path) -> str:
    """The text of a message in a folder, from its page where it has no plain text."""
    bodies = {path[-1]: file.stream(entry) for path, entry in found.items()
              if path[:-1] == folder and path[-1][12:16] in (_BODY, _HTML)}  # fmt: skip
    texts = {(*folder, name): content for name, content in bodies.items()}
    if words := _flat(_text(texts, folder, _BODY)):
        return words
    page = _text(texts, folder, _HTML) or decode_text(bodies.get(_HTML_BYTES, b""))
    return _of_page(page)


def _text(texts: Mapping[Path, bytes], folder: Path, wanted: str) -> str:
    """A text property of a message or an attachment, or ``""``."""
    for suffix, encoding in ((_WIDE, "utf-16-le"), (_NARROW, "cp1252")):
        if content := texts.get((*folder, f"__substg1.0_{wanted}{suffix}")):
            return content.decode(encoding, "replace").rstrip("\0")
    return ""
