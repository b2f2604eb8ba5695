"""The rows of a worksheet part: what is passed over in reading moves nothing that is not."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from tests import bare_books as bare
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


def assert_same(data: bytes) -> None:
    whole, looked_up = read_grid(data), read_grid(data, formulas=True)
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
