"""Answers that are kept in the projection: where the open cycle stands, an action, its log.

They are what `status`, `show REF` and `log --action REF` print, and are read here without anything
else of the plan. `bring_forward` makes them, once a command has replayed the ledger or added to it:
all of them, or those on which the new events bear.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from xlplan.ledger.projection import Key, Mark, Projection, Unknown, keep, lies_as, program

if TYPE_CHECKING:
    from pathlib import Path

    from xlplan.cycle.desk import Desk
    from xlplan.ledger.store import Ledger
    from xlplan.merge.model import Change, Fact, MasterRow, Question
    from xlplan.merge.state import State
    from xlplan.plan.definition import PlanDefinition

Document = dict[str, Any]
"""JSON."""


_OUTPUTS: Key = ("outputs", "")
_LINE = "line"


class Lines(NamedTuple):
    """What `master.xlsx` shows of each row by its uid, as of a position of the ledger; `anew` has
    those that were not kept before."""

    seq: int
    texts: dict[str, str]
    anew: Set[str] = frozenset()


class ShownRow(NamedTuple):
    """An action as ``show REF`` prints it: the document of ``--json``, ``withdrawn`` or ``kept
    back`` or blank, and each heading with its text."""

    document: Document
    status: str
    texts: Sequence[Sequence[str]]


class LogLine(NamedTuple):
    """A change as ``log`` prints it: the document of ``--json``, and the texts of the two values
    (None where the document has that very text)."""

    document: Document
    before: str | None
    after: str | None

    @property
    def texts(self) -> tuple[str, str]:
        """What the cell held, and what it holds, as people read it."""
        before, after = self.document["from"], self.document["to"]
        return (
            before if self.before is None else self.before,
            after if self.after is None else self.after,
        )


class Kept:
    """The answers of a plan whose ledger is still the one that they were made of."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def close(self) -> None:
        """Close the file."""
        self._projection.close()

    def is_of(self, ledger: Ledger) -> bool:
        """Whether a ledger, as it lies there, is the one that the answers were made of."""
        seq, _, tip = ledger.tip()
        try:
            return self._projection.mark() == Mark(seq, tip, *lies_as(ledger.path), program())
        except Unknown:
            return False

    def _find(self, topic: str, name: str) -> Any:
        return json.loads(self._projection.find(topic, name))

    def all(self) -> dict[Key, str]:
        """Every answer, as it was kept."""
        return {key: self._projection.find(*key) for key in self._projection.kept()}

    def status(self) -> Document:
        """Where the cycle that was issued last stands, but for what depends on the day."""
        found: Document = self._find("status", "")
        return found

    def questions(self) -> str:
        """The open questions, for `read_questions`."""
        return self._projection.find("questions", "")

    def knows(self, sha256: str) -> bool:
        """Whether these are the bytes of a workbook of the coordinator's that was written or read;
        False where that is not certain."""
        try:
            self._projection.find("bytes", sha256)
        except Unknown:
            return False
        return True

    def outputs(self) -> dict[str, str | None]:
        """The coordinator's workbooks as a merge would write them, by name the digest of each; None
        for one that is not to be there."""
        found: dict[str, str | None] = self._find(*_OUTPUTS)
        return found

    def lines(self, ledger: Ledger) -> Lines:
        """What `master.xlsx` shows of each row, as far as it was kept of this ledger."""
        try:
            mark = self._projection.mark()
            if ledger.hash_at(mark.seq) == mark.tip:
                return Lines(mark.seq, self._projection.all(_LINE))
        except Unknown:
            pass
        return Lines(0, {})

    def returned(self, sha256: str) -> Document:
        """The return with these bytes, of which a merge has nothing more to say."""
        found: Document = self._find("return", sha256)
        return found

    def is_defined_by(self, sha256: str) -> bool:
        """Whether ``plan.toml`` has this digest by the ledger."""
        return bool(self._find("definition", "") == sha256)

    def rows(self, refs: Iterable[str]) -> list[ShownRow]:
        """The actions with these refs, in the order of the plan; Unknown for one there is not."""
        found = [row for ref in dict.fromkeys(refs) for row in self._find("row", ref)]
        return [ShownRow(*row) for _, _, row in sorted(found, key=lambda each: each[:2])]

    def log(self, ref: str) -> list[LogLine]:
        """The changes of an action, oldest first."""
        return [LogLine(*line) for line in self._find("log", ref)]


def read_questions(text: str) -> tuple[Question, ...]:
    """The questions of a text that was kept."""
    from xlplan.ledger.codec import question

    return tuple(map(question, json.loads(text)))


def believed(path: Path, ledger: Ledger) -> Kept | None:
    """The answers in a projection, where they are those of this ledger as it lies there."""
    try:
        kept = Kept(Projection(path))
    except Unknown:
        return None
    if kept.is_of(ledger):
        return kept
    kept.close()
    return None


# Making them


def shown_row(row: MasterRow, definition: PlanDefinition) -> ShownRow:
    """An action as ``show REF`` prints it."""
    from xlplan.cycle.shapes import row_shape
    from xlplan.plan.values import show_in

    fields = definition.fields_of("action")
    texts = [(item.heading, show_in(item, row.values.get(item.id))) for item in fields]
    return ShownRow(row_shape(row, definition), row.status, texts)


def log_line(change: Change, definition: PlanDefinition) -> LogLine:
    """A change as ``log`` prints it."""
    from xlplan.cycle.shapes import log_shape
    from xlplan.plan.values import show_in

    item = definition.find(change.field)
    document = log_shape(change)
    before, after = show_in(item, change.before), show_in(item, change.after)
    same = document["from"] == before, document["to"] == after
    return LogLine(document, None if same[0] else before, None if same[1] else after)


def bring_forward(desk: Desk, path: Path) -> None:
    """Keep the answers of a desk that holds all of its ledger."""
    seq, _, tip = desk.ledger.tip()
    try:
        mark = Mark(seq, tip, *lies_as(desk.ledger.path), program())
    except Unknown:
        return
    old = _made_of(path, mark, desk.ledger)
    if old == mark:
        return
    since = old.seq if old is not None else 0
    changed = _Changed(desk.state, desk.ledger.facts_after(since), since)
    anew = old is None or changed.everything
    if anew and since:
        changed = _Changed(desk.state, desk.ledger.facts_after(0), 0)
    left = set() if anew else _left(path, changed)
    gone = [(topic, ref) for ref in left for topic in ("row", "log")]
    gone += [(_LINE, uid) for uid in changed.uids]
    if desk.state.moved > since:
        gone.append(_OUTPUTS)
    answers = _answers(desk, changed, 0 if anew else since, left)
    keep(path, mark, answers, gone, anew=anew)


def agree(desk: Desk, path: Path) -> bool:
    """Whether the answers that would be believed are those that the ledger gives."""
    kept = believed(path, desk.ledger)
    if kept is None:
        return True
    try:
        known = kept.all()
        true = dict(_answers(desk, _Changed(desk.state, desk.ledger.facts_after(0), 0)))
        for key in list(true):
            if key not in known and (key == _OUTPUTS or key[0] == _LINE):
                del true[key]  # kept by a command that had no need of it
        return known == true
    except Unknown:
        return False
    finally:
        kept.close()


def _made_of(path: Path, mark: Mark, ledger: Ledger) -> Mark | None:
    """What the answers in a projection were made of, where new events are all that they lack."""
    try:
        with Projection(path) as projection:
            old = projection.mark()
            projection.find("status", "")
    except Unknown:
        return None
    same = (old.program, old.format) == (mark.program, mark.format)
    return old if same and old.seq <= mark.seq and ledger.hash_at(old.seq) == old.tip else None


class _Changed:
    """On what the facts after a position bear: rows, workbooks of the coordinator's, returns."""

    def __init__(self, state: State, facts: Sequence[Fact], since: int) -> None:
        from xlplan.merge.model import COORDINATOR, Defined, Issued, Returned, Undone

        self.everything = False
        self.uids = {uid for uid, seq in state.touched_at.items() if seq > since}
        self.digests: set[str] = set()
        self.returns: set[str] = set()
        for fact in facts:
            if isinstance(fact, Defined | Undone):
                self.everything = True
            elif isinstance(fact, Returned):
                self.returns.add(fact.sha256)
                if fact.author == COORDINATOR:
                    self.digests.add(fact.sha256)
            elif isinstance(fact, Issued) and fact.author == COORDINATOR:
                self.digests.add(fact.sha256)
        self.digests = {each for each in self.digests if state.exchange.knows(each)}


def _said(state: State, sha256: str) -> Document | None:
    """A return as a merge names it when it finds it merged before; None for one that was refused,
    and where its lead may have something to correct."""
    from xlplan.merge.log import counts_for

    fact = state.live_return_of(sha256)
    if fact is None or fact.outcome == "refused" or fact.problems:
        return None
    counts = counts_for(state, fact, state.exchange.event_of(fact).seq)
    return {"id": fact.id, "lead": fact.author, "cycle": fact.cycle, "counts_for": counts}


def _left(path: Path, changed: _Changed) -> set[str]:
    """The refs that rows had, which may have others now."""
    found = set()
    with suppress(Unknown), Projection(path) as projection:
        for uid in changed.uids:
            with suppress(Unknown):
                found.add(str(json.loads(projection.find("ref", uid))))
    return found


def _answers(
    desk: Desk, changed: _Changed, since: int = 0, left: Set[str] = frozenset()
) -> Iterator[tuple[Key, str]]:
    """The answers on which events after a position bear (0: all), as they are kept."""
    for key, answer in _documents(desk, changed, since, left):
        yield key, json.dumps(answer, separators=(",", ":"))
    if desk.lines is not None and desk.lines.seq >= desk.state.moved:
        for uid, text in desk.lines.texts.items():
            if not since or uid in changed.uids or uid in desk.lines.anew:
                yield (_LINE, uid), text


def _documents(
    desk: Desk, changed: _Changed, since: int, left: Set[str]
) -> Iterator[tuple[Key, object]]:
    from xlplan.cycle.status import standing
    from xlplan.ledger.codec import question_body
    from xlplan.merge.log import current_cycle

    state = desk.state
    yield ("status", ""), standing(desk, current_cycle(state))
    yield ("questions", ""), list(map(question_body, desk.questions()))
    yield ("definition", ""), state.definition_digest
    if desk.prepared is not None and desk.prepared[0] == state.moved:
        yield _OUTPUTS, desk.prepared[1]
    for sha256 in changed.digests:
        yield ("bytes", sha256), 1
    for sha256 in changed.returns:
        if (known := _said(state, sha256)) is not None:
            yield ("return", sha256), known
    refs = {uid: state.ref(uid) for uid in state.uids("action")}
    asked = {*left} | {ref for uid, ref in refs.items() if not since or uid in changed.uids}
    rows: dict[str, list[tuple[float, str, ShownRow]]] = {}
    for uid, ref in refs.items():
        if ref in asked:
            row = shown_row(state.master_row(uid), state.definition)
            rows.setdefault(ref, []).append((state.rows[uid].order, uid, row))
            yield ("ref", uid), ref
    yield from ((("row", ref), found) for ref, found in rows.items())
    changes = desk.history.changes
    asked |= {change.action for change in changes if change.seq > since}
    lines: dict[str, list[Change]] = {ref: [] for ref in asked & rows.keys()}
    for change in changes:
        if change.action in asked:
            lines.setdefault(change.action, []).append(change)
    for ref, found in lines.items():
        found.sort(key=lambda change: (change.seq, change.field))
        yield ("log", ref), [log_line(change, state.definition) for change in found]
