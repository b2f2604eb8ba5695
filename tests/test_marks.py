"""What people say with colours, lines and boxes, through more than one writer."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color

from tests import attacks
from tests.office import Fill, Office, Strike
from xlplan.workbook.book import ReadSheet
from xlplan.workbook.marks import MarkReader, Marks
from xlplan.workbook.reading import read_book

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
    assert MarkReader(parts, OURS).read("xl/sheet.xml") == Marks()


def test_what_libreoffice_saves_is_told_the_same(office: Office, tmp_path: Any) -> None:
    source, target = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    source.write_bytes(by_xlsxwriter(lambda _, sheet: sheet.write_string(1, 1, "x")))
    office.edit(source, target, [Fill("B2", "#FFC000"), Strike("B2")])
    sheet = read(target.read_bytes())
    assert sheet.fills == {(1, 1): "#FFC000"}
    assert sheet.struck == {(1, 1)}
