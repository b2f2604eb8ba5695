"""What is read of a sheet by its plain spelling is what a parser reads of any other spelling."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import attacks
from xlplan.workbook.read import xlsx_cells
from xlplan.workbook.read.book import SHARED, Extent, ReadSheet
from xlplan.workbook.read.inbox import DEFAULT
from xlplan.workbook.read.read_book import read_book
from xlplan.workbook.read.xlsx_cells import rows_alone, scan_sheet


def prefixed(xml: str) -> str:
    """The same sheet with a prefix on every element: no program that we know writes it so."""
    named = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml)
    return named.replace("<?x:xml", "<?xml").replace("xmlns=", "xmlns:x=")


def counts_of(extent: Extent) -> Extent:
    """What both ways of reading say; the rest is for whoever reads on in the same way."""
    return replace(extent, styled={}, shown={}, boxes=[], pictures=[], plain=None)


def both(rows: str, after: str = "") -> Extent:
    """What is said of these rows, after making sure that both spellings say it."""
    xml = attacks.sheet_xml(rows, after)
    parsed = scan_sheet(prefixed(xml).encode(), DEFAULT)
    counted = scan_sheet(xml.encode(), replace(DEFAULT, columns=20))
    assert counts_of(counted) == counts_of(parsed)
    seen = counts_of(scan_sheet(xml.encode(), DEFAULT))
    said = counts_of(parsed)
    assert seen == (replace(said, rows=0, columns=0, cells=0, near=True) if seen.near else said)
    return counted


def row(*cells: str, number: int = 1) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


@pytest.mark.parametrize(
    ("cell", "formula"),
    [
        ('<c r="B1" s="3" t="str"><f>A1&amp;"x"</f><v>ax</v></c>', 'A1&"x"'),
        ('<c r="B1"><f>IF(A1&lt;2,&quot;&#9888;&quot;,&apos;S 1&apos;!A1)</f><v/></c>',
         'IF(A1<2,"\u26a0",\'S 1\'!A1)'),
        ('<c r="B1"><f>&#x26A0;&amp;lt;</f><v></v></c>', "\u26a0&lt;"),
        ('<c r="B1"><f aca="false">SUM(A1:A9)</f><v>2</v></c>', "SUM(A1:A9)"),
        ('<c r="B1"><f></f></c>', SHARED),
        ('<c r="B1"><f t="shared" ref="B1:B2" si="0">A1*2</f><v>2</v></c>', "A1*2"),
        ('<c r="B1"><f>A1\r\n+1</f><v>2</v></c>', "A1\n+1"),
        ('<c r="B1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "1/0"),
    ],
)  # fmt: skip
def test_a_formula_is_told_however_it_is_spelled(cell: str, formula: str) -> None:
    found = both(row('<c r="A1"><v>1</v></c>', cell))
    assert found.formulas == {(0, 1): formula}
    assert (found.rows, found.columns, found.cells, found.filled) == (1, 2, 2, True)


def test_a_sheet_of_formulas_alone_holds_nothing_that_was_typed() -> None:
    found = both(row('<c r="A1"><f>NOW()</f><v>1</v></c>', '<c r="B1"><f>A1</f><v>1</v></c>'))
    assert not found.filled


def test_truth_written_as_a_formula_is_what_was_typed() -> None:
    found = both(row('<c r="A1" t="b"><f aca="false">TRUE()</f><v>1</v></c>'))
    assert (found.typed, found.formulas) == ({(0, 0): True}, {})


def test_an_error_is_told_beside_formulas() -> None:
    found = both(row('<c r="A1" t="e"><v>#N/A</v></c>', '<c r="B1"><f>A1</f><v>1</v></c>'))
    assert (found.errors, found.formulas) == ({(0, 0): "#N/A"}, {(0, 1): "A1"})


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"]), min_size=1))
def test_any_formula_is_told_the_same_way(formula: str) -> None:
    escaped = formula.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    found = both(row('<c r="A1"><v>1</v></c>', f'<c r="B1" t="str"><f>{escaped}</f><v>1</v></c>'))
    assert found.formulas == {(0, 1): formula} or found.typed


def read(rows: str) -> ReadSheet:
    book = read_book(attacks.workbook(rows), "plan.xlsx")
    assert book.problems == ()
    return book.sheets[0]


@pytest.mark.parametrize("kind", ["array", "dataTable"])
def test_every_cell_that_a_formula_fills_is_its_result(kind: str) -> None:
    sheet = read(
        row(f'<c r="A1" t="str" cm="1"><f t="{kind}" ref="A1:B2">UNIQUE(Z1:Z3)</f><v>one</v></c>',
            '<c r="B1" t="str"><v>two</v></c>')
        + row('<c r="A2" t="str"><v>three</v></c>', '<c r="C2"><v>4</v></c>', number=2)
    )  # fmt: skip
    assert set(sheet.formulas) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert sheet.formulas[1, 0] == "UNIQUE(Z1:Z3)"


def test_an_area_beyond_all_bounds_is_refused_and_a_strange_one_is_the_cell_alone() -> None:
    far = row('<c r="A1"><f t="array" ref="A1:XFD1048576">B1</f><v>1</v></c>')
    [problem] = read_book(attacks.workbook(far), "plan.xlsx").problems
    assert problem.code == "GATE-011"
    odd = read(row('<c r="B1"><f t="array" ref="what">C1</f><v>1</v></c>'))
    assert set(odd.formulas) == {(0, 1)}


@pytest.mark.parametrize(
    "name", ["#SPILL!", "#CALC!", "#FIELD!", "#BUSY!", "#CONNECT!", "#BLOCKED!", "#UNKNOWN!",
             "#GETTING_DATA", "#ERROR!", "Err:522", "#N/A"]
)  # fmt: skip
def test_an_error_of_any_name_costs_no_file(name: str) -> None:
    sheet = read(
        row(f'<c r="A1" t="e"><f>B1</f><v>{name}</v></c>', '<c r="B1" t="str"><v>kept</v></c>')
    )
    assert sheet.errors == {(0, 0): name}
    assert sheet.rows[0][1] == "kept"


def test_a_cell_of_an_unknown_type_costs_no_file() -> None:
    sheet = read(row('<c r="A1" t="new"><v>7</v></c>', '<c r="B1" t="str"><v>kept</v></c>'))
    assert list(sheet.rows[0]) == ["7", "kept"]


def test_white_space_round_a_value_means_nothing() -> None:
    cells = '<c r="A1"><v>\n  5\n</v></c>', '<c r="B1" t="b"><v> 1 </v></c>'
    assert list(read(row(*cells)).rows[0]) == [5, True]
    kept = '<c r="A1" t="str"><v> two words </v></c>'
    assert list(read(row(kept, '<c r="B1"><v>\t7</v></c>')).rows[0]) == [" two words ", 7]


@pytest.mark.parametrize(
    "value",
    [
        "12<!-- a comment -->00",
        "<!-- a comment -->1200",
        "12<?program says?>00",
        "<![CDATA[1200]]>",
        "12<![CDATA[00]]>",
        "<![CDATA[12]]><!-- <![CDATA[9 -->00",
        "&#49;200",
        "120&#x30;",
    ],
)
@pytest.mark.parametrize("kind", ["n", "str"])
def test_a_value_says_the_same_however_its_letters_are_written(kind: str, value: str) -> None:
    cells = f'<c r="A1" t="{kind}"><v>{value}</v></c>', '<c r="B1"><v>7</v></c>'
    expected = [1200, 7] if kind == "n" else ["1200", 7]
    assert list(read(row(*cells)).rows[0]) == expected
    assert list(read(prefixed(row(*cells))).rows[0]) == expected


def test_letters_that_mean_something_in_xml_stay_what_they_are() -> None:
    cells = [
        '<c r="A1" t="str"><v><![CDATA[a < b & "c"]]></v></c>',
        '<c r="B1" t="str"><v>&#60;b&#62; &#38;amp; &#163;5&#10;é</v></c>',
        '<c r="C1" t="inlineStr"><is><t>x<![CDATA[<!-- y -->]]></t></is></c>',
    ]
    assert list(read(row(*cells)).rows[0]) == [
        'a < b & "c"',
        "<b> &amp; £5\né",
        "x<!-- y -->",
    ]


def test_days_that_are_kept_as_text_are_days() -> None:
    texts = {
        "2026-06-01T00:00:00.000Z": date(2026, 6, 1),
        "2026-06-01": date(2026, 6, 1),
        "2026-06-01T09:30:00+01:00": datetime(2026, 6, 1, 9, 30),
        "2026-06-01T09:30": datetime(2026, 6, 1, 9, 30),
        "2026-02-31": None,
        "soon": None,
    }
    cells = [f'<c r="{chr(65 + at)}1" t="d"><v>{text}</v></c>' for at, text in enumerate(texts)]
    extent = scan_sheet(attacks.sheet_xml(row(*cells)).encode(), DEFAULT)
    assert [extent.typed.get((0, at)) for at in range(len(texts))] == list(texts.values())
    assert list(read(row(*cells[:2])).rows[0]) == [date(2026, 6, 1)] * 2


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1" t="s"><v>99</v></c>',
        '<c t="s" r="A1" s="0"><v>x</v></c>',
        '<c r="A1" t="b"><v>7</v></c>',
    ],
)
def test_a_value_that_no_reader_knows_is_an_error_of_its_cell_alone(cell: str) -> None:
    rest = '<c r="B1" t="b"><v>1</v></c>', '<c r="C1" t="b"><v>true</v></c>'
    sheet = read(row(cell, *rest))
    assert sheet.errors == {(0, 0): "#N/A"}
    assert list(sheet.rows[0])[1:] == [True, True]


def test_a_cell_without_a_name_keeps_the_file_unread() -> None:
    [problem] = read_book(attacks.workbook(row('<c t="s"><v>99</v></c>')), "plan.xlsx").problems
    assert problem.code == "GATE-023"


@pytest.mark.parametrize(
    ("rows", "alone"),
    [
        ('<row r="1" ht="9"><c r="A1" s="1"><v>1</v></c></row><row r="2"/>',
         '<row r="1" ht="9"/>'),
        ('<row r="1" spans="1:2"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"/>',
         '<row r="2" hidden="1"/>'),
        ('<row r="1"/><row hidden="1"/>', '<row r="1"/><row hidden="1"/>'),
        ('<row r="1" x:dy="1.5" hidden="1"><c r="A1" t="e"><v>#N/A</v></c></row>',
         '<row r="1" x:dy="1.5" hidden="1"/>'),
        ('<row r="1"><c s="1" r="A1"><v>1</v></c></row>', ""),
        ("<row r='1' hidden='1'><c r=\"A1\"><v>1</v></c></row>", ""),
        ('<row r="1"><c r="A1"><v>1</v></c><!-- <row r="2"> --></row>', ""),
    ],
)  # fmt: skip
def test_rows_are_looked_at_without_their_cells_where_all_is_spelled_as_usual(
    rows: str, alone: str
) -> None:
    after = '<autoFilter ref="A1:B2"/>'
    xml = attacks.sheet_xml(rows, after)
    assert rows_alone(xml.encode()) == attacks.sheet_xml(alone or rows, after).encode()


@pytest.mark.parametrize(
    ("rows", "hidden"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="2" spans="1:2"/>', set[int]()),
        ('<row r="1"/><row r="2" ht="0"><c r="A2"><v>1</v></c></row>', {1}),
        ('<row r="1"/><row r="3" ht ="0" hidden= "1"><c r="A3"><v>1</v></c></row>', {2}),
    ],
)
def test_no_row_is_looked_at_where_nothing_is_said_of_any(rows: str, hidden: set[int]) -> None:
    xml = attacks.sheet_xml(rows, "").encode()
    assert (rows_alone(xml) == attacks.sheet_xml("", "").encode()) == (not hidden)
    book = read_book(attacks.workbook(rows), "plan.xlsx", detail=True)
    assert book.sheets[0].hidden_rows == hidden


@pytest.mark.parametrize(
    ("last", "near"),
    [
        ("DZ9999", True), ("EA9999", False), ("Z10000", True), ("Z69999", True),
        ("AA10000", False), ("A70000", False), ("A100001", False),
    ],
)  # fmt: skip
def test_cells_are_counted_only_where_they_may_be_too_many(last: str, near: bool) -> None:
    xml = attacks.sheet_xml(f'<row><c r="A1"/><c r="{last}" t="n"><v>1</v></c></row>').encode()
    bounds = replace(DEFAULT, rows=200_000, cells=30_000_000)
    assert scan_sheet(xml, bounds).near is near


def test_a_sheet_that_was_found_spelled_as_usual_is_not_looked_through_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[bytes] = []
    look = xlsx_cells._UNUSUAL_CELL.search

    class Counted:
        def search(self, cells: bytes) -> object:
            asked.append(cells)
            return look(cells)

    monkeypatch.setattr(xlsx_cells, "_UNUSUAL_CELL", Counted())
    usual = attacks.workbook(row('<c r="A1"><v>1</v></c>'))
    other = attacks.workbook(row('<c r="A1" cm="1"><v>1</v></c>'))
    assert read_book(usual, "plan.xlsx", detail=True).sheets[0].rows[0][0] == 1
    assert asked == []
    assert read_book(other, "plan.xlsx", detail=True).sheets[0].rows[0][0] == 1
    assert len(asked) == 1
