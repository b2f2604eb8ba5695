"""The documents that ``--json`` prints, as what `json.dumps` takes. Programs rely on their shapes:
more keys may be added, none may go or change."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from msgspec.structs import asdict

from xlplan.errors import Problem

if TYPE_CHECKING:  # a document of what was kept loads nothing of a merge
    from xlplan.cycle.acts import UndoResult
    from xlplan.cycle.backup import Backup
    from xlplan.cycle.issue import IssueResult
    from xlplan.cycle.merge import MergeResult, ReturnReport
    from xlplan.cycle.new import NewFigures
    from xlplan.cycle.posting import PostResult
    from xlplan.cycle.publish import PublishResult
    from xlplan.cycle.status import LeadStatus, Status
    from xlplan.cycle.verify import Tip
    from xlplan.merge.fates import Cleared
    from xlplan.merge.model import Candidate, Change, MasterRow, Question
    from xlplan.plan.checks.steps import Milestone
    from xlplan.plan.definition import PlanDefinition
    from xlplan.plan.due import DatesRead
    from xlplan.source.importing import Source


def problem_shape(problem: Problem) -> dict[str, str]:
    """A problem in a report."""
    return problem.as_json()


def guess_shape(guess: str) -> dict[str, str | None]:
    """A guess of `new`: what it concerns, what was made of it; nobody has answered it yet."""
    about, colon, text = guess.partition(": ")
    return {"about": about if colon else "plan", "text": text or guess, "answer": None}


def new_figures_shape(figures: NewFigures) -> dict[str, object]:
    """The plan in figures, in ``new --json``."""
    return {
        "sections": figures.sections,
        "leads": figures.leads,
        "open_without_lead": figures.leaderless,
        "ratings": [
            {"rating": each.code, "label": each.label, "closed": each.closed, "count": count}
            for each, count in figures.ratings
        ],
        "not_rated": figures.unrated,
        "dates": dates_shape(figures.dates),
        "left_out": list(figures.left_out),
    }


def field_shapes(source: Source) -> list[dict[str, str]]:
    """The fields of `new --json`, each with the column it was read from, or ``""``."""
    places = {(place.kind, place.field): place for place in source.places}
    return [
        {
            "id": item.id,
            "heading": item.heading,
            "role": item.role,
            "type": item.type,
            "owner": item.owner,
            "of": item.of,
            "sheet": place.sheet if (place := places.get((item.of, item.id))) else "",
            "column": place.column if place else "",
        }
        for item in source.definition.fields
    ]


class UnreadDate(TypedDict):
    """What stands for a due date and names no day, why, and how often."""

    text: str
    reason: str
    count: int


class DatesShape(TypedDict):
    """How many actions have a due date, how many say nothing of it, and what the others say."""

    read: int
    blank: int
    unread: list[UnreadDate]


def dates_shape(dates: DatesRead | None) -> DatesShape | None:
    """The due dates of ``new --json``; None where the plan has no field for them."""
    if dates is None:
        return None
    unread = [
        UnreadDate(text=text, reason=reason, count=count)
        for (text, reason), count in dates.unread.items()
    ]
    return DatesShape(read=dates.read, blank=dates.blank, unread=unread)


def check_shape(problem: Problem) -> dict[str, str]:
    """A problem in ``check --json``."""
    return {
        "code": problem.code,
        "action": problem.action,
        "field": problem.field,
        "message": problem.message,
        "level": problem.level,
        "where": problem.where,
    }


def return_shape(report: ReturnReport) -> dict[str, object]:
    """A return in ``merge --json``."""
    return {
        "file": report.file,
        "id": report.id,
        "outcome": report.outcome,
        "lead": report.lead,
        "cycle": report.cycle,
        "counts_for": report.counts_for,
        "changes": report.changes,
        "questions": report.questions,
        "problems": [problem_shape(problem) for problem in report.problems],
        "information": list(report.information),
        "dispositions": report.dispositions,
        "cells": [
            {
                "action": fate.action,
                "field": fate.field,
                "sheet": fate.place.sheet,
                "cell": fate.place.cell,
                "disposition": fate.disposition,
            }
            for fate in report.fates
        ],
    }


def change_shape(change: Change) -> dict[str, object]:
    """A change in ``merge --json``."""
    from xlplan.plan.values import to_json

    return {
        "action": change.action,
        "field": change.field,
        "from": to_json(change.before),
        "to": to_json(change.after),
        "lead": change.by,
        "file": change.place.file,
        "sheet": change.place.sheet,
        "cell": change.place.cell,
        "kind": change.kind,
    }


def log_shape(change: Change) -> dict[str, object]:
    """A line of ``log --json``."""
    from xlplan.plan.values import to_json

    return {
        "seq": change.seq,
        "at": change.at,
        "cycle": change.cycle,
        "action": change.action,
        "field": change.field,
        "from": to_json(change.before),
        "to": to_json(change.after),
        "by": change.by,
        "file": change.place.file,
        "sheet": change.place.sheet,
        "cell": change.place.cell,
        "kind": change.kind,
        "return": change.return_id,
        "why": change.why,
    }


def cleared_shape(cleared: Cleared) -> dict[str, object]:
    """A field that was emptied, in ``merge --json``."""
    from xlplan.plan.values import to_json

    return {
        "action": cleared.action,
        "field": cleared.field,
        "was": to_json(cleared.was),
        "lead": cleared.author,
        "file": cleared.place.file,
        "sheet": cleared.place.sheet,
        "cell": cleared.place.cell,
    }


def candidate_shape(candidate: Candidate) -> dict[str, object]:
    """A candidate of a question."""
    from xlplan.plan.values import to_json

    return {
        "value": to_json(candidate.value),
        "text": candidate.text,
        "lead": candidate.author,
        "file": candidate.place.file,
        "sheet": candidate.place.sheet,
        "cell": candidate.place.cell,
    }


def preview_shape(candidate: Candidate) -> dict[str, object]:
    """What one way to read rows that were moved would do; a candidate has it as its `preview`."""
    from xlplan.merge.doubts import FIRST
    from xlplan.merge.kinds import Kind

    made = [change for change in candidate.changes if Kind(change.kind).stands]
    return {
        "changes": len(made),
        "questions": len(candidate.changes) - len(made),
        "first": [change_shape(change) for change in candidate.changes[:FIRST]],
    }


def question_shape(question: Question) -> dict[str, object]:
    """A question in ``merge --json``."""
    from xlplan.plan.values import to_json

    of_file = question.kind.of_file
    return {
        "id": question.id,
        "kind": question.kind,
        "action": question.action,
        "field": question.field,
        "base": to_json(question.base),
        "master": to_json(question.master),
        "candidates": [
            candidate_shape(each) | ({"preview": preview_shape(each)} if of_file else {})
            for each in question.candidates
        ],
        "choices": list(question.choices),
        "message": question.message,
    }


def merge_shape(
    result: MergeResult, replies: Sequence[Path] = (), unwritten: Sequence[Problem] = ()
) -> dict[str, object]:
    """``merge --json``."""
    return {
        "returns": [return_shape(report) for report in result.returns],
        "changes": [change_shape(change) for change in result.changes],
        "questions": [question_shape(question) for question in result.questions],
        "cleared": [cleared_shape(cleared) for cleared in result.cleared],
        "problems": [problem_shape(problem) for problem in (*result.problems, *unwritten)],
        "replies": [str(path) for path in replies],
        "answered": result.answered,
        "dry_run": result.dry_run,
        **({"kept": [each.as_json for each in result.kept]} if result.kept else {}),
    }


def row_shape(row: MasterRow, definition: PlanDefinition) -> dict[str, object]:
    """An action in ``show --json``."""
    from xlplan.plan.checks.steps import milestones_of
    from xlplan.plan.due import value_shape

    due = definition.with_role("due", row.kind)
    fields = {
        name: value
        if type(value) is str or value is None  # as most are
        else value_shape(value, definition, is_due=due is not None and name == due.id)
        for name, value in row.values.items()
    }
    return {
        "ref": row.ref,
        "uid": row.uid,
        "section": row.section,
        "fields": fields,
        "withdrawn": row.withdrawn,
        "kept_back": row.kept_back,
        "milestones": [milestone_shape(one) for one in milestones_of(definition, row)],
    }


def milestone_shape(one: Milestone) -> dict[str, object]:
    """A step of an action in ``show --json``: what stands in parallel lists of its cells."""
    from xlplan.plan.values import to_json

    return {
        "number": one.number,
        "text": one.text,
        "due": {"text": one.timescale, "by": to_json(one.due.by), "reason": one.due.reason},
        "done": one.done is not None,
        "done_on": to_json(one.done.day if one.done else None),
        "leads": list(one.leads),
        "own_leads": one.own_leads,
        "also": dict(one.also),
    }


def status_shape(status: Status) -> dict[str, object]:
    """``status --json``."""
    return {
        "cycle": status.cycle,
        "return_by": status.return_by or None,
        "leads": [_lead_shape(lead) for lead in status.leads],
        "questions": status.open,
        "title": status.title,
        "actions": status.actions,
        "edited": list(status.edited),
        "published": status.published,
        "next": {
            "step": status.next.step,
            "text": status.next.text,
            "command": status.next.command,
        },
        "problems": [problem_shape(problem) for problem in status.problems],
        "next_cycle": {
            "begins": cycle.begins.isoformat(), "due": cycle.due, "cycle": cycle.cycle,
            "return_by": cycle.return_by.isoformat(),
        } if (cycle := status.following) else None,
    }  # fmt: skip


def _lead_shape(lead: LeadStatus) -> dict[str, object]:
    """A lead in ``status --json``: every part of it, null for a text that is blank."""
    found = {each: getattr(lead, each) for each in lead.__struct_fields__}
    lists = {name: list(value) for name, value in found.items() if isinstance(value, tuple)}
    return {name: None if value == "" else value for name, value in (found | lists).items()}


def issue_shape(result: IssueResult) -> dict[str, object]:
    """``issue --json``."""
    return {
        "cycle": result.cycle,
        "templates": [
            {
                "lead": template.lead.name, "file": str(template.path), "id": template.id,
                "actions": list(template.actions), "locked": list(template.locked),
            }
            for template in result.templates
        ],
        "problems": [problem_shape(problem) for problem in result.problems],
    }  # fmt: skip


def post_shape(result: PostResult) -> dict[str, object]:
    """``draft --json`` and ``remind --json``."""
    return {
        "cycle": result.cycle,
        "drafts": [asdict(d) | {"to": d.to or None, "file": str(d.file)} for d in result.drafts],
        "unaddressed": list(result.unaddressed),
        "post": str(result.post),
        "problems": [problem_shape(problem) for problem in result.problems],
    }


def undo_shape(result: UndoResult) -> dict[str, object]:
    """``undo --json``."""
    return {
        "return": result.returned.id,
        "file": result.returned.file,
        "decisions": [decision.id for decision in result.decisions],
        "changes": [change_shape(change) for change in result.changes],
        "questions": len(result.questions),
        "problems": [problem_shape(problem) for problem in result.problems],
    }


def publish_shape(result: PublishResult) -> dict[str, object]:
    """``publish --json``."""
    return {
        "file": str(result.path),
        "written": result.written,
        "cycle": result.cycle,
        "tip": result.tip,
        "renderings": [str(path) for path in result.renderings],
        "problems": [problem_shape(problem) for problem in result.problems],
    }


def verify_shape(tip: Tip, problems: Sequence[Problem]) -> dict[str, object]:
    """``verify --json``; `tip` is that of the ledger that has these problems."""
    return {
        "ok": all(problem.level == "note" for problem in problems),
        "events": tip.events,
        "tip": tip.hash,
        "problems": [problem_shape(problem) for problem in problems],
    }


def backup_shape(made: Backup) -> dict[str, object]:
    """``backup --json`` and ``restore --json``."""
    found = {"path": str(made.path), "files": made.files, "key": made.with_key}
    return found | verify_shape(made.tip, made.problems)
