"""The workbook of an accountable officer who leads no action: what they answer for, locked, to read
and sign.

Their recommendations, and on a sheet of their own the actions that answer these; or the actions
alone, where the plan says of those who is accountable.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from xlplan.issued.banner import banner
from xlplan.issued.sheets import (
    LOWEST,
    Lists,
    column_looks,
    heading_row,
    id_row,
    lists_sheet,
    page_of,
    payload_of,
    row_height,
    row_values,
    stamped,
    value_cell,
)
from xlplan.issued.sign_off import NARROW, sign_choices
from xlplan.issued.widths import screen_widths, sizes_below, wide_widths
from xlplan.language.catalogue import Tongue, marked
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.definition import Kind, PlanDefinition
from xlplan.plan.people import Lead
from xlplan.returned.as_issued import IssuedColumn, columns_to_sign, locked_text
from xlplan.returned.furniture import UPDATE, sheet_name
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.look import Palette, palette
from xlplan.workbook.write.sheet import Area, Cell, Column, Merge, Protection, Row, Sheet, Workbook

ACTIONS = marked("Actions")
_KINDS: tuple[Kind, ...] = ("recommendation", "action")
_NARROW_SHEET = 120.0


def kinds_to_sign(rows: Sequence[MasterRow]) -> list[Kind]:
    """The kinds of rows that there are, in the order of their sheets."""
    return [kind for kind in _KINDS if any(row.kind == kind for row in rows)]


def signing_workbook(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    rows: Sequence[MasterRow],
    key: bytes,
    created: str,
) -> Workbook:
    """The workbook with these rows, in the order of `issued.uids`: a sheet for each kind, with the
    sign-off above the first; `definition` is as the officer reads it."""
    tongue = definition.tongue
    look, lists = palette(definition), lists_sheet(sign_choices(tongue))
    kinds = kinds_to_sign(rows)
    sheets = [
        _sheet(definition, lead, issued, [row for row in rows if row.kind == kind],
               columns_to_sign(definition, kind), key, look, lists, more=number > 0)
        for number, kind in enumerate(kinds)
    ]  # fmt: skip
    columns = [column for kind in kinds for column in columns_to_sign(definition, kind)]
    payload = payload_of(definition, issued, len(rows), columns) | {"lead": lead.name}
    title = tongue.say(
        "{plan}: {lead} to read and sign, {cycle}",
        plan=definition.title, lead=lead.name, cycle=issued.cycle,
    )  # fmt: skip
    return stamped(definition, issued, title, [*sheets, lists.sheet], key, payload, created, lists)


def _sheet(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    rows: Sequence[MasterRow],
    columns: Sequence[IssuedColumn],
    key: bytes,
    look: Palette,
    lists: Lists,
    *,
    more: bool,
) -> Sheet:
    """One table, all locked; below the sign-off, or with `more` below a title."""
    looks = column_looks(definition, columns, look.locked, look.locked, look.locked_key, words=True)
    lines = []
    for row in rows:
        values = row_values(row, columns)
        signed = row_key(key, issued.id, row.uid, locked_text(columns, values))
        lines.append(
            [Cell(signed), *(value_cell(each, values.get(each.column.id)) for each in looks)]
        )
    sizes = sizes_below(lines, len(columns))
    widths = screen_widths(columns, sizes, look.heading)
    widths = widths or wide_widths(columns, sizes, look.heading)
    if not columns[-1].item.width and sum(widths) < _NARROW_SHEET:
        widths[-1] = max(widths[-1], NARROW)  # the sign-off has its inputs there
    beside, last = [30.0, *widths], len(columns)
    top = banner(definition, lead, issued, look, lists, widths, message=False)
    above, merges, validations = top.rows, top.merges, top.validations
    if more:
        style = replace(look.banner, size=14, indent=1)
        above = [Row([None, *(Cell(None, style) for _ in columns)], 26)]
        title = Cell(_title(issued, definition.tongue), style)
        merges, validations = [Merge(Area(0, 1, 0, last), title)], []
    heading = len(above) + 1
    return Sheet(
        name=sheet_name(ACTIONS, definition.tongue) if more else UPDATE,
        rows=[
            *above,
            id_row(column.id for column in columns),
            heading_row(columns, look, beside, 30.0),
            *(Row(line, row_height([None, *line[1:]], beside, LOWEST)) for line in lines),
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=width) for width in widths)],
        merges=merges,
        validations=validations,
        freeze=(heading + 1, 2),
        filter=Area(heading, 1, heading + len(lines), last),
        page=page_of(definition, issued, Area(0, 1, heading + len(lines), last), heading),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=_first(validations[0].area) if validations else (heading + 1, 1),
    )


def _title(issued: Issued, tongue: Tongue) -> str:
    return tongue.say("The actions that answer them, {cycle}", cycle=issued.cycle)


def _first(area: Area) -> tuple[int, int]:
    return area.first_row, area.first_col
