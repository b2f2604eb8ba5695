"""Ratings that have a column each: R, A and G, of which the one that is marked is the rating."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence

from msgspec.structs import replace

from xlplan.plan.status_words import is_colour, known_state
from xlplan.plan.text import fold
from xlplan.plan.types.money_and_booleans import says_yes
from xlplan.source.headings import cell_text
from xlplan.source.layout import Layout
from xlplan.source.several_facts import MADE
from xlplan.source.table_cells import DataRow, Table
from xlplan.workbook.read.book import CellValue

_MARKS = frozenset(["x", "*", "1", "✗", "✘", "✕", "●", "•", "■", "▪", "ü", "û"])
"""What people mark the column that counts with, beside what says yes; ü is Wingdings' tick."""
_SEVERAL = 5
"""One in so many rows may have several marks: all are named, which is no rating."""


def join_ticked(layout: Layout, chosen: Container[str] = ()) -> Layout:
    """The same layout; in its tables one column stands in the place of those for a rating each.

    It holds the heading of the one that is marked, and each of its cells stands where the mark
    does (`Table.joined`). Columns of which a person said what one is (`chosen`, as headings are
    compared) stay apart.
    """
    for table in layout.tables:
        for cols in list(_runs(table)):
            if not any(fold(table.headings[col]) in chosen for col in cols):
                _join(table, cols)
    return layout


def say_ticked(layout: Layout) -> Iterator[str]:
    """A guess for each column that was put in the place of others."""
    for table in layout.tables:
        for made, headings in table.joined.items():
            named = ", ".join(f'"{" ".join(text.split())}"' for text in headings)
            heading = table.headings[made]
            yield f'plan: of the columns {named} the marked one was read as "{heading}"'


def say_apart(layout: Layout) -> Iterator[str]:
    """A guess for columns that would have been joined, in a workbook in which none are."""
    for table in layout.tables:
        for cols in _runs(table):
            named = ", ".join(f'"{" ".join(table.headings[col].split())}"' for col in cols)
            yield (
                f"plan: the columns {named} look like one rating; in a workbook that is kept they "
                "are columns of their own, so that each mark is written where it belongs"
            )


def _runs(table: Table) -> Iterator[list[int]]:
    """Columns side by side of which each stands for a rating, and of which one is marked."""
    run: list[int] = []
    for col in [*sorted(table.headings), -1]:
        wider = [*run, col]
        if (
            col in table.headings
            and _ratings(table, wider)
            and wider == list(range(wider[0], col + 1))
        ):
            run = wider
            continue
        if len(run) > 1 and _one_each(table.rows, run):
            yield run
        run = [col] if col in table.headings and _ratings(table, [col]) else []


def _ratings(table: Table, cols: Sequence[int]) -> list[str]:
    """What columns are called without the words that all their headings begin with, where each is
    a rating and none comes twice; else nothing."""
    words = [table.headings[col].split() for col in cols]
    shared = _shared(words)
    names = [" ".join(each[shared:]) for each in words]
    known = len({fold(name) for name in names}) == len(names) and all(map(known_state, names))
    return names if known else []


def _shared(words: Sequence[Sequence[str]]) -> int:
    """How many words all of several headings begin with; a heading keeps its last."""
    least = min(len(each) for each in words) - 1
    return next(
        (n for n in range(least) if len({fold(each[n]) for each in words}) > 1), max(least, 0)
    )


def _one_each(rows: Sequence[DataRow], cols: Sequence[int]) -> bool:
    """Whether cells hold marks alone, mostly one in a row."""
    marks = [[text for col in cols if (text := cell_text(row.cells.get(col)))] for row in rows]
    marked = [texts for texts in marks if texts]
    several = sum(len(texts) > 1 for texts in marked)
    return (
        bool(marked)
        and several * _SEVERAL <= len(marked)
        and all(says_yes(text) or fold(text) in _MARKS for texts in marked for text in texts)
    )


def _join(table: Table, cols: Sequence[int]) -> None:
    names = _ratings(table, cols)
    words = table.headings[cols[0]].split()[: _shared([table.headings[c].split() for c in cols])]
    usual = "RAG" if all(map(is_colour, names)) else "Status"
    made = cols[0] + MADE
    table.joined[made] = tuple(table.headings[col] for col in cols)
    table.made[made] = cols[0]
    headings = {
        (made if col == cols[0] else col): (" ".join(words) or usual if col == cols[0] else text)
        for col, text in table.headings.items() if col not in cols[1:]
    }  # fmt: skip
    table.headings.clear()
    table.headings.update(headings)
    named = dict(zip(cols, names, strict=True))
    table.hold([_row(row, named, made) for row in table.rows])


def _row(row: DataRow, names: dict[int, str], made: int) -> DataRow:
    marked = [col for col in names if cell_text(row.cells.get(col))]
    cells: dict[int, CellValue] = {c: v for c, v in row.cells.items() if c not in names}
    if not marked:
        return replace(row, cells=cells)
    said = " and ".join(names[col] for col in marked)
    cells[made] = f"{said} are marked." if len(marked) > 1 else said
    return replace(row, cells=cells, origin={**row.origin, made: row.origin[marked[0]]})
