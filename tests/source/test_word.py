"""A plan that lives in a Word document is read as a spreadsheet is."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import RGBColor
from docx.table import _Cell
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from tests.conftest import ROOT
from xlplan.cycle.new import new
from xlplan.errors import XlplanError
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.load import load_definition
from xlplan.plan.values import show
from xlplan.source.importing import Source, read_source
from xlplan.workbook.read.book import Book
from xlplan.workbook.read.inbox import Bounds
from xlplan.workbook.read.read_book import read_book

COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def shaded(cell: Any, colour: str) -> None:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), colour)
    cell._tc.get_or_add_tcPr().append(shading)


def table(document: Any, *lines: str) -> Any:
    """A table from lines of cells between bars; ``^`` merges a cell with the one above it."""
    rows = [[part.strip() for part in line.split("|")] for line in lines]
    made = document.add_table(len(rows), len(rows[0]))
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            cell = made.cell(number, column)
            if text == "^":
                made.cell(number - 1, column).merge(cell)
            elif text:
                cell.text = text
    return made


def as_word(path: Path) -> bytes:
    """The plan of a workbook as somebody would keep it in Word: lines are paragraphs, runs of
    rows with several cells are tables, and merged cells are merged."""
    document = Document()
    for sheet in openpyxl.load_workbook(path).worksheets:
        waiting: list[int] = []
        for row in range(1, sheet.max_row + 2):
            cells = [c for c in range(1, sheet.max_column + 1) if sheet.cell(row, c).value]
            inside = any(a.min_row < row <= a.max_row for a in sheet.merged_cells.ranges)
            if len(cells) > 1 or (cells and cells[0] > 1) or (cells and inside):
                waiting.append(row)
                continue
            if waiting:
                _as_table(document, sheet, waiting)
                waiting = []
            if row <= sheet.max_row:
                text = sheet.cell(row, cells[0]).value if cells else ""
                document.add_paragraph(str(text))
    return saved(document)


def _as_table(document: Any, sheet: Worksheet, rows: list[int]) -> None:
    made = document.add_table(len(rows), sheet.max_column)
    grid = [line.cells for line in made.rows]  # `made.cell` would look at every cell each time
    for number, row in enumerate(rows):
        for column in range(1, sheet.max_column + 1):
            value = sheet.cell(row, column).value
            if value is not None:
                whole = isinstance(value, float) and value.is_integer()
                text = f"{value:.0f}" if whole else str(value)
                grid[number][column - 1].text = text
            fill = sheet.cell(row, column).fill
            if fill.fill_type == "solid" and isinstance(fill.fgColor.rgb, str):
                shaded(grid[number][column - 1], fill.fgColor.rgb[-6:])
    for area in sheet.merged_cells.ranges:
        if area.min_row in rows and area.max_row in rows:
            grid[rows.index(area.min_row)][area.min_col - 1].merge(
                grid[rows.index(area.max_row)][area.max_col - 1]
            )


def read(data: bytes, template: PlanDefinition | None = None) -> Source:
    return read_source(read_book(data, "plan.docx", detail=True), plan_id="plan", template=template)


def column(source: Source, field: str) -> list[str]:
    return [show(row.values.get(field)) for row in source.rows if row.kind == "action"]


@pytest.mark.parametrize("with_template", [False, True])
@pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in (ROOT / "examples").glob("*/plan.xlsx"))
)
def test_an_example_in_word_is_the_same_plan(name: str, with_template: bool) -> None:
    path = ROOT / "examples" / name / "plan.xlsx"
    text = (ROOT / "workbook_templates" / f"{name}.toml").read_text("utf-8")
    template = load_definition(text) if with_template else None
    workbook = read_source(
        read_book(path.read_bytes(), "plan.xlsx", detail=True), plan_id="plan", template=template
    )
    document = read(as_word(path), template)
    assert Counter(r.kind for r in document.rows) == Counter(r.kind for r in workbook.rows)
    for role in ("key", "action", "lead", "rating", "section"):
        item = workbook.definition.with_role(role)
        if item is not None:
            assert column(document, item.id) == column(workbook, item.id), role


def test_the_words_between_the_tables_are_sections_and_notes() -> None:
    document = Document()
    document.add_heading("Ferry plan", 0)
    document.add_paragraph("OFFICIAL")
    document.add_paragraph("Theme 1: Boats")
    table(document, "Ref | Action | Lead", "1.1 | Mend the hull | Ada Quill")
    document.add_paragraph("Theme 2: Crews")
    table(
        document, "Ref | Action | Lead", "2.1 | Train them | Ben Ode", "2.2 | Rest them | Cy Marr"
    )
    document.add_paragraph("")
    document.add_paragraph("Please note: Ben is away in May.")
    source = read(saved(document))
    assert source.definition.title == "Ferry plan"
    assert source.definition.marking == "OFFICIAL"
    assert column(source, "section") == ["Theme 1: Boats", "Theme 2: Crews", "Theme 2: Crews"]
    assert "Please note: Ben is away in May." in source.definition.notes
    assert [line.row for line in source.account] == list(range(1, 12))
    assert str(source.rows[0].places["lead"]) == "plan.docx!Document!C5"


def test_a_merged_cell_holds_for_the_rows_beside_it() -> None:
    document = Document()
    table(
        document,
        "Theme | No | Action | Lead",
        "Boats | 1 | Mend the hull | Ada Quill",
        "^     | 2 | Paint it      | Ben Ode",
        "Crews | 1 | Train them    | Cy Marr",
    )
    source = read(saved(document))
    assert column(source, "section") == ["Boats", "Boats", "Crews"]
    assert column(source, "ref") == ["1.1", "1.2", "2.1"]


def test_a_row_that_is_one_cell_is_a_section() -> None:
    document = Document()
    made = table(
        document,
        "Ref | Action | Lead",
        "Boats |  | ",
        "1 | Mend the hull | Ada Quill",
        "2 | Paint it | Ben Ode",
    )
    made.cell(1, 0).merge(made.cell(1, 2))
    source = read(saved(document))
    assert column(source, "section") == ["Boats", "Boats"]


def test_a_shaded_cell_without_words_is_a_rating() -> None:
    document = Document()
    made = table(
        document,
        "Ref | Action | Lead | RAG",
        "1 | Mend the hull | Ada Quill | ",
        "2 | Paint it | Ben Ode | ",
    )
    shaded(made.cell(1, 3), "FF1010")
    shaded(made.cell(2, 3), "00B050")
    assert column(read(saved(document)), "rating") == ["Red", "Green"]


def test_paragraphs_lists_links_and_tables_in_a_cell_are_its_lines() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    cell = made.cell(1, 1)
    cell.add_paragraph("the hull")
    cell.add_paragraph("and the deck", style="List Bullet")
    inner = cell.add_table(1, 2)
    inner.cell(0, 0).text = "by May"
    inner.cell(0, 1).text = "in the yard"
    assert column(read(saved(document)), "action")[0] == (
        "Mend\nthe hull\n- and the deck\nby May - in the yard"
    )


def test_numbers_that_word_counts_are_refs() -> None:
    document = Document()
    made = table(
        document,
        "Ref | Action | Lead",
        " | Mend the hull | Ada Quill",
        " | Paint it | Ben Ode",
        " | Sail it | Cy Marr",
    )
    for number in (1, 2, 3):
        made.cell(number, 0).paragraphs[0].style = "List Number"
    assert column(read(saved(document)), "ref") == ["1", "2", "3"]


def wrapped(tag: str) -> Callable[[Any], None]:
    """Puts all runs of a paragraph into an element such as a tracked insertion."""

    def wrap(paragraph: Any) -> None:
        element = OxmlElement(tag)
        for run in list(paragraph._p.iter(qn("w:r"))):
            element.append(run)
        paragraph._p.append(element)

    return wrap


def test_what_tracked_changes_put_in_is_read_and_what_they_took_out_is_not() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    put_in = made.cell(1, 1).add_paragraph("the hull")
    wrapped("w:ins")(put_in)
    gone = made.cell(1, 1).add_paragraph("the mast")
    wrapped("w:del")(gone)
    assert column(read(saved(document)), "action")[0].split() == ["Mend", "the", "hull"]


def test_headers_and_footers_are_kept_as_notes() -> None:
    document = Document()
    table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    document.sections[0].header.paragraphs[0].text = "Ferry plan, version 4"
    assert "Ferry plan, version 4" in read(saved(document)).definition.notes


def test_comments_are_kept_back() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    document.add_comment(made.cell(1, 1).paragraphs[0].runs, "Ask the yard first.", "C Marr")
    source = read(saved(document))
    assert source.definition.notes == ()
    assert source.definition.kept_back == ("Comment: Ask the yard first.",)
    assert column(source, "action") == ["Mend", "Paint"]


def test_a_text_box_is_read_once() -> None:
    document = Document()
    anchor = document.add_paragraph("Ferry plan")
    both = OxmlElement("w:r")
    for tag in ("Choice", "Fallback"):
        choice = both.makeelement(f"{{{COMPATIBILITY}}}{tag}", {})
        box = OxmlElement("w:txbxContent")
        line = OxmlElement("w:p")
        run, text = OxmlElement("w:r"), OxmlElement("w:t")
        text.text = "Agreed by the board"
        run.append(text)
        line.append(run)
        box.append(line)
        choice.append(box)
        both.append(choice)
    anchor._p.append(both)
    table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    book = read_book(saved(document), "plan.docx", detail=True)
    texts = [row[0] for row in book.sheets[0].rows]
    assert texts.count("Agreed by the board") == 1
    assert texts[0] == "Ferry plan"


def test_columns_follow_the_order_of_cells_where_their_widths_differ() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    for cell, span in zip(made.rows[1]._tr.tc_lst, (1, 3, 2), strict=True):
        cell.get_or_add_tcPr().get_or_add_gridSpan().val = span
    for cell, span in zip(made.rows[2]._tr.tc_lst, (2, 1, 3), strict=True):
        cell.get_or_add_tcPr().get_or_add_gridSpan().val = span
    assert column(read(saved(document)), "lead") == ["Ada Quill", "Ben Ode"]


def test_new_takes_a_word_document(tmp_path: Path) -> None:
    document = Document()
    table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    path = tmp_path / "plan.docx"
    document.save(str(path))
    made = new(tmp_path / "plan", path)
    assert column(made.source, "action") == ["Mend", "Paint"]
    assert (tmp_path / "plan" / "master.xlsx").is_file()


def problem_of(book: Book) -> tuple[str, str]:
    (problem,) = book.problems
    return problem.code, problem.message


def test_a_word_document_is_no_return() -> None:
    document = Document()
    document.add_paragraph("Here is my update.")
    code, message = problem_of(read_book(saved(document), "update.docx"))
    assert code == "GATE-018"
    assert "Ask its sender for the Excel workbook itself" in message


def test_an_old_document_is_to_be_saved_anew() -> None:
    code, message = problem_of(read_book(rb"{\rtf1 plan}", "plan.doc", detail=True))
    assert code == "GATE-018"
    assert ".docx" in message


def test_a_document_without_a_table_is_no_plan() -> None:
    document = Document()
    document.add_paragraph("Dear all,")
    with pytest.raises(XlplanError, match="NEW-001"):
        read(saved(document))


def spoiled(data: bytes, part: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as made:
        for name in old.namelist():
            made.writestr(name, content if name == part else old.read(name))
    return out.getvalue()


def test_a_damaged_document_says_what_to_do() -> None:
    data = spoiled(saved(Document()), "word/document.xml", b"<w:document><w:body>")
    code, message = problem_of(read_book(data, "plan.docx", detail=True))
    assert code == "GATE-023"
    assert "save it as a Word document" in message


def test_a_document_that_declares_a_document_type_is_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    data = spoiled(saved(Document()), "word/document.xml", bomb)
    assert problem_of(read_book(data, "plan.docx", detail=True))[0] == "GATE-009"


def test_spans_beyond_all_reason_are_harmless() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    made.rows[1]._tr.tc_lst[1].get_or_add_tcPr().get_or_add_gridSpan().val = 2_000_000_000
    made.rows[2]._tr.tc_lst[1].get_or_add_tcPr().get_or_add_gridSpan().val = 9_000
    assert column(read(saved(document)), "lead") == ["Ada Quill", "Ben Ode"]


def test_more_rows_than_a_plan_has_are_refused() -> None:
    document = Document()
    for _ in range(9):
        document.add_paragraph("again")
    book = read_book(saved(document), "plan.docx", Bounds(rows=8), detail=True)
    assert not book.sheets
    assert problem_of(book)[0] == "GATE-011"


cells = st.tuples(
    st.text("abc é\n", max_size=4), st.integers(1, 3), st.sampled_from(["", "restart", "continue"])
)


@given(st.lists(st.lists(cells, max_size=4), max_size=5))
@settings(max_examples=60, deadline=None)
def test_whatever_the_cells_of_a_table_reach_over_no_text_is_lost(
    rows: list[list[tuple[str, int, str]]],
) -> None:
    document = Document()
    made = document.add_table(0, 1)
    for row in rows:
        line: Any = made._tbl.add_tr()
        for text, span, merge in row:
            cell = line._add_tc()
            properties = cell.get_or_add_tcPr()
            properties.get_or_add_gridSpan().val = span
            if merge:
                properties._add_vMerge().val = merge
            _Cell(cell, made).text = text
    found = read_book(saved(document), "plan.docx", detail=True).sheets[0]
    shown = Counter(
        word for row_ in found.rows for value in row_ for word in str(value or "").split()
    )
    assert shown == Counter(word for row in rows for text, _, _ in row for word in text.split())
    assert len(found.rows) >= len(rows)


def test_text_that_is_set_as_hidden_is_left_out() -> None:
    document = Document()
    made = table(document, "Ref | Action | Lead", "1 | Mend | Ada Quill", "2 | Paint | Ben Ode")
    paragraph = made.cell(1, 1).paragraphs[0]
    paragraph.add_run(" not funded").font.hidden = True
    paragraph.add_run(" it").font.hidden = False
    assert column(read(saved(document)), "action") == ["Mend it", "Paint"]


def test_the_colour_of_one_sign_in_a_word_table_is_its_rating() -> None:
    document = Document()
    made = table(
        document,
        "Ref | Action | Lead | RAG",
        "1 | Mend the hull | Ada Quill | ●",
        "2 | Paint the boats | Ben Ode | ●",
        "3 | Sail them home | Ben Ode | ●",
    )
    for row, colour in ((1, "FF0000"), (2, "00B050"), (3, "0070C0")):
        made.cell(row, 3).paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string(colour)
    made.cell(1, 1).paragraphs[0].runs[0].font.color.rgb = RGBColor.from_string("FF0000")
    book = read_book(saved(document), "plan.docx", detail=True)
    assert len(book.sheets[0].inks) == 3
    source = read_source(book, plan_id="plan")
    assert [row.values["rating"] for row in source.rows] == ["Red", "Green", "Blue"]
