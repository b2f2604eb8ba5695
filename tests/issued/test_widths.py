"""What of a template is in view on a laptop: 1,366 x 768 pixels, at 100 %."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from tests import outgoing
from tests.outgoing import FIELDS
from xlplan.issued import widths
from xlplan.issued.template import template_workbook
from xlplan.issued.widths import Sizes, column_widths
from xlplan.plan.definition import BECAUSE, Field, PlanDefinition
from xlplan.plan.people import SignOff
from xlplan.plan.reconsider import Known
from xlplan.plan.required import Condition
from xlplan.plan.settings import IssueSettings
from xlplan.plan.values import Value
from xlplan.returned.as_issued import CONFIRMED, IssuedColumn
from xlplan.workbook.write.cell_text import count_lines
from xlplan.workbook.write.sheet import Style
from xlplan.workbook.write.writing import write_workbook

BY_ID = {item.id: item for item in FIELDS}
LONG_HEADING = "What has been done since the last board and what will be done before the next one"
SOME: dict[str, tuple[Field, ...]] = {
    "three": tuple(BY_ID[name] for name in ("ref", "action", "evidence")),
    "five": tuple(BY_ID[name] for name in ("ref", "action", "due", "rating", "progress")),
    "eight": tuple(
        BY_ID[name]
        for name in ("ref", "action", "lead", "due", "percent", "rating", "stage", "evidence")
    ),
    "long heading": tuple(
        replace(BY_ID[name], heading=LONG_HEADING) if name == "rating" else BY_ID[name]
        for name in ("ref", "action", "lead", "due", "rating", "stage", "evidence")
    ),
    "all": FIELDS,
}
WORDS = "word " * 160


def made(fields: Sequence[Field], layout: str = "fit", **changes: Value) -> Any:
    settings = IssueSettings(contact="Ask the office.", layout=layout)  # type: ignore[arg-type]  # a name
    definition = outgoing.plan(fields=tuple(fields), issue=settings)
    return opened(definition, **changes)


def opened(definition: PlanDefinition, **changes: Value) -> Any:
    rows = [outgoing.row(number, **changes) for number in range(1, 7)]
    book = template_workbook(
        definition, outgoing.DIRECTOR, outgoing.issued(), rows, outgoing.KEY, outgoing.CREATED
    )
    return openpyxl.load_workbook(io.BytesIO(write_workbook(book)))


def column_pixels(sheet: Any) -> Iterator[tuple[str, int]]:
    """Each column in view, with its width in pixels as the file says it (ECMA-376, 18.3.1.13)."""
    for number in range(1, sheet.max_column + 1):
        letter = get_column_letter(number)
        found = sheet.column_dimensions[letter]
        if not found.hidden:
            yield letter, math.trunc((256 * found.width + math.trunc(128 / 7)) / 256 * 7)


def head_pixels(sheet: Any, last: int) -> float:
    shown = (sheet.row_dimensions[number] for number in range(1, last + 1))
    return sum((row.height or 15) * 96 / 72 for row in shown if not row.hidden)


def is_form(sheet: Any) -> bool:
    return any(cell.value == "form:value" for line in sheet.iter_rows() for cell in line)


@pytest.mark.parametrize("name", SOME)
@pytest.mark.parametrize("words", ["", WORDS], ids=["short", "long"])
def test_all_of_an_action_is_across_the_screen_and_the_head_is_low(name: str, words: str) -> None:
    sheet = made(SOME[name], **({"action": words, "progress": words} if words else {}))["Update"]
    assert sum(width for _, width in column_pixels(sheet)) <= 1280
    if not is_form(sheet):
        top = sheet.freeze_panes
        assert head_pixels(sheet, sheet[top].row - 1) < 140
        held = [
            width for letter, width in column_pixels(sheet) if letter < top.rstrip("0123456789")
        ]
        assert sum(held) <= 1280 / 2


def test_a_form_is_the_layout_where_a_table_would_be_too_wide_and_only_there() -> None:
    found = {name: is_form(made(fields)["Update"]) for name, fields in SOME.items()}
    assert (found["eight"], found["five"], found["all"]) == (False, False, True)
    wide = made(FIELDS, "table")["Update"]
    assert not is_form(wide)
    assert sum(width for _, width in column_pixels(wide)) > 1280
    assert is_form(made(SOME["eight"], "form")["Update"])


def test_the_ref_and_the_action_stay_in_view_in_a_table() -> None:
    sheet = made(SOME["eight"])["Update"]
    first = sheet[sheet.freeze_panes].column
    ids = next(line for line in sheet.iter_rows() if any(c.value == "field:ref" for c in line))
    held = [cell.value for cell in ids if cell.column < first]
    assert held == [None, "field:ref", "field:action"]


@pytest.mark.parametrize(
    "words", ["Agree it.", "word " * 60, "word " * 120], ids=["short", "60", "120"]
)
def test_the_action_stays_in_view_in_a_table_that_is_wider_than_the_screen(words: str) -> None:
    first = [BY_ID[name] for name in ("ref", "section", "outcome", "action")]
    fields = [*first, *(item for item in FIELDS if item not in first)]
    sheet = made(fields, "table", action=words, outcome=words[:240])["Update"]
    assert sum(width for _, width in column_pixels(sheet)) > 1280
    top = sheet[sheet.freeze_panes]
    ids = next(line for line in sheet.iter_rows() if any(c.value == "field:ref" for c in line))
    held = [cell.value for cell in ids if cell.column < top.column]
    assert held[-1] == "field:action"
    left = [w for letter, w in column_pixels(sheet) if sheet[f"{letter}1"].column < top.column]
    assert sum(left) <= 512
    assert head_pixels(sheet, top.row - 1) < 140
    rows = range(top.row, top.row + 6)
    assert max(sheet.row_dimensions[row].height for row in rows) < 409


def test_an_action_too_long_to_stay_in_view_is_not_squeezed() -> None:
    sheet = made(FIELDS, "table", action="word " * 500)["Update"]
    ids = next(line for line in sheet.iter_rows() if any(c.value == "field:ref" for c in line))
    held = [cell.value for cell in ids if cell.column < sheet[sheet.freeze_panes].column]
    assert "field:action" not in held
    assert "field:ref" in held


def test_a_table_has_at_least_four_rows_of_actions_in_view_below_its_head() -> None:
    sheet = made(SOME["eight"])["Update"]
    first = sheet[sheet.freeze_panes].row
    # The ribbon, the bar of formulas, the headings of columns and the bars below take some 330
    # of the 768 pixels.
    left = 768 - 330 - head_pixels(sheet, first - 1)
    assert sum(sheet.row_dimensions[first + n].height * 96 / 72 for n in range(4)) <= left


@pytest.mark.parametrize("layout", ["table", "form"])
def test_the_list_of_ratings_and_what_stands_show_the_words_of_the_board(layout: str) -> None:
    book = made(FIELDS, layout)
    shown = {str(cell.value) for line in book["Update"].iter_rows() for cell in line}
    assert {rating.label for rating in outgoing.RATINGS} <= shown
    assert not {rating.code for rating in outgoing.RATINGS} & shown


@pytest.mark.parametrize("layout", ["table", "form"])
def test_the_guidance_is_one_page_and_says_a_thing_once(layout: str) -> None:
    book = made(FIELDS, layout)
    sheet = book["Guidance"]
    assert sheet.page_setup.fitToHeight in (None, 1)
    texts = [str(c.value) for line in sheet.iter_rows() for c in line if c.value]
    # A4 has 842 points less the margins; a page that is fitted is no smaller than nine tenths.
    height = sum(row.height or 15 for row in sheet.row_dimensions.values())
    assert height * 0.9 <= 842 - 2 * 54
    text = "\n".join(texts)
    for once in ("27 November 2026", "Ask the office.", "do not delete rows"):
        assert text.count(once) == 1, once
    above = {str(c.value) for line in book["Update"].iter_rows(max_row=4) for c in line if c.value}
    assert not above & set(texts), "what is above the actions is not repeated"


# With everything on that a plan can ask for: marks, ticks, the list of changes, hints, what is
# required under a condition, a date that is only asked for, two signatures, rows for proposals.

MORE = IssueSettings(contact="Ask the office.", confirm=True, status=True, changes=True,
                     hints=True, proposal_rows=2)  # fmt: skip
CAUSE = Field("cause", "Cause", owner="lead", required_if=(Condition("rating", ("A", "R")),))
REASON = Field("reason", "Why it moves", "narrative", "reason", owner="lead")
ASKED = replace(BY_ID["due"], change="request")
EVERYTHING = {
    "table": (BY_ID["ref"], BY_ID["action"], ASKED, BY_ID["rating"], REASON, CAUSE),
    "form": (*(ASKED if item.id == "due" else item for item in FIELDS), REASON, CAUSE),
}


@pytest.fixture(scope="module", params=EVERYTHING)
def everything(request: pytest.FixtureRequest) -> Any:
    """The template, in the layout that it comes to."""
    roles = (SignOff("Head of Service", "", 1), SignOff("Finance Partner", "Post C", 2))
    definition = outgoing.plan(fields=EVERYTHING[request.param], issue=MORE, sign_offs=roles)
    rows = [outgoing.row(number, cause=None, reason=None) for number in range(1, 7)]
    sent = outgoing.issued(uids=tuple(row.uid for row in rows))
    known = {row.uid: Known(by=date(2026, 6, 30)) for row in rows}
    book = template_workbook(
        definition, outgoing.DIRECTOR, sent, rows, outgoing.KEY, outgoing.CREATED, known
    )
    found = openpyxl.load_workbook(io.BytesIO(write_workbook(book)))
    assert is_form(found["Update"]) is (request.param == "form")
    return found


def first_action(sheet: Any) -> int:
    """The row of the first action."""
    cells = (row[0] for row in sheet.iter_rows())
    return int(next(cell.row for cell in cells if str(cell.value).startswith("xr1.")))


def test_with_everything_on_it_is_across_the_screen_and_the_first_actions_are_in_view(
    everything: Any,
) -> None:
    sheet = everything["Update"]
    assert sum(width for _, width in column_pixels(sheet)) <= 1280
    first = first_action(sheet)
    left = 768 - 330 - head_pixels(sheet, first - 1)
    if is_form(sheet):  # whose head is moved away with the first action
        assert sum(sheet.row_dimensions[first + n].height * 96 / 72 for n in range(4)) <= left
        return
    assert head_pixels(sheet, first - 1) < 140
    assert sheet[sheet.freeze_panes].row == first
    assert sum(sheet.row_dimensions[first + n].height * 96 / 72 for n in range(4)) <= left


def test_with_everything_on_the_tab_key_goes_through_what_is_to_be_filled_in(
    everything: Any,
) -> None:
    sheet = everything["Update"]
    inputs = {"due", "rating", "reason", "cause", "revised", "percent", "stage", "evidence",
              "progress:entry", f"{BECAUSE}:entry", CONFIRMED}  # fmt: skip
    merged = {at for area in sheet.merged_cells for at in area.cells}
    heads = {(area.min_row, area.min_col) for area in sheet.merged_cells}
    open_cells = [
        cell
        for row in sheet.iter_rows()
        for cell in row
        if not cell.protection.locked
        and ((cell.row, cell.column) not in merged or (cell.row, cell.column) in heads)
    ]
    assert sheet.protection.sheet
    assert not sheet.protection.selectLockedCells, "a link in a locked cell can be entered"
    for cell in open_cells:
        assert not sheet.row_dimensions[cell.row].hidden
        assert not sheet.column_dimensions[cell.column_letter].hidden
    first = first_action(sheet)
    above = [cell for cell in open_cells if cell.row < first]
    assert len(above) == 5, "one tick, and a name and a day for each of two"
    ids = {c.column: str(c.value) for c in sheet[first - 2]} if not is_form(sheet) else {}
    named = set()
    for cell in (cell for cell in open_cells if cell.row >= first):
        key = str(sheet.cell(cell.row, 1).value)
        name = ids.get(cell.column) or str(sheet.cell(cell.row, 2).value)
        if ".new-" not in key:
            named.add(name.removeprefix("field:"))
    assert named <= inputs
    assert {"due", "rating", "reason", "cause", f"{BECAUSE}:entry", CONFIRMED} <= named
    start = sheet.sheet_view.selection[-1].activeCell
    below = [cell.coordinate for cell in open_cells if cell.row >= first]
    assert start == below[0]


def test_with_everything_on_each_link_leads_to_a_cell_that_is_there(everything: Any) -> None:
    links = [
        str(cell.value)
        for sheet in everything
        for row in sheet.iter_rows()
        for cell in row
        if "HYPERLINK(" in str(cell.value)
    ]
    assert len(links) > 6
    targets = {part.split("'!")[0] for link in links for part in link.split("#'")[1:]}
    assert targets == {"Update"}


@pytest.mark.parametrize(("owner", "least"), [("lead", 30), ("coordinator", 12)])
def test_a_column_to_write_in_is_wide_while_it_holds_a_few_words(owner: str, least: int) -> None:
    note = Field("note", "Note", "narrative", owner=owner)  # type: ignore[arg-type]  # either of both
    wide = Field("work", "Work", "narrative", width=180)
    columns = [IssuedColumn(each.id, each.heading, each, input=True) for each in (note, wide)]
    widths = column_widths(columns, [Sizes([4], [2000]), Sizes([400], [200000])])
    assert widths[0] == least


HEADED = Style(bold=True, wrap=True, indent=1)


@given(
    st.text(st.sampled_from("MiÄw. -"), max_size=70) | st.just(LONG_HEADING),
    st.integers(40, 850).map(lambda tenths: tenths / 10),
    st.sampled_from((1, 2, 3)),
)
def test_a_column_is_as_much_wider_as_its_heading_needs_for_a_few_lines(
    heading: str, width: float, lines: int
) -> None:
    """By whole characters: one less would be too few, unless it is as wide as any may be."""
    column = IssuedColumn("stage", heading, BY_ID["stage"], input=False)
    (made,) = widths._for_headings([column], [width], HEADED, lines)

    def takes(characters: float) -> int:
        return count_lines(column.heading, round(characters - 3, 1), HEADED)

    assert made >= widths._WIDEST or takes(made) <= lines
    assert made == width or takes(round(made - 1, 1)) > lines


def test_headings_are_measured_once_for_all_templates_of_a_plan() -> None:
    outgoing.template_of(3)
    before = widths._headed.cache_info()
    outgoing.template_of(25, 1)
    after = widths._headed.cache_info()
    assert after.misses == before.misses
    assert after.hits > before.hits


def test_a_note_that_is_blank_so_far_has_room_to_be_written_beside_full_columns() -> None:
    names = [name for name in BY_ID if name not in ("revised", "percent", "stage")]
    full = {"action": WORDS[:250].strip(), "outcome": WORDS[:120].strip()}
    fields = [replace(BY_ID[name], width=0, mode="replace") for name in names]
    sheet = made(fields, "fit", progress=None, evidence=None, **full)["Update"]
    (letter,) = (
        cell.column_letter
        for line in sheet.iter_rows()
        for cell in line
        if cell.value == BY_ID["progress"].heading and cell.row < 12
    )
    assert dict(column_pixels(sheet))[letter] >= widths.pixels(30)
