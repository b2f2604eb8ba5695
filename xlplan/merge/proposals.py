"""Proposals: rows that somebody added become rows of the plan, or go into one that is there.

A lead's row is a question; the coordinator's own, added in `master.xlsx`, are taken at once. Either
way a proposal makes one row, however often and with however much more in it it comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xlplan.errors import Problem
from xlplan.merge.decisions import Answer, decided, refuse, taken_in
from xlplan.merge.ids import row_uid
from xlplan.merge.model import Assertion, Decided, Fact, Question, Returned, RowAdded
from xlplan.merge.newrows import new_row, news, row_values
from xlplan.merge.questions import ACCEPT, DECLINE, LINK, asks_on, labelled, question_id
from xlplan.merge.register import SET_TYPES, Write
from xlplan.merge.rows import TEXT, kind_of
from xlplan.merge.state import State
from xlplan.plan.values import Invalid, Value, canon, show


def proposal_facts(
    state: State, question: Question, answer: Answer, choice: str
) -> list[Fact] | Problem:
    """The facts that record an answer to a proposed row, or why it cannot be taken."""
    seen_away = decided(state, question, answer, choice, None, writes=False)
    if choice == DECLINE:
        return [seen_away]
    asked = _asked(state, question, choice)
    values = row_values(state, dict(asked.row), kind_of(question.uid))
    if choice == LINK:
        return _link(state, question, answer, asked, values, seen_away)
    known = state.row_at(row_uid(question.uid))
    if known is not None:
        return [seen_away, *_revised(state, question, answer, known, values)]
    lead = state.definition.with_role("lead")
    if lead is not None:
        values.setdefault(lead.id, (asked.author,))
    return [
        new_row(
            state, question.uid, values, asked.place, dict(asked.cells), "proposal", seen_away.id
        ),
        seen_away,
    ]


def _asked(state: State, question: Question, choice: str) -> Write:
    """The version of a proposed row that was chosen; the last, where the choice names none."""
    asked = [w for w in asks_on(state, (question.uid, "")) if w.id in question.saw]
    labels = labelled(question.candidates)
    if choice in labels:
        wanted = question.candidates[labels.index(choice)].assertion
        asked = [write for write in asked if write.id == wanted]
    return max(asked, key=lambda write: (write.stamp, write.id))


def _link(
    state: State,
    question: Question,
    answer: Answer,
    asked: Write,
    values: Mapping[str, Value],
    seen_away: Decided,
) -> list[Fact] | Problem:
    wanted = show(canon(TEXT, answer.other, state.definition))
    uid = next((u for u in state.uids("action") if state.ref(u) == wanted), None)
    if uid is None or not wanted:
        return refuse(
            question, answer, "DEC-006",
            f'"{wanted}" is not the ref of an action. Enter the ref to link to in Other value.',
        )  # fmt: skip
    facts: list[Fact] = [seen_away]
    for item in state.definition.fields_of("action"):
        value = values.get(item.id)
        if item.owner != "lead" or value is None or isinstance(value, Invalid):
            continue
        cell = (uid, item.id)
        if item.type in SET_TYPES or item.mode == "append":
            write = replace(asked, entry=item.mode == "append")
            value = taken_in(state, cell, write, value)
        if value != state.value(*cell):
            facts.append(decided(state, question, answer, LINK, value, cell=cell))
    return facts


def _revised(
    state: State, question: Question, answer: Answer, row: RowAdded, values: Mapping[str, Value]
) -> list[Fact]:
    return [
        decided(state, question, answer, ACCEPT, value, cell=(row.uid, name), of=())
        for name, value in news(state, row, values)
    ]


def accept_own_rows(state: State, returned: Returned) -> list[Fact]:
    """The facts that take in the rows a coordinator's return added, each row once.

    The return must have been applied already. A copy in which such a row says more than before
    adds no second row: what is new in it goes into the first.
    """
    seq = max(event.seq for event in state.return_events if event.fact == returned)
    facts: list[Fact] = []
    for item in returned.assertions:
        if item.kind != "row-added":
            continue
        values = row_values(state, item.row, kind_of(item.uid))
        known = state.row_at(row_uid(item.uid))
        if known is None:
            facts.append(
                new_row(state, item.uid, values, item.place, item.cells, "master", returned.id)
            )
            continue
        facts.append(replace(known, source=returned.id))
        if any(w.id == item.id and w.seq == seq for w in state.live((item.uid, ""))):
            facts += _own_news(state, known, item, values)
    return facts


def _own_news(
    state: State, row: RowAdded, item: Assertion, values: Mapping[str, Value]
) -> list[Fact]:
    """What a later version of a row that the coordinator added says anew, as their decisions."""
    question = Question(
        question_id((item.uid, ""), "row-added", (item.id,)), "row-added", item.uid, "", "",
        None, None, (), frozenset((item.id,)), (),
    )  # fmt: skip
    return _revised(state, question, Answer(ACCEPT, place=item.place), row, values)
