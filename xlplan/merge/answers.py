"""Answers: from what the coordinator chose to the facts that the ledger records.

A decision is a coordinator's write that saw everything on its cell, or, where nothing is to be
written, an act that has seen the question away. It is never replayed on another cell.
"""

from __future__ import annotations

from dataclasses import dataclass

from xlplan.errors import Problem
from xlplan.merge.ids import identity, named
from xlplan.merge.model import (
    COORDINATOR,
    Candidate,
    Decided,
    Fact,
    MasterRow,
    Place,
    Question,
    RowAdded,
)
from xlplan.merge.questions import (
    ACCEPT,
    COMBINE,
    DECLINE,
    KEEP,
    LINK,
    OTHER,
    TRANSFER,
    WITHDRAW,
    labelled,
)
from xlplan.merge.register import NOWHERE
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, STATUS, Field
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Raw, Value, canon, natural_key, show


@dataclass(frozen=True, slots=True)
class Answer:
    """What the coordinator answered: a choice, the other value where one was given, and why."""

    choice: str
    other: Raw = None
    why: str = ""
    place: Place = NOWHERE
    issued: str = ""


def facts_of(state: State, question: Question, answer: Answer) -> list[Fact] | Problem:
    """The facts that record an answer to an open question, or why it cannot be taken."""
    choice = _choice(question, answer.choice)
    if choice is None:
        return _refuse(
            question,
            answer,
            "DEC-002",
            f'"{answer.choice}" is not one of the choices. '
            f"Choose one of: {', '.join(question.choices)}.",
        )
    if choice == COMBINE:
        text = "\n".join(dict.fromkeys(show(c.value) for c in question.candidates if c.value))
        return [_decided(state, question, answer, choice, text)]
    if question.kind == "row-added":
        return _proposal(state, question, answer, choice)
    if question.kind == "row-missing":
        return _missing(state, question, answer, choice)
    if choice == OTHER:
        value = _other(state, question, answer)
        if isinstance(value, Problem):
            return value
        return [_decided(state, question, answer, choice, value)]
    if choice == KEEP:
        if question.kind == "conflict":
            return [_decided(state, question, answer, choice, question.master)]
        return [_decided(state, question, answer, choice, None, writes=False)]
    chosen = _chosen(question, choice)
    if isinstance(chosen.value, Invalid):
        return _refuse(question, answer, "DEC-003", f"{chosen.value.message} Or choose Other.")
    return [_decided(state, question, answer, choice, chosen.value)]


def _choice(question: Question, text: str) -> str | None:
    for choice in question.choices:
        if fold(choice) == fold(text):
            return choice
    labels = labelled(question.candidates)
    for label, item in zip(labels, question.candidates, strict=True):
        if fold(item.text) == fold(text) and label in question.choices:
            return label
    return None


def _chosen(question: Question, choice: str) -> Candidate:
    if choice == ACCEPT:
        return question.candidates[-1]
    labels = labelled(question.candidates)
    return question.candidates[labels.index(choice)]


def _other(state: State, question: Question, answer: Answer) -> Value | Problem:
    item = state.field_of((question.uid, question.field))
    value = canon(item, answer.other, state.definition) if item is not None else None
    if value is None:
        return _refuse(
            question,
            answer,
            "DEC-004",
            'The decision is "Other" but no other value is given. Enter it in Other value.',
        )
    if isinstance(value, Invalid):
        return _refuse(question, answer, "DEC-003", value.message)
    return value


def _decided(
    state: State,
    question: Question,
    answer: Answer,
    choice: str,
    value: Value,
    *,
    writes: bool = True,
    cell: tuple[str, str] | None = None,
) -> Decided:
    key = cell or (question.uid, question.field)
    everything = frozenset(write.id for write in state.live(key))
    saw = everything | (question.saw if cell is None else frozenset())
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
    )


def _refuse(question: Question, answer: Answer, code: str, message: str) -> Problem:
    where = str(answer.place) or f"question {question.id}"
    about = f"Action {question.action}" if question.action else "The proposed row"
    return Problem(code, where, f"{about}: {message}", "error", question.action, question.field)


def _missing(state: State, question: Question, answer: Answer, choice: str) -> list[Fact] | Problem:
    seen_away = _decided(state, question, answer, choice, None, writes=False)
    if choice == WITHDRAW:
        cell = (question.uid, STATUS)
        return [seen_away, _decided(state, question, answer, choice, "withdrawn", cell=cell)]
    if choice == TRANSFER:
        item = state.definition.with_role("lead")
        names = canon(item, answer.other, state.definition) if item is not None else None
        unknown = (
            [n for n in names if state.definition.lead(n) is None]
            if isinstance(names, tuple)
            else []
        )
        if item is None or not isinstance(names, tuple) or unknown:
            said = (
                f'"{", ".join(unknown)}" is not in the list of leads.'
                if unknown
                else ("No lead is given.")
            )
            return _refuse(
                question, answer, "DEC-005",
                f"{said} Enter the name of a lead of plan.toml in Other value.",
            )  # fmt: skip
        cell = (question.uid, item.id)
        return [seen_away, _decided(state, question, answer, choice, names, cell=cell)]
    return [seen_away]


def _proposal(
    state: State, question: Question, answer: Answer, choice: str
) -> list[Fact] | Problem:
    seen_away = _decided(state, question, answer, choice, None, writes=False)
    if choice == DECLINE:
        return [seen_away]
    asked = next(w for w in state.live((question.uid, "")) if w.id in question.saw)
    texts = dict(asked.row)
    if choice == LINK:
        return _link(state, question, answer, texts, seen_away)
    values = row_values(state, texts)
    lead = state.definition.with_role("lead")
    if lead is not None and values.get(lead.id) is None:
        values[lead.id] = (asked.author,)
    uid = named("a", question.uid, question.id)
    row = new_row(state, values, uid, asked.place, "proposal", seen_away.id)
    return [row, seen_away]


def _link(
    state: State, question: Question, answer: Answer, texts: dict[str, str], seen_away: Decided
) -> list[Fact] | Problem:
    wanted = show(canon(_TEXT, answer.other, state.definition))
    uid = next((u for u in state.uids("action") if state.ref(u) == wanted), None)
    if uid is None or not wanted:
        return _refuse(
            question, answer, "DEC-006",
            f'"{wanted}" is not the ref of an action. Enter the ref to link to in Other value.',
        )  # fmt: skip
    facts: list[Fact] = [seen_away]
    for name, value in row_values(state, texts).items():
        item = state.definition.find(name)
        if item is None or item.owner != "lead" or value is None or isinstance(value, Invalid):
            continue
        if value != state.value(uid, name):
            cell = (uid, name)
            facts.append(_decided(state, question, answer, LINK, value, cell=cell))
    return facts


_TEXT = Field("text", "Text")


def row_values(state: State, texts: dict[str, str]) -> dict[str, Value]:
    """The values of a row that was added, from its texts by column id."""
    values: dict[str, Value] = {}
    for column, text in texts.items():
        item = state.definition.find(column.removesuffix(ENTRY))
        if item is not None:
            values[item.id] = canon(item, text, state.definition)
    return values


def new_row(
    state: State, values: dict[str, Value], uid: str, place: Place, origin: str, source: str
) -> RowAdded:
    """A new row from values: given a ref in the plan's own numbering where it has none, and
    placed after the last row of its section."""
    key = state.definition.with_role("key")
    section = state.definition.with_role("section")
    rows = state.master("action")
    taken = {row.ref for row in rows}
    mates = [r for r in rows if section and r.values.get(section.id) == values.get(section.id)]
    if key is not None and (values.get(key.id) is None or show(values[key.id]) in taken):
        values = {**values, key.id: next_ref(mates or rows, taken)}
    orders = sorted(state.rows[row.uid].order for row in rows)
    order = 1.0
    if orders:
        after = max(state.rows[row.uid].order for row in mates or rows)
        following = next((o for o in orders if o > after), after + 2)
        order = (after + following) / 2
    places = {name: place for name, value in values.items() if value is not None}
    return RowAdded(uid, "action", order, values, places, COORDINATOR, origin, source)


def next_ref(mates: list[MasterRow], taken: set[str]) -> str:
    """The next ref in the numbering of some rows: after ``3.9`` comes ``3.10``."""
    last = max((row.ref for row in mates), key=natural_key, default="")
    head = last.rstrip("0123456789")
    number = int(last[len(head) :] or 0) + 1
    while f"{head}{number}" in taken:
        number += 1
    return f"{head}{number}"
