"""The Summary sheet in colour: Table 1, its headings in two rows and the whole plan as the last."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import groupby

from xlplan.board.board_model import BoardSheet, Item, Line, Table, TableColumn
from xlplan.board.coloured import Draft, empty_sheet
from xlplan.board.fitting import cut_words, paged
from xlplan.board.paint import Paint
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Cell, Row, Sheet, Style

LEADING = 2
"""Columns before the figures: the section, and what it says."""
LEADING_WIDTHS = (30.0, 32.0)


@dataclass(frozen=True)
class _Plan:
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

    @property
    def widths(self) -> list[float]:
        return [*LEADING_WIDTHS, *(c.width for c in self.figures)]


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
    small = replace(head, size=9)
    draft.merge(0, LEADING - 1, paint.text(plan.table.columns[0].heading, paint.look.heading), 2)
    second: list[Cell | None] = [Cell(None, small)] * plan.columns
    at = LEADING
    for over, group in groupby(plan.figures, key=lambda column: column.over or column.heading):
        columns = list(group)
        style = rating_style(rating, head) if (rating := columns[0].rating) else head
        if not columns[0].under:
            cell = paint.text(over, style if columns[0].over else replace(style, size=9))
            draft.merge(at, at, cell, rows=2)
        else:
            last, rows = at + len(columns) - 1, 1 if plan.compared else 2
            draft.merge(at, last, paint.text(over, style), rows)
            second[at : at + len(columns)] = [Cell(c.under, small) for c in columns]
        at += len(columns)
    top: list[Cell | None] = [Cell(None, head)] * plan.columns
    draft.rows.append(Row(top, height=34 if plan.compared else 22))
    draft.rows.append(Row(second, height=32 if plan.compared else 18))


def _line(draft: Draft, plan: _Plan, line: Line) -> None:
    """The figures of a section; those of the whole plan, or of one of several, are totals."""
    paint, table = draft.paint, plan.table
    number = replace(paint.total if line.total else paint.number, size=12)
    label = replace(number, align="left", wrap=True, bold=True, number_format="")
    if not line.total:
        label = replace(label, valign="vcenter")
    shown = dict(zip((c.id for c in table.columns), line.items, strict=True))
    cells = [_section(paint, shown["section"], label)]
    if plan.with_text and not line.total:
        text = cut_words(str(shown["text"].value or ""), table.columns[1].brief)
        cells.append(paint.text(text, replace(label, size=9, bold=False)))
    else:
        draft.merge(0, LEADING - 1, cells[0])
        cells = [Cell(None, cells[0].style)] * LEADING
    cells += [_figure(paint, c, shown[c.id], number) for c in plan.figures]
    draft.rows.append(Row(cells, height=33 if plan.with_text and not line.total else 24))


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
