"""A plan as reading a return knows it: what a file cannot say, and whether a row is as it went out.

What each row of the templates of the open cycle shows is kept, so that a row that comes back is
compared as a whole, and nothing about it is asked of the ledger. What `master.xlsx` shows of each
row is kept, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache, partial
from operator import getitem
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from xlplan.cycle.desk import Desk, base_row, digest_of_rows
from xlplan.cycle.kept import LINES, ROWS_TOGETHER
from xlplan.errors import XlplanError
from xlplan.ledger.projection import Key, Unknown
from xlplan.ledger.sqlite import read_text
from xlplan.merge.bases import Alike, AsIssued, all_alike, rows_as_issued
from xlplan.merge.kinds import CANONICAL, identity
from xlplan.merge.model import Event, Issued
from xlplan.merge.outline import Forgotten
from xlplan.merge.reading import Frame
from xlplan.merge.records import row_write_name, shown_of
from xlplan.plan.definition import STATUS, PlanDefinition
from xlplan.plan.values import Value, told_by
from xlplan.returned.as_issued import (
    PROPOSED,
    IssuedColumn,
    columns_to_sign,
    locked_text,
    template_columns,
    without_hints,
)
from xlplan.returned.furniture import Furniture, furniture, texts_of_book
from xlplan.workbook.stamp import RowKey, fingerprint, row_key

if TYPE_CHECKING:
    from xlplan.merge.state import State

AS_ISSUED = "as issued"
"""The topic under which the rows of a template are kept, by its id."""


class KnownPlan:
    """A plan as reading a return knows it; see `xlplan.returned.identity.Known`."""

    def __init__(self, desk: Desk) -> None:
        self._desk, self._state = desk, desk.state
        self.key = desk.key
        self._signed_by = fingerprint(self.key)
        self.definition = desk.state.definition
        self.has_old_key = desk.state.exchange.has_old_key
        self._columns = lru_cache(maxsize=16)(self._find_columns)
        self._refs = lru_cache(maxsize=4096)(self._state.ref)
        self._uids = lru_cache(maxsize=16)(self._find_uids)
        # Asked when a file's stamp is checked and again for each of its rows.
        self.locked_text = lru_cache(maxsize=4096)(self._locked_text)
        self._furniture = lru_cache(maxsize=256)(self._find_furniture)
        self._as_issued = lru_cache(maxsize=4)(self._find_as_issued)

    def issued(self, name: str) -> Issued | None:
        """The issued workbook of an id."""
        return self._state.issued.get(name)

    def definition_of(self, issued: Issued) -> PlanDefinition:
        """The definition under which a workbook went out."""
        return self._state.definition_at(issued.as_of)

    def uid_of(self, ref: str, issued: str = "") -> str:
        """The action of a ref in an issued workbook, else as the plan stands; or blank."""
        return self._uids(self._as_of(issued)).get(ref) or self._uids(self._state.seq).get(ref, "")

    def ref_of(self, uid: str, issued: str) -> str:
        """The ref of a row as an issued workbook shows it, or blank."""
        return self._refs(uid, self._as_of(issued))

    def _as_of(self, issued: str) -> int:
        known = self.issued(issued)
        return known.as_of if known is not None else self._state.seq

    def _find_uids(self, as_of: int) -> dict[str, str]:
        from xlplan.returned.tables import plain

        refs = ((plain(self._state.ref(u, as_of)), u) for u in self._state.uids("action", as_of))
        return {ref: uid for ref, uid in refs if ref}

    def all_alike(self, issued: str, sha256: str) -> Alike | None:
        """What says it of a row of the very file that went out for the open cycle, by the digest of
        its bytes; None where a file is another."""
        known = self.issued(issued)
        if known is None or known.sha256 != sha256 or self.has_old_key(issued):
            return None
        if not _is_asked(known, self._state.exchange.cycle):
            return None
        return all_alike(known, self._state.definition_digest)

    def alike(self, issued: str, frame: Frame) -> Alike | None:
        """What says of a row of these columns whether it shows what went out in an issued workbook;
        None where that was not kept."""
        found = self._as_issued(issued)
        return None if found is None else found.alike(self._state, frame)

    def recorded(self, found: RowKey) -> bool:
        """Whether it was recorded of a template as it went out that it has this key."""
        as_issued = self._as_issued(found.issued)
        return as_issued is not None and as_issued.has_key(found.uid, found.text)

    def _find_as_issued(self, issued: str) -> AsIssued | None:
        memory, known = self._desk.memory, self.issued(issued)
        if memory is None or known is None:
            return None
        try:
            found = read_as_issued(memory.text(AS_ISSUED, issued))
        except Forgotten:
            return None
        same = (found.as_of, found.names) == (known.as_of, known.fields)
        by = found.by, found.signed_by
        return found if same and by == (self._state.definition_digest, self._signed_by) else None

    def kept(self, issued: Issued) -> object:
        """The rows of a template as they went out, as they are kept."""

        def key_of(uid: str) -> str:
            return row_key(self.key, issued.id, uid, self.locked_text(issued.id, uid) or "")

        found = self._desk.sent.pop(issued.id, None)
        found = found or rows_as_issued(self._state, issued, key_of, self._signed_by)
        return msgspec.to_builtins(found, str_keys=True)

    def furniture_of(self, issued: Issued) -> Furniture:
        """What is ours in a template that went out."""
        return self._furniture(issued.id)

    def _find_furniture(self, issued: str) -> Furniture:
        wordings = self._state.exchange.ours_of(issued)
        if not wordings:
            from xlplan.issued.template import made_again
            from xlplan.workbook.read.read_book import read_book  # others read in their own process

            sent = self._state.issued[issued]
            ours, shared = made_again(self._state.definition_at(sent.as_of), sent, self.key)
            wordings = [(ours.texts, shared.texts)]
            if data := self._desk.folder.as_sent(sent.file, sent.sha256):
                wordings.append((texts_of_book(read_book(data, sent.file)), {}))
        return furniture(wordings)

    def _locked_text(self, issued_id: str, uid: str) -> str | None:
        """The text that the key of a row was signed with, by the recorded base."""
        issued = self.issued(issued_id)
        if issued is None or (uid not in issued.uids and not uid.startswith(PROPOSED)):
            return None
        if issued.document != "template":
            return ""
        kind = self._state.kind_of(uid) if issued.to_sign else ""
        columns = self._columns(issued.as_of, kind, bool(issued.corrects))
        names = [column.item.id for column in columns if not column.input]
        shown = shown_of(self._state, uid, names, issued.as_of)
        values = {name: value for name, (value, _) in zip(names, shown, strict=True)}
        return locked_text(columns, values)

    def _find_columns(self, as_of: int, to_sign: str, corrects: bool) -> tuple[IssuedColumn, ...]:
        """The columns of a template, or of one that is for corrections; of a kind of row in an
        accountable officer's workbook."""
        definition = self._state.definition_at(as_of)
        if to_sign:
            return columns_to_sign(definition, to_sign)
        return template_columns(without_hints(definition) if corrects else definition)


# Keeping it


def _is_asked(issued: Issued, cycle: str) -> bool:
    """Whether a workbook is a template in which a lead is asked about a cycle."""
    if issued.document != "template" or issued.to_sign or issued.corrects:
        return False
    return issued.cycle == cycle


def kept_as_issued(
    desk: Desk, events: Sequence[Event], cycle: str | None, gone: list[Key]
) -> Iterator[tuple[Key, object]]:
    """The rows of the templates of the open cycle as they went out, as they are kept: of those
    among `events`, of all where the `cycle` (None: unknown) was another one before. What was kept
    of that one is `gone`."""
    state = desk.state
    exchange = state.exchange
    found = [state.issued[e.fact.id] for e in events if isinstance(e.fact, Issued)]
    if cycle != exchange.cycle:
        gone += ((AS_ISSUED, each.id) for each in exchange.templates(cycle or ""))
        found = exchange.templates(exchange.cycle)
    asked = [each for each in found if _is_asked(each, exchange.cycle)]
    known = known_to(desk) if asked else None
    if known is not None:
        for name, issued in {each.id: each for each in asked}.items():
            yield (AS_ISSUED, name), known.kept(issued)


def known_to(desk: Desk) -> KnownPlan | None:
    """The plan of a desk as it is known; None where its key is not to be had."""
    try:
        return KnownPlan(desk)
    except XlplanError:
        return None


def read_as_issued(text: str) -> AsIssued:
    """The rows that `KnownPlan.kept` wrote."""
    try:
        return msgspec.json.decode(text, type=AsIssued)
    except (msgspec.DecodeError, UnicodeError):  # as of `read_text`
        return msgspec.convert(read_text(text), AsIssued, str_keys=True)


# What `master.xlsx` shows of each row: made anew only where something bears on it. The lines of
# some rows that follow one another in the plan lie in one text: to read a few such texts takes a
# fraction of what a text for each row takes, and most of them are the same afterwards.


class Lines(NamedTuple):
    """By uid, in the order of the plan as of a position of the ledger, the part of each row in the
    digest of the plan and what its cells hold; and the texts that were kept before, by name."""

    seq: int
    rows: Mapping[str, tuple[str, str]]
    kept: Mapping[str, str]


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
    """Texts that are made of values, each once: of a text where it is asked for; what is none is to
    be put in first (KeyError until then)."""

    def __init__(self, made: Callable[[Value], str]) -> None:
        super().__init__()
        self.made = made

    def __missing__(self, text: object) -> str:
        if type(text) is not str:
            raise KeyError
        return self.setdefault(text, self.made(text))


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
                        texts[told[name]] = texts.made(value)
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
                texts[None] = texts.made(None)
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


def _before(desk: Desk) -> Lines:
    """The lines as they were last made here, or before the plan was opened."""
    if desk.lines is not None:
        return desk.lines
    if (kept := desk.kept_before) is not None:
        with suppress(Unknown, ValueError):  # or no such lines
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
