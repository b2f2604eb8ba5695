"""Why leads mean what a check asks about: what they wrote beside it answers the check.

An answer is an entry like any other, with its author and its cell. What it answers is worked out
from the ledger: the checks that asked on the day it was written, of the action as it came back.
They are not asked again while the rating and the dates of the action stay as they were then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.return_codes import RET_098
from xlplan.merge.heard import NOTHING_HEARD
from xlplan.merge.model import Event, Issued, MasterRow, Place, Returned, Write
from xlplan.merge.state import State
from xlplan.plan.checks.lint_view import History, Plan
from xlplan.plan.definition import BECAUSE
from xlplan.plan.due import due_in
from xlplan.plan.values import show

_RESTS_ON = ("rating", "due", "revised")
"""Roles of the fields on which an answer rests."""


class Because(Struct, frozen=True):
    """Why a lead means it: the action, who wrote what and where, and the codes it answers."""

    uid: str
    author: str
    text: str
    place: Place
    codes: frozenset[str]


def answers_of(state: State, as_of: int | None = None) -> tuple[Because, ...]:
    """The answers that hold of the plan as of a position of the ledger."""
    checks = _Checks(state)
    return tuple(
        Because(uid, entry.author, show(entry.value), entry.place, codes)
        for uid in state.records.rows_with(BECAUSE)
        for entry in state.cell((uid, BECAUSE), as_of).entries
        if (codes := _answered(checks, entry, as_of))
    )


def with_answers(history: History, answers: Iterable[Because]) -> History:
    """A history in which the checks that are answered are not asked again."""
    found: dict[str, frozenset[str]] = {}
    for each in answers:
        found[each.uid] = found.get(each.uid, frozenset()) | each.codes
    return replace(history, answered=found)


def _answered(checks: _Checks, entry: Write, as_of: int | None) -> frozenset[str]:
    state = checks.state
    issued = state.issued.get(entry.issued)
    events = [e for e in state.exchange.events_of(entry.issued) if _is_of(e, entry)]
    if issued is None or not events:
        return frozenset()
    event = events[-1]
    returned = event.fact
    assert isinstance(returned, Returned)
    row = checks.as_returned(issued, entry.uid, returned.assertions)
    found = (state.definition.with_role(role) for role in _RESTS_ON)
    ids = [item.id for item in found if item is not None]
    if any(state.value(entry.uid, name, as_of) != row.values.get(name) for name in ids):
        return frozenset()
    return checks.asked(issued, row, returned.saved_at or event.at)


def _is_of(event: Event, entry: Write) -> bool:
    """Whether an event recorded the return in which an answer came."""
    return isinstance(event.fact, Returned) and event.fact.id == entry.source


def unasked(state: State, issued: Issued, saved_at: str, writes: Sequence[Write]) -> Iterator[str]:
    """A line for each answer in a file beside which no check asked anything."""
    checks = _Checks(state)
    for write in writes:
        if write.field == BECAUSE and write.entry:
            row = checks.as_returned(issued, write.uid, writes)
            if not checks.asked(issued, row, saved_at or state.at):
                where = f"{write.place.sheet}!{write.place.cell}"
                remark = RET_098.problem(where, ref=row.ref, text=show(write.value))
                yield f"{remark.where}: {remark.message}"


class _Checks:
    """What the checks made of actions as they came back in some workbooks."""

    def __init__(self, state: State) -> None:
        self.state = state
        self._rows: dict[str, list[MasterRow]] = {}
        self._histories: dict[tuple[str, date], History] = {}

    def as_returned(self, issued: Issued, uid: str, writes: Iterable[Write]) -> MasterRow:
        """An action as it was issued, with what a file wrote in it; an entry above the text."""
        row = self.state.master_row(uid, issued.as_of)
        values = dict(row.values)
        for write in writes:
            if write.uid == uid and write.field in values:
                value = write.value
                if write.entry:
                    value = f"[{write.author}] {show(value)}\n{show(values[write.field])}"
                values[write.field] = value
        return replace(row, values=values)

    def asked(self, issued: Issued, row: MasterRow, at: str) -> frozenset[str]:
        """The codes of the checks that asked about an action at a time, as it came back."""
        from xlplan.merge.past import past_of  # these load every check, and few leads answer one
        from xlplan.plan.checks.checklist import asked_of

        state, day = self.state, date.fromisoformat(at[:10])
        rows = self._rows.setdefault(issued.id, state.master("action", issued.as_of))
        if (issued.id, day) not in self._histories:
            past = past_of(state, NOTHING_HEARD, issued.as_of, day, issued.cycle)
            self._histories[issued.id, day] = past.history
        history = self._histories[issued.id, day]
        now = [row if each.uid == row.uid else each for each in rows]
        before, after = (
            due_in(state.definition, each.values).by
            for each in (state.master_row(row.uid, issued.as_of), row)
        )
        if before and after and after > before:
            slips = {**history.slips, row.uid: history.slips.get(row.uid, 0) + 1}
            history = replace(history, slips=slips)
        return asked_of(Plan(state.definition, now, day, history), row.uid)
