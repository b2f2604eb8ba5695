"""The key figures of a board: what stands large at the top of the Summary sheet."""

from __future__ import annotations

from collections.abc import Sequence

from xlplan.board.frame import Frame, percent


def key_figures(frame: Frame) -> list[tuple[str, str, str]]:
    """(figure, label, what it was or out of what), for the top of the sheet."""
    f = frame.figures
    t = f.total
    before = t.before
    flags = {p.key: p.rating for p in f.points if p.rating}

    def was(keys: Sequence[str]) -> str:
        return f"was {sum(before.get(k, 0) for k in keys)}" if before is not None else ""

    new = (
        f"{t.moves.get('new', 0)} new, {f.withdrawn_since} withdrawn" if before is not None else ""
    )
    closed = [k for k, r in flags.items() if r.closed]
    attention = [k for k, r in flags.items() if r.exception]
    on_track = [k for k in flags if k not in closed and k not in attention]
    out = [
        (str(t.actions), "Actions", new if before is not None else "in the plan"),
        (str(t.closed), "Closed", was(closed)),
        (str(t.on_track), "On track", was(on_track)),
        (str(t.attention), "Rated for attention", was(attention)),
        (percent(t.share), "Closed or on track",
         f"was {percent(t.share_before)}" if before is not None else ""),
        (str(t.overdue), "Overdue", f"{'not closed, ' if frame.rated else ''}past the due date"),
        (str(t.exceptions), "Exceptions", "listed with the reason"),
    ]  # fmt: skip
    if not frame.rated:
        out = [out[0], *out[5:]]
    if f.asked:
        late = f", {f.late} late" if f.late else ""
        out.append((f"{f.returned} of {f.asked}", "Returns received", f"leads asked{late}"))
    return out
