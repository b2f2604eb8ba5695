"""A year of a coordinator's office, played by Hypothesis in any order, on the paper office.

Templates go out, come back (edited, late, twice, in part, as re-saved copies), the coordinator
edits the master, answers questions, takes returns back, changes the plan definition, publishes.
After every step: replay equals the state, nothing was lost, the log only grew and its changes
chain, locked fields moved by the coordinator alone, every question has an answer, and what was
answered stays answered. What is kept for speed agrees with it, also where its file was lost, or
exchanged for an older one or another plan's, and where every command goes on from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from tests.paper import DEFINITION, LEADS, RATINGS, Office, row
from tests.scenes import LOCKED, MASTER_EDITS, STAMPS, VALUES, edits
from tests.shelf import Fate, Shelf
from xlplan.errors import Problem
from xlplan.merge.asks import Answer, again_id, asks_on
from xlplan.merge.decisions import facts_of
from xlplan.merge.kinds import OTHER, Id
from xlplan.merge.model import COORDINATOR, Change, Issued, Question, Returned, RowAdded, Write
from xlplan.merge.reading import Reading, RowTrust
from xlplan.merge.register import superseded
from xlplan.plan.definition import STATUS
from xlplan.plan.people import Lead
from xlplan.plan.values import Raw, Value, canon, show

FATES = {
    "applied", "agreed", "conflict", "invalid", "held", "locked", "superseded", "proposal",
}  # fmt: skip
CYCLES = ("2026-01", "2026-02", "2026-10", "2026-11")
TRUST: tuple[RowTrust, ...] = ("signed", "matched", "disagrees", "forged")
OTHERS: dict[str, Raw] = {
    "ref": "7.7", "section": "One", "action": "Do it", "lead": "Ben", "due": "May 2027",
    "rating": "Red", "progress": "As agreed", "diary": "As agreed", "tags": "z",
    "share": 0.75, "revised": "1 May 2027", "": "1.1", STATUS: "withdrawn",
}  # fmt: skip
NEW_ROWS = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"action": st.sampled_from(["Buy a ladder", "Sweep"])},
        optional={
            "section": st.just("Two"), "rating": VALUES["rating"], "tags": VALUES["tags"],
            "diary:entry": VALUES["progress"], "progress": VALUES["progress"],
        },
    ),
)  # fmt: skip
STRANGERS = st.sampled_from([
    row("forged", {"action": "Forged", "rating": "Red"}, "u-99"),
    row("matched", {"ref": "2.1", "progress": "By hand"}, "a-3"),
    row("foreign", {"action": "Pasted"}, "new-1", key="t-other"),
    row("added", {"action": "Typed", "progress": "formula:A1", "tags": "error:#REF!"}, "new-1"),
])  # fmt: skip
Picture = dict[tuple[str, str], Value]


class OfficeYear(RuleBasedStateMachine):
    """See the module. Rules are what people do; invariants are what is promised to them."""

    @initialize()
    def open_office(self) -> None:
        self.office = Office()
        self.readings: list[tuple[Reading, Returned]] = []
        self.answered: dict[str, str] = {}
        self.logged: list[Change] = []
        self.events = list(self.office.events)
        self.number = 0
        self.shelf = Shelf(self.office)
        self.reopens = False
        for author in ("Ann", "Ben", COORDINATOR):
            self.office.issue(author)

    def teardown(self) -> None:
        self.shelf.close()

    # What people do

    @rule(
        lead=st.sampled_from(["Ann", "Ben", "Cat"]),
        cycle=st.sampled_from(CYCLES),
        few=st.booleans(),
    )
    def issue(self, lead: str, cycle: str, few: bool) -> None:
        uids = self.office.state.uids("action")
        with self.command():
            self.office.issue(lead, uids[:2] if few else uids, cycle)

    @rule(data=st.data(), changed=edits({**VALUES, **LOCKED}), stamp=STAMPS, added=NEW_ROWS)
    def give_back(
        self, data: Any, changed: dict[tuple[str, str], Raw], stamp: str, added: Any
    ) -> None:
        template = data.draw(st.sampled_from(self.templates()), "template")
        uids = st.sampled_from(template.uids)
        trust = data.draw(st.sampled_from(TRUST) if data.draw(st.booleans()) else st.just("signed"))
        strange = data.draw(st.lists(STRANGERS, max_size=1))
        reading = self.office.reading(
            template, changed, saved_at=stamp, added=added, digest=self.digest(), more=strange,
            missing=data.draw(st.lists(uids, max_size=1) if not changed else st.just([])),
            trust=dict.fromkeys(data.draw(st.lists(uids, max_size=1)), trust),
            twice=data.draw(st.one_of(st.just(""), st.just(""), uids)),
            without=data.draw(st.lists(st.sampled_from(sorted(VALUES)), max_size=1)),
        )  # fmt: skip
        before = {key: self.office.state.value(*key) for key in self.locked()}
        self.merge(reading)
        assert {key: self.office.state.value(*key) for key in before} == before

    @rule(data=st.data(), text=st.sampled_from(["News", "More news"]), stamp=STAMPS)
    def report_progress(self, data: Any, text: str, stamp: str) -> None:
        """What most returns are: this period's entry, for one action."""
        template = data.draw(st.sampled_from(self.templates()), "template")
        said = {("a-1", "diary:entry"): text}
        self.merge(self.office.reading(template, said, saved_at=stamp, digest=self.digest()))

    @precondition(lambda self: self.readings)
    @rule(
        data=st.data(),
        raw=st.sampled_from(["Green", "Red", "Purple", None]),
        stamp=STAMPS,
        trust=st.sampled_from(TRUST[:2]),
    )
    def change_their_mind(self, data: Any, raw: Raw, stamp: str, trust: RowTrust) -> None:
        """Another file of a template that came back: something else, or the same again."""
        _, returned = data.draw(st.sampled_from(self.readings), "after")
        issued = self.office.state.issued[returned.issued]
        said = {("a-1", "rating"): raw, ("a-1", "action"): raw or "Paint the hall"}
        self.merge(
            self.office.reading(
                issued, said, saved_at=stamp, digest=self.digest(), trust={"a-1": trust}
            )
        )

    @precondition(lambda self: self.readings)
    @rule(data=st.data(), later=st.sampled_from(["2026-02-01T00:00:00Z", "2027-01-01T00:00:00Z"]))
    def save_again(self, data: Any, later: str) -> None:
        """A re-saved copy, with a later time inside, changes nothing in the master. One with an
        earlier time than all others may: an entry bears the time at which it was first saved."""
        reading, returned = data.draw(st.sampled_from(self.readings), "copy of")
        live = self.office.state.live_returns(returned.issued)
        before = self.master()
        self.merge(replace(reading, sha256=self.digest(), saved_at=later))
        if any(r.id == returned.id and r.saved_at <= later for r in live):
            assert self.master() == before

    @rule()
    def export(self) -> None:
        uids = self.office.state.uids("action")
        with self.command():
            self.office.issue(COORDINATOR, uids)

    @rule(
        data=st.data(), changed=MASTER_EDITS, added=NEW_ROWS, more=edits(LOCKED), gone=st.booleans()
    )
    def edit_master(
        self,
        data: Any,
        changed: dict[tuple[str, str], Raw],
        added: Any,
        more: dict[tuple[str, str], Raw],
        gone: bool,
    ) -> None:
        export = data.draw(st.sampled_from(self.exports()), "export")
        if gone:
            more = {**more, ("a-3", STATUS): "withdrawn"}
        self.merge(
            self.office.reading(export, {**changed, **more}, added=added, digest=self.digest())
        )

    @precondition(lambda self: self.office.questions())
    @rule(data=st.data())
    def answer(self, data: Any) -> None:
        question = data.draw(st.sampled_from(self.office.questions()), "question")
        choice = data.draw(st.sampled_from(question.choices), "choice")
        with self.command():
            facts = self.facts(question, choice)
            if isinstance(facts, Problem):
                return
            assert isinstance(facts, list)
            self.office.append(*facts)
        self.answered[question.id] = choice
        assert question.id not in {q.id for q in self.office.questions()}

    @precondition(lambda self: self.readings)
    @rule(data=st.data())
    def undo(self, data: Any) -> None:
        _, returned = data.draw(st.sampled_from(self.readings), "return")
        if not any(r.id == returned.id for r in self.office.state.live_returns(returned.issued)):
            return
        with self.command():
            self.office.undo(returned)
        _, undone = self.office.state.undone[-1]
        for name in undone.decisions:
            self.answered.pop(self.office.state.decisions[name].question, None)

    @rule(what=st.sampled_from(["rename a rating", "rename a lead", "retire", "reinstate"]))
    def redefine(self, what: str) -> None:
        definition = self.office.state.definition
        if what == "rename a rating":
            ratings = [
                replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
                for r in RATINGS
            ]
            definition = replace(definition, ratings=tuple(ratings))
        elif what == "rename a lead":
            definition = replace(definition, leads=(Lead("Anne Grey", ("Ann",)), *LEADS[1:]))
        else:
            fields = [
                replace(f, retired=what == "retire") if f.id == "progress" else f
                for f in definition.fields
            ]
            definition = replace(definition, fields=tuple(fields))
        with self.command():
            self.office.redefine(definition)

    @rule(cycle=st.sampled_from(CYCLES))
    def publish(self, cycle: str) -> None:
        with self.command():
            self.office.publish(cycle)

    @rule(fates=st.lists(st.sampled_from(get_args(Fate)), min_size=1, max_size=2))
    def look_at_the_plan(self, fates: list[Fate]) -> None:
        """What is kept for speed says what the ledger says, whatever became of its file."""
        for fate in fates:
            self.shelf.meet(fate)
            self.shelf.catch_up()
            assert self.shelf.agrees()

    @rule(reopens=st.booleans())
    def begin_every_command_with_what_was_kept(self, reopens: bool) -> None:
        self.reopens = reopens

    # What is promised

    @invariant()
    def replay_equals_the_state(self) -> None:
        again = Office()
        again.definitions, again.history = self.office.definitions, self.office.replayed()
        assert again.picture() == self.office.picture()
        assert again.history.changes == self.office.history.changes

    @invariant()
    def the_ledger_and_the_log_only_grow(self) -> None:
        assert self.office.events[: len(self.events)] == self.events
        assert self.office.history.changes[: len(self.logged)] == self.logged
        self.events, self.logged = list(self.office.events), list(self.office.history.changes)

    @invariant()
    def the_changes_of_every_cell_chain(self) -> None:
        held: Picture = {}
        rows = [e for e in self.office.events if isinstance(e.fact, RowAdded)]
        for event in rows:
            if isinstance(event.fact, RowAdded) and event.fact.origin == "import":
                held |= {(event.fact.uid, n): v for n, v in event.fact.values.items()}
        for change in self.office.history.changes:
            if change.kind == "row-added":
                (fact,) = [e.fact for e in rows if e.seq == change.seq]
                assert isinstance(fact, RowAdded)
                held = {key: v for key, v in held.items() if key[0] != fact.uid}
                held |= {(fact.uid, n): v for n, v in fact.values.items()}
                continue
            key = (change.uid, change.field)
            assert self.read_now(key, held.get(key)) == self.read_now(key, change.before)
            held[key] = change.after
        for uid in self.office.state.uids("action"):
            for item in DEFINITION.fields:
                key = (uid, item.id)
                assert self.read_now(key, held.get(key)) == self.office.state.value(*key)

    @invariant()
    def nothing_is_lost(self) -> None:
        state = self.office.state
        open_ = {name for q in self.office.questions() for name in q.saw}
        for event in state.return_events:
            fact = event.fact
            assert isinstance(fact, Returned)
            for fate in self.office.fates(fact):
                assert fate.disposition in FATES
            if not state.is_live(fact.id, event.seq, state.seq):
                continue
            for item in fact.assertions:
                self.assert_kept(item, open_)

    @invariant()
    def the_last_word_is_heard(self) -> None:
        """What the files of a template that may have been saved last say stands, is asked about,
        or has been seen by whoever wrote or decided since."""
        state = self.office.state
        asked = {
            (q.uid, q.field, show(c.value)) for q in self.office.questions() for c in q.candidates
        }
        for issued in state.issued:
            returns = state.live_returns(issued)
            last = max((one.saved_at for one in returns), default="")
            for one in returns:
                for item in one.assertions if one.saved_at in ("", last) else ():
                    if item.field and state.row_at(item.uid) is not None:
                        assert self.is_heard(item, asked), item

    @invariant()
    def locked_fields_are_the_coordinators(self) -> None:
        for key in self.locked():
            assert {head.author for head in self.office.state.cell(key).heads} <= {COORDINATOR}

    @invariant()
    def every_question_has_an_answer(self) -> None:
        questions = self.office.questions()
        ids = [question.id for question in questions]
        assert len(ids) == len(set(ids))
        assert not set(ids) & set(self.answered)
        for question in questions:
            assert len(question.choices) == len(set(question.choices))
            taken = [
                c for c in question.choices if not isinstance(self.facts(question, c), Problem)
            ]
            assert set(question.choices) - set(taken) <= {"Accept", *map(str, self.raws(question))}
            assert taken

    # What the rules and the promises are made of

    @contextmanager
    def command(self) -> Iterator[None]:
        """A command that opens the plan, does something, and keeps the answers as it closes it."""
        if self.reopens:
            self.shelf.open_again()
        yield
        if self.reopens:
            self.shelf.catch_up()

    def templates(self) -> list[Issued]:
        return [i for i in self.office.state.issued.values() if i.document == "template"]

    def exports(self) -> list[Issued]:
        return [i for i in self.office.state.issued.values() if i.document == "master"]

    def digest(self) -> str:
        self.number += 1
        return f"file {self.number}"

    def merge(self, reading: Reading) -> None:
        with self.command():
            self.office.merge(reading)
        self.readings.append((reading, self.office.state.returns[f"r-{reading.sha256}"]))

    def master(self) -> Picture:
        return {(r.uid, n): v for r in self.office.state.master() for n, v in r.values.items()}

    def locked(self) -> list[tuple[str, str]]:
        names = [name for name in LOCKED if name != "diary"]
        return [(uid, name) for uid in self.office.state.uids("action") for name in names]

    def facts(self, question: Question, choice: str) -> object:
        other = OTHERS[question.field] if choice == OTHER else None
        if choice == "Transfer":
            other = "Ben"
        if choice == "Link":
            refs = [self.office.state.ref(uid) for uid in self.office.state.uids("action")]
            other = next(ref for ref in refs if ref)
        return facts_of(self.office.state, question, Answer(choice, other))

    def raws(self, question: Question) -> list[str]:
        """Labels of candidates that are no value of their field: they cannot be chosen."""
        return [c for c in question.choices if any(c[:8] in k.text or k.text in c for k in
                question.candidates if type(k.value).__name__ == "Invalid")]  # fmt: skip

    def read_now(self, key: tuple[str, str], value: Value) -> Value:
        item = self.office.state.field_of(key)
        return value if item is None else canon(item, value, self.office.state.definition)

    def assert_kept(self, item: Write, open_: set[Id]) -> None:
        """A live assertion stands, was seen or replaced, or is asked about."""
        state = self.office.state
        key = (item.uid, item.field)
        writes = state.live(key)
        (write,) = [w for w in writes if w.id == item.id]
        if item.uid in state.rows and state.row_at(item.uid) is None:
            return  # its row was taken back out of the plan with the return that proposed it
        if not write.standing:
            asked = write.id in {w.id for w in asks_on(state, key)}
            withdrawn = state.value(item.uid, STATUS) == "withdrawn"
            told = item.kind == "row-added" and item.author == COORDINATOR
            cell = state.cell(key)
            stands = write.kind in ("locked", "held") and cell.value == write.value
            if stands and not (cell.conflict or write.entry):
                assert write.id not in open_  # the master says so by now
                return
            assert told or asked == (write.id in open_) or (withdrawn and not item.field)
            return
        cell = state.cell(key)
        if cell.conflict and write in cell.heads:
            assert write.id in open_
        elif write in cell.heads and self.holds_elements(key):
            self.assert_elements(write, writes, cell.value)
        elif write in cell.heads and not cell.entries:
            assert cell.value == write.value
        if item.kind == "entry" and not any(w.id == item.id for w in cell.entries):
            taken_in = {name for w in writes if w.standing and not w.entry for name in w.saw}
            assert item.id in taken_in | superseded(writes)
        elif item.kind == "entry":
            assert show(item.value) in show(cell.value)

    def is_heard(self, item: Write, asked: set[tuple[str, str, str]]) -> bool:
        key = (item.uid, item.field)
        writes = self.office.state.live(key)
        (write,) = [w for w in writes if w.id == item.id]
        cell = self.office.state.cell(key)
        if any(w.id == item.id for w in (*cell.heads, *cell.entries)) or cell.value == write.value:
            return True
        seen = {name for w in writes if not w.asks for name in (*w.saw, *w.answered)}
        same = {w.id for w in writes if w.value == write.value}
        known = same | {again_id(w, write.value) for w in writes if w.value != write.value}
        return bool(known & seen) or any(
            (uid, field) == key and show(write.value) in text for uid, field, text in asked
        )

    def holds_elements(self, key: tuple[str, str]) -> bool:
        item = self.office.state.field_of(key)
        return item is not None and item.field_type.elements

    def assert_elements(self, head: Write, writes: list[Write], value: Value) -> None:
        """What a head added is in; what it removed is out, unless somebody added it."""
        now, base, given = (elements(v) for v in (value, head.base, head.value))
        assert given - base <= now
        added = frozenset().union(*(elements(w.value) - elements(w.base) for w in writes
                                    if w.kind == "edit"))  # fmt: skip
        if head.kind == "edit" and not any(w.kind == "decision" for w in writes):
            assert not (base - given - added) & now


def elements(value: Value) -> frozenset[str]:
    return value if isinstance(value, frozenset) else frozenset()


TestOfficeYear = OfficeYear.TestCase
TestOfficeYear.settings = settings(
    max_examples=max(10, settings().max_examples // 4), stateful_step_count=30
)
