"""The record of a kept workbook, there and back."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

from msgspec.structs import replace

from xlplan.merge.exchange import Exchange
from xlplan.merge.kept_cells import (
    KeptCell,
    KeptCells,
    KeptRow,
    KeptTable,
    kept_body,
    kept_cells,
)
from xlplan.merge.model import COORDINATOR, Event, Issued
from xlplan.merge.reading import filled, is_filled
from xlplan.merge.recalled_parts import RecalledExchange

KEPT = KeptCells(
    (KeptTable("Plan", 1, {"ref": (0, "Ref"), "rating": (3, "")}),),
    {
        "a-1": KeptRow(0, 2, {"ref": KeptCell("own", "A3", "1.1"),
                              "rating": KeptCell("shared", "D2", "Red", stands=False)}),
    },
    frozenset({"0f", "1e"}),
    "ab",
    (("Plan", "D3", "Type it."),),
)  # fmt: skip


def test_it_comes_back_from_the_ledger_as_it_was() -> None:
    assert kept_cells(json.loads(json.dumps(kept_body(KEPT)))) == KEPT


def test_a_row_knows_its_sheet() -> None:
    assert KEPT.sheet_of("a-1") == "Plan"


ISSUED = Issued("k-1", "master", COORDINATOR, "", "", 1, (), (), (), "Plan.xlsx", "ab", kept=KEPT)


def test_every_version_is_known_in_its_order_and_no_other_workbook() -> None:
    exchange = Exchange()
    second = replace(ISSUED, id="k-2")
    for seq, issued in enumerate((ISSUED, replace(ISSUED, id="m-1", kept=None), second)):
        exchange.issue(Event(seq, 1, "2026-11-02T12:00:00Z", issued), issued)
    assert list(exchange.kept_versions) == [ISSUED, second]


def test_one_that_is_recalled_asks_for_everything() -> None:
    asked: list[str] = []
    state: Any = SimpleNamespace(is_whole=False, complete=lambda: asked.append("all"))
    outline = SimpleNamespace(
        shared=(), cycle="", periods={}, cycles=(), authors=(), spared=(), rekeyed=()
    )
    recall: Any = SimpleNamespace(outline=outline)
    assert list(RecalledExchange(state, recall).kept_versions) == []
    assert asked == ["all"]


def test_of_a_later_version_only_the_rows_are_recorded_that_are_not_as_they_were() -> None:
    row, other = KEPT.rows["a-1"], KeptRow(0, 3, {})
    first = replace(KEPT, rows={"a-1": row, "a-2": other, "a-3": other})
    now = replace(first, rows={"a-1": row, "a-2": replace(other, row=4)}, others=frozenset())
    changed = now.as_changed("k-1", first)
    assert (dict(changed.rows), changed.gone) == ({"a-2": replace(other, row=4)}, ("a-3",))
    assert changed.whole(first) == now
    exchange = Exchange()
    for seq, kept in enumerate((first, changed)):
        issued = replace(ISSUED, id=f"k-{seq + 1}", kept=kept)
        exchange.issue(Event(seq, 1, "2026-11-02T12:00:00Z", issued), issued)
    assert [version.kept for version in exchange.kept_versions] == [first, now]


def test_a_version_after_one_that_is_not_there_stands_as_it_is_recorded() -> None:
    exchange = Exchange()
    issued = replace(ISSUED, kept=replace(KEPT, since="k-9"))
    exchange.issue(Event(1, 1, "2026-11-02T12:00:00Z", issued), issued)
    assert list(exchange.kept_versions) == [issued]


def test_a_fill_is_recorded_as_such_and_no_word_is_taken_for_one() -> None:
    assert filled("#FF0000") == "filled #FF0000"
    assert is_filled(filled("#ff00aa"))
    assert filled("") == ""
    for text in ("", "filled", "filled red", "#FF0000", "filled #FF0000 in May"):
        assert not is_filled(text)
