"""`status`: where a cycle stands, lead by lead, and what comes next. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from xlplan.codes.cycle_codes import CYC_001
from xlplan.cycle.folder import sha256
from xlplan.cycle.kept import read_questions
from xlplan.cycle.next_step import NEXT, NextCycle, NextStep, following_cycle, proposed
from xlplan.errors import Problem, XlplanError
from xlplan.ledger.projection import Unknown

if TYPE_CHECKING:
    from pathlib import Path

    from xlplan.cycle.desk import Desk
    from xlplan.cycle.kept import Document, Kept
    from xlplan.merge.model import Question


class LeadStatus(Struct, frozen=True):
    """One lead in one cycle.

    `changes` counts the cells that stand in the master, alone or in agreement; `untouched` the
    actions without any change; `questions` the open ones with a value of theirs. Times are UTC
    (ISO 8601), blank where it has not happened.
    """

    lead: str
    issued: bool
    returned: bool
    late: bool
    """Whether they returned after the return-by date, or that has passed without a return."""
    changes: int
    untouched: int
    questions: int
    actions: int = 0  # that they were asked about
    issued_at: str = ""
    returned_at: str = ""
    no_change: bool = False  # "No change this period" is ticked in what came back last
    signed_by: str = ""
    signed_on: str = ""
    """Where several sign by role: once all have."""
    remarks: tuple[str, ...] = ()  # what stood outside the cells asked for, each with its place
    old_form: str = ""
    """The earlier cycle whose form came back, where none of this cycle's did; it counts."""
    drafted: str = ""  # the days of the e-mail draft, of its sending, of each reminder
    sent: str = ""
    reminded: tuple[str, ...] = ()
    confirmed: int | None = None  # of the untouched ones; None where no template asks for it
    not_looked_at: int | None = None
    signatures: tuple[str, ...] = ()  # by role, where several sign: who, and when
    unsigned: tuple[str, ...] = ()  # the roles whose signature is missing
    returns: tuple[str, ...] = ()  # the ids of what came back
    nothing_asked: bool = False  # none of their actions had a need: see `xlplan.plan.need`
    to_sign: int = 0  # an accountable officer's: what they are only asked to read and sign
    read: bool = False  # "I have read these" is ticked in what came back last

    @property
    def state(self) -> str:
        """Whether they returned, in words: ``no``, ``overdue``, ``yes`` or ``late``, and the last
        two with ``, on the old form`` where it was that of an earlier cycle; ``nothing asked``."""
        if self.nothing_asked:
            return "nothing asked"
        if not self.returned:
            return "overdue" if self.late else "no"
        words = "late" if self.late else "yes"
        return f"{words}, on the old form" if self.old_form else words

    @property
    def signed(self) -> bool:
        """Whether an accountable officer has read and signed what they were sent."""
        return self.read and bool(self.signed_by)

    @property
    def times_reminded(self) -> str:
        """How often they were reminded, in words: ``twice``."""
        from xlplan.merge.exchange import how_often

        return how_often(len(self.reminded))

    @property
    def sign_off(self) -> str:
        """``no change, A Director, 2026-11-20``, or blank; where several sign by role, each of
        them, and ``missing: Head of Finance``; of an accountable officer whether they have read."""
        if self.to_sign and self.returned and not self.signed:
            return "not signed"
        signed = self.signatures or (self.signed_by, self.signed_on)
        missing = f"missing: {', '.join(self.unsigned)}" if self.unsigned else ""
        parts = ("no change" if self.no_change else "", "read" * self.read, *signed, missing)
        return ("; " if self.signatures else ", ").join(part for part in parts if part)


@dataclass(frozen=True)  # whoever asks for help on it need not load what it holds
class Status:
    """Where a plan and one of its cycles stand.

    `cycle` is blank before anything was issued; `return_by` is a date (ISO 8601) or blank.
    `open` counts the `questions` in the plan, whichever cycle they came up in.
    """

    title: str
    actions: int  # as its board counts them: withdrawn ones are none of them
    cycle: str
    return_by: str
    leads: tuple[LeadStatus, ...]
    """Every lead of the plan definition, asked in this cycle or not."""
    open: int
    """How many questions are open in the plan."""
    edited: tuple[str, ...]
    """Those of `master.xlsx` and `decisions.xlsx` that hold edits which are not merged yet."""
    published: bool  # whether a composite of the cycle has been
    next: NextStep
    problems: tuple[Problem, ...] = ()
    """What stands in the place of those two workbooks and cannot be merged."""
    following: NextCycle | None = None  # where the plan says how often one begins
    ask: Callable[[], Sequence[Question]] = field(default=tuple, repr=False, compare=False)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question that is open, asked when they are first looked at."""
        return tuple(self.ask())

    @property
    def asked(self) -> tuple[LeadStatus, ...]:
        """The leads who were issued a template."""
        return tuple(lead for lead in self.leads if lead.issued)

    @property
    def outstanding(self) -> tuple[LeadStatus, ...]:
        """The leads who were asked and have not returned."""
        return tuple(lead for lead in self.asked if not lead.returned)

    @property
    def back(self) -> int:
        """How many of the leads who were asked have returned."""
        return len(self.asked) - len(self.outstanding)


def status(desk: Desk, cycle: str = "") -> Status:
    """Who was issued what, who has returned, who is late, what is open, and what comes next.

    `cycle` defaults to the one issued last. XlplanError for a cycle that was never issued.
    """
    kept = desk.kept
    found, held = _kept_standing(kept, cycle)
    if found is None:
        from xlplan.cycle.standing import standing

        found = standing(desk, cycle)
        if cycle and not desk.state.exchange.templates(cycle):
            raise no_cycle(desk, cycle)
    edited, problems = _edits(desk, kept, found["open_cycle"])
    step = (
        "merge" if edited
        else "begin" if not found["open_cycle"]
        else "answer" if found["open"]
        else "wait" if found["waiting"]
        else "publish" if not found["open_published"]
        else "issue"
    )  # fmt: skip
    today = desk.today.isoformat()
    following = following_cycle(found, desk.today)
    return Status(
        title=found["title"],
        actions=found["actions"],
        cycle=found["cycle"],
        return_by=found["return_by"],
        leads=tuple(_lead(each, today) for each in found["leads"]),
        open=found["open"],
        edited=edited,
        published=found["published"],
        next=proposed(NEXT[step], following),
        problems=problems,
        following=following,
        ask=desk.questions if held is None else lambda: _asked(desk, held),
    )


def _asked(desk: Desk, held: str) -> Sequence[Question]:
    """The questions that were kept; where the text does not hold them, they are asked anew."""
    try:
        return read_questions(held)
    except Unknown:
        return desk.questions()


def _kept_standing(kept: Kept | None, cycle: str) -> tuple[Document | None, str | None]:
    """Where a cycle stands, and the questions, as they were kept; None where they were not."""
    if kept is not None:
        with suppress(Unknown):
            found, questions = kept.status(), kept.questions()
            if cycle in ("", found["cycle"]):
                return found, questions
    return None, None


def _edits(
    desk: Desk, kept: Kept | None, cycle: str
) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """Those of the coordinator's workbooks that hold edits, and those that no merge can use."""
    edited, problems = [], []
    for path in desk.folder.coordinators(cycle):
        if kept is not None and _is_known(kept, path):
            continue
        from xlplan.cycle.outputs import is_edited, unusable

        if path.exists() and is_edited(desk, path):
            if problem := unusable(desk, path):
                problems.append(problem)
            else:
                edited.append(path.name)
    return tuple(edited), tuple(problems)


def _is_known(kept: Kept, path: Path) -> bool:
    """Whether a workbook is not there, or lies as it was written or read."""
    try:
        return kept.knows(sha256(path.read_bytes()))
    except OSError:
        return not path.exists()


def cycles(desk: Desk) -> list[str]:
    """The ids of the cycles for which templates were issued, in that order."""
    return desk.state.exchange.cycles


def no_cycle(desk: Desk, cycle: str) -> XlplanError:
    """That a cycle is none of those that there are."""
    known = cycles(desk)
    if not known:
        return CYC_001.fault(cycle, "none", cycle=cycle)
    return CYC_001.fault(cycle, cycle=cycle, cycles=known)


def check_cycle(desk: Desk, cycle: str) -> None:
    """Raise XlplanError (CYC-001) for a cycle that was neither issued nor published, where any
    was issued: a slip of the pen must not become a board. Before that a period is named freely."""
    known = cycles(desk)
    if known and cycle not in known and all(f.cycle != cycle for _, f in desk.state.published):
        raise no_cycle(desk, cycle)


def leads_of(desk: Desk, cycle: str, questions: Sequence[Question]) -> tuple[LeadStatus, ...]:
    """Every lead of the plan in a cycle; `questions` are those that are open."""
    from xlplan.cycle.standing import leads_standing

    today = desk.today.isoformat()
    return tuple(_lead(each, today) for each in leads_standing(desk, cycle, questions))


def is_late(issued: bool, due: str, came: str, today: str) -> bool:
    """Whether what was asked for is late on a day: it came after it was due, or has not come."""
    return bool(due) and (came[:10] > due if came else issued and today > due)


def _lead(found: Document, today: str) -> LeadStatus:
    """How a lead stands on a day."""
    late = is_late(found["issued"], found["due"], found["returned_at"], today)
    known = {name: value for name, value in found.items() if name not in ("due", "remarks")}
    lists = ("reminded", "signatures", "unsigned", "returns")
    known |= {name: tuple(found.get(name, ())) for name in lists}
    return LeadStatus(**known, late=late, remarks=tuple(found["remarks"]))
