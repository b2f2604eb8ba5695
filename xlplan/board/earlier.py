"""The figures of earlier boards beside this one: ratings of each action, counts, average slip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xlplan.board.figures import Figures
from xlplan.board.model import Board
from xlplan.board.standings import bucket, reader_of

MOST = 12
"""Boards that a page has room for; earlier ones are counted in words only."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the plan: its label, every action's bucket, and the average slip in days.

    `slip` is over the actions that had a date both then and at first; None where there are none.
    """

    label: str
    ratings: Mapping[str, str]
    counts: Mapping[str, int]
    slip: float | None

    @property
    def actions(self) -> int:
        """How many actions counted then."""
        return sum(self.counts.values())


def moments(board: Board, figures: Figures) -> tuple[Moment, ...]:
    """Every earlier board, oldest first, and this one last."""
    first = {uid: known.first for uid, known in board.dues.items() if known.first}
    parts = board.parts or (board,)
    scale_of = {row.uid: reader_of(part).scale for part in parts for row in part.rows}
    found = []
    for past in board.history:
        ratings = {uid: bucket(value, scale_of.get(uid, ())) for uid, value in past.ratings.items()}
        slip = average_slip(first, past.dues)
        found.append(Moment(past.label, ratings, Counter(ratings.values()), slip))
    now = {s.row.uid: s.now for s in figures.standings}
    dues = {s.row.uid: s.due for s in figures.standings}
    found.append(Moment(board.cycle, now, figures.total.now, average_slip(first, dues)))
    return tuple(found)


def average_slip(first: Mapping[str, date], dues: Mapping[str, date | None]) -> float | None:
    """Days between the first due date and the one then, on average."""
    days = [(due - first[uid]).days for uid, due in dues.items() if due and uid in first]
    return sum(days) / len(days) if days else None


def used_keys(found: Sequence[Moment]) -> frozenset[str]:
    """Every bucket that any of the moments has an action in."""
    return frozenset(key for moment in found for key, n in moment.counts.items() if n)
