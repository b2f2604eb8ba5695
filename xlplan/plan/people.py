"""Who answers for what: leads, whoever they handed over to, and groups of them.

A *team* is what is sent one workbook for all its members: a group whose `issue` is ``"one"``, or,
where `[issue] by` says so, an organisation or a section. It is addressed as a `Lead` of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Annotated, Literal

from msgspec import Struct

from xlplan.language.catalogue import SHIPPED
from xlplan.plan.keys import EMAIL, key
from xlplan.plan.text import fold

IssuedBy = Literal["lead", "organisation", "section"]
GroupIssue = Literal["each", "one"]


class Lead(Struct, frozen=True):
    """An officer who answers for actions."""

    name: Annotated[str, key("as it stands in the plan")]
    aliases: Annotated[tuple[str, ...], key("other spellings of the name")] = ()
    organisation: Annotated[str, key("where the board counts by organisation")] = ""
    email: Annotated[str, key("one address", shape=EMAIL)] = ""
    deputy: Annotated[str, key("who stands in")] = ""
    successor: Annotated[
        str,
        key("the lead who answers from now on for what the plan says of this one"),
    ] = ""
    nobody: Annotated[
        bool,
        key("it names nobody, such as All or a post that is not filled"),
    ] = False
    language: Annotated[
        str,
        key(
            'what they are written to in: "en" or "cy"; left out, the language of the plan',
            allowed=tuple(SHIPPED),
            noun="a language of letters",
            labels=SHIPPED,
        ),
    ] = ""


class Group(Struct, frozen=True):
    """Several leads under one name, such as a team or *All Group Managers*."""

    name: Annotated[str, key("as it stands in the plan, or as the team is addressed")]
    members: Annotated[tuple[str, ...], key("the names of its leads")] = ()
    contact: Annotated[
        str,
        key("who is sent the one workbook of the group: a lead of the list, or an address"),
    ] = ""
    issue: Annotated[
        GroupIssue,
        key(
            '"each": every member is sent the actions that name the group; "one": the group is '
            "sent one workbook for all that it and its members answer for",
            allowed=("each", "one"),
            noun="how a group is sent its actions",
            labels={"each": "Every member gets them", "one": "One workbook for all"},
        ),
    ] = "each"


class SignOff(Struct, frozen=True):
    """One of the signatures that a return needs."""

    role: Annotated[str, key("who signs, such as Head of Service")]
    name: Annotated[str, key("the person, where it is always the same")] = ""
    order: Annotated[
        int,
        key("its place among the signatures; left out, the place in this file"),
    ] = 0


class Directory(Struct, frozen=True, dict=True):
    """The leads and groups of a definition, by name; `by` is `[issue] by`.

    Names are compared without case and spacing. A group goes before a lead of the same name.
    """

    leads: Sequence[Lead]
    groups: Sequence[Group] = ()
    by: IssuedBy = "lead"

    @cached_property
    def names(self) -> Mapping[str, Lead]:
        """Leads by name and alias, for one who handed over who answers now; groups as leads."""
        found: dict[str, Lead] = {}
        for lead in self.leads:
            for name in (lead.name, *lead.aliases):
                found.setdefault(fold(name), lead)
        answering = {name: _answering(lead, found) for name, lead in found.items()}
        teams = {name: self._team(group.name, answering) for name, group in self._groups.items()}
        if self.by == "organisation":
            for name in self._organisations:
                teams.setdefault(fold(name), self._team(name, answering))
        return {**teams, **answering, **{name: teams[name] for name in self._groups}}

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {fold(group.name): group for group in self.groups}

    @property
    def _organisations(self) -> Iterator[str]:
        yield from dict.fromkeys(lead.organisation for lead in self.leads if lead.organisation)

    def _team(self, name: str, known: Mapping[str, Lead]) -> Lead:
        group = self._groups.get(fold(name))
        contact = group.contact if group is not None else ""
        lead = known.get(fold(contact))
        if lead is None:
            return Lead(name, email=contact)
        return Lead(name, email=lead.email, language=lead.language)

    def lead(self, name: str) -> Lead | None:
        """The lead with this name or alias, or who answers for them now, or the team or group of
        that name; None where there is none, or the name is nobody's."""
        lead = self.names.get(fold(name))
        return None if lead is None or lead.nobody else lead

    def is_nobody(self, name: str) -> bool:
        """Whether a name is in the list of leads as one that is nobody's."""
        lead = self.names.get(fold(name))
        return lead is not None and lead.nobody

    @cached_property
    def people(self) -> tuple[Lead, ...]:
        """The leads who answer for something themselves."""
        return tuple(
            lead
            for lead in self.leads
            if not lead.nobody and not lead.successor and fold(lead.name) not in self._groups
        )

    def answering(self, name: str) -> tuple[Lead, ...]:
        """Who answers where a cell has this name: the members of a group that is issued to each,
        else the one lead or group; nobody for an unknown name."""
        found = (self.lead(each) for each in self.names_in(name))
        return tuple(dict.fromkeys(lead for lead in found if lead is not None))

    def names_in(self, name: str) -> tuple[str, ...]:
        """The names that a name stands for: of the members of a group that is issued to each."""
        group = self._groups.get(fold(name))
        return (name,) if group is None or group.issue == "one" else group.members or (name,)

    @property
    def has_teams(self) -> bool:
        """Whether a workbook may hold the actions of several leads."""
        return self.by != "lead" or any(group.issue == "one" for group in self.groups)

    @cached_property
    def _team_of(self) -> Mapping[str, Lead]:
        """The team of each lead, by the lead's name, for those who have one."""
        found: dict[str, Lead] = {}
        if self.by == "organisation":
            for lead in self.people:
                if lead.organisation:
                    found[lead.name] = self.names[fold(lead.organisation)]
        for group in self.groups:
            for member in group.members if group.issue == "one" else ():
                if (known := self.lead(member)) is not None:
                    found[known.name] = self.names[fold(group.name)]
        return found

    def recipient(self, lead: Lead, section: str = "") -> Lead:
        """Who is sent the workbook with a lead's action of a section (blank: of none), whatever
        that is divided into; a group of the section's name says who is its contact."""
        top = section.partition("\n")[0]
        if self.by == "section" and top:
            return self.names[fold(top)] if fold(top) in self._groups else Lead(top)
        return self._team_of.get(lead.name, lead)

    @cached_property
    def recipients(self) -> tuple[Lead, ...]:
        """Everybody who may be sent a workbook, but the teams of sections: teams, then leads who
        are in none."""
        own = (
            self.names[name]
            for name, group in self._groups.items()
            if group.issue == "one" or not group.members
        )
        teams = dict.fromkeys([*own, *self._team_of.values()])
        return (*teams, *(lead for lead in self.people if lead.name not in self._team_of))


def _answering(lead: Lead, known: Mapping[str, Lead]) -> Lead:
    """Who answers in the end for what a lead handed over."""
    passed = {lead.name}
    while (after := known.get(fold(lead.successor))) is not None:
        if after.name in passed:
            break
        passed.add(after.name)
        lead = after
    return lead
