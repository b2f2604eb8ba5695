"""Plain words for what the ledger calls by a short name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from xlplan.board.standings import Point
from xlplan.merge.kinds import Kind
from xlplan.plan.definition import STATUS, Field
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date

_DECIDED: Mapping[str, str] = {
    "edit": "Applied: nobody else had changed it",
    "master": "Edited by the coordinator in the master",
    "entry": "Added as this period's entry",
    "agreed": "Two authors gave the same value",
    "decided": "Decided by the coordinator",
    "decision": "Decided by the coordinator",
    "import": "Taken in when the plan was started",
    "added": "Added with a new action",
    "row-added": "Added with a new action",
    "withdrawn": "Withdrawn by the coordinator",
    "undone": "Put back: the return was undone",
    "undo": "Put back: the return was undone",
    "restatement": "Restated: an entry for an earlier period",
    "conflict": "Shown until a conflict is answered",
}


def decided(kind: str) -> str:
    """How a change was decided; a kind without words of its own keeps its name."""
    return _DECIDED.get(kind, kind.replace("-", " ").capitalize() or "Not recorded")


def heading_of(item: Field | None, field_id: str) -> str:
    """What a field is called: a row's own status has no column in the plan definition."""
    if item is not None:
        return item.heading
    return "Status" if field_id == STATUS else field_id


def asked(kind: Kind) -> str:
    """What a question is about."""
    return kind.short


def meaning_of(point: Point) -> str:
    """What a rating means, and how the composite counts it."""
    if point.rating is None:
        return (
            "No rating has been given." if point.key == "" else
            "What was given is not a rating of this plan; see Plan for the words."
        )  # fmt: skip
    rating = point.rating
    explained = rating.label and fold(rating.label) != fold(point.label)
    parts = [rating.label.rstrip(".")] if explained else []
    if rating.meaning and fold(rating.meaning) not in map(fold, parts):
        parts.append(rating.meaning.rstrip("."))
    if not parts and rating.code != point.label:
        parts.append(f'Written as "{rating.code}"')
    if point.rating.closed:
        parts.append("Counts as closed")
    elif point.rating.exception:
        parts.append("For the board's attention")
    elif point.rating.holding:
        parts.append("Done, and watched before it closes; counts as on track")
    else:
        parts.append("Counts as on track")
    return ". ".join(parts) + "."


def clock(at: str, timezone: str) -> str:
    """A time of the ledger (UTC) as clocks in `timezone` show it: 3 November 2026, 14:05."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return at
    if moment.tzinfo is not None:
        try:
            moment = moment.astimezone(ZoneInfo(timezone))
        except (ZoneInfoNotFoundError, ValueError):
            return f"{say_date(moment.date())}, {moment:%H:%M} UTC"
    return f"{say_date(moment.date())}, {moment:%H:%M}"
