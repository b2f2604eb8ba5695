"""`issue`: one locked template per lead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.issue_codes import (
    ISS_001,
    ISS_002,
    ISS_005,
    ISS_082,
    ISS_094,
)
from xlplan.cycle.desk import Desk, base_digest
from xlplan.cycle.folder import sha256
from xlplan.cycle.outputs import Output, is_edited, not_written, unusable, write
from xlplan.cycle.whom import (
    actions_of_recipients,
    chosen_recipients,
    divided,
    open_actions,
    say_spared,
    spare,
    to_sign,
    with_need,
)
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.merge.exchange import asked_in
from xlplan.merge.kinds import digest, named
from xlplan.merge.model import Issued, MasterRow, Ours
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY
from xlplan.plan.for_lead import for_lead
from xlplan.plan.people import Lead
from xlplan.progress import WRITING_TEMPLATES, counted
from xlplan.workbook.write.cell_text import safe_name

if TYPE_CHECKING:
    from xlplan.issued.reply import Fault
    from xlplan.merge.model import CellKey
    from xlplan.plan.need import Need
    from xlplan.plan.reconsider import Known
    from xlplan.workbook.write.sheet import Workbook

NO_FAULTS: Mapping[CellKey, Fault] = {}
_CYCLE_ID = regex(r"[0-9A-Za-z][0-9A-Za-z._-]{0,30}")


class IssuedTemplate(Struct, frozen=True):
    """A template that went out: to whom, where it is, and the refs of the actions in it that the
    lead is asked about; `locked` are those of the others."""

    lead: Lead
    path: Path
    actions: tuple[str, ...]
    id: str
    """The template reference that the lead sees in it: ``t-`` and 12 hexadecimal digits."""
    locked: tuple[str, ...] = ()


class IssueResult(Struct, frozen=True):
    """What `Plan.issue_with_report` did for the cycle with this id.

    `problems` are actions that nobody was asked about, texts that do not fit a cell, and files
    that could not be written.
    """

    cycle: str
    templates: tuple[IssuedTemplate, ...]
    problems: tuple[Problem, ...]


def issue(
    desk: Desk,
    cycle: str,
    return_by: date | None = None,
    leads: Sequence[str] = (),
    need: Need | None = None,
) -> IssueResult:
    """Write one template for each lead with actions (or for `leads` only) to ``outbox/CYCLE``; with
    a `need` only the actions that have it are open, and whoever has none of them gets nothing.

    The base of every template is recorded before its file is written. Issuing again with nothing
    changed writes the same bytes and records nothing.
    """
    if not _CYCLE_ID.fullmatch(cycle) or safe_name(cycle) != cycle:
        raise ISS_001.fault("--cycle", cycle=cycle)
    if return_by is not None and return_by < desk.today:
        raise ISS_002.fault("--return-by", date=return_by.isoformat())
    with desk.work() as work:
        definition = desk.state.definition
        per_lead, problems = actions_of_recipients(desk)
        signing, unknown = to_sign(desk, per_lead)
        per_lead, problems = per_lead | signing, problems + unknown
        chosen = chosen_recipients(definition, leads, per_lead, signing)
        made: list[tuple[Issued, Lead, bytes]] = []
        used: set[str] = set()
        addressed = dict.fromkeys(each.name for each in (*definition.leads, *per_lead))
        names = {name: safe_name(name, used) for name in addressed}
        as_of = desk.state.seq
        needed = open_actions(desk, cycle, need) if need else None
        chosen, spared = with_need(chosen, per_lead, needed, signing)
        if need and not chosen:
            raise ISS_094.fault("plan.toml", need=str(need))
        for lead in counted(WRITING_TEMPLATES, chosen, len(chosen)):
            every = per_lead[lead]
            rows, locked = (every, ()) if needed is None else divided(every, needed)
            if lead in signing:
                rows, locked = every, tuple(row.uid for row in every)
            issued, data, long = make_template(
                desk, cycle, return_by, lead, rows, as_of, names[lead.name], locked=locked
            )
            known = {(problem.action, problem.field) for problem in problems}
            problems += [each for each in long if (each.action, each.field) not in known]
            made.append((issued, lead, data))
            again = (cycle, lead.name) in desk.state.exchange.spared
            if again or desk.state.issued.get(issued.id) != issued:
                work.append([issued])
        for lead in spared:
            work.append(spare(desk, cycle, made[0][0].return_by, lead))
            problems.append(say_spared(cycle, lead, len(per_lead.pop(lead)), need))
    templates = []
    files: list[Output] = []
    for issued, lead, data in made:
        path = desk.folder.root / issued.file
        files.append(Output(path, data, issued.document))
        refs = tuple(desk.state.ref(uid) for uid in asked_in(issued))
        shown = tuple(desk.state.ref(uid) for uid in issued.locked)
        templates.append(IssuedTemplate(lead, path, refs, issued.id, shown))
    problems += _set_aside(desk, cycle, files, [] if leads else None, per_lead)
    problems += write(desk, files)
    if is_edited(desk, desk.folder.master):
        master = desk.folder.master
        problems.append(unusable(desk, master) or ISS_005.problem(master.name))
    return IssueResult(cycle, tuple(templates), tuple(problems))


def _set_aside(
    desk: Desk,
    cycle: str,
    files: Sequence[Output],
    others: Sequence[str] | None,
    per_lead: Mapping[Lead, Sequence[MasterRow]],
) -> Iterator[Problem]:
    """Move the templates of a cycle that are out of date out of the way, with their drafts; a note
    on each. `others` None: whoever is sent none any more; else those alone who have no action."""
    fresh = {each.path: each.data for each in files}
    sent = {lead.name for lead, rows in per_lead.items() if rows}
    for issued in desk.state.exchange.templates(cycle):
        path = desk.folder.root / issued.file
        lead = desk.state.definition.lead(issued.author)
        left = others is None or (lead.name if lead else issued.author) not in sent
        if path not in fresh and not left:
            continue
        try:
            if not path.exists() or path.read_bytes() == fresh.get(path):
                continue
            moved = _move(path, path.parent / "superseded", issued.id)
            draft = desk.folder.post(cycle).with_name(f"{path.stem}.eml")
            if draft.exists():
                _move(draft, path.parent / "superseded", issued.id)
        except OSError as error:
            yield not_written(path, error)
        else:
            to = moved.relative_to(desk.folder.root).as_posix()
            yield ISS_082.problem(issued.file, lead=issued.author, to=to)


def _move(path: Path, folder: Path, name: str) -> Path:
    """Move a file into a folder under a name that no other file has there."""
    folder.mkdir(exist_ok=True)
    there = {each.stem.casefold() for each in folder.glob(f"*{path.suffix}")}
    target = folder / f"{safe_name(f'{path.stem}, {name}', there)}{path.suffix}"
    path.replace(target)
    return target


def make_template(
    desk: Desk,
    cycle: str,
    return_by: date | None,
    lead: Lead,
    rows: Sequence[MasterRow],
    as_of: int,
    name: str,
    faults: Mapping[CellKey, Fault] = NO_FAULTS,
    locked: tuple[str, ...] = (),
) -> tuple[Issued, bytes, list[Problem]]:
    """A template as it is recorded, its bytes, and the texts that cannot be seen whole in it; with
    `faults` a correction workbook, in which only they are open. The rows that are `locked` are
    shown, and not asked about."""
    from xlplan.issued.template import template_workbook
    from xlplan.issued.to_sign import kinds_to_sign
    from xlplan.returned.as_issued import columns_to_sign, template_columns
    from xlplan.workbook.write.alike import write_alike

    state, definition = desk.state, desk.state.definition
    if state.published:
        definition = definition.after_a_board
    uids = tuple(row.uid for row in rows)
    columns = template_columns(definition)
    if locked == uids:
        kinds = kinds_to_sign(rows)
        columns = tuple(c for kind in kinds for c in columns_to_sign(definition, kind))
    fields = tuple(dict.fromkeys(column.id for column in columns))
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
        locked=locked,
    )
    if faults:
        told = sorted((uid, name, one.typed, one.needed) for (uid, name), one in faults.items())
        issued = replace(issued, corrects=digest(told), file=f"{name}.xlsx")
    issued = replace(issued, id=template_id(state, issued))
    known = state.issued.get(issued.id)
    issued = known or issued
    created = state.exchange.issued_at.get(issued.id) or desk.now()
    shown = definition
    if faults:  # nothing but the cells to correct is asked for, and all else is shut
        plain = replace(definition.issue, confirm=False, status=False, changes=False, hints=False)
        shown = replace(definition, issue=plain)
    known_of = known_to(desk, issued) if shown.issue.hints and not issued.to_sign else {}
    book = template_workbook(shown, lead, issued, rows, desk.key, created, known_of)
    if faults:
        from xlplan.issued.corrections import correction_workbook

        book = correction_workbook(book, for_lead(definition.public, lead), issued, faults)
    if known is None and not (faults or issued.to_sign):
        _keep_rows(desk, issued, book)
    data = write_alike(book)
    issued = replace(issued, sha256=sha256(data), ours=_ours(state, lead, issued, book))
    return issued, data, [] if faults else _too_long(state, issued, book)


def _keep_rows(desk: Desk, issued: Issued, book: Workbook) -> None:
    """Keep the rows of a template as they go out while they are at hand: the answers that are kept
    of the plan have them too, and would read each again."""
    from xlplan.issued.issued_places import row_keys
    from xlplan.merge.bases import rows_as_issued
    from xlplan.workbook.stamp import fingerprint

    key_of = row_keys(book.sheets[0]).__getitem__
    desk.sent[issued.id] = rows_as_issued(desk.state, issued, key_of, fingerprint(desk.key))


def known_to(desk: Desk, issued: Issued) -> Mapping[str, Known]:
    """What is known of the actions of a template, by uid, for what it may ask."""
    from xlplan.merge.because import answers_of, with_answers
    from xlplan.merge.heard import NOTHING_HEARD
    from xlplan.merge.past import past_of
    from xlplan.plan.checks.lint_view import Plan
    from xlplan.plan.checks.lints_past import known_of

    state, at = desk.state, issued.as_of
    past = past_of(state, NOTHING_HEARD, at, desk.today, issued.cycle)
    history = with_answers(past.history, answers_of(state, at))
    plan = Plan(state.definition, state.master("action", at), desk.today, history)
    return {row.uid: known_of(plan, row) for row in plan.rows if row.uid in issued.uids}


def _ours(state: State, lead: Lead, issued: Issued, book: Workbook) -> Ours:
    """What is ours in a template: as it is recorded, where that is still what is written."""
    from xlplan.issued.as_ours import ours_of

    definition = for_lead(state.definition, lead)
    ours = ours_of(definition, issued, book, state.exchange.shared)
    was = issued.ours
    same = was is not None and (was.texts, was.shared) == (ours.texts, ours.shared)
    return was if was is not None and same else ours


def _too_long(state: State, issued: Issued, book: Workbook) -> list[Problem]:
    """Texts that the lead cannot see whole; an action of several leads is named once."""
    from xlplan.issued.sheets import too_long, too_long_problem

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
    base = base_digest(state, issued.uids, names, issued.as_of)
    return named(
        "t", issued.author, issued.cycle, issued.return_by, issued.fields, issued.inputs,
        state.definition_at(issued.as_of).id, base, *filter(None, (issued.corrects, issued.locked)),
    )  # fmt: skip
