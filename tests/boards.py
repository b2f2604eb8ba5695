"""Boards made up for a test, drawn ones among them, and the cells and words of a sheet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.composite_sample import AS_OF, DEFINITION, SCALE
from xlplan.board import Board, ReturnLine
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import STATUS, Rating
from xlplan.plan.timescales import Timescale, parse_timescale
from xlplan.plan.values import Invalid, Value
from xlplan.workbook.write.sheet import Cell, Sheet, Workbook

CODES = [r.code for r in SCALE]
CLOSED, ATTENTION = {"B"}, {"A", "R"}
LABEL = {r.code: r.label for r in SCALE}
HOSTILE = (
    '=HYPERLINK("http://example.invalid","press")', "+1+1", "-2", "@SUM(A1)", "=1+1",
    "file:///etc/passwd", "http://example.invalid/a", "mailto:a@example.invalid", "007", "1e5",
    "TRUE", "#N/A", "'quoted", "<r><t>x</t></r>", "&P &N", "a\x00b\x1fc", "\ud800", "_x000D_",
    "\u202eright to left", "👩‍👧 emoji", "{=1}", "external:'x.xlsx'!A1",
)  # fmt: skip


def action(uid: str, section: str = "One", **values: Value) -> MasterRow:
    given: dict[str, Value] = {"ref": uid, "section": section, "action": f"Do {uid}", **values}
    return MasterRow(uid, "action", uid, section, given)


def stepped(days: Sequence[date]) -> dict[str, Value]:
    """An action of several steps, due on these days."""
    text = "\n".join(f"{day:%d %B %Y}" for day in days)
    lines = "\n".join(f"Step {number}" for number in range(len(days)))
    return {"action": lines, "due": parse_timescale(text)}


def days_of(row: MasterRow) -> list[date]:
    """The days on which an action or its steps are due, read from the text where it is a list."""
    due = row.values.get("due")
    if not isinstance(due, Timescale):
        return []
    if "\n" in due.text:
        return [datetime.strptime(line, "%d %B %Y").date() for line in due.text.split("\n")]
    return [due.by] if due.by else []


def board_of(*rows: MasterRow, **more: object) -> Board:
    return replace(Board(DEFINITION, "2026-11", AS_OF, rows), **more)


FULL = replace(
    DEFINITION,
    ratings=(*DEFINITION.ratings, Rating("DG", "Dark green", order=9, holding=True)),
)


def full_board() -> Board:
    """A board with an action or two behind every key figure."""
    days = [AS_OF - timedelta(days=9), AS_OF + timedelta(days=9)]
    gone = Timescale("then", AS_OF - timedelta(days=3))
    returns = [ReturnLine("Post A"), ReturnLine("Post B")]
    soon = Timescale("then", AS_OF + timedelta(days=3))
    rows = [
        action("1", rating="B"), action("2", rating="DG"), action("3"), action("4", rating="R"),
        action("5", rating="G", due=gone), action("6", rating="G", due=Timescale("Ongoing")),
        action("7", rating="G", due=soon), action("NEW 1", rating="A", due=gone),
        action("9", "One", rating="A", **stepped(days)),
    ]  # fmt: skip
    return replace(board_of(*rows, returns=returns), definition=FULL)


def sheet_of(book: Workbook, name: str) -> Sheet:
    return next(sheet for sheet in book.sheets if sheet.name == name)


def cells_of(sheet: Sheet) -> Iterator[tuple[int, int, Cell]]:
    for number, row in enumerate(sheet.rows):
        for col, cell in enumerate(row.cells):
            if cell is not None:
                yield number, col, cell
    for merge in sheet.merges:
        yield merge.area.first_row, merge.area.first_col, merge.cell


def words_of(sheet: Sheet) -> str:
    return "\n".join(str(cell.value) for _, _, cell in cells_of(sheet) if cell.value is not None)


ratings: st.SearchStrategy[Value] = st.one_of(
    st.none(), st.sampled_from(CODES), st.just("gone"), st.just(Invalid("purple"))
)
dues: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.just(Timescale("Ongoing")),
    st.integers(-400, 400).map(lambda n: Timescale("then", AS_OF + timedelta(days=n))),
)
step_days: st.SearchStrategy[list[date]] = st.lists(
    st.integers(-400, 400).map(lambda n: AS_OF + timedelta(days=n)), min_size=2, max_size=4
)
names: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.lists(st.sampled_from(["Post A", "Post B", "Post C"]), min_size=1, unique=True).map(tuple),
)


SOME = settings(max_examples=max(25, settings().max_examples // 4))
"""A board is a whole workbook: fewer of them than of other things that are drawn."""


@st.composite
def boards(draw: st.DrawFn) -> Board:
    rows = []
    previous: dict[str, dict[str, Value]] = {}
    for number in range(draw(st.integers(0, 14))):
        uid = f"a{number}"
        section = draw(st.sampled_from(["", "One", "Two", "Three"]))
        values = {"rating": draw(ratings), "due": draw(dues), "lead": draw(names)}
        if draw(st.booleans()):
            values |= stepped(draw(step_days))
        rows.append(replace(action(uid, section, **values), withdrawn=draw(st.booleans())))
        if draw(st.booleans()):
            was = draw(st.sampled_from(["One", "Two", "Gone"]))
            previous[uid] = {"section": was, "rating": draw(ratings)}
            if draw(st.booleans()):
                previous[uid][STATUS] = "withdrawn"
    returns = [
        ReturnLine(name, draw(st.booleans()), draw(st.booleans()), draw(st.booleans()), 2)
        for name in ("Post A", "Post B")
    ]
    compared = draw(st.booleans())
    return board_of(*rows, previous=previous if compared else None, returns=returns)
