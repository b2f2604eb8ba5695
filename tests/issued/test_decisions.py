"""`decisions.xlsx`: one row a question, with its own choices."""

from __future__ import annotations

import io

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook as Opened
from openpyxl.worksheet.worksheet import Worksheet

from tests.outgoing import CREATED, DIRECTOR, KEY, LONG, OTHER, issued, plan
from xlplan.errors import Problem
from xlplan.issued.decisions_book import (
    COLUMNS,
    FIRST_ROW,
    HEADING_ROW,
    UNUSED,
    decisions_workbook,
)
from xlplan.merge.kinds import Kind
from xlplan.merge.model import Candidate, Place, Question, Unused
from xlplan.plan.values import Value
from xlplan.workbook.stamp import check_row_key, parse_row_key, read_manifest
from xlplan.workbook.write.writing import write_workbook

HOUSING = Place("Director of Housing.xlsx", "Update", "J7")
LEARNING = Place("Adult Learning.xlsx", "Update", "J9")


def question(
    number: int,
    kind: Kind = Kind.CONFLICT,
    action: str = "3.1",
    field: str = "rating",
    candidates: tuple[Candidate, ...] = (),
    choices: tuple[str, ...] = ("A", "R", "Keep current", "Other"),
    now: Value = "G",
) -> Question:
    return Question(
        f"q-{number:012x}", kind, f"u-{action}" if action else "", action, field, "G", now,
        candidates or (
            Candidate("A", "A", DIRECTOR.name, HOUSING), Candidate("R", "R", OTHER.name, LEARNING),
        ),
        frozenset(), choices,
    )  # fmt: skip


def opened(*questions: Question) -> Opened:
    book = decisions_workbook(plan(), issued("decisions"), questions, KEY, CREATED)
    return openpyxl.load_workbook(io.BytesIO(write_workbook(book)))


def sheet(wb: Opened, name: str = "Decisions") -> Worksheet:
    found = wb[name]
    assert isinstance(found, Worksheet)
    return found


def line(ws: Worksheet, number: int = 0) -> dict[str, object]:
    names = [name for name, _, _ in COLUMNS]
    return dict(zip(names, [c.value for c in ws[FIRST_ROW + 1 + number]][1:], strict=True))


def test_a_question_says_what_stands_what_came_back_who_and_where_from() -> None:
    ws = sheet(opened(question(1, now="B")))
    found = line(ws)
    assert (found["action"], found["field"]) == ("3.1", "Rating")
    assert (found["base"], found["master"]) == ("G", "B")
    assert '"Rating"' in str(found["question"])
    for wanted in (DIRECTOR.name, OTHER.name, HOUSING.file, "J7", LEARNING.file, "J9"):
        assert wanted in str(found["candidates"])
    assert [found[name] for name in ("decision", "other", "why")] == [None] * 3
    assert [c.value for c in ws[HEADING_ROW]][1:] == [f"field:{name}" for name, _, _ in COLUMNS]


def test_only_the_three_answers_are_unlocked() -> None:
    ws = sheet(opened(question(1), question(2)))
    open_ = [
        name
        for (name, _, _), cell in zip(COLUMNS, ws[FIRST_ROW + 1][1:], strict=True)
        if not cell.protection.locked
    ]
    assert open_ == ["decision", "other", "why"]
    assert ws.protection.sheet


def test_rows_carry_signed_keys_and_the_book_its_stamp() -> None:
    wb = opened(question(1), question(2))
    ws = sheet(wb)
    for number in (1, 2):
        found = parse_row_key(ws.cell(FIRST_ROW + number, 1).value)
        assert found is not None
        assert found.uid == f"q-{number:012x}"
        assert check_row_key(KEY, found)
    texts = [str(c.value) for row in sheet(wb, "xlplan").iter_rows() for c in row]
    [stamp] = [f for text in texts if (f := read_manifest(KEY, text)) is not None]
    assert stamp.genuine
    assert stamp.payload["document"] == "decisions"


def test_each_question_offers_its_own_choices_from_a_range() -> None:
    many = tuple(f"{n}. {'a long choice ' * 4}" for n in range(12))
    wb = opened(question(1), question(2, choices=many), question(3))
    ws = sheet(wb)
    offered = []
    for rule in sorted(ws.data_validations.dataValidation, key=lambda r: str(r.sqref)):
        name, cells = str(rule.formula1).lstrip("=").split("!")
        found = sheet(wb, name)[cells.replace("$", "")]
        offered.append(tuple(row[0].value for row in found))
    assert offered == [question(1).choices, many, question(3).choices]


def test_questions_of_one_action_stand_together() -> None:
    ws = sheet(
        opened(question(1, action="3.2"), question(2, action="3.10"), question(3, action="3.2"))
    )
    assert [line(ws, n)["action"] for n in range(3)] == ["3.2", "3.2", "3.10"]
    fills = [ws.cell(FIRST_ROW + n, 2).fill.fgColor.rgb for n in (1, 2, 3)]
    assert fills[0] == fills[1] != fills[2]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.choices])
def test_every_kind_of_question_is_asked_in_a_sentence(kind: Kind) -> None:
    asked = str(line(sheet(opened(question(1, kind))))["question"])
    assert asked[0].isupper() or asked[0] == '"'
    assert asked.endswith("?")
    assert "{" not in asked


def test_a_proposed_row_shows_its_values() -> None:
    text = "Action: Open the centre\nTimescale: June 2027"
    proposal = Candidate(None, text, DIRECTOR.name, HOUSING)
    found = line(sheet(opened(question(1, Kind.ADDED, "", "", (proposal,), now=None))))
    assert "Open the centre" in str(found["candidates"])
    assert "June 2027" in str(found["candidates"])
    assert found["master"] is None


def test_an_answer_that_could_not_be_used_stands_as_typed_with_the_reason_beside_it() -> None:
    reason = Problem("DEC-003", "decisions.xlsx!Decisions!I6", "No such rating.")
    typed = Unused(question(2).id, "Other", "=Puce", "agreed", HOUSING, reason)
    book = decisions_workbook(
        plan(),
        issued("decisions"),
        [question(1), question(2)],
        KEY,
        CREATED,
        {typed.question: typed},
    )
    ws = sheet(openpyxl.load_workbook(io.BytesIO(write_workbook(book))))
    rows = [[c.value for c in ws[FIRST_ROW + n]][7:] for n in (0, 1, 2)]
    assert rows == [
        ["Your decision", "Other value", "Why", UNUSED[1]],
        [None, None, None, None],
        ["Other", "=Puce", "agreed", "No such rating. [DEC-003]"],
    ]
    assert ws.cell(FIRST_ROW + 2, 9).data_type == "s"
    assert [c.protection.locked for c in ws[FIRST_ROW + 2]][7:] == [False, False, False, True]


@pytest.mark.parametrize("text", ["=1+1", "- done", "@x", "mailto:a@b.c", "<r>x</r>"])
def test_hostile_text_stays_text(text: str) -> None:
    candidate = Candidate(text, text, text, Place(text, text, text))
    wb = opened(question(1, candidates=(candidate,), choices=(text, "Other"), now=text))
    for name in wb.sheetnames:
        for row in sheet(wb, name).iter_rows():
            assert all(c.data_type != "f" and c.hyperlink is None for c in row)
    assert line(sheet(wb))["master"] == text


def test_long_candidates_have_room_and_the_bytes_are_the_same_again() -> None:
    long = Candidate(LONG * 3, LONG * 3, DIRECTOR.name, HOUSING)
    given = [question(1, candidates=(long, long))]
    book = decisions_workbook(plan(), issued("decisions"), given, KEY, CREATED)
    short = decisions_workbook(plan(), issued("decisions"), [question(1)], KEY, CREATED)
    assert book.sheets[0].rows[FIRST_ROW].height > short.sheets[0].rows[FIRST_ROW].height
    again = decisions_workbook(plan(), issued("decisions"), given, KEY, CREATED)
    assert write_workbook(book) == write_workbook(again)
