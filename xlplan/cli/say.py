"""What commands print: data to stdout, messages to stderr, and the exit status to end with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from xlplan.errors import Problem
from xlplan.merge.model import Change, MasterRow
from xlplan.plan.values import show_in

if TYPE_CHECKING:
    from xlplan.cycle.demo import Demo
    from xlplan.cycle.issue import IssueResult
    from xlplan.cycle.merge import MergeResult
    from xlplan.cycle.new import NewPlan
    from xlplan.cycle.plan import Plan
    from xlplan.cycle.publish import PublishResult
    from xlplan.cycle.report import Status
    from xlplan.cycle.undo import UndoResult

DONE, NEEDS_A_PERSON = 0, 1
WIDEST = 60
"""Characters of a value that a table on the terminal shows."""


def plural(count: int, one: str, many: str = "") -> str:
    """``1 lead``, ``2 leads``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def said(problems: Sequence[Problem]) -> int:
    """Print problems to stderr; the exit status that they call for."""
    for problem in problems:
        click.echo(str(problem), err=True)
    return NEEDS_A_PERSON if any(problem.level != "note" for problem in problems) else DONE


def _table(heading: Sequence[str], lines: Sequence[Sequence[object]]) -> None:
    from tabulate import tabulate

    click.echo(tabulate(lines, headers=heading, tablefmt="plain", disable_numparse=True))


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= WIDEST else flat[: WIDEST - 1].rstrip() + "…"


def _relative(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def new_plan(made: NewPlan, as_json: bool) -> int:
    """What `new` made of the spreadsheet."""
    fates = Counter(line.fate for line in made.source.account)
    kinds = Counter(row.kind for row in made.source.rows)
    if as_json:
        from xlplan.cli.shapes import problem_shape, say_json

        say_json(
            {
                "folder": str(made.folder),
                "actions": kinds["action"],
                "recommendations": kinds["recommendation"],
                "rows": [
                    {
                        "sheet": line.sheet,
                        "row": line.row,
                        "fate": line.fate,
                        "detail": line.detail,
                    }
                    for line in made.source.account
                ],
                "guesses": list(made.source.guesses),
                "problems": [problem_shape(problem) for problem in made.problems],
            }
        )
        return said(made.problems)
    counted = plural(kinds["action"], "action")
    if kinds["recommendation"]:
        counted += f" and {plural(kinds['recommendation'], 'recommendation')}"
    click.echo(f"Imported {counted} into {_relative(made.folder)}.")
    rows = ", ".join(f"{count} {fate}" for fate, count in sorted(fates.items()))
    click.echo(f"Every source row is accounted for: {rows}.")
    if made.source.guesses:
        click.echo(f"{plural(len(made.source.guesses), 'guess', 'guesses')} to look over "
                   "(also in plan.toml):")  # fmt: skip
        for guess in made.source.guesses:
            click.echo(f"  {guess}")
    status = said(made.problems)
    folder = _relative(made.folder)
    click.echo(f"Next: read {folder}/plan.toml, then run: xlplan -C {folder} check")
    return status


def problems_of_plan(problems: Sequence[Problem], as_json: bool) -> int:
    """The lints of a plan."""
    if as_json:
        from xlplan.cli.shapes import check_shape, say_json

        say_json([check_shape(problem) for problem in problems])
    else:
        for problem in problems:
            click.echo(str(problem))
        click.echo("No problems." if not problems else plural(len(problems), "problem") + ".")
    return NEEDS_A_PERSON if any(problem.level != "note" for problem in problems) else DONE


def issued(plan: Plan, result: IssueResult, as_json: bool) -> int:
    """The templates that were written."""
    if as_json:
        from xlplan.cli.shapes import issue_shape, say_json

        say_json(issue_shape(result))
    else:
        _table(
            ("lead", "actions", "template"),
            [(t.lead.name, len(t.actions), _relative(t.path)) for t in result.templates],
        )
        click.echo(
            f"Issued {plural(len(result.templates), 'template')} for {result.cycle}. Send each to "
            f"its lead; put what comes back into {_relative(plan.folder / 'inbox')}."
        )
    return said(result.problems)


def status(found: Status, as_json: bool) -> int:
    """Where a cycle stands."""
    if as_json:
        from xlplan.cli.shapes import say_json, status_shape

        say_json(status_shape(found))
    elif not found.cycle:
        click.echo("Nothing has been issued yet. Next: xlplan issue --cycle ID --return-by DATE")
    else:
        _table(
            ("lead", "actions", "returned", "changes", "untouched", "questions"),
            [
                (
                    lead.lead,
                    lead.actions,
                    ("late" if lead.late else "yes") if lead.returned
                    else ("overdue" if lead.late else "no"),
                    lead.changes,
                    lead.untouched if lead.returned else "",
                    lead.questions or "",
                )
                for lead in found.leads
                if lead.issued
            ],
        )  # fmt: skip
        asked = [lead for lead in found.leads if lead.issued]
        back = sum(lead.returned for lead in asked)
        by = f", due back by {found.return_by}" if found.return_by else ""
        click.echo(
            f"Cycle {found.cycle}{by}: {back} of {len(asked)} returned, "
            f"{plural(len(found.questions), 'question')} open."
        )
    return DONE


def merged(plan: Plan, result: MergeResult, as_json: bool) -> int:
    """What a merge did."""
    if as_json:
        from xlplan.cli.shapes import merge_shape, say_json

        say_json(merge_shape(result))
        for problem in result.problems:
            click.echo(str(problem), err=True)
        return NEEDS_A_PERSON if result.needs_a_person else DONE
    fresh = [report for report in result.returns if report.outcome != "duplicate"]
    if fresh:
        _table(
            ("file", "outcome", "lead", "changes", "questions"),
            [(r.file, r.outcome, r.lead, r.changes, r.questions or "") for r in fresh],
        )
    if len(fresh) < len(result.returns):
        click.echo(f"{plural(len(result.returns) - len(fresh), 'file')} had been merged before.")
    say_changes(plan, result.changes)
    for report in fresh:
        for line in report.information:
            click.echo(f"{report.file}: {line}")
        said(report.problems)
    said(result.problems)
    click.echo(summary(result))
    return NEEDS_A_PERSON if result.needs_a_person else DONE


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


def say_changes(plan: Plan, changes: Sequence[Change]) -> None:
    """Changes as a table, each with the file and cell it came from."""
    if not changes:
        return
    definition = plan.desk.state.definition
    lines = []
    for change in changes:
        item = definition.find(change.field)
        before, after = (show_in(item, v) or "(blank)" for v in (change.before, change.after))
        lines.append(
            (change.action, change.field, _short(before), _short(after), change.by, change.place)
        )
    _table(("action", "field", "from", "to", "by", "where"), lines)


def rows(plan: Plan, found: Sequence[MasterRow], whole: bool, as_json: bool, as_csv: bool) -> int:
    """Actions of the plan: whole where they were named, else a line each."""
    definition = plan.desk.state.definition
    fields = definition.fields_of("action")
    if as_json or as_csv:
        from xlplan.cli.shapes import row_shape, say_csv, say_json

        shapes = [row_shape(row, definition) for row in found]
        if as_json:
            say_json(shapes)
            return DONE
        flat = [{**_fields(shape), "ref": shape["ref"], "uid": shape["uid"]} for shape in shapes]
        names = [f.id for f in fields if f.role != "key"]
        say_csv(["ref", "uid", *names], flat)
        return DONE
    if whole:
        for row in found:
            for item in fields:
                text = show_in(item, row.values.get(item.id))
                click.echo(f"{item.heading}: " + text.replace("\n", "\n    "))
            click.echo()
        return DONE
    columns = [f for f in (definition.with_role(r) for r in ("rating", "due", "lead")) if f]
    action = definition.with_role("action")
    _table(
        ("ref", *(c.heading for c in columns), action.heading if action else ""),
        [
            (
                row.ref,
                *(_short(show_in(c, row.values.get(c.id)).replace("\n", ", ")) for c in columns),
                _short(show_in(action, row.values.get(action.id))) if action else "",
            )
            for row in found
        ],
    )
    click.echo(plural(len(found), "action") + ".")
    return DONE


def _fields(shape: dict[str, object]) -> dict[str, object]:
    found = shape["fields"]
    return found if isinstance(found, dict) else {}


def log(plan: Plan, changes: Sequence[Change], as_json: bool, as_csv: bool) -> int:
    """The change log."""
    if as_json or as_csv:
        from xlplan.cli.shapes import log_shape, say_csv, say_json

        shapes = [log_shape(change) for change in changes]
        if as_json:
            say_json(shapes)
        else:
            names = "seq at cycle action field from to by file sheet cell kind return"
            say_csv(names.split(), shapes)
        return DONE
    say_changes(plan, changes)
    click.echo(plural(len(changes), "change") + ".")
    return DONE


def undone(plan: Plan, result: UndoResult, as_json: bool) -> int:
    """What an undo took back."""
    if as_json:
        from xlplan.cli.shapes import change_shape, problem_shape, say_json

        say_json(
            {
                "return": result.returned.id,
                "file": result.returned.file,
                "decisions": [decision.id for decision in result.decisions],
                "changes": [change_shape(change) for change in result.changes],
                "problems": [problem_shape(problem) for problem in result.problems],
            }
        )
    else:
        say_changes(plan, result.changes)
        also = f" and {plural(len(result.decisions), 'decision')}" if result.decisions else ""
        click.echo(
            f"Took back {result.returned.file} ({result.returned.id}){also}: "
            f"{plural(len(result.changes), 'change')}. The same file can be merged again later."
        )
    return said(result.problems)


def published(plan: Plan, result: PublishResult, as_json: bool) -> int:
    """Where the composite is."""
    del plan
    if as_json:
        from xlplan.cli.shapes import problem_shape, say_json

        say_json(
            {
                "file": str(result.path),
                "cycle": result.cycle,
                "tip": result.tip,
                "problems": [problem_shape(problem) for problem in result.problems],
            }
        )
    else:
        click.echo(f"Published {_relative(result.path)} for {result.cycle}.")
        click.echo(f"The ledger's tip, printed on it, is {result.tip[:16]}….")
    return said(result.problems)


def verified(plan: Plan, problems: Sequence[Problem], as_json: bool) -> int:
    """What `verify` found."""
    wrong = [problem for problem in problems if problem.level != "note"]
    seq, _, tip = plan.desk.ledger.tip()
    if as_json:
        from xlplan.cli.shapes import problem_shape, say_json

        say_json(
            {
                "ok": not wrong,
                "events": seq,
                "tip": tip,
                "problems": [problem_shape(problem) for problem in problems],
            }
        )
        return NEEDS_A_PERSON if wrong else DONE
    said(problems)
    if wrong:
        click.echo(f"{plural(len(wrong), 'problem')} with the record.")
        return NEEDS_A_PERSON
    click.echo(f"The record is whole: {plural(seq, 'event')}, tip {tip[:16]}….")
    return DONE


def demo(result: Demo) -> int:
    """What to open after the demo."""
    click.echo()
    click.echo("Open these three:")
    for path, what in result.to_open:
        click.echo(f"  {_relative(path)}  {what}")
    return DONE


def where_it_stands(plan: Plan) -> int:
    """Where the cycle stands and which command comes next."""
    from xlplan.cycle.outputs import is_edited

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
    edited = [
        path.name
        for path in (desk.folder.master, desk.folder.decisions)
        if path.exists() and is_edited(desk, path)
    ]
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
