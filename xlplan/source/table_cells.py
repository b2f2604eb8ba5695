"""A table of a sheet: its rows from top to bottom, and its columns with what they hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import NoneType
from typing import TypeVar

from msgspec import Struct, field

from xlplan.source.headings import Heading, cell_text
from xlplan.workbook.read.book import At, CellValue, a1

T = TypeVar("T")


class ColumnCells:
    """The cells of a column from top to bottom, blank ones as None. What it is goes by the
    different texts in it, each of which is looked at once however many cells hold it."""

    def __init__(self, values: Sequence[CellValue]) -> None:
        self.values = values

    @cached_property
    def counts(self) -> Counter[CellValue]:
        """How many cells hold each value; None is one."""
        return Counter(self.values)

    @cached_property
    def has_others(self) -> bool:
        """Whether any cell holds a number, a day, or anything else that is no text."""
        return not {*map(type, self.values)} <= {str, NoneType}

    @cached_property
    def shown(self) -> dict[str, str]:
        """What each text shows, as it stands in the file; what says nothing shows ``""``."""
        found = self.counts
        if self.has_others:
            found = Counter(value for value in self.values if type(value) is str)
        return {text: cell_text(text) for text in found if type(text) is str}

    @cached_property
    def held(self) -> Sequence[CellValue]:
        """The values that say something."""
        values = [value for value in self.values if value is not None]
        blank = {text for text, shown in self.shown.items() if not shown}
        return [value for value in values if value not in blank] if blank else values

    @cached_property
    def by_row(self) -> Sequence[str]:
        """What each cell shows, ``""`` where it says nothing."""
        shown = self.shown
        if not self.has_others:
            every: dict[CellValue, str] = {None: ""}
            every.update(shown.items())
            return [*map(every.__getitem__, self.values)]
        # A reader gives the same object for the same number.
        others = {id(v): v for v in self.values if type(v) is not str}
        other = {at: cell_text(value) for at, value in others.items()}
        return [shown[v] if type(v) is str else other[id(v)] for v in self.values]

    def each(self, read: Callable[[CellValue], T]) -> Sequence[T | None]:
        """What `read` makes of each cell, None of a blank one; it is asked once for each text, and
        for each object."""
        found: dict[object, T | None] = {text: read(text) for text in self.shown}
        found[None] = None
        if not self.has_others:
            return [*map(found.__getitem__, self.values)]
        known = {id(v): v for v in self.values if v is not None and type(v) is not str}
        other = {at: read(value) for at, value in known.items()}
        return [found[v] if v is None or type(v) is str else other[id(v)] for v in self.values]

    @cached_property
    def said(self) -> Sequence[str]:
        """What the cells that say something say."""
        return [*filter(None, self.by_row)]


class DataRow(Struct, frozen=True):
    """One row of a table: its cells by column, where each stands, and the sections above it."""

    row: int
    cells: Mapping[int, CellValue]
    origin: Mapping[int, At]
    sections: tuple[Heading, ...]
    starts_section: bool = False
    own: int = 0
    """How many cells are its own, not shared with rows above by merging."""
    after_break: bool = False
    """Whether it is the first below a repeated heading row, as at the top of a page."""
    joins: bool | None = None
    """Whether it runs on from the row above, where people say it."""


class Table(Struct):
    """Columns under one heading row, and every data row below, repeated headings included."""

    sheet: str
    header: int
    headings: dict[int, str]
    rows: Sequence[DataRow] = field(default_factory=list)
    """They change by `hold` alone."""
    beside: set[int] = field(default_factory=set)
    """Columns right of the table that hold a list or a legend of their own; not in its rows."""
    made: dict[int, int] = field(default_factory=dict)
    """Columns that were made of parts of another's cells: the column they were taken from."""

    joined: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Columns that were put in the place of several: the headings of those."""

    met: dict[int, ColumnCells] = field(default_factory=dict)
    """The columns that were asked for since the rows changed."""

    def hold(self, rows: Sequence[DataRow]) -> None:
        """Have these rows in place of those before."""
        self.rows = rows
        self.met.clear()

    def cells(self, col: int) -> ColumnCells:
        """The cells of a column in all rows."""
        if col not in self.met:
            self.met[col] = ColumnCells([row.cells.get(col) for row in self.rows])
        return self.met[col]

    def used(self) -> list[int]:
        """The columns that have a heading or a cell, in order."""
        held = {tuple(row.cells) for row in self.rows}  # few, as rows hold the same columns
        return sorted({*self.headings}.union(*held))

    def column(self, col: int) -> int:
        """The column of the sheet in which a column of the table stands."""
        return self.made.get(col, col)

    def letter(self, col: int) -> str:
        """The letter of that column."""
        return a1(0, self.column(col))[:-1]
