"""The cells of a row all at once are those that are asked for one by one, and no write is made of
what a row brought in to tell them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from tests.paper import Office
from xlplan.merge import records
from xlplan.merge.records import shown_of, values_of
from xlplan.plan.definition import STATUS


def plain() -> Office:
    return Office()


def written() -> Office:
    """Two leads of two minds, and an answer."""
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ann, {("a-1", "rating"): "Red", ("a-2", "progress"): "No"})
    office.give_back(ben, {("a-1", "rating"): "Amber"}, digest="ben")
    office.answer(office.questions()[0], "Keep current")
    return office


def taken_back() -> Office:
    """A row that came in with a return, which is taken back."""
    office = Office()
    back = office.give_back(office.issue("Ann"), added={"action": "Buy"}, digest="x")
    office.answer(office.questions()[0], "Accept")
    office.undo(back)
    return office


def renamed() -> Office:
    """A rating that has another code since."""
    office = written()
    ratings = tuple(
        replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
        for r in office.state.definition.ratings
    )
    office.redefine(replace(office.state.definition, ratings=ratings))
    return office


@pytest.mark.parametrize("make", [plain, written, taken_back, renamed])
def test_a_row_at_once_is_its_cells_one_by_one(make: Callable[[], Office]) -> None:
    office = make()
    state = office.state
    names = [*(item.id for item in state.definition.fields), STATUS, "no such field"]
    assert len(state.rows) >= 3
    for uid in state.rows:
        assert values_of(state, uid, names) == [state.value(uid, name) for name in names]
        for as_of in range(state.defined[0], state.seq + 1):
            one_by_one = [state.value(uid, name, as_of) for name in names]
            assert values_of(state, uid, names, as_of) == one_by_one
            shown = [state.shown((uid, name), as_of) for name in names]
            assert shown_of(state, uid, names, as_of) == shown


def test_a_row_that_there_never_was_holds_nothing() -> None:
    state = Office().state
    assert values_of(state, "a-99", ["rating"]) == [None]
    assert shown_of(state, "a-99", ["rating"], state.seq) == [(None, [])]


def test_no_write_is_made_of_what_a_row_brought_in(monkeypatch: pytest.MonkeyPatch) -> None:
    state = plain().state

    def never(*given: object) -> None:
        raise AssertionError(given)

    monkeypatch.setattr(records, "_row_write", never)
    names = [item.id for item in state.definition.fields if item.of == "action"]
    rows = [row for row in state.rows.values() if row.kind == "action"]
    assert rows
    for row in rows:
        here = [name for name in names if name in row.values]
        assert values_of(state, row.uid, here) == [row.values[name] for name in here]
        assert all(len(ids) == 1 for _, ids in shown_of(state, row.uid, here, state.seq))
