"""The programs: each writes edits into a template, or saves it untouched, in its own formats."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import cache
from pathlib import Path
from urllib.parse import quote

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.utils.exceptions import IllegalCharacterError

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
from tests.programs.anew import EXCEL_WRITER, WRITE_EXCEL
from tests.programs.awkward import Put
from tests.programs.program import (
    HERE,
    TIME_LIMIT,
    File,
    Outcome,
    Program,
    ProgramError,
    modules,
    result,
    run_script,
    serial,
)

# From npm


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
        answer = json.loads(run_script(["node", str(HERE / "with_node.cjs")], json.dumps(job)))
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
    puts = [{"cell": cell, **asdict(put), "result": result(put)} for cell, put in file.puts.items()]
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
        value = serial(str(value))
    if put.kind == "typed":
        yield Type(at, str(value))
    elif put.kind == "boolean":
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
        if put.kind == "typed":
            refused.add(at)
            continue
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
    version = run_script(["Rscript", str(HERE / "with_r.R"), str(job)], "").decode()
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


_LACKS_IN_R = frozenset({"rich", "error", "typed"})
OPENXLSX = Program("R openxlsx", (".xlsx",), _with_r, _missing_r, everywhere=False)


PROGRAMS: Mapping[str, Program] = {
    each.name: each
    for each in (
        OPENPYXL, EXCELJS, SHEETJS, POPULATE, EXCELIZE, GNUMERIC, WRITE_EXCEL, EXCEL_WRITER,
        OPENXLSX,
    )
}  # fmt: skip
"""Every program but LibreOffice, by its name."""
