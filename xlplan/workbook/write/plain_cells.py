"""Rows of plain cells, and texts, written without a call of xlsxwriter's for each.

They are put into its sheets and its table of texts, byte for byte as it writes them itself.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from xlsxwriter.sharedstrings import SharedStrings
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xlplan.late import regex
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import clean
from xlplan.workbook.write.formats import FIRST_DATE, Formats
from xlplan.workbook.write.sheet import Cell

DAY_0 = date(1899, 12, 30)


class String(NamedTuple):
    """A text, by its place in the table of texts; xlsxwriter knows a cell by the class's name."""

    string: int
    format: Any


class Linked(NamedTuple):
    """A text that leads to a place of the workbook."""

    string: int
    format: Any
    link: str
    """What is written of the link behind the name of its cell."""


class Number(NamedTuple):
    """A number, or the number of a day."""

    number: int | float
    format: Any


class Blank(NamedTuple):
    """A cell with nothing in it but how it looks."""

    format: Any


Plain = String | Linked | Number | Blank
MOST_LINKS = 65_530
"""Links of one sheet that Excel opens; a text beyond them stands without one."""
LONGEST_LINK = 255


class Drawn(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A sheet of xlsxwriter's that takes a row of plain cells at once."""

    fh: Any

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[str, int] = {}
        """The place of each text that was put in, as it was before it was made safe."""
        self.alike: dict[int, Plain] = {}
        """What was made of each cell, by its identity: many cells of a column are one object."""
        self.lines: dict[int, list[Plain | None]] = {}
        """The plain cells of each row; all others are in xlsxwriter's own table."""
        self.links: list[tuple[int, int, str]] = []
        """The row and the column of each link, and what is written of it."""
        self._settled: str | None = None

    def settle(self, *, keep: bool) -> None:
        """Writes the rows of a sheet that is drawn, and lets go of its cells: `keep` those of which
        a chart is to have the figures."""
        if self.dim_rowmin is not None:
            self.fh = io.StringIO()
            self._write_rows()
            self._settled = self.fh.getvalue()
        self._known.clear()
        self.alike.clear()
        if not keep:
            self.table.clear()
            self.lines.clear()

    def begin(self, number: int) -> list[Plain | None]:
        """The line of a row, into which its plain cells go in their order."""
        line: list[Plain | None] = []
        self.lines[number] = line
        return line

    def plain(self, cell: Cell, formats: Formats) -> Plain | None:
        """A cell that holds a text, a link, a number, a day or nothing; None for what is more."""
        if cell.runs or cell.formula:
            return None
        value = cell.value
        if cell.link:
            return self._linked(cell.link, value, formats.of(cell.style))
        if isinstance(value, str):
            return self._text(value, formats.of(cell.style))
        if value is None:
            return Blank(formats.of(cell.style))
        if isinstance(value, date):
            day = date(value.year, value.month, value.day)
            if day < FIRST_DATE:
                return self._text(say_date(day), formats.of(cell.style))
            return Number((day - DAY_0).days, formats.dated(cell.style))
        if is_figure(value):
            return Number(value, formats.of(cell.style))
        return self._text(str(value), formats.of(cell.style))

    def _text(self, value: str, look: Any) -> String | Blank | None:
        known = self._known.get(value)
        if known is not None:
            self.str_table.count += 1
            return String(known, look)
        text = clean(value)
        if not text:
            return Blank(look)
        if text[0] == "<":
            return None
        known = self._known[value] = self.str_table._get_shared_string_index(text)
        return String(known, look)

    def _linked(self, place: str, value: object, look: Any) -> Linked | None:
        if not isinstance(value, str) or len(place) > LONGEST_LINK:
            return None
        text = self._text(value, look)
        if not isinstance(text, String):
            return None
        return Linked(text.string, look, self._leading(place, clean(value)))

    def link(self, row: int, col: int, link: str) -> None:
        """Makes a link of a cell, as long as there may be more of them."""
        if self.hlink_count < MOST_LINKS:
            self.hlink_count += 1
            self.links.append((row, col, link))

    def _leading(self, place: str, text: str) -> str:
        place, text = map(self._escape_attributes, (place, text))
        return f'" location="{place}" display="{text}"/>'

    def _write_hyperlinks(self) -> None:
        for row, links in self.hyperlinks.items():
            for col, link in links.items():
                self.links.append((row, col, self._leading(link._link, link.text)))
        if self.links:
            self._xml_start_tag("hyperlinks")
            for row, col, link in sorted(self.links):
                self.fh.write(f'<hyperlink ref="{xl_col_to_name(col)}{row + 1}{link}')
            self._xml_end_tag("hyperlinks")

    def _get_range_data(self, *area: int) -> Any:
        """What a chart shows; xlsxwriter looks for it in its own table."""
        while self.lines:
            number, line = self.lines.popitem()
            cells = self._cells(number, line)
            self.table[number] = {n: _known_to_charts(cell) for n, cell in cells.items()}
        return super()._get_range_data(*area)

    def _cells(self, number: int, line: Sequence[Plain | None]) -> dict[int, Any]:
        """All cells of a row; what was put in later, as a merge is, lies over what is plain."""
        plain = {index: cell for index, cell in enumerate(line) if cell is not None}
        return {**plain, **self.table.get(number, {})}

    def _calculate_spans(self) -> None:
        ends: dict[int, list[int]] = {}
        for number, cells in self.lines.items():
            full = bool(cells) and cells[0] is not None and cells[-1] is not None
            there = (n for n, cell in enumerate(cells) if cell is not None)
            ends.setdefault(number // 16, []).extend((0, len(cells) - 1) if full else there)
        for number, more in (*self.table.items(), *self.comments.items()):
            ends.setdefault(number // 16, []).extend(more)
        self.row_spans = {n: f"{min(at) + 1}:{max(at) + 1}" for n, at in ends.items() if at}

    def _write_rows(self) -> None:
        if self._settled is not None:
            self.fh.write(self._settled)
            self._settled = ""
            return
        self._calculate_spans()
        begin = [f'<c r="{xl_col_to_name(index)}' for index in range((self.dim_colmax or 0) + 1)]
        tags: dict[object, str] = {}
        rests: dict[int, str] = {}
        for number in range(self.dim_rowmin, self.dim_rowmax + 1):
            line, shape = self.lines.get(number, ()), self.row_info.get(number)
            span = self.row_spans.get(number // 16)
            if self.table.get(number):
                cells = self._cells(number, line)
                line = [cells.get(index) for index in range(max(cells) + 1)]
            if any(line):
                look = (span, shape and (shape.height, shape.hidden, shape.level))
                if look not in tags:
                    tags[look] = self._tag(number, span, shape)
                self.fh.write(f'<row r="{number + 1}"{tags[look]}')
                self._write_line(number, line, begin, rests)
                self.fh.write("</row>")
            elif shape is not None or number in self.comments:
                self._write_empty_row(number, span, shape)

    def _tag(self, number: int, span: str | None, shape: Any) -> str:
        """The rest of the tag that opens a row, behind its number."""
        outer: Any = self.fh
        inner = self.fh = io.StringIO()
        self._write_row(number, span, shape)
        self.fh = outer
        return inner.getvalue().removeprefix(f'<row r="{number + 1}"')

    def _write_line(
        self, number: int, line: Sequence[Any], begin: Sequence[str], rests: dict[int, str]
    ) -> None:
        done: list[str] = []
        place = number + 1
        known = [rests.get(id(cell)) for cell in line]
        for index, rest in enumerate(known):
            if rest is None:
                cell = line[index]
                if cell is None:
                    continue
                if not isinstance(cell, Plain):
                    self.fh.write("".join(done))
                    done.clear()
                    self._write_cell(number, index, cell)
                    continue
                rest = rests[id(cell)] = f'" s="{cell.format._get_xf_index()}"{_rest(cell)}'
            done.append(f"{begin[index]}{place}{rest}")
        self.fh.write("".join(done))


def is_figure(value: float) -> bool:
    """Whether a cell can hold a number as it is; others are written in words."""
    return math.isfinite(value) and abs(value) < 1e15


def _known_to_charts(cell: Any) -> Any:
    return String(cell.string, cell.format) if isinstance(cell, Linked) else cell


def _rest(cell: Plain) -> str:
    """How a cell goes on behind its name and its look."""
    if isinstance(cell, String | Linked):
        return f' t="s"><v>{cell.string}</v></c>'
    return f"><v>{cell.number:.16G}</v></c>" if isinstance(cell, Number) else "/>"


_NOT_PLAIN = regex("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x|^\\s|\\s$")
"""What in a text has to be escaped, or kept from being trimmed."""


class Texts(SharedStrings):  # type: ignore[misc]  # xlsxwriter has no types
    """The table of texts; those that need no care are written as they are."""

    def _write_sst_strings(self) -> None:
        done: list[str] = []
        for text in self.string_table.string_array:
            if _NOT_PLAIN.search(text) is None:
                done.append(f"<si><t>{text}</t></si>")
            else:
                self.fh.write("".join(done))
                done.clear()
                self._write_si(text)
        self.fh.write("".join(done))
