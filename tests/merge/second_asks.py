"""What is asked, answered, taken back, and what became of each cell, by the second model of the
merge; see `second_model.py`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tests.merge.second_model import (
    ACCEPT,
    CHOICES,
    COMBINE,
    ENTRY,
    FATES,
    KEEP,
    ME,
    OTHER,
    STATUS,
    WITHDRAW,
    Again,
    Cell,
    Ids,
    Key,
    Model,
    Question,
    Return,
    Value,
    Write,
    canon,
    cell,
    ids,
    known_to,
    live,
    live_copies,
    replaced,
    settle,
    tick,
)

Shown = tuple[Write | None, str, str]
"""What a file shows in a cell: a write (None for the base), the time in it, its name."""


def questions(plan: Model) -> list[Question]:
    """Everything that is asked, in no order."""
    return [question for key in plan.copies for question in _on(plan, key)]


def _on(plan: Model, key: Key) -> Iterator[Question]:
    there, again = cell(plan, key), open_again(plan, key)
    if there.conflict:
        yield _conflict(key, there)
    asked = [write for write in asks_on(plan, key, again) if _is_open(plan, there, write)]
    for kind in sorted({write.kind for write in asked}):
        found = [write for write in asked if write.kind == kind]
        names = ids(found)
        names |= {one.id for one in again if one.asks and one.write and one.write.id in names}
        row = kind == "row-missing"
        candidates = tuple((None if row else w.value, w.author, w.id) for w in found)
        choices = CHOICES[kind]
        if len(found) > 1 and ACCEPT in choices:
            choices = (*_values(candidates), *(c for c in choices if c != ACCEPT))
        yield _question(kind, key, there.value, candidates, names, choices)
    for name in {one.over.id for one in again if not one.asks}:
        back = [one for one in again if not one.asks and one.over.id == name]
        yield _reverted(plan, key, there, back)


def _question(
    kind: str, key: Key, master: Value, candidates: Sequence[tuple[Value, str, Any]], names: Ids,
    choices: Sequence[str],
) -> Question:  # fmt: skip
    if key[1] == STATUS:
        choices = [choice for choice in choices if choice != OTHER]
    return Question(kind, key, master, tuple(candidates), names, tuple(choices))


def _conflict(key: Key, there: Cell) -> Question:
    texts = [head for head in there.heads if head.kind != "entry"]
    beside = [head for head in there.heads if head.kind == "entry"]
    first = {head.value: head for head in reversed(texts)}
    candidates = [(head.value, head.author, head.id) for head in first.values()]
    candidates += [(None, head.author, head.id) for head in beside]
    combine = [COMBINE] if key[1] in ("progress", "action", "diary") and not beside else []
    choices = [*_values(candidates), KEEP, *combine, OTHER]
    return _question("conflict", key, there.value, candidates, ids(there.heads), choices)


def _values(candidates: Sequence[tuple[Value, str, Any]]) -> list[str]:
    """The candidates that can be chosen by their own words, as nobody else has the same."""
    words = [say(value) for value, _, _ in candidates]
    return [word for word in words if not word.startswith("?") and words.count(word) == 1]


def say(value: Value) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(value))
    return "(blank)" if value is None else value


# What asks


def open_asks(writes: Sequence[Write]) -> list[Write]:
    gone = known_to(write for write in writes if not write.asks) | replaced(writes)
    return [write for write in writes if write.asks and write.id not in gone]


def _is_open(plan: Model, there: Cell, write: Write) -> bool:
    if write.kind in ("locked", "held") and not write.entry:
        return there.conflict or there.value != write.value
    gone = cell(plan, (write.key[0], STATUS)).value == "withdrawn"
    return write.kind != "row-missing" or not gone


def asks_on(plan: Model, key: Key, again: Sequence[Again]) -> list[Write]:
    more = {one.write.id: one.write for one in again if one.asks and one.write is not None}
    return [*open_asks(live(plan, key)), *more.values()]


def open_again(plan: Model, key: Key) -> list[Again]:
    """Where the last files of a hand show something that it had written before."""
    writes, there = live(plan, key), cell(plan, key)
    known = known_to(write for write in writes if not write.asks)
    decided = known_to(write for write in writes if write.kind in ("decision", "seen"))
    asks = [write for write in open_asks(writes) if _is_open(plan, there, write)]
    now = ids((*there.heads, *there.entries, *asks))
    return [
        one
        for one in shown_again(plan, key)
        if one.id not in decided
        and (one.over.id in now or (one.write is not None and one.write.id not in known))
        and (one.over.entry or not _offered(there, one.value))
    ]


def _offered(there: Cell, value: Value) -> bool:
    if there.conflict:
        return value in [head.value for head in there.heads]
    return there.value == value


def shown_again(plan: Model, key: Key) -> list[Again]:
    """Whatever the last files of a hand show otherwise than what is left of its writes."""
    found: dict[Any, Again] = {}
    writes = [write for write in live(plan, key) if write.template]
    for hand in dict.fromkeys(write.hand for write in writes):
        group = [write for write in writes if write.hand == hand]
        if len(live_returns(plan, group[0].template)) < 2:
            continue
        stand, left = _left([w for w in group if w.stands]), _left(group)
        for write, _, source in _last(plan, key, group):
            of = stand
            if write is not None and not write.stands:
                of = [w for w in left if not w.stands] or left
            mine = left if write is not None and not write.stands else stand
            if write is not None and write.id in ids(mine):
                continue
            for over in of:
                value = over.base if write is None else write.value
                name = ("again", over.id, value)
                if value != over.value:
                    one = found.get(name, Again(name, over, value, write, frozenset()))
                    found[name] = replace(one, sources=one.sources | {source})
    return list(found.values())


def _left(writes: Sequence[Write]) -> list[Write]:
    gone = replaced(writes)
    return [write for write in writes if write.id not in gone]


def live_returns(plan: Model, template: str) -> list[Return]:
    """Those that were not taken back after they last came in."""
    found = {}
    for back in plan.returns:
        if back.template.name == template and is_in(plan, back):
            found[back.name] = back
    return list(found.values())


def is_in(plan: Model, back: Return) -> bool:
    last = max(at for name, at in plan.came if name == back.name)
    return not any(name == back.name and at > last for name, at in plan.gone)


def _last(plan: Model, key: Key, group: Sequence[Write]) -> list[Shown]:
    known = {write.id: write for write in group}
    shown: list[Shown] = [
        (known[copy.id], copy.stamp, copy.source)
        for copy in live_copies(plan, key)
        if copy.id in known
    ]
    spoke = {source for _, _, source in shown}
    spoke |= {c.source for c in live_copies(plan, (key[0], "")) if key[1] in c.cells}
    column = key[1] + ENTRY if group[0].entry else key[1]
    shown += [
        (None, back.stamp, back.name)
        for back in live_returns(plan, group[0].template)
        if back.name not in spoke and column in back.columns and key[0] in back.uids
    ]
    last = max((stamp for _, stamp, _ in shown), default="")
    return [one for one in shown if one[1] in ("", last)]


def _reverted(plan: Model, key: Key, there: Cell, back: Sequence[Again]) -> Question:
    over = back[0].over
    candidates = [(over.value, over.author, over.id)]
    candidates += [(_put_back(plan, key, one), over.author, one.id) for one in back]
    choices: list[str] = [KEEP, ACCEPT, OTHER]
    if len(candidates) > 2:
        choices = [*(c for c in _values(candidates) if c != say(over.value)), KEEP, OTHER]
    elif say(candidates[1][0]).startswith("?"):
        choices = [KEEP, OTHER]
    names = frozenset((over.id, *(one.id for one in back)))
    return _question("reverted", key, there.value, candidates, names, choices)


def _put_back(plan: Model, key: Key, one: Again) -> Value:
    if not one.over.entry:
        return one.value
    others = [write for write in live(plan, key) if write.hand != one.over.hand]
    others += [replace(one.write, kind="entry")] if one.write is not None else []
    return settle(key[1], others).value


# Answers, and taking back


def answer(plan: Model, question: Question, choice: str, other: str | None = None) -> None:
    """The coordinator decides."""
    key, asked = question.key, _asked_by(plan, question)
    if choice == WITHDRAW:
        _decide(plan, question, key, None, writes=False)
        _decide(plan, question, (key[0], STATUS), "withdrawn")
    elif choice == KEEP:
        conflict = question.kind == "conflict"
        _decide(plan, question, key, question.master if conflict else None, writes=conflict)
    elif choice == OTHER:
        value = canon(key[1], other)
        if asked and all(write.entry for write in asked):
            value = _beside(plan, key, asked[-1], value)
        _decide(plan, question, key, value)
    elif choice == COMBINE:
        texts = [(who, say(value)) for value, who, _ in question.candidates if value]
        text = "\n".join(dict.fromkeys(text for _, text in sorted(texts)))
        _decide(plan, question, key, text, of=[name for _, _, name in question.candidates])
    else:
        chosen = question.candidates[-1]
        if choice != ACCEPT:
            chosen = next(one for one in question.candidates if say(one[0]) == choice)
        _accept(plan, question, chosen, asked)


def _asked_by(plan: Model, question: Question) -> list[Write]:
    again = open_again(plan, question.key)
    return [w for w in asks_on(plan, question.key, again) if w.id in question.ids]


def _accept(
    plan: Model, question: Question, chosen: tuple[Value, str, Any], asked: Sequence[Write]
) -> None:
    key, (value, _, name) = question.key, chosen
    write = next((one for one in asked if one.id == name), None)
    if write is not None and (write.entry or key[1] == "tags"):
        _decide(plan, question, key, _beside(plan, key, write, value))
        return
    of: list[Any] | None = [name]
    if question.kind == "reverted":
        head = question.candidates[0][2]
        entry = any(each.id == head and each.entry for each in live(plan, key))
        of = None if entry else [head]
    _decide(plan, question, key, value, of=of)


def _beside(plan: Model, key: Key, write: Write, value: Value) -> Value:
    """What the cell holds once a write that only asked stands beside the others."""
    others = [other for other in live(plan, key) if other.id != write.id]
    stands = replace(write, value=value, kind="entry" if write.entry else "edit")
    return settle(key[1], [*others, stands]).value


def _decide(
    plan: Model, question: Question, key: Key, value: Value, *, writes: bool = True,
    of: Collection[Any] | None = None,
) -> None:  # fmt: skip
    """A write of the coordinator's, who saw the cell, but not what else is asked about it."""
    now = live(plan, key)
    asked = [write for write in now if write.id in question.ids and not write.stands]
    others = ids(open_asks(now)) - question.ids
    others |= {
        one.write.id
        for one in open_again(plan, key)
        if one.id not in question.ids and one.write is not None
    }
    saw = ids(now) - others - (frozenset() if writes else replaced(now)) | question.ids
    saw |= {
        ("again", over.id, one.value)
        for one in asked
        for over in now
        if one.template and one.hand == over.hand and one.id != over.id
    }
    if of is not None:
        shown = known_to(write for write in now if write.id in of)
        saw -= ids(cell(plan, key).entries) - shown
    at = tick(plan)
    name = f"decision {at}"
    made = Write(
        name, "decision" if writes else "seen", ME, key, value, saw=saw, source=name, at=at
    )
    plan.copies.setdefault(key, []).append(made)


def undo(plan: Model, back: Return) -> None:
    """A return is taken back, with every decision that rests on what it alone brought in."""
    others = {
        write.id
        for other in plan.returns
        if other.name != back.name and is_in(plan, other)
        for write in other.writes
    }
    gone, sources = {write.id for write in back.writes} - others, {back.name}
    decided = [
        write
        for key in plan.copies
        for write in live(plan, key)
        if write.kind in ("decision", "seen")
    ]
    while more := [d for d in decided if d.source not in sources and d.saw & gone]:
        sources |= {write.source for write in more}
        gone |= ids(more)
    plan.gone += [(source, plan.at + 1) for source in sources]
    tick(plan)


# What became of each cell


def fates(plan: Model, back: Return) -> list[tuple[str, str, str]]:
    """One fate for each cell of a return that differs from what went out."""
    return [
        (write.key[0], name, _fate(plan, write, back.name))
        for write in back.writes
        for name in write.cells or (write.key[1],)
    ]


def _fate(plan: Model, write: Write, source: str) -> str:
    writes, there = live(plan, write.key), cell(plan, write.key)
    mine = next((one for one in writes if one.id == write.id), write)
    again = False
    if mine.id in replaced([w for w in writes if w.stands or not mine.stands]):
        again = any(
            one.write is not None and one.write.id == mine.id and source in one.sources
            for one in shown_again(plan, write.key)
        )
        if not again:
            return "superseded"
    if not mine.stands:
        return FATES.get(mine.kind, "held")
    if again:
        return "applied" if there.value == write.value else "held"
    if write.id in ids(there.heads):
        alike = {head.author for head in there.heads if head.value == write.value}
        return "conflict" if there.conflict else "agreed" if len(alike) > 1 else "applied"
    return "conflict" if _lost(plan, write, writes) else "applied"


def _lost(plan: Model, write: Write, writes: Sequence[Write]) -> bool:
    """Whether a conflict about it was settled on something else."""
    knew = [one for one in writes if one.stands and one.author == ME and write.id in one.saw]
    settled = min(knew, key=lambda one: one.at, default=None)
    if settled is None or settled.value == write.value:
        return False
    before = cell(plan, write.key, settled.at - 1)
    if before.entries and str(write.value or "") in str(settled.value or ""):
        return False
    return before.conflict and write.id in ids(before.heads)


def master(plan: Model, fields: Sequence[str]) -> Mapping[Key, Value]:
    """The plan as it stands."""
    uids = dict.fromkeys(uid for uid, _ in plan.copies)
    return {(uid, name): cell(plan, (uid, name)).value for uid in uids for name in fields}
