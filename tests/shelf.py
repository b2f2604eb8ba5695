"""A paper office whose ledger and kept answers are files, which can be lost or exchanged."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, cast

from tests.paper import Office
from xlplan.cycle.desk import Desk
from xlplan.cycle.kept import agree, believed, bring_forward
from xlplan.ledger.projection import remove
from xlplan.ledger.store import Ledger
from xlplan.merge.log import History
from xlplan.merge.model import Question
from xlplan.merge.state import State

Fate = Literal["kept", "deleted", "older", "another plan's"]


class Shelf:
    """What of a desk the kept answers are made of. Close it."""

    def __init__(self, office: Office) -> None:
        self._folder = TemporaryDirectory(prefix="shelf")
        self._office = office
        self._written = 0
        self.prepared = None
        self.lines = None
        self._older = b""
        self.ledger = Ledger.create(Path(self._folder.name) / "ledger.db")
        self.path = Path(self._folder.name) / "projection.db"

    def close(self) -> None:
        """Remove the files."""
        self.ledger.close()
        self._folder.cleanup()

    @property
    def history(self) -> History:
        return self._office.history

    @property
    def state(self) -> State:
        return self._office.state

    def questions(self) -> tuple[Question, ...]:
        return tuple(self._office.questions())

    def catch_up(self) -> None:
        """Record what has happened, and keep the answers."""
        with self.ledger.transaction() as work:
            new = self._office.events[self._written :]
            work.append("2026-01-01T00:00:00Z", [event.fact for event in new])
        self._written = len(self._office.events)
        bring_forward(cast(Desk, self), self.path)

    def meet(self, fate: Fate) -> None:
        """Something happens to the file of answers before the next command."""
        before = self.path.read_bytes() if self.path.exists() else b""
        if fate == "deleted":
            remove(self.path)
        elif fate == "older" and self._older:
            self.path.write_bytes(self._older)
        elif fate == "another plan's":
            self.path.write_bytes(_of_another_plan())
        self._older = before or self._older

    def agrees(self) -> bool:
        """Whether answers are believed, and are those that the ledger gives."""
        found = believed(self.path, self.ledger)
        if found is not None:
            found.close()
        return found is not None and agree(cast(Desk, self), self.path)


@cache
def _of_another_plan() -> bytes:
    office = Office()
    shelf = Shelf(office)
    try:
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Red"})
        shelf.catch_up()
        return shelf.path.read_bytes()
    finally:
        shelf.close()
