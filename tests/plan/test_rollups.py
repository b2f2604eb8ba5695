"""Roll-ups by the rule that the definition names."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct, field
from msgspec.structs import replace

from xlplan.plan.checks.rollups import RolledUp, roll_up
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import Rollup
from xlplan.plan.values import Invalid, Value

PLAN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("section", "Theme", role="section"),
        Field("organisation", "Agency", role="organisation"),
        Field("recommendation", "Recommendation", "set", "recommendation"),
        Field("lead", "Lead", "people", "lead"),
        Field("rating", "RAG", "rating", "rating"),
        Field("ref", "No.", role="key", of="recommendation"),
        Field("rating", "Own view", "rating", "rating", of="recommendation"),
        Field("second", "Second view", "rating", of="recommendation"),
    ),
    ratings=(
        Rating("B", "Blue", order=1, closed=True),
        Rating("G", "Green", order=2),
        Rating("R", "Red", order=3, exception=True),
    ),
)
WORST = Rollup("recommendation", "worst")


class Line(Struct, frozen=True):
    uid: str
    ref: str
    values: Mapping[str, Value] = field(default_factory=dict)
    kind: str = "action"
    section: str = ""
    withdrawn: bool = False


def action(uid: str, rating: Value = None, *answers: str, **values: Value) -> Line:
    return Line(
        uid, uid, {"rating": rating, "recommendation": frozenset(answers) or None, **values}
    )


def recommendation(ref: str, **values: Value) -> Line:
    return Line(f"r{ref}", ref, {"ref": ref, **values}, "recommendation")


def test_the_worst_rating_of_the_actions_that_answer_a_recommendation() -> None:
    rows = [
        recommendation("10"),
        recommendation("2"),
        recommendation("3"),
        action("a", "B", "10"),
        action("b", "R", "10", "2"),
        action("c", None, "2"),
        action("d", Invalid("?"), "2"),
        action("e", "G"),
        action("f", "G", "77"),
        replace(action("g", "R", "3"), withdrawn=True),
    ]
    assert roll_up(PLAN, rows, WORST) == (
        RolledUp("10", "R", 0.5, 2, 1, 0, ("a", "b")),
        RolledUp("2", "R", 0.0, 3, 0, 2, ("b", "c", "d")),
        RolledUp("3", None, None, 0, 0, 0),
        RolledUp("", "G", 0.0, 1, 0, 0, ("e",)),
        RolledUp("77", "G", 0.0, 1, 0, 0, ("f",)),
    )


def test_a_scale_that_runs_from_worst_to_best_has_the_same_worst() -> None:
    upside_down = tuple(replace(r, order=-r.order) for r in PLAN.ratings)
    plan = replace(PLAN, ratings=upside_down)
    (found,) = roll_up(plan, [action("a", "G", "1"), action("b", "R", "1")], WORST)
    assert found.rating == "R"


def test_the_share_completed_of_each_value_of_a_field() -> None:
    rows = [
        action("a", "B", organisation="Health"),
        action("b", "G", organisation="Council"),
        action("c", "B", organisation=" health"),
        action("d", "B"),
    ]
    found = roll_up(PLAN, rows, Rollup("organisation", "share-closed"))
    assert [(one.to, one.closed, one.actions, one.share) for one in found] == [
        ("Health", 2, 2, 1.0),
        ("Council", 0, 1, 0.0),
        ("", 1, 1, 1.0),
    ]
    assert {one.rating for one in found} == {None}


def test_every_lead_of_an_action_counts_it_and_so_does_the_section_it_stands_in() -> None:
    rows = [action("a", "G", lead=("A", "B")), replace(action("b", "R", lead=("B",)), section="T")]
    by_lead = roll_up(PLAN, rows, Rollup("lead", "worst"))
    assert [(one.to, one.rating) for one in by_lead] == [("A", "G"), ("B", "R")]
    by_section = roll_up(PLAN, rows, Rollup("section", "worst"))
    assert [(one.to, one.uids) for one in by_section] == [("", ("a",)), ("T", ("b",))]


def test_the_accountable_officer_s_own_rating() -> None:
    rows = [
        recommendation("1", rating="G", second="B"),
        recommendation("2", rating=Invalid("?")),
        action("a", "R", "1"),
    ]
    own = roll_up(PLAN, rows, Rollup("recommendation", "accountable"))
    assert [(one.to, one.rating, one.actions) for one in own] == [("1", "G", 1), ("2", None, 0)]
    second = roll_up(PLAN, rows, Rollup("recommendation", "accountable", "second"))
    assert second[0].rating == "B"


def test_without_ratings_there_is_no_worst() -> None:
    plan = replace(PLAN, fields=tuple(f for f in PLAN.fields if f.role != "rating"))
    (found,) = roll_up(plan, [action("a", "R", "1")], WORST)
    assert (found.rating, found.unrated) == (None, 1)


ANSWERS = st.frozensets(st.sampled_from(["1", "2", "3"]), max_size=3)
CODES = st.sampled_from(["B", "G", "R", None, "X"])


@given(st.lists(st.tuples(CODES, ANSWERS), max_size=8))
def test_every_action_counts_once_under_each_it_answers(
    plan: list[tuple[str | None, frozenset[str]]],
) -> None:
    rows = [action(f"a{n}", code, *answers) for n, (code, answers) in enumerate(plan)]
    found = roll_up(PLAN, rows, WORST)
    assert sum(one.actions for one in found) == sum(len(answers) or 1 for _, answers in plan)
    for one in found:
        codes = [rows[int(uid[1:])].values["rating"] for uid in one.uids]
        assert one.closed == codes.count("B")
        worst = next((code for code in "RGB" if code in codes), None)
        assert one.rating == worst
