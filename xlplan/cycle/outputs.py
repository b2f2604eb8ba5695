"""What is written after the ledger: above all `master.xlsx` and `decisions.xlsx`.

These two are issued workbooks with a recorded base, and projections: they can be deleted and come
back the same. One of them on disk that holds edits which no merge has read is never overwritten.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xlplan.cycle.desk import Desk, Work
from xlplan.cycle.edited import holds_edits, unusable
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.originals import sha256, sweep, write_atomically
from xlplan.ledger.store import PATIENTLY
from xlplan.merge.ids import identity, named
from xlplan.merge.log import current_cycle
from xlplan.merge.model import COORDINATOR, Issued, Question
from xlplan.merge.questions import questions_of
from xlplan.plan.definition import STATUS, PlanDefinition

OWN = ("master", "decisions")
"""The documents that the coordinator may edit where they lie, so that they are looked at first."""


@dataclass(frozen=True, slots=True)
class Output:
    """A file to be written; `data` None means that it is to go."""

    path: Path
    data: bytes | None
    document: str


def prepare(desk: Desk, work: Work) -> list[Output]:
    """The coordinator's two workbooks as they should be now; their issue is recorded."""
    questions = questions_of(desk.state)
    outputs = [_prepare_master(desk, work, questions)]
    if questions:
        outputs.append(_prepare_decisions(desk, work, questions))
    else:
        outputs.append(Output(desk.folder.decisions, None, "decisions"))
    return outputs


def _prepare_master(desk: Desk, work: Work, questions: Sequence[Question]) -> Output:
    from xlplan.issued.master import master_workbook
    from xlplan.workbook.write.writing import write_workbook

    state = desk.state
    definition = state.definition
    rows = [*state.master("action"), *state.master("recommendation")]
    fields = [item.id for item in definition.fields]
    fields = [*dict.fromkeys([*fields, STATUS])]
    base = state.base_digest([row.uid for row in rows], fields, state.seq)
    # Other questions make another workbook: the one on disk must not look edited for it.
    asked = [[question.id for question in questions]] if questions else []
    issued = Issued(
        id=named("m", definition.id, base, state.definition_digest, *asked),
        document="master",
        author=COORDINATOR,
        cycle=current_cycle(state),
        return_by="",
        as_of=state.seq,
        uids=tuple(row.uid for row in rows),
        fields=tuple(fields),
        inputs=tuple(fields),
        file=desk.folder.master.name,
    )
    issued = _known_or(desk, issued)
    open_ = _asked_of(definition, questions)
    book = master_workbook(definition, issued, rows, desk.key, _created(desk, issued), open_)
    return _record(desk, work, issued, write_workbook(book), desk.folder.master)


def _asked_of(
    definition: PlanDefinition, questions: Sequence[Question]
) -> dict[tuple[str, str], str]:
    """What is still asked, by row and field; several questions on one cell follow each other."""
    from xlplan.issued.decisions_book import ask

    asked: dict[tuple[str, str], str] = {}
    for question in questions:
        item = definition.find(question.field) or definition.find(question.field, "recommendation")
        key, text = (question.uid, question.field), ask(question, item)
        asked[key] = f"{asked[key]}\n{text}" if key in asked else text
    return asked


def _prepare_decisions(desk: Desk, work: Work, questions: Sequence[Question]) -> Output:
    from xlplan.issued.decisions_book import decisions_workbook
    from xlplan.workbook.write.writing import write_workbook

    state = desk.state
    issued = Issued(
        id=named("d", state.definition.id, [[q.id, identity(q.master)] for q in questions]),
        document="decisions",
        author=COORDINATOR,
        cycle=current_cycle(state),
        return_by="",
        as_of=state.seq,
        uids=tuple(question.id for question in questions),
        fields=("decision", "other", "why"),
        inputs=("decision", "other", "why"),
        file=desk.folder.decisions.name,
    )
    issued = _known_or(desk, issued)
    book = decisions_workbook(state.definition, issued, questions, desk.key, _created(desk, issued))
    return _record(desk, work, issued, write_workbook(book), desk.folder.decisions)


def _known_or(desk: Desk, issued: Issued) -> Issued:
    """The workbook as it was issued before with this very base, else the new one."""
    return desk.state.issued.get(issued.id, issued)


def _created(desk: Desk, issued: Issued) -> str:
    """The time in the document: when it was first issued, never when it was written again."""
    return desk.state.issued_at.get(issued.id) or desk.now()


def _record(desk: Desk, work: Work, issued: Issued, data: bytes, path: Path) -> Output:
    digest = sha256(data)
    known = desk.state.issued.get(issued.id)
    if known is None or known.sha256 != digest:
        from dataclasses import replace

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
                return [_overtaken(outputs, "Somebody else has recorded something meanwhile.")]
            _sweep(desk, outputs)
            problems = (_write(desk, output) for output in outputs)
            return [problem for problem in problems if problem is not None]
    except XlplanError as error:
        return [_overtaken(outputs, problem.message) for problem in error.problems]


def _overtaken(outputs: Sequence[Output], why: str) -> Problem:
    names = ", ".join(output.path.name for output in outputs[:3])
    more = f" and {len(outputs) - 3} more" if len(outputs) > 3 else ""
    return Problem(
        "OUT-003",
        names + more,
        f"Everything is recorded, but these files were not written: {why} Run the command again.",
        "warning",
    )


def _sweep(desk: Desk, outputs: Sequence[Output]) -> None:
    own = desk.folder.written
    for folder in own:
        sweep(folder)
    for output in outputs:
        if output.path.parent not in own:
            sweep(output.path.parent, output.path.name)


def _write(desk: Desk, output: Output) -> Problem | None:
    try:
        if output.document in OWN and holds_edits(desk, output.path):
            return unusable(desk, output.path) or Problem(
                "OUT-001",
                output.path.name,
                f"{output.path.name} holds edits that have not been merged, so it was not "
                "overwritten. Run: xlplan merge",
                "warning",
            )
        if output.data is None:
            output.path.unlink(missing_ok=True)
        elif not output.path.exists() or output.path.read_bytes() != output.data:
            output.path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(output.path, output.data)
    except OSError as error:
        return not_written(output.path, error)
    return None


def not_written(path: Path, error: OSError) -> Problem:
    """Why a file could not be written, and what to do: as when Excel holds it open."""
    return Problem(
        "OUT-002",
        str(path),
        f"The file could not be written ({error.strerror or error}). Everything is recorded; "
        "close the file if it is open in Excel, make room if the disk is full, and run the "
        "command again.",
    )
