"""The rows of a worksheet part: what the parser is spared in reading is read as it would be."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests import bare_books as bare
from xlplan.workbook.write import grid as grids
from xlplan.workbook.write.grid import Grid, read_grid
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.splice import MalformedError

EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SAMPLE = 20
"""How many of the workbooks that are at hand are read in each run; nightly it is all."""
Spans = tuple[tuple[int, int, int, int], ...]
PLAIN = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1" s="2"/><c r="C1"><f>A1</f><v>1</v></c>'
    '<c r="D1" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c></row>'
    '<row r="3"><c r="B3"><f>C1</f></c><c r="C3" t="s"><v>0</v></c></row><row r="4"/>'
    '<row r="5"><c r="A5"><v>5</v></c></row>'
)
SHEETS = {
    "plain": bare.sheet(PLAIN, '<mergeCells><mergeCell ref="A5:B5"/></mergeCells>'),
    "with line breaks": bare.sheet(PLAIN.replace("><", ">\n  <")),
    "with a prefix": bare.sheet(PLAIN).replace("<", "<x:").replace("<x:/", "</x:"),
    "with a comment": bare.sheet(
        '<!-- <c r="A1"><v>1</v></c> --><row r="1"><c r="A1"><!-- --><v>1</v></c>'
        '<c r="B1"><f>A1</f><v>1</v></c><c r="C1"><v>1</v></c></row>'
    ),
    "with text that looks like cells": bare.sheet(
        '<row r="1"><c r="A1" t="str"><v><![CDATA[<c r="Z9"><v>1</v></c>]]></v></c>'
        '<c r="B1"><f>A1</f><v>1</v></c></row>'
    ),
    "with a sign in an attribute": bare.sheet(
        '<row r="1"><c r="A1" x=">"><v>1</v></c><c r="B1"><f>A1</f><v>1</v></c></row>'
    ),
    "with formulas of all kinds": bare.sheet(
        '<row r="1"><c r="A1" t="str"><f>"a"&amp;B1</f><v>a&#10;</v></c><c r="B1"><f>C1</f></c>'
        '<c r="C1" s="1"><f/><v>1</v></c><c r="D1"><f ca="1">NOW()</f><v>1</v></c>'
        '<c r="E1"><v>1</v><f>A1</f></c><c r="F1" t="b" s="2"><f>1=1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" ref="A2:A3" si="0">B2</f><v>1</v></c></row>'
        '<row r="3"><c r="A3"><f t="shared" si="0"/><v>1</v></c><c r="B3"><f>A3</f><v/></c></row>'
    ),
    "with what a file may say of a cell": bare.sheet(
        '<row r="1"><c r="A1" s=" 1 " t=\'s\'><v>0</v></c><c r="B1"  t = "str" ><v> x </v></c>'
        '<c r="C1" t="inlineStr"><is><t/></is></c><c r="C1"><v>2</v></c><c r="D1"/><c r="E1"></c>'
        '<c r="F1" s="&#49;"><v>1</v></c><other><c r="G1"><v>1</v></c></other></row>'
    ),
    "with a mark of our own": bare.sheet('<_/><row r="1"><_/><c r="A1"><v>1</v></c><_/></row>'),
    "with cells elsewhere": bare.sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><?note <c r="B1"><v>1</v></c>?>',
        '<extLst><ext><c r="A1"><v>1</v></c></ext></extLst>',
    ),
    "with an array": bare.sheet(
        '<row r="1"><c r="A1"><f t="array" ref="A1:B1">C1:D1</f><v>1</v></c>'
        '<c r="B1"><v>2</v></c></row>'
    ),
    "with cells that are not placed": bare.sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c><f>A1</f><v>1</v></c></row>'
    ),
}


def spans(grid: Grid, *, formulas: bool = False, only: int = 0) -> dict[tuple[int, int], Spans]:
    """Where each cell stands, and its formula and value."""
    return {
        (row, column): tuple(
            (each.start, each.inner, each.close, each.end)
            for each in (line.at, cell, cell.formula, cell.value)
            if each
        )
        for row, line in grid.rows.items()
        for column, cell in line.cells.items()
        if (cell.formula or not formulas) and only in (0, row)
    }


def places(grid: Grid) -> list[tuple[str, int, int, int, int]]:
    """Where everything beside the cells stands."""
    beside = [grid.root, grid.body, *grid.merges, *(row.at for row in grid.rows.values())]
    return [(each.name, each.start, each.inner, each.close, each.end) for each in beside]


def about(grid: Grid) -> list[tuple[int, int, str, int, str]]:
    """What is told of each cell beside its place, and its formula."""
    return [
        (row, column, cell.kind, cell.style, grid.formula(cell))
        for row, line in grid.rows.items()
        for column, cell in line.cells.items()
    ]


def by_parser(data: bytes) -> Grid:
    """The rows where the parser is spared nothing."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(grids, "_PLAIN", re.compile(rb"(?!)"))
        return read_grid(data)


def assert_same(data: bytes) -> None:
    whole, looked_up = by_parser(data), read_grid(data, formulas=True)
    quick = read_grid(data)
    assert spans(quick) == spans(whole)
    assert places(quick) == places(whole)
    assert about(quick) == about(whole)
    assert (quick.spread, quick.unplaced) == (whole.spread, whole.unplaced)
    assert spans(looked_up, formulas=True) == spans(whole, formulas=True)
    assert places(looked_up) == places(whole)
    assert (looked_up.spread, looked_up.unplaced) == (whole.spread, whole.unplaced)
    if whole.spread:
        assert spans(looked_up) == spans(whole)
    row = max(whole.rows, default=1)
    some = read_grid(data, {row})
    assert spans(some) == spans(whole, only=row)
    assert places(some) == places(whole)
    assert some.spread == whole.spread


@pytest.mark.parametrize("name", SHEETS)
def test_what_is_passed_over_moves_nothing(name: str) -> None:
    data = SHEETS[name].encode()
    assert spans(read_grid(data))
    assert_same(data)


def test_so_it_is_with_the_sheets_of_all_kinds_of_programs(shared: Path) -> None:
    found = sorted((shared / "corpus").glob("*.xls[xm]"))
    if not found:
        pytest.skip("no corpus in the shared folder")
    for path in found if EVERY else Random(1).sample(found, min(SAMPLE, len(found))):
        with suppress(MalformedError, UnfitError):  # the workbook is refused
            package = Package(path.read_bytes())
            for part in package.sheets.values():
                assert_same(package[part])
