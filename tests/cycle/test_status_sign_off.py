"""A sign-off in a whole cycle: it counts as returned, changes nothing, and stands in `status`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.outgoing import place
from xlplan.cli.main import run
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.cycle.status import LeadStatus
from xlplan.ledger.codec import from_body, to_body
from xlplan.merge.model import Returned
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in

EXAMPLE = shipped("examples") / "brag-by-recommendation" / "plan.xlsx"
LEAD = "Head of Quality Assurance"
SIGNED = ("Yes", "A Deputy", date(2026, 1, 20))


@pytest.fixture
def plan(tmp_path: Path) -> Iterator[Plan]:
    new(tmp_path / "plan", EXAMPLE, template="brag-by-recommendation")
    with open_plan(tmp_path / "plan", today=date(2026, 1, 12)) as opened:
        opened.issue("2026-01", date(2026, 1, 23), [LEAD])
        yield opened


Edits = list[tuple[str, str | float | date | None]]


def come_back(plan: Plan, edits: Edits, saved_at: str, name: str = "back.xlsx") -> None:
    data = (plan.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
    (plan.folder / "inbox" / name).write_bytes(fill_in(data, "Update", edits, saved_at))


def sign_off(plan: Plan, *given: str | date | None) -> Edits:
    data = (plan.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
    return [
        (place(data, name), value)
        for name, value in zip(("no_change", "signed_by", "signed_on"), given, strict=True)
    ]


def lead_of(plan: Plan) -> LeadStatus:
    return next(lead for lead in plan.status().leads if lead.lead == LEAD)


def test_a_return_with_nothing_but_a_sign_off_is_unchanged_and_counts_as_returned(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    before = plan.rows()
    assert not lead_of(plan).returned
    come_back(plan, sign_off(plan, *SIGNED), "2026-01-20T10:00:00Z")
    [report] = plan.merge().returns
    assert (report.outcome, report.problems, report.information) == ("unchanged", (), ())
    assert plan.rows() == before
    found = lead_of(plan)
    assert (found.returned, found.no_change) == (True, True)
    assert (found.signed_by, found.signed_on) == ("A Deputy", "2026-01-20")
    assert plan.verify() == []
    capsys.readouterr()
    assert run(["-C", str(plan.folder), "status", "--json"]) == 0
    [lead] = [each for each in json.loads(capsys.readouterr().out)["leads"] if each["lead"] == LEAD]
    assert lead["no_change"] is True
    assert (lead["signed_by"], lead["signed_on"]) == ("A Deputy", "2026-01-20")
    assert run(["-C", str(plan.folder), "status"]) == 0
    assert "no change, A Deputy, 2026-01-20" in capsys.readouterr().out


def test_without_a_sign_off_status_says_nothing_of_one(
    plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    come_back(plan, [], "2026-01-20T10:00:00Z")
    plan.merge()
    found = lead_of(plan)
    assert (found.returned, found.no_change, found.signed_by, found.signed_on) == (
        True, False, "", "",
    )  # fmt: skip
    capsys.readouterr()
    run(["-C", str(plan.folder), "status"])
    assert "signed off" not in capsys.readouterr().out


def test_the_sign_off_that_was_saved_last_stands_whichever_came_first(plan: Plan) -> None:
    later = sign_off(plan, None, "The head", date(2026, 1, 22))
    come_back(plan, later, "2026-01-22T10:00:00Z", "a.xlsx")
    come_back(plan, sign_off(plan, *SIGNED), "2026-01-20T10:00:00Z", "b.xlsx")
    plan.merge()
    found = lead_of(plan)
    assert (found.no_change, found.signed_by, found.signed_on) == (False, "The head", "2026-01-22")


def test_a_tick_beside_edits_is_told_and_the_edits_count(plan: Plan) -> None:
    data = (plan.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
    places = places_in(data, ID_PREFIX)
    _, cell = next(p for row in plan.rows() if (p := places.get((row.uid, "progress"))))
    edit = (cell, "The second review is complete.")
    come_back(plan, [*sign_off(plan, *SIGNED), edit], "2026-01-20T10:00:00Z")
    result = plan.merge()
    [report] = result.returns
    assert (report.outcome, [p.code for p in report.problems]) == ("merged", ["RET-021"])
    assert [change.after for change in result.changes] == ["The second review is complete."]


def test_returns_recorded_before_there_were_sign_offs_read_as_they_did() -> None:
    fact = Returned("r-1", "0" * 64, "a.xlsx", "t-1", LEAD, "2026-01", "", "unchanged")
    body = to_body(fact)
    assert "sign_off" not in body
    assert from_body("returned", body) == fact


# By role

ROLES = '\n[[sign_off]]\nrole = "Head of Service"\n\n[[sign_off]]\nrole = "Treasurer"\n'
DAY = date(2026, 1, 20)


def with_roles(plan: Plan, text: str = ROLES) -> None:
    path = plan.folder / "plan.toml"
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def by_role(plan: Plan, **names: str) -> Edits:
    """Each role by its first word: who signs."""
    data = (plan.folder / "outbox" / "2026-01" / f"{LEAD}.xlsx").read_bytes()
    roles = {"head": "Head of Service", "treasurer": "Treasurer"}
    edits: Edits = [(place(data, f"signed_by:{roles[who]}"), name) for who, name in names.items()]
    return [*edits, *((place(data, f"signed_on:{roles[who]}"), DAY) for who in names)]


@pytest.fixture
def signing(tmp_path: Path) -> Iterator[Plan]:
    new(tmp_path / "plan", EXAMPLE, template="brag-by-recommendation")
    with open_plan(tmp_path / "plan", today=date(2026, 1, 12)) as opened:
        with_roles(opened)
        opened.issue("2026-01", date(2026, 1, 23), [LEAD])
        yield opened


def test_a_return_is_signed_once_every_role_has_signed(
    signing: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    come_back(signing, by_role(signing, head="A Head"), "2026-01-20T10:00:00Z")
    signing.merge()
    found = lead_of(signing)
    assert (found.returned, found.signed_by, found.signed_on) == (True, "", "")
    assert found.unsigned == ("Treasurer",)
    assert found.sign_off == "Head of Service: A Head, 2026-01-20; missing: Treasurer"
    run(["-C", str(signing.folder), "status"])
    assert "missing: Treasurer" in capsys.readouterr().out

    edits = by_role(signing, head="A Head", treasurer="B Treasurer")
    come_back(signing, edits, "2026-01-21T10:00:00Z", "again.xlsx")
    [report] = [r for r in signing.merge().returns if r.file.endswith("again.xlsx")]
    assert (report.outcome, report.information) == ("unchanged", ())
    found = lead_of(signing)
    assert (found.signed_by, found.signed_on) == ("A Head, B Treasurer", "2026-01-20")
    assert found.unsigned == ()
    assert signing.verify() == []


def test_a_return_that_nobody_signed_misses_all(signing: Plan) -> None:
    assert lead_of(signing).unsigned == ()
    come_back(signing, [], "2026-01-20T10:00:00Z")
    signing.merge()
    assert lead_of(signing).unsigned == ("Head of Service", "Treasurer")
    assert lead_of(signing).sign_off == "missing: Head of Service, Treasurer"


def test_a_template_from_before_is_signed_as_it_was(plan: Plan) -> None:
    with_roles(plan)
    come_back(plan, sign_off(plan, *SIGNED), "2026-01-20T10:00:00Z")
    plan.merge()
    found = lead_of(plan)
    assert (found.signed_by, found.signatures, found.unsigned) == ("A Deputy", (), ())
