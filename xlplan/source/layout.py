"""What each row of a sheet is: title, legend, heading, section, data, blank.

Reads a `ReadSheet` from top to bottom. A heading row is one that names at least two of the things
that plans name (see `xlplan.plan.propose_roles`); what stands directly above a heading row, or
alone between data rows, is a section; what stands elsewhere is a note. Nothing is left out: every
row up to the last used one gets exactly one `Line`.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.propose_roles import SUB_HEADINGS, guess_role, normal_heading
from xlplan.source.cells import (
    OwnCells,
    asking_on,
    blank_among,
    last_row,
    shared_cells,
    text_of_cells,
)
from xlplan.source.heading_groups import parts_below, twins_by_group, under_merged, under_one
from xlplan.source.headings import (
    Heading,
    begins_note,
    cell_text,
    heading_rows,
    parse_heading,
    running_titles,
    same_headings,
    says_total,
    section_outcome,
    version_rows,
)
from xlplan.source.table_cells import DataRow, Table
from xlplan.workbook.read.book import At, CellValue, ReadSheet

LineKind = Literal["blank", "note", "section", "outcome", "header", "repeated", "data"]

LONGEST_SECTION = 400
_LABELLED = regex(r"[^\W\d_][^:\n]{1,30}:\s*\S")
NEAR = 20
"""How many rows above it are looked at for others in the column of a cell that stands alone."""


class Line(Struct, frozen=True):
    """What one row is. `table` is the index of the table a data or header row belongs to; `holds`
    is its text, or the cells of which that is made where somebody asks for it."""

    row: int
    kind: LineKind
    holds: str | Mapping[int, CellValue] = ""
    table: int = -1
    why: str = ""
    """What kind of note it is, where that is known."""

    @property
    def text(self) -> str:
        """What its cells say, one after the other."""
        held = self.holds
        return held if isinstance(held, str) else text_of_cells(held)


class Layout(Struct, frozen=True, dict=True):
    """A sheet, understood: one line for each row, and the tables."""

    sheet: ReadSheet
    lines: Sequence[Line]
    tables: Sequence[Table]
    asks: Callable[[CellValue], bool] | None = None
    """What says of a cell whether it only asks for a choice; None where none does."""
    versions: frozenset[int] = frozenset()
    """Rows of a list of the document's own versions: they are notes, not data."""


def read_layout(
    sheet: ReadSheet,
    known: frozenset[str] = frozenset(),
    chosen: frozenset[str] = frozenset(),
    at: Sequence[int] = (),
) -> Layout:
    """What every row of `sheet` is. `known` are headings of a workbook template, `chosen` those
    whose role a person decided, `at` the rows (from 0) that a person named as the headings."""
    return _Reader(sheet, known, chosen, at).read()


def unseen_rows(sheet: ReadSheet) -> Container[int]:
    """The rows of a sheet that nobody is shown; those that a filter leaves out are shown."""
    return sheet.hidden_rows if sheet.visible else range(len(sheet.rows))


def first_line(layout: Layout) -> int:
    """The row of the first line that is shown, from 0; -1 where none is."""
    unseen = unseen_rows(layout.sheet)
    lines = (line.row for line in layout.lines if line.text)
    return next((row for row in lines if row not in unseen and row not in layout.versions), -1)


class _Reader:
    """The pass over one sheet: the rows seen so far that wait for what comes below them."""

    def __init__(
        self, sheet: ReadSheet, known: frozenset[str], chosen: frozenset[str], at: Sequence[int]
    ) -> None:
        self.sheet = sheet
        self.wide = {(r1, c1): c2 - c1 + 1 for r1, c1, _, c2 in sheet.merged if c2 > c1}
        self.shared = shared_cells(sheet)
        self.errors: dict[int, dict[int, CellValue]] = {}
        """By row and column; some stand where the reader saw no cell."""
        for (row, col), name in sheet.errors.items():
            self.errors.setdefault(row, {})[col] = name
        self.blank = blank_among(sheet.texts)
        self.all_seen = not self.blank and all(map(cell_text, sheet.shown_numbers))
        self.asks = asking_on(sheet)
        self.own = [self._own(row) for row in range(last_row(sheet) + 1)]
        self.headers = set(at) or heading_rows(self.own, known, chosen)
        self.versions = version_rows(self.own, self.headers)
        self.headers -= self.versions
        self.parts_of_groups: dict[int, dict[int, str]] = {}
        self.grouped: dict[int, dict[int, str]] = {}
        """By heading row the headings that a row above it tells apart."""
        self._groups()
        self.depth = {row: self._depth(row) for row in self.headers}
        self.lines: dict[int, Line] = {}
        self.tables: list[Table] = []
        self.rows: list[DataRow] = []
        """Those of the last table."""
        self.waiting: list[list[int]] = []
        self.sections: tuple[Heading, ...] = ()
        self.fresh = False
        self.page = False

    def read(self) -> Layout:
        for row, cells in enumerate(self.own):
            if not cells:
                self.lines[row] = Line(row, "blank")
                self.waiting.append([])
            elif row in self.versions:
                self._notes([row])
            elif row in self.headers:
                self._header(row, cells)
            elif row + 1 in self.grouped:
                continue  # it is a line of the headings below it
            elif self._heads_further(row, cells):
                self.lines[row] = Line(row, "repeated", table=len(self.tables) - 1)
            elif (
                not self.tables
                or (len(cells) == 1 and row + 1 in self.headers)
                or self._labels_next(row)
                or (row + 1 in self.headers and self._is_band(row) and self._parts_bands(row))
                or self._stands_alone(row, cells)
                or self._is_total(cells)
            ):
                self._wait(row)
            else:
                self._data(row, cells)
        self._notes(self._waiting_rows())
        lines = [self.lines[row] for row in sorted(self.lines)]
        return Layout(self.sheet, lines, self.tables, self.asks, self.versions)

    def _own(self, row: int) -> dict[int, CellValue]:
        values = self.sheet.rows[row] if row < len(self.sheet.rows) else ()
        if row not in self.errors:
            if self.all_seen:
                return {col: v for col, v in enumerate(values) if v is not None}
            blank = self.blank
            return {col: v for col, v in enumerate(values) if v is not None
                    and (v not in blank if type(v) is str else cell_text(v))}  # fmt: skip
        shown = dict(enumerate(values)) | self.errors[row]
        return {col: shown[col] for col in sorted(shown) if cell_text(shown[col])}

    @cached_property
    def running(self) -> frozenset[str]:
        """Lines that a printed plan repeats above its headings on every page."""
        return running_titles(self.own, self.headers)

    def _wait(self, row: int) -> None:
        if not self.waiting:
            self.waiting.append([])
        self.waiting[-1].append(row)

    def _waiting_rows(self) -> list[int]:
        return [row for group in self.waiting for row in group]

    def _text(self, row: int) -> str:
        return text_of_cells(self.own[row])

    def _notes(self, rows: Sequence[int]) -> None:
        for row in rows:
            self.lines[row] = Line(row, "note", self._text(row))

    def _stands_alone(self, row: int, cells: Mapping[int, CellValue]) -> bool:
        """Whether a row below a heading row is a line of its own rather than data."""
        if len(cells) != 1 or any(self.shared.get((row, col)) for col in self.tables[-1].headings):
            return False
        ((col, value),) = cells.items()
        headings = self.tables[-1].headings
        if self.wide.get((row, col), 1) * 2 > len(headings):
            return True
        text = cell_text(value)
        if text[:1].islower():
            return False
        if col != min(headings):
            return col < max(headings) and self._of_no_column(col)
        if parse_heading(text).number or text.isupper():
            return True
        return guess_role(headings[col]) not in ("action", "recommendation") and len(text) > 3

    def _of_no_column(self, col: int) -> bool:
        """Whether a column has no heading, none reaches over it, and no near row has a cell."""
        table = self.tables[-1]
        left = max((c for c in table.headings if c <= col), default=-1)
        over = left >= 0 and left + self.wide.get((table.header, left), 1) > col
        return not over and not any(col in each.cells for each in self.rows[-NEAR:])

    def _is_total(self, cells: Mapping[int, CellValue]) -> bool:
        """Whether a row only counts the rows above: "Total" and a figure."""
        if len(cells) * 2 > len(self.tables[-1].headings):
            return False
        return says_total([cell_text(value) for value in cells.values()])

    def _header(self, row: int, cells: Mapping[int, CellValue]) -> None:
        headings = {col: cell_text(value) for col, value in cells.items()}
        headings |= self.grouped.get(row, {})
        repeated = bool(self.tables) and same_headings(self.tables[-1].headings, headings)
        while len(self.waiting) > 1 and not self.waiting[-1] and self._labels(self.waiting[-2]):
            self.waiting.pop()
        above = self.waiting[-1] if self.waiting else []
        earlier = [r for group in self.waiting[:-1] for r in group]
        self._notes(earlier)
        self._sections_above(above, first=not self.tables)
        self.waiting = []
        if not repeated:
            self.rows = []
            self.tables.append(Table(self.sheet.name, row, headings, self.rows))
        self.page = repeated
        kind: LineKind = "repeated" if repeated else "header"
        for each in (row - 1, row) if row in self.grouped else (row,):
            self.lines[each] = Line(each, kind, self._text(each), len(self.tables) - 1)

    def _sections_above(self, waiting: Sequence[int], first: bool) -> None:
        rows = self._apart(waiting)
        numbered = [row for row in rows if self._heading(row).number]
        if numbered:
            chosen = numbered
        elif first:
            chosen = [row for row in rows[-1:] if self._may_be_section(row)]
            chosen = chosen if self._later_tables_have_sections() else []
        else:
            chosen = [row for row in rows if self._may_be_section(row)]
        self._settle(waiting, chosen)

    def _labels(self, rows: Sequence[int]) -> bool:
        """Whether the last of these rows is a label with its value: "Project 2: | The shed"."""
        cells = self.own[rows[-1]] if rows else {}
        return len(cells) == 2 and cell_text(next(iter(cells.values()))).endswith(":")

    def _is_band(self, row: int) -> bool:
        """Whether a row is a title with labels and their values: "Damp | Lead: A Post"."""
        title, *others = [*map(cell_text, self.own[row].values())] or [""]
        return bool(others) and not title.endswith(":") and all(map(_LABELLED.match, others))

    def _parts_bands(self, row: int) -> bool:
        """Whether a blank row parts a band from what stands above it, or the first headings have a
        band too: else the last row of a printed page may look like one."""
        first = min(self.headers) - 1
        return not self.own[row - 1] or (first >= 0 and self._is_band(first))

    def _labels_next(self, row: int) -> bool:
        """Whether a row is the title of a table that begins below it."""
        if not self._labels([row]):
            return False
        return next((r for r in range(row + 1, len(self.own)) if self.own[r]), -1) in self.headers

    def _apart(self, rows: Sequence[int]) -> list[int]:
        """The rows without the outcomes below a heading; all of them where nothing else is."""
        return [r for r in rows if not self._outcome(r)] or list(rows)

    def _outcome(self, row: int) -> str:
        return section_outcome(self._text(row)) if len(self.own[row]) == 1 else ""

    def _settle(self, rows: Sequence[int], chosen: Sequence[int]) -> None:
        """The chosen rows begin a section, outcomes below them belong to it, the rest are notes."""
        under = [r for r in rows if chosen and r > chosen[0] and r not in chosen]
        under = [r for r in under if self._outcome(r)]
        self._notes([row for row in rows if row not in chosen and row not in under])
        self._begin(chosen, under)

    def _later_tables_have_sections(self) -> bool:
        """Whether lines stand directly above the later heading rows: then the first has one too."""
        above = [row - 1 for row in sorted(self.headers)[1:] if row - 1 not in self.headers]
        return any(
            (len(self.own[row]) == 1 or self._is_band(row)) and self._may_be_section(row)
            for row in above
        )

    def _heading(self, row: int) -> Heading:
        text = self._text(row).replace(": | ", ": ").replace(" | ", " – ")
        return replace(parse_heading(text, row), col=min(self.own[row]))

    def _may_be_section(self, row: int) -> bool:
        text = self._text(row)
        alone = len(self.own[row]) == 1 or (bool(self.tables) and self._labels([row]))
        alone = alone or self._is_band(row)
        alone = alone and len(text) <= LONGEST_SECTION
        if not alone or begins_note(text):
            return False
        return not self.running.issuperset(map(cell_text, self.own[row].values()))

    def _begin(self, rows: Sequence[int], outcomes: Sequence[int] = ()) -> None:
        if not rows:
            return
        self.sections = tuple(self._heading(row) for row in rows)
        if outcomes:
            text = "\n".join(self._outcome(row) for row in outcomes)
            *before, last = self.sections
            self.sections = (*before, replace(last, outcome=text, outcome_row=outcomes[0]))
        for row in outcomes:
            self.lines[row] = Line(row, "outcome", self._text(row))
        self.fresh = True
        for row in rows:
            self.lines[row] = Line(row, "section", self._text(row))

    def _depth(self, header: int) -> int:
        """The last row of a heading row whose cells are merged downwards."""
        below = [
            last for first, _, last, _ in self.sheet.merged
            if first == header and header < last <= header + 3
        ]  # fmt: skip
        deep = len(below) > 1 and len(below) * 3 >= len(self.own[header])
        return min(max(below), len(self.own) - 1) if deep else header

    def _heads_further(self, row: int, cells: Mapping[int, CellValue]) -> bool:
        """Whether a row goes on with the headings above it, read into those then: the parts of
        groups, a row of merged headings, or "Initial", "Previous", "Current" below "RAG"."""
        if row in self.parts_of_groups:
            self.tables[-1].headings |= self.parts_of_groups[row]
            return True
        table = self.tables[-1] if self.tables else None
        if table is not None and table.header < row <= self.depth[table.header]:
            wide = {c: self.wide.get((table.header, c), 1) for c in table.headings}
            table.headings |= under_merged(table.headings, cells, wide)
            return True
        before = self.lines.get(row - 1)
        if table is None or before is None or before.kind not in ("header", "repeated"):
            return False
        if not all(normal_heading(cell_text(value)) in SUB_HEADINGS for value in cells.values()):
            return False
        if before.kind == "header":
            table.headings |= under_one(table.headings, cells)
        return True

    def _groups(self) -> None:
        """Heading rows that name groups: the rows below or above them are headings too."""
        for row in sorted(self.headers):
            if row not in self.headers:
                continue
            below = self.own[row + 1] if row + 1 < len(self.own) else {}
            wide = {c: self.wide.get((row, c), 1) for c in self.own[row]}
            if parts := parts_below(self.own[row], below, wide):
                self.parts_of_groups[row + 1] = parts
                self.headers.discard(row + 1)
            above = self.own[row - 1] if row and row - 1 not in self.headers else {}
            wide = {c: self.wide.get((row - 1, c), 1) for c in above}
            if named := twins_by_group(above, self.own[row], wide):
                self.grouped[row] = named

    def _data(self, row: int, cells: Mapping[int, CellValue]) -> None:
        if self.waiting:
            rows = self._waiting_rows()
            self._settle(rows, [r for r in self._apart(rows) if self._may_be_section(r)])
            self.waiting = []
        table = self.tables[-1]
        asks, values = self.asks, cells
        if asks is not None:
            values = {col: value for col, value in cells.items() if not asks(value)}
        origin: Mapping[int, At] = OwnCells(row, values)
        if self.shared:
            below = {
                col: top for col in table.headings
                if col not in values and (top := self.shared.get((row, col)))
            }  # fmt: skip
            values = {**values, **{c: self.own[r].get(at) for c, (r, at) in below.items()}}
            origin = {**origin, **below}
        self.rows.append(
            DataRow(row, values, origin, self.sections, self.fresh, len(cells), self.page)
        )
        self.fresh = self.page = False
        self.lines[row] = Line(row, "data", self.own[row], len(self.tables) - 1)
