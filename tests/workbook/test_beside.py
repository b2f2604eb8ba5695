"""What people put beside the cells is found in each format that a return may come back in."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from tests import attacks
from tests.office import ODS, XLS, Office
from tests.parts import PICTURE
from xlplan.workbook.read.beside import (
    read_ods_beside,
    read_other_books,
    read_xls_beside,
    read_xlsb_beside,
)
from xlplan.workbook.read.book import Addition, Book, ReadSheet
from xlplan.workbook.read.read_book import read_book

OURS: frozenset[str] = frozenset()


def everything(book: Any, sheet: Any) -> None:
    """One of each that a person may put on a sheet."""
    sheet.write_column(0, 0, [1, 2, 3])
    sheet.autofilter(0, 0, 2, 0)
    sheet.data_validation(0, 1, 5, 1, {"validate": "list", "source": ["a", "b"]})
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=Update!$A$1:$A$3"})
    chart.set_title({"name": "Trees by month"})
    sheet.insert_chart("E5", chart)
    sheet.insert_textbox("H2", "Please read this")
    sheet.insert_textbox("H20", "")
    sheet.insert_image("J9", "p.png", {"image_data": io.BytesIO(PICTURE)})
    sheet.insert_button("L3", {"caption": "Press me"})
    sheet.write_comment("A2", "A note of mine")
    sheet.set_header("&CDRAFT: not agreed")


def written(fill: Callable[[Any, Any], None]) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet("Update"))
    book.close()
    return target.getvalue()


def kinds(book: Book) -> list[tuple[str, str]]:
    """What is beside the cells of a book, by kind and words: programs move it about."""
    (sheet,) = book.sheets
    found = [(each.kind, each.text) for each in (*book.additions, *sheet.additions)]
    found += [("text box", text) for _, text in sheet.boxes]
    found += [("picture", "") for _ in sheet.pictures]
    return sorted([*found, *(("note", text) for text in sheet.notes.values())])


def test_a_button_of_a_workbook_is_found_as_it_comes() -> None:
    book = read_book(written(lambda _, sheet: sheet.insert_button("L3")), "r.xlsx", ours=OURS)
    assert kinds(book) == [("control", "Button 1")]


@pytest.mark.parametrize(("suffix", "kind"), [("ods", ODS), ("xls", XLS)])
def test_all_of_it_is_found_where_libreoffice_saved_the_file(
    office: Office, tmp_path: Path, suffix: str, kind: str
) -> None:
    (tmp_path / "a.xlsx").write_bytes(written(everything))
    office.resave(tmp_path / "a.xlsx", tmp_path / f"a.{suffix}", filter=kind)
    book = read_book((tmp_path / f"a.{suffix}").read_bytes(), f"a.{suffix}", ours=OURS)
    title = "Trees by month" if suffix == "ods" else ""  # an old chart keeps it among its records
    assert kinds(book) == [
        ("chart", title), ("control", "Press me"), ("drawing", ""), ("note", "A note of mine"),
        ("page header", "DRAFT: not agreed"), ("picture", ""), ("text box", "Please read this"),
    ]  # fmt: skip


# .ods


def ods(cells: str, before: str = "", **more: str) -> dict[str, bytes]:
    """The parts of an .ods of which the sheet "Update" has this in C2."""
    row = '<table:table-row><table:table-cell table:number-columns-repeated="2"/><table:table-cell>'
    table = f'<table:table table:name="Update">{before}<table:table-row/>{row}{cells}'
    end = "</table:table-cell></table:table-row></table:table>"
    parts = {"content.xml": f"<office:document-content>{table}{end}</office:document-content>"}
    return {name: text.encode() for name, text in (parts | more).items()}


FORM = "<office:forms><form:form>{}</form:form></office:forms>"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (ods('<draw:rect><text:p/></draw:rect>'), [Addition("drawing", "", (1, 2))]),
        (ods("<draw:line><text:p>Words</text:p></draw:line>"), []),
        (ods('<draw:frame><draw:object-ole/></draw:frame>'),
         [Addition("embedded file", "", (1, 2))]),
        (ods('<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>',
             **{"Object 1/content.xml": "<office:text/>"}),
         [Addition("embedded file", "", (1, 2))]),
        (ods('<draw:frame><draw:object xlink:href="./Object 1"/></draw:frame>',
             **{"Object 1/content.xml": "<office:chart><chart:title><text:p>Our</text:p>"
                "<text:p>trees</text:p></chart:title></office:chart>"}),
         [Addition("chart", "Our trees", (1, 2))]),
        (ods("<draw:plugin/>"), [Addition("other", "plugin", (1, 2))]),
        (ods('<draw:control draw:control="c"/>',
             FORM.format('<form:checkbox form:id="c" form:label="Agreed"/>')), []),
        (ods('<draw:control draw:control="c"/>',
             FORM.format('<form:checkbox form:id="c" form:label="Agreed" '
                         'form:current-state="checked"/>')),
         [Addition("ticked box", "Agreed", (1, 2))]),
        (ods('<draw:control draw:control="c"/>',
             FORM.format('<form:radio xml:id="c" form:label="Yes" form:current-selected="true"/>')),
         [Addition("ticked box", "Yes", (1, 2))]),
        (ods('<draw:control draw:control="c"/>',
             FORM.format('<form:listbox form:id="c" form:label="Pick"/>')),
         [Addition("control", "Pick", (1, 2))]),
        (ods("", "<table:shapes><draw:rect/></table:shapes>"), [Addition("drawing", "")]),
        (ods("No shape"), []),
    ],
)  # fmt: skip
def test_what_stands_beside_the_cells_of_an_ods(
    parts: dict[str, bytes], expected: Sequence[Addition]
) -> None:
    assert list(read_ods_beside(parts).get("Update", ())) == expected


def test_links_to_other_workbooks_and_pivot_tables_of_an_ods_belong_to_the_whole() -> None:
    before = '<table:table-source xlink:href="costs.ods"/>'
    parts = ods("", f"{before}<table:data-pilot-table/>")
    assert read_ods_beside(parts)[""] == (
        Addition("other workbook", "costs.ods"), Addition("other", "pivot table")
    )  # fmt: skip


def test_a_damaged_ods_says_what_stands_before_the_damage() -> None:
    parts = {"content.xml": ods("<draw:plugin/>")["content.xml"][:-40]}
    assert read_ods_beside(parts)["Update"] == (Addition("other", "plugin", (1, 2)),)


# .xls


def shape(kind: int, *, text: str = "", flags: int = 0, parts: bytes = b"") -> bytes:
    """An object of an old workbook with its corner in D9."""
    anchor = b"\x00\x00\x10\xf0\x12\x00\x00\x00" + struct.pack("<9H", 0, 3, 0, 8, 0, 5, 0, 9, 0)
    own = struct.pack("<HHHHH", 0x15, 0x12, kind, 1, flags) + bytes(12)
    record = attacks.xls_record
    found = record(0xEC, anchor) + record(0x5D, own + parts + bytes(4))
    if text:
        found += record(0x1B6, bytes(10) + struct.pack("<HHI", len(text), 16, 0))
        found += record(0x3C, b"\x00" + text.encode("latin-1")) + record(0x3C, bytes(16))
    return found


TICKED = struct.pack("<HHHHHH", 0x12, 8, 1, 0, 0, 0)
EMBEDDED = struct.pack("<HHI", 0x09, 4, 0)


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (shape(0x05), [Addition("chart", "", (8, 3))]),
        (shape(0x02), [Addition("drawing", "", (8, 3))]),
        (shape(0x07, text="Press me"), [Addition("control", "Press me", (8, 3))]),
        (shape(0x0B, text="Agreed"), []),
        (shape(0x0B, text="Agreed", parts=TICKED), [Addition("ticked box", "Agreed", (8, 3))]),
        (shape(0x08, parts=EMBEDDED), [Addition("embedded file", "", (8, 3))]),
        (shape(0x14, flags=0x100), []),
        (shape(0x19, text="A note"), []),
        (shape(0x00), []),
        (attacks.xls_record(0xE9, bytes(8)), [Addition("picture", "")]),
        (attacks.xls_record(0x15, b"\x05\x00\x00&LOur"), [Addition("page footer", "Our")]),
    ],
)
def test_what_stands_beside_the_cells_of_an_xls(
    records: bytes, expected: Sequence[Addition]
) -> None:
    found = read_xls_beside(attacks.xls(records))["Plan"]
    assert (list(found.additions), found.boxes, found.pictures) == (expected, (), ())


def test_text_boxes_and_pictures_of_an_xls_have_their_places() -> None:
    found = read_xls_beside(attacks.xls(shape(0x06, text="Please\rread") + shape(0x08)))["Plan"]
    assert (found.boxes, found.pictures) == ((((8, 3), "Please\nread"),), ((8, 3),))


def test_an_xls_that_leads_to_another_workbook_says_to_which() -> None:
    other = struct.pack("<HH", 1, 10) + b"\x00\x01costs.xls"
    own = struct.pack("<HH", 1, 0x0401)
    before = attacks.xls_record(0x1AE, own + bytes(2)) + attacks.xls_record(0x1AE, other)
    assert read_other_books(attacks.xls(b"", before=before)) == (
        Addition("other workbook", "costs.xls"),
    )


def test_what_is_no_compound_file_has_nothing_beside_its_cells() -> None:
    assert (read_xls_beside(b"\xd0\xcf"), read_other_books(b"\xd0\xcf")) == ({}, ())


@pytest.mark.parametrize("kind", [0x14, 0x15, 0x3C, 0x5D, 0xE9, 0xEC, 0x1AE, 0x1B6])
def test_a_record_that_ends_early_is_passed_over(kind: int) -> None:
    short = b"".join(attacks.xls_record(kind, bytes(length)) for length in range(12))
    found = read_xls_beside(attacks.xls(short, before=short))["Plan"]
    assert (found.boxes, [a for a in found.additions if a.text]) == ((), [])


# .xlsb


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def test_notes_and_page_headers_of_an_xlsb_are_read() -> None:
    record = attacks.xlsb_record
    none = struct.pack("<I", 0xFFFFFFFF)
    pages = record(479, bytes(2) + wide("&CDRAFT") + none + none + wide("&RThe end") + none + none)
    note = record(635, struct.pack("<IIIII", 0, 4, 4, 2, 2) + bytes(16))
    related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    parts = {
        "xl/worksheets/sheet1.bin": pages + record(562),
        "xl/worksheets/_rels/sheet1.bin.rels": (
            f'<Relationships xmlns="{package}"><Relationship Id="rId1" Type="{related}/comments" '
            'Target="../comments1.bin"/></Relationships>'
        ).encode(),
        "xl/comments1.bin": note + record(637, b"\x00" + wide("Please ask Ann")),
    }
    found, notes = read_xlsb_beside(parts, "xl/worksheets/sheet1.bin")
    assert (list(found.additions), notes) == (
        [Addition("page header", "DRAFT"), Addition("page footer", "The end"),
         Addition("picture", "")],
        {(4, 2): "Please ask Ann"},
    )  # fmt: skip


def test_an_xlsb_as_it_comes_has_what_was_put_beside_its_cells() -> None:
    record = attacks.xlsb_record
    pages = record(479, bytes(2) + wide("&CDRAFT"))
    book = read_book(attacks.xlsb(attacks.xlsb_row(0, "x") + pages), "r.xlsb", ours=OURS)
    (sheet,) = book.sheets
    assert isinstance(sheet, ReadSheet)
    assert list(sheet.additions) == [Addition("page header", "DRAFT")]
