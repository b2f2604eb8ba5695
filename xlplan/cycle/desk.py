"""The desk: an open plan with its ledger replayed, and the one way to add to it.

Every step of the cycle works on a desk: it reads the state, appends facts within one transaction,
and says afterwards which files are to be written.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING

from xlplan.codes.folder_codes import LED_008, PLAN_006
from xlplan.codes.message import MASTER, call_master
from xlplan.cycle.folder import PlanFolder, left_over, not_recorded, sweep, text_digest, with_own
from xlplan.cycle.kept import Kept, believed, bring_forward
from xlplan.cycle.key import first_fingerprint, own_key
from xlplan.errors import XlplanError
from xlplan.ledger.projection import Unknown
from xlplan.ledger.store import Ledger, Transaction

if TYPE_CHECKING:
    from xlplan.cycle.known import Lines
    from xlplan.cycle.memory import Memory
    from xlplan.merge.bases import AsIssued
    from xlplan.merge.log import History
    from xlplan.merge.model import Event, Fact, Question
    from xlplan.merge.state import State
    from xlplan.plan.accounted import AccountLine
    from xlplan.plan.definition import PlanDefinition

Clock = Callable[[], datetime]
Tip = tuple[int, int, str]
"""Position, transaction and hash of the last event."""


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def clock_for(day: date | None) -> Clock:
    """A clock that stands at noon (UTC) of a day, as ``--today`` sets it, or the system's."""
    if day is None:
        return system_clock
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return lambda: noon


class Work:
    """An open transaction: appends facts, applies them, and knows what they changed."""

    def __init__(self, desk: Desk, transaction: Transaction | None) -> None:
        from xlplan.merge.log import Step

        self._desk = desk
        self._transaction = transaction
        self.dry_run = transaction is None
        self._tx = (desk.last_tx + 1) if transaction is None else transaction.tx
        self.step = Step(desk.history.state)

    def append(self, facts: Sequence[Fact]) -> list[Event]:
        """Append facts and apply them to the state."""
        from xlplan.merge.model import Event

        at = self._desk.now()
        if self._transaction is None:
            start = self._desk.history.state.seq
            events = [Event(start + n, self._tx, at, fact) for n, fact in enumerate(facts, 1)]
        else:
            events = self._transaction.append(at, facts)
        for event in events:
            self.step.apply(event)
        self._desk.told += events
        return events


class Desk:
    """An open plan. `clock` gives the time of everything that is recorded."""

    def __init__(self, folder: PlanFolder, clock: Clock = system_clock) -> None:
        self.clock = clock
        self.ledger = Ledger.open_(folder.ledger)
        self.folder = with_own(folder, self.ledger)
        call_master(self.folder.master.name)
        self._history: History | None = None
        self._tip: Tip | None = None
        self._kept: Kept | None = None
        self.to_look_at = 0
        self.prepared: tuple[int, Mapping[str, str | None]] | None = None
        """The coordinator's workbooks as they were last made, by name the digest of each (None: it
        is not to be there), and the position of what they show."""
        self.lines: Lines | None = None
        """What `master.xlsx` shows of each row, as it was last made."""
        self._memory: Memory | None = None
        self._asked: tuple[State, int, tuple[Question, ...]] | None = None
        self._looked: tuple[Tip, str, History] | None = None
        self.told: list[Event] = []  # of what was replayed, and what was appended since
        self.sent: dict[str, AsIssued] = {}  # the rows of templates that were just made
        self.last_tx, self._at = 0, ""
        self.has_recorded = False  # anything, since the plan was opened

    def close(self) -> None:
        """Close the ledger, and keep the answers of what was replayed for the next look."""
        try:
            # What the command did is done by now, whether its answers can be kept or not.
            with contextlib.suppress(XlplanError, OSError):
                if self._history is not None and self._tip == self.ledger.tip():
                    bring_forward(self, self.folder.projection)
        finally:
            call_master(MASTER)
            if self._kept is not None:
                self._kept.close()
            self.ledger.close()

    def sweep(self) -> None:
        """Remove what a crash left half-written in the plan's folder.

        Nothing is touched, and nothing fails, where somebody else is at work in it just now, or
        where nothing may be changed.
        """
        if not self.ledger.was_held and not any(map(left_over, self.folder.written)):
            return
        with contextlib.suppress(XlplanError), self.ledger.held():
            for folder in self.folder.written:
                sweep(folder)

    def now(self) -> str:
        """The time of what is recorded now (UTC, ISO 8601, whole seconds): one for a transaction.

        What is written says when it was issued, and is written again from the record of it.
        """
        return self._at or self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def today(self) -> date:
        """Today, by the plan's clock."""
        return self.clock().date()

    @cached_property
    def key(self) -> bytes:
        """The plan's secret key; XlplanError where it is missing, damaged or another plan's."""
        return own_key(self.folder, self.ledger)

    @property
    def kept(self) -> Kept | None:
        """The answers that were kept of this very ledger; None where there are none, and where the
        ledger has been replayed already."""
        if self._history is not None:
            return None
        if self._kept is None or not self._kept.is_of(self.ledger):
            self._kept = believed(self.folder.projection, self.ledger)
        return self._kept

    @property
    def history(self) -> History:
        """The ledger, replayed."""
        if self._history is None:
            self._history = self._recalled() or self.replayed()
        return self._history

    def replayed(self, events: Sequence[Event] = ()) -> History:
        """The ledger, replayed whatever was kept of it; `events` are all of its own, where whoever
        recorded them just now has them in hand."""
        from xlplan.merge.log import replay

        events = events or self.ledger.events()
        if not events:
            raise LED_008.fault(str(self.folder.ledger))
        self.last_tx = events[-1].tx
        self._history, self.told = replay(events, self._load_recorded), [*events]
        tip = self.ledger.tip()
        self._tip = tip if tip[0] == events[-1].seq else None
        return self._history

    def _recalled(self) -> History | None:
        """The history of a state that is recalled; None where nothing can be believed."""
        if (kept := self.kept) is None:
            return None
        from xlplan.cycle.memory import Memory
        from xlplan.merge.outline import Forgotten

        try:
            memory = Memory(kept, self.ledger, self._load_recorded)
            history = memory.recalled()
        except (Forgotten, Unknown):
            return None
        self._memory, self._tip, self.last_tx = memory, self.ledger.tip(), history.state.tx
        return history

    @property
    def recorded_since(self) -> Sequence[Event]:
        """What was recorded after what the state is recalled from."""
        from xlplan.merge.recalled import Recalled

        return self.state.events_since if isinstance(self.state, Recalled) else ()

    @property
    def memory(self) -> Memory | None:
        """What the state is recalled from; None where all of the ledger was replayed."""
        from xlplan.merge.recalled import Recalled

        state = self.state
        return self._memory if isinstance(state, Recalled) and not state.is_whole else None

    @property
    def state(self) -> State:
        """The state of the plan by the ledger."""
        return self.history.state

    def questions(self) -> tuple[Question, ...]:
        """Every open question; asked again only where something was written since."""
        from xlplan.merge.questions import questions_of

        state, memory = self.state, self.memory
        if self._asked is None or self._asked[:2] != (state, state.moved):
            found = memory.questions(state) if memory is not None else None
            found = questions_of(state) if found is None else found
            self._asked = state, state.moved, tuple(found)
        return self._asked[-1]

    @property
    def recorded(self) -> PlanDefinition:
        """The plan definition by the ledger."""
        return self.state.definition

    @cached_property
    def definition(self) -> PlanDefinition:
        """The plan definition by ``plan.toml``, which the coordinator may just have edited."""
        return self._load(self.folder.read_definition())

    @cached_property
    def _load(self) -> Callable[[str], PlanDefinition]:
        """Reads a text, each once: nearly always that of ``plan.toml`` is the ledger's."""
        from xlplan.plan.load import load_definition

        return cache(partial(load_definition, where=str(self.folder.definition)))

    def _load_recorded(self, text: str) -> PlanDefinition:
        from xlplan.plan.load import load_recorded

        return load_recorded(text, self._load)

    def forget(self) -> None:
        """Drop what was replayed, so that the next look reads the ledger again."""
        self._history, self._tip, self.lines, self.told, self.sent = None, None, None, [], {}

    @property
    def kept_before(self) -> Kept | None:
        """The answers that were kept before the plan was opened, if any were looked at."""
        return self._kept

    @contextmanager
    def work(self, *, dry_run: bool = False) -> Iterator[Work]:
        """The one transaction of a command; with `dry_run` nothing is recorded.

        An edited ``plan.toml`` is taken into the ledger first. What was replayed is forgotten where
        somebody else has recorded something since, and after an error or a dry run: the ledger is
        the truth.
        """
        text = self.folder.read_definition()
        definition = self.definition
        self._at = self.now()
        try:
            if dry_run:
                yield self._begin(None, text, definition)
                self.forget()
            else:
                with self.ledger.transaction() as transaction:
                    if self.ledger.tip() != self._tip:
                        self.forget()
                    self._bind(transaction)
                    before = self.state.seq
                    work = self._begin(transaction, text, definition)
                    yield work
                    # All that is read for it is read while nothing is recorded yet.
                    tip, made, history = self.ledger.tip(), work.step.changes(), self.history
                    has_recorded = self.has_recorded or history.state.seq > before
                self.has_recorded, self._tip, self.last_tx = has_recorded, tip, transaction.tx
                history.made.extend(made)
        except OSError as error:
            self.forget()
            raise not_recorded(error, has_recorded=self.has_recorded) from error
        except BaseException:
            self.forget()
            raise
        finally:
            self._at = ""

    @contextmanager
    def looking(self) -> Iterator[State]:
        """The plan read by ``plan.toml`` as it stands, though no command has recorded that edit.

        Nothing is recorded. Where the edit is at fault, the definition by the ledger counts, and
        the next command that records something says what is wrong.
        """
        try:
            seen = self.ledger.tip(), text_digest(self.folder.read_definition())
            looked = self._looked is not None and self._looked[:2] == seen
            usable = looked or (
                seen[1] != self.state.definition_digest and self.definition.id == self.recorded.id
            )
        except XlplanError:
            usable = looked = False
        if not usable:
            yield self.state
        elif looked and self._looked is not None:
            recorded, self._history = self._history, self._looked[-1]
            try:
                yield self.state
            finally:
                self._history = recorded
        else:
            with self.work(dry_run=True):
                self._looked = (*seen, self.history)
                yield self.state

    def _bind(self, transaction: Transaction) -> None:
        """Note in a ledger of an older xlplan which key it belongs to."""
        if not self.ledger.fingerprint():
            found = first_fingerprint(self.folder, self.state)
            if found:
                transaction.bind(found)

    def _begin(
        self, transaction: Transaction | None, text: str, definition: PlanDefinition
    ) -> Work:
        if definition.id != self.recorded.id:
            raise PLAN_006.fault(
                str(self.folder.definition), id=definition.id, recorded=self.recorded.id
            )
        from xlplan.merge.model import Defined

        work = Work(self, transaction)
        digest = text_digest(text)
        if digest != self.state.definition_digest:
            work.append([Defined(text, digest)])
        self.rule(work)
        return work

    def rule(self, work: Work) -> None:
        """Write the ratings that follow from the plan's rules, where these now say otherwise: as a
        command begins, since time passes, and again before what it took in is shown."""
        if any(rule.sets for rule in self.state.definition.rules):
            from xlplan.cycle.ruling import rule

            rule(self.state, work, self.today)

    def redefine(
        self,
        work: Work,
        text: str,
        chosen: Mapping[str, tuple[str, ...]] | None = None,
        account: tuple[AccountLine, ...] = (),
    ) -> None:
        """Put another text in the place of ``plan.toml``, and record it; with an import, what was
        chosen for it and what became of each row.

        The file is written first: should the record fail, what was changed is an edit of
        ``plan.toml`` that the next command takes in, and is not lost.
        """
        from xlplan.merge.model import Defined

        if not work.dry_run:
            self.folder.write_definition(text)
        plain = text.replace("\r\n", "\n").replace("\r", "\n")
        work.append([Defined(plain, text_digest(plain), chosen or {}, account)])
        self.__dict__.pop("definition", None)


def base_digest(state: State, uids: Sequence[str], fields: Sequence[str], as_of: int) -> str:
    """A digest of what some rows and fields hold as of a position, and of who wrote it.

    Two workbooks with the same digest show the same and have seen the same.
    """
    return digest_of_rows(base_row(state, uid, fields, as_of) for uid in uids)


def base_row(state: State, uid: str, fields: Sequence[str], as_of: int) -> str:
    """The part of a row in `base_digest`: JSON in the form of `xlplan.merge.model.digest`."""
    from xlplan.ledger.sqlite import quick_text
    from xlplan.merge.kinds import CANONICAL, identity
    from xlplan.merge.records import shown_of

    shown = shown_of(state, uid, fields, as_of)
    row = [uid, [[identity(value), ids] for value, ids in shown]]
    text = quick_text(row, (value for value, _ in shown))
    if text is not None and text.isascii() and "\x7f" not in text:
        return text  # as of most rows; what is beyond ASCII, DEL too, is written by its number
    return CANONICAL.encode(row)


def digest_of_rows(rows: Iterable[str]) -> str:
    """The digest of rows by the part of each: `digest` of them all in one list."""
    return text_digest(f"[[{','.join(rows)}]]")
