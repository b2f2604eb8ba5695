"""Columns whose cells hold several facts: what is parted, what is asked, and what is left alone."""

from __future__ import annotations

import pytest

from tests.text_sheets import book, column, read, sheet
from xlplan.source import several_facts
from xlplan.source.chosen import Chosen
from xlplan.source.importing import Source, read_source
from xlplan.source.several_facts import facts_of

BOTH = """
Ref | Action | Lead and date | Status
1 | Mend the roof of the shed | Ada Quill – 31/03/2026 | Open
2 | Mend the door of the shed | Ben Ode, 30 June 2026 | Closed
3 | Cut a second key | Cy Marr | Open
4 | Paint the walls | Ada Quill (Sept 2026)\\nBen Ode 01/02/27 | Open
"""


def asked(source: Source) -> list[str]:
    return [g for g in source.guesses if "several facts" in g or "a person and a day" in g]


def headings(source: Source) -> dict[str, str]:
    return {item.role: item.heading for item in source.definition.fields_of("action")}


def test_a_person_and_a_date_in_one_cell_are_parted_where_no_column_has_the_dates() -> None:
    source = read(BOTH)
    assert column(source, "lead") == ["Ada Quill", "Ben Ode", "Cy Marr", "Ada Quill\nBen Ode"]
    assert column(source, "due") == ["31/03/2026", "30 June 2026", "", "Sept 2026\n01/02/27"]
    assert (headings(source)["lead"], headings(source)["due"]) == ("Lead", "Date")
    assert [item.id for item in source.definition.fields_of("action")] == [
        "ref", "action", "lead", "due", "rating"
    ]  # fmt: skip


def test_what_was_parted_is_said_with_the_rows_that_are_otherwise_and_its_cell() -> None:
    source = read(BOTH)
    (guess,) = asked(source)
    assert guess.startswith('field due: the cells of "Lead and date" hold a person and a day')
    assert guess.endswith("row 4 has only one of them")
    assert {place.column for place in source.places if place.field in ("lead", "due")} == {"C"}
    assert source.rows[0].places["due"].cell == "C2"


@pytest.mark.parametrize(
    ("heading", "cells", "lead", "due"),
    [
        ("By when / who", ("31/03/2026 Ada Quill", "30/06/2026 – Ben Ode"), "Ada Quill",
         "31/03/2026"),
        ("Owner", ("Ada Quill by 31 March 2026", "Ben Ode by end of May 2026"), "Ada Quill",
         "31 March 2026"),
        ("Responsable / échéance", ("Ada Quill, 31 mars 2026", "Ben Ode, 2 mai 2026"), "Ada Quill",
         "31 mars 2026"),
        ("Lead and date", ("Head of Roads (acting) - 1/4/26", "Ben Ode - 2/4/26"),
         "Head of Roads (acting)", "1 April 2026"),
        ("Lead", ("Ada May\\nApril 2026", "Ben Ode\\nMay 2026"), "Ada May", "April 2026"),
    ],
)  # fmt: skip
def test_people_and_dates_are_parted_however_they_are_written(
    heading: str, cells: tuple[str, str], lead: str, due: str
) -> None:
    rows = [f"{n} | Mend part {n} of the roof | {cell}" for n, cell in enumerate(cells, 1)]
    source = read("\n".join([f"Ref | Action | {heading}", *rows]))
    assert (column(source, "lead")[0], column(source, "due")[0]) == (lead, due)


def test_a_lead_column_of_which_few_cells_hold_a_date_is_left_alone() -> None:
    text = BOTH.replace(", 30 June 2026", "").replace("Ada Quill (Sept 2026)\\n", "")
    source = read(text.replace(" 01/02/27", ""))
    assert column(source, "lead")[1:] == ["Ben Ode", "Cy Marr", "Ben Ode"]
    assert "due" not in headings(source)
    assert not asked(source)


DATED = """
Ref | Action | Lead and date | Due
1 | Mend the roof of the shed | Ada Quill – 31/03/2026 | 1/7/2026
2 | Mend the door of the shed | Ben Ode, 30 June 2026 | 2/7/2026
"""


def test_where_another_column_has_the_dates_the_people_are_parted_from_those_beside_them() -> None:
    source = read(DATED)
    assert column(source, "lead") == ["Ada Quill", "Ben Ode"]
    assert column(source, "due") == ["1 July 2026", "2 July 2026"]
    assert column(source, "date") == ["31/03/2026", "30 June 2026"]


def test_where_other_columns_have_people_and_dates_it_is_only_asked() -> None:
    source = read(DATED.replace("| Due", "| Due | Owner").replace("/2026\n", "/2026 | Cy Marr\n"))
    assert column(source, "lead_and_date") == ["Ada Quill – 31/03/2026", "Ben Ode, 30 June 2026"]
    assert column(source, "lead") == ["Cy Marr", "Cy Marr"]
    (guess,) = asked(source)
    assert "both have columns of their own; they were left as they are" in guess


def test_a_person_decides_that_the_column_is_no_lead() -> None:
    chosen = Chosen(columns=("Lead and date=text",))
    source = read_source(book(sheet(BOTH)), plan_id="p", chosen=chosen)
    assert column(source, "lead_and_date")[0] == "Ada Quill – 31/03/2026"


BANDS = """
Band, agency, recommendation | Action | Lead | Due
IMMEDIATE ABC The roof must be dry | Mend the roof of the shed | Ada Quill | 31/3/2026
WITHIN 3 MONTHS DEF The door must shut | Mend the door of the shed | Ben Ode | 30/6/2026
WITHIN 3 MONTHS ABC Nobody may come in | Cut a second key | Ben Ode | 30/6/2026
IMMEDIATE DEF All must see the way | Paint the walls white | Ada Quill | 30/9/2026
"""


def test_a_column_of_band_agency_and_recommendation_is_asked_about() -> None:
    (guess,) = asked(read(BANDS))
    assert '"Band, agency, recommendation" hold several facts' in guess
    assert "(a timescale, an abbreviation and words)" in guess


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("IMMEDIATE ABC\nThe roof", ("day", "name", "words")),
        ("Within 6 weeks: mend it", ("day", "words")),
        ("High / Estates", ("level", "words")),
        ("Open – ABC", ("state", "name")),
        ("High winds took the roof", ()),
        ("The roof", ()),
        ("", ()),
    ],
)
def test_facts_are_of_kinds_that_are_known_and_words(text: str, kinds: tuple[str, ...]) -> None:
    assert facts_of(text) == kinds


@pytest.mark.parametrize("first", ["High – a {} leak", "ABC {} sheds", "Open the {} door"])
def test_a_level_a_name_or_a_word_before_others_is_no_fact_of_its_own(first: str) -> None:
    rows = [
        f"{first.format(n)} | Mend part {n} of it | Ada | 1/7/26" for n in ("one", "two", "six")
    ]
    assert not asked(read("\n".join(["Notes of ours | Action | Lead | Due", *rows])))


def test_a_ref_before_the_words_is_the_ref() -> None:
    text = "Recommendation | Lead | Due\n3.1 Replace the boiler | Ada Quill | 1/7/26\n"
    source = read(text + "3.2 Lag the pipes | Ben Ode | 1/8/26")
    assert column(source, "ref") == ["3.1", "3.2"]
    assert column(source, "action") == ["Replace the boiler", "Lag the pipes"]


RISKS = r"""
ID | Risk | Mitigation | Owner | Due | Status
R1 | The roof leaks | 1. Mend it\n2. Buy buckets\nfor us | Ada Quill\nBen Ode | 1/7/26 | Open
R2 | The door jams | - Plane it\n- Oil it | Cy Marr | 1/8/26\n1/9/26 | Open
R3 | The key is lost | 1) Cut a key 2) Change the lock | Cy Marr | 1/8/26 | Closed
R4 | Rats come in | • Set traps\n• Keep a cat | Cy Marr | 1/8/26 | Open
R5 | Fire | Buy a hose | Ada Quill\nBen Ode | 1/8/26 | Open
"""


@pytest.mark.parametrize("heading", ["Mitigation", "Actions to reduce risk"])
def test_mitigations_with_as_many_leads_or_dates_are_an_action_each(heading: str) -> None:
    source = read(RISKS.replace("Mitigation", heading))
    assert column(source, "ref") == ["R1.1", "R1.2", "R2.1", "R2.2", "R3", "R4", "R5"]
    assert column(source, "action")[:4] == [
        "Mend it", "Buy buckets for us", "Plane it", "Oil it"
    ]  # fmt: skip
    assert column(source, "lead")[:4] == ["Ada Quill", "Ben Ode", "Cy Marr", "Cy Marr"]
    assert column(source, "due")[:4] == ["1 July 2026", "1 July 2026", "1 August 2026",
                                         "1 September 2026"]  # fmt: skip
    assert column(source, "risk")[:2] == ["The roof leaks", "The roof leaks"]
    assert [line.detail for line in source.account][1] == "action R1.1, R1.2"


def test_mitigations_in_a_list_are_asked_about() -> None:
    said = [guess for guess in read(RISKS).guesses if "several under" in guess]
    assert [guess.partition(" several")[0] for guess in said] == [
        "field action: rows 2, 3 list", "field action: rows 4, 5 list"
    ]  # fmt: skip


def test_the_steps_of_an_action_are_no_actions_of_their_own() -> None:
    source = read(RISKS.replace("Mitigation", "Action"))
    assert len(source.rows) == 5
    assert not any("several under" in guess for guess in source.guesses)


def test_a_column_is_looked_at_until_it_is_clear_that_it_holds_no_several_facts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Four cells in five must, and no more than a few in five are looked at where none does."""
    looked: list[str] = []

    def counted(text: str) -> tuple[str, ...]:
        looked.append(text)
        return facts_of(text)

    monkeypatch.setattr(several_facts, "facts_of", counted)
    count = 100
    words = ("Mend roof {0}", "Paint wall {0}")
    lines = [
        f"{n} | {words[n % 2].format(n)} | Ada Quill | Open | The words of line {n} go on"
        for n in range(count)
    ]
    source = read("\n".join(["Ref | Action | Lead | Status | What is behind it", *lines]))
    assert len(source.rows) == count
    assert asked(source) == []
    spoken = [text for text in looked if text.startswith("The words of line")]
    assert len(spoken) == count // 5 + 1
