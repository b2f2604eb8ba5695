"""Roll-ups: what the actions come to that a recommendation, a section or any other field has.

By the definition's rule (``[[rollup]]``) that is the worst rating, the share completed, or the
accountable officer's own rating of the recommendation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from xlplan.plan.checks.lint_view import Row
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import Rollup
from xlplan.plan.text import fold
from xlplan.plan.values import Value, badness, show, sort_elements


class RolledUp(Struct, frozen=True):
    """One recommendation, or one value of a field, with what its actions come to.

    `rating` is a code: of the scale of actions by rule ``"worst"``, of the recommendation's own
    by ``"accountable"``; None where nothing is rated. `share` is `closed` of `actions`, or None
    where there are none. `unrated` actions have no rating of the scale. `uids` are the actions.
    """

    to: str
    rating: str | None
    share: float | None
    actions: int
    closed: int
    unrated: int
    uids: tuple[str, ...] = ()


def roll_up(
    definition: PlanDefinition, rows: Sequence[Row], rollup: Rollup
) -> tuple[RolledUp, ...]:
    """What the actions that stand come to, one result for each recommendation or value.

    Recommendations come in the order of `rows`, those without actions included, then refs that
    name none; values in the order in which they first appear. An action that names several counts
    under each of them; one that names none counts under ``""``.
    """
    standing = [row for row in rows if not row.withdrawn]
    groups = _groups(definition, standing, rollup)
    item = definition.with_role("rating")
    scale = definition.scale_of(item) if item and item.field_type.rated else ()
    own = _own_ratings(definition, standing, rollup) if rollup.rule == "accountable" else {}
    return tuple(
        _rolled(name, group, item, scale, own.get(fold(name)), rollup)
        for name, group in groups.items()
    )


def _groups(
    definition: PlanDefinition, standing: Sequence[Row], rollup: Rollup
) -> Mapping[str, list[Row]]:
    item = (
        definition.with_role("recommendation")
        if rollup.to == "recommendation"
        else definition.find(rollup.to)
    )
    groups: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    if rollup.to == "recommendation":
        for row in standing:
            if row.kind == "recommendation":
                groups.setdefault(names.setdefault(fold(row.ref), row.ref), [])
    for row in standing:
        if row.kind == "action":
            for name in _names(row, item):
                groups.setdefault(names.setdefault(fold(name), name), []).append(row)
    return groups


def _names(row: Row, item: Field | None) -> list[str]:
    """What an action counts under; a section it merely stands in counts as its own."""
    value = row.values.get(item.id) if item else None
    if value is None and item is not None and item.role == "section" and row.section:
        return [row.section]
    if isinstance(value, frozenset):
        return sort_elements(value)
    if isinstance(value, tuple):
        return list(dict.fromkeys(value))
    return [" ".join(show(value).split())]


def _own_ratings(
    definition: PlanDefinition, standing: Sequence[Row], rollup: Rollup
) -> Mapping[str, Value]:
    item = (
        definition.find(rollup.field, "recommendation")
        if rollup.field
        else definition.with_role("rating", "recommendation")
    )
    codes = {rating.code for rating in definition.scale_of(item)} if item else set()
    found = {
        fold(row.ref): row.values.get(item.id)
        for row in reversed(standing)
        if item and row.kind == "recommendation"
    }
    return {ref: code for ref, code in found.items() if code in codes}


def _rolled(
    name: str,
    group: Sequence[Row],
    item: Field | None,
    scale: Sequence[Rating],
    own: Value,
    rollup: Rollup,
) -> RolledUp:
    bad = badness(scale)
    shuts = {rating.code for rating in scale if rating.closed}
    codes = [row.values.get(item.id) if item else None for row in group]
    rated = [code for code in codes if isinstance(code, str) and code in bad]
    closed = sum(code in shuts for code in rated)
    worst = max(rated, key=lambda code: bad[code], default=None)
    by_rule = {"worst": worst, "accountable": own if isinstance(own, str) else None}
    return RolledUp(
        name,
        by_rule.get(rollup.rule),
        closed / len(group) if group else None,
        len(group),
        closed,
        len(group) - len(rated),
        tuple(row.uid for row in group),
    )
