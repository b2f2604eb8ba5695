"""What each row of an issued workbook shows: put together once, and compared as a whole.

Most rows come back as they went out. Before anything in a row is read, what its cells hold is
compared with what was issued, all of it at once; only the cells that differ are looked at one by
one. Which those are is decided here; what a cell that differs says is in `compare.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from xlplan.merge.model import Issued
from xlplan.merge.reading import Frame, RawCells, ReadCell, ReadRow, untouched
from xlplan.merge.records import values_of
from xlplan.plan.definition import ENTRY, KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import Raw, Value, canon, decode, encode, show

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


class BaseRow(Struct, frozen=True):
    """One row as it was issued, column by column: what its cells show, and the field and value of
    those that may show it otherwise, by their places. `checked` are the places of numbers and days,
    which say the same only where they are shown alike; `told` has the values of other cells that
    are no texts."""

    shows: tuple[Raw, ...]
    typed: Mapping[int, tuple[Field, Value]]
    checked: tuple[int, ...]
    told: Mapping[int, Value]

    def value_at(self, place: int) -> Value:
        """The value that a cell shows."""
        if place in self.typed:
            return self.typed[place][1]
        shown = self.shows[place]
        assert shown is None or isinstance(shown, str)
        return self.told.get(place, shown)


class Bases:
    """The rows of issued workbooks by the definition as it stands. Nothing here is told by it: what
    is forgotten is put together again."""

    def __init__(self) -> None:
        self._definition: PlanDefinition | None = None
        self._rows: dict[tuple[int, Names], dict[str, BaseRow]] = {}
        self._count = 0
        self._silent: dict[tuple[object, ...], bool] = {}
        self._fields: dict[tuple[object, ...], tuple[Field | None, ...]] = {}
        self._held: dict[tuple[object, ...], Sequence[tuple[int, Field, bool]]] = {}

    def of(self, state: State, names: Names, as_of: int) -> dict[str, BaseRow]:
        """The rows that are known by their uid, with these columns, as of a position."""
        if self._definition is not state.definition or self._count > _MOST_ROWS:
            self._definition, self._count = state.definition, 0
            self._rows.clear()
            self._silent.clear()
            self._fields.clear()
            self._held.clear()
        return self._rows.setdefault((as_of, names), {})

    def fields(self, state: State, uid: str, names: Names, as_of: int) -> tuple[Field | None, ...]:
        """`field_at` of each of these columns."""
        self.of(state, names, as_of)
        key = state.kind_of(uid), names, as_of
        known = self._fields.get(key)
        if known is None:
            known = self._fields[key] = tuple(field_at(state, uid, n, as_of) for n in names)
        return known

    def held(
        self, state: State, uid: str, names: Names, as_of: int
    ) -> Sequence[tuple[int, Field, bool]]:
        """The places and the fields of those of these columns that show something of the plan, and
        whether each is of ratings."""
        items = self.fields(state, uid, names, as_of)
        key = state.kind_of(uid), names, as_of
        known = self._held.get(key)
        if known is None:
            both = enumerate(zip(names, items, strict=True))
            known = self._held[key] = [
                (place, item, item.field_type.rated)
                for place, (name, item) in both
                if item is not None and not name.endswith(ENTRY)
            ]
        return known

    def row(self, state: State, uid: str, names: Names, as_of: int) -> BaseRow:
        """One row with these columns, as of a position."""
        rows = self.of(state, names, as_of)
        known = rows.get(uid)
        if known is None:
            known = rows[uid] = _base_row(state, uid, names, as_of)
            self._count += 1
        return known

    def know(self, state: State, uid: str, names: Names, as_of: int, row: BaseRow) -> None:
        """Take in one row with these columns, as of a position."""
        if self.of(state, names, as_of).setdefault(uid, row) is row:
            self._count += 1

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
    shows: list[Raw] = [None] * len(names)
    typed: dict[int, tuple[Field, Value]] = {}
    checked: list[int] = []
    told: dict[int, Value] = {}
    held = state.bases.held(state, uid, names, as_of)
    values = values_of(state, uid, [item.id for _, item, _ in held], as_of)
    for (place, item, rated), base in zip(held, values, strict=True):
        if isinstance(base, str) and not rated:
            shows[place] = base  # as most do
        elif isinstance(base, int | float | date):
            typed[place] = item, base
            checked.append(place)
            shows[place] = base
        elif rated and base is not None:
            typed[place] = item, base
            shows[place] = show(_label(state, item, base))
        elif base is not None:
            told[place] = base
            shows[place] = show(base)
    return BaseRow(tuple(shows), typed, tuple(checked), told)


def base_value(state: State, row: ReadRow, column: str, item: Field, as_of: int) -> Value:
    """What a column of a row showed as of a position; `item` is its field."""
    if isinstance(cells := row.cells, RawCells):
        known = state.bases.of(state, cells.names, as_of).get(row.uid)
        if known is not None:
            return known.value_at(cells.names.index(column))
    return state.value(row.uid, item.id, as_of)


# Rows as they went out, as that is kept


class RowAsIssued(Struct, frozen=True, array_like=True):
    """What the cells of a row show (None where that is no text), the values of those that are no
    texts (`numbers` and days, and `others`) by their places, each as `encode` gives it, and how the
    key of the row ends."""

    shows: Sequence[str | None]
    numbers: Mapping[int, Any]
    others: Mapping[int, Any]
    signature: str


Alike = Callable[[str, str, RawCells], Collection[int] | None]
"""The places of the cells of a row that do not show what went out in it, by its uid, the text of
its key and its cells; None where no row went out with that key."""


def all_alike(issued: Issued, by: str) -> Alike:
    """What says it of the rows of the very file that went out, in which nothing is compared, by a
    definition with the digest `by`."""
    uids, as_of = frozenset(issued.uids), issued.as_of

    def alike(uid: str, _key: str, cells: RawCells) -> Collection[int] | None:
        if uid not in uids:
            return None
        cells.compared = uid, as_of, by, ()
        return ()

    return alike


class AsIssued(Struct, frozen=True):
    """The rows of an issued workbook, by uid, with the columns `names` as of a position; `by` is
    the digest of the definition by which their values are read, `signed_by` tells with which key
    they are signed."""

    by: str
    signed_by: str
    as_of: int
    names: Names
    rows: Mapping[str, RowAsIssued]

    def has_key(self, uid: str, key: str) -> bool:
        """Whether this key of a row of this workbook went out in it."""
        row = self.rows.get(uid)
        return row is not None and key.rpartition(".")[2] == row.signature

    def alike(self, state: State, frame: Frame) -> Alike | None:
        """What says it of the rows of a table or a form; None where other columns are there. The
        base of a row in which some do not is known from then on."""
        names = frame.names
        if set(self.names) != set(names) or len(names) != len(self.names):
            return None
        places = [self.names.index(name) for name in names]
        in_order = places == list(range(len(names)))
        rows, by, as_of, bases = self.rows, self.by, self.as_of, state.bases
        fields: dict[str, Sequence[Field | None]] = {}
        silent: dict[str, frozenset[int]] = {}

        def alike(uid: str, key: str, cells: RawCells) -> Collection[int] | None:
            row, kind = rows.get(uid), state.kind_of(uid)
            if row is None or key.rpartition(".")[2] != row.signature:
                return None
            if kind not in silent:
                fields[kind] = bases.fields(state, uid, names, as_of)
                unread = (place for place, item in enumerate(fields[kind]) if item is None)
                silent[kind] = frozenset(unread)  # whatever stands in a column that is no field
            row = row if in_order else _moved(row, places)
            if not cells.odd and _shows(row, cells, fields[kind], silent[kind], state):
                cells.compared = uid, as_of, by, ()
                return ()
            base = _as_it_was(row, fields[kind])
            apart = _apart(state, base, cells, silent[kind])
            cells.compared = uid, as_of, by, apart
            if apart:
                bases.know(state, uid, names, as_of, base)
            return apart

        return alike


def _shows(
    row: RowAsIssued,
    cells: RawCells,
    fields: Sequence[Field | None],
    silent: Collection[int],
    state: State,
) -> bool:
    """Whether all cells of a row hold just what they showed, but for `silent` ones."""
    raws = [*cells.raws]
    for place, stored in row.numbers.items():
        item = fields[place]
        assert item is not None  # by the definition by which it was put together
        if not state.bases.is_silent(item, decode(stored), raws[place], state.definition):
            return False
        raws[place] = None
    for place in silent:
        raws[place] = None
    return raws == row.shows


def _apart(
    state: State, base: BaseRow, cells: RawCells, silent: Collection[int]
) -> tuple[int, ...]:
    """The places of the cells of a row that do not show what it showed, but for `silent` ones."""
    raws, odd = cells.raws, cells.odd
    if silent:
        raws = tuple([None if place in silent else raw for place, raw in enumerate(raws)])
    if (
        not odd
        and raws == base.shows
        and all(_is_silent(state, base, raws, n) for n in base.checked)
    ):
        return ()
    asked = frozenset(n for n, (formula, error, _) in odd.items() if formula or error)
    return tuple(_unlike(state, base, raws, asked.difference(silent)))


def _moved(row: RowAsIssued, places: Sequence[int]) -> RowAsIssued:
    """A row of which the columns came back in another order."""
    numbers, others = (
        {at: values[place] for at, place in enumerate(places) if place in values}
        for values in (row.numbers, row.others)
    )
    return RowAsIssued([row.shows[place] for place in places], numbers, others, row.signature)


def _as_it_was(row: RowAsIssued, fields: Sequence[Field | None]) -> BaseRow:
    """A row as `_base_row` put it together, by what was kept of it."""
    shows: list[Raw] = [*row.shows]
    typed: dict[int, tuple[Field, Value]] = {}
    told: dict[int, Value] = {}
    for place, stored in chain(row.numbers.items(), row.others.items()):
        item, value = fields[place], decode(stored)
        assert item is not None  # by the definition by which it was put together
        if place in row.numbers:
            shows[place] = value
        if place in row.numbers or item.field_type.rated:
            typed[place] = item, value
        else:
            told[place] = value
    return BaseRow(tuple(shows), typed, tuple(row.numbers), told)


def rows_as_issued(
    state: State, issued: Issued, key_of: Callable[[str], str], signed_by: str = ""
) -> AsIssued:
    """The rows of an issued workbook; `key_of` gives the text of a row's key."""
    rows: dict[str, RowAsIssued] = {}
    for uid in issued.uids:
        base = state.bases.row(state, uid, issued.fields, issued.as_of)
        values = {place: encode(value) for place, (_, value) in base.typed.items()}
        numbers = {place: values.pop(place) for place in base.checked}
        others = values | {place: encode(value) for place, value in base.told.items()}
        shows = [shown if isinstance(shown, str) else None for shown in base.shows]
        rows[uid] = RowAsIssued(shows, numbers, others, key_of(uid).rpartition(".")[2])
    return AsIssued(state.definition_digest, signed_by, issued.as_of, issued.fields, rows)


def _label(state: State, item: Field, base: Value) -> Value:
    """What a template shows of a rating, where that is read as the rating itself."""
    definition = state.definition
    rating = definition.rating(base, item.scale)
    if rating is None or not state.bases.is_silent(item, base, rating.label, definition):
        return base
    return rating.label


def is_as_issued(state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int) -> bool:
    """Whether a row was found to show what a workbook showed as of a position, as it was read."""
    return _compared(state, uid, cells, as_of) == ()


def _compared(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> Sequence[int] | None:
    """The places of the cells of a row that were found to differ from what a workbook showed as of
    a position; None where they were not compared with that."""
    found = cells.compared if isinstance(cells, RawCells) else None
    if found is None or found[:3] != (uid, as_of, state.definition_digest):
        return None
    return found[3]


def differing(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> list[tuple[str, ReadCell]]:
    """The cells of a row that do not show what a workbook showed as of a position, each with its
    column, in order."""
    if (apart := _compared(state, uid, cells, as_of)) is None:
        if not isinstance(cells, RawCells):
            odd = {
                place: (cell.formula, cell.error, cell.other)
                for place, cell in enumerate(cells.values())
            }
            raws = tuple(cell.value for cell in cells.values())
            compared = RawCells(Frame(tuple(cells), ()), raws, 0, odd)
        else:
            compared = cells
        base = state.bases.row(state, uid, compared.names, as_of)
        apart = _apart(state, base, compared, ())
    names = cells.names if isinstance(cells, RawCells) else tuple(cells)
    return [(names[place], cells[names[place]]) for place in apart]


def _unlike(state: State, base: BaseRow, raws: Sequence[Raw], odd: frozenset[int]) -> Iterator[int]:
    for place, (raw, shown) in enumerate(zip(raws, base.shows, strict=True)):
        alike = raw == shown and place not in base.checked
        if place in odd or not (
            alike or (place in base.typed and _is_silent(state, base, raws, place))
        ):
            yield place


def _is_silent(state: State, base: BaseRow, raws: Sequence[Raw], place: int) -> bool:
    return state.bases.is_silent(*base.typed[place], raws[place], state.definition)
