"""What a template asks while it is filled in: a real LibreOffice and the description agree.

Each row of the plan is a situation. Days lie far enough away that no clock matters.
"""

from __future__ import annotations

import io
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace

from tests import outgoing, paper
from tests.office import Choose, Empty, Office, Step, Type
from tests.sent import Sent
from xlplan.issued.hints import hints_of
from xlplan.issued.template import template_workbook
from xlplan.merge.model import Issued
from xlplan.plan.definition import BECAUSE, ENTRY, Field
from xlplan.plan.reconsider import Known, standing
from xlplan.plan.settings import IssueSettings
from xlplan.plan.values import Raw, canon
from xlplan.returned.as_issued import HINTS, template_columns
from xlplan.returned.read_return import read_return
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.write.writing import write_workbook

LEAD = outgoing.DIRECTOR.name
LONG = "Bids were opened.\n" + "The second lot was let again. " * 4 + "Nothing else."
FIELDS = (
    Field("ref", "Ref", role="key"),
    Field("action", "Action", "narrative", "action"),
    Field("lead", "Lead", "people", "lead"),
    Field("due", "Due", "timescale", "due", owner="lead"),
    Field("revised", "Revised date", "date", "revised", owner="lead"),
    Field("rating", "Rating", "rating", "rating", owner="lead"),
    Field("reason", "Why", "narrative", "reason", owner="lead"),
    Field("progress", "Progress", "narrative", "progress", owner="lead", mode="append"),
)
PLAN = outgoing.plan(fields=FIELDS, issue=IssueSettings(layout="table", hints=True))
LAYOUTS = {"table": PLAN, "form": replace(PLAN, issue=replace(PLAN.issue, layout="form"))}
START: dict[str, Raw] = {
    "action": "Mend it", "lead": LEAD, "due": "June 2001", "rating": "A", "reason": LONG,
    "progress": "[2000] Begun",
}  # fmt: skip
PAST, FUTURE = date(2001, 6, 30), date(2199, 6, 30)
ENTERED = "progress" + ENTRY
LATE = "⚠ The date, 30 June 2001, has passed, and Rating does not say so."
DONE = "⚠ Progress says that it is done, and Rating does not."
WORSE = "⚠ Rating is worse than at the last board (Green), and nothing says why."
AGAIN = "⚠ The date was put back 2 times before. It moves again."

# What the row has besides, what is known of it, what is typed, and what is asked then.
SITUATIONS: tuple[tuple[dict[str, Raw], Known, dict[str, str], list[str]], ...] = (
    ({}, Known(by=PAST), {}, [LATE]),
    ({}, Known(by=FUTURE), {}, []),
    ({}, Known(by=PAST), {"rating": "Red"}, []),
    ({}, Known(by=PAST), {"rating": ""}, [LATE]),
    ({}, Known(by=PAST), {"due": "May 2199"}, []),
    ({"revised": "2001-06-30"}, Known(by=PAST), {}, [LATE]),
    ({"revised": "2001-06-30"}, Known(by=PAST), {"revised": "30 June 2199"}, []),
    ({}, Known(), {ENTERED: "Completed. The report was sent."}, [DONE]),
    ({}, Known(), {ENTERED: "This action has now been completed\nSee the paper"}, [DONE]),
    ({}, Known(), {ENTERED: "Completed, but one part is still to come."}, []),
    ({}, Known(), {ENTERED: "Not completed"}, []),
    ({}, Known(), {ENTERED: "done"}, [DONE]),
    ({}, Known(), {ENTERED: "Completed.", "rating": "Blue"}, []),
    ({}, Known(before="G"), {}, [WORSE]),
    ({}, Known(before="G"), {"reason": "A supplier withdrew."}, []),
    ({}, Known(before="G"), {"reason": LONG[:-1]}, []),
    ({}, Known(before="G"), {ENTERED: "Half are in."}, []),
    ({}, Known(before="G", worded=True), {}, []),
    ({}, Known(before="G"), {"rating": "Green"}, []),
    ({"reason": None}, Known(before="G"), {"rating": "Red"}, [WORSE]),
    ({}, Known(slips=2), {}, []),
    ({}, Known(slips=2), {"due": "May 2199"}, [AGAIN]),
    ({}, Known(slips=1), {"due": "May 2199"}, []),
    ({}, Known(slips=2), {"revised": "30 June 2199"}, [AGAIN]),
    ({}, Known(by=PAST, answered=frozenset({"CHK-010"})), {}, []),
    ({}, Known(by=PAST, answered=frozenset({"CHK-010"})), {"rating": "Green"}, [LATE]),
    ({}, Known(by=PAST, before="G"), {ENTERED: ""}, [LATE, WORSE]),
)
ROWS = {
    f"u-{number}": {**START, "ref": f"1.{number}", **more}
    for number, (more, *_) in enumerate(SITUATIONS, 1)
}
KNOWN = {f"u-{number}": each[1] for number, each in enumerate(SITUATIONS, 1)}


@cache
def sent(layout: str) -> tuple[paper.Office, Issued, bytes]:
    plan = paper.Office(ROWS, LAYOUTS[layout])
    issued = issue(plan, LAYOUTS[layout])
    book = template_workbook(
        LAYOUTS[layout], outgoing.DIRECTOR, issued, plan.state.master(), outgoing.KEY,
        outgoing.CREATED, KNOWN,
    )  # fmt: skip
    return plan, issued, write_workbook(book)


def issue(plan: paper.Office, definition: Any) -> Issued:
    """A template with the columns of ours, as `issue` records it."""
    columns = template_columns(definition)
    issued = Issued(
        "t-0a1b", "template", LEAD, "2026-11", "", plan.state.seq, tuple(ROWS),
        tuple(c.id for c in columns), tuple(c.id for c in columns if c.input), "x.xlsx",
    )  # fmt: skip
    plan.append(issued)
    return issued


def typed(cells: dict[tuple[str, str], str]) -> list[Step]:
    steps: list[Step] = []
    for uid, (_, _, edits, _) in zip(ROWS, SITUATIONS, strict=True):
        for field, text in edits.items():
            at = f"Update!{cells[uid, field]}"
            kind = Choose if field == "rating" else Type
            steps.append(kind(at, text) if text else Empty(at))
    return steps


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sentences_stand_where_they_should_and_what_is_written_beside_them_comes_back(
    layout: str, office: Office, tmp_path: Path
) -> None:
    plan, issued, data = sent(layout)
    cells = Sent(data).cells
    path, back = tmp_path / "sent.xlsx", tmp_path / "back.xlsx"
    path.write_bytes(data)
    why = Type(f"Update!{cells['u-1', BECAUSE + ENTRY]}", "The board agreed to wait.")
    shown = office.edit(path, back, [*typed(cells), why])["Update"]
    asked = {uid: shown.get(cells[uid, HINTS], "") for uid in ROWS}
    assert asked == {uid: " ".join(each[3]) for uid, each in zip(ROWS, SITUATIONS, strict=True)}
    known = outgoing.Known({issued.id: issued}, plan.state.master(), LAYOUTS[layout])
    reading = read_return(read_book(back.read_bytes(), "back.xlsx"), "sha", known)
    assert reading.remarks == ()
    played = paper.Office(ROWS, LAYOUTS[layout])
    assert issue(played, LAYOUTS[layout]) == issued
    played.merge(reading)
    (entry,) = played.state.cell(("u-1", BECAUSE)).entries
    assert (entry.author, entry.value) == (LEAD, "The board agreed to wait.")
    assert entry.place.cell == cells["u-1", BECAUSE + ENTRY]


def test_the_description_says_the_same() -> None:
    columns = template_columns(PLAN)
    hints = hints_of(PLAN, columns, list(ROWS), KNOWN)
    for uid, (_, _, edits, expected) in zip(ROWS, SITUATIONS, strict=True):
        raw: dict[str, Raw] = {k: v for k, v in ROWS[uid].items() if k != "progress"}
        before = {c.id: canon(c.item, raw.get(c.id), PLAN) for c in columns}
        now = {c.id: canon(c.item, (raw | edits).get(c.id) or None, PLAN) for c in columns}
        found = standing(hints[uid], now, before, date(2026, 11, 2))
        assert [f"⚠ {hint.sentence}" for hint in found] == expected, uid


@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_is_shown_before_a_program_has_worked_it_out(layout: str) -> None:
    _, _, data = sent(layout)
    cells = Sent(data).cells
    cached: Any = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Update"]
    assert cached[cells["u-1", HINTS]].value == LATE
    assert not cached[cells["u-2", HINTS]].value


def test_formulas_are_short_enough_for_excel_and_old_enough() -> None:
    for layout in LAYOUTS:
        sheet: Any = openpyxl.load_workbook(io.BytesIO(sent(layout)[2]))["Update"]
        formulas = [
            str(cell.value)
            for line in sheet.iter_rows()
            for cell in line
            if str(cell.value).startswith("=TRIM(")
        ]
        assert len(formulas) == len(ROWS)
        assert max(map(len, formulas)) < 8192
        assert not any(word in f for f in formulas for word in ("_xlfn", "FILTER(", "LET(", "{("))


def test_a_plan_that_wants_no_hints_is_sent_none() -> None:
    plain = replace(PLAN, issue=IssueSettings(layout="table"))
    assert template_columns(plain) == template_columns(PLAN)[:-2]
    assert hints_of(plain, template_columns(plain), list(ROWS), KNOWN) == {}


def test_the_sign_stands_once_and_the_guidance_says_what_it_means() -> None:
    book = openpyxl.load_workbook(io.BytesIO(sent("table")[2]))
    (rule,) = (
        rule
        for area in book["Update"].conditional_formatting
        for rule in area.rules
        if str(rule.formula[0]).startswith("LEN(")
    )
    assert rule.dxf is not None
    assert rule.dxf.numFmt is None
    texts = [str(cell.value) for line in book["Guidance"].iter_rows() for cell in line]
    assert any("Or something to think over" in text for text in texts)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_program_that_works_no_formula_out_takes_nothing_from_it(layout: str) -> None:
    plan, issued, data = sent(layout)
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(data)).save(saved)
    known = outgoing.Known({issued.id: issued}, plan.state.master(), LAYOUTS[layout])
    reading = read_return(read_book(saved.getvalue(), "back.xlsx"), "sha", known)
    back = plan.returned(reading)
    assert reading.remarks == ()
    assert (back.assertions, back.information) == ((), ())
    assert len(back.rows) == len(ROWS)
