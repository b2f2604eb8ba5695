"""A plan as reading a return knows it: what a file cannot say, and whether a row is as it went out.

What each row of the templates of the open cycle shows is kept, so that a row that comes back is
compared as a whole, and nothing about it is asked of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from xlplan.cycle.desk import Desk
from xlplan.errors import XlplanError
from xlplan.ledger.projection import Key
from xlplan.ledger.sqlite import read_text
from xlplan.merge.bases import Alike, AsIssued, all_alike, rows_as_issued
from xlplan.merge.model import Event, Issued, Ours, Shared
from xlplan.merge.outline import Forgotten
from xlplan.merge.reading import Frame
from xlplan.merge.records import shown_of
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.people import Lead
from xlplan.returned.as_issued import (
    IssuedColumn,
    columns_to_sign,
    locked_text,
    template_columns,
    without_hints,
)
from xlplan.returned.furniture import Furniture, furniture, texts_of_book
from xlplan.returned.read_return import PROPOSED
from xlplan.returned.tables import plain
from xlplan.workbook.stamp import RowKey, fingerprint, row_key

AS_ISSUED = "as issued"
"""The topic under which the rows of a template are kept, by its id."""


def made_again(desk: Desk, issued: Issued) -> tuple[Ours, Shared]:
    """What is ours in a template that went out before that was recorded: as this version of xlplan
    would write it, without its actions."""
    from xlplan.issued.as_ours import ours_of
    from xlplan.issued.template import template_workbook

    definition = desk.state.definition_at(issued.as_of)
    lead = definition.lead(issued.author) or Lead(issued.author)
    book = template_workbook(definition, lead, issued, [], desk.key, "")
    ours = ours_of(definition, issued, book)
    assert ours.brought is not None  # as nothing is known yet
    return ours, ours.brought


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

        found = rows_as_issued(self._state, issued, key_of, self._signed_by)
        return msgspec.to_builtins(found, str_keys=True)

    def furniture_of(self, issued: Issued) -> Furniture:
        """What is ours in a template that went out."""
        return self._furniture(issued.id)

    def _find_furniture(self, issued: str) -> Furniture:
        wordings = self._state.exchange.ours_of(issued)
        if not wordings:
            from xlplan.workbook.read.read_book import read_book  # others read in their own process

            sent = self._state.issued[issued]
            ours, shared = made_again(self._desk, sent)
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


def to_compare(desk: Desk, kept: Mapping[Key, str]) -> dict[Key, str]:
    """Of the answers that were kept those that can be made anew: without the key of a plan none
    about its templates."""
    signed = known_to(desk) is not None
    return {key: text for key, text in kept.items() if signed or key[0] != AS_ISSUED}


def read_as_issued(text: str) -> AsIssued:
    """The rows that `KnownPlan.kept` wrote."""
    try:
        return msgspec.json.decode(text, type=AsIssued)
    except (msgspec.DecodeError, UnicodeError):  # as of `read_text`
        return msgspec.convert(read_text(text), AsIssued, str_keys=True)
