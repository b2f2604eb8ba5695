"""Which part of an Open XML package is what: sheets, their notes, the document's properties."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from types import MappingProxyType

from xlplan.workbook.read.book import At
from xlplan.workbook.read.bounds import Refused
from xlplan.workbook.read.extents import parse, place
from xlplan.workbook.read.kinds import remembered

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
        path = target.lstrip("/") if target.startswith("/") else posixpath.join(folder, target)
        kind = attributes.get("Type", "").rpartition("/")[2]
        found[attributes.get("Id", "")] = (kind, posixpath.normpath(path))

    if rels:
        parse(rels, start, _nothing, _nothing)
    return MappingProxyType(found)


def links_out(parts: Mapping[str, bytes], part: str) -> Mapping[str, str]:
    """The targets outside the file of the links in `part`, by relation id."""
    folder, name = posixpath.split(part)
    found: dict[str, str] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        is_link = attributes.get("Type", "").endswith("/hyperlink")
        if element.rpartition(":")[2] == "Relationship" and is_link:
            found[attributes.get("Id", "")] = attributes.get("Target", "")

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
    return _binary_sheets(book) if kind == "xlsb" else _listed_sheets(book)


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


_BUNDLE_SHEET = 156


def _binary_sheets(data: bytes) -> tuple[tuple[str, str, bool], ...]:
    """The sheets from BrtBundleSh records (MS-XLSB 2.4.304)."""
    from xlplan.workbook.read.extents_other import records

    named: list[tuple[str, str, bool]] = []
    for record, body in records(data):
        if record == _BUNDLE_SHEET and len(body) > 12:
            size = int.from_bytes(body[8:12], "little") * 2
            relation = body[12 : 12 + size].decode("utf-16-le", "replace")
            name = body[16 + size :].decode("utf-16-le", "replace")
            named.append((name, relation, not any(body[:4])))
    return tuple(named)


_OPENING = re.compile(rb"<(?:\w+:)?hyperlinks\b")
_CLOSING = re.compile(rb"</(?:\w+:)?hyperlinks\s*>")
_MOST, _LONGEST = 1_000, 2_000


def read_links(parts: Mapping[str, bytes], part: str) -> Mapping[At, str]:
    """The targets of the links of the sheet in `part`, by cell; a place in the workbook itself
    begins with ``#``. No more than a thousand are read."""
    xml = parts.get(part, b"")
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
