"""Rows of a file that were moved away from their hidden keys: one slip is one question."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from tests.paper import ROWS, Edits, Office
from xlplan.ledger.codec import canonical, from_body, kind_of, to_body
from xlplan.merge.doubts import moved_rows
from xlplan.merge.fates import cleared_by
from xlplan.merge.kinds import BY_KEY, BY_REF, REFUSE, TAKE, Kind
from xlplan.merge.model import COORDINATOR, Issued, Question, Returned, Undone
from xlplan.merge.reading import ReadCell, Reading, ReadRow, RowTrust
from xlplan.plan.values import Raw

SORTED = {"a-1": "a-2", "a-2": "a-3", "a-3": "a-1"}
"""Three rows of which each shows the next one's ref and values."""
TYPED: Edits = {("a-1", "rating"): "Amber", ("a-2", "progress"): "Slates came"}
"""What the lead typed into the rows that show these actions."""


def office_of(count: int = 3) -> tuple[Office, Issued]:
    """An office of so many actions, and Ann's template with all of them."""
    more = {
        f"a-{n}": {"ref": f"2.{n}", "action": f"Plant tree {n}", "lead": "Ann", "rating": "Green"}
        for n in range(4, count + 1)
    }
    office = Office({**ROWS, **more})
    return office, office.issue("Ann", [*ROWS, *more])


def only(office: Office) -> Question:
    (question,) = office.questions()
    return question


def values(office: Office, field: str) -> list[str]:
    return [office.value(uid, field) for uid in ROWS]


def test_rows_sorted_without_their_keys_are_one_question_and_change_nothing() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    question = only(office)
    assert (question.kind, question.action, question.choices) == (
        "file-sorted", "", (BY_REF, BY_KEY, REFUSE)
    )  # fmt: skip
    assert values(office, "rating") == ["Green", "Amber", "Red"]
    assert {fate.disposition for fate in office.fates(back)} == {"held"}


def test_by_the_visible_ref_each_value_goes_to_the_action_beside_it() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    made = office.answer(only(office), BY_REF)
    assert office.questions() == []
    assert values(office, "rating") == ["Amber", "Amber", "Red"]
    assert values(office, "progress") == ["Paint bought", "Slates came", ""]
    assert {(c.action, c.field, c.by, c.place.cell, c.return_id) for c in made} == {
        ("1.1", "rating", "Ann", "G8", back.id), ("1.2", "progress", "Ann", "H6", back.id)
    }  # fmt: skip
    assert [(f.action, f.field, f.disposition) for f in office.fates(back)] == [
        ("1.2", "progress", "applied"), ("1.1", "rating", "applied")
    ]  # fmt: skip


def test_by_the_hidden_key_each_value_goes_to_the_action_of_its_row() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED)
    office.answer(only(office), BY_KEY)
    assert values(office, "rating") == ["Amber", "Red", "Amber"]
    assert values(office, "progress")[0] == "Slates came"
    assert values(office, "action") == ["Paint the hall", "Mend the roof", "Plant the garden"]


def test_rows_that_are_refused_change_nothing_and_are_asked_about_once() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    before = values(office, "rating")
    office.answer(only(office), REFUSE)
    assert {fate.disposition for fate in office.fates(back)} == {"held"}
    office.give_back(ann, TYPED, moved=SORTED, digest="copy", saved_at="2026-01-09T00:00:00Z")
    assert (values(office, "rating"), office.questions()) == (before, [])
    office.give_back(ann, {**TYPED, ("a-3", "share"): 0.5}, moved=SORTED, digest="with more")
    assert only(office).kind is Kind.SORTED


def test_one_or_two_rows_that_disagree_are_asked_about_cell_by_cell() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved={"a-1": "a-2", "a-2": "a-1"})
    assert {question.kind for question in office.questions()} == {Kind.HELD, Kind.LOCKED}


def test_rows_outside_what_was_sorted_wait_with_their_file() -> None:
    office, ann = office_of(5)
    office.give_back(ann, {**TYPED, ("a-5", "rating"): "Red"}, moved=SORTED)
    assert (office.value("a-5", "rating"), only(office).kind) == ("Green", Kind.SORTED)
    office.answer(only(office), BY_REF)
    assert (values(office, "rating"), office.value("a-5", "rating")) == (
        ["Amber", "Amber", "Red"], "Red"
    )  # fmt: skip


@pytest.mark.parametrize("way", [BY_REF, BY_KEY])
def test_a_row_that_is_missing_either_way_is_asked_about_after_the_answer(way: str) -> None:
    office, ann = office_of(5)
    office.give_back(ann, TYPED, moved=SORTED, missing=["a-4"])
    office.answer(only(office), way)
    assert ("row-missing", "2.4") in asked(office)


def test_each_edit_may_be_a_conflict_of_its_own() -> None:
    office, ann = office_of()
    office.coordinator({("a-1", "rating"): "Blue"}, digest="meanwhile")
    office.give_back(ann, TYPED, moved=SORTED)
    by_ref = only(office).candidates[0]
    assert [(c.action, c.field, c.kind) for c in by_ref.changes] == [
        ("1.2", "progress", "edit"), ("1.1", "rating", "held")
    ]  # fmt: skip
    office.answer(only(office), BY_REF)
    assert (only(office).kind, only(office).action) == (Kind.HELD, "1.1")  # it was closed since
    assert office.value("a-2", "progress") == "Slates came"


def test_an_edit_that_crosses_another_is_told_as_a_conflict() -> None:
    office, ann = office_of()
    ben = office.issue("Ben")
    office.give_back(ben, {("a-1", "rating"): "Red", ("a-2", "progress"): "Slates came"})
    office.give_back(ann, TYPED, moved=SORTED, digest="sorted")
    by_ref = only(office).candidates[0]
    assert [(c.field, c.kind) for c in by_ref.changes] == [("rating", "conflict")]
    assert by_ref.text.split("\n")[0] == "Go by visible ref: 0 changes, 1 question"
    office.answer(only(office), BY_REF)
    assert (only(office).kind, only(office).action) == (Kind.CONFLICT, "1.1")


def test_the_same_edits_in_a_file_in_order_ask_nothing_more() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, digest="in order", saved_at="2026-01-02T00:00:00Z")
    office.give_back(ann, TYPED, moved=SORTED, digest="sorted", saved_at="2026-01-03T00:00:00Z")
    by_ref, by_key = only(office).candidates
    assert (len(by_ref.changes), len(by_key.changes)) == (0, 12)
    office.answer(only(office), BY_REF)
    assert (office.questions(), values(office, "rating")) == ([], ["Amber", "Amber", "Red"])


def test_a_later_file_in_order_has_the_last_word() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED, digest="sorted", saved_at="2026-01-03T00:00:00Z")
    later = {**TYPED, ("a-1", "rating"): "Red"}
    office.give_back(ann, later, digest="in order", saved_at="2026-01-04T00:00:00Z")
    office.answer(only(office), BY_REF)
    assert (office.questions(), office.value("a-1", "rating")) == ([], "Red")


def test_what_a_sorted_file_shows_again_is_asked_about_like_that_of_any_file() -> None:
    """The later file is sorted, and shows a rating as it was issued after another one."""
    office, ann = office_of()
    office.give_back(ann, TYPED, digest="in order", saved_at="2026-01-02T00:00:00Z")
    later = {("a-2", "progress"): "Slates came"}
    office.give_back(ann, later, moved=SORTED, digest="sorted", saved_at="2026-01-03T00:00:00Z")
    assert only(office).kind is Kind.SORTED
    office.answer(only(office), BY_REF)
    assert (only(office).kind, only(office).action) == (Kind.REVERTED, "1.1")


def test_a_later_sorted_file_stands_for_the_earlier_one() -> None:
    office, ann = office_of()
    first = office.give_back(ann, TYPED, moved=SORTED, digest="1", saved_at="2026-01-02T00:00:00Z")
    more = {**TYPED, ("a-3", "share"): 0.5}
    office.give_back(ann, more, moved=SORTED, digest="2", saved_at="2026-01-03T00:00:00Z")
    assert {fate.disposition for fate in office.fates(first)} == {"superseded"}
    office.answer(only(office), BY_REF)
    assert (office.questions(), office.value("a-3", "share")) == ([], "0.5")


def test_files_of_the_same_time_are_a_question_each() -> None:
    office, ann = office_of()
    for number, rating in enumerate(["Amber", "Red"]):
        office.give_back(ann, {("a-1", "rating"): rating}, moved=SORTED, digest=str(number))
    one, other = office.questions()
    assert (one.kind, other.kind) == (Kind.SORTED, Kind.SORTED)
    office.answer(one, BY_REF)
    assert [question.id for question in office.questions()] == [other.id]


def test_an_answer_that_is_taken_back_leaves_the_question_open() -> None:
    office, ann = office_of()
    back = office.give_back(ann, TYPED, moved=SORTED)
    before = office.picture()
    office.answer(only(office), BY_REF)
    (decision,) = office.state.decisions
    answers = replace(back, id="r-answers", sha256="answers", issued="", assertions=(), rows=())
    office.append(answers)
    made = office.append(Undone(answers.id, (decision,)))
    assert office.picture() == before
    office.answer(only(office), BY_KEY)
    assert values(office, "rating") == ["Amber", "Red", "Amber"]
    office.undo(back)
    assert (values(office, "rating"), office.questions()) == (["Green", "Amber", "Red"], [])
    assert {change.kind for change in made} == {"undo"}


def test_a_copy_that_comes_after_the_answer_has_the_same_fates() -> None:
    office, ann = office_of()
    first = office.give_back(ann, TYPED, moved=SORTED)
    office.answer(only(office), BY_REF)
    copy = office.give_back(ann, TYPED, moved=SORTED, digest="copy")
    told = [(f.action, f.field, f.disposition) for f in office.fates(copy)]
    assert told == [(f.action, f.field, f.disposition) for f in office.fates(first)]
    assert told == [("1.2", "progress", "applied"), ("1.1", "rating", "applied")]


def test_what_a_sorted_file_clears_is_listed_once_it_counts() -> None:
    office, ann = office_of()
    back = office.give_back(ann, {("a-1", "progress"): None}, moved=SORTED)
    assert cleared_by(office.state, back) == []
    office.answer(only(office), BY_REF)
    assert [(c.action, c.was) for c in cleared_by(office.state, back)] == [("1.1", "Paint bought")]


def test_the_answer_is_replayed_from_the_ledger_without_the_file() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED)
    office.answer(only(office), BY_REF)
    for event in office.events:
        stored = json.loads(canonical(to_body(event.fact)))
        assert from_body(kind_of(event.fact), stored) == event.fact
    again = office.replayed()
    assert again.changes == office.history.changes
    assert again.state.value("a-1", "rating") == "Amber"


# Rows that were dropped, added, copied; blank rows for proposals


def reading_of(office: Office, issued: Issued, seen: Sequence[tuple[str, str]]) -> Reading:
    """A return whose rows have the key of one action and show another; either may be ``""``."""
    whole = {row.uid: row for row in office.reading(issued).rows}
    rows = []
    for number, (key, shown) in enumerate(seen, 6):
        row = whole[shown or key]
        blank = {name: replace(cell, value=None) for name, cell in row.cells.items()}
        trust: RowTrust = "matched" if not key else "signed" if shown in ("", key) else "disagrees"
        rows.append(
            replace(
                row, uid=key or shown, ref=row.ref if shown else "", number=number, trust=trust,
                cells=row.cells if shown else blank,
                shown=shown if trust == "disagrees" else "",
            )
        )  # fmt: skip
    return replace(office.reading(issued), rows=tuple(rows))


def asked(office: Office) -> list[tuple[str, str]]:
    return [(question.kind, question.action) for question in office.questions()]


def test_cells_that_were_deleted_so_that_those_below_moved_up_are_one_missing_row() -> None:
    office, ann = office_of(5)
    seen = [("a-1", "a-1"), ("a-2", "a-3"), ("a-3", "a-4"), ("a-4", "a-5"), ("a-5", "")]
    office.merge(reading_of(office, ann, seen))
    assert asked(office) == [("file-sorted", "")]
    assert "1.2 This row was missing" in only(office).candidates[0].text
    office.answer(only(office), BY_REF)
    assert asked(office) == [("row-missing", "1.2")]


def test_cells_that_were_inserted_so_that_those_below_moved_down_are_one_added_row() -> None:
    office, ann = office_of(4)
    seen = [("a-2", "a-1"), ("a-3", "a-2"), ("a-4", "a-3"), ("", "a-4")]
    reading = reading_of(office, ann, seen)
    cells = {"action": ReadCell("Buy a ladder", "D5"), "ref": ReadCell(None, "B5")}
    inserted = ReadRow("a-1", "", 5, "disagrees", cells)
    office.merge(replace(reading, rows=(inserted, *reading.rows)))
    office.answer(only(office), BY_REF)
    assert asked(office) == [("row-added", "")]
    other, ann = office_of(4)
    other.merge(replace(reading, issued=ann.id, rows=(inserted, *reading.rows)))
    other.answer(only(other), BY_KEY)
    texts = [q.candidates[0].text for q in other.questions() if q.kind is Kind.ADDED]
    assert ["Plant tree 4" in text for text in texts] == [True]  # the row without a key


def test_rows_that_were_pasted_over_others_are_there_twice_by_their_refs() -> None:
    office, ann = office_of(6)
    seen = [(f"a-{n}", f"a-{n}") for n in (1, 2, 3)] + [(f"a-{n + 3}", f"a-{n}") for n in (1, 2, 3)]
    office.merge(reading_of(office, ann, seen))
    assert asked(office) == [("file-sorted", "")]
    office.answer(only(office), BY_REF)
    assert asked(office) == [("row-missing", f"2.{n}") for n in (4, 5, 6)]
    other, ann = office_of(6)
    other.merge(reading_of(other, ann, seen))
    other.answer(only(other), BY_KEY)
    assert asked(other) == []
    assert [other.value(f"a-{n}", "rating") for n in (4, 5, 6)] == ["Green", "Amber", "Red"]


def test_a_proposal_that_was_sorted_among_the_actions_stays_a_proposal() -> None:
    office, ann = office_of(3)
    seen = [("a-2", "a-1"), ("a-3", "a-2")]
    reading = reading_of(office, ann, seen)
    cells = {"action": ReadCell("Buy a ladder", "D5"), "ref": ReadCell(None, "B5")}
    proposed = ReadRow("a-1", "", 5, "disagrees", cells)
    last = replace(reading_of(office, ann, [("a-3", "a-3")]).rows[0], uid="new-1", trust="added",
                   shown="a-3", number=9)  # fmt: skip
    office.merge(replace(reading, rows=(proposed, *reading.rows, last)))
    assert asked(office) == [("file-sorted", "")]
    office.answer(only(office), BY_REF)
    assert asked(office) == [("row-added", "")]
    assert "Buy a ladder" in only(office).candidates[0].text


def test_a_ref_of_no_row_of_the_template_was_typed_and_not_moved() -> None:
    rows = [ReadRow(f"a-{n}", "9.9", n, "disagrees", {}, shown=f"b-{n}") for n in (1, 2, 3)]
    assert moved_rows(rows, ["a-1", "a-2", "a-3"]) is None


def test_rows_that_hold_the_same_are_no_question_whichever_way_they_were_sorted() -> None:
    rows: dict[str, dict[str, Raw]] = {
        f"a-{n}": {"ref": f"1.{n}", "action": "Paint", "lead": "Ann", "rating": "Green"}
        for n in (1, 2, 3)
    }
    office = Office(rows)
    back = office.give_back(office.issue("Ann"), moved=SORTED)
    assert (back.assertions, office.questions()) == ((), [])


# What the locked texts tell


def test_the_question_says_with_what_the_locked_texts_go() -> None:
    office, ann = office_of()
    office.give_back(ann, TYPED, moved=SORTED)
    assert only(office).message == (
        "3 rows of this file (6 to 8) show the refs of other rows than their hidden keys name, as "
        "when a part of the columns was sorted. Their locked texts go with the visible refs."
    )


@pytest.mark.parametrize(
    ("moved_columns", "expected"),
    [({"ref"}, "go with the hidden keys."), ({"ref", "action"}, "do not tell which")],
)
def test_where_only_some_columns_were_sorted_the_locked_texts_say_so(
    moved_columns: set[str], expected: str
) -> None:
    office, ann = office_of()
    reading = office.reading(ann, moved=SORTED)
    stay = {row.uid: row for row in office.reading(ann).rows}
    rows = [
        replace(
            row,
            cells={
                name: cell
                if name in moved_columns
                else replace(cell, value=stay[row.uid].cells[name].value)
                for name, cell in row.cells.items()
            },
        )
        for row in reading.rows
    ]
    office.merge(replace(reading, rows=tuple(rows)))
    assert expected in only(office).message
    assert only(office).candidates[1].text == "Go by hidden key: 0 changes, 0 questions"


def test_a_preview_shows_the_first_few_changes_and_cuts_long_values() -> None:
    office, ann = office_of()
    office.give_back(ann, {("a-1", "progress"): "Painted " * 10, ("a-1", "share"): "lots"},
                     moved=SORTED)  # fmt: skip
    by_ref, by_key = (one.text.split("\n") for one in only(office).candidates)
    assert by_ref == [
        "Go by visible ref: 1 change, 1 question",
        "   1.1 Progress: Paint bought → Painted Painted Painted Painted Painted…",
        "   1.1 Share done: 25% → lots (asked)",
    ]
    assert (len(by_key), by_key[-1].split()[0]) == (7, "…")


# The coordinator's own


def test_a_master_that_was_sorted_without_its_keys_is_one_question_too() -> None:
    office = Office()
    master = office.issue(COORDINATOR)
    office.give_back(master, TYPED, moved=SORTED)
    assert only(office).candidates[0].author == COORDINATOR
    office.answer(only(office), BY_REF)
    assert (values(office, "rating"), office.questions()) == (["Amber", "Amber", "Red"], [])


def test_refs_that_the_coordinator_gives_round_are_theirs_by_the_hidden_key() -> None:
    office = Office()
    master = office.issue(COORDINATOR)
    refs = {("a-1", "ref"): "1.2", ("a-2", "ref"): "2.1", ("a-3", "ref"): "1.1"}
    reading = office.reading(master, refs)
    rows = [replace(row, trust="disagrees", shown=SORTED[row.uid]) for row in reading.rows]
    office.merge(replace(reading, rows=tuple(rows)))
    office.answer(only(office), BY_KEY)
    assert ([office.state.ref(uid) for uid in ROWS], office.questions()) == (
        ["1.2", "2.1", "1.1"], []
    )  # fmt: skip


def test_a_row_that_the_coordinator_added_among_sorted_ones_joins_with_the_answer() -> None:
    office, _ = office_of(4)
    master = office.issue(COORDINATOR, [f"a-{n}" for n in (1, 2, 3, 4)])
    seen = [("a-2", "a-1"), ("a-3", "a-2"), ("a-4", "a-3"), ("", "a-4")]
    reading = reading_of(office, master, seen)
    cells = {"action": ReadCell("Buy a ladder", "D5"), "ref": ReadCell(None, "B5")}
    added = ReadRow("a-1", "", 5, "disagrees", cells)
    office.merge(replace(reading, rows=(added, *reading.rows)))
    assert len(office.state.master()) == 4
    made = office.answer(only(office), BY_REF)
    assert [row.values["action"] for row in office.state.master()][4:] == ["Buy a ladder"]
    assert {change.kind for change in made} == {"row-added"}
    assert office.questions() == []


def test_what_was_decided_about_an_edit_of_sorted_rows_goes_with_their_file() -> None:
    office, ann = office_of()
    office.give_back(office.issue("Ben"), {("a-1", "rating"): "Red"})
    back = office.give_back(ann, TYPED, moved=SORTED, digest="sorted")
    office.answer(only(office), BY_REF)
    office.answer(only(office), "Amber")
    assert office.value("a-1", "rating") == "Amber"
    office.undo(back)
    assert (office.value("a-1", "rating"), office.questions()) == ("Red", [])


# Files signed with a key that the plan no longer has


def old(office: Office, issued: Issued, edits: Edits | None = None, **how: str) -> Returned:
    """A return whose stamp nobody can check any more."""
    reading = replace(office.reading(issued, edits, **how), trust="old-key")  # type: ignore[arg-type]
    office.merge(reading)
    return office.state.returns[f"r-{reading.sha256}"]


def test_a_file_with_an_older_key_is_one_question_and_changes_nothing() -> None:
    office, ann = office_of()
    back = old(office, ann, TYPED)
    question = only(office)
    assert (question.kind, question.uid, question.choices) == (
        "file-old-key", ann.id, (TAKE, REFUSE)
    )  # fmt: skip
    assert f"{TAKE}: 2 changes, 0 questions" in question.candidates[0].text
    assert values(office, "rating") == ["Green", "Amber", "Red"]
    assert {fate.disposition for fate in office.fates(back)} == {"held"}


def test_a_file_with_an_older_key_that_is_taken_in_is_as_any_other() -> None:
    office, ann = office_of()
    back = old(office, ann, TYPED)
    made = office.answer(only(office), TAKE)
    assert office.questions() == []
    assert (values(office, "rating")[0], values(office, "progress")[1]) == ("Amber", "Slates came")
    assert {(c.action, c.by, c.return_id) for c in made} == {
        ("1.1", "Ann", back.id), ("1.2", "Ann", back.id)
    }  # fmt: skip
    assert [f.disposition for f in office.fates(back)] == ["applied", "applied"]
    assert office.replayed().state.value("a-1", "rating") == office.state.value("a-1", "rating")
    office.undo(back)
    assert values(office, "rating")[0] == "Green"


def test_a_file_with_an_older_key_that_is_refused_stays_refused_in_every_copy() -> None:
    office, ann = office_of()
    old(office, ann, TYPED)
    office.answer(only(office), REFUSE)
    old(office, ann, TYPED, digest="copy")
    assert (office.questions(), values(office, "rating")[0]) == ([], "Green")


def test_a_file_with_an_older_key_that_says_nothing_new_asks_nothing() -> None:
    office, ann = office_of()
    old(office, ann)
    assert office.questions() == []


def test_rows_that_were_moved_in_a_file_with_an_older_key_are_the_one_question() -> None:
    office, ann = office_of()
    reading = replace(office.reading(ann, TYPED, moved=SORTED), trust="old-key")
    office.merge(reading)
    assert only(office).kind is Kind.SORTED
