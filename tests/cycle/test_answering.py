"""Answers that cannot be used stay in `decisions.xlsx` as they were typed, and are read again."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from tests import small
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, key_rows

ROW = ("decision", "other", "why", "unused")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan in which Lettings and Repairs disagree about a rating, and one has no such rating."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.give_back(
        folder, small.LETTINGS, {("1.1", "rating"): "Purple", ("1.3", "rating"): "Green"}
    )
    small.give_back(folder, small.REPAIRS, {("1.3", "rating"): "Red"})
    assert small.do(folder, "merge") == 1
    return folder


def places(folder: Path) -> tuple[dict[str, str], dict[str, tuple[str, int]]]:
    """The letters of the columns of `decisions.xlsx`, and the row of each question by its ref."""
    columns, rows = key_rows((folder / "decisions.xlsx").read_bytes(), ID_PREFIX)
    with small.opened(folder) as plan:
        refs = {question.id: question.action for question in plan.questions()}
    return columns, {refs[ident]: place for ident, place in rows.items()}


def type_in(folder: Path, ref: str, formulas: bool = False, **cells: str) -> None:
    path = folder / "decisions.xlsx"
    columns, rows = places(folder)
    sheet, row = rows[ref]
    if formulas:
        book = openpyxl.load_workbook(path)
        for name, text in cells.items():
            book[sheet][f"{columns[name]}{row}"] = text
        book.save(path)
        return
    edits = [(f"{columns[name]}{row}", text) for name, text in cells.items()]
    path.write_bytes(fill_in(path.read_bytes(), sheet, edits, "2026-11-12T10:00:00Z"))


def row(folder: Path, ref: str) -> list[object]:
    columns, rows = places(folder)
    sheet, number = rows[ref]
    book = openpyxl.load_workbook(io.BytesIO((folder / "decisions.xlsx").read_bytes()))
    names = [name for name in ROW if name in columns]
    return [book[sheet][f"{columns[name]}{number}"].value for name in names]


def add_rating(folder: Path, code: str) -> None:
    path = folder / "plan.toml"
    more = f'\n[[rating]]\ncode = "{code}"\nlabel = "{code}"\n'
    path.write_text(path.read_text("utf-8") + more, "utf-8")


def rating(folder: Path, ref: str) -> object:
    with small.opened(folder) as plan:
        return plan.rows([ref])[0].values["rating"]


def decide(folder: Path, ref: str, other: str) -> int:
    type_in(folder, ref, decision="Other", other=other)
    return small.do(folder, "merge")


@pytest.fixture
def alike(tmp_path: Path) -> Path:
    """A plan with the same fault in two cells of one lead and in a third of another."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    mauve = {("1.1", "rating"): "Mauve", ("1.3", "rating"): "Mauve"}
    small.give_back(folder, small.LETTINGS, mauve)
    small.give_back(folder, small.LEARNING, {("2.2", "rating"): "Mauve", ("2.1", "due"): "31/2/27"})
    assert small.do(folder, "merge") == 1
    return folder


def asked(folder: Path) -> list[str]:
    with small.opened(folder) as plan:
        return [question.action for question in plan.questions()]


def test_the_same_fault_stands_together_and_one_answer_serves_it(alike: Path) -> None:
    _, rows = places(alike)
    assert sorted(rows, key=lambda ref: rows[ref][1]) == ["1.1", "1.3", "2.2", "2.1"]
    decide(alike, "1.1", "Green")
    assert [rating(alike, ref) for ref in ("1.1", "1.3", "2.2")] == ["Green"] * 3
    assert asked(alike) == ["2.1"]


def test_a_row_with_its_own_answer_keeps_it(alike: Path) -> None:
    type_in(alike, "1.3", decision="Other", other="Red")
    decide(alike, "1.1", "Green")
    assert [rating(alike, ref) for ref in ("1.1", "1.3", "2.2")] == ["Green", "Red", "Green"]


def test_an_answer_in_a_later_row_serves_that_row_alone(alike: Path) -> None:
    decide(alike, "1.3", "Red")
    assert asked(alike) == ["1.1", "2.1", "2.2"]


def test_what_is_asked_of_the_lead_waits_and_goes_into_the_correction_workbook(
    alike: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (alike / "inbox" / f"{small.LETTINGS}.xlsx").unlink()
    type_in(alike, "1.1", decision="Ask the lead", why="Which colour do you mean?")
    replies = alike / "replies"
    assert small.do(alike, "merge", "--reply", str(replies)) == 1
    assert "[DEC-068]" in capsys.readouterr().err
    assert row(alike, "1.1")[0] == row(alike, "1.3")[0] == "Ask the lead"
    text = " ".join((replies / f"Reply to {small.LETTINGS}.txt").read_text("utf-8").split())
    assert "This is about your update" in text
    assert "Actions 1.1, 1.3, RAG Entered: Mauve" in text
    assert "Which colour do you mean?" in text
    correction = replies / f"Correction for {small.LETTINGS}.xlsx"
    edits = {("1.1", "rating"): "Red", ("1.3", "rating"): "Green"}
    (alike / "inbox" / "again.xlsx").write_bytes(small.fill(alike, correction, edits))
    small.do(alike, "merge")
    assert [rating(alike, ref) for ref in ("1.1", "1.3")] == ["Red", "Green"]
    assert asked(alike) == ["2.1", "2.2"]


def test_a_lead_is_asked_nothing_of_another(alike: Path) -> None:
    type_in(alike, "1.1", decision="Ask the lead")
    small.do(alike, "merge", "--reply", str(alike / "replies"))
    correction = openpyxl.load_workbook(alike / "replies" / f"Correction for {small.LEARNING}.xlsx")
    shown = {str(c.value) for sheet in correction for r in sheet.iter_rows() for c in r}
    assert "Action 2.2" in shown
    assert not {"Action 1.1", "1.1", small.LETTINGS} & shown


def test_a_refused_answer_and_its_reason_stay_with_the_message_beside_them(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(folder, "1.3", decision="Other", other="Puce", why="agreed with both")
    assert small.do(folder, "merge") == 1
    line = next(x for x in capsys.readouterr().err.splitlines() if "[DEC-003]" in x)
    typed = row(folder, "1.3")
    assert typed[:3] == ["Other", "Puce", "agreed with both"]
    assert str(typed[3]) in line
    assert row(folder, "1.1") == [None] * 4


def test_it_is_read_again_by_the_next_merge_and_used_once_it_can_be(folder: Path) -> None:
    type_in(folder, "1.3", decision="Other", other="Puce", why="agreed with both")
    small.do(folder, "merge")
    before = (folder / "decisions.xlsx").read_bytes()
    small.do(folder, "merge")
    assert (folder / "decisions.xlsx").read_bytes() == before
    assert rating(folder, "1.3") == "Amber"
    add_rating(folder, "Puce")
    small.do(folder, "merge")
    assert rating(folder, "1.3") == "Puce"
    with small.opened(folder) as plan:
        last = plan.log(action="1.3")[-1]
        assert (last.kind, last.why) == ("decision", "agreed with both")
        assert [q.action for q in plan.questions()] == ["1.1"]
    assert row(folder, "1.1") == [None] * 3


def test_it_comes_back_when_the_workbook_is_deleted(folder: Path) -> None:
    type_in(folder, "1.3", decision="Puce")
    small.do(folder, "merge")
    typed = (folder / "decisions.xlsx").read_bytes()
    (folder / "decisions.xlsx").unlink()
    small.do(folder, "merge")
    assert (folder / "decisions.xlsx").read_bytes() == typed


def test_what_the_coordinator_types_over_it_counts(folder: Path) -> None:
    type_in(folder, "1.3", decision="Puce")
    small.do(folder, "merge")
    type_in(folder, "1.3", decision="Red")
    small.do(folder, "merge")
    assert rating(folder, "1.3") == "Red"


def test_what_the_coordinator_empties_is_gone(folder: Path) -> None:
    type_in(folder, "1.3", decision="Puce")
    small.do(folder, "merge")
    type_in(folder, "1.3", decision="", other="", why="")
    small.do(folder, "merge")
    assert row(folder, "1.3") == [None] * 3
    add_rating(folder, "Puce")
    small.do(folder, "merge")
    assert rating(folder, "1.3") == "Amber"


def test_a_formula_is_not_kept_as_an_answer_but_what_stands_beside_it_is(folder: Path) -> None:
    type_in(folder, "1.3", formulas=True, decision="Other", other="=B2", why="agreed")
    small.do(folder, "merge")
    decision, other, why, unused = row(folder, "1.3")
    assert (decision, other, why) == ("Other", None, "agreed")
    assert '"=B2"' in str(unused)
    assert rating(folder, "1.3") == "Amber"


def test_a_value_in_the_place_of_a_choice_is_taken_as_other(folder: Path) -> None:
    type_in(folder, "1.1", decision="amber", why="by telephone")
    small.do(folder, "merge")
    assert rating(folder, "1.1") == "Amber"
    with small.opened(folder) as plan:
        assert plan.log(action="1.1")[-1].why == "by telephone"


@pytest.mark.parametrize("with_keys", [False, True])
def test_an_answer_in_a_row_that_was_moved_without_its_key_is_not_used(
    folder: Path, capsys: pytest.CaptureFixture[str], with_keys: bool
) -> None:
    """As where all but the hidden column was sorted: the key names one question, and what was read
    and answered is another."""
    type_in(folder, "1.1", decision="Other", other="Red", why="as agreed")
    path, (columns, rows) = folder / "decisions.xlsx", places(folder)
    book = openpyxl.load_workbook(path)
    sheet = book[rows["1.1"][0]]
    first = 1 if with_keys else 2
    both = [[c.value for c in sheet[rows[ref][1]]][first - 1 :] for ref in ("1.1", "1.3")]
    for ref, values in zip(("1.3", "1.1"), both, strict=True):
        for column, value in enumerate(values, first):
            sheet.cell(rows[ref][1], column).value = value
    book.save(path)
    capsys.readouterr()
    assert small.do(folder, "merge") == 1
    said = capsys.readouterr().err
    with small.opened(folder) as plan:
        ratings = {r.ref: r.values["rating"] for r in plan.rows(["1.1", "1.3"])}
        left = {question.action for question in plan.questions()}
    if with_keys:
        assert (ratings["1.1"], left) == ("Red", {"1.3"})
        assert "RET-016" not in said
    else:
        assert (ratings, left) == ({"1.1": "Green", "1.3": "Amber"}, {"1.1", "1.3"})
        number = rows["1.3"][1]
        where = f"decisions.xlsx!Decisions!{columns['decision']}{number}"
        assert f'{where}: Row {number} shows "1.1 RAG", but its hidden key is of another' in said
        assert said.count("RET-016") == 1


def test_undo_takes_back_what_was_read_again_too(folder: Path) -> None:
    type_in(folder, "1.3", decision="Other", other="Puce")
    small.do(folder, "merge")
    add_rating(folder, "Puce")
    small.do(folder, "merge")
    assert rating(folder, "1.3") == "Puce"
    with small.opened(folder) as plan:
        [mine] = [r for r in plan.desk.state.returns.values() if r.file == "decisions.xlsx"]
        plan.undo(mine.id)
    assert rating(folder, "1.3") == "Amber"
    assert row(folder, "1.3") == [None] * 3


def test_what_is_wrong_with_an_answer_is_printed_once(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    type_in(folder, "1.1", decision="Ask the lead")
    capsys.readouterr()
    small.do(folder, "merge")
    assert capsys.readouterr().err.count("DEC-068") == 1
