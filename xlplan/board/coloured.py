"""The coloured sheets of the composite: what a table of the board looks like on paper.

A sheet is drawn from its `BoardSheet` alone. Where a table needs more than a heading and lines
(Summary, Contents, Notes) it has a layout of its own; see `xlplan.board.composite`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from math import ceil

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.board.fitting import (
    FittedColumn,
    cut_words,
    heading_height,
    is_long,
    least_long,
    paged,
    sampled,
    shared_widths,
)
from xlplan.board.paint import FIGURES, LONGEST_LINK, Brush, Paint, board_chart, words_of
from xlplan.board.table_model import (
    Anchor,
    Band,
    BoardSheet,
    Item,
    Line,
    Lines,
    Table,
    TableColumn,
    label_of,
)
from xlplan.workbook.write.sheet import Area, Cell, Chart, Column, Merge, Row, Sheet

BAND_LENGTH, BAND_LINES = 2000, 20


class Draft(Struct):
    """The rows of one sheet as they are laid down, with what is merged over them."""

    paint: Paint
    name: str
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    charts: list[Chart] = field(default_factory=list)
    kept: list[int] = field(default_factory=list)
    """Rows that must not stand last on a page: bands and titles of tables."""

    def merge(self, first: int, last: int, cell: Cell, rows: int = 1) -> None:
        """One cell over columns `first` to `last` of the next `rows` rows."""
        at = len(self.rows)
        self.merges.append(Merge(Area(at, first, at + rows - 1, last), cell))

    def keep(self, row: Row) -> None:
        """A row that is printed on the same page as the row that follows it."""
        self.kept.append(len(self.rows))
        self.rows.append(row)

    def sheet(
        self,
        widths: Sequence[float],
        *,
        headed: int | None = None,
        filtered: int = 0,
        frozen: int = 0,
    ) -> Sheet:
        """The sheet: the headings in row `headed` are repeated on every page, and above a filter
        over `filtered` columns; where `frozen`, they stay in view with that many columns."""
        table = headed is not None and filtered and len(self.rows) > headed + 1
        whole = Area(headed or 0, 0, len(self.rows) - 1, filtered - 1)
        return Sheet(
            name=self.name,
            rows=self.rows,
            columns=[Column(width) for width in widths],
            merges=self.merges,
            charts=self.charts,
            freeze=(headed + 1, frozen) if headed is not None and frozen else None,
            filter=whole if table else None,
            page=self.paint.page((headed, headed) if headed is not None else None),
            tab_colour=self.paint.look.heading_fill,
        )


def columns_of(table: Table) -> list[tuple[int, TableColumn]]:
    """The columns of a table that a coloured sheet draws, each with its place in a line."""
    return [(n, column) for n, column in enumerate(table.columns) if not column.plain]


def texts_cut(paint: Paint, sheet: BoardSheet) -> Iterator[tuple[str, str]]:
    """Every text of a sheet that no row can show, with where it stands."""
    for table in sheet.tables:
        for band in table.bands:
            if _band_words(band) != _band_whole(band):
                yield band.text, f"Section {cut_words(band.text, 40)}"
            if is_long(band.more, _across(table), paint.boxed):
                yield band.more, f"Section {cut_words(band.text, 40)}"
        drawn = [(n, c) for n, c in columns_of(table) if c.kind not in FIGURES and not c.brief]
        least = least_long(paint.look.withdrawn if table.struck else paint.boxed)
        found: list[tuple[int, int, str]] = []
        for n, column in drawn if table.lines else ():
            long: dict[int, str] = {}
            for item in table.lines.each[n]:
                value = item.value
                # An arrow may stand before the words.
                short = value is None or (isinstance(value, str) and len(value) + 2 < least)
                if short and not item.shown:
                    continue
                words = words_of(column, item)
                look = paint.look.withdrawn if table.struck else paint.style(column, item)
                if len(words) >= least and is_long(words, column.width, look):
                    long[id(item)] = words
            if long:
                places = enumerate(map(id, table.lines.columns[n]))
                found += [(at, n, long[this]) for at, this in places if this in long]
        for at, n, words in sorted(found):
            yield words, label_of(table, table.lines[at], table.columns[n])


def _across(table: Table) -> float:
    """The width of all drawn columns of a table."""
    return sum(column.width for _, column in columns_of(table))


def _band_whole(band: Band) -> str:
    return f"{band.text} ({band.count})"


def _band_words(band: Band) -> str:
    """The words of a band, in so many characters and lines that it stays a band."""
    whole = _band_whole(band)
    lines = [line for line in whole.split("\n") if line.strip()]
    if len(lines) <= BAND_LINES and len(whole) <= BAND_LENGTH and max(map(len, lines)) <= 400:
        return whole
    lines = [cut_words(line, 400) for line in lines]
    if len(lines) > BAND_LINES:
        lines = [*lines[: BAND_LINES - 1], "…", lines[-1]]
    text = "\n".join(lines)
    return text if len(text) <= BAND_LENGTH else text[: BAND_LENGTH - 1] + "…"


def entries_of(tables: Sequence[Table]) -> Iterator[Band | tuple[Table, Line]]:
    """The bands and lines of a table, and of what is struck below it, in the order drawn."""
    for table in tables:
        bands = {band: band.before for band in table.bands}
        for number, line in enumerate(table.lines):
            yield from (band for band, before in bands.items() if before == number)
            if not line.early:
                yield table, line
        yield from (band for band, before in bands.items() if before >= len(table.lines))


# Widths.


def fit_to_page(sheet: BoardSheet, paint: Paint) -> BoardSheet:
    """The sheet with columns so wide that it is printed in letters of a size to be read: those of
    texts share what the page has room for, so that the rows are as low as they can be."""
    if not sheet.tables or sheet.empty:
        return sheet
    stacks = stacks_of(sheet)
    table = stacks[-1][0] if stacks else sheet.tables[-1]
    columns = columns_of(table)
    lines = table.lines.drawn
    above: list[set[str]] = [set() for _ in columns]
    for stack in stacks[:-1]:
        for found, (n, _) in zip(above, columns_of(stack[0]), strict=False):
            found |= {str(line.items[n].value or "") for line in stack[0].lines}
    fitted = [
        _fitted(paint, c, lines, n, short) for (n, c), short in zip(columns, above, strict=True)
    ]
    widths = shared_widths(fitted, paint.view.board.definition.composite.paper)
    wide = {c.id: width for (_, c), width in zip(columns, widths, strict=True)}
    return replace(
        sheet,
        tables=tuple(
            replace(
                one, columns=tuple(replace(c, width=wide.get(c.id, c.width)) for c in one.columns)
            )
            if one is table or one.struck
            else one
            for one in sheet.tables
        ),
    )


def _fitted(
    paint: Paint, column: TableColumn, lines: Lines, at: int, above: Collection[str]
) -> FittedColumn:
    """Column number `at` as its width is worked out: texts give and take room, figures only give.
    What stands in it in the tables `above` is kept in one line where it is as short as a link."""
    items, each = (lines.columns[at], lines.each[at]) if lines else ((), ())
    # Headings alone do not tell which column is to be wide.
    flexible = bool(items) and column.kind not in FIGURES and column.span == 1
    heading = paint.heading(column)
    # Of texts a sample tells how wide they are; of ratings every one is kept whole.
    rated = column.kind in ("rating", "direction")
    words = [_words_in(item, column) for item in (items if rated else sampled(items))]
    whole = {str(item.value) for item in each if item.link and paint.is_link(item)}
    whole |= {text for text in above if len(text) <= LONGEST_LINK}
    if rated:
        whole |= {line for text in {*words} for line in text.split("\n")}
    # Bold letters are wider: a word of them must not be broken because most of the column is plain.
    bold = column.strong or any(item.emphasis in ("strong", "alert", "loud") for item in each)
    return FittedColumn(
        column.width,
        words,
        paint.style(column, Item("", emphasis="strong" if bold else "")),
        flexible,
        sorted(whole),
        str(heading.value or ""),
        heading.style,
    )


def _words_in(item: Item, column: TableColumn) -> str:
    if item.value is None and not item.shown:
        return column.blank
    words = words_of(column, item)
    return cut_words(words, column.brief) if column.brief else words


# One sheet.


def empty_sheet(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """A sheet that has nothing to list and says so in a sentence."""
    draft = Draft(paint, name, [*paint.banner(sheet.title, 4), Row([], height=40)])
    look = replace(paint.look.body, size=12, valign="vcenter")
    at = len(draft.rows) - 1
    draft.merges.append(Merge(Area(at, 0, at, 3), paint.text(sheet.empty, look)))
    return paged(draft.sheet((40, 40, 40, 40)))


def stacks_of(sheet: BoardSheet) -> list[list[Table]]:
    """The tables to draw, each with those that are struck below it."""
    found: list[list[Table]] = []
    for table in sheet.tables:
        if table.struck and found:
            found[-1].append(table)
        else:
            found.append([table])
    return [
        stack
        for stack in found
        if columns_of(stack[0]) and any(table.lines or table.bands for table in stack)
    ]


def anchors_of(name: str, sheet: BoardSheet, paint: Paint) -> dict[Anchor, str]:
    """By what can be linked to, its cell in a sheet that is drawn by `coloured_sheet`."""
    found: dict[Anchor, str] = {}
    number = _rows_above(sheet, paint) + 1
    for stack in stacks_of(sheet) if not sheet.empty else ():
        for entry in entries_of(stack):
            anchor = entry.anchor if isinstance(entry, Band) else entry[1].anchor
            if anchor is not None:
                found.setdefault(anchor, f"'{name}'!A{number + 1}")
            number += 2 if isinstance(entry, Band) and entry.more else 1
        number += 2  # a little air, and the headings of the next table
    return found


def _rows_above(sheet: BoardSheet, paint: Paint) -> int:
    """The row of the headings of the first table of a sheet without a sentence."""
    return len(paint.banner(sheet.title, 1, note="x" if sheet.notes or sheet.legend else ""))


def coloured_sheet(paint: Paint, name: str, sheet: BoardSheet) -> Sheet:
    """A sheet: its banner, what it says in a sentence, and its tables one below the other.

    The columns are as wide as those of the last table, which has a filter.
    """
    if sheet.empty:
        return empty_sheet(paint, name, sheet)
    stacks = stacks_of(sheet)
    widths = _wide_enough(paint, _widths(stacks) or [40.0] * 4)
    note = "   ·   ".join([*sheet.notes, *([sheet.legend] if sheet.legend else [])])
    draft = Draft(paint, name, paint.banner(sheet.title, len(widths), note=note))
    if sheet.sentence:
        look = replace(paint.look.body, size=12, bold=True, valign="vcenter")
        draft.merge(0, len(widths) - 1, paint.text(sheet.sentence, look))
        draft.rows.append(Row([], height=30))
    headed = 0
    for stack in stacks:
        if stack is not stacks[0] or (sheet.sentence and stack[0] is not sheet.tables[0]):
            draft.rows.append(Row([], height=10))
        headed = len(draft.rows)
        _draw(draft, stack, widths)
    if not stacks:
        return paged(draft.sheet(widths))
    alone = len(stacks) == 1 and not sheet.sentence
    last = stacks[-1][0] is sheet.tables[-1] or len(sheet.tables) == 1 or alone
    filtered = sum(column.span for _, column in columns_of(stacks[-1][0])) if last else 0
    frozen = sheet.frozen if alone else 0
    return paged(draft.sheet(widths, headed=headed, filtered=filtered, frozen=frozen), draft.kept)


def _wide_enough(paint: Paint, widths: list[float]) -> list[float]:
    """The widths, the widest wider where the banner would not have its room over them."""
    more = max(0.0, paint.least_width - sum(widths))
    widest = widths.index(max(widths))
    return [width + more if n == widest else width for n, width in enumerate(widths)]


def _widths(stacks: Sequence[Sequence[Table]]) -> list[float]:
    """The widths of the last table's columns, and of what others have beyond them."""
    widths: list[float] = []
    for stack in reversed(stacks):
        mine = [w for _, c in columns_of(stack[0]) for w in [c.width, *[c.width] * (c.span - 1)]]
        widths += mine[len(widths) :]
    return widths


def _draw(draft: Draft, stack: Sequence[Table], widths: Sequence[float]) -> None:
    """Headings, lines and bands of a table in columns of such widths, and the chart drawn from
    it."""
    paint, table = draft.paint, stack[0]
    columns = columns_of(table)
    spanning = any(c.span > 1 for _, c in columns)
    heads = Row(_spread(draft, columns, [paint.heading(c) for _, c in columns]))
    if not spanning:
        heads = replace(heads, height=heading_height(heads.cells, widths))
    draft.rows.append(heads)
    top = len(draft.rows)
    entries = [*entries_of(stack)]
    lines = table.lines.drawn
    painted = [Brush(paint, c).all(lines.columns[n], lines.each[n]) for n, c in columns if lines]
    rows, level = zip(*painted, strict=True), 1 if table.bands else 0
    for entry in entries:
        if isinstance(entry, Band):
            _band(draft, entry, len(columns), _across(table))
            continue
        owner, line = entry
        if owner.struck:
            draft.rows.append(_struck(paint, columns, owner, line))
            continue
        cells = next(rows)
        draft.rows.append(Row(_spread(draft, columns, cells) if spanning else cells, level=level))
    if table.chart:
        draft.charts.append(board_chart(draft.name, table, columns, draft.rows, top))
        for _ in range(ceil(draft.charts[-1].height * 0.75 / 20)):
            draft.keep(Row([], height=20))


def _spread(
    draft: Draft, columns: Sequence[tuple[int, TableColumn]], cells: Sequence[Cell | None]
) -> list[Cell | None]:
    """The cells of a row, those that span several columns merged over them."""
    laid: list[Cell | None] = []
    for (_, column), cell in zip(columns, cells, strict=True):
        if column.span > 1 and cell is not None:
            draft.merge(len(laid), len(laid) + column.span - 1, cell)
            laid += [Cell(None, cell.style)] * column.span
        else:
            laid.append(cell)
    return laid


def _band(draft: Draft, band: Band, columns: int, width: float) -> None:
    paint = draft.paint
    look = paint.styled(paint.look.section, indent=1)
    words = _band_words(band)
    if words != _band_whole(band):
        words += f"\n{paint.texts.pointer(band.text)}"
    _laid_over(draft, Cell(words, look), columns)
    if band.more:
        _laid_over(draft, paint.fitted(band.more, width), columns)


def _laid_over(draft: Draft, cell: Cell, columns: int) -> None:
    """A cell over all columns, in a row that stays with the row below it."""
    if columns > 1:
        draft.merge(0, columns - 1, cell)
        draft.keep(Row([Cell(None, cell.style) for _ in range(columns)]))
    else:
        draft.keep(Row([cell]))


def _struck(
    paint: Paint, columns: Sequence[tuple[int, TableColumn]], table: Table, line: Line
) -> Row:
    """A line struck through, in the columns (by id) of the table above it."""
    look = paint.look.withdrawn
    items = {c.id: item for c, item in zip(table.columns, line.items, strict=True)}
    cells: list[Cell | None] = []
    for _, column in columns:
        item = items.get(column.id, Item())
        if column.kind == "rating" and item.value is not None:
            style = paint.styled(look, strike=False, italic=True, align="center")
            cells.append(Cell(str(item.value), style))
        else:
            words = words_of(column, item) if item.shown or item.value is not None else ""
            cells.append(paint.fitted(words, column.width, look))
    return Row(cells, level=1)
