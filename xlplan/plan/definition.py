"""The plan definition as values: what `plan.toml` says, checked and typed.

Everything here is frozen; `xlplan.plan.load` reads the text, `xlplan.plan.propose` makes one.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Literal, Self, get_args

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.language.catalogue import ENGLISH, Tongue, marked
from xlplan.plan.accounted import RowRead, SheetRead
from xlplan.plan.keys import (
    CADENCE,
    CHANGE,
    COLOUR,
    FIELD_ID,
    LANGUAGES,
    PLAN_ID,
    ROLE_LABELS,
    ROLES,
    in_welsh,
    key,
)
from xlplan.plan.people import Directory, Group, Lead, SignOff
from xlplan.plan.required import REQUIRED_IF, Condition
from xlplan.plan.settings import (
    BoardWords,
    CompositeSettings,
    Count,
    HouseStyle,
    IssueSettings,
    MasterSettings,
    PostSettings,
    Rollup,
    Rule,
    SectionWords,
)
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.plan.types import TYPES
from xlplan.plan.types.field_type import FieldType

Owner = Literal["lead", "coordinator"]
Kind = Literal["action", "recommendation"]
ENTRY = ":entry"
"""Suffix of the id of a column in which a lead writes this period's entry of a narrative."""
STEP = "#"
"""Before the number of a step, in the id of its box in a form: ``steps_done#2``."""
STATUS = "_status"
"""The hidden field that says where an action stands that is not in the plan: `WITHDRAWN` or
`KEPT_BACK`, else blank."""
WITHDRAWN = "withdrawn"
KEPT_BACK = "kept back"
"""In the master alone: sent to no lead, and on no board."""
SHOWN_TO_ALL: frozenset[str] = frozenset({"key", "action", "lead"})
"""Roles that whatever goes out rests on: a field of one of these cannot be private."""


class Field(Struct, frozen=True):
    """One column of the plan. `of` says whether it describes actions or recommendations."""

    id: Annotated[
        str,
        key("names the column for good; what was written is tied to it", shape=FIELD_ID),
    ]
    heading: Annotated[str, key("what people read above the column", takes="text")]
    type: Annotated[
        str,
        key(
            "what it holds: " + ", ".join(f"{name} ({each.about})" for name, each in TYPES.items()),
            allowed=tuple(TYPES),
            noun="a field type",
            labels={name: name.capitalize() for name in TYPES}
            | {"narrative": "Long text", "timescale": "Date or words", "boolean": "Yes or no"},
        ),
    ] = "text"
    role: Annotated[
        str,
        key("what the column is for", allowed=ROLES, noun="a role", labels=ROLE_LABELS),
    ] = "text"
    owner: Annotated[
        Owner,
        key(
            '"lead": the lead fills it in; "coordinator": the lead sees it locked',
            allowed=get_args(Owner),
            noun="an owner",
            labels={"lead": "The lead", "coordinator": "The coordinator"},
        ),
    ] = "coordinator"
    required: Annotated[bool, key("a blank is a question")] = False
    width: Annotated[float, key("characters; 0 for what its content needs", bounds=(0, 255))] = 0.0
    guidance: Annotated[str, key("shown to the lead on entering the cell", takes="text")] = ""
    mode: Annotated[
        Literal["replace", "append"],
        key(
            'of a narrative: "append" keeps every note with its date, "replace" the latest',
            allowed=("replace", "append"),
            noun="a mode",
            labels={"append": "Yes", "replace": "No"},
        ),
    ] = "replace"
    choices: Annotated[
        tuple[str, ...],
        key("of a choice: what may be chosen; of a boolean: the words for yes and for no"),
    ] = ()
    currency: Annotated[str, key("of money: its sign, such as £")] = ""
    scale: Annotated[
        str,
        key("of a rating: the scale of its ratings, where it is not the plan's"),
    ] = ""
    of: Annotated[
        Kind,
        key(
            "the kind of row that it describes",
            allowed=get_args(Kind),
            noun="a kind of row",
            labels={"action": "Action", "recommendation": "Recommendation"},
        ),
    ] = "action"
    retired: Annotated[bool, key("no longer in use; its history stays")] = False
    private: Annotated[
        bool,
        key("stays in this folder: no lead is sent it and no board sees it"),
    ] = False
    required_if: Annotated[tuple[Condition, ...], key(REQUIRED_IF)] = ()
    change: Annotated[Literal["at once", "request"], CHANGE] = "at once"
    heading_cy: Annotated[str, in_welsh("the heading", takes="text")] = ""
    guidance_cy: Annotated[str, in_welsh("the guidance", takes="text")] = ""

    @property
    def field_type(self) -> FieldType:
        """What its type is: how it is read, shown, written in a cell and merged."""
        return TYPES[self.type]


BECAUSE = "_because"
"""The field in which leads say why they mean what a check asks about; it grows by their entries."""
BECAUSE_FIELD = Field(
    BECAUSE, marked("Yes, I mean it, because …"), "narrative", owner="lead", mode="append",
    guidance=marked("Where something is asked to the left and you mean it all the same, say why."),
    width=30,
)  # fmt: skip


class Rating(Struct, frozen=True):
    """One point of a rating scale. Colours are ``#RRGGBB`` and carry no built-in meaning."""

    code: Annotated[str, key("names the rating for good")]
    label: Annotated[str, key("what people read")]
    meaning: Annotated[str, key("shown in the rating key", takes="text")] = ""
    colour: Annotated[str, key("of the cell", shape=COLOUR)] = "#D9D9D9"
    text_colour: Annotated[
        str,
        key("of the text on it; left out, whichever can be read", shape=COLOUR),
    ] = ""
    order: Annotated[
        int,
        key("its place in the scale, best first; left out, the place in this file"),
    ] = 0
    closed: Annotated[bool, key("the action is finished")] = False
    holding: Annotated[bool, key("done, but still watched before it is closed")] = False
    exception: Annotated[bool, key("the board wants to hear about it")] = False
    aliases: Annotated[tuple[str, ...], key("other ways of writing it")] = ()
    scale: Annotated[str, key("a name, for a second rating column")] = ""
    by: Annotated[
        Owner,
        key(
            '"coordinator": no lead may choose it; one who does is asked about',
            allowed=get_args(Owner),
            noun="who may choose it",
            labels={"lead": "The lead", "coordinator": "The coordinator"},
        ),
    ] = "lead"
    needs: Annotated[
        tuple[str, ...],
        key("the ids of columns that must hold something before it is taken"),
    ] = ()
    meaning_cy: Annotated[str, in_welsh("the meaning", takes="text")] = ""


DEFAULT_SEPARATORS = ("/", ";", ",", " and ", "&", "\n")


class PlanDefinition(Struct, frozen=True, dict=True):
    """The whole of `plan.toml`. Fields without metadata are tables of their own."""

    id: Annotated[str, key("short, no spaces; part of every template's stamp", shape=PLAN_ID)]
    title: Annotated[str, key("of the plan, on everything that goes out")]
    fields: tuple[Field, ...]
    organisation: Annotated[str, key("as it should be printed")] = ""
    marking: Annotated[str, key('protective marking for every page, such as "OFFICIAL"')] = ""
    timezone: Annotated[str, key("of the days and times shown")] = "Europe/London"
    language: Annotated[tuple[str, ...], LANGUAGES] = ("en-GB",)
    ratings: tuple[Rating, ...] = ()
    leads: tuple[Lead, ...] = ()
    groups: tuple[Group, ...] = ()
    sign_offs: tuple[SignOff, ...] = ()
    separators: Annotated[
        tuple[str, ...],
        key("what stands between officers who share a cell", takes="raw list", table="people"),
    ] = DEFAULT_SEPARATORS
    sheets: tuple[SheetRead, ...] = ()
    rows: tuple[RowRead, ...] = ()
    rules: tuple[Rule, ...] = ()
    rollups: tuple[Rollup, ...] = ()
    counts: tuple[Count, ...] = ()
    board: BoardWords = field(default_factory=BoardWords)
    sections: tuple[SectionWords, ...] = ()
    master: MasterSettings = field(default_factory=MasterSettings)
    issue: IssueSettings = field(default_factory=IssueSettings)
    post: PostSettings = field(default_factory=PostSettings)
    composite: CompositeSettings = field(default_factory=CompositeSettings)
    style: HouseStyle = field(default_factory=HouseStyle)
    checks: Mapping[str, str] = field(default_factory=dict)
    agreed: Annotated[
        date | None,
        key("the day from which timescales such as Within 3 months count"),
    ] = None
    begins: Annotated[
        date | None,
        key("the day after which days without a year fall, such as 31 March"),
    ] = None
    year_starts: Annotated[
        str,
        key("the month in which years start", allowed=MONTH_NAMES, noun="a month"),
    ] = ""
    every: Annotated[
        str,
        key('how often a cycle begins, such as "4 weeks" or "quarter"', shape=CADENCE),
    ] = ""
    previous_board: Annotated[
        str,
        key(
            "the board that saw the previous ratings with which the plan came, such as November "
            "2016; left out, the heading of their column"
        ),
    ] = ""
    revised_counts: Annotated[
        Literal["at once", "approved"],
        key(
            'when a revised date takes the place of the due date: "at once", or once it is '
            '"approved" (a column for who approved it, or when, holds something)',
            allowed=("at once", "approved"),
            noun="a time",
        ),
    ] = "at once"
    notes: Annotated[
        tuple[str, ...],
        key("lines of the spreadsheet that are no action and no heading; the board sees them"),
    ] = ()
    kept_back: Annotated[
        tuple[str, ...],
        key(
            "comments, lists and hidden texts of the spreadsheet: they stay in this folder. To "
            "show one to the board, move it up to notes"
        ),
    ] = ()
    title_cy: Annotated[str, in_welsh("the title")] = ""
    organisation_cy: Annotated[str, in_welsh("the organisation")] = ""
    tongue: Tongue = ENGLISH
    """What the texts around the plan's own are in, for whom it goes out: see `for_lead`."""

    @cached_property
    def public(self) -> Self:
        """The definition as far as it may go out: nothing in it is private or kept back."""
        if not self.kept_back and not any(item.private for item in self.fields):
            return self
        shown = self._with([item for item in self.fields if not item.private])
        return replace(shown, kept_back=())

    @cached_property
    def brought(self) -> tuple[Field, ...]:
        """The columns of earlier ratings on its scale that the plan came with, oldest first."""
        rating = self.with_role("rating")
        before = [i for i in self.fields_of("action") if i.role == "previous_rating"]
        return tuple(i for i in before if rating and i.field_type.rated and i.scale == rating.scale)

    @cached_property
    def after_a_board(self) -> Self:
        """The definition without `brought`, which is on record once a board has met."""
        if not self.brought:
            return self
        return self._with([item for item in self.fields if item not in self.brought])

    def _with(self, fields: Sequence[Field]) -> Self:
        """The definition with these of its fields, and without what rests on the others."""
        scales = {item.scale for item in fields if item.field_type.rated}
        gone = {(item.of, item.id) for item in self.fields if item not in fields}
        shown = {item.id for item in fields if item.of == "action"}
        return replace(
            self,
            fields=tuple(fields),
            ratings=tuple(rating for rating in self.ratings if rating.scale in scales),
            rollups=tuple(
                rollup
                for rollup in self.rollups
                if ("action", rollup.to) not in gone
                and ("recommendation", rollup.field) not in gone
            ),
            counts=tuple(count for count in self.counts if count.by in shown),
            issue=replace(self.issue, fields=_without(self.issue.fields, shown)),
            composite=replace(
                self.composite,
                fields=_without(self.composite.fields, shown),
                group_by="".join(_without((self.composite.group_by,), shown)),
            ),
        )

    @cached_property
    def by_id(self) -> Mapping[tuple[str, str], Field]:
        """Fields by (kind of row, field id); with that of ours which leads write in."""
        of_ours = {("action", BECAUSE): BECAUSE_FIELD}
        return of_ours | {(item.of, item.id): item for item in self.fields}

    @cached_property
    def _by_role(self) -> Mapping[tuple[str, str], Field]:
        """The first field in use by (kind of row, role): asked for every action of a plan."""
        found: dict[tuple[str, str], Field] = {}
        for item in self.fields:
            if not item.retired:
                found.setdefault((item.of, item.role), item)
        return found

    @cached_property
    def _by_kind(self) -> Mapping[tuple[str, bool], tuple[Field, ...]]:
        """The fields by kind of row: all of them (True), or those in use; asked for every row."""
        return {
            (kind, retired): tuple(
                f for f in self.fields if f.of == kind and (retired or not f.retired)
            )
            for kind in {f.of for f in self.fields}
            for retired in (True, False)
        }

    def fields_of(self, kind: str, *, retired: bool = False) -> tuple[Field, ...]:
        """The fields of actions, or of recommendations, in the order of the definition."""
        return self._by_kind.get((kind, retired), ())

    def find(self, field_id: str, kind: str = "action") -> Field | None:
        """The field with this id, or None; that of a box of a step is the field of the steps."""
        return self.by_id.get((kind, field_id.partition(STEP)[0]))

    def with_role(self, role: str, kind: str = "action") -> Field | None:
        """The first field with this role, or None."""
        return self._by_role.get((kind, role))

    @cached_property
    def signatures(self) -> tuple[SignOff, ...]:
        """The signatures that a return needs, in their order; without any, one sign-off."""
        return tuple(sorted(self.sign_offs, key=lambda each: each.order))

    @cached_property
    def ruled(self) -> Field | None:
        """The field whose value rules set; None where ratings are the word of people."""
        return self.with_role("rating") if any(rule.sets for rule in self.rules) else None

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
    def directory(self) -> Directory:
        """Who answers for what."""
        return Directory(self.leads, self.groups, self.issue.by)

    def lead(self, name: str) -> Lead | None:
        """Who answers under a name: see `Directory.lead`."""
        return self.directory.lead(name)

    @property
    def people(self) -> tuple[Lead, ...]:
        """The leads who answer for something themselves."""
        return self.directory.people


def _without(names: tuple[str, ...], shown: Container[str]) -> tuple[str, ...]:
    return tuple(name for name in names if name in shown)
