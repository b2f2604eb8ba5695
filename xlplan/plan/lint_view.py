"""What a lint looks at: the rows of a plan and the questions that several lints ask of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.due import Due, due_in
from xlplan.plan.history import NO_HISTORY, History
from xlplan.plan.text import fold
from xlplan.plan.values import Invalid, Value


class Row(Protocol):
    """An action or a recommendation as the lints see it."""

    @property
    def uid(self) -> str:
        """The id that never changes."""

    @property
    def kind(self) -> str:
        """``"action"`` or ``"recommendation"``."""

    @property
    def ref(self) -> str:
        """The ref that people see."""

    @property
    def section(self) -> str:
        """The section it stands in."""

    @property
    def values(self) -> Mapping[str, Value]:
        """Values by field id."""

    @property
    def withdrawn(self) -> bool:
        """Whether it has been taken out of the plan."""


@dataclass(frozen=True)
class Plan:
    """What a lint looks at: the definition, every row and the day."""

    definition: PlanDefinition
    rows: Sequence[Row]
    today: date
    history: History = NO_HISTORY

    @cached_property
    def standing(self) -> tuple[Row, ...]:
        """The rows that are not withdrawn."""
        return tuple(row for row in self.rows if not row.withdrawn)

    @cached_property
    def by_ref(self) -> Mapping[tuple[str, str], Row]:
        """Rows that stand, by (kind, folded ref); the first where several share a ref."""
        found: dict[tuple[str, str], Row] = {}
        for row in self.standing:
            found.setdefault((row.kind, fold(row.ref)), row)
        return found

    @cached_property
    def _fields(self) -> Mapping[str, tuple[Field, ...]]:
        kinds = {row.kind for row in self.standing}
        return {kind: self.definition.fields_of(kind) for kind in kinds}

    def cells(self) -> Iterator[tuple[Row, Field, Value]]:
        """Every cell of every row that stands."""
        for row in self.standing:
            for item in self._fields[row.kind]:
                yield row, item, row.values.get(item.id)

    def of_role(self, *roles: str) -> Iterator[tuple[Row, Field, Value]]:
        """The cells whose field has one of these roles."""
        chosen = {
            kind: [item for item in fields if item.role in roles]
            for kind, fields in self._fields.items()
        }
        for row in self.standing:
            for item in chosen[row.kind]:
                yield row, item, row.values.get(item.id)

    @cached_property
    def _dues(self) -> dict[int, Due]:
        return {}

    def due(self, row: Row) -> Due:
        """When a row is due now; worked out once."""
        if id(row) not in self._dues:  # the rows live as long as the plan does
            self._dues[id(row)] = due_in(self.definition, row.values, row.kind)
        return self._dues[id(row)]

    @cached_property
    def is_rated(self) -> bool:
        """Whether the plan has a field for ratings."""
        item = self.definition.with_role("rating")
        return item is not None and item.type == "rating"

    @cached_property
    def _scales(self) -> dict[str, tuple[Rating, ...]]:
        return {}

    def scale(self, item: Field) -> tuple[Rating, ...]:
        """The rating scale of a field; sorted once."""
        if item.scale not in self._scales:
            self._scales[item.scale] = self.definition.scale_of(item)
        return self._scales[item.scale]

    def rating_before(self, row: Row) -> Rating | None:
        """The point of the scale at which the last board saw an action."""
        item = self.definition.with_role("rating", row.kind)
        seen = self.history.at_last_board(row.uid)
        if item is None or seen is None:
            return None
        return self.definition.rating(seen.get(item.id), item.scale)

    def rated(self) -> Iterator[tuple[Row, Field, Value, bool]]:
        """Every action's rating: row, field, code and whether that rating is closed."""
        item = self.definition.with_role("rating")
        if item is None or item.type != "rating":
            return
        for row in self.standing:
            code = row.values.get(item.id)
            if row.kind == "action" and not isinstance(code, Invalid):
                yield row, item, code, self.closed(row)

    def closed(self, row: Row) -> bool:
        """Whether the rating of a row is one that closes it."""
        item = self.definition.with_role("rating", row.kind)
        rating = self.definition.rating(row.values.get(item.id), item.scale) if item else None
        return rating is not None and rating.closed


def newest_notes(definition: PlanDefinition, row: Row) -> Iterator[tuple[str, str]]:
    """The progress notes of a row: field id and text; of dated entries only the newest."""
    for item in definition.fields_of(row.kind):
        text = row.values.get(item.id)
        if item.role == "progress" and isinstance(text, str):
            yield item.id, entries_of(text)[0] if item.mode == "append" else text


def entries_of(note: str) -> list[str]:
    """The dated entries of a narrative that grows, newest first."""
    return re.split(r"\n(?=\[)", note)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a lint found: the row (None: in the definition), the field's id, and a message."""

    row: Row | None
    field: str
    message: str
