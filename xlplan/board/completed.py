"""The Completed sheet: what is done, since when, and what is done and still watched."""

from __future__ import annotations

from collections.abc import Mapping

from xlplan.board.action_cells import centred, kept_columns, leads_cell, said, section_cell
from xlplan.board.frame import Frame, plural
from xlplan.board.model import Board
from xlplan.board.standings import Reader, Standing, reader_of
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Completed"
CLOSED_NOW = "Closed since the last board"
HELD = "Done, under watch"
CLOSED = "Closed, still monitored"
WIDTHS = (9.0, 26.0, 52.0, 26.0, 25.0, 24.0, 14.0, 14.0, 42.0, 48.0)
HEADINGS = (
    "Ref", "Section", "Action", "Leads", "Standing", "Since", "Last board", "Rating now",
    "Evidence", "Latest progress",
)  # fmt: skip


def standing_of(one: Standing) -> str:
    """In which of the three lists a done action stands."""
    if one.holding and not one.closed:
        return HELD
    if one.direction is not None and not one.was_closed:
        return CLOSED_NOW
    return CLOSED


def closed_since(board: Board) -> Mapping[str, str]:
    """By uid, the label of the first of the latest unbroken run of boards that saw it closed."""
    readers: list[Reader] = [reader_of(part) for part in board.parts or (board,)]
    found: dict[str, str] = {}
    for past in board.history:
        closed = {
            uid
            for reader in readers
            for uid, value in past.ratings.items()
            if (rating := reader.by_code.get(str(value))) and rating.closed
        }
        found = {uid: found.get(uid, past.label) for uid in closed}
    return found


def completed_sheet(frame: Frame) -> Sheet:
    """Every action that is done: closed since the last board first, then watched, then earlier."""
    done = frame.figures.done
    if not done:
        sentence = "No action is closed, and none is done and under watch."
        if not frame.rated:
            sentence = "The plan does not rate its actions, so none is known to be closed."
        return frame.empty(NAME, "Completed", sentence)
    order = (CLOSED_NOW, HELD, CLOSED)
    counts = {name: sum(standing_of(one) == name for one in done) for name in order}
    note = "   ·   ".join(f"{name}: {count}" for name, count in counts.items() if count)
    evidence = frame.board.definition.with_role("evidence")
    shown = evidence is not None and any(one.row.values.get(evidence.id) for one in done)
    kept = [i for i in kept_columns(frame, HEADINGS)[0] if shown or HEADINGS[i] != "Evidence"]
    widths = [WIDTHS[i] for i in kept]
    rows = frame.banner("Completed", len(kept), note=f"{plural(len(done), 'action')}.   {note}")
    headed = len(rows)
    rows.append(frame.headings(kept_columns(frame, [HEADINGS[i] for i in kept])[1]))
    since = closed_since(frame.board)
    for one in sorted(done, key=lambda one: order.index(standing_of(one))):
        cells = _cells(frame, one, since)
        rows.append(Row([cells[i] for i in kept]))
    return frame.sheet(NAME, rows, widths, headed=headed, freeze_columns=1)


def _cells(frame: Frame, one: Standing, since: Mapping[str, str]) -> list[Cell]:
    kind = standing_of(one)
    when = since.get(one.row.uid, "") if kind == CLOSED else ""
    return [
        frame.ref(one.row.uid, one.row.ref),
        section_cell(frame, one),
        said(frame, one, "action", WIDTHS[2]),
        leads_cell(frame, one, WIDTHS[3]),
        centred(frame, kind, bold=kind == CLOSED_NOW),
        centred(frame, when or ("This board" if kind == CLOSED_NOW else "–")),
        frame.rating(one.before, quiet=True),
        frame.rating(one.now),
        said(frame, one, "evidence", WIDTHS[8]),
        said(frame, one, "progress", WIDTHS[9]),
    ]
