"""What `master.xlsx` shows of each row: made anew only where something bears on it.

The lines of some rows that follow one another in the plan are kept as one text: to read a few such
texts takes a fraction of what a text for each row takes, and most of them are the same afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from operator import getitem
from typing import TYPE_CHECKING, NamedTuple

from xlplan.cycle.desk import Desk, base_row, digest_of_rows
from xlplan.cycle.kept import LINES, ROWS_TOGETHER
from xlplan.ledger.projection import Key, Unknown
from xlplan.merge.ids import CANONICAL, identity
from xlplan.merge.records import row_write_name
from xlplan.plan.definition import STATUS, PlanDefinition
from xlplan.plan.shown import ShownNumber
from xlplan.plan.timescales import Timescale
from xlplan.plan.values import Value

if TYPE_CHECKING:
    from xlplan.merge.state import State


class Lines(NamedTuple):
    """By uid, in the order of the plan as of a position of the ledger, the part of each row in the
    digest of the plan and what its cells hold; and the texts that were kept before, by name."""

    seq: int
    rows: Mapping[str, tuple[str, str]]
    kept: Mapping[str, str]


def plan_digest(desk: Desk) -> str:
    """A digest of all that the plan holds; `desk.lines` says it of every row."""
    return digest_of(bring_lines_forward(desk))


def digest_of(lines: Lines) -> str:
    """The digest of all that a plan holds, by its lines."""
    return digest_of_rows(part for part, _ in lines.rows.values())


def shown_fields(definition: PlanDefinition) -> tuple[str, ...]:
    """The ids of the fields of which `master.xlsx` shows something."""
    return tuple(dict.fromkeys([*(item.id for item in definition.fields), STATUS]))


def bring_lines_forward(desk: Desk) -> Lines:
    """The lines of every row as the plan stands, from now on `desk.lines`. Only rows on which
    something bore since they were made are looked at."""
    from xlplan.issued.master import NAMES

    state, before = desk.state, _before(desk)
    known = before.rows
    rows: dict[str, tuple[str, str]] = {}
    undone = bool(state.undone) and state.undone[-1][0].seq > before.seq
    if known and (undone or state.defined[-1] > before.seq):
        known = {}
    for kind in NAMES:
        lines = LinesOf(state, kind)
        for uid in state.uids(kind):
            line = known.get(uid)
            if line is None or state.last_touched(uid) > before.seq:
                line = lines.of(uid)
            rows[uid] = line
    desk.lines = Lines(state.seq, rows, before.kept)
    return desk.lines


class _Texts(dict[object, str]):
    """Texts that are made of values, each once: of a text where it is asked for, of what is none
    once it is told (KeyError until then)."""

    def __init__(self, made: Callable[[Value], str]) -> None:
        super().__init__()
        self._made = made

    def __missing__(self, text: object) -> str:
        if type(text) is not str:
            raise KeyError
        made = self[text] = self._made(text)
        return made

    def tell(self, told: object, value: Value) -> None:
        """A value, by what it is known by."""
        self[told] = self._made(value)


class _Blanks(NamedTuple):
    """The two texts of a row that has values in certain fields, with a place for each: of these
    fields in their order, and of the columns that show one of them, with the texts of each."""

    part: str
    fields: Sequence[str]
    line: str
    columns: Sequence[str]
    cells: Sequence[_Texts]


_UID = "\0"
"""Stands for the uid of a row where its texts are laid out: in JSON there is none."""


class LinesOf:
    """Makes the lines of rows of a kind. Of one in which nothing was written since it came in, each
    value is worked out once in each column, however many rows have it, and what stands between the
    values once for all rows that have values in the same fields."""

    def __init__(self, state: State, kind: str) -> None:
        from xlplan.issued.master import cell_text, columns_of

        definition = state.definition
        self._state, self._kind = state, kind
        self._columns = columns_of(definition, kind)
        self._fields = shown_fields(definition)
        self._key = definition.with_role("key", kind)
        self._laid_out: dict[tuple[str, ...], _Blanks] = {}
        self._identities = _Texts(lambda value: CANONICAL.encode(identity(value)))
        self._cells = {each.id: _Texts(partial(cell_text, each)) for each in self._columns}

    def of(self, uid: str) -> tuple[str, str]:
        """The part of a row in the digest of the plan, and what its cells hold."""
        row = self._state.untouched(uid, self._state.seq)
        ref = row.values.get(self._key.id) if row is not None and self._key else None
        if row is None or not isinstance(ref, str) or STATUS in row.values:
            return self.anew(uid)
        values = row.values
        blanks = self._laid_out.get(names := tuple(values)) or self._lay_out(names)
        told = {name: v if type(v) is str else told_by(v) for name, v in values.items()}
        try:
            part, line = self._filled(blanks, ref, told)
        except KeyError:
            for name, value in values.items():
                for texts in (self._identities, self._cells.get(name)):
                    if texts is not None and told[name] not in texts:
                        texts.tell(told[name], value)
            part, line = self._filled(blanks, ref, told)
        known = CANONICAL.encode(uid)[1:-1]
        return part.replace(_UID, known), line.replace(_UID, known)

    def anew(self, uid: str) -> tuple[str, str]:
        """The same, of a row by itself."""
        from xlplan.issued.master import line_of, line_text

        state = self._state
        line = line_text(line_of(self._columns, state.master_row(uid)))
        return base_row(state, uid, self._fields, state.seq), line

    def _filled(self, blanks: _Blanks, ref: str, told: Mapping[str, object]) -> tuple[str, str]:
        known = self._identities
        part = blanks.part % tuple(map(known.__getitem__, map(told.__getitem__, blanks.fields)))
        shown = map(getitem, blanks.cells, map(told.__getitem__, blanks.columns))
        return part, blanks.line % (known[ref], *shown)

    def _lay_out(self, names: tuple[str, ...]) -> _Blanks:
        """The texts of rows that have values in these fields and in no others."""
        from xlplan.issued.master import texts_line

        parts, cells = [], []
        for name in self._fields:
            write = CANONICAL.encode(row_write_name(_UID, name)).replace(r"\u0000", _UID)
            parts.append(f"[%s,[{_plain(write)}]]" if name in names else "[null,[]]")
        for name, texts in self._cells.items():
            if name not in names and None not in texts:
                texts.tell(None, None)
            cells.append("%s" if name in names else _plain(texts[None]))
        blanks = self._laid_out[names] = _Blanks(
            f'["{_UID}",[{",".join(parts)}]]',
            [name for name in self._fields if name in names],
            texts_line(f'"{_UID}"', CANONICAL.encode(self._kind), "%s", cells),
            shown := [name for name in self._cells if name in names],
            [self._cells[name] for name in shown],
        )
        return blanks


def _plain(text: str) -> str:
    """A text as it stands between places that are to be filled."""
    return text.replace("%", "%%")


def told_by(value: Value) -> object:
    """What a value is known by that is no text: two of the same are alike in every way."""
    if isinstance(value, tuple):
        return value
    if isinstance(value, Timescale):  # equal where they mean the same, however they say it
        return value.text, value.by, value.key
    if isinstance(value, ShownNumber):
        return float(value).hex(), value.code, value.text
    kind = type(value)
    return (kind, repr(value)) if isinstance(value, float | int) else (kind, value)


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
