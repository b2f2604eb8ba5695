"""The entry point: runs the commands and turns every way of ending into an exit status.

0 done; 1 done, but something needs a person; 2 wrong usage or an impossible request;
130 interrupted (DESIGN section 5). A traceback in front of a user is a bug.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Sequence

import click

from xlplan.cli.commands import commands
from xlplan.errors import XlplanError


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
        wrong.show()
        return 2
    except XlplanError as impossible:
        return _impossible(impossible, args)
    except (KeyboardInterrupt, click.Abort):
        click.echo("Interrupted; nothing half-done was recorded.", err=True)
        return 130
    except BrokenPipeError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as failed:
        from xlplan.cycle.folder import not_recorded

        return _impossible(not_recorded(failed), args)
    return status if isinstance(status, int) else 0


def _impossible(error: XlplanError, args: Sequence[str]) -> int:
    """Say what cannot be met: on stderr, and with ``--json`` as the one document on stdout."""
    if "--json" in args:
        problems = [problem.as_json() for problem in error.problems]
        click.echo(json.dumps({"problems": problems}, ensure_ascii=False, indent=2))
    for problem in error.problems:
        click.echo(str(problem), err=True)
    return 2
