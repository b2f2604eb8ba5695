"""Boards beside this one: earlier ones with the History sheet, and those of several plans in one
vocabulary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from xlplan.board.board_model import Board, PastBoard, PlanOnBoard
from xlplan.board.figures import Figures
from xlplan.board.fitting import cut_words
from xlplan.board.standings import bucket, leads_of, points_of, reader_of
from xlplan.board.table_model import BoardSheet, Line, Table, TableColumn, line_of, make_table
from xlplan.board.translate import Scale, Vocabulary, translated, united_fields, united_scale
from xlplan.board.view import ABSENT, View, count_columns, figure, plural
from xlplan.merge.model import Change
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import CompositeSettings
from xlplan.plan.text import fold
from xlplan.plan.values import Value, natural_key


class Moment(Struct, frozen=True):
    """One point of the plan: its label, every action's bucket, and the average slip in days.

    `slip` is over the actions that had a date both then and at first; None where there are none.
    """

    label: str
    ratings: Mapping[str, str]
    counts: Mapping[str, int]
    slip: float | None
    brought: bool = False

    @property
    def actions(self) -> int:
        """How many actions counted then."""
        return sum(self.counts.values())


def moments(board: Board, figures: Figures) -> tuple[Moment, ...]:
    """Every earlier board, oldest first, and this one last."""
    first = {uid: known.first for uid, known in board.dues.items() if known.first}
    parts = board.parts or (board,)
    scales = [(part, reader_of(part).scale) for part in parts]
    scale_of = {row.uid: scale for part, scale in scales for row in part.rows}
    found = []
    for past in board.history:
        ratings = {uid: bucket(value, scale_of.get(uid, ())) for uid, value in past.ratings.items()}
        slip = average_slip(first, past.dues)
        counts = Counter(ratings.values())
        found.append(Moment(past.label, ratings, counts, slip, past.brought))
    now = {s.row.uid: s.now for s in figures.standings}
    dues = {s.row.uid: s.due for s in figures.standings}
    counted = figures.total.now
    found.append(Moment(board.cycle, now, counted, average_slip(first, dues)))
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
    ends = {code for each in readers for code, rating in each.by_code.items() if rating.closed}
    found: dict[str, str] = {}
    still: Iterable[str] = board.history[-1].ratings if board.history else ()
    for past in reversed(board.history):  # back to where each was open
        still = [uid for uid in still if str(past.ratings.get(uid)) in ends]
        found |= dict.fromkeys(still, past.label)
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


_DASH = (
    "A dash stands where an action was not in the plan",
    "A dash stands where an action was not in the plan, or where it is not known",
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
        legend=_DASH[any(one.brought for one in shown)] if shown else "",
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
        TableColumn("slip", "Average slip", "days", "Slips", WIDTH, "–", "No dates"),
    ]
    lines = [
        Line(line_of([
            one.label, *(one.counts.get(p.key, 0) for p in points), one.actions,
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
        *(TableColumn(f"at_{n}", cut_words(label, 40), "rating", "", WIDTH, "–",
                      "Not known" if shown[n].brought else ABSENT, plain=_early(n, shown))
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


FIRST = ("key", "action")
LAST = ("lead", "due", "revised", "progress", "rating")
"""Roles of the fields that a board of several plans always shows, and where."""


def combined(boards: Sequence[Board]) -> Board:
    """One board of several plans; the first gives the house style and the choice of sheets.

    Its figures are the sums of the plans' own.
    """
    marks = [mark_of(n) for n in range(len(boards))]
    groups = _groups(boards)
    scale = united_scale([b.definition for b in boards], marks)
    fields = united_fields([b.definition for b in boards], marks, scale)
    clashing = _clashing(boards)
    parts = []
    for n, board in enumerate(boards):
        names = {name: f"{name} ({marks[n]})" for name in _names(board) if fold(name) in clashing}
        vocabulary = Vocabulary(marks[n], groups[n], fields.of_plan[n], scale.codes[n], names)
        parts.append(translated(board, vocabulary, scale))
    definition = _definition(boards, parts, groups, fields.every, scale)
    own = boards[0]
    return Board(
        definition=definition,
        cycle=own.cycle,
        as_of=own.as_of,
        rows=[row for part in parts for row in part.rows],
        previous=_previous(parts),
        previous_label=_compared(boards, marks),
        brought=any(board.brought for board in boards),
        first={uid: value for part in parts for uid, value in part.first.items()},
        changes=_changes(parts),
        questions=[question for part in parts for question in part.questions],
        returns=[line for part in parts for line in part.returns],
        tip="; ".join(f"{m}: {b.tip}" for m, b in zip(marks, boards, strict=True) if b.tip),
        problems=[problem for part in parts for problem in part.problems],
        history=_history(parts),
        dues={uid: known for part in parts for uid, known in part.dues.items()},
        challenges={uid: found for part in parts for uid, found in part.challenges.items()},
        requests=[request for part in parts for request in part.requests],
        answers={uid: found for part in parts for uid, found in part.answers.items()},
        plans=[
            PlanOnBoard(mark, b.definition.title, group, b.as_of, b.tip)
            for mark, group, b in zip(marks, groups, boards, strict=True)
        ],
        parts=parts,
    )


def mark_of(number: int) -> str:
    """The mark of a plan: A to Z, then AA, AB, …"""
    mark = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        mark = chr(65 + rest) + mark
    return mark


def _groups(boards: Sequence[Board]) -> list[str]:
    """What each plan is grouped under: its organisation, with its title where two share one."""
    names = [b.definition.organisation or b.definition.title for b in boards]
    shared = Counter(map(fold, names))
    named = [
        f"{name}, {b.definition.title}" if shared[fold(name)] > 1 and b.definition.title else name
        for name, b in zip(names, boards, strict=True)
    ]
    twice = Counter(map(fold, named))
    return [
        f"{name} ({mark_of(n)})" if twice[fold(name)] > 1 else name for n, name in enumerate(named)
    ]


def _names(board: Board) -> set[str]:
    """Everybody whom a plan names as a lead."""
    found = {lead.name for lead in board.definition.leads} | {line.lead for line in board.returns}
    for row in board.rows:
        if row.kind == "action":
            found.update(leads_of(board.definition, row.values))
    return found


def _clashing(boards: Sequence[Board]) -> set[str]:
    """Names that more than one plan has; they may not be the same person's."""
    counted = Counter(name for b in boards for name in {fold(name) for name in _names(b)})
    return {name for name, count in counted.items() if count > 1}


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))


def _definition(
    boards: Sequence[Board],
    parts: Sequence[Board],
    groups: Sequence[str],
    fields: tuple[Field, ...],
    scale: Scale,
) -> PlanDefinition:
    own = boards[0].definition
    others = len(boards) - 1
    return replace(
        own,
        title=f"{own.title} and {others} other {'plan' if others == 1 else 'plans'}",
        organisation=", ".join(_distinct(b.definition.organisation for b in boards)),
        marking=" / ".join(_distinct(b.definition.marking for b in boards)),
        fields=fields,
        ratings=(*scale.points, *(r for p in parts for r in p.definition.ratings
                                  if r.scale != scale.name)),
        leads=tuple(lead for part in parts for lead in part.definition.leads),
        composite=CompositeSettings(fields=_chosen(parts), sheets=own.composite.sheets),
        notes=tuple(
            f"{group}: {note}"
            for group, board in zip(groups, boards, strict=True)
            for note in board.definition.notes
        ),
    )  # fmt: skip


def _chosen(parts: Sequence[Board]) -> tuple[str, ...]:
    """The fields that Plan shows: what every board asks about, and what two plans or more have.

    A column that one plan alone has would be blank for all others.
    """
    held = Counter(f.id for p in parts for f in p.definition.fields_of("action"))
    every = {f.id: f for p in parts for f in p.definition.fields_of("action")}
    shared = [n for n, f in every.items() if held[n] > 1 and f.role not in (*FIRST, *LAST)]
    roles = {f.role: n for n, f in reversed(every.items())}
    first, last = ([roles[r] for r in order if r in roles] for order in (FIRST, LAST))
    return (*first, *shared, *last)


def _compared(boards: Sequence[Board], marks: Sequence[str]) -> str:
    """What each plan is compared with; said once where it is the same for all."""
    labels = [board.previous_label or "the last board" for board in boards]
    if len(set(labels)) == 1:
        return labels[0]
    return "; ".join(f"{mark}: {label}" for mark, label in zip(marks, labels, strict=True))


def _previous(parts: Sequence[Board]) -> Mapping[str, Mapping[str, Value]] | None:
    if all(part.previous is None for part in parts):
        return None
    return {uid: last for part in parts for uid, last in (part.previous or {}).items()}


def _changes(parts: Sequence[Board]) -> list[Change]:
    """All changes by the time they were recorded, numbered anew: each ledger counts for itself."""
    found = [(c.at, n, c.seq, c) for n, part in enumerate(parts) for c in part.changes]
    found.sort(key=lambda known: known[:3])
    return [replace(change, seq=place) for place, (*_, change) in enumerate(found, 1)]


def _history(parts: Sequence[Board]) -> list[PastBoard]:
    """Earlier boards of the same label are one; what plans brought and the imported plans stand
    first."""
    ratings: dict[str, dict[str, Value]] = {}
    dues: dict[str, dict[str, date | None]] = {}
    brought = {past.label for part in parts for past in part.history if past.brought}
    own = ([past for past in part.history if not past.brought] for part in parts)
    first = {history[0].label for history in own if history}
    for part in parts:
        for past in part.history:
            ratings.setdefault(past.label, {}).update(past.ratings)
            dues.setdefault(past.label, {}).update(past.dues)
    start = first if len(first) == 1 else set()
    early = [label for label in ratings if label in brought]
    later = sorted(
        ratings.keys() - brought, key=lambda label: (label not in start, natural_key(label))
    )
    return [
        PastBoard(label, ratings[label], dues[label], label in brought)
        for label in (*early, *later)
    ]
