"""A package's parts as the gate opens them; and packages made for readers."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import attacks
from tests.documents import SPACES
from xlplan.plan.text import canon_text
from xlplan.workbook.read.inbox import DEFAULT, Refused
from xlplan.workbook.read.parts import (
    as_xml_allows,
    checked_package,
    flat_parts,
    in_usual_code,
    inflate,
    open_package,
    open_parts,
)
from xlplan.workbook.read.read_book import read_book

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\\\0"), min_size=1, max_size=12)
PARTS = st.dictionaries(NAMES.filter(lambda name: name.isprintable()), st.binary(max_size=60))


def opened(data: bytes) -> dict[str, bytes]:
    """Every part's bytes as the gate inflates them."""
    package = open_package(data, DEFAULT)
    return {info.filename: inflate(package, info) for info in package.infolist()}


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        open_parts(open_package(data, DEFAULT))
    return refused.value.refusal.code


UNSEEN = "before\x0bmiddle\x01\x1f&#11;after&#x0;&#x1F;&#10;end&#13;"


def test_signs_that_xml_does_not_allow_cost_no_file() -> None:
    text = f"<is><t>{UNSEEN}</t></is>"
    shared = attacks.with_texts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', [UNSEEN])
    inline = attacks.workbook(f'<row r="1"><c r="A1" t="inlineStr">{text}</c></row>')
    cell = f'office:value-type="string"><text:p>{UNSEEN}</text:p>'
    row = f"<table:table-row><table:table-cell {cell}</table:table-cell></table:table-row>"
    for data in (shared, inline, attacks.ods(row)):
        book = read_book(data, "plan")
        assert book.problems == ()
        value = book.sheets[0].rows[0][0]
        assert canon_text(str(value)) == "before\nmiddle\nafter\nend"


def test_what_a_sign_hides_is_seen_by_the_gate() -> None:
    hidden = attacks.sheet_xml().replace("<worksheet", "<!DOC\x01TYPE x><worksheet", 1)
    assert refusal(attacks.with_part("xl/worksheets/sheet1.xml", hidden)) == "GATE-009"
    flat = f"<!DOC\x01TYPE x><office:document {SPACES}/>".encode()
    with pytest.raises(Refused) as refused:
        flat_parts(flat)
    assert refused.value.refusal.code == "GATE-009"


def test_a_part_in_two_bytes_a_letter_is_left_as_it_is() -> None:
    content = "<?xml version='1.0'?><a/>".encode("utf-16")
    assert as_xml_allows(content) == content
    assert as_xml_allows(content[2:]) == content[2:]


def test_parts_in_other_codes_are_read() -> None:
    text = "Café, “half” done"
    for code, says in (
        ("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("utf-16-be", "utf-16"),
        ("cp1252", "windows-1252"), ("latin-1", "ISO-8859-1"), ("utf-8", "utf-16"),
        ("utf-8-sig", "UTF-8"),
    ):  # fmt: skip
        shown = text.encode(code, "replace").decode(code).removeprefix("\ufeff")
        parts = attacks.parts(
            f'<row r="1"><c r="A1" t="inlineStr"><is><t>{shown}</t></is></c></row>'
        )
        for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            bare = str(parts[name]).partition("?>")[2] or str(parts[name])
            parts[name] = f'<?xml version="1.0" encoding="{says}"?>{bare}'.encode(code)
        book = read_book(attacks.package(parts), "plan.xlsx")
        assert (book.problems, list(book.sheets[0].rows[0])) == ((), [shown]), (code, says)


def test_a_document_type_is_seen_in_any_code() -> None:
    for code in ("utf-16", "utf-16-le", "utf-16-be"):
        hidden = f"<?xml version='1.0' encoding='utf-16'?><!DOCTYPE a>{attacks.sheet_xml()[38:]}"
        part = hidden.encode(code)
        assert refusal(attacks.with_part("xl/worksheets/sheet1.xml", part)) == "GATE-009"


def test_a_code_that_is_not_known_or_not_kept_to_leaves_the_part_as_it_is() -> None:
    for content in (
        b'<?xml version="1.0" encoding="rot13"?><a/>',
        b'<?xml version="1.0" encoding="utf-8"?>\xff',
        b'<?xml version="1.0" encoding="us-ascii"?>\xff', b"<a/>", b"", b"<\0a",
    ):  # fmt: skip
        assert in_usual_code(content) == content


@given(st.data())
def test_a_package_that_was_tampered_with_is_refused_or_holds_what_it_held(
    data: st.DataObject,
) -> None:
    """One byte changed anywhere: no part's bytes become others."""
    whole = attacks.workbook()
    package = bytearray(whole)
    at = data.draw(st.integers(0, len(package) - 1))
    package[at] = data.draw(st.integers(0, 255))
    try:
        found = opened(bytes(package))
    except Refused:
        return
    assert set(found.values()) <= set(opened(whole).values())


def test_a_part_longer_than_it_says_is_refused_though_its_checksum_agrees() -> None:
    data = attacks.understated()
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None  # the library itself stops where the part says it ends
    assert refusal(data) == "GATE-005"


def test_a_part_with_another_name_in_its_own_header_is_refused() -> None:
    data = bytearray(attacks.workbook())
    data[data.index(b"xl/workbook.xml")] = ord("y")
    assert refusal(bytes(data)) == "GATE-010"


def test_a_part_that_needs_a_password_is_refused() -> None:
    data = bytearray(attacks.workbook())
    listed = zipfile.ZipFile(io.BytesIO(bytes(data))).start_dir
    data[listed + 8] |= 1
    assert refusal(bytes(data)) == "GATE-006"


def test_a_part_packed_in_an_unknown_way_is_refused() -> None:
    data = bytearray(attacks.workbook())
    listed = zipfile.ZipFile(io.BytesIO(bytes(data))).start_dir
    data[listed + 10] = 12  # bzip2
    assert refusal(bytes(data)) == "GATE-010"


def test_an_archive_with_a_remark_or_something_before_it_is_read() -> None:
    target = io.BytesIO(attacks.workbook())
    with zipfile.ZipFile(target, "a") as book:
        book.comment = b"made by hand"
    assert opened(target.getvalue()) == opened(attacks.workbook())
    assert opened(b"PK\x03\x04" + attacks.workbook()) == opened(attacks.workbook())


@given(PARTS)
def test_a_package_made_of_checked_parts_holds_these_and_nothing_else(
    parts: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(io.BytesIO(checked_package(parts))) as package:
        assert package.testzip() is None
        assert {info.orig_filename: package.read(info) for info in package.infolist()} == parts
