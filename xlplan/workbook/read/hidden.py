"""Which rows and columns of a workbook nobody sees, and which rows a filter leaves out.

Hidden is what is hidden by hand, what has no height or width to speak of, and what is folded away
in a group. Read from the file's own parts, as no reader of values tells it; of a binary workbook
(.xlsb) it is not read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from xlplan.workbook.read.book import (
    MOST_REPEATED,
    NO_HEIGHT,
    NO_WIDTH,
    Hidden,
    ReadSheet,
    parse,
    place,
)
from xlplan.workbook.read.gate import Admitted
from xlplan.workbook.read.parts import part_named
from xlplan.workbook.read.relations import related


@dataclass
class _Filter:
    """A filter: its first row and column, its last row, and the texts it shows by column."""

    top: int
    left: int
    bottom: int
    shows: dict[int, set[str]] = field(default_factory=dict)


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
        from xlplan.workbook.read.ods_marks import read_hidden_ods

        return read_hidden_ods(part_named(admitted.parts, "content.xml") or b"")
    if admitted.kind == "xls":
        from xlplan.workbook.read.xls import read_hidden_xls

        return read_hidden_xls(data)
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
                found.columns.update(
                    range(int(first) - 1, min(int(end), int(first) + MOST_REPEATED))
                )

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
