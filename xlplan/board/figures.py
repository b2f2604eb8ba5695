"""Every figure in the composite, as pure functions of a `Board`.

An action counts once, under its own section, however many recommendations it answers. Withdrawn
actions are not counted. A figure on any sheet is computed here and nowhere else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.board.board_model import Board
from xlplan.board.reasons import with_reasons
from xlplan.board.standings import (
    NO_SECTION,
    Direction,
    Point,
    Position,
    Reader,
    Standing,
    points_of,
    reader_of,
    section_field,
    section_in,
    section_of,
    standing,
)
from xlplan.board.words import LeadCount, OrganisationCount, lead_counts, organisation_counts
from xlplan.merge.model import MasterRow
from xlplan.plan.checks.references import named_in_brackets
from xlplan.plan.checks.rollups import RolledUp, roll_up
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import Rollup
from xlplan.plan.text import fold
from xlplan.plan.values import Value, natural_key, rating_word, show, show_in, sort_elements

WHOLE = "The whole plan"


class Count(Struct, frozen=True):
    """The figures of one section, or of the whole plan. `before` is None without earlier board."""

    name: str
    now: Mapping[str, int]
    before: Mapping[str, int] | None
    moves: Mapping[Direction, int]
    positions: Mapping[Position, int]
    """Each action in the one place where it counts; together they are all actions."""
    closed: int
    attention: int
    overdue: int
    undated: int
    late_steps: int
    exceptions: int
    paths: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """How many ratings went from which bucket to which other."""

    @property
    def actions(self) -> int:
        """How many actions there are now."""
        return sum(self.now.values())

    @property
    def actions_before(self) -> int:
        """How many there were at the last board."""
        return sum(self.before.values()) if self.before else 0


class AnswerCount(Struct, frozen=True):
    """The actions that answer one recommendation; an action counts under each that it answers."""

    row: MasterRow
    sections: tuple[str, ...]
    now: Mapping[str, int]
    overdue: int

    @property
    def actions(self) -> int:
        """How many actions answer it."""
        return sum(self.now.values())


class Figures(Struct, frozen=True):
    """All figures of a composite."""

    points: tuple[Point, ...]
    standings: tuple[Standing, ...]
    sections: tuple[Count, ...]
    plans: tuple[Count, ...]
    """On a board of several plans, the figures of each."""
    total: Count
    leads: tuple[LeadCount, ...]
    organisations: tuple[OrganisationCount, ...]
    recommendations: tuple[AnswerCount, ...]
    """Of each recommendation that stands."""
    withdrawn: tuple[MasterRow, ...]
    withdrawn_since: int
    asked: int
    returned: int
    late: int
    whole: Count | None = None
    """Of an extract, the figures of the plan that it is from."""

    @property
    def sectioned(self) -> bool:
        """Whether any action stands in a section."""
        return any(section.name != NO_SECTION for section in self.sections)

    @property
    def exceptions(self) -> tuple[Standing, ...]:
        """The actions that the board should look at, in the order of the plan."""
        return tuple(s for s in self.standings if s.exception)

    @property
    def new(self) -> tuple[Standing, ...]:
        """The actions that the last board did not know."""
        return tuple(s for s in self.standings if s.direction == "new")

    @property
    def came(self) -> tuple[Standing, ...]:
        """The actions that the last board did not count: it did not know them, or they had been
        withdrawn."""
        return tuple(s for s in self.standings if s.direction in ("new", "back"))

    @property
    def done(self) -> tuple[Standing, ...]:
        """The actions that are closed, or done and under watch."""
        return tuple(s for s in self.standings if s.closed or s.holding)


def _count(reader: Reader, name: str, now: Sequence[Standing], before: Iterable[str]) -> Count:
    earlier = Counter(before)
    return Count(
        name=name,
        now=Counter(s.now for s in now),
        before=earlier if reader.board.previous is not None else None,
        moves=Counter(s.direction for s in now if s.direction is not None),
        positions=Counter(s.position for s in now),
        closed=sum(s.closed for s in now),
        attention=sum(s.attention for s in now),
        overdue=sum(s.overdue for s in now),
        undated=sum(bool(s.undated) for s in now),
        late_steps=sum(len(s.late_steps) for s in now),
        exceptions=sum(s.exception for s in now),
        paths=Counter(
            (s.before or "", s.now) for s in now if s.direction in ("better", "worse", "uncompared")
        ),
    )


def _before(reader: Reader, rows: Sequence[MasterRow]) -> list[tuple[str, str]]:
    """(section, bucket) of every action as the last board saw it; a section that has only been
    renamed since has the name that it has now."""
    definition = reader.board.definition
    item = section_field(definition)
    out = []
    for row in rows:
        last = reader.last_values(row.uid)
        if last is None:
            continue
        there = item is None or item.id in last
        section = section_in(definition, last) if there else section_of(definition, row)
        out.append((row, section, reader.bucket_before(last)))
    renamed = _renamed(definition, [(section, row) for row, section, _ in out], rows)
    return [(renamed.get(section, section), key) for _, section, key in out]


def _renamed(
    definition: PlanDefinition, then: Sequence[tuple[str, MasterRow]], rows: Sequence[MasterRow]
) -> Mapping[str, str]:
    """Sections that are gone, each with the new one that all its standing actions are in now."""
    now = {row.uid: section_of(definition, row) for row in rows if not row.withdrawn}
    before, standing = {section for section, _ in then}, {*now.values()}
    moved: dict[str, set[str]] = {}
    for section, row in then:
        if row.uid in now and section not in standing and _named(section):
            moved.setdefault(section, set()).add(now[row.uid])
    taken = Counter(name for names in moved.values() for name in names)
    return {
        old: name
        for old, names in moved.items()
        for name in names
        if len(names) == 1 and name not in before and _named(name) and taken[name] == 1
    }


def _named(section: str) -> bool:
    """Whether it is a section at all; on a board of several plans each has its mark before it."""
    return section != NO_SECTION and not section.endswith(f": {NO_SECTION}")


def figures(board: Board) -> Figures:
    """All figures of a composite, from the board's values alone."""
    reader = reader_of(board)
    actions = [row for row in board.rows if row.kind == "action"]
    whole = figures(board.whole) if board.whole is not None else None
    standings = _standings(board) if whole is None else _among(whole.standings, actions)
    before = _before(reader, actions)
    by_section: dict[str, list[Standing]] = {}
    for one in standings:
        by_section.setdefault(one.section, []).append(one)
    for name, _ in before:
        by_section.setdefault(name, [])
    # One section's actions stay together wherever they stand in the master.
    standings = tuple(one for group in by_section.values() for one in group)
    used = [s.now for s in standings] + [key for _, key in before]
    return Figures(
        points=points_of(board.definition, used) if whole is None else whole.points,
        standings=standings,
        sections=tuple(
            _count(reader, name, group, [key for n, key in before if n == name])
            for name, group in by_section.items()
        ),
        plans=_plan_counts(board, standings) if whole is None else (),
        total=_count(reader, "All actions", standings, [key for _, key in before]),
        leads=lead_counts(reader, standings),
        organisations=organisation_counts(reader, standings),
        recommendations=_answer_counts(board, standings),
        withdrawn=tuple(row for row in actions if row.withdrawn),
        withdrawn_since=sum(
            row.withdrawn and reader.last_values(row.uid) is not None for row in actions
        ),
        asked=sum(line.issued for line in board.returns),
        returned=sum(line.issued and line.returned for line in board.returns),
        late=sum(line.issued and line.returned and line.late for line in board.returns),
        whole=replace(whole.total, name=WHOLE) if whole is not None else None,
    )


def _among(standings: Sequence[Standing], rows: Sequence[MasterRow]) -> tuple[Standing, ...]:
    """The actions of an extract, each as it stands on the whole board."""
    uids = {row.uid for row in rows}
    return tuple(one for one in standings if one.row.uid in uids)


def _plan_counts(board: Board, standings: Sequence[Standing]) -> tuple[Count, ...]:
    found = []
    for plan, part in zip(board.plans, board.parts, strict=True):
        uids = {row.uid for row in part.rows}
        reader = reader_of(part)
        before = _before(reader, [row for row in part.rows if row.kind == "action"])
        mine = [one for one in standings if one.row.uid in uids]
        found.append(_count(reader, f"{plan.mark}: {plan.group}", mine, [key for _, key in before]))
    return tuple(found)


def _standings(board: Board) -> tuple[Standing, ...]:
    """Every action that counts; on a board of several plans each by its own plan's definition."""
    found: list[Standing] = []
    for part in board.parts or (board,):
        reader = reader_of(part)
        found += (
            with_reasons(reader, standing(reader, row))
            for row in part.rows
            if row.kind == "action" and not row.withdrawn
        )
    return tuple(found)


def answers_of(definition: PlanDefinition, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The refs of the recommendations that an action answers."""
    item = definition.with_role("recommendation")
    value = values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sort_elements(value))
    return value if isinstance(value, tuple) else (show(value),) if show(value) else ()


def _answer_counts(board: Board, standings: Sequence[Standing]) -> tuple[AnswerCount, ...]:
    answering: dict[str, list[Standing]] = {}
    for one in standings:
        for ref in dict.fromkeys(answers_of(board.definition, one.row.values)):
            answering.setdefault(ref, []).append(one)
    standing_rows = [r for r in board.rows if r.kind == "recommendation" and not r.withdrawn]
    return tuple(_answered(row, answering.get(row.ref, ())) for row in standing_rows)


def _answered(row: MasterRow, found: Sequence[Standing]) -> AnswerCount:
    sections = tuple(dict.fromkeys(one.section for one in found))
    now = Counter(one.now for one in found)
    return AnswerCount(row, sections, now, sum(one.overdue for one in found))


Rolled = tuple[Rollup, Mapping[str, RolledUp]]
"""A rule of the plan, and what it comes to by what it sums up for (folded)."""


def rolled_up(board: Board) -> list[Rolled]:
    """What the actions of each recommendation come to, for each rule that the plan names."""
    found = (rollup for rollup in board.definition.rollups if rollup.to == "recommendation")
    return [_rolled(board, rollup) for rollup in found]


def rolled_sections(board: Board) -> list[Rolled]:
    """What the actions of each section (or of what stands for it) come to, for each such rule."""
    definition = board.definition
    item = section_field(definition)
    if item is None or board.plans:
        return []
    return [
        _rolled(board, rollup)
        for rollup in definition.rollups
        if rollup.rule != "accountable" and definition.find(rollup.to) == item
    ]


def _rolled(board: Board, rollup: Rollup) -> Rolled:
    return rollup, {fold(one.to): one for one in roll_up(board.definition, board.rows, rollup)}


NONE_GIVEN, NONE_NAMED = "None given", "None named"


def counted_by(
    board: Board, item: Field, standings: Sequence[Standing], *, in_brackets: bool = False
) -> dict[str, list[Standing]]:
    """The actions under each value of a field, in natural order, or under what its texts name in
    square brackets; an action with several under each of them, and those without one at the end."""
    named = (
        (one, _words_of(board, item, one.row.values.get(item.id), in_brackets)) for one in standings
    )
    return grouped(named, NONE_NAMED if in_brackets else NONE_GIVEN)


def _words_of(board: Board, item: Field, value: Value, in_brackets: bool) -> Sequence[str]:
    if in_brackets:
        return named_in_brackets(show_in(item, value))
    if isinstance(value, frozenset | tuple):
        return tuple(map(str, value))
    rating = board.definition.rating(value, item.scale) if item.field_type.rated else None
    return (rating_word(rating) if rating else show_in(item, value),)


def grouped(
    named: Iterable[tuple[Standing, Sequence[str]]], without: str
) -> dict[str, list[Standing]]:
    """Actions under each of their names in natural order (case and spacing aside), and those
    `without` one at the end."""
    found: dict[str, list[Standing]] = {}
    spelt: dict[str, str] = {}
    for one, names in named:
        mine = (" ".join(name.split()) for name in names or ("",))
        for name in dict.fromkeys(spelt.setdefault(fold(name), name) for name in mine):
            found.setdefault(name, []).append(one)
    order = sorted(found, key=lambda name: (not name, natural_key(name)))
    return {name or without: found[name] for name in order}


def by_accountable(board: Board, standings: Sequence[Standing]) -> dict[str, list[Standing]]:
    """The actions under each accountable officer: their own, or those of the recommendations that
    they answer. None where the plan names no such officers."""
    definition = board.definition
    own = definition.with_role("accountable")
    asked = definition.with_role("accountable", "recommendation")
    rows = [row for row in board.rows if row.kind == "recommendation" and not row.withdrawn]
    of = {fold(row.ref): _words_of(board, asked, row.values.get(asked.id), False)
          for row in rows if asked}  # fmt: skip
    named = []
    for one in standings:
        names = [*_words_of(board, own, one.row.values.get(own.id), False)] if own else []
        for ref in () if any(names) else answers_of(definition, one.row.values):
            names += of.get(fold(ref), ())
        named.append((one, [name for name in names if name]))
    return grouped(named, NONE_NAMED) if any(names for _, names in named) else {}
