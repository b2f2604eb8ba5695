"""Decisions: what the coordinator answered, as the facts that the ledger records.

A decision is a coordinator's write that saw what they saw, or, where nothing is to be written, an
act that has seen the question away. It is never replayed on another cell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from xlplan.codes.message import Filled
from xlplan.errors import Problem
from xlplan.merge.ids import Id, identity, named
from xlplan.merge.kinds import Kind
from xlplan.merge.model import NOWHERE, Candidate, CellKey, Decided, Place, Question, Write
from xlplan.merge.questions import open_again, open_asks
from xlplan.merge.register import settle, superseded
from xlplan.merge.reverted import answered_again
from xlplan.merge.state import State
from xlplan.plan.values import Raw, Value


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coordinator answered: a choice, the other value where one was given, and why."""

    choice: str
    other: Raw = None
    why: str = ""
    place: Place = NOWHERE
    issued: str = ""


def decided(
    state: State,
    question: Question,
    answer: Answer,
    choice: str,
    value: Value,
    *,
    writes: bool = True,
    cell: CellKey | None = None,
    of: tuple[Candidate, ...] | None = None,
) -> Decided:
    """The decision that writes `value` (or, without `writes`, only sees the question away).

    `cell` where it is not the question's own. `of` names the candidates that `value` repeats where
    it is not the whole of what the cell holds: entries that they had not seen stay beside it.
    """
    key = cell or (question.uid, question.field)
    live = state.live(key)
    asked = [write for write in live if write.id in question.saw and not write.standing]
    around = _shown_to(state, key, question, answer)
    if not writes:  # nothing is put in the place of what an author had replaced, which is not shown
        around -= superseded(live)
    saw = around | question.saw | answered_again(asked, live)
    if of is not None:
        took = {candidate.write for candidate in of}
        known = frozenset().union(*(w.saw for w in state.live(key) if w.id in took))
        saw -= {entry.id for entry in state.cell(key).entries} - known
    return Decided(
        id=named("d", question.id, key, choice, identity(value), state.seq),
        question=question.id,
        kind=question.kind,
        uid=key[0],
        field=key[1],
        choice=choice,
        writes=writes,
        value=value,
        why=answer.why,
        saw=saw,
        place=answer.place,
        issued=answer.issued,
        answered=frozenset(one.certain for one in question.saw if one.doubt),
    )


def _shown_to(state: State, key: CellKey, question: Question, answer: Answer) -> frozenset[Id]:
    """What the coordinator saw of a cell: what `decisions.xlsx` showed when it was written, and
    what they have decided since. What another open question asks was not answered with it."""
    issued = state.issued.get(answer.issued)
    now = state.live(key)
    shown = now if issued is None else state.live(key, issued.as_of)
    decided = [write for write in now if write.kind is Kind.DECISION]
    asked = {write.id for write in open_asks(now)} - question.saw
    again = [one for one in open_again(state, key, now) if one.id not in question.saw]
    asked |= {one.said.id for one in again if one.said is not None}
    return frozenset(write.id for write in (*shown, *decided)) - asked


def taken_in(state: State, key: CellKey, write: Write, value: Value) -> Value:
    """What the cell holds once a write that only asked stands beside the others."""
    stands = replace(write, value=value, kind=Kind.ENTRY if write.entry else Kind.EDIT)
    others = [other for other in state.live(key) if other.id != write.id]
    return settle(state.field_of(key), [*others, stands]).value


def refuse(question: Question, answer: Answer, why: Filled) -> Problem:
    """Why an answer cannot be used."""
    about = f"Action {question.action}" if question.action else "The proposed row"
    where = str(answer.place) or f"question {question.id}"
    return why.about(about).at(where, action=question.action, field=question.field)
