"""The Recommendations sheet: what a plan answers, and where the actions that answer it stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlplan.board.frame import Frame, percent
from xlplan.board.naming import section_text
from xlplan.board.standings import Point, Standing, section_field
from xlplan.merge.model import MasterRow
from xlplan.plan.checks.rollups import RolledUp, roll_up
from xlplan.plan.definition import Field, Rollup
from xlplan.plan.ratings import rating_word
from xlplan.plan.text import fold
from xlplan.plan.values import show, sort_elements
from xlplan.workbook.write.look import rating_style
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Recommendations"
ROLLED = {
    "worst": "Worst rating",
    "share-closed": "Share completed",
    "accountable": "Officer's own rating",
}
"""Headings of the columns in which a rule of the plan sums up, where it names none."""


def answers_of(frame: Frame, one: Standing) -> tuple[str, ...]:
    """The refs of the recommendations that an action answers."""
    item = frame.board.definition.with_role("recommendation")
    value = one.row.values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sort_elements(value))
    return value if isinstance(value, tuple) else (show(value),) if show(value) else ()


def answering(frame: Frame) -> Mapping[str, list[Standing]]:
    """By ref of a recommendation, the actions that answer it; one may answer several."""
    found: dict[str, list[Standing]] = {}
    for one in frame.figures.standings:
        for ref in dict.fromkeys(answers_of(frame, one)):
            found.setdefault(ref, []).append(one)
    return found


def section_asks(frame: Frame) -> dict[str, list[tuple[str, str]]]:
    """By section that is named after recommendations without their text: their refs and texts."""
    texts = {
        r.ref: recommendation_text(frame, r) for r in frame.board.rows if r.kind == "recommendation"
    }
    found: dict[str, list[tuple[str, str]]] = {}
    for one in frame.figures.standings:
        if section_text(one.section) or not one.section.startswith("Recommendation"):
            continue
        asks = found.setdefault(one.section, [])
        asks += [
            (ref, texts[ref])
            for ref in answers_of(frame, one)
            if texts.get(ref) and (ref, texts[ref]) not in asks
        ]
    return found


def live(frame: Frame) -> list[MasterRow]:
    """The recommendations that stand."""
    return [r for r in frame.board.rows if r.kind == "recommendation" and not r.withdrawn]


def recommendations_sheet(frame: Frame) -> Sheet:
    """A row a recommendation: what it asks, who answers for it, and where its actions stand."""
    rows = live(frame)
    if not rows:
        return frame.empty(NAME, NAME, "The plan has no recommendations of their own.")
    fields = recommendation_fields(frame, rows)
    points = frame.figures.points if frame.board.definition.with_role("rating") else ()
    rolled = rolled_up(frame)
    widths = [9.0, 74.0, *(_width(f) for f in fields), 10, *[12.0] * len(points), 11]
    widths += [*[14.0] * len(rolled), 30]
    note = "An action that answers several recommendations counts under each of them"
    out = frame.banner(NAME, len(widths), note=note)
    headed = len(out)
    head = replace(frame.look.heading, size=11)
    middle = replace(head, align="center")
    cells = [Cell("No.", head), Cell("What it asks for", head)]
    cells += [frame.text(f.heading, head) for f in fields]
    cells.append(Cell("Actions", middle))
    for p in points:
        cells.append(frame.text(p.label, rating_style(p.rating, middle) if p.rating else middle))
    cells.append(Cell("Overdue", middle))
    cells += [frame.text(rollup.heading or ROLLED[rollup.rule], middle) for rollup, _ in rolled]
    cells.append(Cell("Answered in", head))
    out.append(Row(cells))
    found = answering(frame)
    out += [_row(frame, row, fields, points, found.get(row.ref, []), rolled) for row in rows]
    return frame.sheet(NAME, out, widths, headed=headed, freeze_columns=1)


def recommendation_fields(frame: Frame, rows: list[MasterRow]) -> list[Field]:
    """What else the plan says of its recommendations, where it says anything."""
    own = [_own_rating(frame, rollup) for rollup, _ in rolled_up(frame)]
    apart = [_asking(frame), *own]
    return [
        f
        for f in frame.board.definition.fields_of("recommendation")
        if f.role != "key" and f not in apart and any(r.values.get(f.id) is not None for r in rows)
    ]


def rolled_up(frame: Frame) -> list[tuple[Rollup, Mapping[str, RolledUp]]]:
    """What the actions of each recommendation come to, for each rule that the plan names."""
    definition = frame.board.definition
    return [
        (rollup, {fold(one.to): one for one in roll_up(definition, frame.board.rows, rollup)})
        for rollup in definition.rollups
        if rollup.to == "recommendation"
    ]


def rolled_sections(frame: Frame) -> list[tuple[Rollup, Mapping[str, RolledUp]]]:
    """What the actions of each section (or of what stands for it) come to, for each such rule."""
    definition = frame.board.definition
    item = section_field(definition)
    if item is None or frame.figures.plans:
        return []
    return [
        (rollup, {fold(one.to): one for one in roll_up(definition, frame.board.rows, rollup)})
        for rollup in definition.rollups
        if rollup.rule != "accountable" and definition.find(rollup.to) == item
    ]


def _own_rating(frame: Frame, rollup: Rollup) -> Field | None:
    """The field with the accountable officer's own rating, where a rule shows that."""
    definition = frame.board.definition
    if rollup.rule != "accountable":
        return None
    if rollup.field:
        return definition.find(rollup.field, "recommendation")
    return definition.with_role("rating", "recommendation")


def rolled_cell(frame: Frame, rollup: Rollup, one: RolledUp) -> Cell:
    """A rating in its colour, or the share of the actions that is completed."""
    middle = replace(frame.boxed, align="center", valign="vcenter")
    if rollup.rule == "share-closed":
        return frame.text(percent(one.share), middle)
    definition = frame.board.definition
    item = _own_rating(frame, rollup) or definition.with_role("rating")
    rating = definition.rating(one.rating, item.scale) if item else None
    if rating is None:
        return frame.text("–", replace(middle, colour=frame.look.muted.colour))
    return frame.shade(rating, rating_word(rating), middle)


def _width(item: Field) -> float:
    return 24.0 if item.field_type.people else 18.0


def _row(
    frame: Frame,
    row: MasterRow,
    fields: list[Field],
    points: Sequence[Point],
    found: Sequence[Standing],
    rolled: Sequence[tuple[Rollup, Mapping[str, RolledUp]]],
) -> Row:
    counts = Counter(one.now for one in found)
    sections = list(dict.fromkeys(frame.short.get(one.section, one.section) for one in found))
    cells = [
        frame.text(row.ref, replace(frame.boxed, bold=True)),
        frame.fitted(recommendation_text(frame, row), 74, f"Recommendation {row.ref}"),
    ]
    for item in fields:
        text = frame.say(item, row.values.get(item.id))
        cells.append(frame.fitted(text, _width(item), f"Recommendation {row.ref}, {item.heading}"))
    cells.append(Cell(len(found), replace(frame.number, bold=True)))
    cells += [Cell(counts[p.key], frame.tinted(p, counts[p.key], frame.number)) for p in points]
    cells.append(Cell(sum(one.overdue for one in found), frame.number))
    cells += [rolled_cell(frame, rollup, by_ref[fold(row.ref)]) for rollup, by_ref in rolled]
    if found and len(sections) == 1:
        cells.append(frame.section(found[0].section))
    else:
        cells.append(frame.text("\n".join(sections) or "No action answers it"))
    return Row(cells)


def _asking(frame: Frame) -> Field | None:
    definition = frame.board.definition
    return definition.with_role("action", "recommendation") or definition.with_role(
        "recommendation", "recommendation"
    )


def recommendation_text(frame: Frame, row: MasterRow) -> str:
    """What a recommendation asks for, in full."""
    item = _asking(frame)
    return show(row.values.get(item.id)) if item else ""
