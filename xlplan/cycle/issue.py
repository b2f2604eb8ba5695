"""`issue`: one locked template per lead."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.cycle.desk import Desk
from xlplan.cycle.edited import is_edited, unusable
from xlplan.cycle.outputs import Output, write
from xlplan.errors import Problem, XlplanError, fault
from xlplan.ledger.originals import sha256
from xlplan.merge.ids import named
from xlplan.merge.model import Issued, MasterRow, Ours
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, Lead, PlanDefinition
from xlplan.plan.people import says_vacant
from xlplan.workbook.write.safe import safe_name

if TYPE_CHECKING:
    from xlplan.workbook.write.sheet import Workbook

_CYCLE_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}")


@dataclass(frozen=True)
class IssuedTemplate:
    """A template that went out: to whom, where it is, and the refs of the actions in it."""

    lead: Lead
    path: Path
    actions: tuple[str, ...]
    id: str


@dataclass(frozen=True)
class IssueResult:
    """What `issue` did."""

    cycle: str
    templates: tuple[IssuedTemplate, ...]
    problems: tuple[Problem, ...]


def issue(
    desk: Desk, cycle: str, return_by: date | None = None, leads: Sequence[str] = ()
) -> IssueResult:
    """Write one template for each lead with actions (or for `leads` only) to ``outbox/CYCLE``.

    The base of every template is recorded before its file is written. Issuing again with nothing
    changed writes the same bytes and records nothing.
    """
    if not _CYCLE_ID.fullmatch(cycle) or safe_name(cycle) != cycle:
        raise fault(
            "ISS-001",
            "--cycle",
            f'"{cycle}" cannot be a cycle id. Use letters, digits, "-" and ".", such as 2026-11.',
        )
    if return_by is not None and return_by < desk.today:
        raise fault(
            "ISS-002",
            "--return-by",
            f"{return_by.isoformat()} is in the past. Give a date from today on.",
        )
    with desk.work() as work:
        definition = desk.state.definition
        per_lead, problems = _actions_of_leads(desk)
        wanted = _wanted(definition, leads, per_lead)
        made: list[tuple[Issued, Lead, bytes]] = []
        taken: set[str] = set()
        names = {lead.name: safe_name(lead.name, taken) for lead in definition.leads}
        as_of = desk.state.seq
        for lead in wanted:
            rows = per_lead[lead.name]
            issued, data, long = _make(desk, cycle, return_by, lead, rows, as_of, names[lead.name])
            told = {(problem.action, problem.field) for problem in problems}
            problems += [each for each in long if (each.action, each.field) not in told]
            made.append((issued, lead, data))
            if desk.state.issued.get(issued.id) != issued:
                work.append([issued])
    templates = []
    files: list[Output] = []
    for issued, lead, data in made:
        path = desk.folder.root / issued.file
        files.append(Output(path, data, issued.document))
        refs = tuple(desk.state.ref(uid) for uid in issued.uids)
        templates.append(IssuedTemplate(lead, path, refs, issued.id))
    problems += write(desk, files)
    if is_edited(desk, desk.folder.master):
        problems.append(unusable(desk, desk.folder.master) or _unmerged(desk.folder.master))
    return IssueResult(cycle, tuple(templates), tuple(problems))


def _unmerged(master: Path) -> Problem:
    return Problem(
        "ISS-005",
        master.name,
        "master.xlsx holds edits that these templates do not show. To send them out, run "
        "xlplan merge and issue again.",
        "warning",
    )


def _actions_of_leads(desk: Desk) -> tuple[dict[str, list[MasterRow]], list[Problem]]:
    """The actions of each lead, and problems with leads that the list does not have."""
    definition = desk.state.definition
    item = definition.with_role("lead")
    rating = definition.with_role("rating")
    closed = {r.code for r in definition.ratings if r.closed}
    found: dict[str, list[MasterRow]] = {lead.name: [] for lead in definition.leads}
    problems: list[Problem] = []
    for row in desk.state.master("action"):
        if row.withdrawn or row.kept_back:
            continue
        if not definition.issue.include_closed and rating and row.values.get(rating.id) in closed:
            continue
        names = row.values.get(item.id) if item else None
        for name in names if isinstance(names, tuple) else ():
            lead = definition.lead(name)
            if lead is None:
                problems.append(_unknown_lead(definition, row, name, item.id if item else ""))
            elif row not in found[lead.name]:
                found[lead.name].append(row)
        if not names:
            problems.append(
                Problem(
                    "ISS-004",
                    f"action {row.ref}",
                    "No lead is named, so nobody was asked about it. Enter a lead in master.xlsx.",
                    "warning",
                    row.ref,
                    item.id if item else "",
                )
            )
    return found, problems


def _unknown_lead(definition: PlanDefinition, row: MasterRow, name: str, field: str) -> Problem:
    if says_vacant(name):
        return Problem(
            "ISS-004",
            f"action {row.ref}",
            f'The lead is "{name}", which names nobody, so nobody was asked about it. Enter a '
            "lead in master.xlsx.",
            "warning",
            row.ref,
            field,
        )
    near = get_close_matches(name, [lead.name for lead in definition.leads], 1, 0.75)
    hint = f' Did you mean "{near[0]}"? Add it there as an alias.' if near else ""
    return Problem(
        "ISS-003",
        f"action {row.ref}",
        f'The lead "{name}" is not in the list of leads, so no template was issued to them. '
        f"Add a [[lead]] to plan.toml or correct the action in master.xlsx.{hint}",
        "error",
        row.ref,
        field,
    )


def _wanted(
    definition: PlanDefinition, names: Sequence[str], per_lead: dict[str, list[MasterRow]]
) -> list[Lead]:
    if not names:
        found = [lead for lead in definition.leads if per_lead[lead.name]]
        if not found:
            raise fault(
                "ISS-008",
                "plan.toml",
                "No lead has an action, so there is nothing to issue. Enter leads in master.xlsx, "
                "and list each under [[lead]] here.",
            )
        return found
    wanted, problems = [], []
    for name in names:
        lead = definition.lead(name)
        if lead is None:
            near = get_close_matches(name, [lead.name for lead in definition.leads], 1, 0.6)
            hint = f'Did you mean "{near[0]}"?' if near else "plan.toml names them under [[lead]]."
            problems.append(
                Problem("ISS-006", "--lead", f'"{name}" is not in the list of leads. {hint}')
            )
        elif not per_lead[lead.name]:
            problems.append(
                Problem(
                    "ISS-007",
                    "--lead",
                    f'"{lead.name}" has no action to report on. Leave this --lead out.',
                )
            )
        else:
            wanted.append(lead)
    if problems:
        raise XlplanError(problems)
    return wanted


def _make(
    desk: Desk,
    cycle: str,
    return_by: date | None,
    lead: Lead,
    rows: Sequence[MasterRow],
    as_of: int,
    name: str,
) -> tuple[Issued, bytes, list[Problem]]:
    from xlplan.issued.template import template_workbook
    from xlplan.returned.columns import template_columns
    from xlplan.workbook.write.writing import write_workbook

    state, definition = desk.state, desk.state.definition
    columns = template_columns(definition)
    uids = tuple(row.uid for row in rows)
    fields = tuple(column.id for column in columns)
    due = return_by.isoformat() if return_by else ""
    issued = Issued(
        id="",
        document="template",
        author=lead.name,
        cycle=cycle,
        return_by=due,
        as_of=as_of,
        uids=uids,
        fields=fields,
        inputs=tuple(column.id for column in columns if column.input),
        file=f"outbox/{cycle}/{name}.xlsx",
    )
    issued = replace(issued, id=template_id(state, issued))
    known = state.issued.get(issued.id)
    issued = known or issued
    created = state.issued_at.get(issued.id) or desk.now()
    book = template_workbook(definition, lead, issued, rows, desk.key, created)
    data = write_workbook(book)
    issued = replace(issued, sha256=sha256(data), ours=_ours(state, issued, book))
    return issued, data, _too_long(state, issued, book)


def _ours(state: State, issued: Issued, book: Workbook) -> Ours:
    """What is ours in a template: as it is recorded, where that is still what is written."""
    from xlplan.issued.furnishing import ours_of

    ours = ours_of(state.definition, issued, book, state.shared)
    was = issued.ours
    same = was is not None and (was.texts, was.shared) == (ours.texts, ours.shared)
    return was if was is not None and same else ours


def _too_long(state: State, issued: Issued, book: Workbook) -> list[Problem]:
    """Texts that the lead cannot see whole; an action of several leads is told once."""
    from xlplan.issued.grid import too_long, too_long_problem

    update = book.sheets[0]
    problems = []
    for found in too_long(update):
        item = state.definition.find(found.column.removesuffix(ENTRY))
        where = f"{issued.file}!{update.name}!{found.cell}"
        ref = state.ref(found.uid) or found.uid
        problems.append(too_long_problem(found, where, ref, item.heading if item else found.column))
    return problems


def template_id(state: State, issued: Issued) -> str:
    """The id of a template: a digest of its lead, cycle, fields and recorded base."""
    names = [name.removesuffix(ENTRY) for name in issued.fields]
    base = state.base_digest(issued.uids, names, issued.as_of)
    return named(
        "t", issued.author, issued.cycle, issued.return_by, issued.fields, issued.inputs,
        state.definition_at(issued.as_of).id, base,
    )  # fmt: skip
