"""The Summary sheet in colour: key figures large, the table with its totals, charts and the key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from xlplan.board.board_model import BoardSheet, Item, Line, Table, TableColumn, TableValue
from xlplan.board.coloured import Draft, columns_of, empty_sheet
from xlplan.board.fitting import cut_words, page_height
from xlplan.board.paint import PIXELS, Paint, Ranges, Spot, below, summary_charts
from xlplan.board.summary import key_figures
from xlplan.board.view import percent
from xlplan.workbook.write.cell_text import row_heights
from xlplan.workbook.write.look import mix, rating_style
from xlplan.workbook.write.sheet import Cell, Chart, Row, Sheet, Style

GAP, CHART = 2.0, 66.0
LOWEST = 220
"""Pixels below which a chart of the sections cannot be read."""
LEADING = 2
"""Columns before the figures: the section, and what it says."""
LEADING_WIDTHS = (30.0, 32.0)
FEW = 10
"""Sections up to which the charts have room under the table."""
LEAST, AIR = 350, 14
"""The least width of a chart under the table, and the room around it, in pixels."""
TILE = 13.0
"""The least width of a key figure, in characters."""


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
    def beside_key(self) -> int:
        """The first column right of the rating key."""
        return LEADING + (4 if self.compared else 3)

    @property
    def table_widths(self) -> list[float]:
        return [*LEADING_WIDTHS, *(c.width for c in self.figures)]

    @property
    def charts_below(self) -> bool:
        """Whether the charts have room right of the rating key, under the table."""
        sections = len(self.paint.view.figures.sections)
        free = _pixels(self.table_widths[self.beside_key :])
        return sections <= FEW and self.paint.view.rated and free >= 2 * LEAST

    @property
    def widths(self) -> list[float]:
        """The widths of all columns, those under the charts included."""
        beside = self.paint.view.rated and not self.charts_below
        return self.table_widths + ([GAP, *[CHART / 6] * 6] if beside else [])


def coloured_summary(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """Key figures, the table with its totals, charts and the rating key."""
    if sheet.empty:
        return empty_sheet(paint, name, sheet)
    tiles, table, key = sheet.tables
    plan = _Plan(paint, table)
    draft = Draft(paint, name, paint.banner(sheet.title, len(plan.widths)))
    _tiles(draft, plan.widths, tiles)
    top = len(draft.rows)
    _headings(draft, plan)
    first = len(draft.rows)
    for line in table.lines:
        _line(draft, plan, line)
    plans = len(paint.view.figures.plans)
    last = first + plans - 1 if plans else len(draft.rows) - 2
    draft.rows.append(Row([], height=12))
    sections = paint.view.figures.sections
    if key.lines:
        at = _key(draft, key)
        ranges = Ranges(LEADING, plan.compared, (first, last), at)
        draft.charts += summary_charts(paint.view, _spots(draft, plan, top, at[0] - 1), ranges)
    made = draft.sheet(plan.widths)
    if len(sections) > FEW:
        made = replace(made, page=replace(made.page, repeat_rows=(top, top + 1)))
    return replace(made, charts=tuple(_on_first_page(made, chart) for chart in made.charts))


def _on_first_page(sheet: Sheet, chart: Chart) -> Chart:
    """The chart no taller than the room left for it on the first page, where there is any."""
    above = sum(height or 15 for height in row_heights(sheet)[: chart.row])
    left = int((page_height(sheet) - above) * 4 / 3) - AIR
    return replace(chart, height=min(chart.height, left)) if left >= LOWEST else chart


def _pixels(widths: Sequence[float]) -> int:
    """The width of columns on the screen."""
    return int(sum(width * 7 + 5 for width in widths))


def _spots(draft: Draft, plan: _Plan, top: int, key: int) -> tuple[Spot, Spot]:
    """Where the two charts stand: right of the key under a short table, else right of the table."""
    sections = len(plan.paint.view.figures.sections)
    if plan.charts_below:
        widths = plan.widths[plan.beside_key :]
        room = (_pixels(widths) - 2 * AIR) // 2
        half = next(n for n in range(len(widths)) if _pixels(widths[: n + 1]) > room + AIR)
        left = Spot(key, plan.beside_key, AIR, room, 250)
        used = _pixels(widths[:half])
        right = Spot(key, plan.beside_key + half, room + 2 * AIR - used, room, 250)
        return left, replace(right, height=max(250, min(110 + 26 * sections, 400)))
    column = plan.columns + 1
    top += 2  # the headings are repeated on every page, and what stands on them with them
    above = Spot(top, column, 0, PIXELS, 200)
    height = max(220, min(110 + 26 * sections, 1400))
    return above, Spot(below(draft.rows, top, 210), column, 0, PIXELS, height)


# Key figures.


def _tiles(draft: Draft, widths: Sequence[float], table: Table) -> None:
    """All actions and their parts large, what is found across them below."""
    parts = sum(one.part for one in key_figures(draft.paint.view))
    look = draft.paint.look
    fill = mix(look.band_fill, "#FFFFFF", 0.55)
    white = replace(look.body, fill=fill, align="center", valign="vcenter", wrap=False)
    large, small = (table.rows[:parts], 24, 11, 36.0), (table.rows[parts:], 14, 10, 19.0)
    for rows, size, names, high in (large, small):
        looks = (
            (1, replace(white, size=size, bold=True, colour=look.accent), high),
            (0, replace(white, size=names, bold=True), names + 5.0),
            (2, replace(white, size=9, colour=look.muted.colour), 14.0),
        )
        for part, style, height in looks:
            _strip(draft, widths, [str(row[part] or "") for row in rows], style, height)
        draft.rows.append(Row([], height=6))


def _strip(
    draft: Draft, widths: Sequence[float], texts: Sequence[str], style: Style, height: float
) -> None:
    """One row of the key figures: all values, or all names, or all remarks."""
    cells: list[Cell | None] = [None] * len(widths)
    for index, ((first, last), text) in enumerate(
        zip(_spans(widths, len(texts)), texts, strict=True)
    ):
        edged = replace(style, edge="#FFFFFF") if index else style
        cell = Cell(int(text) if text.isdecimal() else text or None, edged)
        if first == last:
            cells[first] = cell
        else:
            draft.merge(first, last, cell)
    draft.rows.append(Row(cells, height=height))


def _spans(widths: Sequence[float], count: int) -> list[tuple[int, int]]:
    """Columns divided into `count` runs as equal in width as the columns allow."""
    edges = [sum(widths[: n + 1]) for n in range(len(widths))]
    count = min(count, len(widths))
    spans: list[tuple[int, int]] = []
    first = 0
    for number in range(1, count):
        ideal = edges[-1] * number / count
        room = range(first, len(widths) - (count - number))
        start = edges[first] - widths[first]
        last = min(room, key=_nearest(edges, start, ideal))
        spans.append((first, last))
        first = last + 1
    return [*spans, (first, len(widths) - 1)]


def _nearest(
    edges: Sequence[float], start: float, ideal: float
) -> Callable[[int], tuple[bool, float, int]]:
    """Orders columns by how well a tile that began at `start` would end there."""
    return lambda n: (edges[n] - start < TILE, abs(edges[n] - ideal), n)


# The table.


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
    cells += [_figure(paint, c, shown[c.id], number, total=line.total) for c in plan.figures]
    draft.rows.append(Row(cells, height=33 if plan.with_text and not line.total else 24))


def _share(value: TableValue) -> str:
    return percent(value if isinstance(value, float | int) else None)


def _section(paint: Paint, item: Item, label: Style) -> Cell:
    link = paint.link(item)
    style = replace(label, colour=paint.look.link.colour) if link else label
    return paint.text(str(item.value or ""), style, link)


def _figure(paint: Paint, column: TableColumn, item: Item, number: Style, *, total: bool) -> Cell:
    """One figure: pale where it is of the last board, in the tint of its rating where it is now."""
    value = item.value
    if column.kind == "text":
        if total:
            return Cell(None, number)
        cell = paint.cell(column, item)
        return cell if item.rating else replace(cell, style=replace(cell.style, size=12))
    if column.kind == "share":
        value = _share(value)
    if column.under == "Before":
        return Cell(value, replace(number, colour=paint.look.muted.colour, bold=False))  # type: ignore[arg-type]  # a figure
    style = replace(number, bold=True) if column.strong else number
    return Cell(value, paint.tinted(column.rating, value, style))  # type: ignore[arg-type]  # a figure


# The rating key, which is also what the first chart is drawn from.


def _key(draft: Draft, table: Table) -> tuple[int, int]:
    """Lay down the key; return its first and last row."""
    paint = draft.paint
    heading = replace(paint.look.heading, align="center")
    columns = columns_of(table)
    draft.rows.append(
        Row([Cell(c.heading, heading if c.kind in ("number", "share") else paint.look.heading)
             for _, c in columns])
    )  # fmt: skip
    first = len(draft.rows)
    for line in table.lines:
        cells = []
        for n, column in columns:
            item = line.items[n]
            if column.kind == "text":
                text = cut_words(str(item.value or ""), column.brief)
                style = replace(paint.boxed, size=9, valign="vcenter")
                cells.append(paint.text(text, style))
            elif column.kind == "rating":
                cells.append(paint.cell(column, item))
            else:
                style = replace(paint.number, size=11, bold=column.strong)
                value = _share(item.value) if column.kind == "share" else item.value
                cells.append(Cell(value, style))  # type: ignore[arg-type]  # a figure
        draft.rows.append(Row(cells))
    return first, len(draft.rows) - 1
