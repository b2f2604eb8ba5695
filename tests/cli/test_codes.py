"""Codes that no other test raises; a whole run raises every code, see `tests/raised.py`."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import ROOT
from tests.paper import Office
from xlplan.cycle.demo import EXAMPLE, demo
from xlplan.errors import Problem, XlplanError
from xlplan.merge.asks import Answer
from xlplan.merge.decisions import facts_of
from xlplan.plan.values import Invalid
from xlplan.source.account import MOST_NOTES
from xlplan.source.importing import read_source
from xlplan.workbook.read.read_book import read_book


@pytest.mark.parametrize(
    ("typed", "code", "shown"),
    [("formula:B5&C5", "VAL-009", "=B5&C5"), ("error:#REF!", "VAL-008", "#REF!")],
)
def test_a_cell_that_holds_no_typed_value(typed: str, code: str, shown: str) -> None:
    office = Office()
    office.give_back(office.issue("Ann"), {("a-1", "progress"): typed})
    [question] = office.questions()
    [candidate] = question.candidates
    assert isinstance(candidate.value, Invalid)
    assert candidate.value.code == code
    assert shown in candidate.value.message
    assert "Enter the value itself." in candidate.value.message


@pytest.mark.parametrize(("other", "shown"), [(None, "No lead"), ("Zoe", '"Zoe"')])
def test_a_row_is_transferred_to_a_lead_or_not_at_all(other: str | None, shown: str) -> None:
    office = Office()
    office.give_back(office.issue("Ann"), missing=["a-2"])
    [question] = office.questions()
    found = facts_of(office.state, question, Answer("Transfer", other))
    assert isinstance(found, Problem)
    assert (found.code, found.action) == ("DEC-005", "1.2")
    assert shown in found.message


def test_of_a_sheet_that_is_no_table_of_the_plan_the_first_lines_are_kept() -> None:
    book = openpyxl.Workbook()
    plan = book.worksheets[0]
    for row in (("Ref", "Action", "Lead", "RAG"), ("1", "Mend the hull", "Ada", "Green"),
                ("2", "Paint it", "Ben", "Red")):  # fmt: skip
        plan.append(row)
    diary = book.create_sheet("Diary")
    for number in range(MOST_NOTES + 1):
        diary.append((f"On day {number} nothing much was seen to happen by anybody at all.",))
    out = io.BytesIO()
    book.save(out)
    source = read_source(read_book(out.getvalue(), "plan.xlsx", detail=True), plan_id="plan")
    [problem] = [each for each in source.problems if each.code == "NEW-007"]
    assert problem.where == "plan.xlsx!Diary"
    assert f"{MOST_NOTES + 1} lines" in problem.message


def test_an_example_whose_answer_has_no_question(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    examples = tmp_path / "examples"
    shutil.copytree(ROOT / "examples" / EXAMPLE, examples / EXAMPLE)
    with (examples / EXAMPLE / "returns.toml").open("a", encoding="utf-8") as script:
        script.write('\n[[decision]]\naction = "99.9"\nfield = "rating"\nchoice = "Red"\n')
    monkeypatch.setattr("xlplan.cycle.demo.shipped", lambda _: examples)
    with pytest.raises(XlplanError) as caught:
        demo(tmp_path / "plan", lambda _: None)
    [problem] = caught.value.problems
    assert problem.code == "DEMO-001"
    assert "99.9" in problem.message
