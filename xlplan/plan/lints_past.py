"""Lints that compare a plan with its past: what moved, what did not, and whether anyone said why.

Most need a history (`xlplan.plan.history`) and say nothing without one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from xlplan.plan.challenges import challenges_of
from xlplan.plan.definition import Field, Rating
from xlplan.plan.lifecycle import life_of, rating_in, stage_of
from xlplan.plan.lint_view import Finding, Plan, Row, entries_of
from xlplan.plan.ratings import is_worse
from xlplan.plan.text import fold
from xlplan.plan.timescales import MONTHS, say_date
from xlplan.plan.values import Value, show

_SAYS_WHY: tuple[str, ...] = ("progress", "reason")
"""Roles of the fields in which a lead says why something moved."""
_ENTRY = re.compile(r"\[(?:[^\],]*, )?(?P<author>[^\]]*)\] (?P<text>.*)", re.DOTALL)
_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_DATES = re.compile(
    rf"\b\d{{1,4}}[./-]\d{{1,2}}[./-]\d{{1,4}}\b"
    rf"|\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? )?{_MONTH}\b(?: \d{{1,2}}(?:st|nd|rd|th)?\b)?"
    r"(?:,? (?:19|20)\d\d\b)?|\b(?:19|20)\d\d\b",
    re.IGNORECASE,
)


def past_date(plan: Plan) -> Iterator[Finding]:
    """Open actions whose date has passed, whose rating says so, and that have no new date."""
    revised = plan.definition.with_role("revised")
    due = plan.definition.with_role("due")
    for row in plan.standing if due else ():
        by = plan.due(row).by if row.kind == "action" else None
        rating = rating_in(plan.definition, row.values)
        finished = rating is not None and (rating.closed or rating.holding)
        # Where the rating says nothing of it, that is the first thing to ask (CHK-010).
        silent = plan.is_rated and (rating is None or not rating.exception)
        if due and by is not None and by < plan.today and not finished and not silent:
            again = revised is not None and row.values.get(revised.id) is not None
            item = revised if revised and again else due
            said = "has passed as well" if again else "has passed and there is no new date"
            message = f"{say_date(by)} {said}. Ask the lead for a date, and for who approved it."
            yield Finding(row, item.id, message)


def worsened(plan: Plan) -> Iterator[Finding]:
    """Ratings worse than at the last board, without a word since."""
    for row, item, before, now, scale in _moved(plan):
        if is_worse(now.code, before.code, scale):
            yield Finding(row, item.id, _without_a_word(item, before, now))


def unexplained(plan: Plan) -> Iterator[Finding]:
    """Ratings that are better than at the last board, without a word since."""
    for row, item, before, now, scale in _moved(plan):
        if not is_worse(now.code, before.code, scale):
            yield Finding(row, item.id, _without_a_word(item, before, now))


def copied_forward(plan: Plan) -> Iterator[Finding]:
    """Progress notes that say again what they said before."""
    for row in _open(plan):
        silent = bool(_silent_cycles(plan, row))
        for item in plan.definition.fields_of(row.kind):
            note = row.values.get(item.id)
            if item.role != "progress" or not isinstance(note, str):
                continue
            told = _told_again(note) if item.mode == "append" else ""
            if not told and item.mode == "replace" and not silent:
                told = _same_as_before(plan, row, item, note)
            if told:
                message = f"{item.heading} says the same as {told}. Ask the lead what is new."
                yield Finding(row, item.id, message)


def not_updated(plan: Plan) -> Iterator[Finding]:
    """Open actions in which nobody has changed anything for two cycles."""
    for row in _open(plan):
        if cycles := _silent_cycles(plan, row):
            message = (
                f"Nobody changed anything here in the cycles {cycles[0]} and {cycles[1]}. "
                "Ask the lead for news."
            )
            yield Finding(row, "", message)


def below_first(plan: Plan) -> Iterator[Finding]:
    """Ratings that are worse than the first one."""
    initial = plan.definition.with_role("initial_rating")
    for row, item, code, _closed in plan.rated():
        scale = plan.scale(item)
        first = row.values.get(initial.id) if initial else None
        if not isinstance(first, str):
            first = plan.history.first.get(row.uid)
        if is_worse(code, first, scale):
            message = (
                f"{item.heading} is {code}, worse than its first rating, {first}. "
                "Ask the lead what would turn it round."
            )
            yield Finding(row, item.id, message)


def challenged(plan: Plan) -> Iterator[Finding]:
    """Ratings that a rule of the plan challenges."""
    item = plan.definition.with_role("rating")
    if item is None or not plan.definition.rules:
        return
    for row in plan.standing:
        for challenge in challenges_of(plan.definition, row, plan.today):
            yield Finding(row, item.id, f"{challenge.message} Ask the lead which is right.")


def closed_unheld(plan: Plan) -> Iterator[Finding]:
    """Actions closed since the last board that had not been held before, where a plan holds."""
    for row, item, code, closed in plan.rated():
        before = plan.rating_before(row)
        watched = any(rating.holding for rating in plan.scale(item))
        if closed and watched and before and not before.closed and not before.holding:
            message = (
                f"{item.heading} went from {before.code} to {code} without "
                "having been held. Hold it until the board has seen that it lasts."
            )
            yield Finding(row, item.id, message)


def reopened(plan: Plan) -> Iterator[Finding]:
    """Actions that a board has seen closed and that are open again."""
    for row, item, code, closed in plan.rated() if plan.history.boards else ():
        before = plan.rating_before(row)
        was_closed = before is not None and before.closed and not closed
        if before and was_closed and stage_of(plan.definition, row, plan.history) == "reopened":
            stands = code if code else "blank"
            message = (
                f"The last board saw this closed ({before.code}), and {item.heading} is "
                f"{stands} now. Ask the lead why it was reopened."
            )
            yield Finding(row, item.id, message)


def rescheduled_unapproved(plan: Plan) -> Iterator[Finding]:
    """Actions with a later date than the first, where the plan says who approves and nobody has."""
    item = plan.definition.with_role("approved_by")
    for row in _open(plan) if item else ():
        life = life_of(plan.definition, row, plan.history)
        if item and life.rescheduled and not life.approved_by and life.original.by:
            was, now = say_date(life.original.by), say_date(life.current.by or life.original.by)
            message = (
                f"This moved from {was} to {now}, and {item.heading} is blank. "
                "Say who approved the new date."
            )
            yield Finding(row, item.id, message)


def _open(plan: Plan) -> Iterator[Row]:
    for row in plan.standing:
        rating = rating_in(plan.definition, row.values) if row.kind == "action" else None
        if row.kind == "action" and not (rating and (rating.closed or rating.holding)):
            yield row


def _moved(plan: Plan) -> Iterator[tuple[Row, Field, Rating, Rating, Sequence[Rating]]]:
    """Ratings that moved since the last board while no word was written that could say why."""
    for row, item, code, _closed in plan.rated() if plan.history.boards else ():
        before, scale = plan.rating_before(row), plan.scale(item)
        now = plan.definition.rating(code, item.scale)
        if before and now and before is not now and not _said_why(plan, row):
            yield row, item, before, now, scale


def _said_why(plan: Plan, row: Row) -> bool:
    """Whether a word was written since the last board, or the plan has no place for one."""
    seen = plan.history.at_last_board(row.uid) or {}
    fields = [f for f in plan.definition.fields_of(row.kind) if f.role in _SAYS_WHY]
    words = (_new_words(row.values.get(f.id), seen, f.id) for f in fields)
    return not fields or any(words)


def _new_words(now: Value, seen: Mapping[str, Value], field_id: str) -> bool:
    return now is not None and fold(show(now)) != fold(show(seen.get(field_id)))


def _without_a_word(item: Field, before: Rating, now: Rating) -> str:
    return (
        f"{item.heading} went from {before.code} to {now.code} since the last board, without a "
        "word. Ask the lead what happened."
    )


def _silent_cycles(plan: Plan, row: Row) -> tuple[str, ...]:
    """The last two cycles that asked about an action, where neither brought anything."""
    asked = plan.history.asked.get(row.uid, ())[-2:]
    heard = plan.history.updated.get(row.uid, ())
    return asked if len(asked) == 2 and not set(asked) & set(heard) else ()


def _told_again(note: str) -> str:
    """The older entry of the same author that the newest one repeats, in words, or ``""``."""
    signed = [found for entry in entries_of(note) if (found := _ENTRY.fullmatch(entry))]
    older = [one for one in signed[1:] if one["author"] == signed[0]["author"]]
    new = _words(signed[0]["text"]) if older else ""
    same = new and _words(older[0]["text"]) == new
    return f"the entry before it by {older[0]['author']}" if same else ""


def _same_as_before(plan: Plan, row: Row, item: Field, note: str) -> str:
    """The board whose note is told again: one with a new date only, or two boards in a row."""
    seen = [show(board.values.get(row.uid, {}).get(item.id)) for board in plan.history.boards]
    if not seen or not seen[-1] or _words(seen[-1]) != _words(note):
        return ""
    if fold(seen[-1]) != fold(note):
        return "at the last board, but for its date"
    return "at the last two boards" if len(seen) > 1 and _words(seen[-2]) == _words(note) else ""


def _words(note: str) -> str:
    """A note without its dates: what it says, not when. Figures stay; they are the news."""
    return " ".join(re.findall(r"[\w%]+", _DATES.sub(" ", fold(note))))
