"""How far leads have looked at what they were sent: changed, confirmed, or not looked at.

An action is confirmed where its row is ticked as reviewed without a change, or the tick above all
rows says so of every one; a change in it counts for more than the tick.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from xlplan.codes.return_codes import RET_021
from xlplan.errors import Problem
from xlplan.merge.exchange import asked_in
from xlplan.merge.model import Issued, Returned
from xlplan.merge.state import State


def ticked_yet_changed(state: State, fact: Returned) -> Iterator[Problem]:
    """That a return says of a row, or of all of them, that nothing changed, yet has changes."""
    edits = [write for write in fact.assertions if write.kind.edits]
    if fact.sign_off.get("no_change") and edits:
        yield RET_021.problem(fact.file, "all", cells=len(edits))
    both = [uid for uid in fact.confirmed if any(write.uid == uid for write in edits)]
    if both:
        yield RET_021.problem(fact.file, "rows", actions=[state.ref(uid) for uid in both])


def confirmed_of(
    state: State, issued: Sequence[Issued], returned: Sequence[Returned], changed: Collection[str]
) -> frozenset[str] | None:
    """The uids of the actions in these templates of one lead that the returns confirm; None where
    no template asked for it. Of several returns the one that was saved last speaks for a row."""
    asked = [item for item in issued if asks_to_confirm(state, item)]
    if not asked:
        return None
    said: dict[str, bool] = {}
    asking = [fact for fact in returned if asks_to_confirm(state, state.issued[fact.issued])]
    for fact in sorted(asking, key=lambda fact: (fact.saved_at, fact.id)):
        said |= said_of(state, fact)
    uids = {uid for item in asked for uid in asked_in(item)}
    return frozenset(uid for uid in uids if said.get(uid)) - frozenset(changed)


def asks_to_confirm(state: State, issued: Issued) -> bool:
    """Whether an issued workbook has ticks: a template of a plan that asks for them, and none that
    only has cells to correct."""
    return (
        issued.document == "template"
        and not issued.corrects
        and state.definition_at(issued.as_of).issue.confirm
    )


def said_of(state: State, fact: Returned) -> dict[str, bool]:
    """Of each row in a return that its lead was asked about, whether it is confirmed."""
    every = fact.sign_off.get("no_change") == "yes"
    rows = {*fact.rows, *fact.confirmed} & {*asked_in(state.issued[fact.issued])}
    return {uid: every or uid in fact.confirmed for uid in rows}
