"""What the programs share: files to write, what came of it, and how a script is run.

A program has a name, the formats that it writes, and how it is found. `write` gets files to write
and gives back which of their edits it does not offer; it starts the program once.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.programs.awkward import Put

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
RESULTS: Mapping[str, str | float] = {"1+1": 2, '"so"&" far"': "so far"}
"""What the formulas come to, for programs that do not work them out."""
TIME_LIMIT = 300
PARIS = "Europe/Paris"
"""A time zone in which programs that count in the machine's own time write days seconds early."""


@dataclass(frozen=True)
class File:
    """A file to write: from which template, where to, and what to put into the cells of a sheet."""

    template: Path
    out: Path
    sheet: str
    puts: Mapping[str, Put] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What writing came to: the program's version, and by file the cells left as they were since
    the program has no way to write such a thing."""

    version: str
    cannot: Mapping[Path, frozenset[str]]

    def of(self, file: Path) -> frozenset[str]:
        """The cells of a file that are as they were."""
        return self.cannot.get(file, frozenset())


class ProgramError(Exception):
    """The program failed on a file that it should be able to write."""


@dataclass(frozen=True)
class Program:
    """A program: the endings of the files that it writes, how it is run, and why it is missing."""

    name: str
    formats: Sequence[str]
    write: Callable[[Sequence[File]], Outcome]
    missing: Callable[[], str]
    """Why it cannot be run here; blank where it can."""
    everywhere: bool = True
    """Whether `.ci/run` installs it: then it is a failure there that it is missing."""


def modules() -> Path:
    """Where the programs from npm are installed; see `python -m tests.programs --install`."""
    return Path(os.environ.get("XLPLAN_PROGRAMS") or ROOT / ".programs")


def run_script(command: Sequence[str], job: str) -> bytes:
    """What a script answers to a job."""
    environment = os.environ | {"NODE_PATH": str(modules() / "node_modules"), "TZ": PARIS}
    done = subprocess.run(
        command, input=job.encode(), capture_output=True, env=environment, timeout=TIME_LIMIT,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProgramError(f"{command[-1]}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
    return done.stdout


def serial(moment: str) -> float:
    """The number as which a spreadsheet keeps a moment (ISO 8601)."""
    return (datetime.fromisoformat(moment) - datetime(1899, 12, 30)) / timedelta(days=1)


def result(put: Put) -> str | float:
    """What a formula comes to, for programs that write it with its result."""
    return RESULTS.get(str(put.value), "")
