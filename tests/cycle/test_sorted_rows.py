"""Rows that a person sorted without their hidden keys, in a whole cycle: one question."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter

from tests import small
from tests.office import Office, Sort, Type, Unprotect
from tests.small import CYCLE
from xlplan.cli.main import run
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.write.filling import key_rows

LEAD = "Head of Parks"
RATINGS = ("Green", "Amber", "Red")
ROWS = tuple(
    (f"1.{n}", f"Plant tree {n}", LEAD, "June 2027", f"Dug hole {n}", RATINGS[n % 3])
    for n in range(1, 9)
)
TYPED: small.Edits = {("1.2", "rating"): "Amber", ("1.7", "progress"): "Planted"}
CHANGES = {("1.2", "rating", "Amber"), ("1.7", "progress", "Planted")}
SORTED = ("", "", "file-sorted")
"""The one question, as `small.answer` names it."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "plan"
    source = small.write_source(tmp_path / "source.xlsx", ROWS)
    assert run(["--today", small.TODAY, "new", str(made), "--from", str(source)]) in (0, 1)
    small.issue(made)
    return made


def template(folder: Path) -> Path:
    return folder / "outbox" / CYCLE / f"{LEAD}.xlsx"


def by_rating(data: bytes) -> bytes:
    """What is visible of the rows sorted by rating; the hidden keys stay where they were."""
    columns, rows = key_rows(data, ID_PREFIX)
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[next(iter(rows.values()))[0]]
    numbers = sorted(number for _, number in rows.values())
    cells = [[sheet[f"{column}{n}"] for column in columns.values()] for n in numbers]
    rating = list(columns).index("rating")
    values = sorted(([c.value for c in row] for row in cells), key=lambda row: str(row[rating]))
    for row, moved in zip(cells, values, strict=True):
        for cell, value in zip(row, moved, strict=True):
            cell.value = value
    return saved(book)


def saved(book: Any) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def give_back(folder: Path, data: bytes, name: str = "sorted.xlsx") -> None:
    (folder / "inbox" / name).write_bytes(data)


def merge(folder: Path, capsys: pytest.CaptureFixture[str]) -> Mapping[str, Any]:
    capsys.readouterr()
    small.do(folder, "merge", "--json")
    found: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_one_wrong_sort_is_one_question_with_a_preview(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_back(folder, by_rating(small.fill(folder, template(folder), TYPED)))
    found = merge(folder, capsys)
    (question,) = found["questions"]
    assert (question["kind"], found["changes"]) == ("file-sorted", [])
    assert question["choices"] == ["Go by visible ref", "Go by hidden key", "Refuse the file"]
    (back,) = found["returns"]
    assert ([p["code"] for p in back["problems"]], back["questions"]) == (["RET-026"], 1)
    by_ref, by_key = (candidate["preview"] for candidate in question["candidates"])
    assert (by_ref["changes"], by_ref["questions"]) == (2, 0)
    assert {(c["action"], c["field"], c["to"]) for c in by_ref["first"]} == CHANGES
    assert by_key["changes"] == 8  # 3, 4, 5 and 7 show others: three ratings, four notes; and 2
    assert len(by_key["first"]) == 5
    with small.opened(folder) as plan:  # as the ledger has it
        texts = [candidate.text for candidate in plan.questions()[0].candidates]
    assert [text.partition(":")[0] for text in texts] == ["Go by visible ref", "Go by hidden key"]
    small.do(folder, "merge")
    shown = capsys.readouterr().out
    assert "Go by visible ref: 2 changes, 0 questions\n" in shown
    assert "1.7 Progress: Dug hole 7 → Planted\n" in shown


def test_the_answer_in_decisions_applies_each_edit_and_the_log_names_its_cell(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_back(folder, by_rating(small.fill(folder, template(folder), TYPED)))
    (back,) = merge(folder, capsys)["returns"]
    small.answer(folder, {SORTED: "Go by visible ref"})
    (folder / "inbox" / "sorted.xlsx").unlink()
    found = merge(folder, capsys)
    assert {(c["action"], c["field"], c["to"]) for c in found["changes"]} == CHANGES
    assert (found["questions"], found["returns"][0]["changes"]) == ([], 2)
    small.do(folder, "log", "--json")
    log = json.loads(capsys.readouterr().out)
    assert {(c["by"], c["return"], c["sheet"]) for c in log} == {(LEAD, back["id"], "Update")}
    stored = openpyxl.load_workbook(io.BytesIO((folder / "returns" / sha(folder)).read_bytes()))
    assert {str(stored["Update"][c["cell"]].value) for c in log} == {"Amber", "Planted"}
    assert small.do(folder, "verify") == 0
    small.do(folder, "status", "--json")
    (lead,) = json.loads(capsys.readouterr().out.partition("\n")[2] or "{}")["leads"]
    assert (lead["changes"], lead["questions"]) == (2, 0)


def test_a_reply_asks_for_the_rows_once(folder: Path) -> None:
    give_back(folder, by_rating(small.fill(folder, template(folder), TYPED)))
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    (reply,) = (folder / "replies").glob("*.txt")
    text = " ".join(reply.read_text("utf-8").split())
    numbers = sorted(n for _, n in key_rows(template(folder).read_bytes(), ID_PREFIX)[1].values())
    assert f"Rows {numbers[2]} to {numbers[6]}" in text  # the third moved first
    assert text.count("use the arrows beside its headings") == 1


def test_a_reply_after_the_answer_asks_for_what_is_still_wrong(folder: Path) -> None:
    typed: small.Edits = {**TYPED, ("1.4", "rating"): "Purple"}
    give_back(folder, by_rating(small.fill(folder, template(folder), typed)))
    small.do(folder, "merge")
    small.answer(folder, {SORTED: "Go by visible ref"})
    small.do(folder, "merge", "--reply", str(folder / "replies"))
    (reply,) = (folder / "replies").glob("*.txt")
    text = reply.read_text("utf-8")
    assert ("Action 1.4, RAG" in text, "Rows " in text) == (True, False)


def sha(folder: Path) -> str:
    with small.opened(folder) as plan:
        (fact,) = [r for r in plan.desk.state.returns.values() if r.author == LEAD]
    return fact.sha256


def test_an_answer_that_is_undone_is_asked_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_back(folder, by_rating(small.fill(folder, template(folder), TYPED)))
    merge(folder, capsys)
    small.answer(folder, {SORTED: "Go by hidden key"})
    found = merge(folder, capsys)
    answers = next(r["id"] for r in found["returns"] if r["file"] == "decisions.xlsx")
    assert len(found["changes"]) == 8
    assert small.do(folder, "undo", answers) == 1  # the question is open again
    with small.opened(folder) as plan:
        assert [q.kind for q in plan.questions()] == ["file-sorted"]
        assert [str(row.values["rating"]) for row in plan.rows()] == [row[5] for row in ROWS]
        assert plan.answer(plan.questions()[0], "Go by visible ref").questions == ()


def test_undo_of_the_file_needs_leave_for_the_answer_that_rests_on_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    give_back(folder, by_rating(small.fill(folder, template(folder), TYPED)))
    (back,) = merge(folder, capsys)["returns"]
    with small.opened(folder) as plan:
        plan.answer(plan.questions()[0], "Go by visible ref")
    assert small.do(folder, "undo", back["id"]) == 2
    assert small.do(folder, "undo", back["id"], "--cascade") == 0
    with small.opened(folder) as plan:
        assert (plan.questions(), len(plan.rows())) == ([], len(ROWS))
        assert [str(row.values["rating"]) for row in plan.rows()] == [row[5] for row in ROWS]


def test_blocks_of_a_form_that_were_moved_are_one_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8").replace("[issue]\n", '[issue]\nlayout = "form"\n')
    toml.write_text(text, "utf-8")
    small.issue(folder, "2026-12")
    form = folder / "outbox" / "2026-12" / f"{LEAD}.xlsx"
    book = openpyxl.load_workbook(form)
    sheet = book["Update"]
    lines = [n for n in range(1, sheet.max_row + 1) if str(sheet.cell(n, 1).value)[:2] == "xr"]
    size = len(lines) // len(ROWS)
    shown = [sheet.cell(n, 4).value for n in lines]
    for number, value in zip(lines, [*shown[size:], *shown[:size]], strict=True):
        sheet.cell(number, 4).value = value
    rating = next(n for n in lines if sheet.cell(n, 2).value == "field:rating")
    assert sheet.cell(lines[0], 4).value == "1.2"
    sheet.cell(rating, 4).value = "Amber"
    give_back(folder, saved(book))
    (question,) = merge(folder, capsys)["questions"]
    assert question["kind"] == "file-sorted"
    small.answer(folder, {SORTED: "Go by visible ref"})
    found = merge(folder, capsys)
    assert [(c["action"], c["field"], c["to"]) for c in found["changes"]] == [
        ("1.2", "rating", "Amber")
    ]
    assert found["questions"] == []


def test_a_master_that_was_sorted_without_its_keys_is_one_question(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    master = folder / "master.xlsx"
    master.write_bytes(by_rating(small.fill(folder, master, TYPED)))
    (question,) = merge(folder, capsys)["questions"]
    assert question["kind"] == "file-sorted"
    small.answer(folder, {SORTED: "Go by visible ref"})
    found = merge(folder, capsys)
    assert {(c["action"], c["field"], c["to"]) for c in found["changes"]} == CHANGES


def test_refs_that_changed_since_a_template_went_out_are_those_that_it_shows(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The coordinator renumbers, so that each ref is another action's; the lead knows nothing."""
    refs: small.Edits = {(f"1.{n}", "ref"): f"1.{n % 8 + 1}" for n in range(1, 9)}
    small.edit_master(folder, refs)
    assert len(merge(folder, capsys)["questions"]) == 1  # it might be a sort
    small.answer(folder, {SORTED: "Go by hidden key"})
    assert merge(folder, capsys)["questions"] == []
    with small.opened(folder) as plan:
        assert [row.ref for row in plan.rows()][:2] == ["1.2", "1.3"]
    columns, rows = key_rows(template(folder).read_bytes(), ID_PREFIX)
    book = openpyxl.load_workbook(template(folder))
    (number,) = [
        n for _, n in rows.values() if book["Update"][f"{columns['ref']}{n}"].value == "1.7"
    ]
    book["Update"][f"{columns['progress']}{number}"].value = "Planted"
    give_back(folder, saved(book))
    found = merge(folder, capsys)
    assert [(c["action"], c["field"], c["to"]) for c in found["changes"]] == [
        ("1.8", "progress", "Planted")  # as the action is called now
    ]
    assert (found["questions"], found["returns"][0]["problems"]) == ([], [])


def test_a_sort_in_libreoffice_that_leaves_the_hidden_column_out_is_one_question(
    folder: Path, office: Office, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    columns, rows = key_rows(template(folder).read_bytes(), ID_PREFIX)
    numbers = sorted(number for _, number in rows.values())
    places = [column_index_from_string(column) for column in columns.values()]
    left, right = get_column_letter(min(places)), get_column_letter(max(places))
    key = column_index_from_string(columns["rating"]) - min(places)
    target = tmp_path / "sorted.xlsx"
    office.edit(
        template(folder),
        target,
        [
            Type(f"Update!{columns['progress']}{numbers[6]}", "Planted"),
            Unprotect("Update"),
            Sort(f"Update!{left}{numbers[0]}:{right}{numbers[-1]}", key),
        ],
    )
    give_back(folder, target.read_bytes())
    (question,) = merge(folder, capsys)["questions"]
    by_ref = question["candidates"][0]["preview"]
    assert (question["kind"], by_ref["changes"], by_ref["questions"]) == ("file-sorted", 1, 0)
