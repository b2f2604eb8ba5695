"""Where the links of a sheet lead, from its parts."""

from __future__ import annotations

import pytest

from xlplan.workbook.read.relations import read_links

PART = "xl/worksheets/sheet1.xml"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
RELS = (
    f'<Relationships><Relationship Id="r1" Type="{RELATION}" Target="https://a.example/?x=1&amp;y"'
    ' TargetMode="External"/></Relationships>'
)


def links(links: str, rels: str = RELS) -> dict[tuple[int, int], str]:
    xml = f"<worksheet><sheetData/>{links}</worksheet>".encode()
    parts = {PART: xml, "xl/worksheets/_rels/sheet1.xml.rels": rels.encode()}
    return dict(read_links(parts, PART))


def test_a_link_is_told_with_its_first_cell() -> None:
    xml = '<hyperlinks><hyperlink ref="B2:C9" r:id="r1"/></hyperlinks>'
    assert links(xml) == {(1, 1): "https://a.example/?x=1&y"}


def test_a_link_to_a_place_in_a_file_is_told_with_the_place() -> None:
    xml = '<x:hyperlinks><x:hyperlink ref="A1" r:id="r1" location="Sheet2!A1"/></x:hyperlinks>'
    assert links(xml) == {(0, 0): "https://a.example/?x=1&y#Sheet2!A1"}


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<!-- <hyperlinks> -->",
        "<!-- <hyperlinks> --><a></hyperlinks></a>",
        '<hyperlinks><hyperlink ref="A1" r:id="r9"/></hyperlinks>',
        '<hyperlinks><hyperlink ref="here" r:id="r1"/></hyperlinks>',
        "<hyperlinks/>",
    ],
)
def test_what_leads_nowhere_is_no_link(xml: str) -> None:
    assert links(xml) == {}


def test_damaged_relations_lead_nowhere() -> None:
    assert links('<hyperlinks><hyperlink ref="A1" r:id="r1"/></hyperlinks>', "<Rel") == {}


def test_no_more_than_a_thousand_are_read_and_none_longer_than_can_be_told() -> None:
    many = "".join(f'<hyperlink ref="A{row}" r:id="r1"/>' for row in range(1, 5_000))
    found = links(f"<hyperlinks>{many}</hyperlinks>", RELS.replace("a.example", "a" * 9_000))
    assert len(found) == 1_000
    assert {len(target) for target in found.values()} == {2_000}
