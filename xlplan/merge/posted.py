"""What was written to whom: drafts, reminders, and the letters that the coordinator has sent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from xlplan.plan.people import Lead

if TYPE_CHECKING:
    from xlplan.merge.state import State

Act = Literal["draft", "reminder", "thanks", "sent", "not sent"]
_TIMES = ("never", "once", "twice")


class Posted(Struct, frozen=True):
    """A letter to a lead was written into a file, or the coordinator said whether one was sent.

    `issued` is the template that it carries; `why` says why somebody was reminded, in short words;
    `day` (ISO 8601) is that of the letter, or the one on which it was sent.
    """

    act: Act
    cycle: str
    lead: str
    day: str = ""
    issued: str = ""
    file: str = ""
    sha256: str = ""
    why: tuple[str, ...] = ()


class Post(Struct, frozen=True):
    """What one lead was written in one cycle: days in ISO 8601, blank where it was not."""

    drafted: str = ""
    sent: str = ""
    reminded: tuple[str, ...] = ()
    """The day of each reminder; one that was written again on its day is the same."""
    thanked: bool = False


def recipients_in(state: State, cycle: str) -> Sequence[Lead]:
    """Who may be sent a template in a cycle: teams, leads in none, and of those that were sent one
    the teams of sections, and accountable officers who are in a team."""
    definition = state.definition
    known = definition.directory.recipients
    sent = state.exchange.templates(cycle)
    others = dict.fromkeys(i.author for i in sent if definition.lead(i.author) is None)
    by_section = definition.issue.by == "section"
    signers = (definition.lead(item.author) for item in sent if item.to_sign)
    more = dict.fromkeys(lead for lead in signers if lead is not None and lead not in known)
    return (*known, *(Lead(name) for name in others if by_section), *more)


def how_often(count: int) -> str:
    """A number of times in words: ``once``, ``twice``, ``3 times``."""
    return _TIMES[count] if count < len(_TIMES) else f"{count} times"


def post_of(facts: Iterable[Posted]) -> Post:
    """What these facts about one lead in one cycle add up to, oldest first."""
    drafted = sent = ""
    thanked = False
    reminders: dict[str, str] = {}
    for fact in facts:
        if fact.act == "draft":
            drafted = fact.day
        elif fact.act == "reminder":
            reminders[fact.file] = fact.day
        elif fact.act == "thanks":
            thanked = True
        else:
            sent = fact.day if fact.act == "sent" else ""
    return Post(drafted, sent, tuple(reminders.values()), thanked)
