"""What may not be changed in place: single cells, and whole files."""

from __future__ import annotations

import io
import math
import zipfile
from datetime import date
from pathlib import Path

import pytest

from tests import bare_books as bare
from xlplan.errors import XlplanError
from xlplan.workbook.write import patch as patching
from xlplan.workbook.write import read_back
from xlplan.workbook.write.cell_edits import Value
from xlplan.workbook.write.inserted_rows import NewRows
from xlplan.workbook.write.patch import patch
from xlplan.workbook.write.still_free import check_free

ROWS = (
    '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v></c>'
    '<c r="C1"><f t="array" ref="C1:C2">A1:A2</f><v>1</v></c></row>'
    '<row r="2"><c r="C2"><v>1</v></c><c r="D2" vm="1" t="e"><v>#VALUE!</v></c></row>'
)
TABLE = (
    f'<table xmlns="{bare.MAIN}" id="1" displayName="Steps" ref="F1:G4" totalsRowCount="1">'
    '<tableColumns><tableColumn name="a"/><tableColumn name="b"/></tableColumns></table>'
)
PIVOT = (
    f'<pivotTableDefinition xmlns="{bare.MAIN}"><location ref="J12:K15" rowPageCount="2"'
    ' colPageCount="1"/></pivotTableDefinition>'
)
"""Its two filters are in J9:K10, above an empty row."""
BOOK = bare.workbook(
    {"Plan": bare.sheet(ROWS, '<mergeCells><mergeCell ref="A4:B5"/></mergeCells>')},
    more={
        "xl/worksheets/_rels/sheet1.xml.rels": bare.rels(
            ("table", "../tables/table1.xml"), ("pivotTable", "../pivotTables/p1.xml")
        ),
        "xl/tables/table1.xml": TABLE,
        "xl/pivotTables/p1.xml": PIVOT,
    },
)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("B1", 3, "EDIT-001"),
        ("B1", None, "EDIT-001"),
        ("C2", 3, "EDIT-001"),
        ("F1", "x", "EDIT-002"),
        ("G4", "x", "EDIT-002"),
        ("B5", "x", "EDIT-003"),
        ("K13", "x", "EDIT-004"),
        ("J9", "x", "EDIT-004"),
        ("K10", "x", "EDIT-004"),
        ("D2", "x", "EDIT-005"),
        ("A1", "x" * 32_768, "EDIT-006"),
        ("A1", "\U0001f600" * 16_384, "EDIT-006"),
        ("A1", date(1899, 12, 30), "EDIT-007"),
        ("A1", math.inf, "EDIT-007"),
        ("A1", "\ud800", "EDIT-007"),
        ("XFE1", 1, "EDIT-008"),
        ("A0", 1, "EDIT-008"),
    ],
)
def test_a_cell_is_refused_alone(cell: str, value: Value, code: str) -> None:
    done = patch(BOOK, {"Plan": {cell: value, "A9": "set"}})
    assert {where: problem.code for where, problem in done.refused.items()} == {
        f"Plan!{cell}": code
    }
    assert "set" in bare.part(done.data, "xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("cell", ["A4", "F2", "G3", "J16", "J11", "J8", "L9", "A2"])
def test_its_neighbours_are_not(cell: str) -> None:
    assert not patch(BOOK, {"Plan": {cell: "x"}}).refused


@pytest.mark.parametrize(("after", "refused"), [(8, 0), (9, 1), (11, 1), (14, 1), (15, 0)])
def test_no_row_parts_a_pivot_table_or_it_from_its_filters(after: int, refused: int) -> None:
    done = patch(BOOK, {}, {"Plan": [NewRows(after)]})
    assert [problem.code for problem in done.refused.values()] == ["EDIT-009"] * refused
    assert all("J12:K15" in problem.message for problem in done.refused.values())


def test_a_sheet_that_is_not_there_is_refused() -> None:
    assert patch(BOOK, {"Plan 2": {"A1": 1}}).refused["Plan 2!A1"].code == "EDIT-008"


def rezipped(**extra: bytes) -> bytes:
    return bare.zipped({**bare.parts(BOOK), **extra})


def locked_zip() -> bytes:
    """The workbook with the mark of a password on its first part."""
    data = bytearray(BOOK)
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def ods() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    return out.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
BINARY = bare.zipped(
    {
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": bare.rels(("officeDocument", "xl/workbook.bin")),
        "xl/workbook.bin": b"\0",
    }
)
BROKEN = bare.workbook({"Plan": "<worksheet><sheetData></worksheet>"})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (rezipped(**{"_xmlsignatures/sig1.xml": b"<Signature/>"}), "EDIT-011"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "EDIT-012"),
        (locked_zip(), "EDIT-012"),
        (OLE, "EDIT-013"),
        (ods(), "EDIT-013"),
        (BINARY, "EDIT-013"),
        (b"a,b\n1,2\n", "EDIT-016"),
        (BROKEN, "EDIT-016"),
    ],
)
def test_a_whole_file_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(XlplanError) as refused:
        patch(data, {"Plan": {"A1": 5}}, name="Plan v14.xlsx")
    assert [(each.code, each.where) for each in refused.value.problems] == [(code, "Plan v14.xlsx")]


def test_what_does_not_read_back_is_thrown_away(monkeypatch: pytest.MonkeyPatch) -> None:
    real = read_back.read_all

    def read_wrongly(data: bytes) -> dict[str, read_back.Cells]:
        cells = real(data)
        if data != BOOK:
            cells["Plan"][1, 2] = 99.0
        return cells

    monkeypatch.setattr(patching, "read_all", read_wrongly)
    with pytest.raises(XlplanError, match="EDIT-017"):
        patch(BOOK, {"Plan": {"A9": 5}})


@pytest.mark.parametrize(
    ("lock", "content", "owner"),
    [
        ("~$Plan.xlsx", b"\x08A. Clerk" + b" " * 46 + b"\x08\0", "A. Clerk"),
        (".~lock.Plan.xlsx#", b",clerk,desk-4,02.11.2026 09:30,file:///x;", "clerk"),
        (".~lock.Plan.xlsx#", b"A. Clerk,clerk,desk-4,02.11.2026 09:30;", "A. Clerk"),
        ("~$Plan.xlsx", b"", "Somebody"),
    ],
)
def test_a_workbook_that_is_open_is_not_written_over(
    tmp_path: Path, lock: str, content: bytes, owner: str
) -> None:
    path = tmp_path / "Plan.xlsx"
    path.write_bytes(BOOK)
    check_free(path, BOOK)
    (tmp_path / lock).write_bytes(content)
    with pytest.raises(XlplanError, match=f"{owner} has this workbook open") as refused:
        check_free(path, BOOK)
    assert refused.value.problems[0].code == "EDIT-014"


def test_a_workbook_that_was_saved_since_is_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "Plan.xlsx"
    path.write_bytes(BOOK + b"\0")
    with pytest.raises(XlplanError, match="EDIT-015"):
        check_free(path, BOOK)
    path.unlink()
    with pytest.raises(XlplanError, match="not there any more"):
        check_free(path, BOOK)
