"""The columns of an issued workbook: one order, shared by who writes it and who reads it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xlplan.plan.definition import ENTRY, KEPT_BACK, STATUS, WITHDRAWN, Field, PlanDefinition
from xlplan.plan.text import fold
from xlplan.plan.values import Value, show

ID_PREFIX = "field:"
"""Each column carries its id in a hidden row directly above the headings: ``field:rating``."""
_KEY_HEADINGS = ("Row key", "Key of the row")
_STATUS_HEADINGS = ("Status", "Row status")
_ENTRY_HEADINGS = ("{}: this period", "{}: entry for this period")
"""Headings of ours: each, and the one it takes where a column of the plan is headed like it."""


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
    taken = [item.heading for item in ordered]
    columns: list[IssuedColumn] = []
    for item in ordered:
        mine = item.owner == "lead" and item is not key
        appended = mine and item.type == "narrative" and item.mode == "append"
        columns.append(IssuedColumn(item.id, item.heading, item, mine and not appended))
        if appended:
            heading = _aside([text.format(item.heading) for text in _ENTRY_HEADINGS], taken)
            columns.append(IssuedColumn(item.id + ENTRY, heading, item, True))
    return tuple(columns)


def master_columns(definition: PlanDefinition, kind: str = "action") -> tuple[IssuedColumn, ...]:
    """The columns of `master.xlsx`: every field; the coordinator may edit all of them."""
    return tuple(
        IssuedColumn(item.id, item.heading, item, True) for item in definition.fields_of(kind)
    )


def status_column(definition: PlanDefinition, kind: str = "action") -> IssuedColumn:
    """The last column of `master.xlsx`: blank, withdrawn or kept back."""
    taken = [item.heading for item in definition.fields_of(kind)]
    heading = _aside(_STATUS_HEADINGS, taken)
    item = Field(STATUS, heading, "choice", choices=(WITHDRAWN, KEPT_BACK), width=13,
                 guidance="Choose withdrawn to take a row out of the plan, kept back to send it to "
                 "no lead and show it on no board.")  # fmt: skip
    return IssuedColumn(STATUS, heading, item, True)


def key_heading(columns: Sequence[IssuedColumn]) -> str:
    """The heading of the hidden column with the row keys."""
    return _aside(_KEY_HEADINGS, [column.heading for column in columns])


def known_headings(columns: Sequence[IssuedColumn]) -> Iterator[tuple[str, str]]:
    """The id and the heading of each column; and first, for a column of ours, the heading that
    workbooks have in which it had not stepped aside."""
    for column in columns:
        if column.id == STATUS:
            yield column.id, _STATUS_HEADINGS[0]
        if column.entry:
            yield column.id, _ENTRY_HEADINGS[0].format(column.item.heading)
        yield column.id, column.heading


def _aside(ours: Sequence[str], taken: Iterable[str]) -> str:
    """The first heading of `ours` that the plan has none like; numbered where it has them all."""
    theirs = {fold(heading) for heading in taken}
    numbered = (f"{ours[-1]} ({number})" for number in range(2, len(theirs) + 3))
    return next(text for text in (*ours, *numbered) if fold(text) not in theirs)


def locked_text(columns: Sequence[IssuedColumn], values: Mapping[str, Value]) -> str:
    """The locked text of a row, which its signed key covers: what its locked cells show."""
    return "\x1f".join(show(values.get(column.id)) for column in columns if not column.input)
