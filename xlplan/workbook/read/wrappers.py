"""Files within files: archives, and messages with attachments (`messages`), opened.

Everything here is called in a child process: what a message may hold is as hostile as a workbook.
Names are given as they stand in the file; nothing is ever written by them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from xlplan.codes.gate_codes import GATE_008, GATE_019, GATE_020
from xlplan.codes.gate_codes_inside import GATE_034, GATE_035
from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.workbook.read.book import Book, Enclosed
from xlplan.workbook.read.file_kinds import (
    MESSAGE,
    OTHER_DOCUMENT,
    PDF,
    PICTURE,
    TNEF,
    UNKNOWN,
    ole_kind,
    plain_kind,
)
from xlplan.workbook.read.gate import WRAPPERS, Bounds, admit
from xlplan.workbook.read.inbox import Refused, is_clutter
from xlplan.workbook.read.messages import Bag, read_mail, read_outlook, read_winmail
from xlplan.workbook.read.parts import inflate, open_package

_TABLES = (
    ".csv", ".tsv", ".tab", ".xls", ".xlsx", ".xlsm", ".xlsb", ".xlt", ".xltx", ".xltm", ".ods",
    ".ots", ".fods", ".numbers",
)  # fmt: skip
"""How the name of a table ends."""
_LONGEST = 2_000
"""Characters of a message that are told."""


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
            files, words = read_outlook(data, bounds)
            return _book(name, "msg", files, words, GATE_019.fill("bare"))
        if found.code == TNEF.code:
            files, words = read_winmail(data, bounds)
            return _book(name, "tnef", files, words, GATE_019.fill("bare"))
        if found.code == MESSAGE.code:
            files, words = read_mail(data, bounds)
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


def _zip(data: bytes, bounds: Bounds) -> list[Enclosed]:
    bag = Bag(bounds)
    package = open_package(data, bounds)
    for info in package.infolist():
        if info.is_dir() or _is_clutter(info.filename):
            continue
        bag.check(info.file_size)
        bag.add(info.filename, inflate(package, info))
    return bag.files


def _is_clutter(name: str) -> bool:
    """What programs put into archives beside what people did."""
    last = posixpath.basename(name.replace("\\", "/"))
    return last.startswith(".") or is_clutter(last) or name.startswith("__MACOSX/")


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
