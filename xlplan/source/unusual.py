"""What is unusual about a spreadsheet, and what was made of it, as problems."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from xlplan.codes.message import Filled
from xlplan.codes.source_codes import (
    NEW_004,
    NEW_005,
    NEW_006,
    NEW_008,
    NEW_009,
    NEW_014,
    NEW_015,
    NEW_020,
)
from xlplan.errors import Problem
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import row_status
from xlplan.source.account import Work, private_columns
from xlplan.source.layout import Layout
from xlplan.source.proposed import SECTION_OUTCOME
from xlplan.workbook.read.book import At, a1


def say_unusual(
    work: Work, definition: PlanDefinition, template: PlanDefinition | None, *, kept: bool
) -> None:
    """Say what is hidden, computed, struck out, merged over the refs or headed twice.

    `definition` says which columns are private; `template` is the workbook template in use: fields
    of it that have no column are said too. Where the workbook is `kept`, nothing in it lets a row
    out.
    """
    used_sheets = {columns.sheet for columns in work.columns}
    work.problems += _formulas(work)
    for number, layout in enumerate(work.layouts):
        where = f"{work.book.name}!{layout.sheet.name}"
        found = [
            *_hidden(work, number, definition, kept),
            *(_headings(layout) if number in used_sheets else ()),
            *_markings(layout),
            *_merged_refs(work, number),
        ]
        work.problems += [filled.at(where) for filled in found]
        work.problems += _ragged(work, number, where)
        work.problems += [
            NEW_006.problem(f"{where}!{a1(*at)}", error=name)
            for at, name in sorted(layout.sheet.errors.items())
        ]
    if template is not None:
        work.problems += _without_column(work, template)


def _ragged(work: Work, number: int, where: str) -> Iterator[Problem]:
    """Lines of a CSV file that have not the cells of their heading row."""
    rows = work.layouts[number].sheet.rows
    for columns in work.columns if work.book.kind == "csv" else ():
        table = work.layouts[number].tables[columns.table]
        cells = len(rows[table.header])
        odd = [row.row + 1 for row in table.rows if len(rows[row.row]) != cells]
        if odd and len(odd) < len(table.rows):
            yield NEW_020.problem(where, rows=odd, cells=cells)


def _data_rows(layout: Layout) -> set[int]:
    return {line.row for line in layout.lines if line.kind == "data"}


def _hidden(work: Work, number: int, definition: PlanDefinition, kept: bool) -> Iterator[Filled]:
    layout = work.layouts[number]
    sheet = layout.sheet
    status = row_status(definition)
    if not sheet.visible and layout.tables:
        yield (
            NEW_004.fill("sheet of a kept workbook")
            if kept
            else NEW_004.fill("sheet", status=status)
        )
    if hidden := sorted(row + 1 for row in sheet.hidden_rows & _data_rows(layout)):
        yield (
            NEW_004.fill("rows of a kept workbook", rows=hidden)
            if kept
            else NEW_004.fill("rows", rows=hidden, status=status)
        )
    if filtered := sorted(row + 1 for row in sheet.filtered_rows & _data_rows(layout)):
        yield NEW_004.fill("filtered", rows=filtered)
    heads = {col for table in layout.tables for col in table.headings} & sheet.hidden_columns
    private = set(private_columns(work, number, definition))
    if cols := _letters(heads & private):
        yield NEW_004.fill("columns", columns=cols)
    if cols := _letters(_shown(work, number) - private):
        yield NEW_004.fill("shown", columns=cols)


def _letters(columns: Iterable[int]) -> list[str]:
    return [a1(0, col)[:-1] for col in sorted(columns)]


def _shown(work: Work, number: int) -> set[int]:
    """The hidden columns that hold something, of the plan's tables on a sheet."""
    layout = work.layouts[number]
    return {
        col
        for columns in work.columns
        if columns.sheet == number
        for col in columns.plans
        if col in layout.sheet.hidden_columns
        and any(row.cells.get(col) is not None for row in layout.tables[columns.table].rows)
    }


def _headings(layout: Layout) -> Iterator[Filled]:
    for table in layout.tables:
        if not table.rows:
            yield NEW_008.fill("empty", row=table.header + 1)
    yield from _doubled_headings(layout)


def _doubled_headings(layout: Layout) -> Iterator[Filled]:
    """Heading rows in other words directly below the ones that were used.

    Further down they are the top of a page; here somebody must say which words are the plan's.
    """
    used = {line.table: line for line in layout.lines if line.kind == "header"}
    for line in layout.lines:
        if line.kind != "repeated" or not line.text or line.text == used[line.table].text:
            continue
        if not any(row.row < line.row for row in layout.tables[line.table].rows):
            yield NEW_008.fill("other", row=line.row + 1, used=used[line.table].row + 1)


def _formulas(work: Work) -> Iterator[Problem]:
    """The cells that hold formulas, with a value and without, each said once for the workbook."""
    held: dict[str, list[At]] = {}
    empty: dict[str, list[At]] = {}
    for layout in work.layouts:
        sheet, data = layout.sheet, _data_rows(layout)
        found = sorted(at for at in sheet.formulas if at not in sheet.errors)
        nothing = [at for at in found if _blank(layout, at)]
        blank = set(nothing)
        if mine := [at for at in found if at[0] in data and at not in blank]:
            held[sheet.name] = mine
        if nothing and any(cell is not None for cells in sheet.rows for cell in cells):
            empty[sheet.name] = nothing
    if held:
        count, where, first, names = _places(work, held)
        yield (
            NEW_005.problem(where, "values on sheets", cells=count, first=first, sheets=names)
            if len(names) > 1
            else NEW_005.problem(where, "values", cells=count, first=first)
        )
    if empty:
        count, where, first, names = _places(work, empty)
        yield (
            NEW_005.problem(where, "no values on sheets", cells=count, first=first, sheets=names)
            if len(names) > 1
            else NEW_005.problem(where, "no-values", cells=count, first=first)
        )


def _places(work: Work, cells: Mapping[str, Sequence[At]]) -> tuple[int, str, str, list[str]]:
    """How many cells there are by sheet, where they are, the first of them, and their sheets."""
    names, count = [*cells], sum(map(len, cells.values()))
    first = a1(*cells[names[0]][0])
    if len(names) == 1:
        return count, f"{work.book.name}!{names[0]}", first, names
    return count, work.book.name, f"{names[0]}!{first}", names


def _blank(layout: Layout, at: At) -> bool:
    rows = layout.sheet.rows
    return at[0] >= len(rows) or at[1] >= len(rows[at[0]]) or rows[at[0]][at[1]] is None


def _markings(layout: Layout) -> Iterator[Filled]:
    data = _data_rows(layout) if layout.sheet.struck else set[int]()
    if struck := sorted(at for at in layout.sheet.struck if at[0] in data):
        yield NEW_009.fill("struck", cells=len(struck), first=a1(*struck[0]))
    if layout.sheet.notes:
        yield NEW_009.fill("notes", cells=len(layout.sheet.notes))


def _merged_refs(work: Work, number: int) -> Iterator[Filled]:
    """Merged cells that hold a ref together with what is no ref, or a ref of several actions."""
    layout = work.layouts[number]
    own = {draft.row: draft.ref for draft in work.drafts if draft.sheet == number}
    for columns in work.columns:
        key = columns.having("key")
        cols = {col for col, plan in columns.plans.items() if key and plan.field == key}
        if columns.sheet != number or not cols:
            continue
        mine = {row.row for row in layout.tables[columns.table].rows}
        for top, left, bottom, right in sorted(layout.sheet.merged):
            rows = sorted(row for row in mine & own.keys() if top <= row <= bottom)
            if not rows or not any(left <= col <= right for col in cols):
                continue
            area = f"{a1(top, left)}:{a1(bottom, right)}"
            if right > left:
                yield NEW_014.fill("across", area=area)
            elif len({own[row] for row in rows}) < len(rows):
                yield NEW_014.fill("down", area=area, actions=len(rows))


def _without_column(work: Work, template: PlanDefinition) -> Iterator[Problem]:
    plans = [(c.kind, plan) for c in work.columns for plan in c.plans.values()]
    used = {(kind, name) for kind, plan in plans for name in (plan.field, plan.rating)}
    kinds = {columns.kind for columns in work.columns}
    if any(heading.outcome for draft in work.drafts for heading in draft.sections):
        used |= {(kind, SECTION_OUTCOME) for kind in kinds}
    made = {"key", "section", "recommendation", "organisation", "inspection"}
    missing = [
        item.heading
        for item in template.fields
        if (item.of, item.id) not in used
        and item.of in kinds
        and item.role not in made
        and not any(draft.pieces(item.id) for draft in work.drafts)
    ]
    if missing:
        yield NEW_015.problem(work.book.name, headings=missing)
