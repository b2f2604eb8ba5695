"""Lints that follow a plan through time: what moved, and whether anyone wrote why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from xlplan.codes import check_codes as chk
from xlplan.codes.message import Filled
from xlplan.late import regex
from xlplan.plan.checks.lint_view import Finding, Plan, Row, entries_of
from xlplan.plan.checks.steps import finishes
from xlplan.plan.definition import Field, Rating
from xlplan.plan.due import due_of, revised_counts
from xlplan.plan.reconsider import OFTEN, Known
from xlplan.plan.text import fold
from xlplan.plan.timescales import MONTHS, say_date
from xlplan.plan.values import Value, is_worse, moved, show

_SAYS_WHY: tuple[str, ...] = ("progress", "reason")
"""Roles of the fields in which a lead says why something moved."""
_RUNNING = 3
"""Cycles running after which a word is due where each said that nothing had changed."""
_ENTRY = regex(r"\[(?:[^\],]*, )?(?P<author>[^\]]*)\] (?P<text>.*)", re.DOTALL)
_MONTH = rf"(?:{'|'.join(sorted(MONTHS, key=len, reverse=True))})"
_DATES = regex(
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
        rating = plan.rating(row)
        finished = finishes(plan.definition, row) or (
            rating is not None and (rating.closed or rating.holding)
        )
        # Where the rating says nothing of it, that is the first thing to ask (CHK-010).
        silent = plan.is_rated and (rating is None or not rating.exception)
        if due and by is not None and by < plan.today and not finished and not silent:
            again = revised is not None and row.values.get(revised.id) is not None
            counts = again and revised_counts(plan.definition, row.values, row.kind)
            item = revised if revised and counts else due
            day = say_date(by)
            found = (
                chk.CHK_018.fill("revised", date=day)
                if counts
                else chk.CHK_018.fill("asked", date=day)
                if again
                else chk.CHK_018.fill("due", date=day)
            )
            yield Finding(row, item.id, found)


def worsened(plan: Plan) -> Iterator[Finding]:
    """Ratings worse than at the last board, without a word since."""
    for row, item, before, now, scale in _moved(plan):
        if is_worse(now.code, before.code, scale):
            found = chk.CHK_020.fill(heading=item.heading, before=before.code, now=now.code)
            yield Finding(row, item.id, found)


def unexplained(plan: Plan) -> Iterator[Finding]:
    """Ratings that are better than at the last board, without a word since."""
    for row, item, before, now, scale in _moved(plan):
        if moved(before.code, now.code, scale) == "better":
            found = chk.CHK_021.fill(heading=item.heading, before=before.code, now=now.code)
            yield Finding(row, item.id, found)


def copied_forward(plan: Plan) -> Iterator[Finding]:
    """Progress notes that repeat what they were before."""
    for row in _open(plan):
        silent = bool(_silent_cycles(plan, row))
        for item in plan.definition.fields_of(row.kind):
            note = row.values.get(item.id)
            if item.role != "progress" or not isinstance(note, str):
                continue
            found = None
            if item.mode == "append":
                found = _entry_again(item, note)
            elif not silent:
                found = _same_as_before(plan, row, item, note)
            if found:
                yield Finding(row, item.id, found)


def not_updated(plan: Plan) -> Iterator[Finding]:
    """Open actions in which nobody has changed anything for two cycles."""
    for row in _open(plan):
        if cycles := _silent_cycles(plan, row):
            item = plan.definition.with_role("progress", row.kind)
            yield Finding(
                row, item.id if item else "", chk.CHK_023.fill(first=cycles[0], second=cycles[1])
            )


def only_confirmed(plan: Plan) -> Iterator[Finding]:
    """Open actions of which three cycles running said that nothing had changed, and no more."""
    for row in _open(plan):
        asked = plan.history.asked.get(row.uid, ())[-_RUNNING:]
        confirmed = plan.history.confirmed.get(row.uid, frozenset())
        changed = plan.history.updated.get(row.uid, ())
        if len(asked) == _RUNNING and confirmed >= set(asked) and not set(asked) & set(changed):
            item = plan.definition.with_role("progress", row.kind)
            found = chk.CHK_099.fill(cycles=asked)
            yield Finding(row, item.id if item else "", found)


def below_first(plan: Plan) -> Iterator[Finding]:
    """Ratings that are worse than the first one."""
    initial = plan.definition.with_role("initial_rating")
    for row, item, code, _closed in plan.rated():
        scale = plan.scale(item)
        first = row.values.get(initial.id) if initial else None
        if not isinstance(first, str):
            first = plan.history.first.get(row.uid)
        if is_worse(code, first, scale):
            found = chk.CHK_027.fill(heading=item.heading, rating=show(code), first=show(first))
            yield Finding(row, item.id, found)


def closed_unheld(plan: Plan) -> Iterator[Finding]:
    """Actions closed since the last board that had not been held before, where a plan holds."""
    for row, item, code, closed in plan.rated():
        before = plan.rating_before(row) or _brought(plan, row, item)
        watched = any(rating.holding for rating in plan.scale(item))
        if closed and watched and before and not before.closed and not before.holding:
            found = chk.CHK_029.fill(heading=item.heading, before=before.code, rating=show(code))
            yield Finding(row, item.id, found)


def _brought(plan: Plan, row: Row, item: Field) -> Rating | None:
    """The rating before with which an action came, where no board has met since."""
    brought = plan.definition.brought
    if plan.history.boards or not brought:
        return None
    return plan.definition.rating(row.values.get(brought[-1].id), item.scale)


def reopened(plan: Plan) -> Iterator[Finding]:
    """Actions that were closed at a board and that are open again."""
    for row, item, code, closed in plan.rated() if plan.history.boards else ():
        before = plan.rating_before(row)
        now = plan.rating(row)
        if before and before.closed and not closed and not (now and now.holding):
            stands = show(code) or chk.BLANK
            found = chk.CHK_030.fill(before=before.code, heading=item.heading, rating=stands)
            yield Finding(row, item.id, found)


def rescheduled_unapproved(plan: Plan) -> Iterator[Finding]:
    """Actions with a later date than the first, where the plan says who approves and nobody has."""
    item = plan.definition.with_role("approved_by")
    for row in _open(plan) if item else ():
        first, now = _first_due(plan, row), plan.due(row).by
        if item and first and now and now > first and row.values.get(item.id) is None:
            before, after = say_date(first), say_date(now)
            found = chk.CHK_031.fill(before=before, now=after, heading=item.heading)
            yield Finding(row, item.id, found)


def put_back_again(plan: Plan) -> Iterator[Finding]:
    """Open actions whose date was put back so often that it is asked about."""
    item = plan.definition.with_role("due")
    for row in _open(plan) if item else ():
        slips, by = plan.history.slips.get(row.uid, 0), plan.due(row).by
        if item and by and slips >= OFTEN:
            yield Finding(row, item.id, chk.CHK_109.fill(slips=slips, date=say_date(by)))


def known_of(plan: Plan, row: Row) -> Known:
    """What is known of an action when its template goes out."""
    before = plan.rating_before(row)
    return Known(
        by=plan.due(row).by,
        before=before.code if before else "",
        worded=_explained(plan, row),
        slips=plan.history.slips.get(row.uid, 0),
        answered=plan.history.answered.get(row.uid, frozenset()),
    )


def _open(plan: Plan) -> Iterator[Row]:
    for row in plan.standing:
        rating = plan.rating(row)
        finished = finishes(plan.definition, row) or (rating and (rating.closed or rating.holding))
        if row.kind == "action" and not finished:
            yield row


def _moved(plan: Plan) -> Iterator[tuple[Row, Field, Rating, Rating, Sequence[Rating]]]:
    """Ratings that moved since the last board while no word was written that could say why."""
    for row, item, code, _closed in plan.rated() if plan.history.boards else ():
        before, scale = plan.rating_before(row), plan.scale(item)
        now = plan.definition.rating(code, item.scale)
        if before and now and before is not now and not _explained(plan, row):
            yield row, item, before, now, scale


def _explained(plan: Plan, row: Row) -> bool:
    """Whether a word was written since the last board, or the plan has no place for one."""
    then = plan.history.at_last_board(row.uid) or {}
    fields = [f for f in plan.definition.fields_of(row.kind) if f.role in _SAYS_WHY]
    words = (_new_words(row.values.get(f.id), then, f.id) for f in fields)
    return not fields or any(words)


def _new_words(now: Value, then: Mapping[str, Value], field_id: str) -> bool:
    return now is not None and fold(show(now)) != fold(show(then.get(field_id)))


def _first_due(plan: Plan, row: Row) -> date | None:
    """The first date a row was due by: of its due dates, else of its revised ones."""
    for role, known in (("due", plan.history.dues), ("revised", plan.history.revised)):
        item = plan.definition.with_role(role, row.kind)
        values = (known.get(row.uid) or (row.values.get(item.id),)) if item else ()
        for value in values:
            if value is not None:
                return due_of(plan.definition, value).by
    return None


def _silent_cycles(plan: Plan, row: Row) -> tuple[str, ...]:
    """The last two cycles that asked about an action, where neither brought anything: no change,
    and no word that there is none."""
    asked = plan.history.asked.get(row.uid, ())[-2:]
    heard = {*plan.history.updated.get(row.uid, ()), *plan.history.confirmed.get(row.uid, ())}
    return asked if len(asked) == 2 and not heard & set(asked) else ()


def _entry_again(item: Field, note: str) -> Filled | None:
    """That the newest entry repeats the one before it by the same author, if it does."""
    signed = [found for entry in entries_of(note) if (found := _ENTRY.fullmatch(entry))]
    older = [one for one in signed[1:] if one["author"] == signed[0]["author"]]
    new = _words(signed[0]["text"]) if older else ""
    if not new or _words(older[0]["text"]) != new:
        return None
    return chk.CHK_022.fill("entry", heading=item.heading, lead=older[0]["author"])


def _same_as_before(plan: Plan, row: Row, item: Field, note: str) -> Filled | None:
    """That a note repeats a board's: with a new date only, or two boards in a row."""
    then = [show(board.values.get(row.uid, {}).get(item.id)) for board in plan.history.boards[-2:]]
    if not then or not then[-1] or _words(then[-1]) != _words(note):
        return None
    if fold(then[-1]) != fold(note):
        return chk.CHK_022.fill("board", heading=item.heading)
    if len(then) > 1 and _words(then[-2]) == _words(note):
        return chk.CHK_022.fill("boards", heading=item.heading)
    return None


def _words(note: str) -> str:
    """A note without its dates: what it says, not when. Figures stay; they are the news."""
    return " ".join(re.findall(r"[\w%]+", _DATES.sub(" ", fold(note))))
