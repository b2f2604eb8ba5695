"""DataFrames of the composite: the same tables, typed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
from msgspec.structs import replace

from tests import small
from tests.composite_sample import sample_board
from xlplan.board.composite import frames_of, tables_of
from xlplan.frames import actions_frame, table_frame
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.values import Invalid, Value


def test_each_kind_of_column_has_its_type() -> None:
    kinds = {"t": "text", "n": "number", "x": "number", "s": "share", "d": "date", "r": "rating"}
    rows = [
        ("one", 1, 1.5, 0.25, date(2026, 11, 3), "Green"),
        (None, None, 2, None, None, None),
        ("three", 3, 3, 1.0, date(2027, 1, 1), "Purple"),
    ]
    frame = table_frame(kinds, rows, ["Red", "Green"])
    types = {name: str(frame[name].dtype) for name in kinds}
    assert (types["t"], types["n"], types["x"], types["s"]) == (
        "string", "Int64", "Float64", "Float64",
    )  # fmt: skip
    assert types["d"].startswith("datetime64")
    assert list(frame["r"].cat.categories) == ["Red", "Green", "Purple"]
    assert frame["r"].cat.ordered
    assert list(frame.isna().iloc[1]) == [True, True, False, True, True, True]
    assert frame["d"][0] == pd.Timestamp(2026, 11, 3)


def test_money_is_a_number_and_yes_or_no_a_truth_value() -> None:
    plan = PlanDefinition("plan", "Plan", (
        Field("ref", "Ref", role="key"),
        Field("cost", "Cost", "money", currency="£"),
        Field("done", "Fertig?", "boolean", choices=("Ja", "Nein")),
    ))  # fmt: skip
    values: list[dict[str, Value]] = [
        {"cost": 1500.5, "done": "Ja"},
        {"cost": Invalid("TBC"), "done": "Nein"},
        {"done": Invalid("Vielleicht")},
    ]
    rows = [MasterRow(f"u{n}", "action", f"{n}", "", each) for n, each in enumerate(values)]
    frame = actions_frame(rows, plan)
    assert (str(frame["cost"].dtype), str(frame["done"].dtype)) == ("Float64", "boolean")
    assert frame["cost"].tolist() == [1500.5, pd.NA, pd.NA]
    assert frame["done"].tolist() == [True, False, pd.NA]


def test_a_table_without_rows_keeps_its_columns_and_types() -> None:
    frame = table_frame({"t": "text", "n": "number", "d": "date", "r": "rating"}, [], ["Red"])
    assert list(frame.columns) == ["t", "n", "d", "r"]
    assert len(frame) == 0
    assert str(frame["n"].dtype) == "Int64"


def test_every_table_of_a_board_is_there_with_the_same_rows() -> None:
    board = sample_board()
    frames = frames_of(board)
    tables = tables_of(replace(board, working=True))
    assert list(frames) == [table.key for table in tables]
    for table in tables:
        frame = frames[table.key]
        assert list(frame.columns) == [column.id for column in table.columns]
        texts = [column.id for column in table.columns if column.kind == "text"]
        for name in texts:
            place = [column.id for column in table.columns].index(name)
            values = [None if pd.isna(value) else value for value in frame[name]]
            assert values == [row[place] for row in table.rows]


def test_summary_can_be_counted_again_from_the_plan() -> None:
    frames = frames_of(sample_board())
    plan, summary = frames["plan"], frames["summary"].set_index("section")
    label = {"B": "Blue", "G": "Green", "A": "Amber", "R": "Red", "none": "Not rated"}
    for code, word in label.items():
        counted = plan[plan["rating"] == word].groupby("section").size()
        for section in summary.index[:-1]:
            assert summary.loc[section, f"{code}_now"] == counted.get(section, 0)
        assert summary.loc["All actions", f"{code}_now"] == (plan["rating"] == word).sum()
    whole = frames["by_section"].set_index("section").loc["All actions"]
    assert whole["overdue"] == (plan["overdue"] == "Overdue").sum()
    assert whole["exceptions"] == len(frames["exceptions"]) == len(frames["sections"])
    assert whole["better"] == (plan["direction"] == "Better").sum()
    assert (plan["rating"] < "Amber").sum() == (plan["rating"].isin(["Blue", "Green"])).sum()


def test_the_tables_of_a_plan_are_those_that_it_publishes(tmp_path: Path) -> None:
    folder = small.make(tmp_path / "plan")
    small.issue(folder)
    with small.opened(folder) as plan:
        seq = plan.desk.state.seq
        before = plan.composite()
        assert plan.desk.state.seq == seq, "nothing is recorded"
        assert list(before["plan"]["ref"]) == [row[0] for row in small.ROWS]
        plan.publish()
        after = plan.composite()
        assert list(before) == list(after)
        pd.testing.assert_frame_equal(before["plan"], after["plan"])
        tip = after["about"].set_index("fact").loc["Ledger tip", "value"]
        assert tip == plan.desk.state.published[0][1].tip
