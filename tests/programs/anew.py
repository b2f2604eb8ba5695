"""Programs that write a whole workbook anew, from the cells of a template: those of Perl."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, time
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook

from tests.programs.awkward import Put
from tests.programs.program import HERE, File, Outcome, Program, result, run_script, serial


def _of_perl(module: str, suffix: str, package: str, lacks: frozenset[str]) -> Program:
    def write(files: Sequence[File]) -> Outcome:
        job = {"program": module, "files": [_anew(each, lacks) for each in files]}
        answer = json.loads(run_script(["perl", str(HERE / "with_perl.pl")], json.dumps(job)))
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
                {"row": row, "column": column, **asdict(put), "result": result(put)}
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
    return Put("number", serial(str(put.value)), put.shown_as, put.shows)


WRITE_EXCEL = _of_perl(
    "Spreadsheet::WriteExcel", ".xls", "libspreadsheet-writeexcel-perl",
    frozenset({"boolean", "rich", "error", "typed"}),
)  # fmt: skip
EXCEL_WRITER = _of_perl(
    "Excel::Writer::XLSX", ".xlsx", "libexcel-writer-xlsx-perl", frozenset({"error", "typed"})
)
