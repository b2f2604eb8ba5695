"""The entry point: runs the commands and turns every way of ending into an exit status.

0 done; 1 done, but something needs a person; 2 wrong usage or an impossible request;
130 interrupted (DESIGN section 5). A traceback in front of a user is a bug.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence

import click

from xlplan.cli.commands import commands
from xlplan.cli.say_plain import json_text, plain
from xlplan.errors import Problem, XlplanError


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line with `args` (default: the process's own) and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console may not know every character of a plan; none may stop the command.
            stream.reconfigure(errors="replace")
    sys.exit(run(sys.argv[1:] if args is None else args))


def run(args: Sequence[str]) -> int:
    """Run the command line and return the exit status."""
    try:
        status = commands.main(args=list(args), prog_name="xlplan", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as wrong:
        if "--json" in args:
            _say_document([_usage(wrong)])
        wrong.show()
        return 2
    except XlplanError as impossible:
        return _impossible(impossible, args)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; nothing half-done was recorded.", err=True)
        return 130
    except SystemExit:
        if "_XLPLAN_COMPLETE" in os.environ:  # a shell asks for completions
            raise
        return _unread()  # the only other reason for which click exits by itself
    except OSError as failed:
        from xlplan.cycle.folder import not_recorded

        return _impossible(not_recorded(failed), args)
    return status if isinstance(status, int) else 0


def _impossible(error: XlplanError, args: Sequence[str]) -> int:
    """Say what cannot be met: on stderr, and with ``--json`` as the one document on stdout."""
    if "--json" in args:
        _say_document(error.problems)
    for problem in error.problems:
        click.echo(plain(str(problem)), err=True)
    return 2


def _say_document(problems: Sequence[Problem]) -> None:
    """The one document of a command with ``--json`` that was not done."""
    click.echo(json_text({"problems": [problem.as_json() for problem in problems]}))


def _usage(wrong: click.ClickException) -> Problem:
    """What click has to say about the words of a command, as a problem."""
    context = getattr(wrong, "ctx", None)
    where = context.command_path if context else "xlplan"
    return Problem("CLI-001", where, f"{wrong.format_message()} For its options run: {where} -h")


def _unread() -> int:
    """Whoever read stdout has had enough (``xlplan log | head``): what was to be done is done."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
