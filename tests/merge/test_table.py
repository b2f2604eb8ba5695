"""The table of the merge, as `xlplan/merge/README.md` has it: one test, one row of that page.

Most rows are one cell: what was issued, what the coordinator has written since ("-": nothing),
what came back, what the master shows then, what became of the cell, and what is asked. What takes
more than one file has a scene of its own below, under the same words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import permutations

import pytest
from msgspec.structs import replace

from tests.conftest import ROOT
from tests.paper import DEFINITION, RATINGS, ROWS, Office, row
from xlplan.merge.fates import cleared_by
from xlplan.merge.kinds import TAKE, Kind
from xlplan.merge.log import counts_for
from xlplan.merge.model import COORDINATOR, Question, Returned
from xlplan.merge.reading import ReadCell
from xlplan.plan.definition import STATUS, Field, Rating
from xlplan.plan.values import Raw, show

SINCE_NOTHING = "-"
PAGE = (ROOT / "xlplan" / "merge" / "README.md").read_text("utf-8")


@dataclass(frozen=True)
class Case:
    """A cell of action 1.1: its row of the table, and what becomes of it."""

    row: str
    field: str
    base: Raw
    since: Raw
    returned: Raw
    shown: str
    fate: str = ""
    asked: str = ""


UNTOUCHED, APPLIED, AGREED = "unchanged", "changed by one", "changed alike"
DIFFER, BLANK = "changed apart", "blank"
SPELLING, INVALID, LOOKALIKE = "spelling", "no value", "look-alikes"
LOCKED, SETS, FORMULA = "locked", "sets", "formula"
CELLS = [
    Case(UNTOUCHED, "progress", "Begun", SINCE_NOTHING, "Begun", "Begun"),
    Case(UNTOUCHED, "progress", "Begun", "Halted", "Begun", "Halted"),
    Case(APPLIED, "progress", "Begun", SINCE_NOTHING, "Half done", "Half done", "applied"),
    Case(APPLIED, "share", 0.25, SINCE_NOTHING, "50%", "0.5", "applied"),
    Case(AGREED, "progress", "Begun", "Done", "Done", "Done", "agreed"),
    Case(DIFFER, "progress", "Begun", "Halted", "Done", "Halted", "conflict", "conflict"),
    Case(BLANK, "progress", "Begun", SINCE_NOTHING, None, "", "applied"),
    Case(BLANK, "progress", "Begun", "Halted", None, "Halted", "conflict", "conflict"),
    Case(BLANK, "rating", "Green", SINCE_NOTHING, None, "Green", "held", "cleared-required"),
    Case(BLANK, "due", "June 2026", SINCE_NOTHING, None, "June 2026", "held", "held"),
    Case(BLANK, "due", "June 2026", SINCE_NOTHING, "TBC", "June 2026", "held", "held"),
    Case(SPELLING, "progress", "Half done", SINCE_NOTHING, "Half  done ", "Half done"),
    Case(SPELLING, "progress", "Half done", SINCE_NOTHING, "Half\ndone", "Half\ndone", "applied"),
    Case(SPELLING, "rating", "Green", SINCE_NOTHING, "GREEN", "Green"),
    Case(SPELLING, "due", "June 2026", SINCE_NOTHING, "Jun 2026", "June 2026"),
    Case(SPELLING, "progress", "x" * 400, SINCE_NOTHING, "x" * 255, "x" * 400),
    Case(SPELLING, "progress", "1.10", SINCE_NOTHING, 1.1, "1.10"),
    Case(FORMULA, "progress", "Begun", SINCE_NOTHING, "formula:B5", "Begun", "invalid", "invalid"),
    Case(LOOKALIKE, "rating", "Green", SINCE_NOTHING, "Βlue", "Blue", "applied"),
    Case(LOOKALIKE, "progress", "Begun", SINCE_NOTHING, "Ηalted", "Ηalted", "applied"),
    Case(INVALID, "rating", "Green", SINCE_NOTHING, "Puce", "Green", "invalid", "invalid"),
    Case(INVALID, "revised", "1 May 2026", SINCE_NOTHING, "03/04/2026", "1 May 2026", "invalid",
         "invalid"),
    Case(INVALID, "share", 0.25, SINCE_NOTHING, "error:#REF!", "0.25", "invalid", "invalid"),
    Case(SETS, "tags", "a, b", "a, b, c", "a, d", "a, c, d", "applied"),
    Case(SETS, "tags", "a, b", "a", "a, b, c", "a, c", "applied"),
    Case(LOCKED, "action", "Paint", SINCE_NOTHING, "Paint it", "Paint", "locked", "locked"),
    Case(LOCKED, "action", "Paint", "Paint it", "Paint it", "Paint it", "locked"),
]  # fmt: skip


@pytest.mark.parametrize("lead_first", [True, False], ids=["lead first", "coordinator first"])
@pytest.mark.parametrize("case", CELLS, ids=lambda c: f"{c.row}: {c.field}, {c.returned!s:.12}")
def test_a_cell(case: Case, lead_first: bool) -> None:
    office = Office({**ROWS, "a-1": {**ROWS["a-1"], case.field: case.base}})
    template, export = office.issue("Ann"), office.issue(COORDINATOR)
    cell = ("a-1", case.field)
    back = office.reading(template, {cell: case.returned}, digest="lead")
    if lead_first:
        office.merge(back)
    if case.since != SINCE_NOTHING:
        office.give_back(export, {cell: case.since})
    if not lead_first:
        office.merge(back)
    assert office.value(*cell) == case.shown
    assert fates(office, "lead") == ([case.fate] if case.fate else [])
    assert asked(office) == ([case.asked] if case.asked else [])


def fates(office: Office, *digests: str) -> list[str]:
    found = [office.state.returns[f"r-{digest}"] for digest in digests]
    return [fate.disposition for returned in found for fate in office.fates(returned)]


def asked(office: Office) -> list[str]:
    return [question.kind.value for question in office.questions()]


def only(office: Office) -> Question:
    (question,) = office.questions()
    return question


def line_of(returned: Returned) -> str:
    """The one information line of a return, without its cell."""
    (line,) = returned.information
    return line.partition(": ")[2]


# The same rows, where a cell alone does not show all that they say


def test_absent_says_nothing() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), without=["progress", "rating", "due"])
    assert (back.assertions, asked(office)) == ((), [])


def test_put_back_by_the_coordinator_is_no_untouched_cell() -> None:
    office = Office()
    template = office.issue("Ann")
    office.coordinator({("a-1", "rating"): "Red"}, digest="1")
    office.coordinator({("a-1", "rating"): "Green"}, digest="2")
    office.give_back(template, {("a-1", "rating"): "Amber"}, digest="lead")
    assert (office.value("a-1", "rating"), asked(office)) == ("Green", ["conflict"])


def test_put_back_after_it_was_seen_stays_put_back() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "rating"): "Amber"}, digest="1")
    office.coordinator({("a-1", "rating"): "Green"}, digest="2")
    office.give_back(template, {("a-1", "rating"): "Amber"}, digest="3")
    assert (office.value("a-1", "rating"), asked(office)) == ("Green", [])


def test_blank_is_listed_as_cleared() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), {("a-1", "progress"): None}, file="ann.xlsx")
    (found,) = cleared_by(office.state, back)
    assert (found.action, found.field, show(found.was), found.author, found.place.file) == (
        "1.1", "progress", "Paint bought", "Ann", "ann.xlsx",
    )  # fmt: skip


FILLED = ["due", "rating", "progress"]


@pytest.mark.parametrize("filled", [FILLED, ["rating"], ["progress"], ["due"]], ids=" ".join)
def test_a_row_emptied_as_a_whole_may_be_a_withdrawal(filled: list[str]) -> None:
    cells = {name: raw for name, raw in ROWS["a-2"].items() if name in filled or name not in FILLED}
    office = Office({"a-2": cells})
    edits: dict[tuple[str, str], Raw] = {("a-2", name): None for name in filled}
    office.give_back(office.issue("Ann", ["a-2"]), edits, digest="lead")
    assert asked(office) == ["row-missing"]
    assert fates(office, "lead") == ["held"] * len(filled)
    assert [office.value("a-2", name) for name in filled] == [cells[name] for name in filled]
    office.answer(only(office), "Withdraw")
    assert office.state.master_row("a-2").withdrawn


@pytest.mark.parametrize("other", ["share", "diary:entry"])
def test_a_row_emptied_here_and_filled_there_is_no_withdrawal(other: str) -> None:
    office = Office({"a-2": {"ref": "1.2", "action": "Mend", "progress": "Slates on order"}})
    typed: Raw = 0.5 if other == "share" else "Slates came"
    edits = {("a-2", "progress"): None, ("a-2", other): typed}
    office.give_back(office.issue("Ann", ["a-2"]), edits)
    assert (asked(office), office.value("a-2", "progress")) == ([], "")


def test_spelling_is_told_and_changes_nothing() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), {("a-1", "due"): "Jun 2026"})
    assert line_of(back) == '"Jun 2026" means the same as "June 2026" in Due; no change.'


def test_spelling_that_one_of_two_readers_explains_is_a_programs_doing() -> None:
    office = Office()
    ann = office.issue("Ann")
    reading = office.reading(ann, digest="lead")
    first = reading.rows[0]
    lost = ReadCell("Paint b?ught", "H6", other="Paint bought")
    cells = {**first.cells, "progress": lost}
    office.merge(replace(reading, rows=(replace(first, cells=cells), *reading.rows[1:])))
    assert (fates(office, "lead"), asked(office)) == ([], [])


def test_look_alikes_in_a_rating_are_told() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), {("a-1", "rating"): "Βlue"})
    assert line_of(back).endswith('it was read as "Blue".')


def test_no_value_is_kept_as_it_was_typed() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "rating"): "Puce"})
    (candidate,) = only(office).candidates
    assert candidate.text == "Puce"


class TestAppendedNarratives:
    def test_entries_of_two_authors_both_stay_signed_and_dated(self) -> None:
        for order in permutations(("Ann", "Ben")):
            office = Office()
            office.coordinator({("a-1", "diary"): "It began."})
            templates = {name: office.issue(name) for name in ("Ann", "Ben")}
            stamps = {"Ann": "2026-01-05T09:00:00Z", "Ben": "2026-01-09T09:00:00Z"}
            for name in order:
                edits = {("a-1", "diary:entry"): f"{name} was here"}
                office.give_back(templates[name], edits, saved_at=stamps[name], digest=name)
            assert office.value("a-1", "diary").split("\n") == [
                "[9 January 2026, Ben] Ben was here",
                "[5 January 2026, Ann] Ann was here",
                "It began.",
            ]
            assert (asked(office), fates(office, "Ann", "Ben")) == ([], ["applied"] * 2)

    def rewritten(self, text: str | None, *, entry_first: bool) -> Office:
        """Ben adds an entry while the coordinator writes `text` over the earlier text."""
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        ben, export = office.issue("Ben"), office.issue(COORDINATOR)
        entry = office.reading(ben, {("a-1", "diary:entry"): "Ours"}, digest="ben")
        own = office.reading(export, {("a-1", "diary"): text}, digest="own")
        for reading in (entry, own) if entry_first else (own, entry):
            office.merge(reading)
        return office

    @pytest.mark.parametrize("entry_first", [True, False])
    @pytest.mark.parametrize(
        ("choice", "stands", "fate"),
        [
            (0, "[2026-01, Ben] Ours\nIt began.", ["applied", "conflict"]),
            (1, "[2026-01, Ben] Ours\nIt never began.", ["applied", "applied"]),
            (2, "[2026-01, Ben] Ours\nIt never began.", ["applied", "applied"]),
        ],
        ids=["the earlier text", "the rewritten text", "Keep current"],
    )
    def test_the_earlier_text_rewritten_beside_anothers_entry_is_a_conflict(
        self, entry_first: bool, choice: int, stands: str, fate: list[str]
    ) -> None:
        office = self.rewritten("It never began.", entry_first=entry_first)
        question = only(office)
        assert (question.kind, show(question.base)) == (Kind.CONFLICT, "It began.")
        assert [(c.author, c.text) for c in question.candidates] == [
            (COORDINATOR, "It never began."), ("Ben", "[2026-01, Ben] Ours\nIt began."),
        ]  # fmt: skip
        assert fates(office, "ben", "own") == ["conflict", "conflict"]
        assert office.value("a-1", "diary") == "[2026-01, Ben] Ours\nIt never began."
        rewritten, earlier, keep, _other = question.choices
        office.answer(question, (earlier, rewritten, keep)[choice])
        assert (office.value("a-1", "diary"), asked(office)) == (stands, [])
        assert fates(office, "ben", "own") == fate

    @pytest.mark.parametrize("entry_first", [True, False])
    def test_the_earlier_text_taken_out_beside_an_entry_is_a_conflict(
        self, entry_first: bool
    ) -> None:
        office = self.rewritten(None, entry_first=entry_first)
        assert asked(office) == ["conflict"]
        assert office.value("a-1", "diary") == "[2026-01, Ben] Ours"

    @pytest.mark.parametrize("text", ["It began. Late.", "Late news.\nIt began."])
    def test_who_only_adds_to_the_earlier_text_rewrites_nothing(self, text: str) -> None:
        office = self.rewritten(text, entry_first=True)
        assert asked(office) == []
        assert office.value("a-1", "diary") == f"[2026-01, Ben] Ours\n{text}"

    def test_who_saw_the_entry_may_rewrite_all(self) -> None:
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        office.give_back(office.issue("Ben"), {("a-1", "diary:entry"): "Ours"})
        office.coordinator({("a-1", "diary"): "All told anew."})
        assert (asked(office), office.value("a-1", "diary")) == ([], "All told anew.")

    def test_an_entry_written_below_a_rewritten_text_that_was_shown_is_beside_it(self) -> None:
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        office.coordinator({("a-1", "diary"): "It never began."}, digest="own")
        office.give_back(office.issue("Ben"), {("a-1", "diary:entry"): "Ours"})
        assert asked(office) == []

    @pytest.mark.parametrize("rewriter_first", [True, False])
    def test_of_two_leads_neither_wins(self, rewriter_first: bool) -> None:
        """The field let leads write the whole text when Ann's template went out."""
        fields = tuple(
            replace(f, mode="replace") if f.id == "diary" else f for f in DEFINITION.fields
        )
        office = Office(definition=replace(DEFINITION, fields=fields))
        office.coordinator({("a-1", "diary"): "It began."})
        ann = office.issue("Ann")
        office.redefine(DEFINITION)
        ben = office.issue("Ben")
        text = office.reading(ann, {("a-1", "diary"): "It never began."}, digest="ann")
        entry = office.reading(ben, {("a-1", "diary:entry"): "Ours"}, digest="ben")
        for reading in (text, entry) if rewriter_first else (entry, text):
            office.merge(reading)
        assert asked(office) == ["conflict"]
        assert office.value("a-1", "diary") == "[2026-01, Ben] Ours\nIt began."


@pytest.mark.parametrize("order", list(permutations(("Ann", "Ben"))), ids=" first, ".join)
def test_co_leads_who_differ_are_asked_and_neither_wins(order: tuple[str, str]) -> None:
    office = Office()
    templates = {name: office.issue(name) for name in ("Ann", "Ben")}
    typed = {"Ann": "Amber", "Ben": "Red"}
    for name in order:
        office.give_back(templates[name], {("a-1", "rating"): typed[name]}, digest=name)
    assert (office.value("a-1", "rating"), asked(office)) == ("Green", ["conflict"])
    assert fates(office, "Ann", "Ben") == ["conflict", "conflict"]


class TestSecondReturns:
    """The same lead, the same template, another file."""

    def files(self, first: tuple[Raw, str], second: tuple[Raw, str], order: object) -> Office:
        office = Office()
        ann = office.issue("Ann")
        readings = {
            digest: office.reading(ann, {("a-1", "rating"): raw}, saved_at=stamp, digest=digest)
            for digest, (raw, stamp) in {"1": first, "2": second}.items()
        }
        for digest in ("1", "2") if order else ("2", "1"):
            office.merge(readings[digest])
        return office

    @pytest.mark.parametrize("order", [True, False])
    def test_the_later_stamp_in_the_file_wins(self, order: bool) -> None:
        office = self.files(("Amber", "2026-01-02"), ("Red", "2026-01-03"), order)
        assert (office.value("a-1", "rating"), asked(office)) == ("Red", [])
        assert fates(office, "1", "2") == ["superseded", "applied"]

    @pytest.mark.parametrize("order", [True, False])
    @pytest.mark.parametrize("stamp", ["", "2026-01-02"], ids=["no time", "a tie"])
    def test_without_a_later_stamp_both_are_asked(self, stamp: str, order: bool) -> None:
        office = self.files(("Amber", stamp), ("Red", stamp), order)
        assert (office.value("a-1", "rating"), asked(office)) == ("Green", ["conflict"])

    @pytest.mark.parametrize("order", [True, False])
    def test_the_base_again_keeps_what_stands_and_asks(self, order: bool) -> None:
        office = self.files(("Amber", "2026-01-02"), ("Green", "2026-01-03"), order)
        assert (office.value("a-1", "rating"), asked(office)) == ("Amber", ["reverted"])

    def test_an_earlier_value_again_keeps_what_stands_and_asks(self) -> None:
        office = self.files(("Amber", "2026-01-02"), ("Red", "2026-01-03"), order=True)
        (ann, *_) = office.state.issued.values()
        office.give_back(ann, {("a-1", "rating"): "Amber"}, saved_at="2026-01-04", digest="3")
        assert (office.value("a-1", "rating"), asked(office)) == ("Red", ["reverted"])

    def test_so_does_a_value_that_is_only_asked_about(self) -> None:
        office = self.files(("Puce", "2026-01-02"), ("Red", "2026-01-03"), order=True)
        (ann, *_) = office.state.issued.values()
        office.give_back(ann, {("a-1", "rating"): "Puce"}, saved_at="2026-01-04", digest="3")
        assert (office.value("a-1", "rating"), asked(office)) == ("Red", ["reverted"])


def test_an_older_form_is_merged_against_its_own_base_and_counts_for_the_open_cycle() -> None:
    office = Office()
    old = office.issue("Ann", cycle="2026-01")
    office.coordinator({("a-1", "rating"): "Red"})
    office.issue("Ann", cycle="2026-02")
    edits: dict[tuple[str, str], Raw] = {
        ("a-1", "rating"): "Amber", ("a-2", "due"): "July 2026", ("a-1", "diary:entry"): "Late",
    }  # fmt: skip
    back = office.give_back(old, edits, digest="late")
    assert (office.value("a-1", "rating"), office.value("a-2", "due")) == ("Red", "July 2026")
    assert office.value("a-1", "diary") == "[2026-01, Ann] Late"
    assert asked(office) == ["conflict"]
    assert [c.kind for c in office.history.changes if c.field == "diary"] == ["restatement"]
    assert counts_for(office.state, back, office.state.seq) == "2026-02"


@pytest.mark.parametrize("trust", ["matched", "forged", "foreign", "disagrees"])
def test_a_row_of_doubtful_identity_applies_nothing_by_itself(trust: str) -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {("a-1", "rating"): "Amber"}, trust={"a-1": trust}, digest="1")
    assert (office.value("a-1", "rating"), asked(office)) == ("Green", ["held"])
    office.answer(only(office), "Accept")
    assert office.value("a-1", "rating") == "Amber"
    office.give_back(ann, {("a-1", "rating"): "Amber"}, digest="2")  # for certain, by now
    assert (office.value("a-1", "rating"), asked(office)) == ("Amber", [])


@pytest.mark.parametrize(
    ("choice", "ratings"),
    [("Go by visible ref", ["Blue", "Amber", "Red"]),
     ("Go by hidden key", ["Amber", "Red", "Blue"]),
     ("Refuse the file", ["Green", "Amber", "Red"])],
)  # fmt: skip
def test_rows_sorted_without_their_keys_are_one_question(choice: str, ratings: list[str]) -> None:
    office = Office()
    moved = {"a-1": "a-2", "a-2": "a-3", "a-3": "a-1"}
    edits: dict[tuple[str, str], Raw] = {("a-1", "rating"): "Blue"}
    office.give_back(office.issue("Ann"), edits, moved=moved, digest="lead")
    assert (asked(office), set(fates(office, "lead"))) == (["file-sorted"], {"held"})
    office.answer(only(office), choice)
    assert [office.value(uid, "rating") for uid in moved] == ratings


@pytest.mark.parametrize(
    ("choice", "other", "actions"), [("Accept", None, 4), ("Link", "1.2", 3), ("Decline", None, 3)]
)
def test_an_added_row_is_a_proposal(choice: str, other: str | None, actions: int) -> None:
    office = Office()
    new: dict[str, Raw] = {"action": "Buy a ladder", "progress": "Half paid"}
    office.give_back(office.issue("Ann"), added=new, digest="lead")
    assert (asked(office), fates(office, "lead")) == (["row-added"], ["proposal", "proposal"])
    office.answer(only(office), choice, other)
    assert (len(office.state.master()), asked(office)) == (actions, [])
    stands = "Half paid" if choice == "Link" else "Slates on order"
    assert office.value("a-2", "progress") == stands


@pytest.mark.parametrize(
    ("choice", "other", "withdrawn", "lead"),
    [("Keep current", None, False, "Ann"), ("Withdraw", None, True, "Ann"),
     ("Transfer", "Ben", False, "Ben")],
)  # fmt: skip
def test_a_missing_row_is_never_a_deletion(
    choice: str, other: str | None, withdrawn: bool, lead: str
) -> None:
    office = Office()
    office.give_back(office.issue("Ann"), missing=["a-2"], digest="lead")
    assert (asked(office), fates(office, "lead")) == (["row-missing"], ["held"])
    assert not office.state.master_row("a-2").withdrawn
    office.answer(only(office), choice, other)
    assert office.state.master_row("a-2").status == ("withdrawn" if withdrawn else "")
    assert office.value("a-2", "lead") == lead


def test_the_same_row_twice_in_a_file_applies_neither() -> None:
    office = Office()
    copy = row("signed", {"ref": "1.1", "rating": "Red"}, "a-1")
    office.give_back(office.issue("Ann"), {("a-1", "rating"): "Amber"}, more=[copy], digest="lead")
    assert (office.value("a-1", "rating"), asked(office)) == ("Green", ["held"])
    assert sorted(c.text for c in only(office).candidates) == ["Amber", "Red"]


class TestClosedActions:
    @pytest.mark.parametrize("how", [("rating", "Blue"), (STATUS, "withdrawn")], ids=str)
    def test_closed_by_the_coordinator_after_the_issue_holds_the_edit(
        self, how: tuple[str, str]
    ) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.coordinator({("a-1", how[0]): how[1]})
        office.give_back(ann, {("a-1", "progress"): "More paint"}, digest="lead")
        assert (office.value("a-1", "progress"), asked(office)) == ("Paint bought", ["held"])
        assert fates(office, "lead") == ["held"]

    def test_closed_before_the_issue_takes_the_edit(self) -> None:
        office = Office()
        office.coordinator({("a-1", "rating"): "Blue"})
        office.give_back(office.issue("Ann"), {("a-1", "progress"): "More paint"})
        assert (office.value("a-1", "progress"), asked(office)) == ("More paint", [])

    @pytest.mark.parametrize("closed_first", [True, False])
    def test_closed_by_a_co_lead_takes_the_edit_in_either_order(self, closed_first: bool) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        close = office.reading(ben, {("a-1", "rating"): "Blue"}, digest="ben")
        edit = office.reading(ann, {("a-1", "progress"): "More paint"}, digest="ann")
        for reading in (close, edit) if closed_first else (edit, close):
            office.merge(reading)
        assert (office.value("a-1", "progress"), asked(office)) == ("More paint", [])
        assert office.value("a-1", "rating") == "Blue"


def test_a_locked_cell_can_be_accepted_as_the_coordinators() -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "action"): "Paint it"})
    office.answer(only(office), "Accept")
    assert (office.value("a-1", "action"), asked(office)) == ("Paint it", [])


class TestChangedDefinitions:
    def test_a_new_field_is_absent_and_a_retired_one_is_asked(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        retired = [replace(f, retired=f.id == "progress") for f in DEFINITION.fields]
        new = Field("cost", "Cost", "number", owner="lead")
        office.redefine(replace(DEFINITION, fields=(*retired, new)))
        office.give_back(ann, {("a-1", "progress"): "Dry"}, digest="lead")
        assert (asked(office), fates(office, "lead")) == (["held"], ["held"])

    def test_a_changed_scale_reads_the_value_again(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Puce"})
        assert only(office).choices == ("Keep current", "Other")
        scale = (*RATINGS, Rating("Puce", "Paused", order=5))
        office.redefine(replace(DEFINITION, ratings=scale))
        assert only(office).choices == ("Puce", "Keep current", "Other")


def test_the_master_is_a_return_of_the_coordinator_who_owns_every_field() -> None:
    office = Office()
    made = office.give_back(
        office.issue(COORDINATOR), {("a-1", "action"): "Paint it", ("a-1", "due"): "TBC"}
    )
    assert made.author == COORDINATOR
    assert (office.value("a-1", "action"), office.value("a-1", "due")) == ("Paint it", "TBC")
    assert asked(office) == []


def test_a_date_that_may_only_be_asked_for_stands() -> None:
    fields = (replace(f, change="request") if f.id == "due" else f for f in DEFINITION.fields)
    office = Office(definition=replace(DEFINITION, fields=tuple(fields)))
    office.give_back(office.issue("Ann"), {("a-1", "due"): "August 2026"}, digest="lead")
    assert (office.value("a-1", "due"), asked(office)) == ("June 2026", ["request"])
    assert fates(office, "lead") == ["held"]
    office.give_back(office.issue("Ben"), {("a-1", "due"): "July 2026"})
    assert (office.value("a-1", "due"), asked(office)) == ("June 2026", ["conflict"])


# The page


def test_a_file_with_an_older_key_is_one_question() -> None:
    office = Office()
    reading = replace(
        office.reading(office.issue("Ann"), {("a-1", "rating"): "Red"}), trust="old-key"
    )
    office.merge(reading)
    assert (asked(office), office.value("a-1", "rating")) == (["file-old-key"], "Green")
    office.answer(only(office), TAKE)
    assert office.value("a-1", "rating") == "Red"


def rows_of_the_page() -> list[str]:
    """The names of the rows of the table on the page: the words in bold that begin a row."""
    return re.findall(r"^\| \*\*(.+?)\*\* \|", PAGE, re.MULTILINE)


def test_the_page_has_a_row_for_each_of_these_names_and_no_other() -> None:
    scenes = {
        "put back", "emptied row", "grown narrative", "co-leads", "second return", "older form",
        "doubtful row", "sorted rows", "older key", "added row", "missing row", "row twice",
        "closed meanwhile", "new definition", "master.xlsx", "still blank", "request",
    }  # fmt: skip
    assert sorted(rows_of_the_page()) == sorted({case.row for case in CELLS} | scenes)
