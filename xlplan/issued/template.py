"""The template: the locked workbook issued to one lead for one cycle.

Written new from the definition and that lead's rows, so that it holds nothing of another lead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.issued.banner import NARROW, SIGN_CHOICES, Banner, banner
from xlplan.issued.form import form_sheet
from xlplan.issued.grid import (
    LOWEST,
    LOWEST_WITH_WRITING,
    ColumnLook,
    column_looks,
    column_widths,
    heading_row,
    id_row,
    page_of,
    row_height,
    row_values,
    value_cell,
)
from xlplan.issued.guidance import guidance_sheet
from xlplan.issued.hidden_sheets import Lists, column_lists, lists_sheet, payload_of, stamped
from xlplan.issued.rules import (
    ISSUED_DUE,
    Cells,
    due_and_reason,
    has_message,
    input_rules,
    is_required,
    issued_dates,
    message_cell,
    moved,
    reason_missing,
)
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import Lead, PlanDefinition
from xlplan.plan.timescales import say_return_by
from xlplan.plan.values import Value
from xlplan.returned.columns import IssuedColumn, locked_text, template_columns
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.read.book import a1
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Merge,
    Protection,
    Row,
    Sheet,
    Validation,
    Workbook,
)

_NARROW_SHEET = 120.0


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
    definition = definition.public
    columns = template_columns(definition)
    values = [row_values(row, columns) for row in rows]
    signed = [
        row_key(key, issued.id, row.uid, locked_text(columns, each))
        for row, each in zip(rows, values, strict=True)
    ]
    blank = [
        row_key(key, issued.id, f"new-{number}", locked_text(columns, {}))
        for number in range(1, definition.issue.proposal_rows + 1)
    ]
    asked = due_and_reason(columns)
    choices = column_lists(definition, columns) | SIGN_CHOICES
    if asked is not None:
        due = asked.due.id
        choices[ISSUED_DUE] = issued_dates(
            [(name, each.get(due)) for name, each in zip(signed, values, strict=True)]
        )
    lists = lists_sheet(choices)
    make = form_sheet if definition.issue.layout == "form" else _table_sheet
    update = make(definition, lead, issued, columns, values, signed, blank, lists)
    payload = payload_of(definition, issued, len(rows), columns) | {"lead": lead.name}
    guidance = guidance_sheet(definition, issued, columns, say_return_by(issued.return_by))
    title = f"{definition.title}: update from {lead.name}, {issued.cycle}"
    sheets = [update, guidance, lists.sheet]
    return stamped(definition, issued, title, sheets, key, payload, created, lists)


def _table_sheet(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    columns: Sequence[IssuedColumn],
    values: Sequence[dict[str, Value]],
    signed: Sequence[str],
    blank: Sequence[str],
    lists: Lists,
) -> Sheet:
    look = palette(definition)
    looks = column_looks(definition, columns, look.locked, look.input, look.locked_key)
    cells = [_cells(name, each, looks) for name, each in zip(signed, values, strict=True)]
    widths = column_widths(columns, cells)
    if not columns[-1].item.width and sum(widths) < _NARROW_SHEET:
        widths[-1] = max(widths[-1], NARROW)  # the sign-off has its inputs there
    writing = any(c.input and c.item.field_type.narrative for c in columns)
    least = LOWEST_WITH_WRITING if writing else LOWEST
    beside = [30.0, *widths]
    body = [Row(line, row_height([None, *line[1:]], beside, least)) for line in cells]
    message = has_message(columns) and bool(values)
    top = banner(definition, lead, issued, look, lists, widths, message=message)
    heading = len(top.rows) + 1
    first, last_col = heading + 1, len(columns)
    last_row = max(first, heading + len(body) + len(blank))
    validations, conditionals = _rules(
        definition, columns, looks, first, len(body), len(blank), lists, look
    )
    _count_what_is_missing(top, columns, values, first, lists)
    inputs = [i for i, column in enumerate(columns, 1) if column.input]
    return Sheet(
        name=UPDATE,
        rows=[
            *top.rows,
            id_row(c.id for c in columns),
            heading_row(columns, look, beside),
            *body,
            *_proposals(definition, columns, look, blank, least),
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=w) for w in widths)],
        merges=top.merges,
        validations=[*top.validations, *validations],
        conditionals=conditionals,
        freeze=(first, 2),
        filter=Area(heading, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), heading),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(first, inputs[0] if inputs else 1),
    )


def _cells(signed: str, values: dict[str, Value], looks: Sequence[ColumnLook]) -> list[Cell | None]:
    return [Cell(signed), *(value_cell(look, values.get(look.column.id)) for look in looks)]


def _proposals(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    look: Palette,
    blank: Sequence[str],
    least: float,
) -> list[Row]:
    """Blank rows with signed keys, in which a lead may propose an action."""
    open_ = [replace(column, input=True) for column in columns]
    looks = column_looks(definition, open_, look.input, look.input, look.input)
    return [
        Row([Cell(signed), *(Cell(None, each.style) for each in looks)], least) for signed in blank
    ]


def _rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    first: int,
    count: int,
    proposals: int,
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    last = first + count - 1
    asked, places = due_and_reason(columns), {c.id: i for i, c in enumerate(columns, 1)}
    flags: list[Conditional] = []
    if asked is not None and count:
        due, reason = (
            Area(first, at, last, at) for at in (places[asked.due.id], places[asked.reason.id])
        )
        flags = reason_missing(due, reason, asked, lists, look)
    cells = {
        name: Cells(
            [Area(first, at, last, at)] if count else [],
            [Area(first, at, last + proposals, at)] if count + proposals else [],
        )
        for name, at in places.items()
    }
    styles = [each.style for each in looks]
    validations, colours = input_rules(definition, columns, styles, cells, lists, look)
    if proposals:
        area = Area(last + 1, 1, last + proposals, 1)
        text = "To propose a new action, fill in this row. The coordinator gives it its reference."
        validations.append(Validation(area, "any", input_title="New action", input_message=text))
    return validations, [*flags, *colours]


def _count_what_is_missing(
    top: Banner,
    columns: Sequence[IssuedColumn],
    values: Sequence[dict[str, Value]],
    first: int,
    lists: Lists,
) -> None:
    """The message in the banner that counts what is still to be filled in."""
    asked = due_and_reason(columns)
    count = len(values)
    if top.message is None:
        return

    def cells(index: int) -> str:
        return f"${a1(first, index)}:${a1(first + count - 1, index)}"

    blanks, now, without = [], 0, ""
    for index, column in enumerate(columns, 1):
        if is_required(column):
            blanks.append(f"SUMPRODUCT(--(LEN(TRIM({cells(index)}))=0))")
            now += sum(each.get(column.id) is None for each in values)
    if asked is not None:
        due, reason = (1 + list(columns).index(column) for column in (asked.due, asked.reason))
        test = moved(cells(0), cells(due), lists.names[ISSUED_DUE])
        without = f"SUMPRODUCT((LEN(TRIM({cells(reason)}))=0)*{test})"
    top.merges.append(Merge(top.message, message_cell(blanks, without, asked, top.style, now)))
