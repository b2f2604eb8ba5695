from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import attacks
from xlplan.cycle.new import new
from xlplan.errors import XlplanError
from xlplan.workbook import pool
from xlplan.workbook.book import Book
from xlplan.workbook.gate import Bounds


def die(_data: bytes, _name: str, _bounds: Bounds) -> Book:
    os._exit(1)


def test_a_spreadsheet_that_kills_its_reader_is_a_problem_and_no_end_of_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "plan.xlsx"
    source.write_bytes(attacks.workbook())
    monkeypatch.setattr(pool, "read_one_in_detail", die)
    with pytest.raises(XlplanError) as raised:
        new(tmp_path / "plan", source)
    assert [problem.code for problem in raised.value.problems] == ["GATE-025"]
    assert [path.name for path in tmp_path.iterdir()] == ["plan.xlsx"]
