"""Replies: a receipt for each lead, and what the lead is asked to correct."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

from xlplan.codes.merge_codes import MRG_006
from xlplan.codes.return_codes import RET_026
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import write_atomically
from xlplan.cycle.lead_words import Reader, is_for_lead
from xlplan.cycle.outputs import not_written
from xlplan.cycle.receipts import receipt_of, requests_in
from xlplan.errors import Problem, reason_of
from xlplan.issued.reply import (
    Correction,
    Fault,
    Reply,
    faults_of,
    reply_text,
    row_for_lead,
)
from xlplan.language.catalogue import marked
from xlplan.merge.decisions import unused_answers
from xlplan.merge.exchange import asked_in
from xlplan.merge.fates import writes_of
from xlplan.merge.kinds import ASK, Id, Kind
from xlplan.merge.log import current_cycle
from xlplan.merge.model import (
    COORDINATOR,
    Candidate,
    CellKey,
    Issued,
    Place,
    Question,
    Returned,
    Write,
)
from xlplan.merge.questions import whom_to_ask
from xlplan.merge.state import State
from xlplan.merge.ticks import box_of
from xlplan.plan.definition import ENTRY
from xlplan.plan.due import DATED
from xlplan.plan.for_lead import for_lead, in_tongue
from xlplan.plan.text import fold
from xlplan.plan.values import show
from xlplan.workbook.write.cell_text import safe_name

_LAST = "\x7f"
"""After every time."""
All = tuple[Correction, ...]
Files = Sequence[tuple[str, Returned]]
Asked = tuple[Question, Candidate, str]
"""What the coordinator wants to be asked again: what was written, and the coordinator's words."""
Parked = Sequence[Asked]
_ASKS = marked("The coordinator asks you to look at this again.")
_ROW_MISSING = marked(
    "Please say whether this action should be withdrawn; if not, put its row back."
)
_BETWEEN = f"\n{'-' * 78}\n\n"
"""Between a letter in one language and the same in another."""


def replies_of(
    desk: Desk,
    returned: Sequence[tuple[str, Returned]],
    questions: Sequence[Question],
    *,
    receipts: bool = True,
) -> tuple[Reply, ...]:
    """The replies to those who sent these files (the name each came by, and what was recorded).

    One for each lead, with what became of it and what is to be corrected; one for each file that
    could not be used and does not say whose it is. Files that had been merged before are replied
    to again. Without `receipts` there is one only where something is to be done.
    """
    state = desk.state
    asked = [q for q in questions if q.kind.for_lead or q.kind is Kind.HELD or q.kind.of_file]
    open_ids = {c.write for q in asked for c in q.candidates}
    undecided = {c.write for q in questions for c in q.candidates}
    groups: dict[str, list[tuple[str, Returned]]] = defaultdict(list)
    for file, fact in returned:
        if fact.author != COORDINATOR:
            groups[fact.author or f"\0{file}"].append((file, fact))
    parked, requests = _parked(state, questions), requests_in(state)
    found = []
    for who in sorted({*groups, *parked}):
        lead = "" if who.startswith("\0") else who
        mine = groups.get(who, [])
        used = [(file, fact) for file, fact in mine if fact.outcome != "refused"]
        refusals = [(file, _why(fact)) for file, fact in mine if fact.outcome == "refused"]
        asked_again = parked.get(who, ())

        def corrections(reader: Reader, used: Files = used, parked: Parked = asked_again) -> All:
            mine = [(f.saved_at, _corrections(reader, file, f, open_ids)) for file, f in used]
            return _latest([*mine, (_LAST, [_asked_again(reader, *each) for each in parked])])

        shown = for_lead(state.definition, state.definition.lead(lead))
        found_here = corrections(Reader(state, shown))
        if not (found_here or refusals or receipts):
            continue
        due = max((_due(state, fact) for _, fact in mine), default="")
        enclosed = bool(_open_faults(state, lead, found_here))
        texts = []
        for one in shown.tongue.singles:
            reader = Reader(state, in_tongue(state.definition, one))
            receipt = None
            if used:
                receipt = receipt_of(reader, [fact for _, fact in used], undecided, requests)
            needed = corrections(reader)
            texts.append(
                reply_text(
                    reader.definition, lead, due, needed, refusals, receipt, enclosed=enclosed
                )
            )
        files = tuple(file for file, _ in mine)
        found.append(Reply(lead, files, _BETWEEN.join(texts), found_here))
    return tuple(found)


def _parked(state: State, questions: Sequence[Question]) -> dict[str, list[Asked]]:
    """What the coordinator wants leads to be asked, by lead."""
    answers = unused_answers(state)
    found: dict[str, list[Asked]] = defaultdict(list)
    for question in questions:
        answer = answers[question.id][0] if question.id in answers else None
        item = state.field_of((question.uid, question.field))
        lead = whom_to_ask(question, item)
        if answer is None or item is None or not lead or fold(answer.decision) != fold(ASK):
            continue
        own = next(one for one in question.candidates if one.author == lead)
        found[lead].append((question, own, answer.why))
    return found


def _asked_again(reader: Reader, question: Question, own: Candidate, why: str) -> Correction:
    """What the coordinator wants a lead to be asked of what they wrote in a cell."""
    key = (question.uid, question.field)
    mine = next((w for w in reader.state.live(key) if w.id == own.write), None)
    message = question.message
    if mine is not None and mine.message == message:
        message = reader.message(mine)
    needed = " ".join(filter(None, (reader.tongue.say(_ASKS), message, why)))
    name = box_of(mine) if mine is not None else question.field
    return Correction(
        own.place, reader.action(question.uid), reader.heading(key), show(own.value), needed,
        (question.uid, name),
    )  # fmt: skip


def _latest(
    found: Sequence[tuple[str, Iterable[Correction]]],
) -> tuple[Correction, ...]:
    """The corrections of several files of one lead, a cell once: as the file saved last has it."""
    by_cell: dict[object, tuple[str, Correction]] = {}
    for saved_at, corrections in found:
        for each in corrections:
            place = each.cell or (each.place, each.action, each.column)
            if place not in by_cell or by_cell[place][0] <= saved_at:
                by_cell[place] = saved_at, each
    return tuple(each for _, each in by_cell.values())


def _why(fact: Returned) -> str:
    """The code for which a file was refused."""
    return next((p.code for p in fact.problems if p.level == "error"), "")


def _due(state: State, fact: Returned) -> str:
    issued = state.issued.get(fact.issued)
    return issued.return_by if issued is not None else ""


def _corrections(
    reader: Reader, file: str, fact: Returned, open_ids: set[Id]
) -> Iterator[Correction]:
    state, say = reader.state, reader.tongue.say
    answered = all(item.id not in open_ids for item in fact.assertions if item.readings)
    for problem in fact.problems:
        if problem.code == RET_026.code and answered:
            continue
        if needed := say(row_for_lead(problem.code)):
            _, sheet, row = f"!!{problem.where}".rsplit("!", 2)
            what, entered = say("Row {row}", row=row), say("(the row as it is)")
            if ":" in row:
                first, _, last = row.partition(":")
                what = say("Rows {first} to {last}", first=first, last=last)
                entered = say("(the rows as they are)")
            yield Correction(Place(file, sheet), what, "", entered, needed)
    faulty = [
        item for item in writes_of(state, fact) if item.id in open_ids and is_for_lead(state, item)
    ]
    wrong = {item.key for item in faulty if item.kind is Kind.INVALID}
    for item in faulty:
        if not _follows(state, item, wrong):
            yield _correction(reader, file, item)


def _follows(state: State, item: Write, wrong: Container[CellKey]) -> bool:
    """Whether a fault is there because of one that is named already: of the same cell, or of the
    date whose change a reason is for."""
    if item.kind is Kind.INVALID:
        return False
    field = state.field_of(item.key)
    cells = [item.key]
    if field is not None and field.role == "reason":
        dates = (state.definition.with_role(role) for role in DATED)
        cells += [(item.uid, date.id) for date in dates if date is not None]
    return any(cell in wrong for cell in cells)


def _correction(reader: Reader, file: str, item: Write) -> Correction:
    place = Place(file, item.place.sheet, item.place.cell)
    action = reader.tongue.say("Action {ref}", ref=reader.state.ref(item.uid))
    if not item.field:
        return Correction(place, action, "", item.message, reader.tongue.say(_ROW_MISSING))
    name = f"{item.field}{ENTRY}" if item.entry else box_of(item)
    cell = None if item.kind is Kind.LOCKED else (item.uid, name)
    heading, needed = reader.heading(item.key), reader.needed(item)
    return Correction(place, action, heading, _entered(item), needed, cell)


def _entered(item: Write) -> str:
    """What was entered, as it was typed: a file keeps 45 as 45.0."""
    shown = show(item.value)
    return shown if item.raw == f"{shown}.0" else item.raw


def write_replies(
    desk: Desk, replies: Sequence[Reply], folder: Path, *, dry_run: bool = False
) -> tuple[list[Path], list[Problem]]:
    """Write each reply as a text file (UTF-8) into `folder`, with its correction workbook where
    cells are to be corrected; where they are, and what was not written.

    The merge is done by then, so a `folder` that cannot be one is a problem, too. A `dry_run`
    issues no workbook.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        return [], [MRG_006.problem(str(folder), reason=reason_of(error))]
    used: set[str] = set()
    files: list[tuple[Path, bytes]] = []
    for reply in replies:
        name = safe_name(reply.title, used)
        files.append((folder / f"{name}.txt", reply.text.encode("utf-8", "replace")))
        if dry_run or not reply.corrections:
            continue
        with desk.work() as work:
            made = correction_workbook(desk, work, reply)
        if made is not None:
            title = made[0].file.removesuffix(".xlsx")
            files.append((folder / f"{safe_name(title, used)}.xlsx", made[1]))
    written, problems = [], []
    for path, data in files:
        try:
            write_atomically(path, data)
            written.append(path)
        except OSError as error:
            problems.append(not_written(path, error))
    return written, problems


def correction_workbook(desk: Desk, work: Work, reply: Reply) -> tuple[Issued, bytes] | None:
    """The lead's rows of this cycle again, with only the cells to be corrected open; recorded as
    issued. None where there is no such cell, or what came back was not for this cycle."""
    from xlplan.cycle.issue import make_template

    state = desk.state
    lead = state.definition.lead(reply.lead)
    faults = _open_faults(state, reply.lead, reply.corrections)
    if lead is None or not faults:
        return None
    mine = _templates_of(state, reply.lead)
    uids = dict.fromkeys(uid for issued in mine for uid in issued.uids)
    rows = [state.master_row(uid) for uid in uids if state.row_at(uid) is not None]
    rows = [row for row in rows if not row.withdrawn and not row.kept_back]
    opened = {uid for issued in mine for uid in asked_in(issued)}
    rows.sort(key=lambda row: row.uid not in opened)
    locked = tuple(row.uid for row in rows if row.uid not in opened)
    due = max(issued.return_by for issued in mine)
    tongue = for_lead(state.definition, lead).tongue.singles[0]  # a file has one name
    name = tongue.say("Correction for {lead}", lead=lead.name)
    issued, data, _ = make_template(
        desk, current_cycle(state), date.fromisoformat(due) if due else None, lead, rows,
        state.seq, name, faults, locked,
    )  # fmt: skip
    if state.issued.get(issued.id) != issued:
        work.append([issued])
    return issued, data


def _open_faults(
    state: State, lead: str, corrections: Sequence[Correction]
) -> dict[CellKey, Fault]:
    """What can be corrected in a workbook of this cycle, by its cell."""
    uids = {uid for issued in _templates_of(state, lead) for uid in issued.uids}
    return faults_of(
        [
            (each.cell, Fault(each.action, each.column, each.entered, each.needed))
            for each in corrections
            if each.cell is not None and each.cell[0] in uids
        ]
    )


def _templates_of(state: State, lead: str) -> list[Issued]:
    """The templates of this cycle that a lead got, under any of their names."""
    definition = state.definition
    known = definition.lead(lead)
    return [
        issued
        for issued in state.exchange.templates(current_cycle(state))
        if known is not None and definition.lead(issued.author) is known
    ]
