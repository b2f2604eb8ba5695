"""What `master.xlsx` shows of each row, kept so that a merge makes anew only what it bears on.

The lines of some rows that follow one another in the plan lie in one text: to read a few such texts
takes a fraction of what a text for each row takes, and most of them are the same afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from xlplan.cycle.desk import base_row, digest_of_rows
from xlplan.cycle.kept import LINES, ROWS_TOGETHER
from xlplan.issued.master import NAMES, columns_of, line_of, line_text
from xlplan.ledger.projection import Key, Unknown
from xlplan.plan.definition import STATUS, PlanDefinition

if TYPE_CHECKING:
    from xlplan.cycle.desk import Desk


class Lines(NamedTuple):
    """By uid, in the order of the plan as of a position of the ledger, the part of each row in the
    digest of the plan and what its cells hold; and the texts that were kept before, by name."""

    seq: int
    rows: Mapping[str, tuple[str, str]]
    kept: Mapping[str, str]


def plan_digest(desk: Desk) -> str:
    """A digest of all that the plan holds; `desk.lines` says it of every row."""
    return digest_of_rows(part for part, _ in bring_lines_forward(desk).rows.values())


def shown_fields(definition: PlanDefinition) -> tuple[str, ...]:
    """The ids of the fields of which `master.xlsx` shows something."""
    return tuple(dict.fromkeys([*(item.id for item in definition.fields), STATUS]))


def bring_lines_forward(desk: Desk) -> Lines:
    """The lines of every row as the plan stands, from now on `desk.lines`. Only rows on which
    something bore since they were made are looked at."""
    state, before = desk.state, _before(desk)
    definition, known = state.definition, before.rows
    rows: dict[str, tuple[str, str]] = {}
    undone = bool(state.undone) and state.undone[-1][0].seq > before.seq
    if known and (undone or state.defined[-1] > before.seq):
        known = {}
    fields = shown_fields(definition)
    for kind in NAMES:
        columns = columns_of(definition, kind)
        for uid in state.uids(kind):
            line = known.get(uid)
            if line is None or state.last_touched(uid) > before.seq:
                shown = line_text(line_of(columns, state.master_row(uid)))
                line = base_row(state, uid, fields, state.seq), shown
            rows[uid] = line
    desk.lines = Lines(state.seq, rows, before.kept)
    return desk.lines


def _before(desk: Desk) -> Lines:
    """The lines as they were last made here, or before the plan was opened."""
    if desk.lines is not None:
        return desk.lines
    if (kept := desk.kept_before) is not None:
        with suppress(Unknown):
            mark = kept.mark()
            if desk.ledger.hash_at(mark.seq) == mark.tip:
                texts = kept.topic(LINES)
                return Lines(mark.seq, dict(_read(texts.values())), texts)
    return Lines(0, {}, {})


def _read(texts: Iterable[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for text in texts:
        parts = text.split("\n")  # in JSON as it is written here there is none
        yield from zip(parts[::3], zip(parts[1::3], parts[2::3], strict=True), strict=True)


def to_keep(lines: Lines, *, everything: bool) -> Iterator[tuple[Key, str]]:
    """The texts in which lines are kept: those that were not kept so before, or all of them."""
    rows = [*lines.rows.items()]
    for number, first in enumerate(range(0, len(rows), ROWS_TOGETHER)):
        some = rows[first : first + ROWS_TOGETHER]
        text = "\n".join([part for uid, line in some for part in (uid, *line)])
        if everything or lines.kept.get(str(number)) != text:
            yield (LINES, str(number)), text
