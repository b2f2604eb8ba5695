"""A regular expression of `xlplan.late` is that of the standard library, only later."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import xlplan
from xlplan import late
from xlplan.late import regex


def test_an_expression_is_compiled_when_it_is_first_used() -> None:
    found = regex(r"(?P<day>\d+)\.", re.MULTILINE)
    assert vars(found) == {"_made": (r"(?P<day>\d+)\.", re.MULTILINE)}
    match = found.search("on 12. May")
    assert match is not None
    assert match["day"] == "12"
    assert (found.pattern, found.groupindex) == (r"(?P<day>\d+)\.", {"day": 1})
    assert regex(rb"a+").sub(b"b", b"caat") == b"cbt"
    with pytest.raises(re.error):
        regex("(").search("a")


def house() -> Iterator[object]:
    """Everything that the modules of the house name."""
    for found in pkgutil.walk_packages(xlplan.__path__, "xlplan."):
        yield from vars(importlib.import_module(found.name)).values()


def test_every_expression_of_the_house_can_be_compiled() -> None:
    tried = 0
    for each in house():
        for found in each if isinstance(each, tuple) else (each,):
            if isinstance(found, late._Late):
                assert isinstance(found.groups, int)
                tried += 1
    assert tried > 300
