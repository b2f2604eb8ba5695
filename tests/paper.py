"""A paper office for tests of the merge: plans, returns and answers as plain values, no file.

It plays the cycle on the pure rooms alone: `issue` records a base, `give_back` makes the reading
of a return in which some cells were changed, `answer` decides a question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date

from xlplan.cycle.acts import dependent_decisions
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.compare import Comparison
from xlplan.merge.decisions import facts_of
from xlplan.merge.fates import Fate, fates_of
from xlplan.merge.heard import heard_of
from xlplan.merge.log import History, Step, replay
from xlplan.merge.model import (
    COORDINATOR,
    Change,
    Defined,
    Event,
    Fact,
    Issued,
    Published,
    Question,
    Returned,
    RowAdded,
    Undone,
)
from xlplan.merge.past import Past, past_of
from xlplan.merge.questions import questions_of
from xlplan.merge.reading import ReadCell, Reading, ReadRow, RowTrust
from xlplan.merge.rows import accept_own_rows
from xlplan.merge.state import State
from xlplan.plan.definition import ENTRY, STATUS, Field, PlanDefinition, Rating
from xlplan.plan.people import Lead
from xlplan.plan.values import Raw, Value, canon, show

RATINGS = (
    Rating("Blue", "Completed", order=1, closed=True),
    Rating("Green", "On track", order=2),
    Rating("Amber", "Slippage", order=3, exception=True),
    Rating("Red", "Major slippage", order=4, exception=True),
)
FIELDS = (
    Field("ref", "Ref", "text", "key", required=True),
    Field("section", "Section", "text", "section"),
    Field("action", "Action", "narrative", "action", required=True),
    Field("lead", "Lead", "people", "lead"),
    Field("due", "Due", "timescale", "due", owner="lead"),
    Field("rating", "Rating", "rating", "rating", owner="lead", required=True),
    Field("progress", "Progress", "narrative", "progress", owner="lead"),
    Field("diary", "Diary", "narrative", "text", owner="lead", mode="append"),
    Field("tags", "Tags", "set", "text", owner="lead"),
    Field("share", "Share done", "percent", "percent", owner="lead"),
    Field("revised", "Revised date", "date", "revised", owner="lead"),
)
LEADS = (Lead("Ann"), Lead("Ben", aliases=("B. Ben",)), Lead("Cat"))
DEFINITION = PlanDefinition("paper", "A paper plan", FIELDS, ratings=RATINGS, leads=LEADS)
ROWS: dict[str, dict[str, Raw]] = {
    "a-1": {"ref": "1.1", "section": "One", "action": "Paint the hall", "lead": "Ann / Ben",
            "due": "June 2026", "rating": "Green", "progress": "Paint bought", "tags": "a, b",
            "share": 0.25},
    "a-2": {"ref": "1.2", "section": "One", "action": "Mend the roof", "lead": "Ann",
            "due": "May 2026", "rating": "Amber", "progress": "Slates on order"},
    "a-3": {"ref": "2.1", "section": "Two", "action": "Plant the garden", "lead": "Ben",
            "due": "Ongoing", "rating": "Red"},
}  # fmt: skip
Edits = Mapping[tuple[str, str], Raw]


class Office:
    """A plan on paper, with the events of its ledger."""

    def __init__(
        self,
        rows: Mapping[str, Mapping[str, Raw]] = ROWS,
        definition: PlanDefinition = DEFINITION,
    ) -> None:
        self.definitions = {"first": definition}
        self.events: list[Event] = []
        self.history = History(State(self.definitions.__getitem__))
        self.ask: Callable[[State], list[Question]] = questions_of
        self._asked: tuple[object, list[Question]] = None, []
        facts: list[Fact] = [Defined("first", "first")]
        for order, (uid, cells) in enumerate(rows.items(), 1):
            values = {
                name: canon(item, raw, definition)
                for name, raw in cells.items()
                if (item := definition.find(name)) is not None
            }
            facts.append(RowAdded(uid, "action", order, values, {}))
        self.append(*facts)

    @property
    def state(self) -> State:
        return self.history.state

    def append(self, *facts: Fact) -> list[Change]:
        """One transaction."""
        tx = (self.events[-1].tx if self.events else 0) + 1
        step = Step(self.state)
        for fact in facts:
            event = Event(len(self.events) + 1, tx, f"2026-01-01T00:00:{tx:02d}Z", fact)
            self.events.append(event)
            step.apply(event)
        made = step.changes()
        self.history.made.extend(made)
        return made

    def replayed(self) -> History:
        """The same events, replayed from nothing."""
        return replay(self.events, self.definitions.__getitem__)

    def redefine(self, definition: PlanDefinition) -> None:
        name = f"definition {len(self.definitions)}"
        self.definitions[name] = definition
        self.append(Defined(name, name))

    def issue(
        self, lead: str, uids: Sequence[str] = ("a-1", "a-2", "a-3"), cycle: str = "2026-01"
    ) -> Issued:
        """A template for a lead (or, for the coordinator, the master)."""
        owner = lead == COORDINATOR
        fields: list[str] = []
        inputs: list[str] = []
        for item in self.state.definition.fields_of("action"):
            fields.append(item.id)
            appended = item.mode == "append" and not owner
            if owner or (item.owner == "lead" and not appended):
                inputs.append(item.id)
            if appended:
                fields.append(item.id + ENTRY)
                inputs.append(item.id + ENTRY)
        if owner:
            fields.append(STATUS)
            inputs.append(STATUS)
        issued = Issued(
            id=f"t-{len(self.events):04x}",
            document="master" if owner else "template",
            author=lead,
            cycle=cycle,
            return_by="",
            as_of=self.state.seq,
            uids=tuple(uids),
            fields=tuple(fields),
            inputs=tuple(inputs),
            file=f"{lead}.xlsx",
        )
        self.append(issued)
        return issued

    def shown(self, issued: Issued, uid: str, column: str) -> str | None:
        """What an issued workbook shows in a cell, as text."""
        if column.endswith(ENTRY):
            return None
        value: Value = self.state.value(uid, column, issued.as_of)
        return None if value is None else show(value)

    def reading(
        self,
        issued: Issued,
        edits: Edits | None = None,
        *,
        saved_at: str = "",
        without: Iterable[str] = (),
        missing: Iterable[str] = (),
        added: Mapping[str, Raw] | None = None,
        more: Sequence[ReadRow] = (),
        trust: Mapping[str, RowTrust] | None = None,
        twice: str = "",
        moved: Mapping[str, str] | None = None,
        file: str = "return.xlsx",
        digest: str = "",
    ) -> Reading:
        """The reading of a return: what was issued, with `edits`; `without` columns are absent.

        `added` is one row without a key, `more` are rows as they were read. `moved` says, by the
        uid in the hidden key of a row, whose visible part stands beside it.
        """
        edits = edits or {}
        columns = [name for name in issued.fields if name not in set(without)]
        rows = []
        uids = [uid for uid in issued.uids if uid not in set(missing)]
        for number, uid in enumerate([*uids, *([twice] if twice else [])], 6):
            seen = (moved or {}).get(uid, uid)
            cells = {
                name: _cell(
                    edits[seen, name] if (seen, name) in edits else self.shown(issued, seen, name),
                    f"{chr(66 + columns.index(name))}{number}",
                )
                for name in columns
            }
            row_trust: RowTrust = (trust or {}).get(uid, "signed" if seen == uid else "disagrees")
            shown = "" if seen == uid else seen
            ref = self.state.ref(seen, issued.as_of)
            rows.append(ReadRow(uid, ref, number, row_trust, cells, shown=shown))
        if added is not None:
            cells = {name: ReadCell(raw, f"B{99}") for name, raw in added.items()}
            rows.append(ReadRow("", "", 99, "added", cells))
        return Reading(
            file=file,
            sha256=digest or f"sha of {len(self.events)}",
            kind="xlsx",
            saved_at=saved_at,
            document=issued.document,
            issued=issued.id,
            trust="signed",
            sheet="Update",
            columns=tuple(columns),
            rows=(*rows, *more),
        )

    def returned(self, reading: Reading) -> Returned:
        """What a reading says, compared with its base; not yet in the ledger."""
        issued = self.state.issued[reading.issued]
        found = Comparison(self.state, issued, reading).run()
        return Returned(
            id=f"r-{reading.sha256}",
            sha256=reading.sha256,
            file=reading.file,
            issued=issued.id,
            author=issued.author,
            cycle=issued.cycle,
            saved_at=reading.saved_at,
            outcome="merged",
            rows=found.rows,
            fields=reading.fields,
            assertions=tuple(found.assertions),
            information=tuple(found.information),
            sign_off=reading.sign_off,
            confirmed=reading.confirmed,
        )

    def merge(self, *readings: Reading) -> list[Change]:
        """Merge returns in one transaction, as `merge` does."""
        facts: list[Fact] = []
        for reading in readings:
            fact = self.returned(reading)
            facts.append(fact)
            if fact.author == COORDINATOR:
                made = self.append(*facts)
                own = accept_own_rows(self.state, fact)
                return made + (self.append(*own) if own else [])
        return self.append(*facts)

    def give_back(self, issued: Issued, edits: Edits | None = None, **how: object) -> Returned:
        """Read and merge one return; the fact that was recorded."""
        reading = self.reading(issued, edits, **how)  # type: ignore[arg-type]  # passed through
        self.merge(reading)
        return self.state.returns[f"r-{reading.sha256}"]

    def coordinator(self, edits: Edits, **how: object) -> Returned:
        """The coordinator edits `master.xlsx` as it stands, and it is merged."""
        return self.give_back(self.issue(COORDINATOR), edits, **how)

    def value(self, uid: str, field: str) -> str:
        """What the master shows, as text."""
        item = self.state.definition.find(field)
        assert item is not None or field == STATUS
        return show(self.state.value(uid, field))

    def past(self, today: date, cycle: str = "", as_of: int | None = None) -> Past:
        """The past of the plan (as of a position)."""
        until = self.state.seq if as_of is None else as_of
        heard = heard_of(self.state, self.history.changes, until)
        return past_of(self.state, heard, until, today, cycle)

    def questions(self) -> list[Question]:
        """What is open now: asked for once between two events, however many promises need it."""
        now = self.state, self.state.seq, self.ask
        if self._asked[0] != now:
            self._asked = now, self.ask(self.state)
        return [*self._asked[1]]

    def answer(self, question: Question, choice: str, other: Raw = None) -> list[Change]:
        facts = facts_of(self.state, question, Answer(choice, other))
        if isinstance(facts, Problem):
            raise AssertionError(str(facts))
        return self.append(*facts)

    def undo(self, returned: Returned) -> list[Change]:
        """Take a return back, with every decision that rests on it."""
        rest = dependent_decisions(self.state, returned)
        return self.append(Undone(returned.id, tuple(decision.id for decision in rest)))

    def publish(self, cycle: str) -> list[Change]:
        return self.append(Published(cycle, self.state.seq, "", "", ""))

    def fates(self, returned: Returned) -> list[Fate]:
        return fates_of(self.state, returned)

    def picture(self) -> object:
        """Everything that a person sees: the master, and the questions with their candidates."""
        master = {
            (row.uid, name): value
            for row in self.state.master()
            for name, value in row.values.items()
        }
        asked = {
            (q.id, q.kind, q.uid, q.field, q.master, q.choices, q.saw,
             tuple((c.text, c.author) for c in q.candidates))
            for q in self.questions()
        }  # fmt: skip
        withdrawn = {row.uid for row in self.state.master() if row.withdrawn}
        return master, asked, withdrawn


def row(trust: RowTrust, cells: Mapping[str, Raw], uid: str = "", *, key: str = "") -> ReadRow:
    """A row as it was read, that the template did not hold; `key` is the issued id in its key."""
    read = {name: _cell(raw, f"B{50 + len(name)}") for name, raw in cells.items()}
    return ReadRow(uid, str(cells.get("ref") or ""), 50, trust, read, key)


def _cell(raw: Raw, name: str) -> ReadCell:
    if isinstance(raw, str) and raw.startswith("formula:"):
        return ReadCell(None, name, formula=raw.removeprefix("formula:"))
    if isinstance(raw, str) and raw.startswith("error:"):
        return ReadCell(None, name, error=raw.removeprefix("error:"))
    return ReadCell(raw, name)
