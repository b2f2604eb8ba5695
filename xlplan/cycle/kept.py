"""Answers that are kept in the projection: where the open cycle stands, an action, its log.

They are what `status`, `show REF` and `log --action REF` print, and are read here without anything
else of the plan. `bring_forward` makes them, once a command has replayed the ledger or added to it:
all of them, or those on which the new events bear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from xlplan.cycle.came_in import CameIn, by_ref, came_in
from xlplan.ledger.projection import (
    Key,
    Mark,
    Projection,
    Unknown,
    answer_text,
    keep,
    lies_as,
    program,
    read_answer,
)

if TYPE_CHECKING:
    from pathlib import Path

    from xlplan.cycle.desk import Desk
    from xlplan.cycle.known import Lines
    from xlplan.ledger.store import Ledger
    from xlplan.merge.model import Change, Event, MasterRow, Question
    from xlplan.merge.outline import Outline, RowLine
    from xlplan.merge.state import State
    from xlplan.plan.definition import PlanDefinition

Document = dict[str, Any]  # JSON
OUTPUTS: Key = ("outputs", "")
LINES, ROWS_TOGETHER = "lines", 32
"""The topic of what `master.xlsx` shows, and of how many rows it is one text; see `known`."""
OF_ROWS = ("standing", "timeline", "settled")  # topics of which the names are uids


Find = Callable[[str, str], Any]
"""Gives an answer as it was kept before; Unknown or Forgotten where it was not."""


class ShownRow(NamedTuple):
    """An action as ``show REF`` prints it: the document of ``--json``, ``withdrawn`` or ``kept
    back`` or blank, the text of each field (None where the document has that very text), and the
    id and the heading of each."""

    document: Document
    status: str
    said: Sequence[str | None]
    heads: Sequence[Sequence[str]]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Each heading with its text."""
        held, pairs = self.document["fields"], zip(self.heads, self.said, strict=True)
        return [(head, held[n] if text is None else text) for (n, head), text in pairs]


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
        self._came_in = CameIn(self.text)

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

    def mark(self) -> Mark:
        """What they were made of."""
        return self._projection.mark()

    def text(self, topic: str, name: str, of: Mark | None = None) -> str:
        """The JSON of an answer; Unknown where it was not made `of` this."""
        return self._projection.find(topic, name, of)

    def find(self, topic: str, name: str, of: Mark | None = None) -> Any:
        """An answer, from its JSON; Unknown where it was not made `of` this."""
        return read_answer(self.text(topic, name, of))

    def topic(self, topic: str) -> dict[str, str]:
        """The texts of all answers of a topic, by name."""
        return self._projection.topic(topic)

    def all(self) -> dict[Key, str]:
        """Every answer, as it was kept."""
        return {key: self._projection.find(*key) for key in self._projection.kept()}

    def status(self) -> Document:
        """Where the cycle that was issued last stands, but for what depends on the day."""
        return cast("Document", self.find("status", ""))

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
        found: dict[str, str | None] = self.find(*OUTPUTS)
        return found

    def returned(self, sha256: str) -> Document:
        """The return with these bytes, of which a merge has nothing more to say."""
        found: Document = self.find("return", sha256)
        return found

    def is_defined_by(self, sha256: str) -> bool:
        """Whether ``plan.toml`` has this digest by the ledger."""
        return bool(self.find("definition", "") == sha256)

    def rows(self, refs: Iterable[str]) -> list[ShownRow]:
        """The actions with these refs, in the order of the plan; Unknown for one there is not."""
        found = [row for ref in dict.fromkeys(refs) for row in self._actions(ref)]
        heads = self.find("headings", "") if found else []
        found.sort(key=lambda each: each[:2])
        return [ShownRow(row, status, said, heads) for _, _, row, status, said in found]

    def _actions(self, ref: str) -> Sequence[Any]:
        came = self._came_in.actions(ref)
        return self.find("row", ref) if came is None else came

    def log(self, ref: str) -> list[LogLine]:
        """The changes of an action, oldest first."""
        if self._came_in.says(ref) is not None:
            return []
        texts = self.topic(log_of(ref))
        lines = [LogLine(*line) for at in sorted(texts) for line in read_answer(texts[at])]
        if len(lines) != self.find("log", ref):
            raise Unknown
        return lines


def read_questions(text: str) -> tuple[Question, ...]:
    """The questions of a text that was kept; Unknown where it does not hold them."""
    from xlplan.ledger.codec import question

    try:
        return tuple(map(question, read_answer(text)))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise Unknown from None


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
    document: Document = row_shape(row, definition)
    held, texts = document["fields"], [show_in(f, row.values.get(f.id)) for f in fields]
    said = [None if held[f.id] == text else text for f, text in zip(fields, texts, strict=True)]
    return ShownRow(document, row.status, said, [(f.id, f.heading) for f in fields])


def log_of(ref: str) -> str:
    """The topic of the lines of an action's log, by the positions at which it was changed: what
    came before is neither read nor written when another line comes. Under the topic ``log`` is how
    many lines there are."""
    return f"log of {ref}"


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
    """Keep the answers of a desk: all that its ledger gives, or those on which the events bear
    that came after what was kept before."""
    from xlplan.cycle.memory import recorded_after
    from xlplan.merge.outline import Forgotten

    seq, _, tip = desk.ledger.tip()
    try:
        mark = Mark(seq, tip, *lies_as(desk.ledger.path), program())
    except Unknown:
        return
    memory = desk.memory
    old = memory.mark if memory is not None else _made_of(path, mark, desk.ledger)
    if old == mark:
        return
    if old is not None:
        changed = _Changed(desk.state, recorded_after(desk, old.seq), old.seq)
        before = memory.find if memory is not None else partial(_find_in, path)
        with suppress(Unknown, Forgotten):
            if not changed.everything:
                keep(path, mark, [*_answers(desk, changed, before)], changed.gone, old)
                return
    if desk.memory is None:
        events = desk.told if len(desk.told) == seq else desk.ledger.events_after(0)
        keep(path, mark, _answers(desk, _Changed(desk.state, events, 0)), (), None)


def _find_in(path: Path, topic: str, name: str) -> Any:
    """An answer that lies in a file."""
    with Projection(path) as projection:
        return read_answer(projection.find(topic, name))


def every_answer(desk: Desk) -> dict[Key, str]:
    """The answers that its ledger gives, as they are kept."""
    return dict(_answers(desk, _Changed(desk.state, desk.ledger.events_after(0), 0)))


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
    """On what the events after a position bear: rows, workbooks of the coordinator's, returns."""

    def __init__(self, state: State, events: Sequence[Event], since: int) -> None:
        from xlplan.cycle.memory import last_boards
        from xlplan.merge.model import COORDINATOR, Defined, Issued, Published, Returned, Undone

        self.everything = False
        self.since, self.events = since, events
        self.uids = {uid for uid, seq in state.touched_at.items() if seq > since}
        self.gone: list[Key] = [(topic, uid) for uid in self.uids for topic in OF_ROWS]
        """Answers that do not hold any more."""
        if state.moved > since:
            self.gone.append(OUTPUTS)
        if any(isinstance(event.fact, Published) for event in events):
            now = last_boards(state)
            self.gone += [("seen", f.cycle) for _, f in state.published if f.cycle not in now]
        self.digests: set[str] = set()
        self.returns: set[str] = set()
        for fact in (event.fact for event in events):
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


def _answers(
    desk: Desk, changed: _Changed, before: Find | None = None
) -> Iterator[tuple[Key, str]]:
    """The answers on which some events bear (all, without any `before`), as they are kept."""
    for key, answer in _documents(desk, changed, before):
        yield key, answer_text(answer)
    if before is None:
        yield from came_in(desk.state)
    if (lines := _fresh_lines(desk)) is not None:
        from xlplan.cycle.known import to_keep

        yield from to_keep(lines, everything=before is None)


def _fresh_lines(desk: Desk) -> Lines | None:
    """What `master.xlsx` shows of each row, where it was made of the plan as it stands."""
    return desk.lines if desk.lines and desk.lines.seq >= desk.state.moved else None


def _documents(desk: Desk, changed: _Changed, before: Find | None) -> Iterator[tuple[Key, object]]:
    from xlplan.cycle.known import kept_as_issued
    from xlplan.cycle.memory import OUTLINE, read_outline, to_recall
    from xlplan.cycle.standing import standing
    from xlplan.ledger.codec import question_body
    from xlplan.merge.decisions import unused_set_up
    from xlplan.merge.outline import outline_of

    state, stands = desk.state, standing(desk)
    yield ("status", ""), stands
    yield ("questions", ""), list(map(question_body, desk.questions()))
    yield ("definition", ""), state.definition_digest
    made = desk.prepared
    if made is not None and made[0] == state.moved and not unused_set_up(state):  # tried again
        yield OUTPUTS, made[1]
    for sha256 in changed.digests:
        yield ("bytes", sha256), 1
    for sha256 in changed.returns:
        if (known := _said(state, sha256)) is not None:
            yield ("return", sha256), known
    old = None
    if before is not None:
        old = desk.memory.outline if desk.memory is not None else read_outline(before(*OUTLINE))
    outline = outline_of(state, old)
    changed.gone.append(OUTLINE)
    if (shown := _fresh_lines(desk)) is not None or changed.uids:
        there = len(shown.rows) if shown is not None else 0
        places = range(-(-there // ROWS_TOGETHER), len(outline.rows) // ROWS_TOGETHER + 1)
        changed.gone += ((LINES, str(place)) for place in places)
    cycles = {old.cycle, outline.cycle} if old is not None else ()
    if len(cycles) > 1 and any(map(state.exchange.posts, cycles)):  # there is another post.xlsx
        changed.gone.append(OUTPUTS)
    rows = outline.rows.keys() if old is None else changed.uids
    yield from to_recall(desk, outline, stands, changed.events, rows, before)
    yield from kept_as_issued(desk, changed.events, old.cycle if old else None, changed.gone)
    actions = dict(_actions(outline))
    refs = {line.ref for uid, line in actions.items() if old is None or uid in changed.uids}
    if old is not None:
        refs |= {old.rows[uid].ref for uid in changed.uids & old.rows.keys()}
        changed.gone += ((topic, ref) for ref in refs for topic in ("row", "log"))
    yield ("headings", ""), [(f.id, f.heading) for f in state.definition.fields_of("action")]
    had = dict(_actions(old)) if old is not None else {}
    since = changed.since if before is not None else 0
    yield from by_ref(desk, outline, since, refs, actions, had, before)


def _actions(outline: Outline) -> Iterator[tuple[str, RowLine]]:
    """The actions that are in the plan, by uid: of these the lines of the log are kept, also where
    there are none yet."""
    return ((u, line) for u, line in outline.rows.items() if line.there and line.kind == "action")
