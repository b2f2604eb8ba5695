"""What was settled when a cycle began is not told again, and every answer stays the same."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import currently_in_test_context, given
from hypothesis import event as note
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.paper import Office
from tests.recalling import Memory, is_recalled, recall
from tests.scenes import LOCKED, OWN_EDITS, STAMPS, VALUES
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.merge.kinds import Kind
from xlplan.merge.model import NOWHERE, CellKey, Decided, Event, Issued, Returned, RowAdded
from xlplan.merge.outline import Entry, bears_on
from xlplan.merge.questions import questions_of, questions_since
from xlplan.merge.recalled import Recalled
from xlplan.merge.records import recent
from xlplan.merge.settled import (
    Settled,
    SettledCell,
    begun_at,
    builds_on,
    holds,
    settled_of,
    settled_twice,
)
from xlplan.merge.state import State
from xlplan.merge.timeline import timeline_of
from xlplan.plan.values import Raw, show

ROWS = ("a-1", "a-2", "a-3")


@dataclass
class Step:
    """Something that happens in a month: a return (of which template, counted back from the last
    that went out), an answer (of which choice), an undo, or edits of the coordinator's."""

    what: str
    number: int
    edits: dict[tuple[str, str], Raw]
    saved_at: str


COLUMNS: dict[str, st.SearchStrategy[Raw]] = {**VALUES, **LOCKED}
CELL = st.sampled_from(sorted(COLUMNS)).flatmap(
    lambda name: st.tuples(st.just(("a-1", name)), st.one_of(st.none(), COLUMNS[name]))
)
AGAIN = st.sampled_from(["rating", "progress"]).flatmap(
    lambda name: st.tuples(st.just(("a-1", name)), COLUMNS[name])
)
"""Cells that are written month after month."""
STEPS = st.builds(
    Step,
    what=st.sampled_from(["return", "return", "return", "answer", "answer", "own", "undo"]),
    number=st.sampled_from([0, 0, 1, 1, 2, 3]),
    edits=st.lists(st.one_of(AGAIN, AGAIN, CELL), max_size=4).map(dict),
    saved_at=STAMPS,
)
MONTHS = st.lists(st.lists(STEPS, min_size=1, max_size=3), min_size=4, max_size=7)


@given(MONTHS, OWN_EDITS)
def test_over_months_every_answer_is_that_of_a_replay(
    months: list[list[Step]], own: dict[tuple[str, str], Raw]
) -> None:
    office, out, back = Office(), list[Issued](), list[str]()
    for month, steps in enumerate(months, 1):
        out += [office.issue(lead, cycle=f"2026-{month:02}") for lead in ("Ann", "Ben")]
        for number, step in enumerate(steps):
            recall(office)
            _play(office, step, out, back, own, f"{month}-{number}")
            _same(office)


def _play(
    office: Office,
    step: Step,
    out: list[Issued],
    back: list[str],
    own: dict[tuple[str, str], Raw],
    digest: str,
) -> None:
    if step.what == "return":
        issued = out[-1 - step.number % len(out)]
        reading = office.reading(issued, step.edits, saved_at=step.saved_at, digest=digest)
        office.merge(reading)
        back.append(digest)
    elif step.what == "own":
        office.coordinator(own, digest=digest)
    elif step.what == "answer" and (asked := office.questions()):
        question = asked[step.number % len(asked)]
        choice = question.choices[step.number % len(question.choices)]
        facts = facts_of(office.state, question, Answer(choice))
        if not isinstance(facts, Problem):
            office.append(*facts)
    elif step.what == "undo" and back and office.state.live_return_of(back[-1]):
        office.undo(office.state.returns[f"r-{back.pop()}"])


def _same(office: Office) -> None:
    state, whole = office.state, office.replayed().state
    if isinstance(state, Recalled) and isinstance(state._recall, Memory):
        for uid in state._told:
            for key in whole.records.cells_of(uid):
                _same_cell(state, whole, key)
        asked = questions_since(state, state._recall.asked, state.events_since)
        assert asked == questions_of(whole)
    for uid in ROWS:  # before all of it is asked for, as it is where questions are asked anew
        assert _past(state, uid) == _past(whole, uid)
    again = Office(rows={})
    again.history = office.replayed()
    assert office.picture() == again.picture()
    for uid in ROWS:  # now all of it is asked for
        for key in whole.records.cells_of(uid):
            assert state.live(key) == whole.live(key)
            assert state.copies(key) == whole.copies(key)


def _same_cell(state: State, whole: State, key: CellKey) -> None:
    """That what is told of a cell is so, and answers as all of it."""
    told = recent(state, key)
    ids = {write.id for write in told}
    live = [replace(write, saw=write.saw & ids) for write in whole.live(key) if write.id in ids]
    if currently_in_test_context():
        note(f"left out: {min(3, len(whole.live(key)) - len(told))}")
    assert [replace(write, saw=write.saw & ids) for write in told] == live
    now, then = state.cell(key), whole.cell(key)
    assert (now.value, now.conflict) == (then.value, then.conflict)
    assert [head.id for head in now.heads] == [head.id for head in then.heads]
    entries = [replace(entry, saw=entry.saw & ids) for entry in then.entries]
    assert [replace(entry, saw=entry.saw & ids) for entry in now.entries] == entries


def _past(state: State, uid: str) -> object:
    timeline = timeline_of(state, uid)
    cells = {name: [*spells] for name, spells in timeline.cells.items()}
    return timeline.begun, [*timeline.there], cells, [*timeline.times]


def months_of(count: int, edits: dict[tuple[str, str], Raw] | None = None) -> Office:
    """An office in which Ann answers about an action month after month, and nobody asks."""
    office = Office()
    for month in range(1, count + 1):
        issued = office.issue("Ann", cycle=f"20{26 + month // 12}-{month % 12 + 1:02}")
        back = edits or {("a-1", "progress"): f"Step {month}", ("a-1", "rating"): RATED[month % 2]}
        office.give_back(issued, back, digest=f"ann {month}")
    return office


RATED = ("Amber", "Red")


def told_by_a_return(months: int) -> list[int]:
    """The positions of what is told again, of an action that was answered about for so long, when
    the next return about it comes, is asked about, and what it says is kept."""
    office = months_of(months)
    issued = office.issue("Ann", cycle="2030-01")
    memory = recall(office)
    begun = len(memory.told)
    office.merge(office.reading(issued, {("a-1", "progress"): "Another step"}, digest="next"))
    assert isinstance(office.state, Recalled)
    assert questions_since(office.state, [], office.state.events_since) == []
    assert office.value("a-1", "rating") == RATED[months % 2]
    timeline_of(office.state, "a-1")
    settled_twice(office.state, "a-1", memory.settled("a-1"), begun_at(office.state))
    assert is_recalled(office)
    return memory.told[begun:]


def test_what_is_told_of_a_row_does_not_depend_on_how_long_it_was_answered_about() -> None:
    few, many = told_by_a_return(4), told_by_a_return(20)
    assert len(few) == len(many)
    assert len(months_of(20).events) - len(months_of(4).events) == 32


def written(office: Office, told: Sequence[int]) -> set[int]:
    """Those of some positions at which something was written, and no workbook went out."""
    return {seq for seq in told if not isinstance(office.events[seq - 1].fact, Issued)}


def settled(office: Office, uid: str = "a-1") -> Settled:
    """As of before the present cycle began."""
    return recall(office).settled(uid)[-1]


def test_who_stands_is_told_and_those_that_were_seen_are_not() -> None:
    office = months_of(4)
    live = office.state.live(("a-1", "progress"))
    assert [write.value for write in live] == ["Paint bought", *(f"Step {n}" for n in range(1, 5))]
    found = settled(office)
    assert found.since == begun_at(office.state) < live[-1].seq
    assert found.cells["progress"] == SettledCell(
        (live[0].seq, live[3].seq), (live[3].id.stored,), None, asks=False
    )
    assert found.positions == [live[0].seq, live[3].seq]


def test_a_late_return_of_an_earlier_cycle_has_the_row_told_whole() -> None:
    office = Office()
    late = office.issue("Ben", cycle="2026-01")
    for month in range(1, 5):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        office.give_back(issued, {("a-1", "rating"): RATED[month % 2]}, digest=f"ann {month}")
    recall(office)
    assert len(recent(office.state, ("a-1", "rating"))) == 2
    office.merge(office.reading(late, {("a-1", "rating"): "Blue"}, digest="late"))
    _same(office)
    (asked,) = office.questions()
    assert asked.kind is Kind.CONFLICT
    for answer, told in ((False, 6), (True, 2)):  # an answer saw all that stood there
        recall(office)
        assert len(recent(office.state, ("a-1", "rating"))) == told
        if not answer:
            office.answer(asked, asked.choices[0])
        _same(office)


def test_what_was_written_last_month_is_not_told_again_with_what_it_wrote_over() -> None:
    """In the next cycle all that came by the end of the last one is settled: of a row that was
    answered about in each, in one of its cells after the other, nothing but that cell is told."""
    office, names = Office(), ("rating", "progress")
    for month in range(1, 7):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        edits: dict[tuple[str, str], Raw] = {("a-1", names[month % 2]): RATED[month // 2 % 2]}
        office.give_back(issued, edits, digest=f"ann {month}")
    issued = office.issue("Ann", cycle="2026-07")
    memory = recall(office)
    begun = len(memory.told)
    office.merge(office.reading(issued, {("a-1", "progress"): "Painted"}, digest="next"))
    (came, before, _) = (copies[0] for copies in office.state.records.told(("a-1", "progress")))
    assert written(office, memory.told[begun:]) == {came.seq, before.seq}
    assert office.state.records.rests(("a-1", "rating"))
    _same(office)


@pytest.mark.parametrize("looked_first", [False, True])
def test_who_answers_again_in_a_cycle_has_what_was_settled_before_it_told(
    looked_first: bool,
) -> None:
    """A second return of a cycle has not seen what the first one wrote; what stood there when the
    cycle began is all that it saw, and that is known apart."""
    office, key = months_of(6), ("a-1", "progress")
    issued = office.issue("Ann", cycle="2030-01")
    recall(office)
    office.merge(office.reading(issued, {key: "One"}, digest="first"))
    memory = recall(office)
    now, before = memory.settled("a-1")
    assert before.since <= issued.as_of < now.since
    assert before.cells["progress"] != now.cells["progress"]
    begun = len(memory.told)
    if looked_first:  # as of the tip, for which what is settled now is enough
        assert [write.value for write in recent(office.state, key)] == ["Paint bought", "One"]
    office.merge(office.reading(issued, {key: "Two"}, digest="second"))
    told = [write.value for write in recent(office.state, key)]
    assert told == ["Paint bought", "Step 6", "One", "Two"]
    assert written(office, memory.told[begun:]) == {*before.positions, now.since}
    _same(office)


def test_who_answers_again_after_a_late_return_has_the_row_told_whole() -> None:
    """For what came late had not seen what stood there when the cycle began."""
    office, key = Office(), ("a-1", "progress")
    late = office.issue("Ben", cycle="2026-01")
    for month in range(1, 5):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        office.give_back(issued, {key: f"Step {month}"}, digest=f"ann {month}")
    issued = office.issue("Ann", cycle="2026-05")
    for author, digest in ((late, "late"), (issued, "in time")):
        recall(office)
        office.merge(office.reading(author, {key: digest}, digest=digest))
        assert len(recent(office.state, key)) == len(office.replayed().state.live(key))
        _same(office)


def test_who_answers_again_after_an_answer_of_the_coordinators_has_that_told() -> None:
    office, key = months_of(4), ("a-1", "rating")
    issued = office.issue("Ann", cycle="2030-01")
    recall(office)
    office.merge(office.reading(issued, {key: "Purple"}, digest="first"))
    (asked,) = office.questions()
    recall(office)
    office.answer(asked, "Other", "Blue")
    recall(office)
    office.merge(office.reading(issued, {("a-1", "progress"): "Painted"}, digest="second"))
    told = [(write.kind, show(write.value)) for write in recent(office.state, key)]
    assert told[-2:] == [(Kind.INVALID, "Purple"), (Kind.DECISION, "Blue")]
    assert len(told) < len(office.replayed().state.live(key))
    _same(office)


def test_an_answer_on_an_earlier_workbook_has_the_row_told_whole() -> None:
    office = months_of(4)
    found, key = settled(office), ("a-1", "rating")
    last = office.state.live(key)[-1]
    for saw, builds in ((frozenset(), False), (last.saw | {last.id}, True)):
        decided = Decided("d-1", "", Kind.HELD, *key, "", True, "Blue", "", saw, NOWHERE)
        event = Event(99, 99, "", decided)
        assert builds_on(office.state, event, found) is builds
        assert builds_on(office.state, replace(event, fact=replace(decided, field="due")), found)
    nobodys = Returned("r", "", "", "t-none", "Ann", "", "", "merged")
    assert not builds_on(office.state, Event(99, 99, "", nobodys), found)
    assert builds_on(office.state, Event(99, 99, "", RowAdded("a-1", "action", 1.0, {}, {})), found)


@pytest.mark.parametrize("field", ["tags", "diary:entry", "due"])
def test_what_is_added_to_or_asked_about_is_told_for_good(field: str) -> None:
    values: dict[str, list[Raw]] = {
        "tags": ["a", "c", "d"], "diary:entry": ["x", "y", "z"], "due": [None, "TBC", None],
    }  # fmt: skip
    office = Office()
    for month, value in enumerate(values[field], 1):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        office.give_back(issued, {("a-1", field): value}, digest=f"ann {month}")
    office.issue("Ann", cycle="2026-04")
    office.coordinator({("a-1", "progress"): "Painted"})
    name = field.partition(":")[0]
    every = {w.id.stored for w in office.state.live(("a-1", name)) if w.kind is not Kind.ROW}
    assert every == {*settled(office).cells[name].ids}
    assert len(every) >= 2


def test_what_stands_beside_a_question_is_told_with_what_its_author_wrote_in_that_workbook() -> (
    None
):
    office, key = Office(), ("a-1", "rating")
    for month, back in enumerate((["Red"], ["Amber", "Purple"], ["Green"], ["Blue"]), 1):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        for number, value in enumerate(back):
            office.give_back(issued, {key: value}, digest=f"{month} {number}")
    office.issue("Ann", cycle="2026-06")
    office.coordinator({("a-1", "progress"): "Painted"})
    known = {write.id.stored: write.raw for write in office.state.live(key)}
    told = {known[ident] for ident in settled(office).cells["rating"].ids}
    assert told == {"Amber", "Purple", "Blue"}
    assert {*known.values()} == told | {"", "Red", "Green"}
    recall(office)
    _same(office)


def test_a_row_that_came_in_later_or_again_or_went_back_is_told_whole() -> None:
    office = months_of(3)
    state, since = office.state, begun_at(office.state)
    assert settled_of(state, "a-1", None, 1) is None
    assert settled_of(state, "a-1", None, since) is not None
    office.append(RowAdded("a-1", "action", 9.0, {}, {}))
    assert settled_of(office.state, "a-1", None, since) is None
    office = months_of(3)
    old = settled_of(office.state, "a-1", None, since)
    assert settled_of(office.state, "a-1", old, since - 1) is old
    office.undo(office.state.returns["r-ann 3"])
    assert settled_of(office.state, "a-1", None, since) is None


def test_a_row_that_was_taken_back_before_the_cycle_began_is_told_whole() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), added={"action": "Roof"})
    (asked,) = office.questions()
    office.answer(asked, "Accept")
    (uid,) = set(office.state.rows) - {*ROWS}
    here = office.issue("Ann", cycle="2026-02")
    assert settled_of(office.state, uid, None, here.as_of) is not None
    office.undo(back)
    gone = office.issue("Ann", cycle="2026-03")
    assert office.state.row_at(uid) is None
    assert settled_of(office.state, uid, None, gone.as_of) is None


def test_who_wrote_first_in_a_cell_that_came_in_blank_had_seen_nothing_there() -> None:
    key = ("a-1", "revised")
    office = months_of(3, {key: "1 May 2026"})
    assert key[1] not in office.state.rows["a-1"].values
    cell = settled(office).cells[key[1]]
    assert not cell.saw
    (told,) = recent(office.state, key)
    assert office.replayed().state.live(key)[0].saw == told.saw == frozenset()


def test_what_a_cell_holds_is_settled_once_more_when_its_row_is_told_whole() -> None:
    office, key = months_of(4), ("a-1", "progress")
    recall(office)
    whole = office.replayed().state.cell(key)
    (head,) = office.state.cell(key, office.state.seq).heads
    assert head.saw < whole.heads[0].saw
    office.state.live(key)
    assert office.state.cell(key) == whole


def test_a_row_that_was_added_again_has_its_timeline_made_anew() -> None:
    office = months_of(3)
    recall(office)
    office.append(RowAdded("a-1", "action", 9.0, {}, {}))
    assert _past(office.state, "a-1") == _past(office.replayed().state, "a-1")


@pytest.mark.parametrize("first", ["", "2026-01-03T00:00:00Z"])
def test_what_a_copy_says_of_what_replaced_what_is_so_of_the_timeline_that_was_kept(
    first: str,
) -> None:
    """Two files of a lead differ, and nothing tells which was saved last: a copy of one does."""
    office, key = Office(), ("a-1", "due")
    issued = office.issue("Ann")
    office.give_back(issued, {key: "May 2027"}, saved_at=first, digest="1")
    office.give_back(issued, {key: "July 2027"}, saved_at="2026-01-03T00:00:00Z", digest="2")
    recall(office)
    copy = {key: "May 2027"}
    office.merge(office.reading(issued, copy, saved_at="2026-01-02T00:00:00Z", digest="3"))
    assert is_recalled(office)
    held = [show(each["due"]) for each in timeline_of(office.state, "a-1").times]
    assert held == ["June 2026", "May 2027", "July 2027"]
    _same(office)


def test_a_copy_of_the_very_last_file_that_was_kept_says_so_too() -> None:
    office, key = Office(), ("a-1", "due")
    issued = office.issue("Ann")
    office.give_back(issued, {key: "July 2027"}, saved_at="2026-01-03T00:00:00Z", digest="1")
    office.give_back(issued, {key: "May 2027"}, digest="2")
    recall(office)
    copy = {key: "May 2027"}
    office.merge(office.reading(issued, copy, saved_at="2026-01-02T00:00:00Z", digest="3"))
    assert is_recalled(office)
    held = [show(each["due"]) for each in timeline_of(office.state, "a-1").times]
    assert held == ["June 2026", "July 2027", "July 2027"]
    _same(office)


def test_what_was_kept_is_held_against_everything_that_was_written() -> None:
    office = months_of(5)
    found = settled(office)
    state, cells = office.replayed().state, found.cells
    assert holds(state, "a-1", found)
    cell = cells["rating"]
    for wrong in (
        cell._replace(told=cell.told[1:]),
        cell._replace(ids=()),
        cell._replace(ids=(*cell.ids, "w-none")),
        cell._replace(saw={cell.ids[0]: []}),
        None,
    ):
        other = {name: each for name, each in cells.items() if name != "rating"}
        other |= {"rating": wrong} if wrong is not None else {}
        assert not holds(state, "a-1", found._replace(cells=other))


def test_what_was_kept_of_nothing_that_is_there_is_found() -> None:
    office = months_of(5)
    found = settled(office)
    state, cells = office.replayed().state, found.cells
    cell = cells["rating"]
    for more in (
        {"none": SettledCell((), (), None, asks=False)},
        {"rating": cell._replace(saw={**(cell.saw or {}), "w-none": []})},
    ):
        assert not holds(state, "a-1", found._replace(cells={**cells, **more}))
    assert not holds(state, "a-none", Settled(found.since, {}))
    assert holds(state, "a-3", Settled(state.seq, {}))
    assert not holds(state, "a-3", Settled(state.seq + 1, {}))
    assert not holds(state, "a-3", Settled(0, {}))


def test_what_was_kept_of_a_row_that_is_told_whole_is_found() -> None:
    office = months_of(3)
    found = Settled(begun_at(office.state), {})
    assert holds(office.state, "a-3", found)
    office.append(RowAdded("a-3", "action", 3.0, {"ref": "2.1"}, {}))
    assert holds(office.state, "a-3", found)  # what had been settled before has not changed
    assert not holds(office.state, "a-3", Settled(office.state.seq, {}))
    office = months_of(3)
    office.undo(office.state.returns["r-ann 3"])
    assert not holds(office.state, "a-3", found)


@pytest.mark.parametrize(
    ("field", "back"),
    [
        ("rating", (["Red"], ["Amber", "Purple"], ["Green"])),  # beside what is asked about
        ("tags", (["a"], ["a, c"], ["d"])),
    ],
)
def test_what_was_left_out_though_it_matters_is_found(
    field: str, back: tuple[list[str], ...]
) -> None:
    office, key = Office(), ("a-1", field)
    for month, values in enumerate((*back, ["Blue"]), 1):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        for number, value in enumerate(values):
            office.give_back(issued, {key: value}, digest=f"{month} {number}")
    found, state = settled(office), office.replayed().state
    assert holds(state, "a-1", found)
    cell = found.cells[field]
    (gone,) = (write for write in state.live(key) if write.raw == back[1][0])
    assert gone.id.stored in cell.ids
    ids = tuple(ident for ident in cell.ids if ident != gone.id.stored)
    live = {write.id.stored: write for write in state.live(key)}
    known = {ident for ident, write in live.items() if write.kind is Kind.ROW or ident in ids}
    saw = {ident: sorted(known & {seen.stored for seen in live[ident].saw}) for ident in ids}
    wrong = cell._replace(told=tuple(n for n in cell.told if n != gone.seq), ids=ids, saw=saw)
    assert not holds(state, "a-1", found._replace(cells={**found.cells, field: wrong}))


def test_what_was_not_kept_or_is_lost_is_told_whole() -> None:
    office = months_of(4)
    for lost in ("settled", "row", "events"):
        memory = recall(office, (lost,) if lost != "events" else ())
        memory.lost = (lost,)
        assert len(recent(office.state, ("a-1", "rating"))) == 5
        assert is_recalled(office) is (lost == "settled")


def test_questions_are_asked_of_what_an_answer_wrote_and_of_rows_that_came_in() -> None:
    office, key = Office(), ("a-1", "rating")
    issued = office.issue("Ann")
    office.give_back(issued, {key: "Purple"}, digest="one")
    (asked,) = office.questions()
    begun = len(office.events)
    office.answer(asked, "Other", "Red")
    assert questions_since(office.state, [asked], office.events[begun:]) == []
    office.undo(office.state.returns["r-one"])
    begun = len(office.events)
    office.append(RowAdded("a-4", "action", 4.0, {"ref": "2.2"}, {}))
    assert questions_since(office.state, [], office.events[begun:]) == []
    ben = office.issue("Ben")
    office.give_back(issued, {key: "Purple", ("a-1", "progress"): "x"}, digest="two")
    before, begun = office.questions(), len(office.events)
    office.give_back(ben, {("a-1", "progress"): "y"}, digest="three")
    now = questions_of(office.state)
    assert {q.kind for q in now} == {Kind.INVALID, Kind.CONFLICT}
    assert questions_since(office.state, before, office.events[begun:]) == now
    assert questions_since(office.state, [], office.events[begun:]) == now  # of what asked before


def test_what_was_kept_is_brought_forward_where_something_was_written_since() -> None:
    office = months_of(4)
    found = [settled(office)]
    for month, field in ((1, "progress"), (2, "progress"), (3, "diary:entry")):
        issued = office.issue("Ann", cycle=f"2030-{month:02}")
        recall(office)
        office.merge(office.reading(issued, {("a-1", field): f"Step {-month}"}, digest=f"{month}"))
        assert is_recalled(office)
        found.append(settled(office))
    assert [each.since for each in found] == sorted({each.since for each in found})
    assert len({tuple(each.cells["progress"].ids) for each in found}) == 4
    assert found[1].cells["rating"] != found[0].cells["rating"]
    assert found[3].cells["rating"] is found[2].cells["rating"] is found[1].cells["rating"]
    recent(office.state, ("a-1", "rating"))
    _same(office)


def test_what_somebody_saw_of_a_conflict_is_known_without_the_one_who_differed() -> None:
    office, key = Office(), ("a-1", "rating")
    ann, ben = (office.issue(lead, cycle="2026-01") for lead in ("Ann", "Ben"))
    office.give_back(ann, {key: "Amber"}, digest="1")
    office.give_back(ann, {key: "Purple"}, digest="2")
    office.give_back(ben, {key: "Red"}, digest="3")
    cat = office.issue("Cat", cycle="2026-02")
    office.give_back(cat, {key: "Violet"}, digest="4")
    for asked in office.questions():
        if asked.kind is Kind.CONFLICT:
            office.answer(asked, "Red")
    issued = office.issue("Ann", cycle="2026-03")
    office.give_back(issued, {key: "Green"}, digest="5")
    office.issue("Ann", cycle="2026-04")
    office.coordinator({("a-1", "progress"): "Painted"})
    recall(office)
    told = {write.raw: write for write in recent(office.state, key)}
    assert "Red" not in told
    assert {"Amber", "Violet"} <= told.keys()
    assert told["Amber"].id not in told["Violet"].saw
    _same(office)


def test_what_followed_from_a_rule_is_left_out_like_what_somebody_wrote() -> None:
    office, key = Office(), ("a-1", "rating")
    for month in range(1, 5):
        office.issue("Ann", cycle=f"2026-{month:02}")
        saw = frozenset(write.id for write in office.state.live(key))
        value = RATED[month % 2]
        rule = Decided(f"d-{month}", "", Kind.RULE, *key, "", True, value, "", saw, NOWHERE)
        office.append(rule)
    assert [*settled(office).cells["rating"].ids] == ["d-3"]
    recall(office)
    assert [w.id.stored for w in recent(office.state, key)][1:] == ["d-4"]
    _same(office)


def test_who_looks_further_back_has_the_row_told_whole() -> None:
    office = months_of(4)
    whole = office.replayed().state
    for first in (False, True):
        recall(office)
        if first:
            assert len(office.state.live(("a-1", "rating"), since=2)) == 5
        else:
            assert len(recent(office.state, ("a-1", "rating"))) == 2
        for seq in range(2, office.state.seq):
            assert office.state.value("a-1", "rating", seq) == whole.value("a-1", "rating", seq)
        assert len(recent(office.state, ("a-1", "rating"))) == 5
        assert is_recalled(office)


def test_a_row_that_is_told_once_more_is_found_without_a_look_through_all_that_came(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    late = {uid: office.issue("Ben", [uid], cycle="2026-01") for uid in ROWS}
    for month in range(1, 4):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        for uid in ROWS:
            back = {(uid, "progress"): f"Step {month}"}
            office.give_back(issued, back, digest=f"{uid} {month}")
    recall(office)
    looked: list[Event] = []

    def noted(event: Event) -> Iterator[tuple[str, str, Entry]]:
        looked.append(event)
        return bears_on(event)

    monkeypatch.setattr("xlplan.merge.recalled.bears_on", noted)
    begun = len(office.events)
    for uid, issued in late.items():
        recent(office.state, (uid, "progress"))
        office.merge(office.reading(issued, {(uid, "progress"): "Late"}, digest=uid))
    assert is_recalled(office)
    assert looked == office.events[begun:]
    _same(office)


def with_cells_at_rest() -> Office:
    """An action of which the rating was written in the first month alone, the progress in each."""
    office = Office()
    for month in range(1, 5):
        issued = office.issue("Ann", cycle=f"2026-{month:02}")
        back: dict[tuple[str, str], Raw] = {("a-1", "progress"): f"Step {month}"}
        office.give_back(issued, back | ({RATING: "Red"} if month == 1 else {}), digest=f"{month}")
    return office


RATING = ("a-1", "rating")


def test_of_a_row_only_the_cells_that_are_asked_for_are_told() -> None:
    office = with_cells_at_rest()
    (rated,) = [w for w in office.state.live(RATING) if w.kind is not Kind.ROW]
    old = settled(office)
    issued = office.issue("Ann", cycle="2030-01")
    memory = recall(office)
    office.merge(office.reading(issued, {("a-1", "progress"): "Another step"}, digest="next"))
    state, whole = office.state, office.replayed().state
    row, seq = state.master_row("a-1"), state.seq
    assert row == whole.master_row("a-1")
    assert row.values["rating"] == "Red"
    for name in row.values:
        assert state.shown(("a-1", name), seq) == whole.shown(("a-1", name), seq)
    assert {*state.records.cells_of("a-1", seq)} == {*whole.records.cells_of("a-1")}
    assert questions_since(state, [], office.events[-1:]) == []
    assert timeline_of(state, "a-1") == timeline_of(whole, "a-1")
    now = settled_of(state, "a-1", old, begun_at(state))
    assert now is not None
    assert now.since > old.since
    assert now.cells["rating"] is old.cells["rating"]
    assert state.records.rests(RATING)
    assert rated.seq not in memory.told
    assert [*recent(state, RATING)] == [*recent(whole, RATING)]
    assert rated.seq in memory.told
    assert not state.records.rests(RATING)
    again = settled_of(state, "a-1", old, begun_at(state))
    assert again == now
    assert again.cells["rating"] is old.cells["rating"]
    assert is_recalled(office)
    _same(office)


def test_a_cell_at_rest_is_told_to_who_looks_further_back_and_where_it_was_not_kept() -> None:
    def written_to() -> tuple[Office, Memory]:
        office = with_cells_at_rest()
        memory = recall(office)
        assert len(recent(office.state, ("a-1", "progress"))) == 2
        assert office.state.records.rests(RATING)
        return office, memory

    whole = with_cells_at_rest().replayed().state
    for seq in range(2, whole.seq + 1):
        office, _ = written_to()
        assert office.state.value(*RATING, seq) == whole.value(*RATING, seq)
        assert is_recalled(office)
    for lost, is_left in (("standing", False), ("events", False), ("timeline", True)):
        office, memory = written_to()
        memory.lost = (lost,)
        if lost == "events":
            assert len(recent(office.state, RATING)) == 2
        assert office.value(*RATING) == "Red"
        assert is_recalled(office) is is_left


def test_a_row_that_came_in_once_more_has_all_that_was_settled_told_before() -> None:
    office = with_cells_at_rest()
    found = settled(office)
    office.append(RowAdded("a-1", "action", 1.0, {"ref": "1.1", "rating": "Amber"}, {}))
    recall(office)._settled["a-1"] = [found]
    assert not office.state.records.rests(RATING)
    assert office.state.live(RATING) == office.replayed().state.live(RATING)
    _same(office)


def test_what_a_later_copy_asks_is_told_with_its_row() -> None:
    office = Office()
    ann, ben = (office.issue(lead, cycle="2026-02") for lead in ("Ann", "Ben"))
    office.give_back(ben, {RATING: "Amber"}, digest="1")
    office.give_back(ann, {RATING: "Blue", ("a-1", "progress"): "x"}, digest="2")
    (asked,) = office.questions()
    office.answer(asked, asked.choices[0])
    office.give_back(ann, {("a-1", "progress"): "x"}, digest="3")
    kinds = [copy.kind for copy in office.state.copies(("a-1", "progress"))]
    assert kinds == [Kind.ROW, Kind.EDIT, Kind.HELD]  # what was answered did not come with it
    office.issue("Ann", cycle="2026-03")
    office.coordinator({("a-1", "outcome"): "Better"}, digest="4")
    assert settled(office).cells["progress"].asks
    _same(office)


def test_what_asks_is_told_with_its_row() -> None:
    office, key = Office(), ("a-1", "due")
    issued = office.issue("Ann", cycle="2026-01")
    office.give_back(issued, {key: "TBC", RATING: "Red"}, digest="1")
    office.issue("Ann", cycle="2026-02")
    office.coordinator({("a-1", "progress"): "Painted"})
    assert settled(office).cells["due"].asks
    recall(office)
    assert len(recent(office.state, ("a-1", "progress"))) > 1
    assert not office.state.records.rests(key)
    assert office.state.records.rests(RATING)


def test_a_late_return_asks_of_a_cell_at_rest_what_it_was_given_back_with() -> None:
    office = Office()
    late = office.issue("Ann", cycle="2026-01")
    office.give_back(late, {RATING: "Red"}, digest="1")
    issued = office.issue("Ann", cycle="2026-02")
    recall(office)
    recent(office.state, ("a-1", "progress"))
    records = office.state.records
    assert records.rests(RATING)
    assert records.rests(RATING, issued.as_of)
    assert not records.rests(RATING, late.as_of)


def test_what_many_returns_say_of_a_row_is_told_of_each() -> None:
    office = Office()
    for month in range(1, 30):
        issued = office.issue("Ann", cycle=f"20{26 + month // 12}-{month % 12 + 1:02}")
        back = {(uid, "progress"): f"Step {month}" for uid in ROWS}
        office.give_back(issued, back, digest=f"{month}")
    recall(office)
    for uid in ROWS:
        told = office.state.live((uid, "progress"))
        values = [write.value for write in told if write.kind is not Kind.ROW]
        assert values == [f"Step {n}" for n in range(1, 30)]
