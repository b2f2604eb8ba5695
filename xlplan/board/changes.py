"""The Changes sheet: everything that changed since the last board, each with its source."""

from __future__ import annotations

from collections.abc import Mapping

from xlplan.board.frame import Frame
from xlplan.board.words import decided, heading_of
from xlplan.merge.model import Change
from xlplan.plan.values import natural_key
from xlplan.workbook.write.sheet import Cell, Row, Sheet

NAME = "Changes"
WIDTHS = (20.0, 10.0, 20.0, 46.0, 46.0, 26.0, 34.0, 14.0, 8.0, 26.0)
HEADINGS = (
    "When", "Action", "Field", "From", "To", "Who", "File", "Sheet", "Cell", "How it was decided",
)  # fmt: skip


def changes_sheet(frame: Frame) -> Sheet:
    """The change log since the last board, in the order of the ledger."""
    changes = sorted(
        frame.board.changes, key=lambda c: (c.seq, natural_key(c.action), c.uid, c.field)
    )
    if not changes:
        sentence = "Nothing in the plan has changed since the last board."
        if frame.board.previous is None:
            sentence = "Nothing in the plan has changed since it was started."
        return frame.empty(NAME, "Changes", sentence)
    count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    note = f"{count}, each with the file and cell it was read from"
    rows = frame.banner("Changes", len(WIDTHS), note=note)
    headed = len(rows)
    rows.append(frame.headings(HEADINGS))
    kinds = {row.uid: row.kind for row in frame.board.rows}
    rows += [_row(frame, change, kinds) for change in changes]
    return frame.sheet(NAME, rows, WIDTHS, headed=headed, freeze_columns=2)


def _how(change: Change) -> str:
    """How a change was decided, with the reason that was given."""
    return f"{decided(change.kind)}: {change.why}" if change.why else decided(change.kind)


def _row(frame: Frame, change: Change, kinds: Mapping[str, str]) -> Row:
    definition = frame.board.definition
    kind = kinds.get(change.uid, "action")
    item = definition.find(change.field, kind)
    heading = heading_of(item, change.field)
    label = f"{change.action}, {heading}"
    blank = frame.styled(frame.boxed, italic=True, colour=frame.look.muted.colour)

    def value(text: str, width: float, which: str) -> Cell:
        if not text:
            return Cell("(blank)", blank)
        return frame.fitted(text, width, f"{label}: {which}")

    action = change.action if kind == "action" else f"Recommendation {change.action}"
    return Row(
        [
            frame.text(frame.when(change.at)),
            frame.ref(change.uid, action),
            frame.text(heading),
            value(frame.say(item, change.before), WIDTHS[3], "from"),
            value(frame.say(item, change.after), WIDTHS[4], "to"),
            frame.text(change.by),
            frame.text(change.place.file),
            frame.text(change.place.sheet),
            frame.text(change.place.cell),
            frame.fitted(_how(change), WIDTHS[9], f"{label}: how it was decided"),
        ]
    )
