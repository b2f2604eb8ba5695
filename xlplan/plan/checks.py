"""The checks of a plan: every lint with its code, its level and what it says in one sentence.

A lint looks at the whole plan and yields what it finds; `check_plan` runs them all at the levels
that `[checks]` in `plan.toml` gives them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.errors import Problem
from xlplan.plan import lints, lints_past, lints_words
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.history import NO_HISTORY, History
from xlplan.plan.lint_view import Finding, Plan, Row


@dataclass(frozen=True, slots=True)
class Lint:
    """A named lint. `level` holds unless ``[checks]`` says otherwise."""

    code: str
    level: str
    says: str
    look: Callable[[Plan], Iterator[Finding]]


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
    Lint("CHK-016", "warning", "A lead's post is vacant.", lints_words.vacant_lead),
    Lint("CHK-017", "warning", "One lead may be written two ways.", lints_words.written_two_ways),
    Lint("CHK-018", "warning", "The date has passed without a new one.", lints_past.past_date),
    Lint("CHK-019", "error", "A cell holds two ratings.", lints_words.two_ratings),
    Lint("CHK-020", "warning", "Worse than at the last board, not a word.", lints_past.worsened),
    Lint("CHK-021", "note", "Better than at the last board, not a word.", lints_past.unexplained),
    Lint("CHK-022", "note", "The same note again.", lints_past.copied_forward),
    Lint("CHK-023", "warning", "No update for two cycles.", lints_past.not_updated),
    Lint("CHK-024", "warning", "A text refers to no action.", lints_words.dangling_words),
    Lint("CHK-025", "warning", "A printed count is not borne out.", lints_words.printed_count),
    Lint("CHK-026", "warning", "Lists are unequal.", lints_words.unequal_parallel_lists),
    Lint("CHK-027", "note", "Rated below its first rating.", lints_past.below_first),
    Lint("CHK-028", "warning", "A rule challenges the rating.", lints_past.challenged),
    Lint("CHK-029", "note", "Closed without having been held.", lints_past.closed_unheld),
    Lint("CHK-030", "warning", "Closed at the last board, open now.", lints_past.reopened),
    Lint("CHK-031", "warning", "A later date without approval.", lints_past.rescheduled_unapproved),
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


def lint_table() -> str:
    """Every lint in a Markdown table: its code, its level, and what it says."""
    lines = ["| code | default level | what it says |", "|---|---|---|"]
    lines += [f"| {lint.code} | {lint.level} | {lint.says} |" for lint in LINTS]
    return "\n".join(lines)


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
