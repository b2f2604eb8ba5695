"""`undo`: one return back out, with what rests on it; nothing deleted; the file can come again."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from tests import small
from xlplan.errors import XlplanError
from xlplan.merge.model import Returned

RATED = ("1.3", "rating")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan with a cycle issued."""
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    return folder


def standing(folder: Path) -> dict[str, object]:
    with small.opened(folder) as plan:
        return {
            f"{row.ref} {name}": value for row in plan.rows() for name, value in row.values.items()
        }


def asked(folder: Path) -> list[tuple[str, str, str]]:
    with small.opened(folder) as plan:
        return [(q.kind, q.action, q.field) for q in plan.questions()]


def return_of(folder: Path, file: str) -> Returned:
    with small.opened(folder) as plan:
        return next(r for r in plan.desk.state.returns.values() if r.file == file)


def refused(folder: Path, return_id: str, *, cascade: bool = False) -> str:
    """The one problem with which an undo is refused; the ledger must not have grown."""
    with small.opened(folder) as plan:
        before = plan.desk.ledger.tip()
        with pytest.raises(XlplanError) as caught:
            plan.undo(return_id, cascade=cascade)
        assert plan.desk.ledger.tip() == before
    [problem] = caught.value.problems
    return str(problem)


def test_one_return_goes_and_the_rest_stays(folder: Path) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    small.do(folder, "merge")
    before = standing(folder)
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber", ("2.2", "progress"): None})
    small.do(folder, "merge")
    with small.opened(folder) as plan:
        log = plan.log()
        result = plan.undo(return_of(folder, "inbox/Head of Learning.xlsx").id, why="wrong file")
        assert {(c.action, c.field) for c in result.changes} == {
            ("2.1", "rating"),
            ("2.2", "progress"),
        }
        assert plan.log()[: len(log)] == log
        assert len(plan.log()) == len(log) + 2
        assert plan.verify() == []
    assert standing(folder) == before


def test_the_same_file_can_be_merged_again(folder: Path) -> None:
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    after = standing(folder)
    found = return_of(folder, "inbox/Head of Learning.xlsx")
    for _ in range(2):
        with small.opened(folder) as plan:
            plan.undo(found.id)
        assert standing(folder) != after
        with small.opened(folder) as plan:
            [report] = plan.merge().returns
        assert (report.outcome, report.changes) == ("merged", 1)
        assert standing(folder) == after
    with small.opened(folder) as plan:
        assert plan.verify() == []


def test_a_file_that_would_come_in_again_is_named(folder: Path) -> None:
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    found = return_of(folder, "inbox/Head of Learning.xlsx")
    with small.opened(folder) as plan:
        [told] = plan.undo(found.id).problems
        assert (told.code, told.where, told.level) == ("UNDO-005", found.file, "note")
        plan.merge()
        (folder / found.file).rename(folder / "elsewhere.xlsx")
        assert plan.undo(found.id).problems == ()


def test_a_return_that_says_the_same_is_named(folder: Path) -> None:
    edits = {("2.1", "rating"): "Amber", ("2.1", "progress"): "Sent"}
    small.give_back(folder, small.LEARNING, edits, file="first.xlsx")
    later = "2026-11-12T10:00:00Z"
    del edits["2.1", "progress"]
    small.give_back(folder, small.LEARNING, edits, file="second.xlsx", saved_at=later)
    small.do(folder, "merge")
    first, second = (return_of(folder, f"inbox/{n}.xlsx") for n in ("first", "second"))
    with small.opened(folder) as plan:
        told = [p for p in plan.undo(first.id).problems if p.code == "UNDO-006"]
    assert [p.where for p in told] == [second.file]
    assert "1 of the 2 changes of inbox/first.xlsx" in told[0].message
    assert f"xlplan undo {second.id}" in told[0].message
    assert standing(folder)["2.1 rating"] == "Amber"


def test_what_is_asked_again_without_a_return_needs_a_person(
    decided: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = return_of(decided, "decisions.xlsx")
    capsys.readouterr()
    assert small.do(decided, "undo", answers.id) == 1
    assert "1 question open" in capsys.readouterr().out


def test_the_log_names_the_return_with_which_a_decision_is_taken_back(decided: Path) -> None:
    answers = return_of(decided, "decisions.xlsx")
    with small.opened(decided) as plan:
        (change,) = [c for c in plan.log() if c.kind == "decision"]
        assert change.return_id == answers.id
        assert plan.undo(change.return_id).returned == answers


def test_an_id_that_no_return_has(folder: Path) -> None:
    assert refused(folder, "r-ffffffffffff").endswith("[UNDO-001]")
    assert refused(folder, "").endswith("[UNDO-001]")


def test_a_file_is_undone_by_its_name_or_the_id_that_status_shows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    one = return_of(folder, "inbox/Head of Learning.xlsx")
    other = return_of(folder, "inbox/Head of Lettings.xlsx")
    capsys.readouterr()
    small.do(folder, "status")
    shown = capsys.readouterr().out
    assert one.id[:8] in shown
    assert other.id[:8] in shown
    with small.opened(folder) as plan:
        assert plan.undo("Head of Learning.xlsx").returned.id == one.id
        assert plan.undo(other.id[:8]).returned.id == other.id
    assert refused(folder, "inbox/Head of Lettings.xlsx").endswith("[UNDO-002]")


def test_of_files_with_one_name_that_which_stands_is_undone(folder: Path) -> None:
    for rating in ("Red", "Amber"):
        small.give_back(folder, small.LETTINGS, {("1.1", "rating"): rating})
        small.do(folder, "merge")
    assert "[UNDO-004]" in refused(folder, "Head of Lettings.xlsx")
    with small.opened(folder) as plan:
        first = plan.desk.state.returns
        name = next(id_ for id_, r in first.items() if r.file.endswith("Lettings.xlsx"))
        plan.undo(name)
        left = plan.undo("Head of Lettings.xlsx").returned
    assert left.id != name


def test_the_beginning_of_an_id_is_enough_where_it_is_the_only_one(folder: Path) -> None:
    small.give_back(folder, small.LETTINGS, {("1.1", "rating"): "Red"})
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    found = return_of(folder, "inbox/Head of Learning.xlsx")
    said = refused(folder, "r-")
    assert "[UNDO-004]" in said
    assert f"{found.id} (inbox/Head of Learning.xlsx)" in said
    with small.opened(folder) as plan:
        assert plan.undo(found.id[:9]).returned == found


def test_a_return_is_taken_back_once(folder: Path) -> None:
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    found = return_of(folder, "inbox/Head of Learning.xlsx")
    with small.opened(folder) as plan:
        plan.undo(found.id)
    assert refused(folder, found.id).endswith("[UNDO-002]")


@pytest.fixture
def decided(folder: Path) -> Path:
    """Two co-leads disagreed, and the coordinator decided in decisions.xlsx."""
    small.give_back(folder, small.LETTINGS, {RATED: "Green", ("1.1", "progress"): "Sent"})
    small.give_back(folder, small.REPAIRS, {RATED: "Red"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {RATED: "Red"})
    small.do(folder, "merge")
    assert asked(folder) == []
    return folder


def test_the_answers_in_a_file_are_counted_as_its_changes(folder: Path) -> None:
    small.give_back(folder, small.LETTINGS, {RATED: "Green"})
    small.give_back(folder, small.REPAIRS, {RATED: "Red"})
    assert small.do(folder, "merge") == 1
    small.answer(folder, {RATED: "Red"})
    with small.opened(folder) as plan:
        result = plan.merge()
    assert len(result.changes) == 1
    assert {r.file: r.changes for r in result.returns if r.changes} == {"decisions.xlsx": 1}


def test_decisions_that_rest_on_a_return_are_listed_and_go_with_cascade(decided: Path) -> None:
    found = return_of(decided, "inbox/Head of Repairs.xlsx")
    said = refused(decided, found.id)
    assert "depends on this return: 1.3 rating: Red." in said
    assert "--cascade" in said
    assert said.endswith("[UNDO-003]")
    with small.opened(decided) as plan:
        result = plan.undo(found.id, cascade=True)
        assert [d.choice for d in result.decisions] == ["Red"]
        assert plan.verify() == []
    assert standing(decided)["1.3 rating"] == "Green"
    assert asked(decided) == []
    small.do(decided, "merge")
    assert asked(decided) == [("conflict", *RATED)]


def test_a_decision_stays_where_another_return_says_the_same(decided: Path) -> None:
    """The same edit in a copy that was saved again: taking back one leaves the other."""
    small.give_back(
        decided, small.REPAIRS, {RATED: "Red"}, file="again.xlsx", saved_at="2026-11-10T11:00:00Z"
    )
    small.do(decided, "merge")
    with small.opened(decided) as plan:
        result = plan.undo(return_of(decided, "inbox/again.xlsx").id)
        assert result.decisions == ()
        assert result.changes == ()
    assert asked(decided) == []


def test_undoing_answers_asks_again(decided: Path) -> None:
    with small.opened(decided) as plan:
        result = plan.undo(return_of(decided, "decisions.xlsx").id)
        assert [d.choice for d in result.decisions] == ["Red"]
    assert asked(decided) == [("conflict", *RATED)]
    assert (decided / "decisions.xlsx").exists()
    small.answer(decided, {RATED: "Green"})
    small.do(decided, "merge")
    assert standing(decided)["1.3 rating"] == "Green"


def test_answers_that_a_later_decision_has_seen_need_cascade(decided: Path) -> None:
    small.issue(decided, "2026-12")
    small.edit_master(decided, {RATED: "Amber"})
    small.do(decided, "merge")
    small.give_back(decided, small.REPAIRS, {RATED: "Green"}, cycle="2026-12", file="later.xlsx")
    small.do(decided, "merge")
    assert asked(decided) == [("conflict", *RATED)]
    small.answer(decided, {RATED: "Green"})
    small.do(decided, "merge")
    first = return_of(decided, "decisions.xlsx")
    with small.opened(decided) as plan:
        answers = [r for r in plan.desk.state.returns.values() if r.file == "decisions.xlsx"]
    assert len(answers) == 2
    assert refused(decided, first.id).endswith("[UNDO-003]")
    with small.opened(decided) as plan:
        assert len(plan.undo(first.id, cascade=True).decisions) == 2
        assert plan.verify() == []


def test_two_rounds_of_answers_in_one_workbook_are_taken_back_apart(folder: Path) -> None:
    """Excel held decisions.xlsx open, so it was not rewritten, and more was answered in it."""
    other = ("1.3", "progress")
    small.give_back(folder, small.LETTINGS, {RATED: "Green", other: "Ten days"})
    small.give_back(folder, small.REPAIRS, {RATED: "Red", other: "Nine days"})
    small.do(folder, "merge")
    path = folder / "decisions.xlsx"
    both = path.read_bytes()
    small.answer(folder, {RATED: "Red"})
    one = path.read_bytes()
    path.write_bytes(both)
    small.answer(folder, {RATED: "Red", other: "Nine days"})
    two = path.read_bytes()
    for data in (one, two):
        path.write_bytes(data)
        small.do(folder, "merge")
    assert asked(folder) == []
    with small.opened(folder) as plan:
        last = list(plan.desk.state.returns.values())[-1]
        assert [d.field for d in plan.undo(last.id).decisions] == ["progress"]
    assert asked(folder) == [("conflict", *other)]


def add_a_row(folder: Path) -> None:
    """The coordinator writes an action below the others in master.xlsx, and it is merged."""
    master = folder / "master.xlsx"
    book = openpyxl.load_workbook(master)
    sheet = book["Plan"]
    headings = {
        cell.value: cell.column for row in sheet.iter_rows(max_row=8) for cell in row if cell.value
    }
    added = {"Ref": "2.3", "Action": "Write the guide", "Lead officer": "Head of Learning"}
    for heading, text in added.items():
        sheet.cell(row=sheet.max_row + (heading == "Ref"), column=headings[heading], value=text)
    book.save(master)
    small.do(folder, "merge")
    assert standing(folder)["2.3 action"] == "Write the guide"


def test_a_master_with_an_added_row_goes_with_its_row(folder: Path) -> None:
    before = standing(folder)
    add_a_row(folder)
    with small.opened(folder) as plan:
        result = plan.undo(return_of(folder, "master.xlsx").id)
        assert result.decisions == ()
        assert plan.verify() == []
    assert standing(folder) == before


def test_a_board_is_published_after_a_row_of_the_last_one_was_taken_back(folder: Path) -> None:
    add_a_row(folder)
    for cycle in (small.CYCLE, "2026-12"):
        small.issue(folder, cycle)
        assert small.do(folder, "publish") == 0
        with small.opened(folder) as plan:
            published = plan.desk.state.published
            shown = [row.ref for row in plan.desk.state.master("action", published[-1][1].as_of)]
            assert ("2.3" in shown) is (cycle == small.CYCLE)
        if cycle == small.CYCLE:
            assert small.do(folder, "undo", return_of(folder, "master.xlsx").id) == 0


def test_the_command_says_what_it_took_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, small.LEARNING, {("2.1", "rating"): "Amber"})
    small.do(folder, "merge")
    found = return_of(folder, "inbox/Head of Learning.xlsx").id
    capsys.readouterr()
    assert small.do(folder, "undo", found, "--json", "--why", "sent by mistake") == 0
    document = json.loads(capsys.readouterr().out)
    assert document["return"] == found
    assert [(c["action"], c["from"], c["to"]) for c in document["changes"]] == [
        ("2.1", "Amber", "Red")
    ]
    assert small.do(folder, "undo", found, "--json") == 2
    assert [p["code"] for p in json.loads(capsys.readouterr().out)["problems"]] == ["UNDO-002"]
