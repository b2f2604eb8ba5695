"""What each row of an issued workbook shows: put together once, and compared as a whole.

Most rows come back as they went out. Before anything in a row is read, what its cells hold is
compared with what was issued, all of it at once; only the cells that differ are looked at one by
one. Which those are is decided here; what a cell that differs says is in `compare.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from xlplan.merge.reading import RawCells, ReadCell, untouched
from xlplan.plan.definition import ENTRY, KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import Raw, Value, canon, show

if TYPE_CHECKING:
    from xlplan.merge.state import State

STATUS_FIELD = Field(STATUS, "Status", "choice", choices=(WITHDRAWN, KEPT_BACK))
_MOST_ROWS, _MOST_CELLS = 10_000, 20_000
"""How many rows, and how many typed cells, are remembered."""
Names = tuple[str, ...]


def field_at(state: State, uid: str, column: str, as_of: int) -> Field | None:
    """The field of a column of a workbook that was issued as of a position, by the definition as it
    stands, else as it stood then."""
    if column == STATUS:
        return STATUS_FIELD
    name, kind = column.removesuffix(ENTRY), state.kind_of(uid) or "action"
    return state.definition.find(name, kind) or state.definition_at(as_of).find(name, kind)


@dataclass(frozen=True, slots=True)
class BaseRow:
    """One row as it was issued, column by column: what its cells show, and the field and value of
    those that may show it otherwise, by their places. `checked` are the places of numbers and days,
    which say the same only where they are shown alike."""

    shows: tuple[Raw, ...]
    typed: Mapping[int, tuple[Field, Value]]
    checked: tuple[int, ...]


class Bases:
    """The rows of issued workbooks by the definition as it stands. Nothing here is told by it: what
    is forgotten is put together again."""

    def __init__(self) -> None:
        self._definition: PlanDefinition | None = None
        self._rows: dict[tuple[int, Names], dict[str, BaseRow]] = {}
        self._count = 0
        self._silent: dict[tuple[object, ...], bool] = {}

    def of(self, state: State, names: Names, as_of: int) -> dict[str, BaseRow]:
        """The rows that are known by their uid, with these columns, as of a position."""
        if self._definition is not state.definition or self._count > _MOST_ROWS:
            self._definition, self._count = state.definition, 0
            self._rows.clear()
            self._silent.clear()
        return self._rows.setdefault((as_of, names), {})

    def row(self, state: State, uid: str, names: Names, as_of: int) -> BaseRow:
        """One row with these columns, as of a position."""
        rows = self.of(state, names, as_of)
        known = rows.get(uid)
        if known is None:
            known = rows[uid] = _base_row(state, uid, names, as_of)
            self._count += 1
        return known

    def is_silent(self, item: Field, base: Value, raw: Raw, definition: PlanDefinition) -> bool:
        """`says_nothing`, remembered by the field, its base and what the cell holds."""
        look = (raw.code, raw.text) if isinstance(raw, ShownNumber | ShownDate) else None
        key = (item.of, item.id, type(base), base, type(raw), raw, look)
        known = self._silent.get(key)
        if known is None:
            if len(self._silent) > _MOST_CELLS:
                self._silent.clear()
            known = self._silent[key] = says_nothing(item, base, raw, definition)
        return known


def says_nothing(item: Field, base: Value, raw: Raw, definition: PlanDefinition) -> bool:
    """Whether a cell shows what was issued, so that there is not even a spelling to tell of."""
    if untouched(base, raw):
        return True
    if canon(item, raw, definition) != base:
        return False
    if not isinstance(raw, str) or raw.replace("\r\n", "\n") == show(base):
        return True
    rating = definition.rating(base, item.scale) if item.field_type.rated else None
    return rating is not None and raw == rating.label


def _base_row(state: State, uid: str, names: Names, as_of: int) -> BaseRow:
    shows: list[Raw] = []
    typed: dict[int, tuple[Field, Value]] = {}
    checked: list[int] = []
    for place, column in enumerate(names):
        item = field_at(state, uid, column, as_of)
        base = None
        if item is not None and not column.endswith(ENTRY):
            base = state.value(uid, item.id, as_of)
            if isinstance(base, int | float | date):
                typed[place] = item, base
                checked.append(place)
            elif base is not None:
                if item.field_type.rated:
                    typed[place] = item, base
                    base = _label(state, item, base)
                base = show(base)
        shows.append(base)
    return BaseRow(tuple(shows), typed, tuple(checked))


def _label(state: State, item: Field, base: Value) -> Value:
    """What a template shows of a rating, where that is read as the rating itself."""
    definition = state.definition
    rating = definition.rating(base, item.scale)
    if rating is None or not state.bases.is_silent(item, base, rating.label, definition):
        return base
    return rating.label


def differing(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> list[tuple[str, ReadCell]]:
    """The cells of a row that do not show what a workbook showed as of a position, each with its
    column, in order."""
    if isinstance(cells, RawCells):
        names, raws, odd = cells.names, cells.raws, frozenset[int]()
    else:
        names = tuple(cells)
        raws = tuple(cell.value for cell in cells.values())
        odd = frozenset(n for n, cell in enumerate(cells.values()) if cell.formula or cell.error)
    base = state.bases.row(state, uid, names, as_of)
    if (
        not odd
        and raws == base.shows
        and all(_is_silent(state, base, raws, n) for n in base.checked)
    ):
        return []
    return [(names[place], cells[names[place]]) for place in _unlike(state, base, raws, odd)]


def _unlike(state: State, base: BaseRow, raws: Sequence[Raw], odd: frozenset[int]) -> Iterator[int]:
    for place, (raw, shown) in enumerate(zip(raws, base.shows, strict=True)):
        alike = raw == shown and place not in base.checked
        if place in odd or not (
            alike or (place in base.typed and _is_silent(state, base, raws, place))
        ):
            yield place


def _is_silent(state: State, base: BaseRow, raws: Sequence[Raw], place: int) -> bool:
    return state.bases.is_silent(*base.typed[place], raws[place], state.definition)
