"""Questions and answers: what is offered, what a decision writes, sees and leaves alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.paper import FIELDS, RATINGS, Office
from xlplan.errors import Problem
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import (
    about_definition,
    clash,
    facts_of,
    unused_answers,
    unused_set_up,
)
from xlplan.merge.kinds import Kind, write_id
from xlplan.merge.model import (
    COORDINATOR,
    Decided,
    Fact,
    Issued,
    Place,
    Question,
    Returned,
    Unused,
    Write,
)
from xlplan.merge.questions import labelled
from xlplan.plan.definition import STATUS, Rating
from xlplan.plan.values import Raw


def refused(office: Office, choice: str, other: Raw = None, number: int = 0) -> Problem:
    question = office.questions()[number]
    found = facts_of(office.state, question, Answer(choice, other, place=Place("d.xlsx")))
    assert isinstance(found, Problem)
    assert found.where == "d.xlsx"
    return found


def answer_from(office: Office, issued: str, question: Question, choice: str) -> None:
    """An answer given in a decisions workbook that was issued earlier."""
    facts = facts_of(office.state, question, Answer(choice, issued=issued))
    assert not isinstance(facts, Problem)
    office.append(*facts)


class TestRefused:
    @pytest.mark.parametrize(
        ("edit", "choice", "other", "code"),
        [
            (("rating", "Purple"), "Puce", None, "DEC-002"),
            (("rating", "Purple"), "", None, "DEC-002"),
            (("rating", "Purple"), "Other", None, "DEC-004"),
            (("rating", "Purple"), "Other", "Puce", "DEC-003"),
            (("lead", "Ben"), "Other", " ", "DEC-004"),
        ],
    )
    def test_an_answer_that_says_nothing_usable(
        self, edit: tuple[str, str], choice: str, other: str | None, code: str
    ) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", edit[0]): edit[1]})
        assert refused(office, choice, other).code == code
        assert len(office.questions()) == 1

    @pytest.mark.parametrize("choice", ["Keep current", "Amber", "Green"])
    def test_another_value_beside_a_choice_that_does_not_use_it(self, choice: str) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-3", "rating"): "Amber"}, digest="1")
        office.give_back(ben, {("a-3", "rating"): "Green"}, digest="2")
        problem = refused(office, choice, "Blue")
        assert (problem.code, "Blue" in problem.message) == ("DEC-003", True)
        assert len(office.questions()) == 1

    def test_the_chosen_value_written_again_as_another_value_says_nothing_new(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-3", "rating"): "Amber"}, digest="1")
        office.give_back(ben, {("a-3", "rating"): "Green"}, digest="2")
        office.answer(office.questions()[0], "Amber", "amber")
        assert office.value("a-3", "rating") == "Amber"

    def test_an_invalid_value_in_a_held_row_cannot_be_accepted(self) -> None:
        office = Office()
        office.give_back(
            office.issue("Ann"), {("a-1", "rating"): "Purple"}, trust={"a-1": "matched"}
        )
        assert refused(office, "Accept").code == "DEC-003"

    def test_a_transfer_to_nobody_and_to_a_stranger(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), missing=["a-2"])
        assert "No lead is named" in refused(office, "Transfer").message
        assert '"Zoe" is not in the list' in refused(office, "Transfer", "Zoe").message

    @pytest.mark.parametrize(
        ("ref", "said"),
        [(None, '"Other value" is blank'), ("9.9", '"9.9" is not the ref of an action')],
    )
    def test_a_link_to_no_action(self, ref: str | None, said: str) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), added={"action": "Roof"})
        problem = refused(office, "Link", ref)
        assert (problem.code, problem.message[:16]) == ("DEC-006", "The proposed row")
        assert said in problem.message

    @pytest.mark.parametrize("slip", ["Kep current", "keep", "Othr", "Combin", "Accept", "decline"])
    def test_what_is_nearly_a_choice_is_no_text(self, slip: str) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "progress"): "Begun"}, digest="1")
        office.give_back(ben, {("a-1", "progress"): "Halted"}, digest="2")
        assert refused(office, slip).code == "DEC-002"

    @pytest.mark.parametrize("reply", ["No", "no.", "Yes", "Maybe?", "don’t know", "OK", "?", "✓"])
    @pytest.mark.parametrize(
        ("field", "came"), [("action", "Paint the hall blue"), ("due", "n/a"), ("lead", "Cat")]
    )
    def test_a_reply_to_what_is_asked_is_no_text_of_the_action(
        self, field: str, came: str, reply: str
    ) -> None:
        """ "Should the plan take it?", "No": the text of the action was No from then on."""
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", field): came})
        before = office.value("a-1", field)
        assert refused(office, reply).code == "DEC-002"
        assert office.value("a-1", field) == before

    def test_a_word_for_a_whole_row_is_a_value_of_no_field(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), added={"action": "Roof"})
        assert refused(office, "Amber").code == "DEC-002"

    def test_a_value_beside_another_value_is_not_chosen_between(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple"})
        assert refused(office, "Amber", "Red").code == "DEC-002"

    def test_without_a_place_the_question_is_named(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple"})
        question = office.questions()[0]
        found = facts_of(office.state, question, Answer("?"))
        assert isinstance(found, Problem)
        assert found.where == f"question {question.id}"


class TestTyped:
    """A value in the place of a choice is taken as Other."""

    @pytest.mark.parametrize(
        ("field", "wrong", "typed", "now"),
        [
            ("rating", "Purple", "amber", "Amber"),
            ("share", "much", "75%", "0.75"),
            ("revised", "soon", "30/06/2027", "30 June 2027"),
        ],
    )
    def test_a_value_of_the_field(self, field: str, wrong: str, typed: str, now: str) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", field): wrong})
        office.answer(office.questions()[0], typed)
        assert (office.value("a-1", field), office.questions()) == (now, [])

    def test_a_text_that_is_like_no_choice(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "progress"): "Begun"}, digest="1")
        office.give_back(ben, {("a-1", "progress"): "Halted"}, digest="2")
        office.answer(office.questions()[0], "Begun, then halted")
        assert office.value("a-1", "progress") == "Begun, then halted"


class TestUnused:
    """Answers that could not be used stand as they were typed until their row says otherwise."""

    @staticmethod
    def came_back(office: Office, ident: str, rows: tuple[str, ...], *typed: str) -> Returned:
        problem = Problem("DEC-002", "d.xlsx", "no choice")
        unused = tuple(Unused(row, text, "", "", Place(), problem) for row, text in
                       zip(rows, typed, strict=False))  # fmt: skip
        fact = Returned(
            ident, ident, "decisions.xlsx", "d-1", COORDINATOR, "", "", "unchanged",
            rows=rows, unused=unused,
        )  # fmt: skip
        office.append(fact)
        return fact

    def texts(self, office: Office) -> dict[str, str]:
        return {name: one.decision for name, (one, _) in unused_answers(office.state).items()}

    def test_the_last_workbook_with_the_question_says_what_stands_there(self) -> None:
        office = Office()
        assert self.texts(office) == {}
        self.came_back(office, "r-1", ("q-1", "q-2"), "Puce", "Pink")
        assert self.texts(office) == {"q-1": "Puce", "q-2": "Pink"}
        self.came_back(office, "r-2", ("q-2",))
        assert self.texts(office) == {"q-1": "Puce"}
        self.came_back(office, "r-3", ("q-1",), "Plum")
        assert self.texts(office) == {"q-1": "Plum"}

    def test_what_was_taken_back_is_typed_no_more(self) -> None:
        office = Office()
        self.came_back(office, "r-1", ("q-1",), "Puce")
        second = self.came_back(office, "r-2", ("q-1",), "Plum")
        office.undo(second)
        assert self.texts(office) == {"q-1": "Puce"}


class TestDefinition:
    """A key of the definition that was changed in `plan.toml` and, otherwise, in `set-up.xlsx`."""

    TITLE = "[plan]: title"

    def crossed(self, office: Office, value: str, ident: str = "r-1") -> Returned:
        """A set-up workbook came back that says `value` of the title, and a code that is none."""
        office.append(
            Issued("s-1", "set-up", COORDINATOR, "", "", 1, (), (), (), "set-up.xlsx"),
        )
        problem = Problem("DEF-012", "set-up.xlsx", "no colour")
        fact = Returned(
            ident, ident, "set-up.xlsx", "s-1", COORDINATOR, "", "", "merged",
            assertions=(
                Write(
                    write_id("s-1", COORDINATOR, "plan.toml", self.TITLE, value), Kind.DEFINITION,
                    COORDINATOR, "plan.toml", self.TITLE, value, issued="s-1",
                    base="An older title",
                ),
            ),
            unused=(Unused("ratings Blue:colour", "bluish", "", "", Place(), problem),),
        )  # fmt: skip
        office.append(fact)
        return fact

    def test_it_is_asked_about_until_it_is_answered_and_names_both(self) -> None:
        office = Office()
        self.crossed(office, "A better title")
        (question,) = office.questions()
        assert (question.kind, question.field) == ("definition", self.TITLE)
        assert (question.master, question.choices[0]) == ("A paper plan", "Accept")
        office.answer(question, "Accept")
        decided = about_definition(office.state.decisions.values())
        assert [(one.field, one.value) for one in decided] == [(self.TITLE, "A better title")]
        assert not office.questions()

    def test_what_both_say_by_now_is_no_question(self) -> None:
        office = Office()
        self.crossed(office, "A paper plan")
        assert not office.questions()

    def test_what_could_not_be_used_stands_until_the_workbook_says_otherwise(self) -> None:
        office = Office()
        assert unused_set_up(office.state) == ()
        fact = self.crossed(office, "A paper plan")
        TestUnused.came_back(office, "r-9", ("q-1",), "Puce")
        assert [one.decision for one in unused_set_up(office.state)] == ["bluish"]
        office.undo(fact)
        assert unused_set_up(office.state) == ()


class TestChoices:
    def two(self, one: str, two: str) -> Office:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "progress"): one})
        office.give_back(ben, {("a-1", "progress"): two})
        return office

    def test_a_candidate_that_reads_like_a_choice_is_never_taken_for_it(self) -> None:
        office = self.two("other", "keep  Current")
        (question,) = office.questions()
        office.answer(question, "Other", "As agreed")
        assert office.value("a-1", "progress") == "As agreed"

    def test_candidates_that_differ_in_case_alone_can_be_told_apart(self) -> None:
        office = self.two("Done", "done")
        (question,) = office.questions()
        assert question.choices[:2] == ("1. Done… (Ann)", "2. done… (Ben)")
        office.answer(question, "done")
        assert office.value("a-1", "progress") == "done"

    def test_a_candidate_that_looks_numbered_is_numbered_itself(self) -> None:
        office = self.two("2. done… (Ben)", "DONE")
        labels = labelled(office.questions()[0].candidates)
        assert labels[0] == "1. 2. done… (Ben)… (Ann)"

    def test_case_and_spaces_of_an_answer_do_not_matter(self) -> None:
        office = self.two("One coat", "Two coats")
        office.answer(office.questions()[0], " two  COATS ")
        assert office.value("a-1", "progress") == "Two coats"

    def test_several_who_changed_a_locked_cell_are_offered_one_by_one(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "action"): "Paint it red"})
        office.give_back(ben, {("a-1", "action"): "Paint it blue"})
        (question,) = office.questions()
        assert question.choices == ("Paint it red", "Paint it blue", "Keep current", "Other")

    def test_a_rating_of_another_name_learnt_since_is_offered(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple"})
        definition = replace(
            office.state.definition, ratings=(*RATINGS, Rating("Purple", "Paused", order=5))
        )
        office.redefine(definition)
        assert office.questions()[0].choices == ("Purple", "Keep current", "Other")


class TestWhatADecisionSees:
    def test_an_answer_leaves_the_other_questions_of_its_cell_open(self) -> None:
        office = Office()
        ann, ben, cat = (office.issue(lead) for lead in ("Ann", "Ben", "Cat"))
        office.give_back(ann, {("a-1", "rating"): "Blue"})
        office.give_back(ben, {("a-1", "rating"): "Red"})
        office.give_back(cat, {("a-1", "rating"): "Purple"})
        conflict, invalid = office.questions()
        office.answer(conflict, "Blue")
        assert [q.id for q in office.questions()] == [invalid.id]
        office.answer(office.questions()[0], "Keep current")
        assert office.questions() == []
        assert office.value("a-1", "rating") == "Blue"

    def test_what_came_in_after_the_decisions_went_out_was_not_seen(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "rating"): "Red"}, trust={"a-1": "matched"})
        (held,) = office.questions()
        sheet = Issued(
            "d-1", "decisions", COORDINATOR, "", "", office.state.seq, (), (), (), "decisions.xlsx"
        )
        office.append(sheet)
        office.give_back(ben, {("a-1", "rating"): "Amber"})
        answer_from(office, "d-1", held, "Accept")
        (question,) = office.questions()
        assert question.kind == "conflict"
        assert {c.text for c in question.candidates} == {"Amber", "Red"}

    def test_two_answers_in_one_sheet_are_acts_in_order(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "rating"): "Red"}, trust={"a-1": "matched"})
        office.give_back(ben, {("a-1", "rating"): "Purple"})
        office.append(Issued(
            "d-1", "decisions", COORDINATOR, "", "", office.state.seq, (), (), (), "decisions.xlsx"
        ))  # fmt: skip
        held, invalid = office.questions()
        answer_from(office, "d-1", held, "Accept")
        facts = facts_of(office.state, invalid, Answer("Other", "Amber", issued="d-1"))
        assert not isinstance(facts, Problem)
        office.append(*facts)
        assert office.value("a-1", "rating") == "Amber"
        assert office.questions() == []

    def test_an_edit_of_the_master_answers_what_was_open_on_its_cell(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple"})
        office.coordinator({("a-1", "rating"): "Amber"})
        assert office.questions() == []


class TestEntries:
    def held(self) -> Office:
        """Ann's entry is only asked about; Ben's stands above what the coordinator wrote."""
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "diary:entry"): "Mine"}, trust={"a-1": "matched"})
        office.give_back(ben, {("a-1", "diary:entry"): "Ours"})
        return office

    def test_a_held_entry_that_is_accepted_joins_the_others(self) -> None:
        office = self.held()
        office.answer(office.questions()[0], "Accept")
        assert sorted(office.value("a-1", "diary").split("\n")) == [
            "It began.", "[2026-01, Ann] Mine", "[2026-01, Ben] Ours",
        ]  # fmt: skip

    def test_another_text_for_a_held_entry_joins_the_others_too(self) -> None:
        office = self.held()
        office.answer(office.questions()[0], "Other", "Hers")
        assert sorted(office.value("a-1", "diary").split("\n")) == [
            "It began.", "[2026-01, Ann] Hers", "[2026-01, Ben] Ours",
        ]  # fmt: skip

    def test_a_rewritten_past_that_is_accepted_leaves_entries_it_had_not_seen(self) -> None:
        office = Office()
        office.coordinator({("a-1", "diary"): "It began."})
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ben, {("a-1", "diary:entry"): "Ours"})
        office.give_back(ann, {("a-1", "diary"): "It never began."})
        office.answer(office.questions()[0], "Accept")
        assert office.value("a-1", "diary") == "[2026-01, Ben] Ours\nIt never began."

    @pytest.mark.parametrize("again", [None, "First"])
    def test_an_entry_taken_back_by_its_lead_is_asked_about(self, again: str | None) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ben, {("a-1", "diary:entry"): "Ours"}, saved_at="2026-01-02")
        cell = ("a-1", "diary:entry")
        if again:
            office.give_back(ann, {cell: again}, saved_at="2026-01-02")
        office.give_back(ann, {cell: "Second"}, saved_at="2026-01-03")
        office.give_back(ann, {cell: again} if again else {}, saved_at="2026-01-04")
        (question,) = office.questions()
        assert question.kind == "reverted"
        assert "Second" in office.value("a-1", "diary")
        office.answer(question, "Accept")
        assert "Second" not in office.value("a-1", "diary")
        assert "Ours" in office.value("a-1", "diary")
        assert office.questions() == []

    def test_a_combined_text_leaves_entries_beside_it(self) -> None:
        office = Office()
        one, two = office.issue(COORDINATOR), office.issue(COORDINATOR)
        office.give_back(one, {("a-1", "diary"): "Once"})
        office.give_back(two, {("a-1", "diary"): "Twice"})
        office.give_back(office.issue("Ben"), {("a-1", "diary:entry"): "Ours"})
        assert office.value("a-1", "diary") == "[2026-01, Ben] Ours\nTwice"
        office.answer(office.questions()[0], "Combine")
        shown = office.value("a-1", "diary").split("\n")
        assert (shown[0], sorted(shown[1:])) == ("[2026-01, Ben] Ours", ["Once", "Twice"])


def test_an_accepted_change_of_a_set_leaves_what_others_added() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ann, {("a-1", "tags"): "a, c"}, trust={"a-1": "matched"})
    office.give_back(ben, {("a-1", "tags"): "a, b, d"})
    office.answer(office.questions()[0], "Accept")
    assert office.value("a-1", "tags") == "a, c, d"


def test_a_later_invalid_entry_leaves_the_edit_that_stands() -> None:
    office = Office()
    ann = office.issue("Ann")
    first = office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02")
    office.give_back(ann, {("a-1", "rating"): "Purple"}, saved_at="2026-01-03")
    assert office.value("a-1", "rating") == "Blue"
    assert [f.disposition for f in office.fates(first)] == ["applied"]
    assert [q.kind for q in office.questions()] == ["invalid"]


def test_a_reverted_text_can_be_put_back_beside_entries() -> None:
    office = Office()
    export = office.issue(COORDINATOR)
    office.give_back(export, {("a-1", "diary"): "Once"}, saved_at="2026-01-02")
    office.give_back(export, {}, saved_at="2026-01-03")
    office.give_back(office.issue("Ben"), {("a-1", "diary:entry"): "Ours"})
    office.answer(office.questions()[0], "Accept")
    assert office.value("a-1", "diary") == "[2026-01, Ben] Ours"


@pytest.mark.parametrize(
    ("choice", "other", "stands"),
    [("Keep current", None, "Paint bought"), ("Other", "Later", "Later"), ("Accept", None, "Done")],
)
def test_what_was_answered_in_doubt_is_answered_for_certain(
    choice: str, other: str | None, stands: str
) -> None:
    """A clean copy of the same file says nothing new; a new value does."""
    office = Office()
    ann = office.issue("Ann")
    cell = ("a-1", "progress")
    office.give_back(ann, {cell: "Done"}, trust={"a-1": "matched"}, saved_at="2026-01-02")
    (question,) = office.questions()
    office.answer(question, choice, other)
    copy = office.give_back(ann, {cell: "Done"}, saved_at="2026-01-03")
    assert (office.value(*cell), office.questions()) == (stands, [])
    fates = [fate.disposition for fate in office.fates(copy)]
    assert fates == (["applied"] if choice == "Accept" else ["held"])
    office.give_back(ann, {cell: "Doubled"}, saved_at="2026-01-04")
    if choice == "Keep current":
        assert office.value(*cell) == "Doubled"
    else:
        assert [q.kind for q in office.questions()] == ["conflict"]


def test_a_locked_cell_that_was_accepted_is_not_asked_again() -> None:
    office = Office()
    ann, cell = office.issue("Ann"), ("a-1", "action")
    office.give_back(ann, {cell: "Paint it"}, trust={"a-1": "matched"})
    (question,) = office.questions()
    office.answer(question, "Accept")
    office.give_back(ann, {cell: "Paint it"})
    assert (office.value(*cell), office.questions()) == ("Paint it", [])


def test_what_the_master_says_by_now_needs_no_leave() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    for template in (ann, ben):
        office.give_back(template, {("a-1", "action"): "Paint it"})
    office.coordinator({("a-2", "action"): "Slate the roof"})
    late = office.give_back(ann, {("a-2", "action"): "Slate the roof"}, saved_at="2026-01-09")
    assert [q.uid for q in office.questions()] == ["a-1"]
    assert [fate.disposition for fate in office.fates(late)] == ["locked"]


def answers_to(office: Office, field: str, *chosen: tuple[str, str]) -> list[Problem | None]:
    """What becomes of answers in one file, by kind of question and choice, one after the other."""
    asked: dict[str, Question] = {
        q.kind: q for q in office.questions() if (q.uid, q.field) == ("a-1", field)
    }
    taken: list[Fact] = []
    found = []
    for kind, choice in chosen:
        answer = Answer(choice)
        facts = facts_of(office.state, asked[kind], answer)
        assert not isinstance(facts, Problem)
        problem = clash(office.state, asked[kind], answer, facts, taken)
        if problem is None:
            taken += facts
            office.append(*facts)
        found.append(problem)
    return found


def disputed(field: str, first: str, second: str) -> Office:
    """A conflict about a cell of which one author has since shown something else."""
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    cell = ("a-1", field)
    office.give_back(ann, {cell: first}, saved_at="2026-01-02")
    office.give_back(ben, {cell: second}, saved_at="2026-01-02")
    office.give_back(ann, {}, saved_at="2026-01-03")
    return office


def test_of_two_answers_about_one_cell_the_second_is_refused_where_it_differs() -> None:
    office = disputed("rating", "Blue", "Red")
    taken, refused = answers_to(office, "rating", ("conflict", "Red"), ("reverted", "Accept"))
    assert taken is None
    assert refused is not None
    assert (refused.code, refused.action, refused.field) == ("DEC-007", "1.1", "rating")
    assert refused.message.index('"Red"') < refused.message.index('"Green"')
    assert office.value("a-1", "rating") == "Red"


def test_answers_about_one_cell_that_agree_are_all_taken() -> None:
    office = disputed("rating", "Blue", "Red")
    assert answers_to(office, "rating", ("conflict", "Red"), ("reverted", "Keep current")) == [
        None,
        None,
    ]


def test_answers_that_add_to_a_cell_stand_beside_each_other() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {("a-1", "tags"): "a, b, c"}, trust={"a-1": "matched"})
    (question,) = office.questions()
    other = Decided(
        "d-1", "q-1", "held", "a-1", "tags", "Other", True, frozenset({"a"}), "", frozenset(),
        Place(),
    )  # fmt: skip
    facts = facts_of(office.state, question, Answer("Accept"))
    assert not isinstance(facts, Problem)
    assert clash(office.state, question, Answer("Accept"), facts, [other]) is None


def test_what_was_added_again_stays_when_its_removal_is_taken_back() -> None:
    """Somebody else removed it as well, and did not see that it was added again."""
    office = Office()
    first, ben = office.issue(COORDINATOR), office.issue("Ben")
    removed = office.give_back(first, {("a-1", "tags"): "a"})
    second = office.issue(COORDINATOR)
    office.give_back(ben, {("a-1", "tags"): "a, c"})
    office.undo(removed)
    office.give_back(second, {("a-1", "tags"): "a, b"})
    assert office.value("a-1", "tags") == "a, b, c"


@pytest.mark.parametrize(("choice", "status"), [("Accept", None), ("Keep current", "withdrawn")])
def test_a_withdrawal_that_a_later_file_does_not_show_is_kept_or_not(
    choice: str, status: str | None
) -> None:
    office = Office()
    export = office.issue(COORDINATOR)
    office.give_back(export, {("a-1", STATUS): "withdrawn"}, saved_at="2026-01-02")
    office.give_back(export, {}, saved_at="2026-01-03")
    (question,) = office.questions()
    assert (question.kind, question.choices) == ("reverted", ("Keep current", "Accept"))
    office.answer(question, choice)
    assert office.state.value("a-1", STATUS) == status
    assert office.questions() == []


def test_the_fate_of_a_candidate_that_was_not_chosen_is_that_it_was_in_conflict() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    one = office.give_back(ann, {("a-1", "rating"): "Blue"})
    two = office.give_back(ben, {("a-1", "rating"): "Red"})
    office.answer(office.questions()[0], "Blue")
    assert [f.disposition for r in (one, two) for f in office.fates(r)] == ["applied", "conflict"]
    office.coordinator({("a-1", "rating"): "Amber"})
    three = office.give_back(office.issue("Cat"), {("a-1", "rating"): "Green"})
    office.coordinator({("a-1", "rating"): "Red"})
    assert [f.disposition for f in office.fates(three)] == ["applied"]


def test_a_later_value_of_an_action_that_is_closed_is_agreed_where_it_is_the_same() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.coordinator({("a-1", "rating"): "Blue", ("a-1", "progress"): "Done"})
    back = office.give_back(ann, {("a-1", "progress"): "Done", ("a-1", "rating"): "Blue"})
    assert [f.disposition for f in office.fates(back)] == ["agreed", "agreed"]


@pytest.mark.parametrize("first", ["Ann", "Ben"])
def test_whether_an_action_was_closed_depends_on_the_coordinator_alone(first: str) -> None:
    office = Office()
    ann = office.issue("Ann")
    office.coordinator({("a-1", "rating"): "Blue"})
    ben = office.issue("Ben")
    acts = {
        "Ann": (ann, {("a-1", "progress"): "More paint"}),
        "Ben": (ben, {("a-1", "rating"): "Red"}),
    }
    for lead in (first, *({"Ann", "Ben"} - {first})):
        office.give_back(*acts[lead])
    assert office.value("a-1", "progress") == "Paint bought"
    assert [q.kind for q in office.questions()] == ["held"]


def test_a_status_is_no_field_of_a_template() -> None:
    office = Office()
    ann = office.issue("Ann")
    sneaky = replace(ann, id="t-odd", fields=(*ann.fields, STATUS))
    office.append(sneaky)
    office.give_back(sneaky, {("a-1", STATUS): "withdrawn"})
    assert [q.kind for q in office.questions()] == ["locked"]
    assert not office.state.master_row("a-1").withdrawn


def test_the_fields_of_the_paper_office_have_every_type_that_merges_apart() -> None:
    assert {item.type for item in FIELDS} >= {"set", "narrative", "rating", "timescale", "people"}
