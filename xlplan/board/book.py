"""Puts the composite together: which sheets, in which order, from one `Board`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from xlplan.board.added import new_sheet
from xlplan.board.by_lead import by_lead_sheet
from xlplan.board.by_organisation import by_organisation_sheet
from xlplan.board.changes import changes_sheet
from xlplan.board.completed import completed_sheet
from xlplan.board.contents import contents_sheet
from xlplan.board.exceptions import exceptions_sheet
from xlplan.board.figures import figures
from xlplan.board.frame import Frame
from xlplan.board.history import history_sheet
from xlplan.board.model import Board
from xlplan.board.movement import movement_sheet
from xlplan.board.notes import notes_sheet
from xlplan.board.open_questions import questions_sheet
from xlplan.board.paging import paged
from xlplan.board.plan_sheet import plan_sheet
from xlplan.board.recommendations import live, recommendations_sheet
from xlplan.board.summary import summary_sheet
from xlplan.errors import fault
from xlplan.plan.timescales import say_date
from xlplan.workbook.write.sheet import Sheet, Workbook


@dataclass(frozen=True, slots=True)
class SheetKind:
    """One sheet that a composite may have: its name, a line about it, and who makes it."""

    name: str
    line: str
    make: Callable[[Frame], Sheet]


SHEETS: Mapping[str, SheetKind] = {
    "summary": SheetKind(
        "Summary", "The position on one page: sections by rating, before and now", summary_sheet
    ),
    "recommendations": SheetKind(
        "Recommendations", "What the plan answers, who answers for it, and where its actions stand",
        recommendations_sheet,
    ),
    "plan": SheetKind(
        "Plan", "Every action by section, in the colour of its rating; what has changed is marked",
        plan_sheet,
    ),
    "exceptions": SheetKind(
        "Exceptions", "The actions to look at, each with the reason", exceptions_sheet
    ),
    "movement": SheetKind(
        "Movement", "What has become better or worse since the last board", movement_sheet
    ),
    "new": SheetKind(
        "New", "The actions that the last board did not see, and how they came in", new_sheet
    ),
    "completed": SheetKind(
        "Completed", "What is done: since when, and what is watched before it closes",
        completed_sheet,
    ),
    "by_organisation": SheetKind(
        "By organisation", "Each organisation's actions by rating, and who has not returned",
        by_organisation_sheet,
    ),
    "by_lead": SheetKind(
        "By lead", "Each lead's actions by rating, and who has not returned", by_lead_sheet
    ),
    "changes": SheetKind(
        "Changes", "Every change since the last board: from, to, by whom, from which file and cell",
        changes_sheet,
    ),
    "questions": SheetKind(
        "Open questions", "What could not be decided yet, with the answers offered",
        questions_sheet,
    ),
    "history": SheetKind(
        "History", "Ratings from board to board: counts, each action's path, dates put back",
        history_sheet,
    ),
    "notes": SheetKind(
        "Notes", "How the figures are made, the rating key, checks left open, long texts in full",
        notes_sheet,
    ),
}  # fmt: skip
"""Every sheet but Contents, in the order in which they stand unless the definition says other."""
CONTENTS = "contents"


def sheet_keys(board: Board) -> tuple[str, ...]:
    """The sheets of this composite, in order: ``[composite] sheets``, or all of them.

    Names may be written as on the tabs ("By lead") or as keys ("by_lead").

    Raises:
        XlplanError: a name in ``[composite] sheets`` is no sheet of the composite.
    """
    chosen = board.definition.composite.sheets
    if not chosen:
        return (CONTENTS, *SHEETS)
    named = {kind.name.casefold(): key for key, kind in SHEETS.items()}
    out = []
    for name in chosen:
        wanted = " ".join(name.replace("_", " ").replace("-", " ").casefold().split())
        key = named.get(wanted) or wanted.replace(" ", "_")
        if key not in SHEETS and key != CONTENTS:
            known = ", ".join([CONTENTS, *SHEETS])
            raise fault(
                "DEF-090",
                "plan.toml: [composite] sheets",
                f'"{name}" is not a sheet of the composite. Choose from: {known}.',
            )
        out.append(key)
    return tuple(dict.fromkeys(out))


def _without_content(frame: Frame) -> frozenset[str]:
    """The sheets that some plans have no use for, and this is one of those."""
    left_out = set()
    if not live(frame):
        left_out.add("recommendations")
    if not frame.figures.organisations:
        left_out.add("by_organisation")
    if not frame.rated:
        left_out |= {"movement", "completed", "history"}
    return frozenset(left_out)


def _made(frame: Frame, key: str) -> Sheet:
    sheet = SHEETS[key].make(frame)
    return sheet if key == "summary" else paged(sheet, frame.kept.get(sheet.name, ()))


def _contents(frame: Frame, keys: Sequence[str]) -> Sheet:
    return contents_sheet(frame, {SHEETS[k].name: SHEETS[k].line for k in keys if k in SHEETS})


def composite_workbook(board: Board, created: str) -> Workbook:
    """The board's workbook. `created` (ISO 8601, UTC) is written into the file.

    Raises:
        XlplanError: ``[composite] sheets`` names a sheet that there is not.
    """
    keys = sheet_keys(board)
    frame = Frame(board, figures(board))
    if not board.definition.composite.sheets:
        left_out = _without_content(frame)
        keys = tuple(key for key in keys if key not in left_out)
    made: dict[str, Sheet] = {}
    # Plan first, for the others link to its rows; Notes last, for it holds their long texts.
    for key in sorted((k for k in keys if k in SHEETS and k != "notes"), key=lambda k: k != "plan"):
        made[key] = _made(frame, key)
    if CONTENTS in keys:
        # Before Notes, for what is cut on it must be whole there.
        made[CONTENTS] = _contents(frame, keys)
    if frame.texts.labels and "notes" not in keys:
        keys = (*keys, "notes")
        if CONTENTS in keys:
            made[CONTENTS] = _contents(frame, keys)
    if "notes" in keys:
        made["notes"] = _made(frame, "notes")
    definition = board.definition
    return Workbook(
        sheets=[made[key] for key in keys],
        title=f"{definition.title}: report to the board, {say_date(board.as_of)}",
        created=created,
        subject=f"Cycle {board.cycle}",
        company=definition.organisation,
        language=definition.language,
        font=definition.style.font,
        properties={"Ledger tip": board.tip} if board.tip else {},
    )
