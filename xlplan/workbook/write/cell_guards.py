"""Where no value may be put, and which value no cell can hold: the refusals of single cells."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

from msgspec import Struct

from xlplan.codes.edit_codes import (
    EDIT_001,
    EDIT_002,
    EDIT_003,
    EDIT_004,
    EDIT_005,
    EDIT_006,
    EDIT_007,
)
from xlplan.codes.message import Filled
from xlplan.workbook.write.grid import (
    Box,
    Cell,
    Grid,
    area_name,
    box_of,
    cell_name,
    holds,
    number,
)
from xlplan.workbook.write.package import Package

MOST_TEXT = 32_767


class Guards(Struct):
    """The areas of a sheet where no value may be put, and why."""

    merges: dict[int, list[Box]]
    tables: list[tuple[Box, str, int, int]]
    pivots: list[Box]
    spread: list[Box]
    over_formulas: bool = False

    @classmethod
    def of(
        cls,
        package: Package,
        part: str,
        grid: Grid,
        rows: frozenset[int],
        over_formulas: bool = False,
    ) -> Guards:
        """Those of a sheet; merged cells are looked at in these rows alone."""
        merges: dict[int, list[Box]] = {}
        for merge in grid.merges:
            if box := box_of(merge.attributes.get("ref", "")):
                near = range(box[0], box[2] + 1)
                for row in near if len(near) < len(rows) else rows:
                    if row in rows and row in near:
                        merges.setdefault(row, []).append(box)
        pivots = [box for areas in pivot_areas(package, part) for box in areas]
        return cls(merges, _tables(package, part), pivots, grid.spread, over_formulas)

    def refusal(self, at: tuple[int, int], cell: Cell | None) -> Filled | None:
        """Why the value of a cell may not be set, or None."""
        areas = self.merges or self.tables or self.pivots or self.spread
        if areas and (within := self._in_area(*at)):
            return within
        if cell and cell.formula and not self.over_formulas:
            return EDIT_001.fill()
        return EDIT_005.fill() if cell and "vm" in cell.attributes else None

    def _in_area(self, row: int, column: int) -> Filled | None:
        for box in self.merges.get(row, ()):
            if holds(box, row, column) and (row, column) != box[:2]:
                return EDIT_003.fill(area=area_name(box), first=cell_name(box[0], box[1]))
        for box, name, first, last in self.tables:
            if holds(box, row, column) and row < first:
                return EDIT_002.fill("heading", table=name)
            if holds(box, row, column) and row > last:
                return EDIT_002.fill("total", table=name)
        if pivot := next((each for each in self.pivots if holds(each, row, column)), None):
            return EDIT_004.fill(area=area_name(pivot))
        if spread := next((each for each in self.spread if holds(each, row, column)), None):
            return EDIT_001.fill("array", area=area_name(spread))
        return None


def _tables(package: Package, part: str) -> list[tuple[Box, str, int, int]]:
    """The tables of a sheet: area, name, first and last row of their data."""
    found = []
    for name in package.related(part, "table"):
        for table in package.parsed(name, "table"):
            named = table.attributes
            if box := box_of(named.get("ref", "")):
                first = box[0] + number(named.get("headerRowCount", "1"))
                last = box[2] - number(named.get("totalsRowCount", "0"))
                found.append((box, named.get("displayName", ""), first, last))
    return found


def pivot_areas(package: Package, part: str) -> list[list[Box]]:
    """The areas of each pivot table of a sheet: its filters, where it has any above it, and what
    it shows."""
    found = []
    for name in package.related(part, "pivotTable"):
        for each in package.parsed(name, "location"):
            named = each.attributes
            if box := box_of(named.get("ref", "")):
                top, left = box[:2]
                rows, pairs = (number(named.get(f"{key}PageCount", "0")) for key in ("row", "col"))
                filters = top - rows - 1, left, top - 2, left + 3 * max(pairs, 1) - 2
                found.append([filters, box] if rows and filters[0] > 0 else [box])
    return found


def unfit_value(value: object, serial: Callable[[date], float]) -> Filled | None:
    """Why no cell can hold a value, or None."""
    if isinstance(value, str):
        if value.isascii() and len(value) <= MOST_TEXT:
            return None
        if any("\ud800" <= sign <= "\udfff" for sign in value):
            return EDIT_007.fill("text")
        length = len(value.encode("utf-16-le")) // 2
        too_long = length > MOST_TEXT
        return EDIT_006.fill(length=length, most=MOST_TEXT) if too_long else None
    if isinstance(value, date) and (value.year < 1900 or serial(value) < 0):
        return EDIT_007.fill("date", value=value.isoformat())
    if isinstance(value, float) and not math.isfinite(value):
        return EDIT_007.fill("number", value=str(value))
    return None
