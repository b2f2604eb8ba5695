"""Records: every write with everywhere it was seen, and what of it has been taken back.

A write is one, however many copies of a file carry it. What holds of it (since when, by which
file) follows from those copies that have not been taken back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, KeysView
from dataclasses import replace

from xlplan.merge.ids import Id
from xlplan.merge.model import CellKey, Write
from xlplan.plan.values import show


class Record:
    """A write as each file or act carried it, in the order of the ledger."""

    __slots__ = ("copies", "whole")

    def __init__(self, first: Write) -> None:
        self.copies: list[Write] = [first]
        self.whole: Write | None = None
        """The write with what all its copies say of it, once somebody asked."""

    def see(self, copy: Write) -> None:
        """Take in one more copy. What was visible to its author, and which period it is about,
        was settled when it was written: the first copy says it."""
        first = self.copies[0]
        self.copies.append(
            replace(
                copy, saw=first.saw, cycle=first.cycle, period=first.period, base=first.base,
                row=first.row,
            )
        )  # fmt: skip
        self.whole = None


class Records:
    """The writes of every cell. It only grows; taking back adds to what has been taken back."""

    def __init__(self) -> None:
        self._records: dict[CellKey, dict[Id, Record]] = defaultdict(dict)
        self._retracted: dict[str, list[int]] = defaultdict(list)

    def see(self, write: Write) -> None:
        """Take in a write, or see one again that is known."""
        records = self._records[write.key]
        if write.id in records:
            records[write.id].see(write)
        else:
            records[write.id] = Record(write)

    def knows(self, key: CellKey, write: Id) -> bool:
        """Whether a write was ever seen on a cell, taken back or not."""
        return write in self._records.get(key, {})

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
            if any(copy.source in sources for r in records.values() for copy in r.copies)
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

    def copies(self, key: CellKey, until: int) -> list[Write]:
        """Every live copy of every live write of a cell, each as its own file has it."""
        return [
            copy
            for record in self._records.get(key, {}).values()
            for copy in record.copies
            if copy.seq <= until and self.is_live(copy.source, copy.seq, until)
        ]

    def _stands(self, record: Record) -> bool:
        """Whether nothing that carried a write was ever taken back, as in most plans."""
        gone = self._retracted
        return not gone or not any(copy.source in gone for copy in record.copies)

    def _as_of(self, record: Record, until: int) -> Write | None:
        """A write as of a position of the ledger; None where it was not, or no longer, live."""
        copies = record.copies
        if copies[-1].seq <= until and self._stands(record):
            if record.whole is None:
                record.whole = _whole(copies)
            return record.whole
        live = [c for c in copies if c.seq <= until and self.is_live(c.source, c.seq, until)]
        return _whole(live) if live else None


def _whole(copies: list[Write]) -> Write:
    """A write with what its live copies say of it.

    It stands, and is spelt, as in the copy saved first, whichever came first.
    """
    first = copies[0]
    stamped = [copy for copy in copies if copy.stamp]
    dated = min(stamped or copies, key=lambda copy: (copy.stamp, show(copy.value), str(copy.place)))
    return replace(
        dated,
        seq=first.seq,
        kind=first.kind,
        message=first.message,
        timed=len(stamped) == len(copies),
    )
