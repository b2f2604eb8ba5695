"""References in formulas and ranges: what they name, and how they read after rows were put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from xlplan.late import regex
from xlplan.workbook.write.grid import LAST_COLUMN, LAST_ROW, column_of, letters_of

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
