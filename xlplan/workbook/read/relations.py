"""What the parts of a package say of it: its sheets, their links and notes, its own properties.

A package's relations say which part is what; properties are those of OpenDocument too.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import unquote

from xlplan.late import regex
from xlplan.workbook.read.book import At, parse, place
from xlplan.workbook.read.file_kinds import remembered
from xlplan.workbook.read.inbox import Refused

Sheets = tuple[tuple[str, str], ...]
"""Name and part of each sheet, in the order of the workbook."""


Relations = Mapping[str, tuple[str, str]]
"""By relation id: the last word of the relation's type, and the name of the target part."""


def related(parts: Mapping[str, bytes], part: str) -> Relations:
    """What `part` is related to. Relations that lead out of the file are left out."""
    folder, name = posixpath.split(part)
    rels = parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b"")
    return _relations(rels, folder)


@remembered(64)
def _relations(rels: bytes, folder: str) -> Relations:
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] != "Relationship":
            return
        if attributes.get("TargetMode") == "External":
            return
        target = attributes.get("Target", "")
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, _meant(folder, target))

    if rels:
        parse(rels, start, _nothing, _nothing)
    return MappingProxyType(found)


def _meant(folder: str, target: str) -> str:
    """The part to which a relation of one in `folder` leads, however it spells the way."""
    target = target.replace("\\", "/")
    path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
    return posixpath.normpath(path)


def links_out(parts: Mapping[str, bytes], part: str) -> Mapping[str, str]:
    """The targets outside the file of the links in `part`, by relation id."""
    return {name: target for name, kind, target in _outward(parts, part) if kind == "hyperlink"}


def targets_out(parts: Mapping[str, bytes], part: str, *kinds: str) -> list[str]:
    """The targets of the relations of `part` of these kinds, wherever they lead."""
    return [target for _, kind, target in _outward(parts, part) if kind in kinds]


def _outward(parts: Mapping[str, bytes], part: str) -> list[tuple[str, str, str]]:
    """Id, last word of the type, and target as it stands, of every relation of `part`."""
    folder, name = posixpath.split(part)
    found: list[tuple[str, str, str]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            found.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))

    if rels := parts.get(posixpath.join(folder, "_rels", f"{name}.rels"), b""):
        parse(rels, start, _nothing, _nothing)
    return found


def _nothing(_: str) -> None:
    """A handler that does nothing."""


def workbook_part(parts: Mapping[str, bytes]) -> str:
    """The part that lists the sheets, or ``""``."""
    for kind, target in related(parts, "").values():
        if kind == "officeDocument" and target in parts:
            return target
    usual = ("xl/workbook.xml", "xl/workbook.bin")
    return next((part for part in usual if part in parts), "")


_USUAL = {"sharedStrings": "sharedStrings", "styles": "styles"}
_TARGET = regex(rb"(\sTarget\s*=\s*)[\"']([ !$-&(-9;=?-~]+)[\"']")
_WAYS = regex(rb"\sTarget\s*=\s*[\"'](?:\.|[^\"']*(?:\\|%|/\.))")
"""A target that is more than the names of folders and of a part in them."""


def with_usual_names(parts: Mapping[str, bytes]) -> tuple[Mapping[str, bytes], bool]:
    """The parts with the workbook, its texts and its styles called as readers look for them, and
    whether any was called otherwise: where they are is said by relations, and any name will do.
    What a relation names in other letters or in another way is called as it is meant."""
    met = parts
    for _ in range(5):  # from the package to its workbook, a sheet, and what belongs to that
        if (named := _as_related(met)) is met:
            break
        met = named
    book = workbook_part(met)
    if _WAYS.search(rels := met.get(relations_of(book), b"")):
        plain = _with_plain_targets(rels, posixpath.dirname(book))
        met = {**met, relations_of(book): plain}
    renamed, changed = _called_as_usual(met)
    return renamed, changed or met is not parts


def _as_related(parts: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """The parts, each called as the relations call it: of names that differ in case alone, or in
    what stands for a blank, programs open the same part. The same where nothing is to be done."""
    wanted = {to for name in parts if name.endswith(".rels") for to in _targets(parts, name)}
    if wanted <= parts.keys():
        return parts
    spelled = {unquote(name).casefold(): name for name in parts}
    new = {
        at: target for target in sorted(wanted - parts.keys())
        if (at := spelled.get(unquote(target).casefold())) and at not in wanted
    }  # fmt: skip
    if not new:
        return parts
    for old, name in list(new.items()):  # what a part is related to goes with it
        if relations_of(old) in parts:
            new[relations_of(old)] = relations_of(name)
    return {new.get(name, name): content for name, content in parts.items()}


def _targets(parts: Mapping[str, bytes], rels: str) -> set[str]:
    with suppress(Refused):  # damaged: whoever needs it says so
        folder = posixpath.dirname(posixpath.dirname(rels))
        return {target for _, target in _relations(parts[rels], folder).values()}
    return set()


def _with_plain_targets(rels: bytes, folder: str) -> bytes:
    """The relations of a part in `folder`, each with its way from the top of the package."""
    return _TARGET.sub(
        lambda to: b'%s"/%s"' % (to[1], _meant(folder, to[2].decode()).encode()), rels
    )


def _called_as_usual(parts: Mapping[str, bytes]) -> tuple[Mapping[str, bytes], bool]:
    book = workbook_part(parts)
    ending = book.rpartition(".")[2]
    new: dict[str, str] = {}
    if book and book.lower() != f"xl/workbook.{ending}":
        new[book] = f"xl/workbook.{ending}"
    for kind, target in related(parts, book).values():
        usual = f"xl/{_USUAL[kind]}.{ending}" if kind in _USUAL else ""
        if usual and target in parts and target.lower() != usual.lower():
            new[target] = usual
    if not new or not {*new.values()}.isdisjoint(parts.keys() - new.keys()):
        return parts, False
    if posixpath.dirname(book) != "xl":
        return parts, False  # then all that it names by the way from itself would be elsewhere
    for old, name in list(new.items()):
        new[relations_of(old)] = relations_of(name)
    renamed = {new.get(name, name): content for name, content in parts.items()}
    for rels in (relations_of(""), relations_of(new.get(book, book))):
        content = renamed.get(rels, b"")
        for old, name in new.items():
            before, after = (posixpath.basename(each).encode() for each in (old, name))
            content = content.replace(b"/" + before + b'"', b"/" + after + b'"')
            content = content.replace(b'"' + before + b'"', b'"' + after + b'"')
        renamed[rels] = content
    return renamed, True


def relations_of(part: str) -> str:
    """The name of the part that says what `part` is related to."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def list_sheets(parts: Mapping[str, bytes], kind: str) -> Sheets:
    """Name and part of every sheet; chart sheets and the like are left out."""
    relations = related(parts, workbook_part(parts))
    sheets: list[tuple[str, str]] = []
    for name, relation, _ in _listed(parts, kind):
        type_of, target = relations.get(relation, ("worksheet", ""))
        if type_of == "worksheet":
            sheets.append((name, target))
    return tuple(sheets)


def hidden_sheets(parts: Mapping[str, bytes], kind: str) -> frozenset[str]:
    """The names of the sheets that nobody sees."""
    listed = _listed(parts, kind)
    return frozenset(name for name, *_ in listed) - {name for name, _, seen in listed if seen}


def _listed(parts: Mapping[str, bytes], kind: str) -> tuple[tuple[str, str, bool], ...]:
    """Name, relation id and whether it can be seen, of every sheet that a workbook lists."""
    book = parts.get(workbook_part(parts), b"")
    if kind == "xlsb":
        from xlplan.workbook.read.binary import binary_sheets

        return binary_sheets(book)
    return _listed_sheets(book)


@remembered(64)
def _listed_sheets(xml: bytes) -> tuple[tuple[str, str, bool], ...]:
    named: list[tuple[str, str, bool]] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == "sheet" and "name" in attributes:
            ids = (v for k, v in attributes.items() if k.endswith(":id") or k == "id")
            seen = attributes.get("state", "visible") == "visible"
            named.append((attributes["name"], next(ids, ""), seen))

    if xml:
        parse(xml, start, _nothing, _nothing)
    return tuple(named)


_OPENING = regex(rb"<(?:\w+:)?hyperlinks\b")
_CLOSING = regex(rb"</(?:\w+:)?hyperlinks\s*>")
_MOST, _LONGEST = 1_000, 2_000


def read_links(
    parts: Mapping[str, bytes], part: str, around: bytes | None = None
) -> Mapping[At, str]:
    """The targets of the links of the sheet in `part`, by cell; a place in the workbook itself
    begins with ``#``. No more than a thousand are read, of what stands `around` its cells, where
    that is known apart."""
    xml = parts.get(part, b"") if around is None else around
    if b"hyperlinks" not in xml:
        return {}
    begin, end = _OPENING.search(xml), _CLOSING.search(xml)
    if begin is None or end is None:
        return {}
    targets: Mapping[str, str] = {}
    found: dict[At, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        at = place(attributes.get("ref", "").partition(":")[0])
        if name.rpartition(":")[2] != "hyperlink" or at is None or len(found) >= _MOST:
            return
        outside = next((targets.get(v, "") for k, v in attributes.items() if k.endswith(":id")), "")
        inside = attributes.get("location", "")
        if target := f"{outside}#{inside}" if inside else outside:
            found[at] = target[:_LONGEST]

    try:
        targets = links_out(parts, part)
        parse(xml[begin.start() : end.end()], start, lambda _: None, lambda _: None)
    except Refused:  # something else that only looks like links, such as a comment
        return {}
    return found


_THREADED = regex(r"\A\[Threaded comment\].*?\n\s*Comment:\s*", re.DOTALL)


def read_notes(parts: Mapping[str, bytes], part: str) -> dict[At, str]:
    """The notes of the sheet in `part`, by cell. Raises `Refused` where they are not XML."""
    notes: dict[At, str] = {}
    threads: dict[At, str] = {}
    for kind, target in related(parts, part).values():
        if kind == "comments" and parts.get(target):
            notes.update(_notes(parts[target]))
        elif kind == "threadedComment" and parts.get(target):
            threads.update(_notes(parts[target], "threadedComment", "text"))
    return notes | threads


def _notes(xml: bytes, element: str = "comment", words: str = "t") -> dict[At, str]:
    """Texts by cell; those of several comments on one cell, as in a thread, one a line."""
    notes: dict[At, str] = {}
    at: list[At | None] = [None]
    texts: list[str] = []
    inside = [False]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == element:
            at[0] = place(attributes.get("ref", ""))
            texts.clear()
        inside[0] = local == words

    def end(name: str) -> None:
        inside[0] = False
        if name.rpartition(":")[2] == element and at[0] is not None:
            text = _THREADED.sub("", "".join(texts)).strip()
            if text:
                notes[at[0]] = f"{notes[at[0]]}\n{text}" if at[0] in notes else text

    def data(text: str) -> None:
        if inside[0]:
            texts.append(text)

    parse(xml, start, end, data)
    return notes


SUBJECT, TITLE = "subject", "title"
_MOST_PROPERTIES = 500
"""Custom properties that are read; a stamp needs one."""


def read_properties(parts: Mapping[str, bytes], kind: str) -> tuple[dict[str, str], str]:
    """Properties by name (core ones as ``"subject"`` and ``"title"``), and the document's own
    modified time (ISO 8601, UTC), or ``""`` where it is absent or not a time. Damaged properties
    are none."""
    try:
        if kind == "ods":
            return _document_properties(parts.get("meta.xml", b""))
        return _package_properties(parts)
    except Refused:
        return {}, ""


def utc(text: str) -> str:
    """A time normalised to ``2026-11-21T07:58:08Z``; one without a zone is taken as UTC, since
    OpenDocument writes local time without saying so. ``""`` where it is not a time."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError):
        return ""


class _Texts:
    """Handlers that hand on each element that has text, with the attributes around it."""

    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str], str]] = []
        self.open: list[tuple[str, dict[str, str], list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        outer = self.open[-1][1] if self.open else {}
        # Some programs declare their namespaces on the innermost element; that says nothing.
        own = {key: value for key, value in attributes.items() if not key.startswith("xmlns")}
        self.open.append((name.rpartition(":")[2], own or outer, []))

    def data(self, text: str) -> None:
        self.open[-1][2].append(text)

    def end(self, _: str) -> None:
        name, attributes, texts = self.open.pop()
        if texts:
            self.found.append((name, attributes, "".join(texts)))


def _texts(xml: bytes) -> list[tuple[str, dict[str, str], str]]:
    handlers = _Texts()
    if xml:
        parse(xml, handlers.start, handlers.end, handlers.data)
    return handlers.found


def _package_properties(parts: Mapping[str, bytes]) -> tuple[dict[str, str], str]:
    named = dict(related(parts, "").values())
    core = named.get("core-properties", "docProps/core.xml")
    custom = named.get("custom-properties", "docProps/custom.xml")
    properties: dict[str, str] = {}
    saved = ""
    for _, attributes, text in _texts(parts.get(custom, b""))[:_MOST_PROPERTIES]:
        if name := attributes.get("name", ""):
            properties[name] = text
    for name, _, text in _texts(parts.get(core, b"")):
        if name == "modified":
            saved = utc(text)
        elif name in (SUBJECT, TITLE):
            properties[name] = text
    return properties, saved


def _document_properties(xml: bytes) -> tuple[dict[str, str], str]:
    properties: dict[str, str] = {}
    saved = ""
    for name, attributes, text in _texts(xml)[:_MOST_PROPERTIES]:
        if name == "user-defined" and attributes.get("meta:name"):
            properties[attributes["meta:name"]] = text
        elif name in (SUBJECT, TITLE):
            properties[name] = text
        elif name == "date":
            saved = utc(text)
    return properties, saved
