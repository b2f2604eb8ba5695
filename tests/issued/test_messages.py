"""What a template says while it is filled in: evaluated by a real LibreOffice, without macros."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from msgspec.structs import replace
from openpyxl.utils import get_column_letter

from tests import outgoing
from tests.office import Empty, Formula, Office, Sort, Step, Type, Unprotect
from tests.outgoing import FIELDS
from xlplan.issued.rules import issued_dates
from xlplan.issued.template import template_workbook
from xlplan.merge.model import MasterRow
from xlplan.plan.definition import Field, PlanDefinition
from xlplan.plan.settings import IssueSettings
from xlplan.workbook.stamp import parse_row_key
from xlplan.workbook.write.writing import write_workbook

REASON = Field("reason", 'Why "it" moved', role="reason", owner="lead")
TABLE = outgoing.plan(fields=(*FIELDS[:6], REASON, *FIELDS[6:]))
FORM = replace(TABLE, issue=IssueSettings(layout="form"))
DATED = outgoing.plan(
    fields=(*FIELDS[:5], replace(FIELDS[5], type="date"), REASON, *FIELDS[7:])
)  # fmt: skip
NOTHING = "Nothing that must be filled in is blank."


def template(definition: PlanDefinition, given: list[MasterRow]) -> bytes:
    book = template_workbook(
        definition, outgoing.DIRECTOR, outgoing.issued(), given, outgoing.KEY, outgoing.CREATED
    )
    return write_workbook(book)


class Sheet:
    """Where things are on the sheet "Update", by row of the plan and id of a field."""

    def __init__(self, data: bytes) -> None:
        self.update: Any = openpyxl.load_workbook(io.BytesIO(data))["Update"]
        self.where: dict[tuple[str, str], str] = {}
        self.message = ""
        ids: dict[int, str] = {}
        for line in self.update.iter_rows():
            texts = [cell.value for cell in line]
            found = {n: str(t)[6:] for n, t in enumerate(texts) if str(t).startswith("field:")}
            key = parse_row_key(texts[0])
            if key is None:
                ids = found or ids
            elif found:  # a line of a form: the box is two to the right of its id
                self.where[key.uid, found[1]] = line[3].coordinate
            else:
                self.where |= {(key.uid, name): line[n].coordinate for n, name in ids.items()}
            self.message = next((c.coordinate for c in line if c.data_type == "f"), self.message)

    def formula(self, at: str) -> str:
        """The condition of the first flag on a cell, for the cell it was written for."""
        for area in self.update.conditional_formatting:
            if str(area.sqref).replace(":", " ").split(" ")[0] == at:
                first = min(area.rules, key=lambda rule: rule.priority)
                # LibreOffice's own English has semicolons between arguments.
                return f"={first.formula[0]}".replace(",", ";")
        raise LookupError(at)


@pytest.fixture
def rows() -> list[MasterRow]:
    return outgoing.rows(3)


def shown(office: Office, tmp_path: Path, data: bytes, steps: Sequence[Step]) -> dict[str, str]:
    path = tmp_path / "sent.xlsx"
    path.write_bytes(data)
    return office.edit(path, tmp_path / "back.xlsx", steps)["Update"]


@pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])
def test_required_cells_that_are_blank_are_counted(
    definition: PlanDefinition, rows: list[MasterRow], office: Office, tmp_path: Path
) -> None:
    data = template(definition, rows)
    at = Sheet(data)
    assert at.update.parent.active.title == "Update"
    assert shown(office, tmp_path, data, [])[at.message] == NOTHING
    first, second = at.where[rows[0].uid, "rating"], at.where[rows[1].uid, "due"]
    steps = [Empty(f"Update!{first}"), Empty(f"Update!{second}")]
    said = shown(office, tmp_path, data, steps)[at.message]
    assert "Still to be filled in" in said
    assert said.split(": ")[1].split(" ")[0] == "2"


def test_the_message_is_there_before_any_program_has_worked_it_out(rows: list[MasterRow]) -> None:
    given = [replace(rows[0], values={**rows[0].values, "rating": None}), *rows[1:]]
    data = template(TABLE, given)
    cached = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Update"]
    assert str(cached[Sheet(data).message].value).endswith(": 1")


@pytest.mark.parametrize("definition", [TABLE, DATED], ids=["timescale", "date"])
@pytest.mark.parametrize("sort", [False, True], ids=["as sent", "sorted"])
def test_a_date_that_moved_without_a_reason_is_flagged_until_there_is_one(
    definition: PlanDefinition, sort: bool, rows: list[MasterRow], office: Office, tmp_path: Path
) -> None:
    if definition is DATED:
        days = (date(2027, 6, 30), None, date(2027, 9, 30))
        rows = [replace(r, values={**r.values, "due": d}) for r, d in zip(rows, days, strict=True)]
    else:
        rows[1] = replace(rows[1], values={**rows[1].values, "due": None})
    data = template(definition, rows)
    at = Sheet(data)
    cells = [at.where[row.uid, "due"] for row in rows]
    reasons = [at.where[row.uid, "reason"] for row in rows]
    flag = at.formula(cells[0])
    assert at.formula(reasons[0]) == flag
    # The first date moves, the second is given for the first time, the third stays.
    moves: list[Step] = [
        Type(f"Update!{cells[0]}", "30 September 2028"),
        Type(f"Update!{cells[1]}", "30 September 2028"),
        Unprotect("Update"),
    ]
    if sort:
        first, last = int(cells[0].lstrip("ABCDEFGH")), int(cells[2].lstrip("ABCDEFGH"))
        area = f"A{first}:{get_column_letter(at.update.max_column)}{last}"
        moves.append(Sort(f"Update!{area}", 2))
    number = cells[0].lstrip("ABCDEFGH")
    probes: list[Step] = [
        Formula(f"Update!AZ{int(number) + n}", flag.replace(f"${cells[0]}", f"${cells[n]}")
                .replace(f"$A{number}", f"$A{int(number) + n}")
                .replace(f"${reasons[0]}", f"${reasons[n]}"))
        for n in range(3)
    ]  # fmt: skip
    found = shown(office, tmp_path, data, [*moves, *probes])
    flagged = {found[cells[n]] + found[f"B{int(number) + n}"]: found[f"AZ{int(number) + n}"]
               for n in range(3)}  # fmt: skip
    assert sorted(flagged.values()) == ["FALSE", "FALSE", "TRUE"]
    [moved] = [place for place, said in flagged.items() if said == "TRUE"]
    assert moved.endswith(rows[0].ref)
    assert 'Dates that moved without a "Why "it" moved": 1' in found[at.message]
    why: Step = Type(f"Update!{reasons[0]}", "A supplier withdrew.")
    later = shown(office, tmp_path, data, [*moves[:2], why, *moves[2:], *probes])
    assert [later[f"AZ{int(number) + n}"] for n in range(3)] == ["FALSE"] * 3
    assert later[at.message] == NOTHING


def test_in_a_form_each_action_has_its_own_flag(
    rows: list[MasterRow], office: Office, tmp_path: Path
) -> None:
    data = template(FORM, rows)
    at = Sheet(data)
    due, reason = (at.where[rows[0].uid, name] for name in ("due", "reason"))
    flag = at.formula(due)
    assert at.formula(reason) == flag
    probe = Formula("Update!H2", flag)
    assert shown(office, tmp_path, data, [probe])["H2"] == "FALSE"
    moved: list[Step] = [Type(f"Update!{due}", "May 2029"), Unprotect("Update"), probe]
    assert shown(office, tmp_path, data, moved)["H2"] == "TRUE"
    why = Type(f"Update!{reason}", "A supplier withdrew.")
    assert shown(office, tmp_path, data, [why, *moved])["H2"] == "FALSE"


def test_input_messages_say_what_must_not_be_blank(rows: list[MasterRow]) -> None:
    data = template(TABLE, rows)
    at = Sheet(data)
    rules = {str(r.sqref).split(":")[0]: r for r in at.update.data_validations.dataValidation}
    said = {name: rules[at.where[rows[0].uid, name]].prompt for name in ("due", "rating", "reason")}
    assert "must not be left blank" in said["due"]
    assert "must not be left blank" in said["rating"]
    assert 'Needed when "Timescale" moves.' in said["reason"]
    assert all(len(text) <= 255 for text in said.values())


def test_what_was_issued_is_listed_by_the_signature_of_its_row() -> None:
    signed = [("xr1.t-0a.u-1." + "a" * 16, date(2027, 6, 30)), ("xr1.t-0a.u-2." + "b" * 16, None)]
    # 30 June 2027 is day 46,568 of a spreadsheet that counts 30 December 1899 as day 0.
    assert issued_dates(signed) == ("a" * 16 + "|46568",)


@pytest.mark.parametrize("definition", [TABLE, FORM], ids=["table", "form"])
def test_the_message_leads_to_the_first_cell_that_is_open(
    definition: PlanDefinition, rows: list[MasterRow], office: Office, tmp_path: Path
) -> None:
    data = template(definition, rows)
    at = Sheet(data)
    formula = str(at.update[at.message].value)
    target = formula.split("HYPERLINK(", 1)[1].split(',"\u26a0', 1)[0].split(",IF((", 1)[0]
    probe = Formula("Update!AZ2", f"={target}".replace(",", ";"))
    rating, due = at.where[rows[1].uid, "rating"], at.where[rows[2].uid, "due"]
    steps: list[Step] = [Empty(f"Update!{due}"), Empty(f"Update!{rating}"), Unprotect("Update")]
    found = shown(office, tmp_path, data, [*steps, probe])
    letters = rating.rstrip("0123456789")
    assert found["AZ2"] == f"#'Update'!${letters}${rating.removeprefix(letters)}"
    assert "in orange: 2" in found[at.message]
