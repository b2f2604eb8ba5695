"""The accessible rendering: it keeps the rules, says what the composite says, and cuts nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests.composite_sample import CREATED, sample_board
from tests.shipped import every, returns
from xlplan.board import Board, composite_workbook
from xlplan.board.accessible import BLANK, accessible_workbook
from xlplan.board.figures import figures
from xlplan.board.tables import tables_of
from xlplan.cycle.demo import demo
from xlplan.cycle.plan import open_plan
from xlplan.cycle.publish import board_of
from xlplan.plan.definition import CompositeSettings
from xlplan.workbook.write.accessibility import accessibility_problems
from xlplan.workbook.write.writing import write_workbook


def written(board: Board) -> bytes:
    return write_workbook(accessible_workbook(board, CREATED))


def read(data: bytes) -> Workbook:
    return load_workbook(io.BytesIO(data))


def table_of(book: Workbook, name: str) -> list[dict[str, object]]:
    """The rows of the table on a sheet, by heading; marks of notes are left out."""
    sheet = book[name]
    (table,) = sheet.tables.values()
    head, *rows = [[cell.value for cell in row] for row in sheet[table.ref]]
    names = [str(heading).partition(" [note ")[0] for heading in head]
    return [dict(zip(names, row, strict=True)) for row in rows]


# The rules.

EMPTY = replace(sample_board(3), rows=(), changes=(), questions=(), problems=(), previous=None)
CHOSEN = replace(
    sample_board(12),
    definition=replace(
        sample_board(12).definition, composite=CompositeSettings(sheets=("plan", "summary"))
    ),
)


@pytest.mark.parametrize(
    "board",
    [sample_board(), sample_board(10, 2), sample_board(81, compared=False), EMPTY, CHOSEN],
    ids=["compared", "ten", "first", "empty", "chosen"],
)
def test_it_keeps_every_rule(board: Board) -> None:
    assert [str(problem) for problem in accessibility_problems(written(board))] == []


def test_the_composite_itself_breaks_several_rules_on_purpose() -> None:
    data = write_workbook(composite_workbook(sample_board(), CREATED))
    codes = {problem.code for problem in accessibility_problems(data)}
    assert {"ACC-007", "ACC-008", "ACC-009", "ACC-010", "ACC-011"} <= codes


def test_same_board_same_bytes() -> None:
    assert written(sample_board()) == written(sample_board())


# Each rule, broken in a workbook that keeps the others.


def good() -> Workbook:
    book = Workbook()
    book.properties.title = "Returns of the year"
    book.properties.language = "en-GB"
    first = book.active
    assert isinstance(first, Worksheet)
    first.title = "Contents"
    fill(first, "list_of_sheets", [["Sheet", "Rows"], ["Figures", 2]])
    first["A4"].hyperlink = Hyperlink(ref="A4", location="'Figures'!A1")
    second = book.create_sheet("Figures")
    fill(second, "figures", [["Ref [note 1]", "Rating"], ["[note 1]", "Green"], ["2", "Green"]])
    return book


def fill(sheet: Worksheet, name: str, rows: list[list[object]]) -> None:
    sheet.append(["A title"])
    sheet.append(["A line about it"])
    for row in rows:
        sheet.append(row)
    sheet.add_table(Table(displayName=name, ref=f"A3:B{2 + len(rows)}"))


def codes_of(book: Workbook) -> set[str]:
    out = io.BytesIO()
    book.save(out)
    return {problem.code for problem in accessibility_problems(out.getvalue())}


def _no_title(book: Workbook) -> None:
    book.properties.title = None


def _no_language(book: Workbook) -> None:
    book.properties.language = None


def _opens_elsewhere(book: Workbook) -> None:
    book.active = 1


def _cursor_elsewhere(book: Workbook) -> None:
    book["Contents"].sheet_view.selection[0].activeCell = "C7"


def _not_listed(book: Workbook) -> None:
    book["Contents"]["A4"].hyperlink = None


def _unnamed(book: Workbook) -> None:
    book["Figures"].title = "Sheet2"
    book["Contents"]["A4"].hyperlink = Hyperlink(ref="A4", location="'Sheet2'!A1")


def _table_unnamed(book: Workbook) -> None:
    book["Figures"].tables["figures"].displayName = "Table1"


def _two_tables(book: Workbook) -> None:
    book["Figures"].add_table(Table(displayName="other", ref="D3:E5"))
    for row, value in enumerate(["Head", "x", "y"], 3):
        book["Figures"][f"D{row}"], book["Figures"][f"E{row}"] = value, f"{value} more"


def _not_in_column_a(book: Workbook) -> None:
    book["Figures"].tables["figures"].ref = "B3:B5"


def _heading_twice(book: Workbook) -> None:
    book["Figures"]["A3"] = "Rating"


def _below(book: Workbook) -> None:
    book["Figures"]["A6"] = "Source: the returns"


def _merged(book: Workbook) -> None:
    book["Figures"].merge_cells("A1:B1")


def _comment(book: Workbook) -> None:
    book["Figures"]["A4"].comment = Comment("Was 3", "Post A")


def _blank_cell(book: Workbook) -> None:
    book["Figures"]["B4"] = None


def _blank_row(book: Workbook) -> None:
    book["Figures"]["A2"] = None


def _hidden(book: Workbook) -> None:
    book["Figures"].column_dimensions["B"].hidden = True


def _footer(book: Workbook) -> None:
    footer = book["Figures"].oddFooter
    assert footer is not None
    assert footer.right is not None
    footer.right.text = "Page &P"


def _note_not_told(book: Workbook) -> None:
    book["Figures"]["B3"] = "Rating [note 7]"


def _colour_alone(book: Workbook) -> None:
    book["Figures"]["B4"].fill = PatternFill("solid", fgColor="FFC00000")


def _bare_link(book: Workbook) -> None:
    book["Contents"]["A4"] = "click here"


@pytest.mark.parametrize(
    ("code", "broken"),
    [
        ("ACC-001", _no_title), ("ACC-002", _no_language), ("ACC-003", _opens_elsewhere),
        ("ACC-003", _cursor_elsewhere), ("ACC-004", _not_listed), ("ACC-005", _unnamed),
        ("ACC-006", _table_unnamed), ("ACC-007", _two_tables), ("ACC-007", _not_in_column_a),
        ("ACC-007", _heading_twice), ("ACC-007", _below), ("ACC-008", _merged),
        ("ACC-009", _comment), ("ACC-010", _blank_cell), ("ACC-010", _blank_row),
        ("ACC-010", _hidden), ("ACC-011", _footer), ("ACC-012", _note_not_told),
        ("ACC-013", _colour_alone), ("ACC-014", _bare_link),
    ],
)  # fmt: skip
def test_each_rule_notices_its_breach(code: str, broken: Callable[[Workbook], None]) -> None:
    book = good()
    assert codes_of(book) == set()
    broken(book)
    assert code in codes_of(book)


# The same content as the composite.


def figures_of(sheet: Worksheet) -> dict[str, list[int]]:
    """By what stands first in a row, every whole number of the row, as the composite shows it."""
    return {
        str(row[0]): [int(str(value)) for value in row if type(value) is int]
        for row in sheet.iter_rows(values_only=True)
        if row[0]
    }


def compare(standard: Workbook, accessible: Workbook, board: Board) -> None:
    """Every figure, rating and reason of the composite stands in the accessible workbook too."""
    shown = figures_of(standard["Summary"])
    for row in table_of(accessible, "Summary"):
        if not figures(board).total.moves.get("uncompared"):
            row.pop("Not compared", None)
        counts = [value for name, value in row.items()
                  if type(value) is int and "on track" not in name]  # fmt: skip
        assert counts == shown[str(row["Section"])], row["Section"]
    said = {str(value) for row in standard["Summary"].iter_rows(values_only=True) for value in row}
    assert {str(row["Value"]) for row in table_of(accessible, "Key figures")} <= said
    shown = figures_of(standard["By lead"])
    for row in table_of(accessible, "By lead"):
        assert [v for v in row.values() if type(v) is int] == shown[str(row["Lead"])]
    if "Exceptions" in accessible.sheetnames:
        refs = [str(row["Ref"]) for row in table_of(accessible, "Exceptions")]
        column = [str(row[0]) for row in standard["Exceptions"].iter_rows(values_only=True)]
        assert refs == column[column.index("Ref") + 1 :]
    if "Changes" in accessible.sheetnames:
        places = {(row["File"], row["Cell"]) for row in table_of(accessible, "Changes")}
        rows = list(standard["Changes"].iter_rows(values_only=True))
        start = next(n for n, row in enumerate(rows) if row[0] == "When") + 1
        assert places == {(row[6] or BLANK, row[8] or BLANK) for row in rows[start:]}


@pytest.mark.parametrize("size", [10, 81])
def test_its_figures_are_those_of_the_composite(size: int) -> None:
    board = sample_board(size)
    standard = write_workbook(composite_workbook(board, CREATED))
    compare(read(standard), read(written(board)), board)


@pytest.mark.xdist_group("examples")
@every
def test_every_example_in_both_renderings(name: str, tmp_path: Path) -> None:
    made = demo(tmp_path / "plan", lambda _: None, example=name)
    with open_plan(made.folder, today=returns(name)["cycle"]["return_by"]) as plan:
        result = plan.publish(accessible=True)
        assert [path.name for path in result.renderings] == [f"{result.path.stem} accessible.xlsx"]
        standard, accessible = result.path.read_bytes(), result.renderings[0].read_bytes()
        assert [str(problem) for problem in accessibility_problems(accessible)] == []
        compare(read(standard), read(accessible), board_of(plan.desk))
        seq = plan.desk.state.seq
        again = plan.publish(accessible=True)
        assert again.renderings[0].read_bytes() == accessible
        assert again.path.read_bytes() == standard
        assert plan.desk.state.seq == seq, "a rendering is not a fact"


def test_what_the_composite_marks_by_an_edge_stands_in_a_column() -> None:
    board = sample_board()
    changed = {change.action for change in board.changes}
    rows = table_of(read(written(board)), "Plan")
    assert {
        str(row["Ref"]) for row in rows if row["Changed since the last board"] != "Nothing"
    } == (changed)


# Nothing is cut, and nothing that anybody typed comes to life.


def with_progress(text: str) -> Board:
    board = sample_board(10, 2)
    first = board.rows[0]
    row = replace(first, values={**first.values, "progress": text})
    return replace(board, rows=[row, *board.rows[1:]])


@pytest.mark.parametrize("text", ["word " * 8000, "x" * 40_000, "line\n" * 900])
def test_a_long_text_is_whole_in_long_texts(text: str) -> None:
    data = written(with_progress(text))
    assert accessibility_problems(data) == []
    book = read(data)
    plan = next(row for row in table_of(book, "Plan") if row["Ref"] == "1.1")
    assert "[Cut here. The whole is in Long texts" in str(plan["Progress made"])
    pieces = [
        str(row["What it says"])
        for row in table_of(book, "Long texts")
        if str(row["Where it stands"]).startswith("Plan, 1.1")
    ]
    assert "".join("".join(pieces).split()) == "".join(text.split())


HOSTILE: Mapping[str, str] = {
    "formula": '=HYPERLINK("http://example.invalid","press")',
    "plus": "+1+1",
    "markup": "<r><t>x</t></r>",
    "control": "a\x00b\x1fc",
    "note": "[note 99]",
    "blank": BLANK,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    data = written(with_progress(text))
    assert accessibility_problems(data) == []
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(n) for n in parts.namelist() if n.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet for sheet in sheets)


def test_headings_that_are_the_same_are_told_apart() -> None:
    board = sample_board(10, 2)
    fields = tuple(
        replace(item, heading="Overdue") if item.id in ("output", "outcome") else item
        for item in board.definition.fields
    )
    data = written(replace(board, definition=replace(board.definition, fields=fields)))
    assert accessibility_problems(data) == []
    plan = next(t for t in tables_of(replace(board)) if t.key == "plan")
    assert len({column.id for column in plan.columns}) == len(plan.columns)
