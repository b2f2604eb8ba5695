"""The lints of a plan as it stands: small pure functions that yield what they find.

Nothing here changes a value: a lint stands beside the plan and asks a person to look.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from xlplan.codes import check_codes as chk
from xlplan.codes.definition_codes import VAL_003, VAL_004
from xlplan.codes.message import ask_for, nearest
from xlplan.late import regex
from xlplan.plan.checks.lint_view import (
    Finding,
    Plan,
    Row,
    newest_notes,
    says_completed,
    says_outstanding,
)
from xlplan.plan.checks.steps import finishes, late_steps, milestones_of
from xlplan.plan.definition import Field, Rating
from xlplan.plan.due import DATED, ONGOING, due_in
from xlplan.plan.text import alike, fold, pairs_alike, says_vacant
from xlplan.plan.timescales import Timescale, say_date, unread_dates
from xlplan.plan.values import Invalid, Value, match_rating, show

_DATE_CODES = (VAL_003.code, VAL_004.code)
_BETWEEN = regex(r"\n|[/,;|()+&]|→|->|\s[-–—]\s|\b(?:and|or|to|then|was|now|from)\b", re.I)
_COUNT = regex(
    r"(?:^|\b(?:total(?: number)?(?: of)?|all|has|have|contains?|comprises?|there are|of)\s+)"
    r"(?P<before>\d{1,5})\s+(?P<first>actions?|recommendations?)\b(?!\s+(?:were|was|have|has|had|are|is)\b)"
    r"|\b(?P<second>actions?|recommendations?)\s*[:=]\s*(?P<after>\d{1,5})\b(?![.\d/])",
    re.IGNORECASE,
)
NOT_FOR_PUBLICATION = regex(
    r"\b(?:not\s+for\s+(?:publication|publishing|the\s+public)|not\s+to\s+be\s+published"
    r"|do\s+not\s+publish)\b",
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
            found = chk.CHK_001.fill(count=len(rows), kind=kind, ref=rows[0].ref)
            yield Finding(rows[0], _role_id(plan, rows[0], "key"), found)


def missing_ref(plan: Plan) -> Iterator[Finding]:
    """Rows that nobody can refer to."""
    for row in plan.standing:
        if not row.ref.strip():
            yield Finding(row, _role_id(plan, row, "key"), chk.CHK_002.fill(kind=row.kind))


def no_lead(plan: Plan) -> Iterator[Finding]:
    """Actions that no template goes out for, unless there is nothing left to ask."""
    for row, item, value in plan.of_role("lead"):
        if value is None and not plan.closed(row):
            yield Finding(row, item.id, chk.CHK_003.fill())


def unknown_lead(plan: Plan) -> Iterator[Finding]:
    """People who answer for something open and are not in the list of leads."""
    near: dict[str, str] = {}
    for row, item, names in _who_answer(plan):
        for name in names:
            if plan.definition.lead(name) is None and not _is_vacant(plan, name):
                if name not in near:
                    near[name] = resembling(plan, name)
                found = chk.CHK_004.fill(lead=name, hint=ask_for(near[name]))
                yield Finding(row, item.id, found)


def no_timescale(plan: Plan) -> Iterator[Finding]:
    """Open actions without a timescale."""
    item = plan.definition.with_role("due")
    for row in plan.standing if item else ():
        blank = item and row.kind == "action" and row.values.get(item.id) is None
        if item and blank and not plan.closed(row):
            yield Finding(row, item.id, chk.CHK_005.fill())


def doubtful_date(plan: Plan) -> Iterator[Finding]:
    """Open actions with a date before the plan was agreed, or years from all its others."""
    for row, item in _dated(plan):
        by = due_in(plan.definition, row.values).by
        if by is not None and (doubt := plan.likely.doubt(by)):
            yield Finding(row, item.id, chk.CHK_037.fill(doubt=doubt))


def undated(plan: Plan) -> Iterator[Finding]:
    """Open actions with a timescale in which no day can be read, and that is not meant to have
    none."""
    for row, item in _dated(plan):
        due, value = due_in(plan.definition, row.values), row.values.get(item.id)
        asked = isinstance(value, Invalid) or (
            isinstance(value, Timescale) and unread_dates(value.text)
        )
        if value is not None and due.by is None and due is not ONGOING and not asked:
            text = " ".join(show(value).split())
            yield Finding(row, item.id, chk.CHK_038.fill(text=text, why=due.reason))


def _dated(plan: Plan) -> Iterator[tuple[Row, Field]]:
    """The open actions, each with the field that says when it is due."""
    fields = [item for role in DATED if (item := plan.definition.with_role(role))]
    for row in plan.standing if fields else ():
        rating = plan.rating(row)
        finished = finishes(plan.definition, row) or (rating and (rating.closed or rating.holding))
        if row.kind == "action" and not finished:
            held = (item for item in fields if row.values.get(item.id) is not None)
            yield row, next(held, fields[-1])


def invalid_value(plan: Plan) -> Iterator[Finding]:
    """What is not a value of its field: a rating off the scale, words for a number."""
    for row, item, value in plan.cells():
        wrong = isinstance(value, Invalid) and value.code not in _DATE_CODES
        if isinstance(value, Invalid) and wrong and len(ratings_in(plan, item, value)) < 2:
            found = (
                chk.CHK_006.fill("why", why=value.message)
                if value.message
                else chk.CHK_006.fill(value=value.raw, heading=item.heading)
            )
            yield Finding(row, item.id, found)


def wrong_date(plan: Plan) -> Iterator[Finding]:
    """Dates that no calendar has, and dates that can be read two ways."""
    for row, item, value in plan.cells():
        if isinstance(value, Invalid) and value.code in _DATE_CODES:
            found = (
                chk.CHK_007.fill("why", why=value.message)
                if value.message
                else chk.CHK_007.fill(value=value.raw, heading=item.heading)
            )
            yield Finding(row, item.id, found)
        if isinstance(value, Timescale):
            for text, why in unread_dates(value.text):
                found = (
                    chk.CHK_007.fill("ambiguous", date=text)
                    if why == "ambiguous"
                    else chk.CHK_007.fill("impossible", date=text)
                )
                yield Finding(row, item.id, found)


def closed_but_outstanding(plan: Plan) -> Iterator[Finding]:
    """A rating that closes the action beside a note that says there is work left."""
    for row, item, code, closed in plan.rated():
        for field_id, note in newest_notes(plan.definition, row) if closed else ():
            if words := says_outstanding(note):
                found = chk.CHK_008.fill(heading=item.heading, rating=show(code), words=words)
                yield Finding(row, field_id, found)


def completed_but_open(plan: Plan) -> Iterator[Finding]:
    """A note that says the action is completed beside a rating that keeps it open."""
    for row, item, code, closed in plan.rated():
        rating = plan.definition.rating(code, item.scale)
        held = rating is not None and rating.holding
        steps = () if closed or held else milestones_of(plan.definition, row)
        if steps and all(step.done for step in steps):
            stands = show(code) or chk.BLANK
            found = chk.CHK_009.fill("steps", steps=len(steps), heading=item.heading, rating=stands)
            yield Finding(row, item.id, found)
        for field_id, note in () if closed or held else newest_notes(plan.definition, row):
            if not (words := says_completed(note)) or says_outstanding(note):
                continue
            said = [step.also.get(field_id, note) for step in steps]
            if all(map(says_completed, said)):  # of a step alone, it says nothing of the action
                stands = show(code) or chk.BLANK
                found = chk.CHK_009.fill(words=words, heading=item.heading, rating=stands)
                yield Finding(row, field_id, found)


def overdue_but_on_track(plan: Plan) -> Iterator[Finding]:
    """Past its date or that of a step, not closed, and the board would not hear about it."""
    for row, item, code, closed in plan.rated():
        by = plan.due(row).by
        rating = plan.definition.rating(code, item.scale)
        if closed or (rating is not None and (rating.exception or rating.holding)):
            continue
        stands = show(code) or chk.BLANK
        if by is not None and by < plan.today:
            found = chk.CHK_010.fill(date=say_date(by), heading=item.heading, rating=stands)
            yield Finding(row, item.id, found)
        elif late := late_steps(plan.definition, row, plan.today, plan.likely):
            steps = len(milestones_of(plan.definition, row))
            which = ", ".join(str(step.number) for step in late)
            found = chk.CHK_010.fill(
                "steps", late=len(late), steps=steps, which=which, heading=item.heading,
                rating=stands,
            )  # fmt: skip
            yield Finding(row, item.id, found)


def required_blank(plan: Plan) -> Iterator[Finding]:
    """Required fields left blank, but for those that have a lint of their own."""
    for row, item, value in plan.cells():
        own = item.role == "key" or (row.kind == "action" and item.role in ("lead", "due"))
        if item.required and value is None and not own:
            yield Finding(row, item.id, chk.CHK_011.fill(heading=item.heading))


def needs_more(plan: Plan) -> Iterator[Finding]:
    """Ratings without what `[[rating]] needs` names."""
    item = plan.definition.with_role("rating")
    if item is None:
        return
    for row in plan.standing:
        rating = plan.definition.rating(row.values.get(item.id), item.scale)
        needed = [plan.definition.find(name) for name in rating.needs] if rating else []
        blank = [f.heading for f in needed if f is not None and row.values.get(f.id) is None]
        if rating is not None and blank:
            filled = chk.CHK_032.fill(heading=item.heading, rating=rating.label, fields=blank)
            yield Finding(row, item.id, filled)


def not_for_publication(plan: Plan) -> Iterator[Finding]:
    """Text marked as not for publication, in a field that the board's workbook prints."""
    printed = plan.definition.composite.fields
    for row, item, value in plan.cells():
        shown = row.kind != "action" or not printed or item.id in printed
        text = show(value) if shown and value is not None else ""
        if "publi" not in text.casefold():
            continue  # nearly every cell, and much faster than the pattern
        if found := NOT_FOR_PUBLICATION.search(" ".join(text.split())):
            yield Finding(row, item.id, chk.CHK_014.fill(heading=item.heading, words=found[0]))


def named_by_role(plan: Plan) -> Iterator[Finding]:
    """Advice: a field that has a role is named by it, so that scripts find it in any plan."""
    for item in plan.definition.fields:
        name = "ref" if item.role == "key" else item.role
        if item.role != "text" and not item.id.startswith(name):
            found = chk.CHK_015.fill(id=item.id, role=item.role, usual=name)
            yield Finding(None, item.id, found)


def vacant_lead(plan: Plan) -> Iterator[Finding]:
    """Posts that answer for an open action and that nobody fills."""
    for row, item, names in _who_answer(plan):
        for name in names:
            if _is_vacant(plan, name):
                yield Finding(row, item.id, chk.CHK_016.fill(lead=name))


def _is_vacant(plan: Plan, name: str) -> bool:
    return bool(says_vacant(name)) or plan.definition.directory.is_nobody(name)


def written_two_ways(plan: Plan) -> Iterator[Finding]:
    """Names in the list of leads that may be one person's, but for leads of closed actions."""
    closed = {name for _, _, names in _who_answer(plan, closed=True) for name in names}
    closed -= {name for _, _, names in _who_answer(plan) for name in names}
    names = {lead.name for lead in plan.definition.people if not says_vacant(lead.name)}
    item = plan.definition.with_role("lead")
    for one, other in pairs_alike(names - closed):
        yield Finding(None, item.id if item else "", chk.CHK_017.fill(one=one, other=other))


def _who_answer(
    plan: Plan, *, closed: bool = False
) -> Iterator[tuple[Row, Field, tuple[str, ...]]]:
    """Who answers for each row that is open, or closed: row, field and names."""
    for row, item, value in plan.of_role("lead", "accountable"):
        if isinstance(value, tuple) and plan.closed(row) is closed:
            yield row, item, value


def two_ratings(plan: Plan) -> Iterator[Finding]:
    """Cells that hold two ratings of their scale."""
    for row, item, value in plan.cells():
        found = ratings_in(plan, item, value)
        if len(found) > 1:
            labels = [rating.label for rating in found]
            yield Finding(row, item.id, chk.CHK_019.fill(heading=item.heading, ratings=labels))


def ratings_in(plan: Plan, item: Field, value: Value) -> tuple[Rating, ...]:
    """The different ratings that something invalid in a rating's cell names."""
    if not item.field_type.rated or not isinstance(value, Invalid):
        return ()
    scale = plan.definition.scale_of(item)
    parts = (part.strip() for part in _BETWEEN.split(value.raw))
    found = (match_rating(part, scale) for part in parts if part)
    return tuple(dict.fromkeys(rating for rating in found if rating is not None))


def printed_count(plan: Plan) -> Iterator[Finding]:
    """Counts in the plan's notes that its rows do not bear out."""
    for note in (line for text in plan.definition.notes for line in text.split("\n")):
        for words, noun, printed in _counts(plan, " ".join(note.split())):
            found = _counted(plan, noun)
            if found is not None and found != printed:
                yield Finding(None, "", chk.CHK_025.fill(words=words, count=found))


def _counts(plan: Plan, note: str) -> Iterator[tuple[str, str, int]]:
    """What a note counts: its words, what it counts (a kind of row, or a rating), how many."""
    for match in _COUNT.finditer(note):
        noun = (match["first"] or match["second"]).lower().rstrip("s")
        yield match[0].strip(), noun, int(match["before"] or match["after"])
    item = plan.definition.with_role("rating")
    for rating in plan.definition.scale_of(item) if item and item.field_type.rated else ():
        for match in _rating_counts(rating.label).finditer(note):
            yield match[0].strip(" ,;"), f"={rating.code}", int(match["n"] or match["m"])


@lru_cache(maxsize=64)
def _rating_counts(label: str) -> re.Pattern[str]:
    """``"Green: 12"``, ``"Green (12)"`` and ``"12 actions are Green"``, and no legend."""
    name = re.escape(label)
    return re.compile(
        rf"\b{name}\s*(?:[:=(]\s*|[-–]\s+)(?P<n>\d{{1,5}})(?:\)|(?=\s*(?:$|[,;]|\.(?!\d)|actions?\b)))"
        rf"|\b(?P<m>\d{{1,5}}) actions?(?: (?:is|are|rated|at))* {name}\b",
        re.IGNORECASE,
    )


def _counted(plan: Plan, noun: str) -> int | None:
    """How many the plan has; None where it has no rows of that kind to count."""
    if noun.startswith("="):
        item = plan.definition.with_role("rating")
        return sum(_has(row, item, noun[1:]) for row in plan.standing)
    kinds = [row.kind for row in plan.standing]
    return kinds.count(noun) if noun == "action" or noun in kinds else None


def _has(row: Row, item: Field | None, code: str) -> bool:
    return item is not None and row.kind == "action" and row.values.get(item.id) == code


def resembling(plan: Plan, name: str) -> str:
    """The lead in the list whose name is nearest to `name`, or ``""``."""
    for lead in plan.definition.leads:
        if alike(name, lead.name):
            return lead.name
    known = plan.definition.directory.names
    near = nearest(fold(name), known, 0.7)
    return known[near].name if near else ""


def _role_id(plan: Plan, row: Row, role: str) -> str:
    item = plan.definition.with_role(role, row.kind)
    return item.id if item else ""
