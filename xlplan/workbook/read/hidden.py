"""Which rows and columns of a workbook nobody sees, and which rows a filter leaves out.

Hidden is what is hidden by hand, what has no height or width to speak of, and what is folded away
in a group. Read from the file's own parts, as no reader of values tells it; of a binary workbook
(.xlsb) it is not read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from xlplan.workbook.read.book import ReadSheet
from xlplan.workbook.read.compound import MALFORMED
from xlplan.workbook.read.extents import parse, place
from xlplan.workbook.read.extents_other import biff_records, boundsheets, repeated, workbook_stream
from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.parts import part_named
from xlplan.workbook.read.relations import related

NO_HEIGHT = 1.5
"""Points below which nobody sees a row."""
NO_WIDTH = 0.5
"""Characters below which nobody sees a column."""
MOST = 1 << 20
"""Rows or columns of one repeated element that are followed."""
_POINTS = {"in": 72.0, "cm": 72 / 2.54, "mm": 72 / 25.4, "pt": 1.0}
_ROW, _COLINFO, _FILTERMODE, _BOF, _EOF = 0x0208, 0x007D, 0x009B, 0x0809, 0x000A


@dataclass
class _Filter:
    """A filter: its first row and column, its last row, and the texts it shows by column."""

    top: int
    left: int
    bottom: int
    shows: dict[int, set[str]] = field(default_factory=dict)


@dataclass
class Hidden:
    """What nobody sees of one sheet; rows and columns count from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)


def read_hidden(data: bytes, admitted: Admitted, sheets: Sequence[ReadSheet]) -> dict[str, Hidden]:
    """What nobody sees of each sheet, by name. Raises `Refused` for parts that are not XML."""
    if admitted.kind in ("xlsx", "xlsm"):
        read = {sheet.name: sheet for sheet in sheets}
        return {
            name: _sheet(admitted.parts, part, read[name])
            for name, part in admitted.sheets
            if name in read and admitted.parts.get(part)
        }
    if admitted.kind == "ods":
        return _ods(part_named(admitted.parts, "content.xml") or b"")
    if admitted.kind == "xls":
        try:
            stream = workbook_stream(data)
            return {name: _records(stream, start) for name, start in boundsheets(stream)}
        except MALFORMED:
            return {}
    return {}


def _sheet(parts: Mapping[str, bytes], part: str, sheet: ReadSheet) -> Hidden:
    found = Hidden()
    last = [-1]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "row":
            number = attributes.get("r", "")
            last[0] = int(number) - 1 if number.isdecimal() else last[0] + 1
            if _is_on(attributes.get("hidden")) or _below(attributes.get("ht"), NO_HEIGHT):
                found.rows.add(last[0])
        elif local == "col":
            first, end = attributes.get("min", ""), attributes.get("max", "")
            thin = _is_on(attributes.get("hidden")) or _below(attributes.get("width"), NO_WIDTH)
            if thin and first.isdecimal() and end.isdecimal():
                found.columns.update(range(int(first) - 1, min(int(end), int(first) + MOST)))

    parse(parts[part], start, lambda _: None, lambda _: None)
    tables = [target for kind, target in related(parts, part).values() if kind == "table"]
    for xml in (parts[part], *(parts[target] for target in tables if parts.get(target))):
        for used in _filters(xml):
            below = found.rows.intersection(range(used.top + 1, used.bottom + 1))
            found.filtered |= {row for row in below if not _passes(sheet, row, used)}
    found.rows -= found.filtered
    return found


def _is_on(value: str | None) -> bool:
    return value in ("1", "true", "on")


def _below(value: str | None, least: float) -> bool:
    return bool(value and re.fullmatch(r"\d*\.?\d+", value)) and float(value or 0) < least


def _filters(xml: bytes) -> list[_Filter]:
    """The filters in use: those with a column by which they choose."""
    found: list[_Filter] = []
    column = [0]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == "autoFilter":
            first, _, end = attributes.get("ref", "").partition(":")
            top, bottom = place(first), place(end or first)
            if top is not None and bottom is not None:
                found.append(_Filter(top[0], top[1], bottom[0]))
        elif local == "filterColumn" and found:
            number = attributes.get("colId", "")
            column[0] = int(number) if number.isdecimal() else 0
            found[-1].shows[column[0]] = set()
        elif local == "filter" and found and column[0] in found[-1].shows:
            found[-1].shows[column[0]].add(attributes.get("val", "").casefold())

    parse(xml, start, lambda _: None, lambda _: None)
    return [each for each in found if each.shows]


def _passes(sheet: ReadSheet, row: int, used: _Filter) -> bool:
    """Whether a filter shows this row for sure, so that somebody hid it by hand.

    Only a list of texts to show can be told; of other filters it is taken that they hid the row.
    """
    cells = sheet.rows[row] if row < len(sheet.rows) else ()
    for number, wanted in used.shows.items():
        col = used.left + number
        value = cells[col] if col < len(cells) else None
        if not isinstance(value, str) or value.casefold() not in wanted:
            return False
    return True


def _ods(content: bytes) -> dict[str, Hidden]:
    found: dict[str, Hidden] = {}
    sheets: list[Hidden] = []
    folded: dict[str, list[bool]] = {"row": [], "column": []}
    at = {"row": 0, "column": 0}
    thin: set[str] = set()
    style = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        kind = local.removeprefix("table-").partition("-")[0]
        if name == "table:table":
            sheets.append(found.setdefault(attributes.get("table:name", ""), Hidden()))
            at.update(row=0, column=0)
        elif name == "style:style":
            style[0] = attributes.get("style:name", "")
        elif name in ("style:table-row-properties", "style:table-column-properties"):
            size = attributes.get("style:row-height") or attributes.get("style:column-width", "")
            if _is_thin(size):
                thin.add(style[0])
        elif name in ("table:table-row-group", "table:table-column-group"):
            folded[kind].append(attributes.get("table:display") == "false")
        elif name in ("table:table-row", "table:table-column") and sheets:
            count = repeated(attributes.get(f"table:number-{kind}s-repeated"))
            these = range(at[kind], at[kind] + min(count, MOST))
            at[kind] += count
            seen = attributes.get("table:visibility", "visible")
            if seen == "filter":
                sheets[-1].filtered.update(these)
            elif (
                seen == "collapse"
                or any(folded[kind])
                or attributes.get("table:style-name") in thin
            ):
                (sheets[-1].rows if kind == "row" else sheets[-1].columns).update(these)

    def end(name: str) -> None:
        if name == "table:table-row-group" and folded["row"]:
            folded["row"].pop()
        elif name == "table:table-column-group" and folded["column"]:
            folded["column"].pop()

    parse(content, start, end, lambda _: None)
    return found


def _is_thin(size: str) -> bool:
    """Whether a length such as ``0.0075in`` is one that nobody sees."""
    match = re.fullmatch(r"(\d*\.?\d+)(in|cm|mm|pt)", size)
    return match is not None and float(match[1]) * _POINTS[match[2]] < NO_HEIGHT


def _records(stream: bytes, start: int) -> Hidden:
    """Of a sheet in an old workbook (MS-XLS 2.4.221 Row, 2.4.53 ColInfo). Where a filter is on,
    which rows it hid cannot be told from the others: all count as left out by it."""
    found = Hidden()
    filtering = False
    for kind, body in _own_records(stream, start):
        if kind == _FILTERMODE:
            filtering = True
        elif kind == _ROW and len(body) >= 14:
            row, height, flags = *struct.unpack_from("<H4xH", body), body[12]
            if flags & 0x20 or (height & 0x7FFF) / 20 < NO_HEIGHT:
                found.rows.add(row)
        elif kind == _COLINFO and len(body) >= 10:
            first, last, width, _, flags = struct.unpack_from("<HHHHH", body)
            if flags & 1 or width / 256 < NO_WIDTH:
                found.columns.update(range(first, last + 1))
    if filtering:
        found.filtered, found.rows = found.rows, set()
    return found


def _own_records(stream: bytes, start: int) -> Iterator[tuple[int, bytes]]:
    """The biff_records of one sheet, without those of charts that stand within it."""
    depth = 0
    for kind, body, _ in biff_records(stream, start):
        if kind in (_BOF, _EOF):
            depth += 1 if kind == _BOF else -1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body
