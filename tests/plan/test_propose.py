"""What a heading, a rating cell and a lead cell are taken to mean."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import permutations

import pytest
from msgspec.structs import replace

from xlplan.plan import propose_people, propose_roles
from xlplan.plan.definition import DEFAULT_SEPARATORS, Field, Rating
from xlplan.plan.keys import ROLES
from xlplan.plan.legend import LegendLine, initials_in
from xlplan.plan.propose import free_id, one_for_many, propose_columns, usual_type
from xlplan.plan.propose_people import name_separators, propose_leads
from xlplan.plan.propose_ratings import (
    RatingCell,
    close_where_answered,
    propose_scale,
    scale_of_colours,
    share_scale,
)
from xlplan.plan.propose_roles import (
    Sample,
    column_role,
    guess_role,
    looks_like_keys,
    slug,
    without_period,
)
from xlplan.plan.shown import ShownNumber
from xlplan.plan.status_words import families, known_rating, one_word
from xlplan.plan.values import Raw


@pytest.mark.parametrize(
    ("heading", "role"),
    [
        ("Ref", "key"), ("Ref.", "key"), ("No.", "key"), ("Number", "key"), ("Action No", "key"),
        ("#", "key"), ("ID", "key"),
        ("Action", "action"), ("Actions required", "action"), ("ACTION REQUIRED", "action"),
        ("Key Action(s)", "action"), ("What", "action"), ("Task", "action"),
        ("Recommendation", "recommendation"),
        ("Lead", "lead"), ("Lead officer(s)", "lead"), ("Lead Officers", "lead"),
        ("Responsible", "lead"), ("Responsible officer(s)", "lead"), ("Owner", "lead"),
        ("Responsibility", "lead"), ("Who", "lead"), ("By whom", "lead"),
        ("Accountable Officer", "accountable"), ("SRO", "accountable"),
        ("Timescale", "due"), ("Due", "due"), ("Due date", "due"), ("By when", "due"),
        ("Deadline", "due"), ("Completion date", "due"), ("Target date", "due"),
        ("Revised date", "revised"),
        ("RAG", "rating"), ("BRAG", "rating"), ("RAG rating", "rating"), ("Status", "rating"),
        ("Rating", "rating"), ("RAG (current)", "rating"),
        ("Previous RAG", "previous_rating"), ("RAG Initial", "initial_rating"),
        ("Progress", "progress"), ("Update", "progress"), ("Comments", "progress"),
        ("Progress made", "progress"), ("Progress to date", "progress"),
        ("Outcome", "outcome"), ("Output", "output"), ("Outputs", "output"),
        ("Evidence", "evidence"), ("Success measure (s)", "measure"), ("Milestones", "milestone"),
        ("% complete", "percent"), ("% done", "percent"),
        ("Progress (%)", "percent"), ("% of target", "text"),
        ("Theme", "section"), ("Priority", "section"),
        ("Progress (RAG)", "rating+progress"),
        ("Issue raised", "text"), ("Cost", "text"), ("", "text"),
        ("The action was taken by the lead officer", "text"),
    ],
)  # fmt: skip
def test_a_heading_says_its_role(heading: str, role: str) -> None:
    assert guess_role(heading) == role


def test_every_role_that_can_be_guessed_is_a_role_of_the_plan() -> None:
    roles = {role for h in ("Ref", "Action", "SRO", "Page", "Code") for role in [guess_role(h)]}
    assert roles <= set(ROLES)


@pytest.mark.parametrize(
    ("heading", "made"),
    [
        ("Issue raised", "issue_raised"),
        ("Cost (£)", "cost"),
        ("2026 budget", "f_2026_budget"),
        ("£", "column"),
        # at most 40 characters, and no word cut in two
        (
            "What will be different for the children and the families",
            "what_will_be_different_for_the_children",
        ),
    ],
)
def test_a_field_without_a_role_is_named_by_its_heading(heading: str, made: str) -> None:
    assert slug(heading) == made


def test_ids_get_a_suffix_when_taken() -> None:
    assert free_id("rating", ["rating", "rating_2"]) == "rating_3"


def sample(heading: str, *values: Raw, table: int = 0) -> Sample:
    return Sample(table, heading, values, letter="C")


def test_columns_become_fields_in_source_order_with_owners_and_types() -> None:
    proposal = propose_columns(
        [
            sample("Ref", "1", "2"),
            sample("Action", "Mend the roof", "Paint the door"),
            sample("Cost", 120, 80.5),
            sample("Lead", "A. Post", "B. Post"),
            sample("Due", "June 2026", "TBC"),
            sample("Start", date(2026, 1, 2), None),
            sample("RAG", "Red", "Green"),
            sample("Update", "", "Nearly done"),
        ]
    )
    assert [(f.id, f.type, f.owner) for f in proposal.fields] == [
        ("ref", "text", "coordinator"),
        ("action", "text", "coordinator"),
        ("cost", "number", "coordinator"),
        ("lead", "people", "coordinator"),
        ("due", "timescale", "lead"),
        ("start", "date", "coordinator"),
        ("rating", "rating", "lead"),
        ("progress", "narrative", "lead"),
    ]


def test_a_due_column_of_real_dates_is_a_date_field() -> None:
    proposal = propose_columns([sample("Due", date(2026, 1, 2), None, date(2026, 3, 4))])
    assert proposal.fields[0].type == "date"


def test_a_second_column_of_a_role_gets_a_suffix() -> None:
    proposal = propose_columns(
        [sample("Timescale", "May 2026"), sample("Target date", "June 2026")]
    )
    assert [f.id for f in proposal.fields] == ["due", "due_2"]


def test_a_second_ref_column_stays_a_text_field() -> None:
    proposal = propose_columns([sample("Ref", "1", "2"), sample("ID", "x", "y")])
    assert [f.role for f in proposal.fields] == ["key", "text"]


def test_tables_with_other_words_for_one_thing_share_a_field_and_say_so() -> None:
    proposal = propose_columns(
        [sample("Lead officer", "A. Post"), sample("Owner", "B. Post", table=1)]
    )
    assert [f.id for f in proposal.fields] == ["lead"]
    assert proposal.guesses == ('field lead: "Owner" and "Lead officer" were taken as one',)


def test_many_headings_that_are_taken_as_one_are_one_guess() -> None:
    headings = ("Lead officer", "Owner", "Responsible", "Owner")
    samples = [Sample(n, each, ("Ada Quill", "Ben Ode")) for n, each in enumerate(headings)]
    said = 'field lead: "Owner", "Responsible" and "Lead officer" were taken as one'
    assert propose_columns(samples).guesses == (said,)


def test_a_column_of_ratings_and_prose_becomes_two_fields() -> None:
    proposal = propose_columns(
        [sample("Progress (RAG)", "AMBER", "Meetings are held every month.", "GREEN")]
    )
    assert [f.id for f in proposal.fields] == ["progress", "rating"]
    assert proposal.plans[0].rating == "rating"


def test_a_status_column_of_prose_is_a_progress_note() -> None:
    proposal = propose_columns(
        [sample("Progress (RAG)", "Meetings are held every month.", "The board has agreed it.")]
    )
    assert [f.type for f in proposal.fields] == ["narrative"]


def test_a_column_that_is_split_is_said_once() -> None:
    proposal = propose_columns(
        [
            sample("RAG", "RED", "GREEN"),
            sample("Progress (RAG)", "AMBER", "Meetings are held every month.", table=1),
        ]
    )
    assert [f.id for f in proposal.fields] == ["rating", "progress"]
    assert proposal.guesses == (
        'field rating: "Progress (RAG)" holds ratings and prose; ratings went to rating, prose '
        "to progress",
    )


def test_a_plural_is_no_other_heading() -> None:
    proposal = propose_columns(
        [sample("Lead Officers", "A. Post"), sample("Lead officer", "B. Post", table=1)]
    )
    assert proposal.guesses == ()


PROSE = "Meetings are held every month, and the board has agreed to all of them."


@pytest.mark.parametrize(
    ("heading", "values", "role"),
    [
        ("Progress (RAG)", (), "progress"),
        ("Progress (RAG)", ("Red", "Amber"), "rating"),
        ("Progress (RAG)", ("Red", PROSE), "rating+progress"),
        ("Progress (RAG)", (PROSE,), "progress"),
        ("RAG", (), "rating"),
        ("RAG", ("Red", "On its way"), "rating"),
        ("RAG", ("Red", PROSE), "rating+progress"),
        ("RAG", (PROSE, PROSE), "progress"),
        ("Progress", ("Red", "Red", PROSE), "progress"),
        ("Progress", ("Red", "Red", "Amber", PROSE), "rating+progress"),
        ("Ref", ("1.1", "1.2"), "key"),
        ("Ref", (PROSE, PROSE), "text"),
        ("% complete", ("50%", "7.5 %", "100"), "percent"),
        ("% complete", ("50%", "nearly all"), "text"),
        ("% complete", (0.5, "nearly all"), "percent"),
    ],
)
def test_the_values_of_a_column_may_deny_its_heading(
    heading: str, values: tuple[Raw, ...], role: str
) -> None:
    column = sample(heading, *values)
    assert column_role(column, [column]) == role


def test_whether_a_text_is_a_rating_is_asked_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[str] = Counter()

    def known(text: str) -> tuple[str, int, str] | None:
        asked[text] += 1
        return known_rating(text)

    monkeypatch.setattr(propose_roles, "known_rating", known)
    column = sample("RAG", *("Red", "Green") * 50)
    assert column_role(column, [column]) == "rating"
    assert asked == {"Red": 1, "Green": 1}


def test_the_recommendation_of_a_table_of_recommendations_is_its_text() -> None:
    column = replace(sample("Recommendation", "Mend the roof"), of="recommendation")
    assert column_role(column, [column]) == "action"


def test_a_role_that_is_known_already_is_not_guessed() -> None:
    column = replace(sample("Ref", "1.1", "1.2"), role="origin")
    assert column_role(column, [column]) == "origin"


def test_a_column_headed_as_in_another_table_goes_where_that_one_went() -> None:
    proposal = propose_columns(
        [sample("% complete", 0.5, 1), sample("% complete", "nearly all", "half", table=1)]
    )
    assert [(f.id, f.type) for f in proposal.fields] == [("percent", "percent")]
    assert [plan.field for plan in proposal.plans] == ["percent", "percent"]


def test_the_words_that_all_notes_begin_with_become_a_rating() -> None:
    notes = ("Completed - signed in May", "Ongoing (see 3)", "Overdue: no reply", "Completed.")
    proposal = propose_columns([sample("Ref", "1", "2", "3", "4"), sample("Update", *notes)])
    assert [(f.id, f.type) for f in proposal.fields[1:]] == [
        ("progress", "narrative"),
        ("rating", "rating"),
    ]
    assert (proposal.plans[1].split, proposal.plans[1].rating) == ("leading", "rating")
    assert proposal.guesses == (
        'field rating: the word that each "Update" begins with; the rest is in progress',
    )


@pytest.mark.parametrize("kept", [False, True])
def test_a_status_with_its_day_is_the_status_and_a_note_but_in_a_workbook_that_stays(
    kept: bool,
) -> None:
    states = ("Completed 12/09/26", "Completed 3/10/26", "Ongoing", "Overdue")
    samples = [sample("Ref", "1", "2", "3", "4"), sample("Status", *states)]
    proposal = propose_columns(samples, kept=kept)
    found = [(f.heading, f.type) for f in proposal.fields[1:]]
    if kept:
        assert [heading for heading, _ in found] == ["Status"]
        assert proposal.plans[1].split == ""
        return
    assert {heading for heading, _ in found} == {"Status", "Status note"}
    assert ("Status", "rating") in found
    assert proposal.plans[1].split == "leading"
    assert any(text.startswith("field rating: the word that each") for text in proposal.guesses)


@pytest.mark.parametrize(
    ("heading", "kind"), [("Visit date", "date"), ("Homes in the area", "number")]
)
def test_numbers_that_may_be_days_are_days_under_a_heading_that_says_so(
    heading: str, kind: str
) -> None:
    """46031 days after 30 December 1899 it is 9 January 2026."""
    proposal = propose_columns([sample("Ref", "1", "2"), sample(heading, 46031, 46112)])
    assert [f.type for f in proposal.fields[1:]] == [kind]


@pytest.mark.parametrize(
    ("values", "kind"), [((50, 100), "number"), ((0.5, 1), "percent"), ((), "percent")]
)
def test_percentages_above_one_are_numbers(values: tuple[Raw, ...], kind: str) -> None:
    proposal = propose_columns([sample("% complete", *values)])
    assert [f.type for f in proposal.fields] == [kind]


HALF, QUARTER, MORE = (ShownNumber(n, "0%") for n in (0.5, 0.25, 1.1))
WORDS = ShownNumber(50, '0"%"')


@pytest.mark.parametrize(
    ("heading", "values", "kind"),
    [
        ("Uptake", (HALF, QUARTER), "percent"),
        ("Uptake", (HALF, None, WORDS), "percent"),
        ("Uptake (%)", (HALF, QUARTER), "percent"),
        ("Uptake", (HALF, MORE), "text"),
        ("Uptake", (HALF, 25), "text"),
        ("Uptake (%)", (HALF, MORE), "number"),
        ("Uptake (%)", (HALF, 25), "number"),
        ("Cost (£)", (HALF, 25), "text"),
        ("Cost (£)", (3, 25), "money"),
        ("Homes", (ShownNumber(3, "0.00"), 25), "number"),
        ("% complete", (HALF, 25), "number"),
        ("% complete", ("50%", "25"), "number"),
        ("% complete", ("50%", "7.5 %"), "percent"),
        ("% complete", (HALF, MORE), "number"),
    ],
)
def test_numbers_that_are_shown_in_percent_are_no_plain_numbers(
    heading: str, values: tuple[Raw, ...], kind: str
) -> None:
    """As plain numbers 50% and 110% would be 0.5 and 1.1 for whoever reads the plan."""
    found = propose_columns([sample(heading, *values)]).fields
    assert [each.type for each in found] == [kind]


def test_a_column_that_the_template_has_no_field_for_is_kept_and_said() -> None:
    given = [Field("ref", "Ref", role="key")]
    proposal = propose_columns([sample("Ref", "1", "2"), sample("Cost", 120, 80.5)], given)
    assert [f.id for f in proposal.fields] == ["ref", "cost"]
    assert proposal.fields[0] is given[0]
    assert proposal.guesses == ('field cost: the template has no field for "Cost"',)


def test_a_column_without_heading_that_holds_refs_is_the_key() -> None:
    proposal = propose_columns([sample("", "(a) 1", "(b) 2"), sample("Action", "x", "y")])
    assert [(f.id, f.role) for f in proposal.fields] == [("ref", "key"), ("action", "action")]
    assert proposal.guesses == ("field ref: column C has no heading; taken as the ref",)


@pytest.mark.parametrize(
    ("texts", "keys"),
    [
        (["1.1", "1.2"], True),
        (["1.1", "1.1"], False),
        (["yes", "no"], False),
        (["1"], False),
        (["a very long text with 1", "2"], False),
    ],
)
def test_keys_are_short_differ_and_hold_digits(texts: list[str], keys: bool) -> None:
    assert looks_like_keys(texts) is keys


def cells(*texts: str, fill: str = "") -> list[RatingCell]:
    return [RatingCell(text, fill) for text in texts]


def test_the_legends_words_say_what_is_closed_and_what_needs_attention() -> None:
    legend = [
        LegendLine("Blue", "Complete and inspected"),
        LegendLine("Green", "Not yet complete, on track"),
        LegendLine("Amber", "On track"),
        LegendLine("Red", "Behind schedule"),
    ]
    scale, guesses = propose_scale(cells("Blue", "Amber"), legend)
    assert [(r.code, r.closed, r.exception) for r in scale] == [
        ("Blue", True, False),
        ("Green", False, False),
        ("Amber", False, False),
        ("Red", False, True),
    ]
    assert guesses == ()


def test_codes_are_as_written_and_colours_are_those_of_the_cells() -> None:
    scale, _ = propose_scale(
        [RatingCell("AMBER", "#FFAA00"), RatingCell("amber", "#FFAA00"), RatingCell("Amber")]
    )
    amber = next(r for r in scale if r.code.lower() == "amber")
    assert (amber.code, amber.colour) == ("AMBER", "#FFAA00")


def test_a_scale_is_completed_in_the_style_of_its_codes() -> None:
    scale, guesses = propose_scale(cells("A", "DG", "LG", "C"))
    assert [r.code for r in scale] == ["C", "DG", "LG", "A", "R"]
    assert [r.order for r in scale] == [1, 2, 3, 4, 5]
    assert any(guess.startswith('rating "R": ') for guess in guesses)


def test_a_legend_from_worst_to_best_is_turned_round() -> None:
    legend = [LegendLine("Zed", "Late"), LegendLine("Why", "Slow"), LegendLine("Ex", "Completed")]
    scale, _ = propose_scale(cells("Zed", "Ex"), legend)
    assert [r.code for r in scale] == ["Ex", "Why", "Zed"]


def test_a_legend_from_best_to_worst_stays_as_it_is() -> None:
    legend = [LegendLine("Ex", "Completed"), LegendLine("Why", "Slow"), LegendLine("Zed", "Late")]
    assert [r.code for r in propose_scale(cells("Zed", "Ex"), legend)[0]] == ["Ex", "Why", "Zed"]


def test_one_rating_in_other_letters_is_that_rating() -> None:
    assert one_word("RED", "red")
    assert one_word("R", "Red")
    assert not one_word("Red", "Overdue")


def test_greek_letters_and_a_rating_said_twice_are_no_new_ratings() -> None:
    scale, _ = propose_scale(cells("A", "Α", "Blue\nBlue", "Blue"))
    assert {r.code for r in scale} & {"Α", "Blue Blue"} == set()


def test_a_slip_of_the_pen_is_no_rating() -> None:
    scale, _ = propose_scale(cells("Green", "Green", "Gren", "Red"))
    assert "Gren" not in [r.code for r in scale]


def test_words_that_nobody_knows_make_a_scale_where_they_are_few() -> None:
    scale, _ = propose_scale(cells("Early", "Middling", "Early"))
    assert sorted(r.code for r in scale) == ["Early", "Middling"]


@pytest.mark.parametrize(
    ("texts", "shared"),
    [
        (["Red", "late", ""], True),
        (["Red", "late", "later"], False),
        (["", " "], False),
        ([], False),
    ],
)
def test_a_column_shares_a_scale_that_half_of_its_ratings_are_on(
    texts: list[str], shared: bool
) -> None:
    assert share_scale(texts, [Rating("R", "Red")]) is shared


def test_each_spelling_is_a_lead_and_doubts_are_said_beside_it() -> None:
    leads, guesses = propose_leads(["Ada Quill / Ben Ode", "Ada Quil", "AQ\nB Ode"])
    assert [lead.name for lead in leads] == ["Ada Quil", "Ada Quill", "AQ", "B Ode", "Ben Ode"]
    assert (
        'lead "Ada Quil": spelled nearly like "Ada Quill"; if they are one, make one an alias'
        in (guesses)
    )
    assert '"AQ" / "Ada Quill"' in guesses[1]
    assert '"B Ode" / "Ben Ode"' in guesses[1]
    assert not any(guess.startswith('lead "Ben Ode"') for guess in guesses)


def test_leads_that_are_written_with_their_address_have_it() -> None:
    leads, guesses = propose_leads(
        ["Ada Quill <ada.quill@ferry.example>", "Ben Ode (ode@ferry.example)",
         "Cy Rope", "cy_rope@ferry.example", "mailto:dock@ferry.example"]
    )  # fmt: skip
    assert [(lead.name, lead.email, lead.aliases) for lead in leads] == [
        ("Ada Quill", "ada.quill@ferry.example", ("Ada Quill <ada.quill@ferry.example>",)),
        ("Ben Ode", "ode@ferry.example", ("Ben Ode (ode@ferry.example)",)),
        ("Cy Rope", "cy_rope@ferry.example", ("cy_rope@ferry.example",)),
        ("dock@ferry.example", "dock@ferry.example", ("mailto:dock@ferry.example",)),
    ]
    assert propose_leads(["x" * 20_000 + "@ferry.example"])[0][0].email == ""
    assert guesses == (
        'lead "Cy Rope": "cy_rope@ferry.example" was taken as the address of this one',
        'lead "dock@ferry.example": an e-mail address; say whose it is',
    )


def test_a_name_before_a_dash_is_split_from_its_organisation() -> None:
    leads, guesses = propose_leads(["Ada Quill – Marlbridge Trust", "Ada Quill"])
    assert [(lead.name, lead.organisation, lead.aliases) for lead in leads] == [
        ("Ada Quill", "Marlbridge Trust", ("Ada Quill – Marlbridge Trust",))
    ]
    assert any("an organisation" in guess for guess in guesses)


@pytest.mark.parametrize(
    "text",
    ["Head of Care - North", "MT – AQ (Head)", "Well-Being Team", "Audit Manager – Marlbridge"],
)
def test_a_dash_that_is_not_clear_splits_nothing(text: str) -> None:
    leads, _ = propose_leads([text])
    assert [lead.name for lead in leads] == [text]


@pytest.mark.parametrize("text", ["TBC", "tba", "To be confirmed", "Vacant", "Post vacant", "n/a"])
def test_what_names_nobody_is_no_lead_and_said(text: str) -> None:
    leads, guesses = propose_leads(["Ada Quill", text, text])
    assert [lead.name for lead in leads] == ["Ada Quill"]
    assert guesses == (f'plan: "{text}" names nobody; 2 cells have no lead by it',)


def test_a_vacant_post_that_has_a_name_is_a_lead_and_pointed_out() -> None:
    leads, guesses = propose_leads(["Head of Roads (vacant)"])
    assert [lead.name for lead in leads] == ["Head of Roads (vacant)"]
    assert len(guesses) == 1
    assert 'says "vacant"' in guesses[0]


def test_initials_that_fit_no_name_are_asked_about() -> None:
    leads, guesses = propose_leads(["Ada Quill", "ZX"])
    assert [lead.name for lead in leads] == ["Ada Quill", "ZX"]
    assert guesses == ('lead "ZX": only initials; say who or what this is',)


def test_what_stands_in_brackets_is_not_held_against_a_name() -> None:
    _, guesses = propose_leads(
        ["Ada Quill (Head of Roads, Rivers and Ferries for the whole county)"]
    )
    assert guesses == ()


def test_posts_that_differ_by_a_number_are_not_nearly_one() -> None:
    _, guesses = propose_leads(["Team Manager 1", "Team Manager 2"])
    assert guesses == ()


def test_of_many_numbered_posts_no_two_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []
    monkeypatch.setattr(propose_people, "_nearly", lambda *pair: compared.append(pair))
    names = [f"Team Manager {number}" for number in range(300)]
    propose_leads(names)
    assert compared == []


def test_of_many_names_only_those_with_nearly_the_same_letters_are_compared(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    firsts = ("Ada", "Ben", "Cyril", "Doris", "Evelyn", "Frank", "Gwen", "Hugh", "Ivor", "Judy")
    lasts = ("Quill", "Ode", "Marsh", "Fenton", "Birch", "Thorpe", "Vale", "Wick", "Knox", "Zwart")
    names = [f"{first} {last}" for first in firsts for last in lasts]
    compared: list[tuple[str, str]] = []
    real = propose_people._nearly

    def nearly(one: str, other: str) -> bool:
        compared.append((one, other))
        return real(one, other)

    every = {pair for pair in permutations([*names, "Doris Quil"], 2) if real(*pair)}
    monkeypatch.setattr(propose_people, "_nearly", nearly)
    propose_leads([*names, "Doris Quil"])
    assert {pair for pair in compared if real(*pair)} == every != set()
    assert len(compared) * 20 < len(names) ** 2


def test_a_name_is_held_against_the_first_of_several_words_that_it_begins_with() -> None:
    long = "Ada Quill Housing Roads Rivers"
    _, guesses = propose_leads([long, "Ada Quill Housing", "Ada Quill"])
    said = [guess for guess in guesses if "begins with" in guess]
    assert len(said) == 1
    assert said[0].startswith(f'lead "{long}": begins with "Ada Quill";')


@pytest.mark.parametrize("marks", [("A", "B"), ("I", "II"), ("IV", "VI")])
def test_posts_that_differ_by_a_letter_of_their_own_are_not_nearly_one(
    marks: tuple[str, str],
) -> None:
    assert propose_leads([f"Service Manager {mark}" for mark in marks])[1] == ()


@pytest.mark.parametrize(
    ("cell", "one"),
    [
        ("Director of Homes and Support\nClerk", "Director of Homes and Support"),
        ("Associate Head of Roads & Rivers / Clerk", "Associate Head of Roads & Rivers"),
    ],
)
def test_a_post_whose_field_has_two_names_is_one_lead_and_said(cell: str, one: str) -> None:
    leads, guesses = propose_leads([cell])
    assert {lead.name for lead in leads} == {one, "Clerk"}
    assert any(guess.startswith(f'lead "{one}": read as one post') for guess in guesses)


@pytest.mark.parametrize("other", ["Ada Quill", "Auditing Officer", "Manager"])
def test_a_name_behind_a_post_is_a_lead_of_its_own(other: str) -> None:
    leads, guesses = propose_leads([f"Head of Roads and {other}"])
    assert {lead.name for lead in leads} == {"Head of Roads", other}
    assert not any("read as one post" in guess for guess in guesses)


def test_prose_in_a_lead_cell_is_pointed_out() -> None:
    _, guesses = propose_leads(
        ["Ada Quill", "Ada Quill to lead the approval", "All team managers:"]
    )
    assert sorted(guess.partition('": ')[0] for guess in guesses) == [
        'lead "Ada Quill to lead the approval',
        'lead "All team managers:',
    ]


def test_a_rating_written_short_and_long_is_one_with_an_alias() -> None:
    scale, guesses = propose_scale(cells("Red", "Red", "R", "Amber", "Green"))
    assert [(r.code, r.aliases) for r in scale if r.aliases] == [("Red", ("R",))]
    assert 'rating "Red": "R" was taken as the same rating' in guesses


def test_what_is_open_comes_after_what_is_in_progress() -> None:
    """Used more, it came first, and 33 actions that were begun had got worse on the board."""
    scale, _ = propose_scale(cells("Open", "Open", "Open", "In progress", "Complete", "Overdue"))
    assert [r.label for r in scale] == ["Complete", "In progress", "Open", "Overdue"]


def test_no_two_ratings_share_a_name() -> None:
    legend = [LegendLine("Blue", "Completed"), LegendLine("Grey", "Completed")]
    scale, _ = propose_scale(cells("Completed", "Closed", "C", "Green"), legend)
    names = [name.casefold() for r in scale for name in {r.code, r.label, *r.aliases}]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Head of Housing", "Head of Nursing"),
        ("Service Manager East", "Service Manager West"),
        ("Head of Finance", "Head of France"),
        ("Deputy Director of Nursing Services", "Director of Nursing Services"),
    ],
)
def test_two_posts_are_not_spelled_nearly_alike(one: str, other: str) -> None:
    assert not any("spelled nearly" in guess for guess in propose_leads([one, other])[1])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Director of Finance", "Director of Fianance"),
        ("Head of Adult Services", "Head of Adults Services"),
        ("Facilities Manager", "Facilities Mgr"),
        ("Head of the Library", "Head of Library"),
        ("Head for Repairs", "Head of Repairs"),
        ("Jane Jones", "Jane Jnoes"),
        ("Head of Governance", "Head of Govenrance"),
        ("Co ordinator of Care", "Coordinator of Care"),
        ("Duty Engineer (TWT)", "Duty Engineer TWT"),
    ],
)
def test_a_slip_in_a_word_of_a_name_is_said(one: str, other: str) -> None:
    assert any("spelled nearly" in guess for guess in propose_leads([one, other])[1])


def test_a_name_with_and_without_its_letters_may_be_one_lead() -> None:
    leads, guesses = propose_leads(["Ada Quill, CPFA", "Ada Quill"])
    assert [lead.name for lead in leads] == ["Ada Quill", "Ada Quill, CPFA"]
    assert any('"Ada Quill, CPFA": begins with "Ada Quill"' in guess for guess in guesses)


def test_very_long_names_are_not_compared() -> None:
    long = ["Ada Quill " + "x" * 20_000 + mark for mark in "abcdefgh"]
    _, guesses = propose_leads(long)
    assert not any("spelled nearly" in guess for guess in guesses)


def test_a_list_of_leads_too_long_to_be_true_is_said_once() -> None:
    _, guesses = propose_leads([f"Post {n}" for n in range(1001)])
    assert guesses == ("plan: 1001 leads were found; their spellings were not compared",)


def test_a_word_that_is_not_usual_but_closes_is_guessed_to_close() -> None:
    made, guesses = propose_scale([RatingCell("Done in Harbour"), RatingCell("Waits for Harbour")])
    assert {rating.code: rating.closed for rating in made} == {
        "Done in Harbour": True, "Waits for Harbour": False
    }  # fmt: skip
    assert 'rating "Done in Harbour": the plan has no legend; taken as completed' in guesses


def codes_of(*texts: str) -> list[str]:
    return [rating.code for rating in propose_scale(cells(*texts))[0]]


@pytest.mark.parametrize(
    "texts",
    [
        ("Implemented", "Partially implemented", "Risk accepted", "Not yet due"),  # an audit's
        ("On plan", "Off plan", "Closed - embedded", "Waiting for estates"),  # a hospital's
        ("Achieved", "Working towards", "Exceeded", "Not yet"),  # a school's
        ("Open (pending a decision of the committee)", "Open", "Closed"),
    ],
)
def test_every_distinct_value_is_a_rating(texts: tuple[str, ...]) -> None:
    assert sorted(codes_of(*texts, texts[0])) == sorted(texts)


def test_of_ratings_that_are_equally_good_the_most_used_is_first() -> None:
    assert codes_of("Closed", "Ongoing", "Waits", "Waits", "Sits", "Sits", "Sits", "Overdue") == [
        "Closed", "Sits", "Waits", "Ongoing", "Overdue"
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "The procedure was rewritten for both projects and sent to every school in the county",
        "We met the team.",
        "12 May",
        "75%",
        "31/03/2026",
        "a b c d e f g h i",
    ],
)
def test_prose_days_and_figures_are_no_ratings(text: str) -> None:
    assert sorted(codes_of("Open", "Closed", "Open", text)) == ["Closed", "Open"]


def test_free_text_is_no_scale() -> None:
    assert codes_of(*(f"Part of town {letter}" for letter in "abcdefghijklmn")) == []


def test_of_very_many_values_those_that_are_known_or_used_twice_are_ratings() -> None:
    odd = [f"Part of town {letter}" for letter in "abcdefghijklmn"]
    assert sorted(codes_of("Open", "Closed", "Parked", "Parked", *odd)) == [
        "Closed", "Open", "Parked"
    ]  # fmt: skip


def test_a_number_more_is_no_slip_of_the_pen() -> None:
    assert sorted(codes_of("Stage 1", "Stage 1", "Stage 2")) == ["Stage 1", "Stage 2"]
    assert sorted(codes_of("Parked", "Parked", "Parted far away")) == ["Parked", "Parted far away"]


@pytest.mark.parametrize(
    ("text", "closed", "holding", "exception"),
    [
        ("\U0001f535 Complete", True, False, False),
        ("\U0001f7e2", False, False, False),
        ("\U0001f534 Stuck", False, False, True),
        ("Completed, awaiting evidence", False, True, False),
        ("No longer required", True, False, False),
        ("Parked behind the rest", False, False, True),
    ],
)
def test_what_a_rating_says_by_its_own_words_and_signs(
    text: str, closed: bool, holding: bool, exception: bool
) -> None:
    made, _ = propose_scale(cells("Zed", text))
    rating = next(r for r in made if r.code == text)
    assert (rating.closed, rating.holding, rating.exception) == (closed, holding, exception)


def test_what_people_differ_about_is_asked() -> None:
    made, guesses = propose_scale(cells("Mitigated", "Open", "Closed"))
    assert [r.code for r in made if r.closed] == ["Closed"]
    assert (
        'rating "Mitigated": taken as under way; where it leaves nothing to do, set closed = true'
        in guesses
    )


def test_a_rating_that_only_its_words_mark_for_attention_is_amber_and_named_in_the_guess() -> None:
    made, guesses = propose_scale(cells("On track", "Some slippage", "Complete"))
    (slipping,) = (rating for rating in made if rating.code == "Some slippage")
    assert slipping.exception
    assert families([slipping.colour]) == {"amber"}
    assert any("needing attention" in guess and "Some slippage" in guess for guess in guesses)


def test_many_ratings_without_a_legend_are_one_line() -> None:
    _, guesses = propose_scale(cells("Open", "Closed", "Done", "Overdue", "Pending", "Ongoing"))
    assert guesses == (
        "plan: the plan has no legend; its ratings were taken as under way: Open, Pending, "
        "Ongoing; completed: Closed, Done; needing attention: Overdue",
    )
    _, guesses = propose_scale(cells("Open", "Closed", "Overdue"))
    assert [guess.partition(":")[0] for guess in guesses] == [
        'rating "Open"', 'rating "Closed"', 'rating "Overdue"'
    ]  # fmt: skip


def test_a_rating_that_is_done_but_watched_is_said() -> None:
    _, guesses = propose_scale(cells("Completed pending sign-off", "Open"))
    assert (
        'rating "Completed pending sign-off": the plan has no legend; taken as done but still '
        "watched" in guesses
    )


def test_a_long_explanation_is_the_meaning_and_no_label() -> None:
    long = "The action is complete, its evidence was seen by the board, and nothing more is to do"
    made, _ = propose_scale(
        cells("Blue", "Green"), [LegendLine("Blue", long), LegendLine("Green", "On track")]
    )
    assert [(r.label, r.meaning) for r in made if r.code in ("Blue", "Green")] == [
        ("Blue", long), ("On track", "")
    ]  # fmt: skip


def test_what_a_legend_says_in_a_sentence_of_a_rating_in_words_is_its_meaning() -> None:
    """Leads chose from "Will be delivered by the date" and the board counted it, where every cell
    of the plan says "On track"."""
    made, _ = propose_scale(
        cells("On track", "Slipping", "Green"),
        [LegendLine("On track", "Will be delivered by the date"),
         LegendLine("Slipping", "Late by up to three months"),
         LegendLine("Green", "Will be delivered by the date, too")],
    )  # fmt: skip
    assert [(r.label, r.meaning) for r in made if r.code in ("On track", "Slipping", "Green")] == [
        ("On track", "Will be delivered by the date"),
        ("Will be delivered by the date, too", ""),
        ("Slipping", "Late by up to three months"),
    ]


def test_codes_of_a_legend_are_spelled_as_in_the_cells() -> None:
    made, _ = propose_scale(
        cells("Open", "Closed"), [LegendLine("OPEN", "To do"), LegendLine("CLOSED", "Done")]
    )
    assert [(r.code, r.label) for r in made] == [("Closed", "Done"), ("Open", "To do")]


def test_a_legend_of_colours_explains_cells_of_letters() -> None:
    made, guesses = propose_scale(
        cells("B", "G", "Grn"), [LegendLine("Blue", "Complete"), LegendLine("Green", "On track")]
    )
    assert [(r.code, r.label, r.aliases) for r in made if r.label in ("Complete", "On track")] == [
        ("B", "Complete", ("Blue",)), ("G", "On track", ("Green",))
    ]  # fmt: skip
    assert not any('"B"' in guess for guess in guesses)


def test_one_state_with_and_without_a_hyphen_is_one_rating() -> None:
    made, _ = propose_scale(cells("In progress", "In progress", "In-progress", "Closed"))
    assert [(r.code, r.aliases) for r in made] == [
        ("Closed", ()),
        ("In progress", ("In-progress",)),
    ]


RED, GREEN, BLUE = "#FF0000", "#00B050", "#0070C0"


def test_colours_that_a_legend_explains_have_its_words() -> None:
    made, guesses = scale_of_colours(
        [RED, GREEN, GREEN],
        [LegendLine("", "Late", RED), LegendLine("", "On track", GREEN),
         LegendLine("", "Nothing is left to do: it is complete and seen by all who decide", BLUE)],
    )  # fmt: skip
    assert [(r.code, r.colour, r.closed) for r in made] == [
        ("blue", BLUE, True), ("On track", GREEN, False), ("Late", RED, False)
    ]  # fmt: skip
    assert guesses == ()


def test_a_legend_of_words_for_colours_explains_cells_without_words() -> None:
    made, _ = scale_of_colours(
        [RED, GREEN], [LegendLine("Green", "Complete"), LegendLine("Red", "Not complete")]
    )
    assert [(r.code, r.label, r.closed) for r in made] == [
        ("Green", "Complete", True), ("Red", "Not complete", False)
    ]  # fmt: skip


def test_a_key_with_what_is_finished_in_its_middle_is_put_in_order_by_its_words() -> None:
    grey, amber = "#BFBFBF", "#FFC000"
    key = [LegendLine("", "Off track, help needed", RED), LegendLine("", "Slipping", amber),
           LegendLine("", "On track", GREEN), LegendLine("", "Done and evidenced", BLUE),
           LegendLine("", "Not due to start", grey)]  # fmt: skip
    made, _ = scale_of_colours([RED, GREEN, grey], key)
    assert [r.code for r in made] == [
        "Done and evidenced", "On track", "Slipping", "Off track, help needed", "Not due to start"
    ]  # fmt: skip


def test_a_word_that_says_nothing_stands_between_where_a_key_is_in_no_order() -> None:
    said = {"Off track": RED, "Done": BLUE, "Purely advisory": "#7030A0", "On track": GREEN}
    key = [LegendLine("", words, colour) for words, colour in said.items()]
    made, _ = scale_of_colours([RED, GREEN, BLUE], key)
    assert [r.code for r in made] == ["Done", "On track", "Purely advisory", "Off track"]


def test_a_grey_that_no_cell_of_the_plan_has_is_no_rating_of_its_key() -> None:
    key = [LegendLine("", "Late", RED), LegendLine("", "On track", GREEN),
           LegendLine("", "Header", "#808080")]  # fmt: skip
    made, _ = scale_of_colours([RED, GREEN], key)
    assert [r.code for r in made] == ["On track", "Late"]


def test_colours_without_a_legend_have_the_usual_words() -> None:
    made, guesses = scale_of_colours([RED, GREEN], [LegendLine("", "Late", "#FFFFFF")], "second")
    assert [r.code for r in made] == ["Blue", "Green", "Amber", "Red"]
    assert {r.scale for r in made} == {"second"}
    assert guesses[0] == 'rating "Blue": from colours alone'


@pytest.mark.parametrize("colours", [[], [RED, RED], [RED, "#FFFFFF", "#000000"]])
def test_fewer_than_two_colours_are_no_scale(colours: list[str]) -> None:
    assert scale_of_colours(colours, [LegendLine("", "Late", RED)]) == ((), ())


def test_the_colour_of_a_text_comes_before_that_of_its_cell() -> None:
    assert RatingCell("x", RED, ink=GREEN).colour == GREEN
    assert RatingCell("x", RED, ink="#000000").colour == RED


LONG = "We met the team and agreed the next steps, and a paper goes to the board in May."


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Progress", (LONG, "Complete", "Complete", LONG, "Complete")),
        ("Update", ("Complete", LONG, "Ongoing", "Complete", LONG)),
        ("Latest position", (LONG, "Done", "Done", "Done")),
    ],
)
def test_prose_with_a_few_states_is_no_second_rating(heading: str, values: tuple[str, ...]) -> None:
    ratings = Sample(0, "RAG", ("Red", "Green", "Blue", "Amber", "Blue")[: len(values)])
    prose = Sample(0, heading, values, role="progress")
    assert column_role(prose, [ratings, prose]) == "progress"


def test_prose_with_states_is_a_rating_where_there_is_no_other() -> None:
    prose = Sample(0, "Progress", (LONG, "Complete", "Ongoing", "Complete", LONG))
    assert column_role(prose, [prose]) == "rating+progress"
    one_word = Sample(0, "Progress", (LONG, "Complete", "Complete", "Complete", LONG))
    assert column_role(one_word, [one_word]) == "progress"
    headed = Sample(0, "Progress (RAG)", ("AMBER", LONG, "AMBER"))
    assert column_role(headed, [headed]) == "rating+progress"


def test_words_that_are_no_colours_ask_for_no_other_colours() -> None:
    made, _ = propose_scale([RatingCell("Overdue"), RatingCell("Closed")])
    assert {rating.code for rating in made} == {"Overdue", "Closed"}


def test_a_role_that_is_known_is_still_held_against_the_cells() -> None:
    long = Sample(0, "Reference of it", ("A text that is much too long to be a ref of a row",) * 2,
                  role="key")  # fmt: skip
    assert column_role(long, [long]) == "text"
    prose = Sample(0, "BRAG (Oct)", ("Green", "The whole of a long note about what was done, with "
                   "more behind it.", "Amber"), role="rating")  # fmt: skip
    assert column_role(prose, [prose]) == "rating+progress"
    bare = Sample(0, "", ("1", "2"), role="key")
    assert column_role(bare, [bare]) == "key"


def test_one_kind_of_doubt_about_many_leads_is_one_line_and_about_few_a_line_each() -> None:
    _, lines = propose_leads(("AB", "CD"))
    assert [line.partition(": ")[0] for line in lines] == ['lead "AB"', 'lead "CD"']
    _, lines = propose_leads(("AB", "CD", "EF", "GH", "IJ", "KL"))
    assert lines == (
        "plan: 6 leads are only initials; say who or what each is "
        '("AB", "CD", "EF", "GH", "IJ" and others)',
    )
    _, lines = propose_leads(("Ada Quill", "A Quill", "Ben Ode", "B Ode", "Cy Unwin", "C Unwin"))
    assert (
        "plan: 3 leads may be short for another; if so, make them aliases of that lead "
        '("A Quill" / "Ada Quill", "B Ode" / "Ben Ode", "C Unwin" / "Cy Unwin")'
    ) in lines


def test_many_doubts_of_many_kinds_are_no_more_lines_than_kinds() -> None:
    _, lines = propose_leads(
        ("AB", "CD", "Parks", "Roads", "Ada Quill", "A Quill", "Ben Ode", "B Ode",
         "All of the wardens.", "To be led by the wardens", "XY - Vera Unwin", "XZ - Una Swift"),
    )  # fmt: skip
    assert len(lines) == len({line.partition("leads ")[2][:12] for line in lines}) == 5
    assert all(line.startswith("plan: 2 leads ") for line in lines)


def test_a_pair_that_is_spelled_nearly_alike_is_one_doubt() -> None:
    _, lines = propose_leads(["Ada Quill", "Ada Quil"])
    assert len(lines) == 1


def test_names_that_name_nobody_are_one_line() -> None:
    _, lines = propose_leads(["Ada Quill", "TBC", "Vacant", "TBC"])
    assert lines == ('plan: "TBC" and "Vacant" name nobody; 3 cells have no lead by it',)


def test_names_before_organisations_are_a_line_each_or_one_for_all() -> None:
    names = [f"{name} – Shed Trust" for name in ("Ada Quill", "Ben Ode", "Cy Unwin", "Di Oz",
                                                 "Ed Ash", "Flo Elm")]  # fmt: skip
    _, lines = propose_leads(names[:3])
    assert lines == (
        'plan: "Ada Quill – Shed Trust", "Ben Ode – Shed Trust", "Cy Unwin – Shed Trust" were read '
        "as a name and an organisation",
    )
    _, lines = propose_leads(names)
    assert "and others were read as a name" in lines[0]


def test_a_key_may_explain_initials_by_posts() -> None:
    key = "AB = Programme Manager; CD = Head of Adults and Housing, EF: Ada Quill and GH: Ben Ode."
    assert initials_in([[key], ["IJ", "Head of the Fleet"]]) == {
        "AB": "Programme Manager", "CD": "Head of Adults and Housing", "EF": "Ada Quill",
        "GH": "Ben Ode", "IJ": "Head of the Fleet",
    }  # fmt: skip


def test_initials_that_a_key_explains_are_aliases_of_the_names() -> None:
    keyed = initials_in([["AQ = Ada Quill; BO – Ben Ode"], ["Key", "CU", "Cy Unwin", "RAG", "7"]])
    assert keyed == {"AQ": "Ada Quill", "BO": "Ben Ode", "CU": "Cy Unwin"}
    leads, lines = propose_leads(["AQ / CU", "Ada Quill"], initials=keyed)
    assert [(lead.name, lead.aliases) for lead in leads] == [
        ("Ada Quill", ("AQ",)), ("Cy Unwin", ("CU",))
    ]  # fmt: skip
    assert lines == (
        "plan: initials were read by the plan's own key: AQ is Ada Quill, CU is Cy Unwin",
    )


def owners(*headings: str, given: tuple[Field, ...] = ()) -> dict[str, str]:
    made = propose_columns([Sample(0, heading, ("x",)) for heading in headings], given)
    return {item.heading: item.owner for item in made.fields}


def test_a_first_date_is_locked_where_a_revised_one_is_beside_it() -> None:
    assert owners("Action", "Due date") == {"Action": "coordinator", "Due date": "lead"}
    assert owners("Action", "Due date", "Revised date") == {
        "Action": "coordinator", "Due date": "coordinator", "Revised date": "lead"
    }  # fmt: skip
    kept = Field("due", "Due date", "timescale", "due", "lead")
    assert owners("Action", "Due date", "Revised date", given=(kept,))["Due date"] == "lead"


def test_a_column_of_notes_or_updates_is_the_leads_to_fill_in() -> None:
    found = owners("Action", "Progress", "Update for the board", "Latest service comments", "Cost")
    assert found == {
        "Action": "coordinator", "Progress": "lead", "Update for the board": "lead",
        "Latest service comments": "lead", "Cost": "coordinator",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "meaning", "closes"),
    [
        ("Implemented", "audit has seen the evidence", True),
        ("Implemented", "evidence still to follow", False),
        ("Closed", "Low", True),
        ("Not started", "nothing done, and within its date", False),
        ("In progress", "will be closed by the committee when it is completed", False),
        ("Blue", "action complete and evidence seen", True),
        ("Green", "nothing completed yet, on track", False),
    ],
)
def test_a_state_says_itself_whether_it_closes(code: str, meaning: str, closes: bool) -> None:
    made, _ = propose_scale(cells(code, code), [LegendLine(code, meaning)])
    assert [r.closed for r in made if r.code == code] == [closes]


def test_a_state_says_itself_that_it_needs_attention() -> None:
    legend = [
        LegendLine("Overdue", "past its date"), LegendLine("Open", "within its date"),
        LegendLine("Closed", "signed by audit"),
    ]  # fmt: skip
    made, _ = propose_scale(cells("Overdue", "Open", "Closed"), legend)
    assert [r.code for r in made if r.exception] == ["Overdue"]


def test_a_closing_state_that_is_still_watched_is_holding() -> None:
    made, _ = propose_scale(
        cells("Complete", "Open"),
        [LegendLine("Complete", "awaiting sign-off"), LegendLine("Open", "begun")],
    )
    assert [(r.code, r.closed, r.holding) for r in made if r.code == "Complete"] == [
        ("Complete", False, True)
    ]


@pytest.mark.parametrize(
    ("heading", "codes", "closes"),
    [
        ("Done?", ("Yes", "No"), ["Yes"]),
        ("Implemented (Y/N)", ("Y", "N", "Partly"), ["Y"]),
        ("Closed (Yes/No)", ("Yes", "No"), ["Yes"]),
        ("Erledigt?", ("Ja", "Nein"), ["Ja"]),
        ("At risk?", ("Yes", "No"), []),
        ("Done?", ("Yes", "Closed"), ["Closed"]),
    ],
)
def test_yes_closes_where_the_column_asks_whether_it_is_done(
    heading: str, codes: tuple[str, ...], closes: list[str]
) -> None:
    made = close_where_answered(propose_scale(cells(*codes))[0], heading)
    assert [r.code for r in made if r.closed] == closes


@pytest.mark.parametrize(
    ("texts", "choices"),
    [
        (("High", "Low", "high", "Medium", "Low"), ("High", "Low", "Medium")),
        (("Open", "On hold", "Open", "Closed"), ("Open", "On hold", "Closed")),
        (("High", "Low", "Medium"), ()),
        (("High", "High", "High"), ()),
        (("High", "The north yard", "High", "Low"), ()),
    ],
)
def test_a_column_of_levels_or_states_is_a_choice(
    texts: tuple[str, ...], choices: tuple[str, ...]
) -> None:
    found = propose_columns([Sample(0, "Importance", texts, role="text")])
    assert [(item.type, item.choices) for item in found.fields] == [
        ("choice" if choices else "text", choices)
    ]


def test_guesses_of_a_kind_are_one_line_where_they_are_many() -> None:
    found = {f"rating of action {n}": f"line {n}" for n in range(1, 8)}
    few = dict(list(found.items())[:3])
    assert one_for_many(few, "plan: {} ratings") == ["line 1", "line 2", "line 3"]
    assert one_for_many({}, "plan: {} ratings") == []
    four = dict(list(found.items())[:4])
    assert one_for_many(four, "plan: {} ratings") == [
        "plan: 4 ratings (rating of action 1, rating of action 2, rating of action 3, rating of "
        "action 4)"
    ]
    (line,) = one_for_many(found, "plan: {} ratings")
    assert line.endswith("rating of action 5 and 2 more)")


def test_the_usual_type_of_values_needs_nothing_else_to_be_known() -> None:
    found = {
        heading: usual_type(heading, values)
        for heading, values in {
            "Cost": (12, 50.5, None), "Cost (£)": (12, 50), "Agreed on": (date(2026, 5, 1), None),
            "Code": ("B1", "B2"), "Much": ("high", "low", "high"), "Nothing": (None,),
        }.items()
    }  # fmt: skip
    assert found == {
        "Cost": "number", "Cost (£)": "text", "Agreed on": "date", "Code": "text", "Much": "text",
        "Nothing": "text",
    }  # fmt: skip


def test_what_a_heading_says_beside_its_period() -> None:
    assert without_period("q1 rag") == without_period("rag october") == "rag"
    assert without_period("sep 25") == ""
    assert without_period("rag") is None


def test_a_lead_is_asked_for_a_day_alone_where_words_are_no_date() -> None:
    def guidance(*due: Raw) -> str:
        fields = propose_columns([sample("Action", "Mend", "Paint"), sample("Due", *due)]).fields
        return next(item.guidance for item in fields if item.role == "due")

    assert guidance(date(2026, 5, 1), date(2026, 6, 1)) == "A date, such as 28 February 2026."
    assert "Within 3 months" in guidance(date(2026, 5, 1), "end of June")


@pytest.mark.parametrize(
    "cells",
    [
        ["Quill, Ada", "Ode, Ben", "Lake, C.", "Quill, Ada; Ode, Ben"],
        ["Quill, Ada", "O'Dea, Ben M.\nLake, Cy", "Roofs Team"],
        ["Quill, Ada", "Ode, Ben", "Lake, Cy", "TBC"],
    ],
)
def test_a_comma_in_names_with_the_surname_first_parts_no_leads(cells: list[str]) -> None:
    separators, (said,) = name_separators(cells, ["Lead"])
    assert "," not in separators
    assert ";" in separators
    assert 'so "," is part of a name' in said


@pytest.mark.parametrize(
    "cells",
    [
        ["Estates, Finance", "Finance, Legal", "Estates, Legal"],  # each stands on both sides
        ["Estates, Finance", "Housing, Legal", "Roofs, Sheds", "Estates"],  # and alone
        ["Head of Roofs, Ada Quill", "Estates Manager, Ben Ode", "Chair, Cy Lake"],
        ["Quill, Ode, Lake", "Dean, Ede, Fox", "Gill, Hay, Ives"],
        ["Estates, Finance", "Housing, Legal"],  # too few to tell
        ["Estates, Finance", "Housing, Legal", "HR, Digital", "Comms, Planning"],
        ["Community Safety, Licensing", "Corporate Property, Planning", "Highways, Legal"],
        ["Quill, Ada", "Roofs", "Sheds", "Paint", "Doors; Locks"],
        ["Ada Quill", "Ben Ode"],
    ],
)
def test_a_comma_between_leads_parts_them(cells: list[str]) -> None:
    assert name_separators(cells, ["Lead"]) == (DEFAULT_SEPARATORS, ())


def test_a_slash_in_names_of_two_languages_parts_no_leads() -> None:
    headings = ["No. / N°", "Action / Mesure", "Lead / Responsable", "Comment"]
    cells = ["Roofs Branch / Direction des toits", "Paint Branch / Direction des peintures"]
    separators, (said,) = name_separators(cells, headings)
    assert "/" not in separators
    assert "two languages" in said
    again = [*cells, "Roofs Branch / Direction des portes"]
    assert name_separators(again, headings) == (DEFAULT_SEPARATORS, ())
    assert name_separators(cells, ["No.", "Action", "Lead / Partner"]) == (DEFAULT_SEPARATORS, ())
    assert name_separators(cells, headings, (";",)) == ((";",), ())
    people = ["Ada Quill / Ben Ode", "Cy Lake / Dee O'Dea"]
    assert name_separators(people, headings) == (DEFAULT_SEPARATORS, ())
