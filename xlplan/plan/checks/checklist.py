"""Every lint with its message, `check_plan`, which runs them, and what rules say of a rating."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct

from xlplan.codes import check_codes as chk
from xlplan.codes.check_codes import CHK_028
from xlplan.codes.message import Message
from xlplan.errors import Problem
from xlplan.late import regex
from xlplan.plan.checks import lints, lints_past, references, steps
from xlplan.plan.checks.lint_view import (
    NO_HISTORY,
    Finding,
    History,
    Plan,
    Row,
    newest_notes,
    says_completed,
    says_outstanding,
)
from xlplan.plan.definition import PlanDefinition, Rating
from xlplan.plan.due import Likely, due_now
from xlplan.plan.reconsider import HINTED
from xlplan.plan.settings import Rule
from xlplan.plan.values import Invalid, show

ANY_DAY = Likely()
"""Where nothing is known of a plan's other dates."""
_FIGURE = regex(r"\d+(?:,\d{3})*(?:\.\d+)?")


class Challenge(Struct, frozen=True):
    """A rule's rating beside the officer's: codes of the scale, `officer` None where not rated.
    `for_board` says what `message` says, without the id of the rule."""

    rule: str
    kind: str
    rating: str
    officer: str | None
    message: str
    for_board: str = ""


def challenges_of(
    definition: PlanDefinition, row: Row, today: date, likely: Likely = ANY_DAY
) -> tuple[Challenge, ...]:
    """The challenges to the rating of an action, in the order of the rules.

    Rules come in four kinds: about percent complete, days overdue, the note and the target (the
    first of these that a rule mentions). Of each kind the first rule that holds speaks, and it
    challenges where its rating is not the officer's. A rule without `rated` passes over actions
    that are closed or held, and what is not on the scale is passed over, as is a date that is not
    `likely`.
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
        if rule.sets or kind in spoken or not _looks_at(rule, officer):
            continue
        reasons = _reasons(definition, rule, row, today, likely)
        if reasons is None:
            continue
        spoken.add(kind)
        called = definition.rating(rule.challenge, item.scale)
        if called is not None and called is not officer:
            by_id, for_board = (
                _sentence(rule, called, officer, reasons, by)
                for by in (f'rule "{rule.id}" says', "by the plan's rules it is")
            )
            code = officer.code if officer else None
            found.append(Challenge(rule.id, kind, called.code, code, by_id, for_board))
    return tuple(found)


class Ruled(Struct, frozen=True):
    """What rules make of a rating: its code, None where no rule holds; which rule, and why."""

    rating: str | None
    rule: str = ""
    why: str = ""


def ruled(
    definition: PlanDefinition, row: Row, today: date, likely: Likely = ANY_DAY
) -> Ruled | None:
    """What the rules that set the rating say of an action on a day: the first that holds; None
    where none sets it, and for what is no action of the plan."""
    if definition.ruled is None or row.kind != "action" or row.withdrawn:
        return None
    for rule in definition.rules:
        if not rule.sets:
            continue
        reasons = _reasons(definition, rule, row, today, likely)
        if reasons is not None:
            why = " and ".join(reasons) or "no other rule holds"
            return Ruled(rule.challenge, rule.id, f"{why[:1].upper()}{why[1:]}")
    return Ruled(None)


def _kind(rule: Rule) -> str:
    if any(p is not None for p in (rule.percent_up_to, rule.percent_below, rule.percent_above)):
        return "percent"
    if rule.overdue_days is not None or rule.months_behind is not None:
        return "overdue"
    if rule.progress_says:
        return "progress"
    return "filled" if rule.filled and not rule.target else "target"


def _looks_at(rule: Rule, officer: Rating | None) -> bool:
    if rule.rated:
        return officer is not None and officer.code in rule.rated
    return officer is None or not (officer.closed or officer.holding)


def _reasons(
    definition: PlanDefinition, rule: Rule, row: Row, today: date, likely: Likely
) -> tuple[str, ...] | None:
    """Why every condition of a rule holds, in words; None where one does not."""
    if _kind(rule) == "target" and not rule.target and not rule.sets:
        return None  # a challenge without any condition says nothing
    reasons = []
    for holds in _CONDITIONS:
        reason = holds(definition, rule, row, today, likely)
        if reason is None:
            return None
        if reason:
            reasons.append(reason)
    return tuple(reasons)


def _percent(definition: PlanDefinition, rule: Rule, row: Row, *_: object) -> str | None:
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


def _overdue(
    definition: PlanDefinition, rule: Rule, row: Row, today: date, likely: Likely
) -> str | None:
    if rule.overdue_days is None:
        return ""
    by = due_now(definition, row.values, likely).by
    days = (today - by).days if by else 0
    if days < rule.overdue_days:
        return None
    return "1 day overdue" if days == 1 else f"{days} days overdue"


def _behind(
    definition: PlanDefinition, rule: Rule, row: Row, today: date, likely: Likely
) -> str | None:
    if rule.months_behind is None:
        return ""
    by = due_now(definition, row.values, likely).by
    months = months_between(by, today) if by else 0
    if months < rule.months_behind:
        return None
    return "1 month behind" if months == 1 else f"{months} months behind"


def months_between(by: date, today: date) -> int:
    """How many whole months have passed since a day: from 31 January one by 28 February."""
    months = 12 * (today.year - by.year) + today.month - by.month
    is_last = (today + timedelta(days=1)).month != today.month
    return months - (today.day < by.day and not is_last)


def _filled(definition: PlanDefinition, rule: Rule, row: Row, *_: object) -> str | None:
    if not rule.filled:
        return ""
    fields = [definition.find(name) for name in rule.filled]
    if any(item is None or row.values.get(item.id) is None for item in fields):
        return None
    return " and ".join(f"{item.heading} is filled in" for item in fields if item is not None)


def _progress(definition: PlanDefinition, rule: Rule, row: Row, *_: object) -> str | None:
    if not rule.progress_says:
        return ""
    for _field, note in newest_notes(definition, row):
        outstanding = says_outstanding(note)
        completed = "" if outstanding else says_completed(note)
        words = completed if rule.progress_says == "completed" else outstanding
        if words:
            return f'the note says "{words}"'
    return None


def _target(definition: PlanDefinition, rule: Rule, row: Row, *_: object) -> str | None:
    if not rule.target:
        return ""
    target, actual = _figure(definition, row, "target"), _figure(definition, row, "actual")
    if target is None or actual is None:
        return None
    missed = actual[0] < target[0] if rule.target == "below" else actual[0] > target[0]
    return f"{actual[1]} against a target of {target[1]}" if missed else None


_CONDITIONS: tuple[Callable[[PlanDefinition, Rule, Row, date, Likely], str | None], ...] = (
    _percent, _overdue, _behind, _filled, _progress, _target,
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


def _sentence(
    rule: Rule, called: Rating, officer: Rating | None, reasons: tuple[str, ...], by: str
) -> str:
    why = " and ".join(reasons)
    stands = f"the officer says {officer.label}" if officer else "the officer has not rated it"
    whole = f"{why[:1].upper()}{why[1:]}: {by} {called.label}; {stands}."
    return f"{rule.message} {whole}" if rule.message else whole


def challenged(plan: Plan) -> Iterator[Finding]:
    """Ratings that a rule of the plan challenges."""
    item = plan.definition.with_role("rating")
    if item is None or not plan.definition.rules:
        return
    for row in plan.standing:
        for challenge in challenges_of(plan.definition, row, plan.today, plan.likely):
            yield Finding(row, item.id, CHK_028.fill(challenge=challenge.message))


class Lint(Struct, frozen=True):
    """A lint: the message that it fills, and the function that looks."""

    message: Message
    look: Callable[[Plan], Iterator[Finding]]


LINTS: tuple[Lint, ...] = (
    Lint(chk.CHK_001, lints.duplicate_refs),
    Lint(chk.CHK_002, lints.missing_ref),
    Lint(chk.CHK_003, lints.no_lead),
    Lint(chk.CHK_004, lints.unknown_lead),
    Lint(chk.CHK_005, lints.no_timescale),
    Lint(chk.CHK_006, lints.invalid_value),
    Lint(chk.CHK_007, lints.wrong_date),
    Lint(chk.CHK_008, lints.closed_but_outstanding),
    Lint(chk.CHK_009, lints.completed_but_open),
    Lint(chk.CHK_010, lints.overdue_but_on_track),
    Lint(chk.CHK_011, lints.required_blank),
    Lint(chk.CHK_012, references.dangling_reference),
    Lint(chk.CHK_013, references.later_than_recommendation),
    Lint(chk.CHK_014, lints.not_for_publication),
    Lint(chk.CHK_015, lints.named_by_role),
    Lint(chk.CHK_016, lints.vacant_lead),
    Lint(chk.CHK_017, lints.written_two_ways),
    Lint(chk.CHK_018, lints_past.past_date),
    Lint(chk.CHK_019, lints.two_ratings),
    Lint(chk.CHK_020, lints_past.worsened),
    Lint(chk.CHK_021, lints_past.unexplained),
    Lint(chk.CHK_022, lints_past.copied_forward),
    Lint(chk.CHK_023, lints_past.not_updated),
    Lint(chk.CHK_024, references.dangling_words),
    Lint(chk.CHK_025, lints.printed_count),
    Lint(chk.CHK_026, steps.unequal_parallel_lists),
    Lint(chk.CHK_027, lints_past.below_first),
    Lint(chk.CHK_028, challenged),
    Lint(chk.CHK_029, lints_past.closed_unheld),
    Lint(chk.CHK_030, lints_past.reopened),
    Lint(chk.CHK_031, lints_past.rescheduled_unapproved),
    Lint(chk.CHK_032, lints.needs_more),
    Lint(chk.CHK_037, lints.doubtful_date),
    Lint(chk.CHK_038, lints.undated),
    Lint(chk.CHK_069, steps.odd_ticks),
    Lint(chk.CHK_099, lints_past.only_confirmed),
    Lint(chk.CHK_109, lints_past.put_back_again),
)
"""Every lint, in the order in which problems are listed."""
ASKED_BY_RULES: Mapping[Message, str] = {
    chk.CHK_008: "progress", chk.CHK_009: "progress", chk.CHK_010: "overdue",
}  # fmt: skip
"""What a rule of the plan may ask as well, with the kind of its challenge."""


ANSWERABLE = HINTED | {CHK_028.code}
"""The codes of the checks that a lead's "because" answers: those of what is asked while typing,
and that of rules."""


def asked_of(plan: Plan, uid: str) -> frozenset[str]:
    """The codes of the checks that a lead may answer which find something in an action."""
    chosen = [lint for lint in LINTS if lint.message.code in ANSWERABLE]
    row = next((row for row in plan.standing if row.uid == uid), None)
    return frozenset(
        lint.message.code
        for lint in chosen
        if any(found.row is row for found in lint.look(plan))
        and not _asked_by_a_rule(plan, lint, row)
    )


def check_plan(
    definition: PlanDefinition, rows: Sequence[Row], today: date, history: History = NO_HISTORY
) -> list[Problem]:
    """Every problem of a plan, lint by lint and in the order of `rows`.

    `today` is the day that overdue is counted from; without a `history` nothing is compared with
    earlier boards. ``[checks]`` sets the level of a lint or switches it off. `Problem.where` is
    ``"action 3.12"``.
    """
    return _run(Plan(definition, rows, today, history), LINTS)


def _run(plan: Plan, chosen: Sequence[Lint]) -> list[Problem]:
    problems: list[Problem] = []
    for lint in chosen:
        level = plan.definition.checks.get(lint.message.code, lint.message.level)
        looked = lint.look(plan) if level != "off" else ()
        once = {(id(found.row), found.field, found.message): found for found in looked}
        for found in once.values():
            if _asked_by_a_rule(plan, lint, found.row) or _answered(plan, lint, found.row):
                continue
            where, ref = "plan.toml", ""
            if found.row is not None:
                ref = found.row.ref
                where = f"{found.row.kind} {ref or 'without a ref'}"
            problems.append(found.message.at(where, level=level, action=ref, field=found.field))
    return problems


def _asked_by_a_rule(plan: Plan, lint: Lint, row: Row | None) -> bool:
    """Whether a rule of the plan asks the same of an action already (CHK-028)."""
    kind = ASKED_BY_RULES.get(lint.message)
    if kind is None or row is None or plan.definition.checks.get(CHK_028.code) == "off":
        return False
    found = challenges_of(plan.definition, row, plan.today, plan.likely)
    return any(each.kind == kind for each in found)


def _answered(plan: Plan, lint: Lint, row: Row | None) -> bool:
    """Whether a lead has said why that is meant so."""
    found = plan.history.answered.get(row.uid, ()) if row is not None else ()
    return lint.message.code in found
