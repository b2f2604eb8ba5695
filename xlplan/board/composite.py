"""The board as a whole: which sheets there are, in which order, and what is drawn from them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from xlplan.board.action_lists import completed_sheet, exceptions_sheet, movement_sheet, new_sheet
from xlplan.board.board_history import history_sheet
from xlplan.board.board_model import Board
from xlplan.board.by_whom import by_lead_sheet, by_organisation_sheet
from xlplan.board.changes import changes_sheet, questions_sheet
from xlplan.board.coloured import anchors_of, coloured_sheet, texts_cut
from xlplan.board.coloured_notes import coloured_contents, coloured_notes, contents_cut, notes_cut
from xlplan.board.coloured_summary import coloured_summary
from xlplan.board.fitting import long_texts
from xlplan.board.notes import contents_sheet, notes_sheet
from xlplan.board.paint import PLAN, Paint, workbook_of
from xlplan.board.plan_sheet import plan_sheet
from xlplan.board.recommendations import recommendations_sheet
from xlplan.board.standings import points_of
from xlplan.board.summary import summary_sheet
from xlplan.board.table import BoardSheet, Table, joined
from xlplan.board.view import View, view_of
from xlplan.codes.definition_codes import DEF_090
from xlplan.workbook.write.sheet import Sheet, Workbook

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One sheet that a board may have: its key, the name on its tab, and who works it out."""

    key: str
    name: str
    make: Callable[[View], BoardSheet]


SHEETS = (
    SheetKind("contents", "Contents", contents_sheet),
    SheetKind("summary", "Summary", summary_sheet),
    SheetKind("recommendations", "Recommendations", recommendations_sheet),
    SheetKind("plan", PLAN, plan_sheet),
    SheetKind("exceptions", "Exceptions", exceptions_sheet),
    SheetKind("movement", "Movement", movement_sheet),
    SheetKind("new", "New", new_sheet),
    SheetKind("completed", "Completed", completed_sheet),
    SheetKind("by_organisation", "By organisation", by_organisation_sheet),
    SheetKind("by_lead", "By lead", by_lead_sheet),
    SheetKind("changes", "Changes", changes_sheet),
    SheetKind("questions", "Open questions", questions_sheet),
    SheetKind("history", "History", history_sheet),
    SheetKind("notes", "Notes", notes_sheet),
)
"""Every sheet, in the order in which they stand unless the definition says other."""
BY_KEY: Mapping[str, SheetKind] = {kind.key: kind for kind in SHEETS}
LAYOUTS: Mapping[str, Callable[[Paint, str, BoardSheet], Sheet]] = {
    "summary": coloured_summary,
    "notes": coloured_notes,
}
"""The sheets that are drawn in a way of their own."""


def sheet_keys(board: Board) -> tuple[str, ...]:
    """The sheets of this board, in order: ``[composite] sheets``, or all of them.

    Names may be written as on the tabs ("By lead") or as keys ("by_lead").

    Raises:
        XlplanError: a name in ``[composite] sheets`` is no sheet of the composite.
    """
    chosen = board.definition.composite.sheets
    if not chosen:
        return tuple(BY_KEY)
    named = {kind.name.casefold(): kind.key for kind in SHEETS}
    out = []
    for name in chosen:
        written = " ".join(name.replace("_", " ").replace("-", " ").casefold().split())
        key = named.get(written) or written.replace(" ", "_")
        if key not in BY_KEY:
            place = "plan.toml: [composite] sheets"
            raise DEF_090.fault(place, name=name, sheets=tuple(BY_KEY))
        out.append(key)
    return tuple(dict.fromkeys(out))


# The tables alone.


def tables_of(board: Board) -> tuple[Table, ...]:
    """Every table of a board, each once, in the order of its sheets; those without lines too.

    What board it is stands first, and the notes are there whichever sheets are chosen.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    return tuple({t.key: t for sheet in sheets_of(board).values() for t in sheet.tables}.values())


def sheets_of(board: Board) -> dict[str, BoardSheet]:
    """Every sheet of a board by its key, contents first and notes there in any case.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    view = view_of(board)
    keys = dict.fromkeys(("contents", *sheet_keys(board), "notes"))
    return {key: BY_KEY[key].make(view) for key in keys}


def frames_of(board: Board) -> dict[str, pd.DataFrame]:
    """Every table of a board as a typed DataFrame, by its key; see `xlplan.frames.table_frame`."""
    from xlplan.frames import table_frame

    kinds = {"list": "text", "direction": "text", "days": "number"}
    rated = board.definition.with_role("rating") is not None
    ratings = [point.label for point in points_of(board.definition, ())] if rated else []
    return {
        found.key: table_frame(
            {c.id: kinds.get(c.kind, c.kind) for c in found.columns},
            [tuple(_plain(value) for value in row) for row in found.rows],
            ratings,
        )
        for found in tables_of(board)
    }


def _plain(value: object) -> str | int | float | None:
    return joined(value)  # type: ignore[arg-type, return-value]  # a list becomes a text


# In colour.


def composite_workbook(board: Board, created: str) -> Workbook:
    """The board's workbook. `created` (ISO 8601, UTC) is written into the file.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    keys, view = sheet_keys(board), view_of(board)
    made = {key: BY_KEY[key].make(view) for key in keys}
    if not board.definition.composite.sheets:
        made = {key: sheet for key, sheet in made.items() if sheet.apt}
    plain = Paint(view)
    cut = chain.from_iterable(_cut(plain, key, sheet) for key, sheet in made.items())
    texts = long_texts(cut, BY_KEY["notes"].name, "long text")
    if texts.labels and "notes" not in made:
        made["notes"] = BY_KEY["notes"].make(view)
        texts = long_texts(
            chain.from_iterable(_cut(plain, key, sheet) for key, sheet in made.items()),
            BY_KEY["notes"].name, "long text",
        )  # fmt: skip
    places = anchors_of(made["plan"]) if "plan" in made else {}
    paint = Paint(view, texts, places)
    listed = {BY_KEY[key].name: one.line for key, one in made.items() if key != "contents"}
    sheets = [
        coloured_contents(paint, BY_KEY[key].name, sheet, listed)
        if key == "contents"
        else LAYOUTS.get(key, coloured_sheet)(paint, BY_KEY[key].name, sheet)
        for key, sheet in made.items()
    ]
    return workbook_of(board, sheets, "report to the board", created)


def _cut(paint: Paint, key: str, sheet: BoardSheet) -> list[tuple[str, str]]:
    """The texts of a sheet that no row can show."""
    if key in ("contents", "notes"):
        return list((contents_cut if key == "contents" else notes_cut)(paint, sheet))
    return [] if key == "summary" else list(texts_cut(paint, sheet))
