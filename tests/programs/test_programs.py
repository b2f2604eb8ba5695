"""Edits that other programs write: each comes back as what its cell shows, or is asked about.

No edit is misread, none is invented, no file is refused, and a file that a program only opened and
saved changes nothing and asks nothing; MATRIX.md has what the programs themselves alter.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from tests.conftest import IN_CI
from tests.office import Office
from tests.programs.awkward import EDITS
from tests.programs.every_type import LAYOUTS, Template, make_template
from tests.programs.matrix import (
    PAGE,
    UNREADABLE,
    Tried,
    count_lines,
    section,
    try_program,
    unread,
    unread_section,
)
from tests.programs.program import Program
from tests.programs.verdicts import FAULTS
from tests.programs.writers import PROGRAMS, SHEETJS, libreoffice


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Template]:
    return {
        layout: make_template(tmp_path_factory.mktemp("plans") / layout, layout)
        for layout in LAYOUTS
    }


@pytest.fixture(scope="module", params=PROGRAMS)
def tried(
    request: pytest.FixtureRequest,
    templates: Mapping[str, Template],
    tmp_path_factory: pytest.TempPathFactory,
) -> Sequence[Tried]:
    program = PROGRAMS[request.param]
    must_be_here(program)
    return try_program(program, templates, tmp_path_factory.mktemp("written"))


def must_be_here(program: Program) -> None:
    """Skip a test of a program that is not installed; in CI it must be."""
    if reason := program.missing():
        if program.everywhere and (IN_CI or os.environ.get("XLPLAN_REQUIRE_PROGRAMS")):
            pytest.fail(reason)
        pytest.skip(reason)


def faults(tried: Sequence[Tried]) -> list[str]:
    """What may not be, as lines."""
    return [
        f"{each.program} {each.format} {each.layout}: {one.verdict}: {one.name}: {one.why}"
        for each in tried
        for one in [*(one for one in each.edits if one.verdict in FAULTS), *each.untouched]
    ]


def stale(tried: Sequence[Tried]) -> list[str]:
    """What the page lacks of a program in this version; nothing of another version."""
    text = PAGE.read_text("utf-8")
    if f"### {tried[0].program} {tried[0].version}\n" not in text:
        return []
    lines = [f"{line}\n" for line in count_lines(tried)]
    return [part for part in (*lines, section(tried)) if part not in text]


def test_no_edit_is_misread_or_invented_and_no_file_refused(tried: Sequence[Tried]) -> None:
    assert faults(tried) == []
    assert all(len(each.edits) > len(EDITS) * 3 // 4 for each in tried)


def test_the_page_is_current(tried: Sequence[Tried]) -> None:
    assert stale(tried) == [], "run python -m tests.programs --write"


def test_libreoffice(office: Office, templates: Mapping[str, Template], tmp_path: Path) -> None:
    tried = try_program(libreoffice(office), templates, tmp_path)
    assert faults(tried) == []
    assert all(len(each.edits) == len(EDITS) for each in tried)
    assert stale(tried) == [], "run python -m tests.programs --write"


def test_what_stays_unreadable_is_called_what_it_is_with_what_to_do(
    templates: Mapping[str, Template], tmp_path: Path
) -> None:
    must_be_here(SHEETJS)
    found = unread(templates["table"], tmp_path)
    assert {suffix: code for suffix, (code, _) in found.items()} == UNREADABLE
    assert all("save it as an Excel workbook (.xlsx)" in text for _, text in found.values())
    assert unread_section(found) in PAGE.read_text("utf-8"), "run python -m tests.programs --write"
