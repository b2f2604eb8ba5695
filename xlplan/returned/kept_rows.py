"""Where the tables and rows of a plan stand in a kept workbook, by the record of what was written.

Rows are found by what they say and by their refs, never by where they stand: people sort, insert
and delete. What is not found for certain is in doubt, and asked about.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from difflib import SequenceMatcher
from functools import lru_cache
from hashlib import sha256

from xlplan.merge.kept_cells import KeptCells, KeptRow, KeptTable
from xlplan.plan.text import canon_text, fold
from xlplan.returned.tables import text_of
from xlplan.workbook.read.book import Book, CellValue, ReadSheet

_DEEPEST = 2_000
"""Rows in which headings are looked for."""
_HALF = 0.5
"""Share of the headings, or of the values of a column, by which a table or a column is known."""
_CERTAIN, _LIKELY = 4.0, 2.5
"""How much must be alike for a row to be found, or found with doubt."""
_ACTION, _ALIKE, _REF, _OTHERS = 4.0, 2.0, 3.0, 3.0
"""What counts how much: the same action, a similar one, the same ref, all other cells the same."""
_SIMILAR = 0.6
_LEAST = 0.4
"""By how much the best must be ahead of the next."""
_MOST_PAIRS = 4_000
"""Pairs of rows up to which all are compared; beyond, those that share their ref or action."""
_NEAREST = 40
"""So many rows with the same ref or action are compared with one of the record."""
_SHORT = 200
"""Characters of two texts that are compared."""


def raw_text(value: CellValue) -> str:
    """What a cell holds, as the record has it."""
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = text_of(value).replace("\r\n", "\n").replace("_x000D_", "")
    return text if canon_text(text) else ""


def value_at(sheet: ReadSheet, row: int, col: int) -> CellValue:
    """What a cell holds; None where there is none."""
    values = sheet.rows[row] if 0 <= row < len(sheet.rows) else ()
    return values[col] if 0 <= col < len(values) else None


def row_digest(sheet: ReadSheet, row: int) -> str:
    """A short digest of all that a row says."""
    texts = [t for v in sheet.rows[row] if (t := canon_text(raw_text(v)))]
    return sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:10]


@dataclass(frozen=True)
class FoundTable:
    """A table in a file: its place in the record, its sheet, the row of its headings and the column
    of each field (from 0)."""

    number: int
    sheet: ReadSheet
    header: int
    columns: Mapping[str, int]
    renamed: Mapping[str, str] = field(default_factory=dict)
    """By field what now stands above its column, where that is not the heading of the record."""
    lost: tuple[str, ...] = ()
    """The fields of which the column was not found."""


@dataclass
class Located:
    """Where the rows of a plan stand in a file: by uid the table and the row (from 0). `doubts` say
    of a row why it is not certain; `more` are the rows that are none of the plan's and were not
    there when it was written."""

    tables: list[FoundTable] = field(default_factory=list)
    rows: dict[str, tuple[FoundTable, int]] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    more: list[tuple[FoundTable, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Names:
    """The fields by which a row is known: those of its ref and of its action."""

    refs: frozenset[str]
    actions: frozenset[str]


def locate(book: Book, kept: KeptCells, names: Names) -> Located:
    """Find the tables and rows that a record speaks of in a file."""
    found = Located()
    for sheet in book.sheets:
        found.tables += _tables_on(sheet, kept.tables)
    rows = list(_candidates(found.tables))
    _match(found, rows, kept, names)
    found.tables[:] = [_with_renamed(table, found, kept) for table in found.tables]
    by_header = {(table.sheet.name, table.header): table for table in found.tables}
    found.rows = {
        uid: (by_header[table.sheet.name, table.header], row)
        for uid, (table, row) in found.rows.items()
    }
    taken = {(table.sheet.name, row) for table, row in found.rows.values()}
    for table, row in rows:
        table = by_header[table.sheet.name, table.header]
        if (table.sheet.name, row) not in taken and _may_be_action(table, row, kept, names):
            found.more.append((table, row))
    return found


# Tables


def _tables_on(sheet: ReadSheet, tables: Sequence[KeptTable]) -> Iterator[FoundTable]:
    """The tables on a sheet: every row that has most of the headings of one of the record."""
    wanted = sorted(enumerate(tables), key=lambda each: each[1].sheet != sheet.name)
    seen: dict[int, int] = defaultdict(int)
    for number, values in enumerate(sheet.rows[:_DEEPEST]):
        texts = {fold(value): None for value in values if isinstance(value, str)}
        if len(texts) < 2:
            continue
        best, most = -1, 0.0
        for place, table in wanted:
            share = _share(table, texts)
            fresh = share - 0.001 * seen[place] + (0.0005 if table.header == number else 0.0)
            if share > _HALF and fresh > most:
                best, most = place, fresh
        if best >= 0:
            seen[best] += 1
            yield _placed(best, sheet, number, tables[best])


def _share(table: KeptTable, texts: Iterable[str]) -> float:
    headings = {fold(heading) for _, heading in table.columns.values() if heading}
    return len(headings & set(texts)) / len(headings) if len(headings) > 1 else 0.0


def _placed(number: int, sheet: ReadSheet, header: int, table: KeptTable) -> FoundTable:
    """The columns of a table by their headings; what has none, or another one now, by its place
    among the columns that were found."""
    places: dict[str, list[int]] = defaultdict(list)
    values = sheet.rows[header]
    for col, value in enumerate(values):
        if isinstance(value, str) and value.strip():
            places[fold(value)].append(col)
    columns: dict[str, int] = {}
    by_col: dict[int, list[str]] = defaultdict(list)
    for name, (col, _) in table.columns.items():
        by_col[col].append(name)
    placed: dict[int, int] = {}
    for col in sorted(by_col):
        heading = table.columns[by_col[col][0]][1]
        if heading and places.get(fold(heading)):
            placed[col] = places[fold(heading)].pop(0)
    renamed: dict[str, str] = {}
    taken = {*placed.values()}
    for col in sorted(by_col):
        if col in placed:
            continue
        at = _between(col, placed)
        heading = table.columns[by_col[col][0]][1]
        if at is not None and at not in taken:
            taken.add(at)
            shown = text_of(value_at(sheet, header, at))
            if canon_text(shown) != canon_text(heading):
                renamed |= dict.fromkeys(by_col[col], shown)
            placed[col] = at
    for col, at in placed.items():
        columns |= dict.fromkeys(by_col[col], at)
    lost = tuple(name for name in table.columns if name not in columns)
    return FoundTable(number, sheet, header, columns, renamed, lost)


def _between(col: int, placed: Mapping[int, int]) -> int | None:
    """Where a column stands that was at `col`, by the nearest columns that were found: as far from
    both of them as it was."""
    left = max((each for each in placed if each < col), default=None)
    right = min((each for each in placed if each > col), default=None)
    if left is not None and right is not None:
        at = placed[left] + col - left
        return at if placed[right] - placed[left] == right - left else None
    if left is not None:
        return placed[left] + col - left
    if right is not None and placed[right] - (right - col) >= 0:
        return placed[right] - (right - col)
    return None


def _with_renamed(table: FoundTable, found: Located, kept: KeptCells) -> FoundTable:
    """A column with another heading counts where most of what it holds is what it held."""
    wrong = []
    for name in table.renamed:
        same = every = 0
        for uid, (at, row) in found.rows.items():
            known = kept.rows[uid].cells.get(name)
            if at.header != table.header or at.sheet.name != table.sheet.name or not known:
                continue
            if known.raw and known.how == "own":
                every += 1
                here = raw_text(value_at(table.sheet, row, table.columns[name]))
                same += here == known.raw
        if same <= every * _HALF and (every or table.renamed[name]):
            wrong.append(name)
    if not wrong:
        return table
    columns = {name: col for name, col in table.columns.items() if name not in wrong}
    renamed = {name: text for name, text in table.renamed.items() if name not in wrong}
    return FoundTable(
        table.number, table.sheet, table.header, columns, renamed, (*table.lost, *wrong)
    )


# Rows


def _candidates(tables: Sequence[FoundTable]) -> Iterator[tuple[FoundTable, int]]:
    """Every row below the headings of a table, up to the next one, that says anything."""
    for place, table in enumerate(tables):
        following = tables[place + 1] if place + 1 < len(tables) else None
        same = following is not None and following.sheet is table.sheet
        end = following.header if following is not None and same else len(table.sheet.rows)
        for row in range(table.header + 1, end):
            if any(value is not None for value in table.sheet.rows[row]):
                yield table, row


def _shown(table: FoundTable, row: int) -> dict[str, str]:
    return {
        name: text
        for name, col in table.columns.items()
        if (text := raw_text(value_at(table.sheet, row, col)))
    }


def _recorded(row: KeptRow) -> dict[str, str]:
    """What a row held in cells of its own."""
    return {
        name: cell.raw
        for name, cell in row.cells.items()
        if cell.raw and cell.how in ("own", "composed", "formula")
    }


def _text(cells: Mapping[str, str], names: frozenset[str]) -> str:
    return next((fold(canon_text(cells[name])) for name in sorted(names) if name in cells), "")


def _match(
    found: Located, rows: Sequence[tuple[FoundTable, int]], kept: KeptCells, names: Names
) -> None:
    """Find the rows: first those that say the very same, then the most alike of the others."""
    shown = [_shown(table, row) for table, row in rows]
    known = {uid: _recorded(row) for uid, row in kept.rows.items()}
    here = [(_text(cells, names.refs), _text(cells, names.actions)) for cells in shown]
    there = {u: (_text(c, names.refs), _text(c, names.actions)) for u, c in known.items()}
    free = set(range(len(rows)))
    left = dict.fromkeys(known)
    by_both: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, key in enumerate(here):
        by_both[key].append(number)
    uids: dict[tuple[str, str], list[str]] = defaultdict(list)
    for uid, key in there.items():
        uids[key].append(uid)
    for key, mine in uids.items():
        numbers = by_both.get(key, [])
        if key[1] and len(mine) == len(numbers) == 1:
            found.rows[mine[0]] = rows[numbers[0]]
            free.discard(numbers[0])
            del left[mine[0]]
    _match_alike(found, rows, shown, known, here, there, free, list(left))


def _match_alike(
    found: Located,
    rows: Sequence[tuple[FoundTable, int]],
    shown: Sequence[Mapping[str, str]],
    known: Mapping[str, Mapping[str, str]],
    here: Sequence[tuple[str, str]],
    there: Mapping[str, tuple[str, str]],
    free: set[int],
    left: Sequence[str],
) -> None:
    """The rows that are left, the surest first; each of a file once."""
    scores = dict(_scores(shown, known, here, there, free, left))
    rivals: dict[str | int, list[tuple[str, int]]] = defaultdict(list)
    for uid, number in scores:
        rivals[uid].append((uid, number))
        rivals[number].append((uid, number))
    refs = {ref: each for each, (ref, _) in there.items() if ref}
    open_ = set(left)
    for pair in sorted(scores, key=lambda each: (-scores[each], each[1], each[0])):
        uid, number = pair
        if uid not in open_ or number not in free:
            continue
        near = (
            other
            for other in (*rivals[uid], *rivals[number])
            if other != pair and other[0] in open_ and other[1] in free
        )
        of = refs.get(here[number][0])
        if known[uid] != shown[number] and any(scores[n] > scores[pair] - _LEAST for n in near):
            found.doubts[uid] = "twin"
        elif scores[pair] < _CERTAIN or (of is not None and of != uid):
            found.doubts[uid] = "unlike"
        found.rows[uid] = rows[number]
        open_.discard(uid)
        free.discard(number)


def _scores(
    shown: Sequence[Mapping[str, str]],
    known: Mapping[str, Mapping[str, str]],
    here: Sequence[tuple[str, str]],
    there: Mapping[str, tuple[str, str]],
    free: Collection[int],
    left: Sequence[str],
) -> Iterator[tuple[tuple[str, int], float]]:
    """How alike the rows of the record and of the file are that are left; where these are many,
    only of those that share their ref or their action, the nearest in their order."""
    few = len(left) * len(free) <= _MOST_PAIRS
    order = sorted(free)
    for place, uid in enumerate(left):
        mine = there[uid]
        near = order
        if not few:
            near = [
                n for n in order if any(a and a == b for a, b in zip(mine, here[n], strict=True))
            ]
            near = sorted(near, key=lambda n: abs(n - place))[:_NEAREST]
        for number in near:
            score = _likeness(known[uid], shown[number], mine, here[number])
            if score >= _LIKELY:
                yield (uid, number), score


def _likeness(
    known: Mapping[str, str],
    shown: Mapping[str, str],
    there: tuple[str, str],
    here: tuple[str, str],
) -> float:
    score = 0.0
    if there[1] and there[1] == here[1]:
        score += _ACTION
    elif there[1] and here[1] and _similar(there[1][:_SHORT], here[1][:_SHORT]):
        score += _ALIKE
    if there[0] and there[0] == here[0]:
        score += _REF
    if not score and there[0] and here[0]:
        return 0.0
    texts = {*there, *here}
    others = [n for n in known if fold(canon_text(known[n])) not in texts]
    same = sum(shown.get(name) == known[name] for name in others)
    return score + (_OTHERS * same / len(others) if others else 0.0)


@lru_cache(maxsize=4096)
def _similar(one: str, other: str) -> bool:
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= _SIMILAR and matcher.ratio() >= _SIMILAR


def _may_be_action(table: FoundTable, row: int, kept: KeptCells, names: Names) -> bool:
    """Whether a row that is none of the record's looks like an action: it names one and says
    something more, and it was not there when the workbook was written."""
    shown = _shown(table, row)
    named = [table.columns[name] for name in names.actions if name in shown]
    if not named or len({table.columns[name] for name in shown}) < 2:
        return False
    wide = any(
        top <= row <= bottom and left <= named[0] < right
        for top, left, bottom, right in table.sheet.merged
    )
    return not wide and row_digest(table.sheet, row) not in kept.others
