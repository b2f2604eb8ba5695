"""Tables in a workbook that came back: where the headings are, and which column is which.

Nothing relies on positions: columns may have been moved, retitled or inserted, rows added above.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import zip_longest
from operator import itemgetter

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.merge.reading import NOTHING_ODD, Frame, Odd, RawCells, ReadCell
from xlplan.plan.shown import ShownNumber
from xlplan.plan.text import canon_text, fold, is_one_word
from xlplan.plan.values import show
from xlplan.returned.as_issued import ID_PREFIX, OURS, Headings, column_id, settle
from xlplan.workbook.read.book import SHARED, At, CellValue, ReadSheet, a1, column_name
from xlplan.workbook.stamp import RowKey, parse_row_key

_DEEPEST = 200
"""Rows in which headings are looked for."""
_NEAR = 4
"""Rows below the ids in which the headings are looked for."""


class Table(Struct, frozen=True, dict=True):
    """One table: its sheet, where its headings are and its data begin (rows from 0), the column
    of each column id, and the column that holds the row keys, or None."""

    sheet: ReadSheet
    header: int
    columns: Mapping[str, int]
    twice: tuple[tuple[str, int], ...]
    key_column: int | None
    with_ids: bool
    doubts: Mapping[str, str] = field(default_factory=dict)
    """Why what stands in a column is to be asked about, by column id."""

    @property
    def first(self) -> int:
        """The first row of data."""
        return self.header + 1

    @cached_property
    def _asked(self) -> Mapping[str, int]:
        """The columns that were asked for, and not what is ours beside them."""
        return {name: col for name, col in self.columns.items() if name not in OURS}

    @cached_property
    def frame(self) -> Frame:
        """What its rows have in common."""
        letters = tuple(column_name(col) for col in self._asked.values())
        return Frame(tuple(self._asked), letters, self.doubts)

    @cached_property
    def others(self) -> tuple[int, ...]:
        """The columns that are none of the plan's, as far as any row goes."""
        width = max(map(len, self.sheet.rows), default=0)
        return tuple(sorted({*range(width)} - {*self.columns.values()}))

    def cells(self, number: int, hidden: Collection[At]) -> Mapping[str, ReadCell]:
        """The cells of a row that were asked for; `hidden` are those that another one covers."""
        if not hidden:
            values, (enough, pick), odd = self.sheet.rows[number], self._pick, NOTHING_ODD
            raws = pick(values) if len(values) >= enough else self._raws(values)
            if number in self.sheet.odd_rows:
                odd = odd_in(self.sheet, [(number, col) for col in self._asked.values()])
            return RawCells(self.frame, raws, number + 1, odd)
        return {
            name: read_cell(self.sheet, (number, col), self.doubts.get(name, ""))
            for name, col in self._asked.items()
            if (number, col) not in hidden
        }

    @cached_property
    def _pick(self) -> tuple[int, Callable[[Sequence[CellValue]], tuple[CellValue, ...]]]:
        """How wide a row is that has them all, and what picks them out of it."""
        places = tuple(self._asked.values())
        if len(places) > 1:
            return max(places) + 1, itemgetter(*places)
        return 1 << 30, tuple

    def _raws(self, values: Sequence[CellValue]) -> tuple[CellValue, ...]:
        width = len(values)
        return tuple([values[c] if c < width else None for c in self._asked.values()])

    def covered(self) -> Mapping[At, Area]:
        """The blank cells of its data that another cell was merged over."""
        return covered(self.sheet, self.first, self.columns.values())

    def written_beside(self) -> Iterator[int]:
        """The rows of data in which something may stand beside what was asked for: not those with
        their key and nothing else in a column that is none of the plan's."""
        rows, odd, at = self.sheet.rows, self.sheet.odd_columns, self.key_column
        columns = dict(enumerate(zip_longest(*rows[self.first :])))
        filled = {col for col, values in columns.items() if values.count(None) < len(values)}
        others = [col for col in self.others if col != at and col in filled]
        signed = () if at is None else columns.get(at, ())
        keyed = [*map(self.sheet.row_keys.__contains__, signed)]
        if not others and not odd and all(keyed) and len(keyed) == len(rows) - self.first:
            return
        mapped = frozenset(self.columns.values())
        for number in range(self.first, max(len(rows), max(odd, default=-1) + 1)):
            values = rows[number] if number < len(rows) else ()
            known = any(keyed[number - self.first :][:1])
            blank = all(values[col] is None for col in others if col < len(values))
            if not (known and blank and mapped.issuperset(odd.get(number, ()))):
                yield number

    def key(self, row: Sequence[CellValue]) -> RowKey | None:
        """The row key of a row, wherever its column went; never from a column of the plan."""
        keys, at = self.sheet.row_keys, self.key_column
        if at is not None and at < len(row) and (found := keys.get(row[at])):
            return found
        fields = set(self.columns.values())
        others = (value for col, value in enumerate(row) if value in keys and col not in fields)
        return next((keys[value] for value in others), None)


def find_tables(
    sheets: Sequence[ReadSheet], headings: Mapping[str, Mapping[str, str]]
) -> list[Table]:
    """The tables of a workbook: on every sheet that has a row of column ids, else on every sheet
    with a row of the plan's headings."""
    with_ids = [table for sheet in sheets if (table := _by_ids(sheet, headings))]
    return with_ids or [table for sheet in sheets if (table := _by_headings(sheet, headings))]


def _by_ids(sheet: ReadSheet, headings: Mapping[str, Mapping[str, str]]) -> Table | None:
    named = {text: name for text in sheet.texts_with(ID_PREFIX) if (name := column_id(text))}
    for number, row in sheet.rows_with(named.keys(), _DEEPEST):
        cells = ((value, col) for col, value in enumerate(row) if isinstance(value, str))
        ids = [(named[value], col) for value, col in cells if value in named]
        columns, twice = _once(ids)
        known = _kind_of(columns, headings)
        header = _header_below(sheet, number, known)
        keys = _key_column(sheet, header)
        if header > number:
            _fill_gaps(sheet.rows[header], columns, known, keys)
        return Table(sheet, header, columns, twice, keys, True)
    return None


def _once(ids: Sequence[tuple[str, int]]) -> tuple[dict[str, int], tuple[tuple[str, int], ...]]:
    """The first column of each id, and the columns in which an id stands again."""
    columns: dict[str, int] = {}
    twice: list[tuple[str, int]] = []
    for name, col in ids:
        if name in columns:
            twice.append((name, col))
        else:
            columns[name] = col
    return columns, tuple(twice)


def _kind_of(
    columns: Mapping[str, int], headings: Mapping[str, Mapping[str, str]]
) -> Mapping[str, str]:
    """The headings of actions or of recommendations, whichever these columns are."""
    return max(headings.values(), key=lambda each: len(set(each.values()) & set(columns)))


def _header_below(sheet: ReadSheet, ids: int, known: Mapping[str, str]) -> int:
    """The row of headings: the best match near the row of ids, else the row below it.

    Where that row already has a key, the headings were deleted, and data begin below the ids.
    """
    best, most = ids + 1, 0
    for number in range(ids + 1, min(ids + 1 + _NEAR, len(sheet.rows))):
        texts = [value for value in sheet.rows[number] if isinstance(value, str)]
        most_here = len(texts) - (not sheet.row_keys.keys().isdisjoint(texts))
        matches = sum(fold(text) in known for text in texts) if most_here > most else 0
        if matches > most:
            best, most = number, matches
    if not most and (best >= len(sheet.rows) or any(map(parse_row_key, sheet.rows[best]))):
        return ids
    return best


def _fill_gaps(
    row: Sequence[CellValue], columns: dict[str, int], known: Mapping[str, str], keys: int | None
) -> None:
    """A column whose id was erased is still known by its heading, if nothing else claims it; that
    of the row keys never is."""
    claimed = {*columns.values(), keys}
    for col, value in enumerate(row):
        if col in claimed or not isinstance(value, str):
            continue
        name = known.get(fold(value))
        if name is not None and name not in columns:
            columns[name] = col


def _by_headings(sheet: ReadSheet, headings: Mapping[str, Mapping[str, str]]) -> Table | None:
    best: tuple[int, int, Mapping[str, str]] | None = None
    for number, row in enumerate(sheet.rows[:_DEEPEST]):
        texts = {fold(value) for value in row if isinstance(value, str)}
        for known in headings.values():
            matches = len(texts & set(known))
            if matches >= 2 and (best is None or matches > best[0]):
                best = (matches, number, known)
    if best is None:
        return None
    _, number, known = best
    keys = _key_column(sheet, number)
    named = [
        (known[fold(value)], col)
        for col, value in enumerate(sheet.rows[number])
        if isinstance(value, str) and fold(value) in known and col != keys
    ]
    columns, twice = _once(named)
    return Table(sheet, number, columns, twice, keys, False)


def _key_column(sheet: ReadSheet, header: int) -> int | None:
    """The column with the most row keys, the first of several; None where there is none."""
    keys = sheet.row_keys
    columns = zip_longest(*sheet.rows[header:]) if keys else ()
    counts = {
        col: sum(map(keys.__contains__, values))
        for col, values in enumerate(columns)
        if not keys.keys().isdisjoint(values)
    }
    return min(counts, key=lambda col: (-counts[col], col)) if counts else None


def settled_table(table: Table, issued: Sequence[Headings]) -> Table:
    """`table` with its doubtful columns known as such; `issued` are the headings that went out."""
    best = max(issued, key=lambda each: len(set(each.of) & set(table.columns)))
    values = table.sheet.rows[table.header] if table.header < len(table.sheet.rows) else ()
    shown = {
        col: value
        for col, value in enumerate(values)
        if isinstance(value, str) and col != table.key_column
    }
    found = settle(table.columns, shown, best, lambda col: a1(table.header, col))
    if found is None or not table.with_ids:
        return table
    return replace(table, columns=found.places, doubts=found.doubts)


def is_heading_again(table: Table, row: Sequence[CellValue]) -> bool:
    """Whether a row of data only repeats the headings or the ids, as pasting a table does."""
    if any(column_id(value) for value in row):
        return True
    shown = [
        (value, heading)
        for value, heading in zip(row, table.sheet.rows[table.header], strict=False)
        if value is not None
    ]
    return len(shown) >= 2 and all(
        isinstance(value, str) and isinstance(heading, str) and fold(value) == fold(heading)
        for value, heading in shown
    )


def plain(value: CellValue) -> str:
    """A ref as it is compared: exactly, but for spaces. Look-alike letters stay what they are."""
    if isinstance(value, str) and is_one_word(value):
        return value
    if isinstance(value, float) and value.is_integer() and not isinstance(value, ShownNumber):
        value = int(value)
    return " ".join(canon_text(text_of(value)).split())


Texts = list[tuple[int, CellValue, str]]
"""The column, the value and the text of every cell of a row that has one."""


def texts_in(sheet: ReadSheet) -> Iterator[tuple[int, Texts]]:
    """The rows of a sheet, each with its texts."""
    for number in range(rows_of(sheet)):
        yield number, texts_of(sheet, number)


def rows_of(sheet: ReadSheet) -> int:
    """How many rows a sheet has, those counted in which there is nothing but a formula without a
    value."""
    return max(len(sheet.rows), max(sheet.odd_columns, default=-1) + 1)


def texts_of(sheet: ReadSheet, number: int, *, formulas: bool = True) -> Texts:
    """The texts of a row: a formula (unless `formulas` are left out) or an error shows as such, and
    a box that is not ticked shows nothing."""
    values = sheet.rows[number] if number < len(sheet.rows) else ()
    odd = sheet.odd_columns.get(number, ())
    if not odd and values.count(None) == len(values):
        return []
    found: Texts
    found = [(c, v, text_of(v)) for c, v in enumerate(values) if v is not None and c not in odd]
    if sheet.unticked:
        found = [each for each in found if (number, each[0]) not in sheet.unticked]
    if not formulas:
        odd = {col for col in odd if (number, col) not in sheet.formulas}
    if odd:
        for col in odd:
            value = values[col] if col < len(values) else None
            found.append((col, value, formula_text(sheet, (number, col))))
        found.sort(key=lambda each: each[0])
    return [each for each in found if canon_text(each[2])]


def formula_text(sheet: ReadSheet, at: At) -> str:
    """The formula in a cell with what it shows, or the error; ``""`` where there is neither."""
    row = sheet.rows[at[0]] if at[0] < len(sheet.rows) else ()
    shown = sheet.errors.get(at, "") or text_of(row[at[1]] if at[1] < len(row) else None)
    formula = sheet.formulas.get(at, "")
    if not formula:
        return sheet.errors.get(at, "")
    formula = formula if formula == SHARED else f"={formula}"
    return f'{formula} (showing "{shown}")' if shown else formula


def text_of(value: CellValue) -> str:
    """A cell as text, for people."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool | int | float):
        return show(value)
    return str(value)


def value_at(sheet: ReadSheet, at: At) -> str:
    """The text of a cell; blank where the sheet does not reach so far."""
    row = sheet.rows[at[0]] if at[0] < len(sheet.rows) else ()
    return text_of(row[at[1]]) if at[1] < len(row) else ""


def read_cell(sheet: ReadSheet, at: At, doubt: str = "") -> ReadCell:
    """What stands in one cell of a sheet: for reading a return, and for looking it up again."""
    row, col = at
    values = sheet.rows[row] if row < len(sheet.rows) else ()
    return ReadCell(
        values[col] if col < len(values) else None,
        a1(row, col),
        sheet.formulas.get(at, ""),
        sheet.errors.get(at, ""),
        sheet.disputed.get(at, ""),
        doubt,
    )


def odd_in(sheet: ReadSheet, cells: Iterable[At]) -> Mapping[int, Odd]:
    """Those of some cells that hold more than a plain value, by their places among them."""
    formulas, errors, others = sheet.formulas, sheet.errors, sheet.disputed
    return {
        place: (formulas.get(at, ""), errors.get(at, ""), others.get(at, ""))
        for place, at in enumerate(cells)
        if at in formulas or at in errors or at in others
    }


Area = tuple[int, int, int, int]
"""First row, first column, last row, last column."""


def covered(sheet: ReadSheet, first: int, columns: Collection[int]) -> Mapping[At, Area]:
    """The blank cells of these columns, from the row `first` on, that another cell was merged
    over, each with its area. A template merges nothing over its inputs."""
    found: dict[At, Area] = {}
    for area in sheet.merged:
        top, left, bottom, right = area
        for row in range(max(top, first), min(bottom, len(sheet.rows) - 1) + 1):
            for col in columns:
                at = (row, col)
                if left <= col <= right and at != (top, left) and is_blank(sheet, at):
                    found[at] = area
    return found


def is_blank(sheet: ReadSheet, at: At) -> bool:
    """Whether nothing stands in a cell of a row that is there."""
    row = sheet.rows[at[0]]
    value = row[at[1]] if at[1] < len(row) else None
    return value is None and at not in sheet.formulas and at not in sheet.errors


def merged_texts(cells: Mapping[At, Area]) -> Iterator[tuple[At, str]]:
    """The first cell of each of these areas, and what is reported of it."""
    for top, left, bottom, right in sorted(set(cells.values())):
        span = f"{a1(top, left)}:{a1(bottom, right)}"
        yield (
            (top, left),
            (
                f"The cells {span} were merged. Those that the first one covers were read as not "
                "touched; enter by hand what was meant for them."
            ),
        )
