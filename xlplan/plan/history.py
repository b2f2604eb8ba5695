"""What a plan was before, as a value: for the lints and the life of an action.

The ledger knows it; the cycle hands it in. Everything is optional: without a history nothing is
said about the past.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xlplan.plan.values import Value


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The plan as one board saw it: by uid, then field id, the actions it had then."""

    label: str
    values: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class History:
    """The past of a plan. Cycles and boards run from the oldest to the newest.

    `boards` are the earlier boards. By uid: `asked` names the cycles in which the action went out
    to a lead and whose returns are due, `updated` those in which somebody changed something in
    it, `first` its first rating; `dues` and `revised` hold every value that its due date and its
    revised date have had, the present one last.
    """

    boards: tuple[Snapshot, ...] = ()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    updated: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: Mapping[str, Value] = field(default_factory=dict)
    dues: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    revised: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)

    def at_last_board(self, uid: str) -> Mapping[str, Value] | None:
        """The action as the last board saw it; None where it did not, or there was none."""
        return self.boards[-1].values.get(uid) if self.boards else None


NO_HISTORY = History()
