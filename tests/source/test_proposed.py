"""What `new` proposes from the actions themselves: ticks for steps, counts by other plans."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.text_sheets import book, read, sheet
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import Count
from xlplan.source.importing import read_source

STEPPED = r"""
Ref | Action                  | Timescale          | Lead      | Progress | RAG
1.1 | Write it\nTrain them    | May 2027\nJuly 2027 | Ada Quill | Begun    | Green
1.2 | Count them\nReport it   | May 2027\nJuly 2027 | Ben Ode   |          | Green
1.3 | Paint the hall          | June 2027          | Ben Ode   |          | Amber
"""
NAMED = r"""
Ref | Action                            | Timescale | Lead      | RAG
1.1 | Write the guide [Housing Plan]    | May 2027  | Ada Quill | Green
1.2 | Train the staff [Skills Strategy] | May 2027  | Ben Ode   | Green
1.3 | Audit it [draft] [see action 1.1] [See also the plan above] | June 2027 | Ben Ode | Amber
"""


def test_leads_get_a_column_to_tick_steps_where_actions_have_steps() -> None:
    source = read(STEPPED)
    item = source.definition.find("steps_done")
    assert item is not None
    assert (item.heading, item.type, item.role, item.owner) == (
        "Steps done", "steps", "steps_done", "lead"
    )  # fmt: skip
    shown = source.definition.issue.fields
    assert shown.index("steps_done") == shown.index("lead") + 1
    assert "steps_done" not in source.definition.composite.fields
    assert not [text for text in source.guesses if "steps_done" in text], "nothing to answer"
    assert not source.problems


def test_one_action_with_a_list_is_no_reason_for_a_column() -> None:
    one = STEPPED.replace(r"Count them\nReport it   | May 2027\nJuly 2027", "Count them | May 2027")
    assert read(one).definition.find("steps_done") is None


def test_a_plan_template_that_has_such_a_column_keeps_it() -> None:
    own = Field("ticks", "Ticked", "steps", "steps_done", owner="lead")
    more = read(STEPPED).definition
    fields = (*(f for f in more.fields if f.role != "steps_done"), own)
    template = replace(more, fields=fields, issue=replace(more.issue, fields=()))
    made = read_source(book(sheet(STEPPED)), plan_id="p", template=template).definition
    assert [f.id for f in made.fields if f.role == "steps_done"] == ["ticks"]
    bare = replace(template, fields=fields[:-1])
    other = read_source(book(sheet(STEPPED)), plan_id="p", template=bare).definition
    assert other.with_role("steps_done") is not None
    assert other.issue.fields == (), "all fields"


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        (NAMED, (Count("action", "Other plans named", in_brackets=True),)),
        (NAMED.replace("[Skills Strategy]", "[sic]"), ()),
        (NAMED.replace("[", "(").replace("]", ")"), ()),
    ],
)
def test_a_count_of_the_plans_that_are_named_in_brackets(
    text: str, counts: tuple[Count, ...]
) -> None:
    assert read(text).definition.counts == counts


def test_a_count_that_the_template_has_is_not_proposed_again() -> None:
    own = Count("action", "By plan", in_brackets=True)
    template: PlanDefinition = replace(read(NAMED).definition, counts=(own,))
    made = read_source(book(sheet(NAMED)), plan_id="p", template=template)
    assert made.definition.counts == (own,)


def test_a_plan_whose_leads_are_written_surname_first_has_each_once() -> None:
    source = read("""
Ref | Action          | Lead                 | Due
1   | Mend the roof   | Quill, Ada           | May 2027
2   | Paint the shed  | Ode, Ben             | May 2027
3   | Count the doors | Quill, Ada; Ode, Ben | June 2027
""")
    assert [lead.name for lead in source.definition.leads] == ["Ode, Ben", "Quill, Ada"]
    assert [row.values["lead"] for row in source.rows][2] == ("Quill, Ada", "Ode, Ben")
