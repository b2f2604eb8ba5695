"""Where each action stands: its rating, where it moved, and where it counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, get_args

from msgspec import Struct

from xlplan.board.board_model import Board, ReturnLine
from xlplan.merge.kinds import Kind
from xlplan.merge.model import MasterRow
from xlplan.merge.past import DueHistory
from xlplan.plan.checks.steps import Milestone, finishes, late_steps, milestones_of
from xlplan.plan.definition import STATUS, Field, PlanDefinition, Rating
from xlplan.plan.due import DATED, Likely, date_gone, due_in, due_now, likely_dates
from xlplan.plan.values import Value, moved, rating_word, show, sort_elements
from xlplan.plan.values import best_first as best_first

NOT_RATED = ""
OFF_SCALE = "?"
NOT_KNOWN = "~"
"""A rating before that the plan came without."""
NO_POINTS = (NOT_RATED, OFF_SCALE, NOT_KNOWN)
NO_SECTION = "No section"
NO_LEAD = "No lead named"

Direction = Literal["better", "same", "worse", "new", "back", "uncompared"]
DIRECTIONS: tuple[Direction, ...] = ("better", "same", "worse", "new", "back", "uncompared")
SELDOM: tuple[Direction, ...] = ("back", "uncompared")
"""Those that have a column of figures only where they have any."""

ReasonKind = Literal[
    "attention", "overdue", "late-steps", "date-gone", "worsened", "off-scale", "rating-removed",
    "two-ratings", "challenged", "not-updated", "question",
]  # fmt: skip
OF_THE_ROUND: tuple[ReasonKind, ...] = ("not-updated", "question")
"""Reasons that say nothing of the action itself."""
Position = Literal["completed", "watched", "unrated", "attention", "late", "undated", "in-time"]
POSITIONS: tuple[Position, ...] = get_args(Position)
"""Where an action counts: in the first of these that fits, so that they add up to all actions."""

_LEAVE_THE_DATE = (Kind.HELD, Kind.INVALID, Kind.CLEARED)
"""Kinds of question that ask whether a date is to go; it stands meanwhile."""


class Point(Struct, frozen=True):
    """A row of the rating key: a point of the scale, or one of the two that are not on it.

    `label` is the word by which it is shown: see `xlplan.plan.values.rating_word`.
    """

    key: str
    label: str
    rating: Rating | None = None

    @property
    def colour(self) -> str:
        """In a chart."""
        if self.rating is not None:
            return self.rating.colour
        return "#E2E2E2" if self.key == NOT_KNOWN else "#A6A6A6"


class Reason(Struct, frozen=True):
    """Why an action is an exception."""

    kind: ReasonKind
    words: str


class Standing(Struct, frozen=True):
    """Where one action stands. `before` and `direction` are None without an earlier board; an
    action that was withdrawn at that board is `back`.

    `holding` is done and watched before it closes. `first_due` is the first date the action had
    and `slips` how often that date was put back. `undated` is why an open action has no date that
    can be read, ``""`` where it has one or the plan has no dates. `steps` is how many steps with a
    date of their own it has, `steps_done` how many of them are done, and `late_steps` are those
    of an open action whose day has passed. In a plan without ratings, an action is closed once all
    its steps are done.
    """

    row: MasterRow
    section: str
    now: str
    before: str | None
    first: str | None
    direction: Direction | None
    due: date | None
    closed: bool
    attention: bool
    overdue: bool
    reasons: tuple[Reason, ...] = ()
    holding: bool = False
    was_closed: bool = False
    first_due: date | None = None
    slips: int = 0
    undated: str = ""
    steps: int = 0
    steps_done: int = 0
    late_steps: tuple[Milestone, ...] = ()
    position: Position = "in-time"

    @property
    def in_short(self) -> str:
        """That it is overdue, or how many of its steps are late, else done, in words; blank where
        there is nothing of it."""
        if self.late_steps:
            return f"{len(self.late_steps)} of {self.steps} steps late"
        if self.overdue:
            return "Overdue"
        return f"{self.steps_done} of {self.steps} steps done" if self.steps_done else ""

    @property
    def exception(self) -> bool:
        """Whether the board should look at it for more than a missing return or an open question:
        those are the coordinator's to see to."""
        return any(reason.kind not in OF_THE_ROUND for reason in self.reasons)

    @property
    def why(self) -> tuple[str, ...]:
        """The reasons for the board to look at it, in words."""
        return tuple(reason.words for reason in self.reasons if reason.kind not in OF_THE_ROUND)

    @property
    def slipped(self) -> int | None:
        """Days from the first due date to the one now; None where either is not a date."""
        return (self.due - self.first_due).days if self.due and self.first_due else None


def bucket(value: Value, scale: Sequence[Rating]) -> str:
    """The key under which a rating counts: its code, `NOT_RATED` or `OFF_SCALE`."""
    if value is None:
        return NOT_RATED
    for rating in scale:
        if rating.code == value:
            return rating.code
    return OFF_SCALE


def direction(before: str, now: str, scale: Sequence[Rating]) -> Direction:
    """The direction of travel between two buckets of one scale."""
    return "same" if before == now else moved(before, now, scale) or "uncompared"


def due_date(definition: PlanDefinition, values: Mapping[str, Value]) -> date | None:
    """The date an action is due by: the revised one where there is one."""
    return due_in(definition, values).by


def section_field(definition: PlanDefinition) -> Field | None:
    """The field that actions are grouped by: ``[composite] group_by``, else the section."""
    chosen = definition.composite.group_by
    return (definition.find(chosen) if chosen else None) or definition.with_role("section")


def group_heading(definition: PlanDefinition) -> str:
    """What the groups of actions are called: the heading of the field chosen, else "Section"."""
    item = section_field(definition) if definition.composite.group_by else None
    return item.heading if item else "Section"


def section_in(definition: PlanDefinition, values: Mapping[str, Value]) -> str:
    """The section that an action's values name; without one, the recommendations it answers."""
    item = section_field(definition)
    found = show(values.get(item.id)) if item else ""
    if found:
        return found
    answers = definition.with_role("recommendation")
    value = values.get(answers.id) if answers else None
    if isinstance(value, frozenset) and value:
        word = "Recommendation" if len(value) == 1 else "Recommendations"
        return f"{word} {listed(sort_elements(value))}"
    return show(value) or NO_SECTION


def section_of(definition: PlanDefinition, row: MasterRow) -> str:
    """The section an action counts under."""
    if definition.composite.group_by or not row.section:
        return section_in(definition, row.values)
    return row.section


def leads_of(definition: PlanDefinition, values: Mapping[str, Value]) -> tuple[str, ...]:
    """The leads an action names, each once, in the order written; the members of a group."""
    item = definition.with_role("lead")
    value = values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    if isinstance(value, tuple):
        names = definition.directory.names_in
        return tuple(dict.fromkeys(each for name in value for each in names(name)))
    return (show(value),) if show(value) else ()


def points_of(definition: PlanDefinition, used: Iterable[str]) -> tuple[Point, ...]:
    """The scale in order, then "Not rated", "Not on the scale" and, of ratings before, "Not known",
    where an action needs them."""
    found = set(used)
    item = definition.with_role("rating")
    scale = definition.scale_of(item) if item else ()
    points = [Point(r.code, rating_word(r), r) for r in scale]
    if NOT_RATED in found or not points:
        points.append(Point(NOT_RATED, "Not rated"))
    if OFF_SCALE in found:
        points.append(Point(OFF_SCALE, "Not on the scale"))
    if NOT_KNOWN in found:
        points.append(Point(NOT_KNOWN, "Not known"))
    return tuple(points)


class Reader(Struct, frozen=True, dict=True):
    """The definition's answers that every standing needs, worked out once."""

    board: Board
    rating: Field | None
    scale: tuple[Rating, ...]
    by_code: Mapping[str, Rating]
    line_of: Mapping[str, ReturnLine]
    questions: Mapping[str, frozenset[str]]
    """By uid, the fields that have an open question."""
    dates_gone: Mapping[str, tuple[date, str]]
    """By uid, the date that a lead would take away, where that is an open question."""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The words for each bucket."""
        return {p.key: p.label for p in points_of(self.board.definition, NO_POINTS)}

    @cached_property
    def other_ratings(self) -> tuple[Field, ...]:
        """Further fields that rate an action as it stands: another agency's, or a second look."""
        every = self.board.definition.fields_of("action")
        return tuple(f for f in every if f.role == "rating" and f is not self.rating)

    @cached_property
    def likely(self) -> Likely:
        """Which days are likely for the actions of the plan."""
        rows = (row for row in self.board.rows if row.kind == "action" and not row.withdrawn)
        return likely_dates(self.board.definition, (row.values for row in rows))

    @cached_property
    def dated(self) -> bool:
        """Whether the plan has a column that says when its actions are due."""
        return any(self.board.definition.with_role(role) for role in DATED)

    def line(self, name: str) -> ReturnLine | None:
        """How a lead returned, or the team that the lead is in."""
        directory = self.board.definition.directory
        known = directory.lead(name)
        team = known and directory.recipient(known).name
        return self.line_of.get(name) or (self.line_of.get(team) if team else None)

    def bucket_in(self, values: Mapping[str, Value]) -> str:
        """The bucket of an action's rating."""
        return bucket(values.get(self.rating.id) if self.rating else None, self.scale)

    def bucket_before(self, last: Mapping[str, Value]) -> str:
        """The bucket of the rating that the last board saw; a plan may not know it."""
        known = self.rating is None or self.rating.id in last
        return self.bucket_in(last) if known else NOT_KNOWN

    def last_values(self, uid: str) -> Mapping[str, Value] | None:
        """The action as the last board saw it; None where that board did not count it."""
        found = (self.board.previous or {}).get(uid)
        return None if found is None or found.get(STATUS) == "withdrawn" else found


def reader_of(board: Board) -> Reader:
    """What is asked of the definition and the returns for every action."""
    rating = board.definition.with_role("rating")
    scale = board.definition.scale_of(rating) if rating else ()
    lines = {}
    for line in board.returns:
        known = board.definition.lead(line.lead)
        lines[known.name if known else line.lead] = line
    asked = {question.uid for question in board.questions}
    return Reader(
        board,
        rating,
        scale,
        {r.code: r for r in scale},
        lines,
        {uid: frozenset(q.field for q in board.questions if q.uid == uid) for uid in asked},
        _dates_gone(board),
    )


def _dates_gone(board: Board) -> dict[str, tuple[date, str]]:
    """By uid the date that a lead would take away, and what was entered over it."""
    found: dict[str, tuple[date, str]] = {}
    for question in board.questions:
        item = board.definition.find(question.field)
        for one in question.candidates if question.kind in _LEAVE_THE_DATE else ():
            gone = date_gone(board.definition, item, question.base, one.value)
            if gone is not None:
                found.setdefault(question.uid, (gone, show(one.value)))
    return found


def standing(reader: Reader, row: MasterRow) -> Standing:
    """Where one action stands; `xlplan.board.reasons` says why to look at it."""
    board, now = reader.board, reader.bucket_in(row.values)
    rating = reader.by_code.get(now)
    last = reader.last_values(row.uid)
    before = reader.bucket_before(last) if last is not None else None
    way: Direction | None = None
    if board.previous is not None:
        came: Direction = "back" if row.uid in board.previous else "new"
        way = direction(before, now, reader.scale) if before is not None else came
    due = due_now(board.definition, row.values, reader.likely)
    steps = milestones_of(board.definition, row)
    finished = finishes(board.definition, row)
    closed = finished or (rating is not None and rating.closed)
    holding = rating is not None and rating.holding
    # Held work is done and only watched, so it is not late either.
    opened = not closed and not holding
    late = late_steps(board.definition, row, board.as_of, reader.likely) if opened else ()
    overdue = opened and (bool(late) or (due.by is not None and due.by < board.as_of))
    undated = due.reason if opened and due.by is None and reader.dated else ""
    earlier = reader.by_code.get(before or "")
    dues = board.dues.get(row.uid, DueHistory())
    return Standing(
        row=row,
        section=section_of(board.definition, row),
        now=now,
        before=before,
        first=bucket(board.first[row.uid], reader.scale) if row.uid in board.first else None,
        direction=way,
        due=due.by,
        closed=closed,
        attention=rating is not None and rating.exception,
        overdue=overdue,
        holding=holding,
        was_closed=earlier is not None and earlier.closed,
        first_due=None if dues.first and reader.likely.doubt(dues.first) else dues.first,
        slips=dues.slips,
        undated="" if late else undated,
        steps=len(steps),
        steps_done=sum(step.finished for step in steps),
        late_steps=late,
        position="completed"
        if finished
        else _position(reader, rating, overdue=overdue, undated=bool(undated)),
    )


def _position(reader: Reader, rating: Rating | None, *, overdue: bool, undated: bool) -> Position:
    """Where an action counts: what the officers say comes first, then what its dates say."""
    if reader.rating is not None and (place := place_by_rating(rating)):
        return place
    return "late" if overdue else "undated" if undated else "in-time"


def place_by_rating(rating: Rating | None) -> Position | None:
    """Where an action with this rating counts; None where that rests on its dates."""
    if rating is None:
        return "unrated"
    if rating.closed:
        return "completed"
    if rating.holding:
        return "watched"
    return "attention" if rating.exception else None


def listed(names: Sequence[str], joint: str = "and") -> str:
    """Names as a sentence has them: ``"A, B and C"``."""
    return f" {joint} ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
