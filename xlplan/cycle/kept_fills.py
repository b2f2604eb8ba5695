"""How the cells of a kept workbook are filled: beside a rating, or as the rating itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from xlplan.cycle.kept_by_hand import say_fill
from xlplan.merge.kept_cells import KeptCell
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import Value, show_in
from xlplan.returned.kept_tables import FoundTable, rated_by_fill, shown_at
from xlplan.workbook.read.book import At, Book, ReadSheet, a1
from xlplan.workbook.write.cell_edits import Value as Written

if TYPE_CHECKING:
    from xlplan.cycle.kept_edits import KeptEdits

_COLOURS = 2
"""So many fills at least has a column in which they say something."""
Cell = tuple[str, str]
"""The uid of a row and the id of a field."""
Look = tuple[str, str]
"""How a cell is filled, and the colour of its letters."""
Spot = tuple[str, int, int]
"""A cell: its sheet, row and column."""


def look_of(sheet: ReadSheet, at: At) -> Look:
    """The look of a cell."""
    return sheet.fills.get(at, ""), sheet.letters.get(at, "")


class Edit(Struct, frozen=True):
    """One cell that is to be written: its sheet, row and column (from 0, as they are now), what it
    is to hold, which fields it says, and the cell as which it is to be filled; `shows` are the
    ratings that it says so before and after, where its fill alone says them."""

    sheet: str
    row: int
    col: int
    value: Written
    cells: tuple[Cell, ...]
    like: tuple[str, int, int] | None = None
    shows: tuple[str, str] | None = None


class Colours:
    """The fills of rated cells of each column, where people colour them by hand."""

    def __init__(self) -> None:
        self._looks: dict[tuple[str, int], dict[Value, dict[Look, Spot]]] = defaultdict(
            lambda: defaultdict(dict)
        )

    def note(self, column: tuple[str, int], value: Value, look: Look, spot: Spot) -> None:
        """Take in a cell that has a value; a column is a field of a table."""
        self._looks[column][value].setdefault(look, spot)

    def like(self, item: Field, table: int, value: Value, look: Look) -> Spot | None:
        """The cell as which one is to be filled that gets a value, where that is certain: all that
        have it in the column look the same, none that has another looks so, and its letters have
        that colour already."""
        known = self._looks[item.id, table]
        mine = known.get(value, {})
        if not item.field_type.rated or len(mine) != 1 or len(_fills(known)) < _COLOURS:
            return None
        [(shown, spot)] = mine.items()
        others = {each[0] for other, looks in known.items() if other != value for each in looks}
        if shown[0] in others or shown[1] != look[1] or shown[0] == look[0]:
            return None
        return spot

    def say(self, item: Field, ref: str, table: int, value: Value, look: Look) -> str:
        """The line for a cell that is filled, once it has another value, as for the one before; or
        blank, where fills do not go with ratings."""
        known = self._looks[item.id, table]
        every, fill = _fills(known), look[0]
        fits = any(fill == each[0] for each in known.get(value, {}))
        if not item.field_type.rated or not fill or len(every) < _COLOURS or fits:
            return ""
        return say_fill(item, ref, value)


def _fills(known: Mapping[Value, Mapping[Look, Spot]]) -> set[str]:
    return {fill for looks in known.values() for fill, _ in looks}


def filled_like(
    book: Book, table: FoundTable, col: int, item: Field, value: Value, definition: PlanDefinition
) -> Spot | None:
    """A cell that is filled as one of a field is that has this rating: of its column below the
    headings, which have colours of their own, else any of the workbook with the rating's own
    colour, as that of its key; None where there is none."""
    sheet = table.sheet
    for row in range(table.header + 1, len(sheet.rows)):
        if rated_by_fill(sheet, (row, col), item, definition) == value is not None:
            return sheet.name, row, col
    rating = next((r for r in definition.scale_of(item) if r.code == value), None)
    for each in book.sheets if rating else ():
        for at, fill in sorted(each.fills.items()):
            if rating and fill.upper() == rating.colour.upper():
                return each.name, *at
    return None


def fill_rated(
    edits: KeptEdits,
    row: MasterRow,
    item: Field,
    cell: KeptCell,
    table: FoundTable,
    at: At,
    want: Value,
) -> None:
    """A cell that says a rating by its fill alone: filled as a cell of that rating is."""
    sheet = table.sheet
    key, definition = (row.uid, item.id), edits.desk.state.definition
    now: Value = rated_by_fill(sheet, at, item, definition)
    if cell.stands and shown_at(sheet, *at, "filled") == cell.raw:
        now = edits.version.value(*key)
    if key in edits.asked:
        edits.apart.add(key)
    elif now != want:
        like = filled_like(edits.book, table, at[1], item, want, definition)
        if like is None or (sheet.name, a1(*at)) in edits.refused:
            edits.apart.add(key)
            edits.by_hand.append((sheet.name, a1(*at), say_fill(item, row.ref, want)))
            return
        shows = show_in(item, now), show_in(item, want)
        edits.edits.append(Edit(sheet.name, *at, None, (key,), like, shows))
