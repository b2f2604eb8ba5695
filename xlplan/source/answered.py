"""What people say of the sheets and rows of a spreadsheet, put in the place of what was found."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Mapping, MutableSequence, Sequence

from msgspec.structs import replace

from xlplan.codes.source_codes import NEW_029
from xlplan.errors import Problem
from xlplan.plan.accounted import (
    ACTION,
    HEADINGS,
    JOINED,
    NO_ACTION,
    SECTION,
    RowRead,
    SheetRead,
    first_words,
    is_meant,
)
from xlplan.source.choice import Choice
from xlplan.source.headings import Heading, cell_text, parse_heading, point_text
from xlplan.source.layout import Layout, Line, LineKind
from xlplan.source.table_cells import DataRow, Table
from xlplan.workbook.read.book import Book, ReadSheet


def row_words(sheet: ReadSheet, row: int) -> str:
    """What a row (from 0) of a sheet begins with."""
    return first_words(map(point_text, sheet.rows[row] if row < len(sheet.rows) else ()))


def shown_sheets(sheets: Sequence[ReadSheet], answers: Iterable[SheetRead]) -> list[ReadSheet]:
    """The sheets, with those that are part of the plan shown though they are hidden."""
    ours = {each.name.casefold() for each in answers if each.plan}
    return [
        replace(sheet, visible=True) if sheet.name.casefold() in ours else sheet for sheet in sheets
    ]


def sheets_answered(
    sheets: Sequence[ReadSheet], answers: Iterable[SheetRead]
) -> Mapping[int, bool]:
    """By the number of a sheet, whether it is part of the plan, where people say it."""
    known = {each.name.casefold(): each.plan for each in answers if each.plan is not None}
    return {
        number: yes
        for number, sheet in enumerate(sheets)
        if (yes := known.get(sheet.name.casefold())) is not None
    }


def headings_answered(
    sheets: Sequence[ReadSheet], rows: Iterable[RowRead]
) -> Mapping[str, list[int]]:
    """By sheet the rows (from 0) that head the columns, where people say it."""
    found: dict[str, list[int]] = {}
    for each in rows:
        sheet = _sheet_of(sheets, each)
        if sheet is None or each.fate != HEADINGS:
            continue
        if is_meant(each, row_words(sheet, each.row - 1)):
            found.setdefault(sheet.name, []).append(each.row - 1)
    return found


def _sheet_of(sheets: Sequence[ReadSheet], answer: RowRead) -> ReadSheet | None:
    return next((one for one in sheets if one.name.casefold() == answer.sheet.casefold()), None)


def answer_rows(
    book: Book, layouts: Sequence[Layout], choice: Choice, rows: Sequence[RowRead]
) -> list[Problem]:
    """Make rows what people say they are, in `layouts`; a problem for each answer without use."""
    problems: list[Problem] = []
    for each in sorted(rows, key=lambda one: one.row):
        where = f"{book.name}!{each.sheet}!{each.row}"
        sheet = _sheet_of([layout.sheet for layout in layouts], each)
        words = row_words(sheet, each.row - 1) if sheet is not None else ""
        if not words:
            problems.append(NEW_029.problem(where, "blank"))
        elif not is_meant(each, words):
            problems.append(NEW_029.problem(where, "other", words=words, meant=each.words))
        elif each.fate != HEADINGS:
            number = next(n for n, one in enumerate(layouts) if one.sheet.name == sheet.name)  # type: ignore[union-attr]  # words are of a sheet
            ours = [index for at, index in choice.kinds if at == number]
            if not _Answered(layouts[number], ours).make(each.row - 1, each.fate):
                problems.append(NEW_029.problem(where, "headings", fate=each.fate))
    return problems


class _Answered:
    """One sheet, whose rows are made what people say."""

    def __init__(self, layout: Layout, ours: Sequence[int]) -> None:
        lines = layout.lines
        assert isinstance(lines, MutableSequence)
        self.lines: MutableSequence[Line] = lines
        self.at = {line.row: place for place, line in enumerate(lines)}
        self.layout = layout
        self.ours = ours

    def make(self, row: int, fate: str) -> bool:
        """Whether the row could be made what it is said to be."""
        line = self.lines[self.at[row]]
        number = self._table(line)
        if number < 0 or line.kind in ("header", "repeated"):
            return False
        table = self.layout.tables[number]
        if line.kind == "section":
            self._without_heading(table, row)
        if fate in (NO_ACTION, SECTION):
            table.hold([each for each in table.rows if each.row != row])
            kind: LineKind = "note" if fate == NO_ACTION else "section"
            self.lines[self.at[row]] = Line(row, kind, line.text or self._text(row))
            if fate == SECTION:
                self._under(
                    table, replace(parse_heading(self._text(row), row), col=self._first(row))
                )
            return True
        assert fate in (ACTION, JOINED)
        if all(each.row != row for each in table.rows):
            self._insert(table, row)
        joins = fate == JOINED
        table.hold([replace(r, joins=joins) if r.row == row else r for r in table.rows])
        self.lines[self.at[row]] = Line(row, "data", line.text or self._text(row), number)
        return True

    def _table(self, line: Line) -> int:
        """The table of the plan that a row belongs to, or would: the last that begins above it."""
        if line.table in self.ours and line.kind == "data":
            return line.table
        above = [n for n in self.ours if self.layout.tables[n].header < line.row]
        return max(above, key=lambda n: self.layout.tables[n].header, default=-1)

    def _cells(self, row: int) -> Iterator[tuple[int, object]]:
        cells = self.layout.sheet.rows[row] if row < len(self.layout.sheet.rows) else ()
        return ((col, value) for col, value in enumerate(cells) if cell_text(value))

    def _text(self, row: int) -> str:
        cells = self.layout.sheet.rows[row]
        return " | ".join(cell_text(cells[col]) for col, _ in self._cells(row))

    def _first(self, row: int) -> int:
        return next(col for col, _ in self._cells(row))

    def _insert(self, table: Table, row: int) -> None:
        values = self.layout.sheet.rows[row]
        cells = {col: values[col] for col, _ in self._cells(row) if col not in table.beside}
        place = bisect([each.row for each in table.rows], row)
        sections = table.rows[place - 1].sections if place else ()
        origin = {col: (row, col) for col in cells}
        added = DataRow(row, cells, origin, sections, own=len(cells))
        table.hold([*table.rows[:place], added, *table.rows[place:]])

    def _without_heading(self, table: Table, row: int) -> None:
        """The rows below what heads them no more belong to the section above it."""
        before = [each.sections for each in table.rows if each.row < row]
        sections = before[-1] if before else ()
        table.hold([
            replace(each, sections=sections, starts_section=False)
            if any(heading.row == row for heading in each.sections) else each
            for each in table.rows
        ])  # fmt: skip

    def _under(self, table: Table, heading: Heading) -> None:
        """The rows below a heading, to the next one, belong to it."""
        rows = list(table.rows)
        first = True
        for place, each in enumerate(rows):
            if each.row < heading.row or any(h.row > heading.row for h in each.sections):
                continue
            rows[place] = replace(each, sections=(heading,), starts_section=first)
            first = False
        table.hold(rows)
