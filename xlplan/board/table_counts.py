"""Tables of figures: by section, recommendation, organisation, lead, and board."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from xlplan.board.by_lead import return_words
from xlplan.board.earlier import moments, used_keys
from xlplan.board.figures import Count
from xlplan.board.frame import SIGNS, Frame
from xlplan.board.naming import section_text
from xlplan.board.plain_table import Kind, Table, TableColumn, TableValue, table
from xlplan.board.recommendations import (
    ROLLED,
    answering,
    live,
    recommendation_fields,
    recommendation_text,
    rolled_cell,
    rolled_sections,
    rolled_up,
)
from xlplan.board.standings import DIRECTIONS, NO_SECTION, Direction, Point, points_of
from xlplan.plan.checks.rollups import RolledUp
from xlplan.plan.definition import Rollup
from xlplan.plan.text import fold

FIGURE = 14.0


def number(name: str, heading: str, note: str = "", kind: Kind = "number") -> TableColumn:
    """A column of figures."""
    return TableColumn(name, heading, kind, note, FIGURE)


def _points(points: Sequence[Point], suffix: str = "", said: str = "") -> list[TableColumn]:
    return [number(f"{point.key or 'none'}{suffix}", f"{point.label}{said}") for point in points]


def _rated(frame: Frame) -> tuple[Point, ...]:
    rated = frame.board.definition.with_role("rating") is not None
    return frame.figures.points if rated else ()


def ways(frame: Frame) -> tuple[Direction, ...]:
    """The directions of travel that a plan can show: one without ratings has only new actions."""
    rated = frame.board.definition.with_role("rating") is not None
    return DIRECTIONS if rated else ("new",)


def summary(frame: Frame) -> Table:
    """Sections by rating, before and now, with movement; the whole plan is the last row."""
    points, compared = _rated(frame), frame.board.previous is not None
    columns = [TableColumn("section", "Section", width=30), TableColumn("text", "About", width=44)]
    for point in points:
        if compared:
            columns += _points([point], "_before", ", before")
        columns += _points([point], "_now", ", now")
    if compared:
        columns.append(number("actions_before", "All actions, before", "Before"))
    columns.append(number("actions_now", "All actions, now", "Actions"))
    if points and compared:
        columns.append(number("share_before", "Closed or on track, before", "Before", "share"))
    if points:
        columns.append(number("share_now", "Closed or on track, now", "On track", "share"))
    if compared:
        columns += [number(d, SIGNS[d][1], "Direction") for d in ways(frame)]
    rolled = rolled_sections(frame)
    columns += [
        TableColumn(f"rule_{n}", rollup.heading or ROLLED[rollup.rule])
        for n, (rollup, _) in enumerate(rolled, 1)
    ]
    columns.append(number("overdue", "Overdue", "Overdue"))
    columns.append(number("exceptions", "Exceptions", "Exceptions"))
    parted = any(section.name != NO_SECTION for section in frame.figures.sections)
    every = (*(frame.figures.sections if parted else ()), frame.figures.total)
    rows = [_summed(frame, one, points, rolled, compared=compared) for one in every]
    line = "Sections by rating, now and at the last board; the last row is the whole plan"
    return table("summary", "summary", "Summary", line, columns, rows)


def _summed(
    frame: Frame,
    one: Count,
    points: Sequence[Point],
    rolled: Sequence[tuple[Rollup, Mapping[str, RolledUp]]],
    *,
    compared: bool,
) -> list[TableValue]:
    whole = one is frame.figures.total
    about = "The whole plan" if whole else section_text(one.name) or "As named"
    row: list[TableValue] = [frame.short.get(one.name, one.name), about]
    for point in points:
        if compared:
            row.append((one.before or {}).get(point.key, 0))
        row.append(one.now.get(point.key, 0))
    row += [one.actions_before, one.actions] if compared else [one.actions]
    if points:
        row += [one.share_before, one.share] if compared else [one.share]
    if compared:
        row += [one.moves.get(d, 0) for d in ways(frame)]
    for rollup, by_name in rolled:
        summed = None if whole else by_name.get(fold(one.name))
        row.append(str(rolled_cell(frame, rollup, summed).value or "") if summed else "")
    return [*row, one.overdue, one.exceptions]


def movement_by_section(frame: Frame) -> Table:
    """How many actions of each section went which way, and from which rating to which."""
    columns = [
        TableColumn("section", "Section", width=30),
        number("actions", "Actions", "Actions"),
        *(number(d, SIGNS[d][1], "Direction") for d in ways(frame)),
        TableColumn("paths", "From the last board to now", width=50),
    ]
    label = {key: point.label for key, point in frame.points.items()}
    paths: dict[str, Counter[tuple[str, str]]] = {}
    for s in frame.figures.standings:
        if s.direction in ("better", "worse", "uncompared"):
            moved = paths.setdefault(s.section, Counter())
            moved[label[s.before or ""], label[s.now]] += 1
    rows: list[Sequence[TableValue]] = []
    for one in frame.figures.sections if frame.board.previous is not None else ():
        found = sorted(paths.get(one.name, Counter()).items())
        words = "; ".join(f"{a} to {b}: {n}" for (a, b), n in found) or "No rating has moved"
        moves = [one.moves.get(d, 0) for d in ways(frame)]
        rows.append((frame.short.get(one.name, one.name), one.actions, *moves, words))
    line = "How many actions of each section have become better or worse"
    return table("movement_by_section", "movement", "Movement by section", line, columns, rows)


def recommendations(frame: Frame) -> Table:
    """What the plan answers, and where the actions that answer it stand."""
    points, found = _rated(frame), live(frame)
    fields, rolled = recommendation_fields(frame, found), rolled_up(frame)
    columns = [
        TableColumn("ref", "Recommendation", width=16),
        TableColumn("text", "What it asks for", width=70),
        *(TableColumn(item.id, item.heading, width=24) for item in fields),
        number("actions", "Actions", "Actions"),
        *_points(points),
        number("overdue", "Overdue", "Overdue"),
        *(TableColumn(f"rule_{n}", rollup.heading or ROLLED[rollup.rule])
          for n, (rollup, _) in enumerate(rolled, 1)),
    ]  # fmt: skip
    answered = answering(frame)
    rows: list[Sequence[TableValue]] = []
    for row in found:
        group = answered.get(row.ref, [])
        counts = Counter(one.now for one in group)
        cells = (rolled_cell(frame, rollup, by_ref[fold(row.ref)]) for rollup, by_ref in rolled)
        rows.append(
            (
                row.ref, recommendation_text(frame, row),
                *(frame.say(item, row.values.get(item.id)) for item in fields),
                len(group), *(counts[p.key] for p in points), sum(s.overdue for s in group),
                *(str(cell.value or "") for cell in cells),
            )
        )  # fmt: skip
    line = "An action that answers several recommendations counts under each of them"
    return table("recommendations", "recommendations", "Recommendations", line, columns, rows)


def by_organisation(frame: Frame) -> Table:
    """Each organisation's actions and returns."""
    points = _rated(frame)
    columns = [
        TableColumn("organisation", "Organisation", "text", "Organisations", 34),
        number("actions", "Actions", "Actions"),
        *_points(points),
        number("overdue", "Overdue", "Overdue"),
        number("exceptions", "Exceptions", "Exceptions"),
        number("returned", "Returns received", "Returns"),
        number("asked", "Returns asked for", "Returns"),
        TableColumn("outstanding", "Not returned yet", width=50),
    ]
    rows: list[Sequence[TableValue]] = [
        (
            one.organisation, one.actions, *(one.now.get(p.key, 0) for p in points),
            one.overdue, one.exceptions, one.returned, one.asked,
            "; ".join(one.outstanding) or "Nobody",
        )
        for one in frame.figures.organisations
    ]  # fmt: skip
    line = "Each organisation's actions by rating, and who has not returned"
    return table("by_organisation", "by_organisation", "By organisation", line, columns, rows)


def by_lead(frame: Frame) -> Table:
    """Each lead's actions, and whether the lead has returned."""
    points = _rated(frame)
    columns = [
        TableColumn("lead", "Lead", width=34),
        TableColumn("organisation", "Organisation", width=28),
        number("actions", "Actions", "Actions"),
        *_points(points),
        number("overdue", "Overdue", "Overdue"),
        number("exceptions", "Exceptions", "Exceptions"),
        TableColumn("return", "Return", "text", "Returns", 22),
        number("changes", "Changes made"),
    ]
    rows: list[Sequence[TableValue]] = [
        (
            one.lead, one.organisation, one.actions, *(one.now.get(p.key, 0) for p in points),
            one.overdue, one.exceptions, return_words(one.line),
            one.line.changes if one.line and one.line.returned else None,
        )
        for one in frame.figures.leads
    ]  # fmt: skip
    line = "Each lead's actions by rating; a shared action counts under each of its leads"
    return table("by_lead", "by_lead", "By lead", line, columns, rows)


def history(frame: Frame) -> Table:
    """The counts of every board that the plan has been before."""
    every = moments(frame.board, frame.figures)
    shown = every if len(every) > 1 else ()
    points = points_of(frame.board.definition, used_keys(shown))
    columns = [
        TableColumn("board", "Board", "text", "History", 26),
        *_points(points),
        number("actions", "Actions", "Actions"),
        number("slip", "Average slip in days", "Slips"),
    ]
    rows: list[Sequence[TableValue]] = [
        (
            moment.label, *(moment.counts.get(p.key, 0) for p in points), moment.actions,
            None if moment.slip is None else round(moment.slip, 1),
        )
        for moment in shown
    ]  # fmt: skip
    line = "How many actions had each rating, board by board"
    return table("history_counts", "history", "History", line, columns, rows)
