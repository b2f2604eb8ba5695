"""References in formulas and ranges: what they name, how they read after rows were put in, and
which cells a formula looks at, as far as its text tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct, field

from xlplan.late import regex
from xlplan.workbook.write.grid import LAST_COLUMN, LAST_ROW, Box, box_of, column_of, letters_of
from xlplan.workbook.write.package import Package
from xlplan.workbook.write.splice import text_within

_SHEET = r"(?:'(?:[^']|'')*'|(?:\[[^\]]*\])?[^\W\d][\w.]*(?::[^\W\d][\w.]*)?)!"
_PLACE = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_REFERENCE = (
    rf"{_PLACE}(?::{_PLACE})?|\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}"
    r"|\$?[1-9][0-9]{0,6}:\$?[1-9][0-9]{0,6}"
)
_TOKEN = regex(
    rf"""(?P<text>"(?:[^"]|"")*")
    |(?P<sheet>{_SHEET})?(?P<reference>{_REFERENCE})(?![\w(.\[!])
    |(?P<name>{_SHEET}?[^\W\d][\w.\\?]*|\\[\w.\\?]*)
    |(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)
    |(?P<bracket>\[)|(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_CORNER = regex(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
_LINE = regex(r"(\$?)([1-9][0-9]{0,6})")


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


class Token(Struct, frozen=True):
    """A piece of a formula: `reference` where it names cells, on the sheet named in `sheet`."""

    text: str
    kind: str
    sheet: str = ""
    reference: str = ""

    @property
    def sheet_name(self) -> str:
        """The name of its sheet without quotes and the mark, ``""`` for the formula's own."""
        name = self.sheet[:-1]
        return name[1:-1].replace("''", "'") if name.startswith("'") else name

    @property
    def several(self) -> bool:
        """Whether it names a row of sheets: ``Jan:Mar!B2``."""
        return ":" in self.sheet


class Insertion(Struct, frozen=True):
    """`count` rows put in after row `after` of a sheet; 0 is before the first."""

    sheet: str
    after: int
    count: int

    def moved(self, row: int) -> int:
        """Where a row stands afterwards."""
        return row + self.count if self.after < row < LAST_ROW else row

    def is_on(self, sheet: str) -> bool:
        """Whether this is the sheet; case says nothing."""
        return sheet.casefold() == self.sheet.casefold()


def tokens(formula: str) -> Iterator[Token]:
    """The pieces of a formula; together they are the formula."""
    at = 0
    while at < len(formula):
        found = _TOKEN.match(formula, at)
        assert found is not None  # any sign is a piece
        kind = found.lastgroup or "other"
        if kind == "bracket":
            end = _after_brackets(formula, at)
            yield Token(formula[at:end], "bracket")
            at = end
        else:
            is_place = kind == "reference" and _within(found["reference"])
            sheet, reference = found["sheet"] or "", found["reference"] or ""
            yield (
                Token(found[0], kind, sheet, reference)
                if is_place
                else Token(found[0], "name" if kind == "reference" else kind)
            )
            at = found.end()


def _within(reference: str) -> bool:
    """Whether there are such columns: ``XYZ5`` is a name that somebody made up."""
    found = re.findall("[A-Za-z]+", reference)
    return all(len(each) < 3 or column_of(each) <= LAST_COLUMN for each in found)


def _after_brackets(formula: str, at: int) -> int:
    """The end of a reference to a table; in it a quote stands before a sign that means itself."""
    depth = 0
    while at < len(formula):
        sign = formula[at]
        if sign == "'":
            at += 1
        depth += (sign == "[") - (sign == "]")
        at += 1
        if not depth:
            break
    return min(at, len(formula))


def moved_formula(formula: str, rows: Insertion, own: bool) -> str:
    """The formula after rows were put in; `own` where it stands on the very sheet."""
    return "".join(
        f"{each.sheet}{_moved(each.reference, rows.moved)}" if names_sheet(each, rows, own)
        else each.text
        for each in tokens(formula)
    )  # fmt: skip


def names_sheet(token: Token, rows: Insertion, own: bool) -> bool:
    """Whether a piece names cells of the sheet in which rows are put in."""
    if not token.reference:
        return False
    return rows.is_on(token.sheet_name) if token.sheet else own


def _moved(reference: str, moved: Callable[[int], int]) -> str:
    if reference.replace("$", "").replace(":", "").isdecimal():
        return _LINE.sub(lambda found: f"{found[1]}{moved(int(found[2]))}", reference)
    return _CORNER.sub(lambda f: f"{f[1]}{f[2]}{f[3]}{moved(int(f[4]))}", reference)


def copied_formula(formula: str, down: int, right: int = 0) -> str:
    """The formula as it reads in a cell further down and to the right."""
    return "".join(
        f"{each.sheet}{_copied(each.reference, down, right)}" if each.reference else each.text
        for each in tokens(formula)
    )


def _copied(reference: str, down: int, right: int) -> str:
    def corner(found: re.Match[str]) -> str:
        column, row = column_of(found[2]), int(found[4])
        column += 0 if found[1] else right
        row += 0 if found[3] else down
        if not (1 <= column <= LAST_COLUMN and 1 <= row <= LAST_ROW):
            return "#REF!"
        return f"{found[1]}{letters_of(column)}{found[3]}{row}"

    def line(found: re.Match[str]) -> str:
        return found[0] if found[1] else str(int(found[2]) + down)

    def column(found: re.Match[str]) -> str:
        return found[0] if found[1] else letters_of(column_of(found[2]) + right)

    if reference.replace("$", "").replace(":", "").isdecimal():
        return _LINE.sub(line, reference)
    if _CORNER.search(reference):
        return _CORNER.sub(corner, reference)
    return re.sub(r"(\$?)([A-Za-z]{1,3})", column, reference)


def moved_areas(areas: str, rows: Insertion, *, grow: bool = False) -> str:
    """Areas parted by spaces, after rows were put in; with `grow` one that ends at the row before
    the new ones takes them in."""
    return " ".join(_moved_area(area, rows, grow) for area in areas.split())


def _moved_area(area: str, rows: Insertion, grow: bool) -> str:
    numbers = [int(found[2]) for found in _LINE.finditer(area)]
    if grow and numbers and numbers[-1] == rows.after:
        first, _, last = area.rpartition(":")
        return f"{first or last}:{_moved(last, lambda row: row + rows.count)}"
    return _moved(area, rows.moved)


def rows_of(area: str) -> tuple[int, int]:
    """The first and the last row of an area; all of them where it names none."""
    numbers = [int(found[2]) for found in _LINE.finditer(area)] or [1, LAST_ROW]
    return min(numbers), max(numbers)


# What a formula looks at.


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
