"""Rows put into a sheet that is there, and everything that names a place moved with them."""

from __future__ import annotations

import pytest

from tests import bare_books as bare
from xlplan.workbook.write.formula_refs import Insertion
from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.moved_places import moved_part
from xlplan.workbook.write.patch import Patched, patch

ROWS = "".join(
    f'<row r="{row}" ht="{30 if row < 5 else 50}" customHeight="1">'
    f'<c r="A{row}" s="{3 if row == 4 else 0}"><v>{row}</v></c>'
    f'<c r="B{row}"><f>A{row}*$A$6</f><v>{row * 6}</v></c></row>'
    for row in range(2, 5)
) + (
    '<row r="6"><c r="A6"><v>6</v></c><c r="B6"><f>SUM(B2:B4)</f><v>54</v></c>'
    '<c r="C6"><f>SUM(B2:B6)</f><v>0</v></c></row>'
)
AFTER = (
    '<autoFilter ref="A1:B4"/><mergeCells count="2"><mergeCell ref="C4:D4"/>'
    '<mergeCell ref="E2:E4"/></mergeCells>'
    '<conditionalFormatting sqref="A2:A4 D6"><cfRule type="expression"><formula>A2&gt;$A$6'
    "</formula></cfRule></conditionalFormatting>"
    '<dataValidations><dataValidation sqref="B2:B4"><formula1>$A$6:$A$9</formula1>'
    "</dataValidation></dataValidations>"
    '<hyperlinks><hyperlink ref="A6" location="Plan!A6"/></hyperlinks>'
    '<rowBreaks><brk id="3"/><brk id="6"/></rowBreaks>'
)
NAMES = (
    '<definedNames><definedName name="_xlnm.Print_Area" localSheetId="0">Plan!$A$1:$B$4'
    '</definedName><definedName name="Target">Plan!$A$6</definedName></definedNames>'
)
OTHER = bare.sheet('<row r="1"><c r="A1"><f>Plan!A6+A6</f><v>6</v></c></row>')


def book(after: str = AFTER, rows: str = ROWS) -> bytes:
    return bare.workbook({"Plan": bare.sheet(rows, after), "Other": OTHER}, inside=NAMES)


def put(count: int = 1, **cells: str | float) -> Patched:
    return patch(book(), {"Plan": dict(cells)}, {"Plan": [NewRows(4, count)]})


def plan(done: Patched) -> str:
    return bare.part(done.data, "xl/worksheets/sheet1.xml")


def test_rows_below_move_and_the_new_one_looks_like_most_of_its_section() -> None:
    xml = plan(put(A5=7))
    assert '<row r="5" ht="30" customHeight="1"><c r="A5"><v>7</v></c>' in xml
    assert '<c r="B5"><f>A5*$A$7</f></c></row><row r="7"><c r="A7">' in xml


@pytest.mark.parametrize(
    "expected",
    [
        '<autoFilter ref="A1:B6"/>',
        '<mergeCell ref="C4:D4"/><mergeCell ref="C5:D5"/><mergeCell ref="C6:D6"/>',
        '<mergeCell ref="E2:E6"/>',
        'sqref="A2:A6 D8"',
        "<formula>A2&gt;$A$8</formula>",
        '<dataValidation sqref="B2:B6"><formula1>$A$8:$A$11</formula1>',
        '<hyperlink ref="A8" location="Plan!A8"/>',
        '<brk id="3"/><brk id="8"/>',
        "<f>SUM(B2:B4)</f>",
        "<f>SUM(B2:B8)</f>",
        "<f>A2*$A$8</f>",
    ],
)
def test_what_names_a_place_on_the_sheet_moves_or_grows(expected: str) -> None:
    assert expected in plan(put(2))


def test_what_names_a_place_from_elsewhere_moves() -> None:
    done = put()
    assert "<f>Plan!A7+A6</f>" in bare.part(done.data, "xl/worksheets/sheet2.xml")
    names = bare.part(done.data, "xl/workbook.xml")
    assert "Plan!$A$1:$B$5<" in names
    assert ">Plan!$A$7<" in names


def test_a_total_that_ends_above_the_new_rows_is_noted() -> None:
    notes = {note.code: note.message for note in put().notes}
    assert notes.keys() == {"EDIT-021", "EDIT-022", "EDIT-018"}
    assert "Plan!B6" in notes["EDIT-022"]


def test_shared_formulas_are_written_out() -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" si="0" ref="A1:A2">B1+B2</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
    )
    done = patch(book("", rows), {}, {"Plan": [NewRows(1)]})
    xml = plan(done)
    assert "<f>B1+B3</f>" in xml
    assert "<f>B3+B4</f>" in xml
    assert "shared" not in xml


def test_merged_columns_stay_as_they_are() -> None:
    merged = b'<worksheet><mergeCells><mergeCell ref="A:B"/></mergeCells></worksheet>'
    assert moved_part(merged, Insertion("Plan", 4, 1), own=True) == merged


def test_several_places_are_counted_by_the_rows_that_were_there() -> None:
    asked = {"Plan": [NewRows(2), NewRows(4, 2)]}
    done = patch(book(), {"Plan": {"A3": "one", "A7": "three"}}, asked)
    assert not done.refused
    assert '<row r="9"><c r="A9"><v>6</v></c>' in plan(done)


def test_what_does_not_move_is_noted() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>INDIRECT("A5")</f><v>1</v></c>'
        '<c r="B1"><f>SUM(Plan:Other!A5)</f><v>1</v></c></row>'
    )
    made = bare.workbook(
        {"Plan": bare.sheet(rows), "Other": OTHER}, more={"xl/vbaProject.bin": b"macros"}
    )
    done = patch(made, {}, {"Plan": [NewRows(3)]})
    codes = {note.code for note in done.notes}
    assert codes == {"EDIT-018", "EDIT-019", "EDIT-020", "EDIT-021", "EDIT-023"}


ARRAY = '<row r="1"><c r="A1"><f t="array" ref="A1:A3">B1:B3</f><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("rows", "new", "word"),
    [
        (ARRAY, NewRows(2), "A1:A3"),
        ("<row><c><v>1</v></c></row>", NewRows(1), "where they stand"),
        ('<row r="1048576"/>', NewRows(1), "no room"),
        (ROWS, NewRows(-1), "no such row"),
    ],
)
def test_a_row_that_cannot_be_put_in_stops_the_cells_of_its_sheet(
    rows: str, new: NewRows, word: str
) -> None:
    data = book("", rows)
    done = patch(data, {"Plan": {"Z9": 1}}, {"Plan": [new]})
    refused = {where: problem.code for where, problem in done.refused.items()}
    assert refused == {f"Plan!{new.after}": "EDIT-009", "Plan!Z9": "EDIT-010"}
    assert word in done.refused[f"Plan!{new.after}"].message
    assert done.data == data
