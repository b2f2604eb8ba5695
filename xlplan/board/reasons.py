"""Why the board should look at an action: every reason there is, in words."""

from __future__ import annotations

from msgspec.structs import replace

from xlplan.board.standings import (
    NOT_KNOWN,
    NOT_RATED,
    OFF_SCALE,
    Reader,
    Reason,
    ReasonKind,
    Standing,
    leads_of,
    listed,
)
from xlplan.plan.definition import Rating
from xlplan.plan.due import say_gone
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Invalid, rating_word, show

REASONS: tuple[tuple[ReasonKind, str], ...] = (
    ("attention", "Rated for attention"),
    ("overdue", "Overdue"),
    ("late-steps", "Steps late"),
    ("date-gone", "Date gone"),
    ("worsened", "Worse than at the last board"),
    ("off-scale", "Rating not on the scale"),
    ("rating-removed", "No longer rated"),
    ("two-ratings", "Two ratings that differ"),
    ("challenged", "Rating challenged"),
    ("not-updated", "Not updated this cycle"),
    ("question", "Open question"),
)

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
    return replace(s, reasons=tuple(_with_answers(reader, s, found)))


_ANSWERED: tuple[ReasonKind, ...] = ("overdue", "late-steps", "worsened", "challenged", "attention")
"""What a lead may have answered, the first first."""


def _with_answers(reader: Reader, s: Standing, found: list[Reason]) -> list[Reason]:
    """The reasons, with what the lead said to it beside the one that was asked about."""
    answers = reader.board.answers.get(s.row.uid, ())
    kinds = [reason.kind for reason in found]
    if not answers or not found:
        return found
    at = next((kinds.index(kind) for kind in _ANSWERED if kind in kinds), 0)
    text = ". ".join([found[at].words, *(_short(answer, LONGEST) for answer in answers)])
    return [*found[:at], replace(found[at], words=text), *found[at + 1 :]]


def _of_the_rating(reader: Reader, s: Standing) -> list[Reason]:
    label = reader.labels
    reasons: list[Reason] = []
    if s.attention:
        reasons.append(Reason("attention", f"Rated {label[s.now]}"))
    if s.overdue and s.due is not None and s.due < reader.board.as_of:
        late = (reader.board.as_of - s.due).days
        days = "1 day" if late == 1 else f"{late} days"
        reasons.append(Reason("overdue", f"Overdue by {days}: was due by {say_date(s.due)}"))
    if dates := [step.due.by for step in s.late_steps if step.due.by]:
        first = say_date(min(dates))
        reasons.append(Reason("late-steps", f"{s.in_short}, the first since {first}"))
    gone = reader.dates_gone.get(s.row.uid)
    if gone is not None and not s.closed and not s.holding:
        day, typed = gone
        now = f'"{_short(typed, 60)}"' if typed else "blank"
        reasons.append(Reason("date-gone", f"{say_gone(day)}, now {now}"))
    if s.direction == "worse" and s.before is not None:
        reasons.append(Reason("worsened", f"Worse: {label[s.before]} to {label[s.now]}"))
    if s.now == OFF_SCALE and reader.rating is not None:
        raw = s.row.values.get(reader.rating.id)
        text = _short(raw.raw if isinstance(raw, Invalid) else show(raw), 60)
        reasons.append(Reason("off-scale", f'Rating "{text}" is not on the scale'))
    if s.now == NOT_RATED and s.before not in (None, NOT_RATED, NOT_KNOWN):
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
    lines = {n: line for n in names if (line := reader.line(n)) and line.issued}
    if s.closed or any(line.returned for line in lines.values()):
        return ()
    return tuple(lines)


def _short(text: str, most: int) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
