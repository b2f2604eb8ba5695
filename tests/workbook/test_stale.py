"""Results that may depend on a changed cell are taken out, and no others."""

from __future__ import annotations

import re

import pytest

from tests import bare_books as bare
from xlplan.workbook.write.patch import patch

NAMES = (
    "<definedNames>"
    '<definedName name="Rate">Data!$B$2</definedName>'
    '<definedName name="Local" localSheetId="1">Data!$A$2:$A$4</definedName>'
    '<definedName name="Twice">Rate*2</definedName>'
    "</definedNames>"
)
TABLE = (
    f'<table xmlns="{bare.MAIN}" id="1" displayName="Steps" name="Steps" ref="D1:E4">'
    '<tableColumns count="2"><tableColumn id="1" name="Done"/><tableColumn id="2" name="All"/>'
    "</tableColumns></table>"
)
DATA = bare.sheet(
    "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>{row}</v></c>'
        f'<c r="D{row}"><v>{row}</v></c><c r="E{row}"><v>{row}</v></c></row>'
        for row in range(1, 6)
    )
)


def book(formula: str, *, kind: str = "") -> bytes:
    """A workbook whose sheet Sums has this formula in A1, which shows 99."""
    sums = bare.sheet(f'<row r="1"><c r="A1"{kind}><f>{formula}</f><v>99</v></c></row>')
    return bare.workbook(
        {"Data": DATA, "Sums": sums},
        inside=NAMES,
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": bare.rels(("table", "../tables/table1.xml")),
            "xl/tables/table1.xml": TABLE,
        },
    )


def keeps_result(data: bytes) -> bool:
    return "<v>99</v>" in bare.part(data, "xl/worksheets/sheet2.xml")


@pytest.mark.parametrize(
    ("formula", "depends"),
    [
        ("Data!B2", True),
        ("Data!B3", False),
        ("B2", False),
        ("SUM(Data!$A$1:$B$3)", True),
        ("SUM(Data!A1:A3)", False),
        ("SUM(Data!B:B)", True),
        ("SUM(Data!A:A)", False),
        ("SUM('data'!2:2)", True),
        ("SUM(Data!3:4)", False),
        ("Rate+1", True),
        ("Twice", True),
        ("SUM(Local)", False),
        ('"Data!B2"', False),
        ('INDIRECT("Data!B"&amp;2)', True),
        ("OFFSET(Data!A1,1,1)", True),
        ("SUM(Data!A1:INDEX(Data!B:B,2))", True),
        ("SUM(Data:Sums!Z9)", True),
        ("[1]Data!B2", False),
        ("TODAY()", False),
        ("SUM(Steps[Done])", False),
        ("LOG10(100)", False),
    ],
)
def test_a_result_is_taken_out_where_the_formula_may_look_at_the_cell(
    formula: str, depends: bool
) -> None:
    done = patch(book(formula), {"Data": {"B2": 50}})
    assert keeps_result(done.data) is not depends
    assert done.stale == int(depends)
    assert [note.code for note in done.notes] == ["EDIT-018"] * int(depends)
    assert 'fullCalcOnLoad="1"' in bare.part(done.data, "xl/workbook.xml")


@pytest.mark.parametrize(
    ("formula", "cell", "depends"),
    [
        ("SUM(Steps[Done])", "D3", True),
        ("SUM(Steps[Done])", "E3", False),
        ("SUM(Steps[[Done]:[All]])", "E3", True),
        ("SUM(Steps)", "E3", True),
        ("SUM(Steps[])", "D5", False),
    ],
)
def test_a_column_of_a_table_is_what_its_name_says(formula: str, cell: str, depends: bool) -> None:
    assert keeps_result(patch(book(formula), {"Data": {cell: 50}}).data) is not depends


def chain(rows: str) -> dict[int, bool]:
    """Which cells of column C keep their result after A2 is changed."""
    done = patch(bare.workbook({"Plan": bare.sheet(rows)}), {"Plan": {"A2": 5}})
    xml = bare.part(done.data, "xl/worksheets/sheet1.xml")
    cells = re.findall(r'<c r="C(\d+)"[^>]*>(.*?)</c>', xml)
    return {int(row): "<v>" in inside for row, inside in cells}


def test_what_depends_on_a_result_depends_too() -> None:
    rows = (
        '<row r="1"><c r="C1"><f>A1</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f>C1+A2</f><v>2</v></c></row>'
        '<row r="3"><c r="C3" t="str"><f>C2&amp;"x"</f><v>2x</v></c></row>'
        '<row r="4"><c r="C4"><f>C1</f><v>1</v></c></row>'
    )
    assert chain(rows) == {1: True, 2: False, 3: False, 4: True}


def test_a_shared_formula_is_read_as_it_stands_in_each_cell() -> None:
    rows = (
        '<row r="1"><c r="C1"><f t="shared" si="0" ref="C1:C3">A1*$B$9</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="3"><c r="C3"><f t="shared" si="0"/><v>3</v></c></row>'
    )
    assert chain(rows) == {1: True, 2: False, 3: True}


def test_an_array_formula_fills_its_whole_area() -> None:
    rows = (
        '<row r="1"><c r="C1"><f t="array" ref="C1:C2">A1:A2*2</f><v>1</v></c></row>'
        '<row r="2"><c r="A2"><v>1</v></c><c r="C2"><v>2</v></c></row>'
        '<row r="3"><c r="C3"><f>C2</f><v>2</v></c></row>'
        '<row r="4"><c r="C4"><v>2</v></c></row>'
    )
    assert chain(rows) == {1: False, 2: False, 3: False, 4: True}


def test_a_row_of_a_table_looks_at_itself_alone() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>1</v></c><c r="C{row}">'
        f"<f>Steps[[#This Row],[Due]]</f><v>1</v></c></row>"
        for row in (2, 3)
    )
    table = (
        f'<table xmlns="{bare.MAIN}" id="1" displayName="Steps" ref="A1:C3"><tableColumns>'
        '<tableColumn name="Due"/><tableColumn name="x"/><tableColumn name="Days"/>'
        "</tableColumns></table>"
    )
    made = bare.workbook(
        {"Plan": bare.sheet(rows)},
        more={
            "xl/worksheets/_rels/sheet1.xml.rels": bare.rels(("table", "../tables/table1.xml")),
            "xl/tables/table1.xml": table,
        },
    )
    xml = bare.part(patch(made, {"Plan": {"A2": 5}}).data, "xl/worksheets/sheet1.xml")
    assert xml.count("<f>Steps[[#This Row],[Due]]</f><v>1</v>") == 1


@pytest.mark.parametrize(
    ("source", "refreshed"),
    [
        ('ref="A1:B4"', True),
        ('ref="D1:E4"', False),
        ('name="Steps"', False),
        ('name="Lost"', True),
    ],
)
def test_a_pivot_table_is_refreshed_where_its_data_changed(source: str, refreshed: bool) -> None:
    cache = (
        f'<pivotCacheDefinition xmlns="{bare.MAIN}"><cacheSource type="worksheet">'
        f'<worksheetSource sheet="Data" {source}/></cacheSource></pivotCacheDefinition>'
    )
    made = bare.workbook(
        {"Data": DATA},
        related=(("pivotCacheDefinition", "pivotCache/d1.xml"),),
        more={
            "xl/pivotCache/d1.xml": cache,
            "xl/worksheets/_rels/sheet1.xml.rels": bare.rels(("table", "../tables/table1.xml")),
            "xl/tables/table1.xml": TABLE,
        },
    )
    done = patch(made, {"Data": {"B2": 7}})
    assert ('refreshOnLoad="1"' in bare.part(done.data, "xl/pivotCache/d1.xml")) is refreshed


def test_a_mark_to_work_all_out_stands_where_the_schema_has_it() -> None:
    done = patch(book("Data!B2"), {"Data": {"B2": 50}})
    assert f'{NAMES}<calcPr fullCalcOnLoad="1"/></workbook>' in bare.part(
        done.data, "xl/workbook.xml"
    )


def test_a_workbook_without_formulas_is_not_marked() -> None:
    plain = bare.workbook({"Data": DATA})
    assert "calcPr" not in bare.part(patch(plain, {"Data": {"B2": 7}}).data, "xl/workbook.xml")
