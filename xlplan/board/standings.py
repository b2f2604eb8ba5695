"""Where each action stands: its rating, where it moved, and why the board should look at it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Literal

from xlplan.board.board_model import Board, ReturnLine
from xlplan.merge.kinds import Kind
from xlplan.merge.model import MasterRow
from xlplan.merge.past import DueHistory
from xlplan.plan.definition import STATUS, Field, PlanDefinition, Rating
from xlplan.plan.due import date_gone, due_in, say_gone
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Invalid, Value, rating_word, show, sort_elements
from xlplan.plan.values import best_first as best_first

NOT_RATED = ""
OFF_SCALE = "?"
NO_SECTION = "No section"
NO_LEAD = "No lead named"

Direction = Literal["better", "same", "worse", "new", "uncompared"]
DIRECTIONS: tuple[Direction, ...] = ("better", "same", "worse", "new", "uncompared")

ReasonKind = Literal[
    "attention", "overdue", "date-gone", "worsened", "off-scale", "rating-removed", "two-ratings",
    "challenged", "not-updated", "question",
]  # fmt: skip
REASONS: tuple[tuple[ReasonKind, str], ...] = (
    ("attention", "Rated for attention"),
    ("overdue", "Overdue"),
    ("date-gone", "Date gone"),
    ("worsened", "Worse than at the last board"),
    ("off-scale", "Rating not on the scale"),
    ("rating-removed", "No longer rated"),
    ("two-ratings", "Two ratings that differ"),
    ("challenged", "Rating challenged"),
    ("not-updated", "Not updated this cycle"),
    ("question", "Open question"),
)

_LEAVE_THE_DATE = (Kind.HELD, Kind.INVALID, Kind.CLEARED)
"""Kinds of question that ask whether a date is to go; it stands meanwhile."""


@dataclass(frozen=True, slots=True)
class Point:
    """A row of the rating key: a point of the scale, or one of the two that are not on it.

    `label` is the word by which it is shown: see `xlplan.plan.values.rating_word`.
    """

    key: str
    label: str
    rating: Rating | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an action is an exception."""

    kind: ReasonKind
    words: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one action stands. `before` and `direction` are None without an earlier board.

    `holding` is done and watched before it closes. `first_due` is the first date the action had
    and `slips` how often that date was put back.
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

    @property
    def slipped(self) -> int | None:
        """Days from the first due date to the one now; None where either is not a date."""
        return (self.due - self.first_due).days if self.due and self.first_due else None


def bucket(value: Value, scale: Sequence[Rating]) -> str:
    """The key under which a rating counts: its code, `NOT_RATED` or `OFF_SCALE`."""
    if value is None:
        return NOT_RATED
    return next((r.code for r in scale if r.code == value), OFF_SCALE)


def direction(before: str, now: str, scale: Sequence[Rating]) -> Direction:
    """The direction of travel between two buckets of one scale."""
    if before == now:
        return "same"
    places = {r.code: place for place, r in enumerate(scale)}
    if before not in places or now not in places:
        return "uncompared"
    earlier = places[now] < places[before]
    return "better" if earlier == best_first(scale) else "worse"


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
    """The leads an action names, each once, in the order written."""
    item = definition.with_role("lead")
    value = values.get(item.id) if item else None
    if isinstance(value, frozenset):
        return tuple(sorted(value))
    if isinstance(value, tuple):
        return tuple(dict.fromkeys(value))
    return (show(value),) if show(value) else ()


def points_of(definition: PlanDefinition, used: Iterable[str]) -> tuple[Point, ...]:
    """The scale in order, then "Not rated" and "Not on the scale" where an action needs them."""
    found = set(used)
    item = definition.with_role("rating")
    scale = definition.scale_of(item) if item else ()
    points = [Point(r.code, rating_word(r), r) for r in scale]
    if NOT_RATED in found or not points:
        points.append(Point(NOT_RATED, "Not rated"))
    if OFF_SCALE in found:
        points.append(Point(OFF_SCALE, "Not on the scale"))
    return tuple(points)


@dataclass(frozen=True)
class Reader:
    """The definition's answers that every standing needs, worked out once."""

    board: Board
    rating: Field | None
    scale: tuple[Rating, ...]
    by_code: Mapping[str, Rating]
    line_of: Mapping[str, ReturnLine]
    questions: Mapping[str, frozenset[str]]
    """By uid, the fields that have an open question."""
    dates_gone: Mapping[str, date]
    """By uid, the date that a lead would take away, where that is an open question."""

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The words for each bucket."""
        return {p.key: p.label for p in points_of(self.board.definition, (NOT_RATED, OFF_SCALE))}

    @cached_property
    def other_ratings(self) -> tuple[Field, ...]:
        """Further fields that rate an action as it stands: another agency's, or a second look."""
        every = self.board.definition.fields_of("action")
        return tuple(f for f in every if f.role == "rating" and f is not self.rating)

    def bucket_in(self, values: Mapping[str, Value]) -> str:
        """The bucket of an action's rating."""
        return bucket(values.get(self.rating.id) if self.rating else None, self.scale)

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


def _dates_gone(board: Board) -> dict[str, date]:
    found: dict[str, date] = {}
    for question in board.questions:
        item = board.definition.find(question.field)
        for one in question.candidates if question.kind in _LEAVE_THE_DATE else ():
            gone = date_gone(board.definition, item, question.base, one.value)
            if gone is not None:
                found.setdefault(question.uid, gone)
    return found


def standing(reader: Reader, row: MasterRow) -> Standing:
    """Where one action stands; `xlplan.board.standings` says why to look at it."""
    board = reader.board
    now = reader.bucket_in(row.values)
    rating = reader.by_code.get(now)
    last = reader.last_values(row.uid)
    before = reader.bucket_in(last) if last is not None else None
    moved: Direction | None = None
    if board.previous is not None:
        moved = direction(before, now, reader.scale) if before is not None else "new"
    due = due_date(board.definition, row.values)
    closed = rating is not None and rating.closed
    holding = rating is not None and rating.holding
    # Held work is done and only watched, so it is not late either.
    overdue = due is not None and due < board.as_of and not closed and not holding
    earlier = reader.by_code.get(before or "")
    dues = board.dues.get(row.uid, DueHistory())
    return Standing(
        row=row,
        section=section_of(board.definition, row),
        now=now,
        before=before,
        first=bucket(board.first[row.uid], reader.scale) if row.uid in board.first else None,
        direction=moved,
        due=due,
        closed=closed,
        attention=rating is not None and rating.exception,
        overdue=overdue,
        holding=holding,
        was_closed=earlier is not None and earlier.closed,
        first_due=dues.first,
        slips=dues.slips,
    )


def listed(names: Sequence[str]) -> str:
    """Names as a sentence has them: ``"A, B and C"``."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


LONGEST = 300
"""Characters of a challenge: a rule's sentence may quote what a lead wrote."""


def with_reasons(reader: Reader, s: Standing) -> Standing:
    """A standing with every reason there is to look at it, the most pressing first."""
    found = [
        *_of_the_rating(reader, s),
        *_of_two_ratings(reader, s),
        *_of_the_rules(reader, s),
        *_of_the_round(reader, s),
    ]
    return replace(s, reasons=tuple(found))


def _of_the_rating(reader: Reader, s: Standing) -> list[Reason]:
    label = reader.labels
    reasons: list[Reason] = []
    if s.attention:
        reasons.append(Reason("attention", f"Rated {label[s.now]}"))
    if s.overdue and s.due is not None:
        late = (reader.board.as_of - s.due).days
        days = "1 day" if late == 1 else f"{late} days"
        reasons.append(Reason("overdue", f"Overdue by {days}: was due by {say_date(s.due)}"))
    gone = reader.dates_gone.get(s.row.uid)
    if gone is not None and not s.closed and not s.holding:
        reasons.append(Reason("date-gone", say_gone(gone)))
    if s.direction == "worse" and s.before is not None:
        reasons.append(Reason("worsened", f"Worse: {label[s.before]} to {label[s.now]}"))
    if s.now == OFF_SCALE and reader.rating is not None:
        raw = s.row.values.get(reader.rating.id)
        text = _short(raw.raw if isinstance(raw, Invalid) else show(raw), 60)
        reasons.append(Reason("off-scale", f'Rating "{text}" is not on the scale'))
    if s.now == NOT_RATED and s.before not in (None, NOT_RATED):
        reasons.append(Reason("rating-removed", f"No longer rated: was {label[s.before or '']}"))
    return reasons


def _of_two_ratings(reader: Reader, s: Standing) -> list[Reason]:
    definition = reader.board.definition
    mine = reader.by_code.get(s.now)
    if mine is None or reader.rating is None:
        return []
    reasons = []
    for item in reader.other_ratings:
        theirs = definition.rating(s.row.values.get(item.id), item.scale)
        if theirs is not None and _differ(mine, theirs):
            words = (
                f"Two ratings that differ: {reader.rating.heading} {rating_word(mine)}, "
                f"{item.heading} {rating_word(theirs)}"
            )
            reasons.append(Reason("two-ratings", words))
    return reasons


def _differ(one: Rating, other: Rating) -> bool:
    """Two points of one scale differ as codes; of two scales, by what they mean to the board."""
    if one.scale == other.scale:
        return one.code != other.code
    return (one.closed, one.exception) != (other.closed, other.exception)


def _of_the_rules(reader: Reader, s: Standing) -> list[Reason]:
    found = reader.board.challenges.get(s.row.uid, ())
    return [Reason("challenged", f"Rating challenged: {_short(text, LONGEST)}") for text in found]


def _of_the_round(reader: Reader, s: Standing) -> list[Reason]:
    reasons = []
    silent = _silent_leads(reader, s)
    if silent:
        reasons.append(Reason("not-updated", f"Not updated: no return from {listed(silent)}"))
    if asked := reader.questions.get(s.row.uid):
        fields = reader.board.definition.fields_of("action")
        headings = [f.heading for f in fields if f.id in asked]
        about = f" about {listed(headings)}" if headings else ""
        reasons.append(Reason("question", f"Open question{about}"))
    return reasons


def _silent_leads(reader: Reader, s: Standing) -> tuple[str, ...]:
    """The leads who were asked about an open action, where none of them has returned."""
    names = leads_of(reader.board.definition, s.row.values)
    lines = {n: line for n in names if (line := reader.line_of.get(n)) and line.issued}
    if s.closed or any(line.returned for line in lines.values()):
        return ()
    return tuple(lines)


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
