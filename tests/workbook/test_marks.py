"""What people say with colours, lines and boxes, through more than one writer."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

from tests import attacks
from tests.office import ODS, XLS, XLSX, Fill, Note, Office, Strike
from xlplan.workbook.read.binary import has_looks
from xlplan.workbook.read.book import ReadSheet
from xlplan.workbook.read.marks import MarkReader, Marks
from xlplan.workbook.read.ods_marks import read_ods_marks
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.read.xls import read_xls_marks

OURS = frozenset({"#FFFBE6"})


def by_openpyxl(fill: Callable[[Any], None]) -> bytes:
    book = openpyxl.Workbook()
    fill(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def by_xlsxwriter(fill: Callable[[Any, Any], None]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet())
    book.close()
    return target.getvalue()


def read(data: bytes) -> ReadSheet:
    book = read_book(data, "r.xlsx", ours=OURS)
    assert book.problems == ()
    return book.sheets[0]


def test_only_fills_that_are_not_ours_are_told() -> None:
    def fill(sheet: Any) -> None:
        for name, colour in (("A1", "FFFBE6"), ("B2", "FF0000"), ("C3", "00b050")):
            sheet[name] = "x"
            sheet[name].fill = PatternFill("solid", fgColor=colour)
        sheet["D4"].fill = PatternFill("lightUp", fgColor="FF0000")

    assert read(by_openpyxl(fill)).fills == {(1, 1): "#FF0000", (2, 2): "#00B050"}


def test_a_fill_of_the_theme_is_told_as_the_colour_it_shows() -> None:
    def fill(sheet: Any) -> None:
        sheet["B2"].fill = PatternFill("solid", fgColor=Color(theme=5))
        sheet["B3"].fill = PatternFill("solid", fgColor=Color(indexed=10))

    # Accent 2 of the theme that openpyxl writes, and red of the old palette (ECMA-376 18.8.27).
    assert read(by_openpyxl(fill)).fills == {(1, 1): "#C0504D", (2, 1): "#FF0000"}


def test_text_struck_out_whole_or_in_part_is_told() -> None:
    def fill(sheet: Any) -> None:
        sheet["A1"], sheet["B2"], sheet["C3"] = "kept", "struck", "bold"
        sheet["B2"].font = Font(strike=True)
        sheet["C3"].font = Font(bold=True)
        sheet["A4"] = CellRichText("kept ", TextBlock(InlineFont(strike=True), "struck"))
        sheet["A5"] = CellRichText("kept ", TextBlock(InlineFont(b=True), "bold"))

    def shared(book: Any, sheet: Any) -> None:
        struck = book.add_format({"font_strikeout": True})
        sheet.write_rich_string(1, 1, "kept ", struck, "struck")
        sheet.write_rich_string(2, 1, "kept ", book.add_format({"bold": True}), "bold")
        sheet.write(3, 1, "all", struck)

    assert read(by_xlsxwriter(shared)).struck == {(1, 1), (3, 1)}
    # openpyxl writes a text in parts into its cell, xlsxwriter into the list of texts.
    assert read(by_openpyxl(fill)).struck == {(1, 1), (3, 0)}


def test_a_text_box_is_told_with_its_corner() -> None:
    def fill(_: Any, sheet: Any) -> None:
        sheet.insert_textbox(4, 2, "Waiting for the contractor.\nSee 1.3.")
        sheet.insert_textbox(9, 0, "")

    assert read(by_xlsxwriter(fill)).boxes == (((4, 2), "Waiting for the contractor.\nSee 1.3."),)


def test_a_picture_is_told_with_its_corner() -> None:
    point = (
        b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
        b"RU5ErkJggg=="
    )

    def fill(_: Any, sheet: Any) -> None:
        image = {"image_data": io.BytesIO(base64.b64decode(point))}
        sheet.insert_image(6, 3, "point.png", image)
        sheet.insert_textbox(4, 2, "As shown")

    found = read(by_xlsxwriter(fill))
    assert (found.pictures, found.boxes) == (((6, 3),), (((4, 2), "As shown"),))


def test_merged_areas_are_read_from_any_of_their_corners() -> None:
    xml = (
        b'<worksheet><sheetData/><mergeCells count="2"><mergeCell ref="B2:C4"/>'
        b'<mergeCell ref="F9:E8"/></mergeCells></worksheet>'
    )
    found = MarkReader({"sheet": xml}, OURS).read("sheet")[0].merged
    assert found == ((1, 1, 3, 2), (7, 4, 8, 5))


def ods_merged(high: int, wide: int) -> bytes:
    spans = f'table:number-rows-spanned="{high}" table:number-columns-spanned="{wide}"'
    cell = f'<table:table-cell office:value-type="string" {spans}><text:p>x</text:p>'
    return attacks.ods(f"<table:table-row/><table:table-row><table:table-cell/>{cell}"
                       "</table:table-cell></table:table-row>")  # fmt: skip


def xls_merged(*areas: tuple[int, int, int, int]) -> bytes:
    """Rows of each area first, then its columns."""
    body = struct.pack("<H", len(areas)) + b"".join(struct.pack("<HHHH", *each) for each in areas)
    return attacks.xls(attacks.xls_number(1, 1) + attacks.xls_record(0xE5, body))


def xlsb_merged(body: bytes) -> bytes:
    return attacks.xlsb(
        attacks.xlsb_row(1, "", "x") + attacks.xlsb_record(146) + attacks.xlsb_record(176, body)
    )


@pytest.mark.parametrize(
    "data",
    [
        ods_merged(3, 2),
        xls_merged((1, 3, 1, 2), (9, 8, 0, 0)),
        xlsb_merged(struct.pack("<IIII", 1, 3, 1, 2)),
    ],
    ids=["ods", "xls", "xlsb"],
)
def test_merged_areas_are_read_from_every_kind_of_workbook(data: bytes) -> None:
    """An area of a record that ends before it begins is none."""
    assert read(data).merged == ((1, 1, 3, 2),)


def test_cells_that_are_merged_with_none_are_no_area() -> None:
    assert read(ods_merged(1, 1)).merged == ()
    assert read(xlsb_merged(b"cut off")).merged == ()


@pytest.mark.parametrize(
    "data",
    [
        ods_merged(1_048_576, 16_384),
        xls_merged(*[(0, 65_535, 0, 255)] * 200),
        xlsb_merged(struct.pack("<IIII", 0, 1_048_575, 0, 16_383)),
    ],
    ids=["ods", "xls", "xlsb"],
)
def test_areas_larger_than_a_plan_are_refused_in_every_kind_of_workbook(data: bytes) -> None:
    assert [problem.code for problem in read_book(data, "plan").problems] == ["GATE-012"]


def test_a_thread_of_comments_is_told_whole() -> None:
    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    kind = "http://schemas.microsoft.com/office/2017/10/relationships/threadedComment"
    parts = {
        **attacks.parts(),
        "xl/threadedComments/threadedComment1.xml": (
            f'<ThreadedComments xmlns="{space}">'
            '<threadedComment ref="B2" id="{1}"><text>Is this right?</text></threadedComment>'
            '<threadedComment ref="B2" id="{2}" parentId="{1}"><text>Yes.</text></threadedComment>'
            "</ThreadedComments>"
        ),
        "xl/worksheets/_rels/sheet1.xml.rels": (
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{kind}" '
            'Target="../threadedComments/threadedComment1.xml"/></Relationships>'
        ),
    }
    assert read(attacks.package(parts)).notes == {(1, 1): "Is this right?\nYes."}


def test_no_other_spelling_of_the_styles_hides_a_fill() -> None:
    def fill(sheet: Any) -> None:
        sheet["B2"] = "x"
        sheet["B2"].fill = PatternFill("solid", fgColor="FF0000")

    source = by_openpyxl(fill)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/styles.xml":
                part = part.replace(b"<", b"<x:").replace(b"<x:/", b"</x:").replace(b"<x:?", b"<?")
                part = part.replace(b" xmlns=", b" xmlns:x=")
            new.writestr(name, part)
    assert b"<x:fill>" in zipfile.ZipFile(target).read("xl/styles.xml")
    assert read(target.getvalue()).fills == {(1, 1): "#FF0000"}


@pytest.mark.parametrize(
    "styles",
    ["", "<styleSheet/>", "<fills><fill>", "<fills></fills><cellXfs><xf fillId='9'/></cellXfs>"],
)
def test_damaged_styles_say_nothing(styles: str) -> None:
    parts = {"xl/styles.xml": styles.encode(), "xl/sheet.xml": b'<c r="A1" s="1"/>'}
    assert MarkReader(parts, OURS).read("xl/sheet.xml") == (Marks(), {})


@pytest.mark.parametrize("kind", [XLSX, ODS, XLS], ids=["xlsx", "ods", "xls"])
def test_what_libreoffice_saves_is_told_the_same(office: Office, tmp_path: Any, kind: str) -> None:
    source, target = tmp_path / "a.xlsx", tmp_path / "b"
    source.write_bytes(by_xlsxwriter(lambda _, sheet: sheet.write_string(1, 1, "x")))
    said = "Naïve – 1.\n" + "long " * 2_000 + "end"
    steps = [Fill("B2", "#FFC000"), Fill("C3", "#FFFBE6"), Strike("B2"), Note("B2", said)]
    office.edit(source, target, steps, filter=kind)
    sheet = read(target.read_bytes())
    assert sheet.fills == {(1, 1): "#FFC000"}
    assert sheet.struck == {(1, 1)}
    assert sheet.notes == {(1, 1): said}


@pytest.mark.parametrize("kind", [XLSX, ODS, XLS], ids=["xlsx", "ods", "xls"])
def test_the_colours_of_signs_are_read_from_what_libreoffice_saves(
    office: Office, tmp_path: Any, kind: str
) -> None:
    def fill(sheet: Any) -> None:
        for name, text, colour in (
            ("A1", "●", "FFFF0000"), ("A2", "n", "FF00B050"), ("A3", "Late", "FFFF0000"),
            ("A4", "ok", None),
        ):  # fmt: skip
            sheet[name] = text
            if colour:
                sheet[name].font = Font(color=colour)
        sheet["B1"].fill = PatternFill("solid", fgColor="FFFFC000")

    source, target = tmp_path / "a.xlsx", tmp_path / "b"
    source.write_bytes(by_openpyxl(fill))
    office.edit(source, target, [], filter=kind)
    found = read_book(target.read_bytes(), "plan", detail=True).sheets[0]
    coloured = {at: ink for at, ink in found.inks.items() if ink != "#000000"}
    assert coloured == {(0, 0): "#FF0000", (1, 0): "#00B050"}
    assert found.fills == {(0, 1): "#FFC000"}


def test_a_part_of_a_text_gives_its_colour_in_an_ods() -> None:
    part = '<text:p><text:span text:style-name="T1">●</text:span></text:p>'
    whole = "<text:p>a long text</text:p>"
    rows = (
        f"<table:table-row><table:table-cell>{part}</table:table-cell>"
        f'<table:table-cell table:style-name="C1">{whole}</table:table-cell>'
        '<table:table-cell table:style-name="C1"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
    )
    styles = ods_style("T1", "text", '<style:text-properties fo:color="#ff0000"/>')
    styles += ods_style("C1", "table-cell", '<style:text-properties fo:color="#00b050"/>')
    assert ods_marks(styles, rows).inks == {(0, 0): "#FF0000", (0, 2): "#00B050"}


def ods_marks(styles: str, rows: str, named: str = "") -> Marks:
    content = (
        f"<d><office:automatic-styles>{styles}</office:automatic-styles>"
        f'<table:table table:name="Plan">{rows}</table:table></d>'
    )
    parts = {"content.xml": content.encode(), "styles.xml": f"<d>{named}</d>".encode()}
    return read_ods_marks(parts, OURS).get("Plan", Marks())


def ods_style(name: str, family: str, says: str, parent: str = "") -> str:
    return (
        f'<style:style style:name="{name}" style:family="{family}" '
        f'style:parent-style-name="{parent}">{says}</style:style>'
    )


RED = '<style:table-cell-properties fo:background-color="#ff0000"/>'
CREAM = '<style:table-cell-properties fo:background-color="#fffbe6"/>'
CLEAR = '<style:table-cell-properties fo:background-color="transparent"/>'
LINE = '<style:text-properties style:text-line-through-style="solid"/>'
NO_LINE = '<style:text-properties style:text-line-through-style="none"/>'


def test_a_cell_of_an_ods_has_its_own_style_or_that_of_its_row_or_column() -> None:
    styles = "".join(
        ods_style(name, "table-cell", says)
        for name, says in {"red": RED, "cream": CREAM, "clear": CLEAR, "line": LINE}.items()
    )
    rows = (
        '<table:table-column table:number-columns-repeated="2"/>'
        '<table:table-column table:default-cell-style-name="red"/>'
        '<table:table-row><table:table-cell table:style-name="cream"/>'
        '<table:table-cell table:style-name="line"/><table:table-cell/></table:table-row>'
        '<table:table-row table:default-cell-style-name="line"><table:table-cell '
        'table:number-columns-repeated="2"/><table:table-cell table:style-name="clear"/>'
        "</table:table-row>"
    )
    assert ods_marks(styles, rows) == Marks(
        {(0, 2): "#FF0000"}, frozenset({(0, 1), (1, 0), (1, 1)})
    )


def test_a_style_of_an_ods_follows_from_another_unless_it_says_otherwise() -> None:
    named = ods_style("Marked", "table-cell", RED + LINE)
    styles = ods_style("as-is", "table-cell", "", "Marked")
    styles += ods_style("kept", "table-cell", NO_LINE, "Marked")
    styles += ods_style("loop", "table-cell", "", "loop")
    cells = "".join(
        f'<table:table-cell table:style-name="{name}"/>' for name in ("as-is", "kept", "loop")
    )
    found = ods_marks(styles, f"<table:table-row>{cells}</table:table-row>", named)
    assert found == Marks({(0, 0): "#FF0000", (0, 1): "#FF0000"}, frozenset({(0, 0)}))


def test_a_part_of_a_text_struck_out_in_an_ods_is_told_and_one_in_a_note_is_not() -> None:
    part = '<text:p>kept <text:span text:style-name="T1">struck</text:span></text:p>'
    rows = (
        f"<table:table-row><table:table-cell>{part}</table:table-cell><table:table-cell>"
        f"<office:annotation>{part}</office:annotation><text:p>kept</text:p></table:table-cell>"
        "</table:table-row>"
    )
    assert ods_marks(ods_style("T1", "text", LINE), rows) == Marks({}, frozenset({(0, 0)}))


def test_of_a_note_in_an_ods_only_its_words_are_told() -> None:
    note = (
        "<office:annotation><dc:creator>A lead</dc:creator><dc:date>2026-11-21T00:00:00</dc:date>"
        "<text:p>First line</text:p>\n <text:p>second<text:s/>line</text:p></office:annotation>"
    )
    cell = f'<table:table-cell office:value-type="string">{note}<text:p>x</text:p>'
    sheet = read(attacks.ods(f"<table:table-row>{cell}</table:table-cell></table:table-row>"))
    assert (sheet.notes, sheet.rows) == ({(0, 0): "First line\nsecond line"}, [["x"]])


def xls_format(font: int, colour: int) -> bytes:
    """A cell format of an .xls workbook (MS-XLS 2.4.353), with a solid fill if it has a colour."""
    head = struct.pack("<H", font) + bytes(12)
    fill = struct.pack("<HBB", 0, 0, 4 if colour else 0) + struct.pack("<H", colour)
    return attacks.xls_record(0xE0, head + fill)


def test_formats_of_an_xls_are_told_of_every_cell_that_has_them() -> None:
    plain, struck = bytes(14), b"\0\0\x08" + bytes(11)
    # Four fonts, then number 5: there is no number 4 (MS-XLS 2.5.129).
    book = b"".join(attacks.xls_record(0x31, font) for font in (plain, plain, plain, plain, struck))
    book += attacks.xls_record(0x92, struct.pack("<H", 2) + b"\xff\xfa\xe0\0" + b"\xff\0\0\0")
    book += xls_format(0, 0) + xls_format(0, 9) + xls_format(5, 0) + xls_format(0, 8)
    cells = attacks.xls_record(0x203, struct.pack("<HHHd", 0, 0, 1, 1.0))
    cells += attacks.xls_record(0xBE, struct.pack("<HHHHHH", 1, 0, 1, 0, 3, 2))  # 3 is ours, nearly
    cells += attacks.xls_record(0xBD, struct.pack("<HHHIHIH", 2, 1, 0, 2, 2, 2, 2))
    found = read_xls_marks(attacks.xls(cells, before=book), OURS)["Plan"]
    assert found.marks == Marks({(0, 0): "#FF0000", (1, 0): "#FF0000"}, frozenset({(2, 2)}))


def test_notes_of_an_xls_are_told_by_their_objects_in_one_piece() -> None:
    def text(number: int, *pieces: bytes, length: int) -> bytes:
        shape = struct.pack("<HHHH", 0x15, 0x12, 0x19, number) + bytes(14)
        body = attacks.xls_record(0x5D, shape)
        body += attacks.xls_record(0x1B6, bytes(10) + struct.pack("<H", length) + bytes(6))
        return body + b"".join(attacks.xls_record(0x3C, piece) for piece in pieces)

    runs = bytes(16)
    chart = attacks.xls_record(0x809, bytes(16)) + attacks.xls_record(0x0A, b"")
    cells = attacks.xls_number(0, 0) + chart
    cells += text(1, b"\0Waiting, ", b"\1" + "naïve\n–".encode("utf-16-le"), runs, length=16)
    cells += text(2, b"\0See 1.3", runs, length=7)
    for row, number in ((4, 2), (1, 1), (9, 7)):
        cells += attacks.xls_record(0x1C, struct.pack("<HHHH", row, 2, 0, number) + b"\1\0\0A")
    notes = read_xls_marks(attacks.xls(cells), None)["Plan"].notes
    assert notes == {(4, 2): "See 1.3", (1, 2): "Waiting, naïve\n–"}


def test_a_line_through_a_part_of_a_text_in_an_xls_is_said_not_to_have_been_read() -> None:
    plain, struck = bytes(14), b"\0\0\x08" + bytes(11)
    fonts = b"".join(attacks.xls_record(0x31, font) for font in (plain, struck))

    def problems(font: int) -> list[tuple[str, str]]:
        book = fonts + xls_format(0, 0) + xls_format(font, 0)
        data = attacks.xls(attacks.xls_number(0, 0), before=book)
        return [(p.code, p.level) for p in read_book(data, "r.xls", ours=OURS).problems]

    assert problems(0) == [("GATE-032", "note")]
    assert problems(1) == []


def xlsb_styles(*fonts: int, fills: int) -> dict[str, bytes]:
    records = b"".join(bytes([43, 4, 0, 0, flags, 0]) for flags in fonts)
    return {"xl/styles.bin": records + bytes([45, 1, 0]) * fills}


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, False),
        (xlsb_styles(0, 2, fills=2), False),
        (xlsb_styles(0, 8, fills=2), True),
        (xlsb_styles(0, fills=3), True),
        ({"xl/comments1.bin": b""}, False),
    ],
)
def test_an_xlsb_that_says_more_than_its_values_is_known(
    parts: dict[str, bytes], expected: bool
) -> None:
    assert has_looks(parts) == expected


def test_of_an_xlsb_that_says_more_it_is_said_that_it_was_not_read(tmp_path: Path) -> None:
    writer = pytest.importorskip("pyxlsbwriter", reason="pyxlsbwriter is not installed")
    with writer.XlsbWriter(str(tmp_path / "a.xlsb")) as book:
        book.add_sheet("Plan")
        book.write_sheet([["x"]])
    assert read_book((tmp_path / "a.xlsb").read_bytes(), "r", ours=OURS).problems == ()
    with zipfile.ZipFile(tmp_path / "a.xlsb") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/styles.bin"] += xlsb_styles(8, fills=0)["xl/styles.bin"]
    with zipfile.ZipFile(tmp_path / "struck.xlsb", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    [problem] = read_book((tmp_path / "struck.xlsb").read_bytes(), "r", ours=OURS).problems
    assert (problem.code, problem.level) == ("GATE-032", "note")


@pytest.mark.parametrize("kind", [0x1C, 0x31, 0x3C, 0x5D, 0x92, 0xBD, 0xBE, 0xE0, 0x1B6, 0x203])
def test_a_record_of_an_xls_that_ends_early_says_nothing(kind: int) -> None:
    short = b"".join(attacks.xls_record(kind, bytes(length)) for length in range(12))
    found = read_xls_marks(attacks.xls(short, before=short), OURS)
    assert [(each.notes, each.marks) for each in found.values()] == [({}, Marks())]
