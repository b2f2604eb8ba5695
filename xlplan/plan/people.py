"""Who answers for what: leads, and whoever they handed over to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from xlplan.plan.keys import EMAIL, key
from xlplan.plan.text import fold


@dataclass(frozen=True, slots=True)
class Lead:
    """An officer who answers for actions."""

    name: str = field(metadata=key("as it stands in the plan"))
    aliases: tuple[str, ...] = field(default=(), metadata=key("other spellings of the name"))
    organisation: str = field(default="", metadata=key("where the board counts by organisation"))
    email: str = field(default="", metadata=key("one address", shape=EMAIL))
    deputy: str = field(default="", metadata=key("who stands in"))
    successor: str = field(
        default="",
        metadata=key("the lead who answers from now on for what the plan says of this one"),
    )
    nobody: bool = field(
        default=False, metadata=key("it names nobody, such as All or a post that is not filled")
    )


@dataclass(frozen=True)
class Directory:
    """The leads of a definition by name; names are compared without case and spacing."""

    leads: Sequence[Lead]

    @cached_property
    def names(self) -> Mapping[str, Lead]:
        """Leads by name and alias; for one who handed over, who answers now."""
        found: dict[str, Lead] = {}
        for lead in self.leads:
            for name in (lead.name, *lead.aliases):
                found.setdefault(fold(name), lead)
        return {name: _answering(lead, found) for name, lead in found.items()}

    def lead(self, name: str) -> Lead | None:
        """The lead with this name or alias, or who answers for them now; None where there is
        none, or the name is nobody's."""
        lead = self.names.get(fold(name))
        return None if lead is None or lead.nobody else lead

    def is_nobody(self, name: str) -> bool:
        """Whether a name is in the list of leads as one that is nobody's."""
        lead = self.names.get(fold(name))
        return lead is not None and lead.nobody

    @cached_property
    def people(self) -> tuple[Lead, ...]:
        """The leads who answer for something themselves."""
        return tuple(lead for lead in self.leads if not lead.nobody and not lead.successor)


def _answering(lead: Lead, known: Mapping[str, Lead]) -> Lead:
    """Who answers in the end for what a lead handed over."""
    passed = {lead.name}
    while (after := known.get(fold(lead.successor))) is not None:
        if after.name in passed:
            break
        passed.add(after.name)
        lead = after
    return lead
