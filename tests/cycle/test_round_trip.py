"""The whole cycle with a real LibreOffice: what leads and the coordinator do, on the example.

A template that comes back unedited changes nothing;
each edit is reported with its file, sheet and cell; a question is answered with its dropdown.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests import small
from tests.office import (
    CSV,
    ODS,
    STRICT_XLSX,
    XLS,
    XLSX,
    Choose,
    Empty,
    Office,
    Sort,
    Type,
    Unprotect,
    Write,
)
from xlplan.cli.main import run
from xlplan.cycle.new import new, shipped
from xlplan.cycle.plan import Plan, open_plan
from xlplan.plan.timescales import Timescale
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import key_rows, places_in

EXAMPLE = shipped("examples") / "brag-by-recommendation" / "plan.xlsx"
TODAY = date(2026, 1, 12)
LEAD = "Head of Quality Assurance"
CO_LEAD = "Fire Safety Partnerships Officer"


@pytest.fixture(scope="module")
def issued_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans") / "plan"
    new(folder, EXAMPLE, template="brag-by-recommendation")
    with open_plan(folder, today=TODAY) as plan:
        plan.issue("2026-01", date(2026, 1, 23))
    return folder


@pytest.fixture
def plan(issued_once: Path, tmp_path: Path) -> Iterator[Plan]:
    """A plan of the shipped example with its templates issued, a fresh copy for each test."""
    folder = tmp_path / "plan"
    shutil.copytree(issued_once, folder)
    with open_plan(folder, today=TODAY) as opened:
        yield opened


def template_of(plan: Plan, lead: str) -> Path:
    return plan.folder / "outbox" / "2026-01" / f"{lead}.xlsx"


def cell_of(plan: Plan, path: Path, ref: str, field: str) -> str:
    """``"Update!F12"`` for a field of an action in an issued workbook."""
    uid = next(row.uid for row in plan.rows() if row.ref == ref)
    sheet, cell = places_in(path.read_bytes(), ID_PREFIX)[uid, field]
    return f"{sheet}!{cell}"


@pytest.mark.parametrize(
    "kind", [XLSX, STRICT_XLSX, XLS, ODS, CSV], ids=["xlsx", "strict", "xls", "ods", "csv"]
)
def test_a_template_saved_unedited_changes_nothing(plan: Plan, office: Office, kind: str) -> None:
    before = plan.rows()
    suffix = {XLS: ".xls", ODS: ".ods", CSV: ".csv"}.get(kind, ".xlsx")
    for lead in (LEAD, CO_LEAD):
        target = plan.folder / "inbox" / f"{lead}{suffix}"
        office.resave(template_of(plan, lead), target, filter=kind)
    result = plan.merge()
    # A csv file has one sheet, so its stamp is gone; its signed row keys are not.
    codes = [[problem.code for problem in r.problems] for r in result.returns]
    assert codes == [["RET-006"] if kind == CSV else []] * 2
    assert [(r.outcome, r.lead) for r in result.returns] == [
        ("unchanged", CO_LEAD),
        ("unchanged", LEAD),
    ]
    assert (result.changes, result.questions) == ((), ())
    assert plan.rows() == before


def test_each_edit_of_a_lead_comes_in_with_its_file_sheet_and_cell(
    plan: Plan, office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    path = template_of(plan, LEAD)
    at = {
        name: cell_of(plan, path, ref, field)
        for name, (ref, field) in {
            "rating": ("6.4", "rating"),
            "lines": ("6.4", "progress"),
            "date": ("6.4", "due"),
            "emptied": ("1.2", "progress"),
            "equals": ("1.6", "progress"),
            "dash": ("1.7", "progress"),
        }.items()
    }
    office.edit(
        path,
        plan.folder / "inbox" / "my update.xlsx",
        [
            Choose(at["rating"], "Amber"),
            Type(at["lines"], "First line\nSecond line"),
            Type(at["date"], "28/02/2026"),
            Empty(at["emptied"]),
            Type(at["equals"], "=> see the report"),
            Type(at["dash"], "- done"),
        ],
    )
    assert run(["-C", str(plan.folder), "--today", "2026-01-13", "merge", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    (report,) = found["returns"]
    assert (report["outcome"], report["lead"], report["cycle"]) == ("merged", LEAD, "2026-01")
    assert (report["changes"], report["questions"], report["problems"]) == (6, 0, [])
    got = {(c["action"], c["field"]): c for c in found["changes"]}
    expected = {
        ("6.4", "rating"): ("Amber", at["rating"]),
        ("6.4", "progress"): ("First line\nSecond line", at["lines"]),
        ("1.2", "progress"): (None, at["emptied"]),
        ("1.6", "progress"): ("=> see the report", at["equals"]),
        ("1.7", "progress"): ("- done", at["dash"]),
    }
    assert {key: (c["to"], f"{c['sheet']}!{c['cell']}") for key, c in got.items()} == {
        **expected,
        ("6.4", "due"): ({"text": "28/02/2026", "by": "2026-02-28"}, at["date"]),
    }
    assert {c["file"] for c in found["changes"]} == {"inbox/my update.xlsx"}
    assert {c["lead"] for c in found["changes"]} == {LEAD}
    shown = {row.ref: row.values for row in open_plan(plan.folder).rows()}
    assert shown["6.4"]["rating"] == "Amber"
    assert shown["6.4"]["due"] == Timescale("", date(2026, 2, 28), "28 February 2026")


def test_a_return_merged_twice_or_resaved_changes_nothing(plan: Plan, office: Office) -> None:
    path = template_of(plan, LEAD)
    back = plan.folder / "inbox" / "back.xlsx"
    office.edit(path, back, [Choose(cell_of(plan, path, "6.4", "rating"), "Amber")])
    assert len(plan.merge().changes) == 1
    again = plan.merge()
    assert [r.outcome for r in again.returns] == ["duplicate"]
    office.resave(back, plan.folder / "inbox" / "again.xlsx")
    result = plan.merge()
    assert [r.outcome for r in result.returns] == ["unchanged", "duplicate"]  # again, back
    assert (result.changes, result.questions) == ((), ())


def test_co_leads_who_disagree_are_settled_with_the_dropdown_of_decisions(
    plan: Plan, office: Office
) -> None:
    for lead, rating in ((LEAD, "Blue"), (CO_LEAD, "Amber")):
        path = template_of(plan, lead)
        at = cell_of(plan, path, "7.5", "rating")
        office.edit(path, plan.folder / "inbox" / f"{lead}.xlsx", [Choose(at, rating)])
    result = plan.merge()
    (question,) = result.questions
    assert (question.kind, question.action, question.field) == ("conflict", "7.5", "rating")
    assert result.changes == ()
    decisions = plan.folder / "decisions.xlsx"
    columns, rows = key_rows(decisions.read_bytes(), ID_PREFIX)
    sheet, row = rows[question.id]
    answered = plan.folder / "answered.xlsx"
    choose = f"{sheet}!{columns['decision']}{row}"
    assert office.choices(decisions, choose) == list(question.choices)
    office.edit(
        decisions,
        answered,
        [Choose(choose, "Amber"), Type(f"{sheet}!{columns['why']}{row}", "agreed by phone")],
    )
    answered.replace(decisions)
    result = plan.merge()
    assert (result.answered, result.questions) == (1, ())
    assert [(c.action, c.field, c.after, c.kind) for c in result.changes] == [
        ("7.5", "rating", "Amber", "decision")
    ]
    assert not decisions.exists()
    assert plan.merge().changes == ()


def test_a_locked_cell_written_by_a_program_never_moves_the_master(
    plan: Plan, office: Office
) -> None:
    path = template_of(plan, LEAD)
    at = cell_of(plan, path, "6.4", "action")
    before = plan.rows()
    office.edit(path, plan.folder / "inbox" / "a.xlsx", [Type(at, "typed")])
    assert plan.merge().returns[0].outcome == "unchanged"
    office.edit(path, plan.folder / "inbox" / "b.xlsx", [Write(at, "written")])
    (question,) = plan.merge().questions
    assert (question.kind, question.action, question.field) == ("locked", "6.4", "action")
    assert question.candidates[0].text == "written"
    assert plan.rows() == before


def test_a_broken_file_beside_good_ones_is_refused_and_stops_nothing(
    plan: Plan, office: Office
) -> None:
    path = template_of(plan, LEAD)
    good = plan.folder / "inbox" / "good.xlsx"
    office.edit(path, good, [Choose(cell_of(plan, path, "6.4", "rating"), "Amber")])
    (plan.folder / "inbox" / "half.xlsx").write_bytes(good.read_bytes()[:4000])
    (plan.folder / "inbox" / "a letter.xlsx").write_bytes(b"%PDF-1.7\n%a letter\n")
    result = plan.merge()
    outcomes = {r.file: (r.outcome, [p.code for p in r.problems]) for r in result.returns}
    assert outcomes["inbox/good.xlsx"] == ("merged", [])
    assert [outcomes[f"inbox/{n}.xlsx"][0] for n in ("half", "a letter")] == ["refused", "refused"]
    assert all(outcomes[f"inbox/{name}.xlsx"][1] for name in ("half", "a letter"))
    assert [(c.action, c.after) for c in result.changes] == [("6.4", "Amber")]
    assert plan.verify() == []


def test_rows_sorted_by_a_person_are_still_known_by_their_keys(plan: Plan, office: Office) -> None:
    small.in_layout(plan.folder, "table")
    plan.issue("2026-01", date(2026, 1, 23))
    path = template_of(plan, LEAD)
    columns, rows = key_rows(path.read_bytes(), ID_PREFIX)
    first, last = min(n for _, n in rows.values()), max(n for _, n in rows.values())
    office.edit(
        path,
        plan.folder / "inbox" / "sorted.xlsx",
        [
            Choose(cell_of(plan, path, "6.4", "rating"), "Amber"),
            Unprotect("Update"),
            Sort(f"Update!A{first}:{columns['rating']}{last}", ord(columns["progress"]) - 65),
        ],
    )
    result = plan.merge()
    assert [(c.action, c.field, c.after) for c in result.changes] == [("6.4", "rating", "Amber")]
    assert result.questions == ()


def test_the_coordinators_edit_in_the_master_crosses_with_a_lead(
    plan: Plan, office: Office
) -> None:
    master = plan.folder / "master.xlsx"
    edited = plan.folder / "edited.xlsx"
    office.edit(
        master,
        edited,
        [
            Type(cell_of(plan, master, "6.4", "rating"), "Red"),
            Type(cell_of(plan, master, "6.4", "outcome"), "Good habits last."),
        ],
    )
    edited.replace(master)
    path = template_of(plan, LEAD)
    at = cell_of(plan, path, "6.4", "rating")
    office.edit(path, plan.folder / "inbox" / "qa.xlsx", [Choose(at, "Amber")])
    result = plan.merge()
    assert [(q.kind, q.action, q.field) for q in result.questions] == [
        ("conflict", "6.4", "rating")
    ]
    row = next(row for row in plan.rows() if row.ref == "6.4")
    assert (row.values["rating"], row.values["outcome"]) == ("Red", "Good habits last.")
