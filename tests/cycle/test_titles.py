"""Columns whose hidden id and visible heading name two fields: asked about, never guessed."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests import small
from tests.small import CYCLE, LETTINGS
from xlplan.cycle.merge import MergeResult
from xlplan.plan.definition import STATUS, Field, PlanDefinition
from xlplan.plan.text import fold
from xlplan.returned.as_issued import ID_PREFIX, Headings, settle, status_column

TITLES = Headings(
    {"one": frozenset({"a"}), "two": frozenset({"b"}), "same": frozenset({"c", "d"})},
    {"a": "One", "b": "Two", "c": "Same", "d": "Same"},
)

IF_ASKED = "where nothing of it is asked there, nothing needs doing."
"""How a doubt ends of which nothing may be asked: nobody is sent to look for a question."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.make(tmp_path / "plan")


def came_back(folder: Path, edit: Callable[[Any], None]) -> MergeResult:
    """The merge of the template of Lettings after `edit` of its sheet Update."""
    book = openpyxl.load_workbook(folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx")
    edit(book["Update"])
    target = io.BytesIO()
    book.save(target)
    (folder / "inbox" / "back.xlsx").write_bytes(target.getvalue())
    with small.opened(folder) as plan:
        return plan.merge()


def cell_of(sheet: Any, text: str) -> Any:
    return next(cell for row in sheet.iter_rows() for cell in row if cell.value == text)


def swap(sheet: Any, one: str, other: str) -> None:
    """Swap two columns from their headings down; what is hidden above them stays."""
    first, second = cell_of(sheet, one), cell_of(sheet, other)
    for row in range(first.row, sheet.max_row + 1):
        a, b = sheet.cell(row, first.column), sheet.cell(row, second.column)
        a.value, b.value = b.value, a.value


def edit_of_swapped(sheet: Any) -> None:
    swap(sheet, "Progress", "Timescale")
    cell_of(sheet, "Drafted").value = "Adopted in May"


def test_visible_columns_that_were_swapped_change_nothing(folder: Path) -> None:
    small.issue(folder)
    result = came_back(folder, lambda sheet: swap(sheet, "Progress", "Timescale"))
    (report,) = result.returns
    assert (result.changes, result.questions) == ((), ())
    assert [problem.code for problem in report.problems] == ["RET-017"]
    assert 'The heading "Progress" (' in report.problems[0].message
    assert 'stands where "Timescale" was issued.' in report.problems[0].message
    assert report.problems[0].message.endswith(IF_ASKED)


def test_a_heading_that_stands_twice_is_said_to(folder: Path) -> None:
    small.issue(folder)

    def again(sheet: Any) -> None:
        cell_of(sheet, "Progress").value = "Timescale"

    result = came_back(folder, again)
    (problem,) = result.returns[0].problems
    assert (problem.code, result.changes, result.questions) == ("RET-017", (), ())
    assert 'The heading "Timescale" (E8) stands over another column too.' in problem.message
    assert '"Timescale" (F8) stands where "Progress" was issued.' in problem.message
    assert problem.message.endswith(IF_ASKED)


def test_a_row_pasted_from_another_template_as_it_was_is_nothing_to_decide(folder: Path) -> None:
    """Its own row is missed, and asked about; of the pasted one nothing is."""
    small.issue(folder)
    theirs = openpyxl.load_workbook(folder / "outbox" / CYCLE / f"{small.REPAIRS}.xlsx")["Update"]
    row = cell_of(theirs, "1.2").row

    def paste(sheet: Any) -> None:
        at = cell_of(sheet, "1.1").row
        for col in range(1, theirs.max_column + 1):
            sheet.cell(at, col).value = theirs.cell(row, col).value

    result = came_back(folder, paste)
    (problem,) = result.returns[0].problems
    assert [(q.kind, q.action) for q in result.questions] == [("row-missing", "1.1")]
    assert (problem.code, problem.message.endswith(IF_ASKED)) == ("RET-011", True)


def test_an_edit_in_a_swapped_column_is_asked_about_under_its_heading(folder: Path) -> None:
    small.issue(folder)
    result = came_back(folder, edit_of_swapped)
    assert result.changes == ()
    (question,) = result.questions
    assert (question.kind, question.action, question.field) == ("held", "1.1", "progress")
    assert [candidate.text for candidate in question.candidates] == ["Adopted in May"]
    assert 'The heading "Progress"' in question.message


def test_a_heading_that_stands_twice_leaves_the_hidden_ids_and_both_in_doubt(folder: Path) -> None:
    small.issue(folder)

    def edit(sheet: Any) -> None:
        cell_of(sheet, "Timescale").value = "Progress"
        cell_of(sheet, "Drafted").value = "Adopted in May"

    result = came_back(folder, edit)
    assert result.changes == ()
    assert [(q.kind, q.action, q.field) for q in result.questions] == [("held", "1.1", "progress")]


def test_cells_shifted_to_the_right_under_the_hidden_ids_are_read_by_heading(folder: Path) -> None:
    small.issue(folder)

    def edit(sheet: Any) -> None:
        heading = cell_of(sheet, "Progress")
        last = sheet.max_column
        for row in range(heading.row, sheet.max_row + 1):
            for col in range(last, heading.column - 1, -1):
                sheet.cell(row, col + 1).value = sheet.cell(row, col).value
            sheet.cell(row, heading.column).value = None
        cell_of(sheet, "Drafted").value = "Adopted in May"

    result = came_back(folder, edit)
    assert result.changes == ()
    assert [(q.kind, q.action, q.field) for q in result.questions] == [("held", "1.1", "progress")]


def test_headings_that_the_plan_swapped_after_the_issue_are_no_doubt(folder: Path) -> None:
    small.issue(folder)
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8")
    for old, new in (("Progress", "?"), ("Timescale", "Progress"), ("?", "Timescale")):
        assert f'heading = "{old}"' in text
        text = text.replace(f'heading = "{old}"', f'heading = "{new}"')
    toml.write_text(text, "utf-8")

    def edit(sheet: Any) -> None:
        cell_of(sheet, "Drafted").value = "Adopted in May"

    result = came_back(folder, edit)
    assert [(c.action, c.field) for c in result.changes] == [("1.1", "progress")]
    assert [report.problems for report in result.returns] == [()]


def test_a_master_whose_visible_columns_were_swapped_is_asked_about(folder: Path) -> None:
    master = folder / "master.xlsx"
    book = openpyxl.load_workbook(master)
    edit_of_swapped(next(s for s in book if any(c.value == "Drafted" for r in s for c in r)))
    book.save(master)
    with small.opened(folder) as plan:
        result = plan.merge()
    assert result.changes == ()
    assert [(q.kind, q.action, q.field) for q in result.questions] == [("held", "1.1", "progress")]


def test_label_lines_of_a_form_that_were_swapped_are_asked_about(folder: Path) -> None:
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8")
    assert "[issue]" in text
    toml.write_text(text.replace("[issue]", '[issue]\nlayout = "form"'), "utf-8")
    small.issue(folder)

    def edit(sheet: Any) -> None:
        cell = cell_of(sheet, "Drafted")
        for above in range(cell.row - 1, 0, -1):
            if sheet.cell(above, cell.column - 1).value == "Timescale":
                break
        for col in (cell.column - 1, cell.column):
            one, other = sheet.cell(above, col), sheet.cell(cell.row, col)
            one.value, other.value = other.value, one.value
        cell_of(sheet, "Drafted").value = "Adopted in May"

    result = came_back(folder, edit)
    assert result.changes == ()
    assert [(q.kind, q.action, q.field) for q in result.questions] == [("held", "1.1", "progress")]
    assert [p.code for report in result.returns for p in report.problems] == ["RET-017"]


@pytest.mark.parametrize(
    "shown",
    [
        {0: "ONE", 1: "two"},
        {0: "Budget (new)", 1: "Two"},
        {2: "Same", 3: "Same"},
        {0: "One", 1: "Two", 9: "One"},
    ],
    ids=["as issued", "a text of its own", "two fields of one heading", "a new column"],
)
def test_no_other_heading_is_a_doubt(shown: dict[int, str]) -> None:
    assert settle({"a": 0, "b": 1, "c": 2, "d": 3}, shown, TITLES, str) is None


OF_OURS = ("Status", "Row status", "ROW  key", "Key of the row", "Progress: this period")
"""Headings that a plan may have and that workbooks of ours use."""


def headed(folder: Path, heading: str, layout: str = "table") -> None:
    """Let the plan have a column of that heading, which leads fill in, beside a narrative whose
    earlier entries are kept."""
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8")
    for old, new in (
        ('heading = "Completed on"', f'heading = "{heading}"'),
        ('role = "text"\nowner = "coordinator"', 'role = "text"\nowner = "lead"'),
        ('role = "progress"', 'role = "progress"\nmode = "append"'),
        ("[issue]", f'[issue]\nlayout = "{layout}"\nproposal_rows = 1'),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    toml.write_text(text, "utf-8")
    with small.opened(folder) as plan:
        plan.merge()  # which writes master.xlsx with that heading


@pytest.mark.parametrize("heading", OF_OURS)
def test_a_master_with_a_column_headed_like_one_of_ours_is_edited(
    folder: Path, heading: str
) -> None:
    headed(folder, heading)
    small.edit_master(
        folder, {("1.1", "completed_on"): "In May", ("2.1", "rating"): "Green",
                 ("1.2", STATUS): "withdrawn"},
    )  # fmt: skip
    with small.opened(folder) as plan:
        result = plan.merge()
        withdrawn = [row.ref for row in plan.rows() if row.withdrawn]
    (report,) = result.returns
    assert (report.problems, result.questions) == ((), ())
    assert {(c.action, c.field) for c in result.changes} == {
        ("1.1", "completed_on"), ("2.1", "rating"), ("1.2", STATUS),
    }  # fmt: skip
    assert withdrawn == ["1.2"]


@pytest.mark.parametrize("layout", ["table", "form"])
@pytest.mark.parametrize("heading", OF_OURS)
def test_a_template_with_a_column_headed_like_one_of_ours_is_filled_in(
    folder: Path, heading: str, layout: str
) -> None:
    headed(folder, heading, layout)
    small.issue(folder)

    def edit(sheet: Any) -> None:
        for field, text in (("completed_on", "In May"), ("progress:entry", "Adopted")):
            name = cell_of(sheet, ID_PREFIX + field)
            if layout == "form":
                sheet.cell(name.row, name.column + 2).value = text
            else:
                sheet.cell(name.row + 2, name.column).value = text

    result = came_back(folder, edit)
    (report,) = result.returns
    assert (report.problems, report.information, result.questions) == ((), (), ())
    assert {(c.action, c.field) for c in result.changes} == {
        ("1.1", "completed_on"), ("1.1", "progress"),
    }  # fmt: skip


@pytest.mark.parametrize("heading", OF_OURS)
def test_no_two_headings_of_a_workbook_that_goes_out_are_the_same(
    folder: Path, heading: str
) -> None:
    headed(folder, heading)
    small.issue(folder)
    for path in (folder / "master.xlsx", folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx"):
        sheet = openpyxl.load_workbook(path).worksheets[0]
        row = cell_of(sheet, "Timescale").row
        shown = [fold(str(cell.value)) for cell in sheet[row]]
        assert fold(heading) in shown
        assert len(shown) == len(set(shown))


def test_a_master_from_before_our_headings_stepped_aside_is_read(folder: Path) -> None:
    headed(folder, "Status")
    small.edit_master(folder, {("1.1", "completed_on"): "In May", ("1.2", STATUS): "withdrawn"})
    book = openpyxl.load_workbook(folder / "master.xlsx")
    cell_of(book["Plan"], "Row status").value = "Status"
    book.save(folder / "master.xlsx")
    with small.opened(folder) as plan:
        result = plan.merge()
    assert result.questions == ()
    assert {(c.action, c.field) for c in result.changes} == {
        ("1.1", "completed_on"), ("1.2", STATUS),
    }  # fmt: skip


def test_a_template_from_before_our_headings_stepped_aside_is_read(folder: Path) -> None:
    headed(folder, "Progress: this period")
    small.issue(folder)

    def edit(sheet: Any) -> None:
        cell_of(sheet, "Progress: entry for this period").value = "Progress: this period"
        cell_of(sheet, "Row key").value = "Timescale"  # over the hidden keys: no column

    result = came_back(folder, edit)
    assert [report.problems for report in result.returns] == [()]


def test_a_heading_of_ours_is_numbered_where_the_plan_has_them_all() -> None:
    fields = [Field(f"f{n}", text, "text") for n, text in enumerate(("Status", "row status"))]
    fields.append(Field("f3", "Row status (2)", "text"))
    definition = PlanDefinition("p", "P", tuple(fields))
    assert status_column(definition).heading == "Row status (3)"


@pytest.mark.parametrize(("heading", "called"), [("Status", "Row status"), ("Notes", "Status")])
def test_the_status_of_a_row_is_asked_about_and_printed_as_the_master_heads_it(
    folder: Path, heading: str, called: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its id is nobody's word; and that it was cleared, which brings an action back, is a change
    like any other and nothing to look at again."""
    headed(folder, heading)
    small.edit_master(folder, {("1.1", STATUS): "gone", ("1.2", STATUS): "withdrawn"})
    capsys.readouterr()
    assert small.do(folder, "merge") == 1
    (line,) = [text for text in capsys.readouterr().out.splitlines() if text.startswith("1.2")]
    assert line.split()[1:3] == ["row", "status"]
    sheet = openpyxl.load_workbook(folder / "decisions.xlsx").worksheets[0]
    words = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert called in words
    assert any(f'is not a value of "{called}"' in text for text in words)
    assert not any("_status" in text for text in words)
    small.edit_master(folder, {("1.1", STATUS): "kept back", ("1.2", STATUS): None})
    capsys.readouterr()
    assert small.do(folder, "merge") == 0
    printed = capsys.readouterr()
    assert f'settles what was asked about "{called}" of 1.1' in printed.err
    assert "to look at" not in printed.out
    assert "cleared" not in printed.out
