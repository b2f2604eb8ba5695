"""What an action held at boards of long ago: its rating, its dates, its notes, whether it was."""

from __future__ import annotations

from datetime import date

from tests.paper import Office
from xlplan.merge.model import RowAdded, Undone
from xlplan.merge.records import shown_of
from xlplan.merge.timeline import held, timeline_of, was_there
from xlplan.plan.values import show

MONTHS = [f"2026-{number:02d}" for number in range(1, 11)]


def test_a_rating_is_known_as_of_every_position() -> None:
    office = Office()
    for number, month in enumerate(MONTHS):
        code = ("Red", "Amber", "Green")[number % 3]
        office.give_back(office.issue("Ann", cycle=month), {("a-1", "rating"): code}, digest=month)
    state = office.state
    timeline = timeline_of(state, "a-1")
    for seq in range(state.seq + 1):
        assert held(state, timeline, "a-1", "rating", seq) == state.value("a-1", "rating", seq)
    changed = [show(value) for _, value in timeline.cells["rating"]]
    assert changed == ["", "Green", *["Red", "Amber", "Green"] * 3, "Red"]


def test_of_notes_the_last_are_kept_and_older_ones_found_all_the_same() -> None:
    office = Office()
    for month in MONTHS:
        issued = office.issue("Ann", cycle=month)
        office.give_back(issued, {("a-1", "progress"): f"Note of {month}"}, digest=month)
    state = office.state
    timeline = timeline_of(state, "a-1")
    assert [show(value) for _, value in timeline.cells["progress"]] == [
        f"Note of {month}" for month in MONTHS[-6:]
    ]
    for seq in range(state.seq + 1):
        assert held(state, timeline, "a-1", "progress", seq) == state.value("a-1", "progress", seq)


def test_a_note_that_was_always_blank_is_blank_however_much_was_taken_back() -> None:
    office = Office()
    for month in MONTHS[:7]:
        issued = office.issue("Ann", cycle=month)
        office.undo(office.give_back(issued, {("a-1", "rating"): "Red"}, digest=month))
    office.publish(MONTHS[6])
    state = office.state
    blank = next(uid for uid in state.rows if state.value(uid, "progress") is None)
    timeline = timeline_of(state, blank)
    assert held(state, timeline, blank, "progress", state.seq) is None
    (board,) = office.past(date(2026, 12, 1), MONTHS[7]).boards
    assert board.values[blank]["progress"] is None


def test_a_row_that_was_taken_back_was_there_before() -> None:
    office = Office()
    office.append(RowAdded("a-9", "action", 9.0, {"rating": "Green"}, {}, source="r-1"))
    came = office.state.seq
    office.append(Undone("r-1", ()))
    timeline = timeline_of(office.state, "a-9")
    assert [was_there(timeline, seq) for seq in (came - 1, came, came + 1)] == [False, True, False]
    assert held(office.state, timeline, "a-9", "rating", came) == "Green"


def test_dates_that_moved_in_one_transaction_moved_once() -> None:
    office = Office()
    first = office.reading(office.issue("Ann", cycle="2026-01"), {("a-1", "due"): "July 2026"})
    office.merge(first)
    again = office.issue("Ann", cycle="2026-02")
    two = [
        office.reading(
            again, {("a-1", "due"): due}, digest=due, saved_at=f"2026-02-{day}T09:00:00Z"
        )
        for day, due in ((10, "May 2026"), (11, "May 2027"))
    ]
    then = office.state.seq
    office.merge(*two)
    moved = [show(each["due"]) for each in timeline_of(office.state, "a-1").times]
    assert moved == ["June 2026", "July 2026", "May 2027"]
    earlier = office.past(date(2026, 3, 1), as_of=then).times["a-1"]
    assert [show(each["due"]) for each in earlier] == ["June 2026", "July 2026"]


def test_a_row_shows_the_same_whether_something_was_written_in_it_or_not() -> None:
    office = Office()
    issued = office.issue("Ann", cycle="2026-01")
    office.give_back(issued, {("a-1", "progress"): "Begun"}, digest="one")
    state = office.state
    assert state.untouched("a-1") is None
    assert state.untouched("a-2") is not None
    assert state.untouched("a-2", 0) is None
    fields = [*(item.id for item in state.definition.fields), "nothing"]
    for uid in ("a-1", "a-2"):
        for seq in range(state.defined[0], state.seq + 1):
            cells = shown_of(state, uid, fields, seq)
            assert cells == [state.shown((uid, name), seq) for name in fields]
