"""What merge says about files stands in decisions.xlsx, until it is marked as dealt with."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests import small
from xlplan.issued import guidance
from xlplan.merge.exchange import Exchange

RED = {("1.2", "rating"): "Red"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan with a remark of one lead, a file that nobody can use, and a lead who is missing."""
    made = small.make(tmp_path / "plan")
    small.issue(made)
    path = small.give_back(made, small.REPAIRS, RED)
    book = openpyxl.load_workbook(path)
    book["Update"]["P20"] = "Please ring me about the lifts"
    book.save(path)
    small.give_back(made, small.LETTINGS, {("1.1", "rating"): "Red"})
    (made / "inbox" / "minutes.xlsx").write_bytes(b"%PDF-1.7 no workbook")
    return made


def lines(folder: Path, sheet: str) -> list[list[object]]:
    """The rows of a sheet of decisions.xlsx, without the hidden keys."""
    found = openpyxl.load_workbook(folder / "decisions.xlsx")[sheet]
    return [list(row[1:]) for row in found.iter_rows(min_row=5, values_only=True)]


def mark(folder: Path, sheet: str, text: str, choice: str | None = "Yes") -> None:
    path = folder / "decisions.xlsx"
    book = openpyxl.load_workbook(path)
    found = book[sheet]
    last = found.max_column
    row = next(n for n in range(5, 40) if text in str(found.cell(n, last - 1).value))
    found.cell(row, last).value = choice
    book.save(path)


def test_every_line_stands_with_its_file_sheet_and_cell(folder: Path) -> None:
    assert small.do(folder, "merge") == 1
    with small.opened(folder) as plan:
        ids = {r.file: r.id[:8] for r in plan.desk.state.returns.values()}
        assert not plan.questions()
    [remark] = lines(folder, "Remarks")
    file = f"inbox/{small.REPAIRS}.xlsx"
    assert remark[:5] == [file, ids[file], small.REPAIRS, "Update", "P20"]
    assert str(remark[5]).endswith("Please ring me about the lifts")
    refused, *others = sorted(lines(folder, "Returns"), key=lambda row: "minutes" not in str(row))
    assert refused[:4] == ["inbox/minutes.xlsx", ids["inbox/minutes.xlsx"], None, "refused"]
    assert "[GATE-" in str(refused[6])
    assert {(row[2], row[3]) for row in others} == {
        (small.REPAIRS, "merged"), (small.LETTINGS, "merged"), (small.LEARNING, "not back yet"),
    }  # fmt: skip


def test_what_is_dealt_with_is_not_shown_again_and_the_workbook_goes_with_the_last(
    folder: Path,
) -> None:
    small.do(folder, "merge")
    mark(folder, "Remarks", "ring me")
    small.do(folder, "merge")
    assert openpyxl.load_workbook(folder / "decisions.xlsx").sheetnames[:2] == [
        "Decisions", "Returns",
    ]  # fmt: skip
    mark(folder, "Returns", "[GATE-")
    small.do(folder, "merge")
    assert not (folder / "decisions.xlsx").exists()
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    assert not (folder / "decisions.xlsx").exists()
    with small.opened(folder) as plan:
        assert [each.code for each in plan.verify()] == []


def test_a_mark_goes_with_the_undo_of_the_workbook_that_it_stood_in(folder: Path) -> None:
    small.do(folder, "merge")
    mark(folder, "Remarks", "ring me")
    small.do(folder, "merge")
    with small.opened(folder) as plan:
        assert plan.undo("decisions.xlsx").changes == ()
    assert len(lines(folder, "Remarks")) == 1
    mark(folder, "Remarks", "ring me", "no")
    small.do(folder, "merge")
    assert len(lines(folder, "Remarks")) == 1


def test_answers_and_marks_come_in_together(folder: Path) -> None:
    small.give_back(folder, small.LEARNING, {("2.1", "due"): "31/02/2027"})
    small.do(folder, "merge")
    small.answer(folder, {("2.1", "due"): "Keep current"})
    mark(folder, "Remarks", "ring me")
    with small.opened(folder) as plan:
        result = plan.merge()
        assert result.answered == 1
        assert not result.questions
    assert "Remarks" not in openpyxl.load_workbook(folder / "decisions.xlsx").sheetnames


def test_the_next_cycle_begins_with_none_of_the_lines_of_the_last(folder: Path) -> None:
    small.do(folder, "merge")
    (folder / "inbox" / "minutes.xlsx").unlink()
    assert small.do(folder, "issue", "--cycle", "2026-12", today="2026-12-01") == 0
    with small.opened(folder) as plan:
        assert [each.code for each in plan.verify()] == []
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"}, cycle="2026-12")
    small.do(folder, "merge")
    assert not (folder / "decisions.xlsx").exists()


def test_without_a_line_decisions_are_as_they_were(tmp_path: Path) -> None:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    small.give_back(made, small.LETTINGS, {("1.3", "rating"): "Green"})
    small.give_back(made, small.REPAIRS, {("1.3", "rating"): "Red"})
    small.do(made, "merge")
    assert openpyxl.load_workbook(made / "decisions.xlsx").sheetnames == [
        "Decisions", "Lists", "xlplan",
    ]  # fmt: skip


def test_what_a_lead_says_again_is_one_line_and_stays_dealt_with(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.do(folder, "merge")
    printed = capsys.readouterr().out
    assert printed.count("Please ring me about the lifts") == 1
    assert "2 lines to look at in decisions.xlsx, on its sheets Returns and Remarks." in printed
    data = (folder / "inbox" / f"{small.REPAIRS}.xlsx").read_bytes()
    book = openpyxl.load_workbook(folder / "inbox" / f"{small.REPAIRS}.xlsx")
    book["Update"]["Q21"] = "Tuesday suits me"
    book.save(folder / "inbox" / "again.xlsx")
    assert (folder / "inbox" / "again.xlsx").read_bytes() != data
    small.do(folder, "merge")
    printed = capsys.readouterr().out
    assert "Please ring me about the lifts" not in printed
    assert "Tuesday suits me" in printed
    [first, second] = lines(folder, "Remarks")
    assert "ring me" in str(first[5])
    assert "Tuesday" in str(second[5])
    mark(folder, "Remarks", "ring me")
    small.do(folder, "merge")
    [left] = lines(folder, "Remarks")
    assert "Tuesday" in str(left[5])
    book["Update"]["Q22"] = "Or Friday"
    book.save(folder / "inbox" / "third.xlsx")
    small.do(folder, "merge")
    left_now = [str(line[5]).rpartition(": ")[2] for line in lines(folder, "Remarks")]
    assert left_now == ["Tuesday suits me", "Or Friday"]


def test_what_an_older_version_wrote_into_a_template_is_no_remark(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had gone out before what is ours was recorded, in other words than those of now."""
    monkeypatch.setattr(Exchange, "ours_of", lambda _, __: [])
    monkeypatch.setattr(guidance, "_WHOLE", "Leave all rows and columns where they are, please.")
    small.do(folder, "merge")
    assert [str(line[5]).rpartition(": ")[2] for line in lines(folder, "Remarks")] == [
        "Please ring me about the lifts"
    ]
