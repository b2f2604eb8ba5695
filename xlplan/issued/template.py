"""The template: the locked workbook issued to one lead for one cycle.

Written new from the definition and that lead's rows, so that it holds nothing of another lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlplan.issued.banner import Banner, banner
from xlplan.issued.changes import followed
from xlplan.issued.form import STEP_LIST, form_sheet
from xlplan.issued.guidance import guidance_sheets
from xlplan.issued.hints import hint_lists, hinted, hints_of
from xlplan.issued.needed import (
    Open,
    blank_now,
    message_cell,
    needed_cells,
    needed_columns,
    needed_lists,
    needed_looks,
)
from xlplan.issued.rules import (
    ISSUED_DUE,
    Cells,
    column_lists,
    due_and_reason,
    has_message,
    input_rules,
    is_required,
    issued_dates,
    moved,
    reason_missing,
)
from xlplan.issued.sheets import (
    LOWEST,
    LOWEST_WITH_WRITING,
    ColumnLook,
    Lists,
    column_looks,
    heading_row,
    id_row,
    lists_sheet,
    page_of,
    payload_of,
    row_height,
    row_values,
    shut_looks,
    stamped,
    value_cell,
)
from xlplan.issued.sign_off import NARROW, sign_choices
from xlplan.issued.to_sign import signing_workbook
from xlplan.issued.widths import (
    FROZEN,
    HEAD,
    SCREEN,
    across,
    screen_widths,
    sizes_below,
    wide_widths,
)
from xlplan.language.catalogue import marked
from xlplan.merge.model import Issued, MasterRow
from xlplan.plan.checks.steps import milestones_of
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import for_lead
from xlplan.plan.people import Lead
from xlplan.plan.reconsider import Known
from xlplan.plan.types.steps_done import DONE
from xlplan.plan.values import Value
from xlplan.returned.as_issued import (
    HINTS,
    OURS,
    IssuedColumn,
    locked_text,
    shown_columns,
    template_columns,
)
from xlplan.returned.furniture import UPDATE
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.cell_text import cell_name
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

NOTHING_KNOWN: Mapping[str, Known] = {}
_NARROW_SHEET = 120.0
_PROPOSE = marked(
    "To propose a new action, fill in this row. The coordinator gives it its reference."
)


def template_workbook(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    rows: Sequence[MasterRow],
    key: bytes,
    created: str,
    known: Mapping[str, Known] = NOTHING_KNOWN,
) -> Workbook:
    """The template of `lead`: sheets Update, Guidance, Lists (hidden) and the stamp.

    `rows` are the lead's actions in the order of `issued.uids`; `created` is ISO 8601, UTC. What
    is `known` of them, by uid, is for the hints of a plan that wants them.
    """
    written = definition.public
    definition = for_lead(written, lead)
    if issued.to_sign:
        return signing_workbook(definition, lead, issued, rows, key, created)
    tongue = definition.tongue
    plain, columns = template_columns(definition), shown_columns(definition)
    values = [row_values(row, plain) for row in rows]
    signed = [
        row_key(key, issued.id, row.uid, locked_text(plain, each))
        for row, each in zip(rows, values, strict=True)
    ]
    blank = [
        row_key(key, issued.id, f"new-{number}", locked_text(plain, {}))
        for number in range(1, definition.issue.proposal_rows + 1)
    ]
    asked = due_and_reason(columns)
    choices = column_lists(definition, columns, of_lead=True) | sign_choices(tongue)
    if any(column.item.role == "steps_done" for column in columns):
        choices[STEP_LIST] = tuple(dict.fromkeys(one.say(DONE) for one in tongue.singles))
    if asked is not None:
        due = asked.due.id
        choices[ISSUED_DUE] = issued_dates(
            [(name, each.get(due)) for name, each in zip(signed, values, strict=True)]
        )
    choices |= needed_lists(needed_columns(definition, columns), signed, values)
    hints = hints_of(definition, columns, [row.uid for row in rows], known)
    lists = lists_sheet(choices | hint_lists(definition, columns))
    layout = definition.issue.layout
    opened = len(rows) - len(issued.locked)
    args = (definition, lead, issued, columns, values, signed, blank, lists, opened)
    steps = [milestones_of(definition, row) for row in rows]
    update = None if layout == "form" else _table_sheet(*args, fit=layout == "fit")
    if update is None or (layout == "fit" and not _in_view(update)):
        update, layout = form_sheet(*args, steps), "form"
    by_uid = {row.uid: each for row, each in zip(rows, values, strict=True)}
    update = hinted(definition, update, hints, by_uid, created[:10], lists, columns)
    payload = payload_of(definition, issued, len(rows), plain) | {"lead": lead.name}
    guidance = guidance_sheets(written, definition, issued, form=layout == "form")
    title = tongue.say(
        "{plan}: update from {lead}, {cycle}",
        plan=definition.title, lead=lead.name, cycle=issued.cycle,
    )  # fmt: skip
    update, *more = followed(definition, issued, update, columns, lists)
    seen, hidden = ([each for each in more if (each.state == "hidden") is b] for b in (False, True))
    sheets = [update, *seen, *guidance, lists.sheet, *hidden]
    return stamped(definition, issued, title, sheets, key, payload, created, lists)


def _in_view(table: Sheet) -> bool:
    """Whether the columns of a table can be seen at once on a laptop, below a low head."""
    shown = [row.height for row in table.rows[: (table.freeze or (0, 0))[0]] if not row.hidden]
    widths = [column.width for column in table.columns if not column.hidden]
    return across(widths) <= SCREEN and sum(shown) * 4 / 3 < HEAD


def _table_sheet(
    definition: PlanDefinition,
    lead: Lead,
    issued: Issued,
    columns: Sequence[IssuedColumn],
    values: Sequence[dict[str, Value]],
    signed: Sequence[str],
    blank: Sequence[str],
    lists: Lists,
    opened: int,
    *,
    fit: bool,
) -> Sheet | None:
    """The sheet "Update" as a table; the actions after the first `opened` are locked. With `fit`
    None where its columns cannot be seen at once."""
    look = palette(definition)
    looks = column_looks(definition, columns, look.locked, look.input, look.locked_key, words=True)
    shut = shut_looks(definition, columns, look)
    cells = [
        _cells(name, each, looks if number < opened else shut)
        for number, (name, each) in enumerate(zip(signed, values, strict=True))
    ]
    sizes = sizes_below(cells, len(columns))
    widths = screen_widths(columns, sizes, look.heading)
    widths = widths or wide_widths(columns, sizes, look.heading)
    if not columns[-1].item.width and sum(widths) < _NARROW_SHEET:
        widths[-1] = max(widths[-1], NARROW)  # the sign-off has its inputs there
    if fit and across(widths) > SCREEN:
        return None
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
        definition, columns, looks, first, opened, len(body), len(blank), lists, look
    )
    _count_what_is_missing(definition, top, columns, values[:opened], first, lists)
    inputs = [i for i, column in enumerate(columns, 1) if column.input]
    return Sheet(
        name=UPDATE,
        rows=[
            *top.rows,
            id_row(c.id for c in columns),
            heading_row(columns, look, beside, 30.0),
            *body,
            *_proposals(definition, columns, look, blank, least),
        ],
        columns=[Column(width=30, hidden=True), *(Column(width=w) for w in widths)],
        merges=top.merges,
        validations=[*top.validations, *validations],
        conditionals=conditionals,
        freeze=(first, 1 + _in_sight(columns, widths)),
        filter=Area(heading, 1, last_row, last_col),
        page=page_of(definition, issued, Area(0, 1, last_row, last_col), heading),
        protection=Protection(definition.issue.password),
        tab_colour=look.accent,
        active_cell=(first, inputs[0] if inputs else 1),
    )


def _in_sight(columns: Sequence[IssuedColumn], widths: Sequence[float]) -> int:
    """How many columns stay in view while the others are moved: the ref, and what the action is
    where both leave most of a screen to the rest."""
    for number, column in enumerate(columns, 1):
        if column.item.role == "action" and across(widths[:number]) <= FROZEN:
            return number
    return 1


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
    open_ = [replace(column, input=column.id not in OURS | {HINTS}) for column in columns]
    looks = column_looks(definition, open_, look.locked, look.input, look.input, words=True)
    return [
        Row([Cell(signed), *(Cell(None, each.style) for each in looks)], least) for signed in blank
    ]


def _rules(
    definition: PlanDefinition,
    columns: Sequence[IssuedColumn],
    looks: Sequence[ColumnLook],
    first: int,
    count: int,
    rows: int,
    proposals: int,
    lists: Lists,
    look: Palette,
) -> tuple[list[Validation], list[Conditional]]:
    last, below = first + count - 1, first + rows
    asked, places = due_and_reason(columns), {c.id: i for i, c in enumerate(columns, 1)}
    flags: list[Conditional] = []
    if asked is not None and count:
        due, reason = (
            Area(first, at, last, at) for at in (places[asked.due.id], places[asked.reason.id])
        )
        flags = reason_missing(due, reason, asked, lists, look)
    if count:
        areas = {name: [Area(first, at, last, at)] for name, at in places.items()}
        flags += needed_looks(needed_columns(definition, columns), areas, lists, look)
    cells = {
        name: Cells(
            [Area(first, at, last, at)] if count else [],
            _inputs(at, first, last, below, proposals),
        )
        for name, at in places.items()
        for more in (0 if name in OURS else proposals,)
    }
    styles = [each.style for each in looks]
    validations, colours = input_rules(definition, columns, styles, cells, lists, look)
    if proposals:
        area = Area(below, 1, below + proposals - 1, 1)
        tongue = definition.tongue
        title, text = tongue.say("New action"), tongue.say(_PROPOSE)
        validations.append(Validation(area, "any", input_title=title, input_message=text))
    return validations, [*flags, *colours]


def _inputs(at: int, first: int, last: int, below: int, proposals: int) -> list[Area]:
    """The inputs of a column: of the actions that are open, and of the proposals from row `below`
    on."""
    end = below + proposals - 1
    if last + 1 == below:
        return [Area(first, at, end, at)] if end >= first else []
    return [Area(first, at, last, at), *([Area(below, at, end, at)] if proposals else [])]


def _count_what_is_missing(
    definition: PlanDefinition,
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
        return f"${cell_name(first, index)}:${cell_name(first + count - 1, index)}"

    blanks: list[Open] = []
    now, without = 0, None
    for index, column in enumerate(columns, 1):
        if is_required(column):
            blanks.append(Open(cells(index), index, f"(LEN(TRIM({cells(index)}))=0)"))
            now += sum(each.get(column.id) is None for each in values)
    needed, place = needed_columns(definition, columns), {c.id: i for i, c in enumerate(columns, 1)}
    blanks += needed_cells(needed, lambda name: cells(place[name]), place, cells(0), lists)
    now += blank_now(needed, values)
    if asked is not None:
        due, reason = (1 + list(columns).index(column) for column in (asked.due, asked.reason))
        test = moved(cells(0), cells(due), lists.names[ISSUED_DUE])
        test = f"(LEN(TRIM({cells(reason)}))=0)*{test}"
        without = Open(cells(reason), reason, test)
    top.merges.append(
        Merge(top.message, message_cell(blanks, without, asked, top.style, now, definition.tongue))
    )
