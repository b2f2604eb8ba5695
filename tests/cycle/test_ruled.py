"""Plans whose ratings follow from rules, or are the coordinator's to give, over two cycles."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from tests import small
from xlplan.cli.main import run
from xlplan.cycle.demo import demo
from xlplan.cycle.plan import Plan, open_plan
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import fill_in, places_in


def ratings(plan: Plan) -> dict[str, object]:
    return {row.ref: row.values.get("rating") for row in plan.rows()}


def edit(path: Path, plan: Plan, edits: small.Edits) -> bytes:
    """A workbook of ours with some cells filled in, by ref and field."""
    at = {
        (plan.desk.state.ref(uid), field): place
        for (uid, field), place in places_in(path.read_bytes(), ID_PREFIX).items()
    }
    (sheet,) = {at[key][0] for key in edits}
    cells = [(at[key][1], value) for key, value in edits.items()]
    return fill_in(path.read_bytes(), sheet, cells, "2026-04-20T09:00:00Z")


@pytest.fixture
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A shipped example after its first cycle."""
    return demo(tmp_path / "plan", lambda _: None, example=request.param).folder


@pytest.mark.parametrize("made", ["percent-complete"], indirect=True)
def test_percent_complete_drives_the_rating(made: Path) -> None:
    with open_plan(made, today=date(2026, 4, 17)) as plan:
        # By hand from the percentages that came back, the dates and the four bands.
        assert ratings(plan) == {
            "H1": "Complete", "H2": "Amber", "H3": "Not begun", "H4": "Amber", "H5": "Complete",
            "S1": "Red", "S2": "Amber", "S3": "Green", "S4": "Complete", "S5": "Green",
        }  # fmt: skip
        (why,) = [c for c in plan.log() if (c.action, c.field) == ("H5", "rating")]
        assert (why.by, why.kind, why.why) == ("rule", "rule", "100% complete")
    with open_plan(made, today=date(2026, 6, 1)) as plan:
        issued = {t.lead.name: t.path for t in plan.issue("2026-06", date(2026, 6, 19))}
        # Time alone: H3 was due on 31 May, S5 on 30 April.
        assert {ref: code for ref, code in ratings(plan).items() if code == "Red"} == {
            "H3": "Red", "S1": "Red", "S5": "Red",
        }  # fmt: skip
        path = issued["Drainage Engineer"]
        back = edit(path, plan, {("H3", "percent"): 1, ("H3", "rating"): "Green"})
        (made / "inbox" / "drainage.xlsx").write_bytes(back)
        result = plan.merge()
        assert ratings(plan)["H3"] == "Complete"
        assert result.questions == ()
        (report,) = [r for r in result.returns if r.file.endswith("drainage.xlsx")]
        assert any('"Green" was not used' in line for line in report.information)
        plan.publish()
        assert not [p for p in plan.verify() if p.level != "note"]


@pytest.mark.parametrize("made", ["percent-complete"], indirect=True)
def test_the_rating_is_locked_in_the_template_and_the_percentage_is_not(made: Path) -> None:
    path = made / "outbox" / "2026-04" / "Bridges Engineer.xlsx"
    book = openpyxl.load_workbook(path)
    places = places_in(path.read_bytes(), ID_PREFIX)
    locked = {
        field: book[sheet][cell].protection.locked for (_, field), (sheet, cell) in places.items()
    }
    assert (locked["rating"], locked["percent"]) == (True, False)


@pytest.mark.parametrize("made", ["months-behind"], indirect=True)
def test_a_new_date_restarts_the_clock_once_it_is_approved(made: Path) -> None:
    with open_plan(made, today=date(2026, 3, 20)) as plan:
        # E1: approved; E3: asked for and not approved; E4: due on 28 February; E6: 31 January.
        assert ratings(plan) == {
            "E1": "Re-programmed", "E2": "Green", "E3": "Amber", "E4": "Green", "E5": "Complete",
            "E6": "Amber", "E7": "Green", "E8": "Complete",
        }  # fmt: skip
    with open_plan(made, today=date(2026, 4, 20)) as plan:
        plan.issue("2026-04", date(2026, 4, 30))
        assert (ratings(plan)["E3"], ratings(plan)["E4"]) == ("Red", "Amber")
        plan.merge()
        master = made / "master.xlsx"
        approved = {("E4", "approved_on"): date(2026, 4, 16)}
        master.write_bytes(edit(master, plan, approved))
        plan.merge()
        assert ratings(plan)["E4"] == "Re-programmed"
        (due,) = [s for s in plan.check() if s.action == "E3" and s.code == "CHK-018"]
        assert "not approved" in due.message
        plan.publish()
    with open_plan(made, today=date(2026, 7, 1)) as plan:
        plan.publish(cycle="2026-04")
        # E4: 31 May by the date that was approved; by the planned one it would be four months.
        assert ratings(plan)["E4"] == "Amber"
        assert not [p for p in plan.verify() if p.level != "note"]


@pytest.mark.parametrize("made", ["completed-and-checked"], indirect=True)
def test_blue_is_the_coordinators_and_needs_evidence(
    made: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = made / "outbox" / "2026-05" / "Clinical Lead.xlsx"
    lists = openpyxl.load_workbook(first)["Lists"]
    offered = [
        [cell.value for cell in column if cell.value] for column in lists.iter_cols(max_row=12)
    ]
    assert any(
        column[-4:] == ["Done", "Green", "Amber", "Red"] and "Blue" not in column
        for column in offered
    )
    with open_plan(made, today=date(2026, 6, 2)) as plan:
        issued = {t.lead.name: t.path for t in plan.issue("2026-06", date(2026, 6, 19))}
        back = {("6", "rating"): "B"}
        (made / "inbox" / "a.xlsx").write_bytes(edit(issued["Clinical Lead"], plan, back))
        back = {("9", "rating"): "D"}
        (made / "inbox" / "b.xlsx").write_bytes(edit(issued["Head Chef"], plan, back))
        result = plan.merge()
        assert {(q.action, q.message) for q in result.questions} == {
            ("6", "Blue is not for a lead to give."),
            ("9", "Done needs Evidence, which is blank in this file."),
        }
        for question in result.questions:
            plan.answer(question, "Keep current")
        master = made / "master.xlsx"
        checked = {("6", "checked"): "Quality Manager, 9 June 2026", ("6", "rating"): "B"}
        master.write_bytes(edit(master, plan, checked))
        assert plan.merge().questions == ()
        assert ratings(plan)["6"] == "B"
        plan.publish()
    assert run(["-C", str(made), "--today", "2026-06-19", "check"]) in (0, 1)
    assert "CHK-032" not in capsys.readouterr().out
