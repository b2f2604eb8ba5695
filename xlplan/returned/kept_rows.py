"""Where the tables and rows of a plan stand in a kept workbook, by the record of what was written.

Rows are found by what they say and by their refs, never by where they stand: people sort, insert
and delete. What is not found for certain is in doubt, and asked about.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from msgspec import Struct, field

from xlplan.merge.kept_cells import KeptCells, KeptRow
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.text import canon_text, fold
from xlplan.returned.kept_tables import (
    FoundTable,
    raw_text,
    row_digest,
    tables_on,
    value_at,
    with_renamed,
)
from xlplan.workbook.read.book import At, Book, ReadSheet, at_of

_CERTAIN, _LIKELY = 4.0, 2.5
"""How much must be alike for a row to be found, or found with doubt."""
_ACTION, _ALIKE, _REF, _OTHERS = 4.0, 2.0, 3.0, 3.0
"""What counts how much: the same action, a similar one, the same ref, all other cells the same."""
_SIMILAR = 0.6
_LEAST = 0.4
"""By how much the best must be ahead of the next."""
_MOST_PAIRS = 10_000
"""Pairs of rows up to which all are compared; beyond, those that share their ref or action."""
_NEAREST = 40
"""So many rows with the same ref or action are compared with one of the record."""
_HALF = 0.5
"""More than this share of the rows of a sheet stand on another too where it is a copy of that."""
_SHORT = 200
"""Characters of two texts that are compared."""


class Located(Struct):
    """Where the rows of a plan stand in a file: by uid the table and the row (from 0). `doubts` say
    of a row why it is not certain; `more` are the rows that are none of the plan's and were not
    there when it was written. `repeated` are those that say the ref and the action of a row that
    stands elsewhere, with its uid; `copies` are sheets that somebody copied, in which nothing
    counts, each with the one that it is a copy of. `headless` are the rows that stood on a
    sheet that is there and has no headings of the plan any more, each with its name.
    """

    tables: list[FoundTable] = field(default_factory=list)
    rows: dict[str, tuple[FoundTable, int]] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    more: list[tuple[FoundTable, int]] = field(default_factory=list)
    repeated: list[tuple[FoundTable, int, str]] = field(default_factory=list)
    copies: Mapping[str, str] = field(default_factory=dict)
    headless: Mapping[str, str] = field(default_factory=dict)


class Names(Struct, frozen=True):
    """The fields by which a row is known: those of its ref and of its action."""

    refs: frozenset[str]
    actions: frozenset[str]


def names_of(definition: PlanDefinition) -> Names:
    """The fields by which the rows of a plan are known."""
    both = ("action", "recommendation")
    keys = (definition.with_role("key", kind) for kind in both)
    texts = [definition.with_role("action", "action"), definition.with_role("action", both[1])]
    texts.append(definition.with_role("recommendation", both[1]))
    return Names(
        frozenset(item.id for item in keys if item is not None),
        frozenset(item.id for item in texts if item is not None),
    )


def locate(book: Book, kept: KeptCells, names: Names) -> Located:
    """Find the tables and rows that a record speaks of in a file."""
    found = Located()
    for sheet in book.sheets:
        found.tables += tables_on(sheet, kept.tables)
    found.copies = dict(_copies(found.tables, kept, names))
    found.tables = [table for table in found.tables if table.sheet.name not in found.copies]
    rows = list(_candidates(found.tables))
    _match(found, rows, kept, names)
    found.tables[:] = [with_renamed(table, found.rows, kept) for table in found.tables]
    by_header = {(table.sheet.name, table.header): table for table in found.tables}
    found.rows = {
        uid: (by_header[table.sheet.name, table.header], row)
        for uid, (table, row) in found.rows.items()
    }
    taken = {(table.sheet.name, row) for table, row in found.rows.values()}
    bare = {sheet.name for sheet in book.sheets} - {table.sheet.name for table in found.tables}
    found.headless = {
        uid: name
        for uid in kept.rows
        if uid not in found.rows and (name := kept.sheet_of(uid)) in bare
    }
    alike, headed = _by_key(found.rows, names), bool(Headings(kept).texts)
    for table, row in rows:
        table = by_header[table.sheet.name, table.header]
        if (table.sheet.name, row) in taken or (headed and _heads_below(table, row, names)):
            continue
        if _may_be_action(table, row, kept, names):
            same = alike.get(_key(_shown(table, row), names), [])
            if len(same) == 1:
                found.repeated.append((table, row, same[0]))
            else:
                found.more.append((table, row))
    return found


def _key(shown: Mapping[str, str], names: Names) -> tuple[str, str]:
    """The ref and the action of a row."""
    return _text(shown, names.refs), _text(shown, names.actions)


def _by_key(
    rows: Mapping[str, tuple[FoundTable, int]], names: Names
) -> dict[tuple[str, str], list[str]]:
    """The uids of the rows that name a ref and an action, by these."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for uid, (table, row) in rows.items():
        key = _key(_shown(table, row), names)
        if all(key):
            found[key].append(uid)
    return found


def _copies(
    tables: Sequence[FoundTable], kept: KeptCells, names: Names
) -> Iterator[tuple[str, str]]:
    """The sheets that somebody copied: most of their rows stand on a sheet of the record as well,
    which is still there."""
    keys: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for table, row in _candidates(tables):
        key = _key(_shown(table, row), names)
        if key[1]:
            keys[table.sheet.name].add(key)
    recorded = {table.sheet for table in kept.tables}
    for name in keys.keys() - recorded:
        mine = keys[name]
        most = max(recorded, key=lambda own: (len(mine & keys.get(own, set())), own))
        if len(mine) > 1 and len(mine & keys.get(most, set())) > len(mine) * _HALF:
            yield name, most


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
    """Find the rows: first those that say the very same, then those with the same ref and action,
    then the most alike of the others."""
    own: dict[int, set[str]] = defaultdict(set)
    for row_ in kept.rows.values():
        own[row_.table].update(_recorded(row_))
    shown = [
        {name: text for name, text in _shown(table, row).items() if name in own[table.number]}
        for table, row in rows
    ]
    known = {uid: _recorded(row) for uid, row in kept.rows.items()}
    here = [(_text(cells, names.refs), _text(cells, names.actions)) for cells in shown]
    there = {u: (_text(c, names.refs), _text(c, names.actions)) for u, c in known.items()}
    free = set(range(len(rows)))
    left = dict.fromkeys(known)
    whole = {uid: tuple(sorted(cells.items())) for uid, cells in known.items()}
    wholes = [tuple(sorted(cells.items())) for cells in shown]
    both = {uid: key for uid, key in there.items() if key[1]}
    on = [table.sheet.name for table, _ in rows]
    for mine, theirs in ((whole, wholes), (both, here)):
        keyed = {uid: (kept.sheet_of(uid), key) for uid, key in mine.items() if key}
        _pair(found, rows, keyed, list(zip(on, theirs, strict=True)), left, free)
        _pair(found, rows, mine, theirs, left, free)
    _match_alike(found, rows, shown, known, here, there, free, list(left))


def _pair(
    found: Located,
    rows: Sequence[tuple[FoundTable, int]],
    known: Mapping[str, Hashable],
    shown: Sequence[Hashable],
    left: dict[str, None],
    free: set[int],
) -> None:
    """Find the rows that are left of which the key is that of one row of the record and of one of
    the file."""
    uids: dict[Hashable, list[str]] = defaultdict(list)
    numbers: dict[Hashable, list[int]] = defaultdict(list)
    for uid in left:
        if known.get(uid):
            uids[known[uid]].append(uid)
    for number in free:
        numbers[shown[number]].append(number)
    for key, mine in uids.items():
        if len(mine) == len(numbers[key]) == 1:
            [uid], [number] = mine, numbers[key]
            found.rows[uid] = rows[number]
            free.discard(number)
            del left[uid]


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
    times = Counter(ref for ref, _ in there.values())
    refs = {ref: each for each, (ref, _) in there.items() if ref and times[ref] == 1}
    open_ = set(left)
    for pair in sorted(scores, key=lambda each: (-scores[each], each[1], each[0])):
        uid, number = pair
        if uid not in open_ or number not in free:
            continue
        near = (
            other
            for other in (*rivals[uid], *rivals[number])
            if other != pair
            and ((other[0] in open_ and other[1] in free) or known[other[0]] == known[uid])
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


def _shares(there: tuple[str, str], here: tuple[str, str]) -> bool:
    return any(one and one == other for one, other in zip(there, here, strict=True))


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


def _heads_below(table: FoundTable, row: int, names: Names) -> bool:
    """Whether a row only names what follows: "2 | Surveys" above "2.1". In a plan that has such
    headings it is one of them in other words, and in any other plan an action."""
    shown = _shown(table, row)
    ref = _text(shown, names.refs).rstrip(". ")
    rows = table.sheet.rows
    below = next((at for at in range(row + 1, len(rows)) if any(rows[at])), None)
    if not ref or shown.keys() - names.refs - names.actions or below is None:
        return False
    return _text(_shown(table, below), names.refs).startswith(f"{ref}.")


# Headings above rows


class Headings:
    """The headings that say a field of all rows below them, such as their section."""

    def __init__(self, kept: KeptCells) -> None:
        self.texts: dict[str, dict[str, str]] = defaultdict(dict)
        """By field the text of each, with a row that stands below it."""
        self._columns: dict[str, set[int]] = defaultdict(set)
        for uid, row in kept.rows.items():
            own = kept.tables[row.table].columns
            for name, cell in row.cells.items():
                if cell.how == "shared" and cell.raw and cell.cell and name not in own:
                    self.texts[name].setdefault(cell.raw, uid)
                    self._columns[name].add(at_of(cell.cell)[1])

    def above(self, sheet: ReadSheet, row: int, name: str) -> tuple[str, At] | None:
        """The text of the nearest heading above a row, and where it stands."""
        texts = self.texts.get(name, {})
        for at in range(row - 1, -1, -1) if texts else ():
            for col in self._columns[name]:
                if (text := raw_text(value_at(sheet, at, col))) in texts:
                    return text, (at, col)
        return None
