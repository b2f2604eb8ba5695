"""The Recommendations sheet: what a plan answers, and where the actions that answer it stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from xlplan.documents.composite.frame import Frame
from xlplan.documents.composite.naming import section_text
from xlplan.documents.composite.standings import Point, Standing
from xlplan.documents.look import rating_style
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field
from xlplan.plan.values import show, sort_elements
from xlplan.workbook.sheet import Cell, Row, Sheet

NAME = "Recommendations"


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
    texts = {r.ref: _text(frame, r) for r in frame.board.rows if r.kind == "recommendation"}
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
    fields = _fields(frame, rows)
    points = frame.figures.points if frame.board.definition.with_role("rating") else ()
    widths = [9.0, 74.0, *(_width(f) for f in fields), 10, *[12.0] * len(points), 11, 30]
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
    cells += [Cell("Overdue", middle), Cell("Answered in", head)]
    out.append(Row(cells))
    found = answering(frame)
    out += [_row(frame, row, fields, points, found.get(row.ref, [])) for row in rows]
    return frame.sheet(NAME, out, widths, headed=headed, freeze_columns=1)


def _fields(frame: Frame, rows: list[MasterRow]) -> list[Field]:
    """What else the plan says of its recommendations, where it says anything."""
    item = _asking(frame)
    return [
        f
        for f in frame.board.definition.fields_of("recommendation")
        if f.role != "key" and f is not item and any(r.values.get(f.id) is not None for r in rows)
    ]


def _width(item: Field) -> float:
    return 24.0 if item.type == "people" else 18.0


def _row(
    frame: Frame,
    row: MasterRow,
    fields: list[Field],
    points: Sequence[Point],
    found: Sequence[Standing],
) -> Row:
    counts = Counter(one.now for one in found)
    sections = list(dict.fromkeys(frame.short.get(one.section, one.section) for one in found))
    cells = [
        frame.text(row.ref, replace(frame.boxed, bold=True)),
        frame.fitted(_text(frame, row), 74, f"Recommendation {row.ref}"),
    ]
    for item in fields:
        text = frame.say(item, row.values.get(item.id))
        cells.append(frame.fitted(text, _width(item), f"Recommendation {row.ref}, {item.heading}"))
    cells.append(Cell(len(found), replace(frame.number, bold=True)))
    cells += [Cell(counts[p.key], frame.tinted(p, counts[p.key], frame.number)) for p in points]
    cells.append(Cell(sum(one.overdue for one in found), frame.number))
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


def _text(frame: Frame, row: MasterRow) -> str:
    item = _asking(frame)
    return show(row.values.get(item.id)) if item else ""
