"""The board's words: plain names of what the ledger calls short, and who answers for what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from xlplan.board.board_model import ReturnLine
from xlplan.board.fitting import cut_words
from xlplan.board.standings import (
    NO_LEAD,
    NOT_KNOWN,
    NOT_RATED,
    OFF_SCALE,
    Point,
    Reader,
    Standing,
    leads_of,
)
from xlplan.late import regex
from xlplan.merge.kinds import Kind
from xlplan.plan.definition import STATUS, Field, PlanDefinition, Rating
from xlplan.plan.for_lead import row_status
from xlplan.plan.text import fold
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value, show, sort_elements
from xlplan.workbook.write.cell_text import text_width, width_for
from xlplan.workbook.write.sheet import Style

JOINT = "   ·   "
"""Between the parts of a line."""
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


def heading_of(item: Field | None, field_id: str, definition: PlanDefinition) -> str:
    """What a field is called: a row's own status has no column in the plan definition."""
    if item is not None:
        return item.heading
    return row_status(definition) if field_id == STATUS else field_id


def asked(kind: Kind) -> str:
    """What a question is about."""
    return kind.short


_OFF: Mapping[str, str] = {
    NOT_RATED: "No rating has been given.",
    OFF_SCALE: "What was given is not a rating of this plan; see Plan for the words.",
    NOT_KNOWN: "The plan came without the rating that the action had before.",
}


def meaning_of(point: Point) -> str:
    """What a rating means, and how the composite counts it."""
    if point.rating is None:
        return _OFF[point.key]
    rating = point.rating
    explained = rating.label and fold(rating.label) != fold(point.label)
    parts = [rating.label.rstrip(".")] if explained else []
    if rating.meaning and fold(rating.meaning) not in map(fold, parts):
        parts.append(rating.meaning.rstrip("."))
    if not parts and rating.code != point.label:
        parts.append(f'Written as "{rating.code}"')
    if point.rating.closed:
        parts.append("Counts as completed")
    elif point.rating.exception:
        parts.append("For the board's attention")
    elif point.rating.holding:
        parts.append("Done, and watched before it closes")
    else:
        parts.append("Counts as on track" if says_on_track(rating) else "Counts as open")
    return ". ".join(parts) + "."


_ON_TRACK = regex(r"\bgreen\b|\bon[ -](?:track|target|schedule|course|plan|time)\b", re.IGNORECASE)


def says_on_track(rating: Rating) -> bool:
    """Whether an open rating says by its own words that all is well: "Green" does, "In progress"
    and "Not started" do not."""
    words = (rating.code, rating.label, rating.meaning, *rating.aliases)
    return any(_ON_TRACK.search(text) for text in words)


@lru_cache(maxsize=1 << 12)
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


def plural(count: int, one: str, many: str = "") -> str:
    """``"1 action"``, ``"3 actions"``."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    """A share as whole per cent, or a dash; never 100% unless all, never 0% unless none."""
    if share is None:
        return "–"
    shown = round(share * 100)
    if shown == 100 and share < 1:
        shown = 99
    if shown == 0 and share > 0:
        shown = 1
    return f"{shown}%"


def say_days(days: float) -> str:
    """A number of days in words: ``"1 day"``, ``"12.5 days"``; early is said so."""
    size = f"{abs(days):.1f}".removesuffix(".0")
    if size == "0":
        return "0 days"
    return f"{size} {'day' if size == '1' else 'days'}{' early' if days < 0 else ''}"


# Short names of sections, and the text that a long one stands for.

_NUMBERED = regex(
    r"^\s*(recommendation|theme|priority|section|objective|outcome|aim|goal|area|workstream|part)"
    r"\s+(\d[\w.]*|[A-Z])\b(?!\s*(?:,|&|and\b|to\b))[\s.:–—-]*(.*)$",
    re.IGNORECASE | re.DOTALL,
)
_MARK = regex(r"^([A-Z]{1,2}: )(.*)$", re.DOTALL)
"""The mark of a plan, on a board of several."""
LONGEST = 48


def short_name(section: str) -> str:
    """A section in a few words: ``"Recommendations 1, 4 and 13"``, else its first words."""
    if mark := _MARK.match(section):
        return mark[1] + short_name(mark[2])
    lines = [line for line in section.split("\n") if line.strip()]
    found = [_NUMBERED.match(line) for line in lines]
    numbered = [match for match in found if match]
    if numbered and len(numbered) == len(lines):
        words = {match[1].capitalize() for match in numbered}
        if len(words) == 1:
            numbers = [match[2].rstrip(".") for match in numbered]
            word = words.pop()
            if len(numbers) == 1:
                return f"{word} {numbers[0]}"
            plural = word[:-1] + "ies" if word.endswith("y") else word + "s"
            return f"{plural} {', '.join(numbers[:-1])} and {numbers[-1]}"
    first = " ".join(lines[0].split()) if lines else section
    if len(first) <= LONGEST:
        return first + (" …" if len(lines) > 1 else "")
    head = first[: LONGEST - 1]
    cut = head.rsplit(" ", 1)[0] if " " in head[LONGEST // 2 :] else head
    return cut.rstrip(" ,;:.") + "…"


def short_names(sections: Sequence[str]) -> Mapping[str, str]:
    """Short names by section; where two would be the same, each gets its place in brackets."""
    names = {section: short_name(section) for section in sections}
    shared = [name for name in names.values() if list(names.values()).count(name) > 1]
    return {
        section: f"{name} ({place})" if name in shared else name
        for place, (section, name) in enumerate(names.items(), 1)
    }


def section_text(section: str) -> str:
    """What a section says beyond its short name; ``""`` where the short name says it all."""
    if mark := _MARK.match(section):
        return section_text(mark[2])
    lines = [line for line in section.split("\n") if line.strip()]
    found = [_NUMBERED.match(line) for line in lines]
    if lines and all(found):
        texts = [" ".join(match[3].split()) for match in found if match]
        texts = [text for text in texts if text]
        more = len(texts) - 1
        return texts[0] + (f" (and {more} more)" if more else "") if texts else ""
    whole = " ".join(section.split())
    return "" if short_name(section) == whole else whole


NO_ORGANISATION = "No organisation named"


class LeadCount(Struct, frozen=True):
    """The actions of one lead, and the lead's return. A shared action counts under each lead."""

    lead: str
    organisation: str
    now: Mapping[str, int]
    overdue: int
    exceptions: int
    line: ReturnLine | None

    @property
    def actions(self) -> int:
        """How many actions name this lead."""
        return sum(self.now.values())


class OrganisationCount(Struct, frozen=True):
    """The actions of one organisation, and its leads' returns.

    An action counts once under each organisation that answers for it. `outstanding` are the leads
    who were asked and have not returned.
    """

    organisation: str
    leads: tuple[str, ...]
    now: Mapping[str, int]
    overdue: int
    exceptions: int
    asked: int
    returned: int
    outstanding: tuple[str, ...]

    @property
    def actions(self) -> int:
        """How many actions this organisation answers for."""
        return sum(self.now.values())


def organisations_of(definition: PlanDefinition, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The organisations that answer for an action, each once.

    The field with the role ``organisation`` says so, where the plan has one; otherwise they are
    the organisations of the leads that the action names.
    """
    item = definition.with_role("organisation")
    value = values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sort_elements(value))
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(value))
    if item is not None and show(value):
        return (show(value),)
    names = (organisation_of_lead(definition, name) for name in leads_of(definition, values))
    return tuple(dict.fromkeys(name for name in names if name))


def organisation_of_lead(definition: PlanDefinition, name: str) -> str:
    """A lead's organisation: the plan's own, where the definition names no other."""
    lead = definition.lead(name)
    return (lead.organisation if lead else "") or definition.organisation


def organised(definition: PlanDefinition) -> bool:
    """Whether the plan says of anything which organisation it belongs to."""
    return definition.with_role("organisation") is not None or any(
        lead.organisation for lead in definition.leads
    )


def organisation_counts(
    reader: Reader, standings: Sequence[Standing]
) -> tuple[OrganisationCount, ...]:
    """The figures of every organisation; those with no organisation stand last."""
    definition = reader.board.definition
    if not organised(definition):
        return ()
    actions: dict[str, list[Standing]] = {}
    for one in standings:
        for name in organisations_of(definition, one.row.values) or (NO_ORGANISATION,):
            actions.setdefault(name, []).append(one)
    leads: dict[str, list[str]] = {}
    for name in reader.line_of:
        leads.setdefault(organisation_of_lead(definition, name), []).append(name)
    names = {*actions, *(name or NO_ORGANISATION for name in leads)}
    order = sorted(names, key=lambda name: (name == NO_ORGANISATION, name.casefold(), name))
    return tuple(
        _count(
            reader,
            name,
            actions.get(name, ()),
            leads.get("" if name == NO_ORGANISATION else name, ()),
        )
        for name in order
    )


def _count(
    reader: Reader, name: str, group: Sequence[Standing], leads: Sequence[str]
) -> OrganisationCount:
    asked = [lead for lead in leads if reader.line_of[lead].issued]
    missing = [lead for lead in asked if not reader.line_of[lead].returned]
    return OrganisationCount(
        organisation=name,
        leads=tuple(leads),
        now=Counter(s.now for s in group),
        overdue=sum(s.overdue for s in group),
        exceptions=sum(s.exception for s in group),
        asked=len(asked),
        returned=len(asked) - len(missing),
        outstanding=tuple(missing),
    )


def lead_counts(reader: Reader, standings: Sequence[Standing]) -> tuple[LeadCount, ...]:
    """The figures of every lead; a shared action counts under each of them."""
    definition = reader.board.definition
    by_lead: dict[str, list[Standing]] = {name: [] for name in reader.line_of}
    for one in standings:
        for name in leads_of(definition, one.row.values) or (NO_LEAD,):
            by_lead.setdefault(name, []).append(one)
    order = sorted(by_lead, key=lambda name: (name == NO_LEAD, name.casefold(), name))
    found = ((name, definition.lead(name)) for name in order)
    return tuple(
        LeadCount(
            lead=name,
            organisation=lead.organisation if lead else "",
            now=Counter(s.now for s in by_lead[name]),
            overdue=sum(s.overdue for s in by_lead[name]),
            exceptions=sum(s.exception for s in by_lead[name]),
            line=reader.line(name),
        )
        for name, lead in found
    )


def in_short(names: Sequence[str], most: int, joint: str = ", ") -> str:
    """As many names as have room, and how many more there are."""
    kept: list[str] = []
    for name in names:
        if kept and len(joint.join([*kept, name])) > most:
            return f"{joint.join(kept)} and {len(names) - len(kept)} more"
        kept.append(cut_words(name, most))
    return joint.join(kept)


def _wide(text: str, style: Style) -> float:
    return width_for(text_width(text), style)


def in_lines(text: str, width: float, style: Style) -> list[str]:
    """The parts of a text in as few lines as have room for them; a part for which one line is too
    short goes on in the next."""
    lines: list[str] = []
    for part in text.split(JOINT):
        joint = JOINT
        for piece in [part] if _wide(part, style) <= width else part.split(" "):
            if lines and _wide(f"{lines[-1]}{joint}{piece}", style) <= width:
                lines[-1] += joint + piece
            else:
                lines.append(piece)
            joint = " "
    return lines
