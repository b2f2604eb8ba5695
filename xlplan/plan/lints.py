"""The lints themselves: small pure functions that look at a plan and yield what they find.

`xlplan.plan.checks` gives each its code, level and sentence. Nothing here changes a value: a lint
stands beside the plan and asks a person to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xlplan.plan.alike import says_vacant
from xlplan.plan.definition import Field
from xlplan.plan.lint_view import Finding, Plan, Row, newest_notes
from xlplan.plan.lints_words import ratings_in, resembling
from xlplan.plan.references import kinds_referred_to
from xlplan.plan.text import fold
from xlplan.plan.timescales import Timescale, say_date, unread_dates
from xlplan.plan.values import Invalid, show
from xlplan.plan.wording import says_completed, says_outstanding

_DATE_CODES = ("VAL-003", "VAL-004")
NOT_FOR_PUBLICATION = re.compile(
    r"\b(?:not for (?:publication|publishing|the public)|not to be published"
    r"|do not publish)\b",
    re.IGNORECASE,
)


def duplicate_refs(plan: Plan) -> Iterator[Finding]:
    """Rows that share a ref, withdrawn ones included: a ref names one action for good."""
    sharing: dict[tuple[str, str], list[Row]] = {}
    for row in plan.rows:
        if row.ref.strip():
            sharing.setdefault((row.kind, fold(row.ref)), []).append(row)
    for (kind, _), rows in sharing.items():
        if len(rows) > 1:
            message = f'{len(rows)} {kind}s have the ref "{rows[0].ref}". Give each its own.'
            yield Finding(rows[0], _role_id(plan, rows[0], "key"), message)


def missing_ref(plan: Plan) -> Iterator[Finding]:
    """Rows that nobody can refer to."""
    for row in plan.standing:
        if not row.ref.strip():
            message = f"This {row.kind} has no ref. Give it one."
            yield Finding(row, _role_id(plan, row, "key"), message)


def no_lead(plan: Plan) -> Iterator[Finding]:
    """Actions that no template goes out for."""
    for row, item, value in plan.of_role("lead"):
        if value is None:
            yield Finding(row, item.id, "No lead is named, so nobody is asked. Name one.")


def unknown_lead(plan: Plan) -> Iterator[Finding]:
    """People who answer for something and are not in the list of leads."""
    near: dict[str, str] = {}
    for row, item, value in plan.of_role("lead", "accountable"):
        for name in value if isinstance(value, tuple) else ():
            if plan.definition.lead(name) is None and not says_vacant(name):
                if name not in near:
                    near[name] = resembling(plan, name)
                ask = f'Did you mean "{near[name]}"? ' if near[name] else ""
                message = (
                    f'"{name}" is not in the list of leads. {ask}'
                    "Add a [[lead]] to plan.toml, or an alias to one that is there."
                )
                yield Finding(row, item.id, message)


def no_timescale(plan: Plan) -> Iterator[Finding]:
    """Open actions without a timescale."""
    item = plan.definition.with_role("due")
    for row in plan.standing if item else ():
        blank = item and row.kind == "action" and row.values.get(item.id) is None
        if item and blank and not plan.closed(row):
            yield Finding(row, item.id, "No timescale is given. Say by when it will be done.")


def invalid_value(plan: Plan) -> Iterator[Finding]:
    """What is not a value of its field: a rating off the scale, words for a number."""
    for row, item, value in plan.cells():
        wrong = isinstance(value, Invalid) and value.code not in _DATE_CODES
        if isinstance(value, Invalid) and wrong and len(ratings_in(plan, item, value)) < 2:
            yield Finding(row, item.id, _fault_of(item, value))


def wrong_date(plan: Plan) -> Iterator[Finding]:
    """Dates that no calendar has, and dates that can be read two ways."""
    for row, item, value in plan.cells():
        if isinstance(value, Invalid) and value.code in _DATE_CODES:
            yield Finding(row, item.id, _fault_of(item, value))
        if isinstance(value, Timescale):
            for text, why in unread_dates(value.text):
                wrong = "can be read as two dates" if why == "ambiguous" else "is not a date"
                message = f'"{text}" {wrong}. Write the month in words, such as 4 March 2026.'
                yield Finding(row, item.id, message)


def closed_but_outstanding(plan: Plan) -> Iterator[Finding]:
    """A rating that closes the action beside a note that says there is work left."""
    for row, item, code, closed in plan.rated():
        for field_id, note in newest_notes(plan.definition, row) if closed else ():
            if words := says_outstanding(note):
                message = (
                    f'{item.heading} is {code}, yet the note says "{words}". '
                    "Ask the lead which is right."
                )
                yield Finding(row, field_id, message)


def completed_but_open(plan: Plan) -> Iterator[Finding]:
    """A note that says the action is completed beside a rating that keeps it open."""
    for row, item, code, closed in plan.rated():
        rating = plan.definition.rating(code, item.scale)
        held = rating is not None and rating.holding
        for field_id, note in () if closed or held else newest_notes(plan.definition, row):
            if (words := says_completed(note)) and not says_outstanding(note):
                stands = f"is {code}" if code else "is blank"
                message = (
                    f'The note says "{words}", yet {item.heading} {stands}. '
                    "Ask the lead which is right."
                )
                yield Finding(row, field_id, message)


def overdue_but_on_track(plan: Plan) -> Iterator[Finding]:
    """Past its date, not closed, and the board would not hear about it."""
    for row, item, code, closed in plan.rated():
        by = plan.due(row).by
        rating = plan.definition.rating(code, item.scale)
        spoken_for = closed or (rating is not None and (rating.exception or rating.holding))
        if by is not None and by < plan.today and not spoken_for:
            stands = f"is {code}" if code else "is blank"
            message = (
                f"This was due by {say_date(by)}, yet {item.heading} {stands}. "
                "Ask the lead for a rating that says so, or for a new date."
            )
            yield Finding(row, item.id, message)


def required_blank(plan: Plan) -> Iterator[Finding]:
    """Required fields left blank, but for those that have a lint of their own."""
    for row, item, value in plan.cells():
        own = item.role == "key" or (row.kind == "action" and item.role in ("lead", "due"))
        if item.required and value is None and not own:
            yield Finding(row, item.id, f"{item.heading} is required and blank. Fill it in.")


def dangling_reference(plan: Plan) -> Iterator[Finding]:
    """References to a recommendation or an action that is not in the plan."""
    for row, item, value in plan.cells():
        kinds = kinds_referred_to(plan.definition, item)
        for ref in sorted(value) if kinds and isinstance(value, frozenset) else ():
            if not any((kind, fold(ref)) in plan.by_ref for kind in kinds):
                what = " or ".join(kinds)
                message = f'There is no {what} "{ref}" in the plan. Correct the reference.'
                yield Finding(row, item.id, message)


def later_than_recommendation(plan: Plan) -> Iterator[Finding]:
    """Actions due after the recommendation they answer."""
    due = plan.definition.with_role("due")
    for row, _, value in plan.of_role("recommendation"):
        by = plan.due(row).by if row.kind == "action" else None
        for ref in sorted(value) if by and due and isinstance(value, frozenset) else ():
            answered = plan.by_ref.get(("recommendation", fold(ref)))
            limit = plan.due(answered).by if answered else None
            if by and due and limit and by > limit:
                message = (
                    f"This is due by {say_date(by)}, after recommendation {ref}, which is due by "
                    f"{say_date(limit)}. Bring it forward, or agree a new date."
                )
                yield Finding(row, due.id, message)


def not_for_publication(plan: Plan) -> Iterator[Finding]:
    """Text marked as not for publication, in a field that the board's workbook prints."""
    printed = plan.definition.composite.fields
    for row, item, value in plan.cells():
        shown = row.kind != "action" or not printed or item.id in printed
        text = show(value) if shown and value is not None else ""
        if "publi" not in text.casefold():
            continue  # nearly every cell, and much faster than the pattern
        if found := NOT_FOR_PUBLICATION.search(" ".join(text.split())):
            message = f'{item.heading} says "{found[0]}" and is printed for the board. Take it out.'
            yield Finding(row, item.id, message)


def named_by_role(plan: Plan) -> Iterator[Finding]:
    """Advice: a field that has a role is named by it, so that scripts find it in any plan."""
    for item in plan.definition.fields:
        name = "ref" if item.role == "key" else item.role
        if item.role != "text" and not item.id.startswith(name):
            message = f'Field "{item.id}" has role "{item.role}". "{name}" is its usual id.'
            yield Finding(None, item.id, message)


def _role_id(plan: Plan, row: Row, role: str) -> str:
    item = plan.definition.with_role(role, row.kind)
    return item.id if item else ""


def _fault_of(item: Field, value: Invalid) -> str:
    return value.message or f'"{value.raw}" is not a value of {item.heading}. Correct it.'
