"""What is written after the ledger: above all `master.xlsx`, `decisions.xlsx`, `set-up.xlsx`.

These are issued workbooks with a recorded base, and projections: they can be deleted and come
back the same. One of them on disk that holds edits which no merge has read is never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from xlplan.codes.folder_codes import OUT_001, OUT_002, OUT_003, OUT_006
from xlplan.codes.message import listed
from xlplan.codes.return_codes import RET_001, RET_002
from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.folder import sha256, sweep, write_atomically
from xlplan.cycle.synced import is_put_back
from xlplan.errors import Problem, XlplanError, reason_of
from xlplan.ledger.store import PATIENTLY
from xlplan.merge.decisions import unused_answers, unused_set_up
from xlplan.merge.kinds import identity, named
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, Issued, Question
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.for_lead import field_named
from xlplan.workbook.read.inbox import read_bytes
from xlplan.workbook.write.still_free import check_closed

if TYPE_CHECKING:
    from xlplan.cycle.keeping import KeptChange
    from xlplan.issued.came_back import CameBack
    from xlplan.workbook.write.sheet import Workbook

OWN = ("master", "decisions", "set-up", "post")
"""The documents that the coordinator may edit where they lie, so that they are looked at first."""
_NOT_OURS = (RET_001.code, RET_002.code)
"""What was made by another plan, or with another key: nothing that is done to it helps."""


class Output(Struct, frozen=True):
    """A file to be written; `data` None means that it is to go. `aside` is what is kept of the one
    that was there, by name; `notes` are what to say once it is written."""

    path: Path
    data: bytes | None
    document: str
    aside: tuple[str, bytes] | None = None
    notes: Sequence[Problem] = ()
    changes: Sequence[KeptChange] = ()
    """What it is to say otherwise, where it is the council's own workbook."""


def prepare(desk: Desk, work: Work) -> list[Output]:
    """The coordinator's workbooks as they should be now; their issue is recorded."""
    from xlplan.cycle.own_columns import take_columns
    from xlplan.cycle.to_look_at import came_back

    notes = take_columns(desk, work)
    questions = desk.questions()
    master = prepare_master(desk, work, questions)
    outputs = [replace(master, notes=(*notes, *master.notes)) if notes else master]
    beside = came_back(desk)
    desk.to_look_at = len(beside.open)
    if questions or beside.open:
        outputs.append(_prepare_decisions(desk, work, questions, beside))
    else:
        outputs.append(Output(desk.folder.decisions, None, "decisions"))
    outputs += _prepare_set_up(desk, work)
    outputs += _prepare_post(desk, work)
    root = desk.folder.root
    made = {
        each.path.relative_to(root).as_posix(): None if each.data is None else sha256(each.data)
        for each in outputs
    }
    if (path := desk.folder.set_up).name not in made:  # it lies there already
        made[path.name] = sha256(path.read_bytes())
    desk.prepared = desk.state.moved, dict(sorted(made.items()))
    return outputs


def prepare_or_look(desk: Desk, work: Work) -> list[Output]:
    """The coordinator's workbooks as they should be after a merge; of a dry run only the council's
    own, where that is kept, for what would be written into it."""
    if not work.dry_run:
        return prepare(desk, work)
    return [prepare_master(desk, work, desk.questions())] if desk.folder.own else []


def prepare_master(desk: Desk, work: Work, questions: Sequence[Question]) -> Output:
    """The master as it should be now, whichever workbook that is; its issue is recorded."""
    from xlplan.cycle.known import bring_lines_forward, digest_of, shown_fields
    from xlplan.issued.master import read_lines, workbook_of_lines

    state = desk.state
    definition = state.definition
    if desk.folder.own:
        from xlplan.cycle.keeping import keep

        kept = keep(desk, work, questions)
        path = desk.folder.master
        return Output(path, kept.data, "master", notes=kept.notes, changes=kept.changes)
    found = bring_lines_forward(desk)
    base, shown = digest_of(found), found.rows
    fields = shown_fields(definition)
    # Other questions make another workbook: the one on disk must not look edited for it.
    asked = [[question.id for question in questions]] if questions else []
    issued = Issued(
        id=named("m", definition.id, base, state.definition_digest, *asked),
        document="master", author=COORDINATOR, cycle=current_cycle(state), return_by="",
        as_of=state.seq, uids=tuple(shown), fields=fields, inputs=fields,
        file=desk.folder.master.name,
    )  # fmt: skip
    issued = _known_or(desk, issued)
    open_ = _asked_of(definition, questions)
    lines = read_lines(line for _, line in shown.values())
    book = workbook_of_lines(definition, issued, lines, desk.key, _created(desk, issued), open_)
    return _kept_or_anew(desk, work, issued, book)


def _kept_or_anew(desk: Desk, work: Work, issued: Issued, book: Workbook) -> Output:
    """The master that the coordinator has saved, changed in place; `book` where there is none, or
    where that cannot be done, and then the old one is kept beside it."""
    from xlplan.cycle.own_columns import kept_master
    from xlplan.workbook.write.writing import write_workbook

    path, kept = desk.folder.master, kept_master(desk)
    if kept is None:
        return _record(desk, work, issued, write_workbook(book), path)
    from xlplan.cycle.master_patch import Renewed, put_aside, renew, say_once

    renewed = renew(desk, issued, book, kept)
    if isinstance(renewed, Renewed):
        done = _record(desk, work, issued, renewed.data, path)
        return replace(done, notes=say_once(desk, work, kept, renewed.notes))
    done, aside = _record(desk, work, issued, write_workbook(book), path), put_aside(desk)
    return replace(done, aside=aside, notes=(renewed,)) if aside else done


def _asked_of(
    definition: PlanDefinition, questions: Sequence[Question]
) -> dict[tuple[str, str], str]:
    """What is still asked, by row and field; several questions on one cell follow each other."""
    from xlplan.issued.decisions_book import ask

    asked: dict[tuple[str, str], str] = {}
    for question in questions:
        item = field_named(definition, question.field)
        key, text = (question.uid, question.field), ask(question, item)
        asked[key] = f"{asked[key]}\n{text}" if key in asked else text
    return asked


def _prepare_decisions(
    desk: Desk, work: Work, questions: Sequence[Question], beside: CameBack
) -> Output:
    from xlplan.issued.decisions_book import decisions_workbook
    from xlplan.workbook.write.writing import write_workbook

    state = desk.state
    ids = {question.id for question in questions}
    unused = {ident: answer for ident, (answer, _) in unused_answers(state).items() if ident in ids}
    typed = [
        [ident, one.decision, one.other, one.why, one.problem.message]
        for ident, one in sorted(unused.items())
    ]
    asked = [[q.id, identity(q.master)] for q in questions]
    more: list[object] = [typed] if typed else []
    if beside.open:
        more.append({"lines": [[*line.texts, line.number] for line in beside.lines]})
    issued = Issued(
        id=named("d", state.definition.id, asked, *more),
        document="decisions",
        author=COORDINATOR,
        cycle=current_cycle(state),
        return_by="",
        as_of=state.seq,
        uids=(*(each.id for each in questions), *(each.id for each in beside.open)),
        fields=("decision", "other", "why"),
        inputs=("decision", "other", "why"),
        file=desk.folder.decisions.name,
    )
    issued = _known_or(desk, issued)
    created = _created(desk, issued)
    book = decisions_workbook(
        state.definition, issued, questions, desk.key, created, unused, beside
    )
    return _record(desk, work, issued, write_workbook(book), desk.folder.decisions)


def _prepare_set_up(desk: Desk, work: Work) -> list[Output]:
    """`set-up.xlsx`, with the plan as it was when this definition was first written so; nothing
    where it lies there already."""
    from xlplan.cycle.own_columns import columns_offered, own_columns

    state, path, kept = desk.state, desk.folder.set_up, unused_set_up(desk.state)
    typed = [[one.question, one.decision, one.problem.message] for one in kept]
    account = [[each.sheet, each.row, each.said] for each in state.account]
    more = [part for part in (typed, account, columns_offered(desk)) if part]
    name = named("s", state.definition.id, state.definition_digest, *more)
    known = state.issued.get(name)
    stale = known is not None and state.exchange.was_rekeyed_since(known.id)
    data = read_bytes(path)
    if known and not stale and isinstance(data, bytes) and sha256(data) == known.sha256:
        return []
    from xlplan.issued.set_up_book import issued_set_up, set_up_workbook
    from xlplan.issued.set_up_start import rows_held
    from xlplan.plan.guesses import guesses_of
    from xlplan.plan.set_up import Origin
    from xlplan.workbook.write.writing import write_workbook

    definition = state.definition
    issued = known or issued_set_up(definition, name, state.seq, path.name)
    origin = Origin(guesses_of(state.definition_text), state.account, own_columns(desk))
    came = partial(state.row_at, as_of=issued.as_of)
    created = _created(desk, issued)
    rows = rows_held(state, issued.as_of)
    book = set_up_workbook(definition, issued, rows, desk.key, created, kept, origin, came)
    return [_record(desk, work, issued, write_workbook(book), path)]


def _prepare_post(desk: Desk, work: Work) -> list[Output]:
    """`post.xlsx` of the open cycle, where a letter was written in it."""
    cycle = current_cycle(desk.state)
    if not desk.state.exchange.posts(cycle):
        return []
    from xlplan.cycle.posting import post_outputs

    return post_outputs(desk, work, cycle)


def _known_or(desk: Desk, issued: Issued) -> Issued:
    """The workbook as it was issued before with this very base, else the new one."""
    return desk.state.issued.get(issued.id, issued)


def _created(desk: Desk, issued: Issued) -> str:
    """The time in the document: when it was first issued, never when it was written again."""
    return desk.state.exchange.issued_at.get(issued.id) or desk.now()


def _record(desk: Desk, work: Work, issued: Issued, data: bytes, path: Path) -> Output:
    digest = sha256(data)
    known = desk.state.issued.get(issued.id)
    if known is None or known.sha256 != digest:
        work.append([replace(issued, sha256=digest)])
    return Output(path, data, issued.document)


def write(desk: Desk, outputs: Sequence[Output]) -> list[Problem]:
    """Write (or remove) files once they are recorded; say which could not be written, and why.

    The ledger is held meanwhile, so that an older state never replaces a newer one, and what a
    crash left half-written is swept.
    """
    if not outputs:
        return []
    try:
        with desk.ledger.held(PATIENTLY):
            if desk.ledger.tip()[0] != desk.state.seq:
                return [_overtaken(outputs, "Somebody else recorded something meanwhile.")]
            _sweep(desk, outputs)
            return [problem for output in outputs for problem in _write(desk, output)]
    except XlplanError as error:
        return [_overtaken(outputs, problem.message) for problem in error.problems]


def _overtaken(outputs: Sequence[Output], why: str) -> Problem:
    return OUT_003.problem(listed([each.path.name for each in outputs], most=3), why=why)


def _sweep(desk: Desk, outputs: Sequence[Output]) -> None:
    own = desk.folder.written
    for folder in own:
        sweep(folder)
    for output in outputs:
        if output.path.parent not in own:
            sweep(output.path.parent, output.path.name)


def _write(desk: Desk, output: Output) -> Sequence[Problem]:
    path = output.path
    try:
        if output.document in OWN and holds_edits(desk, path):
            return [unusable(desk, path) or OUT_001.problem(path.name, file=path.name)]
        if output.data is None:
            if path.exists():
                check_closed(path)
                path.unlink()
        elif not path.exists() or path.read_bytes() != output.data:
            path.parent.mkdir(parents=True, exist_ok=True)
            if output.aside is not None:
                check_closed(path)
                write_atomically(path.with_name(output.aside[0]), output.aside[1])
            write_atomically(path, output.data)
            return output.notes
    except OSError as error:
        return [not_written(path, error)]
    return ()


def not_written(path: Path, error: OSError) -> Problem:
    """Why a file could not be written, and what to do: as when Excel holds it open."""
    return OUT_002.problem(str(path), reason=reason_of(error))


# What stands in the place of `master.xlsx` or `decisions.xlsx`: edits that no merge has read, or a
# file that no merge can read, such as the same workbook of another plan.


def is_edited(desk: Desk, path: Path) -> bool:
    """Whether a coordinator's workbook on disk holds something that no merge has read."""
    try:
        return holds_edits(desk, path)
    except OSError:
        return True


def holds_edits(desk: Desk, path: Path) -> bool:
    """Like `is_edited`; OSError where the file cannot be read."""
    try:
        digest = sha256(path.read_bytes())
    except FileNotFoundError:
        return False
    return not desk.state.exchange.knows(digest) or is_put_back(desk, digest)


def unusable(desk: Desk, path: Path) -> Problem | None:
    """What an edited workbook of the coordinator's is and that it must go, where a merge can take
    nothing from it: to run one would change nothing."""
    faults = _faults(desk, path)
    if not faults:
        return None
    name, why = path.name, faults[0].message
    if faults[0].code in _NOT_OURS:
        return OUT_006.problem(name, "not-ours", why=why, name=name)
    return OUT_006.problem(name, "unreadable", why=why, name=name)


def _faults(desk: Desk, path: Path) -> Sequence[Problem]:
    """Why a merge refuses a file: as one has said, or as one would say."""
    from xlplan.cycle.intake import Recogniser
    from xlplan.workbook.read.pool import read_all

    data = read_bytes(path)
    if isinstance(data, Problem):
        return [data]
    digest = sha256(data)
    known = desk.state.live_return_of(digest)
    if known is None:
        try:
            recognise = Recogniser(desk)
        except XlplanError:
            return []  # without its key, a plan cannot tell whose the file is; a merge says so
        (book,) = read_all([(path.name, data)])
    problems = known.problems if known else recognise.reading(book, digest).problems
    return [problem for problem in problems if problem.level == "error"]
