"""The plan definition of a spreadsheet: fields with their scales, leads, what is shown where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.late import regex
from xlplan.plan.checks.references import named_in_brackets
from xlplan.plan.checks.steps import Valued, milestones_of
from xlplan.plan.definition import Field, Kind, PlanDefinition
from xlplan.plan.due import DATED, propose_calendar, year_of_plan
from xlplan.plan.legend import initials_in
from xlplan.plan.people import Lead
from xlplan.plan.propose import free_id, make_field
from xlplan.plan.propose_people import name_separators, propose_leads
from xlplan.plan.settings import CompositeSettings, Count, IssueSettings
from xlplan.plan.text import fold
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.plan.values import show
from xlplan.source.drafts import Columns, Draft, FieldCells, join_texts
from xlplan.source.headings import cell_text
from xlplan.source.layout import Layout
from xlplan.source.outside import agreed_day, lines_beside, marking, title_above
from xlplan.source.rated_columns import done_rows, with_closing
from xlplan.source.scales import Scales, find_scales
from xlplan.workbook.read.book import At, Book

SECTION_OUTCOME = "section_outcome"


class Parts(Struct):
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
    kept_workbook: bool = False
    """Whether the workbook stays the master, so that each cell says what it said."""
    done: Mapping[tuple[int, int], str] = field(default_factory=dict)
    """The rows (sheet and row) that are done, whatever their rating, and what says so of each."""
    unrated: str | None = None
    """The rating of what is not done, where one that closes was added for what is; else None."""
    kept: tuple[str, ...] = ()
    """Headings too long to be a section's name, to be kept as notes."""
    split: dict[str, str] = field(default_factory=dict)
    """Field that takes ratings out of a mixed column: the field that holds both."""
    leading: set[str] = field(default_factory=set)
    """Of those, the fields that take the word a note begins with; the note keeps it."""
    met: FieldCells | None = None
    coloured: frozenset[str] = frozenset()
    """Rating fields whose cells all hold one sign: the colour is the rating."""

    @property
    def cells(self) -> FieldCells:
        """What the fields hold in all rows."""
        if self.met is None:
            self.met = FieldCells(self.drafts, self.columns, self.layouts)
        return self.met

    def blank_cells(self) -> dict[str, list[tuple[int, At]]]:
        """Where rating cells are blank: (sheet, cell) by field id, for those with a column."""
        return self.cells.blank({item.id for item in self.fields if item.field_type.rated})


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
    parts.done = done_rows(parts.drafts, scales.fields, parts.layouts)
    if template is None:
        scales, parts.unrated = with_closing(
            scales, parts.drafts, parts.done, kept=parts.kept_workbook
        )
    parts.legend = scales.legend
    parts.coloured = scales.coloured
    parts.guesses += scales.guesses
    leads, separators = _leads(parts, scales.fields, template)
    shown = [f for f in scales.fields if f.of == "action" and not f.retired]
    shown = [f for f in shown if f.id != parts.outcomes.get("action")]  # as long as a page
    issue = tuple(f.id for f in shown if f.id != parts.answers)
    grouped = next((f.id for f in shown if f.role == "section"), "")
    agreed, settled = _agreed(parts, template)
    title = _title(parts, template)
    begins, starts = _time(parts, scales.fields, (agreed, settled), title, template)
    definition = PlanDefinition(
        plan_id, title or plan_id, scales.fields,
        marking=marking(parts.layouts), ratings=scales.ratings, leads=leads,
        issue=IssueSettings(fields=issue),
        composite=CompositeSettings(fields=tuple(f.id for f in shown), group_by=grouped),
        agreed=agreed, begins=begins, year_starts=starts, separators=separators,
    )  # fmt: skip
    if template is None:
        return definition, parts
    known = {f.id for f in template.fields_of("action")}
    more = tuple(f.id for f in shown if f.id not in known)
    lacking = _lacking(parts, template)
    return replace(
        template, id=plan_id, title=definition.title, fields=scales.fields,
        agreed=definition.agreed, begins=begins, year_starts=starts,
        ratings=scales.ratings, leads=leads,
        issue=replace(
            template.issue, fields=_shown(template, template.issue.fields, more, lacking)
        ),
        composite=replace(
            template.composite,
            fields=_shown(template, template.composite.fields, more, lacking),
            group_by="" if template.composite.group_by in lacking else template.composite.group_by,
        ),
    ), parts  # fmt: skip


def _shown(
    template: PlanDefinition, fields: tuple[str, ...], more: tuple[str, ...],
    lacking: frozenset[str],
) -> tuple[str, ...]:  # fmt: skip
    """The fields that a template shows, with those that the spreadsheet has beside them and
    without those that it lacks; none named means all."""
    if not fields and not lacking:
        return ()
    every = tuple(item.id for item in template.fields_of("action") if not item.retired)
    return (*(name for name in fields or every if name not in lacking), *more)


_ANY_PLAN = regex(r"(?:composite |improvement |action )*plan|", re.IGNORECASE)
"""A title that says of no plan which it is."""


def _title(parts: Parts, template: PlanDefinition | None) -> str:
    """A template's own title, else what the spreadsheet says."""
    if template is not None and not _ANY_PLAN.fullmatch(template.title):
        return template.title
    found = title_above(parts.layouts, dict.fromkeys(c.sheet for c in parts.columns))
    return found or (template.title if template else "")


_ASKED = ("key", "rating", "progress", "milestone", "percent", "actual", "revised", "reason",
          "approved_by", "approved_on", "steps_done")  # fmt: skip
"""Roles of what every action has, or is asked about at every round."""


def _lacking(parts: Parts, template: PlanDefinition) -> frozenset[str]:
    """The template's fields of actions that the spreadsheet has nothing for; what leads are asked
    about at every round stays."""
    columns = [c for c in parts.columns if c.kind == "action"]
    used = {name for c in columns for p in c.plans.values() for name in (p.field, p.rating)}
    used |= {name for d in parts.drafts if d.kind == "action" for name in d.names()}
    used |= {parts.headed.get("action", ""), parts.outcomes.get("action", ""), parts.answers}
    return frozenset(
        item.id for item in template.fields_of("action")
        if item.id not in used and item.role not in _ASKED
    )  # fmt: skip


def _agreed(parts: Parts, template: PlanDefinition | None) -> tuple[date | None, bool]:
    """The day from which timescales count: the template's, else what a line above says; and
    whether it is the day of the agreement, or only that of this version of the plan."""
    if template is not None and template.agreed:
        return template.agreed, True
    found = agreed_day(parts.layouts)
    if found is None:
        return None, False
    day, line, settled = found
    parts.guesses.append(
        f'plan: agreed = {day.isoformat()} comes from "{line}"; timescales such as Within 3 months '
        "count from that day, so put in the day on which the plan was agreed"
    )
    return day, settled


def _time(
    parts: Parts,
    fields: Sequence[Field],
    agreed: tuple[date | None, bool],
    title: str,
    template: PlanDefinition | None,
) -> tuple[date | None, str]:
    """From when days without a year count, and the month in which the plan's years start."""
    dated = [f for f in fields if f.role in DATED and f.field_type.dated]
    texts = [text for f in dated for text in parts.cells.texts(f.of, f.id)]
    sheets = [
        parts.layouts[number].sheet.name for number in sorted({c.sheet for c in parts.columns})
    ]
    year = year_of_plan([title, *sheets, parts.book.name])
    day, settled = agreed
    found, guesses = propose_calendar(
        texts, day if settled else None, year, None if settled else day
    )
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
    added = {name for d in drafts if d.changed for name in d.changed} - {f.id for f in mine}
    for name, heading in (("inspection", "Inspection ref"), ("organisation", "Organisation"),
                          ("lead", "Lead")):  # fmt: skip
        if name in added:
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
        found = find_scales(
            fields, parts.cells, parts.drafts, parts.layouts, {}, parts.split, parts.leading
        )
        return Scales(fields, template.ratings, found.legend, (), found.coloured)
    blank = parts.blank_cells()
    return find_scales(
        parts.fields, parts.cells, parts.drafts, parts.layouts, blank, parts.split, parts.leading
    )


def _leads(
    parts: Parts, fields: Sequence[Field], template: PlanDefinition | None
) -> tuple[tuple[Lead, ...], tuple[str, ...]]:
    """The leads that cells name, and what parts those of a cell."""
    people = sorted((f.of != "recommendation", f.of, f.id) for f in fields if f.field_type.people)
    if len({of for _, of, _ in people}) == len(people):
        texts = [t for _, of, name in people for t in parts.cells.texts(of, name, people=True)]
    else:  # those of a row come one after the other
        named = {(of, name) for _, of, name in people}
        texts = [
            lead_text(draft, name)
            for draft in parts.drafts
            for name in draft.names()
            if (draft.kind, name) in named
        ]
    written = name_separators(texts, [f.heading for f in fields])
    separators, said = (template.separators, ()) if template else written
    rows = {(draft.sheet, row) for draft in parts.drafts for row in (draft.row, *draft.joined)}
    initials = initials_in(lines_beside(parts.layouts, rows))
    found, guesses = propose_leads(texts, separators, initials)
    if template is not None:
        found = tuple(lead for lead in found if template.lead(lead.name) is None)
        found = (*template.leads, *found)
    parts.guesses += (*said, *guesses)
    return found, separators


def lead_text(draft: Draft, name: str) -> str:
    """A cell that names people, in one text, rows that ran on closed up."""
    return join_texts([cell_text(value) for value, _ in draft.pieces(name)], people=True)


_OTHER_PLAN = regex(r"\b(?:plans?|strateg(?:y|ies)|program(?:me)?s?|frameworks?)\b", re.IGNORECASE)
_ENOUGH = 2
"""Actions that show something before it is proposed for all."""


def with_what_rows_show(definition: PlanDefinition, rows: Sequence[Valued]) -> PlanDefinition:
    """`definition` with what only the actions tell: a column in which leads tick their steps, and
    counts by the other plans that are named in brackets."""
    actions = [row for row in rows if row.kind == "action"]
    return _with_counts(_with_steps(definition, actions), actions)


def _with_steps(definition: PlanDefinition, actions: Sequence[Valued]) -> PlanDefinition:
    public = definition.public
    due = public.with_role("due")
    # No other timescale has several dates.
    listed = [row for row in actions if due and "\n" in show(row.values.get(due.id))]
    stepped = sum(bool(milestones_of(public, row)) for row in listed)
    if stepped < _ENOUGH or definition.with_role("steps_done"):
        return definition
    name = free_id("steps_done", [item.id for item in definition.fields_of("action", retired=True)])
    made = make_field(name, "Steps done", "steps_done")
    after = [item.id for item in definition.fields_of("action") if item.role in _BEFORE_STEPS][-1]
    place = next(n for n, item in enumerate(definition.fields, 1) if item.id == after)
    fields = (*definition.fields[:place], made, *definition.fields[place:])
    shown = definition.issue.fields
    if shown:
        at = shown.index(after) + 1 if after in shown else len(shown)
        shown = (*shown[:at], name, *shown[at:])
    return replace(definition, fields=fields, issue=replace(definition.issue, fields=shown))


_BEFORE_STEPS = ("action", "milestone", "due", "lead")
"""Roles of the columns that hold the steps, their dates and their leads."""


def _with_counts(definition: PlanDefinition, actions: Sequence[Valued]) -> PlanDefinition:
    counts = list(definition.counts)
    for item in definition.public.fields_of("action"):
        if not item.field_type.prose or any(c.by == item.id and c.in_brackets for c in counts):
            continue
        values = Counter([row.values.get(item.id) for row in actions])
        texts = {text: count for value, count in values.items() if "[" in (text := show(value))}
        named = (n for t, n in texts.items() if any(map(_OTHER_PLAN.search, named_in_brackets(t))))
        if sum(named) >= _ENOUGH:
            counts.append(Count(item.id, "Other plans named", in_brackets=True))
    return replace(definition, counts=tuple(counts))
