"""`undo`: take one return back out. Nothing is deleted; the log keeps both."""

from __future__ import annotations

from dataclasses import dataclass

from xlplan.cycle import outputs
from xlplan.cycle.desk import Desk
from xlplan.errors import Problem, fault
from xlplan.merge.model import Change, Decided, Returned, Undone
from xlplan.merge.state import State


@dataclass(frozen=True)
class UndoResult:
    """What was taken back: the return, the decisions that went with it, what changed."""

    returned: Returned
    decisions: tuple[Decided, ...]
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]


def undo(desk: Desk, return_id: str, *, cascade: bool = False, why: str = "") -> UndoResult:
    """Retract a return. XlplanError where it is unknown, already taken back, or where decisions
    have seen what it wrote and `cascade` does not allow for taking those back too."""
    with desk.work() as work:
        state = desk.state
        returned = find_return(state, return_id)
        dependent = dependent_decisions(state, returned)
        answers = _answers_of(state, returned)
        if dependent and not cascade:
            listed = "; ".join(
                f"{state.ref(d.uid) or d.uid} {d.field}: {d.choice}".strip() for d in dependent
            )
            raise fault(
                "UNDO-003",
                returned.id,
                f"{len(dependent)} decision(s) rest on this return: {listed}. "
                "Add --cascade to take them back as well.",
            )
        gone = (*dependent, *answers)
        work.append([Undone(returned.id, tuple(d.id for d in gone), why)])
        changes = tuple(work.step.changes())
        prepared = outputs.prepare(desk, work)
    problems = outputs.write(desk, prepared)
    return UndoResult(returned, gone, changes, tuple(problems))


def find_return(state: State, return_id: str) -> Returned:
    """The live return with this id, or with an id that begins so."""
    found = [r for r in state.returns.values() if r.id.startswith(return_id) and return_id]
    if len(found) != 1:
        said = "is the beginning of several ids" if found else "is not the id of a return"
        raise fault(
            "UNDO-001",
            return_id,
            f'"{return_id}" {said}. `xlplan log` and the report of a merge name the ids, '
            "such as r-3f9c20a1b4d7.",
        )
    if state.live_return_of(found[0].sha256) is None:
        raise fault("UNDO-002", found[0].id, "This return has already been taken back.")
    return found[0]


def _answers_of(state: State, returned: Returned) -> tuple[Decided, ...]:
    """The live decisions that a returned `decisions.xlsx` brought in."""
    issued = state.issued.get(returned.issued)
    if issued is None or issued.document != "decisions":
        return ()
    return tuple(
        decision
        for decision in state.decisions.values()
        if decision.issued == issued.id and decision.place.file == returned.file
    )


def dependent_decisions(state: State, returned: Returned) -> tuple[Decided, ...]:
    """The live decisions that saw something which this return alone brought in."""
    own = {item.id for item in returned.assertions}
    found = []
    for key in {(item.uid, item.field) for item in returned.assertions}:
        for write in state.live(key):
            decision = state.decisions.get(write.id)
            if decision is not None and decision.saw & own:
                found.append(decision)
    return tuple(sorted(found, key=lambda decision: decision.id))
