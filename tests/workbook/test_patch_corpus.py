"""Workbooks that all kinds of programs wrote, changed in place: most take a cell and a row, and
other readers find nothing else changed; LibreOffice finds what its own insertion makes.

40 in each run (``PATCH_SEED`` says which), all nightly. As a program it counts what becomes of
those of a folder: ``python -m tests.workbook.test_patch_corpus FOLDER``.
"""

from __future__ import annotations

import datetime
import io
import os
import re
import sys
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula
from openpyxl.worksheet.worksheet import Worksheet

from tests.office import InsertRows, Office, OfficeError, Unprotect, WorkedOut, find_office
from xlplan.errors import Problem, XlplanError
from xlplan.workbook.read.gate import admit
from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.grid import cell_name
from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.patch import Patched, patch

EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SEED = os.environ.get("PATCH_SEED", "1")
SAMPLE, IN_OFFICE = 40, 3
SHARE_OF_CELLS, SHARE_OF_ROWS = 0.85, 0.75
"""How many of the workbooks that the gate takes must take a cell, and a row."""
SHEETS, TRIES = 3, 3
"""In how many sheets, and in how many places of each, it is tried."""
ACCEPTED = "accepted"
OF_CELLS = ("sheet", "sharedStrings.xml", "styles.xml", "workbook.xml", "pivotCacheDefinition")
"""What is in the names of parts that a cell may change: its own, those of formulas that depend on
it, texts, formats, and what says that all is to be worked out."""

BY_CHANCE = re.compile(r"\b(?:RAND|RANDBETWEEN|GETRANDBETWEEN|RANDARRAY|NOW|TODAY)\b|\.RAND")
"""Formulas that come to something else each time, and so may all that stands beside them."""

At = tuple[int, int]
Sheet = dict[At, tuple[object, str]]
"""What stands in each cell, formulas as text, and the format by which it is shown."""
Sheets = dict[str, Sheet]


@dataclass(frozen=True)
class Change:
    """A cell of a sheet set to a value, or a row put in after its row `after`."""

    sheet: str
    cell: At = (0, 0)
    value: Value = None
    after: int | None = None

    def made(self, data: bytes) -> Patched:
        """The workbook with the change in it."""
        if self.after is not None:
            return patch(data, {}, {self.sheet: [NewRows(self.after)]})
        return patch(data, {self.sheet: {cell_name(*self.cell): self.value}})

    def moved(self, sheet: str, row: int) -> int:
        """Where a row of a sheet stands afterwards."""
        down = sheet == self.sheet and self.after is not None and row > self.after
        return row + down


Choose = Callable[[str, Sheet, Random], list[Change]]
"""Changes to try in a sheet."""
Made = tuple[str, Change, bytes]
"""How a change ended, which it was, and the workbook then."""


@dataclass
class Counts:
    """How many took a change, and by which code the others refused it; `wrong` are those that took
    it and are not as they should be, `unread` those that openpyxl cannot read as they came."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    unread: int = 0

    @property
    def share(self) -> float:
        """How many of all took it."""
        return self.ends[ACCEPTED] / max(self.ends.total(), 1)


def drawn(folder: Path) -> list[Path]:
    """Files of a folder that are workbooks by their names: all nightly, else some by seed."""
    found = sorted(each for each in folder.iterdir() if each.suffix.lower() in (".xlsx", ".xlsm"))
    return found if EVERY else sorted(Random(SEED).sample(found, min(SAMPLE, len(found))))


def taken(paths: Iterable[Path]) -> Iterator[tuple[Path, bytes, list[str]]]:
    """Those that the gate takes, with the names of their sheets."""
    for path in paths:
        data = path.read_bytes()
        found = admit(data, path.name)
        if not isinstance(found, Problem) and found.sheets:
            yield path, data, [name for name, _ in found.sheets]


def read(data: bytes) -> Sheets | None:
    """All cells of a workbook as openpyxl has them; None where it cannot read it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what openpyxl would lose, were it to save
            book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception:  # it has no one error for what it cannot read
        return None
    return {sheet.title: _cells(sheet) for sheet in book.worksheets}


def _cells(sheet: Worksheet) -> Sheet:
    """The cells of a sheet; what a formula puts into an area is no value of the cells there."""
    found: Sheet = {}
    results: list[str] = []
    for line in sheet.iter_rows():
        for cell in line:
            value: object = cell.value
            if isinstance(value, ArrayFormula | DataTableFormula):
                results.append(value.ref or cell.coordinate)
                value = f"={sorted(vars(value).items())}"
            elif isinstance(value, str):
                value = unescape(value).replace("\r\n", "\n")
            if value is not None:
                found[coordinate_to_tuple(cell.coordinate)] = value, str(cell.number_format)
    for area in results:
        left, top, right, bottom = range_boundaries(area)
        for at in product(range(top or 1, (bottom or 1) + 1), range(left or 1, (right or 1) + 1)):
            if not is_formula(found.get(at, ("", ""))[0]):
                found[at] = "= of another cell", ""
    return found


def is_formula(value: object) -> bool:
    return isinstance(value, str) and value.startswith("=")


def another(value: object) -> Value:
    """A value of the same kind."""
    if isinstance(value, datetime.datetime):
        return datetime.datetime(2026, 12, 24)
    if isinstance(value, bool):
        return not value
    return 41.5 if isinstance(value, int | float) else f"{value} & <agreed>"


def cells_to_set(sheet: str, found: Sheet, chance: Random) -> list[Change]:
    """Cells with values of their own set to others."""
    kinds = (str, bool, int, float, datetime.datetime)
    own = [
        Change(sheet, at, another(value))
        for at, (value, _) in sorted(found.items())
        if isinstance(value, kinds) and not str(value).startswith(("=", "#"))
    ]
    return chance.sample(own, min(TRIES, len(own))) or [Change(sheet, (3, 2), "In progress")]


def rows_to_put_in(sheet: str, found: Sheet, chance: Random) -> list[Change]:
    """Rows put in after some that hold something."""
    rows = sorted({row for row, _ in found}) or [2]
    return [Change(sheet, after=row) for row in chance.sample(rows, min(TRIES, len(rows)))]


def first_accepted(data: bytes, sheets: list[str], before: Sheets, choose: Choose) -> Made:
    """The first of some changes that is accepted and what it makes; or the code by which the last
    was refused, and the workbook as it was."""
    chance, code, change = Random(SEED), "", Change("")
    for sheet in sheets[:SHEETS]:
        for change in choose(sheet, before.get(sheet, {}), chance):
            try:
                done = change.made(data)
            except XlplanError as error:
                return error.problems[0].code, change, data
            if not done.refused:
                return ACCEPTED, change, done.data
            code = next(iter(done.refused.values())).code
    return code, change, data


def changed(paths: list[Path]) -> tuple[Counts, Counts]:
    """A cell set, and apart from it a row put in, in each workbook that the gate takes."""
    counts = Counts(), Counts()
    for path, data, sheets in taken(paths):
        before = read(data)
        for mine, choose in zip(counts, (cells_to_set, rows_to_put_in), strict=True):
            end, change, after = first_accepted(data, sheets, before or {}, choose)
            mine.ends[end] += 1
            mine.unread += before is None
            if end == ACCEPTED:
                faults = (*other_parts(data, after, change), *other_cells(before, after, change))
                mine.wrong += [f"{path.name}: {change}: {fault}" for fault in faults]
    return counts


def other_parts(before: bytes, after: bytes, change: Change) -> Iterator[str]:
    """Parts that are not as they were, and that neither a cell nor a row has a part in."""
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(io.BytesIO(after)) as new:
        assert new.testzip() is None
        gone = [name for name in old.namelist() if name not in new.namelist()]
        yield from (f"{name} is gone" for name in gone if "calcChain" not in name)
        yield from (f"{name} came" for name in new.namelist() if name not in old.namelist())
        for name in new.namelist():
            if new.read(name) == old.read(name) or "[Content_Types]" in name:
                continue
            of_cells = any(each in name for each in OF_CELLS)
            if not of_cells and (change.after is None or not name.endswith((".xml", ".vml"))):
                yield f"{name} differs"


def other_cells(before: Sheets | None, after: bytes, change: Change) -> Iterator[str]:
    """Cells that openpyxl does not find as they were, or as they were set."""
    if before is None:
        return
    found = read(after)
    if found is None or found.keys() != before.keys():
        yield "openpyxl reads no more"
        return
    for sheet, cells in found.items():
        expected = {
            (change.moved(sheet, row), column): cell
            for (row, column), cell in before[sheet].items()
        }
        mine = sheet == change.sheet
        for at in sorted(expected.keys() | cells.keys()):
            now, then = cells.get(at, (None, "")), expected.get(at, (None, ""))
            if mine and change.after is None and at == change.cell:
                same = now[0] == change.value
            elif mine and change.after is not None and at[0] == change.after + 1:
                same = is_formula(now[0])
            elif change.after is not None and is_formula(then[0]):
                same = is_formula(now[0])  # what it names may have moved
            else:
                same = now == then
            if not same:
                yield f"{sheet}!{cell_name(*at)} reads {now} and not {then}"


def corpus(shared: Path) -> list[Path]:
    folder = shared / "corpus"
    if not folder.is_dir():
        pytest.skip("no corpus in the shared folder")
    return drawn(folder)


@pytest.fixture(scope="module")
def both(shared: Path) -> tuple[Counts, Counts]:
    """What became of the cells and of the rows."""
    return changed(corpus(shared))


def test_most_workbooks_take_a_cell_and_none_is_wrong(both: tuple[Counts, Counts]) -> None:
    assert not both[0].wrong
    assert both[0].share >= SHARE_OF_CELLS, both[0].ends


def test_most_workbooks_take_a_row_and_none_is_wrong(both: tuple[Counts, Counts]) -> None:
    assert not both[1].wrong
    assert both[1].share >= SHARE_OF_ROWS, both[1].ends


@dataclass
class Compared:
    """How many cells are as LibreOffice makes them, in how many files, and those that are not;
    `left_out` are the files of which it cannot say, each with the reason."""

    files: int = 0
    same: int = 0
    wrong: list[str] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)


def compare(office: Office, paths: Iterable[Path], folder: Path, most: int) -> Compared:
    """Rows that are put in beside LibreOffice's own, in so many files at most: what each cell comes
    to, and the formula in it, once all is worked out in both."""
    done = Compared()
    for path, data, sheets in taken(paths):
        if done.files == most:
            break
        end, change, after = first_accepted(data, sheets, read(data) or {}, rows_to_put_in)
        if end != ACCEPTED or change.after is None:
            continue
        mine = folder / path.name
        mine.write_bytes(after)
        steps = [Unprotect(change.sheet), InsertRows(change.sheet, change.after + 1)]
        try:
            expected, found = office.worked_out(path, steps), office.worked_out(mine)
        except OfficeError as error:
            done.left_out[path.name] = str(error)[:80]
            continue
        if BY_CHANCE.search(str(expected)):
            done.left_out[path.name] = "comes to something else each time"
            continue
        if b"pivotCacheDefinition" in data:
            done.left_out[path.name] = "has a pivot table, which is filled anew when it is opened"
            continue
        here, there = flat(expected, change), flat(found, change)
        wrong = [at for at in here.keys() | there.keys() if here.get(at) != there.get(at)]
        done.files += 1
        done.same += len(here.keys() | there.keys()) - len(wrong)
        done.wrong += [
            f"{path.name}: {change}: {at} {here.get(at)} {there.get(at)}" for at in wrong
        ]
    return done


def flat(found: WorkedOut, change: Change) -> dict[str, object]:
    """The cells of all sheets but those of the new row, which LibreOffice leaves empty."""
    new = f"R{(change.after or 0) + 1}C"
    return {
        f"{sheet}!{at}": cell
        for sheet, cells in found.items()
        for at, cell in cells.items()
        if sheet != change.sheet or not at.startswith(new)
    }


def test_a_row_comes_to_what_the_insertion_of_libreoffice_comes_to(
    office: Office, shared: Path, tmp_path: Path
) -> None:
    compared = compare(office, corpus(shared), tmp_path, sys.maxsize if EVERY else IN_OFFICE)
    assert not compared.wrong
    assert compared.files >= IN_OFFICE, compared.left_out


def main(folder: Path) -> None:
    """Print what becomes of the workbooks of a folder."""
    paths = sorted(each for each in folder.iterdir() if each.suffix.lower() in (".xlsx", ".xlsm"))
    for title, counts in zip(("a cell", "a row"), changed(paths), strict=True):
        print(f"{title}: {counts.share:.1%} of {counts.ends.total()}: {dict(counts.ends)}")
        print(f"wrong: {counts.wrong}; not read by openpyxl: {counts.unread}")
    found = find_office()
    if isinstance(found, str):
        print(found)
        return
    with TemporaryDirectory() as scratch:
        office = Office(*found, Path(scratch))
        compared = compare(office, paths, Path(scratch), sys.maxsize)
        office.close()
    print(f"LibreOffice: {compared.same:,} cells the same in {compared.files} files")
    print(f"wrong: {compared.wrong}; left out: {compared.left_out}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
