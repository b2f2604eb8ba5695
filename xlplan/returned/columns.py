"""The columns of an issued workbook: one order, shared by who writes it and who reads it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlplan.plan.definition import ENTRY, Field, PlanDefinition
from xlplan.plan.values import Value, show

ID_PREFIX = "field:"
"""Each column carries its id in a hidden row directly above the headings: ``field:rating``."""


@dataclass(frozen=True, slots=True)
class IssuedColumn:
    """One column of an issued workbook. `id` is the field's id, with `ENTRY` for an entry."""

    id: str
    heading: str
    item: Field
    input: bool

    @property
    def entry(self) -> bool:
        """Whether this is where a new entry is written, rather than the field itself."""
        return self.id.endswith(ENTRY)


def template_columns(definition: PlanDefinition) -> tuple[IssuedColumn, ...]:
    """The columns of a lead's template: ``[issue] fields``, or every field of actions.

    The ref is always the first; a private field is never one. A narrative in `append` mode shows
    what stands (locked) and, next to it, an input for this period's entry.
    """
    definition = definition.public
    key = definition.with_role("key")
    chosen: Sequence[Field] = definition.fields_of("action")
    if definition.issue.fields:
        by_id = {item.id: item for item in chosen}
        chosen = [by_id[name] for name in definition.issue.fields if name in by_id]
    ordered = [*([key] if key else []), *(item for item in chosen if item is not key)]
    columns: list[IssuedColumn] = []
    for item in ordered:
        mine = item.owner == "lead" and item is not key
        appended = mine and item.type == "narrative" and item.mode == "append"
        columns.append(IssuedColumn(item.id, item.heading, item, mine and not appended))
        if appended:
            heading = f"{item.heading}: this period"
            columns.append(IssuedColumn(item.id + ENTRY, heading, item, True))
    return tuple(columns)


def master_columns(definition: PlanDefinition, kind: str = "action") -> tuple[IssuedColumn, ...]:
    """The columns of `master.xlsx`: every field; the coordinator may edit all of them."""
    return tuple(
        IssuedColumn(item.id, item.heading, item, True) for item in definition.fields_of(kind)
    )


def locked_text(columns: Sequence[IssuedColumn], values: Mapping[str, Value]) -> str:
    """The locked text of a row, which its signed key covers: what its locked cells show."""
    return "\x1f".join(show(values.get(column.id)) for column in columns if not column.input)
