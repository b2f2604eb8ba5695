"""`publish`: the composite for the board, computed from the ledger and recorded in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from xlplan.cycle import report
from xlplan.cycle.desk import Desk
from xlplan.cycle.outputs import Output, write
from xlplan.documents.names import safe_name
from xlplan.errors import Problem, fault
from xlplan.ledger.originals import sha256
from xlplan.merge.model import Event, Published
from xlplan.merge.project import current_cycle
from xlplan.merge.questions import questions_of
from xlplan.plan.checks import check_plan
from xlplan.plan.definition import STATUS
from xlplan.plan.timescales import say_date

if TYPE_CHECKING:
    from xlplan.documents.composite.board import Board


@dataclass(frozen=True)
class PublishResult:
    """The composite that was written, the cycle it reports, and the tip printed on it."""

    path: Path
    cycle: str
    tip: str
    problems: tuple[Problem, ...] = ()


def publish(desk: Desk, cycle: str = "", out: Path | None = None) -> PublishResult:
    """Write the composite of a cycle (default: the one issued last) and record the snapshot.

    Publishing again when nothing has changed writes the same bytes and records nothing new.
    """
    from xlplan.documents.composite import composite_workbook
    from xlplan.workbook.writing import write_workbook

    with desk.work() as work:
        state = desk.state
        wanted = cycle or current_cycle(state)
        if not wanted:
            raise fault(
                "PUB-001",
                "--cycle",
                "No cycle has been issued yet. Name the period with --cycle, such as 2026-11.",
            )
        path = out or desk.folder.board / f"{safe_name(wanted)}.xlsx"
        again = _unchanged_since(desk, wanted)
        if again is None:
            tip = desk.ledger.tip()[2]
            as_of, day, created = state.seq, desk.today, desk.now()
        else:
            event, fact = again
            tip, as_of, created = fact.tip, fact.as_of, event.at
            day = date.fromisoformat(event.at[:10])
        board = make_board(desk, wanted, as_of, day, tip)
        data = write_workbook(composite_workbook(board, created))
        if again is None or again[1].sha256 != sha256(data):
            name = path.name
            work.append([Published(wanted, as_of, name, sha256(data), tip)])
    problems = write(desk, [Output(path, data, "composite")])
    return PublishResult(path, wanted, tip, tuple(problems))


def _unchanged_since(desk: Desk, cycle: str) -> tuple[Event, Published] | None:
    """The last publication, where it was of this cycle and nothing has happened since."""
    published = desk.state.published
    if published and published[-1][1].cycle == cycle and published[-1][0].seq == desk.state.seq:
        return published[-1]
    return None


IMPORTED = "the imported plan"
"""What a first board compares with."""


def _label(desk: Desk, fact: Published) -> str:
    """An earlier board by its cycle and day: ``2026-09, 18 September 2026``."""
    at = next(event.at for event, known in desk.state.published if known is fact)
    return f"{fact.cycle}, {say_date(date.fromisoformat(at[:10]))}"


def make_board(desk: Desk, cycle: str, as_of: int, day: date, tip: str) -> Board:
    """Everything a composite says, as of a position of the ledger."""
    from xlplan.documents.composite.board import Board, PastBoard, ReturnLine

    state, definition = desk.state, desk.state.definition
    rating = definition.with_role("rating")
    earlier = [fact for _, fact in state.published if fact.as_of < as_of]
    last = earlier[-1] if earlier else None
    before, label = (last.as_of, _label(desk, last)) if last else (state.imported, IMPORTED)
    status = report.status(desk, cycle) if cycle in report.cycles(desk) else None
    past = []
    for fact in {fact.cycle: fact for fact in earlier}.values():
        ratings = {
            uid: state.value(uid, rating.id, fact.as_of) if rating else None
            for uid in state.uids("action", fact.as_of)
        }
        past.append(PastBoard(fact.cycle, ratings))
    actions = state.master("action", as_of)
    recommendations = state.master("recommendation", as_of)
    return Board(
        definition=definition,
        cycle=cycle,
        as_of=day,
        rows=[*actions, *recommendations],
        previous={
            row.uid: {**row.values, STATUS: "withdrawn"} if row.withdrawn else row.values
            for row in state.master("action", before)
        },
        previous_label=label,
        first={
            uid: row.values.get(rating.id) if rating else None for uid, row in state.rows.items()
        },
        changes=[change for change in report.log(desk) if before < change.seq <= as_of],
        questions=questions_of(state),
        returns=[
            ReturnLine(lead.lead, lead.issued, lead.returned, lead.late, lead.changes)
            for lead in (status.leads if status else ())
            if lead.issued
        ],
        tip=tip,
        problems=check_plan(definition, [*actions, *recommendations], day),
        history=past,
    )
