"""A real LibreOffice for tests, as a person or a program would use it.

The fixture `office` in `tests/conftest.py` gives an `Office`. It edits workbooks by steps::

    office.edit(issued, returned, [Type("Update!F5", "28/02/2026"), Choose("Update!G5", "Green")])

`Type`, `Choose` and `Empty` play a person: a locked cell stays as it is, and text is understood as
typed on a British keyboard. `Write` and `Formula` play a program, which protection does not stop.
A cell is named ``"Sheet!A1"``, or ``"A1"`` on the sheet that opens.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

XLSX = "Calc MS Excel 2007 XML"
STRICT_XLSX = "Calc Office Open XML"
XLS = "MS Excel 97"
ODS = "calc8"
FODS = "OpenDocument Spreadsheet Flat XML"
CSV = "Text - txt - csv (StarCalc)"
PDF = "calc_pdf_Export"
UTF8_CSV = "44,34,76,1,,2057,false,true"
"""Comma, double quote, UTF-8, from line 1, British English, as shown, the first sheet."""
TIME_LIMIT = 180
"""Seconds that one request may take before LibreOffice counts as hung."""


class OfficeError(Exception):
    """LibreOffice refused, died or hung."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing done to an open workbook; `step` is its name in `tests/office_server.py`."""

    step: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Type(Step):
    """Keys typed in a cell; line breaks are Alt+Enter. A locked cell stays as it is."""

    step: ClassVar[str] = "type"
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Choose(Step):
    """An entry picked from the cell's dropdown; an error where the dropdown has no such entry."""

    step: ClassVar[str] = "choose"
    at: str
    choice: str


@dataclass(frozen=True, slots=True)
class Empty(Step):
    """The Delete key. A locked cell stays as it is."""

    step: ClassVar[str] = "empty"
    at: str


@dataclass(frozen=True, slots=True)
class Write(Step):
    """A value that a program sets, through protection: text stays text."""

    step: ClassVar[str] = "write"
    at: str
    value: str | float


@dataclass(frozen=True, slots=True)
class Formula(Step):
    """A formula that a program sets, with English function names and its ``=``."""

    step: ClassVar[str] = "formula"
    at: str
    formula: str


@dataclass(frozen=True, slots=True)
class Note(Step):
    """A note on a cell; the sheet must be unprotected."""

    step: ClassVar[str] = "note"
    at: str
    text: str


@dataclass(frozen=True, slots=True)
class Fill(Step):
    """A cell's fill colour, ``#RRGGBB``."""

    step: ClassVar[str] = "fill"
    at: str
    colour: str


@dataclass(frozen=True, slots=True)
class Strike(Step):
    """A line through a cell's text."""

    step: ClassVar[str] = "strike"
    at: str


@dataclass(frozen=True, slots=True)
class Look(Step):
    """A cell's number format, by its English code; the sheet must be unprotected."""

    step: ClassVar[str] = "look"
    at: str
    shown_as: str


@dataclass(frozen=True, slots=True)
class Bold(Step):
    """The first `length` letters of a cell's text in bold."""

    step: ClassVar[str] = "bold"
    at: str
    length: int


@dataclass(frozen=True, slots=True)
class Unprotect(Step):
    """Sheet protection taken off."""

    step: ClassVar[str] = "unprotect"
    sheet: str
    password: str = ""


@dataclass(frozen=True, slots=True)
class InsertRows(Step):
    """Rows inserted above row number `row` (from 1); the sheet must be unprotected."""

    step: ClassVar[str] = "insert_rows"
    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class DeleteRows(Step):
    """Rows deleted from row number `row` (from 1); the sheet must be unprotected."""

    step: ClassVar[str] = "delete_rows"
    sheet: str
    row: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class InsertColumns(Step):
    """Columns inserted before column number `column` (from 1); the sheet must be unprotected."""

    step: ClassVar[str] = "insert_columns"
    sheet: str
    column: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class HideColumn(Step):
    """A column (from 1) hidden; the sheet must be unprotected."""

    step: ClassVar[str] = "hide_column"
    sheet: str
    column: int


@dataclass(frozen=True, slots=True)
class Move(Step):
    """An area such as ``"Plan!F2:F8"`` cut out, and put in with its first cell at `to`; the sheet
    must be unprotected."""

    step: ClassVar[str] = "move"
    area: str
    to: str


@dataclass(frozen=True, slots=True)
class AddSheet(Step):
    """A new sheet after the others."""

    step: ClassVar[str] = "add_sheet"
    name: str


@dataclass(frozen=True, slots=True)
class Sort(Step):
    """An area such as ``"Update!A5:H9"`` sorted by its column number `column` (from 0); the area
    has no headings and the sheet must be unprotected."""

    step: ClassVar[str] = "sort"
    area: str
    column: int
    descending: bool = False


@dataclass(frozen=True, slots=True)
class RenameSheet(Step):
    """A sheet given another name."""

    step: ClassVar[str] = "rename_sheet"
    sheet: str
    name: str


@dataclass(frozen=True, slots=True)
class ShowSheet(Step):
    """A hidden sheet made visible."""

    step: ClassVar[str] = "show_sheet"
    sheet: str


@dataclass(frozen=True, slots=True)
class DeleteSheet(Step):
    """A sheet deleted."""

    step: ClassVar[str] = "delete_sheet"
    sheet: str


Shown = dict[str, dict[str, str]]
"""What every sheet shows: text by cell name, by sheet name; empty cells are left out."""
WorkedOut = dict[str, dict[str, tuple[str | float | None, str | float]]]
"""The value and what is entered, by place (``R7C2``), by sheet name; None is an error."""


class Office:
    """One LibreOffice, started at the first request, ended by `close`."""

    def __init__(self, program: str, interpreter: str, folder: Path) -> None:
        self._command = [
            interpreter,
            "-I",
            str(Path(__file__).with_name("office_server.py")),
            program,
            str(folder),
        ]
        self._log = folder / "office.log"
        self._server: subprocess.Popen[bytes] | None = None
        self._pending = b""

    def edit(
        self,
        path_in: str | Path,
        path_out: str | Path,
        edits: Sequence[Step],
        filter: str = XLSX,  # noqa: A002  LibreOffice's own word for it
    ) -> Shown:
        """Open `path_in`, play `edits` and save as `path_out`; gives what the sheets then show."""
        steps = [{"step": edit.step, **asdict(edit)} for edit in edits]
        saved = {"save_as": path_out, "filter": filter, "save_options": _options(filter)}
        return cast(Shown, self._ask(path_in, steps=steps, read=1, **saved))

    def resave(
        self,
        path_in: str | Path,
        path_out: str | Path,
        filter: str = XLSX,  # noqa: A002  LibreOffice's own word for it
    ) -> None:
        """Open `path_in` and save it as `path_out`, touching nothing."""
        self._ask(path_in, save_as=path_out, filter=filter, save_options=_options(filter))

    def read(self, path: str | Path) -> Shown:
        """What every sheet of a workbook shows on screen, cell by cell."""
        return cast(Shown, self._ask(path, read=1))

    def worked_out(self, path: str | Path, edits: Sequence[Step] = ()) -> WorkedOut:
        """What the cells of a workbook come to once `edits` were played and all is worked out."""
        steps = [{"step": edit.step, **asdict(edit)} for edit in edits]
        found = cast(dict[str, dict[str, list[Any]]], self._ask(path, steps=steps, work_out=1))
        return {
            sheet: {place: (value, entered) for place, (value, entered) in cells.items()}
            for sheet, cells in found.items()
        }

    def choices(self, path: str | Path, at: str) -> list[str]:
        """What a cell's dropdown offers."""
        return cast(list[str], self._ask(path, choices=at))

    def to_pdf(self, path: str | Path, path_out: str | Path) -> None:
        """Print a workbook into a PDF file."""
        self._ask(path, save_as=path_out, filter=PDF)

    def to_checked_pdf(self, path: str | Path, path_out: str | Path) -> list[str]:
        """Print a workbook into a PDF file; the rows ("Plan!7") that are too low for their texts,
        which need no more room in Excel. What stands in merged cells is not among them."""
        return cast(list[str], self._ask(path, save_as=path_out, filter=PDF, cut=1))

    def close(self) -> None:
        """End LibreOffice and everything started with it."""
        server, self._server, self._pending = self._server, None, b""
        if server is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()
        for pipe in (server.stdin, server.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()

    def _ask(self, path: str | Path, **request: object) -> object:
        if isinstance(request.get("save_as"), Path):
            request["save_as"] = str(request["save_as"])
        server = self._start()
        assert server.stdin is not None
        line = json.dumps({"path": str(path), **request}) + "\n"
        try:
            server.stdin.write(line.encode())
            server.stdin.flush()
            reply = json.loads(self._line(server))
        except (OSError, ValueError) as error:
            self.close()
            log = self._log.read_text("utf-8", "replace")[-2000:]
            raise OfficeError(
                f"LibreOffice did not answer ({error}); its log ends: {log}"
            ) from None
        if "error" in reply:
            raise OfficeError(str(reply["error"]))
        return cast(dict[str, Any], reply)["answer"]

    def _start(self) -> subprocess.Popen[bytes]:
        if self._server is None or self._server.poll() is not None:
            self.close()
            with self._log.open("ab") as log:
                self._server = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,  # so that one signal ends all that it started
                )
        return self._server

    def _line(self, server: subprocess.Popen[bytes]) -> bytes:
        assert server.stdout is not None
        while b"\n" not in self._pending:
            ready, _, _ = select.select([server.stdout], [], [], TIME_LIMIT)
            if not ready:
                raise TimeoutError(f"nothing for {TIME_LIMIT} seconds")
            more = os.read(server.stdout.fileno(), 1 << 16)
            if not more:
                raise ConnectionError("the driver ended")
            self._pending += more
        line, _, self._pending = self._pending.partition(b"\n")
        return line


def _options(filter_name: str) -> str:
    return UTF8_CSV if filter_name == CSV else ""


def _programs() -> Iterator[str]:
    for name in ("soffice", "libreoffice"):
        if found := shutil.which(name):
            yield found
    yield from filter(os.path.exists, ["/Applications/LibreOffice.app/Contents/MacOS/soffice"])


def _interpreters(program: str) -> Iterator[str]:
    yield from filter(None, [os.environ.get("XLPLAN_UNO_PYTHON")])
    yield from ("/usr/bin/python3", sys.executable)
    beside = Path(program).resolve().parent
    yield from (str(beside / name) for name in ("python", "python3", "../Resources/python"))
    yield from filter(None, [shutil.which("python3")])


def _has_uno(interpreter: str) -> bool:
    try:
        probe = [interpreter, "-I", "-c", "import uno"]
        return subprocess.run(probe, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@cache
def find_office() -> tuple[str, str] | str:
    """LibreOffice and the Python that has UNO, or the reason why tests cannot use them."""
    program = next(_programs(), None)
    if program is None:
        return "LibreOffice is not installed (no soffice on the path)"
    interpreter = next((found for found in _interpreters(program) if _has_uno(found)), None)
    if interpreter is None:
        return "no Python here can import uno (on Debian: apt-get install python3-uno)"
    return program, interpreter
