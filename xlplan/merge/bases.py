"""What each row of an issued workbook shows: put together once, and compared as a whole.

Most rows come back as they went out. Before anything in a row is read, what its cells hold is
compared with what was issued, all of it at once; only the cells that differ are looked at one by
one. Which those are is decided here; what a cell that differs says is in `compare.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from xlplan.merge.model import Issued
from xlplan.merge.reading import Frame, Odd, RawCells, ReadCell, ReadRow, untouched
from xlplan.merge.records import values_of
from xlplan.plan.definition import ENTRY, STATUS, Field, PlanDefinition
from xlplan.plan.for_lead import status_field
from xlplan.plan.shown import ShownDate, ShownNumber
from xlplan.plan.values import Raw, Value, canon, decode, encode, show

if TYPE_CHECKING:
    from xlplan.merge.state import State

_MOST_ROWS, _MOST_CELLS = 10_000, 20_000
"""How many rows, and how many typed cells, are remembered."""
Names = tuple[str, ...]


def field_at(state: State, uid: str, column: str, as_of: int) -> Field | None:
    """The field of a column of a workbook that was issued as of a position, by the definition as it
    stands, else as it stood then."""
    if column == STATUS:
        return status_field(state.definition)
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
    if untouched(base, raw, item):
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
    apart, names = _compared(state, row.uid, row.cells, as_of), row.cells
    if apart and isinstance(names, RawCells) and (place := names.names.index(column)) in apart:
        return apart[place]
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


Alike = Callable[[str, str, RawCells], Mapping[int, Value] | None]
"""What those cells of a row showed that do not show it any more, by their places, by its uid, the
text of its key and its cells; None where no row went out with that key."""
_NONE_APART: Mapping[int, Value] = {}


def all_alike(issued: Issued, by: str) -> Alike:
    """What says it of the rows of the very file that went out, in which nothing is compared, by a
    definition with the digest `by`."""
    uids, as_of = frozenset(issued.uids), issued.as_of

    def alike(uid: str, _key: str, cells: RawCells) -> Mapping[int, Value] | None:
        if uid not in uids:
            return None
        cells.compared = uid, as_of, by, _NONE_APART
        return _NONE_APART

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
        """What says it of the rows of a table or a form; None where other columns are there."""
        names = frame.names
        if set(self.names) != set(names) or len(names) != len(self.names):
            return None
        places = [self.names.index(name) for name in names]
        in_order = places == list(range(len(names)))
        rows, by, as_of, kind_of = self.rows, self.by, self.as_of, state.kind_of
        is_silent, definition = state.bases.is_silent, state.definition
        fields: dict[str, Sequence[Field | None]] = {}
        silent: dict[str, Sequence[int]] = {}

        def alike(uid: str, key: str, cells: RawCells) -> Mapping[int, Value] | None:
            row, kind = rows.get(uid), kind_of(uid)
            if row is None or key.rpartition(".")[2] != row.signature:
                return None
            if kind not in silent:
                fields[kind] = state.bases.fields(state, uid, names, as_of)
                # whatever stands in a column that is no field
                silent[kind] = [place for place, item in enumerate(fields[kind]) if item is None]
            if not in_order:
                row = _moved(row, places)
            left, whole = [*cells.raws], not cells.odd
            for place, stored in row.numbers.items():
                item = fields[kind][place]
                assert item is not None  # by the definition by which it was put together
                value = decode(stored) if isinstance(stored, dict) else stored
                whole = whole and is_silent(item, value, left[place], definition)
                left[place] = None
            for place in silent[kind]:
                left[place] = None
            apart = _NONE_APART
            if not whole or left != row.shows:
                apart = _what_showed_apart(row, cells, fields[kind], state)
            cells.compared = uid, as_of, by, apart
            return apart

        return alike


def _what_showed_apart(
    row: RowAsIssued, cells: RawCells, fields: Sequence[Field | None], state: State
) -> Mapping[int, Value]:
    """What the cells of a row showed that do not show it any more, by their places."""
    found: dict[int, Value] = {}
    for place, (raw, shown, item) in enumerate(zip(cells.raws, row.shows, fields, strict=True)):
        formula, error, _ = cells.odd.get(place, _PLAIN)
        odd, number = bool(formula or error), place in row.numbers
        if item is None or (raw == shown and not odd and not number):
            continue
        stored = row.numbers[place] if number else row.others.get(place, shown)
        value = decode(stored)
        typed = number or (place in row.others and item.field_type.rated)
        if odd or not (typed and state.bases.is_silent(item, value, raw, state.definition)):
            found[place] = value
    return found


_PLAIN: Odd = "", "", ""


def _moved(row: RowAsIssued, places: Sequence[int]) -> RowAsIssued:
    """A row of which the columns came back in another order."""
    numbers, others = (
        {at: values[place] for at, place in enumerate(places) if place in values}
        for values in (row.numbers, row.others)
    )
    return RowAsIssued([row.shows[place] for place in places], numbers, others, row.signature)


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


def not_as_issued(state: State, rows: Iterable[ReadRow], as_of: int) -> list[ReadRow]:
    """The rows but those that were found, as they were read, to show what a workbook showed as of a
    position."""
    by = state.definition_digest
    return [row for row in rows if not _is_as_issued(row.cells, (row.uid, as_of, by))]


def _is_as_issued(cells: Mapping[str, ReadCell], by: tuple[str, int, str]) -> bool:
    found = cells.compared if isinstance(cells, RawCells) else None
    return found is not None and not found[3] and found[:3] == by


def _compared(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> Mapping[int, Value] | None:
    """What the cells of a row that differ from what a workbook showed as of a position were found
    to have shown, by their places; None where they were not compared with that."""
    found = cells.compared if isinstance(cells, RawCells) else None
    if found is None or found[:3] != (uid, as_of, state.definition_digest):
        return None
    return found[3]


def differing(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> list[tuple[str, ReadCell]]:
    """The cells of a row that do not show what a workbook showed as of a position, each with its
    column, in order."""
    apart: Iterable[int] | None = _compared(state, uid, cells, as_of)
    if isinstance(cells, RawCells):
        names, raws = cells.names, cells.raws
        odd = frozenset(n for n, (formula, error, _) in cells.odd.items() if formula or error)
    else:
        names = tuple(cells)
        raws = tuple(cell.value for cell in cells.values())
        odd = frozenset(n for n, cell in enumerate(cells.values()) if cell.formula or cell.error)
    if apart is None:
        base = state.bases.row(state, uid, names, as_of)
        if (
            not odd
            and raws == base.shows
            and all(_is_silent(state, base, raws, n) for n in base.checked)
        ):
            return []
        apart = _unlike(state, base, raws, odd)
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
