"""The board's workbook for those who read it by ear, by keyboard or much enlarged.

The same content as the composite, by the rules of `xlplan.workbook.write.accessibility`: one
table a sheet from column A, nothing merged, nothing blank, nothing by colour alone, no filters, a
title in the style of headings, percentages as numbers. What the
composite says by an edge or a cell note stands in a column here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from itertools import count

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.board.board_model import Board
from xlplan.board.composite import sheets_of
from xlplan.board.fitting import LongTexts, least_long, long_in, long_texts, pieces, scale
from xlplan.board.paint import workbook_of
from xlplan.board.table_model import (
    Anchor,
    BoardSheet,
    Item,
    Lines,
    Table,
    TableColumn,
    joined,
    label_of,
    make_table,
)
from xlplan.board.view import percent, say_days
from xlplan.late import regex
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.look import Palette, palette, rating_style
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Page,
    Row,
    Sheet,
    Strip,
    Strips,
    Style,
    Unfolding,
    Workbook,
)
from xlplan.workbook.write.writing import no_collecting

BLANK = "[blank]"
"""What stands where nothing is given and no word says so: a blank cell cannot be heard."""
SIZE = 12.0
LEAST_PRINTED = 8.0
"""Points of the smallest letters on paper."""
PIECE_LINES = 20
LONG_TEXTS = "Long texts"
ABOVE = 4
"""Rows of a sheet with a table above its first line: the title, a line, the way back, headings."""
PERCENT = regex(r"([0-9]{1,9}(?:\.[0-9]{1,2})?) ?%")


class _Reader(Struct, frozen=True, dict=True):
    """What the sheets share: the look, the notes by term, and the texts that no row can show."""

    board: Board
    notes: Mapping[str, int]
    look: Palette
    long: LongTexts = field(default_factory=LongTexts)
    places: Mapping[Anchor, str] = field(default_factory=dict)

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
    def linked(self) -> Style:
        """A link in a table."""
        return replace(self.body, colour=self.look.link.colour)

    @cached_property
    def shares(self) -> Style:
        return replace(self.body, number_format="0%", align="right")

    @cached_property
    def figures(self) -> Style:
        return replace(self.body, align="right")

    def cell(self, column: TableColumn, item: Item, width: float) -> Cell:
        """A value in its own kind of cell, `width` characters wide; blanks are said."""
        value = item.value
        if value is None or isinstance(value, str | tuple) or column.kind == "days":
            words = value if isinstance(value, str) else words_of(column, item)
            style = self.body
            if column.kind == "rating" and item.rating is not None:
                style = rating_style(item.rating, self.body)
            if words.endswith("%") and (found := PERCENT.fullmatch(words)):
                number = "0%" if found[1].isdigit() else "0.0#%"
                style = replace(style, number_format=number, align="right")
                return Cell(float(found[1]) / 100, style)
            place = self.places.get(item.link, "") if item.link else ""
            if place:
                link = self.look.link.colour
                style = self.linked if style is self.body else replace(style, colour=link)
            return Cell(self.long.fit(words, width, self.body), style, link=place)
        if isinstance(value, date):
            return Cell(value, self.body)
        if column.kind == "share":
            return Cell(int(percent(value)[:-1]) / 100, self.shares)
        return Cell(value, self.figures)


_WORDS = (str, tuple)
"""The kinds of values that are words and nothing else."""


def _spoken(
    reader: _Reader, column: TableColumn, items: Sequence[Item], each: Sequence[Item]
) -> Strip:
    """The items of a column, `each` of them once, as it is read out: what many rows have is one
    cell, and so are words that several of them say."""
    width, body, least = width_of(column), reader.body, least_long(reader.body)
    cells: list[Cell] = []
    of_words: dict[object, Cell] = {}
    for item in each:
        value = item.value
        if item.link is not None or item.rating is not None or value.__class__ not in _WORDS:
            cells.append(reader.cell(column, item, width))
            continue
        cell = of_words.get(value)
        if cell is None:
            if value.__class__ is str and value[-1:] != "%" and len(value) < least:
                cell = Cell(value, body)  # as most are
            else:
                cell = reader.cell(column, item, width)
            of_words[value] = cell
        cells.append(cell)
    places = dict(zip(map(id, each), count(), strict=False))
    return Strip(cells, [*map(places.__getitem__, map(id, items))])


def width_of(column: TableColumn) -> float:
    """The width of a column, in characters: as on paper, in larger letters."""
    return max(column.width * SIZE / 10, 12)


def words_of(column: TableColumn, item: Item) -> str:
    """What is read out for an item that is not a figure; a blank is said."""
    value = item.value
    if column.kind == "days" and isinstance(value, float | int):
        return say_days(value)
    return str(joined(value) if value is not None else column.spoken or BLANK)


@no_collecting()
def accessible_workbook(board: Board, created: str) -> Workbook:
    """The accessible rendering of a board. `created` (ISO 8601, UTC) is written into the file.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    made = sheets_of(board)
    above = {table.key: _above(sheet) for sheet in made.values() for table in sheet.tables[:1]}
    tables = {table.key: table for sheet in made.values() for table in sheet.tables}
    numbers = {str(row[1]): number for number, row in enumerate(tables["notes"].rows, 1)}
    tables["notes"] = _with_blank(tables["notes"])
    plain = _Reader(board, numbers, palette(board.definition))
    found = [text for table in tables.values() for text in _long(plain, table)]
    places = dict(_places(made, above))
    reader = replace(plain, long=long_texts(found, LONG_TEXTS, "text"), places=places)
    if found:
        tables["long_texts"] = _long_texts(reader)
    full = {key: table for key, table in tables.items() if table.lines}
    laid = {t.name: partial(_sheet, reader, t, above.get(key, ())) for key, t in full.items()}
    every = {"Contents": partial(_contents, reader, [*full.values()]), **laid}
    return workbook_of(board, Unfolding(every), "report to the board", created, " (accessible)")


def _places(
    made: Mapping[str, BoardSheet], above: Mapping[str, Sequence[str]]
) -> Iterator[tuple[Anchor, str]]:
    """Where the list of each key figure begins, and the sheets that are lists of their own."""
    for table in (table for sheet in made.values() for table in sheet.tables if table.lines):
        yield ("sheet", table.name), f"'{table.name}'!A1"
    for table in made["figures"].tables if "figures" in made else ():
        first = len(above.get(table.key, ())) + ABOVE + 1
        for row, line in enumerate(table.lines, first):
            if line.anchor is not None:
                yield line.anchor, f"'{table.name}'!A{row}"


def _above(sheet: BoardSheet) -> tuple[str, ...]:
    """What a sheet says above its first table."""
    remarks = (f"{'; '.join(sheet.notes)}.",) if sheet.notes else ()
    return (*remarks, sheet.sentence) if sheet.sentence else remarks


def _with_blank(notes: Table) -> Table:
    """The notes, and one more that says what stands where nothing is given."""
    row = (f"[note {len(notes.lines) + 1}]", "Blanks", f"{BLANK} stands where nothing is given.")
    more = make_table("", "", "", notes.columns, [row]).lines
    return replace(notes, lines=Lines((*notes.lines, *more)))


def _contents(reader: _Reader, tables: Sequence[Table]) -> Sheet:
    """A row for each table, with a link to its sheet."""
    definition = reader.board.definition
    columns = (
        TableColumn("sheet", "Sheet", width=28),
        TableColumn("line", "What it shows", width=84),
        TableColumn("rows", "Rows", "number", "", 12),
    )
    rows = [
        [
            Cell(found.name, reader.linked, link=f"'{found.name}'!A1"),
            Cell(found.line, reader.body),
            Cell(len(found.lines), reader.figures),
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
    body = [Strip(cells, range(len(rows))) for cells in zip(*rows, strict=True)]
    return _laid("Contents", "contents", [*top, Row(head)], body, columns)


def _title(reader: _Reader, text: str) -> Row:
    return Row([Cell(text, replace(reader.look.title, size=16, title=True))])


def _sheet(reader: _Reader, table: Table, above: Sequence[str]) -> Sheet:
    top = [
        _title(reader, table.name),
        Row([Cell(f"{table.line}. One table, {_rows(len(table.lines))}.", reader.plain)]),
        *(Row([Cell(text, reader.plain)]) for text in above),
        Row([Cell("Back to Contents", reader.link, link="'Contents'!A1")]),
        Row([_heading(reader, column) for column in table.columns]),
    ]
    lines = table.lines
    both = zip(table.columns, lines.columns, lines.each, strict=True)
    body = [_spoken(reader, *about) for about in both]
    return _laid(table.name, table.key, top, body, table.columns)


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _heading(reader: _Reader, column: TableColumn) -> Cell:
    number = reader.notes.get(column.note)
    mark = f" [note\u00a0{number}]" if number else ""  # one word, whatever width there is
    return Cell(column.heading + mark, reader.head)


def _laid(
    name: str,
    key: str,
    top: Sequence[Row],
    body: Sequence[Strip],
    columns: Sequence[TableColumn],
) -> Sheet:
    """A sheet with its one table; `top` ends with the headings."""
    headed, rows = len(top) - 1, Strips(top, body)
    sheet = Sheet(
        name=name,
        rows=rows,
        columns=[Column(width_of(column)) for column in columns],
        filter=Area(headed, 0, len(rows) - 1, len(columns) - 1),
        table=f"table_{key}",
        page=Page(repeat_rows=(headed, headed), footer_right=""),
        gridlines=True,
    )
    return replace(sheet, page=_on_paper(sheet, columns))


def _on_paper(sheet: Sheet, columns: Sequence[TableColumn]) -> Page:
    """On as many pages side by side as letters of a size to be read take, each with the refs."""
    ids = [column.id for column in columns]
    first = ids.index("ref") + 1 if "ref" in ids else 1

    def letters(across: int) -> float:
        wide = [replace(c, width=c.width / across) for c in sheet.columns[first:]]
        return SIZE * scale(replace(sheet, columns=[*sheet.columns[:first], *wide]))

    across = next(n for n in (1, 2, 3) if letters(n) >= LEAST_PRINTED or n == 3)
    if across == 1:
        return sheet.page
    return replace(sheet.page, fit_width=across, repeat_columns=first)


def _long(reader: _Reader, table: Table) -> Iterator[tuple[str, str]]:
    """Every text of a table that no row is high enough for, with where it stands."""
    least = least_long(reader.body)
    found: list[tuple[int, int, str, str]] = []
    for at, each in enumerate(table.lines.each):
        column = table.columns[at]
        is_long = long_in(width_of(column), reader.body)
        long: dict[int, str] = {}
        for item in each:
            value = item.value
            if value.__class__ is str and len(value) < least:
                continue  # as most are
            if isinstance(value, str | tuple) and is_long(words := words_of(column, item)):
                long[id(item)] = words
        for number, item in enumerate(table.lines.columns[at]) if long else ():
            if id(item) in long:
                label = label_of(table, table.lines[number], column)
                found.append((number, at, long[id(item)], f"{table.name}, {label}"))
    yield from ((words, label) for _, _, words, label in sorted(found))


def _long_texts(reader: _Reader) -> Table:
    """Texts that no row is high enough for, in as many rows as they need."""
    columns = (
        TableColumn("number", "Text", width=16),
        TableColumn("place", "Where it stands", width=40),
        TableColumn("text", "What it says", width=90),
    )
    rows = []
    for text, label in reader.long.labels.items():
        number = reader.long.numbers[text]
        parts = pieces(text, width_of(columns[2]), reader.body, PIECE_LINES)
        for part, piece in enumerate(parts, 1):
            name = f"{number}" if len(parts) == 1 else f"{number}, part {part} of {len(parts)}"
            rows.append((name, label[:200], piece))
    line = "Texts in full that are too long for a row"
    return make_table("long_texts", LONG_TEXTS, line, columns, rows)
