"""The rows of a sheet: which of its cells are plain, which xlsxwriter has to take, which lie over
others, and what belongs to a cell besides: its link, its note, its place in a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, cast

from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.utility import xl_range

from xlplan.workbook.write.cell_text import (
    clean,
    has_escape,
    is_markup,
    line,
    not_markup,
    row_heights,
)
from xlplan.workbook.write.formats import Formats, corners, note_options
from xlplan.workbook.write.plain_cells import AT_ONCE, MOST_LINKS, Drawn, is_figure
from xlplan.workbook.write.sheet import Cell, Merge, Row, Sheet, Strip, Strips

if TYPE_CHECKING:
    from xlplan.workbook.write.writing import Squeeze


class Rows:
    """The rows of one sheet, as they are written."""

    def __init__(self, drawn: Drawn, sheet: Sheet, formats: Formats, font: str) -> None:
        self._drawn, self._sheet, self._formats, self._font = drawn, sheet, formats, font
        self._parts: dict[int, list[str]] = {}
        """The cells of rows that are not whole yet, names and all."""
        self._places: dict[tuple[int, int], tuple[int, str]] = {}
        """Where among them each cell is that is not whole yet, and the look that it has."""
        self._ends_of: list[dict[int, str]] = []
        """By column, how each of its cells goes on behind its row, and how the next begins, by what
        the cell goes by: its identity, or its place in a strip."""
        self._leads_of: list[dict[int, str]] = []
        """What is written of the links of such cells."""
        self._looks: dict[int, str] = {}
        """How a cell with a text goes on behind its name, by the identity of its style."""

    def write(self, dress: Callable[[], None], *, keep: bool, packed: Squeeze | None) -> None:
        """Writes the sheet, on which `dress` puts what it has besides cells. `keep` its cells for a
        chart, and have its rows `packed` as they come."""
        drawn, sheet = self._drawn, self._sheet
        for index, column in enumerate(sheet.columns):
            options = {"hidden": column.hidden, "level": column.level}
            drawn.set_column(index, index, column.width, None, options)
        over = overlaid(sheet)
        areas = (merge.area for merge in sheet.merges if not is_single(merge))
        drawn.merge += [list(corners(area)) for area in areas]
        drawn.lay(sheet, row_heights(sheet), over)
        dress()
        drawn.begin(packed)
        headed = sheet.filter.first_row if sheet.filter and has_other_headings(sheet) else None
        rows: Sequence[Row] = sheet.rows
        strips: Sequence[Strip] = ()
        if isinstance(rows, Strips) and not (keep or over or self._too_many(rows.links)):
            strips, rows = rows.strips, rows.top
        together: list[Sequence[Cell | None]] = []
        for number in range(max([len(rows) - 1, *over]) + 1):
            cells = rows[number].cells if number < len(rows) else ()
            if keep:
                drawn.shown[number] = cells
            below = number in over or number == headed
            if together and (below or len(cells) != len(together[0]) or len(together) >= AT_ONCE):
                self._put_all(number - len(together), together)
                together = []
            if below:
                self._put_below(number, cells, over.get(number, {}))
            else:
                together.append(cells)
        self._put_all(max([len(rows) - 1, *over]) + 1 - len(together), together)
        if strips:
            self._put_strips(len(rows), strips)
        for merge in sheet.merges:
            self._fill(merge)
        if sheet.filter is not None and sheet.table:
            add_table(drawn, sheet, self._formats)
            self._head(sheet.filter.first_row)
        if drawn.comments or sheet.charts:
            drawn.keep_sizes()
        drawn.settle()

    def _put_all(self, first: int, rows: Sequence[Sequence[Cell | None]]) -> None:
        """Rows of equally many cells, from number `first`: looked at a column at a time, where none
        has a gap and a sheet is far from all the links that it may have."""
        columns = [[*map(id, column)] for column in zip(*rows, strict=True)]
        gaps = any(id(None) in these for these in columns)
        if not columns or gaps or self._too_many(len(rows) * len(columns)):
            for number, cells in enumerate(rows, first):
                self._put(number, cells)
        else:
            whole = cast("Sequence[Sequence[Cell]]", rows)
            self._put_columns(first, columns, lambda at, col, _: whole[at][col])

    def _put_strips(self, first: int, strips: Sequence[Strip]) -> None:
        """Rows that were laid out a column at a time, from number `first`."""
        self._ends_of, self._leads_of = [], []
        for begin in range(0, len(strips[0].at), AT_ONCE):
            some = [strip.at[begin : begin + AT_ONCE] for strip in strips]
            self._put_columns(first + begin, some, lambda _, col, this: strips[col].each[this])

    def _too_many(self, links: int) -> bool:
        """Whether so many links more could be more than a sheet may have."""
        return bool(self._drawn.hlink_count + links >= MOST_LINKS)

    def _put_columns(
        self,
        first: int,
        columns: Sequence[Sequence[int]],
        find: Callable[[int, int, int], Cell],
    ) -> None:
        """Rows from number `first`, a column at a time: what each of its cells goes by, and how to
        `find` it by its row (from 0), its column and that. Those that stood above as well are not
        looked into."""
        drawn, width = self._drawn, len(columns)
        self._ends_of += [{} for _ in range(len(self._ends_of), width)]
        self._leads_of += [{} for _ in range(len(self._leads_of), width)]
        both = zip(self._ends_of, columns, strict=False)
        ends = [[*map(known.get, these)] for known, these in both]
        new = [col for col, column in enumerate(ends) if None in column]
        rows = range(len(columns[0]) if new else 0)
        places = [(at, col) for at in rows for col in new if ends[col][at] is None]
        cells = [find(at, col, columns[col][at]) for at, col in places]
        held, tails, looks = drawn.contents(cells), drawn.tails(width), self._looks
        for (at, col), cell, rest in zip(places, cells, held or repeat(""), strict=False):
            this, known = columns[col][at], self._ends_of[col]
            end = known.get(this)
            if end is None:
                if rest and cell.value.__class__ is str and not cell.note:  # as nearly all are
                    found, again = looks.get(id(cell.style)) or self._text_look(cell), True
                    found += rest
                elif rest:
                    found, again = self._look(cell) + rest, not cell.note
                    if cell.note:
                        _write_note(drawn, first + at, col, cell.note, self._font)
                else:
                    found, again = self._made(first + at, col, cell)
                end = found + tails[col]
                if again:
                    known[this] = end
                if cell.link and (lead := drawn.leads.get(id(cell))):
                    self._leads_of[col][this] = lead
            ends[col][at] = end
        drawn.put_all(first, ends)  # type: ignore[arg-type]  # none is None by now
        for col, (leads, these) in enumerate(zip(self._leads_of, columns, strict=False)):
            for row, this in enumerate(these, first) if leads else ():
                if link := leads.get(this):
                    drawn.link(row, col, link)

    def _put(self, number: int, cells: Sequence[Cell | None]) -> None:
        """A row of cells; those that stood above as well are not looked into."""
        drawn = self._drawn
        these = [*map(id, cells)]
        rests = [*map(drawn.alike.get, these)]
        for index in [index for index, rest in enumerate(rests) if rest is None]:
            rests[index] = self._rest(number, index, cells[index])
        drawn.put(number, rests)  # type: ignore[arg-type]  # none is None by now
        if drawn.leads and not drawn.leads.keys().isdisjoint(these):
            for index, this in enumerate(these):
                if link := drawn.leads.get(this):
                    drawn.link(number, index, link)

    def _put_below(
        self, number: int, cells: Sequence[Cell | None], over: Mapping[int, tuple[Cell, bool]]
    ) -> None:
        """A row with merged cells, or with other headings than its cells. What is below a merged
        cell has its place among the texts, and is not written."""
        drawn = self._drawn
        parts = self._parts[number] = []
        laid: list[Cell | None] = [*cells, *[None] * (max([-1, *over]) + 1 - len(cells))]
        for index, cell in enumerate(laid):
            if index not in over:
                look, rest = "", self._rest(number, index, cell)
            else:
                if cell is not None:
                    self._hidden(number, index, cell)
                laid[index], first = over[index]
                look = self._look(over[index][0])
                rest = look if first else f"{look}/>"
            self._lead(number, index, cell)
            self._places[number, index] = len(parts), look
            parts.append(f"{drawn.names[index]}{number + 1}{rest}" if rest else "")
        if number in drawn.shown:
            drawn.shown[number] = laid
        drawn.put_open(number, parts)

    def _look(self, cell: Cell) -> str:
        """How a cell goes on behind its name: with its look."""
        held = None if cell.formula or cell.runs else cell.value
        return f'" s="{self._formats.number(cell.style, held)}"'

    def _text_look(self, cell: Cell) -> str:
        """The same of a cell with a text."""
        found = self._looks.get(id(cell.style))
        if found is None:
            found = self._looks[id(cell.style)] = self._look(cell)
        return found

    def _rest(self, row: int, col: int, cell: Cell | None) -> str:
        """How a cell goes on behind its name."""
        found, again = self._made(row, col, cell)
        if again:
            self._drawn.alike[id(cell)] = found
        return found

    def _made(self, row: int, col: int, cell: Cell | None) -> tuple[str, bool]:
        """The same, and whether it does so wherever it stands."""
        drawn = self._drawn
        if cell is None:
            return "", True
        value = cell.value
        if value.__class__ is str and not (cell.link or cell.note or cell.runs or cell.formula):
            text = drawn.text(value)  # as of most cells that are looked into
            if text is not None:
                return self._text_look(cell) + text, True
        found = drawn.content(cell)
        if found is None:
            rest = self._by_itself(row, col, cell)
        else:
            rest = (self._text_look if isinstance(value, str) else self._look)(cell) + found
        if cell.note:
            _write_note(drawn, row, col, cell.note, self._font)
        return rest, not cell.note and found is not None

    def _by_itself(self, row: int, col: int, cell: Cell) -> str:
        """How a cell that is more than plain goes on behind its name."""
        plain = write_cell(self._drawn, row, col, cell, self._formats)
        return self._drawn.own(row, col) if plain is None else self._rest(row, col, plain)

    def _hidden(self, row: int, col: int, cell: Cell) -> None:
        """A cell that is not to be seen."""
        drawn = self._drawn
        if cell.note:
            _write_note(drawn, row, col, cell.note, self._font)
        below: Cell | None = cell
        while below is not None:
            found = drawn.content(below)
            if found is not None:
                drawn.count(found)
                return
            below = write_cell(drawn, row, col, below, self._formats)
        del drawn.table[row][col]

    def _lead(self, row: int, col: int, cell: Cell | None) -> None:
        """Makes a link of a cell that leads somewhere."""
        if link := self._drawn.leads.get(id(cell)):
            self._drawn.link(row, col, link)

    def _fill(self, merge: Merge) -> None:
        """The text of a merged cell."""
        row, col = merge.area.first_row, merge.area.first_col
        at, look = self._places[row, col]
        self._parts[row][at] += self._rest(row, col, merge.cell).removeprefix(look)
        self._lead(row, col, merge.cell)

    def _head(self, row: int) -> None:
        """The headings as they stand in a table, where they are others than those of its cells."""
        written = self._drawn.table.pop(row, {})
        for col in written if row in self._parts else ():
            at, _ = self._places[row, col]
            self._drawn.count(self._parts[row][at])
            self._drawn.table[row][col] = written[col]
            name = f"{self._drawn.names[col]}{row + 1}"
            self._parts[row][at] = name + self._drawn.own(row, col)


def is_single(merge: Merge) -> bool:
    """Whether a merged area is a cell."""
    area = merge.area
    return (area.first_row, area.first_col) == (area.last_row, area.last_col)


def overlaid(sheet: Sheet) -> dict[int, dict[int, tuple[Cell, bool]]]:
    """The cells of merged areas by row and column, and whether each is the first of its area.

    Raises:
        OverlappingRange: two areas have a cell in common, which no program can open.
    """
    over: dict[int, dict[int, tuple[Cell, bool]]] = defaultdict(dict)
    for merge in sheet.merges:
        area, blank = merge.area, Cell(None, merge.cell.style)
        for row in range(area.first_row, area.last_row + 1):
            for col in range(area.first_col, area.last_col + 1):
                first = (row, col) == (area.first_row, area.first_col)
                if col in over[row]:
                    raise OverlappingRange(f"{sheet.name}: {area} overlaps another merged area.")
                over[row][col] = (merge.cell if first else blank, first)
    return dict(over)


def write_cell(drawn: Drawn, row: int, col: int, cell: Cell, formats: Formats) -> Cell | None:
    """Has xlsxwriter take a cell that is more than plain. What comes to less than it seemed, such
    as rich text in one look, is returned as that."""
    look = formats.of(cell.style)
    if cell.formula:
        cached = cell.value if isinstance(cell.value, str | int | float) else 0
        drawn.write_formula(row, col, cell.formula, look, cached)
    elif cell.runs:
        return _write_runs(drawn, row, col, cell, formats)
    elif cell.link and drawn.hlink_count < MOST_LINKS:
        _write_link(drawn, row, col, cell, look)
    elif cell.link:
        return Cell(cell.link if cell.value is None else cell.value, cell.style)
    else:
        _write_like_markup(drawn, row, col, clean(str(cell.value)), look)
    return None


def _write_like_markup(drawn: Any, row: int, col: int, text: str, look: Any) -> None:
    """A text that xlsxwriter might take for rich text, which it writes without escaping it: in two
    runs it is written as it was typed."""
    if is_markup(text) and not has_escape(text):
        drawn.write_rich_string(row, col, text[:2], look, text[2:], look)
    else:
        drawn.write_string(row, col, not_markup(text), look)


def _write_runs(drawn: Any, row: int, col: int, cell: Cell, formats: Formats) -> Cell | None:
    """Rich text, where there is more than one run with something in it."""
    look = formats.of(cell.style)
    runs = [(text, style) for raw, style in cell.runs if (text := clean(raw))]
    whole = clean("".join(text for text, _ in runs))
    cut = whole != "".join(text for text, _ in runs)
    if len(runs) < 2 or cut or has_escape(whole):
        return Cell(whole, cell.style)
    parts: list[Any] = []
    for text, style in runs:
        parts += [formats.of(style), text]
    drawn.write_rich_string(row, col, *parts, look)
    return None


def _write_link(drawn: Any, row: int, col: int, cell: Cell, look: Any) -> None:
    shown = not_markup(clean(str(cell.value if cell.value is not None else cell.link)))
    drawn.write_url(row, col, f"internal:{cell.link}", look, shown)
    if isinstance(cell.value, int | float) and is_figure(cell.value):
        drawn.write_number(row, col, cell.value, look)  # the link stays


def _write_note(drawn: Drawn, row: int, col: int, note: str, font: str) -> None:
    """Puts a note on a cell. But for the first of a sheet each is made of one that is there, as
    `write_comment` looks for all that a note may have."""
    text = clean(note)
    options = note_options(text, font)
    if drawn.noted is None:
        drawn.write_comment(row, col, text, options)
        drawn.noted = drawn.comments[row][col]
        return
    made = object.__new__(drawn.noted.__class__)
    place = {"row": row, "col": col, "text": text, "height": options["height"]}
    made.__dict__.update(drawn.noted.__dict__, **place)
    made.set_offsets(row, col)
    drawn.comments[row][col] = made


def _headings(sheet: Sheet) -> Sequence[Cell | None]:
    area = sheet.filter
    assert area is not None
    return sheet.rows[area.first_row].cells[area.first_col : area.last_col + 1]


def table_heading(cell: Cell | None) -> str:
    """A heading as a table has it: on one line, and never blank."""
    parts = str(cell.value).split("\u00a0") if cell else [" "]
    return not_markup("\u00a0".join(line(part, 255) for part in parts)[:255]) or " "


def has_other_headings(sheet: Sheet) -> bool:
    """Whether a sheet has a table with other headings than stand in its cells."""
    if not sheet.table:
        return False
    return any(cell is None or table_heading(cell) != cell.value for cell in _headings(sheet))


def add_table(drawn: Any, sheet: Sheet, formats: Formats) -> None:
    """The table that stands in place of a filter. xlsxwriter writes its headings."""
    assert sheet.filter is not None
    columns = [
        {"header": table_heading(cell), "header_format": formats.of(cell.style) if cell else None}
        for cell in _headings(sheet)
    ]
    options = {"name": sheet.table, "columns": columns, "style": None, "autofilter": False}
    first_row, first_col, last_row, last_col = corners(sheet.filter)
    # Of a table of two rows it keeps two rows of cells in mind, so that no other table lies there.
    if not drawn.add_table(first_row, first_col, min(first_row + 1, last_row), last_col, options):
        area = xl_range(first_row, first_col, last_row, last_col)
        drawn.tables[-1].update({"range": area, "a_range": area})
