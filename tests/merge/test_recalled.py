"""A state of which only what is asked for is read gives the answers of one that replayed it all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.paper import DEFINITION, Office
from tests.recalling import Memory, is_recalled, recall
from tests.scenes import ACTS, MASTER_EDITS, SENT, Sent, read, scene
from xlplan.merge.exchange import Exchange
from xlplan.merge.heard import NOTHING_HEARD
from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import (
    COORDINATOR,
    CellKey,
    Event,
    Issued,
    MasterRow,
    Ours,
    Posted,
    Returned,
    RowAdded,
    Shared,
    Write,
)
from xlplan.merge.outline import Entry, can_be_recalled, outline_of
from xlplan.merge.past import past_of
from xlplan.merge.questions import questions_of, questions_since
from xlplan.merge.recalled import Recalled
from xlplan.merge.records import Records, shown_of, values_of
from xlplan.merge.register import CellState, visible
from xlplan.merge.state import State
from xlplan.plan.definition import BECAUSE, ENTRY
from xlplan.plan.values import Raw


@given(
    ACTS,
    st.lists(SENT, min_size=1, max_size=4),
    st.lists(st.integers(0, 3), max_size=3),
    MASTER_EDITS,
)
def test_whatever_happens_the_answers_are_those_of_a_replay(
    acts: list[dict[tuple[str, str], Raw]],
    sent: list[Sent],
    undo: list[int],
    late: dict[tuple[str, str], Raw],
) -> None:
    """Recalled before each return, and once more before something is taken back."""
    one = scene(acts)
    office = one.office
    made = []
    for number, item in enumerate(sent):
        recall(office)
        office.merge(read(one, item, number))
        assert list(office.state.exchange.cycles) == ["2026-01", "2026-02"]
        made.append(f"r-sent {number}")
        check(office)
        recall(office)
        asked = office.questions()
        if asked:
            office.answer(asked[0], asked[0].choices[0])
            check(office)
    for number in undo:
        recall(office)
        if number < len(made) and office.state.live_return_of(f"sent {number}"):
            office.undo(office.state.returns[made[number]])
            check(office)
    recall(office)
    office.coordinator(late, digest="late")
    check(office)
    assert saw(office) == saw(office, looked_into=True)


def saw(office: Office, *, looked_into: bool = False) -> dict[tuple[CellKey, Id], frozenset[Id]]:
    """What every write of a ledger saw; also where the writes of each cell were looked into, that
    are known to be agreed on."""
    with pytest.MonkeyPatch.context() as patch:
        if looked_into:
            patch.setattr(Records, "is_agreed", lambda *_: False)
        records = office.replayed().state.records
    cells = {key: records.writes(key, len(office.events)) for key in records.cells()}
    return {(key, write.id): write.saw for key, found in cells.items() for write in found}


def test_what_everybody_agrees_on_is_not_looked_into_however_often_it_was_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    looked: list[CellState] = []

    def noted(cell: CellState, writes: Collection[Write], *, everything: bool) -> frozenset[Id]:
        looked.append(cell)
        return visible(cell, writes, everything=everything)

    monkeypatch.setattr("xlplan.merge.state.visible", noted)
    for month in range(1, 7):
        (ann, ben) = (office.issue(lead, cycle=f"2026-{month:02}") for lead in LEADS)
        office.give_back(ann, {("a-1", "progress"): f"Step {month}"}, digest=f"ann {month}")
    assert looked == []
    office.give_back(ben, {("a-1", "progress"): "Another"}, digest="ben")  # saw what the other saw
    assert len(looked) == 1
    assert len(office.state.live(("a-1", "progress"))) == 8
    assert saw(office) == saw(office, looked_into=True)


@pytest.mark.parametrize("field", ["progress", "diary", "revised"])
def test_who_did_not_see_what_another_wrote_is_known_in_the_next_cycle_too(field: str) -> None:
    office = Office()
    for month in range(1, 4):
        (ann, ben) = (office.issue(lead, cycle=f"2026-{month:02}") for lead in LEADS)
        for lead, template in zip(LEADS, (ann, ben), strict=True):
            days = date(2027, month, 1 + LEADS.index(lead))
            raw = days if field == "revised" else f"{lead} in month {month}"
            office.give_back(template, {("a-1", field): raw}, digest=f"{lead} {month}")
    assert saw(office) == saw(office, looked_into=True)


def check(office: Office) -> None:
    """That a state, with the changes that it made last, is that of a replay."""
    whole = office.replayed()
    seqs = {event.seq for event in office.events if event.tx == office.events[-1].tx}
    last = [change for change in whole.changes if change.seq in seqs]
    assert [change for change in office.history.changes if change.seq in seqs] == last
    again = Office(rows={})
    again.history = whole
    assert past(office.state) == past(whole.state)
    assert office.picture() == again.picture()


def past(state: State, as_of: int | None = None) -> tuple[object, ...]:
    """All that a past has from the rows, whether they are recalled or replayed."""
    when = state.seq if as_of is None else as_of
    found = past_of(state, NOTHING_HEARD, when, date(2027, 3, 1), "2026-03")
    boards = [*found.boards, *([found.imported] if found.imported else [])]
    seen = [(board.label, {**board.values}) for board in boards]
    return {**found.first}, {**found.times}, {**found.dues}, seen


LEADS = ("Ann", "Ben")


def year() -> Office:
    """Two cycles of an office: returns, an answer, a return on an old form, one taken back."""
    office = Office()
    for number, cycle in enumerate(("2026-01", "2026-02")):
        ann, ben = (office.issue(lead, cycle=cycle) for lead in LEADS)
        office.give_back(ann, {("a-1", "rating"): "Red"}, digest=f"ann {number}")
        office.give_back(ben, {("a-1", "rating"): "Amber"}, digest=f"ben {number}")
        gone = office.give_back(ben, {("a-2", "progress"): "No"}, digest=f"gone {number}")
        office.undo(gone)
        office.publish(cycle)
    return office


def test_only_the_events_of_a_row_are_told_again_where_it_is_written_to() -> None:
    office = year()
    last = office.issue("Cat", cycle="2026-03")
    memory = recall(office)
    begun = len(memory.told)
    assert [row.ref for row in office.state.master()] == ["1.1", "1.2", "2.1"]
    assert office.state.value("a-1", "rating", last.as_of) == "Green"
    office.merge(office.reading(last, {("a-3", "rating"): "Green"}))
    facts = [office.events[seq - 1].fact for seq in memory.told[begun:]]
    assert [fact.uid for fact in facts if isinstance(fact, RowAdded)] == ["a-3"]
    assert not any(isinstance(fact, Returned) for fact in facts)
    assert is_recalled(office)
    assert memory.replays == 0
    check(office)


def test_rows_at_once_are_taken_as_they_were_kept() -> None:
    office = year()
    recall(office)
    state, whole = office.state, office.replayed().state
    names = [item.id for item in whole.definition.fields_of("action")]
    for uid in whole.uids("action"):
        assert values_of(state, uid, names) == values_of(whole, uid, names)
        now = shown_of(state, uid, names, state.seq)
        assert now == shown_of(whole, uid, names, state.seq)
        assert any(ids for _, ids in now)
    assert is_recalled(office)


def test_the_past_of_rows_is_recalled_and_that_of_others_told_again() -> None:
    office = year()
    recall(office)
    last = office.issue("Ann", cycle="2026-03")
    office.merge(office.reading(last, {("a-3", "due"): "July 2027", ("a-3", "rating"): "Green"}))
    whole = office.replayed().state
    assert past(office.state) == past(whole)
    assert list(office.state.rows) == list(whole.rows)
    assert is_recalled(office)
    assert past(office.state, last.as_of - 4) == past(whole, last.as_of - 4)
    assert is_recalled(office)


def test_of_a_return_about_several_rows_each_is_told_its_own() -> None:
    office = Office()
    back = {("a-1", "rating"): "Red", ("a-2", "rating"): "Green", ("a-2", "progress"): "Laid"}
    office.give_back(office.issue("Ann"), back)
    recall(office)
    for uid in ("a-1", "a-2"):
        assert isinstance(office.state, Recalled)
        office.state.need(uid)
    assert is_recalled(office)
    writes = {key: office.state.live(key) for key in office.state.records.cells_of("a-2")}
    whole = office.replayed().state
    assert writes == {key: whole.live(key) for key in whole.records.cells_of("a-2")}
    assert [w.value for w in writes["a-2", "progress"]][-1] == "Laid"


def test_the_returns_since_a_position_are_read_by_stretches_of_the_ledger() -> None:
    office = year()
    whole = office.replayed().state.exchange
    recall(office)
    office.merge(office.reading(office.issue("Ann", cycle="2026-03"), digest="last"))
    again = office.replayed().state.exchange
    for seq in (0, 12, 20, office.state.seq):
        assert office.state.exchange.events_since(seq) == again.events_since(seq)
    assert len(again.events_since(0)) == len(whole.return_events) + 1
    assert is_recalled(office)
    recall(office, ("returned",))
    assert office.state.exchange.events_since(0) == again.events_since(0)
    assert not is_recalled(office)
    assert office.state.exchange.events_since(12) == again.events_since(12)


def test_a_row_is_as_a_board_saw_it_though_it_was_written_to_since() -> None:
    office = year()
    seen = office.state.published[-1][1].as_of
    recall(office)
    last = office.issue("Ann", cycle="2026-03")
    office.merge(office.reading(last, {("a-3", "rating"): "Green"}))
    whole = office.replayed().state
    assert office.state.master("action", seen) == whole.master("action", seen)
    now, then = (office.state.master_row("a-3", seq).values for seq in (office.state.seq, seen))
    assert (now["rating"], then["rating"]) == ("Green", whole.value("a-3", "rating", seen))
    assert now["rating"] != then["rating"]
    assert is_recalled(office)
    memory = recall(office, ("seen",))
    assert office.state.master_row("a-3", seen) == whole.master_row("a-3", seen)
    assert memory.replays == 0


def test_the_newest_returns_of_somebody_come_first_and_no_older_one_is_read() -> None:
    office = year()
    memory = recall(office)
    office.merge(office.reading(office.issue("Ann", cycle="2026-03"), digest="last"))
    whole = [event.seq for event in office.replayed().state.exchange.newest_from("Ann")]
    told = len(memory.told)
    newest = office.state.exchange.newest_from("Ann")
    assert next(newest).seq == whole[0]
    assert len(memory.told) == told
    assert [event.seq for event in newest] == whole[1:]
    assert is_recalled(office)
    recall(office, ("from",))
    assert [event.seq for event in office.state.exchange.newest_from("Ann")] == whole
    assert not is_recalled(office)
    assert [event.seq for event in office.state.exchange.newest_from("Ann")] == whole


def test_a_past_that_cannot_be_had_is_replayed() -> None:
    office = year()
    memory = recall(office, ("timeline",))
    assert past(office.state) == past(office.replayed().state)
    assert memory.replays == 1


def test_rows_of_which_something_was_meant_are_known_without_their_events() -> None:
    office = year()
    asking = replace(office.issue("Ann"), id="t-asks", inputs=(BECAUSE + ENTRY,))
    asking = replace(asking, fields=(*asking.fields, BECAUSE + ENTRY))
    office.append(asking)
    office.merge(office.reading(asking, {("a-1", BECAUSE + ENTRY): "So it is"}, digest="one"))
    memory = recall(office)
    office.merge(office.reading(asking, {("a-3", BECAUSE + ENTRY): "This too"}, digest="two"))
    assert office.state.records.rows_with(BECAUSE) == ["a-1", "a-3"]
    assert is_recalled(office)
    assert office.state.records.rows_with("rating") == ["a-1", "a-2", "a-3"]
    assert not is_recalled(office)
    assert office.state.records.rows_with(BECAUSE) == ["a-1", "a-3"]
    assert memory.replays == 1


def test_an_answer_is_told_again_with_its_row() -> None:
    office = year()
    (asked, *_) = office.questions()
    office.answer(asked, asked.choices[0])
    recall(office)
    whole = office.replayed().state
    assert office.state.live((asked.uid, asked.field)) == whole.live((asked.uid, asked.field))
    assert is_recalled(office)
    check(office)


def test_what_templates_share_is_read_where_it_was_recorded() -> None:
    office = year()
    first = office.issue("Ann", cycle="2026-03")
    shared = Shared("f-1", {}, ("#FFF2CC",))
    office.append(replace(first, ours=Ours({}, "f-1", shared)))
    for lost in ((), ("events",)):
        memory = recall(office)
        memory.lost = lost
        assert office.state.exchange.shared == {"f-1": shared}
        assert office.state.exchange.shared == {"f-1": shared}
        assert is_recalled(office) == (not lost)


def test_the_templates_of_the_open_cycle_are_found_together_once_several_are_asked_for() -> None:
    office = year()
    old = office.state.exchange.templates("2026-02")[0]
    sent = [office.issue(lead, cycle="2026-03") for lead in ("Ann", "Ben", "Cy", "Di", "Ed")]
    for again in (sent[0], sent[3]):
        office.append(replace(again, ours=Ours({}, "f-1", Shared("f-1", {}, ()))))
    memory = recall(office)
    asked: list[str] = []

    def entries(topic: str, name: str) -> Sequence[Entry]:
        asked.append(topic)
        return Memory.entries(memory, topic, name)

    memory.entries = entries  # type: ignore[method-assign]
    exchange, whole = office.state.exchange, office.replayed().state.exchange
    for one in (old, *sent):
        assert exchange.issued[one.id] == whole.issued[one.id]
        assert exchange.issued_at[one.id] == whole.issued_at[one.id]
        assert exchange.first_seq[one.id] == whole.first_seq[one.id]
        assert exchange.ours_of(one.id) == whole.ours_of(one.id)
    assert asked == ["issued", "issued", "issued", "cycle"]
    assert exchange.templates("2026-03") == whole.templates("2026-03")
    assert is_recalled(office)
    memory = recall(office)
    assert [office.state.exchange.issued[one.id] for one in sent[:2]] == sent_as(whole, sent[:2])
    memory.lost = ("cycle",)
    assert [office.state.exchange.issued[one.id] for one in sent[2:]] == sent_as(whole, sent[2:])
    assert not is_recalled(office)


def sent_as(exchange: Exchange, sent: Sequence[Issued]) -> list[Issued]:
    """Templates as they were written last."""
    return [exchange.issued[one.id] for one in sent]


def test_a_template_of_old_may_be_written_again() -> None:
    office = year()
    for lost in ((), ("events",)):
        old = office.state.exchange.of_old(office.state.definition_at)
        memory = recall(office)
        memory.lost = lost
        assert office.state.exchange.of_old(office.state.definition_at) == old
    recall(office)
    shared = Shared("f-1", {}, ())
    office.append(replace(old[0], ours=Ours({}, "f-1", shared)))
    whole = office.replayed().state
    found = office.state.exchange.of_old(office.state.definition_at)
    assert found == whole.exchange.of_old(whole.definition_at) != old


def test_the_first_template_of_a_definition_may_have_gone_out_since() -> None:
    office = year()
    office.redefine(replace(DEFINITION, title="Another"))
    recall(office)
    last = office.issue("Ann", cycle="2026-03")
    office.issue("Ben", cycle="2026-03")
    whole = office.replayed().state
    found = office.state.exchange.of_old(office.state.definition_at)
    assert found == whole.exchange.of_old(whole.definition_at)
    assert found[1:] == [last]
    assert is_recalled(office)


def test_rows_that_cannot_be_had_as_they_stand_are_replayed() -> None:
    office = year()
    memory = recall(office, ("standing",))
    assert office.state.value("a-1", "rating") == "Green"
    assert memory.replays == 1
    check(office)


def test_what_was_applied_since_is_part_of_the_whole() -> None:
    office = year()
    recall(office)
    office.publish("2026-02")
    assert office.state.returns
    check(office)


@pytest.mark.parametrize(
    "ask",
    [
        lambda state: list(state.rows.values()),
        lambda state: list(state.rows.items()),
        lambda state: list(state.issued.values()),
        lambda state: list(state.exchange.issued_at),
        lambda state: state.returns,
        lambda state: state.return_events,
        lambda state: state.decisions,
        lambda state: list(state.records.cells()),
        lambda state: list(state.records.written()),
        lambda state: list(state.row_seq),
    ],
)
def test_whoever_asks_for_everything_gets_everything(ask: Callable[[State], object]) -> None:
    office = year()
    true = ask(office.state)
    memory = recall(office)
    assert ask(office.state) == true == ask(office.state)
    assert not is_recalled(office)
    assert memory.replays == 1
    assert list(office.history.changes) == list(office.replayed().changes)


def test_what_is_asked_by_name_is_what_a_replay_gives() -> None:
    office = year()
    whole = office.replayed().state
    recall(office)
    state, exchange = office.state, office.state.exchange
    first, last = whole.exchange.templates("2026-01")[0], whole.exchange.templates("2026-02")[1]
    assert exchange.templates("2026-02") == whole.exchange.templates("2026-02")
    assert exchange.templates("2026-09") == []
    assert exchange.has_begun
    assert not Office().state.exchange.has_begun
    assert exchange.cycles == whole.exchange.cycles
    assert state.issued[first.id] == first
    assert "t-none" not in state.issued
    assert exchange.issued_at[last.id] == whole.exchange.issued_at[last.id]
    back = len(whole.exchange.events_of(first.id))
    assert exchange.came_back(first.id) == whole.exchange.came_back(first.id) == back
    assert exchange.events_of(first.id) == whole.exchange.events_of(first.id)
    assert exchange.came_back(first.id) == back
    assert exchange.events_from("Ben", 12) == whole.exchange.events_from("Ben", 12)
    assert exchange.asked_last(["Ann"], state.seq) == "2026-02"
    assert exchange.events_with("ann 0") == whole.exchange.events_with("ann 0")
    assert exchange.knows("ben 1")
    assert exchange.event_of(whole.returns["r-ann 1"]).seq > first.as_of
    assert exchange.of_old(state.definition_at) == whole.exchange.of_old(whole.definition_at)
    assert exchange.shared == whole.exchange.shared == {}
    assert exchange.ours_of(first.id) == []
    assert state.kind_of("a-1") == "action"
    assert state.kind_of("a-9") == state.ref("a-9") == ""
    assert state.uids("action") == whole.uids("action")
    assert state.shown(("a-1", "rating"), state.seq) == whole.shown(("a-1", "rating"), whole.seq)
    assert state.value("a-1", "unknown") is None
    assert state.shown(("a-2", "unknown"), state.seq) == (None, [])
    assert is_recalled(office)
    assert state.uids("action", 2) == whole.uids("action", 2)
    assert is_recalled(office)


def test_an_outline_is_brought_forward_and_questions_are_asked_again_where_something_bears() -> (
    None
):
    office = year()
    (asked, *rest) = office.questions()
    before = [asked, *rest]
    last = office.issue("Cat", cycle="2026-03")
    memory = recall(office)
    office.merge(office.reading(last, {("a-1", "rating"): "Blue"}))
    office.append(Returned("r-x", "refused", "x.xlsx", "", "", "", "", "refused"))
    state = office.state
    assert isinstance(state, Recalled)
    found = questions_since(state, before, state.events_since)
    assert is_recalled(office)
    assert can_be_recalled(state)
    forward = outline_of(state, memory.outline)
    whole = office.replayed().state
    assert forward == outline_of(whole)
    assert found == questions_of(whole)
    assert {q.id for q in found} != {q.id for q in before}
    assert questions_since(whole, [], []) == []


def test_a_row_that_never_was_is_no_row() -> None:
    office = year()
    proposed = office.issue("Cat", cycle="2026-03")
    office.give_back(proposed, added={"action": "Buy a ladder"})
    memory = recall(office)
    (asked,) = [q for q in office.questions() if q.kind is Kind.ADDED]
    assert outline_of(office.state, memory.outline).rows.keys() == {"a-1", "a-2", "a-3"}
    recall(office)
    office.append(RowAdded("a-4", "action", 4.0, {}, {}))
    assert office.state.uids("action") == ["a-1", "a-2", "a-3", "a-4"]
    assert office.state.value(asked.uid, "rating") is None
    check(office)


@pytest.mark.parametrize(
    "lost", ["row", "added", "issued", "back", "bytes", "asked", "from", "cycle"]
)
def test_what_is_forgotten_is_replayed(lost: str) -> None:
    office = year()
    whole = office.replayed()
    memory = recall(office, (lost,))
    template = whole.state.exchange.templates("2026-01")[0]
    exchange = office.state.exchange
    assert office.state.row_at("a-1") == whole.state.row_at("a-1")
    assert office.state.live(("a-1", "rating")) == whole.state.live(("a-1", "rating"))
    assert exchange.templates("2026-01") == whole.state.exchange.templates("2026-01")
    assert exchange.came_back(template.id) == whole.state.exchange.came_back(template.id) > 0
    assert exchange.events_of(template.id) == whole.state.exchange.events_of(template.id)
    assert exchange.events_from("Ann") == whole.state.exchange.events_from("Ann")
    assert exchange.asked_last(["Ann"], 99) == "2026-02"
    assert exchange.knows("ann 0")
    office.give_back(template, {("a-2", "rating"): "Green"}, digest="late")
    assert memory.replays == 1
    check(office)


def test_letters_are_read_by_their_cycle() -> None:
    office = year()
    letter = Posted("draft", "2026-02", "Ann", "2026-02-01")
    office.append(letter)
    at = office.state.seq
    master = office.issue(COORDINATOR)
    recall(office)
    again = replace(letter, act="sent")
    office.append(again)
    assert office.state.exchange.posts("2026-02") == [(at, letter), (at + 2, again)]
    assert master not in office.state.exchange.templates("2026-01")
    assert office.state.exchange.posts("2026-01") == ()
    assert office.state.exchange.post_to("2026-02", ["Ann"]).sent == "2026-02-01"
    assert is_recalled(office)


def test_what_a_row_held_before_it_was_written_to_last_is_told_again() -> None:
    office = year()
    recall(office)
    whole = office.replayed().state
    state = office.state
    for uid in ("a-1", "a-2", "a-3"):
        assert state.last_touched(uid) == whole.last_touched(uid) > 0
        for seq in range(1, state.seq):
            assert state.value(uid, "rating", seq) == whole.value(uid, "rating", seq)
            assert state.ref(uid, seq) == whole.ref(uid, seq)
    assert state.last_touched("a-9") == 0
    assert is_recalled(office)


def test_a_new_definition_is_read_with_everything() -> None:
    office = year()
    memory = recall(office)
    office.redefine(replace(DEFINITION, title="Another"))
    assert memory.replays == 1
    assert not is_recalled(office)
    check(office)


def test_where_a_row_came_from_is_asked_without_what_was_written_to_it() -> None:
    office = year()
    whole = office.replayed().state
    memory = recall(office)
    begun = len(memory.told)
    for seq in (1, 2, office.state.seq):
        assert office.state.row_at("a-1", seq) == whole.row_at("a-1", seq)
    facts = [office.events[seq - 1].fact for seq in memory.told[begun:]]
    assert [type(fact) for fact in facts] == [RowAdded]
    assert office.state.live(("a-1", "rating")) == whole.live(("a-1", "rating"))
    assert office.state.row_at("a-1") == whole.row_at("a-1")
    assert office.state.row_at("a-9") is None
    assert is_recalled(office)


def test_a_row_that_was_shown_is_shown_anew_each_time_that_it_was_written_to() -> None:
    office = year()
    memory = recall(office)
    shown = [(office.state.value("a-3", "rating"), office.state.master_row("a-3").values["rating"])]
    for rating in ("Green", "Amber"):
        form = office.issue("Cat", cycle="2026-03")
        office.merge(office.reading(form, {("a-3", "rating"): rating}, digest=rating))
        value = office.state.value("a-3", "rating")
        shown.append((value, office.state.master_row("a-3").values["rating"]))
    assert shown == [("Red", "Red"), ("Green", "Green"), ("Amber", "Amber")]
    assert memory.replays == 0


def test_a_cell_that_was_asked_for_just_before_it_is_written_holds_what_was_written() -> None:
    office = year()
    form = office.issue("Cat", cycle="2026-03")
    recall(office)
    fact = office.returned(office.reading(form, {("a-3", "rating"): "Green"}))
    event = Event(len(office.events) + 1, office.events[-1].tx + 1, "2026-03-01T00:00:00Z", fact)
    assert office.state.value("a-3", "rating") == "Red"
    office.state.apply(event)
    assert office.state.value("a-3", "rating") == "Green"


def test_the_rows_that_a_board_showed_are_put_together_once_and_stay_as_they_were(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = year()
    recall(office)
    state, then, made = office.state, office.state.seq, list[str]()
    row = Recalled.master_row

    def counted(self: Recalled, uid: str, as_of: int | None = None) -> MasterRow:
        made.append(uid)
        return row(self, uid, as_of)

    with monkeypatch.context() as patch:
        patch.setattr(Recalled, "master_row", counted)
        first, again = state.master("action", then), state.master("action", then)
    assert first == again == office.replayed().state.master("action", then)
    assert len(made) == len(first)

    form = office.issue("Cat", cycle="2026-03")
    office.merge(office.reading(form, {("a-3", "rating"): "Green"}))
    whole = office.replayed().state
    for seq in (then, state.seq, state.seq + 1):
        assert state.master("action", seq) == whole.master("action", seq)
    state.master("action", then).clear()
    assert state.master("action", then) == first
    assert is_recalled(office)
