"""Steps, evidence, provisional actions, officers and ruled ratings of any board, counted again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.boards import ATTENTION, CODES, action, board_of, boards, days_of, stepped
from tests.composite_sample import AS_OF, DEFINITION
from xlplan.board.action_lists import exceptions_sheet, movement_sheet
from xlplan.board.board_model import Board
from xlplan.board.composite import tables_of
from xlplan.board.deadlines import evidence_due_sheet
from xlplan.board.figures import figures
from xlplan.board.grouped import counts_sheet
from xlplan.board.key_figures import key_figures
from xlplan.board.table_model import Table
from xlplan.board.view import View, view_of
from xlplan.merge.model import MasterRow
from xlplan.plan.checks.checklist import ruled
from xlplan.plan.definition import STATUS, Field
from xlplan.plan.settings import Rule
from xlplan.plan.timescales import Timescale, parse_timescale
from xlplan.plan.values import Value

MORE = (
    Field("ticks", "Steps done", "steps", "steps_done", owner="lead"),
    Field("proof", "Proof", "text", "evidence", owner="lead"),
    Field("officer", "Accountable", "people", "accountable"),
)
OTHERS = tuple(f for f in DEFINITION.fields if f.role not in ("evidence", "accountable"))
PLAN = replace(DEFINITION, fields=(*OTHERS, *MORE))
UNRATED = replace(PLAN, fields=tuple(f for f in PLAN.fields if f.role != "rating"), ratings=())
OFFICERS = ("Director", "Deputy")


@st.composite
def full(draw: st.DrawFn) -> Board:
    """A board whose actions also have ticks, evidence, officers, and refs that hold a place."""
    board = draw(boards())
    rows = []
    for row in board.rows:
        ref = draw(st.sampled_from([row.ref, "NEW 3", "TBC"]))
        more: dict[str, Value] = {
            "ref": ref,
            "proof": draw(st.sampled_from([None, "Minutes"])),
            "officer": draw(st.sampled_from([None, OFFICERS, OFFICERS[:1]])),
        }
        if len(days := days_of(row)) > 1:
            done = draw(st.frozensets(st.integers(1, len(days))))
            more["ticks"] = frozenset(f"{n}. Step {n - 1}" for n in done) or None
        rows.append(replace(row, ref=ref, values={**row.values, **more}))
    return replace(board, rows=rows, definition=draw(st.sampled_from([PLAN, UNRATED])))


def open_days(row: MasterRow) -> list[date]:
    """The days of what is not ticked: of the steps, else of the action."""
    days = days_of(row)
    ticks = row.values.get("ticks")
    done = ticks if isinstance(ticks, frozenset) else frozenset()
    return [day for n, day in enumerate(days, 1) if f"{n}. Step {n - 1}" not in done]


def is_done(board: Board, row: MasterRow) -> bool:
    if board.definition is PLAN:
        return row.values.get("rating") == "B"
    return len(days_of(row)) > 1 and not open_days(row)


def is_late(board: Board, row: MasterRow) -> bool:
    """By a step that is not done, or by the last day of all."""
    days = days_of(row)
    past = [day for day in open_days(row) if day < AS_OF] if len(days) > 1 else days
    return not is_done(board, row) and bool(days) and (
        max(days) < AS_OF or (len(days) > 1 and bool(past))
    )  # fmt: skip


def standing_rows(board: Board) -> list[MasterRow]:
    return [row for row in board.rows if not row.withdrawn]


@given(full())
def test_steps_that_are_late_and_done_agree_with_a_recount(board: Board) -> None:
    rows = standing_rows(board)
    many = [row for row in rows if len(days_of(row)) > 1]
    late = sum(
        day < AS_OF for row in many if not is_done(board, row) for day in open_days(row)
    )  # fmt: skip
    found = figures(board)
    assert found.total.late_steps == late
    assert found.total.overdue == sum(is_late(board, row) for row in rows)
    shown = {one.label: one.value for one in key_figures(view_of(board))}
    every = sum(len(days_of(row)) for row in many)
    done = every - sum(len(open_days(row)) for row in many)
    assert shown.get("Steps done") == (f"{done} of {every}" if done else None)
    assert shown.get("Late steps") == (str(late) if late else None)


@given(full())
def test_the_parts_of_a_plan_with_steps_add_up_to_all_its_actions(board: Board) -> None:
    every = key_figures(view_of(board))
    shown = {one.label: int(one.value) for one in every if one.part}
    assert shown.pop("Actions") == sum(shown.values()) == len(standing_rows(board))
    done = sum(is_done(board, row) for row in standing_rows(board))
    assert shown.get("Completed", 0) == done


@given(full())
def test_provisional_actions_agree_with_a_recount(board: Board) -> None:
    holding = sum(row.ref in ("NEW 3", "TBC") for row in standing_rows(board))
    shown = {one.label: one.value for one in key_figures(view_of(board))}
    assert int(shown.get("Provisional", "0")) == holding


@given(full())
def test_evidence_that_is_due_agrees_with_a_recount(board: Board) -> None:
    due = [
        row.ref
        for row in standing_rows(board)
        if row.values["proof"] is None and (is_done(board, row) or is_late(board, row))
    ]
    sheet = evidence_due_sheet(view_of(board))
    (table,) = sheet.tables
    assert Counter(column(table, "ref")) == Counter(due)
    assert sheet.notes == ((f"{len(due)} action{'s' * (len(due) != 1)}",
                            f"No evidence given: {len(due)}") if due else ())  # fmt: skip


@given(full())
def test_accountable_officers_agree_with_a_recount(board: Board) -> None:
    counted: Counter[str] = Counter()
    late: Counter[str] = Counter()
    for row in standing_rows(board):
        names = row.values["officer"]
        for name in names if isinstance(names, tuple) else ("None named",):
            counted[name] += 1
            late[name] += is_late(board, row)
    tables = counts_sheet(view_of(board)).tables
    if set(counted) <= {"None named"}:
        assert not tables
        return
    (table,) = tables
    assert dict(zip(column(table, "value"), column(table, "actions"), strict=True)) == counted
    assert dict(zip(column(table, "value"), column(table, "overdue"), strict=True)) == late


def column(table: Table, key: str) -> list[object]:
    place = [column.id for column in table.columns].index(key)
    return [line.items[place].value for line in table.lines]


def test_a_plan_without_ratings_has_its_summary_from_steps_and_timescales() -> None:
    days = [date(2026, 1, 1), date(2026, 2, 1), date(2027, 2, 1)]
    done = action("1", "", **stepped(days), ticks=frozenset({"1", "2", "3 (4 May 2026)"}))
    late = action("2", "", **stepped(days), ticks=frozenset({"1"}))
    soon = action("3", "", **stepped(days), ticks=frozenset({"1", "2"}))
    vague, past = (action(ref, due=parse_timescale(t)) for ref, t in (("4", "TBC"), ("5", "2025")))
    board = replace(board_of(done, late, soon, vague, past), definition=UNRATED)
    parts = {one.label: (one.value, one.remark) for one in key_figures(view_of(board)) if one.part}
    assert parts == {
        "Actions": ("5", "in the plan"),
        "Completed": ("1", "noted as done"),
        "Late": ("2", "past the due date"),
        "No date": ("1", "listed under No date"),
        "In time": ("1", "not late"),
    }
    short = {one.row.ref: one.in_short for one in figures(board).standings}
    assert short == {"1": "3 of 3 steps done", "2": "1 of 3 steps late", "3": "2 of 3 steps done",
                     "4": "", "5": "Overdue"}  # fmt: skip


RULED = replace(
    DEFINITION,
    fields=(*DEFINITION.fields, Field("share", "% complete", "percent", "percent", owner="lead")),
    rules=(
        Rule("done", "B", percent_above=99.5, sets=True),
        Rule("gone", "R", overdue_days=1, sets=True),
        Rule("half", "G", percent_above=49.9, sets=True),
        Rule("rest", "A", percent_up_to=49.9, sets=True),
    ),
)


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 100)),
            st.one_of(st.none(), st.integers(-60, 60)),
        ),
        max_size=8,
    )
)
def test_ratings_that_rules_set_agree_with_a_recount(
    drawn: list[tuple[int | None, int | None]],
) -> None:
    rows, counted = [], Counter[str]()
    for number, (share, days) in enumerate(drawn):
        due = Timescale("then", AS_OF + timedelta(days=days)) if days is not None else None
        row = action(str(number), share=None if share is None else share / 100, due=due)
        said = ruled(RULED, row, AS_OF)
        assert said is not None
        rows.append(replace(row, values={**row.values, "rating": said.rating}))
        late = days is not None and days < 0
        done = share == 100
        counted["B" if done else "R" if late else "" if share is None
                else "G" if share >= 50 else "A"] += 1  # fmt: skip
    found = figures(replace(board_of(*rows), definition=RULED))
    assert {code: n for code, n in found.total.now.items() if n} == dict(counted)
    assert found.total.closed == counted["B"]
    assert found.total.attention == counted["R"] + counted["A"]


# The sheets themselves, figure by figure.

WAYS = ("better", "same", "worse", "new", "back", "uncompared")


@dataclass(frozen=True)
class Told:
    """An action as somebody sees it who has only its row, the last board and the day."""

    row: MasterRow
    code: str
    late: bool
    done: bool
    way: str
    reasons: tuple[str, ...]

    @property
    def section(self) -> str:
        return self.row.section or "No section"

    @property
    def leads(self) -> tuple[str, ...]:
        names = self.row.values.get("lead")
        return names if isinstance(names, tuple) else ("No lead named",)


def code_of(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) and value in CODES else "?"


def told(board: Board, row: MasterRow) -> Told:
    rated = board.definition is PLAN
    code = code_of(row.values.get("rating")) if rated else ""
    last = (board.previous or {}).get(row.uid)
    seen = last is not None and STATUS not in last
    was = code_of(last["rating"]) if rated and seen and last else ""
    late = is_late(board, row)
    way = ""
    if board.previous is not None:
        gone = "new" if last is None else "back"
        way = gone if not seen else "same" if was == code else "uncompared"
    if way == "uncompared" and was in CODES and code in CODES:
        way = "worse" if CODES.index(code) > CODES.index(was) else "better"
    found = (
        ("Rated for attention", code in ATTENTION),
        ("Overdue", late and bool(days_of(row)) and max(days_of(row)) < AS_OF),
        ("Steps late", not is_done(board, row) and len(days_of(row)) > 1
         and any(day < AS_OF for day in open_days(row))),
        ("Worse than at the last board", way == "worse"),
        ("Rating not on the scale", code == "?"),
        ("No longer rated", seen and rated and code == "" and was != ""),
    )  # fmt: skip
    return Told(row, code, late, is_done(board, row), way, tuple(w for w, holds in found if holds))


def figures_of(board: Board, found: Sequence[Told]) -> dict[str, int]:
    """What a row of figures says of some actions, by the id of its column."""
    codes = Counter(one.code or "none" for one in found)
    rated = (
        {code: codes[code] for code in (*CODES, "?", "none")} if board.definition is PLAN else {}
    )
    ways = Counter(one.way for one in found)
    return {
        "actions": len(found),
        **rated,
        **{way: ways[way] for way in WAYS},
        "overdue": sum(one.late for one in found),
        "undated": sum(not one.late and not one.done and not days_of(one.row) for one in found),
        "exceptions": sum(bool(one.reasons) for one in found),
    }


def rows_of(table: Table) -> list[dict[str, object]]:
    names = [column.id for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]


def agrees(shown: dict[str, object], counted: Mapping[str, int]) -> None:
    for name in shown.keys() & counted.keys():
        assert shown[name] == counted[name], name


@given(full())
def test_every_figure_of_the_sheets_agrees_with_a_recount(board: Board) -> None:
    view = view_of(board)
    every = [told(board, row) for row in standing_rows(board)]
    tables = {table.key: table for table in tables_of(board)}

    sections = {str(row["section"]): row for row in rows_of(tables["by_section"])}
    for name in {one.section for one in every} - {"No section"}:
        agrees(sections[name], figures_of(board, [one for one in every if one.section == name]))
    agrees(sections["All actions"], figures_of(board, every))

    leads = {str(row["lead"]): row for row in rows_of(tables["by_lead"])}
    lines = {line.lead: line for line in board.returns}
    for name, row in leads.items():
        agrees(row, figures_of(board, [one for one in every if name in one.leads]))
        line = lines.get(name)
        assert row["changes"] == (line.changes if line and line.returned else None)
    assert set(leads) == {name for one in every for name in one.leads} | set(lines)

    reasons = Counter(reason for one in every for reason in one.reasons)
    listed = sum(bool(one.reasons) for one in every)
    notes = exceptions_sheet(view).notes
    assert len(tables["exceptions"].lines) == listed
    assert dict(note.rsplit(": ", 1) for note in notes[1:]) == {
        reason: str(count) for reason, count in reasons.items()
    }

    moved = [one for one in every if one.way not in ("", "same")]
    assert len(tables["movement"].lines) == len(moved)
    if board.previous is not None and board.definition is PLAN:
        counted = Counter(one.way for one in every)
        said = re.findall(r"(\d+) (better|no change|worse|new|back|not compared)", _movement(view))
        shown = [way for way in WAYS if way != "back" or counted[way]]
        assert [int(n) for n, _ in said] == [counted[way] for way in shown]
        for row in rows_of(tables["movement_by_section"]):
            mine = [one for one in every if one.section == row["section"]]
            paths = row["paths"] if isinstance(row["paths"], tuple) else ()
            total = sum(int(path.rsplit(": ", 1)[1]) for path in paths)
            assert total == sum(one.way in ("better", "worse", "uncompared") for one in mine)

    for row in rows_of(tables["section_words"]):
        mine = [one for one in every if one.section == row["section"]]
        numbers = [int(n) for n in re.findall(r"\d+", str(row["in_short"]))]
        counted = Counter(one.way for one in mine)
        late = sum(one.late for one in mine)
        ways = [
            *(counted[way] for way in ("better", "worse", "new")),
            *filter(None, [counted["back"]]),
        ]
        compared = board.previous is not None and board.definition is PLAN
        assert numbers == [len(mine), *(ways if compared else ()), *([late] if late else ())]

    assert len(tables["completed"].lines) == sum(one.done for one in every)
    assert len(tables["late_steps"].lines) == figures(board).total.late_steps
    undated = [one for one in every if not one.late and not one.done and not days_of(one.row)]
    assert len(tables["no_date"].lines) == len(undated)
    assert len(tables["figures"].lines) == len(every)
    across = Counter(str(row["figure"]) for row in rows_of(tables["figures_across"]))
    assert across["Late"] == (sum(one.late for one in every) if view.rated else 0)


def _movement(view: View) -> str:
    return movement_sheet(view).sentence
