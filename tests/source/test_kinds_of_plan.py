"""Plans of many kinds, each small: how many actions, under which headings, of what title."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.text_sheets import book, sheet
from xlplan.source.importing import read_source

KINDS = {
    part.partition("\n")[0]: part.partition("\n")[2]
    for part in (Path(__file__).parent / "kinds_of_plan.txt").read_text("utf-8").split("\n== ")[1:]
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_plan_of_this_kind_is_read_as_its_office_reads_it(kind: str) -> None:
    facts, *sheets = KINDS[kind].strip("\n").split("\n-- ")
    expected = dict(line.split(": ", 1) for line in facts.split("\n"))
    tables = [text.partition("\n") for text in sheets]
    source = read_source(book(*(sheet(rows, name) for name, _, rows in tables)), plan_id="p")
    roles: dict[str, str] = {}
    for item in source.definition.fields_of("action"):
        if item.id in source.columns or item.role == "rating":
            roles.setdefault(item.role, " ".join(item.heading.split()))
    assert {"actions": str(len(source.rows)), "title": source.definition.title} == {
        key: expected.pop(key) for key in ("actions", "title")
    }
    closed = [rating.code for rating in source.definition.ratings if rating.closed]
    assert expected.pop("closed", ", ".join(closed)) == ", ".join(closed)
    assert {role: roles.get(role) for role in expected} == expected
    assert len(source.guesses) <= 12
