"""What is read of a sheet by its plain spelling is what a parser reads of any other spelling."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import attacks
from xlplan.workbook.read.book import SHARED, Extent
from xlplan.workbook.read.inbox import DEFAULT
from xlplan.workbook.read.xlsx_cells import scan_sheet


def prefixed(xml: str) -> str:
    """The same sheet with a prefix on every element: no program that we know writes it so."""
    named = re.sub(r"<(/?)(\w)", r"<\1x:\2", xml)
    return named.replace("<?x:xml", "<?xml").replace("xmlns=", "xmlns:x=")


def both(rows: str, after: str = "") -> Extent:
    """What is said of these rows, after making sure that both spellings say it."""
    xml = attacks.sheet_xml(rows, after)
    parsed = scan_sheet(prefixed(xml).encode(), DEFAULT)
    counted = scan_sheet(xml.encode(), replace(DEFAULT, columns=20))
    assert counted == parsed
    seen = scan_sheet(xml.encode(), DEFAULT)
    assert seen == (replace(parsed, rows=0, columns=0, cells=0, near=True) if seen.near else parsed)
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
