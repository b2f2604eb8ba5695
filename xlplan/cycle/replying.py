"""Replies: what each lead is asked to correct, from what a merge found in that lead's files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from xlplan.codes.return_codes import MRG_006, RET_026
from xlplan.cycle.desk import Desk
from xlplan.cycle.folder import write_atomically
from xlplan.cycle.outputs import not_written
from xlplan.errors import Problem, reason_of
from xlplan.issued.reply import Correction, Reply, reply_text, row_for_lead
from xlplan.merge.fates import writes_of
from xlplan.merge.kinds import Kind
from xlplan.merge.model import COORDINATOR, Id, Place, Question, Returned, Write
from xlplan.merge.state import State
from xlplan.plan.due import date_gone, say_gone
from xlplan.plan.values import show
from xlplan.workbook.write.cell_text import safe_name


def replies_of(
    desk: Desk, returned: Sequence[tuple[str, Returned]], questions: Sequence[Question]
) -> tuple[Reply, ...]:
    """The replies that these files (the name each came by, and what was recorded) call for.

    One for each lead; one for each file that could not be used and does not say whose it is.
    A merge that finds its files merged before replies too, as long as the questions are open.
    """
    state = desk.state
    asked = [q for q in questions if q.kind.for_lead or q.kind in (Kind.HELD, Kind.SORTED)]
    open_ids = {c.write for q in asked for c in q.candidates}
    groups: dict[str, list[tuple[str, Returned]]] = defaultdict(list)
    for file, fact in returned:
        if fact.author != COORDINATOR:
            groups[fact.author or f"\0{file}"].append((file, fact))
    found = []
    for who in sorted(groups):
        lead = "" if who.startswith("\0") else who
        files = [file for file, _ in groups[who]]
        corrections: list[Correction] = []
        refusals: list[tuple[str, str]] = []
        for file, fact in groups[who]:
            if fact.outcome == "refused":
                refusals.append((file, _why(fact)))
            else:
                corrections += _corrections(state, file, fact, open_ids)
        if corrections or refusals:
            due = max((_due(state, fact) for _, fact in groups[who]), default="")
            text = reply_text(state.definition, lead, due, corrections, refusals)
            found.append(Reply(lead, tuple(files), text))
    return tuple(found)


def _why(fact: Returned) -> str:
    """The code for which a file was refused."""
    return next((p.code for p in fact.problems if p.level == "error"), "")


def _due(state: State, fact: Returned) -> str:
    issued = state.issued.get(fact.issued)
    return issued.return_by if issued is not None else ""


def _corrections(
    state: State, file: str, fact: Returned, open_ids: set[Id]
) -> Iterator[Correction]:
    answered = all(item.id not in open_ids for item in fact.assertions if item.readings)
    for problem in fact.problems:
        if problem.code == RET_026.code and answered:
            continue
        if needed := row_for_lead(problem.code):
            _, sheet, row = f"!!{problem.where}".rsplit("!", 2)
            what, entered = f"Row {row}", "(the row as it is)"
            if ":" in row:
                what, entered = f"Rows {row.replace(':', ' to ')}", "(the rows as they are)"
            yield Correction(Place(file, sheet), what, entered, needed)
    for item in writes_of(state, fact):
        if item.id in open_ids and (item.kind.for_lead or _takes_the_date(state, item)):
            yield _correction(state, file, item)


def _takes_the_date(state: State, item: Write) -> bool:
    """Whether an edit is held only because it takes the date of an action away."""
    field = state.field_of((item.uid, item.field))
    gone = date_gone(state.definition, field, item.base, item.value)
    return gone is not None and item.message.startswith(say_gone(gone))


def _correction(state: State, file: str, item: Write) -> Correction:
    place = Place(file, item.place.sheet, item.place.cell)
    action = f"Action {state.ref(item.uid)}"
    if not item.field:
        needed = "Please say whether this action should be withdrawn; if not, put its row back."
        return Correction(place, action, item.message, needed)
    field = state.field_of((item.uid, item.field))
    what = f"{action}, {field.heading if field is not None else item.field}"
    needed = item.message
    if item.kind is Kind.LOCKED:
        needed = (
            "This cell is not one to fill in, so what you entered was not used. Where the plan "
            "is wrong, please say so to its coordinator."
        )
    elif item.kind is Kind.HELD:
        needed = (
            f"This had a date, {show(item.base)}. Please give the date by which it will be done "
            "now, or say why it has none."
        )
    elif field is not None and field.field_type.rated and item.kind is Kind.CLEARED:
        scale = ", ".join(rating.label for rating in state.definition.scale_of(field))
        needed = f"{item.message} Choose one of: {scale}."
    return Correction(place, what, _entered(item), needed)


def _entered(item: Write) -> str:
    """What was entered, as it was typed: a file keeps 45 as 45.0."""
    shown = show(item.value)
    return shown if item.raw == f"{shown}.0" else item.raw


def write_replies(replies: Sequence[Reply], folder: Path) -> tuple[list[Path], list[Problem]]:
    """Write each reply as a text file (UTF-8) into `folder`; where they are, and what was not.

    The merge is done by then, so a `folder` that cannot be one is a problem, too.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [], [MRG_006.problem(str(folder), reason=reason_of(error))]
    used: set[str] = set()
    written, problems = [], []
    for reply in replies:
        path = folder / f"{safe_name(reply.title, used)}.txt"
        try:
            write_atomically(path, reply.text.encode("utf-8", "replace"))
            written.append(path)
        except OSError as error:
            problems.append(not_written(path, error))
    return written, problems
