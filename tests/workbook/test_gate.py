"""The gate: which bytes are read, as what kind, and which are refused with which code."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import re
import socket
import stat
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import attacks
from xlplan.codes.gate_codes import GATE_001
from xlplan.errors import Problem
from xlplan.workbook.read import gate
from xlplan.workbook.read.gate import Admitted, Bounds, admit
from xlplan.workbook.read.inbox import candidate_files, read_bytes

DOCTYPE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'


def tape_of(name: str, data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        about = tarfile.TarInfo(name)
        about.size = len(data)
        made.addfile(about, io.BytesIO(data))
    return out.getvalue()


def code(data: bytes, bounds: Bounds = Bounds()) -> str:  # noqa: B008  (frozen)
    """The code of the refusal, or ``""`` where the file was admitted."""
    found = admit(data, "r.xlsx", bounds)
    return found.code if isinstance(found, Problem) else ""


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (attacks.workbook(), "xlsx"),
        (attacks.workbook(main=attacks.MACROS), "xlsm"),
        (attacks.ods("<table:table-row/>"), "ods"),
        (attacks.ole("Root Entry", "Workbook"), "xls"),
        (b"ref,rating\n1.1,Green\n", "csv"),
        (b"Subject: the plan\n\nMessage-ID: none\n", "csv"),
        ("ref;rating\n1.1;Green\n".encode("utf-16"), "csv"),
        ("ref;rating\n1.1;Green\n".encode("utf-16-le"), "csv"),
        ("ref,note\n1.1,caf\xe9\n".encode("cp1252"), "csv"),
    ],
)
def test_the_bytes_say_what_kind_a_file_is(data: bytes, kind: str) -> None:
    found = admit(data, "named.pdf")
    assert isinstance(found, Admitted)
    assert found.kind == kind


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "GATE-001"),
        (b"\0" * 4096, "GATE-002"),
        (attacks.workbook()[:-60], "GATE-004"),
        (attacks.ole("Root Entry", "EncryptedPackage"), "GATE-006"),
        (attacks.ole("EncryptedPackage", "DRMEncryptedTransform"), "GATE-007"),
        (b"%PDF-1.7\n", "GATE-013"),
        (b"\xff\xd8\xff\xe0" + b"\0\x10JFIF", "GATE-014"),
        (b"\x89PNG\r\n\x1a\n", "GATE-014"),
        (b"\0\0\0\x18ftypheic", "GATE-014"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "GATE-022"),
        (b"\0\0\0\x20ftypisom\0\0\2\0", "GATE-022"),
        (b"ID3\4\0" + b"a voice message", "GATE-022"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "GATE-014"),
        (bz2.compress(b"a workbook, packed"), "GATE-020"),
        (lzma.compress(b"a workbook, packed"), "GATE-020"),
        (tape_of("Update.xlsx", b"a workbook"), "GATE-020"),
        (b"\x28\xb5\x2f\xfd" + b"x" * 40, "GATE-020"),
        (b"MSCF\0\0\0\0" + b"x" * 40, "GATE-020"),
        (b"bplist00\xd1\1\2\\NSURLNameKey[Update.xlsx", "GATE-017"),
        (b"L\0\0\0\1\x14\2\0" + bytes(60), "GATE-022"),
        (b"!BDN" + bytes(60), "GATE-022"),
        (b"%!PS-Adobe-3.0\n", "GATE-018"),
        (b"\0\0\2\0\6\4" + bytes(60), "GATE-021"),
        (b"\r\n<html><table><tr><td>1.1</td></tr></table></html>", "GATE-015"),
        (b'<?xml version="1.0"?><!DOCTYPE html><html/>', "GATE-015"),
        (attacks.package({"Index/Document.iwa": b"x"}), "GATE-016"),
        (b'{"doc_id": "1a", "email": "a@example.org"}', "GATE-017"),
        (b"[InternetShortcut]\r\nURL=https://example.org\r\n", "GATE-017"),
        (attacks.ole("Root Entry", "WordDocument"), "GATE-018"),
        (b"{\\rtf1 hello}", "GATE-018"),
        (attacks.ole("Root Entry", "__substg1.0_0037001F"), "GATE-019"),
        (b"From: a@example.org\r\nMIME-Version: 1.0\r\n\r\nhello", "GATE-019"),
        (attacks.package({"a.xlsx": b"x", "b.xlsx": b"y"}), "GATE-020"),
        (b"Rar!\x1a\x07\x00", "GATE-020"),
        (b'<?xml version="1.0"?><Workbook/>', "GATE-021"),
        (
            b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook '
            b'xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "GATE-021",
        ),
        (b"ID;PWXL;N;E\r\nP;PGeneral\r\nC;Y1;X1;K1\r\nE\r\n", "GATE-021"),
        (b"ID;PGnumeric;N;E\nP;PGeneral\nC;Y1;X1;K1\nE\n", "GATE-021"),
        (b'TABLE\r\n0,1\r\n"EXCEL"\r\nVECTORS\r\n', "GATE-021"),
        (gzip.compress(b'<?xml version="1.0"?><gnm:Workbook xmlns:gnm="x"/>', mtime=0), "GATE-021"),
        (gzip.compress(b"a workbook, packed", mtime=0), "GATE-020"),
        (b"\x1f\x8b\x08" + b"x" * 99, "GATE-020"),
        (bytes(range(256)) * 8, "GATE-022"),
        (attacks.package({"[Content_Types].xml": b"<Types/>", "notes": b"x"}), "GATE-022"),
        (attacks.package({"notes": b"x"}), "GATE-020"),
        (b"\x78\x9f\x3e\x22" + bytes(99), "GATE-033"),
        (b"ARC-Seal: " + b"x" * 9000 + b"\r\nDate: today\r\nContent-Type: a/b\r\n\r\n", "GATE-019"),
    ],
)
def test_what_is_no_workbook_is_refused_with_its_own_code(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_a_table_whose_headings_begin_as_other_formats_do_is_a_table() -> None:
    for heading in (b"ID;Progress", b"ID;PROGRESS", b"ID3;Progress", b"BZh;Progress"):
        found = admit(heading + b"\r\nA;done\r\nB;begun\r\n", "plan.csv")
        assert isinstance(found, Admitted)
        assert found.kind == "csv"


def test_every_refusal_names_the_file_and_says_what_to_do() -> None:
    found = admit(b"", "R. Okafor.xlsx")
    assert isinstance(found, Problem)
    assert found == GATE_001.problem("R. Okafor.xlsx")
    assert str(found).startswith("R. Okafor.xlsx: ")
    assert "Ask its sender to send it again." in found.message


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (attacks.flipped(attacks.workbook(), "xl/worksheets/sheet1.xml"), "GATE-005"),
        (attacks.understated(), "GATE-005"),
        (attacks.with_part("xl/styles.xml", DOCTYPE), "GATE-009"),
        (attacks.with_part("xl/styles.xml", DOCTYPE.encode("utf-16")), "GATE-009"),
        (attacks.with_part("docProps/core.xml", " " * 200_000 + DOCTYPE), "GATE-009"),
        (attacks.with_part("xl/odd.vml", DOCTYPE), "GATE-009"),
        (attacks.package([*attacks.parts().items(), ("XL/Workbook.xml", "<a/>")]), "GATE-010"),
        (attacks.with_part("../outside.xml", "<a/>"), "GATE-010"),
        (attacks.with_part("xl/../../outside.xml", "<a/>"), "GATE-010"),
        (attacks.with_part("/etc/passwd.xml", "<a/>"), "GATE-010"),
        (attacks.with_part("C:/a.xml", "<a/>"), "GATE-010"),
        (attacks.overlapping(), "GATE-010"),
        (attacks.bomb(64), "GATE-008"),
        (attacks.cell_at("XFD1"), "GATE-011"),
        (attacks.cell_at("A1048576"), "GATE-011"),
        (attacks.cell_at("ZZZZZ99999999"), "GATE-011"),
        (attacks.cell_at("A1048576", "<f>1+1</f>"), "GATE-011"),
        (attacks.workbook(f'{attacks.HELLO}<row r="9"><c r="XFD9" t="e"/></row>'), "GATE-011"),
    ],
)
def test_a_hostile_or_damaged_package_is_refused(data: bytes, expected: str) -> None:
    assert code(data) == expected


@pytest.mark.parametrize(
    "rows",
    [
        "<row r='1048576'><c r='A1048576'><v>1</v></c></row>",
        '<x:row xmlns:x="urn:x" r="1"><x:c r="XFD1048576"><x:v>1</x:v></x:c></x:row>',
        '<row r="1"><c r="&#88;FD1048576"><v>1</v></c></row>',
        '<row\nr="1"><c\tr="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c s="0" foo=">" r="XFD1048576"><v>1</v></c></row>',
        '<row r="1048576"><c><v>1</v></c></row>',
        '<!-- <c r="A1"> --><row r="1"><c r="XFD1048576"><v>1</v></c></row>',
    ],
)
def test_no_other_spelling_hides_a_far_cell(rows: str) -> None:
    assert code(attacks.workbook(rows)) == "GATE-011"


def test_far_cells_that_are_only_formatted_do_no_harm() -> None:
    rows = f'{attacks.HELLO}<row r="1048576"><c r="XFD1048576" s="0"/></row>'
    assert code(attacks.workbook(rows)) == ""


def test_more_cells_than_a_plan_has_are_refused_with_advice() -> None:
    styled = "".join(f'<row r="{n}"><c r="A{n}" s="0"/></row>' for n in range(1, 60))
    found = admit(attacks.workbook(styled), "r.xlsx", Bounds(cells=50))
    assert isinstance(found, Problem)
    assert found.code == "GATE-011"
    assert "Clear Formats" in found.message


@pytest.mark.parametrize(
    "merges",
    [
        '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
        "<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>",
        "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 20_001 + "</mergeCells>",
    ],
)
def test_merged_whole_columns_are_refused(merges: str) -> None:
    assert code(attacks.workbook(after=merges)) == "GATE-012"


def test_one_long_text_behind_many_cells_is_refused() -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 11))
    shared = f"<sst><si><t>{'x' * 100}</t></si></sst>"
    data = attacks.package({**attacks.parts(rows), "xl/sharedStrings.xml": shared})
    assert code(data, Bounds(text=999)) == "GATE-008"
    assert code(data, Bounds(text=1000)) == ""


def test_texts_are_counted_only_where_the_longest_behind_every_cell_were_too_much(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 2}</v></c></row>' for n in range(10))
    shared = f"<sst><si><t>{'x' * 100}</t></si><si><t>y</t></si></sst>"
    data = attacks.package({**attacks.parts(rows), "xl/sharedStrings.xml": shared})
    counted: list[bytes] = []

    def found(xml: bytes) -> list[bytes]:
        counted.append(xml)
        return re.findall(rb"<v>(\d)", xml)

    monkeypatch.setattr(gate, "_INDEX", SimpleNamespace(findall=found))
    assert code(data, Bounds(text=2000)) == ""
    assert not counted
    assert code(data, Bounds(text=505)) == ""
    assert counted
    assert code(data, Bounds(text=504)) == "GATE-008"


def test_bounds_on_size_and_number_of_parts_are_kept() -> None:
    data = attacks.workbook()
    assert code(data, Bounds(file_bytes=len(data) - 1)) == "GATE-003"
    assert code(data, Bounds(parts=4)) == "GATE-008"
    assert code(data, Bounds(part_bytes=100)) == "GATE-008"
    assert code(data, Bounds(total_bytes=500)) == "GATE-008"


def test_repeated_cells_of_an_opendocument_sheet_are_counted_and_not_made() -> None:
    cell = '<table:table-cell office:value-type="string"{}><text:p>x</text:p></table:table-cell>'
    wide = cell.format(' table:number-columns-repeated="16384"')
    tall = f'<table:table-row table:number-rows-repeated="1048576">{cell.format("")}'
    assert code(attacks.ods(f"<table:table-row>{wide}</table:table-row>")) == "GATE-011"
    assert code(attacks.ods(f"{tall}</table:table-row>")) == "GATE-011"


def test_empty_repeats_at_the_end_of_an_opendocument_sheet_are_usual() -> None:
    end = '<table:table-row table:number-rows-repeated="1048575"><table:table-cell '
    end += 'table:number-columns-repeated="16384"/></table:table-row>'
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    assert code(attacks.ods(f"<table:table-row>{cell}</table:table-row>{end}")) == ""


@pytest.mark.parametrize("small", [False, True])
def test_an_old_workbook_tells_its_formulas_and_errors(small: bool) -> None:
    cells = attacks.xls_number(0, 0) + attacks.xls_error(1, 2, 0x2A)
    cells += attacks.xls_formula(2, 1, b"\x1e\x01\x00\x1e\x01\x00\x03")  # 1+1
    cells += attacks.xls_formula(3, 0, b"\x42\x00\x22\x00")  # TRUE()
    found = admit(attacks.xls(cells, small), "r.xls")
    assert isinstance(found, Admitted)
    extent = found.extents["Plan"]
    assert (extent.rows, extent.columns, extent.near) == (4, 3, False)
    assert extent.errors == {(1, 2): "#N/A"}
    assert list(extent.formulas) == [(2, 1)]


def test_a_far_cell_of_an_old_workbook_is_refused() -> None:
    assert code(attacks.xls(attacks.xls_number(0, 65535))) == "GATE-011"


def test_an_old_workbook_may_not_claim_more_cells_than_a_plan_has() -> None:
    assert code(attacks.xls(attacks.xls_claim(65536, 256))) == "GATE-011"
    assert code(attacks.xls(attacks.xls_claim(100, 256) + attacks.xls_number(0, 0))) == ""


@pytest.mark.parametrize("cut", range(0, 4096, 97))
def test_a_damaged_old_workbook_never_stops_the_gate(cut: int) -> None:
    data = bytearray(attacks.xls(attacks.xls_number(0, 0)))
    data[40 + cut % 3000] ^= 0xFF
    admit(bytes(data), "r.xls")
    admit(bytes(data[: 600 + cut]), "r.xls")


def test_macros_are_said_and_nothing_else() -> None:
    data = attacks.package({**attacks.parts(main=attacks.MACROS), "xl/vbaProject.bin": b"x"})
    found = admit(data, "r.xlsm")
    assert isinstance(found, Admitted)
    assert [(p.code, p.level) for p in found.problems] == [("GATE-030", "note")]


def test_an_inbox_lists_regular_files_by_name(tmp_path: Path) -> None:
    for name in ("b.xlsx", "a.xlsx", "~$a.xlsx", ".~lock.b.xlsx#", ".DS_Store"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "older").mkdir()
    files, skipped = candidate_files(tmp_path)
    assert [path.name for path in files] == ["a.xlsx", "b.xlsx"]
    assert [(p.where, p.code, p.level) for p in skipped] == [
        (".~lock.b.xlsx#", "GATE-027", "note"),
        ("older", "GATE-029", "warning"),
        ("~$a.xlsx", "GATE-027", "note"),
    ]


def test_what_a_mac_keeps_beside_a_file_is_passed_over_and_a_workbook_so_named_is_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "._ann.xlsx").write_bytes(b"\x00\x05\x16\x07\x00\x02\x00\x00Mac OS X")
    (tmp_path / "._bob.xlsx").write_bytes(attacks.workbook())
    (tmp_path / "Icon\r").write_bytes(b"")
    files, skipped = candidate_files(tmp_path)
    assert [file.name for file in files] == ["._bob.xlsx"]
    assert [(p.code, p.where, p.level) for p in skipped] == [("GATE-027", "._ann.xlsx", "note")]


def test_a_single_file_is_its_own_inbox(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"x")
    assert candidate_files(file) == ([file], [])


def test_what_is_not_there_is_a_problem(tmp_path: Path) -> None:
    _, skipped = candidate_files(tmp_path / "gone.xlsx")
    assert [problem.code for problem in skipped] == ["GATE-031"]
    found = read_bytes(tmp_path / "gone.xlsx")
    assert isinstance(found, Problem)
    assert found.code == "GATE-031"


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of this kind are POSIX's")
def test_links_pipes_and_sockets_are_never_opened(tmp_path: Path) -> None:
    real = tmp_path / "real.xlsx"
    real.write_bytes(b"x")
    (tmp_path / "link.xlsx").symlink_to(real)
    (tmp_path / "loop.xlsx").symlink_to(tmp_path / "loop.xlsx")
    os.mkfifo(tmp_path / "pipe.xlsx")
    files, skipped = candidate_files(tmp_path)
    assert files == [real]
    assert {(p.where, p.code) for p in skipped} == {
        ("link.xlsx", "GATE-028"),
        ("loop.xlsx", "GATE-028"),
        ("pipe.xlsx", "GATE-028"),
    }
    for name in ("link.xlsx", "pipe.xlsx"):
        found = read_bytes(tmp_path / name)
        assert isinstance(found, Problem)
        assert found.code == "GATE-028"


@pytest.mark.skipif(sys.platform == "win32", reason="no such sockets on Windows")
def test_a_socket_is_not_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("s.xlsx")
        assert stat.S_ISSOCK(Path("s.xlsx").lstat().st_mode)
        assert candidate_files(tmp_path)[0] == []


def test_a_file_longer_than_the_bound_is_not_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    file.write_bytes(b"x" * 11)
    found = read_bytes(file, Bounds(file_bytes=10))
    assert isinstance(found, Problem)
    assert found.code == "GATE-003"
    assert read_bytes(file, Bounds(file_bytes=11)) == b"x" * 11
