"""What a definition answers: its parts, and what of it may go out."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.settings import CompositeSettings, IssueSettings, Rollup

OPEN = PlanDefinition(
    "plan",
    "Plan",
    (
        Field("ref", "Ref", role="key"),
        Field("risk", "Risk", "rating", "rating"),
        Field("cost", "Cost", "number"),
        Field("ref", "No.", role="key", of="recommendation"),
        Field("view", "View", "rating", scale="view", of="recommendation"),
    ),
    ratings=(
        Rating("B", "Blue", closed=True),
        Rating("H", "Held", holding=True),
        Rating("G", "Green"),
        Rating("Y", "Yes", scale="view"),
    ),
    rollups=(Rollup("cost", "share-closed"), Rollup("recommendation", "accountable", "view")),
    issue=IssueSettings(fields=("ref", "cost")),
    composite=CompositeSettings(fields=("cost", "risk"), group_by="cost"),
)


def private(*ids: str) -> PlanDefinition:
    fields = tuple(replace(item, private=item.id in ids) for item in OPEN.fields)
    return replace(OPEN, fields=fields)


def test_a_plan_without_secrets_goes_out_as_it_is() -> None:
    assert OPEN.public is OPEN


def test_a_private_column_is_nowhere_in_what_goes_out() -> None:
    public = private("cost").public
    assert [item.id for item in public.fields] == ["ref", "risk", "ref", "view"]
    assert public.issue.fields == ("ref",)
    assert (public.composite.fields, public.composite.group_by) == (("risk",), "")
    assert [rollup.to for rollup in public.rollups] == ["recommendation"]
    assert public.ratings == OPEN.ratings


def test_the_scale_and_the_roll_up_of_a_private_rating_stay_as_well() -> None:
    public = private("view").public
    assert [rating.code for rating in public.ratings] == ["B", "H", "G"]
    assert [rollup.to for rollup in public.rollups] == ["cost"]


def test_what_is_kept_back_stays_though_no_column_is_private() -> None:
    told = replace(OPEN, kept_back=("A comment",))
    assert told.public == OPEN


@pytest.mark.parametrize(
    ("code", "finishes"), [("B", True), ("H", True), ("G", False), ("?", False)]
)
def test_a_closed_rating_and_a_held_one_finish(code: str, finishes: bool) -> None:
    assert OPEN.finishes(OPEN.fields[1], code) is finishes
