"""A plan in an OpenDocument text is read as one in Word is."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from tests.documents import (
    SPACES,
    box,
    choice_of,
    control,
    document_of,
    rows_of,
    run,
    text,
    ticked,
)
from tests.office import Office
from xlplan.source.importing import read_source
from xlplan.workbook.libreoffice import convert, find_office
from xlplan.workbook.read.inbox import Bounds
from xlplan.workbook.read.read_book import read_book

MIME = "application/vnd.oasis.opendocument.text"


def odt(body: str, styles: str = "", master: str = "", manifest: str = "") -> bytes:
    """A text document with this in its body."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.writestr("mimetype", MIME)
        package.writestr(
            "content.xml",
            f"<office:document-content {SPACES}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>",
        )
        if master:
            package.writestr(
                "styles.xml",
                f"<office:document-styles {SPACES}><office:master-styles>{master}"
                "</office:master-styles></office:document-styles>",
            )
        package.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
    return out.getvalue()


def p(inner: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def cell(inner: str, attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{inner}</table:table-cell>"


def table(*rows: str) -> str:
    return (
        "<table:table>"
        + "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
        + "</table:table>"
    )


def line(*words: str) -> str:
    return "".join(cell(p(word)) for word in words)


COVERED = "<table:covered-table-cell/>"


def test_a_plan_in_an_opendocument_text_is_imported() -> None:
    body = p("Ferry plan") + table(
        line("Ref", "Action", "Lead"), line("1", "Mend", "Ada Quill"), line("2", "Paint", "Ben Ode")
    )
    book = read_book(odt(body), "plan.odt", detail=True)
    source = read_source(book, plan_id="plan")
    assert source.definition.title == "Ferry plan"
    assert [row.values["action"] for row in source.rows] == ["Mend", "Paint"]


def test_it_is_no_return() -> None:
    [problem] = read_book(odt(p("Here is my update.")), "update.odt").problems
    assert problem.code == "GATE-018"


def test_what_nobody_sees_is_left_out() -> None:
    styles = (
        '<style:style style:name="H" style:family="text"><style:text-properties '
        'text:display="none"/></style:style><style:style style:name="HP" style:family="paragraph" '
        '><style:text-properties text:display="none"/></style:style>'
    )
    gone = (
        "<text:tracked-changes><text:changed-region>"
        + p("old")
        + ("</text:changed-region></text:tracked-changes>")
    )
    body = (
        gone
        + p('Mend<text:span text:style-name="H"> not funded</text:span> it')
        + p("not funded", "HP")
        + f'<text:section text:display="none">{p("draft")}</text:section>'
        + p("<text:ruby><text:ruby-base>Ferry</text:ruby-base><text:ruby-text>fer"
            "</text:ruby-text></text:ruby>")
    )  # fmt: skip
    assert rows_of(odt(body, styles)) == [["Mend it"], [None], ["Ferry"]]


def test_spaces_tabs_line_ends_boxes_and_notes() -> None:
    note = (
        "<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        + p("As agreed")
        + "</text:note-body></text:note>"
    )
    frame = "<draw:frame><draw:text-box>" + p("In a box") + "</draw:text-box></draw:frame>"
    asked = "<office:annotation>" + p("Ask the yard") + "</office:annotation>"
    body = p(f'Mend\n   the<text:s text:c="2"/>hull<text:line-break/>soon{note}{asked}') + p(
        f"{frame}<text:tab/>Paint"
    )
    header = (
        "<style:master-page><style:header>"
        + p("Version 4")
        + ("</style:header></style:master-page>")
    )
    data = odt(body, master=header)
    assert rows_of(data) == [
        ["Mend the  hull\nsoon"], ["Paint"], ["In a box"], ["Version 4"], ["As agreed"],
    ]  # fmt: skip
    [sheet] = read_book(data, "plan.odt", detail=True).sheets
    assert dict(sheet.notes) == {(0, 0): "Ask the yard"}


def test_merged_cells_colours_and_lines_through_text() -> None:
    styles = (
        '<style:style style:name="R" style:family="table-cell"><style:table-cell-properties '
        'fo:background-color="#ff1010"/></style:style>'
        '<style:style style:name="S" style:family="text"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="T" style:family="text" style:parent-style-name="S"/>'
    )
    struck = '<text:span text:style-name="T">gone</text:span>'
    body = table(
        cell(p("Boats"), 'table:number-columns-spanned="2"') + COVERED + cell(p("RAG")),
        cell(p("Hull"), 'table:number-rows-spanned="2"') + cell(p("Mend"))
        + cell("", 'table:style-name="R"'),
        COVERED + cell(p(struck)) + cell(p(f"not {struck}")),
    )  # fmt: skip
    [sheet] = read_book(odt(body, styles), "plan.odt", detail=True).sheets
    assert [list(row) for row in sheet.rows] == [
        ["Boats", None, "RAG"], ["Hull", "Mend", None], [None, "gone", "not gone"],
    ]  # fmt: skip
    assert sheet.merged == ((0, 0, 0, 1), (1, 0, 2, 0))
    assert sheet.fills == {(1, 2): "#FF1010"}
    assert sheet.struck == {(2, 1)}


def test_a_table_in_a_cell_is_its_lines_and_header_rows_are_rows() -> None:
    inner = table(line("by May", "in the yard"))
    body = (
        "<table:table><table:table-header-rows><table:table-row>" + line("Action", "Lead")
        + "</table:table-row></table:table-header-rows><table:table-row>"
        + cell(p("Mend") + inner) + line("Ada Quill") + "</table:table-row></table:table>"
    )  # fmt: skip
    assert rows_of(odt(body)) == [["Action", "Lead"], ["Mend\nby May - in the yard", "Ada Quill"]]


def counted(style: str, *items: str, more: str = "") -> str:
    listed = "".join(f"<text:list-item>{item}</text:list-item>" for item in items)
    return f'<text:list text:style-name="{style}" {more}>{listed}</text:list>'


LISTS = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-suffix="."/><text:list-level-style-number text:level="2" '
    'style:num-format="a" style:num-suffix=")" text:display-levels="2"/></text:list-style>'
    '<text:list-style style:name="R"><text:list-level-style-number text:level="1" '
    'style:num-format="I" style:num-prefix="(" style:num-suffix=")" text:start-value="3"/>'
    '</text:list-style><text:list-style style:name="B"><text:list-level-style-bullet '
    'text:level="1" text:bullet-char="•"/></text:list-style>'
)


def test_numbers_that_lists_count_are_read() -> None:
    body = (
        counted("L", p("one"), p("two") + counted("", p("inner"), p("next")))
        + counted("L", p("three"), more='text:continue-numbering="true"')
        + counted("L", p("anew"))
        + counted("R", p("roman"))
        + counted("B", p("point"))
        + counted("L", "<text:list-header/>" + p("plain"), more='text:continue-numbering="true"')
    )
    inner = body.replace('<text:list text:style-name="" >', "<text:list>")
    assert [row[0] for row in rows_of(odt(inner, LISTS))] == [
        "1. one", "2. two", "2.a) inner", "2.b) next", "3. three", "1. anew", "(III) roman",
        "- point", "2. plain",
    ]  # fmt: skip


def test_one_list_goes_on_where_another_that_it_names_ended() -> None:
    styles = LISTS
    first = counted("L", p("one"), more='xml:id="first"')
    other = counted("L", p("anew"), p("second"))
    on = counted("L", p("two"), more='text:continue-list="first"')
    assert [row[0] for row in rows_of(odt(first + other + on, styles))] == [
        "1. one", "1. anew", "2. second", "2. two",
    ]  # fmt: skip


def test_forms_say_what_is_chosen() -> None:
    kind = "vnd.oasis.opendocument.field.FORM"
    entries = "".join(
        f'<field:param field:name="Dropdown_ListEntry" field:value="{each}"/>'
        for each in ("Red", "Amber")
    )
    listed = (
        f'<field:fieldmark field:type="{kind}DROPDOWN">{entries}'
        '<field:param field:name="Dropdown_Selected" field:value="1"/></field:fieldmark>'
    )
    checked = (
        f'<field:fieldmark field:type="{kind}CHECKBOX"><field:param '
        'field:name="Checkbox_Checked" field:value="true"/></field:fieldmark>'
    )
    content = "<loext:content-control {}>{}</loext:content-control>"
    asked = content.format('loext:showing-place-holder="true"', "Choose an item.")
    off = content.format('loext:checkbox="true" loext:checked="false"', "☒")
    sign = (
        '<style:font-face style:name="W" svg:font-family="Wingdings"/><style:style '
        'style:name="S" style:family="text"><style:text-properties style:font-name="W"/>'
        "</style:style>"
    )
    tick = '<text:span text:style-name="S">\uf0fc</text:span>'
    body = "".join(p(each) for each in (listed, checked, asked, off, tick))
    assert [row[0] for row in rows_of(odt(body, sign))] == ["Amber", "☒", None, "☐", "✓"]


def test_what_is_wrong_with_it_is_said() -> None:
    encrypted = odt(p("x"), manifest="<encryption-data/>")
    damaged = odt("<text:p>")
    for data, code in ((encrypted, "GATE-006"), (damaged, "GATE-023")):
        [problem] = read_book(data, "plan.odt", detail=True).problems
        assert problem.code == code


def test_repeats_beyond_all_reason_are_harmless() -> None:
    wide = cell(p("x"), 'table:number-columns-repeated="99999" table:number-columns-spanned="9999"')
    body = f'<table:table><table:table-row table:number-rows-repeated="99999">{wide}' + (
        "</table:table-row></table:table>"
    )
    book = read_book(odt(body * 3), "plan.odt", Bounds(rows=250), detail=True)
    assert [problem.code for problem in book.problems] == ["GATE-011"]
    assert len(read_book(odt(body), "plan.odt", detail=True).sheets[0].rows) == 100


def test_a_document_that_libreoffice_saved_is_the_same_plan(tmp_path: Path, office: Office) -> None:
    assert office
    program = find_office()
    assert program is not None
    colours = ("Red", "Amber", "Green")
    rows = [
        [text("Action"), text("RAG"), text("Done")],
        [text("Mend"), choice_of(*colours, result=1), box("<w:checked/>")],
        [text("Paint"), control("<w:showingPlcHdr/><w:dropDownList/>", text("Choose.")), box()],
        [text("Sail"), choice_of(*colours), ticked("1", "☒")],
        [text("Rest"), text("Green"), run('<w:sym w:font="Wingdings" w:char="F0FC"/>')],
    ]
    data = document_of(rows)
    path = tmp_path / "plan.docx"
    path.write_bytes(data)
    convert(program, path, "odt", 120.0)
    assert rows_of(path.with_suffix(".odt").read_bytes()) == rows_of(data)
