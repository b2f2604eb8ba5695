"""The board's workbook for those who read it by ear, by keyboard or much enlarged.

The same content as the composite, by the rules of `xlplan.workbook.write.accessibility`: one
table a sheet from column A, nothing merged, nothing blank, nothing said by colour alone. What the
composite says by an edge or a cell note stands in a column here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from xlplan.board.frame import percent
from xlplan.board.longtexts import MOST_POINTS, pieces
from xlplan.board.model import Board
from xlplan.board.plain_table import Table, TableColumn, TableValue, table
from xlplan.board.standings import points_of
from xlplan.board.tables import tables_of
from xlplan.plan.definition import Rating
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.look import Palette, palette, rating_style
from xlplan.workbook.write.measure import count_lines, line_height
from xlplan.workbook.write.sheet import Area, Cell, Column, Page, Row, Sheet, Style, Workbook

BLANK = "[blank]"
"""What stands where nothing is given: a blank cell in a table cannot be heard."""
SIZE = 12.0
HEADED = 3
"""The row (from 0) of a table's headings: above it a title, a line about it and a link."""
PIECE_LINES = 20
DEFAULT_WIDTH = 18.0


@dataclass
class _Reader:
    """What the tables share: the look, the notes by term, and texts that no row can show."""

    board: Board
    notes: Mapping[str, int]
    look: Palette
    long: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def body(self) -> Style:
        return replace(self.look.body, size=SIZE, border=self.look.line)

    @cached_property
    def head(self) -> Style:
        return replace(self.look.heading, size=SIZE)

    @cached_property
    def plain(self) -> Style:
        """Words above a table: on one line, over the columns to the right."""
        return replace(self.look.body, size=SIZE, wrap=False)

    @cached_property
    def link(self) -> Style:
        return replace(self.plain, colour=self.look.link.colour)

    @cached_property
    def ratings(self) -> Mapping[str, Rating]:
        """The scale, by the words for its points."""
        points = points_of(self.board.definition, ())
        return {point.label: point.rating for point in points if point.rating is not None}

    @cached_property
    def shades(self) -> dict[str, Style]:
        return {label: rating_style(rating, self.body) for label, rating in self.ratings.items()}

    @cached_property
    def shares(self) -> Style:
        return replace(self.body, number_format="0%", align="right")

    @cached_property
    def figures(self) -> Style:
        return replace(self.body, align="right")

    def cell(self, column: TableColumn, value: TableValue, label: str) -> Cell:
        """A value in its own kind of cell; blanks are said."""
        if value is None:
            return Cell(BLANK, self.body)
        if isinstance(value, str):
            if column.kind == "rating" and value in self.shades:
                return Cell(value, self.shades[value])
            return Cell(self.fit(value, width_of(column), label), self.body)
        if isinstance(value, date):
            return Cell(value, self.body)
        if column.kind == "share":
            return Cell(int(percent(value)[:-1]) / 100, self.shares)
        return Cell(value, self.figures)

    def fit(self, text: str, width: float, label: str) -> str:
        """`text`, or its beginning and where the whole of it is, where no row is high enough."""
        most = int(MOST_POINTS / line_height(SIZE))
        if len(text) < most * 2 or count_lines(text, width, self.body) <= most:
            return text
        self.long.append((label, text))
        head = pieces(text, width, self.body, most - 3)[0]
        return f"{head} …\n[Cut here. The whole is in Long texts, text {len(self.long)}.]"


def width_of(column: TableColumn) -> float:
    """The width of a column, in characters."""
    return column.width or DEFAULT_WIDTH


def accessible_workbook(board: Board, created: str) -> Workbook:
    """The accessible rendering of a board. `created` (ISO 8601, UTC) is written into the file.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    definition = board.definition
    tables = tables_of(board)
    notes = next(found for found in tables if found.key == "notes")
    numbers = {str(row[1]): number for number, row in enumerate(notes.rows, 1)}
    reader = _Reader(board, numbers, palette(definition))
    tables = tuple(_with_blank(found) if found is notes else found for found in tables)
    sheets = {found.name: _sheet(reader, found) for found in tables if found.rows}
    if reader.long:
        found = _long_texts(reader)
        tables = (*tables, found)
        sheets[found.name] = _sheet(reader, found)
    return Workbook(
        sheets=[_contents(reader, tables), *sheets.values()],
        title=f"{definition.title}: report to the board, {say_date(board.as_of)} (accessible)",
        created=created,
        subject=f"Cycle {board.cycle}",
        company=definition.organisation,
        language=definition.language,
        font=definition.style.font,
        properties={"Ledger tip": board.tip} if board.tip else {},
    )


def _with_blank(notes: Table) -> Table:
    """The notes, and one more that says what stands where nothing is given."""
    row = (f"[note {len(notes.rows) + 1}]", "Blanks", f"{BLANK} stands where nothing is given.")
    return replace(notes, rows=(*notes.rows, row))


def _contents(reader: _Reader, tables: Sequence[Table]) -> Sheet:
    """A row for each table, with a link to its sheet; those with no rows are said to have none."""
    definition = reader.board.definition
    columns = (
        TableColumn("sheet", "Sheet", width=28),
        TableColumn("line", "What it shows", width=84),
        TableColumn("rows", "Rows", "number", "", 12),
    )
    rows = [
        [
            Cell(found.name, replace(reader.body, colour=reader.look.link.colour),
                 link=f"'{found.name}'!A1") if found.rows else
            Cell(f"{found.name} (nothing to list, so no sheet)", reader.body),
            Cell(found.line, reader.body),
            Cell(len(found.rows), reader.figures),
        ]
        for found in tables
    ]  # fmt: skip
    title = f"{definition.title or 'Improvement plan'}: report to the board"
    above = (
        f"Position at {say_date(reader.board.as_of)}. "
        f"Protective marking: {definition.marking or 'none given'}.",
        "This workbook has one table on each sheet. Its contents:",
    )
    head = [Cell(column.heading, reader.head) for column in columns]
    top = [_title(reader, title), *(Row([Cell(text, reader.plain)]) for text in above)]
    return _laid("Contents", "contents", [*top, Row(head), *map(Row, rows)], columns)


def _title(reader: _Reader, text: str) -> Row:
    return Row([Cell(text, replace(reader.look.title, size=16))])


def _sheet(reader: _Reader, given: Table) -> Sheet:
    top = [
        _title(reader, given.name),
        Row([Cell(f"{given.line}. One table, {_rows(len(given.rows))}.", reader.plain)]),
        Row([Cell("Back to Contents", reader.link, link="'Contents'!A1")]),
    ]
    headings = [_heading(reader, column) for column in given.columns]
    body = []
    for row in given.rows:
        cells = []
        for column, value in zip(given.columns, row, strict=True):
            label = f"{given.name}, {row[0] or 'no ref'}, {column.heading}"
            cells.append(reader.cell(column, value, label))
        body.append(Row(cells))
    return _laid(given.name, given.key, [*top, Row(headings), *body], given.columns)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _heading(reader: _Reader, column: TableColumn) -> Cell:
    number = reader.notes.get(column.note)
    mark = f" [note {number}]" if number else ""
    return Cell(column.heading + mark, reader.head)


def _laid(name: str, key: str, rows: Sequence[Row], columns: Sequence[TableColumn]) -> Sheet:
    return Sheet(
        name=name,
        rows=rows,
        columns=[Column(width_of(column)) for column in columns],
        filter=Area(HEADED, 0, len(rows) - 1, len(columns) - 1),
        table=f"table_{key}",
        page=Page(repeat_rows=(HEADED, HEADED), footer_right=""),
        gridlines=True,
    )


def _long_texts(reader: _Reader) -> Table:
    """Texts that no row is high enough for, in as many rows as they need."""
    columns = (
        TableColumn("number", "Text", width=16),
        TableColumn("place", "Where it stands", width=40),
        TableColumn("text", "What it says", width=90),
    )
    rows: list[Sequence[TableValue]] = []
    for number, (label, text) in enumerate(reader.long, 1):
        parts = pieces(text, columns[2].width, reader.body, PIECE_LINES)
        for part, piece in enumerate(parts, 1):
            name = f"{number}" if len(parts) == 1 else f"{number}, part {part} of {len(parts)}"
            rows.append((name, label, piece))
    line = "Texts in full that are too long for a row"
    return table("long_texts", "notes", "Long texts", line, columns, rows)
