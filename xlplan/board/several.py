"""Several plans on one board: their boards, put into one vocabulary so that nothing clashes.

Each plan gets a mark (A, B, …) that stands before its refs. Sections are grouped by organisation
first. Ratings become one scale: two points are one where they have the same words and count the
same; what is said of an action (better, overdue, an exception) is still judged by its own plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from xlplan.board.board_model import Board, PastBoard, PlanOnBoard
from xlplan.board.standings import leads_of
from xlplan.board.translate import Scale, Vocabulary, translated, united_fields, united_scale
from xlplan.merge.model import Change
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import CompositeSettings
from xlplan.plan.text import fold
from xlplan.plan.values import Value, natural_key

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
        first={uid: value for part in parts for uid, value in part.first.items()},
        changes=_changes(parts),
        questions=[question for part in parts for question in part.questions],
        returns=[line for part in parts for line in part.returns],
        tip="; ".join(f"{m}: {b.tip}" for m, b in zip(marks, boards, strict=True) if b.tip),
        problems=[problem for part in parts for problem in part.problems],
        history=_history(parts),
        dues={uid: known for part in parts for uid, known in part.dues.items()},
        challenges={uid: found for part in parts for uid, found in part.challenges.items()},
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
    """Earlier boards of the same label are one; the imported plans stand first."""
    ratings: dict[str, dict[str, Value]] = {}
    dues: dict[str, dict[str, date | None]] = {}
    first = {part.history[0].label for part in parts if part.history}
    for part in parts:
        for past in part.history:
            ratings.setdefault(past.label, {}).update(past.ratings)
            dues.setdefault(past.label, {}).update(past.dues)
    start = first if len(first) == 1 else set()
    order = sorted(ratings, key=lambda label: (label not in start, natural_key(label)))
    return [PastBoard(label, ratings[label], dues[label]) for label in order]
