"""Replies: each lead learns what to correct, from that lead's own file alone."""

from __future__ import annotations

import json
import re
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.parts import parts_of
from tests.small import CYCLE, LEARNING, LETTINGS, REPAIRS
from xlplan.codes.message import Filled
from xlplan.issued.reply import refusal_for_lead
from xlplan.returned.as_issued import ID_PREFIX
from xlplan.workbook.read import file_kinds as kinds
from xlplan.workbook.write.filling import key_rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = small.make(tmp_path / "plan")
    toml = (made / "plan.toml").read_text("utf-8")
    assert "[issue]" in toml
    (made / "plan.toml").write_text(
        toml.replace("[issue]", '[issue]\ncontact = "the plan office, extension 7"', 1), "utf-8"
    )
    assert small.do(made, "issue", "--cycle", CYCLE, "--return-by", "2026-11-27") == 0
    return made


def merged(folder: Path, *options: str) -> dict[str, str]:
    """The replies that a merge writes, by file name."""
    replies = folder / "replies"
    small.do(folder, "merge", "--reply", str(replies), *options)
    return {path.name: path.read_text("utf-8") for path in sorted(replies.glob("*.txt"))}


def corrected(folder: Path, lead: str, edits: dict[tuple[str, str], str]) -> Path:
    """The correction workbook of a lead, filled in and handed in."""
    path = folder / "inbox" / f"{lead} again.xlsx"
    path.write_bytes(small.fill(folder, folder / "replies" / f"Correction for {lead}.xlsx", edits))
    return path


def blocks(text: str) -> list[str]:
    """The numbered corrections, each on one line."""
    parts = re.split(r"\n(?=\d+\. )", text.split("Please correct this")[0])[1:]
    return [" ".join(part.split()) for part in parts]


def cell(folder: Path, lead: str, ref: str, field: str) -> str:
    columns, rows = key_rows((folder / "outbox" / CYCLE / f"{lead}.xlsx").read_bytes(), ID_PREFIX)
    with small.opened(folder) as plan:
        uid = next(row.uid for row in plan.rows() if row.ref == ref)
    return f"{columns[field]}{rows[uid][1]}"


def test_a_lead_learns_place_entry_and_need_of_each_correction(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "due"): "31/02/2027", ("1.3", "rating"): "Purple"})
    found = merged(folder)
    assert list(found) == [f"Reply to {LETTINGS}.txt"]
    text = found[f"Reply to {LETTINGS}.txt"]
    assert text.startswith(f"Dear {LETTINGS},\n")
    assert "Updates are due by Friday 27 November 2026." in text
    assert "the plan office, extension 7" in text
    due, rating = blocks(text)
    at = cell(folder, LETTINGS, "1.1", "due")
    assert due.startswith(f"1. “{LETTINGS}.xlsx”, sheet “Update”, cell {at} Action 1.1, Timescale")
    assert 'Entered: 31/02/2027 Needed: "31/02/2027" is not a date.' in due
    assert cell(folder, LETTINGS, "1.3", "rating") in rating
    assert "Entered: Purple" in rating
    assert "Choose one of: Green, Amber, Red." in rating


def test_a_locked_cell_and_a_missing_row_are_told(folder: Path) -> None:
    path = small.give_back(folder, LEARNING, {("2.1", "action"): "Train nobody"})
    book = openpyxl.load_workbook(path)
    sheet = book["Update"]
    row = int(re.sub(r"\D", "", cell(folder, LEARNING, "2.2", "action")))
    sheet.delete_rows(row)
    book.save(path)
    locked, missing = blocks(merged(folder)[f"Reply to {LEARNING}.txt"])
    assert "Action 2.1, Action" in locked
    assert "Entered: Train nobody Needed: This cell is not one to fill in" in locked
    assert "Action 2.2" in missing
    assert "withdrawn" in missing


def test_a_number_is_shown_as_it_was_typed(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): 45, ("1.1", "action"): 7.5})
    small.give_back(folder, LEARNING, {("2.1", "rating"): "45.0", ("2.2", "action"): 3})
    found = merged(folder)
    action, rating = sorted(blocks(found[f"Reply to {LETTINGS}.txt"]), key=lambda b: "RAG" in b)
    assert "Entered: 45 Needed:" in rating
    assert "Entered: 7.5 Needed:" in action
    action, rating = sorted(blocks(found[f"Reply to {LEARNING}.txt"]), key=lambda b: "RAG" in b)
    assert "Entered: 45.0 Needed:" in rating
    assert "Entered: 3 Needed:" in action


def test_a_file_that_could_not_be_used_gets_a_reply_of_its_own(folder: Path) -> None:
    (folder / "inbox" / "scan.pdf").write_bytes(b"%PDF-1.7\n")
    found = merged(folder)
    assert list(found) == ["Reply about scan.pdf.txt"]
    text = " ".join(found["Reply about scan.pdf.txt"].split())
    assert text.startswith("Dear colleague, Thank you")
    assert "The file “scan.pdf” could not be used. It is a PDF. Please send" in text


def test_nothing_of_another_lead_is_in_a_reply(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.3", "rating"): "Canary one", ("1.3", "due"): "May 2027"})
    small.give_back(folder, REPAIRS, {("1.3", "rating"): "Canary two", ("1.3", "due"): "June 2027"})
    found = merged(folder)
    mine, theirs = found[f"Reply to {LETTINGS}.txt"], found[f"Reply to {REPAIRS}.txt"]
    for text, own, other, name in (
        (mine, "Canary one", "Canary two", REPAIRS),
        (theirs, "Canary two", "Canary one", LETTINGS),
    ):
        assert own in text
        assert other not in text
        assert name not in text
        assert len(blocks(text)) == 1  # who is right about the date is the coordinator's question


def test_a_second_merge_replies_again_until_the_question_is_answered(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Purple"})
    first = merged(folder)
    assert merged(folder) == first
    small.answer(folder, {("1.1", "rating"): "Keep current"})
    (folder / "replies" / f"Reply to {LETTINGS}.txt").unlink()
    (reply,) = merged(folder).values()
    assert blocks(reply) == []
    assert "nothing to correct" in reply


def test_every_lead_gets_a_receipt_of_what_became_of_it(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Amber", ("1.1", "due"): "May 2028"})
    small.give_back(folder, LEARNING, {})
    found = merged(folder)
    mine = " ".join(found[f"Reply to {LETTINGS}.txt"].split())
    assert (
        "Received 2 November 2026: 2 changes taken, 1 action left as it was, nothing to correct. "
        "Changes taken: - Action 1.1, Timescale: June 2027 is now May 2028 - Action 1.1, RAG: "
        "Green is now Amber" in mine
    )
    theirs = " ".join(found[f"Reply to {LEARNING}.txt"].split())
    assert "0 changes taken, 2 actions left as they were, nothing to correct." in theirs
    assert merged(folder) == found  # a second time, when all is known


def test_what_waits_for_the_coordinator_is_in_the_receipt(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.3", "due"): "May 2027"})
    small.give_back(folder, REPAIRS, {("1.3", "due"): "June 2027"})
    for reply in merged(folder).values():
        assert "1 waiting for the coordinator, nothing to correct" in " ".join(reply.split())
    small.answer(folder, {("1.3", "due"): "May 2027"})
    found = {name: " ".join(text.split()) for name, text in merged(folder).items()}
    assert "1 change taken, 1 action left" in found[f"Reply to {LETTINGS}.txt"]
    assert "1 decided otherwise by the coordinator" in found[f"Reply to {REPAIRS}.txt"]


def test_the_same_fault_in_several_cells_is_one_entry(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve", ("1.3", "rating"): "Mauve",
                                       ("1.3", "due"): "31/02/2027"})  # fmt: skip
    due, rating = sorted(
        blocks(merged(folder)[f"Reply to {LETTINGS}.txt"]), key=lambda b: "RAG" in b
    )
    cells = [cell(folder, LETTINGS, ref, "rating") for ref in ("1.1", "1.3")]
    assert f"cells {cells[0]}, {cells[1]} Actions 1.1, 1.3, RAG Entered: Mauve" in rating
    assert "Action 1.3, Timescale" in due


def test_a_dry_run_replies_too_and_json_stays_one_document(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Purple"})
    capsys.readouterr()
    assert list(merged(folder, "--dry-run", "--json")) == [f"Reply to {LETTINGS}.txt"]
    out, err = capsys.readouterr()
    assert json.loads(out)["dry_run"] is True
    assert f"Reply to {LETTINGS}.txt" in err


def test_without_the_option_nothing_is_written(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Purple"})
    before = set(folder.rglob("*.txt"))
    small.do(folder, "merge")
    assert set(folder.rglob("*.txt")) == before


def test_what_was_typed_cannot_pass_for_a_line_of_the_letter(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Purple\n2. “other.xlsx”\n\nDear all,"})
    (only,) = blocks(merged(folder)[f"Reply to {LETTINGS}.txt"])
    assert "Entered: Purple 2. “other.xlsx” Dear all," in only


def test_a_folder_that_cannot_be_one_is_said_once_the_merge_is_done(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Purple"})
    (folder / "taken").write_text("a file")
    capsys.readouterr()
    assert small.do(folder, "merge", "--reply", str(folder / "taken" / "in it"), "--json") == 1
    out, err = capsys.readouterr()
    document = json.loads(out)  # one document, though there is a fault to be told
    assert [each["outcome"] for each in document["returns"]] == ["merged"]
    assert [each["code"] for each in document["problems"]] == ["MRG-006"]
    assert err.rstrip().endswith("[MRG-006]")


@pytest.mark.parametrize(
    "refusal", [each for each in vars(kinds).values() if isinstance(each, Filled)]
)
def test_every_kind_that_is_refused_has_words_for_the_lead(refusal: Filled) -> None:
    words = refusal_for_lead(refusal.code)
    assert words != refusal_for_lead("")
    assert "Please" in words or "please" in words
    assert "Ask its sender" not in words


def open_cells(path: Path) -> dict[str, object]:
    """The open cells of the rows with a key, by cell, and what stands in them."""
    sheet = openpyxl.load_workbook(path)["Update"]
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        if str(row[0].value or "").startswith("xr")
        for cell in row
        if not cell.protection.locked
    }


def test_a_correction_workbook_opens_the_faulty_cells_alone(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve", ("1.3", "due"): "31/02/2027",
                                       ("1.3", "progress"): "Twelve days"})  # fmt: skip
    text = " ".join(merged(folder)[f"Reply to {LETTINGS}.txt"].split())
    assert "Please correct this in the workbook that comes with this letter" in text
    path = folder / "replies" / f"Correction for {LETTINGS}.xlsx"
    rating, due = cell(folder, LETTINGS, "1.1", "rating"), cell(folder, LETTINGS, "1.3", "due")
    assert open_cells(path) == {rating: "Mauve", due: "31/02/2027"}
    book = openpyxl.load_workbook(path)
    note = book["Update"][due].comment
    assert note is not None
    assert '"31/02/2027" is not a date' in note.text
    first = book.worksheets[0]
    links = [first.cell(row, 1).hyperlink for row in (5, 6)]
    assert [link.location for link in links if link] == [f"'Update'!{rating}", f"'Update'!{due}"]
    shown = {str(c.value) for row in book["Update"].iter_rows() for c in row}
    assert "Twelve days" in shown


def test_a_correction_that_comes_back_is_merged_and_nothing_is_left_to_ask(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve", ("1.3", "due"): "31/02/2027"})
    merged(folder)
    corrected(folder, LETTINGS, {("1.1", "rating"): "Amber", ("1.3", "due"): "28 February 2027"})
    again = " ".join(merged(folder)[f"Reply to {LETTINGS}.txt"].split())
    assert "nothing to correct" in again
    with small.opened(folder) as plan:
        rows = {row.ref: row.values for row in plan.rows()}
        assert not plan.questions()
        assert not [line for lead in plan.status().leads for line in lead.remarks]
    assert rows["1.1"]["rating"] == "Amber"
    assert str(rows["1.3"]["due"]).startswith("28 February 2027") or rows["1.3"]["due"]
    assert small.do(folder, "verify") == 0


def test_a_correction_that_comes_back_as_it_went_out_asks_the_same_again(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve"})
    before = merged(folder)
    corrected(folder, LETTINGS, {})
    after = merged(folder)
    assert len(blocks(after[f"Reply to {LETTINGS}.txt"])) == len(before)
    with small.opened(folder) as plan:
        assert [(q.action, q.field) for q in plan.questions()] == [("1.1", "rating")]


def test_the_same_corrections_give_the_same_workbook_and_are_recorded_once(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve"})
    merged(folder)
    path = folder / "replies" / f"Correction for {LETTINGS}.xlsx"
    first, ledger = path.read_bytes(), (folder / "ledger.db").read_bytes()
    merged(folder)
    assert (path.read_bytes(), (folder / "ledger.db").read_bytes()) == (first, ledger)


def type_into_form(folder: Path, source: Path, ref: str, column: str, value: str) -> None:
    """A form with something in one of its boxes, handed in."""
    book = openpyxl.load_workbook(source)
    sheet = book["Update"]
    with small.opened(folder) as plan:
        uid = next(row.uid for row in plan.rows() if row.ref == ref)
    (number,) = [
        int(row[0].row or 0)
        for row in sheet.iter_rows()
        if f".{uid}." in str(row[0].value) and row[1].value == f"field:{column}"
    ]
    sheet.cell(number, 4).value = value
    book.save(folder / "inbox" / f"{source.stem}.xlsx")


def test_a_form_is_corrected_in_its_boxes(folder: Path) -> None:
    toml = (folder / "plan.toml").read_text("utf-8")
    form = toml.replace("[issue]", '[issue]\nlayout = "form"', 1)
    (folder / "plan.toml").write_text(form, "utf-8")
    assert small.do(folder, "issue", "--cycle", "2026-12") == 0
    sent = folder / "outbox" / "2026-12" / f"{LETTINGS}.xlsx"
    type_into_form(folder, sent, "1.1", "rating", "Mauve")
    merged(folder)
    correction = folder / "replies" / f"Correction for {LETTINGS}.xlsx"
    assert list(open_cells(correction).values()) == ["Mauve"]
    type_into_form(folder, correction, "1.1", "rating", "Amber")
    assert "nothing to correct" in " ".join(merged(folder)[f"Reply to {LETTINGS}.txt"].split())


def test_a_dry_run_issues_no_correction_workbook(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "rating"): "Mauve"})
    merged(folder, "--dry-run")
    assert not list((folder / "replies").glob("*.xlsx"))


def test_a_locked_cell_is_named_and_stays_locked(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.1", "action"): "Do less"})
    assert len(blocks(merged(folder)[f"Reply to {LETTINGS}.txt"])) == 1
    assert not list((folder / "replies").glob("*.xlsx"))


def test_no_part_of_a_correction_workbook_holds_anything_of_another_lead(folder: Path) -> None:
    small.give_back(folder, LETTINGS, {("1.3", "rating"): "Canary one"})
    small.give_back(folder, REPAIRS, {("1.3", "rating"): "Canary two", ("1.2", "due"): "Canary 3"})
    merged(folder)
    data = (folder / "replies" / f"Correction for {LETTINGS}.xlsx").read_bytes()
    held = "\n".join(parts_of(data).values())
    assert "Canary one" in held
    for theirs in ("Canary two", "Canary 3", "Inspect every lift", "Train the duty officers"):
        assert theirs not in held


def test_what_follows_from_a_fault_is_not_asked_beside_it(folder: Path) -> None:
    toml = (folder / "plan.toml").read_text("utf-8")
    assert toml.count('role = "progress"') == 1
    reasoned = toml.replace('role = "progress"', 'role = "reason"\nrequired = true')
    (folder / "plan.toml").write_text(reasoned, "utf-8")
    assert small.do(folder, "issue", "--cycle", "2026-12") == 0
    for name, due, day in (("a", "31/02/2027", "10"), ("b", "May 2028", "11")):
        edits = {("1.1", "due"): due, ("1.1", "progress"): None}
        small.give_back(folder, LETTINGS, edits, cycle="2026-12", file=f"{name}.xlsx",
                        saved_at=f"2026-11-{day}T10:00:00Z")  # fmt: skip
        (entry,) = blocks(merged(folder)[f"Reply to {LETTINGS}.txt"])
        assert ("Timescale" in entry, "Progress" in entry) == (name == "a", name == "b")
        (folder / "inbox" / f"{name}.xlsx").unlink()
