"""A year of a date that may only be asked for: asked, overdue, refused, asked again, agreed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import small
from tests.small import LETTINGS, REPAIRS

JUNE, AUGUST, SEPTEMBER = "June 2027", "August 2027", "September 2027"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make_asking(tmp_path / "plan")
    small.issue(made)
    return made


def replied(folder: Path, lead: str = LETTINGS) -> str:
    replies = folder / "replies"
    small.do(folder, "merge", "--reply", str(replies))
    for file in (folder / "inbox").glob("*.xlsx"):
        file.unlink()
    return " ".join((replies / f"Reply to {lead}.txt").read_text("utf-8").split())


def show(folder: Path, ref: str, capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    capsys.readouterr()
    assert small.do(folder, "show", ref, "--json") == 0
    fields = json.loads(capsys.readouterr().out)[0]["fields"]
    return dict(fields["due"])


def test_asked_refused_asked_again_and_agreed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "due"): AUGUST, ("1.1", "why"): "Awaiting counsel"})
    text = replied(folder)
    assert "1 change taken, 1 action left as it was, 1 asked of the coordinator" in text
    assert f"Action 1.1, Timescale: {AUGUST} in the place of {JUNE}" in text
    assert show(folder, "1.1", capsys)["text"] == JUNE
    (row,) = small.extensions(folder, small.CYCLE)
    names = ("Ref", "Times moved", "Date asked for", "Asked by", "Reason")
    assert [row[n] for n in names] == ["1.1", 0, AUGUST, LETTINGS, "Awaiting counsel"]
    assert row["Original date"] == "30 June 2027"
    assert (row["Decision"], row["Decided by"]) == ("Open: the date stands", "–")

    small.answer(folder, {("1.1", "due"): "Refuse"})
    small.do(folder, "merge")
    small.issue(folder, "2026-12")
    small.give_back(
        folder, LETTINGS, {("1.1", "due"): SEPTEMBER}, cycle="2026-12", file="second.xlsx",
        saved_at="2026-12-10T10:00:00Z",
    )  # fmt: skip
    text = replied(folder)
    assert f"Action 1.1, Timescale: you asked for {AUGUST}; refused, it stays {JUNE}" in text
    assert f"Action 1.1, Timescale: {SEPTEMBER} in the place of {JUNE}" in text

    small.answer(folder, {("1.1", "due"): "Agree"})
    small.do(folder, "merge")
    assert show(folder, "1.1", capsys)["text"] == SEPTEMBER
    last, first = small.extensions(folder, "2026-12")
    assert (last["Date asked for"], last["Decision"], last["Decided by"]) == (
        SEPTEMBER, "Agreed", "The coordinator",
    )  # fmt: skip
    assert str(last["Decided on"]).startswith("2 November 2026")
    assert (last["Times moved"], first["Decision"]) == (1, "Refused")

    small.issue(folder, "2027-01")
    small.give_back(
        folder, LETTINGS, {("1.1", "progress"): "Sent"}, cycle="2027-01", file="third.xlsx",
        saved_at="2027-01-10T10:00:00Z",
    )  # fmt: skip
    text = replied(folder)
    assert f"you asked for {SEPTEMBER}; agreed" in text
    assert AUGUST not in text  # that was news the last time
    with small.opened(folder) as plan:
        assert plan.verify() == []


def test_two_leads_ask_and_undo_takes_one_of_them_back(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.3", "due"): "1 March 2027"})
    small.give_back(folder, REPAIRS, {("1.3", "due"): "1 May 2027"})
    capsys.readouterr()
    small.do(folder, "merge", "--json")
    returns = {r["lead"]: r["id"] for r in json.loads(capsys.readouterr().out)["returns"]}
    with small.opened(folder) as plan:
        (asked,) = plan.questions()
        assert (asked.kind, len(asked.candidates)) == ("conflict", 2)
    small.do(folder, "undo", returns[REPAIRS])
    (folder / "inbox" / f"{REPAIRS}.xlsx").unlink()
    small.answer(folder, {("1.3", "due"): "Agree"})
    small.do(folder, "merge")
    assert show(folder, "1.3", capsys)["text"] == "1 March 2027"
    (row,) = small.extensions(folder, small.CYCLE)
    assert (row["Asked by"], row["Decision"]) == (LETTINGS, "Agreed")


def test_a_plan_that_does_not_ask_for_it_has_no_such_sheet(tmp_path: Path) -> None:
    made = small.make(tmp_path / "plan")
    small.issue(made)
    small.give_back(made, LETTINGS, {("1.1", "due"): AUGUST})
    small.do(made, "merge")
    assert small.extensions(made, small.CYCLE) == []
