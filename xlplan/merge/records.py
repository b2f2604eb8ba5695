"""Records: every write with everywhere it was seen, and what of it has been taken back.

A write is one assertion, however many copies of a file carry it. What holds of it (since when,
by which file) follows from those of its sightings that have not been taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, KeysView
from dataclasses import dataclass, replace

from xlplan.merge.model import STANDING, Place
from xlplan.merge.register import Write
from xlplan.plan.values import Value, show

CellKey = tuple[str, str]
"""uid and field id; field ``""`` stands for the row itself."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One place in the ledger where a write was made or seen again."""

    seq: int
    source: str
    """The id of the return or decision that carried it, or ``""`` for a row's first values."""
    stamp: str
    place: Place
    kind: str
    message: str = ""
    value: Value = None
    raw: str = ""
    """As it was put there: one write may be spelt in two ways."""
    cells: tuple[tuple[str, str], ...] = ()
    """By column, where the texts of a whole row stand."""


class Record:
    """A write with every sighting of it, in the order of the ledger."""

    __slots__ = ("sightings", "whole", "write")

    def __init__(self, write: Write) -> None:
        self.write = write
        self.sightings: list[Sighting] = []
        self.whole: Write | None = None
        """The write with what all its sightings say of it, once somebody asked."""

    def see(self, sighting: Sighting) -> None:
        """Take in one more sighting."""
        self.sightings.append(sighting)
        self.whole = None


class Records:
    """The writes of every cell. It only grows; taking back adds to what has been taken back."""

    def __init__(self) -> None:
        self._records: dict[CellKey, dict[str, Record]] = defaultdict(dict)
        self._retracted: dict[str, list[int]] = defaultdict(list)

    def see(self, key: CellKey, write: Write, sighting: Sighting) -> None:
        """Take in a write, or see one again that is known."""
        records = self._records[key]
        if write.id not in records:
            records[write.id] = Record(write)
        records[write.id].see(sighting)

    def known(self, key: CellKey, write_id: str) -> Write | None:
        """The write with this id, taken back or not."""
        record = self._records[key].get(write_id)
        return None if record is None else record.write

    def retract(self, sources: Iterable[str], seq: int) -> None:
        """From `seq` on, what returns or decisions brought in so far counts no more."""
        for source in sources:
            self._retracted[source].append(seq)

    def is_live(self, source: str, seq: int, as_of: int) -> bool:
        """Whether what `source` brought in at `seq` had not been taken back by `as_of`."""
        return not any(seq < gone <= as_of for gone in self._retracted.get(source, ()))

    def cells(self) -> KeysView[CellKey]:
        """Every cell on which anything was ever written."""
        return self._records.keys()

    def touched_by(self, sources: Collection[str]) -> list[CellKey]:
        """The cells on which returns or decisions, by their ids, wrote or asked."""
        return [
            key
            for key, records in self._records.items()
            if any(s.source in sources for r in records.values() for s in r.sightings)
        ]

    def writes(self, key: CellKey, until: int) -> list[Write]:
        """The live writes of a cell as of a position of the ledger, in the order they came in."""
        records = self._records.get(key)
        if records is None:
            return []
        return [
            write
            for record in records.values()
            if (write := self._as_of(record, until)) is not None
        ]

    def sightings(self, key: CellKey, until: int) -> list[tuple[str, Sighting]]:
        """The ids of the live writes of a cell, each with every live sighting of it."""
        return [
            (name, sight)
            for name, record in self._records.get(key, {}).items()
            for sight in record.sightings
            if sight.seq <= until and self.is_live(sight.source, sight.seq, until)
        ]

    def _stands(self, record: Record) -> bool:
        """Whether nothing that saw a write was ever taken back, as in most plans nothing was."""
        gone = self._retracted
        return not gone or not any(s.source in gone for s in record.sightings)

    def _as_of(self, record: Record, until: int) -> Write | None:
        """A write as of a position of the ledger; None where it was not, or no longer, live."""
        sightings = record.sightings
        if sightings[-1].seq <= until and self._stands(record):
            if record.whole is None:
                record.whole = _as_seen(record.write, sightings)
            return record.whole
        live = [
            s
            for s in sightings
            if s.seq <= until and (not s.source or self.is_live(s.source, s.seq, until))
        ]
        return _as_seen(record.write, live) if live else None


def _as_seen(write: Write, sightings: list[Sighting]) -> Write:
    """A write with what its live sightings say of it.

    It stands, and is spelt, as in the copy saved first, whichever came first.
    """
    first = sightings[0]
    stamped = [s for s in sightings if s.stamp]
    dated = min(stamped or sightings, key=lambda s: (s.stamp, show(s.value), str(s.place)))
    asks = first.kind not in STANDING and first.kind not in ("row", "decision")
    return replace(
        write,
        value=dated.value,
        raw=dated.raw,
        cells=dated.cells,
        stamp=dated.stamp,
        timed=len(stamped) == len(sightings),
        seq=first.seq,
        kind=first.kind,
        standing=write.standing if first.kind == "decision" else not asks,
        message=first.message,
        place=dated.place,
        return_id=dated.source,
    )
