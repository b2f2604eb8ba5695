"""Issue by need: which actions a lead is asked about, where not about all of them.

Any of what is named is enough. What is finished has no need, unless its very rating is named.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta

from msgspec import Struct

from xlplan.plan.definition import PlanDefinition
from xlplan.plan.due import Likely, due_now
from xlplan.plan.values import Invalid, Value, canon


class Need(Struct, frozen=True):
    """Actions that are due within so many days (or overdue), that have one of these ratings (codes,
    labels or aliases), or in which nothing was changed for so many cycles. Without any: all."""

    due_within: int | None = None
    rated: tuple[str, ...] = ()
    stale: int = 0

    def __bool__(self) -> bool:
        return self.due_within is not None or bool(self.rated) or self.stale > 0

    def __str__(self) -> str:
        """The need in words: ``due within 45 days, or rated R``."""
        found = []
        if self.due_within is not None:
            found.append(f"due within {_count(self.due_within, 'day')}")
        if self.rated:
            found.append(f"rated {' or '.join(self.rated)}")
        if self.stale:
            found.append(f"unchanged for {_count(self.stale, 'cycle')}")
        return ", or ".join(found)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def codes_of(definition: PlanDefinition, rated: tuple[str, ...]) -> Mapping[str, str | None]:
    """The code of each rating that is named; None where the plan has no such rating."""
    item = definition.with_role("rating")
    found: dict[str, str | None] = {}
    for name in rated:
        value = canon(item, name, definition) if item is not None else None
        found[name] = None if value is None or isinstance(value, Invalid) else str(value)
    return found


class Needed(Struct, frozen=True):
    """Which actions have a need on a day: `codes` are those of its ratings, and `stale` the uids
    in which nothing was changed for so long."""

    definition: PlanDefinition
    need: Need
    today: date
    likely: Likely
    codes: Container[str]
    stale: Container[str]

    def has(self, uid: str, values: Mapping[str, Value]) -> bool:
        """Whether an action with these values is one of them."""
        item = self.definition.with_role("rating")
        rating = values.get(item.id) if item is not None else None
        if rating in self.codes:
            return True
        if item is not None and self.definition.finishes(item, rating):
            return False
        return uid in self.stale or self._is_due(values)

    def _is_due(self, values: Mapping[str, Value]) -> bool:
        if self.need.due_within is None:
            return False
        due = due_now(self.definition, values, self.likely).by
        return due is not None and due <= self.today + timedelta(days=self.need.due_within)
