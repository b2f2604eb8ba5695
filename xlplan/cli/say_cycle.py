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
    say_changes,
    say_json,
    say_problems,
    short,
    short_id,
    table,
)
from xlplan.errors import Problem

if TYPE_CHECKING:
    from xlplan import IssueResult, LeadStatus, MergeResult, Plan, PostResult, Status


@prints
def issued(plan: Plan, result: IssueResult, as_json: bool) -> int:
    """The templates that were written."""
    if as_json:
        from xlplan import shapes

        say_json(shapes.issue_shape(result))
    else:
        table(
            ("lead", "actions", "template"),
            [
                (t.lead.name, len(t.actions) or "to sign", relative(t.path))
                for t in result.templates
            ],
        )
        click.echo(
            f"Issued {plural(len(result.templates), 'template')} for {result.cycle}. Send each to "
            f"its lead; put what comes back into {relative(plan.folder / 'inbox')}."
        )
    return say_problems(result.problems)


@prints
def posted(result: PostResult, as_json: bool) -> int:
    """The drafts that were written."""
    if as_json:
        from xlplan import shapes

        say_json(shapes.post_shape(result))
    elif not result.drafts:
        click.echo(f"Nobody needs a letter in {result.cycle}.")
    else:
        table(
            ("lead", "to", "why", "draft"),
            [
                (one.lead, one.to or "no address", ", ".join(one.why), relative(one.file))
                for one in result.drafts
            ],
        )
        click.echo(
            f"{plural(len(result.drafts), 'draft')} for {result.cycle}. Open and send each, and "
            f"tick it in {relative(result.post)}."
        )
    return say_problems(result.problems)


@prints
def status(found: Status, as_json: bool) -> int:
    """Where a cycle stands."""
    if as_json:
        from xlplan import shapes

        say_json(shapes.status_shape(found))
    elif not found.cycle:
        click.echo(f"Nothing has been issued yet. Next: {found.next.command}")
    else:
        signed = any(lead.sign_off for lead in found.leads)
        chased = any(lead.reminded for lead in found.leads)
        confirms = any(lead.confirmed is not None for lead in found.leads)
        table(
            ("lead", "actions", "returned", "id", "changes",
             *(["confirmed", "not looked at"] if confirms else ["untouched"]), "questions",
             *(["signed off"] if signed else []), *(["reminded"] if chased else [])),
            [
                (
                    lead.lead,
                    f"{lead.to_sign} to sign" if lead.to_sign else lead.actions,
                    lead.state,
                    ", ".join(map(short_id, lead.returns)),
                    lead.changes,
                    *(
                        (lead.confirmed, lead.not_looked_at) if confirms and lead.returned
                        else ("", "") if confirms
                        else (lead.untouched if lead.returned else "",)
                    ),
                    lead.questions or "",
                    *([lead.sign_off] if signed else []),
                    *([", ".join(lead.reminded)] if chased else []),
                )
                for lead in found.leads
                if lead.issued or lead.nothing_asked
            ],
        )  # fmt: skip
        for lead in found.asked:
            if lead.remarks:
                click.echo(f"{lead.lead}, {plural(len(lead.remarks), 'remark')}:")
            for line in lead.remarks:
                click.echo(f"  {short(line)}")
        for lead in found.asked:
            if lead.old_form:
                click.echo(
                    f"{lead.lead} returned on the old form: it answers {lead.old_form}, and counts "
                    f"for {found.cycle}."
                )
        click.echo(f"{_returns(found)}, {plural(found.open, 'question')} open.")
    return DONE


def _returns(found: Status) -> str:
    """``Cycle 2026-11, due back by 2026-11-27: 3 of 4 returned``."""
    by = f", due back by {found.return_by}" if found.return_by else ""
    return f"Cycle {found.cycle}{by}: {found.back} of {len(found.asked)} returned"


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
        from xlplan import shapes

        say_json(shapes.merge_shape(result, written, unwritten))
        say_problems(result.problems)
        if replies is not None:
            _replied(written, unwritten, as_json)
        return NEEDS_A_PERSON if needs_a_person else DONE
    fresh = [report for report in result.returns if report.outcome != "duplicate"]
    if fresh:
        table(
            ("file", "id", "outcome", "lead", "changes", "questions"),
            [
                (r.file, short_id(r.id), r.outcome, r.lead, r.changes, r.questions or "")
                for r in fresh
            ],
        )
    if len(fresh) < len(result.returns):
        click.echo(f"{plural(len(result.returns) - len(fresh), 'file')} had been merged before.")
    say_changes(plan, result.changes)
    for report in fresh:
        for line in (each for each in report.information if each not in report.repeated):
            click.echo(plain(f"{report.file}: {' '.join(line.split())}"))
        say_problems(report.problems)
    beside = [problem for report in fresh for problem in report.problems]
    say_problems([problem for problem in result.problems if problem not in beside])
    _previews(result)
    for cell in result.kept:
        before, after = short(cell.before or "(blank)"), short(cell.after or "(blank)")
        click.echo(plain(f"{cell.sheet}!{cell.cell}: {before} → {after}"))
    click.echo(summary(result))
    if result.to_look_at:
        lines = plural(result.to_look_at, "line")
        click.echo(f"{lines} to look at in decisions.xlsx, on its sheets Returns and Remarks.")
    if replies is not None:
        _replied(written, unwritten, as_json)
    return NEEDS_A_PERSON if needs_a_person else DONE


def _previews(result: MergeResult) -> None:
    """What each answer would do to rows that were sorted without their keys."""
    for question in result.questions:
        if any(candidate.changes for candidate in question.candidates):
            click.echo(plain(f"{question.candidates[0].place.file}: {question.message}"))
            for candidate in question.candidates:
                for line in candidate.text.split("\n"):
                    click.echo(plain(f"   {line}"))


def _replied(written: Sequence[Path], problems: Sequence[Problem], as_json: bool) -> None:
    """The replies that were written; with ``--json``, stdout is for the document alone."""
    for path in written:
        click.echo(f"Reply to send: {relative(path)}", err=as_json)
    if not written and not problems:
        click.echo("No return needs a reply.", err=as_json)
    say_problems(problems)


def summary(result: MergeResult) -> str:
    """One sentence for a merge."""
    defined = sum(report.defined for report in result.returns)
    parts = [f"{plural(defined, 'change')} of the plan definition"] if defined else []
    parts.append(plural(len(result.changes), "change") + (" of actions" if defined else ""))
    if result.answered:
        parts.append(plural(result.answered, "question") + " answered")
    parts.append(plural(len(result.questions), "question") + " open")
    if result.refused:
        parts.append(f"{len(result.refused)} refused")
    text = ", ".join(parts) + "."
    if result.dry_run:
        return f"Dry run, nothing was recorded: {text}"
    if result.questions:
        text += " Answer them in decisions.xlsx and run merge again."
    return text


def _named(lead: LeadStatus) -> str:
    return f"{lead.lead} (reminded {lead.times_reminded})" if lead.reminded else lead.lead


@prints
def where_it_stands(found: Status) -> int:
    """Where the cycle stands and which command comes next."""
    click.echo(f"{found.title} ({plural(found.actions, 'action')})")
    if not found.cycle:
        click.echo("No cycle has been issued yet.")
    else:
        click.echo(f"{_returns(found)}.")
        for problem in found.problems:
            click.echo(str(problem))
    if found.next.step == "merge":
        click.echo(f"{' and '.join(found.edited)} hold edits that are not merged yet.")
    elif found.next.step == "answer":
        click.echo(f"{plural(found.open, 'question')} open.")
    elif found.next.step == "wait":
        names = ", ".join(map(_named, found.outstanding[:5]))
        more = len(found.outstanding) - 5
        click.echo(f"Waiting for {names}" + (f" and {more} more." if more > 0 else "."))
    if (cycle := found.following) and found.cycle:
        words = "has been due since" if cycle.due else "begins on"
        click.echo(f"The next cycle {words} {cycle.begins}: {cycle.cycle}.")
    published = "Published. " if found.next.step == "issue" else ""
    click.echo(f"{published}Next: {found.next.text}")
    return DONE
