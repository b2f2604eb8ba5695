"""Legends: what explains a rating, and what only looks as if it did."""

from __future__ import annotations

import pytest

from xlplan.plan.legend import (
    LegendCell,
    LegendLine,
    by_colour,
    explain,
    explain_below,
    is_meaning,
    lists_another,
    numbers_explained,
    parse_legend,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Blue - Completed", [("Blue", "Completed")]),
        ("R = Off track", [("R", "Off track")]),
        ("Amber: some slippage", [("Amber", "some slippage")]),
        ("Green – On track\nRed – Late", [("Green", "On track"), ("Red", "Late")]),
        ("Blue | Completed", [("Blue", "Completed")]),
        ("Blue - Completed | Red - Late", [("Blue", "Completed"), ("Red", "Late")]),
        ("Update - July 2026", []),
        ("Version 3", []),
    ],
)
def test_a_legend_line_explains_a_rating(text: str, found: list[tuple[str, str]]) -> None:
    assert parse_legend(text) == found


def test_a_legend_may_explain_codes_of_the_plans_own() -> None:
    assert parse_legend("Zed - Not begun", ["Zed"]) == [("Zed", "Not begun")]


@pytest.mark.parametrize(
    ("text", "codes", "found"),
    [
        ("Amber | At risk – a plan is in place", (), ("Amber", "At risk – a plan is in place")),
        ("Amber | At risk: a plan is there", (), ("Amber", "At risk: a plan is there")),
        ("Done | Complete – evidence seen", ["Done"], ("Done", "Complete – evidence seen")),
        ("Blue | B = Blue – complete", (), ("B", "complete")),
        ("Key: | Amber – at risk", (), ("Amber", "at risk")),
    ],
)  # fmt: skip
def test_a_dash_in_the_words_beside_a_code_begins_no_legend_of_its_own(
    text: str, codes: list[str], found: tuple[str, str]
) -> None:
    """ "At risk" and "Complete" are words for ratings too, and were taken for what is explained."""
    assert parse_legend(text, codes) == [found]


def test_a_number_explains_no_rating() -> None:
    assert parse_legend("Closed: 12", ["Closed"]) == []
    assert parse_legend("Closed: nothing is left to do", ["Closed"]) == [
        ("Closed", "nothing is left to do")
    ]


FOUR = [("Blue", "complete"), ("Green", "on track"), ("Amber", "some slippage"), ("Red", "late")]


@pytest.mark.parametrize(
    "text",
    [
        "Key: Blue – complete; Green – on track; Amber – some slippage; Red – late",
        "Blue = complete, Green = on track, Amber = some slippage, Red = late",
        "RAG status (Blue - complete, Green - on track, Amber - some slippage, Red - late)",
        "Blue (complete), Green (on track), Amber (some slippage), Red (late)",
        "Blue complete / Green on track / Amber some slippage / Red late",
        "Blue: complete  Green: on track  Amber: some slippage  Red: late",
        "• Blue – complete • Green – on track • Amber – some slippage • Red – late",
        "Blue | complete | Green | on track | Amber | some slippage | Red | late",
        "Blue – B – complete\nGreen – G – on track\nAmber – A – some slippage\nRed – R – late",
        "complete = Blue; on track = Green; some slippage = Amber; late = Red",
    ],
)
def test_one_line_explains_many_ratings(text: str) -> None:
    assert parse_legend(text, ["Blue", "Red"]) == FOUR


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "RED off track / AMBER on track but for risks / GREEN on track",
            [("RED", "off track"), ("AMBER", "on track but for risks"), ("GREEN", "on track")],
        ),
        ("R = Red - late, G = Green - on track", [("R", "late"), ("G", "on track")]),
        ("B (Blue) - Complete and seen", [("B", "Complete and seen")]),
        ("Amber – at risk – act now", [("Amber", "at risk – act now")]),
        ("Rouge : en retard ; Vert : terminé", [("Rouge", "en retard"), ("Vert", "terminé")]),
        ("Rot: verspätet; Grün: erledigt", [("Rot", "verspätet"), ("Grün", "erledigt")]),
        ("Rood = te laat, Groen = afgerond", [("Rood", "te laat"), ("Groen", "afgerond")]),
        ("Rojo: vencido. Verde: cumplido", [("Rojo", "vencido."), ("Verde", "cumplido")]),
        (
            "\U0001f7e2 On track  \U0001f534 Off track",
            [("\U0001f7e2", "On track"), ("\U0001f534", "Off track")],
        ),
        ("Blue - 100% complete", [("Blue", "100% complete")]),
    ],
)
def test_codes_are_set_apart_in_many_ways(text: str, found: list[tuple[str, str]]) -> None:
    assert parse_legend(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Blue: 1   Green: 3   Amber: 2   Red: 1",
        "Blue: 1 action; Green: 3 actions; Amber: 2 actions",
        "Blue | 4 | 12%",
        "Red | Amber | Green | Total",
        "School | Red | Amber | Green | Complete | Total",
        "Complete | Green | Amber | Red | Total",
        "Closed: 12 May 2026",
        "Green: 76-100%",
        "Please note: Open actions are listed first. Closed actions: see the archive.",
        "Open actions; Closed actions",
        "Red areas, Amber areas and Green areas of the town",
        "The plan is rated Red, Amber or Green.",
        "Safety | Green",
        "Late in Section 3, A – the boats",
        "Red - Amber",
        "late at night / open to all",
        "Red, Amber: Late",
    ],
)
def test_counts_prose_and_ratings_of_something_explain_nothing(text: str) -> None:
    assert parse_legend(text) == []


def test_the_colour_beside_a_code_is_its_own() -> None:
    line = explain([LegendCell("", "#FF0000"), LegendCell("Red"), LegendCell("Late")])
    assert line == [LegendLine("Red", "Late")]
    assert explain([LegendCell("Red", "#FF0000"), LegendCell("Late")]) == [
        LegendLine("Red", "Late", "#FF0000")
    ]
    assert explain([LegendCell("Late", "#FF0000"), LegendCell("Red")]) == [
        LegendLine("Red", "Late", "#FF0000")
    ]
    assert explain([LegendCell("Red – Late", "#FF0000")]) == [LegendLine("Red", "Late", "#FF0000")]
    two = explain([LegendCell("Red – Late; Green – Done", "#FF0000")])
    assert [line.colour for line in two] == ["", ""]


def test_a_line_may_explain_the_line_above() -> None:
    codes = {0: "Status", 1: "Red", 2: "Amber", 3: "Green"}
    words = {0: "Meaning", 1: "Late", 2: "Slow", 3: "On  time"}
    assert explain_below(codes, words) == [
        LegendLine("Red", "Late"), LegendLine("Amber", "Slow"), LegendLine("Green", "On time")
    ]  # fmt: skip
    assert explain_below(codes, {1: "4", 2: "3", 3: "1"}) == []
    assert explain_below(codes, {1: "Green", 2: "Red", 3: "Red"}) == []
    assert explain_below(codes, {1: "Late"}) == []
    assert explain_below({1: "Red"}, {1: "Late"}) == []


def test_colours_are_a_legend_where_most_of_them_are_states() -> None:
    states = [LegendLine("", "Complete", "#0070C0"), LegendLine("", "On track", "#00B050")]
    title = LegendLine("", "Improvement plan of the boats", "#1F3864")
    assert by_colour([*states, title]) == [*states, title]
    assert by_colour([states[0], title]) == []
    assert by_colour([*states, title, title, title]) == []


@pytest.mark.parametrize("text", ["On time", "100% complete", "Late"])
def test_words_are_a_meaning(text: str) -> None:
    assert is_meaning(text)


@pytest.mark.parametrize("text", ["", "7", "7 actions", "Total", "43%", "5 May", "x" * 500])
def test_figures_and_heads_of_counts_are_no_meaning(text: str) -> None:
    assert not is_meaning(text)


def test_the_list_of_another_drop_down_is_told_from_meanings() -> None:
    def beside(*pairs: tuple[str, str], others: tuple[str, ...] = ()) -> bool:
        return lists_another([LegendLine(code, label) for code, label in pairs], set(others))

    assert beside(("Open", "High"), ("In progress", "Medium"), ("Closed", "Low"))
    assert beside(("Open", "Policy"), ("Closed", "Head office"))
    assert beside(
        ("Red", "north yard"), ("Green", "South yard"), others=("south yard", "north yard")
    )
    assert not beside(("Open", "Ongoing"), ("Closed", "Done"))
    assert not beside(("Open", "The work has begun"), ("Closed", "Nobody need do more"))
    assert not beside(("Red", "High"), ("Amber", "Medium"), ("Green", "Low"))
    assert not beside(("1", "High"), ("2", "Medium"), ("3", "Low"))
    assert not beside(("Red", "Late"), ("Green", "South yard"), others=("south yard", "late"))


def numbered(*meanings: str, first: int = 1) -> list[LegendLine]:
    return [LegendLine(str(number), text) for number, text in enumerate(meanings, first)]


def test_a_key_of_numbers_says_how_far_something_is_and_leaves_none_out() -> None:
    assert numbers_explained(numbered("Not started", "Under way", "Complete"))
    assert numbers_explained(numbered("Not started", "Complete", first=0))
    assert not numbers_explained(numbered("Not started", "Complete", first=2))
    assert not numbers_explained(numbered("Not started", "Complete")[:1])
    assert not numbers_explained(numbered("Rare", "Possible", "Certain"))
    assert not numbers_explained(numbered("Low", "Open", "Complete"))
    gap = numbered("Not started", "Under way", "Complete")
    assert not numbers_explained([gap[0], gap[2]])
    assert not numbers_explained([*gap, LegendLine("Blue", "Complete")])
    assert not numbers_explained([])


def test_numbers_are_explained_where_the_ratings_are_numbers() -> None:
    line = [LegendCell("1 = not started; 2 = under way; 3 = complete")]
    assert [found.code for found in explain(line, {"1", "3"})] == ["1", "2", "3"]
    assert explain(line, {"Open", "1"}) == [
        LegendLine("1", "not started; 2 = under way; 3 = complete")
    ]
    assert explain([LegendCell("Complete"), LegendCell("3")], {"1", "3"}) == []


def test_codes_that_are_listed_behind_a_meaning_are_no_part_of_it() -> None:
    text = "Grading: Closed – signed off; Complete – to be signed off; On track; Delayed"
    codes = {"Closed", "Complete", "On track", "Delayed"}
    assert [(line.code, line.label) for line in explain([LegendCell(text)], codes)] == [
        ("Closed", "signed off"), ("Complete", "to be signed off")
    ]  # fmt: skip
