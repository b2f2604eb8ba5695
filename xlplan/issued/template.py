"""The template: the locked workbook issued to one lead for one cycle.

Written new from the definition and that lead's rows, so that it holds nothing of another lead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlplan.issued.changes import followed
from xlplan.issued.design import design_of
from xlplan.issued.form import form_sheet
from xlplan.issued.guidance import guidance_sheets
from xlplan.issued.hints import hint_lists, hinted, hints_of
from xlplan.issued.needed import (
    needed_lists,
)
from xlplan.issued.rules import (
    ISSUED_DUE,
    issued_dates,
)
from xlplan.issued.sheets import (
    payload_of,
    row_values,
    stamped,
)
from xlplan.issued.table import table_sheet
from xlplan.issued.to_sign import signing_workbook
from xlplan.merge.model import Issued, MasterRow, Ours, Shared
from xlplan.plan.checks.steps import milestones_of
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import for_lead
from xlplan.plan.people import Lead
from xlplan.plan.reconsider import Known
from xlplan.workbook.stamp import row_key
from xlplan.workbook.write.sheet import Sheet, Workbook

NOTHING_KNOWN: Mapping[str, Known] = {}


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
    tongue, design = definition.tongue, design_of(definition)
    columns = design.columns
    values = [row_values(row, design.plain) for row in rows]
    signed = [
        row_key(key, issued.id, row.uid, design.locked_text(each))
        for row, each in zip(rows, values, strict=True)
    ]
    no_text = design.locked_text({})
    blank = [
        row_key(key, issued.id, f"new-{number}", no_text)
        for number in range(1, definition.issue.proposal_rows + 1)
    ]
    choices = dict(design.choices)
    if design.asked is not None:
        due = design.asked.due.id
        choices[ISSUED_DUE] = issued_dates(
            [(name, each.get(due)) for name, each in zip(signed, values, strict=True)]
        )
    choices |= needed_lists(design.needed, signed, values)
    hints = hints_of(definition, columns, [row.uid for row in rows], known)
    lists = design.lists(choices | hint_lists(definition, columns))
    layout = definition.issue.layout
    args = (design, lead, issued, values, signed, blank, lists, len(rows) - len(issued.locked))
    update = None if layout == "form" else table_sheet(*args, fit=layout == "fit")
    if update is None:
        steps = [milestones_of(definition, row) for row in rows]
        update, layout = form_sheet(*args, steps), "form"
    by_uid = {row.uid: each for row, each in zip(rows, values, strict=True)}
    update = hinted(definition, update, hints, by_uid, created[:10], lists, columns)
    payload = payload_of(definition, issued, len(rows), design.plain) | {"lead": lead.name}
    guidance = guidance_sheets(written, definition, issued, form=layout == "form")
    title = tongue.say(
        "{plan}: update from {lead}, {cycle}",
        plan=definition.title, lead=lead.name, cycle=issued.cycle,
    )  # fmt: skip
    more: list[Sheet] = []
    if definition.issue.status or definition.issue.changes:
        update, *more = followed(definition, issued, update, columns, lists)
    seen, hidden = ([each for each in more if (each.state == "hidden") is b] for b in (False, True))
    sheets = [update, *seen, *guidance, lists.sheet, *hidden]
    return stamped(definition, issued, title, sheets, key, payload, created, lists)


def made_again(definition: PlanDefinition, issued: Issued, key: bytes) -> tuple[Ours, Shared]:
    """What is ours in a template that went out before that was recorded: as this version of xlplan
    would write it, without its actions."""
    from xlplan.issued.as_ours import ours_of

    lead = definition.lead(issued.author) or Lead(issued.author)
    ours = ours_of(definition, issued, template_workbook(definition, lead, issued, [], key, ""))
    assert ours.brought is not None  # as nothing is known yet
    return ours, ours.brought
