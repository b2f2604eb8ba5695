"""The notes on the cells of Plan: what a cell was, who changed it, when, in which file and cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from xlplan.documents.composite.frame import Frame
from xlplan.documents.composite.restated import is_restatement
from xlplan.documents.composite.standings import Standing
from xlplan.documents.composite.words import decided
from xlplan.merge.model import Change
from xlplan.plan.definition import Field
from xlplan.plan.text import canon_text

NOTE_TEXT = 600

Changes = Mapping[tuple[str, str], Sequence[Change]]


def changes_by_cell(changes: Sequence[Change]) -> Changes:
    """The changes of each cell, by uid and field, in the order given."""
    found: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        found.setdefault((change.uid, change.field), []).append(change)
    return found


def changed_note(frame: Frame, item: Field, one: Standing, changes: Sequence[Change]) -> str:
    """What a changed cell was, and who changed it, when, and in which file and cell."""
    seen = (frame.board.previous or {}).get(one.row.uid)
    if not changes:
        if seen is None or item.id not in seen or seen[item.id] == one.row.values.get(item.id):
            return ""
        was = frame.say(item, seen[item.id])
        return f"Last board: {_quoted(was)}\nSee Changes for how it came to change."
    parts = [f"Was: {_told(frame, item, change)}" for change in changes]
    if len(parts) > 4:
        parts = [parts[0], f"… and {len(parts) - 3} more, listed in Changes …", *parts[-2:]]
    return canon_text("\n\n".join(parts))


def _told(frame: Frame, item: Field | None, change: Change) -> str:
    """What a value was before a change, by whom it was changed, when, and in which cell."""
    where = f"\n{change.place}" if str(change.place) else ""
    return (
        f"{_quoted(frame.say(item, change.before))}\n"
        f"Changed by {change.by or 'an unknown author'}, {frame.when(change.at)}"
        f" ({decided(change.kind)}){where}"
    )


def _quoted(text: str) -> str:
    return f'"{cut_words_note(text)}"' if text else "(blank)"


def cut_words_note(text: str) -> str:
    """A value as a cell note shows it: in full unless it is long."""
    return text if len(text) <= NOTE_TEXT else text[:NOTE_TEXT].rstrip() + "… (whole in Changes)"


def restated_note(frame: Frame, one: Standing, changes: Changes) -> str:
    """A note on the rating at the last board, where it has been corrected since."""
    item = frame.board.definition.with_role("rating")
    mine = changes.get((one.row.uid, item.id), ()) if item else ()
    found = [change for change in mine if is_restatement(frame.board, change)]
    if not found:
        return ""
    return f"As the board saw it. Restated since: {_told(frame, item, found[-1])}"
