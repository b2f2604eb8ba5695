"""Which leads and organisations answer for actions, and the figures of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlplan.board.board_model import ReturnLine
from xlplan.board.standings import NO_LEAD, Reader, Standing, leads_of
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.values import Value, show, sort_elements

NO_ORGANISATION = "No organisation named"


@dataclass(frozen=True, slots=True)
class LeadCount:
    """The actions of one lead, and the lead's return. A shared action counts under each lead."""

    lead: str
    organisation: str
    now: Mapping[str, int]
    overdue: int
    exceptions: int
    line: ReturnLine | None

    @property
    def actions(self) -> int:
        """How many actions name this lead."""
        return sum(self.now.values())


@dataclass(frozen=True, slots=True)
class OrganisationCount:
    """The actions of one organisation, and its leads' returns.

    An action counts once under each organisation that answers for it. `outstanding` are the leads
    who were asked and have not returned.
    """

    organisation: str
    leads: tuple[str, ...]
    now: Mapping[str, int]
    overdue: int
    exceptions: int
    asked: int
    returned: int
    outstanding: tuple[str, ...]

    @property
    def actions(self) -> int:
        """How many actions this organisation answers for."""
        return sum(self.now.values())


def organisations_of(definition: PlanDefinition, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The organisations that answer for an action, each once.

    The field with the role ``organisation`` says so, where the plan has one; otherwise they are
    the organisations of the leads that the action names.
    """
    item = definition.with_role("organisation")
    value = values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sort_elements(value))
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(value))
    if item is not None and show(value):
        return (show(value),)
    names = (organisation_of_lead(definition, name) for name in leads_of(definition, values))
    return tuple(dict.fromkeys(name for name in names if name))


def organisation_of_lead(definition: PlanDefinition, name: str) -> str:
    """A lead's organisation: the plan's own, where the definition names no other."""
    lead = definition.lead(name)
    return (lead.organisation if lead else "") or definition.organisation


def organised(definition: PlanDefinition) -> bool:
    """Whether the plan says of anything which organisation it belongs to."""
    return definition.with_role("organisation") is not None or any(
        lead.organisation for lead in definition.leads
    )


def organisation_counts(
    reader: Reader, standings: Sequence[Standing]
) -> tuple[OrganisationCount, ...]:
    """The figures of every organisation; those with no organisation stand last."""
    definition = reader.board.definition
    if not organised(definition):
        return ()
    actions: dict[str, list[Standing]] = {}
    for one in standings:
        for name in organisations_of(definition, one.row.values) or (NO_ORGANISATION,):
            actions.setdefault(name, []).append(one)
    leads: dict[str, list[str]] = {}
    for name in reader.line_of:
        leads.setdefault(organisation_of_lead(definition, name), []).append(name)
    names = {*actions, *(name or NO_ORGANISATION for name in leads)}
    order = sorted(names, key=lambda name: (name == NO_ORGANISATION, name.casefold(), name))
    return tuple(
        _count(
            reader,
            name,
            actions.get(name, ()),
            leads.get("" if name == NO_ORGANISATION else name, ()),
        )
        for name in order
    )


def _count(
    reader: Reader, name: str, group: Sequence[Standing], leads: Sequence[str]
) -> OrganisationCount:
    asked = [lead for lead in leads if reader.line_of[lead].issued]
    missing = [lead for lead in asked if not reader.line_of[lead].returned]
    return OrganisationCount(
        organisation=name,
        leads=tuple(leads),
        now=Counter(s.now for s in group),
        overdue=sum(s.overdue for s in group),
        exceptions=sum(bool(s.reasons) for s in group),
        asked=len(asked),
        returned=len(asked) - len(missing),
        outstanding=tuple(missing),
    )


def lead_counts(reader: Reader, standings: Sequence[Standing]) -> tuple[LeadCount, ...]:
    """The figures of every lead; a shared action counts under each of them."""
    definition = reader.board.definition
    by_lead: dict[str, list[Standing]] = {name: [] for name in reader.line_of}
    for one in standings:
        for name in leads_of(definition, one.row.values) or (NO_LEAD,):
            by_lead.setdefault(name, []).append(one)
    order = sorted(by_lead, key=lambda name: (name == NO_LEAD, name.casefold(), name))
    found = ((name, definition.lead(name)) for name in order)
    return tuple(
        LeadCount(
            lead=name,
            organisation=lead.organisation if lead else "",
            now=Counter(s.now for s in by_lead[name]),
            overdue=sum(s.overdue for s in by_lead[name]),
            exceptions=sum(bool(s.reasons) for s in by_lead[name]),
            line=reader.line_of.get(name),
        )
        for name, lead in found
    )
