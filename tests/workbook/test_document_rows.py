"""What forms in documents say: lists, check boxes, ticks in fonts of signs."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.documents import box, choice_of, control, document_of, field, rows_of, run, text, ticked
from xlplan.workbook.read.document_rows import sign, signs


def read_table(rows: Sequence[Sequence[str]]) -> list[list[object]]:
    return rows_of(document_of(rows))


def shown(inner: str) -> object:
    return read_table([[inner, text("beside")]])[0][0]


def test_a_list_of_a_protected_form_says_what_is_chosen() -> None:
    assert shown(choice_of("Red", "Amber", "Green", result=1)) == "Amber"
    assert shown(choice_of("Red", "Amber", "Green")) == "Red"
    assert shown(choice_of("Red", "Amber", result=7)) is None
    assert shown(text("RAG: ") + choice_of("Red", "Amber", result=1) + text(" today")) == (
        "RAG: Amber today"
    )


@pytest.mark.parametrize(
    ("says", "sign_"),
    [
        (['<w:default w:val="0"/>', '<w:checked w:val="1"/>'], "☒"),
        (['<w:default w:val="0"/>', "<w:checked/>"], "☒"),
        (['<w:default w:val="1"/>', '<w:checked w:val="0"/>'], "☐"),
        (['<w:default w:val="1"/>'], "☒"),
        (['<w:default w:val="0"/>'], "☐"),
        ([], "☐"),
    ],
)
def test_a_check_box_of_a_protected_form_is_ticked_or_not(says: list[str], sign_: str) -> None:
    assert shown(box(*says)) == sign_


def test_a_field_that_is_no_form_shows_what_stands_in_its_place() -> None:
    typed = field("FORMTEXT", '<w:textInput><w:default w:val="May"/></w:textInput>', "June 2027")
    assert shown(typed) == "June 2027"
    assert shown(field("DATE", "", "12 May") + text(" 2027")) == "12 May 2027"


def test_a_list_within_another_field_is_read_and_the_rest_goes_on() -> None:
    begin = run('<w:fldChar w:fldCharType="begin"/>')
    middle, end = (run(f'<w:fldChar w:fldCharType="{k}"/>') for k in ("separate", "end"))
    inside = begin + middle + choice_of("Red", "Amber", result=1) + end
    assert shown(inside + text(" since May")) == "Amber since May"


def test_a_check_box_of_a_content_control_is_what_it_is_set_to() -> None:
    assert shown(ticked("1", "☐")) == "☒"
    assert shown(ticked("0", "☒")) == "☐"


def test_what_a_content_control_asks_for_is_no_answer() -> None:
    listed = "<w:dropDownList/>"
    assert shown(control(f"<w:showingPlcHdr/>{listed}", text("Choose an item."))) is None
    assert shown(control(listed, text("Amber"))) == "Amber"
    off = '<w:showingPlcHdr w:val="0"/>'
    assert shown(control(f"{off}{listed}", text("Amber"))) == "Amber"


def test_ticks_in_a_font_of_signs_are_ticks() -> None:
    symbol = '<w:sym w:font="{}" w:char="{}"/>'
    assert shown(run(symbol.format("Wingdings", "F0FC"))) == "✓"
    assert shown(run(symbol.format("Wingdings 2", "F052"))) == "☑"
    assert shown(run(symbol.format("Arial", "00E9"))) == "é"
    assert shown(run(symbol.format("Wingdings", "F021")) + text("done")) == "done"
    assert shown(text("ü", "Wingdings") + text(" done")) == "✓ done"
    assert shown(text("ü", "Calibri")) == "ü"


def test_signs_are_known_by_their_font_alone() -> None:
    assert sign("WINGDINGS", 0xF0FE) == sign("Wingdings", 0xFE) == "☑"
    assert sign("Calibri", 0xFE) == ""
    assert signs("Wingdings", "l m") == "● ❍"


def offered(*labels: str, chosen: str = "") -> str:
    return "".join(
        box("<w:checked/>" if label in chosen.split() else "") + text(f" {label} ")
        for label in labels
    )


def test_the_one_of_several_answers_that_is_ticked_is_what_a_cell_says() -> None:
    colours = ("Red", "Amber", "Green")
    rows = read_table(
        [
            [text("Action"), text("RAG")],
            [text("Mend it"), offered(*colours, chosen="Amber")],
            [text("Paint it"), offered(*colours, chosen="Red Green")],
            [text("Sail it"), offered(*colours)],
        ]
    )
    assert [row[1] for row in rows] == ["RAG", "Amber", "Red, Green", None]


def test_answers_may_stand_before_their_boxes() -> None:
    cell = "".join(
        text(f"{label} ") + box(state) for label, state in (("Yes", ""), ("No", "<w:checked/>"))
    )
    assert shown(cell) == "No"


def test_things_that_are_ticked_off_one_by_one_stay_as_they_are() -> None:
    one = offered("drafted", "agreed", chosen="drafted")
    other = offered("bought", "fitted", chosen="bought")
    rows = read_table([[text("Steps"), text("x")], [one, text("a")], [other, text("b")]])
    assert [row[0] for row in rows] == [
        "Steps", "☒ drafted ☐ agreed", "☒ bought ☐ fitted",
    ]  # fmt: skip
    assert shown(offered("drafted", "agreed", chosen="drafted agreed")) == "☒ drafted ☒ agreed"
    assert shown(offered("done", chosen="done")) == "☒ done"
    assert shown(text("Steps: ") + one + text("by May")) == "Steps: ☒ drafted ☐ agreed by May"
    long = "a step that takes far more words than any answer of a form does"
    assert shown(offered("no", chosen="no") + box() + text(f" {long}")) == f"☒ no ☐ {long}"
