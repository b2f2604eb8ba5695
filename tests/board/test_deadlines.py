"""The sheet Extensions: what was asked and decided, on boards of one plan and of several."""

from __future__ import annotations

from datetime import date

from msgspec.structs import replace

from tests.boards import action, board_of
from tests.composite_sample import DEFINITION
from xlplan.board import Board
from xlplan.board.composite import sheets_of
from xlplan.board.extract import Extract, extract_of
from xlplan.board.other_boards import combined
from xlplan.board.table_model import TableValue
from xlplan.board.withheld import LEFT_OUT, published_request
from xlplan.merge.kinds import Id
from xlplan.merge.past import DueHistory
from xlplan.merge.requests import Request
from xlplan.plan.definition import Field
from xlplan.plan.timescales import parse_timescale

JUNE, JULY, AUGUST = (parse_timescale(f"{month} 2027") for month in ("June", "July", "August"))
OPEN = Request(
    "1", "due", "Post A", JUNE, AUGUST, "The firm closed", Id("w1"), "2026-11-03T09:00:00Z"
)
AGREED = replace(
    OPEN, uid="2", outcome="agreed", decided_at="2026-11-04T09:00:00Z", decided_seq=20, now=AUGUST,
    why="Minute 4",
)  # fmt: skip
REFUSED = replace(AGREED, outcome="refused", now=JUNE, decided_seq=10, why="")
OTHERWISE = replace(AGREED, outcome="otherwise", now=JULY, decided_seq=30, why="")
ROWS = (
    action("1", section="One", due=JUNE, lead=("Post A",)),
    action("2", section="Two", due=AUGUST, lead=("Post A",), approver="Housing committee"),
)
APPROVER = Field("approver", "Approved by", role="approved_by")
BOARD = replace(
    board_of(*ROWS),
    definition=replace(DEFINITION, fields=(*DEFINITION.fields, APPROVER)),
    requests=(REFUSED, AGREED, OPEN),
    dues={"1": DueHistory(date(2027, 3, 31), 2)},
)


def rows(board: Board) -> list[dict[str, TableValue]]:
    (table,) = sheets_of(board)["extensions"].tables
    ids = [column.id for column in table.columns]
    return [dict(zip(ids, row, strict=True)) for row in table.rows]


def test_what_is_open_comes_first_then_what_was_decided_last() -> None:
    first, second, third = rows(BOARD)
    assert (first["ref"], first["first"], first["moved"]) == ("1", date(2027, 3, 31), 2)
    assert (first["asked"], first["reason"]) == ("August 2027", "The firm closed")
    assert (first["by"], first["asked_on"]) == ("Post A", "3 November 2026, 09:00")
    assert first["decision"] == "Open: the date stands"
    assert (first["decided_by"], first["decided_on"]) == (None, None)
    assert [each["decision"] for each in (second, third)] == ["Agreed: Minute 4", "Refused"]
    assert second["decided_on"] == "4 November 2026, 09:00"
    assert sheets_of(BOARD)["extensions"].notes == ("3 requests, 1 of them open",)


def test_who_approved_the_last_one_is_named_by_the_plan() -> None:
    _, second, third = rows(BOARD)
    assert (second["decided_by"], third["decided_by"]) == ("Housing committee", "The coordinator")


def test_another_date_is_named() -> None:
    (found,) = rows(replace(BOARD, requests=(OTHERWISE,)))
    assert found["decision"] == "Another date: July 2027"
    (gone,) = rows(replace(BOARD, requests=(replace(OTHERWISE, now=None),)))
    assert gone["decision"] == "Another date: none"


def test_without_a_request_there_is_no_sheet_and_of_withdrawn_actions_no_row() -> None:
    assert not sheets_of(replace(BOARD, requests=()))["extensions"].apt
    gone = replace(BOARD, rows=[replace(ROWS[0], withdrawn=True), ROWS[1]], requests=(OPEN,))
    assert rows(gone) == []


def test_an_extract_has_those_of_its_actions() -> None:
    assert [row["ref"] for row in rows(extract_of(BOARD, Extract(sections=("Two",))))] == ["2", "2"]


def test_several_plans_have_each_their_own() -> None:
    both = combined([BOARD, replace(BOARD, requests=(OPEN,))])
    assert [row["ref"] for row in rows(both)] == ["A/1", "B/1", "A/2", "A/2"]
    assert [row["asked"] for row in rows(both)] == ["August 2027"] * 4


def test_what_is_not_for_publication_is_left_out() -> None:
    secret = "Awaiting counsel\nNot for publication: the claim"
    shown = published_request(replace(OPEN, reason=secret, why=secret))
    assert (shown.reason, shown.why) == (f"Awaiting counsel\n{LEFT_OUT}",) * 2
