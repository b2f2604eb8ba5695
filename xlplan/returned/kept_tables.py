"""Where the tables of a plan stand in a kept workbook: by the headings that were recorded of them.

A column with another heading is known by its place among the others and by what it holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from hashlib import sha256

from xlplan.merge.kept_cells import KeptCells, KeptTable
from xlplan.plan.text import canon_text, fold
from xlplan.returned.tables import text_of
from xlplan.workbook.read.book import CellValue, ReadSheet

_DEEPEST = 2_000
"""Rows in which headings are looked for."""
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


def tables_on(sheet: ReadSheet, tables: Sequence[KeptTable]) -> Iterator[FoundTable]:
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
