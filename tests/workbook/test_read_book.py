"""From a file's bytes to a book: values, formulas, dates and what stands beside them."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from python_calamine import CalamineWorkbook

import tests.office
from tests import attacks
from tests.office import Office
from tests.outgoing import written_template
from xlplan.workbook.read.book import Book, ReadSheet
from xlplan.workbook.read.marks import tinted
from xlplan.workbook.read.read_book import read_book

CORE = (
    '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:dcterms="http://purl.org/dc/terms/"><dc:subject>t-0a1b2c</dc:subject>'
    "<dcterms:modified>{}</dcterms:modified></cp:coreProperties>"
)


def written(fill: Any) -> bytes:
    """A workbook by xlsxwriter; `fill` is called with the book and its first sheet."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet("Update"))
    book.close()
    return target.getvalue()


def only(book: Book) -> ReadSheet:
    assert book.problems == ()
    (sheet,) = book.sheets
    return sheet


@pytest.mark.parametrize(
    "text",
    [
        "007",
        " lead and trail ",
        "a\nb",
        "a\rb",
        "_x000D_",
        "😀 done",
        "=1+1",
        "- done",
        "N/A",
        "1.10",
    ],
)
def test_text_comes_back_as_it_was_typed(text: str) -> None:
    data = written(lambda _, sheet: sheet.write_string(3, 2, text))
    assert only(read_book(data, "r.xlsx")).rows[3][2] == text


def test_cells_stand_where_they_stood() -> None:
    data = written(lambda _, sheet: sheet.write_string(3, 2, "x"))
    assert only(read_book(data, "r.xlsx")).rows == [[None] * 3] * 3 + [[None, None, "x"]]


def test_a_text_is_there_once_however_many_cells_hold_it() -> None:
    def fill(_: Any, sheet: Any) -> None:
        for row in range(40):
            sheet.write_row(row, 0, ["Rating", f"Action {row % 4}", 1, row % 2 == 0])

    texts = [v for row in only(read_book(written(fill), "r.xlsx")).rows for v in row[:2]]
    assert texts == [text for row in range(40) for text in ("Rating", f"Action {row % 4}")]
    assert len(set(map(id, texts))) == 5


def test_types_of_values_are_kept() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, 0.25)
        sheet.write_boolean(0, 1, True)
        sheet.write_datetime(0, 2, date(2026, 2, 3), book.add_format({"num_format": "d mmm yyyy"}))
        stamp = book.add_format({"num_format": "d mmm yyyy hh:mm"})
        sheet.write_datetime(0, 3, datetime(2026, 2, 3, 4, 5), stamp)

    assert only(read_book(written(fill), "r.xlsx")).rows[0] == [
        0.25,
        True,
        date(2026, 2, 3),
        datetime(2026, 2, 3, 4, 5),
    ]


def test_dates_of_a_1904_workbook_are_the_dates_shown() -> None:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "date_1904": True})
    sheet = book.add_worksheet()
    sheet.write_datetime(0, 0, date(2026, 2, 3), book.add_format({"num_format": "d mmm yyyy"}))
    book.close()
    assert only(read_book(target.getvalue(), "r.xlsx")).rows == [[date(2026, 2, 3)]]


def test_formulas_and_errors_are_located() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_formula(1, 1, "=1+1", None, 2)
        sheet.write_formula(2, 2, "=NA()", None, "#N/A")
        sheet.write_string(0, 0, "x")

    sheet = only(read_book(written(fill), "r.xlsx"))
    assert sheet.formulas == {(1, 1): "1+1", (2, 2): "NA()"}
    assert sheet.errors == {(2, 2): "#N/A"}


def test_a_formula_without_a_result_and_a_shared_one_are_still_formulas() -> None:
    rows = (
        '<row r="1"><c r="A1"><f>B1+1</f></c>'
        '<c r="B1"><f t="shared" ref="B1:C1" si="0">D1*2</f><v>4</v></c>'
        '<c r="C1"><f t="shared" si="0"/><v>6</v></c></row>'
    )
    sheet = only(read_book(attacks.workbook(rows), "r.xlsx"))
    assert sheet.formulas == {(0, 0): "B1+1", (0, 1): "D1*2", (0, 2): "D1*2"}


def test_a_boolean_written_as_a_formula_is_a_boolean() -> None:
    rows = '<row r="1"><c r="A1" t="b"><f aca="false">TRUE()</f><v>1</v></c></row>'
    sheet = only(read_book(attacks.workbook(rows), "r.xlsx"))
    assert (sheet.rows, sheet.formulas) == ([[True]], {})


@pytest.mark.parametrize(("word", "truth"), [("TRUE", True), ("FALSE", False)])
def test_an_opendocument_boolean_is_one_even_where_it_is_kept_as_a_number(
    word: str, truth: bool
) -> None:
    rows = (
        f'<table:table-row><table:table-cell table:formula="of:={word}()" '
        f'office:value-type="float" office:value="{int(truth)}"><text:p>{word}</text:p>'
        "</table:table-cell></table:table-row>"
    )
    sheet = only(read_book(attacks.ods(rows), "r.ods"))
    assert (sheet.rows, sheet.formulas) == ([[truth]], {})
    assert sheet.rows[0][0] is truth


def test_hidden_sheets_are_read_and_said_to_be_hidden() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "x")
        hidden = book.add_worksheet("stamp")
        hidden.write_string(0, 0, "y")
        hidden.very_hidden()

    sheets = read_book(written(fill), "r.xlsx").sheets
    assert [(s.name, s.visible, s.rows) for s in sheets] == [
        ("Update", True, [["x"]]),
        ("stamp", False, [["y"]]),
    ]


@pytest.mark.parametrize(
    ("modified", "expected"),
    [
        ("2026-11-21T07:58:08Z", "2026-11-21T07:58:08Z"),
        ("2026-11-21T08:58:08+01:00", "2026-11-21T07:58:08Z"),
        ("2026-11-21T07:58:08.123456789", "2026-11-21T07:58:08Z"),
        ("yesterday", ""),
        ("0001-01-01T00:00:00+23:00", ""),
        ("", ""),
    ],
)
def test_the_time_of_saving_is_the_documents_own(modified: str, expected: str) -> None:
    book = read_book(attacks.with_part("docProps/core.xml", CORE.format(modified)), "r.xlsx")
    assert book.saved_at == expected
    assert book.properties == {"subject": "t-0a1b2c"}


def test_custom_properties_keep_their_names() -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_string(0, 0, "x")
        book.set_custom_property("xlplan-stamp", "s1")

    assert read_book(written(fill), "r.xlsx").properties["xlplan-stamp"] == "s1"


def test_damaged_properties_are_none_and_the_cells_are_read() -> None:
    book = read_book(attacks.with_part("docProps/core.xml", "<a><b></a>"), "r.xlsx")
    assert (book.properties, book.saved_at) == ({}, "")
    assert only(book).rows == [["hello"]]


def test_an_opendocument_sheet_with_a_formula_an_error_a_note_and_its_time() -> None:
    rows = (
        "<table:table-row>"
        '<table:table-cell office:value-type="string"><office:annotation><text:p>see me</text:p>'
        "</office:annotation><text:p>x</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=1+1" office:value-type="float" office:value="2">'
        "<text:p>2</text:p></table:table-cell>"
        '<table:table-cell table:formula="of:=NA()" office:value-type="string" '
        'office:string-value="" calcext:value-type="error"><text:p>#N/A</text:p>'
        "</table:table-cell></table:table-row>"
    )
    meta = (
        '<dc:date>2026-11-21T07:58:08</dc:date><meta:user-defined meta:name="xlplan-stamp">s1'
        "</meta:user-defined>"
    )
    book = read_book(attacks.ods(rows, meta), "r.ods")
    sheet = only(book)
    assert sheet.rows == [["x", None, None, 2.0, None]]
    assert sheet.formulas == {(0, 3): "1+1", (0, 4): "NA()"}
    assert sheet.errors == {(0, 4): "#N/A"}
    assert sheet.notes == {(0, 0): "see me"}
    assert book.saved_at == "2026-11-21T07:58:08Z"
    assert book.properties == {"xlplan-stamp": "s1"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_in_any_encoding_and_with_any_separator(encoding: str, mark: str) -> None:
    text = (
        mark.join(["ref", "note"]) + "\r\n" + mark.join(["007", '"café\nand 1,5; more"']) + "\r\n"
    )
    book = read_book(text.encode(encoding), "named.csv")
    assert book.kind == "csv"
    assert only(book).rows == [["ref", "note"], ["007", "café\nand 1,5; more"]]


def test_text_with_the_name_of_a_workbook_is_read_and_said() -> None:
    book = read_book(b"ref;rating\n1.1;Green\n", "R. Okafor.XLSX")
    assert [(p.code, p.level) for p in book.problems] == [("GATE-036", "note")]
    assert book.sheets[0].rows == [["ref", "rating"], ["1.1", "Green"]]


def test_a_csv_may_name_its_separator() -> None:
    assert only(read_book(b"sep=;\na;b,c\n", "r.csv")).rows == [["a", "b,c"]]


def test_a_sheet_that_has_values_is_never_read_as_empty_in_silence() -> None:
    # A value type that OpenDocument does not have: the reader passes over the cell.
    rows = (
        '<table:table-row><table:table-cell office:value-type="unknown"><text:p>x</text:p>'
        "</table:table-cell></table:table-row>"
    )
    book = read_book(attacks.ods(rows), "r.ods")
    assert [(p.code, p.where) for p in book.problems] == [("GATE-024", "r.ods!Plan")]


def test_sheets_that_are_large_together_are_refused_with_advice() -> None:
    """Each of them is small enough, and their cells are so near that they need not be counted."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9999"><c r="DZ9999"><v>1</v></c></row>'
    one = read_book(attacks.workbook(rows), "one.xlsx")
    assert [len(sheet.rows) for sheet in one.sheets] == [9999]
    both = read_book(attacks.two_sheets(rows), "both.xlsx")
    assert [problem.code for problem in both.problems] == ["GATE-011"]
    assert "2,599,740 cells" in both.problems[0].message
    assert not both.sheets


def test_values_are_those_of_the_file_whatever_its_reader_is_spared() -> None:
    """Looks, merged areas and what else says nothing of values is not given to the reader."""
    data = written_template(5)
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        whole = {
            name: [
                [None if value == "" else value for value in row]
                for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            ]
            for name in book.sheet_names
        }
    assert {sheet.name: sheet.rows for sheet in read_book(data, "t.xlsx").sheets} == whole
    assert any(isinstance(value, date) for row in whole["Update"] for value in row)


def test_a_workbook_that_no_reader_understands_says_so() -> None:
    content = {n: d for n, d in attacks.parts().items() if n != "xl/_rels/workbook.xml.rels"}
    book = read_book(attacks.package(content), "r.xlsx")
    assert (book.sheets, [p.code for p in book.problems]) == ((), ["GATE-023"])


def test_a_refused_file_is_a_book_without_sheets() -> None:
    book = read_book(b"%PDF-1.4", "r.xlsx")
    assert (book.kind, book.sheets, book.problems[0].code) == ("", (), "GATE-013")


@pytest.fixture(scope="module")
def marked() -> bytes:
    """A workbook with one of everything that values cannot tell."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in range(1, 5):
        for col in range(1, 5):
            sheet.cell(row, col, f"{row}{col}")
    sheet["A1"].fill = PatternFill("solid", fgColor="00FFC000")
    sheet["B1"].fill = PatternFill("solid", fgColor=Color(theme=4))
    sheet["C1"].font = Font(strike=True)
    sheet["D1"].comment = Comment("please check", "someone")
    sheet.merge_cells("A3:B4")
    sheet.row_dimensions[2].hidden = True
    sheet.column_dimensions["C"].hidden = True
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_detail_tells_what_values_cannot(marked: bytes) -> None:
    sheet = only(read_book(marked, "plan.xlsx", detail=True))
    # The accent of the Office theme that openpyxl writes is 4F81BD.
    assert sheet.fills == {(0, 0): "#FFC000", (0, 1): "#4F81BD"}
    assert sheet.struck == {(0, 2)}
    assert sheet.merged == ((2, 0, 3, 1),)
    assert sheet.hidden_rows == {1}
    assert sheet.hidden_columns == {2}


def test_notes_are_read_from_every_return(marked: bytes) -> None:
    sheet = only(read_book(marked, "r.xlsx"))
    assert sheet.notes == {(0, 3): "please check"}
    assert sheet.fills == {}


def test_colours_that_cannot_be_seen_are_said_and_the_values_read() -> None:
    strict = {
        name: data.replace(
            "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            "http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, data in attacks.parts().items()
        if isinstance(data, str)
    }
    book = read_book(attacks.package(strict), "plan.xlsx", detail=True)
    assert [sheet.rows for sheet in book.sheets] == [[["hello"]]]
    assert [(p.code, p.level) for p in book.problems] == [("GATE-032", "warning")]


@pytest.mark.parametrize(
    ("colour", "tint", "expected"),
    [
        ("808080", 0.0, "#808080"),
        ("000000", 1.0, "#FFFFFF"),
        ("FFFFFF", -0.5, "#808080"),
        ("FF0000", -1.0, "#000000"),
    ],
)
def test_a_tint_makes_a_colour_lighter_or_darker(colour: str, tint: float, expected: str) -> None:
    assert tinted(colour, tint) == expected


@pytest.mark.parametrize("kind", ["XLSX", "XLS", "ODS"])
def test_what_libreoffice_saves_tells_its_formulas_errors_and_booleans(
    kind: str, office: Office, tmp_path: Path
) -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["x", 2.5])
        sheet.write_boolean(0, 2, True)
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, "=NA()", None, "#N/A")

    source, saved = tmp_path / "a.xlsx", tmp_path / f"b.{kind.lower()}"
    source.write_bytes(written(fill))
    office.resave(source, saved, getattr(tests.office, kind))
    book = read_book(saved.read_bytes(), saved.name)
    assert book.kind == kind.lower()
    sheet = only(book)
    assert sheet.rows[0] == ["x", 2.5, True]
    assert set(sheet.formulas) == {(1, 0), (1, 1)}
    assert sheet.errors == {(1, 1): "#N/A"}


def test_an_ods_whose_mimetype_is_not_first_is_read() -> None:
    row = (
        '<table:table-row>\n  <table:table-cell office:value-type="string"><text:p>hello</text:p>'
        "</table:table-cell>\n</table:table-row>"
    )
    with zipfile.ZipFile(io.BytesIO(attacks.ods(row))) as source:
        content = [(name, source.read(name)) for name in source.namelist()]
    data = attacks.package([*content[1:], content[0]])
    assert content[0][0] == "mimetype"
    assert only(read_book(data, "r.ods")).rows == [["hello"]]


def test_properties_are_read_whoever_declares_the_namespace() -> None:
    custom = (
        '<Properties><property name="xlplan-stamp" pid="2"><vt:lpwstr xmlns:vt="urn:vt">signed'
        "</vt:lpwstr></property></Properties>"
    )
    book = read_book(attacks.with_part("docProps/custom.xml", custom), "r.xlsx")
    assert book.properties == {"xlplan-stamp": "signed"}


def test_tabs_and_spaces_in_a_text_of_an_opendocument_sheet_are_what_was_typed() -> None:
    text = "<text:p>a<text:tab/>b</text:p>\n "
    text += '<text:p>c<text:s text:c="3"/>d<text:line-break/>e</text:p>'
    cell = f'<table:table-cell office:value-type="string">\n {text}\n </table:table-cell>'
    twice = cell.replace(
        "<table:table-cell ", '<table:table-cell table:number-columns-repeated="2" '
    )
    data = attacks.ods(f"<table:table-row>{twice}{cell}</table:table-row>")
    (sheet,) = read_book(data, "r.ods").sheets
    assert [list(row) for row in sheet.rows] == [["a\tb\nc   d\ne"] * 3]


@pytest.mark.parametrize(
    "cell", ['<c r="B1" t="{}"><v>{}</v></c>', "<c r='B1'  t='{}' ><v>{}</v></c>"]
)
@pytest.mark.parametrize(
    ("kind", "value", "is_read"),
    [
        ("s", "1", "second"), ("s", "-1", None), ("s", "x", None), ("s", "1.0", None),
        ("s", "2", None), ("s", "99999999999", None), ("b", "2", None),
        ("inlineStr", "in place", "in place"), ("n", "1,200", "1,200"), ("n", "-", "-"),
        ("n", "1_000", "1_000"), ("n", "-1.5e3", -1500.0), ("b", "1", True),
    ],
)  # fmt: skip
def test_a_value_that_is_none_of_its_kind_is_an_error_or_the_text_that_it_is(
    cell: str, kind: str, value: str, is_read: object
) -> None:
    """Of a text whose number is none, the first of all texts would be read, and a text in the place
    of a value as nothing: both would be edits that nobody made."""
    row = f'<row r="1"><c r="A1" t="s"><v>0</v></c>{cell.format(kind, value)}</row>'
    sheet = only(read_book(attacks.with_texts(row, ["first", "second"]), "r.xlsx"))
    assert sheet.rows[0][0] == "first"
    if is_read is None:
        assert sheet.errors == {(0, 1): "#N/A"}
    else:
        assert (sheet.rows[0][1], sheet.errors) == (is_read, {})
