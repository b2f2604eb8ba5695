"""The description of `plan.toml`: whole, and the same in the README.

The reference in the README stands between ``<!-- definition -->`` and its end;
``python -m tests.plan.test_definition_tables --write`` writes it anew.
"""

from __future__ import annotations

import re
import sys

import pytest
from msgspec import Struct

from tests.conftest import ROOT
from xlplan.plan.accounted import RowRead
from xlplan.plan.definition import Field, PlanDefinition, Rating
from xlplan.plan.definition_tables import TABLES, reference
from xlplan.plan.keys import keys_of
from xlplan.plan.load import load_definition
from xlplan.plan.people import Group, Lead
from xlplan.plan.settings import PostSettings, Rule
from xlplan.plan.types import TYPES

README = ROOT / "README.md"
BLOCK = re.compile("<!-- definition -->\n(.*?)<!-- /definition -->", re.DOTALL)
KEYS = [(table, name) for table in TABLES.values() for name in table.keys]


def with_reference(text: str) -> str:
    """`text` with its reference of the definition as it should be."""
    block = f"<!-- definition -->\n{reference()}\n<!-- /definition -->"
    return BLOCK.sub(lambda _: block, text)


def test_the_reference_in_the_readme_is_that_of_the_program() -> None:
    found = BLOCK.search(README.read_text("utf-8"))
    assert found is not None, "README.md has no <!-- definition --> block"
    run = "python -m tests.plan.test_definition_tables --write"
    assert found[1].strip() == reference(), f"run: {run}"


def test_the_reference_is_written_between_its_markers() -> None:
    old = "before\n<!-- definition -->\nold\n<!-- /definition -->\nafter\n"
    new = with_reference(old)
    assert new.startswith("before\n<!-- definition -->\n| table |")
    assert new.endswith("|\n<!-- /definition -->\nafter\n")
    assert with_reference(new) == new


def test_every_key_has_a_row_of_five_cells_in_the_reference() -> None:
    rows = reference().splitlines()[2:]
    assert len(rows) == len(KEYS) + 1  # and [checks]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} == {7}


@pytest.mark.parametrize(
    ("table", "key", "row"),
    [
        ("field", "id", "| `[[field]]` | `id` | text in quotes | needed | names the column"),
        ("field", "owner", "| `owner` | `lead`, `coordinator` | `coordinator` | "),
        ("issue", "include_closed", "| `include_closed` | true or false | `true` | "),
        ("plan", "agreed", "| `agreed` | a date without quotes | | the day from which"),
        ("people", "separators", "| `/`, `;`, `,`, ` and `, `&`, `\\n` | what stands between"),
    ],
)
def test_a_row_shows_what_a_key_takes_and_what_holds_without_it(
    table: str, key: str, row: str
) -> None:
    assert key in TABLES[table].keys
    lines = [line.replace("|  |", "| |") for line in reference().splitlines()]
    assert [line for line in lines if row in line]


@pytest.mark.parametrize(("table", "name"), KEYS, ids=lambda each: getattr(each, "name", each))
def test_every_key_is_explained(table: object, name: str) -> None:
    key = getattr(table, "keys")[name]  # noqa: B009 # a table of any name
    assert key.help
    assert not key.help.endswith(".")
    assert "|" not in key.help, "it would break the table of the README"
    assert not key.allowed or key.noun, "a fault names what the value is not"


def test_every_type_of_field_is_explained() -> None:
    text = TABLES["field"].keys["type"].explain("type")
    assert [name for name, each in TYPES.items() if f"{name} ({each.about})" not in text] == []


def test_a_key_that_is_left_out_has_the_default_of_the_description() -> None:
    small = load_definition(
        "[plan]\nid = 'p'\ntitle = 'P'\n[[field]]\nid = 'ref'\nheading = 'Ref'\nrole = 'key'\n"
        "[[field]]\nid = 'action'\nheading = 'Action'\nrole = 'action'\n"
    )
    for part, table in (
        (small.fields[0], "field"), (small.issue, "issue"), (small.composite, "composite"),
        (small.board, "board"), (small.style, "style"), (small, "plan"), (small, "people"),
    ):  # fmt: skip
        for name, key in TABLES[table].keys.items():
            if not key.required and name != "role":
                assert getattr(part, name) == key.default, name


@pytest.mark.parametrize(
    "kind", [PlanDefinition, Field, Rating, Lead, Group, Rule, PostSettings, RowRead]
)
def test_the_keys_of_a_struct_are_read_and_not_compiled(kind: type[Struct]) -> None:
    """Each command reads `plan.toml`: of annotations that are texts it would compile hundreds."""
    assert keys_of(kind)
    assert [name for name, hint in kind.__annotations__.items() if isinstance(hint, str)] == []


def test_no_part_of_a_definition_is_left_out_of_the_tables() -> None:
    """A field of the definition is a key, or has a table of its own."""
    named = {name for table in ("plan", "people") for name in TABLES[table].keys}
    own = {"fields": "field", "ratings": "rating", "leads": "lead", "groups": "group",
           "rules": "rule",
           "rollups": "rollup", "counts": "count", "issue": "issue", "composite": "composite",
           "style": "style", "post": "post", "master": "master", "board": "board",
           "sections": "section", "sheets": "sheet", "rows": "row",
           "sign_offs": "sign_off"}  # fmt: skip
    assert set(own.values()) <= TABLES.keys()
    assert set(PlanDefinition.__struct_fields__) == named | own.keys() | {
        "checks",
        "tongue",
    }


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        README.write_text(with_reference(README.read_text("utf-8")), "utf-8")
    else:
        print(reference())
