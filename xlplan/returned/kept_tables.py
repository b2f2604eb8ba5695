"""Where the tables of a plan stand in a kept workbook: by the headings that were recorded of them.

A column with another heading is known by its place among the others and by what it holds. Here
too is a version that was written, and how its columns hold several facts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from hashlib import sha256

from msgspec import Struct, field

from xlplan.merge.kept_cells import How, KeptCell, KeptCells, KeptTable
from xlplan.merge.model import Issued
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.propose_roles import normal_heading, without_period
from xlplan.plan.shown import ShownDate
from xlplan.plan.spelling import Composed, composed_column
from xlplan.plan.status_words import rating_by_fill
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import dates_in
from xlplan.plan.values import Raw, Value, show
from xlplan.returned.tables import text_of
from xlplan.workbook.read.book import At, CellValue, ReadSheet, at_of

_DEEPEST = 2_000
"""Rows in which headings are looked for."""
_WHITE = "#FFFFFF"
_HALF = 0.5
"""Share of the headings, or of the values of a column, by which a table or a column is known."""


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


def shown_at(sheet: ReadSheet, row: int, col: int, how: How) -> str:
    """What a cell says, as the record has it: its text, or the fill of one that says it so."""
    text = raw_text(value_at(sheet, row, col))
    fill = sheet.fills.get((row, col), "") if how == "filled" and not text else ""
    return text or ("" if fill.upper() == _WHITE else fill)


def rated_by_fill(sheet: ReadSheet, at: At, item: Field, definition: PlanDefinition) -> str | None:
    """The code of the rating that a cell says by its fill alone, if it is one's colour."""
    rating = rating_by_fill(shown_at(sheet, *at, "filled"), definition.scale_of(item))
    return rating.code if rating else None


def value_over(sheet: ReadSheet, at: At) -> CellValue:
    """What merged cells show in the place of a cell that they cover; None for any other cell."""
    for top, left, bottom, right in sheet.merged:
        if top <= at[0] <= bottom and left <= at[1] <= right and at != (top, left):
            return value_at(sheet, top, left)
    return None


def covered_cells(sheet: ReadSheet) -> frozenset[At]:
    """The cells that others cover, with which they are merged."""
    return frozenset(
        (row, col)
        for top, left, bottom, right in sheet.merged
        if (bottom - top + 1) * (right - left + 1) <= 10_000
        for row in range(top, bottom + 1)
        for col in range(left, right + 1)
        if (row, col) != (top, left)
    )


def plain(raw: CellValue) -> Raw:
    """What may be written again as it stands."""
    if isinstance(raw, ShownDate):
        return raw.day_alone
    return raw if isinstance(raw, str | bool | int | float | date) else None


def row_digest(sheet: ReadSheet, row: int) -> str:
    """A short digest of all that a row says."""
    texts = [t for v in sheet.rows[row] if (t := canon_text(raw_text(v)))]
    return sha256("\x1f".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:10]


class FoundTable(Struct, frozen=True):
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


def tables_on(sheet: ReadSheet, tables: Sequence[KeptTable]) -> Iterator[FoundTable]:
    """The tables on a sheet: every row that has most of the headings of one of the record."""
    wanted = sorted(enumerate(tables), key=lambda each: each[1].sheet != sheet.name)
    seen: dict[int, int] = defaultdict(int)
    parts = {part for table in tables for part in _parts(table)}
    below = {row: heads for row in range(1, min(len(sheet.rows), _DEEPEST))
             if (heads := _in_two_rows(sheet, row, parts))}  # fmt: skip
    for number, values in enumerate(sheet.rows[:_DEEPEST]):
        texts = {fold(value): None for value in values if isinstance(value, str)}
        texts |= {fold(text): None for text in below.get(number, {}).values()}
        if len(texts) < 2 or number + 1 in below:
            continue
        best, most = -1, 0.0
        for place, table in wanted:
            share = _share(table, texts)
            fresh = share - 0.001 * seen[place] + (0.0005 if table.header == number else 0.0)
            if share > _HALF and fresh > most:
                best, most = place, fresh
        if best >= 0:
            seen[best] += 1
            heads = {col: text_of(value) for col, value in enumerate(values) if value is not None}
            yield _placed(best, sheet, number, tables[best], below.get(number, heads))


def _parts(table: KeptTable) -> Iterator[tuple[str, str]]:
    """The headings of a table that may stand in two rows (folded), each with every end of it."""
    for heading in {fold(heading) for _, heading in table.columns.values()}:
        for at, letter in enumerate(heading):
            if letter == " ":
                yield heading, heading[at + 1 :]


def _in_two_rows(sheet: ReadSheet, row: int, parts: Collection[tuple[str, str]]) -> dict[int, str]:
    """The headings of a row that names parts of the groups in the row above it, each with its
    group where the record has it so, and with what stands above where nothing stands below; {}
    where it is no such row."""
    ends = {end for _, end in parts}
    here = {col: text_of(v) for col, v in enumerate(sheet.rows[row]) if isinstance(v, str)}
    if not any(fold(text) in ends for text in here.values()):
        return {}
    above = {col: text_of(v) for col, v in enumerate(sheet.rows[row - 1]) if text_of(v)}
    found: dict[int, str] = {}
    for col, text in here.items():
        group = above.get(max((c for c in above if c <= col), default=-1), "")
        whole = " ".join(f"{group} {text}".split())
        if (fold(whole), fold(text)) in parts:
            found[col] = whole
    return {**above, **here, **found} if len(found) > 1 else {}


def _share(table: KeptTable, texts: Iterable[str]) -> float:
    headings = {fold(heading) for _, heading in table.columns.values() if heading}
    return len(headings & set(texts)) / len(headings) if len(headings) > 1 else 0.0


def _placed(
    number: int, sheet: ReadSheet, header: int, table: KeptTable, heads: Mapping[int, str]
) -> FoundTable:
    """The columns of a table by their headings, `heads`; what has none, or another one now, by
    its place among the columns that were found."""
    places: dict[str, list[int]] = defaultdict(list)
    for col in sorted(heads):
        if heads[col].strip():
            places[fold(heads[col])].append(col)
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
            shown = heads.get(at, "")
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


def carrying_on(
    table: FoundTable, rows: Collection[int], definition: PlanDefinition
) -> Iterator[tuple[int, str, str, Field]]:
    """Columns that go on where the plan's rating or its note ends and are not read as that, of
    which a heading names the period: the column, its heading, the heading before, and the field.

    A column of a later period is one in which something stands, or a colour that is a rating; or
    where a heading has no year, one to the right.
    """
    roles = {item.id: item.role for item in definition.fields_of("action")}
    ours = {col for name, col in table.columns.items() if roles.get(name, "text") != "text"}
    headings = {col: text for col, value in enumerate(table.sheet.rows[table.header])
                if isinstance(value, str) and (text := " ".join(value.split()))}  # fmt: skip
    for item in definition.fields_of("action"):
        at = table.columns.get(item.id, -1) if item.role in ("rating", "progress") else -1
        bare = without_period(normal_heading(headings.get(at, "")))
        for col in headings.keys() - ours if bare is not None else ():
            if without_period(normal_heading(headings[col])) != bare:
                continue
            (before, *_), (after, *_) = (dates_in(headings[c]) or (None,) for c in (at, col))
            later = after > before if before and after else col > at
            if later and any(_says(table.sheet, (row, col), item, definition) for row in rows):
                yield col, headings[col], headings[at], item


def _says(sheet: ReadSheet, at: At, item: Field, definition: PlanDefinition) -> bool:
    rated = item.field_type.rated and rated_by_fill(sheet, at, item, definition) is not None
    return rated or bool(raw_text(value_at(sheet, *at)))


def with_renamed(
    table: FoundTable, rows: Mapping[str, tuple[FoundTable, int]], kept: KeptCells
) -> FoundTable:
    """A column with another heading counts where most of what it holds is what it held."""
    wrong = []
    for name in table.renamed:
        same = every = 0
        for uid, (at, row) in rows.items():
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


# A version that was written


class Version(Struct, frozen=True):
    """A version of the kept workbook that was written, and what its fields held then."""

    issued: Issued
    definition: PlanDefinition
    value: Callable[[str, str], Value]
    kind: Callable[[str], str]

    @property
    def kept(self) -> KeptCells:
        """What stood in it."""
        assert self.issued.kept is not None
        return self.issued.kept

    def usual(self, table: int, name: str, otherwise: How = "none") -> How:
        """Whose the cells of a column mostly are."""
        hows = [
            row.cells[name].how
            for row in self.kept.rows.values()
            if row.table == table and name in row.cells
        ]
        return max(dict.fromkeys(hows), key=hows.count) if hows else otherwise

    def find(self, uid: str, name: str) -> Field | None:
        """The field of a row."""
        return self.definition.find(name, self.kind(uid) or "action")


def composed_of(version: Version) -> dict[tuple[int, str], Composed]:
    """How the columns of a version hold several facts, by the table and each of their fields; none
    for a column of which that is not certain for every cell."""
    columns: dict[tuple[int, int], list[tuple[str, list[str]]]] = defaultdict(list)
    for uid, row in version.kept.rows.items():
        for cell, names in composed_cells(row.cells).items():
            columns[row.table, at_of(cell)[1]].append((uid, names))
    found: dict[tuple[int, str], Composed] = {}
    for (table, _), cells in columns.items():
        items: dict[str, Field] = {}
        rows = []
        for uid, names in cells:
            items |= {n: item for n in names if (item := version.find(uid, n)) is not None}
            texts = {name: show(version.value(uid, name)) for name in names}
            whole = version.kept.rows[uid].cells[names[0]]
            if whole.stands:
                rows.append((whole.raw, texts))
        column = composed_column(rows, items, version.definition)
        if column is not None:
            found |= {(table, name): column for name in items}
    return found


def composed_cells(cells: Mapping[str, KeptCell]) -> dict[str, list[str]]:
    """The cells of a row that hold several of its fields, each with these."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, cell in cells.items():
        if cell.how == "composed" and cell.cell and "," not in cell.cell:
            found[cell.cell].append(name)
    return {cell: names for cell, names in found.items() if len(names) > 1}


def said_by_tables(version: Version) -> dict[str, dict[int, str]]:
    """What no cell says but the table in which a row stands, where most rows of each of several
    tables say the same, and not all tables: by field and table, such as the sections of a plan
    that has a sheet for each."""
    item = version.definition.with_role("section", "action")
    said: dict[int, Counter[str]] = defaultdict(Counter)
    for uid, row in version.kept.rows.items():
        if item is None or version.kind(uid) != "action":
            continue
        known = row.cells.get(item.id)
        if (known is not None and known.cell) or item.id in version.kept.tables[row.table].columns:
            return {}
        said[row.table][show(version.value(uid, item.id))] += 1
    whole = {
        table: text for table, texts in said.items()
        for text, count in texts.items() if text and count * 2 > texts.total()
    }  # fmt: skip
    return {item.id: whole} if item and len(set(whole.values())) > 1 else {}
