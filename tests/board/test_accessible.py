"""The accessible rendering: it keeps the rules, says what the composite says, and cuts nothing."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

from tests import small
from tests.accessibility_oracle import problems_read
from tests.board_books import noted
from tests.boards import full_board
from tests.composite_sample import CREATED, sample_board
from tests.shipped import every, returns
from xlplan.board import Board, composite_workbook
from xlplan.board.accessible import BLANK, accessible_workbook
from xlplan.board.composite import tables_of
from xlplan.board.key_figures import key_figures
from xlplan.board.view import view_of
from xlplan.cycle.demo import demo
from xlplan.cycle.plan import open_plan
from xlplan.plan.settings import CompositeSettings
from xlplan.plan.timescales import say_date
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
    names = [str(heading).partition(" [note")[0] for heading in head]
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
    assert [str(problem) for problem in problems_read(written(board))] == []


def test_the_composite_itself_breaks_several_rules_on_purpose() -> None:
    data = write_workbook(composite_workbook(sample_board(), CREATED))
    codes = {problem.code for problem in problems_read(data)}
    assert {"ACC-007", "ACC-008", "ACC-009", "ACC-010", "ACC-011"} <= codes


def test_the_mark_of_a_note_in_a_heading_is_one_word() -> None:
    """In a narrow column "[note" stood above "3]"."""
    marked = {
        str(cell.value)
        for sheet in read(written(sample_board()))
        for table in sheet.tables.values()
        for cell in sheet[table.ref][0]
        if "[note" in str(cell.value)
    }
    assert marked
    assert not [heading for heading in marked if "[note " in heading]


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
    sheet["A1"].style = "Headline 1"  # as openpyxl calls it
    sheet.append(["A line about it"])
    for row in rows:
        sheet.append(row)
    table: Any = Table(displayName=name, ref=f"A3:B{2 + len(rows)}")
    sheet.add_table(table)
    table._initialise_columns()
    for column, heading in zip(table.tableColumns, rows[0], strict=True):
        column.name = heading
    table.autoFilter = None


def codes_of(book: Workbook) -> set[str]:
    out = io.BytesIO()
    book.save(out)
    return {problem.code for problem in problems_read(out.getvalue())}


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


def _filter_of_table(book: Workbook) -> None:
    book["Figures"].tables["figures"].autoFilter = AutoFilter(ref="A3:B5")


def _filter_of_sheet(book: Workbook) -> None:
    book["Figures"].auto_filter.ref = "A3:B5"


def _title_without_style(book: Workbook) -> None:
    book["Figures"]["A1"].style = "Normal"


def _percentage_in_words(book: Workbook) -> None:
    book["Figures"]["B4"] = "12.5 %"


def _listed_without_sheet(book: Workbook) -> None:
    book["Contents"].append(["Charts", "none"])
    book["Contents"].tables["list_of_sheets"].ref = "A3:B5"


def _link_to_nowhere(book: Workbook) -> None:
    book["Contents"]["A4"].hyperlink = Hyperlink(ref="A4", location="'Gone'!A1")


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
        ("ACC-065", _filter_of_table), ("ACC-065", _filter_of_sheet),
        ("ACC-066", _title_without_style), ("ACC-067", _percentage_in_words),
        ("ACC-068", _listed_without_sheet), ("ACC-068", _link_to_nowhere),
    ],
)  # fmt: skip
def test_each_rule_notices_its_breach(code: str, broken: Callable[[Workbook], None]) -> None:
    book = good()
    assert codes_of(book) == set()
    broken(book)
    assert code in codes_of(book)


def test_the_contents_list_what_is_there_and_nothing_else() -> None:
    book = read(written(EMPTY))
    listed = [str(row["Sheet"]) for row in table_of(book, "Contents")]
    assert listed == book.sheetnames[1:]
    assert "New actions" not in listed
    with zipfile.ZipFile(io.BytesIO(written(EMPTY))) as parts:
        styles = parts.read("xl/styles.xml").decode()
    (named,) = re.findall(r'<cellStyle name="Heading 1" xfId="(\d)" builtinId="16"/>', styles)
    assert styles.count(f'xfId="{named}"') == 2, "its name, and the titles"


@pytest.mark.parametrize(("text", "number"), [("75%", 0.75), ("12.5 %", 0.125), ("0%", 0.0)])
def test_a_percentage_that_somebody_typed_is_a_number(text: str, number: float) -> None:
    sheet = read(written(with_progress(text)))["Plan"]
    (table,) = sheet.tables.values()
    head, first, *_ = sheet[table.ref]
    at = [str(cell.value) for cell in head].index("Progress made")
    assert (first[at].value, first[at].number_format[-1]) == (pytest.approx(number), "%")


# The same content as the composite.

SHOWN_ON = {
    "Movement by section": "Movement", "New actions": "New", "History of actions": "History",
    "Key figures": "At a glance", "Withdrawn": "Plan",
}  # fmt: skip
"""On which coloured sheet a table stands, where it is not the sheet of the same name."""
TOLD = ("About this board", "Notes", "Notes of the plan", "Restatements", "Checks left open",
        "Rating key")  # fmt: skip
"""Tables that are told on a coloured sheet in words, not laid out under headings."""
BANDED = ("Exceptions", "Sections")
"""Sheets on which rows stand under bands."""
IN_ONE_CELL = (*BANDED, "Movement")
"""Tables whose cell of the rating says which way it went, and what it was."""
WAYS = ("Better", "No change", "Worse", "New", "Not compared")
LISTS = ("Figures", "Figures across")
"""Tables of one coloured sheet, the actions of each figure under a band with its name."""
BANDS = "Sections in words"
"""What a coloured sheet has in the band of each section."""
FIRST = (
    "For the board",
    "What got worse",
    "What is late",
    "What improved",
    "What was finished",
    "Who did not report",
)
"""Tables that are told on the first page."""
BY_ARROW = ("Last board", "Direction", "First rating", "Since", "Standing")
"""What the arrow in the cell of the rating, or a band, says."""
FOLDED = ("Plan", "Completed", "Withdrawn")
"""Tables whose coloured sheet draws at most eight columns, with the others inside their cells."""
OTHERWISE = ("Changed since the last board", "Code")
"""Columns that a coloured sheet shows by notes on cells, or not at all: the code of a rating."""
NOTHING = {
    BLANK, "Not overdue", "Never put back", "Not in the plan", "Not recorded", "None", "No dates",
    "No date", "No return", "No ref", "As named", "Not compared", "0 days", "Nothing more",
    "Not known", "No explanation was given",
}  # fmt: skip
"""What is read out where a coloured sheet has a blank or a dash."""
SIGNS = re.compile(r"[▲▬▼●○•] ?")


def norm(value: object) -> str:
    """A value in words, on one line, without what is only there for the eye."""
    if isinstance(value, datetime):
        return say_date(value.date())
    text, cut, _ = SIGNS.sub("", "" if value is None else str(value)).partition("…\n[Cut here")
    return " ".join(re.sub("[;\\s]+", " ", text).split()) + ("…" if cut else "")


def same(shown: object, heard: object) -> bool:
    """Whether a cell of the composite and one of the accessible workbook say the same."""
    seen, said = norm(shown), norm(heard)
    if seen in ("", "–", "(blank)"):
        return said in NOTHING or heard == 0
    if isinstance(heard, int | float) and seen.endswith("%"):
        return seen == f"{round(heard * 100)}%"
    cut = [text.removesuffix("…").strip() for text in (seen, said) if text.endswith("…")]
    return any(said.startswith(head) and seen.startswith(head) for head in cut) or seen == said


def grid(sheet: Worksheet) -> list[list[object]]:
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def heads_of_summary(rows: list[list[object]]) -> tuple[int, list[str]]:
    """The last row of its two rows of headings, and each column's heading as one."""
    top = next(n for n, row in enumerate(rows) if "All actions" in row[1:])
    above, found = "", []
    for over, under in zip(rows[top], rows[top + 1], strict=True):
        above = str(over) if over else above
        part = str(under or "")
        if part in ("Before", "Now"):
            found.append(f"{above}, {part.lower()}")
        else:
            found.append(norm(under) if above == "Since the last board" and under else above)
    return top + 1, [found[0], "About", *found[2:]]


def heads_of(rows: list[list[object]], headings: set[str]) -> tuple[int, list[str]]:
    """The row of the table that has these headings, and its headings."""
    for number, row in enumerate(rows):
        found = [norm(cell) for cell in row]
        if headings <= set(found):
            return number, found
    raise AssertionError(f"no table with {sorted(headings)}")


def compare(standard: Workbook, accessible: Workbook) -> int:
    """Every table of the accessible workbook, cell by cell, in the composite; how many cells."""
    checked = 0
    for name in accessible.sheetnames:
        if name in ("Contents", "Long texts"):
            continue
        rows = table_of(accessible, name)
        if name in TOLD:
            checked += compare_told(standard, name, rows)
            continue
        if name == BANDS:
            words = norm(" ".join(str(c) for row in grid(standard["Sections"]) for c in row if c))
            told = [norm(value).rstrip(".") for row in rows for value in list(row.values())[1:]]
            spoken = {"None stated", "Nothing written", "Nothing moved"}
            assert all(text in words for text in told if text not in spoken)
            checked += len(told)
            continue
        if name in FIRST:
            checked += compare_first(grid(standard["At a glance"]), name, rows)
            continue
        if name in LISTS:
            checked += compare_lists(grid(standard["Figures"]), rows)
            continue
        sheet = standard[sheet_with(standard, name)]
        if name in FOLDED:
            also = (
                grid(standard["Completed"])
                if name == "Plan" and "Completed" in standard.sheetnames
                else []
            )
            checked += compare_folded([*grid(sheet), *also], rows)
            continue
        checked += compare_tiles(sheet, rows) if name == "Key figures" else compare_rows(
            sheet, name, rows, standard.sheetnames
        )  # fmt: skip
    return checked


def sheet_with(standard: Workbook, name: str) -> str:
    """The coloured sheet on which a table stands; those of Counts are named after what they
    count."""
    found = SHOWN_ON.get(name, name)
    return "Counts" if found.startswith("By ") and found not in standard.sheetnames else found


def compare_rows(
    sheet: Worksheet, name: str, rows: list[dict[str, object]], others: Sequence[str]
) -> int:
    shown = grid(sheet)
    left_out = [*OTHERWISE, *(["Group"] if name == "Exceptions" else [])]
    left_out += [next(iter(rows[0]))] if name == "Sections" else []
    left_out += BY_ARROW if name in IN_ONE_CELL else ()
    if name == "Movement by section" and "By section" in others:
        left_out += WAYS  # they are counted there
    if name == "Exceptions" and "Sections" in others:
        left_out.append("Latest progress")  # it stands with the section
    headings = [heading for heading in rows[0] if heading not in left_out]
    if name == "Summary":
        top, found = heads_of_summary(shown)
    else:
        top, found = heads_of(shown, set(headings))
    at = {heading: found.index(heading) for heading in headings}
    texts = dict.fromkeys(headings)
    body = [row for row in shown[top + 1 :] if name not in BANDED or any(row[1:])]
    for line, row in zip(body, rows, strict=False):
        for heading in texts:
            if heading == "About" and row[heading] == "As named":
                continue  # its cell lies under the name of the whole plan
            cells = (line[at[heading]], row[heading])
            if name in IN_ONE_CELL and heading == "Rating now":
                assert re.split("\n|, ", str(cells[0])) == in_one_cell(row)
                continue
            assert same(*cells), (name, heading, *cells)
    assert len(body) >= len(rows), name
    return len(rows) * len(headings)


def compare_lists(shown: list[list[object]], rows: list[dict[str, object]]) -> int:
    """The rows of each figure stand under its band, in the same order and words."""
    for label in dict.fromkeys(str(row["Figure"]) for row in rows):
        heard = [list(row.values())[1:] for row in rows if row["Figure"] == label]
        count = f"{label} ({len(heard)} action{'s' * (len(heard) != 1)})"
        band = next(n for n, row in enumerate(shown) if row[0] == count)
        for line, mine in zip(shown[band + 1 :], heard, strict=False):
            assert all(map(same, line, mine)), (label, line, mine)
    return sum(map(len, rows))


ARROWS = {"Better": "▲", "No change": "▬", "Worse": "▼", "New": "●"}


def in_one_cell(row: dict[str, object]) -> list[str]:
    """The lines in which a cell shows the rating, which way it went, and what it was."""
    now, way, was = (str(row.get(name, "")) for name in ("Rating now", "Direction", "Last board"))
    if not way:
        return [now]
    came = [way] if was == "Not in the plan" else [f"was {was}"] if was != now else []
    return [f"{ARROWS.get(way, '○')} {now}", *came]


def compare_folded(shown: list[list[object]], rows: list[dict[str, object]]) -> int:
    """What stands in a row of the composite, in a column of its own or with its words inside
    another's cell, is what is read out. What the arrow says is compared elsewhere."""
    headings = [heading for heading in rows[0] if heading not in OTHERWISE]
    key, band = headings[0], bands_of(rows)
    for row in rows:
        lines = [line for line in shown if norm(line[0]) == norm(row[key])]
        assert lines, row[key]
        for heading in headings:
            heard = norm(row[heading])
            if heard in NOTHING or heading in BY_ARROW or heading == band:
                continue
            whole = [
                norm(" ".join(str(cell) for cell in line if cell is not None)) for line in lines
            ]
            found = any(heard in line or "[Cut here" in line for line in whole)
            assert found or "…" in heard or isinstance(row[heading], int | float), (heading, heard)
    return len(rows) * len(headings)


def bands_of(rows: list[dict[str, object]]) -> str:
    """The heading of Plan's sections, which a coloured sheet shows as bands."""
    return list(rows[0])[1]


def compare_tiles(sheet: Worksheet, rows: list[dict[str, object]]) -> int:
    """Each figure stands over its name, and its remark below that."""
    shown = grid(sheet)
    places = [(n, c) for n, row in enumerate(shown) for c, cell in enumerate(row) if cell]
    for row in rows:
        assert any(
            shown[n][c] == row["Figure"]
            and same(shown[n - 1][c], row["Value"])
            and same(shown[n + 1][c], row["Before, or out of what"])
            for n, c in places
            if 0 < n < len(shown) - 1
        ), row
    return 3 * len(rows)


def compare_first(shown: list[list[object]], name: str, rows: list[dict[str, object]]) -> int:
    """What the lists of the first page read out stands there: words whole, actions in short."""
    words = norm(" ".join(str(cell) for row in shown for cell in row if cell is not None))
    for row in rows:
        told = [norm(row[h]) for h in ("Text", "Lead", "Ref", "In the officer's words") if h in row]
        assert all(text in words for text in told if text not in NOTHING), (name, row)
        mine = [line for line in shown if "Action" in row and norm(line[0]) == norm(row["Ref"])]
        for line in mine:
            assert same(line[1], row["Action"]), (name, row)
        if name == "What got worse":
            assert mine
            assert f"{row['Last board']} → {row['Rating now']}" in words
    return len(rows) * 2


def compare_told(standard: Workbook, name: str, rows: list[dict[str, object]]) -> int:
    """Each value stands in one row of the sheet that tells of it, a row for each in its order."""
    sheet = standard["Contents" if name == "About this board" else "Notes"]
    shown = [f"{norm(row[0])} {norm(row[1])}" for row in grid(sheet)]
    place = -1
    for row in rows:
        values = [norm(value) for heading, value in row.items() if heading != "Note" or
                  name != "Notes"]  # fmt: skip
        if name == "Rating key":
            share = row["Share"]
            assert isinstance(share, int | float)
            values = [norm(row["Rating"]), norm(row["What it means"]), f"{round(share * 100)}%"]
        values = [
            value for value in values if value and value not in NOTHING | {"No action", "No field"}
        ]
        if values[0] == "Blanks":
            continue
        place = next(
            (n for n in range(place + 1, len(shown)) if all(v in shown[n] for v in values)), -1
        )
        assert place >= 0, (name, values)
    return len(rows)


@pytest.mark.parametrize("size", [10, 81])
def test_its_figures_are_those_of_the_composite(size: int) -> None:
    board = sample_board(size)
    standard = write_workbook(composite_workbook(board, CREATED))
    assert compare(read(standard), read(written(board))) > 20 * size


@pytest.mark.xdist_group("examples")
@every
def test_every_example_in_both_renderings(name: str, tmp_path: Path) -> None:
    made = demo(tmp_path / "plan", lambda _: None, example=name)
    with open_plan(made.folder, today=returns(name)["cycle"]["return_by"]) as plan:
        result = plan.publish(accessible=True)
        assert [path.name for path in result.renderings] == [f"{result.path.stem} accessible.xlsx"]
        standard, accessible = result.path.read_bytes(), result.renderings[0].read_bytes()
        assert [str(problem) for problem in problems_read(accessible)] == []
        assert compare(read(standard), read(accessible)) > 300
        seq = plan.desk.state.seq
        again = plan.publish(accessible=True)
        assert again.renderings[0].read_bytes() == accessible
        assert again.path.read_bytes() == standard
        assert plan.desk.state.seq == seq, "a rendering is not a fact"


def test_publish_says_what_the_accessible_workbook_owes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    with small.opened(folder) as plan:
        assert plan.publish(accessible=True).problems == ()
        monkeypatch.setattr("xlplan.board.accessible.accessible_workbook", composite_workbook)
        problems = plan.publish(accessible=True).problems
    codes = {problem.code for problem in problems}
    assert {"ACC-007", "ACC-008", "ACC-010", "ACC-011"} <= codes
    merged = next(problem for problem in problems if problem.code == "ACC-008")
    assert re.match(r".+ accessible\.xlsx!At a glance![A-Z]+\d+:[A-Z]+\d+$", merged.where)


def test_what_the_composite_marks_by_an_edge_stands_in_a_column() -> None:
    board = sample_board()
    sheet = read(write_workbook(composite_workbook(board, CREATED)))["Plan"]
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "Ref")
    marked: dict[str, set[str]] = {}
    for cell, _ in noted(sheet):
        ref = str(sheet.cell(cell.row, 1).value)
        marked.setdefault(ref, set()).add(str(sheet.cell(top, cell.column).value))
    closed = {row.ref for row in board.rows if row.values.get("rating") == "B"}
    assert set(marked) == {change.action for change in board.changes} - closed
    rows = table_of(read(written(board)), "Plan")
    heard = {str(row["Ref"]): str(row["Changed since the last board"]) for row in rows}
    assert {ref: "; ".join(sorted(marked.get(ref, {"Nothing"}))) for ref in heard} == {
        ref: "; ".join(sorted(words.split("; "))) for ref, words in heard.items()
    } | dict.fromkeys(closed, "Nothing")


def test_bands_of_the_composite_are_the_sections_that_are_read_out() -> None:
    board = sample_board()
    sheet = read(write_workbook(composite_workbook(board, CREATED)))["Plan"]
    rows = table_of(read(written(board)), "Plan")
    section = {str(row["Ref"]): str(row[bands_of(rows)]) for row in rows}
    band, under = "", {}
    for row in sheet.iter_rows(values_only=True):
        if row[0] and all(value is None for value in row[1:]):
            band = str(row[0])
        elif str(row[0]) in section:
            under[str(row[0])] = band
    closed = {str(row["Ref"]) for row in table_of(read(written(board)), "Completed")}
    assert under.keys() == section.keys() - (closed - under.keys()) != section.keys()
    pairs = {(under[ref], section[ref]) for ref in under}
    assert len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs}) == 19


# Nothing is cut, and nothing that anybody typed comes to life.


def with_progress(text: str) -> Board:
    board = sample_board(10, 2)
    first = board.rows[0]
    row = replace(first, values={**first.values, "progress": text})
    return replace(board, rows=[row, *board.rows[1:]])


@pytest.mark.parametrize("text", ["word " * 8000, "x" * 40_000, "line\n" * 900])
def test_a_long_text_is_whole_in_long_texts(text: str) -> None:
    data = written(with_progress(text))
    assert problems_read(data) == []
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
    assert problems_read(data) == []
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
    assert problems_read(data) == []
    plan = next(t for t in tables_of(replace(board)) if t.key == "plan")
    assert len({column.id for column in plan.columns}) == len(plan.columns)


def test_every_key_figure_leads_to_the_rows_that_it_counts() -> None:
    board = full_board()
    book = read(written(board))
    rows = [row for row in book["Key figures"].iter_rows() if row[3].hyperlink]
    found = {str(row[0].value): row for row in rows}
    assert set(found) == {one.label for one in key_figures(view_of(board))}
    for label, row in found.items():
        place = str(row[3].hyperlink.location) if row[3].hyperlink else ""
        name, _, cell = place.partition("!")
        assert name.strip("'") == row[3].value
        sheet = book[name.strip("'")]
        (table,) = sheet.tables.values()
        first = int(re.findall(r"\d+", table.ref)[0]) + 1
        if cell != "A1":
            mine = [n for n in range(first, sheet.max_row + 1) if sheet.cell(n, 1).value == label]
            assert mine[0] == int(cell[1:]), label
            assert len(mine) == int(str(row[1].value)), label
        elif label != "Returns received":
            assert sheet.max_row - first + 1 == int(str(row[1].value)), label


def test_words_that_several_actions_say_are_one_cell() -> None:
    shared = 0
    for sheet in accessible_workbook(sample_board(60, 6), CREATED).sheets:
        rows = sheet.rows[sheet.filter.first_row :] if sheet.filter else []
        for head, *cells in zip(*(row.cells for row in rows), strict=True):
            if head is not None and head.value in ("Action", "Why it is here"):
                cells = [cell for cell in cells if cell and not cell.link]
                said = {cell.value for cell in cells}
                assert len({*map(id, cells)}) == len(said)
                shared += len(cells) - len(said)
    assert shared > 0


def test_what_is_too_wide_for_letters_to_be_read_is_printed_on_pages_side_by_side() -> None:
    """Fifteen columns on one page were letters of six points; each page has the refs."""
    book = accessible_workbook(sample_board(81), CREATED)
    pages = {sheet.name: sheet.page for sheet in book.sheets}
    assert (pages["Rating key"].fit_width, pages["Rating key"].repeat_columns) == (1, 0)
    for name in ("Plan", "Completed"):
        sheet = next(each for each in book.sheets if each.name == name)
        page, widths = sheet.page, [column.width for column in sheet.columns]
        heads = [cell.value for cell in sheet.rows[(page.repeat_rows or (0, 0))[0]].cells if cell]
        first = page.repeat_columns
        assert str(heads[first - 1]).startswith("Ref")
        each = sum(widths[:first]) + sum(widths[first:]) / page.fit_width
        points = 1190.6 - 2 * 0.7 * 72  # A3 lying, without what xlsxwriter leaves left and right
        assert page.fit_width > 1
        assert 12 * points / (each * 7 * 0.75) > 7.8
    data = write_workbook(book)
    names = load_workbook(io.BytesIO(data))["Plan"].print_title_cols
    assert str(names).replace("$", "") == "A:A"
