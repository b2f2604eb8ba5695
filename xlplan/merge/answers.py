"""Answers: from what the coordinator chose to the facts that the ledger records."""

from __future__ import annotations

from collections.abc import Iterable

from xlplan.errors import Problem
from xlplan.merge.decisions import Answer, decided, refuse, taken_in
from xlplan.merge.model import Candidate, Decided, Fact, Question
from xlplan.merge.proposals import proposal_facts
from xlplan.merge.questions import (
    ACCEPT,
    COMBINE,
    KEEP,
    LINK,
    OTHER,
    TRANSFER,
    WITHDRAW,
    asks_on,
    labelled,
)
from xlplan.merge.records import CellKey
from xlplan.merge.register import SET_TYPES, Write
from xlplan.merge.rows import TEXT
from xlplan.merge.state import State
from xlplan.plan.definition import STATUS
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, canon, show

__all__ = ["Answer", "clash", "facts_of"]

_TAKE_OTHER = frozenset({OTHER, LINK, TRANSFER})
"""Choices that say with Other value what they mean."""

_NO_CHOICE = "No decision is chosen, so what is typed beside it was not used. "


def facts_of(state: State, question: Question, answer: Answer) -> list[Fact] | Problem:
    """The facts that record an answer to an open question, or why it cannot be taken."""
    choice = _choice(question, answer.choice)
    if choice is None:
        return refuse(
            question,
            answer,
            "DEC-002",
            (f'"{answer.choice}" is not one of the choices. ' if answer.choice else _NO_CHOICE)
            + f"Choose one of: {', '.join(question.choices)}.",
        )
    if choice not in _TAKE_OTHER and (spare := _spare(state, question, answer, choice)):
        return refuse(
            question,
            answer,
            "DEC-003",
            f'The decision is "{choice}", yet Other value says "{spare}". '
            "Choose Other to use that value, or empty it.",
        )
    if question.kind == "row-added":
        return proposal_facts(state, question, answer, choice)
    if question.kind == "row-missing":
        return _missing(state, question, answer, choice)
    if choice == KEEP:
        value = question.master if question.kind == "conflict" else None
        writes = question.kind == "conflict"
        return [decided(state, question, answer, choice, value, writes=writes)]
    if choice == OTHER:
        return _other(state, question, answer)
    if choice == COMBINE:
        text = "\n".join(dict.fromkeys(show(c.value) for c in question.candidates if c.value))
        return [decided(state, question, answer, choice, text, of=question.candidates)]
    return _accepted(state, question, answer, choice)


def clash(
    state: State, question: Question, answer: Answer, facts: Iterable[Fact], taken: Iterable[Fact]
) -> Problem | None:
    """Why an answer cannot be taken beside those just `taken` from the same file: it would put
    something else into the same cell, and one of the two would be lost without a word.

    What is taken in beside the rest of a cell (an entry, an element of a set) overwrites nothing.
    """
    item = state.field_of((question.uid, question.field))
    adds = item is not None and (item.type == "narrative" or item.type in SET_TYPES)
    if adds and question.kind not in ("conflict", "reverted"):
        return None
    put = {(f.uid, f.field): f.value for f in taken if isinstance(f, Decided) and f.writes}
    for fact in facts:
        if isinstance(fact, Decided) and fact.writes:
            before = put.get((fact.uid, fact.field), fact.value)
            if before != fact.value:
                return refuse(
                    question, answer, "DEC-007",
                    f'Another answer in this file put "{show(before) or "(blank)"}" there, so this '
                    f'one ("{show(fact.value) or "(blank)"}") was not used. If it is still asked, '
                    "answer it again; else edit the cell in master.xlsx.",
                )  # fmt: skip
    return None


def _spare(state: State, question: Question, answer: Answer, choice: str) -> str:
    """What stands in Other value beside a choice that does not use it, unless both say the same."""
    said = show(canon(TEXT, answer.other, state.definition)).strip()
    labels = dict(zip(labelled(question.candidates), question.candidates, strict=True))
    chosen = labels.get(choice)
    return "" if chosen is not None and fold(chosen.text) == fold(said) else said


def _choice(question: Question, text: str) -> str | None:
    """The choice that a text means: as it is written, before case and spaces are set aside."""
    labels = labelled(question.candidates)
    texts = [
        (item.text, label)
        for label, item in zip(labels, question.candidates, strict=True)
        if label in question.choices
    ]
    offered = [*((choice, choice) for choice in question.choices), *texts]
    exact = [choice for said, choice in offered if said == text]
    alike = [choice for said, choice in offered if fold(said) == fold(text)]
    return next(iter((*exact, *alike)), None)


def _chosen(question: Question, choice: str) -> Candidate:
    if choice == ACCEPT:
        return question.candidates[-1]
    labels = labelled(question.candidates)
    return question.candidates[labels.index(choice)]


def _accepted(
    state: State, question: Question, answer: Answer, choice: str
) -> list[Fact] | Problem:
    """A candidate's value; what was only asked about is taken in beside what stands."""
    chosen = _chosen(question, choice)
    if isinstance(chosen.value, Invalid):
        return refuse(question, answer, "DEC-003", f"{chosen.value.message} Or choose Other.")
    key = (question.uid, question.field)
    asked = next((w for w in asks_on(state, key) if w.id == chosen.assertion), None)
    if asked is not None and _beside(state, key, asked):
        value = taken_in(state, key, asked, chosen.value)
        return [decided(state, question, answer, choice, value)]
    of: tuple[Candidate, ...] | None = (chosen,)
    if question.kind == "reverted":
        head = question.candidates[0]
        of = None if _is_entry(state, key, head) else (head,)
    return [decided(state, question, answer, choice, chosen.value, of=of)]


def _is_entry(state: State, key: CellKey, of: Candidate) -> bool:
    return any(write.id == of.assertion and write.entry for write in state.live(key))


def _beside(state: State, key: CellKey, write: Write) -> bool:
    """Whether accepting a write leaves the rest of the cell: an entry, or a change of a set."""
    item = state.field_of(key)
    return write.entry or (item is not None and item.type in SET_TYPES)


def _other(state: State, question: Question, answer: Answer) -> list[Fact] | Problem:
    key = (question.uid, question.field)
    item = state.field_of(key)
    value = canon(item, answer.other, state.definition) if item is not None else None
    if value is None:
        return refuse(
            question,
            answer,
            "DEC-004",
            'The decision is "Other" but no other value is given. Enter it in Other value.',
        )
    if isinstance(value, Invalid):
        return refuse(question, answer, "DEC-003", value.message)
    asked = [w for w in asks_on(state, key) if w.id in question.saw]
    if asked and all(write.entry for write in asked):
        value = taken_in(state, key, asked[-1], value)
    return [decided(state, question, answer, OTHER, value)]


def _missing(state: State, question: Question, answer: Answer, choice: str) -> list[Fact] | Problem:
    seen_away = decided(state, question, answer, choice, None, writes=False)
    if choice == WITHDRAW:
        cell = (question.uid, STATUS)
        return [seen_away, decided(state, question, answer, choice, "withdrawn", cell=cell)]
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
            return refuse(
                question, answer, "DEC-005",
                f"{said} Enter the name of a lead of plan.toml in Other value.",
            )  # fmt: skip
        cell = (question.uid, item.id)
        return [seen_away, decided(state, question, answer, choice, names, cell=cell)]
    return [seen_away]
