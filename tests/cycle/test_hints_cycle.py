"""Hints and what is required, in a whole cycle: sent, filled in, merged, checked, on the board."""

from __future__ import annotations

import email
import email.policy
import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests import small
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan.plan.definition import BECAUSE, ENTRY

WHY = BECAUSE + ENTRY
CYCLE, DAY = "2027-07", "2027-07-05"
"""By then 1.1 (Green, due in June 2027) is late without saying so."""
SAID = "The board agreed on 3 June to wait for the new code"


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = small.make(tmp_path_factory.mktemp("hints") / "plan")
    toml = folder / "plan.toml"
    text = toml.read_text("utf-8").replace("\n[issue]\n", "\n[issue]\nhints = true\n")
    progress = 'heading = "Progress"\n'
    assert text.count(progress) == 1
    text = text.replace(progress, f'{progress}required_if = {{ rating = "Red" }}\n')
    toml.write_text(text, "utf-8")
    assert small.do(folder, "issue", "--cycle", CYCLE, today=DAY) == 0
    return folder


def listed(folder: Path, capsys: pytest.CaptureFixture[str], *args: str) -> object:
    capsys.readouterr()
    small.do(folder, *args, "--json", today=DAY)
    return json.loads(capsys.readouterr().out)


def codes(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[tuple[str, str]]:
    found = listed(folder, capsys, "check")
    assert isinstance(found, list)
    return {(each["code"], each["action"]) for each in found}


def test_a_template_that_is_gone_is_made_again_for_its_letter(sent: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(sent, tmp_path / "plan")
    template = folder / "outbox" / CYCLE / f"{LETTINGS}.xlsx"
    data = template.read_bytes()
    template.unlink()
    assert small.do(folder, "draft", "--lead", LETTINGS, today="2027-07-09") in (0, 1)
    draft = folder / "outbox" / CYCLE / "post" / f"{LETTINGS}.eml"
    letter = email.message_from_bytes(draft.read_bytes(), policy=email.policy.default)
    assert [part.get_content() for part in letter.iter_attachments()] == [data]


def test_a_year_with_hints(sent: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ("CHK-010", "1.1") in codes(sent, capsys)
    # A template that comes back unedited says nothing, whatever it asks.
    small.give_back(sent, LETTINGS, {}, cycle=CYCLE, saved_at="2027-07-05T10:00:00Z")
    merged = listed(sent, capsys, "merge")
    assert isinstance(merged, dict)
    (back,) = merged["returns"]
    assert (back["outcome"], back["problems"], merged["changes"]) == ("unchanged", [], [])
    assert merged["questions"] == []

    edits = {("1.1", WHY): SAID}
    small.give_back(sent, LETTINGS, edits, cycle=CYCLE, saved_at="2027-07-06T10:00:00Z")
    merged = listed(sent, capsys, "merge")
    assert isinstance(merged, dict)
    (change,) = merged["changes"]
    assert (change["action"], change["field"], change["lead"]) == ("1.1", BECAUSE, LETTINGS)
    assert change["cell"]
    assert ("CHK-010", "1.1") not in codes(sent, capsys)

    assert small.do(sent, "publish", "--cycle", CYCLE, today=DAY) in (0, 1)
    (board,) = (sent / "board").glob("*.xlsx")
    book = openpyxl.load_workbook(board)
    texts = [str(c.value) for line in book["Exceptions"].iter_rows() for c in line if c.value]
    beside = [text for text in texts if SAID in text]
    assert beside
    assert all(f'{LETTINGS} means it: "{SAID}"' in text for text in beside)
    assert any("Overdue" in text for text in beside)
    assert small.do(sent, "verify", today=DAY) == 0


def test_what_is_left_blank_is_a_line_and_a_question(
    sent: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edits = {("1.2", "rating"): "Red", ("1.2", "progress"): None}
    small.give_back(sent, REPAIRS, edits, cycle=CYCLE, saved_at="2027-07-05T10:00:00Z")
    merged = listed(sent, capsys, "merge")
    assert isinstance(merged, dict)
    asked = {(q["action"], q["field"], q["kind"]) for q in merged["questions"]}
    assert ("1.2", "progress", "cleared-required") in asked
    master = listed(sent, capsys, "show", "1.2")
    assert isinstance(master, list)
    assert master[0]["fields"]["rating"] == "Red"
    assert master[0]["fields"]["progress"] == "Half are done"


def test_a_lead_reads_of_what_is_required_in_words_for_leads_and_corrects_it(sent: Path) -> None:
    def reply() -> str:
        small.do(sent, "merge", "--reply", str(sent / "replies"), today=DAY)
        return " ".join((sent / "replies" / f"Reply to {LEARNING}.txt").read_text("utf-8").split())

    small.give_back(sent, LEARNING, {}, cycle=CYCLE, saved_at="2027-07-07T10:00:00Z")
    text = reply()
    assert "0 changes taken, 2 actions left as they were, 1 to correct." in text
    assert 'Needed: Progress is blank, and must not be where "RAG" is Red. It is to be' in text
    assert "decisions.xlsx" not in text
    book = sent / "replies" / f"Correction for {LEARNING}.xlsx"
    data = small.fill(sent, book, {("2.1", "progress"): "Six of nine"}, "2027-07-08T10:00:00Z")
    (sent / "inbox" / f"{LEARNING}.xlsx").unlink()
    (sent / "inbox" / "corrected.xlsx").write_bytes(data)
    text = reply()
    assert "1 change taken" in text
    assert "nothing to correct" in text
