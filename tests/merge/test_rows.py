"""Whole rows: proposed, added in the master, pasted, typed by hand, twice, missing, taken back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import DEFINITION, Office, row
from xlplan.merge.kinds import Id, Kind
from xlplan.merge.model import COORDINATOR, RowAdded
from xlplan.merge.questions import question_id
from xlplan.merge.reading import ReadCell, ReadRow
from xlplan.plan.definition import STATUS, Field, PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.settings import IssueSettings

LADDER = {"action": "Buy a ladder", "section": "One"}
SWEEP = {"action": "Sweep", "section": "Two", "rating": "Red"}


def dispositions(office: Office, digest: str) -> list[tuple[str, str]]:
    found = office.fates(office.state.returns[f"r-{digest}"])
    return [(fate.field, fate.disposition) for fate in found]


class TestProposals:
    def test_more_text_in_a_pre_stamped_row_replaces_what_was_proposed_before(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        for text, stamp in (("Buy", "2026-01-02"), ("Buy a ladder", "2026-01-03")):
            office.give_back(ann, saved_at=stamp, more=[row("added", {"action": text}, "new-1")])
        (question,) = office.questions()
        assert [c.text for c in question.candidates] == ["action: Buy a ladder"]

    def test_more_text_in_a_row_without_a_key_is_the_same_proposal(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, saved_at="2026-01-02", added=LADDER)
        office.give_back(ann, saved_at="2026-01-03", added={**LADDER, "rating": "Red"})
        (question,) = office.questions()
        office.answer(question, "Accept")
        assert office.state.master()[2].values["rating"] == "Red"

    def test_each_value_of_an_accepted_row_is_told_of_its_own_cell(self) -> None:
        office = Office()
        cells = {"action": ReadCell("Buy a ladder", "C20"), "rating": ReadCell("Red", "F20")}
        typed = ReadRow("new-1", "", 20, "added", cells)
        back = office.give_back(office.issue("Ann"), more=[typed])
        told = [(fate.field, fate.place.cell) for fate in office.fates(back)]
        assert told == [("action", "C20"), ("rating", "F20")]
        office.answer(office.questions()[0], "Accept")
        (made,) = [r for r in office.state.rows.values() if r.origin == "proposal"]
        assert {name: place.cell for name, place in made.places.items() if name in cells} == {
            "action": "C20",
            "rating": "F20",
        }
        log = [c for c in office.history.changes if c.kind == "row-added" and c.field in cells]
        assert [(c.field, c.after, c.place.cell) for c in log] == [
            ("action", "Buy a ladder", "C20"),
            ("rating", "Red", "F20"),
        ]

    @pytest.mark.parametrize(("team", "leads"), [("Repairs", None), ("Ann", ("Ann",))])
    def test_a_section_that_proposes_an_action_is_not_its_lead(
        self, team: str, leads: tuple[str, ...] | None
    ) -> None:
        people = Field("lead", "Lead", "people", "lead", "coordinator")
        office = Office(
            definition=replace(
                DEFINITION,
                fields=(*(f for f in DEFINITION.fields if f.role != "lead"), people),
                leads=(Lead("Ann"),),
                issue=IssueSettings(by="section"),
            )
        )
        office.give_back(office.issue(team), added=LADDER)
        office.answer(office.questions()[0], "Accept")
        (made,) = [r for r in office.state.master() if r.values["action"] == "Buy a ladder"]
        assert made.values.get("lead") == leads

    def test_a_proposal_accepted_twice_makes_one_row(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, saved_at="2026-01-02", added={**LADDER, "rating": "Purple"})
        office.answer(office.questions()[0], "Accept")
        more = {**LADDER, "rating": "Red", "ref": "1.9", "share": "lots"}
        office.give_back(ann, saved_at="2026-01-03", added=more)
        (question,) = office.questions()
        assert "accepted before as action 1.3" in question.message
        office.answer(question, "Accept")
        (made,) = [r for r in office.state.master() if r.values["action"] == "Buy a ladder"]
        assert (made.ref, made.values["rating"], made.values["share"]) == ("1.3", "Red", None)
        assert office.questions() == []

    def test_two_versions_without_a_time_are_offered_one_by_one(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        for rating in ("Red", "Amber"):
            office.give_back(ann, added={**LADDER, "rating": rating})
        (question,) = office.questions()
        chosen = next(
            choice
            for choice, c in zip(question.choices, question.candidates, strict=False)
            if "Amber" in c.text
        )
        office.answer(question, chosen)
        assert office.state.master()[2].values["rating"] == "Amber"
        assert office.questions() == []

    def test_linked_texts_join_what_the_action_holds(self) -> None:
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        new = {
            "diary:entry": "More", "tags": "z", "progress": "Paint bought", "share": "lots",
            "action": "Not the lead's to change",
        }  # fmt: skip
        office.give_back(office.issue("Ann"), added=new)
        office.answer(office.questions()[0], "Link", "1.1")
        assert office.value("a-1", "diary") == "[2026-01, Ann] More\nIt began."
        assert office.value("a-1", "tags") == "a, b, z"
        assert office.value("a-1", "action") == "Paint the hall"

    def test_formulas_and_errors_in_a_proposal_are_kept_and_every_cell_is_accounted_for(
        self,
    ) -> None:
        office = Office()
        new = row("added", {"action": "Buy", "progress": "formula:A1", "tags": "error:#REF!"})
        office.give_back(office.issue("Ann"), more=[new], digest="x")
        assert dispositions(office, "x") == [
            ("action", "proposal"), ("progress", "proposal"), ("tags", "proposal"),
        ]  # fmt: skip
        (question,) = office.questions()
        assert "progress: =A1" in question.candidates[0].text
        assert "tags: #REF!" in question.candidates[0].text

    def test_a_blank_proposal_row_says_nothing(self) -> None:
        office = Office()
        back = office.give_back(office.issue("Ann"), more=[row("added", {"action": " "}, "new-1")])
        assert back.assertions == ()

    def test_a_pre_stamped_row_copied_with_its_key_makes_two_proposals(self) -> None:
        office = Office()
        rows = [row("added", {"action": text}, "new-1") for text in ("Buy", "Sell")]
        office.give_back(office.issue("Ann"), more=rows)
        assert len(office.questions()) == 2

    def test_the_first_row_of_a_plan_is_numbered_from_one(self) -> None:
        office = Office(rows={})
        office.give_back(office.issue("Ann", []), added={"action": "Begin"})
        office.answer(office.questions()[0], "Accept")
        assert [r.ref for r in office.state.master()] == ["1"]

    def test_a_plan_without_refs_sections_or_leads_takes_rows_as_they_are(self) -> None:
        office = Office({}, PlanDefinition("bare", "Bare", (Field("note", "Note"),)))
        office.give_back(office.issue("Ann", []), added={"note": "Begin"})
        (question,) = office.questions()
        office.answer(question, "Accept")
        assert [r.values for r in office.state.master()] == [{"note": "Begin"}]
        office.give_back(office.issue("Ann", office.state.uids("action")), added={"note": "Go"})
        office.answer(office.questions()[0], "Accept")
        assert len(office.state.master()) == 2

    def test_a_ref_of_the_next_number_that_is_taken_is_passed_over(self) -> None:
        office = Office()
        office.coordinator({("a-3", "ref"): "1.3"})
        office.give_back(office.issue("Ann"), added=LADDER)
        office.answer(office.questions()[0], "Accept")
        assert "1.4" in [r.ref for r in office.state.master()]

    def test_undo_of_a_proposal_takes_its_row_out_and_it_can_come_again(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        before = office.picture()
        back = office.give_back(ann, added=LADDER, digest="x")
        office.answer(office.questions()[0], "Accept")
        later = office.issue("Ben", office.state.uids("action"))
        uid = office.state.uids("action")[2]
        office.give_back(later, {(uid, "progress"): "Bought"}, digest="y")
        office.undo(back)
        assert [r.ref for r in office.state.master()] == ["1.1", "1.2", "2.1"]
        assert office.questions() == []  # what was asked of the row went with it
        office.undo(office.state.returns["r-y"])
        assert office.picture() == before
        # A template that still holds the row asks for it to be taken in again.
        office.give_back(later, {(uid, "progress"): "Bought"}, digest="z")
        assert [q.kind for q in office.questions()] == ["row-added"]
        assert office.give_back(later, missing=[uid]).assertions == ()
        office.give_back(ann, added=LADDER, digest="x")
        own = next(q for q in office.questions() if "progress" not in q.candidates[0].text)
        office.answer(own, "Accept")
        assert office.state.row_at(uid) is not None


class TestOwnRows:
    def test_a_copy_of_the_master_that_says_more_of_a_new_row_adds_no_second(self) -> None:
        office = Office()
        export = office.issue(COORDINATOR)
        office.give_back(export, added=SWEEP, digest="x")
        office.give_back(export, added={**SWEEP, "rating": "Amber"}, digest="y")
        rows = office.state.master()
        assert [(r.ref, r.values["rating"]) for r in rows[3:]] == [("2.2", "Amber")]
        assert dispositions(office, "x") == [(name, "applied") for name in SWEEP]

    def test_the_row_goes_with_the_last_return_that_brought_it(self) -> None:
        office = Office()
        export = office.issue(COORDINATOR)
        first = office.give_back(export, added=SWEEP, digest="x")
        second = office.give_back(export, added=SWEEP, digest="y")
        office.undo(first)
        assert len(office.state.master()) == 4
        office.undo(second)
        assert len(office.state.master()) == 3
        told = [c.field for c in office.history.changes if c.kind == "row-added"]
        assert sorted(told) == ["action", "rating", "ref", "section"]

    def test_an_entry_and_a_text_of_a_new_row_are_both_kept(self) -> None:
        office = Office()
        new = {"action": "Sweep", "diary": "Before", "diary:entry": "Now"}
        office.give_back(office.issue("Ann"), added=new)
        office.answer(office.questions()[0], "Accept")
        assert office.value(office.state.uids("action")[-1], "diary") == "Now\nBefore"


class TestStrangers:
    def test_a_forged_row_of_no_action_is_offered_as_a_proposal(self) -> None:
        office = Office()
        forged = row("forged", {"action": "Forged", "rating": "Red"}, "u-9")
        office.give_back(office.issue("Ann"), more=[forged], digest="x")
        (question,) = office.questions()
        assert question.kind == "row-added"
        assert "never signed" in question.message
        assert dispositions(office, "x") == [("action", "proposal"), ("rating", "proposal")]

    def test_a_proposal_row_pasted_from_another_template_is_a_proposal(self) -> None:
        office = Office()
        ben = office.issue("Ben")
        pasted = row("foreign", {"action": "Pasted"}, "new-1", key=ben.id)
        office.give_back(office.issue("Ann"), more=[pasted])
        (question,) = office.questions()
        assert "pasted from another template" in question.message

    def test_a_row_of_another_action_typed_by_hand_is_held_and_its_blanks_say_nothing(
        self,
    ) -> None:
        office = Office()
        typed = row("matched", {"ref": "2.1", "rating": "Blue", "due": None}, "a-3")
        office.give_back(office.issue("Ann", ["a-1", "a-2"]), more=[typed], digest="x")
        assert dispositions(office, "x") == [("rating", "held")]

    def test_a_signed_row_of_no_template_is_held(self) -> None:
        office = Office()
        odd = row("signed", {"ref": "2.1", "rating": "Blue"}, "a-3")
        office.give_back(office.issue("Ann", ["a-1", "a-2"]), more=[odd])
        (question,) = office.questions()
        assert "Action 2.1 is not in the template" in question.message

    def test_a_pasted_row_is_compared_with_the_template_it_came_from(self) -> None:
        office = Office()
        ben = office.issue("Ben", ["a-3"], cycle="2025-12")
        office.coordinator({("a-3", "rating"): "Amber"})
        shown = {name: office.shown(ben, "a-3", name) for name in ("ref", "rating", "due")}
        same = row("foreign", {**shown}, "a-3", key=ben.id)
        ann = office.issue("Ann", ["a-1", "a-2"])
        assert office.give_back(ann, more=[same]).assertions == ()
        edited = row("foreign", {**shown, "rating": "Blue"}, "a-3", key=ben.id)
        office.give_back(ann, more=[edited], digest="x")
        assert dispositions(office, "x") == [("rating", "held")]
        assert office.value("a-3", "rating") == "Amber"

    def test_a_signed_copy_of_a_row_that_was_only_matched_settles_it(self) -> None:
        for order in (("matched", "signed"), ("signed", "matched")):
            office = Office()
            ann = office.issue("Ann")
            for trust in order:
                office.give_back(ann, {("a-1", "rating"): "Blue"}, trust={"a-1": trust})
            assert office.value("a-1", "rating") == "Blue"
            assert office.questions() == []


class TestMissingAndTwice:
    def test_a_row_that_was_emptied_accounts_for_each_of_its_cells(self) -> None:
        office = Office()
        emptied = {("a-2", name): None for name in ("due", "rating", "progress")}
        office.give_back(office.issue("Ann"), emptied, digest="x")
        assert sorted(dispositions(office, "x")) == [
            ("due", "held"), ("progress", "held"), ("rating", "held"),
        ]  # fmt: skip
        found = office.fates(office.state.returns["r-x"])
        assert len({fate.place.cell for fate in found}) == 3

    def test_an_emptied_row_after_an_edit_is_asked_about_once(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-2", "progress"): "Slates came"}, saved_at="2026-01-02")
        emptied = {("a-2", name): None for name in ("due", "rating", "progress")}
        office.give_back(ann, emptied, saved_at="2026-01-03")
        assert [q.kind for q in office.questions()] == ["row-missing"]
        assert office.value("a-2", "progress") == "Slates came"

    def test_a_withdrawn_action_may_be_missing(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, missing=["a-1"])
        office.answer(office.questions()[0], "Withdraw")
        office.give_back(ben, missing=["a-1"])
        assert office.questions() == []

    def test_two_copies_of_a_row_that_differ_are_both_offered(self) -> None:
        office = Office()
        copy = row("signed", {"ref": "1.1", "rating": "Red"}, "a-1")
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Blue"}, more=[copy], digest="x")
        (question,) = office.questions()
        assert question.kind == "held"
        assert sorted(c.text for c in question.candidates) == ["Blue", "Red"]
        assert dispositions(office, "x") == [("rating", "held"), ("rating", "held")]
        office.answer(question, "Red")
        assert office.value("a-1", "rating") == "Red"


class TestMaster:
    def test_rows_in_another_order_change_nothing(self) -> None:
        office = Office()
        export = office.issue(COORDINATOR, ["a-3", "a-1", "a-2"])
        assert office.give_back(export).assertions == ()
        assert office.state.uids("action") == ["a-1", "a-2", "a-3"]

    def test_a_deleted_row_is_asked_about(self) -> None:
        office = Office()
        office.give_back(office.issue(COORDINATOR), missing=["a-2"])
        (question,) = office.questions()
        assert (question.kind, question.choices) == (
            "row-missing", ("Keep current", "Withdraw", "Transfer"),
        )  # fmt: skip

    def test_a_row_copied_with_its_key_applies_neither(self) -> None:
        office = Office()
        office.coordinator({("a-1", "rating"): "Red"}, twice="a-1")
        assert office.value("a-1", "rating") == "Green"
        assert [q.kind for q in office.questions()] == ["held"]

    def test_the_ref_and_the_lead_are_the_coordinators_to_change(self) -> None:
        office = Office()
        office.coordinator({("a-1", "ref"): "4.1", ("a-1", "lead"): "Cat"})
        assert office.state.ref("a-1") == "4.1"
        assert office.state.value("a-1", "lead") == ("Cat",)
        office.coordinator({("a-1", "ref"): None})
        assert [q.kind for q in office.questions()] == ["cleared-required"]

    def test_an_action_is_withdrawn_and_taken_up_again(self) -> None:
        office = Office()
        office.coordinator({("a-1", STATUS): "withdrawn"})
        assert office.state.master_row("a-1").withdrawn
        office.coordinator({("a-1", STATUS): None})
        assert not office.state.master_row("a-1").withdrawn

    @pytest.mark.parametrize("first", ["coordinator", "lead"])
    def test_an_edit_that_crossed_with_a_return_is_a_conflict(self, first: str) -> None:
        office = Office()
        export, ann = office.issue(COORDINATOR), office.issue("Ann")
        acts = [(export, "Red"), (ann, "Blue")]
        for issued, rating in acts if first == "coordinator" else acts[::-1]:
            office.give_back(issued, {("a-1", "rating"): rating})
        assert office.value("a-1", "rating") == "Red"
        (question,) = office.questions()
        assert [(c.text, c.author) for c in question.candidates] == [
            ("Blue", "Ann"), ("Red", COORDINATOR),
        ]  # fmt: skip

    def test_rows_of_recommendations_are_compared_with_their_own_fields(self) -> None:
        rated = Field("score", "Score", "rating", "text", of="recommendation")
        office = Office(definition=PlanDefinition(
            "both", "Both", (*DEFINITION.fields, rated), ratings=DEFINITION.ratings,
            leads=DEFINITION.leads,
        ))  # fmt: skip
        office.append(RowAdded("r-1", "recommendation", 1, {"score": "Red"}, {}))
        export = office.issue(COORDINATOR, ["r-1"])
        edited = row("signed", {"score": "Amber"}, "r-1")
        reading = office.reading(export, missing=["r-1"], more=[edited])
        office.merge(replace(reading, columns=("score",)))
        assert office.state.value("r-1", "score") == "Amber"
        assert office.state.ref("r-1") == ""

    def test_a_closed_action_of_a_plan_without_ratings_is_not_known_to_be_closed(self) -> None:
        fields = (Field("ref", "Ref", "text", "key"), Field("note", "Note", owner="lead"))
        office = Office({"a-1": {"ref": "1"}}, PlanDefinition("bare", "Bare", fields))
        office.give_back(office.issue("Ann", ["a-1"]), {("a-1", "note"): "Done"})
        assert office.state.value("a-1", "note") == "Done"


def test_a_question_is_known_by_its_cell_and_what_competes_there() -> None:
    x, y, cell = Id("x"), Id("y"), ("a", "b")
    assert question_id(cell, Kind.HELD, (y, x)) == question_id(cell, Kind.HELD, (x, y))
    assert question_id(cell, Kind.HELD, (x,)) != question_id(cell, Kind.HELD, (x.doubted,))


@pytest.mark.parametrize(
    ("other", "fates"), [("Paint bought", []), ("Half dry", ["held"])], ids=["base", "neither"]
)
def test_a_cell_that_two_readers_read_differently_applies_nothing(
    other: str, fates: list[str]
) -> None:
    office = Office()
    reading = office.reading(office.issue("Ann"), {("a-1", "progress"): "Dry"}, digest="two")
    rows = [
        replace(row, cells={**row.cells, "progress": replace(row.cells["progress"], other=other)})
        if row.uid == "a-1"
        else row
        for row in reading.rows
    ]
    office.merge(replace(reading, rows=tuple(rows)))
    assert office.value("a-1", "progress") == "Paint bought"
    got = [fate.disposition for fate in office.fates(office.state.returns["r-two"])]
    assert got == fates


def test_a_row_added_among_recommendations_becomes_one() -> None:
    fields = (
        *DEFINITION.fields,
        Field("ref", "No", "text", "key", of="recommendation"),
        Field("action", "Recommendation", "narrative", "action", of="recommendation"),
    )
    office = Office(definition=replace(DEFINITION, fields=fields))
    known = {"ref": "1", "action": "Keep the hall dry"}
    office.append(RowAdded("rec-1", "recommendation", 1.0, known, {}))
    export = replace(office.issue(COORDINATOR), uids=("a-1", "a-2", "a-3", "rec-1"))
    office.append(export)
    reading = office.reading(export, added={"action": "Keep the hall warm"})
    sheets = [
        replace(row, sheet="Recommendations") if row.uid in ("rec-1", "") else row
        for row in reading.rows
    ]
    office.merge(replace(reading, rows=tuple(sheets)))
    found = [(row.ref, row.values["action"]) for row in office.state.master("recommendation")]
    assert found == [("1", "Keep the hall dry"), ("2", "Keep the hall warm")]
    assert len(office.state.master("action")) == 3
