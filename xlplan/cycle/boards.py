"""What a composite is made from: a `Board`, computed from the ledger as of a position.

A position in the past is the ledger replayed up to there: what came later is not known to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.board_model import IMPORTED, Board, PastBoard, ReturnLine, WhenAsked
from xlplan.board.other_boards import combined
from xlplan.board.standings import due_date
from xlplan.board.withheld import (
    published_change,
    published_question,
    published_request,
    published_rows,
    published_values,
    published_words,
)
from xlplan.codes.cycle_codes import PUB_001, PUB_002, PUB_003, PUB_007
from xlplan.cycle import report
from xlplan.cycle.desk import Desk, clock_for
from xlplan.cycle.folder import find_folder
from xlplan.cycle.so_far import faults_so_far, heard, rounds_so_far
from xlplan.cycle.status import check_cycle, cycles, is_late, leads_of
from xlplan.errors import Problem, XlplanError
from xlplan.merge.because import Because, answers_of, with_answers
from xlplan.merge.heard import is_public
from xlplan.merge.kinds import Kind
from xlplan.merge.log import current_cycle, replay
from xlplan.merge.model import Change, MasterRow, Published, Question
from xlplan.merge.past import (
    Emptied,
    as_brought,
    brought_history,
    brought_label,
    emptied,
    past_of,
)
from xlplan.merge.requests import requests_of
from xlplan.merge.state import State
from xlplan.plan.checks.checklist import challenges_of, check_plan
from xlplan.plan.checks.lint_view import Snapshot
from xlplan.plan.definition import STATUS, WITHDRAWN, PlanDefinition
from xlplan.plan.due import likely_dates
from xlplan.plan.load import load_definition
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Value


class Point(Struct, frozen=True):
    """A point of a plan's life: its position in the ledger, its label, and its day."""

    position: int
    label: str
    day: date
    at: str = ""
    """When what stands at this position was recorded (UTC, ISO 8601)."""
    tip: str = ""


class PastDesk(Desk):
    """A plan as its ledger knew it at a position. Its ledger is that of the desk it came from."""

    def __init__(self, desk: Desk, point: Point) -> None:
        self.folder = desk.folder
        self.clock = clock_for(point.day)
        self.ledger = desk.ledger
        events = [event for event in desk.ledger.events() if event.seq <= point.position]
        self.last_tx = events[-1].tx if events else 0
        self._history = replay(events, partial(load_definition, recorded=True))
        self._asked = None


def label_of(desk: Desk, fact: Published) -> str:
    """An earlier board by its cycle and day: ``2026-09, 18 September 2026``."""
    at = next(event.at for event, known in desk.state.published if known is fact)
    return f"{fact.cycle}, {say_date(date.fromisoformat(at[:10]))}"


def point_of(desk: Desk, cycle: str) -> Point:
    """Where a cycle stood when it was reported: at its last composite, else at its end.

    XlplanError for a cycle that was never issued nor published.
    """
    position = report.as_of(desk, cycle)
    published = [(e, fact) for e, fact in desk.state.published if fact.cycle == cycle]
    if published:
        event, fact = published[-1]
        day = date.fromisoformat(event.at[:10])
        return Point(position, label_of(desk, fact), day, event.at, fact.tip)
    at, tip = _recorded(desk, position)
    day = date.fromisoformat(at[:10])
    return Point(position, f"{cycle}, as it stood on {say_date(day)}", day, at, tip)


def _recorded(desk: Desk, position: int) -> tuple[str, str]:
    """When what stands at a position of the ledger was recorded, and the tip with it."""
    (event,) = desk.ledger.events_at([position])
    return event.at, desk.ledger.hash_at(position)


def last_board(desk: Desk, cycle: str, as_of: int) -> Point:
    """What a composite of a cycle compares with: the last board of another cycle before it.

    A composite that is published again within its cycle replaces the one before, so it is
    compared with what that one was compared with. A first board compares with the imported plan.
    """
    earlier = [(e, f) for e, f in desk.state.published if f.as_of < as_of and f.cycle != cycle]
    if earlier:
        event, fact = earlier[-1]
        return Point(fact.as_of, label_of(desk, fact), date.fromisoformat(event.at[:10]))
    return Point(desk.state.imported, imported_label(desk), desk.today)


def imported_label(desk: Desk) -> str:
    """The imported plan by its day: ``the plan as imported on 3 March 2026``."""
    if not desk.state.imported:
        return IMPORTED
    at, _ = _recorded(desk, desk.state.imported)
    return f"{IMPORTED} on {say_date(date.fromisoformat(at[:10]))}"


def _past_boards(definition: PlanDefinition, snapshots: Iterable[Snapshot]) -> Iterator[PastBoard]:
    """How every action stood at each of the earlier boards, oldest first: from one to the next,
    most stand as they stood."""
    rating = definition.with_role("rating")
    stood: Mapping[str, Mapping[str, Value]] = {}
    due: dict[str, date | None] = {}
    for snapshot in snapshots:
        before, stood = stood, dict(snapshot.values.items())
        due = {
            uid: due[uid] if values is before.get(uid) else due_date(definition, values)
            for uid, values in stood.items()
        }
        ratings = {uid: values.get(rating.id) if rating else None for uid, values in stood.items()}
        yield PastBoard(snapshot.label, ratings, due)


def _returns(desk: Desk, cycle: str) -> list[ReturnLine]:
    if cycle not in cycles(desk):
        return []
    rounds, punctual, corrected = Counter[str](), Counter[str](), _corrected(desk)
    today = desk.today.isoformat()
    for leads in rounds_so_far(desk).values():
        for name, (issued, due, came) in leads.items():
            late = is_late(issued, due, came, today)
            rounds[name] += issued and (bool(came) or late)
            punctual[name] += issued and bool(came) and not late
    return [
        ReturnLine(
            lead.lead, lead.issued, lead.returned, lead.late, lead.changes, lead.old_form,
            punctual[lead.lead], rounds[lead.lead], corrected.get(lead.lead, {}),
            len(lead.reminded), lead.confirmed, lead.not_looked_at,
            lead.signed if lead.to_sign else None,
        )
        for lead in leads_of(desk, cycle, desk.questions())
        if lead.issued
    ]  # fmt: skip


def _corrected(desk: Desk) -> dict[str, Counter[str]]:
    """What each lead was asked to correct since the plan began, by field and fault."""
    state, found = desk.state, dict[str, Counter[str]]()
    for author, uid, field, kind in faults_so_far(desk).values():
        lead, item = state.definition.lead(author), state.field_of((uid, field))
        if (item is None and field) or (item is not None and item.private):
            continue
        about = " ".join(item.heading.split()) if item is not None else "Actions"
        short = Kind(kind).short
        fault = f"{about}: {short[:1].lower()}{short[1:]}"
        found.setdefault(lead.name if lead else author, Counter())[fault] += 1
    return found


def _may_be_seen(state: State, about: Change | Question, rows: Container[str]) -> bool:
    """Whether a change or a question is about nothing that stays with the coordinator.

    `rows` are the uids of the rows that do.
    """
    return about.uid not in rows and is_public(state, about)


def check_figures(desk: Desk) -> None:
    """Raise XlplanError (PUB-007) where a change of the definition has emptied figures."""
    problems = [_emptied(gone, desk.folder.definition.name) for gone in emptied(desk.state)]
    if problems:
        raise XlplanError(problems)


def _emptied(gone: Emptied, where: str) -> Problem:
    item, value, refs = gone.field, gone.value, gone.refs
    heading = " ".join(item.heading.split())
    if not value:
        return PUB_007.problem(where, "field", name=item.id, heading=heading, refs=refs)
    if item.field_type.rated:
        return PUB_007.problem(where, "rating", value=value, heading=heading, refs=refs)
    return PUB_007.problem(where, "value", value=value, heading=heading, refs=refs)


def make_board(
    desk: Desk, cycle: str, as_of: int, day: date, tip: str, since: Point | None = None
) -> Board:
    """Everything a composite says, as of a position of the ledger; compared with `since`.

    Private fields, and rows and texts that are kept back, are no part of it, nor of any figure;
    neither are paragraphs marked as not for publication.
    """
    state, public = desk.state, desk.state.definition.public
    before = since or last_board(desk, cycle, as_of)
    brought = before.position == state.imported and bool(public.brought)
    definition = published_words(public.after_a_board)
    every = [*state.master("action", as_of), *state.master("recommendation", as_of)]
    own = {row.uid for row in every if row.kept_back}
    open_ = [row for row in every if row.uid not in own]
    rows = published_rows(open_)
    read = {id(was.values): row.values for was, row in zip(open_, rows, strict=True)}
    actions = [row for row in rows if row.kind == "action"]
    likely = likely_dates(definition, (row.values for row in actions if not row.withdrawn))
    log = [c for c in desk.history.since(before.position) if before.position < c.seq <= as_of]
    past = past_of(state, heard(desk, as_of), as_of, day, cycle, definition)
    answers = answers_of(state, as_of)
    boards = (*([past.imported] if past.imported else []), *past.boards)
    earlier = brought_history(public, actions)
    first = {uid: value for uid, value in past.first.items() if uid not in own}
    for _, ratings in reversed(earlier):
        first |= ratings
    return Board(
        definition=definition,
        cycle=cycle,
        as_of=day,
        rows=rows,
        previous=_previous(state, public, before, {row.uid: row for row in every}, read),
        previous_label=brought_label(public) if brought else before.label,
        brought=brought,
        first=first,
        changes=[published_change(each) for each in log if _may_be_seen(state, each, own)],
        questions=[published_question(q) for q in desk.questions() if _may_be_seen(state, q, own)],
        requests=[published_request(r) for r in requests_of(state) if r.uid not in own],
        returns=_returns(desk, cycle),
        tip=tip,
        problems=WhenAsked(
            lambda: check_plan(definition, rows, day, with_answers(past.history, answers))
        ),
        answers=_answers(answers, own),
        history=[
            *(PastBoard(label, ratings, brought=True) for label, ratings in earlier),
            *_past_boards(definition, boards),
        ],
        dues={uid: moved for uid, moved in past.dues.items() if uid not in own},
        challenges={
            row.uid: [one.for_board for one in found]
            for row in actions
            if (found := challenges_of(definition, row, day, likely))
        },
    )


def _answers(answers: Sequence[Because], own: Container[str]) -> dict[str, list[str]]:
    """By uid, what leads said to what was asked of them."""
    found: dict[str, list[str]] = {}
    for each in answers:
        if each.uid not in own:
            said = f'{each.author} means it: "{each.text}"'
            found.setdefault(each.uid, []).append(said)
    return found


def _previous(
    state: State,
    definition: PlanDefinition,
    before: Point,
    now: Mapping[str, MasterRow],
    read: Mapping[int, Mapping[str, Value]],
) -> dict[str, Mapping[str, Value]]:
    """By uid, the actions as the board before saw them; the first board may have the plan's own
    word for that. Values of rows as they stand `now` are `read` for the board already, by their
    identity."""
    at = before.position
    known = now if state.definition_at(at) is state.definition else {}
    held = (  # a row to which nobody wrote since is not put together again
        known[uid] if uid in known and state.last_touched(uid) <= at else state.master_row(uid, at)
        for uid in state.uids("action", at)
    )
    then = [row for row in held if not row.kept_back and not now.get(row.uid, row).kept_back]
    seen: Mapping[str, Mapping[str, Value]] = {row.uid: row.values for row in then}
    if at == state.imported and definition.brought:
        seen = as_brought(definition, then, now)
    gone = {row.uid for row in then if row.withdrawn}
    return {
        uid: {
            **(read.get(id(values)) or published_values(values)),
            **({STATUS: WITHDRAWN} if uid in gone else {}),
        }
        for uid, values in seen.items()
    }


def board_between(
    desk: Desk, cycle: str, since: str = "", *, closed: bool = False
) -> tuple[Board, str]:
    """The board of a cycle compared with the one reported for `since`, and the time it is of.

    `closed` takes the cycle as it was reported; otherwise the plan as it stands now. Without
    `since` it is compared as its own composite is.
    """
    wanted = cycle or current_cycle(desk.state)
    if not wanted:
        raise PUB_001.fault("--cycle")
    check_cycle(desk, wanted)
    if closed:
        end = point_of(desk, wanted)
    else:
        check_figures(desk)
        end = Point(desk.state.seq, wanted, desk.today, desk.now(), desk.ledger.tip()[2])
    start = point_of(desk, since) if since else last_board(desk, wanted, end.position)
    if start.position >= end.position:
        raise PUB_002.fault("--from", since=since or start.label, until=wanted)
    view = PastDesk(desk, end) if closed else desk
    return make_board(view, wanted, end.position, end.day, end.tip, start), end.at


def board_with_others(
    desk: Desk,
    own: Board,
    others: Sequence[Path],
    cycle: str,
    since: str,
    *,
    closed: bool,
) -> Board:
    """One board of several plans: `own` first, then the plans in the other folders.

    A plan that has no such cycle is shown as it stands, unless the cycle was asked for with
    ``--from`` or ``--to``.
    """
    boards = [own]
    seen = {desk.folder.root.resolve()}
    for place in others:
        folder = find_folder(place)
        if folder.root.resolve() in seen:
            raise PUB_003.fault(str(place))
        seen.add(folder.root.resolve())
        other = Desk(folder, desk.clock)
        try:
            wanted = cycle if closed else current_cycle(other.state) or own.cycle
            board, _ = board_between(other, wanted, since, closed=closed)
            board = replace(board, problems=tuple(board.problems))  # while its ledger is open
        except XlplanError as error:
            raise _in_plan(place, error) from error
        finally:
            other.close()
        boards.append(board)
    return combined(boards)


def _in_plan(place: Path, error: XlplanError) -> XlplanError:
    """The error with the folder of the plan that it is about."""
    problem = error.problems[0]
    return XlplanError(problem.but(where=f"{place}, {problem.where}"))
