"""`new` over files of all kinds: each starts a plan, or the reason has a code; nothing is left
where it does not start, no file is hung on, and none is the end of the process.

25 in each run (``CORPUS_SEED`` says which), read in one process; nightly all, each as `new` has it
read, in a child. ``python -m tests.cycle.test_new_corpus FILE…`` counts how those end.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from tests.conftest import ROOT
from tests.small import TODAY
from xlplan.cli.main import run
from xlplan.workbook.read import pool
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.inbox import DEFAULT
from xlplan.workbook.read.worker import Work

EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEED = os.environ.get("CORPUS_SEED", "1")
SAMPLE = 25
SECONDS = 1800 if EVERY else 300
"""How long all of them together may take, on a machine with much else to do."""
FAULTS = ("GATE-025", "GATE-026")
"""Said where a reader died, or was stopped after too long."""
_CODE = re.compile(r"\[([A-Z]+-\d{3})\]")


def say(folder: Path, *args: str) -> tuple[int, str]:
    """The status of a command and what it said; a bug is raised."""
    err = io.StringIO()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(err):
        status = run(["-C", str(folder), "--today", TODAY, *args])
    return status, err.getvalue()


def end_of(source: Path) -> str:
    """How `new` ends on a file: its status, and the code of the reason where no plan starts."""
    with TemporaryDirectory() as scratch:
        folder = Path(scratch) / "plan"
        status, err = say(Path(scratch), "new", str(folder), "--from", str(source))
        codes = _CODE.findall(err)
        assert status in (0, 1, 2), (source.name, status, err)
        assert not set(FAULTS).intersection(codes), (source.name, err)
        if status == 2:
            assert codes, (source.name, err)
            assert not folder.exists(), source.name
            return f"2 {codes[0]}"
        assert say(folder, "verify")[0] == 0, source.name
        return str(status)


def read_here(
    files: Sequence[pool.Named], *, work: Work = pool.read_one, **_: object
) -> Iterator[Book]:
    """As the pool reads files, but in this process and for as long as it takes."""
    for name, file in files:
        yield work(file if isinstance(file, bytes) else file.read_bytes(), name, DEFAULT)


def test_each_file_starts_a_plan_or_the_reason_has_a_code(shared: Path) -> None:
    folder = shared / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus in the shared folder")
    files = sorted(map(str, folder.iterdir()))
    files = files if EVERY else Random(SEED).sample(files, min(SAMPLE, len(files)))
    done = subprocess.run(
        [sys.executable, "-m", "tests.cycle.test_new_corpus", *files],
        cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    ends: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    assert sum(ends.values()) == len(files)


def main(files: Sequence[str]) -> None:
    """Print how many of the files end in which way."""
    if not EVERY:
        pool.read_all = read_here
    print(json.dumps(Counter(end_of(Path(each).resolve()) for each in files)))


if __name__ == "__main__":
    main(sys.argv[1:])
