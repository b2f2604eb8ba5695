"""The checks of a plan: every lint with its code, its level and what it says in one sentence.

A lint looks at the whole plan and yields what it finds; `check_plan` runs them all at the levels
that `[checks]` in `plan.toml` gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.errors import Problem
from xlplan.plan import lints
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.lint_view import Finding, Plan, Row


@dataclass(frozen=True, slots=True)
class Lint:
    """A named lint. `level` holds unless ``[checks]`` says otherwise."""

    code: str
    level: str
    says: str
    look: Callable[[Plan], Iterator[Finding]]


OF_DEFINITION: tuple[str, ...] = ("CHK-004", "CHK-015")
"""Lints that say where the definition does not fit the rows."""
LINTS: tuple[Lint, ...] = (
    Lint("CHK-001", "error", "Two rows have the same ref.", lints.duplicate_refs),
    Lint("CHK-002", "error", "A row has no ref.", lints.missing_ref),
    Lint("CHK-003", "warning", "An action has no lead.", lints.no_lead),
    Lint("CHK-004", "warning", "A lead is not in the list of leads.", lints.unknown_lead),
    Lint("CHK-005", "warning", "An open action has no timescale.", lints.no_timescale),
    Lint("CHK-006", "error", "Something is not a value of its field.", lints.invalid_value),
    Lint("CHK-007", "error", "A date is impossible or can be read two ways.", lints.wrong_date),
    Lint("CHK-008", "warning", "Closed, yet the note names work.", lints.closed_but_outstanding),
    Lint("CHK-009", "warning", "Completed in the note, yet not closed.", lints.completed_but_open),
    Lint("CHK-010", "warning", "Overdue, yet rated as on track.", lints.overdue_but_on_track),
    Lint("CHK-011", "error", "A required field is blank.", lints.required_blank),
    Lint("CHK-012", "warning", "A reference leads nowhere.", lints.dangling_reference),
    Lint("CHK-013", "warning", "Due after its recommendation.", lints.later_than_recommendation),
    Lint("CHK-014", "warning", "Marked as not for publication.", lints.not_for_publication),
    Lint("CHK-015", "note", "A field is not named by its role.", lints.named_by_role),
)
"""Every lint, in the order in which problems are listed."""


def check_plan(definition: PlanDefinition, rows: Sequence[Row], today: date) -> list[Problem]:
    """Every problem of a plan, lint by lint and in the order of `rows`.

    `today` is the day that overdue is counted from. ``[checks]`` sets the level of a lint or
    switches it off. `Problem.where` is ``"action 3.12"``.
    """
    return _run(Plan(definition, rows, today), LINTS)


def check_definition_against_rows(definition: PlanDefinition, rows: Sequence[Row]) -> list[Problem]:
    """Where the definition does not fit the rows: leads that are not in its list, odd names."""
    chosen = tuple(lint for lint in LINTS if lint.code in OF_DEFINITION)
    return _run(Plan(definition, rows, date.min), chosen)


def _run(plan: Plan, chosen: Sequence[Lint]) -> list[Problem]:
    problems: list[Problem] = []
    for lint in chosen:
        level = plan.definition.checks.get(lint.code, lint.level)
        for found in lint.look(plan) if level != "off" else ():
            where, ref = "plan.toml", ""
            if found.row is not None:
                ref = found.row.ref
                where = f"{found.row.kind} {ref or 'without a ref'}"
            problems.append(Problem(lint.code, where, found.message, level, ref, found.field))
    return problems
