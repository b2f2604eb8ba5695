"""How often a cycle begins; issuing one again; what `xlplan` alone says of both."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from tests import small
from tests.post.in_excel import attached_to, define, draft_of
from tests.small import LEARNING, LETTINGS, REPAIRS, do
from xlplan.cycle.next_step import NextCycle, next_cycle

TODAY, LATER = date(2026, 11, 2), date(2027, 3, 9)


@pytest.mark.parametrize(
    ("every", "begins"),
    [
        ("4 weeks", date(2026, 11, 30)),
        ("1 week", date(2026, 11, 9)),
        ("10 days", date(2026, 11, 12)),
        ("month", date(2026, 12, 2)),
        ("3 months", date(2027, 2, 2)),
        ("quarter", date(2027, 2, 2)),
        ("year", date(2027, 11, 2)),
    ],
)
def test_a_cycle_begins_so_long_after_the_last(every: str, begins: date) -> None:
    found = next_cycle(every, ["2026-11"], TODAY, date(2026, 11, 27), TODAY)
    assert (found.begins, found.due) == (begins, False)
    assert (found.return_by - begins).days == 25


def test_what_a_cycle_is_called() -> None:
    def name(cycles: list[str], today: date = TODAY) -> str:
        return next_cycle("week", cycles, TODAY, None, today).cycle

    assert name(["2026-10"]) == "2026-11"
    assert name(["2026-10", "2026-11"]) == "2026-11-09"  # the month is in use
    assert name(["spring"]) == "2026-11-09"
    assert name(["2026-11"], LATER) == "2027-03"


def test_the_first_cycle_is_due_at_once() -> None:
    assert next_cycle("month", [], None, None, TODAY) == NextCycle(
        TODAY, True, "2026-11", date(2026, 11, 16)
    )


def test_xlplan_alone_says_when_a_cycle_is_due(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    define(folder, "plan", "every", value="4 weeks")

    def says(*args: str, today: str) -> str:
        capsys.readouterr()
        assert do(folder, *args, today=today) == 0
        return capsys.readouterr().out

    first = says(today="2026-11-02")
    assert "then xlplan issue --cycle 2026-11 --return-by 2026-11-16" in first
    says("issue", "--cycle", "2026-11", "--return-by", "2026-11-13", today="2026-11-02")
    assert "The next cycle begins on 2026-11-30: 2026-11-30." in says(today="2026-11-29")
    assert "The next cycle has been due since 2026-11-30: 2026-12." in says(today="2026-12-01")
    says("publish", today="2026-12-01")
    assert says(today="2026-12-01").endswith(
        "Next: put what comes back into inbox, then xlplan merge\n"
    )
    assert json.loads(says("status", "--json", today="2026-12-01"))["next_cycle"] == {
        "begins": "2026-11-30", "due": True, "cycle": "2026-12", "return_by": "2026-12-12",
    }  # fmt: skip


def test_without_a_cadence_nothing_is_proposed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    capsys.readouterr()
    do(folder)
    assert "--cycle ID --return-by DATE" in capsys.readouterr().out
    do(folder, "status", "--json")
    assert json.loads(capsys.readouterr().out)["next_cycle"] is None


# Issuing again


def test_issued_again_nobodys_stale_template_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    do(folder, "draft")
    outbox = folder / "outbox" / small.CYCLE
    old = {file.stem: file.read_bytes() for file in outbox.glob("*.xlsx")}
    # Learning's actions go to Lettings; those of Repairs are as they were.
    small.edit_master(folder, {("2.1", "lead"): LETTINGS, ("2.2", "lead"): LETTINGS})
    do(folder, "merge")
    capsys.readouterr()
    assert do(folder, "issue", "--cycle", small.CYCLE) == 0
    err = capsys.readouterr().err
    assert err.count("[ISS-082]") == 2
    assert f"for {LEARNING} is out of date" in err
    assert sorted(file.stem for file in outbox.glob("*.xlsx")) == [LETTINGS, REPAIRS]
    aside = {f.stem.partition(", t-")[0]: f for f in (outbox / "superseded").glob("*.xlsx")}
    assert {name: file.read_bytes() for name, file in aside.items()} == {
        name: old[name] for name in (LEARNING, LETTINGS)
    }
    assert len(list((outbox / "superseded").glob("*.eml"))) == 2
    assert (outbox / "post" / f"{REPAIRS}.eml").exists()
    assert do(folder, "issue", "--cycle", small.CYCLE) == 0
    assert "ISS-082" not in capsys.readouterr().err


def test_one_lead_in_mid_cycle_is_one_command_and_one_draft(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    small.edit_master(folder, {("2.1", "lead"): LETTINGS})
    do(folder, "merge")
    outbox = folder / "outbox" / small.CYCLE
    others = {name: (outbox / f"{name}.xlsx").read_bytes() for name in (LEARNING, REPAIRS)}
    assert do(folder, "issue", "--cycle", small.CYCLE, "--lead", LETTINGS) == 0
    assert {name: (outbox / f"{name}.xlsx").read_bytes() for name in others} == others
    assert len(list((outbox / "superseded").iterdir())) == 1
    do(folder, "draft", "--lead", LETTINGS)
    assert [file.name for file in (outbox / "post").glob("*.eml")] == [f"{LETTINGS}.eml"]
    assert attached_to(draft_of(folder, LETTINGS))[1] == (outbox / f"{LETTINGS}.xlsx").read_bytes()


def test_who_was_reminded_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    for day in ("2026-11-20", "2026-11-27"):
        do(folder, "remind", "--lead", LETTINGS, today=day)
    capsys.readouterr()
    do(folder)
    assert f"{LEARNING}, {LETTINGS} (reminded twice), {REPAIRS}." in capsys.readouterr().out
    do(folder, "status")
    assert "2026-11-20, 2026-11-27" in capsys.readouterr().out
    with small.opened(folder) as opened:
        found = opened.composite()["by_lead"].set_index("lead")["return"].to_dict()
    assert found == {
        LEARNING: "Not returned",
        LETTINGS: "Not returned, reminded twice",
        REPAIRS: "Not returned",
    }
