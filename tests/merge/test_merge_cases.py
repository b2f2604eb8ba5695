"""What becomes of a returned cell, as a coordinator would read it.

Each case names a situation. The tables read: field, base, then what the coordinator put into the
master after the issue ("-" for nothing), what the lead returned, what the master shows in the
end, what became of the returned cell, and the question that is open ("" for none).
"""

from __future__ import annotations

from collections.abc import Callable
from unicodedata import normalize

import pytest
from msgspec.structs import replace

from tests.paper import FIELDS, LEADS, RATINGS, Office
from xlplan.merge.fates import cleared_by
from xlplan.merge.model import COORDINATOR, Place
from xlplan.merge.reading import LONGEST_REMARK, remark
from xlplan.plan.definition import STATUS, Field, Rating
from xlplan.plan.people import Lead
from xlplan.plan.values import show

UNTOUCHED = "-"
CASES = [
    # field, master, returned, expected, fate, question
    ("rating", UNTOUCHED, "Green", "Green", "", "", "an equal value is no assertion"),
    ("rating", UNTOUCHED, "Blue", "Blue", "applied", "", "only the lead changed it"),
    ("rating", "Blue", "Green", "Blue", "", "", "only the coordinator changed it"),
    ("rating", "Blue", "Blue", "Blue", "agreed", "", "both wrote the same"),
    ("rating", "Red", "Blue", "Red", "conflict", "conflict", "both wrote, and differ"),
    ("rating", UNTOUCHED, " green ", "Green", "", "", "case and spaces say nothing"),
    ("rating", UNTOUCHED, "Βlue", "Blue", "applied", "", "a Greek Beta in a rating is mapped"),
    ("rating", UNTOUCHED, "Purple", "Green", "invalid", "invalid", "off the scale is asked"),
    ("rating", UNTOUCHED, None, "Green", "held", "cleared-required", "a required field emptied"),
    ("rating", UNTOUCHED, "formula:B5", "Green", "invalid", "invalid", "a formula is asked"),
    ("rating", UNTOUCHED, "error:#N/A", "Green", "invalid", "invalid", "an error value is asked"),
    ("progress", UNTOUCHED, None, "", "applied", "", "an optional field emptied"),
    ("progress", "Paint lost", None, "Paint lost", "conflict", "conflict", "emptied and edited"),
    ("progress", UNTOUCHED, "Paint bought  ", "Paint bought", "", "", "a trailing space"),
    ("progress", UNTOUCHED, "  Paint \xa0 bought", "Paint bought", "", "", "spaces say nothing"),
    ("progress", UNTOUCHED, "Paint\nbought", "Paint\nbought", "applied", "", "a new line does"),
    ("action", UNTOUCHED, "Paint  the hall", "Paint the hall", "", "", "nor in a locked cell"),
    ("progress", UNTOUCHED, "=1+1", "=1+1", "applied", "", "text that looks like a formula"),
    ("progress", UNTOUCHED, "- done", "- done", "applied", "", "text that begins with a dash"),
    ("progress", UNTOUCHED, "Ρaint bought", "Ρaint bought", "applied", "", "look-alikes in a text"),
    ("due", UNTOUCHED, "30 June 2026", "30 June 2026", "applied", "", "a day is not the month"),
    ("due", UNTOUCHED, "Jun 2026", "June 2026", "", "", "the spelling of a date says nothing"),
    ("due", "Sept 2026", "September 2026", "Sept 2026", "agreed", "", "the same date, spelt anew"),
    ("due", UNTOUCHED, "03/04/2026", "June 2026", "invalid", "invalid", "an ambiguous date"),
    ("due", UNTOUCHED, "31/02/2026", "June 2026", "invalid", "invalid", "an impossible date"),
    ("due", UNTOUCHED, "TBC", "June 2026", "held", "held", "a date replaced by words"),
    ("due", UNTOUCHED, "-", "June 2026", "held", "held", "a date replaced by a dash"),
    ("due", UNTOUCHED, "Ongoing", "June 2026", "held", "held", "a date replaced by no end"),
    ("due", UNTOUCHED, None, "June 2026", "held", "held", "a date emptied"),
    ("due", UNTOUCHED, "July 2026 (TBC)", "July 2026 (TBC)", "applied", "", "words with a date"),
    ("due", "May 2027", "TBC", "May 2027", "held", "held", "words, and a date given meanwhile"),
    ("due", "TBC", "TBC", "TBC", "held", "", "the coordinator took the date away as well"),
    ("tags", UNTOUCHED, "b, a", "a, b", "", "", "the order of elements says nothing"),
    ("tags", UNTOUCHED, "a, c", "a, c", "applied", "", "one element out, one in"),
    ("tags", "a, b, d", "a, c", "a, c, d", "applied", "", "sets merge by element"),
    ("share", UNTOUCHED, "50%", "0.5", "applied", "", "a percentage as text"),
    ("share", UNTOUCHED, 0.25, "0.25", "", "", "a percentage as it was"),
    ("share", UNTOUCHED, "most", "0.25", "invalid", "invalid", "words where a number belongs"),
    ("revised", UNTOUCHED, "1 May 2026", "1 May 2026", "applied", "", "a date into a blank cell"),
    ("action", UNTOUCHED, "Paint it black", "Paint the hall", "locked", "locked", "a locked cell"),
    ("ref", UNTOUCHED, "9.9", "1.1", "locked", "locked", "the ref is locked too"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("field", "master", "returned", "expected", "fate", "question"),
    [case[:6] for case in CASES],
    ids=[case[6] for case in CASES],
)
@pytest.mark.parametrize("lead_first", [True, False], ids=["lead first", "coordinator first"])
def test_case(
    field: str,
    master: str,
    returned: str | float | None,
    expected: str,
    fate: str,
    question: str,
    lead_first: bool,
) -> None:
    office = Office()
    template = office.issue("Ann")
    export = office.issue(COORDINATOR)
    given = office.reading(template, {("a-1", field): returned}, digest="lead")
    if lead_first:
        office.merge(given)
    if master != UNTOUCHED:
        office.give_back(export, {("a-1", field): master})
    if not lead_first:
        office.merge(given)
    assert office.value("a-1", field) == expected
    fates = [f.disposition for f in office.fates(office.state.returns["r-lead"])]
    assert fates == ([fate] if fate else [])
    assert [q.kind for q in office.questions()] == ([question] if question else [])


def test_what_only_differs_in_spaces_is_told() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), {("a-1", "progress"): "Paint   bought"})
    assert back.assertions == ()
    assert [text.partition(": ")[2] for text in back.information] == [
        '"Paint   bought" means the same as "Paint bought" in Progress; no change.'
    ]


@pytest.mark.parametrize(
    ("typed", "how"),
    [
        (lambda text: f"{text} ", "only spaces differ"),
        (lambda text: text.replace(" ", "  "), "only spaces differ"),
        (lambda text: normalize("NFD", text), "only the spelling differs"),
    ],
    ids=["a space behind it", "wider spaces", "accents apart"],
)
def test_a_long_text_that_means_the_same_is_told_by_how_it_begins(
    typed: Callable[[str], str], how: str
) -> None:
    """Two long texts side by side show nobody where they differ."""
    held = "The walls of the café are painted." + " Its doors are next." * 30
    office = Office()
    office.coordinator({("a-1", "progress"): held})
    back = office.give_back(office.issue("Ann"), {("a-1", "progress"): typed(held)})
    assert back.assertions == ()
    assert [text.partition(": ")[2] for text in back.information] == [
        f'{how} in Progress, which begins "The walls of the café are painted. Its d…"; no change.'
    ]


def test_the_coordinator_may_take_out_a_space() -> None:
    office = Office()
    office.coordinator({("a-1", "progress"): "Paint  bought"})
    assert office.value("a-1", "progress") == "Paint  bought"


def test_what_was_cleared_is_told_by_itself() -> None:
    office = Office()
    back = office.give_back(
        office.issue("Ann"), {("a-1", "progress"): None, ("a-1", "rating"): None}
    )
    assert [text.partition(": ")[2] for text in back.information] == [
        'cleared: Progress of action 1.1, which held "Paint bought".'
    ]


def test_what_was_cleared_is_data_and_only_what_the_master_lost() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.coordinator({("a-1", "progress"): "Paint lost", ("a-2", "progress"): None}, digest="m")
    emptied = {("a-1", "progress"), ("a-1", "share"), ("a-1", "rating"), ("a-2", "progress")}
    back = office.give_back(ann, dict.fromkeys(emptied), file="ann.xlsx")
    found = cleared_by(office.state, back)
    assert [(c.action, c.field, show(c.was), c.author, c.place.file) for c in found] == [
        ("1.1", "share", "0.25", "Ann", "ann.xlsx"),
        ("1.2", "progress", "Slates on order", "Ann", "ann.xlsx"),
    ]
    assert [c.field for c in cleared_by(office.state, office.state.returns["r-m"])] == ["progress"]


def test_a_remark_says_how_much_of_it_is_left_out() -> None:
    short = remark("note", Place("a.xlsx"), "Late")
    assert (short.text, short.more) == ("Late", 0)
    long = remark("note", Place("a.xlsx"), "x" * (LONGEST_REMARK + 7))
    assert (len(long.text), long.more) == (LONGEST_REMARK, 7)


def test_an_absent_column_says_nothing() -> None:
    office = Office()
    back = office.give_back(office.issue("Ann"), without=["progress", "rating"])
    assert back.assertions == ()
    assert office.value("a-1", "progress") == "Paint bought"


def test_put_back_by_the_coordinator_while_the_lead_edited_is_a_conflict() -> None:
    office = Office()
    template = office.issue("Ann")
    office.coordinator({("a-1", "rating"): "Red"})
    office.coordinator({("a-1", "rating"): "Green"})
    office.give_back(template, {("a-1", "rating"): "Blue"})
    assert office.value("a-1", "rating") == "Green"
    assert [q.kind for q in office.questions()] == ["conflict"]


@pytest.mark.parametrize("said", ["Begun", "Half done", "Done", "Painted", "Dry"])
def test_a_conflict_names_what_was_issued_to_the_lead(said: str) -> None:
    """Not what a master held for a day in between."""
    office = Office()
    cell = ("a-1", "progress")
    issued = office.value(*cell)
    template = office.issue("Ann")
    office.coordinator({cell: "Stolen"})
    office.coordinator({cell: issued})
    office.give_back(template, {cell: said})
    (question,) = office.questions()
    assert show(question.base) == issued


def test_put_back_after_the_edit_was_seen_is_not_undone_by_a_copy() -> None:
    office = Office()
    template = office.issue("Ann")
    office.give_back(template, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02T00:00:00Z")
    office.coordinator({("a-1", "rating"): "Green"})
    office.give_back(template, {("a-1", "rating"): "Blue"}, saved_at="2026-01-09T00:00:00Z")
    assert office.value("a-1", "rating") == "Green"
    assert office.questions() == []


@pytest.mark.parametrize("swapped", [False, True])
def test_two_leads_who_differ_are_both_asked_and_neither_wins(swapped: bool) -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    first = office.reading(ann, {("a-1", "rating"): "Blue"}, digest="ann")
    second = office.reading(ben, {("a-1", "rating"): "Red"}, digest="ben")
    for given in (second, first) if swapped else (first, second):
        office.merge(given)
    assert office.value("a-1", "rating") == "Green"
    (question,) = office.questions()
    assert question.kind == "conflict"
    assert [(c.text, c.author) for c in question.candidates] == [("Blue", "Ann"), ("Red", "Ben")]
    assert question.base == "Green"


def test_entries_of_co_leads_both_stay_dated_signed_and_newest_first() -> None:
    office = Office()
    office.coordinator({("a-1", "diary"): "It began."})
    ann, ben = office.issue("Ann"), office.issue("Ben")
    office.give_back(ben, {("a-1", "diary:entry"): "Second."}, saved_at="2026-01-09T00:00:00Z")
    office.give_back(ann, {("a-1", "diary:entry"): "First."}, saved_at="2026-01-05T00:00:00Z")
    assert office.value("a-1", "diary").split("\n") == [
        "[9 January 2026, Ben] Second.",
        "[5 January 2026, Ann] First.",
        "It began.",
    ]
    assert office.questions() == []


def test_entries_that_come_in_together_have_a_line_each_in_the_log() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    made = office.merge(
        office.reading(ann, {("a-1", "diary:entry"): "First."}, file="a.xlsx", digest="a"),
        office.reading(ben, {("a-1", "diary:entry"): "Second."}, file="b.xlsx", digest="b"),
    )
    assert [(c.by, c.place.file) for c in made] == [("Ann", "a.xlsx"), ("Ben", "b.xlsx")]
    assert made[0].before is None
    assert made[0].after == made[1].before
    assert made[1].after == office.state.value("a-1", "diary")


def test_elements_that_come_in_together_have_a_line_each_in_the_log() -> None:
    office = Office()
    ann, ben = office.issue("Ann"), office.issue("Ben")
    made = office.merge(
        office.reading(ann, {("a-1", "tags"): "a, b, c"}, file="a.xlsx", digest="a"),
        office.reading(ben, {("a-1", "tags"): "b"}, file="b.xlsx", digest="b"),
    )
    assert [(c.by, show(c.before), show(c.after)) for c in made] == [
        ("Ann", "a, b", "a, b, c"),
        ("Ben", "a, b, c", "b, c"),
    ]


def test_a_later_entry_of_the_same_lead_replaces_the_earlier_one() -> None:
    office = Office()
    ann = office.issue("Ann")
    office.give_back(ann, {("a-1", "diary:entry"): "Draft"}, saved_at="2026-01-05T00:00:00Z")
    office.give_back(ann, {("a-1", "diary:entry"): "Final"}, saved_at="2026-01-06T00:00:00Z")
    assert office.value("a-1", "diary") == "[6 January 2026, Ann] Final"


def test_earlier_text_of_an_append_narrative_is_locked() -> None:
    office = Office()
    office.coordinator({("a-1", "diary"): "It began."})
    office.give_back(office.issue("Ann"), {("a-1", "diary"): "It never began."})
    assert office.value("a-1", "diary") == "It began."
    assert [q.kind for q in office.questions()] == ["locked"]


class TestLaterReturns:
    def test_the_later_stamp_wins_whichever_arrives_first(self) -> None:
        for order in ((0, 1), (1, 0)):
            office = Office()
            ann = office.issue("Ann")
            given = [
                office.reading(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02", digest="1"),
                office.reading(ann, {("a-1", "rating"): "Red"}, saved_at="2026-01-03", digest="2"),
            ]
            for place in order:
                office.merge(given[place])
            assert office.value("a-1", "rating") == "Red"
            assert office.questions() == []
            fates = [office.fates(office.state.returns[f"r-{n}"])[0].disposition for n in "12"]
            assert fates == ["superseded", "applied"]

    @pytest.mark.parametrize(
        ("stamps", "shown"),
        [
            (("2026-01-02", "2026-01-03"), "Sept 2026"),
            (("2026-01-03", "2026-01-02"), "September 2026"),
            (("", "2026-01-02"), "September 2026"),
            (("2026-01-02", "2026-01-02"), "Sept 2026"),
            (("", ""), "Sept 2026"),
        ],
    )
    def test_one_date_spelt_in_two_ways_reads_as_in_the_copy_saved_first(
        self, stamps: tuple[str, str], shown: str
    ) -> None:
        for order in ((0, 1), (1, 0)):
            office = Office()
            ann = office.issue("Ann")
            texts = ("Sept 2026", "September 2026")
            given = [
                office.reading(ann, {("a-1", "due"): text}, saved_at=stamp, digest=stamp + text)
                for text, stamp in zip(texts, stamps, strict=True)
            ]
            for place in order:
                office.merge(given[place])
            assert office.value("a-1", "due") == shown
            (item,) = office.state.live(("a-1", "due"))[1:]
            assert show(item.value) == item.raw == shown
            assert office.questions() == []

    @pytest.mark.parametrize("stamp", ["", "2026-01-03"], ids=["no time", "the same time"])
    def test_without_a_later_stamp_both_stand_and_are_asked(self, stamp: str) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at=stamp)
        office.give_back(ann, {("a-1", "rating"): "Red"}, saved_at=stamp)
        assert office.value("a-1", "rating") == "Green"
        assert [q.kind for q in office.questions()] == ["conflict"]

    def test_the_base_again_in_a_later_file_keeps_the_edit_and_asks(self) -> None:
        for order in ((0, 1), (1, 0)):
            office = Office()
            ann = office.issue("Ann")
            given = [
                office.reading(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02", digest="1"),
                office.reading(ann, {}, saved_at="2026-01-03", digest="2"),
            ]
            for place in order:
                office.merge(given[place])
            assert office.value("a-1", "rating") == "Blue"
            (question,) = office.questions()
            assert question.kind == "reverted"
            office.answer(question, "Accept")
            assert office.value("a-1", "rating") == "Green"
            assert office.questions() == []

    def test_keeping_a_reverted_edit_is_remembered(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-02")
        office.give_back(ann, {}, saved_at="2026-01-03")
        office.answer(office.questions()[0], "Keep current")
        assert office.value("a-1", "rating") == "Blue"
        assert office.questions() == []
        office.give_back(ann, {}, saved_at="2026-01-04")
        assert office.questions() == []

    def test_an_invalid_entry_corrected_later_is_no_longer_asked(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.give_back(ann, {("a-1", "rating"): "Purple"}, saved_at="2026-01-02")
        assert [q.kind for q in office.questions()] == ["invalid"]
        office.give_back(ann, {("a-1", "rating"): "Blue"}, saved_at="2026-01-03")
        assert office.questions() == []
        assert office.value("a-1", "rating") == "Blue"


def test_a_return_of_an_older_cycle_is_merged_against_its_own_base() -> None:
    office = Office()
    old = office.issue("Ann", cycle="2026-01")
    office.coordinator({("a-1", "rating"): "Red"})
    new = office.issue("Ann", cycle="2026-02")
    office.give_back(new, {("a-2", "progress"): "Slates came"})
    office.give_back(
        old,
        {
            ("a-1", "rating"): "Blue",
            ("a-2", "progress"): "Late news",
            ("a-2", "due"): "July 2026",
        },
    )
    assert office.value("a-1", "rating") == "Red"
    assert office.value("a-2", "due") == "July 2026"
    assert sorted((q.kind, q.action, q.field) for q in office.questions()) == [
        ("conflict", "1.1", "rating"),
        ("conflict", "1.2", "progress"),
    ]


class TestRows:
    def test_a_missing_row_is_never_a_deletion(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), missing=["a-2"])
        (question,) = office.questions()
        assert (question.kind, question.action) == ("row-missing", "1.2")
        office.answer(question, "Keep current")
        assert not office.state.master_row("a-2").withdrawn
        assert office.questions() == []

    def test_a_missing_row_can_be_withdrawn_or_transferred(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), missing=["a-2"])
        office.answer(office.questions()[0], "Withdraw")
        assert office.state.master_row("a-2").withdrawn
        office = Office()
        office.give_back(office.issue("Ann"), missing=["a-2"])
        office.answer(office.questions()[0], "Transfer", "B. Ben")
        assert office.state.value("a-2", "lead") == ("Ben",)
        assert office.questions() == []

    def test_a_row_blanked_as_a_whole_is_asked_about_once(self) -> None:
        office = Office()
        emptied = {("a-2", name): None for name in ("due", "rating", "progress")}
        office.give_back(office.issue("Ann"), emptied)
        assert [q.kind for q in office.questions()] == ["row-missing"]
        assert office.value("a-2", "progress") == "Slates on order"

    def test_an_added_row_is_a_proposal_and_gets_a_ref_when_accepted(self) -> None:
        office = Office()
        office.give_back(
            office.issue("Ann"), added={"action": "Buy a ladder", "section": "One", "rating": "Red"}
        )
        (question,) = office.questions()
        assert question.kind == "row-added"
        assert len(office.state.uids("action")) == 3
        office.answer(question, "Accept")
        rows = office.state.master()
        assert [row.ref for row in rows] == ["1.1", "1.2", "1.3", "2.1"]
        assert rows[2].values["action"] == "Buy a ladder"
        assert rows[2].values["lead"] == ("Ann",)
        assert office.questions() == []

    def test_an_added_row_can_be_declined_or_linked(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), added={"action": "Roof", "progress": "Half done"})
        office.answer(office.questions()[0], "Decline")
        assert office.questions() == []
        office = Office()
        office.give_back(office.issue("Ann"), added={"action": "Roof", "progress": "Half done"})
        office.answer(office.questions()[0], "Link", "1.2")
        assert office.value("a-2", "progress") == "Half done"
        assert office.questions() == []

    def test_a_row_twice_in_a_file_applies_neither(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Blue"}, twice="a-1")
        assert office.value("a-1", "rating") == "Green"
        assert [q.kind for q in office.questions()] == ["held"]

    @pytest.mark.parametrize("trust", ["disagrees", "matched", "foreign", "forged"])
    def test_a_row_that_cannot_be_trusted_applies_nothing(self, trust: str) -> None:
        office = Office()
        office.give_back(
            office.issue("Ann"), {("a-1", "rating"): "Blue"}, trust={"a-1": trust}
        )  # fmt: skip
        assert office.value("a-1", "rating") == "Green"
        (question,) = office.questions()
        assert question.kind == "held"
        office.answer(question, "Accept")
        assert office.value("a-1", "rating") == "Blue"

    @pytest.mark.parametrize("act", [{("a-1", "rating"): "Blue"}, {("a-1", STATUS): "withdrawn"}])
    def test_an_edit_of_an_action_closed_meanwhile_is_held(self, act: dict) -> None:  # type: ignore[type-arg]  # as parametrized
        office = Office()
        template = office.issue("Ann")
        office.coordinator(act)
        office.give_back(template, {("a-1", "progress"): "More paint"})
        assert office.value("a-1", "progress") == "Paint bought"
        assert [q.kind for q in office.questions()] == ["held"]

    @pytest.mark.parametrize("act", [{("a-3", "rating"): "Blue"}, {("a-3", STATUS): "withdrawn"}])
    def test_a_row_emptied_before_the_action_was_closed_is_not_asked_about_again(
        self,
        act: dict,  # type: ignore[type-arg]  # as parametrized
    ) -> None:
        """A copy that is saved again after it was closed says the same as the first."""
        office = Office()
        emptied = {("a-3", "due"): None, ("a-3", "rating"): None}
        ben = office.issue("Ben")
        office.give_back(ben, emptied)
        (question,) = office.questions()
        assert (question.kind, question.field) == ("row-missing", "")
        office.answer(question, "Keep current")
        office.coordinator(act, digest="closed")
        office.give_back(ben, emptied, digest="saved again")
        assert office.questions() == []

    def test_the_coordinator_adds_a_row_in_the_master(self) -> None:
        office = Office()
        export = office.issue(COORDINATOR)
        new = {"action": "Sweep", "section": "Two", "rating": "Red", "lead": "Cat"}
        office.give_back(export, added=new, digest="x")
        assert [row.ref for row in office.state.master()] == ["1.1", "1.2", "2.1", "2.2"]
        office.give_back(export, added=new, digest="y")
        assert len(office.state.master()) == 4
        assert office.questions() == []


class TestDecisions:
    def conflict(self) -> Office:
        office = Office()
        self.ann, self.ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(self.ann, {("a-1", "rating"): "Blue"})
        office.give_back(self.ben, {("a-1", "rating"): "Red"})
        return office

    @pytest.mark.parametrize(
        ("choice", "other", "expected"),
        [("Blue", None, "Blue"), ("Keep current", None, "Green"), ("Other", "amber", "Amber")],
    )
    def test_an_answer_settles_and_is_remembered(
        self, choice: str, other: str | None, expected: str
    ) -> None:
        office = self.conflict()
        office.answer(office.questions()[0], choice, other)
        assert office.value("a-1", "rating") == expected
        assert office.questions() == []
        office.give_back(self.ben, {("a-1", "rating"): "Red"})
        assert office.value("a-1", "rating") == expected
        assert office.questions() == []

    def test_only_a_new_value_asks_again(self) -> None:
        office = self.conflict()
        office.answer(office.questions()[0], "Red")
        office.give_back(self.ben, {("a-1", "rating"): "Amber"})
        (question,) = office.questions()
        assert {c.text for c in question.candidates} == {"Red", "Amber"}

    def test_texts_can_be_combined(self) -> None:
        office = Office()
        ann, ben = office.issue("Ann"), office.issue("Ben")
        office.give_back(ann, {("a-1", "progress"): "One coat"})
        office.give_back(ben, {("a-1", "progress"): "Two coats"})
        office.answer(office.questions()[0], "Combine")
        assert office.value("a-1", "progress") == "One coat\nTwo coats"

    def test_undo_restores_and_keeps_the_log(self) -> None:
        office = Office()
        before = office.picture()
        back = office.give_back(office.issue("Ann"), {("a-1", "rating"): "Blue"})
        count = len(office.history.changes)
        office.undo(back)
        assert office.picture() == before
        assert len(office.history.changes) == count + 1
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Blue"})
        assert office.value("a-1", "rating") == "Blue"


class TestDefinitionChanges:
    """The plan definition changes between the issue and the return."""

    def changed(self, office: Office, **how: object) -> None:
        office.redefine(replace(office.state.definition, **how))

    def test_a_renamed_rating_means_the_same_in_what_went_out(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        ratings = [
            replace(r, code="On track", aliases=("Green",)) if r.code == "Green" else r
            for r in RATINGS
        ]
        self.changed(office, ratings=tuple(ratings))
        assert office.value("a-1", "rating") == "On track"
        back = office.give_back(ann, {("a-2", "rating"): "Green"})
        assert [(a.uid, a.value) for a in back.assertions] == [("a-2", "On track")]
        assert office.questions() == []

    def test_a_rating_that_the_scale_has_learnt_since_can_be_chosen(self) -> None:
        office = Office()
        office.give_back(office.issue("Ann"), {("a-1", "rating"): "Purple"})
        self.changed(office, ratings=(*RATINGS, Rating("Purple", "Paused", order=5)))
        (question,) = office.questions()
        office.answer(question, "Purple")
        assert office.value("a-1", "rating") == "Purple"

    def test_a_renamed_lead_keeps_the_actions_and_the_template(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        self.changed(office, leads=(Lead("Anne Grey", aliases=("Ann",)), *LEADS[1:]))
        assert office.state.value("a-2", "lead") == ("Anne Grey",)
        back = office.give_back(ann, {("a-2", "rating"): "Blue"})
        assert [a.kind for a in back.assertions] == ["edit"]

    def test_a_new_field_is_absent_from_an_older_template(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        self.changed(office, fields=(*FIELDS, Field("cost", "Cost", "number", owner="lead")))
        assert office.give_back(ann).assertions == ()

    @pytest.mark.parametrize("gone", ["retired", "removed"])
    def test_what_is_written_in_a_retired_field_is_kept_and_asked(self, gone: str) -> None:
        office = Office()
        ann = office.issue("Ann")
        fields = [
            replace(f, retired=True) if f.id == "progress" else f
            for f in FIELDS
            if gone == "retired" or f.id != "progress"
        ]
        self.changed(office, fields=tuple(fields))
        office.give_back(ann, {("a-1", "progress"): "Nearly dry"})
        (question,) = office.questions()
        assert (question.kind, question.candidates[0].text) == ("held", "Nearly dry")

    def test_a_renamed_heading_changes_nothing(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        fields = [replace(f, heading="News") if f.id == "progress" else f for f in FIELDS]
        self.changed(office, fields=tuple(fields))
        office.give_back(ann, {("a-1", "progress"): "Nearly dry"})
        assert office.value("a-1", "progress") == "Nearly dry"
        assert office.questions() == []

    def test_an_action_moved_to_another_lead_still_takes_the_return_of_the_first(self) -> None:
        office = Office()
        ann = office.issue("Ann")
        office.coordinator({("a-2", "lead"): "Ben"})
        office.give_back(ann, {("a-2", "rating"): "Red"})
        assert office.value("a-2", "rating") == "Red"
        assert office.questions() == []
