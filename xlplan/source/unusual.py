"""What is unusual about a spreadsheet, and what was made of it: said as problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from xlplan.codes.source_codes import NEW_020
from xlplan.errors import Problem
from xlplan.plan.definition import PlanDefinition
from xlplan.source.account import Work, private_columns
from xlplan.source.layout import Layout
from xlplan.source.proposed import SECTION_OUTCOME
from xlplan.workbook.read.book import At, a1

Said = tuple[str, str, str]
"""A code, how much it counts, and a sentence."""


def say_unusual(
    work: Work, definition: PlanDefinition, template: PlanDefinition | None = None
) -> None:
    """Say what is hidden, computed, struck out, merged over the refs or headed twice.

    `definition` says which columns are private; `template` is the workbook template in use: fields
    of it that have no column are said too.
    """
    used_sheets = {columns.sheet for columns in work.columns}
    for number, layout in enumerate(work.layouts):
        where = f"{work.book.name}!{layout.sheet.name}"
        said = [
            *_hidden(work, number, definition),
            *(_headings(layout) if number in used_sheets else ()),
            *_formulas(layout),
            *_markings(layout),
            *_merged_refs(work, number),
        ]
        work.problems += [Problem(code, where, text, level) for code, level, text in said]
        work.problems += _ragged(work, number, where)
        for at, name in sorted(layout.sheet.errors.items()):
            text = f'The cell holds the error "{name}"; it was imported as that text. '
            work.problems.append(
                Problem(
                    "NEW-006", f"{where}!{a1(*at)}", f"{text}Correct it in the plan.", "warning"
                )
            )
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


def _hidden(work: Work, number: int, definition: PlanDefinition) -> Iterator[Said]:
    layout = work.layouts[number]
    sheet = layout.sheet
    none = "no lead is sent {0} and no board shows {0}"
    status = "clear its Status in master.xlsx"
    if not sheet.visible and layout.tables:
        yield (
            "NEW-004", "note", "This sheet is hidden; it was imported and kept back: "
            f"{none.format('it')}. To let an action out, {status}; to let all out, start again and "
            "name the sheet with --sheet.",
        )  # fmt: skip
    if hidden := sorted(row + 1 for row in sheet.hidden_rows & _data_rows(layout)):
        yield (
            "NEW-004", "note", f"{_hid('Row', hidden)} and kept back: "
            f"{none.format('it' if len(hidden) == 1 else 'them')}. To let an action out, {status}.",
        )  # fmt: skip
    if left_out := sorted(row + 1 for row in sheet.filtered_rows & _data_rows(layout)):
        one = len(left_out) == 1
        yield (
            "NEW-004", "note", f"A filter hides row{'' if one else 's'} {_few(left_out)}: imported "
            f"as any other, so {'it goes' if one else 'they go'} to leads and to the board. "
            "Withdraw what is no part of the plan.",
        )  # fmt: skip
    heads = {col for table in layout.tables for col in table.headings} & sheet.hidden_columns
    private = set(private_columns(work, number, definition))
    if cols := [a1(0, col)[:-1] for col in sorted(heads & private)]:
        yield (
            "NEW-004", "note", f"{_hid('Column', cols)} and kept back: "
            f"{none.format('it' if len(cols) == 1 else 'them')}. To let one out, take private = "
            "true out of its field in plan.toml.",
        )  # fmt: skip
    if cols := [a1(0, col)[:-1] for col in sorted(_shown(work, number) - private)]:
        yield (
            "NEW-004", "warning", f"{_hid('Column', cols)}. Leads and the board see what it holds, "
            "as they see the refs, actions and leads of every plan.",
        )  # fmt: skip


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


def _hid(kind: str, names: Sequence[object]) -> str:
    if len(names) == 1:
        return f"{kind} {names[0]} is hidden; it was imported"
    return f"{kind}s {_few(names)} are hidden; they were imported"


def _few(names: Sequence[object]) -> str:
    return ", ".join(map(str, names[:10])) + ("…" if len(names) > 10 else "")


def _headings(layout: Layout) -> Iterator[Said]:
    for table in layout.tables:
        if not table.rows:
            yield (
                "NEW-008", "note", f"Row {table.header + 1} looks like column headings too, but "
                "nothing stands below it; it was kept as a note. If its headings are the right "
                "ones, delete the other heading row and start again.",
            )  # fmt: skip
    yield from _doubled_headings(layout)


def _doubled_headings(layout: Layout) -> Iterator[Said]:
    """Heading rows in other words directly below the ones that were taken.

    Further down they are the top of a page; here somebody must say which words are the plan's.
    """
    taken = {line.table: line for line in layout.lines if line.kind == "header"}
    for line in layout.lines:
        if line.kind != "repeated" or not line.text or line.text == taken[line.table].text:
            continue
        if not any(row.row < line.row for row in layout.tables[line.table].rows):
            yield (
                "NEW-008", "note", f"Row {line.row + 1} looks like column headings too, in other "
                f"words than row {taken[line.table].row + 1}, whose words were taken. If its words "
                "are the right ones, delete the other heading row and start again.",
            )  # fmt: skip


def _formulas(layout: Layout) -> Iterator[Said]:
    sheet = layout.sheet
    rows = {row for row, cells in enumerate(sheet.rows) if any(c is not None for c in cells)}
    found = sorted(at for at in sheet.formulas if at not in sheet.errors)
    empty = [at for at in found if _blank(layout, at)]
    held = [at for at in found if at[0] in _data_rows(layout) and at not in set(empty)]
    if held:
        yield (
            "NEW-005", "note", f"{_cells(held)} hold formulas (first {a1(*held[0])}); their values "
            "were imported, and they are no formulas any more.",
        )  # fmt: skip
    if empty and rows:
        yield (
            "NEW-005", "warning", f"{_cells(empty)} hold formulas without a value (first "
            f"{a1(*empty[0])}), so nothing was imported from them. Open the spreadsheet in Excel, "
            "save it, and start again.",
        )  # fmt: skip


def _blank(layout: Layout, at: At) -> bool:
    rows = layout.sheet.rows
    return at[0] >= len(rows) or at[1] >= len(rows[at[0]]) or rows[at[0]][at[1]] is None


def _cells(places: Sequence[At]) -> str:
    return "1 cell" if len(places) == 1 else f"{len(places)} cells"


def _markings(layout: Layout) -> Iterator[Said]:
    if struck := sorted(at for at in layout.sheet.struck if at[0] in _data_rows(layout)):
        yield (
            "NEW-009", "note", f"{_cells(struck)} are struck through (first {a1(*struck[0])}); "
            "their text was imported. Withdraw an action that was struck out.",
        )  # fmt: skip
    if layout.sheet.notes:
        count = len(layout.sheet.notes)
        carry = "1 cell carries a note" if count == 1 else f"{count} cells carry notes"
        yield (
            "NEW-009", "note", f"{carry}: kept back in plan.toml, where kept_back names each. To "
            "show one to the board, move it to notes there.",
        )  # fmt: skip


def _merged_refs(work: Work, number: int) -> Iterator[Said]:
    """Merged cells that hold a ref together with what is no ref, or a ref of several actions."""
    layout = work.layouts[number]
    own = {draft.row for draft in work.drafts if draft.sheet == number}
    for columns in work.columns:
        key = columns.having("key")
        cols = {col for col, plan in columns.plans.items() if key and plan.field == key}
        if columns.sheet != number or not cols:
            continue
        mine = {row.row for row in layout.tables[columns.table].rows}
        for top, left, bottom, right in sorted(layout.sheet.merged):
            rows = sorted(row for row in mine & own if top <= row <= bottom)
            if not rows or not any(left <= col <= right for col in cols):
                continue
            area = f"{a1(top, left)}:{a1(bottom, right)}"
            if right > left:
                yield (
                    "NEW-014", "warning", f"{area} is merged over the column of refs and the next; "
                    "what stands in it was read as the ref. Unmerge it, put each thing in its own "
                    "column, and start again; or correct it in master.xlsx.",
                )  # fmt: skip
            elif len(rows) > 1:
                yield (
                    "NEW-014", "warning", f"{area} is one merged cell, so {len(rows)} actions have "
                    "one ref. Give each its own in master.xlsx.",
                )  # fmt: skip


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
        and not any(draft.cells.get(item.id) for draft in work.drafts)
    ]
    if missing:
        names = ", ".join(f'"{heading}"' for heading in missing)
        yield Problem(
            "NEW-015", work.book.name, f"No column was found for these fields of the template: "
            f"{names}. They are kept in plan.toml, and blank: delete those that you do not want, "
            "or give them the headings of your spreadsheet and start again.", "note",
        )  # fmt: skip
