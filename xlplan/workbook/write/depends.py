"""Which cells a formula looks at, as far as its text tells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.write.formula_refs import Token, tokens
from xlplan.workbook.write.grid import Box, box_of
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.splice import text_within

Area = tuple[str, Box]
"""The name of a sheet with its case folded, and an area of it."""
UNSURE = frozenset(
    {"indirect", "offset", "cell", "info", "getpivotdata", "evaluate", "_xll", "rtd", "cubevalue"}
)
"""Functions that may look anywhere, whatever their arguments say."""
BY_PLACE = frozenset({"row", "rows", "column", "columns", "address", "sheet", "sheets", "areas"})
"""Functions that answer with places: their results change where rows are put in."""
_DEPTH = 8
"""How many names may stand for names."""
_COLUMN = regex(r"\[((?:[^\[\]#'@]|'.)+)\]")


class Table(Struct, frozen=True):
    """A table: its sheet, its area, its columns, and how many rows are headings and totals."""

    sheet: str
    box: Box
    columns: tuple[str, ...]


class Known(Struct):
    """What formulas of a workbook may name beside cells: tables, and names by the sheet that they
    hold for (``""``: everywhere)."""

    names: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: dict[str, Table] = field(default_factory=dict)

    @classmethod
    def of(cls, package: Package) -> Known:
        """The names and tables of a workbook. Raises `UnfitError`."""
        known = cls()
        tabs = [name.casefold() for name in package.tabs]
        for name in package.parsed(package.book, "definedName"):
            scope = name.attributes.get("localSheetId", "")
            sheet = tabs[int(scope)] if scope.isdecimal() and int(scope) < len(tabs) else ""
            title = name.attributes.get("name", "").casefold()
            known.names[sheet, title] = text_within(package[package.book], name)
        for sheet, part in package.sheets.items():
            for each in package.related(part, "table"):
                known._add_table(package, sheet.casefold(), each)
        return known

    def _add_table(self, package: Package, sheet: str, part: str) -> None:
        found = package.parsed(part, "table", "tableColumn")
        columns = [each.attributes.get("name", "") for each in found if each.name == "tableColumn"]
        for table in found:
            box = box_of(table.attributes.get("ref", ""))
            if table.name == "table" and box:
                name = table.attributes.get("displayName", "").casefold()
                self.tables[name] = Table(sheet, box, tuple(map(str.casefold, columns)))

    def name(self, sheet: str, name: str) -> str | None:
        """What a name stands for in a formula of a sheet, or None."""
        scope, _, own = name.rpartition("!")
        scope = scope.strip("'").replace("''", "'").casefold() if scope else sheet
        key = own.casefold()
        return self.names.get((scope, key), self.names.get(("", key)))

    def table_at(self, sheet: str, row: int, column: int) -> Table | None:
        """The table that a cell lies in, or None."""
        for table in self.tables.values():
            top, left, bottom, right = table.box
            if table.sheet == sheet and top <= row <= bottom and left <= column <= right:
                return table
        return None


class Looks(Struct, frozen=True):
    """What a formula looks at; `anywhere` where that cannot be told, `by_place` where its result
    is made of places."""

    areas: tuple[Area, ...] = ()
    anywhere: bool = False
    by_place: bool = False


def looks_of(formula: str, sheet: str, at: tuple[int, int], known: Known, depth: int = 0) -> Looks:
    """What the formula of a cell looks at; `sheet` is the cell's, with its case folded."""
    areas: list[Area] = []
    anywhere = by_place = False
    pieces = list(tokens(formula))
    for number, each in enumerate(pieces):
        if each.reference:
            if each.several:
                anywhere = True
            elif not each.sheet.lstrip("'").startswith("["):
                box = box_of(each.reference)
                on = each.sheet_name.casefold() if each.sheet else sheet
                areas += [(on, box)] if box else []
        elif each.kind == "name":
            name = each.text.casefold()
            function = name.removeprefix("_xlfn.").removeprefix("_xlws.")
            anywhere |= function in UNSURE
            by_place |= function in BY_PLACE
            table = known.tables.get(name)
            if table and not _has_brackets(pieces, number):
                areas.append((table.sheet, table.box))
            meant = known.name(sheet, each.text) if not table else None
            if meant is not None and depth < _DEPTH:
                inner = looks_of(meant, sheet, at, known, depth + 1)
                areas += inner.areas
                anywhere |= inner.anywhere
                by_place |= inner.by_place
        elif each.kind == "bracket":
            areas += _of_table(pieces, number, sheet, at, known)
        elif each.text == ":":
            anywhere = True  # an area between two things that are worked out
    return Looks(tuple(areas), anywhere, by_place)


def _has_brackets(pieces: Sequence[Token], number: int) -> bool:
    return number + 1 < len(pieces) and pieces[number + 1].kind == "bracket"


def _of_table(
    pieces: Sequence[Token], number: int, sheet: str, at: tuple[int, int], known: Known
) -> list[Area]:
    """The area that ``Table[Column]`` or ``[@Column]`` names."""
    text = pieces[number].text
    before = pieces[number - 1] if number else None
    if before and before.kind == "name":
        table = known.tables.get(before.text.casefold())
    else:
        table = known.table_at(sheet, *at)
    if table is None:
        return []
    top, left, bottom, right = table.box
    lowered = text.casefold()
    if table.sheet == sheet and ("#this row" in lowered or lowered.startswith(("[@", "[[@"))):
        top = bottom = at[0]
    named = [re.sub(r"'(.)", r"\1", each) for each in _COLUMN.findall(lowered.replace("@", ""))]
    columns = [table.columns.index(each) for each in named if each in table.columns]
    if columns and len(columns) == len(named):
        left, right = left + min(columns), left + max(columns)
    return [(table.sheet, (top, left, bottom, right))]
