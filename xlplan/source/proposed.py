"""The plan definition of a spreadsheet: fields with their scales, leads, what is shown where."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xlplan.plan.definition import (
    DEFAULT_SEPARATORS,
    CompositeSettings,
    Field,
    IssueSettings,
    Kind,
    Lead,
    PlanDefinition,
)
from xlplan.plan.due import DATED, propose_calendar
from xlplan.plan.propose import free_id, make_field
from xlplan.plan.propose_people import initials_in, propose_leads
from xlplan.plan.text import canon_text, fold
from xlplan.plan.timescales import MONTH_NAMES, dates_in
from xlplan.source.headings import cell_text, plan_title
from xlplan.source.layout import Layout, unseen_rows
from xlplan.source.plan_rows import Columns, Draft, join_texts
from xlplan.source.scales import Scales, find_scales
from xlplan.workbook.read.book import At, Book

SECTION_OUTCOME = "section_outcome"
_MARKING = re.compile(r"(?:OFFICIAL|PROTECT|RESTRICTED|CONFIDENTIAL)(?: ?[-–:] ?[A-Z ]{3,40})?")


@dataclass
class Parts:
    """What the definition and the values are made from; `assemble` fills in the rest."""

    book: Book
    layouts: Sequence[Layout]
    columns: Sequence[Columns]
    drafts: Sequence[Draft]
    fields: tuple[Field, ...]
    guesses: list[str]
    legend: frozenset[tuple[int, int]] = frozenset()
    headed: dict[Kind, str] = field(default_factory=dict)
    """For each kind of row, the field that takes the section headings above it."""
    outcomes: dict[Kind, str] = field(default_factory=dict)
    """For each kind of row, the field that takes the outcome below its section's heading."""
    answers: str = ""
    """The field that takes the recommendations whose headings stand above an action."""
    kept: tuple[str, ...] = ()
    """Headings too long to be a section's name, to be kept as notes."""
    split: dict[str, str] = field(default_factory=dict)
    """Field that takes ratings out of a mixed column: the field that holds both."""
    leading: set[str] = field(default_factory=set)
    """Of those, the fields that take the word a note begins with; the note keeps it."""
    coloured: frozenset[str] = frozenset()
    """Rating fields whose cells all hold one sign: the colour is the rating."""


def assemble(
    parts: Parts, plan_id: str, template: PlanDefinition | None
) -> tuple[PlanDefinition, Parts]:
    """The definition, and `parts` with the fields that headings above the rows are kept in."""
    for columns in parts.columns:
        for plan in columns.plans.values():
            if plan.split:
                parts.split[plan.rating] = plan.field
            if plan.split == "leading":
                parts.leading.add(plan.rating)
    for kind in ("action", "recommendation"):
        _add_fields(parts, kind)
    scales = _scales(parts, template)
    parts.legend = scales.legend
    parts.coloured = scales.coloured
    parts.guesses += scales.guesses
    leads = _leads(parts, scales.fields, template)
    shown = [f for f in scales.fields if f.of == "action" and not f.retired]
    shown = [f for f in shown if f.id != parts.outcomes.get("action")]  # as long as a page
    issue = tuple(f.id for f in shown if f.id != parts.answers)
    grouped = next((f.id for f in shown if f.role == "section"), "")
    agreed = _agreed(parts, template)
    begins, starts = _time(parts, scales.fields, agreed, template)
    definition = PlanDefinition(
        plan_id, _title(parts, template) or plan_id, scales.fields,
        marking=_marking(parts), ratings=scales.ratings, leads=leads,
        issue=IssueSettings(fields=issue),
        composite=CompositeSettings(fields=tuple(f.id for f in shown), group_by=grouped),
        agreed=agreed, begins=begins, year_starts=starts,
    )  # fmt: skip
    if template is None:
        return definition, parts
    known = {f.id for f in template.fields_of("action")}
    more = tuple(f.id for f in shown if f.id not in known)
    return replace(
        template, id=plan_id, title=definition.title, fields=scales.fields,
        agreed=definition.agreed, begins=begins, year_starts=starts,
        ratings=scales.ratings, leads=leads,
        issue=replace(template.issue, fields=_more(template.issue.fields, more)),
        composite=replace(template.composite, fields=_more(template.composite.fields, more)),
    ), parts  # fmt: skip


def _more(fields: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return (*fields, *more) if fields else ()


def _title(parts: Parts, template: PlanDefinition | None) -> str:
    """A template's own title, else what stands above the first table of the plan, else on a sheet
    that holds nothing but a cover."""
    if template is not None and not _ANY_PLAN.fullmatch(template.title):
        return template.title
    ours = dict.fromkeys(columns.sheet for columns in parts.columns)
    covers = [n for n, each in enumerate(parts.layouts) if not each.tables and n not in ours]
    for number in (*ours, *covers):
        layout = parts.layouts[number]
        first = layout.tables[0].header if layout.tables else len(layout.lines)
        unseen = unseen_rows(layout.sheet)
        lines = [
            line.text for line in layout.lines
            if line.kind == "note" and line.row < first and line.row not in unseen
            and line.row not in layout.versions
        ]  # fmt: skip
        if layout.sheet.visible and (title := plan_title(_alone(lines))):
            return title
    return template.title if template else ""


_ANY_PLAN = re.compile(r"(?:composite |improvement |action )*plan|", re.IGNORECASE)
"""A title that says of no plan which it is."""


def _alone(lines: Sequence[str]) -> list[str]:
    """Lines that may be titles: one cell, or a first cell with more than a word in it; a label
    and its value as one text."""
    found: list[str] = []
    for line in lines:
        first, bar, rest = line.partition(" | ")
        if first.endswith(":") and bar:
            found.append(f"{first} {rest.partition(' | ')[0]}")
        elif not bar or len(first) > 15:
            found.append(first)
    return found


def _marking(parts: Parts) -> str:
    """A protective marking that stands alone in a line above the first table."""
    for layout in parts.layouts:
        for line in layout.lines:
            seen = line.row not in unseen_rows(layout.sheet)
            if seen and line.kind == "note" and _MARKING.fullmatch(line.text):
                return " ".join(line.text.split())
    return ""


def _agreed(parts: Parts, template: PlanDefinition | None) -> date | None:
    """The day from which timescales count: the template's, else what a line above says."""
    if template is not None and template.agreed:
        return template.agreed
    found = agreed_day(parts.layouts)
    if found is None:
        return None
    day, line = found
    parts.guesses.append(
        f'plan: agreed = {day.isoformat()} comes from "{line}"; timescales such as Within 3 months '
        "count from that day, so put in the day on which the plan was agreed"
    )
    return day


def _time(
    parts: Parts, fields: Sequence[Field], agreed: date | None, template: PlanDefinition | None
) -> tuple[date | None, str]:
    """From when days without a year count, and the month in which the plan's years start."""
    dated = [f for f in fields if f.role in DATED and f.field_type.dated]
    texts = [d.text(f.id) for f in dated for d in parts.drafts if d.kind == f.of]
    found, guesses = propose_calendar(texts, agreed)
    mine = (found.begins, MONTH_NAMES[found.year_starts - 1] if found.year_starts else "")
    if template is not None and (template.begins or template.year_starts):
        return template.begins or mine[0], template.year_starts or mine[1]
    parts.guesses += guesses
    return mine


def _add_fields(parts: Parts, kind: Kind) -> None:
    """Fields that no column is for: made refs, section headings, what the headings answer."""
    drafts = [draft for draft in parts.drafts if draft.kind == kind]
    if not drafts and kind == "recommendation":
        return
    mine = [f for f in parts.fields if f.of == kind]
    front: list[Field] = []
    if not any(f.role == "key" for f in mine):
        front.append(make_field("ref", "Ref", "key", kind))
    for name, heading in (("inspection", "Inspection ref"), ("organisation", "Organisation")):
        if any(name in d.cells for d in drafts) and not any(f.id == name for f in mine):
            front.append(make_field(name, heading, name, kind))
    if any(draft.sections for draft in drafts):
        front += _section_fields(parts, kind, drafts, mine)
    key = next((f for f in mine if f.role == "key"), None)
    others = [f for f in mine if f is not key]
    ordered = [*([key] if key else []), *front, *others]
    outcome = next((f for f in front if f.id == parts.outcomes.get(kind)), None)
    if outcome is not None:
        ordered.remove(outcome)
        section = next(n for n, f in enumerate(ordered) if f.id == parts.headed[kind])
        ordered.insert(section + 1, outcome)
    rest = [f for f in parts.fields if f.of != kind]
    parts.fields = tuple([*ordered, *rest] if kind == "action" else [*rest, *ordered])


def _section_fields(
    parts: Parts, kind: Kind, drafts: Sequence[Draft], mine: Sequence[Field]
) -> list[Field]:
    used = {p.field for c in parts.columns if c.kind == kind for p in c.plans.values()}
    free = next((f for f in mine if f.role == "section" and f.id not in used), None)
    made: list[Field] = []
    if free is None:
        name = free_id("section", [f.id for f in mine])
        free = make_field(name, "Section", "section", kind)
        made.append(free)
    parts.headed[kind] = free.id
    if any(heading.outcome for draft in drafts for heading in draft.sections):
        parts.outcomes[kind] = SECTION_OUTCOME
        if not any(f.id == SECTION_OUTCOME for f in mine):
            made.append(make_field(SECTION_OUTCOME, "Section outcome", "text", kind, "narrative"))
    listed = {fold(d.ref) for d in parts.drafts if d.kind == "recommendation"}
    numbers = {h.number for d in drafts for h in d.sections if h.number}
    if kind == "action" and numbers and len({fold(n) for n in numbers} & listed) * 2 > len(numbers):
        item = next((f for f in mine if f.role == "recommendation" and f.id not in used), None)
        if item is None:
            name = free_id("recommendation", [f.id for f in mine])
            item = make_field(name, "Recommendation", "recommendation", kind, "reference")
            made.append(item)
        parts.answers = item.id
    return made


def _scales(parts: Parts, template: PlanDefinition | None) -> Scales:
    if template is not None and template.ratings:
        known = {f.id for f in template.fields}
        named = {r.scale for r in template.ratings}
        scale = "" if "" in named else min(named)
        fields = tuple(
            replace(f, scale=scale) if f.field_type.rated and f.id not in known else f
            for f in parts.fields
        )
        found = find_scales(fields, parts.drafts, parts.layouts, {}, parts.split, parts.leading)
        return Scales(fields, template.ratings, found.legend, (), found.coloured)
    return find_scales(
        parts.fields, parts.drafts, parts.layouts, blank_cells(parts), parts.split, parts.leading
    )


def blank_cells(parts: Parts) -> dict[str, list[tuple[int, At]]]:
    """Where rating cells are blank: (sheet, cell) by field id, for those with a column."""
    empty: dict[str, list[tuple[int, At]]] = {}
    for columns in parts.columns:
        for col, plan in columns.plans.items():
            for draft in parts.drafts:
                if (draft.sheet, draft.table) == (columns.sheet, columns.table):
                    name = plan.rating or plan.field
                    if not draft.text(plan.field):
                        empty.setdefault(name, []).append((draft.sheet, (draft.row, col)))
    return empty


def _leads(
    parts: Parts, fields: Sequence[Field], template: PlanDefinition | None
) -> tuple[Lead, ...]:
    people = {(f.of, f.id) for f in fields if f.field_type.people}
    texts = [
        lead_text(draft, name)
        for draft in parts.drafts
        for name in draft.cells
        if (draft.kind, name) in people
    ]
    separators = template.separators if template else DEFAULT_SEPARATORS
    found, guesses = propose_leads(texts, separators, initials_in(_beside(parts)))
    if template is not None:
        found = tuple(lead for lead in found if template.lead(lead.name) is None)
        found = (*template.leads, *found)
    parts.guesses += guesses
    return found


def _beside(parts: Parts) -> Iterator[list[str]]:
    """The cells of every line that is shown and is none of the plan's rows."""
    rows = {(draft.sheet, row) for draft in parts.drafts for row in (draft.row, *draft.joined)}
    for number, layout in enumerate(parts.layouts):
        unseen = unseen_rows(layout.sheet)
        for row, cells in enumerate(layout.sheet.rows):
            if (number, row) not in rows and row not in unseen:
                yield [text for value in cells if (text := cell_text(value))]


def lead_text(draft: Draft, name: str) -> str:
    """A cell that names people, in one text, rows that ran on closed up."""
    return join_texts([cell_text(value) for value, _ in draft.cells[name]], people=True)


_KIND = r"(?:actions?|items?|tasks?|recommendations?|list|log|sheet|archive|milestones?)"
_DONE = r"(?:completed?|closed|finished|archived?)"
_COMPLETED = re.compile(
    rf"(?:list of )?(?:all )?{_DONE}(?:(?: and| &| or|/) ?{_DONE})?(?: {_KIND})*:?"
    rf"|{_KIND} (?:that (?:are|were|have been) )?{_DONE}:?",
    re.IGNORECASE,
)
_OPEN = re.compile(
    rf"(?:open|new|current|outstanding|ongoing|live|active|remaining) {_KIND}:?", re.IGNORECASE
)
_SETTLED = re.compile(r"\b(?:agreed|approved|adopted|signed off)\b", re.IGNORECASE)
_DATED = re.compile(
    r"\b(?:date|dated|version|as (?:at|of|on)|published|issued|updated)\b", re.IGNORECASE
)
LONGEST = 300
"""Characters of a line that is looked at for a date."""


class CompletedLists:
    """Where a sheet turns into a list of completed actions, and where that ends."""

    def __init__(self, layouts: Sequence[Layout]) -> None:
        self.turns = [_turns(layout) for layout in layouts]

    def holds(self, sheet: int, row: int) -> bool:
        """Whether a row (from 0) of a sheet stands in such a list."""
        turns = self.turns[sheet]
        at = bisect_right(turns, (row, True)) - 1
        return at >= 0 and turns[at][1]


def _turns(layout: Layout) -> list[tuple[int, bool]]:
    """From which row on the sheet lists completed actions, and from which it does not."""
    turns = [(-1, bool(_COMPLETED.fullmatch(_plain(layout.sheet.name))))]
    for line in layout.lines:
        if line.kind not in ("note", "section"):
            continue
        text = _plain(line.text)
        if _COMPLETED.fullmatch(text):
            turns.append((line.row, True))
        elif _OPEN.fullmatch(text):
            turns.append((line.row, False))
    return turns


def _plain(text: str) -> str:
    return " ".join(canon_text(text).replace("_", " ").split())


def agreed_day(layouts: Sequence[Layout]) -> tuple[date, str] | None:
    """The day that a line above the first table of a sheet gives the plan, and that line.

    "Agreed 12 July 2026" comes before "Version 3, July 2026"; a month gives its first day. Lines
    with two dates tell nothing.
    """
    for words in (_SETTLED, _DATED):
        for layout in layouts:
            first = layout.tables[0].header if layout.tables else 0
            for line in layout.lines:
                text = line.text if line.kind in ("note", "section") and line.row < first else ""
                if len(text) > LONGEST or not words.search(text):
                    continue
                days = dates_in(text)
                if len(days) == 1:
                    day, is_month = days[0]
                    return (day.replace(day=1) if is_month else day), _plain(text)
    return None
