"""What is written: text stays text, the same model gives the same bytes, everything is there."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from xlplan.workbook.write.cell_text import (
    CUT,
    LONGEST,
    TALLEST,
    clean,
    count_lines,
    is_within,
    line_height,
    room_of,
    row_heights,
    shorten,
    text_width,
    units,
    width_at_most,
)
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Chart,
    Column,
    Conditional,
    Merge,
    Page,
    Protection,
    Row,
    Series,
    Sheet,
    Style,
    Validation,
    Workbook,
)
from xlplan.workbook.write.writing import over_long, write_workbook

CREATED = "2026-11-02T09:00:00Z"
WRAP = Style(wrap=True)
HOSTILE = (
    "=1+1", "+1", "-done", "@SUM(A1)", "external:a.xlsx", "file:///x", "mailto:a@b.c", "http://x.y",
    "internal:'S'!A1", "007", "1e5", "TRUE", "#N/A", "{=1+1}", "<r></si><si><t>x</t></r>",
    "<r><t>x</t></r>", "<r>_x0041_</r>", "_x0041_", "_x000D_", " kept ", "a\nb", "😀",
    "&amp; <b>",
)  # fmt: skip


def book(*sheets: Sheet, **given: object) -> Workbook:
    return Workbook(sheets, "Title", CREATED, **given)  # type: ignore[arg-type]  # its own keys


def column(texts: tuple[str, ...], style: Style = WRAP) -> Sheet:
    return Sheet("S", [Row([Cell(text, style)]) for text in texts], [Column(30)])


def opened(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data), rich_text=False)["S"]
    assert isinstance(sheet, Worksheet)
    return sheet


def shared_strings(data: bytes) -> list[str]:
    """Shared strings as Excel reads them: runs joined, escapes undone once."""
    import re
    import xml.etree.ElementTree as ET

    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if "xl/sharedStrings.xml" not in parts.namelist():
            return []
        root = ET.fromstring(parts.read("xl/sharedStrings.xml"))
    main = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    texts = ["".join(t.text or "" for t in item.iter(f"{main}t")) for item in root]
    return [re.sub("_x([0-9a-fA-F]{4})_", lambda m: chr(int(m[1], 16)), text) for text in texts]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_written_as_typed_and_never_becomes_anything_else(text: str) -> None:
    data = write_workbook(book(column((text,))))
    cell = opened(data)["A1"]
    assert cell.data_type == "s"
    assert cell.hyperlink is None
    assert [found.lstrip("\u200b") for found in shared_strings(data)] == [text]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_text_gives_a_file_that_opens_with_the_text_in_it(texts: list[str]) -> None:
    data = write_workbook(book(column(tuple(texts))))
    sheet = opened(data)
    for number, text in enumerate(texts, 1):
        cell = sheet.cell(number, 1)
        assert cell.data_type == ("s" if clean(text) else "n")
    kept = {found.lstrip("\u200b") for found in shared_strings(data)}
    assert kept == {clean(text).lstrip("\u200b") for text in texts if clean(text)}


@pytest.mark.parametrize("text", HOSTILE)
def test_runs_and_links_write_text_as_text_too(text: str) -> None:
    runs = Cell(runs=((text, Style(bold=True)), ("|", WRAP)), style=WRAP)
    linked = Cell(text, WRAP, link="'S'!A1")
    data = write_workbook(book(Sheet("S", [Row([runs, linked])])))
    assert shared_strings(data)[0] == f"{text}|"
    cell = opened(data)["B1"]
    assert cell.data_type == "s"
    assert cell.hyperlink is not None
    assert cell.hyperlink.target is None
    assert cell.hyperlink.location == "'S'!A1"


def test_text_that_does_not_fit_a_cell_is_cut_with_a_mark_and_reported() -> None:
    sheet = column(("short", "x" * 40_000, "😀" * 20_000, "y" * LONGEST))
    assert over_long(book(sheet)) == ("S!A2", "S!A3")
    texts = [str(row[0].value) for row in opened(write_workbook(book(sheet))).iter_rows()]
    assert texts[0] == "short"
    assert texts[1] == "x" * (LONGEST - len(CUT)) + CUT
    assert texts[2].endswith("😀" + CUT)
    assert units(texts[2]) in (LONGEST - 1, LONGEST)
    assert texts[3] == "y" * LONGEST


@given(st.text(alphabet="a😀", max_size=60), st.integers(10, 50))
def test_shortened_text_fits_and_is_whole_where_it_fits(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert units(short) <= limit
    assert (short == text) == (units(text) <= limit)


def test_the_same_model_gives_the_same_bytes_and_no_clock_is_in_them() -> None:
    first, again = (write_workbook(book(column(HOSTILE), language="cy-GB")) for _ in range(2))
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {item.date_time for item in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert core.count(CREATED) == 2
    assert "<dc:language>cy-GB</dc:language>" in core


def test_dates_before_excel_can_count_them_are_written_in_words() -> None:
    days = (date(1850, 3, 4), date(1900, 2, 28), date(1900, 3, 1), date(2027, 6, 30))
    sheet = Sheet("S", [Row([Cell(day)]) for day in days])
    cells = [row[0] for row in opened(write_workbook(book(sheet))).iter_rows()]
    assert [cell.value for cell in cells[:2]] == ["4 March 1850", "28 February 1900"]
    assert [cell.data_type for cell in cells[2:]] == ["d", "d"]
    assert cells[3].number_format == "d mmmm yyyy"


def test_numbers_that_excel_cannot_hold_are_written_as_text() -> None:
    sheet = Sheet("S", [Row([Cell(float("nan")), Cell(float("inf")), Cell(0.1), Cell(7)])])
    cells = next(opened(write_workbook(book(sheet))).iter_rows())
    assert [(c.data_type, c.value) for c in cells] == [
        ("s", "nan"), ("s", "inf"), ("n", 0.1), ("n", 7),
    ]  # fmt: skip


def test_what_a_sheet_does_is_all_written() -> None:
    lists = Sheet("Lists", [Row([Cell("A")]), Row([Cell("B")])], state="hidden")
    sheet = Sheet(
        "S",
        [Row([Cell("Head", note="A note"), Cell("Other")]), Row([Cell("A"), Cell(None)])],
        [Column(30), Column(9, hidden=True)],
        validations=[
            Validation(Area(1, 0, 1, 0), "list", "=Lists!$A$1:$A$2", input_title="t" * 40,
                       input_message="m" * 300),
            Validation(Area(1, 1, 1, 1), "date", first=date(2020, 1, 1), strict=False),
        ],
        conditionals=[Conditional(Area(1, 0, 1, 0), '=$A2="A"', Style(fill="#C00000"), stop=True)],
        freeze=(1, 1),
        filter=Area(0, 0, 1, 1),
        page=Page(header="A && B", repeat_rows=(0, 0)),
        protection=Protection(),
        active_cell=(1, 0),
    )  # fmt: skip
    hidden = Sheet("xlplan", state="very_hidden")
    data = write_workbook(
        book(sheet, lists, hidden, names={"points": "=Lists!$A$1:$A$2"}, properties={"p": "v"})
    )
    wb = openpyxl.load_workbook(io.BytesIO(data))
    ws = wb["S"]
    assert isinstance(ws, Worksheet)
    assert [wb[name].sheet_state for name in ("S", "Lists", "xlplan")] == [
        "visible", "hidden", "veryHidden",
    ]  # fmt: skip
    listed, dated = ws.data_validations.dataValidation
    assert (listed.type, listed.formula1, listed.errorStyle) == ("list", "Lists!$A$1:$A$2", None)
    assert len(listed.promptTitle or "") == 32
    assert len(listed.prompt or "") == 255
    assert (dated.type, dated.errorStyle) == ("date", "warning")
    assert ws.freeze_panes == "B2"
    assert ws.auto_filter.ref == "A1:B2"
    assert ws.protection.sheet
    # In the file, False means that the act is not forbidden.
    assert not ws.protection.autoFilter
    assert not ws.protection.formatColumns
    assert not ws.protection.formatRows
    assert ws.protection.sort
    assert ws.column_dimensions["B"].hidden
    assert ws["A1"].comment is not None
    assert ws.print_title_rows == "$1:$1"
    assert (ws.page_setup.paperSize, ws.page_setup.fitToHeight) == (8, 0)
    assert ws.sheet_view.selection[-1].activeCell == "A2"
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert b"<vt:lpwstr>v</vt:lpwstr>" in parts.read("docProps/custom.xml")
    assert "points" in wb.defined_names
    [(where, rules)] = [(str(r.sqref), r.rules) for r in ws.conditional_formatting]
    assert (where, rules[0].formula, rules[0].stopIfTrue) == ("A2", ['$A2="A"'], True)


def test_a_table_object_takes_its_headings_from_the_sheet() -> None:
    rows = [Row([Cell("Ref"), Cell("<r>x</r>")]), Row([Cell("1"), Cell("2")])]
    sheet = Sheet("S", rows, filter=Area(0, 0, 1, 1), table="Actions")
    ws = opened(write_workbook(book(sheet)))
    assert ws.tables["Actions"].ref == "A1:B2"
    assert [c.name.lstrip("\u200b") for c in ws.tables["Actions"].tableColumns] == [
        "Ref", "<r>x</r>",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["bar", "column", "doughnut", "line"])
def test_charts_are_native_named_and_described(kind: str) -> None:
    rows = [Row([Cell(name), Cell(value)]) for name, value in (("a", 1), ("b", 2))]
    series = Series(
        "=danger", "S", Area(0, 0, 1, 0), Area(0, 1, 1, 1), "#112233", ("#112233", "#445566")
    )
    chart = Chart(kind, "=1+1", [series], 4, 0, alt="Two bars <a & b>", stacked=True)  # type: ignore[arg-type]  # a parameter
    data = write_workbook(book(Sheet("S", rows, charts=[chart])))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        drawn = parts.read("xl/charts/chart1.xml").decode()
        placed = parts.read("xl/drawings/drawing1.xml").decode()
    assert "112233" in drawn
    assert " =danger" in drawn
    assert " =1+1" in drawn
    assert "<c:f>1+1" not in drawn
    assert "Two bars &lt;a &amp; b&gt;" in placed


def test_a_row_is_high_enough_for_its_text_and_never_higher_than_excel_allows() -> None:
    words = "a word or two of progress " * 20
    sheet = Sheet(
        "S",
        [
            Row([Cell(words, WRAP), Cell("short", WRAP)]),
            Row([Cell("one\ntwo\nthree", WRAP)]),
            Row([Cell(words * 40, WRAP)]),
            Row([Cell(words, WRAP)], height=20),
            Row([Cell("plain")]),
        ],
        [Column(40), Column(10)],
    )
    heights = row_heights(sheet)
    # 520 letters at 40 to the line cannot take fewer than 10 lines, nor more than 20.
    assert 10 * line_height(10) < heights[0] < 20 * line_height(10)
    assert heights[1] > 3 * line_height(10)
    assert heights[2:] == [TALLEST, 20, 0]


def test_a_merged_cell_makes_its_last_row_grow() -> None:
    rows = [Row([]), Row([])]
    sheet = Sheet("S", rows, [Column(20), Column(20)])
    merge = Merge(Area(0, 0, 1, 1), Cell("many words in a row " * 30, WRAP))
    wide = Sheet("S", rows, [Column(20), Column(20)], merges=[merge])
    assert row_heights(sheet) == [0, 0]
    first, last = row_heights(wide)
    assert first == 0
    assert last + 15 >= count_lines(str(merge.cell.value), 41, WRAP) * line_height(10)


@given(st.text(alphabet="abc mW.\n", max_size=200), st.integers(5, 80))
def test_a_narrower_column_never_takes_fewer_lines(text: str, width: int) -> None:
    assert count_lines(text, width, WRAP) >= count_lines(text, width + 10, WRAP)
    assert count_lines(text, width, WRAP) >= text.count("\n") + 1


def test_letters_have_the_widths_of_calibri() -> None:
    assert text_width("W") > text_width("m") > text_width("a") > text_width("i")
    assert text_width("é") == text_width("e")
    assert text_width("日") > text_width("W")
    assert text_width("e\u0301") == text_width("e")


def test_no_letter_is_wider_than_it_is_taken_to_be_at_most() -> None:
    every = [chr(code) for code in (*range(0x11000), *range(0x1F000, 0x20100)) if code != 10]
    assert [char for char in every if text_width(char) > width_at_most(char)] == []
    plain = "".join(map(chr, range(32, 127)))
    assert width_at_most(plain) < 1.01 * text_width(plain)


def test_only_the_workbook_room_writes_excel() -> None:
    rooms = Path(__file__).parent.parent.parent / "xlplan"
    taken = re.compile(r"^\s*(?:from|import) xlsxwriter\b", re.MULTILINE)
    users = {p.parent for p in rooms.rglob("*.py") if taken.search(p.read_text("utf-8"))}
    assert users == {rooms / "workbook" / "write"}


def lines_word_by_word(text: str, room: float) -> int:
    """How many lines a text takes when its words are put down one after the other."""
    lines, at = 1, 0.0
    for word in text.split(" "):
        wide = float(text_width(word))
        if at and at + wide > room:
            lines, at = lines + 1, 0.0
        while wide > room:  # as much of it as there is room for
            lines, wide = lines + 1, wide - room
        at += wide + text_width(" ")
    return lines


@given(
    st.lists(st.sampled_from(["", "a", "rota", "Recommendation", "ŵyl", "w" * 40]), max_size=90),
    st.floats(3, 60),
)
def test_a_text_takes_the_lines_that_its_words_take_put_down_one_by_one(
    words: list[str], width: float
) -> None:
    text = " ".join(words)
    assert count_lines(text, width, WRAP) == lines_word_by_word(text, room_of(width, WRAP))


@given(
    st.lists(st.sampled_from(["", "a", "W", "rota", "日本", "\n", "ŵyl", "m" * 40]), max_size=60),
    st.floats(3, 60),
)
def test_a_text_that_is_surely_within_some_lines_takes_no_more(
    words: list[str], width: float
) -> None:
    text, room = " ".join(words), room_of(width, WRAP)
    lines = sum(lines_word_by_word(line, room) for line in text.split("\n"))
    assert not is_within(text, room, lines - 1)
    assert is_within("a" * 10, room_of(200, WRAP), 3)
