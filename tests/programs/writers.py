"""The programs: each writes the edits into a template, in its formats, and saves it untouched too.

A program has a name, the formats that it writes, and how it is found. `write` gets files to write
and gives back which of their edits it does not offer; it starts the program once.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import IllegalCharacterError
from openpyxl.workbook import Workbook

from tests.office import (
    CSV,
    FODS,
    ODS,
    XLS,
    XLSX,
    Bold,
    Empty,
    Formula,
    Look,
    Note,
    Office,
    Step,
    Strike,
    Type,
    Unprotect,
    Write,
)
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


# From npm


def modules() -> Path:
    """Where the programs from npm are installed; see `python -m tests.programs --install`."""
    return Path(os.environ.get("XLPLAN_PROGRAMS") or ROOT / ".programs")


def install() -> None:
    """Install the programs from npm, in the versions of `package-lock.json`."""
    modules().mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, modules() / name)
    quiet = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    subprocess.run(["npm", "ci", *quiet], cwd=modules(), check=True)


def _of_npm(name: str, package: str, formats: Sequence[str]) -> Program:
    def write(files: Sequence[File]) -> Outcome:
        job = {"program": name, "files": [_as_json(each) for each in files]}
        answer = json.loads(_fed(["node", str(HERE / "with_node.cjs")], json.dumps(job)))
        cannot = {Path(out): frozenset(cells) for out, cells in answer["cannot"].items()}
        return Outcome(answer["version"], cannot)

    def missing() -> str:
        if shutil.which("node") is None:
            return "node is not installed"
        if not (modules() / "node_modules" / package).is_dir():
            return f"{name} is not installed: python -m tests.programs --install"
        return ""

    return Program(name, formats, write, missing)


def _as_json(file: File) -> dict[str, object]:
    puts = [
        {"cell": cell, **asdict(put), "result": _result(put)} for cell, put in file.puts.items()
    ]
    return {
        "template": str(file.template), "out": str(file.out), "sheet": file.sheet,
        "format": file.out.suffix.removeprefix("."), "puts": puts,
    }  # fmt: skip


EXCELJS = _of_npm("exceljs", "exceljs", (".xlsx", ".csv"))
SHEETJS = _of_npm("SheetJS", "xlsx", (".xlsx", ".xls", ".ods", ".fods", ".csv"))
POPULATE = _of_npm("xlsx-populate", "xlsx-populate", (".xlsx",))
EXCELIZE = _of_npm("excelize-wasm", "excelize-wasm", (".xlsx",))


# LibreOffice, as a person and as a program


_FILTERS = {".xlsx": XLSX, ".xls": XLS, ".ods": ODS, ".fods": FODS, ".csv": CSV}


def libreoffice(office: Office) -> Program:
    """The LibreOffice that the tests have started."""

    def write(files: Sequence[File]) -> Outcome:
        for each in files:
            steps = [Unprotect(each.sheet)] if each.puts else []
            played = [step for cell, put in each.puts.items() for step in _steps(each, cell, put)]
            office.edit(each.template, each.out, [*steps, *played], _FILTERS[each.out.suffix])
        return Outcome(_version("soffice"), {})

    return Program("LibreOffice", tuple(_FILTERS), write, lambda: "")


def _steps(file: File, cell: str, put: Put) -> Iterator[Step]:
    at, value = f"{file.sheet}!{cell}", put.value
    if put.kind == "date":
        value = _serial(str(value))
    if put.kind == "boolean":
        yield Type(at, "TRUE" if value else "FALSE")
    elif put.kind == "formula":
        yield Formula(at, f"={value}")
    elif put.kind == "error":
        yield Formula(at, "=NA()")
    elif put.kind == "blank":
        yield Empty(at)
    elif put.kind == "note":
        yield Note(at, str(value))
    else:
        yield Write(at, value)
    if put.kind == "rich":
        yield Bold(at, str(value).index(" "))
    if put.kind == "strike":
        yield Strike(at)
    if put.shown_as:
        yield Look(at, put.shown_as)


def _serial(moment: str) -> float:
    return (datetime.fromisoformat(moment) - datetime(1899, 12, 30)) / timedelta(days=1)


@cache
def _version(program: str) -> str:
    done = subprocess.run([program, "--version"], capture_output=True, timeout=60, check=True)
    found = re.search(r"\d+(?:\.\d+)+", (done.stdout + done.stderr).decode())
    return found[0] if found else ""


# openpyxl, and gnumeric, which converts what was edited with it


def _with_openpyxl(files: Sequence[File]) -> Outcome:
    return Outcome(openpyxl.__version__, {each.out: _openpyxl(each, each.out) for each in files})


def _openpyxl(file: File, out: Path) -> frozenset[str]:
    """Writes `out`; gives the cells whose text openpyxl refuses."""
    refused: set[str] = set()
    book = openpyxl.load_workbook(file.template, rich_text=True)
    for at, put in file.puts.items():
        cell = book[file.sheet][at]
        if put.kind == "note":
            cell.comment = Comment(str(put.value), "A lead")
            continue
        try:
            cell.value = _as_openpyxl(put)
        except IllegalCharacterError:
            refused.add(at)
        if put.kind in ("text", "strike"):
            cell.data_type = "s"
        if put.kind == "strike":
            cell.font = Font(strike=True)
        if put.shown_as:
            cell.number_format = put.shown_as
    book.save(out)
    return frozenset(refused)


def _as_openpyxl(put: Put) -> object:
    text = str(put.value)
    if put.kind == "date":
        return datetime.fromisoformat(text)
    if put.kind == "formula":
        return f"={text}"
    if put.kind == "rich":
        bold, _, rest = text.partition(" ")
        return CellRichText(TextBlock(InlineFont(b=True), bold), f" {rest}")
    return None if put.kind == "blank" else put.value


_EXPORTERS = {
    ".xlsx": "Gnumeric_Excel:xlsx2", ".xls": "Gnumeric_Excel:excel_biff8",
    ".ods": "Gnumeric_OpenCalc:odf", ".csv": "Gnumeric_stf:stf_csv",
}  # fmt: skip


def _with_gnumeric(files: Sequence[File]) -> Outcome:
    cannot: dict[Path, frozenset[str]] = {}
    for each in files:
        source = each.out.with_name(f"{each.out.name} before.xlsx")
        cannot[each.out] = _openpyxl(each, source)
        command = ["ssconvert", "-T", _EXPORTERS[each.out.suffix], str(source), str(each.out)]
        done = subprocess.run(command, capture_output=True, timeout=TIME_LIMIT, check=False)
        source.unlink()
        if done.returncode or not each.out.exists():
            raise ProgramError(f"gnumeric: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
    return Outcome(_version("ssconvert"), cannot)


def _on_the_path(program: str, package: str) -> Callable[[], str]:
    return lambda: "" if shutil.which(program) else f"{program} is not installed ({package})"


OPENPYXL = Program("openpyxl", (".xlsx",), _with_openpyxl, lambda: "")
GNUMERIC = Program(
    "gnumeric", tuple(_EXPORTERS), _with_gnumeric, _on_the_path("ssconvert", "gnumeric")
)


# Perl, which writes the whole workbook anew


def _of_perl(module: str, suffix: str, package: str, lacks: frozenset[str]) -> Program:
    def write(files: Sequence[File]) -> Outcome:
        job = {"program": module, "files": [_anew(each, lacks) for each in files]}
        answer = json.loads(_fed(["perl", str(HERE / "with_perl.pl")], json.dumps(job)))
        cannot = {
            each.out: frozenset(at for at, put in each.puts.items() if put.kind in lacks)
            for each in files
        }
        return Outcome(answer["version"], cannot)

    def missing() -> str:
        probe = ["perl", f"-M{module}", "-MJSON::PP", "-e", "1"]
        if shutil.which("perl") and not subprocess.run(probe, capture_output=True).returncode:
            return ""
        return f"{module} is not installed ({package})"

    return Program(module, (suffix,), write, missing)


def _anew(file: File, lacks: frozenset[str]) -> dict[str, object]:
    """A template's cells as a script reads them, with the edits among them."""
    puts = {at: put for at, put in file.puts.items() if put.kind not in lacks}
    sheets = [
        {
            "name": name,
            "cells": [
                {"row": row, "column": column, **asdict(put), "result": _result(put)}
                for row, column, put in cells
            ],
        }
        for name, cells in cells_anew(openpyxl.load_workbook(file.template), file.sheet, puts)
    ]
    return {"out": str(file.out), "sheets": sheets}


def cells_anew(
    book: Workbook, edited: str, puts: Mapping[str, Put]
) -> Iterator[tuple[str, list[tuple[int, int, Put]]]]:
    """The sheets of a workbook, with what is to be written into each cell (from 0) to make it anew
    with these edits; days are numbers."""
    for sheet in book.worksheets:
        own = puts if sheet.title == edited else {}
        cells: list[tuple[int, int, Put]] = []
        cell: Any
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            put = own.get(cell.coordinate)
            content = [put] if put is not None else []
            if put is None or put.kind == "note":
                content.insert(0, _standing(cell))
            cells += [
                (cell.row - 1, cell.column - 1, _as_number(each))
                for each in content
                if each.kind != "blank"
            ]
        yield sheet.title, cells


def _standing(cell: Any) -> Put:
    value = cell.value
    if isinstance(value, date):
        moment = value if isinstance(value, datetime) else datetime.combine(value, time())
        return Put("date", moment.isoformat(), cell.number_format)
    if isinstance(value, int | float):
        return Put("number", value, cell.number_format)
    return Put("blank") if value is None else Put("text", value)


def _as_number(put: Put) -> Put:
    if put.kind != "date":
        return put
    return Put("number", _serial(str(put.value)), put.shown_as, put.shows)


def _result(put: Put) -> str | float:
    return RESULTS.get(str(put.value), "")


def _fed(command: Sequence[str], job: str) -> bytes:
    """What a script answers to a job."""
    environment = os.environ | {"NODE_PATH": str(modules() / "node_modules"), "TZ": PARIS}
    done = subprocess.run(
        command, input=job.encode(), capture_output=True, env=environment, timeout=TIME_LIMIT,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise ProgramError(f"{command[-1]}: {done.stderr.decode('utf-8', 'replace')[-2000:]}")
    return done.stdout


WRITE_EXCEL = _of_perl(
    "Spreadsheet::WriteExcel", ".xls", "libspreadsheet-writeexcel-perl",
    frozenset({"boolean", "rich", "error"}),
)  # fmt: skip
EXCEL_WRITER = _of_perl(
    "Excel::Writer::XLSX", ".xlsx", "libexcel-writer-xlsx-perl", frozenset({"error"})
)


# R


def _with_r(files: Sequence[File]) -> Outcome:
    lines: list[Sequence[object]] = []
    for each in files:
        lines.append(("file", each.template, each.out))
        for at, put in each.puts.items():
            if put.kind in _LACKS_IN_R:
                continue
            row, column = coordinate_to_tuple(at)
            lines.append(("put", each.sheet, column, row, put.kind, put.value, put.shown_as))
    job = files[0].out.with_name("job of R")
    text = "".join("\t".join(quote(str(part)) for part in line) + "\n" for line in lines)
    job.write_text(text, "utf-8")
    version = _fed(["Rscript", str(HERE / "with_r.R"), str(job)], "").decode()
    job.unlink()
    cannot = {
        each.out: frozenset(at for at, put in each.puts.items() if put.kind in _LACKS_IN_R)
        for each in files
    }
    return Outcome(version, cannot)


def _missing_r() -> str:
    probe = ["Rscript", "-e", "library(openxlsx)"]
    if shutil.which("Rscript") and not subprocess.run(probe, capture_output=True).returncode:
        return ""
    return "R's openxlsx is not installed (r-cran-openxlsx)"


_LACKS_IN_R = frozenset({"rich", "error"})
OPENXLSX = Program("R openxlsx", (".xlsx",), _with_r, _missing_r, everywhere=False)


PROGRAMS: Mapping[str, Program] = {
    each.name: each
    for each in (
        OPENPYXL, EXCELJS, SHEETJS, POPULATE, EXCELIZE, GNUMERIC, WRITE_EXCEL, EXCEL_WRITER,
        OPENXLSX,
    )
}  # fmt: skip
"""Every program but LibreOffice, by its name."""
