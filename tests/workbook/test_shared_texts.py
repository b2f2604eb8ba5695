"""The texts that cells share: each by its number, however the part is written."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from random import Random
from xml.etree import ElementTree

import pytest

from tests import bare_books as bare
from xlplan.workbook.write.appending import SharedTexts, text_element, unescaped
from xlplan.workbook.write.cell_edits import Wording, write_cells
from xlplan.workbook.write.package import Package, UnfitError
from xlplan.workbook.write.patch import patch
from xlplan.workbook.write.splice import MalformedError

EVERY = os.environ.get("HYPOTHESIS_PROFILE") == "nightly"
SAMPLE = 20
RICH = "<r><rPr><b/></rPr><t>Late: </t></r><r><t>see &amp; ask</t></r>"
SPOKEN = '<t>Tokyo</t><rPh sb="0" eb="1"><t>TO</t></rPh><phoneticPr fontId="1"/>'
PLAIN = bare.texts(
    "<t>one</t>", "<t>a &lt; b</t>", RICH, "", SPOKEN, '<t xml:space="preserve"> </t>'
)
PARTS = {
    "plain": PLAIN,
    "an empty item": PLAIN.replace("<si></si>", "<si/>"),
    "lines between": PLAIN.replace("><si", ">\n <si"),
    "a prefix": PLAIN.replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x="),
    "an attribute": PLAIN.replace("<si>", '<si xml:lang="en">', 1),
    "a comment": PLAIN.replace("<si>", "<!-- <si><t>none</t></si> --><si>", 1),
    "text that looks like an item": PLAIN.replace("<t>one", "<t><![CDATA[<si>one</si>]]>"),
    "an order": PLAIN.replace("<si>", "<?order <si> ?><si>", 1),
    "more after them": PLAIN.replace("</sst>", "<extLst><ext/></extLst></sst>"),
    "none": bare.texts(),
}


def expected(part: bytes) -> list[str]:
    """The texts by another reader of XML."""
    return [
        unescaped("".join(t.text or "" for t in (*item.findall("{*}t"),
                                                 *item.findall("{*}r/{*}t"))))
        for item in ElementTree.fromstring(part).findall("{*}si")
    ]  # fmt: skip


def read(data: bytes) -> list[str | None]:
    texts = SharedTexts(Package(data))
    return [texts.text(at) for at in range(len(texts.items) if texts.part else 0)]


@pytest.mark.parametrize("name", PARTS)
def test_each_text_has_its_number_however_the_part_is_written(name: str) -> None:
    data = bare.workbook({"Plan": bare.sheet("")}, shared=PARTS[name])
    assert read(data) == expected(PARTS[name].encode())


@pytest.mark.parametrize("name", PARTS)
def test_a_text_that_is_added_comes_after_all_others(name: str) -> None:
    book = bare.workbook({"Plan": bare.sheet('<row r="1"/>')}, shared=PARTS[name])
    done = patch(book, {"Plan": {"A1": "new"}}).data
    assert read(done) == [*expected(PARTS[name].encode()), "new"]


@pytest.mark.parametrize("number", ["9", "-1", "1.5", "x", "9" * 5_000, " 1 ", "&#49;"])
def test_a_cell_that_names_no_text_can_be_set(number: str) -> None:
    row = f'<row r="1"><c r="A1" t="s"><v>{number}</v></c></row>'
    package = Package(bare.workbook({"Plan": bare.sheet(row)}, shared=PLAIN))
    written = write_cells(package, "Plan", {(1, 1): "new"}, Wording.of(package))
    assert written.changed == {(1, 1)}


def test_so_it_is_with_the_workbooks_of_all_kinds_of_programs(shared: Path) -> None:
    found = sorted((shared / "corpus").glob("*.xls[xm]"))
    if not found:
        pytest.skip("no corpus in the shared folder")
    for path in found if EVERY else Random(2).sample(found, min(SAMPLE, len(found))):
        with suppress(MalformedError, UnfitError):  # the workbook is refused
            texts = SharedTexts(Package(path.read_bytes()))
            if texts.part:
                assert read(path.read_bytes()) == expected(texts.data), path.name


@pytest.mark.parametrize(
    ("text", "keeps"),
    [("new 1", False), ("On track", False), ("a  b", False), (" a", True), ("a ", True),
     ("a\nb", True), ("R&D <new> a>b", False), ("x_x0041_", False), ("_x000D_ b", False),
     ("Café", False), ("a\u00a0b", False), ("\x07bell", False), ("it's \"so\"", False)],
)  # fmt: skip
def test_a_text_goes_in_so_that_it_comes_out_the_same(text: str, keeps: bool) -> None:
    element = text_element("", text)
    read = ElementTree.fromstring(b'<x xmlns:xml="http://www.w3.org/XML/1998/namespace">'
                                  + element + b"</x>")[0]  # fmt: skip
    assert unescaped(read.text or "") == text
    assert bool(read.attrib) is keeps
