"""Rows of cells, and texts, written without a call of xlsxwriter's for each.

They go into its sheets and its table of texts byte for byte as it writes them itself. Rows are
packed as they come: neither their cells nor their XML wait for the end of the workbook.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from itertools import count
from operator import add
from typing import TYPE_CHECKING, Any

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import LONGEST, cell_name, clean
from xlplan.workbook.write.formats import FIRST_DATE
from xlplan.workbook.write.sheet import Cell, Sheet, ends_of, outline_of

if TYPE_CHECKING:
    from xlplan.workbook.write.writing import Squeeze

DAY_0 = date(1899, 12, 30)
MOST_LINKS = 65_530
"""Links of one sheet that Excel opens; a text beyond them stands without one."""
LONGEST_LINK = 255
_OF_TEXT = ' t="s"><v>'
"""How a cell with a text goes on behind its look."""
AT_ONCE = 256
"""Rows that are looked at, and packed, together."""
Over = Mapping[int, Mapping[int, tuple[Cell, bool]]]
"""The cells of merged areas by row and column, and whether each is the first of its area."""


class _RowsError(Exception):
    """The rows come next."""


class Drawn(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A sheet of xlsxwriter's whose rows are written as they come: once it is clear how they `lay`
    and all that stands before them is set, they `begin`, each is `put`, and they `settle`."""

    fh: Any
    dim_rowmin: int | None
    dim_rowmax: int | None
    dim_colmin: int | None
    dim_colmax: int | None
    selections: list[Any]

    def __init__(self) -> None:
        super().__init__()
        self.alike: dict[int, str] = {}
        """How each cell goes on behind its name, by its identity: many of a column are one object.
        Blank where there is none."""
        self.leads: dict[int, str] = {}
        """What is written of the links of such cells."""
        self.links: list[tuple[int, int, str]] = []
        """The row and the column of each link, and what is written of it."""
        self.shown: dict[int, Sequence[Cell | None]] = {}
        """The cells of each row, where a chart is to have the figures."""
        self.noted: Any = None
        """A note that this sheet has."""
        self._shapes: list[Any] = []
        """What xlsxwriter knows of the height and the level of each row, where it has any."""
        self._spans: dict[int, str] = {}
        """The first and the last column in use in each sixteen rows."""
        self.names: list[str] = []
        """How a cell of each column begins."""
        self._tails: dict[int, Sequence[str]] = {}
        self._tags: dict[tuple[str | None, int, bool], str] = {}
        self._lines: list[str] = []
        """What is written and not packed yet."""
        self._open: dict[int, tuple[int, list[str]]] = {}
        """Rows in which a text is still to come: their place there, and their cells."""
        self._head = ""
        """What stands before the rows, once they are packed."""
        self._packed: Squeeze | None = None
        """What is packed already."""
        self._begins = False

    # How the rows lie.

    def lay(self, sheet: Sheet, heights: Sequence[float], over: Over) -> None:
        """Says how far the cells reach and how high the rows are, before any is written."""
        known: dict[tuple[float, bool, int], Any] = {(0.0, False, 0): None}
        blocks: dict[int, set[int]] = defaultdict(set)
        left, right = self.dim_colmin, self.dim_colmax
        used: list[int] = []
        for number, (row, height) in enumerate(zip(outline_of(sheet.rows), heights, strict=True)):
            key = height, row.hidden, row.level
            if key not in known:
                options = {"hidden": row.hidden, "level": row.level}
                self.set_row(number, height or None, None, options)
                known[key] = self.row_info[number]
            shape, ends = known[key], ends_of(row.cells)
            self._shapes.append(shape)
            if shape is not None and left is None and not blocks:
                left = right = 0  # a row that is set has a column
            if ends is not None:
                blocks[number // 16].update(ends)
            if ends is not None or shape is not None:
                used.append(number)
        for number, cells in over.items():
            blocks[number // 16].update((min(cells), max(cells)))
            used.append(number)
        columns = {end for block in blocks.values() for end in block}
        columns |= {end for end in (left, right) if end is not None}
        if used:
            self.dim_rowmin, self.dim_rowmax = min(used), max(used)
        if columns:
            self.dim_colmin, self.dim_colmax = min(columns), max(columns)
        self._spans = {at: f"{min(ends) + 1}:{max(ends) + 1}" for at, ends in blocks.items()}
        last = self.dim_colmax or 0
        self.names = [f'<c r="{xl_col_to_name(index)}' for index in range(last + 1)]

    def keep_sizes(self) -> None:
        """Has xlsxwriter know how high each row is, as notes and charts are placed by that."""
        for number, shape in enumerate(self._shapes):
            if shape is not None:
                self.row_sizes[number] = [shape.height, shape.hidden]

    # What is written.

    def begin(self, packed: Squeeze | None) -> None:
        """Begins the rows; where they are `packed` as they come, what stands before them is written
        now, and must not change."""
        if packed is not None:
            self.fh, self._begins = io.StringIO(), True
            # xlsxwriter adds to them where rows stay in view.
            selections: list[Any] = [*self.selections]
            with suppress(_RowsError):
                super()._assemble_xml_file()
            self._head, self._begins = self.fh.getvalue(), False
            self.selections = selections
            packed.write(self._head)
            self._packed = packed
        self._lines.append("<sheetData/>" if self.dim_rowmin is None else "<sheetData>")

    def put(self, number: int, rests: Sequence[str]) -> None:
        """Writes a row: how each of its cells goes on behind its name, blank where there is
        none."""
        place = str(number + 1)
        if "" in rests:
            both = zip(self.names, rests, strict=False)
            cells = "".join([f"{name}{place}{rest}" for name, rest in both if rest])
        elif rests:
            tails = self.tails(len(rests))
            cells = f"{self.names[0]}{place}{place.join(map(add, rests, tails))}"
        else:
            cells = ""
        tag = self._tag(number, empty=not cells)
        if tag:
            end = "</row>" if cells else ""
            self._lines.append(f'<row r="{place}"{tag}{cells}{end}')
            self._pack_many()

    def tails(self, count: int) -> Sequence[str]:
        """What comes behind each cell of a row of so many without a gap: how the next begins."""
        found = self._tails.get(count)
        if found is None:
            found = self._tails[count] = (*self.names[1:count], "")
        return found

    def put_all(self, first: int, parts: Sequence[Sequence[str]]) -> None:
        """Writes rows without a gap from number `first`: column after column, how each cell goes
        on behind its row, `tails` and all."""
        begin, end = self.names[0], "</row>"
        for number, row in enumerate(zip(*parts, strict=True), first):
            place = str(number + 1)
            tag = self._tag(number, empty=False)
            self._lines.append(f'<row r="{place}"{tag}{begin}{place}{place.join(row)}{end}')
        self._pack_many()

    def _pack_many(self) -> None:
        if len(self._lines) >= AT_ONCE and not self._open and self._packed is not None:
            self._pack(self._packed)

    def put_open(self, number: int, cells: list[str]) -> None:
        """Writes a row of `cells`, names and all, that may still change until the rows `settle`."""
        self._open[number] = len(self._lines), cells
        self._lines.append(f'<row r="{number + 1}"{self._tag(number, empty=False)}')

    def settle(self) -> None:
        """Ends the rows, and lets go of all that only they needed."""
        for place, cells in self._open.values():
            self._lines[place] += f"{''.join(cells)}</row>"
        if self.dim_rowmin is not None:
            self._lines.append("</sheetData>")
        if self._packed is not None:
            self._pack(self._packed)
        else:
            self.count(*self._lines)
        for held in (self.alike, self.leads, self._open, self._tags, self._spans):
            held.clear()
        self._shapes.clear()
        self.row_info.clear()

    def _pack(self, packed: Squeeze) -> None:
        text = "".join(self._lines)
        self.count(text)
        packed.write(text)
        self._lines.clear()

    def count(self, *xml: str) -> None:
        """Counts the cells with a text in what is written, or would be."""
        self.str_table.count += sum(text.count(_OF_TEXT) for text in xml)

    def _write_sheet_data(self) -> None:
        if self._begins:
            raise _RowsError
        if self._packed is not None:
            self.fh.go_on(self._packed, self._head)
        else:
            self.fh.write("".join(self._lines) or "<sheetData/>")

    def _tag(self, number: int, *, empty: bool) -> str:
        """The rest of the tag that opens a row, behind its number; blank for a row that has nothing
        to be written for."""
        shape = self._shapes[number] if number < len(self._shapes) else None
        if empty and shape is None:
            return ""
        span = self._spans.get(number // 16)
        found = self._tags.get((span, id(shape), empty))
        if found is None:
            outer, self.fh = self.fh, io.StringIO()
            self._write_row(number, span, shape, empty)
            found = self.fh.getvalue().removeprefix(f'<row r="{number + 1}"')
            self._tags[span, id(shape), empty] = found
            self.fh = outer
        return found

    # Cells.

    def content(self, cell: Cell) -> str | None:
        """How a cell that holds a text, a link, a number, a day or nothing goes on behind its look;
        None for what is more."""
        if cell.runs or cell.formula:
            return None
        value = cell.value
        if cell.link:
            return self._linked(cell)
        if isinstance(value, str):
            return self.text(value)
        if value is None:
            return "/>"
        if isinstance(value, date):
            day = date(value.year, value.month, value.day)
            if day < FIRST_DATE:
                return self.text(say_date(day))
            return f"><v>{(day - DAY_0).days:.16G}</v></c>"
        if is_figure(value):
            return f"><v>{value:.16G}</v></c>"
        return self.text(str(value))

    def text(self, value: str) -> str | None:
        """How a cell with a text goes on behind its look; None for what xlsxwriter has to take."""
        texts = self.str_table.string_table
        known = texts.get(value)
        if known is None or value[:1] in ("", "<"):
            text = clean(value)
            if not text:
                return "/>"
            if text[0] == "<":
                return None
            known = known if text is value else texts.get(text)
            if known is None:
                known = texts[text] = len(texts)
                self.str_table.unique_count += 1
        return f"{_OF_TEXT}{known}</v></c>"

    def contents(self, cells: Sequence[Cell]) -> Sequence[str]:
        """`content` of many cells, of whose texts the table is asked together; none at all where
        one of them needs more care than most."""
        values = [cell.value for cell in cells]
        more = [cell for cell in cells if cell.link or cell.runs or cell.formula]
        texts = [value for value in values if isinstance(value, str)]
        if not all(map(_is_plain, more if len(texts) == len(values) else cells)):
            return ()
        if (numbers := self._numbers(texts)) is None:
            return ()
        if len(texts) == len(values):  # as in most columns
            found = [f"{_OF_TEXT}{number}</v></c>" for number in numbers]
        else:
            found = [
                f"{_OF_TEXT}{next(numbers)}</v></c>"
                if isinstance(cell.value, str)
                else self.content(cell) or ""
                for cell in cells
            ]
        for cell in more:
            self.leads[id(cell)] = self._leading(cell.link, clean(str(cell.value)))
        return found

    def _numbers(self, texts: Sequence[str]) -> Iterator[int] | None:
        """The place of each text among all of the workbook; None where one is blank or begins as
        markup does."""
        whole = "".join(texts)
        if not whole.isprintable() or 2 * max(map(len, texts), default=0) > LONGEST:
            texts = [*map(clean, texts)]
        if "" in texts or ("<" in whole and any(text[0] == "<" for text in texts)):
            return None
        known = self.str_table.string_table
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known.update(zip(new, count(len(known)), strict=False))
        self.str_table.unique_count += len(new)
        return map(known.__getitem__, texts)

    def _linked(self, cell: Cell) -> str | None:
        if not isinstance(cell.value, str) or len(cell.link) > LONGEST_LINK:
            return None
        found = self.text(cell.value)
        if found is None or found == "/>":
            return None
        self.leads[id(cell)] = self._leading(cell.link, clean(cell.value))
        return found

    def own(self, row: int, col: int) -> str:
        """How a cell that xlsxwriter took goes on behind its name; it lets go of the cell, unless a
        chart may show it."""
        cell = self.table[row][col]
        if row not in self.shown:
            del self.table[row][col]
        outer, self.fh = self.fh, io.StringIO()
        self._write_cell(row, col, cell)
        found = str(self.fh.getvalue()).removeprefix(f'<c r="{cell_name(row, col)}')
        self.fh = outer
        self.str_table.count -= found.count(_OF_TEXT)  # which is counted with its row
        return found

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

    # Charts.

    def _get_range_data(self, *area: int) -> Any:
        """What a chart shows; xlsxwriter looks for it in its own table."""
        first_row, first_col, last_row, last_col = area
        found: list[Any] = []
        for row in range(first_row, last_row + 1):
            cells = self.shown.get(row, ())
            for col in range(first_col, last_col + 1):
                if col in self.table.get(row, {}):
                    found += super()._get_range_data(row, col, row, col)
                else:
                    cell = cells[col] if col < len(cells) else None
                    found.append(None if cell is None else _figure(cell))
        return found


def _figure(cell: Cell) -> str:
    """What a chart has of a cell."""
    value = cell.value
    if isinstance(value, date):
        day = date(value.year, value.month, value.day)
        return f"{(day - DAY_0).days:.16g}" if day >= FIRST_DATE else say_date(day)
    if isinstance(value, int | float) and is_figure(value):
        return f"{value:.16g}"
    return "" if value is None else clean(str(value))


def _is_plain(cell: Cell) -> bool:
    """Whether a cell is of those that need no more care than most."""
    value = cell.value
    if cell.runs or cell.formula:
        return False
    if isinstance(value, str):
        return len(cell.link) <= LONGEST_LINK
    if isinstance(value, date):
        return not cell.link and date(value.year, value.month, value.day) >= FIRST_DATE
    return not cell.link and (value is None or is_figure(value))


def is_figure(value: float) -> bool:
    """Whether a cell can hold a number as it is; others are written in words."""
    return math.isfinite(value) and abs(value) < 1e15
