"""The lists of the highlight report: movement, the exceptions first in line, who has returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from xlplan.documents.composite.frame import SIGNS, Frame, plural
from xlplan.documents.composite.highlight_draft import COLUMNS, Draft, spans
from xlplan.documents.composite.longtexts import cut_words
from xlplan.documents.composite.standings import (
    DIRECTIONS,
    Direction,
    Standing,
    best_first,
    leads_of,
)
from xlplan.workbook.sheet import Cell


def movement(draft: Draft) -> None:
    """How many actions went which way, and in which sections."""
    frame = draft.frame
    total = frame.figures.total
    draft.title("Since the last board")
    shown: list[tuple[str, int]] = [
        (" ".join(SIGNS[d]), total.moves.get(d, 0))
        for d in DIRECTIONS
        if d != "uncompared" or total.moves.get(d, 0)
    ]
    shown.append(("× Withdrawn", frame.figures.withdrawn_since))
    parts = spans(len(shown))
    small = replace(draft.head, align="center", indent=0)
    number = replace(frame.number, size=14, bold=True)
    draft.row(
        *((a, b, Cell(name, small)) for (a, b), (name, _) in zip(parts, shown, strict=True)),
        height=18,
    )
    draft.row(
        *((a, b, Cell(count, number)) for (a, b), (_, count) in zip(parts, shown, strict=True)),
        height=26,
    )
    ways: tuple[tuple[Direction, str], ...] = (("worse", "Worse in"), ("better", "Better in"))
    for way, label in ways:
        found = [
            f"{frame.short.get(s.name, s.name)} ({s.moves[way]})"
            for s in sorted(frame.figures.sections, key=lambda s: -s.moves.get(way, 0))
            if s.moves.get(way, 0)
        ]
        bold = replace(draft.body, bold=True)
        words = frame.text(_in_short(found, 190) or "No section", draft.body)
        draft.row((0, 1, Cell(label, bold)), (2, COLUMNS - 1, words))


def _in_short(names: Sequence[str], most: int, joint: str = ", ") -> str:
    """As many names as have room, and how many more there are."""
    kept: list[str] = []
    for name in names:
        if kept and len(joint.join([*kept, name])) > most:
            return f"{joint.join(kept)} and {len(names) - len(kept)} more"
        kept.append(cut_words(name, most))
    return joint.join(kept)


def first_in_line(frame: Frame) -> list[Standing]:
    """The exceptions, worst first: by rating, then overdue, worsened, and the more reasons.

    What cannot be placed on the scale stands after what is on it.
    """
    place = {s: n for n, s in enumerate(_worst_first(frame))}

    def key(one: Standing) -> tuple[int, bool, bool, int]:
        worse = one.direction == "worse"
        return place.get(one.now, len(place)), not one.overdue, not worse, -len(one.reasons)

    return sorted(frame.figures.exceptions, key=key)


def _worst_first(frame: Frame) -> list[str]:
    scale = [point.rating for point in frame.figures.points if point.rating is not None]
    codes = [rating.code for rating in scale]
    return codes[::-1] if best_first(scale) else codes


def exceptions(draft: Draft, most: int) -> None:
    """At most `most` of the actions to look at, with the first of their reasons."""
    frame = draft.frame
    found = first_in_line(frame)
    title = "Exceptions, the worst first" if found else "Exceptions"
    shown = found[:most]
    remark = f"{len(shown)} of {plural(len(found), 'exception')}; the composite has them all"
    draft.title(title, remark if len(found) > len(shown) else "")
    if not found:
        words = "No action is rated for attention, overdue, worse than before or not updated."
        draft.row((0, COLUMNS - 1, Cell(words, draft.body)), height=22)
        return
    rated = frame.board.definition.with_role("rating") is not None
    columns = [(0, 0, "Ref"), (1, 5, "Action"), (6, 7, "Leads"), (8, 8, "Rating"), (9, 11, "Why")]
    draft.row(*((a, b, Cell(name, draft.head)) for a, b, name in columns), height=16)
    item = frame.board.definition.with_role("action")
    for one in shown:
        text = frame.say(item, one.row.values.get(item.id)) if item else ""
        leads = _in_short(leads_of(frame.board.definition, one.row.values), 40, "\n")
        why = cut_words("; ".join(reason.words for reason in one.reasons), 110)
        rating = (
            frame.rating(one.now, replace(draft.body, size=8, indent=0)) if rated else Cell("–")
        )
        draft.row(
            (0, 0, frame.text(cut_words(one.row.ref, 18), replace(draft.body, bold=True))),
            (1, 5, frame.text(cut_words(text, 120), draft.body)),
            (6, 7, frame.text(leads or "No lead named", replace(draft.body, size=8))),
            (8, 8, replace(rating, value=cut_words(str(rating.value or ""), 20))),
            (9, 11, frame.text(why, replace(draft.body, bold=True, size=8))),
        )


def returns(draft: Draft) -> None:
    """Who was asked, and who has not returned."""
    f = draft.frame.figures
    draft.title("Returns")
    if not f.asked:
        words = "No lead was asked in this cycle."
        draft.row((0, COLUMNS - 1, Cell(words, draft.body)), height=22)
        return
    missing = sorted(
        line.lead for line in draft.frame.board.returns if line.issued and not line.returned
    )
    late = f", {f.late} of them late" if f.late else ""
    said = f"{f.returned} of {f.asked} received{late}"
    names = _in_short(missing, 170, "; ") or "Nobody: every return is in"
    bold = replace(draft.body, bold=True)
    draft.row(
        (0, 2, Cell(said, bold)),
        (3, 4, Cell("Not returned yet", replace(bold, fill=draft.frame.look.locked_fill))),
        (5, COLUMNS - 1, draft.frame.text(names, draft.body)),
    )
