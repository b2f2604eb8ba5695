"""Promises of the lints: they never fail on what people type, say where, and need no order."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.plan_lines import PLAN, TODAY, Line
from xlplan.plan.checks.checklist import LINTS, check_plan
from xlplan.plan.checks.lint_view import History, Snapshot
from xlplan.plan.definition import Field
from xlplan.plan.definition_tables import LEVELS
from xlplan.plan.settings import Rule
from xlplan.plan.values import Invalid, Value, canon

FULL = replace(
    PLAN,
    fields=(
        *PLAN.fields,
        Field("initial_rating", "First", "rating", "initial_rating"),
        Field("revised", "Revised", "date", "revised"),
        Field("reason", "Why", "text", "reason"),
        Field("approved_by", "Approved by", "people", "approved_by"),
        Field("diary", "Diary", "narrative", "progress", mode="append"),
        Field("percent", "Complete", "percent", "percent"),
        Field("target", "Target", "text", "target"),
        Field("actual", "Actual", "number", "actual"),
    ),
    rules=(
        Rule("behind", "R", percent_below=50, overdue_days=1),
        Rule("done", "B", progress_says="completed"),
        Rule("missed", "R", target="below"),
    ),
    agreed=date(2026, 1, 5),
    notes=("3 actions", "Green: 1"),
)
WORDS = st.sampled_from(
    ["see 1.2", "see action 7", "June 2026", "Within 3 months", "TBC", "G", "G / R", "B", "Vacant",
     "Head of Housing", "H Housing", "Completed.", "not yet started", "31/02/2026", "50%", "95",
     "[1 May 2026, A Post] No change.", "1.1", "2", "not for publication"]
)  # fmt: skip
TEXTS = st.lists(WORDS | st.text(max_size=12), min_size=1, max_size=4).map("\n".join)


@st.composite
def lines(draw: st.DrawFn, number: int) -> Line:
    kind = draw(st.sampled_from(["action", "action", "recommendation"]))
    values: dict[str, Value] = {}
    for item in FULL.fields_of(kind):
        raw = draw(st.none() | TEXTS)
        values[item.id] = canon(item, raw, FULL)
        if draw(st.integers(0, 19)) == 0:
            values[item.id] = Invalid(raw or "?")
    ref = draw(st.sampled_from(["", "1.1", "1.2", "7"]) | st.text(max_size=5))
    return Line(ref, values, kind, f"u{number}", draw(st.sampled_from(["", "One", "Two"])),
                draw(st.booleans()) and draw(st.booleans()))  # fmt: skip


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[Line], History]:
    rows = [draw(lines(number)) for number in range(draw(st.integers(0, 4)))]
    before = [draw(lines(number)) for number in range(draw(st.integers(0, 4)))]
    cycles = st.lists(st.sampled_from(["2026-01", "2026-02", "2026-03"]), unique=True)
    values = {row.uid: row.values for row in before}
    return rows, History(
        tuple(Snapshot(str(n), values) for n in range(draw(st.integers(0, 2)))),
        {row.uid: tuple(sorted(draw(cycles))) for row in rows},
        {row.uid: tuple(sorted(draw(cycles))) for row in rows},
        {row.uid: row.values.get("rating") for row in before},
        {row.uid: (row.values.get("due"),) for row in before},
        {row.uid: (row.values.get("revised"),) for row in before},
    )


@given(plans())
def test_whatever_people_type_every_finding_says_where_and_what_to_do_and_is_found_again(
    plan: tuple[list[Line], History],
) -> None:
    rows, history = plan
    codes = {lint.message.code for lint in LINTS}
    fields = {item.id for item in FULL.fields} | {""}
    found = check_plan(FULL, rows, TODAY, history)
    for problem in found:
        assert problem.code in codes
        assert problem.level in LEVELS
        assert problem.field in fields
        assert problem.where == "plan.toml" or problem.where.split()[0] in (
            "action", "recommendation",
        )  # fmt: skip
        assert problem.message.rstrip().endswith((".", "?"))
    assert check_plan(FULL, rows, TODAY, history) == found


@given(plans(), st.sampled_from([lint.message.code for lint in LINTS]))
def test_rows_that_are_withdrawn_and_lints_that_are_off_take_their_own_findings_away(
    plan: tuple[list[Line], History], code: str
) -> None:
    rows, history = plan
    found = check_plan(FULL, rows, TODAY, history)
    quiet = check_plan(replace(FULL, checks={code: "off"}), rows, TODAY, history)
    assert quiet == [problem for problem in found if problem.code != code]
    gone = [replace(row, withdrawn=True) for row in rows]
    left = check_plan(
        replace(FULL, notes=()), gone, TODAY, history
    )  # only their refs are looked at
    assert {problem.code for problem in left if problem.where != "plan.toml"} <= {"CHK-001"}
