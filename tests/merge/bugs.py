"""Bugs to be planted in the merge: each a function that changes it for one test."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from tests.paper import Office
from xlplan.merge import asks, compare, doubts, kinds, reading, register
from xlplan.merge.asks import Again
from xlplan.merge.doubts import Against, doubt_of
from xlplan.merge.kinds import BY_KEY, BY_REF, REFUSE, Kind
from xlplan.merge.model import CellKey, Event, Returned, Write
from xlplan.merge.reading import ReadRow
from xlplan.merge.register import CellState
from xlplan.merge.state import State
from xlplan.plan.definition import Field

Patch = pytest.MonkeyPatch


def locked_edits_are_applied(patch: Patch) -> None:
    kind = compare.Comparison._kind

    def planted(self: Any, row: ReadRow, item: Field, column: str, *rest: Any) -> Any:
        found, message = kind(self, row, item, column, *rest)
        return (Kind.EDIT, "") if found is Kind.LOCKED else (found, message)

    patch.setattr(compare.Comparison, "_kind", planted)


def removals_from_a_set_are_ignored(patch: Patch) -> None:
    def planted(_self: Any, writes: list[Write]) -> frozenset[str]:
        return frozenset().union(*(register._elements(w.value) for w in writes))

    patch.setattr(register._Elements, "present", planted)


def a_blank_counts_as_absent(patch: Patch) -> None:
    plain = reading.untouched
    patch.setattr(compare, "untouched", lambda base, raw, *of: raw is None or plain(base, raw, *of))


def the_base_is_that_of_the_newest_template(patch: Patch) -> None:
    patch.setattr(
        compare,
        "against",
        lambda state, _, row, times: Against(state.seq, doubt_of(state, row, times)),
    )


def stamps_are_ignored(patch: Patch) -> None:
    for module in (register, asks):
        patch.setattr(module, "superseded", lambda _writes: frozenset())


def decisions_are_forgotten(patch: Patch) -> None:
    take = State._take_decision

    def planted(self: State, event: Event, fact: Any) -> Any:
        return take(self, event, replace(fact, saw=frozenset(), answered=frozenset()))

    patch.setattr(State, "_take_decision", planted)


def an_entry_overwrites_the_others(patch: Patch) -> None:
    settle = register._settle_narrative

    def planted(item: Field, writes: list[Write]) -> CellState:
        entries = [w for w in writes if w.kind is Kind.ENTRY]
        newest = max(entries, key=register._age)
        return settle(item, [w for w in writes if w.kind is not Kind.ENTRY or w is newest])

    patch.setattr(register, "_settle_narrative", planted)


def asks_are_lost_on_a_later_return(patch: Patch) -> None:
    plain = asks.open_asks

    def planted(writes: list[Write]) -> list[Write]:
        last = max((w.seq for w in writes), default=0)
        return [w for w in plain(writes) if w.seq == last]

    patch.setattr(asks, "open_asks", planted)


def undo_deletes_from_the_ledger(patch: Patch) -> None:
    undo = Office.undo

    def planted(self: Office, returned: Returned) -> Any:
        made = undo(self, returned)
        self.events[:] = [e for e in self.events if getattr(e.fact, "id", "") != returned.id]
        return made

    patch.setattr(Office, "undo", planted)


def the_last_to_arrive_wins(patch: Patch) -> None:
    plain = register._settle_plain

    def planted(item: Field | None, writes: list[Write]) -> CellState:
        found = plain(item, writes)
        if not found.conflict:
            return found
        return CellState(max(found.heads, key=lambda head: head.seq).value, found.heads)

    patch.setattr(register, "_settle_plain", planted)


def a_copy_counts_as_new(patch: Patch) -> None:
    plain = kinds.write_id
    returned = Office.returned
    digest = [""]

    def reading(self: Office, found: Any) -> Returned:
        digest[0] = found.sha256
        return returned(self, found)

    patch.setattr(Office, "returned", reading)
    patch.setattr(compare, "write_id", lambda *parts: kinds.Id(plain(*parts).name + digest[0]))


def dates_are_taken_away(patch: Patch) -> None:
    patch.setattr(compare.Comparison, "_with_its_date", lambda _self, _row, item: item)


def invalid_values_are_applied(patch: Patch) -> None:
    kind = compare.Comparison._kind

    def planted(self: Any, *parts: Any) -> Any:
        found, message = kind(self, *parts)
        return (Kind.EDIT, "") if found is Kind.INVALID else (found, message)

    patch.setattr(compare.Comparison, "_kind", planted)


def rows_of_no_template_are_left_out(patch: Patch) -> None:
    run = compare.Comparison.run

    def planted(self: Any) -> compare.Findings:
        found = run(self)
        found.assertions = [a for a in found.assertions if a.kind is not Kind.ADDED]
        return found

    patch.setattr(compare.Comparison, "run", planted)


def an_answer_answers_all(patch: Patch) -> None:
    patch.setattr(
        asks,
        "_shown_to",
        lambda state, key, *_: frozenset(write.id for write in state.live(key)),
    )


def what_was_said_before_is_not_heard_again(patch: Patch) -> None:
    plain = asks.shown_again

    def planted(state: State, key: CellKey, writes: list[Write]) -> list[Again]:
        """Only ordinary values are: what was only asked about is not."""
        found = plain(state, key, writes)
        return [one for one in found if one.write is None or one.write.standing]

    patch.setattr(asks, "shown_again", planted)


def a_tie_is_settled_silently(patch: Patch) -> None:
    plain = asks.shown_again

    def planted(state: State, key: CellKey, writes: list[Write]) -> list[Again]:
        return [one for one in plain(state, key, writes) if one.later]

    patch.setattr(asks, "shown_again", planted)


def sorted_rows_are_read_the_other_way(patch: Patch) -> None:
    plain, other = doubts.MovedRows.read, {BY_REF: BY_KEY, BY_KEY: BY_REF}
    patch.setattr(doubts.MovedRows, "read", lambda self, way: plain(self, other[way]))


def sorted_rows_say_nothing_of_what_they_leave(patch: Patch) -> None:
    patch.setattr(State, "live_parts", lambda _self, _issued: [])


def texts_that_were_sorted_along_are_asked_about(patch: Patch) -> None:
    patch.setattr(doubts, "_is_along", lambda *_: False)


def refused_rows_come_in(patch: Patch) -> None:
    plain = State.parts_of

    def planted(self: State, fact: Any) -> list[Returned]:
        return plain(self, replace(fact, choice=BY_REF) if fact.choice == REFUSE else fact)

    patch.setattr(State, "parts_of", planted)
