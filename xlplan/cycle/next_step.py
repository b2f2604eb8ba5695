"""What comes next in a cycle, and when the next one begins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from xlplan.cycle.kept import Document

_ISSUE = "xlplan issue --cycle ID --return-by DATE"


class NextStep(Struct, frozen=True):
    """What the coordinator does next in the cycle that is open.

    `text` says it in words, `command` is the command that it comes to.
    """

    step: Literal["begin", "merge", "answer", "wait", "publish", "issue"]
    text: str
    command: str


NEXT: Mapping[str, NextStep] = {
    each.step: each
    for each in (
        NextStep("begin", f"xlplan check, then {_ISSUE}", _ISSUE),
        NextStep("merge", "xlplan merge", "xlplan merge"),
        NextStep("answer", "answer in decisions.xlsx, save it, then xlplan merge", "xlplan merge"),
        NextStep("wait", "put what comes back into inbox, then xlplan merge", "xlplan merge"),
        NextStep("publish", "xlplan publish", "xlplan publish"),
        NextStep("issue", _ISSUE, _ISSUE),
    )
}


class NextCycle(Struct, frozen=True):
    """When the next cycle begins, and what to issue it as. `due` is whether that day has come."""

    begins: date
    due: bool
    cycle: str
    return_by: date

    @property
    def command(self) -> str:
        """How it is issued."""
        return f"xlplan issue --cycle {self.cycle} --return-by {self.return_by}"


def next_cycle(
    every: str, cycles: Sequence[str], began: date | None, return_by: date | None, today: date
) -> NextCycle:
    """The cycle after those there are, of which the last `began` on a day (None: there is none),
    and had so many days until `return_by`; two weeks where that is not known."""
    from xlplan.plan.periods import counted_from

    count, _, unit = every.rpartition(" ")
    span = "3 months" if every == "quarter" else f"{count or 1} {unit}"
    begins = (counted_from(f"within {span}", began) if began else None) or today
    day = max(begins, today)
    month = f"{day:%Y-%m}"
    monthly = not cycles or re.fullmatch(r"\d{4}-\d{2}", cycles[-1])
    name = month if monthly and month not in cycles else day.isoformat()
    days = return_by - began if began and return_by else timedelta(weeks=2)
    return NextCycle(begins, begins <= today, name, day + days)


def following_cycle(found: Document, today: date) -> NextCycle | None:
    """The next cycle, where the plan says how often one begins."""
    if not found["every"]:
        return None
    began, by = (date.fromisoformat(d) if d else None for d in (found["began"], found["last_by"]))
    return next_cycle(found["every"], found["cycles"], began, by, today)


def proposed(step: NextStep, cycle: NextCycle | None) -> NextStep:
    """The next step, with a cycle's id and date filled in where they can be proposed."""
    if cycle is None or _ISSUE not in step.text:
        return step
    return replace(step, text=step.text.replace(_ISSUE, cycle.command), command=cycle.command)
