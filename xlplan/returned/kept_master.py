"""Where the rows and columns of a plan stand in a `master.xlsx` that the coordinator has kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import takewhile

from msgspec import Struct

from xlplan.late import regex
from xlplan.merge.model import Place
from xlplan.merge.reading import Remark, remark
from xlplan.plan.text import fold
from xlplan.returned.as_issued import column_id
from xlplan.returned.tables import Table, is_heading_again, plain, text_of, texts_of
from xlplan.workbook.read.book import At, Book, CellValue, ReadSheet, a1
from xlplan.workbook.stamp import parse_row_key

Shown = str | int | float | date | None


class OwnRow(Struct, frozen=True):
    """What a row of the plan ought to show: its ref, and its cells by column id."""

    ref: str
    cells: Mapping[str, Shown]


class Standing(Struct, frozen=True):
    """One table, with the row (from 0) in which each row of the plan stands, by its uid.

    `surplus` are rows with a key that stand for no row of the plan, or for one that stands
    elsewhere too; `ids` is the row of the column ids.
    """

    table: Table
    ids: int | None
    rows: Mapping[str, int]
    surplus: Sequence[int]

    def key_column(self, number: int) -> int | None:
        """The column of the key of a row."""
        found = self.table.key(_values(self.table.sheet, number))
        values = _values(self.table.sheet, number)
        return values.index(found.text) if found and found.text in values else self.table.key_column


def stand_in(
    table: Table, ref: str, rows: Mapping[str, OwnRow], added: Mapping[str, int]
) -> Standing:
    """Find the rows of a plan in a table, by their keys, else by their refs.

    `ref` is the id of the column of the refs.
    Where both name rows, and not the same ones (as after sorting what is seen without the keys),
    those count by which the table has more of what it ought to show. `added` are the rows that
    were read there without a key, by the uid that each got.
    """
    keyed: dict[int, str] = {}
    refs: dict[int, str] = {}
    ref_column = table.columns.get(ref)
    for number in range(table.first, len(table.sheet.rows)):
        values = _values(table.sheet, number)
        key = table.key(values)
        if key is None and is_heading_again(table, values):
            continue
        if key is not None:
            keyed[number] = key.uid
        if ref_column is not None and ref_column < len(values):
            refs[number] = plain(values[ref_column])
    by_key = _by_key(keyed, refs, rows)
    by_ref = _by_ref(refs, rows)
    found = by_key
    disagree = {u for u, at in by_key.items() if by_ref.get(u, at) != at}
    if disagree:
        moved = {**by_key, **{uid: by_ref[uid] for uid in disagree}}
        if len({*moved.values()}) == len(moved):
            found = min(by_key, moved, key=lambda each: _differing(table, rows, each))
    for uid in rows.keys() - found.keys():
        at = added.get(uid, by_ref.get(uid))
        if at is not None and at not in keyed and at not in found.values():
            found = {**found, uid: at}
    gone = {at for uid, at in added.items() if uid not in rows}
    surplus = sorted({*keyed, *gone} - {*found.values()})
    return Standing(table, _row_of_ids(table), found, surplus)


def _values(sheet: ReadSheet, number: int) -> Sequence[CellValue]:
    return sheet.rows[number] if number < len(sheet.rows) else ()


def _by_key(
    keyed: Mapping[int, str], refs: Mapping[int, str], rows: Mapping[str, OwnRow]
) -> dict[str, int]:
    """Of several rows with one key that which shows its ref, else the first."""
    found: dict[str, int] = {}
    for number, uid in keyed.items():
        if uid not in rows:
            continue
        own = plain(rows[uid].ref)
        if uid not in found or (refs.get(number) == own != refs.get(found[uid])):
            found[uid] = number
    return found


def _by_ref(refs: Mapping[int, str], rows: Mapping[str, OwnRow]) -> dict[str, int]:
    """The row of each ref that stands there once and is that of one row of the plan."""
    times = Counter(refs.values())
    own = Counter(plain(row.ref) for row in rows.values())
    where = {ref: number for number, ref in refs.items() if ref and times[ref] == 1}
    found = {uid: plain(row.ref) for uid, row in rows.items()}
    return {uid: where[ref] for uid, ref in found.items() if ref in where and own[ref] == 1}


def _differing(table: Table, rows: Mapping[str, OwnRow], found: Mapping[str, int]) -> int:
    return sum(
        not shows(table.sheet, (number, table.columns[name]), value)
        for uid, number in found.items()
        for name, value in rows[uid].cells.items()
        if name in table.columns
    )


def shows(sheet: ReadSheet, at: At, value: Shown) -> bool:
    """Whether a cell is sure to show this value, as a plain one of its very type."""
    if at in sheet.formulas or at in sheet.errors:
        return False
    values = _values(sheet, at[0])
    now = values[at[1]] if at[1] < len(values) else None
    if isinstance(now, datetime) and isinstance(value, date):
        return now == datetime(value.year, value.month, value.day)
    if isinstance(now, bool) or isinstance(value, bool):
        return now is value
    if isinstance(now, str) or isinstance(value, str):
        return type(now) is str and now == value
    return now == value


_YOURS = (
    ". It is yours: it stays, and is not read. To take it into the plan, answer in set-up.xlsx."
)
_OF_COLUMN = regex(
    r"(?P<sheet>.+)!(?P<cell>[A-Z]+\d+): column: (?P<heading>.+?)\. It is yours: it stays, .*"
)


def columns_named(information: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """The columns of the coordinator's own among what was said of a master that was read: sheet,
    cell and text of each heading."""
    for line in information:
        if found := _OF_COLUMN.fullmatch(line):
            yield found["sheet"], found["cell"], found["heading"]


def own_remarks(book: Book, tables: Sequence[Table]) -> Iterator[Remark]:
    """What is said of what the coordinator put into their own master: columns beside the plan's,
    and lines of text below a table, which may have been meant as actions. All else that they put
    there stays where it is, and they know it."""
    for table in tables:
        heads = _values(table.sheet, table.header)
        rows = range(table.first, len(table.sheet.rows))
        for col in table.others:
            filled = holds_values(table, col)
            heading = " ".join(text_of(heads[col]).split()) if col < len(heads) else ""
            if filled and heading and col != table.key_column:
                place = Place(book.name, table.sheet.name, a1(table.header, col))
                yield remark("column", place, f"{heading}{_YOURS}")
        for number in rows:
            shown = texts_of(table.sheet, number)
            if len(shown) == 1 and table.key(table.sheet.rows[number]) is None:
                col, _, text = shown[0]
                if col == next(iter(table.columns.values()), None):
                    yield remark("below", Place(book.name, table.sheet.name, a1(number, col)), text)


def holds_values(table: Table, col: int) -> bool:
    """Whether anything but keys stands in a column of a table."""
    return any(
        col < len(values) and values[col] is not None and not parse_row_key(values[col])
        for values in table.sheet.rows[table.first :]
    )


def own_column(table: Table, heading: str) -> int | None:
    """The first of the coordinator's own columns that has this heading."""
    heads = _values(table.sheet, table.header)
    named = (c for c in table.others if c < len(heads) and c != table.key_column)
    return next((c for c in named if fold(text_of(heads[c])) == fold(heading) != ""), None)


def last_column(sheet: ReadSheet) -> int:
    """The last column in which anything is, values, notes, colours or merged areas."""
    marked = (at[1] for at in (*sheet.formulas, *sheet.errors, *sheet.notes, *sheet.fills))
    filled = (len(row) - sum(1 for _ in takewhile(_is_none, reversed(row))) for row in sheet.rows)
    ends = (area[3] for area in sheet.merged)
    return max([0, *marked, *ends, *(count - 1 for count in filled)])


def _is_none(value: CellValue) -> bool:
    return value is None


def _row_of_ids(table: Table) -> int | None:
    for number in range(table.header + 1):
        if any(column_id(value) for value in _values(table.sheet, number)):
            return number
    return None


def cells_with(sheet: ReadSheet, text: str, before: int | None = None) -> Iterator[At]:
    """The cells of a sheet, above the row `before`, that hold just this text."""
    if text in sheet.texts:
        for number, values in enumerate(sheet.rows[:before]):
            for col, value in enumerate(values):
                if value == text:
                    yield number, col


class Gap(Struct, frozen=True):
    """Rows of the plan, by uid, that belong below the row `at` of a table, whose section begins
    with the row `since` (both from 0); None where it is not known."""

    at: int
    since: int | None
    uids: Sequence[str]


def gaps_in(standing: Standing, own: Mapping[str, OwnRow], section: str) -> list[Gap]:
    """Where the rows belong that a table lacks: after the row of their section that comes before
    them in the plan, else after the one that follows, else after whichever comes before."""
    table, rows = standing.table, standing.rows
    sections = {uid: row.cells.get(section) for uid, row in own.items()}
    order = list(own)
    lacking: dict[int, list[str]] = {}
    for number, uid in enumerate(order):
        if uid in rows:
            continue
        before = [each for each in reversed(order[:number]) if each in rows]
        after = [each for each in order[number:] if each in rows]
        alike = [each for each in before + after if sections[each] == sections[uid]]
        near = alike[0] if alike else before[0] if before else ""
        lacking.setdefault(rows[near] if near else table.header, []).append(uid)
    by_row = {at: uid for uid, at in rows.items()}
    found = []
    for at, uids in lacking.items():
        since = at
        mine = sections.get(by_row.get(at, ""))
        while since - 1 in by_row and sections[by_row[since - 1]] == mine:
            since -= 1
        found.append(Gap(at, since if at in by_row else None, uids))
    return found
