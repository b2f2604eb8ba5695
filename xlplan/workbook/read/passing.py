"""A workbook without what its sheets hold that are passed over, for readers that load every sheet.

A cell far away on a sheet that nobody reads must not make a reader set up a sheet of that size.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace
from xml.parsers import expat

from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.parts import checked_package
from xlplan.workbook.read.relations import list_sheets

_EMPTY = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData/></worksheet>"
)


def without_passed(data: bytes, admitted: Admitted) -> tuple[bytes, Admitted]:
    """The file, and what was admitted of it, with every sheet empty that is passed over."""
    passed = admitted.choice.passed.keys()
    if admitted.kind == "xls":
        from xlplan.workbook.read.extents_other import without_sheets

        return without_sheets(data, passed), admitted
    if admitted.kind == "ods":
        emptied = {"content.xml": _without_tables(admitted.parts["content.xml"], passed)}
    else:
        emptied = dict(_without_sheets(admitted, passed))
    parts = {**admitted.parts, **emptied}
    return checked_package(parts), replace(admitted, parts=parts)


def _without_sheets(admitted: Admitted, passed: Set[str]) -> Iterator[tuple[str, bytes]]:
    """The parts of sheets without their cells, and without what is related to them."""
    read = {part for _, part in admitted.sheets}
    for sheet, part in list_sheets(admitted.parts, admitted.kind):
        if sheet in passed and part not in read:
            folder, name = posixpath.split(part)
            yield part, _EMPTY if admitted.kind != "xlsb" else b""
            relations = posixpath.join(folder, "_rels", f"{name}.rels")
            if relations in admitted.parts:
                yield relations, _NO_RELATIONS


_NO_RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
)


def _without_tables(content: bytes, passed: Set[str]) -> bytes:
    """The content of an OpenDocument spreadsheet without what these tables hold."""
    parser = expat.ParserCreate()
    spans: list[tuple[int, int]] = []
    depth, begins = 0, -1

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal depth, begins
        if begins == _AT_NEXT:
            begins = parser.CurrentByteIndex
        if name == "table:table":
            depth += 1
            if depth == 1 and attributes.get("table:name", "") in passed:
                begins = _AT_NEXT

    def end(name: str) -> None:
        nonlocal depth, begins
        if name == "table:table":
            depth -= 1
            if depth == 0:
                if begins >= 0:
                    spans.append((begins, parser.CurrentByteIndex))
                begins = -1

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.Parse(content, True)
    pieces, last = [], 0
    for begin, stop in spans:
        pieces.append(content[last:begin])
        last = stop
    return b"".join((*pieces, content[last:]))


_AT_NEXT = -2
"""The table's own tag ends where the first element in it begins."""
