"""Rows that the coordinator added in `master.xlsx`: theirs to add, so they are taken at once."""

from __future__ import annotations

from xlplan.merge.answers import new_row, row_values
from xlplan.merge.ids import named
from xlplan.merge.model import Decided, Fact, Returned
from xlplan.merge.questions import ACCEPT, question_id
from xlplan.merge.state import State


def accept_own_rows(state: State, returned: Returned) -> list[Fact]:
    """The facts that take in the rows a coordinator's return added, each once."""
    facts: list[Fact] = []
    for item in returned.assertions:
        if item.kind != "row-added":
            continue
        key = (item.uid, "")
        live = {write.id for write in state.live(key)}
        decided = any(w.kind == "decision" and item.id in w.saw for w in state.live(key))
        if item.id not in live or decided:
            continue
        values = row_values(state, dict(item.row))
        uid = named("a", item.uid, item.id)
        facts.append(new_row(state, values, uid, item.place, "master", returned.id))
        question = question_id(key, "row-added", (item.id,))
        facts.append(
            Decided(
                id=named("d", question, ACCEPT),
                question=question,
                kind="row-added",
                uid=item.uid,
                field="",
                choice=ACCEPT,
                writes=False,
                value=None,
                why="added in master.xlsx",
                saw=frozenset({item.id}),
                place=item.place,
            )
        )
    return facts
