"""Plays a person or a program in LibreOffice; run by the Python that has UNO, never imported.

Requests come in as one JSON document a line, answers go out the same way. `tests/office.py` is the
other end and says what each request means. It ends, and LibreOffice with it, when its input ends.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

uno: Any = importlib.import_module("uno")  # only the interpreter that runs this file has it

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/L10N">
<prop oor:name="ooSetupSystemLocale" oor:op="fuse"><value>en-GB</value></prop></item>
</oor:items>
"""
"""A British office: 28/02/2026 is a date there."""
CONTENT = 1 | 2 | 4 | 16
"""Cells with a number, a date, text or a formula (com.sun.star.sheet.CellFlags)."""
CSV = "Text - txt - csv (StarCalc)"
AS_SHOWN = "44,34,76,1,,2057,false,true,true,false,false,{sheet}"
"""Commas, double quotes, UTF-8, from line 1, British English, each cell as it is shown, of one
sheet, by its number from 1."""
csv.field_size_limit(2**31 - 1)
START_LIMIT = 90


def arguments(**values: object) -> tuple[Any, ...]:
    """`values` as UNO's property values."""
    kind = "com.sun.star.beans.PropertyValue"
    return tuple(uno.createUnoStruct(kind, name, 0, value, 0) for name, value in values.items())


def url(path: str) -> str:
    return str(uno.systemPathToFileUrl(str(Path(path).resolve())))


class Office:
    """One LibreOffice process with a profile of its own."""

    def __init__(self, program: str, folder: str) -> None:
        profile = Path(tempfile.mkdtemp(prefix="profile-", dir=folder))
        (profile / "user").mkdir()
        (profile / "user" / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
        pipe = f"xlplan-{os.getpid()}-{profile.name}"
        self.process = subprocess.Popen(
            [
                program,
                "--headless",
                "--norestore",
                "--nologo",
                "--nodefault",
                "--nolockcheck",
                f"-env:UserInstallation={url(str(profile))}",
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,  # standard output carries the answers
        )
        manager = self._connect(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        self.desktop = manager.createInstance("com.sun.star.frame.Desktop")
        self.dispatcher = manager.createInstance("com.sun.star.frame.DispatchHelper")

    def _connect(self, address: str) -> Any:
        local = uno.getComponentContext().ServiceManager
        resolver = local.createInstance("com.sun.star.bridge.UnoUrlResolver")
        refused = uno.getClass("com.sun.star.connection.NoConnectException")
        deadline = time.monotonic() + START_LIMIT
        while True:
            try:
                return resolver.resolve(address).ServiceManager
            except refused:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("LibreOffice did not start") from None
                time.sleep(0.05)

    def open(self, path: str, filter_name: str = "", options: str = "") -> Document:
        lock = Path(path).parent / f".~lock.{Path(path).name}#"
        lock.unlink(missing_ok=True)  # a stale one makes the load return nothing
        asked: dict[str, object] = {"Hidden": True}
        if filter_name:
            asked |= {"FilterName": filter_name, "FilterOptions": options}
        model = self.desktop.loadComponentFromURL(url(path), "_blank", 0, arguments(**asked))
        if model is None:
            raise RuntimeError(f"LibreOffice could not open {path}")
        return Document(self, model)

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


EVERYTHING_TYPED = 1 | 2 | 4 | 16
"""CellFlags of what the Delete key takes: values, dates, text, formulas."""


class Document:
    """One open spreadsheet, and the steps that can be played on it."""

    def __init__(self, office: Office, model: Any) -> None:
        self.office = office
        self.model = model

    # Where

    def sheet(self, place: str) -> Any:
        name = place.rpartition("!")[0]
        if name:
            return self.model.Sheets.getByName(name)
        return self.model.CurrentController.ActiveSheet

    def cell(self, place: str) -> Any:
        return self.sheet(place).getCellRangeByName(place.rpartition("!")[2])

    def may_edit(self, place: str) -> bool:
        return not (self.sheet(place).isProtected() and self.cell(place).CellProtection.IsLocked)

    # A person at the keyboard

    # Keys sent through the dispatcher would move the cursor onto the cell; where the cell has an
    # input message, the package without a user interface dies over its pop-up. `FormulaLocal`
    # reads text just as the keyboard does (dates, numbers, a text cell's "="), without the cursor.

    def type(self, at: str, text: str) -> None:
        if self.may_edit(at):
            self.cell(at).FormulaLocal = text

    def empty(self, at: str) -> None:
        if self.may_edit(at):
            self.cell(at).clearContents(EVERYTHING_TYPED)

    def choose(self, at: str, choice: str) -> None:
        offered = self.choices(at)
        if choice not in offered:
            raise LookupError(f"{at} offers {offered}, not {choice!r}")
        self.type(at, choice)

    def choices(self, at: str) -> list[str]:
        rule = self.cell(at).Validation
        if rule.Type.value != "LIST":
            return []
        source = rule.getFormula1()
        if source.startswith('"'):
            return [part.strip('"') for part in source.split(";")]
        address = source.replace("$", "")
        if address in self.model.NamedRanges.ElementNames:
            area = self.model.NamedRanges.getByName(address).getReferredCells()
        else:
            name, _, cells = address.rpartition(".")
            sheet = self.model.Sheets.getByName(name.strip("'")) if name else self.sheet(at)
            area = sheet.getCellRangeByName(cells)
        rows, columns = area.Rows.Count, area.Columns.Count
        shown = [area.getCellByPosition(c, r).String for r in range(rows) for c in range(columns)]
        return [text for text in shown if text]

    # A program, which protection does not stop

    def write(self, at: str, value: str | float) -> None:
        if isinstance(value, str):
            self.cell(at).setString(value)
        else:
            self.cell(at).setValue(value)

    def formula(self, at: str, formula: str) -> None:
        self.cell(at).setFormula(formula)

    # Where LibreOffice leaves a protected thing as it is without a word, the test is told.

    def note(self, at: str, text: str) -> None:
        sheet = self.unprotected(at.rpartition("!")[0])
        sheet.Annotations.insertNew(self.cell(at).CellAddress, text)

    def fill(self, at: str, colour: str) -> None:
        self._set(at, "CellBackColor", int(colour.removeprefix("#"), 16))

    def strike(self, at: str) -> None:
        self._set(at, "CharStrikeout", 1)

    def look(self, at: str, shown_as: str) -> None:
        english = uno.createUnoStruct("com.sun.star.lang.Locale", "en", "US", "")
        known = self.model.NumberFormats
        number = known.queryKey(shown_as, english, False)
        number = known.addNew(shown_as, english) if number == -1 else number
        self._set(at, "NumberFormat", number)

    def bold(self, at: str, length: int) -> None:
        cell = self.cell(at)
        cursor = cell.createTextCursor()
        cursor.gotoStart(False)
        cursor.goRight(length, True)
        cursor.setPropertyValue("CharWeight", 150.0)

    def _set(self, at: str, look: str, value: int) -> None:
        self.cell(at).setPropertyValue(look, value)
        if self.cell(at).getPropertyValue(look) != value:
            raise PermissionError(f"cell {at} is protected: unprotect its sheet first")

    def unprotect(self, sheet: str, password: str = "") -> None:
        self.sheet(f"{sheet}!").unprotect(password)

    def insert_rows(self, sheet: str, row: int, count: int) -> None:
        self.unprotected(sheet).Rows.insertByIndex(row - 1, count)

    def delete_rows(self, sheet: str, row: int, count: int) -> None:
        self.unprotected(sheet).Rows.removeByIndex(row - 1, count)

    def insert_columns(self, sheet: str, column: int, count: int) -> None:
        self.unprotected(sheet).Columns.insertByIndex(column - 1, count)

    def hide_column(self, sheet: str, column: int) -> None:
        self.unprotected(sheet).Columns.getByIndex(column - 1).IsVisible = False

    def move(self, area: str, to: str) -> None:
        found = self.unprotected(area.rpartition("!")[0])
        found.moveRange(self.cell(to).CellAddress, self.cell(area).RangeAddress)

    def add_sheet(self, name: str) -> None:
        self.model.Sheets.insertNewByName(name, self.model.Sheets.Count)

    def sort(self, area: str, column: int, descending: bool) -> None:
        self.unprotected(area.rpartition("!")[0])
        field = uno.createUnoStruct("com.sun.star.table.TableSortField")
        field.Field = column
        field.IsAscending = not descending
        fields = uno.Any("[]com.sun.star.table.TableSortField", (field,))
        self.cell(area).sort(arguments(SortFields=fields, ContainsHeader=False))

    def rename_sheet(self, sheet: str, name: str) -> None:
        self.sheet(f"{sheet}!").Name = name

    def show_sheet(self, sheet: str) -> None:
        self.sheet(f"{sheet}!").IsVisible = True

    def delete_sheet(self, sheet: str) -> None:
        self.model.Sheets.removeByName(sheet)

    def unprotected(self, sheet: str) -> Any:
        found = self.sheet(f"{sheet}!") if sheet else self.sheet("")
        if found.isProtected():
            raise PermissionError(f"sheet {found.Name} is protected: unprotect it first")
        return found

    # Out again

    def save(self, path: str, filter_name: str, options: str = "") -> None:
        extra = {"FilterOptions": options} if options else {}
        self.model.storeToURL(url(path), arguments(FilterName=filter_name, **extra))

    def shown(self) -> dict[str, dict[str, str]]:
        """What each cell shows that holds something, by sheet: as LibreOffice writes it into the
        CSV file of the sheet, at once. Asking for each cell takes a thousandth of a second."""
        found: dict[str, dict[str, str]] = {}
        for number, sheet in enumerate(self.model.Sheets, 1):
            places = _places(sheet)
            lines = self._lines(number) if places else []
            found[sheet.Name] = {f"{_letters(n)}{row + 1}": lines[row][n] for row, n in places}
        return found

    def _lines(self, sheet: int) -> list[list[str]]:
        """The cells of a sheet, by its number from 1, as they are shown."""
        with tempfile.TemporaryDirectory() as folder:
            self.save(f"{folder}/lines.csv", CSV, AS_SHOWN.format(sheet=sheet))
            (saved,) = Path(folder).iterdir()  # it adds the sheet's name
            with saved.open(encoding="utf-8", newline="") as lines:
                return list(csv.reader(lines))

    def worked_out(self) -> dict[str, dict[str, list[object]]]:
        """The value of every cell and what is entered there, once all is worked out anew."""
        self.model.calculateAll()
        return {sheet.Name: _entered(sheet) for sheet in self.model.Sheets}

    def cut(self) -> list[str]:
        """The rows that are lower than their texts need in columns as narrow as Excel's."""
        return [f"{sheet.Name}!{row}" for sheet in self.model.Sheets for row in _too_low(sheet)]

    def close(self) -> None:
        self.model.close(True)


def _places(sheet: Any) -> list[tuple[int, int]]:
    """The cells of a sheet that hold something: row and column, from 0."""
    return [
        (row, column)
        for area in sheet.queryContentCells(CONTENT).getRangeAddresses()
        for row in range(area.StartRow, area.EndRow + 1)
        for column in range(area.StartColumn, area.EndColumn + 1)
    ]


def _letters(column: int) -> str:
    """The name of a column, which counts from 0."""
    left, last = divmod(column, 26)
    return (_letters(left - 1) if left else "") + chr(ord("A") + last)


def _entered(sheet: Any) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    content = sheet.queryContentCells(CONTENT)
    for n in range(content.Count):
        area = content.getByIndex(n)
        first = area.RangeAddress
        for down, rows in enumerate(zip(area.getDataArray(), area.getFormulaArray(), strict=True)):
            for right, (value, entered) in enumerate(zip(*rows, strict=True)):
                place = f"R{first.StartRow + down + 1}C{first.StartColumn + right + 1}"
                found[place] = [value, entered]
    return found


EXCEL_WIDTH = 7 / 7.436
"""What a character of the default font is in Excel, whole pixels, and here."""
ROUNDING = 10
"""Hundredths of a millimetre."""


def _too_low(sheet: Any) -> list[int]:
    used = sheet.createCursor()
    used.gotoEndOfUsedArea(False)
    last = used.RangeAddress
    rows, columns = sheet.Rows, sheet.Columns
    heights = [rows.getByIndex(n).Height for n in range(last.EndRow + 1)]
    for n in range(last.EndColumn + 1):
        columns.getByIndex(n).Width = int(columns.getByIndex(n).Width * EXCEL_WIDTH)
    sheet.getCellRangeByPosition(0, 0, 0, last.EndRow).Rows.OptimalHeight = True
    written = {row + 1 for row, _ in _places(sheet)}
    needed = (rows.getByIndex(n).Height for n in range(last.EndRow + 1))
    both = enumerate(zip(heights, needed, strict=True), 1)
    return [n for n, (height, need) in both if n in written and need > height + ROUNDING]


STEPS: dict[str, Callable[..., None]] = {
    "type": Document.type,
    "empty": Document.empty,
    "choose": Document.choose,
    "write": Document.write,
    "formula": Document.formula,
    "note": Document.note,
    "fill": Document.fill,
    "strike": Document.strike,
    "look": Document.look,
    "bold": Document.bold,
    "unprotect": Document.unprotect,
    "insert_rows": Document.insert_rows,
    "delete_rows": Document.delete_rows,
    "insert_columns": Document.insert_columns,
    "hide_column": Document.hide_column,
    "move": Document.move,
    "add_sheet": Document.add_sheet,
    "sort": Document.sort,
    "rename_sheet": Document.rename_sheet,
    "show_sheet": Document.show_sheet,
    "delete_sheet": Document.delete_sheet,
}


def answer(office: Office, request: dict[str, Any]) -> object:
    """What one request comes to: what every sheet shows, before saving where it saves."""
    document = office.open(request["path"], request.get("load", ""), request.get("options", ""))
    try:
        for step in request.get("steps", ()):
            STEPS[step.pop("step")](document, **step)
        if request.get("choices"):
            return document.choices(request["choices"])
        if request.get("work_out"):
            return document.worked_out()
        shown = document.shown() if request.get("read") else {}
        if request.get("save_as"):
            document.save(request["save_as"], request["filter"], request.get("save_options", ""))
        if request.get("cut"):
            return document.cut()
        return shown
    finally:
        document.close()


def serve(program: str, folder: str) -> None:
    office: Office | None = None
    gone = uno.getClass("com.sun.star.lang.DisposedException")
    try:
        for line in sys.stdin:
            try:
                office = office or Office(program, folder)
                reply = {"answer": answer(office, json.loads(line))}
            except gone as error:
                reply = {"error": f"LibreOffice died: {error}"}
                if office:
                    office.stop()
                office = None
            except Exception as error:  # whatever went wrong belongs to the test that asked
                reply = {"error": f"{type(error).__name__}: {error}"}
            print(json.dumps(reply), flush=True)
    finally:
        # The program that was started is a launcher: its child would outlive it. The whole group
        # is this process and what it started, since the test's end made it a session of its own.
        os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    serve(*sys.argv[1:])
