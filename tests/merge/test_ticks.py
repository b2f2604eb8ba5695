"""Steps that leads tick in a form, each in a box of its own: merged step by step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, Office
from xlplan.merge.kinds import Kind
from xlplan.merge.model import Issued, Place, Returned
from xlplan.merge.reading import ReadCell, Reading
from xlplan.merge.ticks import box_by_box, box_of
from xlplan.plan.definition import STEP, Field
from xlplan.plan.values import Raw, show

STEPS = Field("steps_done", "Steps done", "steps", "steps_done", owner="lead")
PLAN = replace(DEFINITION, fields=(*FIELDS, STEPS))
WORK = "Buy the paint\nScrape the walls\nPaint them"
ROWS: dict[str, dict[str, Raw]] = {
    "a-1": {"ref": "1.1", "action": WORK, "lead": "Ann / Ben", "rating": "Green",
            "due": "May 2026\nJune 2026\nJuly 2026"},
    "a-2": {"ref": "1.2", "action": "Mend the roof", "lead": "Ann", "due": "May 2026",
            "rating": "Green"},
}  # fmt: skip
BUY, SCRAPE, PAINT = "1. Buy the paint", "2. Scrape the walls", "3. Paint them"
Boxes = Mapping[int, Raw | ReadCell]


def office() -> Office:
    return Office(ROWS, PLAN)


def issue(plan: Office, lead: str) -> Issued:
    return plan.issue(lead, ("a-1", "a-2"))


def form(plan: Office, issued: Issued, boxes: Boxes, *, count: int = 3, **how: object) -> Reading:
    """A form in which the first action came back with these boxes; the other ones are blank."""
    reading = plan.reading(issued, {}, **how)  # type: ignore[arg-type]  # passed through
    names = [f"{STEPS.id}{STEP}{number}" for number in range(1, count + 1)]
    rows = []
    for row in reading.rows:
        cells = {name: cell for name, cell in row.cells.items() if name != STEPS.id}
        for number, name in enumerate(names if row.uid == "a-1" else (), 1):
            box = boxes.get(number)
            cells[name] = box if isinstance(box, ReadCell) else ReadCell(box, f"D{20 + number}")
        rows.append(replace(row, cells=cells))
    columns = (*(name for name in reading.columns if name != STEPS.id), *names)
    return replace(reading, rows=tuple(rows), columns=columns)


def tick(plan: Office, issued: Issued, boxes: Boxes, **how: object) -> Returned:
    reading = form(plan, issued, boxes, **how)  # type: ignore[arg-type]  # passed through
    plan.merge(reading)
    return plan.state.returns[f"r-{reading.sha256}"]


def done(plan: Office, uid: str = "a-1") -> list[str]:
    """The steps that are done, as the master has them."""
    value = plan.state.value(uid, STEPS.id)
    return sorted(value) if isinstance(value, frozenset) else []


@pytest.mark.parametrize(
    ("box", "step"),
    [
        ("Done", BUY), (" done ", BUY), ("x", BUY), (True, BUY), ("Yes", BUY), ("\u2713", BUY),
        (date(2026, 5, 3), f"{BUY} (3 May 2026)"), ("3 May 2026", f"{BUY} (3 May 2026)"),
        ("Done on 3 May 2026", f"{BUY} (3 May 2026)"), ("done: 31/05/26", f"{BUY} (31 May 2026)"),
        (None, None), ("", None), ("No", None), (False, None), ("not yet", None),
    ],
)  # fmt: skip
def test_what_a_lead_may_put_in_the_box_of_a_step(box: Raw, step: str | None) -> None:
    plan = office()
    tick(plan, issue(plan, "Ann"), {1: box})
    assert done(plan) == ([step] if step else [])
    assert not plan.questions()


def test_every_box_has_its_own_place_in_the_log_and_its_own_fate() -> None:
    plan = office()
    back = tick(plan, issue(plan, "Ann"), {1: "Done", 3: date(2026, 6, 30)})
    log = [c for c in plan.history.changes if c.field == STEPS.id]
    assert [(c.before, c.after, c.place.cell, c.by) for c in log] == [
        (None, frozenset({BUY}), "D21", "Ann"),
        (frozenset({BUY}), frozenset({BUY, f"{PAINT} (30 June 2026)"}), "D23", "Ann"),
    ]
    fates = [(f.field, f.place.cell, f.disposition) for f in plan.fates(back)]
    assert fates == [("steps_done#1", "D21", "applied"), ("steps_done#3", "D23", "applied")]
    (write,) = back.assertions
    assert (write.place, write.raw) == (Place("return.xlsx", "Update", "D21"), "Done")


def test_two_leads_tick_different_steps_and_the_same_one_and_nobody_is_asked() -> None:
    plan = office()
    ann, ben = issue(plan, "Ann"), issue(plan, "Ben")
    tick(plan, ann, {1: "Done", 2: "Done"}, digest="ann")
    tick(plan, ben, {2: "Done", 3: "Done"}, digest="ben")
    assert done(plan) == [BUY, SCRAPE, PAINT]
    assert not plan.questions()


@pytest.mark.parametrize("leads", [("Ann", "Ben"), ("Ben", "Ann")])
def test_a_step_that_only_one_of_two_leads_ticked_is_logged_as_theirs(
    leads: tuple[str, str],
) -> None:
    plan = office()
    one, other = (issue(plan, lead) for lead in leads)
    plan.merge(
        form(plan, one, {1: "Done", 2: "Done"}, digest="one", file="one.xlsx"),
        form(plan, other, {2: "Done"}, digest="other", file="other.xlsx"),
    )
    log = [change for change in plan.history.changes if change.field == STEPS.id]
    (bought,) = (c for c in log if BUY in show(c.after) and BUY not in show(c.before))
    assert (bought.by, bought.place.file, bought.place.cell) == (leads[0], "one.xlsx", "D21")


def test_undo_takes_a_return_s_ticks_out_and_leaves_those_of_the_others() -> None:
    plan = office()
    ann, ben = issue(plan, "Ann"), issue(plan, "Ben")
    first = tick(plan, ann, {1: "Done", 2: "Done"}, digest="ann")
    tick(plan, ben, {3: "Done"}, digest="ben")
    plan.undo(first)
    assert done(plan) == [PAINT]
    assert plan.replayed().state.value("a-1", STEPS.id) == frozenset({PAINT})


def test_an_unedited_form_says_nothing_and_a_box_can_be_unticked_and_dated_anew() -> None:
    plan = office()
    tick(plan, issue(plan, "Ann"), {1: "Done", 2: date(2026, 6, 1)})
    again = issue(plan, "Ann")
    same = tick(plan, again, {1: "Done", 2: date(2026, 6, 1)}, digest="same")
    assert same.assertions == ()
    tick(plan, again, {1: None, 2: date(2026, 6, 9), 3: None}, digest="other")
    assert done(plan) == [f"{SCRAPE} (9 June 2026)"]


def test_the_same_lead_s_later_file_counts() -> None:
    plan = office()
    ann = issue(plan, "Ann")
    tick(plan, ann, {1: "Done"}, digest="one", saved_at="2026-05-01T10:00:00Z")
    tick(plan, ann, {1: "Done", 2: "Done"}, digest="two", saved_at="2026-05-02T10:00:00Z")
    assert done(plan) == [BUY, SCRAPE]
    tick(plan, ann, {2: "Done"}, digest="three", saved_at="2026-05-03T10:00:00Z")
    assert done(plan) == [SCRAPE]
    tick(plan, ann, {}, digest="four", saved_at="2026-05-04T10:00:00Z")
    assert [q.kind for q in plan.questions()] == ["reverted"], "blank again, as it went out"


def test_a_box_that_cannot_be_read_is_asked_about_and_the_others_count() -> None:
    plan = office()
    formula = ReadCell(None, "D22", formula="B5")
    tick(plan, issue(plan, "Ann"), {1: "half of it", 2: formula, 3: "Done"})
    assert done(plan) == [PAINT]
    assert {q.kind for q in plan.questions()} == {"invalid"}
    shown = [(c.text, c.place.cell) for q in plan.questions() for c in q.candidates]
    assert sorted(shown) == [("=B5", "D22"), ("half of it", "D21")]


def test_the_box_of_a_write_is_the_cell_to_open_again() -> None:
    plan = office()
    back = tick(plan, issue(plan, "Ann"), {1: "half of it"}, missing=["a-2"])
    named = {item.kind: box_of(item) for item in back.assertions}
    assert named == {Kind.INVALID: "steps_done#1", Kind.MISSING: ""}


def test_a_day_that_can_be_read_in_two_ways_or_in_none_is_asked_about() -> None:
    plan = office()
    back = tick(plan, issue(plan, "Ann"), {1: "03/04/2026", 2: "31/02/2026"})
    assert [w.message.split(".")[0] for w in back.assertions] == [
        '"03/04/2026" can be read as two dates, day first or month first',
        '"31/02/2026" is not a date',
    ]
    assert done(plan) == []


def test_a_box_of_no_step_of_the_action_is_asked_about() -> None:
    plan = office()
    tick(plan, issue(plan, "Ann"), {4: "Done"}, count=4)
    assert [q.candidates[0].place.cell for q in plan.questions()] == ["D24"]
    assert done(plan) == []
    tick(plan, issue(plan, "Ben"), {1: "Done"}, count=4, digest="blank")
    assert (done(plan), len(plan.questions())) == ([BUY], 1)


def test_a_tick_stays_with_its_step_when_others_are_put_before_it() -> None:
    plan = office()
    ann = issue(plan, "Ann")
    more = {("a-1", "action"): f"Ask for money\n{WORK}", ("a-1", "due"): "April 2026\n" * 4}
    plan.coordinator(more)
    tick(plan, ann, {1: "Done"})
    assert done(plan) == [BUY]


def test_the_coordinator_writes_numbers_and_the_plan_has_the_words() -> None:
    plan = office()
    plan.coordinator({("a-1", "steps_done"): "2\n3 (4 May 2026)", ("a-2", "steps_done"): "1"})
    assert done(plan) == [SCRAPE, f"{PAINT} (4 May 2026)"]
    assert done(plan, "a-2") == ["1"], "an action without steps has no words for it"


def test_a_form_whose_boxes_are_all_emptied_is_asked_about_as_a_row() -> None:
    fields = tuple(f for f in PLAN.fields if f.owner != "lead" or f is STEPS or f.id == "due")
    shown = tuple(replace(f, owner="coordinator") if f.id == "due" else f for f in fields)
    plan = Office(ROWS, replace(PLAN, fields=shown))
    tick(plan, issue(plan, "Ann"), {1: "Done", 2: "Done"}, digest="first")
    tick(plan, issue(plan, "Ann"), {}, digest="second")
    assert [q.kind for q in plan.questions()] == [Kind.MISSING]
    assert done(plan) == [BUY, SCRAPE]


def test_a_doubt_about_a_box_holds_the_ticks_of_its_action() -> None:
    plan = office()
    odd = ReadCell("Done", "D21", doubt="The column is in doubt.")
    tick(plan, issue(plan, "Ann"), {1: odd, 2: "Done"})
    assert [q.kind for q in plan.questions()] == ["held"]
    assert done(plan) == []


def test_a_change_that_no_box_explains_has_the_place_of_the_whole() -> None:
    place = Place("r.xlsx", "Update", "D21")
    found = list(box_by_box(frozenset({BUY}), frozenset({"Whitewash"}), {"steps_done#1": "D21"},
                            place))  # fmt: skip
    assert found == [
        (frozenset({BUY}), None, place),
        (None, frozenset({"Whitewash"}), place),
    ]
