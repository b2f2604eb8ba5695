"""Hidden rows and columns, and rows that a filter leaves out, in each kind of workbook."""

from __future__ import annotations

import struct

import pytest

from tests import attacks
from xlplan.workbook.read.book import ReadSheet
from xlplan.workbook.read.read_book import read_book

ROWS = "".join(
    f'<row r="{n}" {{{n}}}><c r="A{n}" t="inlineStr"><is><t>{text}</t></is></c>'
    f'<c r="C{n}"><v>{n}</v></c></row>'
    for n, text in enumerate(("Rating", "Green", "Red", "Green"), 1)
)


def rows(looks: dict[int, str]) -> str:
    text = ROWS
    for number in range(1, 5):
        text = text.replace(f"{{{number}}}", looks.get(number, ""))
    return text


def read(data: bytes, name: str = "plan.xlsx") -> ReadSheet:
    book = read_book(data, name, detail=True)
    assert [problem for problem in book.problems if problem.level == "error"] == []
    return book.sheets[0]


@pytest.mark.parametrize(
    ("look", "hidden"),
    [
        ('hidden="1"', True), ('hidden="true"', True), ('hidden="0"', False), ("", False),
        ('ht="0" customHeight="1"', True), ('ht="0.75"', True), ('ht="12.5"', False),
        ('ht="low"', False), ('outlineLevel="1" hidden="1"', True), ('outlineLevel="1"', False),
    ],
)  # fmt: skip
def test_a_row_that_nobody_sees(look: str, hidden: bool) -> None:
    sheet = read(attacks.workbook(rows({3: look})))
    assert sheet.hidden_rows == ({2} if hidden else set())
    assert sheet.filtered_rows == set()


@pytest.mark.parametrize(
    ("look", "hidden"),
    [
        ('min="2" max="3" hidden="1"', {1, 2}), ('min="3" max="3" width="0"', {2}),
        ('min="3" max="3" width="0.1" customWidth="1"', {2}), ('min="3" max="3" width="9"', set()),
        ('min="x" max="3" hidden="1"', set()),
    ],
)  # fmt: skip
def test_a_column_that_nobody_sees(look: str, hidden: set[int]) -> None:
    content = attacks.parts(rows({}))
    part = "xl/worksheets/sheet1.xml"
    xml = str(content[part])
    assert "<sheetData>" in xml
    content[part] = xml.replace("<sheetData>", f"<cols><col {look}/></cols><sheetData>")
    assert read(attacks.package(content)).hidden_columns == hidden


GREEN = '<filterColumn colId="0"><filters><filter val="green"/></filters></filterColumn>'


@pytest.mark.parametrize(
    ("inside", "filtered", "hidden"),
    [
        (GREEN, {2}, {3}),  # row 4 shows Green, so it is no filter that hides it
        ('<filterColumn colId="0"><customFilters/></filterColumn>', {2, 3}, set()),
        ('<filterColumn colId="2"><filters><filter val="2"/></filters></filterColumn>', {2, 3},
         set()),
        ('<filterColumn colId="7"><filters><filter val="2"/></filters></filterColumn>', {2, 3},
         set()),
        ("", set(), {2, 3}),  # only its arrows are there
    ],
)  # fmt: skip
def test_a_row_that_a_filter_leaves_out(inside: str, filtered: set[int], hidden: set[int]) -> None:
    after = f'<autoFilter ref="A1:C4">{inside}</autoFilter>'
    sheet = read(attacks.workbook(rows({3: 'hidden="1"', 4: 'hidden="1"'}), after))
    assert (set(sheet.filtered_rows), set(sheet.hidden_rows)) == (filtered, hidden)


@pytest.mark.parametrize(
    ("size", "hidden"),
    [("0.0075in", True), ("0cm", True), ("0.4mm", True), ("1pt", True), ("0.9in", False),
     ("12pt", False), ("wide", False)],
)  # fmt: skip
def test_a_column_without_width_in_an_open_document(size: str, hidden: bool) -> None:
    uri = "urn:oasis:names:tc:opendocument:xmlns:style:1.0"
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    table = (
        f'<table:title><style:style xmlns:style="{uri}" style:name="c" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{size}"/></style:style></table:title>'
        '<table:table-column/><table:table-column table:style-name="c"/>'
        f"<table:table-row>{cell * 2}</table:table-row>"
    )
    assert read(attacks.ods(table), "plan.ods").hidden_columns == ({1} if hidden else set())


def test_what_stands_below_a_filter_is_hidden_by_hand() -> None:
    after = f'<autoFilter ref="A1:C3">{GREEN}</autoFilter>'
    sheet = read(attacks.workbook(rows({3: 'hidden="1"', 4: 'hidden="1"'}), after))
    assert (set(sheet.filtered_rows), set(sheet.hidden_rows)) == ({2}, {3})


def test_rows_and_columns_of_an_open_document() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    table = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:visibility="collapse"/>'
        '<table:table-column-group table:display="false"><table:table-column/>'
        "</table:table-column-group><table:table-column/>"
        f"<table:table-row>{cell * 5}</table:table-row>"
        '<table:table-row table:visibility="collapse" table:number-rows-repeated="2">'
        f"{cell}</table:table-row>"
        f'<table:table-row table:visibility="filter">{cell}</table:table-row>'
        '<table:table-row-group table:display="false">'
        f"<table:table-row>{cell}</table:table-row></table:table-row-group>"
        f"<table:table-row>{cell}</table:table-row>"
    )
    sheet = read(attacks.ods(table), "plan.ods")
    assert sheet.hidden_rows == {1, 2, 4}
    assert sheet.filtered_rows == {3}
    assert sheet.hidden_columns == {2, 3}


def xls_row(row: int, height: int = 300, flags: int = 0) -> bytes:
    return attacks.xls_record(
        0x0208, struct.pack("<HHHHHHBBH", row, 0, 1, height, 0, 0, flags, 1, 0)
    )


def xls_columns(first: int, last: int, width: int, flags: int) -> bytes:
    return attacks.xls_record(0x007D, struct.pack("<HHHHHH", first, last, width, 0, flags, 0))


@pytest.mark.parametrize("filtering", [False, True])
def test_rows_and_columns_of_an_old_workbook(filtering: bool) -> None:
    cells = xls_columns(0, 0, 2560, 0) + xls_columns(1, 2, 2560, 1) + xls_columns(4, 4, 0, 0)
    cells += xls_row(0) + xls_row(1, flags=0x20) + xls_row(2, height=0)
    cells += b"".join(attacks.xls_number(row, 0) for row in range(3))
    if filtering:
        cells += attacks.xls_record(0x009B, b"")
    sheet = read(attacks.xls(cells), "plan.xls")
    assert sheet.hidden_columns == {1, 2, 4}
    assert sheet.hidden_rows == (set() if filtering else {1, 2})
    assert sheet.filtered_rows == ({1, 2} if filtering else set())
