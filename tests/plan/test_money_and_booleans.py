"""Amounts of money, and words for yes and no."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.people import Lead
from xlplan.plan.propose import propose_columns
from xlplan.plan.propose_roles import Sample
from xlplan.plan.shown import ShownNumber
from xlplan.plan.timescales import Timescale
from xlplan.plan.types.money_and_booleans import currency_of, read_money, words_of_yes_and_no
from xlplan.plan.values import Invalid, canon, show_in

PLAN = PlanDefinition("plan", "Plan", ())
COST = Field("cost", "Cost", "money", currency="£")
DONE = Field("done", "Done?", "boolean")
FERTIG = Field("done", "Fertig?", "boolean", choices=("Ja", "Nein"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("£1,500", (1500, "£")),
        ("£1.2m", (1_200_000, "£")),
        ("£1.125", (1.125, "£")),
        ("£250k", (250_000, "£")),
        ("2 million euros", (2_000_000, "€")),
        ("$3bn", (3_000_000_000, "$")),
        ("1 500 €", (1500, "€")),
        ("1.500,50 €", (1500.5, "€")),
        ("1.500.000 EUR", (1_500_000, "€")),
        ("12,50 €", (12.5, "€")),
        ("CHF 1'500.50", (1500.5, "CHF")),
        ("1500 kr.", (1500, "kr")),
        ("(3)", (-3, "")),
        ("(£1,500)", (-1500, "£")),
        ("-£5", (-5, "£")),
        ("£-5", (-5, "£")),
        ("+£5", (5, "£")),
        ("£.50", (0.5, "£")),
        ("1.500 €", None),
        ("£1,50", None),
        ("£1,5", None),
        ("(3", None),
        ("(-3)", None),
        ("£3 €", None),
        ("£1e999", None),
        ("£1e308bn", None),
        ("TBC", None),
        ("£500 per visit", None),
        ("", None),
    ],
)
def test_an_amount_is_read_where_it_is_certain(text: str, amount: tuple[float, str] | None) -> None:
    assert read_money(text) == amount


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (1500, "£1,500"), (1500.5, "£1,500.50"), (-0.5, "-£0.50"), (0.125, "£0.125"),
        (-1234567, "-£1,234,567"), (1e-12, "£1e-12"), (0, "£0"),
    ],
)  # fmt: skip
def test_an_amount_is_shown_with_its_currency_and_reads_back(number: float, shown: str) -> None:
    assert show_in(COST, number) == shown
    assert canon(COST, shown, PLAN) == number


def test_an_amount_of_another_currency_is_none_of_this_field() -> None:
    found = canon(COST, "€500", PLAN)
    assert isinstance(found, Invalid)
    assert (found.raw, found.code) == ("€500", "VAL-010")
    assert found.message == '"€500" is not in £. Enter the amount in £.'
    assert canon(Field("cost", "Cost", "money"), "€500", PLAN) == 500


def test_an_amount_that_its_cell_shows_in_another_currency_is_asked_about() -> None:
    found = canon(COST, ShownNumber(1500.256, "[$$-409]#,##0.00"), PLAN)
    assert isinstance(found, Invalid)
    assert (found.raw, found.code) == ("$1,500.26", "VAL-010")
    assert canon(COST, ShownNumber(1500.256, "£#,##0"), PLAN) == 1500.256
    assert canon(COST, ShownNumber(1500.256, "0.0"), PLAN) == 1500.256
    assert canon(COST, ShownNumber(0.5, "# ?/?"), PLAN) == 0.5  # what it shows is not certain


def test_what_is_no_amount_is_kept_as_it_was_typed() -> None:
    found = canon(COST, "within budget", PLAN)
    assert isinstance(found, Invalid)
    assert (found.raw, found.code, show_in(COST, found)) == (
        "within budget", "VAL-010", "within budget",
    )  # fmt: skip
    assert canon(COST, Timescale("1500"), PLAN) == 1500


def test_the_cell_of_an_amount_wears_the_currency_of_the_field() -> None:
    cell = COST.field_type.cell_of(COST)
    assert cell.format_of(1500) == '"£"#,##0;-"£"#,##0'
    assert cell.format_of(1500.5) == '"£"#,##0.00######;-"£"#,##0.00######'
    assert COST.field_type.cell_of(Field("cost", "Cost", "money")).format_of(1500) == "#,##0"


@pytest.mark.parametrize(
    ("item", "typed", "value"),
    [
        (DONE, "yes", "Yes"),
        (DONE, "Y", "Yes"),
        (DONE, "✓", "Yes"),
        (DONE, "Oui", "Yes"),
        (DONE, True, "Yes"),
        (DONE, "No", "No"),
        (DONE, "✗", "No"),
        (DONE, False, "No"),
        (FERTIG, "ja", "Ja"),
        (FERTIG, "No", "Nein"),
        (FERTIG, "y", "Ja"),
        (Field("done", "Done?", "boolean", choices=("Nay", "Y")), "y", "Y"),
    ],
)
def test_words_for_yes_and_no_are_those_of_the_field(
    item: Field, typed: str | bool, value: str
) -> None:
    assert canon(item, typed, PLAN) == value


@pytest.mark.parametrize(
    ("typed", "value"),
    [("Ie", "Yes"), ("Ydw", "Yes"), ("do", "Yes"), ("Na", "No"), ("Nac ydw", "No"), ("nage", "No")],
)
def test_yes_and_no_are_read_in_welsh_where_somebody_is_written_to_in_it(
    typed: str, value: str
) -> None:
    lead = Lead("Post A", language="cy")
    for plan in (replace(PLAN, language=("cy-GB",)), replace(PLAN, leads=(lead,))):
        assert canon(DONE, typed, plan) == value


def test_na_is_no_answer_where_nobody_is_written_to_in_welsh() -> None:
    assert isinstance(canon(DONE, "NA", PLAN), Invalid)
    assert canon(DONE, "Nac ydy", PLAN) == "No"


@pytest.mark.parametrize("typed", ["Partly", "1", 0, "x"])
def test_what_is_neither_yes_nor_no_is_asked_about(typed: str | int) -> None:
    found = canon(DONE, typed, PLAN)
    assert isinstance(found, Invalid)
    assert (found.raw, found.code) == (str(typed), "VAL-011")


def test_one_currency_and_amounts_alone_make_a_column_of_money() -> None:
    assert currency_of(["£1,500", "200", "(£3)"]) == "£"
    assert currency_of(["£1,500", "€200"]) is None
    assert currency_of(["1,500", "200"]) is None
    assert currency_of(["£1,500", "TBC"]) is None
    assert currency_of([]) is None


def test_a_word_for_yes_and_one_for_no_make_a_column_of_booleans() -> None:
    assert words_of_yes_and_no(["Yes", "Y", "n", "N", "Y", "N"]) == ("Y", "N")
    assert words_of_yes_and_no(["Oui", "Non"]) == ("Oui", "Non")
    assert words_of_yes_and_no(["Yes", "Yes"]) is None
    assert words_of_yes_and_no(["Yes", "No", "N/A"]) is None


@pytest.mark.parametrize(
    ("heading", "values", "kind", "currency", "choices"),
    [
        ("Cost", ("£1,500", "£1.2m"), "money", "£", ()),
        ("Budget (€)", (1500, 20), "money", "€", ()),
        ("Budget (£000)", (1500, 20), "number", "", ()),
        ("Budget (£k)", (1500, 20), "number", "", ()),
        ("Cost", ("£1,500", "TBC"), "text", "", ()),
        ("Funded?", ("Yes", "No", None), "boolean", "", ()),
        ("Funded?", ("Oui", "Non"), "boolean", "", ("Oui", "Non")),
        ("Funded?", ("✓", "✗"), "boolean", "", ("✓", "✗")),
        ("Share", ("25%", "100 %"), "percent", "", ()),
        ("Share", ("25%", "120%"), "text", "", ()),
        ("Share", (), "text", "", ()),
    ],
)
def test_what_the_cells_hold_proposes_the_type(
    heading: str, values: tuple[str | int | None, ...], kind: str, currency: str,
    choices: tuple[str, ...],
) -> None:  # fmt: skip
    [item] = propose_columns([Sample(0, heading, values)]).fields
    assert (item.type, item.currency, item.choices) == (kind, currency, choices)
