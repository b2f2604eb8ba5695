"""What a lead is asked while typing: which hints there are, when they stand, what answers them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from tests.plan_lines import PLAN, TODAY, action
from xlplan.language.catalogue import Tongue
from xlplan.plan.checks.checklist import asked_of, check_plan
from xlplan.plan.checks.lint_view import History, Plan, Snapshot, says_completed, says_outstanding
from xlplan.plan.checks.lints_past import known_of
from xlplan.plan.definition import ENTRY, Field, PlanDefinition
from xlplan.plan.for_lead import in_tongue
from xlplan.plan.reconsider import DONE, LEFT, Hint, Hints, Known, says_done, standing
from xlplan.plan.settings import Rule
from xlplan.plan.timescales import parse_timescale
from xlplan.plan.values import Value

JUNE = date(2026, 6, 30)
COLUMNS = ("due", "progress", "rating")
ROW: Mapping[str, Value] = {"due": parse_timescale("June 2026"), "progress": "Begun", "rating": "G"}
CASES: list[tuple[Known, Mapping[str, Value], list[str]]] = [
    (Known(), {}, []),
    (Known(by=JUNE), {}, ["CHK-010"]),
    (Known(by=JUNE), {"rating": None}, ["CHK-010"]),
    (Known(by=JUNE), {"rating": "R"}, []),
    (Known(by=JUNE), {"rating": "B"}, []),
    (Known(by=JUNE), {"due": parse_timescale("July 2026")}, []),
    (Known(by=TODAY), {}, []),
    (Known(by=TODAY - timedelta(days=1)), {}, ["CHK-010"]),
    (Known(), {"progress": "Done."}, ["CHK-009"]),
    (Known(), {"progress": "Done.", "rating": "DG"}, []),
    (Known(before="G"), {"rating": "R"}, ["CHK-020"]),
    (Known(before="G"), {}, []),
    (Known(before="G"), {"rating": "R", "progress": "It rained."}, []),
    (Known(before="G", worded=True), {"rating": "R"}, []),
    (Known(before="R"), {"rating": "G"}, []),
    (Known(before="X"), {"rating": "R"}, []),
    (Known(slips=2), {"due": parse_timescale("July 2027")}, ["CHK-109"]),
    (Known(slips=2), {}, []),
    (Known(slips=1), {"due": parse_timescale("July 2027")}, []),
    (Known(slips=2), {"due": parse_timescale("July 2027"), "rating": "B"}, []),
    (Known(by=JUNE, answered=frozenset({"CHK-010"})), {}, []),
    (Known(by=JUNE, answered=frozenset({"CHK-010"})), {"progress": "Halted"}, ["CHK-010"]),
]


def codes(known: Known, more: Mapping[str, Value], definition: PlanDefinition = PLAN,
          columns: tuple[str, ...] = COLUMNS) -> list[str]:  # fmt: skip
    found = Hints(definition, columns).of(known)
    return [hint.code for hint in standing(found, {**ROW, **more}, ROW, TODAY)]


@pytest.mark.parametrize(("known", "more", "expected"), CASES)
def test_what_is_asked_of_an_action(
    known: Known, more: Mapping[str, Value], expected: list[str]
) -> None:
    assert codes(known, more) == expected


def test_a_sentence_names_the_columns_as_the_plan_does() -> None:
    known = Known(by=JUNE, before="G", slips=2)
    sentences = {hint.code: hint.sentence for hint in Hints(PLAN, COLUMNS).of(known)}
    assert sentences == {
        "CHK-010": "The date, 30 June 2026, has passed, and RAG does not say so.",
        "CHK-009": "Progress says that it is done, and RAG does not.",
        "CHK-020": "RAG is worse than at the last board (Green), and nothing says why.",
        "CHK-109": "The date was put back 2 times before. It moves again.",
    }


def test_a_sentence_is_in_the_language_of_the_lead() -> None:
    known = Known(by=JUNE, before="G", slips=2)
    welsh = in_tongue(PLAN, Tongue(("cy",)))
    sentences = {hint.code: hint.sentence for hint in Hints(welsh, COLUMNS).of(known)}
    assert sentences["CHK-010"].startswith("Mae'r dyddiad, 30 Mehefin 2026, wedi mynd heibio")
    assert sentences["CHK-109"].startswith("Gohiriwyd y dyddiad 2 waith")
    assert codes(known, {}, welsh) == codes(known, {})


def test_a_long_heading_is_cut() -> None:
    fields = tuple(replace(f, heading="x" * 90) if f.id == "rating" else f for f in PLAN.fields)
    (late, _) = Hints(replace(PLAN, fields=fields), COLUMNS).of(Known(by=JUNE))
    assert f"{'x' * 59}…" in late.sentence
    assert "x" * 60 not in late.sentence


def everything(columns: tuple[str, ...], definition: PlanDefinition = PLAN) -> list[str]:
    known = Known(by=JUNE, before="G", slips=2)
    return [hint.code for hint in Hints(definition, columns).of(known)]


def test_only_what_leads_see_is_looked_at() -> None:
    assert everything(("due", "progress")) == []  # without the rating nothing is known to be open
    assert everything(("due", "rating")) == ["CHK-010", "CHK-109"]
    assert everything(("progress", "rating")) == ["CHK-009", "CHK-020"]
    unrated = tuple(f for f in PLAN.fields if f.id != "rating")
    assert everything(COLUMNS, replace(PLAN, fields=unrated)) == []
    typed = tuple(replace(f, type="text") if f.id == "rating" else f for f in PLAN.fields)
    assert everything(COLUMNS, replace(PLAN, fields=typed)) == []


def test_a_note_that_grows_is_looked_at_by_its_entry_and_one_of_others_is_not() -> None:
    grows = tuple(replace(f, mode="append") if f.id == "progress" else f for f in PLAN.fields)
    definition = replace(PLAN, fields=grows)
    entry = "progress" + ENTRY
    columns = ("due", "rating", "progress", entry)
    assert codes(Known(), {entry: "Completed"}, definition, columns) == ["CHK-009"]
    assert codes(Known(), {"progress": "Completed"}, definition, columns) == []
    locked = tuple(
        replace(f, owner="coordinator") if f.id == "progress" else f for f in PLAN.fields
    )
    assert codes(Known(), {"progress": "Done"}, replace(PLAN, fields=locked)) == []


# The words


@pytest.mark.parametrize("phrase", DONE)
def test_a_clause_that_is_read_as_done_is_so_for_the_check_as_well(phrase: str) -> None:
    for note in (f"{phrase.capitalize()}.", f"{phrase}\nSee the paper of May"):
        assert says_done(note)
        assert says_completed(note)
        assert not says_outstanding(note)


@pytest.mark.parametrize("words", LEFT)
def test_words_of_work_that_is_left_say_that_it_is_not_done(words: str) -> None:
    assert not says_done(f"Completed. One part {words} there")


@pytest.mark.parametrize("note", ["", "Completed the survey", "Half done", "We are done here"])
def test_a_clause_that_says_more_is_not_read(note: str) -> None:
    assert not says_done(note)


# What is known, and the checks that are answered


def history(**more: object) -> History:
    return replace(History((Snapshot("2026-09", {"u1": {"rating": "G"}}),)), **more)


def test_what_is_known_when_a_template_goes_out() -> None:
    past = history(slips={"u1": 2}, answered={"u1": frozenset({"CHK-010"})})
    row = action(progress="Begun")
    known = known_of(Plan(PLAN, [row], TODAY, past), row)
    assert known == Known(date(2027, 6, 30), "G", True, 2, frozenset({"CHK-010"}))
    bare = known_of(Plan(PLAN, [row], TODAY), row)
    assert bare == Known(date(2027, 6, 30), "", True)


@pytest.mark.parametrize(
    ("slips", "rating", "expected"), [(3, "G", True), (2, "G", False), (3, "B", False)]
)
def test_a_date_that_was_put_back_three_times_is_asked_about(
    slips: int, rating: str, expected: bool
) -> None:
    found = check_plan(PLAN, [action(rating=rating)], TODAY, History(slips={"u1": slips}))
    again = [problem for problem in found if problem.code == "CHK-109"]
    assert bool(again) is expected
    for problem in again:
        assert problem.field == "due"
        assert problem.message.startswith("The date was put back 3 times, to 30 June 2027 now.")


def test_without_a_date_nothing_was_put_back() -> None:
    past = History(slips={"u1": 3})
    assert asked_of(Plan(PLAN, [action(due=None)], TODAY, past), "u1") == frozenset()
    undated = tuple(f for f in PLAN.fields if f.role != "due")
    assert (
        asked_of(Plan(replace(PLAN, fields=undated), [action()], TODAY, past), "u1") == frozenset()
    )


LATE = action(progress="Completed.", due=parse_timescale("June 2026"))


def test_what_was_answered_is_not_asked_again_and_all_else_is() -> None:
    assert {p.code for p in check_plan(PLAN, [LATE], TODAY)} == {"CHK-009", "CHK-010"}
    past = History(answered={"u1": frozenset({"CHK-010"})})
    assert {p.code for p in check_plan(PLAN, [LATE], TODAY, past)} == {"CHK-009"}


def test_the_checks_that_a_lead_may_answer_are_those_of_the_action() -> None:
    assert asked_of(Plan(PLAN, [LATE], TODAY), "u1") == {"CHK-009", "CHK-010"}
    assert asked_of(Plan(PLAN, [LATE], TODAY), "u2") == frozenset()
    rule = Rule("late", "R", overdue_days=1)
    ruled = Plan(replace(PLAN, rules=(rule,)), [LATE], TODAY)
    assert asked_of(ruled, "u1") == {"CHK-009", "CHK-028"}


def test_hints_are_equal_where_they_say_the_same() -> None:
    first, second = (Hints(PLAN, COLUMNS).of(Known(by=JUNE)) for _ in range(2))
    assert first == second
    assert all(isinstance(hint, Hint) for hint in first)


def test_a_reason_of_its_own_is_a_word_too() -> None:
    fields = (*PLAN.fields, Field("why", "Why", role="reason", owner="lead"))
    columns = (*COLUMNS, "why")
    definition = replace(PLAN, fields=fields)
    assert codes(Known(before="G"), {"rating": "R", "why": "Rain"}, definition, columns) == []
    assert codes(Known(before="G"), {"rating": "R"}, definition, columns) == ["CHK-020"]
