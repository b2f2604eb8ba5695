"""A year of a small plan in which leads are asked for all that there is: twelve cycles with faulty
ratings that are corrected, dates that are asked for, ticks and receipts; and a plain plan."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import ClassVar

import openpyxl
import pytest

from tests import small
from tests.journeys import InLine
from tests.outgoing import place
from tests.small import LEARNING, LETTINGS, REPAIRS
from xlplan import Plan, open_plan
from xlplan.plan.timescales import MONTH_NAMES
from xlplan.plan.values import show
from xlplan.returned.as_issued import CONFIRMED, ID_PREFIX
from xlplan.workbook.write.filling import fill_in, key_rows, places_in

ASKED = {1: "August 2027", 4: "September 2027", 7: "December 2027", 10: "March 2028"}
ANSWERS = {1: "Refuse", 4: "Agree", 7: "Refuse", 10: "Agree"}
STANDS = {1: "June 2027", 4: "September 2027", 7: "September 2027", 10: "March 2028"}
"""The date that stands once the answer to what was asked in a month is in."""
SILENT = (4, 8, 12)


Counts = tuple[int, int | None, int | None]
"""Of the actions of a lead: changed, confirmed, not looked at."""


class Month:
    """The plan on one day of 2027, with its cycle issued."""

    places: ClassVar[dict[tuple[Path, str], dict[tuple[str, str], tuple[str, str]]]] = {}
    """Where the cells are in the template of each lead: the same in every cycle."""

    def __init__(self, plan: Plan, month: int) -> None:
        self.plan, self.cycle = plan, f"2027-{month:02}"
        plan.issue(self.cycle)
        self._uids = {row.ref: row.uid for row in plan.rows()}

    def send_in(self, lead: str, edits: small.Edits, *, all_reviewed: bool = False) -> None:
        """Their template, filled in, and perhaps ticked above all rows."""
        data = (self.plan.folder / "outbox" / self.cycle / f"{lead}.xlsx").read_bytes()
        known = (self.plan.folder, lead)
        if known not in self.places:
            self.places[known] = places_in(data, ID_PREFIX)
        cells = [(self.places[known][self._uids[ref], name][1], value)
                 for (ref, name), value in edits.items()]  # fmt: skip
        if all_reviewed:
            cells.append((place(data, "no_change"), "Yes"))
        self._arrive(f"{lead}.xlsx", fill_in(data, "Update", cells, f"{self.cycle}-10T10:00:00Z"))

    def _arrive(self, name: str, data: bytes) -> None:
        (self.plan.folder / "inbox" / name).write_bytes(data)

    def merged(self) -> dict[str, str]:
        """What each lead reads of a merge of what lies in the inbox, which is then empty."""
        result = self.plan.merge(executor=InLine(), reply=True)
        self.plan.write_replies(result, self.plan.folder / "replies")
        for file in (self.plan.folder / "inbox").glob("*.xlsx"):
            file.unlink()
        return {reply.lead: " ".join(reply.text.split()) for reply in result.replies}

    def correct(self, lead: str, edits: small.Edits) -> None:
        """The correction workbook that came with the reply, filled in."""
        data = (self.plan.folder / "replies" / f"Correction for {lead}.xlsx").read_bytes()
        found = places_in(data, ID_PREFIX)
        cells = [(found[self._uids[ref], name][1], value) for (ref, name), value in edits.items()]
        self._arrive("again.xlsx", fill_in(data, "Update", cells, f"{self.cycle}-12T10:00:00Z"))

    def answer(self, choice: str) -> None:
        """What was asked for is answered in `decisions.xlsx`."""
        (question,) = (each for each in self.plan.questions() if each.field == "due")
        path = self.plan.folder / "decisions.xlsx"
        columns, rows = key_rows(path.read_bytes(), ID_PREFIX)
        sheet, row = rows[question.id]
        typed = [(f"{columns['decision']}{row}", choice)]
        path.write_bytes(fill_in(path.read_bytes(), sheet, typed, f"{self.cycle}-13T10:00:00Z"))

    def counts(self) -> dict[str, Counts]:
        """Of each lead who returned."""
        return {
            each.lead: (each.changes, each.confirmed, each.not_looked_at)
            for each in self.plan.status().leads
            if each.returned
        }


def months(folder: Path, last: int) -> Iterator[tuple[int, Month]]:
    for number in range(1, last + 1):
        with open_plan(folder, today=date(2027, number, 11)) as plan:
            yield number, Month(plan, number)


def said(sentence: str, told: str) -> None:
    assert sentence in told


def test_a_year_with_corrections_receipts_requests_and_confirmations(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make_asking(tmp_path / "plan")
    small.issue_with(folder, "confirm = true", "status = true", "changes = true", "hints = true")
    decided = ""  # what the first receipt after an answer says of it
    for number, month in months(folder, 12):
        asks, faulty = number in ASKED, number % 2 == 1
        if asks:
            edits = {("1.1", "due"): ASKED[number], ("1.1", "why"): f"Held up {number}"}
            month.send_in(LETTINGS, {**edits, ("1.3", CONFIRMED): "Yes"})
        else:
            month.send_in(LETTINGS, {("1.1", CONFIRMED): "Yes"})
        if faulty:
            month.send_in(REPAIRS, {("1.2", "rating"): "Purple", ("1.3", CONFIRMED): "Yes"})
        else:
            month.send_in(REPAIRS, {}, all_reviewed=True)
        if number not in SILENT:
            month.send_in(LEARNING, {("2.1", "progress"): f"{number} of 12 are trained"})
        told = month.merged()

        said(f"Received 11 {MONTH_NAMES[number - 1]} 2027: ", told[LETTINGS])
        said(
            "1 change taken, 1 action left as it was (1 ticked as reviewed), 1 asked of the "
            "coordinator, nothing to correct."
            if asks
            else "0 changes taken, 2 actions left as they were (1 ticked as reviewed), nothing to "
            "correct.",
            told[LETTINGS],
        )
        said(decided, told[LETTINGS])
        said(
            "0 changes taken, 1 action left as it was (1 ticked as reviewed), 1 to correct."
            if faulty
            else "0 changes taken, 2 actions left as they were (2 ticked as reviewed), nothing to "
            "correct.",
            told[REPAIRS],
        )
        assert (LEARNING in told) is (number not in SILENT)
        decided = ""
        if asks:
            month.answer(ANSWERS[number])
            words = "agreed" if ANSWERS[number] == "Agree" else f"refused, it stays {STANDS[1]}"
            decided = f"you asked for {ASKED[number]}; {words.replace(STANDS[1], STANDS[number])}"
        if faulty:
            said("Entered: Purple", told[REPAIRS])
            month.correct(REPAIRS, {("1.2", "rating"): "Green" if number % 4 == 1 else "Red"})
        if asks or faulty:
            told = month.merged()
        if faulty:
            said("1 change taken", told[REPAIRS])
            said("nothing to correct", told[REPAIRS])

        expected: dict[str, Counts] = {
            LETTINGS: (1, 1, 0) if asks else (0, 1, 1),
            REPAIRS: (1, 1, 0) if faulty else (0, 2, 0),
        }
        if number not in SILENT:
            expected[LEARNING] = (1, 0, 1)
        assert month.counts() == expected
        assert not month.plan.questions()
        (row,) = month.plan.rows(["1.1"])
        assert show(row.values["due"]) == [day for at, day in STANDS.items() if at <= number][-1]

    capsys.readouterr()
    small.do(folder, "check", "--json", today="2027-12-12")
    found = json.loads(capsys.readouterr().out)
    assert [each["action"] for each in found if each["code"] == "CHK-099"] == ["1.3"]
    rows = small.extensions(folder, "2027-12", today="2027-12-20")
    assert [row["Decision"] for row in rows] == ["Agreed", "Refused", "Agreed", "Refused"]
    assert {row["Times moved"] for row in rows} == {2}
    with small.opened(folder) as plan:
        log = [(change.action, change.field) for change in plan.log()]
        assert plan.verify() == []
    assert {key: log.count(key) for key in set(log)} == {
        ("1.1", "why"): 4, ("1.1", "due"): 2, ("1.2", "rating"): 6, ("2.1", "progress"): 9,
    }  # fmt: skip


def test_a_plan_that_asks_for_nothing_of_it_stays_plain(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = small.make(tmp_path / "plan")
    shapes = []
    for number, month in months(folder, 2):
        book = openpyxl.load_workbook(folder / "outbox" / month.cycle / f"{REPAIRS}.xlsx")
        texts = [str(cell.value) for row in book["Update"].iter_rows() for cell in row]
        shapes.append((book.sheetnames, [t for t in texts if t.startswith(("field:", "sign:"))]))
        month.send_in(REPAIRS, {("1.2", "rating"): "Red" if number == 1 else "Amber"})
        said(
            "1 change taken, 1 action left as it was, nothing to correct.", month.merged()[REPAIRS]
        )
        assert month.counts() == {REPAIRS: (1, None, None)}
    (sheets, marks), again = shapes
    assert again == (sheets, marks)
    assert sheets == ["Update", "Guidance", "Lists", "xlplan"]
    assert marks == [
        "sign:no_change", "sign:signed_by", "sign:signed_on", "field:ref", "field:action",
        "field:lead", "field:due", "field:progress", "field:rating", "field:completed_on",
    ]  # fmt: skip
    capsys.readouterr()
    small.do(folder, "status")
    assert capsys.readouterr().out.splitlines()[0].split() == [
        "lead", "actions", "returned", "id", "changes", "untouched", "questions",
    ]  # fmt: skip
    assert small.extensions(folder, "2027-02", today="2027-02-20") == []
