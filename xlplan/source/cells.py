"""The cells of a sheet before anything is known of its rows: what they say, which say nothing or
only ask, and which share a value by merging."""

from __future__ import annotations

from collections.abc import Callable, Container, ItemsView, Iterable, Iterator, Mapping
from functools import lru_cache

from xlplan.merge.model import Place, PlacesInRow
from xlplan.plan.status_words import may_ask, unanswered
from xlplan.plan.text import trimmed
from xlplan.source.headings import cell_text, point_text
from xlplan.workbook.read.book import At, CellValue, ReadSheet, a1, column_name

LARGEST_MERGE = 100_000
"""Cells of a merged area beyond which its value is not carried to the rows below."""


def text_of_cells(cells: Mapping[int, CellValue]) -> str:
    """What the cells of a row say, one after the other."""
    return " | ".join([trimmed(v) if type(v) is str else point_text(v) for v in cells.values()])


class OwnCells(Mapping[int, At]):
    """Where the cells of a row stand, by column, that are all its own."""

    __slots__ = ("cells", "row")

    def __init__(self, row: int, cells: Mapping[int, CellValue]) -> None:
        self.row, self.cells = row, cells

    def __getitem__(self, col: int) -> At:
        if col not in self.cells:
            raise KeyError(col)
        return self.row, col

    def __iter__(self) -> Iterator[int]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)


class FieldsOfRow(Mapping[str, At]):
    """Where the values of a row stand, by field, that are each in a cell of its own row."""

    __slots__ = ("columns", "held", "row")

    def __init__(self, row: int, columns: Mapping[str, int], held: Container[str]) -> None:
        self.row, self.columns, self.held = row, columns, held

    def __getitem__(self, name: str) -> At:
        if name not in self.held:
            raise KeyError(name)
        return self.row, self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in self.columns if name in self.held)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class PlacesOfRow(PlacesInRow):
    """Where the values of a row were read, by field: each is put into words where it is asked for.
    `cells` are the cells in which they stand."""

    __slots__ = ("cells", "file", "sheet")

    def __init__(self, file: str, sheet: str, cells: Mapping[str, At]) -> None:
        self.file, self.sheet, self.cells = file, sheet, cells

    def __getitem__(self, name: str) -> Place:
        return Place(self.file, self.sheet, a1(*self.cells[name]))

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    def items(self) -> ItemsView[str, Place]:
        """As of a dictionary that holds them all."""
        file, sheet = self.file, self.sheet
        return {name: Place(file, sheet, a1(*at)) for name, at in self.cells.items()}.items()

    def in_row(self) -> tuple[str, str, int, tuple[tuple[str, str], ...]] | None:
        """File, sheet, number of the row, and columns, where each value is in a cell of one row."""
        if not isinstance(cells := self.cells, FieldsOfRow):
            return None
        held, columns = cells.held, cells.columns.items()
        letters = [(name, column_name(col)) for name, col in columns if name in held]
        return (self.file, self.sheet, cells.row + 1, tuple(letters)) if letters else None


def blank_among(texts: Iterable[str]) -> set[str]:
    """Those of some texts that say nothing. What begins with a letter or a digit says something."""
    return {text for text in texts if not text[:1].isalnum() and not cell_text(text)}


def is_unanswered(value: CellValue) -> bool:
    """Whether a cell only asks for a choice."""
    return _asks(value) if type(value) is str else unanswered(cell_text(value))


def asking_on(sheet: ReadSheet) -> Callable[[CellValue], bool] | None:
    """What says of a cell of a sheet whether it only asks for a choice; None where none does."""
    asking = {text for text in sheet.texts if may_ask(text) and is_unanswered(text)}
    shown = {(v.code, v.text, float(v)): v for v in sheet.shown_numbers}
    if not asking and not any(map(is_unanswered, shown.values())):
        return None
    return lambda value: value in asking if type(value) is str else is_unanswered(value)


@lru_cache(maxsize=1 << 16)
def _asks(text: str) -> bool:
    return unanswered(cell_text(text))


def last_row(sheet: ReadSheet) -> int:
    """The last row (from 0) that says something; -1 where none does."""
    last = max((row for row, _ in sheet.errors), default=-1)
    for row in range(len(sheet.rows) - 1, last, -1):
        if any(cell_text(value) for value in sheet.rows[row]):
            return row
    return last


def shared_cells(sheet: ReadSheet) -> dict[At, At]:
    """The cells below the first row of a merged area, and the cell that holds its value."""
    shared: dict[At, At] = {}
    last = last_row(sheet)
    for top, left, bottom, right in sheet.merged:
        rows, columns = range(top + 1, min(bottom, last) + 1), range(left, right + 1)
        if len(rows) * len(columns) <= LARGEST_MERGE:
            shared.update({(row, col): (top, left) for row in rows for col in columns})
    return shared
