"""Decisions: from what the coordinator chose to the facts that the ledger records."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from xlplan.codes.merge_codes import DEC_002, DEC_003, DEC_004, DEC_005, DEC_007
from xlplan.codes.message import nearest
from xlplan.errors import Problem
from xlplan.merge.asks import Answer, asks_on, decided, refuse, taken_in
from xlplan.merge.kinds import (
    ACCEPT,
    AGREE,
    CHOICES,
    COMBINE,
    DENY,
    KEEP,
    LINK,
    OTHER,
    TRANSFER,
    WITHDRAW,
    Kind,
)
from xlplan.merge.model import (
    COORDINATOR,
    Candidate,
    CellKey,
    Decided,
    Fact,
    Question,
    Returned,
    Unused,
    Write,
)
from xlplan.merge.questions import labelled
from xlplan.merge.rows import TEXT, moved_facts, proposal_facts
from xlplan.merge.state import State
from xlplan.plan.definition import STATUS
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, canon, show

_TAKE_OTHER = frozenset({OTHER, LINK, TRANSFER})
"""Choices that say with Other value what they mean."""

BLANK = "(blank)"
SLIP = 0.7
"""How like a choice a slip of the keyboard is."""
_REPLIES = frozenset(
    ("yes", "y", "no", "n", "ok", "okay", "fine", "sure", "true", "false", "right", "wrong",
     "correct", "incorrect", "maybe", "perhaps", "possibly", "unsure", "not sure", "don't know",
     "do not know", "agree", "agreed", "disagree", "approve", "approved", "reject", "rejected",
     "refuse", "refused", "ignore", "leave", "leave it", "leave as is", "as is", "as it is",
     "take it", "use this", "use it", "this one", "no change", "see note", "x", "✓", "✔", "")
)  # fmt: skip
"""What replies to a question and says nothing of an action. A field that takes any words would
take these; as its value they have to stand under Other value."""


def facts_of(state: State, question: Question, answer: Answer) -> list[Fact] | Problem:
    """The facts that record an answer to an open question, or why it cannot be used."""
    choice = _choice(question, answer.choice)
    if choice is None and _is_value(state, question, answer):
        choice, answer = OTHER, replace(answer, choice=OTHER, other=answer.choice)
    if choice is None:
        choices = question.choices
        if not answer.choice:
            return refuse(question, answer, DEC_002.fill("blank", choices=choices))
        typed = answer.choice
        return refuse(question, answer, DEC_002.fill("unknown", answer=typed, choices=choices))
    if choice not in _TAKE_OTHER and (spare := _spare(state, question, answer, choice)):
        return refuse(question, answer, DEC_003.fill("spare", choice=choice, other=spare))
    if question.kind is Kind.ADDED:
        return proposal_facts(state, question, answer, choice)
    if question.kind.of_file:
        return moved_facts(state, question, answer, choice)
    if question.kind is Kind.MISSING:
        return _missing(state, question, answer, choice)
    if choice in (KEEP, DENY):
        writes = question.kind is Kind.CONFLICT
        value = question.master if writes else None
        return [decided(state, question, answer, choice, value, writes=writes)]
    if choice == OTHER:
        return _other(state, question, answer)
    if choice == COMBINE:
        text = "\n".join(dict.fromkeys(show(c.value) for c in question.candidates if c.value))
        return [decided(state, question, answer, choice, text, of=question.candidates)]
    return _accepted(state, question, answer, choice)


def _is_value(state: State, question: Question, answer: Answer) -> bool:
    """Whether what stands in the place of a choice is a value of the field, as Other takes it.

    What is nearly a choice, of this question or of another, is a slip: a text may be anything, and
    is not taken then.
    """
    item = state.field_of((question.uid, question.field))
    if item is None or OTHER not in question.choices or canon(TEXT, answer.other, state.definition):
        return False
    value = canon(item, answer.choice, state.definition)
    if value is None or isinstance(value, Invalid):
        return False
    reply = fold(answer.choice).replace("’", "'").strip(" .!?") in _REPLIES
    if reply and not isinstance(canon(item, "maybe", state.definition), Invalid):
        return False
    words = (*CHOICES, *question.kind.choices)
    begun = any(fold(word).startswith(fold(answer.choice)) for word in words)
    return not begun and not nearest(answer.choice, words, SLIP)


def unused_answers(state: State) -> dict[str, tuple[Unused, Returned]]:
    """The answers that could not be used yet, by question, each with the return that holds it.

    A later workbook with the question in it says anew what stands there, or that nothing does.
    """
    found: dict[str, tuple[Unused, Returned]] = {}
    for event in state.exchange.events_from(COORDINATOR):
        if (fact := state.live_returned(event)) is not None:
            answers = {answer.question: answer for answer in fact.unused}
            for question in (*fact.rows, *answers):
                found.pop(question, None)
            found |= {question: (answer, fact) for question, answer in answers.items()}
    return found


def about_definition(facts: Iterable[Fact]) -> list[Decided]:
    """The decisions by which a key of the plan definition is to change."""
    found = (fact for fact in facts if isinstance(fact, Decided) and fact.writes)
    return [fact for fact in found if fact.kind == Kind.DEFINITION]


def unused_set_up(state: State) -> tuple[Unused, ...]:
    """The answers of the last `set-up.xlsx` that could not be used; `question` is the row and the
    column, with a colon between."""
    last = last_set_up(state)
    return last.unused if last is not None else ()


def last_set_up(state: State) -> Returned | None:
    """The `set-up.xlsx` that came back last."""
    return last_returned(state, "set-up")


def last_returned(state: State, document: str) -> Returned | None:
    """The workbook of the coordinator's of this kind that came back last."""
    for event in reversed(state.exchange.events_from(COORDINATOR)):
        if (fact := state.live_returned(event)) is not None:
            issued = state.issued.get(fact.issued)
            if issued is not None and issued.document == document:
                return fact
    return None


def clash(
    state: State, question: Question, answer: Answer, facts: Iterable[Fact], others: Iterable[Fact]
) -> Problem | None:
    """Why an answer cannot be used beside the `others` just recorded from the same file: it would
    put something else into the same cell, and one of the two would be lost in silence.

    What goes beside the rest of a cell (an entry, an element of a set) overwrites nothing.
    """
    item = state.field_of((question.uid, question.field))
    adds = item is not None and (item.field_type.narrative or item.field_type.elements)
    if adds and question.kind not in (Kind.CONFLICT, Kind.REVERTED):
        return None
    put = {(f.uid, f.field): f.value for f in others if isinstance(f, Decided) and f.writes}
    for fact in facts:
        if isinstance(fact, Decided) and fact.writes:
            before = put.get((fact.uid, fact.field), fact.value)
            if before != fact.value:
                used, unused = show(before) or BLANK, show(fact.value) or BLANK
                return refuse(question, answer, DEC_007.fill(used=used, unused=unused))
    return None


def _spare(state: State, question: Question, answer: Answer, choice: str) -> str:
    """What stands in Other value beside a choice that does not use it, unless both say the same."""
    typed = show(canon(TEXT, answer.other, state.definition)).strip()
    labels = dict(zip(labelled(question.candidates), question.candidates, strict=True))
    chosen = labels.get(choice)
    return "" if chosen is not None and fold(chosen.text) == fold(typed) else typed


def _choice(question: Question, text: str) -> str | None:
    """The choice that a text means: as it is written, before case and spaces are set aside."""
    labels = labelled(question.candidates)
    texts = [
        (item.text, label)
        for label, item in zip(labels, question.candidates, strict=True)
        if label in question.choices
    ]
    offered = [*((choice, choice) for choice in question.choices), *texts]
    exact = [choice for words, choice in offered if words == text]
    alike = [choice for words, choice in offered if fold(words) == fold(text)]
    return next(iter((*exact, *alike)), None)


def _chosen(question: Question, choice: str) -> Candidate:
    if choice in (ACCEPT, AGREE):
        return question.candidates[-1]
    labels = labelled(question.candidates)
    return question.candidates[labels.index(choice)]


def _accepted(
    state: State, question: Question, answer: Answer, choice: str
) -> list[Fact] | Problem:
    """A candidate's value; what was only asked about goes in beside what stands."""
    chosen = _chosen(question, choice)
    if isinstance(chosen.value, Invalid):
        return refuse(question, answer, DEC_003.fill("chosen", why=chosen.value.message))
    key = (question.uid, question.field)
    asked = next((w for w in asks_on(state, key) if w.id == chosen.write), None)
    if asked is not None and _beside(state, key, asked):
        value = taken_in(state, key, asked, chosen.value)
        return [decided(state, question, answer, choice, value)]
    of: tuple[Candidate, ...] | None = (chosen,)
    if question.kind is Kind.REVERTED:
        head = question.candidates[0]
        of = None if _is_entry(state, key, head) else (head,)
    return [decided(state, question, answer, choice, chosen.value, of=of)]


def _is_entry(state: State, key: CellKey, of: Candidate) -> bool:
    return any(write.id == of.write and write.entry for write in state.live(key))


def _beside(state: State, key: CellKey, write: Write) -> bool:
    """Whether accepting a write leaves the rest of the cell: an entry, or a change of a set."""
    item = state.field_of(key)
    return write.entry or (item is not None and item.field_type.elements)


def _other(state: State, question: Question, answer: Answer) -> list[Fact] | Problem:
    key = (question.uid, question.field)
    item = state.field_of(key)
    value = canon(item, answer.other, state.definition) if item is not None else None
    if value is None:
        return refuse(question, answer, DEC_004.fill())
    if isinstance(value, Invalid):
        return refuse(question, answer, DEC_003.fill("other", why=value.message))
    asked = [w for w in asks_on(state, key) if w.id in question.saw]
    if asked and all(write.entry for write in asked):
        value = taken_in(state, key, asked[-1], value)
    return [decided(state, question, answer, OTHER, value)]


def _missing(state: State, question: Question, answer: Answer, choice: str) -> list[Fact] | Problem:
    ended = decided(state, question, answer, choice, None, writes=False)
    if choice == WITHDRAW:
        cell = (question.uid, STATUS)
        return [ended, decided(state, question, answer, choice, "withdrawn", cell=cell)]
    if choice == TRANSFER:
        item = state.definition.with_role("lead")
        names = canon(item, answer.other, state.definition) if item is not None else None
        if item is None or not isinstance(names, tuple):
            return refuse(question, answer, DEC_005.fill("blank"))
        unknown = [name for name in names if state.definition.lead(name) is None]
        if unknown:
            return refuse(question, answer, DEC_005.fill("unknown", leads=unknown))
        cell = (question.uid, item.id)
        return [ended, decided(state, question, answer, choice, names, cell=cell)]
    return [ended]
