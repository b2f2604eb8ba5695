"""Parts are found by what relations and declarations say, whatever they are called."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from tests import attacks
from tests.office import Office
from xlplan.workbook.libreoffice import convert, find_office
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.read.relations import with_usual_names

TEXTS = (
    '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    "<si><t>shared</t></si></sst>"
)


def renamed() -> dict[str, str | bytes]:
    """A workbook whose list of sheets and whose texts have unusual names."""
    parts = attacks.parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    parts["xl/workbook22.xml"] = parts.pop("xl/workbook.xml")
    relations = str(parts.pop("xl/_rels/workbook.xml.rels"))
    parts["xl/_rels/workbook22.xml.rels"] = relations.replace(
        "</Relationships>",
        '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/sharedStrings" Target="texts.xml"/></Relationships>',
    )
    parts["xl/texts.xml"] = TEXTS
    for part in ("_rels/.rels", "[Content_Types].xml"):
        parts[part] = str(parts[part]).replace("xl/workbook.xml", "xl/workbook22.xml")
    return parts


def test_a_workbook_and_its_texts_may_have_any_name() -> None:
    book = read_book(attacks.package(renamed()), "plan.xlsx")
    assert book.problems == ()
    assert list(book.sheets[0].rows[0]) == ["shared"]


def test_usual_names_are_left_as_they_are() -> None:
    usual = {name: str(part).encode() for name, part in attacks.parts().items()}
    assert with_usual_names(usual) == (usual, False)
    both = {name: str(part).encode() for name, part in renamed().items()}
    taken = {**both, "xl/workbook.xml": b"<other/>"}
    assert with_usual_names(taken) == (taken, False)
    elsewhere = {
        "_rels/.rels": both["_rels/.rels"].replace(b"xl/workbook22.xml", b"book/main.xml"),
        "book/main.xml": b"<workbook/>",
    }
    assert with_usual_names(elsewhere) == (elsewhere, False)


ODD = '<row r="1"><c r="A1"><f>1+1</f><v>2</v></c><c r="B1" t="e"><v>#REF!</v></c></row>'


def _with(parts: dict[str, str | bytes], old: str, new: str, *those: str) -> dict[str, str | bytes]:
    return {n: str(part).replace(old, new) if n in those else part for n, part in parts.items()}


RELATIONS = "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    "spelled",
    [
        lambda parts: {name.replace("worksheets", "Worksheets"): p for name, p in parts.items()},
        lambda parts: {name.upper(): part for name, part in parts.items()},
        lambda parts: {name.replace("/", "\\"): part for name, part in parts.items()},
        lambda parts: _with(parts, 'Target="', 'Target="./', RELATIONS),
        lambda parts: _with(parts, 'Target="', 'Target="../xl/', RELATIONS),
        lambda parts: _with(parts, "worksheets/", "worksheets\\", RELATIONS),
        lambda parts: {
            name.replace("sheet1.xml", "my sheet.xml"): part
            for name, part in _with(parts, "sheet1.xml", "my%20sheet.xml", RELATIONS).items()
        },
    ],
    ids=["case", "capitals", "backslash", "here", "up", "way back", "blank"],
)
def test_what_formulas_and_errors_a_sheet_has_is_seen_however_its_name_is_spelled(
    spelled: Callable[[dict[str, str | bytes]], dict[str, str | bytes]],
) -> None:
    """Programs open these: an unread formula would count as what it shows, and a sheet that nobody
    measured could fill the memory."""
    book = read_book(attacks.package(spelled(attacks.parts(ODD))), "plan.xlsx")
    assert book.problems == ()
    (sheet,) = book.sheets
    assert (sheet.formulas, sheet.errors) == ({(0, 0): "1+1"}, {(0, 1): "#REF!"})
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    [problem] = read_book(attacks.package(spelled(attacks.parts(far))), "plan.xlsx").problems
    assert problem.code == "GATE-011"


def test_damaged_relations_of_something_beside_the_cells_cost_no_file() -> None:
    beside = {"xl/drawings/_rels/drawing1.xml.rels": "<Relationships"}
    book = read_book(attacks.package({**attacks.parts(), **beside}), "plan.xlsx")
    assert list(book.sheets[0].rows[0]) == ["hello"]


def test_the_kind_is_what_the_workbooks_own_part_says() -> None:
    parts = attacks.parts()
    binary = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"
    parts["[Content_Types].xml"] = str(parts["[Content_Types].xml"]).replace(
        "<Default ", f'<Default Extension="bin" ContentType="{binary}"/><Default ', 1
    )
    book = read_book(attacks.package(parts), "plan.xlsx")
    assert (book.kind, book.sheets[0].rows[0][0]) == ("xlsx", "hello")


def open_document(*leave_out: str, space: str = "") -> bytes:
    whole = attacks.ods(
        "<table:table-row><table:table-cell office:value-type='string'><text:p>hello</text:p>"
        "</table:table-cell></table:table-row>"
    )
    with zipfile.ZipFile(io.BytesIO(whole)) as package:
        parts = {name: package.read(name) for name in package.namelist() if name not in leave_out}
    parts["content.xml"] = parts["content.xml"].replace(b"><", f">{space}<".encode())
    return attacks.package(parts)


@pytest.mark.parametrize("space", ["", "\n  "])
@pytest.mark.parametrize("leave_out", [(), ("mimetype",)])
def test_an_open_document_may_lack_its_mimetype_and_be_indented(
    leave_out: tuple[str, ...], space: str
) -> None:
    book = read_book(open_document(*leave_out, space=space), "plan.ods")
    assert (book.kind, book.problems) == ("ods", ())
    assert list(book.sheets[0].rows[0]) == ["hello"]


FLAT = """<?xml version="1.0"?>
<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:dc="http://purl.org/dc/elements/1.1/">
 <office:meta><dc:date>2026-11-10T10:00:00Z</dc:date></office:meta>
 <office:body><office:spreadsheet><table:table table:name="Plan">
  <table:table-row><table:table-cell office:value-type="string">
   <text:p>hello</text:p>
  </table:table-cell></table:table-row>
 </table:table></office:spreadsheet></office:body>
</office:document>"""


def test_a_flat_open_document_is_read() -> None:
    book = read_book(FLAT.encode(), "plan.fods")
    assert (book.kind, book.problems, book.saved_at) == ("ods", (), "2026-11-10T10:00:00Z")
    assert list(book.sheets[0].rows[0]) == ["hello"]


def test_a_flat_open_document_that_declares_a_document_type_is_refused() -> None:
    bomb = FLAT.replace("<office:document ", '<!DOCTYPE a [<!ENTITY b "c">]><office:document ', 1)
    [problem] = read_book(bomb.encode(), "plan.fods").problems
    assert problem.code == "GATE-009"


def test_an_old_workbook_says_when_it_was_saved(tmp_path: Path, office: Office) -> None:
    assert office
    program = find_office()
    assert program is not None
    path = tmp_path / "plan.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        book.add_worksheet("Plan").write_string(0, 0, "hello")
    convert(program, path, "xls", 120.0)
    convert(program, path, "fods", 120.0)
    old = read_book(path.with_suffix(".xls").read_bytes(), "plan.xls")
    flat = read_book(path.with_suffix(".fods").read_bytes(), "plan.fods")
    assert old.kind == "xls"
    assert old.saved_at[:10] == flat.saved_at[:10] != ""
    assert old.sheets[0].rows == flat.sheets[0].rows
