"""Table 1 in colour; it has a layout of its own."""

from __future__ import annotations

from functools import cached_property
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.coloured import Draft, empty_sheet
from xlplan.board.fitting import FittedColumn, cut_words, paged, shared_widths
from xlplan.board.paint import Paint
from xlplan.board.table_model import BoardSheet, Item, Line, Table, TableColumn
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Cell, Row, Sheet, Style

LEADING = 2
"""Columns before the figures: the section, and what it says."""
NAME, ABOUT, LEAST_ABOUT = 16.0, 32.0, 8.0
SIZE, SMALL = 11.0, 10.0
"""Points of the letters of Table 1; 10 are printed in 8.5 or more."""


class _Plan(Struct, frozen=True, dict=True):
    """How the columns of the sheet are used; the section always stands over two."""

    paint: Paint
    table: Table

    @property
    def compared(self) -> bool:
        return self.paint.view.compared

    @property
    def figures(self) -> list[TableColumn]:
        """The columns of figures."""
        return [c for c in self.table.columns if c.id not in ("section", "text")]

    @property
    def with_text(self) -> bool:
        return any(c.id == "text" for c in self.table.columns)

    @property
    def columns(self) -> int:
        """How many columns the table takes."""
        return LEADING + len(self.figures)

    @cached_property
    def number(self) -> Style:
        return replace(self.paint.number, size=SIZE)

    @cached_property
    def label(self) -> Style:
        """The name of a section; what it says of itself is smaller."""
        return replace(self.number, align="left", wrap=True, bold=True, number_format="", indent=1)

    def about(self, line: Line) -> str:
        """What a section says beyond its name, in short."""
        column = self.table.columns[1]
        return cut_words(str(line.items[1].value or ""), column.brief) if self.with_text else ""

    @cached_property
    def widths(self) -> list[float]:
        """What names a section is as wide as the page allows, and the figures what is left."""
        lines, head = self.table.lines, replace(self.paint.look.heading, size=SMALL)
        names = [str(line.items[0].value or "") for line in lines]
        texts = ["" if line.total else self.about(line) for line in lines]
        plain = replace(self.label, size=SMALL, bold=False)
        columns = [FittedColumn(NAME, names, self.label, flexible=True)]
        columns.append(FittedColumn(ABOUT, texts, plain, flexible=self.with_text))
        columns += [
            FittedColumn(c.width, [c.under or c.heading] * len(lines), head) for c in self.figures
        ]
        paper = self.paint.view.board.definition.composite.paper
        first, about, *figures = shared_widths(columns, paper)
        about = about if self.with_text else LEAST_ABOUT
        least = max(NAME, self.paint.least_width - about - sum(figures))
        return [max(first, least), about, *figures]


def coloured_summary(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """The table with its totals, and nothing else; its headings are repeated on every page."""
    if sheet.empty:
        return empty_sheet(paint, name, sheet)
    (table,) = sheet.tables
    plan = _Plan(paint, table)
    draft = Draft(paint, name, paint.banner(sheet.title, plan.columns, note=sheet.legend))
    top = len(draft.rows)
    _headings(draft, plan)
    for line in table.lines:
        _line(draft, plan, line)
    made = draft.sheet(plan.widths)
    return paged(replace(made, page=replace(made.page, repeat_rows=(top, top + 1))))


def _headings(draft: Draft, plan: _Plan) -> None:
    """Two rows of headings: what columns have in common, and what tells them apart."""
    paint = draft.paint
    head = replace(paint.look.heading, align="center")
    small = replace(head, size=SMALL)
    draft.merge(0, LEADING - 1, paint.text(plan.table.columns[0].heading, paint.look.heading), 2)
    second: list[Cell | None] = [Cell(None, small)] * plan.columns
    at = LEADING
    for over, group in groupby(plan.figures, key=lambda column: column.over or column.heading):
        columns = list(group)
        style = rating_style(rating, head) if (rating := columns[0].rating) else head
        if not columns[0].under:
            cell = paint.text(over, style if columns[0].over else replace(style, size=SMALL))
            draft.merge(at, at, cell, rows=2)
        else:
            last, rows = at + len(columns) - 1, 1 if plan.compared else 2
            draft.merge(at, last, paint.text(over, style), rows)
            second[at : at + len(columns)] = [Cell(c.under, small) for c in columns]
        at += len(columns)
    top: list[Cell | None] = [Cell(None, head)] * plan.columns
    draft.rows += [Row(top), Row(second)]


def _line(draft: Draft, plan: _Plan, line: Line) -> None:
    """The figures of a section; those of the whole plan, or of one of several, are totals. The
    row is as high as its texts."""
    paint, table = draft.paint, plan.table
    number, label = plan.number, plan.label
    if line.total:
        fill = paint.total.fill
        number, label = replace(number, bold=True, fill=fill), replace(label, fill=fill)
    shown = dict(zip((c.id for c in table.columns), line.items, strict=True))
    cells = [_section(paint, shown["section"], label)]
    if plan.with_text and not line.total:
        small = replace(label, size=SMALL, bold=False)
        cells.append(paint.text(plan.about(line), small))
    else:
        draft.merge(0, LEADING - 1, cells[0])
        cells = [Cell(None, cells[0].style)] * LEADING
    cells += [_figure(paint, c, shown[c.id], number) for c in plan.figures]
    draft.rows.append(Row(cells))


def _section(paint: Paint, item: Item, label: Style) -> Cell:
    link = paint.link(item)
    style = replace(label, colour=paint.look.link.colour) if link else label
    return paint.text(str(item.value or ""), style, link)


def _figure(paint: Paint, column: TableColumn, item: Item, number: Style) -> Cell:
    """One figure: pale where it is of the last board, in the tint of its rating where it is now."""
    value = item.value
    if column.under == "Before":
        return Cell(value, replace(number, colour=paint.look.muted.colour, bold=False))  # type: ignore[arg-type]  # a figure
    style = replace(number, bold=True) if column.strong else number
    return Cell(value, paint.tinted(column.rating, value, style), link=paint.link(item))  # type: ignore[arg-type]  # a figure
