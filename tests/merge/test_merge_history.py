"""What time brings: late returns, copies, generations of sets, undo and history."""

from __future__ import annotations

from datetime import date

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, FIELDS, LEADS, RATINGS, Office
from xlplan.cycle.desk import base_digest
from xlplan.errors import Problem
from xlplan.merge import decide
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.merge.kinds import identity
from xlplan.merge.model import COORDINATOR, Ours, Returned, RowAdded, Shared
from xlplan.merge.past import restated
from xlplan.merge.register import BLANK, settle
from xlplan.plan.definition import PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.values import Raw


class TestPeriods:
    def test_a_late_entry_goes_to_its_own_period_as_a_restatement(self) -> None:
        office = Office()
        old = office.issue("Ann", cycle="2026-9")
        new = office.issue("Ann", cycle="2026-10")
        cell = ("a-1", "diary:entry")
        office.give_back(new, {cell: "October"}, saved_at="2026-10-30")
        reported = office.state.seq
        office.give_back(old, {cell: "September"}, saved_at="2026-11-02")
        assert office.value("a-1", "diary").split("\n") == [
            "[30 October 2026, Ann] October",
            "[2 November 2026, Ann] September",
        ]
        assert [(c.kind, c.cycle) for c in office.history.changes] == [
            ("entry", "2026-10"), ("restatement", "2026-9"),
        ]  # fmt: skip
        then = {
            row.uid: row.values["diary"] for row in restated(office.state, reported, {"2026-9"})
        }
        assert then["a-1"] == "[2 November 2026, Ann] September"

    def test_a_plan_without_sections_can_be_restated(self) -> None:
        plain = PlanDefinition("p", "P", tuple(f for f in FIELDS if f.role != "section"))
        office = Office(definition=plain)
        assert restated(office.state, office.state.seq, ())[0].section == ""


class TestCopies:
    def test_a_copy_with_a_time_of_a_file_without_one_replaces_nothing(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-1", "rating"): "Blue"}, digest="1")
        office.give_back(ann, {("a-1", "rating"): "Red"}, saved_at="2026-01-02", digest="2")
        assert office.value("a-1", "rating") == "Green"
        office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-09", digest="3")
        assert office.value("a-1", "rating") == "Green"
        assert [q.kind for q in office.questions()] == ["conflict"]

    def test_a_copy_without_a_time_of_a_file_with_one_replaces_nothing(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-01", digest="1")
        office.give_back(ann, {("a-1", "rating"): "Red"}, saved_at="2026-01-02", digest="2")
        office.give_back(ann, {("a-1", "rating"): "Blue"}, digest="3")
        assert office.value("a-1", "rating") == "Red"
        (question,) = office.questions()  # it may as well be the lead's latest word
        assert (question.kind, [c.text for c in question.candidates]) == (
            "reverted", ["Red", "Blue"],
        )  # fmt: skip

    def test_a_copy_after_a_rating_was_renamed_is_the_same_edit(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-2", "rating"): "Green"}, digest="1")
        ratings = tuple(
            replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
            for r in office.state.definition.ratings
        )
        office.redefine(replace(office.state.definition, ratings=ratings))
        office.coordinator({("a-2", "rating"): "Red"})
        office.give_back(ann, {("a-2", "rating"): "Green"}, digest="2")
        assert office.value("a-2", "rating") == "Red"
        assert office.questions() == []

    def test_a_field_added_since_is_known_by_the_definition_that_stands(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        more = replace(FIELDS[-1], id="extra", heading="Extra", type="text")
        office.redefine(replace(office.state.definition, fields=(*FIELDS, more)))
        odd = replace(ann, id="t-odd", fields=(*ann.fields, "extra"), inputs=(*ann.inputs, "extra"))
        office.append(odd)
        office.give_back(odd, {("a-1", "extra"): "x"})
        assert office.value("a-1", "extra") == "x"

    def test_a_copy_with_a_time_does_not_date_an_entry(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        cell = ("a-1", "diary:entry")
        office.give_back(ann, {cell: "News"}, digest="1")
        office.give_back(ann, {cell: "News"}, saved_at="2026-02-01", digest="2")
        assert office.value("a-1", "diary") == "[2026-01, Ann] News"

    def test_later_files_that_say_nothing_of_a_cell_revert_nothing(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        cell = ("a-1", "rating")
        office.give_back(ann, {cell: "Blue"}, saved_at="2026-01-02")
        office.give_back(ann, {}, saved_at="2026-01-03", without=["rating"])
        office.give_back(ann, {cell: "Red"}, saved_at="2026-01-04", trust={"a-1": "matched"})
        assert [q.kind for q in office.questions()] == ["held"]

    def test_the_latest_file_has_the_last_word_on_what_was_reverted(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        cell = ("a-1", "rating")
        office.give_back(ann, {cell: "Blue"}, saved_at="2026-01-02")
        office.give_back(ann, {}, saved_at="2026-01-03")
        office.give_back(ann, {cell: "Blue"}, saved_at="2026-01-04")
        assert office.questions() == []


class TestSets:
    def test_elements_over_several_generations(self) -> None:
        """a was removed and put back knowingly; an old template still comes in."""
        office = Office()
        tags = ("a-1", "tags")
        old = office.issue("Cat")
        office.coordinator({tags: "b"})
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {tags: "b, a, c"})
        office.give_back(ben, {tags: "b, d"})
        assert office.value(*tags) == "a, b, c, d"
        office.give_back(old, {tags: "a, b, e"})
        assert office.value(*tags) == "a, b, c, d, e"
        new = office.issue("Ann")
        office.give_back(new, {tags: "a, b, c"})
        assert office.value(*tags) == "a, b, c"

    def test_what_its_own_author_took_out_again_is_out(self) -> None:
        office = Office()
        tags = ("a-1", "tags")
        ann = office.issue("Ann")
        office.give_back(ann, {tags: "a, b, x"}, saved_at="2026-01-02")
        office.coordinator({tags: "a, b, x, k"})
        office.give_back(ann, {tags: "a, b, c"}, saved_at="2026-01-03")
        assert office.value(*tags) == "a, b, c, k"

    def test_two_generations_of_co_leads(self) -> None:
        office = Office()
        tags = ("a-1", "tags")
        for texts in (("a, b, c", "a, d"), ("a, c, d, e", "c, d")):
            given = [office.issue("Ann"), office.issue("Ben")]
            for template, text in zip(given, texts, strict=True):
                office.give_back(template, {tags: text})
        assert office.value(*tags) == "c, d, e"

    def test_a_set_that_everybody_emptied_is_blank(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "tags"): "a"})
        office.give_back(ben, {("a-1", "tags"): "b"})
        assert office.state.value("a-1", "tags") is None


class TestInformation:
    @pytest.mark.parametrize(
        ("field", "typed", "says"),
        [
            ("rating", "green", "means the same as"),
            ("due", "Jun 2026", "means the same as"),
            ("progress", "Paint bought  ", "means the same as"),
            ("revised", "  ", "means a blank"),
            ("rating", "Βlue", 'was read as "Blue"'),
        ],
    )
    def test_what_was_read_otherwise_than_typed_is_said(
        self, field: str, typed: str, says: str
    ) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), {("a-1", field): typed})
        (line,) = back.information
        assert says in line

    @pytest.mark.parametrize(("typed", "field"), [("Blue", "rating"), ("Completed", "rating")])
    def test_what_was_typed_as_it_is_named_needs_no_word(self, typed: str, field: str) -> None:
        office = Office()
        assert office.give_back(office.issue("Ann"), {("a-1", field): typed}).information == ()


class TestUntouched:
    @pytest.mark.parametrize(
        ("base", "came"),
        [("1.10", 1.1), ("x" * 40_000, "x" * 32_767), ("x" * 400, "x" * 255), ("7", 7)],
    )
    def test_what_a_program_made_of_a_text_is_no_edit(self, base: str, came: Raw) -> None:
        office = Office()
        office.coordinator({("a-1", "progress"): base})
        assert office.give_back(office.issue("Ann"), {("a-1", "progress"): came}).assertions == ()

    @pytest.mark.parametrize("came", [3, True, date(2026, 5, 1)])
    def test_another_value_of_another_type_is_an_edit(self, came: Raw) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), {("a-1", "progress"): came})
        assert [a.kind for a in back.assertions] == ["edit"]

    def test_numbers_are_the_same_to_fifteen_digits(self) -> None:
        office = Office()
        office.coordinator({("a-1", "share"): 0.1 + 0.2})
        assert office.give_back(office.issue("Ann"), {("a-1", "share"): 0.3}).assertions == ()

    def test_a_truth_that_a_program_wrote_as_a_formula_is_a_text(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        reading = office.reading(ann)
        first = reading.rows[0]
        cells = {**first.cells, "progress": replace(first.cells["progress"], value=True,
                                                    formula="TRUE()")}  # fmt: skip
        office.merge(replace(reading, rows=(replace(first, cells=cells), *reading.rows[1:])))
        assert office.value("a-1", "progress") == "TRUE"


class TestHistory:
    def test_the_plan_as_it_stood_keeps_rows_that_were_taken_back(self) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), added={"action": "Buy"}, digest="x")
        office.answer(office.questions()[0], "Accept")
        then = office.state.seq
        office.undo(back)
        assert len(office.state.master(as_of=then)) == 4
        assert len(office.state.master()) == 3
        assert {c.kind for c in office.history.changes} == {"row-added", "undo"}

    def test_undo_of_a_link_takes_what_it_wrote(self) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), added={"action": "R", "progress": "Half"})
        office.answer(office.questions()[0], "Link", "1.2")
        office.undo(back)
        assert office.value("a-2", "progress") == "Slates on order"

    def test_undo_of_a_missing_row_takes_its_withdrawal(self) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), missing=["a-2"])
        office.answer(office.questions()[0], "Withdraw")
        office.undo(back)
        assert not office.state.master_row("a-2").withdrawn

    def test_undo_of_the_edit_reopens_nothing_that_was_decided_of_others(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "rating"): "Purple"})
        office.answer(office.questions()[0], "Keep current")
        back = office.give_back(ben, {("a-1", "rating"): "Red"}, digest="ben")
        office.undo(back)
        assert office.questions() == []

    def test_what_was_issued_is_told_by_the_definition_of_that_time(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        before = base_digest(office.state, ["a-1"], ["rating"], ann.as_of)
        assert before == base_digest(office.state, ["a-1"], ["rating"], office.state.seq)
        ratings = tuple(
            replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
            for r in office.state.definition.ratings
        )
        office.redefine(replace(office.state.definition, ratings=ratings))
        assert office.state.cell_as_issued(("a-1", "rating"), ann.as_of).value == "Green"
        assert base_digest(office.state, ["a-1"], ["rating"], ann.as_of) == before

    def test_returns_are_found_by_their_bytes_until_they_are_taken_back(self) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), digest="same")
        assert office.state.live_return_of("same") == back
        office.undo(back)
        assert office.state.live_return_of("same") is None
        assert office.state.live_return_of("other") is None

    def test_a_change_made_by_two_is_told_of_both(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        made = office.merge(
            office.reading(ann, {("a-1", "rating"): "Blue"}, digest="1"),
            office.reading(ben, {("a-1", "rating"): "Blue"}, digest="2"),
        )
        assert [(c.by, c.kind) for c in made] == [("Ann, Ben", "agreed")]

    def test_a_set_that_two_have_added_to_is_not_said_to_be_agreed(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "tags"): "a, b, c"})
        (change,) = office.merge(office.reading(ben, {("a-1", "tags"): "a, b, d"}, digest="2"))
        assert (change.by, change.kind) == ("Ben", "edit")

    def test_the_reason_of_a_decision_stands_in_the_log(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "rating"): "Blue"})
        office.give_back(ben, {("a-1", "rating"): "Red"})
        (question,) = office.questions()
        answer = Answer("Red", why="The evidence is not in")
        facts = facts_of(office.state, question, answer)
        assert not isinstance(facts, Problem)
        (change,) = office.append(*facts)
        assert (change.kind, change.why) == ("decision", "The evidence is not in")

    def test_what_a_conflict_goes_on_showing_is_told_of_who_wrote_it(self) -> None:
        office = Office()
        ann = office.issue("Ann", cycle="2026-09")
        master = office.issue(COORDINATOR)
        office.issue("Ann", cycle="2026-10")
        cell = ("a-1", "rating")
        own = office.returned(
            office.reading(master, {cell: "Amber"}, file="master.xlsx", digest="1")
        )
        crossed = office.returned(office.reading(ann, {cell: "Red"}, file="ann.xlsx", digest="2"))
        (change,) = office.append(own, crossed)
        assert (change.after, change.by, change.kind) == ("Amber", COORDINATOR, "conflict")
        assert (change.place.file, change.return_id) == ("master.xlsx", own.id)
        assert [event.fact for event in office.events if event.seq == change.seq] == [own]

    def test_the_log_before_any_issue_has_no_cycle(self) -> None:
        office = Office()
        office.coordinator({("a-1", "rating"): "Blue"}, digest="1")
        replayed = office.replayed()
        assert [c.kind for c in replayed.changes] == ["master"]


def test_the_textbook_leaves_alone_what_it_cannot_know() -> None:
    base = {"1": {"rating": "Green", "action": "x"}}
    found = decide(
        base, base, {"1": {"nothing": 1, "rating": "Green", "action": "y"}, "2": {}},
        Office().state.definition,
    )  # fmt: skip
    assert [(r.field, r.disposition) for r in found] == [
        ("rating", "untouched"), ("action", "locked"),
    ]  # fmt: skip


def test_the_textbook_keeps_the_master_in_a_conflict() -> None:
    base, master, returned = ({"1": {"rating": text}} for text in ("Green", "Red", "Blue"))
    definition = Office().state.definition
    (ruling,) = decide(base, master, returned, definition)
    assert (ruling.disposition, ruling.value) == ("conflict", "Red")
    (ruling,) = decide(base, master, master, definition)
    assert (ruling.disposition, ruling.value) == ("agreed", "Red")


def test_a_column_of_no_field_says_nothing() -> None:
    office = Office()
    ann = office.issue("Ann")
    odd = replace(ann, id="t-odd", fields=(*ann.fields, "nothing"))
    office.append(odd)
    assert office.give_back(odd, {("a-1", "nothing"): "x"}).assertions == ()


def test_whole_numbers_are_the_same_however_they_are_kept() -> None:
    assert identity(2.0) == identity(2) != identity(2.5)


def test_a_lead_who_looks_at_an_open_conflict_has_seen_what_both_sides_saw() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ann, {("a-1", "rating"): "Blue"})
    office.give_back(ben, {("a-1", "rating"): "Red"})
    office.give_back(office.issue("Cat"), {("a-1", "rating"): "Amber"})
    (question,) = office.questions()
    assert [c.author for c in question.candidates] == ["Ann", "Ben", "Cat"]


def test_a_composite_is_remembered() -> None:
    office = Office()
    assert office.publish("2026-01") == []
    assert [fact.cycle for _, fact in office.state.published] == ["2026-01"]


def test_a_cell_on_which_nothing_stands_is_blank() -> None:
    assert settle(None, []) is BLANK


@pytest.mark.parametrize("turned", [False, True])
def test_what_became_of_an_edit_does_not_depend_on_which_later_file_came_first(
    turned: bool,
) -> None:
    """Ben's edit stood; Ann answers an old form, and one that shows it."""
    office = Office()
    old = office.issue("Ann")
    back = office.give_back(office.issue("Ben"), {("a-1", "progress"): "Done"}, digest="0")
    new = office.issue("Ann", cycle="2026-02")
    later = [
        office.reading(template, {("a-1", "progress"): text}, digest=text)
        for template, text in ((old, "Dug"), (new, "Half"))
    ]
    for reading in reversed(later) if turned else later:
        office.merge(reading)
    assert [fate.disposition for fate in office.fates(back)] == ["applied"]


def test_co_leads_who_cross_with_two_edits_of_the_coordinator() -> None:
    office = Office()
    first, second = office.issue(COORDINATOR), office.issue(COORDINATOR)
    office.give_back(first, {("a-1", "progress"): "One"})
    office.give_back(second, {("a-1", "progress"): "Two"})
    assert office.value("a-1", "progress") == "Two"
    ann = office.issue("Ann")
    office.give_back(ann, {("a-1", "progress"): "Three"})
    (question,) = office.questions()
    assert {c.text for c in question.candidates} == {"One", "Three"}


class TestWhatIsOurs:
    def test_it_is_known_for_each_way_in_which_a_template_was_written(self) -> None:
        office = Office()
        issued = office.issue("Ann")
        assert office.state.exchange.ours_of(issued.id) == []
        first = Shared("f-1", {"Update": "00000001"}, ("#FFFFFF",))
        again = Shared("f-2", {"Update": "00000002"}, ())
        office.append(
            replace(issued, ours=Ours({"Guidance": "00000003"}, "f-1", first)),
            replace(issued, id="t-2", ours=Ours({"Guidance": "00000004"}, "f-1")),
            replace(issued, ours=Ours({}, "f-2", again)),
        )
        assert office.state.exchange.ours_of(issued.id) == [
            ({"Guidance": "00000003"}, first.texts), ({}, again.texts),
        ]  # fmt: skip
        assert office.state.exchange.ours_of("t-2") == [({"Guidance": "00000004"}, first.texts)]
        assert office.state.exchange.shared == {"f-1": first, "f-2": again}


def test_a_name_that_is_an_alias_since_is_nobodys_edit_and_nothing_to_report() -> None:
    office = Office()
    ann = office.issue("Ann")
    leads = (Lead("Benedict", aliases=("Ben",)), *LEADS[:1])
    office.redefine(replace(DEFINITION, leads=leads))
    shown = {("a-1", "lead"): "Ann\nBen", ("a-3", "lead"): "Ben"}
    back = office.give_back(ann, {**shown, ("a-2", "progress"): "Slates are here"})
    assert back.information == ()
    assert [item.field for item in back.assertions] == ["progress"]
    assert office.value("a-1", "lead") == "Ann\nBenedict"


def test_what_is_spelt_alike_in_several_rows_is_one_line() -> None:
    office = Office()
    ann = office.issue("Ann")
    same = {("a-1", "due"): "Jun 2026", ("a-2", "due"): "June 2026"}
    office.coordinator({("a-2", "due"): "June 2026"})
    ann = office.issue("Ann")
    back = office.give_back(ann, {**same, ("a-2", "due"): "Jun 2026"})
    assert back.assertions == ()
    [line] = back.information
    assert line.startswith('Update!F6: "Jun 2026" means the same as "June 2026"')
    assert line.endswith("(So in Update!F7.)")


class TestWhatARowBroughtIn:
    """It stands in its cells from its position on, without a write of its own."""

    def office(self) -> Office:
        office = Office()
        office.append(RowAdded("a-9", "action", 9.0, {"ref": "9.9", "rating": "Green"}, {}))
        return office

    def test_it_is_not_there_before(self) -> None:
        state = self.office().state
        assert state.value("a-9", "rating") == "Green"
        assert state.value("a-9", "rating", state.seq - 1) is None
        shown = [base_digest(state, ["a-9"], ["ref", "rating"], at) for at in (1, 2, state.seq)]
        assert shown[0] == shown[1] != shown[2]

    def test_a_later_definition_reads_it_anew(self) -> None:
        office = self.office()
        ratings = [replace(r, code="Good", aliases=("Green",)) for r in RATINGS[1:2]]
        before = office.state.seq
        office.redefine(replace(DEFINITION, ratings=(*ratings, *RATINGS[2:])))
        assert office.state.value("a-9", "rating") == "Good"
        assert office.state.cell_as_issued(("a-9", "rating"), before).value == "Green"
        office.redefine(replace(DEFINITION, fields=FIELDS[:3]))
        assert office.state.value("a-9", "rating") == "Green"

    def test_its_cells_are_known_and_written_only_once_somebody_writes(self) -> None:
        office = self.office()
        cells = {("a-9", "ref"), ("a-9", "rating")}
        assert cells < set(office.state.records.cells())
        assert cells & set(office.state.records.written()) == set()
        issued = office.issue("Ann", ["a-9"])
        office.give_back(issued, {("a-9", "rating"): "Red"})
        assert cells & set(office.state.records.written()) == {("a-9", "rating")}


def test_what_went_out_is_found_by_cycle_and_by_bytes() -> None:
    office = Office()
    first = office.issue("Ann", cycle="2026-02")
    second = office.issue("Ben", cycle="2026-01")
    office.issue(COORDINATOR, cycle="2026-03")
    exchange = office.state.exchange
    assert exchange.cycles == ["2026-02", "2026-01"]
    assert exchange.cycle == "2026-01"
    assert exchange.templates("2026-02") == [first]
    assert exchange.templates("2026-01") == [second]
    office.give_back(first, digest="read")
    (back,) = exchange.events_from("Ann")
    assert back.fact is office.state.returns["r-read"]
    assert exchange.events_from("Ann", back.seq) == exchange.events_from("Nobody") == []
    office.append(Returned("r-x", "refused", "x.xlsx", "", "", "", "", "refused"))
    found = [exchange.knows(digest) for digest in ("read", "refused", "another", first.sha256)]
    assert found == [True, False, False, True]
