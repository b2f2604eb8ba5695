"""What the commands of a cycle print: issue, status, merge, and where the cycle stands."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlplan.cli.say_plain import (
    DONE,
    NEEDS_A_PERSON,
    plain,
    plural,
    prints,
    relative,
    said,
    say_changes,
    short,
    table,
)
from xlplan.errors import Problem

if TYPE_CHECKING:
    from xlplan.cycle.issue import IssueResult
    from xlplan.cycle.merge import MergeResult
    from xlplan.cycle.plan import Plan
    from xlplan.cycle.report import LeadStatus, Status


@prints
def issued(plan: Plan, result: IssueResult, as_json: bool) -> int:
    """The templates that were written."""
    if as_json:
        from xlplan.cli.shapes import issue_shape, say_json

        say_json(issue_shape(result))
    else:
        table(
            ("lead", "actions", "template"),
            [(t.lead.name, len(t.actions), relative(t.path)) for t in result.templates],
        )
        click.echo(
            f"Issued {plural(len(result.templates), 'template')} for {result.cycle}. Send each to "
            f"its lead; put what comes back into {relative(plan.folder / 'inbox')}."
        )
    return said(result.problems)


@prints
def status(found: Status, as_json: bool) -> int:
    """Where a cycle stands."""
    if as_json:
        from xlplan.cli.shapes import say_json, status_shape

        say_json(status_shape(found))
    elif not found.cycle:
        click.echo("Nothing has been issued yet. Next: xlplan issue --cycle ID --return-by DATE")
    else:
        signed = any(_sign_off(lead) for lead in found.leads)
        table(
            ("lead", "actions", "returned", "changes", "untouched", "questions",
             *(["signed off"] if signed else [])),
            [
                (
                    lead.lead,
                    lead.actions,
                    _returned(lead),
                    lead.changes,
                    lead.untouched if lead.returned else "",
                    lead.questions or "",
                    *([_sign_off(lead)] if signed else []),
                )
                for lead in found.leads
                if lead.issued
            ],
        )  # fmt: skip
        asked = [lead for lead in found.leads if lead.issued]
        for lead in asked:
            if lead.remarks:
                click.echo(f"{lead.lead}, {plural(len(lead.remarks), 'remark')}:")
            for line in lead.remarks:
                click.echo(f"  {short(line)}")
        for lead in asked:
            if lead.old_form:
                click.echo(
                    f"{lead.lead} returned on the old form: it answers {lead.old_form}, and counts "
                    f"for {found.cycle}."
                )
        back = sum(lead.returned for lead in asked)
        by = f", due back by {found.return_by}" if found.return_by else ""
        click.echo(
            f"Cycle {found.cycle}{by}: {back} of {len(asked)} returned, "
            f"{plural(len(found.questions), 'question')} open."
        )
    return DONE


def _returned(lead: LeadStatus) -> str:
    if not lead.returned:
        return "overdue" if lead.late else "no"
    words = "late" if lead.late else "yes"
    return f"{words}, on the old form" if lead.old_form else words


def _sign_off(lead: LeadStatus) -> str:
    """``no change, A Director, 2026-11-20``."""
    parts = ("no change" if lead.no_change else "", lead.signed_by, lead.signed_on)
    return ", ".join(part for part in parts if part)


@prints
def merged(
    plan: Plan,
    result: MergeResult,
    as_json: bool,
    replies: tuple[Sequence[Path], Sequence[Problem]] | None = None,
) -> int:
    """What a merge did; `replies` are those that were written, and what was not."""
    written, unwritten = replies or ((), ())
    needs_a_person = result.needs_a_person or bool(unwritten)
    if as_json:
        from xlplan.cli.shapes import merge_shape, say_json

        say_json(merge_shape(result, written, unwritten))
        said(result.problems)
        if replies is not None:
            _replied(written, unwritten, as_json)
        return NEEDS_A_PERSON if needs_a_person else DONE
    fresh = [report for report in result.returns if report.outcome != "duplicate"]
    if fresh:
        table(
            ("file", "outcome", "lead", "changes", "questions"),
            [(r.file, r.outcome, r.lead, r.changes, r.questions or "") for r in fresh],
        )
    if len(fresh) < len(result.returns):
        click.echo(f"{plural(len(result.returns) - len(fresh), 'file')} had been merged before.")
    say_changes(plan, result.changes)
    for report in fresh:
        for line in report.information:
            click.echo(plain(f"{report.file}: {' '.join(line.split())}"))
        said(report.problems)
    said(result.problems)
    click.echo(summary(result))
    if replies is not None:
        _replied(written, unwritten, as_json)
    return NEEDS_A_PERSON if needs_a_person else DONE


def _replied(written: Sequence[Path], problems: Sequence[Problem], as_json: bool) -> None:
    """The replies that were written; with ``--json``, stdout is for the document alone."""
    for path in written:
        click.echo(f"Reply to send: {relative(path)}", err=as_json)
    if not written and not problems:
        click.echo("No return needs a reply.", err=as_json)
    said(problems)


def summary(result: MergeResult) -> str:
    """One sentence for a merge."""
    refused = sum(report.outcome == "refused" for report in result.returns)
    parts = [plural(len(result.changes), "change")]
    if result.answered:
        parts.append(plural(result.answered, "question") + " answered")
    parts.append(plural(len(result.questions), "question") + " open")
    if refused:
        parts.append(f"{refused} refused")
    text = ", ".join(parts) + "."
    if result.dry_run:
        return f"Dry run, nothing was recorded: {text}"
    if result.questions:
        text += " Answer them in decisions.xlsx and run merge again."
    return text


@prints
def where_it_stands(plan: Plan) -> int:
    """Where the cycle stands and which command comes next."""
    from xlplan.cycle.edited import is_edited, unusable

    desk = plan.desk
    found = plan.status()
    definition = desk.state.definition
    click.echo(f"{definition.title} ({plural(len(desk.state.uids('action')), 'action')})")
    if not found.cycle:
        click.echo("No cycle has been issued yet.")
        click.echo("Next: xlplan check, then xlplan issue --cycle ID --return-by DATE")
        return DONE
    asked = [lead for lead in found.leads if lead.issued]
    by = f", due back by {found.return_by}" if found.return_by else ""
    back = len(asked) - len(found.outstanding)
    click.echo(f"Cycle {found.cycle}{by}: {back} of {len(asked)} returned.")
    edited = []
    for path in (desk.folder.master, desk.folder.decisions):
        if path.exists() and is_edited(desk, path):
            if problem := unusable(desk, path):
                click.echo(str(problem))
            else:
                edited.append(path.name)
    if edited:
        click.echo(f"{' and '.join(edited)} hold edits that are not merged yet.")
        click.echo("Next: xlplan merge")
    elif found.questions:
        click.echo(f"{plural(len(found.questions), 'question')} open.")
        click.echo("Next: answer in decisions.xlsx, save it, then xlplan merge")
    elif found.outstanding:
        names = ", ".join(lead.lead for lead in found.outstanding[:5])
        more = len(found.outstanding) - 5
        click.echo(f"Waiting for {names}" + (f" and {more} more." if more > 0 else "."))
        click.echo("Next: put what comes back into inbox, then xlplan merge")
    elif not any(fact.cycle == found.cycle for _, fact in desk.state.published):
        click.echo("Next: xlplan publish")
    else:
        click.echo("Published. Next: xlplan issue --cycle ID --return-by DATE")
    return DONE
