"""The changes that are kept are those of the ledger, from whatever position they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import small
from tests.small import LETTINGS, REPAIRS
from xlplan.cycle import so_far
from xlplan.cycle.so_far import pieces
from xlplan.ledger.store import Ledger
from xlplan.merge.model import Change, Place


def changes(*positions: int) -> list[Change]:
    return [
        Change(seq, "2026-11-02T09:00:00Z", "2026-11", "a-1", "1.1", "progress", None, f"{n}",
               "Head of Lettings", Place("a.xlsx", "Update", "B2"), "edit")
        for n, seq in enumerate(positions)
    ]  # fmt: skip


@pytest.fixture
def few_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(so_far, "TOGETHER", 3)


@pytest.mark.usefixtures("few_together")
@pytest.mark.parametrize("first", range(9))
def test_pieces_that_are_added_to_are_those_that_are_made_at_once(first: int) -> None:
    every = changes(4, 4, 6, 5, 9, 9, 12, 12)
    kept: dict[Any, Any] = dict(pieces(every[:first], None))
    kept |= pieces(every[first:], lambda *key: kept[key])
    assert kept == dict(pieces(every, None))
    assert kept["changes", ""] == (8, [6, 9, 12])


def _merged(folder: Path) -> Iterator[Path]:
    """A plan after each of some merges."""
    for number, (lead, ref) in enumerate(((LETTINGS, "1.1"), (REPAIRS, "1.3"), (LETTINGS, "1.1"))):
        small.give_back(folder, lead, {(ref, "progress"): f"Said {number}, not on the list"})
        assert small.do(folder, "merge") in (0, 1)
        yield folder


@pytest.mark.usefixtures("few_together")
def test_what_was_changed_after_a_position_is_what_the_ledger_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    found = 0
    for merged in _merged(folder):
        with small.opened(merged) as plan:
            whole = plan.desk.replayed().changes
            end = plan.desk.state.seq
        with monkeypatch.context() as patch:
            patch.setattr(Ledger, "events", None)
            for position in range(end + 1):
                with small.opened(merged) as plan:
                    kept = plan.desk.history.since(position)
                    late = [each for each in kept if each.seq > position]
                    assert late == [each for each in whole if each.seq > position]
                    assert plan.desk.history.changes == whole  # and those before are there yet
        found = len(whole)
    assert found >= 3
