"""Every lint with its message, and `check_plan`, which runs them.

A lint looks at the whole plan and yields what it finds. It runs at the level of its message, or at
the one that `[checks]` in `plan.toml` sets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.codes import check_codes as chk
from xlplan.codes.message import Message
from xlplan.errors import Problem
from xlplan.plan.checks import challenges, lints, lints_past, milestones, references
from xlplan.plan.checks.lint_view import NO_HISTORY, Finding, History, Plan, Row
from xlplan.plan.definition import PlanDefinition


@dataclass(frozen=True, slots=True)
class Lint:
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
    Lint(chk.CHK_026, milestones.unequal_parallel_lists),
    Lint(chk.CHK_027, lints_past.below_first),
    Lint(chk.CHK_028, challenges.challenged),
    Lint(chk.CHK_029, lints_past.closed_unheld),
    Lint(chk.CHK_030, lints_past.reopened),
    Lint(chk.CHK_031, lints_past.rescheduled_unapproved),
)
"""Every lint, in the order in which problems are listed."""


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
        for found in lint.look(plan) if level != "off" else ():
            where, ref = "plan.toml", ""
            if found.row is not None:
                ref = found.row.ref
                where = f"{found.row.kind} {ref or 'without a ref'}"
            problems.append(found.message.at(where, level=level, action=ref, field=found.field))
    return problems
