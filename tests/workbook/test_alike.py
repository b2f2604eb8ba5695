"""A workbook that is filled into what was kept of another is byte for byte the one that xlsxwriter
writes, and holds nothing of the other."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.outgoing import (
    CREATED,
    DIRECTOR,
    KEY,
    LONG,
    OTHER,
    STYLES,
    TEXTS,
    VALUES,
    issued,
    plan,
    row,
)
from xlplan.issued.template import template_workbook
from xlplan.merge.model import MasterRow
from xlplan.plan.settings import IssueSettings
from xlplan.workbook.write import alike, writing
from xlplan.workbook.write.alike import write_alike
from xlplan.workbook.write.sheet import (
    Area,
    Cell,
    Column,
    Conditional,
    Held,
    Merge,
    Page,
    Protection,
    Row,
    Sheet,
    Style,
    Validation,
    Values,
    Workbook,
)
from xlplan.workbook.write.skeletons import Frame, Shape
from xlplan.workbook.write.writing import write_workbook

LAYOUTS = ("table", "form", "fit")
MORE = {
    "a link": Sheet("S", [Row([Cell("there", link="'S'!A1")])]),
    "a note": Sheet("S", [Row([Cell("noted", note="A note")])]),
    "a group of rows": Sheet("S", [Row([Cell("above")]), Row([Cell("below")], level=1)]),
    "a table": Sheet(
        "S", [Row([Cell("head")]), Row([Cell(1)])], filter=Area(0, 0, 1, 0), table="t"
    ),
    "an array": Sheet("S", [Row([Cell(0, formula="=SORT(B1:B3)")])]),
    "nothing to see": Sheet("S", [Row([Cell(1)])], state="hidden"),
    "a merge below all rows": Sheet(
        "S", [Row([Cell(1)])], merges=[Merge(Area(3, 0, 4, 1), Cell(2))]
    ),
}


def template(
    rows: Sequence[MasterRow],
    layout: str,
    settings: Mapping[str, bool] = MappingProxyType({}),
    name: str = "t-0a1b2c3d4e5f",
) -> Workbook:
    stamp = replace(issued(uids=tuple(each.uid for each in rows)), id=name)
    asked = IssueSettings(layout=layout, **settings)  # type: ignore[arg-type]  # one of the layouts
    return template_workbook(plan(issue=asked), DIRECTOR, stamp, rows, KEY, CREATED)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left to xlsxwriter as a whole."""

    def never(book: Workbook) -> bytes:
        raise AssertionError(f"{book.title} was written as a whole")

    monkeypatch.setattr(alike, "write_workbook", never)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("settings", [{}, {"status": True, "changes": True, "confirm": True}])
def test_a_template_is_the_one_that_xlsxwriter_writes(
    layout: str, settings: dict[str, bool]
) -> None:
    for count in (0, 1, 3, 20):
        rows = [row(number) for number in range(1, count + 1)]
        book = template(rows, layout, settings)
        assert write_alike(book) == write_workbook(book)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_whatever_its_rows_hold_a_template_is_the_one_that_xlsxwriter_writes(
    layout: str, data: st.DataObject
) -> None:
    text = st.sampled_from([*TEXTS, LONG * 9, None]) | st.text(max_size=9)
    day = st.none() | st.dates(date(1899, 1, 1), date(2099, 1, 1))
    share = st.none() | st.floats(0, 1)
    rows = [
        row(
            number,
            action=data.draw(text),
            outcome=data.draw(text),
            evidence=data.draw(text),
            revised=data.draw(day),
            percent=data.draw(share),
        )
        for number in range(1, 4)
    ]
    book = template(rows, layout)
    assert write_alike(book) == write_workbook(book)


def test_a_template_of_the_same_kind_has_nothing_drawn_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn = []
    for layout in LAYOUTS:
        write_alike(template([row(n) for n in range(1, 9)], layout))
    add = writing.Target.add_worksheet

    def counted(target: writing.Target, *given: object) -> object:
        drawn.append(given)
        return add(target, *given)

    monkeypatch.setattr(writing.Target, "add_worksheet", counted)
    for layout in LAYOUTS:
        write_alike(
            template([row(n, evidence=f"Board paper {n + 20}") for n in range(1, 9)], layout)
        )
    assert drawn == []
    write_alike(template([row(n) for n in range(1, 8)], "table"))
    assert drawn, "another number of rows has other rules"


def test_rich_text_is_made_where_the_one_before_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    bold = Style(bold=True, colour="#C00000")

    def update_of(lead: str) -> Workbook:
        rich = Cell(None, Style(wrap=True), runs=(("Update by ", Style()), (f" {lead}", bold)))
        plain = Cell(None, Style(), runs=(("", bold), (f"{lead} alone", Style())))
        return Workbook([Sheet("Own", [Row([rich, plain, Cell("<b>")])])], "Title", CREATED)

    leads = ("Ann", "Ben & Co", "  _x0041_ ")
    anew = [write_workbook(update_of(lead)) for lead in leads]
    write_alike(update_of("the first"))
    made: list[object] = []
    add = writing.Target.add_worksheet

    def counted(target: writing.Target, *given: object) -> object:
        made.append(given)
        return add(target, *given)

    monkeypatch.setattr(writing.Target, "add_worksheet", counted)
    assert [write_alike(update_of(lead)) for lead in leads] == anew
    assert made == []


def test_a_template_holds_no_text_of_the_one_before_it() -> None:
    mine = [row(1, outcome="walrus", action="walrus"), row(2)]
    write_alike(template(mine, "table"))
    data = write_alike(template([row(1), row(2)], "table"))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        held = {name for name in parts.namelist() if b"walrus" in parts.read(name)}
    assert held == set()


CELLS = st.none() | st.builds(
    Cell,
    st.sampled_from(VALUES) | st.sampled_from(TEXTS) | st.text(max_size=5),
    st.sampled_from(STYLES),
    formula=st.sampled_from(["", "", "=1+2", '=A1&"<&>"', "=NA()"]),
)
SHARED = ((STYLES[0], None, STYLES[1]), (None, STYLES[2]), (None,), ())
"""Looks that rows have in common."""
HELD = st.sampled_from(VALUES) | st.sampled_from(TEXTS) | st.text(max_size=5)
LINES = st.sampled_from(SHARED).flatmap(
    lambda looks: st.lists(HELD, min_size=len(looks), max_size=len(looks)).map(
        lambda held: Values(held, looks)
    )
)
RUNS = st.lists(st.tuples(st.sampled_from(TEXTS), st.sampled_from(STYLES)), min_size=1, max_size=3)
RULES = (
    Validation(Area(1, 0, 3, 0), "list", source="=$A$1:$A$3", input_message="Choose <one> & go"),
    Validation(Area(0, 1, 9, 1), "date", first=date(2026, 1, 1), also=(Area(0, 3, 2, 3),)),
)
COLOURS = (
    Conditional(Area(0, 0, 3, 1), "=$A1>1", Style(bold=True, fill="#FFEEDD")),
    Conditional(Area(0, 0, 3, 1), '=$A1="<"', Style(colour="#C00000"), stop=True),
)
PAGES = (
    Page("A4", header="Board & <all>", print_area=Area(0, 0, 3, 2), breaks=(2,)),
    Page(footer_left="=1+1, &P", footer_right="", repeat_rows=(0, 1), fit_width=0),
    Page(footer_right="", landscape=False, margin=0.5, fit_height=1),
)


@st.composite
def sheets(draw: st.DrawFn, name: str) -> Sheet:
    """A sheet with anything that is filled in."""
    lines = draw(st.lists(st.lists(CELLS, max_size=5) | LINES, max_size=20))
    heights = st.sampled_from((0.0, 15.0, 20.0, 33.5))
    rows = [Row(line, draw(heights), hidden=draw(st.booleans())) for line in lines]
    inside = len(rows) > 3 and draw(st.booleans())
    over = Cell("over", STYLES[1]) if draw(st.booleans()) else Cell(runs=tuple(draw(RUNS)))
    columns = st.builds(Column, st.sampled_from((8.0, 20.0, 33.3)), hidden=st.booleans())
    return Sheet(
        name,
        rows,
        draw(st.lists(columns, max_size=4)),
        [Merge(Area(1, 1, 2, 2), over), Merge(Area(0, 4, 0, 4), over)] if inside else [],
        draw(st.lists(st.sampled_from(RULES), unique=True)),
        draw(st.lists(st.sampled_from(COLOURS), unique=True)),
        freeze=draw(st.sampled_from((None, (1, 1)))),
        filter=draw(st.sampled_from((None, Area(0, 0, 3, 2)))),
        page=draw(st.sampled_from((Page(), *PAGES))),
        protection=draw(st.sampled_from((None, Protection(), Protection("x")))),
        tab_colour=draw(st.sampled_from(("", "#336699"))),
    )


@given(sheets("Shown"), sheets("Other"), st.sampled_from(("visible", "hidden", "very_hidden")))
@settings(max_examples=60, deadline=None)
def test_any_workbook_is_the_one_that_xlsxwriter_writes(
    one: Sheet, other: Sheet, state: str
) -> None:
    other = replace(other, state=state)
    for order in ([one, other], [other, one]):
        book = Workbook(order, "<Title>", CREATED, "t-1", names={"a": "=Shown!$A$1"})
        assert write_alike(book) == write_workbook(book)


@given(sheets("Common"), st.lists(sheets("Own"), min_size=2, max_size=4), st.booleans())
@settings(max_examples=40, deadline=None)
def test_a_sheet_that_many_workbooks_have_is_in_each_what_xlsxwriter_writes(
    common: Sheet, own: Sequence[Sheet], first: bool
) -> None:
    common = replace(common, common=True)
    for each in [*own, own[0]]:
        book = Workbook([common, each] if first else [each, common], "Title", CREATED)
        assert write_alike(book) == write_workbook(book)


def test_a_sheet_that_many_workbooks_have_is_gone_through_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    drawn: list[str] = []
    draw = alike._Filled.sheet

    def counted(book: alike._Filled, sheet: Sheet, frame: Frame) -> str:
        drawn.append(sheet.name)
        return draw(book, sheet, frame)

    monkeypatch.setattr(alike._Filled, "sheet", counted)
    common = Sheet("Common", [Row([Cell("said to all"), Cell("and this", STYLES[1])])], common=True)
    for number in range(5):
        texts = [Cell(f"own {number} {n}", STYLES[n % 3]) for n in range(number)]
        write_alike(Workbook([Sheet("Own", [Row(texts)]), common], "Title", CREATED))
    assert drawn.count("Common") == 1
    assert drawn.count("Own") == 5


def test_rows_of_texts_that_were_met_before_are_laid_out_once_for_those_with_the_same_blanks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    laid_out: list[tuple[bool, ...]] = []
    looked_at: list[object] = []
    lay_out, look_of = Shape.lay_out, alike._Filled._look_of

    def counted(shape: Shape, blank: tuple[bool, ...]) -> None:
        laid_out.append(blank)
        lay_out(shape, blank)

    def looked(book: alike._Filled, style: Style, value: Held) -> object:
        looked_at.append(value)
        return look_of(book, style, value)

    monkeypatch.setattr(Shape, "lay_out", counted)
    monkeypatch.setattr(alike._Filled, "_look_of", looked)
    looks = (STYLES[0], None, STYLES[1], STYLES[2])
    texts = [f"100 %s of {n} %" for n in range(3)]
    cells = [(texts[n % 3], "left out", texts[n % 2], None if n % 4 else 0.25) for n in range(400)]
    book = Workbook(
        [Sheet("Own", [Row(Values(held, looks)) for held in cells[1:]])], "Title", CREATED
    )
    data = write_alike(book)
    assert len(laid_out) < 4 + len(cells) // 4, "those with a number, and few besides"
    assert len(looked_at) < 10 + len(cells) // 4
    assert data == write_workbook(book)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_template_of_a_plan_is_the_one_that_xlsxwriter_writes_alone(layout: str) -> None:
    asked = IssueSettings(layout=layout, proposal_rows=1)  # type: ignore[arg-type]  # a layout
    definition = plan(issue=asked)
    for count, lead, text in ((3, DIRECTOR, "walrus"), (5, OTHER, LONG * 9), (3, OTHER, "<b>")):
        rows = [row(number, outcome=text) for number in range(1, count + 1)]
        stamp = replace(issued(uids=tuple(e.uid for e in rows)), id=f"t-{count}a", author=lead.name)
        book = template_workbook(definition, lead, stamp, rows, KEY, CREATED)
        data = write_alike(book)
        anew = template_workbook(plan(issue=asked), lead, stamp, rows, KEY, CREATED)
        assert data == write_workbook(anew)
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            held = {name for name in parts.namelist() if b"walrus" in parts.read(name)}
        assert bool(held) == (text == "walrus")


@pytest.mark.parametrize("sheet", MORE.values(), ids=MORE)
def test_what_has_more_in_it_is_written_as_a_whole(
    sheet: Sheet, monkeypatch: pytest.MonkeyPatch
) -> None:
    book, whole = Workbook([sheet], "Title", CREATED), write_workbook
    asked = []

    def counted(each: Workbook) -> bytes:
        asked.append(each)
        return whole(each)

    monkeypatch.setattr(alike, "write_workbook", counted)
    assert write_alike(book) == whole(book)
    assert asked == [book]
