"""What stands inside a cell of the board's Plan: columns that are folded into others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.composite_sample import CREATED, sample_board
from xlplan.board import composite_workbook, plan_sheet
from xlplan.board.plan_columns import Folding, PlanColumn, plan_columns
from xlplan.board.standings import Standing
from xlplan.board.table_model import Item, TableColumn
from xlplan.board.view import View, view_of
from xlplan.merge.model import Change
from xlplan.plan.definition import Field
from xlplan.plan.settings import CompositeSettings

DUE = PlanColumn(TableColumn("due", "Due"))
APPROVED = PlanColumn(TableColumn("approved", "Approved on"), into="due")
REASON = PlanColumn(TableColumn("reason", "Reason"), into="due")


def shown(*values: str | None) -> str:
    found = Folding((DUE, APPROVED, REASON)).shown([[Item(value)] for value in values])
    return found[0][0].shown or str(found[0][0].value)


def test_a_folded_column_stands_below_with_its_heading() -> None:
    assert shown("May 2027", "1 April 2027", None) == "May 2027\nApproved on: 1 April 2027"
    assert shown("May 2027", "1 April", "Rain") == "May 2027\nApproved on: 1 April  ·  Reason: Rain"


def test_what_is_blank_leaves_no_heading_behind() -> None:
    assert shown("May 2027", "", "") == "May 2027"
    assert shown("May 2027", None, "") == "May 2027"
    assert shown("May 2027", "", "Rain") == "May 2027\nReason: Rain"


def test_what_many_lines_have_in_a_cell_is_one_item() -> None:
    due, approved = Item("May 2027"), [Item("1 April"), Item("1 April"), Item("2 April")]
    first, second, third = Folding((DUE, APPROVED)).shown([[due] * 3, approved])[0]
    assert first is second
    assert first is not third


def test_an_action_is_asked_once_what_has_changed_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    words = plan_sheet._changed_note

    def counted(view: View, item: Field, changes: Sequence[Change]) -> str:
        asked.append(f"{changes[0].uid} {item.id}")
        return words(view, item, changes)

    monkeypatch.setattr(plan_sheet, "_changed_note", counted)
    board = sample_board(60, 8)
    composite_workbook(board, CREATED)
    closed = {one.row.uid for one in view_of(board).figures.standings if one.closed}
    assert closed & {each.split()[0] for each in asked}  # these stand on two sheets
    assert len(asked) == len({*asked})


def test_what_an_action_shows_in_a_column_of_lists_is_looked_for_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, str]] = []
    item = View.item

    def counted(view: View, one: Standing, column: str) -> Item:
        asked.append((one.row.uid, column))
        return item(view, one, column)

    monkeypatch.setattr(View, "item", counted)
    board = sample_board(60, 8)
    composite_workbook(board, CREATED)
    found = [each for each in asked if each[1] == "action"]
    assert len(found) == len({*found}) > 30


def test_a_recommendation_in_words_has_the_room_of_an_action() -> None:
    """It had that of a ref, a word or two a line."""

    def widths(type_: str) -> dict[str, float]:
        board = sample_board(6)
        fields = tuple(
            replace(item, type=type_) if item.role == "recommendation" else item
            for item in board.definition.fields
        )
        chosen = CompositeSettings(fields=("ref", "recommendation", "action", "rating"))
        definition = replace(board.definition, fields=fields, composite=chosen)
        board = replace(board, definition=definition)
        return {each.column.id: each.column.width for each in plan_columns(view_of(board))}

    assert widths("narrative")["recommendation"] == widths("narrative")["action"]
    assert widths("set")["recommendation"] < widths("set")["action"] / 2
