"""A package's parts as the gate opens them; and packages made for readers."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import attacks
from xlplan.workbook.read.inbox import DEFAULT, Refused
from xlplan.workbook.read.parts import checked_package, inflate, open_package, open_parts

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
