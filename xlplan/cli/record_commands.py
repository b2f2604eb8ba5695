"""The commands about the record as a whole, and those that need no plan."""

from __future__ import annotations

from pathlib import Path

import click

from xlplan.cli import say
from xlplan.cli.commands import Settings, commands, json_option

__all__ = ["commands"]


@commands.command()
@click.option("--tip", default="", metavar="HASH", help="The tip printed on a composite.")
@click.option("--archive", metavar="DIR", type=click.Path(readable=False, path_type=Path),
              help="Where originals were moved to: check them too.")  # fmt: skip
@json_option
@click.pass_obj
def verify(settings: Settings, tip: str, archive: Path | None, as_json: bool) -> int:
    """Replay the ledger; check every hash, original and projection."""
    with settings.open_(replay=False) as plan:
        return say.verified(plan.verify(tip, archive), plan.tip, as_json)


@commands.command()
@click.argument("directory", metavar="DIR", type=click.Path(readable=False, path_type=Path))
@click.option("--before", default="", metavar="CYCLE",
              help="Files that came before this cycle (default: the one issued last).")  # fmt: skip
@json_option
@click.pass_obj
def archive(settings: Settings, directory: Path, before: str, as_json: bool) -> int:
    """Move what leads sent in earlier cycles to a folder outside the plan's."""
    from xlplan import archive as move_away

    made = move_away(settings.folder, directory, before=before, today=settings.today)
    settings.recorded = made.files > 0
    return say.archived(made, as_json)


@commands.command()
@click.argument("file", metavar="FILE.zip", type=click.Path(readable=False, path_type=Path))
@click.option("--with-key", is_flag=True, help="With the secret key: keep such a file safe.")
@json_option
@click.pass_obj
def backup(settings: Settings, file: Path, with_key: bool, as_json: bool) -> int:
    """Write the whole plan into one new file, also while others work in it."""
    from xlplan import backup as make_backup

    made = make_backup(settings.folder, file, with_key=with_key)
    settings.recorded = True
    return say.backed_up(made, as_json)


@commands.command()
@click.argument("file", metavar="FILE.zip", type=click.Path(readable=False, path_type=Path))
@click.argument("directory", metavar="DIR", type=click.Path(readable=False, path_type=Path))
@json_option
@click.pass_obj
def restore(settings: Settings, file: Path, directory: Path, as_json: bool) -> int:
    """Put the plan of a backup into a new folder, and check its record."""
    from xlplan import restore as put_back

    made = put_back(file, directory)
    settings.recorded = True
    return say.backed_up(made, as_json)


@commands.command()
@json_option
@click.pass_obj
def rekey(settings: Settings, as_json: bool) -> int:
    """Make a new secret key, where the plan's own is lost; record it.

    Templates that are out with the old key can still come back: each is one question.
    """
    from xlplan import rekey as make_key

    made = make_key(settings.folder, today=settings.today)
    settings.recorded = True
    return say.rekeyed(made, as_json)


@commands.command()
@click.argument("code", metavar="CODE")
@json_option
def explain(code: str, as_json: bool) -> int:
    """What a message means and what to do, by its code."""
    return say.explained(code, as_json)


@commands.command()
@click.argument("directory", metavar="DIR", type=click.Path(readable=False, path_type=Path))
@click.option(
    "--example",
    metavar="NAME",
    help="One of the shipped examples (default: brag-by-recommendation).",
)
@click.pass_obj
def demo(settings: Settings, directory: Path, example: str | None) -> int:
    """Run one whole cycle on a shipped example and say what to open."""
    from xlplan import demo as run_demo
    from xlplan import is_plan

    before = is_plan(directory)
    try:
        made = run_demo(directory, say.line, example=example)
    finally:
        settings.recorded = is_plan(directory) and not before
    return say.demo(made)
