"""Faults: `Problem` for people's data, `XlplanError` for requests that cannot be met.

A problem is a value: a code, a place, what is wrong and what to do. Problems are collected and
reported together. An `XlplanError` stops one request; the command line prints it as one message
and exits with status 2. Anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in somebody's data.

    `code` is stable and listed in MESSAGES.md (for example ``"VAL-003"``); `where` is the place as
    a person would look for it (``"R. Okafor.xlsx!Update!F12"``, ``"plan.toml:14"``); `message`
    says what is wrong with the value shown and what to do about it. `level` is ``"error"`` where
    nothing could be used, ``"warning"`` where a person should look, ``"note"`` for information.
    `action` is the ref of the action that it is about, and `field` the id of the field; else blank.
    """

    code: str
    where: str
    message: str
    level: str = "error"
    action: str = ""
    field: str = ""

    def but(self, **said: str) -> Problem:
        """The same problem, of which some is said otherwise: its place, its level."""
        return replace(self, **said)

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message} [{self.code}]"

    def as_json(self) -> dict[str, str]:
        """The shape that every ``--json`` output uses for a problem."""
        out = {"code": self.code, "where": self.where, "message": self.message}
        if self.level != "error":
            out["level"] = self.level
        return out


class XlplanError(Exception):
    """A request that cannot be met; carries the problems that say why and what to do."""

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (
            (problems,) if isinstance(problems, Problem) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def reason_of(error: OSError) -> str:
    """Why the system did not do something, in its own words: ``No space left on device``."""
    return error.strerror or str(error)
