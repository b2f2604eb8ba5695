"""The Movement sheet: per section from the last board to this one, and every action that moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from xlplan.board.action_cells import kept_columns, leads_cell
from xlplan.board.frame import SIGNS, Frame, plural
from xlplan.board.longtexts import cut_words
from xlplan.board.standings import DIRECTIONS, Standing
from xlplan.plan.timescales import say_date
from xlplan.plan.values import show
from xlplan.workbook.write.sheet import Area, Cell, Merge, Row, Sheet

NAME = "Movement"
WIDTHS = (28.0, 10.0, 46.0, 26.0, 17.0, 14.0, 14.0, 17.0)
HEADINGS = ("Section", "Ref", "Action", "Leads", "Due", "Last board", "Now", "Direction")


def movement_sheet(frame: Frame) -> Sheet:
    """Movement counted per section, then the actions that moved, section by section."""
    if frame.board.previous is None:
        sentence = "This is the first board: there is no earlier position to compare with."
        return frame.empty(NAME, "Movement", sentence)
    kept, headings = kept_columns(frame, HEADINGS)
    widths = [WIDTHS[i] for i in kept]
    rows = frame.banner("Movement since the last board", len(widths))
    at = len(rows)
    look = replace(frame.look.body, size=12, bold=True, valign="vcenter")
    merges = [Merge(Area(at, 0, at, len(widths) - 1), Cell(_sentence(frame), look))]
    rows.append(Row([], height=30))
    counted = frame.rated and frame.figures.sectioned
    top = len(rows)
    if counted:
        _sections(frame, rows)
    moved = [s for s in frame.figures.standings if s.direction != "same"]
    if not moved:
        sheet = frame.sheet(NAME, rows, widths, merges=merges)
        # The counts are then the only table: it may run over a page, so its headings repeat.
        return replace(sheet, page=frame.page((top, top))) if counted else sheet
    rows.append(Row([], height=10))
    headed = len(rows)
    rows.append(frame.headings(headings))
    for one in moved:
        cells = _cells(frame, one)
        rows.append(Row([cells[i] for i in kept]))
    sheet = frame.sheet(NAME, rows, widths, headed=headed, merges=merges)
    return replace(sheet, freeze=None)


def _sentence(frame: Frame) -> str:
    """The counts of the whole plan in a sentence."""
    total = frame.figures.total
    shown = DIRECTIONS if frame.rated else ("new",)
    words = [f"{total.moves.get(d, 0)} {SIGNS[d][1].lower()}" for d in shown]
    gone = frame.figures.withdrawn_since
    sentence = f"Of {plural(total.actions, 'action')}: {', '.join(words)}. Withdrawn since: {gone}."
    if not frame.rated:
        return f"{sentence} The plan does not rate its actions."
    if not any(total.moves.get(d, 0) for d in DIRECTIONS if d != "same"):
        sentence += " No rating has moved since the last board."
    return sentence


def _sections(frame: Frame, rows: list[Row]) -> None:
    """The table of sections; it stands on the columns of the list below it."""
    head = replace(frame.look.heading, align="center")
    rows.append(
        Row(
            [
                frame.text(frame.group, frame.look.heading),
                Cell("Actions", head),
                Cell("From the last board to now", frame.look.heading),
                *(Cell(" ".join(SIGNS[d]), head) for d in DIRECTIONS),
            ]
        )
    )
    for section in frame.figures.sections:
        group = [s for s in frame.figures.standings if s.section == section.name]
        rows.append(
            Row(
                [
                    frame.section(section.name, replace(frame.boxed, bold=True)),
                    Cell(section.actions, frame.number),
                    frame.fitted(
                        _paths(frame, group),
                        WIDTHS[2],
                        f"{section.name}, movement",
                        replace(frame.boxed, valign="vcenter"),
                    ),
                    *(Cell(section.moves.get(d, 0), frame.number) for d in DIRECTIONS),
                ]
            )
        )


def _paths(frame: Frame, group: list[Standing]) -> str:
    """Which ratings went where: ``"Green → Blue 2; Amber → Red 1"``."""
    label = {key: point.label for key, point in frame.points.items()}
    paths = Counter(
        (label[s.before or ""], label[s.now])
        for s in group
        if s.direction in ("better", "worse", "uncompared")
    )
    parts = [f"{a} → {b}: {n}" for (a, b), n in sorted(paths.items())]
    return "\n".join(parts) or "No rating has moved"


def _cells(frame: Frame, one: Standing) -> list[Cell]:
    item = frame.board.definition.with_role("action")
    text = show(one.row.values.get(item.id)) if item else ""
    return [
        frame.text(cut_words(frame.short.get(one.section, one.section), 60)),
        frame.ref(one.row.uid, one.row.ref),
        frame.fitted(text, WIDTHS[2], f"{one.row.ref}, Action"),
        leads_cell(frame, one, WIDTHS[3]),
        frame.text(say_date(one.due) if one.due else ""),
        frame.rating(one.before, quiet=True),
        frame.rating(one.now),
        frame.direction(one),
    ]
