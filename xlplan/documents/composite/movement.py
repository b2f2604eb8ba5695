"""The Movement sheet: per section from the last board to this one, and every action that moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from xlplan.documents.composite.action_cells import leads_cell
from xlplan.documents.composite.frame import SIGNS, Frame
from xlplan.documents.composite.longtexts import cut_words
from xlplan.documents.composite.standings import DIRECTIONS, Standing
from xlplan.plan.timescales import say_date
from xlplan.plan.values import show
from xlplan.workbook.sheet import Area, Cell, Merge, Row, Sheet

NAME = "Movement"
WIDTHS = (28.0, 10.0, 46.0, 26.0, 17.0, 14.0, 14.0, 17.0)
HEADINGS = ("Section", "Ref", "Action", "Leads", "Due", "Last board", "Now", "Direction")


def movement_sheet(frame: Frame) -> Sheet:
    """Movement counted per section, then the actions that moved, section by section."""
    if frame.board.previous is None:
        sentence = "This is the first board: there is no earlier position to compare with."
        return frame.empty(NAME, "Movement", sentence)
    rows = frame.banner("Movement since the last board", len(WIDTHS))
    merges: list[Merge] = []
    _sentence(frame, rows, merges)
    moved = [s for s in frame.figures.standings if s.direction != "same"]
    if not moved:
        return frame.sheet(NAME, rows, WIDTHS, merges=merges)
    rows.append(Row([], height=10))
    headed = len(rows)
    rows.append(frame.headings(HEADINGS))
    rows += [_row(frame, one) for one in moved]
    sheet = frame.sheet(NAME, rows, WIDTHS, headed=headed, merges=merges)
    return replace(sheet, freeze=None)


def _sentence(frame: Frame, rows: list[Row], merges: list[Merge]) -> None:
    """The counts of the whole plan in a sentence, then the table of sections."""
    total = frame.figures.total
    words = [f"{total.moves.get(d, 0)} {SIGNS[d][1].lower()}" for d in DIRECTIONS]
    gone = frame.figures.withdrawn_since
    sentence = f"Of {total.actions} actions: {', '.join(words)}. Withdrawn since: {gone}."
    if not any(total.moves.get(d, 0) for d in DIRECTIONS if d != "same"):
        sentence += " No rating has moved since the last board."
    at = len(rows)
    look = replace(frame.look.body, size=12, bold=True, valign="vcenter")
    merges.append(Merge(Area(at, 0, at, len(WIDTHS) - 1), Cell(sentence, look)))
    rows.append(Row([], height=30))
    head = replace(frame.look.heading, align="center")
    rows.append(
        Row(
            [
                Cell("Section", frame.look.heading),
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


def _row(frame: Frame, one: Standing) -> Row:
    item = frame.board.definition.with_role("action")
    text = show(one.row.values.get(item.id)) if item else ""
    return Row(
        [
            frame.text(cut_words(frame.short.get(one.section, one.section), 60)),
            frame.ref(one.row.uid, one.row.ref),
            frame.fitted(text, WIDTHS[2], f"{one.row.ref}, Action"),
            leads_cell(frame, one, WIDTHS[3]),
            frame.text(say_date(one.due) if one.due else ""),
            frame.rating(one.before, quiet=True),
            frame.rating(one.now),
            frame.direction(one),
        ]
    )
