"""What was settled when a cycle began is not told again, and every answer stays the same."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.paper import Office
from tests.recalling import recall
from tests.scenes import LOCKED, OWN_EDITS, STAMPS, VALUES
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.merge.model import CellKey, Issued
from xlplan.merge.recalled import Recalled
from xlplan.merge.settled import recent
from xlplan.merge.state import State
from xlplan.merge.timeline import timeline_of
from xlplan.plan.values import Raw

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
    if isinstance(state, Recalled) and not state.is_whole:
        for uid in state._told:
            for key in whole.records.cells_of(uid):
                _same_cell(state, whole, key)
    again = Office(rows={})
    again.history = office.replayed()
    assert office.picture() == again.picture()
    for uid in ROWS:
        assert _past(state, uid) == _past(whole, uid)
    for uid in ROWS:  # now all of it is asked for
        for key in whole.records.cells_of(uid):
            assert state.live(key) == whole.live(key)
            assert state.copies(key) == whole.copies(key)


def _same_cell(state: State, whole: State, key: CellKey) -> None:
    """That what is told of a cell is so, and answers as all of it."""
    told = recent(state, key)
    ids = {write.id for write in told}
    live = [replace(write, saw=write.saw & ids) for write in whole.live(key) if write.id in ids]
    event(f"left out: {min(3, len(whole.live(key)) - len(told))}")
    assert [replace(write, saw=write.saw & ids) for write in told] == live
    now, then = state.cell(key), whole.cell(key)
    assert (now.value, now.conflict) == (then.value, then.conflict)
    assert [head.id for head in now.heads] == [head.id for head in then.heads]
    assert now.entries == then.entries


def _past(state: State, uid: str) -> object:
    timeline = timeline_of(state, uid)
    cells = {name: [*spells] for name, spells in timeline.cells.items()}
    return timeline.begun, [*timeline.there], cells, [*timeline.times]
