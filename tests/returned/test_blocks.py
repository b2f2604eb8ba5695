"""Rows and blocks read as a whole: it reads what reading line by line and cell by cell reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from tests.made import tell_of
from tests.outgoing import CREATED, DIRECTOR, KEY, Known, issued, plan, rows
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued
from xlplan.merge.reading import RawCells, ReadCell, Reading
from xlplan.plan.settings import IssueSettings
from xlplan.plan.shown import ShownNumber
from xlplan.returned import blocks, boxes, tables
from xlplan.returned.as_issued import OURS
from xlplan.returned.blocks import Line, find_blocks, marks_on
from xlplan.returned.furniture import AS_ISSUED, Furniture
from xlplan.returned.read_return import read_return
from xlplan.returned.tables import Table, read_cell
from xlplan.workbook.read import book as of_sheets
from xlplan.workbook.read.book import At, Book, CellValue, ReadSheet
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.stamp import RowKey, parse_row_key
from xlplan.workbook.write.writing import write_workbook

ROWS = rows(3)
Sent = tuple[Known, Book]


KINDS = {
    "form": IssueSettings(layout="form"),
    "table": IssueSettings(layout="table"),
    "form, ours": IssueSettings(layout="form", confirm=True, status=True, hints=True),
    "table, ours": IssueSettings(layout="table", confirm=True, status=True, hints=True),
}
"""Without columns of ours, and with all of them: ticks, marks and what is asked while typing."""


def sent_as(kind: str) -> Sent:
    """A template as it went out, and the plan that sent it."""
    definition = plan(issue=KINDS[kind])
    stamp = issued(uids=tuple(row.uid for row in ROWS))
    data = write_workbook(template_workbook(definition, DIRECTOR, stamp, ROWS, KEY, CREATED))
    known = Known({stamp.id: stamp}, ROWS, definition)
    ours = known.furniture_of(stamp)

    class Once(Known, frozen=True):
        """Which works out once what is ours."""

        def furniture_of(self, issued: Issued) -> Furniture:
            assert issued is stamp
            return ours

    return Once(known.sent, ROWS, definition), read_book(data, "back.xlsx")


@pytest.fixture(scope="module")
def sent() -> dict[str, Sent]:
    return {kind: sent_as(kind) for kind in KINDS}


def anew(sheet: ReadSheet, lines: Sequence[Sequence[CellValue]], **more: object) -> ReadSheet:
    """A sheet with other rows, of which nothing is remembered."""
    made = asdict(sheet)
    return ReadSheet(**(made | {"rows": lines} | more))


def with_update(book: Book, lines: Sequence[Sequence[CellValue]], **more: object) -> Book:
    first, *others = book.sheets
    return replace(book, sheets=[anew(first, lines, **more), *(anew(s, s.rows) for s in others)])


def slowly(known: Known, book: Book) -> Reading:
    """Line by line and cell by cell."""

    def cells(table: Table, number: int, hidden: Sequence[At]) -> Mapping[str, ReadCell]:
        return {
            name: read_cell(table.sheet, (number, col), table.doubts.get(name, ""))
            for name, col in table.columns.items()
            if (number, col) not in hidden and name not in OURS
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(boxes, "find_blocks", lambda *_: None)
        patch.setattr(Table, "cells", cells)
        patch.setattr(Table, "written_beside", lambda t: range(t.first, len(t.sheet.rows) + 40))
        return read_return(book, "0" * 64, known)


TYPED: tuple[CellValue, ...] = (
    "x", "Green", "", " ", None, None, 0.25, True, ShownNumber(0.25, "0%"), "3.1", "Rating",
    "field:rating", "field:due", "form:value", "sign:no_change", "xlplan-stamp:1:abc",
    "xr1.t-12ab.u-1234.0123456789abcdef",
)  # fmt: skip
PLACES = st.tuples(st.integers(0, 70), st.integers(0, 5))
STEPS = st.one_of(
    st.tuples(st.just("type"), PLACES, st.sampled_from(TYPED)),
    st.tuples(st.sampled_from(("drop", "again", "blank", "move", "insert", "odd", "merge", "fill",
                               "disputed")),
              PLACES, st.integers(1, 20)),
)  # fmt: skip


def change(book: Book, steps: Sequence[tuple[str, At, CellValue]]) -> Book:
    """What somebody made of a template."""
    lines = [list(row) for row in book.sheets[0].rows]
    formulas: dict[At, str] = dict(book.sheets[0].formulas)
    disputed: dict[At, str] = {}
    merged: list[tuple[int, int, int, int]] = []
    fills: dict[At, str] = {}
    for act, (row, col), value in steps:
        row %= len(lines)
        count = value if isinstance(value, int) and not isinstance(value, bool) else 1
        if act == "type":
            lines[row] += [None] * (col + 1 - len(lines[row]))
            lines[row][col] = value
        elif act == "drop" and count < len(lines):
            del lines[row : row + count // 4 + 1]
        elif act in ("again", "move"):
            block = [list(line) for line in lines[row : row + count]]
            if act == "move":
                del lines[row : row + count]
            at = (row * 7 + count) % (len(lines) + 1)
            lines[at:at] = block
        elif act == "blank":
            lines[row] = [None] * len(lines[row])
        elif act == "insert":
            for line in lines:
                line.insert(min(col, len(line)), None)
        elif act == "odd":
            formulas[row, col] = "1+1"
        elif act == "disputed":
            disputed[row, col] = "Red"
        elif act == "merge":
            merged.append((row, col, row + count % 3, col))
        elif act == "fill":
            fills[row, col] = "#FF0000"
    more = {"formulas": formulas, "merged": merged, "fills": fills, "disputed": disputed}
    return with_update(book, lines, **more)


@given(st.sampled_from(sorted(KINDS)), st.lists(STEPS, max_size=5))
def test_it_reads_what_reading_line_by_line_reads(
    sent: dict[str, Sent], layout: str, steps: list[tuple[str, At, CellValue]]
) -> None:
    known, book = sent[layout]
    find_blocks(book.sheets[0], marks_on(book.sheets[0]))  # how it went out is known
    back = change(book, steps)
    assert read_return(back, "0" * 64, known) == slowly(known, change(book, steps))


@pytest.mark.parametrize("layout", KINDS)
def test_a_return_with_a_few_edits_is_read_without_an_object_for_a_line_or_a_cell(
    sent: dict[str, Sent], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, book = sent[layout]
    sheet = book.sheets[0]
    title, labels = [(0, 2, 0, 3)], {(row, 2): "#FF0000" for row in range(1, len(sheet.rows))}

    def back() -> Book:
        """With a merged title, and labels of a colour, as every template has that went out."""
        return with_update(book, sheet.rows, merged=title, fills=labels if "form" in layout else {})

    slow = slowly(known, back())
    assert read_return(back(), "0" * 64, known) == slow  # how its blocks stand is known from here
    made: list[str] = []
    tell_of(monkeypatch, Line, lambda: made.append("line"))
    tell_of(monkeypatch, ReadCell, lambda: made.append("cell"))
    found = read_return(back(), "0" * 64, known)
    assert made == []
    assert [type(row.cells) for row in found.rows] == [RawCells] * len(ROWS)
    monkeypatch.undo()
    assert found == slow


@pytest.mark.parametrize(
    ("first", "anew"), [((0, 2, "x"), False), ((20, 3, "x"), False), ((-1, 2, "x"), True)]
)
def test_only_a_form_whose_first_block_stands_elsewhere_is_looked_through_for_it(
    sent: dict[str, Sent],
    first: tuple[int, int, str],
    anew: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A cell above the blocks, one within them, and a row put in above them."""
    sheet = sent["form"][1].sheets[0]
    assert find_blocks(sheet, marks_on(sheet)) is not None
    row, col, text = first
    lines = [list(line) for line in sheet.rows]
    if row < 0:
        lines.insert(0, [None] * len(lines[0]))
    else:
        lines[row][col] = text
    made: list[str] = []
    tell_of(monkeypatch, Line, lambda: made.append("line"))
    other = ReadSheet(sheet.name, lines)
    found = find_blocks(other, marks_on(other))
    assert found is not None
    assert len(found.starts) == len(ROWS)
    assert bool(made) == anew


@pytest.mark.parametrize("layout", ["form, ours", "table, ours"])
def test_no_formula_of_ours_is_put_in_words_where_nothing_was_written(
    sent: dict[str, Sent], layout: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, book = sent[layout]
    update = book.sheets[0]
    row, col = max(update.formulas)
    asked: list[ReadSheet] = []
    plain = tables.formula_text

    def put(sheet: ReadSheet, at: At) -> str:
        if sheet.formulas.get(at):
            asked.append(sheet)
        return plain(sheet, at)

    def kinds(back: Book) -> list[str]:
        """What was written on the sheet of the actions, by kind."""
        found = read_return(back, "0" * 64, known).remarks
        return [each.kind for each in found if each.place.sheet == update.name]

    monkeypatch.setattr(tables, "formula_text", put)
    above = len(update.formulas) - 2 * len(ROWS)  # the message that counts
    assert above == 1
    assert any(sheet.formulas for sheet in book.sheets if sheet.name == AS_ISSUED)
    assert kinds(book) == []
    assert len(asked) == above
    asked.clear()
    more = with_update(book, update.rows, formulas={**update.formulas, (row, col + 9): "1+1"})
    assert kinds(more) == ["beside"]
    assert len(asked) > above


def test_blocks_that_are_not_all_alike_are_no_blocks(sent: dict[str, Sent]) -> None:
    sheet = sent["form"][1].sheets[0]
    found = find_blocks(sheet, marks_on(sheet))
    assert found is not None
    assert (len(found.starts), found.beside, found.between) == (len(ROWS), frozenset(), ())
    second = found.starts[1]
    label, box = found.lines[0].label, found.lines[0].box
    for row, col, value, alike in (
        (second, box, "Anything", True),
        (second, box + 1, "A note", True),
        (second, box + 1, "field:due", False),
        (second - 1, box, "A title", True),
        (second + 1, label, "Another label", False),
        (second + 1, label - 1, "field:other", False),
        (second + 1, label - 2, None, False),
    ):
        lines = [[*line, None] for line in sheet.rows]
        lines[row][col] = value
        other = anew(sheet, lines)
        now = find_blocks(other, marks_on(other))
        assert (now is not None) == alike, (row, col, value)
    assert blocks.Marks.of(["x", None, 1]) == blocks.Marks(None, ())


@pytest.mark.parametrize(
    "texts",
    [
        ["field:a", "b", "field:c field:c", "see field:d"],
        ["a", "b"],
        [],
        ["a\0field:b", "field:c"],  # no file of ours, yet a reader may give it
    ],
)
def test_of_the_texts_of_a_sheet_those_with_a_mark_are_found(texts: list[str]) -> None:
    sheet = ReadSheet("Update", [texts])
    assert [*sheet.texts_with("field:")] == [text for text in texts if "field:" in text]


def test_the_rows_with_any_of_some_texts_are_found_where_many_are_passed_over_at_once() -> None:
    at = {0: "b", 49: "a", 50: "a", 131: "b", 180: "a"}
    sheet = ReadSheet("Update", [["x", at.get(number, number)] for number in range(200)])
    assert dict(sheet.rows_with({"a", "b"})) == {row: ["x", text] for row, text in at.items()}
    assert [row for row, _ in sheet.rows_with({"a", "b"}, 131)] == [0, 49, 50]
    assert [row for row, _ in sheet.rows_with({"b"})] == [0, 131]
    assert [*sheet.rows_with(set())] == []


def test_the_key_of_each_row_of_a_table_is_read_once(
    sent: dict[str, Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, book = sent["table"]
    again = with_update(book, book.sheets[0].rows)
    read = list[str]()

    def noted(text: object) -> RowKey | None:
        found = parse_row_key(text)
        read.extend([found.uid] if found else [])
        return found

    for module in (of_sheets, tables, blocks):
        monkeypatch.setattr(module, "parse_row_key", noted)
    found = read_return(again, "0" * 64, known).rows
    assert read == [row.uid for row in found] == [row.uid for row in ROWS]


def test_blocks_in_step_are_compared_all_at_once_and_any_other_one_by_one(
    sent: dict[str, Sent], monkeypatch: pytest.MonkeyPatch
) -> None:
    sheet = sent["form"][1].sheets[0]
    whole = find_blocks(sheet, marks_on(sheet))
    assert whole is not None
    first, second, _ = whole.starts
    box = whole.lines[0].box

    looked_at = list[int]()
    places = blocks._places

    def counted(values: Sequence[CellValue], value: CellValue) -> Iterator[int]:
        for place in places(values, value):
            looked_at.append(place)
            yield place

    with monkeypatch.context() as patch:
        patch.setattr(blocks, "_places", counted)
        assert find_blocks(sheet, marks_on(sheet)) == whole
    assert len(looked_at) == 2  # how far the second is from the first

    lines = [[*row] for row in sheet.rows]
    lines[second - 1][box] = "between"
    with_text = anew(sheet, lines)
    found = find_blocks(with_text, marks_on(with_text))
    assert found is not None
    assert (found.starts, found.between) == (whole.starts, (second - 1,))

    lines = [[*row] for row in sheet.rows]
    lines[second + 1][whole.shape.key] = lines[first][whole.shape.key]
    of_another = anew(sheet, lines)
    assert find_blocks(of_another, marks_on(of_another)) is None

    lines = [[*row] for row in sheet.rows]
    lines.insert(second, [None] * len(lines[second]))
    further = anew(sheet, lines)
    found = find_blocks(further, marks_on(further))
    assert found is not None
    assert found.starts == (first, *(start + 1 for start in whole.starts[1:]))
    assert found.between == ()


@pytest.mark.parametrize("way", ["form", "line by line"])
def test_a_sign_off_is_read_wherever_it_was_moved_but_not_where_an_answer_names_one(
    sent: dict[str, Sent], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above the actions, between them, beside them; and in a box, above another one."""
    known, book = sent["form"]
    sheet = book.sheets[0]
    found = find_blocks(sheet, marks_on(sheet))
    assert found is not None
    box, second = found.lines[0].box, found.starts[1]
    top = next(row for row, line in enumerate(sheet.rows) if "sign:signed_by" in line)
    if way != "form":
        monkeypatch.setattr(boxes, "find_blocks", lambda *_: None)

    def said(row: int, col: int) -> dict[str, str]:
        """What is read as signed off where the input is in the row below that of its mark."""
        lines = [[*line, None, None] for line in sheet.rows]
        lines[top] = [None] * len(lines[top])
        lines[row][col], lines[row + 1][col] = "sign:signed_by", "Ann Hill"
        return dict(read_return(with_update(book, lines), "0" * 64, known).sign_off)

    signed = {"signed_by": "Ann Hill"}
    assert said(top, box) == signed
    assert said(second - 1, box + 1) == signed
    assert said(second + 2, box + 1) == signed
    assert said(second + 2, box) == {}


def test_boxes_of_blocks_are_not_gone_through_for_a_sign_off(sent: dict[str, Sent]) -> None:
    _, book = sent["form"]
    looked_at: list[int] = []

    class Rows(list[Sequence[CellValue]]):
        """Which tell from where on they were looked through."""

        def __getitem__(self, at: Any) -> Any:
            if isinstance(at, slice):
                looked_at.append(at.stop)
            return super().__getitem__(at)

    form = boxes.find_form(anew(book.sheets[0], Rows(book.sheets[0].rows)))
    assert form is not None
    looked_at.clear()
    assert [name for name, _ in form.sign_off_inputs()] == ["no_change", "signed_by", "signed_on"]
    assert max(looked_at) <= form.first < len(book.sheets[0].rows)
