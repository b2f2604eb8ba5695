"""What people put beside the cells: all of it is found, with its place and its words."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import xlsxwriter

from tests.parts import PICTURE
from xlplan.workbook.read.additions import read_additions, read_beside
from xlplan.workbook.read.book import Addition, Book
from xlplan.workbook.read.ods_marks import read_ods_pages
from xlplan.workbook.read.read_book import read_book

PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
SHEET = "xl/worksheets/sheet1.xml"


def written(fill: Callable[[Any, Any], None]) -> Book:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    fill(book, book.add_worksheet("Update"))
    book.close()
    found = read_book(target.getvalue(), "r.xlsx", ours=frozenset())
    assert found.problems == ()
    return found


def relations(*of: tuple[str, str]) -> bytes:
    each = "".join(
        f'<Relationship Id="rId{n}" Type="{TYPE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(of, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}">{each}</Relationships>'.encode()


def sheet(after: str = "", **more: bytes) -> dict[str, bytes]:
    return {SHEET: f"<worksheet><sheetData/>{after}</worksheet>".encode(), **more}


def drawing(inner: str, *of: tuple[str, str]) -> dict[str, bytes]:
    """A sheet with a drawing of which the corner is at C5."""
    corner = "<xdr:from><xdr:col>2</xdr:col><xdr:row>4</xdr:row></xdr:from>"
    anchor = f"<xdr:twoCellAnchor>{corner}{inner}</xdr:twoCellAnchor>"
    return {
        **sheet(),
        "xl/worksheets/_rels/sheet1.xml.rels": relations(("drawing", "../drawings/drawing1.xml")),
        "xl/drawings/drawing1.xml": f"<xdr:wsDr>{anchor}</xdr:wsDr>".encode(),
        "xl/drawings/_rels/drawing1.xml.rels": relations(*of),
    }


def added(parts: Mapping[str, bytes]) -> list[Addition]:
    return list(read_beside(parts, SHEET).additions)


def test_a_chart_is_told_with_its_title_and_the_words_in_it() -> None:
    def fill(book: Any, sheet: Any) -> None:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Update!$A$1:$A$3"})
        chart.set_title({"name": "Spend by month"})
        sheet.insert_chart("E7", chart)

    assert written(fill).sheets[0].additions == (Addition("chart", "Spend by month", (6, 4)),)


def test_a_chart_on_a_sheet_of_its_own_is_told_of_the_workbook() -> None:
    def fill(book: Any, _sheet: Any) -> None:
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Update!$A$1:$A$3"})
        chart.set_title({"name": "Spend by month"})
        book.add_chartsheet("Mine").set_chart(chart)

    [found] = written(fill).additions
    assert (found.kind, found.text) == ("chart", "Spend by month")


def test_pictures_text_boxes_and_shapes_without_words_are_found() -> None:
    def fill(_book: Any, sheet: Any) -> None:
        sheet.insert_image("B2", "x.png", {"image_data": io.BytesIO(PICTURE)})
        sheet.insert_textbox("C3", "Ask first")
        sheet.insert_textbox("D4", "")

    [found] = written(fill).sheets
    assert (found.pictures, found.boxes) == (((1, 1),), (((2, 2), "Ask first"),))
    assert found.additions == (Addition("drawing", "", (3, 3)),)


def test_a_diagram_is_told_with_its_words_a_line_and_ink_without() -> None:
    points = "".join(
        f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in ("Lift &amp; stairs", "Roof")
    )
    frame = (
        f'<xdr:graphicFrame><a:graphic><a:graphicData uri="{DRAWING}/diagram">'
        '<dgm:relIds r:dm="rId1" r:lo="rId2"/></a:graphicData></a:graphic></xdr:graphicFrame>'
    )
    parts = drawing(
        frame + "<xdr:cxnSp/><xdr:contentPart/>",
        ("diagramData", "../diagrams/data1.xml"),
        ("diagramLayout", "../diagrams/layout1.xml"),
    )
    parts["xl/diagrams/data1.xml"] = f"<dgm:dataModel>{points}</dgm:dataModel>".encode()
    assert added(parts) == [
        Addition("diagram", "Lift & stairs | Roof", (4, 2)),
        Addition("drawing", "", (4, 2)),
        Addition("drawing", "", (4, 2)),
    ]


def test_what_stands_in_place_of_a_newer_kind_of_chart_is_not_told_as_well() -> None:
    frame = (
        '<xdr:graphicFrame><a:graphicData uri="http://x/2014/chartex"><cx:chart r:id="rId1"/>'
        "</a:graphicData></xdr:graphicFrame>"
    )
    instead = "<xdr:sp><a:p><a:r><a:t>Not available in your version</a:t></a:r></a:p></xdr:sp>"
    both = (
        f"<mc:AlternateContent><mc:Choice>{frame}</mc:Choice>"
        f"<mc:Fallback>{instead}</mc:Fallback></mc:AlternateContent>"
    )
    parts = drawing(both + "<xdr:pic/>", ("chartEx", "../charts/chartEx1.xml"))
    parts["xl/charts/chartEx1.xml"] = (
        b"<cx:chartSpace><a:p><a:t>Waterfall</a:t></a:p></cx:chartSpace>"
    )
    found = read_beside(parts, SHEET)
    assert (list(found.additions), found.boxes) == ([Addition("chart", "Waterfall", (4, 2))], ())
    assert found.pictures == ((4, 2),)
    alone = both.replace(frame, "")
    assert read_beside(drawing(alone), SHEET).boxes == (((4, 2), "Not available in your version"),)


def test_a_frame_of_a_kind_that_nobody_knows_and_a_damaged_drawing_are_told() -> None:
    frame = f'<xdr:graphicFrame><a:graphicData uri="{DRAWING}/holoGram"/></xdr:graphicFrame>'
    assert added(drawing(frame)) == [Addition("other", "holo gram", (4, 2))]
    assert added(drawing("<xdr:pic>")) == [Addition("drawing", "")]


def controls(
    *shapes: tuple[int, str, str, str], after: str = "", **more: bytes
) -> dict[str, bytes]:
    """A sheet with form controls: number, kind, label, and what else is said of each."""
    each = "".join(
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t201"><v:textbox><div><font>{label}</font>'
        f'<br></div></v:textbox><x:ClientData ObjectType="{kind}"><x:Anchor> 3, 15, 8, 2, 5, 4'
        f", 9, 0</x:Anchor>{rest}</x:ClientData></v:shape>"
        for number, kind, label, rest in shapes
    )
    return {
        **sheet(after),
        "xl/worksheets/_rels/sheet1.xml.rels": relations(
            ("vmlDrawing", "../drawings/vmlDrawing1.vml"), ("ctrlProp", "../ctrlProps/1.xml")
        ),
        "xl/drawings/vmlDrawing1.vml": f"<xml>{each}</xml>".encode(),
        **more,
    }


@pytest.mark.parametrize("kind", ["Checkbox", "Radio"])
def test_a_box_is_told_where_it_is_ticked_and_only_there(kind: str) -> None:
    ticked = (1026, kind, "All agreed &amp; signed", "<x:Checked>1</x:Checked>")
    assert added(controls((1025, kind, "Agreed", ""), ticked)) == [
        Addition("ticked box", "All agreed & signed", (8, 3))
    ]
    assert added(controls((1025, kind, "Agreed", "<x:Checked>0</x:Checked>"))) == []


def test_other_controls_are_told_and_notes_are_not() -> None:
    assert added(controls((1025, "Drop", "", ""), (1026, "Button", "Send", ""))) == [
        Addition("control", "", (8, 3)),
        Addition("control", "Send", (8, 3)),
    ]
    assert added(controls((1025, "Note", "Ask the board", ""))) == []


def test_the_label_of_a_control_is_no_text_box() -> None:
    shape = (
        '<xdr:sp><xdr:cNvPr id="1025" name="Check Box 1"/><a:p><a:r><a:t>Agreed</a:t></a:r></a:p>'
        "</xdr:sp>"
    )
    parts = drawing(shape)
    assert read_beside(parts, SHEET).boxes == (((4, 2), "Agreed"),)
    made = controls((1025, "Checkbox", "", "<x:Checked>1</x:Checked>"))
    of = relations(
        ("drawing", "../drawings/drawing1.xml"), ("vmlDrawing", "../drawings/vmlDrawing1.vml")
    )
    both = {**parts, **made, "xl/worksheets/_rels/sheet1.xml.rels": of}
    found = read_beside(both, SHEET)
    assert (found.boxes, list(found.additions)) == ((), [Addition("ticked box", "Agreed", (8, 3))])


def test_an_embedded_file_is_told_once_with_its_program_and_its_place() -> None:
    named = '<oleObject progId="Word.Document.12" shapeId="1025" r:id="rId9"/>'
    after = (
        f"<oleObjects><mc:Choice>{named}</mc:Choice><mc:Fallback>{named}</mc:Fallback></oleObjects>"
    )
    assert added(controls((1025, "Pict", "", ""), after=after)) == [
        Addition("embedded file", "Word.Document.12", (8, 3))
    ]
    rels = {"xl/worksheets/_rels/sheet1.xml.rels": relations(("package", "../embeddings/a.docx"))}
    assert added({**sheet(), **rels}) == [Addition("embedded file", "")]


def test_what_a_sheet_is_related_to_beyond_what_is_known_is_named() -> None:
    of = relations(("pivotTable", "../pivotTables/1.xml"), ("table", "../tables/table1.xml"),
                   ("printerSettings", "../p.bin"), ("hyperlink", "x"))  # fmt: skip
    parts = {**sheet('<picture r:id="rId9"/>'), "xl/worksheets/_rels/sheet1.xml.rels": of,
             "xl/tables/table1.xml": b'<table id="1" ref="B3:D9"/>'}  # fmt: skip
    assert added(parts) == [
        Addition("other", "pivot table"),
        Addition("other", "table", (2, 1)),
        Addition("picture", ""),
    ]


def test_a_picture_in_a_cell_is_found() -> None:
    cells = '<sheetData><row r="2"><c r="B2" t="e" vm="1"><v>#VALUE!</v></c></row></sheetData>'
    parts = {
        SHEET: f"<worksheet>{cells}</worksheet>".encode(),
        "xl/richData/richValueRel.xml": b"<richValueRels/>",
        "xl/richData/_rels/richValueRel.xml.rels": relations(("image", "../media/image1.png")),
    }
    assert read_beside(parts, SHEET).pictures == ((1, 1),)
    del parts["xl/richData/_rels/richValueRel.xml.rels"]  # a value of another kind, such as a share
    assert read_beside(parts, SHEET).pictures == ()


def test_a_box_in_a_cell_that_is_not_ticked_is_found() -> None:
    plain = '<xf numFmtId="0"/>'
    box = '<xf numFmtId="0"><extLst><xfpb:xfComplement i="0"/></extLst></xf>'
    styles = f'<styleSheet><cellXfs count="2">{plain}{box}</cellXfs></styleSheet>'
    cells = (
        '<c r="A1" s="1" t="b"><v>0</v></c><c r="B1" s="1" t="b"><v>1</v></c>'
        '<c r="C1" s="0" t="b"><v>0</v></c><c r="D1" s="1"><v>0</v></c>'
    )
    parts = {
        SHEET: f'<worksheet><sheetData><row r="1">{cells}</row></sheetData></worksheet>'.encode(),
        "xl/styles.xml": styles.encode(),
    }
    assert read_beside(parts, SHEET).unticked == {(0, 0)}
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(b"xfComplement", b"other")
    assert read_beside(parts, SHEET).unticked == frozenset()


def test_each_place_of_a_page_header_is_told_without_its_codes() -> None:
    text = '&amp;L&amp;"Calibri,Bold"&amp;14DRAFT&amp;C&amp;KFF0000R&amp;&amp;D board&amp;R&amp;G'
    after = (
        f"<headerFooter><oddHeader>{text}</oddHeader><oddFooter>&amp;LSeen by us&amp;RPage &amp;P"
        "</oddFooter></headerFooter>"
    )
    assert added(sheet(after)) == [
        Addition("page header", "DRAFT"),
        Addition("page header", "R&D board"),
        Addition("picture", "page header"),
        Addition("page footer", "Seen by us"),
        Addition("page footer", "Page"),
    ]
    assert added(sheet("<headerFooter><oddHeader>&lt;b</headerFooter>")) == [
        Addition("other", "page header")
    ]


def test_pages_of_an_ods_are_read_without_their_fields_and_each_text_once() -> None:
    page = (
        "<style:master-page><style:header><style:region-left><text:p>DRAFT<text:s/>of "
        "<text:date>1 May</text:date></text:p></style:region-left><style:region-right><text:p>"
        "<text:span>Seen</text:span></text:p></style:region-right></style:header>"
        '<style:header-left style:display="false"><text:p>Unseen</text:p></style:header-left>'
        "<style:footer><text:p>Page <text:page-number>1</text:page-number></text:p>"
        "<text:p>By us</text:p></style:footer></style:master-page>"
    )
    assert read_ods_pages(f"<office:styles>{page}{page}</office:styles>".encode()) == (
        Addition("page header", "DRAFT of"),
        Addition("page header", "Seen"),
        Addition("page footer", "Page By us"),
    )
    assert read_ods_pages(b"<office:styles>") == read_ods_pages(b"") == ()


def test_other_workbooks_data_connections_and_the_unknown_are_told_of_the_workbook() -> None:
    parts = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": b"<workbook/>",
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/sheet1.xml"), ("theme", "theme/theme1.xml"),
            ("externalLink", "externalLinks/externalLink1.xml"),
            ("connections", "connections.xml"), ("xlMacrosheet", "macrosheets/1.xml"),
            ("rdRichValue", "richData/1.xml"), ("vbaProject", "vbaProject.bin"),
        ),
        "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
            ("externalLinkPath", "file:///F:/A&amp;B.xlsx")
        ),
        "xl/connections.xml": b'<connections><connection name="Query - Spend"/></connections>',
    }  # fmt: skip
    assert read_additions(parts) == (
        Addition("other workbook", "file:///F:/A&B.xlsx"),
        Addition("data connection", "Query - Spend"),
        Addition("other", "xl macrosheet"),
    )
