"""Cells of a workbook that is there are set, and nothing else of it changes."""

from __future__ import annotations

import io
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from tests import bare_books as bare
from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.patch import patch

PLAN = bare.sheet(
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
    '<row r="2" ht="30"><c r="A2" t="s"><v>2</v></c><c r="B2" s="1"><v>46000</v></c>'
    '<c r="D2" s="2" t="s"><v>1</v></c></row>'
    '<row r="5" s="3" customFormat="1"/>',
    before='<dimension ref="A1:D5"/><cols><col min="3" max="4" width="9" style="2"/></cols>',
)
RICH = '<r><rPr><b/></rPr><t xml:space="preserve">Late: </t></r><r><t>see minutes</t></r>'
SHARED = bare.texts("<t>Action</t>", "<t>Due</t>", RICH)
BOOK = bare.workbook({"Plan": PLAN}, shared=SHARED, more={"xl/media/notes.bin": b"\0\1kept"})


def only(data: bytes, cells: dict[str, Value]) -> bytes:
    """The workbook with these cells of Plan set; none may be refused."""
    done = patch(data, {"Plan": cells})
    assert not done.refused
    return done.data


def row(data: bytes, number: int) -> str:
    """A row of the first sheet, as it is written."""
    xml = bare.part(data, "xl/worksheets/sheet1.xml")
    start = xml.index(f'<row r="{number}"')
    return xml[start : xml.index("</row>", start) + len("</row>")]


def read(data: bytes, name: str) -> object:
    return load_workbook(io.BytesIO(data))["Plan"][name].value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("A1", "Measure"),
        ("A2", 12.5),
        ("B2", date(2026, 12, 24)),
        ("A2", datetime(2026, 12, 24, 15, 30)),
        ("B1", True),
        ("F9", "a new cell in a new row"),
        ("C2", " kept & <spaced> \nlines "),
        ("A5", "in an empty row"),
        ("A1", None),
    ],
)
def test_a_cell_reads_as_it_was_set_and_the_others_as_before(name: str, value: Value) -> None:
    done = only(BOOK, {name: value})
    before = load_workbook(io.BytesIO(BOOK))["Plan"]
    after = load_workbook(io.BytesIO(done))["Plan"]
    shown = after[name].value
    if isinstance(value, date) and not isinstance(value, datetime):
        shown = shown.date()
    assert shown == value
    others = {c.coordinate: c.value for line in before.iter_rows() for c in line}
    for other in others.keys() - {name}:
        assert after[other].value == others[other]


def test_parts_that_need_not_change_stay_byte_for_byte() -> None:
    done = only(BOOK, {"B2": 46001})
    before, after = bare.parts(BOOK), bare.parts(done)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    sheet = before["xl/worksheets/sheet1.xml"]
    assert after["xl/worksheets/sheet1.xml"] == sheet.replace(b"46000", b"46001")


def test_a_value_that_is_there_already_changes_no_byte() -> None:
    same: dict[str, Value] = {
        "A1": "Action",
        "B2": date(2025, 12, 9),
        "C9": None,
        "A2": "Late: see minutes",
    }
    assert only(BOOK, same) == BOOK


def test_a_text_is_added_to_the_shared_ones_and_moves_none() -> None:
    done = only(BOOK, {"A1": "Measure", "B1": "Measure", "D2": "Action"})
    shared = bare.part(done, "xl/sharedStrings.xml")
    assert shared.endswith(f"<si>{RICH}</si><si><t>Measure</t></si></sst>")
    assert 'uniqueCount="4"' in shared
    assert '<c r="A1" t="s"><v>3</v></c><c r="B1" t="s"><v>3</v></c>' in row(done, 1)
    assert '<c r="D2" s="2" t="s"><v>0</v></c>' in row(done, 2)


@pytest.mark.parametrize("shared", ["", f'<sst xmlns="{bare.MAIN}"/>'])
def test_without_shared_texts_a_text_still_reads(shared: str) -> None:
    book = bare.workbook(
        {"Plan": bare.sheet('<row r="1"><c r="A1"><v>1</v></c></row>')}, shared=shared
    )
    done = only(book, {"A1": "one", "B1": "two"})
    assert (read(done, "A1"), read(done, "B1")) == ("one", "two")
    assert ("inlineStr" in row(done, 1)) == (not shared)


@pytest.mark.parametrize("text", ["a_x000D_b", "bell \x07 rings", "_x005F_", "x\ry"])
def test_text_that_looks_like_an_escape_is_read_as_it_was(text: str) -> None:
    done = only(BOOK, {"A1": text})
    raw = bare.part(done, "xl/sharedStrings.xml")
    from openpyxl.utils.escape import unescape

    assert unescape(raw).count(text) == 1


def test_runs_of_several_looks_stay_where_text_is_added_round_them() -> None:
    after = only(BOOK, {"A2": "Late: see minutes. Done"})
    assert f"<si>{RICH}<r><t>. Done</t></r></si>" in bare.part(after, "xl/sharedStrings.xml")
    before = only(BOOK, {"A2": "12/6 Late: see minutes"})
    shared = bare.part(before, "xl/sharedStrings.xml")
    assert f'<si><r><t xml:space="preserve">12/6 </t></r>{RICH}</si>' in shared
    anew = only(BOOK, {"A2": "Something else"})
    assert "<si><t>Something else</t></si>" in bare.part(anew, "xl/sharedStrings.xml")


def test_a_date_keeps_the_format_of_its_cell_or_gets_one_like_it() -> None:
    assert '<c r="B2" s="1"><v>46380</v></c>' in row(only(BOOK, {"B2": date(2026, 12, 24)}), 2)
    done = only(BOOK, {"A5": date(2026, 12, 24), "B5": date(2026, 12, 25)})
    styles = bare.part(done, "xl/styles.xml")
    clone = '<xf numFmtId="14" fontId="0" applyFont="1" applyNumberFormat="1"><alignment'
    clone += ' wrapText="1"/></xf>'
    assert f"{clone}</cellXfs>" in styles
    assert 'cellXfs count="5"' in styles
    assert row(done, 5).count('s="4"') == 2


def test_dates_count_from_1904_where_the_workbook_does() -> None:
    book = bare.workbook({"Plan": PLAN}, shared=SHARED)
    old = bare.zipped(
        {
            name: content.replace(b"<sheets>", b'<workbookPr date1904="1"/><sheets>')
            for name, content in bare.parts(book).items()
        }
    )
    assert read(only(old, {"B2": date(2026, 12, 24)}), "B2") == datetime(2026, 12, 24)


def test_a_number_in_a_cell_for_text_is_text() -> None:
    done = only(BOOK, {"D2": 7, "C2": 2.5})
    assert (read(done, "D2"), read(done, "C2")) == ("7", "2.5")


def test_new_rows_and_cells_stand_in_their_order_with_the_look_of_row_or_column() -> None:
    done = only(BOOK, {"D4": "col", "A3": "plain", "C2": "between", "B5": "row", "E7": 1})
    xml = bare.part(done, "xl/worksheets/sheet1.xml")
    numbers = [xml.index(f'<row r="{number}"') for number in (1, 2, 3, 4, 5, 7)]
    assert numbers == sorted(numbers)
    assert row(done, 2).index("B2") < row(done, 2).index("C2") < row(done, 2).index("D2")
    assert '<c r="D4" s="2" t="s">' in row(done, 4)
    assert '<c r="B5" s="3" t="s">' in row(done, 5)
    assert '<dimension ref="A1:E7"/>' in xml


def test_a_sheet_without_rows_gets_its_first() -> None:
    empty = f'<x:worksheet xmlns:x="{bare.MAIN}"><x:sheetData/></x:worksheet>'
    done = only(bare.workbook({"Plan": empty}), {"B2": "first"})
    xml = bare.part(done, "xl/worksheets/sheet1.xml")
    assert '<x:sheetData><x:row r="2"><x:c r="B2" t="inlineStr"><x:is><x:t>first' in xml
    assert read(done, "B2") == "first"


def test_a_hidden_row_is_noted() -> None:
    hidden = bare.sheet('<row r="1" hidden="1"><c r="A1"><v>1</v></c></row>')
    done = patch(bare.workbook({"Plan": hidden}), {"Plan": {"A1": 2}})
    assert [(note.code, note.where) for note in done.notes] == [("EDIT-024", "Plan!A1")]
