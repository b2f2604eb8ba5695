"""Writes workbooks that have much in common, as the templates of a cycle do: what xlsxwriter made
of one of them (`skeletons`) is kept, and the rows of the next are filled into it.

The bytes are those of `write_workbook`. A workbook with more in it than cells and rules, such as
links, notes or charts, is left to it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import repeat
from operator import is_

from xlsxwriter.sharedstrings import SharedStringTable

from xlplan.late import regex
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.cell_text import clean, row_heights
from xlplan.workbook.write.formats import FIRST_DATE
from xlplan.workbook.write.plain_cells import DAY_0
from xlplan.workbook.write.sheet import (
    Cell,
    Held,
    Sheet,
    Style,
    Values,
    Workbook,
    ends_of,
    held_in,
)
from xlplan.workbook.write.sheet_rows import is_single, overlaid
from xlplan.workbook.write.skeletons import (
    PLACE,
    Frame,
    Look,
    MoreError,
    Shape,
    bare_of,
    columns_of,
    described,
    formula_of,
    frame_of,
    key_of,
    letters,
    listed_as,
    margins_of,
    pixels_of,
    reach,
    row_tag,
    said,
    shell_of,
    styles_of,
    text_of,
)
from xlplan.workbook.write.writing import (
    Texts,
    first_shown,
    no_collecting,
    packed,
    packed_once,
    packed_parts,
    write_workbook,
)

_ERRORS = frozenset(["#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"])


@no_collecting()
def write_alike(book: Workbook) -> bytes:
    """The bytes of `write_workbook`, sooner where workbooks like `book` were written before."""
    try:
        parts = [
            (name, packed_once(content) if common else packed(content))
            for name, content, common in _Filled(book.font).parts(book)
        ]
    except MoreError:
        return write_workbook(book)
    return packed_parts(parts)


Number = int | str
"""The number of a format or a text; of a sheet that many workbooks have, the sign in its place."""


class _Filled:
    """One workbook, as it is put together."""

    def __init__(self, font: str) -> None:
        self._font = font
        self.places: dict[str, Number] = {}
        """The number of each text, in the order in which texts are first used."""
        self.count = 0
        """Cells with a text."""
        self.used: list[Look] = []
        """The looks of cells, in the order in which formats are first used."""
        self._known: dict[Held, Number] = {None: 0}
        """The number of each text, by the text as it was before it was made safe; any for none."""
        self._looks: dict[tuple[int, bool], Number] = {}
        """The number of the format of each style by its identity, and whether it shows a date."""
        self._shapes: dict[int, Shape] = {}
        """What the rows share whose cells have the same looks, by the identity of these."""
        self._numbers: dict[str, Number] = {}

    def parts(self, book: Workbook) -> Iterator[tuple[str, bytes, bool]]:
        """The name and the content of each part, and whether other workbooks have the same one."""
        shown = first_shown(book)
        if shown is None:
            raise MoreError
        over: tuple[Style, ...] = ()
        made: dict[str, bytes] = {}
        common = {"xl/styles.xml"}
        for number, sheet in enumerate(book.sheets):
            merged = tuple(merge.area for merge in sheet.merges if not is_single(merge))
            frame = frame_of(bare_of(sheet), merged, book.font, number == shown, over)
            over = frame.looks
            name = f"xl/worksheets/sheet{number + 1}.xml"
            if sheet.common:
                common.add(name)
                made[name] = _patterned(sheet, frame, book.font).filled(self)
            else:
                made[name] = self.sheet(sheet, frame).encode()
        made["xl/sharedStrings.xml"] = self._texts()
        made["xl/styles.xml"] = styles_of(tuple(self.used), over, book.font)
        made |= described(book)
        listed = tuple(map(listed_as, book.sheets))
        names, own = tuple(book.names.items()), bool(book.properties)
        for name, content in shell_of(listed, names, book.company, own, self.count > 0).items():
            yield name, made.get(name, content), name not in made or name in common

    def _texts(self) -> bytes:
        texts, table = Texts(), SharedStringTable()
        table.count, table.unique_count = self.count, len(self.places)
        texts.string_table, table.string_array = table, list(self.places)
        return said(texts, texts._assemble_xml_file).encode()

    def sheet(self, sheet: Sheet, frame: Frame) -> str:
        """The XML of a sheet."""
        over, heights = overlaid(sheet), pixels_of(row_heights(sheet))
        if any(number >= len(sheet.rows) for number in over):
            raise MoreError
        shapes = [
            self._shapes.get(id(row.cells.looks)) or self._shape(row.cells.looks)
            if type(row.cells) is Values
            else None
            for row in sheet.rows
        ]
        ends = [
            ends_of(row.cells) if shape is None else shape.ends
            for row, shape in zip(sheet.rows, shapes, strict=True)
        ]
        extent, spans = reach(sheet, heights, ends, over)
        done: list[str] = []
        later: dict[tuple[int, int], int] = {}
        """Where in `done` the texts of merged cells go, which are numbered after all others."""
        tags: dict[tuple[str | None, int, bool], str] = {}
        both = enumerate(zip(sheet.rows, heights, shapes, strict=True))
        for number, (row, pixels, shape) in both:
            about = spans.get(number // 16), pixels, row.hidden
            tag = tags.get(about)
            if tag is None:
                tag = tags[about] = row_tag(*about)
            opened = f'<row r="{number + 1}"{tag}'
            if shape is not None and number not in over:  # as most are
                if line := self._line_of_values(shape, held_in(row.cells), number + 1):
                    done.append(f"{opened}>{line}</row>")
                elif pixels or row.hidden:
                    done.append(f"{opened}/>")
                continue
            begun = len(done)
            done.append(f"{opened}>")
            if number in over:
                self._line_below(done, row.cells, number, over[number], later)
            else:
                self._line(done, row.cells, number)
            if len(done) > begun + 1:
                done.append("</row>")
            elif pixels or row.hidden:
                done[begun] = f"{opened}/>"
            else:
                done.pop()
        for merge in sheet.merges:
            done[later[merge.area.first_row, merge.area.first_col]] += self._rest(merge.cell)
        rows = f"<sheetData>{''.join(done)}</sheetData>" if done else "<sheetData/>"
        before = f"{frame.start}{extent}{frame.views}{columns_of(tuple(sheet.columns))}"
        page = margins_of(sheet.page.header, sheet.page.footer_left, sheet.page.footer_right)
        return f"{before}{rows}{frame.rules}{page}{frame.end}"

    def _shape(self, looks: tuple[Style | None, ...]) -> Shape:
        """What rows with these looks share."""
        return self._shapes.setdefault(id(looks), Shape(looks))

    def _line_of_values(self, shape: Shape, held: Sequence[Held], place: int) -> str:
        """The cells of a row of values. Once one like it was written, with the same cells blank and
        texts that are all known, nothing is left but to fill in their numbers."""
        known, blank = self._known, (*map(is_, held, repeat(None)),)
        if (laid_out := shape.lines.get(blank)) is not None:
            numbers = (*map(known.get, held),)
            if None not in numbers:
                line, texts = laid_out
                self.count += texts
                return (line % numbers).replace(PLACE, str(place))
        done, tails, index = [], shape.tails, -1
        for head, tail, value in zip(shape.heads, tails, held, strict=True):
            index += 1
            if tail:
                if value is None:
                    done.append(f"{head}{place}{tail}/>")
                    continue
                if (at := known.get(value)) is not None:
                    self.count += 1
                    done.append(f'{head}{place}{tail} t="s"><v>{at}</v></c>')
                    continue
            if (style := shape.looks[index]) is not None:
                look = self._look_of(style, value)
                if not tail and not isinstance(value, date):
                    tails[index] = f'" s="{look}"'
                done.append(f'{head}{place}" s="{look}"{self._held(value, style)}')
        if laid_out is None:
            shape.lay_out(blank)
        return "".join(done)

    def _line(self, done: list[str], cells: Sequence[Cell | None], number: int) -> None:
        for name, cell in zip(letters(len(cells)), cells, strict=True):
            if cell is not None:
                done.append(self._start(f"{name}{number + 1}", cell) + self._rest(cell))

    def _line_below(
        self,
        done: list[str],
        cells: Sequence[Cell | None],
        number: int,
        over: Mapping[int, tuple[Cell, bool]],
        later: dict[tuple[int, int], int],
    ) -> None:
        """A row with merged cells. What is below them has its place among the texts, and is not
        written."""
        for index, name in enumerate(letters(max(len(cells), max(over) + 1))):
            cell = cells[index] if index < len(cells) else None
            rest = "" if cell is None else self._rest(cell)
            if index in over:
                cell, first = over[index]
                if first:
                    later[number, index] = len(done)
                rest = "" if first else "/>"
            if cell is not None:
                done.append(self._start(f"{name}{number + 1}", cell) + rest)

    def _start(self, place: str, cell: Cell) -> str:
        look = self._look_of(cell.style, None if cell.formula else cell.value)
        return f'<c r="{place}" s="{look}"'

    def _look_of(self, style: Style, value: Held) -> Number:
        """The number of the format in which a cell holds a value."""
        dated = isinstance(value, date) and _day(value) >= FIRST_DATE
        look = self._looks.get((id(style), dated))
        if look is None:
            look = self._looks[id(style), dated] = self.number((style, dated))
        return look

    def number(self, look: Look) -> Number:
        """The number of a format, by the order in which formats are first used."""
        style, dated = look
        look = style, dated and not style.number_format
        key = key_of(look, self._font)
        number = self._numbers.get(key)
        if number is None:
            self.used.append(look)
            number = self._numbers[key] = self._next("look", len(self.used))
        return number

    def text(self, text: str) -> Number:
        """The number of a text, likewise."""
        number = self.places.get(text)
        if number is None:
            number = self.places[text] = self._next("text", len(self.places))
        return number

    def _next(self, kind: str, number: int) -> Number:  # noqa: ARG002  # a pattern has signs
        return number

    def _rest(self, cell: Cell) -> str:
        """What a cell holds, behind its place and its look."""
        value = cell.value
        if cell.note or cell.link:
            raise MoreError
        if cell.runs:
            return self._shared(text_of(cell, self._font))
        if cell.formula:
            return _result(cell.formula, value if isinstance(value, str | int | float) else 0)
        return self._held(value, cell.style)

    def _held(self, value: Held, style: Style) -> str:
        """A value in a cell."""
        shown = value
        if isinstance(value, date):
            day = _day(value)
            if day >= FIRST_DATE:
                return f"><v>{(day - DAY_0).days:.16G}</v></c>"
            shown = say_date(day)
        elif isinstance(value, int | float):
            if math.isfinite(value) and abs(value) < 1e15:
                return f"><v>{value:.16G}</v></c>"
            shown = str(value)
        text = clean(shown) if isinstance(shown, str) else ""
        if not text:
            return "/>"
        if text[0] == "<":  # what it becomes may depend on how it looks
            return self._shared(text_of(Cell(shown, style), self._font))
        if isinstance(value, str):
            self._known[value] = self.text(text)
        return self._shared(text)

    def _shared(self, text: str) -> str:
        """A text of the table."""
        if not text:
            return "/>"
        self.count += 1
        return f' t="s"><v>{self.text(text)}</v></c>'


class _Pattern(_Filled):
    """A sheet that many workbooks have, with signs for the numbers of its formats and texts: these
    are all in which it differs from one to another."""

    _SIGN = regex("\0((?:look|text) [0-9]+)\0")

    def __init__(self, sheet: Sheet, frame: Frame, font: str) -> None:
        super().__init__(font)
        self.of = sheet, frame
        """Held, so that they are what they are known by."""
        self._signs: dict[str, int] = {}
        self._pieces = self._SIGN.split(self.sheet(sheet, frame))
        self._last: tuple[list[Number], bytes] | None = None

    def _next(self, kind: str, number: int) -> Number:
        sign = f"{kind} {number}"
        self._signs[sign] = len(self._signs)
        return f"\0{sign}\0"

    def filled(self, book: _Filled) -> bytes:
        """The XML of the sheet in a workbook; the very same bytes where the numbers are those of
        the workbook before."""
        looks, texts = map(book.number, self.used), map(book.text, self.places)
        kinds = {"look": looks, "text": texts}
        numbers = [next(kinds[sign[:4]]) for sign in self._signs]
        book.count += self.count
        if self._last is None or numbers != self._last[0]:
            pieces = self._pieces[:]
            pieces[1::2] = [str(numbers[self._signs[sign]]) for sign in self._pieces[1::2]]
            self._last = numbers, "".join(pieces).encode()
        return self._last[1]


_MOST = 64
"""Patterns that are kept."""
_patterns: dict[tuple[int, int, str], _Pattern] = {}


def _patterned(sheet: Sheet, frame: Frame, font: str) -> _Pattern:
    """The pattern of a sheet, by this very object."""
    key = id(sheet), id(frame), font
    if key not in _patterns:
        if len(_patterns) >= _MOST:
            _patterns.clear()
        _patterns[key] = _Pattern(sheet, frame, font)
    return _patterns[key]


def _day(value: date) -> date:
    return date(value.year, value.month, value.day)


def _result(formula: str, value: str | int | float) -> str:
    kind = ""
    if isinstance(value, bool):
        kind, value = ' t="b"', int(value)
    elif isinstance(value, str) and value:
        kind = ' t="e"' if value in _ERRORS else ' t="str"'
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"{kind}><f>{formula_of(formula)}</f><v>{value}</v></c>"
