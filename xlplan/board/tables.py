"""The tables of a board as plain values: for the accessible rendering, and for the analyst.

Each sheet of the composite gives one or more tables. They say the same as the sheet, in full: no
text is cut here, and what a sheet says by a note or an edge stands in a column.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from xlplan.board import table_actions as actions
from xlplan.board import table_counts as counts
from xlplan.board import table_records as records
from xlplan.board.book import CONTENTS, sheet_keys
from xlplan.board.contents import headline
from xlplan.board.figures import figures
from xlplan.board.frame import Frame
from xlplan.board.key_figures import key_figures
from xlplan.board.model import Board
from xlplan.board.plain_table import Table, TableColumn, table
from xlplan.board.standings import points_of
from xlplan.plan.timescales import say_date

if TYPE_CHECKING:
    import pandas as pd


def about(frame: Frame) -> Table:
    """Which board this is."""
    board, definition = frame.board, frame.board.definition
    compared = "Nothing: this is the first board"
    if board.previous is not None:
        compared = board.previous_label or "The last board"
    facts = [
        ("Plan", definition.title),
        ("Organisation", definition.organisation),
        ("Cycle", board.cycle),
        ("Position at", say_date(board.as_of)),
        ("Compared with", compared),
        ("Protective marking", definition.marking or "None given"),
        *((f"Plan {p.mark}", f"{p.title} ({p.group}), {say_date(p.as_of)}. Its refs begin with "
           f"{p.mark}/") for p in board.plans),
        ("In short", headline(frame)),
        ("Ledger tip", board.tip or "Not recorded"),
    ]  # fmt: skip
    columns = (TableColumn("fact", "Fact", width=24), TableColumn("value", "Value", width=100))
    rows = [fact for fact in facts if fact[1]]
    return table("about", CONTENTS, "About this board", "Which board this is", columns, rows)


def key_figures_table(frame: Frame) -> Table:
    """The figures at the top of Summary."""
    columns = (
        TableColumn("figure", "Figure", width=30),
        TableColumn("value", "Value", width=16),
        TableColumn("remark", "Before, or out of what", width=40),
    )
    rows = [(label, value, remark) for value, label, remark in key_figures(frame)]
    return table(
        "key_figures", "summary", "Key figures", "The position in a few figures", columns, rows
    )


Maker = Callable[[Frame], Table]


MAKERS: Mapping[str, tuple[Maker, ...]] = {
    CONTENTS: (about,),
    "summary": (key_figures_table, counts.summary),
    "recommendations": (counts.recommendations,),
    "plan": (actions.plan, actions.withdrawn),
    "exceptions": (actions.exceptions,),
    "movement": (counts.movement_by_section, actions.movement),
    "new": (actions.new,),
    "completed": (actions.completed,),
    "by_organisation": (counts.by_organisation,),
    "by_lead": (counts.by_lead,),
    "changes": (records.changes,),
    "questions": (records.questions,),
    "history": (counts.history, actions.history),
    "notes": (
        records.notes, records.rating_key, records.plan_notes, records.restated, records.checks,
    ),
}  # fmt: skip
"""By sheet of the composite, the tables that say the same."""


def tables_of(board: Board) -> tuple[Table, ...]:
    """Every table of a board, in the order of its sheets; tables with no rows are there too.

    What board it is stands first, and the notes are there whichever sheets are chosen.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    frame = Frame(board, figures(board))
    keys = dict.fromkeys((CONTENTS, *sheet_keys(board), "notes"))
    return tuple(make(frame) for key in keys for make in MAKERS[key])


def frames_of(board: Board) -> dict[str, pd.DataFrame]:
    """Every table of a board as a typed DataFrame, by its key; see `xlplan.frames.table_frame`."""
    from xlplan.frames import table_frame

    rated = board.definition.with_role("rating") is not None
    ratings = [point.label for point in points_of(board.definition, ())] if rated else []
    return {
        found.key: table_frame({c.id: c.kind for c in found.columns}, found.rows, ratings)
        for found in tables_of(board)
    }
