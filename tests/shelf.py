"""A paper office whose ledger and kept answers are files, which can be lost or exchanged."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, cast

from tests.paper import Office
from xlplan.cycle.desk import Desk
from xlplan.cycle.kept import Kept, believed, bring_forward
from xlplan.cycle.memory import Memory
from xlplan.cycle.verify import agree
from xlplan.ledger.projection import remove
from xlplan.ledger.store import Ledger
from xlplan.merge.bases import AsIssued
from xlplan.merge.log import History
from xlplan.merge.model import Event, Question
from xlplan.merge.outline import Forgotten
from xlplan.merge.questions import questions_of
from xlplan.merge.recalled import Recalled
from xlplan.merge.state import State

Fate = Literal["kept", "deleted", "older", "another plan's"]


class Shelf:
    """What of a desk the kept answers are made of. Close it."""

    key = b"the key of no plan"

    def __init__(self, office: Office) -> None:
        self._folder = TemporaryDirectory(prefix="shelf")
        self._office = office
        self._written = 0
        self.prepared = self.lines = None
        self.told: list[Event] = []
        self.sent: dict[str, AsIssued] = {}
        office.ask = self._ask
        self._memory: Memory | None = None
        self._kept: Kept | None = None
        self._older = b""
        self.ledger = Ledger.create(Path(self._folder.name) / "ledger.db")
        self.path = Path(self._folder.name) / "projection.db"

    def close(self) -> None:
        """Remove the files."""
        self._let_go()
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

    def _ask(self, state: State) -> list[Question]:
        found = self.memory.questions(state) if self.memory is not None else None
        return questions_of(state) if found is None else found

    def catch_up(self) -> None:
        """Record what has happened, and keep the answers."""
        new = self._office.events[self._written :]
        for _, group in groupby(new, key=lambda event: event.tx):
            events = list(group)
            with self.ledger.transaction() as work:
                work.append(events[0].at, [event.fact for event in events])
        self._office.events[:] = self.ledger.events()  # a row's cells in another order
        self._written = len(self._office.events)
        bring_forward(cast(Desk, self), self.path)

    def open_again(self) -> None:
        """Let the office go on as a command does that has just begun: from what was kept."""
        self.catch_up()
        self._let_go()
        self._kept = believed(self.path, self.ledger)
        assert self._kept is not None
        with suppress(Forgotten):  # an answer about rows that were moved
            memory = Memory(self._kept, self.ledger, self._office.definitions.__getitem__)
            self._office.history, self._memory = memory.recalled(), memory

    def _let_go(self) -> None:
        self._memory = None
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @property
    def memory(self) -> Memory | None:
        state = self.state
        return self._memory if isinstance(state, Recalled) and not state.is_whole else None

    @property
    def recorded_since(self) -> Sequence[Event]:
        return self.state.events_since if isinstance(self.state, Recalled) else ()

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
        self._office.history = self._office.replayed()
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
