"""Edits of `set-up.xlsx`: taken into `plan.toml`, or kept as they were typed and read again.

Those of addresses in `post.xlsx` go the same way; what is ticked there is recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from msgspec.structs import replace

from xlplan.codes.cycle_codes import POST_006
from xlplan.codes.definition_codes import DEF_015
from xlplan.codes.return_codes import RET_015
from xlplan.codes.source_codes import NEW_021
from xlplan.cycle.again import (
    is_read_otherwise,
    read_again,
    reads_by,
    record_again,
)
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.intake import Arrived
from xlplan.cycle.own_columns import own_columns
from xlplan.errors import Problem, XlplanError
from xlplan.merge.decisions import last_set_up
from xlplan.merge.exchange import recipients_in
from xlplan.merge.kinds import Kind, write_id
from xlplan.merge.model import (
    COORDINATOR,
    NOWHERE,
    Decided,
    Issued,
    Posted,
    Returned,
    Unused,
    Write,
)
from xlplan.merge.reading import Reading
from xlplan.merge.state import State
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.guesses import guesses_of
from xlplan.plan.load import load_definition
from xlplan.plan.set_up import Entry, Origin, entries_of, place_of, text_of
from xlplan.plan.set_up_apply import Edit, apply
from xlplan.plan.set_up_edits import Outcome, Refused, Typed, Used, take, without
from xlplan.plan.set_up_sheets import EVERY
from xlplan.plan.text import fold
from xlplan.plan.values import Raw, as_text, canon, show
from xlplan.returned.answers import Document, SetUpAnswers, read_set_up
from xlplan.returned.as_issued import TICK
from xlplan.returned.furniture import set_up_uid
from xlplan.workbook.read.book import Book


def take_set_up(
    desk: Desk, work: Work, item: Arrived, book: Book, reading: Reading
) -> tuple[Returned, list[Problem]]:
    """Take in a `set-up.xlsx` or `post.xlsx` that came back; the return that was recorded, and what
    a person should look at: answers that could not be used, and rows imported otherwise."""
    base = desk.state.definition_at(desk.state.issued[reading.issued].as_of)
    text = desk.folder.definition_as_written()
    origin = Origin(guesses_of(text), desk.state.account, own_columns(desk))
    document: Document = "post" if reading.document == "post" else "set-up"
    issued = desk.state.issued[reading.issued]
    asked = [lead.name for lead in recipients_in(desk.state, issued.cycle)] if issued.cycle else []
    answers = read_set_up(book, desk.key, base, reading.issued, origin, document, asked)
    ticks = list(_ticks(desk, answers, issued, asked, item.file))
    found = take(text, base, answers.rows, origin, _in_use(desk.state))
    outcome, account = _put_in(desk, work, text, found)
    unused = tuple(_unused(answers, outcome))
    fact = Returned(
        id=item.return_id,
        sha256=item.digest,
        file=item.file,
        issued=reading.issued,
        author=COORDINATOR,
        cycle="",
        saved_at=reading.saved_at,
        outcome="merged" if outcome.edits or ticks else "unchanged",
        rows=tuple(dict.fromkeys(uid for uid, _ in answers.places)),
        problems=(*answers.problems, *(one for one in account if one.level == "note")),
        assertions=tuple(_asked(answers, outcome, reading.issued)),
        information=tuple(_changes(answers, outcome)),
        unused=unused,
    )
    work.append([fact, *ticks])
    serious = [one for one in (*answers.problems, *account) if one.level != "note"]
    return fact, [*dict.fromkeys(one.problem for one in unused), *serious]


_DAY = Field(TICK, "Sent", "date")


def _ticks(
    desk: Desk, answers: SetUpAnswers, issued: Issued, asked: Iterable[str], file: str
) -> Iterator[Posted]:
    """What a post workbook says was sent, where it says other than it was issued with; what is no
    answer joins those that could not be used."""
    state, definition = desk.state, desk.state.definition_at(issued.as_of)
    for name in asked:
        uid = set_up_uid(Entry("lead", (name,)))
        if uid not in answers.ticks:
            continue
        typed = answers.ticks[uid]
        was = state.exchange.post_to(issued.cycle, (name,), issued.as_of).sent
        day = _day_ticked(typed, was or desk.today.isoformat(), definition)
        if day is None:
            place, text = answers.places[uid, TICK], as_text(typed or "")
            answers.faulty[uid, TICK] = text, POST_006.problem(str(place), answer=text)
        elif day != was:
            yield Posted("sent" if day else "not sent", issued.cycle, name, day, file=file)


def _day_ticked(typed: Raw, today: str, definition: PlanDefinition) -> str | None:
    """The day on which a letter was sent, blank for not sent; None for what says neither."""
    said = fold(as_text(typed)) if typed is not None else ""
    if said in ("", "no"):
        return ""
    if said in ("yes", "x", "y", "✓", "✔", "true"):
        return today
    value = canon(_DAY, typed, definition)
    return value.isoformat()[:10] if isinstance(value, date) else None


def take_set_up_again(desk: Desk, work: Work) -> list[Problem]:
    """Read the answers again that could not be used before, as what makes them valid may have come
    since; what became of them."""
    last = last_set_up(desk.state)
    if last is None or not last.unused or work.dry_run:
        return []
    base = desk.state.definition_at(desk.state.issued[last.issued].as_of)
    text = desk.folder.definition_as_written()
    origin = Origin(guesses_of(text), desk.state.account, own_columns(desk))
    answers = _as_typed(last.unused, base, origin)
    found = take(text, base, answers.rows, origin, _in_use(desk.state))
    outcome, account = _put_in(desk, work, text, found)
    unused = tuple(_unused(answers, outcome))
    if unused != last.unused:
        work.append([replace(last, assertions=(), information=(), unused=unused)])
    where = last.file
    used = [DEF_015.problem(where, what=_change(edit)) for edit in outcome.edits]
    return [*used, *dict.fromkeys(one.problem for one in unused), *account]


def _as_typed(unused: Sequence[Unused], base: PlanDefinition, origin: Origin) -> SetUpAnswers:
    """The rows of answers that could not be used; what was no answer at all stays so."""
    every = (entry for sheet in EVERY for entry in entries_of(base, sheet, origin))
    known = {set_up_uid(entry): entry for entry in every}
    found = SetUpAnswers()
    cells: dict[str, dict[str, Raw]] = {}
    for one in unused:
        uid, _, column = one.question.partition(":")
        found.places[uid, column] = one.place
        if uid not in known or one.problem.code == RET_015.code:
            found.faulty[uid, column] = one.decision, one.problem
        else:
            cells.setdefault(uid, {})[column] = one.decision or None
    found.rows = [Typed(known[uid], typed) for uid, typed in cells.items()]
    return found


def _put_in(
    desk: Desk, work: Work, text: str, outcome: Outcome
) -> tuple[Outcome, Sequence[Problem]]:
    """Put the answers into `plan.toml`, and import the original again where it is read otherwise
    by them; what became of them, and the account of the import.

    Where it cannot be imported so, the answers that bear on it are refused.
    """
    problems: list[Problem] = []
    late = outcome.edits if desk.state.exchange.has_begun else []
    if barred := [edit for edit in late if _is_about_source(text, edit)]:
        outcome = without(text, outcome, barred, NEW_021.fill("issued").at(""))
    if is_read_otherwise(desk.state, load_definition(outcome.text)):
        try:
            reread = read_again(desk, text=outcome.text)
        except XlplanError as error:
            problems = [one.but(level="warning") for one in error.problems]
        else:
            return outcome, record_again(desk, work, reread).account
        if barred := [edit for edit in outcome.edits if _bears_on_reading(text, edit)]:
            outcome, problems = without(text, outcome, barred, problems[0]), []
    if outcome.text != text:
        desk.redefine(work, outcome.text)
    return outcome, problems


def _is_about_source(text: str, edit: Edit) -> bool:
    """Whether an edit says what sheets or rows of the spreadsheet are."""
    if edit.entry.table != "guess":
        return edit.entry.table in ("sheet", "row")
    then, now = load_definition(text), load_definition(apply(text, edit))
    return (then.sheets, then.rows) != (now.sheets, now.rows)


def _bears_on_reading(text: str, edit: Edit) -> bool:
    """Whether an edit, alone, has the spreadsheet read otherwise; so too one that needs others."""
    try:
        return reads_by(load_definition(apply(text, edit))) != reads_by(load_definition(text))
    except XlplanError:
        return True


def _in_use(state: State) -> Used:
    """The leads, ratings and columns that rows of the plan have, with the refs of these."""
    definition = state.definition
    found: dict[tuple[str, tuple[str, ...]], dict[str, None]] = {}
    for row in (*state.master("action"), *state.master("recommendation")):
        for item in definition.fields_of(row.kind, retired=True):
            value = row.values.get(item.id)
            if value is None:
                continue
            keys: list[tuple[str, tuple[str, ...]]] = [("field", (item.of, item.id))]
            if item.field_type.rated:
                keys.append(("rating", (item.scale, str(value))))
            if isinstance(value, tuple):
                keys += [("lead", (name,)) for name in value]
            for key in keys:
                found.setdefault(key, {})[row.ref] = None
    return {key: list(refs) for key, refs in found.items()}


def take_decisions(desk: Desk, work: Work, facts: Iterable[Decided]) -> list[Problem]:
    """Take what was decided about the definition into `plan.toml`; the problems with those
    decisions with which it would not hold any more."""
    problems: list[Problem] = []
    for fact in facts:
        origin = Origin(lines=desk.state.account)
        found = place_of(desk.state.definition, fact.field, origin)
        if found is None:
            continue
        entry, column = found
        text = desk.folder.definition_as_written()
        typed = show(fact.value) or None
        outcome = take(text, desk.state.definition, [Typed(entry, {column: typed})], origin)
        outcome, account = _put_in(desk, work, text, outcome)
        problems += [one.problem.but(where=str(fact.place)) for one in outcome.refused]
        problems += account
    return problems


def _asked(answers: SetUpAnswers, outcome: Outcome, issued: str) -> Iterator[Write]:
    """The keys that were changed in `plan.toml` too, to something else: each is a question."""
    typed = {set_up_uid(row.entry): row for row in answers.rows}
    for one in outcome.crossed:
        uid, name = set_up_uid(one.entry), one.entry.key_at(one.column)
        about = one.entry.about(one.column)
        value = text_of(one.entry.table, name, one.value)
        raw = typed[uid].cells[one.column]
        yield Write(
            id=write_id(issued, COORDINATOR, "plan.toml", about, value),
            kind=Kind.DEFINITION,
            author=COORDINATOR,
            uid="plan.toml",
            field=about,
            value=value,
            issued=issued,
            base=text_of(one.entry.table, name, one.base),
            raw="" if raw is None else str(raw),
            place=answers.places[uid, one.column],
        )


def _unused(answers: SetUpAnswers, outcome: Outcome) -> Iterator[Unused]:
    """What could not be used, cell by cell, as it was typed."""
    typed = {set_up_uid(row.entry): row for row in answers.rows}
    for refused in outcome.refused:
        uid = set_up_uid(refused.entry)
        for column in _columns(typed[uid], refused):
            place = answers.places.get((uid, column), NOWHERE)
            problem = refused.problem.but(where=str(place), level="warning")
            text = as_text(typed[uid].cells.get(column) or "")
            yield Unused(f"{uid}:{column}", text, "", "", place, problem)
    for (uid, column), (text, problem) in answers.faulty.items():
        yield Unused(f"{uid}:{column}", text, "", "", answers.places[uid, column], problem)


def _columns(row: Typed, refused: Refused) -> list[str]:
    """The cells of a refusal: one, or all that were filled in of a row that is new."""
    if refused.column:
        return [refused.column]
    return [name for name, value in row.cells.items() if value not in (None, "")]


def _changes(answers: SetUpAnswers, outcome: Outcome) -> Iterator[str]:
    """What was changed in `plan.toml`, a line for each key."""
    for edit in outcome.edits:
        uid = set_up_uid(edit.entry)
        place = next((p for (row, _), p in answers.places.items() if row == uid), NOWHERE)
        yield f"{place.sheet}: {_change(edit)}"


def _change(edit: Edit) -> str:
    entry = edit.entry
    if entry.table == "guess":
        table, *names, guess = entry.names
        about = f"{names[-1]}, {guess}" if table else guess
        return f"{about}: {edit.values['answer'] or 'open again'}"
    if entry.table == "own_column":
        return f"{entry.names[-1]}: {edit.values['take']}"
    if edit.removes:
        return f"[[{entry.table}]] {entry.names[-1]} removed"
    if edit.same_as:
        return f"{entry.names[-1]} is the same person as {edit.same_as}"
    if entry.blank:
        values = ", ".join(f"{key} = {value}" for key, value in edit.values.items())
        return f"[[{entry.table}]] added: {values}"
    return "; ".join(
        f"{entry.about(key)} is now {_shown(value)}" for key, value in edit.values.items()
    )


def _shown(value: object) -> str:
    if value is None:
        return "left out"
    if isinstance(value, tuple):
        return ", ".join(f'"{part}"' for part in value)
    return f'"{value}"' if isinstance(value, str) else str(value).lower()
