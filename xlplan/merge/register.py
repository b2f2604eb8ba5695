"""The register: what one cell of the plan holds, given everything that was ever written there.

A cell is a multi-value register. Its heads are the live writes that no other live write saw. One
distinct value among the heads: the cell is settled on it; more than one: a conflict. Everything
here is a pure function of a set of writes; their order never matters, except that the
coordinator's own acts are ordered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from xlplan.merge.kinds import Id, Kind, digest, identity
from xlplan.merge.model import COORDINATOR, Write
from xlplan.plan.definition import Field
from xlplan.plan.timescales import say_date
from xlplan.plan.values import Readings, Value, show


class CellState(Struct, frozen=True):
    """What a cell holds: the value the master shows, and the writes that stand behind it."""

    value: Value
    heads: tuple[Write, ...] = ()
    conflict: bool = False
    common: frozenset[Id] = frozenset()
    """In a conflict: the ids of the writes that all heads saw."""
    entries: tuple[Write, ...] = ()


BLANK = CellState(None)


def superseded(writes: Sequence[Write]) -> frozenset[Id]:
    """The ids of writes that the same author, in the same issued workbook, later replaced.

    Per cell the later in-file stamp wins; writes with the same stamp, or without one, are
    concurrent. What was once seen without a time may be older than any copy of it, so it replaces
    nothing; a later copy with a time can therefore not bring it back.
    """
    groups: dict[tuple[str, str, bool], list[Write]] = defaultdict(list)
    for write in writes:
        if write.stamp and write.issued:
            groups[write.issued, write.author, write.entry].append(write)
    gone: set[Id] = set()
    for group in groups.values():
        if len(group) == 1:
            continue
        last = max((write.stamp for write in for_sure(group) if write.timed), default="")
        gone.update(write.id for write in group if write.stamp < last)
    return frozenset(gone)


def for_sure(writes: Collection[Write]) -> list[Write]:
    """Without what is in doubt in one copy and written for certain in another: the same edit."""
    ids = {write.id for write in writes}
    return [w for w in writes if not w.id.doubt or w.id.certain not in ids]


def known_to(writes: Iterable[Write]) -> frozenset[Id]:
    """The ids that any of `writes` saw."""
    return frozenset().union(*(write.saw for write in writes))


def answered(writes: Iterable[Write]) -> frozenset[Id]:
    """The ids of what a decision has answered in doubt, whichever copy has it for certain."""
    return frozenset().union(*(write.answered for write in writes))


def heads_of(writes: Sequence[Write]) -> tuple[Write, ...]:
    """The live writes that no other live write saw or replaced, in a fixed order."""
    if len(writes) == 1:
        return (writes[0],)
    gone = known_to(writes) | superseded(writes)
    return tuple(sorted((w for w in writes if w.id not in gone), key=lambda w: w.id))


def distinct(writes: Iterable[Write]) -> dict[str, Write]:
    """One write for each distinct value, by the value's identity."""
    found: dict[str, Write] = {}
    for write in writes:
        found.setdefault(digest(identity(write.value)), write)
    return found


def settle(item: Field | None, writes: Collection[Write]) -> CellState:
    """The state of a cell from its live writes; `item` is its field (None: plain)."""
    settled = answered(writes)
    standing = [write for write in writes if write.standing and write.id not in settled]
    if not standing:
        return BLANK
    if (
        item is not None
        and item.field_type.narrative
        and any(w.kind is Kind.ENTRY for w in standing)
    ):
        return _settle_narrative(item, standing)
    return _settle_plain(item, standing)


def _settle_plain(item: Field | None, writes: Sequence[Write]) -> CellState:
    heads = heads_of(writes)
    if len(heads) == 1 or len(distinct(heads)) == 1:
        agreed = min(heads, key=lambda head: head.author != COORDINATOR)
        return CellState(agreed.value, heads)
    common = frozenset.intersection(*(head.saw for head in heads))
    shared = [write for write in writes if write.id in common]
    if item is not None and item.field_type.elements:
        return CellState(_Elements(writes).present(writes) or None, heads)
    return CellState(_shown(item, heads, shared), heads, True, common)


def _shown(item: Field | None, heads: Sequence[Write], shared: Sequence[Write]) -> Value:
    """What the master shows while a conflict is open: the coordinator's, else what all saw."""
    own = [head for head in heads if head.author == COORDINATOR]
    if own:
        return max(own, key=lambda head: head.seq).value
    return settle(item, shared).value


def _elements(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


class _Elements:
    """Sets merge by element: each element is a register of the writes that added or removed it.

    Added by anyone is in; removed by anyone and re-added by no one is out. What a write added and
    removed is its difference from what its author saw, however long ago that was.
    """

    def __init__(self, writes: Sequence[Write]) -> None:
        self._writes = writes
        self._bases: dict[Id, frozenset[str]] = {}

    def present(self, writes: Sequence[Write]) -> frozenset[str]:
        """The elements that `writes` leave."""
        heads = heads_of(writes)
        if len(distinct(heads)) == 1:
            return _elements(heads[0].value)
        replaced = superseded(writes)
        touching: dict[str, list[Write]] = defaultdict(list)
        for write in writes:
            if write.id not in replaced:
                for element in self._touched(write):
                    touching[element].append(write)
        return frozenset(e for e, found in touching.items() if self._is_in(e, found))

    def _touched(self, write: Write) -> frozenset[str]:
        """What a write added and removed; what was typed in is added, though what had removed it
        before was taken back since."""
        value = _elements(write.value)
        typed = value - _elements(write.base) if write.kind is Kind.EDIT else frozenset()
        return (value ^ self._base(write)) | typed

    def _is_in(self, element: str, touching: Sequence[Write]) -> bool:
        gone = known_to(touching)
        return any(element in _elements(w.value) for w in touching if w.id not in gone)

    def _base(self, write: Write) -> frozenset[str]:
        if write.id not in self._bases:
            visible_then = [other for other in self._writes if other.id in write.saw]
            self._bases[write.id] = self.present(visible_then)
        return self._bases[write.id]


def _settle_narrative(item: Field, writes: Sequence[Write]) -> CellState:
    """Entries, newest first, above the text that stands; whoever rewrote it has taken in those
    that it showed. Who rewrote it while another added an entry is in conflict with that one."""
    texts = [write for write in writes if write.kind is not Kind.ENTRY]
    stands = _settle_plain(item, texts) if texts else BLANK
    entries = [write for write in writes if write.kind is Kind.ENTRY]
    gone = (_behind(stands) if stands.conflict else known_to(texts)) | superseded(entries)
    live = sorted((e for e in entries if e.id not in gone), key=_age, reverse=True)
    beside = [entry for entry in live if any(_crosses(entry, text) for text in stands.heads)]
    if beside:
        heads = (*stands.heads, *beside)
        common = frozenset.intersection(*(head.saw for head in heads))
        earlier = [write for write in texts if write.id in common]
        stands = CellState(_shown(item, stands.heads, earlier), heads, True, common)
    lines = [signed(entry) for entry in live]
    if stands.value is not None:
        lines.append(show(stands.value))
    return CellState(
        "\n".join(lines) or None, stands.heads, stands.conflict, stands.common, tuple(live)
    )


def _crosses(entry: Write, text: Write) -> bool:
    """Whether a text rewrites what stood there, and neither its author nor that of an entry saw
    what the other wrote. Who only adds to it, above or below, rewrites nothing."""
    if text.kind is not Kind.EDIT or text.author == entry.author or text.id in entry.saw:
        return False
    before, after = show(text.base), show(text.value)
    return not (after.startswith(before) or after.endswith(before))


def _age(entry: Write) -> tuple[int, str, str, Id]:
    """Entries are in the order of their cycles: a late one goes to the period it is about."""
    return (entry.period, _time(entry), entry.author, entry.id)


def _time(entry: Write) -> str:
    """When an entry was written, where its files agree that they know: a copy never dates it."""
    return entry.stamp if entry.timed else ""


def signed(entry: Write) -> str:
    """An entry as it stands in the master: dated and signed."""
    try:
        when = say_date(date.fromisoformat(_time(entry)[:10]))
    except ValueError:
        when = entry.cycle
    head = ", ".join(part for part in (when, entry.author) if part)
    return f"[{head}] {show(entry.value)}"


def _behind(state: CellState) -> frozenset[Id]:
    """The ids behind what the master shows of an open conflict."""
    own = [head for head in state.heads if head.author == COORDINATOR]
    if own:
        last = max(own, key=lambda head: head.seq)
        return last.saw | {last.id}
    return state.common


def visible(state: CellState, writes: Collection[Write], *, everything: bool) -> frozenset[Id]:
    """The ids that somebody looking at this cell saw.

    The coordinator sees everything on the cell, open questions included. A lead sees what the
    template shows: in a conflict that is what all heads had seen, or the coordinator's head.
    """
    if everything or not state.conflict:
        return frozenset(write.id for write in writes if everything or write.standing)
    return _behind(state)


def whole_of(copies: Sequence[Write]) -> Write:
    """A write with what its live copies say of it.

    It stands, and is spelt, as in the copy saved first, whichever came first.
    """
    first = copies[0]
    if len(copies) == 1:
        return first
    stamped = [copy for copy in copies if copy.stamp]
    dated = min(stamped or copies, key=lambda copy: (copy.stamp, show(copy.value), str(copy.place)))
    return replace(
        dated,
        seq=first.seq,
        kind=first.kind,
        message=first.message,
        timed=len(stamped) == len(copies),
    )


def as_read(readings: Readings, item: Field, write: Write) -> Write:
    """A write with its values as a definition reads them."""
    value, base = readings.of(item, write.value), readings.of(item, write.base)
    same = value is write.value and base is write.base
    return write if same else replace(write, value=value, base=base)
