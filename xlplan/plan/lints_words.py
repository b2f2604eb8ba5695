"""Lints of what is written in cells: names, ratings, lists, references and printed counts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from xlplan.plan.alike import alike, pairs_alike, says_vacant
from xlplan.plan.definition import Field, Rating
from xlplan.plan.lint_view import Finding, Plan, Row
from xlplan.plan.milestones import unequal_lists
from xlplan.plan.ratings import match_rating
from xlplan.plan.references import references_of
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Value

_BETWEEN = re.compile(r"\n|[/,;|()+&]|→|->|\s[-–—]\s|\b(?:and|or|to|then|was|now|from)\b", re.I)
_COUNT = re.compile(
    r"(?:^|\b(?:total(?: number)?(?: of)?|all|has|have|contains?|comprises?|there are|of)\s+)"
    r"(?P<before>\d{1,5})\s+(?P<first>actions?|recommendations?)\b(?!\s+(?:were|was|have|has|had|are|is)\b)"
    r"|\b(?P<second>actions?|recommendations?)\s*[:=]\s*(?P<after>\d{1,5})\b(?![.\d/])",
    re.IGNORECASE,
)


def vacant_lead(plan: Plan) -> Iterator[Finding]:
    """Posts that answer for an action and that nobody fills."""
    for row, item, value in plan.of_role("lead", "accountable"):
        for name in value if isinstance(value, tuple) else ():
            if says_vacant(name):
                message = f'"{name}" is nobody in post. Name who answers for this in the meantime.'
                yield Finding(row, item.id, message)


def written_two_ways(plan: Plan) -> Iterator[Finding]:
    """Names in the list of leads that may be one person's."""
    names = {lead.name for lead in plan.definition.leads if not says_vacant(lead.name)}
    for one, other in pairs_alike(names):
        message = (
            f'"{one}" and "{other}" look like one lead written two ways. If they are, make one of '
            "them an alias of the other in plan.toml."
        )
        yield Finding(None, "", message)


def two_ratings(plan: Plan) -> Iterator[Finding]:
    """Cells that hold two ratings of their scale."""
    for row, item, value in plan.cells():
        found = ratings_in(plan, item, value)
        if len(found) > 1:
            labels = " and ".join(f'"{rating.label}"' for rating in found)
            message = f"{item.heading} holds {len(found)} ratings, {labels}. Choose one."
            yield Finding(row, item.id, message)


def ratings_in(plan: Plan, item: Field, value: Value) -> tuple[Rating, ...]:
    """The different ratings that something invalid in a rating's cell names."""
    if item.type != "rating" or not isinstance(value, Invalid):
        return ()
    scale = plan.definition.scale_of(item)
    parts = (part.strip() for part in _BETWEEN.split(value.raw))
    found = (match_rating(part, scale) for part in parts if part)
    return tuple(dict.fromkeys(rating for rating in found if rating is not None))


def dangling_words(plan: Plan) -> Iterator[Finding]:
    """Words such as "see 3.12" where the plan has no such action."""
    rows = {row.uid: row for row in plan.standing}
    for one in references_of(plan.definition, plan.rows).every:
        if one.inside_text and one.leads == "nowhere":
            message = (
                f'The text says "{one.text}", and the plan has no such {one.kind}. '
                "Correct the reference."
            )
            yield Finding(rows[one.uid], one.field, message)


def unequal_parallel_lists(plan: Plan) -> Iterator[Finding]:
    """Lists of dates that match no list of steps in number."""
    for row in plan.standing:
        found = unequal_lists(plan.definition, row) if row.kind == "action" else None
        if found is not None:
            beside = " and ".join(f"{count} of {heading}" for heading, count in found.beside)
            message = (
                f"{found.heading} has {found.lines} lines beside {beside}, so no date can be "
                "given to each step. Write one line for each step in both."
            )
            yield Finding(row, found.field, message)


def printed_count(plan: Plan) -> Iterator[Finding]:
    """Counts in the plan's notes that its rows do not bear out."""
    for note in (line for text in plan.definition.notes for line in text.split("\n")):
        for words, noun, said in _counts(plan, " ".join(note.split())):
            found = _counted(plan, noun)
            if found is not None and found != said:
                message = (
                    f'A note of the plan says "{words}", and the plan has {found}. '
                    "Correct the note in plan.toml, or find what is missing."
                )
                yield Finding(None, "", message)


def _counts(plan: Plan, note: str) -> Iterator[tuple[str, str, int]]:
    """What a note counts: its words, what it counts (a kind of row, or a rating), how many."""
    for match in _COUNT.finditer(note):
        noun = (match["first"] or match["second"]).lower().rstrip("s")
        yield match[0].strip(), noun, int(match["before"] or match["after"])
    item = plan.definition.with_role("rating")
    for rating in plan.definition.scale_of(item) if item and item.type == "rating" else ():
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
    import difflib  # only a fault needs it

    for lead in plan.definition.leads:
        if alike(name, lead.name):
            return lead.name
    known = plan.definition.lead_names
    near = difflib.get_close_matches(fold(name), list(known), n=1, cutoff=0.7)
    return known[near[0]].name if near else ""
