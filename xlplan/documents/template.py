"""The template: the locked workbook issued to one lead for one cycle.

Written new from the definition and that lead's rows, so that it holds nothing of another lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from xlplan.documents.columns import IssuedColumn, locked_text, template_columns
from xlplan.documents.grid import (
    LOWEST,
    LOWEST_WITH_WRITING,
    ColumnLook,
    column_looks,
    column_widths,
    heading_row,
    id_row,
    row_height,
    value_cell,
)
from xlplan.documents.guidance import guidance_sheet
from xlplan.documents.lists import Lists, column_lists, lists_sheet
from xlplan.documents.look import Palette, header_text, palette
from xlplan.documents.rules import rules_of, still_blank
from xlplan.documents.stamping import REFERENCE, payload_of, stamped
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import Lead, PlanDefinition
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value
from xlplan.workbook.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Page,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Workbook,
)
from xlplan.workbook.stamp import row_key

NAME = "Update"
HEADING_ROW, FIRST_ROW = 4, 5
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def template_workbook(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    rows: Sequence[MasterRow],
    key: bytes,
    created: str,
) -> Workbook:
    """The template of `lead`: sheets Update, Guidance, Lists (hidden) and the stamp.

    `rows` are the lead's actions in the order of `issued.uids`; `created` is ISO 8601, UTC.
    """
    columns = template_columns(definition)
    due = say_return_by(issued.return_by)
    lists = lists_sheet(column_lists(definition, columns))
    update = _update(definition, lead, issued, rows, columns, key, lists)
    payload = payload_of(definition, issued, len(rows), columns) | {"lead": lead.name}
    sheets = [update, guidance_sheet(definition, issued, columns, due), lists.sheet]
    title = f"{definition.title}: update from {lead.name}, {issued.cycle}"
    return stamped(definition, issued, title, sheets, key, payload, created, lists)


def say_return_by(text: str) -> str:
    """``"2026-11-27"`` as ``"Friday 27 November 2026"``; blank stays blank."""
    if not text:
        return ""
    day = date.fromisoformat(text)
    return f"{_WEEKDAYS[day.weekday()]} {say_date(day)}"


def _update(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    rows: Sequence[MasterRow],
    columns: Sequence[IssuedColumn],
    key: bytes,
    lists: Lists,
) -> Sheet:
    look = palette(definition)
    looks = column_looks(definition, columns, look.locked, look.input, look.locked_key)
    cells = [_cells(issued, row, columns, looks, key) for row in rows]
    widths = column_widths(columns, cells)
    writing = any(c.input and c.item.type == "narrative" for c in columns)
    least = LOWEST_WITH_WRITING if writing else LOWEST
    beside = [30.0, *widths]
    body = [Row(line, row_height([None, *line[1:]], beside, least)) for line in cells]
    blank = _proposals(definition, issued, columns, look, key, least)
    last_row = max(FIRST_ROW, FIRST_ROW + len(body) + len(blank) - 1)
    last_col = len(columns)
    top, merges = _banner(definition, lead, issued, look, widths)
    validations, conditionals = _rules(
        definition, columns, looks, len(body), len(blank), lists, look
    )
    inputs = [i for i, column in enumerate(columns, 1) if column.input]
    return Sheet(
        name=NAME,
        rows=[
            *top,
            id_row(c.id for c in columns),
            heading_row(columns, look, beside),
            *body,
            *blank,
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=w) for w in widths)],
        merges=merges,
        validations=validations,
        conditionals=conditionals,
        freeze=(FIRST_ROW, 2),
        filter=Area(HEADING_ROW, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), HEADING_ROW),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(FIRST_ROW, inputs[0] if inputs else 1),
    )


def page_of(definition: PlanDefinition, issued: Issued, area: Area, heading: int) -> Page:
    """Print set-up of every issued table: A3 landscape, one page wide, headings on every page."""
    left = f"{header_text(definition.title)}, {issued.cycle}, {issued.id}"
    return Page(
        repeat_rows=(heading, heading),
        header=header_text(definition.marking),
        footer_left=left,
        print_area=area,
    )


def _cells(
    issued: Issued,
    row: MasterRow,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    key: bytes,
) -> list[Cell | None]:
    values = row_values(row, columns)
    signed = row_key(key, issued.id, row.uid, locked_text(columns, values))
    return [Cell(signed), *(value_cell(look, values.get(look.column.id)) for look in looks)]


def row_values(row: MasterRow, columns: Sequence[IssuedColumn]) -> dict[str, Value]:
    """The values of a row by column id; the ref stands in the key's column in any case."""
    values = dict(row.values)
    for column in columns:
        if column.item.role == "key" and values.get(column.id) is None:
            values[column.id] = row.ref
    return values


def _proposals(
    definition: PlanDefinition,
    issued: Issued,
    columns: Sequence[IssuedColumn],
    look: Palette,
    key: bytes,
    least: float,
) -> list[Row]:
    """Blank rows with signed keys, in which a lead may propose an action."""
    open_ = [replace(column, input=True) for column in columns]
    looks = column_looks(definition, open_, look.input, look.input, look.input)
    rows = []
    for number in range(1, definition.issue.proposal_rows + 1):
        signed = row_key(key, issued.id, f"new-{number}", locked_text(columns, {}))
        rows.append(Row([Cell(signed), *(Cell(None, each.style) for each in looks)], least))
    return rows


def _rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    count: int,
    proposals: int,
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    validations: list[Validation] = []
    conditionals: list[Conditional] = []
    last = FIRST_ROW + count - 1
    for index, column in enumerate(columns, 1):
        if not column.input or count + proposals == 0:
            continue
        area = Area(FIRST_ROW, index, last + proposals, index)
        told, seen = rules_of(definition, column, area, lists, look, looks[index - 1].style)
        validations += told
        conditionals += seen
        if column.item.required and count and not column.entry:
            conditionals.append(still_blank(Area(FIRST_ROW, index, last, index), look))
    if proposals:
        area = Area(last + 1, 1, last + proposals, 1)
        text = "To propose a new action, fill in this row. The coordinator gives it its reference."
        validations.append(Validation(area, "any", input_title="New action", input_message=text))
    return validations, conditionals


def _banner(
    definition: PlanDefinition, lead: Lead, issued: Issued, look: Palette, widths: Sequence[float]
) -> tuple[list[Row], list[Merge]]:
    """Three rows: the plan; who, which cycle, by when; how to, the key and the reference."""
    last = len(widths)
    due = say_return_by(issued.return_by)
    title = " · ".join(part for part in (definition.organisation, definition.title) if part)
    strong = replace(look.banner_sub, bold=True)
    runs = [(lead.name, strong), (f"   ·   Update for {issued.cycle}", look.banner_sub)]
    if due:
        runs += [("   ·   Please return by ", look.banner_sub), (due, strong)]
    merges = [
        Merge(Area(0, 1, 0, last), Cell(title, replace(look.banner, indent=1))),
        Merge(
            Area(1, 1, 1, last), Cell(runs=tuple(runs), style=replace(look.banner_sub, indent=1))
        ),
    ]
    how = (
        "Fill in only what stands under the headings of this colour and leave everything else as "
        "it is. Where a cell has a list, choose from it. Save the workbook and send it back. "
        'More on the sheet "Guidance".'
    )
    third = [Merge(area, cell) for area, cell in _third_row(how, issued, look, widths)]
    filled = [None, *(Cell(None, look.banner) for _ in widths)]
    rows = [
        Row(filled, 38),
        Row([None, *(Cell(None, look.banner_sub) for _ in widths)], 24),
        Row([None, *(Cell(None, look.banner_note) for _ in widths)], 36),
    ]
    return rows, [*merges, *third]


def _third_row(
    how: str, issued: Issued, look: Palette, widths: Sequence[float]
) -> list[tuple[Area, Cell]]:
    """The how-to, and from the right: the reference, its label, and a sample of an input."""
    note: Style = look.banner_note
    sample = replace(look.input_heading, align="center")
    label = replace(note, align="right")
    reference = replace(note, bold=True, align="left", wrap=False)
    parts = [
        (issued.id, reference, 17.0),
        (REFERENCE, label, 19.0),
        ("Yours to fill in", sample, 17.0),
    ]
    placed: list[tuple[Area, Cell]] = []
    right = len(widths)
    for text, style, wanted in parts:
        left, room = right, widths[right - 1]
        while room < wanted and left > 2:
            left -= 1
            room += widths[left - 1]
        if left < 2 or (text != issued.id and sum(widths[: left - 1]) < 60):
            break
        placed.append((Area(2, left, 2, right), Cell(text, style)))
        right = left - 1
    if right >= 1:
        placed.append((Area(2, 1, 2, right), Cell(how, replace(note, indent=1))))
    return placed
