"""The plan definition as values: what `plan.toml` says, checked and typed.

Everything here is frozen; `xlplan.plan.load` reads the text, `xlplan.plan.propose` makes one.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal

from xlplan.plan.types import TYPES
from xlplan.plan.types.field_type import FieldType

ROLES: tuple[str, ...] = (
    "key", "section", "action", "lead", "accountable", "due", "rating", "initial_rating",
    "previous_rating", "progress", "evidence", "output", "outcome", "measure", "milestone",
    "recommendation", "inspection", "origin", "organisation", "percent", "target", "actual",
    "reason", "revised", "approved_by", "approved_on", "page", "text",
)  # fmt: skip
Owner = Literal["lead", "coordinator"]
Kind = Literal["action", "recommendation"]
RollupRule = Literal["worst", "share-closed", "accountable"]
ROLLUP_RULES: tuple[str, ...] = ("worst", "share-closed", "accountable")
ENTRY = ":entry"
"""Suffix of the id of a column in which a lead writes this period's entry of a narrative."""
STATUS = "_status"
"""The hidden field that says where an action stands that is not in the plan: `WITHDRAWN` or
`KEPT_BACK`, else blank."""
WITHDRAWN = "withdrawn"
KEPT_BACK = "kept back"
"""In the master alone: sent to no lead, and on no board."""
SHOWN_TO_ALL: frozenset[str] = frozenset({"key", "action", "lead"})
"""Roles that whatever goes out rests on: a field of one of these cannot be private."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the plan. `of` says whether it describes actions or recommendations."""

    id: str
    heading: str
    type: str = "text"
    role: str = "text"
    owner: Owner = "coordinator"
    required: bool = False
    width: float = 0.0
    guidance: str = ""
    mode: Literal["replace", "append"] = "replace"
    choices: tuple[str, ...] = ()
    scale: str = ""
    of: Kind = "action"
    retired: bool = False
    private: bool = False
    """Whether it stays with the coordinator: no template and no board has it."""

    @property
    def field_type(self) -> FieldType:
        """What its type is: how it is read, shown, written in a cell and merged."""
        return TYPES[self.type]


@dataclass(frozen=True, slots=True)
class Rating:
    """One point of a rating scale. Colours are ``#RRGGBB`` and carry no built-in meaning."""

    code: str
    label: str
    meaning: str = ""
    colour: str = "#D9D9D9"
    text_colour: str = ""
    order: int = 0
    closed: bool = False
    holding: bool = False
    exception: bool = False
    aliases: tuple[str, ...] = ()
    scale: str = ""


@dataclass(frozen=True, slots=True)
class Lead:
    """An officer who answers for actions."""

    name: str
    aliases: tuple[str, ...] = ()
    organisation: str = ""
    email: str = ""
    deputy: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a rating may be challenged; see DESIGN section 7. Never replaces the officer's rating.

    All its conditions must hold. Percentages are written as 0 to 100; `overdue_days` holds from
    that many days after the due date on; `target` says on which side of the target the actual
    figure misses it. `rated` limits the rule to some ratings; without it a rule looks at every
    action that is neither closed nor held.
    """

    id: str
    challenge: str
    percent_up_to: float | None = None
    percent_below: float | None = None
    percent_above: float | None = None
    overdue_days: int | None = None
    progress_says: Literal["", "completed", "outstanding"] = ""
    target: Literal["", "below", "above"] = ""
    rated: tuple[str, ...] = ()
    message: str = ""


@dataclass(frozen=True, slots=True)
class Rollup:
    """How actions are summed up: for every recommendation, or every value of one of their fields.

    `to` is ``"recommendation"`` or the id of a field of actions. `rule` is ``"worst"`` rating,
    ``"share-closed"``, or the ``"accountable"`` officer's own rating of the recommendation, in
    the field that `field` names (default: the one with role rating).
    """

    to: str
    rule: RollupRule
    field: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class IssueSettings:
    """`[issue]`: which fields a template shows, in which order, and what it tells its lead."""

    fields: tuple[str, ...] = ()
    include_closed: bool = True
    proposal_rows: int = 0
    contact: str = ""
    guidance: str = ""
    password: str = ""
    layout: Literal["table", "form"] = "table"
    """One row an action, or one page an action as a form: for long narratives."""


@dataclass(frozen=True, slots=True)
class CompositeSettings:
    """`[composite]`: sheets, fields and house style of the board's workbook."""

    fields: tuple[str, ...] = ()
    sheets: tuple[str, ...] = ()
    group_by: str = ""


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """`[style]`: colours as ``#RRGGBB`` and a font name, for every workbook that goes out."""

    font: str = "Calibri"
    heading_colour: str = "#1F3864"
    band_colour: str = "#D9E2F3"
    input_colour: str = "#FFFBE6"


DEFAULT_SEPARATORS: tuple[str, ...] = ("/", ";", ",", " and ", "&", "\n")


@dataclass(frozen=True)
class PlanDefinition:
    """The whole of `plan.toml`."""

    id: str
    title: str
    fields: tuple[Field, ...]
    organisation: str = ""
    marking: str = ""
    timezone: str = "Europe/London"
    language: str = "en-GB"
    ratings: tuple[Rating, ...] = ()
    leads: tuple[Lead, ...] = ()
    separators: tuple[str, ...] = DEFAULT_SEPARATORS
    rules: tuple[Rule, ...] = ()
    rollups: tuple[Rollup, ...] = ()
    issue: IssueSettings = field(default_factory=IssueSettings)
    composite: CompositeSettings = field(default_factory=CompositeSettings)
    style: HouseStyle = field(default_factory=HouseStyle)
    checks: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    kept_back: tuple[str, ...] = ()
    """Texts of the spreadsheet that stay with the coordinator; in `notes` they go to the board."""
    agreed: date | None = None
    """The day from which relative timescales count ("Within 3 months")."""

    @cached_property
    def public(self) -> PlanDefinition:
        """The definition as far as it may go out: nothing in it is private or kept back."""
        if not self.kept_back and not any(item.private for item in self.fields):
            return self
        fields = tuple(item for item in self.fields if not item.private)
        scales = {item.scale for item in fields if item.field_type.rated}
        gone = {(item.of, item.id) for item in self.fields if item.private}
        shown = {item.id for item in fields if item.of == "action"}
        return replace(
            self,
            fields=fields,
            ratings=tuple(rating for rating in self.ratings if rating.scale in scales),
            rollups=tuple(
                rollup
                for rollup in self.rollups
                if ("action", rollup.to) not in gone
                and ("recommendation", rollup.field) not in gone
            ),
            issue=replace(self.issue, fields=_without(self.issue.fields, shown)),
            composite=replace(
                self.composite,
                fields=_without(self.composite.fields, shown),
                group_by="".join(_without((self.composite.group_by,), shown)),
            ),
            kept_back=(),
        )

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], Field]:
        """Fields by (kind of row, field id)."""
        return {(item.of, item.id): item for item in self.fields}

    @cached_property
    def _by_role(self) -> Mapping[tuple[str, str], Field]:
        """The first field in use by (kind of row, role): asked for every action of a plan."""
        found: dict[tuple[str, str], Field] = {}
        for item in self.fields:
            if not item.retired:
                found.setdefault((item.of, item.role), item)
        return found

    def fields_of(self, kind: str, *, retired: bool = False) -> tuple[Field, ...]:
        """The fields of actions, or of recommendations, in the order of the definition."""
        return tuple(f for f in self.fields if f.of == kind and (retired or not f.retired))

    def find(self, field_id: str, kind: str = "action") -> Field | None:
        """The field with this id, or None."""
        return self.by_id.get((kind, field_id))

    def with_role(self, role: str, kind: str = "action") -> Field | None:
        """The first field with this role, or None."""
        return self._by_role.get((kind, role))

    def scale_of(self, item: Field) -> tuple[Rating, ...]:
        """The rating scale of a field, in the order the definition gives it."""
        found = [r for r in self.ratings if r.scale == item.scale]
        return tuple(sorted(found, key=lambda r: r.order))

    def rating(self, code: object, scale: str = "") -> Rating | None:
        """The rating with this code, or None."""
        return next((r for r in self.ratings if r.code == code and r.scale == scale), None)

    def finishes(self, item: Field, value: object) -> bool:
        """Whether a rating closes an action, or says that it is done and under watch."""
        rating = self.rating(value, item.scale)
        return rating is not None and (rating.closed or rating.holding)

    @cached_property
    def lead_names(self) -> Mapping[str, Lead]:
        """Leads by case-folded name and alias."""
        found: dict[str, Lead] = {}
        for lead in self.leads:
            for name in (lead.name, *lead.aliases):
                found.setdefault(" ".join(name.casefold().split()), lead)
        return found

    def lead(self, name: str) -> Lead | None:
        """The lead with this name or alias (case and spacing aside), or None."""
        return self.lead_names.get(" ".join(name.casefold().split()))


def _without(names: tuple[str, ...], shown: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in shown)
