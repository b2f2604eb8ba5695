"""Which workbook template a plan is nearest to: said by `new`, and never applied by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlplan.documents.source import Source
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.propose_roles import normal_heading
from xlplan.plan.text import fold

HEADINGS, ROLES, RATINGS, SHAPE = 4, 2, 3, 1
"""How much each likeness weighs: what a council calls its columns and ratings says most."""
NEAR = 0.5
"""Likeness below which no template is proposed."""


@dataclass(frozen=True, slots=True)
class Match:
    """How near a workbook template is to a plan.

    `fields` of the plan's `columns` have a field in the template; `likeness` is from 0 to 1.
    """

    name: str
    fields: int
    columns: int
    likeness: float


def closest_template(source: Source, templates: Mapping[str, PlanDefinition]) -> Match | None:
    """The template most like the plan that was read, or None where none is near.

    Compared are the headings and the roles of columns, the codes of ratings, whether the actions
    stand in sections, and whether there is a list of recommendations. Of two that are equally
    near, the first by name.
    """
    matches = [_match(source, name, templates[name]) for name in sorted(templates)]
    near = [match for match in matches if match.likeness >= NEAR]
    return max(near, key=lambda match: match.likeness, default=None)


def _match(source: Source, name: str, template: PlanDefinition) -> Match:
    plan = source.definition
    mine = [item for item in plan.fields_of("action") if item.id in source.columns]
    theirs = template.fields_of("action")
    headed = sum(any(_same_heading(item, other) for other in theirs) for item in mine)
    known = sum(
        any(_same_heading(item, other) or _same_role(item, other) for other in theirs)
        for item in mine
    )
    parts = (
        (HEADINGS, headed / len(mine) if mine else 0.0),
        (ROLES, _shared(_roles(plan), _roles(template))),
        (RATINGS if _codes(plan) else SHAPE, _shared(_codes(plan), _codes(template))),
        (SHAPE, float(_in_sections(plan) == _in_sections(template))),
        (SHAPE, float(_has_list(plan) == _has_list(template))),
    )
    likeness = sum(weight * part for weight, part in parts) / sum(weight for weight, _ in parts)
    return Match(name, known, len(mine), round(likeness, 3))


def _same_heading(one: Field, other: Field) -> bool:
    """Headings as people say them: "Lead Officer" and "Lead Officers" are one."""
    return normal_heading(one.heading).rstrip("s") == normal_heading(other.heading).rstrip("s")


def _same_role(one: Field, other: Field) -> bool:
    return one.role == other.role != "text"


def _roles(plan: PlanDefinition) -> frozenset[str]:
    return frozenset(item.role for item in plan.fields_of("action")) - {"text"}


def _codes(plan: PlanDefinition) -> frozenset[str]:
    return frozenset(fold(rating.code) for rating in plan.ratings)


def _shared(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of all that is in either which is in both; two empty sets are alike."""
    return len(one & other) / len(one | other) if one | other else 1.0


def _in_sections(plan: PlanDefinition) -> bool:
    return plan.with_role("section") is not None


def _has_list(plan: PlanDefinition) -> bool:
    return bool(plan.fields_of("recommendation"))
