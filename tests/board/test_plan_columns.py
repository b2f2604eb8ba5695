"""What stands inside a cell of the board's Plan: columns that are folded into others."""

from __future__ import annotations

from xlplan.board.board_model import Item, TableColumn
from xlplan.board.plan_columns import Folding, PlanColumn

DUE = PlanColumn(TableColumn("due", "Due"))
APPROVED = PlanColumn(TableColumn("approved", "Approved on"), into="due")
REASON = PlanColumn(TableColumn("reason", "Reason"), into="due")


def shown(*values: str | None) -> str:
    found = Folding((DUE, APPROVED, REASON)).shown([Item(value) for value in values])
    return found[0].shown or str(found[0].value)


def test_a_folded_column_stands_below_with_its_heading() -> None:
    assert shown("May 2027", "1 April 2027", None) == "May 2027\nApproved on: 1 April 2027"
    assert shown("May 2027", "1 April", "Rain") == "May 2027\nApproved on: 1 April  ·  Reason: Rain"


def test_what_is_blank_leaves_no_heading_behind() -> None:
    assert shown("May 2027", "", "") == "May 2027"
    assert shown("May 2027", None, "") == "May 2027"
    assert shown("May 2027", "", "Rain") == "May 2027\nReason: Rain"
