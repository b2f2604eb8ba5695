"""Earlier boards beside this one, and the History sheet, action by action."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from xlplan.board.board_model import (
    Board,
    BoardSheet,
    Line,
    Table,
    TableColumn,
    line_of,
    make_table,
)
from xlplan.board.figures import Figures
from xlplan.board.standings import bucket, points_of, reader_of
from xlplan.board.view import ABSENT, View, count_columns, cut_words, figure, plural
from xlplan.merge.model import Change


@dataclass(frozen=True, slots=True)
class Moment:
    """One point of the plan: its label, every action's bucket, and the average slip in days.

    `slip` is over the actions that had a date both then and at first; None where there are none.
    """

    label: str
    ratings: Mapping[str, str]
    counts: Mapping[str, int]
    slip: float | None
    well: int = 0
    """How many were closed or on track."""

    @property
    def actions(self) -> int:
        """How many actions counted then."""
        return sum(self.counts.values())

    @property
    def share(self) -> float | None:
        """Closed or on track, as a share of all actions; None where there were none."""
        return self.well / self.actions if self.actions else None


def moments(board: Board, figures: Figures) -> tuple[Moment, ...]:
    """Every earlier board, oldest first, and this one last."""
    first = {uid: known.first for uid, known in board.dues.items() if known.first}
    parts = board.parts or (board,)
    scale_of = {row.uid: reader_of(part).scale for part in parts for row in part.rows}
    found = []
    points = {p.key: p.rating for p in points_of(board.definition, ())}

    def well(counts: Mapping[str, int]) -> int:
        rated = ((points.get(key), n) for key, n in counts.items())
        return sum(n for point, n in rated if point and (point.closed or not point.exception))

    for past in board.history:
        ratings = {uid: bucket(value, scale_of.get(uid, ())) for uid, value in past.ratings.items()}
        slip = average_slip(first, past.dues)
        counts = Counter(ratings.values())
        found.append(Moment(past.label, ratings, counts, slip, well(counts)))
    now = {s.row.uid: s.now for s in figures.standings}
    dues = {s.row.uid: s.due for s in figures.standings}
    counted = figures.total.now
    found.append(Moment(board.cycle, now, counted, average_slip(first, dues), well(counted)))
    return tuple(found)


def average_slip(first: Mapping[str, date], dues: Mapping[str, date | None]) -> float | None:
    """Days between the first due date and the one then, on average."""
    days = [(due - first[uid]).days for uid, due in dues.items() if due and uid in first]
    return sum(days) / len(days) if days else None


def used_keys(found: Sequence[Moment]) -> frozenset[str]:
    """Every bucket that any of the moments has an action in."""
    return frozenset(key for moment in found for key, n in moment.counts.items() if n)


def closed_since(board: Board) -> Mapping[str, str]:
    """By uid, the label of the first of the latest unbroken run of boards that saw it closed."""
    readers = [reader_of(part) for part in board.parts or (board,)]
    found: dict[str, str] = {}
    for past in board.history:
        closed = {
            uid
            for reader in readers
            for uid, value in past.ratings.items()
            if (rating := reader.by_code.get(str(value))) and rating.closed
        }
        found = {uid: found.get(uid, past.label) for uid in closed}
    return found


CORRECTS = ("undo", "undone", "restatement")


def is_restatement(board: Board, change: Change) -> bool:
    """Whether a change corrects the record of a period that a board has already seen.

    An entry for an earlier period is one, and so is anything from a return of an earlier
    cycle that came in late; an undo takes back what an earlier merge had taken in.
    """
    known = {past.label for past in board.history}
    return change.kind in CORRECTS or (change.cycle != board.cycle and change.cycle in known)


def restatements(board: Board) -> tuple[Change, ...]:
    """The changes since the last board that are restatements, in the order of the ledger."""
    return tuple(
        change
        for change in sorted(board.changes, key=lambda c: (c.seq, c.action, c.uid, c.field))
        if is_restatement(board, change)
    )


MOST = 12
"""Boards that a printed page has room for."""
WIDTH = 14.0


def history_sheet(view: View) -> BoardSheet:
    """Counts of every board, then the rating of each action at each."""
    every = moments(view.board, view.figures)
    shown = every if len(every) > 1 and view.figures.standings else ()
    notes = ["Ratings as each board saw them"]
    if len(shown) > MOST:
        notes.insert(0, f"The last {MOST} of {plural(len(shown), 'point')} in time")
    first = "This is the first board: there is no history to show yet."
    return BoardSheet(
        "Ratings from board to board: counts, each action's path, dates put back",
        "History",
        (_counts(view, shown), _actions(view, shown)),
        notes=tuple(notes) if shown else (),
        legend="A dash stands where an action was not in the plan" if shown else "",
        empty="" if shown else first,
        apt=view.rated,
    )


def _early(number: int, shown: Sequence[Moment]) -> bool:
    return number < len(shown) - MOST


def _counts(view: View, shown: Sequence[Moment]) -> Table:
    """How many actions had each rating at each board."""
    points = points_of(view.board.definition, used_keys(shown)) if view.rated else ()
    columns = [
        TableColumn("board", "Board", "text", "History", 26, span=3, strong=True),
        *count_columns(points, WIDTH),
        figure("actions", "Actions", "Actions", WIDTH, strong=True),
        TableColumn("share", "Closed or on track", "share", "On track", WIDTH, "–", "None"),
        TableColumn("slip", "Average slip", "days", "Slips", WIDTH, "–", "No dates"),
    ]
    lines = [
        Line(line_of([
            one.label, *(one.counts.get(p.key, 0) for p in points), one.actions, one.share,
            None if one.slip is None else round(one.slip, 1),
        ]).items, early=_early(number, shown))
        for number, one in enumerate(shown)
    ]  # fmt: skip
    line = "How many actions had each rating, board by board"
    chart = "Actions by rating, board by board"
    return make_table("history_counts", "History", line, columns, lines, chart=chart)


def _actions(view: View, shown: Sequence[Moment]) -> Table:
    """A rating for each action and each board, and how the due date has moved."""
    labels = [one.label for one in shown[:-1]] + [f"Now ({one.label})" for one in shown[-1:]]
    lead = view.columns("ref", "section", "action")
    widths = {"ref": 9, "section": 24, "action": 46}
    columns = [
        *(replace(c, width=widths[c.id], brief=160 if c.id == "action" else 0) for c in lead),
        *(TableColumn(f"at_{n}", cut_words(label, 40), "rating", "", WIDTH, "–", ABSENT,
                      plain=_early(n, shown))
          for n, label in enumerate(labels)),
        TableColumn("first_due", "First due", "date", width=17, spoken="No date"),
        TableColumn("due_now", "Due now", "date", width=17, spoken="No date"),
        figure("slips", "Slips", "Slips", 9),
        TableColumn("days_moved", "Days moved", "days", width=13, spoken="No date"),
    ]  # fmt: skip
    lines = [
        line_of([
            *(view.item(one, c.id) for c in lead),
            *(view.rating(moment.ratings.get(one.row.uid)) for moment in shown),
            one.first_due, one.due, one.slips, one.slipped,
        ])
        for one in (view.figures.standings if shown else ())
    ]  # fmt: skip
    line = "The rating of each action as each board saw it"
    return make_table("history", "History of actions", line, columns, lines)
