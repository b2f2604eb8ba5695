"""A package's list of parts, read quickly and by the library; and packages made for readers."""

from __future__ import annotations

import io
import zipfile

from hypothesis import given
from hypothesis import strategies as st

from tests import attacks
from xlplan.workbook.read.bounds import Refused
from xlplan.workbook.read.listing import Part, any_list, usual_list
from xlplan.workbook.read.parts import checked_package

NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\\\0"), min_size=1, max_size=12)
PARTS = st.dictionaries(NAMES.filter(lambda name: name.isprintable()), st.binary(max_size=60))


def by_library(data: bytes) -> tuple[list[Part], int] | None:
    try:
        return any_list(data)
    except Refused:
        return None


@given(PARTS)
def test_a_usual_list_is_read_as_the_library_reads_it(parts: dict[str, bytes]) -> None:
    data = attacks.package(parts)
    assert usual_list(data) == by_library(data) is not None


@given(st.data())
def test_a_list_that_was_tampered_with_is_never_read_otherwise(data: st.DataObject) -> None:
    """One byte of the list changed: it is read the same way, or left to the library."""
    package = bytearray(attacks.workbook())
    begins = any_list(bytes(package))[1]
    at = data.draw(st.integers(begins, len(package) - 1))
    package[at] = data.draw(st.integers(0, 255))
    found = usual_list(bytes(package))
    assert found is None or found == by_library(bytes(package))


def test_a_list_of_a_newer_format_is_left_to_the_library() -> None:
    package = bytearray(attacks.workbook())
    package[any_list(bytes(package))[1] + 6] = 99
    assert usual_list(bytes(package)) is None


def test_a_list_with_a_remark_is_left_to_the_library() -> None:
    target = io.BytesIO(attacks.workbook())
    with zipfile.ZipFile(target, "a") as book:
        book.comment = b"made by hand"
    assert usual_list(target.getvalue()) is None
    assert by_library(target.getvalue()) is not None


@given(PARTS)
def test_a_package_made_of_checked_parts_holds_these_and_nothing_else(
    parts: dict[str, bytes],
) -> None:
    with zipfile.ZipFile(io.BytesIO(checked_package(parts))) as package:
        assert package.testzip() is None
        assert {info.orig_filename: package.read(info) for info in package.infolist()} == parts
