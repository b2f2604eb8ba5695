"""What each row of an issued workbook shows: put together once, and compared as a whole.

Most rows come back as they went out. Before anything in a row is read, what its cells hold is
compared with what was issued, all of it at once; only the cells that differ are looked at one by
one. Which those are is decided here; what a cell that differs says is in `compare.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from marshal import dumps
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Struct

from xlplan.merge.model import Issued
from xlplan.merge.reading import Frame, RawCells, ReadCell, untouched
from xlplan.merge.records import values_of
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


class BaseRow(Struct, frozen=True):
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
    held = state.bases.held(state, uid, names, as_of)
    values = values_of(state, uid, [item.id for _, item, _ in held], as_of)
    for (place, item, rated), base in zip(held, values, strict=True):
        if isinstance(base, str) and not rated:
            shows[place] = base  # as most do
        elif isinstance(base, int | float | date):
            typed[place] = item, base
            checked.append(place)
            shows[place] = base
        elif base is not None:
            if rated:
                typed[place] = item, base
                base = _label(state, item, base)
            shows[place] = show(base)
    return BaseRow(tuple(shows), typed, tuple(checked))


# Rows as they went out, by their digests


class RowAsIssued(NamedTuple):
    """What tells that a row shows what went out: the digest of its key and of what its cells show,
    and the value of those that may show it otherwise, by their places; None where whatever stands
    in one says nothing. `signature` is how its key ends."""

    digest: str
    typed: Mapping[int, Value]
    signature: str


Alike = Callable[[str, str, RawCells], bool]
"""Whether a row shows what went out, by its uid, the text of its key and its cells."""


class AsIssued(Struct, frozen=True):
    """The rows of an issued workbook, by uid, with the columns `names` as of a position; `by` is
    the digest of the definition by which their values are read."""

    by: str
    as_of: int
    names: Names
    rows: Mapping[str, RowAsIssued]

    def has_key(self, uid: str, key: str) -> bool:
        """Whether this key of a row of this workbook went out in it."""
        row = self.rows.get(uid)
        return row is not None and key.rpartition(".")[2] == row.signature

    def all_alike(self) -> Alike:
        """What says it of the rows of the very file that went out, in which nothing is compared."""
        rows, found = self.rows, (self.as_of, self.by)

        def alike(uid: str, _key: str, cells: RawCells) -> bool:
            if uid not in rows:
                return False
            cells.as_issued = uid, *found
            return True

        return alike

    def alike(self, state: State, frame: Frame) -> Alike | None:
        """What says it of the rows of a table or a form; None where other columns are there."""
        names = frame.names
        if set(self.names) != set(names) or len(names) != len(self.names):
            return None
        places = [names.index(name) for name in self.names]
        in_order = places == list(range(len(names)))
        rows, by, as_of, bases = self.rows, self.by, self.as_of, state.bases

        known: dict[str, tuple[Field | None, ...]] = {}

        def fields(uid: str) -> tuple[Field | None, ...]:
            kind = state.kind_of(uid)
            if kind not in known:
                known[kind] = bases.fields(state, uid, self.names, as_of)
            return known[kind]

        def silent(uid: str, name: str) -> bool:
            """Whether a column is no field of the plan: whatever stands in it says nothing."""
            return fields(uid)[self.names.index(name)] is None

        def alike(uid: str, key: str, cells: RawCells) -> bool:
            row = rows.get(uid)
            if row is None or (cells.odd and not all(silent(uid, names[n]) for n in cells.odd)):
                return False
            raws = list(cells.raws) if in_order else [cells.raws[place] for place in places]
            items = fields(uid) if row.typed else ()
            for place, base in row.typed.items():
                item = items[place]
                if item and not bases.is_silent(item, base, raws[place], state.definition):
                    return False
                raws[place] = None
            if digest_of_row(key, raws) != row.digest or not row.digest:
                return False
            cells.as_issued = uid, as_of, by
            return True

        return alike


def digest_of_row(key: str, shows: list[Raw]) -> str:
    """The digest of a row's key and of what its cells show; blank where more stands there than
    texts and plain numbers."""
    try:
        return sha256(dumps([key, *shows], 0)).hexdigest()[:24]
    except ValueError:
        return ""


def rows_as_issued(state: State, issued: Issued, key_of: Callable[[str], str]) -> AsIssued:
    """The rows of an issued workbook; `key_of` gives the text of a row's key."""
    rows: dict[str, RowAsIssued] = {}
    for uid in issued.uids:
        base = state.bases.row(state, uid, issued.fields, issued.as_of)
        typed: dict[int, Value] = {place: base.typed[place][1] for place in base.checked}
        items = state.bases.fields(state, uid, issued.fields, issued.as_of)
        typed |= {place: None for place, item in enumerate(items) if item is None}
        shows = [None if place in typed else shown for place, shown in enumerate(base.shows)]
        key = key_of(uid)
        rows[uid] = RowAsIssued(digest_of_row(key, shows), typed, key.rpartition(".")[2])
    return AsIssued(state.definition_digest, issued.as_of, issued.fields, rows)


def _label(state: State, item: Field, base: Value) -> Value:
    """What a template shows of a rating, where that is read as the rating itself."""
    definition = state.definition
    rating = definition.rating(base, item.scale)
    if rating is None or not state.bases.is_silent(item, base, rating.label, definition):
        return base
    return rating.label


def is_as_issued(state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int) -> bool:
    """Whether a row was found to show what a workbook showed as of a position, as it was read."""
    found = cells.as_issued if isinstance(cells, RawCells) else None
    return found is not None and found == (uid, as_of, state.definition_digest)


def differing(
    state: State, uid: str, cells: Mapping[str, ReadCell], as_of: int
) -> list[tuple[str, ReadCell]]:
    """The cells of a row that do not show what a workbook showed as of a position, each with its
    column, in order."""
    if is_as_issued(state, uid, cells, as_of):
        return []
    if isinstance(cells, RawCells):
        names, raws = cells.names, cells.raws
        odd = frozenset(n for n, (formula, error, _) in cells.odd.items() if formula or error)
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
