"""A template of ours as it went out: its columns, and the texts and colours around its actions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.return_codes import RET_017
from xlplan.language.catalogue import Tongue, marked
from xlplan.plan.definition import (
    BECAUSE,
    BECAUSE_FIELD,
    ENTRY,
    STATUS,
    Field,
    Kind,
    PlanDefinition,
)
from xlplan.plan.for_lead import (
    STATUS_HEADINGS,
    every_way,
    remembered,
    stand_aside,
    status_field,
)
from xlplan.plan.text import fold
from xlplan.plan.values import Value, show

ID_PREFIX = "field:"
"""Each column carries its id in a hidden row directly above the headings: ``field:rating``."""
BOX_MARK = "form:value"
"""Marks the column of the boxes of a form, in a hidden row above the first."""
PROPOSED = "new-"
"""Uids of the blank rows in which a lead may propose an action."""
SIGN_PREFIX = "sign:"
"""Each input of the sign-off stands directly below a hidden cell that names it: ``sign:no_change``,
so that it is found by content wherever it was moved."""
NO_CHANGE, SIGNED_BY, SIGNED_ON = "no_change", "signed_by", "signed_on"
READ = "read"
"""The tick of an accountable officer who has read what they answer for."""
TICK = "posted"
"""The column of `post.xlsx` in which the coordinator says that a letter was sent."""
DEALT = "dealt"
"""The column of `decisions.xlsx` in which the coordinator says that a line was dealt with."""
CONFIRMED, LOOKED = "_confirmed", "_looked"
"""The ids of columns of ours beside the plan's: the tick that an action was reviewed and nothing
has changed, and the mark that says how far its row is."""
OURS = frozenset({CONFIRMED, LOOKED})
SIGN_OFF = (NO_CHANGE, SIGNED_BY, SIGNED_ON)
"""The inputs of the sign-off, in their order."""
HINTS = "_hints"
"""The id of the column of ours that asks, beside each action, what a lead should think over."""
_HINTS = Field(HINTS, marked("Please think again"), "narrative", width=30)


def signature_id(kind: str, role: str) -> str:
    """The name of an input of the sign-off that is of one role: ``signed_by:Head of Service``."""
    return f"{kind}:{role}"


def kind_of_input(name: str) -> str:
    """Which input of the sign-off a name is, whoever's; ``""`` for none."""
    kind = name.partition(":")[0]
    return kind if kind in (*SIGN_OFF, READ) else ""


_KEY_HEADINGS = ("Row key", "Key of the row")
_CONFIRMED_HEADINGS = (marked("Reviewed, no change"), marked("Reviewed: no change"))
_LOOKED_HEADINGS = (marked("State"), marked("State of the row"))
_ENTRIES = (marked("this period"), marked("entry for this period"))
"""Headings of ours: each, and the one it takes where a column of the plan is headed like it."""


class IssuedColumn(Struct, frozen=True):
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
        lead = definition.with_role("lead")
        if lead is not None and lead not in chosen and definition.directory.has_teams:
            chosen = [lead, *chosen]  # a team reads whose each action is
    ordered = [*([key] if key else []), *(item for item in chosen if item is not key)]
    headings = [item.heading for item in ordered]
    tongue = definition.tongue
    columns: list[IssuedColumn] = []
    for item in ordered:
        mine = item.owner == "lead" and item is not key and item != definition.ruled
        appended = mine and item.field_type.narrative and item.mode == "append"
        columns.append(IssuedColumn(item.id, item.heading, item, mine and not appended))
        if appended:
            entries = [f"{item.heading}: {tongue.say(text)}" for text in _ENTRIES]
            heading = stand_aside(entries, headings)
            columns.append(IssuedColumn(item.id + ENTRY, heading, item, True))
    if definition.issue.hints:
        for field, name, open_ in ((_HINTS, HINTS, False), (BECAUSE_FIELD, BECAUSE + ENTRY, True)):
            ours = tongue.say(field.heading)
            heading = stand_aside([ours, f"{ours} (2)"], headings)
            shown = replace(field, guidance=tongue.say(field.guidance))
            columns.append(IssuedColumn(name, heading, shown, open_))
    return tuple(columns)


def shown_columns(definition: PlanDefinition) -> tuple[IssuedColumn, ...]:
    """The columns of a lead's template with those of ours that the plan asks for: the mark of each
    row beside its ref, the tick after all else."""
    columns = template_columns(definition)
    headings = [column.heading for column in columns]
    tongue = definition.tongue
    marks, ticks = (
        stand_aside([tongue.say(text) for text in ours], headings)
        for ours in (_LOOKED_HEADINGS, _CONFIRMED_HEADINGS)
    )
    mark = Field(LOOKED, marks, width=10)
    tick = Field(CONFIRMED, ticks, "choice", choices=words_of_yes(tongue), width=14,
                 guidance=tongue.say("Choose Yes if you have looked at this action and nothing in "
                 "it has changed."))  # fmt: skip
    left = [IssuedColumn(LOOKED, mark.heading, mark, False)] if definition.issue.status else []
    right = [IssuedColumn(CONFIRMED, tick.heading, tick, True)] if definition.issue.confirm else []
    return (*columns[:1], *left, *columns[1:], *right)


def words_of_yes(tongue: Tongue) -> tuple[str, ...]:
    """What is chosen for yes, a word for each language."""
    return tuple(dict.fromkeys(one.say("Yes") for one in tongue.singles))


def without_hints(definition: PlanDefinition) -> PlanDefinition:
    """`definition` as for a workbook that asks for nothing to be thought over."""
    return replace(definition, issue=replace(definition.issue, hints=False))


def columns_to_sign(definition: PlanDefinition, kind: str) -> tuple[IssuedColumn, ...]:
    """The columns of an accountable officer's workbook, all locked: those of actions are what leads
    see; the ref is the first."""
    if kind == "action":
        asked = template_columns(without_hints(definition))
        return tuple(replace(each, input=False) for each in asked if not each.entry)
    fields = definition.public.fields_of(kind)
    ordered = sorted(fields, key=lambda item: item.role != "key")
    return tuple(IssuedColumn(item.id, item.heading, item, False) for item in ordered)


def master_columns(definition: PlanDefinition, kind: str = "action") -> tuple[IssuedColumn, ...]:
    """The columns of `master.xlsx`: every field; the coordinator may edit all of them."""
    return tuple(
        IssuedColumn(item.id, item.heading, item, True) for item in definition.fields_of(kind)
    )


def status_column(definition: PlanDefinition) -> IssuedColumn:
    """The last column of `master.xlsx`: blank, withdrawn or kept back."""
    item = replace(
        status_field(definition),
        width=13,
        guidance="Choose withdrawn to take a row out of the plan, kept back to send it to "
        "no lead and show it on no board.",
    )
    return IssuedColumn(STATUS, item.heading, item, True)


def key_heading(columns: Sequence[IssuedColumn]) -> str:
    """The heading of the hidden column with the row keys."""
    return stand_aside(_KEY_HEADINGS, [column.heading for column in columns])


def known_headings(columns: Sequence[IssuedColumn]) -> Iterator[tuple[str, str]]:
    """The id and the heading of each column; and first, for a column of ours, the heading that
    workbooks have in which it had not stepped aside."""
    for column in columns:
        if column.id == STATUS:
            yield column.id, STATUS_HEADINGS[0]
        if column.entry:
            yield column.id, f"{column.item.heading}: {_ENTRIES[0]}"
        yield column.id, column.heading


def locked_text(columns: Sequence[IssuedColumn], values: Mapping[str, Value]) -> str:
    """The locked text of a row, which its signed key covers: what its locked cells show."""
    return "\x1f".join(show(values.get(column.id)) for column in columns if not column.input)


def column_id(value: object) -> str:
    """The column id in a cell of the row of ids, or ``""``."""
    if isinstance(value, str) and ID_PREFIX in value and value.strip().startswith(ID_PREFIX):
        return value.strip().removeprefix(ID_PREFIX)
    return ""


@remembered
def ids_by_heading(definition: PlanDefinition) -> dict[str, dict[str, str]]:
    """Column ids by folded heading, for actions and for recommendations."""
    named: dict[str, dict[str, str]] = {}
    for kind in ("action", "recommendation"):
        columns = [*master_columns(definition, kind)]
        if kind == "action":
            shown = (column for way in every_way(definition) for column in shown_columns(way))
            columns = [*shown, *columns]
        each = named.setdefault(kind, {})
        for column in columns:
            each.setdefault(fold(column.heading), column.id)
    return named


# A heading that names nothing was only rewritten, and the id stands. One that names another field
# of the same workbook says that what shows was moved without what is hidden: whatever is read
# there is asked about, never guessed.


class Headings(Struct, frozen=True):
    """The headings of an issued workbook: the column ids of each, folded, and that of each id."""

    names: Mapping[str, frozenset[str]]
    of: Mapping[str, str]


class Settled(Struct, frozen=True):
    """Where each column is, and why those in doubt are, by column id."""

    places: Mapping[str, int]
    doubts: Mapping[str, str]


@remembered
def issued_headings(definition: PlanDefinition, document: str) -> tuple[Headings, ...]:
    """The headings of a template, or those of actions and of recommendations in a master."""
    if document != "master":
        ways = [*every_way(definition)]
        signs = ("action", "recommendation") if definition.issue.accountable else ()
        others = ([c for way in ways for c in columns_to_sign(way, kind)] for kind in signs)
        shown = [column for way in ways for column in shown_columns(way)]
        return (_headings(shown), *map(_headings, others))
    kinds: tuple[Kind, ...] = ("action", "recommendation")
    return tuple(
        _headings([*master_columns(definition, kind), status_column(definition)]) for kind in kinds
    )


def _headings(columns: Sequence[IssuedColumn]) -> Headings:
    names: dict[str, frozenset[str]] = {}
    for name, heading in known_headings(columns):
        names[fold(heading)] = names.get(fold(heading), frozenset()) | {name}
    return Headings(names, {column.id: column.heading for column in reversed(columns)})


def settle(
    ids: Mapping[str, int], shown: Mapping[int, str], issued: Headings, cell: Callable[[int], str]
) -> Settled | None:
    """Where the columns are that `ids` has by their hidden ids; None where no heading disagrees.

    `shown` are the headings by place, `issued` those that went out; `cell` names a place. The
    headings shown are believed where each names one column and none is lost by it, else the ids;
    either way the columns that disagree are in doubt.
    """
    own = {place: name for name, place in ids.items()}
    named = _named(own, shown, issued)
    moved = {place: name for place, name in named.items() if own.get(place, name) != name}
    if not moved:
        return None
    by_heading = {name: place for place, name in named.items()}
    repeated = len(by_heading) < len(named)
    by_id = {name: place for name, place in ids.items() if name not in by_heading}
    if repeated or not moved.keys().isdisjoint(by_id.values()):
        found, odd = dict(ids), {*moved, *(ids[name] for name in moved.values())}
    else:
        found = by_id | by_heading
        odd = {place for name, place in by_heading.items() if ids.get(name) != place}
    places = dict(sorted(found.items(), key=lambda each: each[1]))
    doubts = {
        name: _doubt(shown.get(place, "")[:80], cell(place), own.get(place), issued)
        for name, place in places.items()
        if place in odd
    }
    return Settled(places, doubts)


def _doubt(heading: str, cell: str, name: str | None, issued: Headings) -> str:
    """Why what stands under a heading is asked about; `name` is the id that the column has."""
    if name is None:
        return RET_017.fill("new", heading=heading, cell=cell).message
    was = issued.of.get(name, name)
    if fold(heading) == fold(was):
        return RET_017.fill("twice", heading=heading, cell=cell).message
    return RET_017.fill("column", heading=heading, cell=cell, issued=was).message


def _named(own: Mapping[int, str], shown: Mapping[int, str], issued: Headings) -> dict[int, str]:
    """The column that each heading names, by its place."""
    found: dict[int, str] = {}
    here = frozenset(own.values())
    for place, text in shown.items():
        names = issued.names.get(fold(text), frozenset()) & here
        if own.get(place) in names:
            found[place] = own[place]
        elif len(names) == 1:
            (found[place],) = names
    return found
