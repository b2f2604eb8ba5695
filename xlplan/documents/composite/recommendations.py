"""The recommendations that a plan answers, and where the actions that answer them stand."""

from __future__ import annotations

from collections import Counter

from xlplan.documents.composite.frame import Frame, cut_words, plural
from xlplan.documents.composite.standings import Standing
from xlplan.merge.model import MasterRow
from xlplan.plan.values import show


def answering(frame: Frame, ref: str) -> tuple[Standing, ...]:
    """The actions that answer the recommendation with this ref; one may answer several."""
    item = frame.board.definition.with_role("recommendation")
    if item is None:
        return ()
    found = []
    for one in frame.figures.standings:
        value = one.row.values.get(item.id)
        names = value if isinstance(value, frozenset | tuple) else (show(value),)
        if ref in names:
            found.append(one)
    return tuple(found)


def recommendation_rows(frame: Frame) -> list[tuple[str, str, str, str]]:
    """A heading, then a line for each recommendation: ref, text, who and when, its actions."""
    rows = [r for r in frame.board.rows if r.kind == "recommendation" and not r.withdrawn]
    if not rows:
        return []
    lines = [("Recommendation", "What it asks for", "Accountable, and by when", "Actions now")]
    for row in rows:
        lines.append((row.ref, _text(frame, row), _who(frame, row), _actions(frame, row.ref)))
    return lines


def _text(frame: Frame, row: MasterRow) -> str:
    definition = frame.board.definition
    item = definition.with_role("action", "recommendation") or definition.with_role(
        "recommendation", "recommendation"
    )
    return cut_words(show(row.values.get(item.id)), 600) if item else ""


def _who(frame: Frame, row: MasterRow) -> str:
    parts: list[str] = []
    for item in frame.board.definition.fields_of("recommendation"):
        if item.role in ("accountable", "lead", "due", "revised"):
            text = ", ".join(show(row.values.get(item.id)).split("\n"))
            if text:
                who = item.role == "accountable"
                parts.insert(0 if who else len(parts), text if who else f"{item.heading}: {text}")
    return cut_words("; ".join(parts), 300)


def _actions(frame: Frame, ref: str) -> str:
    found = answering(frame, ref)
    if not found:
        return "No action answers it"
    counts = Counter(one.now for one in found)
    named = ", ".join(f"{counts[p.key]} {p.label}" for p in frame.figures.points if counts[p.key])
    return f"{plural(len(found), 'action')}: {named}"
