"""The entry point: runs the commands and turns every way of ending into an exit status.

0 done; 1 done, but something needs a person; 2 wrong usage or an impossible request;
130 interrupted. A traceback in front of a user is a bug.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TextIO

import click

from xlplan.cli import record_commands
from xlplan.cli.commands import Settings
from xlplan.cli.say_plain import NEEDS_A_PERSON, PrintError, json_text, plain
from xlplan.codes.cycle_codes import CLI_001
from xlplan.codes.folder_codes import OUT_002, OUT_004, OUT_005
from xlplan.errors import Problem, XlplanError, reason_of
from xlplan.progress import heard_by

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line with `args` (default: the process's own) and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A Windows console may not know every character of a plan; none may stop the command.
            stream.reconfigure(errors="replace")
    atexit.register(gc.freeze)  # the system takes it back: no need to look for circles in it
    status = run(sys.argv[1:] if args is None else args)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # Python would try once more, and end with a status of its own
            _mute(stream)
    sys.exit(status)


class Bars:
    """Shows on a terminal what a command is doing and how much of it is left, once it has taken
    `AFTER` seconds. It listens; close it."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock, self._began = stream, clock, clock()
        self._what = ""
        self._bar: ProgressBar[int] | None = None

    def __call__(self, what: str, done: int, count: int) -> None:
        """Some of it is done; what is done within something else is not shown."""
        if self._what not in ("", what):
            return
        self._what = what
        if self._bar is None and done < count and self._clock() - self._began >= AFTER:
            bar = click.progressbar(length=count, label=what, file=self._stream, show_pos=True)
            self._bar = bar
            with contextlib.suppress(OSError):
                bar.__enter__()
        if self._bar is not None:
            with contextlib.suppress(OSError):
                self._bar.update(done - self._bar.pos)
        if done == count:
            self.close()

    def close(self) -> None:
        """End the line of what is shown."""
        bar, self._bar, self._what = self._bar, None, ""
        if bar is not None:
            with contextlib.suppress(OSError):
                bar.__exit__(None, None, None)


AFTER = 2.0
"""Seconds that a command may take before it shows how far it is."""


def run(args: Sequence[str]) -> int:
    """Run the command line and return the exit status."""
    if not sys.stderr.isatty():
        return _run(args)
    bars = Bars(sys.stderr)
    with contextlib.closing(bars), heard_by(bars):
        return _run(args)


def _run(args: Sequence[str]) -> int:
    settings = Settings()
    try:
        status = record_commands.commands.main(
            args=list(args), prog_name="xlplan", standalone_mode=False, obj=settings
        )
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as wrong:
        if "--json" in args:
            _say_document([_usage(wrong)])
        with contextlib.suppress(OSError):
            wrong.show()
        return 2
    except XlplanError as impossible:
        _say_all(impossible.problems, args)
        return NEEDS_A_PERSON if settings.recorded else 2
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted; nothing half-done was recorded.")
        return 130
    except SystemExit:
        if "_XLPLAN_COMPLETE" in os.environ:  # a shell asks for completions
            raise
        return _unread()  # the only other reason for which click exits by itself
    except PrintError as failed:
        reason = reason_of(failed.error)
        if settings.recorded:
            _say(str(OUT_005.problem("the report", "recorded", reason=reason)))
        else:
            _say(str(OUT_005.problem("the report", "nothing", reason=reason)))
        return NEEDS_A_PERSON
    except OSError as failed:
        where, reason = str(failed.filename or "the plan folder"), reason_of(failed)
        if settings.recorded:
            _say_all([OUT_002.problem(where, "stopped", reason=reason)], args)
            return NEEDS_A_PERSON
        _say_all([OUT_004.problem(where, reason=reason)], args)
        return 2
    return status if isinstance(status, int) else 0


def _say_all(problems: Sequence[Problem], args: Sequence[str]) -> None:
    """Say why a command was not done: on stderr, and with ``--json`` as the one document."""
    if "--json" in args:
        _say_document(problems)
    for problem in problems:
        _say(str(problem))


def _say_document(problems: Sequence[Problem]) -> None:
    """The one document of a command with ``--json`` that was not done."""
    with contextlib.suppress(OSError):  # it is on stderr as well
        click.echo(json_text({"problems": [problem.as_json() for problem in problems]}))


def _say(text: str) -> None:
    """A last word on stderr; where that cannot be written either, the exit status has to do."""
    with contextlib.suppress(OSError):
        click.echo(plain(text), err=True)


def _usage(wrong: click.ClickException) -> Problem:
    """What click has to say about the words of a command, as a problem."""
    context = getattr(wrong, "ctx", None)
    where = context.command_path if context else "xlplan"
    return CLI_001.problem(where, what=wrong.format_message(), command=where)


def _unread() -> int:
    """Whoever read stdout has had enough (``xlplan log | head``): what was to be done is done."""
    _mute(sys.stdout)
    return 0


def _mute(stream: TextIO) -> None:
    """Let go of what a stream still holds, so that nothing tries to write it once more."""
    with contextlib.suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
