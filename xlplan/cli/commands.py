"""The commands. Each opens the plan, calls one thing, and prints what it gives."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from xlplan import __version__
from xlplan.cli import say

if TYPE_CHECKING:
    from xlplan import Plan
_PATH = click.Path(readable=False, path_type=Path)
"""A path of which this program, not the command line, says what it may not do with it."""


class Settings(Struct):
    """What the options before the command say, and whether the command has recorded anything."""

    folder: Path = Path()
    today: date | None = None
    recorded: bool = False

    @contextmanager
    def open_(self, *, replay: bool = True) -> Iterator[Plan]:
        """The plan in the folder."""
        from xlplan import open_plan

        with open_plan(self.folder, today=self.today, replay=replay) as plan:
            try:
                yield plan
            finally:
                self.recorded = plan.recorded


def _date(_context: click.Context, _option: click.Parameter, value: str | None) -> date | None:
    if value is None:
        return None
    try:
        return datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise click.BadParameter(f'"{value}" is not a date. Write it as 2026-11-27.') from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "-C",
    "folder",
    type=_PATH,
    default=".",
    metavar="PLAN_DIR",
    help="The plan's folder, if not this one.",
)
@click.option("--today", callback=_date, metavar="DATE", help="Act as on this day (2026-11-27).")
@click.version_option(__version__, message="xlplan %(version)s")
@click.pass_context
def commands(context: click.Context, folder: Path, today: date | None) -> int:
    """The spreadsheet round trip of improvement plans.

    Issue one template per lead, merge what comes back, publish the board's composite.
    Without a command, inside a plan: where the cycle stands and which command comes next.
    """
    settings = context.ensure_object(Settings)
    settings.folder, settings.today = folder, today
    if context.invoked_subcommand is not None:
        return 0
    from xlplan import is_plan

    if not is_plan(folder):
        say.line(context.get_help())
        return 0
    with settings.open_() as plan:
        return say.where_it_stands(plan.status())


@commands.command()
@click.argument("directory", metavar="DIR", type=_PATH)
@click.option(
    "--from",
    "source",
    type=_PATH,
    metavar="MASTER.xlsx",
    help="The spreadsheet, or the Word document, that holds the plan today.",
)
@click.option("--template", metavar="NAME_OR_FILE", help="A workbook template to start from.")
@click.option("--sheet", "sheets", multiple=True, metavar="NAME", help="Only this sheet.")
@click.option("--header-row", "header_rows", multiple=True, metavar="[SHEET!]ROW",
              help="The row that holds the column headings.")  # fmt: skip
@click.option("--map", "columns", multiple=True, metavar="HEADING=ROLE",
              help="What a column is: ref, action, lead, due, status or progress, for "
              "example.")  # fmt: skip
@click.option(
    "--keep",
    is_flag=True,
    help="The spreadsheet itself, a copy of it, is the master: no master.xlsx.",
)
@click.option(
    "--again",
    is_flag=True,
    help="Import the plan's stored spreadsheet again, by plan.toml or these options.",
)
@json_option
@click.pass_obj
def new(
    settings: Settings,
    directory: Path,
    source: Path | None,
    template: str | None,
    sheets: tuple[str, ...],
    header_rows: tuple[str, ...],
    columns: tuple[str, ...],
    keep: bool,
    again: bool,
    as_json: bool,
) -> int:
    """Start a plan from an existing spreadsheet.

    With --again, until the first template has gone out: read its rows once more after a change of
    plan.toml, or with other options. What was typed into master.xlsx since stands.
    """
    from xlplan import new_plan

    if again == (source is not None) or (again and keep):
        raise click.UsageError("Name the spreadsheet with --from, or choose --again for a plan.")
    if source is None:
        settings.folder = directory
        with settings.open_() as plan:
            made = plan.import_again(
                template=template, sheets=sheets, header_rows=header_rows, columns=columns
            )
            return say.new_plan(made, as_json)
    made = new_plan(
        directory,
        source,
        template=template,
        sheets=sheets,
        header_rows=header_rows,
        columns=columns,
        keep=keep,
        today=settings.today,
    )
    settings.recorded = True
    return say.new_plan(made, as_json)


@commands.command()
@json_option
@click.pass_obj
def check(settings: Settings, as_json: bool) -> int:
    """Lint the plan: every problem with its action and field."""
    with settings.open_() as plan:
        return say.problems_of_plan(plan, as_json)


@commands.command()
@click.option("--cycle", required=True, metavar="ID", help="The cycle's id, such as 2026-11.")
@click.option("--return-by", callback=_date, metavar="DATE", help="When returns are due.")
@click.option("--lead", "leads", multiple=True, metavar="NAME", help="Only this lead.")
@click.option(
    "--due-within",
    type=click.IntRange(0),
    metavar="DAYS",
    help="Ask only about what is due by then, or overdue.",
)
@click.option("--rated", default="", metavar="R,A", help="The same, of these ratings.")
@click.option(
    "--stale",
    type=click.IntRange(1),
    default=None,
    metavar="CYCLES",
    help="The same, of what nobody changed for so many cycles.",
)
@json_option
@click.pass_obj
def issue(
    settings: Settings,
    cycle: str,
    return_by: date | None,
    leads: tuple[str, ...],
    due_within: int | None,
    rated: str,
    stale: int | None,
    as_json: bool,
) -> int:
    """Write one locked template per lead to outbox/ID.

    With --due-within, --rated or --stale only actions of which one of them is true are open; the
    others stand below, locked, and a lead who has none that is open gets nothing.
    """
    from xlplan import Need

    ratings = tuple(name.strip() for name in rated.split(",") if name.strip())
    need = Need(due_within, ratings, stale or 0)
    with settings.open_() as plan:
        return say.issued(plan, plan.issue_with_report(cycle, return_by, leads, need), as_json)


@commands.command()
@click.option("--cycle", default="", metavar="ID", help="A cycle other than the last one.")
@click.option("--lead", "leads", multiple=True, metavar="NAME", help="Only this lead.")
@json_option
@click.pass_obj
def draft(settings: Settings, cycle: str, leads: tuple[str, ...], as_json: bool) -> int:
    """Write an e-mail draft for each template to outbox/ID/post."""
    with settings.open_() as plan:
        return say.posted(plan.draft(cycle, leads), as_json)


@commands.command()
@click.option("--cycle", default="", metavar="ID", help="A cycle other than the last one.")
@click.option("--lead", "leads", multiple=True, metavar="NAME", help="Only this lead.")
@click.option(
    "--before",
    type=click.IntRange(0),
    metavar="DAYS",
    help="From so many days before the return-by date on.",
)
@json_option
@click.pass_obj
def remind(
    settings: Settings, cycle: str, leads: tuple[str, ...], before: int | None, as_json: bool
) -> int:
    """Write a reminder to whoever has not answered or has something to correct."""
    with settings.open_() as plan:
        return say.posted(plan.remind(cycle, leads, before=before), as_json)


@commands.command()
@click.option("--cycle", default="", metavar="ID", help="A cycle other than the last one.")
@json_option
@click.pass_obj
def status(settings: Settings, cycle: str, as_json: bool) -> int:
    """Who has returned, who is late, what is open."""
    with settings.open_() as plan:
        return say.status(plan.status(cycle), as_json)


@commands.command()
@click.argument("paths", nargs=-1, type=_PATH, metavar="[FILE_OR_DIR]...")
@click.option("--dry-run", is_flag=True, help="Say what would happen; record nothing.")
@click.option(
    "--reply",
    type=click.Path(readable=False, path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write to DIR, for each lead, what was received and what needs correcting.",
)
@json_option
@click.pass_obj
def merge(
    settings: Settings, paths: tuple[Path, ...], dry_run: bool, reply: Path | None, as_json: bool
) -> int:
    """Take in what came back and merge every edit into the plan.

    Reads inbox/ unless files or folders are named, edits in master.xlsx, and the answers in
    decisions.xlsx. One bad file never stops the rest.
    """
    with settings.open_() as plan:
        result = plan.merge(*paths, dry_run=dry_run, reply=reply is not None)
        replies = plan.write_replies(result, reply) if reply is not None else None
        return say.merged(plan, result, as_json, replies)


def _check_form(as_json: bool, as_csv: bool) -> None:
    if as_json and as_csv:
        raise click.UsageError("Choose --json or --csv: only one of them can be printed.")


@commands.command()
@click.argument("refs", nargs=-1, metavar="[REF]...")
@click.option("--section", default="", metavar="S", help="Only sections whose name holds S.")
@click.option("--lead", default="", metavar="L", help="Only the actions of this lead.")
@click.option("--as-of", default="", metavar="CYCLE", help="As it was reported for a cycle.")
@click.option("--restated", is_flag=True, help="With --as-of: as that cycle is known now.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV table.")
@click.pass_obj
def show(
    settings: Settings,
    refs: tuple[str, ...],
    section: str,
    lead: str,
    as_of: str,
    restated: bool,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Show the plan as it stands, or stood."""
    _check_form(as_json, as_csv)
    with settings.open_() as plan:
        if refs and not as_csv:
            found = plan.shown(refs, section=section, lead=lead, as_of=as_of, restated=restated)
            return say.shown(found, as_json)
        rows = plan.rows(refs, section=section, lead=lead, as_of=as_of, restated=restated)
        return say.rows(plan, rows, as_json, as_csv)


@commands.command()
@click.option("--action", default="", metavar="REF", help="Only this action.")
@click.option("--lead", default="", metavar="L", help="Only changes by this lead.")
@click.option("--cycle", default="", metavar="C", help="Only changes of this cycle.")
@json_option
@click.option("--csv", "as_csv", is_flag=True, help="Print a CSV table.")
@click.pass_obj
def log(settings: Settings, action: str, lead: str, cycle: str, as_json: bool, as_csv: bool) -> int:
    """Show the change log: every change with its file and cell."""
    _check_form(as_json, as_csv)
    with settings.open_() as plan:
        return say.log(plan.logged(action=action, lead=lead, cycle=cycle), as_json, as_csv)


@commands.command()
@click.argument("return_id", metavar="RETURN")
@click.option("--cascade", is_flag=True, help="Also reverse the decisions that depend on it.")
@click.option("--why", default="", metavar="TEXT", help="Why, for the record.")
@json_option
@click.pass_obj
def undo(settings: Settings, return_id: str, cascade: bool, why: str, as_json: bool) -> int:
    """Reverse one merged RETURN (its id, or the file's name); the log keeps both."""
    with settings.open_() as plan:
        return say.undone(plan, plan.undo(return_id, cascade=cascade, why=why), as_json)


@commands.command()
@click.option("--cycle", default="", metavar="ID", help="A cycle other than the last one.")
@click.option("--out", type=_PATH, metavar="FILE", help="Where to write it.")
@click.option("--from", "since", default="", metavar="CYCLE", help="Compare with this cycle.")
@click.option("--to", "until", default="", metavar="CYCLE", help="As this cycle was reported.")
@click.option(
    "--with",
    "others",
    multiple=True,
    type=_PATH,
    metavar="PLAN_DIR",
    help="Another plan on the same board.",
)
@click.option("--accessible", is_flag=True, help="Also an accessible workbook of the same.")
@click.option("--pdf", is_flag=True, help="Also as pages (needs LibreOffice).")
@click.option("--one-page", is_flag=True, help="Also a highlight report on one A4 page.")
@click.option("--section", "sections", multiple=True, metavar="S", help="An extract: a section.")
@click.option("--organisation", "organisations", multiple=True, metavar="O", help="The same.")
@click.option("--lead", "leads", multiple=True, metavar="L", help="The same, of a lead.")
@click.option("--paper", is_flag=True, help="Also the board report as a Word document.")
@click.option(
    "--working", is_flag=True, help="Also your own copy, with what is open: not for the board."
)
@json_option
@click.pass_obj
def publish(
    settings: Settings,
    cycle: str,
    out: Path | None,
    since: str,
    until: str,
    others: tuple[Path, ...],
    accessible: bool,
    pdf: bool,
    one_page: bool,
    sections: tuple[str, ...],
    organisations: tuple[str, ...],
    leads: tuple[str, ...],
    paper: bool,
    working: bool,
    as_json: bool,
) -> int:
    """Write the board's composite to board/.

    It is recorded as what the next board compares with. A comparison of two cycles (--from, --to)
    or a board of several plans (--with) is only written, not recorded; and so is an extract.
    """
    from xlplan import Extract

    with settings.open_() as plan:
        made = plan.publish(
            out,
            cycle=cycle,
            since=since,
            until=until,
            others=others,
            accessible=accessible,
            pdf=pdf,
            one_page=one_page,
            paper=paper,
            working=working,
            extract=Extract(sections, organisations, leads),
        )
        return say.published(made, as_json)
