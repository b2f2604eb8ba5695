"""Challenges: what the rules of a plan say of a rating, beside what the officer says.

A challenge never replaces the officer's rating. ``[[rule]]`` says when one is made: from percent
complete, from days overdue, from the words of the progress note, or from a missed target.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from xlplan.codes.check_codes import CHK_028
from xlplan.plan.checks.lint_view import (
    Finding,
    Plan,
    Row,
    newest_notes,
    says_completed,
    says_outstanding,
)
from xlplan.plan.definition import PlanDefinition, Rating, Rule
from xlplan.plan.due import due_in
from xlplan.plan.values import Invalid, show

_FIGURE = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Challenge:
    """A rule's rating beside the officer's: codes of the scale, `officer` None where not rated."""

    rule: str
    kind: str
    rating: str
    officer: str | None
    message: str


def challenges_of(definition: PlanDefinition, row: Row, today: date) -> tuple[Challenge, ...]:
    """The challenges to the rating of an action, in the order of the rules.

    Rules come in four kinds: about percent complete, days overdue, the note and the target (the
    first of these that a rule mentions). Of each kind the first rule that holds speaks, and it
    challenges where its rating is not the officer's. A rule without `rated` passes over actions
    that are closed or held, and what is not on the scale is passed over.
    """
    item = definition.with_role("rating")
    if row.kind != "action" or row.withdrawn or item is None:
        return ()
    code = row.values.get(item.id)
    officer = definition.rating(code, item.scale)
    if officer is None and code is not None:
        return ()
    found: list[Challenge] = []
    spoken: set[str] = set()
    for rule in definition.rules:
        kind = _kind(rule)
        if kind in spoken or not _looks_at(rule, officer):
            continue
        reasons = _reasons(definition, rule, row, today)
        if reasons is None:
            continue
        spoken.add(kind)
        called = definition.rating(rule.challenge, item.scale)
        if called is not None and called is not officer:
            message = _sentence(rule, called, officer, reasons)
            found.append(
                Challenge(rule.id, kind, called.code, officer.code if officer else None, message)
            )
    return tuple(found)


def _kind(rule: Rule) -> str:
    if any(p is not None for p in (rule.percent_up_to, rule.percent_below, rule.percent_above)):
        return "percent"
    if rule.overdue_days is not None:
        return "overdue"
    return "progress" if rule.progress_says else "target"


def _looks_at(rule: Rule, officer: Rating | None) -> bool:
    if rule.rated:
        return officer is not None and officer.code in rule.rated
    return officer is None or not (officer.closed or officer.holding)


def _reasons(
    definition: PlanDefinition, rule: Rule, row: Row, today: date
) -> tuple[str, ...] | None:
    """Why every condition of a rule holds, in words; None where one does not."""
    if _kind(rule) == "target" and not rule.target:
        return None  # a rule without any condition says nothing
    reasons = []
    for holds in _CONDITIONS:
        reason = holds(definition, rule, row, today)
        if reason is None:
            return None
        if reason:
            reasons.append(reason)
    return tuple(reasons)


def _percent(definition: PlanDefinition, rule: Rule, row: Row, _: date) -> str | None:
    if _kind(rule) != "percent":
        return ""
    share = _figure(definition, row, "percent")
    if share is None:
        return None
    number, words = share
    inside = (
        (rule.percent_up_to is None or number <= rule.percent_up_to)
        and (rule.percent_below is None or number < rule.percent_below)
        and (rule.percent_above is None or number > rule.percent_above)
    )
    return f"{words} complete" if inside else None


def _overdue(definition: PlanDefinition, rule: Rule, row: Row, today: date) -> str | None:
    if rule.overdue_days is None:
        return ""
    by = due_in(definition, row.values).by
    days = (today - by).days if by else 0
    if days < rule.overdue_days:
        return None
    return "1 day overdue" if days == 1 else f"{days} days overdue"


def _progress(definition: PlanDefinition, rule: Rule, row: Row, _: date) -> str | None:
    if not rule.progress_says:
        return ""
    for _field, note in newest_notes(definition, row):
        outstanding = says_outstanding(note)
        completed = "" if outstanding else says_completed(note)
        words = completed if rule.progress_says == "completed" else outstanding
        if words:
            return f'the note says "{words}"'
    return None


def _target(definition: PlanDefinition, rule: Rule, row: Row, _: date) -> str | None:
    if not rule.target:
        return ""
    target, actual = _figure(definition, row, "target"), _figure(definition, row, "actual")
    if target is None or actual is None:
        return None
    missed = actual[0] < target[0] if rule.target == "below" else actual[0] > target[0]
    return f"{actual[1]} against a target of {target[1]}" if missed else None


_CONDITIONS: tuple[Callable[[PlanDefinition, Rule, Row, date], str | None], ...] = (
    _percent, _overdue, _progress, _target,
)  # fmt: skip
"""Each says why its condition holds, ``""`` where the rule has no such condition, or None."""


def _figure(definition: PlanDefinition, row: Row, role: str) -> tuple[float, str] | None:
    """The one number in a field and how it is written; a percentage as 0 to 100.

    None where there is no number, or more than one ("80% by May, 95% by June").
    """
    item = definition.with_role(role)
    value = row.values.get(item.id) if item else None
    if item is None or value is None or isinstance(value, Invalid | date):
        return None
    if isinstance(value, int | float):
        shown = item.field_type.show(value)
        return (float(f"{value * 100:.8f}") if shown.endswith("%") else value), shown
    text = show(value)
    figures = _FIGURE.findall(text)
    if len(figures) != 1:
        return None
    shown = figures[0] + (
        "%" if re.search(rf"{re.escape(figures[0])}\s*(?:%|per ?cent)", text) else ""
    )
    return float(figures[0].replace(",", "")), shown


def _sentence(rule: Rule, called: Rating, officer: Rating | None, reasons: tuple[str, ...]) -> str:
    why = " and ".join(reasons)
    stands = f"the officer says {officer.label}" if officer else "the officer has not rated it"
    whole = f'{why[:1].upper()}{why[1:]}: rule "{rule.id}" says {called.label}; {stands}.'
    return f"{rule.message} {whole}" if rule.message else whole


def challenged(plan: Plan) -> Iterator[Finding]:
    """Ratings that a rule of the plan challenges."""
    item = plan.definition.with_role("rating")
    if item is None or not plan.definition.rules:
        return
    for row in plan.standing:
        for challenge in challenges_of(plan.definition, row, plan.today):
            yield Finding(row, item.id, CHK_028.fill(challenge=challenge.message))
