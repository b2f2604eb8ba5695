"""A workbook that came in, as values, and how far the cells of its sheets reach."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import chain, zip_longest
from xml.parsers import expat

from msgspec import Struct, field

from xlplan.codes.gate_codes import GATE_005
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.plan.shown import ShownNumber
from xlplan.workbook.read.inbox import Bounds, Refused, Unfit
from xlplan.workbook.stamp import ROW_MARK, RowKey, parse_row_key

CellValue = str | int | float | bool | date | datetime | time | timedelta | None
At = tuple[int, int]
"""Row and column, both from 0."""


def a1(row: int, col: int) -> str:
    """The name of a cell: ``a1(11, 5) == "F12"``."""
    return f"{column_name(col)}{row + 1}"


@lru_cache(maxsize=512)
def column_name(col: int) -> str:
    """The letters of a column: ``column_name(5) == "F"``."""
    letters = ""
    col += 1
    while col:
        col, rest = divmod(col - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


LONGEST_SIGN = 2
"""Characters of a text that may be a sign."""


def is_sign(value: object) -> bool:
    """Whether a cell holds a sign, or a letter or two, of which the colour may say something."""
    return isinstance(value, str) and 0 < len(value.strip()) <= LONGEST_SIGN


def of_signs(inks: Mapping[At, str], rows: Sequence[Sequence[CellValue]]) -> dict[At, str]:
    """Of the colours of texts those of signs."""
    return {
        (row, col): ink
        for (row, col), ink in inks.items()
        if row < len(rows) and col < len(rows[row]) and is_sign(rows[row][col])
    }


def at_of(name: str) -> At:
    """Where a cell is by its name, the inverse of `a1`: ``at_of("F12") == (11, 5)``."""
    letters = name.rstrip("0123456789")
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(name[len(letters) :]) - 1, col - 1


class Addition(Struct, frozen=True):
    """Something that was put into a workbook beside its cells: its kind, its words where it has
    any, and the cell in which its corner is; None where it has no place in the sheet."""

    kind: str
    text: str
    at: At | None = None


_AT_ONCE, _ROWS_AT_ONCE = 2_000, 50
"""Texts of a sheet that are looked through as one, and its rows."""
_AS_MUCH = 16
"""Texts that are looked at one by one in the time in which one is found where all are one."""


class ReadSheet(Struct, frozen=True, dict=True):
    """One sheet as read. `rows` is dense and starts at A1; a cell that is not there is None.

    `formulas` and `errors` hold the cells whose value cannot be taken at face value: the formula
    without its ``=``, and the error's name such as ``"#N/A"``. `notes`, `fills` (``#RRGGBB``),
    `inks` (the colour of a sign or a letter or two that fill a cell) and `struck` are filled in
    only where the file has any and the reader was asked for them.
    """

    name: str
    rows: Sequence[Sequence[CellValue]]
    visible: bool = True
    formulas: Mapping[At, str] = field(default_factory=dict)
    errors: Mapping[At, str] = field(default_factory=dict)
    notes: Mapping[At, str] = field(default_factory=dict)
    fills: Mapping[At, str] = field(default_factory=dict)
    inks: Mapping[At, str] = field(default_factory=dict)
    letters: Mapping[At, str] = field(default_factory=dict)
    """The colours of letters that are no shade of grey."""
    struck: frozenset[At] = frozenset()
    unticked: frozenset[At] = frozenset()
    """Cells that show a box to tick, which is not ticked."""
    merged: Sequence[tuple[int, int, int, int]] = ()
    """First row, first column, last row, last column."""
    hidden_rows: frozenset[int] = frozenset()
    """Rows that nobody sees, however that was done; not those that a filter leaves out."""
    filtered_rows: frozenset[int] = frozenset()
    """Rows that a filter leaves out of what is shown."""
    hidden_columns: frozenset[int] = frozenset()
    boxes: Sequence[tuple[At, str]] = ()
    """The texts of text boxes, each with the cell in which its corner is."""
    pictures: Sequence[At] = ()
    """The cells in which the corners of pictures are."""
    additions: Sequence[Addition] = ()
    """Whatever else stands beside the cells."""
    links: Mapping[At, str] = field(default_factory=dict)
    """Where links lead."""
    disputed: Mapping[At, str] = field(default_factory=dict)
    """Cells in which a second reader sees something else: what it sees."""
    met: tuple[Sequence[Sequence[CellValue]], tuple[str, ...]] | None = None
    """Rows of which a reader had the `texts` in hand, and those; None where it had not."""

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Every text on it, each once, in the order of its rows: in a long form most stand again
        and again."""
        if self.met is not None and self.met[0] is self.rows:
            return self.met[1]
        values = dict.fromkeys(chain.from_iterable(self.rows))
        return tuple(value for value in values if isinstance(value, str))

    @cached_property
    def shown_numbers(self) -> Sequence[ShownNumber]:
        """Every number with a number format on it, each object once: its reader shares them."""
        columns = (col for col in zip_longest(*self.rows) if ShownNumber in {*map(type, col)})
        found = {id(v): v for col in columns for v in col if type(v) is ShownNumber}
        return tuple(found.values())

    @cached_property
    def _in_one(self) -> str | None:
        """All of them, where they are few and the mark behind each is in none."""
        every = "\0".join((*self.texts, "")) if len(self.texts) <= _AT_ONCE else ""
        return every if every.count("\0") == len(self.texts) > 0 else None

    def texts_with(self, mark: str) -> Sequence[str]:
        """Those of its texts in which a mark stands, which itself has no ``\\0``."""
        found, every, end = list[str](), self._in_one, 0
        if every is None or every.count(mark) * _AS_MUCH > len(self.texts):
            return [text for text in self.texts if mark in text]
        find, before = every.find, every.rfind
        while (at := find(mark, end)) >= 0:
            end = find("\0", at)
            found.append(every[before("\0", 0, at) + 1 : end])
        return found

    @cached_property
    def row_keys(self) -> Mapping[CellValue, RowKey]:
        """Those of its texts that are row keys, and what they say."""
        return {text: key for text in self.texts_with(ROW_MARK) if (key := parse_row_key(text))}

    def rows_with(
        self, texts: Set[str], end: int | None = None
    ) -> Iterator[tuple[int, Sequence[CellValue]]]:
        """The rows before `end` in which any of these texts stands, with their numbers (from 0);
        many rows without one are passed over at once."""
        rows = self.rows[:end] if texts else ()
        for first in range(0, len(rows), _ROWS_AT_ONCE):
            several = rows[first : first + _ROWS_AT_ONCE]
            if texts.isdisjoint(chain.from_iterable(several)):
                continue
            for number, row in enumerate(several, first):
                if not texts.isdisjoint(row):
                    yield number, row

    @cached_property
    def odd_columns(self) -> Mapping[int, Set[int]]:
        """By row the columns in which a formula or an error stands."""
        found: dict[int, set[int]] = {}
        for row, col in (*self.formulas, *self.errors):
            found.setdefault(row, set()).add(col)
        return found

    @cached_property
    def odd_rows(self) -> Set[int]:
        """The rows in which a value cannot be taken at face value, or is not the only one."""
        return {*self.odd_columns, *(row for row, _ in self.disputed)}


class Enclosed(Struct, frozen=True):
    """A file within a file: `name` as the archive or the message has it, to be made safe."""

    name: str
    data: bytes


class Book(Struct, frozen=True):
    """A file as read. `kind` is decided by its bytes (``"xlsx"``, ``"ods"``, ``"csv"``, …).

    `saved_at` is the document's own modified time (ISO 8601, UTC) from inside the file, or ``""``.
    `problems` not empty and `sheets` empty: the file could not be read, and why.
    """

    name: str
    kind: str
    sheets: Sequence[ReadSheet] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    saved_at: str = ""
    problems: Sequence[Problem] = ()
    """With level ``"error"`` where nothing could be read."""
    additions: Sequence[Addition] = ()
    """What the workbook as a whole has beside its sheets."""
    enclosed: Sequence[Enclosed] = ()
    """The files in an archive or a message; it has no sheets of its own."""


_NAME = regex(r"\s*\$?([A-Za-z]{1,7})\$?(\d{1,10})\s*")
TRUTHS = frozenset({"TRUE()", "FALSE()"})
"""LibreOffice writes a boolean as one of these formulas: somebody typed TRUE or FALSE."""
ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip
"""The errors of binary workbooks."""
SHARED = "a formula"
"""Stands for a formula whose text the file keeps elsewhere or not at all."""


NO_HEIGHT = 1.5
"""Points below which nobody sees a row."""
NO_WIDTH = 0.5
"""Characters below which nobody sees a column."""
MOST_RESULTS = 100_000
"""Cells that one formula may fill."""
MOST_REPEATED = 1 << 20
"""Rows or columns of one repeated element that are followed."""


class Hidden(Struct):
    """What nobody sees of one sheet; rows and columns count from 0."""

    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    filtered: set[int] = field(default_factory=set)


class Extent(Struct):
    """What one sheet's XML holds: `rows` and `columns` are counts from A1 to the last cell that
    holds something; `cells` counts every cell listed, empty ones too. None of them is counted
    where all cells are `near` A1, so that the sheet may be read to see."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    merges: int = 0
    merged_area: int = 0
    filled: bool = False
    """Whether any cell holds a plain value."""
    formulas: dict[At, str] = field(default_factory=dict)
    errors: dict[At, str] = field(default_factory=dict)
    unread: bool = False
    """Whether there are cells in a form that no reader here knows."""
    typed: dict[At, bool | str | date] = field(default_factory=dict)
    """What was typed in cells that readers give otherwise: TRUE() and FALSE() for a boolean, a text
    without its tabs, a day that is kept as text."""
    styled: dict[At, int] = field(default_factory=dict)
    """The cell format of each number, by its own number, where the sheet was read one by one."""
    shown: dict[At, tuple[str, str]] = field(default_factory=dict)
    """The number format and the text of each number or date, where the file has both."""
    boxes: list[tuple[At, str]] = field(default_factory=list)
    """The words of shapes, where the sheet itself has them, each with its cell."""
    pictures: list[At] = field(default_factory=list)
    near: bool = False
    plain: tuple[int, int] | None = None
    """Where the cells begin and end in the sheet's XML, if it is spelled in the usual way."""

    def reach(self, row: int, col: int) -> None:
        """Take in a cell."""
        self.rows = max(self.rows, row + 1)
        self.columns = max(self.columns, col + 1)

    def add_formula(self, at: At, formula: str) -> None:
        """Take in a formula, which may stand for TRUE or FALSE."""
        text = formula.strip().upper()
        if text in TRUTHS:
            self.typed[at] = text == "TRUE()"
        else:
            self.formulas[at] = formula or SHARED

    def spread(self, at: At, start: At, rows: int, columns: int) -> None:
        """Take in the area that the formula in `at` fills. Raises `Unfit` for one that is larger
        than any plan."""
        if at not in self.formulas:
            return
        if rows * columns > MOST_RESULTS:
            raise many_cells("", rows * columns)
        for row in range(start[0], start[0] + rows):
            for col in range(start[1], start[1] + columns):
                self.formulas.setdefault((row, col), self.formulas[at])

    def merge(self, height: int, width: int) -> None:
        """Take in a merged area, which may be given from any of its corners."""
        self.merges += 1
        self.merged_area += (abs(height) + 1) * (abs(width) + 1)

    def check(self, sheet: str, bounds: Bounds) -> None:
        """Raise `Unfit` where the sheet is larger than a plan can be."""
        if self.rows > bounds.rows or self.columns > bounds.columns:
            raise far_cells(sheet, self.rows, self.columns)
        area = self.rows * self.columns
        if area > bounds.cells or self.cells > bounds.cells:
            raise many_cells(sheet, max(area, self.cells))
        if self.merges > bounds.merges or self.merged_area > bounds.cells:
            raise Unfit(sheet, "merged")


def far_cells(sheet: str, rows: int, columns: int) -> Unfit:
    """The refusal of a sheet with something far away from its table."""
    return Unfit(sheet, "far", row=rows, column=columns)


def many_cells(sheet: str, cells: int) -> Unfit:
    """The refusal of a sheet with too many cells, nearly always empty ones that are formatted."""
    return Unfit(sheet, "many", cells=cells)


def many_together(sheet: str, cells: int) -> Unfit:
    """The refusal of a sheet that is too much beside the others."""
    return Unfit(sheet, "together", cells=cells)


@lru_cache(maxsize=512)
def column_number(letters: str) -> int:
    """The number of a column from its letters: 1 for A."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def place(name: str) -> At | None:
    """Row and column, from 0, of a cell's name; None where it is not one."""
    found = _NAME.fullmatch(name)
    return (int(found[2]) - 1, column_number(found[1]) - 1) if found else None


def parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    """Parse `xml` with these handlers; names keep their prefix. Raises `Refused` if it is not
    XML. Document type declarations never come this far."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError, LookupError):
        raise Refused(GATE_005.fill("cells")) from None
