"""A return on the form of an earlier cycle counts for the cycle that is open, and says so."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests import small
from tests.boards import sheet_of, words_of
from tests.paper import Office
from tests.small import LETTINGS, REPAIRS
from xlplan.board import composite_workbook
from xlplan.board.figures import figures
from xlplan.board.grouped import return_words
from xlplan.cycle.publish import board_of
from xlplan.cycle.status import LeadStatus

OLD, NEW = "2026-10", "2027-01"
LATE = "2027-02-01"
"""A day after the new cycle was due back."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two cycles were issued; nobody has returned anything yet."""
    made = small.make(tmp_path / "plan")
    small.issue(made, OLD)
    assert small.do(made, "issue", "--cycle", NEW, "--return-by", "2027-01-29") == 0
    return made


def lead(folder: Path, name: str, cycle: str = "") -> LeadStatus:
    with small.opened(folder) as plan:
        return next(one for one in plan.status(cycle).leads if one.lead == name)


def test_merge_says_which_cycle_it_answers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    capsys.readouterr()
    assert small.do(folder, "merge", "--json") == 0
    [back] = json.loads(capsys.readouterr().out)["returns"]
    assert (back["outcome"], back["cycle"], back["counts_for"]) == ("merged", OLD, NEW)
    [problem] = back["problems"]
    assert problem["code"] == "RET-025"
    assert problem["message"].startswith(f"This answers {OLD}, not {NEW}: ")


def test_status_says_that_it_came_on_the_old_form(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    assert small.do(folder, "merge") == 0
    capsys.readouterr()
    small.do(folder, "status", today=LATE)
    text = capsys.readouterr().out
    assert f"{LETTINGS} returned on the old form: it answers {OLD}, and counts for {NEW}." in text
    assert "1 of 3 returned" in text
    small.do(folder, "status", "--json", today=LATE)
    found = {one["lead"]: one for one in json.loads(capsys.readouterr().out)["leads"]}
    assert found[LETTINGS]["returned"] is True
    assert (found[LETTINGS]["late"], found[LETTINGS]["old_form"]) == (False, OLD)
    assert (found[LETTINGS]["changes"], found[LETTINGS]["untouched"]) == (1, 1)
    assert (found[REPAIRS]["late"], found[REPAIRS]["old_form"]) == (True, None)


def test_the_board_does_not_chase_whoever_used_the_old_form(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent"}, cycle=OLD)
    assert small.do(folder, "merge") == 0
    with small.opened(folder) as plan:
        board = board_of(plan.desk)
        book = composite_workbook(board, "2027-01-20T09:00:00Z")
    found = figures(board)
    assert (found.asked, found.returned) == (3, 1)
    of = {one.lead: return_words(one.line) for one in found.leads}
    assert of[LETTINGS] == f"Returned, on the form of {OLD}"
    assert of[REPAIRS] == "Not returned"
    silent = {s.row.ref for s in found.standings if "not-updated" in {r.kind for r in s.reasons}}
    assert silent == {"1.2", "2.1", "2.2"}  # 1.1 and 1.3 are among those of Lettings
    assert f"Returned, on the form of {OLD}" in words_of(sheet_of(book, "By lead"))
    assert "1 on the form of an earlier cycle, which counts" in words_of(sheet_of(book, "Notes"))


def test_a_late_one_is_late_on_the_old_form_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    assert small.do(folder, "merge", today=LATE) == 0
    capsys.readouterr()
    small.do(folder, "status", today=LATE)
    assert "late, on the old form" in capsys.readouterr().out
    with small.opened(folder) as plan:
        lines = {line.lead: return_words(line) for line in board_of(plan.desk).returns}
    assert lines[LETTINGS] == f"Returned late, on the form of {OLD}"


def test_the_new_form_puts_the_old_one_out_of_mind(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    small.give_back(folder, LETTINGS, {("1.1", "progress"): "Sent"}, cycle=NEW, file="new.xlsx")
    assert small.do(folder, "merge") == 0
    found = lead(folder, LETTINGS)
    assert (found.returned, found.old_form, found.changes) == (True, "", 2)


def test_what_came_before_the_new_form_went_out_counts_for_its_own_cycle(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder, OLD)
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    assert small.do(folder, "merge") == 0
    small.issue(folder, NEW)
    assert small.do(folder, "merge") == 0  # the file still lies in the inbox
    assert not lead(folder, LETTINGS).returned
    assert lead(folder, LETTINGS, OLD).returned


def test_a_return_that_was_undone_counts_for_nothing(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber"}, cycle=OLD)
    assert small.do(folder, "merge") == 0
    assert lead(folder, LETTINGS).returned
    with small.opened(folder) as plan:
        [ident] = plan.desk.state.returns
    small.do(folder, "undo", ident)
    assert not lead(folder, LETTINGS).returned


def test_what_came_on_the_old_form_is_news_of_the_cycle_that_was_open() -> None:
    """So that nobody is told that an action was silent for two cycles."""
    office = Office()
    old = office.issue("Ann", cycle=OLD)
    office.issue("Ann", cycle=NEW)
    office.give_back(old, {("a-1", "progress"): "Dry"}, digest="late")
    found = office.past(date(2027, 3, 1))
    assert found.updated == {"a-1": (OLD, NEW)}
