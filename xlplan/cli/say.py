"""What commands print: data to stdout, messages to stderr, and the exit status to end with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from xlplan.cli.say_cycle import issued, merged, posted, status, where_it_stands
from xlplan.cli.say_plain import (
    DONE,
    NEEDS_A_PERSON,
    ending_of_new,
    in_lines,
    line,
    on_one_line,
    plural,
    prints,
    relative,
    say_changes,
    say_csv,
    say_json,
    say_log,
    say_problems,
    short,
    table,
)
from xlplan.errors import Problem

if TYPE_CHECKING:
    from xlplan import (
        ArchiveResult,
        Backup,
        Demo,
        KeptBack,
        LogLine,
        MasterRow,
        NewPlan,
        Plan,
        PublishResult,
        RekeyResult,
        ShownRow,
        Tip,
        UndoResult,
    )

__all__ = [
    "backed_up", "demo", "explained", "issued", "line", "log", "merged", "new_plan", "posted",
    "problems_of_plan", "published", "rekeyed", "rows", "shown", "status", "undone", "verified",
    "where_it_stands",
]  # fmt: skip


_TEXT_OUT = "a text, choose Yes on the sheet Kept back of set-up.xlsx"
_ACTION_OUT = "an action, clear its {status} in master.xlsx"
_ROW_OUT = "an action, unhide its row in your spreadsheet and start again"
_COLUMN_OUT = "a column, choose No under Private? on the sheet Columns of set-up.xlsx"


@prints
def new_plan(made: NewPlan, as_json: bool) -> int:
    """What `new` made of the spreadsheet."""
    kinds = Counter(row.kind for row in made.source.rows)
    if as_json:
        from xlplan import shapes

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
                "guesses": [shapes.guess_shape(guess) for guess in made.source.guesses],
                "fields": shapes.field_shapes(made.source),
                "kept_back": [
                    {
                        "what": each.what,
                        "sheet": each.sheet,
                        "places": list(each.places),
                        "count": len(each.places),
                    }
                    for each in made.source.kept_back
                ],
                "problems": [problem.as_json() for problem in made.problems],
                "template": _template_shape(made),
                "figures": shapes.new_figures_shape(made.figures),
            }
        )
        return say_problems(made.problems)
    if kept := made.source.kept_back:
        click.echo("Kept back in this folder, sent to no lead and shown on no board:")
        for each in kept:
            click.echo(f"  {_kept(each)}")
        own = made.source.definition.master.keep
        row_out = _ROW_OUT if own else _ACTION_OUT.format(status=made.row_status)
        ways = (_TEXT_OUT, row_out, _COLUMN_OUT)
        click.echo(f"  To let out {'; '.join(ways)}.")
    if made.source.guesses:
        click.echo(f"{plural(len(made.source.guesses), 'guess', 'guesses')} to look over "
                   "(also in plan.toml):")  # fmt: skip
        for guess in made.source.guesses:
            click.echo(f"  {on_one_line(str(guess))}")
    if near := made.closest:
        from xlplan.codes.message import argument

        click.echo(
            f"Closest workbook template: {near.name} ({near.fields} of {near.columns} columns). "
            f"To use it: xlplan new {argument(relative(made.folder))} --again "
            f"--template {near.name}"
        )
    status = say_problems(made.problems, together=True)
    click.echo("\n".join(ending_of_new(made)))
    return status


def _kept(each: KeptBack) -> str:
    """One line of what was kept back: how many, and where."""
    places = [place for place in each.places[:8] if place]
    more = "…" if len(each.places) > 8 else ""
    at = f"{each.sheet}!{', '.join(places)}{more}" if places else each.sheet
    return f"{each.what}: {len(each.places)} ({at})"


def _template_shape(made: NewPlan) -> dict[str, object] | None:
    """The template that was used, or the one that is nearest; None where there is neither."""
    if made.template:
        return {"name": made.template, "used": True}
    if (near := made.closest) is None:
        return None
    return {
        "name": near.name, "used": False, "fields": near.fields, "columns": near.columns,
        "likeness": near.likeness,
    }  # fmt: skip


@prints
def explained(code: str, as_json: bool) -> int:
    """A message by its code."""
    from xlplan.codes.families import explanation, explanation_shape, find_message

    message = find_message(code)
    if as_json:
        say_json(explanation_shape(message))
    else:
        click.echo(explanation(message))
    return DONE


@prints
def problems_of_plan(plan: Plan, as_json: bool) -> int:
    """The lints of a plan: what is the same at several places is one line."""
    problems = plan.check()
    if as_json:
        from xlplan import shapes

        say_json([shapes.check_shape(problem) for problem in problems])
    else:
        headings = {item.id: item.heading for item in plan.definition.fields}
        lines = in_lines(problems, headings)
        for line in lines:
            click.echo(on_one_line(line))
        counted = plural(len(problems), "problem") + "."
        if len(lines) < len(problems):
            counted += " Each by itself: xlplan check --json"
        click.echo(counted if problems else "No problems.")
    return NEEDS_A_PERSON if any(problem.level != "note" for problem in problems) else DONE


@prints
def shown(found: Sequence[ShownRow], as_json: bool) -> int:
    """Actions that were named: whole."""
    if as_json:
        say_json([row.document for row in found])
        return DONE
    for row in found:
        if row.status:
            click.echo(row.status.capitalize())
        for heading, text in row.texts:
            click.echo(f"{heading}: " + text.replace("\n", "\n    "))
        click.echo()
    return DONE


@prints
def rows(plan: Plan, found: Sequence[MasterRow], as_json: bool, as_csv: bool) -> int:
    """Actions of the plan, a line each."""
    from xlplan import shapes, show_in

    definition = plan.recorded_definition
    fields = definition.fields_of("action")
    if as_json or as_csv:
        rows = [shapes.row_shape(row, definition) for row in found]
        if as_json:
            say_json(rows)
            return DONE
        names = [f.id for f in fields if f.role != "key"]
        # Ours step aside for a field of the plan with that very id.
        ref, uid, gone, kept = (
            f"_{n}" if n in names else n for n in ("ref", "uid", "withdrawn", "kept_back")
        )
        own = [
            {
                ref: shape["ref"],
                uid: shape["uid"],
                gone: "yes" if row.withdrawn else "",
                kept: "yes" if row.kept_back else "",
            }
            for shape, row in zip(rows, found, strict=True)
        ]
        flat = [_fields(shape) | mine for shape, mine in zip(rows, own, strict=True)]
        say_csv([ref, uid, *names, gone, kept], flat)
        return DONE
    columns = [f for f in (definition.with_role(r) for r in ("rating", "due", "lead")) if f]
    action = definition.with_role("action")
    table(
        ("ref", *(c.heading for c in columns), action.heading if action else ""),
        [
            (
                f"{row.ref} ({row.status})" if row.status else row.ref,
                *(short(show_in(c, row.values.get(c.id)).replace("\n", ", ")) for c in columns),
                short(show_in(action, row.values.get(action.id))) if action else "",
            )
            for row in found
        ],
    )
    click.echo(plural(len(found), "action") + ".")
    return DONE


def _fields(shape: dict[str, object]) -> dict[str, object]:
    found = shape["fields"]
    return found if isinstance(found, dict) else {}


@prints
def log(lines: Sequence[LogLine], as_json: bool, as_csv: bool) -> int:
    """The change log."""
    if as_json:
        say_json([line.document for line in lines])
        return DONE
    if as_csv:
        names = "seq at cycle action field from to by file sheet cell kind return why"
        say_csv(names.split(), [line.document for line in lines])
        return DONE
    say_log(lines)
    click.echo(plural(len(lines), "change") + ".")
    return DONE


@prints
def undone(plan: Plan, result: UndoResult, as_json: bool) -> int:
    """What an undo reversed, and what is asked again without it."""
    asked = len(result.questions)
    if as_json:
        from xlplan import shapes

        say_json(shapes.undo_shape(result))
    else:
        say_changes(plan, result.changes)
        also = f" and {plural(len(result.decisions), 'decision')}" if result.decisions else ""
        click.echo(
            f"Reversed {result.returned.file} ({result.returned.id}){also}: "
            f"{plural(len(result.changes), 'change')}. The same file can be merged again later."
        )
        if asked:
            click.echo(f"{plural(asked, 'question')} open: answer in decisions.xlsx.")
    return max(say_problems(result.problems), NEEDS_A_PERSON if asked else DONE)


@prints
def published(result: PublishResult, as_json: bool) -> int:
    """Where the composite is."""
    if as_json:
        from xlplan import shapes

        say_json(shapes.publish_shape(result))
    else:
        if result.written:
            click.echo(f"Published {relative(result.path)} for {result.cycle}.")
        for path in result.renderings:
            click.echo(f"Beside it: {relative(path)}.")
        click.echo(f"The ledger's tip, printed on it, is {result.tip[:16]}….")
    return say_problems(result.problems)


@prints
def verified(problems: Sequence[Problem], tip: Tip, as_json: bool) -> int:
    """What `verify` found."""
    wrong = [problem for problem in problems if problem.level != "note"]
    if as_json:
        from xlplan import shapes

        say_json(shapes.verify_shape(tip, problems))
        return NEEDS_A_PERSON if wrong else DONE
    say_problems(problems)
    if wrong:
        click.echo(f"{plural(len(wrong), 'problem')} with the record.")
        return NEEDS_A_PERSON
    click.echo(f"The record is whole: {plural(tip.events, 'event')}, {_tip(tip)}.")
    return DONE


@prints
def backed_up(made: Backup, as_json: bool) -> int:
    """What `backup` wrote, or `restore` put back."""
    if as_json:
        from xlplan import shapes

        say_json(shapes.backup_shape(made))
    else:
        key = "with" if made.with_key else "without"
        click.echo(f"{relative(made.path)}: {plural(made.files, 'file')}, {key} the secret key.")
        click.echo(f"The record is whole: {plural(made.tip.events, 'event')}, {_tip(made.tip)}.")
    return say_problems(made.problems)


@prints
def archived(made: ArchiveResult, as_json: bool) -> int:
    """What `archive` moved."""
    if as_json:
        problems = [problem.as_json() for problem in made.problems]
        moved = {"path": str(made.path), "files": made.files, "bytes": made.bytes}
        say_json({**moved, "before": made.before, "problems": problems})
    elif made.files:
        size = f"{made.bytes / 1e6:.1f} MB"
        click.echo(
            f"{relative(made.path)}: {plural(made.files, 'original')} from before {made.before}, "
            f"{size}. Keep this folder; verify --archive {relative(made.path)} checks it."
        )
    else:
        click.echo("Nothing was moved.")
    return say_problems(made.problems)


@prints
def rekeyed(made: RekeyResult, as_json: bool) -> int:
    """That the plan has another key, and what is out with the old one."""
    if as_json:
        problems = [problem.as_json() for problem in made.problems]
        say_json({"out": list(made.out), "problems": problems})
    else:
        click.echo("The plan has a new secret key. Keep a copy of secret.key where passwords are.")
    return say_problems(made.problems)


def _tip(tip: Tip) -> str:
    return f"tip {tip.hash[:16]}…"


@prints
def demo(result: Demo) -> int:
    """What to open after the demo."""
    click.echo()
    click.echo("Open these three:")
    for path, what in result.to_open:
        click.echo(f"  {relative(path)}  {what}")
    return DONE
